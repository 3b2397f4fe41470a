/* mapper-links.c: see mapper-links.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapper-links.h"
#include <adwaita.h>
#include <math.h>

#define REACH 8.0 /* how near a click must be */

struct _HubMapperLinks {
  GtkWidget parent_instance;
  HubFieldColumn *sources, *destinations; /* (borrowed) siblings */
  GArray *links;                          /* (owned) HubLink */
  HubFieldItem *band;                     /* (owned) (nullable) what is being dragged */
  double band_x, band_y;
};

static guint picked_signal;

G_DEFINE_FINAL_TYPE (HubMapperLinks, hub_mapper_links, GTK_TYPE_WIDGET)

static gboolean cut (double *y, double top, double bottom) {
  double before = *y;

  *y = CLAMP (before, top, bottom);
  return *y != before;
}

gboolean hub_link_cut (double *from, double *to, double top, double bottom, gboolean *faded) {
  gboolean cut_from = cut (from, top, bottom);
  gboolean cut_to = cut (to, top, bottom);

  *faded = cut_from || cut_to;
  return !(cut_from && cut_to);
}

/* A point of the curve that cairo draws: its handles are level with its ends, half the width away. */
static void get_point (double from, double to, double width, double t, double *x, double *y) {
  double u = 1 - t;

  *x = width * (1.5 * u * t + t * t * t);
  *y = from * u * u * (1 + 2 * t) + to * t * t * (1 + 2 * u);
}

double hub_link_distance (double from, double to, double width, double x, double y) {
  double nearest = G_MAXDOUBLE;

  for (int i = 0; i <= 64; i++) {
    double at_x, at_y;

    get_point (from, to, width, i / 64.0, &at_x, &at_y);
    nearest = MIN (nearest, hypot (at_x - x, at_y - y));
  }
  return nearest;
}

/* Where a link is to be drawn; FALSE when it is out of sight. */
static gboolean place (HubMapperLinks *self, const HubLink *link, double *from, double *to, gboolean *faded) {
  GtkWidget *widget = GTK_WIDGET (self);
  double top, bottom;

  hub_field_column_get_span (self->sources, widget, &top, &bottom);
  return hub_field_column_get_middle (self->sources, link->from, widget, from)
         && hub_field_column_get_middle (self->destinations, link->to, widget, to)
         && hub_link_cut (from, to, top, bottom, faded);
}

static gboolean is_selected (HubMapperLinks *self, const HubLink *link) {
  return link->to == hub_field_column_get_selected (self->destinations)
         || link->from == hub_field_column_get_selected (self->sources);
}

static void get_color (HubMapperLinks *self, const char *name, double alpha, GdkRGBA *color) {
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));

  if (!name || !gtk_style_context_lookup_color (context, name, color))
    gtk_style_context_get_color (context, color);
  if (!adw_style_manager_get_high_contrast (adw_style_manager_get_default ()))
    color->alpha *= alpha;
}

static void draw_curve (cairo_t *cairo, double width, double from, double to, const GdkRGBA *color,
                        double thickness) {
  gdk_cairo_set_source_rgba (cairo, color);
  cairo_set_line_width (cairo, thickness);
  cairo_move_to (cairo, 0, from);
  cairo_curve_to (cairo, width / 2, from, width / 2, to, width, to);
  cairo_stroke (cairo);
}

static void draw_link (HubMapperLinks *self, cairo_t *cairo, const HubLink *link) {
  static const double dashes[] = { 4, 4 };
  gboolean selected = is_selected (self, link), faded;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double from, to;
  GdkRGBA color;

  if (!place (self, link, &from, &to, &faded))
    return;
  get_color (self,
             link->broken ? "error_color"
             : selected   ? "accent_color"
                          : NULL,
             (selected || link->broken ? 1 : 0.5) * (faded ? 0.4 : 1), &color);
  cairo_set_dash (cairo, dashes, link->broken ? 2 : 0, 0);
  draw_curve (cairo, gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -width : width, from,
              to, &color, selected ? 3 : 1.5);
}

static void draw_band (HubMapperLinks *self, cairo_t *cairo) {
  double width = gtk_widget_get_width (GTK_WIDGET (self)), top, bottom, y;
  gboolean forward = self->band->side == HUB_SIDE_SOURCE;
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double start = forward == mirrored ? width : 0;
  HubFieldColumn *column = forward ? self->sources : self->destinations;
  GdkRGBA color;

  hub_field_column_get_span (column, GTK_WIDGET (self), &top, &bottom);
  if (!hub_field_column_get_middle (column, self->band, GTK_WIDGET (self), &y))
    return;
  get_color (self, "accent_color", 1, &color);
  cairo_set_dash (cairo, NULL, 0, 0);
  cairo_save (cairo);
  cairo_translate (cairo, start, 0);
  draw_curve (cairo, CLAMP (self->band_x, 0, width) - start, CLAMP (y, top, bottom), self->band_y, &color, 3);
  cairo_restore (cairo);
}

static void hub_mapper_links_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  HubMapperLinks *self = HUB_MAPPER_LINKS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (!self->sources || width == 0)
    return;
  g_autoptr (GArray) last = g_array_new (FALSE, FALSE, sizeof (HubLink));
  cairo_t *cairo = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (mirrored)
    cairo_translate (cairo, width, 0);
  for (guint i = 0; i < self->links->len; i++) {
    const HubLink *link = &g_array_index (self->links, HubLink, i);

    if (is_selected (self, link))
      g_array_append_vals (last, link, 1);
    else
      draw_link (self, cairo, link);
  }
  for (guint i = 0; i < last->len; i++)
    draw_link (self, cairo, &g_array_index (last, HubLink, i));
  if (mirrored)
    cairo_translate (cairo, -width, 0);
  if (self->band && self->band->dragged)
    draw_band (self, cairo);
  cairo_destroy (cairo);
}

static void on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, HubMapperLinks *self) {
  const HubLink *nearest = NULL;
  double least = REACH, from, to;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean faded;

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = width - x;
  for (guint i = 0; i < self->links->len; i++) {
    const HubLink *link = &g_array_index (self->links, HubLink, i);
    double distance =
        place (self, link, &from, &to, &faded) ? hub_link_distance (from, to, width, x, y) : G_MAXDOUBLE;

    if (distance < least) {
      least = distance;
      nearest = link;
    }
  }
  if (nearest)
    g_signal_emit (self, picked_signal, 0, nearest->to);
}

void hub_mapper_links_set_columns (HubMapperLinks *self, HubFieldColumn *sources,
                                   HubFieldColumn *destinations) {
  self->sources = sources;
  self->destinations = destinations;
  for (int i = 0; i < 2; i++) {
    HubFieldColumn *column = i ? destinations : sources;

    g_signal_connect_object (column, "moved", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (column, "selected", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  }
}

void hub_mapper_links_set (HubMapperLinks *self, GArray *links) {
  g_array_unref (self->links);
  self->links = g_array_ref (links);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void hub_mapper_links_set_band (HubMapperLinks *self, HubFieldItem *item, double x, double y) {
  g_set_object (&self->band, item);
  self->band_x = x;
  self->band_y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void hub_mapper_links_finalize (GObject *object) {
  HubMapperLinks *self = HUB_MAPPER_LINKS (object);

  g_array_unref (self->links);
  g_clear_object (&self->band);
  G_OBJECT_CLASS (hub_mapper_links_parent_class)->finalize (object);
}

static void hub_mapper_links_class_init (HubMapperLinksClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_mapper_links_finalize;
  GTK_WIDGET_CLASS (class)->snapshot = hub_mapper_links_snapshot;
  picked_signal = g_signal_new ("picked", HUB_TYPE_MAPPER_LINKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, HUB_TYPE_FIELD_ITEM);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void hub_mapper_links_init (HubMapperLinks *self) {
  GtkGesture *click = gtk_gesture_click_new ();

  self->links = g_array_new (FALSE, FALSE, sizeof (HubLink));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
