/* integration-item.c: one integration as the window shows it, in words, with its run while it goes on (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration-item.h"
#include "engine.h"
#include "manifest.h"
#include <glib/gi18n-lib.h>

#define TICK_MS 100

enum {
  PROP_NAME = 1,
  PROP_SOURCE,
  PROP_SOURCE_ICON,
  PROP_DESTINATION,
  PROP_DESTINATION_ICON,
  PROP_STATE_ICON,
  PROP_SUMMARY,
  PROP_PROBLEM,
  PROP_RUNNING,
  N_PROPERTIES,
  N_TEXTS = PROP_RUNNING
};

struct _HubIntegrationItem {
  GObject parent_instance;
  char *texts[N_TEXTS]; /* (owned) (nullable) the text properties, by their number */
  gboolean enabled;

  /* while it runs */
  GCancellable *cancellable; /* (owned) (nullable) */
  guint tick;                /* the source that shows the counters */
  GMutex lock;
  HubCounters counters; /* (lock) written by the run's thread */
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (HubIntegrationItem, hub_integration_item, G_TYPE_OBJECT)

static void add_count (GString *words, const char *separator, gulong count, const char *what) {
  if (count > 0)
    g_string_append_printf (words, "%s%'lu %s", words->len > 0 ? separator : "", count, what);
}

/* Adds what became of the records so far: "1,204 created, 3 updated". */
static void add_counters (GString *words, const HubCounters *c, const char *separator) {
  /* Translators: a number of records stands before each of these words: "1,204 created" */
  add_count (words, separator, c->created, ngettext ("created", "created", c->created));
  add_count (words, separator, c->updated, ngettext ("updated", "updated", c->updated));
  add_count (words, separator, c->unchanged, ngettext ("unchanged", "unchanged", c->unchanged));
  add_count (words, separator, c->filtered, ngettext ("filtered out", "filtered out", c->filtered));
  add_count (words, separator, c->rejected, ngettext ("rejected", "rejected", c->rejected));
}

static char *running_words (const HubCounters *counters) {
  g_autoptr (GString) words = g_string_new (NULL);

  if (counters->read == 0)
    return g_strdup (_ ("Running…"));
  /* Translators: the number of records read stands before it */
  add_count (words, "", counters->read, ngettext ("read", "read", counters->read));
  add_counters (words, counters, " · ");
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static char *time_words (gint64 milliseconds) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (milliseconds / 1000);
  int year = g_date_time_get_year (time), day = g_date_time_get_day_of_year (time);

  if (year == g_date_time_get_year (now) && day == g_date_time_get_day_of_year (now))
    return g_date_time_format (time, _ ("Today at %H:%M"));
  if (year == g_date_time_get_year (yesterday) && day == g_date_time_get_day_of_year (yesterday))
    return g_date_time_format (time, _ ("Yesterday at %H:%M"));
  if (year == g_date_time_get_year (now))
    return g_date_time_format (time, _ ("On %B %-d at %H:%M"));
  return g_date_time_format (time, _ ("On %B %-d, %Y at %H:%M"));
}

/* How each state is shown; @words are left out where the counters say it all. */
static const struct {
  const char *icon, *words;
} states[] = {
  [HUB_RUN_RUNNING] = { "emblem-synchronizing-symbolic", N_ ("running in another window or command") },
  [HUB_RUN_SUCCESS] = { "object-select-symbolic", "" },
  [HUB_RUN_PARTIAL] = { "dialog-warning-symbolic", "" },
  [HUB_RUN_FAILED] = { "dialog-error-symbolic", N_ ("failed") },
  [HUB_RUN_CANCELLED] = { "process-stop-symbolic", N_ ("cancelled") },
  [HUB_RUN_NEEDS_ATTENTION] = { "dialog-password-symbolic", N_ ("needs you") },
};

/* The last result: "Yesterday at 18:30: failed, 1,204 created". */
static char *result_words (const HubRun *run) {
  const HubCounters *c = &run->counters;
  const char *state = states[run->status].words;
  g_autofree char *time = time_words (run->finished > 0 ? run->finished : run->started);
  g_autoptr (GString) words = g_string_new (*state ? _ (state) : NULL);

  if (run->kind == HUB_KIND_UNDO) {
    /* Translators: what became of the records of a run that was undone; a number stands before it */
    add_count (words, ", ", c->updated, ngettext ("taken back", "taken back", c->updated));
    add_count (
        words, ", ", c->rejected,
        ngettext ("left because it has changed since", "left because they have changed since", c->rejected));
  } else {
    add_counters (words, c, ", ");
  }
  if (words->len == 0)
    g_string_append (words, _ ("nothing to do"));
  /* Translators: a time, then what happened: "Yesterday at 18:30: 1,204 created, 3 updated" */
  return g_strdup_printf (_ ("%s: %s"), time, words->str);
}

static const char *connector_icon (const char *connector) {
  if (g_str_equal (connector, "stripe"))
    return "auth-smartcard-symbolic";
  if (g_str_equal (connector, "google-sheets"))
    return "x-office-spreadsheet-symbolic";
  if (g_str_equal (connector, "csv"))
    return "text-x-generic-symbolic";
  return "network-server-symbolic";
}

/* Which service, and whose account there or which file: "Stripe · Boutique". */
static char *endpoint_words (const HubEndpoint *endpoint) {
  const HubManifest *manifest = hub_manifest_get (endpoint->connector, NULL);
  const char *service = manifest ? _ (manifest->name) : endpoint->connector;
  const char *path = json_object_get_string_member_with_default (endpoint->options, "path", NULL);
  g_autofree char *file = path ? g_path_get_basename (path) : NULL;
  const char *whose = endpoint->account ? endpoint->account : file;

  return whose ? g_strdup_printf ("%s · %s", service, whose) : g_strdup (service);
}

static void take_text (HubIntegrationItem *self, guint property, char *text) {
  g_free (self->texts[property]);
  self->texts[property] = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void set_text (HubIntegrationItem *self, guint property, const char *text) {
  take_text (self, property, g_strdup (text));
}

static void show_result (HubIntegrationItem *self, const HubRun *run) {
  g_autofree char *words = run ? result_words (run) : g_strdup (_ ("Never run"));
  const char *icon = run ? states[run->status].icon : "content-loading-symbolic";

  set_text (self, PROP_STATE_ICON, self->enabled ? icon : "media-playback-pause-symbolic");
  /* Translators: the integration is paused; what follows is the result of its last run */
  take_text (self, PROP_SUMMARY,
             self->enabled ? g_strdup (words) : g_strdup_printf (_ ("Paused. %s"), words));
  set_text (self, PROP_PROBLEM, run && run->status != HUB_RUN_CANCELLED ? run->message : NULL);
}

static gboolean on_tick (gpointer data) {
  HubIntegrationItem *self = data;
  HubCounters counters;

  g_mutex_lock (&self->lock);
  counters = self->counters;
  g_mutex_unlock (&self->lock);
  take_text (self, PROP_SUMMARY,
             g_cancellable_is_cancelled (self->cancellable) ? g_strdup (_ ("Cancelling…"))
                                                            : running_words (&counters));
  return G_SOURCE_CONTINUE;
}

/* In the run's thread. */
static void on_progress (const HubCounters *counters, gpointer data) {
  HubIntegrationItem *self = data;

  g_mutex_lock (&self->lock);
  self->counters = *counters;
  g_mutex_unlock (&self->lock);
}

static void on_run_done (GObject *source, GAsyncResult *result, gpointer data) {
  g_autoptr (HubIntegrationItem) self = data; /* kept while the run's thread used it */
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = hub_engine_run_finish (result, &error);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->cancellable);
  if (run) {
    show_result (self, run);
  } else {
    set_text (self, PROP_STATE_ICON, states[HUB_RUN_FAILED].icon);
    set_text (self, PROP_SUMMARY, _ ("The run did not start"));
    set_text (self, PROP_PROBLEM, error->message);
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  g_application_unmark_busy (g_application_get_default ());
}

static void hub_integration_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  HubIntegrationItem *self = HUB_INTEGRATION_ITEM (object);

  if (id == PROP_RUNNING)
    g_value_set_boolean (value, hub_integration_item_is_running (self));
  else
    g_value_set_string (value, self->texts[id]);
}

static void hub_integration_item_finalize (GObject *object) {
  HubIntegrationItem *self = HUB_INTEGRATION_ITEM (object);

  for (guint i = 0; i < N_TEXTS; i++)
    g_free (self->texts[i]);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (hub_integration_item_parent_class)->finalize (object);
}

static void hub_integration_item_class_init (HubIntegrationItemClass *class) {
  static const char *const names[N_TEXTS] = { NULL,          "name",        "source",
                                              "source-icon", "destination", "destination-icon",
                                              "state-icon",  "summary",     "problem" };
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = hub_integration_item_get_property;
  object_class->finalize = hub_integration_item_finalize;
  for (guint i = 1; i < N_TEXTS; i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, NULL, flags);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void hub_integration_item_init (HubIntegrationItem *self) {
  g_mutex_init (&self->lock);
}

HubIntegrationItem *hub_integration_item_new (const HubIntegration *integration, const HubRun *run) {
  HubIntegrationItem *self = g_object_new (HUB_TYPE_INTEGRATION_ITEM, NULL);

  self->enabled = integration->enabled;
  set_text (self, PROP_NAME, integration->name);
  take_text (self, PROP_SOURCE, endpoint_words (integration->source));
  set_text (self, PROP_SOURCE_ICON, connector_icon (integration->source->connector));
  take_text (self, PROP_DESTINATION, endpoint_words (integration->destination));
  set_text (self, PROP_DESTINATION_ICON, connector_icon (integration->destination->connector));
  show_result (self, run);
  return self;
}

const char *hub_integration_item_get_name (HubIntegrationItem *self) {
  return self->texts[PROP_NAME];
}

gboolean hub_integration_item_is_running (HubIntegrationItem *self) {
  return self->cancellable != NULL;
}

void hub_integration_item_update (HubIntegrationItem *self, HubIntegrationItem *fresh) {
  guint end = hub_integration_item_is_running (self) ? PROP_STATE_ICON : N_TEXTS;

  self->enabled = fresh->enabled;
  for (guint i = PROP_NAME; i < end; i++)
    set_text (self, i, fresh->texts[i]);
}

void hub_integration_item_start (HubIntegrationItem *self, const HubStart *start) {
  HubRunOptions options = { .full = start->full,
                            .retry = start->retry,
                            .first = start->first,
                            .only = start->only,
                            .delivery = start->delivery,
                            .on_progress = on_progress,
                            .user_data = self };

  if (hub_integration_item_is_running (self))
    return;
  self->cancellable = g_cancellable_new ();
  self->counters = (HubCounters){ 0 };
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  set_text (self, PROP_STATE_ICON, states[HUB_RUN_RUNNING].icon);
  set_text (self, PROP_SUMMARY, _ ("Running…"));
  set_text (self, PROP_PROBLEM, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  g_application_mark_busy (g_application_get_default ());
  hub_engine_run_async (self->texts[PROP_NAME], start->undone, &options, self->cancellable, on_run_done,
                        g_object_ref (self));
}

void hub_integration_item_cancel (HubIntegrationItem *self) {
  g_cancellable_cancel (self->cancellable);
}
