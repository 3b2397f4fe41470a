/* manifest.c: reads and checks one manifest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "manifest.h"

#include <glib/gi18n-lib.h>

#define MAX_DECIMALS 4

static const char *const builds[] = { "rest", "google-sheets", "csv", NULL };
static const char *const auth_kinds[] = { "none", "bearer", "google", NULL };
static const char *const format_names[] = { "plain", "minor_units", "unix_seconds", NULL };

static void field_free (gpointer data) {
  HubManifestField *field = data;
  g_free (field->field.name);
  g_free (field->field.label);
  g_free (field->field.example);
  g_free (field->currency);
  g_free (field);
}

static void option_free (gpointer data) {
  HubManifestOption *option = data;
  g_free (option->id);
  g_free (option->label);
  g_free (option->help);
  g_free (option->example);
  g_free (option);
}

static void read_clear (HubManifestRead *read) {
  g_free (read->path);
  g_strfreev (read->query);
  g_free (read->one);
  g_free (read->deleted);
  g_free (read->records);
  g_free (read->more);
  g_free (read->page_param);
  g_free (read->events);
  g_free (read->event_object);
}

static void object_free (gpointer data) {
  HubManifestObject *object = data;
  g_free (object->id);
  g_free (object->label);
  g_free (object->key);
  read_clear (&object->read);
  g_ptr_array_unref (object->fields);
  g_ptr_array_unref (object->options);
  g_free (object->sample);
  g_free (object);
}

void hub_manifest_free (HubManifest *manifest) {
  g_free (manifest->id);
  g_free (manifest->name);
  g_free (manifest->help_url);
  g_free (manifest->build);
  g_free (manifest->base_url);
  g_strfreev (manifest->headers);
  g_free (manifest->auth);
  g_ptr_array_unref (manifest->secrets);
  g_strfreev (manifest->warnings);
  g_strfreev (manifest->verify);
  g_strfreev (manifest->verify_labels);
  g_free (manifest->error_message);
  g_hash_table_unref (manifest->minor_units);
  g_ptr_array_unref (manifest->objects);
  g_free (manifest);
}

static void set_text (char **out, const char *text) {
  g_free (*out);
  *out = g_strdup (text);
}

/* Reads text member @name into *out (owned); what *out held before is a default and stays when it is absent. */
static gboolean read_text (JsonObject *object, const char *place, const char *name, gboolean required,
                           char **out, GError **error) {
  const char *text = NULL;
  if (!hub_json_get_text (object, place, name, required && *out == NULL, &text, error))
    return FALSE;
  if (text)
    set_text (out, text);
  return TRUE;
}

/* Reads text member @name, which must be one of @known; the first of them is the default. */
static gboolean read_choice (JsonObject *object, const char *place, const char *name,
                             const char *const *known, char **out, GError **error) {
  const char *text = known[0];
  if (!hub_json_get_text (object, place, name, FALSE, &text, error))
    return FALSE;
  if (text == NULL)
    text = known[0];
  set_text (out, text);
  if (g_strv_contains (known, text))
    return TRUE;
  g_autofree char *choices = g_strjoinv (", ", (char **) known);
  return hub_json_fail (error, place, _ ("“%s” is “%s”, but must be one of: %s"), name, text, choices);
}

/* Reads object member @name as name, value, name, value... on top of what *out held before. */
static gboolean read_pairs (JsonObject *object, const char *place, const char *name, GStrv *out,
                            GError **error) {
  JsonObject *pairs = NULL;
  if (!hub_json_get_object (object, place, name, FALSE, &pairs, error))
    return FALSE;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  if (*out)
    g_strv_builder_addv (builder, (const char **) *out);
  g_autoptr (GList) members = pairs ? json_object_get_members (pairs) : NULL;
  g_autofree char *inner = g_strdup_printf ("%s.%s", place, name);
  for (GList *member = members; member; member = member->next) {
    const char *value = NULL;
    if (!hub_json_get_text (pairs, inner, member->data, TRUE, &value, error))
      return FALSE;
    g_strv_builder_add_many (builder, member->data, value, NULL);
  }
  g_strfreev (*out);
  *out = g_strv_builder_end (builder);
  return TRUE;
}

/* Reads array member @name of texts. */
static gboolean read_list (JsonObject *object, const char *place, const char *name, GStrv *out,
                           GError **error) {
  JsonArray *array = NULL;
  if (!hub_json_get_array (object, place, name, FALSE, &array, error))
    return FALSE;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (json_node_get_value_type (node) != G_TYPE_STRING)
      return hub_json_fail (error, place, _ ("“%s” must be a list of texts"), name);
    g_strv_builder_add (builder, json_node_get_string (node));
  }
  *out = g_strv_builder_end (builder);
  return TRUE;
}

/* Calls @read_one for each object in array member @name and collects what it gives in @out. */
static gboolean read_each (JsonObject *object, const char *place, const char *name, gboolean required,
                           gpointer (*read_one) (JsonObject *, const char *, gpointer, GError **),
                           gpointer data, GPtrArray *out, GError **error) {
  JsonArray *array = NULL;
  if (!hub_json_get_array (object, place, name, required, &array, error))
    return FALSE;
  g_autofree char *inner = g_strdup_printf ("%s.%s", place, name);
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    g_autofree char *element_place = NULL;
    JsonObject *element = hub_json_element (array, inner, i, &element_place, error);
    gpointer item = element ? read_one (element, element_place, data, error) : NULL;
    if (item == NULL)
      return FALSE;
    g_ptr_array_add (out, item);
  }
  return TRUE;
}

static gpointer read_option (JsonObject *object, const char *place, gpointer data, GError **error) {
  static const char *const known[] = { "id", "label", "help", "example", "required", NULL };
  HubManifestOption *option = g_new0 (HubManifestOption, 1);
  if (hub_json_check_members (object, place, known, error)
      && read_text (object, place, "id", TRUE, &option->id, error)
      && read_text (object, place, "label", TRUE, &option->label, error)
      && read_text (object, place, "help", FALSE, &option->help, error)
      && read_text (object, place, "example", FALSE, &option->example, error)
      && hub_json_get_boolean (object, place, "required", &option->required, error))
    return option;
  option_free (option);
  return NULL;
}

static gboolean read_field_type (JsonObject *object, const char *place, HubManifestField *field,
                                 GError **error) {
  g_autofree char *type = g_strdup ("text");
  g_autofree char *format = NULL;
  if (!read_text (object, place, "type", FALSE, &type, error)
      || !read_choice (object, place, "format", format_names, &format, error))
    return FALSE;
  if (!hub_type_from_name (type, &field->field.type))
    return hub_json_fail (error, place, _ ("there is no type “%s”"), type);
  for (guint i = 0; format_names[i]; i++)
    if (g_str_equal (format, format_names[i]))
      field->format = i;
  if (field->format == HUB_FORMAT_MINOR_UNITS && field->currency == NULL)
    return hub_json_fail (error, place, _ ("minor_units needs “currency”, the path of the currency's code"));
  return TRUE;
}

static gpointer read_field (JsonObject *object, const char *place, gpointer data, GError **error) {
  static const char *const known[] = { "path",     "label",     "type",   "format",  "currency",
                                       "required", "read_only", "unique", "example", NULL };
  HubManifestField *field = g_new0 (HubManifestField, 1);
  if (hub_json_check_members (object, place, known, error)
      && read_text (object, place, "path", TRUE, &field->field.name, error)
      && read_text (object, place, "label", TRUE, &field->field.label, error)
      && read_text (object, place, "currency", FALSE, &field->currency, error)
      && read_text (object, place, "example", FALSE, &field->field.example, error)
      && hub_json_get_boolean (object, place, "required", &field->field.required, error)
      && hub_json_get_boolean (object, place, "read_only", &field->field.read_only, error)
      && hub_json_get_boolean (object, place, "unique", &field->field.unique, error)
      && read_field_type (object, place, field, error))
    return field;
  field_free (field);
  return NULL;
}

/* Reads how changes are found; one strategy in C so far. */
static gboolean read_changes (JsonObject *object, const char *place, HubManifestRead *read, GError **error) {
  static const char *const known[] = { "strategy", "events", "object", NULL };
  static const char *const strategies[] = { "stripe_events", NULL };
  JsonObject *changes = NULL;
  g_autofree char *strategy = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.changes", place);
  if (!hub_json_get_object (object, place, "changes", FALSE, &changes, error))
    return FALSE;
  return changes == NULL
         || (hub_json_check_members (changes, inner, known, error)
             && read_choice (changes, inner, "strategy", strategies, &strategy, error)
             && read_text (changes, inner, "events", TRUE, &read->events, error)
             && read_text (changes, inner, "object", TRUE, &read->event_object, error));
}

/* Reads a `read` section on top of the defaults that @read holds already. */
static gboolean read_read (JsonObject *object, const char *place, HubManifestRead *read, GError **error) {
  static const char *const known[] = { "path", "query",      "one",     "deleted", "records",
                                       "more", "page_param", "changes", NULL };
  return hub_json_check_members (object, place, known, error)
         && read_text (object, place, "path", FALSE, &read->path, error)
         && read_text (object, place, "one", FALSE, &read->one, error)
         && read_text (object, place, "deleted", FALSE, &read->deleted, error)
         && read_text (object, place, "records", FALSE, &read->records, error)
         && read_text (object, place, "more", FALSE, &read->more, error)
         && read_text (object, place, "page_param", FALSE, &read->page_param, error)
         && read_pairs (object, place, "query", &read->query, error)
         && read_changes (object, place, read, error);
}

/* Reads the members `read` and `write`, whose presence says what can be done with the object. */
static gboolean read_uses (JsonObject *object, const char *place, HubManifestObject *out,
                           const HubManifestRead *defaults, GError **error) {
  static const char *const no_members[] = { NULL };
  JsonObject *read = NULL, *write = NULL;
  if (!hub_json_get_object (object, place, "read", FALSE, &read, error)
      || !hub_json_get_object (object, place, "write", FALSE, &write, error))
    return FALSE;
  out->readable = read != NULL;
  out->writable = write != NULL;
  g_autofree char *read_place = g_strdup_printf ("%s.read", place);
  g_autofree char *write_place = g_strdup_printf ("%s.write", place);
  if (write && !hub_json_check_members (write, write_place, no_members, error))
    return FALSE;
  out->read.query = g_strdupv (defaults->query);
  out->read.one = g_strdup (defaults->one);
  out->read.deleted = g_strdup (defaults->deleted);
  out->read.records = g_strdup (defaults->records);
  out->read.more = g_strdup (defaults->more);
  out->read.page_param = g_strdup (defaults->page_param);
  return read == NULL || read_read (read, read_place, &out->read, error);
}

static gpointer read_object (JsonObject *object, const char *place, gpointer data, GError **error) {
  static const char *const known[] = { "id",     "label",   "key",    "read", "write",
                                       "fields", "options", "sample", NULL };
  HubManifestObject *out = g_new0 (HubManifestObject, 1);
  out->fields = g_ptr_array_new_with_free_func (field_free);
  out->options = g_ptr_array_new_with_free_func (option_free);
  if (hub_json_check_members (object, place, known, error)
      && read_text (object, place, "id", TRUE, &out->id, error)
      && read_text (object, place, "label", TRUE, &out->label, error)
      && read_text (object, place, "key", FALSE, &out->key, error)
      && read_text (object, place, "sample", FALSE, &out->sample, error)
      && read_uses (object, place, out, data, error)
      && read_each (object, place, "fields", FALSE, read_field, NULL, out->fields, error)
      && read_each (object, place, "options", FALSE, read_option, NULL, out->options, error))
    return out;
  object_free (out);
  return NULL;
}

static gboolean read_auth (JsonObject *root, const char *place, HubManifest *manifest, GError **error) {
  static const char *const known[] = { "kind", "fields", "warnings", NULL };
  JsonObject *auth = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.auth", place);
  return hub_json_get_object (root, place, "auth", TRUE, &auth, error)
         && hub_json_check_members (auth, inner, known, error)
         && read_choice (auth, inner, "kind", auth_kinds, &manifest->auth, error)
         && read_each (auth, inner, "fields", FALSE, read_option, NULL, manifest->secrets, error)
         && read_pairs (auth, inner, "warnings", &manifest->warnings, error);
}

static gboolean read_verify (JsonObject *root, const char *place, HubManifest *manifest, GError **error) {
  static const char *const known[] = { "paths", "labels", NULL };
  JsonObject *verify = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.verify", place);
  if (!hub_json_get_object (root, place, "verify", FALSE, &verify, error))
    return FALSE;
  return verify == NULL
         || (hub_json_check_members (verify, inner, known, error)
             && read_list (verify, inner, "paths", &manifest->verify, error)
             && read_list (verify, inner, "labels", &manifest->verify_labels, error));
}

static gboolean read_minor_units (JsonObject *root, const char *place, HubManifest *manifest,
                                  GError **error) {
  JsonObject *units = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.minor_units", place);
  if (!hub_json_get_object (root, place, "minor_units", FALSE, &units, error))
    return FALSE;
  g_autoptr (GList) members = units ? json_object_get_members (units) : NULL;
  for (GList *member = members; member; member = member->next) {
    gint64 decimals = 0;
    if (!hub_json_get_integer (units, inner, member->data, 0, MAX_DECIMALS, &decimals, error))
      return FALSE;
    g_hash_table_insert (manifest->minor_units, g_ascii_strup (member->data, -1),
                         GINT_TO_POINTER ((int) decimals + 1));
  }
  return TRUE;
}

static gboolean read_objects (JsonObject *root, const char *place, HubManifest *manifest, GError **error) {
  HubManifestRead defaults = { 0 };
  JsonObject *read = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.read", place);
  gboolean ok = hub_json_get_object (root, place, "read", FALSE, &read, error)
                && (read == NULL || read_read (read, inner, &defaults, error))
                && read_each (root, place, "objects", TRUE, read_object, &defaults, manifest->objects, error);
  read_clear (&defaults);
  return ok;
}

static gboolean read_manifest (JsonObject *root, const char *place, HubManifest *manifest, GError **error) {
  static const char *const known[] = { "id",      "name",    "help_url", "build",         "base_url",
                                       "headers", "auth",    "verify",   "error_message", "minor_units",
                                       "read",    "objects", NULL };
  return hub_json_check_members (root, place, known, error)
         && read_text (root, place, "id", TRUE, &manifest->id, error)
         && read_text (root, place, "name", TRUE, &manifest->name, error)
         && read_text (root, place, "help_url", FALSE, &manifest->help_url, error)
         && read_choice (root, place, "build", builds, &manifest->build, error)
         && read_text (root, place, "base_url", g_str_equal (manifest->build, "rest"), &manifest->base_url,
                       error)
         && read_pairs (root, place, "headers", &manifest->headers, error)
         && read_auth (root, place, manifest, error) && read_verify (root, place, manifest, error)
         && read_text (root, place, "error_message", FALSE, &manifest->error_message, error)
         && read_minor_units (root, place, manifest, error) && read_objects (root, place, manifest, error);
}

HubManifest *hub_manifest_parse (const char *text, gsize length, const char *file, GError **error) {
  g_autoptr (JsonObject) root = hub_json_parse_object (text, length, file, error);
  if (root == NULL)
    return NULL;
  g_autoptr (HubManifest) manifest = g_new0 (HubManifest, 1);
  manifest->secrets = g_ptr_array_new_with_free_func (option_free);
  manifest->objects = g_ptr_array_new_with_free_func (object_free);
  manifest->minor_units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return read_manifest (root, file, manifest, error) ? g_steal_pointer (&manifest) : NULL;
}
