/* record-row.c: the row of a HubRecordItem in a list; recycled from item to item (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-row.h"

#include <glib/gi18n-lib.h>

#include "integration-list.h"
#include "reject-dialog.h"
#include "widgets.h"
#include "words.h"

#define SHOWN 4 /* changes, before the rest is asked for */

#define HUB_TYPE_RECORD_ROW (hub_record_row_get_type ())
G_DECLARE_FINAL_TYPE (HubRecordRow, hub_record_row, HUB, RECORD_ROW, GtkBox)

struct _HubRecordRow {
  GtkBox parent_instance;
  HubRecordItem *item; /* (owned) (nullable) before the first one and after the last */
  HubRowParts parts;
  GBinding *ticking; /* (owned) (nullable) */
  gulong changed;    /* the item's handler */
  gboolean expanded;

  /* of the template */
  GtkWidget *tick, *menu_button, *more_button; /* (borrowed) */
  GtkImage *icon;                              /* (borrowed) */
  GtkLabel *title, *subtitle, *detail;         /* (borrowed) */
  GtkGrid *grid;                               /* (borrowed) */
};

G_DEFINE_FINAL_TYPE (HubRecordRow, hub_record_row, GTK_TYPE_BOX)

/* The label in @column of line @line, which is made when it is needed first and kept for other records. */
static GtkLabel *get_label (HubRecordRow *self, int column, int line) {
  static PangoAttrList *struck = NULL; /* old values */
  GtkWidget *label = gtk_grid_get_child_at (self->grid, column, line);

  if (struck == NULL)
    struck = pango_attr_list_from_string ("0 -1 strikethrough true");
  if (label == NULL) {
    label = gtk_label_new (NULL);
    g_object_set (label, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "single-line-mode", TRUE, "hexpand",
                  column == 2, NULL);
    if (column < 2)
      gtk_widget_add_css_class (label, "dim-label");
    if (column == 1)
      gtk_label_set_attributes (GTK_LABEL (label), struck);
    gtk_grid_attach (self->grid, label, column, line, 1, 1);
  }
  return GTK_LABEL (label);
}

/* Shows @text (nullable; nothing hides the label). */
static void set_label (GtkLabel *label, const char *text) {
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
  gtk_label_set_label (label, text ? text : "");
}

static void show_change (HubRecordRow *self, const HubChange *change, int line) {
  g_autofree char *before = hub_words_value (&change->before, &change->after);
  g_autofree char *value = hub_words_value (&change->after, &change->before);
  const char *after = *value ? value : _ ("empty");
  /* Translators: the new value of a field; its old one stands before the arrow */
  g_autofree char *arrow = *before ? g_strdup_printf (_ ("→ %s"), after) : NULL;

  set_label (get_label (self, 0, line), change->field);
  set_label (get_label (self, 1, line), before);
  set_label (get_label (self, 2, line), arrow ? arrow : after);
}

/* Tells all of a label that is cut off, and of a value exactly what is sent. Asked for only then: GTK asks the screen for the pointer
 * whenever the text of a tooltip is set, and there are many labels. */
static gboolean on_query_tooltip (HubRecordRow *self, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip,
                                  GtkWidget *box) {
  GtkWidget *label = gtk_widget_pick (box, x, y, GTK_PICK_DEFAULT);
  g_autofree char *text = NULL;
  int column, line;

  if (label == GTK_WIDGET (self->title)) {
    text = g_strdup (self->item->title);
  } else if (label && gtk_widget_get_parent (label) == GTK_WIDGET (self->grid)) {
    gtk_grid_query_child (self->grid, label, &column, &line, NULL, NULL);
    const HubChange *change = g_ptr_array_index (self->item->changes, line);
    text = column == 0 ? g_strdup (change->field)
                       : hub_value_display (column == 1 ? &change->before : &change->after);
  }
  gtk_tooltip_set_text (tooltip, text);
  return text && *text;
}

static void show_changes (HubRecordRow *self) {
  GPtrArray *changes = self->item->changes;
  guint n_changes = changes ? changes->len : 0;
  guint shown = self->expanded ? n_changes : MIN (n_changes, SHOWN);
  g_autofree char *words =
      self->expanded
          ? g_strdup (_ ("Show Less"))
          : g_strdup_printf (ngettext ("Show %u More Field", "Show %u More Fields", n_changes - shown),
                             n_changes - shown);

  for (guint i = 0; i < shown; i++)
    show_change (self, g_ptr_array_index (changes, i), i);
  for (guint i = shown; gtk_grid_get_child_at (self->grid, 0, i); i++)
    for (int column = 0; column < 3; column++)
      gtk_widget_set_visible (gtk_grid_get_child_at (self->grid, column, i), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->grid), shown > 0);
  gtk_widget_set_visible (self->more_button, n_changes > SHOWN);
  gtk_button_set_label (GTK_BUTTON (self->more_button), words);
}

/* The item shows another record, or another one is shown. */
static void on_changed (HubRecordRow *self) {
  HubRecordItem *item = self->item;
  gboolean past = item->trace != NULL;
  g_autofree char *words = hub_record_item_describe (item);

  self->expanded = FALSE;
  gtk_image_set_from_icon_name (self->icon, item->icon);
  set_label (self->title, item->title);
  set_label (self->subtitle, item->subtitle);
  set_label (self->detail, self->parts & HUB_ROW_WHEN ? item->detail : NULL);
  gtk_widget_set_visible (self->menu_button, past);
  gtk_widget_set_sensitive (self->tick, hub_record_item_is_sendable (item));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.take-back", hub_record_item_is_standing (item));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.mend",
                                 past && g_str_equal (item->trace->state, "rejected"));
  show_changes (self);
  /* The list's own row around this one is what a screen reader stops at. */
  hub_widget_name (gtk_widget_get_parent (GTK_WIDGET (self)), words);
}

static void take_item (HubRecordRow *self, HubRecordItem *item) {
  g_clear_signal_handler (&self->changed, self->item);
  g_clear_pointer (&self->ticking, g_binding_unbind);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  self->changed = g_signal_connect_swapped (item, "changed", G_CALLBACK (on_changed), self);
  if (self->parts & HUB_ROW_TICK)
    self->ticking = g_object_bind_property (item, "selected", self->tick, "active",
                                            G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  on_changed (self);
}

static void on_more (HubRecordRow *self) {
  self->expanded = !self->expanded;
  show_changes (self);
}

static void on_take_back (GtkWidget *widget, const char *action, GVariant *parameter) {
  const HubRecordItem *item = HUB_RECORD_ROW (widget)->item;
  const HubTrace *trace = item->trace;
  g_autofree char *words = g_strdup_printf (_ ("“%s” is being taken back"), item->title);

  hub_start (widget, trace->integration, &(HubRunOptions){ .undone = trace->run, .delivery = trace->id },
             words);
}

static void on_show_run (GtkWidget *widget, const char *action, GVariant *parameter) {
  gtk_widget_activate_action (widget, "win.show-run", "x", HUB_RECORD_ROW (widget)->item->run);
}

static void on_mend (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_reject_dialog_open (widget, HUB_RECORD_ROW (widget)->item);
}

static void on_copy (GtkWidget *widget, const char *action, GVariant *parameter) {
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), HUB_RECORD_ROW (widget)->item->title);
}

/* Menus are made when they are asked for: there is a row for each record in sight. */
static void make_menu (GtkMenuButton *button, gpointer data) {
  HubRecordRow *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) mend = g_menu_item_new (_ ("_Mend…"), "record.mend");

  g_menu_item_set_attribute (mend, "hidden-when", "s", "action-disabled");
  g_menu_append_item (menu, mend);
  g_menu_append (menu, _ ("_Take Back"), "record.take-back");
  if (self->parts & HUB_ROW_WHEN)
    g_menu_append (menu, _ ("Show the _Run"), "record.show-run");
  g_menu_append (menu, _ ("_Copy the Key"), "record.copy");
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void hub_record_row_dispose (GObject *object) {
  take_item (HUB_RECORD_ROW (object), NULL);
  G_OBJECT_CLASS (hub_record_row_parent_class)->dispose (object);
}

static void hub_record_row_class_init (HubRecordRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_record_row_dispose;
  HUB_TEMPLATE (widget_class, "record-row.ui", HubRecordRow, tick, icon, title, subtitle, detail, grid,
                more_button, menu_button);
  HUB_HANDLERS (widget_class, on_query_tooltip, on_more);
  gtk_widget_class_install_action (widget_class, "record.take-back", NULL, on_take_back);
  gtk_widget_class_install_action (widget_class, "record.show-run", NULL, on_show_run);
  gtk_widget_class_install_action (widget_class, "record.mend", NULL, on_mend);
  gtk_widget_class_install_action (widget_class, "record.copy", NULL, on_copy);
}

static void hub_record_row_init (HubRecordRow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer parts) {
  HubRecordRow *self = g_object_new (HUB_TYPE_RECORD_ROW, NULL);

  self->parts = GPOINTER_TO_UINT (parts);
  gtk_widget_set_visible (self->tick, (self->parts & HUB_ROW_TICK) != 0);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu_button), make_menu, self, NULL);
  gtk_list_item_set_child (list_item, GTK_WIDGET (self));
}

/* A row that is out of use keeps its item until it gets the next one: nothing has to be drawn for that. */
static void on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item) {
  take_item (HUB_RECORD_ROW (gtk_list_item_get_child (list_item)), gtk_list_item_get_item (list_item));
}

void hub_record_row_fill (GtkListView *view, GListModel *model, HubRowParts parts) {
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (model));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (parts));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (view, factory);
  gtk_list_view_set_model (view, GTK_SELECTION_MODEL (selection));
}
