/* match.c: which source field belongs to which destination field; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "match.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core-resources.h"
#include "date.h"
#include "error.h"
#include "json.h"

#define SYNONYMS "/fr/integrationhub/IntegrationHub/synonyms.txt"
#define MAX_TOKENS 8
#define BEST 100 /* of the scores below */
#define SAME_WORDS 88
#define SAME_MEANING 80
#define PART 60 /* at most, of one that says more than the other */
#define SAME_EXAMPLE 30
#define SAME_KIND 10

enum { PHONE = 1 }; /* the number of its line in the synonyms */

/* What one of a field's names means. */
typedef struct {
  guint tokens[MAX_TOKENS]; /* a line of the synonyms, or the hash of a word that is in none */
  guint n_tokens;
  guint weight;  /* a token weighs 2, a general one or a number 1 */
  gint64 number; /* -1: it has none */
  guint words;   /* hash of its words as they are */
} Meaning;

typedef struct {
  const HubField *field;
  Meaning meanings[3]; /* of the whole path, the label, the path's last name */
  guint64 tokens;      /* a bit for each token: most pairs have none in common */
  guint example;       /* hash; 0: it has none that tells anything */
} Portrait;

static const guint meaning_costs[] = { 0, 2, 6 };

const HubField *hub_field_find (GPtrArray *fields, const char *name) {
  for (guint i = 0; i < fields->len; i++) {
    const HubField *field = fields->pdata[i];

    if (g_str_equal (field->name, name))
      return field;
  }
  return NULL;
}

/* Ends a word: a plural is like the singular, and small words do not count. */
static void end_word (GString *word, GPtrArray *words) {
  static const char *const small[] = { "a", "au", "d",  "de",  "des", "du",  "et",
                                       "l", "la", "le", "les", "of",  "the", NULL };
  if (word->len > 3 && word->str[word->len - 1] == 's')
    g_string_truncate (word, word->len - 1);
  if (word->len > 0 && !g_strv_contains (small, word->str))
    g_ptr_array_add (words, g_strdup (word->str));
  g_string_truncate (word, 0);
}

/* The words of "billing_details.firstName" or "Code postal" without case and accents. (transfer full) */
static GPtrArray *split_words (const char *text) {
  g_autofree char *plain = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autoptr (GString) word = g_string_new (NULL);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  gunichar before = 0;
  for (const char *p = plain ? plain : ""; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (g_unichar_ismark (c))
      continue;
    if (!g_unichar_isalnum (c) || (g_unichar_islower (before) && g_unichar_isupper (c))
        || g_unichar_isdigit (before) != g_unichar_isdigit (c))
      end_word (word, words);
    if (g_unichar_isalnum (c))
      g_string_append_unichar (word, g_unichar_tolower (c));
    before = c;
  }
  end_word (word, words);
  return words;
}

static char *join_words (GPtrArray *words, guint first, guint length) {
  GString *phrase = g_string_new (words->pdata[first]);
  for (guint i = 1; i < length; i++)
    g_string_append_printf (phrase, " %s", (char *) words->pdata[first + i]);
  return g_string_free (phrase, FALSE);
}

/* Phrase → the number of its line in the synonyms; negative: it is too general to link a field by it and a word more. */
static GHashTable *get_phrases (void) {
  static GHashTable *phrases;
  if (g_once_init_enter (&phrases)) {
    GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GBytes) text = g_resource_lookup_data (hub_core_get_resource (), SYNONYMS, 0, NULL);
    g_auto (GStrv) lines = g_strsplit (g_bytes_get_data (text, NULL), "\n", -1);
    for (int i = 0; *lines[i]; i++) {
      g_auto (GStrv) list = g_strsplit (lines[i], ",", -1);
      for (guint j = 0; list[j]; j++) {
        g_autoptr (GPtrArray) words = split_words (list[j]);
        g_hash_table_insert (table, join_words (words, 0, words->len),
                             GINT_TO_POINTER (*lines[i] == '*' ? -1 - i : 1 + i));
      }
    }
    g_once_init_leave (&phrases, table);
  }
  return phrases;
}

static void add_token (Meaning *meaning, guint token, guint weight) {
  for (guint i = 0; i < meaning->n_tokens; i++)
    if (meaning->tokens[i] == token)
      return;
  if (meaning->n_tokens == MAX_TOKENS)
    return;
  meaning->tokens[meaning->n_tokens++] = token;
  meaning->weight += weight;
}

/* Takes the longest phrase that is known at @first, or the word there. Returns how many words it took. */
static guint read_phrase (Meaning *meaning, GPtrArray *words, guint first) {
  const char *word = words->pdata[first];
  for (guint length = MIN (3, words->len - first); length > 0; length--) {
    g_autofree char *phrase = join_words (words, first, length);
    int line = GPOINTER_TO_INT (g_hash_table_lookup (get_phrases (), phrase));
    if (line != 0) {
      add_token (meaning, ABS (line), line < 0 ? 1 : 2);
      return length;
    }
  }
  if (g_ascii_isdigit (*word))
    meaning->number = g_ascii_strtoll (word, NULL, 10);
  add_token (meaning, g_str_hash (word), g_ascii_isdigit (*word) ? 1 : 2);
  return 1;
}

static void read_meaning (Meaning *meaning, const char *text, guint64 *tokens) {
  g_autoptr (GPtrArray) words = split_words (text);
  meaning->number = -1;
  if (words->len == 0)
    return;
  g_autofree char *all = join_words (words, 0, words->len);
  meaning->words = g_str_hash (all);
  for (guint i = 0; i < words->len;)
    i += read_phrase (meaning, words, i);
  for (guint i = 0; i < meaning->n_tokens; i++)
    *tokens |= G_GUINT64_CONSTANT (1) << meaning->tokens[i] % 64;
}

static guint hash_example (const HubField *field) {
  if (field->example == NULL || field->type == HUB_TYPE_BOOLEAN || g_utf8_strlen (field->example, -1) < 3)
    return 0;
  g_autofree char *folded = g_utf8_casefold (field->example, -1);
  return g_str_hash (g_strstrip (folded));
}

static void portray (Portrait *portrait, const HubField *field) {
  const char *last = strrchr (field->name, '.');
  portrait->field = field;
  portrait->example = hash_example (field);
  read_meaning (&portrait->meanings[0], field->name, &portrait->tokens);
  if (field->label && !g_str_equal (field->label, field->name))
    read_meaning (&portrait->meanings[1], field->label, &portrait->tokens);
  if (last)
    read_meaning (&portrait->meanings[2], last + 1, &portrait->tokens);
}

static Portrait *portray_all (GPtrArray *fields) {
  Portrait *portraits = g_new0 (Portrait, fields->len);
  for (guint i = 0; i < fields->len; i++)
    portray (&portraits[i], fields->pdata[i]);
  return portraits;
}

static gboolean is_part (const Meaning *small, const Meaning *large) {
  for (guint i = 0; i < small->n_tokens; i++) {
    guint j = 0;
    while (j < large->n_tokens && large->tokens[j] != small->tokens[i])
      j++;
    if (j == large->n_tokens)
      return FALSE;
  }
  return TRUE;
}

static guint compare_meanings (const Meaning *a, const Meaning *b) {
  const Meaning *small = a->n_tokens < b->n_tokens ? a : b, *large = small == a ? b : a;
  if (small->n_tokens == 0 || (a->number >= 0 && b->number >= 0 && a->number != b->number)
      || !is_part (small, large))
    return 0;
  if (small->n_tokens == large->n_tokens)
    return a->words == b->words ? SAME_WORDS : SAME_MEANING;
  guint share = PART * 2 * small->weight / (small->weight + large->weight);
  return small->weight >= 2 && share >= PART * 6 / 10 ? share : 0;
}

/* How likely @source fills @destination, from 0 to BEST. */
static guint compare (const Portrait *source, const Portrait *destination) {
  gboolean same_type = source->field->type == destination->field->type;
  gboolean same_example = source->example != 0 && source->example == destination->example;
  guint best = 0;
  for (guint i = 0; source->tokens & destination->tokens && i < G_N_ELEMENTS (meaning_costs); i++)
    for (guint j = 0; j < G_N_ELEMENTS (meaning_costs); j++) {
      guint score = compare_meanings (&source->meanings[i], &destination->meanings[j]);
      best = MAX (best, score > 0 ? score - meaning_costs[i] - meaning_costs[j] : 0);
    }
  if (best == 0 && same_example)
    best = SAME_EXAMPLE;
  else if (best == 0)
    return same_type && source->field->type == HUB_TYPE_EMAIL ? SAME_KIND : 0;
  return MIN (best + 2 * same_example + same_type, BEST);
}

/* Links the likeliest pairs first. */
GArray *hub_match_fields (GPtrArray *sources, GPtrArray *destinations) {
  g_autofree Portrait *from = portray_all (sources), *to = portray_all (destinations);
  g_autofree gboolean *used = g_new0 (gboolean, sources->len + 1);
  GArray *match = g_array_sized_new (FALSE, FALSE, sizeof (int), destinations->len);
  GArray *pairs[BEST + 1] = { NULL };
  const int none = -1;
  for (guint i = 0; i < destinations->len; i++) {
    g_array_append_val (match, none);
    for (guint j = 0; j < sources->len; j++) {
      guint score = compare (&from[j], &to[i]), pair[] = { i, j };
      if (score > 0 && pairs[score] == NULL)
        pairs[score] = g_array_new (FALSE, FALSE, sizeof pair);
      if (score > 0)
        g_array_append_val (pairs[score], pair);
    }
  }
  for (guint score = BEST; score > 0; score--) {
    for (guint i = 0; pairs[score] && i < pairs[score]->len; i++) {
      const guint *pair = &g_array_index (pairs[score], guint, 2 * i);
      if (used[pair[1]] || g_array_index (match, int, pair[0]) >= 0)
        continue;
      g_array_index (match, int, pair[0]) = (int) pair[1];
      used[pair[1]] = TRUE;
    }
    g_clear_pointer (&pairs[score], g_array_unref);
  }
  return match;
}

/* The last name of a path; what stands before it is the same for many. */
static char *last_name (const char *path) {
  const char *dot = strrchr (path, '.');
  return (char *) (dot && dot[1] ? dot + 1 : path);
}

const HubField *hub_match_successor (const char *name, const char *example, GPtrArray *fields) {
  HubField old = { (char *) name, (char *) name, HUB_TYPE_TEXT, .example = (char *) example };
  Portrait before = { 0 };
  g_autofree Portrait *now = portray_all (fields);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const HubField *successor = NULL;
  portray (&before, &old);
  for (guint i = 0, best = 0; i < fields->len; i++) {
    gboolean same_example = before.example != 0 && before.example == now[i].example;
    guint score = compare (&before, &now[i]) + (same_example ? PART : 0);
    successor = score > best ? fields->pdata[i] : successor;
    best = MAX (best, score);
    g_ptr_array_add (names, last_name (now[i].field->name));
  }
  g_ptr_array_add (names, NULL);
  const char *nearest =
      successor ? NULL : hub_nearest_name (last_name (name), (const char *const *) names->pdata);
  for (guint i = 0; nearest && i < fields->len; i++)
    if (names->pdata[i] == nearest)
      return fields->pdata[i];
  return successor;
}

/* The names of @fields for a sentence. (transfer full) */
static char *join_names (GPtrArray *fields) {
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < fields->len; i++)
    g_string_append_printf (names, i ? ", %s" : "%s", ((HubField *) fields->pdata[i])->name);
  return g_string_free (names, FALSE);
}

gboolean hub_match_fail_missing (const char *where, const char *name, const char *example, GPtrArray *fields,
                                 GError **error) {
  const HubField *successor = fields ? hub_match_successor (name, example, fields) : NULL;
  g_autofree char *names = fields && fields->len ? join_names (fields) : g_strdup ("–");
  if (successor)
    g_set_error (error, HUB_ERROR, HUB_ERROR_FIELD,
                 _ ("%1$s “%2$s” any more; “%3$s” looks like its new name: open the mapping to use it"),
                 where, name, successor->name);
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_FIELD,
                 _ ("%1$s “%2$s”; there are: %3$s; add it there, or change the mapping"), where, name, names);
  return FALSE;
}

HubType hub_match_type (const HubField *field) {
  HubType type = field->type;
  if (field->example == NULL)
    return type;
  if (hub_type_is_number (type))
    return g_regex_match_simple ("^-?\\d+(\\.\\d+)?$", field->example, 0, 0) ? type : HUB_TYPE_TEXT;
  if (type != HUB_TYPE_DATE && type != HUB_TYPE_DATETIME)
    return type;
  HubValue date = { 0 };
  gboolean is_date =
      hub_date_parse (&date, field->example, "UTC", NULL) && g_str_equal (date.text, field->example);
  type = is_date ? date.type : HUB_TYPE_TEXT;
  hub_value_clear (&date);
  return type;
}

#define TYPE(name) (1u << HUB_TYPE_##name)
#define NUMBERS (TYPE (INTEGER) | TYPE (DECIMAL) | TYPE (MONEY))
#define DATES (TYPE (DATE) | TYPE (DATETIME))
#define OTHERS (TYPE (BOOLEAN) | TYPE (EMAIL) | TYPE (URL) | TYPE (LIST) | TYPE (JSON))

/* The first that holds. */
static const struct {
  guint from, to;
  const char *op;
  const char *sentence;
} advices[] = {
  { DATES, TYPE (TEXT), "date", N_ ("A date becomes a text here; choose how it is to look") },
  { TYPE (DATETIME), TYPE (DATE), "date",
    N_ ("Only the day is wanted here; choose a format without a time") },
  { TYPE (LIST), TYPE (TEXT), "join",
    N_ ("A list becomes a text here; choose what stands between its parts") },
  { TYPE (TEXT), NUMBERS, "number", N_ ("A number is wanted here; have the text read as a number") },
  { TYPE (DECIMAL) | TYPE (MONEY), TYPE (INTEGER), "round", N_ ("A whole number is wanted here; round it") },
  { TYPE (TEXT) | NUMBERS, DATES, "date", N_ ("A date is wanted here; have the value read as a date") },
  { TYPE (TEXT) | TYPE (INTEGER), TYPE (BOOLEAN), "boolean",
    N_ ("Yes or no is wanted here; have the value read as yes or no") },
  { TYPE (TEXT), TYPE (LIST), "split", N_ ("A list is wanted here; split the text into its parts") },
  { OTHERS, NUMBERS | DATES, NULL,
    N_ ("Another kind of value is wanted here; look at the preview before a run") },
};

static gboolean wants_phone (const HubField *source, const HubField *destination) {
  Portrait portrait = { 0 };
  gboolean found = FALSE;
  portray (&portrait, destination);
  for (guint i = 0; i < G_N_ELEMENTS (portrait.meanings); i++)
    for (guint j = 0; j < portrait.meanings[i].n_tokens; j++)
      found |= portrait.meanings[i].tokens[j] == PHONE;
  return found && (source->example == NULL || *source->example != '+');
}

char *hub_match_advice (const HubField *source, const HubField *destination, const char **op) {
  HubType from = hub_match_type (source), to = destination->type;
  *op = NULL;
  if (to == HUB_TYPE_TEXT && (from == HUB_TYPE_TEXT || from == HUB_TYPE_INTEGER)
      && wants_phone (source, destination)) {
    *op = "phone";
    return g_strdup (
        _ ("Phone numbers are understood everywhere when they begin with the country, as in +33612345678"));
  }
  for (guint i = 0; from != to && i < G_N_ELEMENTS (advices); i++) {
    if (!(advices[i].from & 1u << from) || !(advices[i].to & 1u << to))
      continue;
    *op = advices[i].op;
    return g_strdup (_ (advices[i].sentence));
  }
  return NULL;
}
