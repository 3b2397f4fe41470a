/* test-journal.c: what a run did is kept, and what an interrupted one left open is found again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "error.h"
#include "history.h"
#include "journal.h"
#include "runs.h"
#include "store.h"

#define DEFINITION                                                                                           \
  "{\"name\":\"A\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\"},"                                  \
  "\"destination\":{\"connector\":\"csv\",\"object\":\"rows\"},\"write\":{\"mode\":\"upsert\",\"key\":"      \
  "\"ID\"},"                                                                                                 \
  "\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"},{\"from\":\"name\",\"to\":\"Nom\"}]}"

typedef struct {
  char *folder;
  HubDatabase *database;
  HubIntegration *integration;
} Fixture;

static void set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_integration_free);
  fixture->database = hub_store_open (&error);
  g_assert_no_error (error);
  g_assert_true (hub_database_exec (fixture->database, "DELETE FROM integrations", &error));
  g_ptr_array_add (all, hub_integration_parse (DEFINITION, strlen (DEFINITION), "A", &error));
  g_assert_no_error (error);
  g_assert_true (hub_store_put_integrations (fixture->database, all, &error));
  fixture->integration = hub_store_get_integration (fixture->database, "A", &error);
  g_assert_no_error (error);
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  hub_integration_free (fixture->integration);
  hub_database_close (fixture->database);
}

/* A delivery of one source record, added to @batch. */
static HubDelivery *add (GPtrArray *batch, const char *key, const char *name, HubAction action) {
  HubDelivery *delivery = hub_delivery_new (2);
  delivery->source = hub_record_new (2);
  hub_value_take (&delivery->source->values[0], HUB_TYPE_TEXT, g_strdup (key));
  hub_value_take (&delivery->values[0], HUB_TYPE_TEXT, g_strdup (key));
  hub_value_take (&delivery->values[1], HUB_TYPE_TEXT, g_strdup (name));
  delivery->change[0] = delivery->change[1] = TRUE;
  delivery->source_key = g_strdup (key);
  delivery->key = g_strdup (key);
  delivery->action = action;
  if (action == HUB_ACTION_REJECT) {
    hub_delivery_reject (delivery, "Nom", "not a number");
  }
  g_ptr_array_add (batch, delivery);
  return delivery;
}

static HubRun *begin (Fixture *fixture) {
  HubRun *run = hub_run_new ("A", HUB_KIND_RUN);
  g_assert_true (hub_run_begin (fixture->database, run, fixture->integration, NULL));
  return run;
}

static guint count_keys (Fixture *fixture, const char *state) {
  GError *error = NULL;
  HubStatement *statement =
      hub_database_query (fixture->database, &error,
                          "SELECT count (*) FROM deliveries WHERE state = ?"
                          " AND run_id IN (SELECT id FROM runs WHERE integration_id = ?)",
                          "si", state, fixture->integration->id);
  g_assert_true (hub_database_next (fixture->database, statement, &error));
  guint count = (guint) hub_statement_int (statement, 0);
  g_assert_false (hub_database_next (fixture->database, statement, &error));
  return count;
}

static void test_a_sent_delivery_is_in_doubt_until_confirmed (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = begin (fixture);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  HubDelivery *created = add (batch, "1", "Ada", HUB_ACTION_CREATE);
  add (batch, "2", "Bob", HUB_ACTION_UNCHANGED);
  g_autofree char *none = NULL, *delivered = NULL;
  g_assert_true (hub_journal_send (fixture->database, run, fixture->integration, batch, &error));
  g_assert_cmpint (created->id, >, 0);
  g_assert_cmpuint (count_keys (fixture, "sent"), ==, 1);
  g_autoptr (GHashTable) doubts =
      hub_journal_list_keys (fixture->database, fixture->integration, HUB_UNSETTLED_SENT, &error);
  g_assert_true (g_hash_table_contains (doubts, "1"));
  g_assert_true (hub_journal_get_key (fixture->database, fixture->integration, "1", &none, &error));
  g_assert_null (none);
  created->found = g_strdup ("7");
  g_assert_true (hub_journal_confirm (fixture->database, run, fixture->integration, batch, &error));
  g_assert_cmpuint (count_keys (fixture, "sent"), ==, 0);
  g_assert_true (hub_journal_get_key (fixture->database, fixture->integration, "1", &delivered, &error));
  g_assert_cmpstr (delivered, ==, "1");
}

static void test_rejects_keep_their_reason_until_settled (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = begin (fixture);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  HubDelivery *late = add (batch, "1", "Ada", HUB_ACTION_CREATE);
  HubDelivery *early = add (batch, "2", "Bob", HUB_ACTION_REJECT);
  g_assert_true (hub_journal_send (fixture->database, run, fixture->integration, batch, &error));
  hub_delivery_reject (late, NULL, "refused by the service");
  g_assert_true (hub_journal_confirm (fixture->database, run, fixture->integration, batch, &error));
  g_autoptr (JsonArray) rejects = hub_journal_list_rejects (fixture->database, "A", &error);
  g_assert_cmpuint (json_array_get_length (rejects), ==, 2);
  JsonObject *first = json_array_get_object_element (rejects, 0),
             *second = json_array_get_object_element (rejects, 1);
  g_assert_cmpstr (json_object_get_string_member (first, "reason"), ==, "refused by the service");
  g_assert_cmpstr (json_object_get_string_member (second, "reason"), ==, "not a number");
  g_assert_cmpstr (json_object_get_string_member (second, "field"), ==, "Nom");
  g_assert_true (json_object_has_member (json_object_get_object_member (second, "record"), "id"));

  g_autoptr (HubRun) next = begin (fixture);
  g_assert_true (hub_journal_settle (fixture->database, next, fixture->integration, early,
                                     HUB_UNSETTLED_REJECTED, "retried", &error));
  g_autoptr (JsonArray) left = hub_journal_list_rejects (fixture->database, "A", &error);
  g_assert_cmpuint (json_array_get_length (left), ==, 1);
}

static void test_confirm_all_takes_what_is_sent_but_no_reject (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = begin (fixture);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  add (batch, "1", "Ada", HUB_ACTION_CREATE);
  add (batch, "2", "Bob", HUB_ACTION_REJECT);
  g_assert_true (hub_journal_send (fixture->database, run, fixture->integration, batch, &error));
  g_assert_true (hub_journal_confirm_all (fixture->database, run, &error));
  g_assert_cmpuint (count_keys (fixture, "sent"), ==, 0);
  g_assert_cmpuint (count_keys (fixture, "confirmed"), ==, 1);
  g_assert_cmpuint (count_keys (fixture, "rejected"), ==, 1);
}

static void test_old_images_are_thinned_but_identities_stay (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = begin (fixture);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  g_autofree char *key = NULL;
  add (batch, "old", "Ada", HUB_ACTION_CREATE);
  add (batch, "new", "Bob", HUB_ACTION_CREATE);
  g_assert_true (hub_journal_send (fixture->database, run, fixture->integration, batch, &error));
  g_assert_true (hub_journal_confirm (fixture->database, run, fixture->integration, batch, &error));
  g_assert_true (hub_database_exec (fixture->database,
                                    "UPDATE deliveries SET time = 0 WHERE source_key = 'old';"
                                    "DELETE FROM settings",
                                    &error));
  g_assert_true (hub_history_thin (fixture->database, &error));
  g_autoptr (GPtrArray) standing =
      hub_history_list_standing (fixture->database, run->id, 0, G_MAXINT64, 10, &error);
  const HubPast *newer = g_ptr_array_index (standing, 0), *older = g_ptr_array_index (standing, 1);
  g_assert_nonnull (newer->sent);
  g_assert_null (older->sent);
  g_assert_true (hub_journal_get_key (fixture->database, fixture->integration, "old", &key, &error));
  g_assert_cmpstr (key, ==, "old");
}

static void test_a_run_that_died_is_ended_by_the_next (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) dead = begin (fixture);
  g_autoptr (HubRun) run = begin (fixture);
  run->status = HUB_RUN_PARTIAL;
  run->counters =
      (HubCounters){ .read = 6, .created = 1, .updated = 1, .unchanged = 2, .filtered = 1, .rejected = 1 };
  run->finished = run->started + 1500;
  g_assert_true (hub_run_end (fixture->database, run, &error));
  g_autoptr (GPtrArray) runs = hub_run_list (fixture->database, "A", 10, &error);
  const HubRun *newest = g_ptr_array_index (runs, 0), *oldest = g_ptr_array_index (runs, 1);
  g_assert_cmpint (newest->status, ==, HUB_RUN_PARTIAL);
  g_assert_cmpuint (newest->counters.read, ==, 6);
  g_assert_cmpuint (newest->counters.rejected, ==, 1);
  g_assert_cmpint (oldest->status, ==, HUB_RUN_FAILED);
  g_assert_nonnull (oldest->message);
}

static void test_changed_definition_is_a_new_version (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_integration_free);
  g_ptr_array_add (all, hub_integration_parse (DEFINITION, strlen (DEFINITION), "A", &error));
  g_assert_true (hub_store_put_integrations (fixture->database, all, &error));
  g_autoptr (HubIntegration) same = hub_store_get_integration (fixture->database, "A", &error);
  g_assert_cmpint (same->version, ==, fixture->integration->version);
  g_autofree char *changed = g_strdup (DEFINITION);
  memcpy (strstr (changed, "name\",\"to"), "NAME", 4);
  HubIntegration *other = hub_integration_parse (changed, strlen (changed), "A", &error);
  g_ptr_array_add (all, other);
  g_assert_true (hub_store_put_integrations (fixture->database, all, &error));
  g_autoptr (HubIntegration) next = hub_store_get_integration (fixture->database, "A", &error);
  g_assert_cmpint (next->version, >, fixture->integration->version);
  g_assert_cmpint (next->id, ==, fixture->integration->id);
}

static void test_one_run_at_a_time_has_the_lease (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  HubLease *first = hub_lease_take (fixture->integration->id, "A", &error);
  g_assert_no_error (error);
  g_assert_null (hub_lease_take (fixture->integration->id, "A", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_BUSY);
  g_clear_error (&error);
  HubLease *other = hub_lease_take (fixture->integration->id + 1, "B", &error);
  g_assert_no_error (error);
  hub_lease_release (first);
  first = hub_lease_take (fixture->integration->id, "A", &error);
  g_assert_no_error (error);
  hub_lease_release (first);
  hub_lease_release (other);
}

/* Keeps a reject whose record has the amount 12.50 and no name, and gives its id. */
static gint64 add_reject (Fixture *fixture) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = begin (fixture);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  HubDelivery *delivery = add (batch, "1", "Ada", HUB_ACTION_REJECT);
  hub_value_take (&delivery->source->values[0], HUB_TYPE_DECIMAL, g_strdup ("12.50"));
  g_assert_true (hub_journal_send (fixture->database, run, fixture->integration, batch, &error));
  g_assert_no_error (error);
  return delivery->id;
}

static void test_a_reject_is_dismissed_once_and_for_all (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = begin (fixture);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  HubDelivery *sent = add (batch, "2", "Bob", HUB_ACTION_CREATE);
  gint64 id = add_reject (fixture);
  g_assert_true (hub_journal_send (fixture->database, run, fixture->integration, batch, &error));
  g_assert_true (hub_journal_dismiss (fixture->database, id, &error));
  g_assert_true (hub_journal_dismiss (fixture->database, id, &error));
  g_assert_cmpuint (count_keys (fixture, "dismissed"), ==, 1);
  g_autoptr (JsonArray) open = hub_journal_list_rejects (fixture->database, "A", &error);
  g_assert_cmpuint (json_array_get_length (open), ==, 0);
  g_autoptr (GHashTable) keys =
      hub_journal_list_keys (fixture->database, fixture->integration, HUB_UNSETTLED_REJECTED, &error);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 0);
  const gint64 others[] = { sent->id, 12345 };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_assert_false (hub_journal_dismiss (fixture->database, others[i], &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
    g_clear_error (&error);
  }
  g_assert_cmpuint (count_keys (fixture, "sent"), ==, 1);
}

static void assert_correction (Fixture *fixture, const char *path, const char *original, const char *value) {
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) corrections =
      hub_journal_list_corrections (fixture->database, fixture->integration, &error);
  g_assert_no_error (error);
  JsonArray *correction =
      json_object_get_array_member (json_object_get_object_member (corrections, "1"), path);
  g_assert_nonnull (correction);
  g_assert_cmpstr (json_array_get_string_element (correction, 0), ==, original);
  g_assert_cmpstr (json_array_get_string_element (correction, 1), ==, value);
}

static void test_corrections_know_what_they_replace (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  gint64 id = add_reject (fixture);
  g_assert_true (hub_journal_correct (fixture->database, id, "id", "1", &error));
  assert_correction (fixture, "id", "12.50", "1");
  g_assert_true (hub_journal_correct (fixture->database, id, "id", "2", &error));
  g_assert_true (hub_journal_correct (fixture->database, id, "name", "Ada", &error));
  assert_correction (fixture, "id", "12.50", "2");
  assert_correction (fixture, "name", "", "Ada");
  g_assert_false (hub_journal_correct (fixture->database, id, "none", "x", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (hub_journal_correct (fixture->database, 12345, "id", "x", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (hub_database_exec (fixture->database, "DELETE FROM integrations", &error));
  g_autoptr (JsonObject) none =
      hub_journal_list_corrections (fixture->database, fixture->integration, &error);
  g_assert_cmpuint (json_object_get_size (none), ==, 0);
}

int main (int argc, char **argv) {
  g_autofree char *folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/journal/doubt", test_a_sent_delivery_is_in_doubt_until_confirmed);
  ADD ("/journal/rejects", test_rejects_keep_their_reason_until_settled);
  ADD ("/journal/confirm-all", test_confirm_all_takes_what_is_sent_but_no_reject);
  ADD ("/journal/thinned", test_old_images_are_thinned_but_identities_stay);
  ADD ("/journal/dead-run", test_a_run_that_died_is_ended_by_the_next);
  ADD ("/journal/version", test_changed_definition_is_a_new_version);
  ADD ("/journal/dismissed", test_a_reject_is_dismissed_once_and_for_all);
  ADD ("/journal/corrections", test_corrections_know_what_they_replace);
  ADD ("/journal/lease", test_one_run_at_a_time_has_the_lease);
  int status = g_test_run ();
  const char *files[] = { "hub.db", "hub.db-wal", "hub.db-shm", "hub.lock", "" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, "integration-hub", files[i], NULL);
    g_remove (path);
  }
  g_rmdir (folder);
  return status;
}
