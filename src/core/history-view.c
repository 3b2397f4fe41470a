/* history-view.c: what the window shows of the past: deliveries as people read them, days, and how each integration does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "history.h"
#include "json-reader.h"
#include "json.h"
#include "store.h"

#define DAYS_OF_HEALTH 30
#define QUARTER (15 * G_GINT64_CONSTANT (60000)) /* milliseconds; every zone's midnight is at one */

void hub_change_free (HubChange *change) {
  g_free (change->field);
  g_free (change->before);
  g_free (change->after);
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

/* The displayed text of the value that comes next, with every digit that was kept; NULL: blank. (transfer full) (nullable) */
static char *read_value (HubJsonReader *reader) {
  HubJsonReader token = *reader;
  gsize start = 0, end = 0;
  hub_json_reader_skip (reader, &start, &end);
  const char *text = reader->data + start;
  switch (hub_json_reader_next (&token)) {
  case HUB_JSON_NULL: return NULL;
  case HUB_JSON_STRING: return hub_json_reader_dup_text (&token);
  case HUB_JSON_OBJECT: break;
  default: return g_strndup (text, end - start);
  }
  g_autoptr (JsonNode) node = hub_json_parse (text, end - start, NULL); /* NULL: it is shown as it stands */
  HubValue value = { 0 };
  gboolean date = node && hub_value_from_json (&value, node) && value.type != HUB_TYPE_JSON;
  char *shown = date ? hub_value_display (&value) : g_strndup (text, end - start);
  hub_value_clear (&value);
  return shown;
}

GPtrArray *hub_history_read_image (const char *image) {
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_change_free);
  HubJsonReader reader;
  hub_json_reader_init (&reader, image ? image : "{}", image ? strlen (image) : 2);
  hub_json_reader_next (&reader);
  while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
    HubChange *change = g_new0 (HubChange, 1);
    change->field = hub_json_reader_dup_text (&reader);
    change->after = read_value (&reader);
    g_ptr_array_add (changes, change);
  }
  return changes;
}

HubChange *hub_history_find_change (GPtrArray *changes, const char *field) {
  for (guint i = 0; i < changes->len; i++) {
    HubChange *change = g_ptr_array_index (changes, i);
    if (g_str_equal (change->field, field))
      return change;
  }
  return NULL;
}

/* What was sent, over what stood there before. (transfer full) (element-type HubChange) */
static GPtrArray *read_changes (const char *before, const char *sent) {
  GPtrArray *changes = hub_history_read_image (sent);
  g_autoptr (GPtrArray) earlier = hub_history_read_image (before);
  for (guint i = 0; i < earlier->len; i++) {
    HubChange *old = g_ptr_array_index (earlier, i);
    HubChange *change = hub_history_find_change (changes, old->field);
    if (change)
      change->before = g_steal_pointer (&old->after);
  }
  return changes;
}

static gpointer read_trace (HubStatement *statement, GError **error) {
  HubTrace *trace = g_new0 (HubTrace, 1);
  g_autofree char *before = hub_statement_text (statement, 10);
  g_autofree char *sent = hub_statement_text (statement, 11);
  g_autofree char *record = hub_statement_text (statement, 12);
  trace->id = hub_statement_int (statement, 0);
  trace->run = hub_statement_int (statement, 1);
  trace->time = hub_statement_int (statement, 2);
  trace->integration = hub_statement_text (statement, 3);
  trace->operation = hub_statement_text (statement, 4);
  trace->state = hub_statement_text (statement, 5);
  trace->key = hub_statement_text (statement, 6);
  trace->source_key = hub_statement_text (statement, 7);
  trace->field = hub_statement_text (statement, 8);
  trace->error = hub_statement_text (statement, 9);
  trace->changes = read_changes (before, sent);
  trace->record = hub_history_read_image (record);
  return trace;
}

/* Puts what somebody typed over the record's values, which move to before. */
static gboolean add_corrections (HubDatabase *database, HubTrace *trace, GError **error) {
  g_autoptr (GError) problem = NULL;
  HubStatement *statement =
      hub_database_query (database, error, "list-corrections-of-record", "is", trace->run, trace->source_key);
  if (statement == NULL)
    return FALSE;
  while (hub_database_next (database, statement, &problem)) {
    g_autofree char *path = hub_statement_text (statement, 0);
    g_autofree char *original = hub_statement_text (statement, 1);
    HubChange *change = hub_history_find_change (trace->record, path);
    if (change == NULL || !g_str_equal (change->after ? change->after : "", original))
      continue;
    change->before = g_steal_pointer (&original);
    g_free (change->after);
    change->after = hub_statement_text (statement, 2);
  }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

GPtrArray *hub_history_list_traces (HubDatabase *database, const gint64 *ids, guint n_ids, GError **error) {
  g_autoptr (GPtrArray) traces = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_trace_free);
  for (guint i = 0; i < n_ids; i++) {
    HubStatement *statement = hub_database_query (database, error, "get-trace", "i", ids[i]);
    g_autoptr (GPtrArray) found =
        hub_store_read_rows (database, statement, read_trace, (GDestroyNotify) hub_trace_free, error);
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

/* "%text%" for LIKE, with its own signs taken literally. (transfer full) (nullable) */
static char *make_pattern (const char *text) {
  if (text == NULL || *text == '\0')
    return NULL;
  g_autoptr (GString) pattern = g_string_new (text);
  g_string_replace (pattern, "\\", "\\\\", 0);
  g_string_replace (pattern, "%", "\\%", 0);
  g_string_replace (pattern, "_", "\\_", 0);
  return g_strdup_printf ("%%%s%%", pattern->str);
}

GArray *hub_history_list_ids (HubDatabase *database, const HubQuery *query, GError **error) {
  g_autofree char *pattern = make_pattern (query->text);
  /* The first two are spelt out so that their indexes serve. */
  g_autofree char *sql = g_strconcat (
      "SELECT id FROM deliveries WHERE ", query->run ? "run_id = ?1" : "?1 = 0",
      query->open_rejects ? " AND state = 'rejected'" : "",
      " AND (?2 IS NULL OR +run_id IN (SELECT r.id FROM runs r JOIN integrations i"
      " ON i.id = r.integration_id WHERE i.name = ?2))"
      " AND (?3 IS NULL OR key LIKE ?3 ESCAPE '\\' OR source_key LIKE ?3 ESCAPE '\\') ORDER BY id DESC",
      NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) problem = NULL;
  HubStatement *statement =
      hub_database_query (database, error, sql, "iss", query->run, query->integration, pattern);
  if (statement == NULL)
    return NULL;
  while (hub_database_next (database, statement, &problem)) {
    gint64 id = hub_statement_int (statement, 0);
    g_array_append_val (ids, id);
  }
  if (problem == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* Days from @n_days - 1 days ago to today, with nothing in them. */
static GArray *make_days (guint n_days) {
  GArray *days = g_array_sized_new (FALSE, TRUE, sizeof (HubDay), n_days);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  for (guint i = 0; i < n_days; i++) {
    g_autoptr (GDateTime) then = g_date_time_add_days (now, (int) i - (int) n_days + 1);
    g_autoptr (GDateTime) start =
        g_date_time_new_local (g_date_time_get_year (then), g_date_time_get_month (then),
                               g_date_time_get_day_of_month (then), 0, 0, 0);
    HubDay day = { .day = g_date_time_to_unix (start) * 1000 };
    g_array_append_val (days, day);
  }
  return days;
}

GArray *hub_history_list_days (HubDatabase *database, guint n_days, GError **error) {
  g_autoptr (GArray) days = make_days (n_days);
  g_autoptr (GError) problem = NULL;
  HubStatement *statement =
      hub_database_query (database, error, "list-days", "ii", g_array_index (days, HubDay, 0).day, QUARTER);
  if (statement == NULL)
    return NULL;
  while (hub_database_next (database, statement, &problem)) {
    guint i = n_days - 1;
    while (i > 0 && g_array_index (days, HubDay, i).day > hub_statement_int (statement, 0) * QUARTER)
      i--;
    g_array_index (days, HubDay, i).delivered += hub_statement_int (statement, 1);
    g_array_index (days, HubDay, i).rejected += hub_statement_int (statement, 2);
  }
  if (problem == NULL)
    return g_steal_pointer (&days);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gpointer read_health (HubStatement *statement, GError **error) {
  HubHealth *health = g_new0 (HubHealth, 1);
  health->integration = hub_statement_text (statement, 0);
  health->runs = hub_statement_int (statement, 1);
  health->successes = hub_statement_int (statement, 2);
  health->last_success = hub_statement_int (statement, 3);
  health->open_rejects = hub_statement_int (statement, 4);
  return health;
}

GPtrArray *hub_history_list_health (HubDatabase *database, GError **error) {
  gint64 since = g_get_real_time () / 1000 - DAYS_OF_HEALTH * 96 * QUARTER;
  HubStatement *statement = hub_database_query (database, error, "list-health", "i", since);
  return hub_store_read_rows (database, statement, read_health, (GDestroyNotify) hub_health_free, error);
}
