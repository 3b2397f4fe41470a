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
};

void hub_rest_client_free (HubRestClient *client) {
  g_clear_pointer (&client->http, hub_http_free);
  g_free (client->base_url);
  g_free (client);
}

/* Whether the manifest, perhaps the user's own, says all that the requests need. */
static gboolean check_manifest (HubConnector *connector, GError **error) {
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  const HubManifestObject *object = hub_connector_get_object (connector);
  if (g_str_equal (manifest->auth, "bearer") && manifest->secrets->len == 0)
    return hub_json_fail (error, manifest->id, _ ("“%s” is missing; it must be %s"), "auth.fields",
                          _ ("a list: […]"));
  if (object && (object->read.path == NULL || object->read.records == NULL))
    return hub_json_fail (error, manifest->id, _ ("“%s” is missing; it must be %s"),
                          object->read.path ? "records" : "path", _ ("a text"));
  return TRUE;
}

static void set_headers (HubRestClient *client) {
  const HubManifest *manifest = hub_connector_get_manifest (client->connector);
  for (guint i = 0; manifest->headers[i]; i += 2)
    hub_http_set_header (client->http, manifest->headers[i], manifest->headers[i + 1]);
  if (!g_str_equal (manifest->auth, "bearer"))
    return;
  const HubManifestOption *field = g_ptr_array_index (manifest->secrets, 0);
  const char *key = hub_connector_get_secret (client->connector, field->id);
  g_autofree char *bearer = g_strconcat ("Bearer ", key ? key : "", NULL);
  hub_http_set_header (client->http, "Authorization", bearer);
  memset (bearer, 0, strlen (bearer));
}

HubRestClient *hub_rest_client_new (HubConnector *connector, GError **error) {
  g_autoptr (HubRestClient) client = g_new0 (HubRestClient, 1);
  client->connector = connector;
  if (!check_manifest (connector, error))
    return NULL;
  client->base_url = hub_connector_dup_base_url (connector, error);
  g_autofree char *origin = client->base_url ? hub_http_origin (client->base_url, error) : NULL;
  client->http = origin ? hub_http_new (hub_connector_get_manifest (connector)->name, origin, error) : NULL;
  if (client->http == NULL)
    return NULL;
  set_headers (client);
  return g_steal_pointer (&client);
}

gboolean hub_rest_client_fail (HubRestClient *client, const HubHttpAnswer *answer, GError **error) {
  const HubManifest *manifest = hub_connector_get_manifest (client->connector);
  HubValue message = { 0 };
  if (manifest->error_message) {
    const char *const paths[] = { manifest->error_message, NULL };
    g_autoptr (HubSelector) selector = hub_selector_new (paths);
    gsize length;
    const char *data = g_bytes_get_data (answer->body, &length);
    HubJsonReader reader;
    hub_json_reader_init (&reader, data, length);
    if (!hub_selector_read (selector, &reader, &message, NULL)) /* not JSON: the status alone must do */
      hub_value_clear (&message);
  }
  hub_http_fail (client->http, answer, message.text, error);
  hub_value_clear (&message);
  return FALSE;
}

/* A successful answer. (transfer full) */
static HubHttpAnswer *get (HubRestClient *client, const char *path, GCancellable *cancellable,
                           GError **error) {
  g_autofree char *url = g_strconcat (client->base_url, path, NULL);
  g_autoptr (HubHttpAnswer) answer =
      hub_http_send (client->http, "GET", url, NULL, NULL, TRUE, cancellable, error);
  if (answer && answer->status / 100 == 2)
    return g_steal_pointer (&answer);
  if (answer)
    hub_rest_client_fail (client, answer, error);
  return NULL;
}

gboolean hub_rest_client_get (HubRestClient *client, const char *path, HubRestRead read, gpointer data,
                              GCancellable *cancellable, GError **error) {
  g_autoptr (GError) problem = NULL;
  for (guint try = 0; try < BROKEN_ANSWER_TRIES; try++) {
    g_autoptr (HubHttpAnswer) answer = get (client, path, cancellable, error);
    if (answer == NULL)
      return FALSE;
    gsize length;
    const char *body = g_bytes_get_data (answer->body, &length);
    HubJsonReader reader;
    hub_json_reader_init (&reader, body, length);
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
  g_auto (GStrv) words = g_strsplit (request, " ", 2);
  g_autofree char *url = g_strconcat (client->base_url, words[1], NULL);
  g_autoptr (GBytes) bytes = body ? g_bytes_new (body, strlen (body)) : NULL;
  gboolean safe = write->idempotency_header && idempotency;
  if (safe)
    hub_http_set_header (client->http, write->idempotency_header, idempotency);
  HubHttpAnswer *answer = hub_http_send (client->http, words[0], url, type, bytes, safe, cancellable, error);
  if (safe)
    hub_http_set_header (client->http, write->idempotency_header, NULL);
  return answer;
}
