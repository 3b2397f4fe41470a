/* error.c: the program's own GError domain.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"

/* clang-format off */
G_DEFINE_QUARK (hub-error, hub_error)
/* clang-format on */

gboolean hub_error_needs_user (const GError *error) {
  return g_error_matches (error, HUB_ERROR, HUB_ERROR_CREDENTIALS)
         || g_error_matches (error, HUB_ERROR, HUB_ERROR_PERMISSION)
         || g_error_matches (error, HUB_ERROR, HUB_ERROR_KEYRING)
         || g_error_matches (error, HUB_ERROR, HUB_ERROR_FIELD);
}

gboolean hub_is_sandboxed (void) {
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}
