/* hubspot-search.h: what has changed at HubSpot, by its search: its lists cannot tell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "rest-private.h"

/* Whether a search for self's paths is short enough for HubSpot. */
gboolean hub_hubspot_search_fits (HubRest *self);

/* A page of the records changed since self->since. */
HubPage *hub_hubspot_search (HubRest *self, const char *position, GCancellable *cancellable, GError **error);
