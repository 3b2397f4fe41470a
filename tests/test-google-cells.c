/* test-google-cells.c: cells, ranges and request bodies, without a network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "date.h"
#include "error.h"
#include "google-cells.h"
#include "json.h"

static HubValue make_value (HubType type, const char *text) {
  HubValue value = { 0 };
  hub_value_take (&value, type, g_strdup (text));
  return value;
}

/* A tab of @n_fields fields in the given columns. */
static HubTab *make_tab (guint n_fields, const guint *columns) {
  HubTab *tab = hub_tab_new ("Paiements");
  g_ptr_array_add (tab->header, g_strdup ("ID"));
  tab->id = 7;
  tab->zone = g_intern_string ("Europe/Paris");
  tab->n_rows = 1000;
  tab->n_columns = 26;
  tab->n_fields = n_fields;
  tab->columns = g_memdup2 (columns, n_fields * sizeof (guint));
  return tab;
}

static HubDelivery *make_delivery (HubAction action, guint n_fields) {
  HubDelivery *delivery = hub_delivery_new (n_fields);
  delivery->action = action;
  for (guint i = 0; i < n_fields; i++)
    delivery->write[i] = HUB_WRITE_ALWAYS;
  return delivery;
}

static void set_field (HubDelivery *delivery, guint field, HubType type, const char *text) {
  hub_value_take (&delivery->values[field], type, g_strdup (text));
  delivery->change[field] = TRUE;
}

/* The body of the request that @requests make, which must be JSON. */
static char *close_body (const GString *requests) {
  g_assert_true (g_str_has_suffix (requests->str, ","));
  g_autoptr (GError) error = NULL;
  char *body = g_strdup_printf ("{\"requests\":[%.*s]}", (int) requests->len - 1, requests->str);
  g_autoptr (JsonNode) root = hub_json_parse (body, strlen (body), &error);
  g_assert_no_error (error);
  return body;
}

static char *write_body (HubTab *tab, const char *const *names, HubDelivery *create, HubDelivery *update) {
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new ();
  if (create)
    g_ptr_array_add (deliveries, create);
  if (update)
    g_ptr_array_add (deliveries, update);
  g_autoptr (GString) out = g_string_new (NULL);
  hub_cells_write (out, tab, names, deliveries);
  return close_body (out);
}

static void test_ranges_are_quoted_and_escaped (void) {
  static const struct {
    const char *title;
    HubRange range;
    const char *text;
  } cases[] = {
    { "Feuille 1", { 1, 0, 0, 2 }, "%27Feuille%201%27%21A1%3AC" },
    { "Tab", { 2, 2001, 25, 26 }, "%27Tab%27%21Z2%3AAA2001" },
    { "l'été", { 1, 1, 701, 702 }, "%27l%27%27%C3%A9t%C3%A9%27%21ZZ1%3AAAA1" },
    { "a/b?c&d%", { 5, 9, 0, 0 }, "%27a%2Fb%3Fc%26d%25%27%21A5%3AA9" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    HubTab tab = { .title = (char *) cases[i].title };
    g_autofree char *text = hub_tab_range (&tab, &cases[i].range);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static GPtrArray *make_found (const guint *rows, guint n) {
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < n; i++) {
    HubDelivery *delivery = make_delivery (HUB_ACTION_CREATE, 1);
    delivery->found = g_strdup_printf ("%u", rows[i]);
    g_ptr_array_add (found, delivery);
  }
  return found;
}

static char *cover (const guint *rows, guint n, guint gap, guint max_ranges) {
  const guint columns[] = { 0 };
  g_autoptr (HubTab) tab = make_tab (1, columns);
  g_autoptr (GPtrArray) found = make_found (rows, n);
  g_autoptr (GArray) ranges = hub_cells_cover (tab, found, gap, max_ranges);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < ranges->len; i++) {
    const HubRange *range = &g_array_index (ranges, HubRange, i);
    g_assert_cmpuint (range->first_column, ==, 0);
    g_assert_cmpuint (range->last_column, ==, 25);
    g_string_append_printf (text, "%u-%u ", range->first_row, range->last_row);
  }
  return g_string_free (text, FALSE);
}

static void test_near_rows_are_read_together (void) {
  const guint rows[] = { 2, 2, 3, 23, 44, 100 };
  g_autofree char *near = cover (rows, G_N_ELEMENTS (rows), 20, 60);
  g_assert_cmpstr (near, ==, "2-23 44-44 100-100 ");
  g_autofree char *adjacent = cover (rows, G_N_ELEMENTS (rows), 1, 60);
  g_assert_cmpstr (adjacent, ==, "2-3 23-23 44-44 100-100 ");
  g_autofree char *two = cover (rows, G_N_ELEMENTS (rows), 20, 2);
  g_assert_cmpstr (two, ==, "2-44 100-100 ");
  g_autofree char *one = cover (rows, G_N_ELEMENTS (rows), 20, 1);
  g_assert_cmpstr (one, ==, "2-100 ");
  g_autofree char *none = cover (rows, 0, 20, 60);
  g_assert_cmpstr (none, ==, "");
}

static void test_scattered_rows_never_need_more_ranges_than_allowed (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  const guint columns[] = { 0 };
  guint rows[1000], row = 1;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    rows[i] = row += g_rand_int_range (random, 1, 400);
  g_autoptr (HubTab) tab = make_tab (1, columns);
  g_autoptr (GPtrArray) found = make_found (rows, G_N_ELEMENTS (rows));
  g_autoptr (GArray) ranges = hub_cells_cover (tab, found, 20, 60);
  g_assert_cmpuint (ranges->len, <=, 60);
  guint next = 0;
  for (guint i = 0; i < ranges->len; i++) {
    const HubRange *range = &g_array_index (ranges, HubRange, i);
    g_assert_cmpuint (rows[next], ==, range->first_row);
    while (next < G_N_ELEMENTS (rows) && rows[next] <= range->last_row)
      next++;
    g_assert_cmpuint (rows[next - 1], ==, range->last_row);
  }
  g_assert_cmpuint (next, ==, G_N_ELEMENTS (rows));
}

static void test_rows_are_deleted_from_the_bottom_up (void) {
  static const struct {
    guint n_rows;
    const char *grows;
  } cases[] = {
    { 1000, "{\"appendDimension\":{\"sheetId\":7,\"dimension\":\"ROWS\",\"length\":4}}," },
    { 2000, "" },
  };
  const guint columns[] = { 0 };
  const guint rows[] = { 2, 3, 4, 9 };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubTab) tab = make_tab (1, columns);
    g_autoptr (GPtrArray) found = make_found (rows, G_N_ELEMENTS (rows));
    g_autoptr (GString) out = g_string_new (NULL);
    tab->n_rows = cases[i].n_rows;
    hub_cells_remove (out, tab, found, FALSE);
    g_autofree char *body = close_body (out);
    g_autofree char *expected =
        g_strdup_printf ("{\"requests\":[%s{\"deleteDimension\":{\"range\":{\"sheetId\":7,\"dimension\":"
                         "\"ROWS\",\"startIndex\":8,\"endIndex\":9}}},"
                         "{\"deleteDimension\":{\"range\":{\"sheetId\":7,\"dimension\":\"ROWS\","
                         "\"startIndex\":1,\"endIndex\":4}}}]}",
                         cases[i].grows);
    g_assert_cmpstr (body, ==, expected);
  }
  g_autoptr (HubTab) tab = make_tab (1, columns);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  hub_cells_remove (out, tab, none, FALSE);
  g_assert_cmpstr (out->str, ==, "");
}

static const HubRange ranges[] = { { 1, 0, 0, 2 }, { 10, 10, 0, 2 }, { 20, 30, 1, 2 } };

static void append_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  GString *out = user_data;
  g_string_append_printf (out, "%u/%u:", range, row);
  for (guint i = 0; i < 3; i++)
    g_string_append_printf (out, " %s(%s)", hub_type_name (cells[i].type),
                            cells[i].text ? cells[i].text : "");
  g_string_append_c (out, '\n');
}

/* Reads an answer with @list as its ranges. */
static gboolean read_ranges (const char *list, GString *out, GError **error) {
  g_autofree char *json =
      g_strdup_printf ("{\"spreadsheetId\":\"x\",\"valueRanges\":[%s],\"values\":1}", list);
  return hub_cells_read (json, strlen (json), ranges, G_N_ELEMENTS (ranges), append_row, out, error);
}

static void test_answers_are_read_row_by_row (void) {
  static const struct {
    const char *list, *rows;
  } cases[] = {
    /* the first range is A1:C */
    { "{},{},{}", "" },
    { "{\"range\":\"A1:C3\",\"majorDimension\":\"ROWS\"},{},{\"x\":[{}]}", "" },
    { "{\"values\":[]},{},{}", "" },
    { "{\"values\":[[],[\"\"],[null],[\"a\"]]},{},{}", "0/4: text(a) text() text()\n" },
    { "{\"values\":[[1,-2.50,true],[false,\"x\",null,\"more\"]]},{},{}",
      "0/1: integer(1) decimal(-2.5) boolean(true)\n0/2: boolean(false) text(x) text()\n" },
    { "{\"values\":[[1E3,1.5e-7,-0]]},{},{}", "0/1: integer(1000) decimal(0.00000015) integer(0)\n" },
    { "{\"values\":[[0.1,0.30000000000000004,46023.416666666664]]},{},{}",
      "0/1: decimal(0.1) decimal(0.3) decimal(46023.4166666667)\n" },
    { "{\"values\":[[12345678901234567890,123456789012345,\"007\"]]},{},{}",
      "0/1: integer(12345678901234567890) integer(123456789012345) text(007)\n" },
    { "{\"values\":[[\"\\u00e9\\n\\\"\",\" \",\"=A1\"]]},{},{}", "0/1: text(é\n\") text( ) text(=A1)\n" },
    { "{\"range\":\"A\",\"values\":[[1]]},{\"range\":\"B\"},{\"values\":[[],[2]]}",
      "0/1: integer(1) text() text()\n2/21: text() integer(2) text()\n" },
    { "{\"values\":[[1,2,3,4]],\"range\":\"A\"},{\"values\":[[true]]},{\"values\":[[],[]]}",
      "0/1: integer(1) integer(2) integer(3)\n1/10: boolean(true) text() text()\n" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    read_ranges (cases[i].list, out, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (out->str, ==, cases[i].rows);
  }
}

static void test_answers_that_are_no_cells_are_refused (void) {
  static const char *const answers[] = { "",
                                         "[]",
                                         "{}",
                                         "1",
                                         "<html>",
                                         "{\"values\":[[1]]}",
                                         "{\"valueRanges\":1}",
                                         "{\"valueRanges\":{}}",
                                         "{\"valueRanges\":[{},{},{}]",
                                         "{\"valueRanges\":[{},{},{}]} x",
                                         "{\"valueRanges\":[{\"values\":[[1" };
  static const char *const lists[] = { "",
                                       "{},{}",
                                       "{},{},{},{}",
                                       "1,{},{}",
                                       "[],{},{}",
                                       "{\"values\":{}},{},{}",
                                       "{\"values\":1},{},{}",
                                       "{\"values\":[1]},{},{}",
                                       "{\"values\":[{}]},{},{}",
                                       "{\"values\":[[[]]]},{},{}",
                                       "{\"values\":[[{}]]},{},{}" };
  for (guint i = 0; i < G_N_ELEMENTS (answers) + G_N_ELEMENTS (lists); i++) {
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    g_assert_false (i < G_N_ELEMENTS (answers)
                        ? hub_cells_read (answers[i], strlen (answers[i]), ranges, G_N_ELEMENTS (ranges),
                                          append_row, out, &error)
                        : read_ranges (lists[i - G_N_ELEMENTS (answers)], out, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_null (strchr (error->message, '\n'));
  }
}

static void test_a_value_has_the_text_that_its_cell_gives_back (void) {
  static const struct {
    HubType type;
    const char *value, *text;
  } cases[] = {
    { HUB_TYPE_TEXT, "007", "007" },
    { HUB_TYPE_TEXT, "12.50", "12.50" },
    { HUB_TYPE_INTEGER, "7", "7" },
    { HUB_TYPE_INTEGER, "007", "7" },
    { HUB_TYPE_INTEGER, "12345678901234567890", "12345678901234567890" },
    { HUB_TYPE_MONEY, "12.50", "12.5" },
    { HUB_TYPE_MONEY, "-0.00", "0" },
    { HUB_TYPE_MONEY, "1999.00", "1999" },
    { HUB_TYPE_DECIMAL, "0.1234567890123456789", "0.1234567890123456789" },
    { HUB_TYPE_DECIMAL, "0.000000123", "0.000000123" },
    { HUB_TYPE_DECIMAL, "123456789012.345", "123456789012.345" },
    { HUB_TYPE_BOOLEAN, "true", "true" },
    { HUB_TYPE_DATE, "2026-01-01", "46023" },
    { HUB_TYPE_DATETIME, "2026-01-01T11:00:00Z", "46023.5" },
    { HUB_TYPE_TEXT, NULL, "" },
    { HUB_TYPE_DATE, "", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    HubValue value = make_value (cases[i].type, cases[i].value);
    g_autofree char *text = hub_cells_text (&value, "Europe/Paris");
    g_assert_cmpstr (text, ==, cases[i].text);
    hub_value_clear (&value);
  }
}

static void test_cells_mean_what_the_wanted_value_is (void) {
  static const struct {
    HubType cell;
    const char *text;
    HubType like, type;
    const char *value;
  } cases[] = {
    { HUB_TYPE_INTEGER, "46023", HUB_TYPE_DATE, HUB_TYPE_DATE, "2026-01-01" },
    { HUB_TYPE_DECIMAL, "46023.5", HUB_TYPE_DATETIME, HUB_TYPE_DATETIME, "2026-01-01T11:00:00Z" },
    { HUB_TYPE_TEXT, "tomorrow", HUB_TYPE_DATE, HUB_TYPE_TEXT, "tomorrow" },
    { HUB_TYPE_INTEGER, "99999999", HUB_TYPE_DATE, HUB_TYPE_INTEGER, "99999999" },
    { HUB_TYPE_DECIMAL, "12.5", HUB_TYPE_MONEY, HUB_TYPE_MONEY, "12.5" },
    { HUB_TYPE_INTEGER, "12", HUB_TYPE_TEXT, HUB_TYPE_INTEGER, "12" },
    { HUB_TYPE_TEXT, "12", HUB_TYPE_INTEGER, HUB_TYPE_TEXT, "12" },
    { HUB_TYPE_BOOLEAN, "false", HUB_TYPE_BOOLEAN, HUB_TYPE_BOOLEAN, "false" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    HubValue cell = make_value (cases[i].cell, cases[i].text);
    gboolean date = cases[i].like == HUB_TYPE_DATE || cases[i].like == HUB_TYPE_DATETIME;
    HubValue like = make_value (cases[i].like, date ? NULL : "1");
    HubValue value = { 0 };
    hub_cells_interpret (&value, &cell, &like, "Europe/Paris");
    g_assert_cmpint (value.type, ==, cases[i].type);
    g_assert_cmpstr (value.text, ==, cases[i].value);
    hub_value_clear (&cell);
    hub_value_clear (&like);
    hub_value_clear (&value);
  }
}

static const char *find_too_long (HubDelivery *delivery, HubAction action) {
  static const char *const names[] = { "A", "B", NULL };
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new ();
  g_clear_pointer (&delivery->problem_field, g_free);
  delivery->action = action;
  g_ptr_array_add (deliveries, delivery);
  hub_cells_reject_too_long (deliveries, names);
  g_assert_cmpint (delivery->action, ==, delivery->problem_field ? HUB_ACTION_REJECT : action);
  return delivery->problem_field;
}

static void test_only_what_is_written_must_fit_a_cell (void) {
  g_autofree char *fits = g_strnfill (50000, 'x');
  g_autofree char *too_long = g_strnfill (50001, 'x');
  g_autoptr (GString) accents = g_string_new (NULL);
  for (guint i = 0; i < 50000; i++)
    g_string_append (accents, "é");
  g_autoptr (HubDelivery) delivery = make_delivery (HUB_ACTION_CREATE, 2);
  set_field (delivery, 0, HUB_TYPE_TEXT, accents->str);
  set_field (delivery, 1, HUB_TYPE_TEXT, fits);
  g_assert_null (find_too_long (delivery, HUB_ACTION_CREATE));
  set_field (delivery, 1, HUB_TYPE_TEXT, too_long);
  g_assert_cmpstr (find_too_long (delivery, HUB_ACTION_CREATE), ==, "B");
  g_assert_cmpstr (find_too_long (delivery, HUB_ACTION_UPDATE), ==, "B");
  delivery->change[1] = FALSE;
  g_assert_null (find_too_long (delivery, HUB_ACTION_UPDATE));
}

static void test_cells_are_typed (void) {
  static const struct {
    HubType type;
    const char *text, *cell;
  } cases[] = {
    { HUB_TYPE_TEXT, "=IMPORTXML(\"http://x\")",
      "{\"userEnteredValue\":{\"stringValue\":\"=IMPORTXML(\\\"http://x\\\")\"}}" },
    { HUB_TYPE_TEXT, "007", "{\"userEnteredValue\":{\"stringValue\":\"007\"}}" },
    { HUB_TYPE_EMAIL, "a@b.fr", "{\"userEnteredValue\":{\"stringValue\":\"a@b.fr\"}}" },
    { HUB_TYPE_LIST, "[1]", "{\"userEnteredValue\":{\"stringValue\":\"[1]\"}}" },
    { HUB_TYPE_MONEY, "19.90", "{\"userEnteredValue\":{\"numberValue\":19.9}}" },
    { HUB_TYPE_INTEGER, "000", "{\"userEnteredValue\":{\"numberValue\":0}}" },
    { HUB_TYPE_INTEGER, "0000000000000000012", "{\"userEnteredValue\":{\"numberValue\":12}}" },
    { HUB_TYPE_INTEGER, "12345678901234567890",
      "{\"userEnteredValue\":{\"stringValue\":\"12345678901234567890\"}}" },
    { HUB_TYPE_BOOLEAN, "false", "{\"userEnteredValue\":{\"boolValue\":false}}" },
    { HUB_TYPE_TEXT, NULL, "{}" },
    { HUB_TYPE_MONEY, "", "{}" },
  };
  const guint columns[] = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubTab) tab = make_tab (1, columns);
    g_autoptr (HubDelivery) create = make_delivery (HUB_ACTION_CREATE, 1);
    set_field (create, 0, cases[i].type, cases[i].text);
    g_autofree char *body = write_body (tab, NULL, create, NULL);
    g_autofree char *expected = g_strdup_printf (
        "{\"requests\":[{\"updateCells\":{\"start\":{\"sheetId\":7,\"rowIndex\":1,\"columnIndex\":0},"
        "\"fields\":\"userEnteredValue\",\"rows\":[{\"values\":[%s]}]}}]}",
        cases[i].cell);
    g_assert_cmpstr (body, ==, expected);
  }
}

static void test_foreign_columns_are_never_in_a_block (void) {
  const guint columns[] = { 4, 0, 1 }; /* C and D are somebody else's */
  g_autoptr (HubTab) tab = make_tab (3, columns);
  tab->last_row = 9;
  g_autoptr (HubDelivery) create = make_delivery (HUB_ACTION_CREATE, 3);
  set_field (create, 0, HUB_TYPE_TEXT, "e");
  set_field (create, 1, HUB_TYPE_TEXT, "a");
  set_field (create, 2, HUB_TYPE_TEXT, "b");
  g_autofree char *body = write_body (tab, NULL, create, NULL);
  g_assert_cmpstr (body, ==,
                   "{\"requests\":["
                   "{\"updateCells\":{\"start\":{\"sheetId\":7,\"rowIndex\":9,\"columnIndex\":4},"
                   "\"fields\":\"userEnteredValue\",\"rows\":[{\"values\":["
                   "{\"userEnteredValue\":{\"stringValue\":\"e\"}}]}]}},"
                   "{\"updateCells\":{\"start\":{\"sheetId\":7,\"rowIndex\":9,\"columnIndex\":0},"
                   "\"fields\":\"userEnteredValue\",\"rows\":[{\"values\":["
                   "{\"userEnteredValue\":{\"stringValue\":\"a\"}},"
                   "{\"userEnteredValue\":{\"stringValue\":\"b\"}}]}]}}]}");
}

static void test_an_update_writes_only_what_changes (void) {
  const guint columns[] = { 0, 1, 2, 3 };
  g_autoptr (HubTab) tab = make_tab (4, columns);
  g_autoptr (HubDelivery) update = make_delivery (HUB_ACTION_UPDATE, 4);
  update->found = g_strdup ("5");
  set_field (update, 0, HUB_TYPE_TEXT, "key");
  set_field (update, 1, HUB_TYPE_TEXT, NULL);
  set_field (update, 2, HUB_TYPE_TEXT, "c");
  set_field (update, 3, HUB_TYPE_DATE, "2026-01-01");
  update->values[3].format = g_intern_string ("%d/%m/%Y");
  update->change[0] = update->change[2] = FALSE;
  g_autofree char *body = write_body (tab, NULL, NULL, update);
  g_assert_cmpstr (body, ==,
                   "{\"requests\":["
                   "{\"updateCells\":{\"start\":{\"sheetId\":7,\"rowIndex\":4,\"columnIndex\":1},"
                   "\"fields\":\"userEnteredValue\",\"rows\":[{\"values\":[{}]}]}},"
                   "{\"repeatCell\":{\"range\":{\"sheetId\":7,\"startRowIndex\":4,\"endRowIndex\":5,"
                   "\"startColumnIndex\":3,\"endColumnIndex\":4},\"cell\":{\"userEnteredFormat\":"
                   "{\"numberFormat\":{\"type\":\"DATE\",\"pattern\":\"dd/mm/yyyy\"}}},"
                   "\"fields\":\"userEnteredFormat.numberFormat\"}},"
                   "{\"updateCells\":{\"start\":{\"sheetId\":7,\"rowIndex\":4,\"columnIndex\":3},"
                   "\"fields\":\"userEnteredValue\",\"rows\":[{\"values\":["
                   "{\"userEnteredValue\":{\"numberValue\":46023}}]}]}}]}");
}

static void test_what_is_neither_create_nor_update_is_not_written (void) {
  static const HubAction actions[] = { HUB_ACTION_UNCHANGED, HUB_ACTION_FILTERED, HUB_ACTION_REJECT };
  const guint columns[] = { 0 };
  g_autoptr (HubTab) tab = make_tab (1, columns);
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    HubDelivery *delivery = make_delivery (actions[i], 1);
    set_field (delivery, 0, HUB_TYPE_TEXT, "x");
    g_ptr_array_add (deliveries, delivery);
  }
  g_autoptr (GString) out = g_string_new (NULL);
  hub_cells_write (out, tab, NULL, deliveries);
  g_assert_cmpstr (out->str, ==, "");
}

static void test_datetimes_show_their_time_unless_their_format_does_not (void) {
  static const struct {
    const char *format, *type, *pattern;
  } cases[] = {
    { NULL, "DATE_TIME", "yyyy-mm-dd hh:mm:ss" },
    { "%d/%m/%Y %H:%M", "DATE_TIME", "dd/mm/yyyy hh:mm" },
    { "%d/%m/%Y", "DATE", "dd/mm/yyyy" },
  };
  const guint columns[] = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubTab) tab = make_tab (1, columns);
    g_autoptr (HubDelivery) create = make_delivery (HUB_ACTION_CREATE, 1);
    set_field (create, 0, HUB_TYPE_DATETIME, "2026-01-01T11:00:00Z");
    create->values[0].format = g_intern_string (cases[i].format);
    g_autofree char *body = write_body (tab, NULL, create, NULL);
    g_autofree char *format = g_strdup_printf ("\"numberFormat\":{\"type\":\"%s\",\"pattern\":\"%s\"}",
                                               cases[i].type, cases[i].pattern);
    g_assert_nonnull (strstr (body, format));
  }
}

static void test_a_missing_tab_is_made_with_its_header (void) {
  static const char *const names[] = { "ID", "Montant", NULL };
  const guint columns[] = { 0, 1 };
  g_autoptr (HubTab) tab = make_tab (2, columns);
  g_ptr_array_set_size (tab->header, 0);
  tab->n_rows = tab->n_columns = 0;
  g_autoptr (HubDelivery) create = make_delivery (HUB_ACTION_CREATE, 2);
  set_field (create, 0, HUB_TYPE_TEXT, "a");
  set_field (create, 1, HUB_TYPE_MONEY, "1.00");
  g_autofree char *body = write_body (tab, names, create, NULL);
  g_assert_true (g_str_has_prefix (body, "{\"requests\":[{\"addSheet\":{\"properties\":{\"sheetId\":7,"
                                         "\"title\":\"Paiements\",\"gridProperties\":{\"rowCount\":1000,"
                                         "\"columnCount\":26}}}},{\"updateCells\":{\"start\":{\"sheetId\":7,"
                                         "\"rowIndex\":0,\"columnIndex\":0},"));
  g_assert_nonnull (
      strstr (body, "{\"stringValue\":\"ID\"}},{\"userEnteredValue\":{\"stringValue\":\"Montant\"}"));
  g_assert_cmpuint (tab->header->len, ==, 2);
  g_assert_cmpstr (tab->header->pdata[1], ==, "Montant");
  g_assert_cmpuint (tab->n_rows, ==, 1000);
  g_autofree char *again = write_body (tab, names, create, NULL);
  g_assert_null (strstr (again, "addSheet"));
  g_assert_null (strstr (again, "Montant"));
}

static void test_a_full_grid_grows (void) {
  const guint columns[] = { 0 };
  g_autoptr (HubTab) tab = make_tab (1, columns);
  g_autoptr (HubDelivery) create = make_delivery (HUB_ACTION_CREATE, 1);
  set_field (create, 0, HUB_TYPE_TEXT, "a");
  tab->last_row = 999;
  g_autofree char *fits = write_body (tab, NULL, create, NULL);
  g_assert_null (strstr (fits, "appendDimension"));
  tab->last_row = 1000;
  g_autofree char *grows = write_body (tab, NULL, create, NULL);
  g_assert_nonnull (
      strstr (grows, "{\"appendDimension\":{\"sheetId\":7,\"dimension\":\"ROWS\",\"length\":1000}}"));
  g_assert_cmpuint (tab->n_rows, ==, 2000);
  g_ptr_array_set_size (tab->header, 0);
  tab->n_columns = 0;
  static const char *const names[] = { "A", NULL };
  g_autofree char *wider = write_body (tab, names, create, NULL);
  g_assert_nonnull (
      strstr (wider, "{\"appendDimension\":{\"sheetId\":7,\"dimension\":\"COLUMNS\",\"length\":1}}"));
}

static void test_a_large_batch_is_built_quickly (void) {
  const guint columns[] = { 0, 1, 2, 3, 4, 5, 6 };
  g_autoptr (HubTab) tab = make_tab (7, columns);
  g_autoptr (GPtrArray) creates = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < 1000; i++) {
    HubDelivery *create = make_delivery (HUB_ACTION_CREATE, 7);
    for (guint j = 0; j < 7; j++)
      set_field (create, j, j % 2 ? HUB_TYPE_MONEY : HUB_TYPE_TEXT,
                 j % 2 ? "1234.56" : "pi_3MtwBwLkdIwHu7ix28a3tqPa");
    g_ptr_array_add (creates, create);
  }
  gint64 start = g_get_monotonic_time ();
  gsize size = 0;
  for (guint i = 0; i < 100; i++) {
    g_autoptr (GString) out = g_string_new (NULL);
    hub_cells_write (out, tab, NULL, creates);
    size = out->len;
  }
  double seconds = (g_get_monotonic_time () - start) / 1e6;
  g_test_message ("100 batches of 1,000 rows of 7 cells: %.2f s, %" G_GSIZE_FORMAT " bytes each", seconds,
                  size);
  g_assert_cmpuint (size, <, 1000 * 1000);
  g_assert_cmpfloat (seconds, <, 60); /* a slow or instrumented machine included */
}

int main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/google-cells/ranges-are-quoted-and-escaped", test_ranges_are_quoted_and_escaped);
  g_test_add_func ("/google-cells/near-rows-are-read-together", test_near_rows_are_read_together);
  g_test_add_func ("/google-cells/scattered-rows-never-need-more-ranges-than-allowed",
                   test_scattered_rows_never_need_more_ranges_than_allowed);
  g_test_add_func ("/google-cells/rows-are-deleted-from-the-bottom-up",
                   test_rows_are_deleted_from_the_bottom_up);
  g_test_add_func ("/google-cells/answers-are-read-row-by-row", test_answers_are_read_row_by_row);
  g_test_add_func ("/google-cells/answers-that-are-no-cells-are-refused",
                   test_answers_that_are_no_cells_are_refused);
  g_test_add_func ("/google-cells/a-value-has-the-text-that-its-cell-gives-back",
                   test_a_value_has_the_text_that_its_cell_gives_back);
  g_test_add_func ("/google-cells/cells-mean-what-the-wanted-value-is",
                   test_cells_mean_what_the_wanted_value_is);
  g_test_add_func ("/google-cells/only-what-is-written-must-fit-a-cell",
                   test_only_what_is_written_must_fit_a_cell);
  g_test_add_func ("/google-cells/cells-are-typed", test_cells_are_typed);
  g_test_add_func ("/google-cells/foreign-columns-are-never-in-a-block",
                   test_foreign_columns_are_never_in_a_block);
  g_test_add_func ("/google-cells/an-update-writes-only-what-changes",
                   test_an_update_writes_only_what_changes);
  g_test_add_func ("/google-cells/what-is-neither-create-nor-update-is-not-written",
                   test_what_is_neither_create_nor_update_is_not_written);
  g_test_add_func ("/google-cells/datetimes-show-their-time-unless-their-format-does-not",
                   test_datetimes_show_their_time_unless_their_format_does_not);
  g_test_add_func ("/google-cells/a-missing-tab-is-made-with-its-header",
                   test_a_missing_tab_is_made_with_its_header);
  g_test_add_func ("/google-cells/a-full-grid-grows", test_a_full_grid_grows);
  g_test_add_func ("/google-cells/a-large-batch-is-built-quickly", test_a_large_batch_is_built_quickly);
  return g_test_run ();
}
