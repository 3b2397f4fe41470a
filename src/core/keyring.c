/* keyring.c: secrets through libsecret, blocking in the calling worker thread, and never waiting for a prompt.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>
#include "error.h"
#include "keyring.h"

static const SecretSchema SCHEMA = {
  "fr.integrationhub.IntegrationHub.Account",
  SECRET_SCHEMA_NONE,
  { { "account", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

/* libsecret's own rule: within Flatpak, or on demand, it keeps an encrypted file instead of asking the Secret Service. */
static gboolean uses_service (void) {
  return g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") != 0 && !hub_is_sandboxed ();
}

/* Sets *out to the collection of @alias, NULL when there is none. Asks twice: libsecret would go on asking a daemon that has
 * ended since. */
static gboolean get_collection (const char *alias, SecretCollection **out, GCancellable *cancellable,
                                GError **error) {
  for (int n = 1;; n++) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, cancellable, &problem);
    if (service != NULL)
      *out = secret_collection_for_alias_sync (service, alias, SECRET_COLLECTION_NONE, cancellable, &problem);
    if (problem == NULL)
      return TRUE;
    secret_service_disconnect ();
    if (n == 2 || g_cancellable_is_cancelled (cancellable)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
}

/* Sets *alias to the collection to use, NULL when there is none. Fails when it is locked: libsecret would wait for a prompt
 * that nobody may see. */
static gboolean find_open_collection (const char **alias, GCancellable *cancellable, GError **error) {
  static const char *const aliases[] = { SECRET_COLLECTION_DEFAULT, "login" };
  g_autoptr (SecretCollection) collection = NULL;
  *alias = SECRET_COLLECTION_DEFAULT;
  if (!uses_service ())
    return TRUE;
  for (gsize i = 0; collection == NULL && i < G_N_ELEMENTS (aliases); i++) {
    *alias = aliases[i];
    if (!get_collection (aliases[i], &collection, cancellable, error))
      return FALSE;
  }
  if (collection == NULL)
    *alias = NULL;
  if (collection == NULL || !secret_collection_get_locked (collection))
    return TRUE;
  g_set_error_literal (
      error, HUB_ERROR, HUB_ERROR_KEYRING,
      _ ("the keyring is locked; unlock it (log in to your desktop session or open “Passwords and "
         "Keys”) and try again"));
  return FALSE;
}

/* Turns whatever went wrong into what the user can do about it; takes @cause. Always returns FALSE. */
static gboolean fail (GError **error, GError *cause) {
  if (cause->domain == HUB_ERROR || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, cause);
    return FALSE;
  }
  g_dbus_error_strip_remote_error (cause);
  if (g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    g_set_error_literal (
        error, HUB_ERROR, HUB_ERROR_KEYRING,
        _ ("no keyring is running; log in to your desktop session, or install a keyring such "
           "as GNOME Keyring or KWallet, and try again"));
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_KEYRING,
                 _ ("the keyring does not answer; log in to your desktop session and try again (%s)"),
                 g_strdelimit (cause->message, "\r\n", ' '));
  g_error_free (cause);
  return FALSE;
}

gboolean hub_keyring_store (const char *id, const char *label, const char *secret, GCancellable *cancellable,
                            GError **error) {
  GError *cause = NULL;
  const char *alias;
  if (find_open_collection (&alias, cancellable, &cause) && alias != NULL)
    secret_password_store_sync (&SCHEMA, alias, label, secret, cancellable, &cause, "account", id, NULL);
  else if (cause == NULL)
    g_set_error_literal (
        &cause, HUB_ERROR, HUB_ERROR_KEYRING,
        _ ("there is no keyring yet; log in to your desktop session or create one with “Passwords and "
           "Keys”, and try again"));
  return cause == NULL || fail (error, cause);
}

char *hub_keyring_lookup (const char *id, const char *label, GCancellable *cancellable, GError **error) {
  GError *cause = NULL;
  const char *alias;
  char *secret = NULL;
  if (find_open_collection (&alias, cancellable, &cause))
    secret = secret_password_lookup_sync (&SCHEMA, cancellable, &cause, "account", id, NULL);
  if (cause != NULL)
    fail (error, cause);
  else if (secret == NULL)
    g_set_error (error, HUB_ERROR, HUB_ERROR_KEYRING,
                 _ ("the key of account “%s” is not in the keyring; remove the account and add it again"),
                 label);
  return secret;
}

gboolean hub_keyring_remove (const char *id, GCancellable *cancellable, GError **error) {
  GError *cause = NULL;
  const char *alias;
  if (find_open_collection (&alias, cancellable, &cause))
    secret_password_clear_sync (&SCHEMA, cancellable, &cause, "account", id,
                                NULL); /* FALSE: it was not there */
  return cause == NULL || fail (error, cause);
}

void hub_secret_free (char *secret) {
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
