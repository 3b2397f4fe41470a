/* accounts-page.c: the accounts: check, new key, remove, add; and the user's own connectors: open, remove (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts-page.h"
#include "account-dialog.h"
#include "accounts.h"
#include "error.h"
#include "own-api.h"
#include "problem.h"
#include "widgets.h"
#include "words.h"
#include "work.h"
#include <glib/gi18n-lib.h>

struct _HubAccountsPage {
  AdwBin parent_instance;
  GVariant *found;           /* (owned) (nullable) what the page shows: see read_accounts() */
  GPtrArray *rows;           /* (owned) (element-type GtkWidget): borrowed from the groups */
  GCancellable *cancellable; /* (owned) ends what services are asked, with the page */

  /* of the template, borrowed */
  GtkStack *stack;
  AdwStatusPage *error_page;
  AdwPreferencesGroup *list, *own;
  GtkMenuButton *add_button;
};

G_DEFINE_FINAL_TYPE (HubAccountsPage, hub_accounts_page, ADW_TYPE_BIN)

/* The row of one account: what the service calls it, who uses it; check, new key, remove. */
#define HUB_TYPE_ACCOUNT_ROW (hub_account_row_get_type ())
G_DECLARE_FINAL_TYPE (HubAccountRow, hub_account_row, HUB, ACCOUNT_ROW, AdwActionRow)

struct _HubAccountRow {
  AdwActionRow parent_instance;
  const char *name, *connector; /* (borrowed) from what the page shows, and so are the others */
  const char *words;            /* the subtitle, before what a check said */
  const char *user;             /* (nullable) an integration that uses it */

  /* of the template, borrowed */
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkWidget *check_button, *menu_button;
};

G_DEFINE_FINAL_TYPE (HubAccountRow, hub_account_row, ADW_TYPE_ACTION_ROW)

static HubAccountsPage *get_page (gpointer row) {
  return HUB_ACCOUNTS_PAGE (gtk_widget_get_ancestor (row, HUB_TYPE_ACCOUNTS_PAGE));
}

/* The check. */

static gpointer check (HubDatabase *database, gpointer name, GCancellable *cancellable, GError **error) {
  g_autofree char *label = NULL;

  return hub_account_check (database, name, &label, cancellable, error) ? HUB_WORK_DONE : NULL;
}

static void on_checked (gpointer owner, gpointer result, const GError *error) {
  HubAccountRow *self = owner;
  g_autofree char *problem = error ? hub_problem_sentence (error) : NULL;
  g_autofree char *subtitle =
      g_strdup_printf ("%s\n%s", self->words, problem ? problem : _ ("The key works."));

  gtk_spinner_stop (self->spinner);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.check", TRUE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
}

static void on_check (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountRow *self = HUB_ACCOUNT_ROW (widget);

  gtk_spinner_start (self->spinner);
  gtk_widget_action_set_enabled (widget, "account.check", FALSE);
  hub_work_start (self, check, g_strdup (self->name), g_free, on_checked, NULL, get_page (self)->cancellable);
}

/* A new key is checked before it is kept, so nothing else is to be done. */
static void on_new_key (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountRow *self = HUB_ACCOUNT_ROW (widget);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->words); /* no longer what a check said */
  hub_account_dialog_open (widget, self->connector, self->name, NULL);
}

/* The removal. */

static gpointer remove_account (HubDatabase *database, gpointer name, GCancellable *cancellable,
                                GError **error) {
  g_autofree char *user = NULL;
  char *warning = NULL;

  if (!hub_account_remove (database, name, &user, &warning, cancellable, error))
    return NULL;
  return warning ? warning : g_strdup ("");
}

static void on_account_removed (gpointer owner, gpointer result, const GError *error) {
  const char *warning = result;
  g_autoptr (GError) left = NULL;

  if (warning && *warning)
    left = g_error_new_literal (HUB_ERROR, HUB_ERROR_NETWORK, warning);
  if (error || left)
    hub_problem_show (owner, left ? _ ("Google Still Allows This Sign-In") : NULL, left ? left : error);
  if (!error)
    hub_news_emit ();
}

/* The row may be gone before Google has answered. */
static void on_remove_response (HubAccountRow *self, const char *response) {
  HubAccountsPage *page = get_page (self);

  if (g_str_equal (response, "remove"))
    hub_work_start (page, remove_account, g_strdup (self->name), g_free, on_account_removed, g_free,
                    page->cancellable);
}

/* Asks over @row's window whether what is called @name goes. */
static void ask_removal (gpointer row, const char *name, const char *consequence, GCallback response) {
  const char *const answers[] = { "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL };
  g_autofree char *heading = g_strdup_printf (_ ("Remove “%s”?"), name);

  hub_ask (row, heading, consequence, answers, response);
}

static void on_remove (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountRow *self = HUB_ACCOUNT_ROW (widget);
  g_autofree char *used = g_strdup_printf (
      _ ("“%s” uses this account and cannot run without it. Its key is removed from the keyring."),
      self->user);

  ask_removal (self, self->name, self->user ? used : _ ("Its key is removed from the keyring."),
               G_CALLBACK (on_remove_response));
}

static void hub_account_row_class_init (HubAccountRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  HUB_TEMPLATE (widget_class, "account-row.ui", HubAccountRow, icon, spinner, check_button, menu_button);
  gtk_widget_class_install_action (widget_class, "account.check", NULL, on_check);
  gtk_widget_class_install_action (widget_class, "account.new-key", NULL, on_new_key);
  gtk_widget_class_install_action (widget_class, "account.remove", NULL, on_remove);
}

static void hub_account_row_init (HubAccountRow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Says with @words (taken) which of the buttons called the same this one is. */
static void name_button (GtkWidget *button, char *words) {
  hub_widget_name (button, words);
  g_free (words);
}

static GtkWidget *make_account_row (const char *name, const char *connector, const char *words,
                                    const char *user) {
  HubAccountRow *self = g_object_new (hub_account_row_get_type (), NULL);

  self->name = name;
  self->connector = connector;
  self->words = words;
  self->user = user;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
  gtk_image_set_from_icon_name (self->icon, hub_words_connector_icon (connector));
  name_button (self->check_button, g_strdup_printf (_ ("Check “%s”"), name));
  name_button (self->menu_button, g_strdup_printf (_ ("More About “%s”"), name));
  return GTK_WIDGET (self);
}

/* The page. */

/* The user's own connectors. */

/* In a worker thread. Returns: (transfer full): the connector's id. */
static gpointer install_work (HubDatabase *database, gpointer file, GCancellable *cancellable,
                              GError **error) {
  g_autofree char *path = g_file_get_path (file);
  char *id = NULL;

  return hub_own_api_install (path ? path : "", &id, error) ? id : NULL;
}

static void on_installed (gpointer page, gpointer id, const GError *error) {
  if (error) {
    hub_problem_show (page, _ ("The Description Was Not Installed"), error);
    return;
  }
  const HubManifest *manifest = hub_manifest_get (id, NULL); /* it was just checked */
  g_autofree char *words =
      g_strdup_printf (_ ("“%s” is a connector now"), manifest ? manifest->name : (const char *) id);
  gtk_widget_activate_action (page, "win.toast", "s", words);
  hub_news_emit ();
}

static void install (HubAccountsPage *self, GFile *file) {
  hub_work_start (self, install_work, g_object_ref (file), g_object_unref, on_installed, g_free, NULL);
}

static void on_chosen (GtkFileChooser *chooser, int response, HubAccountsPage *self) {
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (chooser) : NULL;

  if (file)
    install (self, file);
}

static void on_describe (GtkWidget *widget, const char *action, GVariant *parameter) {
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_set_name (filter, _ ("Descriptions of services"));
  gtk_file_chooser_add_filter (
      hub_choose_file (widget, _ ("Open a Description"), NULL, NULL, G_CALLBACK (on_chosen), widget, NULL),
      filter);
}

static gboolean on_drop (HubAccountsPage *self, const GValue *value) {
  install (self, g_value_get_object (value));
  return TRUE;
}

/* In a worker thread. */
static gpointer remove_own (HubDatabase *database, gpointer id, GCancellable *cancellable, GError **error) {
  return hub_own_api_remove (database, id, error) ? HUB_WORK_DONE : NULL;
}

static void on_own_removed (gpointer row, gpointer result, const GError *error) {
  if (error)
    hub_problem_show (row, _ ("The Description Was Not Removed"), error);
  else
    hub_news_emit ();
}

static void on_remove_own_response (GtkWidget *row, const char *response) {
  if (g_str_equal (response, "remove"))
    hub_work_start (get_page (row), remove_own, g_strdup (gtk_widget_get_name (row)), g_free, on_own_removed,
                    NULL, NULL);
}

static void on_remove_own (AdwPreferencesRow *row) {
  ask_removal (row, adw_preferences_row_get_title (row),
               _ ("Its description is deleted from the data folder."), G_CALLBACK (on_remove_own_response));
}

static void add_row (HubAccountsPage *self, AdwPreferencesGroup *group, GtkWidget *row) {
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

/* A row is called by the connector's id. */
static void add_own_row (HubAccountsPage *self, const char *id, const char *title, const char *words,
                         gboolean wrong, gboolean connectable) {
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (HUB_UI "own-api-row.ui");
  GtkWidget *row = GTK_WIDGET (gtk_builder_get_object (builder, "row"));
  GtkWidget *connect = GTK_WIDGET (gtk_builder_get_object (builder, "connect"));
  GtkWidget *bin = GTK_WIDGET (gtk_builder_get_object (builder, "bin"));

  g_object_set (row, "name", id, "title", title, "subtitle", words, NULL);
  gtk_widget_set_visible (GTK_WIDGET (gtk_builder_get_object (builder, "warning")), wrong);
  gtk_widget_set_visible (connect, connectable);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (connect), "s", id);
  name_button (connect, g_strdup_printf (_ ("Connect “%s”"), title));
  name_button (bin, g_strdup_printf (_ ("Remove “%s”"), title));
  g_signal_connect_swapped (bin, "clicked", G_CALLBACK (on_remove_own), row);
  add_row (self, self->own, row);
}

/* What there is. */

#define ACCOUNTS "a(sssms)" /* of each account: its name, its connector, a sentence, who uses it */
#define OWN                                                                                                  \
  "a(sssbb)" /* of each connector of the user: its id, its name, a sentence; is it wrong, does it need an account */

/* "Stripe · Acme SARL · used by “Payments”" */
static char *make_words (const HubAccount *account, const char *user) {
  const HubManifest *manifest = hub_manifest_get (account->connector, NULL);
  g_autofree char *used = g_strdup_printf (_ ("used by “%s”"), user);

  return g_strconcat (manifest ? _ (manifest->name) : account->connector, account->label ? " · " : "",
                      account->label ? account->label : "", " · ", user ? used : _ ("not used yet"), NULL);
}

static gboolean add_accounts (GVariantBuilder *found, HubDatabase *database, GError **error) {
  g_autoptr (GPtrArray) accounts = hub_store_list_accounts (database, error);
  g_autoptr (GError) problem = NULL;

  g_variant_builder_open (found, G_VARIANT_TYPE (ACCOUNTS));
  for (guint i = 0; accounts && !problem && i < accounts->len; i++) {
    const HubAccount *account = g_ptr_array_index (accounts, i);
    g_autofree char *user = hub_store_account_user (database, account->name, &problem);
    g_autofree char *words = make_words (account, user);
    g_variant_builder_add (found, "(sssms)", account->name, account->connector, words, user);
  }
  g_variant_builder_close (found);
  gboolean done = accounts && !problem;
  if (problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  return done;
}

static gboolean add_own (GVariantBuilder *found, GError **error) {
  g_autoptr (GPtrArray) list = hub_own_api_list (error);

  g_variant_builder_open (found, G_VARIANT_TYPE (OWN));
  for (guint i = 0; list && i < list->len; i++) {
    const HubOwnApi *own = g_ptr_array_index (list, i);
    g_autofree char *words =
        own->problem ? hub_problem_sentence (own->problem) : g_path_get_basename (own->file);
    g_variant_builder_add (found, "(sssbb)", own->id, own->manifest ? own->manifest->name : own->id, words,
                           own->problem != NULL, own->manifest && !g_str_equal (own->manifest->auth, "none"));
  }
  g_variant_builder_close (found);
  return list != NULL;
}

/* In a worker thread. */
static gpointer read_accounts (HubDatabase *database, gpointer data, GCancellable *cancellable,
                               GError **error) {
  g_auto (GVariantBuilder) found = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("(" ACCOUNTS OWN ")"));

  if (!add_accounts (&found, database, error) || !add_own (&found, error))
    return NULL;
  GVariant *all = g_variant_ref_sink (g_variant_builder_end (&found));
  g_variant_get_data (
      all); /* made one block by now, in which the texts that are borrowed stay where they are */
  return all;
}

/* The services that need an account, and the way to describe another. */
static void fill_menu (HubAccountsPage *self) {
  g_autoptr (GPtrArray) manifests = hub_manifest_list (NULL);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();

  for (guint i = 0; manifests && i < manifests->len; i++) {
    const HubManifest *manifest = g_ptr_array_index (manifests, i);
    g_autoptr (GMenuItem) item = g_menu_item_new (_ (manifest->name), NULL);
    g_menu_item_set_action_and_target (item, "accounts.add", "s", manifest->id);
    if (!g_str_equal (manifest->auth, "none"))
      g_menu_append_item (menu, item);
  }
  g_menu_append (more, _ ("Your _Own API…"), "accounts.describe");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (self->add_button, G_MENU_MODEL (menu));
}

static void fill (HubAccountsPage *self) {
  g_autoptr (GVariantIter) accounts = NULL, own = NULL;
  const char *name, *connector, *words, *user;
  gboolean wrong, connectable;

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (
        ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (self->rows->pdata[i], ADW_TYPE_PREFERENCES_GROUP)),
        self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  g_variant_get (self->found, "(" ACCOUNTS OWN ")", &accounts, &own);
  while (g_variant_iter_next (accounts, "(&s&s&sm&s)", &name, &connector, &words, &user))
    add_row (self, self->list, make_account_row (name, connector, words, user));
  while (g_variant_iter_next (own, "(&s&s&sbb)", &connector, &name, &words, &wrong, &connectable))
    add_own_row (self, connector, name, words, wrong, connectable);
  fill_menu (self);
}

/* Rows stay where nothing has changed: a menu may be open, a question be asked, a check be under way. */
static void on_read (gpointer owner, gpointer result, const GError *error) {
  HubAccountsPage *self = owner;

  if (error) {
    hub_problem_fill (self->error_page, error);
    gtk_stack_set_visible_child_name (self->stack, "error");
    return;
  }
  if (!self->found || !g_variant_equal (self->found, result)) {
    g_autoptr (GVariant) old = g_steal_pointer (&self->found); /* until its rows are gone */
    self->found = g_variant_ref (result);
    fill (self);
  }
  gtk_stack_set_visible_child_name (self->stack, self->rows->len > 0 ? "list" : "empty");
}

static void reload (gpointer self) {
  hub_work_start (self, read_accounts, NULL, NULL, on_read, (GDestroyNotify) g_variant_unref, NULL);
}

static void on_add (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_account_dialog_open (widget, g_variant_get_string (parameter, NULL), NULL, NULL);
}

static void hub_accounts_page_dispose (GObject *object) {
  g_cancellable_cancel (HUB_ACCOUNTS_PAGE (object)->cancellable);
  G_OBJECT_CLASS (hub_accounts_page_parent_class)->dispose (object);
}

static void hub_accounts_page_finalize (GObject *object) {
  HubAccountsPage *self = HUB_ACCOUNTS_PAGE (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->found, g_variant_unref);
  G_OBJECT_CLASS (hub_accounts_page_parent_class)->finalize (object);
}

static void hub_accounts_page_class_init (HubAccountsPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_accounts_page_dispose;
  G_OBJECT_CLASS (class)->finalize = hub_accounts_page_finalize;
  HUB_TEMPLATE (widget_class, "accounts-page.ui", HubAccountsPage, stack, error_page, list, own, add_button);
  HUB_HANDLERS (widget_class, reload);
  gtk_widget_class_install_action (widget_class, "accounts.add", "s", on_add);
  gtk_widget_class_install_action (widget_class, "accounts.describe", NULL, on_describe);
}

static void hub_accounts_page_init (HubAccountsPage *self) {
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self->own), GTK_EVENT_CONTROLLER (target));
  hub_news_connect (self, reload);
  reload (self);
}
