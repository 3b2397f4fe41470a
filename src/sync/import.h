/* import.h: where integrations come from: a portable file, or a template.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "store.h"

/* Creates or replaces the integrations of the portable file @text, matched by name, once everything that it names is known
 * to exist. HUB_ERROR_INVALID or HUB_ERROR_NOT_FOUND names the place; nothing is changed then.
 * Returns: (transfer full) (element-type HubIntegration): what was imported. */
GPtrArray *hub_import (HubDatabase *database, const char *text, gsize length, GError **error);

/* A ready-made integration that only lacks its accounts (resources/templates). */
typedef struct {
  char *id;                   /* (owned) the file's name without .json */
  char *name, *description;   /* (owned) translated; a sentence says what it does */
  char *source, *destination; /* (owned) connectors */
} HubTemplate;

void hub_template_free (HubTemplate *template);

/* All of them. (transfer full) (element-type HubTemplate) */
GPtrArray *hub_template_list (void);

/* The integration object of template @id for hub_draft_new_from_text(), its name translated. (transfer full) */
char *hub_template_text (const char *id, GError **error);
