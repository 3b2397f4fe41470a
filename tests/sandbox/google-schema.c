/* google-schema.c: the members that bodies may have, and the errors for all others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://sheets.googleapis.com/$discovery/rest?version=v4 */
#include "google.h"
#include <stdlib.h>
#include <string.h>

typedef enum {
  IS_TEXT,
  IS_CHOICE, /* a text, one of the words */
  IS_INTEGER,
  IS_NUMBER,
  IS_BOOLEAN,
  IS_OBJECT,
  IS_OBJECTS, /* an array of them */
  IS_TEXTS,
  IS_VALUES, /* an array of arrays of anything */
  IS_UNDONE, /* known to Google, and not to the sandbox */
} MemberKind;

typedef struct _Member Member;
struct _Member {
  const char *name;
  MemberKind kind;
  const Member *members; /* of an object */
  const char *words;     /* of a choice */
};

#define END                                                                                                  \
  { NULL }

#define RENDER "FORMATTED_VALUE UNFORMATTED_VALUE FORMULA"
#define DATES "SERIAL_NUMBER FORMATTED_STRING"
#define DIMENSIONS "ROWS COLUMNS"

static const Member value_range[] = {
  { "range", IS_TEXT }, { "majorDimension", IS_CHOICE, NULL, DIMENSIONS }, { "values", IS_VALUES }, END
};

static const Member batch_values[] = { { "valueInputOption", IS_CHOICE, NULL, "RAW USER_ENTERED" },
                                       { "data", IS_OBJECTS, value_range },
                                       { "includeValuesInResponse", IS_BOOLEAN },
                                       { "responseValueRenderOption", IS_CHOICE, NULL, RENDER },
                                       { "responseDateTimeRenderOption", IS_CHOICE, NULL, DATES },
                                       END };

static const Member batch_clear[] = { { "ranges", IS_TEXTS }, END };

static const Member clear[] = { END };

static const Member grid_properties[] = { { "rowCount", IS_INTEGER },
                                          { "columnCount", IS_INTEGER },
                                          { "frozenRowCount", IS_INTEGER },
                                          { "frozenColumnCount", IS_INTEGER },
                                          { "hideGridlines", IS_BOOLEAN },
                                          { "rowGroupControlAfter", IS_BOOLEAN },
                                          { "columnGroupControlAfter", IS_BOOLEAN },
                                          END };

static const Member sheet_properties[] = { { "sheetId", IS_INTEGER },
                                           { "title", IS_TEXT },
                                           { "index", IS_INTEGER },
                                           { "sheetType", IS_CHOICE, NULL, "GRID" },
                                           { "gridProperties", IS_OBJECT, grid_properties },
                                           { "hidden", IS_BOOLEAN },
                                           { "rightToLeft", IS_BOOLEAN },
                                           { "tabColor", IS_UNDONE },
                                           { "tabColorStyle", IS_UNDONE },
                                           { "dataSourceSheetProperties", IS_UNDONE },
                                           END };

static const Member number_format[] = { { "type", IS_CHOICE, NULL,
                                          "TEXT NUMBER PERCENT CURRENCY DATE TIME DATE_TIME SCIENTIFIC" },
                                        { "pattern", IS_TEXT },
                                        END };

static const Member cell_format[] = { { "numberFormat", IS_OBJECT, number_format },
                                      { "backgroundColor", IS_UNDONE },
                                      { "backgroundColorStyle", IS_UNDONE },
                                      { "borders", IS_UNDONE },
                                      { "horizontalAlignment", IS_UNDONE },
                                      { "hyperlinkDisplayType", IS_UNDONE },
                                      { "padding", IS_UNDONE },
                                      { "textDirection", IS_UNDONE },
                                      { "textFormat", IS_UNDONE },
                                      { "textRotation", IS_UNDONE },
                                      { "verticalAlignment", IS_UNDONE },
                                      { "wrapStrategy", IS_UNDONE },
                                      END };

static const Member extended_value[] = { { "numberValue", IS_NUMBER }, { "stringValue", IS_TEXT },
                                         { "boolValue", IS_BOOLEAN },  { "formulaValue", IS_TEXT },
                                         { "errorValue", IS_UNDONE },  END };

static const Member cell_data[] = { { "userEnteredValue", IS_OBJECT, extended_value },
                                    { "userEnteredFormat", IS_OBJECT, cell_format },
                                    { "note", IS_UNDONE },
                                    { "dataValidation", IS_UNDONE },
                                    { "textFormatRuns", IS_UNDONE },
                                    { "pivotTable", IS_UNDONE },
                                    { "hyperlink", IS_UNDONE },
                                    { "formattedValue", IS_UNDONE },
                                    { "effectiveValue", IS_UNDONE },
                                    { "effectiveFormat", IS_UNDONE },
                                    { "dataSourceFormula", IS_UNDONE },
                                    { "dataSourceTable", IS_UNDONE },
                                    END };

static const Member row_data[] = { { "values", IS_OBJECTS, cell_data }, END };

static const Member grid_range[] = { { "sheetId", IS_INTEGER },        { "startRowIndex", IS_INTEGER },
                                     { "endRowIndex", IS_INTEGER },    { "startColumnIndex", IS_INTEGER },
                                     { "endColumnIndex", IS_INTEGER }, END };

static const Member grid_coordinate[] = {
  { "sheetId", IS_INTEGER }, { "rowIndex", IS_INTEGER }, { "columnIndex", IS_INTEGER }, END
};

static const Member dimension_range[] = { { "sheetId", IS_INTEGER },
                                          { "dimension", IS_CHOICE, NULL, DIMENSIONS },
                                          { "startIndex", IS_INTEGER },
                                          { "endIndex", IS_INTEGER },
                                          END };

static const Member add_sheet[] = { { "properties", IS_OBJECT, sheet_properties }, END };
static const Member update_sheet[] = { { "properties", IS_OBJECT, sheet_properties },
                                       { "fields", IS_TEXT },
                                       END };
static const Member append_dimension[] = {
  { "sheetId", IS_INTEGER }, { "dimension", IS_CHOICE, NULL, DIMENSIONS }, { "length", IS_INTEGER }, END
};
static const Member insert_dimension[] = { { "range", IS_OBJECT, dimension_range },
                                           { "inheritFromBefore", IS_BOOLEAN },
                                           END };
static const Member delete_dimension[] = { { "range", IS_OBJECT, dimension_range }, END };
static const Member update_cells[] = { { "rows", IS_OBJECTS, row_data },
                                       { "fields", IS_TEXT },
                                       { "start", IS_OBJECT, grid_coordinate },
                                       { "range", IS_OBJECT, grid_range },
                                       END };
static const Member append_cells[] = {
  { "sheetId", IS_INTEGER }, { "rows", IS_OBJECTS, row_data }, { "fields", IS_TEXT }, END
};
static const Member repeat_cell[] = {
  { "range", IS_OBJECT, grid_range }, { "cell", IS_OBJECT, cell_data }, { "fields", IS_TEXT }, END
};

#define UNDONE(name)                                                                                         \
  { name, IS_UNDONE }

static const Member request[] = { { "addSheet", IS_OBJECT, add_sheet },
                                  { "updateSheetProperties", IS_OBJECT, update_sheet },
                                  { "appendDimension", IS_OBJECT, append_dimension },
                                  { "insertDimension", IS_OBJECT, insert_dimension },
                                  { "deleteDimension", IS_OBJECT, delete_dimension },
                                  { "updateCells", IS_OBJECT, update_cells },
                                  { "appendCells", IS_OBJECT, append_cells },
                                  { "repeatCell", IS_OBJECT, repeat_cell },
                                  UNDONE ("addBanding"),
                                  UNDONE ("addChart"),
                                  UNDONE ("addConditionalFormatRule"),
                                  UNDONE ("addDataSource"),
                                  UNDONE ("addDimensionGroup"),
                                  UNDONE ("addFilterView"),
                                  UNDONE ("addNamedRange"),
                                  UNDONE ("addProtectedRange"),
                                  UNDONE ("addSlicer"),
                                  UNDONE ("autoFill"),
                                  UNDONE ("autoResizeDimensions"),
                                  UNDONE ("clearBasicFilter"),
                                  UNDONE ("copyPaste"),
                                  UNDONE ("createDeveloperMetadata"),
                                  UNDONE ("cutPaste"),
                                  UNDONE ("deleteBanding"),
                                  UNDONE ("deleteDeveloperMetadata"),
                                  UNDONE ("deleteDuplicates"),
                                  UNDONE ("deleteNamedRange"),
                                  UNDONE ("deleteProtectedRange"),
                                  UNDONE ("deleteRange"),
                                  UNDONE ("deleteSheet"),
                                  UNDONE ("duplicateSheet"),
                                  UNDONE ("findReplace"),
                                  UNDONE ("insertRange"),
                                  UNDONE ("mergeCells"),
                                  UNDONE ("moveDimension"),
                                  UNDONE ("pasteData"),
                                  UNDONE ("setBasicFilter"),
                                  UNDONE ("setDataValidation"),
                                  UNDONE ("sortRange"),
                                  UNDONE ("textToColumns"),
                                  UNDONE ("trimWhitespace"),
                                  UNDONE ("unmergeCells"),
                                  UNDONE ("updateBanding"),
                                  UNDONE ("updateBorders"),
                                  UNDONE ("updateDeveloperMetadata"),
                                  UNDONE ("updateDimensionProperties"),
                                  UNDONE ("updateNamedRange"),
                                  UNDONE ("updateProtectedRange"),
                                  UNDONE ("updateSpreadsheetProperties"),
                                  END };

static const Member batch_update_body[] = { { "requests", IS_OBJECTS, request },
                                            { "includeSpreadsheetInResponse", IS_UNDONE },
                                            { "responseIncludeGridData", IS_UNDONE },
                                            { "responseRanges", IS_UNDONE },
                                            END };

/* Where a value stands, kept on the stack and spelled out only for an error. */
typedef struct _Place Place;
struct _Place {
  const Place *up;
  const char *name; /* (nullable) NULL: an element */
  guint index;
};

static void append_place (GString *out, const Place *place) {
  if (!place)
    return;
  append_place (out, place->up);
  if (!place->name) {
    g_string_append_printf (out, "[%u]", place->index);
    return;
  }
  if (out->len > 0)
    g_string_append_c (out, '.');
  for (const char *at = place->name; *at; at++) {
    if (g_ascii_isupper (*at))
      g_string_append_c (out, '_');
    g_string_append_c (out, g_ascii_tolower (*at));
  }
}

static gboolean unknown_name (const Place *place, const char *name, Answer *answer) {
  g_autoptr (GString) where = g_string_new (NULL);

  append_place (where, place);
  if (where->len > 0)
    google_error (answer, 400,
                  "Invalid JSON payload received. Unknown name \"%s\" at '%s': Cannot find field.", name,
                  where->str);
  else
    google_error (answer, 400, "Invalid JSON payload received. Unknown name \"%s\": Cannot find field.",
                  name);
  return FALSE;
}

static gboolean wrong_value (const Place *place, const char *what, const Tree *node, Answer *answer) {
  g_autoptr (GString) where = g_string_new (NULL);
  g_autoptr (GString) shown = g_string_new (NULL);

  append_place (where, place);
  if (node->kind < TREE_ARRAY)
    tree_write (shown, node, -1);
  google_error (answer, 400, "Invalid value at '%s' (%s)%s%s", where->str, what, shown->len > 0 ? ", " : "",
                shown->str);
  return FALSE;
}

static gboolean has_word (const char *words, const char *word) {
  gsize length = strlen (word);

  for (const char *at = words; (at = strstr (at, word)); at += length)
    if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0') && length > 0)
      return TRUE;
  return FALSE;
}

static gboolean check_object (const Member *members, const Tree *object, const Place *place, Answer *answer);

static gboolean check_array (const Member *member, const Tree *array, const Place *place, Answer *answer) {
  Place element = { place, NULL, 0 };

  if (array->kind != TREE_ARRAY)
    return wrong_value (place, "an array", array, answer);
  for (const Tree *child = array->child; child; child = child->next, element.index++) {
    if (member->kind == IS_OBJECTS && !check_object (member->members, child, &element, answer))
      return FALSE;
    if (member->kind == IS_TEXTS && child->kind != TREE_STRING)
      return wrong_value (&element, "TYPE_STRING", child, answer);
    if (member->kind == IS_VALUES && child->kind != TREE_ARRAY)
      return wrong_value (&element, "type.googleapis.com/google.protobuf.ListValue", child, answer);
  }
  return TRUE;
}

/* As protocol buffers read JSON: a number may stand in a string. */
static gboolean is_number (const Tree *node, gboolean whole) {
  char *end;

  if (node->kind != TREE_NUMBER && node->kind != TREE_STRING)
    return FALSE;
  double value = strtod (node->text, &end);
  return node->length > 0 && end == node->text + node->length
         && (!whole || (value == (gint32) value && value <= G_MAXINT32));
}

static gboolean check_value (const Member *member, const Tree *node, const Place *place, Answer *answer) {
  switch (member->kind) {
  case IS_TEXT: return node->kind == TREE_STRING || wrong_value (place, "TYPE_STRING", node, answer);
  case IS_CHOICE:
    return (node->kind == TREE_STRING && has_word (member->words, node->text))
           || wrong_value (place, "an enumeration", node, answer);
  case IS_INTEGER: return is_number (node, TRUE) || wrong_value (place, "TYPE_INT32", node, answer);
  case IS_NUMBER: return is_number (node, FALSE) || wrong_value (place, "TYPE_DOUBLE", node, answer);
  case IS_BOOLEAN:
    return node->kind == TREE_TRUE || node->kind == TREE_FALSE
           || wrong_value (place, "TYPE_BOOL", node, answer);
  case IS_OBJECT: return check_object (member->members, node, place, answer);
  case IS_OBJECTS:
  case IS_TEXTS:
  case IS_VALUES: return check_array (member, node, place, answer);
  case IS_UNDONE: break;
  }
  google_error (answer, 501, "The sandbox does not know what “%s” does.", member->name);
  return FALSE;
}

static gboolean check_object (const Member *members, const Tree *object, const Place *place, Answer *answer) {
  if (object->kind != TREE_OBJECT)
    return wrong_value (place, "an object", object, answer);
  for (const Tree *child = object->child; child; child = child->next) {
    const Member *member = members;
    Place inner = { place, child->name, 0 };
    while (member->name && strcmp (member->name, child->name) != 0)
      member++;
    if (!member->name)
      return unknown_name (place, child->name, answer);
    if (child->kind != TREE_NULL && !check_value (member, child, &inner, answer))
      return FALSE;
  }
  return TRUE;
}

TreeDocument *schema_parse (BodyKind kind, const Request *body, Answer *answer) {
  static const Member *const schemas[] = {
    [BODY_VALUE_RANGE] = value_range, [BODY_BATCH_VALUES] = batch_values,      [BODY_CLEAR] = clear,
    [BODY_BATCH_CLEAR] = batch_clear, [BODY_BATCH_UPDATE] = batch_update_body,
  };
  const char *problem = NULL;
  gboolean absent = body->length == 0;
  g_autoptr (TreeDocument) document =
      tree_parse (absent ? "{}" : body->body, absent ? 2 : body->length, &problem);

  if (!document) {
    google_error (answer, 400, "Invalid JSON payload received. %s.", problem);
    return NULL;
  }
  if (!check_object (schemas[kind], document->root, NULL, answer))
    return NULL;
  return g_steal_pointer (&document);
}
