/* chart.c: a bar chart of deliveries and rejects by day, drawn with GtkSnapshot (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart.h"
#include "history.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

#define NO_DAY (-1)
#define GAP 8
#define PLOT 140 /* natural height of the bars' room */

struct _HubChart {
  GtkWidget parent_instance;
  GArray *days; /* (owned) (element-type HubDay) */
  guint64 top;  /* what the upper line stands for */
  int selected; /* the day that the keyboard or a click has chosen, or NO_DAY */
};

/* Told apart by pattern too: rejects are striped. They stand out from a light and from a dark background. */
static const GdkRGBA BLUE = { 0.21f, 0.52f, 0.89f, 1 }, RED = { 0.88f, 0.11f, 0.14f, 1 };
static const GdkRGBA PALE = { 0.88f, 0.11f, 0.14f, 0.25f };

G_DEFINE_FINAL_TYPE (HubChart, hub_chart, GTK_TYPE_WIDGET)

static char *count_words (gulong delivered, gulong rejected) {
  g_autofree char *sent =
      g_strdup_printf (ngettext ("%'lu delivery", "%'lu deliveries", delivered), delivered);
  g_autofree char *refused = g_strdup_printf (ngettext ("%'lu reject", "%'lu rejects", rejected), rejected);

  /* Translators: "1,204 deliveries and 3 rejects" */
  return rejected > 0 ? g_strdup_printf (_ ("%s and %s"), sent, refused) : g_steal_pointer (&sent);
}

static char *date_words (const HubDay *day, const char *format) {
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (day->day / 1000);

  return g_date_time_format (time, format);
}

static const HubDay *day_at (HubChart *self, guint i) {
  return &g_array_index (self->days, HubDay, i);
}

/* "November 12: 300 deliveries and 2 rejects" */
static char *day_words (const HubDay *day) {
  /* Translators: a day of the last month, in strftime's signs: "November 12" */
  g_autofree char *date = date_words (day, _ ("%B %-d"));
  g_autofree char *counts = count_words (day->delivered, day->rejected);

  /* Translators: a day, then what happened on it */
  return g_strdup_printf (_ ("%s: %s"), date, counts);
}

/* What a screen reader says: "1,204 deliveries and 3 rejects in 30 days; most on November 12: 300 deliveries" */
static char *summary_words (HubChart *self) {
  HubDay sum = { 0 };
  const HubDay *best = &sum;

  for (guint i = 0; i < self->days->len; i++) {
    const HubDay *day = day_at (self, i);
    sum.delivered += day->delivered;
    sum.rejected += day->rejected;
    if (best == &sum || day->delivered > best->delivered)
      best = day;
  }
  g_autofree char *counts = count_words (sum.delivered, sum.rejected);
  if (sum.delivered == 0)
    return g_strdup_printf (_ ("%s in %u days"), counts, self->days->len);
  g_autofree char *most = day_words (best);
  /* Translators: "1,204 deliveries in 30 days; most on November 12: 300 deliveries" */
  return g_strdup_printf (_ ("%1$s in %2$u days; most on %3$s"), counts, self->days->len, most);
}

/* The next of 1, 2, 5, 10, 20, 50… that is not below @highest. */
static guint64 round_up (guint64 highest) {
  guint64 power = 1;

  while (highest > 10 * power)
    power *= 10;
  return power * (highest <= power ? 1 : highest <= 2 * power ? 2 : highest <= 5 * power ? 5 : 10);
}

/* Writes @text so that the part @align (0 to 1) of its width is at @x. Returns where it ends. */
static float draw_text (HubChart *self, GtkSnapshot *snapshot, const char *text, float x, float y,
                        float align) {
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GdkRGBA color;
  int width;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  pango_layout_get_pixel_size (layout, &width, NULL);
  x -= align * width;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
  return x + width;
}

static int line_height (HubChart *self) {
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void draw_delivered (GtkSnapshot *snapshot, float x, float y, float width, float height) {
  gtk_snapshot_append_color (snapshot, &BLUE, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static void draw_rejected (GtkSnapshot *snapshot, float x, float y, float width, float height) {
  const GskColorStop stripes[] = { { 0, RED }, { 0.5f, RED }, { 0.5f, PALE }, { 1, PALE } };

  gtk_snapshot_append_repeating_linear_gradient (snapshot, &GRAPHENE_RECT_INIT (x, y, width, height),
                                                 &GRAPHENE_POINT_INIT (0, 0), &GRAPHENE_POINT_INIT (4, 4),
                                                 stripes, G_N_ELEMENTS (stripes));
}

/* A thin line, or the ground of the chosen day. */
static void draw_shade (HubChart *self, GtkSnapshot *snapshot, float x, float y, float width, float height) {
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  color.alpha *= adw_style_manager_get_high_contrast (adw_style_manager_get_default ()) ? 0.5f : 0.2f;
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static void draw_day (HubChart *self, GtkSnapshot *snapshot, guint i, float step, float top, float height) {
  const HubDay *day = day_at (self, i);
  float width = MAX ((int) (step * 0.7f), 1), x = (int) (step * i + (step - width) / 2);
  float unit = height / self->top;
  /* What happened at all is seen. */
  float delivered = day->delivered > 0 ? MAX ((int) (day->delivered * unit), 2) : 0;
  float rejected = day->rejected > 0 ? MAX ((int) (day->rejected * unit), 4) : 0;

  if ((int) i == self->selected)
    draw_shade (self, snapshot, step * i, top, step, height);
  draw_delivered (snapshot, x, top + height - delivered, width, delivered);
  draw_rejected (snapshot, x, top + height - delivered - rejected, width, rejected);
}

/* What the colours mean and what the upper line stands for; in their place the chosen day. */
static void draw_legend (HubChart *self, GtkSnapshot *snapshot, int line) {
  g_autofree char *number = g_strdup_printf ("%'lu", (gulong) self->top);
  float side = line / 2.0f, x;

  if (self->selected != NO_DAY) {
    g_autofree char *words = day_words (day_at (self, self->selected));
    draw_text (self, snapshot, words, 0, 0, 0);
    return;
  }
  draw_delivered (snapshot, 0, side / 2, side, side);
  x = draw_text (self, snapshot, C_ ("chart", "Delivered"), side + GAP, 0, 0) + 2 * GAP;
  draw_rejected (snapshot, x, side / 2, side, side);
  draw_text (self, snapshot, C_ ("chart", "Rejected"), x + side + GAP, 0, 0);
  draw_text (self, snapshot, number, gtk_widget_get_width (GTK_WIDGET (self)), 0, 1);
}

static void hub_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  HubChart *self = HUB_CHART (widget);
  int line = line_height (self);
  float width = gtk_widget_get_width (widget), step = width / MAX (self->days->len, 1);
  float top = line + GAP, height = gtk_widget_get_height (widget) - 2 * top;

  if (self->days->len == 0)
    return;
  /* Translators: the first day of a chart, in strftime's signs: "November 12" */
  g_autofree char *first = date_words (day_at (self, 0), _ ("%B %-d"));
  draw_legend (self, snapshot, line);
  draw_text (self, snapshot, first, 0, top + height + GAP, 0);
  draw_text (self, snapshot, _ ("Today"), width, top + height + GAP, 1);
  for (int i = 0; i <= 2; i++)
    draw_shade (self, snapshot, 0, (int) (top + height * i / 2), width, 1);
  for (guint i = 0; i < self->days->len; i++)
    draw_day (self, snapshot, i, step, top, height);
}

static void hub_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                               int *natural, int *minimum_baseline, int *natural_baseline) {
  *minimum = *natural =
      PLOT + (orientation == GTK_ORIENTATION_VERTICAL ? 2 * (line_height (HUB_CHART (widget)) + GAP) : 0);
}

static void select_day (HubChart *self, int day) {
  g_autofree char *words = day == NO_DAY ? summary_words (self) : day_words (day_at (self, day));

  self->selected = day;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void on_move (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubChart *self = HUB_CHART (widget);

  if (self->days->len > 0)
    select_day (self, CLAMP (self->selected + g_variant_get_int32 (parameter), 0, (int) self->days->len - 1));
}

/* Who comes with the keyboard hears about today first. */
static void on_focus (HubChart *self) {
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean seen =
      gtk_widget_has_focus (GTK_WIDGET (self)) && gtk_window_get_focus_visible (GTK_WINDOW (root));

  select_day (self, seen ? (int) self->days->len - 1 : NO_DAY);
}

static int find_day (HubChart *self, double x) {
  double day = x * self->days->len / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);

  return x >= 0 && day < self->days->len ? (int) day : NO_DAY;
}

static void on_pressed (HubChart *self, int n_press, double x, double y) {
  gtk_widget_grab_focus (GTK_WIDGET (self));
  select_day (self, find_day (self, x));
}

static gboolean hub_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                         GtkTooltip *tooltip) {
  HubChart *self = HUB_CHART (widget);
  int day = keyboard ? self->selected : find_day (self, x);
  g_autofree char *words = day == NO_DAY ? NULL : day_words (day_at (self, day));

  gtk_tooltip_set_text (tooltip, words);
  return words != NULL;
}

static void hub_chart_finalize (GObject *object) {
  g_array_unref (HUB_CHART (object)->days);
  G_OBJECT_CLASS (hub_chart_parent_class)->finalize (object);
}

static void hub_chart_class_init (HubChartClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_chart_finalize;
  widget_class->snapshot = hub_chart_snapshot;
  widget_class->measure = hub_chart_measure;
  widget_class->query_tooltip = hub_chart_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "chart.move", "i", on_move);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "chart.move", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "chart.move", "i", 1);
}

static void hub_chart_init (HubChart *self) {
  GtkGesture *click = gtk_gesture_click_new ();

  self->days = g_array_new (FALSE, FALSE, sizeof (HubDay));
  self->selected = NO_DAY;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  hub_widget_name (self, _ ("Deliveries by day"));
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (on_focus), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

void hub_chart_set_days (HubChart *self, GArray *days) {
  guint64 highest = 1;

  g_array_set_size (self->days, 0);
  g_array_append_vals (self->days, days->data, days->len);
  for (guint i = 0; i < days->len; i++)
    highest = MAX (highest, day_at (self, i)->delivered + day_at (self, i)->rejected);
  self->top = round_up (highest);
  on_focus (self);
}
