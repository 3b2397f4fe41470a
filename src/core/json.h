/* json.h: our own JSON files and bodies: strict parsing into json-glib, members checked with their place, writing.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A place is a path such as "integrations[0].mapping[2].steps"; every error starts with it. An optional member that
 * is absent leaves the result NULL (or the default) and is no error; an explicit null is a wrong type unless said. */
#pragma once
#include <json-glib/json-glib.h>
#include "value.h"

/* Parses one strict JSON document. The strict reader builds the tree, because json-glib 1.6's own parser accepts too much,
 * wraps long integers and crashes on deep nesting; a number that neither 64 bits nor a double can hold becomes its text.
 * Returns: (transfer full): or NULL with HUB_ERROR_INVALID, line and column. */
JsonNode *hub_json_parse (const char *text, gsize length, GError **error);

/* Like hub_json_parse(), for a document that must be an object. @what ("the secret") begins the error. (transfer full) */
JsonObject *hub_json_parse_object (const char *text, gsize length, const char *what, GError **error);

/* Fails with HUB_ERROR_INVALID on the first member of @object that is not in @known (NULL-terminated), naming it, its
 * place and the nearest known name ("did you mean “mapping”?"). */
gboolean hub_json_check_members (JsonObject *object, const char *place, const char *const *known,
                                 GError **error);

/* Each reads member @name into *out (borrowed from @object), or fails with HUB_ERROR_INVALID naming the place when it
 * has the wrong type, or is absent and @required. */
gboolean hub_json_get_text (JsonObject *object, const char *place, const char *name, gboolean required,
                            const char **out, GError **error);
gboolean hub_json_get_object (JsonObject *object, const char *place, const char *name, gboolean required,
                              JsonObject **out, GError **error);
gboolean hub_json_get_array (JsonObject *object, const char *place, const char *name, gboolean required,
                             JsonArray **out, GError **error);
gboolean hub_json_get_integer (JsonObject *object, const char *place, const char *name, gint64 minimum,
                               gint64 maximum, gint64 *out, GError **error);

/* The @index-th element of @array, which must be an object; its place is written to *place_out (transfer full). */
JsonObject *hub_json_element (JsonArray *array, const char *place, guint index, char **place_out,
                              GError **error);

/* A scalar node (string, number, boolean, null) as a value: a number as the shortest text that gives it back.
 * Returns FALSE when it is an object or an array. */
gboolean hub_json_to_value (JsonNode *node, HubValue *value);

/* Reads what hub_value_append_json() wrote. FALSE when it is something else. */
gboolean hub_value_from_json (HubValue *value, JsonNode *node);

/* Appends @text to @out as a JSON string with its quotes. */
void hub_json_append_text (GString *out, const char *text);

/* Where member @name (nullable) of what stands at @path ("objects[0].read"; "": the document itself) is in @text, a file of ours:
 * "FILE, line 12: objects[0].read". What is not there stands where the deepest part of its path that is does. (transfer full) */
char *hub_json_place (const char *file, const char *text, gsize length, const char *path, const char *name);

/* The nearest of @known to @name, if it is near enough to be meant. Returns: (nullable) (transfer none). */
const char *hub_nearest_name (const char *name, const char *const *known);

/* Fails with HUB_ERROR_INVALID: "<place>: <message>". Always returns FALSE. */
gboolean hub_json_fail (GError **error, const char *place, const char *format, ...) G_GNUC_PRINTF (3, 4);
