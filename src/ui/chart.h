/* chart.h: a bar chart of deliveries and rejects by day, drawn with GtkSnapshot (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_CHART (hub_chart_get_type ())
G_DECLARE_FINAL_TYPE (HubChart, hub_chart, HUB, CHART, GtkWidget)

/* Shows @days (element-type HubDay; copied) and describes them for screen readers. */
void hub_chart_set_days (HubChart *self, GArray *days);
