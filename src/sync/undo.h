/* undo.h: takes a run back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "engine.h"

/* What an undo cannot take back of what is written to @destination, said before it is sent; NULL: nothing. (transfer full) */
char *hub_undo_limits (const HubEndpoint *destination);

/* Takes back what run @id wrote, newest delivery first: a created record is removed, an updated one gets back what its fields
 * held, both only where the destination still holds what was sent; anything else is a conflict, kept and untouched. May be
 * repeated: what is undone already stays so. Works in the calling thread; of @options only on_progress counts.
 * Returns: (transfer full): the undo as a run of its own kind; NULL with @error as hub_engine_run(). */
HubRun *hub_undo (gint64 id, const HubRunOptions *options, GCancellable *cancellable, GError **error);
