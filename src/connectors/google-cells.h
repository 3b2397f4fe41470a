/* google-cells.h: the cells of a tab as values, and the request that writes them; nothing here is sent.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://sheets.googleapis.com/$discovery/rest?version=v4 */
#pragma once
#include "delivery.h"

/* A tab, and where the fields of deliveries stand in it. Columns count from 0; rows from 1 as in A1 ranges: 1 is the header. */
typedef struct {
  char *title;             /* (owned) */
  gboolean exists, headed; /* whether there is such a tab, and whether its first row names columns */
  gint32 id;               /* of our choice when it does not exist */
  const char *zone;        /* (interned) (nullable) the spreadsheet's */
  guint n_rows, n_columns; /* of its grid */
  guint last_row;          /* the last row that holds anything, as far as is known */
  GPtrArray *header;       /* (owned) (element-type char*) what the columns are called, some NULL */
  guint n_fields;
  guint *columns; /* (owned) the column of each field */
  guint *order;   /* (owned) the fields from left to right */
} HubTab;

HubTab *hub_tab_new (void);
void hub_tab_free (HubTab *tab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubTab, hub_tab_free)

/* A range of the tab in A1 notation, escaped for a path or a query; @last_row 0: open. Returns: (transfer full). */
char *hub_tab_range (const HubTab *tab, guint first_row, guint first_column, guint last_row,
                     guint last_column);

/* Rows first to last. */
typedef struct {
  guint first, last;
} HubRowRange;

/* Covers the ascending @rows (element-type guint) with at most @max_ranges ranges, joining those at most @gap rows apart.
 * Returns: (transfer full) (element-type HubRowRange). */
GArray *hub_cells_cover_rows (GArray *rows, guint gap, guint max_ranges);

/* One row that holds something; @row counts from 0 within its range. @cells are as many as were asked for and may be stolen. */
typedef void (*HubRowFunc) (guint range, guint row, HubValue *cells, gpointer user_data);

/* Calls @func for each row that holds something in the ValueRange or BatchGetValuesResponse @data, with its first @width cells.
 * Numbers are integers or decimals of the 15 significant digits that Sheets shows. HUB_ERROR_SERVICE when @data is neither. */
gboolean hub_cells_read (const char *data, gsize length, guint width, HubRowFunc func, gpointer user_data,
                         GError **error);

/* What a cell that @value is written to gives back, as text: equal cells have equal texts. Returns: (transfer full). */
char *hub_cells_text (const HubValue *value, const char *zone);

/* Makes @value what @cell means where a value like @like is expected: a date out of a serial, else the cell's own value. */
void hub_cells_interpret (HubValue *value, const HubValue *cell, const HubValue *like, const char *zone);

/* The field that @delivery writes and no cell can hold, or -1. */
int hub_cells_find_too_long (const HubDelivery *delivery);

/* The body of a batchUpdate that writes the changes of updates in the rows where they were found, and creates below the tab's last
 * row, after the tab, the room and the header (@names) that these lack. (transfer full) (nullable): nothing is to be written. */
GBytes *hub_cells_write (HubTab *tab, const char *const *names, GPtrArray *deliveries);
