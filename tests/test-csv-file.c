/* test-csv-file.c: rows arrive as they were written, bad files are refused with place and remedy, and a file is replaced whole or not at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "csv-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

static char *folder; /* (owned) of the test that runs */

static void set_up (void) {
  folder = g_dir_make_tmp ("hub-csv-XXXXXX", NULL);
  g_assert_nonnull (folder);
}

/* Removes the folder and checks that nothing is left in it but @names files. */
static void tear_down (guint n_files) {
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  guint n = 0;
  for (const char *name; (name = g_dir_read_name (files)) != NULL; n++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpuint (n, ==, n_files);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_clear_pointer (&folder, g_free);
}

static char *put (const char *name, const char *contents, gssize length) {
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_file_set_contents_full (path, contents, length, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &error);
  g_assert_no_error (error);
  return path;
}

static char *get (const char *path) {
  char *contents = NULL;
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  return contents;
}

/* All rows as "[cell][cell]" on lines of their own; NULL with @error. */
static char *read_all (const char *path, HubCsvDialect *dialect, GError **error) {
  g_autoptr (HubCsvReader) reader = hub_csv_reader_open (path, dialect, error);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) row = NULL;
  if (reader == NULL)
    return NULL;
  while (hub_csv_reader_next (reader, &row, NULL, error) && row != NULL) {
    for (guint i = 0; i < row->len; i++)
      g_string_append_printf (text, "[%s]", (char *) row->pdata[i]);
    g_string_append_c (text, '\n');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void test_rows_are_split_as_they_were_meant (void) {
  static const struct {
    const char *file, *rows;
    char delimiter;
  } cases[] = {
    { "a,b\n1,2\n", "[a][b]\n[1][2]\n", ',' },
    { "a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n", ',' },
    { "a,b\r1,2\r", "[a][b]\n[1][2]\n", ',' },
    { "a,b\n1,2", "[a][b]\n[1][2]\n", ',' },
    { "a,b\n1,", "[a][b]\n[1][]\n", ',' },
    { "a,b\n\n\r\n1,2\n\n", "[a][b]\n[1][2]\n", ',' },
    { "\n\na;b\n1;2\n", "[a][b]\n[1][2]\n", ';' },
    { "a;b\n12,50;\"x, y\"\n", "[a][b]\n[12,50][x, y]\n", ';' },
    { "a;b,c\n12,50;7\n8,1;9\n", "[a][b,c]\n[12,50][7]\n[8,1][9]\n", ';' },
    { "a\tb\n1,2\t3\n", "[a][b]\n[1,2][3]\n", '\t' },
    { "a|b|c\n1|2|3\n", "[a][b][c]\n[1][2][3]\n", '|' },
    { "a\n1\n2\n", "[a]\n[1]\n[2]\n", ',' },
    { "a\n\"\"\n2\n", "[a]\n[]\n[2]\n", ',' },
    { "a,b\n\"x\"\"y\",\"\"\n", "[a][b]\n[x\"y][]\n", ',' },
    { "a,b\n\"one\ntwo\r\nthree\",2\n", "[a][b]\n[one\ntwo\r\nthree][2]\n", ',' },
    { "a,b\n5\" nail,it's\n", "[a][b]\n[5\" nail][it's]\n", ',' },
    { "a,b\n 1 , \"2\"\n", "[a][b]\n[ 1 ][ \"2\"]\n", ',' },
    { "a,b\n1\n1,2,3\n", "[a][b]\n[1]\n[1][2][3]\n", ',' },
    { "\"a;x\",\"b;y\"\n1,2\n", "[a;x][b;y]\n[1][2]\n", ',' },
    { "a,b\n007,1 234\n", "[a][b]\n[007][1 234]\n", ',' },
    { "a,b\né🙂,العربية\n", "[a][b]\n[é🙂][العربية]\n", ',' },
    { "\xEF\xBB\xBF\"a\",b\n1,2\n", "[a][b]\n[1][2]\n", ',' },
    { "a,b\n=IMPORTXML(\"http://x\"),+1\n", "[a][b]\n[=IMPORTXML(\"http://x\")][+1]\n", ',' },
    { "", "", ',' },
    { "\xEF\xBB\xBF", "", ',' },
    { "\n\r\n", "", ',' },
  };
  set_up ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = put ("a.csv", cases[i].file, -1);
    HubCsvDialect dialect = { 0 };
    g_autofree char *rows = read_all (path, &dialect, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (rows, ==, cases[i].rows);
    g_assert_cmpint (dialect.delimiter, ==, cases[i].delimiter);
    g_assert_cmpstr (dialect.encoding, ==, "UTF-8");
    g_assert_cmpint (dialect.bom, ==, g_str_has_prefix (cases[i].file, "\xEF\xBB\xBF"));
    g_assert_cmpint (dialect.decimal, ==, cases[i].delimiter == ';' ? ',' : '.');
  }
  tear_down (1);
}

static void test_what_the_user_says_of_the_dialect_holds (void) {
  g_autoptr (GError) error = NULL;
  set_up ();
  g_autofree char *path = put ("a.csv", "a;b,c\n1;2,3\n", -1);
  HubCsvDialect dialect = { .delimiter = ',', .decimal = ',' };
  g_autofree char *rows = read_all (path, &dialect, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rows, ==, "[a;b][c]\n[1;2][3]\n");
  g_assert_cmpint (dialect.delimiter, ==, ',');
  g_assert_cmpint (dialect.decimal, ==, ',');
  tear_down (1);
}

static void test_windows_1252_is_found_and_read (void) {
  g_autoptr (GError) error = NULL;
  set_up ();
  g_autofree char *path = put ("a.csv", "Pr\xE9nom;Prix\nZo\xEB;5 \x80\n", -1);
  HubCsvDialect dialect = { 0 };
  g_autofree char *rows = read_all (path, &dialect, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rows, ==, "[Prénom][Prix]\n[Zoë][5 €]\n");
  g_assert_cmpstr (dialect.encoding, ==, "WINDOWS-1252");
  tear_down (1);
}

static void test_one_late_byte_decides_the_encoding_of_the_whole_file (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("a;b\nna\xC3\xAF"
                                           "f;1\n"); /* UTF-8, if it were alone */
  set_up ();
  for (guint i = 0; i < 30000; i++)
    g_string_append (text, "plain;text\n");
  g_string_append (text, "caf\xE9;2\n");
  g_autofree char *path = put ("a.csv", text->str, (gssize) text->len);
  HubCsvDialect dialect = { 0 };
  g_autofree char *rows = read_all (path, &dialect, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dialect.encoding, ==, "WINDOWS-1252");
  g_assert_true (g_str_has_prefix (rows, "[a][b]\n[naÃ¯f][1]\n"));
  g_assert_true (g_str_has_suffix (rows, "[café][2]\n"));
  dialect = (HubCsvDialect){ .encoding = "UTF-8" };
  g_assert_null (read_all (path, &dialect, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "line 30003"));
  tear_down (1);
}

static void test_bad_files_are_refused_with_place_and_remedy (void) {
  static const struct {
    const char *file;
    gssize length;
    const char *hint;
  } cases[] = {
    { "a,b\n1,\0\n", 8, "line 2: a NUL byte" },
    { "a,b\n1,\"x\ny\0z\"\n", 14, "line 3: a NUL byte" },
    { "\xFF\xFE"
      "a\0,\0b\0",
      8, "UTF-8" },
    { "\xFE\xFF"
      "\0a\0,\0b",
      8, "UTF-8" },
    { "a,b\n1,2\n\"open,3\n4,5\n", -1, "line 3: a quote opens here" },
    { "a,b\n\"x\"y,2\n", -1, "line 2: text behind a closing quote" },
    { "a,b\n1,\x81\n", -1, "line 2: this is not text" },
    { "\xEF\xBB\xBF"
      "a,b\n1,\xE9\n",
      -1, "line 2: this is not text" },
  };
  set_up ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = put ("a.csv", cases[i].file, cases[i].length);
    HubCsvDialect dialect = { 0 };
    g_assert_null (hub_csv_reader_open (path, &dialect, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
    g_assert_nonnull (strstr (error->message, cases[i].hint));
    g_assert_nonnull (strstr (error->message, path));
    g_assert_null (strchr (error->message, '\n'));
  }
  tear_down (1);
}

static void test_paths_that_are_no_file_are_refused (void) {
  g_autoptr (GError) error = NULL;
  HubCsvDialect dialect = { 0 };
  set_up ();
  g_autofree char *missing = g_build_filename (folder, "none", "a.csv", NULL);
  g_assert_null (hub_csv_reader_open (missing, &dialect, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "check the path"));
  g_clear_error (&error);
  g_assert_null (hub_csv_writer_open (missing, &dialect, FALSE, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "check the path"));
  g_clear_error (&error);
  g_assert_null (hub_csv_reader_open (folder, &dialect, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "this is a folder"));
  g_clear_error (&error);
  g_assert_null (hub_csv_writer_open (folder, &dialect, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "this is a folder"));
  g_clear_error (&error);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (hub_csv_reader_open (pipe, &dialect, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_clear_error (&error);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_assert_cmpint (symlink ("nowhere", link), ==, 0);
  g_assert_null (hub_csv_writer_open (link, &dialect, FALSE, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  tear_down (2);
}

/* Root may read everything, so the check is made as nobody. */
static void test_a_file_that_may_not_be_read_or_written_is_refused (void) {
  g_autoptr (GError) error = NULL;
  HubCsvDialect dialect = { 0 };
  set_up ();
  g_autofree char *path = put ("a.csv", "a\n1\n", -1);
  g_assert_cmpint (g_chmod (path, 0400), ==, 0);
  if (getuid () == 0) {
    g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
    g_assert_cmpint (seteuid (65534), ==, 0);
  } else {
    g_assert_cmpint (g_chmod (path, 0), ==, 0);
  }
  g_assert_null (hub_csv_reader_open (path, &dialect, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "no permission"));
  g_assert_cmpint (seteuid (getuid ()), ==, 0);
  g_clear_error (&error);
  if (getuid () != 0) {
    g_assert_null (hub_csv_writer_open (path, &dialect, FALSE, &error));
    g_assert_nonnull (strstr (error->message, "no permission"));
  }
  tear_down (1);
}

static void test_a_row_larger_than_16_mib_is_refused (void) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_malloc (17 * 1024 * 1024);
  HubCsvDialect dialect = { 0 };
  memset (text, 'x', 17 * 1024 * 1024);
  memcpy (text, "a,b\n1,2\n\"", 9);
  set_up ();
  g_autofree char *path = put ("a.csv", text, 17 * 1024 * 1024);
  g_assert_null (hub_csv_reader_open (path, &dialect, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "line 3: this row is larger than 16 MiB"));
  tear_down (1);
}

static void test_reading_goes_back_to_a_row (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("n,text\n");
  g_autoptr (GPtrArray) row = NULL;
  guint64 offsets[3000], lines[3000];
  set_up ();
  for (guint i = 1; i < 3000; i++)
    g_string_append_printf (
        text, "%u,\"line %u\nand the next of a row that is long enough for several blocks\"\n", i, i);
  g_autofree char *path = put ("a.csv", text->str, -1);
  HubCsvDialect dialect = { 0 };
  g_autoptr (HubCsvReader) reader = hub_csv_reader_open (path, &dialect, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3000; i++) {
    g_assert_true (hub_csv_reader_next (reader, &row, NULL, &error));
    offsets[i] = hub_csv_reader_tell (reader, &lines[i]);
    g_assert_cmpuint (lines[i], ==, i == 0 ? 1 : 2 * i);
  }
  for (guint i = 1; i < 3000; i++) {
    guint at = i * 1009 % 2999 + 1;
    g_autofree char *expected = g_strdup_printf ("%u", at);
    guint64 line;
    hub_csv_reader_seek (reader, offsets[at], lines[at]);
    g_assert_true (hub_csv_reader_next (reader, &row, NULL, &error));
    g_assert_cmpstr (row->pdata[0], ==, expected);
    g_assert_cmpuint (hub_csv_reader_tell (reader, &line), ==, offsets[at]);
    g_assert_cmpuint (line, ==, lines[at]);
  }
  tear_down (1);
}

static void test_reading_stops_when_it_is_cancelled (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) row = NULL;
  set_up ();
  g_autofree char *path = put ("a.csv", "a\n1\n", -1);
  HubCsvDialect dialect = { 0 };
  g_autoptr (HubCsvReader) reader = hub_csv_reader_open (path, &dialect, &error);
  g_assert_true (hub_csv_reader_next (reader, &row, cancellable, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (hub_csv_reader_next (reader, &row, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (row);
  tear_down (1);
}

/* Writes two rows to @path. */
static gboolean write_rows (const char *path, const HubCsvDialect *dialect, const char *const *cells,
                            guint n_cells, GError **error) {
  g_autoptr (HubCsvWriter) writer = hub_csv_writer_open (path, dialect, FALSE, error);
  return writer != NULL && hub_csv_writer_add (writer, cells, n_cells, error)
         && hub_csv_writer_add (writer, cells, n_cells, error) && hub_csv_writer_commit (writer, error);
}

static void test_what_is_written_is_read_again_the_same (void) {
  static const char *const cells[] = {
    "plain", "",  "a,b;c\td|e", "say \"hi\"", "\"", "one\ntwo",         "\r", "\r\n",
    " x ",   " ", "'",          "=1+1",       "é€", "\xEF\xBB\xBFmark", "007"
  };
  static const char *const wide[] = { "🙂", "العربية", "\u202Ex" };
  static const char delimiters[] = ",;\t|:";
  set_up ();
  g_autofree char *path = g_build_filename (folder, "a.csv", NULL);
  for (guint i = 0; i < 5 * 2 * 2 * 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) all = g_ptr_array_new ();
    gboolean utf8 = i & 1;
    HubCsvDialect dialect = { delimiters[i / 8], utf8 ? "UTF-8" : "WINDOWS-1252", 0, utf8 && (i & 2),
                              (i & 4) != 0 };
    for (guint j = 0; j < G_N_ELEMENTS (cells); j++)
      if (utf8 || j != 13)
        g_ptr_array_add (all, (gpointer) cells[j]);
    for (guint j = 0; utf8 && j < G_N_ELEMENTS (wide); j++)
      g_ptr_array_add (all, (gpointer) wide[j]);
    /* each cell comes first and last once */
    for (guint rotation = 0; rotation < (i < 2 ? all->len : 1); rotation++) {
      g_autoptr (GPtrArray) row = NULL;
      HubCsvDialect found = { .delimiter = dialect.delimiter };
      g_ptr_array_add (all, g_ptr_array_steal_index (all, 0));
      g_assert_true (write_rows (path, &dialect, (const char *const *) all->pdata, all->len, &error));
      g_assert_no_error (error);
      g_autoptr (HubCsvReader) reader = hub_csv_reader_open (path, &found, &error);
      g_assert_no_error (error);
      for (guint n = 0; n < 2; n++) {
        g_assert_true (hub_csv_reader_next (reader, &row, NULL, &error));
        g_assert_cmpuint (row->len, ==, all->len);
        for (guint j = 0; j < all->len; j++)
          g_assert_cmpstr (row->pdata[j], ==, all->pdata[j]);
      }
      g_assert_cmpstr (found.encoding, ==, dialect.encoding);
      g_assert_cmpint (found.bom, ==, dialect.bom);
      g_assert_cmpint (found.crlf, ==, dialect.crlf);
    }
  }
  tear_down (1);
}

static void test_cells_are_quoted_only_where_they_must (void) {
  g_autoptr (GError) error = NULL;
  static const char *const cells[] = { "a", "b;c", "d,e", NULL, "\"f\"", "g\nh", " i", "j " };
  set_up ();
  g_autofree char *path = g_build_filename (folder, "a.csv", NULL);
  HubCsvDialect dialect = { .delimiter = ';', .crlf = TRUE };
  g_autoptr (HubCsvWriter) writer = hub_csv_writer_open (path, &dialect, FALSE, &error);
  g_assert_true (hub_csv_writer_add (writer, cells, G_N_ELEMENTS (cells), &error));
  g_assert_true (hub_csv_writer_commit (writer, &error));
  g_autofree char *text = get (path);
  g_assert_cmpstr (text, ==, "a;\"b;c\";d,e;;\"\"\"f\"\"\";\"g\nh\";\" i\";\"j \"\r\n");
  tear_down (1);
}

static void test_a_single_empty_cell_is_a_row (void) {
  g_autoptr (GError) error = NULL;
  static const char *const cells[] = { "" };
  set_up ();
  g_autofree char *path = g_build_filename (folder, "a.csv", NULL);
  HubCsvDialect dialect = { 0 };
  g_assert_true (write_rows (path, &dialect, cells, 1, &error));
  g_autofree char *rows = read_all (path, &dialect, &error);
  g_assert_cmpstr (rows, ==, "[]\n[]\n");
  tear_down (1);
}

static void test_a_character_that_windows_1252_lacks_is_named (void) {
  g_autoptr (GError) error = NULL;
  static const char *const cells[] = { "fine", "a é 🙂 b" };
  set_up ();
  g_autofree char *path = put ("a.csv", "old\n", -1);
  HubCsvDialect dialect = { .encoding = "WINDOWS-1252" };
  g_assert_false (write_rows (path, &dialect, cells, 2, &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "“🙂”"));
  g_assert_nonnull (strstr (error->message, "UTF-8"));
  g_assert_nonnull (strstr (error->message, path));
  g_autofree char *text = get (path);
  g_assert_cmpstr (text, ==, "old\n");
  tear_down (1);
}

static void test_a_writer_given_up_leaves_no_trace (void) {
  g_autoptr (GError) error = NULL;
  static const char *const cells[] = { "new" };
  set_up ();
  g_autofree char *path = put ("a.csv", "old\n", -1);
  HubCsvDialect dialect = { 0 };
  HubCsvWriter *writer = hub_csv_writer_open (path, &dialect, FALSE, &error);
  g_assert_true (hub_csv_writer_add (writer, cells, 1, &error));
  hub_csv_writer_free (writer);
  g_autofree char *text = get (path);
  g_assert_cmpstr (text, ==, "old\n");
  tear_down (1);
}

static void test_a_full_disk_leaves_the_old_file (void) {
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (300 * 1024, 'x');
  const char *const cells[] = { large };
  struct rlimit old, tight;
  HubCsvDialect dialect = { 0 };
  set_up ();
  g_autofree char *path = put ("a.csv", "old\n", -1);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  tight = (struct rlimit){ 100 * 1024, old.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  gboolean written = write_rows (path, &dialect, cells, 1, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_false (written);
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "the disk is full"));
  g_assert_nonnull (strstr (error->message, path));
  g_autofree char *text = get (path);
  g_assert_cmpstr (text, ==, "old\n");
  tear_down (1);
}

static void test_permissions_are_kept (void) {
  g_autoptr (GError) error = NULL;
  static const char *const cells[] = { "new" };
  struct stat status;
  HubCsvDialect dialect = { 0 };
  set_up ();
  g_autofree char *path = put ("a.csv", "old\n", -1);
  g_assert_cmpint (g_chmod (path, 0604), ==, 0);
  if (getuid () == 0)
    g_assert_cmpint (chown (path, 12345, 12346), ==, 0);
  g_assert_true (write_rows (path, &dialect, cells, 1, &error));
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0604);
  g_assert_cmpint (status.st_uid, ==, getuid () == 0 ? 12345 : getuid ());
  g_autofree char *fresh = g_build_filename (folder, "b.csv", NULL);
  mode_t mask = umask (027);
  g_assert_true (write_rows (fresh, &dialect, cells, 1, &error));
  umask (mask);
  g_assert_cmpint (stat (fresh, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0640);
  tear_down (2);
}

static void test_a_link_stays_and_its_file_is_written (void) {
  g_autoptr (GError) error = NULL;
  static const char *const cells[] = { "new" };
  HubCsvDialect dialect = { 0 };
  set_up ();
  g_autofree char *path = put ("a.csv", "old\n", -1);
  g_autofree char *link = g_build_filename (folder, "link.csv", NULL);
  g_assert_cmpint (symlink ("a.csv", link), ==, 0);
  g_assert_true (write_rows (link, &dialect, cells, 1, &error));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_autofree char *text = get (path);
  g_assert_cmpstr (text, ==, "new\nnew\n");
  tear_down (2);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv-file/rows-are-split-as-they-were-meant", test_rows_are_split_as_they_were_meant);
  g_test_add_func ("/csv-file/what-the-user-says-holds", test_what_the_user_says_of_the_dialect_holds);
  g_test_add_func ("/csv-file/windows-1252-is-found", test_windows_1252_is_found_and_read);
  g_test_add_func ("/csv-file/one-late-byte-decides-the-encoding",
                   test_one_late_byte_decides_the_encoding_of_the_whole_file);
  g_test_add_func ("/csv-file/bad-files-are-refused", test_bad_files_are_refused_with_place_and_remedy);
  g_test_add_func ("/csv-file/paths-that-are-no-file-are-refused", test_paths_that_are_no_file_are_refused);
  g_test_add_func ("/csv-file/no-permission-is-refused",
                   test_a_file_that_may_not_be_read_or_written_is_refused);
  g_test_add_func ("/csv-file/a-huge-row-is-refused", test_a_row_larger_than_16_mib_is_refused);
  g_test_add_func ("/csv-file/reading-goes-back-to-a-row", test_reading_goes_back_to_a_row);
  g_test_add_func ("/csv-file/reading-can-be-cancelled", test_reading_stops_when_it_is_cancelled);
  g_test_add_func ("/csv-file/what-is-written-is-read-the-same", test_what_is_written_is_read_again_the_same);
  g_test_add_func ("/csv-file/quotes-only-where-needed", test_cells_are_quoted_only_where_they_must);
  g_test_add_func ("/csv-file/a-single-empty-cell-is-a-row", test_a_single_empty_cell_is_a_row);
  g_test_add_func ("/csv-file/a-missing-character-is-named",
                   test_a_character_that_windows_1252_lacks_is_named);
  g_test_add_func ("/csv-file/giving-up-leaves-no-trace", test_a_writer_given_up_leaves_no_trace);
  g_test_add_func ("/csv-file/a-full-disk-leaves-the-old-file", test_a_full_disk_leaves_the_old_file);
  g_test_add_func ("/csv-file/permissions-are-kept", test_permissions_are_kept);
  g_test_add_func ("/csv-file/a-link-stays", test_a_link_stays_and_its_file_is_written);
  return g_test_run ();
}
