/* phone.h: phone numbers in E.164.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>

/* What is dialled before numbers of @country ("FR") from abroad: a static text that starts with those digits; NULL when
 * the country is unknown. */
const char *hub_phone_calling_code (const char *country);

/* "06 12 34 56 78" in the country of @calling_code, or "+33 (0)6…" and "0033…" of any → "+33612345678".
 * Returns: (transfer full): or NULL with HUB_ERROR_RECORD when it cannot be a phone number. */
char *hub_phone_parse (const char *text, const char *calling_code, GError **error);
