/* own-api.h: the user's own connectors: manifests that are tried, installed in the data folder, and removed again. Blocking.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "manifest.h"
#include "store.h"

/* A manifest in the data folder's connectors/. */
typedef struct {
  char *id, *file;             /* (owned) */
  const HubManifest *manifest; /* (borrowed) (nullable) */
  GError *problem;             /* (owned) (nullable) why there is none */
} HubOwnApi;

void hub_own_api_free (HubOwnApi *own);

/* Those there are, by id, right or wrong. (transfer full) (element-type HubOwnApi) */
GPtrArray *hub_own_api_list (GError **error);

/* Whether @name is rather a manifest's file than a connector's id. */
gboolean hub_own_api_is_file (const char *name);

/* Reads and checks the manifest in @file without making it known. (transfer full) */
HubManifest *hub_own_api_open (const char *file, GError **error);

/* Checks the manifest in @file and copies it into the data folder, in place of one with the same id; built-in connectors cannot be
 * replaced. @id: the connector's (transfer full). */
gboolean hub_own_api_install (const char *file, char **id, GError **error);

/* Removes connector @id, unless an account or integration uses it. */
gboolean hub_own_api_remove (HubDatabase *database, const char *id, GError **error);
