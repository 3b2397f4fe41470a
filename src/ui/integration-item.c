/* integration-item.c: one integration as the window shows it, in words, with its run while it goes on (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration-item.h"
#include "error.h"
#include "problem.h"
#include "words.h"
#include "work.h"
#include <glib/gi18n-lib.h>

#define TICK_MS                                                                                              \
  250 /* each makes the window lay itself out, for which X11 waits a dozen times for the server */

enum {
  PROP_NAME = 1,
  PROP_SOURCE,
  PROP_SOURCE_ICON,
  PROP_DESTINATION,
  PROP_DESTINATION_ICON,
  PROP_PLAN,
  PROP_STATE_ICON,
  PROP_STATE_CLASS,
  PROP_SUMMARY,
  PROP_PROBLEM,
  PROP_RUNNING,
  PROP_ENABLED,
  N_PROPERTIES,
  N_TEXTS = PROP_RUNNING
};

struct _HubIntegrationItem {
  GObject parent_instance;
  char *texts[N_TEXTS]; /* (owned) (nullable) the text properties, by their number */
  HubFacts facts;
  gint64 seen; /* unix milliseconds: since when it is waited for, where it never ran */

  /* while it runs */
  GCancellable *cancellable; /* (owned) (nullable) */
  GHashTable *only;          /* (owned) (nullable) what the run is limited to */
  guint tick;                /* the source that shows the counters */
  HubCounters counters;      /* (lock: counters) written by the run's thread */
};

static GParamSpec *properties[N_PROPERTIES];

G_LOCK_DEFINE_STATIC (counters);

G_DEFINE_FINAL_TYPE (HubIntegrationItem, hub_integration_item, G_TYPE_OBJECT)

static void take_text (HubIntegrationItem *self, guint property, char *text) {
  g_free (self->texts[property]);
  self->texts[property] = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void set_text (HubIntegrationItem *self, guint property, const char *text) {
  take_text (self, property, g_strdup (text));
}

static const char *state_class (HubRunStatus status) {
  switch (status) {
  case HUB_RUN_SUCCESS: return "success";
  case HUB_RUN_PARTIAL:
  case HUB_RUN_NEEDS_ATTENTION: return "warning";
  case HUB_RUN_FAILED: return "error";
  default: return "dim-label";
  }
}

static void show_state (HubIntegrationItem *self, const char *icon, const char *class) {
  set_text (self, PROP_STATE_ICON, icon);
  set_text (self, PROP_STATE_CLASS, class);
}

static void show_plan (HubIntegrationItem *self) {
  gint64 next = hub_integration_item_get_next (self);
  g_autofree char *words = hub_schedule_words (&self->facts.schedule);
  g_autofree char *time = next > 0 ? hub_words_time_within (next) : NULL;

  /* Translators: how often it runs, then the time of the next run: "Every hour · Next: today at 18:30" */
  take_text (self, PROP_PLAN,
             time ? g_strdup_printf (_ ("%1$s · Next: %2$s"), words, time) : g_steal_pointer (&words));
}

static void show_result (HubIntegrationItem *self, const HubRun *run) {
  g_autofree char *words = run ? hub_words_result (run) : g_strdup (_ ("Never run"));

  if (!self->facts.enabled)
    show_state (self, "media-playback-pause-symbolic", "dim-label");
  else if (run)
    show_state (self, hub_words_status_icon (run->status), state_class (run->status));
  else
    show_state (self, "content-loading-symbolic", "dim-label");
  /* Translators: the integration is paused; what follows is the result of its last run */
  take_text (self, PROP_SUMMARY,
             self->facts.enabled ? g_strdup (words) : g_strdup_printf (_ ("Paused. %s"), words));
  set_text (self, PROP_PROBLEM, run && run->status != HUB_RUN_CANCELLED ? run->message : NULL);
  show_plan (self);
}

static void take_run (HubIntegrationItem *self, const HubRun *run) {
  self->facts.status = run->status;
  self->facts.cause = run->cause;
  self->facts.last_run = run->id;
  self->facts.started = run->started;
}

static gboolean on_tick (gpointer data) {
  HubIntegrationItem *self = data;
  HubCounters counters;

  G_LOCK (counters);
  counters = self->counters;
  G_UNLOCK (counters);
  take_text (self, PROP_SUMMARY,
             g_cancellable_is_cancelled (self->cancellable) ? g_strdup (_ ("Cancelling…"))
                                                            : hub_words_running (&counters));
  return G_SOURCE_CONTINUE;
}

/* In the run's thread. */
static void on_progress (const HubCounters *counters, gpointer data) {
  HubIntegrationItem *self = data;

  G_LOCK (counters);
  self->counters = *counters;
  G_UNLOCK (counters);
}

static void show_not_started (HubIntegrationItem *self, const GError *error) {
  self->facts.cause = error->domain == HUB_ERROR ? error->code : 0;
  show_state (self, hub_words_status_icon (HUB_RUN_FAILED), state_class (HUB_RUN_FAILED));
  set_text (self, PROP_SUMMARY, _ ("The run did not start"));
  take_text (self, PROP_PROBLEM, hub_problem_sentence (error));
}

static void on_run_done (GObject *source, GAsyncResult *result, gpointer data) {
  g_autoptr (HubIntegrationItem) self = data; /* kept while the run's thread used it */
  g_autoptr (GError) error = NULL;
  g_autoptr (HubRun) run = hub_engine_run_finish (result, &error);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->only, g_hash_table_unref);
  if (run) {
    take_run (self, run);
    show_result (self, run);
  } else {
    show_not_started (self, error);
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  g_application_unmark_busy (g_application_get_default ());
  if (run) /* what did not start has left nothing in the store, whose news would take away why */
    hub_news_emit ();
}

static void hub_integration_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  HubIntegrationItem *self = HUB_INTEGRATION_ITEM (object);

  if (id == PROP_RUNNING)
    g_value_set_boolean (value, hub_integration_item_is_running (self));
  else if (id == PROP_ENABLED)
    g_value_set_boolean (value, self->facts.enabled);
  else
    g_value_set_string (value, self->texts[id]);
}

static void hub_integration_item_finalize (GObject *object) {
  HubIntegrationItem *self = HUB_INTEGRATION_ITEM (object);

  for (guint i = 0; i < N_TEXTS; i++)
    g_free (self->texts[i]);
  G_OBJECT_CLASS (hub_integration_item_parent_class)->finalize (object);
}

static void hub_integration_item_class_init (HubIntegrationItemClass *class) {
  static const char *const names[N_TEXTS] = { NULL,          "name",        "source",
                                              "source-icon", "destination", "destination-icon",
                                              "plan",        "state-icon",  "state-class",
                                              "summary",     "problem" };
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = hub_integration_item_get_property;
  object_class->finalize = hub_integration_item_finalize;
  for (guint i = 1; i < N_TEXTS; i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, NULL, flags);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  properties[PROP_ENABLED] = g_param_spec_boolean ("enabled", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void hub_integration_item_init (HubIntegrationItem *self) {
}

static void show_endpoint (HubIntegrationItem *self, guint words, guint icon, const HubEndpoint *endpoint) {
  take_text (self, words, hub_words_endpoint (endpoint));
  set_text (self, icon, hub_words_connector_icon (endpoint->connector));
}

HubIntegrationItem *hub_integration_item_new (const HubIntegration *integration, const HubRun *run) {
  HubIntegrationItem *self = g_object_new (HUB_TYPE_INTEGRATION_ITEM, NULL);

  self->seen = g_get_real_time () / 1000;
  self->facts.enabled = integration->enabled;
  self->facts.schedule = integration->schedule;
  if (run)
    take_run (self, run);
  set_text (self, PROP_NAME, integration->name);
  show_endpoint (self, PROP_SOURCE, PROP_SOURCE_ICON, integration->source);
  show_endpoint (self, PROP_DESTINATION, PROP_DESTINATION_ICON, integration->destination);
  show_result (self, run);
  return self;
}

const char *hub_integration_item_get_name (HubIntegrationItem *self) {
  return self->texts[PROP_NAME];
}

gboolean hub_integration_item_is_running (HubIntegrationItem *self) {
  return self->cancellable != NULL;
}

const HubFacts *hub_integration_item_get_facts (HubIntegrationItem *self) {
  return &self->facts;
}

const HubRemedy *hub_integration_item_get_remedy (HubIntegrationItem *self) {
  static const HubRemedy remedies[] = {
    { HUB_ERROR_FIELD, N_ ("Mend the Mapping"), "win.edit-integration", NULL },
    { HUB_ERROR_CREDENTIALS, N_ ("Accounts"), "win.show-tab", "accounts" },
    { HUB_ERROR_PERMISSION, N_ ("Accounts"), "win.show-tab", "accounts" },
  };

  for (guint i = 0; self->texts[PROP_PROBLEM] && i < G_N_ELEMENTS (remedies); i++)
    if (remedies[i].cause == self->facts.cause)
      return &remedies[i];
  return NULL;
}

gint64 hub_integration_item_get_next (HubIntegrationItem *self) {
  /* One that never ran waits: whoever has just made or imported it sees it before it sends. */
  gint64 last = self->facts.started > 0 ? self->facts.started : self->seen;

  return self->facts.enabled ? hub_schedule_next (&self->facts.schedule, last, g_get_real_time () / 1000) : 0;
}

void hub_integration_item_update (HubIntegrationItem *self, HubIntegrationItem *fresh) {
  guint end = hub_integration_item_is_running (self) ? PROP_STATE_ICON : N_TEXTS;
  gint64 tried = self->facts.started;

  self->facts = fresh->facts;
  self->facts.started = MAX (tried, fresh->facts.started);
  for (guint i = PROP_SOURCE; i < end; i++)
    if (g_strcmp0 (self->texts[i], fresh->texts[i]) != 0)
      set_text (self, i, fresh->texts[i]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENABLED]);
}

void hub_integration_item_start (HubIntegrationItem *self, const HubRunOptions *start) {
  HubRunOptions options = *start;
  g_autoptr (GHashTable) only = start->only;

  if (hub_integration_item_is_running (self))
    return;
  options.on_progress = on_progress;
  options.user_data = self;
  self->cancellable = g_cancellable_new ();
  self->only = g_steal_pointer (&only);
  self->counters = (HubCounters){ 0 };
  self->facts.started = g_get_real_time () / 1000;
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  show_state (self, hub_words_status_icon (HUB_RUN_RUNNING), state_class (HUB_RUN_RUNNING));
  set_text (self, PROP_SUMMARY, _ ("Running…"));
  set_text (self, PROP_PROBLEM, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  g_application_mark_busy (g_application_get_default ());
  hub_engine_run_async (self->texts[PROP_NAME], &options, self->cancellable, on_run_done,
                        g_object_ref (self));
}

void hub_integration_item_cancel (HubIntegrationItem *self) {
  g_cancellable_cancel (self->cancellable);
}
