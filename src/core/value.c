/* value.c: one typed value: its name, copy, display, comparison and JSON; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "date.h"
#include "decimal.h"
#include "error.h"
#include "json.h"
#include "value.h"

#define EXCERPT_LENGTH 60

static const char *const type_names[] = {
  [HUB_TYPE_TEXT] = "text",       [HUB_TYPE_INTEGER] = "integer", [HUB_TYPE_DECIMAL] = "decimal",
  [HUB_TYPE_BOOLEAN] = "boolean", [HUB_TYPE_DATE] = "date",       [HUB_TYPE_DATETIME] = "datetime",
  [HUB_TYPE_MONEY] = "money",     [HUB_TYPE_EMAIL] = "email",     [HUB_TYPE_URL] = "url",
  [HUB_TYPE_LIST] = "list",       [HUB_TYPE_JSON] = "json",
};

const char *hub_type_name (HubType type) {
  return type_names[type];
}

gboolean hub_type_from_name (const char *name, HubType *type) {
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++) {
    if (g_str_equal (name, type_names[i])) {
      *type = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean hub_type_is_number (HubType type) {
  return type == HUB_TYPE_INTEGER || type == HUB_TYPE_DECIMAL || type == HUB_TYPE_MONEY;
}

static gboolean is_date (HubType type) {
  return type == HUB_TYPE_DATE || type == HUB_TYPE_DATETIME;
}

void hub_value_take (HubValue *value, HubType type, char *text) {
  if (value->text != text)
    g_free (value->text);
  *value = (HubValue){ .type = type, .text = text };
}

void hub_value_clear (HubValue *value) {
  hub_value_take (value, HUB_TYPE_TEXT, NULL);
}

void hub_value_copy (HubValue *to, const HubValue *from) {
  HubValue copy = *from;

  copy.text = g_strdup (from->text);
  g_free (to->text);
  *to = copy;
}

gboolean hub_value_is_blank (const HubValue *value) {
  return value->text == NULL || *value->text == '\0';
}

char *hub_value_display (const HubValue *value) {
  if (is_date (value->type))
    return hub_date_display (value);
  return g_strdup (value->text ? value->text : "");
}

static int compare_display (const HubValue *a, const HubValue *b) {
  g_autofree char *text_a = hub_value_display (a);
  g_autofree char *text_b = hub_value_display (b);
  return strcmp (text_a, text_b);
}

static gint64 floor_seconds (const HubValue *value) {
  gint64 milliseconds = hub_date_to_unix_ms (value);

  return milliseconds / 1000 - (milliseconds % 1000 < 0);
}

gboolean hub_value_same (const HubValue *a, const HubValue *b) {
  if (hub_value_is_blank (a) || hub_value_is_blank (b))
    return hub_value_is_blank (a) && hub_value_is_blank (b);
  if (hub_type_is_number (a->type) && hub_type_is_number (b->type))
    return hub_decimal_compare (a->text, b->text) == 0;
  if (is_date (a->type) && is_date (b->type))
    return floor_seconds (a) == floor_seconds (b);
  return compare_display (a, b) == 0;
}

int hub_value_compare (const HubValue *a, const HubValue *b) {
  if (is_date (a->type) && is_date (b->type)) {
    gint64 apart = hub_date_to_unix_ms (a) - hub_date_to_unix_ms (b);
    return (apart > 0) - (apart < 0);
  }
  if (hub_decimal_is_canonical (a->text) && hub_decimal_is_canonical (b->text))
    return hub_decimal_compare (a->text, b->text);
  return compare_display (a, b);
}

static void append_date (const HubValue *value, GString *out) {
  const char *const names[] = { type_names[value->type], "format", "zone" };
  const char *const texts[] = { value->text, value->format, value->zone };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (texts[i] == NULL)
      continue;
    g_string_append_printf (out, "%c\"%s\":", i == 0 ? '{' : ',', names[i]);
    hub_json_append_text (out, texts[i]);
  }
  g_string_append_c (out, '}');
}

/* Whether a bare JSON number comes back from json-glib (64-bit integers, doubles) with all its digits. */
static gboolean survives_json (const char *text) {
  const char *digits = text + (*text == '-');

  if (!hub_decimal_is_canonical (text) || (digits[0] == '0' && g_ascii_isdigit (digits[1])))
    return FALSE;
  return hub_decimal_significant_digits (text) <= (strchr (text, '.') ? 15 : 18);
}

void hub_value_append_json (const HubValue *value, GString *out) {
  if (hub_value_is_blank (value))
    g_string_append (out, "null");
  else if (is_date (value->type))
    append_date (value, out);
  else if (value->type == HUB_TYPE_BOOLEAN || value->type == HUB_TYPE_LIST || value->type == HUB_TYPE_JSON
           || (hub_type_is_number (value->type) && survives_json (value->text)))
    g_string_append (out, value->text);
  else
    hub_json_append_text (out, value->text);
}

gboolean hub_value_fail (GError **error, const char *message, const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gboolean is_long = g_utf8_strlen (valid, -1) > EXCERPT_LENGTH;
  g_autofree char *start = g_utf8_substring (valid, 0, is_long ? EXCERPT_LENGTH - 1 : -1);
  g_autofree char *quoted = g_strconcat (start, is_long ? "…" : "", NULL);
  g_autoptr (GString) full = g_string_new (message);
  for (char *p = quoted; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  g_string_replace (full, "%s", quoted, 1);
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_RECORD, full->str);
  return FALSE;
}
