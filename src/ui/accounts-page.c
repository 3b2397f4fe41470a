/* accounts-page.c: the accounts: check, new key, remove, add (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts-page.h"
#include "account-dialog.h"
#include "account-row.h"
#include "manifest.h"
#include "problem.h"
#include "widgets.h"
#include "work.h"
#include <glib/gi18n-lib.h>

struct _HubAccountsPage {
  AdwBin parent_instance;
  GPtrArray *rows; /* (owned) (element-type HubAccountRow): borrowed from the list */

  /* of the template, borrowed */
  GtkStack *stack;
  AdwStatusPage *error_page;
  AdwPreferencesGroup *list;
  GtkMenuButton *add_button;
};

G_DEFINE_FINAL_TYPE (HubAccountsPage, hub_accounts_page, ADW_TYPE_BIN)

/* The accounts, and who uses each. */
typedef struct {
  GPtrArray *accounts, *users; /* (owned) (element-type HubAccount), (element-type utf8, nullable) */
} Accounts;

static void accounts_free (Accounts *accounts) {
  g_ptr_array_unref (accounts->accounts);
  g_ptr_array_unref (accounts->users);
  g_free (accounts);
}

/* In a worker thread. */
static gpointer read_accounts (HubDatabase *database, gpointer data, GCancellable *cancellable,
                               GError **error) {
  g_autoptr (GPtrArray) accounts = hub_store_list_accounts (database, error);
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
    return result;
  }
  return NULL;
}

static void on_read (gpointer owner, gpointer result, const GError *error) {
  HubAccountsPage *self = owner;
  Accounts *found = result;

  if (error) {
    hub_problem_fill (self->error_page, error);
    gtk_stack_set_visible_child_name (self->stack, "error");
    return;
  }
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->list, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < found->accounts->len; i++) {
    GtkWidget *row = hub_account_row_new (found->accounts->pdata[i], found->users->pdata[i]);
    adw_preferences_group_add (self->list, row);
    g_ptr_array_add (self->rows, row);
  }
  gtk_stack_set_visible_child_name (self->stack, found->accounts->len > 0 ? "list" : "empty");
}

static void reload (gpointer self) {
  hub_work_start (self, read_accounts, NULL, NULL, on_read, (GDestroyNotify) accounts_free, NULL);
}

static void on_add (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_account_dialog_open (widget, g_variant_get_string (parameter, NULL), NULL, NULL, NULL);
}

/* The services that need an account. */
static void fill_menu (HubAccountsPage *self) {
  g_autoptr (GPtrArray) manifests = hub_manifest_list (NULL);
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; manifests && i < manifests->len; i++) {
    const HubManifest *manifest = g_ptr_array_index (manifests, i);
    g_autoptr (GMenuItem) item = g_menu_item_new (_ (manifest->name), NULL);
    g_menu_item_set_action_and_target (item, "accounts.add", "s", manifest->id);
    if (!g_str_equal (manifest->auth, "none"))
      g_menu_append_item (menu, item);
  }
  gtk_menu_button_set_menu_model (self->add_button, G_MENU_MODEL (menu));
}

static void hub_accounts_page_finalize (GObject *object) {
  g_ptr_array_unref (HUB_ACCOUNTS_PAGE (object)->rows);
  G_OBJECT_CLASS (hub_accounts_page_parent_class)->finalize (object);
}

static void hub_accounts_page_class_init (HubAccountsPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_accounts_page_finalize;
  HUB_TEMPLATE (widget_class, "accounts-page.ui", HubAccountsPage, stack, error_page, list, add_button);
  HUB_HANDLERS (widget_class, reload);
  gtk_widget_class_install_action (widget_class, "accounts.add", "s", on_add);
}

static void hub_accounts_page_init (HubAccountsPage *self) {
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_menu (self);
  hub_news_connect (self, reload);
  reload (self);
}
