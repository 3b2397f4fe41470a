/* test-date.c: dates and instants between texts, unix times and spreadsheet serials.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include "date.h"
#include "decimal.h"
#include "error.h"

#define PARIS "Europe/Paris"

static void clear (HubValue *value) {
  hub_value_clear (value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubValue, clear)

static HubValue make (HubType type, const char *text, const char *format, const char *zone) {
  return (HubValue){ .type = type, .text = g_strdup (text), .format = format, .zone = zone };
}

static HubValue instant (const char *text, const char *format, const char *zone) {
  return make (HUB_TYPE_DATETIME, text, format, zone);
}

static const struct {
  gint64 milliseconds;
  const char *text;
} unix_times[] = {
  { 0, "1970-01-01T00:00:00Z" },
  { 1, "1970-01-01T00:00:00.001Z" },
  { -1, "1969-12-31T23:59:59.999Z" },
  { -1000, "1969-12-31T23:59:59Z" },
  { -86400000, "1969-12-31T00:00:00Z" },
  { 951782400000, "2000-02-29T00:00:00Z" },
  { 1700000000000, "2023-11-14T22:13:20Z" },
  { 1700000000250, "2023-11-14T22:13:20.250Z" },
  { 4102444800000, "2100-01-01T00:00:00Z" },
  { -62135596800000, "0001-01-01T00:00:00Z" },
  { 253402300799999, "9999-12-31T23:59:59.999Z" },
};

static void test_unix_times_become_canonical_instants_and_back (void) {
  g_auto (HubValue) value = { HUB_TYPE_TEXT };

  for (guint i = 0; i < G_N_ELEMENTS (unix_times); i++) {
    hub_date_from_unix_ms (&value, unix_times[i].milliseconds);
    g_assert_cmpint (value.type, ==, HUB_TYPE_DATETIME);
    g_assert_cmpstr (value.text, ==, unix_times[i].text);
    g_assert_null (value.format);
    g_assert_null (value.zone);
    g_assert_cmpint (hub_date_to_unix_ms (&value), ==, unix_times[i].milliseconds);
  }
}

static void test_unix_times_agree_with_the_calendar_everywhere (void) {
  g_auto (HubValue) value = { HUB_TYPE_TEXT };

  for (gint64 seconds = G_GINT64_CONSTANT (-62135596800); seconds < G_GINT64_CONSTANT (253402300800);
       seconds += G_GINT64_CONSTANT (86400 * 61 + 12347)) {
    g_autoptr (GDateTime) expected = g_date_time_new_from_unix_utc (seconds);
    g_autofree char *text = g_strdup_printf ("%04d", g_date_time_get_year (expected));
    g_autofree char *rest = g_date_time_format (expected, "-%m-%dT%H:%M:%SZ");
    g_autofree char *whole = g_strconcat (text, rest, NULL);

    hub_date_from_unix_ms (&value, seconds * 1000);
    g_assert_cmpstr (value.text, ==, whole);
    g_assert_cmpint (hub_date_to_unix_ms (&value), ==, seconds * 1000);
  }
}

static void test_unix_times_out_of_the_calendar_stay_numbers (void) {
  g_auto (HubValue) value = { HUB_TYPE_TEXT };

  hub_date_from_unix_ms (&value, G_GINT64_CONSTANT (253402300800000));
  g_assert_cmpint (value.type, ==, HUB_TYPE_INTEGER);
  g_assert_cmpstr (value.text, ==, "253402300800000");
  hub_date_from_unix_ms (&value, G_MININT64);
  g_assert_cmpstr (value.text, ==, "-9223372036854775808");
}

static void test_a_date_is_its_midnight_in_utc (void) {
  g_auto (HubValue) value = make (HUB_TYPE_DATE, "2026-11-22", NULL, NULL);

  g_assert_cmpint (hub_date_to_unix_ms (&value), ==, G_GINT64_CONSTANT (1795305600000));
}

static const struct {
  const char *text;
  const char *zone;
  const char *expected; /* NULL: refused */
} texts[] = {
  { "2026-11-22", PARIS, "2026-11-22" },
  { "22/11/2026", PARIS, "2026-11-22" },
  { "22-11-2026", PARIS, "2026-11-22" },
  { "22.11.2026", PARIS, "2026-11-22" },
  { "2026/11/22", PARIS, "2026-11-22" },
  { "1/2/2026", PARIS, "2026-02-01" },
  { "  2026-11-22\n", PARIS, "2026-11-22" },
  { "29/02/2024", PARIS, "2024-02-29" },
  { "0001-01-01", PARIS, "0001-01-01" },
  { "9999-12-31", PARIS, "9999-12-31" },
  { "2026-11-22T10:00:00Z", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22t10:00:00z", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22T10:00:00+01:00", "Asia/Tokyo", "2026-11-22T09:00:00Z" },
  { "2026-11-22T10:00:00+0100", PARIS, "2026-11-22T09:00:00Z" },
  { "2026-11-22T10:00:00+01", PARIS, "2026-11-22T09:00:00Z" },
  { "2026-11-22T10:00:00-05:30", PARIS, "2026-11-22T15:30:00Z" },
  { "2026-11-22T23:30:00-01:00", PARIS, "2026-11-23T00:30:00Z" },
  { "2026-11-22T10:00:00-00:00", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22 10:00:00 UTC", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22 10:00:00 +0100", PARIS, "2026-11-22T09:00:00Z" },
  { "2026-11-22 10:00:00", "UTC", "2026-11-22T10:00:00Z" },
  { "2026-11-22 10:00:00", PARIS, "2026-11-22T09:00:00Z" },
  { "2026-07-22 10:00:00", PARIS, "2026-07-22T08:00:00Z" },
  { "22/11/2026 18:30", PARIS, "2026-11-22T17:30:00Z" },
  { "22/11/2026 18:30:05", PARIS, "2026-11-22T17:30:05Z" },
  { "22/11/2026 8:30", PARIS, "2026-11-22T07:30:00Z" },
  { "2026-11-22T10:00Z", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22T10:00:00.25Z", PARIS, "2026-11-22T10:00:00.250Z" },
  { "2026-11-22T10:00:00,5Z", PARIS, "2026-11-22T10:00:00.500Z" },
  { "2026-11-22T10:00:00.000Z", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22T10:00:00.0009Z", PARIS, "2026-11-22T10:00:00Z" },
  { "2026-11-22T10:00:00.123456789012345678901234567890Z", PARIS, "2026-11-22T10:00:00.123Z" },
  { "2026-11-22T10:00:00.007+01:00", PARIS, "2026-11-22T09:00:00.007Z" },
  /* a clock change: 02:30 does not exist on 29 March and exists twice on 25 October */
  { "2026-03-29 01:59:59", PARIS, "2026-03-29T00:59:59Z" },
  { "2026-03-29 02:30:00", PARIS, "2026-03-29T01:00:00Z" },
  { "2026-03-29 03:00:00", PARIS, "2026-03-29T01:00:00Z" },
  { "2026-10-25 02:30:00", PARIS, "2026-10-25T01:30:00Z" },
  { "2026-10-25 01:59:59", PARIS, "2026-10-24T23:59:59Z" },
  { "2026-10-25 03:00:00", PARIS, "2026-10-25T02:00:00Z" },
  { "", PARIS, NULL },
  { "   ", PARIS, NULL },
  { "hello", PARIS, NULL },
  { "31/02/2026", PARIS, NULL },
  { "2026-02-29", PARIS, NULL },
  { "2026-13-01", PARIS, NULL },
  { "11/22/2026", PARIS, NULL },
  { "2026-00-10", PARIS, NULL },
  { "2026-01-00", PARIS, NULL },
  { "0000-01-01", PARIS, NULL },
  { "25:00", PARIS, NULL },
  { "10:30", PARIS, NULL },
  { "2026-11-22T25:00:00", PARIS, NULL },
  { "2026-11-22T24:00:00", PARIS, NULL },
  { "2026-11-22T10:60", PARIS, NULL },
  { "2026-11-22T10:00:60", PARIS, NULL },
  { "2026-11-22T10", PARIS, NULL },
  { "2026-11-22T", PARIS, NULL },
  { "2026-11-22T10:0", PARIS, NULL },
  { "2026-11-22T10:00:00.Z", PARIS, NULL },
  { "2026-11-22T10:00:00+24:00", PARIS, NULL },
  { "2026-11-22T10:00:00+01:60", PARIS, NULL },
  { "2026-11-22T10:00:00+1", PARIS, NULL },
  { "2026-11-22T10:00:00X", PARIS, NULL },
  { "2026-11-22Z", PARIS, NULL },
  { "2026-11-22 hello", PARIS, NULL },
  { "x2026-11-22", PARIS, NULL },
  { "2026-11/22", PARIS, NULL },
  { "22/11-2026", PARIS, NULL },
  { "22/11/26", PARIS, NULL },
  { "26-11-22", PARIS, NULL },
  { "2026-11", PARIS, NULL },
  { "20261122", PARIS, NULL },
  { "1700000000", PARIS, NULL },
  { "12026-11-22", PARIS, NULL },
  { "0001-01-01T00:00:00+01:00", PARIS, NULL },
  { "9999-12-31T23:59:59-01:00", PARIS, NULL },
  { "٢٠٢٦-11-22", PARIS, NULL },
  { "2026-11-22\xff", PARIS, NULL },
};

static void test_parse_reads_what_people_and_services_write (void) {
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (HubValue) value = make (HUB_TYPE_TEXT, "before", "%d", PARIS);
    g_autoptr (GError) error = NULL;
    gboolean done = hub_date_parse (&value, texts[i].text, texts[i].zone, &error);

    g_test_message ("%s", texts[i].text);
    if (texts[i].expected == NULL) {
      g_assert_false (done);
      g_assert_error (error, HUB_ERROR, HUB_ERROR_RECORD);
      g_assert_cmpstr (value.text, ==, "before");
      continue;
    }
    g_assert_no_error (error);
    g_assert_true (done);
    g_assert_cmpstr (value.text, ==, texts[i].expected);
    g_assert_cmpint (value.type, ==, strlen (texts[i].expected) == 10 ? HUB_TYPE_DATE : HUB_TYPE_DATETIME);
    g_assert_null (value.format);
    g_assert_null (value.zone);
  }
}

static void test_parse_without_a_zone_uses_the_systems (void) {
  g_auto (HubValue) value = { HUB_TYPE_TEXT };

  g_assert_true (hub_date_parse (&value, "2026-01-01 12:00:00", NULL, NULL));
  g_assert_cmpstr (value.text, ==, "2026-01-01T17:00:00Z");
}

static void test_parse_error_quotes_the_value_and_says_what_to_write (void) {
  g_auto (HubValue) value = { HUB_TYPE_TEXT };
  g_autoptr (GError) error = NULL;

  g_assert_false (hub_date_parse (&value, "31/02/2026", NULL, &error));
  g_assert_cmpstr (error->message, ==,
                   "“31/02/2026” is not a date; write 2026-11-22, 22/11/2026 or 2026-11-22T18:30:00Z");
}

static void test_parse_may_read_the_value_that_it_replaces (void) {
  g_auto (HubValue) value = make (HUB_TYPE_TEXT, "22/11/2026", NULL, NULL);

  g_assert_true (hub_date_parse (&value, value.text, PARIS, NULL));
  g_assert_cmpstr (value.text, ==, "2026-11-22");
}

static void test_display_uses_format_and_zone (void) {
  static const struct {
    HubType type;
    const char *text, *format, *zone, *expected;
  } cases[] = {
    { HUB_TYPE_DATE, "2026-11-22", NULL, NULL, "2026-11-22" },
    { HUB_TYPE_DATE, "2026-11-22", NULL, "America/New_York", "2026-11-22" },
    { HUB_TYPE_DATE, "2026-11-22", "%d/%m/%Y", "America/New_York", "22/11/2026" },
    { HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z", NULL, NULL, "2026-11-22T23:30:00Z" },
    { HUB_TYPE_DATETIME, "2026-11-22T23:30:00.250Z", NULL, NULL, "2026-11-22T23:30:00.250Z" },
    { HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z", "%d/%m/%Y %H:%M", NULL, "22/11/2026 23:30" },
    { HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z", "%d/%m/%Y %H:%M", PARIS, "23/11/2026 00:30" },
    { HUB_TYPE_DATETIME, "2026-07-22T23:30:00Z", "%d/%m/%Y %H:%M", PARIS, "23/07/2026 01:30" },
    { HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z", NULL, PARIS, "2026-11-23T00:30:00+01:00" },
    { HUB_TYPE_DATETIME, "1969-12-31T23:59:59.500Z", "%H:%M:%S", NULL, "23:59:59" },
    { HUB_TYPE_DATETIME, "2026-11-22T09:05:00Z", "%-d %B %Y", NULL, "22 November 2026" },
    { HUB_TYPE_DATETIME, "2026-11-22T09:05:00Z", "le %d à %Hh%M", NULL, "le 22 à 09h05" },
    { HUB_TYPE_DATETIME, "2026-11-22T09:05:00Z", "%H:%M", "No/Such_Zone", "09:05" },
    { HUB_TYPE_DATETIME, "9999-12-31T23:30:00Z", "%Y", PARIS, "9999-12-31T23:30:00Z" },
    { HUB_TYPE_DATETIME, "2026-11-22T09:05:00Z", "%!", NULL, "2026-11-22T09:05:00Z" },
    { HUB_TYPE_DATETIME, NULL, "%H", PARIS, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HubValue) value = make (cases[i].type, cases[i].text, cases[i].format, cases[i].zone);
    g_autofree char *shown = hub_date_display (&value);

    g_assert_cmpstr (shown, ==, cases[i].expected);
  }
}

static void test_serials_are_those_of_spreadsheets (void) {
  static const struct {
    HubType type;
    const char *text, *format, *own_zone, *zone, *expected;
  } cases[] = {
    { HUB_TYPE_DATETIME, "1900-01-01T12:00:00Z", NULL, NULL, "UTC", "2.5" },
    { HUB_TYPE_DATETIME, "1900-02-01T15:00:00Z", NULL, NULL, "UTC", "33.625" },
    { HUB_TYPE_DATETIME, "2026-01-01T00:00:00Z", NULL, NULL, "UTC", "46023" },
    { HUB_TYPE_DATETIME, "2026-01-01T00:00:00Z", NULL, NULL, NULL, "46023" },
    { HUB_TYPE_DATETIME, "2026-01-01T00:00:00Z", NULL, NULL, PARIS, "46023.0416666667" },
    { HUB_TYPE_DATETIME, "2026-01-01T00:00:00Z", NULL, "UTC", PARIS, "46023" },
    { HUB_TYPE_DATETIME, "2025-12-31T23:00:00Z", NULL, PARIS, NULL, "46023" },
    { HUB_TYPE_DATETIME, "2025-12-31T23:30:00Z", "%d/%m/%Y", PARIS, NULL, "46023" },
    { HUB_TYPE_DATETIME, "2025-12-31T23:30:00Z", "%d/%m/%Y %H:%M", PARIS, NULL, "46023.0208333333" },
    { HUB_TYPE_DATETIME, "2026-01-01T00:00:01Z", NULL, NULL, NULL, "46023.0000115741" },
    { HUB_TYPE_DATETIME, "2026-01-01T23:59:59.999Z", NULL, NULL, NULL, "46023.9999999884" },
    { HUB_TYPE_DATETIME, "9999-12-31T23:59:59.999Z", NULL, NULL, NULL, "2958465.99999999" },
    { HUB_TYPE_DATETIME, "1899-12-30T00:00:01Z", NULL, NULL, NULL, "0.0000115741" },
    { HUB_TYPE_DATETIME, "1899-12-29T12:00:00Z", NULL, NULL, NULL, "-0.5" },
    { HUB_TYPE_DATE, "2026-01-01", NULL, NULL, "America/New_York", "46023" },
    { HUB_TYPE_DATE, "1899-12-30", NULL, NULL, NULL, "0" },
    { HUB_TYPE_DATE, "1899-12-29", "%d", NULL, NULL, "-1" },
    { HUB_TYPE_DATE, "1900-03-01", NULL, NULL, NULL, "61" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HubValue) value = make (cases[i].type, cases[i].text, cases[i].format, cases[i].own_zone);
    g_autofree char *serial = hub_date_to_serial (&value, cases[i].zone);

    g_assert_cmpstr (serial, ==, cases[i].expected);
    g_assert_true (hub_decimal_is_canonical (serial));
    g_assert_cmpuint (hub_decimal_significant_digits (serial), <=, 15);
  }
}

static void test_serials_come_back_as_the_same_second (void) {
  static const struct {
    const char *serial, *format, *own_zone, *zone, *expected;
  } cases[] = {
    { "2.5", NULL, NULL, "UTC", "1900-01-01T12:00:00Z" },
    { "33.625", NULL, NULL, NULL, "1900-02-01T15:00:00Z" },
    { "46023", NULL, NULL, PARIS, "2025-12-31T23:00:00Z" },
    { "46023", "%d/%m/%Y %H:%M", "UTC", PARIS, "2026-01-01T00:00:00Z" },
    { "46023.0416666667", NULL, NULL, PARIS, "2026-01-01T00:00:00Z" },
    { "46023.00001157", NULL, NULL, NULL, "2026-01-01T00:00:01Z" },
    { "46023.999999999", NULL, NULL, NULL, "2026-01-02T00:00:00Z" },
    { "-0.5", NULL, NULL, NULL, "1899-12-29T12:00:00Z" },
    { "46110.1041666667", NULL, NULL, PARIS, "2026-03-29T01:00:00Z" }, /* 02:30 that was skipped */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HubValue) like = instant (NULL, cases[i].format, cases[i].own_zone);
    g_auto (HubValue) value = make (HUB_TYPE_TEXT, "before", NULL, NULL);

    g_test_message ("%s", cases[i].serial);
    g_assert_true (hub_date_from_serial (&value, cases[i].serial, &like, cases[i].zone));
    g_assert_cmpint (value.type, ==, HUB_TYPE_DATETIME);
    g_assert_cmpstr (value.text, ==, cases[i].expected);
    g_assert_true (value.format == like.format);
    g_assert_true (value.zone == like.zone);
  }
}

static void test_a_serial_becomes_the_day_of_a_date (void) {
  g_auto (HubValue) like = make (HUB_TYPE_DATE, "2000-01-01", "%d/%m/%Y", NULL);
  g_auto (HubValue) value = { HUB_TYPE_TEXT };

  g_assert_true (hub_date_from_serial (&value, "46023", &like, "America/New_York"));
  g_assert_cmpint (value.type, ==, HUB_TYPE_DATE);
  g_assert_cmpstr (value.text, ==, "2026-01-01");
  g_assert_cmpstr (value.format, ==, "%d/%m/%Y");
  g_assert_true (hub_date_from_serial (&value, "46023.75", &like, NULL));
  g_assert_cmpstr (value.text, ==, "2026-01-01");
}

static void test_serials_out_of_the_calendar_are_refused (void) {
  static const char *const bad[] = { "",        "hello",          "12x",    "nan",
                                     "inf",     "-inf",           "1e300",  "-1e300",
                                     "2958466", "2958465.999999", "-693594" };
  static const char *const edges[][2] = { { "2958465", "9999-12-31" }, { "-693593", "0001-01-01" } };
  g_auto (HubValue) like = make (HUB_TYPE_DATE, NULL, NULL, NULL);
  g_auto (HubValue) value = make (HUB_TYPE_TEXT, "before", NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_false (hub_date_from_serial (&value, bad[i], &like, NULL));
    g_assert_cmpstr (value.text, ==, "before");
  }
  like.type = HUB_TYPE_DATETIME;
  g_assert_false (hub_date_from_serial (&value, "-693593", &like, PARIS));
  like.type = HUB_TYPE_DATE;
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++) {
    g_assert_true (hub_date_from_serial (&value, edges[i][0], &like, NULL));
    g_assert_cmpstr (value.text, ==, edges[i][1]);
  }
}

/* What was written to a sheet must read back as unchanged: each quarter of an hour around both clock changes. */
static void test_what_was_written_reads_back_the_same_across_clock_changes (void) {
  static const char *const zones[] = { PARIS, "UTC", "America/New_York", "Australia/Lord_Howe",
                                       "Asia/Kolkata" };
  static const gint64 starts[] = { 1774659600000, 1792800000250, 1772928000750, 1793491200000 };

  for (guint z = 0; z < G_N_ELEMENTS (zones); z++)
    for (guint s = 0; s < G_N_ELEMENTS (starts); s++)
      for (gint64 i = 0; i < 4 * 72; i++) {
        g_auto (HubValue) sent = { HUB_TYPE_TEXT };
        g_auto (HubValue) found = { HUB_TYPE_TEXT };
        g_autofree char *serial = NULL;

        hub_date_from_unix_ms (&sent, starts[s] + i * 15 * 60 * 1000);
        serial = hub_date_to_serial (&sent, zones[z]);
        g_assert_true (hub_date_from_serial (&found, serial, &sent, zones[z]));
        if (!hub_value_same (&sent, &found))
          g_error ("%s in %s came back as %s", sent.text, zones[z], found.text);
      }
}

static void test_format_has_time_looks_at_conversions_only (void) {
  static const char *const with[] = { "%H", "%M", "%S", "%I", "%p",          "%R",  "%T",
                                      "%k", "%l", "%c", "%r", "%d/%m %H:%M", "%-H", "%_H" };
  static const char *const without[] = { "",  "%d/%m/%Y", "%F",      "%%H",   "H:M", "%B %Y",
                                         "%", "%-",       "%-d/%-m", "%%%%M", "%j" };

  for (guint i = 0; i < G_N_ELEMENTS (with); i++)
    g_assert_true (hub_date_format_has_time (with[i]));
  for (guint i = 0; i < G_N_ELEMENTS (without); i++)
    g_assert_false (hub_date_format_has_time (without[i]));
}

static void test_serial_patterns_are_those_of_spreadsheets (void) {
  static const struct {
    const char *format;
    gboolean with_time;
    const char *expected;
  } cases[] = {
    { NULL, FALSE, "yyyy-mm-dd" },
    { NULL, TRUE, "yyyy-mm-dd hh:mm:ss" },
    { "%d/%m/%Y", FALSE, "dd/mm/yyyy" },
    { "%d/%m/%Y %H:%M", TRUE, "dd/mm/yyyy hh:mm" },
    { "%F", FALSE, "yyyy-mm-dd" },
    { "%F %T", TRUE, "yyyy-mm-dd hh:mm:ss" },
    { "%R", TRUE, "hh:mm" },
    { "%-d/%-m/%y", FALSE, "d/m/yy" },
    { "%A %e %B %Y", FALSE, "dddd d mmmm yyyy" },
    { "%a %d %b", FALSE, "ddd dd mmm" },
    { "%I:%M %p", TRUE, "hh:mm AM/PM" },
    { "%Hh%M", TRUE, "hh\\hmm" },
    { "le %d", FALSE, "\\l\\e dd" },
    { "à %H", TRUE, "\\à hh" },
    { "100%% %d", FALSE, "\\1\\0\\0\\% dd" },
    { "%d %", FALSE, "dd " },
    { "%d %Z", FALSE, "dd " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *pattern = hub_date_serial_pattern (cases[i].format, cases[i].with_time);
    g_assert_cmpstr (pattern, ==, cases[i].expected);
  }
}

static void test_only_zones_of_this_system_exist (void) {
  static const char *const good[] = { PARIS, "UTC", "America/New_York", "Pacific/Auckland", "Europe/Paris" };
  static const char *const bad[] = {
    "", "Paris", "Europe/Pariss", "+01:00", "../../etc/passwd", "/etc/localtime", "Mars/Phobos"
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (hub_date_zone_exists (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_false (hub_date_zone_exists (bad[i]));
  }
}

static gpointer show_many (gpointer data) {
  for (guint i = 0; i < 2000; i++) {
    g_auto (HubValue) value = instant ("2026-11-22T23:30:00Z", "%H:%M", i % 2 ? PARIS : "Asia/Tokyo");
    g_autofree char *shown = hub_date_display (&value);
    g_assert_cmpstr (shown, ==, i % 2 ? "00:30" : "08:30");
  }
  return NULL;
}

static void test_threads_share_zones (void) {
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("show", show_many, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int main (int argc, char *argv[]) {
  g_setenv ("TZ", "America/New_York", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/date/unix", test_unix_times_become_canonical_instants_and_back);
  g_test_add_func ("/date/unix-calendar", test_unix_times_agree_with_the_calendar_everywhere);
  g_test_add_func ("/date/unix-out", test_unix_times_out_of_the_calendar_stay_numbers);
  g_test_add_func ("/date/midnight", test_a_date_is_its_midnight_in_utc);
  g_test_add_func ("/date/parse", test_parse_reads_what_people_and_services_write);
  g_test_add_func ("/date/parse-system-zone", test_parse_without_a_zone_uses_the_systems);
  g_test_add_func ("/date/parse-error", test_parse_error_quotes_the_value_and_says_what_to_write);
  g_test_add_func ("/date/parse-in-place", test_parse_may_read_the_value_that_it_replaces);
  g_test_add_func ("/date/display", test_display_uses_format_and_zone);
  g_test_add_func ("/date/to-serial", test_serials_are_those_of_spreadsheets);
  g_test_add_func ("/date/from-serial", test_serials_come_back_as_the_same_second);
  g_test_add_func ("/date/from-serial-date", test_a_serial_becomes_the_day_of_a_date);
  g_test_add_func ("/date/from-serial-out", test_serials_out_of_the_calendar_are_refused);
  g_test_add_func ("/date/serial-round-trip", test_what_was_written_reads_back_the_same_across_clock_changes);
  g_test_add_func ("/date/format-has-time", test_format_has_time_looks_at_conversions_only);
  g_test_add_func ("/date/serial-pattern", test_serial_patterns_are_those_of_spreadsheets);
  g_test_add_func ("/date/zone-exists", test_only_zones_of_this_system_exist);
  g_test_add_func ("/date/threads", test_threads_share_zones);
  return g_test_run ();
}
