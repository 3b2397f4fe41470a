/* documented.c: whether a request is one that the vendor documents: its path, parameters and body members, by documented.json.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name that ends in ! is required, * is any name. A kind is text, text of at most 20 characters ("text 20"), integer, integer 1..100,
 * int32, number, boolean, time, list, any or =one of these, or several with | between; a list's second element is how many it takes. */
#include "documented.h"
#include <stdio.h>
#include <string.h>

#define LARGEST_BODY (256 * 1024) /* larger ones repeat what smaller ones say, and take long */

static JsonObject *get_object (JsonObject *object, const char *name) {
  return json_object_has_member (object, name) ? json_object_get_object_member (object, name) : NULL;
}

/* The service's part of the table, or NULL. */
static JsonObject *find_service (const char *service) {
  static JsonNode *table;

  if (!table) {
    g_autoptr (GBytes) bytes = g_resources_lookup_data ("/sandbox/documented.json", 0, NULL);
    g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_autoptr (GError) error = NULL;
    table = json_from_string (text, &error);
    if (!table)
      g_error ("documented.json: %s", error->message);
  }
  return get_object (json_node_get_object (table), service);
}

/* Whether the segments of @path are those of @pattern: "{id}" and "{id}:batchUpdate" stand for any. */
static gboolean path_matches (const char *pattern, const char *path) {
  g_auto (GStrv) wanted = g_strsplit (pattern, "/", -1);
  g_auto (GStrv) given = g_strsplit (path, "/", -1);
  guint i = 0;

  for (; wanted[i] && given[i]; i++) {
    const char *end = *wanted[i] == '{' ? strchr (wanted[i], '}') + 1 : NULL;
    if (end == NULL ? !g_str_equal (wanted[i], given[i])
                    : *given[i] == '\0' || !g_str_has_suffix (given[i], end)
                          || (*end == '\0' && strchr (given[i], ':')))
      return FALSE;
  }
  return wanted[i] == NULL && given[i] == NULL;
}

/* The documented request that has @path; one without a placeholder wins. */
static JsonObject *find_request (JsonObject *requests, const char *method, const char *path) {
  g_autoptr (GList) names = json_object_get_members (requests);
  JsonObject *found = NULL;

  for (GList *name = names; name; name = name->next) {
    g_auto (GStrv) words = g_strsplit (name->data, " ", 2);
    gboolean literal = strchr (words[1], '{') == NULL;
    if (g_str_equal (words[0], method) && (literal || !found) && path_matches (words[1], path))
      found = json_object_get_object_member (requests, name->data);
  }
  return found;
}

/* Whether @text, a parameter's value or a JSON value's own text, is of the one kind @kind. */
static gboolean text_is (const char *kind, const char *text) {
  gint64 least, most;

  if (*kind == '=') {
    g_auto (GStrv) words = g_strsplit (kind + 1, " ", -1);
    return g_strv_contains ((const char *const *) words, text);
  }
  if (sscanf (kind, "text %" G_GINT64_FORMAT, &most) == 1)
    return g_utf8_strlen (text, -1) <= most;
  if (g_str_equal (kind, "int32"))
    return text_is ("integer 0..2147483647", text);
  if (sscanf (kind, "integer %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, &least, &most) == 2) {
    gint64 number = g_ascii_strtoll (text, NULL, 10);
    return text_is ("integer", text) && number >= least && number <= most;
  }
  if (g_str_equal (kind, "integer"))
    return g_regex_match_simple ("^-?[0-9]+$", text, 0, 0);
  if (g_str_equal (kind, "boolean"))
    return g_str_equal (text, "true") || g_str_equal (text, "false");
  if (g_str_equal (kind, "time"))
    return g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$",
                                 text, 0, 0);
  return g_str_equal (kind, "text") || g_str_equal (kind, "any");
}

static gboolean value_is (const char *kind, JsonNode *node) {
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
  g_autofree char *shown = type == G_TYPE_INT64 ? json_to_string (node, FALSE) : NULL;

  if (g_str_equal (kind, "any"))
    return TRUE;
  if (g_str_equal (kind, "list"))
    return JSON_NODE_HOLDS_ARRAY (node);
  if (g_str_equal (kind, "number"))
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
  if (g_str_equal (kind, "boolean"))
    return type == G_TYPE_BOOLEAN;
  if (g_str_has_prefix (kind, "int"))
    return shown && text_is (kind, shown);
  return type == G_TYPE_STRING && text_is (kind, json_node_get_string (node));
}

static gboolean is_any_of (const char *kinds, const char *text, JsonNode *node) {
  g_auto (GStrv) all = g_strsplit (kinds, "|", -1);
  gboolean fits = FALSE;

  for (guint i = 0; all[i]; i++)
    fits |= node ? value_is (all[i], node) : text_is (all[i], text);
  return fits;
}

/* What @names has for @name: as it is, required, as any member ("metadata[*]"), or NULL. */
static JsonNode *find_kind (JsonObject *names, const char *name) {
  g_autofree char *required = g_strconcat (name, "!", NULL);
  const char *bracket = strchr (name, '[');
  gboolean deep = bracket && strchr (bracket + 1, '[');
  g_autofree char *any =
      bracket && !deep ? g_strdup_printf ("%.*s[*]", (int) (bracket - name), name) : g_strdup ("*");
  const char *const spellings[] = { name, required, any };

  for (guint i = 0; names && i < G_N_ELEMENTS (spellings); i++)
    if (json_object_has_member (names, spellings[i]))
      return json_object_get_member (names, spellings[i]);
  return NULL;
}

/* The required name of @names that @has (name → anything) lacks, or NULL. */
static const char *find_missing (JsonObject *names, GHashTable *has) {
  g_autoptr (GList) all = names ? json_object_get_members (names) : NULL;

  for (GList *name = all; name; name = name->next) {
    g_autofree char *bare = g_strndup (name->data, strlen (name->data) - 1);
    if (g_str_has_suffix (name->data, "!") && !g_hash_table_contains (has, bare))
      return g_intern_string (bare);
  }
  return NULL;
}

static char *check_value (JsonNode *kind, JsonNode *node, const char *place);

static char *check_members (JsonObject *names, JsonObject *object, const char *place) {
  g_autoptr (GHashTable) has = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *member = members; member; member = member->next) {
    JsonNode *kind = find_kind (names, member->data);
    g_autofree char *inner = g_strdup_printf ("%s.%s", place, (char *) member->data);
    g_hash_table_add (has, member->data);
    if (!kind)
      return g_strdup_printf ("unknown member %s", inner);
    char *problem = check_value (kind, json_object_get_member (object, member->data), inner);
    if (problem)
      return problem;
  }
  const char *missing = find_missing (names, has);
  return missing ? g_strdup_printf ("%s lacks %s", place, missing) : NULL;
}

static char *check_value (JsonNode *kind, JsonNode *node, const char *place) {
  char *problem = NULL;

  if (JSON_NODE_HOLDS_OBJECT (kind) && JSON_NODE_HOLDS_OBJECT (node))
    return check_members (json_node_get_object (kind), json_node_get_object (node), place);
  if (JSON_NODE_HOLDS_ARRAY (kind) && JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *list = json_node_get_array (node), *known = json_node_get_array (kind);
    if (json_array_get_length (known) > 1
        && json_array_get_length (list) > json_array_get_int_element (known, 1))
      return g_strdup_printf ("%s has too many elements", place);
    for (guint i = 0; !problem && i < json_array_get_length (list); i++)
      problem = check_value (json_array_get_element (known, 0), json_array_get_element (list, i), place);
    return problem;
  }
  if (JSON_NODE_HOLDS_VALUE (kind) && is_any_of (json_node_get_string (kind), NULL, node))
    return NULL;
  return g_strdup_printf ("%s is of the wrong type", place);
}

static char *check_parameters (JsonObject *names, const char *text, const char *place) {
  g_autoptr (GHashTable) has = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) parameters = parameters_parse (text, -1);

  if (!parameters)
    return g_strdup_printf ("the %s is not properly encoded", place);
  for (guint i = 0; i < parameters->len; i++) {
    const Parameter *parameter = g_ptr_array_index (parameters, i);
    JsonNode *kind = find_kind (names, parameter->name);
    g_hash_table_add (has, parameter->name);
    if (!kind)
      return g_strdup_printf ("unknown %s parameter %s", place, parameter->name);
    if (*parameter->value == '\0' && g_str_equal (place, "query"))
      return g_strdup_printf ("%s parameter %s is empty", place, parameter->name);
    if (!is_any_of (json_node_get_string (kind), parameter->value, NULL))
      return g_strdup_printf ("%s parameter %s is not %s", place, parameter->name,
                              json_node_get_string (kind));
  }
  const char *missing = find_missing (names, has);
  return missing ? g_strdup_printf ("the %s lacks %s", place, missing) : NULL;
}

static char *check_body (JsonObject *documented, const Request *request) {
  JsonObject *form = get_object (documented, "form"), *body = get_object (documented, "body");
  const char *type = soup_message_headers_get_content_type (request->headers, NULL);
  const char *wanted = form ? "application/x-www-form-urlencoded" : "application/json";
  g_autofree char *text = g_strndup (request->body, request->length);

  if (!form && !body)
    return request->length ? g_strdup ("no body is documented") : NULL;
  if (g_strcmp0 (type, wanted) != 0)
    return g_strdup_printf ("the body is not %s", wanted);
  if (form || request->length > LARGEST_BODY)
    return form ? check_parameters (form, text, "form") : NULL;
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup ("the body is no object");
  return check_members (body, json_node_get_object (node), "body");
}

char *documented_check (const char *service, const Request *request) {
  JsonObject *known = find_service (service);
  const char *prefix = known ? json_object_get_string_member (known, "prefix") : "";
  gboolean inside = g_str_has_prefix (request->path, prefix);
  JsonObject *documented = known && inside ? find_request (json_object_get_object_member (known, "requests"),
                                                           request->method, request->path + strlen (prefix))
                                           : NULL;
  if (!known)
    return NULL;
  g_autofree char *problem =
      documented ? check_parameters (get_object (documented, "query"), request->query, "query")
                 : g_strdup ("unknown");
  if (!problem)
    problem = check_body (documented, request);
  return problem ? g_strdup_printf ("%s: %s %s: %s", service, request->method, request->path, problem) : NULL;
}
