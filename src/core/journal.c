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

static gboolean insert_write (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                              HubDelivery *delivery, gint64 now, GError **error) {
  const char *const *targets = hub_mapping_get_targets (integration->mapping);
  guint n = delivery->n_fields;
  g_autofree char *before =
      delivery->before ? hub_values_to_json (delivery->before, targets, n, delivery->change) : NULL;
  g_autofree char *sent = hub_values_to_json (delivery->values, targets, n, delivery->change);
  return hub_database_run (database, error, "send", "itttttti", run->id, delivery->source_key, delivery->key,
                           delivery->found, hub_action_name (delivery->action), before, sent, now);
}

/* What the source says, kept with a reject. (transfer full) */
static char *record_to_json (const HubDelivery *delivery, const HubIntegration *integration) {
  const HubRecord *record = delivery->source;
  return hub_values_to_json (record->values, (const char *const *) integration->paths->pdata,
                             record->n_values, NULL);
}

static gboolean insert_reject (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                               HubDelivery *delivery, gint64 now, GError **error) {
  g_autofree char *record = record_to_json (delivery, integration);
  return hub_database_run (database, error, "reject", "tittitti", delivery->source_key, integration->id,
                           delivery->problem, record, run->id, delivery->key, delivery->problem_field, now);
}

/* Calls @each for every delivery in one transaction. */
typedef gboolean (*DeliveryFunc) (HubDatabase *, const HubRun *, const HubIntegration *, HubDelivery *,
                                  gint64, GError **);

static gboolean for_each (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                          GPtrArray *deliveries, DeliveryFunc each, GError **error) {
  gint64 now = g_get_real_time () / 1000;
  gboolean ok = hub_database_begin (database, error);
  for (guint i = 0; ok && i < deliveries->len; i++)
    ok = each (database, run, integration, g_ptr_array_index (deliveries, i), now, error);
  return hub_database_end (database, ok, error);
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
  g_autofree char *record = record_to_json (delivery, integration);
  return hub_database_run (database, error, "reject-sent", "tittiti", delivery->source_key, integration->id,
                           delivery->problem, record, (gint64) delivery->http_status, delivery->problem_field,
                           delivery->id);
}

gboolean hub_journal_confirm (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                              GPtrArray *deliveries, GError **error) {
  return for_each (database, run, integration, deliveries, confirm_one, error);
}

gboolean hub_journal_confirm_all (HubDatabase *database, const HubRun *run, GError **error) {
  gboolean ok = hub_database_begin (database, error)
                && hub_database_run (database, error, "remember-all", "i", run->id)
                && hub_database_run (database, error, "confirm-all", "i", run->id);
  return hub_database_end (database, ok, error);
}

gboolean hub_journal_get_key (HubDatabase *database, const HubIntegration *integration,
                              const char *source_key, char **key, GError **error) {
  HubStatement *statement =
      hub_database_query (database, error, "get-key", "it", integration->id, source_key);
  return hub_database_text (database, statement, key, error);
}

gboolean hub_journal_has_delivered (HubDatabase *database, const HubIntegration *integration,
                                    gboolean *delivered, GError **error) {
  HubStatement *statement = hub_database_query (
      database, error, "SELECT 1 FROM identities WHERE integration_id = ? LIMIT 1", "i", integration->id);
  g_autofree char *one = NULL;
  gboolean ok = hub_database_text (database, statement, &one, error);
  *delivered = one != NULL;
  return ok;
}

GHashTable *hub_journal_list_keys (HubDatabase *database, const HubIntegration *integration,
                                   HubUnsettled state, GError **error) {
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  HubStatement *statement = hub_database_query (
      database, error, state == HUB_UNSETTLED_SENT ? "list-sent" : "list-rejected", "i", integration->id);
  while (hub_database_next (database, statement, error))
    g_hash_table_add (keys, hub_statement_text (statement, 0));
  return hub_database_is_well (database) ? g_steal_pointer (&keys) : NULL;
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

/* Whether reject @id was @found open. */
static gboolean check_found (gboolean found, gint64 id, GError **error) {
  if (!found)
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
                 _ ("there is no open reject %" PRId64 "; it was retried or dismissed"), id);
  return found;
}

gboolean hub_journal_dismiss (HubDatabase *database, gint64 id, GError **error) {
  g_autofree char *found = NULL;
  return hub_database_text (database, hub_database_query (database, error, "dismiss", "i", id), &found, error)
         && check_found (found != NULL, id, error);
}

gboolean hub_journal_correct (HubDatabase *database, gint64 id, const char *path, const char *value,
                              GError **error) {
  g_autoptr (GPtrArray) found = hub_history_list_traces (database, &id, 1, error);
  const HubTrace *reject = found && found->len > 0 ? g_ptr_array_index (found, 0) : NULL;
  if (found == NULL || !check_found (reject && g_str_equal (reject->state, "rejected"), id, error))
    return FALSE;
  const HubChange *field = hub_history_find_change (reject->record, path);
  if (field == NULL || reject->source_key == NULL) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                 _ ("the rejected record has no field “%s”; correct it at the source"), path);
    return FALSE;
  }
  g_autofree char *original = hub_value_display (field->before.text ? &field->before : &field->after);
  return hub_database_run (database, error, "correct", "issss", reject->run, reject->source_key, path,
                           original, value);
}

JsonObject *hub_journal_list_corrections (HubDatabase *database, const HubIntegration *integration,
                                          GError **error) {
  g_autofree char *text = NULL;
  HubStatement *statement = hub_database_query (database, error, "list-corrections", "i", integration->id);
  return hub_database_text (database, statement, &text, error)
             ? hub_json_parse_object (text, strlen (text), "corrections", error)
             : NULL;
}

JsonArray *hub_journal_list_rejects (HubDatabase *database, const char *integration, GError **error) {
  return hub_database_list (database, error, "list-rejects", "s", integration);
}
