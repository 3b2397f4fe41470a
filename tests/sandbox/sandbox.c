/* sandbox.c: carries requests to the services and answers back, records them and makes the faults that a test asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "documented.h"
#include <string.h>
#include <sys/socket.h>

#define BODY_KEPT 65536
#define REQUESTS_KEPT 20000

typedef struct {
  Sandbox *sandbox; /* (borrowed) */
  const char *name; /* (static) */
  ServiceHandler handler;
  gpointer state; /* (borrowed) */
  SoupServer *server;
  char *origin;
  GHashTable *counts; /* (owned) requests by method */
  ServiceFail fail;   /* (nullable) */
  guint in_flight, peak;
} Service;

typedef struct {
  const char *service; /* (static) */
  char *method, *path, *query, *headers, *body;
  gsize length;
  guint status;
} Recorded;

typedef struct {
  char *service, *path, *method, *kind, *location; /* all but kind nullable */
  gint64 skip, times, applied, milliseconds, status;
} Fault;

struct _Sandbox {
  guint latency;
  GPtrArray *services;     /* (owned) */
  GPtrArray *requests;     /* (owned) of Recorded */
  GPtrArray *faults;       /* (owned) */
  GPtrArray *undocumented; /* (owned) what the services' vendors do not document of the requests, each once */
};

/* An answer on its way; how it ends. */
typedef enum { DELIVER_WHOLE, DELIVER_NOTHING, DELIVER_HALF_AND_RESET, DELIVER_HALF_AND_CLOSE } Delivery;

typedef struct {
  Service *service; /* (borrowed) */
  SoupServerMessage *message;
  Answer answer;
  Delivery delivery;
} Reply;

/* Requests and answers. */

void answer_set (Answer *answer, guint status, const char *body) {
  answer->status = status;
  answer->content_type = "application/json; charset=UTF-8";
  g_string_assign (answer->body, body);
}

void answer_printf (Answer *answer, guint status, const char *format, ...) {
  va_list arguments;

  answer_set (answer, status, "");
  va_start (arguments, format);
  g_string_append_vprintf (answer->body, format, arguments);
  va_end (arguments);
}

static void parameter_free (Parameter *parameter) {
  g_free (parameter->name);
  g_free (parameter->value);
  g_free (parameter);
}

GPtrArray *parameters_parse (const char *form, gssize length) {
  g_autoptr (GPtrArray) parameters = g_ptr_array_new_with_free_func ((GDestroyNotify) parameter_free);
  g_autoptr (GError) error = NULL;
  GUriParamsIter iter;
  char *name, *value;

  if (form) {
    g_uri_params_iter_init (&iter, form, length, "&", G_URI_PARAMS_WWW_FORM);
    while (g_uri_params_iter_next (&iter, &name, &value, &error)) {
      Parameter *parameter = g_new (Parameter, 1);
      *parameter = (Parameter){ name, value };
      g_ptr_array_add (parameters, parameter);
    }
  }
  return error ? NULL : g_steal_pointer (&parameters);
}

const char *parameters_get (GPtrArray *parameters, const char *name) {
  for (guint i = 0; i < parameters->len; i++) {
    const Parameter *parameter = g_ptr_array_index (parameters, i);
    if (g_str_equal (parameter->name, name))
      return parameter->value;
  }
  return NULL;
}

const char *request_get_bearer (const Request *request) {
  const char *header = soup_message_headers_get_one (request->headers, "Authorization");

  return header && g_str_has_prefix (header, "Bearer ") ? header + strlen ("Bearer ") : NULL;
}

/* Recording. */

static void recorded_free (Recorded *recorded) {
  g_free (recorded->method);
  g_free (recorded->path);
  g_free (recorded->query);
  g_free (recorded->headers);
  g_free (recorded->body);
  g_free (recorded);
}

static char *headers_to_json (SoupMessageHeaders *headers) {
  GString *out = g_string_new ("{");
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    g_autofree char *lower = g_ascii_strdown (name, -1);
    g_autofree char *valid = g_utf8_make_valid (value, -1);
    if (out->len > 1)
      g_string_append (out, ", ");
    tree_append_text (out, lower, -1);
    g_string_append (out, ": ");
    tree_append_text (out, valid, -1);
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static void note_undocumented (Service *service, const Request *request) {
  GPtrArray *noted = service->sandbox->undocumented;
  g_autofree char *problem = documented_check (service->name, request);

  if (problem && !g_ptr_array_find_with_equal_func (noted, problem, g_str_equal, NULL))
    g_ptr_array_add (noted, g_steal_pointer (&problem));
}

GPtrArray *sandbox_get_undocumented (Sandbox *sandbox) {
  return sandbox->undocumented;
}

static Recorded *record (Service *service, const Request *request) {
  GPtrArray *requests = service->sandbox->requests;
  Recorded *recorded = g_new0 (Recorded, 1);
  gpointer count = g_hash_table_lookup (service->counts, request->method);

  g_hash_table_replace (service->counts, g_strdup (request->method),
                        GSIZE_TO_POINTER (GPOINTER_TO_SIZE (count) + 1));
  recorded->service = service->name;
  recorded->method = g_strdup (request->method);
  recorded->path = g_strdup (request->path);
  recorded->query = g_strdup (request->query);
  recorded->headers = headers_to_json (request->headers);
  recorded->body = g_utf8_make_valid (request->body, MIN (request->length, BODY_KEPT));
  recorded->length = request->length;
  if (requests->len >= REQUESTS_KEPT)
    g_ptr_array_remove_range (requests, 0, REQUESTS_KEPT / 4);
  g_ptr_array_add (requests, recorded);
  return recorded;
}

void sandbox_write_requests (Sandbox *sandbox, GString *out) {
  g_string_append_c (out, '[');
  for (guint i = 0; i < sandbox->requests->len; i++) {
    const Recorded *recorded = g_ptr_array_index (sandbox->requests, i);
    g_string_append_printf (out, "%s{\"service\": \"%s\", \"method\": \"%s\", \"path\": ", i > 0 ? ",\n" : "",
                            recorded->service, recorded->method);
    tree_append_text (out, recorded->path, -1);
    g_string_append (out, ", \"query\": ");
    if (recorded->query)
      tree_append_text (out, recorded->query, -1);
    else
      g_string_append (out, "null");
    g_string_append_printf (out, ", \"headers\": %s, \"body\": ", recorded->headers);
    tree_append_text (out, recorded->body, -1);
    g_string_append_printf (out, ", \"length\": %" G_GSIZE_FORMAT ", \"status\": %u}", recorded->length,
                            recorded->status);
  }
  g_string_append (out, "]\n");
}

void sandbox_clear_requests (Sandbox *sandbox) {
  g_ptr_array_set_size (sandbox->requests, 0);
  for (guint i = 0; i < sandbox->services->len; i++) {
    Service *service = g_ptr_array_index (sandbox->services, i);
    g_hash_table_remove_all (service->counts);
    service->peak = 0;
  }
}

void sandbox_write_stats (Sandbox *sandbox, GString *out) {
  g_string_append_c (out, '{');
  for (guint i = 0; i < sandbox->services->len; i++) {
    const Service *service = g_ptr_array_index (sandbox->services, i);
    GHashTableIter iter;
    gpointer method, count;
    g_string_append_printf (out, "%s\"%s\": {", i > 0 ? ", " : "", service->name);
    g_hash_table_iter_init (&iter, service->counts);
    for (gboolean first = TRUE; g_hash_table_iter_next (&iter, &method, &count); first = FALSE)
      g_string_append_printf (out, "%s\"%s\": %" G_GSIZE_FORMAT, first ? "" : ", ", (char *) method,
                              GPOINTER_TO_SIZE (count));
    if (service->fail)
      g_string_append_printf (out, "%s\"peak\": %u", g_hash_table_size (service->counts) ? ", " : "",
                              service->peak);
    g_string_append_c (out, '}');
  }
  g_string_append (out, "}\n");
}

/* Faults. */

static const char *const fault_kinds[] = { "reset",
                                           "reset-mid-body",
                                           "close-mid-body",
                                           "truncate",
                                           "html",
                                           "deep",
                                           "bignumber",
                                           "slow",
                                           "429",
                                           "429-retry-after",
                                           "500",
                                           "503",
                                           "401",
                                           "403",
                                           "404",
                                           "lost",
                                           "redirect",
                                           "scramble",
                                           NULL };

static void fault_free (Fault *fault) {
  g_free (fault->service);
  g_free (fault->path);
  g_free (fault->method);
  g_free (fault->kind);
  g_free (fault->location);
  g_free (fault);
}

const char *sandbox_add_fault (Sandbox *sandbox, const Tree *command) {
  static const char *const known[] = { "service", "path", "method", "skip",     "times",
                                       "fault",   "ms",   "status", "location", NULL };
  const char *kind = tree_get_text (command, "fault", "");

  for (const Tree *member = command->child; member; member = member->next)
    if (!g_strv_contains (known, member->name))
      return "unknown member of a fault; known: service path method skip times fault ms status location";
  if (!g_strv_contains (fault_kinds, kind))
    return "unknown fault";
  Fault *fault = g_new0 (Fault, 1);
  fault->kind = g_strdup (kind);
  fault->service = g_strdup (tree_get_text (command, "service", NULL));
  fault->path = g_strdup (tree_get_text (command, "path", NULL));
  fault->method = g_strdup (tree_get_text (command, "method", NULL));
  fault->location = g_strdup (tree_get_text (command, "location", NULL));
  fault->skip = tree_get_integer (command, "skip", 0);
  fault->times = tree_get_integer (command, "times", 1);
  fault->milliseconds = tree_get_integer (command, "ms", 2000);
  fault->status = tree_get_integer (command, "status", 200);
  g_ptr_array_add (sandbox->faults, fault);
  return NULL;
}

void sandbox_clear_faults (Sandbox *sandbox) {
  g_ptr_array_set_size (sandbox->faults, 0);
}

void sandbox_write_faults (Sandbox *sandbox, GString *out) {
  g_string_append_c (out, '[');
  for (guint i = 0; i < sandbox->faults->len; i++) {
    const Fault *fault = g_ptr_array_index (sandbox->faults, i);
    g_string_append_printf (out,
                            "%s{\"fault\": \"%s\", \"skip\": %" G_GINT64_FORMAT
                            ", \"times\": %" G_GINT64_FORMAT ", \"applied\": %" G_GINT64_FORMAT "}",
                            i > 0 ? ", " : "", fault->kind, fault->skip, fault->times, fault->applied);
  }
  g_string_append (out, "]\n");
}

static gboolean fault_matches (const Fault *fault, const Service *service, const Request *request) {
  g_autofree char *decoded = g_uri_unescape_string (request->path, NULL);

  return fault->times > 0 && (!fault->service || g_str_equal (fault->service, service->name))
         && (!fault->method || g_str_equal (fault->method, request->method))
         && (!fault->path || strstr (request->path, fault->path)
             || (decoded && strstr (decoded, fault->path)));
}

/* The first fault whose turn it is. */
static const Fault *take_fault (Service *service, const Request *request) {
  GPtrArray *faults = service->sandbox->faults;

  for (guint i = 0; i < faults->len; i++) {
    Fault *fault = g_ptr_array_index (faults, i);
    if (!fault_matches (fault, service, request))
      continue;
    if (fault->skip > 0) {
      fault->skip--;
      continue;
    }
    fault->times--;
    fault->applied++;
    return fault;
  }
  return NULL;
}

static void answer_status_of_stripe (Answer *answer, guint status) {
  static const char error[] = "{\n  \"error\": {\n    %s\"message\": \"%s\",\n    \"type\": \"%s\"\n  }\n}\n";
  const char *invalid = "invalid_request_error";

  switch (status) {
  case 401: answer_printf (answer, 401, error, "", "Expired API Key provided: sk_test_****", invalid); break;
  case 403:
    answer_printf (answer, 403, error, "\"code\": \"more_permissions_required\",\n    ",
                   "The provided key does not have the required permissions for this endpoint. Having the "
                   "'rak_payment_intent_read' permission would allow this request to continue.",
                   invalid);
    break;
  case 404:
    answer_printf (answer, 404, error, "\"code\": \"resource_missing\",\n    ", "No such object", invalid);
    break;
  case 429:
    answer_printf (answer, 429, error, "\"code\": \"rate_limit\",\n    ", "Too many requests.", invalid);
    soup_message_headers_replace (answer->headers, "Stripe-Rate-Limited-Reason", "global-rate");
    break;
  default: answer_printf (answer, status, error, "", "An unknown error occurred", "api_error"); break;
  }
}

static void answer_status_of_google (Answer *answer, guint status) {
  static const struct {
    guint status;
    const char *name, *message;
  } known[] = {
    { 401, "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
      "valid "
      "authentication credential." },
    { 403, "PERMISSION_DENIED", "The caller does not have permission" },
    { 404, "NOT_FOUND", "Requested entity was not found." },
    { 429, "RESOURCE_EXHAUSTED",
      "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of "
      "service "
      "'sheets.googleapis.com'." },
    { 500, "INTERNAL", "Internal error encountered." },
    { 503, "UNAVAILABLE", "The service is currently unavailable." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].status == status)
      answer_printf (
          answer, status,
          "{\n  \"error\": {\n    \"code\": %u,\n    \"message\": \"%s\",\n    \"status\": \"%s\"\n  }\n}\n",
          status, known[i].message, known[i].name);
}

static void answer_status (Service *service, Answer *answer, guint status) {
  if (service->fail)
    service->fail (answer, status, "This is a fault that a test asked for.");
  else if (g_str_equal (service->name, "google"))
    answer_status_of_google (answer, status);
  else
    answer_status_of_stripe (answer, status);
}

static void answer_redirect (Sandbox *sandbox, const Fault *fault, const Request *request, Answer *answer) {
  const char *elsewhere = "";

  for (guint i = 0; i < sandbox->services->len; i++) {
    const Service *service = g_ptr_array_index (sandbox->services, i);
    if (g_str_equal (service->name, "elsewhere"))
      elsewhere = service->origin;
  }
  g_autofree char *same = g_strdup_printf ("%s%s%s%s", elsewhere, request->path, request->query ? "?" : "",
                                           request->query ? request->query : "");
  answer_set (answer, 302, "");
  soup_message_headers_replace (answer->headers, "Location", fault->location ? fault->location : same);
}

/* Replaces the first amount, or else the first number, by one of 400 digits. */
static void make_big_number (GString *body) {
  const char *amount = strstr (body->str, "\"amount\": ");
  const char *at = amount ? amount + strlen ("\"amount\": ") : body->str;
  g_autofree char *digits = g_strnfill (400, '9');

  while (*at && !g_ascii_isdigit (*at)) {
    if (*at == '"')
      at += 1 + strcspn (at + 1, "\"");
    if (*at)
      at++;
  }
  if (*at == '\0')
    return;
  gsize position = at - body->str;
  gsize length = strspn (at, "0123456789");
  g_string_erase (body, position, length);
  g_string_insert (body, position, digits);
}

/* A fault that answers without the service's knowledge. FALSE: it is none of those. */
static gboolean answer_instead (Service *service, const Fault *fault, const Request *request, Reply *reply) {
  Answer *answer = &reply->answer;

  if (g_str_equal (fault->kind, "reset"))
    reply->delivery = DELIVER_NOTHING;
  else if (g_str_equal (fault->kind, "redirect"))
    answer_redirect (service->sandbox, fault, request, answer);
  else if (g_ascii_isdigit (fault->kind[0])) {
    answer_status (service, answer, g_ascii_strtoull (fault->kind, NULL, 10));
    if (g_str_has_suffix (fault->kind, "retry-after"))
      soup_message_headers_replace (answer->headers, "Retry-After", "1");
  } else if (g_str_equal (fault->kind, "html")) {
    answer_set (answer, fault->status,
                "<!DOCTYPE html>\n<html><head><title>Please sign "
                "in</title></head><body><h1>Wi-Fi</h1></body></html>\n");
    answer->content_type = "text/html; charset=UTF-8";
  } else if (g_str_equal (fault->kind, "deep")) {
    g_autofree char *brackets = g_strnfill (200000, '[');
    answer_set (answer, fault->status, brackets);
  } else {
    return FALSE;
  }
  return TRUE;
}

/* The end of the JSON value at @at, which is well formed. */
static const char *end_of_value (const char *at) {
  int depth = 0;

  do {
    if (*at == '"')
      for (at++; *at && *at != '"'; at++)
        at += *at == '\\';
    depth += *at == '{' || *at == '[';
    depth -= *at == '}' || *at == ']';
    at++;
  } while (*at && (depth > 0 || !strchr (",]}", *at)));
  return at;
}

/* Puts values of any type in the place of one in three. */
static void scramble (GString *body, guint seed) {
  static const char *const values[] = { "null",           "true",       "0",          "-1.5",  "\"\"",
                                        "\"x\"",          "[]",         "{}",         "[[1]]", "1e99",
                                        "\"2026-13-99\"", "{\"a\":{}}", "\"\\u0000\"" };
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  GString *out = g_string_new (NULL);
  gboolean value = FALSE; /* what comes next is a member's value or an element */

  for (const char *at = body->str; *at;) {
    if (value && !strchr (" \n]}", *at) && g_rand_int_range (random, 0, 3) == 0) {
      g_string_append (out, values[g_rand_int_range (random, 0, G_N_ELEMENTS (values))]);
      at = end_of_value (at);
      value = FALSE;
    } else if (*at == '"') {
      const char *end = at + 1;
      for (; *end && *end != '"'; end++)
        end += *end == '\\';
      g_string_append_len (out, at, end + 1 - at);
      at = end + 1;
      value = FALSE;
    } else {
      value = *at == ':' || *at == '[' || (value && *at == ' ');
      g_string_append_c (out, *at++);
    }
  }
  g_string_assign (body, out->str);
  g_string_free (out, TRUE);
}

/* A fault that spoils what the service answered. */
static void spoil (const Fault *fault, Reply *reply) {
  GString *body = reply->answer.body;

  if (g_str_equal (fault->kind, "lost"))
    reply->delivery = DELIVER_NOTHING;
  else if (g_str_equal (fault->kind, "reset-mid-body"))
    reply->delivery = DELIVER_HALF_AND_RESET;
  else if (g_str_equal (fault->kind, "close-mid-body"))
    reply->delivery = DELIVER_HALF_AND_CLOSE;
  else if (g_str_equal (fault->kind, "truncate"))
    g_string_truncate (body, body->len / 2);
  else if (g_str_equal (fault->kind, "bignumber"))
    make_big_number (body);
  else if (g_str_equal (fault->kind, "scramble"))
    scramble (body, fault->milliseconds);
}

/* Delivery. */

static void write_half (GSocket *socket, const Answer *answer) {
  g_autoptr (GString) out = g_string_new (NULL);
  gsize sent = 0;

  g_string_append_printf (out,
                          "HTTP/1.1 %u OK\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                          answer->status, answer->content_type, answer->body->len);
  g_string_append_len (out, answer->body->str, answer->body->len / 2);
  g_socket_set_blocking (socket, TRUE);
  g_socket_set_timeout (socket, 5);
  while (sent < out->len) {
    gssize written = g_socket_send (socket, out->str + sent, out->len - sent, NULL, NULL);
    if (written <= 0)
      return;
    sent += written;
  }
}

/* Takes the connection away from the server and ends it. */
static void deliver_on_socket (Reply *reply) {
  GSocket *known = soup_server_message_get_socket (reply->message);
  g_autoptr (GSocket) socket = known ? g_object_ref (known) : NULL;
  g_autoptr (GIOStream) stream = socket ? soup_server_message_steal_connection (reply->message) : NULL;
  struct linger reset = { 1, 0 };

  if (!stream) /* the client has left meanwhile */
    return;
  if (reply->delivery != DELIVER_NOTHING)
    write_half (socket, &reply->answer);
  if (reply->delivery != DELIVER_HALF_AND_CLOSE
      && setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0)
    g_warning ("cannot make the connection reset");
  g_socket_close (socket, NULL);
}

static void copy_header (const char *name, const char *value, gpointer headers) {
  soup_message_headers_append (headers, name, value);
}

static void deliver_whole (Reply *reply) {
  Answer *answer = &reply->answer;
  gsize length = answer->body->len;

  soup_message_headers_foreach (answer->headers, copy_header,
                                soup_server_message_get_response_headers (reply->message));
  soup_server_message_set_status (reply->message, answer->status, NULL);
  soup_server_message_set_response (reply->message, answer->content_type, SOUP_MEMORY_TAKE,
                                    g_string_free (g_steal_pointer (&answer->body), FALSE), length);
}

static void reply_free (Reply *reply) {
  if (reply->answer.body)
    g_string_free (reply->answer.body, TRUE);
  reply->service->in_flight--;
  soup_message_headers_unref (reply->answer.headers);
  g_object_unref (reply->message);
  g_free (reply);
}

static gboolean deliver_later (gpointer data) {
  Reply *reply = data;

  if (reply->delivery == DELIVER_WHOLE) {
    deliver_whole (reply);
    soup_server_message_unpause (reply->message);
  } else {
    deliver_on_socket (reply);
  }
  return G_SOURCE_REMOVE;
}

static void on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
                        gpointer data) {
  Service *service = data;
  GUri *uri = soup_server_message_get_uri (message);
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  Request request = {
    soup_server_message_get_method (message),          g_uri_get_path (uri),          g_uri_get_query (uri),
    soup_server_message_get_request_headers (message), g_bytes_get_data (body, NULL), g_bytes_get_size (body)
  };
  Reply *reply = g_new0 (Reply, 1);
  guint delay = service->sandbox->latency;

  reply->service = service;
  request.in_flight = ++service->in_flight;
  service->peak = MAX (service->peak, service->in_flight);
  reply->message = g_object_ref (message);
  reply->answer.body = g_string_new (NULL);
  reply->answer.headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  if (!request.body)
    request.body = "";
  Recorded *recorded = record (service, &request);
  note_undocumented (service, &request);
  const Fault *fault = take_fault (service, &request);
  if (!fault || !answer_instead (service, fault, &request, reply)) {
    service->handler (service->state, &request, &reply->answer);
    if (fault)
      spoil (fault, reply);
  }
  if (fault && g_str_equal (fault->kind, "slow"))
    delay += fault->milliseconds;
  recorded->status = reply->delivery == DELIVER_NOTHING ? 0 : reply->answer.status;
  if (delay == 0 && reply->delivery == DELIVER_WHOLE) {
    deliver_whole (reply);
    reply_free (reply);
    return;
  }
  soup_server_message_pause (message);
  g_timeout_add_full (G_PRIORITY_DEFAULT, delay, deliver_later, reply, (GDestroyNotify) reply_free);
}

/* The servers. */

static void service_free (Service *service) {
  g_object_unref (service->server);
  g_free (service->origin);
  g_hash_table_unref (service->counts);
  g_free (service);
}

Sandbox *sandbox_new (guint latency) {
  Sandbox *sandbox = g_new0 (Sandbox, 1);

  sandbox->latency = latency;
  sandbox->services = g_ptr_array_new_with_free_func ((GDestroyNotify) service_free);
  sandbox->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) recorded_free);
  sandbox->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
  sandbox->undocumented = g_ptr_array_new_with_free_func (g_free);
  return sandbox;
}

void sandbox_free (Sandbox *sandbox) {
  g_ptr_array_unref (sandbox->services);
  g_ptr_array_unref (sandbox->requests);
  g_ptr_array_unref (sandbox->faults);
  g_ptr_array_unref (sandbox->undocumented);
  g_free (sandbox);
}

void sandbox_set_latency (Sandbox *sandbox, guint milliseconds) {
  sandbox->latency = milliseconds;
}

const char *sandbox_add_service (Sandbox *sandbox, const char *name, ServiceHandler handler, gpointer state,
                                 GError **error) {
  Service *service = g_new0 (Service, 1);

  service->sandbox = sandbox;
  service->name = name;
  service->handler = handler;
  service->state = state;
  service->server = soup_server_new ("server-header", "sandbox ", "raw-paths", TRUE, NULL);
  service->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (sandbox->services, service);
  soup_server_add_handler (service->server, NULL, on_request, service, NULL);
  service->origin = sandbox_listen (service->server, error);
  return service->origin;
}

void sandbox_set_fail (Sandbox *sandbox, const char *name, ServiceFail fail) {
  for (guint i = 0; i < sandbox->services->len; i++) {
    Service *service = g_ptr_array_index (sandbox->services, i);
    if (g_str_equal (service->name, name))
      service->fail = fail;
  }
}

char *sandbox_listen (SoupServer *server, GError **error) {
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);

  if (!soup_server_listen (server, address, 0, error))
    return NULL;
  GSList *uris = soup_server_get_uris (server);
  char *origin = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return origin;
}
