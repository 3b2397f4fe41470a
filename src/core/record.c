/* record.c: fields, records, the selector that picks a record's values out of JSON, and deliveries (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "record.h"
#include "decimal.h"
#include "json.h"
#include <string.h>

/* A path on the way down: what is left of it behind the names that were already entered. */
typedef struct {
  const char *rest; /* (borrowed) (nullable) NULL: the value that is read now is the one asked for */
  guint index;      /* of its value */
} Wanted;

struct _HubSelector {
  char **paths; /* (owned) */
  guint n_wanted;
  Wanted wanted[];
};

HubField *hub_field_new (const char *name, const char *label, HubType type) {
  HubField field = { .name = g_strdup (name), .label = g_strdup (label), .type = type };
  return g_memdup2 (&field, sizeof field);
}

void hub_field_free (HubField *field) {
  g_free (field->name);
  g_free (field->label);
  g_free (field->example);
  g_free (field);
}

/* What the texts of a type look like. A code like 007 is no number. */
static const char *const patterns[] = {
  [HUB_TYPE_INTEGER] = "^-?(0|[1-9]\\d*)$",
  [HUB_TYPE_DECIMAL] = "^-?(0|[1-9]\\d*|[1-9]\\d{0,2}([ .,\\x{A0}\\x{202F}]\\d{3})+)([.,]\\d+)?( ?[€$£])?$",
  [HUB_TYPE_BOOLEAN] = "(?i)^(true|false|vrai|faux|oui|non|yes|no)$",
  [HUB_TYPE_DATE] = "^(\\d{4}[-/]\\d\\d[-/]\\d\\d|\\d\\d[-/.]\\d\\d[-/.]\\d{4})([ T]\\d\\d:\\d\\d.*)?$",
  [HUB_TYPE_EMAIL] = "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
};

void hub_field_learn (HubField *field, const char *text, guint *misses) {
  if (*text == '\0')
    return;
  field->example = field->example ?: g_strdup (text);
  field->type = HUB_TYPE_TEXT;
  for (HubType type = G_N_ELEMENTS (patterns) - 1; type > HUB_TYPE_TEXT; type--) {
    gboolean match = patterns[type] != NULL && g_regex_match_simple (patterns[type], text, 0, 0);
    *misses |= match ? 0 : 1u << type;
    field->type = *misses & 1u << type ? field->type : type;
  }
}

HubRecord *hub_record_new (guint n_values) {
  HubRecord *record = g_malloc0 (sizeof (HubRecord) + n_values * sizeof (HubValue));
  record->n_values = n_values;
  return record;
}

void hub_record_free (HubRecord *record) {
  for (guint i = 0; i < record->n_values; i++)
    hub_value_clear (&record->values[i]);
  g_free (record->key);
  g_free (record);
}

char *hub_values_to_json (const HubValue *values, const char *const *names, guint n_values,
                          const gboolean *only) {
  GString *out = g_string_sized_new (256);
  for (guint i = 0; i < n_values; i++) {
    if (only && !only[i])
      continue;
    g_string_append_c (out, out->len ? ',' : '{');
    hub_json_append_text (out, names[i]);
    g_string_append_c (out, ':');
    hub_value_append_json (&values[i], out);
  }
  return g_string_free (g_string_append (out, out->len ? "}" : "{}"), FALSE);
}

HubSelector *hub_selector_new (const char *const *paths) {
  guint n_wanted = g_strv_length ((char **) paths);
  HubSelector *selector = g_malloc0 (sizeof (HubSelector) + n_wanted * sizeof (Wanted));
  selector->paths = g_strdupv ((char **) paths);
  selector->n_wanted = n_wanted;
  for (guint i = 0; i < n_wanted; i++)
    selector->wanted[i] = (Wanted){ selector->paths[i], i };
  return selector;
}

void hub_selector_free (HubSelector *selector) {
  g_strfreev (selector->paths);
  g_free (selector);
}

/* Puts those of @wanted that lead through the member @name into @inner. A name may itself hold dots: "metadata.a.b"
 * finds both {"a": {"b": …}} and {"a.b": …} in metadata. Returns how many there are. */
static guint enter (const Wanted *wanted, guint n_wanted, const char *name, gsize length, Wanted *inner) {
  guint n_inner = 0;
  for (guint i = 0; i < n_wanted; i++) {
    const char *rest = wanted[i].rest;
    if (rest == NULL || (length > 0 && *rest != *name) || strncmp (rest, name, length) != 0)
      continue;
    if (rest[length] == '.' || rest[length] == '\0')
      inner[n_inner++] = (Wanted){ rest[length] == '.' ? rest + length + 1 : NULL, wanted[i].index };
  }
  return n_inner;
}

static guint enter_name (const Wanted *wanted, guint n_wanted, const HubJsonReader *reader, Wanted *inner) {
  if (!reader->escaped)
    return enter (wanted, n_wanted, reader->data + reader->start, reader->end - reader->start, inner);
  g_autofree char *name = hub_json_reader_dup_text (reader);
  return enter (wanted, n_wanted, name, strlen (name), inner);
}

static void take_number (HubValue *value, const HubJsonReader *reader) {
  g_autofree char *raw = hub_json_reader_dup_text (reader);
  char *canonical = hub_decimal_from_json (raw, NULL); /* too long to write out: its text as it came */
  if (canonical == NULL)
    hub_value_take (value, HUB_TYPE_TEXT, g_steal_pointer (&raw));
  else
    hub_value_take (value, strpbrk (raw, ".eE") ? HUB_TYPE_DECIMAL : HUB_TYPE_INTEGER, canonical);
}

void hub_value_take_json (HubValue *value, const HubJsonReader *reader, gsize start) {
  const char *text = reader->data + start;
  gsize length = reader->position - start;
  switch (reader->token) {
  case HUB_JSON_STRING: hub_value_take (value, HUB_TYPE_TEXT, hub_json_reader_dup_text (reader)); break;
  case HUB_JSON_NUMBER: take_number (value, reader); break;
  case HUB_JSON_TRUE:
  case HUB_JSON_FALSE: hub_value_take (value, HUB_TYPE_BOOLEAN, g_strndup (text, length)); break;
  case HUB_JSON_OBJECT_END: hub_value_take (value, HUB_TYPE_JSON, g_strndup (text, length)); break;
  case HUB_JSON_ARRAY_END: hub_value_take (value, HUB_TYPE_LIST, g_strndup (text, length)); break;
  default: hub_value_clear (value);
  }
}

static gboolean read_value (HubJsonReader *reader, const Wanted *wanted, guint n_wanted, HubValue *values);

/* Reads the members or elements behind an opening bracket, up to the closing one. */
static gboolean read_inside (HubJsonReader *reader, const Wanted *wanted, guint n_wanted, HubValue *values) {
  /* cppcheck-suppress allocaCalled */
  Wanted *inner = g_newa (Wanted, MAX (n_wanted, 1));
  gboolean object = reader->token == HUB_JSON_OBJECT;
  char index[16];
  for (guint i = 0; !object || hub_json_reader_next (reader) == HUB_JSON_NAME; i++) {
    guint n_inner = object
                        ? enter_name (wanted, n_wanted, reader, inner)
                        : enter (wanted, n_wanted, index, g_snprintf (index, sizeof index, "%u", i), inner);
    if (n_inner > 0 ? !read_value (reader, inner, n_inner, values)
                    : !hub_json_reader_skip (reader, NULL, NULL))
      break;
  }
  return reader->token == (object ? HUB_JSON_OBJECT_END : HUB_JSON_ARRAY_END);
}

/* Reads one value, which all of @wanted lead to or through. FALSE when there is none. */
static gboolean read_value (HubJsonReader *reader, const Wanted *wanted, guint n_wanted, HubValue *values) {
  HubJsonToken token = hub_json_reader_next (reader);
  gsize start = reader->start;
  if (token == HUB_JSON_OBJECT || token == HUB_JSON_ARRAY) {
    for (guint i = 0; i < n_wanted; i++) /* of duplicate names the last wins, with all that is in it */
      hub_value_clear (&values[wanted[i].index]);
    if (!read_inside (reader, wanted, n_wanted, values))
      return FALSE;
  } else if (token == HUB_JSON_ERROR || token == HUB_JSON_END || token == HUB_JSON_ARRAY_END) {
    return FALSE;
  }
  for (guint i = 0; i < n_wanted; i++)
    if (wanted[i].rest == NULL)
      hub_value_take_json (&values[wanted[i].index], reader, start);
  return TRUE;
}

gboolean hub_selector_read (const HubSelector *selector, HubJsonReader *reader, HubValue *values,
                            GError **error) {
  for (guint i = 0; i < selector->n_wanted; i++)
    hub_value_clear (&values[i]);
  return read_value (reader, selector->wanted, selector->n_wanted, values)
         || hub_json_reader_get_error (reader, error);
}

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

void hub_delivery_reject (HubDelivery *delivery, const char *field, const char *problem) {
  delivery->action = HUB_ACTION_REJECT;
  g_free (delivery->problem);
  g_free (delivery->problem_field);
  delivery->problem = g_strdup (problem);
  delivery->problem_field = g_strdup (field);
}

GPtrArray *hub_delivery_select (GPtrArray *batch, guint actions) {
  GPtrArray *selected = g_ptr_array_sized_new (batch->len);
  for (guint i = 0; i < batch->len; i++) {
    HubDelivery *delivery = batch->pdata[i];
    if (actions & (1u << delivery->action))
      g_ptr_array_add (selected, delivery);
  }
  return selected;
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
