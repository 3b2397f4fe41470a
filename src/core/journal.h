/* journal.h: runs, deliveries and identities: what was done, kept before any byte leaves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "database.h"
#include "delivery.h"
#include "integration.h"

typedef enum {
  HUB_RUN_RUNNING,
  HUB_RUN_SUCCESS,
  HUB_RUN_PARTIAL, /* done, with rejects */
  HUB_RUN_FAILED,
  HUB_RUN_CANCELLED,
  HUB_RUN_NEEDS_ATTENTION, /* the user must act: a refused key, a locked keyring */
} HubRunStatus;

typedef struct {
  guint64 read, created, updated, unchanged, filtered, rejected;
} HubCounters;

typedef struct {
  gint64 id;
  char *integration; /* (owned) name */
  HubRunStatus status;
  HubCounters counters;
  gint64 started, finished; /* unix milliseconds; finished 0 while it runs */
  char *message;            /* (owned) (nullable) why it did not succeed */
} HubRun;

HubRun *hub_run_new (const char *integration);
void hub_run_free (HubRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubRun, hub_run_free)

/* The contract's word: "success", "needs-attention"... */
const char *hub_run_status_name (HubRunStatus status);

/* Keeps a new run and sets run->id; runs of the same integration that a dead process left running are ended as failed. */
gboolean hub_journal_begin (HubDatabase *database, HubRun *run, const HubIntegration *integration,
                            GError **error);

/* Writes the run's status, counters and message. */
gboolean hub_journal_end (HubDatabase *database, const HubRun *run, GError **error);

/* Runs of @integration (NULL: of all), newest first, at most @limit. (transfer full) (element-type HubRun) */
GPtrArray *hub_journal_list_runs (HubDatabase *database, const char *integration, guint limit,
                                  GError **error);

/* In one transaction: keeps @deliveries (element-type HubDelivery) of the actions create, update and reject as rows in state
 * `sent` or `rejected` and sets their ids. Committed before any byte leaves. */
gboolean hub_journal_send (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                           GPtrArray *deliveries, GError **error);

/* In one transaction: what became of sent @deliveries: `confirmed` with their identities, or `rejected` where action is reject. */
gboolean hub_journal_confirm (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                              GPtrArray *deliveries, GError **error);

/* The same for all that @run sent and that isn't a reject, once a destination that commits at the end has done so. */
gboolean hub_journal_confirm_all (HubDatabase *database, const HubRun *run, GError **error);

/* Whether a delivery of @source_key to this integration was ever confirmed. */
gboolean hub_journal_delivered (HubDatabase *database, const HubIntegration *integration,
                                const char *source_key, gboolean *delivered, GError **error);

/* The source keys of this integration's deliveries in @state ("sent": in doubt, "rejected": open). (transfer full) */
GHashTable *hub_journal_list_keys (HubDatabase *database, const HubIntegration *integration,
                                   const char *state, GError **error);

/* Moves what runs before @run left in state @from about @delivery's source record to state @to ("confirmed", "unknown",
 * "retried"). */
gboolean hub_journal_settle (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                             const HubDelivery *delivery, const char *from, const char *to, GError **error);

typedef struct {
  gint64 id;
  gint64 run;
  gint64 time;      /* unix milliseconds */
  char *source_key; /* (owned) (nullable) */
  char *key;        /* (owned) (nullable) */
  char *field;      /* (owned) (nullable) */
  char *reason;     /* (owned) */
  char *record;     /* (owned) the source record, JSON */
} HubReject;

void hub_reject_free (HubReject *reject);

/* The open rejects of @integration, oldest first. (transfer full) (element-type HubReject) */
GPtrArray *hub_journal_list_rejects (HubDatabase *database, const char *integration, GError **error);
