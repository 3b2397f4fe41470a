/* manifests.c: the connectors there are: the manifests built in and the user's own, each loaded once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "connectors-resources.h"
#include "error.h"
#include "manifest.h"
#include "store.h"

#define RESOURCES "/fr/integrationhub/IntegrationHub/connectors/"

static const char *const builtin_ids[] = { "stripe", "google-sheets", "mailchimp", "hubspot",
                                           "brevo",  "csv",           NULL };

gboolean hub_manifest_is_built_in (const char *id) {
  return g_strv_contains (builtin_ids, id);
}

char *hub_manifest_own_file (const char *id, GError **error) {
  g_autofree char *folder = hub_store_folder (error);
  return folder ? g_strdup_printf ("%s/connectors/%s.json", folder, id) : NULL;
}

/* The text of connector @id: the built-in one, or the user's file, whose path is then put into *file. */
static GBytes *load_text (const char *id, char **file, GError **error) {
  if (hub_manifest_is_built_in (id)) {
    *file = g_strdup_printf ("%s.json", id);
    g_autofree char *path = g_strconcat (RESOURCES, *file, NULL);
    return g_resource_lookup_data (hub_connectors_get_resource (), path, 0, error);
  }
  char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) problem = NULL;
  *file = hub_manifest_own_file (id, error);
  if (*file == NULL)
    return NULL;
  if (g_file_get_contents (*file, &text, &length, &problem))
    return g_bytes_new_take (text, length);
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("%s; check the file's name"), problem->message);
  return NULL;
}

static HubManifest *load (const char *id, GError **error) {
  g_autofree char *file = NULL;
  g_autoptr (GBytes) text = load_text (id, &file, error);
  if (text == NULL)
    return NULL;
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  g_autoptr (HubManifest) manifest = hub_manifest_parse (data, length, file, error);
  if (manifest && !g_str_equal (manifest->id, id)) {
    g_autofree char *place = hub_json_place (file, data, length, "", "id");
    hub_json_fail (error, place, _ ("“id” is “%s”, but the file is called %s.json; make them the same"),
                   manifest->id, id);
    return NULL;
  }
  return g_steal_pointer (&manifest);
}

JsonObject *hub_manifest_part (JsonObject *object, const char *name) {
  return object && json_object_has_member (object, name) ? json_object_get_object_member (object, name)
                                                         : NULL;
}

const char *hub_manifest_text (JsonObject *object, const char *name) {
  return object ? json_object_get_string_member_with_default (object, name, NULL) : NULL;
}

const char *hub_manifest_meaning (const HubManifest *manifest, guint status, const char *content_type,
                                  GBytes *body) {
  gsize length;
  const char *data = g_bytes_get_data (body, &length), *has = content_type ? content_type : "";
  for (guint i = 0; manifest->errors && i < json_array_get_length (manifest->errors); i++) {
    JsonObject *known = json_array_get_object_element (manifest->errors, i);
    const char *type = hub_manifest_text (known, "type"), *contains = hub_manifest_text (known, "contains");
    gboolean typed = type == NULL || g_str_has_prefix (has, type)
                     || (g_str_equal (type, "!json") && strstr (has, "json") == NULL);
    if (typed && json_object_get_int_member (known, "status") == status
        && (contains == NULL || g_strstr_len (data, length, contains)))
      return hub_manifest_text (known, "means");
  }
  return NULL;
}

char *hub_manifest_strip_url (const char *url) {
  GString *text = g_string_new (url);
  for (char *open = strchr (text->str, '{'); open; open = strchr (text->str, '{')) {
    gsize length = strcspn (open, "}");
    length += strspn (open + length, "}.");
    g_string_erase (text, open - text->str, length);
  }
  return g_string_free (text, FALSE);
}

GStrv hub_manifest_list_ids (GError **error) {
  g_autofree char *folder = hub_store_folder (error);
  if (folder == NULL)
    return NULL;
  g_autofree char *path = g_build_filename (folder, "connectors", NULL);
  g_autoptr (GDir) dir =
      g_dir_open (path, 0, NULL); /* no such folder: the user has no connector of her own */
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  GList *own = NULL;
  for (const char *name = dir ? g_dir_read_name (dir) : NULL; name; name = g_dir_read_name (dir)) {
    g_autofree char *id = g_str_has_suffix (name, ".json") ? g_strndup (name, strlen (name) - 5) : NULL;
    if (id && g_utf8_validate (id, -1, NULL) && !hub_manifest_is_built_in (id))
      own = g_list_insert_sorted (own, g_steal_pointer (&id), (GCompareFunc) g_strcmp0);
  }
  g_strv_builder_addv (ids, (const char **) builtin_ids);
  for (GList *id = own; id; id = id->next)
    g_strv_builder_add (ids, id->data);
  g_list_free_full (own, g_free);
  return g_strv_builder_end (ids);
}

/* A manifest that was loaded, and what its file was like then. */
typedef struct {
  HubManifest *manifest; /* (owned) */
  char *stamp;           /* (owned) */
} Loaded;

/* Tells one version of a user's file from another. (transfer full) */
static char *make_stamp (const char *id) {
  g_autofree char *file = hub_manifest_is_built_in (id) ? NULL : hub_manifest_own_file (id, NULL);
  GStatBuf status;
  if (file == NULL || g_stat (file, &status) != 0)
    return g_strdup ("");
  return g_strdup_printf ("%lu %lu %ld.%09ld", (gulong) status.st_ino, (gulong) status.st_size,
                          (long) status.st_mtim.tv_sec, (long) status.st_mtim.tv_nsec);
}

/* Loads manifest @id, if there is one. */
static HubManifest *load_listed (const char *id, GError **error) {
  g_auto (GStrv) ids = hub_manifest_list_ids (error);
  if (ids == NULL || g_strv_contains ((const char *const *) ids, id))
    return ids ? load (id, error) : NULL;
  g_autofree char *known = g_strjoinv (", ", ids);
  g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("there is no connector “%s”; there are: %s"), id,
               known);
  return NULL;
}

const HubManifest *hub_manifest_get (const char *id, GError **error) {
  static GMutex mutex;
  static GHashTable *loaded;  /* id → Loaded */
  static GPtrArray *outdated; /* somebody may still look at them */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  if (loaded == NULL) {
    loaded = g_hash_table_new (g_str_hash, g_str_equal);
    outdated = g_ptr_array_new ();
  }
  g_autofree char *stamp = make_stamp (id);
  Loaded *known = g_hash_table_lookup (loaded, id);
  if (known && g_str_equal (known->stamp, stamp) && (*stamp || hub_manifest_is_built_in (id)))
    return known->manifest;
  HubManifest *manifest = load_listed (id, error);
  if (manifest == NULL)
    return NULL;
  if (known)
    g_ptr_array_add (outdated, known);
  known = g_new0 (Loaded, 1);
  known->manifest = manifest;
  known->stamp = g_steal_pointer (&stamp);
  g_hash_table_replace (loaded, manifest->id, known);
  return manifest;
}

GPtrArray *hub_manifest_list (GError **error) {
  g_auto (GStrv) ids = hub_manifest_list_ids (error);
  if (ids == NULL)
    return NULL;
  g_autoptr (GPtrArray) manifests = g_ptr_array_new ();
  for (guint i = 0; ids[i]; i++) {
    g_autoptr (GError) problem = NULL;
    const HubManifest *manifest = hub_manifest_get (ids[i], &problem);
    if (manifest)
      g_ptr_array_add (manifests, (gpointer) manifest);
    else if (problem) /* a mistake in one file hides no other connector */
      g_message ("%s", problem->message);
  }
  return g_steal_pointer (&manifests);
}

const HubManifestObject *hub_manifest_object (const HubManifest *manifest, const char *id, GError **error) {
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  for (guint i = 0; i < manifest->objects->len; i++) {
    const HubManifestObject *object = g_ptr_array_index (manifest->objects, i);
    if (g_str_equal (object->id, id))
      return object;
    g_strv_builder_add (ids, object->id);
  }
  g_auto (GStrv) known = g_strv_builder_end (ids);
  g_autofree char *list = g_strjoinv (", ", known);
  g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("%s has no object “%s”; it has: %s"),
               _ (manifest->name), id, list);
  return NULL;
}

const HubManifestField *hub_manifest_field (const HubManifestObject *object, const char *path) {
  for (guint i = 0; i < object->fields->len; i++) {
    const HubManifestField *field = g_ptr_array_index (object->fields, i);
    if (g_str_equal (field->field.name, path))
      return field;
  }
  return NULL;
}
