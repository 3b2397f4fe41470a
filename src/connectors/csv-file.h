/* csv-file.h: reading and writing the rows of a CSV file; knows nothing of fields or keys.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gio/gio.h>

/* How a file is written; `auto` is settled when it is opened for reading. */
typedef struct {
  char delimiter;       /* 0: auto: the commonest of ; , tab | in the first rows, outside quotes */
  const char *encoding; /* (static) NULL: auto; "UTF-8" or "WINDOWS-1252" */
  char decimal;         /* 0: auto: ',' where the delimiter is ';', else '.' */
  gboolean bom;         /* the file begins with a byte order mark */
  gboolean crlf;
} HubCsvDialect;

typedef struct _HubCsvReader HubCsvReader;

/* Opens @path, which may be large: it is read in blocks. @dialect gives what the user said and receives what was found.
 * HUB_ERROR_FILE says what to do about a missing or unreadable file or one with a NUL byte (then it is no text). (transfer full) */
HubCsvReader *hub_csv_reader_open (const char *path, HubCsvDialect *dialect, GError **error);
void hub_csv_reader_free (HubCsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubCsvReader, hub_csv_reader_free)

/* The next row's cells as UTF-8, quotes resolved (quoted newlines and delimiters kept), or NULL at the end or with @error. Wholly
 * empty lines are passed over. (transfer full) (element-type char*) */
GPtrArray *hub_csv_reader_next (HubCsvReader *reader, GCancellable *cancellable, GError **error);

/* The line on which the row read last began; 1 is the first. */
guint64 hub_csv_reader_get_line (HubCsvReader *reader);

typedef struct _HubCsvWriter HubCsvWriter;

/* Writes beside @path into a temporary file; nothing of @path changes before hub_csv_writer_commit(). (transfer full) */
HubCsvWriter *hub_csv_writer_open (const char *path, const HubCsvDialect *dialect, GError **error);
/* Removes the temporary file unless it was committed. */
void hub_csv_writer_free (HubCsvWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubCsvWriter, hub_csv_writer_free)

/* Appends one row; a cell that holds the delimiter, a quote or a line break, or begins or ends with a space, is quoted; NULL is empty. */
gboolean hub_csv_writer_add (HubCsvWriter *writer, const char *const *cells, guint n_cells, GError **error);

/* Flushes, syncs to disk and renames over the path, keeping the old file's permissions. */
gboolean hub_csv_writer_commit (HubCsvWriter *writer, GError **error);
