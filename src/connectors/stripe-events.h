/* stripe-events.h: which of Stripe's objects have changed, by its events: its lists cannot tell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://docs.stripe.com/api/events/list ("going back up to 30 days") */
#pragma once
#include "connector.h"

/* Finds what has changed at @source since the cursor @since. *changed: the ids (transfer full), or NULL when everything has to be
 * read: without @since, after more than 30 days, after very many changes, or when the key may not read events. *next: the
 * cursor for the next time, or NULL when events cannot be relied on. */
gboolean hub_stripe_events_begin (HubConnector *source, const char *since, GPtrArray **changed, char **next,
                                  GCancellable *cancellable, GError **error);
