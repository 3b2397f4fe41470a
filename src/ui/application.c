/* application.c: the program as the desktop sees it: one instance, its actions and its window (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "application.h"
#include "preferences.h"
#include "window.h"
#include "ui-resources.h"
#include <glib/gi18n-lib.h>

#define HUB_APPLICATION_ID "fr.integrationhub.IntegrationHub"

static void on_about (GSimpleAction *action, GVariant *parameter, gpointer application) {
  adw_show_about_window (
      gtk_application_get_active_window (application), "application-name", _ ("Integration Hub"),
      "application-icon", HUB_APPLICATION_ID, "version", PACKAGE_VERSION, "license-type", GTK_LICENSE_GPL_3_0,
      "comments",
      _ ("Carries records from one service to another: see before it is sent, never twice, "
         "never lost."),
      NULL);
}

/* Each window may still ask about the runs that go on in it. */
static void on_quit (GSimpleAction *action, GVariant *parameter, gpointer application) {
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (application));
  for (GList *link = windows; link; link = link->next)
    gtk_window_close (link->data);
}

/* From the launcher's menu. */
static void on_new_integration (GSimpleAction *action, GVariant *parameter, gpointer application) {
  g_application_activate (application);
  gtk_widget_activate_action (GTK_WIDGET (gtk_application_get_active_window (application)),
                              "win.new-integration", "s", "");
}

static void on_startup (GtkApplication *application) {
  static const GActionEntry actions[] = { { "about", on_about },
                                          { "new-integration", on_new_integration },
                                          { "quit", on_quit } };

  hub_preferences_apply (application);
  static const struct {
    const char *action, *keys[3];
  } accels[] = {
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.new-integration::", { "<Control>n" } },
    { "win.import", { "<Control>o" } },
    { "win.reload", { "F5", "<Control>r" } },
    { "win.preferences", { "<Control>comma" } },
    { "win.show-tab::dashboard", { "<Alt>1" } },
    { "win.show-tab::integrations", { "<Alt>2" } },
    { "win.show-tab::history", { "<Alt>3" } },
    { "win.show-tab::accounts", { "<Alt>4" } },
  };

  gtk_window_set_default_icon_name (HUB_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application, accels[i].action, accels[i].keys);
}

static void on_activate (GtkApplication *application) {
  GtkWindow *window = gtk_application_get_active_window (application);

  gtk_window_present (window ? window : hub_window_new (application));
}

int hub_application_run (int argc, char **argv) {
  g_resources_register (hub_ui_get_resource ());
  g_set_application_name (_ ("Integration Hub"));
  g_autoptr (AdwApplication) application =
      adw_application_new (HUB_APPLICATION_ID, G_APPLICATION_DEFAULT_FLAGS);
  g_signal_connect (application, "startup", G_CALLBACK (on_startup), NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
