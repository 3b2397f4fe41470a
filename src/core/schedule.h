/* schedule.h: when an integration runs by itself, as the portable file says it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <json-glib/json-glib.h>

/* Checks the contract's `schedule` member: null, or one of every, daily, weekly, monthly, on, with an optional zone.
 * HUB_ERROR_INVALID names the place. */
gboolean hub_schedule_check (JsonNode *node, const char *place, GError **error);
