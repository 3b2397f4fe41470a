/* queue.c: the bounded queue between a run's reader thread and its writer thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue.h"

struct _HubQueue {
  GMutex mutex;
  GCond changed;
  GQueue items; /* (owned) */
  GDestroyNotify free_item;
  guint capacity;
  gboolean finished, stopped;
  GError *error; /* (owned) (nullable) the reader's */
};

HubQueue *hub_queue_new (guint capacity, GDestroyNotify free_item) {
  HubQueue *queue = g_new0 (HubQueue, 1);
  g_mutex_init (&queue->mutex);
  g_cond_init (&queue->changed);
  g_queue_init (&queue->items);
  queue->capacity = capacity;
  queue->free_item = free_item;
  return queue;
}

void hub_queue_free (HubQueue *queue) {
  g_queue_clear_full (&queue->items, queue->free_item);
  g_clear_error (&queue->error);
  g_mutex_clear (&queue->mutex);
  g_cond_clear (&queue->changed);
  g_free (queue);
}

gboolean hub_queue_push (HubQueue *queue, gpointer item) {
  g_mutex_lock (&queue->mutex);
  while (!queue->stopped && queue->items.length >= queue->capacity)
    g_cond_wait (&queue->changed, &queue->mutex);
  gboolean taken = !queue->stopped;
  if (taken)
    g_queue_push_tail (&queue->items, item);
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->mutex);
  if (!taken)
    queue->free_item (item);
  return taken;
}

void hub_queue_finish (HubQueue *queue, GError *error) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&queue->mutex);
  queue->finished = TRUE;
  queue->error = error;
  g_cond_broadcast (&queue->changed);
}

gpointer hub_queue_pop (HubQueue *queue, GError **error) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&queue->mutex);
  while (queue->items.length == 0 && !queue->finished)
    g_cond_wait (&queue->changed, &queue->mutex);
  gpointer item = g_queue_pop_head (&queue->items);
  if (item == NULL && queue->error)
    g_propagate_error (error, g_steal_pointer (&queue->error));
  g_cond_broadcast (&queue->changed);
  return item;
}

void hub_queue_stop (HubQueue *queue) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&queue->mutex);
  queue->stopped = TRUE;
  g_cond_broadcast (&queue->changed);
}
