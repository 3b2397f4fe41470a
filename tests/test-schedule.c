/* test-schedule.c: schedules are read, written, said, and due when they should, across daylight saving and month ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule.h"

#define PARIS ",\"zone\":\"Europe/Paris\"}"

static HubSchedule schedule_of (const char *text) {
  g_autoptr (JsonNode) node = text ? json_from_string (text, NULL) : NULL;
  HubSchedule schedule;
  hub_schedule_read (node, &schedule);
  return schedule;
}

static gint64 instant (const char *text) {
  g_autoptr (GDateTime) time = text ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  return time ? g_date_time_to_unix (time) * 1000 : 0;
}

static void test_what_is_read_is_written (void) {
  const struct {
    const char *text;
    HubSchedule schedule;
  } cases[] = {
    { "null", { HUB_SCHEDULE_NONE } },
    { "{\"every\":\"15m\"}", { HUB_SCHEDULE_EVERY, .minutes = 15 } },
    { "{\"every\":\"2h\"}", { HUB_SCHEDULE_EVERY, .minutes = 120 } },
    { "{\"every\":\"9999h\"}", { HUB_SCHEDULE_EVERY, .minutes = 599940 } },
    { "{\"daily\":\"07:30\"}", { HUB_SCHEDULE_DAILY, .hour = 7, .minute = 30 } },
    { "{\"weekly\":{\"days\":[\"mon\",\"sun\"],\"at\":\"23:59\"}}",
      { HUB_SCHEDULE_WEEKLY, .hour = 23, .minute = 59, .days = 1 | 1 << 6 } },
    { "{\"monthly\":{\"day\":31,\"at\":\"00:05\"}}", { HUB_SCHEDULE_MONTHLY, .minute = 5, .day = 31 } },
    { "{\"on\":\"event\"}", { HUB_SCHEDULE_EVENT } },
    { "{\"daily\":\"08:09\",\"zone\":\"Europe/Paris\"}",
      { HUB_SCHEDULE_DAILY, .hour = 8, .minute = 9, .zone = "Europe/Paris" } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const HubSchedule *want = &cases[i].schedule;
    HubSchedule schedule = schedule_of (cases[i].text);
    g_assert_cmpint (schedule.kind, ==, want->kind);
    g_assert_cmpuint (schedule.minutes, ==, want->minutes);
    g_assert_cmpuint (schedule.hour, ==, want->hour);
    g_assert_cmpuint (schedule.minute, ==, want->minute);
    g_assert_cmpuint (schedule.days, ==, want->days);
    g_assert_cmpuint (schedule.day, ==, want->day);
    g_assert_cmpstr (schedule.zone, ==, want->zone);
    g_autoptr (JsonNode) node = hub_schedule_write (&schedule);
    g_autofree char *text = json_to_string (node, FALSE);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void test_no_schedule_and_defaults (void) {
  HubSchedule schedule = schedule_of (NULL);
  g_assert_cmpint (schedule.kind, ==, HUB_SCHEDULE_NONE);
  schedule = schedule_of ("{\"monthly\":{\"at\":\"07:30\"}}");
  g_assert_cmpuint (schedule.day, ==, 1);
}

static void test_it_is_due_when_it_should (void) {
  const struct {
    const char *schedule, *last, *now, *due;
  } cases[] = {
    { "null", NULL, "2026-11-22T10:00:00Z", NULL },
    { "{\"on\":\"event\"}", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T10:01:00Z" },
    /* from the last run's start; never run, or missed: at once; a clock that was ahead counts as now */
    { "{\"every\":\"15m\"}", NULL, "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z" },
    { "{\"every\":\"15m\"}", "2026-11-22T09:58:00Z", "2026-11-22T10:00:00Z", "2026-11-22T10:13:00Z" },
    { "{\"every\":\"15m\"}", "2026-11-22T08:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z" },
    { "{\"every\":\"2h\"}", "2038-01-01T00:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T12:00:00Z" },
    { "{\"every\":\"9999h\"}", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", "2028-01-13T01:00:00Z" },
    /* daily: never run before, today or tomorrow; exactly at its time; missed for days: once */
    { "{\"daily\":\"07:30\"" PARIS, NULL, "2026-11-22T06:29:00Z", "2026-11-22T06:30:00Z" },
    { "{\"daily\":\"07:30\"" PARIS, NULL, "2026-11-22T06:30:00Z", "2026-11-23T06:30:00Z" },
    { "{\"daily\":\"07:30\"" PARIS, "2026-11-22T06:30:00Z", "2026-11-22T06:30:05Z", "2026-11-23T06:30:00Z" },
    { "{\"daily\":\"07:30\"" PARIS, "2026-11-22T06:29:59Z", "2026-11-22T06:29:59Z", "2026-11-22T06:30:00Z" },
    { "{\"daily\":\"07:30\"" PARIS, "2026-11-01T06:30:00Z", "2026-11-22T20:00:00Z", "2026-11-22T20:00:00Z" },
    { "{\"daily\":\"07:30\"" PARIS, "2026-11-22T20:00:00Z", "2026-11-22T20:00:01Z", "2026-11-23T06:30:00Z" },
    /* spring in Paris, 2026-03-29: 02:30 does not exist, 03:00 is the next that does; the days around it */
    { "{\"daily\":\"02:30\"" PARIS, "2026-03-28T01:30:00Z", "2026-03-28T01:31:00Z", "2026-03-29T01:00:00Z" },
    { "{\"daily\":\"02:30\"" PARIS, "2026-03-29T01:00:00Z", "2026-03-29T01:00:01Z", "2026-03-30T00:30:00Z" },
    { "{\"daily\":\"07:30\"" PARIS, "2026-03-28T06:30:00Z", "2026-03-28T06:31:00Z", "2026-03-29T05:30:00Z" },
    /* autumn, 2026-10-25: 07:30 is an hour later in UTC */
    { "{\"daily\":\"07:30\"" PARIS, "2026-10-24T05:30:00Z", "2026-10-24T05:31:00Z", "2026-10-25T06:30:00Z" },
    /* midnight that is skipped: Beirut, 2026-03-29 */
    { "{\"daily\":\"00:15\",\"zone\":\"Asia/Beirut\"}", "2026-03-27T22:15:00Z", "2026-03-28T12:00:00Z",
      "2026-03-28T22:00:00Z" },
    /* weekly: later this week, next week, over the year's end, several days */
    { "{\"weekly\":{\"days\":[\"mon\"],\"at\":\"07:30\"}" PARIS, NULL, "2026-11-22T12:00:00Z",
      "2026-11-23T06:30:00Z" },
    { "{\"weekly\":{\"days\":[\"mon\"],\"at\":\"07:30\"}" PARIS, "2026-11-23T06:30:00Z",
      "2026-11-23T07:00:00Z", "2026-11-30T06:30:00Z" },
    { "{\"weekly\":{\"days\":[\"fri\",\"tue\"],\"at\":\"07:30\"}" PARIS, "2026-12-29T06:30:00Z",
      "2026-12-29T06:31:00Z", "2027-01-01T06:30:00Z" },
    { "{\"weekly\":{\"days\":[\"sun\"],\"at\":\"00:00\"}" PARIS, "2026-11-22T12:00:00Z",
      "2026-11-22T12:00:00Z", "2026-11-28T23:00:00Z" },
    /* monthly: the last day where a month has fewer; leap years; over the year's end */
    { "{\"monthly\":{\"day\":31,\"at\":\"07:30\"}" PARIS, "2026-01-31T06:30:00Z", "2026-01-31T06:31:00Z",
      "2026-02-28T06:30:00Z" },
    { "{\"monthly\":{\"day\":31,\"at\":\"07:30\"}" PARIS, "2026-03-31T05:30:00Z", "2026-04-01T00:00:00Z",
      "2026-04-30T05:30:00Z" },
    { "{\"monthly\":{\"day\":30,\"at\":\"07:30\"}" PARIS, "2028-01-30T06:30:00Z", "2028-01-30T06:31:00Z",
      "2028-02-29T06:30:00Z" },
    { "{\"monthly\":{\"day\":29,\"at\":\"07:30\"}" PARIS, "2027-01-29T06:30:00Z", "2027-01-29T06:31:00Z",
      "2027-02-28T06:30:00Z" },
    { "{\"monthly\":{\"day\":1,\"at\":\"07:30\"}" PARIS, "2026-12-01T06:30:00Z", "2026-12-05T00:00:00Z",
      "2027-01-01T06:30:00Z" },
    { "{\"monthly\":{\"day\":15,\"at\":\"07:30\"}" PARIS, "2026-08-15T05:30:00Z", "2026-11-22T10:00:00Z",
      "2026-11-22T10:00:00Z" },
    /* zones on both sides of the date line */
    { "{\"daily\":\"00:30\",\"zone\":\"Pacific/Auckland\"}", NULL, "2026-11-22T10:00:00Z",
      "2026-11-22T11:30:00Z" },
    { "{\"daily\":\"23:30\",\"zone\":\"Pacific/Honolulu\"}", NULL, "2026-11-22T10:00:00Z",
      "2026-11-23T09:30:00Z" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    HubSchedule schedule = schedule_of (cases[i].schedule);
    g_test_message ("%u: %s after %s", i, cases[i].schedule, cases[i].last);
    gint64 due = hub_schedule_next (&schedule, instant (cases[i].last), instant (cases[i].now));
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (due / 1000);
    g_autofree char *text = due ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    g_assert_cmpstr (text, ==, cases[i].due);
  }
}

/* Lives through the days around a change, ten minutes at a time, and counts the runs. */
static guint count_runs (const char *text, const char *from, const char *to) {
  HubSchedule schedule = schedule_of (text);
  guint runs = 0;
  gint64 last = instant (from);
  for (gint64 now = last; now < instant (to); now += 600000) {
    if (hub_schedule_next (&schedule, last, now) > now)
      continue;
    last = now;
    runs++;
  }
  return runs;
}

static void test_a_day_of_daylight_saving_runs_once (void) {
  const char *autumn[] = { "2026-10-23T12:00:00Z", "2026-10-27T12:00:00Z" };
  const char *spring[] = { "2026-03-27T12:00:00Z", "2026-03-31T12:00:00Z" };
  const char *times[] = { "01:59", "02:00", "02:30", "02:59", "03:00", "03:30" };
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *daily = g_strdup_printf ("{\"daily\":\"%s\"" PARIS, times[i]);
    g_assert_cmpuint (count_runs (daily, autumn[0], autumn[1]), ==, 4);
    g_assert_cmpuint (count_runs (daily, spring[0], spring[1]), ==, 4);
  }
}

static void test_it_is_said_in_words (void) {
  const struct {
    const char *schedule, *words;
  } cases[] = {
    { "null", "Only when you run it" },
    { "{\"on\":\"event\"}", "As soon as something happens" },
    { "{\"every\":\"1m\"}", "Every minute" },
    { "{\"every\":\"15m\"}", "Every 15 minutes" },
    { "{\"every\":\"60m\"}", "Every hour" },
    { "{\"every\":\"90m\"}", "Every 90 minutes" },
    { "{\"every\":\"2h\"}", "Every 2 hours" },
    { "{\"daily\":\"07:30\"}", "Every day at 07:30" },
    { "{\"daily\":\"07:30\"" PARIS, "Every day at 07:30 (Europe/Paris)" },
    { "{\"weekly\":{\"days\":[\"mon\"],\"at\":\"07:30\"}}", "Every Monday at 07:30" },
    { "{\"weekly\":{\"days\":[\"sun\",\"mon\"],\"at\":\"07:30\"}}", "Every Monday and Sunday at 07:30" },
    { "{\"weekly\":{\"days\":[\"mon\",\"wed\",\"fri\"],\"at\":\"07:30\"}}",
      "Every Monday, Wednesday and Friday at 07:30" },
    { "{\"weekly\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],\"at\":\"18:00\"}}",
      "Monday to Friday at 18:00" },
    { "{\"weekly\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"],\"at\":\"18:00\"}}",
      "Every day at 18:00" },
    { "{\"monthly\":{\"day\":15,\"at\":\"07:30\"}}", "On day 15 of every month at 07:30" },
    { "{\"monthly\":{\"day\":31,\"at\":\"07:30\"}}", "On the last day of every month at 07:30" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    HubSchedule schedule = schedule_of (cases[i].schedule);
    g_autofree char *words = hub_schedule_words (&schedule);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/round-trip", test_what_is_read_is_written);
  g_test_add_func ("/schedule/defaults", test_no_schedule_and_defaults);
  g_test_add_func ("/schedule/due", test_it_is_due_when_it_should);
  g_test_add_func ("/schedule/daylight-saving", test_a_day_of_daylight_saving_runs_once);
  g_test_add_func ("/schedule/words", test_it_is_said_in_words);
  return g_test_run ();
}
