/* condition-row.c: the row of one condition of the filter: a field, how it is compared, a value (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "condition-row.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

struct _HubConditionRow {
  AdwExpanderRow parent_instance;
  HubDraft *draft; /* (owned) */
  guint condition;
  GPtrArray *names; /* (owned) of the fields, in the combo's order */
  gboolean filling; /* the rows change, and not by the user */

  /* of the template, borrowed */
  AdwComboRow *field_row, *op_row;
  GtkEditable *value_row;
};

G_DEFINE_FINAL_TYPE (HubConditionRow, hub_condition_row, ADW_TYPE_EXPANDER_ROW)

static guint removed_signal;

static const struct {
  const char *op, *words;
} ops[] = {
  { "equals", N_ ("is") },
  { "not-equals", N_ ("is not") },
  { "contains", N_ ("contains") },
  { "starts-with", N_ ("begins with") },
  { "in", N_ ("is one of") },
  { "greater", N_ ("is more than") },
  { "less", N_ ("is less than") },
  { "before", N_ ("is before") },
  { "after", N_ ("is after") },
  { "empty", N_ ("is empty") },
  { "not-empty", N_ ("is not empty") },
};

static gboolean needs_value (const char *op) {
  return !g_str_has_suffix (op, "empty");
}

gboolean hub_condition_row_is_complete (HubDraft *draft, guint condition) {
  const char *value = hub_draft_get_condition (draft, condition, "value");

  return !needs_value (hub_draft_get_condition (draft, condition, "op")) || (value && *value);
}

/* "Status is succeeded" */
static void show (HubConditionRow *self) {
  GtkStringObject *field = adw_combo_row_get_selected_item (self->field_row);
  guint op = adw_combo_row_get_selected (self->op_row);
  gboolean valued = needs_value (ops[op].op);
  /* Translators: a condition: a field, how it is compared, a value: "Status is paid" */
  g_autofree char *title =
      g_strdup_printf (_ ("%1$s %2$s %3$s"), gtk_string_object_get_string (field), _ (ops[op].words),
                       valued ? gtk_editable_get_text (self->value_row) : "");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->value_row),
                                 g_str_equal (ops[op].op, "in") ? _ ("Values, With Commas Between")
                                                                : _ ("Value"));
  gtk_widget_set_visible (GTK_WIDGET (self->value_row), valued);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), g_strchomp (title));
}

static void on_changed (HubConditionRow *self) {
  if (self->filling)
    return;
  hub_draft_set_condition (
      self->draft, self->condition, self->names->pdata[adw_combo_row_get_selected (self->field_row)],
      ops[adw_combo_row_get_selected (self->op_row)].op, gtk_editable_get_text (self->value_row));
  show (self);
}

static void on_remove (HubConditionRow *self) {
  hub_draft_remove_condition (self->draft, self->condition);
  g_signal_emit (self, removed_signal, 0);
}

/* The fields by their labels; one that the source no longer has stays at the end. */
static void fill_fields (HubConditionRow *self, GPtrArray *fields, const char *name) {
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = fields->len;

  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = g_ptr_array_index (fields, i);
    gtk_string_list_append (labels, _ (field->label));
    g_ptr_array_add (self->names, g_strdup (field->name));
    if (g_str_equal (field->name, name))
      selected = i;
  }
  if (selected == fields->len) {
    gtk_string_list_append (labels, name);
    g_ptr_array_add (self->names, g_strdup (name));
  }
  adw_combo_row_set_model (self->field_row, G_LIST_MODEL (labels));
  adw_combo_row_set_selected (self->field_row, selected);
}

static void fill_ops (HubConditionRow *self, const char *op) {
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    gtk_string_list_append (words, _ (ops[i].words));
    if (g_str_equal (ops[i].op, op))
      selected = i;
  }
  adw_combo_row_set_model (self->op_row, G_LIST_MODEL (words));
  adw_combo_row_set_selected (self->op_row, selected);
}

static void hub_condition_row_dispose (GObject *object) {
  HUB_CONDITION_ROW (object)->filling = TRUE;
  G_OBJECT_CLASS (hub_condition_row_parent_class)->dispose (object);
}

static void hub_condition_row_finalize (GObject *object) {
  HubConditionRow *self = HUB_CONDITION_ROW (object);

  g_clear_object (&self->draft);
  g_ptr_array_unref (self->names);
  G_OBJECT_CLASS (hub_condition_row_parent_class)->finalize (object);
}

static void hub_condition_row_class_init (HubConditionRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_condition_row_dispose;
  G_OBJECT_CLASS (class)->finalize = hub_condition_row_finalize;
  removed_signal = g_signal_new ("removed", HUB_TYPE_CONDITION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  HUB_TEMPLATE (widget_class, "condition-row.ui", HubConditionRow, field_row, op_row, value_row);
  HUB_HANDLERS (widget_class, on_changed, on_remove);
}

static void hub_condition_row_init (HubConditionRow *self) {
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *hub_condition_row_new (HubDraft *draft, guint condition, GPtrArray *fields) {
  HubConditionRow *self = g_object_new (HUB_TYPE_CONDITION_ROW, NULL);
  const char *value = hub_draft_get_condition (draft, condition, "value");

  self->draft = g_object_ref (draft);
  self->condition = condition;
  fill_fields (self, fields, hub_draft_get_condition (draft, condition, "field"));
  fill_ops (self, hub_draft_get_condition (draft, condition, "op"));
  gtk_editable_set_text (self->value_row, value ? value : "");
  self->filling = FALSE;
  show (self);
  return GTK_WIDGET (self);
}
