/* manifest.c: reads one manifest, which its schema has checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "manifest.h"

#include "manifest-check.h"
#include "schema.h"

typedef enum { TEXT, FLAG, TEXTS, NUMBER, OBJECT, ARRAY } Kind;

/* Where a member goes: a text, object or array borrowed, a boolean, a number, or a list or table of texts (owned). */
typedef struct {
  const char *name;
  Kind kind;
  gsize offset;
} Member;

#define MEMBER(name, kind, struct, field)                                                                    \
  { name, kind, G_STRUCT_OFFSET (struct, field) }

static const Member option_members[] = {
  MEMBER ("id", TEXT, HubManifestOption, id),
  MEMBER ("label", TEXT, HubManifestOption, label),
  MEMBER ("help", TEXT, HubManifestOption, help),
  MEMBER ("example", TEXT, HubManifestOption, example),
  MEMBER ("kind", TEXT, HubManifestOption, kind),
  MEMBER ("required", FLAG, HubManifestOption, required),
  MEMBER ("default", TEXT, HubManifestOption, fallback),
  MEMBER ("choices", OBJECT, HubManifestOption, choices),
  MEMBER ("default_from", OBJECT, HubManifestOption, ask),
  MEMBER ("derive", OBJECT, HubManifestOption, derive),
  { NULL },
};

static const Member field_members[] = {
  MEMBER ("path", TEXT, HubManifestField, field.name),
  MEMBER ("label", TEXT, HubManifestField, field.label),
  MEMBER ("example", TEXT, HubManifestField, field.example),
  MEMBER ("currency", TEXT, HubManifestField, currency),
  MEMBER ("pattern", TEXT, HubManifestField, pattern),
  MEMBER ("lower", FLAG, HubManifestField, lower),
  MEMBER ("required", FLAG, HubManifestField, field.required),
  MEMBER ("read_only", FLAG, HubManifestField, field.read_only),
  MEMBER ("unique", FLAG, HubManifestField, field.unique),
  { NULL },
};

static const Member read_members[] = {
  MEMBER ("path", TEXT, HubManifestRead, path),
  MEMBER ("query", TEXTS, HubManifestRead, query),
  MEMBER ("one", TEXT, HubManifestRead, one),
  MEMBER ("deleted", TEXT, HubManifestRead, deleted),
  MEMBER ("records", TEXT, HubManifestRead, records),
  MEMBER ("more", TEXT, HubManifestRead, more),
  MEMBER ("page_param", TEXT, HubManifestRead, page_param),
  MEMBER ("next", TEXT, HubManifestRead, next),
  MEMBER ("total", TEXT, HubManifestRead, total),
  { NULL },
};

static const Member changes_members[] = {
  MEMBER ("strategy", TEXT, HubManifestRead, strategy),
  MEMBER ("param", TEXT, HubManifestRead, since_param),
  MEMBER ("format", TEXT, HubManifestRead, since_format),
  MEMBER ("overlap", NUMBER, HubManifestRead, overlap),
  MEMBER ("field", TEXT, HubManifestRead, changed),
  MEMBER ("search", TEXT, HubManifestRead, search),
  MEMBER ("events", TEXT, HubManifestRead, events),
  MEMBER ("object", TEXT, HubManifestRead, event_object),
  { NULL },
};

static const Member write_members[] = {
  MEMBER ("key", TEXT, HubManifestWrite, key),
  MEMBER ("look_up", TEXT, HubManifestWrite, look_up),
  MEMBER ("find", TEXT, HubManifestWrite, find),
  MEMBER ("look_up_absent", FLAG, HubManifestWrite, look_up_absent),
  MEMBER ("on_create", OBJECT, HubManifestWrite, on_create),
  MEMBER ("on_update", OBJECT, HubManifestWrite, on_update),
  MEMBER ("update_as", OBJECT, HubManifestWrite, update_as),
  MEMBER ("keep_if", OBJECT, HubManifestWrite, keep_if),
  MEMBER ("many", OBJECT, HubManifestWrite, many),
  MEMBER ("batch", OBJECT, HubManifestWrite, batch),
  MEMBER ("blank", TEXT, HubManifestWrite, blank),
  MEMBER ("texts", FLAG, HubManifestWrite, texts),
  MEMBER ("create", TEXT, HubManifestWrite, create),
  MEMBER ("update", TEXT, HubManifestWrite, update),
  MEMBER ("remove", TEXT, HubManifestWrite, remove),
  MEMBER ("body", TEXT, HubManifestWrite, body),
  MEMBER ("idempotency_header", TEXT, HubManifestWrite, idempotency_header),
  MEMBER ("refused", TEXT, HubManifestWrite, refused),
  { NULL },
};

static const Member object_members[] = {
  MEMBER ("id", TEXT, HubManifestObject, id),
  MEMBER ("label", TEXT, HubManifestObject, label),
  MEMBER ("key", TEXT, HubManifestObject, key),
  MEMBER ("sample", TEXT, HubManifestObject, sample),
  MEMBER ("discover", OBJECT, HubManifestObject, discover),
  { NULL },
};

static const Member auth_members[] = {
  MEMBER ("kind", TEXT, HubManifest, auth),
  MEMBER ("header", TEXT, HubManifest, auth_header),
  MEMBER ("steps", TEXTS, HubManifest, steps),
  MEMBER ("warnings", TEXTS, HubManifest, warnings),
  { NULL },
};

static const Member verify_members[] = {
  MEMBER ("paths", TEXTS, HubManifest, verify),
  MEMBER ("labels", TEXTS, HubManifest, verify_labels),
  { NULL },
};

static const Member manifest_members[] = {
  MEMBER ("id", TEXT, HubManifest, id),
  MEMBER ("name", TEXT, HubManifest, name),
  MEMBER ("help_url", TEXT, HubManifest, help_url),
  MEMBER ("build", TEXT, HubManifest, build),
  MEMBER ("base_url", TEXT, HubManifest, base_url),
  MEMBER ("headers", TEXTS, HubManifest, headers),
  MEMBER ("error_message", TEXT, HubManifest, error_message),
  MEMBER ("throttle_header", TEXT, HubManifest, throttle_header),
  MEMBER ("errors", ARRAY, HubManifest, errors),
  MEMBER ("budgets", ARRAY, HubManifest, budgets),
  { NULL },
};

static void object_free (gpointer data) {
  HubManifestObject *object = data;
  g_strfreev (object->read.query);
  g_ptr_array_unref (object->fields);
  g_ptr_array_unref (object->options);
  g_free (object);
}

void hub_manifest_free (HubManifest *manifest) {
  g_strfreev (manifest->headers);
  g_ptr_array_unref (manifest->secrets);
  g_strfreev (manifest->steps);
  g_strfreev (manifest->warnings);
  g_strfreev (manifest->verify);
  g_strfreev (manifest->verify_labels);
  g_hash_table_unref (manifest->minor_units);
  g_ptr_array_unref (manifest->objects);
  json_node_unref (manifest->source);
  g_free (manifest);
}

/* A list's texts, or name, value... of a table's, after those of @before (nullable). */
static GStrv read_texts (GStrv before, JsonNode *node) {
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  if (before)
    g_strv_builder_addv (texts, (const char **) before);
  JsonArray *list = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; list && i < json_array_get_length (list); i++)
    g_strv_builder_add (texts, json_array_get_string_element (list, i));
  JsonObject *table = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (GList) names = table ? json_object_get_members (table) : NULL;
  for (GList *name = names; name; name = name->next)
    g_strv_builder_add_many (texts, name->data, json_object_get_string_member (table, name->data), NULL);
  return g_strv_builder_end (texts);
}

/* Fills struct @out with @members of @object (nullable), on top of the defaults that it holds; TEXTS are copied. */
static void fill (gpointer out, const Member *members, JsonObject *object) {
  for (; members->name; members++) {
    gpointer field = G_STRUCT_MEMBER_P (out, members->offset);
    JsonNode *node = object ? json_object_get_member (object, members->name) : NULL;
    if (members->kind == TEXTS)
      *(GStrv *) field = read_texts (*(GStrv *) field, node);
    else if (node && members->kind == TEXT)
      *(const char **) field = json_node_get_string (node);
    else if (node && members->kind == NUMBER)
      *(gint64 *) field = json_node_get_int (node);
    else if (node && members->kind == OBJECT)
      *(JsonObject **) field = json_node_get_object (node);
    else if (node && members->kind == ARRAY)
      *(JsonArray **) field = json_node_get_array (node);
    else if (node)
      *(gboolean *) field = json_node_get_boolean (node);
  }
}

static JsonObject *get_object (JsonObject *object, const char *name) {
  return object && json_object_has_member (object, name) ? json_object_get_object_member (object, name)
                                                         : NULL;
}

/* The elements of list member @name, which may be absent. (transfer container) */
static GList *get_elements (JsonObject *object, const char *name) {
  return object && json_object_has_member (object, name)
             ? json_array_get_elements (json_object_get_array_member (object, name))
             : NULL;
}

static GPtrArray *read_options (JsonObject *object, const char *name) {
  GPtrArray *options = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GList) elements = get_elements (object, name);
  for (GList *element = elements; element; element = element->next) {
    HubManifestOption *option = g_new0 (HubManifestOption, 1);
    fill (option, option_members, json_node_get_object (element->data));
    g_ptr_array_add (options, option);
  }
  return options;
}

static void read_fields (JsonObject *root, GPtrArray *fields) {
  static const char *const formats[] = { "plain", "minor_units", "unix_seconds", NULL };
  g_autoptr (GList) elements = get_elements (root, "fields");
  for (GList *element = elements; element; element = element->next) {
    JsonObject *object = json_node_get_object (element->data);
    HubManifestField *field = g_new0 (HubManifestField, 1);
    g_ptr_array_add (fields, field);
    fill (field, field_members, object);
    hub_type_from_name (json_object_get_string_member_with_default (object, "type", "text"),
                        &field->field.type);
    field->format = hub_schema_choice (object, "format", formats);
  }
}

static void read_reading (HubManifestRead *reading, JsonObject *read) {
  static const char *const pagings[] = { "last_id", "token", "offset", "number", "link", NULL };
  fill (reading, read_members, read);
  if (read && json_object_has_member (read, "page"))
    reading->paging = hub_schema_choice (read, "page", pagings);
  fill (reading, changes_members, get_object (read, "changes"));
  if (reading->since_param && reading->strategy == NULL)
    reading->strategy = "since";
}

static void read_objects (HubManifest *manifest, JsonObject *root) {
  HubManifestRead defaults = { 0 };
  read_reading (&defaults, get_object (root, "read"));
  g_autoptr (GList) elements = get_elements (root, "objects");
  g_auto (GStrv) query = defaults.query;
  for (GList *element = elements; element; element = element->next) {
    JsonObject *json = json_node_get_object (element->data), *read = get_object (json, "read");
    HubManifestObject *object = g_new0 (HubManifestObject, 1);
    g_ptr_array_add (manifest->objects, object);
    object->read = defaults;
    object->readable = read != NULL;
    object->writable = json_object_has_member (json, "write");
    object->fields = g_ptr_array_new_with_free_func (g_free);
    object->options = read_options (json, "options");
    fill (object, object_members, json);
    read_reading (&object->read, read);
    object->write.body = "json";
    fill (&object->write, write_members, get_object (json, "write"));
    read_fields (json, object->fields);
  }
}

static void read_minor_units (GHashTable *decimals, JsonObject *units) {
  g_autoptr (GList) names = units ? json_object_get_members (units) : NULL;
  for (GList *name = names; name; name = name->next)
    g_hash_table_insert (decimals, g_ascii_strup (name->data, -1),
                         GINT_TO_POINTER ((int) json_object_get_int_member (units, name->data) + 1));
}

HubManifest *hub_manifest_parse (const char *text, gsize length, const char *file, GError **error) {
  g_autoptr (JsonNode) source = hub_schema_parse ("manifest", NULL, text, length, file, error);
  if (source == NULL)
    return NULL;
  g_autoptr (HubManifest) manifest = g_new0 (HubManifest, 1);
  JsonObject *root = json_node_get_object (source), *auth = get_object (root, "auth");
  manifest->source = g_steal_pointer (&source);
  manifest->build = "rest";
  manifest->auth = "none";
  manifest->secrets = read_options (auth, "fields");
  manifest->objects = g_ptr_array_new_with_free_func (object_free);
  manifest->minor_units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fill (manifest, manifest_members, root);
  fill (manifest, auth_members, auth);
  fill (manifest, verify_members, get_object (root, "verify"));
  read_minor_units (manifest->minor_units, get_object (root, "minor_units"));
  read_objects (manifest, root);
  return hub_manifest_check (manifest, file, text, length, error) ? g_steal_pointer (&manifest) : NULL;
}
