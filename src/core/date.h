/* date.h: dates and instants between texts, unix times and spreadsheet serials.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "value.h"

/* Makes @value the datetime of @milliseconds since 1970 (UTC). */
void hub_date_from_unix_ms (HubValue *value, gint64 milliseconds);

/* Reads a date or datetime that a person or a service wrote into @value: ISO 8601 (with zone, "Z", or none: then it is
 * local to @zone, NULL for the system's), French 22/11/2026 [18:30[:05]], 22-11-2026, 22.11.2026, 2026/11/22. A text
 * without a time gives a date. Impossible dates (31/02/2026) are refused with HUB_ERROR_RECORD. */
gboolean hub_date_parse (HubValue *value, const char *text, const char *zone, GError **error);

/* A date or datetime shown with its format and zone; ISO 8601 where it has none (a datetime without zone in UTC, "Z").
 * Returns: (transfer full). */
char *hub_date_display (const HubValue *value);

/* The instant of a date or datetime in unix milliseconds (a date: its midnight in UTC). */
gint64 hub_date_to_unix_ms (const HubValue *value);

/* Days since 1899-12-30 of a date or datetime as a decimal text of at most 15 significant digits, a datetime being
 * local in its own zone, or @zone where it has none. A datetime whose format shows no time gives whole days.
 * Returns: (transfer full). */
char *hub_date_to_serial (const HubValue *value, const char *zone);

/* The reverse: makes @value a value of @like's type, format and zone out of a serial, rounded to the second.
 * @zone stands in when @like has none. FALSE when @serial is out of the years 1 to 9999. */
gboolean hub_date_from_serial (HubValue *value, const char *serial, const HubValue *like, const char *zone);

/* Whether a strftime pattern shows a time of day (%H, %M, %S, %I, %p, %R, %T, %k, %l, %c). */
gboolean hub_date_format_has_time (const char *format);

/* The spreadsheet number-format pattern of a strftime pattern: "%d/%m/%Y" → "dd/mm/yyyy"; NULL: "yyyy-mm-dd" or
 * "yyyy-mm-dd hh:mm:ss" after @with_time. Returns: (transfer full). */
char *hub_date_serial_pattern (const char *format, gboolean with_time);

/* Whether @zone is an IANA zone known to this system. */
gboolean hub_date_zone_exists (const char *zone);

/* The zone called @name (or an offset), NULL for the system's, UTC when it is unknown; kept for ever. Borrowed. */
GTimeZone *hub_date_zone (const char *name);
