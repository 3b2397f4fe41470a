/* manifest-check.c: what a manifest must hold that its schema cannot say: what only together makes sense (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "manifest.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "http.h"

/* A manifest's file. */
typedef struct {
  const HubManifest *manifest;
  const char *file, *text;
  gsize length;
  JsonObject *read,
      *own; /* (borrowed) (nullable) what all objects' read has, and that of the one being checked */
} Source;

/* A member that an object may need. */
typedef struct {
  gboolean needed;
  const char *value, *place, *name; /* "read", "path" */
} Need;

/* Says what is wrong with member @name of what stands at @path; @message is taken. */
static gboolean fail (const Source *source, const char *path, const char *name, char *message,
                      GError **error) {
  g_autofree char *owned = message;
  g_autofree char *place = hub_json_place (source->file, source->text, source->length, path, name);
  return hub_json_fail (error, place, "%s", owned);
}

/* Where member @name of @table (nullable: of it itself) of the read of the object at @path stands: perhaps in that of all objects.
 * (transfer full) */
static char *read_place (const Source *source, const char *path, const char *table, const char *name) {
  JsonObject *all = table ? hub_manifest_part (source->read, table) : source->read;
  JsonObject *own = table ? hub_manifest_part (source->own, table) : source->own;
  gboolean inherited =
      all && json_object_has_member (all, name) && !(own && json_object_has_member (own, name));
  return g_strconcat (inherited ? "" : path, inherited ? "read" : ".read", table ? "." : NULL, table, NULL);
}

static gboolean fail_missing (const Source *source, const char *path, const char *name, const char *kind,
                              GError **error) {
  return fail (source, path, name, g_strdup_printf (_ ("“%s” is missing; it must be %s"), name, kind), error);
}

static gboolean check_auth (const Source *source, GError **error) {
  const HubManifest *manifest = source->manifest;
  if (g_str_equal (manifest->auth, "none"))
    return TRUE;
  if (manifest->secrets->len == 0)
    return fail_missing (source, "auth", "fields", _ ("a list: […]"), error);
  if (g_str_equal (manifest->auth, "header") && manifest->auth_header == NULL)
    return fail_missing (source, "auth", "header", _ ("a text"), error);
  return !g_str_equal (manifest->auth, "google") || !g_str_equal (manifest->build, "rest")
         || fail (source, "auth", "kind", g_strdup (_ ("“google” is only for the build google-sheets")),
                  error);
}

static gboolean check_address (const Source *source, GError **error) {
  g_autoptr (GError) problem = NULL;
  const char *base_url = source->manifest->base_url;
  if (base_url == NULL)
    return !g_str_equal (source->manifest->build, "rest")
           || fail_missing (source, "", "base_url", _ ("a text"), error);
  g_autofree char *url = hub_manifest_strip_url (base_url);
  g_autofree char *origin = hub_http_origin (url, &problem);
  return origin || fail (source, "", "base_url", g_strdup_printf ("“base_url”: %s", problem->message), error);
}

/* The first of @needs that is missing; each list ends without a name. */
static gboolean check_needs (const Source *source, const char *path, const Need *needs, GError **error) {
  for (; needs->name; needs++) {
    if (!needs->needed || needs->value)
      continue;
    g_autofree char *place = g_strconcat (path, *needs->place ? "." : "", needs->place, NULL);
    return fail_missing (source, place, needs->name, _ ("a text"), error);
  }
  return TRUE;
}

static gboolean check_members (const Source *source, const char *path, const HubManifestObject *object,
                               GError **error) {
  const HubManifestRead *read = &object->read;
  const HubManifestWrite *write = &object->write;
  const char *strategy = read->strategy ? read->strategy : "";
  gboolean events = g_str_equal (strategy, "stripe_events");
  gboolean search = g_str_equal (strategy, "hubspot_search_window");
  gboolean last_id = read->page_param && read->paging == HUB_PAGE_LAST_ID;
  const Need needs[] = {
    { TRUE, read->path, "read", "path" },
    { TRUE, read->records, "read", "records" },
    { last_id, read->more, "read", "more" },
    { last_id || object->writable, object->key, "", "key" },
    { read->page_param && read->paging == HUB_PAGE_TOKEN, read->next, "read", "next" },
    { read->paging == HUB_PAGE_OFFSET || read->paging == HUB_PAGE_NUMBER, read->page_param, "read",
      "page_param" },
    { object->writable, write->create, "write", "create" },
    { object->writable, write->update, "write", "update" },
    { g_str_equal (strategy, "since"), read->since_param, "read.changes", "param" },
    { events, read->events, "read.changes", "events" },
    { events, read->event_object, "read.changes", "object" },
    { search, read->search, "read.changes", "search" },
    { search, read->changed ? strchr (read->changed, '.') : NULL, "read.changes", "field" },
    { 0 },
  };
  return check_needs (source, path, needs, error);
}

/* Whether each {placeholder} of @text (nullable), which is member @name of what stands at @path, stands for something: one of
 * @known, or (x.*) the names of fields. */
static gboolean check_text (const Source *source, const char *path, const char *name, const char *text,
                            const char *const *known, GError **error) {
  for (const char *open = text ? strchr (text, '{') : NULL; open; open = strchr (open + 1, '{')) {
    g_autofree char *inner = g_strndup (open + 1, strcspn (open + 1, "|}"));
    if (g_str_has_suffix (inner, ".*") || g_strv_contains (known, inner))
      continue;
    const char *nearest = hub_nearest_name (inner, known);
    g_autofree char *message =
        g_strdup_printf (_ ("“%s” has the placeholder {%s}, which stands for nothing"), name, inner);
    return fail (source, path, name,
                 nearest ? g_strdup_printf (_ ("%s; did you mean “%s”?"), message, nearest)
                         : g_steal_pointer (&message),
                 error);
  }
  return TRUE;
}

/* The object's options, and the @words besides, spaces between. (transfer full) */
static GStrv list_names (const HubManifestObject *object, const char *words) {
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) others = g_strsplit (words, " ", -1);
  for (guint i = 0; i < object->options->len; i++)
    g_strv_builder_add (names, ((HubManifestOption *) object->options->pdata[i])->id);
  g_strv_builder_addv (names, (const char **) others);
  return g_strv_builder_end (names);
}

static gboolean check_texts (const Source *source, const char *path, const HubManifestObject *object,
                             GError **error) {
  const HubManifestRead *read = &object->read;
  const HubManifestWrite *write = &object->write;
  const struct {
    const char *place, *name, *text;
    const char *known; /* besides the options */
  } texts[] = {
    { "read", "path", read->path, "" },
    { "read", "one", read->one, "path key" },
    { "write", "find", write->find, "key" },
    { "write", "create", write->create, "path key id" },
    { "write", "update", write->update, "path key id" },
    { "write", "remove", write->remove, "path key id" },
    { "discover", "path", hub_manifest_text (object->discover, "path"), "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *place = g_str_equal (texts[i].place, "read")
                                 ? read_place (source, path, NULL, texts[i].name)
                                 : g_strdup_printf ("%s.%s", path, texts[i].place);
    g_auto (GStrv) known = list_names (object, texts[i].known);
    if (!check_text (source, place, texts[i].name, texts[i].text, (const char *const *) known, error))
      return FALSE;
  }
  g_auto (GStrv) options = list_names (object, "");
  for (guint i = 0; read->query && read->query[i]; i += 2) {
    g_autofree char *place = read_place (source, path, "query", read->query[i]);
    if (!check_text (source, place, read->query[i], read->query[i + 1], (const char *const *) options, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean check_fields (const Source *source, const char *path, const HubManifestObject *object,
                              GError **error) {
  for (guint i = 0; i < object->fields->len; i++) {
    const HubManifestField *field = g_ptr_array_index (object->fields, i);
    g_autofree char *place = g_strdup_printf ("%s.fields[%u]", path, i);
    if (field->format == HUB_FORMAT_MINOR_UNITS && field->currency == NULL)
      return fail (source, place, "format",
                   g_strdup_printf (
                       _ ("“%s” is in minor_units, which needs “currency”, the path of the currency's code"),
                       field->field.name),
                   error);
  }
  return TRUE;
}

gboolean hub_manifest_check (const HubManifest *manifest, const char *file, const char *text, gsize length,
                             GError **error) {
  JsonObject *root = json_node_get_object (manifest->source);
  Source source = { manifest, file, text, length, hub_manifest_part (root, "read"), NULL };
  gboolean rest = g_str_equal (manifest->build, "rest");
  if (!check_address (&source, error) || !check_auth (&source, error))
    return FALSE;
  for (guint i = 0; i < manifest->objects->len; i++) {
    const HubManifestObject *object = g_ptr_array_index (manifest->objects, i);
    g_autofree char *path = g_strdup_printf ("objects[%u]", i);
    JsonArray *objects = json_object_get_array_member (root, "objects");
    source.own = hub_manifest_part (json_array_get_object_element (objects, i), "read");
    if (!check_fields (&source, path, object, error)
        || (rest
            && (!check_members (&source, path, object, error)
                || !check_texts (&source, path, object, error))))
      return FALSE;
  }
  return TRUE;
}
