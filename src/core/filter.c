/* filter.c: which source records an integration takes; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "filter.h"
#include "date.h"
#include "decimal.h"

#define OPERAND(condition, i) (g_array_index ((condition)->operands, HubValue, i))

typedef struct _Condition Condition;

/* What the member `value` is read as. */
typedef enum { OPERAND_ANY, OPERAND_NUMBER, OPERAND_DATE } OperandKind;

typedef struct {
  const char *name;
  OperandKind operand;
  int (*test) (const Condition *condition, const HubValue *value); /* >0 yes, <0 the opposite, 0 neither */
  int sign; /* the condition holds when the test gives this sign */
} Op;

struct _Condition {
  const Op *op;     /* (static) */
  guint path;       /* index in the record */
  GArray *operands; /* (owned) of HubValue: none, one, or several for a list */
};

struct _HubFilter {
  guint length;
  Condition conditions[];
};

static int test_equal (const Condition *condition, const HubValue *value) {
  g_autofree char *shown = hub_value_display (value);

  for (guint i = 0; *shown != '\0' && i < condition->operands->len; i++) {
    const char *wanted = OPERAND (condition, i).text;
    gboolean by_value = hub_type_is_number (value->type) && hub_decimal_is_canonical (wanted);
    if (by_value ? hub_decimal_compare (shown, wanted) == 0 : g_str_equal (shown, wanted))
      return 1;
  }
  return -1;
}

static int test_contains (const Condition *condition, const HubValue *value) {
  g_autofree char *shown = hub_value_display (value);

  return strstr (shown, OPERAND (condition, 0).text) != NULL;
}

static int test_starts (const Condition *condition, const HubValue *value) {
  g_autofree char *shown = hub_value_display (value);

  return g_str_has_prefix (shown, OPERAND (condition, 0).text);
}

static int test_number (const Condition *condition, const HubValue *value) {
  if (hub_value_is_blank (value) || !hub_decimal_is_canonical (value->text))
    return 0;
  return hub_decimal_compare (value->text, OPERAND (condition, 0).text);
}

static int test_date (const Condition *condition, const HubValue *value) {
  HubValue date = { HUB_TYPE_TEXT };
  int order = 0;

  if (hub_value_is_blank (value))
    return 0;
  hub_value_copy (&date, value);
  if (value->type == HUB_TYPE_DATE || value->type == HUB_TYPE_DATETIME
      || hub_date_parse (&date, value->text, NULL, NULL))
    order = hub_value_compare (&date, &OPERAND (condition, 0));
  hub_value_clear (&date);
  return order;
}

static int test_empty (const Condition *condition, const HubValue *value) {
  return hub_value_is_blank (value) ? 1 : -1;
}

static const Op ops[] = {
  { "equals", OPERAND_ANY, test_equal, 1 },      { "not-equals", OPERAND_ANY, test_equal, -1 },
  { "contains", OPERAND_ANY, test_contains, 1 }, { "starts-with", OPERAND_ANY, test_starts, 1 },
  { "in", OPERAND_ANY, test_equal, 1 },          { "greater", OPERAND_NUMBER, test_number, 1 },
  { "less", OPERAND_NUMBER, test_number, -1 },   { "before", OPERAND_DATE, test_date, -1 },
  { "after", OPERAND_DATE, test_date, 1 },       { "empty", OPERAND_ANY, test_empty, 1 },
  { "not-empty", OPERAND_ANY, test_empty, -1 },
};

/* Reads one scalar operand; what must be a number or a date becomes one. */
static gboolean add_operand (Condition *condition, JsonNode *node, const char *place, GError **error) {
  g_autoptr (GError) reason = NULL;
  g_array_set_size (condition->operands, condition->operands->len + 1);
  HubValue *value = &OPERAND (condition, condition->operands->len - 1);
  hub_json_to_value (node, value);
  if (condition->op->operand == OPERAND_NUMBER)
    hub_value_take (value, HUB_TYPE_DECIMAL, hub_decimal_parse (value->text, '\0', &reason));
  else if (condition->op->operand == OPERAND_DATE)
    hub_date_parse (value, value->text, NULL, &reason);
  return reason == NULL || hub_json_fail (error, place, "%s", reason->message);
}

static gboolean read_condition (Condition *condition, JsonObject *object, GPtrArray *paths, const char *place,
                                GError **error) {
  g_autofree char *member = g_strconcat (place, ".value", NULL);
  JsonNode *value = json_object_get_member (object, "value");
  condition->op = ops;
  while (!g_str_equal (condition->op->name, json_object_get_string_member (object, "op")))
    condition->op++;
  condition->path = hub_path_index (paths, json_object_get_string_member (object, "field"));
  if (value == NULL || !JSON_NODE_HOLDS_ARRAY (value))
    return value == NULL || add_operand (condition, value, member, error);
  JsonArray *array = json_node_get_array (value);
  for (guint i = 0; i < json_array_get_length (array); i++)
    add_operand (condition, json_array_get_element (array, i), member,
                 NULL); /* of any kind: it cannot fail */
  return TRUE;
}

HubFilter *hub_filter_new (JsonArray *array, GPtrArray *paths, const char *place, GError **error) {
  guint length = array ? json_array_get_length (array) : 0;
  g_autoptr (HubFilter) filter = g_malloc0 (sizeof *filter + length * sizeof (Condition));

  while (filter->length < length) {
    g_autofree char *element = g_strdup_printf ("%s[%u]", place, filter->length);
    JsonObject *object = json_array_get_object_element (array, filter->length);
    Condition *condition = &filter->conditions[filter->length++];
    condition->operands = g_array_new (FALSE, TRUE, sizeof (HubValue));
    g_array_set_clear_func (condition->operands, (GDestroyNotify) hub_value_clear);
    if (!read_condition (condition, object, paths, element, error))
      return NULL;
  }
  return g_steal_pointer (&filter);
}

void hub_filter_free (HubFilter *filter) {
  for (guint i = 0; i < filter->length; i++)
    g_array_unref (filter->conditions[i].operands);
  g_free (filter);
}

gboolean hub_filter_match (const HubFilter *filter, const HubRecord *record) {
  for (guint i = 0; i < filter->length; i++) {
    const Condition *condition = &filter->conditions[i];
    if (condition->op->test (condition, &record->values[condition->path]) * condition->op->sign <= 0)
      return FALSE;
  }
  return TRUE;
}

guint hub_path_index (GPtrArray *paths, const char *path) {
  guint index;

  if (g_ptr_array_find_with_equal_func (paths, path, g_str_equal, &index))
    return index;
  g_ptr_array_add (paths, g_strdup (path));
  return paths->len - 1;
}
