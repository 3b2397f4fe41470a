/* budget.c: how many requests an account may send.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file: when the service wants the next request, then for each of the manifest's budgets a ring: the number of requests so
 * far and the times of the last ones. All times are of the monotonic clock, which processes share. */
#include "budget.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "error.h"

#define LONGEST (120 * G_USEC_PER_SEC)
#define GRACE 10000             /* microseconds: clocks are not quite the same */
#define LOOK_AGAIN 15           /* milliseconds, for a connection to become free */
#define TABLE ((off_t) 1 << 40) /* bytes of the locks: of the table, then of each budget's connections */
#define SLOTS 1000

struct _HubBudget {
  const HubManifest *manifest; /* (borrowed) */
  int fd;
  guint n_limits;
  gint64 *slots;  /* (owned) which connection of each budget is ours, or -1 */
  gint64 *places; /* (owned) where the time of our request stands for each budget, or 0 */
};

HubBudget *hub_budget_new (const HubManifest *manifest, const char *origin, const char *key, GError **error) {
  g_autofree char *text = g_strconcat (manifest->id, " ", origin, " ", key, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *folder = g_build_filename (g_get_user_runtime_dir (), "integration-hub", NULL);
  g_autofree char *path = g_strdup_printf ("%s/%.32s.budget", folder, hash);
  int fd = g_mkdir_with_parents (folder, 0700) == 0 ? open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (fd < 0) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("cannot open %s: %s; make it writable for you"), path,
                 g_strerror (errno));
    return NULL;
  }
  HubBudget *budget = g_new0 (HubBudget, 1);
  budget->manifest = manifest;
  budget->fd = fd;
  budget->n_limits = json_array_get_length (manifest->budgets);
  budget->slots = g_new (gint64, budget->n_limits);
  budget->places = g_new0 (gint64, budget->n_limits);
  for (guint i = 0; i < budget->n_limits; i++)
    budget->slots[i] = -1;
  return budget;
}

void hub_budget_free (HubBudget *budget) {
  close (budget->fd);
  g_free (budget->slots);
  g_free (budget->places);
  g_free (budget);
}

static gboolean lock (HubBudget *budget, int command, short type, off_t byte) {
  struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = TABLE + byte, .l_len = 1 };
  int result;
  do
    result = fcntl (budget->fd, command, &range);
  while (result < 0 && errno == EINTR);
  return result == 0;
}

/* A number of the file; what was never written, or was written before this computer started, is 0. */
static gint64 get_number (HubBudget *budget, gint64 index) {
  gint64 number = 0;
  gboolean read = pread (budget->fd, &number, sizeof number, index * sizeof number) == sizeof number;
  return read && number >= 0 ? number : 0;
}

static gboolean set_number (HubBudget *budget, gint64 index, gint64 number) {
  return pwrite (budget->fd, &number, sizeof number, index * sizeof number) == sizeof number;
}

/* A time of the file. */
static gint64 get_time (HubBudget *budget, gint64 index, gint64 now) {
  gint64 time = get_number (budget, index);
  return time <= now + LONGEST ? time : 0;
}

/* What is allowed by one of the manifest's budgets; 0: any number. */
typedef struct {
  gint64 requests, seconds, connections;
  gint64 place;     /* of its ring in the file */
  gboolean matches; /* it is about the path */
} Limit;

static Limit get_limit (const HubBudget *budget, guint index, const char *path) {
  Limit result = { .place = 1 };
  for (guint i = 0; i <= index; i++) {
    JsonObject *limit = json_array_get_object_element (budget->manifest->budgets, i);
    const char *pattern = hub_manifest_text (limit, "path");
    result.place += i > 0 ? 1 + result.requests : 0;
    result.requests = json_object_get_int_member_with_default (limit, "requests", 0);
    result.seconds = json_object_get_int_member_with_default (limit, "seconds", 1);
    result.connections = json_object_get_int_member_with_default (limit, "connections", 0);
    result.matches = pattern == NULL || g_regex_match_simple (pattern, path, 0, 0);
  }
  return result;
}

/* Takes a connection of budget @i if there is one free. */
static gboolean take_slot (HubBudget *budget, guint i, gint64 connections) {
  for (gint64 slot = 0; connections && budget->slots[i] < 0 && slot < connections; slot++)
    if (lock (budget, F_OFD_SETLK, F_WRLCK, 1 + i * SLOTS + slot))
      budget->slots[i] = slot;
  return connections == 0 || budget->slots[i] >= 0;
}

static void free_slots (HubBudget *budget) {
  for (guint i = 0; i < budget->n_limits; i++) {
    if (budget->slots[i] >= 0)
      lock (budget, F_OFD_SETLK, F_UNLCK, 1 + i * SLOTS + budget->slots[i]);
    budget->slots[i] = -1;
  }
}

/* How many microseconds to wait before a request of @path. For what is counted by the hour it makes no sense to wait: then the
 * service itself has to say whether the account may do more. */
static gint64 find_pause (HubBudget *budget, const char *path, gint64 now) {
  gint64 until = get_time (budget, 0, now);
  for (guint i = 0; i < budget->n_limits; i++) {
    const Limit limit = get_limit (budget, i, path);
    gint64 n = get_number (budget, limit.place);
    gint64 time = limit.seconds * G_USEC_PER_SEC + GRACE;
    if (limit.matches && limit.requests > 0 && n >= limit.requests)
      until = MAX (until, get_time (budget, limit.place + 1 + n % limit.requests, now) + time);
  }
  return until > now + LONGEST ? 0 : MAX (until - now, 0);
}

/* Counts a request of @path. */
static void count (HubBudget *budget, const char *path, gint64 now) {
  for (guint i = 0; i < budget->n_limits; i++) {
    const Limit limit = get_limit (budget, i, path);
    gint64 n = get_number (budget, limit.place);
    budget->places[i] = limit.matches && limit.requests > 0 ? limit.place + 1 + n % limit.requests : 0;
    if (budget->places[i] && set_number (budget, budget->places[i], now))
      set_number (budget, limit.place, n + 1);
  }
}

static gboolean take_slots (HubBudget *budget, const char *path) {
  for (guint i = 0; i < budget->n_limits; i++) {
    const Limit limit = get_limit (budget, i, path);
    if (limit.matches && !take_slot (budget, i, limit.connections))
      return FALSE;
  }
  return TRUE;
}

gboolean hub_budget_wait (gint64 milliseconds, GCancellable *cancellable, GError **error) {
  GPollFD cancelled;
  gboolean pollable = g_cancellable_make_pollfd (cancellable, &cancelled);
  g_poll (&cancelled, pollable, milliseconds);
  if (pollable)
    g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

gboolean hub_budget_enter (HubBudget *budget, const char *path, GCancellable *cancellable, GError **error) {
  for (;;) {
    gint64 pause = LOOK_AGAIN * 1000;
    if (take_slots (budget, path)) {
      lock (budget, F_OFD_SETLKW, F_WRLCK, 0);
      gint64 now = g_get_monotonic_time ();
      pause = find_pause (budget, path, now);
      if (pause == 0)
        count (budget, path, now);
      lock (budget, F_OFD_SETLK, F_UNLCK, 0);
      if (pause == 0)
        return TRUE;
    }
    if (!hub_budget_wait ((pause + 999) / 1000, cancellable, error)) {
      free_slots (budget);
      return FALSE;
    }
  }
}

/* The service has counted the request some time before now: from now on its time is over for sure when ours is. */
void hub_budget_leave (HubBudget *budget, gint64 hold) {
  gint64 now = g_get_monotonic_time ();
  lock (budget, F_OFD_SETLKW, F_WRLCK, 0);
  for (guint i = 0; i < budget->n_limits; i++)
    if (budget->places[i])
      set_number (budget, budget->places[i], now);
  if (hold > 0 && now + hold * 1000 > get_number (budget, 0))
    set_number (budget, 0, now + hold * 1000);
  lock (budget, F_OFD_SETLK, F_UNLCK, 0);
  free_slots (budget);
}
