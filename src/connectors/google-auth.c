/* google-auth.c: access tokens: a JWT signed with a service account's key (GnuTLS), or a person's sign-in (run thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <string.h>
#include "error.h"
#include "google-auth.h"
#include "google-person.h"
#include "google-token.h"
#include "json.h"
#include "keyring.h"

#define GRANT "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
#define LIFETIME 3600 /* seconds: the most that Google grants */
#define MARGIN 60     /* seconds that a token must still be good for */

struct _HubGoogleAuth {
  HubGooglePerson *person; /* (owned) (nullable) who has signed in; then the next four are not there */
  JsonObject *file;        /* (owned) the key file without its key */
  char *token_url;         /* (owned) the file's token_uri, or who answers in its place */
  HubHttp *http;           /* (owned) to the token server only: what is sent there carries no other header */
  gnutls_privkey_t key;    /* (owned) */
  char *authorization;     /* (owned) (nullable) "Bearer …" */
  gint64 expires;          /* unix seconds */
};

static gboolean check_kind (JsonObject *file, const char *place, GError **error) {
  const char *type = NULL;
  if (json_object_has_member (file, "installed") || json_object_has_member (file, "web"))
    return hub_json_fail (error, place,
                          _ ("this is an OAuth client file, not a service-account key; create a service "
                             "account in the Google Cloud console and download its key as JSON"));
  if (!hub_json_get_text (file, place, "type", TRUE, &type, error))
    return FALSE;
  return g_str_equal (type, "service_account")
         || hub_json_fail (error, place, _ ("the type is “%s”, but a “service_account” key is needed"), type);
}

static gboolean import_key (HubGoogleAuth *auth, const char *pem, const char *place, GError **error) {
  gnutls_datum_t text = { (guchar *) pem, strlen (pem) };
  int result = gnutls_privkey_import_x509_raw (auth->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (result >= 0 && gnutls_privkey_get_pk_algorithm (auth->key, NULL) == GNUTLS_PK_RSA)
    return TRUE;
  return hub_json_fail (error, place, _ ("“private_key” cannot be read (%s); download the key file again"),
                        result < 0 ? gnutls_strerror (result) : _ ("not an RSA key"));
}

static gboolean choose_token_server (HubGoogleAuth *auth, const char *token_uri, const char *origin,
                                     GError **error) {
  g_autofree char *own = hub_http_origin (token_uri, error);
  if (own == NULL)
    return FALSE;
  gboolean redirected = hub_google_is_origin (own) && !hub_google_is_origin (origin);
  auth->token_url = redirected ? g_strconcat (origin, "/token", NULL) : g_strdup (token_uri);
  auth->http = hub_http_new ("Google", redirected ? origin : own, error);
  return auth->http != NULL;
}

static HubGoogleAuth *new_for_person (JsonObject *secret, const char *origin, GError **error) {
  HubGooglePerson *person = hub_google_person_new (secret, _ ("the sign-in to Google"), origin, error);
  if (person == NULL)
    return NULL;
  HubGoogleAuth *auth = g_new0 (HubGoogleAuth, 1);
  auth->person = person;
  return auth;
}

HubGoogleAuth *hub_google_auth_new (const char *secret, const char *origin, GError **error) {
  const char *place = _ ("the service-account key file"), *text = NULL, *pem = NULL;
  g_autoptr (JsonObject) file = hub_json_parse_object (secret, strlen (secret), place, error);
  if (file != NULL && json_object_has_member (file, "client_id") && !json_object_has_member (file, "type"))
    return new_for_person (file, origin, error);
  if (file == NULL || !check_kind (file, place, error)
      || !hub_json_get_text (file, place, "client_email", TRUE, &text, error)
      || !hub_json_get_text (file, place, "private_key_id", FALSE, &text, error)
      || !hub_json_get_text (file, place, "private_key", TRUE, &pem, error)
      || !hub_json_get_text (file, place, "token_uri", TRUE, &text, error))
    return NULL;
  g_autoptr (HubGoogleAuth) auth = g_new0 (HubGoogleAuth, 1);
  auth->file = json_object_ref (file);
  gnutls_privkey_init (&auth->key);
  gboolean ok = import_key (auth, pem, place, error);
  explicit_bzero ((char *) pem, strlen (pem)); /* the parsed copy; the file's text is the caller's */
  json_object_remove_member (file, "private_key");
  if (ok && choose_token_server (auth, text, origin, error))
    return g_steal_pointer (&auth);
  if (ok)
    g_prefix_error (error, _ ("%s: token_uri: "), place);
  return NULL;
}

void hub_google_auth_free (HubGoogleAuth *auth) {
  g_clear_pointer (&auth->authorization, hub_secret_free);
  gnutls_privkey_deinit (auth->key);
  g_clear_pointer (&auth->http, hub_http_free);
  g_free (auth->token_url);
  g_clear_pointer (&auth->person, hub_google_person_free);
  g_clear_pointer (&auth->file, json_object_unref);
  g_free (auth);
}

const char *hub_google_auth_get_email (HubGoogleAuth *auth) {
  return auth->file ? json_object_get_string_member (auth->file, "client_email") : NULL;
}

/* Appends a part of a token in base64url, a dot before all but the first. */
static void append_part (GString *token, const void *data, gsize size) {
  g_autofree char *text = hub_google_encode (data, size);
  g_string_append (token, token->len ? "." : "");
  g_string_append (token, text);
}

char *hub_google_auth_sign (HubGoogleAuth *auth, gint64 now, GError **error) {
  const char *key_id = json_object_get_string_member_with_default (auth->file, "private_key_id", NULL);
  g_autoptr (GString) header = g_string_new ("{\"alg\":\"RS256\",\"typ\":\"JWT\"");
  g_autoptr (GString) claims = g_string_new ("{\"scope\":\"" HUB_GOOGLE_SCOPE "\",\"iss\":");
  g_autoptr (GString) token = g_string_new (NULL);
  if (key_id != NULL)
    hub_json_append_text (g_string_append (header, ",\"kid\":"), key_id);
  g_string_append_c (header, '}');
  hub_json_append_text (claims, hub_google_auth_get_email (auth));
  hub_json_append_text (g_string_append (claims, ",\"aud\":"),
                        json_object_get_string_member (auth->file, "token_uri"));
  g_string_append_printf (claims, ",\"iat\":%" G_GINT64_FORMAT ",\"exp\":%" G_GINT64_FORMAT "}", now,
                          now + LIFETIME);
  append_part (token, header->str, header->len);
  append_part (token, claims->str, claims->len);
  gnutls_datum_t signed_text = { (guchar *) token->str, token->len }, signature = { NULL, 0 };
  int result = gnutls_privkey_sign_data2 (auth->key, GNUTLS_SIGN_RSA_SHA256, 0, &signed_text, &signature);
  if (result < 0) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("the service-account key cannot sign (%s)"),
                 gnutls_strerror (result));
    return NULL;
  }
  append_part (token, signature.data, signature.size);
  gnutls_free (signature.data);
  return g_string_free (g_steal_pointer (&token), FALSE);
}

static gboolean request_token (HubGoogleAuth *auth, gint64 now, GCancellable *cancellable, GError **error) {
  static const char *const advice[] = {
    "invalid_grant", N_ ("check this computer's clock, or make a new key and add the account again"), NULL
  };
  g_autofree char *assertion = hub_google_auth_sign (auth, now, error);
  if (assertion == NULL)
    return FALSE;
  g_autofree char *form = g_strconcat (GRANT, assertion, NULL);
  g_autoptr (JsonObject) answer =
      hub_google_ask_token (auth->http, auth->token_url, form, TRUE, advice, &auth->authorization,
                            &auth->expires, cancellable, error);
  return answer != NULL;
}

/* A person's token is shared: another thread may have a new one already. */
static gboolean take_token (HubGoogleAuth *auth, gboolean renew, GCancellable *cancellable, GError **error) {
  char *authorization =
      hub_google_person_authorize (auth->person, renew ? auth->authorization : NULL, cancellable, error);
  g_clear_pointer (&auth->authorization, hub_secret_free);
  auth->authorization = authorization;
  return authorization != NULL;
}

gboolean hub_google_auth_apply (HubGoogleAuth *auth, HubHttp *http, gboolean renew, GCancellable *cancellable,
                                GError **error) {
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  if (auth->person) {
    if (!take_token (auth, renew, cancellable, error))
      return FALSE;
  } else {
    if (renew || auth->expires < now + MARGIN)
      g_clear_pointer (&auth->authorization, hub_secret_free);
    if (auth->authorization == NULL && !request_token (auth, now, cancellable, error))
      return FALSE;
  }
  hub_http_set_header (http, "Authorization", auth->authorization);
  return TRUE;
}
