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

HubTab *hub_tab_new (const char *title) {
  HubTab *tab = g_new0 (HubTab, 1);
  tab->title = g_strdup (title);
  tab->last_row = 1;
  tab->header = g_ptr_array_new_with_free_func (g_free);
  return tab;
}

void hub_tab_free (HubTab *tab) {
  g_free (tab->title);
  g_ptr_array_unref (tab->header);
  g_free (tab->columns);
  g_free (tab);
}

static void append_column (GString *out, guint column) {
  if (column >= 26)
    append_column (out, column / 26 - 1);
  g_string_append_c (out, 'A' + column % 26);
}

char *hub_tab_range (const HubTab *tab, const HubRange *range) {
  g_autoptr (GString) text = g_string_new (tab->title);
  g_string_replace (text, "'", "''", 0);
  g_string_prepend_c (text, '\'');
  g_string_append (text, "'!");
  append_column (text, range->first_column);
  g_string_append_printf (text, "%u:", range->first_row);
  append_column (text, range->last_column);
  if (range->last_row > 0)
    g_string_append_printf (text, "%u", range->last_row);
  return g_uri_escape_string (text->str, NULL, FALSE);
}

guint hub_cells_get_row (const HubDelivery *delivery) {
  return g_ascii_strtoull (delivery->found, NULL, 10);
}

GArray *hub_cells_cover (const HubTab *tab, GPtrArray *deliveries, guint gap, guint max_ranges) {
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (HubRange));
  for (guint i = 0; i < deliveries->len; i++) {
    guint row = hub_cells_get_row (deliveries->pdata[i]);
    HubRange range = { row, row, 0, tab->n_columns - 1 };
    HubRange *last = ranges->len ? &g_array_index (ranges, HubRange, ranges->len - 1) : NULL;
    if (last && row <= last->last_row + gap)
      last->last_row = row;
    else
      g_array_append_val (ranges, range);
  }
  if (ranges->len <= max_ranges)
    return ranges;
  g_array_unref (ranges);
  return hub_cells_cover (tab, deliveries, 2 * gap, max_ranges);
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

/* Adds the scalar that @json stands on to the row @cells. Returns whether it is filled. */
static gboolean read_cell (const HubJsonReader *json, GArray *cells) {
  HubValue cell = { 0 };
  if (json->token == HUB_JSON_TRUE || json->token == HUB_JSON_FALSE)
    hub_value_take (&cell, HUB_TYPE_BOOLEAN, g_strdup (json->token == HUB_JSON_TRUE ? "true" : "false"));
  else if (json->token != HUB_JSON_NULL)
    cell.text = hub_json_reader_dup_text (json);
  if (json->token == HUB_JSON_NUMBER) {
    char *number = plain_number (cell.text);
    hub_value_take (&cell, strchr (number, '.') ? HUB_TYPE_DECIMAL : HUB_TYPE_INTEGER, number);
  }
  g_array_append_val (cells, cell);
  return !hub_value_is_blank (&cell);
}

/* In an answer, an object (depth 1) holds a list (2) of ranges, objects (3) that hold a list (4) of rows, lists (5) of cells. */
gboolean hub_cells_read (const char *data, gsize length, const HubRange *ranges, guint n_ranges,
                         HubRowFunc func, gpointer user_data, GError **error) {
  g_autoptr (GArray) cells = g_array_new (FALSE, TRUE, sizeof (HubValue));
  guint n_begun = 0, row = 0;
  gboolean right = TRUE, filled = FALSE;
  HubJsonReader json;
  g_array_set_clear_func (cells, (GDestroyNotify) hub_value_clear);
  hub_json_reader_init (&json, data, length);
  while (right && hub_json_reader_next (&json) > HUB_JSON_END) {
    const HubRange *range = n_begun > 0 ? &ranges[n_begun - 1] : NULL;
    if (json.token == HUB_JSON_NAME) {
      right = hub_json_reader_is (&json, json.depth == 1 ? "valueRanges" : "values")
              || hub_json_reader_skip (&json, NULL, NULL);
    } else if (json.token == HUB_JSON_OBJECT) {
      right = json.depth == 1 || (json.depth == 3 && n_begun < n_ranges);
      if (right && json.depth == 3)
        row = ranges[n_begun++].first_row;
    } else if (json.token == HUB_JSON_ARRAY) {
      right = json.depth == 2 || json.depth == 4 || json.depth == 5;
      filled = FALSE;
      g_array_set_size (cells, 0);
      g_array_set_size (cells, range ? range->first_column : 0);
    } else if (range && json.token == HUB_JSON_ARRAY_END && json.depth == 4) {
      g_array_set_size (cells, MAX (cells->len, range->last_column + 1));
      if (filled)
        func (n_begun - 1, row, (HubValue *) cells->data, user_data);
      row++;
    } else if (json.token >= HUB_JSON_STRING) {
      right = json.depth == 5;
      filled |= read_cell (&json, cells);
    }
  }
  if (json.token == HUB_JSON_ERROR)
    return hub_json_reader_get_error (&json, error);
  if (right && n_begun == n_ranges)
    return TRUE;
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("not a range of cells"));
  return FALSE;
}

/* Whether writing @delivery sets @field; a new row is set whole. */
static gboolean sets (const HubDelivery *delivery, guint field) {
  return delivery->action != HUB_ACTION_UPDATE || delivery->change[field];
}

void hub_cells_reject_too_long (GPtrArray *deliveries, const char *const *names) {
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    for (guint j = 0; j < delivery->n_fields; j++) {
      const char *text = delivery->values[j].text;
      if (text && sets (delivery, j) && g_utf8_strlen (text, -1) > MAX_CELL_LENGTH)
        hub_delivery_reject (delivery, names[j],
                             _ ("a cell of Google Sheets takes at most 50,000 characters; shorten the text"));
    }
  }
}

static void append_cell (GString *out, const HubValue *value, const char *zone) {
  if (hub_value_is_blank (value)) { /* under the field mask an empty cell is cleared */
    g_string_append (out, "{}");
    return;
  }
  g_autofree char *number = is_number_cell (value) ? hub_cells_text (value, zone) : NULL;
  gboolean boolean = value->type == HUB_TYPE_BOOLEAN;
  g_string_append (out, "{\"userEnteredValue\":{\"");
  g_string_append (out, number ? "numberValue\":" : boolean ? "boolValue\":" : "stringValue\":");
  if (number || boolean)
    g_string_append (out, number ? number : value->text);
  else
    hub_json_append_text (out, value->text);
  g_string_append (out, "}}");
}

/* The cells of @n rows from @row on, in the adjacent columns of the fields @first to @end - 1. */
static void append_block (GString *out, const HubTab *tab, guint first, guint end,
                          HubDelivery *const *deliveries, guint n, guint row) {
  g_string_append_printf (out,
                          "{\"updateCells\":{\"start\":{\"sheetId\":%d,\"rowIndex\":%u,\"columnIndex\":%u},"
                          "\"fields\":\"userEnteredValue\",\"rows\":[",
                          tab->id, row - 1, tab->columns[first]);
  for (guint i = 0; i < n; i++) {
    g_string_append (out, i ? ",{\"values\":[" : "{\"values\":[");
    for (guint j = first; j < end; j++) {
      if (j > first)
        g_string_append_c (out, ',');
      append_cell (out, &deliveries[i]->values[j], tab->zone);
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
    for (end = first; end < tab->n_fields && sets (deliveries[0], end); end++) {
      if (tab->columns[end] != tab->columns[first] + (end - first))
        break;
      append_format (out, tab, end, deliveries, n, row);
    }
    if (end > first)
      append_block (out, tab, first, end, deliveries, n, row);
  }
}

/* Makes the grid at least @needed rows or columns long, by @step or more at once. */
static void append_room (GString *out, const HubTab *tab, const char *dimension, guint *length, guint needed,
                         guint step) {
  if (needed <= *length)
    return;
  guint more = MAX (needed - *length, step);
  g_string_append_printf (out, "{\"appendDimension\":{\"sheetId\":%d,\"dimension\":\"%s\",\"length\":%u}},",
                          tab->id, dimension, more);
  *length += more;
}

static void append_tab (GString *out, HubTab *tab) {
  tab->n_rows = NEW_ROWS;
  tab->n_columns = NEW_COLUMNS;
  g_string_append_printf (out, "{\"addSheet\":{\"properties\":{\"sheetId\":%d,\"title\":", tab->id);
  hub_json_append_text (out, tab->title);
  g_string_append_printf (out, ",\"gridProperties\":{\"rowCount\":%u,\"columnCount\":%u}}}},", tab->n_rows,
                          tab->n_columns);
}

static void append_header (GString *out, HubTab *tab, const char *const *names) {
  g_autoptr (HubDelivery) header = hub_delivery_new (tab->n_fields);
  append_room (out, tab, "COLUMNS", &tab->n_columns, tab->n_fields, 1);
  for (guint i = 0; i < tab->n_fields; i++) {
    hub_value_take (&header->values[i], HUB_TYPE_TEXT, g_strdup (names[i]));
    g_ptr_array_add (tab->header, g_strdup (names[i]));
  }
  append_rows (out, tab, &header, 1, 1);
}

void hub_cells_write (GString *out, HubTab *tab, const char *const *names, GPtrArray *deliveries) {
  g_autoptr (GPtrArray) creates = g_ptr_array_new ();
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    if (delivery->action == HUB_ACTION_CREATE)
      g_ptr_array_add (creates, delivery);
    else if (delivery->action == HUB_ACTION_UPDATE)
      append_rows (out, tab, &delivery, 1, hub_cells_get_row (delivery));
  }
  if (creates->len == 0)
    return;
  if (tab->n_rows == 0)
    append_tab (out, tab);
  append_room (out, tab, "ROWS", &tab->n_rows, tab->last_row + creates->len, NEW_ROWS);
  if (tab->header->len == 0)
    append_header (out, tab, names);
  append_rows (out, tab, (HubDelivery *const *) creates->pdata, creates->len, tab->last_row + 1);
}

/* From the bottom up, so that the rows above keep their numbers. The room comes first: a grid must keep a row below a frozen header. */
void hub_cells_remove (GString *out, HubTab *tab, GPtrArray *deliveries, gboolean header_too) {
  g_autoptr (GArray) ranges = hub_cells_cover (tab, deliveries, 1, G_MAXUINT);
  if (tab->n_rows <= NEW_ROWS)
    append_room (out, tab, "ROWS", &tab->n_rows, tab->n_rows + deliveries->len, 1);
  for (guint i = ranges->len; i > 0; i--) {
    const HubRange *range = &g_array_index (ranges, HubRange, i - 1);
    g_string_append_printf (out,
                            "{\"deleteDimension\":{\"range\":{\"sheetId\":%d,\"dimension\":\"ROWS\","
                            "\"startIndex\":%u,\"endIndex\":%u}}},",
                            tab->id, range->first_row - 1, range->last_row);
  }
  if (header_too && deliveries->len + 1 == tab->last_row)
    g_string_append_printf (out,
                            "{\"updateCells\":{\"range\":{\"sheetId\":%d,\"startRowIndex\":0,"
                            "\"endRowIndex\":1},\"fields\":\"userEnteredValue\"}},",
                            tab->id);
}
