/* test-http.c: the rules of http.h against real servers on loopback: a SoupServer, and a raw one that breaks off.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <libsoup/soup.h>
#include "error.h"
#include "http.h"

#define KEY "sk_test_CANARY_1234567890"

/* Servers */

typedef struct _Server Server;
typedef void (*Answer) (Server *server, SoupServerMessage *message, guint n);

struct _Server {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GTlsCertificate *certificate; /* (nullable) */
  Answer answer;                /* (nullable) then the server is raw */
  const char *const
      *script;         /* of a raw server: what to send for request 1, 2…; "": break off, then for ever */
  gboolean keep_alive; /* of a raw server */
  char *origin;
  gpointer other; /* for the test */
  GMutex mutex;
  GCond cond;
  gboolean ready;
  guint n_requests, n_connections;
  GString *seen; /* "GET /path\n" and so on */
};

static guint note_request (Server *server, const char *line) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);

  g_string_append_printf (server->seen, "%s\n", line);
  server->n_requests++;
  g_cond_broadcast (&server->cond);
  return server->n_requests;
}

static void on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
                        gpointer data) {
  Server *server = data;
  g_autofree char *line = g_strdup_printf ("%s %s", soup_server_message_get_method (message), path);

  server->answer (server, message, note_request (server, line));
}

/* Reads one request with its body; NULL at the end of the connection. */
static char *read_raw_request (GInputStream *stream) {
  g_autoptr (GString) text = g_string_new (NULL);
  const char *end, *length;
  gsize wanted = G_MAXSIZE;
  char byte;

  while (text->len < wanted) {
    if (g_input_stream_read (stream, &byte, 1, NULL, NULL) != 1)
      return NULL;
    g_string_append_c (text, byte);
    if (wanted == G_MAXSIZE && (end = strstr (text->str, "\r\n\r\n")) != NULL) {
      length = strstr (text->str, "Content-Length: ");
      wanted = end + 4 - text->str + (length ? atoi (length + strlen ("Content-Length: ")) : 0);
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean on_raw_connection (GThreadedSocketService *service, GSocketConnection *connection,
                                   GObject *source, gpointer data) {
  Server *server = data;
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  const char *reply = NULL;

  g_mutex_lock (&server->mutex);
  server->n_connections++;
  g_mutex_unlock (&server->mutex);
  do {
    g_autofree char *request = read_raw_request (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
    guint n;

    if (request == NULL)
      break;
    *strstr (request, " HTTP/") = '\0';
    n = note_request (server, request);
    reply = server->script[MIN (n, g_strv_length ((char **) server->script)) - 1];
    g_output_stream_write_all (output, reply, strlen (reply), NULL, NULL, NULL);
    while (server->other != NULL
           && g_output_stream_write_all (output, server->other, strlen (server->other), NULL, NULL, NULL))
      ; /* without end */
  } while (server->keep_alive && *reply != '\0');
  return TRUE;
}

static gboolean stop_running (gpointer loop) {
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gpointer serve (gpointer data) {
  Server *server = data;
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (server->context);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupServer) soup = NULL;
  g_autoptr (GSocketService) raw = NULL;

  if (server->answer != NULL) {
    g_autoslist (GUri) uris = NULL;

    soup = soup_server_new ("tls-certificate", server->certificate, "raw-paths", TRUE, NULL);
    soup_server_add_handler (soup, NULL, on_request, server, NULL);
    soup_server_listen_local (
        soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | (server->certificate ? SOUP_SERVER_LISTEN_HTTPS : 0), &error);
    g_assert_no_error (error);
    uris = soup_server_get_uris (soup);
    server->origin =
        g_strdup_printf ("%s://%s:%d", server->certificate ? "https" : "http",
                         server->certificate ? "localhost" : "127.0.0.1", g_uri_get_port (uris->data));
  } else {
    g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
    g_autoptr (GSocketAddress) bound = NULL;

    raw = g_threaded_socket_service_new (10);
    g_socket_listener_add_address (G_SOCKET_LISTENER (raw), any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                   NULL, &bound, &error);
    g_assert_no_error (error);
    g_signal_connect (raw, "run", G_CALLBACK (on_raw_connection), server);
    server->origin = g_strdup_printf ("http://127.0.0.1:%d",
                                      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  }
  g_mutex_lock (&server->mutex);
  server->ready = TRUE;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->mutex);
  g_main_loop_run (server->loop);
  if (soup != NULL)
    soup_server_disconnect (soup);
  else
    g_socket_service_stop (raw);
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
  while (!server->ready)
    g_cond_wait (&server->cond, &server->mutex);
  g_mutex_unlock (&server->mutex);
}

static void server_stop (Server *server) {
  if (server->thread == NULL)
    return;
  g_main_context_invoke (server->context, stop_running, server->loop);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_string_free (server->seen, TRUE);
  g_mutex_clear (&server->mutex);
  g_cond_clear (&server->cond);
  g_free (server->origin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_stop)

static void server_wait_for_requests (Server *server, guint n) {
  g_mutex_lock (&server->mutex);
  while (server->n_requests < n)
    g_cond_wait (&server->cond, &server->mutex);
  g_mutex_unlock (&server->mutex);
}

static HubHttp *client_new (Server *server) {
  g_autoptr (GError) error = NULL;
  HubHttp *http = hub_http_new ("Stripe", server->origin, &error);

  g_assert_no_error (error);
  hub_http_set_backoff (http, 1);
  hub_http_set_header (http, "Authorization", "Bearer " KEY);
  return http;
}

static HubHttpAnswer *client_send (HubHttp *http, Server *server, const char *method, const char *path,
                                   gboolean safe, GError **error) {
  g_autofree char *url = g_strconcat (server->origin, path, NULL);
  g_autoptr (GBytes) body = g_str_equal (method, "GET") ? NULL : g_bytes_new_static ("a=1", 3);

  return hub_http_send (http, method, url, "application/x-www-form-urlencoded", body, safe, NULL, error);
}

static const char *body_text (const HubHttpAnswer *answer) {
  static char text[1024];
  gsize size;
  const char *data = g_bytes_get_data (answer->body, &size);

  g_assert_cmpuint (size, <, sizeof text);
  memcpy (text, data, size);
  text[size] = '\0';
  return text;
}

static void reply (SoupServerMessage *message, guint status, const char *type, const char *body) {
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, strlen (body));
}

static void add_header (SoupServerMessage *message, const char *name, const char *value) {
  soup_message_headers_append (soup_server_message_get_response_headers (message), name, value);
}

/* Addresses */

static void test_only_https_and_loopback_are_origins (void) {
  static const struct {
    const char *url, *origin; /* NULL: refused */
  } cases[] = {
    { "https://api.stripe.com", "https://api.stripe.com" },
    { "https://api.stripe.com/v1/charges?limit=1#x", "https://api.stripe.com" },
    { "HTTPS://API.Stripe.COM:443/", "https://api.stripe.com" },
    { "https://api.stripe.com:8443", "https://api.stripe.com:8443" },
    { "https://api.stripe.com?q", "https://api.stripe.com" },
    { "https://10.0.0.1/x", "https://10.0.0.1" },
    { "http://localhost:8080/x", "http://localhost:8080" },
    { "http://LocalHost:80", "http://localhost" },
    { "http://127.0.0.1", "http://127.0.0.1" },
    { "http://127.255.3.4:1", "http://127.255.3.4:1" },
    { "http://[::1]:9/x", "http://[::1]:9" },
    { "https://localhost", "https://localhost" },
    { "http://api.stripe.com", NULL },
    { "http://127.0.0.1.evil.com", NULL },
    { "http://localhost.evil.com", NULL },
    { "http://localhost@evil.com", NULL },
    { "http://evil.com#@localhost", NULL },
    { "http://evil.com\\@localhost", NULL },
    { "http://localhost:80@evil.com", NULL },
    { "https://user:password@api.stripe.com", NULL },
    { "https://user@api.stripe.com", NULL },
    { "http://128.0.0.1", NULL },
    { "http://127.1", NULL },
    { "http://0.0.0.0", NULL },
    { "http://2130706433", NULL },
    { "http://[::2]", NULL },
    { "http://[::ffff:8.8.8.8]", NULL },
    { "http://[::1", NULL },
    { "http://::1", NULL },
    { "http://localhost.", NULL },
    { "http://localhos%74", NULL },
    { "http://127.0.0.1%2eevil.com", NULL },
    { "https://api.stripe.com%0d%0aX:y", NULL },
    { "https://api.stripe.com/a\r\nX: y", NULL },
    { "https://api.stripe.com/a\n", NULL },
    { "https://api.stripe.com/a b", NULL },
    { " https://api.stripe.com", NULL },
    { "https://api.stripe.com:70000", NULL },
    { "https://api.stripe.com:x", NULL },
    { "https://é.fr", NULL },
    { "ftp://localhost", NULL },
    { "file:///etc/passwd", NULL },
    { "https://", NULL },
    { "https:///x", NULL },
    { "https://:443", NULL },
    { "https:api.stripe.com", NULL },
    { "api.stripe.com", NULL },
    { "//api.stripe.com", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *origin = hub_http_origin (cases[i].url, &error);

    g_autofree char *shown = g_strescape (cases[i].url, NULL);
    g_test_message ("%s", shown);
    g_assert_cmpstr (origin, ==, cases[i].origin);
    if (cases[i].origin == NULL)
      g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    else
      g_assert_no_error (error);
  }
}

static void answer_ok (Server *server, SoupServerMessage *message, guint n) {
  reply (message, 200, "text/plain", "ok");
}

static void test_other_origins_are_refused_before_anything_is_sent (void) {
  g_auto (Server) server = { .answer = answer_ok }, other = { .answer = answer_ok };
  g_autoptr (HubHttp) http = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  server_start (&server);
  server_start (&other);
  http = client_new (&server);
  url = g_strconcat (other.origin, "/x", NULL);
  g_assert_null (hub_http_send (http, "GET", url, NULL, NULL, TRUE, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, other.origin));
  g_assert_cmpuint (other.n_requests, ==, 0);
  g_clear_error (&error);
  g_assert_null (hub_http_send (http, "GET", "http://user@127.0.0.1/", NULL, NULL, TRUE, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_cmpuint (hub_http_get_n_requests (http), ==, 0);
  g_assert_null (hub_http_new ("Stripe", "http://api.stripe.com", NULL));
}

/* What is sent and what comes back */

static void answer_echo (Server *server, SoupServerMessage *message, guint n) {
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autofree char *target = g_uri_to_string_partial (soup_server_message_get_uri (message), G_URI_HIDE_NONE);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  const char *version = soup_message_headers_get_one (headers, "Stripe-Version");
  const char *type = soup_message_headers_get_one (headers, "Content-Type");
  g_autofree char *text = g_strdup_printf (
      "%s %s|%s|%s|%s|%.*s|%s", soup_server_message_get_method (message), strstr (target, "/v1"),
      authorization ? authorization : "-", version ? version : "-", type ? type : "-",
      (int) g_bytes_get_size (body), (const char *) g_bytes_get_data (body, NULL),
      soup_message_headers_get_one (headers, "User-Agent"));

  *strchr (strrchr (text, '|'), '.') = '\0'; /* "integration-hub/0.1.0 …" */
  g_assert_null (soup_message_headers_get_one (headers, "Cookie"));
  add_header (message, "Request-Id", "req_123");
  add_header (message, "Set-Cookie", "a=b");
  reply (message, 200, "text/plain; charset=utf-8", text);
}

static void test_requests_arrive_as_they_were_given (void) {
  g_auto (Server) server = { .answer = answer_echo };
  g_autoptr (HubHttp) http = NULL;
  g_autoptr (GError) error = NULL;
  HubHttpAnswer *answer;

  server_start (&server);
  http = client_new (&server);
  hub_http_set_header (http, "Stripe-Version", " 2026-10-28.endive\n");
  answer = client_send (http, &server, "POST", "/v1/'a%20b!A1%3AC'?x=%2B1", FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->content_type, ==, "text/plain");
  g_assert_cmpstr (answer->request_id, ==, "req_123");
  g_assert_cmpstr (body_text (answer), ==,
                   "POST /v1/'a%20b!A1%3AC'?x=%2B1|Bearer " KEY
                   "|2026-10-28.endive|application/x-www-form-urlencoded|a=1|integration-hub/0");
  hub_http_answer_free (answer);
  hub_http_set_header (http, "Authorization", NULL);
  hub_http_set_header (http, "Stripe-Version", NULL);
  answer = client_send (http, &server, "GET", "/v1", TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (body_text (answer), ==, "GET /v1|-|-|-||integration-hub/0");
  hub_http_answer_free (answer);
  g_assert_cmpuint (hub_http_get_n_requests (http), ==, 2);
}

static void answer_kinds (Server *server, SoupServerMessage *message, guint n) {
  const char *path = g_uri_get_path (soup_server_message_get_uri (message));
  static const guint8 gzip[] = { 0x1f, 0x8b, 8, 0, 0,    0,    0,    0,    0, 3, 0xcb, 0x48, 0xcd,
                                 0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0,    0 };

  if (g_str_equal (path, "/html"))
    reply (message, 200, "text/html", "<html>Maintenance");
  else if (g_str_equal (path, "/empty"))
    soup_server_message_set_status (message, 204, NULL);
  else if (g_str_equal (path, "/401")) {
    add_header (message, "WWW-Authenticate", "Basic realm=\"x\"");
    reply (message, 401, "application/json", "{}");
  } else if (g_str_equal (path, "/gzip")) {
    add_header (message, "Content-Encoding", "gzip");
    soup_server_message_set_status (message, 200, NULL);
    soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, (const char *) gzip,
                                      sizeof gzip);
  } else {
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                       SOUP_ENCODING_CHUNKED);
    reply (message, 200, "text/plain", "chunked");
    soup_message_body_complete (soup_server_message_get_response_body (message));
  }
}

static void test_any_answer_is_returned_as_it_is (void) {
  static const struct {
    const char *path;
    guint status;
    const char *type, *body;
  } cases[] = {
    { "/html", 200, "text/html", "<html>Maintenance" }, { "/empty", 204, NULL, "" },
    { "/401", 401, "application/json", "{}" },          { "/gzip", 200, "text/plain", "hello" },
    { "/chunked", 200, "text/plain", "chunked" },
  };
  g_auto (Server) server = { .answer = answer_kinds };
  g_autoptr (HubHttp) http = NULL;

  server_start (&server);
  http = client_new (&server);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubHttpAnswer) answer = client_send (http, &server, "GET", cases[i].path, TRUE, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (answer->status, ==, cases[i].status);
    g_assert_cmpstr (answer->content_type, ==, cases[i].type);
    g_assert_cmpstr (body_text (answer), ==, cases[i].body);
  }
  g_assert_cmpuint (server.n_requests, ==, G_N_ELEMENTS (cases));
}

#define SIZE (32 * 1024 * 1024)

static void answer_large (Server *server, SoupServerMessage *message, guint n) {
  gsize size = SIZE + (g_str_equal (g_uri_get_path (soup_server_message_get_uri (message)), "/more") ? 1 : 0);

  if (server->other != NULL)
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                       SOUP_ENCODING_CHUNKED);
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_TAKE, g_malloc0 (size), size);
  soup_message_body_complete (soup_server_message_get_response_body (message));
}

static void test_32_MiB_are_read_and_one_byte_more_is_refused (void) {
  for (int chunked = 0; chunked < 2; chunked++) {
    g_auto (Server) server = { .answer = answer_large, .other = GINT_TO_POINTER (chunked) };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;

    server_start (&server);
    http = client_new (&server);
    for (int i = 0; i < 3; i++) { /* more often than there are connections for one host */
      g_assert_null (client_send (http, &server, "GET", "/more", TRUE, &error));
      g_assert_error (error, HUB_ERROR, HUB_ERROR_SERVICE);
      g_assert_nonnull (strstr (error->message, "32 MiB"));
      g_clear_error (&error);
    }
    g_assert_null (client_send (http, &server, "POST", "/more", FALSE, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST); /* it was accepted, perhaps */
    g_clear_error (&error);
    answer = client_send (http, &server, "GET", "/", TRUE, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (answer->body), ==, SIZE);
    g_assert_cmpuint (server.n_requests, ==, 5);
  }
}

static void test_an_endless_answer_is_dropped (void) {
  static const char *const script[] = { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", NULL };
  g_autofree char *text = g_strnfill (0xffff, 'x');
  g_autofree char *chunk = g_strdup_printf ("ffff\r\n%s\r\n", text);
  g_auto (Server) server = { .script = script, .other = chunk };
  g_autoptr (HubHttp) http = NULL;

  server_start (&server);
  http = client_new (&server);
  for (int i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (client_send (http, &server, "GET", "/", TRUE, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_SERVICE);
  }
  g_assert_cmpuint (server.n_requests, ==, 3);
}

/* Retries */

static void answer_status (Server *server, SoupServerMessage *message, guint n) {
  const char *path = g_uri_get_path (soup_server_message_get_uri (message)); /* "/<status>/<times>" */

  reply (message, n > (guint) atoi (strrchr (path, '/') + 1) ? 200 : atoi (path + 1), "text/plain", "x");
}

static void test_a_status_is_tried_again_only_when_that_does_no_harm (void) {
  static const struct {
    const char *method, *path;
    gboolean safe;
    guint n_requests, status; /* status 0: HUB_ERROR_LOST */
  } cases[] = {
    { "GET", "/429/2", TRUE, 3, 200 },    { "GET", "/408/1", TRUE, 2, 200 },
    { "GET", "/500/1", TRUE, 2, 200 },    { "GET", "/502/5", TRUE, 6, 200 },
    { "GET", "/503/6", TRUE, 6, 503 },    { "GET", "/599/9", TRUE, 6, 599 },
    { "GET", "/429/9", TRUE, 6, 429 },    { "GET", "/408/9", TRUE, 6, 408 },
    { "POST", "/503/1", TRUE, 2, 200 },   { "GET", "/400/9", TRUE, 1, 400 },
    { "GET", "/401/9", TRUE, 1, 401 },    { "GET", "/403/9", TRUE, 1, 403 },
    { "GET", "/404/9", TRUE, 1, 404 },    { "GET", "/409/9", TRUE, 1, 409 },
    { "GET", "/304/9", TRUE, 1, 304 },    { "POST", "/429/3", FALSE, 4, 200 },
    { "POST", "/429/9", FALSE, 6, 429 },  { "POST", "/500/9", FALSE, 1, 0 },
    { "POST", "/503/9", FALSE, 1, 0 },    { "PUT", "/502/9", FALSE, 1, 0 },
    { "POST", "/408/9", FALSE, 1, 408 },  { "POST", "/400/9", FALSE, 1, 400 },
    { "PATCH", "/409/9", FALSE, 1, 409 }, { "DELETE", "/504/9", FALSE, 1, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Server) server = { .answer = answer_status };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;
    g_autoptr (GError) error = NULL;

    g_test_message ("%s %s", cases[i].method, cases[i].path);
    server_start (&server);
    http = client_new (&server);
    answer = client_send (http, &server, cases[i].method, cases[i].path, cases[i].safe, &error);
    if (cases[i].status == 0) {
      g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
      g_assert_null (answer);
    } else {
      g_assert_no_error (error);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
    g_assert_cmpuint (server.n_requests, ==, cases[i].n_requests);
    g_assert_cmpuint (hub_http_get_n_requests (http), ==, cases[i].n_requests);
  }
}

static void answer_retry_after (Server *server, SoupServerMessage *message, guint n) {
  const char *asked = server->other;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, atoi (asked));
  g_autofree char *date = soup_date_time_to_string (then, SOUP_DATE_HTTP);

  if (n == 1) {
    add_header (message, "Retry-After", *asked == '+' || *asked == '-' ? date : asked);
    reply (message, 429, "text/plain", "slow down");
  } else {
    reply (message, 200, "text/plain", "ok");
  }
}

static void test_retry_after_is_honoured_in_both_forms (void) {
  static const struct {
    const char *asked; /* seconds, or a date that many seconds from now */
    double least, most;
    gboolean ok;
  } cases[] = {
    { "1", 0.99, 40, TRUE },
    { "0", 0, 40, TRUE },
    { "+2", 0.9, 40, TRUE },
    { "-60", 0, 40, TRUE },
    { "nonsense", 0, 40, TRUE },
    { "5x", 0, 40, TRUE },
    { "121", 0, 40, FALSE },
    { "+3600", 0, 40, FALSE },
    { "2000000000", 0, 40, FALSE },
    { "99999999999999999999", 0, 40, TRUE },
    { "Wed, 21 Oct 2099 07:28:00 GMT", 0, 40, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Server) server = { .answer = answer_retry_after, .other = (gpointer) cases[i].asked };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GTimer) timer = NULL;

    server_start (&server);
    http = client_new (&server);
    timer = g_timer_new ();
    answer = client_send (http, &server, "GET", "/", TRUE, &error);
    g_assert_cmpfloat (g_timer_elapsed (timer, NULL), >=, cases[i].least);
    g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, cases[i].most);
    if (cases[i].ok) {
      g_assert_no_error (error);
      g_assert_cmpuint (server.n_requests, ==, 2);
    } else {
      g_assert_error (error, HUB_ERROR, HUB_ERROR_NETWORK);
      g_assert_nonnull (strstr (error->message, "Stripe asks to wait"));
      g_assert_null (strchr (error->message, '-')); /* nor more than an int holds */
      g_assert_cmpuint (server.n_requests, ==, 1);
    }
  }
}

static void test_pauses_double_with_jitter (void) {
  g_auto (Server) server = { .answer = answer_status };
  g_autoptr (HubHttp) http = NULL;
  g_autoptr (HubHttpAnswer) answer = NULL;
  g_autoptr (GTimer) timer = NULL;

  server_start (&server);
  http = client_new (&server);
  hub_http_set_backoff (http, 20);
  timer = g_timer_new ();
  answer = client_send (http, &server, "GET", "/500/9", TRUE, NULL);
  /* 20 + 40 + 80 + 160 + 320 ms, of which at least a half */
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), >=, 0.31);
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 40);
  g_assert_cmpuint (answer->status, ==, 500);
}

typedef struct {
  Server *server;
  GCancellable *cancellable;
} Cancel;

static gpointer cancel_after_request (gpointer data) {
  Cancel *cancel = data;

  server_wait_for_requests (cancel->server, 1);
  g_cancellable_cancel (cancel->cancellable);
  return NULL;
}

static void answer_wait (Server *server, SoupServerMessage *message, guint n) {
  add_header (message, "Retry-After", "100");
  reply (message, 503, "text/plain", "x");
}

static void answer_never (Server *server, SoupServerMessage *message, guint n) {
  soup_server_message_pause (message);
}

static void test_cancelling_ends_a_pause_and_a_request_at_once (void) {
  static const struct {
    Answer answer;
    gboolean safe;
  } cases[] = { { answer_wait, TRUE }, { answer_never, TRUE }, { answer_never, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Server) server = { .answer = cases[i].answer };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GTimer) timer = g_timer_new ();
    Cancel cancel = { &server, cancellable };
    GThread *thread;

    server_start (&server);
    http = client_new (&server);
    thread = g_thread_new ("cancel", cancel_after_request, &cancel);
    g_assert_null (
        hub_http_send (http, "GET", server.origin, NULL, NULL, cases[i].safe, cancellable, &error));
    g_thread_join (thread);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 40);
    g_assert_cmpuint (server.n_requests, ==, 1);
    g_clear_error (&error);
    g_assert_null (hub_http_send (http, "GET", server.origin, NULL, NULL, TRUE, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint (server.n_requests, ==, 1);
  }
}

/* Connections that break */

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define GOOD OK_HEAD "Content-Length: 2\r\n\r\nok"

static void test_an_answer_cut_short_is_no_answer (void) {
  static const char *const broken[] = {
    "",
    "HTTP/1.1 200",
    OK_HEAD,
    OK_HEAD "Content-Length: 10\r\n\r\n",
    OK_HEAD "Content-Length: 10\r\n\r\n{\"a\": 1",
    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n",
    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"",
    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n",
    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n1",
    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n0\r\n",
    OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 25\r\n\r\n\x1f\x8b\x08\x01\x01",
    OK_HEAD "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\x1f\x8b\x08\x01\x01\r\n",
    "nonsense\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++) {
    const char *const once[] = { broken[i], GOOD, NULL }, *const always[] = { broken[i], NULL };
    g_auto (Server) mended = { .script = once }, dead = { .script = always };
    g_autoptr (HubHttp) http = NULL, dead_http = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;
    g_autoptr (GError) error = NULL;

    g_autofree char *shown = g_strescape (broken[i], NULL);
    g_test_message ("%s", shown);
    server_start (&mended);
    server_start (&dead);
    http = client_new (&mended);
    answer = client_send (http, &mended, "GET", "/", TRUE, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (body_text (answer), ==, "ok");
    g_assert_cmpuint (mended.n_requests, ==, 2);

    dead_http = client_new (&dead);
    g_assert_null (client_send (dead_http, &dead, "GET", "/", TRUE, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_NETWORK);
    g_assert_nonnull (strstr (error->message, "Stripe"));
    g_assert_cmpuint (dead.n_requests, ==, 6);
    g_clear_error (&error);

    g_assert_null (client_send (dead_http, &dead, "POST", "/", FALSE, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
    g_assert_cmpuint (dead.n_requests, ==, 7);
  }
}

/* libsoup repeats what it holds for harmless when a kept connection dies; an unsafe request must arrive once. */
static void test_an_unsafe_request_is_never_sent_twice_on_a_kept_connection (void) {
  static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "GET" };
  static const char *const script[] = { GOOD, "", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_auto (Server) server = { .script = script, .keep_alive = TRUE };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *expected = g_strdup_printf ("GET /warm\n%s /once\n", methods[i]);

    server_start (&server);
    http = client_new (&server);
    answer = client_send (http, &server, "GET", "/warm", TRUE, &error);
    g_assert_no_error (error);
    g_assert_null (client_send (http, &server, methods[i], "/once", FALSE, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
    g_assert_cmpstr (server.seen->str, ==, expected);
    g_assert_cmpuint (hub_http_get_n_requests (http), ==, 2);
  }
}

static void test_safe_requests_share_one_connection (void) {
  static const char *const script[] = { GOOD, NULL };
  g_auto (Server) server = { .script = script, .keep_alive = TRUE };
  g_autoptr (HubHttp) http = NULL;

  server_start (&server);
  http = client_new (&server);
  for (int i = 0; i < 20; i++) {
    g_autoptr (HubHttpAnswer) answer = client_send (http, &server, i % 2 ? "GET" : "POST", "/", TRUE, NULL);

    g_assert_nonnull (answer);
  }
  g_assert_cmpuint (server.n_connections, ==, 1);
}

static void test_no_connection_is_no_loss (void) {
  g_autofree char *origin = NULL;

  {
    g_auto (Server) server = { .answer = answer_ok };

    server_start (&server);
    origin = g_strdup (server.origin);
  } /* nobody listens there now */
  for (int safe = 0; safe < 2; safe++) {
    g_autoptr (HubHttp) http = hub_http_new ("Stripe", origin, NULL);
    g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
    g_autoptr (GError) error = NULL;

    hub_http_set_backoff (http, 1);
    g_assert_null (hub_http_send (http, "POST", origin, "text/plain", body, safe, NULL, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_NETWORK);
    g_assert_nonnull (strstr (error->message, "cannot reach Stripe (127.0.0.1)"));
    g_assert_cmpuint (hub_http_get_n_requests (http), ==, 6);
  }
}

static void test_an_unknown_host_is_no_loss (void) {
  g_autoptr (HubHttp) http = hub_http_new ("Stripe", "https://nowhere.invalid", NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  hub_http_set_backoff (http, 1);
  g_assert_null (
      hub_http_send (http, "POST", "https://nowhere.invalid/", "text/plain", body, FALSE, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "nowhere.invalid"));
}

/* TLS */

static GTlsCertificate *make_certificate (void) {
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t key_pem, certificate_pem;
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *result;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_x509_crt_init (&certificate);
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, "\1", 1);
  gnutls_x509_crt_set_activation_time (certificate, time (NULL) - 60);
  gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + 3600);
  gnutls_x509_crt_set_dn (certificate, "CN=localhost", NULL);
  gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_basic_constraints (certificate, 1, -1);
  gnutls_x509_crt_set_key (certificate, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), >=, 0);
  gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &key_pem);
  gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem);
  pem = g_strdup_printf ("%s%s", key_pem.data, certificate_pem.data);
  result = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_assert_no_error (error);
  gnutls_free (key_pem.data);
  gnutls_free (certificate_pem.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return result;
}

static void test_an_untrusted_certificate_is_refused_at_once (void) {
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_auto (Server) server = { .answer = answer_ok, .certificate = certificate };

  server_start (&server);
  for (int safe = 0; safe < 2; safe++) {
    g_autoptr (HubHttp) http = client_new (&server);
    g_autoptr (GError) error = NULL;
    g_autoptr (GTimer) timer = g_timer_new ();

    hub_http_set_backoff (http, 100000);
    g_assert_null (client_send (http, &server, "POST", "/", safe, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_NETWORK);
    g_assert_nonnull (strstr (error->message, "certificate"));
    g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 40);
  }
  g_assert_cmpuint (server.n_requests, ==, 0);
}

static void test_a_trusted_certificate_is_accepted (void) {
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_auto (Server) server = { .answer = answer_echo, .certificate = certificate };
  g_autoptr (HubHttp) http = NULL;
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = NULL, *path = NULL;

  g_object_get (certificate, "certificate-pem", &pem, NULL);
  path = g_build_filename (g_get_tmp_dir (), "test-http-XXXXXX", NULL);
  g_close (g_mkstemp (path), NULL);
  g_file_set_contents (path, pem, -1, &error);
  g_assert_no_error (error);
  trusted = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), trusted);

  server_start (&server);
  http = client_new (&server);
  for (int i = 0; i < 4; i++) {
    g_autoptr (HubHttpAnswer) answer =
        client_send (http, &server, i % 2 ? "GET" : "POST", "/v1", i < 2, &error);

    g_assert_no_error (error);
    g_assert_nonnull (strstr (body_text (answer), "/v1|Bearer " KEY));
  }
  g_assert_cmpuint (server.n_requests, ==, 4);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  g_unlink (path);
}

/* Redirects */

static void answer_redirect (Server *server, SoupServerMessage *message, guint n) {
  const char *path = g_uri_get_path (soup_server_message_get_uri (message));
  const char *other = server->other;
  g_autofree char *location = NULL;
  int left;

  if (sscanf (path, "/hops/%d", &left) == 1)
    location = left > 0 ? g_strdup_printf ("%d", left - 1) : NULL;
  else if (g_str_equal (path, "/absolute"))
    location = g_strconcat (server->origin, "/v1/end?a=%2B", NULL);
  else if (g_str_equal (path, "/other"))
    location = g_strconcat (other, "/steal?key=secret", NULL);
  else if (g_str_equal (path, "/scheme"))
    location = g_strconcat ("//", strstr (other, "://") + 3, "/steal", NULL);
  else if (g_str_equal (path, "/user"))
    location = g_strconcat ("http://x@", strstr (server->origin, "://") + 3, "/steal", NULL);
  else if (g_str_equal (path, "/file"))
    location = g_strdup ("file:///etc/passwd");
  else if (g_str_equal (path, "/plain"))
    location = g_strdup ("http://example.com/");
  else if (g_str_equal (path, "/nonsense"))
    location = g_strdup ("http://[");
  if (location != NULL) {
    add_header (message, "Location", location);
    reply (message, 307, "text/plain", "go");
  } else if (g_str_equal (path, "/nowhere")) {
    reply (message, 302, "text/plain", "go");
  } else {
    answer_echo (server, message, n);
  }
}

static void test_redirects_stay_within_the_origin (void) {
  static const struct {
    const char *method, *path;
    guint status, n_requests; /* status 0: refused */
  } cases[] = {
    { "GET", "/hops/5", 200, 6 },  { "GET", "/hops/6", 0, 6 },  { "GET", "/absolute", 200, 2 },
    { "GET", "/other", 0, 1 },     { "GET", "/scheme", 0, 1 },  { "GET", "/user", 0, 1 },
    { "GET", "/file", 0, 1 },      { "GET", "/plain", 0, 1 },   { "GET", "/nonsense", 0, 1 },
    { "GET", "/nowhere", 302, 1 }, { "POST", "/hops/1", 0, 1 }, { "POST", "/other", 0, 1 },
  };
  g_auto (Server) other = { .answer = answer_echo };

  server_start (&other);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Server) server = { .answer = answer_redirect, .other = other.origin };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;
    g_autoptr (GError) error = NULL;

    g_test_message ("%s %s", cases[i].method, cases[i].path);
    server_start (&server);
    http = client_new (&server);
    answer = client_send (http, &server, cases[i].method, cases[i].path, TRUE, &error);
    if (cases[i].status == 0) {
      g_assert_null (answer);
      g_assert_nonnull (error);
      if (!g_str_equal (cases[i].path, "/user"))
        g_assert_error (error, HUB_ERROR, HUB_ERROR_SERVICE);
      if (g_str_equal (cases[i].path, "/other") || g_str_equal (cases[i].path, "/scheme"))
        g_assert_nonnull (strstr (error->message, other.origin));
      g_assert_null (strstr (error->message, "secret"));
    } else {
      g_assert_no_error (error);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
    g_assert_cmpuint (server.n_requests, ==, cases[i].n_requests);
  }
  g_assert_cmpuint (other.n_requests, ==, 0); /* so that nothing, and no key, ever arrived there */
}

/* Sentences */

static void test_every_refusal_has_its_code_and_sentence (void) {
  static const struct {
    guint status;
    const char *detail;
    HubError code;
    const char *message;
  } cases[] = {
    { 401, "Invalid API Key.", HUB_ERROR_CREDENTIALS,
      "Stripe refused the key (401): Invalid API Key; make a new key and add the account again" },
    { 401, NULL, HUB_ERROR_CREDENTIALS,
      "Stripe refused the key (401); make a new key and add the account again" },
    { 403, "The key lacks “rak_charge_read”", HUB_ERROR_PERMISSION,
      "permission missing: Stripe refused this (403): The key lacks “rak_charge_read”; give the key this "
      "right" },
    { 404, "No such customer", HUB_ERROR_NOT_FOUND,
      "Stripe does not find this (404): No such customer; check that it still exists" },
    { 429, NULL, HUB_ERROR_NETWORK, "Stripe cannot answer now (429); try again later" },
    { 503, "down", HUB_ERROR_NETWORK, "Stripe cannot answer now (503): down; try again later" },
    { 400, "two\r\nlines\tof\033[1m text ", HUB_ERROR_SERVICE,
      "Stripe did not accept this (400): two  lines of [1m text" },
    { 302, NULL, HUB_ERROR_SERVICE, "Stripe did not accept this (302)" },
    { 400, "bad \xff byte", HUB_ERROR_SERVICE, "Stripe did not accept this (400): bad \xef\xbf\xbd byte" },
    { 401, "Invalid API Key provided: " KEY, HUB_ERROR_CREDENTIALS,
      "Stripe refused the key (401): Invalid API Key provided: …; make a new key and add the account again" },
    { 400, "header Bearer " KEY " and " KEY "x", HUB_ERROR_SERVICE,
      "Stripe did not accept this (400): header Bearer … and …x" },
    { 400, "the key plain-key-value is bad", HUB_ERROR_SERVICE,
      "Stripe did not accept this (400): the key … is bad" },
    { 400, "x-1 is kept", HUB_ERROR_SERVICE, "Stripe did not accept this (400): x-1 is kept" },
  };
  g_autoptr (HubHttp) http = hub_http_new ("Stripe", "https://api.stripe.com", NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("", 0);

  hub_http_set_header (http, "Authorization", "Bearer " KEY);
  hub_http_set_header (http, "X-Key", "plain-key-value");
  hub_http_set_header (http, "X-Short", "x-1");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    HubHttpAnswer answer = { cases[i].status, body, NULL, NULL };
    g_autoptr (GError) error = NULL;

    g_assert_false (hub_http_fail (http, &answer, cases[i].detail, &error));
    g_assert_error (error, HUB_ERROR, (int) cases[i].code);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

static void test_a_sentence_carries_the_request_id_and_stays_short (void) {
  g_autoptr (HubHttp) http = hub_http_new ("Stripe", "https://api.stripe.com", NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("", 0);
  HubHttpAnswer answer = { 400, body, NULL, (char *) "req_1" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) long_detail = g_string_new (NULL);

  for (int i = 0; i < 100000; i++)
    g_string_append (long_detail, "é");
  hub_http_fail (http, &answer, long_detail->str, &error);
  g_assert_true (g_str_has_prefix (error->message, "Stripe did not accept this (400, req_1): éé"));
  g_assert_true (g_str_has_suffix (error->message, "é…"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (error->message, -1), <, 360);
}

static GLogWriterOutput keep_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
                                  gpointer data) {
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append_printf (data, "%s\n", (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

/* Runs in a process of its own, because a log writer can be set only once. */
static void test_the_log_tells_path_and_status_but_no_secret (void) {
  if (g_test_subprocess ()) {
    g_autoptr (GString) log = g_string_new (NULL);
    g_auto (Server) server = { .answer = answer_echo };
    g_autoptr (HubHttp) http = NULL;
    g_autoptr (HubHttpAnswer) answer = NULL;

    g_log_set_writer_func (keep_log, log, NULL);
    server_start (&server);
    http = client_new (&server);
    hub_http_set_header (http, "X-Key", "pasted\n" KEY); /* libsoup would warn, and show it */
    answer = client_send (http, &server, "POST", "/v1/charges?api_key=hidden", FALSE, NULL);
    g_assert_nonnull (answer);
    g_assert_nonnull (strstr (log->str, "POST http://127.0.0.1:"));
    g_assert_nonnull (strstr (log->str, "/v1/charges: 200"));
    g_assert_null (strstr (log->str, "CANARY"));
    g_assert_null (strstr (log->str, "hidden"));
    g_assert_null (strstr (log->str, "a=1"));
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* Threads and speed */

static gpointer send_in_thread (gpointer data) {
  Server *server = data;
  g_autoptr (HubHttp) http = client_new (server);

  for (int i = 0; i < 50; i++) {
    g_autoptr (HubHttpAnswer) answer = client_send (http, server, i % 2 ? "GET" : "POST", "/v1", i % 3, NULL);

    g_assert_nonnull (answer);
  }
  return NULL;
}

static void test_clients_work_side_by_side (void) {
  g_auto (Server) server = { .answer = answer_echo };
  GThread *threads[4];

  server_start (&server);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("client", send_in_thread, &server);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (server.n_requests, ==, 200);
}

#define PAGE 235000

static void answer_page (Server *server, SoupServerMessage *message, guint n) {
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, server->other, PAGE);
}

static void test_speed (void) {
  g_autofree char *page = g_malloc0 (PAGE);
  g_auto (Server) server = { .answer = answer_page, .other = page };
  g_autoptr (HubHttp) http = NULL;
  double seconds;

  if (!g_test_perf ()) {
    g_test_skip ("only with -m perf");
    return;
  }
  server_start (&server);
  http = client_new (&server);
  g_test_timer_start ();
  for (int i = 0; i < 1000; i++) {
    g_autoptr (HubHttpAnswer) answer = client_send (http, &server, "GET", "/page", TRUE, NULL);

    g_assert_cmpuint (g_bytes_get_size (answer->body), ==, PAGE);
  }
  seconds = g_test_timer_elapsed ();
  g_test_maximized_result (PAGE * 1000 / 1e6 / seconds, "%.0f MB/s", PAGE * 1000 / 1e6 / seconds);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/http/" #name, test_##name)
  ADD (only_https_and_loopback_are_origins);
  ADD (other_origins_are_refused_before_anything_is_sent);
  ADD (requests_arrive_as_they_were_given);
  ADD (any_answer_is_returned_as_it_is);
  ADD (32_MiB_are_read_and_one_byte_more_is_refused);
  ADD (an_endless_answer_is_dropped);
  ADD (a_status_is_tried_again_only_when_that_does_no_harm);
  ADD (retry_after_is_honoured_in_both_forms);
  ADD (pauses_double_with_jitter);
  ADD (cancelling_ends_a_pause_and_a_request_at_once);
  ADD (an_answer_cut_short_is_no_answer);
  ADD (an_unsafe_request_is_never_sent_twice_on_a_kept_connection);
  ADD (safe_requests_share_one_connection);
  ADD (no_connection_is_no_loss);
  ADD (an_unknown_host_is_no_loss);
  ADD (an_untrusted_certificate_is_refused_at_once);
  ADD (a_trusted_certificate_is_accepted);
  ADD (redirects_stay_within_the_origin);
  ADD (every_refusal_has_its_code_and_sentence);
  ADD (a_sentence_carries_the_request_id_and_stays_short);
  ADD (the_log_tells_path_and_status_but_no_secret);
  ADD (clients_work_side_by_side);
  ADD (speed);
  return g_test_run ();
}
