/* json-reader.h: a strict RFC 8259 pull reader over a span of bytes; what services send is read by this alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No tree: a token at a time, numbers as their raw text, strings decoded only when asked for. Grammar, UTF-8, escapes
 * and depth are checked whether a value is read or skipped. A reader lives on the stack and on one thread. */
#pragma once
#include <glib.h>

typedef enum {
  HUB_JSON_ERROR, /* see hub_json_reader_get_error(); final */
  HUB_JSON_END,   /* the document is complete and nothing but white space follows it */
  HUB_JSON_OBJECT,
  HUB_JSON_OBJECT_END,
  HUB_JSON_ARRAY,
  HUB_JSON_ARRAY_END,
  HUB_JSON_NAME, /* a member's name; its value is the next token */
  HUB_JSON_STRING,
  HUB_JSON_NUMBER,
  HUB_JSON_TRUE,
  HUB_JSON_FALSE,
  HUB_JSON_NULL,
} HubJsonToken;

#define HUB_JSON_MAX_DEPTH 256

typedef struct {
  const char *data; /* (borrowed) the whole document; must outlive the reader */
  gsize length;
  gsize position;     /* of the next unread byte */
  HubJsonToken token; /* the current token */
  gsize start, end;   /* the current token's bytes in data; a string or name without its quotes */
  gboolean escaped;   /* whether the current string or name holds a backslash */
  guint depth;        /* open objects and arrays */
  guint8 state;       /* private: what may follow */
  char closers[HUB_JSON_MAX_DEPTH]; /* private: the bracket that closes each level */
  const char *problem;              /* (static) (nullable) what is wrong, in English, not yet translated */
} HubJsonReader;

/* Points @reader at @length bytes of @data (a leading UTF-8 byte order mark is refused). */
void hub_json_reader_init (HubJsonReader *reader, const char *data, gsize length);

/* Reads the next token; its bytes are valid UTF-8. */
HubJsonToken hub_json_reader_next (HubJsonReader *reader);

/* After a NAME, or before an array element: reads one whole value of any kind and stands on its last token.
 * The value's bytes are then data[*start..*end) (both nullable), strings with their quotes. FALSE on an error, and where
 * there is no value: the token tells an error (HUB_JSON_ERROR) from the end of the array (HUB_JSON_ARRAY_END). */
gboolean hub_json_reader_skip (HubJsonReader *reader, gsize *start, gsize *end);

/* Whether the current NAME or STRING is exactly @text (no escape is decoded: a name that holds one compares decoded). */
gboolean hub_json_reader_is (const HubJsonReader *reader, const char *text);

/* The current string, name or number as text: escapes decoded, \u0000 and lone surrogates as U+FFFD.
 * Returns: (transfer full). */
char *hub_json_reader_dup_text (const HubJsonReader *reader);

/* Sets @error to the reader's problem, "line 3, column 17: ..." in the user's language (HUB_ERROR_INVALID). Returns FALSE. */
gboolean hub_json_reader_get_error (const HubJsonReader *reader, GError **error);
