/* context.c: what a run or an undo needs before it can begin, and how it ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "context.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "keyring.h"

void hub_context_clear (HubContext *context) {
  g_clear_object (&context->destination);
  g_clear_pointer (&context->lease, hub_lease_release);
  g_clear_pointer (&context->integration, hub_integration_free);
  g_clear_pointer (&context->database, hub_database_close);
}

/* A copy of @draft that stands for the integration of its name, where there is one: what that delivered is known. (transfer full) */
static HubIntegration *adopt_draft (HubDatabase *database, const HubIntegration *draft, GError **error) {
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubIntegration) integration =
      hub_integration_parse (draft->definition, strlen (draft->definition), draft->name, error);
  g_autoptr (HubIntegration) kept = hub_store_get_integration (database, draft->name, &problem);
  if (kept == NULL && !g_error_matches (problem, HUB_ERROR, HUB_ERROR_NOT_FOUND)) {
    g_clear_error (error);
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  if (integration)
    integration->id = draft->id ? draft->id : kept ? kept->id : 0;
  return g_steal_pointer (&integration);
}

gboolean hub_context_init (HubContext *context, const char *name, const HubIntegration *draft,
                           GError **error) {
  context->database = hub_store_open (error);
  if (context->database)
    context->integration = draft ? adopt_draft (context->database, draft, error)
                                 : hub_store_get_integration (context->database, name, error);
  return context->integration != NULL;
}

gboolean hub_context_load_account (HubDatabase *database, const char *name, HubAccount **account,
                                   char **secret, GCancellable *cancellable, GError **error) {
  *account = hub_store_get_account (database, name, error);
  const HubManifest *manifest = *account ? hub_manifest_get ((*account)->connector, error) : NULL;
  if (manifest == NULL)
    return FALSE;
  if (g_str_equal (manifest->auth, "none"))
    return TRUE;
  *secret = hub_keyring_lookup ((*account)->id, name, cancellable, error);
  return *secret != NULL;
}

HubConnector *hub_context_open_endpoint (HubDatabase *database, const HubEndpoint *endpoint,
                                         GCancellable *cancellable, GError **error) {
  g_autoptr (HubAccount) account = NULL;
  char *secret = NULL;
  HubConnector *connector = NULL;
  if (endpoint->account == NULL
      || hub_context_load_account (database, endpoint->account, &account, &secret, cancellable, error))
    connector = hub_connector_open (endpoint, account, secret, error);
  g_clear_pointer (&secret, hub_secret_free);
  return connector;
}

static HubRunStatus status_of (const HubRun *run, const GError *problem) {
  if (problem == NULL)
    return run->counters.rejected ? HUB_RUN_PARTIAL : HUB_RUN_SUCCESS;
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return HUB_RUN_CANCELLED;
  return hub_error_needs_user (problem) ? HUB_RUN_NEEDS_ATTENTION : HUB_RUN_FAILED;
}

static void set_outcome (HubRun *run, const GError *problem) {
  run->finished = g_get_real_time () / 1000;
  run->status = status_of (run, problem);
  if (problem == NULL)
    return;
  run->cause = problem->domain == HUB_ERROR ? problem->code : 0;
  g_free (run->message);
  run->message = g_strdup (run->status == HUB_RUN_CANCELLED
                               ? _ ("cancelled; what was written stays, and the next run goes on from there")
                               : problem->message);
}

HubRun *hub_context_run (HubContext *context, HubRunKind kind, gboolean keep, HubCarryOut carry_out,
                         gpointer data, GCancellable *cancellable, GError **error) {
  g_autoptr (HubRun) run = hub_run_new (context->integration->name, kind);
  GError *problem = NULL, *unkept = NULL;
  if (keep)
    context->lease = hub_lease_take (context->integration->id, context->integration->name, error);
  if (keep
      && (context->lease == NULL || !hub_run_begin (context->database, run, context->integration, error)))
    return NULL;
  carry_out (context, run, data, cancellable, &problem);
  set_outcome (run, problem);
  if (keep && !hub_run_end (context->database, run, &unkept)) {
    set_outcome (run, unkept);
    g_clear_error (&problem);
    problem = unkept;
  }
  if (problem)
    g_propagate_error (error, problem);
  return g_steal_pointer (&run);
}
