/* kept-draft.h: the draft that survives a crash: kept, read again, given up for the integration, and what is asked about it (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "draft.h"
#include "integration-item.h"
#include "work.h"
#include <adwaita.h>

/* What there is to begin with. */
typedef struct {
  char *draft; /* (owned) (nullable) what was kept */
  char *name;  /* (owned) (nullable) of the integration that it changes */
  char *asked; /* (owned) (nullable) the definition of the integration that was asked for */
} HubKeptDraft;

void hub_kept_draft_free (HubKeptDraft *kept);

/* Reads it for @done (nullable @name: of the integration that is asked for). */
void hub_kept_draft_read (gpointer owner, const char *name, HubWorkDone done);

/* Keeps @draft (NULL: none any more), which changes integration @name (nullable). The latest call counts. */
void hub_kept_draft_write (gpointer owner, HubDraft *draft, const char *name, HubWorkDone done);

/* Keeps @integration (taken) in place of the one called @name (nullable: a new one), and no draft any more. */
void hub_kept_draft_finish (gpointer owner, HubIntegration *integration, const char *name, HubWorkDone done);

/* Starts @start (what it owns is taken) on the integration @name once the list of integrations has it; to be called before the news. */
void hub_kept_draft_start (const char *name, const HubRunOptions *start);

/* Asks over @parent's window whether to go on with it; @response is called with @parent and "continue", "again" or "cancel". */
void hub_kept_draft_offer (GtkWidget *parent, GCallback response);

/* Asks over @parent's window what becomes of it; "keep", "discard" or "cancel". */
void hub_kept_draft_ask (GtkWidget *parent, GCallback response);
