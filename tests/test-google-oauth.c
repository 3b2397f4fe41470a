/* test-google-oauth.c: a person signs in to the sandbox's Google through a browser that this test is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <libsoup/soup.h>
#include <string.h>

#include "error.h"
#include "google-auth.h"
#include "google-oauth.h"
#include "harness.h"
#include "json.h"
#include "keyring.h"

#define CLIENT "100000000001-sandbox.apps.googleusercontent.com"
#define CLIENT_SECRET "GOCSPX-sandbox-secret"
#define N_THREADS 8

static Harness *harness;
static GString *logged; /* all that this process has logged */
static GMutex log_lock;

static GLogWriterOutput write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data) {
  g_autofree char *line = g_log_writer_format_fields (level, fields, n, FALSE);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_lock);
  g_string_append_printf (logged, "%s\n", line);
  return (level & G_LOG_FLAG_FATAL) ? g_log_writer_default (level, fields, n, data) : G_LOG_WRITER_HANDLED;
}

/* The browser */

typedef struct {
  char *address;
  GThread *thread;
  guint status;
  char *page, *policy, *cache;
} Browser;

static gpointer browse (gpointer data) {
  Browser *browser = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (context);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", browser->address);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read (session, message, NULL, &error);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_assert_no_error (error);
  browser->status = soup_message_get_status (message);
  browser->page = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  browser->policy = g_strdup (soup_message_headers_get_one (headers, "Content-Security-Policy"));
  browser->cache = g_strdup (soup_message_headers_get_one (headers, "Cache-Control"));
  return NULL;
}

static void open_browser (const char *address, gpointer data) {
  Browser *browser = data;
  browser->address = g_strdup (address);
  browser->thread = g_thread_new ("browser", browse, browser);
}

static void close_browser (Browser *browser) {
  if (browser->thread)
    g_thread_join (browser->thread);
  g_free (browser->address);
  g_free (browser->page);
  g_free (browser->policy);
  g_free (browser->cache);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Browser, close_browser)

static char *sign_in (Browser *browser, GError **error) {
  return hub_google_sign_in (harness_origin (harness, "google"), CLIENT, CLIENT_SECRET, open_browser, browser,
                             NULL, error);
}

/* A secret of someone who has signed in. */
static char *new_secret (void) {
  g_auto (Browser) browser = { 0 };
  g_autoptr (GError) error = NULL;
  char *secret = sign_in (&browser, &error);
  g_assert_no_error (error);
  return secret;
}

static void reset (void) {
  harness_post (harness, "/reset", "{}");
}

/* The forms that the token server got, decoded. (element-type GHashTable) */
static GPtrArray *get_forms (const char *path) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, "google", "POST");
  GPtrArray *forms = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  for (guint i = 0; i < requests->len; i++)
    if (g_str_equal (json_object_get_string_member (requests->pdata[i], "path"), path))
      g_ptr_array_add (forms, soup_form_decode (json_object_get_string_member (requests->pdata[i], "body")));
  return forms;
}

static guint count (const char *path) {
  g_autoptr (GPtrArray) forms = get_forms (path);
  return forms->len;
}

static void assert_clean (const char *text) {
  static const char *const secrets[] = { "4/0Sandbox",     "4%2F0Sandbox", "1//Sandbox",
                                         "1%2F%2FSandbox", "ya29.",        CLIENT_SECRET };
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (strstr (text, secrets[i]))
      g_error ("a secret (%s…) in: %s", secrets[i], text);
}

static void assert_sentence (const GError *error, int code, const char *part) {
  g_test_message ("%s", error ? error->message : "no error");
  g_assert_error (error, HUB_ERROR, code);
  if (!strstr (error->message, part))
    g_error ("“%s” is not in: %s", part, error->message);
  g_assert_null (strchr (error->message, '\n'));
  assert_clean (error->message);
}

/* PKCE */

static void test_the_challenge_is_that_of_rfc_7636 (void) {
  g_autofree char *challenge = hub_google_challenge ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_assert_cmpstr (challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

/* 4,000 verifiers: none twice, all of 43 allowed characters, and each bit of each place set about as often as not. */
static void test_a_verifier_cannot_be_guessed (void) {
  enum { N = 4000, PLACES = 43 };
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint set[PLACES][6] = { 0 };
  for (guint i = 0; i < N; i++) {
    char *verifier = hub_google_make_verifier (NULL);
    g_assert_cmpuint (strlen (verifier), ==, PLACES);
    for (guint place = 0; place < PLACES; place++) {
      const char *at = strchr (alphabet, verifier[place]);
      g_assert_nonnull (at);
      for (guint bit = 0; bit < 6; bit++)
        set[place][bit] += (at - alphabet) >> bit & 1;
    }
    g_assert_true (g_hash_table_add (seen, verifier));
  }
  for (guint place = 0; place < PLACES; place++)
    for (guint bit = place == PLACES - 1 ? 2 : 0; bit < 6;
         bit++) {                                         /* 256 bits end within the last character */
      g_assert_cmpuint (set[place][bit], >, N / 2 - 250); /* eight standard deviations */
      g_assert_cmpuint (set[place][bit], <, N / 2 + 250);
    }
}

/* The loopback port */

/* What the port says to @request; NULL when nobody listens. */
static char *say (const char *address, const char *request) {
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, address + strlen ("http://"), 1, NULL, &error);
  if (connection == NULL) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
    return NULL;
  }
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (output, request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  return g_data_input_stream_read_upto (input, "", 1, NULL, NULL, NULL);
}

static gpointer wait_for_return (gpointer loopback) {
  g_autoptr (GError) error = NULL;
  char *query = hub_loopback_wait (loopback, 60, NULL, &error);
  g_assert_no_error (error);
  hub_loopback_answer (loopback, "<Title>", "a & b");
  return query;
}

static void test_the_port_answers_one_request_only (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubLoopback) loopback = hub_loopback_new (&error);
  g_assert_no_error (error);
  g_autofree char *address = hub_loopback_get_address (loopback);
  const char *host = address + strlen ("http://");
  GThread *thread = g_thread_new ("loopback", wait_for_return, loopback);
  static const char *const others[] = {
    "POST /?code=1 HTTP/1.1\r\nHost: %s\r\n\r\n",
    "GET /favicon.ico HTTP/1.1\r\nHost: %s\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: %s\r\n\r\n",
    "GET /more?code=1 HTTP/1.1\r\nHost: %s\r\n\r\n",
    "GET /?code=1 HTTP/1.1\r\nHost: elsewhere.example\r\nX: %s\r\n\r\n",
    "GET /?code=1\r\nHost: %s\r\n\r\n",
    "GET /?a b HTTP/1.1\r\nHost: %s\r\n\r\n",
    "GET /?code=1 HTTP/1.1\r\nHost: %s1\r\n\r\n",
  };
  g_assert_true (g_str_has_prefix (host, "127.0.0.1:"));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_auto (GStrv) halves = g_strsplit (others[i], "%s", 2);
    g_autofree char *request = g_strjoinv (host, halves);
    g_autofree char *answer = say (address, request);
    g_test_message ("%s", request);
    g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 404 "));
  }
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) silent = g_socket_client_connect_to_host (client, host, 1, NULL, &error);
  g_assert_no_error (error); /* a browser's spare connection does not hold the others up */
  g_autofree char *request = g_strdup_printf ("GET /?code=%%20&a=1 HTTP/1.1\r\nhOST: %s\r\n\r\n", host);
  g_autofree char *answer = say (address, request);
  g_autofree char *query = g_thread_join (thread);
  g_assert_cmpstr (query, ==, "code=%20&a=1");
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (answer, "<h1>&lt;Title&gt;</h1><p>a &amp; b</p>"));
  g_assert_null (say (address, request));
}

static void test_a_visitor_who_never_ends_is_sent_away (void) {
  g_autoptr (HubLoopback) loopback = hub_loopback_new (NULL);
  g_autofree char *address = hub_loopback_get_address (loopback);
  GThread *thread = g_thread_new ("loopback", wait_for_return, loopback);
  g_autofree char *filler = g_strnfill (100000, 'x');
  g_autofree char *endless = g_strconcat ("GET /?", filler, NULL);
  g_autofree char *sent_away = say (address, endless); /* (nullable) the rest of it resets the connection */
  g_assert_true (sent_away == NULL || *sent_away == '\0' || g_str_has_prefix (sent_away, "HTTP/1.1 404 "));
  g_autofree char *request =
      g_strdup_printf ("GET /?good HTTP/1.1\r\nHost: %s\r\n\r\n", address + strlen ("http://"));
  g_autofree char *answer = say (address, request);
  g_autofree char *query = g_thread_join (thread);
  g_assert_cmpstr (query, ==, "good");
}

static void test_the_wait_ends (void) {
  g_autoptr (HubLoopback) loopback = hub_loopback_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_loopback_wait (loopback, 0, NULL, &error));
  assert_sentence (error, HUB_ERROR_PERMISSION, "nobody came back from the browser in time");
  g_clear_error (&error);
  g_assert_null (hub_loopback_wait (loopback, 1, NULL, &error));
  assert_sentence (error, HUB_ERROR_PERMISSION, "nobody came back from the browser in time");
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (hub_loopback_wait (loopback, 60, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Signing in */

/* The sandbox checks every parameter, the challenge, the redirect and that a code is used once. */
static void test_a_person_signs_in (void) {
  g_auto (Browser) browser = { 0 };
  g_autoptr (GError) error = NULL;
  reset ();
  char *secret = sign_in (&browser, &error);
  g_assert_no_error (error);
  g_autoptr (JsonObject) object = hub_json_parse_object (secret, strlen (secret), "", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_object_get_size (object), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (object, "client_id"), ==, CLIENT);
  g_assert_cmpstr (json_object_get_string_member (object, "client_secret"), ==, CLIENT_SECRET);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (object, "refresh_token"), "1//Sandbox-"));
  g_thread_join (g_steal_pointer (&browser.thread));
  g_assert_cmpuint (browser.status, ==, 200);
  g_assert_nonnull (strstr (browser.page, "<h1>Back to Integration Hub</h1>"));
  g_assert_nonnull (strstr (browser.page, "<html lang=\"en\">"));
  g_assert_null (strstr (browser.page, "<script"));
  g_assert_null (strstr (browser.page, "http")); /* it needs nothing from elsewhere */
  assert_clean (browser.page);
  assert_clean (browser.address);
  g_assert_true (g_str_has_prefix (browser.policy, "default-src 'none';"));
  g_assert_cmpstr (browser.cache, ==, "no-store");
  g_autoptr (HubGoogleAuth) auth = hub_google_auth_new (secret, harness_origin (harness, "google"), &error);
  g_assert_no_error (error);
  g_assert_null (hub_google_auth_get_email (auth));
  g_autoptr (HubHttp) http = hub_http_new ("Google Sheets", harness_origin (harness, "google"), NULL);
  g_assert_true (hub_google_auth_apply (auth, http, FALSE, NULL, &error));
  g_autofree char *url = g_strconcat (harness_origin (harness, "google"), "/v4/spreadsheets/sheet-1", NULL);
  g_autoptr (HubHttpAnswer) answer = hub_http_send (http, "GET", url, NULL, NULL, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer->status, ==, 200);
  hub_secret_free (secret);
}

static void test_each_fault_has_its_sentence (void) {
  static const struct {
    const char *mood, *fault, *client_id, *client_secret;
    HubError code;
    const char *part, *page;
  } cases[] = {
    { "deny", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_PERMISSION, "not given your permission",
      "Not Signed In" },
    { "blocked", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_PERMISSION, "(admin_policy?b?_enforced)",
      "Not Signed In" },
    { "wrong-state", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_PERMISSION, "another sign-in than this one",
      "Not Signed In" },
    { "no-code", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_PERMISSION, "without a code", "Not Signed In" },
    { "used-code", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_CREDENTIALS, "Malformed auth code; sign in again",
      "Back to" },
    { "no-scope", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_PERMISSION, "right to your spreadsheets",
      "Back to" },
    { "no-refresh-token", NULL, CLIENT, CLIENT_SECRET, HUB_ERROR_PERMISSION, "for an hour only", "Back to" },
    { "agree", "html", CLIENT, CLIENT_SECRET, HUB_ERROR_SERVICE, "Google's answer with the access token",
      "Back to" },
    { "agree", "500", CLIENT, CLIENT_SECRET, HUB_ERROR_NETWORK, "did not finish the sign-in", "Back to" },
    { "agree", "lost", CLIENT, CLIENT_SECRET, HUB_ERROR_NETWORK, "did not finish the sign-in", "Back to" },
    { "agree", "truncate", CLIENT, CLIENT_SECRET, HUB_ERROR_SERVICE, "Google's answer with the access token",
      "Back to" },
    { "agree", "redirect", CLIENT, CLIENT_SECRET, HUB_ERROR_SERVICE, "which is not followed", "Back to" },
    { "agree", NULL, CLIENT, "GOCSPX-wrong-secret", HUB_ERROR_CREDENTIALS,
      "Google does not know this client; copy its ID and secret", "Back to" },
    { "agree", "slow", CLIENT, CLIENT_SECRET, 0, NULL, "Back to" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Browser) browser = { 0 };
    g_autoptr (GError) error = NULL;
    reset ();
    harness_post (harness, "/consent", "{\"answer\": \"%s\"}", cases[i].mood);
    if (cases[i].fault)
      harness_post (harness, "/faults", "{\"fault\": \"%s\", \"path\": \"/token\", \"ms\": 300}",
                    cases[i].fault);
    char *secret = hub_google_sign_in (harness_origin (harness, "google"), cases[i].client_id,
                                       cases[i].client_secret, open_browser, &browser, NULL, &error);
    g_thread_join (g_steal_pointer (&browser.thread));
    g_assert_nonnull (strstr (browser.page, cases[i].page));
    if (cases[i].part) {
      g_assert_null (secret);
      assert_sentence (error, cases[i].code, cases[i].part);
    } else {
      g_assert_no_error (error);
    }
    g_assert_cmpuint (count ("/token"), <=, 1); /* a code is never sent twice */
    hub_secret_free (secret);
  }
  reset ();
}

static void note (const char *address, gpointer data) {
  *(char **) data = g_strdup (address);
}

static void test_what_cannot_work_opens_no_browser (void) {
  static const struct {
    const char *base_url, *client_id, *client_secret, *part;
  } cases[] = {
    { "http://example.org", CLIENT, CLIENT_SECRET, "https://" },
    { "ftp://127.0.0.1", CLIENT, CLIENT_SECRET, "https://" },
    { NULL, "", "", "needs a client ID and its secret" },
    { NULL, CLIENT, "", "needs a client ID and its secret" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *address = NULL;
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_google_sign_in (cases[i].base_url, cases[i].client_id, cases[i].client_secret, note,
                                       &address, NULL, &error));
    assert_sentence (error, HUB_ERROR_INVALID, cases[i].part);
    g_assert_null (address);
  }
}

typedef struct {
  char *address;
  GCancellable *cancellable;
} Hesitation;

static void hesitate (const char *address, gpointer data) {
  Hesitation *hesitation = data;
  hesitation->address = g_strdup (address);
  g_cancellable_cancel (hesitation->cancellable);
}

static void test_signing_in_can_be_cancelled (void) {
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Hesitation hesitation = { NULL, cancellable };
  g_autoptr (GError) error = NULL;
  g_assert_null (
      hub_google_sign_in (NULL, CLIENT, CLIENT_SECRET, hesitate, &hesitation, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_str_has_prefix (hesitation.address,
                                   "https://accounts.google.com/o/oauth2/v2/auth?client_id=" CLIENT));
  g_free (hesitation.address);
}

/* Refreshing */

typedef struct {
  const char *secret;
  HubGoogleAuth *auth;
  HubHttp *http;
  gboolean renew;
  GCancellable *cancellable;
  GError *error;
  GThread *thread;
} Runner;

static void runner_init (Runner *runner, const char *secret) {
  runner->secret = secret;
  runner->auth = hub_google_auth_new (secret, harness_origin (harness, "google"), &runner->error);
  g_assert_no_error (runner->error);
  runner->http = hub_http_new ("Google Sheets", harness_origin (harness, "google"), NULL);
}

static void runner_clear (Runner *runner) {
  hub_google_auth_free (runner->auth);
  hub_http_free (runner->http);
  g_clear_object (&runner->cancellable);
  g_clear_error (&runner->error);
}

static gpointer run (gpointer data) {
  Runner *runner = data;
  gboolean ok =
      hub_google_auth_apply (runner->auth, runner->http, runner->renew, runner->cancellable, &runner->error);
  g_assert_cmpint (ok, ==, runner->error == NULL);
  return NULL;
}

static void run_all (Runner *runners, gboolean renew) {
  for (guint i = 0; i < N_THREADS; i++) {
    runners[i].renew = renew;
    runners[i].thread = g_thread_new ("run", run, &runners[i]);
  }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (runners[i].thread);
}

static void test_many_runs_share_one_refresh (void) {
  Runner runners[N_THREADS] = { 0 };
  reset ();
  char *secret = new_secret ();
  for (guint i = 0; i < N_THREADS; i++)
    runner_init (&runners[i], secret);
  harness_delete (harness, "/requests");
  harness_post (harness, "/faults",
                "{\"fault\": \"slow\", \"path\": \"/token\", \"ms\": 300, \"times\": 100}");
  run_all (runners, FALSE);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_no_error (runners[i].error);
  g_assert_cmpuint (count ("/token"), ==, 1);
  harness_delete (harness, "/tokens"); /* all of them get 401 now */
  run_all (runners, TRUE);
  g_assert_cmpuint (count ("/token"), ==, 2);
  run_all (runners, FALSE);
  g_assert_cmpuint (count ("/token"), ==, 2);
  harness_delete (harness, "/faults");
  harness_delete (harness, "/grants"); /* and a refusal is the same for all */
  harness_post (harness, "/faults", "{\"fault\": \"slow\", \"path\": \"/token\", \"ms\": 1500}");
  run_all (runners, TRUE);
  g_assert_cmpuint (count ("/token"), ==, 3);
  for (guint i = 0; i < N_THREADS; i++) {
    assert_sentence (runners[i].error, HUB_ERROR_CREDENTIALS,
                     "Token has been expired or revoked; sign in again");
    runner_clear (&runners[i]);
  }
  hub_secret_free (secret);
  reset ();
}

static void test_a_cancelled_refresh_is_not_that_of_others (void) {
  Runner first = { 0 }, second = { 0 };
  reset ();
  char *secret = new_secret ();
  runner_init (&first, secret);
  runner_init (&second, secret);
  first.cancellable = g_cancellable_new ();
  harness_delete (harness, "/requests");
  harness_post (harness, "/faults", "{\"fault\": \"slow\", \"path\": \"/token\", \"ms\": 60000}");
  first.thread = g_thread_new ("first", run, &first);
  while (count ("/token") == 0)
    g_thread_yield ();
  second.thread = g_thread_new ("second", run, &second);
  g_cancellable_cancel (first.cancellable);
  g_thread_join (first.thread);
  g_thread_join (second.thread);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_no_error (second.error);
  g_assert_cmpuint (count ("/token"), ==, 2);
  runner_clear (&first);
  runner_clear (&second);
  hub_secret_free (secret);
  reset ();
}

static void test_waiting_for_another_can_be_cancelled (void) {
  Runner first = { 0 }, second = { 0 };
  reset ();
  char *secret = new_secret ();
  runner_init (&first, secret);
  runner_init (&second, secret);
  first.cancellable = g_cancellable_new ();
  second.cancellable = g_cancellable_new ();
  harness_delete (harness, "/requests");
  harness_post (harness, "/faults", "{\"fault\": \"slow\", \"path\": \"/token\", \"ms\": 60000}");
  first.thread = g_thread_new ("first", run, &first);
  while (count ("/token") == 0)
    g_thread_yield ();
  second.thread = g_thread_new ("second", run, &second);
  g_cancellable_cancel (second.cancellable);
  g_thread_join (second.thread);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count ("/token"), ==, 1);
  g_cancellable_cancel (first.cancellable);
  g_thread_join (first.thread);
  runner_clear (&first);
  runner_clear (&second);
  hub_secret_free (secret);
  reset ();
}

static void test_a_lost_sign_in_explains_the_seven_days (void) {
  Runner runner = { 0 };
  reset ();
  char *secret = new_secret ();
  runner_init (&runner, secret);
  harness_delete (harness, "/grants");
  run (&runner);
  assert_sentence (runner.error, HUB_ERROR_CREDENTIALS, "7 days that Google gives to an app in “Testing”");
  assert_sentence (runner.error, HUB_ERROR_CREDENTIALS, "service account");
  g_assert_true (hub_error_needs_user (runner.error));
  runner_clear (&runner);
  hub_secret_free (secret);
}

static void test_an_incomplete_secret_is_told (void) {
  static const struct {
    const char *secret, *part;
  } cases[] = {
    { "{\"client_id\": \"x\", \"client_secret\": \"y\"}",
      "the sign-in to Google: “refresh_token” is missing" },
    { "{\"client_id\": \"x\", \"refresh_token\": \"1//Sandbox\"}", "“client_secret” is missing" },
    { "{\"client_id\": 1, \"client_secret\": \"y\", \"refresh_token\": \"z\"}", "“client_id” must be" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_google_auth_new (cases[i].secret, "https://sheets.googleapis.com", &error));
    assert_sentence (error, HUB_ERROR_INVALID, cases[i].part);
  }
}

/* Signing out */

static void test_signing_out_revokes (void) {
  const char *origin = harness_origin (harness, "google");
  Runner runner = { 0 };
  g_autoptr (GError) error = NULL;
  reset ();
  char *secret = new_secret ();
  harness_post (harness, "/faults", "{\"fault\": \"503\", \"path\": \"/revoke\"}");
  g_assert_false (hub_google_sign_out (origin, secret, NULL, &error));
  assert_sentence (error, HUB_ERROR_NETWORK, "Google did not answer");
  g_clear_error (&error);
  harness_post (harness, "/faults", "{\"fault\": \"404\", \"path\": \"/revoke\"}");
  g_assert_false (hub_google_sign_out (origin, secret, NULL, &error));
  assert_sentence (error, HUB_ERROR_NOT_FOUND, "404");
  g_clear_error (&error);
  g_assert_true (hub_google_sign_out (origin, secret, NULL, &error));
  g_assert_true (hub_google_sign_out (origin, secret, NULL, &error)); /* Google has forgotten it already */
  g_assert_no_error (error);
  runner_init (&runner, secret);
  run (&runner);
  assert_sentence (runner.error, HUB_ERROR_CREDENTIALS, "sign in again");
  runner_clear (&runner);
  hub_secret_free (secret);
  harness_delete (harness, "/requests");
  g_assert_true (hub_google_sign_out (origin, harness_key (harness), NULL, &error));
  g_assert_cmpuint (count ("/revoke"), ==, 0); /* a service account's key is not revoked */
}

/* Logs */

static void test_no_secret_is_logged (void) {
  Runner runner = { 0 };
  reset ();
  g_string_truncate (logged, 0);
  char *secret = new_secret ();
  runner_init (&runner, secret);
  run (&runner);
  g_assert_no_error (runner.error);
  g_assert_true (hub_google_sign_out (harness_origin (harness, "google"), secret, NULL, NULL));
  g_assert_nonnull (strstr (logged->str, "POST http://127.0.0.1:")); /* what may be logged, was */
  assert_clean (logged->str);
  g_autoptr (GPtrArray) forms = get_forms ("/token");
  g_assert_cmpuint (forms->len, ==, 2);
  const char *const names[] = { "code", "code_verifier", "client_secret", "refresh_token" };
  for (guint i = 0; i < forms->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (names); j++) {
      const char *value = g_hash_table_lookup (forms->pdata[i], names[j]);
      g_assert_true (value == NULL || strstr (logged->str, value) == NULL);
    }
  runner_clear (&runner);
  hub_secret_free (secret);
}

/* The program */

#define INTEGRATION                                                                                          \
  "{\"format\": \"integration-hub/1\", \"integrations\": [{\"name\": \"Copy\","                              \
  " \"source\": {\"connector\": \"csv\", \"object\": \"rows\", \"options\": {\"path\": \"%s\"}},"            \
  " \"destination\": {\"connector\": \"google-sheets\", \"account\": \"Me\", \"object\": \"rows\","          \
  " \"options\": {\"spreadsheet\": \"sheet-1\"}}, \"write\": {\"mode\": \"append\"},"                        \
  " \"mapping\": [{\"from\": \"Name\", \"to\": \"Name\"}]}]}"

/* Puts a browser into the profile that goes where it is sent and shows nothing. */
static void install_browser (void) {
  g_autofree char *folder = g_build_filename (harness_folder (harness), "data", "applications", NULL);
  g_autofree char *entry = g_build_filename (folder, "browser.desktop", NULL);
  g_autofree char *list = g_build_filename (folder, "mimeapps.list", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      entry,
      "[Desktop Entry]\nType=Application\nName=Browser\nMimeType=x-scheme-handler/http;\n"
      "Exec=python3 -c \"import sys, urllib.request; urllib.request.urlopen(sys.argv[1])\" %u\n",
      -1, NULL));
  g_assert_true (g_file_set_contents (list, "[Default Applications]\nx-scheme-handler/http=browser.desktop\n",
                                      -1, NULL));
}

static void add_account (const char *name) {
  g_auto (HarnessResult) result = { 0 };
  g_autofree char *base_url = g_strconcat ("base_url=", harness_origin (harness, "google"), NULL);
  harness_expect (harness, 0, &result,
                  "{\"client_id\": \"" CLIENT "\", \"client_secret\": \"" CLIENT_SECRET "\"}", "account",
                  "add", "google-sheets", "--name", name, "--set", base_url, NULL);
  g_assert_nonnull (strstr (result.err, "/o/oauth2/v2/auth?client_id="));
  assert_clean (result.err);
  assert_clean (result.out);
}

static void test_the_command_line_signs_in_and_out (void) {
  g_auto (HarnessResult) result = { 0 };
  g_autofree char *path = g_build_filename (harness_folder (harness), "names.csv", NULL);
  g_autofree char *file = g_build_filename (harness_folder (harness), "copy.json", NULL);
  g_autofree char *definition = g_strdup_printf (INTEGRATION, path);
  reset ();
  harness_setenv (harness, "G_MESSAGES_DEBUG", "all");
  g_assert_true (g_file_set_contents (path, "Name\nAda\n", -1, NULL));
  g_assert_true (g_file_set_contents (file, definition, -1, NULL));
  install_browser ();
  add_account ("Me");
  harness_expect (harness, 0, &result, NULL, "account", "check", "Me", NULL);
  harness_expect (harness, 0, &result, NULL, "import", file, NULL);
  harness_expect (harness, 0, &result, NULL, "run", "Copy", NULL);
  harness_delete (harness, "/grants");
  harness_expect (harness, 4, &result, NULL, "run", "Copy", "--json", NULL);
  assert_clean (result.err);
  g_assert_nonnull (strstr (result.out, "needs-attention"));
  g_assert_nonnull (strstr (result.out, "7 days"));
  harness_expect (harness, 0, &result, NULL, "account", "remove", "Me", NULL);
  g_assert_cmpuint (count ("/revoke"), ==, 1);
  g_assert_null (strstr (result.err, "myaccount.google.com"));
  add_account ("Me");
  harness_post (harness, "/faults", "{\"fault\": \"503\", \"path\": \"/revoke\"}");
  harness_expect (harness, 0, &result, NULL, "account", "remove", "Me", NULL);
  g_assert_nonnull (strstr (result.err, "end it at https://myaccount.google.com/permissions"));
  assert_clean (result.err);
  harness_expect (harness, 2, &result, NULL, "account", "check", "Me", NULL);
}

int main (int argc, char **argv) {
  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_test_init (&argc, &argv, NULL);
  logged = g_string_new (NULL);
  g_log_set_default_handler (g_log_default_handler, NULL); /* newer GLib's tests have one that tells no writer */
  g_log_set_writer_func (write_log, NULL, NULL);
  harness = harness_new (NULL);
#define ADD(name) g_test_add_func ("/google-oauth/" #name, test_##name)
  ADD (the_challenge_is_that_of_rfc_7636);
  ADD (a_verifier_cannot_be_guessed);
  ADD (the_port_answers_one_request_only);
  ADD (a_visitor_who_never_ends_is_sent_away);
  ADD (the_wait_ends);
  ADD (a_person_signs_in);
  ADD (each_fault_has_its_sentence);
  ADD (what_cannot_work_opens_no_browser);
  ADD (signing_in_can_be_cancelled);
  ADD (many_runs_share_one_refresh);
  ADD (a_cancelled_refresh_is_not_that_of_others);
  ADD (waiting_for_another_can_be_cancelled);
  ADD (a_lost_sign_in_explains_the_seven_days);
  ADD (an_incomplete_secret_is_told);
  ADD (signing_out_revokes);
  ADD (no_secret_is_logged);
  ADD (the_command_line_signs_in_and_out);
  int result = g_test_run ();
  harness_free (harness);
  g_string_free (logged, TRUE);
  return result;
}
