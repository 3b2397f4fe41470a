/* gaps.c: preloaded into the window, measures how long each turn of its main loop takes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIGUSR1 begins a measurement, SIGUSR2 writes what was found to the file HUB_GAPS: a line for each turn: how
 * long it took without waiting for a processor that others had, and for how long of that the loop's own thread
 * worked, in microseconds. */
#include <fcntl.h>
#include <glib-unix.h>
#include <time.h>

#define TURN_MS 1 /* the loop never sleeps longer */

typedef struct {
  gint64 passed, worked;
} Gap;

static GArray *gaps; /* (element-type Gap) */
static Gap last;

static gboolean on_prepare (GSource *source, int *timeout) {
  *timeout = TURN_MS;
  return FALSE;
}

static gboolean on_begin (gpointer data) {
  g_clear_pointer (&gaps, g_array_unref);
  gaps = g_array_sized_new (FALSE, FALSE, sizeof (Gap), 1 << 20);
  last.passed = 0;
  return G_SOURCE_CONTINUE;
}

static gboolean on_end (gpointer data) {
  g_autoptr (GString) lines = g_string_new (NULL);
  for (guint i = 0; gaps && i < gaps->len; i++) {
    const Gap *gap = &g_array_index (gaps, Gap, i);
    g_string_append_printf (lines, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", gap->passed, gap->worked);
  }
  g_clear_pointer (&gaps, g_array_unref);
  if (!g_file_set_contents (g_getenv ("HUB_GAPS"), lines->str, (gssize) lines->len, NULL))
    g_printerr ("gaps: the file HUB_GAPS cannot be written\n");
  return G_SOURCE_CONTINUE;
}

/* For how long this thread was ready and others had the processor, in microseconds; 0 where the kernel does not tell. */
static gint64 read_waited (void) {
  static int file = -2;
  char text[96];
  if (file == -2)
    file = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  gssize length = file < 0 ? 0 : pread (file, text, sizeof text - 1, 0);
  text[MAX (length, 0)] = 0;
  const char *second = strchr (text, ' ');
  return second ? g_ascii_strtoll (second, NULL, 10) / 1000 : 0;
}

/* Called once in every turn, after the loop has slept. */
static gboolean on_check (GSource *source) {
  static gboolean listening;
  if (!listening) { /* not earlier: it starts a thread */
    g_unix_signal_add (SIGUSR1, on_begin, NULL);
    g_unix_signal_add (SIGUSR2, on_end, NULL);
    listening = TRUE;
  }
  struct timespec work;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &work);
  Gap now = { g_get_monotonic_time () - read_waited (), work.tv_sec * G_USEC_PER_SEC + work.tv_nsec / 1000 };
  Gap gap = { now.passed - last.passed, now.worked - last.worked };
  if (last.passed > 0 && gaps)
    g_array_append_val (gaps, gap);
  last = now;
  return FALSE;
}

static gboolean on_dispatch (GSource *source, GSourceFunc callback, gpointer data) {
  return G_SOURCE_CONTINUE;
}

__attribute__ ((constructor)) static void start (void) {
  static GSourceFuncs functions = { on_prepare, on_check, on_dispatch, NULL, NULL, NULL };
  if (!g_getenv ("HUB_GAPS"))
    return;
  GSource *source = g_source_new (&functions, sizeof (GSource));
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);
}
