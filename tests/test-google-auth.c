/* test-google-auth.c: key files, the signed JWT, and the exchange for a token with a server on loopback.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <libsoup/soup.h>
#include "error.h"
#include "google-auth.h"
#include "json.h"

#define EMAIL "hub@projet-\\\"1\\\".iam.gserviceaccount.com"
#define GOOGLE "https://sheets.googleapis.com"

static gnutls_x509_privkey_t key;
static char *pkcs8, *pkcs1; /* as they stand within JSON: with \n for a line break */

static char *take_pem (gnutls_datum_t pem) {
  g_auto (GStrv) lines = g_strsplit ((char *) pem.data, "\n", -1);
  gnutls_free (pem.data);
  return g_strjoinv ("\\n", lines);
}

static void make_key (void) {
  gnutls_datum_t pem;
  gnutls_x509_privkey_init (&key);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, 2048, 0), >=, 0);
  gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem);
  pkcs1 = take_pem (pem);
  gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
  pkcs8 = take_pem (pem);
}

static char *make_file (const char *pem, const char *token_uri) {
  return g_strdup_printf (
      "{ \"type\": \"service_account\", \"project_id\": \"projet\", \"private_key_id\": \"k\\\"1\","
      " \"private_key\": \"%s\", \"client_email\": \"" EMAIL "\", \"token_uri\": \"%s\" }",
      pem, token_uri);
}

static HubGoogleAuth *make_auth (const char *token_uri, const char *origin) {
  g_autofree char *file = make_file (pkcs8, token_uri);
  g_autoptr (GError) error = NULL;
  HubGoogleAuth *auth = hub_google_auth_new (file, origin, &error);
  g_assert_no_error (error);
  return auth;
}

/* A token server */

typedef struct {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  char *origin;
  guint status;
  const char *answer;
  guint n_tokens, n_failures; /* n_failures: how many 503 come first */
  GString *seen;              /* "POST /token\n", and for any other path its Authorization header */
  GHashTable *form;           /* of the last token request */
  GMutex mutex;
  GCond cond;
} Server;

static void on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
                        gpointer data) {
  Server *server = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  const char *answer = "{}";
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  g_string_append_printf (server->seen, "%s %s %s\n", soup_server_message_get_method (message), path,
                          authorization ? authorization : "-");
  if (g_str_has_suffix (path, "token")) {
    g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
    g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    g_assert_cmpstr (soup_message_headers_get_content_type (headers, NULL), ==,
                     "application/x-www-form-urlencoded");
    g_clear_pointer (&server->form, g_hash_table_unref);
    server->form = soup_form_decode (text);
    answer = server->answer;
    soup_server_message_set_status (message, server->n_tokens++ < server->n_failures ? 503 : server->status,
                                    NULL);
  } else {
    soup_server_message_set_status (message, 200, NULL);
  }
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, answer, strlen (answer));
}

static gpointer serve (gpointer data) {
  Server *server = data;
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (server->context);
  g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoslist (GUri) uris = NULL;
  soup_server_add_handler (soup, NULL, on_request, server, NULL);
  soup_server_listen_local (soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (soup);
  g_mutex_lock (&server->mutex);
  server->origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->mutex);
  g_main_loop_run (server->loop);
  soup_server_disconnect (soup);
  return NULL;
}

static void server_start (Server *server) {
  g_mutex_init (&server->mutex);
  g_cond_init (&server->cond);
  server->seen = g_string_new (NULL);
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  server->thread = g_thread_new ("server", serve, server);
  g_mutex_lock (&server->mutex);
  while (server->origin == NULL)
    g_cond_wait (&server->cond, &server->mutex);
  g_mutex_unlock (&server->mutex);
}

static gboolean stop_running (gpointer loop) {
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void server_stop (Server *server) {
  g_main_context_invoke (server->context, stop_running, server->loop);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_clear_pointer (&server->form, g_hash_table_unref);
  g_string_free (server->seen, TRUE);
  g_mutex_clear (&server->mutex);
  g_cond_clear (&server->cond);
  g_free (server->origin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_stop)

/* The JWT */

static GBytes *decode_base64url (const char *text) {
  g_autoptr (GString) padded = g_string_new (text);
  gsize size;
  g_assert_null (strpbrk (text, "+/="));
  g_string_replace (padded, "-", "+", 0);
  g_string_replace (padded, "_", "/", 0);
  while (padded->len % 4 != 0)
    g_string_append_c (padded, '=');
  guchar *data = g_base64_decode (padded->str, &size);
  return g_bytes_new_take (data, size);
}

static JsonObject *decode_part (const char *text) {
  g_autoptr (GBytes) bytes = decode_base64url (text);
  g_autoptr (GError) error = NULL;
  JsonObject *object =
      hub_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "part", &error);
  g_assert_no_error (error);
  return object;
}

static void assert_signed (const char *token) {
  gnutls_pubkey_t public_key;
  g_autoptr (GBytes) signature = decode_base64url (strrchr (token, '.') + 1);
  gnutls_datum_t text = { (guchar *) token, strrchr (token, '.') - token };
  gnutls_datum_t value = { (guchar *) g_bytes_get_data (signature, NULL), g_bytes_get_size (signature) };
  gnutls_privkey_t private_key;
  gnutls_privkey_init (&private_key);
  gnutls_privkey_import_x509 (private_key, key, 0);
  gnutls_pubkey_init (&public_key);
  gnutls_pubkey_import_privkey (public_key, private_key, 0, 0);
  g_assert_cmpint (gnutls_pubkey_verify_data2 (public_key, GNUTLS_SIGN_RSA_SHA256, 0, &text, &value), >=, 0);
  gnutls_pubkey_deinit (public_key);
  gnutls_privkey_deinit (private_key);
}

static void test_the_jwt_is_what_google_asks_for (void) {
  const char *const pems[] = { pkcs8, pkcs1 };
  g_autofree char *last = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (pems); i++) {
    g_autofree char *file = make_file (pems[i], "https://oauth2.googleapis.com/token");
    g_autoptr (GError) error = NULL;
    g_autoptr (HubGoogleAuth) auth = hub_google_auth_new (file, GOOGLE, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (hub_google_auth_get_email (auth), ==, "hub@projet-\"1\".iam.gserviceaccount.com");
    g_autofree char *token = hub_google_auth_sign (auth, 1732280000, &error);
    g_assert_no_error (error);
    g_auto (GStrv) parts = g_strsplit (token, ".", -1);
    g_assert_cmpuint (g_strv_length (parts), ==, 3);
    g_autoptr (JsonObject) header = decode_part (parts[0]);
    g_assert_cmpuint (json_object_get_size (header), ==, 3);
    g_assert_cmpstr (json_object_get_string_member (header, "alg"), ==, "RS256");
    g_assert_cmpstr (json_object_get_string_member (header, "typ"), ==, "JWT");
    g_assert_cmpstr (json_object_get_string_member (header, "kid"), ==, "k\"1");
    g_autoptr (JsonObject) claims = decode_part (parts[1]);
    g_assert_cmpuint (json_object_get_size (claims), ==, 5);
    g_assert_cmpstr (json_object_get_string_member (claims, "iss"), ==, hub_google_auth_get_email (auth));
    g_assert_cmpstr (json_object_get_string_member (claims, "scope"), ==,
                     "https://www.googleapis.com/auth/spreadsheets");
    g_assert_cmpstr (json_object_get_string_member (claims, "aud"), ==,
                     "https://oauth2.googleapis.com/token");
    g_assert_cmpint (json_object_get_int_member (claims, "iat"), ==, 1732280000);
    g_assert_cmpint (json_object_get_int_member (claims, "exp"), ==, 1732283600);
    assert_signed (token);
    if (last != NULL)
      g_assert_cmpstr (token, ==, last); /* both spellings are one key */
    g_free (last);
    last = g_steal_pointer (&token);
  }
}

/* Key files */

static char *make_other_key (gboolean rsa) {
  gnutls_x509_privkey_t other;
  gnutls_datum_t pem;
  gnutls_x509_privkey_init (&other);
  gnutls_x509_privkey_generate (other, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_x509_privkey_export2_pkcs8 (other, GNUTLS_X509_FMT_PEM, rsa ? NULL : "password",
                                     rsa ? GNUTLS_PKCS_PLAIN : GNUTLS_PKCS_PBES2_AES_256, &pem);
  gnutls_x509_privkey_deinit (other);
  return take_pem (pem);
}

static void assert_refused (const char *file, const char *part) {
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_google_auth_new (file, GOOGLE, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_true (g_str_has_prefix (error->message, "the service-account key file: "));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_null (strstr (error->message, "MII")); /* no piece of a key */
}

#define START "{ \"type\": \"service_account\", \"client_email\": \"a@b\", "
#define URI "\"token_uri\": \"https://oauth2.googleapis.com/token\""

static void test_a_wrong_key_file_is_told_apart (void) {
  static const struct {
    const char *file, *part;
  } cases[] = {
    { "", "" },
    { "sk_test_123", "" },
    { "-----BEGIN PRIVATE KEY-----\nMIIE", "" },
    { "[]", "must be a JSON object" },
    { "{}", "“type” is missing" },
    { "{ \"installed\": { \"client_id\": \"x\" } }",
      "this is an OAuth client file, not a service-account key" },
    { "{ \"web\": { \"client_id\": \"x\" } }", "this is an OAuth client file, not a service-account key" },
    { "{ \"type\": \"authorized_user\" }", "the type is “authorized_user”" },
    { "{ \"type\": 1 }", "“type” must be" },
    { "{ \"type\": \"service_account\" }", "“client_email” is missing" },
    { START URI " }", "“private_key” is missing" },
    { START "\"private_key\": \"x\" }", "“token_uri” is missing" },
    { START "\"private_key\": [], " URI " }", "“private_key” must be" },
    { START "\"private_key\": \"x\", \"private_key_id\": 1, " URI " }", "“private_key_id” must be" },
    { START "\"private_key\": \"\", " URI " }", "“private_key” cannot be read" },
    { START "\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n\", " URI
            " }",
      "“private_key” cannot be read" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].file, cases[i].part);
}

static void test_a_key_that_cannot_sign_rs256_is_refused (void) {
  for (int i = 0; i < 2; i++) {
    g_autofree char *pem = make_other_key (i == 0);
    g_autofree char *file = make_file (pem, "https://oauth2.googleapis.com/token");
    assert_refused (file, i == 0 ? "not an RSA key" : "“private_key” cannot be read");
  }
}

static void test_the_token_address_must_be_safe (void) {
  static const char *const addresses[] = { "http://oauth2.googleapis.com/token",
                                           "https://user@oauth2.googleapis.com/token", "ftp://x", "",
                                           "http://127.0.0.1.evil.com/" };
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autofree char *file = make_file (pkcs8, addresses[i]);
    assert_refused (file, "token_uri");
  }
}

/* Tokens */

static void send_to (HubHttp *http, Server *server) {
  g_autofree char *url = g_strconcat (server->origin, "/v4", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HubHttpAnswer) answer = hub_http_send (http, "GET", url, NULL, NULL, TRUE, NULL, &error);
  g_assert_no_error (error);
}

static void apply (HubGoogleAuth *auth, HubHttp *http, gboolean renew) {
  g_autoptr (GError) error = NULL;
  gboolean ok = hub_google_auth_apply (auth, http, renew, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void test_a_token_is_asked_for_once_and_renewed_on_demand (void) {
  g_auto (Server)
      server = { .status = 200, .answer = "{\"access_token\": \"ya29.one\", \"expires_in\": 3599}" };
  server_start (&server);
  g_autoptr (HubGoogleAuth) auth = make_auth ("https://oauth2.googleapis.com/token", server.origin);
  g_autoptr (HubHttp) http = hub_http_new ("Google Sheets", server.origin, NULL);
  g_autoptr (HubHttp) second = hub_http_new ("Google Sheets", server.origin, NULL);
  for (int i = 0; i < 3; i++)
    apply (auth, http, FALSE);
  apply (auth, second, FALSE);
  send_to (http, &server);
  send_to (second, &server);
  server.answer = "{\"access_token\": \"ya29.two\", \"expires_in\": 59, \"token_type\": \"Bearer\"}";
  apply (auth, http, TRUE);
  send_to (http, &server);
  server.answer = "{\"access_token\": \"ya29.three\"}";
  apply (auth, http, FALSE); /* less than a minute was left */
  apply (auth, http, FALSE); /* an hour, when it isn't said */
  send_to (http, &server);
  g_assert_cmpstr (server.seen->str, ==,
                   "POST /token -\nGET /v4 Bearer ya29.one\nGET /v4 Bearer ya29.one\n"
                   "POST /token -\nGET /v4 Bearer ya29.two\nPOST /token -\nGET /v4 Bearer ya29.three\n");
}

static void test_the_request_carries_a_fresh_jwt (void) {
  g_auto (Server) server = { .status = 200, .answer = "{\"access_token\": \"x\"}", .n_failures = 1 };
  server_start (&server);
  g_autofree char *token_uri = g_strconcat (server.origin, "/own/token", NULL);
  g_autoptr (HubGoogleAuth) auth = make_auth (token_uri, GOOGLE);
  g_autoptr (HubHttp) http = hub_http_new ("Google Sheets", GOOGLE, NULL);
  gint64 before = g_get_real_time () / G_USEC_PER_SEC;
  apply (auth, http, FALSE);
  g_assert_cmpstr (server.seen->str, ==, "POST /own/token -\nPOST /own/token -\n"); /* 503 is tried again */
  g_assert_cmpuint (g_hash_table_size (server.form), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (server.form, "grant_type"), ==,
                   "urn:ietf:params:oauth:grant-type:jwt-bearer");
  const char *assertion = g_hash_table_lookup (server.form, "assertion");
  assert_signed (assertion);
  g_auto (GStrv) parts = g_strsplit (assertion, ".", -1);
  g_autoptr (JsonObject) claims = decode_part (parts[1]);
  gint64 issued = json_object_get_int_member (claims, "iat");
  g_assert_cmpint (issued, >=, before);
  g_assert_cmpint (issued, <=, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_cmpstr (json_object_get_string_member (claims, "aud"), ==, token_uri);
}

static void test_a_refusal_says_what_to_do (void) {
  static const struct {
    guint status;
    const char *answer;
    HubError code;
    const char *part;
  } cases[] = {
    { 400, "{\"error\": \"invalid_grant\", \"error_description\": \"Invalid JWT Signature.\"}",
      HUB_ERROR_CREDENTIALS,
      "Google did not accept this (400): Invalid JWT Signature; check this computer's clock, or make a new "
      "key" },
    { 400, "{\"error\": \"invalid_grant\"}", HUB_ERROR_CREDENTIALS,
      "(400): invalid_grant; check this computer's clock" },
    { 401, "{\"error\": \"invalid_client\", \"error_description\": \"No such account\"}",
      HUB_ERROR_CREDENTIALS, "No such account; make a new key" },
    { 403, "{\"error\": \"access_denied\"}", HUB_ERROR_PERMISSION, "permission missing: " },
    { 400, "{\"error\": \"invalid_scope\"}", HUB_ERROR_SERVICE, "invalid_scope" },
    { 400, "{\"error\": {\"code\": 400}}", HUB_ERROR_SERVICE, "(400)" },
    { 404, "<html>", HUB_ERROR_NOT_FOUND, "(404)" },
    { 200, "<html>", HUB_ERROR_SERVICE, "Google's answer with the access token" },
    { 200, "", HUB_ERROR_SERVICE, "Google's answer with the access token" },
    { 200, "{}", HUB_ERROR_SERVICE, "“access_token” is missing" },
    { 200, "{\"access_token\": null}", HUB_ERROR_SERVICE, "“access_token” must be" },
    { 200, "{\"access_token\": \"ya29.x\", \"expires_in\": 0}", HUB_ERROR_SERVICE, "“expires_in” must be" },
    { 200, "{\"access_token\": \"ya29.x\", \"expires_in\": \"3599\"}", HUB_ERROR_SERVICE,
      "“expires_in” must be" },
  };
  g_auto (Server) server = { .status = 200 };
  server_start (&server);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubGoogleAuth) auth = make_auth ("https://accounts.google.com/o/oauth2/token", server.origin);
    g_autoptr (HubHttp) http = hub_http_new ("Google Sheets", server.origin, NULL);
    g_autoptr (GError) error = NULL;
    server.status = cases[i].status;
    server.answer = cases[i].answer;
    g_assert_false (hub_google_auth_apply (auth, http, FALSE, NULL, &error));
    g_assert_error (error, HUB_ERROR, (int) cases[i].code);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].part));
    g_assert_null (strstr (error->message, "ya29"));
    g_assert_null (strchr (error->message, '\n'));
    server.status = 200; /* and nothing of it stays */
    server.answer = "{\"access_token\": \"good\"}";
    apply (auth, http, FALSE);
  }
}

static void test_a_refused_renewal_forgets_the_old_token (void) {
  g_auto (Server) server = { .status = 200, .answer = "{\"access_token\": \"old\"}" };
  server_start (&server);
  g_autoptr (HubGoogleAuth) auth = make_auth ("https://oauth2.googleapis.com/token", server.origin);
  g_autoptr (HubHttp) http = hub_http_new ("Google Sheets", server.origin, NULL);
  g_autoptr (GError) error = NULL;
  apply (auth, http, FALSE);
  server.status = 400;
  server.answer = "{\"error\": \"invalid_grant\"}";
  g_assert_false (hub_google_auth_apply (auth, http, TRUE, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS);
  g_clear_error (&error);
  g_assert_false (hub_google_auth_apply (auth, http, FALSE, NULL, &error));
  g_assert_cmpuint (server.n_tokens, ==, 3);
}

static void test_cancelling_stays_a_cancellation (void) {
  g_auto (Server) server = { .status = 200, .answer = "{}" };
  server_start (&server);
  g_autoptr (HubGoogleAuth) auth = make_auth ("https://oauth2.googleapis.com/token", server.origin);
  g_autoptr (HubHttp) http = hub_http_new ("Google Sheets", server.origin, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_false (hub_google_auth_apply (auth, http, FALSE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (server.n_tokens, ==, 0);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  make_key ();
#define ADD(name) g_test_add_func ("/google-auth/" #name, test_##name)
  ADD (the_jwt_is_what_google_asks_for);
  ADD (a_wrong_key_file_is_told_apart);
  ADD (a_key_that_cannot_sign_rs256_is_refused);
  ADD (the_token_address_must_be_safe);
  ADD (a_token_is_asked_for_once_and_renewed_on_demand);
  ADD (the_request_carries_a_fresh_jwt);
  ADD (a_refusal_says_what_to_do);
  ADD (a_refused_renewal_forgets_the_old_token);
  ADD (cancelling_stays_a_cancellation);
  int result = g_test_run ();
  gnutls_x509_privkey_deinit (key);
  g_free (pkcs1);
  g_free (pkcs8);
  return result;
}
