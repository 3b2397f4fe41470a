/* history.c: deliveries of the past: to take back, as people read them, by days, and how each integration does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "history.h"

#include <string.h>

#include "json.h"
#include "record.h"
#include "store.h"

#define DAY (24 * G_GINT64_CONSTANT (3600000)) /* milliseconds */
#define DAYS_OF_HEALTH 30

static void past_free (HubPast *past) {
  g_free (past->key);
  g_free (past->before);
  g_free (past->sent);
  g_free (past);
}

static gpointer read_past (HubStatement *statement, GError **error) {
  HubPast *past = g_new0 (HubPast, 1);
  hub_statement_read (statement, "ibsss", &past->id, &past->created, &past->key, &past->before, &past->sent);
  return past;
}

GPtrArray *hub_history_list_standing (HubDatabase *database, gint64 run, gint64 only, gint64 below,
                                      guint limit, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "list-standing", "iiii", run, below, only, (gint64) limit);
  return hub_database_rows (database, statement, read_past, (GDestroyNotify) past_free, error);
}

GStrv hub_history_list_fields (HubDatabase *database, gint64 run, GError **error) {
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  HubStatement *statement = hub_database_query (database, error, "list-fields", "i", run);
  while (hub_database_next (database, statement, error)) {
    g_autofree char *name = hub_statement_text (statement, 0);
    g_strv_builder_add (names, name);
  }
  return hub_database_is_well (database) ? g_strv_builder_end (names) : NULL;
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

gboolean hub_history_thin (HubDatabase *database, GError **error) {
  gint64 now = g_get_real_time () / 1000;
  g_autofree char *last = NULL;
  if (!hub_store_get_setting (database, "thinned", &last, error))
    return FALSE;
  if (last && now - g_ascii_strtoll (last, NULL, 10) < DAY)
    return TRUE;
  return hub_database_run (database, error, "thin", "i", now)
         && hub_database_run (database, error,
                              "INSERT OR REPLACE INTO settings (name, value) VALUES ('thinned', ?)", "i", now)
         && hub_database_exec (database, "PRAGMA incremental_vacuum; PRAGMA optimize", error);
}

void hub_change_free (HubChange *change) {
  g_free (change->field);
  hub_value_clear (&change->before);
  hub_value_clear (&change->after);
  g_free (change);
}

void hub_trace_free (HubTrace *trace) {
  g_free (trace->integration);
  g_free (trace->operation);
  g_free (trace->state);
  g_free (trace->key);
  g_free (trace->source_key);
  g_free (trace->field);
  g_free (trace->error);
  g_ptr_array_unref (trace->changes);
  g_ptr_array_unref (trace->record);
  g_free (trace);
}

void hub_health_free (HubHealth *health) {
  g_free (health->integration);
  g_free (health);
}

/* Reads the value that comes next, as it was kept. */
static void read_value (HubJsonReader *reader, HubValue *value) {
  gsize start = 0;
  hub_json_reader_skip (reader, &start, NULL);
  hub_value_take_json (value, reader, start);
  if (value->type != HUB_TYPE_JSON)
    return;
  g_autoptr (JsonNode) node = hub_json_parse (value->text, strlen (value->text), NULL);
  HubValue date = { 0 };
  if (node && hub_value_from_json (&date, node) && date.type != HUB_TYPE_JSON)
    hub_value_copy (value, &date);
  hub_value_clear (&date);
}

HubChange *hub_history_find_change (GPtrArray *changes, const char *field) {
  for (guint i = 0; i < changes->len; i++) {
    HubChange *change = g_ptr_array_index (changes, i);
    if (g_str_equal (change->field, field))
      return change;
  }
  return NULL;
}

/* Adds the fields of @image (nullable), which the journal keeps, to @changes: what was sent first, then what stood there before. */
static void read_image (GPtrArray *changes, const char *image) {
  HubJsonReader reader;
  hub_json_reader_init (&reader, image ? image : "{}", image ? strlen (image) : 2);
  hub_json_reader_next (&reader);
  while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
    g_autofree char *field = hub_json_reader_dup_text (&reader);
    HubChange *change = hub_history_find_change (changes, field);
    gboolean sent = change == NULL;
    if (sent) {
      change = g_new0 (HubChange, 1);
      change->field = g_steal_pointer (&field);
      g_ptr_array_add (changes, change);
    }
    read_value (&reader, sent ? &change->after : &change->before);
  }
}

static gpointer read_trace (HubStatement *statement, GError **error) {
  HubTrace *trace = g_new0 (HubTrace, 1);
  trace->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_change_free);
  trace->record = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_change_free);
  g_autofree char *before = NULL, *sent = NULL, *record = NULL;
  hub_statement_read (statement, "iiissssssssss", &trace->id, &trace->run, &trace->time, &trace->integration,
                      &trace->operation, &trace->state, &trace->key, &trace->source_key, &trace->field,
                      &trace->error, &before, &sent, &record);
  read_image (trace->changes, sent);
  read_image (trace->changes, before);
  read_image (trace->record, record);
  return trace;
}

/* Puts what somebody typed over the record's values, which move to before. */
static gboolean add_corrections (HubDatabase *database, HubTrace *trace, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "list-corrections-of-record", "is", trace->run, trace->source_key);
  while (hub_database_next (database, statement, error)) {
    g_autofree char *path = NULL, *original = NULL, *value = NULL;
    hub_statement_read (statement, "sss", &path, &original, &value);
    HubChange *change = hub_history_find_change (trace->record, path);
    g_autofree char *shown = change ? hub_value_display (&change->after) : NULL;
    if (g_strcmp0 (shown, original) != 0)
      continue;
    hub_value_take (&change->before, HUB_TYPE_TEXT, g_steal_pointer (&original));
    hub_value_take (&change->after, HUB_TYPE_TEXT, g_steal_pointer (&value));
  }
  return hub_database_is_well (database);
}

GPtrArray *hub_history_list_traces (HubDatabase *database, const gint64 *ids, guint n_ids, GError **error) {
  g_autoptr (GPtrArray) traces = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_trace_free);
  for (guint i = 0; i < n_ids; i++) {
    HubStatement *statement = hub_database_query (database, error, "get-trace", "i", ids[i]);
    g_autoptr (GPtrArray) found =
        hub_database_rows (database, statement, read_trace, (GDestroyNotify) hub_trace_free, error);
    if (found == NULL)
      return NULL;
    for (guint j = 0; j < found->len; j++) {
      HubTrace *trace = g_ptr_array_index (found, j);
      if (trace->record->len > 0 && !add_corrections (database, trace, error))
        return NULL;
    }
    g_ptr_array_extend_and_steal (traces, g_steal_pointer (&found));
  }
  return g_steal_pointer (&traces);
}

GArray *hub_history_list_ids (HubDatabase *database, const HubQuery *query, GError **error) {
  /* The first two are spelt out so that their indexes serve. */
  g_autofree char *sql =
      g_strconcat ("SELECT id FROM deliveries WHERE ", query->run ? "run_id = ?1" : "?1 = 0",
                   query->open_rejects ? " AND state = 'rejected'" : "",
                   " AND (?2 IS NULL OR +run_id IN (SELECT r.id FROM runs r JOIN integrations i"
                   " ON i.id = r.integration_id WHERE i.name = ?2))"
                   " AND (ifnull (?3, '') = '' OR instr (lower (key), lower (?3)) OR instr (lower "
                   "(source_key), lower (?3)))"
                   " ORDER BY id DESC",
                   NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  HubStatement *statement =
      hub_database_query (database, error, sql, "iss", query->run, query->integration, query->text);
  while (hub_database_next (database, statement, error)) {
    gint64 id = hub_statement_int (statement, 0);
    g_array_append_val (ids, id);
  }
  return hub_database_is_well (database) ? g_steal_pointer (&ids) : NULL;
}

gboolean hub_history_count_left (HubDatabase *database, gint64 run, HubCounters *left, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "count-left", "i", run);
  while (hub_database_next (database, statement, error))
    hub_statement_read (statement, "iii", &left->created, &left->updated, &left->rejected);
  return hub_database_is_well (database);
}

GArray *hub_history_list_days (HubDatabase *database, guint n_days, GError **error) {
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (HubDay));
  HubStatement *statement = hub_database_query (database, error, "list-days", "i", (gint64) n_days);
  while (hub_database_next (database, statement, error)) {
    HubDay day;
    hub_statement_read (statement, "iii", &day.day, &day.delivered, &day.rejected);
    g_array_append_val (days, day);
  }
  return hub_database_is_well (database) ? g_steal_pointer (&days) : NULL;
}

static gpointer read_health (HubStatement *statement, GError **error) {
  HubHealth *health = g_new0 (HubHealth, 1);
  hub_statement_read (statement, "siiii", &health->integration, &health->runs, &health->successes,
                      &health->last_success, &health->open_rejects);
  return health;
}

GPtrArray *hub_history_list_health (HubDatabase *database, GError **error) {
  gint64 since = g_get_real_time () / 1000 - DAYS_OF_HEALTH * DAY;
  HubStatement *statement = hub_database_query (database, error, "list-health", "i", since);
  return hub_database_rows (database, statement, read_health, (GDestroyNotify) hub_health_free, error);
}
