/* match.h: which source field belongs to which destination field: by name, by value, by type; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record.h"

/* The one of @fields (element-type HubField) with that name, or NULL. Borrowed. */
const HubField *hub_field_find (GPtrArray *fields, const char *name);

/* For each of @destinations the index of the source field that most likely fills it, or -1; each source at most once. Names and
 * labels are compared without case, accents and separators, French with English ("e-mail" and "courriel", "nom" and "name"),
 * then example values and types. Both element-type HubField. (transfer full) (element-type int) */
GArray *hub_match_fields (GPtrArray *sources, GPtrArray *destinations);

/* The field of @fields that most likely is what @name was before it was renamed (@example nullable: a value it held), or NULL. Borrowed. */
const HubField *hub_match_successor (const char *name, const char *example, GPtrArray *fields);

/* Fails with HUB_ERROR_FIELD: @where ("the sheet “Clients” has no column"), and no longer has what is called @name; proposes its likely
 * successor in @fields (nullable), which there are. @example as above. Always FALSE. */
gboolean hub_match_fail_missing (const char *where, const char *name, const char *example, GPtrArray *fields,
                                 GError **error);

/* What a person should know when @source fills @destination although their types differ: a sentence, and in @op the step that mends
 * it (nullable, borrowed); NULL when they fit. (transfer full) */
char *hub_match_advice (const HubField *source, const HubField *destination, const char **op);

/* The type that the field's values really have, judged by its example: a number or date that is only written like one is a text. */
HubType hub_match_type (const HubField *field);
