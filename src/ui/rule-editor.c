/* rule-editor.c: see rule-editor.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rule-editor.h"
#include "rule-check.h"
#include "step-rows.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

struct _HubRuleEditor {
  GtkWidget parent_instance;
  HubDraft *draft;                   /* (owned) (nullable) */
  GPtrArray *sources, *destinations; /* (owned) (nullable) element-type HubField */
  gboolean open_ended;
  char *target;     /* (owned) (nullable) */
  int rule;         /* that fills it, or -1 */
  gboolean loading; /* the program, not the user, changes the widgets */
  gboolean typing;  /* the user, not the program, changes the draft */
  HubRuleCheck check;
  HubStepRows *steps; /* (owned) */

  /* of the template */
  GtkWidget *stack;                                           /* (borrowed) */
  GtkLabel *title, *subtitle, *problem, *mend_label;          /* (borrowed) */
  GtkWidget *problem_box, *mend_button;                       /* (borrowed) */
  AdwComboRow *kind_row, *blank_row, *when_row;               /* (borrowed) */
  AdwActionRow *field_row, *result_row;                       /* (borrowed) */
  GtkDropDown *field_choice;                                  /* (borrowed) */
  GtkWidget *name_row, *text_row, *default_row, *blank_group; /* (borrowed) */
  AdwPreferencesGroup *steps_group;                           /* (borrowed) */
  GtkMenuButton *add_button;                                  /* (borrowed) */
};

G_DEFINE_FINAL_TYPE (HubRuleEditor, hub_rule_editor, GTK_TYPE_WIDGET)

/* The portable file's names, in the order of the rows' choices. */
static const char *const blank_names[] = { "skip", "clear", "default", NULL };
static const char *const when_names[] = { "always", "if-empty", "on-create", NULL };

/* Leaves alone what the user is typing into. */
static void show_text (HubRuleEditor *self, gpointer editable, const char *text) {
  if (!g_str_equal (gtk_editable_get_text (editable), text)
      && !(self->typing && (gtk_widget_get_state_flags (editable) & GTK_STATE_FLAG_FOCUS_WITHIN)))
    gtk_editable_set_text (editable, text);
}

/* Showing. */

static void show_title (HubRuleEditor *self, const HubField *destination) {
  g_autofree char *words =
      destination ? g_strdup_printf (destination->required ? _ ("%s, required") : "%s",
                                     hub_type_words (destination->type))
                  : g_strdup (self->open_ended ? _ ("new column") : _ ("no longer in the destination"));

  gtk_label_set_label (self->title, destination ? destination->label : self->target);
  gtk_label_set_label (self->subtitle, words);
  gtk_widget_set_visible (self->name_row, !destination && self->open_ended && self->rule >= 0);
  show_text (self, self->name_row, self->target);
}

static guint find_source (HubRuleEditor *self, const char *name) {
  guint index = GTK_INVALID_LIST_POSITION;

  if (name)
    g_ptr_array_find (self->sources, hub_field_find (self->sources, name), &index);
  return index;
}

static void show_kind (HubRuleEditor *self, HubRuleKind kind) {
  adw_combo_row_set_selected (self->kind_row, kind);
  gtk_widget_set_visible (GTK_WIDGET (self->field_row), kind != HUB_RULE_VALUE);
  gtk_widget_set_visible (self->text_row, kind != HUB_RULE_FROM);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->field_row),
                                 kind == HUB_RULE_FROM ? _ ("Field") : _ ("Insert Field"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->text_row),
                                 kind == HUB_RULE_VALUE ? _ ("Fixed Value") : _ ("Text with {fields}"));
}

static void show_value (HubRuleEditor *self) {
  HubRuleKind kind = HUB_RULE_FROM;
  g_autofree char *source =
      self->rule < 0 ? NULL : hub_draft_dup_rule_source (self->draft, self->rule, &kind);

  show_kind (self, kind);
  gtk_drop_down_set_selected (self->field_choice,
                              kind == HUB_RULE_FROM ? find_source (self, source) : GTK_INVALID_LIST_POSITION);
  show_text (self, self->text_row, source && kind != HUB_RULE_FROM ? source : "");
}

static guint find_choice (HubRuleEditor *self, const char *member, const char *const *names) {
  const char *name = hub_draft_get_rule_member (self->draft, self->rule, member);

  for (guint i = 0; name && names[i]; i++)
    if (g_str_equal (names[i], name))
      return i;
  return 0;
}

static void show_blank (HubRuleEditor *self) {
  const char *text;

  gtk_widget_set_visible (self->blank_group, self->rule >= 0);
  gtk_widget_set_visible (GTK_WIDGET (self->steps_group), self->rule >= 0);
  if (self->rule < 0)
    return;
  adw_combo_row_set_selected (self->blank_row, find_choice (self, "blank", blank_names));
  adw_combo_row_set_selected (self->when_row, find_choice (self, "when", when_names));
  text = hub_draft_get_rule_member (self->draft, self->rule, "default");
  gtk_widget_set_visible (self->default_row, adw_combo_row_get_selected (self->blank_row) == 2);
  show_text (self, self->default_row, text ? text : "");
}

/* “10 000 → 100.00”, or what is wrong. */
static void show_result (HubRuleEditor *self) {
  g_autoptr (GError) error = NULL;
  g_autofree char *result =
      self->rule < 0 ? NULL : hub_draft_try_rule (self->draft, self->rule, self->sources, &error);
  guint index = gtk_drop_down_get_selected (self->field_choice);
  const HubField *source = index < self->sources->len ? self->sources->pdata[index] : NULL;
  gboolean changed = source && source->example && g_strcmp0 (source->example, result) != 0;
  g_autofree char *words = changed && result && *result ? g_strdup_printf ("%s → %s", source->example, result)
                           : result && *result          ? g_strdup (result)
                           : error                      ? g_strdup (error->message)
                                                        : g_strdup (_ ("No example value"));

  adw_action_row_set_subtitle (self->result_row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->result_row), self->rule >= 0);
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (self->result_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->result_row), "error");
}

static void show_problem (HubRuleEditor *self) {
  g_autofree char *words = self->rule < 0
                               ? NULL
                               : hub_rule_check (self->draft, self->rule, self->sources, self->destinations,
                                                 self->open_ended, &self->check);
  const HubField *successor =
      words ? hub_rule_successor (&self->check, self->sources, self->destinations) : NULL;
  const HubStepKind *kind = words && self->check.op ? hub_step_kind_find (self->check.op) : NULL;
  g_autofree char *button = kind        ? g_strdup_printf (_ ("Add the Step “%s”"), _ (kind->label))
                            : successor ? g_strdup_printf (_ ("Use “%s” Instead"), successor->label)
                                        : NULL;

  gtk_widget_set_visible (self->problem_box, words != NULL);
  gtk_label_set_label (self->problem, words ? words : "");
  gtk_widget_set_visible (self->mend_button, button != NULL);
  gtk_label_set_label (self->mend_label, button ? button : "");
}

static void refresh (HubRuleEditor *self) {
  self->rule = self->target ? hub_draft_find_rule (self->draft, self->target) : -1;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), self->target ? "rule" : "none");
  if (!self->target)
    return;
  self->loading = TRUE;
  show_title (self, hub_field_find (self->destinations, self->target));
  show_value (self);
  hub_step_rows_show (self->steps, self->draft, self->target, self->rule);
  show_blank (self);
  show_result (self);
  show_problem (self);
  self->loading = FALSE;
}

/* Editing. */

/* Another kind begins with what the one before it held. */
static void on_kind (HubRuleEditor *self) {
  HubRuleKind kind = adw_combo_row_get_selected (self->kind_row);
  g_autoptr (GPtrArray) names = self->rule < 0 ? NULL : hub_rule_dup_sources (self->draft, self->rule);
  const char *name = names && names->len ? names->pdata[0] : NULL;
  g_autofree char *template = name ? g_strdup_printf ("{%s}", name) : g_strdup ("");

  if (self->loading)
    return;
  if (kind != HUB_RULE_FROM)
    hub_draft_set_rule (self->draft, self->target, kind, kind == HUB_RULE_TEMPLATE ? template : "");
  else if (name)
    hub_draft_set_rule (self->draft, self->target, kind, name);
  else
    show_kind (self, kind);
}

static void on_field (HubRuleEditor *self) {
  guint index = gtk_drop_down_get_selected (self->field_choice);
  HubRuleKind kind = adw_combo_row_get_selected (self->kind_row);

  if (self->loading || index >= self->sources->len)
    return;
  const HubField *field = self->sources->pdata[index];
  if (kind == HUB_RULE_FROM) {
    hub_draft_set_rule (self->draft, self->target, kind, field->name);
  } else {
    g_autofree char *text = g_strdup_printf ("{%s}", field->name);
    int position = gtk_editable_get_position (GTK_EDITABLE (self->text_row));

    gtk_drop_down_set_selected (self->field_choice, GTK_INVALID_LIST_POSITION);
    gtk_editable_insert_text (GTK_EDITABLE (self->text_row), text, -1, &position);
    gtk_widget_grab_focus (self->text_row);
    gtk_editable_set_position (GTK_EDITABLE (self->text_row), position);
  }
}

static void on_text (HubRuleEditor *self) {
  if (self->loading)
    return;
  self->typing = TRUE;
  hub_draft_set_rule (self->draft, self->target, adw_combo_row_get_selected (self->kind_row),
                      gtk_editable_get_text (GTK_EDITABLE (self->text_row)));
  self->typing = FALSE;
}

static void on_blank (HubRuleEditor *self) {
  if (!self->loading)
    hub_draft_set_rule_member (self->draft, self->rule, "blank",
                               blank_names[adw_combo_row_get_selected (self->blank_row)]);
}

static void on_default (HubRuleEditor *self) {
  if (self->loading)
    return;
  self->typing = TRUE;
  hub_draft_set_rule_member (self->draft, self->rule, "default",
                             gtk_editable_get_text (GTK_EDITABLE (self->default_row)));
  self->typing = FALSE;
}

static void on_when (HubRuleEditor *self) {
  if (!self->loading)
    hub_draft_set_rule_member (self->draft, self->rule, "when",
                               when_names[adw_combo_row_get_selected (self->when_row)]);
}

static void on_name (HubRuleEditor *self) {
  g_autofree char *before = g_steal_pointer (&self->target);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->name_row));
  gboolean usable = *text && hub_draft_find_rule (self->draft, text) < 0;

  self->target = g_strdup (usable ? text : before);
  if (usable)
    hub_draft_move_rule (self->draft, before, self->target);
  else
    refresh (self);
}

static void on_add_step (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubRuleEditor *self = HUB_RULE_EDITOR (widget);

  hub_draft_add_step (self->draft, self->rule, g_variant_get_string (parameter, NULL));
}

static void on_remove_step (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubRuleEditor *self = HUB_RULE_EDITOR (widget);

  hub_draft_remove_step (self->draft, self->rule, g_variant_get_uint32 (parameter));
  gtk_widget_grab_focus (GTK_WIDGET (self->add_button));
}

/* A target that moves is followed: the rule keeps being shown. */
static void on_mend (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubRuleEditor *self = HUB_RULE_EDITOR (widget);
  HubRuleCheck check = self->check;
  const HubField *successor = hub_rule_successor (&check, self->sources, self->destinations);
  int rule = self->rule;

  if (check.destination && successor) {
    g_free (self->target);
    self->target = g_strdup (successor->name);
  }
  hub_rule_mend (self->draft, rule, &check, successor);
}

static void forget (HubRuleEditor *self) {
  if (self->draft)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->draft);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->destinations, g_ptr_array_unref);
}

void hub_rule_editor_set (HubRuleEditor *self, HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                          gboolean open_ended) {
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  forget (self);
  self->draft = g_object_ref (draft);
  self->sources = g_ptr_array_ref (sources);
  self->destinations = g_ptr_array_ref (destinations);
  self->open_ended = open_ended;
  for (guint i = 0; i < sources->len; i++)
    gtk_string_list_append (labels, ((HubField *) sources->pdata[i])->label);
  self->loading = TRUE;
  gtk_drop_down_set_model (self->field_choice, G_LIST_MODEL (labels));
  self->loading = FALSE;
  g_signal_connect_swapped (draft, "changed", G_CALLBACK (refresh), self);
  refresh (self);
}

void hub_rule_editor_set_target (HubRuleEditor *self, const char *target) {
  if (g_strcmp0 (self->target, target) == 0)
    return;
  g_free (self->target);
  self->target = g_strdup (target);
  refresh (self);
}

const char *hub_rule_editor_get_target (HubRuleEditor *self) {
  return self->target;
}

static void hub_rule_editor_dispose (GObject *object) {
  HubRuleEditor *self = HUB_RULE_EDITOR (object);

  forget (self);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_pointer (&self->steps, hub_step_rows_free);
  g_clear_pointer (&self->target, g_free);
  G_OBJECT_CLASS (hub_rule_editor_parent_class)->dispose (object);
}

static void hub_rule_editor_class_init (HubRuleEditorClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_rule_editor_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  HUB_TEMPLATE (widget_class, "rule-editor.ui", HubRuleEditor, stack, title, subtitle, problem, problem_box,
                mend_button, mend_label, name_row, kind_row, field_row, field_choice, text_row, result_row,
                steps_group, add_button, blank_group, blank_row, default_row, when_row);
  HUB_HANDLERS (widget_class, on_name, on_kind, on_field, on_text, on_blank, on_default, on_when);
  gtk_widget_class_install_action (widget_class, "rule.add-step", "s", on_add_step);
  gtk_widget_class_install_action (widget_class, "rule.remove-step", "u", on_remove_step);
  gtk_widget_class_install_action (widget_class, "rule.mend", NULL, on_mend);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "mapper.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "mapper.back", NULL);
}

static void hub_rule_editor_init (HubRuleEditor *self) {
  g_autoptr (GMenuModel) menu = hub_steps_menu_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->steps = hub_step_rows_new (self->steps_group);
  gtk_menu_button_set_menu_model (self->add_button, menu);
}
