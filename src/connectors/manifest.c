/* manifest.c: reads one manifest, which its schema has checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "manifest.h"

#include "schema.h"

typedef enum { TEXT, FLAG, TEXTS, NUMBER, OBJECT, ARRAY } Kind;

/* Where members go, which stand one behind the other in the struct: texts, objects or arrays borrowed, booleans, numbers, or lists or
 * tables of texts (owned). */
typedef struct {
  const char *names; /* spaces between */
  Kind kind;
  gsize offset; /* of the first one */
} Members;

#define MEMBERS(names, kind, struct, first)                                                                  \
  { names, kind, G_STRUCT_OFFSET (struct, first) }

static const Members option_members[] = {
  MEMBERS ("id label help example pattern kind default", TEXT, HubManifestOption, id),
  MEMBERS ("choices default_from derive", OBJECT, HubManifestOption, choices),
  MEMBERS ("required", FLAG, HubManifestOption, required),
  { NULL },
};

static const Members field_members[] = {
  MEMBERS ("path", TEXT, HubManifestField, field.name),
  MEMBERS ("label", TEXT, HubManifestField, field.label),
  MEMBERS ("example", TEXT, HubManifestField, field.example),
  MEMBERS ("required", FLAG, HubManifestField, field.required),
  MEMBERS ("read_only", FLAG, HubManifestField, field.read_only),
  MEMBERS ("unique", FLAG, HubManifestField, field.unique),
  MEMBERS ("currency pattern", TEXT, HubManifestField, currency),
  MEMBERS ("lower", FLAG, HubManifestField, lower),
  MEMBERS ("longest", NUMBER, HubManifestField, longest),
  { NULL },
};

static const Members read_members[] = {
  MEMBERS ("path one records deleted more next total page_param", TEXT, HubManifestRead, path),
  MEMBERS ("query", TEXTS, HubManifestRead, query),
  { NULL },
};

static const Members changes_members[] = {
  MEMBERS ("strategy param format field search events object", TEXT, HubManifestRead, strategy),
  MEMBERS ("overlap", NUMBER, HubManifestRead, overlap),
  { NULL },
};

static const Members write_members[] = {
  MEMBERS ("key look_up find blank create update remove idempotency_header refused body", TEXT,
           HubManifestWrite, key),
  MEMBERS ("many batch on_create on_update update_as keep_if", OBJECT, HubManifestWrite, many),
  MEMBERS ("look_up_absent texts", FLAG, HubManifestWrite, look_up_absent),
  { NULL },
};

static const Members object_members[] = {
  MEMBERS ("id label key sample", TEXT, HubManifestObject, id),
  MEMBERS ("discover", OBJECT, HubManifestObject, discover),
  { NULL },
};

static const Members auth_members[] = {
  MEMBERS ("kind header", TEXT, HubManifest, auth),
  MEMBERS ("steps warnings", TEXTS, HubManifest, steps),
  { NULL },
};

static const Members verify_members[] = {
  MEMBERS ("paths labels", TEXTS, HubManifest, verify),
  { NULL },
};

static const Members manifest_members[] = {
  MEMBERS ("id name help_url base_url error_message throttle_header build", TEXT, HubManifest, id),
  MEMBERS ("headers", TEXTS, HubManifest, headers),
  MEMBERS ("errors budgets", ARRAY, HubManifest, errors),
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
static void fill (gpointer out, const Members *members, JsonObject *object) {
  for (; members->names; members++) {
    g_auto (GStrv) names = g_strsplit (members->names, " ", -1);
    gsize size = members->kind == FLAG ? sizeof (gboolean) : sizeof (gpointer);
    for (guint i = 0; names[i]; i++) {
      gpointer field = G_STRUCT_MEMBER_P (out, members->offset + i * size);
      JsonNode *node = object ? json_object_get_member (object, names[i]) : NULL;
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
  fill (reading, changes_members, hub_manifest_part (read, "changes"));
  if (reading->since_param && reading->strategy == NULL)
    reading->strategy = "since";
}

static void read_objects (HubManifest *manifest, JsonObject *root) {
  HubManifestRead defaults = { 0 };
  read_reading (&defaults, hub_manifest_part (root, "read"));
  g_autoptr (GList) elements = get_elements (root, "objects");
  g_auto (GStrv) query = defaults.query;
  for (GList *element = elements; element; element = element->next) {
    JsonObject *json = json_node_get_object (element->data), *read = hub_manifest_part (json, "read");
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
    fill (&object->write, write_members, hub_manifest_part (json, "write"));
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
  JsonObject *root = json_node_get_object (source), *auth = hub_manifest_part (root, "auth");
  manifest->source = g_steal_pointer (&source);
  manifest->build = "rest";
  manifest->auth = "none";
  manifest->secrets = read_options (auth, "fields");
  manifest->objects = g_ptr_array_new_with_free_func (object_free);
  manifest->minor_units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fill (manifest, manifest_members, root);
  fill (manifest, auth_members, auth);
  fill (manifest, verify_members, hub_manifest_part (root, "verify"));
  read_minor_units (manifest->minor_units, hub_manifest_part (root, "minor_units"));
  read_objects (manifest, root);
  return hub_manifest_check (manifest, file, text, length, error) ? g_steal_pointer (&manifest) : NULL;
}
