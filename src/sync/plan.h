/* plan.h: decides for each delivery of a batch what is to be done at the destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "integration.h"

/* Keys of the deliveries planned so far in one run. */
typedef struct _HubPlan HubPlan;

HubPlan *hub_plan_new (HubMode mode);
void hub_plan_free (HubPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubPlan, hub_plan_free)

/* A second record with a key that an earlier one of this run has is a reject; the same source record read twice, as
 * happens when records move between pages, is unchanged. Comes before the look-up. Append tells records apart by their source alone. */
void hub_plan_check_key (HubPlan *plan, HubDelivery *delivery);

/* Sets action and change of @delivery from what stands at the destination (found, before). */
void hub_plan_decide (const HubPlan *plan, HubDelivery *delivery);
