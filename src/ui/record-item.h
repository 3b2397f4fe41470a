/* record-item.h: one record as lists show it, whether planned (preview), delivered (history) or rejected.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Properties for binding: title (its key), subtitle (what happens or happened, and why), icon-name, selected (read-write). */
#pragma once
#include "delivery.h"
#include "history.h"
#include "integration.h"
#include <gio/gio.h>

#define HUB_TYPE_RECORD_ITEM (hub_record_item_get_type ())
G_DECLARE_FINAL_TYPE (HubRecordItem, hub_record_item, HUB, RECORD_ITEM, GObject)

/* A planned delivery; may be made in the run's thread and handed over. */
HubRecordItem *hub_record_item_new_planned (const HubDelivery *delivery, const HubIntegration *integration);

/* A delivery of the past (taken). */
HubRecordItem *hub_record_item_new_past (HubTrace *trace);

/* The delivery behind it: NULL for a planned one. Borrowed. */
const HubTrace *hub_record_item_get_trace (HubRecordItem *self);
const char *hub_record_item_get_source_key (HubRecordItem *self); /* (nullable) */
HubAction hub_record_item_get_action (HubRecordItem *self);       /* of a planned one */
GPtrArray *hub_record_item_get_changes (HubRecordItem *self);     /* (element-type HubChange) borrowed */
gboolean hub_record_item_is_selected (HubRecordItem *self);
