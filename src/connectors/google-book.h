/* google-book.h: a spreadsheet at Google: what its tab is like, and the requests to it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://sheets.googleapis.com/$discovery/rest?version=v4 */
#pragma once
#include "connector.h"
#include "google-cells.h"

/* How cells are asked for: numbers as numbers, dates as serials. */
#define HUB_BOOK_RENDERING                                                                                   \
  "majorDimension=ROWS&valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=SERIAL_NUMBER"

typedef struct _HubBook HubBook;

/* The spreadsheet that @connector's endpoint names, with the account's key. Nothing is sent. (transfer full) */
HubBook *hub_book_new (HubConnector *connector, GError **error);
void hub_book_free (HubBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubBook, hub_book_free)

/* Asks Google for a token. @label: the service account's address. (transfer full) */
gboolean hub_book_verify (HubBook *book, char **label, GCancellable *cancellable, GError **error);

/* Reads what tab @title (nullable: the first) is like; it need not exist. (transfer full) */
HubTab *hub_book_open_tab (HubBook *book, const char *title, GCancellable *cancellable, GError **error);

/* Finds the columns called @names; without a header they stand side by side. HUB_ERROR_NOT_FOUND names those there are. */
gboolean hub_tab_bind (HubTab *tab, const char *const *names, GError **error);

/* GETs @path under the spreadsheet's address and calls @func for each row of @width cells. */
gboolean hub_book_read (HubBook *book, const char *path, guint width, HubRowFunc func, gpointer user_data,
                        GCancellable *cancellable, GError **error);

/* The same for one range of @tab, see hub_tab_range(). */
gboolean hub_book_read_range (HubBook *book, const HubTab *tab, guint first_row, guint first_column,
                              guint last_row, guint last_column, HubRowFunc func, gpointer user_data,
                              GCancellable *cancellable, GError **error);

/* Sends a batchUpdate, which is done as a whole or not at all; HUB_ERROR_LOST when nobody knows. */
gboolean hub_book_write (HubBook *book, GBytes *body, GCancellable *cancellable, GError **error);
