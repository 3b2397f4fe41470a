/* json.c: our own JSON files and bodies, read into json-glib's tree with their places checked, and written (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"
#include "date.h"
#include "decimal.h"
#include "error.h"
#include "json-reader.h"
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A number that neither 64 bits nor a double can hold is kept as its text. */
static void add_number (JsonBuilder *builder, const char *text) {
  double number = g_ascii_strtod (text, NULL);
  gint64 integer;
  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    json_builder_add_int_value (builder, integer);
  else if (strpbrk (text, ".eE") == NULL || !isfinite (number))
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_double_value (builder, number);
}

JsonNode *hub_json_parse (const char *text, gsize length, GError **error) {
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  HubJsonReader reader;
  hub_json_reader_init (&reader, text, length);
  json_builder_begin_array (builder); /* around the document: a builder's root cannot be a scalar */
  while (hub_json_reader_next (&reader) != HUB_JSON_END) {
    g_autofree char *decoded = reader.token == HUB_JSON_ERROR ? NULL : hub_json_reader_dup_text (&reader);
    switch (reader.token) {
    case HUB_JSON_OBJECT: json_builder_begin_object (builder); break;
    case HUB_JSON_ARRAY: json_builder_begin_array (builder); break;
    case HUB_JSON_OBJECT_END: json_builder_end_object (builder); break;
    case HUB_JSON_ARRAY_END: json_builder_end_array (builder); break;
    case HUB_JSON_NAME: json_builder_set_member_name (builder, decoded); break;
    case HUB_JSON_STRING: json_builder_add_string_value (builder, decoded); break;
    case HUB_JSON_NUMBER: add_number (builder, decoded); break;
    case HUB_JSON_NULL: json_builder_add_null_value (builder); break;
    case HUB_JSON_TRUE:
    case HUB_JSON_FALSE: json_builder_add_boolean_value (builder, reader.token == HUB_JSON_TRUE); break;
    default: hub_json_reader_get_error (&reader, error); return NULL;
    }
  }
  g_autoptr (JsonNode) list = json_builder_get_root (json_builder_end_array (builder));
  return json_array_dup_element (json_node_get_array (list), 0);
}

JsonObject *hub_json_parse_object (const char *text, gsize length, const char *what, GError **error) {
  g_autoptr (JsonNode) root = hub_json_parse (text, length, error);
  if (root == NULL)
    return g_prefix_error (error, _ ("%s: "), what), NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    return hub_json_fail (error, what, _ ("must be a JSON object: {\"name\": …}")), NULL;
  return json_node_dup_object (root);
}

gboolean hub_json_fail (GError **error, const char *place, const char *format, ...) {
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("%s: %s"), place, g_strdelimit (message, "\r\n", ' '));
  return FALSE;
}

/* What is left of @path behind the member called @name, or NULL. */
static const char *match_member (const char *path, const char *name) {
  const char *rest = g_str_has_prefix (path, name) ? path + strlen (name) : NULL;
  return rest == NULL || strchr (".[", *rest) == NULL ? NULL : rest + (*rest == '.');
}

/* Takes @reader, which is before a value, to the member or element that begins @path. Returns: the rest of @path; NULL: it has no such. */
static const char *descend (HubJsonReader *reader, const char *path, gsize *at) {
  HubJsonToken token = hub_json_reader_next (reader);
  guint64 index = token == HUB_JSON_ARRAY && *path == '[' ? g_ascii_strtoull (path + 1, NULL, 10) : 0;
  while (token == HUB_JSON_OBJECT && hub_json_reader_next (reader) == HUB_JSON_NAME) {
    g_autofree char *name = hub_json_reader_dup_text (reader);
    const char *rest = match_member (path, name);
    *at = rest ? reader->start : *at;
    if (rest || !hub_json_reader_skip (reader, NULL, NULL))
      return rest;
  }
  while (token == HUB_JSON_ARRAY && *path == '[') {
    HubJsonReader before = *reader;
    gsize start;
    if (!hub_json_reader_skip (reader, &start, NULL))
      return NULL;
    if (index-- > 0)
      continue;
    *reader = before;
    *at = start;
    path = strchr (path, ']') + 1;
    return path + (*path == '.');
  }
  return NULL;
}

char *hub_json_place (const char *file, const char *text, gsize length, const char *path, const char *name) {
  g_autofree char *whole = g_strconcat (path, *path && name ? "." : "", name, NULL);
  HubJsonReader reader;
  gsize at = 0;
  guint line = 1;
  hub_json_reader_init (&reader, text, length);
  for (const char *rest = whole; rest && *rest;)
    rest = descend (&reader, rest, &at);
  for (gsize i = 0; i < at; i++)
    line += text[i] == '\n';
  return *path ? g_strdup_printf (_ ("%1$s, line %2$u: %3$s"), file, line, path)
               : g_strdup_printf (_ ("%1$s, line %2$u"), file, line);
}

/* Edits from @a to @b, where swapping two neighbours counts as one and upper or lower case for nothing. */
static guint count_edits (const char *a, const char *b) {
  gsize width = strlen (b) + 1, height = strlen (a) + 1;
  g_autofree guint *edits = g_new (guint, width * height);
  for (gsize i = 0; i < width * height; i++) {
    gsize x = i % width, y = i / width;
    edits[i] = x + y;
    if (x == 0 || y == 0)
      continue;
    guint replaced = edits[i - width - 1] + (g_ascii_tolower (a[y - 1]) != g_ascii_tolower (b[x - 1]));
    edits[i] = MIN (replaced, MIN (edits[i - 1], edits[i - width]) + 1);
    if (x > 1 && y > 1 && a[y - 1] == b[x - 2] && a[y - 2] == b[x - 1])
      edits[i] = MIN (edits[i], edits[i - 2 * width - 2] + 1);
  }
  return edits[width * height - 1];
}

const char *hub_nearest_name (const char *name, const char *const *known) {
  const char *nearest = NULL;
  guint length = strlen (name), fewest = length < 2 ? 1 : MAX (length / 3, 1) + 1;
  for (; *known != NULL; known++) {
    if (length > 2 * strlen (*known) + 2)
      continue; /* far off, and perhaps long */
    guint edits = count_edits (name, *known);
    nearest = edits < fewest ? *known : nearest;
    fewest = MIN (fewest, edits);
  }
  return nearest;
}

gboolean hub_json_check_members (JsonObject *object, const char *place, const char *const *known,
                                 GError **error) {
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *name = names; name != NULL; name = name->next) {
    if (g_strv_contains (known, name->data))
      continue;
    const char *member = name->data, *nearest = hub_nearest_name (member, known);
    if (nearest != NULL)
      return hub_json_fail (error, place, _ ("unknown member “%s”; did you mean “%s”?"), member, nearest);
    g_autofree char *all = g_strjoinv (", ", (char **) known);
    return hub_json_fail (error, place, _ ("unknown member “%s”; known are: %s"), member, all);
  }
  return TRUE;
}

/* Reads member @name, which must be of @type (@kind tells it in words), into *@out, a pointer of that type. */
static gboolean get_member (JsonObject *object, const char *place, const char *name, gboolean required,
                            GType type, const char *kind, gpointer out, GError **error) {
  JsonNode *member = json_object_get_member (object, name);
  if (member == NULL)
    return !required || hub_json_fail (error, place, _ ("“%s” is missing; it must be %s"), name, kind);
  if (json_node_get_value_type (member) != type)
    return hub_json_fail (error, place, _ ("“%s” must be %s"), name, kind);
  if (type == G_TYPE_STRING)
    *(const char **) out = json_node_get_string (member);
  else if (type == JSON_TYPE_OBJECT)
    *(JsonObject **) out = json_node_get_object (member);
  else if (type == JSON_TYPE_ARRAY)
    *(JsonArray **) out = json_node_get_array (member);
  else
    *(gint64 *) out = json_node_get_int (member);
  return TRUE;
}

gboolean hub_json_get_text (JsonObject *object, const char *place, const char *name, gboolean required,
                            const char **out, GError **error) {
  return get_member (object, place, name, required, G_TYPE_STRING, _ ("a text"), out, error);
}

gboolean hub_json_get_object (JsonObject *object, const char *place, const char *name, gboolean required,
                              JsonObject **out, GError **error) {
  return get_member (object, place, name, required, JSON_TYPE_OBJECT, _ ("an object: {…}"), out, error);
}

gboolean hub_json_get_array (JsonObject *object, const char *place, const char *name, gboolean required,
                             JsonArray **out, GError **error) {
  return get_member (object, place, name, required, JSON_TYPE_ARRAY, _ ("a list: […]"), out, error);
}

gboolean hub_json_get_integer (JsonObject *object, const char *place, const char *name, gint64 minimum,
                               gint64 maximum, gint64 *out, GError **error) {
  g_autofree char *kind =
      g_strdup_printf (_ ("a whole number from %" PRId64 " to %" PRId64), minimum, maximum);
  gint64 number = minimum;
  if (!get_member (object, place, name, FALSE, G_TYPE_INT64, kind, &number, error))
    return FALSE;
  if (number < minimum || number > maximum)
    return hub_json_fail (error, place, _ ("“%s” must be %s"), name, kind);
  if (json_object_has_member (object, name))
    *out = number;
  return TRUE;
}

JsonObject *hub_json_element (JsonArray *array, const char *place, guint index, char **place_out,
                              GError **error) {
  JsonNode *element = json_array_get_element (array, index);
  *place_out = g_strdup_printf ("%s[%u]", place, index);
  if (!JSON_NODE_HOLDS_OBJECT (element))
    return hub_json_fail (error, *place_out, _ ("must be an object: {…}")), NULL;
  return json_node_get_object (element);
}

/* The shortest decimal that reads back as @number, which is finite (and so has no more than 633 digits). */
static char *shortest_decimal (double number) {
  char text[G_ASCII_DTOSTR_BUF_SIZE], format[] = "%.15g";
  while (g_ascii_strtod (g_ascii_formatd (text, sizeof text, format, number), NULL) != number
         && format[3] < '7')
    format[3]++;
  return hub_decimal_from_json (text, NULL);
}

gboolean hub_json_to_value (JsonNode *node, HubValue *value) {
  GType type = json_node_get_value_type (node);
  if (JSON_NODE_HOLDS_NULL (node))
    hub_value_clear (value);
  else if (type == G_TYPE_STRING)
    hub_value_take (value, HUB_TYPE_TEXT, json_node_dup_string (node));
  else if (type == G_TYPE_INT64)
    hub_value_take (value, HUB_TYPE_INTEGER, g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node)));
  else if (type == G_TYPE_DOUBLE)
    hub_value_take (value, HUB_TYPE_DECIMAL, shortest_decimal (json_node_get_double (node)));
  else if (type == G_TYPE_BOOLEAN)
    hub_value_take (value, HUB_TYPE_BOOLEAN, g_strdup (json_node_get_boolean (node) ? "true" : "false"));
  else
    return FALSE;
  return TRUE;
}

gboolean hub_value_from_json (HubValue *value, JsonNode *node) {
  if (hub_json_to_value (node, value))
    return TRUE;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  HubType type = object && json_object_has_member (object, "date") ? HUB_TYPE_DATE : HUB_TYPE_DATETIME;
  const char *text =
      object ? json_object_get_string_member_with_default (object, hub_type_name (type), NULL) : NULL;
  /* A service's own object may have a member of that name too: only what reads as a date is one. */
  if (text == NULL || !hub_date_parse (value, text, "UTC", NULL) || value->type != type) {
    hub_value_take (value, object ? HUB_TYPE_JSON : HUB_TYPE_LIST, json_to_string (node, FALSE));
    return TRUE;
  }
  value->format = g_intern_string (json_object_get_string_member_with_default (object, "format", NULL));
  value->zone = g_intern_string (json_object_get_string_member_with_default (object, "zone", NULL));
  return TRUE;
}

void hub_json_append_text (GString *out, const char *text) {
  static const char pairs[] = "\"\"\\\\\bb\ff\nn\rr\tt";
  g_string_append_c (out, '"');
  for (;; text++) {
    const char *run = text;
    while ((guchar) *text >= 0x20 && *text != '"' && *text != '\\')
      text++;
    g_string_append_len (out, run, text - run);
    if (*text == '\0')
      break;
    const char *pair = strchr (pairs, *text);
    g_string_append_printf (out, pair ? "\\%c" : "\\u%04x", pair ? pair[1] : *text);
  }
  g_string_append_c (out, '"');
}
