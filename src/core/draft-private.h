/* draft-private.h: what the two halves of the draft share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"

/* The portable file's object, to be read or changed in place; after a change comes hub_draft_commit(). Borrowed. */
JsonObject *hub_draft_get_root (HubDraft *self);

/* The list that is member @name of @object, made where it is missing. Borrowed. */
JsonArray *hub_draft_get_list (JsonObject *object, const char *name);

/* Makes what was changed one undo step, unless the step before was of the same @typing (taken, nullable) too. */
void hub_draft_commit (HubDraft *self, char *typing);

/* Sets member @name of @object to @text; NULL or "" removes it. */
void hub_draft_put_text (JsonObject *object, const char *name, const char *text);

/* The text of a scalar, or of a list of them with “, ” between, that is member @name of @object. Borrowed, nullable. */
const char *hub_draft_get_text (JsonObject *object, const char *name);

/* Makes an error that begins with a place in the draft's mapping (of rule @rule; -1: as the place says) readable. */
void hub_draft_explain (HubDraft *self, int rule, GError *error);
