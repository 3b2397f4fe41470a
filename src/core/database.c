/* database.c: SQLite behind two small types.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "database.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

#include "core-resources.h"
#include "error.h"

#define SCHEMAS "/fr/integrationhub/IntegrationHub/sql/schema-%d.sql"
#define STATEMENTS "/fr/integrationhub/IntegrationHub/sql/statements.sql"
#define SCHEMA_VERSION 2
#define BUSY_TIMEOUT_MS 10000

struct _HubDatabase {
  sqlite3 *connection;
  char *path;             /* (owned) */
  GHashTable *statements; /* (owned) SQL text or name → sqlite3_stmt */
  gboolean is_well;       /* since the last query */
};

/* Sets @error to what SQLite says, with the file and the remedy. Always returns FALSE. */
static gboolean fail (HubDatabase *self, int code, GError **error) {
  const char *remedy = _ ("try again");
  switch (code & 0xff) {
  case SQLITE_FULL: remedy = _ ("the disk is full: free some space and run again"); break;
  case SQLITE_IOERR: remedy = _ ("the disk is full or failing: check it and run again"); break;
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_CANTOPEN: remedy = _ ("make this file and its folder writable for you"); break;
  case SQLITE_NOTADB:
  case SQLITE_CORRUPT:
    remedy = _ ("this is not an intact database: move it away, or put a backup in its place");
    break;
  case SQLITE_BUSY: remedy = _ ("another program keeps it locked: close that and try again"); break;
  default: break;
  }
  self->is_well = FALSE;
  g_set_error (error, HUB_ERROR, HUB_ERROR_STORE, _ ("%1$s: %2$s; %3$s"), self->path,
               self->connection ? sqlite3_errmsg (self->connection) : sqlite3_errstr (code), remedy);
  return FALSE;
}

gboolean hub_database_exec (HubDatabase *self, const char *sql, GError **error) {
  int code = sqlite3_exec (self->connection, sql, NULL, NULL, NULL);
  return code == SQLITE_OK || fail (self, code, error);
}

gboolean hub_database_begin (HubDatabase *self, GError **error) {
  return hub_database_exec (self, "BEGIN IMMEDIATE", error);
}

gboolean hub_database_end (HubDatabase *self, gboolean ok, GError **error) {
  if (ok && hub_database_exec (self, "COMMIT", error))
    return TRUE;
  if (!sqlite3_get_autocommit (self->connection)) /* it may have been rolled back already */
    sqlite3_exec (self->connection, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static int bind (sqlite3_stmt *statement, const char *types, va_list arguments) {
  int code = SQLITE_OK;
  for (int i = 1; *types && code == SQLITE_OK; types++, i++) {
    if (*types == 'i')
      code = sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
    else
      code = sqlite3_bind_text (statement, i, va_arg (arguments, const char *), -1,
                                *types == 't' ? SQLITE_STATIC : SQLITE_TRANSIENT);
  }
  return code;
}

/* The statement of that name in the file of statements, where each stands below the line “-- name”. (transfer full) */
static char *find_statement (const char *name) {
  g_autoptr (GBytes) text = g_resource_lookup_data (hub_core_get_resource (), STATEMENTS, 0, NULL);
  g_autofree char *heading = g_strdup_printf ("\n-- %s\n", name);
  const char *start = strstr (g_bytes_get_data (text, NULL), heading) + strlen (heading);
  const char *end = strstr (start, "\n-- ");
  return end ? g_strndup (start, end - start) : g_strdup (start);
}

HubStatement *hub_database_query (HubDatabase *self, GError **error, const char *sql, const char *types,
                                  ...) {
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  int code = SQLITE_OK;
  self->is_well = TRUE;
  if (statement == NULL) {
    g_autofree char *text = strchr (sql, ' ') ? g_strdup (sql) : find_statement (sql);
    code = sqlite3_prepare_v3 (self->connection, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code == SQLITE_OK)
      g_hash_table_insert (self->statements, g_strdup (sql), statement);
  }
  if (code == SQLITE_OK) {
    sqlite3_reset (statement); /* tells of the last use's error, which that use has handled */
    va_list arguments;
    va_start (arguments, types);
    code = bind (statement, types, arguments);
    va_end (arguments);
  }
  return code == SQLITE_OK || fail (self, code, error) ? statement : NULL;
}

gboolean hub_database_next (HubDatabase *self, HubStatement *statement, GError **error) {
  int code = statement ? sqlite3_step (statement) : SQLITE_DONE;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    fail (self, code, error);
  sqlite3_reset (statement);
  return FALSE;
}

gboolean hub_database_is_well (HubDatabase *self) {
  return self->is_well;
}

gboolean hub_database_finish (HubDatabase *self, HubStatement *statement, GError **error) {
  g_autofree char *text = NULL;
  return hub_database_text (self, statement, &text, error);
}

GPtrArray *hub_database_rows (HubDatabase *self, HubStatement *statement, HubReadRow read_row,
                              GDestroyNotify free_row, GError **error) {
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  while (self->is_well && hub_database_next (self, statement, error)) {
    gpointer row = read_row (statement, error);
    if (row)
      g_ptr_array_add (rows, row);
    else
      self->is_well = FALSE;
  }
  sqlite3_reset (statement);
  return self->is_well ? g_steal_pointer (&rows) : NULL;
}

/* To the end: what a statement that gives a row has changed is committed only there, and that may fail. */
gboolean hub_database_text (HubDatabase *self, HubStatement *statement, char **text, GError **error) {
  *text = NULL;
  while (hub_database_next (self, statement, error))
    if (*text == NULL)
      *text = hub_statement_text (statement, 0);
  return self->is_well;
}

static JsonNode *read_column (HubStatement *statement, int column, gboolean is_json) {
  const char *text = (const char *) sqlite3_column_text (statement, column);
  JsonNode *node = is_json && text ? json_from_string (text, NULL) : NULL;
  if (node)
    return node;
  node = json_node_alloc ();
  switch (is_json ? SQLITE_NULL : sqlite3_column_type (statement, column)) {
  case SQLITE_INTEGER: return json_node_init_int (node, sqlite3_column_int64 (statement, column));
  case SQLITE_FLOAT: return json_node_init_double (node, sqlite3_column_double (statement, column));
  case SQLITE_TEXT: return json_node_init_string (node, text);
  default: return json_node_init_null (node);
  }
}

static JsonObject *read_row (HubStatement *statement) {
  JsonObject *row = json_object_new ();
  for (int i = 0; i < sqlite3_column_count (statement); i++) {
    const char *name = sqlite3_column_name (statement, i);
    gboolean is_json = g_str_has_suffix (name, ":json");
    g_autofree char *member = g_strndup (name, strlen (name) - (is_json ? strlen (":json") : 0));
    json_object_set_member (row, member, read_column (statement, i, is_json));
  }
  return row;
}

JsonArray *hub_database_objects (HubDatabase *self, HubStatement *statement, GError **error) {
  g_autoptr (JsonArray) rows = json_array_new ();
  while (hub_database_next (self, statement, error))
    json_array_add_object_element (rows, read_row (statement));
  return self->is_well ? g_steal_pointer (&rows) : NULL;
}

gint64 hub_statement_int (HubStatement *statement, int column) {
  return sqlite3_column_int64 (statement, column);
}

char *hub_statement_text (HubStatement *statement, int column) {
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

void hub_statement_read (HubStatement *statement, const char *types, ...) {
  va_list targets;
  va_start (targets, types);
  for (int column = 0; types[column]; column++) {
    if (types[column] == 'i')
      *va_arg (targets, gint64 *) = hub_statement_int (statement, column);
    else if (types[column] == 'b')
      *va_arg (targets, gboolean *) = hub_statement_int (statement, column);
    else
      *va_arg (targets, char **) = hub_statement_text (statement, column);
  }
  va_end (targets);
}

gint64 hub_database_last_id (HubDatabase *self) {
  return sqlite3_last_insert_rowid (self->connection);
}

static gboolean read_version (HubDatabase *self, gint64 *version, GError **error) {
  HubStatement *statement = hub_database_query (self, error, "PRAGMA user_version", "");
  if (hub_database_next (self, statement, error))
    *version = hub_statement_int (statement, 0);
  sqlite3_reset (statement);
  return self->is_well;
}

/* Fails on a database that a newer program made, before anything of it is touched. */
static gboolean check_version (HubDatabase *self, gint64 *version, GError **error) {
  if (!read_version (self, version, error))
    return FALSE;
  if (*version <= SCHEMA_VERSION)
    return TRUE;
  g_set_error (error, HUB_ERROR, HUB_ERROR_STORE,
               _ ("%s was made by a newer version of this program; install that version to use it"),
               self->path);
  return FALSE;
}

static void finalize_statement (gpointer statement) {
  sqlite3_finalize (statement); /* tells again of the last use's error */
}

static HubDatabase *open_file (const char *path, GError **error) {
  g_autoptr (HubDatabase) self = g_new0 (HubDatabase, 1);
  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  int code = sqlite3_open_v2 (path, &self->connection,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) {
    fail (self, code, error);
    return NULL;
  }
  sqlite3_extended_result_codes (self->connection, 1);
  sqlite3_busy_timeout (self->connection, BUSY_TIMEOUT_MS);
  return g_steal_pointer (&self);
}

/* Copies the database, as it is now, to hub.db.backup-<version>; @self holds the write lock, so another connection reads. */
static gboolean back_up (HubDatabase *self, gint64 version, GError **error) {
  g_autofree char *path = g_strdup_printf ("%s.backup-%" G_GINT64_FORMAT, self->path, version);
  g_autoptr (HubDatabase) reader = open_file (self->path, error);
  g_remove (path); /* an earlier attempt's; if it stays, VACUUM INTO says so */
  return reader && hub_database_run (reader, error, "VACUUM INTO ?", "s", path);
}

/* Brings the tables from version - 1 to @version. */
static gboolean migrate_to (HubDatabase *self, gint64 version, GError **error) {
  g_autofree char *name = g_strdup_printf (SCHEMAS, (int) version);
  g_autoptr (GBytes) sql = g_resource_lookup_data (hub_core_get_resource (), name, 0, error);
  g_autofree char *done = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version);
  return sql && hub_database_exec (self, g_bytes_get_data (sql, NULL), error)
         && hub_database_exec (self, done, error);
}

/* Brings the tables up to date after a backup, in one transaction, unless another process has just done so. */
static gboolean migrate (HubDatabase *self, GError **error) {
  gint64 version = 0;
  gboolean ok = hub_database_begin (self, error) && read_version (self, &version, error)
                && (version == 0 || version >= SCHEMA_VERSION || back_up (self, version, error));
  while (ok && version < SCHEMA_VERSION)
    ok = migrate_to (self, ++version, error);
  return hub_database_end (self, ok, error);
}

HubDatabase *hub_database_open (const char *path, GError **error) {
  g_autoptr (HubDatabase) self = open_file (path, error);
  gint64 version = 0;
  /* The log is larger than usual so that runs of 100,000 records pay its copying less often. */
  if (self && check_version (self, &version, error)
      && hub_database_exec (
          self,
          "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
          "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000;",
          error)
      && (version == SCHEMA_VERSION || migrate (self, error)))
    return g_steal_pointer (&self);
  return NULL;
}

void hub_database_close (HubDatabase *self) {
  g_clear_pointer (&self->statements, g_hash_table_unref);
  sqlite3_close (self->connection);
  g_free (self->path);
  g_free (self);
}
