/* record-row.h: the row of a HubRecordItem in a list: icon, key, what happens, its fields old → new, a tick box where asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record-item.h"
#include <gtk/gtk.h>

/* What rows show beside the record itself. */
typedef enum {
  HUB_ROW_TICK = 1 << 0, /* a tick box bound to `selected` */
  HUB_ROW_WHEN = 1 << 1, /* the detail: when, and by which integration; and a way to its run */
} HubRowParts;

/* Makes @view show @model (element-type HubRecordItem), a row each. */
void hub_record_row_fill (GtkListView *view, GListModel *model, HubRowParts parts);
