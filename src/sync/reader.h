/* reader.h: a run's reader thread: reads the source ahead of the writer, filters and maps.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "queue.h"

typedef struct _HubReader HubReader;

typedef struct {
  guint batch_size;
  guint64 first; /* take only so many records that pass the filter; 0: all */
  const char
      *since; /* (nullable) a cursor: read only what has changed since then, where the source can tell */
  GHashTable *only;        /* (nullable) read only the records with these source keys, to retry them */
  GHashTable *examples;    /* (nullable) what fields once held, as hub_drift_list_examples() gives it */
  GHashTable *corrections; /* (nullable) as hub_journal_list_corrections() gives them */
} HubReading;

/* Starts reading @integration's source on a thread of its own. Everything but @reading itself is borrowed (@account and @secret
 * are nullable). */
HubReader *hub_reader_start (const HubIntegration *integration, const HubAccount *account, const char *secret,
                             const HubReading *reading, GCancellable *cancellable);

/* The next batch of deliveries, mapped (action filtered and reject are set already). (transfer full) (element-type
 * HubDelivery) NULL at the end, or with the error that ended the reading. */
GPtrArray *hub_reader_next (HubReader *reader, GError **error);

/* After the end: the cursor for the next run (borrowed, nullable), and whether the source was read as a whole. */
const char *hub_reader_get_cursor (HubReader *reader);
gboolean hub_reader_is_complete (HubReader *reader);

/* Stops the thread if it still reads, and waits for it. */
void hub_reader_free (HubReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubReader, hub_reader_free)
