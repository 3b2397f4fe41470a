/* templates.c: ready-made integrations that only lack their accounts (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "templates.h"

#include <glib/gi18n-lib.h>

#include "manifest.h"
#include "templates-resources.h"

#define FOLDER "/fr/integrationhub/IntegrationHub/templates/"

void hub_template_free (HubTemplate *template) {
  g_free (template->id);
  g_free (template->name);
  g_free (template->description);
  g_free (template->source);
  g_free (template->destination);
  g_free (template);
}

/* The file of template @id: its description and its integration. (transfer full) */
static JsonObject *load (const char *id, GError **error) {
  g_autofree char *path = g_strconcat (FOLDER, id, ".json", NULL);
  g_autoptr (GBytes) text = g_resource_lookup_data (hub_templates_get_resource (), path, 0, error);
  return text ? hub_json_parse_object (g_bytes_get_data (text, NULL), g_bytes_get_size (text), id, error)
              : NULL;
}

static const char *get_text (JsonObject *object, const char *member) {
  return g_dgettext (GETTEXT_PACKAGE, json_object_get_string_member (object, member));
}

static char *dup_connector (JsonObject *integration, const char *end) {
  return g_strdup (
      json_object_get_string_member (json_object_get_object_member (integration, end), "connector"));
}

GPtrArray *hub_template_list (void) {
  GPtrArray *templates = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_template_free);
  g_auto (GStrv) files = g_resource_enumerate_children (hub_templates_get_resource (), FOLDER, 0, NULL);
  for (guint i = 0; files[i]; i++) {
    g_autofree char *id = g_strndup (files[i], strlen (files[i]) - strlen (".json"));
    g_autoptr (JsonObject) file = load (id, NULL); /* ours, and tested: it cannot fail */
    JsonObject *integration = json_object_get_object_member (file, "integration");
    HubTemplate *template = g_new0 (HubTemplate, 1);
    template->id = g_steal_pointer (&id);
    template->name = g_strdup (get_text (integration, "name"));
    template->description = g_strdup (get_text (file, "description"));
    template->source = dup_connector (integration, "source");
    template->destination = dup_connector (integration, "destination");
    g_ptr_array_add (templates, template);
  }
  return templates;
}

static void translate (JsonObject *object, const char *member) {
  if (json_object_has_member (object, member))
    json_object_set_string_member (object, member, get_text (object, member));
}

/* Whether the fields of the integration's @end are headings that somebody wrote, and not names that a service has. */
static gboolean has_headings (JsonObject *integration, const char *end) {
  g_autofree char *connector = dup_connector (integration, end);
  const HubManifest *manifest = hub_manifest_get (connector, NULL);
  return manifest && !g_str_equal (manifest->build, "rest");
}

static void translate_headings (JsonObject *integration) {
  gboolean source = has_headings (integration, "source");
  gboolean destination = has_headings (integration, "destination");
  JsonArray *rules = json_object_get_array_member (integration, "mapping");
  for (guint i = 0; i < json_array_get_length (rules); i++) {
    if (source)
      translate (json_array_get_object_element (rules, i), "from");
    if (destination)
      translate (json_array_get_object_element (rules, i), "to");
  }
  if (destination)
    translate (json_object_get_object_member (integration, "write"), "key");
}

char *hub_template_text (const char *id, GError **error) {
  g_autoptr (JsonObject) file = load (id, error);
  if (file == NULL)
    return NULL;
  JsonNode *node = json_object_get_member (file, "integration");
  translate (json_node_get_object (node), "name");
  translate_headings (json_node_get_object (node));
  return json_to_string (node, TRUE);
}
