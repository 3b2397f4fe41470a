/* error.h: the reasons for which something can fail, as the rest of the program tells them apart.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <glib.h>

#define HUB_ERROR (hub_error_quark ())

/* The store keeps these numbers: a new one comes last. */
typedef enum {
  HUB_ERROR_USAGE,       /* the command line was used wrongly */
  HUB_ERROR_INVALID,     /* a file or a definition is wrong; nothing was changed */
  HUB_ERROR_NOT_FOUND,   /* a name that does not exist */
  HUB_ERROR_CREDENTIALS, /* the service refused the key: the user must act */
  HUB_ERROR_KEYRING,     /* the keyring is missing or locked: the user must act */
  HUB_ERROR_PERMISSION,  /* the key may not read or write this object: the user must act */
  HUB_ERROR_NETWORK,     /* the service could not be reached, and nothing was accepted */
  HUB_ERROR_LOST,        /* a write may or may not have been accepted: look it up before writing again */
  HUB_ERROR_SERVICE,     /* the service answered something that cannot be used */
  HUB_ERROR_RECORD,      /* one record cannot be delivered; the others can */
  HUB_ERROR_STORE,       /* the local database failed */
  HUB_ERROR_FILE,        /* a local file cannot be read or written */
  HUB_ERROR_BUSY,        /* another process runs this integration */
  HUB_ERROR_FIELD,       /* a field that the mapping needs is gone: the user must act */
} HubError;

/* The GError domain of HubError. */
GQuark hub_error_quark (void);

/* Whether @error can only be mended by the user: a refused key, a missing permission, a locked keyring, a field that is gone. */
gboolean hub_error_needs_user (const GError *error);

/* Whether Flatpak runs the program: the only files of the user that are there were chosen in a file chooser. */
gboolean hub_is_sandboxed (void);
