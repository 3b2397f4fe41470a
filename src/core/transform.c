/* transform.c: the steps of a rule, one table of what each reads and does; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>
#include "transform.h"
#include "date.h"
#include "decimal.h"
#include "json-reader.h"

#define NOT_GIVEN G_MAXINT64

typedef struct _Op Op;

typedef struct {
  const Op *op;       /* (static) */
  const char *text;   /* (borrowed) (nullable) find, by, decimal, country */
  const char *with;   /* (borrowed) (nullable) with; lookup's default; the country's calling code */
  const char *format; /* (interned) (nullable) */
  const char *zone;   /* (interned) (nullable) */
  JsonObject *table;  /* (borrowed) (nullable) of texts */
  gint64 start;       /* start, to */
  gint64 index;       /* split; NOT_GIVEN for all parts */
  gint64 length;      /* slice; NOT_GIVEN for the rest */
  HubValue value;     /* (owned) default's value; multiply's and divide's by in canonical form */
} Step;

struct _HubSteps {
  JsonArray *source; /* (owned) (nullable) what the steps borrow from */
  guint length;
  Step steps[];
};

typedef enum { TEXT, NUMBER, SCALAR, TABLE } MemberKind;

typedef struct {
  const char *name; /* (nullable) */
  MemberKind kind;
  gsize offset; /* of the Step's field */
} Member;

/* An op has one of apply, convert and change_case; the latter two make a text of what the value shows. */
struct _Op {
  const char *name;
  Member members[2];
  gboolean (*check) (Step *step, const char *place,
                     GError **error); /* (nullable) what the schema leaves open */
  gboolean (*apply) (const Step *step, HubValue *value, GError **error);
  char *(*compute) (const char *number, const char *by, GError **error); /* of apply_compute; none rounds */
  char *(*convert) (const Step *step, const char *text, GError **error);
  char *(*change_case) (const char *text, gssize length);
};

static gboolean check_factor (Step *step, const char *place, GError **error) {
  char *number = hub_decimal_parse (step->value.text, '\0', NULL);

  hub_value_take (&step->value, HUB_TYPE_DECIMAL, number);
  return (number != NULL && hub_decimal_significant_digits (number) > 0)
         || hub_json_fail (error, place, _ ("“by” must be a number other than 0"));
}

static gboolean check_date (Step *step, const char *place, GError **error) {
  g_autoptr (GDateTime) sample = g_date_time_new_from_unix_utc (0);
  g_autofree char *shown = step->format ? g_date_time_format (sample, step->format) : g_strdup ("-");

  if (shown == NULL || *shown == '\0')
    return hub_json_fail (error, place, _ ("“%s” is not a date format; write one such as %%d/%%m/%%Y"),
                          step->format);
  if (step->zone != NULL && !hub_date_zone_exists (step->zone))
    return hub_json_fail (error, place, _ ("unknown zone “%s”; write one such as Europe/Paris"), step->zone);
  step->format = g_intern_string (step->format);
  step->zone = g_intern_string (step->zone);
  return TRUE;
}

static char *trim (const Step *step, const char *text, GError **error) {
  const char *end = text + strlen (text);

  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  while (end > text && g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  return g_strndup (text, end - text);
}

static char *title (const Step *step, const char *text, GError **error) {
  g_autofree char *all_lower = g_utf8_strdown (text, -1);
  GString *out = g_string_new (NULL);
  gboolean in_word = FALSE;

  for (const char *p = all_lower; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (out, in_word ? c : g_unichar_totitle (c));
    in_word = g_unichar_isalnum (c) || g_unichar_ismark (c);
  }
  return g_string_free (out, FALSE);
}

static char *replace (const Step *step, const char *text, GError **error) {
  GString *out = g_string_new (text);

  g_string_replace (out, step->text, step->with ? step->with : "", 0);
  return g_string_free (out, FALSE);
}

static char *slice (const Step *step, const char *text, GError **error) {
  gint64 all = g_utf8_strlen (text, -1);
  gint64 start = CLAMP (step->start < 0 ? all + step->start : step->start, 0, all);

  return g_utf8_substring (text, start, start + MIN (step->length, all - start));
}

static char *look_up (const Step *step, const char *text, GError **error) {
  const char *found = json_object_get_string_member_with_default (step->table, text, step->with);

  if (found == NULL)
    hub_value_fail (error, _ ("“%s” is not in the look-up table"), text);
  return g_strdup (found);
}

static char *md5 (const Step *step, const char *text, GError **error) {
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* Countries and what is dialled before their numbers from abroad. */
static const char calling_codes[] =
    " FR33 BE32 CH41 LU352 MC377 DE49 ES34 IT39 PT351 NL31 GB44 IE353 AT43 US1 CA1 MA212"
    " DZ213 TN216 PL48 DK45 SE46 NO47 ";

/* What is dialled before numbers of @country ("FR") from abroad: a text that starts with those digits; NULL: it is unknown. */
static const char *get_calling_code (const char *country) {
  g_autofree char *key = g_strconcat (" ", country, NULL);
  const char *found = strlen (country) == 2 ? strstr (calling_codes, key) : NULL;

  return found ? found + strlen (key) : NULL;
}

static gboolean check_phone (Step *step, const char *place, GError **error) {
  const char *country = step->text ? step->text : "FR";

  step->with = get_calling_code (country);
  return step->with != NULL
         || hub_json_fail (error, place, _ ("unknown country “%s”; write one such as FR"), country);
}

/* "06 12 34 56 78" in the step's country, or "+33 (0)6…" and "0033…" of any → "+33612345678". */
static char *phone (const Step *step, const char *text, GError **error) {
  const char *calling_code = step->with;
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

static gboolean apply_boolean (const Step *step, HubValue *value, GError **error) {
  static const char *const yes[] = { "true", "1", "yes", "oui", "vrai", "on", NULL };
  static const char *const no[] = { "false", "0", "no", "non", "faux", "off", NULL };
  g_autofree char *word = g_ascii_strdown (value->text, -1);
  gboolean is_yes = g_strv_contains (yes, g_strstrip (word));

  if (!is_yes && !g_strv_contains (no, word))
    return hub_value_fail (error, _ ("“%s” is neither yes nor no"), value->text);
  hub_value_take (value, HUB_TYPE_BOOLEAN, g_strdup (is_yes ? "true" : "false"));
  return TRUE;
}

static gboolean apply_split (const Step *step, HubValue *value, GError **error) {
  g_autofree char *text = hub_value_display (value);
  g_auto (GStrv) parts = g_strsplit (text, step->text, -1);
  gint64 length = g_strv_length (parts);
  gint64 index = step->index < 0 ? length + step->index : step->index;
  g_autoptr (GString) list = g_string_new ("[");

  if (step->index != NOT_GIVEN) {
    hub_value_take (value, HUB_TYPE_TEXT, index >= 0 && index < length ? g_strdup (parts[index]) : NULL);
    return TRUE;
  }
  for (guint i = 0; parts[i] != NULL; i++) {
    g_string_append (list, i > 0 ? "," : "");
    hub_json_append_text (list, parts[i]);
  }
  hub_value_take (value, HUB_TYPE_LIST, g_strconcat (list->str, "]", NULL));
  return TRUE;
}

static gboolean apply_join (const Step *step, HubValue *value, GError **error) {
  g_autoptr (GString) out = g_string_new (NULL);
  const char *by = "";
  HubJsonReader reader;
  gsize start, end;

  if (value->type != HUB_TYPE_LIST)
    return TRUE;
  hub_json_reader_init (&reader, value->text, strlen (value->text));
  hub_json_reader_next (&reader);
  while (hub_json_reader_skip (&reader, &start, &end)) {
    gboolean nested = reader.token == HUB_JSON_OBJECT_END || reader.token == HUB_JSON_ARRAY_END;
    g_autofree char *text =
        nested ? g_strndup (value->text + start, end - start) : hub_json_reader_dup_text (&reader);
    if (reader.token == HUB_JSON_NULL)
      continue;
    g_string_append_printf (out, "%s%s", by, text);
    by = step->text;
  }
  hub_value_take (value, HUB_TYPE_TEXT, g_strdup (out->str));
  return TRUE;
}

/* Takes @number in place of what @value was; money stays money. */
static void take_number (HubValue *value, char *number) {
  const char *currency = value->type == HUB_TYPE_MONEY ? value->format : NULL;
  HubType type = strchr (number, '.') ? HUB_TYPE_DECIMAL : HUB_TYPE_INTEGER;

  hub_value_take (value, value->type == HUB_TYPE_MONEY ? HUB_TYPE_MONEY : type, number);
  value->format = currency;
}

static gboolean apply_number (const Step *step, HubValue *value, GError **error) {
  g_autofree char *text = NULL;
  char *number;

  if (hub_type_is_number (value->type))
    return TRUE;
  text = hub_value_display (value);
  number = hub_decimal_parse (text, step->text ? *step->text : '\0', error);
  if (number != NULL)
    take_number (value, number);
  return number != NULL;
}

static gboolean apply_compute (const Step *step, HubValue *value, GError **error) {
  char *number;

  if (!apply_number (step, value, error))
    return FALSE;
  number = step->op->compute ? step->op->compute (value->text, step->value.text, error)
                             : hub_decimal_round (value->text, step->start);
  if (number != NULL)
    take_number (value, number);
  return number != NULL;
}

/* Makes a day number of a spreadsheet, which a cell that shows a date holds, a date; one with a fraction, an instant in @zone. */
static gboolean take_serial (HubValue *value, const char *zone) {
  double days = g_ascii_strtod (value->text, NULL);
  HubValue like = { strchr (value->text, '.') ? HUB_TYPE_DATETIME : HUB_TYPE_DATE, NULL, NULL, zone };
  return (value->type == HUB_TYPE_INTEGER || value->type == HUB_TYPE_DECIMAL) && days >= 1
         && days < 2958466 /* the year 10000 */
         && hub_date_from_serial (value, value->text, &like, zone);
}

/* A date stays a date; a number is a serial, unix seconds or unix milliseconds by its size; of a format without a time, only the
 * local day is kept. */
static gboolean apply_date (const Step *step, HubValue *value, GError **error) {
  const char *format = step->format ? step->format : value->format;
  const char *zone = step->zone ? step->zone : value->zone;
  gint64 unix_time = g_ascii_strtoll (value->text, NULL, 10);

  if (take_serial (value, zone)) {
    /* it is a date now */
  } else if (value->type == HUB_TYPE_INTEGER) {
    if (unix_time < 100000000 || unix_time > 100000000000000)
      return hub_value_fail (error, _ ("“%s” is neither a date nor a unix time"), value->text);
    hub_date_from_unix_ms (value, unix_time < 100000000000 ? unix_time * 1000 : unix_time);
  } else if (value->type != HUB_TYPE_DATE && value->type != HUB_TYPE_DATETIME
             && !hub_date_parse (value, value->text, step->zone, error)) {
    return FALSE;
  }
  value->format = format;
  value->zone = value->type == HUB_TYPE_DATETIME ? zone : NULL;
  if (value->type == HUB_TYPE_DATETIME && format != NULL && !hub_date_format_has_time (format)) {
    g_autofree char *day = hub_date_to_serial (value, NULL);
    hub_date_from_serial (value, day, &(HubValue){ HUB_TYPE_DATE, NULL, format }, NULL);
  }
  return TRUE;
}

static gboolean apply_default (const Step *step, HubValue *value, GError **error) {
  if (hub_value_is_blank (value))
    hub_value_copy (value, &step->value);
  return TRUE;
}

#define FIELD(name, kind, field)                                                                             \
  { name, kind, G_STRUCT_OFFSET (Step, field) }

static const Op ops[] = {
  { "trim", .convert = trim },
  { "lower", .change_case = g_utf8_strdown },
  { "upper", .change_case = g_utf8_strup },
  { "title", .convert = title },
  { "replace", { FIELD ("find", TEXT, text), FIELD ("with", TEXT, with) }, .convert = replace },
  { "split", { FIELD ("by", TEXT, text), FIELD ("index", NUMBER, index) }, NULL, apply_split },
  { "slice", { FIELD ("start", NUMBER, start), FIELD ("length", NUMBER, length) }, .convert = slice },
  { "join", { FIELD ("by", TEXT, text) }, NULL, apply_join },
  { "number", { FIELD ("decimal", TEXT, text) }, NULL, apply_number },
  { "multiply", { FIELD ("by", SCALAR, value) }, check_factor, apply_compute, hub_decimal_multiply },
  { "divide", { FIELD ("by", SCALAR, value) }, check_factor, apply_compute, hub_decimal_divide },
  { "round", { FIELD ("to", NUMBER, start) }, NULL, apply_compute },
  { "date", { FIELD ("format", TEXT, format), FIELD ("zone", TEXT, zone) }, check_date, apply_date },
  { "phone", { FIELD ("country", TEXT, text) }, check_phone, .convert = phone },
  { "lookup", { FIELD ("table", TABLE, table), FIELD ("default", TEXT, with) }, .convert = look_up },
  { "default", { FIELD ("value", SCALAR, value) }, NULL, apply_default },
  { "boolean", .apply = apply_boolean },
  { "md5", .convert = md5 },
};

static void read_member (Step *step, const Member *member, JsonNode *node) {
  gpointer field = G_STRUCT_MEMBER_P (step, member->offset);
  switch (member->kind) {
  case TEXT: *(const char **) field = json_node_get_string (node); break;
  case NUMBER: *(gint64 *) field = json_node_get_int (node); break;
  case SCALAR: hub_json_to_value (node, field); break;
  case TABLE: *(JsonObject **) field = json_node_get_object (node); break;
  }
}

static gboolean read_step (Step *step, JsonObject *object, const char *place, GError **error) {
  const Op *op = ops;
  while (!g_str_equal (op->name, json_object_get_string_member (object, "op")))
    op++;
  step->op = op;
  step->index = step->length = NOT_GIVEN;
  for (guint i = 0; i < G_N_ELEMENTS (op->members) && op->members[i].name != NULL; i++)
    if (json_object_has_member (object, op->members[i].name))
      read_member (step, &op->members[i], json_object_get_member (object, op->members[i].name));
  return op->check == NULL || op->check (step, place, error);
}

HubSteps *hub_steps_new (JsonArray *array, const char *place, GError **error) {
  guint length = array ? json_array_get_length (array) : 0;
  g_autoptr (HubSteps) steps = g_malloc0 (sizeof *steps + length * sizeof (Step));

  steps->source = array ? json_array_ref (array) : NULL;
  while (steps->length < length) {
    g_autofree char *element = g_strdup_printf ("%s[%u]", place, steps->length);
    JsonObject *object = json_array_get_object_element (array, steps->length);
    if (!read_step (&steps->steps[steps->length++], object, element, error))
      return NULL;
  }
  return g_steal_pointer (&steps);
}

void hub_steps_free (HubSteps *steps) {
  for (guint i = 0; i < steps->length; i++)
    hub_value_clear (&steps->steps[i].value);
  g_clear_pointer (&steps->source, json_array_unref);
  g_free (steps);
}

static gboolean apply_step (const Step *step, HubValue *value, GError **error) {
  g_autofree char *text = NULL;
  char *result;

  if (hub_value_is_blank (value) && step->op->apply != apply_default)
    return TRUE;
  if (step->op->apply != NULL)
    return step->op->apply (step, value, error);
  text = hub_value_display (value);
  result = step->op->convert ? step->op->convert (step, text, error) : step->op->change_case (text, -1);
  if (result != NULL)
    hub_value_take (value, HUB_TYPE_TEXT, result);
  return result != NULL;
}

gboolean hub_steps_apply (const HubSteps *steps, HubValue *value, GError **error) {
  for (guint i = 0; i < steps->length; i++)
    if (!apply_step (&steps->steps[i], value, error))
      return FALSE;
  return TRUE;
}
