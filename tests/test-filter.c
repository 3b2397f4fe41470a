/* test-filter.c: which source records an integration takes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include "error.h"
#include "filter.h"
#include "schema.h"

typedef struct {
  HubType type;
  const char *text, *format;
} Plain;

static HubFilter *compile (const char *json, GPtrArray *paths, GError **error) {
  const char *place = "integrations[0].filter";
  g_autoptr (JsonNode) node = hub_schema_parse ("portable", "filter", json, strlen (json), place, error);
  return node ? hub_filter_new (json_node_get_array (node), paths, place, error) : NULL;
}

/* Whether a record whose only field holds @plain passes the condition. */
static gboolean passes (const char *condition, Plain plain) {
  g_autofree char *json = g_strdup_printf ("[{\"field\":\"f\",\"op\":%s}]", condition);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (HubFilter) filter = compile (json, paths, &error);
  g_autoptr (HubRecord) record = hub_record_new (1);

  g_assert_no_error (error);
  g_assert_cmpuint (paths->len, ==, 1);
  record->values[0] = (HubValue){ plain.type, g_strdup (plain.text), plain.format };
  return hub_filter_match (filter, record);
}

static const struct {
  const char *condition;
  Plain value;
  gboolean expected;
} cases[] = {
  { "\"equals\",\"value\":\"succeeded\"", { HUB_TYPE_TEXT, "succeeded" }, TRUE },
  { "\"equals\",\"value\":\"succeeded\"", { HUB_TYPE_TEXT, "Succeeded" }, FALSE },
  { "\"equals\",\"value\":\"succeeded\"", { HUB_TYPE_TEXT, "succeeded " }, FALSE },
  { "\"equals\",\"value\":\"succeeded\"", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"equals\",\"value\":1", { HUB_TYPE_TEXT, "1" }, TRUE },
  { "\"equals\",\"value\":\"1\"", { HUB_TYPE_INTEGER, "1" }, TRUE },
  { "\"equals\",\"value\":10.0", { HUB_TYPE_INTEGER, "10" }, TRUE },
  { "\"equals\",\"value\":10", { HUB_TYPE_DECIMAL, "10.0" }, TRUE },
  { "\"equals\",\"value\":\"10.0\"", { HUB_TYPE_INTEGER, "10" }, TRUE },
  { "\"equals\",\"value\":19.9", { HUB_TYPE_MONEY, "19.90", "eur" }, TRUE },
  { "\"equals\",\"value\":10", { HUB_TYPE_TEXT, "10.0" }, FALSE },
  { "\"equals\",\"value\":7", { HUB_TYPE_TEXT, "007" }, FALSE },
  { "\"equals\",\"value\":\"x\"", { HUB_TYPE_INTEGER, "10" }, FALSE },
  { "\"equals\",\"value\":true", { HUB_TYPE_BOOLEAN, "true" }, TRUE },
  { "\"equals\",\"value\":\"true\"", { HUB_TYPE_BOOLEAN, "true" }, TRUE },
  { "\"equals\",\"value\":false", { HUB_TYPE_BOOLEAN, "true" }, FALSE },
  { "\"equals\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATE, "2026-11-22" }, TRUE },
  { "\"equals\",\"value\":\"22/11/2026\"", { HUB_TYPE_DATE, "2026-11-22", "%d/%m/%Y" }, TRUE },
  { "\"not-equals\",\"value\":\"a\"", { HUB_TYPE_TEXT, "b" }, TRUE },
  { "\"not-equals\",\"value\":\"a\"", { HUB_TYPE_TEXT, "a" }, FALSE },
  { "\"not-equals\",\"value\":\"a\"", { HUB_TYPE_TEXT, NULL }, TRUE },
  { "\"not-equals\",\"value\":\"a\"", { HUB_TYPE_INTEGER, "" }, TRUE },
  { "\"not-equals\",\"value\":10.0", { HUB_TYPE_INTEGER, "10" }, FALSE },
  { "\"contains\",\"value\":\"cd\"", { HUB_TYPE_TEXT, "abcde" }, TRUE },
  { "\"contains\",\"value\":\"CD\"", { HUB_TYPE_TEXT, "abcde" }, FALSE },
  { "\"contains\",\"value\":2026", { HUB_TYPE_DATE, "2026-11-22" }, TRUE },
  { "\"contains\",\"value\":\"a\"", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"contains\",\"value\":\"a\"", { HUB_TYPE_LIST, "[\"a\"]" }, TRUE },
  { "\"starts-with\",\"value\":\"é\"", { HUB_TYPE_TEXT, "élan" }, TRUE },
  { "\"starts-with\",\"value\":\"l\"", { HUB_TYPE_TEXT, "élan" }, FALSE },
  { "\"starts-with\",\"value\":\"a\"", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"in\",\"value\":[\"a\",\"b\"]", { HUB_TYPE_TEXT, "b" }, TRUE },
  { "\"in\",\"value\":[\"a\",\"b\"]", { HUB_TYPE_TEXT, "c" }, FALSE },
  { "\"in\",\"value\":[\"a\",\"b\"]", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"in\",\"value\":[1,2.50,true]", { HUB_TYPE_DECIMAL, "2.5" }, TRUE },
  { "\"in\",\"value\":[1,2.50,true]", { HUB_TYPE_BOOLEAN, "true" }, TRUE },
  { "\"in\",\"value\":[]", { HUB_TYPE_TEXT, "a" }, FALSE },
  { "\"greater\",\"value\":10", { HUB_TYPE_INTEGER, "11" }, TRUE },
  { "\"greater\",\"value\":10", { HUB_TYPE_INTEGER, "10" }, FALSE },
  { "\"greater\",\"value\":10", { HUB_TYPE_DECIMAL, "10.00" }, FALSE },
  { "\"greater\",\"value\":10", { HUB_TYPE_DECIMAL, "9.99" }, FALSE },
  { "\"greater\",\"value\":\"1 000,50\"", { HUB_TYPE_MONEY, "1000.51", "eur" }, TRUE },
  { "\"greater\",\"value\":-1", { HUB_TYPE_INTEGER, "0" }, TRUE },
  { "\"greater\",\"value\":10", { HUB_TYPE_TEXT, "9" }, FALSE },
  { "\"greater\",\"value\":10", { HUB_TYPE_TEXT, "100" }, TRUE },
  { "\"greater\",\"value\":10", { HUB_TYPE_TEXT, "z" }, FALSE },
  { "\"greater\",\"value\":10", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"greater\",\"value\":10", { HUB_TYPE_INTEGER, "12345678901234567890" }, TRUE },
  { "\"less\",\"value\":10", { HUB_TYPE_INTEGER, "9" }, TRUE },
  { "\"less\",\"value\":10", { HUB_TYPE_INTEGER, "10" }, FALSE },
  { "\"less\",\"value\":10", { HUB_TYPE_INTEGER, "11" }, FALSE },
  { "\"less\",\"value\":10", { HUB_TYPE_TEXT, "a" }, FALSE },
  { "\"less\",\"value\":10", { HUB_TYPE_TEXT, "" }, FALSE },
  { "\"before\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATE, "2026-11-21" }, TRUE },
  { "\"before\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATE, "2026-11-22" }, FALSE },
  { "\"before\",\"value\":\"22/11/2026\"", { HUB_TYPE_DATETIME, "2026-11-21T23:59:59Z" }, TRUE },
  { "\"before\",\"value\":\"22/11/2026\"", { HUB_TYPE_DATETIME, "2026-11-22T00:00:00Z" }, FALSE },
  { "\"before\",\"value\":\"2026-11-22T10:00:00+01:00\"",
    { HUB_TYPE_DATETIME, "2026-11-22T08:59:59Z" },
    TRUE },
  { "\"before\",\"value\":\"2026-11-22T10:00:00+01:00\"",
    { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z" },
    FALSE },
  { "\"before\",\"value\":\"2026-11-22\"", { HUB_TYPE_TEXT, "21/11/2026" }, TRUE },
  { "\"before\",\"value\":\"2026-11-22\"", { HUB_TYPE_TEXT, "hello" }, FALSE },
  { "\"before\",\"value\":\"2026-11-22\"", { HUB_TYPE_INTEGER, "1" }, FALSE },
  { "\"before\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATE, NULL }, FALSE },
  { "\"after\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATE, "2026-11-23", "%d" }, TRUE },
  { "\"after\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATE, "2026-11-22" }, FALSE },
  { "\"after\",\"value\":\"2026-11-22\"", { HUB_TYPE_DATETIME, "2026-11-22T00:00:00.001Z" }, TRUE },
  { "\"after\",\"value\":\"2026-11-22\"", { HUB_TYPE_TEXT, "2027" }, FALSE },
  { "\"after\",\"value\":\"2026-11-22\"", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"empty\"", { HUB_TYPE_TEXT, NULL }, TRUE },
  { "\"empty\"", { HUB_TYPE_DATE, "" }, TRUE },
  { "\"empty\"", { HUB_TYPE_TEXT, " " }, FALSE },
  { "\"empty\"", { HUB_TYPE_INTEGER, "0" }, FALSE },
  { "\"not-empty\"", { HUB_TYPE_TEXT, NULL }, FALSE },
  { "\"not-empty\"", { HUB_TYPE_INTEGER, "0" }, TRUE },
};

static void test_each_condition_holds_when_it_should (void) {
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s on %s", cases[i].condition, cases[i].value.text);
    g_assert_cmpint (passes (cases[i].condition, cases[i].value), ==, cases[i].expected);
  }
}

static void test_all_conditions_must_hold (void) {
  static const struct {
    const char *status, *amount;
    gboolean expected;
  } records[] = { { "succeeded", "2000", TRUE },
                  { "succeeded", "500", FALSE },
                  { "canceled", "2000", FALSE },
                  { NULL, NULL, FALSE } };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (HubFilter) filter = compile ("[{\"field\":\"status\",\"op\":\"equals\",\"value\":\"succeeded\"},"
                                          "{\"field\":\"amount\",\"op\":\"greater\",\"value\":1000}]",
                                          paths, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autoptr (HubRecord) record = hub_record_new (2);
    hub_value_take (&record->values[0], HUB_TYPE_TEXT, g_strdup (records[i].status));
    hub_value_take (&record->values[1], HUB_TYPE_INTEGER, g_strdup (records[i].amount));
    g_assert_cmpint (hub_filter_match (filter, record), ==, records[i].expected);
  }
}

static void test_paths_are_shared_and_added_once (void) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (HubFilter) filter = NULL;
  g_autoptr (HubRecord) record = hub_record_new (3);

  g_assert_cmpuint (hub_path_index (paths, "id"), ==, 0);
  g_assert_cmpuint (hub_path_index (paths, "status"), ==, 1);
  g_assert_cmpuint (hub_path_index (paths, "id"), ==, 0);
  filter = compile ("[{\"field\":\"status\",\"op\":\"empty\"},{\"field\":\"amount\",\"op\":\"not-empty\"},"
                    "{\"field\":\"amount\",\"op\":\"less\",\"value\":5}]",
                    paths, NULL);
  g_assert_cmpuint (paths->len, ==, 3);
  g_assert_cmpstr (paths->pdata[2], ==, "amount");
  hub_value_take (&record->values[2], HUB_TYPE_INTEGER, g_strdup ("4"));
  g_assert_true (hub_filter_match (filter, record));
  hub_value_take (&record->values[1], HUB_TYPE_TEXT, g_strdup ("x"));
  g_assert_false (hub_filter_match (filter, record));
}

static void test_no_condition_takes_everything (void) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (HubFilter) absent = hub_filter_new (NULL, paths, "filter", NULL);
  g_autoptr (HubFilter) empty = compile ("[]", paths, NULL);
  g_autoptr (HubRecord) record = hub_record_new (0);

  g_assert_true (hub_filter_match (absent, record));
  g_assert_true (hub_filter_match (empty, record));
  g_assert_cmpuint (paths->len, ==, 0);
}

static const struct {
  const char *filter, *expected, *hint; /* hint: (nullable) how it ends */
} invalid[] = {
  { "[{\"field\":\"a\",\"op\":\"equal\",\"value\":1}]",
    "integrations[0].filter[0]: “op” is “equal”, but must be one of: equals, not-equals, ",
    "; did you mean “equals”?" },
  { "[{\"field\":\"a\",\"op\":\"empty\"},{\"field\":\"a\",\"op\":\"xyzzyx\"}]",
    "integrations[0].filter[1]: “op” is “xyzzyx”, but must be one of: " },
  { "[{\"op\":\"empty\"}]", "integrations[0].filter[0]: “field”" },
  { "[{\"field\":\"\",\"op\":\"empty\"}]", "integrations[0].filter[0]: “field”" },
  { "[{\"field\":1,\"op\":\"empty\"}]", "integrations[0].filter[0]: “field”" },
  { "[{\"field\":\"a\"}]", "integrations[0].filter[0]: “op”" },
  { "[{\"field\":\"a\",\"op\":\"equals\",\"vale\":1}]",
    "integrations[0].filter[0]: unknown member “vale”; did you mean “value”?" },
  { "[\"a\"]", "integrations[0].filter[0]: " },
  { "[{\"field\":\"a\",\"op\":\"empty\",\"value\":1}]", "integrations[0].filter[0]: unknown member “value”" },
  { "[{\"field\":\"a\",\"op\":\"equals\"}]", "integrations[0].filter[0]: “value”" },
  { "[{\"field\":\"a\",\"op\":\"equals\",\"value\":null}]", "integrations[0].filter[0]: “value” must " },
  { "[{\"field\":\"a\",\"op\":\"equals\",\"value\":\"\"}]", "integrations[0].filter[0]: “value” must " },
  { "[{\"field\":\"a\",\"op\":\"equals\",\"value\":[1]}]", "integrations[0].filter[0]: “value” must " },
  { "[{\"field\":\"a\",\"op\":\"contains\",\"value\":{}}]", "integrations[0].filter[0]: “value” must " },
  { "[{\"field\":\"a\",\"op\":\"greater\",\"value\":\"x\"}]",
    "integrations[0].filter[0].value: “x” is not a number" },
  { "[{\"field\":\"a\",\"op\":\"less\",\"value\":true}]",
    "integrations[0].filter[0].value: “true” is not a number" },
  { "[{\"field\":\"a\",\"op\":\"before\",\"value\":\"31/02/2026\"}]",
    "integrations[0].filter[0].value: “31/02/2026” is not a date" },
  { "[{\"field\":\"a\",\"op\":\"after\",\"value\":20261122}]",
    "integrations[0].filter[0].value: “20261122” is not a date" },
  { "[{\"field\":\"a\",\"op\":\"in\",\"value\":\"a\"}]",
    "integrations[0].filter[0]: “value” must be a list" },
  { "[{\"field\":\"a\",\"op\":\"in\",\"value\":[\"a\",[]]}]",
    "integrations[0].filter[0].value[1]: must be " },
};

static void test_a_wrong_definition_is_refused_with_its_place (void) {
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++) {
    g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) error = NULL;
    g_autoptr (HubFilter) filter = compile (invalid[i].filter, paths, &error);

    g_assert_null (filter);
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_test_message ("%s: %s", invalid[i].filter, error->message);
    g_assert_true (g_str_has_prefix (error->message, invalid[i].expected));
    g_assert_true (invalid[i].hint == NULL || g_str_has_suffix (error->message, invalid[i].hint));
    g_assert_null (strchr (error->message, '\n'));
  }
}

int main (int argc, char *argv[]) {
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/conditions", test_each_condition_holds_when_it_should);
  g_test_add_func ("/filter/all", test_all_conditions_must_hold);
  g_test_add_func ("/filter/paths", test_paths_are_shared_and_added_once);
  g_test_add_func ("/filter/none", test_no_condition_takes_everything);
  g_test_add_func ("/filter/invalid", test_a_wrong_definition_is_refused_with_its_place);
  return g_test_run ();
}
