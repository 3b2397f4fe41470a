/* rest-discover.c: what a service tells of itself: whether it takes the key, which fields its records have, what options may be.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "rest-private.h"

#define SAMPLED 60 /* fields that get an example of a sample page: each makes the request longer */

static gboolean read_label (HubRest *self, HubJsonReader *reader, gpointer label, GError **error) {
  return hub_rest_pick ((const char *const *) self->parent.manifest->verify_labels, reader, label, error);
}

/* A restricted key may be forbidden to see any of the paths, and is good all the same: only a refusal is a failure. */
gboolean hub_rest_verify (HubConnector *connector, char **label, GCancellable *cancellable, GError **error) {
  const HubManifest *manifest = connector->manifest;
  for (guint i = 0; manifest->verify && manifest->verify[i]; i++) {
    g_autoptr (GError) problem = NULL;
    g_autofree char *request = g_strconcat ("GET ", manifest->verify[i], NULL);
    if (hub_rest_ask (HUB_REST (connector), request, NULL, read_label, label, cancellable, &problem))
      return TRUE;
    if (!g_error_matches (problem, HUB_ERROR, HUB_ERROR_PERMISSION)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  return hub_rest_connect (HUB_REST (connector), error);
}

const HubManifestField *hub_rest_field (HubRest *self, const char *path) {
  const GPtrArray *fields = self->fields;
  for (guint i = 0; fields && i < fields->len; i++) {
    const HubManifestField *field = g_ptr_array_index (fields, i);
    if (g_str_equal (field->field.name, path))
      return field;
  }
  return hub_manifest_field (self->parent.object, path);
}

/* One field as the service describes it. */
typedef struct {
  JsonObject *discover; /* (borrowed) what the manifest says of fields */
  const char *json;     /* the item */
  gsize length;
} Item;

/* What stands at @path (nullable) of @item as text, or NULL. (transfer full) */
static char *read_item (const Item *item, const char *path) {
  const char *const paths[] = { path, NULL };
  char *text = NULL;
  HubJsonReader reader;
  hub_json_reader_init (&reader, item->json, item->length);
  if (path)
    hub_rest_pick (paths, &reader, &text, NULL);
  return text;
}

/* The same at the path that the manifest calls @role ("label"). */
static char *item_text (const Item *item, const char *role) {
  return read_item (item, hub_manifest_text (item->discover, role));
}

/* Whether any of the conditions @name holds: path, values. */
static gboolean item_holds (const Item *item, const char *name) {
  JsonObject *table = hub_manifest_part (item->discover, name);
  g_autoptr (GList) paths = table ? json_object_get_members (table) : NULL;
  for (GList *path = paths; path; path = path->next) {
    g_autofree char *text = read_item (item, path->data);
    g_auto (GStrv) values = g_strsplit (hub_manifest_text (table, path->data), " ", -1);
    if (text && g_strv_contains ((const char *const *) values, text))
      return TRUE;
  }
  return FALSE;
}

/* Adds the field, unless the manifest names it itself. */
static void add_field (HubRest *self, const Item *item, const char *name, const char *label,
                       const char *type) {
  const char *never = hub_manifest_text (item->discover, "never_write");
  const HubManifestField *named = hub_rest_field (self, name);
  HubManifestField *field = (HubManifestField *) named;
  if (field == NULL) {
    g_auto (GStrv) words = g_strsplit (type ? type : "text", " ", 2);
    g_autofree char *example = item_text (item, "example");
    field = g_new0 (HubManifestField, 1);
    field->field.name = (char *) g_intern_string (name);
    field->field.label = (char *) g_intern_string (label);
    field->field.example = (char *) g_intern_string (example);
    hub_type_from_name (words[0], &field->field.type);
    field->pattern = (char *) g_intern_string (words[1]);
    g_ptr_array_add (self->fields, field);
  }
  field->field.required |= item_holds (item, "required_if");
  field->field.unique |= item_holds (item, "unique_if");
  field->field.read_only |=
      item_holds (item, "read_only_if") || (never && g_regex_match_simple (never, name, G_REGEX_CASELESS, 0));
}

static void add_item (HubRest *self, const Item *item) {
  g_autofree char *bare = item_text (item, "name");
  g_autofree char *label = item_text (item, "label");
  g_autofree char *type = item_text (item, "type");
  const char *parts = type ? hub_manifest_text (hub_manifest_part (item->discover, "parts"), type) : NULL;
  g_auto (GStrv) names = g_strsplit (parts ? parts : "", " ", -1);
  if (bare == NULL)
    return;
  const char *prefix = hub_manifest_text (item->discover, "prefix");
  g_autofree char *name = g_strconcat (prefix ? prefix : "", bare, NULL);
  if (item_holds (item, "skip_if")) {
    g_hash_table_add (self->hidden, g_steal_pointer (&name));
    return;
  }
  if (parts == NULL)
    add_field (self, item, name, label ? label : bare,
               type ? hub_manifest_text (hub_manifest_part (item->discover, "types"), type) : NULL);
  for (guint i = 0; names[i]; i++) {
    g_autofree char *path = g_strdup_printf ("%s.%s", name, names[i]);
    g_autofree char *shown = g_strdup_printf ("%s: %s", label ? label : bare, names[i]);
    add_field (self, item, path, shown, NULL);
  }
}

/* Reads the list of fields into self's. */
static gboolean read_items (HubRest *self, HubJsonReader *reader, gpointer data, GError **error) {
  JsonObject *discover = self->parent.object->discover;
  const char *const paths[] = { hub_manifest_text (discover, "items"), NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  HubValue list = { 0 };
  HubJsonReader items;
  if (!hub_selector_read (selector, reader, &list, error))
    return FALSE;
  g_autofree char *text = list.text;
  if (list.type != HUB_TYPE_LIST)
    return hub_json_fail (error, hub_manifest_text (discover, "path"), _ ("the answer has no list “%s”"),
                          paths[0]);
  hub_json_reader_init (&items, text, strlen (text));
  hub_json_reader_next (&items);
  for (gsize start, end; hub_json_reader_skip (&items, &start, &end);) {
    const Item item = { discover, text + start, end - start };
    add_item (self, &item);
  }
  return TRUE;
}

gboolean hub_rest_discover (HubRest *self, GCancellable *cancellable, GError **error) {
  const HubManifestObject *object = self->parent.object;
  HubRestScope scope = { self };
  if (self->fields || object->discover == NULL)
    return TRUE;
  g_autofree char *path = hub_rest_expand (&scope, hub_manifest_text (object->discover, "path"), TRUE);
  g_autofree char *request = g_strconcat ("GET ", path, NULL);
  self->fields = g_ptr_array_new_with_free_func (g_free);
  g_clear_pointer (&self->hidden, g_hash_table_unref);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < object->fields->len; i++)
    g_ptr_array_add (self->fields,
                     g_memdup2 (g_ptr_array_index (object->fields, i), sizeof (HubManifestField)));
  if (hub_rest_ask (self, request, NULL, read_items, NULL, cancellable, error))
    return TRUE;
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  return FALSE;
}

/* Whether there is a field @path, or one inside it. */
static gboolean has_field (HubRest *self, const char *path) {
  gsize length = strlen (path);
  for (guint i = 0; i < self->fields->len; i++) {
    const char *name = ((HubManifestField *) g_ptr_array_index (self->fields, i))->field.name;
    if (g_str_has_prefix (name, path) && (name[length] == '\0' || name[length] == '.'))
      return TRUE;
  }
  return g_hash_table_contains (self->hidden, path);
}

gboolean hub_rest_check_fields (HubRest *self, const char *const *paths, GCancellable *cancellable,
                                GError **error) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifestObject *object = connector->object;
  const char *prefix = hub_manifest_text (object->discover, "prefix");
  for (; self->fields && prefix && *paths; paths++) {
    if (!g_str_has_prefix (*paths, prefix) || has_field (self, *paths))
      continue;
    g_autofree char *where =
        g_strdup_printf (_ ("“%s” of %s has no field"), _ (object->label), _ (connector->manifest->name));
    return hub_connector_fail_missing (connector, where, *paths, cancellable, error);
  }
  return TRUE;
}

/* Adds a field for every member of the object at @json, such as the keys of metadata. */
static void add_sampled_fields (GPtrArray *fields, const char *prefix, const char *json) {
  HubJsonReader reader;
  hub_json_reader_init (&reader, json, strlen (json));
  if (hub_json_reader_next (&reader) != HUB_JSON_OBJECT)
    return;
  while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
    g_autofree char *name = hub_json_reader_dup_text (&reader);
    g_autofree char *path = g_strdup_printf ("%s.%s", prefix, name);
    gboolean known = FALSE;
    for (guint i = 0; i < fields->len && !known; i++)
      known = g_str_equal (((HubField *) g_ptr_array_index (fields, i))->name, path);
    HubJsonToken token = hub_json_reader_next (&reader);
    if (!known) {
      HubField *field = hub_field_new (path, name, HUB_TYPE_TEXT);
      field->example = token == HUB_JSON_STRING ? hub_json_reader_dup_text (&reader) : NULL;
      g_ptr_array_add (fields, field);
    }
    if (token == HUB_JSON_OBJECT || token == HUB_JSON_ARRAY)
      return;
  }
}

/* Fills in examples from a sample page, and the fields that only records show. */
static gboolean sample_fields (HubConnector *connector, GPtrArray *fields, GCancellable *cancellable,
                               GError **error) {
  const HubManifestObject *object = connector->object;
  guint n_fields = MIN (fields->len, SAMPLED);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; i < n_fields; i++)
    g_ptr_array_add (paths, ((HubField *) g_ptr_array_index (fields, i))->name);
  if (object->sample)
    g_ptr_array_add (paths, object->sample);
  g_ptr_array_add (paths, NULL);
  g_autoptr (HubRest) sample = hub_rest_open_beside (HUB_REST (connector), connector->endpoint,
                                                     (const char *const *) paths->pdata, error);
  g_autoptr (HubPage) page =
      sample ? hub_connector_read_page (HUB_CONNECTOR (sample), NULL, cancellable, error) : NULL;
  for (guint r = 0; page && r < page->records->len; r++) {
    HubRecord *record = g_ptr_array_index (page->records, r);
    for (guint i = 0; i < n_fields; i++) {
      HubField *field = g_ptr_array_index (fields, i);
      if (field->example == NULL && !hub_value_is_blank (&record->values[i]))
        field->example = hub_value_display (&record->values[i]);
    }
    if (object->sample && record->values[n_fields].type == HUB_TYPE_JSON)
      add_sampled_fields (fields, object->sample, record->values[n_fields].text);
  }
  return page != NULL;
}

/* In the user's language, where the label is the manifest's own. */
static HubField *copy_field (const HubField *known) {
  const char *label = known->label && *known->label ? _ (known->label) : known->label;
  HubField *field = hub_field_new (known->name, label, known->type);
  field->required = known->required;
  field->read_only = known->read_only;
  field->unique = known->unique;
  field->example = g_strdup (known->example);
  return field;
}

GPtrArray *hub_rest_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error) {
  HubRest *self = HUB_REST (connector);
  gboolean asks = connector->secret != NULL;
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  if (asks && !hub_rest_discover (self, cancellable, error))
    return NULL;
  const GPtrArray *known = self->fields ? self->fields : connector->object->fields;
  for (guint i = 0; i < known->len; i++)
    g_ptr_array_add (fields, copy_field (&((HubManifestField *) g_ptr_array_index (known, i))->field));
  if (asks && !sample_fields (connector, fields, cancellable, error))
    return NULL;
  return g_steal_pointer (&fields);
}

static void take_choice (HubRecord *record, gpointer choices) {
  g_autoptr (HubRecord) owned = record;
  const char *label = record->values[0].text;
  if (record->key)
    g_ptr_array_add (choices, hub_field_new (record->key, label ? label : record->key, HUB_TYPE_TEXT));
}

/* Of the object that @choices names, its records. */
static gboolean add_records (HubConnector *connector, JsonObject *choices, GPtrArray *out,
                             GCancellable *cancellable, GError **error) {
  const HubEndpoint *own = connector->endpoint;
  const char *const paths[] = { hub_manifest_text (choices, "label"), NULL };
  g_autoptr (HubEndpoint) endpoint =
      hub_endpoint_new (own->connector, own->account, hub_manifest_text (choices, "object"));
  g_autoptr (HubRest) reader = hub_rest_open_beside (HUB_REST (connector), endpoint, paths, error);
  return reader && hub_rest_read_all (reader, take_choice, out, cancellable, error);
}

GPtrArray *hub_rest_list_choices (HubConnector *connector, const char *name, GCancellable *cancellable,
                                  GError **error) {
  const GPtrArray *options = connector->object->options;
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  for (guint i = 0; i < options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (options, i);
    if (!g_str_equal (option->id, name))
      continue;
    JsonObject *values = hub_manifest_part (option->choices, "values");
    g_autoptr (GList) names = values ? json_object_get_members (values) : NULL;
    for (GList *value = names; value; value = value->next)
      g_ptr_array_add (
          choices, hub_field_new (value->data, _ (hub_manifest_text (values, value->data)), HUB_TYPE_TEXT));
    if (hub_manifest_text (option->choices, "object")
        && !add_records (connector, option->choices, choices, cancellable, error))
      return NULL;
  }
  return g_steal_pointer (&choices);
}

typedef struct {
  const HubManifestOption *option; /* (borrowed) */
  char *text;                      /* (owned) (nullable) */
} Default;

/* Reads what stands at the option's ask.value into the Default @data. */
static gboolean read_default (HubRest *self, HubJsonReader *reader, gpointer data, GError **error) {
  Default *wanted = data;
  const char *const paths[] = { hub_manifest_text (wanted->option->default_from, "value"), NULL };
  return hub_rest_pick (paths, reader, &wanted->text, error);
}

gboolean hub_rest_ask_defaults (HubRest *self, GCancellable *cancellable, GError **error) {
  const GPtrArray *options = self->parent.object->options;
  HubRestScope scope = { self };
  self->defaults = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < options->len; i++) {
    Default wanted = { g_ptr_array_index (options, i), NULL };
    if (wanted.option->default_from == NULL
        || hub_connector_get_option (HUB_CONNECTOR (self), wanted.option->id))
      continue;
    g_autofree char *path =
        hub_rest_expand (&scope, hub_manifest_text (wanted.option->default_from, "path"), TRUE);
    g_autofree char *request = g_strconcat ("GET ", path, NULL);
    if (!hub_rest_ask (self, request, NULL, read_default, &wanted, cancellable, error))
      return FALSE;
    const char *means =
        wanted.text
            ? hub_manifest_text (hub_manifest_part (wanted.option->default_from, "means"), wanted.text)
            : NULL;
    if (means)
      g_hash_table_insert (self->defaults, wanted.option->id, (char *) means);
    g_free (wanted.text);
  }
  return TRUE;
}
