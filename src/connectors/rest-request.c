/* rest-request.c: requests to a manifest-driven service: what their {placeholders} stand for, how they are sent, what answers say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "rest-private.h"

#define BROKEN_ANSWER_TRIES 3

/* Placeholders. */

/* An endpoint's option as it was given, or its default. */
static const char *get_option (HubRest *self, const char *name) {
  const HubManifestObject *object = self->parent.object;
  const char *given = hub_connector_get_option (HUB_CONNECTOR (self), name);
  const char *asked = self->defaults ? g_hash_table_lookup (self->defaults, name) : NULL;
  if (given || asked)
    return given ? given : asked;
  for (guint i = 0; object && i < object->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (object->options, i);
    if (g_str_equal (option->id, name))
      return option->fallback;
  }
  return NULL;
}

/* The part of @path behind @prefix, or NULL. */
static const char *below (const char *path, const char *prefix, gsize length) {
  return strncmp (path, prefix, length) == 0 ? path + length : NULL;
}

/* The names that {x.*} stands for. (transfer full) */
static GStrv list_names (const HubRestScope *scope, const char *name) {
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  for (guint i = 0; scope->paths && scope->paths[i]; i++) {
    const char *rest = below (scope->paths[i], name, strlen (name) - 1);
    if (rest)
      g_strv_builder_add (names, rest);
  }
  return g_strv_builder_end (names);
}

static char *filter (char *text, const char *filter) {
  if (g_strcmp0 (filter, "md5") != 0)
    return text;
  char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
  g_free (text);
  return hash;
}

/* What {@name} stands for, or NULL. (transfer full) */
static char *get_text (const HubRestScope *scope, const char *name) {
  const HubManifestObject *object = scope->self->parent.object;
  if (g_str_has_suffix (name, ".*")) {
    g_auto (GStrv) names = list_names (scope, name);
    return names[0] ? g_strjoinv (",", names) : NULL;
  }
  if (g_str_equal (name, "path"))
    return hub_rest_expand (scope, object->read.path, TRUE);
  if (g_str_equal (name, "index"))
    return g_strdup_printf ("%u", scope->index);
  if (g_str_equal (name, "key"))
    return g_strdup (scope->key);
  if (g_str_equal (name, "key_name") && scope->key_path) {
    const char *dot = strchr (scope->key_path, '.');
    return g_strdup (dot ? dot + 1 : scope->key_path);
  }
  if (g_str_equal (name, "id"))
    return scope->id || object->write.find == NULL ? g_strdup (scope->id)
                                                   : hub_rest_expand (scope, object->write.find, FALSE);
  return g_strdup (get_option (scope->self, name));
}

char *hub_rest_expand (const HubRestScope *scope, const char *template, gboolean url) {
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *rest = template; *rest;) {
    gsize plain = strcspn (rest, "{"), length = strcspn (rest + plain, "}");
    g_string_append_len (out, rest, plain);
    rest += plain;
    if (*rest == '\0')
      break;
    g_autofree char *inner = g_strndup (rest + 1, length ? length - 1 : 0);
    g_auto (GStrv) parts = g_strsplit (inner, "|", 2);
    g_autofree char *text = parts[0] ? get_text (scope, parts[0]) : NULL;
    gboolean whole = plain == 0 && rest == template && rest[length] && rest[length + 1] == '\0';
    if (text == NULL && whole)
      return NULL;
    g_autofree char *filtered = text ? filter (g_steal_pointer (&text), parts[1]) : g_strdup ("");
    if (url && !g_str_equal (parts[0] ? parts[0] : "", "path"))
      g_string_append_uri_escaped (out, filtered, NULL, FALSE);
    else
      g_string_append (out, filtered);
    rest += length + (rest[length] ? 1 : 0);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static JsonNode *expand_text (const HubRestScope *scope, const char *template) {
  gsize length = strlen (template);
  if (g_str_has_prefix (template, "{") && g_str_has_suffix (template, ".*}")) {
    g_autofree char *name = g_strndup (template + 1, length - 2);
    g_auto (GStrv) names = list_names (scope, name);
    JsonArray *list = json_array_new ();
    for (guint i = 0; names[i]; i++)
      json_array_add_string_element (list, names[i]);
    return json_node_init_array (json_node_alloc (), list);
  }
  g_autofree char *text = hub_rest_expand (scope, template, FALSE);
  if (text == NULL)
    return NULL;
  if (g_str_has_suffix (template, "|integer}"))
    return json_node_init_int (json_node_alloc (), g_ascii_strtoll (text, NULL, 10));
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *expand_json (const HubRestScope *scope, JsonNode *template);

JsonObject *hub_rest_expand_object (const HubRestScope *scope, JsonObject *template) {
  JsonObject *object = json_object_new ();
  g_autoptr (GList) names = template ? json_object_get_members (template) : NULL;
  for (GList *name = names; name; name = name->next) {
    JsonNode *node = expand_json (scope, json_object_get_member (template, name->data));
    if (node)
      json_object_set_member (object, name->data, node);
  }
  return object;
}

static JsonNode *expand_json (const HubRestScope *scope, JsonNode *template) {
  if (JSON_NODE_HOLDS_OBJECT (template))
    return json_node_init_object (json_node_alloc (),
                                  hub_rest_expand_object (scope, json_node_get_object (template)));
  if (JSON_NODE_HOLDS_ARRAY (template)) {
    JsonArray *source = json_node_get_array (template);
    g_autoptr (JsonArray) list = json_array_new ();
    for (guint i = 0; i < json_array_get_length (source); i++) {
      JsonNode *node = expand_json (scope, json_array_get_element (source, i));
      if (node)
        json_array_add_element (list, node);
    }
    gboolean nothing = json_array_get_length (source) > 0 && json_array_get_length (list) == 0;
    return nothing ? NULL : json_node_init_array (json_node_alloc (), list);
  }
  if (json_node_get_value_type (template) == G_TYPE_STRING)
    return expand_text (scope, json_node_get_string (template));
  return json_node_copy (template);
}

/* Sending. */

/* The value of the secret's field @index, or "". Borrowed. */
static const char *get_secret (HubConnector *connector, guint index) {
  const GPtrArray *fields = connector->manifest->secrets;
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

static void set_headers (HubRest *self) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifest *manifest = connector->manifest;
  for (guint i = 0; manifest->headers[i]; i += 2)
    hub_http_set_header (self->http, manifest->headers[i], manifest->headers[i + 1]);
  if (g_str_equal (manifest->auth, "none"))
    return;
  for (guint i = 0; i < manifest->secrets->len; i++)
    hub_http_hide (self->http, get_secret (connector, i));
  g_autofree char *key = write_key (connector, manifest->auth);
  hub_http_set_header (self->http, manifest->auth_header ? manifest->auth_header : "Authorization", key);
  memset (key, 0, strlen (key));
}

/* The base address with what the key tells of it. Nothing but letters, digits and hyphens gets in, so that no key leads
 * to another service. (transfer full) */
static char *complete_url (HubConnector *connector, const char *url) {
  const GPtrArray *secrets = connector->manifest->secrets;
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

gboolean hub_rest_connect (HubRest *self, GError **error) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifest *manifest = connector->manifest;
  if (self->http)
    return TRUE;
  g_autofree char *url = hub_connector_dup_base_url (connector, error);
  g_autofree char *base_url = url ? complete_url (connector, url) : NULL;
  g_autofree char *origin = base_url ? hub_http_origin (base_url, error) : NULL;
  g_autoptr (HubBudget) budget = NULL;
  if (origin == NULL)
    return FALSE;
  if (manifest->budgets) {
    budget = hub_budget_new (manifest, origin, connector->secret ? connector->secret : "", error);
    if (budget == NULL)
      return FALSE;
  }
  self->http = hub_http_new (manifest->name, origin, error);
  hub_http_set_limits (self->http, manifest, g_steal_pointer (&budget), strlen (base_url) - strlen (origin));
  self->base_url = g_steal_pointer (&base_url);
  set_headers (self);
  return TRUE;
}

char *hub_rest_resolve (HubRest *self, const char *path, const char *address) {
  g_autofree char *base = g_strconcat (self->base_url, path, NULL);
  char *url = g_uri_resolve_relative (base, address, G_URI_FLAGS_ENCODED, NULL);
  return url ? url : g_strdup (address); /* which is then refused as no address */
}

gboolean hub_rest_blames_record (HubRest *self, const HubHttpAnswer *answer) {
  const char *meaning =
      hub_manifest_meaning (self->parent.manifest, answer->status, answer->content_type, answer->body);
  guint status = answer->status;
  if (meaning)
    return g_str_equal (meaning, "reject_record");
  return status < 500 && status != 401 && status != 403 && status != 429;
}

gboolean hub_rest_pick (const char *const *paths, HubJsonReader *reader, char **text, GError **error) {
  guint n_paths = g_strv_length ((char **) paths);
  g_autofree HubValue *values = g_new0 (HubValue, n_paths + 1);
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  gboolean read = hub_selector_read (selector, reader, values, error);
  g_clear_pointer (text, g_free);
  for (guint i = 0; i < n_paths; i++) {
    if (read && *text == NULL && !hub_value_is_blank (&values[i]))
      *text = g_steal_pointer (&values[i].text);
    hub_value_clear (&values[i]);
  }
  return read;
}

void hub_rest_init_reader (HubJsonReader *reader, const HubHttpAnswer *answer) {
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  hub_json_reader_init (reader, data, length);
}

gboolean hub_rest_fail (HubRest *self, const HubHttpAnswer *answer, GError **error) {
  const char *known = self->parent.manifest->error_message;
  g_auto (GStrv) paths = g_strsplit (known ? known : "", " ", -1);
  g_autofree char *sentence = NULL;
  HubJsonReader reader;
  hub_rest_init_reader (&reader, answer);
  hub_rest_pick ((const char *const *) paths, &reader, &sentence, NULL); /* else the status alone must do */
  return hub_http_fail (self->http, answer, sentence, error);
}

/* Sends "METHOD path" with a body of @type. */
static HubHttpAnswer *send_request (HubRest *self, const char *request, const char *body, const char *type,
                                    gboolean safe, GCancellable *cancellable, GError **error) {
  if (!hub_rest_connect (self, error))
    return NULL;
  g_auto (GStrv) words = g_strsplit (request, " ", 2);
  g_autofree char *url = g_strconcat (*words[1] == '/' ? self->base_url : "", words[1], NULL);
  g_autoptr (GBytes) bytes = body ? g_bytes_new (body, strlen (body)) : NULL;
  HubHttpAnswer *answer = hub_http_send (self->http, words[0], url, type, bytes, safe, cancellable, error);
  if (answer) {
    self->date = answer->date;
    g_free (self->link);
    self->link = g_strdup (answer->link);
  }
  return answer;
}

/* A successful answer. (transfer full) */
static HubHttpAnswer *ask (HubRest *self, const char *request, const char *body, GCancellable *cancellable,
                           GError **error) {
  g_autoptr (HubHttpAnswer) answer =
      send_request (self, request, body, "application/json", TRUE, cancellable, error);
  if (answer && answer->status / 100 == 2)
    return g_steal_pointer (&answer);
  if (answer)
    hub_rest_fail (self, answer, error);
  return NULL;
}

gboolean hub_rest_ask (HubRest *self, const char *request, const char *body, HubRestRead read, gpointer data,
                       GCancellable *cancellable, GError **error) {
  g_autoptr (GError) problem = NULL;
  for (guint try = 0; try < BROKEN_ANSWER_TRIES; try++) {
    g_autoptr (HubHttpAnswer) answer = ask (self, request, body, cancellable, error);
    if (answer == NULL)
      return FALSE;
    HubJsonReader reader;
    hub_rest_init_reader (&reader, answer);
    g_clear_error (&problem);
    if (read (self, &reader, data, &problem)
        && (hub_json_reader_next (&reader) == HUB_JSON_END || hub_json_reader_get_error (&reader, &problem)))
      return TRUE;
  }
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE, _ ("%s sent an answer that cannot be read: %s"),
               self->parent.manifest->name, problem->message);
  return FALSE;
}

HubHttpAnswer *hub_rest_send (HubRest *self, const char *request, const char *body, const char *idempotency,
                              GCancellable *cancellable, GError **error) {
  const HubManifestWrite *write = &self->parent.object->write;
  if (!hub_rest_connect (self, error))
    return NULL;
  const char *type =
      g_str_equal (write->body, "form") ? "application/x-www-form-urlencoded" : "application/json";
  const char *header = idempotency ? write->idempotency_header : NULL;
  if (header)
    hub_http_set_header (self->http, header, idempotency);
  HubHttpAnswer *answer = send_request (self, request, body, type,
                                        header || !g_str_has_prefix (request, "POST "), cancellable, error);
  if (header)
    hub_http_set_header (self->http, header, NULL);
  return answer;
}
