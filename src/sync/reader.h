/* reader.h: a run's reader thread: reads the source ahead of the writer, filters and maps.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"

/* The bounded queue between the reader thread and the writer. */
typedef struct _HubQueue HubQueue;

/* A queue that holds at most @capacity items; left-over items are freed with @free_item. */
HubQueue *hub_queue_new (guint capacity, GDestroyNotify free_item);
void hub_queue_free (HubQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubQueue, hub_queue_free)

/* Waits for room, then adds @item (taken). FALSE when the other side has stopped; the item is then freed. */
gboolean hub_queue_push (HubQueue *queue, gpointer item);

/* Says that nothing more comes; @error (taken, nullable) is why, and reaches the writer after the last item. */
void hub_queue_finish (HubQueue *queue, GError *error);

/* Waits for an item (transfer full). NULL at the end, with the reader's error if it had one. */
gpointer hub_queue_pop (HubQueue *queue, GError **error);

/* The writer gives up: pushes return FALSE from now on. */
void hub_queue_stop (HubQueue *queue);

typedef struct _HubReader HubReader;

typedef struct {
  guint batch_size;
  guint64 first; /* take only so many records that pass the filter; 0: all */
  char *
      since; /* (owned) (nullable) a cursor: read only what has changed since then, where the source can tell */
  GHashTable *only; /* (owned) (nullable) read only the records with these source keys, to retry them */
  JsonObject *corrections; /* (owned) (nullable) as hub_journal_list_corrections() gives them */
} HubReading;

void hub_reading_clear (HubReading *reading);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubReading, hub_reading_clear)

/* Starts reading @source (taken) for @integration on a thread of its own. All else is borrowed. */
HubReader *hub_reader_start (const HubIntegration *integration, HubConnector *source,
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
