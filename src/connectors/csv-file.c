/* csv-file.c: splits a CSV file's bytes into rows of cells, and writes rows back; any one worker thread at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows are split as bytes and the cells decoded after, which both encodings allow: they leave ASCII as it is. */
#include "csv-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

#define BLOCK_SIZE (64 * 1024)
#define MAX_ROW_BYTES (16 * 1024 * 1024)
#define SAMPLE_ROWS 20
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define WINDOWS_1252 "WINDOWS-1252"

/* What peek() answers instead of a byte. */
#define END -1

struct _HubCsvReader {
  char *path; /* (owned) */
  int fd;
  HubCsvDialect dialect;
  guint64 block;                /* where in the file the buffer begins */
  gsize position, filled;       /* in the buffer */
  guint64 line;                 /* of the byte at position */
  guint64 row_line, row_offset; /* where the row read last began */
  GString *cell;                /* (owned) the bytes of the cell being read */
  GError *problem;              /* (owned) (nullable) why the row being read has to end */
  guchar buffer[BLOCK_SIZE];
};

struct _HubCsvWriter {
  char *path;      /* (owned) of the file itself, behind links */
  char *temporary; /* (owned) (nullable) NULL once it is committed */
  int fd;
  HubCsvDialect dialect;
  GString *pending; /* (owned) bytes to be written */
  guint64 written;  /* bytes before them */
};

/* Says why errno stands against @path; always FALSE. */
static gboolean set_file_error (GError **error, const char *path) {
  const char *reason = g_strerror (errno);

  if (errno == ENOENT || errno == ENOTDIR)
    reason = _ ("there is no such file or folder; check the path");
  else if (errno == EACCES || errno == EPERM || errno == EROFS)
    reason = _ ("no permission to use it; change its permissions or choose another place");
  else if (errno == EISDIR || errno == ESPIPE)
    reason = _ ("this is a folder or a device; give the path of a CSV file");
  else if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
    reason = _ ("the disk is full; the file was not changed: free some space and run again");
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("“%s”: %s"), path, reason);
  return FALSE;
}

/* Ends the row being read because of what is on @line. */
static void set_problem (HubCsvReader *self, guint64 line, const char *reason) {
  if (self->problem == NULL)
    g_set_error (&self->problem, HUB_ERROR, HUB_ERROR_FILE, _ ("“%1$s”, line %2$lu: %3$s"), self->path,
                 (gulong) line, reason);
}

void hub_csv_dialect_settle (HubCsvDialect *dialect) {
  dialect->delimiter = dialect->delimiter ?: ',';
  dialect->encoding = dialect->encoding ?: "UTF-8";
  dialect->decimal = dialect->decimal ?: (dialect->delimiter == ';' ? ',' : '.');
}

/* The byte at the position, which stays there; END also when there is a problem. */
static int peek (HubCsvReader *self) {
  if (self->problem == NULL && self->position == self->filled) {
    self->block += self->filled;
    gssize n = TEMP_FAILURE_RETRY (pread (self->fd, self->buffer, BLOCK_SIZE, (off_t) self->block));
    if (n < 0)
      set_file_error (&self->problem, self->path);
    self->position = 0;
    self->filled = (gsize) MAX (n, 0);
  }
  return self->problem == NULL && self->filled > 0 ? self->buffer[self->position] : END;
}

static gboolean ends_cell (const HubCsvReader *self, int c) {
  return c == END || c == (guchar) self->dialect.delimiter || c == '\n' || c == '\r';
}

/* Takes @c, the byte at the position, into the cell. */
static void take_byte (HubCsvReader *self, int c) {
  self->position++;
  g_string_append_c (self->cell, (char) c);
  if (c == 0)
    set_problem (self, self->line,
                 _ ("a NUL byte: this is not a text file; export it again as CSV in UTF-8"));
  if (self->block + self->position - self->row_offset > MAX_ROW_BYTES)
    set_problem (self, self->row_line, _ ("this row is larger than 16 MiB; a closing quote may be missing"));
}

static void read_quoted (HubCsvReader *self) {
  guint64 opened = self->line;
  int before = 0;

  self->position++;
  for (int c = peek (self); c != END; c = peek (self)) {
    if (c == '"') {
      self->position++;
      c = peek (self);
      if (c != '"' && !ends_cell (self, c))
        set_problem (self, self->line,
                     _ ("text behind a closing quote; double the quotes inside a quoted cell"));
      if (c != '"')
        return;
    }
    self->line += c == '\r' || (c == '\n' && before != '\r');
    before = c;
    take_byte (self, c);
  }
  set_problem (self, opened, _ ("a quote opens here and is never closed; add the missing quote"));
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
    set_problem (self, self->row_line,
                 _ ("this is not text in the file's encoding; export it again as CSV in UTF-8"));
  return text;
}

gboolean hub_csv_reader_next (HubCsvReader *self, GPtrArray **row, GCancellable *cancellable,
                              GError **error) {
  int c;

  g_clear_pointer (row, g_ptr_array_unref);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  while ((c = peek (self)) == '\n' || c == '\r') {
    self->position++;
    self->line++;
    self->dialect.crlf = c == '\r' && peek (self) == '\n';
    self->position += self->dialect.crlf ? 1 : 0;
  }
  self->row_line = self->line;
  self->row_offset = self->block + self->position;
  *row = c != END ? g_ptr_array_new_with_free_func (g_free) : NULL;
  for (gboolean more = c != END; more; self->position += more ? 1 : 0) {
    g_string_truncate (self->cell, 0);
    if (peek (self) == '"')
      read_quoted (self);
    else
      while (!ends_cell (self, c = peek (self)))
        take_byte (self, c);
    g_ptr_array_add (*row, decode_cell (self));
    more = peek (self) == (guchar) self->dialect.delimiter;
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
  gboolean inside = offset >= self->block && offset - self->block <= self->filled;

  self->line = line;
  self->block = inside ? self->block : offset;
  self->filled = inside ? self->filled : 0;
  self->position = offset - self->block;
}

/* The delimiter that splits the first rows, from @start on, best: few rows that differ from the first matter most, then many cells. A row that cannot
 * be read differs, and is an error only when it is read in earnest. */
static char detect_delimiter (HubCsvReader *self, guint64 start) {
  int best_score = G_MININT;
  char best = ',';

  for (const char *candidate = ";,\t|"; *candidate != '\0'; candidate++) {
    g_autoptr (GPtrArray) row = NULL;
    guint n_cells = 0, n_misfits = 0;
    self->dialect.delimiter = *candidate;
    hub_csv_reader_seek (self, start, 1);
    for (guint i = 0; i < SAMPLE_ROWS && (i == 0 || row != NULL); i++) {
      n_misfits += hub_csv_reader_next (self, &row, NULL, NULL) ? 0 : 1;
      n_cells = i == 0 && row != NULL ? row->len : n_cells;
      n_misfits += row != NULL && row->len != n_cells ? 1 : 0;
    }
    int score = (int) n_cells - (int) n_misfits * MAX_ROW_BYTES;
    if (n_cells > 1 && score > best_score) {
      best = *candidate;
      best_score = score;
    }
  }
  return best;
}

HubCsvReader *hub_csv_reader_open (const char *path, HubCsvDialect *dialect, GError **error) {
  g_autoptr (HubCsvReader) self = g_new0 (HubCsvReader, 1);
  g_autoptr (GPtrArray) row = NULL;
  gboolean ok;

  self->path = g_strdup (path);
  self->dialect = *dialect;
  self->cell = g_string_new (NULL);
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0)
    set_file_error (&self->problem, path);
  self->dialect.bom = peek (self) == 0xEF && self->buffer[1] == 0xBB && self->buffer[2] == 0xBF;
  if (self->dialect.bom)
    self->dialect.encoding = "UTF-8";
  guint64 start = self->dialect.bom ? strlen (BYTE_ORDER_MARK) : 0;
  if (self->dialect.delimiter == 0 && self->filled > 0)
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
  if (self->fd >= 0)
    close (self->fd);
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

gboolean hub_csv_check_writable (const char *path, GError **error) {
  g_autofree char *target = realpath (path, NULL) ?: g_strdup (path);
  g_autofree char *folder = g_path_get_dirname (target);
  struct stat status;

  if (access (folder, W_OK | X_OK) != 0)
    return set_file_error (error, folder);
  if (lstat (target, &status) != 0)
    return errno == ENOENT || set_file_error (error, path);
  if (access (target, W_OK) != 0)
    return set_file_error (error, path);
  errno = EISDIR;
  return S_ISREG (status.st_mode) || set_file_error (error, path);
}

HubCsvWriter *hub_csv_writer_open (const char *path, const HubCsvDialect *dialect, gboolean scratch,
                                   GError **error) {
  struct stat old, new;

  if (!hub_csv_check_writable (path, error))
    return NULL;
  g_autoptr (HubCsvWriter) self = g_new0 (HubCsvWriter, 1);
  self->dialect = *dialect;
  hub_csv_dialect_settle (&self->dialect);
  self->pending = g_string_new (self->dialect.bom && !scratch ? BYTE_ORDER_MARK : NULL);
  self->path = realpath (path, NULL) ?: g_strdup (path);
  g_autofree char *folder = g_path_get_dirname (self->path);
  self->temporary = g_build_filename (folder, ".integration-hub-XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0666);
  gboolean ok = self->fd >= 0 && fstat (self->fd, &new) == 0;
  /* Whoever could use the old file still can. Only root may give a file to others; else it is the user's own, as any new file. */
  if (ok && stat (self->path, &old) == 0) {
    ok = (old.st_uid == new.st_uid &&old.st_gid == new.st_gid) || geteuid () != 0
         || fchown (self->fd, old.st_uid, old.st_gid) == 0;
    ok = ok && (old.st_mode == new.st_mode || fchmod (self->fd, old.st_mode & 07777) == 0);
  }
  if (ok && scratch) {
    ok = unlink (self->temporary) == 0;
    g_clear_pointer (&self->temporary, g_free);
  }
  if (!ok)
    set_file_error (error, path);
  return ok ? g_steal_pointer (&self) : NULL;
}

void hub_csv_writer_free (HubCsvWriter *self) {
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    unlink (self->temporary);
  g_string_free (self->pending, TRUE);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

static gboolean flush (HubCsvWriter *self, GError **error) {
  for (gsize done = 0; done < self->pending->len;) {
    gssize n = TEMP_FAILURE_RETRY (write (self->fd, self->pending->str + done, self->pending->len - done));
    if (n < 0)
      return set_file_error (error, self->path);
    done += (gsize) n;
  }
  self->written += self->pending->len;
  g_string_truncate (self->pending, 0);
  return TRUE;
}

/* Whether a cell needs quotes: also where it begins as a byte order mark does, or is empty and @alone in its row. */
static gboolean needs_quotes (const char *bytes, char delimiter, gboolean alone) {
  return strpbrk (bytes, "\"\r\n") != NULL || strchr (bytes, delimiter) != NULL || bytes[0] == ' '
         || g_str_has_suffix (bytes, " ") || g_str_has_prefix (bytes, BYTE_ORDER_MARK)
         || (alone && bytes[0] == '\0');
}

gboolean hub_csv_writer_add (HubCsvWriter *self, const char *const *cells, guint n_cells, GError **error) {
  for (guint i = 0; i < n_cells; i++) {
    g_autofree char *bytes = hub_csv_encode (&self->dialect, cells[i] != NULL ? cells[i] : "", error);
    if (bytes == NULL) {
      g_prefix_error (error, _ ("“%s”: "), self->path);
      return FALSE;
    }
    g_autoptr (GString) cell = g_string_new (bytes);
    if (needs_quotes (bytes, self->dialect.delimiter, n_cells == 1)) {
      g_string_replace (cell, "\"", "\"\"", 0);
      g_string_append_c (g_string_prepend_c (cell, '"'), '"');
    }
    if (i > 0)
      g_string_append_c (self->pending, self->dialect.delimiter);
    g_string_append_len (self->pending, cell->str, (gssize) cell->len);
  }
  g_string_append (self->pending, self->dialect.crlf ? "\r\n" : "\n");
  return self->pending->len < BLOCK_SIZE || flush (self, error);
}

guint64 hub_csv_writer_tell (HubCsvWriter *self) {
  return self->written + self->pending->len;
}

gboolean hub_csv_writer_copy (HubCsvWriter *self, HubCsvWriter *from, guint64 offset, gsize size,
                              GError **error) {
  gsize length = self->pending->len;

  if (!flush (from, error))
    return FALSE;
  g_string_set_size (self->pending, length + size);
  if (pread (from->fd, self->pending->str + length, size, (off_t) offset) != (gssize) size)
    return set_file_error (error, from->path);
  return self->pending->len < BLOCK_SIZE || flush (self, error);
}

gboolean hub_csv_writer_commit (HubCsvWriter *self, GError **error) {
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (!flush (self, error))
    return FALSE;
  if (fsync (self->fd) != 0 || rename (self->temporary, self->path) != 0)
    return set_file_error (error, self->path);
  /* The new name itself must last too. Some file systems cannot sync a folder and say EINVAL. */
  g_clear_pointer (&self->temporary, g_free);
  close (self->fd);
  self->fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return (self->fd >= 0 && (fsync (self->fd) == 0 || errno == EINVAL)) || set_file_error (error, folder);
}
