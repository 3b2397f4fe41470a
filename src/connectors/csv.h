/* csv.h: a CSV file as source and destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"

#define HUB_TYPE_CSV (hub_csv_get_type ())
G_DECLARE_FINAL_TYPE (HubCsv, hub_csv, HUB, CSV, HubConnector)
