/* tree.h: a JSON document as a tree in one arena; what the sandbox makes of the bodies it is sent.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sandbox shares no parser with the program that it judges. */
#pragma once
#include <glib.h>

typedef enum {
  TREE_NULL,
  TREE_FALSE,
  TREE_TRUE,
  TREE_NUMBER,
  TREE_STRING,
  TREE_ARRAY,
  TREE_OBJECT,
} TreeKind;

typedef struct _Tree Tree;
struct _Tree {
  TreeKind kind;
  guint length;     /* bytes of text; of an array or object, the number of children */
  const char *name; /* (nullable) as a member of an object */
  const char *text; /* a string decoded, or a number as it was written (the latter is not NUL-terminated) */
  Tree *child;
  Tree *next;
};

typedef struct {
  Tree *root;
  char *buffer;      /* (owned) the document, decoded in place */
  GPtrArray *blocks; /* (owned) of nodes */
  guint free_nodes;  /* in the last block */
} TreeDocument;

/* Parses one strict JSON document. (transfer full), or NULL and *problem (static). */
TreeDocument *tree_parse (const char *data, gsize length, const char **problem);
void tree_document_free (TreeDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TreeDocument, tree_document_free)

/* The member @name of @object, or NULL; NULL-safe. */
Tree *tree_member (const Tree *object, const char *name);
const char *tree_get_text (const Tree *object, const char *name, const char *fallback);
gint64 tree_get_integer (const Tree *object, const char *name, gint64 fallback);
gboolean tree_get_boolean (const Tree *object, const char *name, gboolean fallback);
double tree_number (const Tree *node);

/* Puts the members of @over into @base; nodes come from @document, texts stay where they are. Objects are merged,
 * everything else is replaced. A member of metadata that is "" or null is removed. */
void tree_merge (TreeDocument *document, Tree *base, const Tree *over);

/* Sets member @name of @object to @kind and @text (borrowed, nullable); the node, whose name is borrowed too. */
Tree *tree_set (TreeDocument *document, Tree *object, const char *name, TreeKind kind, const char *text);

/* Removes member @name. */
void tree_remove (Tree *object, const char *name);

/* Appends @node as JSON, indented from @indent levels on, or on one line when @indent is negative. */
void tree_write (GString *out, const Tree *node, int indent);

/* Appends @length bytes of @text as a JSON string with its quotes. */
void tree_append_text (GString *out, const char *text, gssize length);

/* Appends the shortest text that gives @number back. */
void tree_append_number (GString *out, double number);

/* Appends @number quickly. */
void tree_append_integer (GString *out, gint64 number);
