/* schedule.c: when an integration runs by itself.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule.h"

#include <glib/gi18n-lib.h>

#include "date.h"
#include "json.h"

static const char *const known[] = { "every", "daily", "weekly", "monthly", "on", "zone", NULL };
static const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

/* Checks text member @name, if it is there, against @pattern; @form is what it looks like. */
static gboolean check_text (JsonObject *object, const char *place, const char *name, gboolean required,
                            const char *pattern, const char *form, GError **error) {
  const char *text = NULL;
  if (!hub_json_get_text (object, place, name, required, &text, error))
    return FALSE;
  return text == NULL || g_regex_match_simple (pattern, text, 0, 0)
         || hub_json_fail (error, place, _ ("“%s” is “%s”, but must look like %s"), name, text, form);
}

static gboolean check_time (JsonObject *object, const char *place, const char *name, gboolean required,
                            GError **error) {
  return check_text (object, place, name, required, "^([01][0-9]|2[0-3]):[0-5][0-9]$", "07:30", error);
}

static gboolean check_weekly (JsonObject *object, const char *place, GError **error) {
  static const char *const members[] = { "days", "at", NULL };
  JsonObject *weekly = NULL;
  JsonArray *days = NULL;
  g_autofree char *inner = g_strdup_printf ("%s.weekly", place);
  if (!hub_json_get_object (object, place, "weekly", FALSE, &weekly, error))
    return FALSE;
  if (weekly == NULL)
    return TRUE;
  if (!hub_json_check_members (weekly, inner, members, error)
      || !check_time (weekly, inner, "at", TRUE, error)
      || !hub_json_get_array (weekly, inner, "days", TRUE, &days, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (days); i++) {
    JsonNode *day = json_array_get_element (days, i);
    if (json_node_get_value_type (day) != G_TYPE_STRING
        || !g_strv_contains (day_names, json_node_get_string (day)))
      return hub_json_fail (error, inner, _ ("“days” is a list of mon, tue, wed, thu, fri, sat, sun"));
  }
  return json_array_get_length (days) > 0 || hub_json_fail (error, inner, _ ("“days” is empty; name a day"));
}

static gboolean check_monthly (JsonObject *object, const char *place, GError **error) {
  static const char *const members[] = { "day", "at", NULL };
  JsonObject *monthly = NULL;
  gint64 day = 1;
  g_autofree char *inner = g_strdup_printf ("%s.monthly", place);
  if (!hub_json_get_object (object, place, "monthly", FALSE, &monthly, error))
    return FALSE;
  return monthly == NULL
         || (hub_json_check_members (monthly, inner, members, error)
             && hub_json_get_integer (monthly, inner, "day", 1, 31, &day, error)
             && check_time (monthly, inner, "at", TRUE, error));
}

gboolean hub_schedule_check (JsonNode *node, const char *place, GError **error) {
  const char *zone = NULL;
  guint kinds = 0;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return hub_json_fail (error, place, _ ("must be null or an object such as {\"every\": \"15m\"}"));
  JsonObject *object = json_node_get_object (node);
  if (!hub_json_check_members (object, place, known, error)
      || !check_text (object, place, "every", FALSE, "^[1-9][0-9]{0,3}[mh]$", "15m, 2h", error)
      || !check_time (object, place, "daily", FALSE, error) || !check_weekly (object, place, error)
      || !check_monthly (object, place, error)
      || !check_text (object, place, "on", FALSE, "^event$", "event", error)
      || !hub_json_get_text (object, place, "zone", FALSE, &zone, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (known) - 2; i++)
    kinds += json_object_has_member (object, known[i]);
  if (kinds != 1)
    return hub_json_fail (error, place, _ ("must have exactly one of every, daily, weekly, monthly and on"));
  return zone == NULL || hub_date_zone_exists (zone)
         || hub_json_fail (error, place, _ ("there is no time zone “%s”; write one such as Europe/Paris"),
                           zone);
}
