/* schedule.h: when an integration runs by itself; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "json.h"

typedef enum {
  HUB_SCHEDULE_NONE,
  HUB_SCHEDULE_EVERY,
  HUB_SCHEDULE_DAILY,
  HUB_SCHEDULE_WEEKLY,
  HUB_SCHEDULE_MONTHLY,
  HUB_SCHEDULE_EVENT,
} HubScheduleKind;

typedef struct {
  HubScheduleKind kind;
  guint minutes;      /* every so many minutes */
  guint hour, minute; /* of the day */
  guint days;         /* weekly: bit 0 is Monday */
  guint day;          /* monthly: 1 to 31; the last day where a month has fewer */
  const char *zone;   /* (interned) (nullable) IANA; NULL: the system's */
} HubSchedule;

/* Reads the contract's `schedule`, which has passed the schema (@node nullable). */
void hub_schedule_read (JsonNode *node, HubSchedule *schedule);

/* The contract's `schedule`. (transfer full) */
JsonNode *hub_schedule_write (const HubSchedule *schedule);

/* When it is due next, in unix milliseconds, after a run that began at @last (0: never; it is then due as from @now). What was missed
 * is due once, at once. 0: never by itself. A time of day that daylight saving skips is the next that exists. */
gint64 hub_schedule_next (const HubSchedule *schedule, gint64 last, gint64 now);

/* "Every 15 minutes", "Every Monday at 07:30". (transfer full) */
char *hub_schedule_words (const HubSchedule *schedule);
