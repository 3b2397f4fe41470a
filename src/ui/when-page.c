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

struct _HubWhenPage {
  AdwBin parent_instance;
  HubDraft *draft;                   /* (owned) */
  GPtrArray *sources;                /* (owned) (nullable) (element-type HubField) */
  GPtrArray *conditions;             /* (owned) (element-type Condition) */
  const char *zone;                  /* (interned) (nullable) of the schedule */
  gboolean filling;                  /* the rows change, and not by the user */
  GtkToggleButton *weekdays[N_DAYS]; /* (borrowed) */

  /* of the template, borrowed */
  GtkEditable *name_row;
  GtkCheckButton *upsert, *append, *update;
  GtkWidget *every_row, *days_row, *day_row, *time_row;
  AdwComboRow *key_row, *kind_row;
  AdwPreferencesGroup *filter, *schedule;
  GtkSpinButton *every, *day, *hour, *minute;
  GtkDropDown *unit;
  GtkBox *days;
};

G_DEFINE_FINAL_TYPE (HubWhenPage, hub_when_page, ADW_TYPE_BIN)

/* The conditions of the filter. */

/* The row of one of them: a field, how it is compared, a value. */
typedef struct {
  HubWhenPage *page; /* (borrowed), and so are the rows */
  guint number;
  AdwPreferencesRow *row;
  AdwComboRow *field_row, *op_row;
  GtkEditable *value_row;
} Condition;

/* The comparisons, in the order of their words in condition-row.ui. */
static const char *const ops[] = { "equals", "not-equals", "contains", "starts-with", "in",       "greater",
                                   "less",   "before",     "after",    "empty",       "not-empty" };

static gboolean needs_value (const char *op) {
  return !g_str_has_suffix (op, "empty");
}

/* Whether it has the value that it needs. */
static gboolean is_complete (HubDraft *draft, guint condition) {
  const char *value = hub_draft_get_condition (draft, condition, "value");

  return !needs_value (hub_draft_get_condition (draft, condition, "op")) || (value && *value);
}

static const char *get_selected (AdwComboRow *row) {
  return gtk_string_object_get_string (adw_combo_row_get_selected_item (row));
}

/* "Status is succeeded" */
static void show_condition (Condition *self) {
  const char *op = ops[adw_combo_row_get_selected (self->op_row)];
  gboolean valued = needs_value (op);
  /* Translators: a condition: a field, how it is compared, a value: "Status is paid" */
  g_autofree char *title =
      g_strdup_printf (_ ("%1$s %2$s %3$s"), get_selected (self->field_row), get_selected (self->op_row),
                       valued ? gtk_editable_get_text (self->value_row) : "");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->value_row),
                                 g_str_equal (op, "in") ? _ ("Values, With Commas Between") : _ ("Value"));
  gtk_widget_set_visible (GTK_WIDGET (self->value_row), valued);
  adw_preferences_row_set_title (self->row, g_strchomp (title));
}

/* A field that the source no longer has stands behind the others, by its name. */
static void on_condition (Condition *self) {
  GPtrArray *sources = self->page->sources;
  guint field = adw_combo_row_get_selected (self->field_row);

  hub_draft_set_condition (
      self->page->draft, self->number,
      field < sources->len ? ((HubField *) sources->pdata[field])->name : get_selected (self->field_row),
      ops[adw_combo_row_get_selected (self->op_row)], gtk_editable_get_text (self->value_row));
  show_condition (self);
}

static void on_remove (Condition *self) {
  hub_draft_remove_condition (self->page->draft, self->number);
}

static void select_field (Condition *self, GPtrArray *fields, const char *name) {
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = fields->len;

  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = g_ptr_array_index (fields, i);
    gtk_string_list_append (labels, field->label);
    if (g_str_equal (field->name, name))
      selected = i;
  }
  if (selected == fields->len)
    gtk_string_list_append (labels, name);
  hub_combo_fill (self->field_row, labels, selected);
}

static void select_op (Condition *self, const char *op) {
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    if (g_str_equal (ops[i], op))
      adw_combo_row_set_selected (self->op_row, i);
}

/* The signals come last: what the draft says is no change. */
static Condition *add_condition (HubWhenPage *page, guint number) {
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (HUB_UI "condition-row.ui");
  const char *value = hub_draft_get_condition (page->draft, number, "value");
  Condition *self = g_new0 (Condition, 1);

  self->page = page;
  self->number = number;
  self->row = ADW_PREFERENCES_ROW (gtk_builder_get_object (builder, "row"));
  self->field_row = ADW_COMBO_ROW (gtk_builder_get_object (builder, "field_row"));
  self->op_row = ADW_COMBO_ROW (gtk_builder_get_object (builder, "op_row"));
  self->value_row = GTK_EDITABLE (gtk_builder_get_object (builder, "value_row"));
  select_field (self, page->sources, hub_draft_get_condition (page->draft, number, "field"));
  select_op (self, hub_draft_get_condition (page->draft, number, "op"));
  gtk_editable_set_text (self->value_row, value ? value : "");
  show_condition (self);
  g_signal_connect_swapped (self->field_row, "notify::selected", G_CALLBACK (on_condition), self);
  g_signal_connect_swapped (self->op_row, "notify::selected", G_CALLBACK (on_condition), self);
  g_signal_connect_swapped (self->value_row, "changed", G_CALLBACK (on_condition), self);
  g_signal_connect_swapped (gtk_builder_get_object (builder, "remove"), "clicked", G_CALLBACK (on_remove),
                            self);
  adw_preferences_group_add (page->filter, GTK_WIDGET (self->row));
  g_ptr_array_add (page->conditions, self);
  return self;
}

static void show_conditions (HubWhenPage *self) {
  for (guint i = 0; i < self->conditions->len; i++)
    adw_preferences_group_remove (self->filter, GTK_WIDGET (((Condition *) self->conditions->pdata[i])->row));
  g_ptr_array_set_size (self->conditions, 0);
  for (guint i = 0; i < hub_draft_get_n_conditions (self->draft); i++)
    add_condition (self, i);
  adw_preferences_group_set_description (self->filter, self->conditions->len > 0
                                                           ? _ ("Only records that meet all conditions")
                                                           : _ ("All records"));
}

static void on_draft (HubWhenPage *self) {
  if (self->conditions->len > hub_draft_get_n_conditions (self->draft))
    show_conditions (self);
}

static void on_add_condition (HubWhenPage *self) {
  const HubField *field = self->sources && self->sources->len > 0 ? self->sources->pdata[0] : NULL;

  if (!field)
    return;
  hub_draft_set_condition (self->draft, self->conditions->len, field->name, "equals", "");
  show_conditions (self);
  Condition *condition = g_ptr_array_index (self->conditions, self->conditions->len - 1);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (condition->row), TRUE);
  gtk_widget_child_focus (GTK_WIDGET (condition->row), GTK_DIR_TAB_FORWARD);
}

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

/* The key there is, else the destination's own, else a field of which one of both ends says that it is unique; NULL: none is mapped. */
static const char *propose_key (HubWhenPage *self, GPtrArray *destinations) {
  const HubManifestObject *object = hub_draft_object (self->draft, HUB_SIDE_DESTINATION);
  const char *const keys[] = { hub_draft_get_key (self->draft), object ? object->write.key : NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i] && hub_draft_find_rule (self->draft, keys[i]) >= 0)
      return keys[i];
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

/* The rules stand in their order behind the first item, which stands for none. */
static void on_key (HubWhenPage *self) {
  guint selected = adw_combo_row_get_selected (self->key_row);
  HubMode mode = get_mode (self);

  if (!self->filling)
    hub_draft_set_write (self->draft, mode,
                         selected > 0 && mode != HUB_MODE_APPEND
                             ? hub_draft_get_rule_target (self->draft, selected - 1)
                             : NULL);
}

static void on_mode (HubWhenPage *self, GtkCheckButton *button) {
  if (gtk_check_button_get_active (button)) /* the other one tells it too */
    on_key (self);
}

static void show_write (HubWhenPage *self, GPtrArray *destinations) {
  GtkCheckButton *const buttons[] = { self->upsert, self->append, self->update };
  g_autoptr (GtkStringList) targets = gtk_string_list_new (NULL);
  g_autofree char *key = g_strdup (propose_key (self, destinations));
  HubMode mode = hub_draft_get_mode (self->draft);
  guint selected = 0;

  gtk_string_list_append (targets, _ ("Choose a Field…"));
  for (guint i = 0; i < hub_draft_get_n_rules (self->draft); i++) {
    const char *target = hub_draft_get_rule_target (self->draft, i);
    gtk_string_list_append (targets, target);
    if (g_strcmp0 (target, key) == 0)
      selected = i + 1;
  }
  gtk_check_button_set_active (buttons[mode], TRUE);
  hub_combo_fill (self->key_row, targets, selected);
  if (mode != HUB_MODE_APPEND)
    hub_draft_set_write (self->draft, mode, key);
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
  hub_combo_fill (self->kind_row, model, schedule.kind);
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
  g_ptr_array_unref (self->conditions);
  G_OBJECT_CLASS (hub_when_page_parent_class)->finalize (object);
}

static void hub_when_page_class_init (HubWhenPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_when_page_finalize;
  HUB_TEMPLATE (widget_class, "when-page.ui", HubWhenPage, name_row, upsert, append, update, key_row, filter,
                schedule, kind_row, every_row, every, unit, days_row, days, day_row, day, time_row, hour,
                minute);
  HUB_HANDLERS (widget_class, on_name, on_mode, on_key, on_add_condition, on_output, on_schedule);
}

static void hub_when_page_init (HubWhenPage *self) {
  self->conditions = g_ptr_array_new_with_free_func (g_free);
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
