/* test-decimal.c: exact arithmetic on decimal texts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include "decimal.h"
#include "error.h"

#define BIG_20 "12345678901234567890"
#define DIGITS_36 "123456789012345678901234567890123456"
#define DIGITS_37 DIGITS_36 "7"

/* Checks a result that is allocated, or NULL with HUB_ERROR_RECORD where @expected is NULL. */
static void check (const char *what, char *got, const char *expected, GError *error) {
  g_autofree char *result = got;
  g_autoptr (GError) failure = error;

  g_test_message ("%s", what);
  g_assert_cmpstr (result, ==, expected);
  if (expected == NULL)
    g_assert_error (failure, HUB_ERROR, HUB_ERROR_RECORD);
  else
    g_assert_no_error (failure);
}

static void test_canonical_is_digits_with_one_point (void) {
  static const char *const good[] = { "0", "-0", "12", "-12", "1234.50", "0.05", "007", DIGITS_37 };
  static const char *const bad[] = { "",   "-",  ".",   "1.",    ".5", "+1", "1e3", "1,5",
                                     " 1", "1 ", "--1", "1.2.3", "a",  "1-", "٣" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (hub_decimal_is_canonical (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_false (hub_decimal_is_canonical (bad[i]));
  }
}

static const struct {
  const char *text;
  char mark;
  const char *expected;
} readings[] = {
  { "1234.56", 0, "1234.56" },
  { "1234,56", 0, "1234.56" },
  { "1 234,56", 0, "1234.56" },
  { "1\u00a0234,56", 0, "1234.56" },
  { "1\u202f234\u202f567,8", 0, "1234567.8" },
  { "1\u2009234", 0, "1234" },
  { "1\u3000234", 0, "1234" },
  { "1,234.56", 0, "1234.56" },
  { "1.234,56", 0, "1234.56" },
  { "1,234,567.89", 0, "1234567.89" },
  { "1.234.567,89", 0, "1234567.89" },
  { "1,234,567", 0, "1234567" },
  { "1.234.567", 0, "1234567" },
  { "1'234.50", 0, "1234.50" },
  { "1’234’567.5", 0, "1234567.5" },
  { "12", 0, "12" },
  { "-12", 0, "-12" },
  { "+12", 0, "12" },
  { "−12,5", 0, "-12.5" },
  { "- 12", 0, "-12" },
  { "(12,50)", 0, "-12.50" },
  { "(12,50 €)", 0, "-12.50" },
  { "( $ 1,200.00 )", 0, "-1200.00" },
  { "12,5 €", 0, "12.5" },
  { "12,5\u00a0€", 0, "12.5" },
  { "€12.50", 0, "12.50" },
  { "-€12.50", 0, "-12.50" },
  { "€ -12.50", 0, "-12.50" },
  { "£1,000.00", 0, "1000.00" },
  { "12 EUR", 0, "12" },
  { "EUR 12,00", 0, "12.00" },
  { "CHF 1'234.50", 0, "1234.50" },
  { "-0", 0, "0" },
  { "-0,00", 0, "0.00" },
  { "007", 0, "7" },
  { "000", 0, "0" },
  { ".5", 0, "0.5" },
  { ",5", 0, "0.5" },
  { "-.5", 0, "-0.5" },
  { "1,5", 0, "1.5" },
  { "  42  ", 0, "42" },
  { "\t42\n", 0, "42" },
  /* one separator and three digits: the mark decides, else it is a decimal mark */
  { "1,234", 0, "1.234" },
  { "1.234", 0, "1.234" },
  { "1,234", ',', "1.234" },
  { "1,234", '.', "1234" },
  { "1.234", '.', "1.234" },
  { "1.234", ',', "1234" },
  { "12,345 €", '.', "12345" },
  { "-123.456", ',', "-123456" },
  /* not ambiguous whatever the mark */
  { "0,123", '.', "0.123" },
  { ",500", '.', "0.500" },
  { "1234,567", '.', "1234.567" },
  { "1 234,567", '.', "1234.567" },
  { "12,5", '.', "12.5" },
  { "1,2345", '.', "1.2345" },
  { "1.234,567", '.', "1234.567" },
  { "1,234,567", ',', "1234567" },
  { "1234567890123456789012345678901234567890,12", 0, "1234567890123456789012345678901234567890.12" },
  /* not numbers */
  { "", 0, NULL },
  { "   ", 0, NULL },
  { "-", 0, NULL },
  { "€", 0, NULL },
  { ".", 0, NULL },
  { "()", 0, NULL },
  { "12abc", 0, NULL },
  { "abc", 0, NULL },
  { "EUR", 0, NULL },
  { "12 eur ttc", 0, NULL },
  { "1,2,3,4.5.6", 0, NULL },
  { "1.2.3", 0, NULL },
  { "1,23,456", 0, NULL },
  { "12,34,567", 0, NULL },
  { "1234,567,890", 0, NULL },
  { "1,234.567,890", 0, NULL },
  { "1 234'567", 0, NULL },
  { "1 2", 0, NULL },
  { "12 34", 0, NULL },
  { "0 123", 0, NULL },
  { "1  234", 0, NULL },
  { "12.", 0, NULL },
  { "12,", 0, NULL },
  { "1.5.", 0, NULL },
  { "--12", 0, NULL },
  { "+-12", 0, NULL },
  { "12-", 0, NULL },
  { "(12", 0, NULL },
  { "12)", 0, NULL },
  { "1e3", 0, NULL },
  { "0x10", 0, NULL },
  { "12%", 0, NULL },
  { "1,234 567", 0, NULL },
  { "٣", 0, NULL },
  { "NaN", 0, NULL },
  { "\xff\xfe", 0, NULL },
  { "12\xc3", 0, NULL },
};

static void test_parse_reads_what_people_write_and_refuses_the_rest (void) {
  for (guint i = 0; i < G_N_ELEMENTS (readings); i++) {
    GError *error = NULL;
    char *got = hub_decimal_parse (readings[i].text, readings[i].mark, &error);
    check (readings[i].text, got, readings[i].expected, error);
  }
}

static void test_parse_error_quotes_the_value_on_one_line (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) multiline = NULL;
  g_autoptr (GError) long_one = NULL;
  g_autofree char *many = g_strnfill (10000, 'x');

  g_assert_null (hub_decimal_parse ("12abc", 0, &error));
  g_assert_cmpstr (error->message, ==, "“12abc” is not a number");
  g_assert_null (hub_decimal_parse ("a\nb\x01", 0, &multiline));
  g_assert_cmpstr (multiline->message, ==, "“a b ” is not a number");
  g_assert_null (hub_decimal_parse (many, 0, &long_one));
  g_assert_cmpuint (g_utf8_strlen (long_one->message, -1), <, 100);
}

static void test_from_json_keeps_digits_and_writes_exponents_out (void) {
  static const char *const cases[][2] = {
    { "0", "0" },
    { "-0", "0" },
    { "-0.0", "0.0" },
    { "12", "12" },
    { "-12.50", "-12.50" },
    { BIG_20, BIG_20 },
    { "0.1", "0.1" },
    { "1E3", "1000" },
    { "1e+3", "1000" },
    { "1.5e3", "1500" },
    { "-1.5e1", "-15" },
    { "1.50e1", "15.0" },
    { "1e-2", "0.01" },
    { "-12.5E-3", "-0.0125" },
    { "123e-2", "1.23" },
    { "0e5", "0" },
    { "0.00E-999999999999999999999", "0" },
    { "1.5e0", "1.5" },
    { "0.001e2", "0.1" },
    { "0.001e5", "100" },
    { "1e1000", NULL },
    { "1e-1000", NULL },
    { "-1e99999999999999999999", NULL },
    { "1e-99999999999999999999", NULL },
  };
  g_autofree char *digits = g_strnfill (400, '9');
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *failure = NULL;
    char *got = hub_decimal_from_json (cases[i][0], &failure);
    check (cases[i][0], got, cases[i][1], failure);
  }
  check ("400 digits", hub_decimal_from_json (digits, &error), digits, NULL);
  g_assert_no_error (error);
}

static void test_from_json_stops_at_a_thousand_digits (void) {
  g_autofree char *longest = hub_decimal_from_json ("1e999", NULL);
  g_autofree char *smallest = hub_decimal_from_json ("1e-999", NULL);

  g_assert_cmpuint (strlen (longest), ==, 1000);
  g_assert_true (g_str_has_prefix (longest, "1000"));
  g_assert_cmpuint (strlen (smallest), ==, 1001);
  g_assert_true (g_str_has_suffix (smallest, "0001"));
}

static void test_shift_makes_amounts_of_minor_units (void) {
  static const struct {
    const char *minor;
    guint places;
    const char *expected;
  } cases[] = {
    { "1999", 2, "19.99" },    { "5", 2, "0.05" },
    { "0", 2, "0.00" },        { "-5", 2, "-0.05" },
    { "-1999", 2, "-19.99" },  { "500", 0, "500" },
    { "1999", 3, "1.999" },    { "1990", 3, "1.990" },
    { "10", 2, "0.10" },       { "100", 2, "1.00" },
    { "-0", 2, "0.00" },       { "1", 4, "0.0001" },
    { "0", 0, "0" },           { "-7", 0, "-7" },
    { "12345", 5, "0.12345" }, { BIG_20, 2, "123456789012345678.90" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check (cases[i].minor, hub_decimal_shift (cases[i].minor, cases[i].places), cases[i].expected, NULL);
}

static void test_multiply_is_exact (void) {
  static const char *const cases[][3] = {
    { "1999", "0.01", "19.99" },
    { "19.99", "100", "1999.00" },
    { "10.00", "1.2", "12.00" },
    { "0.1", "0.2", "0.02" },
    { "1.1", "1.1", "1.21" },
    { "-3", "2", "-6" },
    { "-3", "-2", "6" },
    { "0", "-5", "0" },
    { "-0.00", "5", "0.00" },
    { "2.5", "4", "10.0" },
    { "0.05", "0.05", "0.0025" },
    { BIG_20, "10", BIG_20 "0" },
    { BIG_20, "9999999999999999", "123456789012345666554321098765432110" },
    { DIGITS_36, "1", DIGITS_36 },
    { DIGITS_36, "10", NULL },
    { DIGITS_37, "1", NULL },
    { "1", DIGITS_37, NULL },
    { DIGITS_36, DIGITS_36, NULL },
    { "0.00000000000000000000000000000000001", "0.1", "0.000000000000000000000000000000000001" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *error = NULL;
    char *got = hub_decimal_multiply (cases[i][0], cases[i][1], &error);
    check (cases[i][0], got, cases[i][2], error);
  }
}

static void test_divide_rounds_half_away_from_zero_at_twelve_decimals (void) {
  static const char *const cases[][3] = {
    { "1999", "100", "19.99" },
    { "100", "3", "33.333333333333" },
    { "200", "3", "66.666666666667" },
    { "-200", "3", "-66.666666666667" },
    { "1", "8", "0.125" },
    { "10.00", "4", "2.5" },
    { "12", "0.5", "24" },
    { "-6", "-2", "3" },
    { "0", "7", "0" },
    { "-0", "7", "0" },
    { "1", "2000000000000", "0.000000000001" },
    { "1", "2000000000001", "0" },
    { "-1", "2000000000000", "-0.000000000001" },
    { "0.00000000000000000003", "1", "0" },
    { "0.0000000000005", "1", "0.000000000001" },
    { "0.00000000000049", "1", "0" },
    { "1", "0.000000000001", "1000000000000" },
    { BIG_20, "10", "1234567890123456789" },
    { "1", "0", NULL },
    { "1", "0.000", NULL },
    { DIGITS_36, "1", NULL },
    { DIGITS_37, "1", NULL },
    { "1", DIGITS_37, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *error = NULL;
    char *got = hub_decimal_divide (cases[i][0], cases[i][1], &error);
    check (cases[i][0], got, cases[i][2], error);
  }
}

static void test_divide_by_zero_says_so (void) {
  g_autoptr (GError) error = NULL;

  g_assert_null (hub_decimal_divide ("12.50", "0", &error));
  g_assert_cmpstr (error->message, ==, "“12.50” cannot be divided by zero");
}

static void test_round_goes_half_away_from_zero_at_any_length (void) {
  static const struct {
    const char *text;
    guint places;
    const char *expected;
  } cases[] = {
    { "2.5", 0, "3" },
    { "1.005", 2, "1.01" },
    { "-2.5", 0, "-3" },
    { "2.4", 0, "2" },
    { "-0.4", 0, "0" },
    { "0.5", 0, "1" },
    { "-0.5", 0, "-1" },
    { "9.99", 1, "10.0" },
    { "99.5", 0, "100" },
    { "999", 0, "999" },
    { "2", 2, "2.00" },
    { "2.1", 3, "2.100" },
    { "0.0049", 2, "0.00" },
    { "0.005", 2, "0.01" },
    { "2.449999", 1, "2.4" },
    { "007.5", 0, "8" },
    { DIGITS_37 ".995", 2, "1234567890123456789012345678901234568.00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check (cases[i].text, hub_decimal_round (cases[i].text, cases[i].places), cases[i].expected, NULL);
}

/* Each is less than the next. */
static const char *const ascending[] = {
  "-" DIGITS_37,  "-" DIGITS_36,  "-100", "-99.5", "-99.05", "-2",     "-1.10",
  "-1.01",        "-1",           "-0.5", "-0.05", "0",      "0.0001", "0.05",
  "0.5",          "0.51",         "1",    "1.01",  "1.1",    "2",      "9",
  "10",           "10.09",        "10.1", "99",    "100",    BIG_20,   DIGITS_36,
  DIGITS_37 ".1", DIGITS_37 ".2",
};

static void test_compare_orders_by_value (void) {
  for (guint i = 0; i < G_N_ELEMENTS (ascending); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ascending); j++) {
      int order = hub_decimal_compare (ascending[i], ascending[j]);
      g_test_message ("%s ? %s", ascending[i], ascending[j]);
      g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
    }
}

static void test_compare_ignores_zeros_that_do_not_matter (void) {
  static const char *const equal[][2] = {
    { "1", "1.0" },   { "1.50", "1.5" },  { "007", "7" },     { "0", "-0.00" },
    { "-1.0", "-1" }, { "0.0", "0.000" }, { "00.10", "0.1" }, { "100", "100.00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (equal); i++) {
    g_assert_cmpint (hub_decimal_compare (equal[i][0], equal[i][1]), ==, 0);
    g_assert_cmpint (hub_decimal_compare (equal[i][1], equal[i][0]), ==, 0);
  }
}

static void test_significant_digits_leave_out_idle_zeros (void) {
  static const struct {
    const char *text;
    guint expected;
  } cases[] = { { "0", 0 },    { "0.00", 0 },   { "7", 1 },     { "-7", 1 },
                { "007", 1 },  { "100", 3 },    { "100.0", 3 }, { "1234.50", 5 },
                { "0.05", 1 }, { "-10.01", 4 }, { BIG_20, 20 }, { DIGITS_37, 37 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (hub_decimal_significant_digits (cases[i].text), ==, cases[i].expected);
}

static void test_currency_exponents_are_iso_4217 (void) {
  static const struct {
    const char *codes;
    guint exponent;
  } cases[] = {
    { "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF jpy Jpy", 0 },
    { "BHD IQD JOD KWD LYD OMR TND kwd", 3 },
    { "CLF UYW", 4 },
    { "EUR eur USD GBP CHF MGA HUF TWD XXX zzz E EURO F0J", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) codes = g_strsplit (cases[i].codes, " ", -1);
    for (guint j = 0; codes[j] != NULL; j++) {
      g_test_message ("%s", codes[j]);
      g_assert_cmpuint (hub_currency_exponent (codes[j]), ==, cases[i].exponent);
    }
  }
  g_assert_cmpuint (hub_currency_exponent (""), ==, 2);
}

int main (int argc, char *argv[]) {
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimal/canonical", test_canonical_is_digits_with_one_point);
  g_test_add_func ("/decimal/parse", test_parse_reads_what_people_write_and_refuses_the_rest);
  g_test_add_func ("/decimal/parse-error", test_parse_error_quotes_the_value_on_one_line);
  g_test_add_func ("/decimal/from-json", test_from_json_keeps_digits_and_writes_exponents_out);
  g_test_add_func ("/decimal/from-json-limit", test_from_json_stops_at_a_thousand_digits);
  g_test_add_func ("/decimal/shift", test_shift_makes_amounts_of_minor_units);
  g_test_add_func ("/decimal/multiply", test_multiply_is_exact);
  g_test_add_func ("/decimal/divide", test_divide_rounds_half_away_from_zero_at_twelve_decimals);
  g_test_add_func ("/decimal/divide-by-zero", test_divide_by_zero_says_so);
  g_test_add_func ("/decimal/round", test_round_goes_half_away_from_zero_at_any_length);
  g_test_add_func ("/decimal/compare", test_compare_orders_by_value);
  g_test_add_func ("/decimal/compare-zeros", test_compare_ignores_zeros_that_do_not_matter);
  g_test_add_func ("/decimal/significant-digits", test_significant_digits_leave_out_idle_zeros);
  g_test_add_func ("/decimal/currency-exponent", test_currency_exponents_are_iso_4217);
  return g_test_run ();
}
