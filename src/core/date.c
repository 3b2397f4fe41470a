/* date.c: dates and instants between texts, unix times and spreadsheet serials; any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "date.h"

#define FLAGS "_-0^#EO:" /* between a conversion's % and its letter */
#define SECOND G_GINT64_CONSTANT (1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define EPOCH_JULIAN 719163 /* GDate's number of 1970-01-01 */
#define EPOCH_SERIAL 25569  /* days from 1899-12-30 to 1970-01-01 */
#define FIRST_INSTANT ((1 - EPOCH_JULIAN) * DAY)
#define END_OF_TIME (2932897 * DAY) /* the first instant of the year 10000 */

/* Year-month-day or day-month-year, then perhaps a time, then perhaps an offset. */
static const char date_pattern[] =
    "^\\s*(?:(?<year>[0-9]{4})(?<mark>[-/.])(?<month>[0-9]{1,2})\\k<mark>(?<day>[0-9]{1,2})"
    "|(?<day>[0-9]{1,2})(?<mark>[-/.])(?<month>[0-9]{1,2})\\k<mark>(?<year>[0-9]{4}))"
    "(?:[Tt ](?<hour>[01]?[0-9]|2[0-3]):(?<minute>[0-5][0-9])"
    "(?::(?<second>[0-5][0-9])(?:[.,](?<fraction>[0-9]+))?)?"
    "(?: *(?<offset>[Zz]|UTC|[-+](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?))?)?\\s*$";

static gint64 floor_divide (gint64 number, gint64 by) {
  return number / by - (number % by < 0);
}

static void put_number (char *to, gsize width, gint64 number) {
  for (; width > 0; number /= 10)
    to[--width] = '0' + (char) (number % 10);
}

static int get_number (const char *from, gsize width) {
  int number = 0;

  for (; width > 0; width--)
    number = number * 10 + (*from++ - '0');
  return number;
}

static gint64 days_of (int year, int month, int day) {
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, day, month, year);
  return (gint64) g_date_get_julian (&date) - EPOCH_JULIAN;
}

static char *write_date (gint64 day, const char *template) {
  char *text = g_strdup (template);
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day + EPOCH_JULIAN);
  put_number (text, 4, g_date_get_year (&date));
  put_number (text + 5, 2, g_date_get_month (&date));
  put_number (text + 8, 2, g_date_get_day (&date));
  return text;
}

void hub_date_from_unix_ms (HubValue *value, gint64 milliseconds) {
  gint64 day = floor_divide (milliseconds, DAY);
  gint64 rest = milliseconds % DAY + (milliseconds % DAY < 0 ? DAY : 0);
  char *text;

  if (milliseconds < FIRST_INSTANT || milliseconds >= END_OF_TIME) {
    hub_value_take (value, HUB_TYPE_INTEGER, g_strdup_printf ("%" G_GINT64_FORMAT, milliseconds));
    return;
  }
  text = write_date (day, rest % SECOND != 0 ? "0000-00-00T00:00:00.000Z" : "0000-00-00T00:00:00Z");
  put_number (text + 11, 2, rest / HOUR);
  put_number (text + 14, 2, rest / MINUTE % 60);
  put_number (text + 17, 2, rest / SECOND % 60);
  if (rest % SECOND != 0)
    put_number (text + 20, 3, rest % SECOND);
  hub_value_take (value, HUB_TYPE_DATETIME, text);
}

gint64 hub_date_to_unix_ms (const HubValue *value) {
  const char *text = value->text;
  gint64 day = days_of (get_number (text, 4), get_number (text + 5, 2), get_number (text + 8, 2)) * DAY;

  if (value->type == HUB_TYPE_DATE)
    return day;
  return day + get_number (text + 11, 2) * HOUR + get_number (text + 14, 2) * MINUTE
         + get_number (text + 17, 2) * SECOND + (text[19] == '.' ? get_number (text + 20, 3) : 0);
}

/* The zone called @name, NULL for the system's; kept for ever. Returns: (nullable) (transfer none). */
static GTimeZone *find_zone (const char *name) {
  static GMutex mutex;
  static GHashTable *zones;
  const char *key = name ? name : "";
  GTimeZone *zone;

  if (name != NULL && !g_ascii_isalpha (*name))
    return NULL;
  g_mutex_lock (&mutex);
  if (zones == NULL)
    zones = g_hash_table_new (g_str_hash, g_str_equal);
  zone = g_hash_table_lookup (zones, key);
  if (zone == NULL) {
    zone = name ? g_time_zone_new_identifier (name) : g_time_zone_new_local ();
    if (zone != NULL)
      g_hash_table_insert (zones, g_strdup (key), zone);
  }
  g_mutex_unlock (&mutex);
  return zone;
}

gboolean hub_date_zone_exists (const char *zone) {
  return find_zone (zone) != NULL;
}

/* The zone that @value is shown in; NULL for UTC. */
static GTimeZone *zone_of (const HubValue *value, const char *zone) {
  const char *name = value->zone ? value->zone : zone;

  return value->type == HUB_TYPE_DATETIME && name ? find_zone (name) : NULL;
}

/* Local milliseconds of a clock in @zone as an instant; a time that a clock change skips or repeats is taken once. */
static gint64 local_to_utc (gint64 milliseconds, GTimeZone *zone) {
  gint64 seconds = floor_divide (milliseconds, SECOND);
  gint64 rest = milliseconds - seconds * SECOND;
  int interval;

  if (zone == NULL)
    return milliseconds;
  interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &seconds);
  return (seconds - g_time_zone_get_offset (zone, interval)) * SECOND + rest;
}

static gint64 utc_to_local (gint64 milliseconds, GTimeZone *zone) {
  int interval;

  if (zone == NULL)
    return milliseconds;
  interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, floor_divide (milliseconds, SECOND));
  return milliseconds + g_time_zone_get_offset (zone, interval) * SECOND;
}

/* The digits that @group matched; -1 when it did not take part. */
static int field (GMatchInfo *match, const char *group) {
  int start, end;

  if (!g_match_info_fetch_named_pos (match, group, &start, &end) || start < 0)
    return -1;
  return get_number (g_match_info_get_string (match) + start, end - start);
}

/* The instant that was matched in milliseconds: local to @zone when it has no offset. */
static gint64 matched_instant (GMatchInfo *match, gint64 day, const char *zone) {
  g_autofree char *fraction = g_match_info_fetch_named (match, "fraction");
  g_autofree char *offset = g_match_info_fetch_named (match, "offset");
  gint64 time = day * DAY + field (match, "hour") * HOUR + field (match, "minute") * MINUTE;

  time += MAX (field (match, "second"), 0) * SECOND;
  for (gsize i = 0, unit = 100; fraction && fraction[i] != '\0'; i++, unit /= 10)
    time += (gint64) unit * (fraction[i] - '0');
  if (offset == NULL || *offset == '\0')
    return local_to_utc (time, find_zone (zone));
  if (*offset == '+' || *offset == '-') {
    gsize length = strlen (offset);
    gint64 ahead = get_number (offset + 1, 2) * HOUR;
    ahead += length > 3 ? get_number (offset + length - 2, 2) * MINUTE : 0;
    time -= *offset == '-' ? -ahead : ahead;
  }
  return time;
}

static gboolean take_match (HubValue *value, GMatchInfo *match, const char *zone) {
  int day = field (match, "day");
  int month = field (match, "month");
  int year = field (match, "year");
  gint64 instant, days;

  if (!g_date_valid_dmy (day, month, year))
    return FALSE;
  days = days_of (year, month, day);
  if (field (match, "hour") < 0) {
    hub_value_take (value, HUB_TYPE_DATE, write_date (days, "0000-00-00"));
    return TRUE;
  }
  instant = matched_instant (match, days, zone);
  if (instant < FIRST_INSTANT || instant >= END_OF_TIME)
    return FALSE;
  hub_date_from_unix_ms (value, instant);
  return TRUE;
}

gboolean hub_date_parse (HubValue *value, const char *text, const char *zone, GError **error) {
  static GRegex *regex;
  g_autoptr (GMatchInfo) match = NULL;

  if (g_once_init_enter (&regex))
    g_once_init_leave (&regex, g_regex_new (date_pattern, G_REGEX_OPTIMIZE | G_REGEX_DUPNAMES, 0, NULL));
  return (g_utf8_validate (text, -1, NULL) && g_regex_match (regex, text, 0, &match)
          && take_match (value, match, zone))
         || hub_value_fail (
             error, _ ("“%s” is not a date; write 2026-11-22, 22/11/2026 or 2026-11-22T18:30:00Z"), text);
}

char *hub_date_display (const HubValue *value) {
  GTimeZone *zone = zone_of (value, NULL);
  const char *format = value->format ? value->format : "%Y-%m-%dT%H:%M:%S%:z";
  g_autoptr (GDateTime) instant = NULL;
  g_autoptr (GDateTime) local = NULL;
  char *text;

  if (value->text == NULL || (value->format == NULL && zone == NULL))
    return g_strdup (value->text ? value->text : "");
  instant = g_date_time_new_from_unix_utc (floor_divide (hub_date_to_unix_ms (value), SECOND));
  local = zone ? g_date_time_to_timezone (instant, zone) : g_date_time_ref (instant);
  text = local ? g_date_time_format (local, format) : NULL;
  return text ? text : g_strdup (value->text);
}

char *hub_date_to_serial (const HubValue *value, const char *zone) {
  gint64 local = utc_to_local (hub_date_to_unix_ms (value), zone_of (value, zone)) + EPOCH_SERIAL * DAY;
  gint64 day = floor_divide (local, DAY);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  gsize length;

  if (local % DAY == 0 || (value->format != NULL && !hub_date_format_has_time (value->format)))
    return g_strdup_printf ("%" G_GINT64_FORMAT, day);
  g_ascii_formatd (text, sizeof text, ABS (day) < 99999 ? "%.10f" : "%.8f", (double) local / DAY);
  for (length = strlen (text); text[length - 1] == '0'; length--)
    ;
  return g_strndup (text, length);
}

/* The clock time that @serial stands for, rounded to seconds from the year 1; -1 out of the years 1 to 9999. */
static gint64 serial_seconds (const char *serial) {
  char *end;
  double days = g_ascii_strtod (serial, &end) + (EPOCH_JULIAN - 1 - EPOCH_SERIAL);
  double seconds = days * 86400 + 0.5;
  gboolean usable =
      end > serial && *end == '\0' && seconds >= 0 && seconds < (END_OF_TIME - FIRST_INSTANT) / SECOND;

  return usable ? (gint64) seconds : -1;
}

gboolean hub_date_from_serial (HubValue *value, const char *serial, const HubValue *like, const char *zone) {
  gint64 seconds = serial_seconds (serial);
  g_autofree char *expected = hub_value_is_blank (like) ? NULL : hub_date_to_serial (like, zone);
  gint64 local = seconds * SECOND + FIRST_INSTANT;
  HubValue result = { .type = like->type };

  if (seconds < 0)
    return FALSE;
  if (expected != NULL && serial_seconds (expected) == seconds)
    hub_value_copy (&result, like); /* exact where a clock change makes the way back ambiguous */
  else if (like->type == HUB_TYPE_DATE)
    hub_value_take (&result, HUB_TYPE_DATE, write_date (floor_divide (local, DAY), "0000-00-00"));
  else
    hub_date_from_unix_ms (&result, local_to_utc (local, zone_of (like, zone)));
  if (result.type != like->type) { /* local in a zone, it may lie just outside */
    hub_value_clear (&result);
    return FALSE;
  }
  result.format = like->format;
  result.zone = like->zone;
  g_free (value->text);
  *value = result;
  return TRUE;
}

gboolean hub_date_format_has_time (const char *format) {
  while ((format = strchr (format, '%')) != NULL) {
    format += 1 + strspn (format + 1, FLAGS);
    if (*format == '\0')
      return FALSE;
    if (strchr ("HMSIpPrRTklcXsf", *format++) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* The spreadsheet's pattern of a strftime conversion; "" for one that it has not. */
static const char *pattern_of (char conversion) {
  static const struct {
    char conversion;
    const char *pattern;
  } patterns[] = { { 'd', "dd" },         { 'e', "d" },
                   { 'm', "mm" },         { 'Y', "yyyy" },
                   { 'y', "yy" },         { 'b', "mmm" },
                   { 'h', "mmm" },        { 'B', "mmmm" },
                   { 'a', "ddd" },        { 'A', "dddd" },
                   { 'H', "hh" },         { 'k', "h" },
                   { 'I', "hh" },         { 'l', "h" },
                   { 'M', "mm" },         { 'S', "ss" },
                   { 'p', "AM/PM" },      { 'P', "am/pm" },
                   { 'R', "hh:mm" },      { 'T', "hh:mm:ss" },
                   { 'X', "hh:mm:ss" },   { 'r', "hh:mm:ss AM/PM" },
                   { 'F', "yyyy-mm-dd" }, { 'x', "dd/mm/yyyy" },
                   { 'D', "mm/dd/yy" },   { 'c', "yyyy-mm-dd hh:mm:ss" },
                   { '%', "\\%" } };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    if (patterns[i].conversion == conversion)
      return patterns[i].pattern;
  return "";
}

char *hub_date_serial_pattern (const char *format, gboolean with_time) {
  GString *out = g_string_new (NULL);

  for (const char *p = format ? format : with_time ? "%F %T" : "%F"; *p != '\0'; p++) {
    if (*p == '%') {
      gboolean unpadded = p[1] == '-';
      p += 1 + strspn (p + 1, FLAGS);
      if (*p == '\0')
        break;
      g_string_append (out, pattern_of (*p) + (unpadded && strlen (pattern_of (*p)) == 2));
      continue;
    }
    /* any letter would be read as a part of the date; the bytes behind a character's first one belong to it */
    if (strchr (" /-.,:", *p) == NULL && (*p & 0xc0) != 0x80)
      g_string_append_c (out, '\\');
    g_string_append_c (out, *p);
  }
  return g_string_free (out, FALSE);
}
