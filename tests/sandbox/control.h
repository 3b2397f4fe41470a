/* control.h: the port from which tests look into the sandbox and set it up.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "crm.h"
#include "google.h"
#include "stripe.h"

typedef struct _Control Control;

/* @crms: Mailchimp, HubSpot and Brevo. */
Control *control_new (Sandbox *sandbox, Stripe *stripe, Google *google, Crm **crms);
void control_free (Control *control);

/* The origin, borrowed, or NULL with @error. */
const char *control_listen (Control *control, GError **error);
