/* integration-card.h: the card of one integration: what it joins, how its last run went, and all that can be done with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "integration-item.h"
#include <gtk/gtk.h>

/* Property "item" (HubIntegrationItem, nullable): which one it shows; a list gives it another one now and then. */
#define HUB_TYPE_INTEGRATION_CARD (hub_integration_card_get_type ())
G_DECLARE_FINAL_TYPE (HubIntegrationCard, hub_integration_card, HUB, INTEGRATION_CARD, GtkWidget)
