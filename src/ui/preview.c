/* preview.c: see preview.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview.h"

struct _HubPreview {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HubPreview, hub_preview, GTK_TYPE_WIDGET)

static void hub_preview_class_init (HubPreviewClass *class) {
}

static void hub_preview_init (HubPreview *self) {
}

GtkWidget *hub_preview_new (void) {
  return g_object_new (HUB_TYPE_PREVIEW, NULL);
}

void hub_preview_start (HubPreview *self, HubIntegration *integration) {
  hub_integration_free (integration);
}

GHashTable *hub_preview_dup_selection (HubPreview *self) {
  return NULL;
}

GtkWidget *hub_preview_page_new (const char *name) {
  return hub_preview_new ();
}
