/* delivery.c: one destination record on its way.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery.h"

#include <string.h>

static const char *const action_names[] = { "create", "update", "unchanged", "filtered", "reject" };

HubDelivery *hub_delivery_new (guint n_fields) {
  HubDelivery *delivery = g_new0 (HubDelivery, 1);
  delivery->n_fields = n_fields;
  delivery->values = g_new0 (HubValue, n_fields);
  delivery->write = g_new0 (HubWrite, n_fields);
  delivery->change = g_new0 (gboolean, n_fields);
  return delivery;
}

void hub_delivery_free (HubDelivery *delivery) {
  g_clear_pointer (&delivery->source, hub_record_free);
  g_free (delivery->source_key);
  g_free (delivery->key);
  g_free (delivery->look_up_key);
  hub_delivery_forget (delivery);
  for (guint i = 0; i < delivery->n_fields; i++)
    hub_value_clear (&delivery->values[i]);
  g_free (delivery->values);
  g_free (delivery->write);
  g_free (delivery->change);
  g_free (delivery->problem);
  g_free (delivery->problem_field);
  g_free (delivery);
}

void hub_delivery_forget (HubDelivery *delivery) {
  for (guint i = 0; delivery->before && i < delivery->n_fields; i++)
    hub_value_clear (&delivery->before[i]);
  g_clear_pointer (&delivery->before, g_free);
  g_clear_pointer (&delivery->found, g_free);
}

void hub_delivery_reject (HubDelivery *delivery, const char *field, const GError *error) {
  delivery->action = HUB_ACTION_REJECT;
  g_free (delivery->problem);
  g_free (delivery->problem_field);
  delivery->problem = g_strdup (error->message);
  delivery->problem_field = g_strdup (field);
}

const char *hub_action_name (HubAction action) {
  return action_names[action];
}

static gboolean is_space (gunichar c) {
  return g_unichar_isspace (c) || c == 0x00a0 || c == 0x202f || c == 0x200b || c == 0xfeff;
}

/* Keys are nearly always ASCII without spaces: those are copied as they are. */
char *hub_key_normalize (const char *key) {
  while (*key && is_space (g_utf8_get_char (key)))
    key = g_utf8_next_char (key);
  const char *end = key + strlen (key);
  while (end > key && is_space (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  if (end == key)
    return NULL;
  gsize length = end - key;
  gboolean ascii = g_str_is_ascii (key);
  gboolean address = memchr (key, '@', length) != NULL;
  if (ascii)
    return address ? g_ascii_strdown (key, length) : g_strndup (key, length);
  g_autofree char *composed = g_utf8_normalize (key, length, G_NORMALIZE_NFC);
  return address ? g_utf8_strdown (composed, -1) : g_steal_pointer (&composed);
}
