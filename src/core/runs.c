/* runs.c: runs and how far they have read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "store.h"

static const char *const status_names[] = { "running", "success",   "partial",
                                            "failed",  "cancelled", "needs-attention" };

static const char *const kind_names[] = { "run", "retry", "undo" };

HubRun *hub_run_new (const char *integration, HubRunKind kind) {
  HubRun *run = g_new0 (HubRun, 1);
  run->integration = g_strdup (integration);
  run->kind = kind;
  run->started = g_get_real_time () / 1000;
  return run;
}

void hub_run_free (HubRun *run) {
  g_free (run->integration);
  g_free (run->message);
  g_free (run);
}

const char *hub_run_status_name (HubRunStatus status) {
  return status_names[status];
}

const char *hub_run_kind_name (HubRunKind kind) {
  return kind_names[kind];
}

/* The index of @name, which one of ours wrote, in @names. */
static guint index_of (const char *const *names, const char *name) {
  guint i = 0;
  while (!g_str_equal (names[i], name))
    i++;
  return i;
}

gboolean hub_run_begin (HubDatabase *database, HubRun *run, const HubIntegration *integration,
                        GError **error) {
  if (!hub_database_run (database, error, "interrupt-runs", "isi", run->started,
                         _ ("interrupted; the next run has finished its work"), integration->id)
      || !hub_database_run (database, error, "begin-run", "iisi", integration->id, integration->version,
                            kind_names[run->kind], run->started))
    return FALSE;
  run->id = hub_database_last_id (database);
  return TRUE;
}

gboolean hub_run_mark_fresh (HubDatabase *database, HubRun *run, GError **error) {
  run->fresh = TRUE;
  return hub_database_run (database, error, "UPDATE runs SET fresh = 1 WHERE id = ?", "i", run->id);
}

gboolean hub_run_end (HubDatabase *database, const HubRun *run, GError **error) {
  const HubCounters *counters = &run->counters;
  return hub_database_run (database, error, "end-run", "siiiiiiisi", status_names[run->status], run->finished,
                           counters->read, counters->created, counters->updated, counters->unchanged,
                           counters->filtered, counters->rejected, run->message, run->id);
}

static gpointer read_run (HubStatement *statement, GError **error) {
  g_autofree char *name = hub_statement_text (statement, 1);
  g_autofree char *status = hub_statement_text (statement, 2);
  g_autofree char *kind = hub_statement_text (statement, 12);
  HubRun *run = hub_run_new (name, index_of (kind_names, kind));
  run->id = hub_statement_int (statement, 0);
  run->status = index_of (status_names, status);
  run->started = hub_statement_int (statement, 3);
  run->finished = hub_statement_int (statement, 4);
  run->counters = (HubCounters){
    .read = hub_statement_int (statement, 5),
    .created = hub_statement_int (statement, 6),
    .updated = hub_statement_int (statement, 7),
    .unchanged = hub_statement_int (statement, 8),
    .filtered = hub_statement_int (statement, 9),
    .rejected = hub_statement_int (statement, 10),
  };
  run->message = hub_statement_text (statement, 11);
  run->fresh = hub_statement_int (statement, 13) != 0;
  return run;
}

GPtrArray *hub_run_list (HubDatabase *database, const char *integration, guint limit, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "list-runs", "si", integration, (gint64) limit);
  return hub_store_read_rows (database, statement, read_run, (GDestroyNotify) hub_run_free, error);
}

GPtrArray *hub_run_list_last (HubDatabase *database, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "list-last-runs", "");
  return hub_store_read_rows (database, statement, read_run, (GDestroyNotify) hub_run_free, error);
}

HubRun *hub_run_get (HubDatabase *database, gint64 id, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "get-run", "i", id);
  g_autoptr (GPtrArray) runs =
      hub_store_read_rows (database, statement, read_run, (GDestroyNotify) hub_run_free, error);
  if (runs == NULL)
    return NULL;
  if (runs->len == 1)
    return g_ptr_array_steal_index (runs, 0);
  g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
               _ ("there is no run %" PRId64 "; “integration-hub runs” lists them"), id);
  return NULL;
}

gboolean hub_run_get_cursor (HubDatabase *database, const HubIntegration *integration, char **cursor,
                             GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT cursor FROM cursors WHERE integration_id = ? AND version = ?", "ii",
      integration->id, integration->version);
  return hub_store_read_text (database, statement, cursor, error);
}

gboolean hub_run_set_cursor (HubDatabase *database, const HubIntegration *integration, const char *cursor,
                             GError **error) {
  if (cursor == NULL)
    return hub_database_run (database, error, "DELETE FROM cursors WHERE integration_id = ?", "i",
                             integration->id);
  return hub_database_run (database, error, "set-cursor", "iit", integration->id, integration->version,
                           cursor);
}
