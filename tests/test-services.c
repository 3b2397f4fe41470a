/* test-services.c: Mailchimp, HubSpot and Brevo, read and written as their manifests say, against the sandbox.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "budget.h"
#include "connector.h"
#include "error.h"
#include "harness.h"

#define CANARY "CANARY7f3a9c"
#define AUDIENCE "a1b2c3d4e5"

static Harness *harness;

static const struct {
  const char *service, *secret, *refused;
} services[] = {
  { "mailchimp", "{\"api_key\":\"" CANARY "-us6\"}", "{\"api_key\":\"REFUSED" CANARY "\"}" },
  { "hubspot", "{\"access_token\":\"pat-eu1-" CANARY "\"}", "{\"access_token\":\"pat-REFUSED" CANARY "\"}" },
  { "brevo", "{\"api_key\":\"xkeysib-" CANARY "\"}", "{\"api_key\":\"xkeysib-REFUSED" CANARY "\"}" },
  { "stripe", "{\"api_key\":\"sk_test_" CANARY "\"}", "{\"api_key\":\"sk_test_REFUSED\"}" },
};

/* @service may have a suffix: hubspot-fast. */
static const char *secret_of (const char *service) {
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_str_has_prefix (service, services[i].service))
      return services[i].secret;
  g_assert_not_reached ();
}

/* The built-in manifest of @service with other budgets, as a connector of the user's own: @service-@suffix. */
static void copy_manifest (const char *service, const char *suffix, const char *budgets) {
  g_autoptr (GError) error = NULL;
  const HubManifest *manifest = hub_manifest_get (service, &error);
  g_assert_no_error (error);
  g_autofree char *source = json_to_string (manifest->source, FALSE);
  g_autoptr (JsonNode) node = harness_parse (source);
  g_autofree char *id = g_strdup_printf ("%s-%s", service, suffix);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "integration-hub", "connectors", NULL);
  g_autofree char *path = g_strdup_printf ("%s/%s.json", folder, id);
  g_autoptr (JsonNode) own = budgets ? harness_parse (budgets) : NULL;
  json_object_set_string_member (json_node_get_object (node), "id", id);
  json_object_remove_member (json_node_get_object (node), "budgets");
  if (own)
    json_object_set_member (json_node_get_object (node), "budgets", g_steal_pointer (&own));
  g_autofree char *text = json_to_string (node, FALSE);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Opens @object of @service with @options ("list", "a1b2c3d4e5", NULL; nullable). */
static HubConnector *open_with (const char *service, const char *object, const char *secret,
                                const char *const *options) {
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (service, "Compte", object);
  g_autoptr (HubAccount) account = hub_account_new (service, "Compte");
  g_autoptr (GError) error = NULL;
  for (guint i = 0; options && options[i]; i += 2)
    json_object_set_string_member (endpoint->options, options[i], options[i + 1]);
  g_auto (GStrv) parts = g_strsplit (service, "-", 2);
  json_object_set_string_member (account->options, "base_url", harness_origin (harness, parts[0]));
  HubConnector *connector = hub_connector_open (endpoint, account, secret, &error);
  g_assert_no_error (error);
  return connector;
}

/* Unpaced: what takes the real service minutes is not waited for. */
static HubConnector *open_fast (const char *service, const char *object, const char *const *options) {
  g_autofree char *id = g_strconcat (service, "-fast", NULL);
  return open_with (id, object, secret_of (service), options);
}

static HubConnector *open_object (const char *service, const char *object) {
  static const char *const list[] = { "list", AUDIENCE, NULL };
  return open_with (service, object, secret_of (service), g_str_equal (object, "members") ? list : NULL);
}

static void set_count (const char *service, const char *shelf, guint count, gboolean same_time) {
  if (g_str_equal (service, "stripe"))
    harness_post (harness, "/stripe/count", "{\"object\":\"%s\",\"count\":%u}", shelf, count);
  else
    harness_post (harness, "/records/count",
                  "{\"service\":\"%s\",\"shelf\":\"%s\",\"count\":%u,\"same_time\":%s}", service, shelf,
                  count, same_time ? "true" : "false");
}

static void put (const char *service, const char *shelf, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void put (const char *service, const char *shelf, const char *format, ...) {
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *record = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  harness_post (harness, "/records", "{\"service\":\"%s\",\"shelf\":\"%s\",\"record\":%s}", service, shelf,
                record);
}

/* What the service has: records of the shelf. (transfer full) */
static JsonNode *get_records (const char *service, const char *shelf) {
  g_autofree char *path = g_strdup_printf ("/records?service=%s&shelf=%s", service, shelf);
  return harness_get (harness, path);
}

static JsonObject *find_record (JsonNode *records, const char *member, const char *value) {
  JsonArray *list = json_node_get_array (records);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonObject *record = json_array_get_object_element (list, i);
    JsonObject *inner = json_object_has_member (record, "properties")
                            ? json_object_get_object_member (record, "properties")
                            : record;
    if (g_strcmp0 (json_object_get_string_member_with_default (inner, member, NULL), value) == 0)
      return record;
  }
  return NULL;
}

static void limit (const char *service, guint index, guint requests, guint milliseconds) {
  harness_post (harness, "/limit", "{\"service\":\"%s\",\"index\":%u,\"requests\":%u,\"ms\":%u}", service,
                index, requests, milliseconds);
}

/* Requests of @service with @status since the last reset. */
static guint count_status (const char *service, guint status) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, service, NULL);
  guint n = 0;
  for (guint i = 0; i < requests->len; i++)
    n += json_object_get_int_member (requests->pdata[i], "status") == status;
  return n;
}

static void assert_sentence (const GError *error, int code, const char *hint) {
  g_test_message ("%s", error ? error->message : "no error");
  g_assert_error (error, HUB_ERROR, code);
  g_assert_null (strpbrk (error->message, "\r\n"));
  g_assert_nonnull (strstr (error->message, hint));
  g_assert_null (strstr (error->message, CANARY));
}

/* Reading. */

static GHashTable *new_keys (void) {
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* All records from the first page to the last: key → first value; one that comes twice aborts. @between (nullable) is called
 * after the first page. */
static GHashTable *read_all (HubConnector *connector, void (*between) (void)) {
  g_autoptr (GError) error = NULL;
  GHashTable *keys = new_keys ();
  g_autofree char *position = NULL;
  do {
    g_autoptr (HubPage) page = hub_connector_read_page (connector, position, NULL, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < page->records->len; i++) {
      const HubRecord *record = g_ptr_array_index (page->records, i);
      g_assert_nonnull (record->key);
      g_hash_table_add (keys, g_strdup (record->key));
    }
    if (position == NULL && between)
      between ();
    g_free (position);
    position = g_steal_pointer (&page->next);
  } while (position);
  return keys;
}

static const char *const boutique[] = { "list", AUDIENCE, NULL };
static const char *const boutique_sure[] = { "list", AUDIENCE, "status", "pending", NULL };
static const char *const doubles[] = { "list", "f6a7b8c9d0", NULL };

/* Every object; @key: the field to tell records apart by, where it can be written; @changes: it tells what has changed. */
static const struct {
  const char *service, *object, *path;
  guint page;
  const char *key;
  gboolean changes;
  const char *const *options;
} lists[] = {
  { "mailchimp", "members", "merge_fields.FNAME", 1000, "email_address", TRUE, boutique },
  { "mailchimp", "campaigns", "settings.title", 1000 },
  { "mailchimp", "reports", "campaign_title", 1000 },
  { "hubspot", "contacts", "properties.firstname", 100, "properties.email", TRUE },
  { "hubspot", "companies", "properties.company", 100, "properties.name", TRUE },
  { "hubspot", "deals", "properties.phone", 100, "properties.dealname", TRUE },
  { "brevo", "contacts", "attributes.PRENOM", 1000, "email", TRUE },
  { "brevo", "lists", "name", 50 },
  { "brevo", "campaigns", "subject", 100 },
  { "stripe", "payment_intents", "amount", 100 },
  { "stripe", "charges", "amount", 100 },
  { "stripe", "customers", "name", 100, "email" },
  { "stripe", "invoices", "total", 100 },
  { "stripe", "subscriptions", "status", 100 },
  { "stripe", "payouts", "amount", 100 },
  { "stripe", "refunds", "amount", 100 },
  { "stripe", "balance_transactions", "net", 100 },
  { "stripe", "checkout_sessions", "amount_total", 100 },
};

static const guint counts[] = { 0, 1, 99, 100, 101, 1000, 10001 };

static guint n_requests (const char *service) {
  g_autoptr (GPtrArray) requests = harness_requests (harness, service, NULL);
  return requests->len;
}

static void test_all_records_of_every_object_are_read (void) {
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint c = 0; c < G_N_ELEMENTS (counts); c++) {
      const char *const paths[] = { lists[i].path, NULL };
      harness_delete (harness, "/requests");
      set_count (lists[i].service, lists[i].object, counts[c], FALSE);
      g_autoptr (HubConnector) connector = open_fast (lists[i].service, lists[i].object, lists[i].options);
      hub_connector_set_source (connector, paths);
      g_test_message ("%s %s %u", lists[i].service, lists[i].object, counts[c]);
      g_autoptr (GHashTable) keys = read_all (connector, NULL);
      g_assert_cmpuint (g_hash_table_size (keys), ==, counts[c]);
      g_assert_cmpuint (n_requests (lists[i].service), <=, counts[c] / (lists[i].page - 1) + 3);
    }
}

/* Begins a reading; *cursor is replaced. Whether only changes are read. */
static gboolean begin (HubConnector *connector, char **cursor) {
  g_autoptr (GError) error = NULL;
  g_autofree char *since = g_steal_pointer (cursor);
  gboolean changes_only = FALSE;
  g_assert_true (hub_connector_begin (connector, since, &changes_only, cursor, NULL, &error));
  g_assert_no_error (error);
  return changes_only;
}

/* Where the service tells what has changed: all of it, and then nothing more. */
static void test_all_changes_of_every_object_are_read (void) {
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint c = 0; lists[i].changes && c < G_N_ELEMENTS (counts); c++) {
      const char *const paths[] = { lists[i].path, NULL };
      g_autofree char *cursor = g_strdup ("2020-01-01T00:00:00Z");
      set_count (lists[i].service, lists[i].object, counts[c], FALSE);
      g_test_message ("%s %s %u", lists[i].service, lists[i].object, counts[c]);
      for (guint again = 0; again < 2; again++) {
        g_autoptr (HubConnector) connector = open_fast (lists[i].service, lists[i].object, lists[i].options);
        hub_connector_set_source (connector, paths);
        g_assert_true (begin (connector, &cursor));
        g_autoptr (GHashTable) keys = read_all (connector, NULL);
        g_assert_cmpuint (g_hash_table_size (keys), ==, again ? 0 : counts[c]);
      }
    }
}

static guint moving; /* which of lists */

static char *id_of (JsonObject *record) {
  JsonNode *id = json_object_get_member (record, "id");
  return json_node_get_value_type (id) == G_TYPE_STRING
             ? g_strdup (json_node_get_string (id))
             : g_strdup_printf ("%d", (int) json_node_get_int (id));
}

/* Does something to some of the records that were on the first page. */
static void move_some (gboolean remove) {
  const char *service = lists[moving].service, *shelf = lists[moving].object;
  g_autoptr (JsonNode) records = get_records (service, shelf);
  for (guint i = 0; i < 10; i++) {
    JsonObject *record = json_array_get_object_element (json_node_get_array (records), i * 4);
    g_autofree char *id = id_of (record);
    g_autofree char *path = g_strdup_printf ("/records?service=%s&shelf=%s&id=%s", service, shelf, id);
    JsonNode *node = json_object_get_member (record, "id");
    g_autofree char *text = json_to_string (node, FALSE);
    if (remove)
      harness_delete (harness, path);
    else
      put (service, shelf, "{\"id\":%s,\"vip\":true}", text);
  }
}

static void change_some (void) {
  move_some (FALSE);
}

static void delete_some (void) {
  move_some (TRUE);
}

static void add_some (void) {
  for (guint i = 0; i < 3; i++)
    harness_post (harness, "/stripe",
                  "{\"object\":\"%s\",\"record\":{\"id\":\"new_%u\",\"created\":1893456000}}",
                  lists[moving].object, i);
}

/* Records that go away, come, or move to the end while pages are read make none of the others be passed over; one that comes
 * twice is the same. */
static void test_nothing_is_lost_when_records_move_between_pages (void) {
  static void (*const moves[]) (void) = { change_some, delete_some, add_some };
  for (moving = 0; moving < G_N_ELEMENTS (lists); moving++)
    for (guint m = 0; m < G_N_ELEMENTS (moves); m++)
      for (int since = 0; since <= lists[moving].changes; since++) {
        const char *const paths[] = { lists[moving].path, NULL };
        g_autofree char *cursor = since ? g_strdup ("2020-01-01T00:00:00Z") : NULL;
        guint count = 5 * lists[moving].page / 2;
        if (g_str_equal (lists[moving].service, "stripe") != (moves[m] == add_some))
          continue;
        set_count (lists[moving].service, lists[moving].object, count, FALSE);
        g_test_message ("%s %s %u", lists[moving].service, lists[moving].object, m);
        g_autoptr (HubConnector) connector =
            open_fast (lists[moving].service, lists[moving].object, lists[moving].options);
        hub_connector_set_source (connector, paths);
        if (since)
          g_assert_true (begin (connector, &cursor));
        g_autoptr (GHashTable) keys = read_all (connector, moves[m]);
        g_assert_cmpuint (g_hash_table_size (keys), ==, count); /* those that went were on the first page */
      }
}

/* The user's own services turn pages in every way. */

#define OWN_RECORDS 23
#define OWN_PAGE 5

typedef struct _Own Own;

struct _Own {
  char *(*answer) (const Own *own, const char *request);
  GSocketListener *listener;
  GCancellable *over;
  char *origin;
  GThread *thread;
};

static gint64 query_number (const char *request, const char *name, gint64 fallback) {
  const char *at = strstr (request, name);
  return at ? g_ascii_strtoll (at + strlen (name), NULL, 10) : fallback;
}

/* Answers with a page from record @first on, as the path says: /list/, /offset/, /token/, /link/. */
static char *answer_own (const Own *own, const char *request) {
  gint64 first = query_number (request, "page=", 1) * OWN_PAGE - OWN_PAGE;
  first = query_number (request, "after=", query_number (request, "offset=", first));
  g_autoptr (GString) body =
      g_string_new (strstr (request, "/list") || strstr (request, "/link") ? "[" : "{\"in\":{\"side\":[");
  g_autofree char *link = g_strdup ("");
  gint64 i = first;
  for (; i < MIN (first + OWN_PAGE, OWN_RECORDS); i++)
    g_string_append_printf (body, "%s{\"id\":%d}", i > first ? "," : "", (int) i);
  if (*body->str == '[')
    g_string_append_c (body, ']');
  else if (strstr (request, "/token") && i < OWN_RECORDS)
    g_string_append_printf (body, "]},\"next\":{\"after\":%d}}", (int) i);
  else
    g_string_append (body, "]}}");
  if (strstr (request, "/link") && i < OWN_RECORDS) {
    g_free (link);
    link = g_strdup_printf ("Link: <%s/first>; rel=\"prev\", <%s/link?after=%d>; rel=\"next\"\r\n",
                            own->origin, own->origin, (int) i);
  }
  return g_strdup_printf ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
                          "application/json\r\n%sContent-Length: %u\r\n\r\n%s",
                          link, (guint) body->len, body->str);
}

/* Odd but legal answers, by what the path begins with. */
static const struct {
  const char *path, *status, *headers, *body;
} odd_answers[] = {
  { "/gap?after=1", "200 OK", "", "{\"list\":[{\"id\":\"a\",\"n\":\"7\"},{\"n\":\"7x\"}]}" },
  { "/gap", "200 OK", "", "{\"list\":[],\"next\":\"1\"}" },
  { "/round?after=1", "200 OK", "", "{\"list\":[{\"id\":\"b\"}],\"next\":\"2\"}" },
  { "/round", "200 OK", "", "{\"list\":[{\"id\":\"a\"}],\"next\":\"1\"}" },
  { "/nothing", "204 No Content", "", "" },
  { "/empty", "200 OK", "", "" },
  { "/html", "200 OK", "", "<html><body>Maintenance</body></html>" },
  { "/away", "302 Found", "Location: https://elsewhere.example/list\r\n", "" },
  { "/batch", "207 Multi-Status", "", "{\"results\":[{\"id\":\"9\",\"name\":\"a\"}]}" },
};

static char *answer_odd (const Own *own, const char *request) {
  const char *path = strchr (request, ' ') + 1;
  guint i = 0;
  while (!g_str_has_prefix (path, odd_answers[i].path))
    i++;
  return g_strdup_printf ("HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: "
                          "application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
                          odd_answers[i].status, odd_answers[i].headers, strlen (odd_answers[i].body),
                          odd_answers[i].body);
}

static gpointer serve_own (gpointer data) {
  Own *own = data;
  GSocketConnection *peer;
  while ((peer = g_socket_listener_accept (own->listener, NULL, own->over, NULL))) {
    char request[4096] = "";
    g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (peer)), request, sizeof request - 1, NULL,
                         NULL);
    g_autofree char *answer = own->answer (own, request);
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (peer)), answer, strlen (answer),
                               NULL, NULL, NULL);
    g_io_stream_close (G_IO_STREAM (peer), NULL, NULL);
    g_object_unref (peer);
  }
  return NULL;
}

static void own_start (Own *own) {
  own->listener = g_socket_listener_new ();
  own->origin = g_strdup_printf ("http://127.0.0.1:%u",
                                 g_socket_listener_add_any_inet_port (own->listener, NULL, NULL));
  own->over = g_cancellable_new ();
  own->thread = g_thread_new ("own", serve_own, own);
}

static void own_stop (Own *own) {
  g_cancellable_cancel (own->over);
  g_thread_join (own->thread);
  g_clear_object (&own->listener);
  g_clear_object (&own->over);
  g_clear_pointer (&own->origin, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Own, own_stop)

/* The orders of a connector of the user's own, called own@index, whose object has the members @object. */
static HubConnector *open_own (const Own *own, guint index, const char *object) {
  g_autofree char *id = g_strdup_printf ("own%u", index);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "integration-hub", "connectors", NULL);
  g_autofree char *path = g_strdup_printf ("%s/%s.json", folder, id);
  g_autofree char *text =
      g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Own\",\"base_url\":\"%s\",\"auth\":{\"kind\":\"basic\","
                       "\"fields\":[{\"id\":\"key\",\"label\":\"K\"},"
                       "{\"id\":\"secret\",\"label\":\"S\"}]},\"objects\":[{\"id\":\"orders\",\"label\":"
                       "\"O\",\"key\":\"id\",%s}]}",
                       id, own->origin, object);
  g_autoptr (GError) error = NULL;
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (id, "Compte", "orders");
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  HubConnector *connector =
      hub_connector_open (endpoint, NULL, "{\"key\":\"ck_1\",\"secret\":\"cs_1\"}", &error);
  g_assert_no_error (error);
  return connector;
}

static void test_own_services_turn_pages_in_every_way (void) {
  static const char *const reads[] = {
    "\"path\":\"/list\",\"records\":\"\",\"page\":\"number\",\"page_param\":\"page\"",
    "\"path\":\"/offset\",\"records\":\"in.side\",\"page\":\"offset\",\"page_param\":\"offset\"",
    "\"path\":\"/"
    "token\",\"records\":\"in.side\",\"page\":\"token\",\"page_param\":\"after\",\"next\":\"next.after\"",
    "\"path\":\"/link\",\"records\":\"\",\"page\":\"link\"",
  };
  const char *const paths[] = { "id", NULL };
  g_auto (Own) own = { .answer = answer_own };
  own_start (&own);
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++) {
    g_autofree char *object = g_strdup_printf ("\"read\":{%s}", reads[i]);
    g_autoptr (HubConnector) connector = open_own (&own, i, object);
    hub_connector_set_source (connector, paths);
    g_test_message ("%s", reads[i]);
    g_autoptr (GHashTable) keys = read_all (connector, NULL);
    g_assert_cmpuint (g_hash_table_size (keys), ==, OWN_RECORDS);
  }
}

#define ODD(path)                                                                                            \
  "\"read\":{\"path\":\"" path                                                                               \
  "\",\"records\":\"list\",\"page\":\"token\",\"page_param\":\"after\",\"next\":\"next\"}"

/* An empty page with a next one; a record without its key, and numbers as texts: all are read. What is no list, leads away or
 * goes round ends in an error that says so. */
static void test_odd_answers (void) {
  static const struct {
    const char *object, *hint; /* hint NULL: all is read */
  } cases[] = {
    { ODD ("/gap") ",\"fields\":[{\"path\":\"n\",\"label\":\"N\",\"type\":\"integer\"}]", NULL },
    { ODD ("/round"), "more records follow" },
    { ODD ("/nothing"), "cannot be read" },
    { ODD ("/empty"), "cannot be read" },
    { ODD ("/html"), "cannot be read" },
    { ODD ("/away"), "redirects to https://elsewhere.example" },
  };
  const char *const paths[] = { "n", NULL };
  g_auto (Own) own = { .answer = answer_odd };
  own_start (&own);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubConnector) connector = open_own (&own, 10 + i, cases[i].object);
    g_autoptr (GError) error = NULL;
    g_autofree char *position = NULL;
    guint n_pages = 0;
    hub_connector_set_source (connector, paths);
    do {
      g_autoptr (HubPage) page = hub_connector_read_page (connector, position, NULL, &error);
      g_free (position);
      position = page ? g_steal_pointer (&page->next) : NULL;
      if (page && cases[i].hint == NULL && n_pages == 1) {
        const HubRecord *first = page->records->pdata[0], *second = page->records->pdata[1];
        g_assert_cmpuint (page->records->len, ==, 2);
        g_assert_cmpint (first->values[0].type, ==, HUB_TYPE_INTEGER);
        g_assert_null (second->key);
        g_assert_cmpint (second->values[0].type, ==, HUB_TYPE_TEXT); /* no number: it stays as it came */
      }
    } while (position && ++n_pages < 20);
    g_test_message ("%s", cases[i].object);
    if (cases[i].hint)
      assert_sentence (error, HUB_ERROR_SERVICE, cases[i].hint);
    else
      g_assert_no_error (error);
    g_assert_cmpuint (n_pages, <, 8);
  }
}

static HubDelivery *make_delivery (const char *const *targets, const char *const *values);

/* An answer that tells of some records only: whether the others are there is not known, and they are not sent again. */
static void test_a_batch_that_tells_of_some_only_is_lost (void) {
  static const char *const targets[] = { "name", NULL };
  static const char *const names[][1] = { { "a" }, { "b" }, { "c" } };
  g_auto (Own) own = { .answer = answer_odd };
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  g_autoptr (GError) error = NULL;
  own_start (&own);
  g_autoptr (HubConnector) connector = open_own (
      &own, 20,
      ODD (
          "/gap") ",\"write\":{\"create\":\"POST /batch\",\"update\":\"POST /batch\",\"batch\":{\"items\":"
                  "\"inputs\",\"results\":\"results\"}},\"fields\":[{\"path\":\"name\",\"label\":\"Name\"}]");
  hub_connector_prepare (connector, targets, 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    HubDelivery *delivery = make_delivery (targets, names[i]);
    delivery->change[0] = TRUE;
    delivery->action = HUB_ACTION_CREATE;
    g_ptr_array_add (batch, delivery);
  }
  g_assert_false (hub_connector_write (connector, batch, NULL, &error));
  assert_sentence (error, HUB_ERROR_LOST, "every record");
}

static void test_only_what_has_changed_is_read_anew (void) {
  static const struct {
    const char *service, *object, *path, *change;
  } cases[] = {
    { "mailchimp", "members", "merge_fields.FNAME",
      "{\"email_address\":\"Client7@boutique.test\",\"id\":\"%s\",\"merge_fields\":{\"FNAME\":\"Neu\"}}" },
    { "hubspot", "contacts", "properties.firstname",
      "{\"id\":\"%s\",\"properties\":{\"firstname\":\"Neu\"}}" },
    { "hubspot", "deals", "properties.dealname", "{\"id\":\"%s\",\"properties\":{\"dealname\":\"Neu\"}}" },
    { "brevo", "contacts", "attributes.PRENOM", "{\"id\":%s,\"attributes\":{\"PRENOM\":\"Neu\"}}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const paths[] = { cases[i].path, NULL };
    g_autofree char *cursor = NULL;
    set_count (cases[i].service, cases[i].object, 250, FALSE);
    g_autoptr (HubConnector) first = open_object (cases[i].service, cases[i].object);
    hub_connector_set_source (first, paths);
    g_assert_false (begin (first, &cursor));
    g_assert_nonnull (cursor);
    g_autoptr (GHashTable) all = read_all (first, NULL);
    g_assert_cmpuint (g_hash_table_size (all), ==, 250);

    g_autoptr (HubConnector) second = open_object (cases[i].service, cases[i].object);
    hub_connector_set_source (second, paths);
    g_assert_true (begin (second, &cursor));
    g_autoptr (GHashTable) none = read_all (second, NULL);
    g_assert_cmpuint (g_hash_table_size (none), ==, 0);

    g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, "client7@boutique.test", -1);
    g_autoptr (GString) record = g_string_new (cases[i].change);
    g_string_replace (record, "%s", g_str_equal (cases[i].service, "mailchimp") ? hash : "8", 1);
    put (cases[i].service, cases[i].object, "%s", record->str);
    g_autoptr (HubConnector) third = open_object (cases[i].service, cases[i].object);
    hub_connector_set_source (third, paths);
    g_assert_true (begin (third, &cursor));
    g_autoptr (GError) error = NULL;
    g_autoptr (HubPage) page = hub_connector_read_page (third, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (page->records->len, ==, 1);
    g_assert_cmpstr (((HubRecord *) page->records->pdata[0])->values[0].text, ==, "Neu");
    g_assert_null (page->next);
  }
}

/* More changes than a search gives, and very many at one and the same time. */
static void test_hubspots_search_has_no_end_of_its_own (void) {
  static const struct {
    guint count;
    gboolean same_time;
  } cases[] = { { 450, FALSE }, { 450, TRUE }, { 400, TRUE }, { 200, FALSE }, { 1, TRUE } };
  const char *const paths[] = { "properties.email", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *cursor = g_strdup ("2020-01-01T00:00:00Z");
    set_count ("hubspot", "contacts", cases[i].count, cases[i].same_time);
    harness_delete (harness, "/requests");
    g_autoptr (HubConnector) connector = open_object ("hubspot", "contacts");
    hub_connector_set_source (connector, paths);
    g_assert_true (begin (connector, &cursor));
    g_autoptr (GHashTable) keys = read_all (connector, NULL);
    g_assert_cmpuint (g_hash_table_size (keys), ==, cases[i].count);
    g_assert_cmpuint (count_status ("hubspot", 429), ==, 0);
  }
}

/* Fields and accounts. */

static const HubField *find_field (GPtrArray *fields, const char *name) {
  for (guint i = 0; i < fields->len; i++)
    if (g_str_equal (((HubField *) fields->pdata[i])->name, name))
      return fields->pdata[i];
  return NULL;
}

static void test_fields_are_discovered (void) {
  static const struct {
    const char *service, *object, *field, *type;
    gboolean read_only, unique;
  } cases[] = {
    { "mailchimp", "members", "email_address", "email", FALSE, TRUE },
    { "mailchimp", "members", "status", "text", TRUE, FALSE },
    { "mailchimp", "members", "merge_fields.FNAME", "text", FALSE, FALSE },
    { "mailchimp", "members", "merge_fields.POINTS", "decimal", FALSE, FALSE },
    { "mailchimp", "members", "merge_fields.BIRTHDAY", "date", FALSE, FALSE },
    { "mailchimp", "members", "merge_fields.ADDRESS.zip", "text", FALSE, FALSE },
    { "mailchimp", "members", "merge_fields.NEWKIND", "text", FALSE, FALSE },
    { "hubspot", "contacts", "properties.email", "email", FALSE, TRUE },
    { "hubspot", "contacts", "properties.birthday", "date", FALSE, FALSE },
    { "hubspot", "contacts", "properties.newsletter", "boolean", FALSE, FALSE },
    { "hubspot", "contacts", "properties.full_score", "decimal", TRUE, FALSE },
    { "hubspot", "contacts", "properties.external_id", "text", FALSE, TRUE },
    { "hubspot", "contacts", "properties.hs_email_optout", "boolean", TRUE, FALSE },
    { "hubspot", "contacts", "properties.hologram", "text", FALSE, FALSE },
    { "brevo", "contacts", "emailBlacklisted", "boolean", TRUE, FALSE },
    { "brevo", "contacts", "attributes.POINTS", "decimal", FALSE, FALSE },
    { "brevo", "contacts", "attributes.SCORE", "text", TRUE, FALSE },
    { "brevo", "contacts", "attributes.HOLO", "text", FALSE, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubConnector) connector = open_object (cases[i].service, cases[i].object);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) fields = hub_connector_list_fields (connector, NULL, &error);
    g_assert_no_error (error);
    const HubField *field = find_field (fields, cases[i].field);
    g_test_message ("%s %s", cases[i].service, cases[i].field);
    g_assert_nonnull (field);
    g_assert_cmpstr (hub_type_name (field->type), ==, cases[i].type);
    g_assert_cmpint (field->read_only, ==, cases[i].read_only);
    g_assert_cmpint (field->unique, ==, cases[i].unique);
    g_assert_null (find_field (fields, "properties.secret")); /* hidden at HubSpot */
  }
}

static void test_keys_are_checked (void) {
  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    g_autoptr (GError) error = NULL, refusal = NULL;
    g_autofree char *label = NULL, *none = NULL;
    g_autoptr (HubConnector) good = open_with (services[i].service, NULL, services[i].secret, NULL);
    g_assert_true (hub_connector_verify (good, &label, NULL, &error));
    g_assert_no_error (error);
    g_assert_nonnull (label);
    g_autoptr (HubConnector) bad = open_with (services[i].service, NULL, services[i].refused, NULL);
    g_assert_false (hub_connector_verify (bad, &none, NULL, &refusal));
    assert_sentence (refusal, HUB_ERROR_CREDENTIALS, "refused the key");
  }
}

static void test_options_have_choices (void) {
  static const struct {
    const char *service, *object, *option, *value, *label;
  } cases[] = {
    { "mailchimp", "members", "list", AUDIENCE, "Boutique" },
    { "mailchimp", "members", "status", "pending", NULL },
    { "brevo", "contacts", "list", "3", "Liste 2" },
  };
  set_count ("brevo", "lists", 120, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HubConnector) connector = open_object (cases[i].service, cases[i].object);
    g_autoptr (GPtrArray) choices = hub_connector_list_choices (connector, cases[i].option, NULL, &error);
    g_assert_no_error (error);
    const HubField *choice = find_field (choices, cases[i].value);
    g_assert_nonnull (choice);
    if (cases[i].label)
      g_assert_cmpstr (choice->label, ==, cases[i].label);
  }
}

/* Writing. */

/* A delivery of @values, parallel to the NULL-terminated @targets; the first one is the key. */
static HubDelivery *make_delivery (const char *const *targets, const char *const *values) {
  guint n = g_strv_length ((char **) targets);
  static gint64 serial;
  HubDelivery *delivery = hub_delivery_new (n);
  for (guint i = 0; i < n; i++) {
    hub_value_take (&delivery->values[i], HUB_TYPE_TEXT, g_strdup (values[i]));
    delivery->write[i] = values[i] ? HUB_WRITE_ALWAYS : HUB_WRITE_SKIP;
  }
  delivery->key = hub_key_normalize (values[0]);
  delivery->id = ++serial;
  return delivery;
}

/* Decides as a plan does. */
static void decide (HubDelivery *delivery) {
  gboolean any = FALSE;
  for (guint i = 0; i < delivery->n_fields; i++) {
    delivery->change[i] =
        delivery->write[i] == HUB_WRITE_ALWAYS
        && (delivery->before == NULL || !hub_value_same (&delivery->values[i], &delivery->before[i]));
    any |= delivery->change[i];
  }
  delivery->action = delivery->found == NULL ? HUB_ACTION_CREATE
                     : any                   ? HUB_ACTION_UPDATE
                                             : HUB_ACTION_UNCHANGED;
}

static HubConnector *open_destination (const char *service, const char *object, const char *const *options,
                                       const char *const *targets) {
  g_autoptr (GError) error = NULL;
  HubConnector *connector = open_with (service, object, secret_of (service), options);
  hub_connector_prepare (connector, targets, 0, NULL, &error);
  g_assert_no_error (error);
  return connector;
}

/* Looks up and writes @deliveries. */
static void deliver (HubConnector *connector, GPtrArray *deliveries) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  hub_connector_look_up (connector, deliveries, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    decide (delivery);
    if (delivery->action != HUB_ACTION_UNCHANGED)
      g_ptr_array_add (open, delivery);
  }
  if (open->len > 0)
    hub_connector_write (connector, open, NULL, &error);
  g_assert_no_error (error);
}

static GPtrArray *new_batch (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
}

/* Delivers one record, and says what became of it. (transfer full) */
static HubDelivery *deliver_one (HubConnector *connector, const char *const *targets,
                                 const char *const *values) {
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  HubDelivery *delivery = make_delivery (targets, values);
  g_ptr_array_add (one, delivery);
  deliver (connector, one);
  return delivery;
}

/* The key and a field of @values, delivered as a run does: @update of them change what is there, the others are new, or nothing
 * at all is to be done. */
static void deliver_all (guint list, GPtrArray *keys, const char *value, guint update, guint create) {
  const char *const targets[] = { lists[list].key, lists[list].path, NULL };
  g_autoptr (GError) error = NULL;
  guint n[5] = { 0 };
  g_autoptr (HubConnector) connector =
      open_fast (lists[list].service, lists[list].object, lists[list].options);
  hub_connector_prepare (connector, targets, 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < keys->len; i += 100) {
    g_autoptr (GPtrArray) batch = new_batch ();
    for (guint k = i; k < MIN (i + 100, keys->len); k++) {
      const char *values[] = { keys->pdata[k], value };
      g_ptr_array_add (batch, make_delivery (targets, values));
    }
    deliver (connector, batch);
    for (guint k = 0; k < batch->len; k++)
      n[((HubDelivery *) batch->pdata[k])->action]++;
  }
  g_assert_cmpuint (n[HUB_ACTION_CREATE], ==, create);
  g_assert_cmpuint (n[HUB_ACTION_UPDATE], ==, update);
  g_assert_cmpuint (n[HUB_ACTION_UNCHANGED], ==, keys->len - create - update);
}

static guint count_records (guint list) {
  const char *const paths[] = { lists[list].path, NULL };
  g_autoptr (HubConnector) connector =
      open_fast (lists[list].service, lists[list].object, lists[list].options);
  hub_connector_set_source (connector, paths);
  g_autoptr (GHashTable) keys = read_all (connector, NULL);
  return g_hash_table_size (keys);
}

/* So many records come, are the same, and change; services that take them one by one are given 101 at most, so that it takes
 * seconds. */
static void test_records_of_every_object_are_written_once (void) {
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint c = 0; lists[i].key && c < G_N_ELEMENTS (counts); c++) {
      g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
      guint most = !g_str_equal (lists[i].service, "hubspot")  ? 101
                   : g_str_equal (lists[i].object, "contacts") ? 10001
                                                               : 1000;
      if (counts[c] > most)
        continue;
      g_test_message ("%s %s %u", lists[i].service, lists[i].object, counts[c]);
      set_count (lists[i].service, lists[i].object, 0, FALSE);
      for (guint k = 0; k < counts[c]; k++)
        g_ptr_array_add (keys, g_strdup_printf ("neu%u@boutique.test", k));
      deliver_all (i, keys, "Zoé", 0, counts[c]);
      deliver_all (i, keys, "Zoé", 0, 0);
      g_assert_cmpuint (count_records (i), ==, counts[c]);
      g_ptr_array_set_size (keys, MIN (keys->len, 101));
      deliver_all (i, keys, "Léa", keys->len, 0);
      g_assert_cmpuint (count_records (i), ==, counts[c]);
    }
}

/* Among any number of records that are there, the right ones are found and new ones added. */
static void test_records_are_found_among_any_number (void) {
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint c = 0; lists[i].key && c < G_N_ELEMENTS (counts); c++) {
      g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
      if (g_str_equal (lists[i].service, "stripe")) /* its customers have no addresses of ours */
        continue;
      guint known[] = { 0, counts[c] / 2, counts[c] - 1, 1 };
      guint n_known = MIN (counts[c], 3) - (counts[c] == 2);
      g_test_message ("%s %s %u", lists[i].service, lists[i].object, counts[c]);
      set_count (lists[i].service, lists[i].object, counts[c], FALSE);
      const char *format = strstr (lists[i].key, "mail")   ? "client%u@boutique.test"
                           : strstr (lists[i].key, "deal") ? "Vente %u"
                                                           : "Société %u";
      for (guint k = 0; k < n_known; k++) {
        g_autoptr (GString) key = g_string_new (format);
        g_autofree char *number = g_strdup_printf ("%u", known[k]);
        g_string_replace (key, "%u", number, 1);
        g_ptr_array_add (keys, g_strdup (key->str));
      }
      g_ptr_array_add (keys, g_strdup ("neu1@boutique.test"));
      g_ptr_array_add (keys, g_strdup ("neu2@boutique.test"));
      deliver_all (i, keys, "Anders", n_known, 2);
      g_assert_cmpuint (count_records (i), ==, counts[c] + 2);
    }
}

static void test_mailchimp_writes_every_kind_of_field (void) {
  static const char *const targets[] = { "email_address",
                                         "merge_fields.FNAME",
                                         "merge_fields.POINTS",
                                         "merge_fields.BIRTHDAY",
                                         "merge_fields.SINCE",
                                         "merge_fields.ADDRESS.addr1",
                                         "merge_fields.ADDRESS.city",
                                         "merge_fields.ADDRESS.zip",
                                         "vip",
                                         NULL };
  static const char *const first[] = {
    "Zoe@Boutique.test", "Zoé",  "12.5",  "1980-07-14", "2026-11-22T09:30:00Z",
    "1 rue X",           "Lyon", "69001", "true"
  };
  static const char *const second[] = { "zoe@boutique.test", "Zoé",        "12.50",
                                        "1980-07-14",        "22/11/2026", "1 rue X",
                                        "Villeurbanne",      "69001",      "true" };
  g_autoptr (HubConnector) connector = open_destination ("mailchimp", "members", boutique, targets);
  g_autoptr (HubDelivery) created = deliver_one (connector, targets, first);
  g_assert_cmpstr (created->problem, ==, NULL);
  g_assert_cmpint (created->action, ==, HUB_ACTION_CREATE);
  g_autoptr (JsonNode) records = get_records ("mailchimp", "members");
  JsonObject *member = find_record (records, "email_address", "Zoe@Boutique.test");
  JsonObject *fields = json_object_get_object_member (member, "merge_fields");
  g_assert_cmpstr (created->found, ==, json_object_get_string_member (member, "id"));
  g_assert_cmpstr (json_object_get_string_member (member, "status"), ==, "subscribed"); /* single opt-in */
  g_assert_cmpfloat (json_object_get_double_member (fields, "POINTS"), ==, 12.5);
  g_assert_cmpstr (json_object_get_string_member (fields, "BIRTHDAY"), ==, "07/14");
  g_assert_cmpstr (json_object_get_string_member (fields, "SINCE"), ==, "2026-11-22");
  g_assert_true (json_object_get_boolean_member (member, "vip"));

  g_autoptr (HubConnector) again = open_destination ("mailchimp", "members", boutique, targets);
  g_autoptr (HubDelivery) same = deliver_one (again, targets, first);
  g_assert_cmpint (same->change[0], ==, FALSE);
  g_assert_cmpint (same->action, ==, HUB_ACTION_UNCHANGED);
  g_autoptr (HubConnector) third = open_destination ("mailchimp", "members", boutique, targets);
  g_autoptr (HubDelivery) moved = deliver_one (third, targets, second);
  g_assert_cmpstr (moved->problem, ==, NULL); /* the whole address went along */
  g_assert_cmpint (moved->action, ==, HUB_ACTION_UPDATE);
}

/* Where nothing but the id is asked for, no parameter goes without a value. */
static void test_a_record_is_read_without_properties (void) {
  const char *const paths[] = { "id", NULL };
  g_autoptr (GError) error = NULL;
  set_count ("hubspot", "contacts", 1, FALSE);
  g_autoptr (HubConnector) connector = open_object ("hubspot", "contacts");
  hub_connector_set_source (connector, paths);
  g_autoptr (HubRecord) record = hub_connector_read_record (connector, "1", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->key, ==, "1");
}

/* What the service is known not to take is not sent; a flag is cleared as false. */
static void test_values_are_those_that_are_documented (void) {
  static const struct {
    const char *service, *object, *key, *field, *value, *hint;
    const char *const *options;
  } cases[] = {
    { "mailchimp", "members", "email_address", "vip", "oui", "true or false", boutique },
    { "mailchimp", "members", "email_address", "vip", "", NULL, boutique },
    { "mailchimp", "members", "email_address", "vip", "false", NULL, boutique },
    { "stripe", "customers", "email", "phone", "+33 1 23 45 67 89 / 1", "at most 20", NULL },
    { "stripe", "customers", "email", "phone", "+33 1 23 45 67 89 01", NULL, NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const targets[] = { cases[i].key, cases[i].field, NULL };
    const char *values[] = { "neu@boutique.test", cases[i].value };
    harness_post (harness, "/reset", "{}");
    g_autoptr (HubConnector) connector =
        open_destination (cases[i].service, cases[i].object, cases[i].options, targets);
    g_autoptr (HubDelivery) delivery = deliver_one (connector, targets, values);
    g_assert_cmpint (delivery->action, ==, cases[i].hint ? HUB_ACTION_REJECT : HUB_ACTION_CREATE);
    if (cases[i].hint)
      g_assert_nonnull (strstr (delivery->problem, cases[i].hint));
    else
      g_assert_cmpstr (delivery->problem, ==, NULL);
    g_assert_cmpint (delivery->found == NULL, ==, cases[i].hint != NULL);
    g_autoptr (HubConnector) later =
        open_destination (cases[i].service, cases[i].object, cases[i].options, targets);
    g_autoptr (HubDelivery) again = deliver_one (later, targets, values);
    g_assert_cmpint (again->action, ==, cases[i].hint ? HUB_ACTION_REJECT : HUB_ACTION_UNCHANGED);
  }
}

/* What is not sent may be as it is: here a phone number that is there already. */
static void test_values_that_are_not_sent_are_not_checked (void) {
  static const char *const targets[] = { "email", "phone", NULL };
  static const HubWrite writes[] = { HUB_WRITE_IF_EMPTY, HUB_WRITE_ON_CREATE };
  const char *there[] = { "neu@boutique.test", "0123456789" };
  const char *values[] = { "neu@boutique.test", "+33 1 23 45 67 89 / 1" };
  for (guint i = 0; i < G_N_ELEMENTS (writes) * 2; i++) {
    gboolean found = i % 2;
    g_autoptr (GPtrArray) deliveries = new_batch ();
    g_autoptr (GError) error = NULL;
    harness_post (harness, "/reset", "{}");
    g_autoptr (HubConnector) connector = open_destination ("stripe", "customers", NULL, targets);
    g_autoptr (HubDelivery) first = found ? deliver_one (connector, targets, there) : NULL;
    HubDelivery *delivery = make_delivery (targets, values);
    delivery->write[1] = writes[i / 2];
    g_ptr_array_add (deliveries, delivery);
    g_autoptr (HubConnector) later = open_destination ("stripe", "customers", NULL, targets);
    g_assert_true (hub_connector_look_up (later, deliveries, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpint (delivery->found != NULL, ==, found);
    g_assert_cmpint (delivery->action == HUB_ACTION_REJECT, ==, !found);
  }
}

/* Whoever has left, or never confirmed, stays so. */
static void test_mailchimp_never_changes_a_status (void) {
  static const char *const states[] = { "unsubscribed", "cleaned", "archived", "pending", "transactional" };
  static const char *const targets[] = { "email_address", "merge_fields.FNAME", NULL };
  for (guint many = 0; many < 2; many++) { /* looked up one by one, or by the list */
    g_autoptr (GPtrArray) deliveries = new_batch ();
    harness_post (harness, "/reset", "{}");
    for (guint i = 0; i < G_N_ELEMENTS (states); i++)
      put ("mailchimp", "members", "{\"email_address\":\"%s@boutique.test\",\"status\":\"%s\"}", states[i],
           states[i]);
    g_autoptr (HubConnector) connector = open_destination ("mailchimp", "members", boutique, targets);
    for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
      g_autofree char *email = g_strdup_printf ("%s@Boutique.test", states[i]);
      const char *values[] = { email, "Neu" };
      if (many)
        g_ptr_array_add (deliveries, make_delivery (targets, values));
      else
        g_ptr_array_add (deliveries, deliver_one (connector, targets, values));
    }
    if (many)
      deliver (connector, deliveries);
    g_autoptr (JsonNode) records = get_records ("mailchimp", "members");
    for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
      JsonObject *member = find_record (records, "status", states[i]);
      g_test_message ("%s", states[i]);
      g_assert_nonnull (member);
      g_assert_cmpstr (
          json_object_get_string_member (json_object_get_object_member (member, "merge_fields"), "FNAME"), ==,
          "Neu");
    }
    g_assert_cmpuint (json_array_get_length (json_node_get_array (records)), ==, G_N_ELEMENTS (states));
  }
  g_autoptr (GPtrArray) requests = harness_requests (harness, "mailchimp", NULL);
  for (guint i = 0; i < requests->len; i++) {
    const char *body = json_object_get_string_member (requests->pdata[i], "body");
    g_assert_null (strstr (body, "\"status\""));
    g_assert_null (strstr (body, "update_existing"));
  }
}

static void test_mailchimp_asks_new_contacts_when_unsure (void) {
  static const char *const targets[] = { "email_address", NULL };
  static const struct {
    const char *const *options;
    const char *shelf, *status;
  } cases[] = { { boutique, "members", "subscribed" },
                { boutique_sure, "members", "pending" },
                { doubles, "doubles", "pending" } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *values[] = { "neu@boutique.test" };
    harness_post (harness, "/reset", "{}");
    g_autoptr (HubConnector) connector = open_destination ("mailchimp", "members", cases[i].options, targets);
    g_autoptr (HubDelivery) delivery = deliver_one (connector, targets, values);
    g_assert_cmpstr (delivery->problem, ==, NULL);
    g_autoptr (JsonNode) records = get_records ("mailchimp", cases[i].shelf);
    g_assert_nonnull (find_record (records, "status", cases[i].status));
  }
}

/* One record that is refused hinders no other. */
static void test_one_bad_record_hinders_no_other (void) {
  static const struct {
    const char *service, *object, *key, *field, *good, *bad, *hint;
    const char *const *options;
  } cases[] = {
    { "mailchimp", "members", "email_address", "merge_fields.COLOR", "Rouge", "Vert", "must be one of",
      boutique },
    { "mailchimp", "members", "email_address", "merge_fields.SINCE", "2026-11-22", "bald", "valid date",
      boutique },
    { "hubspot", "contacts", "properties.email", "properties.lifecyclestage", "lead", "maybe",
      "INVALID_OPTION", NULL },
    { "hubspot", "companies", "properties.name", "properties.amount", "12", "viel", "INVALID_DOUBLE", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const targets[] = { cases[i].key, cases[i].field, NULL };
    g_autoptr (GPtrArray) deliveries = new_batch ();
    harness_post (harness, "/reset", "{}");
    g_autoptr (HubConnector) connector =
        open_destination (cases[i].service, cases[i].object, cases[i].options, targets);
    for (guint n = 0; n < 100; n++) {
      g_autofree char *key = g_strdup_printf ("client%u@boutique.test", n);
      const char *values[] = { key, n == 0 || n == 57 || n == 99 ? cases[i].bad : cases[i].good };
      g_ptr_array_add (deliveries, make_delivery (targets, values));
    }
    deliver (connector, deliveries);
    for (guint n = 0; n < 100; n++) {
      const HubDelivery *delivery = g_ptr_array_index (deliveries, n);
      gboolean bad = n == 0 || n == 57 || n == 99;
      g_assert_cmpint (delivery->action, ==, bad ? HUB_ACTION_REJECT : HUB_ACTION_CREATE);
      if (bad)
        g_assert_nonnull (strstr (delivery->problem, cases[i].hint));
      else
        g_assert_nonnull (delivery->found);
    }
    g_autoptr (JsonNode) records = get_records (cases[i].service, cases[i].object);
    g_assert_cmpuint (json_array_get_length (json_node_get_array (records)), ==, 97);
  }
}

/* An address that somebody takes between look-up and creation, and a record that goes before its update. */
static void test_hubspots_partial_answers_reach_their_records (void) {
  static const char *const targets[] = { "properties.email",      "properties.firstname",
                                         "properties.newsletter", "properties.birthday",
                                         "properties.closedate",  NULL };
  g_autoptr (GPtrArray) deliveries = new_batch ();
  g_autoptr (GError) error = NULL;
  set_count ("hubspot", "contacts", 50, FALSE);
  g_autoptr (HubConnector) connector = open_destination ("hubspot", "contacts", NULL, targets);
  for (guint n = 0; n < 100; n++) {
    g_autofree char *email = g_strdup_printf ("Client%u@boutique.test", n);
    const char *values[] = { email, "Neu", "true", "1980-07-14", "2026-11-22" };
    g_ptr_array_add (deliveries, make_delivery (targets, values));
  }
  hub_connector_look_up (connector, deliveries, NULL, &error);
  g_assert_no_error (error);
  for (guint n = 0; n < 100; n++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, n);
    g_assert_cmpint (delivery->found != NULL, ==, n < 50);
    decide (delivery);
  }
  put ("hubspot", "contacts", "{\"properties\":{\"email\":\"client70@boutique.test\"}}");
  harness_delete (harness, "/records?service=hubspot&shelf=contacts&id=8"); /* client7 */
  hub_connector_write (connector, deliveries, NULL, &error);
  g_assert_no_error (error);
  for (guint n = 0; n < 100; n++) {
    const HubDelivery *delivery = g_ptr_array_index (deliveries, n);
    gboolean bad = n == 7 || n == 70;
    g_assert_cmpint (delivery->action == HUB_ACTION_REJECT, ==, bad);
    if (bad)
      g_assert_nonnull (strstr (delivery->problem, n == 7 ? "not exist" : "already exists"));
    g_assert_cmpuint (delivery->http_status, ==, 207);
  }
  g_autoptr (JsonNode) records = get_records ("hubspot", "contacts");
  JsonObject *written =
      json_object_get_object_member (find_record (records, "email", "Client99@boutique.test"), "properties");
  g_assert_cmpstr (json_object_get_string_member (written, "newsletter"), ==, "true");
  g_assert_cmpstr (json_object_get_string_member (written, "birthday"), ==, "1980-07-14");
  g_assert_cmpstr (json_object_get_string_member (written, "closedate"), ==, "2026-11-22T00:00:00Z");

  g_autoptr (HubConnector) again = open_destination ("hubspot", "contacts", NULL, targets);
  const char *values[] = { "client99@boutique.test", "Neu", "true", "1980-07-14", "2026-11-22" };
  g_autoptr (HubDelivery) same = deliver_one (again, targets, values);
  g_assert_cmpint (same->change[2] || same->change[3] || same->change[4], ==, FALSE);
}

static void test_what_was_created_is_taken_back (void) {
  static const struct {
    const char *service, *object, *key;
    const char *const *options;
  } cases[] = {
    { "mailchimp", "members", "email_address", boutique },
    { "hubspot", "contacts", "properties.email", NULL },
    { "brevo", "contacts", "email", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const targets[] = { cases[i].key, NULL };
    const char *values[] = { "weg@boutique.test" };
    g_autoptr (GError) error = NULL;
    harness_post (harness, "/reset", "{}");
    g_autoptr (HubConnector) connector =
        open_destination (cases[i].service, cases[i].object, cases[i].options, targets);
    g_autoptr (HubDelivery) delivery = deliver_one (connector, targets, values);
    g_assert_cmpstr (delivery->problem, ==, NULL);
    g_autoptr (GPtrArray) one = g_ptr_array_new ();
    g_ptr_array_add (one, delivery);
    g_assert_true (hub_connector_can_remove (connector));
    hub_connector_look_up (connector, one, NULL, &error);
    g_assert_no_error (error);
    g_assert_nonnull (delivery->found);
    hub_connector_remove (connector, one, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (delivery->action, !=, HUB_ACTION_REJECT);
    g_autoptr (JsonNode) records = get_records (cases[i].service, cases[i].object);
    JsonArray *left = json_node_get_array (records);
    JsonObject *record = json_array_get_length (left) ? json_array_get_object_element (left, 0) : NULL;
    g_assert_true (
        record == NULL || json_object_get_boolean_member_with_default (record, "archived", FALSE)
        || g_strcmp0 (json_object_get_string_member_with_default (record, "status", ""), "archived") == 0);
  }
}

static void test_brevo_writes_and_leaves_the_blacklist_alone (void) {
  static const char *const targets[] = { "email",          "attributes.PRENOM",    "attributes.POINTS",
                                         "attributes.VIP", "attributes.NAISSANCE", NULL };
  static const char *const list[] = { "list", "3", NULL };
  const char *neu[] = { "neu@boutique.test", "Zoé", "19.99", "true", "14/07/1980" };
  const char *gone[] = { "Gone@boutique.test", "Léa", NULL, NULL, NULL };
  put ("brevo", "contacts", "{\"email\":\"gone@boutique.test\",\"emailBlacklisted\":true,\"listIds\":[9]}");
  g_autoptr (HubConnector) connector = open_destination ("brevo", "contacts", list, targets);
  g_autoptr (HubDelivery) created = deliver_one (connector, targets, neu);
  g_autoptr (HubDelivery) updated = deliver_one (connector, targets, gone);
  g_assert_cmpstr (created->problem, ==, NULL);
  g_assert_cmpstr (updated->problem, ==, NULL);
  g_assert_cmpint (updated->action, ==, HUB_ACTION_UPDATE);
  g_autoptr (JsonNode) records = get_records ("brevo", "contacts");
  JsonObject *contact = find_record (records, "email", "neu@boutique.test");
  JsonObject *attributes = json_object_get_object_member (contact, "attributes");
  g_assert_cmpfloat (json_object_get_double_member (attributes, "POINTS"), ==, 19.99);
  g_assert_true (json_object_get_boolean_member (attributes, "VIP"));
  g_assert_cmpstr (json_object_get_string_member (attributes, "NAISSANCE"), ==, "1980-07-14");
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (contact, "listIds"), 0), ==, 3);
  JsonObject *left = find_record (records, "email", "Gone@boutique.test");
  if (left == NULL)
    left = find_record (records, "email", "gone@boutique.test");
  g_assert_true (json_object_get_boolean_member (left, "emailBlacklisted"));
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (left, "listIds"), 0), ==, 9);
  g_autoptr (GPtrArray) requests = harness_requests (harness, "brevo", NULL);
  guint exact = 0; /* no double has come between */
  for (guint i = 0; i < requests->len; i++) {
    const char *body = json_object_get_string_member (requests->pdata[i], "body");
    g_assert_null (strstr (body, "lacklisted"));
    exact += strstr (body, "\"POINTS\":19.99,") || strstr (body, "\"POINTS\":19.99}");
  }
  g_assert_cmpuint (exact, ==, 1);
}

/* What is not to be written is refused before anything is sent. */
static void test_fields_that_are_not_written_are_refused (void) {
  static const struct {
    const char *service, *object, *key, *field;
    const char *const *options;
    HubError code; /* or INVALID */
  } cases[] = {
    { "mailchimp", "members", "email_address", "status", boutique },
    { "mailchimp", "members", "email_address", "merge_fields.NONE", boutique, HUB_ERROR_FIELD },
    { "hubspot", "contacts", "properties.email", "properties.hs_email_optout", NULL },
    { "hubspot", "contacts", "properties.email", "properties.full_score", NULL },
    { "hubspot", "contacts", "properties.firstname", "properties.email", NULL },
    { "brevo", "contacts", "email", "emailBlacklisted", NULL },
    { "brevo", "contacts", "attributes.PRENOM", "email", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const targets[] = { cases[i].key, cases[i].field, NULL };
    g_autoptr (GError) error = NULL;
    g_autoptr (HubConnector) connector =
        open_with (cases[i].service, cases[i].object, secret_of (cases[i].service), cases[i].options);
    g_test_message ("%s %s", cases[i].service, cases[i].field);
    g_assert_false (hub_connector_prepare (connector, targets, 0, NULL, &error));
    g_assert_error (error, HUB_ERROR, (int) (cases[i].code ? cases[i].code : HUB_ERROR_INVALID));
  }
}

/* Faults. */

static void test_errors_that_are_no_json (void) {
  const char *const paths[] = { "email_address", NULL };
  static const struct {
    const char *fault;
    guint status, code;
  } cases[] = { { "html", 403, HUB_ERROR_PERMISSION },
                { "html", 502, HUB_ERROR_NETWORK },
                { "401", 401, HUB_ERROR_CREDENTIALS } };
  set_count ("mailchimp", "members", 3, FALSE);
  g_autoptr (HubConnector) connector = open_object ("mailchimp", "members");
  hub_connector_set_source (connector, paths);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    harness_post (
        harness, "/faults",
        "{\"service\":\"mailchimp\",\"fault\":\"%s\",\"path\":\"/members\",\"times\":%u,\"status\":%u}",
        cases[i].fault, cases[i].status == 401 ? 1 : 2, cases[i].status);
    g_autoptr (HubPage) page = hub_connector_read_page (connector, NULL, NULL, &error);
    if (cases[i].status == 401)
      g_assert_error (error, HUB_ERROR, (int) cases[i].code);
    else
      g_assert_no_error (error); /* asked for again */
    harness_delete (harness, "/faults");
  }
}

/* A write that Mailchimp turns away without JSON, as it does when it is busy, is tried again and done once. */
static void test_writes_that_are_turned_away_are_tried_again (void) {
  static const char *const targets[] = { "email_address", "merge_fields.FNAME", NULL };
  static const guint statuses[] = { 429, 403 };
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    for (guint known = 0; known < 2; known++) {
      const char *values[] = { "neu@boutique.test", known ? "Léa" : "Zoé" };
      if (!known)
        harness_post (harness, "/reset", "{}");
      harness_post (
          harness, "/faults",
          "{\"service\":\"mailchimp\",\"fault\":\"html\",\"method\":\"%s\",\"times\":2,\"status\":%u}",
          known ? "PATCH" : "PUT", statuses[i]);
      g_autoptr (HubConnector) connector = open_destination ("mailchimp", "members", boutique, targets);
      g_autoptr (HubDelivery) delivery = deliver_one (connector, targets, values);
      g_assert_cmpstr (delivery->problem, ==, NULL);
      g_autoptr (JsonNode) records = get_records ("mailchimp", "members");
      g_assert_cmpuint (json_array_get_length (json_node_get_array (records)), ==, 1);
      g_assert_cmpuint (count_status ("mailchimp", statuses[i]), ==, known ? 4 : 2);
    }
}

typedef struct {
  char *line;
  GCancellable *cancellable;
} Trace;

/* The first request's line in the log is enough. */
static void on_log (const char *domain, GLogLevelFlags level, const char *message, gpointer data) {
  Trace *trace = data;
  g_free (trace->line);
  trace->line = g_strdup (message);
  g_cancellable_cancel (trace->cancellable);
}

static void test_a_key_leads_to_no_other_host (void) {
  static const struct {
    const char *key, *host;
  } cases[] = {
    { "0123456789abcdef-us6", "https://us6.api.mailchimp.com/3.0/" },
    { "0123456789abcdef-us21", "https://us21.api.mailchimp.com/3.0/" },
    { "0123456789abcdef", "https://api.mailchimp.com/3.0/" },
    { "0123456789-evil.example", "https://api.mailchimp.com/3.0/" },
    { "0123456789-us6.evil.example/", "https://api.mailchimp.com/3.0/" },
    { "0123456789-us6/@evil.example#", "https://api.mailchimp.com/3.0/" },
    { "0123456789-", "https://api.mailchimp.com/3.0/" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *secret = g_strdup_printf ("{\"api_key\":\"%s\"}", cases[i].key);
    g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("mailchimp", "Compte", "campaigns");
    g_autoptr (HubAccount) account = hub_account_new ("mailchimp", "Compte");
    g_autoptr (GError) error = NULL, failure = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Trace trace = { NULL, cancellable };
    const char *const paths[] = { "id", NULL };
    g_autoptr (HubConnector) connector = hub_connector_open (endpoint, account, secret, &error);
    g_assert_no_error (error);
    hub_connector_set_source (connector, paths);
    guint handler = g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_DEBUG, on_log, &trace);
    g_autoptr (HubPage) page = hub_connector_read_page (connector, NULL, cancellable, &failure);
    g_log_remove_handler (G_LOG_DOMAIN, handler);
    g_assert_null (page);
    g_assert_nonnull (strstr (trace.line, cases[i].host));
    g_free (trace.line);
  }
}

/* One record taken to a service whose answers are nonsense: delivered, refused with a reason, or an error. */
static void write_into_nonsense (guint list, guint seed, GError **errors) {
  const char *const targets[] = { lists[list].key, lists[list].path, NULL };
  const char *values[] = { "neu@boutique.test", "12" };
  g_autoptr (GPtrArray) one = new_batch ();
  g_autoptr (HubConnector) connector =
      open_fast (lists[list].service, lists[list].object, lists[list].options);
  g_ptr_array_add (one, make_delivery (targets, values));
  gboolean ready = seed % 2 && hub_connector_prepare (connector, targets, 0, NULL, &errors[0]);
  harness_post (harness, "/faults", "{\"service\":\"%s\",\"fault\":\"scramble\",\"times\":999,\"ms\":%u}",
                lists[list].service, seed);
  if (!ready && !hub_connector_prepare (connector, targets, 0, NULL, &errors[1]))
    return;
  if (!hub_connector_look_up (connector, one, NULL, &errors[2]))
    return;
  decide (one->pdata[0]);
  if (((HubDelivery *) one->pdata[0])->action != HUB_ACTION_UNCHANGED)
    hub_connector_write (connector, one, NULL, &errors[3]);
}

/* Whatever stands in the members of an answer, it ends in records, rejects or an error with a reason. */
static void test_answers_of_any_shape (void) {
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint seed = 0; seed < 8; seed++) {
      const char *const paths[] = { lists[i].path, NULL };
      GError *errors[9] = { NULL };
      g_autofree char *next = NULL, *label = NULL;
      gboolean changes;
      set_count (lists[i].service, lists[i].object, 3, FALSE);
      if (lists[i].key)
        write_into_nonsense (i, seed, errors);
      else
        harness_post (harness, "/faults",
                      "{\"service\":\"%s\",\"fault\":\"scramble\",\"times\":999,\"ms\":%u}", lists[i].service,
                      seed);
      g_autoptr (HubConnector) source = open_fast (lists[i].service, lists[i].object, lists[i].options);
      hub_connector_set_source (source, paths);
      hub_connector_verify (source, &label, NULL, &errors[4]);
      hub_connector_begin (source, "2020-01-01T00:00:00Z", &changes, &next, NULL, &errors[5]);
      g_autoptr (HubPage) page = hub_connector_read_page (source, NULL, NULL, &errors[6]);
      g_autoptr (HubRecord) record = hub_connector_read_record (source, "1", NULL, &errors[7]);
      g_autoptr (GPtrArray) fields = hub_connector_list_fields (source, NULL, &errors[8]);
      for (guint e = 0; e < G_N_ELEMENTS (errors); e++) {
        g_assert_true (errors[e] == NULL
                       || (errors[e]->domain == HUB_ERROR && !strpbrk (errors[e]->message, "\r\n")));
        g_clear_error (&errors[e]);
      }
      harness_delete (harness, "/faults");
    }
}

static void test_sheets_of_any_shape (void) {
  static const char *const targets[] = { "ID", "N", NULL };
  const char *values[] = { "a", "12" };
  for (guint seed = 0; seed < 16; seed++) {
    GError *errors[4] = { NULL };
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) one = new_batch ();
    g_autoptr (HubEndpoint) endpoint = hub_endpoint_new ("google-sheets", "Compte", "rows");
    g_autoptr (HubAccount) account = hub_account_new ("google-sheets", "Compte");
    json_object_set_string_member (endpoint->options, "spreadsheet", "sheet-1");
    json_object_set_string_member (account->options, "base_url", harness_origin (harness, "google"));
    g_ptr_array_add (one, make_delivery (targets, values));
    harness_post (harness, "/sheet", "{\"values\":[[\"ID\",\"N\"],[\"a\",1],[\"b\",2]]}");
    harness_post (harness, "/faults",
                  "{\"service\":\"google\",\"fault\":\"scramble\",\"times\":999,\"skip\":%u,\"ms\":%u}",
                  seed % 4, seed);
    g_autoptr (HubConnector) source = hub_connector_open (endpoint, account, harness_key (harness), &error);
    g_assert_no_error (error);
    hub_connector_set_source (source, targets);
    g_autoptr (HubPage) page = hub_connector_read_page (source, NULL, NULL, &errors[0]);
    g_autoptr (GPtrArray) fields = hub_connector_list_fields (source, NULL, &errors[1]);
    g_autoptr (HubConnector) connector =
        hub_connector_open (endpoint, account, harness_key (harness), &error);
    g_assert_no_error (error);
    if (hub_connector_prepare (connector, targets, 0, NULL, &errors[2])
        && hub_connector_look_up (connector, one, NULL, &errors[2])) {
      decide (one->pdata[0]);
      if (((HubDelivery *) one->pdata[0])->action != HUB_ACTION_UNCHANGED
          && hub_connector_write (connector, one, NULL, &errors[2]))
        hub_connector_commit (connector, NULL, &errors[3]);
    }
    for (guint e = 0; e < G_N_ELEMENTS (errors); e++) {
      g_assert_true (errors[e] == NULL
                     || (errors[e]->domain == HUB_ERROR && !strpbrk (errors[e]->message, "\r\n")));
      g_clear_error (&errors[e]);
    }
    harness_delete (harness, "/faults");
  }
}

/* Limits. */

typedef struct {
  const char *service, *object, *path;
  guint requests;
  GError *error;
} Reader;

static gpointer read_pages (gpointer data) {
  Reader *reader = data;
  const char *const paths[] = { reader->path, NULL };
  for (guint i = 0; i < reader->requests && reader->error == NULL; i++) {
    g_autofree char *cursor = NULL;
    g_autoptr (HubConnector) connector = open_object (reader->service, reader->object);
    hub_connector_set_source (connector, paths);
    for (guint turn = 0; turn < 4 && reader->error == NULL; turn++) {
      g_autoptr (HubPage) page = hub_connector_read_page (connector, NULL, NULL, &reader->error);
    }
  }
  return NULL;
}

/* 20 integrations over one account: no request too many, and four fifths of what is allowed are used. */
static void test_budgets_are_shared (void) {
  static const struct {
    const char *service, *object, *path;
    guint limit_index, limit, milliseconds, requests;
  } cases[] = {
    { "brevo-paced", "lists", "name", 0, 20, 2000, 1 },
    { "hubspot-paced", "deals", "properties.dealname", 0, 20, 2000, 1 },
    { "mailchimp", "campaigns", "type", 0, 0, 0, 4 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Reader readers[20];
    GThread *threads[20];
    g_auto (GStrv) parts = g_strsplit (cases[i].service, "-", 2);
    const char *service = parts[0];
    harness_post (harness, "/reset", "{}");
    if (cases[i].limit)
      limit (service, cases[i].limit_index, cases[i].limit, cases[i].milliseconds);
    else
      harness_post (harness, "/latency", "{\"ms\":20}");
    gint64 start = g_get_monotonic_time ();
    for (guint t = 0; t < G_N_ELEMENTS (threads); t++) {
      readers[t] = (Reader){ cases[i].service, cases[i].object, cases[i].path, cases[i].requests, NULL };
      threads[t] = g_thread_new ("reader", read_pages, &readers[t]);
    }
    for (guint t = 0; t < G_N_ELEMENTS (threads); t++) {
      g_thread_join (threads[t]);
      g_assert_no_error (readers[t].error);
    }
    double seconds = (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
    guint n = n_requests (service);
    g_assert_cmpuint (n, >=, 20 * cases[i].requests * 4);
    g_assert_cmpuint (count_status (service, 429), ==, 0);
    g_test_message ("%s: %u requests in %.1f s", cases[i].service, n, seconds);
    if (cases[i].limit)
      g_assert_cmpfloat ((n - cases[i].limit) / seconds, >=,
                         0.8 * cases[i].limit * 1000 / cases[i].milliseconds);
    g_autoptr (JsonNode) stats = harness_get (harness, "/stats");
    guint peak = json_object_get_int_member (
        json_object_get_object_member (json_node_get_object (stats), service), "peak");
    g_test_message ("%u at a time", peak);
    if (cases[i].limit == 0) {
      g_assert_cmpuint (peak, <=, 8);
      g_assert_cmpuint (peak, >=, 6);
    }
    harness_post (harness, "/latency", "{\"ms\":0}");
  }
}

static void run (gconstpointer data) {
  harness_post (harness, "/reset", "{}");
  ((void (*) (void)) data) ();
}

#define ADD(name) g_test_add_data_func ("/services/" #name, (gconstpointer) test_##name, run)

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  harness = harness_new (NULL);
  g_autofree char *data = g_build_filename (harness_folder (harness), "data", NULL);
  g_autofree char *runtime = g_build_filename (harness_folder (harness), "runtime", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    copy_manifest (services[i].service, "fast", NULL);
  copy_manifest ("brevo", "paced", "[{\"path\":\"^/contacts\",\"requests\":20,\"seconds\":2}]");
  copy_manifest ("hubspot", "paced", "[{\"requests\":20,\"seconds\":2}]");
  ADD (all_records_of_every_object_are_read);
  ADD (all_changes_of_every_object_are_read);
  ADD (nothing_is_lost_when_records_move_between_pages);
  ADD (own_services_turn_pages_in_every_way);
  ADD (odd_answers);
  ADD (a_batch_that_tells_of_some_only_is_lost);
  ADD (only_what_has_changed_is_read_anew);
  ADD (hubspots_search_has_no_end_of_its_own);
  ADD (fields_are_discovered);
  ADD (keys_are_checked);
  ADD (options_have_choices);
  ADD (records_of_every_object_are_written_once);
  ADD (records_are_found_among_any_number);
  ADD (mailchimp_writes_every_kind_of_field);
  ADD (a_record_is_read_without_properties);
  ADD (values_are_those_that_are_documented);
  ADD (values_that_are_not_sent_are_not_checked);
  ADD (mailchimp_never_changes_a_status);
  ADD (mailchimp_asks_new_contacts_when_unsure);
  ADD (one_bad_record_hinders_no_other);
  ADD (hubspots_partial_answers_reach_their_records);
  ADD (what_was_created_is_taken_back);
  ADD (brevo_writes_and_leaves_the_blacklist_alone);
  ADD (fields_that_are_not_written_are_refused);
  ADD (errors_that_are_no_json);
  ADD (writes_that_are_turned_away_are_tried_again);
  ADD (a_key_leads_to_no_other_host);
  ADD (answers_of_any_shape);
  ADD (sheets_of_any_shape);
  ADD (budgets_are_shared);
  int result = g_test_run ();
  harness_free (harness);
  return result;
}
