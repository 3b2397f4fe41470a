/* rest-client.c: requests to a manifest-driven service.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"

#define BROKEN_ANSWER_TRIES 3

struct _HubRestClient {
  HubConnector *connector; /* (borrowed) */
  HubHttp *http;           /* (owned) */
  char *base_url;          /* (owned) */
  gint64 date;             /* of the last answer */
  char *link;              /* (owned) (nullable) its Link header */
};

void hub_rest_client_free (HubRestClient *client) {
  g_clear_pointer (&client->http, hub_http_free);
  g_free (client->base_url);
  g_free (client->link);
  g_free (client);
}

/* The value of the secret's field @index, or "". Borrowed. */
static const char *get_secret (HubConnector *connector, guint index) {
  const GPtrArray *fields = hub_connector_get_manifest (connector)->secrets;
  const HubManifestOption *field = index < fields->len ? g_ptr_array_index (fields, index) : NULL;
  const char *secret = field ? hub_connector_get_secret (connector, field->id) : NULL;
  return secret ? secret : "";
}

/* The value of the header that carries the key. (transfer full) */
static char *write_key (HubConnector *connector, const char *kind) {
  const char *key = get_secret (connector, 0);
  if (g_str_equal (kind, "header"))
    return g_strdup (key);
  if (g_str_equal (kind, "bearer"))
    return g_strconcat ("Bearer ", key, NULL);
  g_autofree char *pair = g_strconcat (key, ":", get_secret (connector, 1), NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  memset (pair, 0, strlen (pair));
  return g_strconcat ("Basic ", encoded, NULL);
}

static void set_headers (HubRestClient *client) {
  const HubManifest *manifest = hub_connector_get_manifest (client->connector);
  for (guint i = 0; manifest->headers[i]; i += 2)
    hub_http_set_header (client->http, manifest->headers[i], manifest->headers[i + 1]);
  if (g_str_equal (manifest->auth, "none"))
    return;
  for (guint i = 0; i < manifest->secrets->len; i++)
    hub_http_hide (client->http, get_secret (client->connector, i));
  g_autofree char *key = write_key (client->connector, manifest->auth);
  hub_http_set_header (client->http, manifest->auth_header ? manifest->auth_header : "Authorization", key);
  memset (key, 0, strlen (key));
}

/* The base address with what the key tells of it. Nothing but letters, digits and hyphens gets in, so that no key leads
 * to another service. (transfer full) */
static char *complete_url (HubConnector *connector, const char *url) {
  const GPtrArray *secrets = hub_connector_get_manifest (connector)->secrets;
  g_autoptr (GString) text = g_string_new (url);
  for (guint i = 0; i < secrets->len; i++) {
    const HubManifestOption *field = g_ptr_array_index (secrets, i);
    g_autoptr (GList) names = field->derive ? json_object_get_members (field->derive) : NULL;
    for (GList *name = names; name; name = name->next) {
      g_autofree char *placeholder = g_strconcat ("{", name->data, "}", NULL);
      g_autoptr (GRegex) pattern =
          g_regex_new (hub_manifest_text (field->derive, name->data), G_REGEX_DOLLAR_ENDONLY, 0, NULL);
      g_autoptr (GMatchInfo) match = NULL;
      if (pattern == NULL || !g_regex_match (pattern, get_secret (connector, i), 0, &match))
        continue;
      g_autofree char *part = g_match_info_fetch (match, 1);
      if (g_regex_match_simple ("^[A-Za-z0-9-]{1,63}$", part ? part : "", G_REGEX_DOLLAR_ENDONLY, 0))
        g_string_replace (text, placeholder, part, 0);
    }
  }
  return hub_manifest_strip_url (text->str);
}

HubRestClient *hub_rest_client_new (HubConnector *connector, GError **error) {
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  g_autoptr (HubRestClient) client = g_new0 (HubRestClient, 1);
  client->connector = connector;
  g_autofree char *url = hub_connector_dup_base_url (connector, error);
  client->base_url = url ? complete_url (connector, url) : NULL;
  g_autofree char *origin = client->base_url ? hub_http_origin (client->base_url, error) : NULL;
  client->http = origin ? hub_http_new (manifest->name, origin, error) : NULL;
  if (client->http == NULL)
    return NULL;
  set_headers (client);
  HubBudget *budget = NULL;
  if (manifest->budgets) {
    const char *secret = hub_connector_get_secret_text (connector);
    budget = hub_budget_new (manifest, origin, secret ? secret : "", error);
    if (budget == NULL)
      return NULL;
  }
  hub_http_set_limits (client->http, manifest, budget, strlen (client->base_url) - strlen (origin));
  return g_steal_pointer (&client);
}

gint64 hub_rest_client_get_date (HubRestClient *client) {
  return client->date;
}

const char *hub_rest_client_get_link (HubRestClient *client) {
  return client->link;
}

char *hub_rest_client_resolve (HubRestClient *client, const char *path, const char *address) {
  g_autofree char *base = g_strconcat (client->base_url, path, NULL);
  char *url = g_uri_resolve_relative (base, address, G_URI_FLAGS_ENCODED, NULL);
  return url ? url : g_strdup (address); /* which is then refused as no address */
}

gboolean hub_rest_client_blames_record (HubRestClient *client, const HubHttpAnswer *answer) {
  const char *meaning = hub_manifest_meaning (hub_connector_get_manifest (client->connector), answer->status,
                                              answer->content_type, answer->body);
  guint status = answer->status;
  if (meaning)
    return g_str_equal (meaning, "reject_record");
  return status < 500 && status != 401 && status != 403 && status != 429;
}

/* The service's own sentence in @answer: what stands at the first of the manifest's paths that holds something. (transfer full) */
static char *read_sentence (HubRestClient *client, const HubHttpAnswer *answer) {
  const HubManifest *manifest = hub_connector_get_manifest (client->connector);
  g_auto (GStrv) paths = g_strsplit (manifest->error_message ? manifest->error_message : "", " ", -1);
  guint n_paths = g_strv_length (paths);
  g_autofree HubValue *values = g_new0 (HubValue, n_paths + 1);
  g_autoptr (HubSelector) selector = hub_selector_new ((const char *const *) paths);
  char *sentence = NULL;
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  gboolean read = hub_selector_read (selector, &reader, values, NULL); /* else the status alone must do */
  for (guint i = 0; i < n_paths; i++) {
    if (read && sentence == NULL && !hub_value_is_blank (&values[i]))
      sentence = g_strdup (values[i].text);
    hub_value_clear (&values[i]);
  }
  return sentence;
}

gboolean hub_rest_client_fail (HubRestClient *client, const HubHttpAnswer *answer, GError **error) {
  g_autofree char *sentence = read_sentence (client, answer);
  return hub_http_fail (client->http, answer, sentence, error);
}

/* Sends "METHOD path" with a body of @type. */
static HubHttpAnswer *send_request (HubRestClient *client, const char *request, const char *body,
                                    const char *type, gboolean safe, GCancellable *cancellable,
                                    GError **error) {
  g_auto (GStrv) words = g_strsplit (request, " ", 2);
  g_autofree char *url = g_strconcat (*words[1] == '/' ? client->base_url : "", words[1], NULL);
  g_autoptr (GBytes) bytes = body ? g_bytes_new (body, strlen (body)) : NULL;
  HubHttpAnswer *answer = hub_http_send (client->http, words[0], url, type, bytes, safe, cancellable, error);
  if (answer) {
    client->date = answer->date;
    g_free (client->link);
    client->link = g_strdup (answer->link);
  }
  return answer;
}

/* A successful answer. (transfer full) */
static HubHttpAnswer *ask (HubRestClient *client, const char *request, const char *body,
                           GCancellable *cancellable, GError **error) {
  g_autoptr (HubHttpAnswer) answer =
      send_request (client, request, body, "application/json", TRUE, cancellable, error);
  if (answer && answer->status / 100 == 2)
    return g_steal_pointer (&answer);
  if (answer)
    hub_rest_client_fail (client, answer, error);
  return NULL;
}

gboolean hub_rest_client_ask (HubRestClient *client, const char *request, const char *body, HubRestRead read,
                              gpointer data, GCancellable *cancellable, GError **error) {
  g_autoptr (GError) problem = NULL;
  for (guint try = 0; try < BROKEN_ANSWER_TRIES; try++) {
    g_autoptr (HubHttpAnswer) answer = ask (client, request, body, cancellable, error);
    if (answer == NULL)
      return FALSE;
    gsize length;
    const char *text = g_bytes_get_data (answer->body, &length);
    HubJsonReader reader;
    hub_json_reader_init (&reader, text, length);
    g_clear_error (&problem);
    if (read (client->connector, &reader, data, &problem)
        && (hub_json_reader_next (&reader) == HUB_JSON_END || hub_json_reader_get_error (&reader, &problem)))
      return TRUE;
  }
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE, _ ("%s sent an answer that cannot be read: %s"),
               hub_connector_get_manifest (client->connector)->name, problem->message);
  return FALSE;
}

HubHttpAnswer *hub_rest_client_send (HubRestClient *client, const char *request, const char *body,
                                     const char *idempotency, GCancellable *cancellable, GError **error) {
  const HubManifestWrite *write = &hub_connector_get_object (client->connector)->write;
  const char *type =
      g_str_equal (write->body, "form") ? "application/x-www-form-urlencoded" : "application/json";
  const char *header = idempotency ? write->idempotency_header : NULL;
  if (header)
    hub_http_set_header (client->http, header, idempotency);
  HubHttpAnswer *answer = send_request (client, request, body, type,
                                        header || !g_str_has_prefix (request, "POST "), cancellable, error);
  if (header)
    hub_http_set_header (client->http, header, NULL);
  return answer;
}
