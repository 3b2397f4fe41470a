/* templates.h: ready-made integrations that only lack their accounts (resources/templates); pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "integration.h"

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
