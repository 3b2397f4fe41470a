/* condition-row.h: the row of one condition of the filter: a field, how it is compared, a value (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_CONDITION_ROW (hub_condition_row_get_type ())
G_DECLARE_FINAL_TYPE (HubConditionRow, hub_condition_row, HUB, CONDITION_ROW, AdwExpanderRow)

#include "draft.h"
#include "record.h"

/* Edits condition number @condition of @draft, on one of @fields (element-type HubField); references are kept. Emits "removed" once the
 * condition is gone. */
GtkWidget *hub_condition_row_new (HubDraft *draft, guint condition, GPtrArray *fields);

/* Whether condition number @condition has the value that it needs. */
gboolean hub_condition_row_is_complete (HubDraft *draft, guint condition);
