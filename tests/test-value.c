/* test-value.c: typed values: names, copies, display, sameness, order and JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include "error.h"
#include "json.h"
#include "value.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubValue, hub_value_clear)

typedef struct {
  HubType type;
  const char *text, *format, *zone;
} Plain;

static HubValue make (Plain plain) {
  return (HubValue){ plain.type, g_strdup (plain.text), plain.format, plain.zone };
}

static void test_type_names_are_the_contracts (void) {
  static const char *const names[] = { "text",  "integer", "decimal", "boolean", "date", "datetime",
                                       "money", "email",   "url",     "list",    "json" };
  HubType type;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_assert_cmpstr (hub_type_name (i), ==, names[i]);
    g_assert_true (hub_type_from_name (names[i], &type));
    g_assert_cmpuint (type, ==, i);
  }
  type = HUB_TYPE_URL;
  g_assert_false (hub_type_from_name ("Text", &type));
  g_assert_false (hub_type_from_name ("", &type));
  g_assert_cmpuint (type, ==, HUB_TYPE_URL);
}

static void test_only_integer_decimal_and_money_are_numbers (void) {
  for (HubType type = HUB_TYPE_TEXT; type <= HUB_TYPE_JSON; type++)
    g_assert_cmpint (hub_type_is_number (type), ==,
                     type == HUB_TYPE_INTEGER || type == HUB_TYPE_DECIMAL || type == HUB_TYPE_MONEY);
}

static void test_take_and_clear_replace_everything (void) {
  g_auto (HubValue) value = make ((Plain){ HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z", "%d", "UTC" });

  hub_value_take (&value, HUB_TYPE_INTEGER, g_strdup ("12"));
  g_assert_cmpuint (value.type, ==, HUB_TYPE_INTEGER);
  g_assert_cmpstr (value.text, ==, "12");
  g_assert_null (value.format);
  g_assert_null (value.zone);
  hub_value_take (&value, HUB_TYPE_TEXT, value.text);
  g_assert_cmpstr (value.text, ==, "12");
  g_assert_cmpuint (value.type, ==, HUB_TYPE_TEXT);
  value.zone = "UTC";
  hub_value_clear (&value);
  g_assert_cmpuint (value.type, ==, HUB_TYPE_TEXT);
  g_assert_null (value.text);
  g_assert_null (value.zone);
  hub_value_take (&value, HUB_TYPE_MONEY, NULL);
  g_assert_true (hub_value_is_blank (&value));
}

static void test_a_copy_is_its_own (void) {
  g_auto (HubValue) from = make ((Plain){ HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z", "%d", "UTC" });
  g_auto (HubValue) to = make ((Plain){ HUB_TYPE_TEXT, "before" });

  hub_value_copy (&to, &from);
  g_assert_true (to.text != from.text);
  g_assert_cmpstr (to.text, ==, from.text);
  g_assert_cmpuint (to.type, ==, HUB_TYPE_DATETIME);
  g_assert_cmpstr (to.format, ==, "%d");
  g_assert_cmpstr (to.zone, ==, "UTC");
  hub_value_copy (&to, &to);
  g_assert_cmpstr (to.text, ==, "2026-11-22T09:30:00Z");
}

static void test_null_and_empty_are_blank (void) {
  g_assert_true (hub_value_is_blank (&(HubValue){ HUB_TYPE_TEXT, NULL }));
  g_assert_true (hub_value_is_blank (&(HubValue){ HUB_TYPE_JSON, (char *) "" }));
  g_assert_false (hub_value_is_blank (&(HubValue){ HUB_TYPE_TEXT, (char *) " " }));
  g_assert_false (hub_value_is_blank (&(HubValue){ HUB_TYPE_INTEGER, (char *) "0" }));
}

static void test_display_is_what_a_person_reads (void) {
  static const struct {
    Plain value;
    const char *expected;
  } cases[] = {
    { { HUB_TYPE_TEXT, "007" }, "007" },
    { { HUB_TYPE_TEXT, NULL }, "" },
    { { HUB_TYPE_DATE, NULL, "%d" }, "" },
    { { HUB_TYPE_DATE, "" }, "" },
    { { HUB_TYPE_MONEY, "19.90", "eur" }, "19.90" },
    { { HUB_TYPE_BOOLEAN, "true" }, "true" },
    { { HUB_TYPE_LIST, "[1, 2]" }, "[1, 2]" },
    { { HUB_TYPE_DATE, "2026-11-22", "%d/%m/%Y" }, "22/11/2026" },
    { { HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z", "%d/%m/%Y", "Europe/Paris" }, "23/11/2026" },
    { { HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z" }, "2026-11-22T23:30:00Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HubValue) value = make (cases[i].value);
    g_autofree char *shown = hub_value_display (&value);
    g_assert_cmpstr (shown, ==, cases[i].expected);
  }
}

static void test_same_means_the_same (void) {
  static const struct {
    Plain a, b;
    gboolean expected;
  } cases[] = {
    { { HUB_TYPE_TEXT, NULL }, { HUB_TYPE_INTEGER, "" }, TRUE },
    { { HUB_TYPE_TEXT, NULL }, { HUB_TYPE_TEXT, "a" }, FALSE },
    { { HUB_TYPE_INTEGER, "0" }, { HUB_TYPE_INTEGER, NULL }, FALSE },
    { { HUB_TYPE_TEXT, "a" }, { HUB_TYPE_TEXT, "a" }, TRUE },
    { { HUB_TYPE_TEXT, "a" }, { HUB_TYPE_TEXT, "A" }, FALSE },
    { { HUB_TYPE_TEXT, "a" }, { HUB_TYPE_EMAIL, "a" }, TRUE },
    { { HUB_TYPE_INTEGER, "10" }, { HUB_TYPE_DECIMAL, "10.0" }, TRUE },
    { { HUB_TYPE_MONEY, "19.90", "eur" }, { HUB_TYPE_DECIMAL, "19.9" }, TRUE },
    { { HUB_TYPE_INTEGER, "12345678901234567890" }, { HUB_TYPE_INTEGER, "12345678901234567891" }, FALSE },
    { { HUB_TYPE_TEXT, "007" }, { HUB_TYPE_INTEGER, "7" }, FALSE },
    { { HUB_TYPE_TEXT, "10.0" }, { HUB_TYPE_TEXT, "10" }, FALSE },
    { { HUB_TYPE_TEXT, "7" }, { HUB_TYPE_INTEGER, "7" }, TRUE },
    { { HUB_TYPE_TEXT, "true" }, { HUB_TYPE_BOOLEAN, "true" }, TRUE },
    { { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z" },
      { HUB_TYPE_DATETIME, "2026-11-22T09:30:00.750Z" },
      TRUE },
    { { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z" }, { HUB_TYPE_DATETIME, "2026-11-22T09:30:01Z" }, FALSE },
    { { HUB_TYPE_DATETIME, "1969-12-31T23:59:59.500Z" },
      { HUB_TYPE_DATETIME, "1969-12-31T23:59:59Z" },
      TRUE },
    { { HUB_TYPE_DATETIME, "1969-12-31T23:59:59.500Z" },
      { HUB_TYPE_DATETIME, "1970-01-01T00:00:00Z" },
      FALSE },
    { { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z", "%d", "UTC" },
      { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z" },
      TRUE },
    { { HUB_TYPE_DATE, "2026-11-22", "%d" }, { HUB_TYPE_DATE, "2026-11-22", "%m" }, TRUE },
    { { HUB_TYPE_DATE, "2026-11-22", "%d/%m/%Y" }, { HUB_TYPE_TEXT, "22/11/2026" }, TRUE },
    { { HUB_TYPE_DATE, "2026-11-22" }, { HUB_TYPE_DATE, "2026-11-23" }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HubValue) a = make (cases[i].a);
    g_auto (HubValue) b = make (cases[i].b);
    g_test_message ("%s ? %s", a.text, b.text);
    g_assert_cmpint (hub_value_same (&a, &b), ==, cases[i].expected);
    g_assert_cmpint (hub_value_same (&b, &a), ==, cases[i].expected);
  }
}

static void test_compare_orders_numbers_dates_and_texts (void) {
  static const struct {
    Plain less, more;
  } cases[] = {
    { { HUB_TYPE_INTEGER, "9" }, { HUB_TYPE_DECIMAL, "10.5" } },
    { { HUB_TYPE_TEXT, "9" }, { HUB_TYPE_TEXT, "10" } },
    { { HUB_TYPE_TEXT, "-2" }, { HUB_TYPE_INTEGER, "-1" } },
    { { HUB_TYPE_TEXT, "10" }, { HUB_TYPE_TEXT, "9a" } },
    { { HUB_TYPE_TEXT, "a" }, { HUB_TYPE_TEXT, "b" } },
    { { HUB_TYPE_DATE, "2026-11-22" }, { HUB_TYPE_DATETIME, "2026-11-22T00:00:00.001Z" } },
    { { HUB_TYPE_DATE, "2026-02-10", "%d" }, { HUB_TYPE_DATE, "2026-11-02", "%d" } },
    { { HUB_TYPE_DATE, "2026-02-10", "%d/%m" }, { HUB_TYPE_TEXT, "11/02" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HubValue) less = make (cases[i].less);
    g_auto (HubValue) more = make (cases[i].more);
    g_test_message ("%s < %s", less.text, more.text);
    g_assert_cmpint (hub_value_compare (&less, &more), <, 0);
    g_assert_cmpint (hub_value_compare (&more, &less), >, 0);
    g_assert_cmpint (hub_value_compare (&more, &more), ==, 0);
  }
}

static void test_equal_numbers_and_instants_compare_as_equal (void) {
  HubValue ten = { HUB_TYPE_TEXT, (char *) "10" };
  HubValue ten_point_zero = { HUB_TYPE_DECIMAL, (char *) "10.0" };
  HubValue day = { HUB_TYPE_DATE, (char *) "2026-11-22" };
  HubValue midnight = { HUB_TYPE_DATETIME, (char *) "2026-11-22T00:00:00Z" };

  g_assert_cmpint (hub_value_compare (&ten, &ten_point_zero), ==, 0);
  g_assert_cmpint (hub_value_compare (&day, &midnight), ==, 0);
}

static const struct {
  Plain value;
  const char *json;
} jsons[] = {
  { { HUB_TYPE_TEXT, NULL }, "null" },
  { { HUB_TYPE_INTEGER, "" }, "null" },
  { { HUB_TYPE_TEXT, "é \"quoted\" \\ \n 🙂" }, "\"é \\\"quoted\\\" \\\\ \\n 🙂\"" },
  { { HUB_TYPE_TEXT, "007" }, "\"007\"" },
  { { HUB_TYPE_TEXT, "null" }, "\"null\"" },
  { { HUB_TYPE_INTEGER, "-12" }, "-12" },
  { { HUB_TYPE_INTEGER, "123456789012345678" }, "123456789012345678" },
  { { HUB_TYPE_INTEGER, "12345678901234567890" }, "\"12345678901234567890\"" },
  { { HUB_TYPE_DECIMAL, "1234.50" }, "1234.50" },
  { { HUB_TYPE_DECIMAL, "0.1234567890123456" }, "\"0.1234567890123456\"" },
  { { HUB_TYPE_MONEY, "19.99", "eur" }, "19.99" },
  { { HUB_TYPE_INTEGER, "007" }, "\"007\"" },
  { { HUB_TYPE_INTEGER, "-0" }, "-0" },
  { { HUB_TYPE_DECIMAL, "not a number" }, "\"not a number\"" },
  { { HUB_TYPE_BOOLEAN, "true" }, "true" },
  { { HUB_TYPE_EMAIL, "a@b.fr" }, "\"a@b.fr\"" },
  { { HUB_TYPE_LIST, "[1, \"a\"]" }, "[1, \"a\"]" },
  { { HUB_TYPE_JSON, "{\"a\":null}" }, "{\"a\":null}" },
  { { HUB_TYPE_DATE, "2026-11-22" }, "{\"date\":\"2026-11-22\"}" },
  { { HUB_TYPE_DATE, "2026-11-22", "%d \"%m\"" }, "{\"date\":\"2026-11-22\",\"format\":\"%d \\\"%m\\\"\"}" },
  { { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z", NULL, "Europe/Paris" },
    "{\"datetime\":\"2026-11-22T09:30:00Z\",\"zone\":\"Europe/Paris\"}" },
  { { HUB_TYPE_DATETIME, "2026-11-22T09:30:00Z", "%F", "Europe/Paris" },
    "{\"datetime\":\"2026-11-22T09:30:00Z\",\"format\":\"%F\",\"zone\":\"Europe/Paris\"}" },
};

static void test_json_is_strict_and_keeps_every_digit (void) {
  for (guint i = 0; i < G_N_ELEMENTS (jsons); i++) {
    g_auto (HubValue) value = make (jsons[i].value);
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    hub_value_append_json (&value, out);
    g_assert_cmpstr (out->str, ==, jsons[i].json);
    g_autoptr (JsonNode) node = hub_json_parse (out->str, out->len, &error);
    g_assert_no_error (error);
    g_assert_nonnull (node);
  }
}

static void test_json_reads_back_as_the_same_value (void) {
  for (guint i = 0; i < G_N_ELEMENTS (jsons); i++) {
    g_auto (HubValue) value = make (jsons[i].value);
    g_auto (HubValue) back = { HUB_TYPE_TEXT };
    g_autoptr (JsonNode) node = hub_json_parse (jsons[i].json, strlen (jsons[i].json), NULL);

    g_test_message ("%s", jsons[i].json);
    g_assert_true (hub_value_from_json (&back, node));
    if (value.type == HUB_TYPE_LIST || value.type == HUB_TYPE_JSON) {
      g_assert_cmpuint (back.type, ==, value.type);
      continue;
    }
    g_assert_true (hub_value_same (&back, &value) || g_strcmp0 (back.text, value.text) == 0);
    g_assert_cmpstr (back.zone, ==, value.zone);
    if (value.type == HUB_TYPE_DATE || value.type == HUB_TYPE_DATETIME)
      g_assert_cmpstr (back.format, ==, value.format);
  }
}

static void test_fail_quotes_the_value_on_one_short_line (void) {
  g_autoptr (GError) plain = NULL;
  g_autoptr (GError) odd = NULL;
  g_autoptr (GError) broken = NULL;
  g_autoptr (GError) too_long = NULL;
  g_autofree char *many = g_strnfill (70, 'x');
  g_autofree char *kept = g_strnfill (59, 'x');
  g_autofree char *expected = g_strconcat ("<", kept, "…>", NULL);

  g_assert_false (hub_value_fail (&plain, "“%s” is odd", "100 %s"));
  g_assert_error (plain, HUB_ERROR, HUB_ERROR_RECORD);
  g_assert_cmpstr (plain->message, ==, "“100 %s” is odd");
  hub_value_fail (&odd, "<%s>", "a\r\nb\tc\x7f");
  g_assert_cmpstr (odd->message, ==, "<a  b c >");
  hub_value_fail (&broken, "<%s>", "a\xff");
  g_assert_cmpstr (broken->message, ==, "<a\xef\xbf\xbd>");
  hub_value_fail (&too_long, "<%s>", many);
  g_assert_cmpstr (too_long->message, ==, expected);
  g_assert_false (hub_value_fail (NULL, "<%s>", "nobody listens"));
}

int main (int argc, char *argv[]) {
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/type-names", test_type_names_are_the_contracts);
  g_test_add_func ("/value/numbers", test_only_integer_decimal_and_money_are_numbers);
  g_test_add_func ("/value/take-clear", test_take_and_clear_replace_everything);
  g_test_add_func ("/value/copy", test_a_copy_is_its_own);
  g_test_add_func ("/value/blank", test_null_and_empty_are_blank);
  g_test_add_func ("/value/display", test_display_is_what_a_person_reads);
  g_test_add_func ("/value/same", test_same_means_the_same);
  g_test_add_func ("/value/compare", test_compare_orders_numbers_dates_and_texts);
  g_test_add_func ("/value/compare-equal", test_equal_numbers_and_instants_compare_as_equal);
  g_test_add_func ("/value/json", test_json_is_strict_and_keeps_every_digit);
  g_test_add_func ("/value/json-back", test_json_reads_back_as_the_same_value);
  g_test_add_func ("/value/fail", test_fail_quotes_the_value_on_one_short_line);
  return g_test_run ();
}
