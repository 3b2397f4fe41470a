/* google-auth.c: signs a JWT with the service account's key (GnuTLS) and exchanges it for an access token (run thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <string.h>
#include "error.h"
#include "google-auth.h"
#include "json.h"
#include "keyring.h"

#define SCOPE "https://www.googleapis.com/auth/spreadsheets"
#define GRANT "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
#define FORM "application/x-www-form-urlencoded"
#define LIFETIME 3600 /* seconds: the most that Google grants */
#define MARGIN 60     /* seconds that a token must still be good for */

struct _HubGoogleAuth {
  JsonObject *file;     /* (owned) the key file without its key */
  char *token_url;      /* (owned) the file's token_uri, or who answers in its place */
  HubHttp *http;        /* (owned) to the token server only: what is sent there carries no other header */
  gnutls_privkey_t key; /* (owned) */
  char *authorization;  /* (owned) (nullable) "Bearer …" */
  gint64 expires;       /* unix seconds */
};

static gboolean is_google (const char *origin) {
  return g_str_has_suffix (origin, ".googleapis.com") || g_str_has_suffix (origin, ".google.com");
}

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
  gboolean redirected = is_google (own) && !is_google (origin);
  auth->token_url = redirected ? g_strconcat (origin, "/token", NULL) : g_strdup (token_uri);
  auth->http = hub_http_new ("Google", redirected ? origin : own, error);
  return auth->http != NULL;
}

HubGoogleAuth *hub_google_auth_new (const char *key_file, const char *origin, GError **error) {
  const char *place = _ ("the service-account key file"), *text = NULL, *pem = NULL;
  g_autoptr (JsonObject) file = hub_json_parse_object (key_file, strlen (key_file), place, error);
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
  json_object_unref (auth->file);
  g_free (auth);
}

const char *hub_google_auth_get_email (HubGoogleAuth *auth) {
  return json_object_get_string_member (auth->file, "client_email");
}

/* Appends a part of a token in base64url, a dot before all but the first. */
static void append_part (GString *token, const void *data, gsize size) {
  g_autofree char *text = g_base64_encode (data, size);
  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  g_string_append (token, token->len ? "." : "");
  g_string_append (token, text);
}

char *hub_google_auth_sign (HubGoogleAuth *auth, gint64 now, GError **error) {
  const char *key_id = json_object_get_string_member_with_default (auth->file, "private_key_id", NULL);
  g_autoptr (GString) header = g_string_new ("{\"alg\":\"RS256\",\"typ\":\"JWT\"");
  g_autoptr (GString) claims = g_string_new ("{\"scope\":\"" SCOPE "\",\"iss\":");
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

/* Google says {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}. */
static gboolean fail_with_answer (HubGoogleAuth *auth, const HubHttpAnswer *answer, JsonObject *body,
                                  GError **error) {
  g_autoptr (GError) cause = NULL;
  const char *code = "", *description = NULL;
  if (body != NULL && hub_json_get_text (body, "", "error", FALSE, &code, NULL))
    hub_json_get_text (body, "", "error_description", FALSE, &description, NULL);
  hub_http_fail (auth->http, answer, description ? description : code, &cause);
  if (g_str_equal (code, "invalid_grant"))
    g_set_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS,
                 _ ("%s; check this computer's clock, or make a new key and add the account again"),
                 cause->message);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean request_token (HubGoogleAuth *auth, gint64 now, GCancellable *cancellable, GError **error) {
  const char *place = _ ("Google's answer with the access token"), *token = NULL;
  gint64 lifetime = LIFETIME;
  g_autoptr (GError) problem = NULL;
  g_autofree char *assertion = hub_google_auth_sign (auth, now, error);
  if (assertion == NULL)
    return FALSE;
  g_autofree char *form = g_strconcat (GRANT, assertion, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static (form, strlen (form));
  g_autoptr (HubHttpAnswer) answer =
      hub_http_send (auth->http, "POST", auth->token_url, FORM, bytes, TRUE, cancellable, error);
  if (answer == NULL)
    return FALSE;
  g_autoptr (JsonObject) body = hub_json_parse_object (g_bytes_get_data (answer->body, NULL),
                                                       g_bytes_get_size (answer->body), place, &problem);
  if (answer->status != 200)
    return fail_with_answer (auth, answer, body, error);
  if (body == NULL || !hub_json_get_text (body, place, "access_token", TRUE, &token, &problem)
      || !hub_json_get_integer (body, place, "expires_in", 1, G_MAXINT, &lifetime, &problem)) {
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, problem->message);
    return FALSE;
  }
  auth->authorization = g_strconcat ("Bearer ", token, NULL);
  auth->expires = now + lifetime;
  return TRUE;
}

gboolean hub_google_auth_apply (HubGoogleAuth *auth, HubHttp *http, gboolean renew, GCancellable *cancellable,
                                GError **error) {
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  if (renew || auth->expires < now + MARGIN)
    g_clear_pointer (&auth->authorization, hub_secret_free);
  if (auth->authorization == NULL && !request_token (auth, now, cancellable, error))
    return FALSE;
  hub_http_set_header (http, "Authorization", auth->authorization);
  return TRUE;
}
