/* integrations-page.c: see integrations-page.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integrations-page.h"

struct _HubIntegrationsPage {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubIntegrationsPage, hub_integrations_page, ADW_TYPE_BIN)

static void hub_integrations_page_class_init (HubIntegrationsPageClass *class) {
}

static void hub_integrations_page_init (HubIntegrationsPage *self) {
}

GtkWidget *hub_integrations_page_new (void) {
  return g_object_new (HUB_TYPE_INTEGRATIONS_PAGE, NULL);
}
