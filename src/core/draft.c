/* draft.c: an integration while somebody edits it: its ends, and every change undone (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "draft-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"

#define UNDO_STEPS 100

struct _HubDraft {
  GObject parent;
  JsonObject *root; /* (owned) */
  char *text;       /* (owned) what root reads as */
  char *typing;     /* (owned) (nullable) which text the last change typed at */
  GPtrArray *undo;  /* (owned) of texts, the latest last */
  GPtrArray *redo;  /* (owned) of texts */
};

G_DEFINE_FINAL_TYPE (HubDraft, hub_draft, G_TYPE_OBJECT)

static guint changed_signal;

static const char *const side_names[] = { "source", "destination" };
static const char *const mode_names[] = { "upsert", "append", "update" };

static void hub_draft_finalize (GObject *object) {
  HubDraft *self = HUB_DRAFT (object);
  json_object_unref (self->root);
  g_free (self->text);
  g_free (self->typing);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  G_OBJECT_CLASS (hub_draft_parent_class)->finalize (object);
}

static void hub_draft_class_init (HubDraftClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_draft_finalize;
  changed_signal =
      g_signal_new ("changed", HUB_TYPE_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void hub_draft_init (HubDraft *self) {
  self->undo = g_ptr_array_new_with_free_func (g_free);
  self->redo = g_ptr_array_new_with_free_func (g_free);
}

/* As json-glib would, but a number has no more digits than it needs: 19.9, not 19.899999999999999. */
static void append_node (GString *out, JsonNode *node) {
  const char *separator = "";
  HubValue value = { 0 };
  JsonObjectIter iter;
  const char *name;
  JsonNode *inner;
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    json_object_iter_init_ordered (&iter, json_node_get_object (node));
    g_string_append_c (out, '{');
    for (; json_object_iter_next_ordered (&iter, &name, &inner); separator = ",") {
      g_string_append (out, separator);
      hub_json_append_text (out, name);
      g_string_append_c (out, ':');
      append_node (out, inner);
    }
    g_string_append_c (out, '}');
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    g_string_append_c (out, '[');
    for (guint i = 0; i < json_array_get_length (array); i++, separator = ",") {
      g_string_append (out, separator);
      append_node (out, json_array_get_element (array, i));
    }
    g_string_append_c (out, ']');
  } else if (json_node_get_value_type (node) == G_TYPE_STRING) {
    hub_json_append_text (out, json_node_get_string (node));
  } else {
    hub_json_to_value (node, &value);
    hub_value_append_json (&value, out);
    hub_value_clear (&value);
  }
}

static char *write_root (JsonObject *root) {
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), root);
  GString *out = g_string_new (NULL);
  append_node (out, node);
  return g_string_free (out, FALSE);
}

static void take_root (HubDraft *self, JsonObject *root) {
  g_clear_pointer (&self->root, json_object_unref);
  self->root = root;
  g_free (self->text);
  self->text = write_root (root);
}

HubDraft *hub_draft_new (void) {
  return hub_draft_new_from_text ("{}", NULL);
}

/* Gives @root the members that every draft has. */
static void complete (JsonObject *root) {
  for (guint i = 0; i < G_N_ELEMENTS (side_names); i++)
    if (!json_object_has_member (root, side_names[i]))
      json_object_set_object_member (root, side_names[i], json_object_new ());
  if (!json_object_has_member (root, "name"))
    json_object_set_string_member (root, "name", "");
  if (!json_object_has_member (root, "write")) {
    json_object_set_object_member (root, "write", json_object_new ());
    json_object_set_string_member (json_object_get_object_member (root, "write"), "mode", mode_names[0]);
  }
  hub_draft_get_list (root, "mapping");
}

HubDraft *hub_draft_new_from_text (const char *text, GError **error) {
  JsonObject *root = hub_json_parse_object (text, strlen (text), _ ("the draft"), error);
  if (root == NULL)
    return NULL;
  HubDraft *self = g_object_new (HUB_TYPE_DRAFT, NULL);
  complete (root);
  take_root (self, root);
  return self;
}

char *hub_draft_to_text (HubDraft *self) {
  return g_strdup (self->text);
}

JsonObject *hub_draft_get_root (HubDraft *self) {
  return self->root;
}

JsonArray *hub_draft_get_list (JsonObject *object, const char *name) {
  if (!json_object_has_member (object, name))
    json_object_set_array_member (object, name, json_array_new ());
  return json_object_get_array_member (object, name);
}

void hub_draft_put_text (JsonObject *object, const char *name, const char *text) {
  const char *wanted = text && *text ? text : NULL;
  if (g_strcmp0 (wanted, hub_draft_get_text (object, name)) == 0)
    return; /* a number that reads the same stays one */
  if (wanted)
    json_object_set_member (object, name, json_node_init_string (json_node_alloc (), wanted));
  else
    json_object_remove_member (object, name);
}

const char *hub_draft_get_text (JsonObject *object, const char *name) {
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL || JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < (list ? json_array_get_length (list) : 1); i++) {
    HubValue value = { 0 };
    if (hub_json_to_value (list ? json_array_get_element (list, i) : node, &value))
      g_string_append_printf (text, "%s%s", i ? ", " : "", value.text);
    hub_value_clear (&value);
  }
  return g_intern_string (text->str);
}

void hub_draft_commit (HubDraft *self, char *typing) {
  g_autofree char *kind = typing;
  g_autofree char *text = write_root (self->root);
  if (g_str_equal (text, self->text))
    return;
  if (kind == NULL || g_strcmp0 (kind, self->typing) != 0)
    g_ptr_array_add (self->undo, g_strdup (self->text));
  if (self->undo->len > UNDO_STEPS)
    g_ptr_array_remove_index (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  g_free (self->typing);
  self->typing = g_steal_pointer (&kind);
  g_free (self->text);
  self->text = g_steal_pointer (&text);
  g_signal_emit (self, changed_signal, 0);
}

gboolean hub_draft_can_undo (HubDraft *self) {
  return self->undo->len > 0;
}

gboolean hub_draft_can_redo (HubDraft *self) {
  return self->redo->len > 0;
}

/* Goes to the last text of @from, and keeps where it was in @to. */
static void go (HubDraft *self, GPtrArray *from, GPtrArray *to) {
  if (from->len == 0)
    return;
  g_autofree char *text = g_ptr_array_steal_index (from, from->len - 1);
  g_ptr_array_add (to, g_strdup (self->text));
  g_clear_pointer (&self->typing, g_free);
  take_root (self, hub_json_parse_object (text, strlen (text), "draft", NULL));
  g_signal_emit (self, changed_signal, 0);
}

void hub_draft_undo (HubDraft *self) {
  go (self, self->undo, self->redo);
}

void hub_draft_redo (HubDraft *self) {
  go (self, self->redo, self->undo);
}

void hub_draft_forget_undo (HubDraft *self) {
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  g_clear_pointer (&self->typing, g_free);
}

static JsonObject *get_end (HubDraft *self, HubSide side) {
  return json_object_get_object_member (self->root, side_names[side]);
}

const char *hub_draft_get_connector (HubDraft *self, HubSide side) {
  return hub_draft_get_text (get_end (self, side), "connector");
}

const char *hub_draft_get_account (HubDraft *self, HubSide side) {
  return hub_draft_get_text (get_end (self, side), "account");
}

const char *hub_draft_get_object (HubDraft *self, HubSide side) {
  return hub_draft_get_text (get_end (self, side), "object");
}

void hub_draft_set_endpoint (HubDraft *self, HubSide side, const char *connector, const char *account,
                             const char *object) {
  JsonObject *end = get_end (self, side);
  if (g_strcmp0 (connector, hub_draft_get_connector (self, side)) != 0
      || g_strcmp0 (object, hub_draft_get_object (self, side)) != 0)
    json_object_remove_member (end, "options");
  hub_draft_put_text (end, "connector", connector);
  hub_draft_put_text (end, "account", account);
  hub_draft_put_text (end, "object", object);
  hub_draft_commit (self, NULL);
}

const char *hub_draft_get_option (HubDraft *self, HubSide side, const char *name) {
  JsonObject *end = get_end (self, side);
  return json_object_has_member (end, "options")
             ? hub_draft_get_text (json_object_get_object_member (end, "options"), name)
             : NULL;
}

void hub_draft_set_option (HubDraft *self, HubSide side, const char *name, const char *value) {
  JsonObject *end = get_end (self, side);
  if (g_strcmp0 (value, hub_draft_get_option (self, side, name)) == 0)
    return;
  if (!json_object_has_member (end, "options"))
    json_object_set_object_member (end, "options", json_object_new ());
  hub_draft_put_text (json_object_get_object_member (end, "options"), name, value);
  hub_draft_commit (self, g_strdup_printf ("%s %s", side_names[side], name));
}

HubEndpoint *hub_draft_dup_endpoint (HubDraft *self, HubSide side) {
  const char *connector = hub_draft_get_connector (self, side), *object = hub_draft_get_object (self, side);
  if (connector == NULL || object == NULL)
    return NULL;
  HubEndpoint *endpoint = hub_endpoint_new (connector, hub_draft_get_account (self, side), object);
  JsonNode *options = json_object_get_member (get_end (self, side), "options");
  if (options) {
    g_autofree char *text = json_to_string (options, FALSE);
    json_object_unref (endpoint->options);
    endpoint->options = hub_json_parse_object (text, strlen (text), "options", NULL);
  }
  return endpoint;
}

const char *hub_draft_get_name (HubDraft *self) {
  return json_object_get_string_member (self->root, "name");
}

void hub_draft_set_name (HubDraft *self, const char *name) {
  json_object_set_member (self->root, "name", json_node_init_string (json_node_alloc (), name));
  hub_draft_commit (self, g_strdup ("name"));
}

static JsonObject *get_write (HubDraft *self) {
  return json_object_get_object_member (self->root, "write");
}

HubMode hub_draft_get_mode (HubDraft *self) {
  HubMode mode = G_N_ELEMENTS (mode_names) - 1;
  while (mode > 0 && g_strcmp0 (hub_draft_get_text (get_write (self), "mode"), mode_names[mode]) != 0)
    mode--;
  return mode;
}

const char *hub_draft_get_key (HubDraft *self) {
  return hub_draft_get_text (get_write (self), "key");
}

void hub_draft_set_write (HubDraft *self, HubMode mode, const char *key) {
  hub_draft_put_text (get_write (self), "mode", mode_names[mode]);
  hub_draft_put_text (get_write (self), "key", key);
  hub_draft_commit (self, NULL);
}

void hub_draft_get_schedule (HubDraft *self, HubSchedule *schedule) {
  hub_schedule_read (json_object_get_member (self->root, "schedule"), schedule);
}

void hub_draft_set_schedule (HubDraft *self, const HubSchedule *schedule) {
  json_object_set_member (self->root, "schedule", hub_schedule_write (schedule));
  hub_draft_commit (self, NULL);
}

/* What is missing, in words that need no knowledge of the portable file; NULL: nothing. */
static const char *find_missing (HubDraft *self) {
  g_autoptr (HubEndpoint) source = hub_draft_dup_endpoint (self, HUB_SIDE_SOURCE);
  g_autoptr (HubEndpoint) destination = hub_draft_dup_endpoint (self, HUB_SIDE_DESTINATION);
  if (source == NULL)
    return _ ("there is nothing to read yet; choose a source");
  if (destination == NULL)
    return _ ("there is nowhere to write yet; choose a destination");
  if (hub_draft_get_n_rules (self) == 0)
    return _ ("no field is filled yet; link at least one");
  if (hub_draft_get_mode (self) != HUB_MODE_APPEND && hub_draft_get_key (self) == NULL)
    return _ ("there is no key yet; choose the field that tells records apart");
  if (*hub_draft_get_name (self) == '\0')
    return _ ("there is no name yet; write one");
  return NULL;
}

HubIntegration *hub_draft_build (HubDraft *self, GError **error) {
  g_autoptr (GError) problem = NULL;
  const char *missing = find_missing (self);
  HubIntegration *integration =
      missing ? NULL : hub_integration_parse (self->text, strlen (self->text), "draft", &problem);
  if (missing)
    problem = g_error_new_literal (HUB_ERROR, HUB_ERROR_INVALID, missing);
  if (integration)
    return integration;
  hub_draft_explain (self, -1, problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
