/* main.c: the program's two faces: the window without arguments, the command line with.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <locale.h>

#include "application.h"
#include "cli.h"

int main (int argc, char **argv) {
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, HUB_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("integration-hub");
  g_log_writer_default_set_use_stderr (TRUE); /* standard output is for what was asked */
  gboolean window = argc < 2 || g_str_equal (argv[1], "--gapplication-service");
  return window ? hub_application_run (argc, argv) : hub_cli_main (argc, argv);
}
