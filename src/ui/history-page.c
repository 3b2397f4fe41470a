/* history-page.c: see history-page.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "history-page.h"

struct _HubHistoryPage {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubHistoryPage, hub_history_page, ADW_TYPE_BIN)

static void hub_history_page_class_init (HubHistoryPageClass *class) {
}

static void hub_history_page_init (HubHistoryPage *self) {
}

GtkWidget *hub_history_page_new (void) {
  return g_object_new (HUB_TYPE_HISTORY_PAGE, NULL);
}

void hub_history_page_show (HubHistoryPage *self, const char *integration, gboolean rejects) {
}
