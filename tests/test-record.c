/* test-record.c: a record's values are picked out of JSON exactly, each with its type.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "json.h"
#include "record.h"
#include <string.h>

#define MAX_PATHS 8

typedef struct {
  const char *json;
  const char *path;
  HubType type;
  const char *text;
} Pick;

static void clear_values (HubValue *values) {
  for (guint i = 0; i < MAX_PATHS; i++)
    hub_value_clear (&values[i]);
}

/* Reads @json with @paths into @values; the bytes end where the heap block ends. */
static gboolean select_values (const char *json, const char *const *paths, HubValue *values, GError **error) {
  gsize length = strlen (json);
  g_autofree char *data = g_memdup2 (json, length);
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  return hub_selector_read (selector, &reader, values, error);
}

static void check_picks (const Pick *picks, guint n_picks) {
  for (guint i = 0; i < n_picks; i++) {
    const char *const paths[] = { picks[i].path, NULL };
    HubValue values[MAX_PATHS] = { { HUB_TYPE_URL, g_strdup ("of the record before") } };
    g_autoptr (GError) error = NULL;
    g_assert_true (select_values (picks[i].json, paths, values, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (values[0].text, ==, picks[i].text);
    g_assert_cmpint (values[0].type, ==, picks[i].type);
    clear_values (values);
  }
}

static void test_every_kind_of_value_has_its_type (void) {
  static const Pick picks[] = {
    { "{\"a\":\"x\"}", "a", HUB_TYPE_TEXT, "x" },
    { "{\"a\":\"\"}", "a", HUB_TYPE_TEXT, "" },
    { "{\"a\":\"007\"}", "a", HUB_TYPE_TEXT, "007" },
    { "{\"a\":\"é\\n\\u00e9\\ud83d\\ude42\\\"\"}", "a", HUB_TYPE_TEXT, "é\né🙂\"" },
    { "{\"a\":\"=IMPORTXML(\\\"http://x\\\")\"}", "a", HUB_TYPE_TEXT, "=IMPORTXML(\"http://x\")" },
    { "{\"a\":1999}", "a", HUB_TYPE_INTEGER, "1999" },
    { "{\"a\":-1}", "a", HUB_TYPE_INTEGER, "-1" },
    { "{\"a\":0}", "a", HUB_TYPE_INTEGER, "0" },
    { "{\"a\":-0}", "a", HUB_TYPE_INTEGER, "0" },
    { "{\"a\":12345678901234567890}", "a", HUB_TYPE_INTEGER, "12345678901234567890" },
    { "{\"a\":1234567890123456789012345678901234567890}", "a", HUB_TYPE_INTEGER,
      "1234567890123456789012345678901234567890" },
    { "{\"a\":19.90}", "a", HUB_TYPE_DECIMAL, "19.90" },
    { "{\"a\":0.1000000000000000055511151231257827}", "a", HUB_TYPE_DECIMAL,
      "0.1000000000000000055511151231257827" },
    { "{\"a\":1e3}", "a", HUB_TYPE_DECIMAL, "1000" },
    { "{\"a\":1E-2}", "a", HUB_TYPE_DECIMAL, "0.01" },
    { "{\"a\":1e999999999}", "a", HUB_TYPE_TEXT, "1e999999999" },
    { "{\"a\":true}", "a", HUB_TYPE_BOOLEAN, "true" },
    { "{\"a\": false }", "a", HUB_TYPE_BOOLEAN, "false" },
    { "{\"a\":null}", "a", HUB_TYPE_TEXT, NULL },
    { "{\"a\":[]}", "a", HUB_TYPE_LIST, "[]" },
    { "{\"a\": [1, \"x]\", {\"y\": 1.50}] }", "a", HUB_TYPE_LIST, "[1, \"x]\", {\"y\": 1.50}]" },
    { "{\"a\":{}}", "a", HUB_TYPE_JSON, "{}" },
    { "{\"a\":{ \"b\" : \"\\u00e9\" }}", "a", HUB_TYPE_JSON, "{ \"b\" : \"\\u00e9\" }" },
    { "{}", "a", HUB_TYPE_TEXT, NULL },
  };
  check_picks (picks, G_N_ELEMENTS (picks));
}

static void test_a_path_leads_through_objects_and_lists (void) {
  static const char json[] =
      "{\"items\":{\"data\":[{\"id\":\"a\",\"n\":[[1,2],[3,4]]},{\"id\":\"b\"}],\"more\":false},"
      "\"billing\":{\"address\":{\"city\":\"Lyon\"}},\"0\":\"zero\",\"\":{\"\":\"nameless\"}}";
  static const Pick picks[] = {
    { json, "items.data.0.id", HUB_TYPE_TEXT, "a" },
    { json, "items.data.1.id", HUB_TYPE_TEXT, "b" },
    { json, "items.data.2.id", HUB_TYPE_TEXT, NULL },
    { json, "items.data.00.id", HUB_TYPE_TEXT, NULL },
    { json, "items.data.-1.id", HUB_TYPE_TEXT, NULL },
    { json, "items.data.id", HUB_TYPE_TEXT, NULL },
    { json, "items.data.0.n.1.0", HUB_TYPE_INTEGER, "3" },
    { json, "items.data.0.n.1", HUB_TYPE_LIST, "[3,4]" },
    { json, "items.more", HUB_TYPE_BOOLEAN, "false" },
    { json, "items.more.x", HUB_TYPE_TEXT, NULL },
    { json, "billing.address.city", HUB_TYPE_TEXT, "Lyon" },
    { json, "billing.address.cit", HUB_TYPE_TEXT, NULL },
    { json, "billing.address.city2", HUB_TYPE_TEXT, NULL },
    { json, "billing.Address.city", HUB_TYPE_TEXT, NULL },
    { json, "billing.address", HUB_TYPE_JSON, "{\"city\":\"Lyon\"}" },
    { json, "0", HUB_TYPE_TEXT, "zero" },
    { json, ".", HUB_TYPE_TEXT, "nameless" },
    { "[\"x\",\"y\"]", "1", HUB_TYPE_TEXT, "y" },
    { "[[],[1]]", "1.0", HUB_TYPE_INTEGER, "1" },
    { "\"scalar\"", "a", HUB_TYPE_TEXT, NULL },
    { "null", "a", HUB_TYPE_TEXT, NULL },
  };
  check_picks (picks, G_N_ELEMENTS (picks));
}

static void test_a_name_may_hold_dots_or_escapes (void) {
  static const Pick picks[] = {
    { "{\"metadata\":{\"a.b\":\"dotted\"}}", "metadata.a.b", HUB_TYPE_TEXT, "dotted" },
    { "{\"metadata\":{\"a\":{\"b\":\"nested\"}}}", "metadata.a.b", HUB_TYPE_TEXT, "nested" },
    { "{\"metadata\":{\"a.b\":\"dotted\",\"a\":\"plain\"}}", "metadata.a.b", HUB_TYPE_TEXT, "dotted" },
    { "{\"metadata\":{\"a\":\"plain\",\"a.b\":\"dotted\"}}", "metadata.a", HUB_TYPE_TEXT, "plain" },
    { "{\"a.b.c\":{\"d.e\":1}}", "a.b.c.d.e", HUB_TYPE_INTEGER, "1" },
    { "{\"a.b\":1}", "a", HUB_TYPE_TEXT, NULL },
    { "{\"metadata\":{\"N° de commande\":\"7\"}}", "metadata.N° de commande", HUB_TYPE_TEXT, "7" },
    { "{\"m\\u00e9ta\":{\"cl\\u00e9\":\"7\"}}", "méta.clé", HUB_TYPE_TEXT, "7" },
    { "{\"a\\\"b\":1}", "a\"b", HUB_TYPE_INTEGER, "1" },
  };
  check_picks (picks, G_N_ELEMENTS (picks));
}

static void test_the_last_of_duplicate_names_wins (void) {
  static const Pick picks[] = {
    { "{\"a\":1,\"a\":\"two\"}", "a", HUB_TYPE_TEXT, "two" },
    { "{\"a\":1,\"b\":0,\"a\":null}", "a", HUB_TYPE_TEXT, NULL },
    { "{\"a\":{\"b\":1},\"a\":{\"b\":2}}", "a.b", HUB_TYPE_INTEGER, "2" },
    { "{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "a.b", HUB_TYPE_TEXT, NULL },
    { "{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "a", HUB_TYPE_JSON, "{\"c\":2}" },
    { "{\"a\":[1],\"a\":[]}", "a.0", HUB_TYPE_TEXT, NULL },
  };
  check_picks (picks, G_N_ELEMENTS (picks));
}

static void test_an_object_and_what_is_in_it_are_read_together (void) {
  static const char *const paths[] = {
    "metadata", "metadata.order_id", "metadata.order_id", "id", "list.1", "list", "none", NULL
  };
  static const char *const expected[] = {
    "{ \"order_id\" : \"é7\", \"x\": [1] }", "é7", "é7", "pi_1", "{\"a\":2}", "[1,{\"a\":2}]", NULL
  };
  HubValue values[MAX_PATHS] = { 0 };
  g_assert_true (
      select_values ("{\"id\":\"pi_1\",\"list\":[1,{\"a\":2}],"
                     "\"metadata\":{ \"order_id\" : \"é7\", \"x\": [1] },\"more\":{\"id\":\"no\"}}",
                     paths, values, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (values[i].text, ==, expected[i]);
  clear_values (values);
}

static void test_no_path_reads_the_value_all_the_same (void) {
  static const char *const none[] = { NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (none);
  static const char json[] = "{\"a\":[1,{\"b\":2}]}";
  HubJsonReader reader;
  hub_json_reader_init (&reader, json, sizeof json - 1);
  g_assert_true (hub_selector_read (selector, &reader, NULL, NULL));
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_END);
}

static void test_a_selector_reads_one_record_after_the_other (void) {
  static const char json[] =
      "{\"data\":[{\"id\":\"a\",\"n\":1},{\"id\":\"b\"},{\"n\":3,\"x\":{\"id\":\"no\"}},7,[]]}";
  static const char *const paths[] = { "id", "n", NULL };
  static const char *const expected[][2] = {
    { "a", "1" }, { "b", NULL }, { NULL, "3" }, { NULL, NULL }, { NULL, NULL }
  };
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  g_autoptr (GError) error = NULL;
  HubValue values[MAX_PATHS] = { 0 };
  HubJsonReader reader;
  hub_json_reader_init (&reader, json, sizeof json - 1);
  for (guint i = 0; i < 3; i++)
    hub_json_reader_next (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (hub_selector_read (selector, &reader, values, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (values[0].text, ==, expected[i][0]);
    g_assert_cmpstr (values[1].text, ==, expected[i][1]);
    g_assert_cmpuint (reader.depth, ==, 2);
  }
  g_assert_false (hub_selector_read (selector, &reader, values, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_cmpint (reader.token, ==, HUB_JSON_ARRAY_END);
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_OBJECT_END);
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_END);
  clear_values (values);
}

static void test_broken_json_is_an_error_with_its_place (void) {
  static const char *const paths[] = { "a", "a.b", "a.0.c", NULL };
  static const char *const broken[] = { "",
                                        "{",
                                        "{\"a\"",
                                        "{\"a\":",
                                        "{\"a\":{\"b\":01}}",
                                        "{\"a\":[1",
                                        "{\"a\":[{\"c\":}]}",
                                        "{\"a\":[1,]}",
                                        "{\"x\":tru}",
                                        "{\"a\":1,}",
                                        "[1,,2]",
                                        "{\"a\":\"\xff\"}",
                                        "]",
                                        "{\"a\":{]}",
                                        "{\"x\":[}" };
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    HubValue values[MAX_PATHS] = { 0 };
    g_autoptr (GError) error = NULL;
    g_assert_false (select_values (broken[i], paths, values, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, "line 1, column "));
    clear_values (values);
  }
}

static void test_every_prefix_of_a_record_is_refused (void) {
  static const char json[] = "{\"a\":{\"b\":[1,{\"c\":\"é\"}],\"d\":null},\"e\":1.5,\"f\":[true,[]]}";
  static const char *const paths[] = { "a.b.1.c", "a", "e", "f.1", NULL };
  HubValue values[MAX_PATHS] = { 0 };
  for (gsize length = 0; length < sizeof json - 1; length++) {
    g_autofree char *prefix = g_strndup (json, length);
    g_assert_false (select_values (prefix, paths, values, NULL));
  }
  g_assert_true (select_values (json, paths, values, NULL));
  g_assert_cmpstr (values[0].text, ==, "é");
  clear_values (values);
}

static void test_deep_json_is_refused_whatever_is_asked (void) {
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GString) path = g_string_new ("a");
  for (guint i = 0; i < 1000; i++) {
    g_string_append (json, "{\"a\":");
    g_string_append (path, ".a");
  }
  const char *const paths[] = { path->str, NULL };
  HubValue values[MAX_PATHS] = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_false (select_values (json->str, paths, values, &error));
  g_assert_true (g_str_has_suffix (error->message, "too many objects and lists inside one another"));
}

static void test_a_record_is_one_json_object (void) {
  static const char *const paths[] = { "id", "metadata.a\"b", "amount", "paid", "none", "list", "day", NULL };
  g_autoptr (HubRecord) record = hub_record_new (7);
  g_assert_cmpuint (record->n_values, ==, 7);
  g_assert_null (record->key);
  record->key = g_strdup ("pi_1");
  hub_value_take (&record->values[0], HUB_TYPE_TEXT, g_strdup ("pi_1"));
  hub_value_take (&record->values[1], HUB_TYPE_TEXT, g_strdup ("a \"quoted\"\n🙂"));
  hub_value_take (&record->values[2], HUB_TYPE_MONEY, g_strdup ("19.99"));
  hub_value_take (&record->values[3], HUB_TYPE_BOOLEAN, g_strdup ("true"));
  hub_value_take (&record->values[5], HUB_TYPE_LIST, g_strdup ("[1,2]"));
  hub_value_take (&record->values[6], HUB_TYPE_DATE, g_strdup ("2026-11-22"));
  g_autofree char *json = hub_values_to_json (record->values, paths, record->n_values, NULL);
  g_assert_cmpstr (
      json, ==,
      "{\"id\":\"pi_1\",\"metadata.a\\\"b\":\"a \\\"quoted\\\"\\n🙂\",\"amount\":19.99,\"paid\":true,"
      "\"none\":null,\"list\":[1,2],\"day\":{\"date\":\"2026-11-22\"}}");
  g_autoptr (JsonObject) object = hub_json_parse_object (json, strlen (json), "the record", NULL);
  g_assert_nonnull (object);
  g_autoptr (HubRecord) empty = hub_record_new (0);
  g_autofree char *nothing = hub_values_to_json (empty->values, paths + 7, empty->n_values, NULL);
  g_assert_cmpstr (nothing, ==, "{}");
}

static void test_a_field_starts_plain (void) {
  g_autoptr (HubField) field = hub_field_new ("billing.email", "E-mail", HUB_TYPE_EMAIL);
  g_assert_cmpstr (field->name, ==, "billing.email");
  g_assert_cmpstr (field->label, ==, "E-mail");
  g_assert_cmpint (field->type, ==, HUB_TYPE_EMAIL);
  g_assert_false (field->required || field->read_only || field->unique);
  g_assert_null (field->example);
  field->example = g_strdup ("a@example.org");
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/record/" #name, test_##name)
  ADD (every_kind_of_value_has_its_type);
  ADD (a_path_leads_through_objects_and_lists);
  ADD (a_name_may_hold_dots_or_escapes);
  ADD (the_last_of_duplicate_names_wins);
  ADD (an_object_and_what_is_in_it_are_read_together);
  ADD (no_path_reads_the_value_all_the_same);
  ADD (a_selector_reads_one_record_after_the_other);
  ADD (broken_json_is_an_error_with_its_place);
  ADD (every_prefix_of_a_record_is_refused);
  ADD (deep_json_is_refused_whatever_is_asked);
  ADD (a_record_is_one_json_object);
  ADD (a_field_starts_plain);
  return g_test_run ();
}
