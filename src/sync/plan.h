/* plan.h: decides for each delivery of a batch what is to be done at the destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "integration.h"

/* Keys of the deliveries planned so far in one run: the second record with a key is a reject. */
typedef struct _HubPlan HubPlan;

HubPlan *hub_plan_new (const HubIntegration *integration);
void hub_plan_free (HubPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubPlan, hub_plan_free)

/* Rejects each delivery whose key an earlier one of this run has. Comes before the look-up. */
void hub_plan_check_keys (HubPlan *plan, GPtrArray *deliveries);

/* Sets action and change of @delivery from what stands at the destination (found, before) and the integration's mode. */
void hub_plan_decide (const HubPlan *plan, HubDelivery *delivery);
