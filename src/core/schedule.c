/* schedule.c: when an integration runs by itself; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "date.h"

#define MINUTE_MS 60000
#define WEEKDAYS 0x1f
#define EVERY_DAY 0x7f

static const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

static void read_time (JsonObject *object, const char *member, HubSchedule *schedule) {
  const char *text = json_object_get_string_member (object, member);
  schedule->hour = atoi (text);
  schedule->minute = atoi (text + 3);
}

static void read_every (const char *text, HubSchedule *schedule) {
  schedule->kind = HUB_SCHEDULE_EVERY;
  schedule->minutes = atoi (text) * (g_str_has_suffix (text, "h") ? 60 : 1);
}

static void read_weekly (JsonObject *weekly, HubSchedule *schedule) {
  JsonArray *days = json_object_get_array_member (weekly, "days");
  schedule->kind = HUB_SCHEDULE_WEEKLY;
  for (guint i = 0; i < json_array_get_length (days); i++)
    for (guint day = 0; day_names[day]; day++)
      if (g_str_equal (day_names[day], json_array_get_string_element (days, i)))
        schedule->days |= 1u << day;
  read_time (weekly, "at", schedule);
}

void hub_schedule_read (JsonNode *node, HubSchedule *schedule) {
  *schedule = (HubSchedule){ 0 };
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  JsonObject *object = json_node_get_object (node);
  schedule->zone = g_intern_string (json_object_get_string_member_with_default (object, "zone", NULL));
  if (json_object_has_member (object, "every")) {
    read_every (json_object_get_string_member (object, "every"), schedule);
  } else if (json_object_has_member (object, "daily")) {
    schedule->kind = HUB_SCHEDULE_DAILY;
    read_time (object, "daily", schedule);
  } else if (json_object_has_member (object, "weekly")) {
    read_weekly (json_object_get_object_member (object, "weekly"), schedule);
  } else if (json_object_has_member (object, "monthly")) {
    JsonObject *monthly = json_object_get_object_member (object, "monthly");
    schedule->kind = HUB_SCHEDULE_MONTHLY;
    schedule->day = json_object_get_int_member_with_default (monthly, "day", 1);
    read_time (monthly, "at", schedule);
  } else {
    schedule->kind = HUB_SCHEDULE_EVENT;
  }
}

/* "mon","fri" */
static char *write_days (guint days) {
  GString *list = g_string_new (NULL);
  for (guint day = 0; day_names[day]; day++)
    if (days & 1u << day)
      g_string_append_printf (list, "%s\"%s\"", list->len ? "," : "", day_names[day]);
  return g_string_free (list, FALSE);
}

JsonNode *hub_schedule_write (const HubSchedule *schedule) {
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *time = g_strdup_printf ("%02u:%02u", schedule->hour, schedule->minute);
  g_autofree char *days = write_days (schedule->days);
  guint hours = schedule->minutes / 60;
  switch (schedule->kind) {
  case HUB_SCHEDULE_NONE: return json_node_new (JSON_NODE_NULL);
  case HUB_SCHEDULE_EVERY:
    if (schedule->minutes % 60)
      g_string_printf (text, "{\"every\":\"%um\"", schedule->minutes);
    else
      g_string_printf (text, "{\"every\":\"%uh\"", hours);
    break;
  case HUB_SCHEDULE_DAILY: g_string_printf (text, "{\"daily\":\"%s\"", time); break;
  case HUB_SCHEDULE_WEEKLY:
    g_string_printf (text, "{\"weekly\":{\"days\":[%s],\"at\":\"%s\"}", days, time);
    break;
  case HUB_SCHEDULE_MONTHLY:
    g_string_printf (text, "{\"monthly\":{\"day\":%u,\"at\":\"%s\"}", schedule->day, time);
    break;
  case HUB_SCHEDULE_EVENT: g_string_assign (text, "{\"on\":\"event\""); break;
  }
  if (schedule->zone) {
    g_string_append (text, ",\"zone\":");
    hub_json_append_text (text, schedule->zone);
  }
  g_string_append_c (text, '}');
  return hub_json_parse (text->str, text->len, NULL);
}

static gboolean is_due_on (const HubSchedule *schedule, GDateTime *date) {
  if (schedule->kind == HUB_SCHEDULE_WEEKLY)
    return schedule->days >> (g_date_time_get_day_of_week (date) - 1) & 1;
  guint last = g_date_get_days_in_month (g_date_time_get_month (date), g_date_time_get_year (date));
  return schedule->kind == HUB_SCHEDULE_DAILY
         || (guint) g_date_time_get_day_of_month (date) == MIN (schedule->day, last);
}

/* The first time of day of the schedule after @after; a GDateTime skips what daylight saving skips. */
static gint64 find_next (const HubSchedule *schedule, gint64 after) {
  GTimeZone *zone = hub_date_zone (schedule->zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (after / 1000);
  g_autoptr (GDateTime) start = g_date_time_to_timezone (utc, zone);
  for (int days = 0; days < 63; days++) {
    g_autoptr (GDateTime) date = g_date_time_add_days (start, days);
    if (!is_due_on (schedule, date))
      continue;
    g_autoptr (GDateTime) due =
        g_date_time_new (zone, g_date_time_get_year (date), g_date_time_get_month (date),
                         g_date_time_get_day_of_month (date), schedule->hour, schedule->minute, 0);
    if (due && g_date_time_to_unix (due) * 1000 > after)
      return g_date_time_to_unix (due) * 1000;
  }
  return 0;
}

gint64 hub_schedule_next (const HubSchedule *schedule, gint64 last, gint64 now) {
  if (schedule->kind == HUB_SCHEDULE_NONE)
    return 0;
  gint64 after = last > 0 ? MIN (last, now) : now; /* a clock that was ahead must not stop it for years */
  /* No service reaches a desktop: what has happened is asked for, with one request where nothing has. */
  guint minutes = schedule->kind == HUB_SCHEDULE_EVENT ? 1 : schedule->minutes;
  if (schedule->kind == HUB_SCHEDULE_EVERY || schedule->kind == HUB_SCHEDULE_EVENT)
    return last > 0 ? MAX (after + (gint64) minutes * MINUTE_MS, now) : now;
  gint64 due = find_next (schedule, after);
  return due ? MAX (due, now) : 0;
}

/* "Monday, Wednesday and Friday" in the user's language. */
static char *list_days (guint days) {
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint day = 0; day < 7; day++) {
    if (!(days & 1u << day))
      continue;
    g_autoptr (GDateTime) sample = g_date_time_new_utc (2024, 1, 1 + day, 12, 0, 0); /* a Monday, and so on */
    g_autofree char *name = g_date_time_format (sample, "%A");
    gboolean is_last = (days >> day) == 1;
    if (list->len)
      g_string_append (list, is_last ? _ (" and ") : _ (", "));
    g_string_append (list, name);
  }
  return g_strdup (list->str);
}

static char *weekly_words (const HubSchedule *schedule, const char *time) {
  if (schedule->days == EVERY_DAY)
    return g_strdup_printf (_ ("Every day at %s"), time);
  if (schedule->days == WEEKDAYS)
    return g_strdup_printf (_ ("Monday to Friday at %s"), time);
  g_autofree char *days = list_days (schedule->days);
  return g_strdup_printf (_ ("Every %1$s at %2$s"), days, time);
}

static char *every_words (guint minutes) {
  guint hours = minutes / 60;
  if (minutes % 60)
    return g_strdup_printf (ngettext ("Every minute", "Every %u minutes", minutes), minutes);
  return g_strdup_printf (ngettext ("Every hour", "Every %u hours", hours), hours);
}

char *hub_schedule_words (const HubSchedule *schedule) {
  g_autofree char *time = g_strdup_printf ("%02u:%02u", schedule->hour, schedule->minute);
  g_autofree char *words = NULL;
  switch (schedule->kind) {
  case HUB_SCHEDULE_NONE: return g_strdup (_ ("Only when you run it"));
  case HUB_SCHEDULE_EVENT: return g_strdup (_ ("As soon as something happens"));
  case HUB_SCHEDULE_EVERY: return every_words (schedule->minutes);
  case HUB_SCHEDULE_DAILY: words = g_strdup_printf (_ ("Every day at %s"), time); break;
  case HUB_SCHEDULE_WEEKLY: words = weekly_words (schedule, time); break;
  case HUB_SCHEDULE_MONTHLY:
    words = schedule->day == 31
                ? g_strdup_printf (_ ("On the last day of every month at %s"), time)
                : g_strdup_printf (_ ("On day %1$u of every month at %2$s"), schedule->day, time);
    break;
  }
  return schedule->zone ? g_strdup_printf (_ ("%1$s (%2$s)"), words, schedule->zone)
                        : g_steal_pointer (&words);
}
