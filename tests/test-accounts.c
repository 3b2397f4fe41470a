/* test-accounts.c: an account is checked before it is kept, and its service tells what it offers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "accounts.h"
#include "context.h"
#include "error.h"
#include "harness.h"
#include "keyring.h"

#define KEY "{\"api_key\":\"sk_test_1\"}"

static Harness *harness;

typedef struct {
  HubDatabase *database;
} Fixture;

static void set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  fixture->database = hub_store_open (&error);
  g_assert_no_error (error);
  g_assert_true (
      hub_database_exec (fixture->database, "DELETE FROM accounts; DELETE FROM integrations", &error));
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  hub_database_close (fixture->database);
}

static const HubManifest *manifest (const char *id) {
  g_autoptr (GError) error = NULL;
  const HubManifest *found = hub_manifest_get (id, &error);
  g_assert_no_error (error);
  return found;
}

/* An account of the sandbox's own service, not kept yet. (transfer full) */
static HubAccount *new_account (const char *connector, const char *name) {
  HubAccount *account = hub_account_new (connector, name);
  json_object_set_string_member (account->options, "base_url",
                                 harness_origin (harness, *connector == 's' ? "stripe" : "google"));
  return account;
}

static void keep (Fixture *fixture, const char *connector, const char *name, const char *secret) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubAccount) account = new_account (connector, name);
  hub_account_create (fixture->database, account, secret, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (account->label);
}

static void test_a_secret_is_what_was_typed (void) {
  const char *typed[] = { " sk_\"1\"\n", NULL };
  g_autofree char *secret = hub_account_write_secret (manifest ("stripe"), typed);
  g_assert_cmpstr (secret, ==, "{\"api_key\":\"sk_\\\"1\\\"\"}");
  const char *file[] = { "\n {\"type\": \"service_account\"}\n", "", NULL };
  g_autofree char *whole = hub_account_write_secret (manifest ("google-sheets"), file);
  g_assert_cmpstr (whole, ==, file[0]);
}

static void test_a_wrong_secret_is_told_in_a_sentence (void) {
  const struct {
    const char *connector, *secret, *problem, *warning;
  } cases[] = {
    { "stripe", KEY, NULL, NULL },
    { "stripe", "{\"api_key\":\"sk_live_1\"}", NULL, "restricted" },
    { "stripe", "{\"api_key\":\"\"}", "api_key", NULL },
    { "stripe", "{\"api_key\":\"a\\nb\"}", "one line", NULL },
    { "stripe", "{}", "api_key", NULL },
    { "stripe", "{\"apikey\":\"x\"}", "did you mean", NULL },
    { "stripe", "{\"api_key\":\"sk_live_1\",\"more\":1}", "more", NULL },
    { "stripe", "sk_test_1", "line 1", NULL },
    { "google-sheets", "{\"type\":\"anything\"}", NULL, NULL },
    { "google-sheets", "[]", "object", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *warning = NULL;
    gboolean ok = hub_account_check_secret (manifest (cases[i].connector), cases[i].secret, &warning, &error);
    g_assert_cmpint (ok, ==, cases[i].problem == NULL);
    if (cases[i].problem) {
      g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].problem));
      g_assert_null (strstr (error->message, "sk_"));
    }
    g_assert_cmpint (warning != NULL, ==, cases[i].warning != NULL);
    g_assert_true (warning == NULL || strstr (warning, cases[i].warning));
  }
}

static void test_a_name_is_one_line_and_free (Fixture *fixture, gconstpointer data) {
  const char *bad[] = { NULL, "", "two\nlines" };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (hub_account_check_name (fixture->database, bad[i], &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_USAGE);
    g_clear_error (&error);
  }
  g_assert_true (hub_account_check_name (fixture->database, "Shop", &error));
  keep (fixture, "stripe", "Shop", KEY);
  g_assert_false (hub_account_check_name (fixture->database, "Shop", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "Shop"));
}

static void test_a_refused_key_leaves_nothing (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubAccount) account = new_account ("stripe", "Shop");
  g_assert_false (
      hub_account_create (fixture->database, account, "{\"api_key\":\"wrong\"}", TRUE, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS);
  g_clear_error (&error);
  g_assert_null (hub_keyring_lookup (account->id, "Shop", NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_KEYRING);
  g_clear_error (&error);
  g_assert_true (hub_account_check_name (fixture->database, "Shop", &error));
}

static void test_a_store_that_fails_leaves_no_secret (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  keep (fixture, "stripe", "Shop", KEY);
  g_autoptr (HubAccount) again = new_account ("stripe", "Shop");
  g_assert_false (hub_account_create (fixture->database, again, KEY, FALSE, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_clear_error (&error);
  g_assert_null (hub_keyring_lookup (again->id, "Shop", NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_KEYRING);
}

static void test_a_new_key_replaces_one_only_if_it_is_good (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  keep (fixture, "stripe", "Shop", KEY);
  g_assert_false (
      hub_account_replace_secret (fixture->database, "Shop", "{\"api_key\":\"wrong\"}", NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS);
  g_clear_error (&error);
  g_assert_true (hub_account_check (fixture->database, "Shop", &label, NULL, &error));
  g_assert_nonnull (label);
  g_assert_true (
      hub_account_replace_secret (fixture->database, "Shop", "{\"api_key\":\"sk_test_2\"}", NULL, &error));
  g_autoptr (HubAccount) account = NULL;
  char *secret = NULL;
  g_assert_true (hub_context_load_account (fixture->database, "Shop", &account, &secret, NULL, &error));
  g_assert_nonnull (strstr (secret, "sk_test_2"));
  hub_secret_free (secret);
}

static void test_removing_says_what_cannot_run_any_more (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL, *nobody = NULL, *warning = NULL;
  keep (fixture, "stripe", "Shop", KEY);
  keep (fixture, "stripe", "Spare", KEY);
  g_assert_true (hub_database_exec (
      fixture->database,
      "INSERT INTO integrations (name, version, definition) VALUES ('Payments', 1, '{\"name\":\"Payments\","
      "\"source\":{\"connector\":\"stripe\",\"account\":\"Shop\",\"object\":\"payouts\"},"
      "\"destination\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"x\"}},"
      "\"write\":{\"mode\":\"append\"},\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"}]}')",
      &error));
  g_assert_true (hub_account_remove (fixture->database, "Spare", &nobody, &warning, NULL, &error));
  g_assert_null (nobody);
  g_assert_true (hub_account_remove (fixture->database, "Shop", &user, &warning, NULL, &error));
  g_assert_cmpstr (user, ==, "Payments");
  g_assert_false (hub_account_remove (fixture->database, "Shop", &nobody, &warning, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
}

static void test_fields_come_from_the_service (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("stripe", "Shop", "payment_intents");
  keep (fixture, "stripe", "Shop", KEY);
  g_autoptr (GPtrArray) fields = hub_account_list_fields (fixture->database, endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fields->len, >, 10);
  g_autoptr (HubEndpoint) unknown = hub_endpoint_new ("stripe", "none", "payment_intents");
  g_assert_null (hub_account_list_fields (fixture->database, unknown, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
}

static void test_the_tabs_of_a_spreadsheet_can_be_chosen (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("google-sheets", "Compta", "rows");
  keep (fixture, "google-sheets", "Compta", harness_key (harness));
  g_autoptr (GPtrArray) none =
      hub_account_list_choices (fixture->database, endpoint, "spreadsheet", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_autoptr (GPtrArray) too_early =
      hub_account_list_choices (fixture->database, endpoint, "sheet", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (too_early->len, ==, 0);
  json_object_set_string_member (endpoint->options, "spreadsheet", "sheet-1");
  g_autoptr (GPtrArray) tabs = hub_account_list_choices (fixture->database, endpoint, "sheet", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tabs->len, >=, 1);
  g_assert_cmpstr (((HubField *) tabs->pdata[0])->name, ==, "Feuille 1");
}

static void test_asking_can_be_cancelled (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (HubAccount) account = new_account ("stripe", "Shop");
  g_cancellable_cancel (cancellable);
  g_assert_false (hub_account_create (fixture->database, account, KEY, TRUE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The profile that the harness made is this process's own. */
static void enter_profile (void) {
  g_autofree char *data = g_build_filename (harness_folder (harness), "data", NULL);
  g_autofree char *keyring = g_build_filename (harness_folder (harness), "keyring", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "harness", TRUE);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  harness = harness_new (NULL);
  enter_profile ();
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  g_test_add_func ("/accounts/secret", test_a_secret_is_what_was_typed);
  g_test_add_func ("/accounts/check-secret", test_a_wrong_secret_is_told_in_a_sentence);
  ADD ("/accounts/name", test_a_name_is_one_line_and_free);
  ADD ("/accounts/refused", test_a_refused_key_leaves_nothing);
  ADD ("/accounts/store-fails", test_a_store_that_fails_leaves_no_secret);
  ADD ("/accounts/replace", test_a_new_key_replaces_one_only_if_it_is_good);
  ADD ("/accounts/remove", test_removing_says_what_cannot_run_any_more);
  ADD ("/accounts/fields", test_fields_come_from_the_service);
  ADD ("/accounts/choices", test_the_tabs_of_a_spreadsheet_can_be_chosen);
  ADD ("/accounts/cancel", test_asking_can_be_cancelled);
  int status = g_test_run ();
  harness_free (harness);
  return status;
}
