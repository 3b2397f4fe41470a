/* test-schema.c: files are checked against their schemas; every mistake is named with its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "error.h"
#include "schema.h"

/* What is said of @text, or "" when it is right. */
static char *check (const char *schema, const char *definition, const char *text, const char *place) {
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = hub_schema_parse (schema, definition, text, strlen (text), place, &error);
  if (node) {
    g_assert_no_error (error);
    return g_strdup ("");
  }
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_null (strchr (error->message, '\n'));
  return g_strdup (error->message);
}

static void test_each_mistake_is_named_with_its_place (void) {
  static const struct {
    const char *definition, *text, *expected;
  } cases[] = {
    { "count", "0", "" },
    { "count", "100000", "" },
    { "count", "-1", "p: must be from 0 to 100000" },
    { "count", "100001", "p: must be from 0 to 100000" },
    { "count", "1.5", "p: must be a whole number" },
    { "count", "12345678901234567890", "p: must be a whole number" },
    { "count", "null", "p: must be a whole number" },
    { "index", "-100000", "" },
    { "index", "-100001", "p: must be from -100000 to 100000" },
    { "name", "\"é\"", "" },
    { "name", "\"\"", "p: must not be empty" },
    { "name", "[]", "p: must be a text" },
    { "scalar", "\"\"", "" },
    { "scalar", "true", "" },
    { "scalar", "1e3", "" },
    { "scalar", "-7", "" },
    { "scalar", "null", "p: must be a text, or a number, or true or false" },
    { "scalar", "{}", "p: must be a text, or a number, or true or false" },
    { "full-scalar", "0", "" },
    { "full-scalar", "false", "" },
    { "full-scalar", "\"\"", "p: must not be empty" },
    { "number", "true", "p: must be a number, or a text" },
    { "time", "\"07:30\"", "" },
    { "time", "\"24:00\"", "p: is “24:00”, but must look like “07:30”" },
    { "time", "\"07:30\\n\"", "p: is “07:30 ”, but must look like “07:30”" },
    { "time", "\" 07:30\"", "p: is “ 07:30”, but must look like “07:30”" },
    { "schedule", "null", "" },
    { "schedule", "7", "p: must be an object: {…}, or null" },
    { "schedule", "{}", "p: must have exactly one of: every, daily, weekly, monthly, on" },
    { "schedule", "{\"zone\":\"x\"}", "p: must have exactly one of: every, daily, weekly, monthly, on" },
    { "schedule", "{\"on\":\"event\",\"every\":\"1h\"}",
      "p: must have exactly one of: every, daily, weekly, monthly, on" },
    { "schedule", "{\"every\":\"0m\"}", "p: “every” is “0m”, but must look like “15m” or “2h”" },
    { "schedule", "{\"on\":\"events\"}",
      "p: “on” is “events”, but must be one of: event; did you mean “event”?" },
    { "schedule", "{\"weekly\":{\"days\":[\"mon\"]}}", "p.weekly: “at” is missing; it must be a text" },
    { "schedule", "{\"weekly\":{\"at\":\"07:30\"}}", "p.weekly: “days” is missing; it must be a list: […]" },
    { "schedule", "{\"weekly\":{\"days\":[],\"at\":\"07:30\"}}", "p.weekly: “days” must not be empty" },
    { "schedule", "{\"weekly\":{\"days\":[\"mon\",\"xxx\"],\"at\":\"07:30\"}}",
      "p.weekly.days[1]: is “xxx”, but must be one of: mon, tue, wed, thu, fri, sat, sun" },
    { "schedule", "{\"monthly\":{\"day\":0,\"at\":\"07:30\"}}", "p.monthly: “day” must be from 1 to 31" },
    { "write", "{}", "p: “mode” is missing; it must be a text" },
    { "write", "{\"mode\":1}", "p: “mode” must be a text" },
    { "write", "{\"mode\":\"appendd\"}",
      "p: “mode” is “appendd”, but must be one of: upsert, update, append; did you mean “append”?" },
    { "write", "{\"mode\":\"upsert\"}", "p: “key” is missing; it must be a text" },
    { "write", "{\"mode\":\"append\"}", "" },
    { "write", "{\"mode\":\"append\",\"key\":\"ID\"}", "" },
    { "write", "{\"mode\":\"append\",\"ky\":\"ID\"}", "p: unknown member “ky”; did you mean “key”?" },
    { "rule", "{\"form\":\"id\",\"to\":\"ID\"}", "p: unknown member “form”; did you mean “from”?" },
    { "rule", "{\"to\":\"ID\",\"value\":1,\"from\":\"a\"}",
      "p: must have exactly one of: from, template, value" },
    { "rule", "{\"to\":\"ID\",\"value\":1,\"steps\":[{\"op\":\"lookup\",\"table\":{\"a\":\"b\",\"c\":1}}]}",
      "p.steps[0].table: “c” must be a text" },
    { "rule", "{\"to\":\"ID\",\"value\":1,\"steps\":[{\"op\":\"lookup\",\"table\":{\"a\":\"b\"}}]}", "" },
    { "mapping", "[{\"to\":\"ID\",\"value\":1},7]", "p[1]: must be an object: {…}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message = check ("portable", cases[i].definition, cases[i].text, "p");
    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (message, ==, cases[i].expected);
  }
}

static void test_a_mistake_in_a_whole_file_has_its_place_in_it (void) {
  static const struct {
    const char *text, *expected;
  } cases[] = {
    { "[]", "the file: must be an object: {…}" },
    { "{}", "the file: “format” is missing; it must be a text" },
    { "{\"format\":\"integration-hub/2\",\"new\":1}",
      "the file: “format” is “integration-hub/2”, but must be one of: integration-hub/1; "
      "did you mean “integration-hub/1”?" },
    { "{\"format\":\"integration-hub/1\",\"integrations\":[{}]}",
      "integrations[0]: “name” is missing; it must be a text" },
    { "{\"format\":\"integration-hub/1\",\"integrations\":[],\"x\":1}",
      "the file: unknown member “x”; known are: format, integrations" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message = check ("portable", NULL, cases[i].text, "");
    g_assert_cmpstr (message, ==, cases[i].expected);
  }
  g_autofree char *broken = check ("portable", NULL, "{\"format\":\n}", "");
  g_assert_true (g_str_has_prefix (broken, "the file: line 2"));
  g_autofree char *manifest = check ("manifest", NULL, "{\"id\":1}", "x.json");
  g_assert_cmpstr (manifest, ==, "x.json, line 1: “id” must be a text");
  g_autofree char *deep =
      check ("manifest", NULL, "{\"objects\":[{\"read\":{\"query\":{\"a\":[]}}}]}", "/home/x.json");
  g_assert_cmpstr (deep, ==, "/home/x.json, line 1: objects[0].read.query: “a” must be a text");
}

/* A mistake in a manifest is told with its line, as an editor counts them. */
static void test_a_mistake_in_a_manifest_has_its_line (void) {
#define HEAD "{\n\"id\":\"x\",\n\"name\":\"X\",\n\"auth\":{},\n"
  static const struct {
    const char *text, *expected;
  } cases[] = {
    { HEAD "\"objects\":7\n}", "x.json, line 5: “objects” must be a list: […]" },
    { HEAD "\"objects\":[\n{\"id\":\"a\",\"label\":\"A\"},\n{\"id\":\"b\"}]}",
      "x.json, line 7: objects[1]: “label” is missing; it must be a text" },
    { HEAD
      "\"objects\":[\n{\"id\":\"a\",\"label\":\"A\",\n\"read\":{\n\"path\":\"/a\",\n\n\"recrds\":\"\"}}]}",
      "x.json, line 10: objects[0].read: unknown member “recrds”; did you mean “records”?" },
    { HEAD "\"headers\":{\"A.b[0]\":\n\"\",\n\"c.d\":1},\"objects\":[]}",
      "x.json, line 7: headers: “c.d” must be a text" },
    { HEAD "\"objects\":[\n[],\n{}\n]}", "x.json, line 6: objects[0]: must be an object: {…}" },
    { HEAD "\"verify\":{\"paths\":[\"\",\n\"\",\n3]},\"objects\":[]}",
      "x.json, line 7: verify.paths[2]: must be a text" },
    { HEAD "\"objects\":[],\n\"base_url\":\n\n false}", "x.json, line 6: “base_url” must be a text" },
    { "{\"id\":\"../x\"}", "x.json, line 1: “id” is “../x”, but must look like “woocommerce”" },
    { HEAD "\"objects\":[]\n\"x\"}",
      "x.json: line 6, column 1: a comma or a closing bracket is expected here" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message = check ("manifest", NULL, cases[i].text, "x.json");
    g_assert_cmpstr (message, ==, cases[i].expected);
  }
#undef HEAD
}

/* Members that are not known must be refused everywhere: every definition says what it may have. */
static void test_nothing_unknown_slips_through (void) {
  static const char *const definitions[] = { "integration", "endpoint", "write", "rule", "schedule" };
  for (guint i = 0; i < G_N_ELEMENTS (definitions); i++) {
    g_autofree char *message = check ("portable", definitions[i], "{\"mode\":\"update\",\"xyzzy\":1}", "p");
    g_assert_true (g_str_has_prefix (message, "p: unknown member “"));
  }
}

static void test_an_absent_choice_is_the_first (void) {
  static const char *const names[] = { "skip", "clear", "default", NULL };
  g_autoptr (JsonObject) object = json_object_new ();
  g_assert_cmpuint (hub_schema_choice (object, "blank", names), ==, 0);
  json_object_set_string_member (object, "blank", "default");
  g_assert_cmpuint (hub_schema_choice (object, "blank", names), ==, 2);
}

/* A keyword that schema.c does not know would check nothing. The members of @node are @names, or keywords. */
static void check_keywords (JsonNode *node, gboolean names) {
  static const char *const known[] = {
    "$schema",     "$defs",   "$ref",       "title",
    "description", "default", "examples",   "maximum",
    "x-by",        "type",    "minimum",    "enum",
    "minLength",   "pattern", "properties", "additionalProperties",
    "minItems",    "format",  "items",      "required",
    "oneOf",       NULL,
  };
  JsonArray *branches = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GList) members =
      JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_members (json_node_get_object (node)) : NULL;
  for (guint i = 0; branches && i < json_array_get_length (branches); i++)
    check_keywords (json_array_get_element (branches, i), FALSE);
  for (GList *member = members; member; member = member->next) {
    gboolean of_names = g_str_equal (member->data, "properties") || g_str_equal (member->data, "$defs");
    g_assert_true (names || g_strv_contains (known, member->data));
    check_keywords (json_object_get_member (json_node_get_object (node), member->data), !names && of_names);
  }
}

/* Types must be known, and what is required must be a property. */
static void check_names (JsonObject *schema) {
  static const char *const types[] = { "string", "boolean", "integer", "number",
                                       "array",  "object",  "null",    NULL };
  JsonNode *type = json_object_get_member (schema, "type");
  if (type && JSON_NODE_HOLDS_VALUE (type))
    g_assert_true (g_strv_contains (types, json_node_get_string (type)));
  JsonArray *several = type && JSON_NODE_HOLDS_ARRAY (type) ? json_node_get_array (type) : NULL;
  for (guint i = 0; several && i < json_array_get_length (several); i++)
    g_assert_true (g_strv_contains (types, json_array_get_string_element (several, i)));
  JsonNode *required = json_object_get_member (schema, "required");
  JsonNode *properties = json_object_get_member (schema, "properties");
  JsonArray *names =
      required && properties && JSON_NODE_HOLDS_ARRAY (required) ? json_node_get_array (required) : NULL;
  for (guint i = 0; names && i < json_array_get_length (names); i++)
    g_assert_true (
        json_object_has_member (json_node_get_object (properties), json_array_get_string_element (names, i)));
}

/* Every reference must lead to a definition, every pattern compile and show an example that matches. */
static void check_rules (JsonObject *root, JsonObject *schema) {
  JsonNode *rule = json_object_get_member (schema, "pattern"); /* or a property of that name */
  const char *pattern = rule && JSON_NODE_HOLDS_VALUE (rule) ? json_node_get_string (rule) : NULL;
  const char *reference = json_object_get_string_member_with_default (schema, "$ref", NULL);
  if (pattern) {
    JsonArray *examples = json_object_get_array_member (schema, "examples");
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    g_assert_nonnull (regex);
    g_assert_cmpuint (json_array_get_length (examples), >, 0);
    for (guint i = 0; i < json_array_get_length (examples); i++)
      g_assert_true (g_regex_match (regex, json_array_get_string_element (examples, i), 0, NULL));
  }
  if (reference) {
    g_assert_true (g_str_has_prefix (reference, "#/$defs/"));
    g_assert_true (json_object_has_member (json_object_get_object_member (root, "$defs"), reference + 8));
  }
  check_names (schema);
  g_autoptr (GList) nodes = json_object_get_values (schema);
  for (GList *node = nodes; node; node = node->next) {
    if (JSON_NODE_HOLDS_OBJECT (node->data))
      check_rules (root, json_node_get_object (node->data));
    JsonArray *array = JSON_NODE_HOLDS_ARRAY (node->data) ? json_node_get_array (node->data) : NULL;
    for (guint i = 0; array && i < json_array_get_length (array); i++)
      if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
        check_rules (root, json_array_get_object_element (array, i));
  }
}

static void test_the_schemas_hold_together (void) {
  static const char *const names[] = { "portable", "manifest" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strdup_printf ("/fr/integrationhub/IntegrationHub/schemas/%s.json", names[i]);
    g_autoptr (GBytes) text = g_resources_lookup_data (path, 0, NULL);
    g_assert_nonnull (text);
    g_autoptr (JsonObject) root =
        hub_json_parse_object (g_bytes_get_data (text, NULL), g_bytes_get_size (text), names[i], NULL);
    g_assert_nonnull (root);
    check_rules (root, root);
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), root);
    check_keywords (node, FALSE);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schema/mistakes", test_each_mistake_is_named_with_its_place);
  g_test_add_func ("/schema/file", test_a_mistake_in_a_whole_file_has_its_place_in_it);
  g_test_add_func ("/schema/lines", test_a_mistake_in_a_manifest_has_its_line);
  g_test_add_func ("/schema/unknown", test_nothing_unknown_slips_through);
  g_test_add_func ("/schema/choice", test_an_absent_choice_is_the_first);
  g_test_add_func ("/schema/consistent", test_the_schemas_hold_together);
  return g_test_run ();
}
