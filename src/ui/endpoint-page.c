/* endpoint-page.c: see endpoint-page.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "endpoint-page.h"

struct _HubEndpointPage {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubEndpointPage, hub_endpoint_page, ADW_TYPE_BIN)

static void hub_endpoint_page_class_init (HubEndpointPageClass *class) {
}

static void hub_endpoint_page_init (HubEndpointPage *self) {
}

GtkWidget *hub_endpoint_page_new (HubDraft *draft, HubSide side) {
  return g_object_new (HUB_TYPE_ENDPOINT_PAGE, NULL);
}
