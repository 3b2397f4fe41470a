/* field-row.c: see field-row.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-row.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (HubFieldItem, hub_field_item, G_TYPE_OBJECT)

static void hub_field_item_finalize (GObject *object) {
  HubFieldItem *self = HUB_FIELD_ITEM (object);

  g_clear_weak_pointer (&self->dragged);
  hub_field_free (self->field);
  g_free (self->partner);
  G_OBJECT_CLASS (hub_field_item_parent_class)->finalize (object);
}

static void hub_field_item_class_init (HubFieldItemClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_field_item_finalize;
}

static void hub_field_item_init (HubFieldItem *self) {
  self->position = G_MAXUINT;
  self->rule = -1;
}

HubFieldItem *hub_field_item_new (HubSide side, const HubField *field) {
  HubFieldItem *self = g_object_new (HUB_TYPE_FIELD_ITEM, NULL);

  self->side = side;
  self->field = hub_field_new (field->name, field->label, field->type);
  self->field->required = field->required;
  self->field->example = g_strdup (field->example);
  return self;
}

gboolean hub_field_item_matches (HubFieldItem *self, const char *text) {
  g_autofree char *words =
      g_strjoin (" ", self->field->label, self->field->name, hub_type_words (self->field->type), NULL);

  return self->blank || !*text || g_str_match_string (text, words, TRUE);
}

static gboolean is_missing (HubFieldItem *self) {
  return self->field->required && !self->partner && self->side == HUB_SIDE_DESTINATION;
}

/* What is to be seen at a glance: the first row whose condition holds. */
typedef struct {
  const char *icon, *words, *class; /* (nullable) */
} Status;

static const Status *get_status (HubFieldItem *self) {
  static const Status picked = { "input-keyboard-symbolic", N_ ("Picked up"), "accent" };
  static const Status broken = { "dialog-error-symbolic", N_ ("Broken"), "error" };
  static const Status advice = { "dialog-warning-symbolic", N_ ("To check"), "warning" };
  static const Status missing = { "dialog-warning-symbolic", N_ ("Required"), "warning" };
  static const Status linked = { "object-select-symbolic", NULL, "accent" };
  static const Status none = { 0 };

  return self->picked                     ? &picked
         : self->state == HUB_RULE_BROKEN ? &broken
         : self->state == HUB_RULE_ADVICE ? &advice
         : is_missing (self)              ? &missing
         : self->partner                  ? &linked
                                          : &none;
}

char *hub_field_item_describe (HubFieldItem *self) {
  g_autoptr (GString) words = g_string_new (self->field->label);
  const char *status = get_status (self)->words;

  if (self->blank)
    return g_string_free (g_steal_pointer (&words), FALSE);
  g_string_append_printf (words, ", %s", hub_type_words (self->field->type));
  if (self->field->example) {
    g_string_append (words, ", ");
    g_string_append_printf (words, _ ("example %s"), self->field->example);
  }
  g_string_append (words, ", ");
  if (self->partner)
    g_string_append_printf (words, self->side == HUB_SIDE_SOURCE ? _ ("linked to %s") : _ ("filled from %s"),
                            self->partner);
  else
    g_string_append (words, self->side == HUB_SIDE_SOURCE ? _ ("not linked") : _ ("not filled"));
  if (status)
    g_string_append_printf (words, ", %s", _ (status));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

struct _HubFieldRow {
  GtkWidget parent_instance;
  HubFieldItem *item; /* (owned) (nullable) */

  /* of the template */
  GtkImage *type_icon, *status_icon;             /* (borrowed) */
  GtkLabel *name, *type_words, *detail, *status; /* (borrowed) */
};

G_DEFINE_FINAL_TYPE (HubFieldRow, hub_field_row, GTK_TYPE_WIDGET)

static const char *get_type_icon (HubType type) {
  static const char *const icons[] = {
    [HUB_TYPE_TEXT] = "hub-text-symbolic",      [HUB_TYPE_INTEGER] = "hub-number-symbolic",
    [HUB_TYPE_DECIMAL] = "hub-number-symbolic", [HUB_TYPE_BOOLEAN] = "hub-boolean-symbolic",
    [HUB_TYPE_DATE] = "hub-date-symbolic",      [HUB_TYPE_DATETIME] = "hub-date-symbolic",
    [HUB_TYPE_MONEY] = "hub-money-symbolic",    [HUB_TYPE_EMAIL] = "hub-email-symbolic",
    [HUB_TYPE_URL] = "hub-url-symbolic",        [HUB_TYPE_LIST] = "hub-list-symbolic",
    [HUB_TYPE_JSON] = "hub-nested-symbolic",
  };

  return icons[type];
}

static void refresh (HubFieldRow *self, const char *detail) {
  HubFieldItem *item = self->item;
  const Status *status = get_status (item);
  g_autofree char *words = hub_field_item_describe (item);
  const char *text = detail ? detail : item->field->example ? item->field->example : "";
  GtkWidget *list_item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (g_strcmp0 (words, gtk_widget_get_tooltip_text (GTK_WIDGET (self))) == 0
      && g_str_equal (text, gtk_label_get_label (self->detail)))
    return;
  gtk_image_set_from_icon_name (self->type_icon,
                                item->blank ? "list-add-symbolic" : get_type_icon (item->field->type));
  gtk_label_set_label (self->name, item->field->label);
  gtk_label_set_label (self->type_words, item->blank ? "" : hub_type_words (item->field->type));
  gtk_label_set_label (self->detail, text);
  gtk_label_set_label (self->status, status->words ? _ (status->words) : "");
  gtk_image_set_from_icon_name (self->status_icon, status->icon);
  gtk_widget_set_visible (GTK_WIDGET (self->status_icon), status->icon != NULL);
  gtk_widget_set_css_classes (gtk_widget_get_parent (GTK_WIDGET (self->status)),
                              (const char *[]){ status->class, NULL });
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
  if (list_item)
    hub_widget_name (list_item, words);
}

void hub_field_row_show (HubFieldRow *self, HubFieldItem *item, const char *detail) {
  if (self->item && self->item->row == GTK_WIDGET (self))
    self->item->row = NULL;
  g_set_object (&self->item, item);
  if (!item)
    return;
  item->row = GTK_WIDGET (self);
  refresh (self, detail);
}

HubFieldItem *hub_field_row_get_item (HubFieldRow *self) {
  return self->item;
}

HubFieldItem *hub_field_dragged (GdkDrop *drop) {
  GdkDrag *drag = drop ? gdk_drop_get_drag (drop) : NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, HUB_TYPE_FIELD_ITEM);
  if (!drag || !gdk_content_provider_get_value (gdk_drag_get_content (drag), &value, NULL))
    return NULL;
  return g_value_dup_object (&value);
}

static GdkContentProvider *on_prepare (GtkDragSource *source, double x, double y, HubFieldRow *self) {
  return self->item && !self->item->blank ? gdk_content_provider_new_typed (HUB_TYPE_FIELD_ITEM, self->item)
                                          : NULL;
}

static void on_drag_begin (GtkDragSource *source, GdkDrag *drag, HubFieldRow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", self->item->field->label, "width-chars", 28,
                                   "max-width-chars", 28, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, NULL);

  g_set_weak_pointer (&self->item->dragged, GTK_LABEL (label));
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (box, "toolbar");
  gtk_widget_add_css_class (box, "osd");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), box);
  gdk_drag_set_hotspot (drag, -12, -12);
}

static GdkDragAction on_enter (GtkDropTarget *target, double x, double y, HubFieldRow *self) {
  g_autoptr (HubFieldItem) item = hub_field_dragged (gtk_drop_target_get_current_drop (target));

  if (!item || item->side == self->item->side)
    return 0;
  HubFieldItem *from = item->side == HUB_SIDE_SOURCE ? item : self->item;
  HubFieldItem *to = item->side == HUB_SIDE_SOURCE ? self->item : item;
  g_autofree char *words = g_strdup_printf ("%s → %s", from->field->label, to->field->label);
  if (item->dragged)
    gtk_label_set_label (item->dragged, words);
  return GDK_ACTION_COPY;
}

static void on_leave (GtkDropTarget *target, HubFieldRow *self) {
  g_autoptr (HubFieldItem) item = hub_field_dragged (gtk_drop_target_get_current_drop (target));

  if (item && item->dragged)
    gtk_label_set_label (item->dragged, item->field->label);
}

static gboolean on_drop (GtkDropTarget *target, const GValue *value, double x, double y, HubFieldRow *self) {
  HubFieldItem *item = g_value_get_object (value);
  gboolean forward = item->side == HUB_SIDE_SOURCE;

  if (item->side == self->item->side)
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self), "mapper.link", "(ss)",
                                     (forward ? item : self->item)->field->name,
                                     (forward ? self->item : item)->field->name);
}

static void on_released (GtkGestureClick *gesture, int n_press, double x, double y, HubFieldRow *self) {
  gtk_widget_activate_action (GTK_WIDGET (self), "mapper.tap", "(is)", self->item->side,
                              self->item->field->name);
}

static void hub_field_row_dispose (GObject *object) {
  HubFieldRow *self = HUB_FIELD_ROW (object);

  hub_field_row_show (self, NULL, NULL);
  hub_widget_empty (self);
  G_OBJECT_CLASS (hub_field_row_parent_class)->dispose (object);
}

static void hub_field_row_class_init (HubFieldRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_field_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  HUB_TEMPLATE (widget_class, "field-row.ui", HubFieldRow, type_icon, status_icon, name, type_words, detail,
                status);
  HUB_HANDLERS (widget_class, on_prepare, on_drag_begin, on_released);
}

static void hub_field_row_init (HubFieldRow *self) {
  GtkDropTarget *target = gtk_drop_target_new (HUB_TYPE_FIELD_ITEM, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (target, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
