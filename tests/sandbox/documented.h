/* documented.h: what the vendors document of their services.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <json-glib/json-glib.h>
#include "sandbox.h"

/* What is undocumented about @request to @service, in a line, or NULL. (transfer full) */
char *documented_check (const char *service, const Request *request);
