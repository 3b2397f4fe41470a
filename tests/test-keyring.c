/* test-keyring.c: the keyring against a real gnome-keyring-daemon on a private bus: open, locked, absent, restarted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is tested runs in a child, this program itself with “child” as its argument: libsecret finds its bus and backend
 * once a process, from the environment. It takes one command a line and answers each with a line. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include "error.h"
#include "keyring.h"

#define ID "d0c5e3f4-9d6c-4c5b-8b67-6f1d1f1b9a10"
#define SECRET "sk_test_CANARY_1234567890"

/* The child */

static gpointer cancel_soon (gpointer cancellable) {
  g_usleep (100 * 1000); /* in the middle of a call that never ends by itself */
  g_cancellable_cancel (cancellable);
  return NULL;
}

static char *obey (char **words) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *secret = g_strv_length (words) == 4 ? g_strcompress (words[3]) : NULL;
  g_autofree char *escaped = NULL;
  char *found = NULL;
  gboolean ok = FALSE;
  if (g_str_equal (words[0], "store"))
    ok = hub_keyring_store (words[1], words[2], secret, cancellable, &error);
  else if (g_str_equal (words[0], "remove"))
    ok = hub_keyring_remove (words[1], cancellable, &error);
  else {
    GThread *thread = g_str_equal (words[0], "cancel") ? g_thread_new (NULL, cancel_soon, cancellable) : NULL;
    found = hub_keyring_lookup (words[1], words[2], cancellable, &error);
    ok = found != NULL;
    if (thread != NULL)
      g_thread_join (thread);
  }
  g_assert_cmpint (ok, ==, error == NULL);
  escaped = g_strescape (found ? found : "", NULL);
  hub_secret_free (found);
  if (ok)
    return g_strdup_printf ("ok %s", escaped);
  return g_strdup_printf ("%s %d %s", g_quark_to_string (error->domain), error->code, error->message);
}

/* As in the program: in a worker thread, without a main loop. */
static gpointer child (gpointer unused) {
  char line[16384];
  while (fgets (line, sizeof line, stdin) != NULL) {
    g_auto (GStrv) words = g_strsplit (g_strchomp (line), "\t", -1);
    g_autofree char *answer = obey (words);
    puts (answer);
    fflush (stdout);
  }
  return NULL;
}

/* A desktop of its own: folders, a bus that starts nothing by itself, a daemon */

typedef struct {
  char *folder, *address;
  GSubprocess *bus, *daemon, *child;
  GDBusConnection *connection;
  GDataInputStream *answers;
} Desk;

static GSubprocess *spawn (Desk *desk, GSubprocessFlags flags, const char *const *argv) {
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_build_filename (desk->folder, "data", NULL);
  g_autofree char *file = g_build_filename (desk->folder, "file.keyring", NULL);
  g_subprocess_launcher_setenv (launcher, "HOME", desk->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", desk->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", data, TRUE);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", desk->address, TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_FILE_TEST_PATH", file, TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_FILE_TEST_PASSWORD", "of the file", TRUE);
  if (g_str_equal (argv[0], "gnome-keyring-daemon"))
    g_subprocess_launcher_unsetenv (launcher, "G_DEBUG"); /* its own warnings must not end it */
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (launcher, "WAYLAND_DISPLAY");
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

static void start_bus (Desk *desk) {
  static const char CONFIG[] = "<busconfig><type>session</type><listen>unix:tmpdir=%s</listen>"
                               "<policy context='default'><allow send_destination='*' eavesdrop='true'/>"
                               "<allow eavesdrop='true'/><allow own='*'/></policy></busconfig>";
  g_autoptr (GError) error = NULL;
  g_autofree char *config = g_build_filename (desk->folder, "bus.conf", NULL);
  g_autofree char *text = g_strdup_printf (CONFIG, desk->folder);
  g_autofree char *option = g_strconcat ("--config-file=", config, NULL);
  const char *const argv[] = { "dbus-daemon", "--nofork", "--print-address", option, NULL };
  g_file_set_contents (config, text, -1, &error);
  g_assert_no_error (error);
  desk->bus = spawn (desk, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, argv);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (desk->bus));
  g_free (desk->address);
  desk->address = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  desk->connection = g_dbus_connection_new_for_address_sync (
      desk->address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, &error);
  g_assert_no_error (error);
}

static GVariant *call_service (Desk *desk, const char *method, GVariant *parameters) {
  return g_dbus_connection_call_sync (desk->connection, "org.freedesktop.secrets", "/org/freedesktop/secrets",
                                      "org.freedesktop.Secret.Service", method, parameters, NULL,
                                      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
}

/* Starts the daemon and waits until it answers; with a @password also until its collection is there and open. */
static void start_daemon (Desk *desk, const char *password) {
  const char *const argv[] = { "gnome-keyring-daemon", "--foreground", "--components=secrets",
                               password ? "--unlock" : NULL, NULL };
  gboolean ready = FALSE;
  desk->daemon = spawn (desk,
                        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                            | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        argv);
  GOutputStream *input = g_subprocess_get_stdin_pipe (desk->daemon);
  if (password != NULL)
    g_assert_true (g_output_stream_write_all (input, password, strlen (password), NULL, NULL, NULL));
  g_output_stream_close (input, NULL, NULL);
  while (!ready) {
    g_autoptr (GVariant) alias = call_service (desk, "ReadAlias", g_variant_new ("(s)", "default"));
    const char *path = NULL;
    if (alias != NULL)
      g_variant_get (alias, "(&o)", &path);
    ready = path != NULL && (password == NULL || !g_str_equal (path, "/"));
    if (!ready)
      g_usleep (10 * 1000);
  }
}

static void stop (GSubprocess **process) {
  if (*process == NULL)
    return;
  g_subprocess_send_signal (*process, SIGCONT);
  g_subprocess_send_signal (*process, SIGTERM);
  g_subprocess_wait (*process, NULL, NULL);
  g_clear_object (process);
}

static void start_child (Desk *desk) {
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *const argv[] = { self, "child", NULL };
  desk->child = spawn (desk, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  desk->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (desk->child));
}

static void desk_open (Desk *desk) {
  g_autoptr (GError) error = NULL;
  desk->folder = g_dir_make_tmp ("test-keyring-XXXXXX", &error);
  g_assert_no_error (error);
  desk->address = g_strdup ("disabled:");
}

static void desk_close (Desk *desk) {
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "rm", "-r", desk->folder, NULL };
  if (desk->child != NULL) {
    g_output_stream_close (g_subprocess_get_stdin_pipe (desk->child), NULL, NULL);
    g_assert_true (
        g_subprocess_wait_check (desk->child, NULL, &error)); /* no leak and no warning in it either */
    g_assert_no_error (error);
    g_clear_object (&desk->child);
  }
  g_clear_object (&desk->answers);
  stop (&desk->daemon);
  g_clear_object (&desk->connection);
  stop (&desk->bus);
  g_autoptr (GSubprocess) rm = spawn (desk, G_SUBPROCESS_FLAGS_NONE, argv);
  g_assert_true (g_subprocess_wait_check (rm, NULL, NULL));
  g_free (desk->folder);
  g_free (desk->address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Desk, desk_close)

static char *ask (Desk *desk, const char *command) {
  g_autofree char *line = g_strconcat (command, "\n", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTimer) timer = g_timer_new ();
  if (desk->child == NULL)
    start_child (desk);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (desk->child), line, strlen (line), NULL, NULL,
                             &error);
  g_assert_no_error (error);
  char *answer = g_data_input_stream_read_line (desk->answers, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 50); /* nothing waits for a prompt */
  return answer;
}

static void assert_answer (Desk *desk, const char *command, const char *expected) {
  g_autofree char *answer = ask (desk, command);
  g_assert_cmpstr (answer, ==, expected);
}

/* The error is HUB_ERROR_KEYRING, one line, and says @part. */
static void assert_refused (Desk *desk, const char *command, const char *part) {
  g_autofree char *start = g_strdup_printf ("%s %d ", g_quark_to_string (HUB_ERROR), HUB_ERROR_KEYRING);
  g_autofree char *answer = ask (desk, command);
  g_test_message ("%s", answer);
  g_assert_true (g_str_has_prefix (answer, start));
  g_assert_nonnull (strstr (answer, part));
  g_assert_null (strstr (answer, "CANARY"));
}

static const char STORE[] = "store\t" ID "\tBoutique\t" SECRET;
static const char LOOKUP[] = "lookup\t" ID "\tBoutique";
static const char REMOVE[] = "remove\t" ID;

static void assert_all_refused (Desk *desk, const char *part) {
  assert_refused (desk, STORE, part);
  assert_refused (desk, LOOKUP, part);
  assert_refused (desk, REMOVE, part);
}

static gboolean skip_without_daemon (void) {
  g_autofree char *bus = g_find_program_in_path ("dbus-daemon");
  g_autofree char *daemon = g_find_program_in_path ("gnome-keyring-daemon");
  if (bus != NULL && daemon != NULL)
    return FALSE;
  g_test_skip ("dbus-daemon or gnome-keyring-daemon is not installed");
  return TRUE;
}

/* Tests */

static void exercise (Desk *desk) {
  g_autoptr (GString) key_file = g_string_new ("{\\n  \\\"private_key\\\": \\\"");
  g_autofree char *store = NULL, *found = NULL;
  assert_refused (desk, LOOKUP,
                  "the key of account “Boutique” is not in the keyring; remove the account and add it again");
  assert_answer (desk, STORE, "ok ");
  assert_answer (desk, LOOKUP, "ok " SECRET);
  assert_answer (desk, "store\t" ID "\tBoutique\trk_test_2", "ok "); /* replaces */
  assert_answer (desk, LOOKUP, "ok rk_test_2");
  for (int i = 0; i < 2500; i++)
    g_string_append_c (key_file, 'A' + i % 26);
  g_string_append (key_file, "\\n\\303\\251\\\"}");
  store = g_strdup_printf ("store\tother\tComptabilité\t%s", key_file->str);
  found = g_strdup_printf ("ok %s", key_file->str);
  assert_answer (desk, store, "ok ");
  assert_answer (desk, "lookup\tother\tCompta", found);
  assert_answer (desk, LOOKUP, "ok rk_test_2");
  assert_answer (desk, REMOVE, "ok ");
  assert_refused (desk, LOOKUP, "“Boutique”");
  assert_answer (desk, REMOVE, "ok "); /* what is gone is gone */
  assert_answer (desk, "lookup\tother\tCompta", found);
}

static void test_an_open_keyring_keeps_finds_and_removes (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  start_daemon (&desk, "password");
  exercise (&desk);
}

static void test_the_encrypted_file_of_a_sandbox_works_too (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  g_autofree char *asan = g_strdup (g_getenv ("ASAN_OPTIONS"));
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE); /* libsecret 0.20 leaks the file's etag at every write */
  start_child (&desk);
  g_setenv ("ASAN_OPTIONS", asan ? asan : "", TRUE);
  g_unsetenv ("SECRET_BACKEND");
  exercise (&desk);
}

static void test_a_locked_keyring_says_so_without_waiting (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  start_daemon (&desk, "password");
  assert_answer (&desk, STORE, "ok ");
  g_autoptr (GVariant) locked = call_service (
      &desk, "Lock", g_variant_new_parsed ("([objectpath '/org/freedesktop/secrets/aliases/default'],)"));
  g_assert_nonnull (locked);
  assert_all_refused (&desk, "the keyring is locked; unlock it");
}

static void test_without_a_default_the_login_keyring_is_used (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  start_daemon (&desk, "password");
  g_autoptr (GVariant) removed =
      call_service (&desk, "SetAlias", g_variant_new_parsed ("('default', objectpath '/')"));
  g_assert_nonnull (removed);
  assert_answer (&desk, STORE, "ok ");
  assert_answer (&desk, LOOKUP, "ok " SECRET);
  g_autoptr (GVariant) locked = call_service (
      &desk, "Lock", g_variant_new_parsed ("([objectpath '/org/freedesktop/secrets/collection/login'],)"));
  g_assert_nonnull (locked);
  assert_all_refused (&desk, "the keyring is locked; unlock it");
}

/* As after a login over ssh: the daemon runs, and nobody gave it the password. The child saw it open before. */
static void test_a_daemon_that_starts_locked_or_open_again_is_noticed (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  start_daemon (&desk, "password");
  assert_answer (&desk, STORE, "ok ");
  stop (&desk.daemon);
  assert_all_refused (&desk, "no keyring is running; log in");
  start_daemon (&desk, NULL);
  assert_all_refused (&desk, "the keyring is locked; unlock it");
  stop (&desk.daemon);
  start_daemon (&desk, "password");
  assert_answer (&desk, LOOKUP, "ok " SECRET);
}

static void test_a_daemon_without_any_keyring_says_how_to_get_one (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  start_daemon (&desk, NULL);
  assert_refused (&desk, STORE, "there is no keyring yet");
  assert_refused (&desk, LOOKUP, "“Boutique” is not in the keyring");
}

static void test_a_bus_without_a_daemon_says_how_to_get_one (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  assert_all_refused (&desk, "no keyring is running; log in");
}

static void test_no_bus_at_all_is_no_keyring (void) {
  static const char *const addresses[] = { "disabled:", "unix:path=/nonexistent/bus", "nonsense" };
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_auto (Desk) desk = { 0 };
    desk_open (&desk);
    g_free (desk.address);
    desk.address = g_strdup (addresses[i]);
    assert_all_refused (&desk, "the keyring does not answer; log in");
  }
}

static void test_a_daemon_that_hangs_can_be_cancelled (void) {
  g_auto (Desk) desk = { 0 };
  g_autofree char *expected =
      g_strdup_printf ("%s %d ", g_quark_to_string (G_IO_ERROR), G_IO_ERROR_CANCELLED);
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  start_bus (&desk);
  start_daemon (&desk, "password");
  g_subprocess_send_signal (desk.daemon, SIGSTOP);
  g_autofree char *answer = ask (&desk, "cancel\t" ID "\tBoutique");
  g_assert_true (g_str_has_prefix (answer, expected));
}

static void test_the_secret_is_nowhere_in_plain_text (void) {
  g_auto (Desk) desk = { 0 };
  desk_open (&desk);
  if (skip_without_daemon ())
    return;
  const char *const argv[] = { "grep", "-rl", "CANARY", desk.folder, NULL };
  start_bus (&desk);
  start_daemon (&desk, "password");
  assert_answer (&desk, STORE, "ok ");
  assert_answer (&desk, LOOKUP, "ok " SECRET);
  stop (&desk.daemon); /* all is written by then */
  g_autoptr (GSubprocess) grep = spawn (&desk, G_SUBPROCESS_FLAGS_STDERR_SILENCE, argv);
  g_autofree char *kept = g_build_filename (desk.folder, "data", "keyrings", "login.keyring", NULL);
  g_subprocess_wait (grep, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (grep), ==, 1);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
}

static void test_freeing_no_secret_is_harmless (void) {
  hub_secret_free (NULL);
  hub_secret_free (g_strdup (""));
}

int main (int argc, char **argv) {
  if (argc == 2 && g_str_equal (argv[1], "child")) {
    g_thread_join (g_thread_new ("worker", child, NULL));
    return 0;
  }
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/keyring/" #name, test_##name)
  ADD (an_open_keyring_keeps_finds_and_removes);
  ADD (the_encrypted_file_of_a_sandbox_works_too);
  ADD (a_locked_keyring_says_so_without_waiting);
  ADD (without_a_default_the_login_keyring_is_used);
  ADD (a_daemon_that_starts_locked_or_open_again_is_noticed);
  ADD (a_daemon_without_any_keyring_says_how_to_get_one);
  ADD (a_bus_without_a_daemon_says_how_to_get_one);
  ADD (no_bus_at_all_is_no_keyring);
  ADD (a_daemon_that_hangs_can_be_cancelled);
  ADD (the_secret_is_nowhere_in_plain_text);
  ADD (freeing_no_secret_is_harmless);
  return g_test_run ();
}
