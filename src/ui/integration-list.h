/* integration-list.h: all integrations of the store, as one model that the pages share; runs what is due (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "integration-item.h"
#include <gtk/gtk.h>

/* The one model (element-type HubIntegrationItem), by name; read for the first time at the first call, and again at all news. Items of
 * integrations that stay are kept, and so are their runs. Borrowed. */
GListModel *hub_integration_list_get (void);

/* Why it could not be read last, or NULL. Borrowed. */
const GError *hub_integration_list_get_error (void);

/* Whether it was read, well or badly, at least once; the model emits "items-changed" when that is over, even when it stays empty. */
gboolean hub_integration_list_is_loaded (void);

/* (nullable) Borrowed. */
HubIntegrationItem *hub_integration_list_find (const char *name);

/* Hides @name while the toast that can still undo its deletion is shown, or shows it again. */
void hub_integration_list_hide (const char *name, gboolean hidden);

/* Deletes @name (NULL: all) from the store if it is hidden; the program stays until that is done. */
void hub_integration_list_delete_hidden (const char *name);

/* From now on runs each that is due, and calls for the user where a run needs one, until @owner goes. */
void hub_integration_list_schedule (gpointer owner);

/* Starts @start on the integration called @name and says @words (nullable) in @widget's window; says why where that cannot be. What
 * @start owns is taken in any case. Returns: whether it was started. */
gboolean hub_start (GtkWidget *widget, const char *name, const HubRunOptions *start, const char *words);

/* A set of one source key, for HubRunOptions.only. (transfer full) (nullable): NULL for NULL */
GHashTable *hub_start_only (const char *source_key);
