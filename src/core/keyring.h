/* keyring.h: secrets, in the desktop's keyring (Secret Service) and nowhere else. Blocking; any worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A missing or locked keyring is HUB_ERROR_KEYRING with a sentence that says what to do; nothing ever falls back to a file. */
#pragma once
#include <gio/gio.h>

/* Keeps @secret for the account @id; @label is what a keyring viewer shows. */
gboolean hub_keyring_store (const char *id, const char *label, const char *secret, GCancellable *cancellable,
                            GError **error);

/* Returns: (transfer full): free with hub_secret_free(); NULL with HUB_ERROR_KEYRING also when it is not there. */
char *hub_keyring_lookup (const char *id, const char *label, GCancellable *cancellable, GError **error);

gboolean hub_keyring_remove (const char *id, GCancellable *cancellable, GError **error);

/* Overwrites and frees a secret. */
void hub_secret_free (char *secret);
