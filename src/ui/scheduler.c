/* scheduler.c: runs what is due while the window is open, and calls for the user where a run needs one (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

#include "integration-item.h"
#include "store.h"
#include "work.h"

#define AT_ONCE 3
#define LOOK_MS 60000 /* at the clock, at least: it may have been set, or the machine may have slept */

static guint timer;

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
  g_notification_set_body (notification, status_words (hub_integration_item_get_status (item)));
  g_application_send_notification (g_application_get_default (), name, notification);
}

/* Nobody watches while another window is active. What was told once is not told after every run. */
static void on_running (HubIntegrationItem *item, GParamSpec *pspec, gpointer before) {
  HubRunStatus status = hub_integration_item_get_status (item);
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
                    GINT_TO_POINTER (hub_integration_item_get_status (item)));
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

static void on_changed (GListModel *items) {
  look (items);
}

void hub_scheduler_start (gpointer owner, GListModel *items) {
  g_signal_connect_object (items, "items-changed", G_CALLBACK (on_changed), owner, 0);
  g_object_weak_ref (owner, stop, NULL);
}
