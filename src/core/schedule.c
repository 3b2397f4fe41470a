/* schedule.c: see schedule.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule.h"

void hub_schedule_read (JsonNode *node, HubSchedule *schedule) {
  *schedule = (HubSchedule){ 0 };
}
