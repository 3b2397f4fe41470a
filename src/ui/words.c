/* words.c: times, results and endpoints in plain words, and the icons that go with them; pure functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <locale.h>

#include "date.h"
#include "decimal.h"
#include "manifest.h"

#define MOST_DIGITS 18 /* before the point, that a number of C holds */

static void add_count (GString *words, const char *separator, gulong count, const char *what) {
  if (count > 0)
    g_string_append_printf (words, "%s%'lu %s", words->len > 0 ? separator : "", count, what);
}

/* Adds what became of the records so far: "1,204 created, 3 updated". */
static void add_counters (GString *words, const HubCounters *c, const char *separator, gboolean planned) {
  /* Translators: a number of records stands before each of these words: "1,204 created" */
  add_count (words, separator, c->created,
             planned ? ngettext ("new", "new", c->created) : ngettext ("created", "created", c->created));
  add_count (words, separator, c->updated,
             planned ? ngettext ("changed", "changed", c->updated)
                     : ngettext ("updated", "updated", c->updated));
  add_count (words, separator, c->unchanged, ngettext ("unchanged", "unchanged", c->unchanged));
  add_count (words, separator, c->filtered, ngettext ("filtered out", "filtered out", c->filtered));
  add_count (words, separator, c->rejected, ngettext ("rejected", "rejected", c->rejected));
}

char *hub_words_running (const HubCounters *counters) {
  g_autoptr (GString) words = g_string_new (NULL);

  if (counters->read == 0)
    return g_strdup (_ ("Running…"));
  /* Translators: the number of records read stands before it */
  add_count (words, "", counters->read, ngettext ("read", "read", counters->read));
  add_counters (words, counters, " · ", FALSE);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

char *hub_words_planned (const HubCounters *counters) {
  g_autoptr (GString) words = g_string_new (NULL);

  add_counters (words, counters, " · ", TRUE);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static gboolean is_same_day (GDateTime *one, GDateTime *other) {
  return g_date_time_get_year (one) == g_date_time_get_year (other)
         && g_date_time_get_day_of_year (one) == g_date_time_get_day_of_year (other);
}

char *hub_words_time (gint64 milliseconds) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (milliseconds / 1000);

  if (is_same_day (time, now))
    return g_date_time_format (time, _ ("Today at %H:%M"));
  if (is_same_day (time, yesterday))
    return g_date_time_format (time, _ ("Yesterday at %H:%M"));
  if (is_same_day (time, tomorrow))
    return g_date_time_format (time, _ ("Tomorrow at %H:%M"));
  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    return g_date_time_format (time, _ ("On %B %-d at %H:%M"));
  return g_date_time_format (time, _ ("On %B %-d, %Y at %H:%M"));
}

char *hub_words_time_within (gint64 milliseconds) {
  g_autofree char *words = hub_words_time (milliseconds);
  const char *rest = g_utf8_next_char (words);
  g_autofree char *first = g_utf8_strdown (words, rest - words);

  return g_strconcat (first, rest, NULL);
}

/* Whether @value (nullable) is an amount; a whole number may as well be a code or a year. */
static gboolean is_amount (const HubValue *value) {
  return value && !hub_value_is_blank (value)
         && (value->type == HUB_TYPE_MONEY
             || (value->type == HUB_TYPE_DECIMAL && strchr (value->text, '.') != NULL));
}

/* "-1234.50" with the separators of the locale, whatever digits it has behind the point. (transfer full) */
static char *amount_words (const char *text) {
  const char *digits = text + (*text == '-');
  gsize n_digits = strspn (digits, "0123456789");
  gboolean is_code = *digits == '0' && n_digits > 1;

  if (!hub_decimal_is_canonical (text) || is_code || n_digits > MOST_DIGITS)
    return g_strdup (text);
  return g_strdup_printf (
      "%.*s%'" G_GUINT64_FORMAT "%s%s", (int) (digits - text), text, g_ascii_strtoull (digits, NULL, 10),
      digits[n_digits] ? localeconv ()->decimal_point : "", digits[n_digits] ? digits + n_digits + 1 : "");
}

/* The day, and the time here of an instant. (transfer full) */
static char *date_words (const HubValue *value) {
  gint64 seconds = hub_date_to_unix_ms (value) / 1000;
  gboolean has_time = value->type == HUB_TYPE_DATETIME;
  g_autoptr (GDateTime) time =
      has_time ? g_date_time_new_from_unix_local (seconds) : g_date_time_new_from_unix_utc (seconds);
  /* The locale's way, unless it leaves out the century. */
  const char *day = strstr (nl_langinfo (D_FMT), "%Y") ? "%x" : "%Y-%m-%d";
  g_autofree char *format = g_strconcat (day, has_time ? " %H:%M" : NULL, NULL);

  char *words = time ? g_date_time_format (time, format) : NULL; /* here it may be in the year 10000 */
  return words ? words : hub_value_display (value);
}

static char *local_words (const HubValue *value, const HubValue *beside) {
  gboolean date = value->type == HUB_TYPE_DATE || value->type == HUB_TYPE_DATETIME;

  if (hub_value_is_blank (value) || (date && value->format))
    return hub_value_display (value);
  if (date)
    return date_words (value);
  if (hub_type_is_number (value->type) && (is_amount (value) || is_amount (beside)))
    return amount_words (value->text);
  if (value->type == HUB_TYPE_BOOLEAN)
    return g_strdup (g_str_equal (value->text, "true") ? _ ("Yes") : _ ("No"));
  return g_strdup (value->text);
}

char *hub_words_value (const HubValue *value, const HubValue *beside) {
  char *words = local_words (value, beside);
  g_autofree char *others = beside ? local_words (beside, value) : NULL;

  if (g_strcmp0 (words, others) != 0)
    return words;
  g_free (words);
  return hub_value_display (value);
}

/* How each state is shown; @words are left out where the counters say it all. */
static const struct {
  const char *icon, *words;
} states[] = {
  [HUB_RUN_RUNNING] = { "view-refresh-symbolic", N_ ("running in another window or command") },
  [HUB_RUN_SUCCESS] = { "object-select-symbolic", "" },
  [HUB_RUN_PARTIAL] = { "dialog-warning-symbolic", "" },
  [HUB_RUN_FAILED] = { "dialog-error-symbolic", N_ ("failed") },
  [HUB_RUN_CANCELLED] = { "process-stop-symbolic", N_ ("cancelled") },
  [HUB_RUN_NEEDS_ATTENTION] = { "dialog-password-symbolic", N_ ("needs you") },
};

const char *hub_words_status_icon (HubRunStatus status) {
  return states[status].icon;
}

char *hub_words_result (const HubRun *run) {
  const HubCounters *c = &run->counters;
  const char *state = states[run->status].words;
  g_autofree char *time = hub_words_time (run->finished > 0 ? run->finished : run->started);
  g_autoptr (GString) words = g_string_new (*state ? _ (state) : NULL);

  if (run->kind == HUB_KIND_UNDO) {
    /* Translators: what became of the records of a run that was undone; a number stands before it */
    add_count (words, ", ", c->updated, ngettext ("taken back", "taken back", c->updated));
    add_count (
        words, ", ", c->rejected,
        ngettext ("left because it has changed since", "left because they have changed since", c->rejected));
  } else {
    add_counters (words, c, ", ", FALSE);
  }
  if (words->len == 0)
    g_string_append (words, _ ("nothing to do"));
  /* Translators: a time, then what happened: "Yesterday at 18:30: 1,204 created, 3 updated" */
  return g_strdup_printf (_ ("%s: %s"), time, words->str);
}

const char *hub_words_connector_icon (const char *connector) {
  if (g_str_equal (connector, "stripe"))
    return "auth-smartcard-symbolic";
  if (g_str_equal (connector, "google-sheets"))
    return "x-office-spreadsheet-symbolic";
  if (g_str_equal (connector, "csv"))
    return "text-x-generic-symbolic";
  return "network-server-symbolic";
}

char *hub_words_endpoint (const HubEndpoint *endpoint) {
  const HubManifest *manifest = hub_manifest_get (endpoint->connector, NULL);
  const char *service = manifest ? _ (manifest->name) : endpoint->connector;
  const char *path = json_object_get_string_member_with_default (endpoint->options, "path", NULL);
  g_autofree char *file = path ? g_path_get_basename (path) : NULL;
  const char *whose = endpoint->account ? endpoint->account : file;

  return whose ? g_strdup_printf ("%s · %s", service, whose) : g_strdup (service);
}
