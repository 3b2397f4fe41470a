/* preferences.c: the preferences window; what is chosen holds at once and is kept a moment later (main thread; the store is read and
 * written on worker threads).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences.h"
#include "problem.h"
#include "store.h"
#include "widgets.h"
#include "work.h"

#define SAVE_MS 500 /* so that a held spin button is one write, and two writes cannot overtake each other */

enum { NOTIFICATIONS, RETENTION, N_SETTINGS };

/* The settings' names, and what they say while unset. */
static const char *const names[N_SETTINGS] = { "notifications", "retention_days" };
static const char *const defaults[N_SETTINGS] = { "1", "180" };

struct _HubPreferences {
  AdwPreferencesWindow parent_instance;
  guint timer; /* of the write to come */

  /* of the template, borrowed */
  GtkSwitch *notifications;
  GtkSpinButton *retention;
};

#define HUB_TYPE_PREFERENCES (hub_preferences_get_type ())
G_DECLARE_FINAL_TYPE (HubPreferences, hub_preferences, HUB, PREFERENCES, AdwPreferencesWindow)
G_DEFINE_FINAL_TYPE (HubPreferences, hub_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In a worker thread. (transfer full) the values by their number */
static gpointer read_settings (HubDatabase *database, gpointer data, GCancellable *cancellable,
                               GError **error) {
  g_auto (GStrv) values = g_new0 (char *, N_SETTINGS + 1);

  for (guint i = 0; i < N_SETTINGS; i++) {
    if (!hub_store_get_setting (database, names[i], &values[i], error))
      return NULL;
    if (!values[i])
      values[i] = g_strdup (defaults[i]);
  }
  return g_steal_pointer (&values);
}

/* In a worker thread. */
static gpointer write_settings (HubDatabase *database, gpointer values, GCancellable *cancellable,
                                GError **error) {
  for (guint i = 0; i < N_SETTINGS; i++)
    if (!hub_store_set_setting (database, names[i], ((GStrv) values)[i], error))
      return NULL;
  return HUB_WORK_DONE;
}

static void on_written (gpointer owner, gpointer result, const GError *error) {
  if (!result)
    hub_problem_show (owner, NULL, error);
}

static gboolean save (gpointer data) {
  HubPreferences *self = data;
  char **values = g_new0 (char *, N_SETTINGS + 1);

  values[NOTIFICATIONS] = g_strdup (gtk_switch_get_active (self->notifications) ? "1" : "0");
  values[RETENTION] = g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (self->retention));
  self->timer = 0;
  hub_work_start (self, write_settings, values, (GDestroyNotify) g_strfreev, on_written, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void on_changed (HubPreferences *self) {
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (SAVE_MS, save, self);
}

/* Only what the store says may be changed. */
static void on_read (gpointer owner, gpointer result, const GError *error) {
  HubPreferences *self = owner;
  GStrv values = result;

  if (!values) {
    hub_problem_show (owner, NULL, error);
    return;
  }
  gtk_switch_set_active (self->notifications, g_str_equal (values[NOTIFICATIONS], "1"));
  gtk_spin_button_set_value (self->retention, g_ascii_strtod (values[RETENTION], NULL));
  g_signal_connect_swapped (self->notifications, "notify::active", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->retention, "value-changed", G_CALLBACK (on_changed), self);
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
}

static gboolean hub_preferences_close_request (GtkWindow *window) {
  HubPreferences *self = HUB_PREFERENCES (window);

  if (self->timer > 0) {
    g_clear_handle_id (&self->timer, g_source_remove);
    save (self);
  }
  return GTK_WINDOW_CLASS (hub_preferences_parent_class)->close_request (window);
}

static void hub_preferences_dispose (GObject *object) {
  g_clear_handle_id (&HUB_PREFERENCES (object)->timer, g_source_remove);
  G_OBJECT_CLASS (hub_preferences_parent_class)->dispose (object);
}

static void hub_preferences_class_init (HubPreferencesClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_preferences_dispose;
  GTK_WINDOW_CLASS (class)->close_request = hub_preferences_close_request;
  HUB_TEMPLATE (widget_class, "preferences.ui", HubPreferences, notifications, retention);
}

static void hub_preferences_init (HubPreferences *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  hub_work_start (self, read_settings, NULL, NULL, on_read, (GDestroyNotify) g_strfreev, NULL);
}

void hub_preferences_open (GtkWidget *window, const char *action, GVariant *parameter) {
  gtk_window_present (g_object_new (HUB_TYPE_PREFERENCES, "transient-for", window, NULL));
}
