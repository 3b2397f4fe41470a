/* option-group.c: the rows that ask for one option of an endpoint: typed, a file, or one of what the service tells (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "option-group.h"
#include "accounts.h"
#include "error.h"
#include "widgets.h"
#include "work.h"
#include <glib/gi18n-lib.h>

#define PAUSE_MS 600 /* in the typing, before the service is asked */

/* The entry holds the value, whether it is typed or chosen. */
struct _HubOptionGroup {
  AdwPreferencesGroup parent_instance;
  HubDraft *draft; /* (owned) */
  HubSide side;
  const HubManifestOption *option;
  GPtrArray *choices;        /* (owned) (nullable) (element-type HubField): what the service told */
  char *asked;               /* (owned) (nullable) the account and options with which it was asked */
  GCancellable *cancellable; /* (owned) (nullable) of the question */
  guint pause;               /* the source that asks it */
  gboolean filling;          /* the combo changes, and not by the user */

  /* of the template, borrowed */
  AdwComboRow *combo;
  GtkEditable *entry;
  GtkSpinner *spinner;
  GtkWidget *file_button;
};

G_DEFINE_FINAL_TYPE (HubOptionGroup, hub_option_group, ADW_TYPE_PREFERENCES_GROUP)

typedef struct {
  HubEndpoint *endpoint; /* (owned) */
  const char *option;
} Question;

static void question_free (gpointer data) {
  Question *question = data;

  hub_endpoint_free (question->endpoint);
  g_free (question);
}

static gpointer ask_choices (HubDatabase *database, gpointer data, GCancellable *cancellable,
                             GError **error) {
  const Question *question = data;

  return hub_account_list_choices (database, question->endpoint, question->option, cancellable, error);
}

/* The combo's items: what stands for nothing, the choices, and what opens the entry. */
static void show_choices (HubOptionGroup *self) {
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  const char *value = gtk_editable_get_text (self->entry);
  guint other = self->choices->len + 1, selected = *value ? other : 0;

  gtk_string_list_append (labels, self->option->required ? _ ("Choose…") : _ ("By default"));
  for (guint i = 0; i < self->choices->len; i++) {
    const HubField *field = g_ptr_array_index (self->choices, i);
    gtk_string_list_append (labels, field->label);
    if (g_str_equal (field->name, value))
      selected = i + 1;
  }
  gtk_string_list_append (labels, _ ("Other…"));
  self->filling = TRUE;
  hub_combo_fill (self->combo, labels, selected);
  self->filling = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->entry), selected == other);
}

/* Without an answer, it is typed. */
static void on_choices (gpointer owner, gpointer result, const GError *error) {
  HubOptionGroup *self = owner;
  GPtrArray *choices = result;

  gtk_spinner_stop (self->spinner);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  if (choices && choices->len > 0)
    self->choices = g_ptr_array_ref (choices);
  gtk_widget_set_visible (GTK_WIDGET (self->combo), self->choices != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), self->choices == NULL);
  if (self->choices)
    show_choices (self);
}

static void ask (gpointer data) {
  HubOptionGroup *self = data;
  Question *question = g_new0 (Question, 1);

  self->pause = 0;
  question->endpoint = hub_draft_dup_endpoint (self->draft, self->side);
  question->option = self->option->id;
  self->cancellable = g_cancellable_new ();
  gtk_spinner_start (self->spinner);
  hub_work_start (self, ask_choices, question, question_free, on_choices, (GDestroyNotify) g_ptr_array_unref,
                  self->cancellable);
}

static void stop (HubOptionGroup *self) {
  g_clear_handle_id (&self->pause, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

const HubManifest *hub_draft_manifest (HubDraft *draft, HubSide side) {
  const char *connector = hub_draft_get_connector (draft, side);

  return connector ? hub_manifest_get (connector, NULL) : NULL;
}

const HubManifestObject *hub_draft_object (HubDraft *draft, HubSide side) {
  const HubManifest *manifest = hub_draft_manifest (draft, side);
  const char *object = hub_draft_get_object (draft, side);

  return manifest && object ? hub_manifest_object (manifest, object, NULL) : NULL;
}

char *hub_option_group_describe (HubDraft *draft, HubSide side, const HubManifestOption *except) {
  const char *account = hub_draft_get_account (draft, side);
  const HubManifest *manifest = hub_draft_manifest (draft, side);
  const HubManifestObject *object = hub_draft_object (draft, side);
  if (!object || (!account && !g_str_equal (manifest->auth, "none")))
    return NULL;

  g_autoptr (GString) words = g_string_new (manifest->id);
  g_string_append_printf (words, "\n%s\n%s", object->id, account ? account : "");
  for (guint i = 0; i < object->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (object->options, i);
    const char *value = hub_draft_get_option (draft, side, option->id);
    if (option == except)
      continue;
    if (!value && option->required && (!except || g_strcmp0 (option->kind, "choice") != 0))
      return NULL;
    g_string_append_printf (words, "\n%s", value ? value : "");
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void on_draft (HubOptionGroup *self) {
  g_autofree char *question = hub_option_group_describe (self->draft, self->side, self->option);

  if (g_strcmp0 (question, self->asked) == 0)
    return;
  gboolean first = self->asked == NULL;
  g_free (self->asked);
  self->asked = g_strdup (question);
  stop (self);
  if (question)
    self->pause = g_timeout_add_once (first ? 0 : PAUSE_MS, ask, self);
}

static void on_typed (HubOptionGroup *self) {
  const char *text = gtk_editable_get_text (self->entry);

  if (self->draft)
    hub_draft_set_option (self->draft, self->side, self->option->id, *text ? text : NULL);
}

static void on_choice (HubOptionGroup *self) {
  guint selected = adw_combo_row_get_selected (self->combo);

  if (self->filling || !self->choices)
    return;
  gboolean other = selected > self->choices->len;
  const HubField *field = selected > 0 && !other ? g_ptr_array_index (self->choices, selected - 1) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->entry), other);
  gtk_editable_set_text (self->entry, field ? field->name : "");
  if (other)
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void on_file_chosen (GtkFileChooser *chooser, int response, HubOptionGroup *self) {
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path)
    gtk_editable_set_text (self->entry, path);
}

static void on_choose_file (HubOptionGroup *self) {
  hub_choose_file (self, _ ("Choose a File"), NULL,
                   self->side == HUB_SIDE_DESTINATION ? _ ("records.csv") : NULL, G_CALLBACK (on_file_chosen),
                   self, NULL);
}

static void hub_option_group_dispose (GObject *object) {
  HubOptionGroup *self = HUB_OPTION_GROUP (object);

  stop (self);
  g_clear_object (&self->draft);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_free);
  G_OBJECT_CLASS (hub_option_group_parent_class)->dispose (object);
}

static void hub_option_group_class_init (HubOptionGroupClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_option_group_dispose;
  HUB_TEMPLATE (widget_class, "option-group.ui", HubOptionGroup, combo, entry, spinner, file_button);
  HUB_HANDLERS (widget_class, on_choice, on_typed, on_choose_file);
}

static void hub_option_group_init (HubOptionGroup *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *hub_option_group_new (HubDraft *draft, HubSide side, const HubManifestOption *option) {
  HubOptionGroup *self = g_object_new (HUB_TYPE_OPTION_GROUP, NULL);
  const char *value = hub_draft_get_option (draft, side, option->id);
  g_autofree char *help = option->help ? g_markup_escape_text (_ (option->help), -1) : NULL;

  self->draft = g_object_ref (draft);
  self->side = side;
  self->option = option;
  gtk_editable_set_text (self->entry, value ? value : "");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), _ (option->label));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), help);
  gtk_widget_set_visible (self->file_button, g_strcmp0 (option->kind, "file") == 0);
  if (hub_is_sandboxed () && gtk_widget_get_visible (self->file_button))
    gtk_editable_set_editable (self->entry, FALSE); /* only the chooser opens a file to the program */
  if (g_strcmp0 (option->kind, "choice") == 0) {
    g_signal_connect_object (draft, "changed", G_CALLBACK (on_draft), self, G_CONNECT_SWAPPED);
    on_draft (self);
  }
  return GTK_WIDGET (self);
}
