/* runs.c: runs, how far they have read, and the right to run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "store.h"

static const char *const status_names[] = { "running",   "success",         "partial", "failed",
                                            "cancelled", "needs-attention", NULL };

static const char *const kind_names[] = { "run", "retry", "undo", NULL };

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

/* The index of @name, which one of ours wrote, in @names; the last one's where a broken file has something else. */
static guint index_of (const char *const *names, const char *name) {
  guint i = 0;
  while (names[i + 1] && !g_str_equal (names[i], name))
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
  return hub_database_run (database, error, "end-run", "siiiiiiisii", status_names[run->status],
                           run->finished, counters->read, counters->created, counters->updated,
                           counters->unchanged, counters->filtered, counters->rejected, run->message,
                           (gint64) run->cause, run->id);
}

static gpointer read_run (HubStatement *statement, GError **error) {
  HubRun *run = g_new0 (HubRun, 1);
  HubCounters *counters = &run->counters;
  g_autofree char *status = NULL, *kind = NULL;
  hub_statement_read (statement, "issiiiiiiiissbb", &run->id, &run->integration, &status, &run->started,
                      &run->finished, &counters->read, &counters->created, &counters->updated,
                      &counters->unchanged, &counters->filtered, &counters->rejected, &run->message, &kind,
                      &run->fresh, &run->cause);
  run->kind = index_of (kind_names, kind);
  run->status = index_of (status_names, status);
  return run;
}

GPtrArray *hub_run_list (HubDatabase *database, const char *integration, guint limit, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "list-runs", "si", integration, (gint64) limit);
  return hub_database_rows (database, statement, read_run, (GDestroyNotify) hub_run_free, error);
}

GPtrArray *hub_run_list_last (HubDatabase *database, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "list-last-runs", "");
  return hub_database_rows (database, statement, read_run, (GDestroyNotify) hub_run_free, error);
}

HubRun *hub_run_get (HubDatabase *database, gint64 id, GError **error) {
  HubStatement *statement = hub_database_query (database, error, "get-run", "i", id);
  g_autoptr (GPtrArray) runs =
      hub_database_rows (database, statement, read_run, (GDestroyNotify) hub_run_free, error);
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
  return hub_database_text (database, statement, cursor, error);
}

gboolean hub_run_set_cursor (HubDatabase *database, const HubIntegration *integration, const char *cursor,
                             GError **error) {
  if (cursor == NULL)
    return hub_database_run (database, error, "DELETE FROM cursors WHERE integration_id = ?", "i",
                             integration->id);
  return hub_database_run (database, error, "set-cursor", "iit", integration->id, integration->version,
                           cursor);
}

struct _HubLease {
  int fd;
};

HubLease *hub_lease_take (gint64 id, const char *name, GError **error) {
  g_autofree char *folder = hub_store_folder (error);
  if (folder == NULL)
    return NULL;
  g_autofree char *path = g_build_filename (folder, "hub.lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock byte = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1 };
  if (fd >= 0 && fcntl (fd, F_OFD_SETLK, &byte) == 0) {
    HubLease *lease = g_new0 (HubLease, 1);
    lease->fd = fd;
    return lease;
  }
  int problem = errno;
  if (fd >= 0)
    close (fd);
  if (problem == EAGAIN || problem == EACCES)
    g_set_error (error, HUB_ERROR, HUB_ERROR_BUSY,
                 _ ("“%s” is running already; wait until that run is over, or cancel it"), name);
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_STORE, _ ("cannot lock %s: %s; make it writable for you"), path,
                 g_strerror (problem));
  return NULL;
}

void hub_lease_release (HubLease *lease) {
  close (lease->fd);
  g_free (lease);
}
