/* engine.h: carries out a run: read, filter, map, plan, journal, write, confirm; and takes one back (undo.c).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "runs.h"
#include "record.h"

typedef struct {
  gboolean preview; /* stop before the journal: nothing is written anywhere */
  gboolean full;    /* read and compare everything, even where the source can tell what has changed */
  gboolean retry;   /* take only the records that were rejected */
  GHashTable
      *only; /* (nullable) take only the records with these source keys; borrowed until the run is over */
  const HubIntegration
      *draft;      /* (nullable) preview this instead of what the store has; borrowed until the run is over */
  gint64 undone;   /* hub_engine_run_async(): take back this run instead; 0: none */
  gint64 delivery; /* hub_undo(): take back only this one; 0: all */
  guint64 first;   /* take only so many records that pass the filter; 0: all */
  /* Called in the run's thread for every delivery that was decided (preview) or done (run). (nullable) */
  void (*on_delivery) (const HubDelivery *delivery, const HubIntegration *integration, gpointer user_data);
  /* Called in the run's thread after every batch. (nullable) */
  void (*on_progress) (const HubCounters *counters, gpointer user_data);
  gpointer user_data;
} HubRunOptions;

/* Runs the integration called @name in the calling thread and returns when it is over. Opens its own database connection.
 * NULL with @error only when no run came about: no such integration, another process runs it (HUB_ERROR_BUSY), a broken store.
 * What goes wrong in a run is in its status and message, and *error (nullable) is then set beside it. (transfer full) */
HubRun *hub_engine_run (const char *name, const HubRunOptions *options, GCancellable *cancellable,
                        GError **error);

/* The same on a worker thread, or hub_undo() where options->undone says so; the callbacks of @options are called there. */
void hub_engine_run_async (const char *name, const HubRunOptions *options, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
HubRun *hub_engine_run_finish (GAsyncResult *result, GError **error);

/* What an undo cannot take back of what is written to @destination, said before it is sent; NULL: nothing. (transfer full) */
char *hub_undo_limits (const HubEndpoint *destination);

/* Takes back what run @id wrote, newest delivery first: a created record is removed, an updated one gets back what its fields
 * held, both only where the destination still holds what was sent; anything else is a conflict, kept and untouched. May be
 * repeated: what is undone already stays so. Works in the calling thread; of @options only on_progress counts.
 * Returns: (transfer full): the undo as a run of its own kind; NULL with @error as hub_engine_run(). */
HubRun *hub_undo (gint64 id, const HubRunOptions *options, GCancellable *cancellable, GError **error);
