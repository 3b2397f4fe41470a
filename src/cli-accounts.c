/* cli-accounts.c: the commands about accounts and what their services offer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "context.h"
#include "error.h"
#include "http.h"
#include "keyring.h"

#define MAX_SECRET 65536

/* Reads the secret from standard input: one JSON object. Returns: free with hub_secret_free(). */
static char *read_secret (GError **error) {
  g_autofree char *buffer = g_malloc0 (MAX_SECRET + 1);
  gsize length = fread (buffer, 1, MAX_SECRET + 1, stdin);
  char *secret = length <= MAX_SECRET && !ferror (stdin) ? g_strndup (buffer, length) : NULL;
  memset (buffer, 0, MAX_SECRET);
  if (secret == NULL)
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                 _ ("the secret on standard input cannot be read, or is too long"));
  return secret;
}

/* Whether @secret is a JSON object with the members that the connector wants; a Google key file is checked when it is used. */
static gboolean check_secret (const HubManifest *manifest, const char *secret, GError **error) {
  g_autoptr (JsonObject) object =
      hub_json_parse_object (secret, strlen (secret), _ ("the secret on standard input"), error);
  if (object == NULL)
    return FALSE;
  if (g_str_equal (manifest->auth, "google"))
    return TRUE;
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; i < manifest->secrets->len; i++)
    g_ptr_array_add (known, ((HubManifestOption *) g_ptr_array_index (manifest->secrets, i))->id);
  g_ptr_array_add (known, NULL);
  gboolean ok = hub_json_check_members (object, _ ("the secret"), (const char *const *) known->pdata, error);
  for (guint i = 0; ok && i < manifest->secrets->len; i++) {
    const char *value = NULL;
    ok = hub_json_get_text (object, _ ("the secret"), known->pdata[i], TRUE, &value, error);
    if (ok && (*value == '\0' || strpbrk (value, "\r\n")))
      ok = hub_json_fail (error, _ ("the secret"), _ ("“%s” must be one line of text"),
                          (char *) known->pdata[i]);
    for (guint w = 0; ok && manifest->warnings[w]; w += 2)
      if (g_str_has_prefix (value, manifest->warnings[w]))
        fprintf (stderr, _ ("Warning: %s\n"), g_dgettext (GETTEXT_PACKAGE, manifest->warnings[w + 1]));
  }
  return ok;
}

/* Reads KEY=VALUE pairs into @options. */
static gboolean read_set (const HubArguments *arguments, JsonObject *options, GError **error) {
  for (guint i = 0; arguments->set && arguments->set[i]; i++) {
    char *equals = strchr (arguments->set[i], '=');
    if (equals == NULL || equals == arguments->set[i]) {
      g_set_error (error, HUB_ERROR, HUB_ERROR_USAGE, _ ("--set %s: write it as KEY=VALUE"),
                   arguments->set[i]);
      return FALSE;
    }
    g_autofree char *key = g_strndup (arguments->set[i], equals - arguments->set[i]);
    json_object_set_string_member (options, key, equals + 1);
  }
  return TRUE;
}

/* An account's own options: only where its service is. */
static gboolean check_account_options (JsonObject *options, GError **error) {
  static const char *const known[] = { "base_url", NULL };
  if (!hub_json_check_members (options, "--set", known, error))
    return FALSE;
  const char *base_url = json_object_get_string_member_with_default (options, "base_url", NULL);
  g_autofree char *origin = base_url ? hub_http_origin (base_url, error) : NULL;
  return base_url == NULL || origin != NULL;
}

/* Asks the service whether it accepts @secret, and what it calls the account. */
static gboolean verify (const HubAccount *account, const char *secret, char **label, GError **error) {
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (account->connector, account->name, NULL);
  g_autoptr (HubConnector) connector = hub_connector_open (endpoint, account, secret, error);
  return connector && hub_connector_verify (connector, label, NULL, error);
}

/* Keeps the secret in the keyring and the account in the database: both or neither. */
static gboolean keep (HubDatabase *database, const HubAccount *account, const char *secret, GError **error) {
  g_autofree char *label = g_strdup_printf ("Integration Hub: %s", account->name);
  if (secret && !hub_keyring_store (account->id, label, secret, NULL, error))
    return FALSE;
  if (hub_store_add_account (database, account, error))
    return TRUE;
  if (secret)
    hub_keyring_remove (account->id, NULL, NULL); /* the store's error is the one to show */
  return FALSE;
}

static gboolean name_is_free (HubDatabase *database, const char *name, GError **error) {
  if (name == NULL || *name == '\0' || strpbrk (name, "\n\r")) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_USAGE,
                 _ ("--name is missing; give the account a name, such as “Shop”"));
    return FALSE;
  }
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubAccount) other = hub_store_get_account (database, name, &problem);
  if (other) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_USAGE,
                 _ ("there is an account “%s” already; choose another name, or remove that one first"), name);
    return FALSE;
  }
  if (g_error_matches (problem, HUB_ERROR, HUB_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean add_account (HubDatabase *database, const HubArguments *arguments, HubAccount *account,
                             const char *secret, GError **error) {
  if (!arguments->no_check && !verify (account, secret, &account->label, error))
    return FALSE;
  if (!keep (database, account, secret, error))
    return FALSE;
  if (account->label)
    hub_cli_print_line (_ ("Account “%s” added: %s\n"), account->name, account->label);
  else
    hub_cli_print_line (_ ("Account “%s” added\n"), account->name);
  return TRUE;
}

int hub_cli_account_add (const HubArguments *arguments, GError **error) {
  const HubManifest *manifest = hub_manifest_get (arguments->arguments[0], error);
  g_autoptr (HubDatabase) database = manifest ? hub_store_open (error) : NULL;
  if (database == NULL || !name_is_free (database, arguments->name, error))
    return -1;
  g_autoptr (HubAccount) account = hub_account_new (manifest->id, arguments->name);
  if (!read_set (arguments, account->options, error) || !check_account_options (account->options, error))
    return -1;
  gboolean needs_secret = !g_str_equal (manifest->auth, "none");
  char *secret = needs_secret ? read_secret (error) : NULL;
  gboolean ok = (!needs_secret || (secret && check_secret (manifest, secret, error)))
                && add_account (database, arguments, account, secret, error);
  g_clear_pointer (&secret, hub_secret_free);
  return ok ? HUB_EXIT_DONE : -1;
}

int hub_cli_account_list (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "name", "connector", "label", NULL };
  g_autoptr (HubDatabase) database = hub_store_open (error);
  JsonArray *rows =
      database ? hub_database_list (database, error,
                                    "SELECT name, connector, label, options ->> '$.base_url' AS base_url,"
                                    " " HUB_SQL_TIME (created) " AS created FROM accounts ORDER BY name",
                                    "")
               : NULL;
  return rows ? hub_cli_print_rows (rows, arguments->json, columns) : -1;
}

int hub_cli_account_check (const HubArguments *arguments, GError **error) {
  g_autoptr (HubAccount) account = NULL;
  g_autofree char *label = NULL;
  char *secret = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (error);
  gboolean ok =
      database && hub_context_load_account (database, arguments->arguments[0], &account, &secret, NULL, error)
      && verify (account, secret, &label, error);
  g_clear_pointer (&secret, hub_secret_free);
  if (ok)
    hub_cli_print_line (_ ("The service accepts the key of “%s”%s%s\n"), account->name, label ? _ (": ") : "",
                        label ? label : "");
  return ok ? HUB_EXIT_DONE : -1;
}

int hub_cli_account_remove (const HubArguments *arguments, GError **error) {
  const char *name = arguments->arguments[0];
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (HubAccount) account = database ? hub_store_get_account (database, name, error) : NULL;
  const HubManifest *manifest = account ? hub_manifest_get (account->connector, error) : NULL;
  if (manifest == NULL)
    return -1;
  g_autofree char *user = hub_store_account_user (database, name, NULL); /* only for a warning */
  if (!g_str_equal (manifest->auth, "none") && !hub_keyring_remove (account->id, NULL, error))
    return -1;
  if (!hub_store_remove_account (database, name, error))
    return -1;
  if (user)
    fprintf (stderr, _ ("Warning: “%s” uses this account and cannot run without it\n"), user);
  hub_cli_print_line (_ ("Account “%s” and its key removed\n"), name);
  return HUB_EXIT_DONE;
}

int hub_cli_objects (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "name", "label", NULL };
  const HubManifest *manifest = hub_manifest_get (arguments->arguments[0], error);
  if (manifest == NULL)
    return -1;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < manifest->objects->len; i++) {
    const HubManifestObject *object = g_ptr_array_index (manifest->objects, i);
    JsonObject *row = json_object_new ();
    hub_cli_set_text (row, "name", object->id);
    hub_cli_set_text (row, "label", g_dgettext (GETTEXT_PACKAGE, object->label));
    json_object_set_boolean_member (row, "read", object->readable);
    json_object_set_boolean_member (row, "write", object->writable);
    json_array_add_object_element (rows, row);
  }
  return hub_cli_print_rows (rows, arguments->json, columns);
}

static int print_fields (GPtrArray *fields, gboolean json) {
  static const char *const columns[] = { "name", "type", "label", "example", NULL };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = g_ptr_array_index (fields, i);
    JsonObject *row = json_object_new ();
    hub_cli_set_text (row, "name", field->name);
    hub_cli_set_text (row, "label", g_dgettext (GETTEXT_PACKAGE, field->label));
    hub_cli_set_text (row, "type", hub_type_name (field->type));
    json_object_set_boolean_member (row, "required", field->required);
    json_object_set_boolean_member (row, "read_only", field->read_only);
    json_object_set_boolean_member (row, "unique", field->unique);
    hub_cli_set_text (row, "example", field->example);
    json_array_add_object_element (rows, row);
  }
  return hub_cli_print_rows (rows, json, columns);
}

int hub_cli_fields (const HubArguments *arguments, GError **error) {
  g_autoptr (HubEndpoint) endpoint =
      hub_endpoint_new (arguments->arguments[0], arguments->account, arguments->arguments[1]);
  g_autoptr (HubAccount) account = NULL;
  g_autoptr (HubDatabase) database = NULL;
  char *secret = NULL;
  if (!read_set (arguments, endpoint->options, error))
    return -1;
  if (arguments->account) {
    database = hub_store_open (error);
    if (database == NULL
        || !hub_context_load_account (database, arguments->account, &account, &secret, NULL, error))
      return -1;
  }
  g_autoptr (HubConnector) connector = hub_connector_open (endpoint, account, secret, error);
  g_clear_pointer (&secret, hub_secret_free);
  g_autoptr (GPtrArray) fields = connector ? hub_connector_list_fields (connector, NULL, error) : NULL;
  if (fields == NULL)
    return -1;
  return print_fields (fields, arguments->json);
}
