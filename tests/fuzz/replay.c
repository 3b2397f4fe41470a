/* replay.c: runs a fuzz target once over every file of a folder, as an ordinary test.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

static const char *folder;

static void test_the_target_takes_every_file_of_the_corpus (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) files = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  guint n_files = 0;
  for (const char *name; (name = g_dir_read_name (files)) != NULL; n_files++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *contents = NULL;
    gsize length;
    g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
    g_autofree guint8 *data = g_memdup2 (contents, length); /* no NUL behind the last byte */
    g_test_message ("%s", name);
    g_assert_cmpint (LLVMFuzzerTestOneInput (data, length), ==, 0);
  }
  g_assert_cmpuint (n_files, >, 0);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  folder = argv[1];
  g_test_add_func ("/fuzz/corpus", test_the_target_takes_every_file_of_the_corpus);
  return g_test_run ();
}
