/* preview.h: the plan of a run, record by record, before anything is sent; a page of its own and the wizard's last step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts, records with old → new, tick boxes, what cannot be undone. Cancellable while it is made. */
#pragma once
#include "integration.h"
#include <adwaita.h>

#define HUB_TYPE_PREVIEW (hub_preview_get_type ())
G_DECLARE_FINAL_TYPE (HubPreview, hub_preview, HUB, PREVIEW, AdwBin)

/* Signal: changed, when the plan or what is ticked of it is another. */
/* Makes the plan of @integration (taken), which need not be kept in the store. An earlier one is cancelled. */
void hub_preview_start (HubPreview *self, HubIntegration *integration);

/* The same of the integration that the store has under @name. */
void hub_preview_start_kept (HubPreview *self, const char *name);

/* The source keys of the records that are ticked, or NULL when all of them are. (transfer full) (nullable) */
GHashTable *hub_preview_dup_selection (HubPreview *self);

/* The preview of the kept integration @name as a page with its own header bar: Send All, Send the Selected, Send the First 10. */
GtkWidget *hub_preview_page_new (const char *name);
