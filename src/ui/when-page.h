/* when-page.h: the wizard's fourth step: the name, how it writes, which records it takes, and when it runs (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_WHEN_PAGE (hub_when_page_get_type ())
G_DECLARE_FINAL_TYPE (HubWhenPage, hub_when_page, HUB, WHEN_PAGE, AdwBin)

#include "draft.h"

/* Edits @draft (a reference is kept). */
GtkWidget *hub_when_page_new (HubDraft *draft);

/* Shows the draft, between these fields (element-type HubField; references are kept). */
void hub_when_page_set (HubWhenPage *self, GPtrArray *sources, GPtrArray *destinations);

/* What @draft still lacks, as a sentence, or NULL when it can be built. (transfer full) */
char *hub_when_page_missing (HubDraft *draft);
