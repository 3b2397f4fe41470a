/* test-sandbox.c: the sandbox behaves as Stripe and Google do, and makes the faults that it is asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gnutls/abstract.h>
#include <libsoup/soup.h>
#include "harness.h"

#define KEY "sk_test_0123456789abcdef"
#define VERSION "2026-10-28.endive"
#define TOKEN "ya29.sandbox"

static Harness *harness; /* one sandbox for all tests; each begins with a reset */

/* A request and its answer. */

typedef struct {
  guint status; /* 0: the connection broke */
  char *text;
  JsonNode *json; /* (nullable) */
  SoupMessage *message;
} Reply;

static void reply_clear (Reply *reply) {
  g_clear_pointer (&reply->text, g_free);
  g_clear_pointer (&reply->json, json_node_unref);
  g_clear_object (&reply->message);
  reply->status = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)

static SoupMessage *make_message (const char *service, const char *method, const char *path,
                                  const char *body) {
  gboolean stripe = g_str_equal (service, "stripe");
  g_autofree char *url = g_strconcat (harness_origin (harness, service), path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  g_assert_nonnull (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                stripe ? "Bearer " KEY : "Bearer " TOKEN);
  if (stripe)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Stripe-Version", VERSION);
  if (body) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
    soup_message_set_request_body_from_bytes (
        message, stripe ? "application/x-www-form-urlencoded" : "application/json", bytes);
  }
  return message;
}

static void set_header (Reply *reply, const char *name, const char *value) {
  SoupMessageHeaders *headers = soup_message_get_request_headers (reply->message);

  if (value)
    soup_message_headers_replace (headers, name, value);
  else
    soup_message_headers_remove (headers, name);
}

/* Sends reply->message, on a connection of its own: a client tries again when a kept one breaks. */
static void send_message (Reply *reply) {
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read (session, reply->message, NULL, &error);

  g_clear_pointer (&reply->text, g_free);
  g_clear_pointer (&reply->json, json_node_unref);
  reply->status = error ? 0 : soup_message_get_status (reply->message);
  gsize length = body ? g_bytes_get_size (body) : 0;
  reply->text = length > 0 ? g_strndup (g_bytes_get_data (body, NULL), length) : g_strdup ("");
  if (reply->text[0] == '{')
    reply->json = json_from_string (reply->text, NULL);
}

static void call (Reply *reply, const char *service, const char *method, const char *path, const char *body) {
  reply_clear (reply);
  reply->message = make_message (service, method, path, body);
  send_message (reply);
}

static void stripe (Reply *reply, const char *path) {
  call (reply, "stripe", "GET", path, NULL);
}

/* @path: after /v4/spreadsheets/sheet-1 */
static void sheets (Reply *reply, const char *method, const char *path, const char *body) {
  g_autofree char *whole = g_strconcat ("/v4/spreadsheets/sheet-1", path, NULL);

  call (reply, "google", method, whole, body);
}

static JsonObject *get_object (const Reply *reply) {
  if (!reply->json)
    g_error ("not an object: %.300s", reply->text);
  return json_node_get_object (reply->json);
}

static const char *header_of (const Reply *reply, const char *name) {
  return soup_message_headers_get_one (soup_message_get_response_headers (reply->message), name);
}

/* A member of "error". */
static const char *error_of (const Reply *reply, const char *member) {
  JsonObject *error = json_object_get_object_member (get_object (reply), "error");

  g_assert_nonnull (error);
  return json_object_get_string_member_with_default (error, member, "");
}

static void assert_contains (const char *text, const char *part) {
  if (!strstr (text, part))
    g_error ("“%s” is not in: %.600s", part, text);
}

static void assert_bad_argument (const Reply *reply, const char *part) {
  g_assert_cmpuint (reply->status, ==, 400);
  g_assert_cmpstr (error_of (reply, "status"), ==, "INVALID_ARGUMENT");
  assert_contains (error_of (reply, "message"), part);
}

static JsonArray *get_data (const Reply *reply) {
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (json_object_get_string_member (get_object (reply), "object"), ==, "list");
  return json_object_get_array_member (get_object (reply), "data");
}

static const char *id_at (const Reply *reply, int index) {
  JsonArray *data = get_data (reply);
  guint at = index < 0 ? json_array_get_length (data) + index : (guint) index;

  return json_object_get_string_member (json_array_get_object_element (data, at), "id");
}

static gboolean has_more (const Reply *reply) {
  return json_object_get_boolean_member (get_object (reply), "has_more");
}

static void begin (void) {
  harness_post (harness, "/reset", "{}");
}

/* Stripe: lists. */

static void lists_come_newest_first_and_page_by_page_without_gap_or_repetition (void) {
  g_autofree char *path = g_strdup ("/v1/payment_intents?limit=100");
  guint count = 0;
  g_auto (Reply) reply = { 0 };

  begin ();
  do {
    stripe (&reply, path);
    JsonArray *data = get_data (&reply);
    for (guint i = 0; i < json_array_get_length (data); i++, count++) {
      JsonObject *payment = json_array_get_object_element (data, i);
      guint index = 249 - count;
      g_autofree char *id = g_strdup_printf ("pi_3SBX%016u", index);
      g_assert_cmpstr (json_object_get_string_member (payment, "id"), ==, id);
      g_assert_cmpint (json_object_get_int_member (payment, "created"), ==,
                       1735689600 + 137 * (gint64) index);
    }
    g_free (path);
    path = g_strdup_printf ("/v1/payment_intents?limit=100&starting_after=%s", id_at (&reply, -1));
  } while (has_more (&reply));
  g_assert_cmpuint (count, ==, 250);
  stripe (&reply, path);
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 0);
  g_assert_false (has_more (&reply));
}

static void a_page_holds_ten_by_default_and_ending_before_goes_back (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  stripe (&reply, "/v1/payment_intents");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 10);
  stripe (&reply, "/v1/payment_intents?limit=3&ending_before=pi_3SBX0000000000000240");
  g_assert_cmpstr (id_at (&reply, 0), ==, "pi_3SBX0000000000000243");
  g_assert_cmpstr (id_at (&reply, -1), ==, "pi_3SBX0000000000000241");
  g_assert_true (has_more (&reply));
  stripe (&reply, "/v1/payment_intents?limit=100&ending_before=pi_3SBX0000000000000240");
  g_assert_cmpstr (id_at (&reply, 0), ==, "pi_3SBX0000000000000249");
  g_assert_false (has_more (&reply));
}

static void a_new_object_does_not_disturb_paging (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  stripe (&reply, "/v1/payment_intents?limit=5");
  g_autofree char *last = g_strdup (id_at (&reply, -1));
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_new\",\"amount\":5}}");
  g_autofree char *path = g_strconcat ("/v1/payment_intents?limit=5&starting_after=", last, NULL);
  stripe (&reply, path);
  g_assert_cmpstr (id_at (&reply, 0), ==, "pi_3SBX0000000000000244");
  stripe (&reply, "/v1/payment_intents?limit=1");
  g_assert_cmpstr (id_at (&reply, 0), ==, "pi_new");
}

static void wrong_list_parameters_are_refused_by_name (void) {
  static const struct {
    const char *query, *code, *parameter;
  } cases[] = {
    { "limit=0", "parameter_invalid_integer", "limit" },
    { "limit=101", "parameter_invalid_integer", "limit" },
    { "limit=ten", "parameter_invalid_integer", "limit" },
    { "created[gte]=soon", "parameter_invalid_integer", "created[gte]" },
    { "created[from]=1", "parameter_unknown", "created[from]" },
    { "page=2", "parameter_unknown", "page" },
    { "status=succeeded", "parameter_unknown", "status" },
    { "starting_after=pi_none", "resource_missing", "starting_after" },
    { "ending_before=ch_3SBX0000000000000001", "resource_missing", "ending_before" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/v1/payment_intents?", cases[i].query, NULL);
    g_auto (Reply) reply = { 0 };
    stripe (&reply, path);
    g_assert_cmpuint (reply.status, ==, 400);
    g_assert_cmpstr (error_of (&reply, "type"), ==, "invalid_request_error");
    g_assert_cmpstr (error_of (&reply, "code"), ==, cases[i].code);
    g_assert_cmpstr (error_of (&reply, "param"), ==, cases[i].parameter);
  }
}

static void created_bounds_choose_objects (void) {
  static const struct {
    const char *query;
    guint count;
  } cases[] = {
    { "created[gte]=1735690696", 100 }, { "created[gt]=1735690696&limit=100", 100 },
    { "created[lt]=1735690696", 8 },    { "created[lte]=1735690696", 9 },
    { "created=1735690696", 1 },        { "created[gt]=1735690696&created[lt]=1735690834", 1 },
    { "created=1735690697", 0 },        { "created[gt]=1735723713", 0 },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/v1/payment_intents?limit=100&", cases[i].query, NULL);
    g_auto (Reply) reply = { 0 };
    stripe (&reply, path);
    g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, cases[i].count);
  }
}

static void every_list_has_objects_of_its_kind (void) {
  static const struct {
    const char *path, *object;
  } cases[] = {
    { "payment_intents", "payment_intent" },
    { "charges", "charge" },
    { "customers", "customer" },
    { "invoices", "invoice" },
    { "subscriptions", "subscription" },
    { "payouts", "payout" },
    { "refunds", "refund" },
    { "balance_transactions", "balance_transaction" },
    { "checkout/sessions", "checkout.session" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/v1/%s?limit=10", cases[i].path);
    g_auto (Reply) reply = { 0 };
    stripe (&reply, path);
    g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 10);
    JsonObject *first = json_array_get_object_element (get_data (&reply), 0);
    g_assert_cmpstr (json_object_get_string_member (first, "object"), ==, cases[i].object);
    g_autofree char *one = g_strdup_printf ("/v1/%s/%s", cases[i].path, id_at (&reply, 0));
    g_auto (Reply) single = { 0 };
    stripe (&single, one);
    g_assert_cmpuint (single.status, ==, 200);
    g_assert_true (json_object_equal (first, get_object (&single)));
  }
}

static void payments_hold_what_is_hard_to_carry (void) {
  g_auto (Reply) reply = { 0 };
  g_autoptr (GHashTable) currencies = g_hash_table_new (g_str_hash, g_str_equal);

  begin ();
  stripe (&reply, "/v1/payment_intents?limit=100");
  JsonArray *data = get_data (&reply);
  for (guint i = 0; i < json_array_get_length (data); i++) {
    JsonObject *payment = json_array_get_object_element (data, i);
    JsonObject *metadata = json_object_get_object_member (payment, "metadata");
    g_assert_cmpstr (json_object_get_string_member (metadata, "external_id"), ==, "12345678901234567890");
    g_hash_table_add (currencies, (char *) json_object_get_string_member (payment, "currency"));
  }
  g_assert_cmpuint (g_hash_table_size (currencies), ==, 5);
  assert_contains (reply.text, "Café crème à emporter 🙂");
  assert_contains (reply.text, "=IMPORTXML(\\\"http://x\\\")");
  assert_contains (reply.text, "Première ligne\\nSeconde ligne");
  assert_contains (reply.text, "שלום");
  g_assert_cmpuint (strlen (reply.text) / 100, >, 2200);
  stripe (&reply, "/v1/payment_intents/pi_3SBX0000000000000007");
  JsonObject *metadata = json_object_get_object_member (get_object (&reply), "metadata");
  g_assert_cmpstr (json_object_get_string_member (metadata, "order_id"), ==, "007");
}

static void canceled_subscriptions_come_only_when_asked_for (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  stripe (&reply, "/v1/subscriptions?limit=100");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 16);
  g_assert_null (strstr (reply.text, "\"status\": \"canceled\""));
  stripe (&reply, "/v1/subscriptions?limit=100&status=all");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 20);
  stripe (&reply, "/v1/subscriptions?limit=100&status=canceled");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 4);
}

/* Stripe: who may. */

static void keys_and_versions_are_checked (void) {
  static const struct {
    const char *authorization, *version, *path;
    guint status;
    const char *part;
  } cases[] = {
    { NULL, VERSION, "/v1/balance", 401, "You did not provide an API key" },
    { "Basic c2tfdGVzdF94Og==", VERSION, "/v1/balance", 401, "You did not provide an API key" },
    { "Bearer sk_test_REFUSEDCANARY", VERSION, "/v1/balance", 401, "Invalid API Key provided: sk_test_" },
    { "Bearer nonsense", VERSION, "/v1/balance", 401, "Invalid API Key" },
    { "Bearer x", VERSION, "/v1/balance", 401, "Invalid API Key" },
    { "Bearer " KEY, NULL, "/v1/balance", 400, "Invalid Stripe API version" },
    { "Bearer " KEY, "yesterday", "/v1/balance", 400, "Invalid Stripe API version" },
    { "Bearer rk_test_0123456789abcdef", VERSION, "/v1/account", 403, "rak_accounts_kyc_basic_read" },
    { "Bearer rk_test_0123456789abcdef", VERSION, "/v1/payment_intents", 200, "\"livemode\": false" },
    { "Bearer sk_live_0123456789abcdef", VERSION, "/v1/payment_intents", 200, "\"livemode\": true" },
    { "Bearer " KEY, VERSION, "/v1/account", 200, "acct_3SBX0000000001" },
    { "Bearer " KEY, VERSION, "/v1/payment_intents/pi_none", 404, "No such payment_intent: 'pi_none'" },
    { "Bearer " KEY, VERSION, "/v1/nothing", 404, "Unrecognized request URL" },
    { "Bearer " KEY, VERSION, "/v1/charges/ch_1/refunds", 404, "Unrecognized request URL" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Reply) reply = { .message = make_message ("stripe", "GET", cases[i].path, NULL) };
    set_header (&reply, "Authorization", cases[i].authorization);
    set_header (&reply, "Stripe-Version", cases[i].version);
    send_message (&reply);
    g_assert_cmpuint (reply.status, ==, cases[i].status);
    assert_contains (reply.text, cases[i].part);
    g_assert_null (strstr (reply.text, "REFUSEDCAN"));
    g_assert_nonnull (header_of (&reply, "Request-Id"));
  }
}

/* Stripe: writing. */

static void post_customer (Reply *reply, const char *path, const char *form, const char *key) {
  reply_clear (reply);
  reply->message = make_message ("stripe", "POST", path, form);
  set_header (reply, "Idempotency-Key", key);
  send_message (reply);
}

static guint count_customers (const char *email) {
  g_autofree char *path = g_strdup_printf ("/v1/customers?email=%s", email);
  g_auto (Reply) reply = { 0 };

  stripe (&reply, path);
  return json_array_get_length (get_data (&reply));
}

static void an_idempotency_key_carries_out_a_write_once (void) {
  g_auto (Reply) first = { 0 }, second = { 0 };

  begin ();
  post_customer (&first, "/v1/customers", "email=a%40b.test&name=Zo%C3%A9", "key-1");
  post_customer (&second, "/v1/customers", "email=a%40b.test&name=Zo%C3%A9", "key-1");
  g_assert_cmpuint (first.status, ==, 200);
  g_assert_cmpstr (first.text, ==, second.text);
  g_assert_null (header_of (&first, "Idempotent-Replayed"));
  g_assert_cmpstr (header_of (&second, "Idempotent-Replayed"), ==, "true");
  g_assert_cmpuint (count_customers ("a%40b.test"), ==, 1);
  post_customer (&second, "/v1/customers", "email=other%40b.test", "key-1");
  g_assert_cmpuint (second.status, ==, 400);
  g_assert_cmpstr (error_of (&second, "type"), ==, "idempotency_error");
  post_customer (&second, "/v1/customers", "email=a%40b.test", NULL);
  g_assert_cmpuint (count_customers ("a%40b.test"), ==, 2);
}

static void a_customer_is_made_changed_and_unset (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  post_customer (&reply, "/v1/customers",
                 "email=a%40b.test&metadata[order_id]=007&metadata[x]=1&address[city]=N%C3%AEmes", NULL);
  JsonObject *customer = get_object (&reply);
  g_autofree char *path =
      g_strdup_printf ("/v1/customers/%s", json_object_get_string_member (customer, "id"));
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (customer, "address"), "city"), ==,
      "Nîmes");
  post_customer (&reply, path, "email=&metadata[x]=", NULL);
  stripe (&reply, path);
  customer = get_object (&reply);
  JsonObject *metadata = json_object_get_object_member (customer, "metadata");
  g_assert_true (json_object_get_null_member (customer, "email"));
  g_assert_cmpuint (json_object_get_size (metadata), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (metadata, "order_id"), ==, "007");
}

static void wrong_customer_forms_change_nothing (void) {
  static const struct {
    const char *path, *form;
    guint status;
    const char *part;
  } cases[] = {
    { "/v1/customers", "email=a%40b.test&colour=red", 400, "colour" },
    { "/v1/customers", "email=a%40b.test&metadata[12345678901234567890123456789012345678901]=1", 400,
      "40 characters" },
    { "/v1/customers/cus_none", "email=a%40b.test", 404, "No such customer: 'cus_none'" },
    { "/v1/charges", "amount=1", 404, "Unrecognized request URL" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Reply) reply = { 0 };
    post_customer (&reply, cases[i].path, cases[i].form, NULL);
    g_assert_cmpuint (reply.status, ==, cases[i].status);
    assert_contains (reply.text, cases[i].part);
  }
  g_assert_cmpuint (count_customers ("a%40b.test"), ==, 0);
}

static void every_change_is_an_event (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  stripe (&reply, "/v1/events");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 0);
  post_customer (&reply, "/v1/customers/cus_3SBX0000000000000001", "name=X", NULL);
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_3SBX0000000000000003\",\"status\":"
                "\"canceled\"}}");
  harness_post (harness, "/stripe",
                "{\"object\":\"charges\",\"record\":{\"id\":\"ch_3SBX0000000000000003\"},\"event\":\"charge."
                "refunded\"}");
  stripe (&reply, "/v1/events");
  static const char *const types[] = { "charge.refunded", "payment_intent.canceled", "customer.updated" };
  for (guint i = 0; i < 3; i++) {
    JsonObject *event = json_array_get_object_element (get_data (&reply), i);
    g_assert_cmpstr (json_object_get_string_member (event, "type"), ==, types[i]);
  }
  stripe (&reply, "/v1/events?types[]=payment_intent.canceled&types[]=x");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 1);
  JsonObject *event = json_array_get_object_element (get_data (&reply), 0);
  JsonObject *object =
      json_object_get_object_member (json_object_get_object_member (event, "data"), "object");
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, "pi_3SBX0000000000000003");
  g_assert_cmpint (json_object_get_int_member (object, "amount"), ==, 23857);
}

static void the_control_port_changes_deletes_and_counts_objects (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/stripe",
                "{\"object\":\"payment_intents\",\"record\":{\"id\":\"pi_3SBX0000000000000249\",\"amount\":1,"
                "\"metadata\":{\"more\":\"é\"}}}");
  stripe (&reply, "/v1/payment_intents?limit=1");
  JsonObject *payment = json_array_get_object_element (get_data (&reply), 0);
  JsonObject *metadata = json_object_get_object_member (payment, "metadata");
  g_assert_cmpint (json_object_get_int_member (payment, "amount"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (metadata, "more"), ==, "é");
  g_assert_cmpstr (json_object_get_string_member (metadata, "order_id"), ==, "249");
  harness_delete (harness, "/stripe?object=payment_intents&id=pi_3SBX0000000000000249");
  stripe (&reply, "/v1/payment_intents?limit=1");
  g_assert_cmpstr (id_at (&reply, 0), ==, "pi_3SBX0000000000000248");
  stripe (&reply, "/v1/payment_intents/pi_3SBX0000000000000249");
  g_assert_cmpuint (reply.status, ==, 404);
  harness_post (harness, "/stripe/count", "{\"object\":\"payment_intents\",\"count\":2}");
  stripe (&reply, "/v1/payment_intents");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 2);
  harness_post (harness, "/stripe/count", "{\"object\":\"payment_intents\",\"count\":0}");
  stripe (&reply, "/v1/payment_intents");
  g_assert_cmpuint (json_array_get_length (get_data (&reply)), ==, 0);
}

/* Google: tokens. */

static char *encode (const guchar *data, gsize length) {
  char *text = g_base64_encode (data, length);

  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  *(text + strcspn (text, "=")) = '\0';
  return text;
}

/* The form of a token request with these claims, signed with the key file's key. */
static char *sign_claims (const char *claims) {
  g_autoptr (JsonNode) key = harness_parse (harness_key (harness));
  const char *pem = json_object_get_string_member (json_node_get_object (key), "private_key");
  const char *header = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
  g_autofree char *head = encode ((const guchar *) header, strlen (header));
  g_autofree char *body = encode ((const guchar *) claims, strlen (claims));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  gnutls_datum_t pem_data = { (guchar *) pem, strlen (pem) }, data = { (guchar *) text, strlen (text) },
                 signature;
  gnutls_privkey_t private_key;

  g_assert_cmpint (gnutls_privkey_init (&private_key), ==, 0);
  g_assert_cmpint (gnutls_privkey_import_x509_raw (private_key, &pem_data, GNUTLS_X509_FMT_PEM, NULL, 0), ==,
                   0);
  g_assert_cmpint (gnutls_privkey_sign_data2 (private_key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &signature), ==,
                   0);
  g_autofree char *mark = encode (signature.data, signature.size);
  gnutls_free (signature.data);
  gnutls_privkey_deinit (private_key);
  return g_strdup_printf (
      "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Ajwt-bearer&assertion=%s.%s", text, mark);
}

static char *make_claims (const char *issuer, const char *audience, const char *scope, gint64 issued,
                          gint64 life) {
  g_autofree char *own = g_strconcat (harness_origin (harness, "google"), "/token", NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  return g_strdup_printf ("{\"iss\":\"%s\",\"aud\":\"%s\",\"scope\":\"%s\",\"iat\":%" G_GINT64_FORMAT
                          ",\"exp\":%" G_GINT64_FORMAT "}",
                          issuer, audience ? audience : own, scope, now + issued, now + issued + life);
}

#define ISSUER "integration-hub@sandbox-project.iam.gserviceaccount.com"
#define SCOPE "https://www.googleapis.com/auth/spreadsheets"

/* An access token for @scope. (transfer full) */
static char *ask_token (const char *scope) {
  g_autofree char *claims = make_claims (ISSUER, NULL, scope, 0, 3600);
  g_autofree char *form = sign_claims (claims);
  g_auto (Reply) reply = { 0 };

  call (&reply, "google", "POST", "/token", form);
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpint (json_object_get_int_member (get_object (&reply), "expires_in"), ==, 3599);
  g_assert_cmpstr (json_object_get_string_member (get_object (&reply), "token_type"), ==, "Bearer");
  return g_strdup (json_object_get_string_member (get_object (&reply), "access_token"));
}

static guint status_with_token (const char *token, const char *method, const char *path, const char *body) {
  g_auto (Reply) reply = { .message = make_message ("google", method, path, body) };
  g_autofree char *header = g_strconcat ("Bearer ", token, NULL);

  set_header (&reply, "Authorization", header);
  send_message (&reply);
  return reply.status;
}

static void a_signed_assertion_buys_a_token_until_it_is_revoked (void) {
  begin ();
  g_autofree char *token = ask_token (SCOPE);
  g_assert_cmpuint (status_with_token (token, "GET", "/v4/spreadsheets/sheet-1", NULL), ==, 200);
  g_assert_cmpuint (status_with_token (token, "POST", "/v4/spreadsheets/sheet-1/values/A1:clear", "{}"), ==,
                    200);
  harness_delete (harness, "/tokens");
  g_assert_cmpuint (status_with_token (token, "GET", "/v4/spreadsheets/sheet-1", NULL), ==, 401);
}

static void a_token_for_reading_does_not_write (void) {
  begin ();
  g_autofree char *token = ask_token (SCOPE ".readonly");
  g_assert_cmpuint (status_with_token (token, "GET", "/v4/spreadsheets/sheet-1", NULL), ==, 200);
  g_assert_cmpuint (status_with_token (token, "POST", "/v4/spreadsheets/sheet-1/values/A1:clear", "{}"), ==,
                    403);
}

static void a_wrong_assertion_is_an_invalid_grant (void) {
  static const struct {
    const char *issuer, *audience, *scope;
    gint64 issued, life;
    const char *part;
  } cases[] = {
    { "x@y.test", NULL, SCOPE, 0, 3600, "Invalid issuer" },
    { ISSUER, "https://elsewhere.test/token", SCOPE, 0, 3600, "audience" },
    { ISSUER, NULL, "https://www.googleapis.com/auth/drive", 0, 3600, "scope" },
    { ISSUER, NULL, SCOPE, -7200, 3600, "short-lived" },
    { ISSUER, NULL, SCOPE, 7200, 3600, "short-lived" },
    { ISSUER, NULL, SCOPE, 0, 7200, "short-lived" },
  };
  g_auto (Reply) reply = { 0 };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *claims =
        make_claims (cases[i].issuer, cases[i].audience, cases[i].scope, cases[i].issued, cases[i].life);
    g_autofree char *form = sign_claims (claims);
    call (&reply, "google", "POST", "/token", form);
    g_assert_cmpuint (reply.status, ==, 400);
    g_assert_cmpstr (json_object_get_string_member (get_object (&reply), "error"), ==, "invalid_grant");
    assert_contains (json_object_get_string_member (get_object (&reply), "error_description"), cases[i].part);
  }
  g_autofree char *claims = make_claims (ISSUER, NULL, SCOPE, 0, 3600);
  g_autofree char *form = sign_claims (claims);
  char *signature = strrchr (form, '.') + 10;
  *signature = *signature == 'A' ? 'B' : 'A';
  call (&reply, "google", "POST", "/token", form);
  assert_contains (json_object_get_string_member (get_object (&reply), "error_description"), "Signature");
  call (&reply, "google", "POST", "/token", "grant_type=password");
  g_assert_cmpuint (reply.status, ==, 400);
}

static void spreadsheets_are_missing_forbidden_or_there (void) {
  static const struct {
    const char *method, *path, *token;
    guint status;
    const char *name;
  } cases[] = {
    { "GET", "/v4/spreadsheets/sheet-1", "bad", 401, "UNAUTHENTICATED" },
    { "GET", "/v4/spreadsheets/none", TOKEN, 404, "NOT_FOUND" },
    { "GET", "/v4/spreadsheets/forbidden", TOKEN, 403, "PERMISSION_DENIED" },
    { "GET", "/v4/spreadsheets/sheet-1?fields=properties(title,locale,timeZone),sheets.properties", TOKEN,
      200, "fr_FR" },
    { "GET", "/v4/spreadsheets/sheet-1?colour=red", TOKEN, 400, "Unknown name \\\"colour\\\": Cannot bind" },
    { "GET", "/v4/spreadsheets/sheet-1/values", TOKEN, 404, "<!DOCTYPE html>" },
    { "PATCH", "/v4/spreadsheets/sheet-1", TOKEN, 404, "<!DOCTYPE html>" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *header = g_strconcat ("Bearer ", cases[i].token, NULL);
    g_auto (Reply) reply = { .message = make_message ("google", cases[i].method, cases[i].path, NULL) };
    set_header (&reply, "Authorization", header);
    send_message (&reply);
    g_assert_cmpuint (reply.status, ==, cases[i].status);
    assert_contains (reply.text, cases[i].name);
  }
}

/* Google: values. */

static void put_values (const char *range, const char *option, const char *values) {
  g_autofree char *escaped = g_uri_escape_string (range, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/values/%s?valueInputOption=%s", escaped, option);
  g_autofree char *body = g_strdup_printf ("{\"values\":%s}", values);
  g_auto (Reply) reply = { 0 };

  sheets (&reply, "PUT", path, body);
  if (reply.status != 200)
    g_error ("%s: %s", range, reply.text);
}

/* What a tab holds, on one line. (transfer full) */
static char *sheet_text (const char *member) {
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Feuille 1");
  g_autoptr (JsonNode) node = json_node_copy (json_object_get_member (sheet, member));

  return json_to_string (node, FALSE);
}

/* Compares JSON texts; json-glib writes some numbers longer than need be. */
static void assert_same_json (const char *text, const char *expected) {
  g_autoptr (JsonNode) node = harness_parse (expected);
  g_autofree char *rewritten = json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==, rewritten);
}

static void assert_sheet (const char *expected) {
  g_autofree char *values = sheet_text ("values");

  assert_same_json (values, expected);
}

/* The values of a range, on one line, "absent" when there are none. (transfer full) */
static char *get_values (const char *range, const char *options) {
  g_autofree char *escaped = g_uri_escape_string (range, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/values/%s?%s", escaped, options);
  g_auto (Reply) reply = { 0 };

  sheets (&reply, "GET", path, NULL);
  if (reply.status != 200)
    g_error ("%s: %s", range, reply.text);
  JsonNode *values = json_object_get_member (get_object (&reply), "values");
  return values ? json_to_string (values, FALSE) : g_strdup ("absent");
}

static void assert_values (const char *range, const char *options, const char *expected) {
  g_autofree char *values = get_values (range, options);

  if (g_str_equal (expected, "absent"))
    g_assert_cmpstr (values, ==, expected);
  else
    assert_same_json (values, expected);
}

static void ranges_are_read_as_a1 (void) {
  static const struct {
    const char *text, *range; /* NULL: it is refused */
  } cases[] = {
    { "A1", "'Feuille 1'!A1" },
    { "'Feuille 1'!A1:C3", "'Feuille 1'!A1:C3" },
    { "Feuille 1!B2:C3", "'Feuille 1'!B2:C3" },
    { "'feuille 1'!b2", "'Feuille 1'!B2" },
    { "'Feuille 1'", "'Feuille 1'!A1:Z1000" },
    { "Feuille 1", "'Feuille 1'!A1:Z1000" },
    { "'Feuille 1'!A2:A", "'Feuille 1'!A2:A1000" },
    { "A:C", "'Feuille 1'!A1:C1000" },
    { "C:C", "'Feuille 1'!C1:C1000" },
    { "1:1", "'Feuille 1'!A1:Z1" },
    { "2:5", "'Feuille 1'!A2:Z5" },
    { "B3:5", "'Feuille 1'!B3:Z5" },
    { "$A$1:$B$2", "'Feuille 1'!A1:B2" },
    { "Z1000", "'Feuille 1'!Z1000" },
    { "A1:AB2000", "'Feuille 1'!A1:Z1000" },
    { "'L''été ! 1/2'!A1:B2", "'L''été ! 1/2'!A1:B2" },
    { "Plain_1!A1", "Plain_1!A1" },
    { "A1001", NULL },
    { "AA1", NULL },
    { "'Feuille 1'!A1001:B1002", NULL },
    { "Nothing!A1", NULL },
    { "'Feuille 1!A1", NULL },
    { "A0", NULL },
    { "A", NULL },
    { "B2:A1", NULL },
    { "A1:", NULL },
    { "A1:B2:C3", NULL },
    { "", NULL },
  };

  begin ();
  harness_post (harness, "/sheet", "{\"sheet\":\"L'été ! 1/2\",\"values\":[[1]]}");
  harness_post (harness, "/sheet", "{\"sheet\":\"Plain_1\",\"values\":[[1]]}");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *escaped = g_uri_escape_string (cases[i].text, NULL, FALSE);
    g_autofree char *path = g_strconcat ("/values/", escaped, NULL);
    g_auto (Reply) reply = { 0 };
    sheets (&reply, "GET", path, NULL);
    if (cases[i].range)
      g_assert_cmpstr (json_object_get_string_member (get_object (&reply), "range"), ==, cases[i].range);
    else
      g_assert_cmpuint (reply.status, ==, *cases[i].text ? 400 : 404);
  }
}

static void raw_values_keep_their_type_and_every_digit (void) {
  begin ();
  put_values ("A1", "RAW",
              "[[\"007\",\"=IMPORTXML(\\\"http://x\\\")\",\"1/2\",\"é🙂\\n\",true],"
              "[0.1,1999.99,12345678901234567,-0.5,1e21,0.30000000000000004]]");
  assert_sheet ("[[\"007\",\"=IMPORTXML(\\\"http://x\\\")\",\"1/2\",\"é🙂\\n\",true],"
                "[0.1,1999.99,12345678901234568,-0.5,1e+21,0.30000000000000004]]");
  assert_values ("A1:F2", "valueRenderOption=UNFORMATTED_VALUE",
                 "[[\"007\",\"=IMPORTXML(\\\"http://x\\\")\",\"1/2\",\"é🙂\\n\",true],"
                 "[0.1,1999.99,12345678901234568,-0.5,1e+21,0.30000000000000004]]");
  g_auto (Reply) reply = { 0 };
  sheets (&reply, "GET", "/values/A2:F2?valueRenderOption=UNFORMATTED_VALUE&prettyPrint=false", NULL);
  assert_contains (reply.text, "[[0.1,1999.99,12345678901234568,-0.5,1e+21,0.30000000000000004]");
}

static void user_entered_values_are_read_as_typed_in_french (void) {
  begin ();
  put_values ("A1", "USER_ENTERED",
              "[[\"=1+2\",\"12,50\",\"12.50\",\"007\",\"VRAI\",\"03/02/2026\",\"'=x\",5]]");
  assert_sheet ("[[{\"formula\":\"=1+2\"},12.5,\"12.50\",7,true,46056,\"=x\",5]]");
  g_autofree char *formats = sheet_text ("formats");
  g_assert_cmpstr (formats, ==, "[[null,null,null,null,null,\"DATE\",null,null]]");
}

static void null_skips_and_empty_text_clears (void) {
  begin ();
  put_values ("A1", "RAW", "[[1,2,3],[4,5,6]]");
  put_values ("A1", "RAW", "[[null,\"\",9],[],[\"\"]]");
  assert_sheet ("[[1,null,9],[4,5,6]]");
}

static void reading_leaves_out_what_is_empty_at_the_end (void) {
  begin ();
  assert_values ("A1:C3", "", "absent");
  put_values ("A1", "RAW", "[[\"a\",\"\",\"c\",\"\"],[],[\"d\"]]");
  assert_values ("A1:Z", "", "[[\"a\",\"\",\"c\"],[],[\"d\"]]");
  assert_values ("B1:C2", "", "[[\"\",\"c\"]]");
  assert_values ("A1:C3", "majorDimension=COLUMNS", "[[\"a\",\"\",\"d\"],[],[\"c\"]]");
  assert_values ("A4:C9", "", "absent");
  g_auto (Reply) reply = { 0 };
  sheets (&reply, "GET", "/values:batchGet?ranges=A1:A1&ranges=A3:B3&ranges=D:D", NULL);
  JsonArray *ranges = json_object_get_array_member (get_object (&reply), "valueRanges");
  g_assert_cmpuint (json_array_get_length (ranges), ==, 3);
  g_assert_false (json_object_has_member (json_array_get_object_element (ranges, 2), "values"));
}

static void columns_are_written_when_asked (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  sheets (&reply, "PUT", "/values/B2?valueInputOption=RAW",
          "{\"majorDimension\":\"COLUMNS\",\"values\":[[1,2,3],[4]]}");
  g_assert_cmpstr (json_object_get_string_member (get_object (&reply), "updatedRange"), ==,
                   "'Feuille 1'!B2:C4");
  g_assert_cmpint (json_object_get_int_member (get_object (&reply), "updatedCells"), ==, 4);
  assert_sheet ("[[],[null,1,4],[null,2],[null,3]]");
}

static void the_render_options_show_a_cell_in_each_way (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "USER_ENTERED", "[[\"=1+2\",\"x\",true]]");
  sheets (&reply, "POST", ":batchUpdate",
          "{\"requests\":[{\"updateCells\":{\"start\":{\"sheetId\":0,\"rowIndex\":1},\"fields\":\"*\","
          "\"rows\":[{\"values\":["
          "{\"userEnteredValue\":{\"numberValue\":46056.5},\"userEnteredFormat\":{\"numberFormat\":{\"type\":"
          "\"DATE_TIME\","
          "\"pattern\":\"dd/mm/yyyy hh:mm:ss\"}}},"
          "{\"userEnteredValue\":{\"numberValue\":12.5},\"userEnteredFormat\":{\"numberFormat\":{\"type\":"
          "\"NUMBER\","
          "\"pattern\":\"0.00\"}}}]}]}}]}");
  g_assert_cmpuint (reply.status, ==, 200);
  assert_values ("A1:C2", "", "[[\"#N/A\",\"x\",\"VRAI\"],[\"03/02/2026 12:00:00\",\"12,50\"]]");
  assert_values ("A1:C2", "valueRenderOption=UNFORMATTED_VALUE", "[[\"#N/A\",\"x\",true],[46056.5,12.5]]");
  assert_values ("A1:C2", "valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=FORMATTED_STRING",
                 "[[\"#N/A\",\"x\",true],[\"03/02/2026 12:00:00\",12.5]]");
  assert_values ("A1:C1", "valueRenderOption=FORMULA", "[[\"=1+2\",\"x\",true]]");
}

static void nothing_is_written_outside_of_the_grid_or_range (void) {
  static const struct {
    const char *range, *values, *part;
  } cases[] = {
    { "A1001", "[[1]]", "Range ('Feuille 1'!A1001) exceeds grid limits. Max rows: 1000, max columns: 26" },
    { "AA1", "[[1]]", "exceeds grid limits" },
    { "A1000", "[[1],[2]]", "exceeds grid limits" },
    { "Z1", "[[1,2]]", "exceeds grid limits" },
    { "A999:B1001", "[[1]]", "exceeds grid limits" },
    { "A1:B2", "[[1],[2],[3]]",
      "Requested writing within range ['Feuille 1'!A1:B2], but tried writing to row [3]" },
    { "A1:B2", "[[1,2,3]]", "but tried writing to column [C]" },
    { "A1", "[[{}]]", "Invalid values[0][0]: struct_value" },
    { "A1", "[[1e400]]", "out of range" },
    { "A1", "[1]", "Invalid value at 'values[0]'" },
    { "A1", "5", "Invalid value at 'values'" },
    { "Nothing!A1", "[[1]]", "Unable to parse range: Nothing!A1" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *escaped = g_uri_escape_string (cases[i].range, NULL, FALSE);
    g_autofree char *path = g_strdup_printf ("/values/%s?valueInputOption=RAW", escaped);
    g_autofree char *body = g_strdup_printf ("{\"values\":%s}", cases[i].values);
    g_auto (Reply) reply = { 0 };
    sheets (&reply, "PUT", path, body);
    assert_bad_argument (&reply, cases[i].part);
  }
  assert_sheet ("[]");
}

static void append_writes_after_the_table_and_grows_the_grid (void) {
  g_auto (Reply) reply = { 0 };
  const char *path = "/values/A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS";

  begin ();
  harness_post (harness, "/sheet",
                "{\"values\":[[\"Titre\"],[],[null,\"ID\",\"N\"],[null,\"a\",1]],\"rows\":4}");
  sheets (&reply, "POST", "/values/A3%3AC:append?valueInputOption=RAW", "{\"values\":[[\"b\",2],[\"c\",3]]}");
  g_assert_cmpstr (json_object_get_string_member (get_object (&reply), "tableRange"), ==,
                   "'Feuille 1'!B3:C4");
  JsonObject *updates = json_object_get_object_member (get_object (&reply), "updates");
  g_assert_cmpstr (json_object_get_string_member (updates, "updatedRange"), ==, "'Feuille 1'!B5:C6");
  assert_sheet ("[[\"Titre\"],[],[null,\"ID\",\"N\"],[null,\"a\",1],[null,\"b\",2],[null,\"c\",3]]");
  sheets (&reply, "POST", path, "{\"values\":[[\"x\"]]}");
  assert_sheet ("[[\"Titre\"],[\"x\"],[],[null,\"ID\",\"N\"],[null,\"a\",1],[null,\"b\",2],[null,\"c\",3]]");
  begin ();
  sheets (&reply, "POST", path, "{\"values\":[[\"first\"]]}");
  g_assert_false (json_object_has_member (get_object (&reply), "tableRange"));
  assert_sheet ("[[\"first\"]]");
}

static void clearing_takes_values_and_leaves_formats (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "USER_ENTERED", "[[\"03/02/2026\",1],[2,3]]");
  sheets (&reply, "POST", "/values/A1:A9:clear", "{}");
  g_assert_cmpstr (json_object_get_string_member (get_object (&reply), "clearedRange"), ==,
                   "'Feuille 1'!A1:A9");
  assert_sheet ("[[null,1],[null,3]]");
  put_values ("A1", "RAW", "[[1]]");
  g_autofree char *formats = sheet_text ("formats");
  g_assert_cmpstr (formats, ==, "[[\"DATE\",null],[null,null]]");
  sheets (&reply, "POST", "/values:batchClear", "{\"ranges\":[\"A1\",\"Nothing!A1\"]}");
  g_assert_cmpuint (reply.status, ==, 400);
  assert_sheet ("[[1,1],[null,3]]");
  sheets (&reply, "POST", "/values:batchClear", "{\"ranges\":[\"A1:B1\",\"B2:B\"]}");
  assert_sheet ("[]");
}

static void a_batch_of_values_is_written_wholly_or_not_at_all (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  sheets (&reply, "POST", "/values:batchUpdate",
          "{\"valueInputOption\":\"RAW\",\"data\":[{\"range\":\"A1\",\"values\":[[1]]},{\"range\":\"A1001\","
          "\"values\":[[2]]}]}");
  assert_bad_argument (&reply, "exceeds grid limits");
  assert_sheet ("[]");
  sheets (&reply, "POST", "/values:batchUpdate",
          "{\"valueInputOption\":\"RAW\",\"data\":[{\"range\":\"A1:B1\",\"values\":[[1,2]]},{\"range\":"
          "\"A3\",\"values\":[[3]]}]}");
  g_assert_cmpint (json_object_get_int_member (get_object (&reply), "totalUpdatedCells"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (get_object (&reply), "totalUpdatedRows"), ==, 2);
  assert_sheet ("[[1,2],[],[3]]");
}

/* Google: batchUpdate. */

static void batch (Reply *reply, const char *requests) {
  g_autofree char *body = g_strdup_printf ("{\"requests\":[%s]}", requests);

  sheets (reply, "POST", ":batchUpdate", body);
}

static void names_that_google_does_not_know_are_refused_with_their_place (void) {
  static const struct {
    const char *requests, *part;
  } cases[] = {
    { "{\"paint\":{}}", "Unknown name \"paint\" at 'requests[0]': Cannot find field." },
    { "{},{\"addSheet\":{\"title\":\"x\"}}", "Unknown name \"title\" at 'requests[1].add_sheet'" },
    { "{\"updateCells\":{\"rows\":[{\"values\":[{\"value\":1}]}]}}",
      "Unknown name \"value\" at 'requests[0].update_cells.rows[0].values[0]'" },
    { "{\"appendDimension\":{\"dimension\":\"LINES\",\"length\":1}}",
      "Invalid value at 'requests[0].append_dimension.dimension'" },
    { "{\"appendDimension\":{\"dimension\":\"ROWS\",\"length\":\"many\"}}", "TYPE_INT32" },
    { "{\"repeatCell\":{\"cell\":[]}}", "Invalid value at 'requests[0].repeat_cell.cell'" },
    { "{}", "Invalid requests[0]" },
    { "{\"addSheet\":{},\"repeatCell\":{}}", "Invalid requests[0]" },
    { "", "Must specify at least one request." },
    { "{\"updateCells\":{\"start\":{\"sheetId\":0}}}", "At least one field must be listed in 'fields'" },
    { "{\"updateCells\":{\"start\":{\"sheetId\":9},\"fields\":\"*\"}}",
      "Invalid requests[0].updateCells: No grid with id: 9" },
  };
  g_auto (Reply) reply = { 0 };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    batch (&reply, cases[i].requests);
    assert_bad_argument (&reply, cases[i].part);
  }
  sheets (&reply, "POST", ":batchUpdate", "{\"request\":[]}");
  assert_bad_argument (&reply, "Unknown name \"request\": Cannot find field.");
  sheets (&reply, "POST", ":batchUpdate", "{\"requests\":[}");
  assert_bad_argument (&reply, "Invalid JSON payload received.");
  batch (&reply, "{\"sortRange\":{}}");
  g_assert_cmpuint (reply.status, ==, 501);
}

static void a_batch_is_carried_out_wholly_or_not_at_all (void) {
  static const char good[] =
      "{\"appendDimension\":{\"sheetId\":0,\"dimension\":\"ROWS\",\"length\":5}},"
      "{\"updateCells\":{\"start\":{\"sheetId\":0,\"rowIndex\":1004},\"fields\":\"userEnteredValue\","
      "\"rows\":[{\"values\":[{\"userEnteredValue\":{\"stringValue\":\"=x\"}}]}]}},"
      "{\"addSheet\":{\"properties\":{\"title\":\"Neuf\"}}}";
  g_autofree char *bad = g_strconcat (good, ",{\"addSheet\":{\"properties\":{\"title\":\"neuf\"}}}", NULL);
  g_auto (Reply) reply = { 0 };

  begin ();
  batch (&reply, bad);
  assert_bad_argument (&reply,
                       "Invalid requests[3].addSheet: A sheet with the name \"neuf\" already exists.");
  g_autoptr (JsonObject) before = harness_sheet (harness, "Feuille 1");
  g_assert_cmpint (json_object_get_int_member (before, "rows"), ==, 1000);
  assert_sheet ("[]");
  batch (&reply, good);
  g_assert_cmpuint (reply.status, ==, 200);
  JsonArray *replies = json_object_get_array_member (get_object (&reply), "replies");
  g_assert_cmpuint (json_array_get_length (replies), ==, 3);
  JsonObject *added = json_object_get_object_member (json_array_get_object_element (replies, 2), "addSheet");
  JsonObject *properties = json_object_get_object_member (added, "properties");
  g_assert_cmpstr (json_object_get_string_member (properties, "title"), ==, "Neuf");
  g_assert_cmpint (json_object_get_int_member (properties, "index"), ==, 1);
  g_autoptr (JsonObject) after = harness_sheet (harness, "Feuille 1");
  g_assert_cmpint (json_object_get_int_member (after, "rows"), ==, 1005);
  assert_values ("A1005", "", "[[\"=x\"]]");
}

static void cells_are_updated_by_mask (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "RAW", "[[1,2,3],[4,5,6],[7,8,9]]");
  batch (
      &reply,
      "{\"updateCells\":{\"start\":{\"rowIndex\":0,\"columnIndex\":1},\"fields\":\"userEnteredFormat("
      "numberFormat)\","
      "\"rows\":[{\"values\":[{\"userEnteredFormat\":{\"numberFormat\":{\"type\":\"DATE\",\"pattern\":\"dd/"
      "mm/yyyy\"}}}]}]}},"
      "{\"updateCells\":{\"start\":{\"rowIndex\":1},\"fields\":\"userEnteredValue\",\"rows\":[{\"values\":["
      "{\"userEnteredValue\":{\"boolValue\":true}},{},{\"userEnteredValue\":{\"formulaValue\":\"=1\"}}]}]}},"
      "{\"updateCells\":{\"range\":{\"startRowIndex\":2,\"endRowIndex\":3,\"endColumnIndex\":3},\"fields\":"
      "\"*\","
      "\"rows\":[{\"values\":[{\"userEnteredValue\":{\"numberValue\":\"0.5\"}}]}]}}");
  g_assert_cmpuint (reply.status, ==, 200);
  assert_sheet ("[[1,2,3],[true,null,{\"formula\":\"=1\"}],[0.5]]");
  g_autofree char *formats = sheet_text ("formats");
  g_assert_cmpstr (formats, ==, "[[null,\"DATE dd/mm/yyyy\",null],[null,null,null],[null]]");
}

static void a_cell_is_repeated_and_cells_are_appended (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/sheet", "{\"values\":[[\"a\",\"b\"],[1,2]],\"rows\":3}");
  batch (&reply,
         "{\"repeatCell\":{\"range\":{\"sheetId\":0,\"startRowIndex\":1,\"startColumnIndex\":1,"
         "\"endColumnIndex\":2},"
         "\"cell\":{\"userEnteredFormat\":{\"numberFormat\":{\"type\":\"CURRENCY\",\"pattern\":\"#,##0.00 "
         "€\"}}},"
         "\"fields\":\"userEnteredFormat.numberFormat\"}},"
         "{\"appendCells\":{\"sheetId\":0,\"fields\":\"userEnteredValue\",\"rows\":["
         "{\"values\":[{},{\"userEnteredValue\":{\"numberValue\":3}}]},{\"values\":[{},{\"userEnteredValue\":"
         "{\"numberValue\":4}}]}]}}");
  g_assert_cmpuint (reply.status, ==, 200);
  assert_sheet ("[[\"a\",\"b\"],[1,2],[null,3],[null,4]]");
  g_autofree char *formats = sheet_text ("formats");
  g_assert_cmpstr (formats, ==,
                   "[[null,null],[null,\"CURRENCY #,##0.00 €\"],[null,\"CURRENCY #,##0.00 €\"],[null,null]]");
}

static void rows_and_columns_are_inserted_and_deleted (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "RAW", "[[1,2,3],[4,5,6],[7,8,9]]");
  batch (&reply, "{\"insertDimension\":{\"range\":{\"sheetId\":0,\"dimension\":\"ROWS\",\"startIndex\":1,"
                 "\"endIndex\":2}}},"
                 "{\"insertDimension\":{\"range\":{\"sheetId\":0,\"dimension\":\"COLUMNS\",\"startIndex\":1,"
                 "\"endIndex\":2}}}");
  assert_sheet ("[[1,null,2,3],[],[4,null,5,6],[7,null,8,9]]");
  batch (&reply, "{\"deleteDimension\":{\"range\":{\"sheetId\":0,\"dimension\":\"ROWS\",\"startIndex\":1,"
                 "\"endIndex\":3}}},"
                 "{\"deleteDimension\":{\"range\":{\"sheetId\":0,\"dimension\":\"COLUMNS\",\"startIndex\":0,"
                 "\"endIndex\":2}}}");
  assert_sheet ("[[2,3],[8,9]]");
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Feuille 1");
  g_assert_cmpint (json_object_get_int_member (sheet, "rows"), ==, 999);
  g_assert_cmpint (json_object_get_int_member (sheet, "columns"), ==, 25);
}

static void tabs_are_renamed_resized_and_frozen (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "RAW", "[[1,2,3],[4,5,6]]");
  batch (&reply,
         "{\"updateSheetProperties\":{\"properties\":{\"sheetId\":0,\"title\":\"Ventes\",\"gridProperties\":"
         "{\"rowCount\":1,\"columnCount\":2,\"frozenRowCount\":0}},\"fields\":\"title,gridProperties("
         "rowCount,columnCount)\"}}");
  g_assert_cmpuint (reply.status, ==, 200);
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Ventes");
  g_autoptr (JsonNode) values = json_node_copy (json_object_get_member (sheet, "values"));
  g_autofree char *text = json_to_string (values, FALSE);
  g_assert_cmpstr (text, ==, "[[1,2]]");
  sheets (&reply, "GET", "?fields=sheets.properties", NULL);
  assert_contains (reply.text, "\"rowCount\": 1, \"columnCount\": 2");
}

static void impossible_requests_are_refused (void) {
  static const struct {
    const char *requests, *part;
  } cases[] = {
    { "{\"deleteDimension\":{\"range\":{\"dimension\":\"ROWS\",\"startIndex\":0}}}", "delete all the rows" },
    { "{\"deleteDimension\":{\"range\":{\"dimension\":\"ROWS\",\"startIndex\":1000,\"endIndex\":1001}}}",
      "doesn't exist" },
    { "{\"insertDimension\":{\"range\":{\"dimension\":\"ROWS\",\"startIndex\":1001,\"endIndex\":1002}}}",
      "too large" },
    { "{\"insertDimension\":{\"range\":{\"startIndex\":1,\"endIndex\":2}}}", "dimension must be given" },
    { "{\"appendDimension\":{\"dimension\":\"ROWS\",\"length\":400000}}", "limit of 10000000 cells" },
    { "{\"addSheet\":{\"properties\":{\"title\":\"feuille 1\"}}}", "already exists" },
    { "{\"addSheet\":{\"properties\":{\"sheetId\":0}}}", "already exists" },
    { "{\"updateSheetProperties\":{\"properties\":{\"title\":\"x\"},\"fields\":\"colour\"}}", "colour" },
    { "{\"updateCells\":{\"start\":{\"rowIndex\":1000},\"fields\":\"*\"}}",
      "GridCoordinate.rowIndex[1000] is after last row in grid[1000]" },
    { "{\"updateCells\":{\"start\":{\"rowIndex\":999},\"fields\":\"*\",\"rows\":[{},{}]}}",
      "Attempting to write row: 1000, beyond the last requested row of: 999" },
    { "{\"updateCells\":{\"start\":{\"columnIndex\":25},\"fields\":\"*\",\"rows\":[{\"values\":[{},{}]}]}}",
      "Attempting to write column: 26, beyond the last requested column of: 25" },
    { "{\"updateCells\":{\"start\":{},\"range\":{},\"fields\":\"*\"}}", "one of start and range" },
    { "{\"repeatCell\":{\"range\":{\"endRowIndex\":1001},\"cell\":{},\"fields\":\"*\"}}",
      "after last row in grid" },
    { "{\"updateCells\":{\"start\":{},\"fields\":\"*\",\"rows\":[{\"values\":[{\"userEnteredFormat\":{"
      "\"numberFormat\":"
      "{\"pattern\":\"0\"}}}]}]}}",
      "numberFormat.type" },
  };
  g_auto (Reply) reply = { 0 };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    batch (&reply, cases[i].requests);
    assert_bad_argument (&reply, cases[i].part);
  }
}

static void the_quota_is_kept_without_saying_when_to_return (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/quota", "{\"limit\":2,\"seconds\":3600}");
  for (guint i = 0; i < 3; i++)
    sheets (&reply, "GET", "/values/A1", NULL);
  g_assert_cmpuint (reply.status, ==, 429);
  g_assert_cmpstr (error_of (&reply, "status"), ==, "RESOURCE_EXHAUSTED");
  g_assert_null (header_of (&reply, "Retry-After"));
  sheets (&reply, "POST", "/values/A1:clear", "{}");
  g_assert_cmpuint (reply.status, ==, 200);
  harness_post (harness, "/quota", "{\"limit\":0}");
  sheets (&reply, "GET", "/values/A1", NULL);
  g_assert_cmpuint (reply.status, ==, 200);
}

/* Faults. */

static void each_fault_does_what_its_name_says (void) {
  static const struct {
    const char *fault;
    guint status; /* 0: the connection breaks */
    const char *part;
  } cases[] = {
    { "reset", 0, "" },
    { "reset-mid-body", 0, "" },
    { "close-mid-body", 0, "" },
    { "lost", 0, "" },
    { "html", 200, "<!DOCTYPE html>" },
    { "deep", 200, "[[[[[[[[[[" },
    { "bignumber", 200, "999999999999999999999999999999" },
    { "429", 429, "rate_limit" },
    { "429-retry-after", 429, "rate_limit" },
    { "500", 500, "api_error" },
    { "503", 503, "api_error" },
    { "401", 401, "Expired API Key" },
    { "403", 403, "permissions" },
    { "404", 404, "resource_missing" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Reply) reply = { 0 };
    harness_post (harness, "/faults",
                  "{\"service\":\"stripe\",\"path\":\"/payment_intents\",\"fault\":\"%s\"}", cases[i].fault);
    stripe (&reply, "/v1/charges");
    g_assert_cmpuint (reply.status, ==, 200);
    stripe (&reply, "/v1/payment_intents");
    g_assert_cmpuint (reply.status, ==, cases[i].status);
    assert_contains (reply.text, cases[i].part);
    if (reply.status != 0 && g_str_has_suffix (cases[i].fault, "retry-after"))
      g_assert_cmpstr (header_of (&reply, "Retry-After"), ==, "1");
    else if (reply.status != 0)
      g_assert_null (header_of (&reply, "Retry-After"));
    stripe (&reply, "/v1/payment_intents");
    g_assert_cmpuint (reply.status, ==, 200);
  }
}

static void the_broken_bodies_are_broken_as_named (void) {
  g_auto (Reply) whole = { 0 }, reply = { 0 };

  begin ();
  stripe (&whole, "/v1/payment_intents");
  harness_post (harness, "/faults", "{\"fault\":\"truncate\"}");
  stripe (&reply, "/v1/payment_intents");
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpuint (strlen (reply.text), ==, strlen (whole.text) / 2);
  g_assert_true (g_str_has_prefix (whole.text, reply.text));
  harness_post (harness, "/faults", "{\"fault\":\"deep\"}");
  stripe (&reply, "/v1/payment_intents");
  g_assert_cmpuint (strspn (reply.text, "["), ==, 200000);
  harness_post (harness, "/faults", "{\"fault\":\"bignumber\"}");
  stripe (&reply, "/v1/payment_intents");
  const char *amount = strstr (reply.text, "\"amount\": ") + strlen ("\"amount\": ");
  g_assert_cmpuint (strspn (amount, "0123456789"), ==, 400);
  g_assert_nonnull (reply.json);
}

static void faults_of_google_speak_googles_language (void) {
  static const struct {
    const char *fault;
    guint status;
    const char *name;
  } cases[] = {
    { "401", 401, "UNAUTHENTICATED" },    { "403", 403, "PERMISSION_DENIED" }, { "404", 404, "NOT_FOUND" },
    { "429", 429, "RESOURCE_EXHAUSTED" }, { "500", 500, "INTERNAL" },          { "503", 503, "UNAVAILABLE" },
  };

  begin ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Reply) reply = { 0 };
    harness_post (harness, "/faults", "{\"service\":\"google\",\"path\":\"'Feuille 1'\",\"fault\":\"%s\"}",
                  cases[i].fault);
    sheets (&reply, "GET", "/values/%27Feuille%201%27%21A1", NULL);
    g_assert_cmpuint (reply.status, ==, cases[i].status);
    g_assert_cmpstr (error_of (&reply, "status"), ==, cases[i].name);
  }
}

static void a_lost_answer_was_carried_out_and_a_reset_was_not (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/faults", "{\"method\":\"PUT\",\"fault\":\"lost\"}");
  sheets (&reply, "PUT", "/values/A1?valueInputOption=RAW", "{\"values\":[[\"kept\"]]}");
  g_assert_cmpuint (reply.status, ==, 0);
  assert_sheet ("[[\"kept\"]]");
  harness_post (harness, "/faults", "{\"method\":\"PUT\",\"fault\":\"reset\"}");
  sheets (&reply, "PUT", "/values/A1?valueInputOption=RAW", "{\"values\":[[\"lost\"]]}");
  g_assert_cmpuint (reply.status, ==, 0);
  assert_sheet ("[[\"kept\"]]");
}

static void a_fault_skips_and_repeats_as_told (void) {
  static const guint expected[] = { 200, 200, 500, 500, 200 };
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/faults",
                "{\"service\":\"stripe\",\"method\":\"GET\",\"skip\":2,\"times\":2,\"fault\":\"500\"}");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    stripe (&reply, "/v1/balance");
    g_assert_cmpuint (reply.status, ==, expected[i]);
  }
  g_autoptr (JsonNode) faults = harness_get (harness, "/faults");
  JsonObject *fault = json_array_get_object_element (json_node_get_array (faults), 0);
  g_assert_cmpint (json_object_get_int_member (fault, "applied"), ==, 2);
  harness_post (harness, "/faults", "{\"times\":99,\"fault\":\"503\"}");
  harness_delete (harness, "/faults");
  stripe (&reply, "/v1/balance");
  g_assert_cmpuint (reply.status, ==, 200);
}

static void a_redirect_leads_elsewhere (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/faults", "{\"service\":\"stripe\",\"fault\":\"redirect\"}");
  stripe (&reply, "/v1/balance?x=1");
  g_assert_cmpuint (reply.status, ==, 302);
  g_autofree char *expected = g_strconcat (harness_origin (harness, "elsewhere"), "/v1/balance?x=1", NULL);
  g_assert_cmpstr (header_of (&reply, "Location"), ==, expected);
  call (&reply, "elsewhere", "GET", "/v1/balance?x=1", NULL);
  g_assert_cmpstr (reply.text, ==, "{}\n");
  g_autoptr (GPtrArray) requests = harness_requests (harness, "elsewhere", "GET");
  g_assert_cmpuint (requests->len, ==, 1);
}

static void a_slow_answer_takes_its_time (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  harness_post (harness, "/faults", "{\"fault\":\"slow\",\"ms\":150}");
  gint64 start = g_get_monotonic_time ();
  stripe (&reply, "/v1/balance");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 150000);
  g_assert_cmpuint (reply.status, ==, 200);
}

static void on_answer (GObject *session, GAsyncResult *result, gpointer left) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);

  g_assert_no_error (error);
  --*(guint *) left;
}

static void latencies_of_requests_under_way_together_overlap (void) {
  g_autoptr (SoupSession) session = soup_session_new_with_options ("max-conns-per-host", 6, NULL);
  guint left = 6;

  begin ();
  harness_post (harness, "/latency", "{\"ms\":2000}");
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < 6; i++) {
    g_autoptr (SoupMessage) message = make_message ("stripe", "GET", "/v1/balance", NULL);
    soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer, &left);
  }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
  gint64 taken = g_get_monotonic_time () - start;
  harness_post (harness, "/latency", "{\"ms\":0}");
  g_assert_cmpint (taken, >=, 2000000);
  g_assert_cmpint (taken, <, 10000000); /* one after the other they take 12 s */
}

/* What is remembered. */

static void every_request_is_recorded_as_it_came (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  sheets (&reply, "PUT", "/values/%27Feuille%201%27%21A1?valueInputOption=RAW", "{\"values\":[[\"é\"]]}");
  stripe (&reply, "/v1/nothing?a=b%20c");
  g_autoptr (GPtrArray) all = harness_requests (harness, NULL, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  JsonObject *put = g_ptr_array_index (all, 0), *get = g_ptr_array_index (all, 1);
  g_assert_cmpstr (json_object_get_string_member (put, "service"), ==, "google");
  g_assert_cmpstr (json_object_get_string_member (put, "method"), ==, "PUT");
  g_assert_cmpstr (json_object_get_string_member (put, "path"), ==,
                   "/v4/spreadsheets/sheet-1/values/%27Feuille%201%27%21A1");
  g_assert_cmpstr (json_object_get_string_member (put, "query"), ==, "valueInputOption=RAW");
  g_assert_cmpstr (json_object_get_string_member (put, "body"), ==, "{\"values\":[[\"é\"]]}");
  g_assert_cmpint (json_object_get_int_member (put, "status"), ==, 200);
  JsonObject *headers = json_object_get_object_member (get, "headers");
  g_assert_cmpstr (json_object_get_string_member (headers, "authorization"), ==, "Bearer " KEY);
  g_assert_cmpstr (json_object_get_string_member (headers, "stripe-version"), ==, VERSION);
  g_assert_cmpstr (json_object_get_string_member (get, "query"), ==, "a=b%20c");
  g_assert_cmpint (json_object_get_int_member (get, "status"), ==, 404);
  g_autoptr (JsonNode) stats = harness_get (harness, "/stats");
  g_autofree char *text = json_to_string (stats, FALSE);
  g_assert_cmpstr (
      text, ==,
      "{\"stripe\":{\"GET\":1},\"google\":{\"PUT\":1},\"elsewhere\":{},\"mailchimp\":{\"peak\":0},"
      "\"hubspot\":{\"peak\":0},\"brevo\":{\"peak\":0}}");
}

static void a_reset_forgets_everything (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "RAW", "[[1]]");
  post_customer (&reply, "/v1/customers", "email=a%40b.test", "key-1");
  harness_post (harness, "/faults", "{\"fault\":\"500\"}");
  begin ();
  assert_sheet ("[]");
  g_assert_cmpuint (count_customers ("a%40b.test"), ==, 0);
  g_autoptr (GPtrArray) requests = harness_requests (harness, NULL, NULL);
  g_assert_cmpuint (requests->len, ==, 1);
}

static void a_tab_is_set_up_with_typed_cells (void) {
  begin ();
  harness_post (
      harness, "/sheet",
      "{\"values\":[[\"ID\",null,1.5],[{\"formula\":\"=A1\"},false,\"=A1\"]],\"rows\":7,\"columns\":9}");
  assert_sheet ("[[\"ID\",null,1.5],[{\"formula\":\"=A1\"},false,\"=A1\"]]");
  g_autoptr (JsonObject) sheet = harness_sheet (harness, "Feuille 1");
  g_assert_cmpint (json_object_get_int_member (sheet, "rows"), ==, 7);
  g_assert_cmpint (json_object_get_int_member (sheet, "columns"), ==, 9);
}

static void the_harness_runs_a_program_in_a_profile_of_its_own (void) {
  g_auto (HarnessResult) result = { 0 };
  const char *script = "cat; echo \"$XDG_DATA_HOME $SECRET_BACKEND $EXTRA\"; echo wrong >&2; exit 3";
  g_autofree char *expected = g_strdup_printf ("input%s/data file more\n", harness_folder (harness));
  static const char *const sleeping[] = { "-c", "echo ready; read never", NULL };

  g_setenv ("HUB_PROGRAM", "/bin/sh", TRUE);
  harness_setenv (harness, "EXTRA", "more");
  harness_run (harness, &result, "input", "-c", script, NULL);
  g_assert_cmpint (result.status, ==, 3);
  g_assert_cmpstr (result.out, ==, expected);
  g_assert_cmpstr (result.err, ==, "wrong\n");
  harness_expect (harness, 0, &result, NULL, "-c", "cat", NULL);
  g_assert_cmpstr (result.out, ==, "");
  harness_run (harness, &result, NULL, "-c", "kill -9 $$", NULL);
  g_assert_cmpint (result.status, ==, -1);
  g_autoptr (GSubprocess) process = harness_spawn (harness, sleeping);
  char ready[6] = "";
  g_input_stream_read (g_subprocess_get_stdout_pipe (process), ready, 5, NULL, NULL);
  g_assert_cmpstr (ready, ==, "ready");
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

static void a_number_of_google_can_be_big (void) {
  g_auto (Reply) reply = { 0 };

  begin ();
  put_values ("A1", "RAW", "[[\"x 1\",12.5]]");
  harness_post (harness, "/faults", "{\"fault\":\"bignumber\"}");
  sheets (&reply, "GET", "/values/A1:B1?valueRenderOption=UNFORMATTED_VALUE", NULL);
  assert_contains (reply.text, "\"x 1\",\n      9999999999");
  g_assert_cmpuint (strspn (strstr (reply.text, "      999") + 6, "9"), ==, 400);
}

static void the_requests_of_a_minute_are_sixty_with_quota (void) {
  static const char *const options[] = { "--quota", NULL };
  Harness *shared = harness;
  g_autoptr (Harness) own = harness_new (options);
  guint refused = 0;

  harness = own;
  for (guint i = 0; i < 62; i++) {
    g_auto (Reply) reply = { 0 };
    sheets (&reply, "GET", "/values/A1", NULL);
    refused += reply.status == 429;
  }
  harness = shared;
  g_assert_cmpuint (refused, ==, 2);
  harness_delete (own, "/undocumented");
}

#define TEST(function) g_test_add_func ("/sandbox/" #function, function)

static void what_a_vendor_does_not_document_is_noted (void) {
  static const struct {
    const char *service, *method, *path, *body, *noted; /* NULL: it is documented */
  } cases[] = {
    { "stripe", "GET", "/v1/customers?limit=100&email=a%40b.fr", NULL, NULL },
    { "stripe", "GET", "/v1/customers?limit=101", NULL, "limit is not integer 1..100" },
    { "stripe", "GET", "/v1/customers?sort=asc", NULL, "unknown query parameter sort" },
    { "stripe", "GET", "/v1/customer", NULL, "unknown" },
    { "mailchimp", "GET", "/3.0/lists/a1b2c3d4e5/members?since_last_changed=2026-01-01T00:00:00%2B00:00",
      NULL, NULL },
    { "mailchimp", "GET", "/3.0/lists/a1b2c3d4e5/members?since_last_changed=2026-01-01T00:00:00+00:00", NULL,
      "since_last_changed is not time" },
    { "mailchimp", "PUT", "/3.0/lists/a1b2c3d4e5/members/x",
      "{\"email_address\":\"a@b.fr\",\"status_if_new\":\"pending\"}", NULL },
    { "mailchimp", "PUT", "/3.0/lists/a1b2c3d4e5/members/x", "{\"email_address\":\"a@b.fr\"}",
      "body lacks status_if_new" },
    { "mailchimp", "PATCH", "/3.0/lists/a1b2c3d4e5/members/x", "{\"vip\":\"yes\"}",
      "body.vip is of the wrong type" },
    { "mailchimp", "PATCH", "/3.0/lists/a1b2c3d4e5/members/x", "{\"vips\":true}",
      "unknown member body.vips" },
    { "mailchimp", "DELETE", "/3.0/lists/a1b2c3d4e5/members/x", "{}", "no body is documented" },
    { "hubspot", "POST", "/crm/v3/objects/deals/search", "{\"sorts\":[{\"propertyName\":\"a\"}]}",
      "body.sorts is of the wrong type" },
    { "hubspot", "POST", "/crm/v3/objects/deals/batch/update",
      "{\"inputs\":[{\"id\":\"1\",\"properties\":{\"a\":1}}]}",
      "body.inputs.properties.a is of the wrong type" },
    { "brevo", "POST", "/v3/contacts", "{\"listIds\":[\"2\"]}", "body.listIds is of the wrong type" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Reply) reply = { 0 };
    harness_delete (harness, "/undocumented");
    call (&reply, cases[i].service, cases[i].method, cases[i].path, cases[i].body);
    g_autoptr (JsonNode) noted = harness_get (harness, "/undocumented");
    JsonArray *list = json_node_get_array (noted);
    g_test_message ("%s %s %s", cases[i].method, cases[i].path, cases[i].body ? cases[i].body : "");
    g_assert_cmpuint (json_array_get_length (list), ==, cases[i].noted != NULL);
    if (cases[i].noted)
      g_assert_nonnull (strstr (json_array_get_string_element (list, 0), cases[i].noted));
  }
}

int main (int argc, char **argv) {
  static const char *const options[] = { "--payments", "250", NULL };

  g_test_init (&argc, &argv, NULL);
  TEST (lists_come_newest_first_and_page_by_page_without_gap_or_repetition);
  TEST (a_page_holds_ten_by_default_and_ending_before_goes_back);
  TEST (a_new_object_does_not_disturb_paging);
  TEST (wrong_list_parameters_are_refused_by_name);
  TEST (created_bounds_choose_objects);
  TEST (every_list_has_objects_of_its_kind);
  TEST (payments_hold_what_is_hard_to_carry);
  TEST (canceled_subscriptions_come_only_when_asked_for);
  TEST (keys_and_versions_are_checked);
  TEST (an_idempotency_key_carries_out_a_write_once);
  TEST (a_customer_is_made_changed_and_unset);
  TEST (wrong_customer_forms_change_nothing);
  TEST (every_change_is_an_event);
  TEST (the_control_port_changes_deletes_and_counts_objects);
  TEST (a_signed_assertion_buys_a_token_until_it_is_revoked);
  TEST (a_token_for_reading_does_not_write);
  TEST (a_wrong_assertion_is_an_invalid_grant);
  TEST (spreadsheets_are_missing_forbidden_or_there);
  TEST (ranges_are_read_as_a1);
  TEST (raw_values_keep_their_type_and_every_digit);
  TEST (user_entered_values_are_read_as_typed_in_french);
  TEST (null_skips_and_empty_text_clears);
  TEST (reading_leaves_out_what_is_empty_at_the_end);
  TEST (columns_are_written_when_asked);
  TEST (the_render_options_show_a_cell_in_each_way);
  TEST (nothing_is_written_outside_of_the_grid_or_range);
  TEST (append_writes_after_the_table_and_grows_the_grid);
  TEST (clearing_takes_values_and_leaves_formats);
  TEST (a_batch_of_values_is_written_wholly_or_not_at_all);
  TEST (names_that_google_does_not_know_are_refused_with_their_place);
  TEST (a_batch_is_carried_out_wholly_or_not_at_all);
  TEST (cells_are_updated_by_mask);
  TEST (a_cell_is_repeated_and_cells_are_appended);
  TEST (rows_and_columns_are_inserted_and_deleted);
  TEST (tabs_are_renamed_resized_and_frozen);
  TEST (impossible_requests_are_refused);
  TEST (the_quota_is_kept_without_saying_when_to_return);
  TEST (each_fault_does_what_its_name_says);
  TEST (the_broken_bodies_are_broken_as_named);
  TEST (faults_of_google_speak_googles_language);
  TEST (a_lost_answer_was_carried_out_and_a_reset_was_not);
  TEST (a_fault_skips_and_repeats_as_told);
  TEST (a_redirect_leads_elsewhere);
  TEST (a_slow_answer_takes_its_time);
  TEST (latencies_of_requests_under_way_together_overlap);
  TEST (every_request_is_recorded_as_it_came);
  TEST (a_reset_forgets_everything);
  TEST (a_tab_is_set_up_with_typed_cells);
  TEST (the_harness_runs_a_program_in_a_profile_of_its_own);
  TEST (a_number_of_google_can_be_big);
  TEST (the_requests_of_a_minute_are_sixty_with_quota);
  TEST (what_a_vendor_does_not_document_is_noted);
  harness = harness_new (options);
  int status = g_test_run ();
  harness_delete (harness, "/undocumented"); /* these tests ask for more than a connector does */
  harness_free (harness);
  return status;
}
