/* google.c: the spreadsheets of the sandbox, who may use them, how often, and the routes to what is done with them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google.h"
#include <string.h>

typedef struct {
  const char *name;
  gint64 since; /* monotonic microseconds: when the running minute began */
  guint used;
} Budget;

struct _Google {
  Tokens *tokens;             /* (owned) */
  Signers *signers;           /* (owned) */
  GHashTable *spreadsheets;   /* (owned) by id */
  guint quota, quota_seconds; /* 0: no limit */
  Budget reads, writes;
};

/* Errors. */

void google_error (Answer *answer, guint code, const char *format, ...) {
  static const struct {
    guint code;
    const char *status;
  } names[] = { { 400, "INVALID_ARGUMENT" }, { 401, "UNAUTHENTICATED" },    { 403, "PERMISSION_DENIED" },
                { 404, "NOT_FOUND" },        { 429, "RESOURCE_EXHAUSTED" }, { 501, "UNIMPLEMENTED" } };
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  answer_printf (answer, code, "{\n  \"error\": {\n    \"code\": %u,\n    \"message\": ", code);
  tree_append_text (answer->body, message, -1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].code == code)
      g_string_append_printf (answer->body, ",\n    \"status\": \"%s\"\n  }\n}\n", names[i].status);
}

/* Who may, and how often. */

static gboolean check_token (Google *google, const Request *request, gboolean writes, Answer *answer) {
  const char *token = request_get_bearer (request);
  gboolean may_write;

  if (!token || !tokens_check (google->tokens, token, &may_write)) {
    google_error (
        answer, 401,
        "Request %s authentication credential%s. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        token ? "had invalid" : "is missing required", token ? "s" : "");
    return FALSE;
  }
  if (writes && !may_write) {
    google_error (answer, 403, "Request had insufficient authentication scopes.");
    return FALSE;
  }
  return TRUE;
}

static gboolean spend (Google *google, Budget *budget, Answer *answer) {
  gint64 now = g_get_monotonic_time ();

  if (google->quota == 0)
    return TRUE;
  if (budget->used == 0 || now - budget->since >= google->quota_seconds * G_USEC_PER_SEC) {
    budget->since = now;
    budget->used = 0;
  }
  if (budget->used < google->quota) {
    budget->used++;
    return TRUE;
  }
  google_error (
      answer, 429,
      "Quota exceeded for quota metric '%s requests' and limit '%s requests per minute per user' of service "
      "'sheets.googleapis.com' for consumer 'project_number:100000000001'.",
      budget->name, budget->name);
  return FALSE;
}

/* Spreadsheets. */

void google_append_tab_properties (GString *out, Spreadsheet *spreadsheet, const Tab *tab, int indent) {
  guint index = 0;

  g_ptr_array_find (spreadsheet->tabs, tab, &index);
  g_string_append_printf (out, "{\"sheetId\": %d, \"title\": ", tab->id);
  tree_append_text (out, tab->title, -1);
  g_string_append_printf (out,
                          ", \"index\": %u, \"sheetType\": \"GRID\", \"gridProperties\": {\"rowCount\": %u, "
                          "\"columnCount\": %u",
                          index, tab->rows, tab->columns);
  if (tab->frozen_rows > 0)
    g_string_append_printf (out, ", \"frozenRowCount\": %u", tab->frozen_rows);
  if (tab->frozen_columns > 0)
    g_string_append_printf (out, ", \"frozenColumnCount\": %u", tab->frozen_columns);
  g_string_append (out, tab->hidden ? "}, \"hidden\": true}" : "}}");
}

static void answer_spreadsheet (Spreadsheet *spreadsheet, GPtrArray *parameters, Answer *answer) {
  if (g_strcmp0 (parameters_get (parameters, "includeGridData"), "true") == 0) {
    google_error (answer, 501, "The sandbox does not give grid data.");
    return;
  }
  answer_set (answer, 200, "{\n  \"spreadsheetId\": ");
  GString *out = answer->body;
  tree_append_text (out, spreadsheet->id, -1);
  g_string_append (out, ",\n  \"properties\": {\n    \"title\": ");
  tree_append_text (out, spreadsheet->title, -1);
  g_string_append_printf (out,
                          ",\n    \"locale\": \"%s\",\n    \"autoRecalc\": \"ON_CHANGE\",\n"
                          "    \"timeZone\": \"%s\"\n  },\n  \"sheets\": [",
                          spreadsheet->locale, spreadsheet->zone);
  for (guint i = 0; i < spreadsheet->tabs->len; i++) {
    g_string_append (out, i > 0 ? ",\n    {\"properties\": " : "\n    {\"properties\": ");
    google_append_tab_properties (out, spreadsheet, g_ptr_array_index (spreadsheet->tabs, i), 2);
    g_string_append_c (out, '}');
  }
  g_string_append_printf (
      out, "\n  ],\n  \"spreadsheetUrl\": \"https://docs.google.com/spreadsheets/d/%s/edit\"\n}\n",
      spreadsheet->id);
}

/* Routes. */

typedef enum {
  GET_SPREADSHEET,
  BATCH_UPDATE,
  VALUES_GET,
  VALUES_UPDATE,
  VALUES_APPEND,
  VALUES_CLEAR,
  VALUES_BATCH_GET,
  VALUES_BATCH_UPDATE,
  VALUES_BATCH_CLEAR,
  NO_ROUTE,
} Route;

#define WRITE_OPTIONS                                                                                        \
  "valueInputOption includeValuesInResponse responseValueRenderOption responseDateTimeRenderOption"
#define READ_OPTIONS "majorDimension valueRenderOption dateTimeRenderOption"

static const struct {
  const char *method;
  const char *path;       /* after the id; "*" is a range */
  const char *parameters; /* of the query */
} routes[] = {
  [GET_SPREADSHEET] = { "GET", "", "ranges includeGridData excludeTablesInBandedRanges" },
  [BATCH_UPDATE] = { "POST", ":batchUpdate", "" },
  [VALUES_GET] = { "GET", "/values/*", READ_OPTIONS },
  [VALUES_UPDATE] = { "PUT", "/values/*", WRITE_OPTIONS },
  [VALUES_APPEND] = { "POST", "/values/*:append", WRITE_OPTIONS " insertDataOption" },
  [VALUES_CLEAR] = { "POST", "/values/*:clear", "" },
  [VALUES_BATCH_GET] = { "GET", "/values:batchGet", "ranges " READ_OPTIONS },
  [VALUES_BATCH_UPDATE] = { "POST", "/values:batchUpdate", "" },
  [VALUES_BATCH_CLEAR] = { "POST", "/values:batchClear", "" },
};

#define COMMON_PARAMETERS                                                                                    \
  "$.xgafv access_token alt callback fields key oauth_token prettyPrint quotaUser uploadType "               \
  "upload_protocol"

static gboolean path_matches (const char *pattern, const char *path, char **range) {
  const char *star = strchr (pattern, '*');
  gsize before = star ? (gsize) (star - pattern) : 0;

  if (!star)
    return g_str_equal (pattern, path);
  if (strncmp (pattern, path, before) != 0 || !g_str_has_suffix (path, star + 1))
    return FALSE;
  gsize after = strlen (star + 1), length = strlen (path);
  if (length <= before + after)
    return FALSE;
  g_autofree char *encoded = g_strndup (path + before, length - before - after);
  gboolean verb = g_str_has_suffix (encoded, ":append") || g_str_has_suffix (encoded, ":clear");
  if (strchr (encoded, '/') || (after == 0 && verb))
    return FALSE;
  *range = g_uri_unescape_string (encoded, NULL);
  return *range != NULL;
}

static Route find_route (const Request *request, char **id, char **range) {
  static const char base[] = "/v4/spreadsheets/";

  if (!g_str_has_prefix (request->path, base))
    return NO_ROUTE;
  const char *begin = request->path + strlen (base);
  gsize length = strcspn (begin, "/:");
  g_autofree char *encoded = g_strndup (begin, length);
  *id = g_uri_unescape_string (encoded, NULL);
  for (guint i = 0; *id && length > 0 && i < G_N_ELEMENTS (routes); i++)
    if (g_str_equal (routes[i].method, request->method)
        && path_matches (routes[i].path, begin + length, range))
      return i;
  return NO_ROUTE;
}

static gboolean check_parameters (GPtrArray *parameters, Route route, Answer *answer) {
  g_autofree char *words = g_strconcat (routes[route].parameters, " " COMMON_PARAMETERS, NULL);
  g_auto (GStrv) known = g_strsplit (words, " ", -1);

  if (!parameters) {
    google_error (answer, 400, "Invalid query string.");
    return FALSE;
  }
  for (guint i = 0; i < parameters->len; i++) {
    const Parameter *parameter = g_ptr_array_index (parameters, i);
    if (g_strv_contains ((const char *const *) known, parameter->name))
      continue;
    google_error (
        answer, 400,
        "Invalid JSON payload received. Unknown name \"%s\": Cannot bind query parameter. Field '%s' could "
        "not be found in request message.",
        parameter->name, parameter->name);
    return FALSE;
  }
  return TRUE;
}

static void dispatch (Spreadsheet *spreadsheet, Route route, const char *range, GPtrArray *parameters,
                      const Request *request, Answer *answer) {
  switch (route) {
  case GET_SPREADSHEET: answer_spreadsheet (spreadsheet, parameters, answer); break;
  case BATCH_UPDATE: batch_update (spreadsheet, request, answer); break;
  case VALUES_GET: values_get (spreadsheet, range, parameters, answer); break;
  case VALUES_UPDATE: values_update (spreadsheet, range, parameters, request, answer); break;
  case VALUES_APPEND: values_append (spreadsheet, range, parameters, request, answer); break;
  case VALUES_CLEAR: values_clear (spreadsheet, range, request, answer); break;
  case VALUES_BATCH_GET: values_batch_get (spreadsheet, parameters, answer); break;
  case VALUES_BATCH_UPDATE: values_batch_update (spreadsheet, request, answer); break;
  case VALUES_BATCH_CLEAR: values_batch_clear (spreadsheet, request, answer); break;
  case NO_ROUTE: g_assert_not_reached ();
  }
}

void google_handle (gpointer service, const Request *request, Answer *answer) {
  Google *google = service;
  g_autofree char *id = NULL, *range = NULL;
  gboolean writes = !g_str_equal (request->method, "GET");

  if (signers_answer (google->signers, request, answer))
    return;
  if (g_str_equal (request->path, "/token")) {
    tokens_answer (google->tokens, request, answer);
    return;
  }
  Route route = find_route (request, &id, &range);
  if (route == NO_ROUTE) {
    answer_set (answer, 404,
                "<!DOCTYPE html>\n<html lang=en><title>Error 404 (Not Found)!!1</title></html>\n");
    answer->content_type = "text/html; charset=UTF-8";
    return;
  }
  g_autoptr (GPtrArray) parameters = parameters_parse (request->query, -1);
  if (!check_token (google, request, writes, answer)
      || !spend (google, writes ? &google->writes : &google->reads, answer)
      || !check_parameters (parameters, route, answer))
    return;
  Spreadsheet *spreadsheet = google_find (google, id);
  if (g_str_equal (id, "forbidden"))
    google_error (answer, 403, "The caller does not have permission");
  else if (!spreadsheet)
    google_error (answer, 404, "Requested entity was not found.");
  else
    dispatch (spreadsheet, route, range, parameters, request, answer);
}

/* State. */

Spreadsheet *google_find (Google *google, const char *id) {
  return g_hash_table_lookup (google->spreadsheets, id);
}

Spreadsheet *google_find_or_add (Google *google, const char *id) {
  Spreadsheet *spreadsheet = google_find (google, id);

  if (!spreadsheet) {
    spreadsheet = spreadsheet_new (id);
    spreadsheet_add_tab (spreadsheet, 0, "Feuille 1", 1000, 26);
    g_hash_table_replace (google->spreadsheets, spreadsheet->id, spreadsheet);
  }
  return spreadsheet;
}

void google_reset (Google *google) {
  g_hash_table_remove_all (google->spreadsheets);
  google_find_or_add (google, "sheet-1");
  google_set_mood (google, "agree");
  google->reads.used = google->writes.used = 0;
}

void google_set_quota (Google *google, guint limit, guint seconds) {
  google->quota = limit;
  google->quota_seconds = seconds;
  google->reads.used = google->writes.used = 0;
}

void google_revoke (Google *google) {
  tokens_revoke (google->tokens);
}

void google_end_grants (Google *google) {
  signers_revoke (google->signers);
}

const char *google_set_mood (Google *google, const char *mood) {
  return signers_set_mood (google->signers, mood);
}

gboolean google_write_key_file (Google *google, const char *origin, const char *path, GError **error) {
  return tokens_write_key_file (google->tokens, origin, path, error);
}

Google *google_new (gboolean quota) {
  Google *google = g_new0 (Google, 1);

  google->tokens = tokens_new ();
  google->signers = signers_new (google->tokens);
  google->spreadsheets =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) spreadsheet_free);
  google->reads.name = "Read";
  google->writes.name = "Write";
  google_set_quota (google, quota ? 60 : 0, 60);
  google_reset (google);
  return google;
}

void google_free (Google *google) {
  signers_free (google->signers);
  tokens_free (google->tokens);
  g_hash_table_unref (google->spreadsheets);
  g_free (google);
}
