/* option-group.h: the rows that ask for one option of an endpoint: typed, a file, or one of what the service tells (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_OPTION_GROUP (hub_option_group_get_type ())
G_DECLARE_FINAL_TYPE (HubOptionGroup, hub_option_group, HUB, OPTION_GROUP, AdwPreferencesGroup)

#include "draft.h"
#include "manifest.h"

/* The service of @side of @draft, and what it reads or writes there; NULL where it is not chosen yet, or unknown. Borrowed. */
const HubManifest *hub_draft_manifest (HubDraft *draft, HubSide side);
const HubManifestObject *hub_draft_object (HubDraft *draft, HubSide side);

/* Edits @option (borrowed) of @side of @draft (a reference is kept). */
GtkWidget *hub_option_group_new (HubDraft *draft, HubSide side, const HubManifestOption *option);

/* Tells one endpoint of @draft from another, or NULL while it lacks something. With @except (nullable), what that option and those that the
 * service lists are does not matter. (transfer full) (nullable) */
char *hub_option_group_describe (HubDraft *draft, HubSide side, const HubManifestOption *except);
