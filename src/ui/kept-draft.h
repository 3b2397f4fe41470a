/* kept-draft.h: the draft that survives a crash: kept, read again, given up for the integration and its first run (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"
#include "integration-item.h"
#include "work.h"

/* Reads what there is to begin with for @done, as a GVariant of this type: the draft that was kept, the name of the integration that it
 * changes, and the definition of the integration @name or of @template if either is asked for; each may lack. */
#define HUB_KEPT_DRAFT "(m&sm&sm&s)"
void hub_kept_draft_read (gpointer owner, const char *name, const char *template, HubWorkDone done);

/* Keeps @draft (NULL: none any more), which changes integration @name (nullable: a new one). The latest call counts. @finished (taken)
 * (nullable) is what has become of it: kept in place of that integration. */
void hub_kept_draft_write (gpointer owner, HubDraft *draft, HubIntegration *finished, const char *name,
                           HubWorkDone done);

/* Starts @start (what it owns is taken) on the integration @name once the list of integrations has it; to be called before the news. */
void hub_kept_draft_start (const char *name, const HubRunOptions *start);
