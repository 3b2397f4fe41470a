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

  void (*done) (gpointer data, const char *name);
  gpointer data;
  GtkWidget *parent; /* (nullable) a weak pointer */

  /* of the template, borrowed */
  GtkButton *connect_button;
  GtkSpinner *spinner;
  GtkRevealer *revealer;
  GtkLabel *problem;
  GtkWidget *page, *advanced;
  AdwPreferencesGroup *steps, *keys;
  GtkWidget *name_group, *sign_in, *key_file;
  GtkEditable *name_row, *address_row, *client_row, *client_secret_row;
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

static const char *get_name (HubAccountDialog *self) {
  return self->account ? self->account : gtk_editable_get_text (self->name_row);
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
  g_autofree char *name = g_strstrip (g_strdup (get_name (self)));
  gboolean complete = *name && !self->cancellable;
  gboolean client =
      hub_google_has_client ()
      || (*gtk_editable_get_text (self->client_row) && *gtk_editable_get_text (self->client_secret_row));

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
  g_object_set (self->spinner, "spinning", cancellable != NULL, NULL);
  if (cancellable)
    gtk_window_set_focus (GTK_WINDOW (self), NULL); /* an entry must not lose it by becoming insensitive */
  gtk_widget_set_sensitive (self->page, cancellable == NULL);
  check_complete (self);
}

static void on_connected (gpointer owner, gpointer result, const GError *error) {
  HubAccountDialog *self = owner;

  set_busy (self, NULL);
  if (error) {
    say_error (self, error);
    gtk_widget_grab_focus (self->signing_in ? self->sign_in : self->entries->pdata[0]);
    return;
  }
  g_autofree char *name = g_strstrip (g_strdup (get_name (self)));
  if (self->parent && self->done)
    self->done (self->data, name);
  hub_news_emit ();
  gtk_window_destroy (GTK_WINDOW (self));
}

static Attempt *make_attempt (HubAccountDialog *self) {
  Attempt *attempt = g_new0 (Attempt, 1);
  const char *address = gtk_editable_get_text (self->address_row);
  g_autofree char *name = g_strstrip (g_strdup (get_name (self)));

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
  if (!hub_google_has_client ()) {
    attempt->client_id = g_strstrip (g_strdup (gtk_editable_get_text (self->client_row)));
    attempt->client_secret = g_strstrip (g_strdup (gtk_editable_get_text (self->client_secret_row)));
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

static void on_key_file (GObject *file, GAsyncResult *result, gpointer data) {
  g_autoptr (HubAccountDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL, *name = g_file_get_basename (G_FILE (file));
  char *text = NULL;
  gsize length = 0;

  if (self->entries->len == 0) /* the dialog was closed meanwhile */
    return;
  if (!g_file_load_contents_finish (G_FILE (file), result, &text, &length, NULL, &error)) {
    say_error (self, error);
    return;
  }
  if (length <= KEY_FILE_BYTES && g_utf8_validate_len (text, length, NULL)) {
    gtk_editable_set_text (self->entries->pdata[0], text);
    title = g_strdup_printf (_ ("Key File: %s"), name);
    adw_preferences_row_set_title (self->entries->pdata[0], title);
  } else {
    say (self, _ ("This is no key file. Choose the JSON file that your browser downloaded."), TRUE);
  }
  hub_secret_free (text);
}

static void read_key_file (HubAccountDialog *self, GFile *file) {
  g_file_load_contents_async (file, NULL, on_key_file, g_object_ref (self));
}

static gboolean on_drop (HubAccountDialog *self, const GValue *value) {
  read_key_file (self, g_value_get_object (value));
  return TRUE;
}

static void on_file_chosen (GtkFileChooser *chooser, int response, HubAccountDialog *self) {
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  if (response == GTK_RESPONSE_ACCEPT && file)
    read_key_file (self, file);
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

/* Google's key is a file: chosen, dropped or pasted. */
static void add_entries (HubAccountDialog *self) {
  if (g_str_equal (self->manifest->auth, "google")) {
    GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);
    g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
    gtk_widget_set_visible (self->key_file, TRUE);
    g_ptr_array_add (self->entries, self->key_file);
    return;
  }
  for (guint i = 0; i < self->manifest->secrets->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (self->manifest->secrets, i);
    gboolean hidden = g_strcmp0 (option->kind, "secret") == 0;
    GtkWidget *row = hidden ? adw_password_entry_row_new () : adw_entry_row_new ();
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (option->label));
    adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
    gtk_widget_set_tooltip_text (row, option->help ? _ (option->help) : NULL);
    g_signal_connect_swapped (row, "changed", G_CALLBACK (on_changed), self);
    adw_preferences_group_add (self->keys, row);
    g_ptr_array_add (self->entries, row);
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

static gpointer read_accounts (HubDatabase *database, gpointer data, GCancellable *cancellable,
                               GError **error) {
  return hub_store_list_accounts (database, error);
}

static gboolean is_called (gconstpointer account, gconstpointer name) {
  return g_strcmp0 (((const HubAccount *) account)->name, name) == 0;
}

/* Proposes a name that is free: "Stripe", or "Stripe 2". */
static void on_accounts (gpointer owner, gpointer result, const GError *error) {
  HubAccountDialog *self = owner;
  g_autofree char *name = g_strdup (_ (self->manifest->name));

  for (guint n = 2; result && g_ptr_array_find_with_equal_func (result, name, is_called, NULL); n++) {
    g_free (name);
    name = g_strdup_printf ("%s %u", _ (self->manifest->name), n);
  }
  if (!*gtk_editable_get_text (self->name_row))
    gtk_editable_set_text (self->name_row, name);
}

/* What was typed goes from memory with the entries' buffers. */
static void hub_account_dialog_dispose (GObject *object) {
  HubAccountDialog *self = HUB_ACCOUNT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_weak_pointer (&self->parent);
  g_ptr_array_set_size (self->entries, 0);
  G_OBJECT_CLASS (hub_account_dialog_parent_class)->dispose (object);
}

static void hub_account_dialog_finalize (GObject *object) {
  HubAccountDialog *self = HUB_ACCOUNT_DIALOG (object);

  g_free (self->account);
  g_ptr_array_unref (self->entries);
  G_OBJECT_CLASS (hub_account_dialog_parent_class)->finalize (object);
}

static void hub_account_dialog_class_init (HubAccountDialogClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_account_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = hub_account_dialog_finalize;
  HUB_TEMPLATE (widget_class, "account-dialog.ui", HubAccountDialog, connect_button, spinner, revealer,
                problem, page, steps, keys, name_group, name_row, advanced, address_row, sign_in, client_row,
                client_secret_row, key_file);
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
                              void (*done) (gpointer data, const char *name), gpointer data) {
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
  self->data = data;
  g_set_weak_pointer (&self->parent, parent);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_widget_set_visible (self->name_group, account == NULL);
  gtk_widget_set_visible (self->advanced, manifest->base_url != NULL);
  gtk_widget_set_visible (self->sign_in, g_str_equal (manifest->auth, "google"));
  gtk_widget_set_visible (GTK_WIDGET (self->client_row), !hub_google_has_client ());
  add_steps (self);
  add_entries (self);
  check_complete (self);
  if (!account)
    hub_work_start (self, read_accounts, NULL, NULL, on_accounts, (GDestroyNotify) g_ptr_array_unref, NULL);
  gtk_window_present (GTK_WINDOW (self));
  if (self->entries->len > 0)
    gtk_widget_grab_focus (self->entries->pdata[0]);
}
