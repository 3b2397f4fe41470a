/* catalogue.c: preloaded into the window, has it look for its translations where they were built, not where they will be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

char *bindtextdomain (const char *domain, const char *folder) {
  char *(*bind) (const char *, const char *) =
      (char *(*) (const char *, const char *) ) dlsym (RTLD_NEXT, "bindtextdomain");
  const char *built = getenv ("HUB_LOCALEDIR");

  return bind (domain, built && folder && strcmp (domain, GETTEXT_PACKAGE) == 0 ? built : folder);
}
