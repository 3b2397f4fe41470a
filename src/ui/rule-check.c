/* rule-check.c: see rule-check.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rule-check.h"
#include <glib/gi18n-lib.h>

const char *hub_type_words (HubType type) {
  static const char *const words[] = {
    [HUB_TYPE_TEXT] = N_ ("text"),        [HUB_TYPE_INTEGER] = N_ ("whole number"),
    [HUB_TYPE_DECIMAL] = N_ ("number"),   [HUB_TYPE_BOOLEAN] = N_ ("yes or no"),
    [HUB_TYPE_DATE] = N_ ("date"),        [HUB_TYPE_DATETIME] = N_ ("date and time"),
    [HUB_TYPE_MONEY] = N_ ("money"),      [HUB_TYPE_EMAIL] = N_ ("email"),
    [HUB_TYPE_URL] = N_ ("web address"),  [HUB_TYPE_LIST] = N_ ("list"),
    [HUB_TYPE_JSON] = N_ ("nested data"),
  };

  return _ (words[type]);
}

/* The names between the braces; a doubled brace is a brace. */
static void add_template_fields (GPtrArray *names, const char *text) {
  for (const char *c = text; *c; c++) {
    const char *end = *c == '{' ? strchr (c, '}') : NULL;

    if ((*c == '{' || *c == '}') && c[1] == *c) {
      c++;
    } else if (end) {
      g_ptr_array_add (names, g_strndup (c + 1, end - c - 1));
      c = end;
    }
  }
}

GPtrArray *hub_rule_dup_sources (HubDraft *draft, guint rule) {
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  HubRuleKind kind;
  g_autofree char *source = hub_draft_dup_rule_source (draft, rule, &kind);

  if (kind == HUB_RULE_TEMPLATE)
    add_template_fields (names, source);
  else if (kind == HUB_RULE_FROM)
    g_ptr_array_add (names, g_steal_pointer (&source));
  return g_steal_pointer (&names);
}

static gboolean has_step (HubDraft *draft, guint rule, const char *op) {
  for (guint step = 0; step < hub_draft_get_n_steps (draft, rule); step++)
    if (g_str_equal (hub_draft_get_step_op (draft, rule, step), op))
      return TRUE;
  return FALSE;
}

/* What two types that differ need; a rule with steps of its own already knows. @any: a cell, which takes values of any type. */
static char *advise (HubDraft *draft, guint rule, const HubField *source, const HubField *destination,
                     gboolean any, HubRuleCheck *check) {
  g_autofree char *words = hub_match_advice (source, destination, &check->op);

  if (!words || (check->op ? has_step (draft, rule, check->op) : any))
    return NULL;
  check->state = HUB_RULE_ADVICE;
  return g_steal_pointer (&words);
}

char *hub_rule_check (HubDraft *draft, guint rule, GPtrArray *sources, GPtrArray *destinations,
                      gboolean open_ended, HubRuleCheck *check) {
  g_autoptr (GPtrArray) names = hub_rule_dup_sources (draft, rule);
  const char *target = hub_draft_get_rule_target (draft, rule);
  const HubField *destination = hub_field_find (destinations, target), *source = NULL;

  *check = (HubRuleCheck){ 0 };
  if (!destination && !open_ended) {
    *check = (HubRuleCheck){ HUB_RULE_BROKEN, NULL, g_intern_string (target), TRUE };
    return g_strdup_printf (_ ("The destination has no field “%s” any more."), target);
  }
  for (guint i = 0; i < names->len; i++) {
    source = hub_field_find (sources, names->pdata[i]);
    if (!source) {
      *check = (HubRuleCheck){ HUB_RULE_BROKEN, NULL, g_intern_string (names->pdata[i]), FALSE };
      return g_strdup_printf (_ ("The source has no field “%s” any more."), check->missing);
    }
  }
  HubRuleKind kind;
  g_free (hub_draft_dup_rule_source (draft, rule, &kind));
  if (kind != HUB_RULE_FROM || !destination || (open_ended && !destination->example))
    return NULL;
  return advise (draft, rule, source, destination, open_ended, check);
}

const HubField *hub_rule_successor (const HubRuleCheck *check, GPtrArray *sources, GPtrArray *destinations) {
  return check->missing
             ? hub_match_successor (check->missing, NULL, check->destination ? destinations : sources)
             : NULL;
}

void hub_rule_mend (HubDraft *draft, guint rule, const HubRuleCheck *check, const HubField *successor) {
  const char *target = hub_draft_get_rule_target (draft, rule);

  if (check->op) {
    hub_draft_add_step (draft, rule, check->op);
  } else if (successor && check->destination) {
    hub_draft_move_rule (draft, target, successor->name);
  } else if (successor) {
    HubRuleKind kind;
    g_autofree char *source = hub_draft_dup_rule_source (draft, rule, &kind);
    g_autofree char *before = g_strdup_printf ("{%s}", check->missing);
    g_autofree char *after = g_strdup_printf ("{%s}", successor->name);
    g_auto (GStrv) pieces = g_strsplit (source, before, -1);
    g_autofree char *template = g_strjoinv (after, pieces);

    hub_draft_set_rule (draft, target, kind, kind == HUB_RULE_TEMPLATE ? template : successor->name);
  }
}

char *hub_rules_summary (guint filled, guint fields, guint missing, guint broken) {
  g_autoptr (GString) words = g_string_new (NULL);

  g_string_append_printf (words, ngettext ("%u of %u field filled", "%u of %u fields filled", fields), filled,
                          fields);
  if (missing) {
    g_string_append (words, " · ");
    g_string_append_printf (
        words, ngettext ("%u required field is empty", "%u required fields are empty", missing), missing);
  }
  if (broken) {
    g_string_append (words, " · ");
    g_string_append_printf (words, ngettext ("%u broken link", "%u broken links", broken), broken);
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}
