/* main.c: the program's two faces: the window without arguments, the command line with.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "cli.h"
#include "window.h"

/* Opens the standard streams that are closed, so that no file or socket of ours takes their place and gets what is printed;
 * writing to them goes on failing. */
static void occupy_streams (void) {
  int fd = open ("/dev/null", O_RDONLY);
  while (fd >= 0 && fd <= STDERR_FILENO)
    fd = open ("/dev/null", O_RDONLY);
  if (fd > STDERR_FILENO)
    close (fd);
}

int main (int argc, char **argv) {
  occupy_streams ();
  signal (SIGXFSZ, SIG_IGN); /* a file at its size limit is then an error like a full disk, not the end */
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, HUB_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("integration-hub");
  g_log_writer_default_set_use_stderr (TRUE); /* standard output is for what was asked */
  gboolean window = argc < 2 || g_str_equal (argv[1], "--gapplication-service");
  return window ? hub_application_run (argc, argv) : hub_cli_main (argc, argv);
}
