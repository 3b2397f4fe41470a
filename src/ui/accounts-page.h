/* accounts-page.h: the accounts: check, new key, remove, add; and the user's own connectors: open, remove (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_ACCOUNTS_PAGE (hub_accounts_page_get_type ())
G_DECLARE_FINAL_TYPE (HubAccountsPage, hub_accounts_page, HUB, ACCOUNTS_PAGE, AdwBin)
