/* google-oauth.c: signing in to Google as a person: OAuth 2 for a desktop program, with PKCE (any worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-oauth.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "error.h"
#include "google-auth.h"
#include "json.h"
#include "keyring.h"

#define AUTHORIZE "https://accounts.google.com/o/oauth2/v2/auth"
#define REVOKE "https://oauth2.googleapis.com/revoke"
#define RANDOM_BYTES 32  /* 43 characters, as RFC 7636 recommends */
#define TIME_LIMIT 300   /* seconds to sign in */
#define SECRET_SIZE 4096 /* enough, so that no piece of a secret stays behind where its text grew */
#define SHORT_PAUSE 50   /* milliseconds: a removal waits for a sign-out */

#define MAX_HEAD 16384 /* bytes of a request */
#define PATIENCE 1     /* seconds for a visitor to go on: browsers make connections that they never use */
#define START "GET /?" /* of the request that is waited for */

#define HEAD                                                                                                 \
  "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n"    \
  "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"           \
  "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n%s"
#define PAGE                                                                                                 \
  "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"                                        \
  "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"                                 \
  "<style>:root{color-scheme:light dark}body{font:1.2em sans-serif;max-width:32em;margin:4em auto;"          \
  "padding:0 1em;text-align:center}</style></head><body><main><h1>%s</h1><p>%s</p></main></body></html>\n"

struct _HubLoopback {
  GSocket *listener; /* (owned) (nullable) until the one request has come */
  GSocket *guest;    /* (owned) (nullable) whose request it was */
  char *host;        /* (owned) "127.0.0.1:1234" */
};

/* A sign-in that goes on. */
typedef struct {
  const char *client_id, *client_secret; /* (borrowed) */
  HubLoopback *loopback;                 /* (owned) */
  char *redirect, *state, *verifier;     /* (owned) */
} SignIn;

char *hub_google_make_verifier (GError **error) {
  guchar bytes[RANDOM_BYTES];
  if (getrandom (bytes, sizeof bytes, 0) == sizeof bytes)
    return hub_google_encode (bytes, sizeof bytes);
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("the system gives no random numbers (%s)"),
               g_strerror (errno));
  return NULL;
}

char *hub_google_challenge (const char *verifier) {
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  g_checksum_update (checksum, (const guchar *) verifier, strlen (verifier));
  g_checksum_get_digest (checksum, digest, &size);
  return hub_google_encode (digest, size);
}

/* The port to which the browser comes back */

void hub_loopback_free (HubLoopback *loopback) {
  g_clear_object (&loopback->listener);
  g_clear_object (&loopback->guest);
  g_free (loopback->host);
  g_free (loopback);
}

static gboolean start (HubLoopback *loopback, GError **error) {
  g_autoptr (GInetAddress) inet = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (inet, 0), address = NULL;

  loopback->listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (loopback->listener == NULL)
    return FALSE;
  if (!g_socket_bind (loopback->listener, any, FALSE, error) || !g_socket_listen (loopback->listener, error)
      || (address = g_socket_get_local_address (loopback->listener, error)) == NULL)
    return FALSE;
  loopback->host = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  return TRUE;
}

HubLoopback *hub_loopback_new (GError **error) {
  g_autoptr (HubLoopback) loopback = g_new0 (HubLoopback, 1);

  if (start (loopback, error))
    return g_steal_pointer (&loopback);
  g_prefix_error (error, _ ("cannot wait for the browser: "));
  return NULL;
}

char *hub_loopback_get_address (HubLoopback *loopback) {
  return g_strconcat ("http://", loopback->host, NULL);
}

/* A visitor who has left misses nothing. */
static void answer (GSocket *visitor, const char *status, const char *body) {
  g_autofree char *text = g_strdup_printf (HEAD, status, strlen (body), body);

  g_socket_send (visitor, text, strlen (text), NULL, NULL); /* the buffer is empty and takes it whole */
  g_socket_shutdown (visitor, FALSE, TRUE, NULL);
}

/* Waits for a connection, until @end. (transfer full) */
static GSocket *accept_visitor (HubLoopback *loopback, gint64 end, GCancellable *cancellable,
                                GError **error) {
  gint64 left = end - g_get_monotonic_time ();
  g_autoptr (GError) problem = NULL;
  GSocket *visitor = NULL;

  if (left > 0) {
    g_socket_set_timeout (loopback->listener, (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
    visitor = g_socket_accept (loopback->listener, cancellable, &problem);
  }
  if (visitor)
    g_socket_set_timeout (visitor, PATIENCE);
  else if (problem == NULL || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error_literal (
        error, HUB_ERROR, HUB_ERROR_PERMISSION,
        _ ("nobody came back from the browser in time; try again, and sign in within five minutes"));
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return visitor;
}

/* Reads a request's head, or as much as comes of it. (transfer full) */
static char *read_head (GSocket *visitor, gint64 end, GCancellable *cancellable) {
  GString *head = g_string_sized_new (MAX_HEAD);
  char bytes[1024];
  gssize n = 1;

  while (n > 0 && head->len < MAX_HEAD && !strstr (head->str, "\r\n\r\n") && g_get_monotonic_time () < end) {
    n = g_socket_receive (visitor, bytes, sizeof bytes, cancellable, NULL); /* what is missing gets 404 */
    if (n > 0)
      g_string_append_len (head, bytes, n);
  }
  return g_string_free (head, FALSE);
}

/* A page elsewhere that sends a browser here knows another host name. */
static gboolean is_return (HubLoopback *loopback, const char *head) {
  g_autofree char *host = g_strdup_printf ("\r\nHost: %s\r\n", loopback->host);

  return g_str_has_prefix (head, START) && strstr (head, "\r\n\r\n") && strcasestr (head, host)
         && g_regex_match_simple ("^[!-~]+ HTTP/1[.][01]\r\n", head + strlen (START), G_REGEX_RAW, 0);
}

char *hub_loopback_wait (HubLoopback *loopback, guint seconds, GCancellable *cancellable, GError **error) {
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  for (;;) {
    g_autoptr (GSocket) visitor = accept_visitor (loopback, end, cancellable, error);
    if (visitor == NULL)
      return NULL;
    g_autofree char *head = read_head (visitor, end, cancellable);
    if (is_return (loopback, head)) {
      const char *query = head + strlen (START);
      g_clear_object (&loopback->listener);
      loopback->guest = g_steal_pointer (&visitor);
      return g_strndup (query, strcspn (query, " "));
    }
    answer (visitor, "404 Not Found", "");
  }
}

void hub_loopback_answer (HubLoopback *loopback, const char *title, const char *text) {
  /* Translators: the code of your language, as HTML has it: "fr". */
  g_autofree char *page = g_markup_printf_escaped (PAGE, _ ("en"), title, title, text);

  answer (loopback->guest, "200 OK", page);
  g_clear_object (&loopback->guest);
}

/* Signing in */

gboolean hub_google_has_client (void) {
  return *GOOGLE_CLIENT_ID != '\0';
}

gboolean hub_google_wants_sign_in (JsonObject *secret) {
  if (json_object_get_size (secret) == 0)
    return hub_google_has_client ();
  return json_object_has_member (secret, "client_id") && !json_object_has_member (secret, "type")
         && !json_object_has_member (secret, "refresh_token");
}

static gboolean refuse (GError **error, const char *message) {
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_PERMISSION, message);
  return FALSE;
}

/* Whether the @query with which the browser came back belongs to this sign-in and holds a code. */
static gboolean read_return (const char *query, const char *state, char **code, GError **error) {
  g_autoptr (GHashTable) parameters = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  g_autofree char *problem = NULL;
  if (parameters == NULL || g_strcmp0 (g_hash_table_lookup (parameters, "state"), state) != 0)
    return refuse (error, _ ("the browser came back from another sign-in than this one; sign in again"));
  problem = g_strdup (g_hash_table_lookup (parameters, "error"));
  if (g_strcmp0 (problem, "access_denied") == 0)
    return refuse (error, _ ("Google was not given your permission; sign in again and allow it, or ask your "
                             "organization’s administrator"));
  if (problem != NULL) {
    g_strcanon (problem, "abcdefghijklmnopqrstuvwxyz_", '?');
    g_set_error (
        error, HUB_ERROR, HUB_ERROR_PERMISSION,
        _ ("Google did not let you sign in (%.40s); check the client in the Google Cloud console, or "
           "use a service account"),
        problem);
    return FALSE;
  }
  *code = g_strdup (g_hash_table_lookup (parameters, "code"));
  return (*code && **code)
         || refuse (error, _ ("Google sent the browser back without a code; sign in again"));
}

static gboolean prepare (SignIn *self, GError **error) {
  self->loopback = hub_loopback_new (error);
  self->redirect = self->loopback ? hub_loopback_get_address (self->loopback) : NULL;
  self->state = self->redirect ? hub_google_make_verifier (error) : NULL;
  self->verifier = self->state ? hub_google_make_verifier (error) : NULL;
  return self->verifier != NULL;
}

static void sign_in_clear (SignIn *self) {
  g_clear_pointer (&self->loopback, hub_loopback_free);
  g_free (self->redirect);
  g_free (self->state);
  hub_secret_free (self->verifier);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SignIn, sign_in_clear)

/* Where the person agrees: nothing in it is secret. (transfer full) */
static char *write_address (const SignIn *self, const char *origin) {
  g_autofree char *challenge = hub_google_challenge (self->verifier);
  g_autofree char *address = hub_google_address (origin, AUTHORIZE);
  g_autofree char *query = hub_google_write_form (
      "client_id", self->client_id, "redirect_uri", self->redirect, "response_type", "code", "scope",
      HUB_GOOGLE_SCOPE, "code_challenge", challenge, "code_challenge_method", "S256", "state", self->state,
      "access_type", "offline", "prompt", "consent", NULL);
  return g_strconcat (address, "?", query, NULL);
}

/* Waits until the person has agreed. Returns: the code; free with hub_secret_free(). */
static char *wait_for_code (const SignIn *self, GCancellable *cancellable, GError **error) {
  char *code = NULL, *query = hub_loopback_wait (self->loopback, TIME_LIMIT, cancellable, error);
  if (query == NULL)
    return NULL;
  if (read_return (query, self->state, &code, error))
    hub_loopback_answer (
        self->loopback, _ ("Back to Integration Hub"),
        _ ("Google has answered. You can close this page: Integration Hub goes on by itself."));
  else
    hub_loopback_answer (self->loopback, _ ("You Are Not Signed In"),
                         _ ("You can close this page. Integration Hub says what to do."));
  hub_secret_free (query);
  return code;
}

static gboolean has_scope (JsonObject *answer) {
  const char *text = json_object_get_string_member_with_default (answer, "scope", HUB_GOOGLE_SCOPE);
  g_auto (GStrv) scopes = g_strsplit (text, " ", -1);
  return g_strv_contains ((const char *const *) scopes, HUB_GOOGLE_SCOPE);
}

/* The secret of the account, from the token server's @answer. */
static char *write_secret (const SignIn *self, JsonObject *answer, GError **error) {
  const char *token = NULL;
  if (!has_scope (answer)) {
    refuse (error, _ ("Google was not given the right to your spreadsheets; sign in again and allow it"));
    return NULL;
  }
  if (!hub_json_get_text (answer, _ ("Google's answer with the access token"), "refresh_token", FALSE, &token,
                          error))
    return NULL;
  if (token == NULL) {
    refuse (error, _ ("Google gave access for an hour only; remove Integration Hub at "
                      "https://myaccount.google.com/permissions and sign in again"));
    return NULL;
  }
  GString *secret = g_string_sized_new (SECRET_SIZE);
  hub_json_append_text (g_string_append (secret, "{\"client_id\":"), self->client_id);
  hub_json_append_text (g_string_append (secret, ",\"client_secret\":"), self->client_secret);
  hub_json_append_text (g_string_append (secret, ",\"refresh_token\":"), token);
  explicit_bzero ((char *) token, strlen (token)); /* the parsed copy */
  return g_string_free (g_string_append_c (secret, '}'), FALSE);
}

/* Exchanges @code, which is good for one time, so that nothing is sent twice. */
static char *exchange (const SignIn *self, const char *origin, const char *code, GCancellable *cancellable,
                       GError **error) {
  static const char *const advice[] = { "invalid_grant", N_ ("sign in again"), "invalid_client",
                                        HUB_GOOGLE_NO_CLIENT, NULL };
  g_autofree char *url = hub_google_address (origin, HUB_GOOGLE_TOKEN);
  g_autoptr (HubHttp) http = hub_google_connect (url, error);
  g_autoptr (GError) problem = NULL;
  char *authorization = NULL;
  gint64 expires;
  if (http == NULL)
    return NULL;
  char *form = hub_google_write_form ("grant_type", "authorization_code", "code", code, "client_id",
                                      self->client_id, "client_secret", self->client_secret, "redirect_uri",
                                      self->redirect, "code_verifier", self->verifier, NULL);
  hub_http_hide (http, code);
  hub_http_hide (http, self->client_secret);
  hub_http_hide (http, self->verifier);
  g_autoptr (JsonObject) answer =
      hub_google_ask_token (http, url, form, FALSE, advice, &authorization, &expires, cancellable, &problem);
  hub_secret_free (form);
  hub_secret_free (authorization);
  if (answer != NULL)
    return write_secret (self, answer, error);
  if (g_error_matches (problem, HUB_ERROR, HUB_ERROR_LOST))
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_NETWORK,
                         _ ("Google did not finish the sign-in; sign in again"));
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

char *hub_google_sign_in (const char *base_url, const char *client_id, const char *client_secret,
                          HubOpenBrowser open, gpointer data, GCancellable *cancellable, GError **error) {
  g_auto (SignIn) self = { client_id ? client_id : GOOGLE_CLIENT_ID,
                           client_secret ? client_secret : GOOGLE_CLIENT_SECRET };
  g_autofree char *origin = base_url ? hub_http_origin (base_url, error) : NULL;
  if (base_url && origin == NULL)
    return NULL;
  if (*self.client_id == '\0' || *self.client_secret == '\0') {
    g_set_error_literal (
        error, HUB_ERROR, HUB_ERROR_INVALID,
        _ ("signing in to Google needs a client ID and its secret; make an OAuth client of type "
           "“Desktop app” in the Google Cloud console, or use a service account"));
    return NULL;
  }
  if (!prepare (&self, error))
    return NULL;
  g_autofree char *address = write_address (&self, origin);
  open (address, data);
  char *code = wait_for_code (&self, cancellable, error);
  char *secret = code ? exchange (&self, origin, code, cancellable, error) : NULL;
  g_clear_pointer (&code, hub_secret_free);
  return secret;
}

/* Signing out */

static gboolean send_revocation (const char *url, const char *token, GCancellable *cancellable,
                                 GError **error) {
  g_autoptr (HubHttp) http = hub_google_connect (url, error);
  if (http == NULL)
    return FALSE;
  char *form = hub_google_write_form ("token", token, NULL);
  hub_http_set_backoff (http, SHORT_PAUSE);
  hub_http_hide (http, token);
  g_autoptr (HubHttpAnswer) answer = hub_google_post (http, url, form, FALSE, cancellable, error);
  hub_secret_free (form);
  if (answer == NULL)
    return FALSE;
  gsize length;
  const char *body = g_bytes_get_data (answer->body, &length);
  return answer->status == 200 || (answer->status == 400 && g_strstr_len (body, length, "invalid_token"))
         || hub_http_fail (http, answer, NULL, error);
}

gboolean hub_google_sign_out (const char *base_url, const char *secret, GCancellable *cancellable,
                              GError **error) {
  const char *place = _ ("the secret"), *token = NULL;
  g_autoptr (JsonObject) object = hub_json_parse_object (secret, strlen (secret), place, error);
  g_autofree char *origin = object && base_url ? hub_http_origin (base_url, error) : NULL;
  g_autofree char *url = hub_google_address (origin, REVOKE);
  g_autoptr (GError) problem = NULL;
  if (object == NULL || (base_url && origin == NULL)
      || !hub_json_get_text (object, place, "refresh_token", FALSE, &token, error))
    return FALSE;
  if (token == NULL || send_revocation (url, token, cancellable, &problem))
    return TRUE;
  if (g_error_matches (problem, HUB_ERROR, HUB_ERROR_LOST))
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_NETWORK, _ ("Google did not answer"));
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
