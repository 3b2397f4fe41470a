/* rule-editor.h: edits one rule of a draft beside its link: where the value comes from, its steps with the live result, blanks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"
#include <gtk/gtk.h>

#define HUB_TYPE_RULE_EDITOR (hub_rule_editor_get_type ())
G_DECLARE_FINAL_TYPE (HubRuleEditor, hub_rule_editor, HUB, RULE_EDITOR, GtkWidget)

/* What is edited, as in hub_mapper_set(). */
void hub_rule_editor_set (HubRuleEditor *self, HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                          gboolean open_ended);

/* The destination field whose rule is shown, there already or not; NULL: none. Renaming a new column changes it. Borrowed. */
void hub_rule_editor_set_target (HubRuleEditor *self, const char *target);
const char *hub_rule_editor_get_target (HubRuleEditor *self);
