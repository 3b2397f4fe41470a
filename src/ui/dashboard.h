/* dashboard.h: the dashboard: what needs me, what runs next, 30 days of deliveries, how each integration does (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_DASHBOARD (hub_dashboard_get_type ())
G_DECLARE_FINAL_TYPE (HubDashboard, hub_dashboard, HUB, DASHBOARD, AdwBin)
