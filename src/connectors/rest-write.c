/* rest-write.c: a manifest-driven service as destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest-write.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "error.h"

#define FEW 3 /* so many records are looked up one by one; for more, the whole list costs fewer requests */

struct _HubRestWriter {
  GStrv targets; /* (owned) then the path of the service's id */
  int key;
  GHashTable *records; /* (owned) (nullable) key → HubRecord of targets: all that the service has */
};

void hub_rest_writer_free (HubRestWriter *writer) {
  g_strfreev (writer->targets);
  g_clear_pointer (&writer->records, g_hash_table_unref);
  g_free (writer);
}

/* Whether the service takes field @target. */
static gboolean check_target (const HubManifestObject *object, const char *target, GError **error) {
  const HubManifestField *field = hub_manifest_field (object, target);
  gsize sample = object->sample ? strlen (object->sample) : 0;
  gboolean sampled = sample && g_str_has_prefix (target, object->sample) && target[sample] == '.';
  if (sampled || (field && !field->field.read_only))
    return TRUE;
  g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("“%s” cannot be written to “%s”; change the mapping"),
               target, _ (object->label));
  return FALSE;
}

gboolean hub_rest_prepare (HubConnector *connector, const char *const *targets, int key,
                           GCancellable *cancellable, GError **error) {
  const HubManifestObject *object = hub_connector_get_object (connector);
  for (guint i = 0; targets[i]; i++)
    if (!check_target (object, targets[i], error))
      return FALSE;
  if (key < 0 || !g_str_equal (targets[key], object->write.key)) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("“%s” are told apart by “%s”; make that the key"),
                 _ (object->label), object->write.key);
    return FALSE;
  }
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  g_strv_builder_addv (paths, (const char **) targets);
  g_strv_builder_add (paths, object->key);
  HubRestWriter *writer = g_new0 (HubRestWriter, 1);
  writer->targets = g_strv_builder_end (paths);
  writer->key = key;
  hub_rest_set_writer (HUB_REST (connector), writer);
  return TRUE;
}

/* Takes the records of one list, which is the whole one, or (@filter) that of the records with key @filter. */
static gboolean read_records (HubConnector *connector, const char *filter, GHashTable *records,
                              GCancellable *cancellable, GError **error) {
  const HubRestWriter *writer = hub_rest_get_writer (HUB_REST (connector));
  const HubEndpoint *own = hub_connector_get_endpoint (connector);
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (own->connector, own->account, own->object);
  if (filter)
    json_object_set_string_member (endpoint->options, hub_connector_get_object (connector)->write.look_up,
                                   filter);
  g_autoptr (HubConnector) reader = hub_connector_open_beside (connector, endpoint, error);
  if (reader == NULL)
    return FALSE;
  hub_connector_set_source (reader, (const char *const *) writer->targets);
  g_autofree char *position = NULL;
  do {
    g_autoptr (HubPage) page = hub_connector_read_page (reader, position, cancellable, error);
    if (page == NULL)
      return FALSE;
    for (guint i = 0; i < page->records->len; i++) {
      HubRecord *record = g_steal_pointer (&page->records->pdata[i]);
      char *key =
          record->values[writer->key].text ? hub_key_normalize (record->values[writer->key].text) : NULL;
      if (key)
        g_hash_table_insert (records, key, record); /* of several, the oldest: lists are newest first */
      else
        hub_record_free (record);
    }
    g_free (position);
    position = g_steal_pointer (&page->next);
  } while (position);
  return TRUE;
}

/* What the service has for @delivery becomes its found and before. */
static void take_record (HubDelivery *delivery, const HubRecord *record) {
  hub_delivery_forget (delivery);
  if (record == NULL)
    return;
  delivery->found = g_strdup (record->values[delivery->n_fields].text);
  delivery->before = g_new0 (HubValue, delivery->n_fields);
  for (guint i = 0; i < delivery->n_fields; i++)
    hub_value_copy (&delivery->before[i], &record->values[i]);
}

gboolean hub_rest_look_up (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                           GError **error) {
  HubRestWriter *writer = hub_rest_get_writer (HUB_REST (connector));
  g_autoptr (GHashTable) records =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) hub_record_free);
  gboolean filters = hub_connector_get_object (connector)->write.look_up != NULL;
  gboolean one_by_one = filters && writer->records == NULL && deliveries->len <= FEW;
  if (!one_by_one && writer->records == NULL) {
    if (!read_records (connector, NULL, records, cancellable, error))
      return FALSE;
    writer->records = g_hash_table_ref (records);
  }
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    const char *key = delivery->look_up_key ? delivery->look_up_key : delivery->key;
    if (delivery->action == HUB_ACTION_REJECT)
      continue;
    if (one_by_one && !read_records (connector, key, records, cancellable, error))
      return FALSE;
    take_record (delivery, g_hash_table_lookup (one_by_one ? records : writer->records, key));
  }
  return TRUE;
}

/* Appends one field of a form: "address.city" is address[city]. */
static void append_field (GString *form, const char *path, const char *text) {
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  g_string_append (form, form->len ? "&" : "");
  for (guint i = 0; names[i]; i++) {
    g_string_append (form, i ? "%5B" : "");
    g_string_append_uri_escaped (form, names[i], NULL, FALSE);
    g_string_append (form, i ? "%5D" : "");
  }
  g_string_append_c (form, '=');
  g_string_append_uri_escaped (form, text, NULL, FALSE);
}

/* Sets the member at @path ("address.city") of @root. */
static void set_member (JsonObject *root, const char *path, const HubValue *value) {
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  g_autoptr (GString) json = g_string_new (NULL);
  guint i = 0;
  for (; names[i + 1]; i++) {
    if (!json_object_has_member (root, names[i]))
      json_object_set_object_member (root, names[i], json_object_new ());
    root = json_object_get_object_member (root, names[i]);
  }
  hub_value_append_json (value, json);
  json_object_set_member (root, names[i], json_from_string (json->str, NULL));
}

/* The request's body: the fields that the delivery writes. (transfer full) */
static char *make_body (const HubRestWriter *writer, gboolean form, const HubDelivery *delivery) {
  GString *text = g_string_new (NULL);
  g_autoptr (JsonObject) object = json_object_new ();
  for (guint i = 0; i < delivery->n_fields; i++) {
    if (!delivery->change[i])
      continue;
    g_autofree char *shown = hub_value_display (&delivery->values[i]);
    if (form)
      append_field (text, writer->targets[i], shown);
    else
      set_member (object, writer->targets[i], &delivery->values[i]);
  }
  if (form)
    return g_string_free (text, FALSE);
  g_string_free (text, TRUE);
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), g_steal_pointer (&object));
  return json_to_string (root, FALSE);
}

/* The same for the same delivery with the same content, however often it is tried. (transfer full) */
static char *idempotency_key (const HubDelivery *delivery, const char *body) {
  g_autofree char *text = g_strdup_printf ("%" PRId64 " %s", delivery->id, body);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* Reads a successful answer: the new record's id, and whether it refuses the record all the same. */
static void take_answer (const HubManifestObject *object, HubDelivery *delivery,
                         const HubHttpAnswer *answer) {
  const char *const paths[] = { object->key, object->write.refused, NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  HubValue values[G_N_ELEMENTS (paths) - 1] = { 0 };
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  gboolean read =
      hub_selector_read (selector, &reader, values, NULL); /* else it is found by its key if need be */
  if (read && !hub_value_is_blank (&values[1])) {
    g_autoptr (GError) refusal = g_error_new_literal (HUB_ERROR, HUB_ERROR_RECORD, values[1].text);
    hub_delivery_reject (delivery, NULL, refusal);
  } else if (read && delivery->found == NULL)
    delivery->found = g_steal_pointer (&values[0].text);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    hub_value_clear (&values[i]);
}

/* Sends one delivery as @request ("POST /customers/{id}"); what the service refuses becomes a reject. */
static gboolean send_delivery (HubRest *self, HubDelivery *delivery, const char *request, const char *body,
                               GCancellable *cancellable, GError **error) {
  HubRestClient *client = hub_rest_get_client (self, error);
  if (client == NULL)
    return FALSE;
  g_autofree char *key = body ? idempotency_key (delivery, body) : NULL;
  g_autofree char *escaped = g_uri_escape_string (delivery->found ? delivery->found : "", NULL, FALSE);
  g_autoptr (GString) target = g_string_new (request);
  g_string_replace (target, "{id}", escaped, 1);
  g_autoptr (HubHttpAnswer) answer =
      hub_rest_client_send (client, target->str, body, key, cancellable, error);
  if (answer == NULL)
    return FALSE;
  delivery->http_status = answer->status;
  if (answer->status / 100 == 2) {
    take_answer (hub_connector_get_object (HUB_CONNECTOR (self)), delivery, answer);
    return TRUE;
  }
  g_autoptr (GError) problem = NULL;
  hub_rest_client_fail (client, answer, &problem);
  if (answer->status == 401 || answer->status == 403 || answer->status == 429 || answer->status >= 500) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  hub_delivery_reject (delivery, NULL, problem);
  return TRUE;
}

/* Calls @request for each delivery; afterwards what is known of the destination is out of date. */
static gboolean send_all (HubConnector *connector, GPtrArray *deliveries, gboolean removing,
                          GCancellable *cancellable, GError **error) {
  HubRest *self = HUB_REST (connector);
  HubRestWriter *writer = hub_rest_get_writer (self);
  const HubManifestWrite *write = &hub_connector_get_object (connector)->write;
  gboolean form = g_str_equal (write->body, "form");
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    g_autofree char *body = removing ? NULL : make_body (writer, form, delivery);
    const char *request = removing ? write->remove : delivery->found ? write->update : write->create;
    if (!send_delivery (self, delivery, request, body, cancellable, error)) {
      g_clear_pointer (&writer->records, g_hash_table_unref);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean hub_rest_write (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                         GError **error) {
  return send_all (connector, deliveries, FALSE, cancellable, error);
}

gboolean hub_rest_remove (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                          GError **error) {
  return send_all (connector, deliveries, TRUE, cancellable, error);
}
