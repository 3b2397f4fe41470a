/* json-reader.c: a strict RFC 8259 pull reader over a span of bytes (on any thread; a reader belongs to one).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every scanner takes the place where it begins and returns the place behind what it read, or NULL after fail(). */
#include "json-reader.h"
#include "error.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* What may follow. VALUE: a value, at the start of the document or behind a name. FIRST, behind an opening bracket: the
 * first name or element, or the closing bracket. AFTER a value: a comma, a closing bracket, or the document's end. */
enum { STATE_VALUE, STATE_FIRST, STATE_AFTER, STATE_FAILED };

#define BYTES(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))

static const char escape_letters[] = "\"\\/bfnrt", escape_values[] = "\"\\/\b\f\n\r\t";

static const char *fail (HubJsonReader *reader, const char *at, const char *problem) {
  reader->position = at - reader->data;
  reader->state = STATE_FAILED;
  reader->token = HUB_JSON_ERROR;
  reader->problem = reader->position < reader->length ? problem : N_ ("the document ends too early");
  return NULL;
}

static inline const char *skip_space (const char *at, const char *limit) {
  while (at < limit && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;
  return at;
}

void hub_json_reader_init (HubJsonReader *reader, const char *data, gsize length) {
  *reader = (HubJsonReader){ .data = data, .length = length };
  const char *limit = data + length, *first = skip_space (data, limit);
  if (length >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    fail (reader, data, N_ ("the document starts with a byte order mark; save it without one"));
  else if (first < limit && *first == '<')
    fail (reader, first, N_ ("this looks like a web page (HTML), not JSON"));
}

/* How many of the eight bytes at @at come before a quote, a backslash, a control character or a byte above ASCII. */
static inline guint count_plain (const char *at) {
  guint64 bytes;
  memcpy (&bytes, at, 8);
  bytes = GUINT64_FROM_LE (bytes);
  guint64 found = ((bytes ^ BYTES ('"')) - BYTES (1)) | ((bytes ^ BYTES ('\\')) - BYTES (1));
  found = (found | (bytes - BYTES (0x20)) | bytes) & BYTES (0x80);
  return found == 0 ? 8 : __builtin_ctzll (found) / 8;
}

/* The value of the four hexadecimal digits at @at, or -1. */
static int read_hex (const char *at, const char *limit) {
  int value = limit - at < 4 ? -1 : 0;
  for (int i = 0; i < 4 && value >= 0; i++)
    value = g_ascii_isxdigit (at[i]) ? value * 16 + g_ascii_xdigit_value (at[i]) : -1;
  return value;
}

static const char *scan_escape (HubJsonReader *reader, const char *at, const char *limit) {
  reader->escaped = TRUE;
  gboolean coded = ++at < limit && *at == 'u';
  if (coded && read_hex (at + 1, limit) < 0)
    return fail (reader, limit - at < 5 ? limit : at, N_ ("“\\u” needs four hexadecimal digits"));
  if (!coded && (at == limit || *at == '\0' || !strchr (escape_letters, *at)))
    return fail (reader, at, N_ ("no such escape; a backslash itself is written “\\\\”"));
  return at + (coded ? 5 : 1);
}

static inline const char *scan_string (HubJsonReader *reader, const char *at, const char *limit) {
  reader->escaped = FALSE;
  for (at++; at != NULL;) {
    if (limit - at >= 8)
      at += count_plain (at);
    if (at == limit || (guchar) *at < 0x20)
      return fail (reader, at, N_ ("a line break or control character in a text must be escaped"));
    if (*at == '"')
      return at + 1;
    if (*at == '\\')
      at = scan_escape (reader, at, limit);
    else if ((guchar) *at < 0x80 || g_utf8_get_char_validated (at, limit - at) <= 0x10FFFF)
      at = g_utf8_next_char (at);
    else
      return fail (reader, at, N_ ("the text is not valid UTF-8"));
  }
  return NULL;
}

static inline const char *scan_digits (HubJsonReader *reader, const char *at, const char *limit) {
  const char *first = at;
  while (at < limit && g_ascii_isdigit (*at))
    at++;
  return at > first ? at : fail (reader, at, N_ ("a digit is expected here"));
}

static inline const char *scan_number (HubJsonReader *reader, const char *at, const char *limit) {
  at += *at == '-';
  at = at < limit && *at == '0' ? at + 1 : scan_digits (reader, at, limit);
  if (at != NULL && at < limit && *at == '.')
    at = scan_digits (reader, at + 1, limit);
  if (at != NULL && at < limit && (*at == 'e' || *at == 'E'))
    at = scan_digits (reader, at + 1 + (at + 1 < limit && (at[1] == '+' || at[1] == '-')), limit);
  return at;
}

static const char *scan_word (HubJsonReader *reader, const char *at, const char *limit, const char *word) {
  for (; *word != '\0'; at++, word++)
    if (at == limit || *at != *word)
      return fail (reader, at, N_ ("a value is expected here"));
  return at;
}

/* Makes [at, next) the current token. */
static inline const char *finish (HubJsonReader *reader, HubJsonToken token, const char *at, const char *next,
                                  guint8 state) {
  if (next == NULL)
    return NULL;
  guint quote = token == HUB_JSON_STRING || token == HUB_JSON_NAME;
  reader->start = at - reader->data + quote;
  reader->end = next - reader->data - quote;
  reader->position = next - reader->data;
  reader->state = state;
  reader->token = token;
  return next;
}

static inline const char *read_name (HubJsonReader *reader, const char *at, const char *limit) {
  if (at == limit || *at != '"')
    return fail (reader, at, N_ ("a member’s name in double quotes is expected here"));
  at = finish (reader, HUB_JSON_NAME, at, scan_string (reader, at, limit), STATE_VALUE);
  if (at == NULL)
    return NULL;
  at = skip_space (at, limit);
  if (at == limit || *at != ':')
    return fail (reader, at, N_ ("“:” is expected here"));
  reader->position = at + 1 - reader->data;
  return at + 1;
}

static inline const char *read_value (HubJsonReader *reader, const char *at, const char *limit) {
  switch (at < limit ? *at : 0) {
  case '{':
  case '[':
    if (reader->depth == HUB_JSON_MAX_DEPTH)
      return fail (reader, at, N_ ("too many objects and lists inside one another"));
    reader->closers[reader->depth++] = *at == '{' ? '}' : ']';
    return finish (reader, *at == '{' ? HUB_JSON_OBJECT : HUB_JSON_ARRAY, at, at + 1, STATE_FIRST);
  case '"': return finish (reader, HUB_JSON_STRING, at, scan_string (reader, at, limit), STATE_AFTER);
  case 't': return finish (reader, HUB_JSON_TRUE, at, scan_word (reader, at, limit, "true"), STATE_AFTER);
  case 'f': return finish (reader, HUB_JSON_FALSE, at, scan_word (reader, at, limit, "false"), STATE_AFTER);
  default:
    if (at < limit && (*at == '-' || g_ascii_isdigit (*at)))
      return finish (reader, HUB_JSON_NUMBER, at, scan_number (reader, at, limit), STATE_AFTER);
    return finish (reader, HUB_JSON_NULL, at, scan_word (reader, at, limit, "null"), STATE_AFTER);
  }
}

HubJsonToken hub_json_reader_next (HubJsonReader *reader) {
  if (reader->state == STATE_FAILED)
    return HUB_JSON_ERROR;
  const char *limit = reader->data + reader->length;
  const char *at = skip_space (reader->data + reader->position, limit);
  char closer = reader->depth > 0 ? reader->closers[reader->depth - 1] : '\0';
  if (reader->state == STATE_VALUE) {
    read_value (reader, at, limit);
  } else if (reader->depth == 0) {
    if (finish (reader, HUB_JSON_END, at, at, STATE_AFTER) < limit)
      fail (reader, at, N_ ("something follows behind the end of the document"));
  } else if (at < limit && *at == closer) {
    reader->depth--;
    finish (reader, closer == '}' ? HUB_JSON_OBJECT_END : HUB_JSON_ARRAY_END, at, at + 1, STATE_AFTER);
  } else if (reader->state == STATE_AFTER && (at == limit || *at != ',')) {
    fail (reader, at, N_ ("a comma or a closing bracket is expected here"));
  } else {
    at = reader->state == STATE_AFTER ? skip_space (at + 1, limit) : at;
    closer == '}' ? read_name (reader, at, limit) : read_value (reader, at, limit);
  }
  return reader->token;
}

gboolean hub_json_reader_skip (HubJsonReader *reader, gsize *start, gsize *end) {
  guint outside = reader->depth;
  HubJsonToken token = hub_json_reader_next (reader);
  if (token == HUB_JSON_ERROR || token == HUB_JSON_END || reader->depth < outside)
    return FALSE;
  gsize first = reader->start - (token == HUB_JSON_STRING);
  while (reader->depth > outside)
    if (hub_json_reader_next (reader) == HUB_JSON_ERROR)
      return FALSE;
  if (start != NULL)
    *start = first;
  if (end != NULL)
    *end = reader->position;
  return TRUE;
}

/* Decodes the escape at @at (already checked), a surrogate pair as one. Stands behind it. */
static const char *decode_escape (const char *at, const char *limit, GString *out) {
  if (at[1] != 'u') {
    g_string_append_c (out, escape_values[strchr (escape_letters, at[1]) - escape_letters]);
    return at + 2;
  }
  gunichar c = read_hex (at + 2, limit);
  gboolean two = (c & 0xFC00) == 0xD800 && limit - at >= 12 && at[6] == '\\' && at[7] == 'u';
  gunichar low = two ? read_hex (at + 8, limit) : 0;
  if ((low & 0xFC00) == 0xDC00)
    c = 0x10000 + ((c & 0x3FF) << 10) + (low & 0x3FF);
  g_string_append_unichar (out, c == 0 || (c & 0xFFFFF800) == 0xD800 ? 0xFFFD : c);
  return at + (c >= 0x10000 ? 12 : 6);
}

char *hub_json_reader_dup_text (const HubJsonReader *reader) {
  const char *at = reader->data + reader->start, *limit = reader->data + reader->end;
  if (!reader->escaped)
    return g_strndup (at, limit - at);
  GString *out = g_string_sized_new (limit - at);
  while (at < limit) {
    const char *backslash = memchr (at, '\\', limit - at);
    g_string_append_len (out, at, (backslash ? backslash : limit) - at);
    at = backslash ? decode_escape (backslash, limit, out) : limit;
  }
  return g_string_free (out, FALSE);
}

gboolean hub_json_reader_is (const HubJsonReader *reader, const char *text) {
  if (!reader->escaped)
    return strlen (text) == reader->end - reader->start
           && memcmp (reader->data + reader->start, text, strlen (text)) == 0;
  g_autofree char *decoded = hub_json_reader_dup_text (reader);
  return strcmp (decoded, text) == 0;
}

gboolean hub_json_reader_get_error (const HubJsonReader *reader, GError **error) {
  guint line = 1, column = 1;
  for (const char *at = reader->data; at < reader->data + reader->position; at++) {
    line += *at == '\n';
    column = *at == '\n' ? 1 : column + ((*at & 0xC0) != 0x80);
  }
  g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID, _ ("line %1$u, column %2$u: %3$s"), line, column,
               _ (reader->problem ? reader->problem : N_ ("something else is expected here")));
  return FALSE;
}
