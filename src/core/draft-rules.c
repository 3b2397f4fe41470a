/* draft-rules.c: the rules of a draft with their steps, and the conditions of its filter (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "draft-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "match.h"
#include "schema.h"

static const char *const kind_names[] = { "from", "template", "value" };

/* What a person who edits a rule reads about each step. */
static const HubStepKind kinds[] = {
  { "trim", N_ ("Trim spaces"), { { 0 } } },
  { "lower", N_ ("Lower case"), { { 0 } } },
  { "upper", N_ ("Upper case"), { { 0 } } },
  { "title", N_ ("Capitalize each word"), { { 0 } } },
  { "replace",
    N_ ("Find and replace"),
    { { "find", N_ ("Find"), HUB_PARAM_TEXT, NULL },
      { "with", N_ ("Replace with"), HUB_PARAM_TEXT, NULL } } },
  { "split",
    N_ ("Split"),
    { { "by", N_ ("Separator"), HUB_PARAM_TEXT, "," },
      { "index", N_ ("Part, from 0"), HUB_PARAM_NUMBER, "0" } } },
  { "slice",
    N_ ("Some of the characters"),
    { { "start", N_ ("First character, from 0"), HUB_PARAM_NUMBER, "0" },
      { "length", N_ ("How many"), HUB_PARAM_NUMBER, NULL } } },
  { "join", N_ ("Join a list"), { { "by", N_ ("Separator"), HUB_PARAM_TEXT, ", " } } },
  { "number", N_ ("Read as a number"), { { "decimal", N_ ("Decimal mark"), HUB_PARAM_TEXT, NULL } } },
  { "multiply", N_ ("Multiply"), { { "by", N_ ("By"), HUB_PARAM_NUMBER, "100" } } },
  { "divide", N_ ("Divide"), { { "by", N_ ("By"), HUB_PARAM_NUMBER, "100" } } },
  { "round", N_ ("Round"), { { "to", N_ ("Decimals"), HUB_PARAM_NUMBER, "2" } } },
  { "date",
    N_ ("Format a date"),
    { { "format", N_ ("Format"), HUB_PARAM_TEXT, "%d/%m/%Y" },
      { "zone", N_ ("Time zone"), HUB_PARAM_TEXT, NULL } } },
  { "phone", N_ ("Phone number"), { { "country", N_ ("Country"), HUB_PARAM_TEXT, "FR" } } },
  { "lookup",
    N_ ("Look up in a table"),
    { { "table", N_ ("Table"), HUB_PARAM_TABLE, "" },
      { "default", N_ ("Otherwise"), HUB_PARAM_TEXT, NULL } } },
  { "default", N_ ("Use instead of a blank"), { { "value", N_ ("Value"), HUB_PARAM_TEXT, NULL } } },
  { "boolean", N_ ("Yes or no"), { { 0 } } },
  { "md5", N_ ("MD5 fingerprint"), { { 0 } } },
  { 0 },
};

const HubStepKind *hub_step_kinds (void) {
  return kinds;
}

const HubStepKind *hub_step_kind_find (const char *op) {
  const HubStepKind *kind = kinds;
  while (kind->op && !g_str_equal (kind->op, op))
    kind++;
  return kind->op ? kind : NULL;
}

static JsonArray *get_rules (HubDraft *self) {
  return json_object_get_array_member (hub_draft_get_root (self), "mapping");
}

static JsonObject *get_rule (HubDraft *self, guint rule) {
  return json_array_get_object_element (get_rules (self), rule);
}

guint hub_draft_get_n_rules (HubDraft *self) {
  return json_array_get_length (get_rules (self));
}

const char *hub_draft_get_rule_target (HubDraft *self, guint rule) {
  return json_object_get_string_member (get_rule (self, rule), "to");
}

int hub_draft_find_rule (HubDraft *self, const char *target) {
  guint n_rules = hub_draft_get_n_rules (self);
  for (guint i = 0; i < n_rules; i++)
    if (g_str_equal (hub_draft_get_rule_target (self, i), target))
      return i;
  return -1;
}

char *hub_draft_dup_rule_source (HubDraft *self, guint rule, HubRuleKind *kind) {
  JsonObject *object = get_rule (self, rule);
  *kind = HUB_RULE_FROM;
  while (*kind < HUB_RULE_VALUE && !json_object_has_member (object, kind_names[*kind]))
    ++*kind;
  const char *text = hub_draft_get_text (object, kind_names[*kind]);
  return g_strdup (text ? text : "");
}

static void put_source (JsonObject *rule, HubRuleKind kind, const char *source) {
  if (g_strcmp0 (hub_draft_get_text (rule, kind_names[kind]), source) == 0)
    return; /* a number that reads the same stays one */
  JsonNode *node = json_node_init_string (json_node_alloc (), source);
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    json_object_remove_member (rule, kind_names[i]);
  json_object_set_member (rule, kind_names[kind], node);
}

static void add_rule (HubDraft *self, const char *target, HubRuleKind kind, const char *source) {
  JsonObject *rule = json_object_new ();
  put_source (rule, kind, source);
  json_object_set_string_member (rule, "to", target);
  json_array_add_object_element (get_rules (self), rule);
}

void hub_draft_set_rule (HubDraft *self, const char *target, HubRuleKind kind, const char *source) {
  int found = hub_draft_find_rule (self, target);
  if (found < 0)
    add_rule (self, target, kind, source);
  else
    put_source (get_rule (self, found), kind, source);
  hub_draft_commit (self,
                    kind == HUB_RULE_FROM ? NULL : g_strdup_printf ("%s of %s", kind_names[kind], target));
}

void hub_draft_move_rule (HubDraft *self, const char *target, const char *new_target) {
  int moved = hub_draft_find_rule (self, target), replaced = hub_draft_find_rule (self, new_target);
  if (moved < 0 || moved == replaced)
    return;
  JsonObject *write = json_object_get_object_member (hub_draft_get_root (self), "write");
  if (g_strcmp0 (hub_draft_get_key (self), target) == 0)
    json_object_set_string_member (write, "key", new_target);
  json_object_set_string_member (get_rule (self, moved), "to", new_target);
  if (replaced >= 0)
    json_array_remove_element (get_rules (self), replaced);
  hub_draft_commit (self, NULL);
}

void hub_draft_remove_rule (HubDraft *self, const char *target) {
  int found = hub_draft_find_rule (self, target);
  if (found < 0)
    return;
  json_array_remove_element (get_rules (self), found);
  hub_draft_commit (self, NULL);
}

const char *hub_draft_get_rule_member (HubDraft *self, guint rule, const char *member) {
  return hub_draft_get_text (get_rule (self, rule), member);
}

/* A default is there exactly where "blank" says so. */
void hub_draft_set_rule_member (HubDraft *self, guint rule, const char *member, const char *text) {
  JsonObject *object = get_rule (self, rule);
  hub_draft_put_text (object, member, text);
  gboolean gives_way = g_strcmp0 (hub_draft_get_text (object, "blank"), "default") == 0;
  if (g_str_equal (member, "default") && gives_way != (text != NULL)) {
    gives_way = text != NULL;
    hub_draft_put_text (object, "blank", gives_way ? "default" : NULL);
  }
  if (!gives_way)
    json_object_remove_member (object, "default");
  else if (!json_object_has_member (object, "default"))
    json_object_set_string_member (object, "default", "");
  hub_draft_commit (self, g_strdup_printf ("member %u %s", rule, member));
}

/* Whether a rule takes its value from source field @name as it is. */
static gboolean is_taken (HubDraft *self, const char *name) {
  guint n_rules = hub_draft_get_n_rules (self);
  for (guint i = 0; i < n_rules; i++)
    if (g_strcmp0 (hub_draft_get_text (get_rule (self, i), "from"), name) == 0)
      return TRUE;
  return FALSE;
}

guint hub_draft_match (HubDraft *self, GPtrArray *sources, GPtrArray *destinations) {
  g_autoptr (GPtrArray) from = g_ptr_array_new (), to = g_ptr_array_new ();
  guint links = 0;
  for (guint i = 0; i < sources->len; i++)
    if (!is_taken (self, ((const HubField *) sources->pdata[i])->name))
      g_ptr_array_add (from, sources->pdata[i]);
  for (guint i = 0; i < destinations->len; i++) {
    const HubField *field = destinations->pdata[i];
    if (!field->read_only && hub_draft_find_rule (self, field->name) < 0)
      g_ptr_array_add (to, destinations->pdata[i]);
  }
  g_autoptr (GArray) match = hub_match_fields (from, to);
  for (guint i = 0; i < to->len; i++) {
    int found = g_array_index (match, int, i);
    if (found < 0)
      continue;
    const HubField *source = from->pdata[found], *destination = to->pdata[i];
    add_rule (self, destination->name, HUB_RULE_FROM, source->name);
    links++;
  }
  hub_draft_commit (self, NULL);
  return links;
}

guint hub_draft_take_all (HubDraft *self, GPtrArray *sources) {
  for (guint i = 0; i < sources->len; i++) {
    const HubField *source = sources->pdata[i];
    gboolean is_free = hub_draft_find_rule (self, source->label) < 0;
    add_rule (self, is_free ? source->label : source->name, HUB_RULE_FROM, source->name);
  }
  hub_draft_commit (self, NULL);
  return sources->len;
}

guint hub_draft_get_n_steps (HubDraft *self, guint rule) {
  JsonObject *object = get_rule (self, rule);
  return json_object_has_member (object, "steps")
             ? json_array_get_length (json_object_get_array_member (object, "steps"))
             : 0;
}

static JsonObject *get_step (HubDraft *self, guint rule, guint step) {
  return json_array_get_object_element (json_object_get_array_member (get_rule (self, rule), "steps"), step);
}

const char *hub_draft_get_step_op (HubDraft *self, guint rule, guint step) {
  return json_object_get_string_member (get_step (self, rule, step), "op");
}

char *hub_draft_dup_step_param (HubDraft *self, guint rule, guint step, const char *param) {
  JsonNode *node = json_object_get_member (get_step (self, rule, step), param);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup (hub_draft_get_text (get_step (self, rule, step), param));
  GString *lines = g_string_new (NULL);
  JsonObjectIter iter;
  const char *from;
  JsonNode *to;
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &from, &to))
    g_string_append_printf (lines, "%s=%s\n", from, json_node_get_string (to));
  return g_string_free (lines, FALSE);
}

/* Reads "from=to" lines; a line that is not one yet is left out. */
static JsonObject *read_table (const char *text) {
  JsonObject *table = json_object_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    char *equals = strchr (lines[i], '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    json_object_set_string_member (table, g_strstrip (lines[i]), g_strstrip (equals + 1));
  }
  return table;
}

/* A whole number is written as one; another stays the text that a person wrote, with all its digits. */
static void put_param (JsonObject *step, const HubStepParam *param, const char *text) {
  gint64 number;
  if (param->kind == HUB_PARAM_TABLE)
    json_object_set_object_member (step, param->name, read_table (text ? text : ""));
  else if (param->kind == HUB_PARAM_NUMBER && text
           && g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL))
    json_object_set_int_member (step, param->name, number);
  else
    hub_draft_put_text (step, param->name, text);
}

void hub_draft_add_step (HubDraft *self, guint rule, const char *op) {
  JsonObject *step = json_object_new ();
  json_object_set_string_member (step, "op", op);
  for (const HubStepParam *param = hub_step_kind_find (op)->params; param->name; param++)
    if (param->initial)
      put_param (step, param, param->initial);
  json_array_add_object_element (hub_draft_get_list (get_rule (self, rule), "steps"), step);
  hub_draft_commit (self, NULL);
}

void hub_draft_remove_step (HubDraft *self, guint rule, guint step) {
  JsonObject *object = get_rule (self, rule);
  json_array_remove_element (json_object_get_array_member (object, "steps"), step);
  if (hub_draft_get_n_steps (self, rule) == 0)
    json_object_remove_member (object, "steps");
  hub_draft_commit (self, NULL);
}

void hub_draft_set_step_param (HubDraft *self, guint rule, guint step, const char *param, const char *text) {
  const HubStepParam *known = hub_step_kind_find (hub_draft_get_step_op (self, rule, step))->params;
  while (known->name && !g_str_equal (known->name, param))
    known++;
  if (known->name)
    put_param (get_step (self, rule, step), known, text);
  hub_draft_commit (self, g_strdup_printf ("step %u %u %s", rule, step, param));
}

/* Begins an error with the field and the step in place of where they stand in the file, and calls parameters by their label. */
void hub_draft_explain (HubDraft *self, int rule, GError *error) {
  g_autoptr (GRegex) regex =
      g_regex_new ("^draft\\.mapping\\[(\\d+)\\](?:\\.steps\\[(\\d+)\\])?: (.*)", 0, 0, NULL);
  g_auto (GStrv) parts = error ? g_regex_split (regex, error->message, 0) : NULL;
  if (parts == NULL || g_strv_length (parts) < 4)
    return;
  guint index = rule >= 0 ? (guint) rule : (guint) atoi (parts[1]), step = atoi (parts[2]);
  g_autoptr (GString) message = g_string_new (parts[3]);
  const HubStepKind *kind = *parts[2] ? hub_step_kind_find (hub_draft_get_step_op (self, index, step)) : NULL;
  const HubStepParam *param = kind ? kind->params : NULL;
  for (; param && param->name; param++) {
    g_autofree char *name = g_strdup_printf (_ ("“%s”"), param->name);
    g_autofree char *label = g_strdup_printf (_ ("“%s”"), _ (param->label));
    g_string_replace (message, name, label, 1);
  }
  const char *target = hub_draft_get_rule_target (self, index);
  g_free (error->message);
  error->message = *parts[2] ? g_strdup_printf (_ ("“%1$s”, step %2$u: %3$s"), target, step + 1, message->str)
                             : g_strdup_printf (_ ("“%1$s”: %2$s"), target, message->str);
}

/* The mapping that is the rule alone, checked as a file would be. */
static HubMapping *compile_rule (HubDraft *self, guint rule, GPtrArray *paths, GError **error) {
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), get_rule (self, rule));
  g_autofree char *object = json_to_string (node, FALSE);
  g_autofree char *list = g_strdup_printf ("[%s]", object);
  g_autoptr (GError) problem = NULL;
  g_autoptr (JsonNode) rules =
      hub_schema_parse ("portable", "mapping", list, strlen (list), "draft.mapping", &problem);
  HubMapping *mapping =
      rules ? hub_mapping_new (json_node_get_array (rules), NULL, paths, "draft.mapping", &problem) : NULL;
  if (mapping)
    return mapping;
  hub_draft_explain (self, (int) rule, problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

char *hub_draft_try_rule (HubDraft *self, guint rule, GPtrArray *sources, GError **error) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (HubMapping) mapping = compile_rule (self, rule, paths, error);
  if (mapping == NULL)
    return NULL;
  g_autoptr (HubDelivery) delivery = hub_delivery_new (1);
  delivery->source = hub_record_new (paths->len);
  for (guint i = 0; i < paths->len; i++) {
    const HubField *field = hub_field_find (sources, paths->pdata[i]);
    if (field)
      hub_value_take (&delivery->source->values[i], hub_match_type (field), g_strdup (field->example));
  }
  hub_mapping_apply (mapping, delivery);
  if (delivery->action != HUB_ACTION_REJECT)
    return hub_value_display (&delivery->values[0]);
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_RECORD, delivery->problem);
  return NULL;
}

static JsonObject *get_condition (HubDraft *self, guint condition) {
  return json_array_get_object_element (json_object_get_array_member (hub_draft_get_root (self), "filter"),
                                        condition);
}

guint hub_draft_get_n_conditions (HubDraft *self) {
  return json_object_has_member (hub_draft_get_root (self), "filter")
             ? json_array_get_length (json_object_get_array_member (hub_draft_get_root (self), "filter"))
             : 0;
}

const char *hub_draft_get_condition (HubDraft *self, guint condition, const char *member) {
  return hub_draft_get_text (get_condition (self, condition), member);
}

/* One of several values: they are written with a comma between. */
static JsonNode *make_values (const char *value) {
  g_auto (GStrv) parts = g_strsplit (value, ",", -1);
  JsonArray *list = json_array_new ();
  for (guint i = 0; parts[i]; i++)
    if (*g_strstrip (parts[i]))
      json_array_add_string_element (list, parts[i]);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, list);
  return node;
}

/* The texts may be the condition's own. */
static void fill_condition (JsonObject *condition, const char *field, const char *op, const char *value) {
  const char *text = value ? value : "";
  JsonNode *node =
      g_str_equal (op, "in") ? make_values (text) : json_node_init_string (json_node_alloc (), text);
  json_object_set_member (condition, "value", node);
  if (g_str_has_suffix (op, "empty"))
    json_object_remove_member (condition, "value");
  hub_draft_put_text (condition, "field", field);
  hub_draft_put_text (condition, "op", op);
}

void hub_draft_set_condition (HubDraft *self, guint condition, const char *field, const char *op,
                              const char *value) {
  char *typing = g_strdup_printf ("condition %u %s %s", condition, field, op);
  JsonArray *list = hub_draft_get_list (hub_draft_get_root (self), "filter");
  if (condition == json_array_get_length (list))
    json_array_add_object_element (list, json_object_new ());
  fill_condition (get_condition (self, condition), field, op, value);
  hub_draft_commit (self, typing);
}

void hub_draft_remove_condition (HubDraft *self, guint condition) {
  json_array_remove_element (json_object_get_array_member (hub_draft_get_root (self), "filter"), condition);
  if (hub_draft_get_n_conditions (self) == 0)
    json_object_remove_member (hub_draft_get_root (self), "filter");
  hub_draft_commit (self, NULL);
}
