/* engine.c: carries out a run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine.h"

#include <glib/gi18n-lib.h>
#include <sys/resource.h>

#include "context.h"
#include "history.h"
#include "journal.h"
#include "reader.h"
#include "writer.h"

#define NICE 10 /* how far a run stands back behind the window, and behind the server that draws it */

static gboolean is_absent (gpointer key, gpointer value, gpointer only) {
  return !g_hash_table_contains (only, key);
}

/* What was sent to field @name, as people read it. (transfer full) (nullable) */
static char *show_sent (JsonObject *sent, const char *name) {
  HubValue value = { 0 };
  JsonNode *node = json_object_get_member (sent, name);
  char *text = node && hub_value_from_json (&value, node) ? hub_value_display (&value) : NULL;
  hub_value_clear (&value);
  return text;
}

/* Source and destination fields → the value that each had in the first record that @integration created (the values of both as they were
 * sent): by it one that was renamed is known again. (transfer full) */
static GHashTable *list_examples (HubDatabase *database, const HubIntegration *integration, GError **error) {
  g_autoptr (JsonArray) rows = hub_database_list (database, error, "first-sent", "i", integration->id);
  g_autoptr (JsonObject) definition =
      rows ? hub_json_parse_object (integration->definition, strlen (integration->definition),
                                    integration->name, error)
           : NULL;
  if (definition == NULL)
    return NULL;
  GHashTable *examples = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonArray *rules = json_object_get_array_member (definition, "mapping");
  JsonNode *first = json_array_get_length (rows)
                        ? json_object_get_member (json_array_get_object_element (rows, 0), "sent")
                        : NULL;
  JsonObject *sent = first && JSON_NODE_HOLDS_OBJECT (first) ? json_node_get_object (first) : NULL;
  for (guint i = 0; sent && i < json_array_get_length (rules); i++) {
    JsonObject *rule = json_array_get_object_element (rules, i);
    const char *from = json_object_get_string_member_with_default (rule, "from", NULL);
    const char *to = json_object_get_string_member (rule, "to");
    g_autofree char *value = show_sent (sent, to);
    if (value && from && !json_object_has_member (rule, "steps")) /* else the source had something else */
      g_hash_table_insert (examples, g_strdup (from), g_strdup (value));
    if (value)
      g_hash_table_insert (examples, g_strdup (to), g_steal_pointer (&value));
  }
  return examples;
}

/* What to read of the source: a retry takes the rejects, a run what has changed since the last one. */
static gboolean choose_reading (HubContext *context, HubConnector *source, const HubRunOptions *options,
                                HubReading *reading, GError **error) {
  g_autoptr (GHashTable) examples = list_examples (context->database, context->integration, error);
  reading->corrections = hub_journal_list_corrections (context->database, context->integration, error);
  if (reading->corrections == NULL || examples == NULL)
    return FALSE;
  hub_connector_set_examples (source, examples);
  hub_connector_set_examples (context->destination, examples);
  reading->batch_size = HUB_CONNECTOR_GET_CLASS (context->destination)->batch_size;
  reading->first = options->first;
  if (options->retry) {
    reading->only =
        hub_journal_list_keys (context->database, context->integration, HUB_UNSETTLED_REJECTED, error);
    if (reading->only && options->only)
      g_hash_table_foreach_remove (reading->only, is_absent, options->only);
    return reading->only != NULL;
  }
  reading->only = options->only ? g_hash_table_ref (options->only) : NULL;
  return options->full || options->only
         || hub_run_get_cursor (context->database, context->integration, &reading->since, error);
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
static gboolean carry_out (HubContext *context, HubRun *run, gpointer data, GCancellable *cancellable,
                           GError **error) {
  const HubRunOptions *options = data;
  g_auto (HubReading) reading = { 0 };
  g_autoptr (HubConnector) source =
      hub_context_open_endpoint (context->database, context->integration->source, cancellable, error);
  if (source)
    context->destination =
        hub_context_open_endpoint (context->database, context->integration->destination, cancellable, error);
  if (context->destination == NULL || !choose_reading (context, source, options, &reading, error))
    return FALSE;
  g_autoptr (HubWriter) writer =
      hub_writer_new (context->database, context->integration, context->destination, run, options, error);
  if (writer == NULL)
    return FALSE;
  g_autoptr (HubReader) reader =
      hub_reader_start (context->integration, g_steal_pointer (&source), &reading, cancellable);
  return deliver_all (reader, writer, cancellable, error)
         && hub_writer_finish (writer, hub_reader_is_complete (reader), cancellable, error)
         && conclude_reading (context, run, options, reader, error);
}

HubRun *hub_engine_run (const char *name, const HubRunOptions *options, GCancellable *cancellable,
                        GError **error) {
  g_auto (HubContext) context = { 0 };
  if (!hub_context_init (&context, name, options->preview ? options->draft : NULL, error))
    return NULL;
  return hub_context_run (&context, options->retry ? HUB_KIND_RETRY : HUB_KIND_RUN, !options->preview,
                          carry_out, (gpointer) options, cancellable, error);
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

/* A thread of its own: one of a pool would stand back for whatever it does next, too. */
static gpointer run_in_thread (gpointer data) {
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  setpriority (PRIO_PROCESS, 0, NICE); /* on Linux: of this thread, and of those that it starts */
  HubRun *run = job->options.undone ? hub_undo (job->options.undone, &job->options, cancellable, &error)
                                    : hub_engine_run (job->name, &job->options, cancellable, &error);
  if (run)
    g_task_return_pointer (task, run, (GDestroyNotify) hub_run_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  return NULL;
}

void hub_engine_run_async (const char *name, const HubRunOptions *options, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->name = g_strdup (name);
  job->options = *options;
  g_task_set_task_data (task, job, job_free);
  g_task_set_check_cancellable (task, FALSE); /* a cancelled run has a result to show too */
  g_thread_unref (g_thread_new ("hub-run", run_in_thread, g_object_ref (task)));
}

HubRun *hub_engine_run_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
