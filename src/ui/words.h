/* words.h: times, results and endpoints in plain words, and the icons that go with them; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "runs.h"

/* "Today at 18:30", from unix milliseconds. (transfer full) */
char *hub_words_time (gint64 milliseconds);

/* The same within a sentence: "today at 18:30". (transfer full) */
char *hub_words_time_within (gint64 milliseconds);

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
