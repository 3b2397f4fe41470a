/* gaps.c: preloaded into the window, measures how long each turn of its main loop takes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIGUSR1 begins a measurement, SIGUSR2 writes what was found to the file HUB_GAPS: a line for each turn, in microseconds. */
#include <glib-unix.h>

#define TURN_MS 1 /* the loop never sleeps longer */

static GArray *gaps; /* (element-type gint64) */
static gint64 last;

static gboolean on_prepare (GSource *source, int *timeout) {
  *timeout = TURN_MS;
  return FALSE;
}

static gboolean on_begin (gpointer data) {
  g_clear_pointer (&gaps, g_array_unref);
  gaps = g_array_sized_new (FALSE, FALSE, sizeof (gint64), 1 << 20);
  last = 0;
  return G_SOURCE_CONTINUE;
}

static gboolean on_end (gpointer data) {
  g_autoptr (GString) lines = g_string_new (NULL);
  for (guint i = 0; gaps && i < gaps->len; i++)
    g_string_append_printf (lines, "%" G_GINT64_FORMAT "\n", g_array_index (gaps, gint64, i));
  g_clear_pointer (&gaps, g_array_unref);
  if (!g_file_set_contents (g_getenv ("HUB_GAPS"), lines->str, (gssize) lines->len, NULL))
    g_printerr ("gaps: the file HUB_GAPS cannot be written\n");
  return G_SOURCE_CONTINUE;
}

/* Called once in every turn, after the loop has slept. */
static gboolean on_check (GSource *source) {
  static gboolean listening;
  if (!listening) { /* not earlier: it starts a thread */
    g_unix_signal_add (SIGUSR1, on_begin, NULL);
    g_unix_signal_add (SIGUSR2, on_end, NULL);
    listening = TRUE;
  }
  gint64 now = g_get_monotonic_time (), gap = now - last;
  if (last > 0 && gaps)
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
