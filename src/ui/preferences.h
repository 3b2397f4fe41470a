/* preferences.h: the preferences window (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

/* Shows the preferences over @parent. */
void hub_preferences_open (GtkWindow *parent);

/* From now on the program looks as the user chose; @owner (a GObject) is the application. */
void hub_preferences_apply (gpointer owner);
