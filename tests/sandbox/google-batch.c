/* google-batch.c: spreadsheets.batchUpdate: every request is tried on a copy of the shape, then all are carried out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google.h"
#include <stdlib.h>
#include <string.h>

#define MAX_CELLS 10000000
#define MAX_CELL_TEXT 50000

typedef struct {
  Spreadsheet *spreadsheet; /* (borrowed) the shape or the real one */
  const Tree *body;         /* of this request */
  const char *kind;
  guint index;
  GString *reply;
  Answer *answer;
} Step;

static gboolean invalid (Step *step, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean invalid (Step *step, const char *format, ...) {
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  google_error (step->answer, 400, "Invalid requests[%u].%s: %s", step->index, step->kind, message);
  return FALSE;
}

/* A number may stand in a string. */
static guint get_number (const Tree *object, const char *name, guint fallback) {
  const Tree *node = tree_member (object, name);

  return node && node->kind != TREE_NULL ? (guint) strtoll (node->text, NULL, 10) : fallback;
}

static Tab *find_tab (Step *step, const Tree *object) {
  guint id = get_number (object, "sheetId", 0);
  Tab *tab = spreadsheet_find_id (step->spreadsheet, id);

  if (!tab)
    invalid (step, "No grid with id: %u", id);
  return tab;
}

static gboolean check_size (Step *step, guint64 more) {
  return spreadsheet_count_cells (step->spreadsheet) + more <= MAX_CELLS
         || invalid (
             step,
             "This action would increase the number of cells in the workbook above the limit of %d cells.",
             MAX_CELLS);
}

/* Field masks. */

/* Flattens "a,b(c,d.e)" into a, b.c and b.d.e. (transfer full) */
static GPtrArray *parse_mask (const char *mask) {
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) prefix = g_string_new (NULL);
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (gsize));

  while (*mask) {
    gsize length = strcspn (mask, ",()");
    if (length > 0 && mask[length] != '(')
      g_ptr_array_add (paths, g_strdup_printf ("%s%.*s", prefix->str, (int) length, mask));
    if (mask[length] == '(') {
      g_array_append_val (lengths, prefix->len);
      g_string_append_printf (prefix, "%.*s.", (int) length, mask);
    } else if (mask[length] == ')' && lengths->len > 0) {
      g_string_truncate (prefix, g_array_index (lengths, gsize, lengths->len - 1));
      g_array_set_size (lengths, lengths->len - 1);
    }
    mask += length + (mask[length] != '\0');
  }
  return paths;
}

/* Whether @path or what it is a part of is in the mask. */
static gboolean mask_has (GPtrArray *paths, const char *path) {
  for (guint i = 0; i < paths->len; i++) {
    const char *one = g_ptr_array_index (paths, i);
    gsize length = strlen (one);
    if (g_str_equal (one, "*")
        || (strncmp (one, path, length) == 0 && (path[length] == '\0' || path[length] == '.')))
      return TRUE;
  }
  return FALSE;
}

static GPtrArray *get_mask (Step *step, const char *const *known) {
  const char *fields = tree_get_text (step->body, "fields", "");
  g_autoptr (GPtrArray) paths = parse_mask (fields);

  if (paths->len == 0) {
    invalid (step, "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)");
    return NULL;
  }
  for (guint i = 0; i < paths->len; i++)
    if (!g_strv_contains (known, g_ptr_array_index (paths, i))) {
      google_error (step->answer, 400,
                    "Invalid value at 'requests[%u].%s.fields', \"%s\": unknown to the sandbox", step->index,
                    step->kind, fields);
      return NULL;
    }
  return g_steal_pointer (&paths);
}

static gboolean get_cell_mask (Step *step, PutMask *mask) {
  static const char *const known[] = { "*",
                                       "userEnteredValue",
                                       "userEnteredValue.numberValue",
                                       "userEnteredValue.stringValue",
                                       "userEnteredValue.boolValue",
                                       "userEnteredValue.formulaValue",
                                       "userEnteredFormat",
                                       "userEnteredFormat.numberFormat",
                                       "userEnteredFormat.numberFormat.type",
                                       "userEnteredFormat.numberFormat.pattern",
                                       NULL };
  g_autoptr (GPtrArray) paths = get_mask (step, known);

  if (!paths)
    return FALSE;
  *mask = 0;
  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    if (*path == '*' || g_str_has_prefix (path, "userEnteredValue"))
      *mask |= PUT_VALUE;
    if (*path == '*' || g_str_has_prefix (path, "userEnteredFormat"))
      *mask |= PUT_FORMAT;
  }
  return TRUE;
}

/* Cells. */

/* A CellData; @cell borrows its text. */
static gboolean read_cell (Step *step, const Tree *data, Cell *cell) {
  const Tree *value = tree_member (data, "userEnteredValue");
  const Tree *format = tree_member (tree_member (data, "userEnteredFormat"), "numberFormat");
  const Tree *one = value && value->kind == TREE_OBJECT ? value->child : NULL;

  *cell = (Cell){ .kind = CELL_EMPTY };
  if (format && format->kind == TREE_OBJECT) {
    const char *type = tree_get_text (format, "type", NULL);
    if (!type)
      return invalid (step, "numberFormat.type must be given");
    cell->format = number_format_get (type, tree_get_text (format, "pattern", ""));
  }
  if (!one || one->kind == TREE_NULL)
    return TRUE;
  if (one->next)
    return invalid (step, "a value is one of numberValue, stringValue, boolValue and formulaValue");
  if (g_str_equal (one->name, "numberValue")) {
    cell->kind = CELL_NUMBER;
    cell->number = tree_number (one);
  } else if (g_str_equal (one->name, "boolValue")) {
    cell->kind = CELL_BOOLEAN;
    cell->boolean = one->kind == TREE_TRUE;
  } else if (one->length > MAX_CELL_TEXT && g_utf8_strlen (one->text, -1) > MAX_CELL_TEXT) {
    return invalid (step, "Your input contains more than the maximum of %d characters in a single cell.",
                    MAX_CELL_TEXT);
  } else if (one->length > 0) {
    cell->kind = g_str_equal (one->name, "formulaValue") ? CELL_FORMULA : CELL_TEXT;
    cell->text = (char *) one->text;
  }
  if (cell->kind == CELL_FORMULA && *cell->text != '=')
    return invalid (step, "a formula begins with =");
  return TRUE;
}

/* Writes RowData from a place on; nothing may go beyond @end_row and @end_column. */
static gboolean put_rows (Step *step, Tab *tab, guint row, guint first_column, guint end_row,
                          guint end_column, PutMask mask) {
  const Tree *rows = tree_member (step->body, "rows");
  Cell cell;

  for (const Tree *data = rows ? rows->child : NULL; data; data = data->next, row++) {
    const Tree *values = tree_member (data, "values");
    guint column = first_column;
    if (row >= end_row)
      return invalid (step, "Attempting to write row: %u, beyond the last requested row of: %u", row,
                      end_row - 1);
    for (const Tree *value = values ? values->child : NULL; value; value = value->next, column++) {
      if (column >= end_column)
        return invalid (step, "Attempting to write column: %u, beyond the last requested column of: %u",
                        column, end_column - 1);
      if (!read_cell (step, value, &cell))
        return FALSE;
      tab_put (tab, row, column, &cell, mask);
    }
  }
  return TRUE;
}

/* A GridRange, cut at the end where it is open. */
static gboolean read_grid_range (Step *step, const Tree *object, Range *range) {
  range->tab = find_tab (step, object);
  if (!range->tab)
    return FALSE;
  range->row = get_number (object, "startRowIndex", 0);
  range->column = get_number (object, "startColumnIndex", 0);
  range->end_row = get_number (object, "endRowIndex", range->tab->rows);
  range->end_column = get_number (object, "endColumnIndex", range->tab->columns);
  if (range->end_row > range->tab->rows)
    return invalid (step, "GridRange.endRowIndex[%u] is after last row in grid[%u]", range->end_row,
                    range->tab->rows);
  if (range->end_column > range->tab->columns)
    return invalid (step, "GridRange.endColumnIndex[%u] is after last column in grid[%u]", range->end_column,
                    range->tab->columns);
  return (range->row <= range->end_row && range->column <= range->end_column)
         || invalid (step, "GridRange: the start is after the end");
}

static void put_everywhere (const Range *range, const Cell *cell, PutMask mask) {
  for (guint row = range->row; row < range->end_row; row++)
    for (guint column = range->column; column < range->end_column; column++)
      tab_put (range->tab, row, column, cell, mask);
}

static gboolean update_cells (Step *step) {
  const Tree *start = tree_member (step->body, "start"), *area = tree_member (step->body, "range");
  Range range;
  PutMask mask;

  if (!get_cell_mask (step, &mask))
    return FALSE;
  if ((start != NULL) == (area != NULL))
    return invalid (step, "one of start and range must be given");
  if (area) {
    if (!read_grid_range (step, area, &range))
      return FALSE;
    put_everywhere (&range, &(Cell){ .kind = CELL_EMPTY }, mask);
    return put_rows (step, range.tab, range.row, range.column, range.end_row, range.end_column, mask);
  }
  Tab *tab = find_tab (step, start);
  if (!tab)
    return FALSE;
  guint row = get_number (start, "rowIndex", 0), column = get_number (start, "columnIndex", 0);
  if (row >= tab->rows)
    return invalid (step, "GridCoordinate.rowIndex[%u] is after last row in grid[%u]", row, tab->rows);
  if (column >= tab->columns)
    return invalid (step, "GridCoordinate.columnIndex[%u] is after last column in grid[%u]", column,
                    tab->columns);
  return put_rows (step, tab, row, column, tab->rows, tab->columns, mask);
}

static gboolean append_cells (Step *step) {
  const Tree *rows = tree_member (step->body, "rows");
  guint count = rows ? rows->length : 0;
  PutMask mask;

  if (!get_cell_mask (step, &mask))
    return FALSE;
  Tab *tab = find_tab (step, step->body);
  if (!tab)
    return FALSE;
  guint used = tab_count_used (tab);
  if (used + count > tab->rows) {
    if (!check_size (step, (guint64) (used + count - tab->rows) * tab->columns))
      return FALSE;
    tab->rows = used + count;
  }
  return put_rows (step, tab, used, 0, tab->rows, tab->columns, mask);
}

static gboolean repeat_cell (Step *step) {
  const Tree *data = tree_member (step->body, "cell");
  Range range;
  PutMask mask;
  Cell cell;

  if (!get_cell_mask (step, &mask) || !read_grid_range (step, tree_member (step->body, "range"), &range)
      || !read_cell (step, data, &cell))
    return FALSE;
  put_everywhere (&range, &cell, mask);
  return TRUE;
}

/* Tabs. */

static gboolean add_sheet (Step *step) {
  const Tree *properties = tree_member (step->body, "properties"),
             *grid = tree_member (properties, "gridProperties");
  guint rows = get_number (grid, "rowCount", 1000), columns = get_number (grid, "columnCount", 26);
  GPtrArray *tabs = step->spreadsheet->tabs;
  guint id = get_number (properties, "sheetId", 1000 + tabs->len);
  g_autofree char *numbered = g_strdup_printf ("Feuille %u", tabs->len + 1);
  const char *title = tree_get_text (properties, "title", numbered);

  if (spreadsheet_find_title (step->spreadsheet, title))
    return invalid (step, "A sheet with the name \"%s\" already exists. Please enter another name.", title);
  if (*title == '\0' || strlen (title) > 100)
    return invalid (step, "A sheet's name has 1 to 100 characters.");
  if (tree_member (properties, "sheetId") && spreadsheet_find_id (step->spreadsheet, id))
    return invalid (step, "Sheet id %u already exists", id);
  while (spreadsheet_find_id (step->spreadsheet, id))
    id++;
  if (rows < 1 || columns < 1 || rows > MAX_CELLS || columns > 18278)
    return invalid (step, "gridProperties: the size of the grid is not possible");
  if (!check_size (step, (guint64) rows * columns))
    return FALSE;
  Tab *tab = spreadsheet_add_tab (step->spreadsheet, id, title, rows, columns);
  guint last = tabs->len - 1, index = get_number (properties, "index", last);
  g_ptr_array_insert (tabs, MIN (index, last), g_ptr_array_steal_index (tabs, last));
  tab->frozen_rows = get_number (grid, "frozenRowCount", 0);
  tab->frozen_columns = get_number (grid, "frozenColumnCount", 0);
  tab->hidden = tree_get_boolean (properties, "hidden", FALSE);
  g_string_append (step->reply, "{\"addSheet\": {\"properties\": ");
  google_append_tab_properties (step->reply, step->spreadsheet, tab, -1);
  g_string_append (step->reply, "}}");
  return TRUE;
}

static gboolean rename_tab (Step *step, Tab *tab, const char *title) {
  Tab *other = spreadsheet_find_title (step->spreadsheet, title);

  if (*title == '\0' || strlen (title) > 100)
    return invalid (step, "A sheet's name has 1 to 100 characters.");
  if (other && other != tab)
    return invalid (step, "A sheet with the name \"%s\" already exists. Please enter another name.", title);
  g_free (tab->title);
  tab->title = g_strdup (title);
  return TRUE;
}

static gboolean resize_tab (Step *step, Tab *tab, guint rows, guint columns) {
  guint64 now = (guint64) tab->rows * tab->columns, then = (guint64) rows * columns;

  if (rows < 1 || columns < 1)
    return invalid (step, "gridProperties: a grid has at least one row and one column");
  if (then > now && !check_size (step, then - now))
    return FALSE;
  tab_resize (tab, rows, columns);
  return TRUE;
}

static gboolean update_sheet_properties (Step *step) {
  static const char *const known[] = { "*",
                                       "title",
                                       "hidden",
                                       "index",
                                       "gridProperties",
                                       "gridProperties.rowCount",
                                       "gridProperties.columnCount",
                                       "gridProperties.frozenRowCount",
                                       "gridProperties.frozenColumnCount",
                                       NULL };
  const Tree *properties = tree_member (step->body, "properties"),
             *grid = tree_member (properties, "gridProperties");
  g_autoptr (GPtrArray) mask = get_mask (step, known);
  Tab *tab = mask ? find_tab (step, properties) : NULL;

  if (!tab)
    return FALSE;
  guint rows =
      mask_has (mask, "gridProperties.rowCount") ? get_number (grid, "rowCount", tab->rows) : tab->rows;
  guint columns = mask_has (mask, "gridProperties.columnCount")
                      ? get_number (grid, "columnCount", tab->columns)
                      : tab->columns;
  if (!resize_tab (step, tab, rows, columns))
    return FALSE;
  if (mask_has (mask, "title") && !rename_tab (step, tab, tree_get_text (properties, "title", "")))
    return FALSE;
  if (mask_has (mask, "gridProperties.frozenRowCount"))
    tab->frozen_rows = get_number (grid, "frozenRowCount", 0);
  if (mask_has (mask, "gridProperties.frozenColumnCount"))
    tab->frozen_columns = get_number (grid, "frozenColumnCount", 0);
  if (mask_has (mask, "hidden"))
    tab->hidden = tree_get_boolean (properties, "hidden", FALSE);
  return tab->frozen_rows < tab->rows || invalid (step, "You can't freeze all the rows on the sheet.");
}

/* Rows and columns. */

static gboolean append_dimension (Step *step) {
  gboolean rows = g_str_equal (tree_get_text (step->body, "dimension", ""), "ROWS");
  gboolean columns = g_str_equal (tree_get_text (step->body, "dimension", ""), "COLUMNS");
  guint length = get_number (step->body, "length", 0);
  Tab *tab = find_tab (step, step->body);

  if (!tab)
    return FALSE;
  if (!rows && !columns)
    return invalid (step, "dimension must be given");
  if (length < 1 || length > MAX_CELLS)
    return invalid (step, "length must be greater than zero");
  return resize_tab (step, tab, tab->rows + (rows ? length : 0), tab->columns + (columns ? length : 0));
}

typedef struct {
  Tab *tab;
  gboolean rows;
  guint start, end, size; /* size: of the grid */
} Span;

static gboolean read_span (Step *step, Span *span) {
  const Tree *range = tree_member (step->body, "range");
  const char *dimension = tree_get_text (range, "dimension", NULL);

  span->tab = find_tab (step, range);
  if (!span->tab)
    return FALSE;
  if (!dimension)
    return invalid (step, "range.dimension must be given");
  span->rows = g_str_equal (dimension, "ROWS");
  span->size = span->rows ? span->tab->rows : span->tab->columns;
  span->start = get_number (range, "startIndex", 0);
  span->end = get_number (range, "endIndex", span->size);
  if (span->start >= span->end || span->end > MAX_CELLS)
    return invalid (step, "range.endIndex must be after range.startIndex");
  return TRUE;
}

static gboolean insert_dimension (Step *step) {
  Span span;

  if (!read_span (step, &span))
    return FALSE;
  if (span.start > span.size)
    return invalid (step, "range.startIndex[%u] is too large: the grid has %u", span.start, span.size);
  guint count = span.end - span.start;
  if (!check_size (step, (guint64) count * (span.rows ? span.tab->columns : span.tab->rows)))
    return FALSE;
  if (span.rows)
    tab_insert_rows (span.tab, span.start, count);
  else
    tab_insert_columns (span.tab, span.start, count);
  return TRUE;
}

static gboolean delete_dimension (Step *step) {
  Span span;

  if (!read_span (step, &span))
    return FALSE;
  const char *what = span.rows ? "rows" : "columns";
  if (span.start >= span.size)
    return invalid (
        step, "Cannot delete a %.*s that doesn't exist. Tried to delete index %u but there are only %u %s.",
        (int) strlen (what) - 1, what, span.start, span.size, what);
  guint end = MIN (span.end, span.size);
  if (end - span.start == span.size)
    return invalid (step, "You can't delete all the %s on the sheet.", what);
  if (span.rows)
    tab_delete_rows (span.tab, span.start, end);
  else
    tab_delete_columns (span.tab, span.start, end);
  return TRUE;
}

/* The whole. */

static const struct {
  const char *name;
  gboolean (*carry_out) (Step *step);
} kinds[] = {
  { "addSheet", add_sheet },
  { "updateSheetProperties", update_sheet_properties },
  { "appendDimension", append_dimension },
  { "insertDimension", insert_dimension },
  { "deleteDimension", delete_dimension },
  { "updateCells", update_cells },
  { "appendCells", append_cells },
  { "repeatCell", repeat_cell },
};

static gboolean carry_out (Spreadsheet *spreadsheet, const Tree *requests, GString *replies, Answer *answer) {
  Step step = { spreadsheet, NULL, NULL, 0, NULL, answer };

  for (const Tree *request = requests->child; request; request = request->next, step.index++) {
    g_autoptr (GString) reply = g_string_new (NULL);
    if (!request->child || request->child->next || request->child->kind != TREE_OBJECT) {
      google_error (answer, 400, "Invalid requests[%u]: exactly one kind of request must be set", step.index);
      return FALSE;
    }
    step.body = request->child;
    step.kind = request->child->name;
    step.reply = reply;
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      if (g_str_equal (kinds[i].name, step.kind) && !kinds[i].carry_out (&step))
        return FALSE;
    g_string_append_printf (replies, "%s    %s", step.index > 0 ? ",\n" : "",
                            reply->len > 0 ? reply->str : "{}");
  }
  return TRUE;
}

void batch_update (Spreadsheet *spreadsheet, const Request *request, Answer *answer) {
  g_autoptr (TreeDocument) document = schema_parse (BODY_BATCH_UPDATE, request, answer);
  g_autoptr (GString) replies = g_string_new (NULL);
  const Tree *requests = document ? tree_member (document->root, "requests") : NULL;

  if (!document)
    return;
  if (!requests || requests->length == 0) {
    google_error (answer, 400, "Must specify at least one request.");
    return;
  }
  Spreadsheet *shape = spreadsheet_copy_shape (spreadsheet);
  gboolean possible = carry_out (shape, requests, replies, answer);
  spreadsheet_free (shape);
  if (!possible)
    return;
  g_string_truncate (replies, 0);
  if (!carry_out (spreadsheet, requests, replies, answer))
    g_error ("batchUpdate was possible on the shape, and failed: %s", answer->body->str);
  answer_set (answer, 200, "{\n  \"spreadsheetId\": ");
  tree_append_text (answer->body, spreadsheet->id, -1);
  g_string_append_printf (answer->body, ",\n  \"replies\": [\n%s\n  ]\n}\n", replies->str);
}
