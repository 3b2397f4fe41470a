/* rest-discover.c: what a service tells of itself: whether it takes the key, and which fields its records have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest.h"

#include "error.h"

/* Puts what the first of the manifest's label paths that holds something has into the char * @label points at. */
static gboolean read_label (HubConnector *connector, HubJsonReader *reader, gpointer label, GError **error) {
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  guint n_paths = g_strv_length (manifest->verify_labels);
  g_autofree HubValue *values = g_new0 (HubValue, n_paths);
  g_autoptr (HubSelector) selector = hub_selector_new ((const char *const *) manifest->verify_labels);
  gboolean read = hub_selector_read (selector, reader, values, error);
  char **out = label;
  g_clear_pointer (out, g_free);
  for (guint i = 0; i < n_paths; i++) {
    if (read && *out == NULL && !hub_value_is_blank (&values[i]))
      *out = g_steal_pointer (&values[i].text);
    hub_value_clear (&values[i]);
  }
  return read;
}

/* A restricted key may be forbidden to see any of the paths, and is good all the same: only a refusal is a failure. */
gboolean hub_rest_verify (HubConnector *connector, char **label, GCancellable *cancellable, GError **error) {
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  HubRestClient *client = hub_rest_get_client (HUB_REST (connector), error);
  if (client == NULL)
    return FALSE;
  for (guint i = 0; manifest->verify && manifest->verify[i]; i++) {
    g_autoptr (GError) problem = NULL;
    if (hub_rest_client_get (client, manifest->verify[i], read_label, label, cancellable, &problem))
      return TRUE;
    if (!g_error_matches (problem, HUB_ERROR, HUB_ERROR_PERMISSION)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
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
  const HubManifestObject *object = hub_connector_get_object (connector);
  guint n_fields = fields->len;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; i < n_fields; i++)
    g_ptr_array_add (paths, ((HubField *) g_ptr_array_index (fields, i))->name);
  if (object->sample)
    g_ptr_array_add (paths, object->sample);
  g_ptr_array_add (paths, NULL);
  g_autoptr (HubConnector) sample =
      hub_connector_open_beside (connector, hub_connector_get_endpoint (connector), error);
  if (sample == NULL)
    return FALSE;
  hub_connector_set_source (sample, (const char *const *) paths->pdata);
  g_autoptr (HubPage) page = hub_connector_read_page (sample, NULL, cancellable, error);
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

GPtrArray *hub_rest_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error) {
  const HubManifestObject *object = hub_connector_get_object (connector);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  for (guint i = 0; i < object->fields->len; i++) {
    const HubField *known = &((HubManifestField *) g_ptr_array_index (object->fields, i))->field;
    HubField *field = hub_field_new (known->name, known->label, known->type);
    field->required = known->required;
    field->read_only = known->read_only;
    field->unique = known->unique;
    field->example = g_strdup (known->example);
    g_ptr_array_add (fields, field);
  }
  if (hub_connector_get_secret_text (connector) && !sample_fields (connector, fields, cancellable, error))
    return NULL;
  return g_steal_pointer (&fields);
}
