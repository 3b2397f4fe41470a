/* google-sheets.h: one tab of a Google spreadsheet as source and destination; the first row names the fields.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"

#define HUB_TYPE_GOOGLE_SHEETS (hub_google_sheets_get_type ())
G_DECLARE_FINAL_TYPE (HubGoogleSheets, hub_google_sheets, HUB, GOOGLE_SHEETS, HubConnector)
