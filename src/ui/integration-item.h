/* integration-item.h: one integration as the window shows it, in words, with its run while it goes on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lives on the main thread; it may be made on a worker thread and handed over. Its properties are for binding: name, source,
 * source-icon, destination, destination-icon, state-icon, state-class (a style class), summary (notified four times a second during a
 * run), problem, plan (when it runs by itself), running, enabled. */
#pragma once
#include "engine.h"
#include <gio/gio.h>

#define HUB_TYPE_INTEGRATION_ITEM (hub_integration_item_get_type ())
G_DECLARE_FINAL_TYPE (HubIntegrationItem, hub_integration_item, HUB, INTEGRATION_ITEM, GObject)

/* What an update takes over as it is. */
typedef struct {
  gboolean enabled;
  HubSchedule schedule;
  HubRunStatus status; /* of the last run */
  int cause;           /* the HubError that stopped it; 0: none */
  gint64 last_run;     /* its id; 0: it never ran */
  gint64 started;      /* unix milliseconds: when it began, or was last tried */
} HubFacts;

/* What a person can do about a run that stopped: a button that leads there. */
typedef struct {
  int cause; /* the HubError */
  const char *label, *action,
      *target; /* untranslated; of the window; of that, or NULL: the integration's name */
} HubRemedy;

/* What @integration is, and how its last run (nullable) went. */
HubIntegrationItem *hub_integration_item_new (const HubIntegration *integration, const HubRun *run);

const char *hub_integration_item_get_name (HubIntegrationItem *self);
gboolean hub_integration_item_is_running (HubIntegrationItem *self);

/* Takes over what @fresh says; a run that goes on here keeps its words. */
void hub_integration_item_update (HubIntegrationItem *self, HubIntegrationItem *fresh);

/* Starts that (options->only is taken) on a worker thread unless something goes on; the application is marked busy until it is over, then the news are told. */
void hub_integration_item_start (HubIntegrationItem *self, const HubRunOptions *start);

/* Borrowed. */
const HubFacts *hub_integration_item_get_facts (HubIntegrationItem *self);
/* What helps where the last run did not succeed, or NULL: to run it again at best. */
const HubRemedy *hub_integration_item_get_remedy (HubIntegrationItem *self);
/* When it is due by itself, unix milliseconds; 0: never. */
gint64 hub_integration_item_get_next (HubIntegrationItem *self);
void hub_integration_item_cancel (HubIntegrationItem *self);
