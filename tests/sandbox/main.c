/* main.c: hub-sandbox, services on loopback for tests, benchmarks and ./dev run.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prints one line of JSON with the origins, then serves until its standard input ends or SIGTERM comes. */
#include "control.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#define N_CRMS 3

static int payments = 120;
static int latency;
static char *key_file;
static gboolean quota;

static const GOptionEntry options[] = {
  { "payments", 0, 0, G_OPTION_ARG_INT, &payments, "How many payment intents there are", "N" },
  { "latency", 0, 0, G_OPTION_ARG_INT, &latency, "How long each answer takes", "MS" },
  { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &key_file, "Where to write a service account's key", "PATH" },
  { "quota", 0, 0, G_OPTION_ARG_NONE, &quota, "Allow 60 reads and 60 writes of Sheets a minute", NULL },
  { NULL },
};

/* Answers everything, so that what reaches it can be looked at. */
static void handle_elsewhere (gpointer service, const Request *request, Answer *answer) {
  answer_set (answer, 200, "{}\n");
}

static gboolean on_input (int fd, GIOCondition condition, gpointer loop) {
  char bytes[256];

  if (read (fd, bytes, sizeof bytes) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean on_signal (gpointer loop) {
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean start (Sandbox *sandbox, Stripe *stripe, Google *google, Crm **crms, Control *control,
                       GError **error) {
  const char *stripe_origin = sandbox_add_service (sandbox, "stripe", stripe_handle, stripe, error);
  const char *google_origin =
      stripe_origin ? sandbox_add_service (sandbox, "google", google_handle, google, error) : NULL;
  const char *elsewhere =
      google_origin ? sandbox_add_service (sandbox, "elsewhere", handle_elsewhere, NULL, error) : NULL;
  const char *origins[N_CRMS] = { NULL };
  for (guint i = 0; elsewhere && i < N_CRMS; i++) {
    origins[i] = sandbox_add_service (sandbox, crms[i]->service, crm_handle, crms[i], error);
    if (!origins[i])
      return FALSE;
    sandbox_set_fail (sandbox, crms[i]->service, crms[i]->fail);
  }
  const char *control_origin = elsewhere ? control_listen (control, error) : NULL;

  if (!control_origin || (key_file && !google_write_key_file (google, google_origin, key_file, error)))
    return FALSE;
  g_print ("{\"stripe\":\"%s\",\"google\":\"%s\",\"control\":\"%s\",\"elsewhere\":\"%s\"", stripe_origin,
           google_origin, control_origin, elsewhere);
  for (guint i = 0; i < N_CRMS; i++)
    g_print (",\"%s\":\"%s\"", crms[i]->service, origins[i]);
  g_print ("}\n");
  fflush (stdout);
  return TRUE;
}

int main (int argc, char **argv) {
  g_autoptr (GOptionContext) context = g_option_context_new ("— Stripe and Google Sheets on loopback");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGTERM);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || payments < 0 || latency < 0) {
    g_printerr ("%s\n", error ? error->message : "a number is negative");
    return 2;
  }
  Sandbox *sandbox = sandbox_new (latency);
  Stripe *stripe = stripe_new (payments);
  Google *google = google_new (quota);
  Crm *crms[N_CRMS + 1] = { mailchimp_new (), hubspot_new (), brevo_new (), NULL };
  for (guint i = 0; i < N_CRMS; i++)
    crms[i]->reset (crms[i]);
  Control *control = control_new (sandbox, stripe, google, crms);
  gboolean started = start (sandbox, stripe, google, crms, control, &error);
  if (started) {
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, loop);
    g_unix_signal_add (SIGTERM, on_signal, loop);
    g_unix_signal_add (SIGINT, on_signal, loop);
    g_main_loop_run (loop);
  } else {
    g_printerr ("%s\n", error->message);
  }
  GPtrArray *undocumented = sandbox_get_undocumented (sandbox);
  gboolean proper = undocumented->len == 0;
  for (guint i = 0; i < undocumented->len; i++)
    g_printerr ("undocumented: %s\n", (char *) undocumented->pdata[i]);
  control_free (control);
  sandbox_free (sandbox);
  stripe_free (stripe);
  google_free (google);
  for (guint i = 0; i < N_CRMS; i++)
    crm_free (crms[i]);
  g_free (key_file);
  return started && proper ? 0 : 1;
}
