/* google-book.c: a spreadsheet at Google: what its tab is like, and the requests to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-book.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "google-auth.h"
#include "http.h"

#define PROPERTIES "?fields=properties(title,locale,timeZone),sheets.properties"

struct _HubBook {
  HubHttp *http;       /* (owned) */
  HubGoogleAuth *auth; /* (owned) */
  char *id;            /* (owned) (nullable) of the spreadsheet; NULL: only the key is to be checked */
  char *url;           /* (owned) of the spreadsheet */
};

void hub_book_free (HubBook *book) {
  hub_http_free (book->http);
  hub_google_auth_free (book->auth);
  g_free (book->id);
  g_free (book->url);
  g_free (book);
}

/* The id in the address of a spreadsheet, or the id itself. (transfer full) */
static char *parse_address (const char *address, GError **error) {
  const char *start = strstr (address, "/d/");
  g_autofree char *id = g_strdup (start ? start + 3 : address);
  if (start)
    id[strcspn (id, "/?#")] = '\0';
  g_strstrip (id);
  if (*id && id[strspn (id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_")] == '\0')
    return g_steal_pointer (&id);
  g_set_error (
      error, HUB_ERROR, HUB_ERROR_INVALID,
      _ ("“%s” is not the address of a Google spreadsheet; paste the address that the browser shows"),
      address);
  return NULL;
}

HubBook *hub_book_new (HubConnector *connector, GError **error) {
  const char *secret = hub_connector_get_secret_text (connector);
  const char *address = hub_connector_get_option (connector, "spreadsheet");
  g_autofree char *id = address ? parse_address (address, error) : NULL;
  g_autofree char *base = id || !address ? hub_connector_dup_base_url (connector, error) : NULL;
  g_autofree char *origin = base ? hub_http_origin (base, error) : NULL;
  g_autoptr (HubGoogleAuth) auth = origin ? hub_google_auth_new (secret ? secret : "", origin, error) : NULL;
  HubHttp *http = auth ? hub_http_new (hub_connector_get_manifest (connector)->name, origin, error) : NULL;
  if (http == NULL)
    return NULL;
  HubBook *book = g_new0 (HubBook, 1);
  book->http = http;
  book->auth = g_steal_pointer (&auth);
  book->url = g_strdup_printf ("%s/spreadsheets/%s", base, id ? id : "");
  book->id = g_steal_pointer (&id);
  return book;
}

gboolean hub_book_verify (HubBook *book, char **label, GCancellable *cancellable, GError **error) {
  if (!hub_google_auth_apply (book->auth, book->http, FALSE, cancellable, error))
    return FALSE;
  *label = g_strdup (hub_google_auth_get_email (book->auth));
  return TRUE;
}

/* Sets @error from an answer that is not a success. */
static void fail_with_answer (HubBook *book, const HubHttpAnswer *answer, GError **error) {
  static const char *const paths[] = { "error.message", NULL };
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  if (answer->status == 404)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
                 _ ("Google has no spreadsheet “%s”; check its address"), book->id);
  else if (answer->status == 403 && g_strstr_len (data, length, "SERVICE_DISABLED") == NULL)
    g_set_error (error, HUB_ERROR, HUB_ERROR_PERMISSION,
                 _ ("permission missing: share the spreadsheet with %s as editor"),
                 hub_google_auth_get_email (book->auth));
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
  for (gboolean renew = FALSE;; renew = TRUE) {
    if (!hub_google_auth_apply (book->auth, book->http, renew, cancellable, error))
      return NULL;
    g_autoptr (HubHttpAnswer) answer =
        hub_http_send (book->http, body ? "POST" : "GET", url, body ? "application/json" : NULL, body,
                       body == NULL, cancellable, error);
    if (answer == NULL)
      return NULL;
    if (answer->status / 100 == 2)
      return g_bytes_ref (answer->body);
    if (answer->status != 401 || renew) {
      fail_with_answer (book, answer, error);
      return NULL;
    }
  }
}

gboolean hub_book_write (HubBook *book, GBytes *body, GCancellable *cancellable, GError **error) {
  g_autoptr (GBytes) answer = request (book, ":batchUpdate", body, cancellable, error);
  return answer != NULL;
}

gboolean hub_book_read (HubBook *book, const char *path, guint width, HubRowFunc func, gpointer user_data,
                        GCancellable *cancellable, GError **error) {
  g_autoptr (GBytes) body = request (book, path, NULL, cancellable, error);
  gsize length;
  const char *data = body ? g_bytes_get_data (body, &length) : NULL;
  return body && hub_cells_read (data, length, width, func, user_data, error);
}

gboolean hub_book_read_range (HubBook *book, const HubTab *tab, guint first_row, guint first_column,
                              guint last_row, guint last_column, HubRowFunc func, gpointer user_data,
                              GCancellable *cancellable, GError **error) {
  g_autofree char *range = hub_tab_range (tab, first_row, first_column, last_row, last_column);
  g_autofree char *path = g_strdup_printf ("/values/%s?" HUB_BOOK_RENDERING, range);
  return hub_book_read (book, path, last_column - first_column + 1, func, user_data, cancellable, error);
}

/* Takes the properties of one tab if it is the one called @title. */
static void take_tab (HubTab *tab, const HubValue *properties, const char *title) {
  const char *own = properties[1].text;
  if (tab->exists || own == NULL || hub_value_is_blank (&properties[2])) /* one chart has no rows */
    return;
  g_autofree char *folded = g_utf8_casefold (own, -1); /* as Google compares titles */
  g_autofree char *wanted = g_utf8_casefold (title ? title : own, -1);
  if (!g_str_equal (folded, wanted))
    return;
  tab->exists = TRUE;
  g_free (tab->title);
  tab->title = g_strdup (own);
  tab->id = properties[0].text ? g_ascii_strtoll (properties[0].text, NULL, 10) : 0;
  tab->n_rows = g_ascii_strtoull (properties[2].text, NULL, 10);
  tab->n_columns = properties[3].text ? g_ascii_strtoull (properties[3].text, NULL, 10) : 1;
}

static gboolean read_tabs (HubTab *tab, const char *sheets, const char *title, GError **error) {
  static const char *const paths[] = { "properties.sheetId", "properties.title",
                                       "properties.gridProperties.rowCount",
                                       "properties.gridProperties.columnCount", NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  gboolean read = TRUE;
  HubJsonReader reader;
  hub_json_reader_init (&reader, sheets, strlen (sheets));
  hub_json_reader_next (&reader);
  for (HubJsonReader peek = reader; read && hub_json_reader_next (&peek) == HUB_JSON_OBJECT; peek = reader) {
    HubValue properties[G_N_ELEMENTS (paths) - 1] = { 0 };
    read = hub_selector_read (selector, &reader, properties, error);
    if (read)
      take_tab (tab, properties, title);
    for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
      hub_value_clear (&properties[i]);
  }
  return read;
}

/* Reads the answer to PROPERTIES; a tab that does not exist gets an id of our choice. */
static gboolean read_properties (HubTab *tab, GBytes *answer, const char *title, GError **error) {
  static const char *const paths[] = { "properties.timeZone", "sheets", NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  HubValue values[2] = { 0 };
  HubJsonReader reader;
  gsize length;
  const char *data = g_bytes_get_data (answer, &length);
  hub_json_reader_init (&reader, data, length);
  gboolean read = hub_selector_read (selector, &reader, values, error);
  tab->title = g_strdup (title ? title : "1");
  tab->id = g_random_int_range (1, G_MAXINT32);
  tab->last_row = 1;
  tab->zone = read ? g_intern_string (values[0].text) : NULL;
  if (read && values[1].text)
    read = read_tabs (tab, values[1].text, title, error);
  hub_value_clear (&values[0]);
  hub_value_clear (&values[1]);
  return read;
}

static void on_header_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubTab *tab = user_data;
  for (guint i = 0; i < tab->n_columns; i++) {
    gboolean named = cells[i].text && *g_strstrip (cells[i].text);
    g_ptr_array_add (tab->header, named ? g_steal_pointer (&cells[i].text) : NULL);
    tab->headed |= named;
  }
}

HubTab *hub_book_open_tab (HubBook *book, const char *title, GCancellable *cancellable, GError **error) {
  g_autoptr (HubTab) tab = hub_tab_new ();
  g_autoptr (GBytes) answer = request (book, PROPERTIES, NULL, cancellable, error);
  g_autoptr (GError) problem = NULL;
  if (answer == NULL)
    return NULL;
  if (!read_properties (tab, answer, title && *title ? title : NULL, &problem)) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE,
                 _ ("Google Sheets sent an answer that cannot be read (%s); try again later"),
                 problem->message);
    return NULL;
  }
  if (tab->exists
      && !hub_book_read_range (book, tab, 1, 0, 1, tab->n_columns - 1, on_header_row, tab, cancellable,
                               error))
    return NULL;
  return g_steal_pointer (&tab);
}

/* The first column from @start on that is called @name, or -1. */
static int find_column (const HubTab *tab, const char *name, guint start) {
  for (guint i = start; i < tab->header->len; i++)
    if (g_strcmp0 (tab->header->pdata[i], name) == 0)
      return i;
  return -1;
}

static gboolean fail_no_column (const HubTab *tab, const char *name, GError **error) {
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < tab->header->len; i++)
    if (tab->header->pdata[i])
      g_string_append_printf (names, names->len ? ", %s" : "%s", (char *) tab->header->pdata[i]);
  g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
               _ ("the sheet “%1$s” has no column “%2$s”; its columns are: %3$s; add it to the first row or "
                  "change the mapping"),
               tab->title, name, names->str);
  return FALSE;
}

static int compare_columns (gconstpointer a, gconstpointer b, gpointer columns) {
  return (int) ((guint *) columns)[*(const guint *) a] - (int) ((guint *) columns)[*(const guint *) b];
}

gboolean hub_tab_bind (HubTab *tab, const char *const *names, GError **error) {
  tab->n_fields = g_strv_length ((char **) names);
  tab->columns = g_renew (guint, tab->columns, tab->n_fields);
  tab->order = g_renew (guint, tab->order, tab->n_fields);
  for (guint i = 0; i < tab->n_fields; i++) {
    int column = tab->headed ? find_column (tab, names[i], 0) : (int) i;
    if (column < 0)
      return fail_no_column (tab, names[i], error);
    if (find_column (tab, names[i], column + 1) >= 0) {
      g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                   _ ("the sheet “%1$s” has two columns called “%2$s”; rename one of them"), tab->title,
                   names[i]);
      return FALSE;
    }
    tab->columns[i] = column;
    tab->order[i] = i;
  }
  g_qsort_with_data (tab->order, tab->n_fields, sizeof (guint), compare_columns, tab->columns);
  return TRUE;
}
