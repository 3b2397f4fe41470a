/* drift.c: what the fields of both sides once held (in the run's thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "drift.h"

/* What was sent to field @name, as people read it. (transfer full) (nullable) */
static char *show_sent (JsonObject *sent, const char *name) {
  HubValue value = { 0 };
  JsonNode *node = json_object_get_member (sent, name);
  char *text = node && hub_value_from_json (&value, node) ? hub_value_display (&value) : NULL;
  hub_value_clear (&value);
  return text;
}

GHashTable *hub_drift_list_examples (HubDatabase *database, const HubIntegration *integration,
                                     GError **error) {
  g_autoptr (JsonArray) rows = hub_database_list (database, error, "first-sent", "i", integration->id);
  g_autoptr (JsonObject) definition =
      rows ? hub_json_parse_object (integration->definition, strlen (integration->definition),
                                    integration->name, error)
           : NULL;
  if (definition == NULL)
    return NULL;
  GHashTable *examples = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonArray *rules = json_object_get_array_member (definition, "mapping");
  JsonNode *first = json_array_get_length (rows)
                        ? json_object_get_member (json_array_get_object_element (rows, 0), "sent")
                        : NULL;
  JsonObject *sent = first && JSON_NODE_HOLDS_OBJECT (first) ? json_node_get_object (first) : NULL;
  for (guint i = 0; sent && i < json_array_get_length (rules); i++) {
    JsonObject *rule = json_array_get_object_element (rules, i);
    const char *from = json_object_get_string_member_with_default (rule, "from", NULL);
    const char *to = json_object_get_string_member (rule, "to");
    g_autofree char *value = show_sent (sent, to);
    if (value && from && !json_object_has_member (rule, "steps")) /* else the source had something else */
      g_hash_table_insert (examples, g_strdup (from), g_strdup (value));
    if (value)
      g_hash_table_insert (examples, g_strdup (to), g_steal_pointer (&value));
  }
  return examples;
}
