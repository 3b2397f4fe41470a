/* context.h: what a run or an undo needs before it can begin: database, integration, lease, accounts, destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "engine.h"
#include "lease.h"

/* Lives in the run's thread. */
typedef struct {
  HubDatabase *database;       /* (owned) */
  HubIntegration *integration; /* (owned) */
  HubLease *lease;             /* (owned) (nullable) */
  HubAccount *source_account;  /* (owned) (nullable) */
  char *source_secret;         /* (owned) (nullable) */
  HubConnector *destination;   /* (owned) (nullable) opened by hub_context_open() */
} HubContext;

void hub_context_clear (HubContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubContext, hub_context_clear)

/* The account called @name and, where its connector has one, its secret (free with hub_secret_free()). */
gboolean hub_context_load_account (HubDatabase *database, const char *name, HubAccount **account,
                                   char **secret, GCancellable *cancellable, GError **error);

/* Opens the database and loads the integration @name, or takes @draft (nullable) for it. */
gboolean hub_context_init (HubContext *context, const char *name, const HubIntegration *draft,
                           GError **error);

/* Takes the lease and keeps @run as begun. */
gboolean hub_context_begin (HubContext *context, HubRun *run, GError **error);

/* Loads both accounts with their secrets and opens the destination. Nothing is sent yet. */
gboolean hub_context_open (HubContext *context, GCancellable *cancellable, GError **error);

/* Sets the run's status and message from @problem (nullable) and, where it was begun, keeps it as ended; a failure to do so
 * becomes the run's problem. Returns: (transfer full) (nullable): the problem in the end. */
GError *hub_context_end (HubContext *context, HubRun *run, GError *problem);
