/* integration.c: one integration as the portable file describes it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "date.h"
#include "schema.h"

#define FORMAT "integration-hub/1"

static const char *const mode_names[] = { "upsert", "append", "update", NULL };

HubEndpoint *hub_endpoint_new (const char *connector, const char *account, const char *object) {
  HubEndpoint *endpoint = g_new0 (HubEndpoint, 1);
  endpoint->connector = g_strdup (connector);
  endpoint->account = g_strdup (account);
  endpoint->object = g_strdup (object);
  endpoint->options = json_object_new ();
  return endpoint;
}

void hub_endpoint_free (HubEndpoint *endpoint) {
  g_free (endpoint->connector);
  g_free (endpoint->account);
  g_free (endpoint->object);
  json_object_unref (endpoint->options);
  g_free (endpoint);
}

void hub_integration_free (HubIntegration *integration) {
  g_free (integration->name);
  g_clear_pointer (&integration->source, hub_endpoint_free);
  g_clear_pointer (&integration->destination, hub_endpoint_free);
  g_free (integration->key);
  g_clear_pointer (&integration->paths, g_ptr_array_unref);
  g_clear_pointer (&integration->filter, hub_filter_free);
  g_clear_pointer (&integration->mapping, hub_mapping_free);
  g_free (integration->definition);
  g_free (integration);
}

static HubEndpoint *read_endpoint (JsonObject *object) {
  const char *account = json_object_get_string_member_with_default (object, "account", "");
  HubEndpoint *endpoint =
      hub_endpoint_new (json_object_get_string_member (object, "connector"), *account ? account : NULL,
                        json_object_get_string_member (object, "object"));
  if (json_object_has_member (object, "options")) {
    json_object_unref (endpoint->options);
    endpoint->options = json_object_ref (json_object_get_object_member (object, "options"));
  }
  return endpoint;
}

/* Reads filter and mapping, which say together what has to be read of the source. */
static gboolean read_rules (JsonObject *root, const char *place, HubIntegration *integration,
                            GError **error) {
  JsonNode *filter = json_object_get_member (root, "filter");
  g_autofree char *filter_place = g_strdup_printf ("%s.filter", place);
  g_autofree char *mapping_place = g_strdup_printf ("%s.mapping", place);
  integration->paths = g_ptr_array_new_with_free_func (g_free);
  integration->filter =
      hub_filter_new (filter ? json_node_get_array (filter) : NULL, integration->paths, filter_place, error);
  if (integration->filter == NULL)
    return FALSE;
  integration->mapping = hub_mapping_new (json_object_get_array_member (root, "mapping"), integration->key,
                                          integration->paths, mapping_place, error);
  g_ptr_array_add (integration->paths, NULL); /* ends the vector; it doesn't count */
  g_ptr_array_set_size (integration->paths, integration->paths->len - 1);
  return integration->mapping != NULL;
}

static gboolean read_schedule (JsonObject *root, const char *place, HubSchedule *schedule, GError **error) {
  hub_schedule_read (json_object_get_member (root, "schedule"), schedule);
  const char *zone = schedule->zone;
  g_autofree char *inner = g_strdup_printf ("%s.schedule", place);
  return zone == NULL || hub_date_zone_exists (zone)
         || hub_json_fail (error, inner, _ ("there is no time zone “%s”; write one such as Europe/Paris"),
                           zone);
}

HubIntegration *hub_integration_parse (const char *definition, gsize length, const char *place,
                                       GError **error) {
  g_autoptr (JsonNode) node = hub_schema_parse ("portable", "integration", definition, length, place, error);
  if (node == NULL)
    return NULL;
  g_autoptr (HubIntegration) integration = g_new0 (HubIntegration, 1);
  JsonObject *root = json_node_get_object (node);
  JsonObject *write = json_object_get_object_member (root, "write");
  integration->definition = g_strndup (definition, length);
  integration->name = g_strdup (json_object_get_string_member (root, "name"));
  integration->enabled = json_object_get_boolean_member_with_default (root, "enabled", TRUE);
  integration->source = read_endpoint (json_object_get_object_member (root, "source"));
  integration->destination = read_endpoint (json_object_get_object_member (root, "destination"));
  integration->mode = hub_schema_choice (write, "mode", mode_names);
  integration->key = g_strdup (json_object_get_string_member_with_default (write, "key", NULL));
  if (strpbrk (integration->name, "\n\r"))
    hub_json_fail (error, place, _ ("“name” must be one line of text"));
  else if (read_rules (root, place, integration, error)
           && read_schedule (root, place, &integration->schedule, error))
    return g_steal_pointer (&integration);
  return NULL;
}

/* The text of the file's list (of the last, if it is there twice), so that an export gives back every digit and line as they were imported. */
static char *slice_list (const char *text, gsize length) {
  static const char *const path[] = { "integrations", NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (path);
  HubValue list = { 0 };
  HubJsonReader reader;
  hub_json_reader_init (&reader, text, length);
  hub_selector_read (selector, &reader, &list, NULL); /* it has been read before */
  return list.text;
}

static gboolean is_new_name (const char *name, GPtrArray *integrations, const char *place, GError **error) {
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *other = g_ptr_array_index (integrations, i);
    if (g_str_equal (other->name, name))
      return hub_json_fail (error, place, _ ("the name “%s” is there twice; rename one"), name);
  }
  return TRUE;
}

GPtrArray *hub_portable_parse (const char *text, gsize length, GError **error) {
  g_autoptr (JsonNode) root = hub_schema_parse ("portable", NULL, text, length, "", error);
  if (root == NULL)
    return NULL;
  g_autofree char *list = slice_list (text, length);
  g_autoptr (GPtrArray) integrations = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_integration_free);
  HubJsonReader reader;
  gsize start, end;
  hub_json_reader_init (&reader, list, strlen (list));
  hub_json_reader_next (&reader);
  while (hub_json_reader_skip (&reader, &start, &end)) {
    g_autofree char *place = g_strdup_printf ("integrations[%u]", integrations->len);
    g_autoptr (HubIntegration) integration = hub_integration_parse (list + start, end - start, place, error);
    if (integration == NULL || !is_new_name (integration->name, integrations, place, error))
      return NULL;
    g_ptr_array_add (integrations, g_steal_pointer (&integration));
  }
  return g_steal_pointer (&integrations);
}

char *hub_portable_write (GPtrArray *integrations) {
  GString *out = g_string_new ("{ \"format\": \"" FORMAT "\",\n  \"integrations\": [");
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    g_string_append_printf (out, "%s\n    %s", i ? "," : "", integration->definition);
  }
  g_string_append (out, " ] }\n");
  return g_string_free (out, FALSE);
}
