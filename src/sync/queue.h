/* queue.h: the bounded queue between a run's reader thread and its writer thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gio/gio.h>

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
