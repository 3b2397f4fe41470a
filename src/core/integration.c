/* integration.c: one integration as the portable file describes it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "schedule.h"

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

static HubEndpoint *read_endpoint (JsonObject *root, const char *place, const char *name, GError **error) {
  static const char *const known[] = { "connector", "account", "object", "options", NULL };
  JsonObject *object = NULL, *options = NULL;
  const char *connector = NULL, *account = NULL, *kind = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.%s", place, name);
  if (!hub_json_get_object (root, place, name, TRUE, &object, error)
      || !hub_json_check_members (object, inner, known, error)
      || !hub_json_get_text (object, inner, "connector", TRUE, &connector, error)
      || !hub_json_get_text (object, inner, "object", TRUE, &kind, error)
      || !hub_json_get_object (object, inner, "options", FALSE, &options, error))
    return NULL;
  gboolean has_account =
      json_object_has_member (object, "account") && !json_object_get_null_member (object, "account");
  if (has_account && !hub_json_get_text (object, inner, "account", FALSE, &account, error))
    return NULL;
  HubEndpoint *endpoint = hub_endpoint_new (connector, account && *account ? account : NULL, kind);
  if (options) {
    json_object_unref (endpoint->options);
    endpoint->options = json_object_ref (options);
  }
  return endpoint;
}

static gboolean read_write (JsonObject *root, const char *place, HubIntegration *integration,
                            GError **error) {
  static const char *const known[] = { "mode", "key", NULL };
  JsonObject *write = NULL;
  const char *mode = NULL, *key = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.write", place);
  if (!hub_json_get_object (root, place, "write", TRUE, &write, error)
      || !hub_json_check_members (write, inner, known, error)
      || !hub_json_get_text (write, inner, "mode", TRUE, &mode, error)
      || !hub_json_get_text (write, inner, "key", FALSE, &key, error))
    return FALSE;
  if (!g_strv_contains (mode_names, mode))
    return hub_json_fail (error, inner, _ ("“mode” is “%s”, but must be upsert, append or update"), mode);
  while (!g_str_equal (mode_names[integration->mode], mode))
    integration->mode++;
  integration->key = g_strdup (key);
  return key || integration->mode == HUB_MODE_APPEND
         || hub_json_fail (error, inner,
                           _ ("“%s” needs “key”, the destination field that tells records apart"), mode);
}

/* Reads filter and mapping, which say together what has to be read of the source. */
static gboolean read_rules (JsonObject *root, const char *place, HubIntegration *integration,
                            GError **error) {
  JsonArray *filter = NULL, *mapping = NULL;
  g_autofree char *filter_place = g_strdup_printf ("%s.filter", place);
  g_autofree char *mapping_place = g_strdup_printf ("%s.mapping", place);
  integration->paths = g_ptr_array_new_with_free_func (g_free);
  if (!hub_json_get_array (root, place, "filter", FALSE, &filter, error)
      || !hub_json_get_array (root, place, "mapping", TRUE, &mapping, error))
    return FALSE;
  integration->filter = hub_filter_new (filter, integration->paths, filter_place, error);
  if (integration->filter == NULL)
    return FALSE;
  integration->mapping =
      hub_mapping_new (mapping, integration->key, integration->paths, mapping_place, error);
  g_ptr_array_add (integration->paths, NULL); /* ends the vector; it doesn't count */
  g_ptr_array_set_size (integration->paths, integration->paths->len - 1);
  return integration->mapping != NULL;
}

static gboolean read_integration (JsonObject *root, const char *place, HubIntegration *integration,
                                  GError **error) {
  static const char *const known[] = { "name",   "enabled", "source",   "destination", "write",
                                       "filter", "mapping", "schedule", NULL };
  const char *name = NULL;
  g_autofree char *schedule_place = g_strdup_printf ("%s.schedule", place);
  integration->enabled = TRUE;
  if (!hub_json_check_members (root, place, known, error)
      || !hub_json_get_text (root, place, "name", TRUE, &name, error)
      || !hub_json_get_boolean (root, place, "enabled", &integration->enabled, error))
    return FALSE;
  if (*name == '\0' || strpbrk (name, "\n\r"))
    return hub_json_fail (error, place, _ ("“name” must be one line of text"));
  integration->name = g_strdup (name);
  integration->source = read_endpoint (root, place, "source", error);
  if (integration->source == NULL)
    return FALSE;
  integration->destination = read_endpoint (root, place, "destination", error);
  return integration->destination && read_write (root, place, integration, error)
         && read_rules (root, place, integration, error)
         && hub_schedule_check (json_object_get_member (root, "schedule"), schedule_place, error);
}

HubIntegration *hub_integration_parse (const char *definition, gsize length, const char *place,
                                       GError **error) {
  g_autoptr (JsonObject) root = hub_json_parse_object (definition, length, place, error);
  if (root == NULL)
    return NULL;
  g_autoptr (HubIntegration) integration = g_new0 (HubIntegration, 1);
  integration->definition = g_strndup (definition, length);
  return read_integration (root, place, integration, error) ? g_steal_pointer (&integration) : NULL;
}

/* Reads the elements of the array that the reader's next token starts. Each keeps its own text, so that an export gives
 * back every digit and line as they were imported. */
static gboolean read_elements (HubJsonReader *reader, GPtrArray *integrations, GError **error) {
  hub_json_reader_next (reader);
  for (;;) {
    HubJsonReader ahead = *reader;
    gsize start = 0, end = 0;
    if (hub_json_reader_next (&ahead) == HUB_JSON_ARRAY_END) {
      *reader = ahead;
      return TRUE;
    }
    if (!hub_json_reader_skip (reader, &start, &end))
      return hub_json_reader_get_error (reader, error);
    g_autofree char *place = g_strdup_printf ("integrations[%u]", integrations->len);
    HubIntegration *integration = hub_integration_parse (reader->data + start, end - start, place, error);
    if (integration == NULL)
      return FALSE;
    for (guint i = 0; i < integrations->len; i++) {
      const HubIntegration *other = g_ptr_array_index (integrations, i);
      if (g_str_equal (other->name, integration->name)) {
        hub_json_fail (error, place, _ ("the name “%s” is there twice; rename one"), other->name);
        hub_integration_free (integration);
        return FALSE;
      }
    }
    g_ptr_array_add (integrations, integration);
  }
}

/* Whether the file is of our format and has nothing but what it may have. */
static gboolean check_file (const char *text, gsize length, GError **error) {
  static const char *const known[] = { "format", "integrations", NULL };
  const char *format = NULL;
  JsonArray *array = NULL;
  g_autoptr (JsonObject) root = hub_json_parse_object (text, length, _ ("the file"), error);
  if (root == NULL || !hub_json_get_text (root, _ ("the file"), "format", TRUE, &format, error))
    return FALSE;
  if (!g_str_equal (format, FORMAT))
    return hub_json_fail (error, "format", _ ("this is “%s”, but this program reads “%s”"), format, FORMAT);
  return hub_json_check_members (root, _ ("the file"), known, error)
         && hub_json_get_array (root, _ ("the file"), "integrations", TRUE, &array, error);
}

GPtrArray *hub_portable_parse (const char *text, gsize length, GError **error) {
  if (!check_file (text, length, error))
    return NULL;
  g_autoptr (GPtrArray) integrations = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_integration_free);
  HubJsonReader reader;
  hub_json_reader_init (&reader, text, length);
  hub_json_reader_next (&reader);
  while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
    gboolean ours = hub_json_reader_is (&reader, "integrations");
    if (ours ? !read_elements (&reader, integrations, error) : !hub_json_reader_skip (&reader, NULL, NULL))
      return NULL;
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
