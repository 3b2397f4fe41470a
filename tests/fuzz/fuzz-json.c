/* fuzz-json.c: fuzz target: what a service sends, through the strict reader, the tree and the selector.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-reader.h"
#include "json.h"
#include "record.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

/* Reads every token, decoding each text. Returns whether the document is whole. */
static gboolean walk (const char *data, gsize length) {
  HubJsonReader reader;
  HubJsonToken token;
  hub_json_reader_init (&reader, data, length);
  while ((token = hub_json_reader_next (&reader)) != HUB_JSON_ERROR && token != HUB_JSON_END) {
    g_assert (reader.start <= reader.end && reader.end <= reader.position && reader.position <= length);
    if (token == HUB_JSON_NAME || token == HUB_JSON_STRING || token == HUB_JSON_NUMBER) {
      g_autofree char *text = hub_json_reader_dup_text (&reader);
      g_assert (g_utf8_validate (text, -1, NULL) && hub_json_reader_is (&reader, text));
    }
  }
  return token == HUB_JSON_END;
}

/* Passes over the document without a look at its tokens. Returns whether it is whole. */
static gboolean skip (const char *data, gsize length) {
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  return hub_json_reader_skip (&reader, NULL, NULL) && hub_json_reader_next (&reader) == HUB_JSON_END;
}

/* The record that is read from a whole document is one JSON object again. */
static void pick (const char *data, gsize length, gboolean valid) {
  static const char *const paths[] = { "id", "a", "a.b", "a.0", "0", "0.id", "", ".", NULL };
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  g_autoptr (HubRecord) record = hub_record_new (G_N_ELEMENTS (paths) - 1);
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  gboolean read = hub_selector_read (selector, &reader, record->values, NULL);
  g_assert (read || !valid);
  if (read) {
    g_autofree char *json = hub_values_to_json (record->values, paths, record->n_values, NULL);
    g_autoptr (JsonNode) again = hub_json_parse (json, strlen (json), NULL);
    g_assert (again != NULL);
  }
}

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length) {
  const char *text = (const char *) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) tree = hub_json_parse (text, length, &error);
  gboolean valid = tree != NULL;
  g_assert (valid == (error == NULL) && valid == walk (text, length) && valid == skip (text, length));
  pick (text, length, valid);
  if (valid) {
    HubValue value = { 0 };
    g_assert (hub_value_from_json (&value, tree));
    hub_value_clear (&value);
  }
  return 0;
}
