/* test-google-sheets.c: a sheet as source and destination, over HTTP against the sandbox.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "connector.h"
#include "date.h"
#include "error.h"
#include "harness.h"

static Harness *harness;

static const char *const targets[] = { "ID", "Montant", "Date", "Client", NULL };
#define N_TARGETS 4

/* A connector on @tab (nullable) of @spreadsheet. */
static HubConnector *open_sheet (const char *spreadsheet, const char *tab) {
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("google-sheets", "Compta", "rows");
  HubAccount *account = hub_account_new ("google-sheets", "Compta");
  g_autoptr (GError) error = NULL;
  json_object_set_string_member (endpoint->options, "spreadsheet", spreadsheet);
  if (tab)
    json_object_set_string_member (endpoint->options, "sheet", tab);
  json_object_set_string_member (account->options, "base_url", harness_origin (harness, "google"));
  HubConnector *connector = hub_connector_open (endpoint, account, harness_key (harness), &error);
  g_assert_no_error (error);
  hub_account_free (account);
  return connector;
}

/* A connector that is prepared to write the targets into @tab. */
static HubConnector *open_destination (const char *tab, int key) {
  HubConnector *connector = open_sheet ("sheet-1", tab);
  g_autoptr (GError) error = NULL;
  hub_connector_prepare (connector, targets, key, NULL, &error);
  g_assert_no_error (error);
  return connector;
}

/* A delivery of the four targets: a text, an amount, a date and a text; NULL leaves a field out. */
static HubDelivery *new_delivery (HubAction action, const char *id, const char *amount, const char *date,
                                  const char *client) {
  HubDelivery *delivery = hub_delivery_new (N_TARGETS);
  hub_value_take (&delivery->values[0], HUB_TYPE_TEXT, g_strdup (id));
  hub_value_take (&delivery->values[1], HUB_TYPE_MONEY, g_strdup (amount));
  hub_value_take (&delivery->values[2], date && strchr (date, 'T') ? HUB_TYPE_DATETIME : HUB_TYPE_DATE,
                  g_strdup (date));
  hub_value_take (&delivery->values[3], HUB_TYPE_TEXT, g_strdup (client));
  for (guint i = 0; i < N_TARGETS; i++) {
    gboolean blank = hub_value_is_blank (&delivery->values[i]);
    delivery->write[i] = blank ? HUB_WRITE_SKIP : HUB_WRITE_ALWAYS;
    delivery->change[i] = !blank;
  }
  delivery->key = hub_key_normalize (id);
  delivery->action = action;
  return delivery;
}

static GPtrArray *new_batch (HubDelivery *first, ...) {
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  va_list arguments;
  va_start (arguments, first);
  for (HubDelivery *delivery = first; delivery; delivery = va_arg (arguments, HubDelivery *))
    g_ptr_array_add (batch, delivery);
  va_end (arguments);
  return batch;
}

static void look_up (HubConnector *connector, GPtrArray *batch) {
  g_autoptr (GError) error = NULL;
  hub_connector_look_up (connector, batch, NULL, &error);
  g_assert_no_error (error);
}

static void write_batch (HubConnector *connector, GPtrArray *batch) {
  g_autoptr (GError) error = NULL;
  hub_connector_write (connector, batch, NULL, &error);
  g_assert_no_error (error);
}

static void assert_found (GPtrArray *batch, guint index, const char *row) {
  const HubDelivery *delivery = batch->pdata[index];
  g_assert_cmpstr (delivery->found, ==, row);
  g_assert_true ((delivery->before != NULL) == (row != NULL));
}

static void assert_member (const char *tab, const char *member, const char *json) {
  g_autoptr (JsonObject) sheet = harness_sheet (harness, tab);
  g_autofree char *cells = json_to_string (json_object_get_member (sheet, member), FALSE);
  g_autoptr (JsonNode) expected = harness_parse (json);
  g_autofree char *expected_cells = json_to_string (expected, FALSE);
  g_assert_cmpstr (cells, ==, expected_cells);
}

static void assert_values (const char *tab, const char *json) {
  assert_member (tab, "values", json);
}

/* How many requests the sheets service had since the last reset, tokens apart. */
static guint count_requests (const char *method) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, "google", method);
  guint count = 0;
  for (guint i = 0; i < requests->len; i++)
    count += !g_str_has_suffix (json_object_get_string_member (requests->pdata[i], "path"), "/token");
  return count;
}

static void set_sheet (const char *tab, const char *values) {
  harness_post (harness, "/sheet", "{\"sheet\": \"%s\", \"values\": %s}", tab, values);
}

static void begin (void) {
  harness_post (harness, "/reset", "{}");
}

#define HEADER "[\"ID\", \"Montant\", \"Date\", \"Client\"]"

static void test_the_first_write_makes_tab_and_header (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_destination ("Paiements 2026's", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "pi_1", "19.90", "2026-01-01", "Zoé 🙂"),
                 new_delivery (HUB_ACTION_CREATE, "pi_2", "1000.00", "2026-01-01T11:00:00Z", NULL), NULL);
  look_up (connector, batch);
  assert_found (batch, 0, NULL);
  g_assert_cmpuint (count_requests ("POST"), ==, 0);
  write_batch (connector, batch);
  assert_values ("Paiements 2026's",
                 "[" HEADER ", [\"pi_1\", 19.9, 46023, \"Zoé 🙂\"], [\"pi_2\", 1000, 46023.5]]");
  g_assert_cmpstr (((HubDelivery *) batch->pdata[1])->found, ==, "3");
  g_assert_cmpuint (((HubDelivery *) batch->pdata[1])->http_status, ==, 200);
  g_assert_cmpuint (count_requests ("GET"), ==, 1);
  g_assert_cmpuint (count_requests ("POST"), ==, 1);
  g_autoptr (GPtrArray) more =
      new_batch (new_delivery (HUB_ACTION_CREATE, "pi_3", "1.00", "2026-01-02", "B"), NULL);
  look_up (connector, more);
  write_batch (connector, more);
  assert_values ("Paiements 2026's",
                 "[" HEADER ", [\"pi_1\", 19.9, 46023, \"Zoé 🙂\"], [\"pi_2\", 1000, 46023.5],"
                 "[\"pi_3\", 1, 46024, \"B\"]]");
}

static void test_an_empty_first_tab_gets_a_header (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_destination (NULL, 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"), NULL);
  look_up (connector, batch);
  write_batch (connector, batch);
  g_autoptr (JsonNode) first = harness_get (harness, "/sheet?spreadsheet=sheet-1");
  JsonArray *values = json_object_get_array_member (json_node_get_object (first), "values");
  g_assert_cmpuint (json_array_get_length (values), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (json_array_get_array_element (values, 0), 3), ==, "Client");
}

static void test_dates_have_their_format (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"old\", 1, 1, \"x\"]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01T11:00:00Z", "A"),
                 new_delivery (HUB_ACTION_CREATE, "b", "1", "2026-01-02T11:00:00Z", "B"), NULL);
  for (guint i = 0; i < batch->len; i++)
    ((HubDelivery *) batch->pdata[i])->values[2].format = g_intern_string ("%d/%m/%Y");
  look_up (connector, batch);
  write_batch (connector, batch);
  assert_member ("T", "formats",
                 "[[null, null, null, null], [null, null, null, null],"
                 "[null, null, \"DATE dd/mm/yyyy\", null], [null, null, \"DATE dd/mm/yyyy\", null]]");
  assert_values ("T",
                 "[" HEADER ", [\"old\", 1, 1, \"x\"], [\"a\", 1, 46023, \"A\"], [\"b\", 1, 46024, \"B\"]]");
}

static void test_what_was_written_is_found_unchanged (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "007", "1234567890123.45",
                                                         "2026-07-14T21:59:59Z", "=IMPORTXML(\"http://x\")"),
                                           new_delivery (HUB_ACTION_CREATE, "12345678901234567890", "-0.01",
                                                         "2026-03-29T01:30:00Z", "שלום\nworld"),
                                           new_delivery (HUB_ACTION_CREATE, "Marie@Example.COM ",
                                                         "99999999999999999999.99", "2024-02-29", "'quoted"),
                                           NULL);
  look_up (connector, batch);
  write_batch (connector, batch);
  assert_values ("T", "[" HEADER
                      ", [\"007\", 1234567890123.45, 46217.9999884259, \"=IMPORTXML(\\\"http://x\\\")\"],"
                      "[\"12345678901234567890\", -0.01, 46110.1458333333, \"שלום\\nworld\"],"
                      "[\"Marie@Example.COM \", \"99999999999999999999.99\", 45351, \"'quoted\"]]");
  g_autoptr (HubConnector) again = open_destination ("T", 0);
  look_up (again, batch);
  for (guint i = 0; i < batch->len; i++) {
    const HubDelivery *delivery = batch->pdata[i];
    g_autofree char *row = g_strdup_printf ("%u", i + 2);
    assert_found (batch, i, row);
    for (guint j = 0; j < N_TARGETS; j++)
      g_assert_true (hub_value_same (&delivery->before[j], &delivery->values[j]));
  }
}

static void test_an_update_touches_only_its_cells (void) {
  begin ();
  set_sheet ("T", "[[\"Client\", \"Notes\", \"ID\", \"Total\", \"Montant\", \"Date\"],"
                  "[\"A\", \"keep\", \"a\", {\"formula\": \"=1+1\"}, 1, 46000],"
                  "[\"B\", \"keep too\", \"b\", {\"formula\": \"=2+2\"}, 2, 46000]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_UPDATE, "b", "5.50", "2025-12-09", "Bob"),
                 new_delivery (HUB_ACTION_CREATE, "c", "3.00", "2026-01-01", "Chloé"), NULL);
  look_up (connector, batch);
  assert_found (batch, 0, "3");
  assert_found (batch, 1, NULL);
  HubDelivery *update = batch->pdata[0];
  g_assert_cmpstr (update->before[1].text, ==, "2");
  g_assert_cmpstr (update->before[2].text, ==, "2025-12-09");
  g_assert_cmpstr (update->before[3].text, ==, "B");
  update->change[0] = update->change[2] = FALSE;
  hub_value_clear (&update->values[3]);
  write_batch (connector, batch);
  assert_values ("T", "[[\"Client\", \"Notes\", \"ID\", \"Total\", \"Montant\", \"Date\"],"
                      "[\"A\", \"keep\", \"a\", {\"formula\": \"=1+1\"}, 1, 46000],"
                      "[null, \"keep too\", \"b\", {\"formula\": \"=2+2\"}, 5.5, 46000],"
                      "[\"Chloé\", null, \"c\", null, 3, 46023]]");
  g_assert_cmpstr (update->found, ==, "3");
  g_assert_cmpuint (update->http_status, ==, 200);
}

static void test_rows_go_below_everything_in_the_sheet (void) {
  begin ();
  set_sheet ("T", "[[\"ID\", \"Montant\", \"Date\", \"Client\", \"Notes\"], [\"a\", 1], [],"
                  "[null, null, null, null, \"a note by hand\"]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "b", "2", "2026-01-01", "B"), NULL);
  look_up (connector, batch);
  write_batch (connector, batch);
  assert_values ("T", "[[\"ID\", \"Montant\", \"Date\", \"Client\", \"Notes\"], [\"a\", 1], [],"
                      "[null, null, null, null, \"a note by hand\"], [\"b\", 2, 46023, \"B\"]]");
}

static GPtrArray *new_many (guint first, guint n) {
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = first; i < first + n; i++) {
    g_autofree char *id = g_strdup_printf ("pi_%06u", i);
    g_ptr_array_add (batch, new_delivery (HUB_ACTION_CREATE, id, "12.34", "2026-01-01", "Client"));
  }
  return batch;
}

static void test_a_full_grid_grows_and_few_requests_suffice (void) {
  begin ();
  set_sheet ("T", "[" HEADER "]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GPtrArray) batch = new_many (i * 1000, 1000);
    look_up (connector, batch);
    write_batch (connector, batch);
  }
  /* the spreadsheet, its header, the key column; and for each batch, whether there is more below */
  g_assert_cmpuint (count_requests ("GET"), ==, 3 + 3);
  g_assert_cmpuint (count_requests ("POST"), ==, 3);
  g_autoptr (HubConnector) again = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_many (0, 3000);
  look_up (again, batch);
  for (guint i = 0; i < batch->len; i++) {
    g_autofree char *row = g_strdup_printf ("%u", i + 2);
    assert_found (batch, i, row);
    g_assert_cmpstr (((HubDelivery *) batch->pdata[i])->before[1].text, ==, "12.34");
  }
}

static void test_scattered_rows_are_found_with_one_request (void) {
  begin ();
  g_autoptr (GString) values = g_string_new ("[" HEADER);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < 4000; i++) {
    g_autofree char *id = g_strdup_printf ("k%u", i);
    g_autofree char *client = g_strdup_printf ("client %u", i);
    g_string_append_printf (values, ", [\"%s\", %u, 46023, \"%s\"]", id, i, client);
    if (i * i % 97 < 20)
      g_ptr_array_add (batch, new_delivery (HUB_ACTION_UPDATE, id, "1", "2026-01-01", client));
  }
  g_string_append_c (values, ']');
  set_sheet ("T", values->str);
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  look_up (connector, batch);
  g_assert_cmpuint (batch->len, >, 500);
  for (guint i = 0; i < batch->len; i++) {
    const HubDelivery *delivery = batch->pdata[i];
    g_assert_nonnull (delivery->before);
    g_assert_true (hub_value_same (&delivery->before[3], &delivery->values[3]));
  }
  g_assert_cmpuint (count_requests ("GET"), ==, 4);
}

static void test_rows_that_were_moved_are_found_where_they_are (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"b\", 2], [\"c\", 3]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_UPDATE, "a", "9", NULL, NULL),
                                           new_delivery (HUB_ACTION_UPDATE, "c", "8", NULL, NULL), NULL);
  look_up (connector, batch);
  assert_found (batch, 0, "2");
  assert_found (batch, 1, "4");
  set_sheet ("T", "[" HEADER ", [\"c\", 3], [\"b\", 2], [\"a\", 1]]");
  look_up (connector, batch);
  assert_found (batch, 0, "4");
  assert_found (batch, 1, "2");
  g_assert_cmpstr (((HubDelivery *) batch->pdata[0])->before[1].text, ==, "1");
  set_sheet ("T", "[[\"Client\", \"ID\", \"Montant\", \"Date\"], [null, \"c\", 3], [null, \"b\", 2], [], "
                  "[null, \"a\", 1]]");
  look_up (connector, batch);
  assert_found (batch, 0, "5");
  assert_found (batch, 1, "2");
  write_batch (connector, batch);
  assert_values ("T", "[[\"Client\", \"ID\", \"Montant\", \"Date\"], [null, \"c\", 8], [null, \"b\", 2], [],"
                      "[null, \"a\", 9]]");
}

static void test_rows_that_somebody_adds_are_not_written_over (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"b\", 2]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) first = new_batch (new_delivery (HUB_ACTION_UPDATE, "a", "9", NULL, NULL), NULL);
  look_up (connector, first);
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"b\", 2], [\"by hand\", 3]]");
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_UPDATE, "b", "7", NULL, NULL),
                                           new_delivery (HUB_ACTION_CREATE, "c", "4", NULL, NULL), NULL);
  look_up (connector, batch);
  write_batch (connector, batch);
  assert_values ("T", "[" HEADER ", [\"a\", 1], [\"b\", 7], [\"by hand\", 3], [\"c\", 4]]");
}

static void test_a_row_typed_below_is_not_written_over_by_new_ones (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) first = new_batch (new_delivery (HUB_ACTION_CREATE, "b", "2", NULL, NULL), NULL);
  g_autoptr (GPtrArray) second = new_batch (new_delivery (HUB_ACTION_CREATE, "c", "3", NULL, NULL),
                                            new_delivery (HUB_ACTION_CREATE, "d", "4", NULL, NULL), NULL);
  look_up (connector, first);
  g_assert_cmpuint (count_requests ("GET"), ==,
                    4); /* as many as without the check: it reads the rest anyway */
  write_batch (connector, first);
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"b\", 2], [null, null, null, \"by hand\"], [\"d\", 5]]");
  look_up (connector, second);
  assert_found (second, 0, NULL);
  assert_found (second, 1, "5"); /* what was typed was read too */
  g_autoptr (GPtrArray) create = new_batch (new_delivery (HUB_ACTION_CREATE, "c", "3", NULL, NULL), NULL);
  write_batch (connector, create);
  assert_values ("T", "[" HEADER
                      ", [\"a\", 1], [\"b\", 2], [null, null, null, \"by hand\"], [\"d\", 5], [\"c\", 3]]");
}

/* Append does not look up: the writing itself must see what was typed below. */
static void test_rows_appended_without_a_look_are_not_written_over_either (void) {
  begin ();
  set_sheet ("T", "[" HEADER "]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) first = new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", NULL, NULL), NULL);
  g_autoptr (GPtrArray) second = new_batch (new_delivery (HUB_ACTION_CREATE, "b", "2", NULL, NULL), NULL);
  write_batch (connector, first);
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"by hand\"]]");
  write_batch (connector, second);
  assert_values ("T", "[" HEADER ", [\"a\", 1], [\"by hand\"], [\"b\", 2]]");
}

static void remove_batch (HubConnector *connector, GPtrArray *batch) {
  g_autoptr (GError) error = NULL;
  hub_connector_remove (connector, batch, NULL, &error);
  g_assert_no_error (error);
}

static void test_what_was_created_can_be_removed (void) {
  const char *before = "[[\"Client\", \"Notes\", \"ID\", \"Montant\", \"Date\"],"
                       "[\"A\", \"keep\", \"a\", 1, 46000], [], [null, \"note\"]]";
  begin ();
  set_sheet ("T", before);
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "T");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_assert_true (hub_connector_can_remove (connector));
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < 1500; i++) {
    g_autofree char *id = g_strdup_printf ("k%u", i);
    g_ptr_array_add (batch, new_delivery (HUB_ACTION_CREATE, id, "5.50", "2026-01-01", "Bob"));
  }
  look_up (connector, batch);
  write_batch (connector, batch);
  g_autoptr (HubConnector) later = open_destination ("T", 0);
  look_up (later, batch);
  assert_found (batch, 1499, "1504");
  guint n_gets = count_requests ("GET"), n_posts = count_requests ("POST");
  remove_batch (later, batch);
  g_assert_cmpuint (count_requests ("GET"), ==, n_gets + 1);
  g_assert_cmpuint (count_requests ("POST"), ==, n_posts + 1);
  assert_values ("T", before);
  g_autoptr (JsonObject) after = harness_sheet (harness, "T");
  g_autofree char *formats = json_to_string (json_object_get_member (sheet, "formats"), FALSE);
  assert_member ("T", "formats", formats);
  for (guint i = 0; i < batch->len; i++)
    g_assert_cmpint (((HubDelivery *) batch->pdata[i])->action, ==, HUB_ACTION_CREATE);
  look_up (later, batch);
  assert_found (batch, 0, NULL);
  write_batch (later, batch); /* and created again, below what was there before */
  look_up (later, batch);
  assert_found (batch, 0, "5");
}

static void test_only_untouched_rows_are_removed (void) {
  begin ();
  set_sheet ("T", "[[\"ID\", \"Montant\", \"Date\", \"Client\", \"Notes\"], [\"a\", 1], [\"b\", 2],"
                  "[\"c\", 3, null, null, \"paid by cheque\"], [\"d\", 4], [\"e\", 5], [\"f\", 6]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "f", "6", NULL, NULL),
                                           new_delivery (HUB_ACTION_CREATE, "b", "2", NULL, NULL),
                                           new_delivery (HUB_ACTION_CREATE, "c", "3", NULL, NULL),
                                           new_delivery (HUB_ACTION_CREATE, "d", "4", NULL, NULL),
                                           new_delivery (HUB_ACTION_CREATE, "gone", "9", NULL, NULL), NULL);
  const HubDelivery *kept = batch->pdata[2];
  look_up (connector, batch);
  g_assert_cmpint (kept->action, ==, HUB_ACTION_CREATE);
  remove_batch (connector, batch);
  g_assert_cmpint (kept->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (kept->problem, ==, "the row holds more than was delivered");
  assert_values ("T", "[[\"ID\", \"Montant\", \"Date\", \"Client\", \"Notes\"], [\"a\", 1],"
                      "[\"c\", 3, null, null, \"paid by cheque\"], [\"e\", 5]]");
  g_autoptr (GPtrArray) none = new_batch (new_delivery (HUB_ACTION_CREATE, "c", "3", NULL, NULL), NULL);
  guint n_posts = count_requests ("POST");
  look_up (connector, none);
  remove_batch (connector, none);
  g_assert_cmpuint (count_requests ("POST"), ==, n_posts);
}

static void test_rows_that_moved_are_removed_where_they_are (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"b\", 2], [\"c\", 3]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", NULL, NULL), NULL);
  look_up (connector, batch);
  set_sheet ("T", "[" HEADER ", [\"c\", 3], [\"b\", 2], [\"a\", 1]]");
  remove_batch (connector, batch);
  assert_values ("T", "[" HEADER ", [\"c\", 3], [\"b\", 2]]");
}

/* Deleting rows must neither eat up the grid nor ask to delete all rows below a frozen header. */
static void test_a_small_grid_keeps_its_size (void) {
  begin ();
  harness_post (harness, "/sheet", "{\"sheet\": \"T\", \"rows\": 2, \"values\": [" HEADER ", [\"a\", 1]]}");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", NULL, NULL), NULL);
  look_up (connector, batch);
  remove_batch (connector, batch);
  assert_values ("T", "[" HEADER "]");
  assert_member ("T", "rows", "2");
}

static void test_a_lost_removal_is_told (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1], [\"b\", 2]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", NULL, NULL), NULL);
  g_autoptr (GError) error = NULL;
  look_up (connector, batch);
  harness_post (harness, "/faults",
                "{\"service\": \"google\", \"path\": \":batchUpdate\", \"fault\": \"lost\"}");
  g_assert_false (hub_connector_remove (connector, batch, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
  look_up (connector, batch);
  assert_found (batch, 0, NULL);
  remove_batch (connector, batch);
  assert_values ("T", "[" HEADER ", [\"b\", 2]]");
}

static void test_a_lost_answer_is_told_and_what_arrived_is_found (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_destination ("Neuf", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"),
                 new_delivery (HUB_ACTION_CREATE, "b", "2", "2026-01-01", "B"), NULL);
  g_autoptr (GError) error = NULL;
  look_up (connector, batch);
  harness_post (harness, "/faults",
                "{\"service\": \"google\", \"path\": \":batchUpdate\", \"fault\": \"lost\"}");
  g_assert_false (hub_connector_write (connector, batch, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
  look_up (connector, batch);
  assert_found (batch, 0, "2");
  assert_found (batch, 1, "3");
  g_autoptr (GPtrArray) more =
      new_batch (new_delivery (HUB_ACTION_CREATE, "c", "3", "2026-01-01", "C"), NULL);
  look_up (connector, more);
  write_batch (connector, more);
  assert_values ("Neuf", "[" HEADER
                         ", [\"a\", 1, 46023, \"A\"], [\"b\", 2, 46023, \"B\"], [\"c\", 3, 46023, \"C\"]]");
}

static void test_a_write_that_never_arrived_can_be_tried_again (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_destination ("Neuf", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"), NULL);
  g_autoptr (GError) error = NULL;
  look_up (connector, batch);
  harness_post (harness, "/faults",
                "{\"service\": \"google\", \"path\": \":batchUpdate\", \"fault\": \"reset\"}");
  g_assert_false (hub_connector_write (connector, batch, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
  look_up (connector, batch);
  assert_found (batch, 0, NULL);
  write_batch (connector, batch);
  assert_values ("Neuf", "[" HEADER ", [\"a\", 1, 46023, \"A\"]]");
}

static void test_a_refused_batch_writes_nothing_and_is_no_loss (void) {
  begin ();
  set_sheet ("T", "[" HEADER "]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"), NULL);
  g_autoptr (GError) error = NULL;
  look_up (connector, batch);
  harness_post (harness, "/reset", "{}"); /* the tab is gone */
  g_assert_false (hub_connector_write (connector, batch, NULL, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_SERVICE);
  look_up (connector, batch);
  write_batch (connector, batch);
  assert_values ("T", "[" HEADER ", [\"a\", 1, 46023, \"A\"]]");
}

static void test_an_expired_token_is_renewed (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"), NULL);
  look_up (connector, batch);
  harness_delete (harness, "/tokens");
  write_batch (connector, batch);
  assert_values ("T", "[" HEADER ", [\"a\", 1, 46023, \"A\"]]");
}

static void test_refusals_say_what_to_do (void) {
  static const struct {
    const char *spreadsheet, *fault;
    HubError code;
    const char *sentence;
  } cases[] = {
    { "sheet-1", "403", HUB_ERROR_PERMISSION,
      "share the spreadsheet with *.iam.gserviceaccount.com as editor" },
    { "no-such-sheet", NULL, HUB_ERROR_NOT_FOUND, "no spreadsheet “no-such-sheet”*address" },
    { "what is this?", NULL, HUB_ERROR_NOT_FOUND, "no spreadsheet “what%20is%20this%3F”*address" },
    { "sheet-1", "html", HUB_ERROR_SERVICE, "cannot be read" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin ();
    g_autoptr (HubConnector) connector = open_sheet (cases[i].spreadsheet, NULL);
    g_autoptr (GError) error = NULL;
    g_autofree char *pattern = g_strdup_printf ("*%s*", cases[i].sentence);
    if (cases[i].fault)
      harness_post (harness, "/faults",
                    "{\"service\": \"google\", \"path\": \"/spreadsheets\", \"times\": 9, \"fault\": \"%s\"}",
                    cases[i].fault);
    g_assert_false (hub_connector_prepare (connector, targets, 0, NULL, &error));
    g_assert_error (error, HUB_ERROR, (int) cases[i].code);
    g_assert_true (g_pattern_match_simple (pattern, error->message));
    g_assert_null (strchr (error->message, '\n'));
  }
}

static void test_columns_must_be_there_once (void) {
  static const struct {
    const char *header;
    HubError code;
    const char *sentence;
  } cases[] = {
    { "[\"ID\", \" Date \", \"Client\", null, \"Nom\"]", HUB_ERROR_FIELD,
      "*“T” has no column “Montant”; there are: ID, Date, Client, Nom;*" },
    { "[\"ID\", \"Montant\", \"Date\", \"Client\", \"ID\"]", HUB_ERROR_INVALID, "*two columns called “ID”*" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin ();
    g_autofree char *values = g_strdup_printf ("[%s]", cases[i].header);
    set_sheet ("T", values);
    g_autoptr (HubConnector) connector = open_sheet ("sheet-1", "T");
    g_autoptr (GError) error = NULL;
    g_assert_false (hub_connector_prepare (connector, targets, 0, NULL, &error));
    g_assert_error (error, HUB_ERROR, (int) cases[i].code);
    g_assert_true (g_pattern_match_simple (cases[i].sentence, error->message));
  }
  begin ();
  set_sheet ("T", "[[\"ID\", \"Montant\", \"Twice\", \"Date\", \"Client\", \"Twice\"]]");
  g_autoptr (HubConnector) connector = open_destination ("t", 0); /* as Google compares titles */
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", NULL, "A"), NULL);
  write_batch (connector, batch);
  assert_values (
      "T",
      "[[\"ID\", \"Montant\", \"Twice\", \"Date\", \"Client\", \"Twice\"], [\"a\", 1, null, null, \"A\"]]");
}

static void test_keys_are_found_however_they_are_typed (void) {
  begin ();
  set_sheet ("T", "[" HEADER
                  ", [12, 1], [\" é \", 2], [12, 3], [true, 4], [\"A@B.fr\", 5], [12.5, 6], [\"007\", 7]]");
  static const struct {
    HubType type;
    const char *id, *row;
  } cases[] = {
    { HUB_TYPE_INTEGER, "12", "2" },     { HUB_TYPE_TEXT, "12", "2" },
    { HUB_TYPE_TEXT, "e\xcc\x81", "3" }, { HUB_TYPE_BOOLEAN, "true", "5" },
    { HUB_TYPE_EMAIL, "a@b.fr", "6" },   { HUB_TYPE_MONEY, "12.50", "7" },
    { HUB_TYPE_INTEGER, "7", NULL },     { HUB_TYPE_TEXT, "007", "8" },
    { HUB_TYPE_TEXT, "é ", "3" },        { HUB_TYPE_TEXT, "missing", NULL },
  };
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_CREATE, "x", "1", NULL, NULL), NULL);
    HubDelivery *delivery = batch->pdata[0];
    hub_value_take (&delivery->values[0], cases[i].type, g_strdup (cases[i].id));
    look_up (connector, batch);
    assert_found (batch, 0, cases[i].row);
  }
}

static void test_a_date_can_be_the_key (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1, 46023.5], [\"b\", 2, 46024.0416666667]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 2);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_UPDATE, "x", "1", "2026-01-02T00:00:00Z", NULL),
                 new_delivery (HUB_ACTION_UPDATE, "y", "1", "2026-01-01T11:00:00Z", NULL),
                 new_delivery (HUB_ACTION_UPDATE, "z", "1", "2026-01-01T11:00:01Z", NULL), NULL);
  look_up (connector, batch);
  assert_found (batch, 0, "3");
  assert_found (batch, 1, "2");
  assert_found (batch, 2, NULL);
}

static void test_without_a_key_a_record_is_known_by_all_its_fields (void) {
  begin ();
  set_sheet ("T", "[[\"Client\", \"Other\", \"ID\", \"Montant\", \"Date\"], [\"A\", 1, \"a\", 1.5, 46023],"
                  "[\"B\", 1, \"a\", 1.5, 46023], [null, 1, \"a\"]]");
  g_autoptr (HubConnector) connector = open_destination ("T", -1);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1.50", "2026-01-01", "B"),
                 new_delivery (HUB_ACTION_CREATE, "a", "1.51", "2026-01-01", "B"),
                 new_delivery (HUB_ACTION_CREATE, "a", NULL, NULL, NULL),
                 new_delivery (HUB_ACTION_CREATE, "a", "1.5", "2026-01-01", "B"), NULL);
  look_up (connector, batch);
  assert_found (batch, 0, "3");
  assert_found (batch, 1, NULL);
  assert_found (batch, 2, "4");
  assert_found (batch, 3, NULL); /* its only row is the first one's */
  g_autoptr (GPtrArray) create =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1.51", "2026-01-01", "B"), NULL);
  write_batch (connector, create);
  look_up (connector, create);
  assert_found (create, 0, "5");
}

#define TWIN "[\"a\", 1, 46023, \"A\"]"

static GPtrArray *new_twins (void) {
  return new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"),
                    new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", "A"), NULL);
}

/* What stood there before, and is equal, is neither taken for what was sent nor removed in its place. */
static void test_equal_rows_without_a_key_are_told_apart (void) {
  static const struct {
    const char *fault;
    gboolean arrived;
  } cases[] = { { "reset", FALSE }, { "lost", TRUE } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin ();
    set_sheet ("T", "[" HEADER ", " TWIN ", [\"z\"]]");
    g_autoptr (HubConnector) connector = open_destination ("T", -1);
    g_autoptr (GPtrArray) batch = new_twins ();
    g_autoptr (GError) error = NULL;
    harness_post (harness, "/faults",
                  "{\"service\": \"google\", \"path\": \":batchUpdate\", \"fault\": \"%s\"}", cases[i].fault);
    g_assert_false (hub_connector_write (connector, batch, NULL, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_LOST);
    look_up (connector, batch);
    assert_found (batch, 0, cases[i].arrived ? "5" : NULL);
    assert_found (batch, 1, cases[i].arrived ? "4" : NULL);
    if (!cases[i].arrived)
      write_batch (connector, batch);
    assert_values ("T", "[" HEADER ", " TWIN ", [\"z\"], " TWIN ", " TWIN "]");
    g_autoptr (HubConnector) undo = open_destination ("T", -1);
    g_autoptr (GPtrArray) undone = new_twins ();
    look_up (undo, undone);
    remove_batch (undo, undone);
    assert_values ("T", "[" HEADER ", " TWIN ", [\"z\"]]");
  }
}

static void test_a_text_too_long_for_a_cell_is_rejected_alone (void) {
  begin ();
  set_sheet ("T", "[" HEADER "]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autofree char *essay = g_strnfill (50001, 'x');
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_CREATE, "a", "1", "2026-01-01", essay),
                 new_delivery (HUB_ACTION_CREATE, "b", "2", "2026-01-01", "B"), NULL);
  HubDelivery *rejected = batch->pdata[0], *written = batch->pdata[1];
  look_up (connector, batch);
  write_batch (connector, batch);
  g_assert_cmpint (rejected->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (rejected->problem_field, ==, "Client");
  g_assert_null (rejected->found);
  g_assert_nonnull (strstr (rejected->problem, "50,000"));
  g_assert_cmpint (written->action, ==, HUB_ACTION_CREATE);
  assert_values ("T", "[" HEADER ", [\"b\", 2, 46023, \"B\"]]");
  g_ptr_array_remove_index (batch, 1);
  guint before = count_requests ("POST");
  rejected->action = HUB_ACTION_CREATE;
  write_batch (connector, batch);
  g_assert_cmpuint (count_requests ("POST"), ==, before);
}

static void test_rejects_are_not_looked_up (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"a\", 1]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch = new_batch (new_delivery (HUB_ACTION_REJECT, "a", "1", NULL, NULL), NULL);
  look_up (connector, batch);
  assert_found (batch, 0, NULL);
  g_assert_cmpuint (count_requests ("GET"), ==, 4);
}

static void test_a_record_is_found_by_the_key_it_had (void) {
  begin ();
  set_sheet ("T", "[" HEADER ", [\"old\", 1, 46023, \"A\"]]");
  g_autoptr (HubConnector) connector = open_destination ("T", 0);
  g_autoptr (GPtrArray) batch =
      new_batch (new_delivery (HUB_ACTION_UPDATE, "new", "1", "2026-01-01", "A"), NULL);
  HubDelivery *delivery = batch->pdata[0];
  delivery->look_up_key = g_strdup ("old");
  look_up (connector, batch);
  assert_found (batch, 0, "2");
  g_assert_cmpstr (delivery->before[0].text, ==, "old");
  delivery->change[1] = delivery->change[2] = delivery->change[3] = FALSE;
  write_batch (connector, batch);
  assert_values ("T", "[" HEADER ", [\"new\", 1, 46023, \"A\"]]");
}

static void test_a_source_is_read_to_the_end_of_its_grid (void) {
  begin ();
  g_autoptr (GString) values =
      g_string_new ("[[\"ID\", \"Skip\", \"Montant\", null, \"Actif\"], [\"a\", 1, 1.5, 1, true], [],");
  for (guint i = 4; i < 5000; i++)
    g_string_append (values, i == 4500 ? "[\"b\", null, 12345678901234567890]," : "[],");
  g_string_append (values, "[\"007\", null, 46023.25, null, false]]");
  harness_post (harness, "/sheet", "{\"sheet\": \"T\", \"rows\": 6500, \"values\": %s}", values->str);
  static const char *const paths[] = { "Montant", "ID", "Actif", NULL };
  static const char *const rows[] = { "decimal 1.5 a boolean true", "integer",
                                      "decimal 46023.25 007 boolean false" };
  g_autoptr (HubConnector) connector = open_sheet ("sheet-1", "T");
  hub_connector_set_source (connector, paths);
  g_autofree char *position = NULL;
  guint n_pages = 0, n_records = 0;
  do {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubPage) page = hub_connector_read_page (connector, position, NULL, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < page->records->len; i++) {
      const HubRecord *record = page->records->pdata[i];
      g_assert_null (record->key);
      g_assert_cmpuint (record->n_values, ==, 3);
      g_autofree char *text = g_strdup_printf (
          "%s %s %s %s %s", hub_type_name (record->values[0].type), record->values[0].text,
          record->values[1].text, hub_type_name (record->values[2].type), record->values[2].text);
      g_assert_cmpuint (n_records, <, G_N_ELEMENTS (rows));
      g_assert_true (g_str_has_prefix (text, rows[n_records++]));
    }
    g_free (position);
    position = g_steal_pointer (&page->next);
    n_pages++;
  } while (position);
  g_assert_cmpuint (n_records, ==, 3);
  g_assert_cmpuint (n_pages, ==, 4);
  g_assert_cmpuint (count_requests ("GET"), ==, 2 + 4);
}

static void test_a_source_that_is_not_there_is_told (void) {
  static const struct {
    const char *tab, *path;
    HubError code;
    const char *sentence;
  } cases[] = {
    { "Nulle part", "ID", HUB_ERROR_NOT_FOUND, "*no sheet “Nulle part”*" },
    { "T", "Nom", HUB_ERROR_FIELD, "*no column “Nom”; there are: ID;*" },
    { "T", "", HUB_ERROR_FIELD, "*no column “”*" },
    { NULL, "ID", HUB_ERROR_NOT_FOUND,
      "*no sheet “Feuille 1” with the names of columns in its first row; check both" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin ();
    set_sheet ("T", "[[\"ID\"], [1]]");
    const char *const paths[] = { cases[i].path, NULL };
    g_autoptr (HubConnector) connector = open_sheet ("sheet-1", cases[i].tab);
    g_autoptr (GError) error = NULL;
    hub_connector_set_source (connector, paths);
    g_assert_null (hub_connector_read_page (connector, NULL, NULL, &error));
    g_assert_error (error, HUB_ERROR, (int) cases[i].code);
    g_assert_true (g_pattern_match_simple (cases[i].sentence, error->message));
  }
}

static void test_fields_are_the_header_with_types_of_a_sample (void) {
  static const struct {
    const char *values, *fields;
  } cases[] = {
    { "[[\"ID\", \"Montant\", null, \"Actif\", \"Mixte\", \" Vide \"], [\"a\", null, 1, true, 1],"
      "[\"b\", 12.50, 1, false, \"x\"]]",
      "ID:text:a Montant:decimal:12.5 Actif:boolean:true Mixte:text:1 Vide:text:- " },
    { "[[\"ID\"]]", "ID:text:- " },
    { "[]", "" },
    { "[[null], [\"below\"]]", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin ();
    set_sheet ("T", cases[i].values);
    g_autoptr (HubConnector) connector = open_sheet ("sheet-1", "T");
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) fields = hub_connector_list_fields (connector, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (GString) text = g_string_new (NULL);
    for (guint j = 0; j < fields->len; j++) {
      const HubField *field = fields->pdata[j];
      g_string_append_printf (text, "%s:%s:%s ", field->name, hub_type_name (field->type),
                              field->example ? field->example : "-");
    }
    g_assert_cmpstr (text->str, ==, cases[i].fields);
  }
  begin ();
  g_autoptr (HubConnector) absent = open_sheet ("sheet-1", "Nulle part");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = hub_connector_list_fields (absent, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
}

static void test_the_address_of_a_spreadsheet_will_do (void) {
  static const char *const addresses[] = { "sheet-1", " sheet-1\n",
                                           "https://docs.google.com/spreadsheets/d/sheet-1/edit?gid=0#gid=0",
                                           "https://docs.google.com/spreadsheets/u/1/d/sheet-1",
                                           "https://docs.google.com/spreadsheets/d/sheet-1#gid=2" };
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    begin ();
    g_autoptr (HubConnector) connector = open_sheet (addresses[i], NULL);
    g_autoptr (GError) error = NULL;
    hub_connector_prepare (connector, targets, 0, NULL, &error);
    g_assert_no_error (error);
  }
}

static void test_a_good_key_is_labelled_with_its_address (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_sheet ("sheet-1", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  g_assert_true (hub_connector_verify (connector, &label, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (label, ".iam.gserviceaccount.com"));
  g_assert_cmpuint (count_requests (NULL), ==, 0);
}

static void test_cancelling_ends_a_request (void) {
  begin ();
  g_autoptr (HubConnector) connector = open_sheet ("sheet-1", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_false (hub_connector_prepare (connector, targets, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  harness = harness_new (NULL);
#define ADD(name, function) g_test_add_func ("/google-sheets/" name, function)
  ADD ("the-first-write-makes-tab-and-header", test_the_first_write_makes_tab_and_header);
  ADD ("an-empty-first-tab-gets-a-header", test_an_empty_first_tab_gets_a_header);
  ADD ("dates-have-their-format", test_dates_have_their_format);
  ADD ("what-was-written-is-found-unchanged", test_what_was_written_is_found_unchanged);
  ADD ("an-update-touches-only-its-cells", test_an_update_touches_only_its_cells);
  ADD ("rows-go-below-everything-in-the-sheet", test_rows_go_below_everything_in_the_sheet);
  ADD ("a-full-grid-grows-and-few-requests-suffice", test_a_full_grid_grows_and_few_requests_suffice);
  ADD ("scattered-rows-are-found-with-one-request", test_scattered_rows_are_found_with_one_request);
  ADD ("rows-that-were-moved-are-found-where-they-are", test_rows_that_were_moved_are_found_where_they_are);
  ADD ("rows-that-somebody-adds-are-not-written-over", test_rows_that_somebody_adds_are_not_written_over);
  ADD ("a-row-typed-below-is-not-written-over-by-new-ones",
       test_a_row_typed_below_is_not_written_over_by_new_ones);
  ADD ("rows-appended-without-a-look-are-not-written-over-either",
       test_rows_appended_without_a_look_are_not_written_over_either);
  ADD ("what-was-created-can-be-removed", test_what_was_created_can_be_removed);
  ADD ("only-untouched-rows-are-removed", test_only_untouched_rows_are_removed);
  ADD ("rows-that-moved-are-removed-where-they-are", test_rows_that_moved_are_removed_where_they_are);
  ADD ("a-small-grid-keeps-its-size", test_a_small_grid_keeps_its_size);
  ADD ("a-lost-removal-is-told", test_a_lost_removal_is_told);
  ADD ("a-lost-answer-is-told-and-what-arrived-is-found",
       test_a_lost_answer_is_told_and_what_arrived_is_found);
  ADD ("a-write-that-never-arrived-can-be-tried-again", test_a_write_that_never_arrived_can_be_tried_again);
  ADD ("a-refused-batch-writes-nothing-and-is-no-loss", test_a_refused_batch_writes_nothing_and_is_no_loss);
  ADD ("an-expired-token-is-renewed", test_an_expired_token_is_renewed);
  ADD ("refusals-say-what-to-do", test_refusals_say_what_to_do);
  ADD ("columns-must-be-there-once", test_columns_must_be_there_once);
  ADD ("keys-are-found-however-they-are-typed", test_keys_are_found_however_they_are_typed);
  ADD ("a-date-can-be-the-key", test_a_date_can_be_the_key);
  ADD ("without-a-key-a-record-is-known-by-all-its-fields",
       test_without_a_key_a_record_is_known_by_all_its_fields);
  ADD ("equal-rows-without-a-key-are-told-apart", test_equal_rows_without_a_key_are_told_apart);
  ADD ("a-text-too-long-for-a-cell-is-rejected-alone", test_a_text_too_long_for_a_cell_is_rejected_alone);
  ADD ("rejects-are-not-looked-up", test_rejects_are_not_looked_up);
  ADD ("a-record-is-found-by-the-key-it-had", test_a_record_is_found_by_the_key_it_had);
  ADD ("a-source-is-read-to-the-end-of-its-grid", test_a_source_is_read_to_the_end_of_its_grid);
  ADD ("a-source-that-is-not-there-is-told", test_a_source_that_is_not_there_is_told);
  ADD ("fields-are-the-header-with-types-of-a-sample", test_fields_are_the_header_with_types_of_a_sample);
  ADD ("the-address-of-a-spreadsheet-will-do", test_the_address_of_a_spreadsheet_will_do);
  ADD ("a-good-key-is-labelled-with-its-address", test_a_good_key_is_labelled_with_its_address);
  ADD ("cancelling-ends-a-request", test_cancelling_ends_a_request);
  int status = g_test_run ();
  g_clear_pointer (&harness, harness_free);
  return status;
}
