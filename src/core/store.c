/* store.c: the accounts and integrations that the user made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "store.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "error.h"

HubAccount *hub_account_new (const char *connector, const char *name) {
  HubAccount *account = g_new0 (HubAccount, 1);
  account->id = g_uuid_string_random ();
  account->connector = g_strdup (connector);
  account->name = g_strdup (name);
  account->options = json_object_new ();
  account->created = g_get_real_time () / 1000;
  return account;
}

void hub_account_free (HubAccount *account) {
  g_free (account->id);
  g_free (account->connector);
  g_free (account->name);
  g_clear_pointer (&account->options, json_object_unref);
  g_free (account->label);
  g_free (account);
}

char *hub_store_folder (GError **error) {
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "integration-hub", NULL);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_steal_pointer (&folder);
  g_set_error (error, HUB_ERROR, HUB_ERROR_STORE,
               _ ("cannot make the folder %s: %s; make its parent folder writable for you"), folder,
               g_strerror (errno));
  return NULL;
}

HubDatabase *hub_store_open (GError **error) {
  g_autofree char *folder = hub_store_folder (error);
  g_autofree char *path = folder ? g_build_filename (folder, "hub.db", NULL) : NULL;
  return path ? hub_database_open (path, error) : NULL;
}

gboolean hub_store_add_account (HubDatabase *database, const HubAccount *account, GError **error) {
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), account->options);
  g_autofree char *options = json_to_string (node, FALSE);
  return hub_database_run (database, error, "add-account", "sssssi", account->id, account->connector,
                           account->name, options, account->label, account->created);
}

static gpointer read_account (HubStatement *statement, GError **error) {
  g_autoptr (HubAccount) account = g_new0 (HubAccount, 1);
  g_autofree char *options = NULL;
  hub_statement_read (statement, "ssssis", &account->id, &account->connector, &account->name, &account->label,
                      &account->created, &options);
  account->options = hub_json_parse_object (options, strlen (options), "accounts.options", error);
  return account->options ? g_steal_pointer (&account) : NULL;
}

/* The accounts, or the one called @name. */
static GPtrArray *read_accounts (HubDatabase *database, const char *name, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "list-accounts", "s", name);
  return hub_database_rows (database, statement, read_account, (GDestroyNotify) hub_account_free, error);
}

GPtrArray *hub_store_list_accounts (HubDatabase *database, GError **error) {
  return read_accounts (database, NULL, error);
}

/* Says that there is no such thing (@problem), and what there is instead (@sql tells their names) or how to make one. */
static void fail_not_found (HubDatabase *database, const char *problem, const char *sql, const char *command,
                            GError **error) {
  g_autofree char *names = NULL;
  HubStatement *statement = hub_database_query (database, error, sql, "s", _ ("“%s”"));
  if (!hub_database_text (database, statement, &names, error))
    return;
  if (names)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("%s; there are: %s"), problem, names);
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("%s; add one with “%s”"), problem, command);
}

HubAccount *hub_store_get_account (HubDatabase *database, const char *name, GError **error) {
  g_autoptr (GPtrArray) found = read_accounts (database, name, error);
  if (found == NULL || found->len > 0)
    return found ? g_ptr_array_steal_index (found, 0) : NULL;
  g_autofree char *problem = g_strdup_printf (_ ("there is no account “%s”"), name);
  fail_not_found (database, problem, "name-accounts", "integration-hub account add CONNECTOR --name NAME",
                  error);
  return NULL;
}

gboolean hub_store_remove_account (HubDatabase *database, const char *name, GError **error) {
  return hub_database_run (database, error, "DELETE FROM accounts WHERE name = ?", "s", name);
}

char *hub_store_account_user (HubDatabase *database, const char *name, GError **error) {
  char *user = NULL;
  hub_database_text (database, hub_database_query (database, error, "account-user", "s", name), &user, error);
  return user;
}

/* Keeps @integration in place of the one of its name. */
static gboolean put_integration (HubDatabase *database, const HubIntegration *integration, GError **error) {
  return hub_database_run (database, error, "put-integration", "ss", integration->name,
                           integration->definition);
}

gboolean hub_store_put_integrations (HubDatabase *database, GPtrArray *integrations, GError **error) {
  gboolean ok = hub_database_begin (database, error);
  for (guint i = 0; ok && i < integrations->len; i++)
    ok = put_integration (database, g_ptr_array_index (integrations, i), error);
  return hub_database_end (database, ok, error);
}

/* Whether no integration is called @name. */
static gboolean is_free (HubDatabase *database, const char *name, gboolean *unused, GError **error) {
  g_autofree char *id = NULL;
  HubStatement *statement =
      hub_database_query (database, error, "SELECT id FROM integrations WHERE name = ?", "s", name);
  gboolean ok = hub_database_text (database, statement, &id, error);
  *unused = id == NULL;
  return ok;
}

/* Gives the integration @old_name (nullable) the new name @name, which must be free. */
static gboolean give_name (HubDatabase *database, const char *old_name, const char *name, GError **error) {
  gboolean unused = FALSE;
  if (g_strcmp0 (name, old_name) == 0)
    return TRUE;
  if (!is_free (database, name, &unused, error))
    return FALSE;
  if (!unused)
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                 _ ("another integration is called “%s”; choose another name"), name);
  return unused
         && hub_database_run (database, error, "UPDATE integrations SET name = ? WHERE name = ?", "ss", name,
                              old_name);
}

gboolean hub_store_save_integration (HubDatabase *database, const HubIntegration *integration,
                                     const char *old_name, GError **error) {
  gboolean ok = hub_database_begin (database, error)
                && give_name (database, old_name, integration->name, error)
                && put_integration (database, integration, error);
  return hub_database_end (database, ok, error);
}

gboolean hub_store_delete_integration (HubDatabase *database, const char *name, GError **error) {
  return hub_database_run (database, error, "DELETE FROM integrations WHERE name = ?", "s", name);
}

gboolean hub_store_enable_integration (HubDatabase *database, const char *name, gboolean enabled,
                                       GError **error) {
  return hub_database_run (database, error, "enable-integration", "ss", name, enabled ? "true" : "false");
}

/* "Name (copy)", "Name (copy 2)"…: the first that nobody has. */
static char *find_free_name (HubDatabase *database, const char *name, GError **error) {
  char *candidate = NULL;
  gboolean ok = TRUE, unused = FALSE;
  for (guint i = 1; ok && !unused; i++) {
    g_free (candidate);
    candidate =
        i == 1 ? g_strdup_printf (_ ("%s (copy)"), name) : g_strdup_printf (_ ("%1$s (copy %2$u)"), name, i);
    ok = is_free (database, candidate, &unused, error);
  }
  return candidate;
}

char *hub_store_duplicate_integration (HubDatabase *database, const char *name, GError **error) {
  g_autoptr (HubIntegration) original = hub_store_get_integration (database, name, error);
  if (original == NULL)
    return NULL;
  g_autofree char *copy =
      hub_database_begin (database, error) ? find_free_name (database, name, error) : NULL;
  gboolean ok = copy && hub_database_is_well (database)
                && hub_database_run (database, error, "copy-integration", "ss", copy, original->definition);
  return hub_database_end (database, ok, error) ? g_steal_pointer (&copy) : NULL;
}

gboolean hub_store_get_setting (HubDatabase *database, const char *name, char **value, GError **error) {
  return hub_database_text (
      database, hub_database_query (database, error, "SELECT value FROM settings WHERE name = ?", "s", name),
      value, error);
}

gboolean hub_store_set_setting (HubDatabase *database, const char *name, const char *value, GError **error) {
  if (value == NULL)
    return hub_database_run (database, error, "DELETE FROM settings WHERE name = ?", "s", name);
  return hub_database_run (database, error, "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                           "ss", name, value);
}

static gpointer read_integration (HubStatement *statement, GError **error) {
  g_autofree char *name = NULL, *definition = NULL;
  gint64 id, version;
  hub_statement_read (statement, "isis", &id, &name, &version, &definition);
  HubIntegration *integration = hub_integration_parse (definition, strlen (definition), name, error);
  if (integration) {
    integration->id = id;
    integration->version = version;
  }
  return integration;
}

/* The integrations, or the one called @name. */
static GPtrArray *read_integrations (HubDatabase *database, const char *name, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "list-integrations", "s", name);
  return hub_database_rows (database, statement, read_integration, (GDestroyNotify) hub_integration_free,
                            error);
}

GPtrArray *hub_store_list_integrations (HubDatabase *database, GError **error) {
  return read_integrations (database, NULL, error);
}

HubIntegration *hub_store_get_integration (HubDatabase *database, const char *name, GError **error) {
  g_autoptr (GPtrArray) found = read_integrations (database, name, error);
  if (found == NULL || found->len > 0)
    return found ? g_ptr_array_steal_index (found, 0) : NULL;
  g_autofree char *problem = g_strdup_printf (_ ("there is no integration “%s”"), name);
  fail_not_found (database, problem, "name-integrations", "integration-hub import FILE", error);
  return NULL;
}
