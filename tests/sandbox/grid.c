/* grid.c: spreadsheets, their tabs and typed cells, and A1 ranges.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "grid.h"
#include <string.h>

static const Cell empty_cell;

/* Number formats. */

typedef struct {
  char *type, *pattern;
} NumberFormat;

static GArray *number_formats (void) {
  static GArray *formats;

  if (!formats) {
    NumberFormat none = { NULL, NULL };
    formats = g_array_new (FALSE, FALSE, sizeof (NumberFormat));
    g_array_append_val (formats, none);
  }
  return formats;
}

guint16 number_format_get (const char *type, const char *pattern) {
  GArray *formats = number_formats ();

  if (!pattern)
    pattern = "";
  for (guint i = 1; i < formats->len; i++) {
    const NumberFormat *format = &g_array_index (formats, NumberFormat, i);
    if (g_str_equal (format->type, type) && g_str_equal (format->pattern, pattern))
      return i;
  }
  g_assert (formats->len < G_MAXUINT16);
  NumberFormat added = { g_strdup (type), g_strdup (pattern) };
  g_array_append_val (formats, added);
  return formats->len - 1;
}

const char *number_format_type (guint16 format) {
  return g_array_index (number_formats (), NumberFormat, format).type;
}

const char *number_format_pattern (guint16 format) {
  return g_array_index (number_formats (), NumberFormat, format).pattern;
}

/* Tabs. */

static void cell_clear_value (Cell *cell) {
  if (cell->kind == CELL_TEXT || cell->kind == CELL_FORMULA)
    g_free (cell->text);
  cell->kind = CELL_EMPTY;
  cell->text = NULL;
}

static void row_clear (Row *row) {
  for (guint i = 0; i < row->length; i++)
    cell_clear_value (&row->cells[i]);
  g_free (row->cells);
}

static Tab *tab_new (int id, const char *title, guint rows, guint columns, gboolean keeps_cells) {
  Tab *tab = g_new0 (Tab, 1);

  tab->id = id;
  tab->title = g_strdup (title);
  tab->rows = rows;
  tab->columns = columns;
  if (keeps_cells) {
    tab->data = g_array_new (FALSE, TRUE, sizeof (Row));
    g_array_set_clear_func (tab->data, (GDestroyNotify) row_clear);
  }
  return tab;
}

static void tab_free (Tab *tab) {
  g_clear_pointer (&tab->data, g_array_unref);
  g_free (tab->title);
  g_free (tab);
}

static Row *tab_row (const Tab *tab, guint row) {
  return tab->data && row < tab->data->len ? &g_array_index (tab->data, Row, row) : NULL;
}

const Cell *tab_get (const Tab *tab, guint row, guint column) {
  const Row *cells = tab_row (tab, row);

  return cells && column < cells->length ? &cells->cells[column] : &empty_cell;
}

/* Room is made for eight cells at a time. */
static void row_set_length (Row *row, guint length) {
  guint room = (row->length + 7) / 8 * 8, wanted = (length + 7) / 8 * 8;

  if (wanted > room)
    row->cells = g_renew (Cell, row->cells, wanted);
  memset (row->cells + row->length, 0, (length - row->length) * sizeof (Cell));
  row->length = length;
}

static Cell *tab_make (Tab *tab, guint row, guint column) {
  if (row >= tab->data->len)
    g_array_set_size (tab->data, row + 1);
  Row *cells = tab_row (tab, row);
  if (column >= cells->length)
    row_set_length (cells, column + 1);
  return &cells->cells[column];
}

void tab_put (Tab *tab, guint row, guint column, const Cell *value, PutMask mask) {
  g_assert (row < tab->rows && column < tab->columns);
  if (!tab->data) {
    if ((mask & PUT_VALUE) && value->kind != CELL_EMPTY)
      tab->used = MAX (tab->used, row + 1);
    return;
  }
  if (value->kind == CELL_EMPTY && value->format == 0 && tab_get (tab, row, column) == &empty_cell)
    return;
  Cell *cell = tab_make (tab, row, column);
  if (mask & PUT_FORMAT)
    cell->format = value->format;
  if (!(mask & PUT_VALUE))
    return;
  guint16 format = cell->format;
  cell_clear_value (cell);
  *cell = *value;
  cell->format = format;
  if (cell->kind == CELL_TEXT || cell->kind == CELL_FORMULA)
    cell->text = g_strdup (value->text);
}

gboolean tab_is_empty (const Tab *tab, guint row, guint first_column, guint end_column) {
  const Row *cells = tab_row (tab, row);

  for (guint i = first_column; cells && i < MIN (cells->length, end_column); i++)
    if (cells->cells[i].kind != CELL_EMPTY)
      return FALSE;
  return TRUE;
}

guint tab_count_used_in (const Tab *tab, guint first_column, guint end_column) {
  guint used = tab->data ? tab->data->len : tab->used;

  while (tab->data && used > 0 && tab_is_empty (tab, used - 1, first_column, end_column))
    used--;
  return used;
}

guint tab_count_used (const Tab *tab) {
  return tab_count_used_in (tab, 0, G_MAXUINT);
}

void tab_insert_rows (Tab *tab, guint at, guint count) {
  tab->rows += count;
  if (!tab->data) {
    if (at < tab->used)
      tab->used += count;
    return;
  }
  if (at >= tab->data->len)
    return;
  guint length = tab->data->len;
  g_array_set_size (tab->data, length + count);
  memmove (tab_row (tab, at + count), tab_row (tab, at), (length - at) * sizeof (Row));
  memset (tab_row (tab, at), 0, count * sizeof (Row));
}

void tab_insert_columns (Tab *tab, guint at, guint count) {
  tab->columns += count;
  for (guint i = 0; tab->data && i < tab->data->len; i++) {
    Row *row = tab_row (tab, i);
    if (at >= row->length)
      continue;
    guint length = row->length;
    row_set_length (row, length + count);
    memmove (row->cells + at + count, row->cells + at, (length - at) * sizeof (Cell));
    memset (row->cells + at, 0, count * sizeof (Cell));
  }
}

void tab_delete_rows (Tab *tab, guint start, guint end) {
  tab->rows -= end - start;
  if (!tab->data && start < tab->used)
    tab->used -= MIN (end, tab->used) - start;
  if (tab->data && start < tab->data->len)
    g_array_remove_range (tab->data, start, MIN (end, tab->data->len) - start);
}

void tab_delete_columns (Tab *tab, guint start, guint end) {
  tab->columns -= end - start;
  for (guint i = 0; tab->data && i < tab->data->len; i++) {
    Row *row = tab_row (tab, i);
    guint stop = MIN (end, row->length);
    if (start >= stop)
      continue;
    for (guint column = start; column < stop; column++)
      cell_clear_value (&row->cells[column]);
    memmove (row->cells + start, row->cells + stop, (row->length - stop) * sizeof (Cell));
    row->length -= stop - start;
  }
}

void tab_resize (Tab *tab, guint rows, guint columns) {
  if (rows < tab->rows)
    tab_delete_rows (tab, rows, tab->rows);
  if (columns < tab->columns)
    tab_delete_columns (tab, columns, tab->columns);
  tab->rows = rows;
  tab->columns = columns;
}

void tab_clear (Tab *tab) {
  g_array_set_size (tab->data, 0);
}

/* Spreadsheets. */

Spreadsheet *spreadsheet_new (const char *id) {
  Spreadsheet *spreadsheet = g_new0 (Spreadsheet, 1);

  spreadsheet->id = g_strdup (id);
  spreadsheet->title = g_strdup ("Comptabilité");
  spreadsheet->locale = g_strdup ("fr_FR");
  spreadsheet->zone = g_strdup ("Europe/Paris");
  spreadsheet->tabs = g_ptr_array_new_with_free_func ((GDestroyNotify) tab_free);
  return spreadsheet;
}

void spreadsheet_free (Spreadsheet *spreadsheet) {
  g_free (spreadsheet->id);
  g_free (spreadsheet->title);
  g_free (spreadsheet->locale);
  g_free (spreadsheet->zone);
  g_ptr_array_unref (spreadsheet->tabs);
  g_free (spreadsheet);
}

Tab *spreadsheet_add_tab (Spreadsheet *spreadsheet, int id, const char *title, guint rows, guint columns) {
  Tab *tab = tab_new (id, title, rows, columns, TRUE);

  g_ptr_array_add (spreadsheet->tabs, tab);
  return tab;
}

Tab *spreadsheet_find_id (Spreadsheet *spreadsheet, int id) {
  for (guint i = 0; i < spreadsheet->tabs->len; i++) {
    Tab *tab = g_ptr_array_index (spreadsheet->tabs, i);
    if (tab->id == id)
      return tab;
  }
  return NULL;
}

Tab *spreadsheet_find_title (Spreadsheet *spreadsheet, const char *title) {
  g_autofree char *wanted = g_utf8_casefold (title, -1);

  for (guint i = 0; i < spreadsheet->tabs->len; i++) {
    Tab *tab = g_ptr_array_index (spreadsheet->tabs, i);
    g_autofree char *folded = g_utf8_casefold (tab->title, -1);
    if (g_str_equal (folded, wanted))
      return tab;
  }
  return NULL;
}

Spreadsheet *spreadsheet_copy_shape (Spreadsheet *spreadsheet) {
  Spreadsheet *copy = spreadsheet_new (spreadsheet->id);

  for (guint i = 0; i < spreadsheet->tabs->len; i++) {
    const Tab *tab = g_ptr_array_index (spreadsheet->tabs, i);
    Tab *shape = tab_new (tab->id, tab->title, tab->rows, tab->columns, FALSE);
    shape->used = tab_count_used (tab);
    shape->hidden = tab->hidden;
    g_ptr_array_add (copy->tabs, shape);
  }
  return copy;
}

guint64 spreadsheet_count_cells (Spreadsheet *spreadsheet) {
  guint64 cells = 0;

  for (guint i = 0; i < spreadsheet->tabs->len; i++) {
    const Tab *tab = g_ptr_array_index (spreadsheet->tabs, i);
    cells += (guint64) tab->rows * tab->columns;
  }
  return cells;
}

/* Ranges. */

/* One end of a range: letters, digits or both; what is absent stays G_MAXUINT. */
static gboolean parse_corner (const char **text, guint *row, guint *column) {
  const char *at = *text;
  guint64 number = 0;

  *row = *column = G_MAXUINT;
  if (*at == '$')
    at++;
  for (; g_ascii_isalpha (*at) && number < 100000; at++)
    number = number * 26 + (g_ascii_toupper (*at) - 'A' + 1);
  if (number > 0)
    *column = number - 1;
  if (*at == '$')
    at++;
  for (number = 0; g_ascii_isdigit (*at) && number < G_MAXINT / 10; at++)
    number = number * 10 + (*at - '0');
  if (number > 0)
    *row = number - 1;
  if (at == *text || g_ascii_isalnum (*at) || (*row == G_MAXUINT && *column == G_MAXUINT))
    return FALSE;
  *text = at;
  return TRUE;
}

static gboolean parse_cells (const char *text, Range *range) {
  guint row, column, last_row, last_column;

  if (!parse_corner (&text, &row, &column))
    return FALSE;
  if (*text == '\0') {
    if (row == G_MAXUINT || column == G_MAXUINT)
      return FALSE;
    last_row = row;
    last_column = column;
  } else if (*text++ != ':' || !parse_corner (&text, &last_row, &last_column) || *text != '\0') {
    return FALSE;
  }
  range->row = row == G_MAXUINT ? 0 : row;
  range->column = column == G_MAXUINT ? 0 : column;
  range->end_row = last_row == G_MAXUINT ? G_MAXUINT : last_row + 1;
  range->end_column = last_column == G_MAXUINT ? G_MAXUINT : last_column + 1;
  return range->end_row > range->row && range->end_column > range->column;
}

/* The tab's name before "!"; *rest is after it, or NULL when the whole text is a name. (transfer full), or NULL. */
static char *parse_tab_name (const char *text, const char **rest) {
  GString *name = g_string_new (NULL);

  if (*text == '\'') {
    for (text++; *text && (*text != '\'' || text[1] == '\''); text++) {
      if (*text == '\'')
        text++;
      g_string_append_c (name, *text);
    }
    if (*text == '\'')
      text++;
  } else {
    const char *bang = strrchr (text, '!');
    g_string_append_len (name, text, bang ? bang - text : (gssize) strlen (text));
    text += name->len;
  }
  *rest = *text == '!' ? text + 1 : NULL;
  return g_string_free (name, *text != '!' && *text != '\0');
}

gboolean range_parse (Spreadsheet *spreadsheet, const char *text, Range *range) {
  const char *rest = NULL;
  g_autofree char *name = parse_tab_name (text, &rest);

  *range = (Range){ NULL, 0, 0, G_MAXUINT, G_MAXUINT };
  if (!name)
    return FALSE;
  range->tab = spreadsheet_find_title (spreadsheet, name);
  if (range->tab)
    return !rest || parse_cells (rest, range);
  range->tab = g_ptr_array_index (spreadsheet->tabs, 0);
  return !rest && *text != '\'' && parse_cells (text, range);
}

gboolean range_begins_inside (const Range *range) {
  return range->row < range->tab->rows && range->column < range->tab->columns;
}

gboolean range_is_one_cell (const Range *range) {
  return range->end_row == range->row + 1 && range->end_column == range->column + 1;
}

void range_clip (Range *range) {
  range->end_row = MIN (range->end_row, range->tab->rows);
  range->end_column = MIN (range->end_column, range->tab->columns);
}

char *column_name (guint column) {
  GString *name = g_string_new (NULL);

  for (guint rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    g_string_prepend_c (name, 'A' + (rest - 1) % 26);
  return g_string_free (name, FALSE);
}

static void append_title (GString *out, const char *title) {
  gboolean plain = !g_ascii_isdigit (*title);

  for (const char *at = title; *at; at++)
    plain = plain && (g_ascii_isalnum (*at) || *at == '_');
  if (plain) {
    g_string_append (out, title);
    return;
  }
  g_string_append_c (out, '\'');
  for (const char *at = title; *at; at++) {
    if (*at == '\'')
      g_string_append_c (out, '\'');
    g_string_append_c (out, *at);
  }
  g_string_append_c (out, '\'');
}

static void append_corner (GString *out, guint row, guint column) {
  g_autofree char *name = column != G_MAXUINT ? column_name (column) : g_strdup ("");

  g_string_append (out, name);
  if (row != G_MAXUINT)
    g_string_append_printf (out, "%u", row + 1);
}

char *range_to_text (const Range *range) {
  GString *out = g_string_new (NULL);
  gboolean whole_columns = range->row == 0 && range->end_row == G_MAXUINT && range->end_column != G_MAXUINT;

  append_title (out, range->tab->title);
  if (range->row == 0 && range->column == 0 && range->end_row == G_MAXUINT && range->end_column == G_MAXUINT)
    return g_string_free (out, FALSE);
  g_string_append_c (out, '!');
  append_corner (out, whole_columns ? G_MAXUINT : range->row, range->column);
  if (!range_is_one_cell (range)) {
    g_string_append_c (out, ':');
    append_corner (out, range->end_row == G_MAXUINT ? G_MAXUINT : range->end_row - 1,
                   range->end_column == G_MAXUINT ? G_MAXUINT : range->end_column - 1);
  }
  return g_string_free (out, FALSE);
}
