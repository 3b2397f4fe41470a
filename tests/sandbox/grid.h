/* grid.h: spreadsheets, their tabs and typed cells, and A1 ranges.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>

typedef enum { CELL_EMPTY, CELL_NUMBER, CELL_TEXT, CELL_BOOLEAN, CELL_FORMULA } CellKind;

typedef struct {
  union {
    double number;
    char *text; /* (owned in a tab) CELL_TEXT, CELL_FORMULA */
    gboolean boolean;
  };
  guint8 kind;
  guint16 format; /* 0: none; see number_format_get() */
} Cell;

typedef struct {
  Cell *cells;
  guint length;
} Row;

typedef struct {
  int id;
  char *title;
  gboolean hidden;
  guint rows, columns, frozen_rows, frozen_columns;
  GArray *data; /* (owned) (nullable) of Row; NULL: only the shape is tried, no cell is kept */
  guint used;   /* without data: the rows that would hold something */
} Tab;

typedef struct {
  char *id, *title, *locale, *zone;
  GPtrArray *tabs; /* (owned) of Tab */
} Spreadsheet;

/* A number format as a number: the same type and pattern always give the same. */
guint16 number_format_get (const char *type, const char *pattern);
const char *number_format_type (guint16 format); /* "DATE"; NULL for 0 */
const char *number_format_pattern (guint16 format);

Spreadsheet *spreadsheet_new (const char *id);
void spreadsheet_free (Spreadsheet *spreadsheet);
Tab *spreadsheet_add_tab (Spreadsheet *spreadsheet, int id, const char *title, guint rows, guint columns);
Tab *spreadsheet_find_id (Spreadsheet *spreadsheet, int id);
/* A title is compared without regard to case. */
Tab *spreadsheet_find_title (Spreadsheet *spreadsheet, const char *title);
/* A copy without cells, on which requests can be tried. (transfer full) */
Spreadsheet *spreadsheet_copy_shape (Spreadsheet *spreadsheet);
guint64 spreadsheet_count_cells (Spreadsheet *spreadsheet);

/* Never NULL; a cell outside of what is kept is empty. */
const Cell *tab_get (const Tab *tab, guint row, guint column);

typedef enum { PUT_VALUE = 1, PUT_FORMAT = 2, PUT_ALL = 3 } PutMask;
/* Copies value, format or both of @cell. The place must be inside of the grid. */
void tab_put (Tab *tab, guint row, guint column, const Cell *cell, PutMask mask);
/* The number of rows up to the last one that holds a value. */
guint tab_count_used (const Tab *tab);
guint tab_count_used_in (const Tab *tab, guint first_column, guint end_column);
gboolean tab_is_empty (const Tab *tab, guint row, guint first_column, guint end_column);
void tab_insert_rows (Tab *tab, guint at, guint count);
void tab_insert_columns (Tab *tab, guint at, guint count);
void tab_delete_rows (Tab *tab, guint start, guint end);
void tab_delete_columns (Tab *tab, guint start, guint end);
void tab_resize (Tab *tab, guint rows, guint columns);
void tab_clear (Tab *tab);

/* A rectangle; ends are exclusive, and G_MAXUINT where the range is open. */
typedef struct {
  Tab *tab;
  guint row, column, end_row, end_column;
} Range;

/* Reads A1, A1:B2, A:C, 2:5, A2:A, each alone or after Tab! or 'It''s a tab'!; or a tab's name alone. */
gboolean range_parse (Spreadsheet *spreadsheet, const char *text, Range *range);
/* Whether it begins inside of the grid. */
gboolean range_begins_inside (const Range *range);
gboolean range_is_one_cell (const Range *range);
/* Cuts @range down to the grid. */
void range_clip (Range *range);
/* 'Tab'!A1:C3. (transfer full) */
char *range_to_text (const Range *range);
/* AB for 27. (transfer full) */
char *column_name (guint column);
