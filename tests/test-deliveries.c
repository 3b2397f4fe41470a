/* test-deliveries.c: every template, given two accounts and what it must be told, delivers; a second run finds all as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "harness.h"
#include "import.h"

static const struct {
  const char *connector, *origin, *secret; /* secret (nullable): the key file */
} accounts[] = {
  { "google-sheets", "google", NULL },
  { "stripe", "stripe", "{\"api_key\":\"sk_test_x\"}" },
  { "mailchimp", "mailchimp", "{\"api_key\":\"0123456789abcdef-us6\"}" },
  { "hubspot", "hubspot", "{\"access_token\":\"pat-eu1-0123456789\"}" },
  { "brevo", "brevo", "{\"api_key\":\"xkeysib-0123456789\"}" },
};

/* What is at the services before; "FOLDER" is the profile's. */
static const struct {
  const char *path, *body;
} records[] = {
  { "/stripe/count", "{\"object\":\"customers\",\"count\":0}" },
  { "/stripe/count", "{\"object\":\"invoices\",\"count\":0}" },
  { "/stripe/count", "{\"object\":\"refunds\",\"count\":0}" },
#define STRIPE(object, members) "{\"object\":\"" object "\",\"record\":{" members "},\"event\":\"none\"}"
#define TIME "\"created\":1795350000" /* 22 November 2026, past noon */
  { "/stripe",
    STRIPE ("customers", "\"id\":\"cus_1\",\"email\":\" Ada@Boutique.test \",\"name\":\"Ada de Lovelace\","
                         "\"phone\":\"+33123456789\",\"address\":{\"line1\":\"1 rue X\",\"postal_code\":"
                         "\"01000\",\"city\":\"Bourg\",\"country\":\"FR\"}," TIME) },
  { "/stripe", STRIPE ("customers", "\"id\":\"cus_2\",\"email\":null,\"name\":\"Nobody\"," TIME) },
  { "/stripe", STRIPE ("payment_intents",
                       "\"id\":\"pi_1\",\"amount\":1999,\"amount_received\":1999,\"currency\":\"eur\","
                       "\"status\":\"succeeded\",\"receipt_email\":\"ada@boutique.test\"," TIME) },
  { "/stripe", STRIPE ("payment_intents", "\"id\":\"pi_2\",\"amount\":1,\"status\":\"canceled\"," TIME) },
  { "/stripe",
    STRIPE ("invoices",
            "\"id\":\"in_1\",\"number\":\"F-0001\",\"status\":\"paid\",\"currency\":\"eur\",\"total\":"
            "123450,\"amount_paid\":123450,\"customer_name\":\"Ada\",\"customer_email\":"
            "\"ada@boutique.test\"," TIME) },
  { "/stripe", STRIPE ("invoices", "\"id\":\"in_2\",\"status\":\"draft\"," TIME) },
  { "/stripe",
    STRIPE ("refunds", "\"id\":\"re_1\",\"status\":\"succeeded\",\"currency\":\"eur\",\"amount\":1999,"
                       "\"payment_intent\":\"pi_1\",\"reason\":\"duplicate\"," TIME) },
  { "/stripe", STRIPE ("refunds", "\"id\":\"re_2\",\"status\":\"pending\"," TIME) },
#define CRM(service, shelf, members)                                                                         \
  "{\"service\":\"" service "\",\"shelf\":\"" shelf "\",\"record\":{" members "}}"
#define HUBSPOT(shelf, members) CRM ("hubspot", shelf, "\"properties\":{" members "}")
  { "/records",
    HUBSPOT ("contacts",
             "\"email\":\"Grace@boutique.test\",\"firstname\":\"Grace\",\"lastname\":\"Hopper\"") },
  { "/records", HUBSPOT ("contacts", "\"email\":\"no@boutique.test\",\"hs_email_optout\":\"true\"") },
  { "/records", HUBSPOT ("contacts", "\"firstname\":\"Nobody\"") },
  { "/records",
    HUBSPOT ("deals", "\"dealname\":\"Big one\",\"amount\":\"1234.50\",\"deal_currency_code\":\"EUR\","
                      "\"closedate\":\"2026-11-22T10:00:00Z\",\"hs_is_closed_won\":\"true\"") },
  { "/records",
    HUBSPOT ("deals", "\"dealname\":\"Lost one\",\"amount\":\"5\",\"hs_is_closed_won\":\"false\"") },
  { "/records", CRM ("mailchimp", "members",
                     "\"email_address\":\"alan@boutique.test\",\"status\":\"subscribed\",\"merge_fields\":{"
                     "\"FNAME\":\"Alan\",\"LNAME\":\"Turing\"}") },
  { "/records", CRM ("mailchimp", "members",
                     "\"email_address\":\"left@boutique.test\",\"status\":\"unsubscribed\",\"merge_fields\":{"
                     "\"FNAME\":\"Left\",\"LNAME\":\"\"}") },
  { "/records", CRM ("brevo", "contacts",
                     "\"email\":\"zoe@boutique.test\",\"emailBlacklisted\":false,\"attributes\":{\"PRENOM\":"
                     "\"Zoé\",\"NOM\":\"É\"}") },
  { "/records", CRM ("brevo", "contacts",
                     "\"email\":\"stop@boutique.test\",\"emailBlacklisted\":true,\"attributes\":{}") },
  { "/sheet", "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"In\",\"values\":[[\"Name\",\"E-mail\",\"Phone\"],[\" "
              "Ada \",\"ADA@x.test\",\"0123456789\"]]}" },
};

#define CONTACTS_CSV                                                                                         \
  "Name,First name,Last name,E-mail,Phone,Company\n Ada , Ada ,Lovelace, ADA@x.test ,0123456789,Engines\n"   \
  "Alan,Alan,Turing,alan@x.test,,\n"

#define SHEET "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"Out\"}"
#define LIST "{\"list\":\"a1b2c3d4e5\"}"
#define IN "{\"path\":\"FOLDER/in.csv\"}"
#define OUT "{\"path\":\"FOLDER/out.csv\"}"

/* What each template is told, and what has then arrived: pieces of the destination as it is written there. */
static const struct {
  const char *id, *source, *destination;
  guint created, filtered;
  const char *pieces[6];
} cases[] = {
  { "csv-to-csv", IN, OUT, 2, 0, { "Name,E-mail,Phone\nAda,ada@x.test,+33123456789\nAlan,alan@x.test,\n" } },
  { "csv-to-sheets",
    IN,
    SHEET,
    2,
    0,
    { "[\"Name\",\"E-mail\",\"Phone\"],[\"Ada\",\"ada@x.test\",\"0123456789\"]" } },
  { "sheets-to-csv",
    "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"In\"}",
    OUT,
    1,
    0,
    { "Ada,ada@x.test,0123456789\n" } },
  { "stripe-customers-to-sheets",
    "{}",
    SHEET,
    2,
    0,
    { "\"Ada de Lovelace\",\"ada@boutique.test\",\"+33123456789\",\"1 rue X\",\"01000\"" } },
  { "stripe-payments-to-sheets",
    "{}",
    SHEET,
    1,
    1,
    { "46348.555", "19.9899", "\"EUR\",\"ada@boutique.test\"", "\"pi_1\"" } },
  { "stripe-payments-to-csv",
    "{}",
    OUT,
    1,
    1,
    { "Date;Amount;Currency;E-mail;Description;Payment\n22/11/2026;19,99;EUR;ada@boutique.test;" } },
  { "stripe-invoices-to-csv",
    "{}",
    OUT,
    1,
    1,
    { "Date;Number;Customer;E-mail;Total;Paid;Currency;Status;Invoice\n22/11/"
      "2026;F-0001;Ada;ada@boutique.test;1234,50;1234,50;EUR;paid;in_1\n" } },
  { "stripe-refunds-to-csv",
    "{}",
    OUT,
    1,
    1,
    { "Date;Amount;Currency;Payment;Reason;Refund\n22/11/2026;19,99;EUR;pi_1;duplicate;re_1\n" } },
  { "stripe-customers-to-mailchimp",
    "{}",
    LIST,
    1,
    1,
    { "\"email_address\":\"ada@boutique.test\"", "\"FNAME\":\"Ada\"", "\"LNAME\":\"Lovelace\"",
      "\"status\":\"unsubscribed\"" } },
  { "stripe-customers-to-brevo",
    "{}",
    "{}",
    1,
    1,
    { "\"email\":\"ada@boutique.test\"", "\"PRENOM\":\"Ada\"", "\"NOM\":\"Lovelace\"" } },
  { "stripe-customers-to-hubspot",
    "{}",
    "{}",
    1,
    1,
    { "\"email\":\"ada@boutique.test\"", "\"firstname\":\"Ada\"", "\"lastname\":\"Lovelace\"",
      "\"zip\":\"01000\"", "\"phone\":\"+33123456789\"" } },
  { "hubspot-contacts-to-mailchimp",
    "{}",
    LIST,
    1,
    2,
    { "\"email_address\":\"grace@boutique.test\"", "\"FNAME\":\"Grace\"", "\"LNAME\":\"Hopper\"" } },
  { "hubspot-contacts-to-brevo",
    "{}",
    "{}",
    1,
    2,
    { "\"email\":\"grace@boutique.test\"", "\"PRENOM\":\"Grace\"", "\"NOM\":\"Hopper\"" } },
  { "hubspot-deals-to-sheets",
    "{}",
    SHEET,
    1,
    1,
    { "\"Date\",\"Name\",\"Amount\",\"Currency\",\"Deal\"", "\"Big one\",1234.5,\"EUR\"" } },
  { "mailchimp-members-to-sheets",
    LIST,
    SHEET,
    2,
    0,
    { "\"alan@boutique.test\",\"Alan\",\"Turing\",\"subscribed\"", "\"unsubscribed\"" } },
  { "mailchimp-members-to-hubspot",
    LIST,
    "{}",
    1,
    1,
    { "\"email\":\"alan@boutique.test\"", "\"firstname\":\"Alan\"" } },
  { "brevo-contacts-to-sheets",
    "{}",
    SHEET,
    2,
    0,
    { "\"zoe@boutique.test\",\"Zoé\",\"É\",false", "\"stop@boutique.test\",null,null,true" } },
  { "csv-to-hubspot",
    IN,
    "{}",
    2,
    0,
    { "\"email\":\"ada@x.test\"", "\"firstname\":\"Ada\"", "\"company\":\"Engines\"",
      "\"lastname\":\"Turing\"" } },
};

static Harness *start (void) {
  static const char *const options[] = { "--payments", "0", NULL };
  Harness *harness = harness_new (options);
  for (guint i = 0; i < G_N_ELEMENTS (accounts); i++) {
    g_autofree char *base_url = g_strconcat ("base_url=", harness_origin (harness, accounts[i].origin), NULL);
    g_auto (HarnessResult) result = { 0 };
    harness_expect (harness, 0, &result, accounts[i].secret ? accounts[i].secret : harness_key (harness),
                    "account", "add", accounts[i].connector, "--name", accounts[i].connector, "--set",
                    base_url, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    harness_post (harness, records[i].path, "%s", records[i].body);
  g_autofree char *csv = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_assert_true (g_file_set_contents (csv, CONTACTS_CSV, -1, NULL));
  return harness;
}

/* Chooses the account and the options of one end. */
static void choose (JsonObject *integration, const char *end, const char *options, Harness *harness) {
  JsonObject *endpoint = json_object_get_object_member (integration, end);
  const char *connector = json_object_get_string_member (endpoint, "connector");
  if (!g_str_equal (connector, "csv"))
    json_object_set_string_member (endpoint, "account", connector);
  g_autoptr (GString) text = g_string_new (options);
  g_string_replace (text, "FOLDER", harness_folder (harness), 0);
  g_autoptr (JsonNode) node = harness_parse (text->str);
  JsonObject *chosen = json_object_ref (json_node_get_object (node));
  JsonObject *has = json_object_has_member (endpoint, "options")
                        ? json_object_get_object_member (endpoint, "options")
                        : NULL;
  g_autoptr (GList) names = has ? json_object_get_members (has) : NULL;
  for (GList *name = names; name; name = name->next)
    json_object_set_string_member (chosen, name->data, json_object_get_string_member (has, name->data));
  json_object_set_object_member (endpoint, "options", chosen);
}

/* Imports template @id, made whole; gives the name of the integration. (transfer full) */
static char *import (Harness *harness, const char *id, const char *source, const char *destination) {
  g_autoptr (GError) error = NULL;
  g_autofree char *template = hub_template_text (id, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) node = harness_parse (template);
  choose (json_node_get_object (node), "source", source, harness);
  choose (json_node_get_object (node), "destination", destination, harness);
  g_autofree char *integration = json_to_string (node, FALSE);
  g_autofree char *text =
      g_strdup_printf ("{\"format\":\"integration-hub/1\",\"integrations\":[%s]}", integration);
  g_autofree char *path = g_build_filename (harness_folder (harness), "import.json", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "import", path, NULL);
  return g_strdup (json_object_get_string_member (json_node_get_object (node), "name"));
}

static void run (Harness *harness, const char *name, guint created, guint unchanged, guint filtered) {
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "run", name, "--full", "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  JsonObject *object = json_node_get_object (node);
  g_test_message ("%s", result.out);
  g_assert_cmpint (json_object_get_int_member (object, "created"), ==, created);
  g_assert_cmpint (json_object_get_int_member (object, "updated"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (object, "unchanged"), ==, unchanged);
  g_assert_cmpint (json_object_get_int_member (object, "filtered"), ==, filtered);
  g_assert_cmpint (json_object_get_int_member (object, "rejected"), ==, 0);
}

/* All that is at the destination of template @id, as text. (transfer full) */
static char *dump (Harness *harness, const char *id) {
  const char *to = strstr (id, "-to-") + strlen ("-to-");
  if (g_str_equal (to, "csv")) {
    g_autofree char *path = g_build_filename (harness_folder (harness), "out.csv", NULL);
    char *text = NULL;
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return text;
  }
  if (g_str_equal (to, "sheets")) {
    g_autoptr (JsonObject) sheet = harness_sheet (harness, "Out");
    return json_to_string (json_object_get_member (sheet, "values"), FALSE);
  }
  g_autofree char *path = g_strdup_printf ("/records?service=%s&shelf=%s", to,
                                           g_str_equal (to, "mailchimp") ? "members" : "contacts");
  g_autoptr (JsonNode) node = harness_get (harness, path);
  return json_to_string (node, FALSE);
}

static void test_a_template_delivers (gconstpointer data) {
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Harness) harness = start ();
  g_autofree char *name = import (harness, cases[i].id, cases[i].source, cases[i].destination);
  run (harness, name, cases[i].created, 0, cases[i].filtered);
  g_autofree char *arrived = dump (harness, cases[i].id);
  for (guint p = 0; p < G_N_ELEMENTS (cases[i].pieces) && cases[i].pieces[p]; p++)
    if (strstr (arrived, cases[i].pieces[p]) == NULL)
      g_error ("%s: no %s in %s", cases[i].id, cases[i].pieces[p], arrived);
  run (harness, name, 0, cases[i].created, cases[i].filtered);
  g_autofree char *after = dump (harness, cases[i].id);
  g_assert_cmpstr (after, ==, arrived);
}

static void test_each_template_is_in_here (void) {
  g_autoptr (GPtrArray) templates = hub_template_list ();
  for (guint i = 0; i < templates->len; i++) {
    const HubTemplate *template = templates->pdata[i];
    guint found = 0;
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      found += g_str_equal (cases[c].id, template->id);
    g_test_message ("%s", template->id);
    g_assert_cmpuint (found, ==, 1);
  }
  g_assert_cmpuint (templates->len, ==, G_N_ELEMENTS (cases));
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliveries/all", test_each_template_is_in_here);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/deliveries/", cases[i].id, NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_a_template_delivers);
  }
  return g_test_run ();
}
