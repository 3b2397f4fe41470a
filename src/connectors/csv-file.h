/* csv-file.h: reading and writing the rows of a CSV file; knows nothing of fields or keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows end with LF, CR LF or CR. A cell is quoted when its first character is a quote; a quote further on is text. Text behind
 * the closing quote is an error, because reading on would guess where the cell ends. */
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

/* Fills what is still `auto` as for a new file: comma, UTF-8, and the decimal mark that goes with the delimiter. */
void hub_csv_dialect_settle (HubCsvDialect *dialect);

/* @text in the dialect's encoding, or NULL with a HUB_ERROR_FILE that names the first character that it lacks. (transfer full) */
char *hub_csv_encode (const HubCsvDialect *dialect, const char *text, GError **error);

typedef struct _HubCsvReader HubCsvReader;

/* Opens @path, which may be large: it is read in blocks. @dialect gives what the user said and receives what was found. The
 * whole file is checked first: HUB_ERROR_FILE says what to do about a missing or unreadable one, one with a NUL byte (then it is no
 * text), bytes that are not in its encoding, an open quote. (transfer full) */
HubCsvReader *hub_csv_reader_open (const char *path, HubCsvDialect *dialect, GError **error);
void hub_csv_reader_free (HubCsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubCsvReader, hub_csv_reader_free)

/* Puts the next row's cells as UTF-8, quotes resolved (quoted newlines and delimiters kept), into *row, freeing the one before. At the
 * end it is NULL. Wholly empty lines are passed over. *row: (transfer full) (nullable) (element-type char*) */
gboolean hub_csv_reader_next (HubCsvReader *reader, GPtrArray **row, GCancellable *cancellable,
                              GError **error);

/* Where in the file the row read last began, and on which @line (1 is the first); and back to such a place. */
guint64 hub_csv_reader_tell (HubCsvReader *reader, guint64 *line);
void hub_csv_reader_seek (HubCsvReader *reader, guint64 offset, guint64 line);

/* Whether a file at @path could be replaced or made; nothing is touched. */
gboolean hub_csv_check_writable (const char *path, GError **error);

typedef struct _HubCsvWriter HubCsvWriter;

/* Writes beside @path into a temporary file; nothing of @path changes before hub_csv_writer_commit(). Where @path is a link, the
 * file behind it is meant. @scratch: only to be read again; the temporary file has no name then. (transfer full) */
HubCsvWriter *hub_csv_writer_open (const char *path, const HubCsvDialect *dialect, gboolean scratch,
                                   GError **error);
/* Removes the temporary file unless it was committed. A writer that failed is good for nothing else. */
void hub_csv_writer_free (HubCsvWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubCsvWriter, hub_csv_writer_free)

/* Appends one row; a cell that holds the delimiter, a quote or a line break, or begins or ends with a space, is quoted; NULL is empty. */
gboolean hub_csv_writer_add (HubCsvWriter *writer, const char *const *cells, guint n_cells, GError **error);

/* Where in the file the next row that is added will begin; has to be asked after the reader was used. */
guint64 hub_csv_writer_tell (HubCsvWriter *writer);

/* Reads what was added to a scratch file, from where hub_csv_reader_seek() puts it. (transfer none) */
HubCsvReader *hub_csv_writer_get_reader (HubCsvWriter *writer);

/* Flushes, syncs to disk and renames over the path, keeping the old file's permissions. */
gboolean hub_csv_writer_commit (HubCsvWriter *writer, GError **error);
