/* rule-check.h: what is to be said of a draft's rules between two lists of fields, and what mends them; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @sources and @destinations are element-type HubField everywhere. */
#pragma once
#include "draft.h"
#include "match.h"

typedef enum { HUB_RULE_FINE, HUB_RULE_ADVICE, HUB_RULE_BROKEN } HubRuleState;

/* What a person calls the type: "money", "date and time". Borrowed. */
const char *hub_type_words (HubType type);

/* The source fields that the rule reads: none of a constant, several of a template. (transfer full) (element-type utf8) */
GPtrArray *hub_rule_dup_sources (HubDraft *draft, guint rule);

/* What a rule lacks. */
typedef struct {
  HubRuleState state;
  const char *op;       /* (nullable) the step that mends it */
  const char *missing;  /* (interned) (nullable) the field that is gone */
  gboolean destination; /* it is gone from the destination, not from the source */
} HubRuleCheck;

/* Checks one rule. @open_ended: the destination takes fields that it does not have yet.
 * Returns: (transfer full) (nullable): the sentence to show when it is not fine. */
char *hub_rule_check (HubDraft *draft, guint rule, GPtrArray *sources, GPtrArray *destinations,
                      gboolean open_ended, HubRuleCheck *check);

/* The field that most likely is what a rule's missing field was before, or NULL. */
const HubField *hub_rule_successor (const HubRuleCheck *check, GPtrArray *sources, GPtrArray *destinations);

/* Adds the step that was advised, or puts @successor where the missing field stood. */
void hub_rule_mend (HubDraft *draft, guint rule, const HubRuleCheck *check, const HubField *successor);

/* "7 of 12 fields filled · 1 required field is empty · 1 broken link". (transfer full) */
char *hub_rules_summary (guint filled, guint fields, guint missing, guint broken);
