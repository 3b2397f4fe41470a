/* when-page.c: the wizard's fourth step: the name, how it writes, which records it takes, and when it runs (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "when-page.h"
#include "option-group.h"
#include "problem.h"
#include "rule-check.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

#define N_DAYS 7
#define USUAL_MINUTES 15
#define USUAL_HOUR 8

/* The row of one condition of the filter: a field, how it is compared, a value. */
#define HUB_TYPE_CONDITION_ROW (hub_condition_row_get_type ())
G_DECLARE_FINAL_TYPE (HubConditionRow, hub_condition_row, HUB, CONDITION_ROW, AdwExpanderRow)

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

/* Whether it has the value that it needs. */
static gboolean is_complete (HubDraft *draft, guint condition) {
  const char *value = hub_draft_get_condition (draft, condition, "value");

  return !needs_value (hub_draft_get_condition (draft, condition, "op")) || (value && *value);
}

/* "Status is succeeded" */
static void show_condition (HubConditionRow *self) {
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

static void on_condition (HubConditionRow *self) {
  if (self->filling)
    return;
  hub_draft_set_condition (
      self->draft, self->condition, self->names->pdata[adw_combo_row_get_selected (self->field_row)],
      ops[adw_combo_row_get_selected (self->op_row)].op, gtk_editable_get_text (self->value_row));
  show_condition (self);
}

static void on_remove (HubConditionRow *self) {
  hub_draft_remove_condition (self->draft, self->condition);
}

/* The fields by their labels; one that the source no longer has stays at the end. */
static void fill_fields (HubConditionRow *self, GPtrArray *fields, const char *name) {
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = fields->len;

  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = g_ptr_array_index (fields, i);
    gtk_string_list_append (labels, field->label);
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
  HubConditionRow *self = HUB_CONDITION_ROW (object);

  self->filling = TRUE;
  g_clear_object (&self->draft);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  G_OBJECT_CLASS (hub_condition_row_parent_class)->dispose (object);
}

static void hub_condition_row_class_init (HubConditionRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_condition_row_dispose;
  HUB_TEMPLATE (widget_class, "condition-row.ui", HubConditionRow, field_row, op_row, value_row);
  HUB_HANDLERS (widget_class, on_condition, on_remove);
}

static void hub_condition_row_init (HubConditionRow *self) {
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Edits condition number @condition of @draft, on one of @fields (element-type HubField). */
static GtkWidget *make_condition_row (HubDraft *draft, guint condition, GPtrArray *fields) {
  HubConditionRow *self = g_object_new (HUB_TYPE_CONDITION_ROW, NULL);
  const char *value = hub_draft_get_condition (draft, condition, "value");

  self->draft = g_object_ref (draft);
  self->condition = condition;
  fill_fields (self, fields, hub_draft_get_condition (draft, condition, "field"));
  fill_ops (self, hub_draft_get_condition (draft, condition, "op"));
  gtk_editable_set_text (self->value_row, value ? value : "");
  self->filling = FALSE;
  show_condition (self);
  return GTK_WIDGET (self);
}

/* The page. */

struct _HubWhenPage {
  AdwBin parent_instance;
  HubDraft *draft;                   /* (owned) */
  GPtrArray *sources;                /* (owned) (nullable) (element-type HubField) */
  GPtrArray *rows;                   /* (owned) (element-type HubConditionRow): borrowed from the group */
  const char *zone;                  /* (interned) (nullable) of the schedule */
  gboolean filling;                  /* the rows change, and not by the user */
  GtkToggleButton *weekdays[N_DAYS]; /* (borrowed) */

  /* of the template, borrowed */
  GtkEditable *name_row;
  GtkCheckButton *upsert, *append, *update;
  GtkWidget *key_group, *every_row, *days_row, *day_row, *time_row;
  AdwComboRow *key_row, *kind_row;
  AdwPreferencesGroup *conditions, *schedule;
  GtkSpinButton *every, *day, *hour, *minute;
  GtkDropDown *unit;
  GtkBox *days;
};

G_DEFINE_FINAL_TYPE (HubWhenPage, hub_when_page, ADW_TYPE_BIN)

char *hub_when_page_missing (HubDraft *draft) {
  g_autofree char *name = g_strstrip (g_strdup (hub_draft_get_name (draft)));
  g_autoptr (GError) error = NULL;
  HubSchedule schedule;

  hub_draft_get_schedule (draft, &schedule);
  if (!*name)
    return g_strdup (_ ("Give the integration a name to go on."));
  if (hub_draft_get_mode (draft) != HUB_MODE_APPEND && !hub_draft_get_key (draft))
    return g_strdup (_ ("Choose the field by which records are told apart to go on."));
  for (guint i = 0; i < hub_draft_get_n_conditions (draft); i++)
    if (!is_complete (draft, i))
      return g_strdup (_ ("Give each condition a value, or remove it, to go on."));
  if (schedule.kind == HUB_SCHEDULE_WEEKLY && schedule.days == 0)
    return g_strdup (_ ("Choose at least one day of the week to go on."));
  g_autoptr (HubIntegration) integration = hub_draft_build (draft, &error);
  return integration ? NULL : hub_problem_sentence (error);
}

/* The name. */

/* Whose records those of @side are, or where they stand. (transfer full) */
static char *side_words (HubDraft *draft, HubSide side) {
  const HubManifest *manifest = hub_draft_manifest (draft, side);
  const char *account = hub_draft_get_account (draft, side);
  const char *path = hub_draft_get_option (draft, side, "path");

  if (account)
    return g_strdup (account);
  return path ? g_path_get_basename (path) : g_strdup (manifest ? _ (manifest->name) : "");
}

/* "Payments from Shop to Accounting" */
static char *make_name (HubDraft *draft) {
  const HubManifestObject *object = hub_draft_object (draft, HUB_SIDE_SOURCE);
  g_autofree char *source = side_words (draft, HUB_SIDE_SOURCE);
  g_autofree char *destination = side_words (draft, HUB_SIDE_DESTINATION);

  /* Translators: records, from whose account, to whose account */
  return g_strdup_printf (_ ("%1$s from %2$s to %3$s"), object ? _ (object->label) : "", source, destination);
}

static void on_name (HubWhenPage *self) {
  if (!self->filling)
    hub_draft_set_name (self->draft, gtk_editable_get_text (self->name_row));
}

/* How it writes, and the key. */

/* The destination's own key, else a field of which one of both ends says that it is unique; NULL: none is mapped. */
static const char *propose_key (HubWhenPage *self, GPtrArray *destinations) {
  const HubManifestObject *object = hub_draft_object (self->draft, HUB_SIDE_DESTINATION);

  if (object && object->write.key && hub_draft_find_rule (self->draft, object->write.key) >= 0)
    return object->write.key;
  for (guint i = 0; i < hub_draft_get_n_rules (self->draft); i++) {
    const char *target = hub_draft_get_rule_target (self->draft, i);
    HubRuleKind kind;
    g_autofree char *source = hub_draft_dup_rule_source (self->draft, i, &kind);
    const HubField *from = kind == HUB_RULE_FROM ? hub_field_find (self->sources, source) : NULL;
    const HubField *to = hub_field_find (destinations, target);
    if ((from && from->unique) || (to && to->unique))
      return target;
  }
  return NULL;
}

static HubMode get_mode (HubWhenPage *self) {
  if (gtk_check_button_get_active (self->append))
    return HUB_MODE_APPEND;
  return gtk_check_button_get_active (self->update) ? HUB_MODE_UPDATE : HUB_MODE_UPSERT;
}

static void on_key (HubWhenPage *self) {
  GtkStringObject *target = adw_combo_row_get_selected_item (self->key_row);
  gboolean chosen = adw_combo_row_get_selected (self->key_row) > 0;
  HubMode mode = get_mode (self);

  gtk_widget_set_visible (self->key_group, mode != HUB_MODE_APPEND);
  if (!self->filling)
    hub_draft_set_write (self->draft, mode,
                         chosen && target && mode != HUB_MODE_APPEND ? gtk_string_object_get_string (target)
                                                                     : NULL);
}

static void on_mode (HubWhenPage *self, GtkCheckButton *button) {
  if (gtk_check_button_get_active (button)) /* the other one tells it too */
    on_key (self);
}

static void show_write (HubWhenPage *self, GPtrArray *destinations) {
  GtkCheckButton *const buttons[] = { self->upsert, self->append, self->update };
  g_autoptr (GtkStringList) targets = gtk_string_list_new (NULL);
  g_autofree char *key = g_strdup (hub_draft_get_key (self->draft));
  HubMode mode = hub_draft_get_mode (self->draft);
  guint selected = 0;

  if (!key || hub_draft_find_rule (self->draft, key) < 0) {
    g_free (key);
    key = g_strdup (propose_key (self, destinations));
  }
  gtk_string_list_append (targets, _ ("Choose a Field…"));
  for (guint i = 0; i < hub_draft_get_n_rules (self->draft); i++) {
    const char *target = hub_draft_get_rule_target (self->draft, i);
    gtk_string_list_append (targets, target);
    if (g_strcmp0 (target, key) == 0)
      selected = i + 1;
  }
  gtk_check_button_set_active (buttons[mode], TRUE);
  adw_combo_row_set_model (self->key_row, G_LIST_MODEL (targets));
  adw_combo_row_set_selected (self->key_row, selected);
  gtk_widget_set_visible (self->key_group, mode != HUB_MODE_APPEND);
  if (mode != HUB_MODE_APPEND)
    hub_draft_set_write (self->draft, mode, key);
}

/* Which records. */

static void show_conditions (HubWhenPage *self) {
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->conditions, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < hub_draft_get_n_conditions (self->draft); i++) {
    GtkWidget *row = make_condition_row (self->draft, i, self->sources);
    adw_preferences_group_add (self->conditions, row);
    g_ptr_array_add (self->rows, row);
  }
  adw_preferences_group_set_description (self->conditions, self->rows->len > 0
                                                               ? _ ("Only records that meet all conditions")
                                                               : _ ("All records"));
}

static void on_draft (HubWhenPage *self) {
  if (self->rows->len > hub_draft_get_n_conditions (self->draft))
    show_conditions (self);
}

static void on_add_condition (HubWhenPage *self) {
  const HubField *field = self->sources && self->sources->len > 0 ? self->sources->pdata[0] : NULL;

  if (!field)
    return;
  hub_draft_set_condition (self->draft, hub_draft_get_n_conditions (self->draft), field->name, "equals", "");
  show_conditions (self);
  AdwExpanderRow *row = g_ptr_array_index (self->rows, self->rows->len - 1);
  adw_expander_row_set_expanded (row, TRUE);
  gtk_widget_child_focus (GTK_WIDGET (row), GTK_DIR_TAB_FORWARD);
}

/* When it runs. */

static gboolean on_output (GtkSpinButton *spin) {
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

/* Shows the rows that this kind of schedule needs, and what it means in words. */
static void show_kind (HubWhenPage *self, const HubSchedule *schedule) {
  g_autofree char *words = hub_schedule_words (schedule);
  HubScheduleKind kind = schedule->kind;
  gboolean undecided = kind == HUB_SCHEDULE_WEEKLY && schedule->days == 0;

  gtk_widget_set_visible (self->every_row, kind == HUB_SCHEDULE_EVERY);
  gtk_widget_set_visible (self->days_row, kind == HUB_SCHEDULE_WEEKLY);
  gtk_widget_set_visible (self->day_row, kind == HUB_SCHEDULE_MONTHLY);
  gtk_widget_set_visible (self->time_row, kind >= HUB_SCHEDULE_DAILY && kind <= HUB_SCHEDULE_MONTHLY);
  adw_preferences_group_set_description (self->schedule, undecided ? NULL : words);
}

static void on_schedule (HubWhenPage *self) {
  HubSchedule schedule = {
    .kind = (HubScheduleKind) adw_combo_row_get_selected (self->kind_row),
    .minutes = (guint) gtk_spin_button_get_value_as_int (self->every)
               * (gtk_drop_down_get_selected (self->unit) ? 60 : 1),
    .hour = (guint) gtk_spin_button_get_value_as_int (self->hour),
    .minute = (guint) gtk_spin_button_get_value_as_int (self->minute),
    .day = (guint) gtk_spin_button_get_value_as_int (self->day),
    .zone = self->zone,
  };

  if (self->filling)
    return;
  for (guint i = 0; i < N_DAYS; i++)
    schedule.days |= gtk_toggle_button_get_active (self->weekdays[i]) ? 1u << i : 0;
  hub_draft_set_schedule (self->draft, &schedule);
  show_kind (self, &schedule);
}

/* The service tells when something happens only where its manifest says so. */
static gboolean has_events (HubDraft *draft) {
  const HubManifestObject *object = hub_draft_object (draft, HUB_SIDE_SOURCE);

  return object && object->read.events;
}

static void show_schedule (HubWhenPage *self) {
  const char *const kinds[] = { _ ("Only by Hand"),
                                _ ("Every So Often"),
                                _ ("Every Day"),
                                _ ("Every Week"),
                                _ ("Every Month"),
                                _ ("On Every Change"),
                                NULL };
  g_autoptr (GtkStringList) model = gtk_string_list_new (kinds);
  HubSchedule schedule;

  hub_draft_get_schedule (self->draft, &schedule);
  if (schedule.kind != HUB_SCHEDULE_EVENT && !has_events (self->draft))
    gtk_string_list_remove (model, HUB_SCHEDULE_EVENT);
  adw_combo_row_set_model (self->kind_row, G_LIST_MODEL (model));
  adw_combo_row_set_selected (self->kind_row, schedule.kind);
  show_kind (self, &schedule);
  if (schedule.kind != HUB_SCHEDULE_EVERY)
    schedule.minutes = USUAL_MINUTES;
  if (schedule.kind < HUB_SCHEDULE_DAILY)
    schedule.hour = USUAL_HOUR;
  gboolean hours = schedule.minutes % 60 == 0;
  self->zone = schedule.zone;
  gtk_spin_button_set_value (self->every, hours ? schedule.minutes / 60 : schedule.minutes);
  gtk_drop_down_set_selected (self->unit, hours);
  gtk_spin_button_set_value (self->hour, schedule.hour);
  gtk_spin_button_set_value (self->minute, schedule.minute);
  gtk_spin_button_set_value (self->day, MAX (schedule.day, 1));
  for (guint i = 0; i < N_DAYS; i++)
    gtk_toggle_button_set_active (self->weekdays[i], schedule.days & 1u << i);
}

/* One button for each day, with its first letter. */
static void add_weekdays (HubWhenPage *self) {
  g_autoptr (GDateTime) monday = g_date_time_new_utc (2024, 1, 1, 0, 0, 0);

  for (int i = 0; i < N_DAYS; i++) {
    g_autoptr (GDateTime) date = g_date_time_add_days (monday, i);
    g_autofree char *name = g_date_time_format (date, "%A");
    g_autofree char *first = g_utf8_substring (name, 0, 1);
    g_autofree char *letter = g_utf8_strup (first, -1);
    GtkWidget *button = gtk_toggle_button_new_with_label (letter);
    gtk_widget_set_tooltip_text (button, name);
    gtk_widget_add_css_class (button, "circular");
    hub_widget_name (button, name);
    g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_schedule), self);
    gtk_box_append (self->days, button);
    self->weekdays[i] = GTK_TOGGLE_BUTTON (button);
  }
}

static void hub_when_page_finalize (GObject *object) {
  HubWhenPage *self = HUB_WHEN_PAGE (object);

  g_clear_object (&self->draft);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (hub_when_page_parent_class)->finalize (object);
}

static void hub_when_page_class_init (HubWhenPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_when_page_finalize;
  HUB_TEMPLATE (widget_class, "when-page.ui", HubWhenPage, name_row, upsert, append, update, key_group,
                key_row, conditions, schedule, kind_row, every_row, every, unit, days_row, days, day_row, day,
                time_row, hour, minute);
  HUB_HANDLERS (widget_class, on_name, on_mode, on_key, on_add_condition, on_output, on_schedule);
}

static void hub_when_page_init (HubWhenPage *self) {
  self->rows = g_ptr_array_new ();
  self->filling = TRUE; /* until it is set */
  gtk_widget_init_template (GTK_WIDGET (self));
  add_weekdays (self);
}

GtkWidget *hub_when_page_new (HubDraft *draft) {
  HubWhenPage *self = g_object_new (HUB_TYPE_WHEN_PAGE, NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_draft), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void hub_when_page_set (HubWhenPage *self, GPtrArray *sources, GPtrArray *destinations) {
  g_autofree char *name = g_strdup (hub_draft_get_name (self->draft));

  if (!*name) {
    g_free (name);
    name = make_name (self->draft);
    hub_draft_set_name (self->draft, name);
  }
  self->filling = TRUE;
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  self->sources = g_ptr_array_ref (sources);
  gtk_editable_set_text (self->name_row, name);
  show_write (self, destinations);
  show_conditions (self);
  show_schedule (self);
  self->filling = FALSE;
}
