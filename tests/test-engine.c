/* test-engine.c: what the window asks of a run and the command line cannot: some records only, a draft's preview, corrections.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "accounts.h"
#include "engine.h"
#include "error.h"
#include "harness.h"
#include "history.h"
#include "import.h"
#include "journal.h"

#define KEY "{\"api_key\": \"sk_test_1\"}"
#define CSV_SOURCE "\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"%1$s/in.csv\"}"
#define STRIPE_SOURCE "\"connector\":\"stripe\",\"account\":\"Shop\",\"object\":\"payment_intents\""
#define NUMBER "{\"from\":\"%3$s\",\"to\":\"N\",\"steps\":[{\"op\":\"number\"}]}"
#define DEFINITION(source, rules)                                                                            \
  "{\"name\":\"%2$s\",\"source\":{" source "},\"destination\":{\"connector\":\"csv\",\"object\":\"rows\","   \
  "\"options\":{\"path\":\"%1$s/%2$s.csv\"}},\"write\":{\"mode\":\"upsert\",\"key\":\"ID\"},\"mapping\":["   \
  "{\"from\":\"id\",\"to\":\"ID\"}," rules "]}"

static Harness *harness;

typedef struct {
  HubDatabase *database;
  HubIntegration *integration;
  const char *name;
} Fixture;

static void write_source (const char *text) {
  g_autofree char *path = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *read_destination (const char *name) {
  g_autofree char *path = g_strdup_printf ("%s/%s.csv", harness_folder (harness), name);
  char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

static void assert_destination (Fixture *fixture, const char *expected) {
  g_autofree char *text = read_destination (fixture->name);
  g_assert_cmpstr (text, ==, expected);
}

static void put_payment (const char *id, const char *n) {
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"%s\",\"metadata\":{\"n\":\"%s\"}}}", id,
                n);
}

static HubIntegration *import_integration (Fixture *fixture, const char *definition) {
  g_autoptr (GError) error = NULL;
  g_autofree char *file =
      g_strdup_printf ("{\"format\":\"integration-hub/1\",\"integrations\":[%s]}", definition);
  g_autoptr (GPtrArray) imported = hub_import (fixture->database, file, strlen (file), &error);
  g_assert_no_error (error);
  return hub_store_get_integration (fixture->database, fixture->name, &error);
}

/* An integration from in.csv, whose column n has to be a number, or (@data) from Stripe's payments, whose metadata.n. */
static void set_up (Fixture *fixture, gconstpointer stripe) {
  static guint count;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("T%u", ++count);
  fixture->name = g_intern_string (name);
  fixture->database = hub_store_open (&error);
  g_assert_no_error (error);
  g_autofree char *definition =
      stripe
          ? g_strdup_printf (DEFINITION (STRIPE_SOURCE, NUMBER), harness_folder (harness), name, "metadata.n")
          : g_strdup_printf (DEFINITION (CSV_SOURCE, NUMBER), harness_folder (harness), name, "n");
  fixture->integration = import_integration (fixture, definition);
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  hub_integration_free (fixture->integration);
  hub_database_close (fixture->database);
}

/* Runs and says "created updated unchanged rejected of read". (transfer full) */
static char *run (Fixture *fixture, HubRunOptions options) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) done = hub_engine_run (fixture->name, &options, NULL, &error);
  g_assert_no_error (error);
  const HubCounters *counters = &done->counters;
  return g_strdup_printf ("%u %u %u %u of %u", (guint) counters->created, (guint) counters->updated,
                          (guint) counters->unchanged, (guint) counters->rejected, (guint) counters->read);
}

#define assert_run(fixture, counts, ...)                                                                     \
  G_STMT_START {                                                                                             \
    g_autofree char *run_counts = run (fixture, (HubRunOptions){ __VA_ARGS__ });                             \
    g_assert_cmpstr (run_counts, ==, counts);                                                                \
  }                                                                                                          \
  G_STMT_END

static GHashTable *keys (const char *first, const char *second) {
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_add (table, (char *) first);
  if (second)
    g_hash_table_add (table, (char *) second);
  return table;
}

/* The only open reject, as the window shows it. (transfer full) */
static HubTrace *get_reject (Fixture *fixture) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = hub_history_list_ids (
      fixture->database, &(HubQuery){ .integration = fixture->name, .open_rejects = TRUE }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ids->len, ==, 1);
  g_autoptr (GPtrArray) traces = hub_history_list_traces (fixture->database, (gint64 *) ids->data, 1, &error);
  g_assert_no_error (error);
  return g_ptr_array_steal_index (traces, 0);
}

static void correct_reject (Fixture *fixture, const char *path, const char *value) {
  g_autoptr (GError) error = NULL;
  HubTrace *reject = get_reject (fixture);
  hub_journal_correct (fixture->database, reject->id, path, value, &error);
  g_assert_no_error (error);
  hub_trace_free (reject);
}

static void assert_shown (Fixture *fixture, const char *path, const char *before, const char *after) {
  HubTrace *reject = get_reject (fixture);
  const HubChange *change = hub_history_find_change (reject->record, path);
  g_assert_cmpstr (change->before.text, ==, before);
  g_assert_cmpstr (change->after.text, ==, after);
  hub_trace_free (reject);
}

static void test_only_what_was_chosen_is_delivered (Fixture *fixture, gconstpointer data) {
  g_autoptr (GHashTable) some = keys ("b", "d");
  write_source ("id,n\na,1\nb,2\nc,3\nd,4\n");
  assert_run (fixture, "2 0 0 0 of 2", .only = some);
  assert_destination (fixture, "ID,N\nb,2\nd,4\n");
  assert_run (fixture, "2 0 2 0 of 4", 0);
}

static void test_first_counts_only_what_was_chosen (Fixture *fixture, gconstpointer data) {
  g_autoptr (GHashTable) some = keys ("c", "d");
  write_source ("id,n\na,1\nb,2\nc,3\nd,4\n");
  assert_run (fixture, "1 0 0 0 of 1", .only = some, .first = 1);
  assert_destination (fixture, "ID,N\nc,3\n");
}

static void test_a_chosen_record_hides_no_other (Fixture *fixture, gconstpointer data) {
  g_autoptr (GHashTable) some = keys ("pi_a", NULL);
  put_payment ("pi_a", "1");
  put_payment ("pi_b", "x");
  assert_run (fixture, "1 0 0 0 of 1", .only = some);
  assert_run (fixture, "0 0 1 1 of 2", 0); /* no cursor was moved: both are read */
  put_payment ("pi_b", "2");
  assert_run (fixture, "0 0 0 0 of 0", .retry = TRUE, .only = some);
  g_autoptr (GHashTable) other = keys ("pi_b", NULL);
  assert_run (fixture, "1 0 0 0 of 1", .retry = TRUE, .only = other);
}

static void test_a_retry_of_one_leaves_the_other_rejects (Fixture *fixture, gconstpointer data) {
  g_autoptr (GHashTable) one = keys ("a", "c");
  write_source ("id,n\na,x\nb,y\nc,3\n");
  assert_run (fixture, "1 0 0 2 of 3", 0);
  write_source ("id,n\na,1\nb,2\nc,4\n");
  assert_run (fixture, "1 0 0 0 of 1", .retry = TRUE, .only = one);
  assert_destination (fixture, "ID,N\nc,3\na,1\n");
  HubTrace *left = get_reject (fixture);
  g_assert_cmpstr (left->source_key, ==, "b");
  hub_trace_free (left);
}

static void test_a_draft_is_previewed_without_being_kept (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      g_strdup_printf (DEFINITION (CSV_SOURCE, NUMBER), harness_folder (harness), "Draft", "n");
  g_autoptr (HubIntegration) draft = hub_integration_parse (text, strlen (text), "Draft", &error);
  g_assert_no_error (error);
  write_source ("id,n\na,1\nb,x\n");
  assert_run (fixture, "1 0 0 1 of 2", .preview = TRUE, .draft = draft);
  g_assert_null (hub_store_get_integration (fixture->database, "Draft", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
  g_autofree char *written = read_destination ("Draft");
  g_assert_cmpstr (written, ==, "");
}

static void test_a_draft_of_a_known_name_knows_what_was_delivered (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (DEFINITION (CSV_SOURCE, "{\"value\":\"7\",\"to\":\"N\"}"),
                                           harness_folder (harness), fixture->name);
  write_source ("id,n\na,1\nb,2\n");
  assert_run (fixture, "2 0 0 0 of 2", 0);
  g_autoptr (HubIntegration) draft = hub_integration_parse (text, strlen (text), "draft", &error);
  assert_run (fixture, "0 2 0 0 of 2", .preview = TRUE, .draft = draft);
  assert_run (fixture, "0 0 2 0 of 2", .preview = TRUE);
  assert_destination (fixture, "ID,N\na,1\nb,2\n");
}

static void test_a_correction_holds_until_the_source_changes (Fixture *fixture, gconstpointer data) {
  write_source ("id,n\na,1\nb,2x\n");
  assert_run (fixture, "1 0 0 1 of 2", 0);
  assert_shown (fixture, "n", NULL, "2x");
  correct_reject (fixture, "n", "two");
  assert_shown (fixture, "n", "2x", "two");
  assert_run (fixture, "0 0 0 1 of 1", .retry = TRUE);
  assert_shown (fixture, "n", "2x", "two"); /* what the source says is not forgotten */
  correct_reject (fixture, "n", "2,5");
  assert_run (fixture, "1 0 0 0 of 1", .preview = TRUE, .retry = TRUE);
  assert_run (fixture, "1 0 0 0 of 1", .retry = TRUE);
  assert_destination (fixture, "ID,N\na,1\nb,2.5\n");
  assert_run (fixture, "0 0 2 0 of 2", 0);
  write_source ("id,n\na,1\nb,3\n");
  assert_run (fixture, "0 1 1 0 of 2", 0);
  assert_destination (fixture, "ID,N\na,1\nb,3\n");
  write_source ("id,n\na,1\nb,2x\n");
  assert_run (fixture, "0 1 1 0 of 2", 0);
  assert_destination (fixture, "ID,N\na,1\nb,2.5\n");
}

static void test_a_blank_key_can_be_corrected (Fixture *fixture, gconstpointer data) {
  write_source ("id,n\na,1\n,2\n");
  assert_run (fixture, "1 0 0 1 of 2", 0);
  assert_shown (fixture, "id", NULL, NULL);
  correct_reject (fixture, "id", "b");
  assert_run (fixture, "1 0 0 0 of 1", .retry = TRUE);
  assert_destination (fixture, "ID,N\na,1\nb,2\n");
  assert_run (fixture, "0 0 2 0 of 2", 0);
  write_source ("id,n\na,1\nb,2\n");
  assert_run (fixture, "0 0 2 0 of 2", 0);
}

static void test_a_record_read_by_key_is_corrected_too (Fixture *fixture, gconstpointer data) {
  put_payment ("pi_a", "1");
  put_payment ("pi_b", "x");
  g_autofree char *first = run (fixture, (HubRunOptions){ 0 });
  g_assert_true (g_str_has_suffix (first, " 1 of 2"));
  correct_reject (fixture, "metadata.n", "4");
  assert_run (fixture, "1 0 0 0 of 1", .retry = TRUE);
  assert_run (fixture, "0 0 2 0 of 2", .full = TRUE);
  assert_destination (fixture, "ID,N\npi_a,1\npi_b,4\n");
}

static void test_a_dismissed_reject_is_not_retried (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  write_source ("id,n\na,x\n");
  assert_run (fixture, "0 0 0 1 of 1", 0);
  HubTrace *reject = get_reject (fixture);
  g_assert_true (hub_journal_dismiss (fixture->database, reject->id, &error));
  assert_run (fixture, "0 0 0 0 of 0", .retry = TRUE);
  g_assert_false (hub_journal_correct (fixture->database, reject->id, "n", "1", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
  hub_trace_free (reject);
  assert_run (fixture, "0 0 0 1 of 1", 0); /* the same again: nobody wants to hear of it */
  g_autoptr (GHashTable) open =
      hub_journal_list_keys (fixture->database, fixture->integration, HUB_UNSETTLED_REJECTED, NULL);
  g_assert_cmpuint (g_hash_table_size (open), ==, 0);
  write_source ("id,n\na,y\n");
  assert_run (fixture, "0 0 0 1 of 1", 0);
  hub_trace_free (get_reject (fixture));
}

static void test_what_cannot_be_undone_is_said (Fixture *fixture, gconstpointer data) {
  g_autoptr (HubEndpoint) file = hub_endpoint_new ("csv", NULL, "rows");
  g_autoptr (HubEndpoint) customers = hub_endpoint_new ("stripe", "Shop", "customers");
  g_autoptr (HubEndpoint) contacts = hub_endpoint_new ("keeper", "Shop", "contacts");
  g_assert_null (hub_undo_limits (file));
  g_assert_null (hub_undo_limits (customers));
  g_autofree char *sentence = hub_undo_limits (contacts);
  g_assert_nonnull (sentence);
  g_assert_nonnull (strstr (sentence, "Keeper"));
}

/* A connector of the user's own whose records cannot be removed. */
static void add_keeper (void) {
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "integration-hub", "connectors", NULL);
  g_autofree char *path = g_build_filename (folder, "keeper.json", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      path,
      "{\"id\":\"keeper\",\"name\":\"Keeper\",\"build\":\"rest\",\"base_url\":\"https://example.com\","
      "\"auth\":{\"kind\":\"bearer\",\"fields\":[{\"id\":\"api_key\",\"label\":\"Key\"}]},"
      "\"objects\":[{\"id\":\"contacts\",\"label\":\"Contacts\",\"key\":\"id\","
      "\"read\":{\"path\":\"/contacts\",\"records\":\"data\"},"
      "\"write\":{\"key\":\"email\",\"create\":\"POST /contacts\",\"update\":\"PATCH /contacts/{id}\","
      "\"body\":\"json\"},\"fields\":[{\"path\":\"email\",\"label\":\"E-mail\"}]}]}",
      -1, NULL));
}

/* The profile that the harness made is this process's own. */
static void enter_profile (void) {
  g_autofree char *data = g_build_filename (harness_folder (harness), "data", NULL);
  g_autofree char *runtime = g_build_filename (harness_folder (harness), "runtime", NULL);
  g_autofree char *keyring = g_build_filename (harness_folder (harness), "keyring", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "harness", TRUE);
}

static void add_account (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (&error);
  g_autoptr (HubAccount) account = hub_account_new ("stripe", "Shop");
  json_object_set_string_member (account->options, "base_url", harness_origin (harness, "stripe"));
  hub_account_create (database, account, KEY, FALSE, NULL, &error);
  g_assert_no_error (error);
}

int main (int argc, char **argv) {
  const char *options[] = { "--payments", "0", NULL };
  g_test_init (&argc, &argv, NULL);
  harness = harness_new (options);
  enter_profile ();
  add_account ();
  add_keeper ();
#define ADD(path, stripe, test) g_test_add (path, Fixture, stripe, set_up, test, tear_down)
  ADD ("/engine/only", NULL, test_only_what_was_chosen_is_delivered);
  ADD ("/engine/only-first", NULL, test_first_counts_only_what_was_chosen);
  ADD ("/engine/only-by-key", "stripe", test_a_chosen_record_hides_no_other);
  ADD ("/engine/retry-one", NULL, test_a_retry_of_one_leaves_the_other_rejects);
  ADD ("/engine/draft", NULL, test_a_draft_is_previewed_without_being_kept);
  ADD ("/engine/draft-known", NULL, test_a_draft_of_a_known_name_knows_what_was_delivered);
  ADD ("/engine/correction", NULL, test_a_correction_holds_until_the_source_changes);
  ADD ("/engine/correction-blank-key", NULL, test_a_blank_key_can_be_corrected);
  ADD ("/engine/correction-by-key", "stripe", test_a_record_read_by_key_is_corrected_too);
  ADD ("/engine/dismissed", NULL, test_a_dismissed_reject_is_not_retried);
  ADD ("/engine/undo-limits", NULL, test_what_cannot_be_undone_is_said);
  int status = g_test_run ();
  harness_free (harness);
  return status;
}
