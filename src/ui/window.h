/* window.h: the program as the desktop sees it, and its window: four tabs, and the pages that lie on top of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>
/* Pages talk to the window by its actions, with gtk_widget_activate_action() or action-name:
 *   win.back                     leaves the page on top
 *   win.new-integration   s      the wizard, from the template of that id, or "" for none
 *   win.edit-integration  s      the wizard, with the integration of that name
 *   win.preview           s      the preview of an integration
 *   win.show-run          x      a run by its number
 *   win.show-history      s      the history of an integration, "" for all
 *   win.show-rejects      s      the rejects of an integration, "" for all
 *   win.show-tab          s      a tab by its name: "dashboard", "integrations", "history", "accounts"
 *   win.delete            s      hides an integration, and deletes it unless that is undone
 *   win.export            s      an integration as a file, "" for all
 *   win.try-example              makes two CSV files and an integration between them, and previews it
 *   win.import, win.reload, win.preferences
 *   win.toast             s      says it in a toast */

#define HUB_TYPE_WINDOW (hub_window_get_type ())
G_DECLARE_FINAL_TYPE (HubWindow, hub_window, HUB, WINDOW, AdwApplicationWindow)

/* Shows the window, or raises that of the instance that already runs; returns the exit status once all is closed. */
int hub_application_run (int argc, char **argv);
