/* history.c: deliveries of the past.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "history.h"

#include "delivery.h"
#include "store.h"

#define DAY (24 * G_GINT64_CONSTANT (3600000)) /* milliseconds */

void hub_past_free (HubPast *past) {
  g_free (past->key);
  g_free (past->before);
  g_free (past->sent);
  g_free (past);
}

static gpointer read_past (HubStatement *statement, GError **error) {
  HubPast *past = g_new0 (HubPast, 1);
  past->id = hub_statement_int (statement, 0);
  past->created = hub_statement_int (statement, 1);
  past->key = hub_statement_text (statement, 2);
  past->before = hub_statement_text (statement, 3);
  past->sent = hub_statement_text (statement, 4);
  return past;
}

GPtrArray *hub_history_list_standing (HubDatabase *database, gint64 run, gint64 only, gint64 below,
                                      guint limit, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "list-standing", "iiii", run, below, only, (gint64) limit);
  return hub_store_read_rows (database, statement, read_past, (GDestroyNotify) hub_past_free, error);
}

static gpointer read_name (HubStatement *statement, GError **error) {
  return hub_statement_text (statement, 0);
}

GStrv hub_history_list_fields (HubDatabase *database, gint64 run, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "list-fields", "i", run);
  g_autoptr (GPtrArray) names = hub_store_read_rows (database, statement, read_name, g_free, error);
  if (names == NULL)
    return NULL;
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_steal (names, NULL);
}

JsonArray *hub_history_of_record (HubDatabase *database, const char *connector, const char *object,
                                  const char *key, GError **error) {
  g_autofree char *normal = hub_key_normalize (key);
  return hub_database_list (database, error, "why", "ssss", connector, object, key, normal);
}

gboolean hub_history_mark (HubDatabase *database, gint64 id, const char *state, const char *problem,
                           GError **error) {
  return hub_database_run (database, error, "UPDATE deliveries SET state = ?, error = ? WHERE id = ?", "ssi",
                           state, problem, id)
         && (!g_str_equal (state, "undone") || hub_database_run (database, error, "forget-undone", "i", id));
}

/* What the setting @name says, or @usual. */
static gboolean read_setting (HubDatabase *database, const char *name, gint64 usual, gint64 *value,
                              GError **error) {
  g_autofree char *text = NULL;
  if (!hub_store_get_setting (database, name, &text, error))
    return FALSE;
  *value = text ? g_ascii_strtoll (text, NULL, 10) : usual;
  return TRUE;
}

gboolean hub_history_thin (HubDatabase *database, GError **error) {
  gint64 now = g_get_real_time () / 1000, days = 0, last = 0;
  if (!read_setting (database, "retention_days", 180, &days, error)
      || !read_setting (database, "thinned", 0, &last, error))
    return FALSE;
  if (now - last < DAY)
    return TRUE;
  return hub_database_run (database, error, "thin", "i", now - days * DAY)
         && hub_database_run (database, error,
                              "INSERT OR REPLACE INTO settings (name, value) VALUES ('thinned', ?)", "i", now)
         && hub_database_exec (database, "PRAGMA incremental_vacuum; PRAGMA optimize", error);
}
