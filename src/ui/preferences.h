/* preferences.h: the preferences window (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

/* What the window's action does: shows the preferences over @window. */
void hub_preferences_open (GtkWidget *window, const char *action, GVariant *parameter);
