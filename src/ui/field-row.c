/* field-row.c: see field-row.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-row.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (HubFieldItem, hub_field_item, G_TYPE_OBJECT)

static void hub_field_item_finalize (GObject *object) {
  HubFieldItem *self = HUB_FIELD_ITEM (object);

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

void hub_field_item_set_aimed (HubFieldItem *self, gboolean aimed) {
  self->aimed = aimed;
  if (self->row && aimed)
    gtk_widget_set_state_flags (self->row, GTK_STATE_FLAG_DROP_ACTIVE, FALSE);
  else if (self->row)
    gtk_widget_unset_state_flags (self->row, GTK_STATE_FLAG_DROP_ACTIVE);
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
  hub_field_item_set_aimed (item, item->aimed);
  refresh (self, detail);
}

HubFieldItem *hub_field_row_get_item (HubFieldRow *self) {
  return self->item;
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
  HUB_HANDLERS (widget_class, on_released);
}

static void hub_field_row_init (HubFieldRow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}
