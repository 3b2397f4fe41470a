/* test-database.c: databases open, migrate, commit; broken ones are refused with a remedy and stay as they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "database.h"
#include "error.h"

typedef struct {
  char *folder, *path;
} Fixture;

static void set_up (Fixture *fixture, gconstpointer data) {
  fixture->folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "hub.db", NULL);
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_remove (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static gint64 count (HubDatabase *database, const char *sql) {
  GError *error = NULL;
  HubStatement *statement = hub_database_query (database, &error, sql, "");
  g_assert_no_error (error);
  g_assert_true (hub_database_next (database, statement, &error));
  gint64 number = hub_statement_int (statement, 0);
  g_assert_false (hub_database_next (database, statement, &error));
  g_assert_no_error (error);
  return number;
}

static void test_new_database_is_made_whole (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (database, "PRAGMA user_version"), >=, 1);
  g_assert_cmpint (count (database, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (count (database, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (count (database, "SELECT count(*) FROM accounts"), ==, 0);
}

static void test_values_are_bound_and_read_back (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, &error);
  const char *hostile = "'); DROP TABLE accounts; -- é🙂";
  g_assert_true (hub_database_run (database, &error,
                                   "INSERT INTO accounts (id, connector, name, options, created)"
                                   " VALUES (?, ?, ?, ?, ?)",
                                   "sstsi", "1", "csv", hostile, "{}", G_MAXINT64));
  HubStatement *statement = hub_database_query (
      database, &error, "SELECT name, created, label FROM accounts WHERE name = ?", "s", hostile);
  g_assert_true (hub_database_next (database, statement, &error));
  g_autofree char *name = hub_statement_text (statement, 0);
  g_autofree char *label = hub_statement_text (statement, 2);
  g_assert_cmpstr (name, ==, hostile);
  g_assert_cmpint (hub_statement_int (statement, 1), ==, G_MAXINT64);
  g_assert_null (label);
  g_assert_false (hub_database_next (database, statement, &error));
  g_assert_no_error (error);
}

static void test_rollback_leaves_nothing (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, &error);
  g_assert_true (hub_database_begin (database, &error));
  g_assert_true (
      hub_database_exec (database, "INSERT INTO accounts VALUES ('1','csv','a','{}',NULL,0)", &error));
  g_assert_false (hub_database_end (database, FALSE, &error));
  g_assert_cmpint (count (database, "SELECT count(*) FROM accounts"), ==, 0);
}

static void test_every_failure_is_an_error (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, &error);
  g_assert_false (hub_database_exec (database, "SELECT nonsense", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_clear_error (&error);
  g_assert_null (hub_database_query (database, &error, "SELECT * FROM nowhere", ""));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_clear_error (&error);
  g_assert_false (hub_database_run (database, &error,
                                    "INSERT INTO deliveries (run_id, operation, state, time)"
                                    " VALUES (99, 'create', 'sent', 0)",
                                    ""));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE); /* no run 99: foreign keys are on */
}

/* Opens a file that must be refused with @hint, and proves that its bytes stay as they were. */
static void assert_refused (const char *path, const char *hint) {
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before = 0, n_after = 0;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  g_assert_null (hub_database_open (path, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, hint));
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void test_a_newer_database_is_refused_untouched (Fixture *fixture, gconstpointer data) {
  HubDatabase *database = hub_database_open (fixture->path, NULL);
  g_assert_true (hub_database_exec (database, "PRAGMA user_version = 999", NULL));
  hub_database_close (database);
  assert_refused (fixture->path, "newer version");
}

static void test_what_is_no_database_is_refused_untouched (Fixture *fixture, gconstpointer data) {
  g_autofree char *text = g_strnfill (8192, 'x');
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  assert_refused (fixture->path, "not an intact database");
}

static void test_a_folder_in_its_place_is_refused (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_database_open (fixture->folder, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, "writable"));
}

static void test_a_full_disk_loses_nothing_kept (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, &error);
  g_assert_true (
      hub_database_exec (database, "INSERT INTO accounts VALUES ('1','csv','a','{}',NULL,0)", &error));
  g_assert_true (
      hub_database_exec (database, "PRAGMA max_page_count = 20", &error)); /* SQLITE_FULL for real */
  g_autofree char *large = g_strnfill (200000, 'x');
  g_assert_false (hub_database_run (database, &error, "UPDATE accounts SET label = ?", "t", large));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, "disk is full"));
  g_assert_cmpint (count (database, "SELECT count(*) FROM accounts WHERE label IS NULL"), ==, 1);
}

/* What version 1 of the program left behind: its tables, with something in each that matters. */
static void make_version_1 (const char *path) {
  g_autoptr (GBytes) sql =
      g_resources_lookup_data ("/fr/integrationhub/IntegrationHub/sql/schema-1.sql", 0, NULL);
  sqlite3 *connection = NULL;
  g_assert_nonnull (sql);
  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (connection, g_bytes_get_data (sql, NULL), NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (connection,
                                 "PRAGMA journal_mode = WAL;"
                                 "INSERT INTO accounts VALUES ('1','csv','a','{}',NULL,0);"
                                 "INSERT INTO integrations VALUES (7,'A',3,'{}');"
                                 "INSERT INTO runs (id, integration_id, version, kind, status, started)"
                                 " VALUES (9,7,3,'run','success',1);"
                                 "INSERT INTO deliveries (run_id, operation, state, time)"
                                 " VALUES (9,'create','confirmed',1);"
                                 "INSERT INTO cursors VALUES (7,3,'c');"
                                 "PRAGMA user_version = 1",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (connection);
}

static void assert_data_of_version_1 (HubDatabase *database) {
  g_assert_cmpint (count (database, "SELECT count(*) FROM accounts WHERE name = 'a'"), ==, 1);
  g_assert_cmpint (count (database, "SELECT version FROM integrations WHERE id = 7"), ==, 3);
  g_assert_cmpint (count (database, "SELECT run_id FROM deliveries"), ==, 9);
  g_assert_cmpint (count (database, "SELECT count(*) FROM cursors WHERE cursor = 'c'"), ==, 1);
}

static void test_an_older_database_is_migrated_after_a_backup (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *backup = g_strconcat (fixture->path, ".backup-1", NULL);
  make_version_1 (fixture->path);
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (database, "PRAGMA user_version"), ==, 2);
  assert_data_of_version_1 (database);
  g_assert_cmpint (count (database, "SELECT cause FROM runs"), ==, 0);
  g_assert_true (
      hub_database_exec (database, "INSERT INTO corrections VALUES (7,'k','email','a','b')", &error));
  g_assert_true (hub_database_exec (database, "DELETE FROM integrations", &error));
  g_assert_cmpint (count (database, "SELECT count(*) FROM corrections"), ==, 0);
  sqlite3 *kept = NULL;
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint (sqlite3_open (backup, &kept), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (kept, "PRAGMA user_version", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, 1);
  sqlite3_finalize (statement);
  sqlite3_close (kept);
  g_autoptr (HubDatabase) again = hub_database_open (backup, &error); /* the backup is whole */
  g_assert_no_error (error);
  assert_data_of_version_1 (again);
}

static void test_without_a_backup_nothing_is_migrated (Fixture *fixture, gconstpointer data) {
  g_autofree char *backup = g_strconcat (fixture->path, ".backup-1", NULL);
  g_autofree char *inside = g_build_filename (backup, "a", NULL);
  make_version_1 (fixture->path);
  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0); /* in the backup's place */
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_database_open (fixture->path, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_assert_cmpint (g_rmdir (inside) | g_rmdir (backup), ==, 0);
  g_autoptr (HubDatabase) database = hub_database_open (fixture->path, NULL);
  g_assert_nonnull (database);
  assert_data_of_version_1 (database);
}

static gpointer open_in_thread (gpointer path) {
  return hub_database_open (path, NULL);
}

static void test_two_processes_may_make_it_at_once (Fixture *fixture, gconstpointer data) {
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("open", open_in_thread, fixture->path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (HubDatabase) database = g_thread_join (threads[i]);
    g_assert_nonnull (database);
    g_assert_cmpint (count (database, "SELECT count(*) FROM runs"), ==, 0);
  }
}

static void test_two_processes_may_migrate_it_at_once (Fixture *fixture, gconstpointer data) {
  GThread *threads[4];
  make_version_1 (fixture->path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("open", open_in_thread, fixture->path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (HubDatabase) database = g_thread_join (threads[i]);
    g_assert_nonnull (database);
    assert_data_of_version_1 (database);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/database/new", test_new_database_is_made_whole);
  ADD ("/database/values", test_values_are_bound_and_read_back);
  ADD ("/database/rollback", test_rollback_leaves_nothing);
  ADD ("/database/errors", test_every_failure_is_an_error);
  ADD ("/database/newer", test_a_newer_database_is_refused_untouched);
  ADD ("/database/not-one", test_what_is_no_database_is_refused_untouched);
  ADD ("/database/folder", test_a_folder_in_its_place_is_refused);
  ADD ("/database/full", test_a_full_disk_loses_nothing_kept);
  ADD ("/database/older", test_an_older_database_is_migrated_after_a_backup);
  ADD ("/database/no-backup", test_without_a_backup_nothing_is_migrated);
  ADD ("/database/older-at-once", test_two_processes_may_migrate_it_at_once);
  ADD ("/database/at-once", test_two_processes_may_make_it_at_once);
  return g_test_run ();
}
