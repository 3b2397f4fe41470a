/* run-page.c: see run-page.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "run-page.h"

struct _HubRunPage {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubRunPage, hub_run_page, ADW_TYPE_BIN)

static void hub_run_page_class_init (HubRunPageClass *class) {
}

static void hub_run_page_init (HubRunPage *self) {
}

GtkWidget *hub_run_page_new (gint64 run) {
  return g_object_new (HUB_TYPE_RUN_PAGE, NULL);
}
