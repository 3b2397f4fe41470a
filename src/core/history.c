/* history.c: deliveries of the past.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "history.h"

#include "delivery.h"
#include "store.h"

#define DAY (24 * G_GINT64_CONSTANT (3600000)) /* milliseconds */
#define SELECT_PAST                                                                                          \
  "SELECT d.id, d.run_id, r.version, d.time, i.name, v.definition, d.operation, d.state, d.source_key, "     \
  "d.key,"                                                                                                   \
  " d.before, d.sent, d.error FROM deliveries d JOIN runs r ON r.id = d.run_id"                              \
  " JOIN integrations i ON i.id = r.integration_id"                                                          \
  " LEFT JOIN versions v ON v.integration_id = i.id AND v.version = r.version"

void hub_past_free (HubPast *past) {
  g_free (past->integration);
  g_free (past->definition);
  g_free (past->operation);
  g_free (past->state);
  g_free (past->source_key);
  g_free (past->key);
  g_free (past->before);
  g_free (past->sent);
  g_free (past->error);
  g_free (past);
}

static gpointer read_past (HubStatement *statement, GError **error) {
  HubPast *past = g_new0 (HubPast, 1);
  past->id = hub_statement_int (statement, 0);
  past->run = hub_statement_int (statement, 1);
  past->version = hub_statement_int (statement, 2);
  past->time = hub_statement_int (statement, 3);
  past->integration = hub_statement_text (statement, 4);
  past->definition = hub_statement_text (statement, 5);
  past->operation = hub_statement_text (statement, 6);
  past->state = hub_statement_text (statement, 7);
  past->source_key = hub_statement_text (statement, 8);
  past->key = hub_statement_text (statement, 9);
  past->before = hub_statement_text (statement, 10);
  past->sent = hub_statement_text (statement, 11);
  past->error = hub_statement_text (statement, 12);
  return past;
}

GPtrArray *hub_history_list_standing (HubDatabase *database, gint64 run, gint64 below, guint limit,
                                      GError **error) {
  HubStatement *statement = hub_database_query (
      database, error,
      SELECT_PAST " WHERE d.run_id = ? AND d.id < ? AND d.state IN ('confirmed', 'undo-conflict')"
                  " AND d.operation IN ('create', 'update') ORDER BY d.id DESC LIMIT ?",
      "iii", run, below, (gint64) limit);
  return hub_store_read_rows (database, statement, read_past, (GDestroyNotify) hub_past_free, error);
}

static gpointer read_name (HubStatement *statement, GError **error) {
  return hub_statement_text (statement, 0);
}

GStrv hub_history_list_fields (HubDatabase *database, gint64 run, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error,
      "SELECT DISTINCT field.key FROM deliveries d, json_each (d.sent) field WHERE d.run_id = ?", "i", run);
  g_autoptr (GPtrArray) names = hub_store_read_rows (database, statement, read_name, g_free, error);
  if (names == NULL)
    return NULL;
  g_ptr_array_set_free_func (names, NULL);
  g_ptr_array_add (names, NULL);
  return g_strdupv ((char **) names->pdata);
}

GPtrArray *hub_history_of_record (HubDatabase *database, const char *connector, const char *object,
                                  const char *key, GError **error) {
  g_autofree char *normal = hub_key_normalize (key);
  HubStatement *statement = hub_database_query (
      database, error,
      SELECT_PAST " WHERE (d.source_key = ?3 AND d.run_id IN (SELECT r.id FROM runs r JOIN integrations i"
                  "  ON i.id = r.integration_id WHERE i.definition ->> '$.source.connector' = ?1"
                  "  AND i.definition ->> '$.source.object' = ?2))"
                  " OR ((d.key = ?4 OR d.destination_id = ?3) AND d.run_id IN (SELECT r.id FROM runs r JOIN "
                  "integrations i"
                  "  ON i.id = r.integration_id WHERE i.definition ->> '$.destination.connector' = ?1"
                  "  AND i.definition ->> '$.destination.object' = ?2)) ORDER BY d.id",
      "ssss", connector, object, key, normal);
  return hub_store_read_rows (database, statement, read_past, (GDestroyNotify) hub_past_free, error);
}

gboolean hub_history_mark (HubDatabase *database, gint64 id, const char *state, const char *problem,
                           GError **error) {
  return hub_database_run (database, error, "UPDATE deliveries SET state = ?, error = ? WHERE id = ?", "ssi",
                           state, problem, id)
         && (!g_str_equal (state, "undone")
             || hub_database_run (
                 database, error,
                 "DELETE FROM identities WHERE (integration_id, source_key) ="
                 " (SELECT r.integration_id, d.source_key FROM deliveries d"
                 "  JOIN runs r ON r.id = d.run_id WHERE d.id = ? AND d.operation = 'create')",
                 "i", id));
}

/* What the setting @name says, or @usual. */
static gboolean read_setting (HubDatabase *database, const char *name, gint64 usual, gint64 *value,
                              GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT ifnull ((SELECT CAST (value AS INTEGER) FROM settings WHERE name = ?), ?)",
      "si", name, usual);
  if (statement == NULL || !hub_database_next (database, statement, error))
    return FALSE;
  *value = hub_statement_int (statement, 0);
  sqlite3_reset (statement);
  return TRUE;
}

gboolean hub_history_thin (HubDatabase *database, GError **error) {
  gint64 now = g_get_real_time () / 1000, days = 0, last = 0;
  if (!read_setting (database, "retention_days", 180, &days, error)
      || !read_setting (database, "thinned", 0, &last, error))
    return FALSE;
  if (now - last < DAY)
    return TRUE;
  return hub_database_run (
             database, error,
             "UPDATE deliveries SET before = NULL, sent = NULL, record = NULL"
             " WHERE time < ? AND state <> 'rejected' AND coalesce (before, sent, record) IS NOT NULL",
             "i", now - days * DAY)
         && hub_database_run (database, error,
                              "INSERT INTO settings (name, value) VALUES ('thinned', ?1)"
                              " ON CONFLICT DO UPDATE SET value = ?1",
                              "i", now)
         && hub_database_exec (database, "PRAGMA incremental_vacuum; PRAGMA optimize", error);
}
