/* fuzz-csv.c: fuzz target: any bytes as a CSV file; what can be read can be written, and is then read the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "csv-file.h"

#include <glib/gstdio.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

/* All rows, or NULL when the file is refused. */
static GPtrArray *read_rows (const char *path, HubCsvDialect *dialect) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) row = NULL;
  g_autoptr (HubCsvReader) reader = hub_csv_reader_open (path, dialect, &error);
  g_assert ((reader == NULL) == (error != NULL));
  while (reader != NULL) {
    guint64 line;
    g_assert (
        hub_csv_reader_next (reader, &row, NULL, &error)); /* the whole file was checked when it was opened */
    if (row == NULL)
      return g_steal_pointer (&rows);
    hub_csv_reader_seek (reader, hub_csv_reader_tell (reader, &line), line);
    g_assert (hub_csv_reader_next (reader, &row, NULL, &error) && row != NULL);
    for (guint i = 0; i < row->len; i++)
      g_assert (g_utf8_validate (row->pdata[i], -1, NULL));
    g_ptr_array_add (rows, g_steal_pointer (&row));
  }
  return NULL;
}

static void write_rows (const char *path, const HubCsvDialect *dialect, GPtrArray *rows) {
  g_autoptr (HubCsvWriter) writer = hub_csv_writer_open (path, dialect, FALSE, NULL);
  for (guint i = 0; i < rows->len; i++) {
    GPtrArray *row = rows->pdata[i];
    g_assert (hub_csv_writer_add (writer, (const char *const *) row->pdata, row->len, NULL));
  }
  g_assert (hub_csv_writer_commit (writer, NULL));
}

static void assert_same (GPtrArray *rows, GPtrArray *again) {
  g_assert (again != NULL && again->len == rows->len);
  for (guint i = 0; i < rows->len; i++) {
    GPtrArray *row = rows->pdata[i], *other = again->pdata[i];
    g_assert (other->len == row->len);
    for (guint j = 0; j < row->len; j++)
      g_assert (g_str_equal (row->pdata[j], other->pdata[j]));
  }
}

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length) {
  g_autofree char *folder = g_dir_make_tmp ("hub-fuzz-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.csv", NULL);
  HubCsvDialect dialect = { 0 };
  g_assert (g_file_set_contents (path, (const char *) data, (gssize) length, NULL));
  g_autoptr (GPtrArray) rows = read_rows (path, &dialect);
  if (rows != NULL) {
    HubCsvDialect known = { .delimiter = dialect.delimiter, .encoding = dialect.encoding };
    write_rows (path, &dialect, rows);
    g_autoptr (GPtrArray) again = read_rows (path, &known);
    assert_same (rows, again);
  }
  g_unlink (path);
  g_rmdir (folder);
  return 0;
}
