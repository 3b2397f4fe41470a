/* cli-runs.c: the commands about integrations and their runs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "error.h"
#include "history.h"
#include "import.h"
#include "journal.h"
#include "manifest.h"
#include "engine.h"

#define PREVIEW_SHOWN 20
#define PREVIEW_START "{\n  \"records\": ["
#define RUNS_SHOWN 1000

int hub_cli_import (const HubArguments *arguments, GError **error) {
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) problem = NULL;
  if (!g_file_get_contents (arguments->arguments[0], &text, &length, &problem)) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("%s; check the file's name"), problem->message);
    return -1;
  }
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (GPtrArray) integrations = database ? hub_import (database, text, length, error) : NULL;
  if (integrations == NULL) {
    g_prefix_error (error, _ ("%s: "), arguments->arguments[0]);
    return -1;
  }
  for (guint i = 0; i < integrations->len; i++)
    hub_cli_print_line (_ ("Imported “%s”\n"),
                        ((HubIntegration *) g_ptr_array_index (integrations, i))->name);
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

static JsonObject *run_object (const HubRun *run) {
  const HubCounters *counters = &run->counters;
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_utc (run->started / 1000);
  g_autofree char *time = g_date_time_format_iso8601 (started);
  gint64 milliseconds = MAX (run->finished - run->started, 0);
  g_autofree char *seconds =
      g_strdup_printf ("%" PRId64 ".%03d", milliseconds / 1000, (int) (milliseconds % 1000));
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "run", run->id);
  json_object_set_string_member (object, "integration", run->integration);
  json_object_set_string_member (object, "kind", hub_run_kind_name (run->kind));
  json_object_set_string_member (object, "status", hub_run_status_name (run->status));
  json_object_set_int_member (object, "read", counters->read);
  json_object_set_int_member (object, "created", counters->created);
  json_object_set_int_member (object, "updated", counters->updated);
  json_object_set_int_member (object, "unchanged", counters->unchanged);
  json_object_set_int_member (object, "filtered", counters->filtered);
  json_object_set_int_member (object, "rejected", counters->rejected);
  json_object_set_string_member (object, "seconds", seconds);
  json_object_set_string_member (object, "message", run->message);
  json_object_set_string_member (object, "started", time);
  return object;
}

/* A run's counters in words. (transfer full) */
static char *describe_counters (HubRunKind kind, const HubCounters *counters) {
  if (kind == HUB_KIND_UNDO)
    return g_strdup_printf (_ ("%1$" PRIu64 " deliveries: %2$" PRIu64 " taken back, %3$" PRIu64
                               " were so already, %4$" PRIu64 " conflicts"),
                            counters->read, counters->updated, counters->unchanged, counters->rejected);
  return g_strdup_printf (_ ("%1$" PRIu64 " read: %2$" PRIu64 " created, %3$" PRIu64 " updated, %4$" PRIu64
                             " unchanged, %5$" PRIu64 " filtered, %6$" PRIu64 " rejected"),
                          counters->read, counters->created, counters->updated, counters->unchanged,
                          counters->filtered, counters->rejected);
}

static void print_run (const HubRun *run, gboolean json) {
  g_autofree char *counters = describe_counters (run->kind, &run->counters);
  g_autoptr (JsonObject) object = run_object (run);
  if (json)
    hub_cli_print_object (object);
  else
    hub_cli_print_line (_ ("%s: %s\n"), run->integration, counters);
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
  g_autofree char *text = describe_counters (HUB_KIND_RUN, counters);
  fprintf (stderr, "\r\033[K%s", text);
}

static gboolean cancel_run (gpointer cancellable) {
  g_cancellable_cancel (cancellable);
  return G_SOURCE_CONTINUE;
}

typedef struct {
  GMainLoop *loop;
  GAsyncResult *result;
} Outcome;

static void job_over (GObject *source, GAsyncResult *result, gpointer user_data) {
  Outcome *outcome = user_data;
  outcome->result = g_object_ref (result);
  g_main_loop_quit (outcome->loop);
}

/* Runs integration @name, or takes back options->undone, on a worker thread while this one waits for the end, or for Ctrl+C to
 * cancel. */
static HubRun *run_and_wait (const char *name, const HubRunOptions *options, GError **error) {
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Outcome outcome = { .loop = loop };
  guint interrupt = g_unix_signal_add (SIGINT, cancel_run, cancellable);
  guint terminate = g_unix_signal_add (SIGTERM, cancel_run, cancellable);
  hub_engine_run_async (name, options, cancellable, job_over, &outcome);
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_autoptr (GAsyncResult) result = outcome.result;
  return hub_engine_run_finish (result, error);
}

/* Runs, prints the outcome, and gives its exit status. */
static int run_and_print (const HubArguments *arguments, const char *name, HubRunOptions *options,
                          GError **error) {
  if (isatty (STDERR_FILENO))
    options->on_progress = show_progress;
  g_autoptr (HubRun) run = run_and_wait (name, options, error);
  if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  if (run == NULL)
    return -1;
  print_run (run, arguments->json);
  if (run->message)
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, run->message);
  return run_exit_status (run);
}

int hub_cli_run (const HubArguments *arguments, GError **error) {
  HubRunOptions options = { .full = arguments->full, .first = arguments->first };
  return run_and_print (arguments, arguments->arguments[0], &options, error);
}

int hub_cli_retry (const HubArguments *arguments, GError **error) {
  HubRunOptions options = { .retry = TRUE };
  return run_and_print (arguments, arguments->arguments[0], &options, error);
}

/* A preview is printed as it comes, so that it stays small in memory whatever its length. */
typedef struct {
  gboolean json;
  guint64 counts[HUB_ACTION_REJECT + 1];
  guint64 shown;
} Preview;

static JsonObject *change_object (const HubDelivery *delivery, const char *field, guint i) {
  g_autofree char *after = hub_value_display (&delivery->values[i]);
  g_autofree char *before = delivery->before ? hub_value_display (&delivery->before[i]) : NULL;
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "field", field);
  json_object_set_string_member (object, "before", before && *before ? before : NULL);
  json_object_set_string_member (object, "after", *after ? after : NULL);
  return object;
}

static gboolean writes (const HubDelivery *delivery) {
  return delivery->action == HUB_ACTION_CREATE || delivery->action == HUB_ACTION_UPDATE;
}

static void print_json_record (const HubDelivery *delivery, const char *const *targets, gboolean first) {
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *changes = json_array_new ();
  for (guint i = 0; writes (delivery) && i < delivery->n_fields; i++)
    if (delivery->change[i])
      json_array_add_object_element (changes, change_object (delivery, targets[i], i));
  json_object_set_string_member (object, "action", hub_action_name (delivery->action));
  json_object_set_string_member (object, "key", delivery->key ? delivery->key : delivery->source_key);
  json_object_set_array_member (object, "changes", changes);
  json_object_set_string_member (object, "reason", delivery->problem);
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (root, FALSE);
  printf ("%s\n    %s", first ? PREVIEW_START : ",", text);
}

static void append_change (GString *text, const char *field, const char *before, const char *after) {
  g_string_append_printf (text, _ (" | %s: %s%s%s"), field, before ? before : "", before ? " → " : "", after);
}

static void print_record (const HubDelivery *delivery, const char *const *targets) {
  const char *marks[] = { "+", "~", "=", "-", "!" };
  const char *key = delivery->key ? delivery->key : delivery->source_key;
  g_autoptr (GString) text = g_string_new (marks[delivery->action]);
  g_string_append_printf (text, " %s", key ? key : "");
  for (guint i = 0; writes (delivery) && i < delivery->n_fields; i++) {
    if (!delivery->change[i])
      continue;
    g_autofree char *after = hub_value_display (&delivery->values[i]);
    g_autofree char *before = delivery->before ? hub_value_display (&delivery->before[i]) : NULL;
    append_change (text, targets[i], before, after);
  }
  if (delivery->problem && delivery->problem_field)
    append_change (text, delivery->problem_field, NULL, delivery->problem);
  else if (delivery->problem)
    g_string_append_printf (text, " | %s", delivery->problem);
  hub_cli_print_text (text->str);
  putchar ('\n');
}

/* Shows the first conflicts of an undo; called in the run's thread. */
static void show_conflict (const HubDelivery *delivery, const HubIntegration *integration, gpointer shown) {
  if (delivery->action == HUB_ACTION_REJECT && (*(guint64 *) shown)++ < PREVIEW_SHOWN)
    print_record (delivery, NULL);
}

int hub_cli_undo (const HubArguments *arguments, GError **error) {
  guint64 id = 0, shown = 0;
  HubRunOptions options = { .delivery = arguments->delivery,
                            .on_delivery = arguments->json ? NULL : show_conflict,
                            .user_data = &shown };
  if (!g_ascii_string_to_unsigned (arguments->arguments[0], 10, 1, G_MAXINT64, &id, NULL)) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_USAGE,
                 _ ("“%s” is not the number of a run; “integration-hub runs” lists them"),
                 arguments->arguments[0]);
    return -1;
  }
  options.undone = (gint64) id;
  return run_and_print (arguments, NULL, &options, error);
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
    printf ("%s\n  ]", preview->shown == 0 ? PREVIEW_START : "");
    for (guint i = 0; i < G_N_ELEMENTS (preview->counts); i++)
      printf (",\n  \"%s\": %" PRIu64, hub_action_name (i), preview->counts[i]);
    printf ("\n}\n");
    return;
  }
  if (preview->shown > PREVIEW_SHOWN)
    printf (_ ("… and %" PRIu64 " more\n"), preview->shown - PREVIEW_SHOWN);
  printf (_ ("A run would create %1$" PRIu64 " and update %2$" PRIu64 "; unchanged %3$" PRIu64
             ", filtered %4$" PRIu64 ", rejected %5$" PRIu64 ". Nothing was written.\n"),
          preview->counts[HUB_ACTION_CREATE], preview->counts[HUB_ACTION_UPDATE],
          preview->counts[HUB_ACTION_UNCHANGED], preview->counts[HUB_ACTION_FILTERED],
          preview->counts[HUB_ACTION_REJECT]);
}

int hub_cli_preview (const HubArguments *arguments, GError **error) {
  Preview preview = { .json = arguments->json };
  HubRunOptions options = { .preview = TRUE, .on_delivery = preview_delivery, .user_data = &preview };
  g_autoptr (HubRun) run = run_and_wait (arguments->arguments[0], &options, error);
  if (run && (run->message == NULL || preview.json))
    print_preview_end (&preview);
  if (run == NULL)
    return -1;
  if (run->message)
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, run->message);
  return run->status == HUB_RUN_PARTIAL ? HUB_EXIT_DONE : run_exit_status (run);
}

/* Whether there is an integration @name (NULL: any will do). */
static gboolean integration_exists (HubDatabase *database, const char *name, GError **error) {
  g_autoptr (HubIntegration) integration = name ? hub_store_get_integration (database, name, error) : NULL;
  return name == NULL || integration != NULL;
}

int hub_cli_runs (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "run",      "started", "integration", "kind",      "status",
                                         "read",     "created", "updated",     "unchanged", "filtered",
                                         "rejected", "message", NULL };
  const char *name = arguments->arguments[0];
  g_autoptr (HubDatabase) database = hub_store_open (error);
  if (database == NULL || !integration_exists (database, name, error))
    return -1;
  g_autoptr (GPtrArray) runs = hub_run_list (database, name, RUNS_SHOWN, error);
  if (runs == NULL)
    return -1;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < runs->len; i++)
    json_array_add_object_element (rows, run_object (g_ptr_array_index (runs, i)));
  return hub_cli_print_rows (rows, arguments->json, columns);
}

int hub_cli_rejects (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "reject", "time", "key", "field", "reason", "record", NULL };
  const char *name = arguments->arguments[0];
  g_autoptr (HubDatabase) database = hub_store_open (error);
  JsonArray *rows = database && integration_exists (database, name, error)
                        ? hub_journal_list_rejects (database, name, error)
                        : NULL;
  return rows ? hub_cli_print_rows (rows, arguments->json, columns) : -1;
}

/* For people, changes are written as in a preview. */
static void shorten_changes (JsonObject *row) {
  JsonArray *changes = json_object_get_array_member (row, "changes");
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (changes); i++) {
    JsonObject *change = json_array_get_object_element (changes, i);
    const char *after = json_object_get_string_member_with_default (change, "after", NULL);
    append_change (text, json_object_get_string_member (change, "field"),
                   json_object_get_string_member_with_default (change, "before", NULL), after ? after : "");
  }
  json_object_set_string_member (row, "changes", text->str + strspn (text->str, " |"));
}

int hub_cli_why (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "time",  "run",     "integration", "version", "operation",
                                         "state", "changes", "error",       NULL };
  const GStrv names = arguments->arguments;
  const HubManifest *manifest = hub_manifest_get (names[0], error);
  if (manifest == NULL || hub_manifest_object (manifest, names[1], error) == NULL)
    return -1;
  g_autoptr (HubDatabase) database = hub_store_open (error);
  JsonArray *rows = database ? hub_history_of_record (database, names[0], names[1], names[2], error) : NULL;
  for (guint i = 0; rows && !arguments->json && i < json_array_get_length (rows); i++)
    shorten_changes (json_array_get_object_element (rows, i));
  return rows ? hub_cli_print_rows (rows, arguments->json, columns) : -1;
}

/* For people, an endpoint is its connector, object and account. */
static void shorten_endpoint (JsonObject *row, const char *name) {
  JsonObject *endpoint = json_object_get_object_member (row, name);
  const char *account = json_object_get_string_member_with_default (endpoint, "account", "");
  g_autofree char *text = g_strdup_printf (*account ? "%s %s (%s)" : "%s %s",
                                           json_object_get_string_member (endpoint, "connector"),
                                           json_object_get_string_member (endpoint, "object"), account);
  json_object_set_string_member (row, name, text);
}

int hub_cli_list (const HubArguments *arguments, GError **error) {
  static const char *const columns[] = { "name", "source", "destination", "status", NULL };
  g_autoptr (HubDatabase) database = hub_store_open (error);
  JsonArray *rows = database ? hub_database_list (database, error, "list-integrations-for-people", "") : NULL;
  for (guint i = 0; rows && i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);
    json_object_set_boolean_member (row, "enabled", json_object_get_int_member (row, "enabled") != 0);
    for (guint end = 1; end <= 2 && !arguments->json; end++)
      shorten_endpoint (row, columns[end]);
  }
  return rows ? hub_cli_print_rows (rows, arguments->json, columns) : -1;
}
