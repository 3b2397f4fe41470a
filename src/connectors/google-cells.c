/* google-cells.c: the cells of a tab as values, and the request that writes them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-cells.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "date.h"
#include "decimal.h"
#include "error.h"
#include "json-reader.h"
#include "json.h"

#define MAX_DIGITS 15
#define MAX_CELL_LENGTH 50000
#define NEW_ROWS 1000
#define NEW_COLUMNS 26

HubTab *hub_tab_new (void) {
  HubTab *tab = g_new0 (HubTab, 1);
  tab->header = g_ptr_array_new_with_free_func (g_free);
  return tab;
}

void hub_tab_free (HubTab *tab) {
  g_free (tab->title);
  g_ptr_array_unref (tab->header);
  g_free (tab->columns);
  g_free (tab->order);
  g_free (tab);
}

static void append_column (GString *out, guint column) {
  if (column >= 26)
    append_column (out, column / 26 - 1);
  g_string_append_c (out, 'A' + column % 26);
}

char *hub_tab_range (const HubTab *tab, guint first_row, guint first_column, guint last_row,
                     guint last_column) {
  g_autoptr (GString) range = g_string_new (tab->title);
  g_string_replace (range, "'", "''", 0);
  g_string_prepend_c (range, '\'');
  g_string_append (range, "'!");
  append_column (range, first_column);
  g_string_append_printf (range, "%u:", first_row);
  append_column (range, last_column);
  if (last_row > 0)
    g_string_append_printf (range, "%u", last_row);
  return g_uri_escape_string (range->str, NULL, FALSE);
}

static int compare_descending (gconstpointer a, gconstpointer b) {
  return *(const int *) b - *(const int *) a;
}

/* Only the widest gaps are left out when there are too many. */
GArray *hub_cells_cover_rows (GArray *rows, guint gap, guint max_ranges) {
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (HubRowRange));
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (int));
  for (guint i = 1; i < rows->len; i++) {
    int width = g_array_index (rows, guint, i) - g_array_index (rows, guint, i - 1);
    g_array_append_val (gaps, width);
  }
  g_array_sort (gaps, compare_descending);
  if (gaps->len >= max_ranges)
    gap = MAX ((int) gap, g_array_index (gaps, int, max_ranges - 1));
  for (guint i = 0; i < rows->len; i++) {
    guint row = g_array_index (rows, guint, i);
    HubRowRange range = { row, row };
    HubRowRange *last = ranges->len ? &g_array_index (ranges, HubRowRange, ranges->len - 1) : NULL;
    if (last && row <= last->last + gap)
      last->last = row;
    else
      g_array_append_val (ranges, range);
  }
  return ranges;
}

/* A number as Sheets has it, a double shown with 15 digits, which up to that many are exact; a longer whole number is kept
 * as it is. Returns: (transfer full). */
static char *plain_number (const char *raw) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double number = g_ascii_strtod (raw, NULL);
  gboolean whole = raw[strspn (raw, "-" G_CSET_DIGITS)] == '\0';
  if (!isfinite (number) || (whole && hub_decimal_significant_digits (raw) > MAX_DIGITS))
    return g_strdup (raw);
  return hub_decimal_from_json (g_ascii_formatd (buffer, sizeof buffer, "%.15g", number), NULL);
}

static gboolean is_date (const HubValue *value) {
  return value->type == HUB_TYPE_DATE || value->type == HUB_TYPE_DATETIME;
}

/* Whether @value goes into a number cell; what has more digits than such a cell keeps goes as text, digit for digit. */
static gboolean is_number_cell (const HubValue *value) {
  return is_date (value)
         || (hub_type_is_number (value->type) && hub_decimal_significant_digits (value->text) <= MAX_DIGITS);
}

char *hub_cells_text (const HubValue *value, const char *zone) {
  if (hub_value_is_blank (value))
    return g_strdup ("");
  g_autofree char *serial = is_date (value) ? hub_date_to_serial (value, zone) : NULL;
  return is_number_cell (value) ? plain_number (serial ? serial : value->text) : g_strdup (value->text);
}

void hub_cells_interpret (HubValue *value, const HubValue *cell, const HubValue *like, const char *zone) {
  gboolean number = hub_type_is_number (cell->type);
  if (number && is_date (like) && hub_date_from_serial (value, cell->text, like, zone))
    return;
  hub_value_copy (value, cell);
  if (number && hub_type_is_number (like->type)) {
    value->type = like->type;
    value->format = like->format;
  }
}

/* What reading an answer takes along. */
typedef struct {
  HubJsonReader json;
  GArray *cells; /* (owned) (element-type HubValue) of the row being read */
  guint width;
  HubRowFunc func;
  gpointer user_data; /* (borrowed) */
} CellReader;

/* Adds the current token to the row. FALSE when it is no scalar. */
static gboolean read_cell (CellReader *reader) {
  HubJsonToken token = reader->json.token;
  HubValue cell = { 0 };
  if (token == HUB_JSON_TRUE || token == HUB_JSON_FALSE)
    hub_value_take (&cell, HUB_TYPE_BOOLEAN, g_strdup (token == HUB_JSON_TRUE ? "true" : "false"));
  else if (token == HUB_JSON_STRING)
    hub_value_take (&cell, HUB_TYPE_TEXT, hub_json_reader_dup_text (&reader->json));
  else if (token == HUB_JSON_NUMBER) {
    g_autofree char *raw = hub_json_reader_dup_text (&reader->json);
    char *number = plain_number (raw);
    hub_value_take (&cell, strchr (number, '.') ? HUB_TYPE_DECIMAL : HUB_TYPE_INTEGER, number);
  } else if (token != HUB_JSON_NULL)
    return FALSE;
  g_array_append_val (reader->cells, cell);
  return TRUE;
}

/* Reads the value of "values", an array of arrays, to its end. */
static gboolean read_rows (CellReader *reader, guint range) {
  HubJsonReader *json = &reader->json;
  if (hub_json_reader_next (json) != HUB_JSON_ARRAY)
    return FALSE;
  for (guint row = 0; hub_json_reader_next (json) == HUB_JSON_ARRAY; row++) {
    gboolean filled = FALSE;
    g_array_set_size (reader->cells, 0);
    while (hub_json_reader_next (json) != HUB_JSON_ARRAY_END) {
      if (!read_cell (reader))
        return FALSE;
      filled |= !hub_value_is_blank (&g_array_index (reader->cells, HubValue, reader->cells->len - 1));
    }
    g_array_set_size (reader->cells, MAX (reader->cells->len, reader->width));
    if (filled)
      reader->func (range, row, (HubValue *) reader->cells->data, reader->user_data);
  }
  return json->token == HUB_JSON_ARRAY_END;
}

/* Reads the members of an open object to its end: a ValueRange, or the list of them. */
static gboolean read_members (CellReader *reader, guint range) {
  HubJsonReader *json = &reader->json;
  gboolean read = TRUE;
  while (read && hub_json_reader_next (json) == HUB_JSON_NAME) {
    if (hub_json_reader_is (json, "values"))
      read = read_rows (reader, range);
    else if (hub_json_reader_is (json, "valueRanges")) {
      read = hub_json_reader_next (json) == HUB_JSON_ARRAY;
      for (guint i = 0; read && hub_json_reader_next (json) == HUB_JSON_OBJECT; i++)
        read = read_members (reader, i);
      read = read && json->token == HUB_JSON_ARRAY_END;
    } else
      read = hub_json_reader_skip (json, NULL, NULL);
  }
  return read && json->token == HUB_JSON_OBJECT_END;
}

gboolean hub_cells_read (const char *data, gsize length, guint width, HubRowFunc func, gpointer user_data,
                         GError **error) {
  g_autoptr (GArray) cells = g_array_new (FALSE, TRUE, sizeof (HubValue));
  CellReader reader = { .cells = cells, .width = width, .func = func, .user_data = user_data };
  g_autoptr (GError) problem = NULL;
  g_array_set_clear_func (cells, (GDestroyNotify) hub_value_clear);
  hub_json_reader_init (&reader.json, data, length);
  if (hub_json_reader_next (&reader.json) == HUB_JSON_OBJECT && read_members (&reader, 0)
      && hub_json_reader_next (&reader.json) == HUB_JSON_END)
    return TRUE;
  if (reader.json.token == HUB_JSON_ERROR)
    hub_json_reader_get_error (&reader.json, &problem);
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE,
               _ ("Google Sheets sent an answer that cannot be read (%s); try again later"),
               problem ? problem->message : _ ("not a range of cells"));
  return FALSE;
}

/* Whether writing @delivery sets @field; a new row is set whole. */
static gboolean sets (const HubDelivery *delivery, guint field) {
  return delivery->action != HUB_ACTION_UPDATE || delivery->change[field];
}

int hub_cells_find_too_long (const HubDelivery *delivery) {
  for (guint i = 0; i < delivery->n_fields; i++) {
    const char *text = delivery->values[i].text;
    if (text && sets (delivery, i) && strlen (text) > MAX_CELL_LENGTH
        && g_utf8_strlen (text, -1) > MAX_CELL_LENGTH)
      return i;
  }
  return -1;
}

static void append_cell (GString *out, const HubValue *value, const char *zone) {
  if (hub_value_is_blank (value)) { /* under the field mask an empty cell is cleared */
    g_string_append (out, "{}");
    return;
  }
  g_string_append (out, "{\"userEnteredValue\":{");
  if (value->type == HUB_TYPE_BOOLEAN) {
    g_string_append (out, "\"boolValue\":");
    g_string_append (out, value->text);
  } else if (is_number_cell (value)) {
    g_autofree char *number = hub_cells_text (value, zone);
    g_string_append (out, "\"numberValue\":");
    g_string_append (out, number);
  } else {
    g_string_append (out, "\"stringValue\":");
    hub_json_append_text (out, value->text);
  }
  g_string_append (out, "}}");
}

/* The cells of @n rows from @row on, in the adjacent columns of the fields order[first] to order[end - 1]. */
static void append_block (GString *out, const HubTab *tab, guint first, guint end,
                          HubDelivery *const *deliveries, guint n, guint row) {
  g_string_append_printf (out,
                          "{\"updateCells\":{\"start\":{\"sheetId\":%d,\"rowIndex\":%u,\"columnIndex\":%u},"
                          "\"fields\":\"userEnteredValue\",\"rows\":[",
                          tab->id, row - 1, tab->columns[tab->order[first]]);
  for (guint i = 0; i < n; i++) {
    g_string_append (out, i ? ",{\"values\":[" : "{\"values\":[");
    for (guint j = first; j < end; j++) {
      if (j > first)
        g_string_append_c (out, ',');
      append_cell (out, &deliveries[i]->values[tab->order[j]], tab->zone);
    }
    g_string_append (out, "]}");
  }
  g_string_append (out, "]}},");
}

/* Makes @n cells of @field, if dates are among them, show these the way the first of them wants it. */
static void append_format (GString *out, const HubTab *tab, guint field, HubDelivery *const *deliveries,
                           guint n, guint row) {
  const HubValue *date = NULL;
  for (guint i = 0; i < n && date == NULL; i++) {
    const HubValue *value = &deliveries[i]->values[field];
    date = is_date (value) && !hub_value_is_blank (value) ? value : NULL;
  }
  if (date == NULL)
    return;
  gboolean with_time =
      date->format ? hub_date_format_has_time (date->format) : date->type == HUB_TYPE_DATETIME;
  g_autofree char *pattern = hub_date_serial_pattern (date->format, with_time);
  g_string_append_printf (
      out,
      "{\"repeatCell\":{\"range\":{\"sheetId\":%d,\"startRowIndex\":%u,\"endRowIndex\":%u,"
      "\"startColumnIndex\":%u,\"endColumnIndex\":%u},\"cell\":{\"userEnteredFormat\":"
      "{\"numberFormat\":{\"type\":\"%s\",\"pattern\":",
      tab->id, row - 1, row - 1 + n, tab->columns[field], tab->columns[field] + 1,
      with_time ? "DATE_TIME" : "DATE");
  hub_json_append_text (out, pattern);
  g_string_append (out, "}}},\"fields\":\"userEnteredFormat.numberFormat\"}},");
}

/* Writes @n creates, or the changes of one update, from @row on; a block for each run of adjacent columns, so that no other is touched. */
static void append_rows (GString *out, const HubTab *tab, HubDelivery *const *deliveries, guint n,
                         guint row) {
  for (guint first = 0, end; first < tab->n_fields; first = MAX (end, first + 1)) {
    guint column = tab->columns[tab->order[first]];
    for (end = first; end < tab->n_fields; end++) {
      guint field = tab->order[end];
      if (tab->columns[field] != column + (end - first) || !sets (deliveries[0], field))
        break;
      append_format (out, tab, field, deliveries, n, row);
    }
    if (end > first)
      append_block (out, tab, first, end, deliveries, n, row);
  }
}

static void append_dimension (GString *out, const HubTab *tab, const char *dimension, guint length) {
  g_string_append_printf (out, "{\"appendDimension\":{\"sheetId\":%d,\"dimension\":\"%s\",\"length\":%u}},",
                          tab->id, dimension, length);
}

/* Adds what the tab lacks before @n_new rows fit below its last row. */
static void append_room (GString *out, HubTab *tab, guint n_new) {
  guint n_rows = tab->last_row + n_new;
  guint n_columns = tab->headed ? tab->n_columns : MAX (tab->n_fields, NEW_COLUMNS);
  guint growth = MAX (n_rows - MIN (n_rows, tab->n_rows), NEW_ROWS);
  if (!tab->exists) {
    g_string_append_printf (out, "{\"addSheet\":{\"properties\":{\"sheetId\":%d,\"title\":", tab->id);
    hub_json_append_text (out, tab->title);
    g_string_append_printf (out, ",\"gridProperties\":{\"rowCount\":%u,\"columnCount\":%u}}}},", growth,
                            n_columns);
    tab->n_rows = growth;
    tab->n_columns = n_columns;
  }
  if (n_rows > tab->n_rows) {
    append_dimension (out, tab, "ROWS", growth);
    tab->n_rows += growth;
  }
  if (n_columns > tab->n_columns) {
    append_dimension (out, tab, "COLUMNS", n_columns - tab->n_columns);
    tab->n_columns = n_columns;
  }
}

static void append_header (GString *out, HubTab *tab, const char *const *names) {
  g_autoptr (HubDelivery) header = hub_delivery_new (tab->n_fields);
  g_ptr_array_set_size (tab->header, 0);
  for (guint i = 0; i < tab->n_fields; i++) {
    hub_value_take (&header->values[i], HUB_TYPE_TEXT, g_strdup (names[i]));
    g_ptr_array_add (tab->header, g_strdup (names[i]));
  }
  append_rows (out, tab, &header, 1, 1);
}

GBytes *hub_cells_write (HubTab *tab, const char *const *names, GPtrArray *deliveries) {
  g_autoptr (GString) out = g_string_new ("{\"requests\":[");
  g_autoptr (GPtrArray) creates = g_ptr_array_new ();
  gsize empty = out->len;
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    if (delivery->action == HUB_ACTION_CREATE)
      g_ptr_array_add (creates, delivery);
    else if (delivery->action == HUB_ACTION_UPDATE)
      append_rows (out, tab, &delivery, 1, g_ascii_strtoull (delivery->found, NULL, 10));
  }
  if (creates->len > 0) {
    append_room (out, tab, creates->len);
    if (!tab->headed)
      append_header (out, tab, names);
    append_rows (out, tab, (HubDelivery *const *) creates->pdata, creates->len, tab->last_row + 1);
    tab->exists = tab->headed = TRUE;
  }
  if (out->len == empty)
    return NULL;
  g_string_truncate (out, out->len - 1);
  g_string_append (out, "]}");
  return g_string_free_to_bytes (g_steal_pointer (&out));
}
