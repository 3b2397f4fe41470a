/* plan.c: decides what is to be done at the destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include <glib/gi18n-lib.h>

#include "error.h"

struct _HubPlan {
  HubMode mode;
  GHashTable *keys; /* (owned) hash of a key → hash of the source record that has it: 20 bytes a record */
};

HubPlan *hub_plan_new (HubMode mode) {
  HubPlan *plan = g_new0 (HubPlan, 1);
  plan->mode = mode;
  plan->keys = g_hash_table_new (g_direct_hash, g_direct_equal);
  return plan;
}

void hub_plan_free (HubPlan *plan) {
  g_hash_table_unref (plan->keys);
  g_free (plan);
}

/* 64 bits of FNV-1a: two of 100,000 keys share them once in three thousand million runs. */
static gpointer hash_text (const char *text) {
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);
  for (; *text; text++)
    hash = (hash ^ (guint8) *text) * G_GUINT64_CONSTANT (1099511628211);
  return GSIZE_TO_POINTER ((gsize) hash);
}

void hub_plan_check_key (HubPlan *plan, HubDelivery *delivery) {
  gboolean append = plan->mode == HUB_MODE_APPEND;
  const char *text = append ? delivery->source_key : delivery->key;
  if (text == NULL || delivery->action == HUB_ACTION_REJECT)
    return;
  gpointer key = hash_text (text), owner = NULL;
  gpointer source = delivery->source->key ? hash_text (delivery->source->key) : NULL;
  if (!g_hash_table_lookup_extended (plan->keys, key, NULL, &owner)) {
    g_hash_table_insert (plan->keys, key, source);
    return;
  }
  if (append || (source && source == owner)) {
    delivery->action = HUB_ACTION_UNCHANGED;
    return;
  }
  g_autoptr (GError) error = g_error_new (
      HUB_ERROR, HUB_ERROR_RECORD,
      _ ("an earlier record of this run has the key “%s” too; make the key unique at the source"),
      delivery->key);
  hub_delivery_reject (delivery, NULL, error);
}

/* Whether a rule's way of writing sets a field that holds @before. */
static gboolean changes (HubWrite write, const HubValue *value, const HubValue *before) {
  switch (write) {
  case HUB_WRITE_ALWAYS: return !hub_value_same (value, before);
  case HUB_WRITE_IF_EMPTY: return hub_value_is_blank (before) && !hub_value_is_blank (value);
  default: return FALSE;
  }
}

void hub_plan_decide (const HubPlan *plan, HubDelivery *delivery) {
  gboolean any = FALSE;
  for (guint i = 0; i < delivery->n_fields; i++) {
    delivery->change[i] = delivery->found
                              ? changes (delivery->write[i], &delivery->values[i], &delivery->before[i])
                              : delivery->write[i] != HUB_WRITE_SKIP;
    any |= delivery->change[i];
  }
  if (delivery->found)
    delivery->action = any ? HUB_ACTION_UPDATE : HUB_ACTION_UNCHANGED;
  else
    delivery->action = plan->mode == HUB_MODE_UPDATE ? HUB_ACTION_FILTERED : HUB_ACTION_CREATE;
}
