/* preferences.c: see preferences.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences.h"

void hub_preferences_open (GtkWindow *parent) {
}
