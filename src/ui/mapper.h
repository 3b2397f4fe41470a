/* mapper.h: the field mapper: two columns of fields, links between them, and the rule that is selected (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"
#include <gtk/gtk.h>

#define HUB_TYPE_MAPPER (hub_mapper_get_type ())
G_DECLARE_FINAL_TYPE (HubMapper, hub_mapper, HUB, MAPPER, GtkWidget)

/* What is edited: the rules of @draft (a reference is kept), between @sources and @destinations (element-type HubField; references are kept).
 * A rule whose field is in neither is shown as broken, with a proposal. @open_ended: the destination takes fields that it does not have yet. */
void hub_mapper_set (HubMapper *self, HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                     gboolean open_ended);
