/* test-csv.c: a CSV file as source and as destination: exact cells, found rows, one commit or none.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connector.h"
#include "date.h"
#include "error.h"

static char *folder, *path; /* (owned) of the test that runs: its file is "a.csv" */

static void set_up (const char *contents) {
  g_autoptr (GError) error = NULL;
  folder = g_dir_make_tmp ("hub-csv-XXXXXX", NULL);
  path = g_build_filename (folder, "a.csv", NULL);
  if (contents != NULL)
    g_file_set_contents (path, contents, -1, &error);
  g_assert_no_error (error);
}

/* Checks that no other file was left behind. */
static void tear_down (void) {
  g_unlink (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_clear_pointer (&folder, g_free);
  g_clear_pointer (&path, g_free);
}

static void assert_file (const char *contents) {
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, contents);
}

/* The connector on the test's file with one more option (nullable). */
static HubConnector *try_csv (const char *option, const char *value, GError **error) {
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("csv", NULL, "rows");
  json_object_set_string_member (endpoint->options, "path", path);
  if (option != NULL)
    json_object_set_string_member (endpoint->options, option, value);
  return hub_connector_open (endpoint, NULL, NULL, error);
}

static HubConnector *open_csv (const char *option, const char *value) {
  g_autoptr (GError) error = NULL;
  HubConnector *csv = try_csv (option, value, &error);
  g_assert_no_error (error);
  return csv;
}

static void assert_problem (GError **error, int code, const char *hint) {
  g_assert_error (*error, HUB_ERROR, code);
  if (strstr ((*error)->message, hint) == NULL)
    g_error ("“%s” does not say “%s”", (*error)->message, hint);
  g_assert_null (strchr ((*error)->message, '\n'));
  g_clear_error (error);
}

static HubDelivery *add_delivery (GPtrArray *deliveries, const HubValue *values, guint n_values) {
  HubDelivery *delivery = hub_delivery_new (n_values);
  for (guint i = 0; i < n_values; i++) {
    hub_value_copy (&delivery->values[i], &values[i]);
    delivery->write[i] = HUB_WRITE_ALWAYS;
    delivery->change[i] = TRUE;
  }
  g_ptr_array_add (deliveries, delivery);
  return delivery;
}

static GPtrArray *new_deliveries (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
}

static HubDelivery *add_texts (GPtrArray *deliveries, const char *first, const char *second) {
  const HubValue values[] = { { .text = (char *) first }, { .text = (char *) second } };
  return add_delivery (deliveries, values, 2);
}

static void look_up_and_plan (HubConnector *csv, GPtrArray *deliveries) {
  g_autoptr (GError) error = NULL;
  g_assert_true (hub_connector_look_up (csv, deliveries, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    delivery->action = delivery->found ? HUB_ACTION_UPDATE : HUB_ACTION_CREATE;
  }
}

static void test_records_arrive_as_text_in_the_order_of_the_paths (void) {
  static const char *const paths[] = { "Montant", "Code", "Note", NULL };
  g_autoptr (GError) error = NULL;
  set_up ("Code;Note;Montant\n007;\"deux\nlignes; 🙂\";1 "
          "234,56\n12345678901234567890;=IMPORTXML(\"http://x\")\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  hub_connector_set_source (csv, paths);
  g_autoptr (HubPage) page = hub_connector_read_page (csv, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->records->len, ==, 2);
  g_assert_null (page->next);
  static const char *const expected[2][3] = { { "1 234,56", "007", "deux\nlignes; 🙂" },
                                              { "", "12345678901234567890", "=IMPORTXML(\"http://x\")" } };
  for (guint i = 0; i < 2; i++) {
    const HubRecord *record = page->records->pdata[i];
    g_assert_null (record->key);
    g_assert_cmpuint (record->n_values, ==, 3);
    for (guint j = 0; j < 3; j++) {
      g_assert_cmpint (record->values[j].type, ==, HUB_TYPE_TEXT);
      g_assert_cmpstr (record->values[j].text, ==, expected[i][j]);
    }
  }
  g_assert_true (hub_value_is_blank (&((HubRecord *) page->records->pdata[1])->values[0]));
  tear_down ();
}

static void test_pages_follow_each_other_to_the_end (void) {
  static const char *const paths[] = { "n", NULL };
  static const guint sizes[] = { 0, 1, 499, 500, 501, 1000, 1234 };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GString) text = g_string_new ("n,x\n");
    g_autoptr (GError) error = NULL;
    g_autofree char *position = NULL;
    guint n = 0;
    for (guint j = 0; j < sizes[i]; j++)
      g_string_append_printf (text, "%u,é\n", j);
    set_up (text->str);
    g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
    hub_connector_set_source (csv, paths);
    do {
      g_autoptr (HubPage) page = hub_connector_read_page (csv, position, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (page->records->len, <=, 500);
      for (guint j = 0; j < page->records->len; j++, n++) {
        g_autofree char *expected = g_strdup_printf ("%u", n);
        g_assert_cmpstr (((HubRecord *) page->records->pdata[j])->values[0].text, ==, expected);
      }
      g_free (position);
      position = g_steal_pointer (&page->next);
    } while (position != NULL);
    g_assert_cmpuint (n, ==, sizes[i]);
    tear_down ();
  }
}

static void test_bad_sources_are_refused_with_place_and_remedy (void) {
  static const struct {
    const char *file;
    int code;
    const char *hint;
  } cases[] = {
    { NULL, HUB_ERROR_FILE, "check the path" },
    { "", HUB_ERROR_FILE, "the names of the columns" },
    { "\n\n", HUB_ERROR_FILE, "the names of the columns" },
    { "a,,c\n1,2,3\n", HUB_ERROR_FILE, "column 2" },
    { "a,b, \n1,2,3\n", HUB_ERROR_FILE, "column 3" },
    { "a,b,a\n1,2,3\n", HUB_ERROR_FILE, "column 3 is called “a”" },
    { "b,c\n1,2\n", HUB_ERROR_FIELD, "no column “a”; there are: b, c" },
    { "a,b\n1,2\n3,4,5\n", HUB_ERROR_FILE,
      "line 3: 3 cells, but the first row has 2; put a cell that holds “,” in quotes" },
    { "a,b\n1,\"2\nx\"\n3,4,,5,\n", HUB_ERROR_FILE, "line 4: 4 cells" },
    { "a,b\n1,\"2\n", HUB_ERROR_FILE, "line 2" },
  };
  static const char *const paths[] = { "a", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    set_up (cases[i].file);
    g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
    hub_connector_set_source (csv, paths);
    g_assert_null (hub_connector_read_page (csv, NULL, NULL, &error));
    assert_problem (&error, cases[i].code, cases[i].hint);
    tear_down ();
  }
}

static void test_a_row_with_blanks_beyond_the_header_is_read (void) {
  static const char *const paths[] = { "a", "b", NULL };
  g_autoptr (GError) error = NULL;
  set_up ("a,b\n1,2,,\n3\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  hub_connector_set_source (csv, paths);
  g_autoptr (HubPage) page = hub_connector_read_page (csv, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->records->len, ==, 2);
  g_assert_cmpstr (((HubRecord *) page->records->pdata[0])->values[1].text, ==, "2");
  g_assert_cmpstr (((HubRecord *) page->records->pdata[1])->values[1].text, ==, "");
  tear_down ();
}

static void test_options_are_checked (void) {
  static const struct {
    const char *name, *value;
    gboolean good;
  } cases[] = {
    { "delimiter", "auto", TRUE },
    { "delimiter", ",", TRUE },
    { "delimiter", ":", TRUE },
    { "delimiter", "tab", TRUE },
    { "delimiter", ";;", FALSE },
    { "delimiter", "\"", FALSE },
    { "delimiter", "é", FALSE },
    { "delimiter", "", FALSE },
    { "encoding", "auto", TRUE },
    { "encoding", "UTF-8", TRUE },
    { "encoding", "Windows-1252", TRUE },
    { "encoding", "latin1", FALSE },
    { "decimal", ".", TRUE },
    { "decimal", ",", TRUE },
    { "decimal", "comma", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    set_up ("a,b\n1,2\n");
    g_autoptr (HubConnector) csv = try_csv (cases[i].name, cases[i].value, &error);
    g_assert_cmpint (csv != NULL, ==, cases[i].good);
    g_autoptr (GPtrArray) fields = csv ? hub_connector_list_fields (csv, NULL, &error) : NULL;
    if (cases[i].good)
      g_assert_no_error (error);
    else {
      g_autofree char *sentence =
          g_strdup_printf ("“%s” cannot be “%s”: auto, ", cases[i].name, cases[i].value);
      assert_problem (&error, HUB_ERROR_INVALID, sentence);
    }
    tear_down ();
  }
}

static void test_fields_show_the_type_that_their_cells_have (void) {
  static const struct {
    const char *cells, *type, *example;
  } cases[] = {
    { "12\n-3\n0\n", "integer", "12" },
    { "007\n12\n", "text", "007" },
    { "12\n3,5\n", "decimal", "12" },
    { "1 234,56\n5 €\n", "decimal", "1 234,56" },
    { "06 12 34 56 78\n", "text", "06 12 34 56 78" },
    { "22/11/2026\n2026-11-23\n", "date", "22/11/2026" },
    { "oui\nnon\n", "boolean", "oui" },
    { "oui\n5\n", "text", "oui" },
    { "a@example.org\nb.c@example.org\n", "email", "a@example.org" },
    { "a@example.org\nnone\n", "text", "a@example.org" },
    { "\"\"\n\"\"\n12\n", "integer", "12" },
    { "\"\"\n", "text", NULL },
    { "", "text", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strconcat ("Le champ\n", cases[i].cells, NULL);
    set_up (text);
    g_autoptr (HubConnector) csv = open_csv ("delimiter", ";");
    g_autoptr (GPtrArray) fields = hub_connector_list_fields (csv, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (fields->len, ==, 1);
    const HubField *field = fields->pdata[0];
    g_assert_cmpstr (field->name, ==, "Le champ");
    g_assert_cmpstr (field->label, ==, "Le champ");
    g_assert_cmpstr (hub_type_name (field->type), ==, cases[i].type);
    g_assert_cmpstr (field->example, ==, cases[i].example);
    tear_down ();
  }
}

static void test_a_new_file_gets_the_targets_as_header (void) {
  static const char *const targets[] = { "ID", "Montant", "Date", "Actif", "Note", NULL };
  const HubValue values[] = {
    { HUB_TYPE_TEXT, (char *) "007", NULL, NULL },
    { HUB_TYPE_MONEY, (char *) "1234.50", "EUR", NULL },
    { HUB_TYPE_DATE, (char *) "2026-11-22", "%d/%m/%Y", NULL },
    { HUB_TYPE_BOOLEAN, (char *) "true", NULL, NULL },
    { HUB_TYPE_TEXT, (char *) "=1+1\n\"é🙂\" 1.5", NULL, NULL },
  };
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) deliveries = new_deliveries ();
    set_up (i == 2 ? "" : NULL);
    g_autoptr (HubConnector) csv = open_csv (i == 1 ? "delimiter" : NULL, ";");
    g_assert_true (hub_connector_needs_commit (csv));
    g_assert_cmpuint (HUB_CONNECTOR_GET_CLASS (csv)->batch_size, ==, 1000);
    g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
    g_assert_no_error (error);
    add_delivery (deliveries, values, 5);
    look_up_and_plan (csv, deliveries);
    g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
    g_assert_cmpstr (((HubDelivery *) deliveries->pdata[0])->found, ==, "1");
    g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, i == 2);
    g_assert_true (hub_connector_commit (csv, NULL, &error));
    g_assert_no_error (error);
    assert_file (
        i == 1 ? "ID;Montant;Date;Actif;Note\n007;1234,50;22/11/2026;true;\"=1+1\n\"\"é🙂\"\" 1.5\"\n"
               : "ID,Montant,Date,Actif,Note\n007,1234.50,22/11/2026,true,\"=1+1\n\"\"é🙂\"\" 1.5\"\n");
    tear_down ();
  }
}

static void test_rows_are_found_changed_and_added (void) {
  static const char *const targets[] = { "E-mail", "Nom", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("\xEF\xBB\xBFTél;Nom;E-mail\r\n\"01\r\n02\";Zoé; A@Example.org "
          "\r\n03;Bob;b@example.org\r\n04;Cléo\r\n;;\r\n05;Twin;b@example.org\r\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  g_assert_no_error (error);
  HubDelivery *zoe = add_texts (deliveries, "a@example.org", "Zoé");
  HubDelivery *bob = add_texts (deliveries, "b@example.org", "Robert;\"Bob\"");
  HubDelivery *new = add_texts (deliveries, "n@example.org", "Neuf");
  HubDelivery *bad = add_texts (deliveries, "b@example.org", "Bad");
  bad->action = HUB_ACTION_REJECT;
  look_up_and_plan (csv, deliveries);
  g_assert_cmpstr (zoe->found, ==, "1");
  g_assert_cmpstr (zoe->before[0].text, ==, " A@Example.org ");
  g_assert_true (hub_value_same (&zoe->before[1], &zoe->values[1]));
  g_assert_cmpstr (bob->found, ==, "2");
  g_assert_cmpstr (bob->before[1].text, ==, "Bob");
  g_assert_false (hub_value_same (&bob->before[1], &bob->values[1]));
  g_assert_null (new->found);
  g_assert_null (new->before);
  g_assert_null (bad->found);
  g_ptr_array_remove (deliveries, bad);
  zoe->change[0] = FALSE;
  zoe->change[1] = FALSE;
  bob->change[0] = FALSE;
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_cmpstr (bob->found, ==, "2");
  g_assert_cmpstr (new->found, ==, "6");
  /* looked up again before the commit, a row is as it was written, and a new one is not found */
  g_autoptr (GPtrArray) again = new_deliveries ();
  HubDelivery *robert = add_texts (again, "b@example.org", "Bob");
  HubDelivery *still_new = add_texts (again, "n@example.org", "Neuf");
  g_assert_true (hub_connector_look_up (csv, again, NULL, &error));
  g_assert_cmpstr (robert->found, ==, "2");
  g_assert_cmpstr (robert->before[1].text, ==, "Robert;\"Bob\"");
  g_assert_null (still_new->found);
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  g_assert_no_error (error);
  assert_file ("\xEF\xBB\xBFTél;Nom;E-mail\r\n\"01\r\n02\";Zoé;\" A@Example.org "
               "\"\r\n03;\"Robert;\"\"Bob\"\"\";b@example.org\r\n"
               "04;Cléo;\r\n;;\r\n05;Twin;b@example.org\r\n;Neuf;n@example.org\r\n");
  tear_down ();
}

static void test_a_cell_that_already_says_it_is_no_change (void) {
  static const char *const targets[] = { "id", "n", "d", "t", NULL };
  HubValue values[] = {
    { HUB_TYPE_INTEGER, (char *) "12345678901234567890", NULL, NULL },
    { HUB_TYPE_MONEY, (char *) "19.90", "EUR", NULL },
    { HUB_TYPE_DATE, (char *) "2026-11-22", "%d/%m/%Y", NULL },
    { HUB_TYPE_DATETIME, (char *) "2026-11-22T09:30:00Z", "%d/%m/%Y %H:%M", "Europe/Paris" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("id;n;d;t\n12345678901234567890;19,90;22/11/2026;22/11/2026 10:30\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  HubDelivery *same = add_delivery (deliveries, values, 4);
  values[1].text = (char *) "19.95";
  values[2].text = (char *) "2026-11-23";
  HubDelivery *other = add_delivery (deliveries, values, 4);
  look_up_and_plan (csv, deliveries);
  for (guint i = 0; i < 4; i++)
    g_assert_true (hub_value_same (&same->before[i], &same->values[i]));
  g_assert_cmpint (same->before[1].type, ==, HUB_TYPE_MONEY);
  g_assert_false (hub_value_same (&other->before[1], &other->values[1]));
  g_assert_cmpstr (other->before[1].text, ==, "19,90");
  g_assert_false (hub_value_same (&other->before[2], &other->values[2]));
  tear_down ();
}

static void test_a_number_is_compared_by_value (void) {
  static const char *const targets[] = { "id", "n", NULL };
  static const struct {
    const char *cell, *wanted;
    HubType type;
    gboolean same;
    const char *before; /* what differs is kept as it stands, for an undo */
  } cases[] = {
    { "12,5", "12.50", HUB_TYPE_DECIMAL, TRUE, "12.50" },
    { "1 234,5 €", "1234.50", HUB_TYPE_MONEY, TRUE, "1234.50" },
    { "1.234", "1234", HUB_TYPE_INTEGER, TRUE, "1234" },
    { "(3,00)", "-3", HUB_TYPE_DECIMAL, TRUE, "-3" },
    { "12,5", "12.51", HUB_TYPE_DECIMAL, FALSE, "12,5" },
    { "1 234,5 €", "1234.51", HUB_TYPE_MONEY, FALSE, "1 234,5 €" },
    { "1.234", "1.234", HUB_TYPE_DECIMAL, FALSE, "1234" },
    { "n/a", "12.50", HUB_TYPE_DECIMAL, FALSE, "n/a" },
    { "", "0", HUB_TYPE_INTEGER, FALSE, "" },
    { "0", NULL, HUB_TYPE_INTEGER, FALSE, "0" },
    { "12,5", "12,50", HUB_TYPE_TEXT, FALSE, "12,5" },
    { "012", "12", HUB_TYPE_TEXT, FALSE, "012" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) deliveries = new_deliveries ();
    g_autofree char *text = g_strdup_printf ("id;n\n1;%s\n", cases[i].cell);
    const HubValue values[] = { { .text = (char *) "1" },
                                { .type = cases[i].type, .text = (char *) cases[i].wanted } };
    set_up (text);
    g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
    g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
    HubDelivery *delivery = add_delivery (deliveries, values, 2);
    look_up_and_plan (csv, deliveries);
    g_assert_cmpint (hub_value_same (&delivery->before[1], &delivery->values[1]), ==, cases[i].same);
    g_assert_cmpstr (delivery->before[1].text, ==, cases[i].before);
    tear_down ();
  }
}

static void test_a_changed_key_is_found_by_the_old_one (void) {
  static const char *const targets[] = { "id", "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("id,b\nold,x\nother,y\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  HubDelivery *renamed = add_texts (deliveries, "new", "x");
  renamed->look_up_key = g_strdup ("old");
  look_up_and_plan (csv, deliveries);
  g_assert_cmpstr (renamed->found, ==, "1");
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  assert_file ("id,b\nnew,x\nother,y\n");
  tear_down ();
}

static void test_two_updates_of_a_row_add_up (void) {
  static const char *const targets[] = { "a", "b", "c", NULL };
  g_autoptr (GError) error = NULL;
  set_up ("a,b,c\n1,2,3\n4,5,6\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  for (guint i = 1; i < 3; i++) {
    g_autoptr (GPtrArray) deliveries = new_deliveries ();
    const HubValue values[] = { { .text = (char *) "1" },
                                { .text = (char *) "B\nb" },
                                { .text = (char *) "C" } };
    HubDelivery *delivery = add_delivery (deliveries, values, 3);
    look_up_and_plan (csv, deliveries);
    for (guint j = 0; j < 3; j++)
      delivery->change[j] = i == j;
    g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
    g_assert_cmpstr (delivery->found, ==, "1");
  }
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  g_assert_no_error (error);
  assert_file ("a,b,c\n1,\"B\nb\",C\n4,5,6\n");
  tear_down ();
}

static void test_created_rows_are_taken_back_with_updates_in_one_commit (void) {
  static const char *const targets[] = { "id", "n", NULL };
  static const char file[] = "id;note;n\r\n1;mine;13\r\n2;;x\r\n3;added later;x\r\n4;;x\r\n5;;y\r\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) creates = new_deliveries (), updates = new_deliveries ();
  set_up (file);
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_can_remove (csv));
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  HubDelivery *update = add_texts (updates, "1", "1 234,5 €");
  update->change[0] = FALSE;
  const char *const ids[] = { "4", "3", "2" };
  for (guint i = 0; i < 3; i++)
    add_texts (creates, ids[i], "x");
  look_up_and_plan (csv, updates);
  look_up_and_plan (csv, creates);
  g_assert_true (hub_connector_write (csv, updates, NULL, &error));
  g_assert_true (hub_connector_remove (csv, creates, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++) {
    const HubDelivery *delivery = creates->pdata[i];
    g_assert_cmpint (delivery->action == HUB_ACTION_REJECT, ==, i == 1);
    g_assert_cmpint (delivery->problem != NULL && strstr (delivery->problem, "more than was delivered"), ==,
                     i == 1);
  }
  assert_file (file);
  /* what was left out is not found again */
  g_autoptr (GPtrArray) gone = new_deliveries ();
  HubDelivery *second = add_texts (gone, "2", "x"), *third = add_texts (gone, "3", "x");
  look_up_and_plan (csv, gone);
  g_assert_null (second->found);
  g_assert_cmpstr (third->found, ==, "3");
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  g_assert_no_error (error);
  assert_file ("id;note;n\r\n1;mine;1 234,5 €\r\n3;added later;x\r\n5;;y\r\n");
  tear_down ();
}

/* Writes @n equal rows without a key, and takes them back in batches of @batch. */
static void create_and_remove (guint n, guint batch) {
  static const char *const targets[] = { "a", "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (HubConnector) first = open_csv (NULL, NULL), undo = open_csv (NULL, NULL);
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  g_assert_true (hub_connector_prepare (first, targets, -1, NULL, &error));
  for (guint i = 0; i < n; i++)
    add_texts (deliveries, "twin", "x")->action = HUB_ACTION_CREATE;
  g_assert_true (hub_connector_write (first, deliveries, NULL, &error));
  g_assert_true (hub_connector_commit (first, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (hub_connector_prepare (undo, targets, -1, NULL, &error));
  for (guint i = 0; i < n; i += batch) {
    g_autoptr (GPtrArray) some = new_deliveries ();
    for (guint j = 0; j < batch; j++)
      add_texts (some, "twin", "x");
    look_up_and_plan (undo, some);
    g_assert_true (hub_connector_remove (undo, some, NULL, &error));
    for (guint j = 0; j < batch; j++)
      g_assert_cmpint (((HubDelivery *) some->pdata[j])->action, !=, HUB_ACTION_REJECT);
  }
  g_assert_true (hub_connector_commit (undo, NULL, &error));
  g_assert_no_error (error);
}

static void test_each_of_equal_rows_is_taken_back (void) {
  for (guint batch = 1; batch <= 4; batch *= 2) {
    set_up ("a,b\n1,2\n");
    create_and_remove (4, batch);
    assert_file ("a,b\n1,2\n");
    tear_down ();
    set_up (NULL);
    create_and_remove (4, batch);
    assert_file ("a,b\n");
    tear_down ();
    set_up ("a,b,c\ntwin,x,somebody's\n3,4,\n"); /* is equal in our columns, and stays where it is */
    create_and_remove (4, batch);
    assert_file ("a,b,c\ntwin,x,somebody's\n3,4,\n");
    tear_down ();
  }
}

/* With a key, a second row is not taken for the first: it may hold something else. */
static void test_one_row_is_not_taken_back_twice (void) {
  static const char *const targets[] = { "a", "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("a,b\n1,2\n1,somebody's\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  HubDelivery *first = add_texts (deliveries, "1", "2"), *second = add_texts (deliveries, "1", "2");
  look_up_and_plan (csv, deliveries);
  g_assert_true (hub_connector_remove (csv, deliveries, NULL, &error));
  g_assert_cmpint (first->action, !=, HUB_ACTION_REJECT);
  g_assert_cmpint (second->action, ==, HUB_ACTION_REJECT);
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  assert_file ("a,b\n1,somebody's\n");
  tear_down ();
}

static void test_what_a_killed_commit_left_is_replaced (void) {
  g_autoptr (GError) error = NULL;
  set_up ("a,b\n1,2\n");
  g_autofree char *stale = g_build_filename (folder, ".a.csv.integration-hub", NULL);
  g_assert_true (g_file_set_contents (stale, "half a row that is longer than all that comes", -1, &error));
  g_assert_cmpint (g_chmod (stale, 0400), ==, 0);
  create_and_remove (1, 1);
  assert_file ("a,b\n1,2\n");
  tear_down ();
}

/* Two integrations write one file: only the later commit has a temporary file of that name. */
static void test_a_commit_beside_another_fails_whole (void) {
  static const char *const targets[] = { "a", "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("a,b\n1,2\n");
  g_autoptr (HubConnector) one = open_csv (NULL, NULL), other = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (one, targets, 0, NULL, &error));
  g_assert_true (hub_connector_prepare (other, targets, 0, NULL, &error));
  add_texts (deliveries, "5", "new")->action = HUB_ACTION_CREATE;
  g_assert_true (hub_connector_write (one, deliveries, NULL, &error));
  g_assert_true (hub_connector_write (other, deliveries, NULL, &error));
  g_assert_true (hub_connector_commit (one, NULL, &error));
  g_assert_false (hub_connector_commit (other, NULL, &error));
  assert_problem (&error, HUB_ERROR_FILE, "run the synchronisation again");
  assert_file ("a,b\n1,2\n5,new\n");
  tear_down ();
}

static void test_a_blank_value_clears_only_what_it_may (void) {
  static const char *const targets[] = { "a", "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("a,b,c\n1,x,y\n2,x,y\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  add_texts (deliveries, "1", NULL);
  HubDelivery *kept = add_texts (deliveries, "2", NULL);
  look_up_and_plan (csv, deliveries);
  kept->change[1] = FALSE;
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  assert_file ("a,b,c\n1,,y\n2,x,y\n");
  tear_down ();
}

static void test_without_a_key_rows_of_the_file_are_found_whole (void) {
  static const char *const targets[] = { "b", "a", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("a,b,c\nx,yz,1\nxy,z,2\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, -1, NULL, &error));
  HubDelivery *there = add_texts (deliveries, "z", "xy");
  HubDelivery *new = add_texts (deliveries, "zz", "xy");
  look_up_and_plan (csv, deliveries);
  g_assert_cmpstr (there->found, ==, "2");
  g_assert_null (new->found);
  g_ptr_array_remove (deliveries, there);
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  /* a second record with the same cells is a row of its own */
  HubDelivery *twin = add_texts (deliveries, "zz", "xy");
  look_up_and_plan (csv, deliveries);
  g_assert_null (twin->found);
  g_ptr_array_remove_index (deliveries, 0);
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_cmpstr (twin->found, ==, "4");
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  assert_file ("a,b,c\nx,yz,1\nxy,z,2\nxy,zz,\nxy,zz,\n");
  tear_down ();
}

static void test_destinations_are_checked_before_anything_is_written (void) {
  static const char *const targets[] = { "a", "z", NULL };
  static const struct {
    const char *file;
    int code;
    const char *hint;
  } cases[] = {
    { "a,b\n1,2\n", HUB_ERROR_FIELD, "no column “z”; there are: a, b" },
    { "a,a\n1,2\n", HUB_ERROR_FILE, "column 2" },
    { "a,z\n1,2,3\n", HUB_ERROR_FILE, "line 2" },
    { "a,z\n1,\"2\n", HUB_ERROR_FILE, "line 2" },
  };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    set_up (cases[i].file);
    g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
    g_assert_false (hub_connector_prepare (csv, targets, 0, NULL, &error));
    assert_problem (&error, cases[i].code, cases[i].hint);
    assert_file (cases[i].file);
    tear_down ();
  }
  set_up (NULL);
  g_autofree char *deep = g_build_filename (path, "none", "a.csv", NULL);
  g_autoptr (HubConnector) csv = open_csv ("path", deep);
  g_assert_false (hub_connector_prepare (csv, targets, 0, NULL, &error));
  assert_problem (&error, HUB_ERROR_FILE, "check the path");
  tear_down ();
}

static void test_a_text_that_the_encoding_lacks_is_a_reject (void) {
  static const char *const targets[] = { "Prénom", "Note", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  set_up ("Pr\xE9nom,Note\nZo\xEB,\x80\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  g_assert_no_error (error);
  HubDelivery *good = add_texts (deliveries, "Zoë", "œuf");
  HubDelivery *bad = add_texts (deliveries, "Ana", "🙂");
  look_up_and_plan (csv, deliveries);
  g_assert_cmpstr (good->found, ==, "1");
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (good->action, ==, HUB_ACTION_UPDATE);
  g_assert_cmpint (bad->action, ==, HUB_ACTION_REJECT);
  g_assert_cmpstr (bad->problem_field, ==, "Note");
  g_assert_nonnull (strstr (bad->problem, "🙂"));
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  assert_file ("Pr\xE9nom,Note\nZo\xEB,\x9C"
               "uf\n");
  tear_down ();
}

static void test_a_run_that_writes_nothing_does_not_touch_the_file (void) {
  static const char *const targets[] = { "a", "b", NULL };
  static const char contents[] = "a, b ,b\r\n\n1,\"2\",3\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  struct stat before, after;
  set_up (contents);
  g_assert_cmpint (stat (path, &before), ==, 0);
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  add_texts (deliveries, "1", "3");
  look_up_and_plan (csv, deliveries);
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  g_assert_cmpint (stat (path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  g_assert_cmpint (before.st_mtim.tv_nsec, ==, after.st_mtim.tv_nsec);
  assert_file (contents);
  tear_down ();
}

/* What another program does to the file between look-up and commit. */
static void append (void) {
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_autofree char *longer = g_strconcat (text, "9,theirs\n", NULL);
  g_assert_true (g_file_set_contents (path, longer, -1, NULL));
}

static void shorten (void) {
  g_assert_cmpint (truncate (path, 4), ==, 0);
}

static void delete (void) {
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void make (void) {
  g_assert_true (g_file_set_contents (path, "a,b\n9,theirs\n", -1, NULL));
}

static void test_a_file_that_changed_meanwhile_is_left_alone (void) {
  static const char *const targets[] = { "a", "b", NULL };
  static const struct {
    const char *file;
    void (*change) (void);
    const char *after;
  } cases[] = {
    { "a,b\n1,2\n3,4\n", append, "a,b\n1,2\n3,4\n9,theirs\n" },
    { "a,b\n1,2\n3,4\n", shorten, "a,b\n" },
    { "a,b\n1,2\n3,4\n", delete, NULL },
    { NULL, make, "a,b\n9,theirs\n" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) deliveries = new_deliveries ();
    set_up (cases[i].file);
    g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
    g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
    add_texts (deliveries, "1", "new");
    add_texts (deliveries, "5", "new");
    look_up_and_plan (csv, deliveries);
    g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
    cases[i].change ();
    g_assert_false (hub_connector_commit (csv, NULL, &error));
    assert_problem (&error, HUB_ERROR_FILE, "run the synchronisation again");
    if (cases[i].after)
      assert_file (cases[i].after);
    else
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    tear_down ();
  }
}

static void test_a_full_disk_or_a_cancel_loses_nothing (void) {
  static const char *const targets[] = { "a", "b", NULL };
  g_autofree char *large = g_strnfill (200 * 1024, 'x');
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = new_deliveries ();
  struct rlimit old, tight;
  set_up ("a,b\n1,2\n");
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  add_texts (deliveries, "1", large);
  look_up_and_plan (csv, deliveries);
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  tight = (struct rlimit){ 50 * 1024, old.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  gboolean committed = hub_connector_commit (csv, NULL, &error);
  g_autoptr (GPtrArray) more = new_deliveries ();
  g_autoptr (GError) staged_error = NULL;
  for (guint i = 0; i < 2; i++)
    add_texts (more, "5", large)->action = HUB_ACTION_CREATE;
  gboolean staged = hub_connector_write (csv, more, NULL, &staged_error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_false (committed);
  assert_problem (&error, HUB_ERROR_FILE, "the disk is full");
  g_assert_false (staged);
  assert_problem (&staged_error, HUB_ERROR_FILE, "free some space");
  assert_file ("a,b\n1,2\n");
  g_cancellable_cancel (cancellable);
  g_assert_false (hub_connector_commit (csv, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_file ("a,b\n1,2\n");
  g_clear_object (&csv);
  tear_down ();
}

static gint64 peak_kib (void) {
  struct rusage usage;
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

static const char filler[] =
    "a text of about a hundred bytes, as the descriptions of payments often are when shops write them, é";

/* Creates @n rows in batches. */
static void create_rows (guint n) {
  static const char *const targets[] = { "ID", "Text", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  for (guint i = 0; i < n; i += 1000) {
    g_autoptr (GPtrArray) deliveries = new_deliveries ();
    for (guint j = i; j < i + 1000; j++) {
      g_autofree char *id = g_strdup_printf ("pi_%07u", j);
      add_texts (deliveries, id, filler);
    }
    look_up_and_plan (csv, deliveries);
    g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  }
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  g_assert_no_error (error);
}

/* Looks up a thousand of the rows, in another order than theirs, and plans to change them all. */
static GPtrArray *find_rows (HubConnector *csv) {
  GPtrArray *deliveries = new_deliveries ();
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *id = g_strdup_printf ("pi_%07u", i * 7919 % 100000);
    add_texts (deliveries, id, "changed");
  }
  look_up_and_plan (csv, deliveries);
  return deliveries;
}

static void test_100000_rows_are_created_and_found_again (void) {
  static const char *const targets[] = { "ID", "Text", NULL };
  g_autoptr (GError) error = NULL;
  struct stat status;
  set_up (NULL);
  create_rows (1000);
  g_assert_cmpint (g_unlink (path), ==, 0);
  gint64 before = peak_kib ();
  create_rows (100000);
  g_test_message ("100,000 new rows: peak memory grew by %d KiB", (int) (peak_kib () - before));
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpint (peak_kib () - before, <, 2048);
#endif
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==,
                   8 + 100000 * (10 + strlen (",") + strlen (filler) + 2 + strlen ("\n")));
  g_autoptr (HubConnector) csv = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (csv, targets, 0, NULL, &error));
  g_autoptr (GPtrArray) deliveries = find_rows (csv);
  for (guint i = 0; i < 1000; i++) {
    const HubDelivery *delivery = deliveries->pdata[i];
    g_autofree char *row = g_strdup_printf ("%u", i * 7919 % 100000 + 1);
    g_assert_cmpstr (delivery->found, ==, row);
    g_assert_cmpstr (delivery->before[1].text, ==, filler);
  }
  g_test_message ("with 100,000 keys: by %d KiB", (int) (peak_kib () - before));
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpint (peak_kib () - before, <, 16 * 1024);
#endif
  g_assert_true (hub_connector_write (csv, deliveries, NULL, &error));
  g_assert_true (hub_connector_commit (csv, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (HubConnector) again = open_csv (NULL, NULL);
  g_assert_true (hub_connector_prepare (again, targets, 0, NULL, &error));
  g_autoptr (GPtrArray) changed = find_rows (again);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpstr (((HubDelivery *) changed->pdata[i])->before[1].text, ==, "changed");
  tear_down ();
}

/* In a process of its own, whose peak no other test has raised. */
static void test_memory_is_flat_for_100000_rows (void) {
  g_test_trap_subprocess ("/csv/flat/subprocess/run", 0,
                          G_TEST_SUBPROCESS_INHERIT_STDOUT | G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/records-arrive-as-text", test_records_arrive_as_text_in_the_order_of_the_paths);
  g_test_add_func ("/csv/pages-follow-each-other", test_pages_follow_each_other_to_the_end);
  g_test_add_func ("/csv/bad-sources-are-refused", test_bad_sources_are_refused_with_place_and_remedy);
  g_test_add_func ("/csv/blanks-beyond-the-header-are-read",
                   test_a_row_with_blanks_beyond_the_header_is_read);
  g_test_add_func ("/csv/options-are-checked", test_options_are_checked);
  g_test_add_func ("/csv/fields-show-their-type", test_fields_show_the_type_that_their_cells_have);
  g_test_add_func ("/csv/a-new-file-gets-a-header", test_a_new_file_gets_the_targets_as_header);
  g_test_add_func ("/csv/rows-are-found-changed-and-added", test_rows_are_found_changed_and_added);
  g_test_add_func ("/csv/the-same-cell-is-no-change", test_a_cell_that_already_says_it_is_no_change);
  g_test_add_func ("/csv/numbers-by-value", test_a_number_is_compared_by_value);
  g_test_add_func ("/csv/a-changed-key", test_a_changed_key_is_found_by_the_old_one);
  g_test_add_func ("/csv/two-updates-add-up", test_two_updates_of_a_row_add_up);
  g_test_add_func ("/csv/created-rows-are-taken-back",
                   test_created_rows_are_taken_back_with_updates_in_one_commit);
  g_test_add_func ("/csv/equal-rows-are-taken-back", test_each_of_equal_rows_is_taken_back);
  g_test_add_func ("/csv/not-taken-back-twice", test_one_row_is_not_taken_back_twice);
  g_test_add_func ("/csv/a-killed-commit", test_what_a_killed_commit_left_is_replaced);
  g_test_add_func ("/csv/two-commits", test_a_commit_beside_another_fails_whole);
  g_test_add_func ("/csv/a-blank-clears-only-what-it-may", test_a_blank_value_clears_only_what_it_may);
  g_test_add_func ("/csv/without-a-key", test_without_a_key_rows_of_the_file_are_found_whole);
  g_test_add_func ("/csv/destinations-are-checked-first",
                   test_destinations_are_checked_before_anything_is_written);
  g_test_add_func ("/csv/a-text-that-the-encoding-lacks", test_a_text_that_the_encoding_lacks_is_a_reject);
  g_test_add_func ("/csv/nothing-written-nothing-touched",
                   test_a_run_that_writes_nothing_does_not_touch_the_file);
  g_test_add_func ("/csv/a-changed-file-is-left-alone", test_a_file_that_changed_meanwhile_is_left_alone);
  g_test_add_func ("/csv/a-full-disk-loses-nothing", test_a_full_disk_or_a_cancel_loses_nothing);
  g_test_add_func ("/csv/flat", test_memory_is_flat_for_100000_rows);
  g_test_add_func ("/csv/flat/subprocess/run", test_100000_rows_are_created_and_found_again);
  return g_test_run ();
}
