/* test-store.c: what the user made is kept, and its version grows only when a run would read or write something else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "error.h"
#include "store.h"

#define ENDS                                                                                                 \
  "\"source\":{\"connector\":\"csv\",\"object\":\"rows\"},\"destination\":{\"connector\":\"csv\","           \
  "\"object\":\"rows\"}"
#define WRITE "\"write\":{\"mode\":\"upsert\",\"key\":\"ID\"}"
#define MAPPING "\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"},{\"value\":19.90,\"to\":\"Prix\"}]"
#define BODY ENDS "," WRITE "," MAPPING
#define A "{\"name\":\"A\"," BODY "}"

typedef struct {
  char *folder, *path;
  HubDatabase *database;
} Fixture;

static void set_up (Fixture *fixture, gconstpointer data) {
  fixture->folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "hub.db", NULL);
  fixture->database = hub_database_open (fixture->path, NULL);
  g_assert_nonnull (fixture->database);
}

static void tear_down (Fixture *fixture, gconstpointer data) {
  hub_database_close (fixture->database);
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static gint64 number (Fixture *fixture, const char *sql) {
  HubStatement *statement = hub_database_query (fixture->database, NULL, sql, "");
  g_assert_nonnull (statement);
  gint64 result =
      hub_database_next (fixture->database, statement, NULL) ? hub_statement_int (statement, 0) : -1;
  sqlite3_reset (statement);
  return result;
}

/* Saves what @definition says in place of @old_name. */
static gboolean save (Fixture *fixture, const char *definition, const char *old_name, GError **error) {
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubIntegration) integration =
      hub_integration_parse (definition, strlen (definition), "test", &problem);
  g_assert_no_error (problem);
  return hub_store_save_integration (fixture->database, integration, old_name, error);
}

/* A run, a cursor and an identity of integration A. */
static void add_history (Fixture *fixture) {
  g_assert_true (
      hub_database_exec (fixture->database,
                         "INSERT INTO runs (integration_id, version, kind, status, started) SELECT id, "
                         "version, 'run', 'success', 1"
                         " FROM integrations; INSERT INTO cursors SELECT id, version, 'c' FROM integrations;"
                         "INSERT INTO identities SELECT id, 'k', 'key' FROM integrations",
                         NULL));
}

static void test_version_grows_with_what_a_run_does (Fixture *fixture, gconstpointer data) {
  const struct {
    const char *definition;
    gint64 version;
  } cases[] = {
    { A, 1 },
    { A, 1 },
    { "{ \"name\": \"A\", " MAPPING ",\n " WRITE ", " ENDS " }", 1 }, /* the same, written another way */
    { "{\"name\":\"A\",\"enabled\":false," BODY "}", 1 },
    { "{\"name\":\"A\",\"schedule\":{\"every\":\"15m\"}," BODY "}", 1 },
    { "{\"name\":\"A\",\"filter\":[{\"field\":\"a\",\"op\":\"empty\"}]," BODY "}", 2 },
    { A, 3 },
    { "{\"name\":\"A\"," ENDS ",\"write\":{\"mode\":\"append\",\"key\":\"ID\"}," MAPPING "}", 4 },
    { "{\"name\":\"A\"," ENDS "," WRITE ",\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"}]}", 5 },
    { "{\"name\":\"A\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"a\"}},"
      "\"destination\":{\"connector\":\"csv\",\"object\":\"rows\"}," WRITE
      ",\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"}]}",
      6 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_true (save (fixture, cases[i].definition, i ? "A" : NULL, &error));
    g_assert_no_error (error);
    g_autoptr (HubIntegration) kept = hub_store_get_integration (fixture->database, "A", NULL);
    g_assert_cmpint (kept->version, ==, cases[i].version);
    g_assert_cmpstr (kept->definition, ==, cases[i].definition);
    g_assert_cmpint (number (fixture, "SELECT count(*) FROM versions"), ==, cases[i].version);
  }
}

static void test_an_import_grows_it_likewise (Fixture *fixture, gconstpointer data) {
  const char *files[] = { A, "{\"name\":\"A\",\"enabled\":false," BODY "}" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *text =
        g_strdup_printf ("{\"format\":\"integration-hub/1\",\"integrations\":[%s]}", files[i]);
    g_autoptr (GPtrArray) integrations = hub_portable_parse (text, strlen (text), NULL);
    g_assert_true (hub_store_put_integrations (fixture->database, integrations, NULL));
    g_assert_cmpint (number (fixture, "SELECT version FROM integrations"), ==, 1);
  }
}

static void test_a_new_name_keeps_id_history_and_cursor (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_assert_true (save (fixture, A, NULL, &error));
  add_history (fixture);
  gint64 id = number (fixture, "SELECT id FROM integrations");
  g_assert_true (save (fixture, "{\"name\":\"B\"," BODY "}", "A", &error));
  g_assert_no_error (error);
  g_autoptr (HubIntegration) renamed = hub_store_get_integration (fixture->database, "B", &error);
  g_assert_no_error (error);
  g_assert_cmpint (renamed->id, ==, id);
  g_assert_cmpint (renamed->version, ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM integrations"), ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM runs"), ==, 1);
  g_assert_cmpint (
      number (fixture, "SELECT count(*) FROM cursors NATURAL JOIN (SELECT version FROM integrations)"), ==,
      1);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM identities WHERE key = 'key'"), ==, 1);
  /* another key field forgets the keys, under the old name too */
  g_assert_true (
      save (fixture, "{\"name\":\"C\"," ENDS ",\"write\":{\"mode\":\"upsert\",\"key\":\"Prix\"}," MAPPING "}",
            "B", &error));
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM identities WHERE key IS NULL"), ==, 1);
}

static void test_a_name_that_is_taken_is_refused (Fixture *fixture, gconstpointer data) {
  const char *const other = "{\"name\":\"B\",\"enabled\":false," BODY "}";
  const char *old_names[] = { NULL, "A" };
  g_assert_true (save (fixture, A, NULL, NULL));
  g_assert_true (save (fixture, "{\"name\":\"B\"," BODY "}", NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (old_names); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (save (fixture, other, old_names[i], &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, "“B”"));
  }
  g_autoptr (GPtrArray) all = hub_store_list_integrations (fixture->database, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  for (guint i = 0; i < all->len; i++)
    g_assert_true (((HubIntegration *) all->pdata[i])->enabled);
}

static void test_enabling_changes_nothing_else (Fixture *fixture, gconstpointer data) {
  g_assert_true (save (fixture, A, NULL, NULL));
  for (guint i = 0; i < 4; i++) {
    g_assert_true (hub_store_enable_integration (fixture->database, "A", i % 2, NULL));
    g_autoptr (HubIntegration) kept = hub_store_get_integration (fixture->database, "A", NULL);
    g_assert_cmpint (kept->enabled, ==, i % 2);
    g_assert_cmpint (kept->version, ==, 1);
    g_assert_nonnull (strstr (kept->definition, "19.90")); /* every digit */
  }
}

static void test_a_copy_has_a_name_of_its_own (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_assert_true (save (fixture, A, NULL, NULL));
  add_history (fixture);
  const char *names[] = { "A (copy)", "A (copy 2)", "A (copy 3)" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = hub_store_duplicate_integration (fixture->database, "A", &error);
    g_assert_no_error (error);
    g_assert_cmpstr (name, ==, names[i]);
    g_autoptr (HubIntegration) copy = hub_store_get_integration (fixture->database, name, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (copy->name, ==, name);
    g_assert_false (copy->enabled);
    g_assert_cmpint (copy->version, ==, 1);
    g_assert_nonnull (strstr (copy->definition, "19.90"));
  }
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM runs"), ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM versions"), ==, 4);
  g_assert_null (hub_store_duplicate_integration (fixture->database, "Z", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
}

static void test_what_is_deleted_is_gone (Fixture *fixture, gconstpointer data) {
  g_assert_true (save (fixture, A, NULL, NULL));
  add_history (fixture);
  g_assert_true (hub_store_delete_integration (fixture->database, "A", NULL));
  const char *tables[] = { "integrations", "versions", "runs", "cursors", "identities" };
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", tables[i]);
    g_assert_cmpint (number (fixture, sql), ==, 0);
  }
}

static void test_draft_and_settings_are_kept (Fixture *fixture, gconstpointer data) {
  const char *texts[] = { NULL, "{\"name\":\"é\"}", "{}", NULL, NULL };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *draft = NULL, *setting = NULL, *other = NULL;
    if (i > 0) {
      g_assert_true (hub_store_set_setting (fixture->database, "draft", texts[i], &error));
      g_assert_true (hub_store_set_setting (fixture->database, "retention_days", texts[i], &error));
    }
    g_assert_true (hub_store_get_setting (fixture->database, "draft", &draft, &error));
    g_assert_true (hub_store_get_setting (fixture->database, "retention_days", &setting, &error));
    g_assert_true (hub_store_get_setting (fixture->database, "other", &other, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (draft, ==, texts[i]);
    g_assert_cmpstr (setting, ==, texts[i]);
    g_assert_null (other);
  }
}

static void test_a_broken_database_is_an_error (Fixture *fixture, gconstpointer data) {
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (hub_database_exec (fixture->database, "DROP TABLE settings; DROP TABLE versions", NULL));
  g_assert_false (hub_store_get_setting (fixture->database, "draft", &text, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_clear_error (&error);
  g_assert_false (save (fixture, A, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_STORE);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM integrations"), ==, 0); /* all or none */
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/store/version", test_version_grows_with_what_a_run_does);
  ADD ("/store/import", test_an_import_grows_it_likewise);
  ADD ("/store/rename", test_a_new_name_keeps_id_history_and_cursor);
  ADD ("/store/taken", test_a_name_that_is_taken_is_refused);
  ADD ("/store/enable", test_enabling_changes_nothing_else);
  ADD ("/store/copy", test_a_copy_has_a_name_of_its_own);
  ADD ("/store/delete", test_what_is_deleted_is_gone);
  ADD ("/store/draft", test_draft_and_settings_are_kept);
  ADD ("/store/broken", test_a_broken_database_is_an_error);
  return g_test_run ();
}
