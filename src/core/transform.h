/* transform.h: the steps of a rule, each turning one value into another; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "json.h"

/* A compiled, immutable list of steps. */
typedef struct _HubSteps HubSteps;

/* Compiles the contract's `steps`, which have passed the schema's definition "steps"; @array NULL gives an empty list.
 * The members of each op:
 *   trim, lower, upper, title, boolean, md5      –
 *   replace   find, with ("" by default)         every occurrence, literal
 *   split     by, index (0 by default, negative from the end); without index a list
 *   slice     start (negative from the end), length (optional)       in characters
 *   join      by                                 a list into a text
 *   number    decimal ("." or ",", optional)
 *   multiply, divide   by (number)
 *   round     to (decimals, 0 by default)
 *   date      format (strftime, optional), zone (IANA, optional)   stays a date: this is how it is shown and, without
 *                                                                   zone in the text, read
 *   phone     country ("FR" by default)          E.164
 *   lookup    table (object text → text), default (optional; without it an unknown value is an error)
 *   default   value                              instead of a blank
 * Returns: (transfer full): or NULL with HUB_ERROR_INVALID and the place. */
HubSteps *hub_steps_new (JsonArray *array, const char *place, GError **error);
void hub_steps_free (HubSteps *steps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubSteps, hub_steps_free)

/* Applies all steps to @value in place. A blank passes through every step but `default`, `boolean` stays blank too.
 * FALSE with HUB_ERROR_RECORD when a step cannot use the value; the message says which value and why. */
gboolean hub_steps_apply (const HubSteps *steps, HubValue *value, GError **error);
