/* wizard.c: see wizard.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "wizard.h"

struct _HubWizard {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubWizard, hub_wizard, ADW_TYPE_BIN)

static void hub_wizard_class_init (HubWizardClass *class) {
}

static void hub_wizard_init (HubWizard *self) {
}

GtkWidget *hub_wizard_new (const char *name, const char *template) {
  return g_object_new (HUB_TYPE_WIZARD, NULL);
}

void hub_wizard_leave (HubWizard *self, void (*leave) (gpointer data), gpointer data) {
  leave (data);
}
