/* words.h: times, results and endpoints in plain words, and the icons that go with them; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "runs.h"
#include "value.h"

/* "Today at 18:30", from unix milliseconds. (transfer full) */
char *hub_words_time (gint64 milliseconds);

/* The same within a sentence: "today at 18:30". (transfer full) */
char *hub_words_time_within (gint64 milliseconds);

/* @value as people in the user's country write it: amounts, dates in the time zone here, yes and no. Texts, whole numbers (they may be
 * codes) and dates that a rule gave a format stay as they are sent. @beside (nullable) stands in the same field: both are exact where
 * they could not be told apart. (transfer full): never NULL; a blank gives "". */
char *hub_words_value (const HubValue *value, const HubValue *beside);

/* How a run that is over went: "Yesterday at 18:30: failed, 1,204 created". (transfer full) */
char *hub_words_result (const HubRun *run);

/* How a run goes so far: "1,300 read · 1,204 created". (transfer full) */
char *hub_words_running (const HubCounters *counters);

/* What a run would do: "12 new · 3 changed · 40 unchanged". (transfer full) */
char *hub_words_planned (const HubCounters *counters);

const char *hub_words_status_icon (HubRunStatus status);
const char *hub_words_connector_icon (const char *connector);

/* Which service, and whose account there or which file: "Stripe · Boutique". (transfer full) */
char *hub_words_endpoint (const HubEndpoint *endpoint);
