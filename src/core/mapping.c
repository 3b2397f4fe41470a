/* mapping.c: the rules that make a destination record out of a source record.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapping.h"

#include <glib/gi18n-lib.h>

#include "error.h"
#include "filter.h"
#include "schema.h"
#include "transform.h"

typedef enum { FROM_FIELD, FROM_TEMPLATE, FROM_CONSTANT } RuleSource;
typedef enum { BLANK_SKIP, BLANK_CLEAR, BLANK_DEFAULT } RuleBlank;

/* A template's piece: literal text, then a field (the last piece has none). */
typedef struct {
  char *literal; /* (owned) */
  int field;     /* index in the source record, or -1 */
} Piece;

typedef struct {
  RuleSource source;
  guint field;      /* FROM_FIELD: index in the source record */
  GArray *template; /* (owned) (nullable) FROM_TEMPLATE: Piece */
  HubValue value;   /* FROM_CONSTANT, owned */
  HubSteps *steps;  /* (owned) */
  RuleBlank blank;
  HubValue fallback; /* BLANK_DEFAULT, owned */
  HubWrite write;
} Rule;

struct _HubMapping {
  GArray *rules;      /* (owned) Rule */
  GPtrArray *targets; /* (owned) NULL-terminated, parallel to rules */
  int key_index;
};

static const char *const blank_names[] = { "skip", "clear", "default", NULL };
static const char *const when_names[] = { "always", "if-empty", "on-create", NULL };
static const HubWrite when_writes[] = { HUB_WRITE_ALWAYS, HUB_WRITE_IF_EMPTY, HUB_WRITE_ON_CREATE };

static void piece_clear (gpointer data) {
  g_free (((Piece *) data)->literal);
}

static void rule_clear (gpointer data) {
  Rule *rule = data;
  g_clear_pointer (&rule->template, g_array_unref);
  hub_value_clear (&rule->value);
  g_clear_pointer (&rule->steps, hub_steps_free);
  hub_value_clear (&rule->fallback);
}

void hub_mapping_free (HubMapping *mapping) {
  g_array_unref (mapping->rules);
  g_ptr_array_unref (mapping->targets);
  g_free (mapping);
}

/* Compiles "{first} {last}"; a doubled brace is a brace. */
static GArray *compile_template (const char *text, GPtrArray *paths, const char *place, GError **error) {
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_array_set_clear_func (pieces, piece_clear);
  g_autoptr (GString) literal = g_string_new (NULL);
  for (const char *c = text; *c; c++) {
    if ((*c == '{' || *c == '}') && c[1] == *c) {
      g_string_append_c (literal, *c++);
    } else if (*c == '{') {
      const char *end = strchr (c, '}');
      if (end == NULL || end == c + 1) {
        hub_json_fail (error, place, _ ("“template” has a “{” without a field name and “}”; write {field}"));
        return NULL;
      }
      g_autofree char *path = g_strndup (c + 1, end - c - 1);
      Piece piece = { g_strdup (literal->str), (int) hub_path_index (paths, path) };
      g_array_append_val (pieces, piece);
      g_string_truncate (literal, 0);
      c = end;
    } else {
      g_string_append_c (literal, *c);
    }
  }
  Piece last = { g_strdup (literal->str), -1 };
  g_array_append_val (pieces, last);
  return g_steal_pointer (&pieces);
}

/* Reads the one of from, template and value that the rule has. */
static gboolean read_source (JsonObject *object, const char *place, GPtrArray *paths, Rule *rule,
                             GError **error) {
  const char *from = json_object_get_string_member_with_default (object, "from", NULL);
  const char *template = json_object_get_string_member_with_default (object, "template", NULL);
  rule->source = from ? FROM_FIELD : template ? FROM_TEMPLATE : FROM_CONSTANT;
  if (from)
    rule->field = hub_path_index (paths, from);
  else if (template)
    rule->template = compile_template (template, paths, place, error);
  else
    hub_json_to_value (json_object_get_member (object, "value"), &rule->value);
  return template == NULL || rule->template;
}

static gboolean read_rule (JsonObject *object, const char *place, GPtrArray *paths, Rule *rule,
                           GError **error) {
  JsonNode *fallback = json_object_get_member (object, "default");
  JsonNode *steps = json_object_get_member (object, "steps");
  rule->blank = hub_schema_choice (object, "blank", blank_names);
  rule->write = when_writes[hub_schema_choice (object, "when", when_names)];
  if ((rule->blank == BLANK_DEFAULT) != (fallback != NULL))
    return hub_json_fail (error, place, _ ("“default” and “blank”: “default” need each other"));
  if (fallback)
    hub_json_to_value (fallback, &rule->fallback);
  if (!read_source (object, place, paths, rule, error))
    return FALSE;
  g_autofree char *steps_place = g_strdup_printf ("%s.steps", place);
  rule->steps = hub_steps_new (steps ? json_node_get_array (steps) : NULL, steps_place, error);
  return rule->steps != NULL;
}

static gboolean add_rule (HubMapping *self, JsonObject *object, const char *key, GPtrArray *paths,
                          const char *place, GError **error) {
  Rule rule = { 0 };
  const char *to = json_object_get_string_member (object, "to");
  if (!read_rule (object, place, paths, &rule, error)) {
    rule_clear (&rule);
    return FALSE;
  }
  g_array_append_val (self->rules, rule);
  for (guint i = 0; i < self->targets->len; i++)
    if (g_str_equal (self->targets->pdata[i], to))
      return hub_json_fail (error, place, _ ("“%s” is filled by an earlier rule already; remove one of them"),
                            to);
  if (g_strcmp0 (key, to) == 0)
    self->key_index = (int) self->targets->len;
  g_ptr_array_add (self->targets, g_strdup (to));
  return TRUE;
}

HubMapping *hub_mapping_new (JsonArray *rules, const char *key, GPtrArray *paths, const char *place,
                             GError **error) {
  g_autoptr (HubMapping) self = g_new0 (HubMapping, 1);
  self->rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  g_array_set_clear_func (self->rules, rule_clear);
  self->targets = g_ptr_array_new_with_free_func (g_free);
  self->key_index = -1;
  for (guint i = 0; i < json_array_get_length (rules); i++) {
    g_autofree char *rule_place = g_strdup_printf ("%s[%u]", place, i);
    if (!add_rule (self, json_array_get_object_element (rules, i), key, paths, rule_place, error))
      return NULL;
  }
  if (key && self->key_index < 0) {
    hub_json_fail (error, place, _ ("no rule fills the key “%s”; add one, or choose another key"), key);
    return NULL;
  }
  g_ptr_array_add (self->targets, NULL);
  return g_steal_pointer (&self);
}

const char *const *hub_mapping_get_targets (const HubMapping *self) {
  return (const char *const *) self->targets->pdata;
}

guint hub_mapping_get_n_targets (const HubMapping *self) {
  return self->rules->len;
}

int hub_mapping_get_key_index (const HubMapping *self) {
  return self->key_index;
}

/* A template whose fields are all blank is blank, whatever stands between them. */
static void fill_template (const Rule *rule, const HubRecord *source, HubValue *value) {
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean has_field = FALSE, filled = FALSE;
  for (guint i = 0; i < rule->template->len; i++) {
    const Piece *piece = &g_array_index (rule->template, Piece, i);
    g_string_append (text, piece->literal);
    if (piece->field < 0)
      continue;
    g_autofree char *shown = hub_value_display (&source->values[piece->field]);
    g_string_append (text, shown);
    has_field = TRUE;
    filled |= *shown != '\0';
  }
  if (filled || !has_field)
    hub_value_take (value, HUB_TYPE_TEXT, g_strstrip (g_strdup (text->str)));
}

static gboolean apply_rule (const Rule *rule, const HubRecord *source, HubValue *value, HubWrite *write,
                            GError **error) {
  if (rule->source == FROM_FIELD)
    hub_value_copy (value, &source->values[rule->field]);
  else if (rule->source == FROM_TEMPLATE)
    fill_template (rule, source, value);
  else
    hub_value_copy (value, &rule->value);
  if (!hub_steps_apply (rule->steps, value, error))
    return FALSE;
  *write = rule->write;
  if (hub_value_is_blank (value) && rule->blank == BLANK_SKIP)
    *write = HUB_WRITE_SKIP;
  else if (hub_value_is_blank (value) && rule->blank == BLANK_DEFAULT)
    hub_value_copy (value, &rule->fallback);
  return TRUE;
}

static void reject_blank_key (const HubMapping *self, HubDelivery *delivery) {
  const char *target = self->targets->pdata[self->key_index];
  g_autofree char *problem = g_strdup_printf (_ ("the key “%s” is blank; fill its source field"), target);
  hub_delivery_reject (delivery, target, problem);
}

void hub_mapping_apply (const HubMapping *self, HubDelivery *delivery) {
  for (guint i = 0; i < self->rules->len; i++) {
    const Rule *rule = &g_array_index (self->rules, Rule, i);
    g_autoptr (GError) error = NULL;
    if (apply_rule (rule, delivery->source, &delivery->values[i], &delivery->write[i], &error))
      continue;
    hub_value_clear (&delivery->values[i]);
    if (delivery->action != HUB_ACTION_REJECT) /* the first reason stands, and the key is still wanted */
      hub_delivery_reject (delivery, self->targets->pdata[i], error->message);
  }
  if (self->key_index < 0)
    return;
  g_autofree char *key = hub_value_display (&delivery->values[self->key_index]);
  delivery->key = hub_key_normalize (key);
  if (delivery->key == NULL && delivery->action != HUB_ACTION_REJECT)
    reject_blank_key (self, delivery);
}
