/* reject-dialog.h: one reject: why, and the source record's fields to mend before it is tried again (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record-item.h"
#include <gtk/gtk.h>

/* Shows the reject @item, which has been read, over @parent's window. */
void hub_reject_dialog_open (GtkWidget *parent, HubRecordItem *item);
