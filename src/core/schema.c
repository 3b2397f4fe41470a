/* schema.c: checks JSON against the schemas that the program holds (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "schema.h"
#include "core-resources.h"
#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define FOLDER "/fr/integrationhub/IntegrationHub/schemas/"

/* What is being checked, and by what. */
typedef struct {
  JsonObject *root; /* of the schema, for $ref */
  const char *file; /* (nullable) whose lines are told */
  const char *text;
  gsize length;
} Whole;

/* A value of the user's file. */
typedef struct {
  JsonNode *node;
  const char *place; /* its own, or that of the object whose member it is; "" is the whole file */
  const char *name;  /* (nullable) of that member */
  const Whole *whole;
  const char *inside; /* the place of what is in it */
} Check;

static const struct {
  const char *name, *words;
  JsonNodeType kind;
  GType held;
} types[] = {
  { "string", N_ ("a text"), JSON_NODE_VALUE, G_TYPE_STRING },
  { "boolean", N_ ("true or false"), JSON_NODE_VALUE, G_TYPE_BOOLEAN },
  { "integer", N_ ("a whole number"), JSON_NODE_VALUE, G_TYPE_INT64 },
  { "number", N_ ("a number"), JSON_NODE_VALUE, G_TYPE_DOUBLE },
  { "array", N_ ("a list: […]"), JSON_NODE_ARRAY },
  { "object", N_ ("an object: {…}"), JSON_NODE_OBJECT },
  { "null", "null", JSON_NODE_NULL },
};

static gboolean check_value (const Check *check, JsonObject *schema, GError **error);

/* @place for people, with the line of its member @name (nullable) where it is in a file. (transfer full) */
static char *show_place (const Whole *whole, const char *place, const char *name) {
  if (whole->file)
    return hub_json_place (whole->file, whole->text, whole->length, place, name);
  return g_strdup (*place ? place : _ ("the file"));
}

/* Says what is wrong with the value; @message is taken. */
static gboolean fail (const Check *check, char *message, GError **error) {
  g_autofree char *owned = message;
  g_autofree char *place = show_place (check->whole, check->place, check->name);
  if (check->name)
    return hub_json_fail (error, place, _ ("“%s” %s"), check->name, owned);
  return hub_json_fail (error, place, "%s", owned);
}

/* The texts in @rule: a list, a single one, or the names of an object's members. */
static GStrv list_texts (JsonNode *rule) {
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  g_autoptr (GList) list = NULL;
  if (JSON_NODE_HOLDS_VALUE (rule))
    g_strv_builder_add (texts, json_node_get_string (rule));
  else if (JSON_NODE_HOLDS_ARRAY (rule))
    list = json_array_get_elements (json_node_get_array (rule));
  else
    list = json_object_get_members (json_node_get_object (rule));
  for (GList *item = list; item; item = item->next)
    g_strv_builder_add (texts, JSON_NODE_HOLDS_ARRAY (rule) ? json_node_get_string (item->data) : item->data);
  return g_strv_builder_end (texts);
}

/* The schema that is member @name of @parent, wherever it refers to. */
static JsonObject *get_schema (const Check *check, JsonObject *parent, const char *name) {
  JsonObject *schema = json_object_get_object_member (parent, name);
  const char *reference = json_object_get_string_member_with_default (schema, "$ref", NULL);
  if (reference == NULL)
    return schema;
  return get_schema (check, json_object_get_object_member (check->whole->root, "$defs"),
                     strrchr (reference, '/') + 1);
}

/* Whether @node (nullable) is of a type that @schema allows; these are appended to @words: "a number, or a text". */
static gboolean is_type (JsonNode *node, JsonObject *schema, GString *words) {
  GType held = node ? json_node_get_value_type (node) : G_TYPE_NONE;
  gboolean fits = FALSE;
  g_auto (GStrv) names = list_texts (json_object_get_member (schema, "type"));
  for (guint i = 0; names[i]; i++) {
    guint t = 0;
    while (!g_str_equal (types[t].name, names[i]))
      t++;
    if (node && json_node_get_node_type (node) == types[t].kind)
      fits |= types[t].held == 0 || held == types[t].held
              || (held == G_TYPE_INT64 && types[t].held == G_TYPE_DOUBLE);
    g_string_append_printf (words, "%s%s", i ? _ (", or ") : "", _ (types[t].words));
  }
  return fits;
}

static gboolean check_type (const Check *check, JsonObject *schema, GError **error) {
  g_autoptr (GString) words = g_string_new (NULL);
  return is_type (check->node, schema, words)
         || fail (check, g_strdup_printf (_ ("must be %s"), words->str), error);
}

static gboolean check_range (const Check *check, JsonObject *schema, GError **error) {
  gint64 minimum = json_object_get_int_member (schema, "minimum");
  gint64 maximum = json_object_get_int_member (schema, "maximum");
  gint64 number = json_node_get_int (check->node);
  return (number >= minimum && number <= maximum)
         || fail (check, g_strdup_printf (_ ("must be from %" PRId64 " to %" PRId64), minimum, maximum),
                  error);
}

static gboolean check_not_empty (const Check *check, JsonObject *schema, GError **error) {
  gboolean empty = JSON_NODE_HOLDS_ARRAY (check->node)
                       ? json_array_get_length (json_node_get_array (check->node)) == 0
                       : g_strcmp0 (json_node_get_string (check->node), "") == 0;
  return !empty || fail (check, g_strdup (_ ("must not be empty")), error);
}

static gboolean check_choice (const Check *check, GStrv choices, GError **error) {
  const char *text = json_node_get_string (check->node);
  const char *const *known = (const char *const *) choices, *nearest = hub_nearest_name (text, known);
  if (g_strv_contains (known, text))
    return TRUE;
  g_autofree char *all = g_strjoinv (", ", choices);
  g_autofree char *message = g_strdup_printf (_ ("is “%s”, but must be one of: %s"), text, all);
  if (nearest)
    return fail (check, g_strdup_printf (_ ("%s; did you mean “%s”?"), message, nearest), error);
  return fail (check, g_steal_pointer (&message), error);
}

static gboolean check_enum (const Check *check, JsonObject *schema, GError **error) {
  g_auto (GStrv) choices = list_texts (json_object_get_member (schema, "enum"));
  return check_choice (check, choices, error);
}

static gboolean check_pattern (const Check *check, JsonObject *schema, GError **error) {
  const char *text = json_node_get_string (check->node);
  if (g_regex_match_simple (json_object_get_string_member (schema, "pattern"), text, G_REGEX_DOLLAR_ENDONLY,
                            0))
    return TRUE;
  g_auto (GStrv) examples = list_texts (json_object_get_member (schema, "examples"));
  g_autofree char *all = g_strjoinv (_ ("” or “"), examples);
  return fail (check, g_strdup_printf (_ ("is “%s”, but must look like “%s”"), text, all), error);
}

/* The one format that the schemas use is a regular expression. */
static gboolean check_format (const Check *check, JsonObject *schema, GError **error) {
  g_autoptr (GError) problem = NULL;
  g_autoptr (GRegex) regex = g_regex_new (json_node_get_string (check->node), 0, 0, &problem);
  return regex || fail (check, g_strdup_printf (_ ("is no regular expression: %s"), problem->message), error);
}

static gboolean check_items (const Check *check, JsonObject *schema, GError **error) {
  JsonArray *array = json_node_get_array (check->node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *place = g_strdup_printf ("%s[%u]", check->inside, i);
    Check item = { json_array_get_element (array, i), place, NULL, check->whole };
    if (!check_value (&item, get_schema (check, schema, "items"), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean check_member (const Check *check, const char *name, JsonObject *schema, GError **error) {
  JsonNode *node = json_object_get_member (json_node_get_object (check->node), name);
  Check member = { node, check->inside, name, check->whole };
  return node == NULL || check_value (&member, schema, error);
}

/* Whether the object has no member but @names. */
static gboolean check_known (const Check *check, const char *const *names, GError **error) {
  g_auto (GStrv) members = list_texts (check->node);
  for (guint i = 0; members[i]; i++) {
    if (g_strv_contains (names, members[i]))
      continue;
    g_autofree char *place = show_place (check->whole, check->inside, members[i]);
    return hub_json_check_members (json_node_get_object (check->node), place, names, error);
  }
  return TRUE;
}

/* Checks the members that `properties` has, which are all that there may be beside `additionalProperties`: false. */
static gboolean check_properties (const Check *check, JsonObject *schema, GError **error) {
  JsonObject *properties = json_object_get_object_member (schema, "properties");
  g_auto (GStrv) names = list_texts (json_object_get_member (schema, "properties"));
  if (json_object_has_member (schema, "additionalProperties")
      && !check_known (check, (const char *const *) names, error))
    return FALSE;
  for (guint i = 0; names[i]; i++)
    if (!check_member (check, names[i], get_schema (check, properties, names[i]), error))
      return FALSE;
  return TRUE;
}

/* Checks the members of a table; where it is false, see check_properties(). */
static gboolean check_additional (const Check *check, JsonObject *schema, GError **error) {
  g_auto (GStrv) names = list_texts (check->node);
  gboolean table = JSON_NODE_HOLDS_OBJECT (json_object_get_member (schema, "additionalProperties"));
  for (guint i = 0; table && names[i]; i++)
    if (!check_member (check, names[i], get_schema (check, schema, "additionalProperties"), error))
      return FALSE;
  return TRUE;
}

static gboolean check_required (const Check *check, JsonObject *schema, GError **error) {
  JsonObject *properties = json_object_get_object_member (schema, "properties");
  g_auto (GStrv) names = list_texts (json_object_get_member (schema, "required"));
  for (guint i = 0; names[i]; i++) {
    g_autoptr (GString) words = g_string_new (NULL);
    Check missing = { NULL, check->inside, names[i], check->whole };
    if (json_object_has_member (json_node_get_object (check->node), names[i]))
      continue;
    is_type (NULL, get_schema (check, properties, names[i]), words);
    return fail (&missing, g_strdup_printf (_ ("is missing; it must be %s"), words->str), error);
  }
  return TRUE;
}

/* Checks the object by the branch whose enum has what its member `x-by` holds. Without `x-by`, each branch requires a
 * member of which there is exactly one. */
static gboolean check_one_of (const Check *check, JsonObject *schema, GError **error) {
  JsonObject *object = json_node_get_object (check->node);
  const char *by = json_object_get_string_member_with_default (schema, "x-by", NULL);
  Check kind = { by ? json_object_get_member (object, by) : NULL, check->inside, by, check->whole };
  g_autoptr (GList) branches = json_array_get_elements (json_object_get_array_member (schema, "oneOf"));
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  guint given = 0;
  for (GList *item = branches; item; item = item->next) {
    JsonObject *branch = json_node_get_object (item->data);
    JsonObject *rule =
        by ? get_schema (check, json_object_get_object_member (branch, "properties"), by) : branch;
    g_auto (GStrv) names = list_texts (json_object_get_member (rule, by ? "enum" : "required"));
    if (by && g_strv_contains ((const char *const *) names, json_node_get_string (kind.node)))
      return check_value (check, branch, error);
    given += by == NULL && json_object_has_member (object, names[0]);
    g_strv_builder_addv (all, (const char **) names);
  }
  g_auto (GStrv) choices = g_strv_builder_end (all);
  if (by)
    return check_choice (&kind, choices, error);
  g_autofree char *list = g_strjoinv (", ", choices);
  return given == 1 || fail (check, g_strdup_printf (_ ("must have exactly one of: %s"), list), error);
}

/* In the order in which they are checked, each on values of its kind (the type on all). */
static const struct {
  const char *name;
  gboolean (*check) (const Check *check, JsonObject *schema, GError **error);
  JsonNodeType kind;
} checks[] = {
  { "type", check_type, JSON_NODE_NULL },
  { "minLength", check_not_empty, JSON_NODE_VALUE },
  { "minItems", check_not_empty, JSON_NODE_ARRAY },
  { "minimum", check_range, JSON_NODE_VALUE },
  { "enum", check_enum, JSON_NODE_VALUE },
  { "pattern", check_pattern, JSON_NODE_VALUE },
  { "format", check_format, JSON_NODE_VALUE },
  { "items", check_items, JSON_NODE_ARRAY },
  { "properties", check_properties, JSON_NODE_OBJECT },
  { "additionalProperties", check_additional, JSON_NODE_OBJECT },
  { "required", check_required, JSON_NODE_OBJECT },
  { "oneOf", check_one_of, JSON_NODE_OBJECT },
};

static gboolean check_value (const Check *check, JsonObject *schema, GError **error) {
  JsonNodeType kind = json_node_get_node_type (check->node);
  g_autofree char *place =
      g_strconcat (check->place, check->name && *check->place ? "." : "", check->name, NULL);
  Check value = { check->node, check->place, check->name, check->whole, place };
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (json_object_has_member (schema, checks[i].name) && (checks[i].kind == kind || i == 0)
        && !checks[i].check (&value, schema, error))
      return FALSE;
  return TRUE;
}

static JsonObject *load (const char *name) {
  static GMutex mutex;
  static GHashTable *loaded;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  loaded = loaded ? loaded : g_hash_table_new (g_str_hash, g_str_equal);
  JsonNode *root = g_hash_table_lookup (loaded, name);
  if (root == NULL) {
    g_autofree char *path = g_strdup_printf (FOLDER "%s.json", name);
    g_autoptr (GBytes) text = g_resource_lookup_data (hub_core_get_resource (), path, 0, NULL);
    root = hub_json_parse (g_bytes_get_data (text, NULL), g_bytes_get_size (text), NULL);
    g_hash_table_insert (loaded, g_strdup (name), root);
  }
  return json_node_get_object (root);
}

JsonNode *hub_schema_parse (const char *schema, const char *definition, const char *text, gsize length,
                            const char *place, GError **error) {
  JsonObject *root = load (schema);
  JsonObject *definitions = json_object_get_object_member (root, "$defs");
  JsonObject *rules = definition ? json_object_get_object_member (definitions, definition) : root;
  gboolean file = definition == NULL && *place;
  const Whole whole = { root, file ? place : NULL, text, length };
  g_autoptr (JsonNode) node = hub_json_parse (text, length, error);
  Check check = { node, file ? "" : place, NULL, &whole };
  if (node == NULL)
    g_prefix_error (error, _ ("%s: "), *place ? place : _ ("the file"));
  return node && check_value (&check, rules, error) ? g_steal_pointer (&node) : NULL;
}

guint hub_schema_choice (JsonObject *object, const char *name, const char *const *names) {
  const char *text = json_object_get_string_member_with_default (object, name, names[0]);
  guint index = 0;
  while (!g_str_equal (names[index], text))
    index++;
  return index;
}
