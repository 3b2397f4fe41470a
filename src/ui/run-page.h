/* run-page.h: one run: its counters, its deliveries before and after, and Undo; a page with its own header bar (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_RUN_PAGE (hub_run_page_get_type ())
G_DECLARE_FINAL_TYPE (HubRunPage, hub_run_page, HUB, RUN_PAGE, AdwBin)

GtkWidget *hub_run_page_new (gint64 run);
