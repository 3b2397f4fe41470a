/* start.c: starts a run, a retry or an undo for a page, and says so in a toast (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "start.h"

#include <glib/gi18n-lib.h>

#include "integration-list.h"

gboolean hub_start (GtkWidget *widget, const char *name, const HubRunOptions *start, const char *words) {
  HubIntegrationItem *item = hub_integration_list_find (name);
  gboolean possible = item && !hub_integration_item_is_running (item);
  g_autofree char *why = NULL;

  if (possible)
    hub_integration_item_start (item, start);
  else if (start->only)
    g_hash_table_unref (start->only);
  if (item == NULL)
    words = why = g_strdup_printf (_ ("“%s” is not there any more"), name);
  else if (!possible)
    words = why = g_strdup_printf (_ ("“%s” is running; try again when that is over"), name);
  if (words)
    gtk_widget_activate_action (widget, "win.toast", "s", words);
  return possible;
}

GHashTable *hub_start_only (const char *source_key) {
  if (source_key == NULL)
    return NULL;
  GHashTable *only = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (only, g_strdup (source_key));
  return only;
}
