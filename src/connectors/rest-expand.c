/* rest-expand.c: what the {placeholders} of a manifest stand for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "rest-private.h"

/* An endpoint's option as it was given, or its default. */
static const char *get_option (HubRest *self, const char *name) {
  const HubManifestObject *object = hub_connector_get_object (HUB_CONNECTOR (self));
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
  const HubManifestObject *object = hub_connector_get_object (HUB_CONNECTOR (scope->self));
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

JsonObject *hub_rest_expand_object (const HubRestScope *scope, JsonObject *template) {
  JsonObject *object = json_object_new ();
  g_autoptr (GList) names = template ? json_object_get_members (template) : NULL;
  for (GList *name = names; name; name = name->next) {
    JsonNode *node = hub_rest_expand_json (scope, json_object_get_member (template, name->data));
    if (node)
      json_object_set_member (object, name->data, node);
  }
  return object;
}

JsonNode *hub_rest_expand_json (const HubRestScope *scope, JsonNode *template) {
  if (JSON_NODE_HOLDS_OBJECT (template))
    return json_node_init_object (json_node_alloc (),
                                  hub_rest_expand_object (scope, json_node_get_object (template)));
  if (JSON_NODE_HOLDS_ARRAY (template)) {
    JsonArray *source = json_node_get_array (template);
    g_autoptr (JsonArray) list = json_array_new ();
    for (guint i = 0; i < json_array_get_length (source); i++) {
      JsonNode *node = hub_rest_expand_json (scope, json_array_get_element (source, i));
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
