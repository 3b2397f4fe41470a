/* step-rows.h: the rows that show and edit the steps of a rule; a row's button activates "rule.remove-step" u (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"
#include <adwaita.h>

typedef struct _HubStepRows HubStepRows;

/* The rows stand in @group, which must live as long. */
HubStepRows *hub_step_rows_new (AdwPreferencesGroup *group);
void hub_step_rows_free (HubStepRows *self);

/* Shows the steps of that rule of @draft (borrowed), which fills @target; -1: none. Rows are made anew only when other steps stand
 * there than before, so that typing keeps the focus. */
void hub_step_rows_show (HubStepRows *self, HubDraft *draft, const char *target, int rule);

/* All steps in sections; an item activates "rule.add-step" s. (transfer full) */
GMenuModel *hub_steps_menu_new (void);
