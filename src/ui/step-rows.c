/* step-rows.c: see step-rows.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "step-rows.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>

/* A parameter of a step and what edits it. */
typedef struct {
  HubStepRows *rows; /* (borrowed) */
  guint step;
  const char *name;
  GtkEditable *entry;    /* (borrowed) (nullable) */
  GtkTextBuffer *buffer; /* (borrowed) (nullable) of a table */
} Param;

struct _HubStepRows {
  AdwPreferencesGroup *group; /* (borrowed) */
  HubDraft *draft;            /* (borrowed) */
  int rule;
  gboolean loading;  /* the program, not the user, changes the widgets */
  gboolean typing;   /* the user, not the program, changes the draft */
  char *ops;         /* (owned) (nullable) the steps that have rows */
  GPtrArray *params; /* (owned) element-type Param, of those rows */
  GPtrArray *rows;   /* (owned) those rows, borrowed */
};

HubStepRows *hub_step_rows_new (AdwPreferencesGroup *group) {
  HubStepRows *self = g_new0 (HubStepRows, 1);

  *self = (HubStepRows){ .group = group,
                         .params = g_ptr_array_new_with_free_func (g_free),
                         .rows = g_ptr_array_new () };
  return self;
}

static void on_param (Param *param) {
  HubStepRows *self = param->rows;

  if (self->loading)
    return;
  self->typing = TRUE;
  if (param->entry) {
    hub_draft_set_step_param (self->draft, self->rule, param->step, param->name,
                              gtk_editable_get_text (param->entry));
  } else {
    g_autofree char *text = NULL;
    g_object_get (param->buffer, "text", &text, NULL);
    hub_draft_set_step_param (self->draft, self->rule, param->step, param->name, text);
  }
  self->typing = FALSE;
}

static void add_row (HubStepRows *self, GtkWidget *row) {
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

/* A table is edited as lines “from=to”. */
static GtkTextBuffer *add_table_row (HubStepRows *self, const char *label) {
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/fr/integrationhub/IntegrationHub/ui/table-row.ui");
  GtkTextView *view = GTK_TEXT_VIEW (gtk_builder_get_object (builder, "view"));

  gtk_label_set_label (GTK_LABEL (gtk_builder_get_object (builder, "label")), label);
  hub_widget_name (view, label);
  add_row (self, GTK_WIDGET (gtk_builder_get_object (builder, "row")));
  return gtk_text_view_get_buffer (view);
}

static GtkEditable *add_entry_row (HubStepRows *self, const char *label, gboolean number) {
  GtkWidget *row = g_object_new (ADW_TYPE_ENTRY_ROW, "title", label, "input-purpose",
                                 number ? GTK_INPUT_PURPOSE_NUMBER : GTK_INPUT_PURPOSE_FREE_FORM, NULL);

  add_row (self, row);
  return GTK_EDITABLE (row);
}

static void add_param (HubStepRows *self, guint step, const HubStepParam *kind) {
  Param *param = g_new0 (Param, 1);

  *param = (Param){ .rows = self, .step = step, .name = kind->name };
  if (kind->kind == HUB_PARAM_TABLE)
    param->buffer = add_table_row (self, _ (kind->label));
  else
    param->entry = add_entry_row (self, _ (kind->label), kind->kind == HUB_PARAM_NUMBER);
  g_signal_connect_swapped (param->buffer ? (gpointer) param->buffer : param->entry, "changed",
                            G_CALLBACK (on_param), param);
  g_ptr_array_add (self->params, param);
}

static void add_step (HubStepRows *self, guint step) {
  const HubStepKind *kind = hub_step_kind_find (hub_draft_get_step_op (self->draft, self->rule, step));

  if (!kind)
    return;
  g_autofree char *title = g_strdup_printf ("%u. %s", step + 1, _ (kind->label));
  g_autofree char *words = g_strdup_printf (_ ("Remove the step “%s”"), _ (kind->label));
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "use-markup", FALSE, NULL);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_tooltip_text (button, words);
  hub_widget_name (button, words);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", step);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "rule.remove-step");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  add_row (self, row);
  for (guint i = 0; i < G_N_ELEMENTS (kind->params) && kind->params[i].name; i++)
    add_param (self, step, &kind->params[i]);
}

/* Makes the rows of the steps that @ops lists. */
static void make_rows (HubStepRows *self, guint n_steps, const char *ops) {
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->params, 0);
  for (guint step = 0; step < n_steps; step++)
    add_step (self, step);
  g_free (self->ops);
  self->ops = g_strdup (ops);
}

/* What the user is typing into is left alone. */
static void show_param (HubStepRows *self, Param *param) {
  g_autofree char *text = hub_draft_dup_step_param (self->draft, self->rule, param->step, param->name);
  const char *words = text ? text : "";

  if (self->typing)
    return;
  if (param->buffer)
    gtk_text_buffer_set_text (param->buffer, words, -1);
  else if (!g_str_equal (gtk_editable_get_text (param->entry), words))
    gtk_editable_set_text (param->entry, words);
}

void hub_step_rows_show (HubStepRows *self, HubDraft *draft, const char *target, int rule) {
  guint n_steps = rule < 0 ? 0 : hub_draft_get_n_steps (draft, rule);
  g_autoptr (GString) ops = g_string_new (target);

  self->draft = draft;
  self->rule = rule;
  self->loading = TRUE;
  for (guint step = 0; step < n_steps; step++)
    g_string_append_printf (ops, "\n%s", hub_draft_get_step_op (draft, rule, step));
  if (g_strcmp0 (ops->str, self->ops) != 0)
    make_rows (self, n_steps, ops->str);
  for (guint i = 0; i < self->params->len; i++)
    show_param (self, self->params->pdata[i]);
  self->loading = FALSE;
}

void hub_step_rows_free (HubStepRows *self) {
  g_free (self->ops);
  g_ptr_array_unref (self->params);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/* The steps in sections, in the order of the contract. */
GMenuModel *hub_steps_menu_new (void) {
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) section = NULL;

  for (const HubStepKind *kind = hub_step_kinds (); kind->op; kind++) {
    gboolean numbers = g_str_equal (kind->op, "number"), others = g_str_equal (kind->op, "date");

    if (!section || numbers || others) {
      g_clear_object (&section);
      section = g_menu_new ();
      g_menu_append_section (menu,
                             numbers  ? _ ("Numbers")
                             : others ? _ ("Dates and Others")
                                      : _ ("Text"),
                             G_MENU_MODEL (section));
    }
    g_autoptr (GMenuItem) item = g_menu_item_new (_ (kind->label), NULL);
    g_menu_item_set_action_and_target (item, "rule.add-step", "s", kind->op);
    g_menu_append_item (section, item);
  }
  return G_MENU_MODEL (menu);
}
