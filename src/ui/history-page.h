/* history-page.h: the runs, the rejects inbox, and the search for any record (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_HISTORY_PAGE (hub_history_page_get_type ())
G_DECLARE_FINAL_TYPE (HubHistoryPage, hub_history_page, HUB, HISTORY_PAGE, AdwBin)

/* The tab of the window. */
/* Shows only what concerns @integration (NULL: everything); @rejects: its rejects inbox. */
void hub_history_page_show (HubHistoryPage *self, const char *integration, gboolean rejects);
