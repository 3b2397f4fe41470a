/* test-consent.c: whole runs into Mailchimp, HubSpot and Brevo: whoever has left stays so, and nobody comes twice.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "harness.h"

#define NAME "Contacts"

typedef struct {
  const char *service, *secret, *object, *options, *key, *name; /* fields of the destination */
  const char *shelf;
} Service;

static const Service mailchimp = { "mailchimp",     "{\"api_key\":\"0123456789abcdef-us6\"}",
                                   "members",       "{\"list\":\"a1b2c3d4e5\",\"status\":\"subscribed\"}",
                                   "email_address", "merge_fields.FNAME",
                                   "members" };
static const Service hubspot = { "hubspot",          "{\"access_token\":\"pat-eu1-1\"}",
                                 "contacts",         "{}",
                                 "properties.email", "properties.firstname",
                                 "contacts" };
static const Service companies = { "hubspot",           "{\"access_token\":\"pat-eu1-1\"}",
                                   "companies",         "{}",
                                   "properties.domain", "properties.name",
                                   "companies" };
static const Service brevo = { "brevo", "{\"api_key\":\"xkeysib-1\"}", "contacts", "{\"list\":\"3\"}",
                               "email", "attributes.PRENOM",           "contacts" };

/* What somebody who has left is at the service, and what has to stay as it is. */
static const struct {
  const Service *service;
  const char *member, *value;
} states[] = {
  { &mailchimp, "status", "\"unsubscribed\"" },  { &mailchimp, "status", "\"cleaned\"" },
  { &mailchimp, "status", "\"archived\"" },      { &mailchimp, "status", "\"pending\"" },
  { &mailchimp, "status", "\"transactional\"" }, { &hubspot, "hs_email_optout", "\"true\"" },
  { &brevo, "emailBlacklisted", "true" },        { &brevo, "smsBlacklisted", "true" },
};

static Harness *harness;
static gboolean there[4]; /* which customers */

/* Makes Stripe's customers those of @text, "1,key,name\n2,…". */
static void write_source (const char *text) {
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean wanted[G_N_ELEMENTS (there)] = { FALSE };
  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", 3);
    if (g_strv_length (cells) < 3)
      continue;
    wanted[g_ascii_strtoll (cells[0], NULL, 10)] = TRUE;
    harness_post (
        harness, "/stripe",
        "{\"object\":\"customers\",\"record\":{\"id\":\"cus_%s\",\"description\":\"%s\",\"name\":\"%s\"}}",
        cells[0], cells[1], cells[2]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (there); i++) {
    g_autofree char *path = g_strdup_printf ("/stripe?object=customers&id=cus_%u", i);
    if (there[i] && !wanted[i])
      harness_delete (harness, path);
    there[i] = wanted[i];
  }
}

/* The integration from Stripe’s customers, whose descriptions are the keys. */
static void import (const Service *service, const char *mode, const char *blank) {
  g_autofree char *path = g_build_filename (harness_folder (harness), "import.json", NULL);
  g_autofree char *text = g_strdup_printf (
      "{\"format\":\"integration-hub/1\",\"integrations\":[{\"name\":\"" NAME
      "\",\"source\":{\"connector\":\"stripe\",\"account\":\"Shop\",\"object\":\"customers\"},"
      "\"destination\":{\"connector\":\"%s\","
      "\"account\":\"%s\",\"object\":\"%s\",\"options\":%s},\"write\":{\"mode\":\"%s\",\"key\":\"%s\"},"
      "\"mapping\":[{\"from\":\"description\",\"to\":\"%s\"},{\"from\":\"name\",\"to\":\"%s\",\"blank\":\"%"
      "s\"}]}]}",
      service->service, service->service, service->object, service->options, mode, service->key, service->key,
      service->name, blank);
  g_auto (HarnessResult) result = { 0 };
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  harness_expect (harness, 0, &result, NULL, "import", path, NULL);
}

/* A sandbox without records, and a profile with an account of @service. */
static void start (const Service *service) {
  harness = harness_new (NULL);
  g_autofree char *url = g_strconcat ("base_url=", harness_origin (harness, service->service), NULL);
  g_autofree char *shop = g_strconcat ("base_url=", harness_origin (harness, "stripe"), NULL);
  g_auto (HarnessResult) result = { 0 };
  harness_post (harness, "/stripe/count", "{\"object\":\"customers\",\"count\":0}");
  memset (there, 0, sizeof there);
  harness_expect (harness, 0, &result, "{\"api_key\":\"sk_test_1\"}", "account", "add", "stripe", "--name",
                  "Shop", "--set", shop, NULL);
  harness_expect (harness, 0, &result, service->secret, "account", "add", service->service, "--name",
                  service->service, "--set", url, NULL);
}

/* Runs and says "created updated unchanged rejected"; the run's id is put into @id (nullable). (transfer full) */
static char *run (char **id) {
  g_auto (HarnessResult) result = { 0 };
  harness_run (harness, &result, NULL, "run", NAME, "--full", "--json", NULL);
  g_test_message ("%s", result.err);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  JsonObject *object = json_node_get_object (node);
  if (id)
    *id = g_strdup_printf ("%d", (int) json_object_get_int_member (object, "run"));
  return g_strdup_printf ("%d %d %d %d", (int) json_object_get_int_member (object, "created"),
                          (int) json_object_get_int_member (object, "updated"),
                          (int) json_object_get_int_member (object, "unchanged"),
                          (int) json_object_get_int_member (object, "rejected"));
}

#define assert_run(expected, id)                                                                             \
  G_STMT_START {                                                                                             \
    g_autofree char *counts = run (id);                                                                      \
    g_assert_cmpstr (counts, ==, expected);                                                                  \
  }                                                                                                          \
  G_STMT_END

static JsonNode *get_records (const Service *service) {
  g_autofree char *path = g_strdup_printf ("/records?service=%s&shelf=%s", service->service, service->shelf);
  return harness_get (harness, path);
}

static guint count_records (const Service *service) {
  g_autoptr (JsonNode) records = get_records (service);
  return json_array_get_length (json_node_get_array (records));
}

/* Where HubSpot keeps a record's fields. */
static JsonObject *fields_of (JsonObject *record) {
  return json_object_has_member (record, "properties") ? json_object_get_object_member (record, "properties")
                                                       : record;
}

/* The only record has @member as JSON @value. */
static void assert_only (const Service *service, const char *member, const char *value) {
  g_autoptr (JsonNode) records = get_records (service);
  JsonArray *list = json_node_get_array (records);
  g_assert_cmpuint (json_array_get_length (list), ==, 1);
  JsonObject *fields = fields_of (json_array_get_object_element (list, 0));
  g_autofree char *text = json_to_string (json_object_get_member (fields, member), FALSE);
  g_assert_cmpstr (text, ==, value);
}

/* Puts the contact there, or changes the only one there is, so that @member is @value. */
static void set_member (const Service *service, const char *member, const char *value) {
  g_autoptr (JsonNode) records = get_records (service);
  JsonArray *list = json_node_get_array (records);
  g_autofree char *id =
      json_array_get_length (list)
          ? json_to_string (json_object_get_member (json_array_get_object_element (list, 0), "id"), FALSE)
          : NULL;
  g_autofree char *known = id ? g_strdup_printf ("\"id\":%s,", id) : g_strdup ("");
  gboolean inner = service == &hubspot;
  harness_post (
      harness, "/records",
      "{\"service\":\"%s\",\"shelf\":\"%s\",\"record\":{%s%s\"%s\":\"left@boutique.test\",\"%s\":%s%s}}",
      service->service, service->shelf, known, inner ? "\"properties\":{" : "",
      service == &mailchimp ? "email_address" : "email", member, value, inner ? "}" : "");
}

static void test_whoever_has_left_stays_so (void) {
  static const char *const modes[] = { "upsert", "update", "append" };
  for (guint s = 0; s < G_N_ELEMENTS (states); s++) {
    start (states[s].service);
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
      g_autofree char *id = NULL, *source = g_strdup_printf ("1,Left@boutique.test,Neu %u\n", m);
      g_auto (HarnessResult) undo = { 0 };
      g_test_message ("%s %s %s", states[s].service->service, states[s].value, modes[m]);
      harness_post (harness, "/reset", "{}");
      harness_post (harness, "/stripe/count", "{\"object\":\"customers\",\"count\":0}");
      memset (there, 0, sizeof there);
      set_member (states[s].service, states[s].member, states[s].value);
      write_source (source);
      import (states[s].service, modes[m], "skip");
      assert_run (m == 2 ? "0 0 1 0" : "0 1 0 0", &id);
      assert_only (states[s].service, states[s].member, states[s].value);
      harness_run (harness, &undo, NULL, "undo", id, NULL);
      assert_only (states[s].service, states[s].member, states[s].value);
      g_auto (HarnessResult) removed = { 0 };
      harness_run (harness, &removed, NULL, "run", NAME, NULL);
      assert_only (states[s].service, states[s].member, states[s].value);
    }
    harness_free (harness);
  }
}

/* Somebody leaves after we brought them: an undo does not forget that, and the next run does not bring them anew. */
static void test_an_undo_forgets_nobody_who_left (void) {
  for (guint s = 0; s < G_N_ELEMENTS (states); s++) {
    gboolean gone = strstr (states[s].value, "archived") || strstr (states[s].value, "pending");
    g_autofree char *id = NULL;
    g_auto (HarnessResult) undo = { 0 };
    g_test_message ("%s %s", states[s].service->service, states[s].value);
    start (states[s].service);
    write_source ("1,left@boutique.test,Neu\n");
    import (states[s].service, "upsert", "skip");
    assert_run ("1 0 0 0", &id);
    set_member (states[s].service, states[s].member, states[s].value);
    harness_run (harness, &undo, NULL, "undo", id, NULL);
    g_assert_cmpint (undo.status, ==,
                     gone && !strstr (states[s].value, "archived") ? 0
                     : gone                                        ? undo.status
                                                                   : 3);
    if (!gone)
      g_assert_nonnull (strstr (undo.out, "unsubscribed"));
    assert_only (states[s].service, states[s].member, gone ? "\"archived\"" : states[s].value);
    g_auto (HarnessResult) again = { 0 };
    harness_run (harness, &again, NULL, "run", NAME, "--full", NULL);
    assert_only (states[s].service, states[s].member, gone ? "\"archived\"" : states[s].value);
    harness_free (harness);
  }
}

/* The program is killed while the service is writing; meanwhile the person leaves. */
static void test_a_crash_brings_nobody_back (void) {
  for (guint s = 0; s < G_N_ELEMENTS (states); s++) {
    const char *const arguments[] = { "run", NAME, NULL };
    const Service *service = states[s].service;
    g_test_message ("%s %s", service->service, states[s].value);
    start (service);
    write_source ("1,left@boutique.test,Neu\n");
    import (service, "upsert", "skip");
    harness_post (harness, "/faults",
                  "{\"service\":\"%s\",\"fault\":\"slow\",\"method\":\"%s\",\"skip\":%u,\"ms\":60000}",
                  service->service, service == &mailchimp ? "PUT" : "POST", service == &hubspot);
    g_autoptr (GSubprocess) process = harness_spawn (harness, arguments);
    while (count_records (service) == 0)
      g_usleep (5000);
    g_subprocess_force_exit (process);
    g_subprocess_wait (process, NULL, NULL);
    harness_delete (harness, "/faults");
    set_member (service, states[s].member, states[s].value);
    assert_run ("0 0 1 0", NULL);
    assert_only (service, states[s].member, states[s].value);
    harness_free (harness);
  }
}

/* HubSpot writes “ACME.com” as “acme.com”. */
static void test_a_key_that_the_service_rewrites_is_found_again (void) {
  start (&companies);
  write_source ("1,ACME.com,Acme\n2,Beta.fr,Béta\n3,acme.COM,Acme\n");
  import (&companies, "upsert", "skip");
  assert_run ("2 0 0 1", NULL); /* the first is the third */
  assert_run ("0 0 2 1", NULL);
  write_source ("1,Acme.Com,Acme\n2,beta.FR,Bêta\n");
  g_autofree char *id = NULL;
  assert_run ("0 1 1 0", &id);
  g_auto (HarnessResult) undo = { 0 };
  harness_expect (harness, 0, &undo, NULL, "undo", id, NULL);
  assert_run ("0 1 1 0", NULL);
  g_assert_cmpuint (count_records (&companies), ==, 2);
  harness_free (harness);
}

/* A blank clears a field where the rule says so, once. */
static void test_a_field_is_cleared (void) {
  static const Service *const services[] = { &mailchimp, &hubspot, &companies, &brevo };
  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    const char *key = services[i] == &companies ? "acme.com" : "neu@boutique.test";
    g_autofree char *full = g_strdup_printf ("1,%s,Zoé\n", key);
    g_autofree char *blank = g_strdup_printf ("1,%s,\n", key);
    g_test_message ("%s", services[i]->service);
    start (services[i]);
    import (services[i], "upsert", "clear");
    write_source (full);
    assert_run ("1 0 0 0", NULL);
    write_source (blank);
    assert_run ("0 1 0 0", NULL);
    assert_run ("0 0 1 0", NULL);
    g_autoptr (JsonNode) records = get_records (services[i]);
    g_autofree char *text = json_to_string (records, FALSE);
    g_assert_null (strstr (text, "Zoé"));
    harness_free (harness);
  }
}

/* An undo gives a record its old key back; the next run changes it again, and makes no second one. */
static void test_a_changed_key_after_an_undo_is_the_same_record (void) {
  static const Service *const services[] = { &mailchimp, &hubspot, &brevo };
  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    g_autofree char *id = NULL;
    g_auto (HarnessResult) undo = { 0 };
    const char *member = services[i] == &mailchimp ? "email_address" : "email";
    g_test_message ("%s", services[i]->service);
    start (services[i]);
    import (services[i], "upsert", "skip");
    write_source ("1,old@boutique.test,Zoé\n");
    assert_run ("1 0 0 0", NULL);
    write_source ("1,new@boutique.test,Zoé\n");
    assert_run ("0 1 0 0", &id);
    assert_only (services[i], member, "\"new@boutique.test\"");
    harness_expect (harness, 0, &undo, NULL, "undo", id, NULL);
    assert_only (services[i], member, "\"old@boutique.test\"");
    assert_run ("0 1 0 0", NULL);
    assert_only (services[i], member, "\"new@boutique.test\"");
    assert_run ("0 0 1 0", NULL);
    harness_free (harness);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/consent/" #name, test_##name)
  ADD (whoever_has_left_stays_so);
  ADD (an_undo_forgets_nobody_who_left);
  ADD (a_crash_brings_nobody_back);
  ADD (a_key_that_the_service_rewrites_is_found_again);
  ADD (a_field_is_cleared);
  ADD (a_changed_key_after_an_undo_is_the_same_record);
  return g_test_run ();
}
