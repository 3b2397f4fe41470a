/* runs.h: the runs of integrations, and how far each has read its source.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "database.h"
#include "integration.h"

typedef enum {
  HUB_RUN_RUNNING,
  HUB_RUN_SUCCESS,
  HUB_RUN_PARTIAL, /* done, with rejects */
  HUB_RUN_FAILED,
  HUB_RUN_CANCELLED,
  HUB_RUN_NEEDS_ATTENTION, /* the user must act: a refused key, a locked keyring */
} HubRunStatus;

typedef enum {
  HUB_KIND_RUN,
  HUB_KIND_RETRY, /* of the rejects alone */
  HUB_KIND_UNDO, /* counters: read deliveries, updated those taken back, unchanged those that were so already, rejected conflicts */
} HubRunKind;

typedef struct {
  guint64 read, created, updated, unchanged, filtered, rejected;
} HubCounters;

typedef struct {
  gint64 id;
  char *integration; /* (owned) name */
  HubRunKind kind;
  HubRunStatus status;
  HubCounters counters;
  gint64 started, finished; /* unix milliseconds; finished 0 while it runs */
  gboolean fresh;           /* it made the destination's header, which an undo takes back too */
  char *message;            /* (owned) (nullable) why it did not succeed */
  int cause;                /* a HubError that it stopped for; 0: none */
} HubRun;

HubRun *hub_run_new (const char *integration, HubRunKind kind);
void hub_run_free (HubRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubRun, hub_run_free)

/* The contract's word: "success", "needs-attention"... */
const char *hub_run_status_name (HubRunStatus status);

/* The word in runs --json: "run", "retry", "undo". */
const char *hub_run_kind_name (HubRunKind kind);

/* Keeps a new run and sets run->id; runs of the same integration that a dead process left running are ended as failed. */
gboolean hub_run_begin (HubDatabase *database, HubRun *run, const HubIntegration *integration,
                        GError **error);

/* Keeps that the run has made the destination's header. */
gboolean hub_run_mark_fresh (HubDatabase *database, HubRun *run, GError **error);

/* Writes the run's status, counters and message. */
gboolean hub_run_end (HubDatabase *database, const HubRun *run, GError **error);

/* Runs of @integration (NULL: of all), newest first, at most @limit. (transfer full) (element-type HubRun) */
GPtrArray *hub_run_list (HubDatabase *database, const char *integration, guint limit, GError **error);

/* The last run of each integration that ever ran, by the integration's name. (transfer full) (element-type HubRun) */
GPtrArray *hub_run_list_last (HubDatabase *database, GError **error);

/* The run @id. (transfer full), or NULL with HUB_ERROR_NOT_FOUND. */
HubRun *hub_run_get (HubDatabase *database, gint64 id, GError **error);

/* How far the source has been read with the current mapping: the connector's cursor, or NULL. (transfer full) */
gboolean hub_run_get_cursor (HubDatabase *database, const HubIntegration *integration, char **cursor,
                             GError **error);
/* Keeps @cursor for the next run; NULL: that reads everything. */
gboolean hub_run_set_cursor (HubDatabase *database, const HubIntegration *integration, const char *cursor,
                             GError **error);

/* The right to run an integration, held by one run at a time on this machine: an open file description that locks one byte of hub.lock per integration: the kernel gives it back when the process
 * dies, however it dies. */
typedef struct _HubLease HubLease;

/* Takes the lease on integration @id without waiting; HUB_ERROR_BUSY when another run has it. @name is for the error. */
HubLease *hub_lease_take (gint64 id, const char *name, GError **error);
void hub_lease_release (HubLease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubLease, hub_lease_release)
