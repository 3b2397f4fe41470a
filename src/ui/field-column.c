/* field-column.c: see field-column.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-column.h"
#include "widgets.h"

struct _HubFieldColumn {
  GtkWidget parent_instance;
  HubFieldDetail detail;
  gpointer data; /* of detail */

  /* of the template */
  GtkSearchEntry *search;        /* (borrowed) */
  GtkScrolledWindow *scroller;   /* (borrowed) */
  GtkListView *view;             /* (borrowed) */
  GListStore *items;             /* (borrowed) */
  GtkFilterListModel *filtered;  /* (borrowed) */
  GtkSingleSelection *selection; /* (borrowed) */
};

static guint selected_signal, moved_signal;

G_DEFINE_FINAL_TYPE (HubFieldColumn, hub_field_column, GTK_TYPE_WIDGET)

static gboolean is_zero (GObject *object, guint number) {
  return number == 0;
}

static gboolean matches (gpointer item, gpointer self) {
  return hub_field_item_matches (item,
                                 gtk_editable_get_text (GTK_EDITABLE (HUB_FIELD_COLUMN (self)->search)));
}

static void on_search (HubFieldColumn *self) {
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered), GTK_FILTER_CHANGE_DIFFERENT);
}

static void on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, HubFieldColumn *self) {
  gtk_list_item_set_child (list_item, g_object_new (HUB_TYPE_FIELD_ROW, NULL));
}

static void show_row (HubFieldColumn *self, GtkWidget *row, HubFieldItem *item) {
  g_autofree char *detail = item ? self->detail (item, self->data) : NULL;

  hub_field_row_show (HUB_FIELD_ROW (row), item, detail);
}

static void on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, HubFieldColumn *self) {
  show_row (self, gtk_list_item_get_child (list_item), gtk_list_item_get_item (list_item));
}

static void on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, HubFieldColumn *self) {
  show_row (self, gtk_list_item_get_child (list_item), NULL);
}

static void on_items_changed (HubFieldColumn *self) {
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  for (guint i = 0; i < n_all; i++) {
    g_autoptr (HubFieldItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    item->position = G_MAXUINT;
  }
  for (guint i = 0; i < n_found; i++) {
    g_autoptr (HubFieldItem) item = g_list_model_get_item (G_LIST_MODEL (self->filtered), i);
    item->position = i;
  }
  g_signal_emit (self, moved_signal, 0);
}

/* A double click. */
static void on_activate (HubFieldColumn *self) {
  gtk_widget_activate_action (GTK_WIDGET (self), "mapper.edit", NULL);
}

static void on_selected (HubFieldColumn *self) {
  g_signal_emit (self, selected_signal, 0);
}

static gboolean select_focused (gpointer column) {
  HubFieldColumn *self = column;
  HubFieldItem *item = gtk_widget_get_mapped (column) ? hub_field_column_get_focused (self) : NULL;

  if (item)
    hub_field_column_select (self, item, FALSE);
  return G_SOURCE_REMOVE;
}

/* What Tab comes back to is what the buttons and Delete are for. The window knows its new focus a moment later. */
static void on_entered (HubFieldColumn *self) {
  g_idle_add_full (G_PRIORITY_HIGH, select_focused, g_object_ref (self), g_object_unref);
}

static void on_moved (HubFieldColumn *self) {
  g_signal_emit (self, moved_signal, 0);
}

void hub_field_column_setup (HubFieldColumn *self, const char *title, HubFieldDetail detail, gpointer data) {
  g_object_set (self->search, "placeholder-text", title, NULL);
  hub_widget_name (self->search, title);
  hub_widget_name (self->view, title);
  self->detail = detail;
  self->data = data;
}

GListStore *hub_field_column_get_items (HubFieldColumn *self) {
  return self->items;
}

HubFieldItem *hub_field_column_get_selected (HubFieldColumn *self) {
  return gtk_single_selection_get_selected_item (self->selection);
}

/* The field whose row @widget (nullable) is, or lies in. */
static HubFieldItem *find_item (HubFieldColumn *self, GtkWidget *widget) {
  while (widget && gtk_widget_get_parent (widget) != GTK_WIDGET (self->view))
    widget = gtk_widget_get_parent (widget);
  GtkWidget *row = widget ? gtk_widget_get_first_child (widget) : NULL;
  return HUB_IS_FIELD_ROW (row) ? hub_field_row_get_item (HUB_FIELD_ROW (row)) : NULL;
}

HubFieldItem *hub_field_column_get_focused (HubFieldColumn *self) {
  return find_item (self, gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))));
}

HubFieldItem *hub_field_column_get_item_at (HubFieldColumn *self, GtkWidget *widget, double x, double y) {
  return find_item (self, gtk_widget_pick (widget, x, y, GTK_PICK_DEFAULT));
}

void hub_field_column_select (HubFieldColumn *self, HubFieldItem *item, gboolean focus) {
  guint position = item ? item->position : GTK_INVALID_LIST_POSITION;

  gtk_single_selection_set_selected (self->selection, position);
  if (!focus || !item || position == G_MAXUINT)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  if (item->row)
    gtk_widget_grab_focus (gtk_widget_get_parent (item->row));
}

void hub_field_column_refresh (HubFieldColumn *self) {
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubFieldItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

    if (item->row)
      show_row (self, item->row, item);
  }
}

void hub_field_column_stop_scrolling (HubFieldColumn *self) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (self->view));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_CONTROLLER_MOTION (controller))
      g_signal_emit_by_name (controller, "leave");
  }
}

void hub_field_column_get_span (HubFieldColumn *self, GtkWidget *widget, double *top, double *bottom) {
  graphene_rect_t bounds;

  *top = *bottom = 0;
  if (gtk_widget_compute_bounds (GTK_WIDGET (self->scroller), widget, &bounds)) {
    *top = bounds.origin.y;
    *bottom = bounds.origin.y + bounds.size.height;
  }
}

gboolean hub_field_column_get_middle (HubFieldColumn *self, HubFieldItem *item, GtkWidget *widget, double top,
                                      double *y) {
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  graphene_point_t point;

  if (item->position == G_MAXUINT)
    return FALSE;
  if (item->row && gtk_widget_get_height (item->row) && gtk_widget_get_mapped (item->row)
      && gtk_widget_compute_point (
          item->row, widget, &GRAPHENE_POINT_INIT (0, gtk_widget_get_height (item->row) / 2.0f), &point)) {
    *y = point.y;
    return TRUE;
  }
  *y = top + (item->position + 0.5) * gtk_adjustment_get_upper (adjustment) / n_found
       - gtk_adjustment_get_value (adjustment);
  return TRUE;
}

static void hub_field_column_dispose (GObject *object) {
  hub_widget_empty (object);
  G_OBJECT_CLASS (hub_field_column_parent_class)->dispose (object);
}

static void hub_field_column_class_init (HubFieldColumnClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_field_column_dispose;
  selected_signal = g_signal_new ("selected", HUB_TYPE_FIELD_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  moved_signal =
      g_signal_new ("moved", HUB_TYPE_FIELD_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  HUB_TEMPLATE (widget_class, "field-column.ui", HubFieldColumn, search, scroller, view, items, filtered,
                selection);
  HUB_HANDLERS (widget_class, is_zero, on_search, on_setup, on_bind, on_unbind, on_items_changed, on_activate,
                on_selected, on_entered, on_moved);
}

static void hub_field_column_init (HubFieldColumn *self) {
  g_type_ensure (HUB_TYPE_FIELD_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_filter_list_model_set_filter (self->filtered, GTK_FILTER (gtk_custom_filter_new (matches, self, NULL)));
}
