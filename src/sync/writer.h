/* writer.h: takes one batch of deliveries through key check, look-up, plan, journal, write and confirmation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "engine.h"

/* What is to be done about each delivery of a batch: the keys of those planned so far in one run. */
typedef struct _HubPlan HubPlan;

HubPlan *hub_plan_new (HubMode mode);
void hub_plan_free (HubPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubPlan, hub_plan_free)

/* A second record with a key that an earlier one of this run has is a reject; the same source record read twice, as
 * happens when records move between pages, is unchanged. Comes before the look-up. Append tells records apart by their source alone. */
void hub_plan_check_key (HubPlan *plan, HubDelivery *delivery);

/* Sets action and change of @delivery from what stands at the destination (found, before). */
void hub_plan_decide (const HubPlan *plan, HubDelivery *delivery);

/* Everything that a run's writing side needs; lives in the run's thread. */
typedef struct _HubWriter HubWriter;

/* All arguments are borrowed. @destination has been prepared. @options.preview stops each batch before the journal. */
HubWriter *hub_writer_new (HubDatabase *database, const HubIntegration *integration,
                           HubConnector *destination, HubRun *run, const HubRunOptions *options,
                           GError **error);
void hub_writer_free (HubWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubWriter, hub_writer_free)

/* Delivers @batch and adds to the run's counters once it is done. */
gboolean hub_writer_deliver (HubWriter *writer, GPtrArray *batch, GCancellable *cancellable, GError **error);

/* Makes what was written last, where the destination needs that said. After a @complete reading, an earlier reject that is
 * still open is closed: its record is gone, is filtered now, or was mended beyond recognition. */
gboolean hub_writer_finish (HubWriter *writer, gboolean complete, GCancellable *cancellable, GError **error);
