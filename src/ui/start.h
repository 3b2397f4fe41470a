/* start.h: starts a run, a retry or an undo for a page, and says so in a toast (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "integration-item.h"
#include <gtk/gtk.h>

/* Starts @start on the integration called @name and says @words (nullable) in @widget's window; says why where that cannot be. What
 * @start owns is taken in any case. Returns: whether it was started. */
gboolean hub_start (GtkWidget *widget, const char *name, const HubRunOptions *start, const char *words);

/* A set of one source key, for HubRunOptions.only. (transfer full) (nullable): NULL for NULL */
GHashTable *hub_start_only (const char *source_key);
