/* import.c: where integrations come from: a portable file, or a template that only lacks its accounts (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "import.h"

#include <glib/gi18n-lib.h>

#include "connector.h"
#include "error.h"
#include "templates-resources.h"

#define FOLDER "/fr/integrationhub/IntegrationHub/templates/"

/* Whether the endpoint's connector, object, options and account exist and go together. */
static gboolean check_endpoint (HubDatabase *database, const HubEndpoint *endpoint, gboolean write,
                                guint index, GError **error) {
  g_autofree char *place = g_strdup_printf ("integrations[%u].%s", index, write ? "destination" : "source");
  if (!hub_connector_check (endpoint, write, place, error))
    return FALSE;
  if (endpoint->account == NULL)
    return TRUE;
  g_autoptr (HubAccount) account = hub_store_get_account (database, endpoint->account, error);
  if (account == NULL) {
    g_prefix_error (error, _ ("%s.account: "), place);
    return FALSE;
  }
  return g_str_equal (account->connector, endpoint->connector)
         || hub_json_fail (error, place, _ ("the account “%s” is one of %s, not of %s"), account->name,
                           account->connector, endpoint->connector);
}

GPtrArray *hub_import (HubDatabase *database, const char *text, gsize length, GError **error) {
  g_autoptr (GPtrArray) integrations = hub_portable_parse (text, length, error);
  if (integrations == NULL)
    return NULL;
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    if (!check_endpoint (database, integration->source, FALSE, i, error)
        || !check_endpoint (database, integration->destination, TRUE, i, error))
      return NULL;
  }
  return hub_store_put_integrations (database, integrations, error) ? g_steal_pointer (&integrations) : NULL;
}

/* Templates */

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
