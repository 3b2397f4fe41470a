/* record-item.h: one record as lists show it, whether planned (preview), delivered (history) or rejected; or one run.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Properties for binding: title (its key), subtitle (what happens or happened, and why), detail (when and by which integration),
 * icon-name, selected (read-write), changes (notified last when all of them are new). */
#pragma once
#include "delivery.h"
#include "history.h"
#include "integration.h"
#include "runs.h"
#include <gio/gio.h>

#define HUB_TYPE_RECORD_ITEM (hub_record_item_get_type ())
G_DECLARE_FINAL_TYPE (HubRecordItem, hub_record_item, HUB, RECORD_ITEM, GObject)

#define HUB_RECORD_TEXTS 5

/* Only to be read: what is behind the properties. */
struct _HubRecordItem {
  GObject parent_instance;
  char *texts[HUB_RECORD_TEXTS]; /* (owned) (nullable) the text properties, by their number */
  gboolean selected;
  HubAction action;   /* of a planned one */
  char *source_key;   /* (owned) (nullable) */
  GPtrArray *changes; /* (owned) (nullable) (element-type HubChange) */
  HubTrace *trace;    /* (owned) (nullable) the delivery; NULL for a planned one, and before it was read */
  gint64 run;         /* that it is or belongs to; 0: none */
};

/* A planned delivery; may be made in the run's thread and handed over. */
HubRecordItem *hub_record_item_new_planned (const HubDelivery *delivery, const HubIntegration *integration);

/* A delivery of the past that is still to be read. */
HubRecordItem *hub_record_item_new_past (void);

/* Shows @trace (taken) from now on. */
void hub_record_item_set_trace (HubRecordItem *self, HubTrace *trace);

/* A run of the past. */
HubRecordItem *hub_record_item_new_run (const HubRun *run);

/* Whether it is planned and would be sent. */
gboolean hub_record_item_is_sendable (HubRecordItem *self);

/* Whether it stands at the destination, so that it can be taken back. */
gboolean hub_record_item_is_standing (HubRecordItem *self);

/* All of it in one sentence, for a screen reader. (transfer full) */
char *hub_record_item_describe (HubRecordItem *self);
