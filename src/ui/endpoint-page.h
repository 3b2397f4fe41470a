/* endpoint-page.h: the wizard's first and second step: a service, an account, an object and its options (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_ENDPOINT_PAGE (hub_endpoint_page_get_type ())
G_DECLARE_FINAL_TYPE (HubEndpointPage, hub_endpoint_page, HUB, ENDPOINT_PAGE, AdwBin)

#include "draft.h"

/* Edits @side of @draft (a reference is kept). */
GtkWidget *hub_endpoint_page_new (HubDraft *draft, HubSide side);

/* What @side of @draft still lacks, as a sentence, or NULL when it can be used. (transfer full) */
char *hub_endpoint_page_missing (HubDraft *draft, HubSide side);
