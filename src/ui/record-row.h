/* record-row.h: the row of a HubRecordItem in a list: icon, key, what happens, its fields old → new, a tick box where asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record-item.h"
#include <gtk/gtk.h>

#define HUB_TYPE_RECORD_ROW (hub_record_row_get_type ())
G_DECLARE_FINAL_TYPE (HubRecordRow, hub_record_row, HUB, RECORD_ROW, GtkWidget)

/* A factory for GtkListView whose rows show HubRecordItem; @selectable: with a tick box bound to `selected`. (transfer full) */
GtkListItemFactory *hub_record_row_factory_new (gboolean selectable);
