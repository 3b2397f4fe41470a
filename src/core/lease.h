/* lease.h: the right to run an integration, held by one run at a time on this machine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>

/* An open file description that locks one byte of hub.lock per integration: the kernel gives it back when the process
 * dies, however it dies. */
typedef struct _HubLease HubLease;

/* Takes the lease on integration @id without waiting; HUB_ERROR_BUSY when another run has it. @name is for the error. */
HubLease *hub_lease_take (gint64 id, const char *name, GError **error);
void hub_lease_release (HubLease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubLease, hub_lease_release)
