/* test-mapping.c: rules make destination values; wrong rules are refused with their place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "filter.h"
#include "mapping.h"
#include "schema.h"

typedef struct {
  GPtrArray *paths;
  HubMapping *mapping;
  HubDelivery *delivery;
} Fixture;

static HubMapping *compile (const char *rules, const char *key, GPtrArray *paths, GError **error) {
  g_autoptr (JsonNode) node =
      hub_schema_parse ("portable", "mapping", rules, strlen (rules), "mapping", error);
  return node ? hub_mapping_new (json_node_get_array (node), key, paths, "mapping", error) : NULL;
}

/* Maps a record whose fields are @fields: name, text, name, text... (text NULL is blank). */
static Fixture map (const char *rules, const char *key, const char *const *fields) {
  Fixture fixture = { g_ptr_array_new_with_free_func (g_free), NULL, NULL };
  GError *error = NULL;
  fixture.mapping = compile (rules, key, fixture.paths, &error);
  g_assert_no_error (error);
  fixture.delivery = hub_delivery_new (hub_mapping_get_n_targets (fixture.mapping));
  HubRecord *record = hub_record_new (fixture.paths->len);
  for (guint i = 0; fields[i]; i += 2) {
    guint index = hub_path_index (fixture.paths, fields[i]);
    g_assert_cmpuint (index, <, record->n_values);
    hub_value_take (&record->values[index], HUB_TYPE_TEXT, g_strdup (fields[i + 1]));
  }
  fixture.delivery->source = record;
  hub_mapping_apply (fixture.mapping, fixture.delivery);
  return fixture;
}

static void fixture_clear (Fixture *fixture) {
  hub_delivery_free (fixture->delivery);
  hub_mapping_free (fixture->mapping);
  g_ptr_array_unref (fixture->paths);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void test_fills_from_field_template_and_constant (void) {
  const char *const fields[] = { "id", "pi_1", "first", "Ada", "last", "Lovelace", NULL };
  g_auto (Fixture) f = map ("[{\"from\":\"id\",\"to\":\"ID\"},"
                            "{\"template\":\"{first} {last} {{x}}\",\"to\":\"Nom\"},"
                            "{\"value\":\"Stripe\",\"to\":\"Origine\"},{\"value\":19.99,\"to\":\"Prix\"}]",
                            "ID", fields);
  const char *expected[] = { "pi_1", "Ada Lovelace {x}", "Stripe", "19.99" };
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_cmpstr (f.delivery->values[i].text, ==, expected[i]);
    g_assert_cmpint (f.delivery->write[i], ==, HUB_WRITE_ALWAYS);
  }
  g_assert_cmpint (f.delivery->values[3].type, ==, HUB_TYPE_DECIMAL);
  g_assert_cmpstr (f.delivery->key, ==, "pi_1");
  g_assert_cmpint (f.delivery->action, ==, HUB_ACTION_CREATE);
}

static void test_template_with_blank_fields_is_trimmed_or_blank (void) {
  const char *const half[] = { "first", "Ada", "last", NULL, NULL };
  const char *const none[] = { "first", NULL, "last", "", NULL };
  const char *rules = "[{\"template\":\"{first} {last}\",\"to\":\"Nom\"}]";
  g_auto (Fixture) f = map (rules, NULL, half);
  g_assert_cmpstr (f.delivery->values[0].text, ==, "Ada");
  g_auto (Fixture) g = map (rules, NULL, none);
  g_assert_true (hub_value_is_blank (&g.delivery->values[0]));
  g_assert_cmpint (g.delivery->write[0], ==, HUB_WRITE_SKIP);
}

static void test_blank_and_when_rule_what_is_written (void) {
  const char *const fields[] = { "a", NULL, NULL };
  g_auto (Fixture) f = map ("[{\"from\":\"a\",\"to\":\"skip\"},"
                            "{\"from\":\"a\",\"to\":\"clear\",\"blank\":\"clear\"},"
                            "{\"from\":\"a\",\"to\":\"default\",\"blank\":\"default\",\"default\":\"?\"},"
                            "{\"value\":1,\"to\":\"empty\",\"when\":\"if-empty\"},"
                            "{\"value\":1,\"to\":\"create\",\"when\":\"on-create\"}]",
                            NULL, fields);
  const HubWrite expected[] = { HUB_WRITE_SKIP, HUB_WRITE_ALWAYS, HUB_WRITE_ALWAYS, HUB_WRITE_IF_EMPTY,
                                HUB_WRITE_ON_CREATE };
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (f.delivery->write[i], ==, expected[i]);
  g_assert_cmpstr (f.delivery->values[2].text, ==, "?");
}

static void test_unusable_value_is_a_reject_that_names_the_field (void) {
  const char *const fields[] = { "amount", "twelve", NULL };
  g_auto (Fixture) f =
      map ("[{\"from\":\"amount\",\"to\":\"Montant\",\"steps\":[{\"op\":\"number\"}]}]", NULL, fields);
  g_assert_cmpint (f.delivery->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (f.delivery->problem_field, ==, "Montant");
  g_assert_nonnull (strstr (f.delivery->problem, "twelve"));
}

static void test_a_reject_has_the_key_and_the_first_reason (void) {
  const char *const fields[] = { "amount", "twelve", "day", "31/02/2026", "id", " pi_1", NULL };
  const char *rules = "[{\"from\":\"amount\",\"to\":\"Montant\",\"steps\":[{\"op\":\"number\"}]},"
                      "{\"from\":\"day\",\"to\":\"Date\",\"steps\":[{\"op\":\"date\"}]},"
                      "{\"from\":\"id\",\"to\":\"ID\"}]";
  g_auto (Fixture) f = map (rules, "ID", fields);
  g_assert_cmpint (f.delivery->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (f.delivery->problem_field, ==, "Montant");
  g_assert_cmpstr (f.delivery->key, ==, "pi_1");
  g_auto (Fixture) keyless = map (rules, "Date", fields); /* what a step refused is no key */
  g_assert_cmpint (keyless.delivery->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (keyless.delivery->problem_field, ==, "Montant");
  g_assert_null (keyless.delivery->key);
}

static void test_blank_key_is_a_reject (void) {
  const char *const fields[] = { "id", "  \u00a0 ", NULL };
  g_auto (Fixture) f = map ("[{\"from\":\"id\",\"to\":\"ID\"}]", "ID", fields);
  g_assert_cmpint (f.delivery->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (f.delivery->problem_field, ==, "ID");
}

static void test_keys_are_compared_without_spaces_and_addresses_without_case (void) {
  const struct {
    const char *given, *key;
  } cases[] = {
    { " pi_1 ", "pi_1" },
    { "pi_AbC", "pi_AbC" },
    { "Ada@Example.ORG", "ada@example.org" },
    { "\u00a0\u202fx\u00a0", "x" },
    { "e\u0301t\u00e9", "\u00e9t\u00e9" },
    { "\u00c9LODIE@example.fr", "\u00e9lodie@example.fr" },
    { "a b", "a b" },
    { "", NULL },
    { " \t\n", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *key = hub_key_normalize (cases[i].given);
    g_assert_cmpstr (key, ==, cases[i].key);
  }
}

static void test_wrong_rules_are_refused_with_their_place (void) {
  const struct {
    const char *rules, *key, *place, *hint;
  } cases[] = {
    { "[]", NULL, "mapping", "empty" },
    { "[7]", NULL, "mapping[0]", "" },
    { "[{\"form\":\"id\",\"to\":\"ID\"}]", NULL, "mapping[0]", "did you mean “from”" },
    { "[{\"to\":\"ID\"}]", NULL, "mapping[0]", "exactly one" },
    { "[{\"from\":\"id\",\"value\":1,\"to\":\"ID\"}]", NULL, "mapping[0]", "exactly one" },
    { "[{\"from\":\"id\"}]", NULL, "mapping[0]", "to" },
    { "[{\"from\":\"\",\"to\":\"ID\"}]", NULL, "mapping[0]", "from" },
    { "[{\"from\":\"id\",\"to\":\"\"}]", NULL, "mapping[0]", "to" },
    { "[{\"from\":7,\"to\":\"ID\"}]", NULL, "mapping[0]", "from" },
    { "[{\"value\":{},\"to\":\"ID\"}]", NULL, "mapping[0]", "value" },
    { "[{\"template\":\"{a\",\"to\":\"ID\"}]", NULL, "mapping[0]", "template" },
    { "[{\"from\":\"id\",\"to\":\"ID\",\"blank\":\"drop\"}]", NULL, "mapping[0]", "skip, clear, default" },
    { "[{\"from\":\"id\",\"to\":\"ID\",\"blank\":\"default\"}]", NULL, "mapping[0]", "default" },
    { "[{\"from\":\"id\",\"to\":\"ID\",\"default\":\"x\"}]", NULL, "mapping[0]", "default" },
    { "[{\"from\":\"id\",\"to\":\"ID\",\"when\":\"never\"}]", NULL, "mapping[0]", "on-create" },
    { "[{\"from\":\"id\",\"to\":\"ID\",\"steps\":[{\"op\":\"trim\"},{\"op\":\"dat\"}]}]", NULL,
      "mapping[0].steps[1]", "date" },
    { "[{\"from\":\"id\",\"to\":\"ID\"},{\"from\":\"x\",\"to\":\"ID\"}]", NULL, "mapping[1]", "ID" },
    { "[{\"from\":\"id\",\"to\":\"ID\"}]", "Clé", "mapping", "Clé" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) error = NULL;
    g_assert_null (compile (cases[i].rules, cases[i].key, paths, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, cases[i].place));
    g_assert_nonnull (strstr (error->message, cases[i].hint));
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mapping/sources", test_fills_from_field_template_and_constant);
  g_test_add_func ("/mapping/template-blank", test_template_with_blank_fields_is_trimmed_or_blank);
  g_test_add_func ("/mapping/blank-when", test_blank_and_when_rule_what_is_written);
  g_test_add_func ("/mapping/reject", test_unusable_value_is_a_reject_that_names_the_field);
  g_test_add_func ("/mapping/reject-key", test_a_reject_has_the_key_and_the_first_reason);
  g_test_add_func ("/mapping/blank-key", test_blank_key_is_a_reject);
  g_test_add_func ("/mapping/keys", test_keys_are_compared_without_spaces_and_addresses_without_case);
  g_test_add_func ("/mapping/refused", test_wrong_rules_are_refused_with_their_place);
  return g_test_run ();
}
