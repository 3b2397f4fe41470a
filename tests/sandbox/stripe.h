/* stripe.h: the sandbox's Stripe: lists of objects made from shapes by their index, and those that were written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandbox.h"

Stripe *stripe_new (guint payments);
void stripe_free (Stripe *stripe);

/* ServiceHandler. */
void stripe_handle (gpointer stripe, const Request *request, Answer *answer);

/* Back to the beginning. */
void stripe_reset (Stripe *stripe);

/* Each for the control port; what is wrong, or NULL. @list: "payment_intents". */
const char *stripe_upsert (Stripe *stripe, const char *list, const Tree *record, const char *event,
                           GString *out);
const char *stripe_delete (Stripe *stripe, const char *list, const char *id);
const char *stripe_set_count (Stripe *stripe, const char *list, guint count);
