/* scheduler.h: runs what is due while the window is open (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gio/gio.h>

/* From now on runs each item of @items (element-type HubIntegrationItem; a reference is kept) when it is due, until @owner goes. */
void hub_scheduler_start (gpointer owner, GListModel *items);
