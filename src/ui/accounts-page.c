/* accounts-page.c: the accounts: check, new key, remove, add (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts-page.h"
#include "account-dialog.h"
#include "accounts.h"
#include "error.h"
#include "own-api-group.h"
#include "own-api.h"
#include "problem.h"
#include "widgets.h"
#include "words.h"
#include "work.h"
#include <glib/gi18n-lib.h>

/* The row of one account: what the service calls it, who uses it; check, new key, remove. */
#define HUB_TYPE_ACCOUNT_ROW (hub_account_row_get_type ())
G_DECLARE_FINAL_TYPE (HubAccountRow, hub_account_row, HUB, ACCOUNT_ROW, AdwActionRow)

struct _HubAccountRow {
  AdwActionRow parent_instance;
  char *name, *connector; /* (owned) */
  char *user;             /* (owned) (nullable) an integration that uses it */
  char *words;            /* (owned) the subtitle, before what a check said */

  /* of the template, borrowed */
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkWidget *check_button, *menu_button;
};

G_DEFINE_FINAL_TYPE (HubAccountRow, hub_account_row, ADW_TYPE_ACTION_ROW)

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
  hub_work_start (self, check, g_strdup (self->name), g_free, on_checked, NULL, NULL);
}

/* A new key is checked before it is kept, so nothing else is to be done. */
static void on_new_key (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountRow *self = HUB_ACCOUNT_ROW (widget);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->words); /* no longer what a check said */
  hub_account_dialog_open (widget, self->connector, self->name, NULL, NULL);
}

/* The removal. */

static gpointer remove_account (HubDatabase *database, gpointer name, GCancellable *cancellable,
                                GError **error) {
  g_autofree char *user = NULL;
  char *warning = NULL;

  if (!hub_account_remove (database, name, &user, &warning, error))
    return NULL;
  return warning ? warning : g_strdup ("");
}

static void on_removed (gpointer owner, gpointer result, const GError *error) {
  const char *warning = result;
  g_autoptr (GError) left = NULL;

  if (warning && *warning)
    left = g_error_new_literal (HUB_ERROR, HUB_ERROR_NETWORK, warning);
  if (error || left)
    hub_problem_show (owner, left ? _ ("Google Still Allows This Sign-In") : NULL, left ? left : error);
  if (!error)
    hub_news_emit ();
}

static void on_remove_response (HubAccountRow *self, const char *response) {
  if (g_str_equal (response, "remove"))
    hub_work_start (self, remove_account, g_strdup (self->name), g_free, on_removed, g_free, NULL);
}

static void on_remove (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubAccountRow *self = HUB_ACCOUNT_ROW (widget);
  g_autofree char *heading = g_strdup_printf (_ ("Remove “%s”?"), self->name);
  g_autofree char *used = g_strdup_printf (
      _ ("“%s” uses this account and cannot run without it. Its key is removed from the keyring."),
      self->user);
  const char *const answers[] = { "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL };

  hub_ask (self, heading, self->user ? used : _ ("Its key is removed from the keyring."), answers,
           G_CALLBACK (on_remove_response));
}

static void hub_account_row_finalize (GObject *object) {
  HubAccountRow *self = HUB_ACCOUNT_ROW (object);

  g_free (self->name);
  g_free (self->connector);
  g_free (self->user);
  g_free (self->words);
  G_OBJECT_CLASS (hub_account_row_parent_class)->finalize (object);
}

static void hub_account_row_class_init (HubAccountRowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_account_row_finalize;
  HUB_TEMPLATE (widget_class, "account-row.ui", HubAccountRow, icon, spinner, check_button, menu_button);
  gtk_widget_class_install_action (widget_class, "account.check", NULL, on_check);
  gtk_widget_class_install_action (widget_class, "account.new-key", NULL, on_new_key);
  gtk_widget_class_install_action (widget_class, "account.remove", NULL, on_remove);
}

static void hub_account_row_init (HubAccountRow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* "Stripe · Acme SARL · used by “Payments”" */
static char *make_words (const HubManifest *manifest, const HubAccount *account, const char *user) {
  g_autoptr (GString) words = g_string_new (manifest ? _ (manifest->name) : account->connector);

  if (account->label)
    g_string_append_printf (words, " · %s", account->label);
  g_string_append (words, " · ");
  g_string_append_printf (words, user ? _ ("used by “%s”") : "%s", user ? user : _ ("not used yet"));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* Which of the buttons called the same this one is. */
static void name_button (GtkWidget *button, char *words) {
  hub_widget_name (button, words);
  g_free (words);
}

/* @user (nullable): the name of an integration that uses @account. */
static GtkWidget *make_row (const HubAccount *account, const char *user) {
  HubAccountRow *self = g_object_new (hub_account_row_get_type (), NULL);
  const HubManifest *manifest = hub_manifest_get (account->connector, NULL);

  self->name = g_strdup (account->name);
  self->connector = g_strdup (account->connector);
  self->user = g_strdup (user);
  self->words = make_words (manifest, account, user);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), account->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->words);
  gtk_image_set_from_icon_name (self->icon, hub_words_connector_icon (account->connector));
  name_button (self->check_button, g_strdup_printf (_ ("Check “%s”"), account->name));
  name_button (self->menu_button, g_strdup_printf (_ ("More About “%s”"), account->name));
  gtk_widget_set_tooltip_text (self->menu_button, _ ("More"));
  return GTK_WIDGET (self);
}

/* The page. */

struct _HubAccountsPage {
  AdwBin parent_instance;
  GPtrArray *rows; /* (owned) (element-type HubAccountRow): borrowed from the list */
  char *shown;     /* (owned) (nullable) what the page says by now */

  /* of the template, borrowed */
  GtkStack *stack;
  AdwStatusPage *error_page;
  AdwPreferencesGroup *list;
  HubOwnApiGroup *own;
  GtkMenuButton *add_button;
};

G_DEFINE_FINAL_TYPE (HubAccountsPage, hub_accounts_page, ADW_TYPE_BIN)

/* The accounts, who uses each, and the user's own connectors. */
typedef struct {
  GPtrArray *accounts, *users; /* (owned) (element-type HubAccount), (element-type utf8, nullable) */
  GPtrArray *own;              /* (owned) (element-type HubOwnApi) */
} Accounts;

static void accounts_free (Accounts *accounts) {
  g_ptr_array_unref (accounts->accounts);
  g_ptr_array_unref (accounts->users);
  g_ptr_array_unref (accounts->own);
  g_free (accounts);
}

/* In a worker thread. */
static gpointer read_accounts (HubDatabase *database, gpointer data, GCancellable *cancellable,
                               GError **error) {
  g_autoptr (GPtrArray) own = hub_own_api_list (error);
  g_autoptr (GPtrArray) accounts = own ? hub_store_list_accounts (database, error) : NULL;
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; accounts && !problem && i < accounts->len; i++)
    g_ptr_array_add (users,
                     hub_store_account_user (database, ((HubAccount *) accounts->pdata[i])->name, &problem));
  if (problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (accounts) {
    Accounts *result = g_new0 (Accounts, 1);
    result->accounts = g_steal_pointer (&accounts);
    result->users = g_steal_pointer (&users);
    result->own = g_steal_pointer (&own);
    return result;
  }
  return NULL;
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

/* Whatever of @found is to be seen, to tell whether it has changed. */
static char *describe (const Accounts *found) {
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < found->accounts->len; i++) {
    const HubAccount *account = found->accounts->pdata[i];
    const char *user = found->users->pdata[i];
    g_string_append_printf (words, "%s\n%s\n%s\n%s\n", account->name, account->connector,
                            account->label ? account->label : "", user ? user : "");
  }
  for (guint i = 0; i < found->own->len; i++) {
    const HubOwnApi *own = found->own->pdata[i];
    g_string_append_printf (words, "%s\n%s\n", own->file,
                            own->problem ? own->problem->message : own->manifest->name);
  }
  return g_string_free (words, FALSE);
}

/* Rows stay where nothing has changed: a menu may be open, a question be asked, a check be under way. */
static void on_read (gpointer owner, gpointer result, const GError *error) {
  HubAccountsPage *self = owner;
  Accounts *found = result;

  if (error) {
    hub_problem_fill (self->error_page, error);
    gtk_stack_set_visible_child_name (self->stack, "error");
    return;
  }
  gtk_stack_set_visible_child_name (self->stack,
                                    found->accounts->len + found->own->len > 0 ? "list" : "empty");
  g_autofree char *words = describe (found);
  if (g_strcmp0 (words, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&words);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->list, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < found->accounts->len; i++) {
    GtkWidget *row = make_row (found->accounts->pdata[i], found->users->pdata[i]);
    adw_preferences_group_add (self->list, row);
    g_ptr_array_add (self->rows, row);
  }
  hub_own_api_group_fill (self->own, found->own);
  fill_menu (self);
}

static void reload (gpointer self) {
  hub_work_start (self, read_accounts, NULL, NULL, on_read, (GDestroyNotify) accounts_free, NULL);
}

static void on_add (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_account_dialog_open (widget, g_variant_get_string (parameter, NULL), NULL, NULL, NULL);
}

static void on_describe (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_own_api_group_open (HUB_ACCOUNTS_PAGE (widget)->own);
}

static void hub_accounts_page_finalize (GObject *object) {
  g_ptr_array_unref (HUB_ACCOUNTS_PAGE (object)->rows);
  g_free (HUB_ACCOUNTS_PAGE (object)->shown);
  G_OBJECT_CLASS (hub_accounts_page_parent_class)->finalize (object);
}

static void hub_accounts_page_class_init (HubAccountsPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_accounts_page_finalize;
  HUB_TEMPLATE (widget_class, "accounts-page.ui", HubAccountsPage, stack, error_page, list, own, add_button);
  HUB_HANDLERS (widget_class, reload);
  gtk_widget_class_install_action (widget_class, "accounts.add", "s", on_add);
  gtk_widget_class_install_action (widget_class, "accounts.describe", NULL, on_describe);
}

static void hub_accounts_page_init (HubAccountsPage *self) {
  self->rows = g_ptr_array_new ();
  g_type_ensure (HUB_TYPE_OWN_API_GROUP);
  gtk_widget_init_template (GTK_WIDGET (self));
  hub_news_connect (self, reload);
  reload (self);
}
