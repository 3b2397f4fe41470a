/* google-values.c: spreadsheets.values: ranges are read, written, appended to and cleared.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CELL_TEXT 50000

/* Showing cells. */

typedef struct {
  gboolean formatted, formula;
  gboolean dates_as_text;
  gboolean columns; /* majorDimension */
  gboolean compact;
} Rendering;

static gboolean get_choice (GPtrArray *parameters, const char *name, const char *const *words,
                            const char **out, Answer *answer) {
  const char *value = parameters_get (parameters, name);

  *out = value ? value : words[0];
  if (g_strv_contains (words, *out))
    return TRUE;
  google_error (answer, 400, "Invalid value at '%s', \"%s\"", name, value);
  return FALSE;
}

static gboolean parse_rendering (GPtrArray *parameters, gboolean of_response, Rendering *rendering,
                                 Answer *answer) {
  static const char *const renders[] = { "FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA", NULL };
  static const char *const dates[] = { "SERIAL_NUMBER", "FORMATTED_STRING", NULL };
  static const char *const dimensions[] = { "ROWS", "COLUMNS", NULL };
  const char *render, *date, *dimension;

  if (!get_choice (parameters, of_response ? "responseValueRenderOption" : "valueRenderOption", renders,
                   &render, answer)
      || !get_choice (parameters, of_response ? "responseDateTimeRenderOption" : "dateTimeRenderOption",
                      dates, &date, answer)
      || !get_choice (parameters, "majorDimension", dimensions, &dimension, answer))
    return FALSE;
  rendering->formatted = g_str_equal (render, "FORMATTED_VALUE");
  rendering->formula = g_str_equal (render, "FORMULA");
  rendering->dates_as_text = rendering->formatted || g_str_equal (date, "FORMATTED_STRING");
  rendering->columns = g_str_equal (dimension, "COLUMNS");
  rendering->compact = g_strcmp0 (parameters_get (parameters, "prettyPrint"), "false") == 0;
  return TRUE;
}

static gboolean is_date_format (guint16 format) {
  const char *type = number_format_type (format);

  return type && (g_str_has_prefix (type, "DATE") || g_str_equal (type, "TIME"));
}

static void append_date_part (GString *out, char letter, guint width, GDate *day, guint second) {
  switch (letter) {
  case 'd': g_string_append_printf (out, "%0*u", MIN (width, 2), g_date_get_day (day)); break;
  case 'y':
    g_string_append_printf (out, "%0*u", width, g_date_get_year (day) % (width < 3 ? 100 : 10000));
    break;
  case 'M': g_string_append_printf (out, "%0*u", MIN (width, 2), g_date_get_month (day)); break;
  case 'h': g_string_append_printf (out, "%0*u", width, second / 3600); break;
  case 'm': g_string_append_printf (out, "%0*u", width, second / 60 % 60); break;
  default: g_string_append_printf (out, "%0*u", width, second % 60); break;
  }
}

/* A serial number by a pattern such as dd/mm/yyyy hh:mm; m beside h or s is minutes. */
static void append_date (GString *out, double serial, guint16 format) {
  const char *type = number_format_type (format), *pattern = number_format_pattern (format);
  double days = floor (serial);
  guint second = (guint) ((serial - days) * 86400 + 0.5);
  gboolean minutes = FALSE;
  GDate day;

  g_date_clear (&day, 1);
  g_date_set_dmy (&day, 30, 12, 1899);
  g_date_add_days (&day, (guint) CLAMP (days, 0, 1000000));
  if (*pattern == '\0')
    pattern = g_str_equal (type, "DATE")   ? "dd/mm/yyyy"
              : g_str_equal (type, "TIME") ? "hh:mm:ss"
                                           : "dd/mm/yyyy hh:mm:ss";
  while (*pattern) {
    char letter = g_ascii_tolower (*pattern);
    guint width = strspn (pattern, (char[]){ *pattern, '\0' });
    if (!strchr ("dmyhs", letter)) {
      g_string_append_len (out, pattern, width);
    } else {
      const char *after = pattern + width + strcspn (pattern + width, "dDmMyYhHsS");
      gboolean minute = letter == 'm' && (minutes || g_ascii_tolower (*after) == 's');
      append_date_part (out, letter == 'm' && !minute ? 'M' : letter, width, &day, second);
      minutes = letter == 'h';
    }
    pattern += width;
  }
}

static void append_formatted_number (GString *out, Spreadsheet *spreadsheet, const Cell *cell) {
  const char *pattern = cell->format ? number_format_pattern (cell->format) : "";
  const char *point = strchr (pattern, '.');
  gsize from = out->len;

  if (is_date_format (cell->format)) {
    append_date (out, cell->number, cell->format);
    return;
  }
  if (point)
    g_string_append_printf (out, "%.*f", (int) strspn (point + 1, "0"), cell->number);
  else
    tree_append_number (out, cell->number);
  if (g_str_has_prefix (spreadsheet->locale, "fr"))
    for (char *at = out->str + from; *at; at++)
      if (*at == '.')
        *at = ',';
}

static void append_cell (GString *out, Spreadsheet *spreadsheet, const Cell *cell,
                         const Rendering *rendering) {
  gboolean french = g_str_has_prefix (spreadsheet->locale, "fr");
  gboolean as_text =
      is_date_format (cell->format) ? rendering->dates_as_text && !rendering->formula : rendering->formatted;

  switch ((CellKind) cell->kind) {
  case CELL_EMPTY: g_string_append (out, "\"\""); break;
  case CELL_TEXT: tree_append_text (out, cell->text, -1); break;
  case CELL_FORMULA: tree_append_text (out, rendering->formula ? cell->text : "#N/A", -1); break;
  case CELL_BOOLEAN:
    if (rendering->formatted)
      g_string_append (out, cell->boolean ? (french ? "\"VRAI\"" : "\"TRUE\"")
                                          : (french ? "\"FAUX\"" : "\"FALSE\""));
    else
      g_string_append (out, cell->boolean ? "true" : "false");
    break;
  case CELL_NUMBER:
    if (as_text)
      g_string_append_c (out, '"');
    if (as_text)
      append_formatted_number (out, spreadsheet, cell);
    else
      tree_append_number (out, cell->number);
    if (as_text)
      g_string_append_c (out, '"');
    break;
  }
}

static const Cell *get_cell (const Range *range, gboolean columns, guint major, guint minor) {
  return columns ? tab_get (range->tab, range->row + minor, range->column + major)
                 : tab_get (range->tab, range->row + major, range->column + minor);
}

static gboolean line_is_empty (const Range *range, gboolean columns, guint major, guint minors) {
  for (guint minor = 0; minor < minors; minor++)
    if (get_cell (range, columns, major, minor)->kind != CELL_EMPTY)
      return FALSE;
  return TRUE;
}

static void append_line (GString *out, Spreadsheet *spreadsheet, const Range *range, guint major,
                         guint minors, const Rendering *rendering) {
  while (minors > 0 && get_cell (range, rendering->columns, major, minors - 1)->kind == CELL_EMPTY)
    minors--;
  g_string_append_c (out, '[');
  for (guint minor = 0; minor < minors; minor++) {
    if (minor > 0)
      g_string_append_c (out, ',');
    if (!rendering->compact)
      g_string_append (out, "\n      ");
    append_cell (out, spreadsheet, get_cell (range, rendering->columns, major, minor), rendering);
  }
  g_string_append (out, minors > 0 && !rendering->compact ? "\n    ]" : "]");
}

/* A ValueRange; @range is clipped. */
static void append_values (GString *out, Spreadsheet *spreadsheet, const Range *range,
                           const Rendering *rendering) {
  g_autofree char *text = range_to_text (range);
  guint rows = range->end_row - range->row, columns = range->end_column - range->column;
  guint used = tab_count_used_in (range->tab, range->column, range->end_column);
  guint majors = rendering->columns ? columns : MIN (rows, used > range->row ? used - range->row : 0);
  guint minors = rendering->columns ? MIN (rows, used > range->row ? used - range->row : 0) : columns;

  g_string_append (out, "{\n  \"range\": ");
  tree_append_text (out, text, -1);
  g_string_append_printf (out, ",\n  \"majorDimension\": \"%s\"", rendering->columns ? "COLUMNS" : "ROWS");
  while (majors > 0 && line_is_empty (range, rendering->columns, majors - 1, minors))
    majors--;
  if (majors > 0)
    g_string_append (out, ",\n  \"values\": [");
  for (guint major = 0; major < majors; major++) {
    g_string_append (out, major > 0 ? "," : "");
    g_string_append (out, rendering->compact ? "" : "\n    ");
    append_line (out, spreadsheet, range, major, minors, rendering);
  }
  g_string_append (out, majors > 0 ? "\n  ]\n}" : "\n}");
}

/* Ranges. */

static gboolean exceeds_grid (const Range *range, Answer *answer) {
  g_autofree char *text = range_to_text (range);

  google_error (answer, 400, "Range (%s) exceeds grid limits. Max rows: %u, max columns: %u", text,
                range->tab->rows, range->tab->columns);
  return FALSE;
}

/* A range to read or clear, clipped. */
static gboolean parse_range (Spreadsheet *spreadsheet, const char *text, Range *range, Answer *answer) {
  if (!range_parse (spreadsheet, text, range)) {
    google_error (answer, 400, "Unable to parse range: %s", text);
    return FALSE;
  }
  if (!range_begins_inside (range))
    return exceeds_grid (range, answer);
  range_clip (range);
  return TRUE;
}

void values_get (Spreadsheet *spreadsheet, const char *text, GPtrArray *parameters, Answer *answer) {
  Rendering rendering = { 0 };
  Range range;

  if (!parse_rendering (parameters, FALSE, &rendering, answer)
      || !parse_range (spreadsheet, text, &range, answer))
    return;
  answer_set (answer, 200, "");
  append_values (answer->body, spreadsheet, &range, &rendering);
  g_string_append_c (answer->body, '\n');
}

void values_batch_get (Spreadsheet *spreadsheet, GPtrArray *parameters, Answer *answer) {
  Rendering rendering = { 0 };
  g_autoptr (GString) out = g_string_new ("{\n\"spreadsheetId\": ");
  gboolean first = TRUE;
  Range range;

  if (!parse_rendering (parameters, FALSE, &rendering, answer))
    return;
  tree_append_text (out, spreadsheet->id, -1);
  g_string_append (out, ",\n\"valueRanges\": [\n");
  for (guint i = 0; i < parameters->len; i++) {
    const Parameter *parameter = g_ptr_array_index (parameters, i);
    if (!g_str_equal (parameter->name, "ranges"))
      continue;
    if (!parse_range (spreadsheet, parameter->value, &range, answer))
      return;
    g_string_append (out, first ? "" : ",\n");
    append_values (out, spreadsheet, &range, &rendering);
    first = FALSE;
  }
  g_string_append (out, "\n]\n}\n");
  answer_set (answer, 200, out->str);
}

/* Writing. */

typedef struct {
  Range range;
  const Tree *values; /* (nullable) an array of arrays */
  gboolean columns;
  gboolean user_entered;
  guint rows, width; /* what is written, by the longest line */
  guint cells;       /* how many were set */
} Write;

/* A text as if typed in a sheet of this locale; @cell borrows it. */
static void read_typed (Spreadsheet *spreadsheet, const char *text, Cell *cell) {
  gboolean french = g_str_has_prefix (spreadsheet->locale, "fr");
  guint day, month, year;
  int length = -1;

  cell->kind = CELL_TEXT;
  cell->text = (char *) text + (*text == '\'');
  if (*text == '=' && text[1] != '\0') {
    cell->kind = CELL_FORMULA;
  } else if (g_regex_match_simple (french ? "^[-+]?\\d+(,\\d+)?$" : "^[-+]?\\d+(\\.\\d+)?$", text, 0, 0)) {
    g_autofree char *number = g_strdelimit (g_strdup (text), ",", '.');
    cell->kind = CELL_NUMBER;
    cell->number = strtod (number, NULL);
  } else if (sscanf (text, "%2u/%2u/%4u%n", &day, &month, &year, &length) == 3
             && (gsize) length == strlen (text) && g_date_valid_dmy (day, month, year) && french) {
    GDate typed, zero;
    g_date_clear (&typed, 1);
    g_date_clear (&zero, 1);
    g_date_set_dmy (&typed, day, month, year);
    g_date_set_dmy (&zero, 30, 12, 1899);
    cell->kind = CELL_NUMBER;
    cell->number = g_date_days_between (&zero, &typed);
    cell->format = number_format_get ("DATE", "");
  } else if (g_ascii_strcasecmp (text, "TRUE") == 0
             || g_ascii_strcasecmp (text, french ? "VRAI" : "TRUE") == 0) {
    cell->kind = CELL_BOOLEAN;
    cell->boolean = TRUE;
  } else if (g_ascii_strcasecmp (text, "FALSE") == 0
             || g_ascii_strcasecmp (text, french ? "FAUX" : "FALSE") == 0) {
    cell->kind = CELL_BOOLEAN;
    cell->boolean = FALSE;
  }
}

/* What to put for a value; FALSE: null leaves the cell alone. */
static gboolean read_value (Spreadsheet *spreadsheet, const Tree *value, gboolean user_entered, Cell *cell) {
  *cell = (Cell){ .kind = CELL_EMPTY };
  switch (value->kind) {
  case TREE_TRUE:
  case TREE_FALSE:
    cell->kind = CELL_BOOLEAN;
    cell->boolean = value->kind == TREE_TRUE;
    break;
  case TREE_NUMBER:
    cell->kind = CELL_NUMBER;
    cell->number = tree_number (value);
    break;
  case TREE_STRING:
    if (user_entered && value->length > 0) {
      read_typed (spreadsheet, value->text, cell);
    } else if (value->length > 0) {
      cell->kind = CELL_TEXT;
      cell->text = (char *) value->text;
    }
    break;
  default: return FALSE;
  }
  return TRUE;
}

static gboolean check_value (const Tree *value, guint line, guint at, Answer *answer) {
  const char *kind = value->kind == TREE_ARRAY ? "list_value" : "struct_value";

  if (value->kind == TREE_ARRAY || value->kind == TREE_OBJECT)
    google_error (answer, 400, "Invalid values[%u][%u]: %s {}", line, at, kind);
  else if (value->kind == TREE_STRING && value->length > MAX_CELL_TEXT
           && g_utf8_strlen (value->text, -1) > MAX_CELL_TEXT)
    google_error (answer, 400, "Your input contains more than the maximum of %d characters in a single cell.",
                  MAX_CELL_TEXT);
  else if (value->kind == TREE_NUMBER && !isfinite (tree_number (value)))
    google_error (answer, 400, "Invalid values[%u][%u]: number out of range", line, at);
  else
    return TRUE;
  return FALSE;
}

/* Measures and checks the values alone. */
static gboolean check_values (Write *write, Answer *answer) {
  guint line = 0, longest = 0;

  for (const Tree *values = write->values ? write->values->child : NULL; values;
       values = values->next, line++) {
    guint at = 0;
    for (const Tree *value = values->child; value; value = value->next, at++)
      if (!check_value (value, line, at, answer))
        return FALSE;
    longest = MAX (longest, at);
  }
  write->rows = write->columns ? longest : line;
  write->width = write->columns ? line : longest;
  return TRUE;
}

/* Whether the values fit into their range and the grid. */
static gboolean check_place (const Write *write, Answer *answer) {
  Range range = write->range, reach = write->range;
  g_autofree char *text = range_to_text (&range);

  reach.end_row = reach.row + MAX (write->rows, 1);
  reach.end_column = reach.column + MAX (write->width, 1);
  if (!range_is_one_cell (&range)) {
    if (reach.end_row > range.end_row) {
      google_error (answer, 400, "Requested writing within range [%s], but tried writing to row [%u]", text,
                    range.end_row + 1);
      return FALSE;
    }
    if (reach.end_column > range.end_column) {
      g_autofree char *column = column_name (range.end_column);
      google_error (answer, 400, "Requested writing within range [%s], but tried writing to column [%s]",
                    text, column);
      return FALSE;
    }
  }
  if (reach.end_row > range.tab->rows || reach.end_column > range.tab->columns
      || (range.end_row != G_MAXUINT && range.end_row > range.tab->rows)
      || (range.end_column != G_MAXUINT && range.end_column > range.tab->columns))
    return exceeds_grid (&range, answer);
  return TRUE;
}

static gboolean write_init (Write *write, Spreadsheet *spreadsheet, const char *range, const Tree *body,
                            gboolean user_entered, Answer *answer) {
  const char *own = tree_get_text (body, "range", NULL);

  *write = (Write){ .user_entered = user_entered };
  write->values = tree_member (body, "values");
  write->columns = g_str_equal (tree_get_text (body, "majorDimension", "ROWS"), "COLUMNS");
  if (!range)
    range = own ? own : "";
  if (!range_parse (spreadsheet, range, &write->range)) {
    google_error (answer, 400, "Unable to parse range: %s", range);
    return FALSE;
  }
  return check_values (write, answer);
}

static void write_apply (Write *write, Spreadsheet *spreadsheet) {
  guint line = 0;
  Cell cell;

  for (const Tree *values = write->values ? write->values->child : NULL; values;
       values = values->next, line++) {
    guint at = 0;
    for (const Tree *value = values->child; value; value = value->next, at++) {
      if (!read_value (spreadsheet, value, write->user_entered, &cell))
        continue;
      tab_put (write->range.tab, write->range.row + (write->columns ? at : line),
               write->range.column + (write->columns ? line : at), &cell, cell.format ? PUT_ALL : PUT_VALUE);
      write->cells++;
    }
  }
}

/* An UpdateValuesResponse. */
static void append_written (GString *out, Spreadsheet *spreadsheet, const Write *write,
                            const Rendering *rendering) {
  Range written = write->range;
  written.end_row = written.row + MAX (write->rows, 1);
  written.end_column = written.column + MAX (write->width, 1);
  g_autofree char *text = range_to_text (&written);

  g_string_append (out, "{\n  \"spreadsheetId\": ");
  tree_append_text (out, spreadsheet->id, -1);
  g_string_append (out, ",\n  \"updatedRange\": ");
  tree_append_text (out, text, -1);
  if (write->cells > 0)
    g_string_append_printf (out,
                            ",\n  \"updatedRows\": %u,\n  \"updatedColumns\": %u,\n  \"updatedCells\": %u",
                            write->rows, write->width, write->cells);
  if (rendering) {
    g_string_append (out, ",\n  \"updatedData\": ");
    append_values (out, spreadsheet, &written, rendering);
  }
  g_string_append (out, "\n}");
}

static gboolean parse_input_option (const char *value, gboolean *user_entered, Answer *answer) {
  *user_entered = g_strcmp0 (value, "USER_ENTERED") == 0;
  if (*user_entered || g_strcmp0 (value, "RAW") == 0)
    return TRUE;
  if (value)
    google_error (answer, 400, "Invalid value at 'value_input_option', \"%s\"", value);
  else
    google_error (answer, 400, "'valueInputOption' is required but not specified");
  return FALSE;
}

/* Reads the options and body that update and append share. (transfer full), or NULL and @answer. */
static TreeDocument *parse_write (Spreadsheet *spreadsheet, const char *range, GPtrArray *parameters,
                                  const Request *request, Write *write, Rendering *rendering,
                                  Answer *answer) {
  gboolean user_entered;

  if (!parse_input_option (parameters_get (parameters, "valueInputOption"), &user_entered, answer)
      || !parse_rendering (parameters, TRUE, rendering, answer))
    return NULL;
  g_autoptr (TreeDocument) document = schema_parse (BODY_VALUE_RANGE, request, answer);
  if (!document || !write_init (write, spreadsheet, range, document->root, user_entered, answer))
    return NULL;
  const char *own = tree_get_text (document->root, "range", NULL);
  if (own && !g_str_equal (own, range)) {
    google_error (answer, 400, "Requested writing within range [%s], but the body's range is [%s]", range,
                  own);
    return NULL;
  }
  return g_steal_pointer (&document);
}

static gboolean wants_values (GPtrArray *parameters) {
  return g_strcmp0 (parameters_get (parameters, "includeValuesInResponse"), "true") == 0;
}

void values_update (Spreadsheet *spreadsheet, const char *range, GPtrArray *parameters,
                    const Request *request, Answer *answer) {
  Rendering rendering = { 0 };
  Write write;
  g_autoptr (TreeDocument) document =
      parse_write (spreadsheet, range, parameters, request, &write, &rendering, answer);

  if (!document || !check_place (&write, answer))
    return;
  write_apply (&write, spreadsheet);
  answer_set (answer, 200, "");
  append_written (answer->body, spreadsheet, &write, wants_values (parameters) ? &rendering : NULL);
  g_string_append_c (answer->body, '\n');
}

/* Grows @table, one cell that holds something, to all cells that touch it. */
static void grow_table (Range *table) {
  const Tab *tab = table->tab;
  gboolean grown = TRUE;

  while (grown) {
    guint left = table->column > 0 ? table->column - 1 : 0, right = MIN (table->end_column + 1, tab->columns);
    grown = FALSE;
    while (table->row > 0 && !tab_is_empty (tab, table->row - 1, left, right))
      table->row--, grown = TRUE;
    while (table->end_row < tab->rows && !tab_is_empty (tab, table->end_row, left, right))
      table->end_row++, grown = TRUE;
    for (guint row = table->row; row < table->end_row; row++) {
      if (left < table->column && !tab_is_empty (tab, row, left, table->column))
        table->column = left, grown = TRUE;
      if (right > table->end_column && !tab_is_empty (tab, row, table->end_column, right))
        table->end_column = right, grown = TRUE;
    }
  }
}

/* The last table in @range, or FALSE when nothing is there. */
static gboolean find_table (const Range *range, Range *table) {
  Range inside = *range;

  range_clip (&inside);
  guint row = MIN (tab_count_used_in (range->tab, inside.column, inside.end_column), inside.end_row);
  while (row > inside.row && tab_is_empty (range->tab, row - 1, inside.column, inside.end_column))
    row--;
  if (row <= inside.row)
    return FALSE;
  guint column = inside.column;
  while (tab_get (range->tab, row - 1, column)->kind == CELL_EMPTY)
    column++;
  *table = (Range){ range->tab, row - 1, column, row, column + 1 };
  while (tab_get (range->tab, row - 1, table->end_column)->kind != CELL_EMPTY)
    table->end_column++;
  grow_table (table);
  return TRUE;
}

void values_append (Spreadsheet *spreadsheet, const char *range, GPtrArray *parameters,
                    const Request *request, Answer *answer) {
  static const char *const options[] = { "OVERWRITE", "INSERT_ROWS", NULL };
  Rendering rendering = { 0 };
  const char *option;
  Write write;
  Range table;

  if (!get_choice (parameters, "insertDataOption", options, &option, answer))
    return;
  g_autoptr (TreeDocument) document =
      parse_write (spreadsheet, range, parameters, request, &write, &rendering, answer);
  if (!document)
    return;
  Tab *tab = write.range.tab;
  if (!range_begins_inside (&write.range)) {
    exceeds_grid (&write.range, answer);
    return;
  }
  gboolean found = find_table (&write.range, &table);
  guint row = found ? table.end_row : write.range.row, column = found ? table.column : write.range.column;
  write.range = (Range){ tab, row, column, row + 1, column + 1 };
  if (column + write.width > tab->columns) {
    write.range.column = tab->columns;
    write.range.end_column = tab->columns + 1;
    exceeds_grid (&write.range, answer);
    return;
  }
  if (g_str_equal (option, "INSERT_ROWS") && row < tab->rows)
    tab_insert_rows (tab, row, write.rows);
  tab->rows = MAX (tab->rows, row + write.rows);
  write_apply (&write, spreadsheet);
  answer_set (answer, 200, "{\n\"spreadsheetId\": ");
  tree_append_text (answer->body, spreadsheet->id, -1);
  if (found) {
    g_autofree char *text = range_to_text (&table);
    g_string_append (answer->body, ",\n\"tableRange\": ");
    tree_append_text (answer->body, text, -1);
  }
  g_string_append (answer->body, ",\n\"updates\": ");
  append_written (answer->body, spreadsheet, &write, wants_values (parameters) ? &rendering : NULL);
  g_string_append (answer->body, "\n}\n");
}

/* The body's options as if they were a query's. */
static GPtrArray *options_of_body (const Tree *body) {
  static const char *const names[] = { "responseValueRenderOption", "responseDateTimeRenderOption" };
  g_autoptr (GString) query = g_string_new ("x=");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (tree_get_text (body, names[i], NULL))
      g_string_append_printf (query, "&%s=%s", names[i], tree_get_text (body, names[i], NULL));
  return parameters_parse (query->str, -1);
}

static void answer_batch (Spreadsheet *spreadsheet, GArray *writes, const Rendering *rendering,
                          Answer *answer) {
  g_autoptr (GHashTable) tabs = g_hash_table_new (NULL, NULL);
  guint rows = 0, columns = 0, cells = 0;

  for (guint i = 0; i < writes->len; i++) {
    const Write *write = &g_array_index (writes, Write, i);
    rows += write->rows;
    columns += write->width;
    cells += write->cells;
    g_hash_table_add (tabs, write->range.tab);
  }
  answer_set (answer, 200, "{\n\"spreadsheetId\": ");
  tree_append_text (answer->body, spreadsheet->id, -1);
  g_string_append_printf (
      answer->body,
      ",\n\"totalUpdatedRows\": %u,\n\"totalUpdatedColumns\": %u,\n\"totalUpdatedCells\": %u,\n"
      "\"totalUpdatedSheets\": %u,\n\"responses\": [\n",
      rows, columns, cells, g_hash_table_size (tabs));
  for (guint i = 0; i < writes->len; i++) {
    g_string_append (answer->body, i > 0 ? ",\n" : "");
    append_written (answer->body, spreadsheet, &g_array_index (writes, Write, i), rendering);
  }
  g_string_append (answer->body, "\n]\n}\n");
}

void values_batch_update (Spreadsheet *spreadsheet, const Request *request, Answer *answer) {
  g_autoptr (TreeDocument) document = schema_parse (BODY_BATCH_VALUES, request, answer);
  g_autoptr (GArray) writes = g_array_new (FALSE, FALSE, sizeof (Write));
  Rendering rendering = { 0 };
  gboolean user_entered;

  if (!document
      || !parse_input_option (tree_get_text (document->root, "valueInputOption", NULL), &user_entered,
                              answer))
    return;
  g_autoptr (GPtrArray) options = options_of_body (document->root);
  const Tree *data = tree_member (document->root, "data");
  if (!parse_rendering (options, TRUE, &rendering, answer))
    return;
  for (const Tree *item = data ? data->child : NULL; item; item = item->next) {
    Write write;
    if (!write_init (&write, spreadsheet, NULL, item, user_entered, answer) || !check_place (&write, answer))
      return;
    g_array_append_val (writes, write);
  }
  for (guint i = 0; i < writes->len; i++)
    write_apply (&g_array_index (writes, Write, i), spreadsheet);
  gboolean echo = tree_get_boolean (document->root, "includeValuesInResponse", FALSE);
  answer_batch (spreadsheet, writes, echo ? &rendering : NULL, answer);
}

/* Clearing takes values and leaves formats. */

static void clear_range (const Range *range) {
  guint used = MIN (tab_count_used (range->tab), range->end_row);

  for (guint row = range->row; row < used; row++)
    for (guint column = range->column; column < range->end_column; column++)
      if (tab_get (range->tab, row, column)->kind != CELL_EMPTY)
        tab_put (range->tab, row, column, &(Cell){ .kind = CELL_EMPTY }, PUT_VALUE);
}

void values_clear (Spreadsheet *spreadsheet, const char *text, const Request *request, Answer *answer) {
  g_autoptr (TreeDocument) document = schema_parse (BODY_CLEAR, request, answer);
  Range range;

  if (!document || !parse_range (spreadsheet, text, &range, answer))
    return;
  clear_range (&range);
  g_autofree char *cleared = range_to_text (&range);
  answer_set (answer, 200, "{\n  \"spreadsheetId\": ");
  tree_append_text (answer->body, spreadsheet->id, -1);
  g_string_append (answer->body, ",\n  \"clearedRange\": ");
  tree_append_text (answer->body, cleared, -1);
  g_string_append (answer->body, "\n}\n");
}

void values_batch_clear (Spreadsheet *spreadsheet, const Request *request, Answer *answer) {
  g_autoptr (TreeDocument) document = schema_parse (BODY_BATCH_CLEAR, request, answer);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));

  if (!document)
    return;
  const Tree *texts = tree_member (document->root, "ranges");
  for (const Tree *text = texts ? texts->child : NULL; text; text = text->next) {
    Range range;
    if (!parse_range (spreadsheet, text->text, &range, answer))
      return;
    g_array_append_val (ranges, range);
  }
  answer_set (answer, 200, "{\n  \"spreadsheetId\": ");
  tree_append_text (answer->body, spreadsheet->id, -1);
  g_string_append (answer->body, ",\n  \"clearedRanges\": [");
  for (guint i = 0; i < ranges->len; i++) {
    const Range *range = &g_array_index (ranges, Range, i);
    g_autofree char *cleared = range_to_text (range);
    clear_range (range);
    g_string_append (answer->body, i > 0 ? ", " : "");
    tree_append_text (answer->body, cleared, -1);
  }
  g_string_append (answer->body, "]\n}\n");
}
