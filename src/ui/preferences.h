/* preferences.h: the preferences window (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

/* Shows the preferences over @parent. */
void hub_preferences_open (GtkWindow *parent);
