/* record.c: fields, records, and the selector that picks a record's values out of JSON (any thread).
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

char *hub_record_to_json (const HubRecord *record, const char *const *paths) {
  GString *out = g_string_new ("{");
  for (guint i = 0; i < record->n_values; i++) {
    g_string_append (out, i > 0 ? "," : "");
    hub_json_append_text (out, paths[i]);
    g_string_append_c (out, ':');
    hub_value_append_json (&record->values[i], out);
  }
  return g_string_free (g_string_append_c (out, '}'), FALSE);
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

/* Sets @value to what was just read: it began at @start and the reader stands on its last token. */
static void take_value (HubValue *value, const HubJsonReader *reader, gsize start) {
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
  Wanted *inner = g_newa (Wanted, n_wanted);
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
      take_value (&values[wanted[i].index], reader, start);
  return TRUE;
}

gboolean hub_selector_read (const HubSelector *selector, HubJsonReader *reader, HubValue *values,
                            GError **error) {
  for (guint i = 0; i < selector->n_wanted; i++)
    hub_value_clear (&values[i]);
  return read_value (reader, selector->wanted, selector->n_wanted, values)
         || hub_json_reader_get_error (reader, error);
}
