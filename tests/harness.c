/* harness.c: starts the sandbox, makes a profile and runs the program in it; for tests, on the test's own thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <sys/wait.h>

struct _Harness {
  char *folder;
  char *key_path;
  char *key; /* (nullable) read when asked for */
  GSubprocess *sandbox;
  JsonNode *origins;
  GSubprocessLauncher *launcher; /* with the profile's environment */
  SoupSession *session;
};

static const char *get_program (const char *variable) {
  const char *path = g_getenv (variable);

  if (!path)
    g_error ("%s is not set; run this test through meson", variable);
  return path;
}

JsonNode *harness_parse (const char *text) {
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  if (!node)
    g_error ("not JSON: %s\n%s", error ? error->message : "empty", text);
  return node;
}

static void start_sandbox (Harness *harness, const char *const *options) {
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gsize length;

  g_ptr_array_add (arguments, (char *) get_program ("HUB_SANDBOX"));
  g_ptr_array_add (arguments, "--key-file");
  g_ptr_array_add (arguments, harness->key_path);
  for (guint i = 0; options && options[i]; i++)
    g_ptr_array_add (arguments, (char *) options[i]);
  g_ptr_array_add (arguments, NULL);
  harness->sandbox =
      g_subprocess_newv ((const char *const *) arguments->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (harness->sandbox));
  g_autofree char *line = g_data_input_stream_read_line_utf8 (output, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  harness->origins = harness_parse (line);
}

/* A folder of the profile, made, in the variable @name. */
static void set_folder (Harness *harness, const char *name, const char *folder) {
  g_autofree char *path = g_build_filename (harness->folder, folder, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  harness_setenv (harness, name, path);
}

static void make_profile (Harness *harness) {
  g_autofree char *keyring = g_build_filename (harness->folder, "keyring", NULL);

  harness->launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  set_folder (harness, "HOME", "home");
  set_folder (harness, "XDG_DATA_HOME", "data");
  set_folder (harness, "XDG_CONFIG_HOME", "config");
  set_folder (harness, "XDG_CACHE_HOME", "cache");
  set_folder (harness, "XDG_STATE_HOME", "state");
  set_folder (harness, "XDG_RUNTIME_DIR", "runtime");
  /* libsecret's file backend: a keyring without a daemon. */
  harness_setenv (harness, "SECRET_BACKEND", "file");
  harness_setenv (harness, "SECRET_FILE_TEST_PATH", keyring);
  harness_setenv (harness, "SECRET_FILE_TEST_PASSWORD", "harness");
  harness_setenv (harness, "DBUS_SESSION_BUS_ADDRESS", NULL);
  harness_setenv (harness, "LANGUAGE", NULL);
  harness_setenv (harness, "LC_ALL", "C.UTF-8");
}

Harness *harness_new (const char *const *options) {
  Harness *harness = g_new0 (Harness, 1);
  g_autoptr (GError) error = NULL;

  harness->folder = g_dir_make_tmp ("hub-test-XXXXXX", &error);
  g_assert_no_error (error);
  harness->key_path = g_build_filename (harness->folder, "google-key.json", NULL);
  harness->session = soup_session_new ();
  start_sandbox (harness, options);
  make_profile (harness);
  return harness;
}

static void remove_tree (const char *path) {
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name (folder))) {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  }
  if (g_remove (path) != 0)
    g_test_message ("could not remove %s", path);
}

void harness_free (Harness *harness) {
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (harness->sandbox), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (harness->sandbox, NULL, &error));
  remove_tree (harness->folder);
  g_object_unref (harness->sandbox);
  g_object_unref (harness->launcher);
  g_object_unref (harness->session);
  json_node_unref (harness->origins);
  g_free (harness->key_path);
  g_free (harness->key);
  g_free (harness->folder);
  g_free (harness);
}

const char *harness_origin (Harness *harness, const char *name) {
  return json_object_get_string_member (json_node_get_object (harness->origins), name);
}

const char *harness_key_path (Harness *harness) {
  return harness->key_path;
}

const char *harness_key (Harness *harness) {
  g_autoptr (GError) error = NULL;

  if (!harness->key)
    g_file_get_contents (harness->key_path, &harness->key, NULL, &error);
  g_assert_no_error (error);
  return harness->key;
}

const char *harness_folder (Harness *harness) {
  return harness->folder;
}

void harness_setenv (Harness *harness, const char *name, const char *value) {
  if (value)
    g_subprocess_launcher_setenv (harness->launcher, name, value, TRUE);
  else
    g_subprocess_launcher_unsetenv (harness->launcher, name);
}

/* The control port. */

static JsonNode *ask (Harness *harness, const char *method, const char *path, const char *body) {
  g_autofree char *url = g_strconcat (harness_origin (harness, "control"), path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) sent = body ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  if (sent)
    soup_message_set_request_body_from_bytes (message, "application/json", sent);
  g_autoptr (GBytes) got = soup_session_send_and_read (harness->session, message, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *text = g_strndup (g_bytes_get_data (got, NULL), g_bytes_get_size (got));
  if (soup_message_get_status (message) != SOUP_STATUS_OK)
    g_error ("%s %s: %s", method, path, text);
  return harness_parse (text);
}

JsonNode *harness_get (Harness *harness, const char *path) {
  return ask (harness, "GET", path, NULL);
}

void harness_post (Harness *harness, const char *path, const char *format, ...) {
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *body = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autoptr (JsonNode) node = ask (harness, "POST", path, body);
}

void harness_delete (Harness *harness, const char *path) {
  g_autoptr (JsonNode) node = ask (harness, "DELETE", path, NULL);
}

GPtrArray *harness_requests (Harness *harness, const char *service, const char *method) {
  g_autoptr (JsonNode) node = harness_get (harness, "/requests");
  GPtrArray *chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  JsonArray *all = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *request = json_array_get_object_element (all, i);
    if ((!service || g_str_equal (json_object_get_string_member (request, "service"), service))
        && (!method || g_str_equal (json_object_get_string_member (request, "method"), method)))
      g_ptr_array_add (chosen, json_object_ref (request));
  }
  return chosen;
}

JsonObject *harness_sheet (Harness *harness, const char *sheet) {
  g_autofree char *escaped = g_uri_escape_string (sheet, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/sheet?spreadsheet=sheet-1&sheet=", escaped, NULL);
  g_autoptr (JsonNode) node = harness_get (harness, path);

  return json_node_dup_object (node);
}

/* The program. */

void harness_result_clear (HarnessResult *result) {
  g_clear_pointer (&result->out, g_free);
  g_clear_pointer (&result->err, g_free);
  result->status = 0;
}

static GSubprocess *spawn (Harness *harness, const char *const *arguments, GSubprocessFlags flags) {
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (all, (char *) get_program ("HUB_PROGRAM"));
  for (guint i = 0; arguments[i]; i++)
    g_ptr_array_add (all, (char *) arguments[i]);
  g_ptr_array_add (all, NULL);
  g_subprocess_launcher_set_flags (harness->launcher, flags);
  GSubprocess *process =
      g_subprocess_launcher_spawnv (harness->launcher, (const char *const *) all->pdata, &error);
  g_assert_no_error (error);
  return process;
}

GSubprocess *harness_spawn (Harness *harness, const char *const *arguments) {
  return spawn (harness, arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
}

static void run (Harness *harness, HarnessResult *result, const char *input, const char *const *arguments) {
  g_autoptr (GSubprocess) process =
      spawn (harness, arguments,
             G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GError) error = NULL;

  harness_result_clear (result);
  g_subprocess_communicate_utf8 (process, input ? input : "", NULL, &result->out, &result->err, &error);
  g_assert_no_error (error);
  result->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
}

static GPtrArray *collect_arguments (va_list list) {
  GPtrArray *arguments = g_ptr_array_new ();
  const char *argument;

  do {
    argument = va_arg (list, const char *);
    g_ptr_array_add (arguments, (char *) argument);
  } while (argument);
  return arguments;
}

void harness_run (Harness *harness, HarnessResult *result, const char *input, ...) {
  va_list list;

  va_start (list, input);
  g_autoptr (GPtrArray) arguments = collect_arguments (list);
  va_end (list);
  run (harness, result, input, (const char *const *) arguments->pdata);
}

void harness_expect (Harness *harness, int status, HarnessResult *result, const char *input, ...) {
  va_list list;

  va_start (list, input);
  g_autoptr (GPtrArray) arguments = collect_arguments (list);
  va_end (list);
  run (harness, result, input, (const char *const *) arguments->pdata);
  if (result->status != status)
    g_error ("%s: exit status %d instead of %d\n%s%s", (char *) g_ptr_array_index (arguments, 0),
             result->status, status, result->out, result->err);
}
