/* test-history.c: what the window shows of the past: deliveries, days and health, also when there are very many.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "history.h"
#include "journal.h"
#include "store.h"

#define DEFINITION                                                                                           \
  "{\"name\":\"%s\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\"},"                                 \
  "\"destination\":{\"connector\":\"csv\",\"object\":\"rows\"},\"write\":{\"mode\":\"upsert\",\"key\":"      \
  "\"ID\"},\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"}]}"

typedef struct {
  HubDatabase *database;
} Fixture;

static void exec (Fixture *fixture, const char *format, ...) G_GNUC_PRINTF (2, 3);
static void exec (Fixture *fixture, const char *format, ...) {
  g_autoptr (GError) error = NULL;
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *sql = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  hub_database_exec (fixture->database, sql, &error);
  g_assert_no_error (error);
}

static void add_integration (Fixture *fixture, gint64 id, const char *name) {
  g_autofree char *definition = g_strdup_printf (DEFINITION, name);
  exec (fixture, "INSERT INTO integrations VALUES (%" G_GINT64_FORMAT ", '%s', 1, '%s')", id, name,
        definition);
}

static void set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  fixture->database = hub_store_open (&error);
  g_assert_no_error (error);
  exec (fixture, "DELETE FROM integrations");
  add_integration (fixture, 1, "A");
  add_integration (fixture, 2, "B");
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  hub_database_close (fixture->database);
}

static void add_run (Fixture *fixture, gint64 id, gint64 integration, const char *kind, const char *status,
                     gint64 started, guint created, guint updated, guint rejected) {
  exec (fixture,
        "INSERT INTO runs (id, integration_id, version, kind, status, started, finished, created, updated,"
        " rejected) VALUES (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", 1, '%s', '%s', %" G_GINT64_FORMAT
        ", %" G_GINT64_FORMAT ", %u, %u, %u)",
        id, integration, kind, status, started, started + 1000, created, updated, rejected);
}

/* Unix milliseconds of a local time. */
static gint64 local_time (GDateTime *day, int hour, int minute) {
  g_autoptr (GDateTime) then = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                                      g_date_time_get_day_of_month (day), hour, minute, 0);
  return g_date_time_to_unix (then) * 1000;
}

/* The ids that @query finds, as one text. (transfer full) */
static char *find (Fixture *fixture, HubQuery query) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = hub_history_list_ids (fixture->database, &query, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? " " : "", g_array_index (ids, gint64, i));
  return g_strdup (text->str);
}

static void test_ids_are_found_by_every_condition (Fixture *fixture, gconstpointer data) {
  add_run (fixture, 1, 1, "run", "partial", 1, 0, 0, 0);
  add_run (fixture, 2, 2, "run", "partial", 2, 0, 0, 0);
  exec (fixture, "INSERT INTO deliveries (id, run_id, source_key, key, operation, state, time) VALUES"
                 " (1, 1, 'pi_1', 'ada@example.com', 'create', 'confirmed', 0),"
                 " (2, 1, 'pi_2', '50%%', 'reject', 'rejected', 0),"
                 " (3, 2, 'pi_3', 'a_b', 'update', 'confirmed', 0),"
                 " (4, 2, 'c:\\d', NULL, 'reject', 'rejected', 0),"
                 " (5, 2, 'pi_5', NULL, 'reject', 'dismissed', 0)");
  const struct {
    HubQuery query;
    const char *ids;
  } cases[] = {
    { { 0 }, "5 4 3 2 1" },
    { { .run = 1 }, "2 1" },
    { { .run = 9 }, "" },
    { { .integration = "B" }, "5 4 3" },
    { { .integration = "none" }, "" },
    { { .open_rejects = TRUE }, "4 2" },
    { { .open_rejects = TRUE, .integration = "A" }, "2" },
    { { .text = "ADA@" }, "1" },
    { { .text = "pi_" }, "5 3 2 1" },
    { { .text = "%" }, "2" },
    { { .text = "a_b" }, "3" },
    { { .text = ":\\" }, "4" },
    { { .text = "" }, "5 4 3 2 1" },
    { { .run = 2, .text = "pi", .integration = "B", .open_rejects = TRUE }, "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *ids = find (fixture, cases[i].query);
    g_assert_cmpstr (ids, ==, cases[i].ids);
  }
}

static void assert_change (GPtrArray *changes, guint i, const char *field, const char *before,
                           const char *after) {
  const HubChange *change = g_ptr_array_index (changes, i);
  g_assert_cmpstr (change->field, ==, field);
  g_autofree char *old = hub_value_display (&change->before);
  g_autofree char *new = hub_value_display (&change->after);
  g_assert_cmpstr (old, ==, before);
  g_assert_cmpstr (new, ==, after);
}

static void test_a_trace_is_shown_as_people_read_it (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  const gint64 ids[] = { 3, 99, 1, 2 };
  add_run (fixture, 1, 1, "run", "partial", 1, 0, 0, 0);
  exec (fixture, "INSERT INTO deliveries (id, run_id, source_key, key, operation, state, field, error, "
                 "before, sent, record,"
                 " time) VALUES (1, 1, 's', 'k', 'update', 'confirmed', NULL, NULL,"
                 " '{\"Amount\":12.50,\"Name\":null}',"
                 " '{\"Name\":\"O\\u0027Neil "
                 "\\\"x\\\"\",\"Amount\":19.90,\"Date\":{\"datetime\":\"2026-11-22T09:30:00Z\","
                 "\"format\":\"%%d/%%m/%%Y %%H:%%M\",\"zone\":\"Europe/Paris\"},\"Paid\":true,"
                 "\"List\":[1.50, 2],\"Raw\":{\"date\": \"nine\"}}', NULL, 1234),"
                 " (2, 1, 's2', NULL, 'reject', 'rejected', 'Amount', 'not a number', NULL, NULL,"
                 " '{\"id\":\"s2\",\"amount\":\"12x\",\"note\":null}', 1235),"
                 " (3, 1, 's3', 'k3', 'create', 'confirmed', NULL, NULL, NULL, NULL, NULL, 1236)");
  exec (fixture,
        "INSERT INTO corrections VALUES (1, 's2', 'amount', '12x', '12'), (1, 's2', 'note', 'old', 'new'),"
        " (2, 's2', 'id', 's2', 'other integration')");
  g_autoptr (GPtrArray) traces = hub_history_list_traces (fixture->database, ids, G_N_ELEMENTS (ids), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (traces->len, ==, 3);
  const HubTrace *thinned = traces->pdata[0], *update = traces->pdata[1], *reject = traces->pdata[2];
  g_assert_cmpint (thinned->id, ==, 3);
  g_assert_cmpuint (thinned->changes->len + thinned->record->len, ==, 0);
  g_assert_cmpint (update->run, ==, 1);
  g_assert_cmpint (update->time, ==, 1234);
  g_assert_cmpstr (update->integration, ==, "A");
  g_assert_cmpstr (update->operation, ==, "update");
  g_assert_cmpstr (update->state, ==, "confirmed");
  g_assert_cmpstr (update->key, ==, "k");
  g_assert_cmpstr (update->source_key, ==, "s");
  g_assert_null (update->error);
  g_assert_cmpuint (update->changes->len, ==, 6);
  assert_change (update->changes, 0, "Name", "", "O'Neil \"x\"");
  assert_change (update->changes, 1, "Amount", "12.50", "19.90");
  assert_change (update->changes, 2, "Date", "", "22/11/2026 10:30");
  assert_change (update->changes, 3, "Paid", "", "true");
  assert_change (update->changes, 4, "List", "", "[1.50, 2]");
  assert_change (update->changes, 5, "Raw", "", "{\"date\": \"nine\"}");
  g_assert_cmpstr (reject->field, ==, "Amount");
  g_assert_cmpstr (reject->error, ==, "not a number");
  g_assert_cmpuint (reject->record->len, ==, 3);
  assert_change (reject->record, 0, "id", "", "s2");
  assert_change (reject->record, 1, "amount", "12x", "12");
  assert_change (reject->record, 2, "note", "", "");
}

static void test_counts_what_is_left_to_do (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  HubCounters left = { 0 };
  add_run (fixture, 1, 1, "run", "partial", 1, 3, 1, 2);
  add_run (fixture, 2, 1, "retry", "partial", 2, 0, 0, 1);
  exec (fixture, "INSERT INTO deliveries (run_id, source_key, operation, state, time) VALUES"
                 " (1, 'a', 'create', 'confirmed', 0), (1, 'b', 'create', 'confirmed', 0),"
                 " (1, 'c', 'create', 'undone', 0), (1, 'd', 'update', 'confirmed', 0),"
                 " (1, 'e', 'update', 'undo-conflict', 0), (1, 'f', 'reject', 'rejected', 0),"
                 " (1, 'g', 'reject', 'retried', 0), (1, 'h', 'create', 'rejected', 0),"
                 " (1, 'i', 'reject', 'dismissed', 0), (2, 'g', 'reject', 'rejected', 0)");
  g_assert_true (hub_history_count_left (fixture->database, 1, &left, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (left.created, ==, 2);
  g_assert_cmpuint (left.updated, ==, 1);
  g_assert_cmpuint (left.rejected, ==, 2);
  g_assert_true (hub_history_count_left (fixture->database, 9, &left, &error));
  g_assert_cmpuint (left.created + left.updated + left.rejected, ==, 0);
}

static void test_days_are_those_of_the_users_zone (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);
  g_autoptr (GDateTime) long_ago = g_date_time_add_days (now, -7);
  gint64 id = 0;
  add_run (fixture, ++id, 1, "run", "success", local_time (long_ago, 23, 59), 1000, 0, 0);
  add_run (fixture, ++id, 1, "run", "success", local_time (yesterday, 0, 0), 1, 0, 0);
  add_run (fixture, ++id, 1, "run", "partial", local_time (yesterday, 23, 59), 10, 20, 5);
  add_run (fixture, ++id, 1, "undo", "success", local_time (yesterday, 23, 59), 0, 500, 50);
  add_run (fixture, ++id, 2, "retry", "success", local_time (now, 0, 0), 7, 0, 0);
  g_autoptr (GArray) days = hub_history_list_days (fixture->database, 7, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (days->len, ==, 7);
  const HubDay *day = &g_array_index (days, HubDay, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (day[i].delivered + day[i].rejected, ==, 0);
  g_assert_cmpint (day[5].day, ==, local_time (yesterday, 0, 0));
  g_assert_cmpuint (day[5].delivered, ==, 31);
  g_assert_cmpuint (day[5].rejected, ==, 5);
  g_assert_cmpint (day[6].day, ==, local_time (now, 0, 0));
  g_assert_cmpuint (day[6].delivered, ==, 7);
}

static void test_health_counts_real_runs (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / 1000, old = now - 31 * 86400000ll;
  add_integration (fixture, 3, "C");
  add_run (fixture, 1, 1, "run", "success", old, 0, 0, 0);
  add_run (fixture, 2, 2, "run", "success", old, 0, 0, 0);
  add_run (fixture, 3, 1, "run", "success", now - 9000, 0, 0, 0);
  add_run (fixture, 4, 1, "run", "partial", now - 8000, 0, 0, 0);
  add_run (fixture, 5, 1, "run", "failed", now - 7000, 0, 0, 0);
  add_run (fixture, 6, 1, "run", "cancelled", now - 6000, 0, 0, 0);
  add_run (fixture, 7, 1, "undo", "success", now - 5000, 0, 0, 0);
  add_run (fixture, 8, 1, "run", "running", now - 4000, 0, 0, 0);
  exec (fixture, "INSERT INTO deliveries (run_id, source_key, operation, state, time) VALUES"
                 " (1, 'a', 'reject', 'rejected', 0), (4, 'b', 'reject', 'rejected', 0),"
                 " (4, 'c', 'reject', 'dismissed', 0)");
  g_autoptr (GPtrArray) health = hub_history_list_health (fixture->database, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (health->len, ==, 3);
  const HubHealth *a = health->pdata[0], *b = health->pdata[1], *c = health->pdata[2];
  g_assert_cmpstr (a->integration, ==, "A");
  g_assert_cmpuint (a->runs, ==, 3);
  g_assert_cmpuint (a->successes, ==, 2);
  g_assert_cmpint (a->last_success, ==, now - 7000);
  g_assert_cmpuint (a->open_rejects, ==, 2);
  g_assert_cmpuint (b->runs + b->successes + b->open_rejects, ==, 0);
  g_assert_cmpint (b->last_success, ==, old + 1000);
  g_assert_cmpstr (c->integration, ==, "C");
  g_assert_cmpint (c->last_success, ==, 0);
}

/* A window that opens must not wait: a million deliveries, a thousand integrations, two hundred thousand runs. */
static void test_very_many_are_quick (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  guint deliveries = g_test_slow () ? 1000000 : 100000, runs = deliveries / 5;
  gint64 now = g_get_real_time () / 1000;
  exec (fixture,
        "PRAGMA synchronous = OFF; BEGIN;"
        "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 1002)"
        " INSERT INTO integrations SELECT i, 'I' || i, 1, '{}' FROM n;"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
        " INSERT INTO runs (id, integration_id, version, kind, status, started, finished, created)"
        " SELECT i, 3 + i %% 1000, 1, 'run', 'success', %" G_GINT64_FORMAT " - (%u - i) * 60000, i, 5 FROM n;"
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %u - 1)"
        " INSERT INTO deliveries (run_id, source_key, key, operation, sent, state, time)"
        " SELECT 1 + i / 5, 'pi_' || i, 'key' || i, 'create', '{\"ID\":\"' || i || '\"}', 'confirmed', i "
        "FROM n;"
        "UPDATE deliveries SET run_id = %u WHERE id > %u; COMMIT",
        runs, now, runs, deliveries, runs, deliveries / 2);
  g_test_timer_start ();
  g_autoptr (GArray) ids = hub_history_list_ids (fixture->database, &(HubQuery){ .run = runs }, &error);
  double listed = g_test_timer_elapsed ();
  g_assert_cmpuint (ids->len, ==, deliveries / 2);
  g_test_timer_start ();
  g_autoptr (GArray) days = hub_history_list_days (fixture->database, 30, &error);
  double counted = g_test_timer_elapsed ();
  g_test_timer_start ();
  g_autoptr (GPtrArray) health = hub_history_list_health (fixture->database, &error);
  double judged = g_test_timer_elapsed ();
  g_test_timer_start ();
  g_autoptr (GPtrArray) traces =
      hub_history_list_traces (fixture->database, (gint64 *) ids->data, 100, &error);
  double traced = g_test_timer_elapsed ();
  g_assert_no_error (error);
  g_assert_cmpuint (traces->len, ==, 100);
  g_assert_cmpuint (g_array_index (days, HubDay, 28).delivered, ==, 5 * 1440);
  g_assert_cmpuint (health->len, ==, 1002);
  g_test_message ("%u deliveries: ids %.3f s, days %.3f s, health %.3f s, 100 traces %.3f s", deliveries,
                  listed, counted, judged, traced);
  g_assert_cmpfloat (listed + counted + judged + traced, <, 10); /* a slow or instrumented machine included */
  exec (fixture, "DELETE FROM deliveries; DELETE FROM runs; DELETE FROM integrations");
}

int main (int argc, char **argv) {
  g_autofree char *folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("TZ", "America/St_Johns", TRUE); /* half an hour off, with summer time */
  tzset ();
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/history/ids", test_ids_are_found_by_every_condition);
  ADD ("/history/traces", test_a_trace_is_shown_as_people_read_it);
  ADD ("/history/left", test_counts_what_is_left_to_do);
  ADD ("/history/days", test_days_are_those_of_the_users_zone);
  ADD ("/history/health", test_health_counts_real_runs);
  ADD ("/history/many", test_very_many_are_quick);
  int status = g_test_run ();
  const char *files[] = { "hub.db", "hub.db-wal", "hub.db-shm", "" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, "integration-hub", files[i], NULL);
    g_remove (path);
  }
  g_rmdir (folder);
  return status;
}
