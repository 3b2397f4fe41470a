/* record-item.h: one record as lists show it, whether planned (preview), delivered (history) or rejected; or one run.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Property: selected (read-write). Signal: changed, when it shows something else. */
#pragma once
#include "record.h"
#include "history.h"
#include "integration.h"
#include "runs.h"
#include <gio/gio.h>

#define HUB_TYPE_RECORD_ITEM (hub_record_item_get_type ())
G_DECLARE_FINAL_TYPE (HubRecordItem, hub_record_item, HUB, RECORD_ITEM, GObject)

/* Only to be read. */
struct _HubRecordItem {
  GObject parent_instance;
  const char *icon;   /* (static) */
  char *title;        /* (owned) its key */
  char *subtitle;     /* (owned) (nullable) what happens or happened, and why */
  char *detail;       /* (owned) (nullable) when, and by which integration */
  gboolean selected;  /* to be sent */
  HubAction action;   /* of a planned one, */
  char *source_key;   /* (owned) (nullable) and its stable identity at the source */
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

void hub_record_item_select (HubRecordItem *self, gboolean selected);

/* Whether it is planned and would be sent. */
gboolean hub_record_item_is_sendable (HubRecordItem *self);

/* Whether it stands at the destination, so that it can be taken back. */
gboolean hub_record_item_is_standing (HubRecordItem *self);

/* All of it in one sentence, for a screen reader. (transfer full) */
char *hub_record_item_describe (HubRecordItem *self);
