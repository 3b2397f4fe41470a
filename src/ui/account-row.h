/* account-row.h: the row of one account: what the service calls it, who uses it; check, new key, remove (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "store.h"
#include <adwaita.h>

#define HUB_TYPE_ACCOUNT_ROW (hub_account_row_get_type ())
G_DECLARE_FINAL_TYPE (HubAccountRow, hub_account_row, HUB, ACCOUNT_ROW, AdwActionRow)

/* @user (nullable): the name of an integration that uses @account. */
GtkWidget *hub_account_row_new (const HubAccount *account, const char *user);
