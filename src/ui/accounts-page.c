/* accounts-page.c: see accounts-page.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts-page.h"

struct _HubAccountsPage {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubAccountsPage, hub_accounts_page, ADW_TYPE_BIN)

static void hub_accounts_page_class_init (HubAccountsPageClass *class) {
}

static void hub_accounts_page_init (HubAccountsPage *self) {
}

GtkWidget *hub_accounts_page_new (void) {
  return g_object_new (HUB_TYPE_ACCOUNTS_PAGE, NULL);
}
