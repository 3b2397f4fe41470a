/* budget.h: how many requests an account may send, shared by all runs of all processes of this user.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file beside the session holds when the last requests went; locks on its bytes are the connections in use, and end with the
 * process that holds them. A budget belongs to one worker thread. */
#pragma once
#include "manifest.h"

typedef struct _HubBudget HubBudget;

/* The budget of the account that @key (its secret, of which only a hash is kept) opens at @origin. */
HubBudget *hub_budget_new (const HubManifest *manifest, const char *origin, const char *key, GError **error);
void hub_budget_free (HubBudget *budget);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubBudget, hub_budget_free)

/* Waits until a request of @path may be sent, if that takes no more than two minutes. Each success needs a leave. */
gboolean hub_budget_enter (HubBudget *budget, const char *path, GCancellable *cancellable, GError **error);

/* The request is answered. @hold: milliseconds for which the service wants no further one. */
void hub_budget_leave (HubBudget *budget, gint64 hold);

/* Waits @milliseconds; FALSE when cancelled. */
gboolean hub_budget_wait (gint64 milliseconds, GCancellable *cancellable, GError **error);
