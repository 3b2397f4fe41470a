/* lazy-list.h: a list of deliveries of the past that knows all their ids and reads those that are looked at (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record-item.h"

/* A GListModel of HubRecordItem: each is handed out at once, and filled when a worker thread has read it. */
#define HUB_TYPE_LAZY_LIST (hub_lazy_list_get_type ())
G_DECLARE_FINAL_TYPE (HubLazyList, hub_lazy_list, HUB, LAZY_LIST, GObject)

HubLazyList *hub_lazy_list_new (void);

/* Shows the deliveries with @ids (element-type gint64; taken). Those that were looked at stay the same items and are read again. */
void hub_lazy_list_set_ids (HubLazyList *self, GArray *ids);
