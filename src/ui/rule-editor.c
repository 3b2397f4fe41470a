/* rule-editor.c: see rule-editor.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rule-editor.h"

struct _HubRuleEditor {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HubRuleEditor, hub_rule_editor, GTK_TYPE_WIDGET)

static void hub_rule_editor_class_init (HubRuleEditorClass *class) {
}

static void hub_rule_editor_init (HubRuleEditor *self) {
}

GtkWidget *hub_rule_editor_new (void) {
  return g_object_new (HUB_TYPE_RULE_EDITOR, NULL);
}

void hub_rule_editor_set (HubRuleEditor *self, HubDraft *draft, const char *target, GPtrArray *sources,
                          GPtrArray *destinations) {
}
