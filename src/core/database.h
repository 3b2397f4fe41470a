/* database.h: SQLite behind two small types, so that every return code becomes a GError.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A database belongs to one thread; a second thread or process opens its own. */
#pragma once
#include <json-glib/json-glib.h>
#include <sqlite3.h>

typedef struct _HubDatabase HubDatabase;

/* Opens (creating where needed) the database file at @path and brings its tables up to date after a backup: WAL,
 * foreign keys, synchronous FULL. HUB_ERROR_STORE says what to do when the file is newer than this program, is not a
 * database, or cannot be written. Returns: (transfer full). */
HubDatabase *hub_database_open (const char *path, GError **error);
void hub_database_close (HubDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubDatabase, hub_database_close)

/* Runs statements without parameters. */
gboolean hub_database_exec (HubDatabase *database, const char *sql, GError **error);

/* Transactions; begin takes the write lock at once. End commits where all went well (@ok); else, and where that fails, it rolls back.
 * Returns: whether it was committed. */
gboolean hub_database_begin (HubDatabase *database, GError **error);
gboolean hub_database_end (HubDatabase *database, gboolean ok, GError **error);

/* A prepared statement, kept by @database under its text and handed out reset with nothing bound; borrowed.
 * @sql is its text, or a name in resources/sql/statements.sql. @types has a letter for each following argument: 'i' gint64, 's' text or NULL (copied), 't' text or NULL that must
 * outlive the statement's use (not copied). */
typedef sqlite3_stmt HubStatement;
HubStatement *hub_database_query (HubDatabase *database, GError **error, const char *sql, const char *types,
                                  ...);

/* Steps to the next row: TRUE while there is one. FALSE at the end and after a failure, for a @statement of NULL too, which the query has
 * reported: hub_database_is_well() tells these apart. The statement is then reset. */
gboolean hub_database_next (HubDatabase *database, HubStatement *statement, GError **error);

/* Whether the last query and all its steps went well. */
gboolean hub_database_is_well (HubDatabase *database);

/* Runs one statement that returns no row that matters: hub_database_query() and one step. */
#define hub_database_run(database, error, ...)                                                               \
  hub_database_finish (database, hub_database_query (database, error, __VA_ARGS__), error)
gboolean hub_database_finish (HubDatabase *database, HubStatement *statement, GError **error);

/* All rows of @statement, each made by @read_row, which may fail. (transfer full), or NULL. */
typedef gpointer (*HubReadRow) (HubStatement *statement, GError **error);
GPtrArray *hub_database_rows (HubDatabase *database, HubStatement *statement, HubReadRow read_row,
                              GDestroyNotify free_row, GError **error);

/* The first column of the first row of @statement; *text is NULL where there is none. (transfer full) */
gboolean hub_database_text (HubDatabase *database, HubStatement *statement, char **text, GError **error);

/* The columns of the current row; text is (transfer full) (nullable). Read fills in the first ones, a letter of @types and a pointer for each:
 * 'i' gint64 *, 'b' gboolean * (or int *), 's' char **. */
gint64 hub_statement_int (HubStatement *statement, int column);
char *hub_statement_text (HubStatement *statement, int column);
void hub_statement_read (HubStatement *statement, const char *types, ...);

/* All rows of a query as JSON objects, a member for each column: integer, number, text or null; the text of a column called
 * "name:json" becomes the JSON that it holds, as member "name". (transfer full), or NULL. */
#define hub_database_list(database, error, ...)                                                              \
  hub_database_objects (database, hub_database_query (database, error, __VA_ARGS__), error)
JsonArray *hub_database_objects (HubDatabase *database, HubStatement *statement, GError **error);

gint64 hub_database_last_id (HubDatabase *database);
