/* cli-runs.c: the commands about integrations and their runs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "engine.h"
#include "error.h"
#include "import.h"
#include "journal.h"

#define PREVIEW_SHOWN 20
#define RUNS_SHOWN 1000

int hub_cli_import (const HubArguments *arguments, GError **error) {
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) problem = NULL;
  if (!g_file_get_contents (arguments->arguments[0], &text, &length, &problem)) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, "%s; %s", problem->message, _ ("check the file's name"));
    return -1;
  }
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (GPtrArray) integrations = database ? hub_import (database, text, length, error) : NULL;
  if (integrations == NULL) {
    g_prefix_error (error, "%s: ", arguments->arguments[0]);
    return -1;
  }
  for (guint i = 0; i < integrations->len; i++)
    printf (_ ("Imported “%s”\n"), ((HubIntegration *) g_ptr_array_index (integrations, i))->name);
  return HUB_EXIT_DONE;
}

int hub_cli_export (const HubArguments *arguments, GError **error) {
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (GPtrArray) integrations = NULL;
  if (database == NULL)
    return -1;
  if (arguments->n_arguments == 0)
    integrations = hub_store_list_integrations (database, error);
  else
    integrations = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_integration_free);
  for (guint i = 0; integrations && i < arguments->n_arguments; i++) {
    HubIntegration *integration = hub_store_get_integration (database, arguments->arguments[i], error);
    if (integration == NULL)
      return -1;
    g_ptr_array_add (integrations, integration);
  }
  if (integrations == NULL)
    return -1;
  g_autofree char *text = hub_portable_write (integrations);
  fputs (text, stdout);
  return HUB_EXIT_DONE;
}

static void add_run (JsonBuilder *builder, const HubRun *run) {
  const HubCounters *counters = &run->counters;
  json_builder_begin_object (builder);
  hub_cli_add_integer (builder, "run", run->id);
  hub_cli_add_text (builder, "integration", run->integration);
  hub_cli_add_text (builder, "status", hub_run_status_name (run->status));
  hub_cli_add_integer (builder, "read", counters->read);
  hub_cli_add_integer (builder, "created", counters->created);
  hub_cli_add_integer (builder, "updated", counters->updated);
  hub_cli_add_integer (builder, "unchanged", counters->unchanged);
  hub_cli_add_integer (builder, "filtered", counters->filtered);
  hub_cli_add_integer (builder, "rejected", counters->rejected);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, run->finished ? (run->finished - run->started) / 1000.0 : 0);
  hub_cli_add_text (builder, "message", run->message);
  hub_cli_add_time (builder, "started", run->started);
  hub_cli_add_time (builder, "finished", run->finished);
  json_builder_end_object (builder);
}

/* A run's counters in words. (transfer full) */
static char *describe_counters (const HubCounters *counters) {
  return g_strdup_printf (_ ("%1$" G_GUINT64_FORMAT " read: %2$" G_GUINT64_FORMAT
                             " created, %3$" G_GUINT64_FORMAT " updated, %4$" G_GUINT64_FORMAT
                             " unchanged, %5$" G_GUINT64_FORMAT " filtered, %6$" G_GUINT64_FORMAT
                             " rejected"),
                          counters->read, counters->created, counters->updated, counters->unchanged,
                          counters->filtered, counters->rejected);
}

static void print_run (const HubRun *run, gboolean json) {
  if (json) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    add_run (builder, run);
    hub_cli_print_json (builder);
    return;
  }
  g_autofree char *counters = describe_counters (&run->counters);
  printf ("%s: %s\n", run->integration, counters);
}

static int run_exit_status (const HubRun *run) {
  switch (run->status) {
  case HUB_RUN_SUCCESS: return HUB_EXIT_DONE;
  case HUB_RUN_PARTIAL: return HUB_EXIT_REJECTS;
  case HUB_RUN_NEEDS_ATTENTION: return HUB_EXIT_USER;
  default: return HUB_EXIT_FAILED;
  }
}

/* Shows the counters on a terminal's standard error while a run goes on; called in the run's thread. */
static void show_progress (const HubCounters *counters, gpointer user_data) {
  g_autofree char *text = describe_counters (counters);
  fprintf (stderr, "\r\033[K%s", text);
}

static void end_progress (void) {
  if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
}

static gboolean cancel_run (gpointer cancellable) {
  g_cancellable_cancel (cancellable);
  return G_SOURCE_CONTINUE;
}

typedef struct {
  GMainLoop *loop;
  HubRun *run;
  GError *error;
} Outcome;

static void run_over (GObject *source, GAsyncResult *result, gpointer user_data) {
  Outcome *outcome = user_data;
  outcome->run = hub_engine_run_finish (result, &outcome->error);
  g_main_loop_quit (outcome->loop);
}

/* Runs on a worker thread while this one waits for the end, or for Ctrl+C to cancel. */
static HubRun *run_and_wait (const char *name, const HubRunOptions *options, GError **error) {
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Outcome outcome = { .loop = loop };
  guint interrupt = g_unix_signal_add (SIGINT, cancel_run, cancellable);
  guint terminate = g_unix_signal_add (SIGTERM, cancel_run, cancellable);
  hub_engine_run_async (name, options, cancellable, run_over, &outcome);
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  if (outcome.error)
    g_propagate_error (error, outcome.error);
  return outcome.run;
}

int hub_cli_run (const HubArguments *arguments, GError **error) {
  HubRunOptions options = {
    .first = arguments->first,
    .on_progress = isatty (STDERR_FILENO) ? show_progress : NULL,
  };
  g_autoptr (HubRun) run = run_and_wait (arguments->arguments[0], &options, error);
  end_progress ();
  if (run == NULL)
    return -1;
  print_run (run, arguments->json);
  if (run->message)
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, run->message);
  return run_exit_status (run);
}

/* A preview is printed as it comes, so that it stays small in memory whatever its length. */
typedef struct {
  gboolean json;
  guint64 counts[HUB_ACTION_REJECT + 1];
  guint64 shown;
} Preview;

static void add_change (JsonBuilder *builder, const HubDelivery *delivery, const char *field, guint i) {
  g_autofree char *after = hub_value_display (&delivery->values[i]);
  g_autofree char *before = delivery->before && !hub_value_is_blank (&delivery->before[i])
                                ? hub_value_display (&delivery->before[i])
                                : NULL;
  json_builder_begin_object (builder);
  hub_cli_add_text (builder, "field", field);
  hub_cli_add_text (builder, "before", before);
  hub_cli_add_text (builder, "after", hub_value_is_blank (&delivery->values[i]) ? NULL : after);
  json_builder_end_object (builder);
}

static gboolean writes (const HubDelivery *delivery) {
  return delivery->action == HUB_ACTION_CREATE || delivery->action == HUB_ACTION_UPDATE;
}

static void print_json_record (const HubDelivery *delivery, const char *const *targets, gboolean first) {
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  hub_cli_add_text (builder, "action", hub_action_name (delivery->action));
  hub_cli_add_text (builder, "key", delivery->key ? delivery->key : delivery->source_key);
  json_builder_set_member_name (builder, "changes");
  json_builder_begin_array (builder);
  for (guint i = 0; writes (delivery) && i < delivery->n_fields; i++)
    if (delivery->change[i])
      add_change (builder, delivery, targets[i], i);
  json_builder_end_array (builder);
  hub_cli_add_text (builder, "reason", delivery->problem);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  printf ("%s\n    %s", first ? "" : ",", text);
}

static void print_record (const HubDelivery *delivery, const char *const *targets) {
  const char *marks[] = { "+", "~", "=", "-", "!" };
  const char *key = delivery->key ? delivery->key : delivery->source_key;
  printf ("%s %s", marks[delivery->action], key ? key : "");
  for (guint i = 0; writes (delivery) && i < delivery->n_fields; i++) {
    if (!delivery->change[i])
      continue;
    g_autofree char *after = hub_value_display (&delivery->values[i]);
    g_autofree char *before = delivery->before ? hub_value_display (&delivery->before[i]) : NULL;
    printf (" | %s: %s%s%s", targets[i], before ? before : "", before ? " → " : "", after);
  }
  printf ("%s%s\n", delivery->problem ? " | " : "", delivery->problem ? delivery->problem : "");
}

/* Called in the run's thread, while the main thread only waits. */
static void preview_delivery (const HubDelivery *delivery, const HubIntegration *integration,
                              gpointer user_data) {
  Preview *preview = user_data;
  const char *const *targets = hub_mapping_get_targets (integration->mapping);
  gboolean interesting = writes (delivery) || delivery->action == HUB_ACTION_REJECT;
  preview->counts[delivery->action]++;
  if (preview->json)
    print_json_record (delivery, targets, preview->shown++ == 0);
  else if (interesting && preview->shown++ < PREVIEW_SHOWN)
    print_record (delivery, targets);
}

static void print_preview_end (const Preview *preview) {
  if (preview->json) {
    printf ("\n  ]");
    for (guint i = 0; i < G_N_ELEMENTS (preview->counts); i++)
      printf (",\n  \"%s\": %" G_GUINT64_FORMAT, hub_action_name (i), preview->counts[i]);
    printf ("\n}\n");
    return;
  }
  if (preview->shown > PREVIEW_SHOWN)
    printf (_ ("… and %" G_GUINT64_FORMAT " more\n"), preview->shown - PREVIEW_SHOWN);
  printf (_ ("A run would create %1$" G_GUINT64_FORMAT " and update %2$" G_GUINT64_FORMAT
             "; unchanged %3$" G_GUINT64_FORMAT ", filtered %4$" G_GUINT64_FORMAT
             ", rejected %5$" G_GUINT64_FORMAT ". Nothing was written.\n"),
          preview->counts[HUB_ACTION_CREATE], preview->counts[HUB_ACTION_UPDATE],
          preview->counts[HUB_ACTION_UNCHANGED], preview->counts[HUB_ACTION_FILTERED],
          preview->counts[HUB_ACTION_REJECT]);
}

int hub_cli_preview (const HubArguments *arguments, GError **error) {
  Preview preview = { .json = arguments->json };
  HubRunOptions options = { .preview = TRUE, .on_delivery = preview_delivery, .user_data = &preview };
  if (preview.json)
    printf ("{\n  \"records\": [");
  g_autoptr (HubRun) run = run_and_wait (arguments->arguments[0], &options, error);
  if (run == NULL || run->message == NULL || preview.json)
    print_preview_end (&preview);
  if (run == NULL)
    return -1;
  if (run->message)
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, run->message);
  return run->status == HUB_RUN_PARTIAL ? HUB_EXIT_DONE : run_exit_status (run);
}

int hub_cli_runs (const HubArguments *arguments, GError **error) {
  const char *name = arguments->arguments[0];
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (HubIntegration) integration =
      database && name ? hub_store_get_integration (database, name, error) : NULL;
  if (database == NULL || (name && integration == NULL))
    return -1;
  g_autoptr (GPtrArray) runs = hub_run_list (database, name, RUNS_SHOWN, error);
  if (runs == NULL)
    return -1;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < runs->len; i++) {
    const HubRun *run = g_ptr_array_index (runs, i);
    add_run (builder, run);
    g_autofree char *time = hub_cli_time (run->started);
    g_autofree char *counters = describe_counters (&run->counters);
    if (!arguments->json)
      printf ("%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s\t%s\n", run->id, time, run->integration,
              hub_run_status_name (run->status), counters, run->message ? run->message : "");
  }
  json_builder_end_array (builder);
  if (arguments->json)
    hub_cli_print_json (builder);
  return HUB_EXIT_DONE;
}

static void add_reject (JsonBuilder *builder, const HubReject *reject, const char *integration) {
  g_autoptr (JsonNode) record = json_from_string (reject->record ? reject->record : "{}", NULL);
  json_builder_begin_object (builder);
  hub_cli_add_integer (builder, "reject", reject->id);
  hub_cli_add_integer (builder, "run", reject->run);
  hub_cli_add_text (builder, "integration", integration);
  hub_cli_add_text (builder, "key", reject->key ? reject->key : reject->source_key);
  hub_cli_add_text (builder, "source_key", reject->source_key);
  hub_cli_add_text (builder, "field", reject->field);
  hub_cli_add_text (builder, "reason", reject->reason);
  hub_cli_add_time (builder, "time", reject->time);
  json_builder_set_member_name (builder, "record");
  json_builder_add_value (builder, g_steal_pointer (&record));
  json_builder_end_object (builder);
}

int hub_cli_rejects (const HubArguments *arguments, GError **error) {
  const char *name = arguments->arguments[0];
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (HubIntegration) integration =
      database ? hub_store_get_integration (database, name, error) : NULL;
  g_autoptr (GPtrArray) rejects = integration ? hub_journal_list_rejects (database, name, error) : NULL;
  if (rejects == NULL)
    return -1;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < rejects->len; i++) {
    const HubReject *reject = g_ptr_array_index (rejects, i);
    add_reject (builder, reject, name);
    const char *key = reject->key ? reject->key : reject->source_key;
    if (!arguments->json)
      printf ("%" G_GINT64_FORMAT "\t%s\t%s\t%s\n", reject->id, key ? key : "",
              reject->field ? reject->field : "", reject->reason);
  }
  json_builder_end_array (builder);
  if (arguments->json)
    hub_cli_print_json (builder);
  return HUB_EXIT_DONE;
}

static void add_integration (JsonBuilder *builder, const HubIntegration *integration, const HubRun *last) {
  json_builder_begin_object (builder);
  hub_cli_add_text (builder, "name", integration->name);
  hub_cli_add_boolean (builder, "enabled", integration->enabled);
  const HubEndpoint *ends[] = { integration->source, integration->destination };
  const char *names[] = { "source", "destination" };
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    json_builder_set_member_name (builder, names[i]);
    json_builder_begin_object (builder);
    hub_cli_add_text (builder, "connector", ends[i]->connector);
    hub_cli_add_text (builder, "account", ends[i]->account);
    hub_cli_add_text (builder, "object", ends[i]->object);
    json_builder_end_object (builder);
  }
  json_builder_set_member_name (builder, "last_run");
  if (last)
    add_run (builder, last);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
}

int hub_cli_list (const HubArguments *arguments, GError **error) {
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (GPtrArray) integrations = database ? hub_store_list_integrations (database, error) : NULL;
  if (integrations == NULL)
    return -1;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    g_autoptr (GPtrArray) runs = hub_run_list (database, integration->name, 1, error);
    if (runs == NULL)
      return -1;
    const HubRun *last = runs->len ? g_ptr_array_index (runs, 0) : NULL;
    add_integration (builder, integration, last);
    if (!arguments->json)
      printf ("%s\t%s → %s\t%s\n", integration->name, integration->source->connector,
              integration->destination->connector,
              last ? hub_run_status_name (last->status) : _ ("never run"));
  }
  json_builder_end_array (builder);
  if (arguments->json)
    hub_cli_print_json (builder);
  return HUB_EXIT_DONE;
}
