/* mapper-links.c: see mapper-links.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapper-links.h"
#include <adwaita.h>
#include <math.h>

#define REACH 8.0 /* how near a click must be */

struct _HubMapperLinks {
  GtkWidget parent_instance;
  GtkWidget *parent;                      /* (borrowed) */
  HubFieldColumn *sources, *destinations; /* (borrowed) siblings */
  double top, bottom; /* where both their lists began and ended when they were drawn last */
  GArray *links;      /* (owned) HubLink */
  HubFieldItem *band; /* (owned) (nullable) what is being dragged */
  HubFieldItem *aim;  /* (owned) (nullable) what it would be linked with */
  GtkLabel *words;    /* (owned) (nullable) says under the pointer what would be linked */
  gboolean over;      /* the pointer drags it over the parent, to: */
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

  return hub_field_column_get_middle (self->sources, link->from, widget, self->top, from)
         && hub_field_column_get_middle (self->destinations, link->to, widget, self->top, to)
         && hub_link_cut (from, to, self->top, self->bottom, faded);
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

static void draw_link (HubMapperLinks *self, cairo_t *cairo, const HubLink *link, gboolean selected) {
  static const double dashes[] = { 4, 4 };
  gboolean faded;
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

/* Those that are selected, or all others. */
static void draw_links (HubMapperLinks *self, cairo_t *cairo, gboolean selected) {
  for (guint i = 0; i < self->links->len; i++) {
    const HubLink *link = &g_array_index (self->links, HubLink, i);

    if (is_selected (self, link) == selected)
      draw_link (self, cairo, link, selected);
  }
}

static void draw_band (HubMapperLinks *self, cairo_t *cairo) {
  double width = gtk_widget_get_width (GTK_WIDGET (self)), y;
  gboolean forward = self->band->side == HUB_SIDE_SOURCE;
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double start = forward == mirrored ? width : 0;
  HubFieldColumn *column = forward ? self->sources : self->destinations;
  graphene_point_t end = GRAPHENE_POINT_INIT (self->band_x, self->band_y);
  GdkRGBA color;

  if (!hub_field_column_get_middle (column, self->band, GTK_WIDGET (self), self->top, &y)
      || !gtk_widget_compute_point (self->parent, GTK_WIDGET (self), &end, &end))
    return;
  get_color (self, "accent_color", 1, &color);
  cairo_set_dash (cairo, NULL, 0, 0);
  cairo_save (cairo);
  cairo_translate (cairo, start, 0);
  draw_curve (cairo, CLAMP (end.x, 0, width) - start, CLAMP (y, self->top, self->bottom), end.y, &color, 3);
  cairo_restore (cairo);
}

static void hub_mapper_links_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  HubMapperLinks *self = HUB_MAPPER_LINKS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (!self->sources || width == 0)
    return;
  hub_field_column_get_span (self->sources, widget, &self->top, &self->bottom);
  cairo_t *cairo = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (mirrored)
    cairo_translate (cairo, width, 0);
  draw_links (self, cairo, FALSE);
  draw_links (self, cairo, TRUE);
  if (mirrored)
    cairo_translate (cairo, -width, 0);
  if (self->over)
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

static HubFieldColumn *get_column (HubMapperLinks *self, HubSide side) {
  return side == HUB_SIDE_SOURCE ? self->sources : self->destinations;
}

/* The end on that side of the link that is being dragged. */
static const HubField *get_end (HubMapperLinks *self, HubSide side) {
  return (self->band->side == side ? self->band : self->aim)->field;
}

/* Says under the pointer and on the row of @item (nullable) what would be linked. */
static void set_aim (HubMapperLinks *self, HubFieldItem *item) {
  g_autofree char *words = NULL;

  if (item == self->aim)
    return;
  if (self->aim)
    hub_field_item_set_aimed (self->aim, FALSE);
  g_set_object (&self->aim, item);
  if (self->aim) {
    hub_field_item_set_aimed (self->aim, TRUE);
    words = g_strdup_printf ("%s → %s", get_end (self, HUB_SIDE_SOURCE)->label,
                             get_end (self, HUB_SIDE_DESTINATION)->label);
  }
  gtk_label_set_label (self->words, words ? words : self->band->field->label);
}

/* The rows move under a pointer that stands still, too: at the edges they are scrolled. */
static void on_moved (HubMapperLinks *self) {
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->over)
    set_aim (self, hub_field_column_get_item_at (get_column (self, !self->band->side), self->parent,
                                                 self->band_x, self->band_y));
}

static GdkContentProvider *on_prepare (GtkDragSource *source, double x, double y, HubMapperLinks *self) {
  HubFieldItem *item = hub_field_column_get_item_at (self->sources, self->parent, x, y);

  if (!item)
    item = hub_field_column_get_item_at (self->destinations, self->parent, x, y);
  if (!item || item->blank)
    return NULL;
  g_set_object (&self->band, item);
  return gdk_content_provider_new_typed (HUB_TYPE_FIELD_ITEM, item);
}

static void on_drag_begin (GtkDragSource *source, GdkDrag *drag, HubMapperLinks *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->words =
      g_object_ref_sink (g_object_new (GTK_TYPE_LABEL, "label", self->band->field->label, "width-chars", 28,
                                       "max-width-chars", 28, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, NULL));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_widget_add_css_class (box, "toolbar");
  gtk_widget_add_css_class (box, "osd");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), box);
  gdk_drag_set_hotspot (drag, -12, -12);
}

static void on_drag_leave (HubMapperLinks *self) {
  if (self->over)
    set_aim (self, NULL);
  self->over = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void stop_scrolling (HubMapperLinks *self) {
  hub_field_column_stop_scrolling (self->sources);
  hub_field_column_stop_scrolling (self->destinations);
}

static void on_drag_end (HubMapperLinks *self) {
  on_drag_leave (self);
  stop_scrolling (self);
  g_clear_object (&self->words);
  g_clear_object (&self->band);
}

static GdkDragAction on_drag (HubMapperLinks *self, double x, double y) {
  self->over = self->words != NULL;
  self->band_x = x;
  self->band_y = y;
  on_moved (self);
  return self->aim ? GDK_ACTION_COPY : 0;
}

static gboolean on_drop (HubMapperLinks *self, const GValue *value, double x, double y) {
  gboolean taken = on_drag (self, x, y) != 0;

  stop_scrolling (self);
  if (taken)
    gtk_widget_activate_action (GTK_WIDGET (self), "mapper.link", "(ss)",
                                get_end (self, HUB_SIDE_SOURCE)->name,
                                get_end (self, HUB_SIDE_DESTINATION)->name);
  return taken;
}

static void add_controllers (HubMapperLinks *self) {
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (HUB_TYPE_FIELD_ITEM, GDK_ACTION_COPY);

  g_signal_connect_object (source, "prepare", G_CALLBACK (on_prepare), self, 0);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (on_drag_begin), self, 0);
  g_signal_connect_object (source, "drag-end", G_CALLBACK (on_drag_end), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "enter", G_CALLBACK (on_drag), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "motion", G_CALLBACK (on_drag), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "leave", G_CALLBACK (on_drag_leave), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->parent, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (self->parent, GTK_EVENT_CONTROLLER (target));
}

void hub_mapper_links_set_columns (HubMapperLinks *self, HubFieldColumn *sources,
                                   HubFieldColumn *destinations) {
  self->parent = gtk_widget_get_parent (GTK_WIDGET (self));
  self->sources = sources;
  self->destinations = destinations;
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++) {
    g_signal_connect_object (get_column (self, side), "moved", G_CALLBACK (on_moved), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (get_column (self, side), "selected", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
  }
  add_controllers (self);
}

void hub_mapper_links_set (HubMapperLinks *self, GArray *links) {
  g_array_unref (self->links);
  self->links = g_array_ref (links);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void hub_mapper_links_finalize (GObject *object) {
  HubMapperLinks *self = HUB_MAPPER_LINKS (object);

  g_array_unref (self->links);
  g_clear_object (&self->words);
  g_clear_object (&self->band);
  g_clear_object (&self->aim);
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
