/* google-cells.h: the cells of a tab as values, and the requests that write them; nothing here is sent.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://sheets.googleapis.com/$discovery/rest?version=v4 */
#pragma once
#include "record.h"

/* A tab, and where the fields of deliveries stand in it. Columns count from 0; rows from 1 as in A1 ranges: 1 is the header. */
typedef struct {
  char *title;             /* (owned) */
  gint32 id;               /* of our choice when there is no such tab */
  const char *zone;        /* (interned) (nullable) the spreadsheet's */
  guint n_rows, n_columns; /* of its grid; 0: there is no such tab */
  guint last_row;          /* the last row that holds anything, as far as is known */
  GPtrArray *
      header; /* (owned) (element-type char*) what its columns are called, some NULL; empty: it has no header */
  guint n_fields;
  guint *columns; /* (owned) the column of each field */
} HubTab;

HubTab *hub_tab_new (const char *title);
void hub_tab_free (HubTab *tab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubTab, hub_tab_free)

/* A rectangle of cells, ends included; last_row 0: down to the end of the grid. */
typedef struct {
  guint first_row, last_row, first_column, last_column;
} HubRange;

/* @range of @tab in A1 notation, escaped for a query. Returns: (transfer full). */
char *hub_tab_range (const HubTab *tab, const HubRange *range);

/* The row in which @delivery was found. */
guint hub_cells_get_row (const HubDelivery *delivery);

/* Covers the rows in which @deliveries were found, which go down the sheet, with ranges of all columns of @tab. Rows at most @gap apart
 * share a range; where that makes more than @max_ranges, those farther apart do too. Returns: (transfer full) (element-type HubRange). */
GArray *hub_cells_cover (const HubTab *tab, GPtrArray *deliveries, guint gap, guint max_ranges);

/* A row of range @range that holds something; @cells go up to the range's last column, may be stolen, and those before its first are blank. */
typedef void (*HubRowFunc) (guint range, guint row, HubValue *cells, gpointer user_data);

/* Calls @func for each row that holds something in the BatchGetValuesResponse @data, the answer about @ranges. Numbers are integers or
 * decimals of the 15 significant digits that Sheets shows. HUB_ERROR_INVALID when @data is something else. */
gboolean hub_cells_read (const char *data, gsize length, const HubRange *ranges, guint n_ranges,
                         HubRowFunc func, gpointer user_data, GError **error);

/* What a cell that @value is written to gives back, as text: equal cells have equal texts. Returns: (transfer full). */
char *hub_cells_text (const HubValue *value, const char *zone);

/* Makes @value what @cell means where a value like @like is expected: a date out of a serial, else the cell's own value. */
void hub_cells_interpret (HubValue *value, const HubValue *cell, const HubValue *like, const char *zone);

/* Makes those of @deliveries rejects that write a text which no cell can hold; the fields are called @names. */
void hub_cells_reject_too_long (GPtrArray *deliveries, const char *const *names);

/* Appends to @out the requests, each with a comma behind it, that write the changes of updates in the rows where they were found, and
 * creates below the tab's last row, after the tab, the room and the header (@names) that these lack. */
void hub_cells_write (GString *out, HubTab *tab, const char *const *names, GPtrArray *deliveries);

/* The same for the requests that delete the rows of @deliveries, which go down the sheet; a small grid keeps its size.
 * @header_too: where no row is left then, the header goes as well. */
void hub_cells_remove (GString *out, HubTab *tab, GPtrArray *deliveries, gboolean header_too);
