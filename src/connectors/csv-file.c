/* csv-file.c: splits a CSV file's bytes into rows of cells, and writes rows back; any one worker thread at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows are split as bytes and the cells decoded after, which both encodings allow: they leave ASCII as it is. */
#include "csv-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error.h"

#define MAX_ROW_BYTES (16 * 1024 * 1024)
#define SAMPLE_ROWS 20
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define WINDOWS_1252 "WINDOWS-1252"

struct _HubCsvReader {
  char *path; /* (owned) */
  FILE *file; /* (owned) */
  HubCsvDialect dialect;
  int byte;                     /* the one that is read next; EOF also when there is a problem */
  guint64 offset, line;         /* where it stands */
  guint64 row_offset, row_line; /* where the row read last began */
  GString *cell;                /* (owned) the bytes of the cell being read */
  GError *problem;              /* (owned) (nullable) why the row being read has to end */
};

struct _HubCsvWriter {
  HubCsvReader *reader; /* (owned) has the file that is written */
  char *temporary;      /* (owned) (nullable) its name; NULL: it has none, or none of its own any more */
  gboolean at_end;      /* whether the file stands where it is written */
};

/* Says why errno stands against @path; always FALSE. */
static gboolean set_file_error (GError **error, const char *path) {
  const char *reason = g_strerror (errno);
  if ((errno == ENOENT || errno == ENOTDIR) && hub_is_sandboxed ())
    reason =
        _ ("the program was not given access to this file; choose it with “Choose a File…” in the window");
  else if (errno == ENOENT || errno == ENOTDIR)
    reason = _ ("there is no such file or folder; check the path");
  else if (errno == EACCES || errno == EPERM || errno == EROFS)
    reason = _ ("no permission to use it; change its permissions or choose another place");
  else if (errno == EISDIR || errno == ESPIPE)
    reason = _ ("this is a folder or a device; give the path of a CSV file");
  else if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
    reason = _ ("the disk is full; the file was not changed: free some space and run again");
  else if (errno == EWOULDBLOCK)
    reason = _ ("another run is writing this file; run again when it is done");
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("“%s”: %s"), path, reason);
  return FALSE;
}

/* Ends the row being read because of what is on @line. */
static void stop (HubCsvReader *self, guint64 line, const char *reason) {
  if (self->problem == NULL)
    self->problem = g_error_new (HUB_ERROR, HUB_ERROR_FILE, _ ("“%1$s”, line %2$lu: %3$s"), self->path,
                                 (gulong) line, reason);
}

void hub_csv_dialect_settle (HubCsvDialect *dialect) {
  dialect->delimiter = dialect->delimiter ?: ',';
  dialect->encoding = dialect->encoding ?: "UTF-8";
  dialect->decimal = dialect->decimal ?: (dialect->delimiter == ';' ? ',' : '.');
}

/* Goes on to the next byte. */
static void advance (HubCsvReader *self) {
  int last = self->byte;
  self->byte = self->problem == NULL ? getc_unlocked (self->file) : EOF;
  self->offset++;
  self->line += last == '\n' || (last == '\r' && self->byte != '\n');
  if (self->problem == NULL && self->byte == EOF && ferror (self->file))
    set_file_error (&self->problem, self->path);
}

static gboolean ends_cell (const HubCsvReader *self) {
  return self->byte == EOF || self->byte == self->dialect.delimiter || self->byte == '\n'
         || self->byte == '\r';
}

/* Reads the bytes of a cell. */
static void read_cell (HubCsvReader *self) {
  guint64 opened = self->line;
  gboolean quoted = self->byte == '"';
  g_string_truncate (self->cell, 0);
  if (quoted)
    advance (self);
  while (quoted ? self->byte != EOF : !ends_cell (self)) {
    if (quoted && self->byte == '"') {
      advance (self);
      if (self->byte != '"' && !ends_cell (self))
        stop (self, self->line, _ ("text behind a closing quote; double the quotes inside a quoted cell"));
      if (self->byte != '"')
        return;
    }
    if (self->byte == 0)
      stop (self, self->line, _ ("a NUL byte: this is not a text file; export it again as CSV in UTF-8"));
    if (self->offset - self->row_offset > MAX_ROW_BYTES)
      stop (self, self->row_line, _ ("this row is larger than 16 MiB; a closing quote may be missing"));
    g_string_append_c (self->cell, (char) self->byte);
    advance (self);
  }
  if (quoted)
    stop (self, opened, _ ("a quote opens here and is never closed; add the missing quote"));
}

/* The cell just read as UTF-8. While the encoding is not settled, the first cell that is not UTF-8 settles it. */
static char *decode_cell (HubCsvReader *self) {
  const GString *cell = self->cell;
  gboolean valid = g_utf8_validate_len (cell->str, cell->len, NULL);
  char *text = NULL;
  if (self->dialect.encoding == NULL && !valid)
    self->dialect.encoding = WINDOWS_1252;
  if (g_strcmp0 (self->dialect.encoding, WINDOWS_1252) == 0 && !g_str_is_ascii (cell->str))
    text = g_convert (cell->str, (gssize) cell->len, "UTF-8", WINDOWS_1252, NULL, NULL, NULL);
  else if (valid)
    text = g_strndup (cell->str, cell->len);
  if (text == NULL)
    stop (self, self->row_line,
          _ ("this is not text in the file's encoding; export it again as CSV in UTF-8"));
  return text;
}

gboolean hub_csv_reader_next (HubCsvReader *self, GPtrArray **row, GCancellable *cancellable,
                              GError **error) {
  g_clear_pointer (row, g_ptr_array_unref);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (int last = EOF; self->byte == '\n' || self->byte == '\r'; advance (self)) {
    self->dialect.crlf = last == '\r' && self->byte == '\n';
    last = self->byte;
  }
  self->row_line = self->line;
  self->row_offset = self->offset;
  *row = self->byte != EOF ? g_ptr_array_new_with_free_func (g_free) : NULL;
  for (gboolean more = *row != NULL; more;) {
    read_cell (self);
    g_ptr_array_add (*row, decode_cell (self));
    more = self->byte == self->dialect.delimiter;
    if (more)
      advance (self);
  }
  if (self->problem == NULL)
    return TRUE;
  g_clear_pointer (row, g_ptr_array_unref);
  g_propagate_error (error, g_steal_pointer (&self->problem));
  return FALSE;
}

guint64 hub_csv_reader_tell (HubCsvReader *self, guint64 *line) {
  *line = self->row_line;
  return self->row_offset;
}

void hub_csv_reader_seek (HubCsvReader *self, guint64 offset, guint64 line) {
  if (self->problem == NULL && fseeko (self->file, (off_t) offset, SEEK_SET) != 0)
    set_file_error (&self->problem, self->path);
  self->offset = offset - 1;
  advance (self);
  self->line = line;
}

/* The delimiter that splits the first rows, from @start on, best: into the most cells, not counting rows that differ from the first. */
static char detect_delimiter (HubCsvReader *self, guint64 start) {
  guint best_score = 0;
  char best = ',';
  for (const char *candidate = ";,\t|"; *candidate != '\0'; candidate++) {
    g_autoptr (GPtrArray) row = NULL;
    guint n_cells = 0, score = 0;
    self->dialect.delimiter = *candidate;
    hub_csv_reader_seek (self, start, 1);
    for (guint i = 0; i < SAMPLE_ROWS && hub_csv_reader_next (self, &row, NULL, NULL) && row != NULL; i++) {
      n_cells = i == 0 ? row->len : n_cells;
      score += row->len == n_cells && n_cells > 1 ? n_cells : 0;
    }
    best = score > best_score ? *candidate : best;
    best_score = MAX (score, best_score);
  }
  return best;
}

/* Takes @fd, or tells errno. */
static HubCsvReader *new_reader (const char *path, int fd, const char *mode, const HubCsvDialect *dialect,
                                 GError **error) {
  FILE *file = fd >= 0 ? fdopen (fd, mode) : NULL;
  if (file == NULL)
    return set_file_error (error, path), NULL;
  HubCsvReader *self = g_new0 (HubCsvReader, 1);
  self->path = g_strdup (path);
  self->file = file;
  self->dialect = *dialect;
  self->cell = g_string_new (NULL);
  return self;
}

HubCsvReader *hub_csv_reader_open (const char *path, HubCsvDialect *dialect, GError **error) {
  g_autoptr (GPtrArray) row = NULL;
  gboolean ok = FALSE;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  g_autoptr (HubCsvReader) self = new_reader (path, fd, "r", dialect, error);
  if (self == NULL)
    return NULL;
  hub_csv_reader_seek (self, 0, 1);
  self->dialect.bom = self->byte == 0xEF && getc (self->file) == 0xBB && getc (self->file) == 0xBF;
  self->dialect.encoding = self->dialect.bom ? "UTF-8" : dialect->encoding;
  guint64 start = self->dialect.bom ? strlen (BYTE_ORDER_MARK) : 0;
  if (self->dialect.delimiter == 0)
    self->dialect.delimiter = detect_delimiter (self, start);
  /* The whole file is read once, so that what is wrong with it is known before its first row is used. */
  hub_csv_reader_seek (self, start, 1);
  do
    ok = hub_csv_reader_next (self, &row, NULL, error);
  while (row != NULL);
  hub_csv_reader_seek (self, start, 1);
  hub_csv_dialect_settle (&self->dialect);
  *dialect = self->dialect;
  return ok ? g_steal_pointer (&self) : NULL;
}

void hub_csv_reader_free (HubCsvReader *self) {
  fclose (self->file);
  g_clear_error (&self->problem);
  g_string_free (self->cell, TRUE);
  g_free (self->path);
  g_free (self);
}

char *hub_csv_encode (const HubCsvDialect *dialect, const char *text, GError **error) {
  gsize good = 0;
  if (g_strcmp0 (dialect->encoding, WINDOWS_1252) != 0 || g_str_is_ascii (text))
    return g_strdup (text);
  char *bytes = g_convert (text, -1, WINDOWS_1252, "UTF-8", &good, NULL, NULL);
  if (bytes == NULL)
    g_set_error (error, HUB_ERROR, HUB_ERROR_FILE,
                 _ ("Windows-1252 has no character “%.*s”; choose the encoding UTF-8"),
                 (int) (g_utf8_next_char (text + good) - (text + good)), text + good);
  return bytes;
}

/* In a sandbox, folders of the user that it was not given are empty ones in memory, which end with it. */
static gboolean is_lost (const char *folder) {
  struct statfs status;
  return hub_is_sandboxed () && statfs (folder, &status) == 0 && status.f_type == TMPFS_MAGIC;
}

gboolean hub_csv_check_writable (const char *path, GError **error) {
  g_autofree char *target = realpath (path, NULL) ?: g_strdup (path);
  g_autofree char *folder = g_path_get_dirname (target);
  struct stat status = { .st_mode = S_IFREG };
  if (is_lost (folder)) {
    errno = ENOENT;
    return set_file_error (error, path);
  }
  if (access (folder, W_OK | X_OK) != 0 || (lstat (target, &status) != 0 && errno != ENOENT)
      || (access (target, W_OK) != 0 && errno != ENOENT))
    return set_file_error (error, path);
  errno = EISDIR;
  return S_ISREG (status.st_mode) || set_file_error (error, path);
}

/* Whoever could use the old file still can. Only root may give a file to others; else it is the user's own, as any new file. */
static gboolean keep_access (int fd, const char *path) {
  struct stat old;
  return stat (path, &old) != 0
         || ((geteuid () != 0 || fchown (fd, old.st_uid, old.st_gid) == 0)
             && fchmod (fd, old.st_mode & 07777) == 0);
}

/* The temporary file has one name for each destination, so that what a killed run left is replaced by the next. */
HubCsvWriter *hub_csv_writer_open (const char *path, const HubCsvDialect *dialect, gboolean scratch,
                                   GError **error) {
  if (!hub_csv_check_writable (path, error))
    return NULL;
  g_autofree char *target = realpath (path, NULL) ?: g_strdup (path);
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *name = g_path_get_basename (target);
  g_autofree char *temporary = g_strdup_printf ("%s/.%.200s.integration-hub", folder, name);
  unlink (temporary);
  int fd = open (temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  g_autoptr (HubCsvReader) reader = new_reader (target, fd, "w+", dialect, error);
  if (reader == NULL)
    return NULL;
  hub_csv_dialect_settle (&reader->dialect);
  gboolean ok = keep_access (fd, target);
  if (!ok || scratch)
    ok = unlink (temporary) == 0 && ok;
  else if (reader->dialect.bom)
    ok = fputs (BYTE_ORDER_MARK, reader->file) >= 0;
  if (!ok)
    return set_file_error (error, path), NULL;
  HubCsvWriter *self = g_new0 (HubCsvWriter, 1);
  self->reader = g_steal_pointer (&reader);
  self->temporary = scratch ? NULL : g_steal_pointer (&temporary);
  return self;
}

void hub_csv_writer_free (HubCsvWriter *self) {
  if (self->temporary != NULL)
    unlink (self->temporary);
  hub_csv_reader_free (self->reader);
  g_free (self->temporary);
  g_free (self);
}

/* Whether a cell needs quotes: also where it begins as a byte order mark does, or is empty and @alone in its row. */
static gboolean needs_quotes (const char *bytes, char delimiter, gboolean alone) {
  return strpbrk (bytes, "\"\r\n") != NULL || strchr (bytes, delimiter) != NULL || bytes[0] == ' '
         || g_str_has_suffix (bytes, " ") || g_str_has_prefix (bytes, BYTE_ORDER_MARK)
         || (alone && bytes[0] == '\0');
}

gboolean hub_csv_writer_add (HubCsvWriter *self, const char *const *cells, guint n_cells, GError **error) {
  const HubCsvDialect *dialect = &self->reader->dialect;
  FILE *file = self->reader->file;
  for (guint i = 0; i < n_cells; i++) {
    g_autofree char *bytes = hub_csv_encode (dialect, cells[i] != NULL ? cells[i] : "", error);
    if (bytes == NULL) {
      g_prefix_error (error, _ ("“%s”: "), self->reader->path);
      return FALSE;
    }
    if (i > 0)
      putc (dialect->delimiter, file);
    if (needs_quotes (bytes, dialect->delimiter, n_cells == 1)) {
      g_auto (GStrv) parts = g_strsplit (bytes, "\"", -1);
      g_autofree char *doubled = g_strjoinv ("\"\"", parts);
      fprintf (file, "\"%s\"", doubled);
    } else {
      fputs (bytes, file);
    }
  }
  fputs (dialect->crlf ? "\r\n" : "\n", file);
  return !ferror (file) || set_file_error (error, self->reader->path);
}

guint64 hub_csv_writer_tell (HubCsvWriter *self) {
  if (!self->at_end)
    fseeko (self->reader->file, 0, SEEK_END);
  self->at_end = TRUE;
  return (guint64) ftello (self->reader->file);
}

HubCsvReader *hub_csv_writer_get_reader (HubCsvWriter *self) {
  self->at_end = FALSE;
  return self->reader;
}

gboolean hub_csv_writer_commit (HubCsvWriter *self, GError **error) {
  const char *path = self->reader->path;
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = fileno (self->reader->file);
  struct stat status;
  gboolean ok = fflush (self->reader->file) == 0 && fsync (fd) == 0 && fstat (fd, &status) == 0;
  /* Where another integration writes the same file, the name may be that of its half-written file by now. */
  if (ok && status.st_nlink == 0)
    errno = EWOULDBLOCK;
  if (!ok || status.st_nlink == 0 || rename (self->temporary, path) != 0)
    return set_file_error (error, path);
  g_clear_pointer (&self->temporary, g_free);
  /* The new name itself must last too. Some file systems cannot sync a folder and say EINVAL. */
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ok = (fd >= 0 && (fsync (fd) == 0 || errno == EINVAL)) || set_file_error (error, folder);
  if (fd >= 0)
    close (fd);
  return ok;
}
