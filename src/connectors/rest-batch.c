/* rest-batch.c: a manifest-driven service as destination of many records in one request.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "rest-private.h"

#define MAX_SENTENCE 300 /* characters */

static const HubManifestWrite *get_write (HubRest *self) {
  return &self->parent.object->write;
}

/* The half of @all that @second tells. (transfer container) */
static GPtrArray *half_of (const GPtrArray *all, gboolean second) {
  guint middle = all->len / 2;
  GPtrArray *half = g_ptr_array_new ();
  for (guint i = second ? middle : 0; i < (second ? all->len : middle); i++)
    g_ptr_array_add (half, g_ptr_array_index (all, i));
  return half;
}

typedef gboolean (*Step) (HubRest *self, const char *request, GPtrArray *some, GCancellable *cancellable,
                          GError **error);

static gboolean do_halves (HubRest *self, Step step, const char *request, GPtrArray *some,
                           GCancellable *cancellable, GError **error) {
  g_autoptr (GPtrArray) first = half_of (some, FALSE), second = half_of (some, TRUE);
  return step (self, request, first, cancellable, error) && step (self, request, second, cancellable, error);
}

/* Looking up. */

/* The request's body for the keys of @some. (transfer full) */
static char *make_question (HubRest *self, const GPtrArray *some) {
  const HubManifestWrite *write = get_write (self);
  HubRestScope scope = { self, (const char *const *) self->writer->targets,
                         .key_path = self->writer->targets[self->writer->key] };
  JsonObject *body = hub_rest_expand_object (&scope, hub_manifest_part (write->many, "body"));
  JsonArray *items = json_array_new ();
  for (guint i = 0; i < some->len; i++) {
    scope.key = hub_rest_look_up_key (g_ptr_array_index (some, i));
    json_array_add_object_element (items,
                                   hub_rest_expand_object (&scope, hub_manifest_part (write->many, "item")));
  }
  json_object_set_array_member (body, hub_manifest_text (write->batch, "items"), items);
  return hub_rest_print (body);
}

/* A key that spoils the whole question, such as a malformed address, is one that the service does not have. */
static gboolean look_up_some (HubRest *self, const char *request, GPtrArray *some, GCancellable *cancellable,
                              GError **error) {
  HubRestWriter *writer = self->writer;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_record_free);
  g_autoptr (GHashTable) by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *body = make_question (self, some);
  if (some->len == 0)
    return TRUE;
  if (!hub_rest_compile (writer->reader, cancellable, error))
    return FALSE;
  if (!hub_rest_ask (writer->reader, request, body, hub_rest_read_result, records, cancellable, &problem)
      && !g_error_matches (problem, HUB_ERROR, HUB_ERROR_SERVICE)
      && !g_error_matches (problem, HUB_ERROR, HUB_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (problem && some->len > 1)
    return do_halves (self, look_up_some, request, some, cancellable, error);
  for (guint i = 0; i < records->len; i++) {
    HubRecord *record = g_ptr_array_index (records, i);
    const char *text = record->values[writer->key].text;
    char *key = text ? hub_key_normalize (text) : NULL;
    if (key)
      g_hash_table_insert (by_key, key, record);
  }
  for (guint i = 0; i < some->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (some, i);
    hub_rest_take_record (self, delivery, g_hash_table_lookup (by_key, hub_rest_look_up_key (delivery)));
  }
  return TRUE;
}

gboolean hub_rest_look_up_many (HubRest *self, GPtrArray *deliveries, GCancellable *cancellable,
                                GError **error) {
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  for (guint i = 0; i < deliveries->len; i++)
    if (((HubDelivery *) g_ptr_array_index (deliveries, i))->action != HUB_ACTION_REJECT)
      g_ptr_array_add (open, g_ptr_array_index (deliveries, i));
  return look_up_some (self, hub_manifest_text (get_write (self)->many, "request"), open, cancellable, error);
}

/* Writing. */

static char *make_batch (HubRest *self, const GPtrArray *some) {
  JsonObject *body = json_object_new ();
  JsonArray *items = json_array_new ();
  for (guint i = 0; i < some->len; i++)
    json_array_add_object_element (items, hub_rest_make_item (self, g_ptr_array_index (some, i), i));
  json_object_set_array_member (body, hub_manifest_text (get_write (self)->batch, "items"), items);
  return hub_rest_print (body);
}

/* The text at @path of @object, or of the first element of a list there; NULL for anything else. Borrowed. */
static const char *get_text (JsonObject *object, const char *path) {
  g_auto (GStrv) names = g_strsplit (path ? path : "", ".", -1);
  JsonNode *node = NULL;
  for (guint i = 0; names[i]; i++) {
    node = object ? json_object_get_member (object, names[i]) : NULL;
    object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  }
  if (node && JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) > 0)
    node = json_array_get_element (json_node_get_array (node), 0);
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean names_key (const HubDelivery *delivery, const char *text) {
  g_autofree char *key = text ? hub_key_normalize (text) : NULL;
  return key && g_strcmp0 (key, delivery->key) == 0;
}

/* Which of @some the result or error context @told is about, or -1. */
static int find_item (HubRest *self, const GPtrArray *some, JsonObject *told) {
  const HubRestWriter *writer = self->writer;
  static const char *const id_names[] = { "ids", "id" };
  const char *trace = get_text (told, hub_manifest_text (get_write (self)->batch, "trace"));
  const char *key = get_text (told, writer->targets[writer->key]);
  guint64 index;
  if (trace && g_ascii_string_to_unsigned (trace, 10, 0, some->len - 1, &index, NULL))
    return index;
  for (guint i = 0; i < some->len; i++) {
    const HubDelivery *delivery = g_ptr_array_index (some, i);
    if (names_key (delivery, key))
      return i;
    for (guint n = 0; n < G_N_ELEMENTS (id_names); n++) {
      const char *id = get_text (told, id_names[n]);
      if (id && (g_strcmp0 (id, delivery->found) == 0 || names_key (delivery, id)))
        return i;
    }
  }
  return -1;
}

static void reject (HubDelivery *delivery, const char *sentence) {
  g_autofree char *text = g_strdup (sentence ? sentence : _ ("the service refused this record"));
  g_strdelimit (text, "\n\r\t", ' ');
  if (g_utf8_strlen (text, -1) > MAX_SENTENCE)
    *g_utf8_offset_to_pointer (text, MAX_SENTENCE) = '\0';
  hub_delivery_reject (delivery, NULL, text);
}

/* The objects of list member @name; what is none is left out. (transfer container) */
static GPtrArray *get_objects (JsonObject *answer, const char *name) {
  GPtrArray *objects = g_ptr_array_new ();
  JsonNode *node = name ? json_object_get_member (answer, name) : NULL;
  JsonArray *list = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    JsonNode *element = json_array_get_element (list, i);
    if (JSON_NODE_HOLDS_OBJECT (element))
      g_ptr_array_add (objects, json_node_get_object (element));
  }
  return objects;
}

/* Settles those of @some that @answer names; the others are left. (transfer container) */
static GPtrArray *take_results (HubRest *self, const GPtrArray *some, JsonObject *answer) {
  JsonObject *batch = get_write (self)->batch;
  g_autoptr (GPtrArray) results = get_objects (answer, hub_manifest_text (batch, "results"));
  g_autoptr (GPtrArray) errors = get_objects (answer, hub_manifest_text (batch, "errors"));
  g_autofree gboolean *settled = g_new0 (gboolean, some->len);
  for (guint i = 0; i < results->len; i++) {
    JsonObject *result = g_ptr_array_index (results, i);
    int item = some->len == 1 ? 0 : find_item (self, some, result);
    HubDelivery *delivery = item >= 0 ? g_ptr_array_index (some, item) : NULL;
    if (delivery == NULL)
      continue;
    settled[item] = TRUE;
    if (delivery->found == NULL)
      delivery->found = g_strdup (get_text (result, self->parent.object->key));
  }
  for (guint i = 0; i < errors->len; i++) {
    JsonObject *refused = g_ptr_array_index (errors, i);
    JsonNode *node = json_object_get_member (refused, "context");
    JsonObject *context = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : refused;
    int item = some->len == 1 ? 0 : find_item (self, some, context);
    if (item < 0 || settled[item])
      continue;
    settled[item] = TRUE;
    reject (g_ptr_array_index (some, item), get_text (refused, "message"));
  }
  GPtrArray *left = g_ptr_array_new ();
  for (guint i = 0; i < some->len; i++)
    if (!settled[i])
      g_ptr_array_add (left, g_ptr_array_index (some, i));
  return left;
}

/* What the service says about all of @some, which is at most one, or else they are sent again in halves. */
static gboolean single_out (HubRest *self, Step step, const char *request, GPtrArray *some,
                            const GError *problem, GCancellable *cancellable, GError **error) {
  if (some->len > 1)
    return do_halves (self, step, request, some, cancellable, error);
  if (some->len == 1)
    reject (g_ptr_array_index (some, 0), problem ? problem->message : NULL);
  return TRUE;
}

static gboolean send_some (HubRest *self, const char *request, GPtrArray *some, GCancellable *cancellable,
                           GError **error) {
  g_autoptr (GError) problem = NULL;
  if (some->len == 0)
    return TRUE;
  g_autofree char *body = make_batch (self, some);
  g_autoptr (HubHttpAnswer) answer = hub_rest_send (self, request, body, NULL, cancellable, error);
  if (answer == NULL)
    return FALSE;
  for (guint i = 0; i < some->len; i++)
    ((HubDelivery *) g_ptr_array_index (some, i))->http_status = answer->status;
  if (answer->status / 100 != 2) {
    hub_rest_fail (self, answer, &problem);
    if (hub_rest_blames_record (self, answer))
      return single_out (self, send_some, request, some, problem, cancellable, error);
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  gsize length;
  const char *text = g_bytes_get_data (answer->body, &length);
  g_autoptr (JsonObject) object = hub_json_parse_object (text, length, request, &problem);
  if (object == NULL) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_LOST, _ ("an answer that cannot be read: %s"), problem->message);
    return FALSE;
  }
  g_autoptr (GPtrArray) left = take_results (self, some, object);
  g_autoptr (GPtrArray) errors = get_objects (object, hub_manifest_text (get_write (self)->batch, "errors"));
  if (left->len > 0 && errors->len == 0) { /* sent again, they might be there twice */
    g_set_error (error, HUB_ERROR, HUB_ERROR_LOST, _ ("an answer that does not tell of every record"));
    return FALSE;
  }
  return single_out (self, send_some, request, left, NULL, cancellable, error);
}

gboolean hub_rest_write_many (HubRest *self, GPtrArray *deliveries, GCancellable *cancellable,
                              GError **error) {
  g_autoptr (GPtrArray) creates = g_ptr_array_new (), updates = g_ptr_array_new ();
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    if (delivery->action != HUB_ACTION_REJECT)
      g_ptr_array_add (delivery->found ? updates : creates, delivery);
  }
  return send_some (self, get_write (self)->create, creates, cancellable, error)
         && send_some (self, get_write (self)->update, updates, cancellable, error);
}
