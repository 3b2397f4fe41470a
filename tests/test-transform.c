/* test-transform.c: the steps of a rule.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include "date.h"
#include "error.h"
#include "schema.h"
#include "transform.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubValue, hub_value_clear)

static HubSteps *compile (const char *json, GError **error) {
  const char *place = "mapping[2].steps";
  g_autoptr (JsonNode) node = hub_schema_parse ("portable", "steps", json, strlen (json), place, error);
  return node ? hub_steps_new (json_node_get_array (node), place, error) : NULL;
}

static const struct {
  const char *steps;
  HubType type;
  const char *text;
  HubType expected_type;
  const char *expected; /* NULL: refused */
} cases[] = {
#define STEP(members) "[{\"op\":" members "}]"
  { "[]", HUB_TYPE_INTEGER, "7", HUB_TYPE_INTEGER, "7" },
  /* text steps */
  { STEP ("\"trim\""), HUB_TYPE_TEXT, " \t\u00a0a b\u202f\n", HUB_TYPE_TEXT, "a b" },
  { STEP ("\"trim\""), HUB_TYPE_TEXT, "   ", HUB_TYPE_TEXT, "" },
  { STEP ("\"trim\""), HUB_TYPE_INTEGER, "12", HUB_TYPE_TEXT, "12" },
  { STEP ("\"lower\""), HUB_TYPE_TEXT, "ÉLODIE Œuvre", HUB_TYPE_TEXT, "élodie œuvre" },
  { STEP ("\"lower\""), HUB_TYPE_EMAIL, "Ada@Example.COM", HUB_TYPE_TEXT, "ada@example.com" },
  { STEP ("\"upper\""), HUB_TYPE_TEXT, "élodie straße", HUB_TYPE_TEXT, "ÉLODIE STRASSE" },
  { STEP ("\"upper\""), HUB_TYPE_BOOLEAN, "true", HUB_TYPE_TEXT, "TRUE" },
  { STEP ("\"title\""), HUB_TYPE_TEXT, "jean-pierre d'arc", HUB_TYPE_TEXT, "Jean-Pierre D'Arc" },
  { STEP ("\"title\""), HUB_TYPE_TEXT, "ÉLODIE  de la TOUR", HUB_TYPE_TEXT, "Élodie  De La Tour" },
  { STEP ("\"title\""), HUB_TYPE_TEXT, "e\u0301lan 2e étage", HUB_TYPE_TEXT, "E\u0301lan 2e Étage" },
  { STEP ("\"replace\",\"find\":\"a.\",\"with\":\"b\""), HUB_TYPE_TEXT, "a.a.ax", HUB_TYPE_TEXT, "bbax" },
  { STEP ("\"replace\",\"find\":\"é\""), HUB_TYPE_TEXT, "été", HUB_TYPE_TEXT, "t" },
  { STEP ("\"replace\",\"find\":\"a\",\"with\":\"aa\""), HUB_TYPE_TEXT, "aba", HUB_TYPE_TEXT, "aabaa" },
  { STEP ("\"replace\",\"find\":\"x\",\"with\":\"y\""), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, "abc" },
  { STEP ("\"replace\",\"find\":\"abc\""), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, "" },
  { STEP ("\"split\",\"by\":\" \",\"index\":0"), HUB_TYPE_TEXT, "Ada King Lovelace", HUB_TYPE_TEXT, "Ada" },
  { STEP ("\"split\",\"by\":\" \",\"index\":-1"), HUB_TYPE_TEXT, "Ada King Lovelace", HUB_TYPE_TEXT,
    "Lovelace" },
  { STEP ("\"split\",\"by\":\" \",\"index\":-3"), HUB_TYPE_TEXT, "Ada King Lovelace", HUB_TYPE_TEXT, "Ada" },
  { STEP ("\"split\",\"by\":\"; \",\"index\":1"), HUB_TYPE_TEXT, "a; b", HUB_TYPE_TEXT, "b" },
  { STEP ("\"split\",\"by\":\" \",\"index\":3"), HUB_TYPE_TEXT, "Ada King Lovelace", HUB_TYPE_TEXT, "" },
  { STEP ("\"split\",\"by\":\" \",\"index\":-4"), HUB_TYPE_TEXT, "Ada King Lovelace", HUB_TYPE_TEXT, "" },
  { STEP ("\"split\",\"by\":\",\""), HUB_TYPE_TEXT, "a,\"b\",é", HUB_TYPE_LIST,
    "[\"a\",\"\\\"b\\\"\",\"é\"]" },
  { STEP ("\"split\",\"by\":\",\""), HUB_TYPE_TEXT, "a", HUB_TYPE_LIST, "[\"a\"]" },
  { STEP ("\"slice\",\"start\":1,\"length\":2"), HUB_TYPE_TEXT, "é🙂àb", HUB_TYPE_TEXT, "🙂à" },
  { STEP ("\"slice\",\"start\":-2"), HUB_TYPE_TEXT, "é🙂àb", HUB_TYPE_TEXT, "àb" },
  { STEP ("\"slice\",\"length\":3"), HUB_TYPE_TEXT, "abcdef", HUB_TYPE_TEXT, "abc" },
  { STEP ("\"slice\",\"start\":-9,\"length\":2"), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, "ab" },
  { STEP ("\"slice\",\"start\":5"), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, "" },
  { STEP ("\"slice\",\"start\":1,\"length\":0"), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, "" },
  { STEP ("\"slice\",\"start\":2,\"length\":100000"), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, "c" },
  { STEP ("\"join\",\"by\":\", \""), HUB_TYPE_LIST,
    "[\"a\", 12345678901234567890.50, true, null, \"\\u00e9\"]", HUB_TYPE_TEXT,
    "a, 12345678901234567890.50, true, é" },
  { STEP ("\"join\",\"by\":\"-\""), HUB_TYPE_LIST, "[[1, [2]],{\"a\": 1},\"\",3]", HUB_TYPE_TEXT,
    "[1, [2]]-{\"a\": 1}--3" },
  { STEP ("\"join\",\"by\":\"-\""), HUB_TYPE_LIST, "[]", HUB_TYPE_TEXT, "" },
  { STEP ("\"join\",\"by\":\"-\""), HUB_TYPE_TEXT, "[1,2]", HUB_TYPE_TEXT, "[1,2]" },
  { STEP ("\"md5\""), HUB_TYPE_TEXT, "urist.mcvankab@freddiesjokes.com", HUB_TYPE_TEXT,
    "62eeb292278cc15f5817cb78f7790b08" },
  { STEP ("\"md5\""), HUB_TYPE_INTEGER, "1", HUB_TYPE_TEXT, "c4ca4238a0b923820dcc509a6f75849b" },
  { STEP ("\"lookup\",\"table\":{\"FR\":\"France\",\"BE\":\"\"}"), HUB_TYPE_TEXT, "FR", HUB_TYPE_TEXT,
    "France" },
  { STEP ("\"lookup\",\"table\":{\"FR\":\"France\",\"BE\":\"\"}"), HUB_TYPE_TEXT, "BE", HUB_TYPE_TEXT, "" },
  { STEP ("\"lookup\",\"table\":{\"FR\":\"France\"}"), HUB_TYPE_TEXT, "fr", HUB_TYPE_TEXT, NULL },
  { STEP ("\"lookup\",\"table\":{\"1\":\"one\"}"), HUB_TYPE_INTEGER, "1", HUB_TYPE_TEXT, "one" },
  { STEP ("\"lookup\",\"table\":{},\"default\":\"?\""), HUB_TYPE_TEXT, "FR", HUB_TYPE_TEXT, "?" },
  /* numbers */
  { STEP ("\"number\""), HUB_TYPE_TEXT, "1 234,56", HUB_TYPE_DECIMAL, "1234.56" },
  { STEP ("\"number\""), HUB_TYPE_TEXT, "1,234.56", HUB_TYPE_DECIMAL, "1234.56" },
  { STEP ("\"number\""), HUB_TYPE_TEXT, "007", HUB_TYPE_INTEGER, "7" },
  { STEP ("\"number\""), HUB_TYPE_TEXT, "1,234", HUB_TYPE_DECIMAL, "1.234" },
  { STEP ("\"number\",\"decimal\":\".\""), HUB_TYPE_TEXT, "1,234", HUB_TYPE_INTEGER, "1234" },
  { STEP ("\"number\",\"decimal\":\",\""), HUB_TYPE_TEXT, "1.234", HUB_TYPE_INTEGER, "1234" },
  { STEP ("\"number\",\"decimal\":\",\""), HUB_TYPE_DECIMAL, "1.234", HUB_TYPE_DECIMAL, "1.234" },
  { STEP ("\"number\""), HUB_TYPE_MONEY, "12.00", HUB_TYPE_MONEY, "12.00" },
  { STEP ("\"number\""), HUB_TYPE_TEXT, "12abc", HUB_TYPE_TEXT, NULL },
  { STEP ("\"number\""), HUB_TYPE_DATE, "2026-11-22", HUB_TYPE_TEXT, NULL },
  { STEP ("\"multiply\",\"by\":0.01"), HUB_TYPE_INTEGER, "1999", HUB_TYPE_DECIMAL, "19.99" },
  { STEP ("\"multiply\",\"by\":\"0,01\""), HUB_TYPE_INTEGER, "1999", HUB_TYPE_DECIMAL, "19.99" },
  { STEP ("\"multiply\",\"by\":100"), HUB_TYPE_INTEGER, "12", HUB_TYPE_INTEGER, "1200" },
  { STEP ("\"multiply\",\"by\":1.2"), HUB_TYPE_MONEY, "10.00", HUB_TYPE_MONEY, "12.00" },
  { STEP ("\"multiply\",\"by\":3"), HUB_TYPE_MONEY, "500", HUB_TYPE_MONEY, "1500" },
  { STEP ("\"multiply\",\"by\":-1"), HUB_TYPE_TEXT, "1 234,56 €", HUB_TYPE_DECIMAL, "-1234.56" },
  { STEP ("\"multiply\",\"by\":\",5\""), HUB_TYPE_TEXT, "1,234", HUB_TYPE_DECIMAL, "0.617" },
  { STEP ("\"multiply\",\"by\":2"), HUB_TYPE_TEXT, "x", HUB_TYPE_TEXT, NULL },
  { STEP ("\"multiply\",\"by\":10"), HUB_TYPE_INTEGER, "123456789012345678901234567890123456", HUB_TYPE_TEXT,
    NULL },
  { STEP ("\"divide\",\"by\":100"), HUB_TYPE_INTEGER, "1999", HUB_TYPE_DECIMAL, "19.99" },
  { STEP ("\"divide\",\"by\":4"), HUB_TYPE_INTEGER, "12", HUB_TYPE_INTEGER, "3" },
  { STEP ("\"divide\",\"by\":3"), HUB_TYPE_DECIMAL, "100", HUB_TYPE_DECIMAL, "33.333333333333" },
  { STEP ("\"divide\",\"by\":1.2"), HUB_TYPE_MONEY, "12.00", HUB_TYPE_MONEY, "10" },
  { STEP ("\"round\",\"to\":2"), HUB_TYPE_DECIMAL, "1.005", HUB_TYPE_DECIMAL, "1.01" },
  { STEP ("\"round\""), HUB_TYPE_DECIMAL, "2.5", HUB_TYPE_INTEGER, "3" },
  { STEP ("\"round\",\"to\":2"), HUB_TYPE_INTEGER, "2", HUB_TYPE_DECIMAL, "2.00" },
  { STEP ("\"round\",\"to\":1"), HUB_TYPE_MONEY, "19.99", HUB_TYPE_MONEY, "20.0" },
  { STEP ("\"round\""), HUB_TYPE_TEXT, "(2,5)", HUB_TYPE_INTEGER, "-3" },
  { STEP ("\"round\""), HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, NULL },
  /* yes and no */
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "Oui", HUB_TYPE_BOOLEAN, "true" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "VRAI", HUB_TYPE_BOOLEAN, "true" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, " yes ", HUB_TYPE_BOOLEAN, "true" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "on", HUB_TYPE_BOOLEAN, "true" },
  { STEP ("\"boolean\""), HUB_TYPE_INTEGER, "1", HUB_TYPE_BOOLEAN, "true" },
  { STEP ("\"boolean\""), HUB_TYPE_BOOLEAN, "true", HUB_TYPE_BOOLEAN, "true" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "non", HUB_TYPE_BOOLEAN, "false" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "Faux", HUB_TYPE_BOOLEAN, "false" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "NO", HUB_TYPE_BOOLEAN, "false" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "off", HUB_TYPE_BOOLEAN, "false" },
  { STEP ("\"boolean\""), HUB_TYPE_INTEGER, "0", HUB_TYPE_BOOLEAN, "false" },
  { STEP ("\"boolean\""), HUB_TYPE_TEXT, "peut-être", HUB_TYPE_TEXT, NULL },
  { STEP ("\"boolean\""), HUB_TYPE_INTEGER, "2", HUB_TYPE_TEXT, NULL },
  /* phones */
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "06 12 34 56 78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "06.12.34.56.78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "06\u00a012-34/56 78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "(0)6 12 34 56 78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "0033612345678", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+33 (0)6 12 34 56 78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "0033 (0)6 12 34 56 78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "(+33) 6 12 34 56 78", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, " +33612345678 ", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_INTEGER, "612345678", HUB_TYPE_TEXT, "+33612345678" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+32 470 12 34 56", HUB_TYPE_TEXT, "+32470123456" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+1 (212) 555-0123", HUB_TYPE_TEXT, "+12125550123" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+39 06 1234 5678", HUB_TYPE_TEXT, "+390612345678" },
  { STEP ("\"phone\",\"country\":\"BE\""), HUB_TYPE_TEXT, "0470 12 34 56", HUB_TYPE_TEXT, "+32470123456" },
  { STEP ("\"phone\",\"country\":\"BE\""), HUB_TYPE_TEXT, "+33 6 12 34 56 78", HUB_TYPE_TEXT,
    "+33612345678" },
  { STEP ("\"phone\",\"country\":\"IT\""), HUB_TYPE_TEXT, "06 1234 5678", HUB_TYPE_TEXT, "+390612345678" },
  { STEP ("\"phone\",\"country\":\"US\""), HUB_TYPE_TEXT, "(212) 555-0123", HUB_TYPE_TEXT, "+12125550123" },
  { STEP ("\"phone\",\"country\":\"CA\""), HUB_TYPE_TEXT, "1-514-555-0123", HUB_TYPE_TEXT, "+15145550123" },
  { STEP ("\"phone\",\"country\":\"GB\""), HUB_TYPE_TEXT, "020 7946 0018", HUB_TYPE_TEXT, "+442079460018" },
  { STEP ("\"phone\",\"country\":\"CH\""), HUB_TYPE_TEXT, "044 668 18 00", HUB_TYPE_TEXT, "+41446681800" },
  { STEP ("\"phone\",\"country\":\"LU\""), HUB_TYPE_TEXT, "26 12 34", HUB_TYPE_TEXT, "+352261234" },
  { STEP ("\"phone\",\"country\":\"MC\""), HUB_TYPE_TEXT, "93 15 26 00", HUB_TYPE_TEXT, "+37793152600" },
  { STEP ("\"phone\",\"country\":\"PT\""), HUB_TYPE_TEXT, "912 345 678", HUB_TYPE_TEXT, "+351912345678" },
  { STEP ("\"phone\",\"country\":\"DE\""), HUB_TYPE_TEXT, "030/123456", HUB_TYPE_TEXT, "+4930123456" },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "06 12 34 56 7", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "06 12 34 56 78 9", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+33 6 12 34 56", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+1 212 555 012", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+49 1234", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+49 1234567890123456", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+0 612345678", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "06 12 34 56 78 poste 3", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+33 6 12+34 56 78", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "hello", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "+", HUB_TYPE_TEXT, NULL },
  { STEP ("\"phone\""), HUB_TYPE_TEXT, "-", HUB_TYPE_TEXT, NULL },
  /* blanks pass, but for default */
  { STEP ("\"default\",\"value\":\"none\""), HUB_TYPE_TEXT, NULL, HUB_TYPE_TEXT, "none" },
  { STEP ("\"default\",\"value\":\"none\""), HUB_TYPE_MONEY, "", HUB_TYPE_TEXT, "none" },
  { STEP ("\"default\",\"value\":0"), HUB_TYPE_TEXT, NULL, HUB_TYPE_INTEGER, "0" },
  { STEP ("\"default\",\"value\":1.5"), HUB_TYPE_TEXT, NULL, HUB_TYPE_DECIMAL, "1.5" },
  { STEP ("\"default\",\"value\":false"), HUB_TYPE_TEXT, NULL, HUB_TYPE_BOOLEAN, "false" },
  { STEP ("\"default\",\"value\":\"none\""), HUB_TYPE_TEXT, " ", HUB_TYPE_TEXT, " " },
  { "[{\"op\":\"trim\"},{\"op\":\"default\",\"value\":\"none\"},{\"op\":\"upper\"}]", HUB_TYPE_TEXT, " ",
    HUB_TYPE_TEXT, "NONE" },
  /* one after the other */
  { "[{\"op\":\"split\",\"by\":\";\"},{\"op\":\"join\",\"by\":\" + \"}]", HUB_TYPE_TEXT, "a;b", HUB_TYPE_TEXT,
    "a + b" },
  { "[{\"op\":\"number\"},{\"op\":\"divide\",\"by\":3},{\"op\":\"round\",\"to\":2}]", HUB_TYPE_TEXT, "100 €",
    HUB_TYPE_DECIMAL, "33.33" },
  { "[{\"op\":\"upper\"},{\"op\":\"number\"}]", HUB_TYPE_TEXT, "abc", HUB_TYPE_TEXT, NULL },
};

static void test_each_step_does_what_it_says (void) {
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubSteps) steps = compile (cases[i].steps, &error);
    g_auto (HubValue) value = { cases[i].type, g_strdup (cases[i].text) };
    gboolean done;

    g_test_message ("%s on %s", cases[i].steps, cases[i].text);
    g_assert_no_error (error);
    done = hub_steps_apply (steps, &value, &error);
    if (cases[i].expected == NULL) {
      g_assert_false (done);
      g_assert_error (error, HUB_ERROR, HUB_ERROR_RECORD);
      continue;
    }
    g_assert_no_error (error);
    g_assert_true (done);
    g_assert_cmpstr (value.text ? value.text : "", ==, cases[i].expected);
    g_assert_cmpstr (hub_type_name (value.type), ==, hub_type_name (cases[i].expected_type));
  }
}

static void test_a_blank_passes_every_step_but_default (void) {
  static const char *const steps[] = {
    "trim",
    "lower",
    "upper",
    "title",
    "replace\",\"find\":\"a",
    "split\",\"by\":\"a",
    "slice",
    "join\",\"by\":\"a",
    "number",
    "multiply\",\"by\":\"2",
    "divide\",\"by\":\"2",
    "round",
    "date",
    "phone",
    "boolean",
    "md5",
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *json = g_strdup_printf ("[{\"op\":\"%s\"}]", steps[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (HubSteps) compiled = compile (json, &error);
    g_auto (HubValue) value = { HUB_TYPE_MONEY, NULL };

    g_assert_no_error (error);
    g_assert_true (hub_steps_apply (compiled, &value, &error));
    g_assert_true (hub_value_is_blank (&value));
    g_assert_cmpuint (value.type, ==, HUB_TYPE_MONEY);
  }
}

static void test_money_keeps_its_currency (void) {
  g_autoptr (HubSteps) steps = compile ("[{\"op\":\"multiply\",\"by\":1.2},{\"op\":\"divide\",\"by\":3},"
                                        "{\"op\":\"round\",\"to\":2}]",
                                        NULL);
  g_auto (HubValue) value = { HUB_TYPE_MONEY, g_strdup ("19.99"), "eur" };

  g_assert_true (hub_steps_apply (steps, &value, NULL));
  g_assert_cmpuint (value.type, ==, HUB_TYPE_MONEY);
  g_assert_cmpstr (value.text, ==, "8.00");
  g_assert_cmpstr (value.format, ==, "eur");
}

static const struct {
  const char *members;
  HubValue value;
  const char *type, *text, *shown, *format, *zone; /* type NULL: refused */
} dates[] = {
  { "\"format\":\"%d/%m/%Y %H:%M\",\"zone\":\"Europe/Paris\"",
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T23:30:00Z" },
    "datetime",
    "2026-11-22T23:30:00Z",
    "23/11/2026 00:30",
    "%d/%m/%Y %H:%M",
    "Europe/Paris" },
  { "\"format\":\"%d/%m/%Y\",\"zone\":\"Europe/Paris\"",
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T23:30:00Z" },
    "date",
    "2026-11-23",
    "23/11/2026",
    "%d/%m/%Y",
    NULL },
  { "\"format\":\"%d/%m/%Y\"",
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T23:30:00Z" },
    "date",
    "2026-11-22",
    "22/11/2026",
    "%d/%m/%Y",
    NULL },
  { "\"format\":\"%F\"",
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T23:30:00Z", NULL, "Europe/Paris" },
    "date",
    "2026-11-23",
    "2026-11-23",
    "%F",
    NULL },
  { "\"zone\":\"Europe/Paris\"",
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T23:30:00Z" },
    "datetime",
    "2026-11-22T23:30:00Z",
    "2026-11-23T00:30:00+01:00",
    NULL,
    "Europe/Paris" },
  { "\"zone\":\"Asia/Tokyo\"",
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T23:30:00Z", "%H:%M", "Europe/Paris" },
    "datetime",
    "2026-11-22T23:30:00Z",
    "08:30",
    "%H:%M",
    "Asia/Tokyo" },
  { "\"format\":\"%d/%m/%Y\",\"zone\":\"Asia/Tokyo\"",
    { HUB_TYPE_DATE, (char *) "2026-11-22" },
    "date",
    "2026-11-22",
    "22/11/2026",
    "%d/%m/%Y",
    NULL },
  { "\"format\":\"%d/%m/%Y\"", /* as Google Sheets holds a date */
    { HUB_TYPE_INTEGER, (char *) "46348" },
    "date",
    "2026-11-22",
    "22/11/2026",
    "%d/%m/%Y",
    NULL },
  { "\"zone\":\"Europe/Paris\"",
    { HUB_TYPE_DECIMAL, (char *) "46348.75" },
    "datetime",
    "2026-11-22T17:00:00Z",
    "2026-11-22T18:00:00+01:00",
    NULL,
    "Europe/Paris" },
  { "\"zone\":\"Asia/Tokyo\"",
    { HUB_TYPE_TEXT, (char *) "22/11/2026 09:00" },
    "datetime",
    "2026-11-22T00:00:00Z",
    "2026-11-22T09:00:00+09:00",
    NULL,
    "Asia/Tokyo" },
  { "\"format\":\"%d/%m/%Y\",\"zone\":\"Europe/Paris\"",
    { HUB_TYPE_TEXT, (char *) "2026-11-22T23:30:00Z" },
    "date",
    "2026-11-23",
    "23/11/2026",
    "%d/%m/%Y",
    NULL },
  { "\"format\":\"%Y\"", { HUB_TYPE_TEXT, (char *) "22/11/2026" }, "date", "2026-11-22", "2026", "%Y", NULL },
  { "\"zone\":\"UTC\"",
    { HUB_TYPE_TEXT, (char *) "2026-11-22 10:00:00" },
    "datetime",
    "2026-11-22T10:00:00Z",
    "2026-11-22T10:00:00+00:00",
    NULL,
    "UTC" },
  { "\"zone\":\"UTC\"",
    { HUB_TYPE_INTEGER, (char *) "1700000000" },
    "datetime",
    "2023-11-14T22:13:20Z",
    "2023-11-14T22:13:20+00:00",
    NULL,
    "UTC" },
  { "\"zone\":\"UTC\"",
    { HUB_TYPE_INTEGER, (char *) "1700000000250" },
    "datetime",
    "2023-11-14T22:13:20.250Z",
    "2023-11-14T22:13:20+00:00",
    NULL,
    "UTC" },
  { "\"format\":\"%F\"",
    { HUB_TYPE_INTEGER, (char *) "100000000" },
    "date",
    "1973-03-03",
    "1973-03-03",
    "%F",
    NULL },
  { "\"format\":\"%F\"",
    { HUB_TYPE_INTEGER, (char *) "99999999999" },
    "date",
    "5138-11-16",
    "5138-11-16",
    "%F",
    NULL },
  { "\"format\":\"%F\"",
    { HUB_TYPE_INTEGER, (char *) "100000000000" },
    "date",
    "1973-03-03",
    "1973-03-03",
    "%F",
    NULL },
  { "\"format\":\"%F\"", { HUB_TYPE_INTEGER, (char *) "99999999" } },
  { "\"format\":\"%F\"", { HUB_TYPE_INTEGER, (char *) "100000000000001" } },
  { "\"format\":\"%F\"", { HUB_TYPE_INTEGER, (char *) "-1700000000" } },
  { "\"format\":\"%F\"", { HUB_TYPE_INTEGER, (char *) "12345678901234567890123" } },
  { "\"format\":\"%F\"", { HUB_TYPE_DECIMAL, (char *) "1700000000.5" } },
  { "\"format\":\"%F\"", { HUB_TYPE_TEXT, (char *) "1700000000" } },
  { "\"format\":\"%F\"", { HUB_TYPE_TEXT, (char *) "31/02/2026" } },
  { "\"format\":\"%F\"", { HUB_TYPE_MONEY, (char *) "12.00", "eur" } },
};

static void test_date_stays_a_date (void) {
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++) {
    g_autofree char *json = g_strdup_printf ("[{\"op\":\"date\",%s}]", dates[i].members);
    g_autoptr (GError) error = NULL;
    g_autoptr (HubSteps) steps = compile (json, &error);
    g_auto (HubValue) value = { HUB_TYPE_TEXT };
    g_autofree char *shown = NULL;
    gboolean done;

    g_assert_no_error (error);
    hub_value_copy (&value, &dates[i].value);
    done = hub_steps_apply (steps, &value, &error);
    g_test_message ("%s on %s", json, dates[i].value.text);
    g_assert_cmpint (done, ==, dates[i].type != NULL);
    if (!done) {
      g_assert_error (error, HUB_ERROR, HUB_ERROR_RECORD);
      continue;
    }
    shown = hub_value_display (&value);
    g_assert_cmpstr (hub_type_name (value.type), ==, dates[i].type);
    g_assert_cmpstr (value.text, ==, dates[i].text);
    g_assert_cmpstr (value.format, ==, dates[i].format);
    g_assert_cmpstr (value.zone, ==, dates[i].zone);
    g_assert_cmpstr (shown, ==, dates[i].shown);
  }
}

static void test_format_and_zone_outlive_the_steps (void) {
  g_autoptr (HubSteps) steps =
      compile ("[{\"op\":\"date\",\"format\":\"%H\",\"zone\":\"Europe/Paris\"}]", NULL);
  g_auto (HubValue) value = { HUB_TYPE_DATETIME, g_strdup ("2026-11-22T23:30:00Z") };

  g_assert_true (hub_steps_apply (steps, &value, NULL));
  g_clear_pointer (&steps, hub_steps_free);
  g_assert_cmpstr (value.format, ==, "%H");
  g_assert_cmpstr (value.zone, ==, "Europe/Paris");
}

static void test_a_text_step_works_on_what_a_date_shows (void) {
  g_autoptr (HubSteps) steps =
      compile ("[{\"op\":\"date\",\"format\":\"%d/%m %H:%M\",\"zone\":\"Europe/Paris\"},"
               "{\"op\":\"replace\",\"find\":\"/\",\"with\":\".\"}]",
               NULL);
  g_auto (HubValue) value = { HUB_TYPE_DATETIME, g_strdup ("2026-11-22T23:30:00Z") };

  g_assert_true (hub_steps_apply (steps, &value, NULL));
  g_assert_cmpuint (value.type, ==, HUB_TYPE_TEXT);
  g_assert_cmpstr (value.text, ==, "23.11 00:30");
  g_assert_null (value.format);
}

static void test_errors_say_which_value_and_why (void) {
  static const char *const errors[][3] = {
    { STEP ("\"number\""), "12abc", "“12abc” is not a number" },
    { STEP ("\"phone\""), "hello", "“hello” is not a phone number" },
    { STEP ("\"boolean\""), "peut-être", "“peut-être” is neither yes nor no" },
    { STEP ("\"lookup\",\"table\":{}"), "FR", "“FR” is not in the look-up table" },
    { STEP ("\"number\""), "a\nb", "“a b” is not a number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autoptr (HubSteps) steps = compile (errors[i][0], NULL);
    g_auto (HubValue) value = { HUB_TYPE_TEXT, g_strdup (errors[i][1]) };
    g_autoptr (GError) error = NULL;

    g_assert_false (hub_steps_apply (steps, &value, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_RECORD);
    g_assert_cmpstr (error->message, ==, errors[i][2]);
  }
}

static const struct {
  const char *steps, *expected, *hint; /* hint: (nullable) how it ends */
} invalid[] = {
  { "[{\"op\":\"dat\"}]", "mapping[2].steps[0]: “op” is “dat”, but must be one of: trim, ",
    "; did you mean “date”?" },
  { "[{\"op\":\"trim\"},{\"op\":\"uper\"}]",
    "mapping[2].steps[1]: “op” is “uper”, but must be one of: trim, ", "; did you mean “upper”?" },
  { "[{\"op\":\"xyzzyx\"}]", "mapping[2].steps[0]: “op” is “xyzzyx”, but must be one of: trim, " },
  { "[{\"op\":\"\"}]", "mapping[2].steps[0]: “op” is “”, but must be one of: trim, " },
  { "[{}]", "mapping[2].steps[0]: " },
  { "[{\"op\":3}]", "mapping[2].steps[0]: " },
  { "[\"trim\"]", "mapping[2].steps[0]: " },
  { "[{\"op\":\"trim\",\"by\":\" \"}]", "mapping[2].steps[0]: unknown member “by”" },
  { "[{\"op\":\"replace\",\"fin\":\"a\"}]",
    "mapping[2].steps[0]: unknown member “fin”; did you mean “find”?" },
  { "[{\"op\":\"replace\"}]", "mapping[2].steps[0]: “find”" },
  { "[{\"op\":\"replace\",\"find\":\"\"}]", "mapping[2].steps[0]: “find” must not be empty" },
  { "[{\"op\":\"replace\",\"find\":\"a\",\"with\":1}]", "mapping[2].steps[0]: “with”" },
  { "[{\"op\":\"split\"}]", "mapping[2].steps[0]: “by”" },
  { "[{\"op\":\"split\",\"by\":\"\"}]", "mapping[2].steps[0]: “by”" },
  { "[{\"op\":\"split\",\"by\":\" \",\"index\":\"1\"}]", "mapping[2].steps[0]: “index”" },
  { "[{\"op\":\"split\",\"by\":\" \",\"index\":1.5}]", "mapping[2].steps[0]: “index”" },
  { "[{\"op\":\"slice\",\"length\":-1}]", "mapping[2].steps[0]: “length”" },
  { "[{\"op\":\"slice\",\"start\":99999999999}]", "mapping[2].steps[0]: “start”" },
  { "[{\"op\":\"join\"}]", "mapping[2].steps[0]: “by”" },
  { "[{\"op\":\"number\",\"decimal\":\";\"}]",
    "mapping[2].steps[0]: “decimal” is “;”, but must look like “.” or “,”" },
  { "[{\"op\":\"multiply\"}]", "mapping[2].steps[0]: “by”" },
  { "[{\"op\":\"multiply\",\"by\":\"x\"}]", "mapping[2].steps[0]: “by” must be a number" },
  { "[{\"op\":\"multiply\",\"by\":[2]}]", "mapping[2].steps[0]: “by”" },
  { "[{\"op\":\"multiply\",\"by\":null}]", "mapping[2].steps[0]: “by”" },
  { "[{\"op\":\"multiply\",\"by\":true}]", "mapping[2].steps[0]: “by” must be a number" },
  { "[{\"op\":\"divide\",\"by\":0}]", "mapping[2].steps[0]: “by” must be a number other than 0" },
  { "[{\"op\":\"divide\",\"by\":\"0.00\"}]", "mapping[2].steps[0]: “by” must be a number other than 0" },
  { "[{\"op\":\"round\",\"to\":-1}]", "mapping[2].steps[0]: “to”" },
  { "[{\"op\":\"date\",\"zone\":\"Paris\"}]", "mapping[2].steps[0]: unknown zone “Paris”" },
  { "[{\"op\":\"date\",\"zone\":\"\"}]", "mapping[2].steps[0]: unknown zone “”" },
  { "[{\"op\":\"date\",\"format\":\"\"}]", "mapping[2].steps[0]: “” is not a date format" },
  { "[{\"op\":\"date\",\"format\":\"%!\"}]",
    "mapping[2].steps[0]: “%!” is not a date format; write one such as %d/%m/%Y" },
  { "[{\"op\":\"date\",\"format\":null}]", "mapping[2].steps[0]: “format”" },
  { "[{\"op\":\"phone\",\"country\":\"ZZ\"}]", "mapping[2].steps[0]: unknown country “ZZ”" },
  { "[{\"op\":\"phone\",\"country\":\"\"}]", "mapping[2].steps[0]: unknown country “”" },
  { "[{\"op\":\"phone\",\"country\":\"33\"}]", "mapping[2].steps[0]: unknown country “33”" },
  { "[{\"op\":\"lookup\"}]", "mapping[2].steps[0]: “table”" },
  { "[{\"op\":\"lookup\",\"table\":[]}]", "mapping[2].steps[0]: “table”" },
  { "[{\"op\":\"lookup\",\"table\":{\"a\":1}}]", "mapping[2].steps[0].table: “a”" },
  { "[{\"op\":\"default\"}]", "mapping[2].steps[0]: “value”" },
  { "[{\"op\":\"default\",\"value\":null}]", "mapping[2].steps[0]: “value”" },
  { "[{\"op\":\"default\",\"value\":\"\"}]", "mapping[2].steps[0]: “value”" },
  { "[{\"op\":\"default\",\"value\":{}}]", "mapping[2].steps[0]: “value”" },
};

static void test_a_wrong_definition_is_refused_with_its_place (void) {
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubSteps) steps = compile (invalid[i].steps, &error);

    g_assert_null (steps);
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_test_message ("%s: %s", invalid[i].steps, error->message);
    g_assert_true (g_str_has_prefix (error->message, invalid[i].expected));
    g_assert_true (invalid[i].hint == NULL || g_str_has_suffix (error->message, invalid[i].hint));
    g_assert_null (strchr (error->message, '\n'));
  }
}

static void test_no_array_is_no_step (void) {
  g_autoptr (HubSteps) steps = hub_steps_new (NULL, "steps", NULL);
  g_auto (HubValue) value = { HUB_TYPE_MONEY, g_strdup ("1.00"), "eur" };

  g_assert_true (hub_steps_apply (steps, &value, NULL));
  g_assert_cmpstr (value.text, ==, "1.00");
  g_assert_cmpstr (value.format, ==, "eur");
}

int main (int argc, char *argv[]) {
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transform/steps", test_each_step_does_what_it_says);
  g_test_add_func ("/transform/blank", test_a_blank_passes_every_step_but_default);
  g_test_add_func ("/transform/money", test_money_keeps_its_currency);
  g_test_add_func ("/transform/date", test_date_stays_a_date);
  g_test_add_func ("/transform/interned", test_format_and_zone_outlive_the_steps);
  g_test_add_func ("/transform/text-of-date", test_a_text_step_works_on_what_a_date_shows);
  g_test_add_func ("/transform/errors", test_errors_say_which_value_and_why);
  g_test_add_func ("/transform/invalid", test_a_wrong_definition_is_refused_with_its_place);
  g_test_add_func ("/transform/none", test_no_array_is_no_step);
  return g_test_run ();
}
