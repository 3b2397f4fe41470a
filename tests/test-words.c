/* test-words.c: values as people in the user's country write them, and never another value.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "words.h"

typedef struct {
  HubValue value;
  const char *plain, *french; /* in C.UTF-8 and in fr_FR.UTF-8 (its own language is not asked for here) */
} Row;

#define VALUE(type, text, ...)                                                                               \
  { HUB_TYPE_##type, (char *) text, __VA_ARGS__ }

static const Row rows[] = {
  { VALUE (MONEY, "1284.50", "EUR"), "1284.50", "1 284,50" },
  { VALUE (MONEY, "1284", "JPY"), "1284", "1 284" },
  { VALUE (DECIMAL, "-1234567.125"), "-1234567.125", "-1 234 567,125" },
  { VALUE (DECIMAL, "-0.5"), "-0.5", "-0,5" },
  { VALUE (DECIMAL, "12.50"), "12.50", "12,50" },
  { VALUE (DECIMAL, "1234567890123456789012.5"), "1234567890123456789012.5", "1234567890123456789012.5" },
  { VALUE (DECIMAL, "0012.5"), "0012.5", "0012.5" },
  { VALUE (DECIMAL, "10432"), "10432", "10432" }, /* an id, a year or an amount */
  { VALUE (INTEGER, "2025"), "2025", "2025" },
  { VALUE (DATE, "2025-01-31"), "2025-01-31", "31/01/2025" },
  { VALUE (DATE, "2025-01-31", "%Y.%m"), "2025.01", "2025.01" },
  { VALUE (DATETIME, "2025-01-01T09:05:43Z"), "2025-01-01 10:05", "01/01/2025 10:05" },
  { VALUE (DATETIME, "2025-07-01T23:05:43.250Z"), "2025-07-02 01:05", "02/07/2025 01:05" },
  { VALUE (DATETIME, "2025-01-01T09:05:43Z", NULL, "America/New_York"), "2025-01-01 10:05",
    "01/01/2025 10:05" },
  { VALUE (DATETIME, "2025-01-01T09:05:43Z", "%H:%M", "America/New_York"), "04:05", "04:05" },
  { VALUE (DATETIME, "9999-12-31T23:59:59Z"), "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z" }, /* here, year 10000 */
  { VALUE (BOOLEAN, "true"), "Yes", "Yes" },
  { VALUE (BOOLEAN, "false"), "No", "No" },
  { VALUE (TEXT, "1284.50"), "1284.50", "1284.50" },
  { VALUE (TEXT, "007"), "007", "007" },
  { VALUE (TEXT, "2025-01-01T09:05:43Z"), "2025-01-01T09:05:43Z", "2025-01-01T09:05:43Z" },
  { VALUE (TEXT, "true"), "true", "true" },
  { VALUE (EMAIL, "a@example.org"), "a@example.org", "a@example.org" },
  { VALUE (LIST, "[1.50,2]"), "[1.50,2]", "[1.50,2]" },
  { VALUE (MONEY, NULL), "", "" },
  { VALUE (DATE, ""), "", "" },
};

/* "1 284,50" with the plain space that a test can be read with, whichever the locale has. (transfer full) */
static char *plain_spaces (const char *words) {
  g_autoptr (GString) plain = g_string_new (words);

  g_string_replace (plain, "\u202f", " ", 0);
  g_string_replace (plain, "\u00a0", " ", 0);
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

static void assert_words (const HubValue *value, const HubValue *beside, const char *expected) {
  g_autofree char *words = hub_words_value (value, beside);
  g_autofree char *plain = plain_spaces (words);

  g_assert_cmpstr (plain, ==, expected);
}

/* Whether the locale is one of this computer. */
static gboolean speak (const char *locale) {
  if (setlocale (LC_ALL, locale))
    return TRUE;
  g_test_skip (locale);
  return FALSE;
}

static void test_values_are_plain_in_no_country (void) {
  g_assert_true (speak ("C.UTF-8"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_words (&rows[i].value, NULL, rows[i].plain);
}

static void test_values_are_french_in_france (void) {
  if (!speak ("fr_FR.UTF-8"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_words (&rows[i].value, NULL, rows[i].french);
}

/* What stands in the same field tells whether a whole number is an amount; and both stay two. */
static void test_a_value_is_seen_beside_another (void) {
  static const HubValue whole = VALUE (DECIMAL, "1284"), part = VALUE (DECIMAL, "1284.50"),
                        other = VALUE (INTEGER, "1300"), code = VALUE (TEXT, "0300"),
                        blank = VALUE (MONEY, NULL), early = VALUE (DATETIME, "2025-01-01T09:05:10Z"),
                        late = VALUE (DATETIME, "2025-01-01T09:05:43Z");

  if (!speak ("fr_FR.UTF-8"))
    return;
  assert_words (&whole, &part, "1 284");
  assert_words (&part, &whole, "1 284,50");
  assert_words (&whole, &other, "1284");
  assert_words (&code, &part, "0300");
  assert_words (&part, &blank, "1 284,50");
  assert_words (&blank, &part, "");
  assert_words (&blank, &blank, "");
  assert_words (&early, &late, "2025-01-01T09:05:10Z");
  assert_words (&late, &early, "2025-01-01T09:05:43Z");
}

/* Where a locale leaves out the century, a date is written so that nobody can mistake it. */
static void test_a_date_has_its_century (void) {
  static const HubValue date = VALUE (DATE, "2025-01-31");

  if (speak ("en_GB.UTF-8"))
    assert_words (&date, NULL, "2025-01-31");
}

int main (int argc, char **argv) {
  g_setenv ("TZ", "Europe/Paris", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/values-are-plain-in-no-country", test_values_are_plain_in_no_country);
  g_test_add_func ("/words/values-are-french-in-france", test_values_are_french_in_france);
  g_test_add_func ("/words/a-value-is-seen-beside-another", test_a_value_is_seen_beside_another);
  g_test_add_func ("/words/a-date-has-its-century", test_a_date_has_its_century);
  return g_test_run ();
}
