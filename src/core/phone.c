/* phone.c: phone numbers in E.164; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "phone.h"
#include "value.h"

/* Countries and what is dialled before their numbers from abroad. */
static const char calling_codes[] =
    " FR33 BE32 CH41 LU352 MC377 DE49 ES34 IT39 PT351 NL31 GB44 IE353 AT43 US1 CA1 MA212"
    " DZ213 TN216 PL48 DK45 SE46 NO47 ";

const char *hub_phone_calling_code (const char *country) {
  g_autofree char *key = g_strconcat (" ", country, NULL);
  const char *found = strlen (country) == 2 ? strstr (calling_codes, key) : NULL;

  return found ? found + strlen (key) : NULL;
}

char *hub_phone_parse (const char *text, const char *calling_code, GError **error) {
  const char *start = text + strspn (text, " (");
  gboolean abroad = *start == '+' || g_str_has_prefix (start, "00");
  g_autoptr (GString) plain = g_string_new (abroad ? start + 1 + (*start == '0') : text);
  g_autoptr (GString) digits = g_string_new (NULL);
  gboolean valid = TRUE;
  g_string_replace (plain, "(0)", abroad ? "" : "0", 0);
  for (const char *p = plain->str; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_ascii_isdigit (*p))
      g_string_append_c (digits, *p);
    else if (strchr (".-/()", *p) == NULL && !g_unichar_isspace (g_utf8_get_char (p)))
      valid = FALSE; /* people put nothing else between digits */
  }
  if (!abroad) {
    char trunk = *calling_code == '1' ? '1' : '0';
    if (*digits->str == trunk && !g_str_has_prefix (calling_code, "39"))
      g_string_erase (digits, 0, 1);
    g_string_insert_len (digits, 0, calling_code, strspn (calling_code, "0123456789"));
  }
  gboolean eleven = g_str_has_prefix (digits->str, "33") || *digits->str == '1';
  gboolean fits = eleven ? digits->len == 11 : digits->len >= 8 && digits->len <= 15;
  if (valid && fits && *digits->str != '0')
    return g_strconcat ("+", digits->str, NULL);
  return hub_value_fail (error, _ ("“%s” is not a phone number"), text), NULL;
}
