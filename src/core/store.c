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
  json_object_unref (account->options);
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

gboolean hub_store_read_text (HubDatabase *database, HubStatement *statement, char **text, GError **error) {
  g_autoptr (GError) problem = NULL;
  *text = NULL;
  if (statement == NULL)
    return FALSE;
  if (hub_database_next (database, statement, &problem))
    *text = hub_statement_text (statement, 0);
  sqlite3_reset (statement);
  if (problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  return problem == NULL;
}

GPtrArray *hub_store_read_rows (HubDatabase *database, HubStatement *statement, HubReadRow read_row,
                                GDestroyNotify free_row, GError **error) {
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (GError) problem = NULL;
  if (statement == NULL)
    return NULL;
  while (problem == NULL && hub_database_next (database, statement, &problem)) {
    gpointer row = read_row (statement, &problem);
    if (row)
      g_ptr_array_add (rows, row);
  }
  if (problem == NULL)
    return g_steal_pointer (&rows);
  sqlite3_reset (statement);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gpointer read_account (HubStatement *statement, GError **error) {
  g_autofree char *options = hub_statement_text (statement, 3);
  JsonObject *object = hub_json_parse_object (options, strlen (options), "accounts.options", error);
  if (object == NULL)
    return NULL;
  HubAccount *account = g_new0 (HubAccount, 1);
  account->id = hub_statement_text (statement, 0);
  account->connector = hub_statement_text (statement, 1);
  account->name = hub_statement_text (statement, 2);
  account->options = object;
  account->label = hub_statement_text (statement, 4);
  account->created = hub_statement_int (statement, 5);
  return account;
}

GPtrArray *hub_store_list_accounts (HubDatabase *database, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT id, connector, name, options, label, created FROM accounts ORDER BY name", "");
  return hub_store_read_rows (database, statement, read_account, (GDestroyNotify) hub_account_free, error);
}

/* Says that there is no such thing (@problem), and what there is instead (@sql tells their names) or how to make one. */
static void fail_not_found (HubDatabase *database, const char *problem, const char *sql, const char *command,
                            GError **error) {
  g_autofree char *names = NULL;
  HubStatement *statement = hub_database_query (database, error, sql, "s", _ ("“%s”"));
  if (!hub_store_read_text (database, statement, &names, error))
    return;
  if (names)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("%s; there are: %s"), problem, names);
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("%s; add one with “%s”"), problem, command);
}

HubAccount *hub_store_get_account (HubDatabase *database, const char *name, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT id, connector, name, options, label, created FROM accounts WHERE name = ?",
      "s", name);
  g_autoptr (GPtrArray) found =
      hub_store_read_rows (database, statement, read_account, (GDestroyNotify) hub_account_free, error);
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
  g_autoptr (GPtrArray) integrations = hub_store_list_integrations (database, error);
  for (guint i = 0; integrations && i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    if (g_strcmp0 (integration->source->account, name) == 0
        || g_strcmp0 (integration->destination->account, name) == 0)
      return g_strdup (integration->name);
  }
  return NULL;
}

/* Keys that were delivered under another key field tell nothing about this one. */
static gboolean forget_old_keys (HubDatabase *database, const char *name, const char *key, GError **error) {
  return hub_database_run (database, error, "forget-old-keys", "ss", name, key);
}

static gboolean keep_version (HubDatabase *database, const char *name, GError **error) {
  return hub_database_run (database, error, "keep-version", "s", name);
}

/* Whether two definitions read and write the same, so that what was read under one counts for the other. */
static gboolean runs_alike (const char *a, const char *b) {
  static const char *const members[] = { "source", "destination", "write", "filter", "mapping" };
  g_autoptr (JsonNode) one = hub_json_parse (a, strlen (a), NULL);
  g_autoptr (JsonNode) other = hub_json_parse (b, strlen (b), NULL);
  gboolean alike = one != NULL && other != NULL;
  for (guint i = 0; alike && i < G_N_ELEMENTS (members); i++) {
    JsonNode *left = json_object_get_member (json_node_get_object (one), members[i]);
    JsonNode *right = json_object_get_member (json_node_get_object (other), members[i]);
    alike = left && right ? json_node_equal (left, right) : left == right;
  }
  return alike;
}

/* Reads the definition of integration @name; NULL: there is none. */
static gboolean read_definition (HubDatabase *database, const char *name, char **definition, GError **error) {
  return hub_store_read_text (
      database,
      hub_database_query (database, error, "SELECT definition FROM integrations WHERE name = ?", "s", name),
      definition, error);
}

/* Keeps @integration in place of the one called @old_name. */
static gboolean put_integration (HubDatabase *database, const HubIntegration *integration,
                                 const char *old_name, GError **error) {
  g_autofree char *old = NULL;
  if (!read_definition (database, old_name, &old, error))
    return FALSE;
  gint64 newer = old && !runs_alike (old, integration->definition);
  return forget_old_keys (database, old_name, integration->key, error)
         && (old ? hub_database_run (database, error, "update-integration", "ssis", old_name,
                                     integration->name, newer, integration->definition)
                 : hub_database_run (database, error,
                                     "INSERT INTO integrations (name, version, definition) VALUES (?, 1, ?)",
                                     "ss", integration->name, integration->definition))
         && keep_version (database, integration->name, error);
}

gboolean hub_store_put_integrations (HubDatabase *database, GPtrArray *integrations, GError **error) {
  if (!hub_database_begin (database, error))
    return FALSE;
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    if (!put_integration (database, integration, integration->name, error)) {
      hub_database_rollback (database);
      return FALSE;
    }
  }
  return hub_database_commit (database, error);
}

/* Fails when the name is another integration's. */
static gboolean is_free (HubDatabase *database, const char *name, const char *old_name, GError **error) {
  g_autofree char *other = NULL;
  if (g_strcmp0 (name, old_name) == 0)
    return TRUE;
  if (!read_definition (database, name, &other, error))
    return FALSE;
  if (other)
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                 _ ("another integration is called “%s”; choose another name"), name);
  return other == NULL;
}

gboolean hub_store_save_integration (HubDatabase *database, const HubIntegration *integration,
                                     const char *old_name, GError **error) {
  if (!hub_database_begin (database, error))
    return FALSE;
  if (is_free (database, integration->name, old_name, error)
      && put_integration (database, integration, old_name ? old_name : integration->name, error))
    return hub_database_commit (database, error);
  hub_database_rollback (database);
  return FALSE;
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
  for (guint i = 1;; i++) {
    g_autofree char *candidate =
        i == 1 ? g_strdup_printf (_ ("%s (copy)"), name) : g_strdup_printf (_ ("%1$s (copy %2$u)"), name, i);
    g_autofree char *other = NULL;
    if (!read_definition (database, candidate, &other, error))
      return NULL;
    if (other == NULL)
      return g_steal_pointer (&candidate);
  }
}

char *hub_store_duplicate_integration (HubDatabase *database, const char *name, GError **error) {
  g_autoptr (HubIntegration) original = hub_store_get_integration (database, name, error);
  if (original == NULL || !hub_database_begin (database, error))
    return NULL;
  g_autofree char *copy = find_free_name (database, name, error);
  if (copy && hub_database_run (database, error, "copy-integration", "ss", copy, original->definition)
      && keep_version (database, copy, error))
    return hub_database_commit (database, error) ? g_steal_pointer (&copy) : NULL;
  hub_database_rollback (database);
  return NULL;
}

gboolean hub_store_get_draft (HubDatabase *database, char **text, GError **error) {
  return hub_store_read_text (database, hub_database_query (database, error, "SELECT text FROM draft", ""),
                              text, error);
}

gboolean hub_store_set_draft (HubDatabase *database, const char *text, GError **error) {
  if (text == NULL)
    return hub_database_run (database, error, "DELETE FROM draft", "");
  return hub_database_run (database, error, "INSERT OR REPLACE INTO draft (id, text) VALUES (1, ?)", "s",
                           text);
}

gboolean hub_store_get_setting (HubDatabase *database, const char *name, char **value, GError **error) {
  return hub_store_read_text (
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
  g_autofree char *definition = hub_statement_text (statement, 3);
  g_autofree char *name = hub_statement_text (statement, 1);
  HubIntegration *integration = hub_integration_parse (definition, strlen (definition), name, error);
  if (integration) {
    integration->id = hub_statement_int (statement, 0);
    integration->version = hub_statement_int (statement, 2);
  }
  return integration;
}

GPtrArray *hub_store_list_integrations (HubDatabase *database, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT id, name, version, definition FROM integrations ORDER BY name", "");
  return hub_store_read_rows (database, statement, read_integration, (GDestroyNotify) hub_integration_free,
                              error);
}

HubIntegration *hub_store_get_integration (HubDatabase *database, const char *name, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT id, name, version, definition FROM integrations WHERE name = ?", "s", name);
  g_autoptr (GPtrArray) found = hub_store_read_rows (database, statement, read_integration,
                                                     (GDestroyNotify) hub_integration_free, error);
  if (found == NULL || found->len > 0)
    return found ? g_ptr_array_steal_index (found, 0) : NULL;
  g_autofree char *problem = g_strdup_printf (_ ("there is no integration “%s”"), name);
  fail_not_found (database, problem, "name-integrations", "integration-hub import FILE", error);
  return NULL;
}
