/* decimal.c: exact arithmetic on decimal texts; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "decimal.h"
#include "value.h"

#define HALF_LIMIT G_GUINT64_CONSTANT (1000000000000000000)
#define ARITHMETIC_LIMIT ((unsigned __int128) HALF_LIMIT * HALF_LIMIT)
#define QUOTIENT_DECIMALS 12
#define MAX_EXPANDED 1000

#define TOO_LONG _ ("“%s” has too many digits")

#define SPACE "[\\s\\p{Z}]*"
#define CURRENCY SPACE "(?:\\p{Sc}|[A-Z]{3})?" SPACE

/* Parentheses or a sign, a currency before or after, thousands grouped all by one separator that is not the decimal
 * mark. Ungrouped digits are tried before groups, so that "1,234" has decimals. */
static const char number_pattern[] =
    "^" SPACE "(?<open>\\()?" CURRENCY "[-+−]?" CURRENCY "(?=[.,]?[0-9])"
    "(?<whole>[0-9]*|[1-9][0-9]{0,2}(?<separator>[\\p{Z}'’.,])[0-9]{3}(?:\\k<separator>[0-9]{3})*)"
    "(?:(?!\\k<separator>)[.,](?<fraction>[0-9]+))?" CURRENCY "(?(<open>)\\))" SPACE "$";

/* The canonical text of @digits with the decimal point behind the first @point of them (which may be outside). */
static char *compose (gboolean negative, const char *digits, gssize count, gssize point) {
  GString *out = g_string_new_len (digits, count);

  for (; point < 1; point++)
    g_string_prepend_c (out, '0');
  while ((gssize) out->len < point)
    g_string_append_c (out, '0');
  if ((gssize) out->len > point)
    g_string_insert_c (out, point, '.');
  g_string_erase (out, 0, MIN ((gssize) strspn (out->str, "0"), point - 1));
  if (negative && strpbrk (out->str, "123456789"))
    g_string_prepend_c (out, '-');
  return g_string_free (out, FALSE);
}

gboolean hub_decimal_is_canonical (const char *text) {
  const char *whole = text + (*text == '-');
  const char *rest = whole + strspn (whole, "0123456789");
  gsize n_fraction = *rest == '.' ? strspn (rest + 1, "0123456789") : 0;

  return rest > whole && (*rest == '\0' || (n_fraction > 0 && rest[1 + n_fraction] == '\0'));
}

char *hub_decimal_parse (const char *text, char decimal_mark, GError **error) {
  static GRegex *regex;
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GString) digits = g_string_new (NULL);
  gboolean negative = strpbrk (text, "-(") != NULL || strstr (text, "−") != NULL;
  if (g_once_init_enter (&regex))
    g_once_init_leave (&regex, g_regex_new (number_pattern, G_REGEX_OPTIMIZE, 0, NULL));
  if (!g_utf8_validate (text, -1, NULL) || !g_regex_match (regex, text, 0, &match))
    return hub_value_fail (error, _ ("“%s” is not a number"), text), NULL;
  g_autofree char *whole = g_match_info_fetch_named (match, "whole");
  g_autofree char *fraction = g_match_info_fetch_named (match, "fraction");
  gsize n_decimals = fraction ? strlen (fraction) : 0;
  gboolean may_be_thousands = n_decimals == 3 && strlen (whole) <= 3 && *whole > '0';
  if (may_be_thousands && decimal_mark != '\0' && strchr (text, decimal_mark) == NULL)
    n_decimals = 0;
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isdigit (*p))
      g_string_append_c (digits, *p);
  return compose (negative, digits->str, digits->len, digits->len - n_decimals);
}

char *hub_decimal_from_json (const char *raw, GError **error) {
  gboolean negative = *raw == '-';
  const char *rest = raw + strcspn (raw, "eE");
  gint64 exponent = *rest != '\0' ? g_ascii_strtoll (rest + 1, NULL, 10) : 0;
  g_autoptr (GString) digits = g_string_new_len (raw + negative, rest - raw - negative);
  gsize n_whole = strcspn (digits->str, ".");
  if (n_whole < digits->len)
    g_string_erase (digits, n_whole, 1);
  if (exponent != 0 && strspn (digits->str, "0") == digits->len)
    return g_strdup ("0");
  exponent = CLAMP (exponent, -2 * MAX_EXPANDED, 2 * MAX_EXPANDED);
  if (exponent != 0 && digits->len + ABS (exponent) > MAX_EXPANDED)
    return hub_value_fail (error, TOO_LONG, raw), NULL;
  return compose (negative, digits->str, digits->len, n_whole + exponent);
}

char *hub_decimal_shift (const char *minor, guint places) {
  gboolean negative = *minor == '-';
  gssize count = strlen (minor + negative);
  return compose (negative, minor + negative, count, count - (gssize) places);
}

/* A number is mantissa ÷ 10^scale. */
typedef struct {
  gboolean negative;
  unsigned __int128 mantissa;
  gssize scale;
} Number;

static gboolean read_number (Number *number, const char *text, GError **error) {
  const char *point = strchr (text, '.');

  *number = (Number){ .negative = *text == '-', .scale = point ? strlen (point + 1) : 0 };
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isdigit (*p))
      continue;
    number->mantissa = number->mantissa * 10 + (*p - '0');
    if (number->mantissa >= ARITHMETIC_LIMIT)
      return hub_value_fail (error, TOO_LONG, text);
  }
  return TRUE;
}

/* Writes @number with the decimals that it needs, but no fewer than @minimum. */
static char *write_number (Number number, gssize minimum) {
  for (; number.scale > minimum && number.mantissa % 10 == 0; number.scale--)
    number.mantissa /= 10;
  guint64 high = number.mantissa / HALF_LIMIT, low = number.mantissa % HALF_LIMIT;
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT "%018" G_GUINT64_FORMAT, high, low);
  gssize count = strlen (digits);
  return compose (number.negative, digits, count, count - number.scale);
}

char *hub_decimal_multiply (const char *a, const char *b, GError **error) {
  Number x, y;

  if (!read_number (&x, a, error) || !read_number (&y, b, error))
    return NULL;
  Number product = { .negative = x.negative != y.negative, .scale = x.scale + y.scale };
  if (__builtin_mul_overflow (x.mantissa, y.mantissa, &product.mantissa)
      || product.mantissa >= ARITHMETIC_LIMIT)
    return hub_value_fail (error, TOO_LONG, a), NULL;
  return write_number (product, MAX (x.scale, y.scale));
}

char *hub_decimal_divide (const char *a, const char *b, GError **error) {
  Number x, y;

  if (!read_number (&x, a, error) || !read_number (&y, b, error))
    return NULL;
  if (y.mantissa == 0)
    return hub_value_fail (error, _ ("“%s” cannot be divided by zero"), a), NULL;
  for (; x.scale > y.scale + QUOTIENT_DECIMALS && y.mantissa < ARITHMETIC_LIMIT; y.scale++)
    y.mantissa *= 10;
  unsigned __int128 quotient = x.mantissa / y.mantissa;
  unsigned __int128 rest = x.mantissa % y.mantissa;
  for (; x.scale < y.scale + QUOTIENT_DECIMALS && quotient < ARITHMETIC_LIMIT; x.scale++) {
    quotient = quotient * 10 + rest * 10 / y.mantissa;
    rest = rest * 10 % y.mantissa;
  }
  quotient += rest >= y.mantissa - rest;
  if (quotient >= ARITHMETIC_LIMIT || y.mantissa >= ARITHMETIC_LIMIT)
    return hub_value_fail (error, TOO_LONG, a), NULL;
  return write_number ((Number){ x.negative != y.negative, quotient, QUOTIENT_DECIMALS }, 0);
}

char *hub_decimal_round (const char *text, guint places) {
  gboolean negative = *text == '-';
  gsize n_whole = strcspn (text + negative, ".");
  const char *fraction = text + negative + n_whole;
  g_autoptr (GString) digits = g_string_new ("0");

  g_string_append_len (digits, text + negative, n_whole);
  fraction += *fraction == '.';
  for (guint i = 0; i < places; i++)
    g_string_append_c (digits, *fraction ? *fraction++ : '0');
  if (*fraction >= '5') {
    char *last = digits->str + digits->len - 1;
    for (; *last == '9'; last--)
      *last = '0';
    ++*last;
  }
  return compose (negative, digits->str, digits->len, n_whole + 1);
}

/* The length of @text without the zeros behind its point that do not matter. */
static gsize trimmed_length (const char *text) {
  gsize length = strlen (text);

  if (strchr (text, '.') == NULL)
    return length;
  while (text[length - 1] == '0')
    length--;
  return length - (text[length - 1] == '.');
}

int hub_decimal_compare (const char *a, const char *b) {
  const char *start_a = a + strspn (a, "-0");
  const char *start_b = b + strspn (b, "-0");
  gssize n_a = trimmed_length (a) - (start_a - a);
  gssize n_b = trimmed_length (b) - (start_b - b);
  int sign_a = n_a == 0 ? 0 : *a == '-' ? -1 : 1;
  int sign_b = n_b == 0 ? 0 : *b == '-' ? -1 : 1;
  gssize order = (gssize) strcspn (start_a, ".") - (gssize) strcspn (start_b, ".");

  if (sign_a != sign_b)
    return sign_a - sign_b;
  order = order ? order : memcmp (start_a, start_b, MIN (n_a, n_b));
  order = order ? order : n_a - n_b;
  return order < 0 ? -sign_a : order > 0 ? sign_a : 0;
}

guint hub_decimal_significant_digits (const char *text) {
  gsize length = trimmed_length (text);
  guint n_digits = 0;

  for (gsize i = strspn (text, "-0."); i < length; i++)
    n_digits += text[i] != '.';
  return n_digits;
}

guint hub_currency_exponent (const char *currency) {
  static const char exceptions[] =
      " BIF0 CLP0 DJF0 GNF0 ISK0 JPY0 KMF0 KRW0 PYG0 RWF0 UGX0 UYI0 VND0 VUV0 XAF0 XOF0"
      " XPF0 BHD3 IQD3 JOD3 KWD3 LYD3 OMR3 TND3 CLF4 UYW4";
  g_autofree char *upper = g_ascii_strup (currency, -1);
  g_autofree char *key = g_strconcat (" ", upper, NULL);
  const char *found = strlen (currency) == 3 ? strstr (exceptions, key) : NULL;
  return found ? (guint) g_ascii_digit_value (found[4]) : 2;
}
