/* context.h: what a run or an undo needs before it can begin: database, integration, lease, accounts, destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "engine.h"
#include "runs.h"

/* Lives in the run's thread. */
typedef struct {
  HubDatabase *database;       /* (owned) */
  HubIntegration *integration; /* (owned) */
  HubLease *lease;             /* (owned) (nullable) */
  HubConnector *destination;   /* (owned) (nullable) */
} HubContext;

void hub_context_clear (HubContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubContext, hub_context_clear)

/* The account called @name and, where its connector has one, its secret (free with hub_secret_free()). */
gboolean hub_context_load_account (HubDatabase *database, const char *name, HubAccount **account,
                                   char **secret, GCancellable *cancellable, GError **error);

/* Opens @endpoint with its account's secret. Nothing is sent yet. (transfer full) */
HubConnector *hub_context_open_endpoint (HubDatabase *database, const HubEndpoint *endpoint,
                                         GCancellable *cancellable, GError **error);

/* Opens the database and loads the integration @name, or takes @draft (nullable) for it. */
gboolean hub_context_init (HubContext *context, const char *name, const HubIntegration *draft,
                           GError **error);

typedef gboolean (*HubCarryOut) (HubContext *context, HubRun *run, gpointer data, GCancellable *cancellable,
                                 GError **error);

/* Makes a run of @kind, has @carry_out do it, and sets its status and message. @keep: takes the lease and keeps the run; a failure to keep
 * its end becomes its problem. (transfer full): NULL with @error when it did not begin; *error is also set beside a run with a problem. */
HubRun *hub_context_run (HubContext *context, HubRunKind kind, gboolean keep, HubCarryOut carry_out,
                         gpointer data, GCancellable *cancellable, GError **error);
