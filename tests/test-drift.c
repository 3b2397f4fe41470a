/* test-drift.c: a field that the mapping needs is gone: its integration stops, says which, and knows the likely new name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "harness.h"

static const struct {
  const char *connector, *name, *secret; /* secret (nullable): the key file */
} accounts[] = {
  { "google-sheets", "Compta", NULL },
  { "stripe", "Boutique", "{\"api_key\":\"sk_test_x\"}" },
  { "mailchimp", "Lettre", "{\"api_key\":\"0123456789abcdef-us6\"}" },
  { "hubspot", "Ventes", "{\"access_token\":\"pat-eu1-0123456789\"}" },
  { "brevo", "Courriel", "{\"api_key\":\"xkeysib-0123456789\"}" },
};

static const char *service_of (const char *connector) {
  return g_str_equal (connector, "google-sheets") ? "google" : connector;
}

static Harness *start (void) {
  static const char *const options[] = { "--payments", "3", NULL };
  Harness *harness = harness_new (options);
  for (guint i = 0; i < G_N_ELEMENTS (accounts); i++) {
    g_autofree char *base_url =
        g_strconcat ("base_url=", harness_origin (harness, service_of (accounts[i].connector)), NULL);
    g_auto (HarnessResult) result = { 0 };
    harness_expect (harness, 0, &result, accounts[i].secret ? accounts[i].secret : harness_key (harness),
                    "account", "add", accounts[i].connector, "--name", accounts[i].name, "--set", base_url,
                    NULL);
  }
  return harness;
}

static char *path_of (Harness *harness, const char *name) {
  return g_build_filename (harness_folder (harness), name, NULL);
}

static void write_file (Harness *harness, const char *name, const char *text) {
  g_autofree char *path = path_of (harness, name);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Keeps integration "Copie", whose ends and rules @format tells; “%s” in it is the profile's folder, as often as needed. */
static void import (Harness *harness, const char *members) {
  g_autoptr (GString) text =
      g_string_new ("{\"format\":\"integration-hub/1\",\"integrations\":[{\"name\":\"Copie\",");
  g_string_append_printf (text, "%s}]}", members);
  g_string_replace (text, "FOLDER", harness_folder (harness), 0);
  write_file (harness, "import.json", text->str);
  g_autofree char *path = path_of (harness, "import.json");
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "import", path, NULL);
}

static void run (Harness *harness, gint64 created, gint64 unchanged) {
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "run", "Copie", "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (node), "created"), ==, created);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (node), "unchanged"), ==, unchanged);
}

/* A run and a preview stop, and say just @sentence behind the place; nothing was written. */
static void assert_stopped (Harness *harness, const char *sentence) {
  g_auto (HarnessResult) result = { 0 }, preview = { 0 };
  harness_expect (harness, 4, &preview, NULL, "preview", "Copie", NULL);
  harness_expect (harness, 4, &result, NULL, "run", "Copie", "--json", NULL);
  g_assert_cmpstr (preview.err, ==, result.err);
  g_test_message ("%s", result.err);
  g_assert_nonnull (strstr (result.err, sentence));
  g_assert_true (strchr (result.err, '\n') == result.err + strlen (result.err) - 1);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  JsonObject *object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "status"), ==, "needs-attention");
  g_assert_nonnull (strstr (json_object_get_string_member (object, "message"), sentence));
  g_assert_cmpint (json_object_get_int_member (object, "created"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (object, "rejected"), ==, 0);
}

#define CSV(name) "{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"FOLDER/" name "\"}}"
#define SHEET                                                                                                \
  "{\"connector\":\"google-sheets\",\"account\":\"Compta\",\"object\":\"rows\",\"options\":{"                \
  "\"spreadsheet\":"                                                                                         \
  "\"sheet-1\",\"sheet\":\"Clients\"}}"
#define PHONES                                                                                               \
  "\"write\":{\"mode\":\"upsert\",\"key\":\"Mail\"},\"mapping\":[{\"from\":\"E-mail\",\"to\":\"Mail\"},"     \
  "{\"from\":\"Tél.\",\"to\":\"Tél.\"}]"

static void test_a_renamed_column_of_a_source_is_known_again (void) {
  static const struct {
    const char *header, *sentence;
  } cases[] = {
    { "E-mail,Téléphone",
      "clients.csv” has no column “Tél.” any more; “Téléphone” looks like its new name: open the mapping" },
    { "E-mail,Rappel",
      "has no column “Tél.” any more; “Rappel” looks like its new name" }, /* by what stands in it */
    { "Courriel,Tél.", "has no column “E-mail” any more; “Courriel” looks like its new name" },
    { "E-mail", "has no column “Tél.”; there are: E-mail; add it there, or change the mapping" },
  };
  g_autoptr (Harness) harness = start ();
  write_file (harness, "clients.csv", "E-mail,Tél.\na@x.test,0102030405\nb@x.test,0102030406\n");
  import (harness, "\"source\":" CSV ("clients.csv") ",\"destination\":" CSV ("out.csv") "," PHONES);
  run (harness, 2, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strconcat (cases[i].header, "\na@x.test,0102030405\nb@x.test,0102030406\n", NULL);
    if (strchr (cases[i].header, ',') == NULL)
      write_file (harness, "clients.csv", "E-mail\na@x.test\n");
    else
      write_file (harness, "clients.csv", text);
    assert_stopped (harness, cases[i].sentence);
  }
  write_file (harness, "clients.csv", "Tél.,New,E-mail\n0102030405,x,a@x.test\n0102030406,y,b@x.test\n");
  run (harness, 0, 2); /* others may come, and the order change */
}

static void test_a_renamed_column_of_a_sheet_is_known_again (void) {
  g_autoptr (Harness) harness = start ();
  write_file (harness, "clients.csv", "E-mail,Tél.\na@x.test,0102030405\n");
  import (harness, "\"source\":" CSV ("clients.csv") ",\"destination\":" SHEET "," PHONES);
  run (harness, 1, 0);
  harness_post (harness, "/sheet",
                "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"Clients\",\"values\":[[\"Mail\",\"Téléphone\"],["
                "\"a@x.test\",\"0102030405\"]]}");
  assert_stopped (
      harness,
      "the sheet “Clients” has no column “Tél.” any more; “Téléphone” looks like its new name: open the "
      "mapping to use it");
  import (
      harness,
      "\"source\":" SHEET ",\"destination\":" CSV (
          "out.csv") ",\"write\":{\"mode\":\"append\"},\"filter\":[{\"field\":\"Tel\",\"op\":\"not-empty\"}],"
                     "\"mapping\":[{\"from\":\"Mail\",\"to\":\"Mail\"}]");
  assert_stopped (harness,
                  "the sheet “Clients” has no column “Tel” any more; “Téléphone” looks like its new name");
}

/* What a service lists of its fields was never there, or is called something else by now. */
static void test_a_field_of_a_service_is_missed_before_anything_is_written (void) {
  static const struct {
    const char *source, *destination, *key, *from, *to, *sentence;
  } cases[] = {
#define CONTACTS(connector, account)                                                                         \
  "{\"connector\":\"" connector "\",\"account\":\"" account "\",\"object\":\"contacts\"}"
#define MEMBERS                                                                                              \
  "{\"connector\":\"mailchimp\",\"account\":\"Lettre\",\"object\":\"members\",\"options\":{\"list\":"        \
  "\"a1b2c3d4e5\"}}"
    { CONTACTS ("hubspot", "Ventes"), CSV ("out.csv"), "Nom", "properties.first_name", "Nom",
      "“Contacts” of HubSpot has no field “properties.first_name” any more; “properties.firstname” looks "
      "like" },
    { MEMBERS, CSV ("out.csv"), "Nom", "merge_fields.FNAMES", "Nom",
      "“Contacts” of Mailchimp has no field “merge_fields.FNAMES” any more; “merge_fields.FNAME” looks "
      "like" },
    { CONTACTS ("brevo", "Courriel"), CSV ("out.csv"), "Nom", "attributes.PRENOMS", "Nom",
      "“Contacts” of Brevo has no field “attributes.PRENOMS” any more; “attributes.PRENOM” looks like" },
    { CSV ("clients.csv"), CONTACTS ("hubspot", "Ventes"), "properties.email", "E-mail", "properties.phones",
      "“properties.phone” looks like its new name" },
    { CSV ("clients.csv"), MEMBERS, "email_address", "E-mail", "merge_fields.LNAMES",
      "“merge_fields.LNAME” looks like" },
    { CSV ("clients.csv"), CONTACTS ("brevo", "Courriel"), "email", "E-mail", "attributes.ZZZ",
      "there are: id, email," },
  };
  g_autoptr (Harness) harness = start ();
  write_file (harness, "clients.csv", "E-mail,Tél.\na@x.test,0102030405\n");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean read = g_str_equal (cases[i].key, cases[i].to);
    g_autofree char *key =
        read ? g_strdup ("") : g_strdup_printf (",{\"from\":\"E-mail\",\"to\":\"%s\"}", cases[i].key);
    g_autofree char *members = g_strdup_printf (
        "\"source\":%s,\"destination\":%s,\"write\":{\"mode\":\"upsert\",\"key\":\"%s\"},"
        "\"mapping\":[{\"from\":\"%s\",\"to\":\"%s\"}%s]",
        cases[i].source, cases[i].destination, cases[i].key, cases[i].from, cases[i].to, key);
    import (harness, members);
    assert_stopped (harness, cases[i].sentence);
  }
  static const char *const services[] = { "hubspot", "mailchimp", "brevo" };
  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    g_autoptr (GPtrArray) puts = harness_requests (harness, services[i], "PUT");
    g_autoptr (GPtrArray) patches = harness_requests (harness, services[i], "PATCH");
    g_assert_cmpuint (puts->len + patches->len, ==, 0);
  }
}

/* Stripe's records are freely nested: what one lacks, another may have. And it costs no request. */
static void test_stripe_is_not_asked (void) {
  g_autoptr (Harness) harness = start ();
  import (harness,
          "\"source\":{\"connector\":\"stripe\",\"account\":\"Boutique\",\"object\":\"payment_intents\"},"
          "\"destination\":" CSV (
              "out.csv") ",\"write\":{\"mode\":\"upsert\",\"key\":\"ID\"},\"mapping\":[{\"from\":\"id\","
                         "\"to\":\"ID\"},"
                         "{\"from\":\"metadata.nowhere\",\"to\":\"N\"},{\"from\":\"a.b.c\",\"to\":\"M\"}]");
  harness_delete (harness, "/requests");
  run (harness, 3, 0);
  g_autoptr (GPtrArray) requests = harness_requests (harness, "stripe", NULL);
  g_assert_cmpuint (requests->len, <=, 2); /* where its events stand, and the page */
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drift/source", test_a_renamed_column_of_a_source_is_known_again);
  g_test_add_func ("/drift/sheet", test_a_renamed_column_of_a_sheet_is_known_again);
  g_test_add_func ("/drift/service", test_a_field_of_a_service_is_missed_before_anything_is_written);
  g_test_add_func ("/drift/stripe", test_stripe_is_not_asked);
  return g_test_run ();
}
