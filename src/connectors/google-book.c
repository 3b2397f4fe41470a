/* google-book.c: a spreadsheet at Google: what its tab is like, and the requests to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-book.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "google-auth.h"
#include "http.h"

#define PROPERTIES "?fields=properties(title,locale,timeZone),sheets.properties"
#define BATCH_GET                                                                                            \
  "/values:batchGet?majorDimension=ROWS&valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=SERIAL_"    \
  "NUMBER"

struct _HubBook {
  HubHttp *http;       /* (owned) */
  HubGoogleAuth *auth; /* (owned) */
  char *url;           /* (owned) of the spreadsheet; its id is what stands behind the last slash */
};

void hub_book_free (HubBook *book) {
  hub_http_free (book->http);
  hub_google_auth_free (book->auth);
  g_free (book->url);
  g_free (book);
}

/* The id in the address of a spreadsheet, or the id itself, as it stands in a path. (transfer full) */
static char *parse_address (const char *address) {
  const char *start = strstr (address, "/d/");
  g_autofree char *id = g_strdup (start ? start + 3 : address);
  if (start)
    id[strcspn (id, "/?#")] = '\0';
  return g_uri_escape_string (g_strstrip (id), NULL, FALSE);
}

HubBook *hub_book_new (HubConnector *connector, GError **error) {
  const char *secret = connector->secret;
  const char *address = hub_connector_get_option (connector, "spreadsheet");
  g_autofree char *id = parse_address (address ? address : ""); /* none: only the key is to be checked */
  g_autofree char *base = hub_connector_dup_base_url (connector, error);
  g_autofree char *origin = base ? hub_http_origin (base, error) : NULL;
  g_autoptr (HubGoogleAuth) auth = origin ? hub_google_auth_new (secret ? secret : "", origin, error) : NULL;
  HubHttp *http = auth ? hub_http_new (connector->manifest->name, origin, error) : NULL;
  if (http == NULL)
    return NULL;
  HubBook *book = g_new0 (HubBook, 1);
  book->http = http;
  book->auth = g_steal_pointer (&auth);
  book->url = g_strconcat (base, "/spreadsheets/", id, NULL);
  return book;
}

gboolean hub_book_verify (HubBook *book, char **label, GCancellable *cancellable, GError **error) {
  *label = g_strdup (hub_google_auth_get_email (book->auth));
  return hub_google_auth_apply (book->auth, book->http, FALSE, cancellable, error);
}

/* Sets @error from an answer that is not a success. */
static void fail_with_answer (HubBook *book, const HubHttpAnswer *answer, GError **error) {
  static const char *const paths[] = { "error.message", NULL };
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  const char *email = hub_google_auth_get_email (book->auth);
  gboolean disabled = g_strstr_len (data, length, "SERVICE_DISABLED") != NULL;
  if (answer->status == 404)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
                 _ ("Google has no spreadsheet “%s”; check its address"), strrchr (book->url, '/') + 1);
  else if (answer->status == 403 && !disabled && email == NULL)
    g_set_error (error, HUB_ERROR, HUB_ERROR_PERMISSION,
                 _ ("permission missing: share the spreadsheet, as editor, with the person who signed in"));
  else if (answer->status == 403 && !disabled)
    g_set_error (error, HUB_ERROR, HUB_ERROR_PERMISSION,
                 _ ("permission missing: share the spreadsheet with %s as editor"), email);
  else {
    g_autoptr (HubSelector) selector = hub_selector_new (paths);
    HubValue message = { 0 };
    HubJsonReader reader;
    hub_json_reader_init (&reader, data, length);
    gboolean read = hub_selector_read (selector, &reader, &message, NULL); /* no JSON: the status must do */
    hub_http_fail (book->http, answer, read ? message.text : NULL, error);
    hub_value_clear (&message);
  }
}

/* Sends a request below the spreadsheet's address: a GET, or a POST of @body. Returns: (transfer full): the body of a success. */
static GBytes *request (HubBook *book, const char *path, GBytes *body, GCancellable *cancellable,
                        GError **error) {
  g_autofree char *url = g_strconcat (book->url, path, NULL);
  for (gboolean renew = FALSE; hub_google_auth_apply (book->auth, book->http, renew, cancellable, error);
       renew = TRUE) {
    g_autoptr (HubHttpAnswer) answer =
        hub_http_send (book->http, body ? "POST" : "GET", url, body ? "application/json" : NULL, body,
                       body == NULL, cancellable, error);
    if (answer && answer->status / 100 == 2)
      return g_bytes_ref (answer->body);
    if (answer && answer->status == 401 && !renew)
      continue;
    if (answer)
      fail_with_answer (book, answer, error);
    break;
  }
  return NULL;
}

static gboolean fail_unreadable (const GError *problem, GError **error) {
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE,
               _ ("Google Sheets sent an answer that cannot be read (%s); try again later"),
               problem->message);
  return FALSE;
}

gboolean hub_book_write (HubBook *book, const GString *requests, GCancellable *cancellable, GError **error) {
  if (requests->len == 0)
    return TRUE;
  char *text = g_strdup_printf ("{\"requests\":[%.*s]}", (int) requests->len - 1, requests->str);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));
  g_autoptr (GBytes) answer = request (book, ":batchUpdate", body, cancellable, error);
  return answer != NULL;
}

gboolean hub_book_read (HubBook *book, const HubTab *tab, const HubRange *ranges, guint n_ranges,
                        HubRowFunc func, gpointer user_data, GCancellable *cancellable, GError **error) {
  g_autoptr (GString) path = g_string_new (BATCH_GET);
  for (guint i = 0; i < n_ranges; i++) {
    g_autofree char *range = hub_tab_range (tab, &ranges[i]);
    g_string_append_printf (path, "&ranges=%s", range);
  }
  g_autoptr (GBytes) body = request (book, path->str, NULL, cancellable, error);
  g_autoptr (GError) problem = NULL;
  if (body == NULL)
    return FALSE;
  return hub_cells_read (g_bytes_get_data (body, NULL), g_bytes_get_size (body), ranges, n_ranges, func,
                         user_data, &problem)
         || fail_unreadable (problem, error);
}

/* What element @index of @sheets says of a tab; *tab stays NULL where that has no cells. */
static gboolean read_tab (JsonArray *sheets, guint index, HubTab **tab, GError **error) {
  g_autofree char *place = NULL;
  const char *title = NULL;
  JsonObject *properties = NULL, *grid = NULL;
  gint64 id = 0, n_rows = 0, n_columns = 1;
  JsonObject *sheet = hub_json_element (sheets, "sheets", index, &place, error);
  if (sheet == NULL || !hub_json_get_object (sheet, place, "properties", TRUE, &properties, error)
      || !hub_json_get_text (properties, place, "title", TRUE, &title, error)
      || !hub_json_get_object (properties, place, "gridProperties", FALSE, &grid, error))
    return FALSE;
  if (grid == NULL)
    return TRUE;
  if (!hub_json_get_integer (properties, place, "sheetId", 0, G_MAXINT32, &id, error)
      || !hub_json_get_integer (grid, place, "rowCount", 0, G_MAXINT32, &n_rows, error)
      || !hub_json_get_integer (grid, place, "columnCount", 0, G_MAXINT32, &n_columns, error))
    return FALSE;
  *tab = hub_tab_new (title);
  (*tab)->id = id;
  (*tab)->n_rows = n_rows;
  (*tab)->n_columns = MAX (n_columns, 1);
  return TRUE;
}

/* The tabs that have cells, and the zone of their spreadsheet (interned). (transfer full) (element-type HubTab) */
static GPtrArray *read_tabs (GBytes *answer, const char **zone, GError **error) {
  const char *place = "Google Sheets";
  g_autoptr (GPtrArray) tabs = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_tab_free);
  JsonObject *properties = NULL;
  JsonArray *sheets = NULL;
  const char *text = NULL;
  g_autoptr (JsonObject) book =
      hub_json_parse_object (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), place, error);
  if (book == NULL || !hub_json_get_object (book, place, "properties", TRUE, &properties, error)
      || !hub_json_get_text (properties, place, "timeZone", FALSE, &text, error)
      || !hub_json_get_array (book, place, "sheets", TRUE, &sheets, error))
    return NULL;
  *zone = g_intern_string (text);
  for (guint i = 0; i < json_array_get_length (sheets); i++) {
    HubTab *tab = NULL;
    if (!read_tab (sheets, i, &tab, error))
      return NULL;
    if (tab)
      g_ptr_array_add (tabs, tab);
  }
  return g_steal_pointer (&tabs);
}

static GPtrArray *request_tabs (HubBook *book, const char **zone, GCancellable *cancellable, GError **error) {
  g_autoptr (GError) problem = NULL;
  g_autoptr (GBytes) answer = request (book, PROPERTIES, NULL, cancellable, error);
  GPtrArray *tabs = answer ? read_tabs (answer, zone, &problem) : NULL;
  if (problem)
    fail_unreadable (problem, error);
  return tabs;
}

GPtrArray *hub_book_list_tabs (HubBook *book, GCancellable *cancellable, GError **error) {
  const char *zone;
  g_autoptr (GPtrArray) tabs = request_tabs (book, &zone, cancellable, error);
  GPtrArray *choices = tabs ? g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free) : NULL;
  for (guint i = 0; tabs && i < tabs->len; i++) {
    const HubTab *tab = tabs->pdata[i];
    g_ptr_array_add (choices, hub_field_new (tab->title, tab->title, HUB_TYPE_TEXT));
  }
  return choices;
}

/* Takes the tab called @title, or (NULL) the first, out of @tabs; one that does not exist gets an id of our choice. (transfer full) */
static HubTab *take_tab (GPtrArray *tabs, const char *title) {
  for (guint i = 0; i < tabs->len; i++) {
    const HubTab *tab = tabs->pdata[i];
    g_autofree char *folded = g_utf8_casefold (tab->title, -1); /* as Google compares titles */
    g_autofree char *wanted = g_utf8_casefold (title ? title : tab->title, -1);
    if (g_str_equal (folded, wanted))
      return g_ptr_array_steal_index (tabs, i);
  }
  HubTab *tab = hub_tab_new (title ? title : "1");
  tab->id = g_random_int_range (1, G_MAXINT32);
  return tab;
}

static void on_header_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubTab *tab = user_data;
  for (guint i = 0; i < tab->n_columns; i++) {
    gboolean named = cells[i].text && *g_strstrip (cells[i].text);
    g_ptr_array_add (tab->header, named ? g_steal_pointer (&cells[i].text) : NULL);
  }
}

HubTab *hub_book_open_tab (HubBook *book, const char *title, GCancellable *cancellable, GError **error) {
  const char *zone;
  g_autoptr (GPtrArray) tabs = request_tabs (book, &zone, cancellable, error);
  if (tabs == NULL)
    return NULL;
  g_autoptr (HubTab) tab = take_tab (tabs, title && *title ? title : NULL);
  HubRange header = { 1, 1, 0, tab->n_columns - 1 };
  tab->zone = zone;
  if (tab->n_rows > 0 && !hub_book_read (book, tab, &header, 1, on_header_row, tab, cancellable, error))
    return NULL;
  return g_steal_pointer (&tab);
}

gboolean hub_tab_bind (HubTab *tab, const char *const *names, const char **missing, GError **error) {
  *missing = NULL;
  tab->n_fields = g_strv_length ((char **) names);
  tab->columns = g_renew (guint, tab->columns, tab->n_fields);
  for (guint i = 0; i < tab->n_fields; i++) {
    guint n_same = 0;
    tab->columns[i] = i;
    for (guint j = 0; j < tab->header->len; j++)
      if (g_strcmp0 (tab->header->pdata[j], names[i]) == 0) {
        tab->columns[i] = j;
        n_same++;
      }
    if (n_same == 0 && tab->header->len > 0) {
      *missing = names[i];
      return FALSE;
    }
    if (n_same > 1) {
      g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                   _ ("the sheet “%1$s” has two columns called “%2$s”; rename one of them"), tab->title,
                   names[i]);
      return FALSE;
    }
  }
  return TRUE;
}
