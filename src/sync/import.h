/* import.h: takes a portable file into the store, all of it or nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "store.h"

/* Creates or replaces the integrations of the portable file @text, matched by name, once everything that it names is known
 * to exist. HUB_ERROR_INVALID or HUB_ERROR_NOT_FOUND names the place; nothing is changed then.
 * Returns: (transfer full) (element-type HubIntegration): what was imported. */
GPtrArray *hub_import (HubDatabase *database, const char *text, gsize length, GError **error);
