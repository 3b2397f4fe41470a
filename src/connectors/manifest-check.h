/* manifest-check.h: what a manifest must hold that its schema cannot say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "manifest.h"

/* Whether @manifest, read from @text of the file called @file, has all that requests by it need; else HUB_ERROR_INVALID with the line. */
gboolean hub_manifest_check (const HubManifest *manifest, const char *file, const char *text, gsize length,
                             GError **error);
