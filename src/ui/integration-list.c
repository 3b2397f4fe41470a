/* integration-list.c: all integrations of the store, as one model that the pages share; runs what is due (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration-list.h"

#include <glib/gi18n-lib.h>
#include <malloc.h>

#include "problem.h"
#include "runs.h"
#include "store.h"
#include "work.h"

#define AT_ONCE 3
#define LOOK_MS 60000 /* at the clock, at least: it may have been set, or the machine may have slept */

static GListStore *store;         /* (owned) (element-type HubIntegrationItem) all of them */
static GtkFilterListModel *shown; /* (owned) those that are not hidden */
static GHashTable *hidden;        /* (owned) their names */
static GError *problem;           /* (owned) (nullable) */
static gboolean loaded, loading, outdated;
static guint timer; /* of the next look at what is due */

/* In a worker thread. A run that nobody carries out any more was interrupted. */
static void check_running (const HubIntegration *integration, HubRun *run) {
  gboolean running = run && run->status == HUB_RUN_RUNNING;
  g_autoptr (HubLease) lease = running ? hub_lease_take (integration->id, integration->name, NULL) : NULL;

  if (!lease)
    return;
  run->status = HUB_RUN_FAILED;
  run->message = g_strdup (_ ("The run was interrupted; run it again and it goes on from there."));
}

/* In a worker thread. Returns: (transfer full) (element-type HubIntegrationItem) */
static gpointer load_work (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  g_autoptr (GPtrArray) integrations = hub_store_list_integrations (database, error);
  g_autoptr (GPtrArray) runs = integrations ? hub_run_list_last (database, error) : NULL;
  if (!runs)
    return NULL;

  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0, next = 0; i < integrations->len; i++) { /* both are by name */
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    HubRun *run = next < runs->len ? g_ptr_array_index (runs, next) : NULL;
    if (run && g_str_equal (run->integration, integration->name))
      next++;
    else
      run = NULL;
    check_running (integration, run);
    g_ptr_array_add (items, hub_integration_item_new (integration, run));
  }
  return items;
}

static HubIntegrationItem *find (GListModel *items, const char *name) {
  for (guint i = 0; i < g_list_model_get_n_items (items); i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (items, i);
    if (g_str_equal (hub_integration_item_get_name (item), name))
      return item; /* the model keeps it */
  }
  return NULL;
}

static gboolean is_gone (gpointer name, gpointer value, gpointer data) {
  return find (G_LIST_MODEL (store), name) == NULL;
}

/* Brings the model up to @fresh; items of integrations that stay are kept, and so are focus and running runs. */
static void merge (GPtrArray *fresh) {
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (store));
  gboolean changed = n_old != fresh->len;

  for (guint i = 0; i < n_old; i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);
    g_hash_table_insert (known, (gpointer) hub_integration_item_get_name (item), item);
  }
  for (guint i = 0; i < fresh->len; i++) {
    HubIntegrationItem *item = g_ptr_array_index (fresh, i);
    HubIntegrationItem *old = g_hash_table_lookup (known, hub_integration_item_get_name (item));
    g_autoptr (HubIntegrationItem) here = g_list_model_get_item (G_LIST_MODEL (store), i);
    if (old) {
      hub_integration_item_update (old, item);
      fresh->pdata[i] = g_object_ref (old);
      g_object_unref (item);
    }
    changed |= here != fresh->pdata[i];
  }
  if (changed)
    g_list_store_splice (store, 0, n_old, fresh->pdata, fresh->len);
  g_hash_table_foreach_remove (hidden, is_gone, NULL);
}

static void load (gpointer owner);

/* What was read before the last news may be wrong by now: it is not shown. */
static void on_loaded (gpointer owner, gpointer fresh, const GError *error) {
  loading = FALSE;
  if (outdated) {
    load (owner);
    return;
  }
  if (!loaded)
    malloc_trim (0); /* the start and the first reading took more than what stays */
  loaded = TRUE;
  g_clear_error (&problem);
  if (fresh)
    merge (fresh);
  else
    problem = g_error_copy (error);
  g_list_model_items_changed (G_LIST_MODEL (shown), 0, 0, 0);
}

/* One at a time: what is told meanwhile is read afterwards. */
static void load (gpointer owner) {
  outdated = loading;
  if (loading)
    return;
  loading = TRUE;
  hub_work_start (owner, load_work, NULL, NULL, on_loaded, (GDestroyNotify) g_ptr_array_unref, NULL);
}

static gboolean is_shown (gpointer item, gpointer data) {
  return !g_hash_table_contains (hidden, hub_integration_item_get_name (item));
}

GListModel *hub_integration_list_get (void) {
  if (!shown) {
    hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    store = g_list_store_new (HUB_TYPE_INTEGRATION_ITEM);
    shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (store)),
                                       GTK_FILTER (gtk_custom_filter_new (is_shown, NULL, NULL)));
    hub_news_connect (store, load);
    load (store);
  }
  return G_LIST_MODEL (shown);
}

const GError *hub_integration_list_get_error (void) {
  return problem;
}

gboolean hub_integration_list_is_loaded (void) {
  return loaded;
}

HubIntegrationItem *hub_integration_list_find (const char *name) {
  return find (hub_integration_list_get (), name);
}

void hub_integration_list_hide (const char *name, gboolean hide) {
  if (hide)
    g_hash_table_add (hidden, g_strdup (name));
  else
    g_hash_table_remove (hidden, name);
  gtk_filter_changed (gtk_filter_list_model_get_filter (shown),
                      hide ? GTK_FILTER_CHANGE_MORE_STRICT : GTK_FILTER_CHANGE_LESS_STRICT);
}

/* In a worker thread. */
static gpointer delete_work (HubDatabase *database, gpointer names, GCancellable *cancellable,
                             GError **error) {
  for (char **name = names; *name; name++)
    if (!hub_store_delete_integration (database, *name, error))
      return NULL;
  return HUB_WORK_DONE;
}

static void on_deleted (gpointer application, gpointer result, const GError *error) {
  GtkWindow *window = gtk_application_get_active_window (application);

  if (error && window)
    hub_problem_show (GTK_WIDGET (window), _ ("The Integration Was Not Deleted"), error);
  hub_news_emit ();
  g_application_release (application);
}

void hub_integration_list_delete_hidden (const char *name) {
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer each;

  g_hash_table_iter_init (&iter, hidden);
  while (g_hash_table_iter_next (&iter, &each, NULL))
    if (!name || g_str_equal (each, name))
      g_strv_builder_add (names, each);
  g_auto (GStrv) doomed = g_strv_builder_end (names);
  if (!*doomed)
    return;
  g_application_hold (g_application_get_default ());
  hub_work_start (g_application_get_default (), delete_work, g_steal_pointer (&doomed),
                  (GDestroyNotify) g_strfreev, on_deleted, NULL, NULL);
}

gboolean hub_start (GtkWidget *widget, const char *name, const HubRunOptions *start, const char *words) {
  HubIntegrationItem *item = hub_integration_list_find (name);
  gboolean possible = item && !hub_integration_item_is_running (item);
  g_autofree char *why = NULL;

  if (possible)
    hub_integration_item_start (item, start);
  else if (start->only)
    g_hash_table_unref (start->only);
  if (item == NULL)
    words = why = g_strdup_printf (_ ("“%s” is not there any more"), name);
  else if (!possible)
    words = why = g_strdup_printf (_ ("“%s” is running; try again when that is over"), name);
  if (words)
    gtk_widget_activate_action (widget, "win.toast", "s", words);
  return possible;
}

GHashTable *hub_start_only (const char *source_key) {
  if (source_key == NULL)
    return NULL;
  GHashTable *only = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (only, g_strdup (source_key));
  return only;
}

/* What is due. */

/* In a worker thread. Returns: (transfer full): the setting, "" where it is not set. */
static gpointer setting_work (HubDatabase *database, gpointer data, GCancellable *cancellable,
                              GError **error) {
  char *value = NULL;
  if (!hub_store_get_setting (database, "notifications", &value, error))
    return NULL;
  return value ? value : g_strdup ("");
}

static const char *status_words (HubRunStatus status) {
  if (status == HUB_RUN_NEEDS_ATTENTION)
    return _ ("It needs you before it can go on");
  return status == HUB_RUN_FAILED ? _ ("The run failed") : _ ("Some records were rejected");
}

static void on_setting (gpointer item, gpointer setting, const GError *error) {
  const char *name = hub_integration_item_get_name (item);
  g_autoptr (GNotification) notification = g_notification_new (name);

  if (g_strcmp0 (setting, "0") == 0)
    return;
  g_notification_set_body (notification, status_words (hub_integration_item_get_facts (item)->status));
  g_application_send_notification (g_application_get_default (), name, notification);
}

/* Nobody watches while another window is active. What was told once is not told after every run. */
static void on_running (HubIntegrationItem *item, GParamSpec *pspec, gpointer before) {
  HubRunStatus status = hub_integration_item_get_facts (item)->status;
  GtkApplication *application = GTK_APPLICATION (g_application_get_default ());
  GtkWindow *window = gtk_application_get_active_window (application);
  gboolean needs_user =
      status == HUB_RUN_NEEDS_ATTENTION || status == HUB_RUN_FAILED || status == HUB_RUN_PARTIAL;

  if (hub_integration_item_is_running (item))
    return;
  g_signal_handlers_disconnect_by_func (item, on_running, before);
  if (needs_user && status != (HubRunStatus) GPOINTER_TO_INT (before)
      && !(window && gtk_window_is_active (window)))
    hub_work_start (item, setting_work, NULL, NULL, on_setting, g_free, NULL);
}

static void start (HubIntegrationItem *item) {
  hub_integration_item_start (item, &(HubRunOptions){ 0 });
  g_signal_connect (item, "notify::running", G_CALLBACK (on_running),
                    GINT_TO_POINTER (hub_integration_item_get_facts (item)->status));
}

/* Starts what is due, and comes back when the next one will be; the list also changes when a run is over. */
static gboolean look (gpointer items) {
  gint64 now = g_get_real_time () / 1000, wait = LOOK_MS;
  guint running = 0, n_items = g_list_model_get_n_items (items);

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (items, i);
    gint64 next = hub_integration_item_get_next (item);
    if (hub_integration_item_is_running (item))
      running++;
    else if (next > now)
      wait = MIN (wait, next - now);
    else if (next > 0 && running++ < AT_ONCE)
      start (item);
  }
  g_clear_handle_id (&timer, g_source_remove);
  timer = g_timeout_add (wait, look, items);
  return G_SOURCE_REMOVE;
}

static void stop (gpointer data, GObject *owner) {
  g_clear_handle_id (&timer, g_source_remove);
}

void hub_integration_list_schedule (gpointer owner) {
  g_signal_connect_object (hub_integration_list_get (), "items-changed", G_CALLBACK (look), owner, 0);
  g_object_weak_ref (owner, stop, NULL);
}
