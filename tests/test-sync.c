/* test-sync.c: whole runs of the program against the sandbox: what arrives, what is refused, what a fault leaves behind.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "harness.h"

#define PAYMENTS 250
#define BATCHES 3200 /* three writes */
#define NAME "Paiements"
#define CANARY "CANARY7f3a"
#define KEY "{\"api_key\": \"sk_test_" CANARY "\"}"
#define SOURCE "\"source\":{\"connector\":\"stripe\",\"account\":\"Boutique\",\"object\":\"payment_intents\"}"
#define SHEET                                                                                                \
  "\"destination\":{\"connector\":\"google-sheets\",\"account\":\"Compta\",\"object\":\"rows\","             \
  "\"options\":{\"spreadsheet\":\"sheet-1\",\"sheet\":\"Paiements\"}}"
#define RULES                                                                                                \
  "{\"from\":\"id\",\"to\":\"ID\"},{\"from\":\"amount\",\"to\":\"Montant\"},{\"from\":\"created\",\"to\":"   \
  "\"Date\"},"                                                                                               \
  "{\"from\":\"description\",\"to\":\"Libellé\"},{\"from\":\"metadata.order_id\",\"to\":\"Commande\"}"
#define FILE_OF(integration) "{\"format\":\"integration-hub/1\",\"integrations\":[" integration "]}"
#define TO_SHEET(mode, rules)                                                                                \
  FILE_OF ("{\"name\":\"" NAME "\"," SOURCE "," SHEET ",\"write\":{\"mode\":\"" mode                         \
           "\",\"key\":\"ID\"},\"mapping\":[" rules "]}")

static void import (Harness *harness, const char *definition) {
  g_autofree char *path = g_build_filename (harness_folder (harness), "import.json", NULL);
  g_auto (HarnessResult) result = { 0 };
  g_assert_true (g_file_set_contents (path, definition, -1, NULL));
  harness_expect (harness, 0, &result, NULL, "import", path, NULL);
}

/* A sandbox with payments, and a profile with both accounts. */
static Harness *start (guint payments) {
  g_autofree char *count = g_strdup_printf ("%u", payments);
  const char *options[] = { "--payments", count, NULL };
  Harness *harness = harness_new (options);
  g_autofree char *stripe = g_strconcat ("base_url=", harness_origin (harness, "stripe"), NULL);
  g_autofree char *google = g_strconcat ("base_url=", harness_origin (harness, "google"), NULL);
  g_auto (HarnessResult) first = { 0 }, second = { 0 };
  harness_expect (harness, 0, &first, KEY, "account", "add", "stripe", "--name", "Boutique", "--set", stripe,
                  NULL);
  harness_expect (harness, 0, &second, harness_key (harness), "account", "add", "google-sheets", "--name",
                  "Compta", "--set", google, NULL);
  return harness;
}

static gint64 member (JsonObject *object, const char *name) {
  g_assert_true (json_object_has_member (object, name));
  return json_object_get_int_member (object, name);
}

/* Runs the integration and gives its --json object; the exit status must be @status and the counters must add up. */
static JsonObject *run (Harness *harness, int status) {
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, status, &result, NULL, "run", NAME, "--json", NULL);
  g_assert_true (g_regex_match_simple ("\"seconds\" : \\d+\\.\\d{3},\n", result.out, 0, 0));
  g_autoptr (JsonNode) node = harness_parse (result.out);
  JsonObject *object = json_object_ref (json_node_get_object (node));
  g_assert_cmpint (member (object, "read"), ==,
                   member (object, "created") + member (object, "updated") + member (object, "unchanged")
                       + member (object, "filtered") + member (object, "rejected"));
  return object;
}

static void assert_counts (JsonObject *object, gint64 created, gint64 updated, gint64 unchanged) {
  g_assert_cmpint (member (object, "created"), ==, created);
  g_assert_cmpint (member (object, "updated"), ==, updated);
  g_assert_cmpint (member (object, "unchanged"), ==, unchanged);
}

/* The sheet's rows below the header. (transfer full) */
static GPtrArray *rows (Harness *harness) {
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Paiements");
  JsonArray *values = json_object_get_array_member (sheet, "values");
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) json_array_unref);
  for (guint i = 1; i < json_array_get_length (values); i++)
    g_ptr_array_add (found, json_array_ref (json_array_get_array_element (values, i)));
  return found;
}

/* Every payment is in the sheet exactly once. */
static void assert_each_once (Harness *harness, guint payments) {
  g_autoptr (GPtrArray) found = rows (harness);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < found->len; i++)
    g_assert_true (g_hash_table_add (ids, (char *) json_array_get_string_element (found->pdata[i], 0)));
  g_assert_cmpuint (g_hash_table_size (ids), ==, payments);
}

static guint count_writes (Harness *harness) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, "google", "POST");
  guint n = 0;
  for (guint i = 0; i < requests->len; i++)
    n += strstr (json_object_get_string_member (requests->pdata[i], "path"), "/token") == NULL;
  return n;
}

static void assert_one_line (const char *text) {
  g_assert_cmpuint (strlen (text), >, 0);
  g_assert_true (strchr (text, '\n') == text + strlen (text) - 1);
  for (const char *c = text; *c != '\n'; c = g_utf8_next_char (c))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (c)));
}

static void test_second_run_writes_nothing (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  g_autoptr (JsonObject) first = run (harness, 0);
  assert_counts (first, PAYMENTS, 0, 0);
  guint writes = count_writes (harness);
  g_assert_cmpuint (writes, <=, 2);
  g_autoptr (JsonObject) second = run (harness, 0);
  assert_counts (second, 0, 0, PAYMENTS);
  g_assert_cmpuint (count_writes (harness), ==, writes);
  assert_each_once (harness, PAYMENTS);
}

static void test_values_arrive_exactly_and_typed (void) {
  const struct {
    const char *record, *amount, *description, *order;
  } cases[] = {
    { "\"amount\":500,\"currency\":\"jpy\",\"description\":\"é 🙂 \\u202eעברית\"", "500",
      "é 🙂 \u202eעברית", NULL },
    { "\"amount\":1999,\"currency\":\"eur\",\"description\":\"=IMPORTXML(\\\"http://x\\\")\"", "19.99",
      "=IMPORTXML(\"http://x\")", NULL },
    { "\"amount\":1999,\"currency\":\"kwd\",\"description\":\"two\\nlines\\t\\\"q\\\"\"", "1.999",
      "two\nlines\t\"q\"", NULL },
    { "\"amount\":500,\"currency\":\"isk\",\"description\":\"+1\"", "5", "+1", NULL },
    { "\"amount\":500,\"currency\":\"mga\",\"description\":\"1/2\"", "500", "1/2", NULL },
    { "\"amount\":0,\"currency\":\"eur\",\"metadata\":{\"order_id\":\"007\"}", "0", NULL, "007" },
    { "\"amount\":7,\"currency\":\"eur\",\"metadata\":{\"order_id\":\"12345678901234567890\"}", "0.07", NULL,
      "12345678901234567890" },
    { "\"amount\":99999999,\"currency\":\"eur\",\"metadata\":{\"order_id\":\"'x\"}", "999999.99", NULL,
      "'x" },
  };
  g_autoptr (Harness) harness = start (0);
  import (harness, TO_SHEET ("upsert", RULES));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    harness_post (
        harness, "/stripe",
        "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_case_%u\",\"created\":1767225600,%s}}", i,
        cases[i].record);
  g_autoptr (JsonObject) result = run (harness, 0);
  assert_counts (result, G_N_ELEMENTS (cases), 0, 0);
  g_autoptr (GPtrArray) found = rows (harness);
  for (guint r = 0; r < found->len; r++) {
    JsonArray *row = found->pdata[r];
    guint i = g_ascii_strtoull (json_array_get_string_element (row, 0) + strlen ("pi_case_"), NULL, 10);
    g_test_message ("case %u", i);
    g_assert_cmpfloat (json_array_get_double_element (row, 1), ==, g_ascii_strtod (cases[i].amount, NULL));
    g_assert_cmpint ((int) json_array_get_double_element (row, 2), ==, 46023); /* 2026-01-01, a real date */
    if (cases[i].description)
      g_assert_cmpstr (json_array_get_string_element (row, 3), ==, cases[i].description);
    if (cases[i].order)
      g_assert_cmpstr (json_array_get_string_element (row, 4), ==, cases[i].order);
  }
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Paiements");
  JsonArray *formats = json_array_get_array_element (json_object_get_array_member (sheet, "formats"), 1);
  g_assert_true (g_str_has_prefix (json_array_get_string_element (formats, 2), "DATE"));
}

static void test_a_date_step_stays_a_date_in_the_sheet (void) {
  g_autoptr (Harness) harness = start (0);
  import (harness,
          TO_SHEET ("upsert",
                    "{\"from\":\"id\",\"to\":\"ID\"},{\"from\":\"created\",\"to\":\"Date\",\"steps\":"
                    "[{\"op\":\"date\",\"format\":\"%d/%m/%Y\",\"zone\":\"Europe/Paris\"}]}"));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_1\",\"created\":1767223800},"
                "\"event\":\"none\"}");
  json_object_unref (run (harness, 0));
  g_autoptr (GPtrArray) found = rows (harness);
  g_assert_cmpfloat (json_array_get_double_element (found->pdata[0], 1), ==,
                     46023); /* 00:30 on 1 January in Paris */
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Paiements");
  JsonArray *formats = json_array_get_array_element (json_object_get_array_member (sheet, "formats"), 1);
  g_assert_cmpstr (json_array_get_string_element (formats, 1), ==, "DATE dd/mm/yyyy");
  g_autoptr (JsonObject) again = run (harness, 0);
  assert_counts (again, 0, 0, 1);
}

static void test_preview_agrees_with_the_run_and_writes_nothing (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  json_object_unref (run (harness, 0));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_new\",\"amount\":1}}");
  g_autoptr (GPtrArray) before = rows (harness);
  const char *changed = json_array_get_string_element (before->pdata[3], 0);
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"%s\",\"description\":\"changed\"}}",
                changed);
  guint writes = count_writes (harness);
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "preview", NAME, "--json", NULL);
  g_assert_cmpuint (count_writes (harness), ==, writes);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  JsonObject *preview = json_node_get_object (node);
  g_assert_cmpint (member (preview, "create"), ==, 1);
  g_assert_cmpint (member (preview, "update"), ==, 1);
  g_assert_cmpint (member (preview, "unchanged"), ==, PAYMENTS - 1);
  JsonArray *records = json_object_get_array_member (preview, "records");
  g_assert_cmpuint (json_array_get_length (records), ==, PAYMENTS + 1);
  for (guint i = 0; i < json_array_get_length (records); i++) {
    JsonObject *record = json_array_get_object_element (records, i);
    if (!g_str_equal (json_object_get_string_member (record, "action"), "update"))
      continue;
    JsonArray *changes = json_object_get_array_member (record, "changes");
    JsonObject *change = json_array_get_object_element (changes, 0);
    g_assert_cmpuint (json_array_get_length (changes), ==, 1);
    g_assert_cmpstr (json_object_get_string_member (record, "key"), ==, changed);
    g_assert_cmpstr (json_object_get_string_member (change, "field"), ==, "Libellé");
    g_assert_cmpstr (json_object_get_string_member (change, "after"), ==, "changed");
  }
  g_autoptr (JsonObject) real = run (harness, 0);
  assert_counts (real, 1, 1, PAYMENTS - 1);
}

static void test_append_takes_each_record_once_ever (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("append", RULES));
  g_autoptr (JsonObject) first = run (harness, 0);
  assert_counts (first, PAYMENTS, 0, 0);
  g_autoptr (JsonObject) second = run (harness, 0);
  assert_counts (second, 0, 0, PAYMENTS);
  assert_each_once (harness, PAYMENTS);
}

static void test_rejects_are_kept_with_their_reason (void) {
  g_autoptr (Harness) harness = start (3);
  import (harness, TO_SHEET ("upsert", RULES
                             ",{\"from\":\"description\",\"to\":\"N\",\"steps\":[{\"op\":\"number\"}]}"));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_bad\",\"description\":\"twelve\"}}");
  g_auto (HarnessResult) result = { 0 };
  harness_run (harness, &result, NULL, "run", NAME, "--json", NULL);
  g_assert_cmpint (result.status, ==, 3);
  g_auto (HarnessResult) listed = { 0 };
  harness_expect (harness, 0, &listed, NULL, "rejects", NAME, "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (listed.out);
  JsonArray *rejects = json_node_get_array (node);
  gboolean found = FALSE;
  for (guint i = 0; i < json_array_get_length (rejects); i++) {
    JsonObject *reject = json_array_get_object_element (rejects, i);
    if (!g_str_equal (json_object_get_string_member (reject, "key"), "pi_bad")
        && !g_str_equal (json_object_get_string_member (reject, "source_key"), "pi_bad"))
      continue;
    found = TRUE;
    g_assert_cmpstr (json_object_get_string_member (reject, "field"), ==, "N");
    g_assert_nonnull (strstr (json_object_get_string_member (reject, "reason"), "twelve"));
    g_assert_true (json_object_has_member (json_object_get_object_member (reject, "record"), "description"));
  }
  g_assert_true (found);
  import (harness, TO_SHEET ("upsert", RULES));
  json_object_unref (run (harness, 0));
  g_auto (HarnessResult) after = { 0 };
  harness_expect (harness, 0, &after, NULL, "rejects", NAME, "--json", NULL);
  g_autoptr (JsonNode) none = harness_parse (after.out);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 0);
}

/* Whatever the fault, the counters add up and at most one more run has everything there exactly once. */
static void test_every_fault_ends_in_success_or_a_clear_state (void) {
  const struct {
    const char *service, *path, *fault;
  } places[] = {
    { "stripe", "/v1/payment_intents", "reset" },
    { "stripe", "/v1/payment_intents", "reset-mid-body" },
    { "stripe", "/v1/payment_intents", "truncate" },
    { "stripe", "/v1/payment_intents", "html" },
    { "stripe", "/v1/payment_intents", "deep" },
    { "stripe", "/v1/payment_intents", "429-retry-after" },
    { "stripe", "/v1/payment_intents", "500" },
    { "stripe", "/v1/payment_intents", "401" },
    { "stripe", "/v1/payment_intents", "403" },
    { "stripe", "/v1/payment_intents", "404" },
    { "stripe", "/v1/payment_intents", "redirect" },
    { "google", ":batchUpdate", "reset" },
    { "google", ":batchUpdate", "truncate" },
    { "google", ":batchUpdate", "html" },
    { "google", ":batchUpdate", "429" },
    { "google", ":batchUpdate", "503" },
    { "google", ":batchUpdate", "401" },
    { "google", ":batchUpdate", "403" },
    { "google", ":batchUpdate", "lost" },
    { "google", "/values", "reset-mid-body" },
    { "google", "/values", "html" },
    { "google", "/values", "500" },
    { "google", "/token", "500" },
    { "google", "/token", "html" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (guint skip = 0; skip < 3; skip++) {
      gboolean writes = g_str_equal (places[i].path, ":batchUpdate");
      guint payments = writes ? BATCHES : PAYMENTS;
      if (skip > 0 && !writes && g_str_equal (places[i].service, "google"))
        continue;
      g_test_message ("%s %s %s, page %u", places[i].service, places[i].path, places[i].fault, skip + 1);
      g_autoptr (Harness) harness = start (payments);
      import (harness, TO_SHEET ("upsert", RULES));
      harness_post (harness, "/faults",
                    "{\"service\":\"%s\",\"path\":\"%s\",\"fault\":\"%s\",\"skip\":%u,\"times\":1}",
                    places[i].service, places[i].path, places[i].fault, skip);
      g_auto (HarnessResult) result = { 0 };
      harness_run (harness, &result, NULL, "run", NAME, "--json", NULL);
      g_autoptr (JsonNode) node = harness_parse (result.out);
      const char *status = json_object_get_string_member (json_node_get_object (node), "status");
      if (result.status == 0)
        g_assert_cmpstr (status, ==, "success");
      else
        assert_one_line (result.err);
      g_assert_true (result.status != 3);
      harness_delete (harness, "/faults");
      json_object_unref (run (harness, 0));
      assert_each_once (harness, payments);
    }
}

static void test_refusals_need_the_user_and_reject_nothing (void) {
  const struct {
    const char *fault, *hint;
  } cases[] = { { "401", "refused" }, { "403", "permission missing" } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Harness) harness = start (PAYMENTS);
    import (harness, TO_SHEET ("upsert", RULES));
    harness_post (harness, "/faults",
                  "{\"service\":\"stripe\",\"path\":\"payment_intents\",\"skip\":1,\"times\":9,"
                  "\"fault\":\"%s\"}",
                  cases[i].fault);
    g_autoptr (JsonObject) result = run (harness, 4);
    g_assert_cmpstr (json_object_get_string_member (result, "status"), ==, "needs-attention");
    g_assert_nonnull (strstr (json_object_get_string_member (result, "message"), cases[i].hint));
    g_assert_cmpint (member (result, "rejected"), ==, 0);
  }
}

static void test_a_redirect_carries_no_key_elsewhere (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  harness_post (harness, "/faults",
                "{\"service\":\"stripe\",\"path\":\"payment_intents\",\"times\":9,\"fault\":\"redirect\"}");
  g_autoptr (JsonObject) result = run (harness, 1);
  g_assert_cmpstr (json_object_get_string_member (result, "status"), ==, "failed");
  g_autoptr (GPtrArray) requests = harness_requests (harness, "elsewhere", NULL);
  for (guint i = 0; i < requests->len; i++) {
    JsonObject *headers = json_object_get_object_member (requests->pdata[i], "headers");
    g_assert_false (json_object_has_member (headers, "authorization"));
  }
}

/* Waits until the sandbox has taken @n requests of @method. */
static void wait_for_requests (Harness *harness, const char *service, const char *path, guint n) {
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  for (guint seen = 0; seen < n;) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_autoptr (GPtrArray) requests = harness_requests (harness, service, NULL);
    seen = 0;
    for (guint i = 0; i < requests->len; i++)
      seen += strstr (json_object_get_string_member (requests->pdata[i], "path"), path) != NULL;
  }
}

static void test_a_killed_run_is_finished_by_the_next (void) {
  const char *modes[] = { TO_SHEET ("upsert", RULES), TO_SHEET ("append", RULES) };
  const char *faults[] = { "slow", "lost" };
  for (guint i = 0; i < 4; i++) {
    g_autoptr (Harness) harness = start (PAYMENTS);
    import (harness, modes[i % 2]);
    harness_post (harness, "/faults",
                  "{\"service\":\"google\",\"path\":\":batchUpdate\",\"ms\":20000,\"fault\":\"%s\"}",
                  faults[i / 2]);
    const char *arguments[] = { "run", NAME, NULL };
    g_autoptr (GSubprocess) killed = harness_spawn (harness, arguments);
    wait_for_requests (harness, "google", ":batchUpdate", 1);
    g_subprocess_send_signal (killed, SIGKILL);
    g_subprocess_wait (killed, NULL, NULL);
    harness_delete (harness, "/faults");
    json_object_unref (run (harness, 0));
    assert_each_once (harness, PAYMENTS);
    g_auto (HarnessResult) runs = { 0 };
    harness_expect (harness, 0, &runs, NULL, "runs", NAME, "--json", NULL);
    g_assert_null (strstr (runs.out, "\"running\""));
  }
}

static void test_an_interrupted_run_is_cancelled_and_goes_on_later (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  harness_post (
      harness, "/faults",
      "{\"service\":\"stripe\",\"path\":\"payment_intents\",\"skip\":1,\"ms\":20000,\"fault\":\"slow\"}");
  const char *arguments[] = { "run", NAME, "--json", NULL };
  g_autoptr (GSubprocess) cancelled = harness_spawn (harness, arguments);
  wait_for_requests (harness, "stripe", "payment_intents", 2);
  g_auto (HarnessResult) busy = { 0 };
  harness_run (harness, &busy, NULL, "run", NAME, NULL); /* while the first one runs */
  g_assert_cmpint (busy.status, ==, 1);
  assert_one_line (busy.err);
  g_assert_nonnull (strstr (busy.err, "running already"));
  g_subprocess_send_signal (cancelled, SIGINT);
  g_assert_true (g_subprocess_wait (cancelled, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (cancelled), ==, 1);
  g_auto (HarnessResult) runs = { 0 };
  harness_expect (harness, 0, &runs, NULL, "runs", NAME, "--json", NULL);
  g_assert_nonnull (strstr (runs.out, "\"cancelled\""));
  harness_delete (harness, "/faults");
  json_object_unref (run (harness, 0));
  assert_each_once (harness, PAYMENTS);
}

static void assert_absent (const char *folder) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = dir ? g_dir_read_name (dir) : NULL; name; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      assert_absent (path);
    else if (g_file_get_contents (path, &text, &length, NULL))
      g_assert_null (g_strstr_len (text, length, CANARY));
  }
}

static void test_the_key_is_nowhere_but_in_the_keyring (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  harness_setenv (harness, "G_MESSAGES_DEBUG", "all");
  g_auto (HarnessResult) verbose = { 0 };
  harness_expect (harness, 0, &verbose, NULL, "run", NAME, NULL);
  g_assert_nonnull (strstr (verbose.err, "/v1/payment_intents")); /* the log is there, */
  g_assert_null (strstr (verbose.err, CANARY));                   /* the key is not */
  g_auto (HarnessResult) exported = { 0 };
  harness_expect (harness, 0, &exported, NULL, "export", NULL);
  g_assert_null (strstr (exported.out, CANARY));
  harness_post (harness, "/faults",
                "{\"service\":\"stripe\",\"path\":\"payment_intents\",\"ms\":20000,\"fault\":\"slow\"}");
  const char *arguments[] = { "run", NAME, NULL };
  g_autoptr (GSubprocess) child = harness_spawn (harness, arguments);
  wait_for_requests (harness, "stripe", "payment_intents", 4); /* account add asks none; 3 of the first run */
  const char *files[] = { "cmdline", "environ" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_strdup_printf ("/proc/%s/%s", g_subprocess_get_identifier (child), files[i]);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true (g_file_get_contents (path, &text, &length, NULL));
    g_assert_cmpuint (length, >, 0);
    g_assert_null (g_strstr_len (text, length, CANARY));
  }
  g_autofree char *data = g_build_filename (harness_folder (harness), "data", "integration-hub", NULL);
  assert_absent (data); /* while the database is open, its log beside it */
  g_subprocess_send_signal (child, SIGINT);
  g_subprocess_wait (child, NULL, NULL);
  assert_absent (data);
}

static void test_csv_and_back (void) {
  g_autoptr (Harness) harness = start (0);
  g_autofree char *from = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_autofree char *to = g_build_filename (harness_folder (harness), "out.csv", NULL);
  const char *text = "ID;Nom;Montant\r\n007;\"é; \"\"x\"\"\nzwei\";1 234,56\r\n008;=1+1;5\r\n";
  g_assert_true (g_file_set_contents (from, text, -1, NULL));
  g_autofree char *definition = g_strdup_printf (
      FILE_OF ("{\"name\":\"" NAME
               "\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"%s\"}},"
               "\"destination\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"%s\","
               "\"delimiter\":\";\"}},"
               "\"write\":{\"mode\":\"upsert\",\"key\":\"ID\"},\"mapping\":[{\"from\":\"ID\",\"to\":\"ID\"},"
               "{\"from\":\"Nom\",\"to\":\"Nom\"},{\"from\":\"Montant\",\"to\":\"Montant\",\"steps\":[{"
               "\"op\":\"number\"}]}]}"),
      from, to);
  import (harness, definition);
  g_autoptr (JsonObject) first = run (harness, 0);
  assert_counts (first, 2, 0, 0);
  g_autofree char *written = NULL;
  g_assert_true (g_file_get_contents (to, &written, NULL, NULL));
  g_assert_nonnull (strstr (written, "007;\"é; \"\"x\"\"\nzwei\";1234,56"));
  g_assert_nonnull (strstr (written, "008;=1+1;5"));
  g_autoptr (JsonObject) second = run (harness, 0);
  assert_counts (second, 0, 0, 2);
  g_assert_true (g_file_set_contents (from, "ID;Nom;Montant\n008;=1+1;6\n009;x;7\n", -1, NULL));
  g_autoptr (JsonObject) third = run (harness, 0);
  assert_counts (third, 1, 1, 0);
}

static void write_rows (const char *path, const char *text) {
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static guint count_rejects (Harness *harness) {
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "rejects", NAME, "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  return json_array_get_length (json_node_get_array (node));
}

static void test_rows_that_were_mended_are_no_rejects (void) {
  g_autoptr (Harness) harness = start (0);
  g_autofree char *from = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_autofree char *definition = g_strdup_printf (
      FILE_OF (
          "{\"name\":\"" NAME
          "\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"%s\"}}," SHEET
          ",\"write\":{\"mode\":\"upsert\",\"key\":\"ID\"},\"mapping\":[{\"from\":\"ID\",\"to\":\"ID\"},"
          "{\"from\":\"Montant\",\"to\":\"Montant\",\"steps\":[{\"op\":\"number\"}]}]}"),
      from);
  import (harness, definition);
  write_rows (from, "ID;Montant\na;x\nb;y\n;3\nd;345,42\n");
  g_autoptr (JsonObject) first = run (harness, 3);
  assert_counts (first, 1, 0, 0);
  g_auto (HarnessResult) preview = { 0 }, retry = { 0 }, why = { 0 };
  harness_expect (harness, 0, &preview, NULL, "preview", NAME, NULL);
  g_assert_nonnull (strstr (preview.out, "! a | Montant: “x” is not a number\n"));
  harness_expect (harness, 0, &why, NULL, "why", "google-sheets", "rows", "d", NULL);
  g_assert_nonnull (strstr (why.out, "\tID: d | Montant: 345.42\t"));
  write_rows (from, "ID;Montant\na;1\nb;y\n;3\nd;345,42\n");
  harness_expect (harness, 3, &retry, NULL, "retry", NAME, "--json", NULL);
  g_autoptr (JsonNode) retried = harness_parse (retry.out);
  assert_counts (json_node_get_object (retried), 1, 0, 0);
  g_assert_cmpuint (count_rejects (harness), ==, 2);
  write_rows (from, "ID;Montant\na;1\nb;2\nc;3\nd;345,42\n"); /* the key that was blank is new as well */
  g_autoptr (JsonObject) last = run (harness, 0);
  assert_counts (last, 2, 0, 2);
  g_assert_cmpuint (count_rejects (harness), ==, 0);
}

static void test_only_changes_are_read_again (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_a\",\"amount\":100}}");
  json_object_unref (run (harness, 0));
  harness_delete (harness, "/requests");
  g_autoptr (JsonObject) nothing = run (harness, 0);
  g_assert_cmpint (member (nothing, "read"), ==, 0);
  g_autoptr (GPtrArray) requests = harness_requests (harness, NULL, NULL);
  g_assert_cmpuint (requests->len, <=, 3);
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_a\",\"description\":\"later\"}}");
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_b\",\"amount\":100}}");
  g_autoptr (JsonObject) changed = run (harness, 0);
  assert_counts (changed, 1, 1, 0);
  assert_each_once (harness, PAYMENTS + 2);
  g_auto (HarnessResult) full = { 0 };
  harness_expect (harness, 0, &full, NULL, "run", NAME, "--full", "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (full.out);
  assert_counts (json_node_get_object (node), 0, 0, PAYMENTS + 2);
}

static void test_a_retry_takes_the_rejects_alone (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", "{\"from\":\"id\",\"to\":\"ID\"},{\"from\":\"metadata.n\",\"to\":"
                                       "\"N\",\"steps\":[{\"op\":\"number\"}]}"));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_bad\",\"metadata\":{\"n\":\"x\"}}}");
  g_autoptr (JsonObject) first = run (harness, 3);
  g_assert_cmpint (member (first, "rejected"), ==, 1);
  harness_post (
      harness, "/stripe",
      "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_bad\",\"metadata\":{\"n\":\"12,5\"}}}");
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "retry", NAME, "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (result.out);
  assert_counts (json_node_get_object (node), 1, 0, 0);
  g_auto (HarnessResult) rejects = { 0 };
  harness_expect (harness, 0, &rejects, NULL, "rejects", NAME, "--json", NULL);
  g_autoptr (JsonNode) none = harness_parse (rejects.out);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 0);
  assert_each_once (harness, PAYMENTS + 1);
}

static void test_an_undo_takes_back_all_but_what_was_edited (void) {
  g_autoptr (Harness) harness = start (20);
  harness_post (
      harness, "/sheet",
      "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"Paiements\",\"values\":[[\"Note\",\"ID\",\"Libellé\"],"
      "[\"mine\",\"pi_a\",\"before\"],[\"mine\",\"pi_b\",\"same\"]]}");
  import (
      harness,
      TO_SHEET ("upsert", "{\"from\":\"id\",\"to\":\"ID\"},{\"from\":\"description\",\"to\":\"Libellé\"}"));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_a\",\"description\":\"after\"}}");
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_b\",\"description\":\"same\"}}");
  g_autoptr (JsonObject) before = harness_sheet (harness, "Paiements");
  g_autoptr (JsonObject) first = run (harness, 0);
  assert_counts (first, 20, 1, 1);
  g_autofree char *id = g_strdup_printf ("%d", (int) member (first, "run"));
  g_auto (HarnessResult) result = { 0 }, again = { 0 }, why = { 0 };
  harness_expect (harness, 0, &why, NULL, "why", "stripe", "payment_intents", "pi_a", "--json", NULL);
  g_assert_nonnull (strstr (why.out, "\"before\" : \"before\""));
  g_assert_nonnull (strstr (why.out, "\"from\" : \"description\""));
  harness_expect (harness, 0, &result, NULL, "undo", id, "--json", NULL);
  g_autoptr (JsonObject) after = harness_sheet (harness, "Paiements");
  JsonNode *a = json_object_get_member (before, "values"), *b = json_object_get_member (after, "values");
  g_assert_true (json_node_equal (a, b));
  g_autoptr (JsonObject) redone = run (harness, 0);
  assert_counts (redone, 20, 1, 1);

  /* Somebody edits one record of the second run: that one stays, all others are taken back. */
  JsonArray *values = json_object_get_array_member (before, "values");
  g_assert_cmpuint (json_array_get_length (values), ==, 3);
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Paiements");
  JsonNode *edited = json_object_get_member (sheet, "values");
  JsonArray *row = json_array_get_array_element (json_node_get_array (edited), 5);
  json_array_remove_element (row, 2);
  json_array_add_string_element (row, "edited by hand");
  g_autofree char *text = json_to_string (edited, FALSE);
  harness_post (harness, "/sheet", "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"Paiements\",\"values\":%s}",
                text);
  g_autofree char *second = g_strdup_printf ("%d", (int) member (redone, "run"));
  harness_expect (harness, 3, &again, NULL, "undo", second, "--json", NULL);
  g_autoptr (JsonNode) outcome = harness_parse (again.out);
  g_assert_cmpint (member (json_node_get_object (outcome), "rejected"), ==, 1);
  g_assert_cmpint (member (json_node_get_object (outcome), "updated"), ==, 20);
  g_autoptr (GPtrArray) left = rows (harness);
  g_assert_cmpuint (left->len, ==, 3);
}

static void test_one_delivery_is_taken_back (void) {
  g_autoptr (Harness) harness = start (5);
  import (harness, TO_SHEET ("upsert", RULES));
  g_autoptr (JsonObject) first = run (harness, 0);
  g_autoptr (GPtrArray) before = rows (harness);
  const char *id = json_array_get_string_element (before->pdata[2], 0);
  g_auto (HarnessResult) why = { 0 }, undone = { 0 };
  harness_expect (harness, 0, &why, NULL, "why", "stripe", "payment_intents", id, "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (why.out);
  JsonObject *delivery = json_array_get_object_element (json_node_get_array (node), 0);
  g_autofree char *number = g_strdup_printf ("%d", (int) member (delivery, "delivery"));
  g_autofree char *run_number = g_strdup_printf ("%d", (int) member (first, "run"));
  harness_expect (harness, 0, &undone, NULL, "undo", run_number, "--delivery", number, NULL);
  g_autoptr (GPtrArray) after = rows (harness);
  g_assert_cmpuint (after->len, ==, 4);
  for (guint i = 0; i < after->len; i++)
    g_assert_cmpstr (json_array_get_string_element (after->pdata[i], 0), !=, id);
}

static void test_a_success_that_refuses_the_record_is_a_reject (void) {
  g_autoptr (Harness) harness = start (0);
  g_autofree char *folder =
      g_build_filename (harness_folder (harness), "data", "integration-hub", "connectors", NULL);
  g_autofree char *manifest = g_build_filename (folder, "shop.json", NULL);
  g_autofree char *csv = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_autofree char *url = g_strconcat ("base_url=", harness_origin (harness, "stripe"), "/v1", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      manifest,
      "{\"id\":\"shop\",\"name\":\"Shop\",\"base_url\":\"https://shop.example/v1\","
      "\"headers\":{\"Stripe-Version\":\"2026-10-28.endive\"},"
      "\"auth\":{\"kind\":\"bearer\",\"fields\":[{\"id\":\"api_key\",\"label\":\"Key\"}]},\"objects\":[{"
      "\"id\":\"people\","
      "\"label\":\"People\",\"key\":\"id\",\"read\":{\"path\":\"/customers\",\"records\":\"data\"},"
      "\"write\":{\"key\":\"email\",\"create\":\"POST /customers\",\"update\":\"POST "
      "/customers/{id}\",\"body\":\"form\","
      "\"refused\":\"description\"},\"fields\":[{\"path\":\"email\",\"label\":\"E-mail\"},"
      "{\"path\":\"description\",\"label\":\"Description\"}]}]}",
      -1, NULL));
  g_assert_true (g_file_set_contents (csv, "email,description\na@x.fr,\nb@x.fr,no thanks\n", -1, NULL));
  g_auto (HarnessResult) added = { 0 }, rejects = { 0 };
  harness_expect (harness, 0, &added, "{\"api_key\":\"sk_test_x\"}", "account", "add", "shop", "--name",
                  "Shop", "--set", url, NULL);
  g_autofree char *definition = g_strdup_printf (
      FILE_OF ("{\"name\":\"" NAME
               "\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"%s\"}},"
               "\"destination\":{\"connector\":\"shop\",\"account\":\"Shop\",\"object\":\"people\"},"
               "\"write\":{\"mode\":\"upsert\",\"key\":\"email\"},\"mapping\":[{\"from\":\"email\",\"to\":"
               "\"email\"},"
               "{\"from\":\"description\",\"to\":\"description\"}]}"),
      csv);
  import (harness, definition);
  g_autoptr (JsonObject) outcome = run (harness, 3);
  assert_counts (outcome, 1, 0, 0);
  harness_expect (harness, 0, &rejects, NULL, "rejects", NAME, "--json", NULL);
  g_assert_nonnull (strstr (rejects.out, "no thanks"));
}

static void test_an_undo_leaves_an_empty_sheet_as_it_was (void) {
  g_autoptr (Harness) harness = start (1500);
  harness_post (harness, "/sheet", "{\"spreadsheet\":\"sheet-1\",\"sheet\":\"Paiements\",\"values\":[]}");
  import (harness, TO_SHEET ("upsert", RULES));
  g_autoptr (JsonObject) before = harness_sheet (harness, "Paiements");
  g_autoptr (JsonObject) first = run (harness, 0);
  g_autofree char *id = g_strdup_printf ("%d", (int) member (first, "run"));
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "undo", id, NULL);
  g_autoptr (JsonObject) after = harness_sheet (harness, "Paiements");
  g_assert_true (
      json_node_equal (json_object_get_member (before, "values"), json_object_get_member (after, "values")));
}

static void test_an_undo_deletes_the_customers_that_it_made (void) {
  g_autoptr (Harness) harness = start (0);
  g_autofree char *from = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_autofree char *definition = g_strdup_printf (
      FILE_OF ("{\"name\":\"" NAME
               "\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"%s\"}},"
               "\"destination\":{\"connector\":\"stripe\",\"account\":\"Boutique\",\"object\":\"customers\"},"
               "\"write\":{\"mode\":\"upsert\",\"key\":\"email\"},\"mapping\":[{\"from\":\"E-mail\",\"to\":"
               "\"email\"},{\"from\":\"Nom\",\"to\":\"name\"}]}"),
      from);
  import (harness, definition);
  write_rows (from, "E-mail;Nom\nada@x.fr;Ada\nbea@x.fr;Béa\n");
  g_autoptr (JsonObject) first = run (harness, 0);
  assert_counts (first, 2, 0, 0);
  write_rows (from, "E-mail;Nom\nada@x.fr;Ada L.\n");
  g_autoptr (JsonObject) second = run (harness, 0);
  assert_counts (second, 0, 1, 0);
  g_auto (HarnessResult) result = { 0 };
  g_autofree char *id = g_strdup_printf ("%d", (int) member (first, "run"));
  harness_expect (harness, 3, &result, NULL, "undo", id, NULL);
  g_assert_nonnull (strstr (result.out, "! ada@x.fr | somebody changed the record since\n"));
  write_rows (from, "E-mail;Nom\nada@x.fr;Ada L.\nbea@x.fr;Béa\n");
  g_autoptr (JsonObject) again = run (harness, 0);
  assert_counts (again, 1, 0, 1);
}

static void test_a_key_that_changed_is_the_same_record (void) {
  g_autoptr (Harness) harness = start (0);
  import (harness,
          TO_SHEET ("upsert",
                    "{\"from\":\"description\",\"to\":\"ID\"},{\"from\":\"amount\",\"to\":\"Montant\"}"));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_a\",\"description\":\"old\"}}");
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_b\",\"description\":\"other\"}}");
  json_object_unref (run (harness, 0));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_a\",\"description\":\"new\"}}");
  g_autoptr (JsonObject) renamed = run (harness, 0);
  assert_counts (renamed, 0, 1, 0);
  g_autoptr (GPtrArray) found = rows (harness);
  g_assert_cmpuint (found->len, ==, 2);
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_a\",\"description\":\"other\"}}");
  g_autoptr (JsonObject) clash = run (harness, 3);
  g_assert_cmpint (member (clash, "rejected"), ==, 1);
}

static void test_a_source_that_empties_changes_nothing_and_warns (void) {
  g_autoptr (Harness) harness = start (PAYMENTS);
  import (harness, TO_SHEET ("upsert", RULES));
  json_object_unref (run (harness, 0));
  harness_post (harness, "/stripe/count", "{\"object\":\"payment_intents\",\"count\":0}");
  g_auto (HarnessResult) result = { 0 };
  harness_expect (harness, 0, &result, NULL, "run", NAME, "--full", "--json", NULL);
  g_assert_nonnull (strstr (result.out, "suddenly empty"));
  assert_each_once (harness, PAYMENTS);
}

#define CSV_TO_CSV(delimiter)                                                                                \
  FILE_OF ("{\"name\":\"" NAME "\",\"source\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{"      \
           "\"path\":\"FOLDER/in.csv\",\"delimiter\":\"" delimiter                                           \
           "\"}},\"destination\":{\"connector\":\"csv\","                                                    \
           "\"object\":\"rows\",\"options\":{\"path\":\"FOLDER/out.csv\"}},\"write\":{\"mode\":\"append\"}," \
           "\"mapping\":[{\"from\":\"seconds\",\"to\":\"S\"},{\"from\":\"n\",\"to\":\"N\",\"steps\":["       \
           "{\"op\":\"number\"}]}]}")

/* Writes the file to import, “FOLDER” in it being the profile's. (transfer full) */
static char *write_import (Harness *harness, const char *definition) {
  g_autoptr (GString) text = g_string_new (definition);
  g_string_replace (text, "FOLDER", harness_folder (harness), 0);
  char *path = g_build_filename (harness_folder (harness), "csv.json", NULL);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

static void test_a_wrong_option_is_refused_at_import (void) {
  g_autoptr (Harness) harness = harness_new (NULL);
  g_autofree char *wrong = write_import (harness, CSV_TO_CSV (";;"));
  g_auto (HarnessResult) result = { 0 }, listed = { 0 };
  harness_expect (harness, 2, &result, NULL, "import", wrong, NULL);
  g_assert_nonnull (strstr (result.err,
                            "csv.json: integrations[0].source.options: “delimiter” cannot be “;;”: "
                            "auto, tab or one character"));
  assert_one_line (result.err);
  harness_expect (harness, 0, &listed, NULL, "list", "--json", NULL);
  g_assert_cmpstr (g_strstrip (listed.out), ==, "[]");
}

/* Only what the program itself measures is written as a number. */
static void test_a_record_keeps_its_texts (void) {
  g_autoptr (Harness) harness = harness_new (NULL);
  g_autofree char *path = write_import (harness, CSV_TO_CSV (";"));
  g_autofree char *source = g_build_filename (harness_folder (harness), "in.csv", NULL);
  g_auto (HarnessResult) imported = { 0 }, listed = { 0 };
  g_assert_true (g_file_set_contents (source, "seconds;n\n007;x\n", -1, NULL));
  harness_expect (harness, 0, &imported, NULL, "import", path, NULL);
  g_autoptr (JsonObject) object = run (harness, 3);
  harness_expect (harness, 0, &listed, NULL, "rejects", NAME, "--json", NULL);
  g_autoptr (JsonNode) node = harness_parse (listed.out);
  JsonObject *reject = json_array_get_object_element (json_node_get_array (node), 0);
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (reject, "record"), "seconds"), ==, "007");
}

static void test_bad_input_gets_one_sentence_and_the_right_status (void) {
  g_autoptr (Harness) harness = start (5);
  g_autofree char *missing = g_build_filename (harness_folder (harness), "missing.json", NULL);
  g_autofree char *bad = g_build_filename (harness_folder (harness), "bad.json", NULL);
  g_assert_true (g_file_set_contents (bad, FILE_OF ("{\"nam\":\"A\"}"), -1, NULL));
  const struct {
    int status;
    const char *input, *arguments[8];
  } cases[] = {
    { 2, NULL, { "nonsense" } },
    { 2, NULL, { "run" } },
    { 2, NULL, { "run", "no such" } },
    { 2, NULL, { "run", NAME, "--nonsense" } },
    { 2, NULL, { "run", NAME, "--first", "x" } },
    { 2, NULL, { "preview", "no such" } },
    { 2, NULL, { "runs", "no such" } },
    { 2, NULL, { "rejects", "no such" } },
    { 2, NULL, { "export", "no such" } },
    { 2, NULL, { "import", missing } },
    { 2, NULL, { "import", bad } },
    { 2, NULL, { "objects", "no-such" } },
    { 2,
      NULL,
      { "run", "\033]0;x\007\302\233"
               "2J" } },
    { 2, NULL, { "\033[31m" } },
    { 2, NULL, { "fields", "stripe", "no-such" } },
    { 2, NULL, { "fields", "csv", "rows", "--set", "pth=x" } },
    { 2, NULL, { "fields", "stripe", "charges", "--account", "Compta" } },
    { 2, NULL, { "account", "check", "no such" } },
    { 2, NULL, { "account", "remove", "no such" } },
    { 2, KEY, { "account", "add", "stripe" } },
    { 2, KEY, { "account", "add", "stripe", "--name", "Boutique" } },
    { 2, KEY, { "account", "add", "stripe", "--name", "X", "--set", "base_url=http://example.org" } },
    { 2, KEY, { "account", "add", "stripe", "--name", "X", "--set", "bas_url=x" } },
    { 2, "", { "account", "add", "stripe", "--name", "X" } },
    { 2, "sk_test_x", { "account", "add", "stripe", "--name", "X" } },
    { 2, "{\"key\": \"sk_test_x\"}", { "account", "add", "stripe", "--name", "X" } },
    { 2, "{\"installed\": {}}", { "account", "add", "google-sheets", "--name", "X" } },
  };
  harness_delete (harness, "/requests");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (HarnessResult) result = { 0 };
    const char *const *a = cases[i].arguments;
    harness_run (harness, &result, cases[i].input, a[0], a[1], a[2], a[3], a[4], a[5], a[6], NULL);
    g_test_message ("%u: %d %s", i, result.status, result.err);
    g_assert_cmpint (result.status, ==, cases[i].status);
    g_assert_cmpstr (result.out, ==, "");
    assert_one_line (result.err);
  }
  g_autoptr (GPtrArray) sent = harness_requests (harness, NULL, NULL);
  g_assert_cmpuint (sent->len, ==, 0); /* a key goes to its own service only */
  g_autofree char *stripe = g_strconcat ("base_url=", harness_origin (harness, "stripe"), NULL);
  g_auto (HarnessResult) refused = { 0 };
  harness_run (harness, &refused, "{\"api_key\": \"sk_test_REFUSED\"}", "account", "add", "stripe", "--name",
               "X", "--set", stripe, NULL);
  g_assert_cmpint (refused.status, ==, 4);
  assert_one_line (refused.err);
  g_auto (HarnessResult) accounts = { 0 };
  harness_expect (harness, 0, &accounts, NULL, "account", "list", "--json", NULL);
  g_assert_null (strstr (accounts.out, "\"X\"")); /* nothing of all that was kept */
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/second-run", test_second_run_writes_nothing);
  g_test_add_func ("/sync/exact", test_values_arrive_exactly_and_typed);
  g_test_add_func ("/sync/date-step", test_a_date_step_stays_a_date_in_the_sheet);
  g_test_add_func ("/sync/preview", test_preview_agrees_with_the_run_and_writes_nothing);
  g_test_add_func ("/sync/append", test_append_takes_each_record_once_ever);
  g_test_add_func ("/sync/rejects", test_rejects_are_kept_with_their_reason);
  g_test_add_func ("/sync/faults", test_every_fault_ends_in_success_or_a_clear_state);
  g_test_add_func ("/sync/refusals", test_refusals_need_the_user_and_reject_nothing);
  g_test_add_func ("/sync/redirect", test_a_redirect_carries_no_key_elsewhere);
  g_test_add_func ("/sync/killed", test_a_killed_run_is_finished_by_the_next);
  g_test_add_func ("/sync/cancelled", test_an_interrupted_run_is_cancelled_and_goes_on_later);
  g_test_add_func ("/sync/secrets", test_the_key_is_nowhere_but_in_the_keyring);
  g_test_add_func ("/sync/changes", test_only_changes_are_read_again);
  g_test_add_func ("/sync/retry", test_a_retry_takes_the_rejects_alone);
  g_test_add_func ("/sync/undo", test_an_undo_takes_back_all_but_what_was_edited);
  g_test_add_func ("/sync/undo-one", test_one_delivery_is_taken_back);
  g_test_add_func ("/sync/refused", test_a_success_that_refuses_the_record_is_a_reject);
  g_test_add_func ("/sync/undo-empty", test_an_undo_leaves_an_empty_sheet_as_it_was);
  g_test_add_func ("/sync/undo-customers", test_an_undo_deletes_the_customers_that_it_made);
  g_test_add_func ("/sync/changed-key", test_a_key_that_changed_is_the_same_record);
  g_test_add_func ("/sync/empty-source", test_a_source_that_empties_changes_nothing_and_warns);
  g_test_add_func ("/sync/csv", test_csv_and_back);
  g_test_add_func ("/sync/mended", test_rows_that_were_mended_are_no_rejects);
  g_test_add_func ("/sync/wrong-option", test_a_wrong_option_is_refused_at_import);
  g_test_add_func ("/sync/texts", test_a_record_keeps_its_texts);
  g_test_add_func ("/sync/bad-input", test_bad_input_gets_one_sentence_and_the_right_status);
  return g_test_run ();
}
