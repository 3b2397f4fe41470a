/* drift.h: what the fields of both sides once held, so that one that was renamed is known again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "database.h"
#include "integration.h"

/* Source and destination fields → the value that each had in the first record that @integration created (the values of both as
 * they were sent). (transfer full) */
GHashTable *hub_drift_list_examples (HubDatabase *database, const HubIntegration *integration,
                                     GError **error);
