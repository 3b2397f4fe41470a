/* test-json.c: our own JSON is read strictly, and what is wrong with it is said with its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "json-reader.h"
#include "json.h"
#include <string.h>

static JsonNode *parse (const char *text) {
  g_autoptr (GError) error = NULL;
  JsonNode *node = hub_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
  return node;
}

static JsonObject *parse_object (const char *text) {
  g_autoptr (GError) error = NULL;
  JsonObject *object = hub_json_parse_object (text, strlen (text), "the file", &error);
  g_assert_no_error (error);
  return object;
}

static void check_message (GError *error, const char *message) {
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void test_parse_gives_back_every_kind_of_value (void) {
  static const char *const table[][2] = {
    { "{}", "{}" },
    { "[]", "[]" },
    { " [ 1 , -2 , true , false , null , \"x\" ] ", "[1,-2,true,false,null,\"x\"]" },
    { "{\"a\":{\"b\":[{\"c\":1}]},\"d\":[[]]}", "{\"a\":{\"b\":[{\"c\":1}]},\"d\":[[]]}" },
    { "\"text\"", "\"text\"" },
    { "42", "42" },
    { "true", "true" },
    { "null", "null" },
    { "9223372036854775807", "9223372036854775807" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "{\"a\":1,\"b\":2,\"a\":{\"c\":3}}", "{\"a\":{\"c\":3},\"b\":2}" },
    { "{\"\":1,\"é\\n\":2}", "{\"\":1,\"é\\n\":2}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (JsonNode) node = parse (table[i][0]);
    g_autofree char *written = json_to_string (node, FALSE);
    g_assert_cmpstr (written, ==, table[i][1]);
  }
}

static void test_parse_loses_no_digit_of_a_long_number (void) {
  static const char *const numbers[] = { "12345678901234567890", "-12345678901234567890",
                                         "9223372036854775808", "1e400", "-1E+999" };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (JsonNode) node = parse (numbers[i]);
    g_assert_cmpstr (json_node_get_string (node), ==, numbers[i]);
  }
}

static void test_parse_decodes_texts_and_never_makes_invalid_utf8 (void) {
  static const char *const table[][2] = {
    { "\"\\ud83d\\ude42\"", "🙂" },
    { "\"\\ud83dx\"", "\xef\xbf\xbdx" },
    { "\"a\\u0000b\"", "a\xef\xbf\xbd"
                       "b" },
    { "\"\\\"\\\\\\/\\n\"", "\"\\/\n" },
    { "\"\"", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (JsonNode) node = parse (table[i][0]);
    g_assert_cmpstr (json_node_get_string (node), ==, table[i][1]);
  }
}

static void test_parse_refuses_what_is_not_strict_json (void) {
  static const char *const table[] = { "",         "{",           "{'a':1}", "[01]",    "[1,]",
                                       "// x\n{}", "{\"a\":tru}", "{} {}",   "nul",     "{\"a\":1,}",
                                       "[\"\n\"]", "[NaN]",       "]",       "\xff",    "{\"a\"}",
                                       "[1 2]",    "[-]",         "{1:2}",   "\"\\q\"", "<html>" };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_json_parse (table[i], strlen (table[i]), &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, "line "));
  }
}

static void test_parse_survives_any_depth (void) {
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_json_parse (deep, 200000, &error));
  check_message (error, "line 1, column 257: too many objects and lists inside one another");
  GString *fits = g_string_new (NULL);
  for (guint i = 0; i < HUB_JSON_MAX_DEPTH; i++)
    g_string_append_c (fits, '[');
  for (guint i = 0; i < HUB_JSON_MAX_DEPTH; i++)
    g_string_append_c (fits, ']');
  json_node_unref (parse (fits->str));
  g_string_free (fits, TRUE);
}

static void test_parse_object_names_the_document_in_its_errors (void) {
  static const char *const table[][2] = {
    { "{\"a\":1", "the secret: line 1, column 7: the document ends too early" },
    { "", "the secret: line 1, column 1: the document ends too early" },
    { "[]", "the secret: must be a JSON object: {\"name\": …}" },
    { "\"sk\"", "the secret: must be a JSON object: {\"name\": …}" },
    { "null", "the secret: must be a JSON object: {\"name\": …}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_json_parse_object (table[i][0], strlen (table[i][0]), "the secret", &error));
    check_message (error, table[i][1]);
  }
  g_autoptr (JsonObject) object = parse_object ("{\"a\":\"b\"}");
  g_assert_cmpstr (json_object_get_string_member (object, "a"), ==, "b");
}

static void test_unknown_members_are_named_with_the_nearest (void) {
  static const char *const known[] = { "from", "to", "template", "value", "steps", NULL };
  static const char *const table[][2] = {
    { "{\"form\":1}", "integrations[0].mapping[2]: unknown member “form”; did you mean “from”?" },
    { "{\"to\":1,\"From\":1}", "integrations[0].mapping[2]: unknown member “From”; did you mean “from”?" },
    { "{\"step\":1}", "integrations[0].mapping[2]: unknown member “step”; did you mean “steps”?" },
    { "{\"templte\":1}", "integrations[0].mapping[2]: unknown member “templte”; did you mean “template”?" },
    { "{\"colour\":1}",
      "integrations[0].mapping[2]: unknown member “colour”; known are: from, to, template, value, steps" },
    { "{\"a\\nb\\rcdef\":1}",
      "integrations[0].mapping[2]: unknown member “a b cdef”; known are: from, to, template, value, steps" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (JsonObject) object = parse_object (table[i][0]);
    g_autoptr (GError) error = NULL;
    g_assert_false (hub_json_check_members (object, "integrations[0].mapping[2]", known, &error));
    check_message (error, table[i][1]);
  }
  g_autoptr (JsonObject) fine = parse_object ("{\"steps\":[],\"from\":1}");
  g_autoptr (JsonObject) empty = parse_object ("{}");
  g_autoptr (GError) error = NULL;
  g_assert_true (hub_json_check_members (fine, "x", known, &error));
  g_assert_true (hub_json_check_members (empty, "x", known, &error));
  g_assert_no_error (error);
}

static void test_the_first_unknown_member_is_named (void) {
  static const char *const known[] = { "to", NULL };
  g_autoptr (JsonObject) object = parse_object ("{\"to\":1,\"zzz\":1,\"aaa\":1}");
  g_autoptr (GError) error = NULL;
  g_assert_false (hub_json_check_members (object, "x", known, &error));
  check_message (error, "x: unknown member “zzz”; known are: to");
}

static void test_the_nearest_name_is_near_enough_to_be_meant (void) {
  static const char *const known[] = { "mapping", "schedule", "id",         "payment_intents",
                                       "x",       "equals",   "not-equals", NULL };
  static const struct {
    const char *name, *nearest;
  } table[] = {
    { "maping", "mapping" },
    { "mappings", "mapping" },
    { "MAPPING", "mapping" },
    { "mpaping", "mapping" },
    { "shedule", "schedule" },
    { "scheduel", "schedule" },
    { "payment_intent", "payment_intents" },
    { "payments_intent", "payment_intents" },
    { "Payment-Intents", "payment_intents" },
    { "ids", "id" },
    { "ID", "id" },
    { "di", "id" },
    { "X", "x" },
    { "y", NULL },
    { "", NULL },
    { "xy", "x" },
    { "filter", NULL },
    { "customers", NULL },
    { "schemata", NULL },
    { "not_equals", "not-equals" },
    { "equal", "equals" },
    { "mapping of the source fields to the destination fields", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpstr (hub_nearest_name (table[i].name, known), ==, table[i].nearest);
  static const char *const none[] = { NULL };
  g_assert_null (hub_nearest_name ("mapping", none));
  g_autofree char *endless = g_strnfill (10 * 1000 * 1000, 'm');
  g_assert_null (hub_nearest_name (endless, known));
}

static void test_members_are_read (void) {
  g_autoptr (JsonObject) object =
      parse_object ("{\"t\":\"é\",\"o\":{\"x\":1},\"a\":[1,2],\"b\":true,\"i\":-5}");
  g_autoptr (GError) error = NULL;
  const char *text = NULL;
  JsonObject *inner = NULL;
  JsonArray *array = NULL;
  gint64 integer = 0;
  g_assert_true (hub_json_get_text (object, "p", "t", TRUE, &text, &error));
  g_assert_true (hub_json_get_object (object, "p", "o", TRUE, &inner, &error));
  g_assert_true (hub_json_get_array (object, "p", "a", TRUE, &array, &error));
  g_assert_true (hub_json_get_integer (object, "p", "i", -5, 5, &integer, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "é");
  g_assert_cmpint (json_object_get_int_member (inner, "x"), ==, 1);
  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  g_assert_cmpint (integer, ==, -5);
}

static void test_an_absent_optional_member_leaves_the_default (void) {
  g_autoptr (JsonObject) object = parse_object ("{}");
  g_autoptr (GError) error = NULL;
  const char *text = "default";
  JsonObject *inner = object;
  JsonArray *array = NULL;
  gint64 integer = 7;
  g_assert_true (hub_json_get_text (object, "p", "t", FALSE, &text, &error));
  g_assert_true (hub_json_get_object (object, "p", "o", FALSE, &inner, &error));
  g_assert_true (hub_json_get_array (object, "p", "a", FALSE, &array, &error));
  g_assert_true (hub_json_get_integer (object, "p", "i", 10, 20, &integer, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "default");
  g_assert_true (inner == object);
  g_assert_null (array);
  g_assert_cmpint (integer, ==, 7);
}

/* Reads member "x" as the kind that @kind stands for. */
static gboolean get (char kind, JsonObject *object, gboolean required, GError **error) {
  const char *text = NULL;
  JsonObject *inner = NULL;
  JsonArray *array = NULL;
  gint64 integer = 0;
  switch (kind) {
  case 't': return hub_json_get_text (object, "a[0].b", "x", required, &text, error);
  case 'o': return hub_json_get_object (object, "a[0].b", "x", required, &inner, error);
  case 'a': return hub_json_get_array (object, "a[0].b", "x", required, &array, error);
  default: return hub_json_get_integer (object, "a[0].b", "x", 1, 31, &integer, error);
  }
}

static void test_a_wrong_type_is_said_with_its_place (void) {
  static const struct {
    char kind;
    const char *right, *message;
  } table[] = {
    { 't', "\"s\"", "a[0].b: “x” must be a text" },
    { 'o', "{}", "a[0].b: “x” must be an object: {…}" },
    { 'a', "[]", "a[0].b: “x” must be a list: […]" },
    { 'i', "12", "a[0].b: “x” must be a whole number from 1 to 31" },
  };
  static const char *const values[] = { "\"s\"", "{}", "[]", "true", "12", "null", "1.5" };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    for (guint v = 0; v < G_N_ELEMENTS (values); v++) {
      g_autofree char *text = g_strdup_printf ("{\"x\":%s}", values[v]);
      g_autoptr (JsonObject) object = parse_object (text);
      g_autoptr (GError) error = NULL;
      gboolean right = strcmp (values[v], table[i].right) == 0;
      g_assert_cmpint (get (table[i].kind, object, v % 2, &error), ==, right);
      if (!right)
        check_message (error, table[i].message);
    }
  }
}

static void test_an_integer_stays_within_its_bounds (void) {
  static const char *const wrong[] = {
    "0", "32", "-1", "9223372036854775807", "1e1", "12345678901234567890"
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *text = g_strdup_printf ("{\"x\":%s}", wrong[i]);
    g_autoptr (JsonObject) object = parse_object (text);
    g_autoptr (GError) error = NULL;
    g_assert_false (get ('i', object, FALSE, &error));
    check_message (error, "a[0].b: “x” must be a whole number from 1 to 31");
  }
  g_autoptr (JsonObject) least = parse_object ("{\"x\":1}");
  g_autoptr (JsonObject) most = parse_object ("{\"x\":31}");
  g_assert_true (get ('i', least, FALSE, NULL));
  g_assert_true (get ('i', most, FALSE, NULL));
}

static void test_a_missing_required_member_is_said_with_its_place (void) {
  g_autoptr (JsonObject) object = parse_object ("{\"y\":1}");
  static const struct {
    char kind;
    const char *message;
  } table[] = {
    { 't', "a[0].b: “x” is missing; it must be a text" },
    { 'o', "a[0].b: “x” is missing; it must be an object: {…}" },
    { 'a', "a[0].b: “x” is missing; it must be a list: […]" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (get (table[i].kind, object, TRUE, &error));
    check_message (error, table[i].message);
  }
}

static void test_an_element_has_its_place_and_is_an_object (void) {
  g_autoptr (JsonNode) node = parse ("[{\"a\":1},2]");
  JsonArray *array = json_node_get_array (node);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  JsonObject *object = hub_json_element (array, "mapping", 0, &first, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (object, "a"), ==, 1);
  g_assert_cmpstr (first, ==, "mapping[0]");
  g_assert_null (hub_json_element (array, "mapping", 1, &second, &error));
  check_message (error, "mapping[1]: must be an object: {…}");
  g_assert_cmpstr (second, ==, "mapping[1]");
}

static void test_fail_says_place_and_message (void) {
  g_autoptr (GError) error = NULL;
  g_assert_false (hub_json_fail (&error, "write", "“%s” has %d", "100 %s", 3));
  check_message (error, "write: “100 %s” has 3");
  g_assert_false (hub_json_fail (NULL, "write", "x"));
}

static void test_scalars_become_values (void) {
  static const struct {
    const char *json;
    HubType type;
    const char *text;
  } table[] = {
    { "\"x\"", HUB_TYPE_TEXT, "x" },
    { "\"\"", HUB_TYPE_TEXT, "" },
    { "\"007\"", HUB_TYPE_TEXT, "007" },
    { "0", HUB_TYPE_INTEGER, "0" },
    { "-12", HUB_TYPE_INTEGER, "-12" },
    { "9223372036854775807", HUB_TYPE_INTEGER, "9223372036854775807" },
    { "12345678901234567890", HUB_TYPE_TEXT, "12345678901234567890" },
    { "0.1", HUB_TYPE_DECIMAL, "0.1" },
    { "19.99", HUB_TYPE_DECIMAL, "19.99" },
    { "0.30000000000000004", HUB_TYPE_DECIMAL, "0.30000000000000004" },
    { "0.7999999999999999", HUB_TYPE_DECIMAL, "0.7999999999999999" },
    { "123456.7890123456", HUB_TYPE_DECIMAL, "123456.7890123456" },
    { "1e3", HUB_TYPE_DECIMAL, "1000" },
    { "-2.5e-3", HUB_TYPE_DECIMAL, "-0.0025" },
    { "1e22", HUB_TYPE_DECIMAL, "10000000000000000000000" },
    { "true", HUB_TYPE_BOOLEAN, "true" },
    { "false", HUB_TYPE_BOOLEAN, "false" },
    { "null", HUB_TYPE_TEXT, NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (JsonNode) node = parse (table[i].json);
    HubValue value = { HUB_TYPE_URL, g_strdup ("before") };
    g_assert_true (hub_json_to_value (node, &value));
    g_assert_cmpint (value.type, ==, table[i].type);
    g_assert_cmpstr (value.text, ==, table[i].text);
    hub_value_clear (&value);
  }
  static const char *const structures[] = { "{}", "[1]" };
  for (guint i = 0; i < G_N_ELEMENTS (structures); i++) {
    g_autoptr (JsonNode) node = parse (structures[i]);
    HubValue value = { 0 };
    g_assert_false (hub_json_to_value (node, &value));
  }
}

static void test_extreme_doubles_are_written_out (void) {
  static const double numbers[] = { G_MAXDOUBLE, -G_MAXDOUBLE, G_MINDOUBLE, 5e-324, -5e-324 };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), numbers[i]);
    HubValue value = { 0 };
    g_assert_true (hub_json_to_value (node, &value));
    g_assert_cmpfloat (g_ascii_strtod (value.text, NULL), ==, numbers[i]);
    g_assert_null (strpbrk (value.text, "eE"));
    hub_value_clear (&value);
  }
}

static void test_values_come_back_from_their_json (void) {
  HubValue values[] = {
    { HUB_TYPE_TEXT, (char *) "=IMPORTXML(\"http://x\")\n\té🙂" },
    { HUB_TYPE_TEXT, (char *) "007" },
    { HUB_TYPE_TEXT, (char *) "true" },
    { HUB_TYPE_INTEGER, (char *) "-42" },
    { HUB_TYPE_DECIMAL, (char *) "19.99" },
    { HUB_TYPE_BOOLEAN, (char *) "false" },
    { HUB_TYPE_DATE, (char *) "2026-11-22" },
    { HUB_TYPE_DATE, (char *) "2026-11-22", g_intern_string ("%d/%m/%Y") },
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T09:30:00Z" },
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T09:30:00.250Z", g_intern_string ("%H:%M"),
      g_intern_string ("Europe/Paris") },
    { HUB_TYPE_LIST, (char *) "[\"a\",1,null]" },
    { HUB_TYPE_JSON, (char *) "{\"a\":{\"b\":[]}}" },
    { HUB_TYPE_TEXT, NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GString) json = g_string_new (NULL);
    hub_value_append_json (&values[i], json);
    g_autoptr (JsonNode) node = parse (json->str);
    HubValue back = { HUB_TYPE_URL, g_strdup ("before"), "before", "before" };
    g_assert_true (hub_value_from_json (&back, node));
    g_assert_cmpint (back.type, ==, values[i].type);
    g_assert_cmpstr (back.text, ==, values[i].text);
    g_assert_true (back.format == values[i].format);
    g_assert_true (back.zone == values[i].zone);
    hub_value_clear (&back);
  }
}

static void test_an_object_that_is_no_date_comes_back_as_json (void) {
  static const char *const table[] = { "{\"date\":1}", "{\"day\":\"2026-11-22\"}", "{}",
                                       "{\"datetime\":null}" };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (JsonNode) node = parse (table[i]);
    HubValue value = { 0 };
    g_assert_true (hub_value_from_json (&value, node));
    g_assert_cmpint (value.type, ==, HUB_TYPE_JSON);
    g_assert_cmpstr (value.text, ==, table[i]);
    hub_value_clear (&value);
  }
}

static void test_texts_are_escaped (void) {
  static const char *const table[][2] = {
    { "", "\"\"" },
    { "plain", "\"plain\"" },
    { "\"", "\"\\\"\"" },
    { "a\\b", "\"a\\\\b\"" },
    { "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
    { "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"" },
    { "é🙂/", "\"é🙂/\"" },
    { "x\"y\"", "\"x\\\"y\\\"\"" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GString) out = g_string_new ("[");
    hub_json_append_text (out, table[i][0]);
    g_assert_cmpstr (out->str + 1, ==, table[i][1]);
  }
}

static void test_every_character_comes_back_from_an_escaped_text (void) {
  for (gunichar c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 997) {
    if (!g_unichar_validate (c))
      continue;
    g_autoptr (GString) text = g_string_new ("a");
    g_autoptr (GString) json = g_string_new (NULL);
    g_string_append_unichar (text, c);
    g_string_append_c (text, 'z');
    hub_json_append_text (json, text->str);
    g_autoptr (JsonNode) node = parse (json->str);
    g_assert_cmpstr (json_node_get_string (node), ==, text->str);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/json/" #name, test_##name)
  ADD (parse_gives_back_every_kind_of_value);
  ADD (parse_loses_no_digit_of_a_long_number);
  ADD (parse_decodes_texts_and_never_makes_invalid_utf8);
  ADD (parse_refuses_what_is_not_strict_json);
  ADD (parse_survives_any_depth);
  ADD (parse_object_names_the_document_in_its_errors);
  ADD (unknown_members_are_named_with_the_nearest);
  ADD (the_first_unknown_member_is_named);
  ADD (the_nearest_name_is_near_enough_to_be_meant);
  ADD (members_are_read);
  ADD (an_absent_optional_member_leaves_the_default);
  ADD (a_wrong_type_is_said_with_its_place);
  ADD (an_integer_stays_within_its_bounds);
  ADD (a_missing_required_member_is_said_with_its_place);
  ADD (an_element_has_its_place_and_is_an_object);
  ADD (fail_says_place_and_message);
  ADD (scalars_become_values);
  ADD (extreme_doubles_are_written_out);
  ADD (values_come_back_from_their_json);
  ADD (an_object_that_is_no_date_comes_back_as_json);
  ADD (texts_are_escaped);
  ADD (every_character_comes_back_from_an_escaped_text);
  return g_test_run ();
}
