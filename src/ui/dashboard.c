/* dashboard.c: see dashboard.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard.h"

struct _HubDashboard {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (HubDashboard, hub_dashboard, ADW_TYPE_BIN)

static void hub_dashboard_class_init (HubDashboardClass *class) {
}

static void hub_dashboard_init (HubDashboard *self) {
}

GtkWidget *hub_dashboard_new (void) {
  return g_object_new (HUB_TYPE_DASHBOARD, NULL);
}
