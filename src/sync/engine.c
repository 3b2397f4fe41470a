/* engine.c: carries out a run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine.h"

#include <glib/gi18n-lib.h>

#include "context.h"
#include "drift.h"
#include "history.h"
#include "journal.h"
#include "reader.h"
#include "undo.h"
#include "writer.h"

/* The records of @keys that are in @only (nullable: all of them); @keys is changed. */
static void keep_only (GHashTable *keys, GHashTable *only) {
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, keys);
  while (only && g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (only, key))
      g_hash_table_iter_remove (&iter);
}

/* What the reading borrows. */
typedef struct {
  char *cursor;            /* (owned) (nullable) */
  GHashTable *rejects;     /* (owned) (nullable) */
  GHashTable *corrections; /* (owned) (nullable) */
  GHashTable *examples;    /* (owned) (nullable) */
} Lent;

static void lent_clear (Lent *lent) {
  g_free (lent->cursor);
  g_clear_pointer (&lent->rejects, g_hash_table_unref);
  g_clear_pointer (&lent->corrections, g_hash_table_unref);
  g_clear_pointer (&lent->examples, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lent, lent_clear)

/* What to read of the source: a retry takes the rejects, a run what has changed since the last one. */
static gboolean choose_reading (HubContext *context, const HubRunOptions *options, HubReading *reading,
                                Lent *lent, GError **error) {
  lent->corrections = hub_journal_list_corrections (context->database, context->integration, error);
  lent->examples = hub_drift_list_examples (context->database, context->integration, error);
  if (lent->corrections == NULL || lent->examples == NULL)
    return FALSE;
  hub_connector_set_examples (context->destination, lent->examples);
  reading->examples = lent->examples;
  reading->batch_size = hub_connector_get_batch_size (context->destination);
  reading->first = options->first;
  reading->only = options->only;
  reading->corrections = g_hash_table_size (lent->corrections) ? lent->corrections : NULL;
  if (options->retry) {
    reading->only = lent->rejects =
        hub_journal_list_keys (context->database, context->integration, HUB_UNSETTLED_REJECTED, error);
    if (lent->rejects)
      keep_only (lent->rejects, options->only);
    return lent->rejects != NULL;
  }
  if (options->full || options->only)
    return TRUE;
  if (!hub_run_get_cursor (context->database, context->integration, &lent->cursor, error))
    return FALSE;
  reading->since = lent->cursor;
  return TRUE;
}

/* After the last record: the next run goes on from here, unless this one left something out. A source that has suddenly become
 * empty is worth a word: nothing was changed because of it. */
static gboolean conclude_reading (HubContext *context, HubRun *run, const HubRunOptions *options,
                                  HubReader *reader, GError **error) {
  gboolean delivered = FALSE;
  if (hub_reader_is_complete (reader) && run->counters.read == 0) {
    if (!hub_journal_has_delivered (context->database, context->integration, &delivered, error))
      return FALSE;
    if (delivered)
      run->message = g_strdup (_ ("the source is suddenly empty; nothing was changed; check it"));
  }
  if (options->preview || options->retry || options->only || options->first)
    return TRUE;
  return hub_run_set_cursor (context->database, context->integration, hub_reader_get_cursor (reader), error)
         && hub_history_thin (context->database, error);
}

/* Delivers batch by batch what the reader thread reads. */
static gboolean deliver_all (HubReader *reader, HubWriter *writer, GCancellable *cancellable,
                             GError **error) {
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  while ((batch = hub_reader_next (reader, &problem))) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !hub_writer_deliver (writer, batch, cancellable, error))
      return FALSE;
    g_clear_pointer (&batch, g_ptr_array_unref);
  }
  if (problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  return error == NULL || *error == NULL;
}

/* The run itself. @error is never NULL. */
static gboolean carry_out (HubContext *context, HubRun *run, const HubRunOptions *options,
                           GCancellable *cancellable, GError **error) {
  HubReading reading = { 0 };
  g_auto (Lent) lent = { 0 };
  if (!hub_context_open (context, cancellable, error)
      || !choose_reading (context, options, &reading, &lent, error))
    return FALSE;
  g_autoptr (HubWriter) writer =
      hub_writer_new (context->database, context->integration, context->destination, run, options, error);
  if (writer == NULL)
    return FALSE;
  g_autoptr (HubReader) reader = hub_reader_start (context->integration, context->source_account,
                                                   context->source_secret, &reading, cancellable);
  return deliver_all (reader, writer, cancellable, error)
         && hub_writer_finish (writer, hub_reader_is_complete (reader), cancellable, error)
         && conclude_reading (context, run, options, reader, error);
}

HubRun *hub_engine_run (const char *name, const HubRunOptions *options, GCancellable *cancellable,
                        GError **error) {
  g_auto (HubContext) context = { 0 };
  GError *problem = NULL;
  if (!hub_context_init (&context, name, options->preview ? options->draft : NULL, error))
    return NULL;
  g_autoptr (HubRun) run =
      hub_run_new (context.integration->name, options->retry ? HUB_KIND_RETRY : HUB_KIND_RUN);
  if (!options->preview && !hub_context_begin (&context, run, error))
    return NULL;
  carry_out (&context, run, options, cancellable, &problem);
  problem = hub_context_end (&context, run, problem);
  if (problem)
    g_propagate_error (error, problem);
  return g_steal_pointer (&run);
}

typedef struct {
  char *name; /* (owned) */
  HubRunOptions options;
} Job;

static void job_free (gpointer data) {
  Job *job = data;
  g_free (job->name);
  g_free (job);
}

static void run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Job *job = data;
  g_autoptr (GError) error = NULL;
  HubRun *run = job->options.undone ? hub_undo (job->options.undone, &job->options, cancellable, &error)
                                    : hub_engine_run (job->name, &job->options, cancellable, &error);
  if (run)
    g_task_return_pointer (task, run, (GDestroyNotify) hub_run_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void hub_engine_run_async (const char *name, const HubRunOptions *options, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->name = g_strdup (name);
  job->options = *options;
  g_task_set_task_data (task, job, job_free);
  g_task_set_check_cancellable (task, FALSE); /* a cancelled run has a result to show too */
  g_task_run_in_thread (task, run_in_thread);
}

HubRun *hub_engine_run_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
