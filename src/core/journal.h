/* journal.h: deliveries and identities: what a run does, kept before any byte leaves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record.h"
#include "runs.h"

/* In one transaction: keeps @deliveries (element-type HubDelivery) of the actions create, update and reject as rows in state
 * `sent` or `rejected` and sets their ids. Committed before any byte leaves. */
gboolean hub_journal_send (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                           GPtrArray *deliveries, GError **error);

/* In one transaction: what became of sent @deliveries: `confirmed` with their identities, or `rejected` where action is reject. */
gboolean hub_journal_confirm (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                              GPtrArray *deliveries, GError **error);

/* The same for all that @run sent and that isn't a reject, once a destination that commits at the end has done so. */
gboolean hub_journal_confirm_all (HubDatabase *database, const HubRun *run, GError **error);

/* The destination key under which @source_key was delivered last; *key is NULL when it never was. (transfer full) */
gboolean hub_journal_get_key (HubDatabase *database, const HubIntegration *integration,
                              const char *source_key, char **key, GError **error);

/* Whether anything was ever delivered. */
gboolean hub_journal_has_delivered (HubDatabase *database, const HubIntegration *integration,
                                    gboolean *delivered, GError **error);

/* What an earlier run left open: a delivery whose outcome nobody knows, a reject. */
typedef enum { HUB_UNSETTLED_SENT, HUB_UNSETTLED_REJECTED } HubUnsettled;

/* The source keys of this integration's deliveries that are in @state. (transfer full) */
GHashTable *hub_journal_list_keys (HubDatabase *database, const HubIntegration *integration,
                                   HubUnsettled state, GError **error);

/* Moves what runs before @run left open about @delivery's source record to state @to ("confirmed", "unknown", "retried"). Comes
 * within a transaction: a confirmed delivery and its identity belong together. */
gboolean hub_journal_settle (HubDatabase *database, const HubRun *run, const HubIntegration *integration,
                             const HubDelivery *delivery, HubUnsettled from, const char *to, GError **error);

/* Closes all rejects of runs before @run, whose records a complete reading has met again or found gone. */
gboolean hub_journal_close_rejects (HubDatabase *database, const HubRun *run,
                                    const HubIntegration *integration, GError **error);

/* Closes the open reject @id without delivering it: the user has seen it, and hears no more of it while the same is wrong with the same
 * record. HUB_ERROR_NOT_FOUND when it is not open. */
gboolean hub_journal_dismiss (HubDatabase *database, gint64 id, GError **error);

/* Types @value over what the record of the open reject @reject holds at @path. */
gboolean hub_journal_correct (HubDatabase *database, gint64 reject, const char *path, const char *value,
                              GError **error);
/* The values that somebody typed in place of what the source holds, for as long as the source holds that: source key → source path →
 * [displayed text of the source's value, value]. (transfer full) */
JsonObject *hub_journal_list_corrections (HubDatabase *database, const HubIntegration *integration,
                                          GError **error);

/* The open rejects of @integration, oldest first: reject, run, integration, key, source_key, field, reason, time, record.
 * (transfer full) */
JsonArray *hub_journal_list_rejects (HubDatabase *database, const char *integration, GError **error);
