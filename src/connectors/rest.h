/* rest.h: the connector of every service that its manifest describes in full.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"

#define HUB_TYPE_REST (hub_rest_get_type ())
G_DECLARE_FINAL_TYPE (HubRest, hub_rest, HUB, REST, HubConnector)
