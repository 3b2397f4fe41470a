/* writer.c: takes one batch of deliveries to the destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

#include <glib/gi18n-lib.h>

#include "error.h"
#include "journal.h"

#define LOST_ANSWER_TRIES 5
#define OPEN (1 << HUB_ACTION_CREATE | 1 << HUB_ACTION_UPDATE) /* actions that write */

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
  g_autofree char *problem = g_strdup_printf (
      _ ("an earlier record of this run has the key “%s” too; make the key unique at the source"),
      delivery->key);
  hub_delivery_reject (delivery, NULL, problem);
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

struct _HubWriter {
  HubDatabase *database;             /* (borrowed) */
  const HubIntegration *integration; /* (borrowed) */
  HubConnector *destination;         /* (borrowed) */
  HubRun *run;                       /* (borrowed) */
  const HubRunOptions *options;      /* (borrowed) */
  HubPlan *plan;                     /* (owned) */
  GHashTable *doubts;     /* (owned) source keys that an earlier run sent without learning the outcome */
  GHashTable *rejects;    /* (owned) source keys that earlier runs rejected */
  gboolean has_delivered; /* whether there are identities to ask for */
  const HubManifestField *key_field; /* (borrowed) (nullable) what the manifest knows of the key */
  gboolean prepared;                 /* the destination has checked the mapping */
};

HubWriter *hub_writer_new (HubDatabase *database, const HubIntegration *integration,
                           HubConnector *destination, HubRun *run, const HubRunOptions *options,
                           GError **error) {
  g_autoptr (HubWriter) self = g_new0 (HubWriter, 1);
  self->database = database;
  self->integration = integration;
  self->destination = destination;
  self->run = run;
  self->options = options;
  self->plan = hub_plan_new (integration->mode);
  if (integration->key)
    self->key_field = hub_manifest_field (destination->object, integration->key);
  if (!hub_journal_has_delivered (database, integration, &self->has_delivered, error))
    return NULL;
  self->doubts = hub_journal_list_keys (database, integration, HUB_UNSETTLED_SENT, error);
  self->rejects =
      self->doubts ? hub_journal_list_keys (database, integration, HUB_UNSETTLED_REJECTED, error) : NULL;
  return self->rejects ? g_steal_pointer (&self) : NULL;
}

void hub_writer_free (HubWriter *self) {
  hub_plan_free (self->plan);
  g_clear_pointer (&self->doubts, g_hash_table_unref);
  g_clear_pointer (&self->rejects, g_hash_table_unref);
  g_free (self);
}

static gboolean is_open (const HubDelivery *delivery) {
  return (1 << delivery->action) & OPEN;
}

/* The key under which the delivery's source record was delivered before; *key is NULL when it never was. */
static gboolean get_identity (HubWriter *self, const HubDelivery *delivery, char **key, GError **error) {
  *key = NULL;
  return !self->has_delivered || delivery->source_key == NULL
         || hub_journal_get_key (self->database, self->integration, delivery->source_key, key, error);
}

/* Append writes each source record once, ever: those delivered before are unchanged, those in doubt are looked up, all
 * others are new without a look; but where the service has one record a key, creating what is there would change it. */
static gboolean plan_append (HubWriter *self, GPtrArray *open, GCancellable *cancellable, GError **error) {
  g_autoptr (GPtrArray) doubtful = g_ptr_array_new ();
  for (guint i = 0; i < open->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (open, i);
    g_autofree char *delivered = NULL;
    if (!get_identity (self, delivery, &delivered, error))
      return FALSE;
    hub_plan_decide (self->plan, delivery);
    if (delivered)
      delivery->action = HUB_ACTION_UNCHANGED;
    else if ((self->key_field && self->key_field->field.unique)
             || g_hash_table_contains (self->doubts, delivery->source_key))
      g_ptr_array_add (doubtful, delivery);
  }
  if (doubtful->len && !hub_connector_look_up (self->destination, doubtful, cancellable, error))
    return FALSE;
  for (guint i = 0; i < doubtful->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (doubtful, i);
    if (delivery->found)
      delivery->action = HUB_ACTION_UNCHANGED;
  }
  return TRUE;
}

/* A delivery that looks for what @delivery's source record was before its key changed from @old_key. */
static HubDelivery *make_probe (const HubDelivery *delivery, const char *old_key) {
  HubDelivery *probe = hub_delivery_new (delivery->n_fields);
  for (guint i = 0; i < delivery->n_fields; i++)
    hub_value_copy (&probe->values[i], &delivery->values[i]);
  probe->key = g_strdup (delivery->key);
  probe->look_up_key = g_strdup (old_key);
  return probe;
}

/* What a record with a changed key is: the one found under the old key; under both keys, two records that cannot become one. */
static void take_probe (HubDelivery *delivery, HubDelivery *probe) {
  if (probe->found && delivery->found) {
    g_autofree char *problem = g_strdup_printf (
        _ ("its key changed from “%s” to “%s” and the destination has both; delete one of them there"),
        probe->look_up_key, delivery->key);
    hub_delivery_reject (delivery, NULL, problem);
  } else if (probe->found) {
    delivery->found = g_steal_pointer (&probe->found);
    delivery->before = g_steal_pointer (&probe->before);
    delivery->look_up_key = g_steal_pointer (&probe->look_up_key);
  }
}

/* A record whose key changed at the source since it was delivered is the record at the destination that has its old key. */
static gboolean follow_changed_keys (HubWriter *self, GPtrArray *open, GCancellable *cancellable,
                                     GError **error) {
  g_autoptr (GPtrArray) renamed = g_ptr_array_new ();
  g_autoptr (GPtrArray) probes = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < open->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (open, i);
    g_autofree char *old = NULL;
    if (delivery->source->key == NULL)
      continue;
    if (!get_identity (self, delivery, &old, error))
      return FALSE;
    if (old == NULL || *old == '\0' || g_strcmp0 (old, delivery->key) == 0)
      continue;
    g_ptr_array_add (renamed, delivery);
    g_ptr_array_add (probes, make_probe (delivery, old));
  }
  if (probes->len > 0 && !hub_connector_look_up (self->destination, probes, cancellable, error))
    return FALSE;
  for (guint i = 0; i < probes->len; i++)
    take_probe (g_ptr_array_index (renamed, i), g_ptr_array_index (probes, i));
  return TRUE;
}

static gboolean plan_batch (HubWriter *self, GPtrArray *batch, GCancellable *cancellable, GError **error) {
  const HubMapping *mapping = self->integration->mapping;
  for (guint i = 0; i < batch->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (batch, i);
    if (is_open (delivery) && delivery->key && self->key_field && self->key_field->lower) {
      g_autofree char *key = g_steal_pointer (&delivery->key);
      delivery->key = g_utf8_strdown (key, -1);
    }
    if (is_open (delivery))
      hub_plan_check_key (self->plan, delivery);
  }
  g_autoptr (GPtrArray) open = hub_delivery_select (batch, OPEN);
  if (open->len == 0)
    return TRUE;
  if (!self->prepared
      && !hub_connector_prepare (self->destination, hub_mapping_get_targets (mapping),
                                 hub_mapping_get_key_index (mapping), cancellable, error))
    return FALSE;
  self->prepared = TRUE;
  if (self->integration->mode == HUB_MODE_APPEND)
    return plan_append (self, open, cancellable, error);
  if (!hub_connector_look_up (self->destination, open, cancellable, error)
      || !follow_changed_keys (self, open, cancellable, error))
    return FALSE;
  for (guint i = 0; i < open->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (open, i);
    if (is_open (delivery))
      hub_plan_decide (self->plan, delivery);
  }
  return TRUE;
}

/* After a lost answer: looks up which of @open arrived, and returns those that did not, planned anew. (transfer container) */
static GPtrArray *find_unwritten (HubWriter *self, GPtrArray *open, GCancellable *cancellable,
                                  GError **error) {
  for (guint i = 0; i < open->len; i++)
    hub_delivery_forget (g_ptr_array_index (open, i));
  if (!hub_connector_look_up (self->destination, open, cancellable, error))
    return NULL;
  GPtrArray *unwritten = g_ptr_array_new ();
  for (guint i = 0; i < open->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (open, i);
    HubAction planned = delivery->action;
    hub_plan_decide (self->plan, delivery);
    if (delivery->action == HUB_ACTION_UNCHANGED
        || (delivery->found && self->integration->mode == HUB_MODE_APPEND))
      delivery->action = planned; /* it is there: the lost write did it */
    else if (is_open (delivery))
      g_ptr_array_add (unwritten, delivery);
  }
  return unwritten;
}

static gboolean write_open (HubWriter *self, GPtrArray *batch, GCancellable *cancellable, GError **error) {
  g_autoptr (GPtrArray) open = hub_delivery_select (batch, OPEN);
  for (guint try = 1; open->len > 0; try++) {
    g_autoptr (GError) problem = NULL;
    if (hub_connector_write (self->destination, open, cancellable, &problem))
      return self->run->fresh || !self->destination->fresh
             || hub_run_mark_fresh (self->database, self->run, error);
    if (try == LOST_ANSWER_TRIES || !g_error_matches (problem, HUB_ERROR, HUB_ERROR_LOST)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    GPtrArray *unwritten = find_unwritten (self, open, cancellable, error);
    if (unwritten == NULL)
      return FALSE;
    g_ptr_array_unref (open);
    open = unwritten;
  }
  return TRUE;
}

static void count (HubWriter *self, GPtrArray *batch) {
  HubCounters *counters = &self->run->counters;
  guint64 *by_action[] = { &counters->created, &counters->updated, &counters->unchanged, &counters->filtered,
                           &counters->rejected };
  for (guint i = 0; i < batch->len; i++) {
    const HubDelivery *delivery = g_ptr_array_index (batch, i);
    (*by_action[delivery->action])++;
    if (self->options->on_delivery)
      self->options->on_delivery (delivery, self->integration, self->options->user_data);
  }
  counters->read += batch->len;
  if (self->options->on_progress)
    self->options->on_progress (counters, self->options->user_data);
}

/* What an earlier run left open about @delivery's source record is settled by what this run did about it. */
static gboolean settle (HubWriter *self, const HubDelivery *delivery, GError **error) {
  const char *outcome = delivery->action == HUB_ACTION_UNCHANGED ? "confirmed" : "unknown";
  if (delivery->source_key == NULL)
    return TRUE;
  if (g_hash_table_remove (self->rejects, delivery->source_key)
      && !hub_journal_settle (self->database, self->run, self->integration, delivery, HUB_UNSETTLED_REJECTED,
                              "retried", error))
    return FALSE;
  return !g_hash_table_remove (self->doubts, delivery->source_key)
         || hub_journal_settle (self->database, self->run, self->integration, delivery, HUB_UNSETTLED_SENT,
                                outcome, error);
}

static gboolean settle_earlier (HubWriter *self, GPtrArray *batch, GError **error) {
  if (g_hash_table_size (self->doubts) + g_hash_table_size (self->rejects) == 0)
    return TRUE;
  gboolean ok = hub_database_begin (self->database, error);
  for (guint i = 0; ok && i < batch->len; i++)
    ok = settle (self, g_ptr_array_index (batch, i), error);
  return hub_database_end (self->database, ok, error);
}

/* A destination that commits at the end has confirmed nothing yet but its rejects. */
static gboolean confirm (HubWriter *self, GPtrArray *batch, GError **error) {
  if (!hub_connector_needs_commit (self->destination))
    return hub_journal_confirm (self->database, self->run, self->integration, batch, error);
  g_autoptr (GPtrArray) rejected = hub_delivery_select (batch, 1 << HUB_ACTION_REJECT);
  return hub_journal_confirm (self->database, self->run, self->integration, rejected, error);
}

gboolean hub_writer_deliver (HubWriter *self, GPtrArray *batch, GCancellable *cancellable, GError **error) {
  if (!plan_batch (self, batch, cancellable, error))
    return FALSE;
  if (!self->options->preview
      && (!hub_journal_send (self->database, self->run, self->integration, batch, error)
          || !write_open (self, batch, cancellable, error) || !confirm (self, batch, error)
          || !settle_earlier (self, batch, error)))
    return FALSE;
  count (self, batch);
  return TRUE;
}

gboolean hub_writer_finish (HubWriter *self, gboolean complete, GCancellable *cancellable, GError **error) {
  if (self->options->preview)
    return TRUE;
  if (hub_connector_needs_commit (self->destination)
      && (!hub_connector_commit (self->destination, cancellable, error)
          || !hub_journal_confirm_all (self->database, self->run, error)))
    return FALSE;
  return !complete || self->run->counters.read == 0 || g_hash_table_size (self->rejects) == 0
         || hub_journal_close_rejects (self->database, self->run, self->integration, error);
}
