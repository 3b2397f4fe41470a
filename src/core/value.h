/* value.h: one typed value on its way from a source field to a destination field.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value is its type and its canonical text, so that every digit that a service sent arrives:
 *   text, email, url   as given                      boolean   "true", "false"
 *   integer            "-12"                         date      "2026-11-22"
 *   decimal, money     "1234.50", never an exponent  datetime  "2026-11-22T09:30:00Z" or "...00.250Z" (always UTC)
 *   list, json         the JSON text as given
 * A NULL or empty text is blank. */
#pragma once
#include <glib.h>

typedef enum {
  HUB_TYPE_TEXT,
  HUB_TYPE_INTEGER,
  HUB_TYPE_DECIMAL,
  HUB_TYPE_BOOLEAN,
  HUB_TYPE_DATE,
  HUB_TYPE_DATETIME,
  HUB_TYPE_MONEY,
  HUB_TYPE_EMAIL,
  HUB_TYPE_URL,
  HUB_TYPE_LIST,
  HUB_TYPE_JSON,
} HubType;

typedef struct {
  HubType type;
  char *text; /* (owned) (nullable) canonical text; NULL is blank */
  const char *
      format; /* (interned) (nullable) date types: the strftime pattern to show it with; money: its currency */
  const char
      *zone; /* (interned) (nullable) datetime: the IANA zone to show it in; NULL: the destination's choice */
} HubValue;

/* The contract's name of @type ("text", "money", ...), never translated. */
const char *hub_type_name (HubType type);

/* Finds the type that the contract calls @name. Returns FALSE when there is none. */
gboolean hub_type_from_name (const char *name, HubType *type);

/* Whether @type's canonical text is a number. */
gboolean hub_type_is_number (HubType type);

/* Frees what @value holds and makes it a blank text. */
void hub_value_clear (HubValue *value);

/* Replaces @value with @text (taken, nullable) of @type, without a format or zone. */
void hub_value_take (HubValue *value, HubType type, char *text);

/* Makes @to a copy of @from; what @to held before is freed. */
void hub_value_copy (HubValue *to, const HubValue *from);

gboolean hub_value_is_blank (const HubValue *value);

/* The text that a person or a text destination gets: dates in their format and zone, all else its canonical text.
 * Returns: (transfer full): never NULL; a blank gives "". */
char *hub_value_display (const HubValue *value);

/* Whether two values mean the same: numbers by value, dates by instant (to the second), all else by displayed text.
 * Two blanks are the same, whatever their types. */
gboolean hub_value_same (const HubValue *a, const HubValue *b);

/* Orders two values that are not blank: numerically if both read as numbers, by instant if both are dates (a date is
 * its first instant in UTC), else by displayed text. Returns <0, 0 or >0. */
int hub_value_compare (const HubValue *a, const HubValue *b);

/* Appends @value to @out as JSON that hub_value_from_json() reads back exactly: text as a string, numbers and
 * booleans bare, blank as null, dates as {"date": ...} or {"datetime": ..., "format": ..., "zone": ...}. */
void hub_value_append_json (const HubValue *value, GString *out);

/* Fails with HUB_ERROR_RECORD: @message, its "%s" being @text on one line and cut to 60 characters. Returns FALSE. */
gboolean hub_value_fail (GError **error, const char *message, const char *text);
