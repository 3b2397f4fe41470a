/* cli-accounts.c: the commands about accounts and what their services offer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "accounts.h"
#include "cli.h"
#include "error.h"
#include "google-oauth.h"
#include "http.h"
#include "keyring.h"
#include "own-api.h"

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

/* Reads and checks the secret of an account of @manifest; *secret stays NULL where none is needed. */
static gboolean take_secret (const HubManifest *manifest, char **secret, GError **error) {
  g_autofree char *warning = NULL;
  if (g_str_equal (manifest->auth, "none"))
    return TRUE;
  *secret = read_secret (error);
  if (*secret == NULL || !hub_account_check_secret (manifest, *secret, &warning, error))
    return FALSE;
  if (warning)
    fprintf (stderr, _ ("Warning: %s\n"), warning);
  return TRUE;
}

/* The address is printed too: the browser may be on another screen, or there may be none. */
static void open_browser (const char *address, gpointer data) {
  g_autoptr (GError) problem = NULL;
  fprintf (stderr, _ ("Sign in to Google in your browser, within five minutes: %s\n"), address);
  if (!g_app_info_launch_default_for_uri (address, NULL, &problem))
    fprintf (stderr, _ ("Warning: %s\n"), problem->message);
}

/* Has the person sign in when *secret, which was checked, holds a client of Google's and no sign-in. */
static gboolean sign_in (const HubAccount *account, char **secret, GError **error) {
  const char *base_url = json_object_get_string_member_with_default (account->options, "base_url", NULL);
  const char *place = _ ("the secret"), *client_id = NULL, *client_secret = NULL;
  g_autoptr (JsonObject) object = hub_json_parse_object (*secret, strlen (*secret), place, error);
  if (object == NULL)
    return FALSE;
  if (!hub_google_wants_sign_in (object))
    return TRUE;
  if (!hub_json_get_text (object, place, "client_id", FALSE, &client_id, error)
      || !hub_json_get_text (object, place, "client_secret", client_id != NULL, &client_secret, error))
    return FALSE;
  char *complete = hub_google_sign_in (base_url, client_id, client_secret, open_browser, NULL, NULL, error);
  hub_secret_free (*secret);
  *secret = complete;
  return complete != NULL;
}

int hub_cli_account_add (const HubArguments *arguments, GError **error) {
  const HubManifest *manifest = hub_manifest_get (arguments->arguments[0], error);
  g_autoptr (HubDatabase) database = manifest ? hub_store_open (error) : NULL;
  if (database == NULL || !hub_account_check_name (database, arguments->name, error))
    return -1;
  g_autoptr (HubAccount) account = hub_account_new (manifest->id, arguments->name);
  if (!read_set (arguments, account->options, error) || !check_account_options (account->options, error))
    return -1;
  char *secret = NULL;
  gboolean ok =
      take_secret (manifest, &secret, error)
      && (secret == NULL || !g_str_equal (manifest->auth, "google") || sign_in (account, &secret, error))
      && hub_account_create (database, account, secret, !arguments->no_check, NULL, error);
  g_clear_pointer (&secret, hub_secret_free);
  if (ok && account->label)
    hub_cli_print_line (_ ("Account “%s” added: %s\n"), account->name, account->label);
  else if (ok)
    hub_cli_print_line (_ ("Account “%s” added\n"), account->name);
  return ok ? HUB_EXIT_DONE : -1;
}

int hub_cli_account_list (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "name", "connector", "label", NULL };
  g_autoptr (HubDatabase) database = hub_store_open (error);
  JsonArray *rows = database ? hub_database_list (database, error, "list-accounts-for-people", "") : NULL;
  return rows ? hub_cli_print_rows (rows, arguments->json, columns) : -1;
}

int hub_cli_account_check (const HubArguments *arguments, GError **error) {
  const char *name = arguments->arguments[0];
  g_autofree char *label = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (error);
  if (database == NULL || !hub_account_check (database, name, &label, NULL, error))
    return -1;
  hub_cli_print_line (_ ("The service accepts the key of “%s”%s%s\n"), name, label ? _ (": ") : "",
                      label ? label : "");
  return HUB_EXIT_DONE;
}

int hub_cli_account_remove (const HubArguments *arguments, GError **error) {
  const char *name = arguments->arguments[0];
  g_autofree char *user = NULL, *warning = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (error);
  if (database == NULL || !hub_account_remove (database, name, &user, &warning, NULL, error))
    return -1;
  if (warning)
    fprintf (stderr, _ ("Warning: %s\n"), warning);
  if (user)
    fprintf (stderr, _ ("Warning: “%s” uses this account and cannot run without it\n"), user);
  hub_cli_print_line (_ ("Account “%s” and its key removed\n"), name);
  return HUB_EXIT_DONE;
}

/* The connector called @name, or the manifest in the file of that name, which is then *tried too (transfer full). */
static const HubManifest *get_manifest (const char *name, HubManifest **tried, GError **error) {
  *tried = hub_own_api_is_file (name) ? hub_own_api_open (name, error) : NULL;
  return hub_own_api_is_file (name) ? *tried : hub_manifest_get (name, error);
}

static const char *const name_columns[] = { "name", "label", NULL };

static int print_connectors (gboolean json, GError **error) {
  g_autoptr (GPtrArray) manifests = hub_manifest_list (error);
  if (manifests == NULL)
    return -1;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < manifests->len; i++) {
    const HubManifest *manifest = g_ptr_array_index (manifests, i);
    JsonObject *row = json_object_new ();
    json_object_set_string_member (row, "name", manifest->id);
    json_object_set_string_member (row, "label", g_dgettext (GETTEXT_PACKAGE, manifest->name));
    json_array_add_object_element (rows, row);
  }
  return hub_cli_print_rows (rows, json, name_columns);
}

int hub_cli_objects (const HubArguments *arguments, GError **error) {
  if (arguments->n_arguments == 0)
    return print_connectors (arguments->json, error);
  g_autoptr (HubManifest) tried = NULL;
  const HubManifest *manifest = get_manifest (arguments->arguments[0], &tried, error);
  if (manifest == NULL)
    return -1;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < manifest->objects->len; i++) {
    const HubManifestObject *object = g_ptr_array_index (manifest->objects, i);
    JsonObject *row = json_object_new ();
    json_object_set_string_member (row, "name", object->id);
    json_object_set_string_member (row, "label", g_dgettext (GETTEXT_PACKAGE, object->label));
    json_object_set_boolean_member (row, "read", object->readable);
    json_object_set_boolean_member (row, "write", object->writable);
    json_array_add_object_element (rows, row);
  }
  return hub_cli_print_rows (rows, arguments->json, name_columns);
}

static int print_fields (GPtrArray *fields, gboolean json) {
  static const char *const columns[] = { "name", "type", "label", "example", NULL };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = g_ptr_array_index (fields, i);
    JsonObject *row = json_object_new ();
    json_object_set_string_member (row, "name", field->name);
    json_object_set_string_member (row, "label", field->label);
    json_object_set_string_member (row, "type", hub_type_name (field->type));
    json_object_set_boolean_member (row, "required", field->required);
    json_object_set_boolean_member (row, "read_only", field->read_only);
    json_object_set_boolean_member (row, "unique", field->unique);
    json_object_set_string_member (row, "example", field->example);
    json_array_add_object_element (rows, row);
  }
  return hub_cli_print_rows (rows, json, columns);
}

/* The fields that a manifest names itself: its service is not asked. */
static int print_own_fields (const HubArguments *arguments, GError **error) {
  g_autoptr (HubManifest) manifest = hub_own_api_open (arguments->arguments[0], error);
  const HubManifestObject *object =
      manifest ? hub_manifest_object (manifest, arguments->arguments[1], error) : NULL;
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  for (guint i = 0; object && i < object->fields->len; i++)
    g_ptr_array_add (fields, &((HubManifestField *) object->fields->pdata[i])->field);
  return object ? print_fields (fields, arguments->json) : -1;
}

int hub_cli_fields (const HubArguments *arguments, GError **error) {
  if (hub_own_api_is_file (arguments->arguments[0]))
    return print_own_fields (arguments, error);
  g_autoptr (HubEndpoint) endpoint =
      hub_endpoint_new (arguments->arguments[0], arguments->account, arguments->arguments[1]);
  g_autoptr (HubDatabase) database = NULL;
  if (!read_set (arguments, endpoint->options, error))
    return -1;
  if (arguments->account && (database = hub_store_open (error)) == NULL)
    return -1;
  g_autoptr (GPtrArray) fields = hub_account_list_fields (database, endpoint, NULL, error);
  return fields ? print_fields (fields, arguments->json) : -1;
}
