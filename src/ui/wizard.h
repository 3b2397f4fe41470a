/* wizard.h: the wizard that makes or changes an integration, in five steps; a page with its own header bar (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_WIZARD (hub_wizard_get_type ())
G_DECLARE_FINAL_TYPE (HubWizard, hub_wizard, HUB, WIZARD, AdwBin)

/* Changes integration @name, or makes one: from the template @template, or from nothing. Both nullable; at most one is given. */
GtkWidget *hub_wizard_new (const char *name, const char *template);

/* Asks whether to keep what was begun, then calls @leave; at once where nothing would be lost. */
void hub_wizard_leave (HubWizard *self, void (*leave) (gpointer data), gpointer data);
