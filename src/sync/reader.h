/* reader.h: a run's reader thread: reads the source ahead of the writer, filters and maps.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "queue.h"

typedef struct _HubReader HubReader;

/* Starts reading @integration's source (@account and @secret are nullable; all three are borrowed) on a thread of its own, at most
 * @first records that pass the filter (0: all). */
HubReader *hub_reader_start (const HubIntegration *integration, const HubAccount *account, const char *secret,
                             guint batch_size, guint64 first, GCancellable *cancellable);

/* The next @batch_size deliveries (fewer at the end), mapped (action filtered and reject are set already). (transfer full) (element-type HubDelivery)
 * NULL at the end, or with the error that ended the reading. */
GPtrArray *hub_reader_next (HubReader *reader, GError **error);

/* Stops the thread if it still reads, and waits for it. */
void hub_reader_free (HubReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubReader, hub_reader_free)
