/* loopback.h: the port on 127.0.0.1 to which a browser comes back once from signing in. Blocking; any worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: RFC 8252, section 7.3 */
#pragma once
#include <gio/gio.h>

typedef struct _HubLoopback HubLoopback;

/* Listens on a port of the system's choice. (transfer full) */
HubLoopback *hub_loopback_new (GError **error);
void hub_loopback_free (HubLoopback *loopback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubLoopback, hub_loopback_free)

/* "http://127.0.0.1:1234". (transfer full) */
char *hub_loopback_get_address (HubLoopback *loopback);

/* Waits for GET /?…, and from then on the port is closed. Whatever else comes gets 404. HUB_ERROR_PERMISSION after @seconds.
 * Returns: (transfer full): the query, as it was sent. */
char *hub_loopback_wait (HubLoopback *loopback, guint seconds, GCancellable *cancellable, GError **error);

/* Answers the request that hub_loopback_wait() got with a page. */
void hub_loopback_answer (HubLoopback *loopback, const char *title, const char *text);
