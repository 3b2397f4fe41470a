/* google-book.h: a spreadsheet at Google: what its tab is like, and the requests to it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://sheets.googleapis.com/$discovery/rest?version=v4 */
#pragma once
#include "connector.h"
#include "google-cells.h"

typedef struct _HubBook HubBook;

/* The spreadsheet that @connector's endpoint names, with the account's key. Nothing is sent. (transfer full) */
HubBook *hub_book_new (HubConnector *connector, GError **error);
void hub_book_free (HubBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubBook, hub_book_free)

/* Asks Google for a token. @label: the service account's address. (transfer full) */
gboolean hub_book_verify (HubBook *book, char **label, GCancellable *cancellable, GError **error);

/* The titles of the tabs that have cells. (transfer full) (element-type HubField) */
GPtrArray *hub_book_list_tabs (HubBook *book, GCancellable *cancellable, GError **error);

/* Reads what tab @title (nullable: the first) is like; it need not exist. (transfer full) */
HubTab *hub_book_open_tab (HubBook *book, const char *title, GCancellable *cancellable, GError **error);

/* Finds the columns called @names; without a header they stand side by side. FALSE without @error: there is no column *missing
 * (borrowed from @names). */
gboolean hub_tab_bind (HubTab *tab, const char *const *names, const char **missing, GError **error);

/* Reads @ranges of @tab with one request and calls @func for each row that holds something: numbers as numbers, dates as serials. */
gboolean hub_book_read (HubBook *book, const HubTab *tab, const HubRange *ranges, guint n_ranges,
                        HubRowFunc func, gpointer user_data, GCancellable *cancellable, GError **error);

/* Sends @requests, each with a comma behind it, in one batchUpdate, which is done as a whole or not at all; HUB_ERROR_LOST when
 * nobody knows. Nothing is sent when there are none. */
gboolean hub_book_write (HubBook *book, const GString *requests, GCancellable *cancellable, GError **error);
