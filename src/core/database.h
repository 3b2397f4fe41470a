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

/* Transactions; begin takes the write lock at once. Rollback never fails loudly: it follows another error. */
gboolean hub_database_begin (HubDatabase *database, GError **error);
gboolean hub_database_commit (HubDatabase *database, GError **error);
void hub_database_rollback (HubDatabase *database);

/* A prepared statement, kept by @database under its text and handed out reset with nothing bound; borrowed.
 * @sql is its text, or a name in resources/sql/statements.sql. @types has a letter for each following argument: 'i' gint64, 's' text or NULL (copied), 't' text or NULL that must
 * outlive the statement's use (not copied). */
typedef sqlite3_stmt HubStatement;
HubStatement *hub_database_query (HubDatabase *database, GError **error, const char *sql, const char *types,
                                  ...);

/* Steps to the next row: TRUE while there is one. After FALSE, *error tells an end from a failure; the statement is reset. */
gboolean hub_database_next (HubDatabase *database, HubStatement *statement, GError **error);

/* Runs one statement to its end that returns no row: hub_database_query() and one step. */
gboolean hub_database_run (HubDatabase *database, GError **error, const char *sql, const char *types, ...);

/* Column accessors of the current row; text is (transfer full) (nullable). */
gint64 hub_statement_int (HubStatement *statement, int column);
char *hub_statement_text (HubStatement *statement, int column);

/* All rows of a query as JSON objects, a member for each column: integer, number, text or null; the text of a column called
 * "name:json" becomes the JSON that it holds, as member "name". (transfer full), or NULL. */
JsonArray *hub_database_list (HubDatabase *database, GError **error, const char *sql, const char *types, ...);

gint64 hub_database_last_id (HubDatabase *database);
