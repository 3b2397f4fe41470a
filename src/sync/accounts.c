/* accounts.c: makes, checks and removes accounts, and asks their services what they offer (any worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "context.h"
#include "error.h"
#include "google-oauth.h"
#include "keyring.h"

char *hub_account_write_secret (const HubManifest *manifest, const char *const *values) {
  if (g_str_equal (manifest->auth, "google") && values[0][strspn (values[0], " \t\r\n")] == '{')
    return g_strdup (values[0]);
  GString *out = g_string_new ("{");
  for (guint i = 0; i < manifest->secrets->len && values[i]; i++) {
    char *value = g_strstrip (g_strdup (values[i]));
    g_string_append (out, i ? "," : "");
    hub_json_append_text (out, ((HubManifestOption *) g_ptr_array_index (manifest->secrets, i))->id);
    g_string_append_c (out, ':');
    hub_json_append_text (out, value);
    hub_secret_free (value);
  }
  return g_string_free (g_string_append_c (out, '}'), FALSE);
}

/* Whether member @id of the secret is one line of text. */
static gboolean check_member (const HubManifest *manifest, JsonObject *object, const char *id, char **warning,
                              GError **error) {
  const char *value = NULL;
  if (!hub_json_get_text (object, _ ("the secret"), id, TRUE, &value, error))
    return FALSE;
  if (*value == '\0' || strpbrk (value, "\r\n"))
    return hub_json_fail (error, _ ("the secret"), _ ("“%s” must be one line of text"), id);
  for (guint i = 0; *warning == NULL && manifest->warnings[i]; i += 2)
    if (g_str_has_prefix (value, manifest->warnings[i]))
      *warning = g_strdup (g_dgettext (GETTEXT_PACKAGE, manifest->warnings[i + 1]));
  return TRUE;
}

gboolean hub_account_check_secret (const HubManifest *manifest, const char *secret, char **warning,
                                   GError **error) {
  *warning = NULL;
  g_autoptr (JsonObject) object = hub_json_parse_object (secret, strlen (secret), _ ("the secret"), error);
  if (object == NULL || g_str_equal (manifest->auth, "google")) /* a key file is checked when it is used */
    return object != NULL;
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; i < manifest->secrets->len; i++)
    g_ptr_array_add (known, ((HubManifestOption *) g_ptr_array_index (manifest->secrets, i))->id);
  g_ptr_array_add (known, NULL);
  gboolean ok = hub_json_check_members (object, _ ("the secret"), (const char *const *) known->pdata, error);
  for (guint i = 0; ok && i < manifest->secrets->len; i++)
    ok = check_member (manifest, object, known->pdata[i], warning, error);
  if (!ok)
    g_clear_pointer (warning, g_free);
  return ok;
}

gboolean hub_account_check_name (HubDatabase *database, const char *name, GError **error) {
  if (name == NULL || *name == '\0' || strpbrk (name, "\n\r")) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_USAGE,
                 _ ("give the account a name of one line, such as “Shop”"));
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

/* Asks the service whether it accepts @secret, and what it calls the account. */
static gboolean verify (const HubAccount *account, const char *secret, char **label,
                        GCancellable *cancellable, GError **error) {
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (account->connector, account->name, NULL);
  g_autoptr (HubConnector) connector = hub_connector_open (endpoint, account, secret, error);
  return connector && hub_connector_verify (connector, label, cancellable, error);
}

static gboolean keep_secret (const HubAccount *account, const char *secret, GCancellable *cancellable,
                             GError **error) {
  g_autofree char *label = g_strdup_printf ("Integration Hub: %s", account->name);
  return hub_keyring_store (account->id, label, secret, cancellable, error);
}

gboolean hub_account_create (HubDatabase *database, HubAccount *account, const char *secret, gboolean check,
                             GCancellable *cancellable, GError **error) {
  g_clear_pointer (&account->label, g_free);
  if ((check && !verify (account, secret, &account->label, cancellable, error))
      || (secret && !keep_secret (account, secret, cancellable, error)))
    return FALSE;
  if (hub_store_add_account (database, account, error))
    return TRUE;
  if (secret)
    hub_keyring_remove (account->id, NULL, NULL); /* the store's error is the one to show */
  return FALSE;
}

gboolean hub_account_replace_secret (HubDatabase *database, const char *name, const char *secret,
                                     GCancellable *cancellable, GError **error) {
  g_autoptr (HubAccount) account = hub_store_get_account (database, name, error);
  g_autofree char *label = NULL;
  return account && verify (account, secret, &label, cancellable, error)
         && keep_secret (account, secret, cancellable, error);
}

gboolean hub_account_check (HubDatabase *database, const char *name, char **label, GCancellable *cancellable,
                            GError **error) {
  g_autoptr (HubAccount) account = NULL;
  char *secret = NULL;
  *label = NULL;
  gboolean ok = hub_context_load_account (database, name, &account, &secret, cancellable, error)
                && verify (account, secret, label, cancellable, error);
  g_clear_pointer (&secret, hub_secret_free);
  return ok;
}

/* Has Google forget a sign-in; what remains there is for the user to end. */
static void sign_out (const HubAccount *account, const char *secret, char **warning,
                      GCancellable *cancellable) {
  const char *base_url = json_object_get_string_member_with_default (account->options, "base_url", NULL);
  g_autoptr (GError) problem = NULL;
  if (!hub_google_sign_out (base_url, secret, cancellable, &problem))
    *warning = g_strdup_printf (_ ("Google still allows this sign-in (%s); end it at "
                                   "https://myaccount.google.com/permissions"),
                                problem->message);
}

gboolean hub_account_remove (HubDatabase *database, const char *name, char **user, char **warning,
                             GCancellable *cancellable, GError **error) {
  g_autoptr (HubAccount) account = hub_store_get_account (database, name, error);
  /* None: the user's own was deleted, and the account must still go. */
  const HubManifest *manifest = account ? hub_manifest_get (account->connector, NULL) : NULL;
  gboolean keyless = manifest && g_str_equal (manifest->auth, "none");
  *user = *warning = NULL;
  char *secret = manifest && g_str_equal (manifest->auth, "google")
                     ? hub_keyring_lookup (account->id, name, NULL, NULL) /* none: nothing to sign out of */
                     : NULL;
  gboolean ok = account && (keyless || hub_keyring_remove (account->id, NULL, error))
                && hub_store_remove_account (database, name, error);
  if (ok)
    *user = hub_store_account_user (database, name, NULL); /* only for a warning */
  if (ok && secret)
    sign_out (account, secret, warning, cancellable);
  g_clear_pointer (&secret, hub_secret_free);
  return ok;
}

GPtrArray *hub_account_list_fields (HubDatabase *database, const HubEndpoint *endpoint,
                                    GCancellable *cancellable, GError **error) {
  g_autoptr (HubConnector) connector = hub_context_open_endpoint (database, endpoint, cancellable, error);
  return connector ? hub_connector_list_fields (connector, cancellable, error) : NULL;
}

/* @endpoint with something in place of the options that it lacks and must have: they are still being chosen. */
static HubEndpoint *complete_endpoint (const HubEndpoint *endpoint, GError **error) {
  const HubManifest *manifest = hub_manifest_get (endpoint->connector, error);
  const HubManifestObject *object = manifest ? hub_manifest_object (manifest, endpoint->object, error) : NULL;
  if (object == NULL)
    return NULL;
  HubEndpoint *complete = hub_endpoint_new (endpoint->connector, endpoint->account, endpoint->object);
  for (guint i = 0; i < object->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (object->options, i);
    const char *value = json_object_get_string_member_with_default (endpoint->options, option->id, NULL);
    if (value || option->required)
      json_object_set_string_member (complete->options, option->id, value ? value : "");
  }
  return complete;
}

GPtrArray *hub_account_list_choices (HubDatabase *database, const HubEndpoint *endpoint, const char *option,
                                     GCancellable *cancellable, GError **error) {
  g_autoptr (HubEndpoint) complete = complete_endpoint (endpoint, error);
  g_autoptr (HubConnector) connector =
      complete ? hub_context_open_endpoint (database, complete, cancellable, error) : NULL;
  return connector ? hub_connector_list_choices (connector, option, cancellable, error) : NULL;
}
