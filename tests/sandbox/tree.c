/* tree.c: a strict JSON parser that decodes in place, and a writer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_NODES 1024
#define MAX_DEPTH 500

typedef struct {
  char *at;
  TreeDocument *document;
  const char *problem;
  guint depth;
} Parser;

static Tree *tree_new (TreeDocument *document) {
  if (document->free_nodes == 0) {
    g_ptr_array_add (document->blocks, g_malloc0_n (BLOCK_NODES, sizeof (Tree)));
    document->free_nodes = BLOCK_NODES;
  }
  Tree *block = g_ptr_array_index (document->blocks, document->blocks->len - 1);
  return &block[BLOCK_NODES - document->free_nodes--];
}

static gboolean fail (Parser *parser, const char *problem) {
  parser->problem = problem;
  return FALSE;
}

static void skip_space (Parser *parser) {
  while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\r' || *parser->at == '\t')
    parser->at++;
}

static gboolean read_hex (Parser *parser, gunichar *out) {
  gunichar value = 0;

  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (parser->at[i]);
    if (digit < 0)
      return fail (parser, "invalid \\u escape");
    value = value * 16 + digit;
  }
  parser->at += 4;
  *out = value;
  return TRUE;
}

/* At the hexadecimal digits of a \u escape; appends the character at *to. */
static gboolean read_unicode (Parser *parser, char **to) {
  gunichar high, low;

  if (!read_hex (parser, &high))
    return FALSE;
  if (high >= 0xd800 && high < 0xdc00 && parser->at[0] == '\\' && parser->at[1] == 'u') {
    parser->at += 2;
    if (!read_hex (parser, &low))
      return FALSE;
    high = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
  }
  if (high == 0 || (high >= 0xd800 && high < 0xe000))
    high = 0xfffd;
  *to += g_unichar_to_utf8 (high, *to);
  return TRUE;
}

static gboolean read_escape (Parser *parser, char **to) {
  static const char from[] = "\"\\/bfnrt";
  static const char into[] = "\"\\/\b\f\n\r\t";
  char escape = *parser->at++;
  const char *known = escape != '\0' ? strchr (from, escape) : NULL;

  if (escape == 'u')
    return read_unicode (parser, to);
  if (!known)
    return fail (parser, "invalid escape");
  *(*to)++ = into[known - from];
  return TRUE;
}

/* After the opening quote; the decoded text replaces what is read. */
static gboolean read_string (Parser *parser, const char **text, guint *length) {
  char *to = parser->at;

  *text = to;
  while (*parser->at != '"') {
    if ((guchar) *parser->at < 0x20)
      return fail (parser, "control character in a string");
    if (*parser->at != '\\') {
      *to++ = *parser->at++;
      continue;
    }
    parser->at++;
    if (!read_escape (parser, &to))
      return FALSE;
  }
  parser->at++;
  *to = '\0';
  *length = to - *text;
  return TRUE;
}

static gboolean read_digits (Parser *parser) {
  if (!g_ascii_isdigit (*parser->at))
    return fail (parser, "invalid number");
  while (g_ascii_isdigit (*parser->at))
    parser->at++;
  return TRUE;
}

static gboolean read_number (Parser *parser, Tree *node) {
  node->kind = TREE_NUMBER;
  node->text = parser->at;
  if (*parser->at == '-')
    parser->at++;
  if (*parser->at == '0')
    parser->at++;
  else if (!read_digits (parser))
    return FALSE;
  if (*parser->at == '.') {
    parser->at++;
    if (!read_digits (parser))
      return FALSE;
  }
  if (*parser->at == 'e' || *parser->at == 'E') {
    parser->at++;
    if (*parser->at == '+' || *parser->at == '-')
      parser->at++;
    if (!read_digits (parser))
      return FALSE;
  }
  node->length = parser->at - node->text;
  return TRUE;
}

static gboolean read_word (Parser *parser, Tree *node, const char *word, TreeKind kind) {
  if (strncmp (parser->at, word, strlen (word)) != 0)
    return fail (parser, "unexpected character");
  parser->at += strlen (word);
  node->kind = kind;
  return TRUE;
}

static gboolean read_value (Parser *parser, Tree *node);

static gboolean read_name (Parser *parser, Tree *node) {
  guint length;

  skip_space (parser);
  if (*parser->at++ != '"')
    return fail (parser, "a member's name is expected");
  if (!read_string (parser, &node->name, &length))
    return FALSE;
  skip_space (parser);
  if (*parser->at++ != ':')
    return fail (parser, "a colon is expected");
  return TRUE;
}

/* After the opening bracket. */
static gboolean read_children (Parser *parser, Tree *node, char closing) {
  Tree **last = &node->child;

  node->kind = closing == '}' ? TREE_OBJECT : TREE_ARRAY;
  skip_space (parser);
  if (*parser->at == closing) {
    parser->at++;
    return TRUE;
  }
  if (++parser->depth > MAX_DEPTH)
    return fail (parser, "nested too deeply");
  for (;;) {
    Tree *child = tree_new (parser->document);
    if ((closing == '}' && !read_name (parser, child)) || !read_value (parser, child))
      return FALSE;
    *last = child;
    last = &child->next;
    node->length++;
    skip_space (parser);
    if (*parser->at != ',')
      break;
    parser->at++;
  }
  parser->depth--;
  if (*parser->at != closing)
    return fail (parser, "a comma or a closing bracket is expected");
  parser->at++;
  return TRUE;
}

static gboolean read_value (Parser *parser, Tree *node) {
  skip_space (parser);
  switch (*parser->at) {
  case '{': parser->at++; return read_children (parser, node, '}');
  case '[': parser->at++; return read_children (parser, node, ']');
  case '"':
    parser->at++;
    node->kind = TREE_STRING;
    return read_string (parser, &node->text, &node->length);
  case 't': return read_word (parser, node, "true", TREE_TRUE);
  case 'f': return read_word (parser, node, "false", TREE_FALSE);
  case 'n': return read_word (parser, node, "null", TREE_NULL);
  default: return read_number (parser, node);
  }
}

TreeDocument *tree_parse (const char *data, gsize length, const char **problem) {
  g_autoptr (TreeDocument) document = g_new0 (TreeDocument, 1);

  document->blocks = g_ptr_array_new_with_free_func (g_free);
  document->buffer = g_malloc (length + 1);
  if (length > 0)
    memcpy (document->buffer, data, length);
  document->buffer[length] = '\0';
  if (!g_utf8_validate (document->buffer, length, NULL)) {
    *problem = "invalid UTF-8";
    return NULL;
  }
  Parser parser = { .at = document->buffer, .document = document };
  document->root = tree_new (document);
  if (!read_value (&parser, document->root)) {
    *problem = parser.problem;
    return NULL;
  }
  skip_space (&parser);
  if (parser.at != document->buffer + length) {
    *problem = "something follows the document";
    return NULL;
  }
  return g_steal_pointer (&document);
}

void tree_document_free (TreeDocument *document) {
  g_ptr_array_unref (document->blocks);
  g_free (document->buffer);
  g_free (document);
}

Tree *tree_member (const Tree *object, const char *name) {
  if (!object || object->kind != TREE_OBJECT)
    return NULL;
  for (Tree *child = object->child; child; child = child->next)
    if (strcmp (child->name, name) == 0)
      return child;
  return NULL;
}

const char *tree_get_text (const Tree *object, const char *name, const char *fallback) {
  const Tree *node = tree_member (object, name);

  return node && node->kind == TREE_STRING ? node->text : fallback;
}

double tree_number (const Tree *node) {
  return strtod (node->text, NULL);
}

gint64 tree_get_integer (const Tree *object, const char *name, gint64 fallback) {
  const Tree *node = tree_member (object, name);

  return node && node->kind == TREE_NUMBER ? g_ascii_strtoll (node->text, NULL, 10) : fallback;
}

gboolean tree_get_boolean (const Tree *object, const char *name, gboolean fallback) {
  const Tree *node = tree_member (object, name);

  return node ? node->kind == TREE_TRUE : fallback;
}

static Tree *member_or_new (TreeDocument *document, Tree *object, const char *name) {
  Tree *node = tree_member (object, name);
  Tree **last = &object->child;

  if (node)
    return node;
  while (*last)
    last = &(*last)->next;
  *last = node = tree_new (document);
  node->name = name;
  object->length++;
  return node;
}

Tree *tree_set (TreeDocument *document, Tree *object, const char *name, TreeKind kind, const char *text) {
  Tree *node = member_or_new (document, object, name);

  node->kind = kind;
  node->text = text;
  node->length = text ? strlen (text) : 0;
  node->child = NULL;
  return node;
}

void tree_remove (Tree *object, const char *name) {
  for (Tree **at = &object->child; *at; at = &(*at)->next) {
    if (strcmp ((*at)->name, name) != 0)
      continue;
    *at = (*at)->next;
    object->length--;
    return;
  }
}

void tree_merge (TreeDocument *document, Tree *base, const Tree *over) {
  gboolean metadata = base->name && strcmp (base->name, "metadata") == 0;

  for (const Tree *child = over->child; child; child = child->next) {
    if (metadata && (child->kind == TREE_NULL || (child->kind == TREE_STRING && child->length == 0))) {
      tree_remove (base, child->name);
      continue;
    }
    Tree *node = member_or_new (document, base, child->name);
    if (node->kind == TREE_OBJECT && child->kind == TREE_OBJECT) {
      tree_merge (document, node, child);
      continue;
    }
    node->kind = child->kind;
    node->length = child->length;
    node->text = child->text;
    node->child = child->child;
  }
}

void tree_append_text (GString *out, const char *text, gssize length) {
  const char *end = text + (length < 0 ? (gssize) strlen (text) : length);

  g_string_append_c (out, '"');
  for (const char *from = text; text <= end; text++) {
    gboolean plain = text < end && (guchar) *text >= 0x20 && *text != '"' && *text != '\\';
    if (plain)
      continue;
    g_string_append_len (out, from, text - from);
    from = text + 1;
    if (text == end)
      break;
    if (*text == '\n')
      g_string_append (out, "\\n");
    else if (*text == '"' || *text == '\\')
      g_string_append_printf (out, "\\%c", *text);
    else
      g_string_append_printf (out, "\\u%04x", (guchar) *text);
  }
  g_string_append_c (out, '"');
}

void tree_append_integer (GString *out, gint64 number) {
  char digits[24];
  char *at = digits + sizeof digits;
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;

  do
    *--at = '0' + rest % 10;
  while (rest /= 10);
  if (number < 0)
    *--at = '-';
  g_string_append_len (out, at, digits + sizeof digits - at);
}

void tree_append_number (GString *out, double number) {
  char text[40];

  if (fabs (number) < 1e15 && number == (double) (gint64) number) {
    tree_append_integer (out, (gint64) number);
    return;
  }
  for (int precision = 15; precision <= 17; precision++) {
    g_snprintf (text, sizeof text, "%.*g", precision, number);
    if (strtod (text, NULL) == number)
      break;
  }
  g_string_append (out, text);
}

static void new_line (GString *out, int indent) {
  static const char spaces[] = "\n                                                                ";

  if (indent >= 0)
    g_string_append_len (out, spaces, 1 + MIN (2 * (gsize) indent, sizeof spaces - 2));
}

static void write_children (GString *out, const Tree *node, int indent) {
  gboolean object = node->kind == TREE_OBJECT;

  g_string_append_c (out, object ? '{' : '[');
  for (const Tree *child = node->child; child; child = child->next) {
    new_line (out, indent >= 0 ? indent + 1 : -1);
    if (object) {
      tree_append_text (out, child->name, -1);
      g_string_append (out, indent >= 0 ? ": " : ":");
    }
    tree_write (out, child, indent >= 0 ? indent + 1 : -1);
    if (child->next)
      g_string_append_c (out, ',');
  }
  if (node->child)
    new_line (out, indent);
  g_string_append_c (out, object ? '}' : ']');
}

void tree_write (GString *out, const Tree *node, int indent) {
  switch (node->kind) {
  case TREE_NULL: g_string_append (out, "null"); break;
  case TREE_FALSE: g_string_append (out, "false"); break;
  case TREE_TRUE: g_string_append (out, "true"); break;
  case TREE_NUMBER: g_string_append_len (out, node->text, node->length); break;
  case TREE_STRING: tree_append_text (out, node->text, node->length); break;
  default: write_children (out, node, indent); break;
  }
}
