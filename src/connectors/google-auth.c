/* google-auth.c: access tokens: a JWT signed with a service account's key (GnuTLS), or a person's sign-in (any worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-auth.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "keyring.h"

#define FORM "application/x-www-form-urlencoded"
#define FORM_SIZE 4096 /* enough, so that no piece of a secret stays behind where a form grew */
#define LIFETIME 3600  /* seconds: the most that Google grants, and what a token has where it doesn't say */
#define MARGIN 60      /* seconds that a token must still be good for */
#define LOOK 100       /* milliseconds between two looks at whether a wait was cancelled */

/* A key or sign-in that is in use, and its token. */
typedef struct {
  char *id; /* (owned) a digest of what it is known by */
  guint n_users, n_flights;
  gboolean in_flight;  /* someone asks for a token */
  char *authorization; /* (owned) (nullable) "Bearer …" */
  gint64 expires;      /* unix seconds */
  GError *problem;     /* (owned) (nullable) how the last flight ended */
} Grant;

struct _HubGoogleAuth {
  JsonObject *file;     /* (owned) (nullable) a service account's key file without its key */
  gnutls_privkey_t key; /* (owned) (nullable) its key */
  char *form;           /* (owned) (nullable) of a person's refresh */
  char *token;          /* (owned) (nullable) the refresh token, to keep out of errors */
  char *url;            /* (owned) of the token server: the file's token_uri, or who answers in its place */
  Grant *grant;         /* shared */
  char *authorization;  /* (owned) (nullable) what was applied last */
};

static GMutex lock; /* of the grants */
static GCond landed;
static GHashTable *grants; /* (element-type utf8 Grant) */

/* What is asked of Google's token server, and how it refuses */

static gboolean is_google (const char *origin) {
  return g_str_has_suffix (origin, ".googleapis.com") || g_str_has_suffix (origin, ".google.com");
}

char *hub_google_address (const char *origin, const char *address) {
  if (origin == NULL || is_google (origin))
    return g_strdup (address);
  return g_strconcat (origin, strchr (address + strlen ("https://"), '/'), NULL);
}

HubHttp *hub_google_connect (const char *url, GError **error) {
  g_autofree char *origin = hub_http_origin (url, error);
  return origin ? hub_http_new ("Google", origin, error) : NULL;
}

char *hub_google_write_form (const char *name, ...) {
  GString *form = g_string_sized_new (FORM_SIZE);
  va_list arguments;
  va_start (arguments, name);
  for (; name; name = va_arg (arguments, const char *)) {
    char *value = g_uri_escape_string (va_arg (arguments, const char *), NULL, FALSE);
    g_string_append_printf (form, "%s%s=%s", form->len ? "&" : "", name, value);
    hub_secret_free (value);
  }
  va_end (arguments);
  return g_string_free (form, FALSE);
}

HubHttpAnswer *hub_google_post (HubHttp *http, const char *url, const char *form, gboolean safe,
                                GCancellable *cancellable, GError **error) {
  g_autoptr (GBytes) bytes = g_bytes_new_static (form, strlen (form));
  return hub_http_send (http, "POST", url, FORM, bytes, safe, cancellable, error);
}

/* {"error": "invalid_grant", "error_description": "Token has been expired or revoked."} */
static void fail_with_answer (HubHttp *http, const HubHttpAnswer *answer, JsonObject *body,
                              const char *const *advice, GError **error) {
  g_autoptr (GError) cause = NULL;
  const char *code = "", *description = NULL;
  if (body != NULL && hub_json_get_text (body, "", "error", FALSE, &code, NULL) && code == NULL)
    code = "";
  if (body != NULL)
    hub_json_get_text (body, "", "error_description", FALSE, &description, NULL);
  hub_http_fail (http, answer, description ? description : code, &cause);
  while (advice[0] && !g_str_equal (code, advice[0]))
    advice += 2;
  if (advice[0] == NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (cause->code
           == HUB_ERROR_CREDENTIALS) /* 401 says by itself that a key was refused: there is none */
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_CREDENTIALS, _ (advice[1]));
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS, _ ("%s; %s"), cause->message, _ (advice[1]));
}

JsonObject *hub_google_ask_token (HubHttp *http, const char *url, const char *form, gboolean safe,
                                  const char *const *advice, char **authorization, gint64 *expires,
                                  GCancellable *cancellable, GError **error) {
  const char *place = _ ("Google's answer with the access token"), *token = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, lifetime = LIFETIME;
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubHttpAnswer) answer = hub_google_post (http, url, form, safe, cancellable, error);
  if (answer == NULL)
    return NULL;
  g_autoptr (JsonObject) body = hub_json_parse_object (g_bytes_get_data (answer->body, NULL),
                                                       g_bytes_get_size (answer->body), place, &problem);
  if (answer->status != 200) {
    fail_with_answer (http, answer, body, advice, error);
    return NULL;
  }
  if (body == NULL || !hub_json_get_text (body, place, "access_token", TRUE, &token, &problem)
      || !hub_json_get_integer (body, place, "expires_in", 1, G_MAXINT, &lifetime, &problem)) {
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, problem->message);
    return NULL;
  }
  *authorization = g_strconcat ("Bearer ", token, NULL);
  *expires = now + lifetime;
  return g_steal_pointer (&body);
}

char *hub_google_encode (const void *data, gsize size) {
  char *text = g_base64_encode (data, size);
  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

/* The token that all who use the same key or sign-in have in common */

/* The grant called @id, which all who use the same sign-in have in common. */
static Grant *join (const char *id) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  if (grants == NULL)
    grants = g_hash_table_new (g_str_hash, g_str_equal);
  Grant *grant = g_hash_table_lookup (grants, id);
  if (grant == NULL) {
    grant = g_new0 (Grant, 1);
    grant->id = g_strdup (id);
    g_hash_table_insert (grants, grant->id, grant);
  }
  grant->n_users++;
  return grant;
}

static void leave (Grant *grant) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  if (--grant->n_users > 0)
    return;
  g_hash_table_remove (grants, grant->id);
  g_clear_pointer (&grant->authorization, hub_secret_free);
  g_clear_error (&grant->problem);
  g_free (grant->id);
  g_free (grant);
}

/* Keys and sign-ins */

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

static gboolean read_person (HubGoogleAuth *auth, JsonObject *secret, const char *origin, GError **error) {
  const char *place = _ ("the sign-in to Google"), *client_id = NULL, *client_secret = NULL, *token = NULL;
  if (!hub_json_get_text (secret, place, "client_id", TRUE, &client_id, error)
      || !hub_json_get_text (secret, place, "client_secret", TRUE, &client_secret, error)
      || !hub_json_get_text (secret, place, "refresh_token", TRUE, &token, error))
    return FALSE;
  auth->url = hub_google_address (origin, HUB_GOOGLE_TOKEN);
  auth->token = g_strdup (token);
  auth->form = hub_google_write_form ("grant_type", "refresh_token", "refresh_token", token, "client_id",
                                      client_id, "client_secret", client_secret, NULL);
  explicit_bzero ((char *) token, strlen (token)); /* the parsed copy; the secret's text is the caller's */
  return TRUE;
}

static gboolean read_file (HubGoogleAuth *auth, JsonObject *file, const char *origin, GError **error) {
  const char *place = _ ("the service-account key file"), *text = NULL, *pem = NULL;
  if (!check_kind (file, place, error) || !hub_json_get_text (file, place, "client_email", TRUE, &text, error)
      || !hub_json_get_text (file, place, "private_key_id", FALSE, &text, error)
      || !hub_json_get_text (file, place, "private_key", TRUE, &pem, error)
      || !hub_json_get_text (file, place, "token_uri", TRUE, &text, error))
    return FALSE;
  auth->file = json_object_ref (file);
  gnutls_privkey_init (&auth->key);
  gboolean ok = import_key (auth, pem, place, error);
  explicit_bzero ((char *) pem, strlen (pem)); /* the parsed copy; the file's text is the caller's */
  json_object_remove_member (file, "private_key");
  if (!ok)
    return FALSE;
  g_autofree char *own = hub_http_origin (text, error);
  if (own == NULL) {
    g_prefix_error (error, _ ("%s: token_uri: "), place);
    return FALSE;
  }
  auth->url = is_google (own) && !is_google (origin) ? g_strconcat (origin, "/token", NULL) : g_strdup (text);
  return TRUE;
}

HubGoogleAuth *hub_google_auth_new (const char *secret, const char *origin, GError **error) {
  g_autoptr (JsonObject) object =
      hub_json_parse_object (secret, strlen (secret), _ ("the service-account key file"), error);
  if (object == NULL)
    return NULL;
  g_autoptr (HubGoogleAuth) auth = g_new0 (HubGoogleAuth, 1);
  gboolean person = json_object_has_member (object, "client_id") && !json_object_has_member (object, "type");
  if (!(person ? read_person (auth, object, origin, error) : read_file (auth, object, origin, error)))
    return NULL;
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
  g_autofree char *id = g_strconcat (digest, " ", auth->url, NULL);
  auth->grant = join (id);
  return g_steal_pointer (&auth);
}

void hub_google_auth_free (HubGoogleAuth *auth) {
  g_clear_pointer (&auth->grant, leave);
  g_clear_pointer (&auth->authorization, hub_secret_free);
  g_clear_pointer (&auth->form, hub_secret_free);
  g_clear_pointer (&auth->token, hub_secret_free);
  gnutls_privkey_deinit (auth->key);
  g_clear_pointer (&auth->file, json_object_unref);
  g_free (auth->url);
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

static char *request_token (HubGoogleAuth *auth, gint64 *expires, GCancellable *cancellable, GError **error) {
  static const char *const file_advice[] = {
    "invalid_grant", N_ ("check this computer's clock, or make a new key and add the account again"), NULL
  };
  static const char *const person_advice[] = {
    "invalid_grant",
    N_ ("sign in again: this sign-in was ended, or is older than the 7 days that Google gives to an app in "
        "“Testing”; a service account has no such end"),
    "invalid_client",
    HUB_GOOGLE_NO_CLIENT,
    "unauthorized_client",
    HUB_GOOGLE_NO_CLIENT,
    NULL
  };
  g_autoptr (HubHttp) http = hub_google_connect (auth->url, error);
  char *authorization = NULL;
  if (http == NULL)
    return NULL;
  if (auth->token)
    hub_http_hide (http, auth->token);
  g_autofree char *assertion =
      auth->file ? hub_google_auth_sign (auth, g_get_real_time () / G_USEC_PER_SEC, error) : NULL;
  if (auth->file && assertion == NULL)
    return NULL;
  g_autofree char *form =
      assertion ? hub_google_write_form ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                                         "assertion", assertion, NULL)
                : NULL;
  g_autoptr (JsonObject) answer =
      hub_google_ask_token (http, auth->url, form ? form : auth->form, TRUE,
                            form ? file_advice : person_advice, &authorization, expires, cancellable, error);
  return authorization;
}

/* Asks Google on behalf of all; the lock is held before and after, not meanwhile. */
static void fly (HubGoogleAuth *auth, GCancellable *cancellable) {
  Grant *grant = auth->grant;
  GError *problem = NULL;
  gint64 expires = 0;
  grant->in_flight = TRUE;
  g_mutex_unlock (&lock);
  char *authorization = request_token (auth, &expires, cancellable, &problem);
  g_mutex_lock (&lock);
  g_clear_pointer (&grant->authorization, hub_secret_free);
  g_clear_error (&grant->problem);
  grant->authorization = authorization;
  grant->expires = expires;
  grant->problem = problem;
  grant->n_flights++;
  grant->in_flight = FALSE;
  g_cond_broadcast (&landed);
}

static gboolean is_good (const Grant *grant, const char *refused) {
  return grant->authorization && g_strcmp0 (grant->authorization, refused) != 0
         && grant->expires >= g_get_real_time () / G_USEC_PER_SEC + MARGIN;
}

/* Another's cancellation is not ours: then we ask ourselves. */
static gboolean needs_flight (const Grant *grant, const char *refused, gboolean waited) {
  gboolean failed = grant->problem && !g_error_matches (grant->problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  return !is_good (grant, refused) && !(waited && failed);
}

/* "Bearer …", good for another minute and other than @refused (nullable). However many threads ask, Google is asked once, and all
 * get its answer. Free with hub_secret_free(). */
static char *authorize (HubGoogleAuth *auth, const char *refused, GCancellable *cancellable, GError **error) {
  Grant *grant = auth->grant;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  guint n_flights = grant->n_flights;
  while (grant->in_flight) {
    g_cond_wait_until (&landed, &lock, g_get_monotonic_time () + LOOK * 1000);
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
  }
  if (needs_flight (grant, refused, grant->n_flights != n_flights))
    fly (auth, cancellable);
  if (grant->authorization)
    return g_strdup (grant->authorization);
  g_propagate_error (error, g_error_copy (grant->problem));
  return NULL;
}

gboolean hub_google_auth_apply (HubGoogleAuth *auth, HubHttp *http, gboolean renew, GCancellable *cancellable,
                                GError **error) {
  char *authorization = authorize (auth, renew ? auth->authorization : NULL, cancellable, error);
  g_clear_pointer (&auth->authorization, hub_secret_free);
  auth->authorization = authorization;
  if (authorization)
    hub_http_set_header (http, "Authorization", authorization);
  return authorization != NULL;
}
