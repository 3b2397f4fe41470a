/* journal.c: deliveries and identities.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "history.h"
#include "json.h"
#include "store.h"

/* The JSON object of the fields that a write changes: what it sends, or what stood there before. (transfer full) (nullable) */
static char *image (const HubDelivery *delivery, const HubValue *values, const char *const *targets) {
  if (values == NULL)
    return NULL;
  GString *out = g_string_sized_new (256);
  g_string_append_c (out, '{');
  for (guint i = 0; i < delivery->n_fields; i++) {
    if (!delivery->change[i])
      continue;
    if (out->len > 1)
      g_string_append_c (out, ',');
    hub_json_append_text (out, targets[i]);
    g_string_append_c (out, ':');
    hub_value_append_json (&values[i], out);
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static gboolean insert_write (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                              HubDelivery *delivery, gint64 now, GError **error) {
  const char *const *targets = hub_mapping_get_targets (integration->mapping);
  g_autofree char *before = image (delivery, delivery->before, targets);
  g_autofree char *sent = image (delivery, delivery->values, targets);
  return hub_database_run (database, error, "send", "itttttti", run->id, delivery->source_key, delivery->key,
                           delivery->found, hub_action_name (delivery->action), before, sent, now);
}

static gboolean insert_reject (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                               HubDelivery *delivery, gint64 now, GError **error) {
  g_autofree char *record =
      hub_record_to_json (delivery->source, (const char *const *) integration->paths->pdata);
  return hub_database_run (database, error, "reject", "tittitti", delivery->source_key, integration->id,
                           delivery->problem, record, run->id, delivery->key, delivery->problem_field, now);
}

/* Calls @each for every delivery in one transaction. */
typedef gboolean (*DeliveryFunc) (HubDatabase *, const HubRun *, const HubIntegration *, HubDelivery *,
                                  gint64, GError **);

static gboolean for_each (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                          GPtrArray *deliveries, DeliveryFunc each, GError **error) {
  gint64 now = g_get_real_time () / 1000;
  if (!hub_database_begin (database, error))
    return FALSE;
  for (guint i = 0; i < deliveries->len; i++)
    if (!each (database, run, integration, g_ptr_array_index (deliveries, i), now, error)) {
      hub_database_rollback (database);
      return FALSE;
    }
  return hub_database_commit (database, error);
}

static gboolean send_one (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                          HubDelivery *delivery, gint64 now, GError **error) {
  gboolean write = delivery->action == HUB_ACTION_CREATE || delivery->action == HUB_ACTION_UPDATE;
  if (!write && delivery->action != HUB_ACTION_REJECT)
    return TRUE;
  if (!(write ? insert_write : insert_reject) (database, run, integration, delivery, now, error))
    return FALSE;
  delivery->id = hub_database_last_id (database);
  return TRUE;
}

gboolean hub_journal_send (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                           GPtrArray *deliveries, GError **error) {
  return for_each (database, run, integration, deliveries, send_one, error);
}

static gboolean remember (HubDatabase *database, const HubIntegration *integration,
                          const HubDelivery *delivery, GError **error) {
  return delivery->source_key == NULL
         || hub_database_run (database, error, "remember", "itt", integration->id, delivery->source_key,
                              delivery->key);
}

static gboolean confirm_one (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                             HubDelivery *delivery, gint64 now, GError **error) {
  if (delivery->id == 0)
    return TRUE;
  if (delivery->action != HUB_ACTION_REJECT)
    return hub_database_run (database, error, "confirm", "tii", delivery->found,
                             (gint64) delivery->http_status, delivery->id)
           && remember (database, integration, delivery, error);
  g_autofree char *record =
      hub_record_to_json (delivery->source, (const char *const *) integration->paths->pdata);
  return hub_database_run (database, error, "reject-sent", "tittiti", delivery->source_key, integration->id,
                           delivery->problem, record, (gint64) delivery->http_status, delivery->problem_field,
                           delivery->id);
}

gboolean hub_journal_confirm (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                              GPtrArray *deliveries, GError **error) {
  return for_each (database, run, integration, deliveries, confirm_one, error);
}

gboolean hub_journal_confirm_all (HubDatabase *database, const HubRun *run, GError **error) {
  if (!hub_database_begin (database, error))
    return FALSE;
  if (hub_database_run (database, error, "remember-all", "i", run->id)
      && hub_database_run (database, error, "confirm-all", "i", run->id))
    return hub_database_commit (database, error);
  hub_database_rollback (database);
  return FALSE;
}

gboolean hub_journal_get_key (HubDatabase *database, const HubIntegration *integration,
                              const char *source_key, char **key, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "get-key", "it", integration->id, source_key);
  return hub_store_read_text (database, statement, key, error);
}

gboolean hub_journal_has_delivered (HubDatabase *database, const HubIntegration *integration,
                                    gboolean *delivered, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT 1 FROM identities WHERE integration_id = ? LIMIT 1", "i", integration->id);
  g_autofree char *one = NULL;
  gboolean ok = hub_store_read_text (database, statement, &one, error);
  *delivered = one != NULL;
  return ok;
}

GHashTable *hub_journal_list_keys (HubDatabase *database, const HubIntegration *integration,
                                   HubUnsettled state, GError **error) {
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) problem = NULL;
  HubStatement *statement = hub_database_query (
      database, error, state == HUB_UNSETTLED_SENT ? "list-sent" : "list-rejected", "i", integration->id);
  if (statement == NULL)
    return NULL;
  while (hub_database_next (database, statement, &problem))
    g_hash_table_add (keys, hub_statement_text (statement, 0));
  if (problem == NULL)
    return g_steal_pointer (&keys);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean hub_journal_settle (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                             const HubDelivery *delivery, HubUnsettled from, const char *to, GError **error) {
  return hub_database_run (database, error, from == HUB_UNSETTLED_SENT ? "settle-sent" : "settle-rejected",
                           "stii", to, delivery->source_key, run->id, integration->id)
         && (!g_str_equal (to, "confirmed") || remember (database, integration, delivery, error));
}

gboolean hub_journal_close_rejects (HubDatabase *database, const HubRun *run,
                                    const HubIntegration *integration, GError **error) {
  return hub_database_run (database, error, "close-rejects", "ii", run->id, integration->id);
}

/* The reject @id, open or in @state, alone in an array. (transfer full) (element-type HubTrace) */
static GPtrArray *find_reject (HubDatabase *database, gint64 id, const char *state, GError **error) {
  g_autoptr (GPtrArray) found = hub_history_list_traces (database, &id, 1, error);
  const HubTrace *trace = found && found->len > 0 ? g_ptr_array_index (found, 0) : NULL;
  if (found == NULL
      || (trace && (g_str_equal (trace->state, "rejected") || g_str_equal (trace->state, state))))
    return g_steal_pointer (&found);
  g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
               _ ("there is no open reject %" PRId64 "; it was retried or dismissed"), id);
  return NULL;
}

gboolean hub_journal_dismiss (HubDatabase *database, gint64 id, GError **error) {
  g_autoptr (GPtrArray) found = find_reject (database, id, "dismissed", error);
  return found
         && hub_database_run (database, error, "UPDATE deliveries SET state = 'dismissed' WHERE id = ?", "i",
                              id);
}

gboolean hub_journal_correct (HubDatabase *database, gint64 id, const char *path, const char *value,
                              GError **error) {
  g_autoptr (GPtrArray) found = find_reject (database, id, "rejected", error);
  if (found == NULL)
    return FALSE;
  const HubTrace *reject = g_ptr_array_index (found, 0);
  const HubChange *field = hub_history_find_change (reject->record, path);
  if (field == NULL || reject->source_key == NULL) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                 _ ("the rejected record has no field “%s”; correct it at the source"), path);
    return FALSE;
  }
  const char *original = field->before ? field->before : field->after;
  return hub_database_run (database, error, "correct", "issss", reject->run, reject->source_key, path,
                           original ? original : "", value);
}

static void free_correction (gpointer data) {
  HubCorrection *correction = data;
  g_free (correction->original);
  g_free (correction->value);
  g_free (correction);
}

/* The table of @source_key in @corrections, made where it is missing; borrowed. @source_key is taken. */
static GHashTable *get_paths (GHashTable *corrections, char *source_key) {
  GHashTable *paths = g_hash_table_lookup (corrections, source_key);
  if (paths) {
    g_free (source_key);
    return paths;
  }
  paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_correction);
  g_hash_table_insert (corrections, source_key, paths);
  return paths;
}

GHashTable *hub_journal_list_corrections (HubDatabase *database, const HubIntegration *integration,
                                          GError **error) {
  g_autoptr (GHashTable) corrections =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  g_autoptr (GError) problem = NULL;
  HubStatement *statement = hub_database_query (database, error, "list-corrections", "i", integration->id);
  if (statement == NULL)
    return NULL;
  while (hub_database_next (database, statement, &problem)) {
    HubCorrection *correction = g_new0 (HubCorrection, 1);
    correction->original = hub_statement_text (statement, 2);
    correction->value = hub_statement_text (statement, 3);
    g_hash_table_insert (get_paths (corrections, hub_statement_text (statement, 0)),
                         hub_statement_text (statement, 1), correction);
  }
  if (problem == NULL)
    return g_steal_pointer (&corrections);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

JsonArray *hub_journal_list_rejects (HubDatabase *database, const char *integration, GError **error) {
  return hub_database_list (database, error, "list-rejects", "s", integration);
}
