/* account-dialog.c: makes an account in place: what the key is, where to find it, a check before it is kept (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "account-dialog.h"
#include "accounts.h"
#include "error.h"
#include "google-oauth.h"
#include "keyring.h"
#include "problem.h"
#include "widgets.h"
#include "work.h"
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define KEY_FILE_BYTES 65536
#define MOST_NAMES 1000 /* that are tried for one that is free */

#define HUB_TYPE_ACCOUNT_DIALOG (hub_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HubAccountDialog, hub_account_dialog, HUB, ACCOUNT_DIALOG, AdwWindow)

struct _HubAccountDialog {
  AdwWindow parent_instance;
  const HubManifest *manifest;
  char *account;      /* (owned) (nullable) the one that gets a new key */
  GPtrArray *entries; /* (owned) (element-type GtkEditable): one for each member of the secret, borrowed */
  GCancellable *cancellable; /* (owned) (nullable) while the service is asked */
  gboolean warned;           /* what there is to say about this key was said */
  gboolean signing_in;       /* there is no key: Google is asked in the browser */

  void (*done) (GtkWidget *parent, const char *name); /* (nullable) */
  GtkWidget *parent;                                  /* (nullable) a weak pointer */

  /* of the template, borrowed */
  GtkButton *connect_button;
  GtkSpinner *spinner;
  GtkRevealer *revealer;
  GtkLabel *problem;
  GtkWidget *advanced, *name_group, *file_button;
  AdwPreferencesGroup *steps, *keys, *sign_in;
  GtkEditable *name_row, *address_row, *client_row;
  GtkEditable *client_secret; /* (nullable) made in the group of the sign-in, unless the build has a client */
};

G_DEFINE_FINAL_TYPE (HubAccountDialog, hub_account_dialog, ADW_TYPE_WINDOW)

/* What the service is asked. */
typedef struct {
  HubAccount *account; /* (owned) a new one, or one by name alone whose key is new */
  gboolean replace, sign_in;
  char *secret;                    /* (owned) (nullable) before the sign-in */
  char *client_id, *client_secret; /* (owned) (nullable) the build's */
} Attempt;

static void attempt_free (gpointer data) {
  Attempt *attempt = data;

  hub_account_free (attempt->account);
  hub_secret_free (attempt->secret);
  hub_secret_free (attempt->client_secret);
  g_free (attempt->client_id);
  g_free (attempt);
}

static void show_address (gpointer address) {
  GtkApplication *application = GTK_APPLICATION (g_application_get_default ());

  gtk_show_uri (gtk_application_get_active_window (application), address, GDK_CURRENT_TIME);
  g_free (address);
}

static void open_browser (const char *address, gpointer data) {
  g_idle_add_once (show_address, g_strdup (address));
}

/* In a worker thread. An account that there is knows where its service is. */
static gboolean sign_in (HubDatabase *database, Attempt *attempt, GCancellable *cancellable, GError **error) {
  g_autoptr (HubAccount) known =
      attempt->replace ? hub_store_get_account (database, attempt->account->name, error) : NULL;
  JsonObject *options = known ? known->options : attempt->account->options;
  const char *base_url = json_object_get_string_member_with_default (options, "base_url", NULL);

  if (attempt->replace && !known)
    return FALSE;
  attempt->secret = hub_google_sign_in (base_url, attempt->client_id, attempt->client_secret, open_browser,
                                        NULL, cancellable, error);
  return attempt->secret != NULL;
}

/* In a worker thread. The name comes first: nobody signs in for nothing. */
static gpointer connect_account (HubDatabase *database, gpointer data, GCancellable *cancellable,
                                 GError **error) {
  Attempt *attempt = data;
  const char *name = attempt->account->name;

  if ((!attempt->replace && !hub_account_check_name (database, name, error))
      || (attempt->sign_in && !sign_in (database, attempt, cancellable, error)))
    return NULL;
  gboolean done =
      attempt->replace
          ? hub_account_replace_secret (database, name, attempt->secret, cancellable, error)
          : hub_account_create (database, attempt->account, attempt->secret, TRUE, cancellable, error);
  return done ? HUB_WORK_DONE : NULL;
}

/* (transfer full) */
static char *get_name (HubAccountDialog *self) {
  return g_strstrip (g_strdup (self->account ? self->account : gtk_editable_get_text (self->name_row)));
}

/* Says @sentence (nullable) above the rows. */
static void say (HubAccountDialog *self, const char *sentence, gboolean error) {
  GtkWidget *box = gtk_widget_get_parent (GTK_WIDGET (self->problem));

  gtk_label_set_label (self->problem, sentence ? sentence : "");
  hub_widget_name (self->problem, sentence ? sentence : "");
  gtk_revealer_set_reveal_child (self->revealer, sentence != NULL);
  gtk_widget_remove_css_class (box, error ? "warning" : "error");
  gtk_widget_add_css_class (box, error ? "error" : "warning");
}

static void say_error (HubAccountDialog *self, const GError *error) {
  g_autofree char *refusal =
      g_strdup_printf (_ ("%s does not accept this key. Copy all of it once more, or make a new one."),
                       _ (self->manifest->name));
  gboolean refused = !self->signing_in && g_error_matches (error, HUB_ERROR, HUB_ERROR_CREDENTIALS);
  g_autofree char *sentence = refused ? g_steal_pointer (&refusal) : hub_problem_sentence (error);

  say (self, sentence, TRUE);
}

/* Whether everything that is needed was typed. */
static void check_complete (HubAccountDialog *self) {
  g_autofree char *name = get_name (self);
  gboolean complete = *name && !self->cancellable;
  gboolean client =
      !self->client_secret
      || (*gtk_editable_get_text (self->client_row) && *gtk_editable_get_text (self->client_secret));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.sign-in", complete && client);
  for (guint i = 0; i < self->entries->len; i++)
    complete = complete && *gtk_editable_get_text (self->entries->pdata[i]);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.connect", complete);
}

static void on_changed (HubAccountDialog *self) {
  self->warned = FALSE;
  gtk_button_set_label (self->connect_button, _ ("C_onnect"));
  say (self, NULL, FALSE);
  check_complete (self);
}

/* While the service is asked, nothing else can be done but Cancel. */
static void set_busy (HubAccountDialog *self, GCancellable *cancellable) {
  g_set_object (&self->cancellable, cancellable);
  if (cancellable)
    gtk_window_set_focus (GTK_WINDOW (self), NULL); /* an entry must not lose it by becoming insensitive */
  g_object_set (self->spinner, "spinning", cancellable != NULL, NULL);
  check_complete (self);
}

static void on_connected (gpointer owner, gpointer result, const GError *error) {
  HubAccountDialog *self = owner;

  set_busy (self, NULL);
  if (error) {
    say_error (self, error);
    gtk_widget_grab_focus (self->signing_in ? GTK_WIDGET (self->sign_in) : self->entries->pdata[0]);
    return;
  }
  g_autofree char *name = get_name (self);
  if (self->parent && self->done)
    self->done (self->parent, name);
  hub_news_emit ();
  gtk_window_destroy (GTK_WINDOW (self));
}

static Attempt *make_attempt (HubAccountDialog *self) {
  Attempt *attempt = g_new0 (Attempt, 1);
  const char *address = gtk_editable_get_text (self->address_row);
  g_autofree char *name = get_name (self);

  attempt->replace = self->account != NULL;
  attempt->account = hub_account_new (self->manifest->id, name);
  if (*address)
    json_object_set_string_member (attempt->account->options, "base_url", address);
  return attempt;
}

static void start (HubAccountDialog *self, Attempt *attempt) {
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  self->signing_in = attempt->sign_in;
  set_busy (self, cancellable);
  hub_work_start (self, connect_account, attempt, attempt_free, on_connected, NULL, cancellable);
}

static void on_sign_in (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountDialog *self = HUB_ACCOUNT_DIALOG (widget);
  Attempt *attempt = make_attempt (self);

  attempt->sign_in = TRUE;
  if (self->client_secret) {
    attempt->client_id = g_strstrip (g_strdup (gtk_editable_get_text (self->client_row)));
    attempt->client_secret = g_strstrip (g_strdup (gtk_editable_get_text (self->client_secret)));
  }
  say (self,
       _ ("Google’s page opens in your browser. Sign in and allow the access there; this goes on by itself."),
       FALSE);
  start (self, attempt);
}

static void on_connect (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountDialog *self = HUB_ACCOUNT_DIALOG (widget);
  Attempt *attempt = make_attempt (self);
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  g_autofree char *warning = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (values, (char *) gtk_editable_get_text (self->entries->pdata[i]));
  attempt->secret = hub_account_write_secret (self->manifest, (const char *const *) values->pdata);
  gboolean good = hub_account_check_secret (self->manifest, attempt->secret, &warning, &error);
  if (!good || (warning && !self->warned)) {
    attempt_free (attempt);
    if (!good) {
      say_error (self, error);
      return;
    }
    say (self, warning, FALSE);
    self->warned = TRUE;
    gtk_button_set_label (self->connect_button, _ ("C_onnect Anyway"));
    return;
  }
  say (self, NULL, FALSE);
  start (self, attempt);
}

/* Ends the check, or without one, the dialog. */
static void on_cancel (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountDialog *self = HUB_ACCOUNT_DIALOG (widget);

  if (!self->cancellable) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  g_cancellable_cancel (self->cancellable);
  say (self, NULL, FALSE);
  set_busy (self, NULL);
}

/* The key file. */

/* In a worker thread. Returns: (transfer full): its text. */
static gpointer read_key_file (HubDatabase *database, gpointer file, GCancellable *cancellable,
                               GError **error) {
  char *text = NULL;
  gsize length;

  if (!g_file_load_contents (file, cancellable, &text, &length, NULL, error))
    return NULL;
  if (length <= KEY_FILE_BYTES && g_utf8_validate_len (text, length, NULL))
    return text;
  hub_secret_free (text);
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_FILE,
                       _ ("This is no key file. Choose the JSON file that your browser downloaded."));
  return NULL;
}

static void on_key_file (gpointer owner, gpointer text, const GError *error) {
  HubAccountDialog *self = owner;

  if (error)
    say_error (self, error);
  else
    gtk_editable_set_text (self->entries->pdata[0], text);
}

static void take_key_file (HubAccountDialog *self, GFile *file) {
  gpointer entry = self->entries->pdata[0];
  g_autofree char *bytes = g_file_get_basename (file);
  g_autofree char *name = g_utf8_make_valid (bytes, -1); /* a file may be called anything */
  g_autofree char *title = g_strdup_printf (_ ("Key File: %s"), name);

  gtk_editable_set_text (entry, "");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (gtk_widget_get_ancestor (entry, ADW_TYPE_ACTION_ROW)),
                                 title);
  hub_widget_name (entry, title);
  hub_work_start (self, read_key_file, g_object_ref (file), g_object_unref, on_key_file,
                  (GDestroyNotify) hub_secret_free, NULL);
}

static gboolean on_drop (HubAccountDialog *self, const GValue *value) {
  take_key_file (self, g_value_get_object (value));
  return TRUE;
}

static void on_file_chosen (GtkFileChooser *chooser, int response, HubAccountDialog *self) {
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  if (response == GTK_RESPONSE_ACCEPT && file)
    take_key_file (self, file);
}

static void on_choose_file (HubAccountDialog *self) {
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_set_name (filter, _ ("Key files"));
  gtk_file_chooser_add_filter (
      hub_choose_file (self, _ ("Choose the Key File"), NULL, NULL, G_CALLBACK (on_file_chosen), self, NULL),
      filter);
}

/* The rows. */

/* A row of @group to type into. An AdwPasswordEntryRow would tell a @secret to the accessibility bus; a GtkText does not. Borrowed. */
static GtkEditable *add_entry (HubAccountDialog *self, AdwPreferencesGroup *group, const char *title,
                               const char *help, gboolean secret) {
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (HUB_UI "key-row.ui");
  GtkWidget *row = GTK_WIDGET (gtk_builder_get_object (builder, secret ? "secret_row" : "text_row"));
  GtkEditable *text = GTK_EDITABLE (gtk_builder_get_object (builder, secret ? "secret" : "text_row"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_tooltip_text (row, help);
  hub_widget_name (text, title);
  g_signal_connect_swapped (text, "changed", G_CALLBACK (on_changed), self);
  adw_preferences_group_add (group, row);
  return text;
}

/* Google's key is a file: chosen, dropped or pasted. */
static void add_key_file (HubAccountDialog *self) {
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);
  const char *title = _ ("Key File: Choose It, Drop It Here or Paste Its Text");

  g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  g_ptr_array_add (self->entries, add_entry (self, self->keys, title, NULL, TRUE));
  if (!hub_google_has_client ())
    self->client_secret = add_entry (self, self->sign_in, _ ("Client Secret"), NULL, TRUE);
}

static void add_entries (HubAccountDialog *self) {
  gboolean google = g_str_equal (self->manifest->auth, "google");

  gtk_widget_set_visible (self->file_button, google);
  gtk_widget_set_visible (GTK_WIDGET (self->sign_in), google);
  gtk_widget_set_visible (GTK_WIDGET (self->client_row), !hub_google_has_client ());
  if (google)
    add_key_file (self);
  for (guint i = 0; !google && i < self->manifest->secrets->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (self->manifest->secrets, i);
    g_ptr_array_add (self->entries,
                     add_entry (self, self->keys, _ (option->label), option->help ? _ (option->help) : NULL,
                                g_strcmp0 (option->kind, "secret") == 0));
  }
}

static void add_steps (HubAccountDialog *self) {
  GStrv steps = self->manifest->steps;

  for (guint i = 0; steps && steps[i]; i++) {
    g_autofree char *number = g_strdup_printf ("%u", i + 1);
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *label = gtk_label_new (number);
    gtk_widget_add_css_class (label, "heading");
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (steps[i]));
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), label);
    adw_preferences_group_add (self->steps, row);
  }
  if (self->manifest->help_url) {
    g_autoptr (GUri) uri = g_uri_parse (self->manifest->help_url, G_URI_FLAGS_NONE, NULL);
    g_autofree char *label = g_strdup_printf (_ ("Open %s"), uri ? g_uri_get_host (uri) : _ ("the Site"));
    GtkWidget *link = gtk_link_button_new_with_label (self->manifest->help_url, label);
    adw_preferences_group_add (self->steps, link);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->steps), self->manifest->help_url || (steps && *steps));
}

/* In a worker thread. A name that is free: "Stripe", or "Stripe 2". */
static gpointer propose_name (HubDatabase *database, gpointer service, GCancellable *cancellable,
                              GError **error) {
  g_autofree char *name = g_strdup (service);

  for (guint n = 2; !hub_account_check_name (database, name, error); n++) {
    if (n > MOST_NAMES || !g_error_matches (*error, HUB_ERROR, HUB_ERROR_USAGE))
      return NULL;
    g_clear_error (error);
    g_free (name);
    name = g_strdup_printf ("%s %u", (const char *) service, n);
  }
  return g_steal_pointer (&name);
}

static void on_name_proposed (gpointer owner, gpointer name, const GError *error) {
  HubAccountDialog *self = owner;

  if (name && !*gtk_editable_get_text (self->name_row))
    gtk_editable_set_text (self->name_row, name);
}

/* What was typed goes from memory with the entries' buffers. */
static void hub_account_dialog_finalize (GObject *object) {
  HubAccountDialog *self = HUB_ACCOUNT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_weak_pointer (&self->parent);
  g_free (self->account);
  g_ptr_array_unref (self->entries);
  G_OBJECT_CLASS (hub_account_dialog_parent_class)->finalize (object);
}

static void hub_account_dialog_class_init (HubAccountDialogClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_account_dialog_finalize;
  HUB_TEMPLATE (widget_class, "account-dialog.ui", HubAccountDialog, connect_button, spinner, revealer,
                problem, steps, keys, name_group, name_row, advanced, address_row, sign_in, client_row,
                file_button);
  HUB_HANDLERS (widget_class, on_changed, on_choose_file);
  gtk_widget_class_install_action (widget_class, "account.connect", NULL, on_connect);
  gtk_widget_class_install_action (widget_class, "account.sign-in", NULL, on_sign_in);
  gtk_widget_class_install_action (widget_class, "account.cancel", NULL, on_cancel);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "account.cancel", NULL);
}

static void hub_account_dialog_init (HubAccountDialog *self) {
  self->entries = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void hub_account_dialog_open (GtkWidget *parent, const char *connector, const char *account,
                              void (*done) (GtkWidget *parent, const char *name)) {
  g_autoptr (GError) error = NULL;
  const HubManifest *manifest = hub_manifest_get (connector, &error);

  if (!manifest) {
    hub_problem_show (parent, NULL, error);
    return;
  }
  HubAccountDialog *self =
      g_object_new (HUB_TYPE_ACCOUNT_DIALOG, "transient-for", gtk_widget_get_root (parent), NULL);
  g_autofree char *title = account ? g_strdup_printf (_ ("New Key for “%s”"), account)
                                   : g_strdup_printf (_ ("Connect %s"), _ (manifest->name));
  self->manifest = manifest;
  self->account = g_strdup (account);
  self->done = done;
  g_set_weak_pointer (&self->parent, parent);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_widget_set_visible (self->name_group, account == NULL);
  gtk_widget_set_visible (self->advanced, manifest->base_url != NULL);
  add_steps (self);
  add_entries (self);
  check_complete (self);
  if (!account)
    hub_work_start (self, propose_name, g_strdup (_ (manifest->name)), g_free, on_name_proposed, g_free,
                    NULL);
  gtk_window_present (GTK_WINDOW (self));
  if (self->entries->len > 0)
    gtk_widget_grab_focus (self->entries->pdata[0]);
}
