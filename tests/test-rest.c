/* test-rest.c: services that a manifest describes, Stripe above all, read over HTTP from the sandbox.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "connector.h"
#include "error.h"
#include "harness.h"
#include "http.h"

#define VERSION "2026-10-28.endive"
#define CANARY "CANARY7f3a9c"
#define KEY "{\"api_key\": \"sk_test_" CANARY "\"}"
#define RESTRICTED "{\"api_key\": \"rk_test_" CANARY "\"}"
#define REFUSED "{\"api_key\": \"sk_test_REFUSED" CANARY "\"}"
#define ACCOUNT_NAME "Boutique du Sud"
#define PAYMENT(index) "pi_3SBX00000000000000" index /* two digits */
#define CUSTOMER(index) "cus_3SBX00000000000000" index

static Harness *harness;

/* What Stripe's API knows: paths, and for lists their query parameters. */
static const struct {
  const char *object, *path, *parameters;
} known_paths[] = {
  { NULL, "/v1/account", "" },
  { NULL, "/v1/balance", "" },
  { "payment_intents", "/v1/payment_intents",
    "created customer customer_account ending_before limit starting_after" },
  { "charges", "/v1/charges",
    "created customer ending_before limit payment_intent starting_after transfer_group" },
  { "customers", "/v1/customers", "created email ending_before limit starting_after test_clock" },
  { "invoices", "/v1/invoices",
    "collection_method created customer customer_account due_date ending_before limit starting_after status "
    "subscription" },
  { "subscriptions", "/v1/subscriptions",
    "collection_method created current_period_end current_period_start customer customer_account "
    "ending_before "
    "limit plan price starting_after status test_clock" },
  { "payouts", "/v1/payouts", "arrival_date created destination ending_before limit starting_after status" },
  { "refunds", "/v1/refunds", "charge created ending_before limit payment_intent starting_after" },
  { "balance_transactions", "/v1/balance_transactions",
    "created currency ending_before limit payout source starting_after type" },
  { "checkout_sessions", "/v1/checkout/sessions",
    "created customer customer_account ending_before limit payment_intent payment_link starting_after status "
    "subscription" },
  { "events", "/v1/events", "created delivery_success ending_before limit starting_after type types" },
};

/* Connectors. */

static HubConnector *open_at (const char *connector_id, const char *object, const char *base_url,
                              const char *secret) {
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (connector_id, "Boutique", object);
  g_autoptr (HubAccount) account = hub_account_new (connector_id, "Boutique");
  g_autoptr (GError) error = NULL;
  if (base_url)
    json_object_set_string_member (account->options, "base_url", base_url);
  HubConnector *connector = hub_connector_open (endpoint, account, secret, &error);
  g_assert_no_error (error);
  return connector;
}

static HubConnector *open_object (const char *object, const char *secret) {
  return open_at ("stripe", object, harness_origin (harness, "stripe"), secret);
}

/* A connector that reads the NULL-terminated paths @... */
static HubConnector *open_paths (const char *object, ...) G_GNUC_NULL_TERMINATED;

static HubConnector *open_paths (const char *object, ...) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  HubConnector *connector = open_object (object, KEY);
  va_list list;
  va_start (list, object);
  for (const char *path = va_arg (list, const char *); path; path = va_arg (list, const char *))
    g_ptr_array_add (paths, (char *) path);
  va_end (list);
  g_ptr_array_add (paths, NULL);
  hub_connector_set_source (connector, (const char *const *) paths->pdata);
  return connector;
}

static HubPage *read_page (HubConnector *connector, const char *position) {
  g_autoptr (GError) error = NULL;
  HubPage *page = hub_connector_read_page (connector, position, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (page);
  return page;
}

/* The page behind @page, which is freed. */
static HubPage *turn (HubConnector *connector, HubPage *page) {
  HubPage *next = page->next ? read_page (connector, page->next) : NULL;
  hub_page_free (page);
  return next;
}

/* Adds the keys of the page's records to @keys; one that is there already aborts. */
static void collect_keys (GHashTable *keys, const HubPage *page) {
  for (guint i = 0; i < page->records->len; i++) {
    const HubRecord *record = g_ptr_array_index (page->records, i);
    g_assert_nonnull (record->key);
    g_assert_true (g_hash_table_add (keys, g_strdup (record->key)));
  }
}

static GHashTable *new_keys (void) {
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* All keys from the first page to the last. (transfer full) */
static GHashTable *read_keys (HubConnector *connector, guint *n_pages) {
  GHashTable *keys = new_keys ();
  *n_pages = 0;
  for (HubPage *page = read_page (connector, NULL); page; page = turn (connector, page), ++*n_pages)
    collect_keys (keys, page);
  return keys;
}

static HubRecord *read_record (HubConnector *connector, const char *key) {
  g_autoptr (GError) error = NULL;
  HubRecord *record = hub_connector_read_record (connector, key, NULL, &error);
  g_assert_no_error (error);
  return record;
}

static void assert_value (const HubRecord *record, guint index, HubType type, const char *text) {
  g_assert_nonnull (record);
  g_assert_cmpuint (index, <, record->n_values);
  g_assert_cmpstr (record->values[index].text, ==, text);
  if (text)
    g_assert_cmpstr (hub_type_name (record->values[index].type), ==, hub_type_name (type));
}

/* An error for a person: one line that names @service and holds nothing of the key. */
static void assert_sentence (const GError *error, int code, const char *service) {
  g_test_message ("%s", error ? error->message : "no error");
  g_assert_error (error, HUB_ERROR, code);
  g_assert_null (strpbrk (error->message, "\r\n"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, service));
  g_assert_null (strstr (error->message, CANARY));
}

/* The sandbox. */

static void set_count (const char *object, guint count) {
  harness_post (harness, "/stripe/count", "{\"object\":\"%s\",\"count\":%u}", object, count);
}

/* Changes or adds a record, given by its members; Stripe makes an event of it. */
static void change (const char *object, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void change (const char *object, const char *format, ...) {
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *members = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  harness_post (harness, "/stripe", "{\"object\":\"%s\",\"record\":{%s}}", object, members);
}

/* The same without an event. */
static void put_quietly (const char *object, const char *members) {
  harness_post (harness, "/stripe", "{\"object\":\"%s\",\"event\":\"none\",\"record\":{%s}}", object,
                members);
}

/* An event of @type at @created about the @object called @id. */
static void add_event (const char *event, gint64 created, const char *type, const char *object,
                       const char *id) {
  change ("events",
          "\"id\":\"%s\",\"object\":\"event\",\"created\":%" G_GINT64_FORMAT
          ",\"type\":\"%s\",\"data\":{\"object\":{\"object\":\"%s\",\"id\":\"%s\"}}",
          event, created, type, object, id);
}

static void set_fault (const char *fault, const char *path, guint times) {
  harness_post (harness, "/faults", "{\"service\":\"stripe\",\"fault\":\"%s\",\"path\":\"%s\",\"times\":%u}",
                fault, path, times);
}

static guint count_requests (void) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, "stripe", NULL);
  return requests->len;
}

/* The path of request @index since the last reset. (transfer full) */
static char *request_path (guint index) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, "stripe", NULL);
  g_assert_cmpuint (index, <, requests->len);
  return g_strdup (json_object_get_string_member (requests->pdata[index], "path"));
}

/* Whether @path is @known, or one record below it, as lists have them. */
static gboolean is_below (const char *path, const char *known, gboolean list) {
  const char *rest = g_str_has_prefix (path, known) ? path + strlen (known) : NULL;
  return rest && (*rest == '\0' || (list && rest[0] == '/' && rest[1] && strchr (rest + 1, '/') == NULL));
}

/* Every query parameter must be one of @known. */
static void assert_query_known (const char *query, const char *known) {
  g_auto (GStrv) names = g_strsplit (known, " ", -1);
  g_auto (GStrv) parameters = g_strsplit (query, "&", -1);
  for (guint i = 0; parameters[i]; i++) {
    g_autofree char *name = g_strndup (parameters[i], strcspn (parameters[i], "=["));
    if (!g_strv_contains ((const char *const *) names, name))
      g_error ("Stripe does not know the parameter “%s”", name);
  }
}

static void assert_request_known (JsonObject *request) {
  const char *path = json_object_get_string_member (request, "path");
  const char *query = json_object_get_string_member_with_default (request, "query", NULL);
  JsonObject *headers = json_object_get_object_member (request, "headers");
  g_assert_cmpstr (json_object_get_string_member (request, "method"), ==, "GET");
  g_assert_cmpstr (json_object_get_string_member (headers, "stripe-version"), ==, VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (known_paths); i++)
    if (is_below (path, known_paths[i].path, known_paths[i].object != NULL)) {
      gboolean one = strlen (path) > strlen (known_paths[i].path);
      if (query)
        assert_query_known (query, one ? "" : known_paths[i].parameters);
      return;
    }
  g_error ("Stripe does not know the path “%s”", path);
}

/* Pages. */

static void test_all_pages_of_every_object_are_read (void) {
  static const guint counts[] = { 0, 1, 99, 100, 101, 1000 };
  for (guint i = 0; i < G_N_ELEMENTS (known_paths); i++) {
    const char *object = known_paths[i].object;
    if (object == NULL || g_str_equal (object, "events"))
      continue;
    for (guint c = 0; c < G_N_ELEMENTS (counts); c++) {
      guint n_pages, before = count_requests ();
      set_count (object, counts[c]);
      g_autoptr (HubConnector) connector = open_paths (object, "id", "created", NULL);
      g_autoptr (GHashTable) keys = read_keys (connector, &n_pages);
      g_assert_cmpuint (g_hash_table_size (keys), ==, counts[c]);
      g_assert_cmpuint (n_pages, ==, MAX ((counts[c] + 99) / 100, 1));
      g_assert_cmpuint (count_requests () - before, ==, n_pages);
    }
  }
}

static void test_canceled_subscriptions_are_read_too (void) {
  guint canceled = 0;
  set_count ("subscriptions", 10);
  g_autoptr (HubConnector) connector = open_paths ("subscriptions", "status", NULL);
  g_autoptr (HubPage) page = read_page (connector, NULL);
  g_assert_cmpuint (page->records->len, ==, 10);
  for (guint i = 0; i < page->records->len; i++)
    canceled += g_str_equal (((HubRecord *) page->records->pdata[i])->values[0].text, "canceled");
  g_assert_cmpuint (canceled, ==, 2);
}

/* What is added while the pages are read comes with the next reading: its cursor was taken before. */
static void test_nothing_is_lost_that_changes_between_pages (void) {
  g_autofree char *cursor = NULL, *next = NULL;
  gboolean changes_only = FALSE;
  g_autoptr (GError) error = NULL;
  guint n_pages;
  set_count ("payment_intents", 250);
  change ("payment_intents", "\"id\":\"" PAYMENT ("07") "\"");
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", "description", NULL);
  g_assert_true (hub_connector_begin (connector, NULL, &changes_only, &cursor, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (changes_only);
  g_assert_nonnull (cursor);

  g_autoptr (GHashTable) keys = new_keys ();
  HubPage *page = read_page (connector, NULL);
  collect_keys (keys, page);
  change ("payment_intents", "\"id\":\"pi_new_1\"");
  change ("payment_intents", "\"id\":\"" PAYMENT ("03") "\",\"description\":\"changed unread\"");
  change ("payment_intents", "\"id\":\"pi_3SBX0000000000000249\",\"description\":\"changed when read\"");
  page = turn (connector, page);
  collect_keys (keys, page);
  change ("payment_intents", "\"id\":\"pi_new_2\"");
  page = turn (connector, page);
  collect_keys (keys, page);
  const HubRecord *fourth = g_ptr_array_index (page->records, page->records->len - 4);
  g_assert_cmpstr (fourth->key, ==, PAYMENT ("03"));
  assert_value (fourth, 1, HUB_TYPE_TEXT, "changed unread");
  g_assert_null (turn (connector, page));
  for (guint i = 0; i < 250; i++) {
    g_autofree char *id = g_strdup_printf ("pi_3SBX%016u", i);
    g_assert_true (g_hash_table_contains (keys, id));
  }

  g_autoptr (HubConnector) again = open_paths ("payment_intents", "id", "description", NULL);
  g_assert_true (hub_connector_begin (again, cursor, &changes_only, &next, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (changes_only);
  g_autoptr (GHashTable) changed = read_keys (again, &n_pages);
  static const char *const expected[] = { "pi_new_1", "pi_new_2", PAYMENT ("03"), "pi_3SBX0000000000000249" };
  g_assert_cmpuint (g_hash_table_size (changed), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_true (g_hash_table_contains (changed, expected[i]));
}

/* Values. */

static void test_amounts_have_their_currencys_decimals (void) {
  static const struct {
    const char *amount, *currency, *money, *code;
  } cases[] = {
    { "1999", "\"eur\"", "19.99", "EUR" },
    { "5", "\"eur\"", "0.05", "EUR" },
    { "-5", "\"usd\"", "-0.05", "USD" },
    { "0", "\"eur\"", "0.00", "EUR" },
    { "500", "\"jpy\"", "500", "JPY" },
    { "1999", "\"kwd\"", "1.999", "KWD" },
    { "50000", "\"isk\"", "500.00", "ISK" },
    { "50000", "\"ugx\"", "500.00", "UGX" },
    { "500", "\"mga\"", "500", "MGA" },
    { "500", "\"JPY\"", "500", "JPY" },
    { "99999999999999999999", "\"eur\"", "999999999999999999.99", "EUR" },
    { "1999", "null", "19.99", "" },
    { "1999", "\"\"", "19.99", "" },
  };
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "amount", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    change ("payment_intents", "\"id\":\"pi_x\",\"amount\":%s,\"currency\":%s", cases[i].amount,
            cases[i].currency);
    g_autoptr (HubRecord) record = read_record (connector, "pi_x");
    g_test_message ("%s %s", cases[i].amount, cases[i].currency);
    assert_value (record, 0, HUB_TYPE_MONEY, cases[i].money);
    g_assert_cmpstr (record->values[0].format, ==, cases[i].code);
    g_assert_cmpuint (record->n_values, ==, 1); /* the currency was read along, but was not asked for */
  }
  change ("payment_intents", "\"id\":\"pi_x\",\"amount\":null");
  g_autoptr (HubRecord) record = read_record (connector, "pi_x");
  assert_value (record, 0, HUB_TYPE_MONEY, NULL);
}

static void test_a_nested_amount_has_its_own_currency (void) {
  set_count ("subscriptions", 1);
  g_autoptr (HubConnector) connector =
      open_paths ("subscriptions", "items.data.0.price.unit_amount", "items.data.0.quantity",
                  "items.data.0.price.recurring.interval", NULL);
  g_autoptr (HubPage) page = read_page (connector, NULL);
  const HubRecord *record = g_ptr_array_index (page->records, 0);
  assert_value (record, 0, HUB_TYPE_MONEY, "20.00");
  g_assert_cmpstr (record->values[0].format, ==, "EUR");
  assert_value (record, 1, HUB_TYPE_INTEGER, "1");
  assert_value (record, 2, HUB_TYPE_TEXT, "month");
}

static void test_unix_times_are_datetimes (void) {
  static const struct {
    const char *raw;
    HubType type;
    const char *text;
  } cases[] = {
    { "0", HUB_TYPE_DATETIME, "1970-01-01T00:00:00Z" },
    { "1735689600", HUB_TYPE_DATETIME, "2025-01-01T00:00:00Z" },
    { "-1", HUB_TYPE_DATETIME, "1969-12-31T23:59:59Z" },
    { "253402300799", HUB_TYPE_DATETIME, "9999-12-31T23:59:59Z" },
    { "253402300800", HUB_TYPE_INTEGER, "253402300800" }, /* stays as it came */
    { "99999999999999999999", HUB_TYPE_INTEGER, "99999999999999999999" },
    { "1.5", HUB_TYPE_DECIMAL, "1.5" },
    { "\"soon\"", HUB_TYPE_TEXT, "soon" },
    { "null", HUB_TYPE_DATETIME, NULL },
  };
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "canceled_at", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    change ("payment_intents", "\"id\":\"pi_x\",\"canceled_at\":%s", cases[i].raw);
    g_autoptr (HubRecord) record = read_record (connector, "pi_x");
    g_test_message ("%s", cases[i].raw);
    assert_value (record, 0, cases[i].type, cases[i].text);
  }
}

static void test_metadata_stays_text (void) {
  change ("payment_intents",
          "\"id\":\"pi_x\",\"metadata\":{\"order_id\":\"007\",\"external\":\"12345678901234567890\","
          "\"a.b\":\"dotted\",\"clé 🙂\":\"=IMPORTXML(\\\"http://x\\\")\",\"empty\":\"\"}");
  g_autoptr (HubConnector) connector =
      open_paths ("payment_intents", "metadata.order_id", "metadata.external", "metadata.a.b",
                  "metadata.clé 🙂", "metadata.empty", "metadata.absent", "metadata.absent.below", NULL);
  g_autoptr (HubRecord) record = read_record (connector, "pi_x");
  assert_value (record, 0, HUB_TYPE_TEXT, "007");
  assert_value (record, 1, HUB_TYPE_TEXT, "12345678901234567890");
  assert_value (record, 2, HUB_TYPE_TEXT, "dotted");
  assert_value (record, 3, HUB_TYPE_TEXT, "=IMPORTXML(\"http://x\")");
  g_assert_true (hub_value_is_blank (&record->values[4]));
  assert_value (record, 5, HUB_TYPE_TEXT, NULL);
  assert_value (record, 6, HUB_TYPE_TEXT, NULL);
  g_assert_cmpstr (record->key, ==, "pi_x"); /* known although it was not asked for */
}

static void test_other_values_have_the_manifests_types (void) {
  set_count ("charges", 1);
  set_count ("customers", 1);
  put_quietly ("customers",
               "\"id\":\"" CUSTOMER ("00") "\",\"preferred_locales\":[\"fr\",\"en\"],"
                                           "\"currency\":\"jpy\",\"balance\":-500,\"name\":null");
  put_quietly ("balance_transactions", "\"id\":\"txn_x\",\"exchange_rate\":1.0834");
  put_quietly ("balance_transactions", "\"id\":\"txn_y\",\"exchange_rate\":2");
  g_autoptr (HubConnector) charges = open_paths (
      "charges", "billing_details.name", "billing_details.email", "billing_details.address.city",
      "billing_details.address.line2", "receipt_url", "paid", "billing_details", "failure_message", NULL);
  g_autoptr (HubPage) page = read_page (charges, NULL);
  const HubRecord *charge = g_ptr_array_index (page->records, 0);
  assert_value (charge, 0, HUB_TYPE_TEXT, "Zoé Lefèvre");
  assert_value (charge, 1, HUB_TYPE_EMAIL, "client0@example.test");
  assert_value (charge, 2, HUB_TYPE_TEXT, "Nîmes");
  assert_value (charge, 3, HUB_TYPE_TEXT, NULL);
  g_assert_cmpint (charge->values[4].type, ==, HUB_TYPE_URL);
  assert_value (charge, 5, HUB_TYPE_BOOLEAN, "true");
  g_assert_cmpint (charge->values[6].type, ==, HUB_TYPE_JSON);
  g_assert_nonnull (strstr (charge->values[6].text, "\"Nîmes\""));
  assert_value (charge, 7, HUB_TYPE_TEXT, NULL);

  g_autoptr (HubConnector) customers = open_paths ("customers", "preferred_locales", "balance", "name", NULL);
  g_autoptr (HubRecord) customer = read_record (customers, CUSTOMER ("00"));
  g_assert_cmpint (customer->values[0].type, ==, HUB_TYPE_LIST);
  assert_value (customer, 1, HUB_TYPE_MONEY, "-500");
  assert_value (customer, 2, HUB_TYPE_TEXT, NULL);

  g_autoptr (HubConnector) transactions = open_paths ("balance_transactions", "exchange_rate", NULL);
  g_autoptr (HubRecord) broken_rate = read_record (transactions, "txn_x");
  g_autoptr (HubRecord) whole_rate = read_record (transactions, "txn_y");
  assert_value (broken_rate, 0, HUB_TYPE_DECIMAL, "1.0834");
  assert_value (whole_rate, 0, HUB_TYPE_DECIMAL, "2");
}

static void test_an_amount_of_400_digits_arrives_digit_for_digit (void) {
  g_autofree char *units = g_strnfill (398, '9');
  g_autofree char *amount = g_strconcat (units, ".99", NULL);
  set_count ("payment_intents", 3);
  set_fault ("bignumber", "payment_intents", 1);
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "amount", "id", NULL);
  g_autoptr (HubPage) page = read_page (connector, NULL);
  g_assert_cmpuint (page->records->len, ==, 3);
  assert_value (g_ptr_array_index (page->records, 0), 0, HUB_TYPE_MONEY, amount);
  assert_value (g_ptr_array_index (page->records, 1), 0, HUB_TYPE_MONEY, "80.19");
}

/* Fields. */

static const HubField *find_field (const GPtrArray *fields, const char *name) {
  const HubField *found = NULL;
  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = g_ptr_array_index (fields, i);
    if (g_str_equal (field->name, name)) {
      g_assert_null (found); /* each once */
      found = field;
    }
  }
  return found;
}

static GPtrArray *list_fields (HubConnector *connector) {
  g_autoptr (GError) error = NULL;
  GPtrArray *fields = hub_connector_list_fields (connector, NULL, &error);
  g_assert_no_error (error);
  return fields;
}

static void test_fields_without_an_account_are_the_manifests (void) {
  g_autoptr (GError) error = NULL;
  const HubManifest *manifest = hub_manifest_get ("stripe", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < manifest->objects->len; i++) {
    const HubManifestObject *object = g_ptr_array_index (manifest->objects, i);
    g_autoptr (HubConnector) connector = open_at ("stripe", object->id, NULL, NULL);
    g_autoptr (GPtrArray) fields = list_fields (connector);
    g_assert_cmpuint (fields->len, ==, object->fields->len);
    g_assert_cmpstr (((HubField *) fields->pdata[0])->name, ==, "id");
    g_assert_true (((HubField *) fields->pdata[0])->unique);
  }
  g_assert_cmpuint (count_requests (), ==, 0);
}

static void test_fields_of_an_account_are_discovered (void) {
  set_count ("payment_intents", 30);
  put_quietly ("payment_intents", "\"id\":\"" PAYMENT ("02") "\",\"metadata\":{\"a.b\":\"rare\"}");
  g_autoptr (HubConnector) connector = open_object ("payment_intents", KEY);
  g_autoptr (GPtrArray) fields = list_fields (connector);
  g_assert_cmpuint (count_requests (), ==, 1);
  const HubField *amount = find_field (fields, "amount");
  g_assert_cmpint (amount->type, ==, HUB_TYPE_MONEY);
  g_assert_cmpstr (amount->example, ==, "29751.00"); /* of the newest payment */
  g_assert_cmpstr (find_field (fields, "created")->example, ==, "2025-01-01T01:06:13Z");
  g_assert_cmpstr (find_field (fields, "canceled_at")->example, !=, NULL); /* of the newest that has one */
  g_assert_null (find_field (fields, "cancellation_reason")->example);
  const HubField *order = find_field (fields, "metadata.order_id");
  g_assert_nonnull (order);
  g_assert_cmpstr (order->label, ==, "order_id");
  g_assert_cmpstr (order->example, ==, "029");
  g_assert_cmpint (order->type, ==, HUB_TYPE_TEXT);
  g_assert_nonnull (find_field (fields, "metadata.external_id"));
  g_assert_cmpstr (find_field (fields, "metadata.a.b")->example, ==, "rare");
  g_assert_null (find_field (fields, "metadata")); /* only what is in it can be chosen */
}

static void test_fields_of_an_empty_account_are_the_manifests (void) {
  set_count ("payment_intents", 0);
  g_autoptr (HubConnector) connector = open_object ("payment_intents", KEY);
  g_autoptr (GPtrArray) fields = list_fields (connector);
  g_assert_cmpuint (fields->len, ==, connector->object->fields->len);
  g_autoptr (HubConnector) without_metadata = open_object ("balance_transactions", KEY);
  g_autoptr (GPtrArray) others = list_fields (without_metadata);
  g_assert_cmpuint (others->len, ==, without_metadata->object->fields->len);
}

static void test_listing_fields_leaves_the_reading_alone (void) {
  set_count ("payment_intents", 2);
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "status", NULL);
  g_autoptr (HubPage) before = read_page (connector, NULL);
  g_autoptr (GPtrArray) fields = list_fields (connector);
  g_assert_nonnull (find_field (fields, "metadata.order_id"));
  g_autoptr (HubPage) after = read_page (connector, NULL);
  assert_value (g_ptr_array_index (after->records, 0), 0, HUB_TYPE_TEXT, "succeeded");
  g_assert_cmpuint (((HubRecord *) after->records->pdata[0])->n_values, ==, 1);
}

/* Keys and addresses. */

static void test_a_key_is_checked (void) {
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL, *restricted_label = NULL, *no_label = NULL;
  g_autoptr (HubConnector) full = open_object (NULL, KEY);
  g_assert_true (hub_connector_verify (full, &label, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (label, ==, ACCOUNT_NAME);
  g_assert_cmpuint (count_requests (), ==, 1);

  g_autoptr (HubConnector) restricted = open_object (NULL, RESTRICTED);
  g_assert_true (hub_connector_verify (restricted, &restricted_label, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (restricted_label); /* a list of charges names no account */
  g_assert_cmpuint (count_requests (), ==, 3);

  set_fault ("403", "/v1/", 3);
  g_autoptr (HubConnector) narrow = open_object (NULL, RESTRICTED);
  g_assert_true (hub_connector_verify (narrow, &restricted_label, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_requests (), ==, 6);

  g_autoptr (HubConnector) refused = open_object (NULL, REFUSED);
  g_assert_false (hub_connector_verify (refused, &no_label, NULL, &error));
  assert_sentence (error, HUB_ERROR_CREDENTIALS, "Stripe");
  g_assert_null (no_label);
}

/* A page of a hotel's network, say, accepts every key. */
static void test_what_does_not_answer_like_the_service_accepts_no_key (void) {
  static const char *const faults[] = { "html", "truncate", "deep", "404" };
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *label = NULL;
    g_autoptr (HubConnector) connector = open_object (NULL, KEY);
    set_fault (faults[i], "/v1/account", 9);
    g_assert_false (hub_connector_verify (connector, &label, NULL, &error));
    assert_sentence (error, i < 3 ? HUB_ERROR_SERVICE : HUB_ERROR_NOT_FOUND, "Stripe");
    g_assert_null (label);
    harness_delete (harness, "/faults");
  }
}

static void test_base_urls (void) {
  static const struct {
    const char *own, *url; /* NULL url: refused */
  } cases[] = {
    { NULL, "https://api.stripe.com/v1" },
    { "https://example.org", "https://example.org/v1" },
    { "https://example.org/", "https://example.org/v1" },
    { "https://example.org:8443", "https://example.org:8443/v1" },
    { "https://example.org/v1", "https://example.org/v1" },
    { "https://example.org/mirror/v1/", "https://example.org/mirror/v1" },
    { "HTTPS://Example.org", "https://example.org/v1" },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1" },
    { "http://[::1]:8080/x", "http://[::1]:8080/x" },
    { "http://localhost:8080", "http://localhost:8080/v1" },
    { "http://example.org", NULL },
    { "http://localhost.example.org", NULL },
    { "http://127.0.0.1.example.org", NULL },
    { "https://user@example.org", NULL },
    { "https://user:secret@example.org", NULL },
    { "http://127.0.0.1@example.org", NULL },
    { "ftp://example.org", NULL },
    { "file:///etc/passwd", NULL },
    { "example.org", NULL },
    { "https://", NULL },
    { "", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubConnector) connector = open_at ("stripe", NULL, cases[i].own, KEY);
    g_autofree char *url = hub_connector_dup_base_url (connector, &error);
    g_test_message ("%s", cases[i].own ? cases[i].own : "none");
    g_assert_cmpstr (url, ==, cases[i].url);
    if (cases[i].url) {
      g_assert_no_error (error);
      continue;
    }
    g_autoptr (GError) problem = NULL;
    g_autofree char *label = NULL;
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_false (hub_connector_verify (connector, &label, NULL, &problem));
    g_assert_error (problem, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_null (strstr (problem->message, "secret"));
  }
}

static void test_requests_go_to_the_accounts_own_address (void) {
  static const struct {
    const char *end, *path;
  } cases[] = { { "", "/v1/account" },
                { "/", "/v1/account" },
                { "/v1", "/v1/account" },
                { "/v1/", "/v1/account" },
                { "/mirror", "/mirror/account" } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *label = NULL;
    g_autofree char *own = g_strconcat (harness_origin (harness, "stripe"), cases[i].end, NULL);
    g_autoptr (HubConnector) connector = open_at ("stripe", NULL, own, KEY);
    gboolean found = hub_connector_verify (connector, &label, NULL, &error);
    g_assert_cmpint (found, ==, g_str_has_prefix (cases[i].path, "/v1"));
    if (!found)
      assert_sentence (error, HUB_ERROR_NOT_FOUND, "Stripe");
    g_autofree char *path = request_path (0);
    g_assert_cmpstr (path, ==, cases[i].path);
    harness_delete (harness, "/requests");
  }
  g_autoptr (JsonNode) undocumented = harness_get (harness, "/undocumented");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (undocumented)), ==,
                    1); /* a mirror of Stripe */
  harness_delete (harness, "/undocumented");
}

/* Failures. */

static const struct {
  const char *fault;
  int code; /* of HUB_ERROR */
  const char *hint;
  guint requests;
} failures[] = {
  { "401", HUB_ERROR_CREDENTIALS, "refused the key", 1 },
  { "403", HUB_ERROR_PERMISSION, "rak_payment_intent_read", 1 },
  { "404", HUB_ERROR_NOT_FOUND, "does not find", 1 },
  { "html", HUB_ERROR_SERVICE, "cannot be read", 3 },
  { "truncate", HUB_ERROR_SERVICE, "cannot be read", 3 },
  { "deep", HUB_ERROR_SERVICE, "cannot be read", 3 },
  { "500", HUB_ERROR_NETWORK, "try again later", 6 }, /* takes the pauses between six tries */
};

static void test_a_page_that_fails_says_why (void) {
  set_count ("payment_intents", 20);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
    set_fault (failures[i].fault, "/v1/payment_intents", 9);
    g_autoptr (HubPage) page = hub_connector_read_page (connector, NULL, NULL, &error);
    g_assert_null (page);
    assert_sentence (error, failures[i].code, "Stripe");
    g_assert_nonnull (strstr (error->message, failures[i].hint));
    g_assert_cmpuint (count_requests (), ==, failures[i].requests);
    harness_delete (harness, "/faults");
    harness_delete (harness, "/requests");
    g_autoptr (HubPage) later = read_page (connector, NULL); /* the connector itself is unharmed */
    g_assert_cmpuint (later->records->len, ==, 20);
    harness_delete (harness, "/requests");
  }
}

#define ROUND 5 /* pages */

typedef struct {
  GSocketListener *listener;
  GCancellable *over;
} Round;

/* Answers each connection with the next of ROUND pages, and after the last with the first again, without end. */
static gpointer serve_in_a_round (gpointer data) {
  Round *round = data;
  GSocketConnection *peer;
  for (guint n = 0; (peer = g_socket_listener_accept (round->listener, NULL, round->over, NULL)); n++) {
    g_autofree char *body = g_strdup_printf ("{\"data\":[{\"id\":\"pi_%u\"}],\"has_more\":true}", n % ROUND);
    g_autofree char *answer =
        g_strdup_printf ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         strlen (body), body);
    char request[4096];
    g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (peer)), request, sizeof request, NULL,
                         NULL);
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (peer)), answer, strlen (answer),
                               NULL, NULL, NULL);
    g_io_stream_close (G_IO_STREAM (peer), NULL, NULL);
    g_object_unref (peer);
  }
  return NULL;
}

static void test_pages_that_go_round_come_to_an_end (void) {
  static const char *const paths[] = { "id", NULL };
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *origin = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr (GCancellable) over = g_cancellable_new ();
  Round round = { listener, over };
  GThread *thread = g_thread_new ("round", serve_in_a_round, &round);
  g_autoptr (HubConnector) connector = open_at ("stripe", "payment_intents", origin, KEY);
  g_autoptr (GError) error = NULL;
  g_autofree char *position = NULL;
  guint n_pages = 0;
  hub_connector_set_source (connector, paths);
  do {
    g_autoptr (HubPage) page = hub_connector_read_page (connector, position, NULL, &error);
    g_free (position);
    position = page ? g_steal_pointer (&page->next) : NULL;
  } while (position && ++n_pages < 10 * ROUND);
  assert_sentence (error, HUB_ERROR_SERVICE, "more records follow");
  g_assert_cmpuint (n_pages, <, 4 * ROUND);
  g_cancellable_cancel (over);
  g_thread_join (thread);
}

static void test_a_record_that_fails_says_why (void) {
  set_count ("payment_intents", 20);
  for (guint i = 0; i + 1 < G_N_ELEMENTS (failures); i++) { /* 500: as for a page */
    g_autoptr (GError) error = NULL;
    g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
    set_fault (failures[i].fault, "/v1/payment_intents/", 9);
    g_autoptr (HubRecord) record = hub_connector_read_record (connector, PAYMENT ("03"), NULL, &error);
    g_assert_null (record);
    if (failures[i].code == HUB_ERROR_NOT_FOUND)
      g_assert_no_error (error); /* it is no longer there */
    else
      assert_sentence (error, failures[i].code, "Stripe");
    g_assert_cmpuint (count_requests (), ==, failures[i].requests);
    harness_delete (harness, "/faults");
    harness_delete (harness, "/requests");
  }
}

static void test_a_broken_answer_is_asked_for_again (void) {
  static const char *const faults[] = { "html", "truncate", "deep", "reset-mid-body" };
  set_count ("payment_intents", 150);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    guint n_pages;
    g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
    set_fault (faults[i], "/v1/payment_intents", 1);
    g_autoptr (GHashTable) keys = read_keys (connector, &n_pages);
    g_assert_cmpuint (g_hash_table_size (keys), ==, 150);
    set_fault (faults[i], "/v1/payment_intents", 1);
    g_autoptr (HubRecord) record = read_record (connector, PAYMENT ("03"));
    g_assert_cmpstr (record->key, ==, PAYMENT ("03"));
    harness_delete (harness, "/faults");
  }
}

static void test_a_cancelled_reading_ends (void) {
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (hub_connector_read_page (connector, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Opening. */

static void test_an_endpoint_that_cannot_be_opened_says_why (void) {
  static const struct {
    const char *connector, *account, *object, *option;
    gboolean write;
    const char *hint;
  } cases[] = {
    { "strip", "A", "charges", NULL, FALSE, "integrations[0].source.connector: " },
    { "stripe", "A", "payments", NULL, FALSE, "payment_intents, charges" },
    { "stripe", "A", "charges", NULL, TRUE, "cannot write “charges”" },
    { "stripe", NULL, "charges", NULL, FALSE, "“account” is missing" },
    { "stripe", "A", "charges", "type", FALSE, "unknown member “type”" },
    { "stripe", "A", "events", "typ", FALSE, "did you mean “type”" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubEndpoint) endpoint =
        hub_endpoint_new (cases[i].connector, cases[i].account, cases[i].object);
    if (cases[i].option)
      json_object_set_string_member (endpoint->options, cases[i].option, "x");
    g_assert_false (hub_connector_check (endpoint, cases[i].write, "integrations[0].source", &error));
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, "integrations[0].source"));
    g_assert_nonnull (strstr (error->message, cases[i].hint));
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (HubEndpoint) good = hub_endpoint_new ("stripe", "A", "charges");
  g_assert_true (hub_connector_check (good, FALSE, "integrations[0].source", &error));
  g_assert_no_error (error);
}

static void test_a_secret_that_is_no_json_is_refused_unshown (void) {
  static const char *const secrets[] = { "sk_test_" CANARY, "{\"api_key\": sk_test_" CANARY "}",
                                         "\"sk_test_" CANARY "\"", "{\"sk_test_" CANARY "\"}", "" };
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("stripe", "A", "charges");
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubConnector) connector = hub_connector_open (endpoint, NULL, secrets[i], &error);
    g_assert_null (connector);
    assert_sentence (error, HUB_ERROR_INVALID, "secret");
  }
}

/* The user's own manifests. */

static char *manifest_path (const char *id) {
  return g_strdup_printf ("%s/integration-hub/connectors/%s.json", g_get_user_data_dir (), id);
}

static void write_manifest (const char *id, const char *text) {
  g_autofree char *path = manifest_path (id);
  g_autofree char *folder = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void remove_manifest (const char *id) {
  g_autofree char *path = manifest_path (id);
  g_assert_cmpint (g_remove (path), ==, 0);
}

/* Removes the data folder, which holds no file any more. */
static void remove_data (const char *data) {
  static const char *const folders[] = { "integration-hub/connectors", "integration-hub", "" };
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (data, folders[i], NULL);
    g_assert_true (g_rmdir (path) == 0 || !g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

#define OWN(id, objects)                                                                                     \
  "{\"id\":\"" id "\",\"name\":\"Ma boutique\",\"base_url\":\"https://shop.example/v1\",\"headers\":"        \
  "{\"Stripe-Version\":\"" VERSION "\"},\"auth\":{\"kind\":\"bearer\",\"fields\":[{\"id\":\"token\","        \
  "\"label\":\"Token\"}]},\"error_message\":\"error.message\",\"objects\":[" objects "]}"

static void test_the_users_own_manifest_reads_a_service (void) {
  write_manifest (
      "boutique",
      OWN ("boutique",
           "{\"id\":\"sales\",\"label\":\"Sales\",\"key\":\"id\",\"read\":{\"path\":\"/payment_intents\","
           "\"records\":\"data\",\"more\":\"has_more\",\"page_param\":\"starting_after\","
           "\"query\":{\"limit\":\"7\",\"customer\":\"{buyer}\"}},"
           "\"options\":[{\"id\":\"buyer\",\"label\":\"Buyer\"}],"
           "\"fields\":[{\"path\":\"metadata.price\",\"label\":\"Price\",\"type\":\"money\"},"
           "{\"path\":\"metadata.count\",\"label\":\"Count\",\"type\":\"integer\"},"
           "{\"path\":\"metadata.day\",\"label\":\"Day\",\"type\":\"date\"},"
           "{\"path\":\"rate\",\"label\":\"Rate\",\"type\":\"money\"},"
           "{\"path\":\"number\",\"label\":\"Number\"}]}"));
  set_count ("payment_intents", 60);
  put_quietly ("payment_intents",
               "\"id\":\"" PAYMENT ("59") "\",\"number\":7,\"rate\":1.5,\"metadata\":{\"price\":\"19.90\","
                                          "\"count\":\"1.5\",\"day\":\"2026-11-22\"}");
  const char *const paths[] = { "metadata.price", "metadata.count", "metadata.day", "rate", "number", NULL };
  g_autoptr (HubConnector) connector =
      open_at ("boutique", "sales", harness_origin (harness, "stripe"), "{\"token\":\"sk_test_x\"}");
  hub_connector_set_source (connector, paths);
  g_autoptr (HubPage) page = read_page (connector, NULL);
  g_assert_cmpuint (page->records->len, ==, 7);
  const HubRecord *record = g_ptr_array_index (page->records, 0);
  assert_value (record, 0, HUB_TYPE_MONEY, "19.90");
  assert_value (record, 1, HUB_TYPE_TEXT, "1.5"); /* no integer: it stays as it came */
  assert_value (record, 2, HUB_TYPE_DATE, "2026-11-22");
  assert_value (record, 3, HUB_TYPE_MONEY, "1.5");
  assert_value (record, 4, HUB_TYPE_TEXT, "7");
  guint n_pages;
  g_autoptr (GHashTable) keys = read_keys (connector, &n_pages);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 60);
  g_assert_cmpuint (n_pages, ==, 9);
  g_assert_null (connector->object->read.one);

  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("boutique", "Boutique", "sales");
  g_autoptr (GError) error = NULL;
  json_object_set_string_member (endpoint->options, "buyer", CUSTOMER ("05"));
  g_autoptr (HubConnector) filtered = hub_connector_open_beside (connector, endpoint, &error);
  g_assert_no_error (error);
  hub_connector_set_source (filtered, paths);
  g_autoptr (HubPage) bought = read_page (filtered, NULL);
  g_assert_cmpuint (bought->records->len, ==, 2);
  remove_manifest ("boutique");
}

static void test_an_answer_without_the_list_is_no_empty_page (void) {
  static const struct {
    const char *path, *records;
    gboolean good;
  } cases[] = {
    { "/balance", "available", TRUE },
    { "/balance", "livemode", FALSE },
    { "/balance", "object", FALSE },
    { "/balance", "absent", FALSE },
    { "/account", "settings", FALSE },
    { "/account", "charges_enabled", FALSE },
    { "/account", "created", FALSE },
    { "/payment_intents/" PAYMENT ("03"), "application", FALSE },
    { "/payment_intents/" PAYMENT ("03"), "metadata", FALSE },
  };
  set_count ("payment_intents", 20);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *id = g_strdup_printf ("own-%u", i);
    g_autofree char *text = g_strdup_printf (
        OWN ("%s", "{\"id\":\"x\",\"label\":\"X\",\"read\":{\"path\":\"%s\",\"records\":\"%s\"}}"), id,
        cases[i].path, cases[i].records);
    const char *const paths[] = { "amount", NULL };
    g_autoptr (GError) error = NULL;
    write_manifest (id, text);
    g_autoptr (HubConnector) connector =
        open_at (id, "x", harness_origin (harness, "stripe"), "{\"token\":\"sk_test_x\"}");
    hub_connector_set_source (connector, paths);
    g_test_message ("%s %s", cases[i].path, cases[i].records);
    g_autoptr (HubPage) page = hub_connector_read_page (connector, NULL, NULL, &error);
    remove_manifest (id);
    if (!cases[i].good) {
      g_assert_null (page);
      assert_sentence (error, HUB_ERROR_SERVICE, "Ma boutique");
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpuint (page->records->len, ==, 1);
    assert_value (g_ptr_array_index (page->records, 0), 0, HUB_TYPE_INTEGER, "123456");
    g_assert_null (((HubRecord *) page->records->pdata[0])->key);
  }
}

static void test_a_manifest_that_says_too_little_is_refused (void) {
  static const struct {
    const char *id, *text, *hint;
  } cases[] = {
    { "no-records", OWN ("no-records", "{\"id\":\"x\",\"label\":\"X\",\"read\":{\"path\":\"/balance\"}}"),
      "“records” is missing" },
    { "no-path", OWN ("no-path", "{\"id\":\"x\",\"label\":\"X\",\"read\":{\"records\":\"data\"}}"),
      "“path” is missing" },
    { "no-key",
      "{\"id\":\"no-key\",\"name\":\"X\",\"base_url\":\"https://"
      "shop.example\",\"auth\":{\"kind\":\"bearer\"},"
      "\"objects\":[{\"id\":\"x\",\"label\":\"X\",\"read\":{\"path\":\"/balance\",\"records\":\"data\"}}]}",
      "line 1: auth: “fields” is missing" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    write_manifest (cases[i].id, cases[i].text);
    g_assert_null (hub_manifest_get (cases[i].id, &error));
    remove_manifest (cases[i].id);
    assert_sentence (error, HUB_ERROR_INVALID, cases[i].id);
    g_assert_nonnull (strstr (error->message, cases[i].hint));
  }
  g_assert_cmpuint (count_requests (), ==, 0);
}

static void test_a_bad_manifest_is_refused_and_hides_no_other (void) {
  static const struct {
    const char *id, *text, *hint;
  } cases[] = {
    { "zz-cut", "{\"id\":", "zz-cut.json" },
    { "zz-key", "{\"id\":\"zz-key\",\"nam\":\"X\"}", "did you mean “name”" },
    { "zz-other", OWN ("zz-another", ""), "the file is called zz-other.json" },
    { "zz-empty", "", "zz-empty.json" },
  };
  write_manifest ("yy-b", OWN ("yy-b", ""));
  write_manifest ("yy-c", OWN ("yy-c", ""));
  write_manifest ("yy-a", OWN ("yy-a", ""));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL, problem = NULL;
    write_manifest (cases[i].id, cases[i].text);
    g_assert_null (hub_manifest_get (cases[i].id, &error));
    g_test_message ("%s", error->message);
    g_assert_null (strchr (error->message, '\n'));
    g_assert_nonnull (strstr (error->message, "zz-"));
    g_assert_nonnull (strstr (error->message, cases[i].hint));
    g_autoptr (GPtrArray) all = hub_manifest_list (&problem);
    g_assert_no_error (problem);
    static const char *const ids[] = { "stripe", "google-sheets", "mailchimp", "hubspot", "brevo",
                                       "csv",    "yy-a",          "yy-b",      "yy-c" };
    g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (ids));
    for (guint m = 0; m < all->len; m++)
      g_assert_cmpstr (((HubManifest *) all->pdata[m])->id, ==, ids[m]);
    remove_manifest (cases[i].id);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_manifest_get ("../connectors/yy-a", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
  g_assert_nonnull (
      strstr (error->message, "stripe, google-sheets, mailchimp, hubspot, brevo, csv, yy-a, yy-b, yy-c"));
  remove_manifest ("yy-a");
  remove_manifest ("yy-b");
  remove_manifest ("yy-c");
}

/* What has changed. */

/* Begins a reading; *next is replaced. */
static gboolean begin (HubConnector *connector, const char *since, char **next) {
  g_autoptr (GError) error = NULL;
  g_autofree char *position = NULL;
  gboolean changes_only = FALSE;
  hub_connector_begin (connector, since, &changes_only, &position, NULL, &error);
  g_assert_no_error (error);
  g_free (*next);
  *next = g_steal_pointer (&position);
  return changes_only;
}

/* A cursor for payments. (transfer full) */
static char *make_cursor (void) {
  char *cursor = NULL;
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
  g_assert_false (begin (connector, NULL, &cursor));
  g_assert_nonnull (cursor);
  harness_delete (harness, "/requests");
  return cursor;
}

/* The keys of what has changed since *cursor, which moves on. (transfer full) */
static GHashTable *read_changes (const char *object, char **cursor) {
  guint n_pages;
  g_autofree char *next = NULL;
  g_autoptr (HubConnector) connector = open_paths (object, "id", NULL);
  g_assert_true (begin (connector, *cursor, &next));
  g_assert_nonnull (next);
  g_free (*cursor);
  *cursor = g_steal_pointer (&next);
  return read_keys (connector, &n_pages);
}

static void assert_changes (char **cursor, const char *key) {
  g_autoptr (GHashTable) keys = read_changes ("payment_intents", cursor);
  g_assert_cmpuint (g_hash_table_size (keys), ==, key ? 1 : 0);
  if (key)
    g_assert_true (g_hash_table_contains (keys, key));
}

static gint64 now (void) {
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void test_without_events_everything_is_read (void) {
  g_autofree char *cursor = NULL;
  guint n_pages;
  set_count ("payment_intents", 120);
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
  g_assert_false (begin (connector, NULL, &cursor));
  g_assert_null (cursor);
  g_assert_cmpuint (count_requests (), ==, 1);
  g_autoptr (GHashTable) keys = read_keys (connector, &n_pages);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 120);
}

static void test_nothing_new_costs_one_request (void) {
  change ("payment_intents", "\"id\":\"" PAYMENT ("03") "\"");
  g_autofree char *cursor = make_cursor ();
  for (guint i = 1; i < 4; i++) {
    assert_changes (&cursor, NULL);
    g_assert_cmpuint (count_requests (), ==, i);
  }
  change ("customers", "\"id\":\"" CUSTOMER ("03") "\""); /* nothing to payments */
  assert_changes (&cursor, NULL);
  g_assert_cmpuint (count_requests (), ==, 4);
}

static void test_only_what_has_changed_is_read_anew (void) {
  change ("payment_intents", "\"id\":\"" PAYMENT ("03") "\"");
  g_autofree char *cursor = make_cursor ();
  g_autofree char *next = NULL;
  change ("payment_intents", "\"id\":\"" PAYMENT ("05") "\",\"amount\":1,\"currency\":\"eur\"");
  change ("payment_intents", "\"id\":\"" PAYMENT ("05") "\",\"amount\":777");
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "amount", NULL);
  g_assert_true (begin (connector, cursor, &next));
  g_autoptr (HubPage) page = read_page (connector, NULL);
  g_assert_cmpuint (page->records->len, ==, 1); /* changed twice, read once */
  g_assert_null (page->next);
  g_assert_cmpstr (((HubRecord *) page->records->pdata[0])->key, ==, PAYMENT ("05"));
  assert_value (page->records->pdata[0], 0, HUB_TYPE_MONEY, "7.77");
  g_autofree char *events = request_path (0);
  g_autofree char *payment = request_path (1);
  g_assert_cmpuint (count_requests (), ==, 2);
  g_assert_cmpstr (events, ==, "/v1/events");
  g_assert_cmpstr (payment, ==, "/v1/payment_intents/" PAYMENT ("05"));
  assert_changes (&next, NULL);
  assert_changes (&cursor,
                  PAYMENT ("05")); /* the old cursor still tells it: a run that failed begins there again */
}

static void test_250_changed_records_are_all_read (void) {
  set_count ("payment_intents", 300);
  change ("payment_intents", "\"id\":\"pi_3SBX0000000000000299\"");
  g_autofree char *cursor = make_cursor ();
  g_autofree char *next = NULL;
  for (guint i = 0; i < 250; i++)
    change ("payment_intents", "\"id\":\"pi_3SBX%016u\"", i);
  guint n_pages;
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
  g_assert_true (begin (connector, cursor, &next));
  g_autoptr (GHashTable) keys = read_keys (connector, &n_pages);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 250);
  g_assert_cmpuint (n_pages, ==, 3);
  g_assert_false (g_hash_table_contains (keys, "pi_3SBX0000000000000299"));
  assert_changes (&next, NULL);
}

static void test_more_changes_than_are_worth_reading_one_by_one (void) {
  g_autofree char *next = NULL;
  add_event ("evt_first", now () - 1000, "payment_intent.created", "payment_intent", "pi_first");
  g_autofree char *cursor = make_cursor ();
  for (guint i = 0; i < 1001; i++) {
    g_autofree char *event = g_strdup_printf ("evt_%u", i);
    g_autofree char *id = g_strdup_printf ("pi_%u", i);
    add_event (event, now (), "payment_intent.created", "payment_intent", id);
  }
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
  g_assert_false (begin (connector, cursor, &next));
  g_assert_nonnull (next);
  g_assert_false (begin (connector, next, &next)); /* which of so many it has seen it does not know */
  add_event ("evt_calm", now () + 301, "payment_intent.created", "payment_intent", PAYMENT ("05"));
  assert_changes (&next, PAYMENT ("05"));
  harness_delete (harness, "/requests");
  assert_changes (&next, NULL);
  g_assert_cmpuint (count_requests (), ==, 1);
}

static void test_events_of_one_second_are_told_apart (void) {
  gint64 second = now () - 60;
  for (guint i = 0; i < 150; i++) {
    g_autofree char *event = g_strdup_printf ("evt_%u", i);
    add_event (event, second, "payment_intent.created", "payment_intent", PAYMENT ("03"));
  }
  g_autofree char *cursor = make_cursor ();
  assert_changes (&cursor, NULL);
  add_event ("evt_same_second", second, "payment_intent.succeeded", "payment_intent", PAYMENT ("05"));
  assert_changes (&cursor, PAYMENT ("05"));
  assert_changes (&cursor, NULL);
}

static void test_an_event_that_comes_late_is_found (void) {
  gint64 newest = now () - 60;
  for (guint i = 0; i < 90; i++) {
    g_autofree char *event = g_strdup_printf ("evt_%u", i);
    add_event (event, newest - i, "payment_intent.created", "payment_intent", PAYMENT ("03"));
  }
  g_autofree char *cursor = make_cursor ();
  add_event ("evt_late", newest - 299, "payment_intent.succeeded", "payment_intent", PAYMENT ("05"));
  assert_changes (&cursor, PAYMENT ("05"));
  assert_changes (&cursor, NULL);
  add_event ("evt_between", newest - 30, "payment_intent.succeeded", "payment_intent", PAYMENT ("06"));
  add_event ("evt_newer", newest + 30, "payment_intent.succeeded", "payment_intent", PAYMENT ("06"));
  assert_changes (&cursor, PAYMENT ("06"));
  assert_changes (&cursor, NULL);
}

/* However many events there were in the five minutes. */
static void test_a_late_event_is_found_behind_many (void) {
  gint64 newest = now () - 60;
  for (guint i = 0; i < 290; i++) {
    g_autofree char *event = g_strdup_printf ("evt_%u", i);
    add_event (event, newest - i, "payment_intent.created", "payment_intent", PAYMENT ("03"));
  }
  g_autofree char *cursor = make_cursor ();
  assert_changes (&cursor, NULL);
  add_event ("evt_late", newest - 295, "payment_intent.succeeded", "payment_intent", PAYMENT ("05"));
  assert_changes (&cursor, PAYMENT ("05"));
  add_event ("evt_later", newest - 250, "payment_intent.succeeded", "payment_intent", PAYMENT ("06"));
  add_event ("evt_newer", newest + 40, "payment_intent.succeeded", "payment_intent", PAYMENT ("06"));
  assert_changes (&cursor, PAYMENT ("06"));
  assert_changes (&cursor, NULL);
}

static void test_other_objects_of_the_same_events_are_passed_over (void) {
  change ("payment_intents", "\"id\":\"" PAYMENT ("03") "\"");
  change ("customers", "\"id\":\"" CUSTOMER ("01") "\"");
  g_autofree char *cursor = NULL;
  g_autoptr (HubConnector) customers = open_paths ("customers", "id", NULL);
  g_assert_false (begin (customers, NULL, &cursor));
  g_assert_nonnull (cursor);
  change ("subscriptions", "\"id\":\"sub_3SBX0000000000000003\""); /* customer.subscription.updated */
  change ("customers", "\"id\":\"" CUSTOMER ("02") "\"");
  harness_delete (harness, "/requests");
  g_autoptr (GHashTable) keys = read_changes ("customers", &cursor);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 1);
  g_assert_true (g_hash_table_contains (keys, CUSTOMER ("02")));
  g_assert_cmpuint (count_requests (), ==, 2); /* the subscription is not asked for among the customers */
}

static void test_changes_of_every_object_with_events_are_found (void) {
  for (guint i = 0; i < G_N_ELEMENTS (known_paths); i++) {
    const char *object = known_paths[i].object;
    g_autofree char *cursor = NULL;
    if (object == NULL || g_str_equal (object, "events"))
      continue;
    g_autoptr (HubConnector) connector = open_paths (object, "id", NULL);
    gboolean has_events = !g_str_equal (object, "balance_transactions");
    guint before = count_requests ();
    change (object, "\"id\":\"first\"");
    g_assert_false (begin (connector, NULL, &cursor));
    g_assert_cmpint (cursor != NULL, ==, has_events);
    g_assert_cmpuint (count_requests () - before, ==, has_events);
    if (!has_events)
      continue;
    change (object, "\"id\":\"second\"");
    g_autoptr (GHashTable) keys = read_changes (object, &cursor);
    g_assert_cmpuint (g_hash_table_size (keys), ==, 1);
    g_assert_true (g_hash_table_contains (keys, "second"));
  }
}

static void test_a_deleted_customer_is_passed_over (void) {
  g_autofree char *cursor = NULL;
  change ("customers", "\"id\":\"" CUSTOMER ("01") "\"");
  g_autoptr (HubConnector) customers = open_paths ("customers", "id", NULL);
  g_assert_false (begin (customers, NULL, &cursor));
  change ("customers", "\"id\":\"" CUSTOMER ("02") "\"");
  change ("customers", "\"id\":\"" CUSTOMER ("03") "\",\"deleted\":true");
  change ("customers", "\"id\":\"" CUSTOMER ("04") "\"");
  harness_delete (harness, "/stripe?object=customers&id=" CUSTOMER ("02"));
  g_autoptr (HubRecord) gone = read_record (customers, CUSTOMER ("02"));
  g_autoptr (HubRecord) deleted = read_record (customers, CUSTOMER ("03"));
  g_assert_null (gone);
  g_assert_null (deleted);
  g_autoptr (GHashTable) keys = read_changes ("customers", &cursor);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 1);
  g_assert_true (g_hash_table_contains (keys, CUSTOMER ("04")));
}

static void test_a_key_that_may_not_read_events_reads_everything (void) {
  guint n_pages;
  set_count ("payment_intents", 120);
  change ("payment_intents", "\"id\":\"" PAYMENT ("03") "\"");
  g_autofree char *cursor = make_cursor ();
  g_autofree char *next = NULL;
  set_fault ("403", "/v1/events", 9);
  g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
  g_assert_false (begin (connector, cursor, &next));
  g_assert_null (next);
  g_autoptr (GHashTable) keys = read_keys (connector, &n_pages);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 120);
}

static void test_a_refused_key_is_no_reason_to_read_everything (void) {
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  gboolean changes_only = FALSE;
  g_autoptr (HubConnector) connector = open_object ("payment_intents", REFUSED);
  g_assert_false (hub_connector_begin (connector, NULL, &changes_only, &next, NULL, &error));
  assert_sentence (error, HUB_ERROR_CREDENTIALS, "Stripe");
}

/* @cursor as it were had it been taken @days ago. (transfer full) */
static char *age_cursor (const char *cursor, int days) {
  g_autoptr (JsonNode) node = harness_parse (cursor);
  JsonObject *object = json_node_get_object (node);
  g_assert_true (json_object_has_member (object, "taken"));
  json_object_set_int_member (object, "taken", now () - days * 24 * 3600 - 60);
  return json_to_string (node, FALSE);
}

static void test_a_cursor_that_cannot_be_used_reads_everything (void) {
  change ("payment_intents", "\"id\":\"" PAYMENT ("03") "\"");
  g_autofree char *cursor = make_cursor ();
  g_autofree char *old = age_cursor (cursor, 29), *young = age_cursor (cursor, 28);
  const char *const unusable[] = { old, "", "nonsense", "{}", "[]", "{\"created\":\"x\",\"seen\":{}}" };
  for (guint i = 0; i < G_N_ELEMENTS (unusable); i++) {
    g_autofree char *next = NULL;
    g_autoptr (HubConnector) connector = open_paths ("payment_intents", "id", NULL);
    g_assert_false (begin (connector, unusable[i], &next));
    g_assert_nonnull (next); /* from where the next reading can go on */
    assert_changes (&next, NULL);
  }
  assert_changes (&young, NULL);
}

static const struct {
  const char *path;
  void (*run) (void);
} tests[] = {
  { "/rest/pages/all", test_all_pages_of_every_object_are_read },
  { "/rest/pages/canceled", test_canceled_subscriptions_are_read_too },
  { "/rest/pages/changing", test_nothing_is_lost_that_changes_between_pages },
  { "/rest/values/money", test_amounts_have_their_currencys_decimals },
  { "/rest/values/nested-money", test_a_nested_amount_has_its_own_currency },
  { "/rest/values/times", test_unix_times_are_datetimes },
  { "/rest/values/metadata", test_metadata_stays_text },
  { "/rest/values/others", test_other_values_have_the_manifests_types },
  { "/rest/values/400-digits", test_an_amount_of_400_digits_arrives_digit_for_digit },
  { "/rest/fields/manifest", test_fields_without_an_account_are_the_manifests },
  { "/rest/fields/discovered", test_fields_of_an_account_are_discovered },
  { "/rest/fields/empty", test_fields_of_an_empty_account_are_the_manifests },
  { "/rest/fields/reading", test_listing_fields_leaves_the_reading_alone },
  { "/rest/verify/key", test_a_key_is_checked },
  { "/rest/verify/not-the-service", test_what_does_not_answer_like_the_service_accepts_no_key },
  { "/rest/base-url/rules", test_base_urls },
  { "/rest/failures/page", test_a_page_that_fails_says_why },
  { "/rest/failures/round", test_pages_that_go_round_come_to_an_end },
  { "/rest/failures/record", test_a_record_that_fails_says_why },
  { "/rest/failures/again", test_a_broken_answer_is_asked_for_again },
  { "/rest/failures/cancelled", test_a_cancelled_reading_ends },
  { "/rest/open/check", test_an_endpoint_that_cannot_be_opened_says_why },
  { "/rest/open/secret", test_a_secret_that_is_no_json_is_refused_unshown },
  { "/rest/own/reads", test_the_users_own_manifest_reads_a_service },
  { "/rest/own/no-list", test_an_answer_without_the_list_is_no_empty_page },
  { "/rest/own/too-little", test_a_manifest_that_says_too_little_is_refused },
  { "/rest/own/bad", test_a_bad_manifest_is_refused_and_hides_no_other },
  { "/rest/changes/no-events", test_without_events_everything_is_read },
  { "/rest/changes/nothing", test_nothing_new_costs_one_request },
  { "/rest/changes/one", test_only_what_has_changed_is_read_anew },
  { "/rest/changes/250", test_250_changed_records_are_all_read },
  { "/rest/changes/1001", test_more_changes_than_are_worth_reading_one_by_one },
  { "/rest/changes/one-second", test_events_of_one_second_are_told_apart },
  { "/rest/changes/late", test_an_event_that_comes_late_is_found },
  { "/rest/changes/late-behind-many", test_a_late_event_is_found_behind_many },
  { "/rest/changes/other-objects", test_other_objects_of_the_same_events_are_passed_over },
  { "/rest/changes/every-object", test_changes_of_every_object_with_events_are_found },
  { "/rest/changes/deleted", test_a_deleted_customer_is_passed_over },
  { "/rest/changes/forbidden", test_a_key_that_may_not_read_events_reads_everything },
  { "/rest/changes/refused", test_a_refused_key_is_no_reason_to_read_everything },
  { "/rest/changes/unusable", test_a_cursor_that_cannot_be_used_reads_everything },
};

/* Runs one test in a sandbox like new; whatever it asked of Stripe must be what Stripe knows. */
static void run_test (gconstpointer data) {
  void (*const *run) (void) = data;
  harness_post (harness, "/reset", "{}");
  (*run) ();
  g_autoptr (GPtrArray) requests = harness_requests (harness, "stripe", NULL);
  for (guint i = 0; i < requests->len; i++)
    assert_request_known (requests->pdata[i]);
}

/* This one also asks for paths that Stripe doesn't know. */
static void run_addresses (void) {
  harness_post (harness, "/reset", "{}");
  test_requests_go_to_the_accounts_own_address ();
}

int main (int argc, char **argv) {
  const char *options[] = { "--payments", "60", NULL };
  g_autofree char *data = g_dir_make_tmp ("hub-test-XXXXXX", NULL);
  g_test_init (&argc, &argv, NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  harness = harness_new (options);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, &tests[i].run, run_test);
  g_test_add_func ("/rest/base-url/requests", run_addresses);
  int status = g_test_run ();
  harness_free (harness);
  remove_data (data);
  return status;
}
