/* rest-write.c: a manifest-driven service as destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "date.h"
#include "decimal.h"
#include "error.h"

#define EXACT                                                                                                \
  "\001"      /* begins the text of a decimal, which json-glib would print with the digits of a double */
#define FEW 3 /* so many records are looked up one by one; for more, the whole list costs fewer requests */

void hub_rest_writer_free (HubRestWriter *writer) {
  g_strfreev (writer->targets);
  g_clear_object (&writer->reader);
  g_clear_pointer (&writer->records, g_hash_table_unref);
  g_hash_table_unref (writer->kept);
  g_free (writer);
}

/* Whether the service takes field @target. */
static gboolean check_target (HubRest *self, const char *target, GError **error) {
  const HubManifestObject *object = self->parent.object;
  const HubManifestField *field = hub_rest_field (self, target);
  gsize sample = object->sample ? strlen (object->sample) : 0;
  gboolean sampled = sample && g_str_has_prefix (target, object->sample) && target[sample] == '.';
  if (sampled || (field && !field->field.read_only))
    return TRUE;
  g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("“%s” cannot be written to “%s”; change the mapping"),
               target, _ (object->label));
  return FALSE;
}

/* Whether records can be told apart by field @key (nullable). */
static gboolean check_key (HubRest *self, const char *key, GError **error) {
  const HubManifestObject *object = self->parent.object;
  const char *usual = object->write.key;
  const HubManifestField *field = key ? hub_rest_field (self, key) : NULL;
  if (key
      && (usual == NULL || g_str_equal (key, usual) || (object->write.many && field && field->field.unique)))
    return TRUE;
  g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("“%s” are told apart by “%s”; make that the key"),
               _ (object->label), usual ? usual : object->key);
  return FALSE;
}

gboolean hub_rest_prepare (HubConnector *connector, const char *const *targets, int key,
                           GCancellable *cancellable, GError **error) {
  HubRest *self = HUB_REST (connector);
  if (!hub_rest_discover (self, cancellable, error) || !hub_rest_ask_defaults (self, cancellable, error)
      || !hub_rest_check_fields (self, targets, cancellable, error))
    return FALSE;
  for (guint i = 0; targets[i]; i++)
    if (!check_target (self, targets[i], error))
      return FALSE;
  if (!check_key (self, key < 0 ? NULL : targets[key], error))
    return FALSE;
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  g_strv_builder_addv (paths, (const char **) targets);
  g_strv_builder_add (paths, connector->object->key);
  JsonObject *keep_if = connector->object->write.keep_if;
  g_autoptr (GList) signs = keep_if ? json_object_get_members (keep_if) : NULL;
  for (GList *sign = signs; sign; sign = sign->next)
    g_strv_builder_add (paths, sign->data);
  HubRestWriter *writer = g_new0 (HubRestWriter, 1);
  g_clear_pointer (&self->writer, hub_rest_writer_free);
  self->writer = writer;
  writer->targets = g_strv_builder_end (paths);
  writer->key = key;
  writer->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  writer->reader =
      hub_rest_open_beside (self, connector->endpoint, (const char *const *) writer->targets, error);
  return writer->reader != NULL;
}

/* Gives @value the type that its field has there, where it fits. */
static void adapt (const HubManifest *manifest, const HubManifestField *field, HubValue *value) {
  HubType type = field->field.type;
  gboolean is_date = value->type == HUB_TYPE_DATE || value->type == HUB_TYPE_DATETIME;
  gboolean wants_text = type == HUB_TYPE_TEXT || type == HUB_TYPE_EMAIL || type == HUB_TYPE_URL;
  if (hub_value_is_blank (value))
    return;
  if (field->lower)
    hub_value_take (value, value->type, g_utf8_strdown (value->text, -1));
  if ((type == HUB_TYPE_DATE || type == HUB_TYPE_DATETIME) && !is_date)
    is_date = hub_date_parse (value, value->text, "UTC",
                              NULL); /* not a date: it stays text, and is refused there */
  if (type == HUB_TYPE_DATE && is_date) {
    value->format = field->pattern ? field->pattern : "%Y-%m-%d";
    hub_value_take (value, field->pattern ? HUB_TYPE_TEXT : HUB_TYPE_DATE, hub_value_display (value));
  } else if (type == HUB_TYPE_DATETIME && value->type == HUB_TYPE_DATE) {
    HubValue midnight = { 0 };
    hub_date_from_unix_ms (&midnight, hub_date_to_unix_ms (value));
    hub_value_take (value, HUB_TYPE_DATETIME, midnight.text);
  } else if (wants_text && value->type != type) {
    hub_value_take (value, type, hub_value_display (value));
  } else if (value->type == HUB_TYPE_TEXT && (hub_type_is_number (type) || type == HUB_TYPE_BOOLEAN)) {
    hub_rest_convert (manifest, field, value, NULL);
  }
}

/* Makes @delivery a reject if the service is known not to take its field @f as it is. */
static void check_value (HubDelivery *delivery, guint f, const HubManifestField *field) {
  const HubValue *value = &delivery->values[f];
  gboolean blank = hub_value_is_blank (value);
  gboolean too_long = !blank && field->longest && g_utf8_strlen (value->text, -1) > field->longest;
  if (!too_long && (blank || field->field.type != HUB_TYPE_BOOLEAN || value->type != HUB_TYPE_TEXT))
    return;
  g_autofree char *problem =
      too_long ? g_strdup_printf (_ ("“%1$s” takes at most %2$d characters; shorten the text"),
                                  _ (field->field.label), (int) field->longest)
               : g_strdup_printf (_ ("“%s” takes true or false only; add a step that makes it so"),
                                  _ (field->field.label));
  hub_delivery_reject (delivery, field->field.name, problem);
}

/* Whether @delivery sets field @f, as far as that is known: some ways of writing depend on what the look-up finds. */
static gboolean may_set (const HubDelivery *delivery, guint f, gboolean looked_up) {
  HubWrite write = delivery->write[f];
  gboolean blank = delivery->before == NULL || hub_value_is_blank (&delivery->before[f]);
  return write == HUB_WRITE_ALWAYS
         || (looked_up && (write == HUB_WRITE_IF_EMPTY ? blank : write && delivery->found == NULL));
}

static void adapt_all (HubRest *self, GPtrArray *deliveries, gboolean looked_up) {
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    for (guint f = 0; f < delivery->n_fields && delivery->action != HUB_ACTION_REJECT; f++) {
      const HubManifestField *field = hub_rest_field (self, self->writer->targets[f]);
      const HubManifestField *named = hub_manifest_field (self->parent.object, self->writer->targets[f]);
      if (field && field->format == HUB_FORMAT_PLAIN)
        adapt (self->parent.manifest, field, &delivery->values[f]);
      /* A flag of the service's own is never without a value. */
      if (named && named->field.type == HUB_TYPE_BOOLEAN && delivery->write[f]
          && !self->parent.object->write.texts && hub_value_is_blank (&delivery->values[f]))
        hub_value_take (&delivery->values[f], HUB_TYPE_BOOLEAN, g_strdup ("false"));
      if (named && may_set (delivery, f, looked_up))
        check_value (delivery, f, named);
    }
  }
}

const char *hub_rest_look_up_key (const HubDelivery *delivery) {
  return delivery->look_up_key ? delivery->look_up_key : delivery->key;
}

/* Whether @record, whose values are those of the writer's targets, says by any of its signs that it is to be kept. */
static gboolean is_kept (HubRest *self, const HubRecord *record, guint first_sign) {
  JsonObject *keep_if = self->parent.object->write.keep_if;
  const char *const *signs = (const char *const *) self->writer->targets;
  for (guint i = first_sign; signs[i]; i++) {
    g_auto (GStrv) values = g_strsplit (hub_manifest_text (keep_if, signs[i]), " ", -1);
    if (record->values[i].text && g_strv_contains ((const char *const *) values, record->values[i].text))
      return TRUE;
  }
  return FALSE;
}

void hub_rest_take_record (HubRest *self, HubDelivery *delivery, const HubRecord *record) {
  hub_delivery_forget (delivery);
  if (record == NULL)
    return;
  delivery->found = g_strdup (record->values[delivery->n_fields].text);
  delivery->before = g_new0 (HubValue, delivery->n_fields);
  for (guint i = 0; i < delivery->n_fields; i++)
    hub_value_copy (&delivery->before[i], &record->values[i]);
  if (delivery->found && is_kept (self, record, delivery->n_fields + 1))
    g_hash_table_add (self->writer->kept, g_strdup (delivery->found));
}

typedef struct {
  int key; /* which value is the key */
  gboolean newest_first;
  GHashTable *records; /* (borrowed) */
} Taking;

/* Of several with one key, the oldest counts. */
static void take_listed (HubRecord *record, gpointer data) {
  const Taking *taking = data;
  const char *text = record->values[taking->key].text;
  g_autofree char *key = text ? hub_key_normalize (text) : NULL;
  if (key && (taking->newest_first || !g_hash_table_contains (taking->records, key)))
    g_hash_table_insert (taking->records, g_steal_pointer (&key), record);
  else
    hub_record_free (record);
}

/* Takes the records of one list, which is the whole one, or (@filter) that of the records with key @filter. */
static gboolean read_records (HubRest *self, const char *filter, GHashTable *records,
                              GCancellable *cancellable, GError **error) {
  const HubManifestObject *object = self->parent.object;
  const HubEndpoint *own = self->parent.endpoint;
  Taking taking = { self->writer->key, object->read.paging == HUB_PAGE_LAST_ID, records };
  if (filter == NULL)
    return hub_rest_read_all (self->writer->reader, take_listed, &taking, cancellable, error);
  g_autoptr (HubEndpoint) endpoint = hub_endpoint_new (own->connector, own->account, own->object);
  json_object_set_string_member (endpoint->options, object->write.look_up, filter);
  g_autoptr (HubRest) reader =
      hub_rest_open_beside (self, endpoint, (const char *const *) self->writer->targets, error);
  return reader && hub_rest_read_all (reader, take_listed, &taking, cancellable, error);
}

/* Asks for the one record with key @key and puts it into @records. */
static gboolean read_one (HubRest *self, const char *key, GHashTable *records, GCancellable *cancellable,
                          GError **error) {
  const HubManifestWrite *write = &self->parent.object->write;
  g_autoptr (GError) problem = NULL;
  if (write->find == NULL)
    return read_records (self, key, records, cancellable, error);
  HubRestScope scope = { self, .key = key };
  g_autofree char *id = hub_rest_expand (&scope, write->find, FALSE);
  HubRecord *record =
      hub_connector_read_record (HUB_CONNECTOR (self->writer->reader), id, cancellable, &problem);
  if (record)
    g_hash_table_insert (records, g_strdup (key), record);
  if (problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  return error == NULL || *error == NULL;
}

static gboolean find (HubRest *self, GPtrArray *deliveries, GCancellable *cancellable, GError **error) {
  HubRestWriter *writer = self->writer;
  const HubManifestWrite *write = &self->parent.object->write;
  const HubManifestField *key_field = hub_rest_field (self, writer->targets[writer->key]);
  g_autoptr (GHashTable) few =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) hub_record_free);
  gboolean one_by_one = (write->look_up || write->find) && writer->records == NULL && deliveries->len <= FEW;
  if (write->many && key_field && key_field->field.unique)
    return hub_rest_look_up_many (self, deliveries, cancellable, error);
  if (!one_by_one && writer->records == NULL) {
    if (!read_records (self, NULL, few, cancellable, error))
      return FALSE;
    writer->records = g_hash_table_ref (few);
  }
  GHashTable *known = one_by_one ? few : writer->records;
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    const char *key = hub_rest_look_up_key (delivery);
    if (delivery->action == HUB_ACTION_REJECT)
      continue;
    if ((one_by_one || (write->look_up_absent && !g_hash_table_contains (known, key)))
        && !read_one (self, key, known, cancellable, error))
      return FALSE;
    hub_rest_take_record (self, delivery, g_hash_table_lookup (known, key));
  }
  return TRUE;
}

gboolean hub_rest_look_up (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                           GError **error) {
  HubRest *self = HUB_REST (connector);
  adapt_all (self, deliveries, FALSE);
  gboolean ok = find (self, deliveries, cancellable, error);
  adapt_all (self, deliveries, ok);
  return ok;
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

/* Sets the member at @path ("address.city") of @root to @node, which is taken. */
static void set_member (JsonObject *root, const char *path, JsonNode *node) {
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  guint i = 0;
  for (; names[i + 1]; i++) {
    if (!json_object_has_member (root, names[i]))
      json_object_set_object_member (root, names[i], json_object_new ());
    root = json_object_get_object_member (root, names[i]);
  }
  json_object_set_member (root, names[i], node);
}

/* @value as the service wants it. (transfer full) */
static JsonNode *write_value (const HubManifestWrite *write, const HubValue *value) {
  gboolean bare = hub_type_is_number (value->type) || value->type == HUB_TYPE_BOOLEAN
                  || value->type == HUB_TYPE_LIST || value->type == HUB_TYPE_JSON;
  g_autofree char *shown = hub_value_display (value);
  if (hub_value_is_blank (value))
    return write->blank ? json_node_init_string (json_node_alloc (), write->blank)
                        : json_node_init_null (json_node_alloc ());
  if (hub_type_is_number (value->type) && !write->texts && strchr (shown, '.')) {
    g_autofree char *marked = g_strconcat (EXACT, shown, NULL);
    return json_node_init_string (json_node_alloc (), marked);
  }
  JsonNode *node = bare && !write->texts ? hub_json_parse (shown, strlen (shown), NULL) : NULL;
  return node ? node : json_node_init_string (json_node_alloc (), shown);
}

/* Whether field @i, which stays as it is, has to be sent because it is a part of what is changed: "merge_fields.ADDRESS.zip". */
static gboolean belongs_to_change (const HubRestWriter *writer, const HubDelivery *delivery, guint i) {
  const char *path = writer->targets[i], *dot = strrchr (path, '.');
  gsize length = dot ? dot - path + 1 : 0;
  if (dot == NULL || memchr (path, '.', length - 1) == NULL)
    return FALSE;
  for (guint f = 0; f < delivery->n_fields; f++)
    if (delivery->change[f] && strncmp (writer->targets[f], path, length) == 0)
      return TRUE;
  return FALSE;
}

JsonObject *hub_rest_make_item (HubRest *self, const HubDelivery *delivery, guint index) {
  const HubRestWriter *writer = self->writer;
  const HubManifestWrite *write = &self->parent.object->write;
  HubRestScope scope = { self, .id = delivery->found, .key = delivery->key, .index = index };
  JsonObject *item = hub_rest_expand_object (&scope, delivery->found ? write->on_update : write->on_create);
  for (guint i = 0; i < delivery->n_fields; i++) {
    const HubValue *value = &delivery->values[i];
    const char *path = writer->targets[i];
    if (!delivery->change[i]) {
      if (delivery->before == NULL || !belongs_to_change (writer, delivery, i))
        continue;
      value = &delivery->before[i];
    }
    const char *renamed = delivery->found ? hub_manifest_text (write->update_as, path) : NULL;
    set_member (item, renamed ? renamed : path, write_value (write, value));
  }
  return item;
}

char *hub_rest_print (JsonObject *object) {
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  g_autofree char *text = json_to_string (root, FALSE);
  g_autoptr (GRegex) pattern = g_regex_new ("\"\\\\u0001(-?[0-9]+\\.[0-9]+)\"", 0, 0, NULL);
  return g_regex_replace (pattern, text, -1, 0, "\\1", 0, NULL);
}

/* The fields that the delivery writes, as a form. (transfer full) */
static char *make_form (const HubRestWriter *writer, const HubDelivery *delivery) {
  GString *form = g_string_new (NULL);
  for (guint i = 0; i < delivery->n_fields; i++) {
    g_autofree char *shown = delivery->change[i] ? hub_value_display (&delivery->values[i]) : NULL;
    if (shown)
      append_field (form, writer->targets[i], shown);
  }
  return g_string_free (form, FALSE);
}

/* The same for the same delivery with the same content, however often it is tried. (transfer full) */
static char *idempotency_key (const HubDelivery *delivery, const char *body) {
  g_autofree char *text = g_strdup_printf ("%" PRId64 " %s", delivery->id, body);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* Sends one delivery as @request ("POST /customers/{id}"); what the service refuses becomes a reject. */
static gboolean send_delivery (HubRest *self, HubDelivery *delivery, const char *request, const char *body,
                               GCancellable *cancellable, GError **error) {
  HubRestScope scope = { self, .id = delivery->found, .key = delivery->key };
  g_autofree char *key = body ? idempotency_key (delivery, body) : NULL;
  g_autofree char *target = hub_rest_expand (&scope, request, TRUE);
  g_autoptr (HubHttpAnswer) answer = hub_rest_send (self, target, body, key, cancellable, error);
  if (answer == NULL)
    return FALSE;
  delivery->http_status = answer->status;
  if (answer->status / 100 == 2) {
    /* An answer that cannot be read: the record is found by its key if need be. */
    const char *const refused[] = { self->parent.object->write.refused, NULL };
    const char *const id[] = { self->parent.object->key, NULL };
    g_autofree char *sentence = NULL;
    HubJsonReader reader;
    hub_rest_init_reader (&reader, answer);
    HubJsonReader again = reader;
    if (refused[0] && hub_rest_pick (refused, &again, &sentence, NULL) && sentence)
      hub_delivery_reject (delivery, NULL, sentence);
    else if (delivery->found == NULL)
      hub_rest_pick (id, &reader, &delivery->found, NULL);
    return TRUE;
  }
  if (body == NULL && answer->status == 404)
    return TRUE; /* what was to be removed is gone */
  g_autoptr (GError) problem = NULL;
  hub_rest_fail (self, answer, &problem);
  if (!hub_rest_blames_record (self, answer)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  hub_delivery_reject (delivery, NULL, problem->message);
  return TRUE;
}

/* Removing somebody who has left would forget that they did. */
static void keep (HubDelivery *delivery) {
  hub_delivery_reject (delivery, NULL,
                       _ ("this contact has unsubscribed since, and stays so that nobody forgets it"));
}

/* Calls a request for each delivery. */
static gboolean send_all (HubRest *self, GPtrArray *deliveries, gboolean removing, GCancellable *cancellable,
                          GError **error) {
  const HubManifestWrite *write = &self->parent.object->write;
  gboolean form = g_str_equal (write->body, "form");
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (deliveries, i);
    if (delivery->action == HUB_ACTION_REJECT)
      continue;
    if (removing && g_hash_table_contains (self->writer->kept, delivery->found)) {
      keep (delivery);
      continue;
    }
    g_autofree char *body = removing ? NULL
                            : form   ? make_form (self->writer, delivery)
                                     : hub_rest_print (hub_rest_make_item (self, delivery, i));
    const char *request = removing ? write->remove : delivery->found ? write->update : write->create;
    if (!send_delivery (self, delivery, request, body, cancellable, error))
      return FALSE;
  }
  return TRUE;
}

/* After a failure, what is known of the destination is out of date. */
static gboolean conclude (HubRest *self, gboolean done) {
  if (!done)
    g_clear_pointer (&self->writer->records, g_hash_table_unref);
  return done;
}

gboolean hub_rest_write (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                         GError **error) {
  HubRest *self = HUB_REST (connector);
  adapt_all (self, deliveries, TRUE);
  return conclude (self, connector->object->write.batch
                             ? hub_rest_write_many (self, deliveries, cancellable, error)
                             : send_all (self, deliveries, FALSE, cancellable, error));
}

gboolean hub_rest_remove (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                          GError **error) {
  return conclude (HUB_REST (connector),
                   send_all (HUB_REST (connector), deliveries, TRUE, cancellable, error));
}
