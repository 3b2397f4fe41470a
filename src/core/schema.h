/* schema.h: what a JSON file of ours may hold, as data: files are checked against resources/schemas (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The schemas are JSON Schema 2020-12, of which schema.c knows the keywords that they use; any other one in them is a
 * mistake that its test finds. `discriminator` (as in OpenAPI) with `oneOf` picks the branch whose enum has that member's value;
 * `oneOf` alone lists members of which there is exactly one. */
#pragma once
#include "json.h"

/* Parses @length bytes of @text and checks it against @schema ("portable", "manifest"), or against its
 * definition @definition (nullable). @place begins every error: "integrations[0].mapping[2]: unknown member “form”; did
 * you mean “from”?"; without @definition it is the name of a file, and the line follows, unless it is "". Returns: (transfer full): or NULL with HUB_ERROR_INVALID. */
JsonNode *hub_schema_parse (const char *schema, const char *definition, const char *text, gsize length,
                            const char *place, GError **error);

/* The index in @names, which ends with NULL, of text member @name of a checked object; absent, it is the first. */
guint hub_schema_choice (JsonObject *object, const char *name, const char *const *names);
