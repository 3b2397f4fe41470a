/* test-lazy-list.c: a list of many deliveries hands out all of them, and reads only those that are looked at.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "lazy-list.h"
#include "store.h"

#define N_DELIVERIES 20000
#define DEFINITION                                                                                           \
  "{ \"name\": \"A\", \"source\": { \"connector\": \"csv\", \"object\": \"rows\" },"                         \
  "  \"destination\": { \"connector\": \"csv\", \"object\": \"rows\" },"                                     \
  "  \"write\": { \"mode\": \"append\" }, \"mapping\": [ { \"from\": \"id\", \"to\": \"ID\" } ] }"
#define DELIVERIES                                                                                           \
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"                            \
  " INSERT INTO deliveries (id, run_id, source_key, key, operation, sent, state, time)"                      \
  " SELECT i, %" G_GINT64_FORMAT ", 'row ' || i, 'key ' || i, 'create', '{\"ID\":' || i || '}',"             \
  " 'confirmed', 0 FROM n"

typedef struct {
  HubDatabase *database;
  HubLazyList *list;
  guint n_signals, position, removed, added; /* of items-changed, the last one */
} Fixture;

static void on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data) {
  Fixture *fixture = data;

  fixture->n_signals++;
  fixture->position = position;
  fixture->removed = removed;
  fixture->added = added;
}

static void exec (Fixture *fixture, const char *sql) {
  g_autoptr (GError) error = NULL;

  hub_database_exec (fixture->database, sql, &error);
  g_assert_no_error (error);
}

/* Shows the deliveries from @newest down to @oldest. */
static void show (Fixture *fixture, gint64 newest, gint64 oldest) {
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gint64 id = newest; id >= oldest; id--)
    g_array_append_val (ids, id);
  hub_lazy_list_set_ids (fixture->list, ids);
}

static void set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_integration_free);
  g_autoptr (HubRun) run = hub_run_new ("A", HUB_KIND_RUN);

  fixture->database = hub_store_open (&error);
  g_assert_no_error (error);
  exec (fixture, "DELETE FROM integrations");
  g_ptr_array_add (all, hub_integration_parse (DEFINITION, strlen (DEFINITION), "A", &error));
  g_assert_no_error (error);
  g_assert_true (hub_store_put_integrations (fixture->database, all, &error));
  g_autoptr (HubIntegration) kept = hub_store_get_integration (fixture->database, "A", &error);
  g_assert_true (hub_run_begin (fixture->database, run, kept, &error));
  g_autofree char *sql = g_strdup_printf (DELIVERIES, N_DELIVERIES, run->id);
  exec (fixture, sql);
  fixture->list = hub_lazy_list_new ();
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (on_items_changed), fixture);
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  g_clear_object (&fixture->list);
  hub_database_close (fixture->database);
}

static HubRecordItem *get (Fixture *fixture, guint position) {
  return g_list_model_get_item (G_LIST_MODEL (fixture->list), position);
}

/* Waits until @item says @words after its key. */
static void wait_for (HubRecordItem *item, const char *words) {
  gboolean said = FALSE;
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (!said && g_get_monotonic_time () < end) {
    said = item->subtitle && g_str_has_prefix (item->subtitle, words);
    if (!said)
      g_main_context_iteration (NULL, TRUE);
  }
  g_assert_true (said);
}

static gboolean on_alarm (gpointer data) {
  return G_SOURCE_CONTINUE;
}

static void test_hands_out_at_once_and_fills_later (Fixture *fixture, gconstpointer data) {
  show (fixture, N_DELIVERIES, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, N_DELIVERIES);
  g_assert_cmpuint (fixture->added, ==, N_DELIVERIES);
  g_autoptr (HubRecordItem) item = get (fixture, 12345);
  g_autoptr (HubRecordItem) same = get (fixture, 12345);
  g_assert_true (item == same);
  g_assert_null (item->trace);
  wait_for (item, "Created");
  g_assert_cmpint (item->trace->id, ==, N_DELIVERIES - 12345);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->list), N_DELIVERIES));
}

static void test_keeps_only_what_was_looked_at_last (Fixture *fixture, gconstpointer data) {
  show (fixture, N_DELIVERIES, 1);
  HubRecordItem *first = get (fixture, 0);
  g_object_add_weak_pointer (G_OBJECT (first), (gpointer *) &first);
  wait_for (first, "Created");
  g_object_unref (first);
  g_assert_nonnull (first);
  for (guint i = 0; i < N_DELIVERIES; i += 100) {
    g_autoptr (HubRecordItem) item = get (fixture, i);
    g_assert_nonnull (item);
  }
  g_assert_null (first);
  g_autoptr (HubRecordItem) last = get (fixture, N_DELIVERIES - 100);
  wait_for (last, "Created");
  g_autoptr (HubRecordItem) again = get (fixture, 0);
  wait_for (again, "Created");
}

static void test_what_comes_on_top_moves_nothing_else (Fixture *fixture, gconstpointer data) {
  show (fixture, N_DELIVERIES - 5, 1);
  g_autoptr (HubRecordItem) item = get (fixture, 150);
  wait_for (item, "Created");
  show (fixture, N_DELIVERIES, 1);
  g_assert_cmpuint (fixture->n_signals, ==, 2);
  g_assert_cmpuint (fixture->position, ==, 0);
  g_assert_cmpuint (fixture->removed, ==, 0);
  g_assert_cmpuint (fixture->added, ==, 5);
  g_autoptr (HubRecordItem) moved = get (fixture, 155);
  g_assert_true (item == moved);
}

static void test_what_goes_leaves_the_others (Fixture *fixture, gconstpointer data) {
  show (fixture, 300, 1);
  g_autoptr (HubRecordItem) item = get (fixture, 299);
  wait_for (item, "Created");
  show (fixture, 290, 1);
  g_assert_cmpuint (fixture->position, ==, 0);
  g_assert_cmpuint (fixture->removed, ==, 10);
  g_assert_cmpuint (fixture->added, ==, 0);
  g_autoptr (HubRecordItem) moved = get (fixture, 289);
  g_assert_true (item == moved);
  show (fixture, 0, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 0);
}

static void test_what_became_something_else_is_read_again (Fixture *fixture, gconstpointer data) {
  show (fixture, 500, 1);
  g_autoptr (HubRecordItem) item = get (fixture, 250);
  wait_for (item, "Created");
  exec (fixture, "UPDATE deliveries SET state = 'undone'");
  show (fixture, 500, 1);
  g_assert_cmpuint (fixture->n_signals, ==, 1);
  wait_for (item, "Taken back");
}

static void test_a_delivery_that_is_gone_shifts_nothing (Fixture *fixture, gconstpointer data) {
  exec (fixture, "DELETE FROM deliveries WHERE id = 9");
  show (fixture, 10, 1);
  g_autoptr (HubRecordItem) gone = get (fixture, 1);
  g_autoptr (HubRecordItem) next = get (fixture, 2);
  wait_for (next, "Created");
  g_assert_cmpint (next->trace->id, ==, 8);
  g_assert_null (gone->trace);
}

static void test_what_cannot_be_read_says_why (Fixture *fixture, gconstpointer data) {
  exec (fixture, "ALTER TABLE deliveries RENAME TO elsewhere");
  show (fixture, 10, 1);
  g_autoptr (HubRecordItem) item = get (fixture, 0);
  wait_for (item, "It cannot be shown: ");
  exec (fixture, "ALTER TABLE elsewhere RENAME TO deliveries");
}

static void test_goes_while_it_reads (Fixture *fixture, gconstpointer data) {
  show (fixture, N_DELIVERIES, 1);
  g_autoptr (HubRecordItem) item = get (fixture, 0);
  g_assert_finalize_object (g_steal_pointer (&fixture->list));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (item->trace);
}

int main (int argc, char **argv) {
  g_autofree char *folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  setlocale (LC_ALL, "C.UTF-8");
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (50, on_alarm, NULL); /* a condition that never comes true is asked for all the same */
#define ADD(name, test) g_test_add ("/lazy-list/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("hands-out-at-once-and-fills-later", test_hands_out_at_once_and_fills_later);
  ADD ("keeps-only-what-was-looked-at-last", test_keeps_only_what_was_looked_at_last);
  ADD ("what-comes-on-top-moves-nothing-else", test_what_comes_on_top_moves_nothing_else);
  ADD ("what-goes-leaves-the-others", test_what_goes_leaves_the_others);
  ADD ("what-became-something-else-is-read-again", test_what_became_something_else_is_read_again);
  ADD ("a-delivery-that-is-gone-shifts-nothing", test_a_delivery_that_is_gone_shifts_nothing);
  ADD ("what-cannot-be-read-says-why", test_what_cannot_be_read_says_why);
  ADD ("goes-while-it-reads", test_goes_while_it_reads);
  return g_test_run ();
}
