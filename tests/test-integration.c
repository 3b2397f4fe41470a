/* test-integration.c: the portable file is read whole, or refused with the place of the first mistake.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "integration.h"

#define SOURCE                                                                                               \
  "\"source\":{\"connector\":\"stripe\",\"account\":\"Boutique\",\"object\":\"payment_intents\","            \
  "\"options\":{}}"
#define DESTINATION                                                                                          \
  "\"destination\":{\"connector\":\"google-sheets\",\"account\":\"Compta\",\"object\":\"rows\","             \
  "\"options\":{\"spreadsheet\":\"1AbC\",\"sheet\":\"Paiements\"}}"
#define WRITE "\"write\":{\"mode\":\"upsert\",\"key\":\"ID\"}"
#define MAPPING "\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"},{\"value\":19.90,\"to\":\"Prix\"}]"
#define FILE_OF(integrations) "{\"format\":\"integration-hub/1\",\"integrations\":[" integrations "]}"
#define GOOD "{\"name\":\"A\"," SOURCE "," DESTINATION "," WRITE "," MAPPING "}"
#define WITH(member) "{\"name\":\"A\"," SOURCE "," DESTINATION "," WRITE "," MAPPING "," member "}"

static GPtrArray *parse (const char *text, GError **error) {
  return hub_portable_parse (text, strlen (text), error);
}

static void test_reads_every_member (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = parse (
      FILE_OF (WITH (
          "\"enabled\":false,\"filter\":[{\"field\":\"status\",\"op\":\"equals\",\"value\":\"succeeded\"}],"
          "\"schedule\":{\"every\":\"15m\",\"zone\":\"Europe/Paris\"}")),
      &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
  const HubIntegration *one = g_ptr_array_index (all, 0);
  g_assert_cmpstr (one->name, ==, "A");
  g_assert_false (one->enabled);
  g_assert_cmpstr (one->source->account, ==, "Boutique");
  g_assert_cmpstr (one->destination->object, ==, "rows");
  g_assert_cmpint (one->mode, ==, HUB_MODE_UPSERT);
  g_assert_cmpstr (one->key, ==, "ID");
  const char *paths[] = { "status", "id", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_cmpstr (one->paths->pdata[i], ==, paths[i]);
}

static void test_export_gives_back_what_was_imported (void) {
  g_autoptr (GPtrArray) all = parse (FILE_OF (GOOD), NULL);
  g_autofree char *text = hub_portable_write (all);
  g_assert_nonnull (strstr (text, "19.90"));
  g_autoptr (GPtrArray) again = parse (text, NULL);
  g_assert_cmpuint (again->len, ==, 1);
  const HubIntegration *a = g_ptr_array_index (all, 0), *b = g_ptr_array_index (again, 0);
  g_assert_cmpstr (a->definition, ==, b->definition);
}

static void test_of_two_lists_the_last_counts (void) {
  const char *const first[] = { "[]", "[" GOOD "," GOOD "]", "7", "null", "{\"integrations\":[1,2,3]}" };
  for (guint i = 0; i < G_N_ELEMENTS (first); i++) {
    g_autofree char *text = g_strdup_printf (
        "{\"integrations\":%s,\"format\":\"integration-hub/1\",\"integrations\":[" GOOD "]}", first[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) all = parse (text, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (all->len, ==, 1);
    const HubIntegration *one = g_ptr_array_index (all, 0);
    g_assert_cmpstr (one->definition, ==, GOOD);
  }
}

static void test_every_kind_of_schedule_is_known (void) {
  const struct {
    const char *text;
    HubScheduleKind kind;
  } schedules[] = {
    { "null", HUB_SCHEDULE_NONE },
    { "{\"every\":\"15m\"}", HUB_SCHEDULE_EVERY },
    { "{\"every\":\"2h\"}", HUB_SCHEDULE_EVERY },
    { "{\"daily\":\"07:30\"}", HUB_SCHEDULE_DAILY },
    { "{\"weekly\":{\"days\":[\"mon\",\"fri\"],\"at\":\"07:30\"}}", HUB_SCHEDULE_WEEKLY },
    { "{\"monthly\":{\"day\":1,\"at\":\"07:30\"}}", HUB_SCHEDULE_MONTHLY },
    { "{\"on\":\"event\",\"zone\":\"Europe/Paris\"}", HUB_SCHEDULE_EVENT },
  };
  for (guint i = 0; i < G_N_ELEMENTS (schedules); i++) {
    g_autofree char *text = g_strdup_printf (FILE_OF (WITH ("\"schedule\":%s")), schedules[i].text);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) all = parse (text, &error);
    g_assert_no_error (error);
    const HubIntegration *one = g_ptr_array_index (all, 0);
    g_assert_cmpint (one->schedule.kind, ==, schedules[i].kind);
    g_assert_cmpstr (one->schedule.zone, ==, i == G_N_ELEMENTS (schedules) - 1 ? "Europe/Paris" : NULL);
  }
}

static void test_mistakes_are_refused_with_their_place (void) {
  const struct {
    const char *text, *hint;
  } cases[] = {
    { "", "" },
    { "{", "line 1" },
    { "[]", "the file" },
    { "<html>", "HTML" },
    { "{\"format\":\"integration-hub/9\",\"integrations\":[]}", "integration-hub/1" },
    { "{\"integrations\":[]}", "format" },
    { "{\"format\":\"integration-hub/1\"}", "integrations" },
    { "{\"format\":\"integration-hub/1\",\"integrations\":{}}", "integrations" },
    { "{\"format\":\"integration-hub/1\",\"integration\":[],\"integrations\":[]}", "integration" },
    { FILE_OF ("7"), "integrations[0]" },
    { FILE_OF (GOOD "," GOOD), "integrations[1]" },
    { FILE_OF ("{" SOURCE "," DESTINATION "," WRITE "," MAPPING "}"), "name" },
    { FILE_OF ("{\"name\":\"\"," SOURCE "," DESTINATION "," WRITE "," MAPPING "}"), "name" },
    { FILE_OF ("{\"name\":7," SOURCE "," DESTINATION "," WRITE "," MAPPING "}"), "name" },
    { FILE_OF ("{\"name\":\"A\"," DESTINATION "," WRITE "," MAPPING "}"), "source" },
    { FILE_OF ("{\"name\":\"A\"," SOURCE "," WRITE "," MAPPING "}"), "destination" },
    { FILE_OF ("{\"name\":\"A\"," SOURCE "," DESTINATION "," MAPPING "}"), "write" },
    { FILE_OF ("{\"name\":\"A\"," SOURCE "," DESTINATION "," WRITE "}"), "mapping" },
    { FILE_OF ("{\"name\":\"A\"," SOURCE "," DESTINATION ",\"write\":{\"mode\":\"upsert\"}," MAPPING "}"),
      "key" },
    { FILE_OF ("{\"name\":\"A\"," SOURCE "," DESTINATION
               ",\"write\":{\"mode\":\"insert\",\"key\":\"ID\"}," MAPPING "}"),
      "append" },
    { FILE_OF (WITH ("\"shedule\":null")), "schedule" },
    { FILE_OF (WITH ("\"enabled\":1")), "enabled" },
    { FILE_OF (WITH ("\"filter\":{}")), "filter" },
    { FILE_OF (WITH ("\"filter\":[{\"field\":\"a\",\"op\":\"equal\",\"value\":1}]")), "equals" },
    { FILE_OF (WITH ("\"schedule\":{\"every\":\"15s\"}")), "every" },
    { FILE_OF (WITH ("\"schedule\":{}")), "exactly one" },
    { FILE_OF (WITH ("\"schedule\":{\"every\":\"15m\",\"daily\":\"07:30\"}")), "exactly one" },
    { FILE_OF (WITH ("\"schedule\":{\"daily\":\"24:30\"}")), "07:30" },
    { FILE_OF (WITH ("\"schedule\":{\"weekly\":{\"days\":[\"lun\"],\"at\":\"07:30\"}}")), "mon" },
    { FILE_OF (WITH ("\"schedule\":{\"monthly\":{\"day\":32,\"at\":\"07:30\"}}")), "day" },
    { FILE_OF (WITH ("\"schedule\":{\"every\":\"15m\",\"zone\":\"Europe/Pari\"}")), "Europe/Pari" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) all = parse (cases[i].text, &error);
    g_assert_null (all);
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].hint));
    g_assert_null (strchr (error->message, '\n'));
  }
}

static void test_deep_nesting_is_an_error_not_a_crash (void) {
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autoptr (GError) error = NULL;
  g_assert_null (parse (deep, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/integration/members", test_reads_every_member);
  g_test_add_func ("/integration/export", test_export_gives_back_what_was_imported);
  g_test_add_func ("/integration/twice", test_of_two_lists_the_last_counts);
  g_test_add_func ("/integration/schedule", test_every_kind_of_schedule_is_known);
  g_test_add_func ("/integration/refused", test_mistakes_are_refused_with_their_place);
  g_test_add_func ("/integration/deep", test_deep_nesting_is_an_error_not_a_crash);
  return g_test_run ();
}
