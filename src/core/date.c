/* date.c: dates and instants between texts, unix times and spreadsheet serials; any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "date.h"

#define FLAGS "_-0^#EO:" /* between a conversion's % and its letter */
#define SECOND G_GINT64_CONSTANT (1000)
#define DAY (86400 * SECOND)
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

static void put_number (char *to, gsize width, int number) {
  for (; width > 0; number /= 10)
    to[--width] = '0' + (char) (number % 10);
}

static int get_number (const char *from, gsize width) {
  int number = 0;
  for (; width > 0; width--)
    number = number * 10 + (*from++ - '0');
  return number;
}

/* Makes @value the date or datetime of @milliseconds since 1970. FALSE when that is out of the years 1 to 9999. */
static gboolean take_instant (HubValue *value, HubType type, gint64 milliseconds) {
  gint64 day = floor_divide (milliseconds, DAY);
  int rest = milliseconds - day * DAY;
  GDate date = { 0 };
  if (milliseconds < FIRST_INSTANT || milliseconds >= END_OF_TIME)
    return FALSE;
  g_date_set_julian (&date, day + EPOCH_JULIAN);
  char *text = g_strdup (rest % 1000 != 0 ? "0000-00-00T00:00:00.000Z" : "0000-00-00T00:00:00Z");
  put_number (text, 4, g_date_get_year (&date));
  put_number (text + 5, 2, g_date_get_month (&date));
  put_number (text + 8, 2, g_date_get_day (&date));
  put_number (text + 11, 2, rest / 3600000);
  put_number (text + 14, 2, rest / 60000 % 60);
  put_number (text + 17, 2, rest / 1000 % 60);
  if (rest % 1000 != 0)
    put_number (text + 20, 3, rest % 1000);
  if (type == HUB_TYPE_DATE)
    text[10] = '\0';
  hub_value_take (value, type, text);
  return TRUE;
}

void hub_date_from_unix_ms (HubValue *value, gint64 milliseconds) {
  if (!take_instant (value, HUB_TYPE_DATETIME, milliseconds))
    hub_value_take (value, HUB_TYPE_INTEGER, g_strdup_printf ("%" G_GINT64_FORMAT, milliseconds));
}

gint64 hub_date_to_unix_ms (const HubValue *value) {
  const char *text = value->text;
  GDate date = { 0 };
  g_date_set_dmy (&date, get_number (text + 8, 2), get_number (text + 5, 2), get_number (text, 4));
  gint64 day = ((gint64) g_date_get_julian (&date) - EPOCH_JULIAN) * DAY;
  if (value->type == HUB_TYPE_DATE)
    return day;
  int minutes = get_number (text + 11, 2) * 60 + get_number (text + 14, 2);
  int seconds = minutes * 60 + get_number (text + 17, 2);
  return day + seconds * SECOND + (text[19] == '.' ? get_number (text + 20, 3) : 0);
}

GTimeZone *hub_date_zone (const char *name) {
  static GMutex mutex;
  static GHashTable *zones;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  const char *key = g_intern_string (name);
  if (zones == NULL)
    zones = g_hash_table_new (NULL, NULL);
  GTimeZone *zone = g_hash_table_lookup (zones, key);
  if (zone == NULL) {
    zone = name ? g_time_zone_new_identifier (name) : g_time_zone_new_local ();
    zone = zone ? zone : g_time_zone_new_utc ();
    g_hash_table_insert (zones, (gpointer) key, zone);
  }
  return zone;
}

gboolean hub_date_zone_exists (const char *zone) {
  g_autoptr (GTimeZone) found = g_ascii_isalpha (*zone) ? g_time_zone_new_identifier (zone) : NULL;
  return found != NULL;
}

/* The zone that @value is shown in, @zone where it has none of its own; a date is the same in all. */
static GTimeZone *zone_of (const HubValue *value, const char *zone) {
  const char *name = value->zone ? value->zone : zone;
  return hub_date_zone (value->type == HUB_TYPE_DATETIME && name ? name : "UTC");
}

/* Local milliseconds of a clock in @zone as an instant; a time that a clock change skips or repeats is taken once. */
static gint64 local_to_utc (gint64 milliseconds, GTimeZone *zone) {
  gint64 seconds = floor_divide (milliseconds, SECOND);
  gint64 rest = milliseconds - seconds * SECOND;
  int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &seconds);
  return (seconds - g_time_zone_get_offset (zone, interval)) * SECOND + rest;
}

/* The number that @group matched; 0 when it did not take part. */
static int field (GMatchInfo *match, const char *group) {
  int start, end;
  gboolean found = g_match_info_fetch_named_pos (match, group, &start, &end) && start >= 0;
  return found ? get_number (g_match_info_get_string (match) + start, end - start) : 0;
}

static gboolean take_match (HubValue *value, GMatchInfo *match, const char *zone) {
  g_autofree char *offset = g_match_info_fetch_named (match, "offset");
  g_autofree char *fraction = g_match_info_expand_references (match, "\\g<fraction>000", NULL);
  g_autoptr (GDateTime) clock =
      g_date_time_new_utc (field (match, "year"), field (match, "month"), field (match, "day"),
                           field (match, "hour"), field (match, "minute"), field (match, "second"));
  if (clock == NULL)
    return FALSE;
  gint64 local = g_date_time_to_unix (clock) * SECOND + get_number (fraction, 3);
  if (strchr (g_match_info_get_string (match), ':') == NULL) /* no time */
    return take_instant (value, HUB_TYPE_DATE, local);
  if (offset != NULL && *offset != '\0')
    zone = g_ascii_isalpha (*offset) ? "UTC" : offset;
  return take_instant (value, HUB_TYPE_DATETIME, local_to_utc (local, hub_date_zone (zone)));
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
  gboolean zoned = value->type == HUB_TYPE_DATETIME && value->zone && hub_date_zone_exists (value->zone);
  if (hub_value_is_blank (value) || (value->format == NULL && !zoned))
    return g_strdup (value->text ? value->text : "");
  gint64 seconds = floor_divide (hub_date_to_unix_ms (value), SECOND);
  g_autoptr (GDateTime) instant = g_date_time_new_from_unix_utc (seconds);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (instant, zone_of (value, NULL));
  const char *format = value->format ? value->format : "%Y-%m-%dT%H:%M:%S%:z";
  char *text = local ? g_date_time_format (local, format) : NULL;
  return text ? text : g_strdup (value->text);
}

char *hub_date_to_serial (const HubValue *value, const char *zone) {
  gint64 instant = hub_date_to_unix_ms (value);
  GTimeZone *own = zone_of (value, zone);
  int interval = g_time_zone_find_interval (own, G_TIME_TYPE_UNIVERSAL, floor_divide (instant, SECOND));
  gint64 local = instant + g_time_zone_get_offset (own, interval) * SECOND + EPOCH_SERIAL * DAY;
  gint64 day = floor_divide (local, DAY);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (local % DAY == 0 || (value->format != NULL && !hub_date_format_has_time (value->format)))
    return g_strdup_printf ("%" G_GINT64_FORMAT, day);
  g_ascii_formatd (text, sizeof text, ABS (day) < 99999 ? "%.10f" : "%.8f", (double) local / DAY);
  gsize length = strlen (text);
  while (text[length - 1] == '0')
    length--;
  return g_strndup (text, length);
}

/* The clock time that @serial stands for, rounded to seconds from the year 1; -1 out of the years 1 to 9999. */
static gint64 serial_seconds (const char *serial) {
  char *end;
  double days = g_ascii_strtod (serial, &end) + (EPOCH_JULIAN - 1 - EPOCH_SERIAL);
  double seconds = days * 86400 + 0.5;
  gboolean in_time = seconds >= 0 && seconds < (double) (END_OF_TIME - FIRST_INSTANT) / SECOND;
  return in_time && end > serial && *end == '\0' ? (gint64) seconds : -1;
}

gboolean hub_date_from_serial (HubValue *value, const char *serial, const HubValue *like, const char *zone) {
  gint64 seconds = serial_seconds (serial);
  gint64 local = seconds * SECOND + FIRST_INSTANT;
  g_autofree char *expected = hub_value_is_blank (like) ? NULL : hub_date_to_serial (like, zone);
  if (seconds < 0)
    return FALSE;
  if (expected != NULL && serial_seconds (expected) == seconds)
    hub_value_copy (value, like); /* exact where a clock change makes the way back ambiguous */
  else if (!take_instant (value, like->type, local_to_utc (local, zone_of (like, zone))))
    return FALSE; /* local in a zone, it may lie just outside */
  value->format = like->format;
  value->zone = like->zone;
  return TRUE;
}

gboolean hub_date_format_has_time (const char *format) {
  for (; (format = strchr (format, '%')) != NULL; format++) {
    format += 1 + strspn (format + 1, FLAGS);
    if (strchr ("HMSIpPrRTklcXsf", *format) != NULL) /* it finds the end of the format, too */
      return *format != '\0';
  }
  return FALSE;
}

char *hub_date_serial_pattern (const char *format, gboolean with_time) {
  static const char patterns[] =
      "%d=dd;%e=d;%m=mm;%Y=yyyy;%y=yy;%b=mmm;%h=mmm;%B=mmmm;%a=ddd;%A=dddd;%H=hh;%k=h;%I=hh;%l=h;%M=mm;%S=ss;"
      "%p=AM/PM;%P=am/pm;%R=hh:mm;%T=hh:mm:ss;%X=hh:mm:ss;%r=hh:mm:ss AM/PM;%F=yyyy-mm-dd;%x=dd/mm/yyyy;"
      "%D=mm/dd/yy;%c=yyyy-mm-dd hh:mm:ss;%%=\\%;";
  GString *out = g_string_new (NULL);
  for (const char *p = format ? format : with_time ? "%F %T" : "%F"; *p != '\0'; p++) {
    if (*p == '%') {
      gboolean unpadded = p[1] == '-';
      p += 1 + strspn (p + 1, FLAGS);
      if (*p == '\0')
        break;
      const char name[] = { '%', *p, '=', '\0' };
      const char *found = strstr (patterns, name);
      const char *pattern = found ? found + strlen ("%d=") : "";
      gsize length = strcspn (pattern, ";");
      gsize first = unpadded && length == 2;
      g_string_append_len (out, pattern + first, length - first);
      continue;
    }
    /* any letter would be read as a part of the date; the bytes behind a character's first one belong to it */
    if (strchr (" /-.,:", *p) == NULL && (*p & 0xc0) != 0x80)
      g_string_append_c (out, '\\');
    g_string_append_c (out, *p);
  }
  return g_string_free (out, FALSE);
}
