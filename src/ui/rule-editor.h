/* rule-editor.h: edits one rule of a draft beside its link: where the value comes from, its steps with the live result, blanks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"
#include <gtk/gtk.h>

#define HUB_TYPE_RULE_EDITOR (hub_rule_editor_get_type ())
G_DECLARE_FINAL_TYPE (HubRuleEditor, hub_rule_editor, HUB, RULE_EDITOR, GtkWidget)

GtkWidget *hub_rule_editor_new (void);

/* Shows the rule of @draft that fills @target (NULL: none). @sources and @destinations (element-type HubField) are for examples, advice and choice. */
void hub_rule_editor_set (HubRuleEditor *self, HubDraft *draft, const char *target, GPtrArray *sources,
                          GPtrArray *destinations);
