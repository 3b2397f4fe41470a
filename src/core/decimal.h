/* decimal.h: exact arithmetic on decimal texts; no double ever holds an amount.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>

/* Whether @text is a canonical decimal: optional minus, digits, optional dot and digits. */
gboolean hub_decimal_is_canonical (const char *text);

/* Reads what a person or a file wrote: "1 234,56", "1,234.56", "1.234,56", "1234.56", "-12", "12,5 €", "(12,50)" as
 * negative, with any Unicode space as separator. One separator alone followed by exactly three digits is ambiguous:
 * @decimal_mark ('.' or ',', 0 for unknown) decides, and unknown takes a comma as decimal and a dot as decimal.
 * Returns: (transfer full): the canonical text, or NULL with HUB_ERROR_RECORD. */
char *hub_decimal_parse (const char *text, char decimal_mark, GError **error);

/* The canonical form of a JSON number: "1E3" → "1000", "-0" → "0"; plain digits are kept as they are, trailing zeros too.
 * Returns: (transfer full): or NULL with HUB_ERROR_RECORD when the exponent would make more than 1,000 digits. */
char *hub_decimal_from_json (const char *raw, GError **error);

/* Moves the decimal point of the canonical integer @minor left by @places: ("1999", 2) → "19.99", ("5", 2) → "0.05".
 * Returns: (transfer full). */
char *hub_decimal_shift (const char *minor, guint places);

/* a × b, exactly. Returns: (transfer full): or NULL with HUB_ERROR_RECORD when it has more than 36 digits. */
char *hub_decimal_multiply (const char *a, const char *b, GError **error);

/* a ÷ b to at most 12 decimals, half away from zero, without trailing zeros.
 * Returns: (transfer full): or NULL with HUB_ERROR_RECORD when b is zero or there are too many digits. */
char *hub_decimal_divide (const char *a, const char *b, GError **error);

/* @text to exactly @places decimals, half away from zero ("2.5", 0 → "3"; "1.005", 2 → "1.01"). Any length.
 * Returns: (transfer full). */
char *hub_decimal_round (const char *text, guint places);

/* Orders two canonical decimals of any length by value. */
int hub_decimal_compare (const char *a, const char *b);

/* How many digits of the canonical @text matter: leading zeros and, behind a point, trailing zeros apart. */
guint hub_decimal_significant_digits (const char *text);

/* The number of decimals of an ISO 4217 currency (case does not matter); 2 when it is unknown. */
guint hub_currency_exponent (const char *currency);
