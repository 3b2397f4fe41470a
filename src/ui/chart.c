/* chart.c: see chart.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart.h"

struct _HubChart {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HubChart, hub_chart, GTK_TYPE_WIDGET)

static void hub_chart_class_init (HubChartClass *class) {
}

static void hub_chart_init (HubChart *self) {
}

GtkWidget *hub_chart_new (void) {
  return g_object_new (HUB_TYPE_CHART, NULL);
}

void hub_chart_set_days (HubChart *self, GArray *days) {
}
