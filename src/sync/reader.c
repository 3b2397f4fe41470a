/* reader.c: a run's reader thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reader.h"

#include <glib/gi18n-lib.h>

#include "error.h"
#include "journal.h"

#define RECORDS_AHEAD 2000

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

void hub_reading_clear (HubReading *reading) {
  g_free (reading->since);
  g_clear_pointer (&reading->only, g_hash_table_unref);
  g_clear_pointer (&reading->corrections, json_object_unref);
}

struct _HubReader {
  const HubIntegration *integration; /* (borrowed) */
  HubConnector *source;              /* (owned) the thread's */
  HubReading reading;
  char *cursor;        /* (owned) (nullable) for the next run */
  gboolean complete;   /* all of the source was read */
  guint64 taken;       /* records that passed the filter so far */
  GHashTable *copies;  /* (owned) how often a record without any key was seen, by its hash */
  GPtrArray *batch;    /* (owned) being filled */
  GCancellable *outer; /* (owned) (nullable) the run's */
  gulong outer_handler;
  GCancellable *cancellable; /* (owned) ends a read that is under way; follows outer */
  HubQueue *queue;           /* (owned) of GPtrArray */
  GThread *thread;           /* (owned) */
};

/* Identifies a record that neither the source nor the mapping gives a key: by its content, and which copy of it. */
static char *content_key (HubReader *self, const HubRecord *record) {
  g_autofree char *json = hub_values_to_json (
      record->values, (const char *const *) self->integration->paths->pdata, record->n_values, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, json, -1);
  guint copy = GPOINTER_TO_UINT (g_hash_table_lookup (self->copies, hash)) + 1;
  char *key = g_strdup_printf ("%.32s-%u", hash, copy);
  g_hash_table_insert (self->copies, g_steal_pointer (&hash), GUINT_TO_POINTER (copy));
  return key;
}

/* Filters and maps @values, which are @record's or what was made of them. @record is taken, @source_key too (nullable). */
static HubDelivery *map_values (HubReader *self, HubRecord *record, HubRecord *values, char *source_key) {
  const HubIntegration *integration = self->integration;
  HubDelivery *delivery = hub_delivery_new (hub_mapping_get_n_targets (integration->mapping));
  delivery->source = values;
  delivery->source_key = source_key;
  if (!hub_filter_match (integration->filter, values))
    delivery->action = HUB_ACTION_FILTERED;
  else
    hub_mapping_apply (integration->mapping, delivery);
  delivery->source = record; /* a reject keeps what the source says */
  if (delivery->action == HUB_ACTION_FILTERED || source_key)
    return delivery;
  const char *stable = record->key;
  if (stable == NULL && integration->mode != HUB_MODE_APPEND)
    stable = delivery->key;
  delivery->source_key = stable ? g_strdup (stable) : content_key (self, record);
  return delivery;
}

/* A copy of @record with the values that somebody typed over those of the source; NULL when there is none. (transfer full) */
static HubRecord *correct (const HubReader *self, const HubRecord *record, JsonObject *corrections) {
  HubRecord *corrected = NULL;
  for (guint i = 0; i < record->n_values; i++) {
    JsonNode *node = json_object_get_member (corrections, self->integration->paths->pdata[i]);
    JsonArray *correction = node ? json_node_get_array (node) : NULL;
    g_autofree char *shown = correction ? hub_value_display (&record->values[i]) : NULL;
    if (correction == NULL || !g_str_equal (shown, json_array_get_string_element (correction, 0)))
      continue; /* the source has another value by now, and that counts */
    if (corrected == NULL) {
      corrected = hub_record_new (record->n_values);
      for (guint j = 0; j < record->n_values; j++)
        hub_value_copy (&corrected->values[j], &record->values[j]);
    }
    hub_value_take (&corrected->values[i], HUB_TYPE_TEXT,
                    g_strdup (json_array_get_string_element (correction, 1)));
  }
  return corrected;
}

/* What becomes of @record (taken). A corrected record goes by the source key that it has without its corrections. */
static HubDelivery *map_record (HubReader *self, HubRecord *record) {
  HubDelivery *delivery = map_values (self, record, record, NULL);
  const char *key = record->key ? record->key : delivery->source_key;
  JsonNode *corrections =
      self->reading.corrections && key ? json_object_get_member (self->reading.corrections, key) : NULL;
  g_autoptr (HubRecord) corrected =
      corrections ? correct (self, record, json_node_get_object (corrections)) : NULL;
  if (corrected) {
    char *source_key = g_strdup (key);
    delivery->source = NULL;
    hub_delivery_free (delivery);
    delivery = map_values (self, record, corrected, source_key);
  }
  return delivery;
}

static gboolean is_satisfied (const HubReader *self) {
  return self->reading.first > 0 && self->taken >= self->reading.first;
}

static GPtrArray *new_batch (const HubReader *self) {
  return g_ptr_array_new_full (self->reading.batch_size, (GDestroyNotify) hub_delivery_free);
}

/* Hands the batch over to the writer. FALSE when that has stopped. */
static gboolean push_batch (HubReader *self) {
  GPtrArray *batch = self->batch;
  self->batch = new_batch (self);
  if (batch->len > 0)
    return hub_queue_push (self->queue, batch);
  g_ptr_array_unref (batch);
  return TRUE;
}

/* Adds @delivery to the batch, unless it was not asked for. FALSE when the writer has stopped. */
static gboolean take (HubReader *self, HubDelivery *delivery) {
  GHashTable *only = self->reading.only;
  if (only && (delivery->source_key == NULL || !g_hash_table_contains (only, delivery->source_key))) {
    hub_delivery_free (delivery);
    return TRUE;
  }
  self->taken += delivery->action != HUB_ACTION_FILTERED;
  g_ptr_array_add (self->batch, delivery);
  return self->batch->len < self->reading.batch_size || push_batch (self);
}

/* Maps the page's records into batches. FALSE when the writer has stopped. */
static gboolean map_page (HubReader *self, HubPage *page) {
  for (guint i = 0; i < page->records->len && !is_satisfied (self); i++)
    if (!take (self, map_record (self, g_steal_pointer (&page->records->pdata[i]))))
      return FALSE;
  return TRUE;
}

/* Reads page after page until the end, or until the writer has stopped. */
static gboolean read_pages (HubReader *self, HubConnector *source, GError **error) {
  g_autofree char *position = NULL;
  do {
    g_autoptr (HubPage) page = hub_connector_read_page (source, position, self->cancellable, error);
    if (page == NULL)
      return FALSE;
    if (!map_page (self, page))
      return TRUE;
    g_free (position);
    position = g_steal_pointer (&page->next);
  } while (position && !is_satisfied (self));
  push_batch (self);
  return TRUE;
}

/* A reject for a record that is not at the source any more. */
static HubDelivery *missing_record (HubReader *self, const char *key) {
  HubDelivery *delivery = hub_delivery_new (hub_mapping_get_n_targets (self->integration->mapping));
  delivery->source = hub_record_new (self->integration->paths->len - 1);
  delivery->source->key = g_strdup (key);
  delivery->source_key = g_strdup (key);
  hub_delivery_reject (delivery, NULL, _ ("the record is no longer at the source; dismiss this reject"));
  return delivery;
}

/* Reads the records asked for one by one, by their keys. */
static gboolean read_records (HubReader *self, HubConnector *source, GError **error) {
  GHashTableIter iter;
  const char *key;
  g_hash_table_iter_init (&iter, self->reading.only);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL)) {
    g_autoptr (GError) problem = NULL;
    HubRecord *record = hub_connector_read_record (source, key, self->cancellable, &problem);
    if (problem) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (!take (self, record ? map_record (self, record) : missing_record (self, key)))
      return TRUE;
  }
  push_batch (self);
  return TRUE;
}

static gboolean read_source (HubReader *self, GError **error) {
  g_autoptr (HubConnector) source = g_steal_pointer (&self->source);
  gboolean changes_only = FALSE;
  hub_connector_set_source (source, (const char *const *) self->integration->paths->pdata);
  if (self->reading.only && source->object->read.one)
    return read_records (self, source, error);
  if (!self->reading.only
      && !hub_connector_begin (source, self->reading.since, &changes_only, &self->cursor, self->cancellable,
                               error))
    return FALSE;
  self->complete = !changes_only && !self->reading.only && self->reading.first == 0;
  return read_pages (self, source, error);
}

static gpointer reader_thread (gpointer data) {
  HubReader *self = data;
  GError *error = NULL;
  read_source (self, &error);
  hub_queue_finish (self->queue, error);
  return NULL;
}

static void follow_cancel (GCancellable *outer, gpointer data) {
  g_cancellable_cancel (data);
}

HubReader *hub_reader_start (const HubIntegration *integration, HubConnector *source,
                             const HubReading *reading, GCancellable *cancellable) {
  HubReader *self = g_new0 (HubReader, 1);
  self->integration = integration;
  self->source = source;
  self->reading = *reading;
  self->batch = new_batch (self);
  self->copies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  if (cancellable) {
    self->outer = g_object_ref (cancellable);
    self->outer_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (follow_cancel), self->cancellable, NULL);
  }
  self->queue =
      hub_queue_new (MAX (RECORDS_AHEAD / reading->batch_size, 1), (GDestroyNotify) g_ptr_array_unref);
  self->thread = g_thread_new ("hub-reader", reader_thread, self);
  return self;
}

GPtrArray *hub_reader_next (HubReader *self, GError **error) {
  return hub_queue_pop (self->queue, error);
}

const char *hub_reader_get_cursor (HubReader *self) {
  return self->cursor;
}

gboolean hub_reader_is_complete (HubReader *self) {
  return self->complete;
}

void hub_reader_free (HubReader *self) {
  hub_queue_stop (self->queue);
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  hub_queue_free (self->queue);
  g_ptr_array_unref (self->batch);
  if (self->outer) {
    g_cancellable_disconnect (self->outer, self->outer_handler);
    g_object_unref (self->outer);
  }
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->copies);
  g_free (self->cursor);
  g_free (self);
}
