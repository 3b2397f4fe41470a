/* bare-loop.c: the floor that ./dev bench measures against: fetch each page, scan it, insert one row a record, post rows;
 * one thread, no retries, no look-up, no promises.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bare-loop STRIPE_URL GOOGLE_URL KEY_FILE read|write|all */
#include <libsoup/soup.h>
#include <sqlite3.h>
#include <string.h>

#include "google-auth.h"
#include "json-reader.h"
#include "record.h"

#define ROWS_A_POST 1000
#define N_FIELDS 7

static const char *const fields[] = { "id",      "amount",      "currency",      "status",
                                      "created", "description", "receipt_email", NULL };

static GBytes *ask (SoupSession *session, SoupMessage *message) {
  g_autoptr (GError) error = NULL;
  GBytes *body = soup_session_send_and_read (session, message, NULL, &error);
  if (error || soup_message_get_status (message) != 200)
    g_error ("%s", error ? error->message : soup_message_get_reason_phrase (message));
  return body;
}

static void post (SoupSession *session, HubHttp *http, const char *google, GString *rows) {
  if (rows->len == 0)
    return;
  g_autofree char *url = g_strdup_printf (
      "%s/v4/spreadsheets/sheet-1/values/A1%%3AG1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS",
      google);
  g_autoptr (GError) error = NULL;
  g_string_prepend (rows, "{\"values\":[");
  g_string_append (rows, "]}");
  g_autoptr (GBytes) body = g_bytes_new (rows->str, rows->len);
  g_autoptr (HubHttpAnswer) answer =
      hub_http_send (http, "POST", url, "application/json", body, FALSE, NULL, &error);
  if (answer == NULL || answer->status != 200)
    g_error ("post: %s", error ? error->message : "refused");
  g_string_truncate (rows, 0);
}

static void insert (sqlite3_stmt *statement, const HubValue *values) {
  for (int i = 0; i < N_FIELDS; i++)
    sqlite3_bind_text (statement, i + 1, values[i].text, -1, SQLITE_STATIC);
  sqlite3_step (statement);
  sqlite3_reset (statement);
}

static void append_row (GString *rows, const HubValue *values) {
  g_string_append (rows, rows->len ? ",[" : "[");
  for (int i = 0; i < N_FIELDS; i++) {
    g_autofree char *escaped = g_strescape (values[i].text ? values[i].text : "", NULL);
    g_string_append_printf (rows, "%s\"%s\"", i ? "," : "", i == 5 ? "" : escaped);
  }
  g_string_append_c (rows, ']');
}

int main (int argc, char **argv) {
  g_assert (argc == 5);
  gboolean reads = !g_str_equal (argv[4], "write"), writes = !g_str_equal (argv[4], "read");
  g_autofree char *key = NULL, *last = NULL;
  g_assert (g_file_get_contents (argv[3], &key, NULL, NULL));
  g_autoptr (HubGoogleAuth) auth = hub_google_auth_new (key, argv[2], NULL);
  g_autoptr (HubHttp) http = hub_http_new ("Google", argv[2], NULL);
  g_assert (hub_google_auth_apply (auth, http, FALSE, NULL, NULL));
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (HubSelector) selector = hub_selector_new (fields);
  g_autoptr (GString) rows = g_string_new (NULL);
  HubValue values[N_FIELDS] = { 0 };
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  sqlite3_open ("", &database);
  sqlite3_exec (database, "CREATE TABLE d (a, b, c, d, e, f, g); BEGIN", NULL, NULL, NULL);
  sqlite3_prepare_v2 (database, "INSERT INTO d VALUES (?,?,?,?,?,?,?)", -1, &statement, NULL);
  guint n = 0;
  for (gboolean more = reads; more;) {
    g_autofree char *url = g_strdup_printf ("%s/v1/payment_intents?limit=100%s%s", argv[1],
                                            last ? "&starting_after=" : "", last ? last : "");
    g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
    SoupMessageHeaders *headers = soup_message_get_request_headers (message);
    soup_message_headers_append (headers, "Authorization", "Bearer sk_test_bench");
    soup_message_headers_append (headers, "Stripe-Version", "2026-10-28.endive");
    g_autoptr (GBytes) body = ask (session, message);
    gsize length;
    const char *data = g_bytes_get_data (body, &length);
    HubJsonReader reader;
    hub_json_reader_init (&reader, data, length);
    more = FALSE;
    hub_json_reader_next (&reader);
    while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
      gboolean is_data = hub_json_reader_is (&reader, "data"),
               is_more = hub_json_reader_is (&reader, "has_more");
      hub_json_reader_next (&reader);
      more |= is_more && reader.token == HUB_JSON_TRUE;
      for (HubJsonReader ahead = reader; is_data && hub_json_reader_next (&ahead) == HUB_JSON_OBJECT;
           ahead = reader) {
        g_assert (hub_selector_read (selector, &reader, values, NULL));
        insert (statement, values);
        append_row (rows, values);
        g_free (last);
        last = g_strdup (values[0].text);
        n++;
        if (writes && n % ROWS_A_POST == 0)
          post (session, http, argv[2], rows);
      }
      if (is_data)
        hub_json_reader_next (&reader);
    }
    if (!writes)
      g_string_truncate (rows, 0);
  }
  for (guint i = 0; !reads && i < 100000; i++) {
    const char *text[] = {
      "pi_00000000000000000000000", "19.99", "eur", "succeeded", "46348.5", "", "a@example.com"
    };
    for (guint v = 0; v < N_FIELDS; v++)
      hub_value_take (&values[v], HUB_TYPE_TEXT, g_strdup (text[v]));
    append_row (rows, values);
    if (++n % ROWS_A_POST == 0)
      post (session, http, argv[2], rows);
  }
  if (writes)
    post (session, http, argv[2], rows);
  sqlite3_exec (database, "COMMIT", NULL, NULL, NULL);
  sqlite3_finalize (statement);
  sqlite3_close (database);
  g_print ("%u\n", n);
  return 0;
}
