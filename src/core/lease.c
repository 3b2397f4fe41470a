/* lease.c: the right to run an integration.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "lease.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "error.h"
#include "store.h"

struct _HubLease {
  int fd;
};

HubLease *hub_lease_take (gint64 id, const char *name, GError **error) {
  g_autofree char *folder = hub_store_folder (error);
  if (folder == NULL)
    return NULL;
  g_autofree char *path = g_build_filename (folder, "hub.lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock byte = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1 };
  if (fd >= 0 && fcntl (fd, F_OFD_SETLK, &byte) == 0) {
    HubLease *lease = g_new0 (HubLease, 1);
    lease->fd = fd;
    return lease;
  }
  int problem = errno;
  if (fd >= 0)
    close (fd);
  if (problem == EAGAIN || problem == EACCES)
    g_set_error (error, HUB_ERROR, HUB_ERROR_BUSY,
                 _ ("“%s” is running already; wait until that run is over, or cancel it"), name);
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_STORE, _ ("cannot lock %s: %s; make it writable for you"), path,
                 g_strerror (problem));
  return NULL;
}

void hub_lease_release (HubLease *lease) {
  close (lease->fd);
  g_free (lease);
}
