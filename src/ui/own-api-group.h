/* own-api-group.h: the user's own connectors: a row each, and a way to open another one's description (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_OWN_API_GROUP (hub_own_api_group_get_type ())
G_DECLARE_FINAL_TYPE (HubOwnApiGroup, hub_own_api_group, HUB, OWN_API_GROUP, AdwPreferencesGroup)

/* Shows @own (element-type HubOwnApi). */
void hub_own_api_group_fill (HubOwnApiGroup *self, GPtrArray *own);

/* Asks for a description, checks and installs it. Needs the action accounts.add of what it is in. */
void hub_own_api_group_open (HubOwnApiGroup *self);
