/* draft.h: an integration while somebody edits it: incomplete at times, with undo and redo (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A draft is the portable file's integration object under the hood; an undo step is a copy of its text. Every change emits
 * "changed". Indices of rules, steps and conditions follow the portable file. All texts given are copied. */
#pragma once
#include "integration.h"
#include "schedule.h"

#define HUB_TYPE_DRAFT (hub_draft_get_type ())
G_DECLARE_FINAL_TYPE (HubDraft, hub_draft, HUB, DRAFT, GObject)

typedef enum { HUB_SIDE_SOURCE, HUB_SIDE_DESTINATION } HubSide;

/* What a rule takes its value from; the portable file's member names. */
typedef enum { HUB_RULE_FROM, HUB_RULE_TEMPLATE, HUB_RULE_VALUE } HubRuleKind;

/* An empty one: no name, no endpoints, upsert, no rules, no schedule. */
HubDraft *hub_draft_new (void);

/* From an integration's definition, or from what hub_draft_to_text() gave. (transfer full) */
HubDraft *hub_draft_new_from_text (const char *text, GError **error);

/* For keeping it while it is not finished. (transfer full) */
char *hub_draft_to_text (HubDraft *self);

/* The integration, or NULL with the first thing that is wrong or missing. (transfer full) */
HubIntegration *hub_draft_build (HubDraft *self, GError **error);

gboolean hub_draft_can_undo (HubDraft *self);
gboolean hub_draft_can_redo (HubDraft *self);
void hub_draft_undo (HubDraft *self);
void hub_draft_redo (HubDraft *self);
/* What was done so far can no longer be undone. */
void hub_draft_forget_undo (HubDraft *self);

/* Endpoints; getters are borrowed, nullable. Setting another connector or object drops the options. */
const char *hub_draft_get_connector (HubDraft *self, HubSide side);
const char *hub_draft_get_account (HubDraft *self, HubSide side);
const char *hub_draft_get_object (HubDraft *self, HubSide side);
void hub_draft_set_endpoint (HubDraft *self, HubSide side, const char *connector, const char *account,
                             const char *object);
const char *hub_draft_get_option (HubDraft *self, HubSide side, const char *name);
void hub_draft_set_option (HubDraft *self, HubSide side, const char *name, const char *value);
/* (transfer full) (nullable): NULL until connector and object are chosen */
HubEndpoint *hub_draft_dup_endpoint (HubDraft *self, HubSide side);

const char *hub_draft_get_name (HubDraft *self);
void hub_draft_set_name (HubDraft *self, const char *name);
HubMode hub_draft_get_mode (HubDraft *self);
const char *hub_draft_get_key (HubDraft *self); /* (nullable) */
void hub_draft_set_write (HubDraft *self, HubMode mode, const char *key);
void hub_draft_get_schedule (HubDraft *self, HubSchedule *schedule);
void hub_draft_set_schedule (HubDraft *self, const HubSchedule *schedule);

/* Rules. */
guint hub_draft_get_n_rules (HubDraft *self);
/* The rule that fills @target, or -1. */
int hub_draft_find_rule (HubDraft *self, const char *target);
const char *hub_draft_get_rule_target (HubDraft *self, guint rule);
/* What the rule takes: a path, a template or a constant as text. (transfer full) */
char *hub_draft_dup_rule_source (HubDraft *self, guint rule, HubRuleKind *kind);
/* Adds the rule that fills @target, or changes where it takes its value from; its steps stay. */
void hub_draft_set_rule (HubDraft *self, const char *target, HubRuleKind kind, const char *source);
/* Gives the rule of @target another target. */
void hub_draft_move_rule (HubDraft *self, const char *target, const char *new_target);
void hub_draft_remove_rule (HubDraft *self, const char *target);
/* The rule's "blank", "when" or "default"; NULL is the default. */
const char *hub_draft_get_rule_member (HubDraft *self, guint rule, const char *member);
void hub_draft_set_rule_member (HubDraft *self, guint rule, const char *member, const char *text);
/* Links what belongs together by name, then by example value, as one step; fields are element-type HubField. Returns how many links. */
guint hub_draft_match (HubDraft *self, GPtrArray *sources, GPtrArray *destinations);
/* Gives each of @sources a new field of its own at a destination that has none yet, as one step. Returns how many links. */
guint hub_draft_take_all (HubDraft *self, GPtrArray *sources);

/* A parameter of a step, for those who edit one. */
typedef struct {
  const char *name, *label;                                        /* label: English, for gettext */
  enum { HUB_PARAM_TEXT, HUB_PARAM_NUMBER, HUB_PARAM_TABLE } kind; /* a table as text: "from=to" lines */
  const char *initial; /* (nullable) what a new step has; NULL: the member is left out */
} HubStepParam;

/* A step's op with its parameters; a name of NULL ends them. */
typedef struct {
  const char *op, *label; /* label: English, for gettext */
  HubStepParam params[3];
} HubStepKind;

/* All ops in the order of the contract; a NULL op ends them. Borrowed. */
const HubStepKind *hub_step_kinds (void);

/* The one called @op, or NULL. Borrowed. */
const HubStepKind *hub_step_kind_find (const char *op);

/* The steps of a rule; parameters as text, typed by hub_step_kinds(). */
guint hub_draft_get_n_steps (HubDraft *self, guint rule);
const char *hub_draft_get_step_op (HubDraft *self, guint rule, guint step);
char *hub_draft_dup_step_param (HubDraft *self, guint rule, guint step,
                                const char *param); /* (transfer full) (nullable) */
void hub_draft_add_step (HubDraft *self, guint rule, const char *op);
void hub_draft_remove_step (HubDraft *self, guint rule, guint step);
void hub_draft_set_step_param (HubDraft *self, guint rule, guint step, const char *param, const char *text);

/* What the rule makes of the fields' examples (element-type HubField): its displayed text, or NULL with what is wrong. (transfer full) */
char *hub_draft_try_rule (HubDraft *self, guint rule, GPtrArray *sources, GError **error);

/* The conditions of the filter. */
guint hub_draft_get_n_conditions (HubDraft *self);
const char *hub_draft_get_condition (HubDraft *self, guint condition,
                                     const char *member); /* "field", "op" or "value"; (nullable) */
/* One behind the last adds a condition. */
void hub_draft_set_condition (HubDraft *self, guint condition, const char *field, const char *op,
                              const char *value);
void hub_draft_remove_condition (HubDraft *self, guint condition);
