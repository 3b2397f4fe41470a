/* http.c: sends requests with libsoup, synchronously in the calling worker thread, under the rules of http.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>
#include "error.h"
#include "http.h"

#define MAX_BODY (32 * 1024 * 1024)
#define MAX_TRIES 6
#define MAX_REDIRECTS 5
#define MAX_RETRY_AFTER 120 /* seconds */
#define MAX_DETAIL 300      /* characters */
#define FIRST_PAUSE 500     /* milliseconds */
#define SILENCE 60          /* seconds */
#define USER_AGENT "integration-hub/" PACKAGE_VERSION " "
#define URL_PATTERN "^https?://[a-z0-9\\[][a-z0-9._:\\[\\]-]*([/?#][!-~]*)?$"
#define READ_BLOCK (64 * 1024)
#define MIN_SECRET 6 /* shorter header values are no secrets, and hiding them would garble sentences */

struct _HubHttp {
  char *service;         /* (owned) */
  char *origin;          /* (owned) */
  GHashTable *headers;   /* (owned) name → value */
  SoupSession *session;  /* (owned) */
  GMainContext *context; /* (owned) never iterated: keeps the session's timers away from the main thread */
  GIOStream *connection; /* (owned) (nullable) the one there is; so that its end can be seen */
  GPtrArray *secrets;    /* (owned) (element-type utf8) */
  const HubManifest *manifest; /* (borrowed) (nullable) */
  HubBudget *budget;           /* (owned) (nullable) */
  gsize base_length;           /* of the base address's path, which budgets leave out */
  guint first_pause;
  guint n_requests;
  gboolean connected; /* the last try made a connection, as one that is not safe always does */
};

typedef struct {
  const char *method;
  GUri *uri;
  const char *content_type;
  GBytes *body;
  gboolean safe;
  GCancellable *cancellable;
} Request;

void hub_http_answer_free (HubHttpAnswer *answer) {
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_free (answer->content_type);
  g_free (answer->request_id);
  g_free (answer->link);
  g_free (answer);
}

static gboolean is_loopback (const char *host) {
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (host, "localhost") == 0;
}

/* "scheme://host[:port]" in its one spelling, unchecked. */
static char *get_origin (GUri *uri) {
  g_autofree char *root = g_uri_join (G_URI_FLAGS_SCHEME_NORMALIZE, g_uri_get_scheme (uri), NULL,
                                      g_uri_get_host (uri), g_uri_get_port (uri), "", NULL, NULL);

  return g_ascii_strdown (root, strlen (root) - 1);
}

/* Every address passes here, and the very GUri that was checked is the one that is sent to. The pattern leaves no place for
 * a user name ("https://localhost@elsewhere"), escapes in the host, or anything invisible. */
static GUri *parse_url (const char *url, GError **error) {
  g_autoptr (GUri) uri = NULL;

  if (g_regex_match_simple (URL_PATTERN, url, G_REGEX_CASELESS | G_REGEX_DOLLAR_ENDONLY, 0))
    uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri != NULL && (g_str_equal (g_uri_get_scheme (uri), "https") || is_loopback (g_uri_get_host (uri))))
    return g_steal_pointer (&uri);
  g_set_error_literal (
      error, HUB_ERROR, HUB_ERROR_INVALID,
      _ ("not an address that can be used; write https://… (http:// only for this computer)"));
  return NULL;
}

char *hub_http_origin (const char *url, GError **error) {
  g_autoptr (GUri) uri = parse_url (url, error);

  return uri ? get_origin (uri) : NULL;
}

HubHttp *hub_http_new (const char *service, const char *origin, GError **error) {
  g_autoptr (GUri) uri = parse_url (origin, error);
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (context);

  if (uri == NULL)
    return NULL;
  HubHttp *http = g_new0 (HubHttp, 1);
  http->service = g_strdup (service);
  http->origin = get_origin (uri);
  http->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  http->secrets = g_ptr_array_new_with_free_func (g_free);
  http->first_pause = FIRST_PAUSE;
  http->context = g_steal_pointer (&context);
  http->session = soup_session_new_with_options ("timeout", SILENCE, "user-agent", USER_AGENT, "max-conns", 1,
                                                 "max-conns-per-host", 1, NULL);
  soup_session_remove_feature_by_type (http->session, SOUP_TYPE_AUTH_MANAGER);
  if (is_loopback (g_uri_get_host (uri)))
    soup_session_set_proxy_resolver (http->session, NULL);
  return http;
}

void hub_http_free (HubHttp *http) {
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (http->context);

  g_object_unref (http->session);
  g_clear_object (&http->connection);
  g_main_context_unref (http->context);
  g_hash_table_unref (http->headers);
  g_ptr_array_unref (http->secrets);
  g_clear_pointer (&http->budget, hub_budget_free);
  g_free (http->origin);
  g_free (http->service);
  g_free (http);
}

void hub_http_set_header (HubHttp *http, const char *name, const char *value) {
  if (value == NULL)
    g_hash_table_remove (http->headers, name);
  else /* libsoup would print a value with a line break, such as a badly pasted key, in a warning */
    g_hash_table_replace (http->headers, g_strdup (name),
                          g_strstrip (g_strdelimit (g_strdup (value), "\r\n", ' ')));
}

void hub_http_set_backoff (HubHttp *http, guint first_ms) {
  http->first_pause = first_ms;
}

void hub_http_set_limits (HubHttp *http, const HubManifest *manifest, HubBudget *budget, gsize base_length) {
  http->manifest = manifest;
  http->budget = budget;
  http->base_length = base_length;
}

void hub_http_hide (HubHttp *http, const char *secret) {
  if (strlen (secret) >= MIN_SECRET)
    g_ptr_array_add (http->secrets, g_strdup (secret));
}

static gboolean means (HubHttp *http, const HubHttpAnswer *answer, const char *meaning) {
  return http->manifest
         && g_strcmp0 (
                hub_manifest_meaning (http->manifest, answer->status, answer->content_type, answer->body),
                meaning)
                == 0;
}

guint hub_http_get_n_requests (HubHttp *http) {
  return http->n_requests;
}

/* One line of at most MAX_DETAIL characters, without anything that was sent as a header: a careless service echoes the key. */
static char *clean_detail (HubHttp *http, const char *detail) {
  g_autofree char *valid = g_utf8_make_valid (detail, -1);
  g_autoptr (GString) text = g_string_new (valid);
  GHashTableIter iter;
  const char *value;

  g_hash_table_iter_init (&iter, http->headers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &value)) {
    const char *space = strchr (value, ' '); /* "Bearer <token>" */
    const char *secret = space ? space + 1 : value;

    if (strlen (secret) >= MIN_SECRET)
      g_string_replace (text, secret, "…", 0);
  }
  for (guint i = 0; i < http->secrets->len; i++)
    g_string_replace (text, g_ptr_array_index (http->secrets, i), "…", 0);
  g_strstrip (g_strdelimit (text->str, "\n\r\t\v\f\b\033", ' '));
  if (g_str_has_suffix (text->str, "."))
    text->str[strlen (text->str) - 1] = '\0';
  if (g_utf8_strlen (text->str, -1) <= MAX_DETAIL)
    return g_strdup (text->str);
  *g_utf8_offset_to_pointer (text->str, MAX_DETAIL) = '\0';
  return g_strconcat (text->str, "…", NULL);
}

/* A new connection is there: from now on the service may have received the request. */
static void on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *connection,
                              HubHttp *http) {
  if (event != G_SOCKET_CLIENT_COMPLETE)
    return;
  g_set_object (&http->connection, connection);
  http->connected = TRUE;
}

static SoupMessage *make_message (HubHttp *http, const Request *request) {
  SoupMessage *message = soup_message_new_from_uri (request->method, request->uri);
  GHashTableIter iter;
  const char *name, *value;

  /* On a connection that was used before, libsoup by itself sends an idempotent method twice when the service closes it
   * without an answer; on a new one it never does. */
  soup_message_add_flags (message, request->safe ? SOUP_MESSAGE_IDEMPOTENT : SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, request->content_type, request->body);
  g_hash_table_iter_init (&iter, http->headers);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &value))
    soup_message_headers_replace (soup_message_get_request_headers (message), name, value);
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), http);
  return message;
}

/* Reads to the end into one piece of memory, which is of the right size from the start if the service told it. */
static GBytes *read_body (HubHttp *http, goffset expected, GInputStream *stream, GCancellable *cancellable,
                          GError **error) {
  g_autoptr (GByteArray) body = g_byte_array_new ();
  gsize length = 0;

  /* In the one byte more, the end of a body of known length is seen without growing. */
  g_byte_array_set_size (body, expected > 0 ? MIN (expected, MAX_BODY) + 1 : READ_BLOCK);
  while (MAX ((goffset) length, expected) <= MAX_BODY) {
    gssize n = g_input_stream_read (stream, body->data + length, body->len - length, cancellable, error);

    if (n < 0)
      return NULL;
    if (n == 0)
      return g_byte_array_free_to_bytes (g_byte_array_set_size (g_steal_pointer (&body), length));
    length += n;
    if (expected == 0 || length == body->len) /* libsoup cannot read chunks into a byte or two */
      g_byte_array_set_size (body, length + READ_BLOCK);
  }
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE,
               _ ("%s sent an answer of more than 32 MiB; ask for less at a time"), http->service);
  return NULL;
}

/* libsoup takes an answer that breaks off within its headers, or between two chunks, for a whole one. The former looks like
 * a body that lasts as long as the connection; after the latter the connection is at its end, though not closed by us. */
static gboolean is_cut_off (HubHttp *http, SoupMessage *message, const HubHttpAnswer *answer) {
  SoupEncoding encoding = soup_message_headers_get_encoding (soup_message_get_response_headers (message));
  GInputStream *input = g_io_stream_get_input_stream (http->connection);
  char byte;

  if (soup_message_get_http_version (message) > SOUP_HTTP_1_1 || answer->status == 204
      || answer->status == 304)
    return FALSE;
  if (encoding == SOUP_ENCODING_EOF)
    return g_bytes_get_size (answer->body) == 0;
  return encoding == SOUP_ENCODING_CHUNKED
         && g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), &byte, 1, NULL, NULL)
                == 0;
}

static gint64 get_date (SoupMessageHeaders *headers) {
  const char *text = soup_message_headers_get_one (headers, "Date");
  g_autoptr (GDateTime) date = text ? soup_date_time_new_from_http_string (text) : NULL;

  return date ? g_date_time_to_unix (date) : g_get_real_time () / G_USEC_PER_SEC;
}

/* One request and its answer. */
static HubHttpAnswer *exchange (HubHttp *http, SoupMessage *message, GCancellable *cancellable,
                                GError **error) {
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_autoptr (HubHttpAnswer) answer = g_new0 (HubHttpAnswer, 1);

  http->connected = FALSE;
  http->n_requests++;
  g_autoptr (GInputStream) stream = soup_session_send (http->session, message, cancellable, error);
  goffset length = soup_message_headers_get_content_length (headers);
  answer->body = stream ? read_body (http, length, stream, cancellable, error) : NULL;
  answer->status = soup_message_get_status (message);
  answer->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  answer->request_id = g_strdup (soup_message_headers_get_one (headers, "Request-Id"));
  answer->link = g_strdup (soup_message_headers_get_list (headers, "Link"));
  answer->date = get_date (headers);
  /* Without aborting, freeing the stream would read what is left of it, perhaps without end. */
  if (answer->body == NULL)
    soup_session_abort (http->session);
  else if (is_cut_off (http, message, answer))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, _ ("the answer breaks off"));
  else
    return g_steal_pointer (&answer);
  return NULL;
}

static gboolean is_repeatable (HubHttp *http, const Request *request, const HubHttpAnswer *answer,
                               const GError *failure) {
  if (answer != NULL)
    return answer->status == 429 || means (http, answer, "retry")
           || (request->safe && (answer->status == 408 || answer->status >= 500));
  return (request->safe || !http->connected) && failure->domain != HUB_ERROR
         && !g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
}

/* The seconds for which the service asks to wait; -1 when it doesn't. */
static gint64 get_retry_after (HubHttp *http, SoupMessageHeaders *headers) {
  const char *own = http->manifest ? http->manifest->throttle_header : NULL;
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  if (text == NULL && own)
    text = soup_message_headers_get_one (headers, own);
  g_autoptr (GDateTime) date = text ? soup_date_time_new_from_http_string (text) : NULL;
  guint64 seconds;

  if (date != NULL)
    return CLAMP (g_date_time_to_unix (date) - g_get_real_time () / G_USEC_PER_SEC, 0, G_MAXINT);
  return text && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &seconds, NULL) ? (gint64) seconds : -1;
}

/* The milliseconds to wait after try number @n. */
static gint64 choose_pause (HubHttp *http, SoupMessageHeaders *headers, guint n) {
  int longest = http->first_pause << (n - 1);
  gint64 seconds = get_retry_after (http, headers);

  return seconds >= 0 ? seconds * 1000 : g_random_int_range (longest / 2, longest + 1);
}

/* Waits, or fails when the service asks for too long or the wait is cancelled. */
static gboolean pause_for (HubHttp *http, const Request *request, gint64 pause, GError **error) {
  gint64 seconds = pause / 1000;
  if (seconds <= MAX_RETRY_AFTER)
    return hub_budget_wait (pause, request->cancellable, error);
  g_set_error (error, HUB_ERROR, HUB_ERROR_NETWORK, _ ("%s asks to wait %d seconds; run again after that"),
               http->service, (int) seconds);
  return FALSE;
}

/* Says why there is no answer to hand over: @failure, or NULL for a 5xx to a request that is not safe. */
static void fail_request (HubHttp *http, const Request *request, guint status, const GError *failure,
                          GError **error) {
  g_autofree char *cause = failure ? clean_detail (http, failure->message) : g_strdup_printf ("%u", status);

  if (g_cancellable_set_error_if_cancelled (request->cancellable, error))
    return;
  if (failure == NULL || (!request->safe && http->connected))
    g_set_error (error, HUB_ERROR, HUB_ERROR_LOST,
                 _ ("%s may or may not have accepted this (%s); run again: it is looked up first"),
                 http->service, cause);
  else if (failure->domain == HUB_ERROR)
    g_propagate_error (error, g_error_copy (failure));
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_NETWORK,
                 _ ("cannot reach %s (%s): %s; check the network and this computer's clock, and try again"),
                 http->service, g_uri_get_host (request->uri), cause);
}

/* Sends @request until there is an answer worth handing over; *@location is where it redirects to, if it does. */
static HubHttpAnswer *send_with_retries (HubHttp *http, const Request *request, char **location,
                                         GError **error) {
  const char *path = g_uri_get_path (request->uri);

  path += MIN (http->base_length, strlen (path)); /* that of the base address counts in no budget */
  for (guint n = 1;; n++) {
    g_autoptr (SoupMessage) message = make_message (http, request);
    SoupMessageHeaders *headers = soup_message_get_response_headers (message);
    g_autoptr (GError) failure = NULL;
    if (http->budget && !hub_budget_enter (http->budget, path, request->cancellable, error))
      return NULL;
    gint64 start = g_get_monotonic_time ();
    g_autoptr (HubHttpAnswer) answer = exchange (http, message, request->cancellable, &failure);
    gint64 pause = choose_pause (http, headers, n);
    if (http->budget)
      hub_budget_leave (http->budget, answer && answer->status == 429 ? pause : 0);

    g_debug ("%s %s%s: %u, %d ms", request->method, http->origin, g_uri_get_path (request->uri),
             soup_message_get_status (message), (int) ((g_get_monotonic_time () - start) / 1000));
    if (n < MAX_TRIES && is_repeatable (http, request, answer, failure)) {
      if (!pause_for (http, request, pause, error))
        return NULL;
    } else if (answer != NULL && (request->safe || answer->status < 500)) {
      *location = g_strdup (soup_message_headers_get_one (headers, "Location"));
      return g_steal_pointer (&answer);
    } else {
      fail_request (http, request, answer ? answer->status : 0, failure, error);
      return NULL;
    }
  }
}

/* Where @request goes next when its answer redirects to @location; NULL with an error when it must not go there. */
static GUri *follow (HubHttp *http, const Request *request, const char *location, guint n_redirects,
                     GError **error) {
  g_autoptr (GUri) next = g_uri_parse_relative (request->uri, location, g_uri_get_flags (request->uri), NULL);
  g_autofree char *to = next && g_uri_get_host (next) ? get_origin (next) : g_strdup ("?");
  g_autofree char *url = next ? g_uri_to_string (next) : NULL;

  if (g_str_equal (to, http->origin) && g_str_equal (request->method, "GET") && n_redirects < MAX_REDIRECTS)
    return parse_url (url, error);
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE,
               _ ("%s redirects to %s, which is not followed to protect the key; check the address"),
               http->service, to);
  return NULL;
}

HubHttpAnswer *hub_http_send (HubHttp *http, const char *method, const char *url, const char *content_type,
                              GBytes *body, gboolean safe, GCancellable *cancellable, GError **error) {
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (http->context);
  g_autoptr (GUri) uri = parse_url (url, error);
  g_autofree char *origin = uri ? get_origin (uri) : NULL;

  if (uri != NULL && !g_str_equal (origin, http->origin)) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("this account may contact %s only, not %s"),
                 http->origin, origin);
    return NULL;
  }
  for (guint n_redirects = 0; uri != NULL; n_redirects++) {
    Request request = { method, uri, content_type, body, safe, cancellable };
    g_autofree char *location = NULL;
    g_autoptr (HubHttpAnswer) answer = send_with_retries (http, &request, &location, error);
    g_autoptr (GUri) last = NULL;

    if (answer == NULL || location == NULL || !SOUP_STATUS_IS_REDIRECTION (answer->status))
      return g_steal_pointer (&answer);
    last = g_steal_pointer (&uri);
    uri = follow (http, &request, location, n_redirects, error);
  }
  return NULL;
}

gboolean hub_http_fail (HubHttp *http, const HubHttpAnswer *answer, const char *detail, GError **error) {
  g_autofree char *clean = clean_detail (http, detail ? detail : "");
  g_autofree char *said = g_strconcat (*clean ? _ (": ") : "", clean, NULL);
  const char *id = answer->request_id;
  g_autofree char *status = g_strdup_printf ("%u%s%s", answer->status, id ? ", " : "", id ? id : "");
  const char *service = http->service;

  if (answer->status == 401 || means (http, answer, "reauthenticate"))
    g_set_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS,
                 _ ("%s refused the key (%s)%s; make a new key and add the account again"), service, status,
                 said);
  else if (answer->status == 403)
    g_set_error (error, HUB_ERROR, HUB_ERROR_PERMISSION,
                 _ ("permission missing: %s refused this (%s)%s; give the key this right"), service, status,
                 said);
  else if (answer->status == 404)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
                 _ ("%s does not find this (%s)%s; check that it still exists"), service, status, said);
  else if (answer->status == 429 || answer->status >= 500)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NETWORK, _ ("%s cannot answer now (%s)%s; try again later"),
                 service, status, said);
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE, _ ("%s did not accept this (%s)%s"), service, status,
                 said);
  return FALSE;
}
