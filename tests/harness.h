/* harness.h: what an end-to-end test needs: the sandbox running, a profile of its own, and the program run in it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The programs come from the environment: HUB_SANDBOX (tests/sandbox/hub-sandbox) and HUB_PROGRAM (integration-hub); meson
 * sets both. Whatever goes wrong in here aborts the test with a message. */
#pragma once
#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct _Harness Harness;

/* Starts the sandbox with @options ("--payments", "1000", NULL; nullable) and makes an empty profile. */
Harness *harness_new (const char *const *options);

/* Stops the sandbox and removes the profile. */
void harness_free (Harness *harness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Harness, harness_free)

/* Origins such as "http://127.0.0.1:1234"; @name: "stripe", "google", "control" or "elsewhere". Borrowed. */
const char *harness_origin (Harness *harness, const char *name);

/* A service account's key file, its path and its contents. */
const char *harness_key_path (Harness *harness);
const char *harness_key (Harness *harness);

/* The profile's folder, for a test's own files; XDG_DATA_HOME is its "data". Borrowed. */
const char *harness_folder (Harness *harness);

/* Sets a variable for the programs that are run from now on; NULL @value unsets it. */
void harness_setenv (Harness *harness, const char *name, const char *value);

/* Asks the control port, and aborts unless it agrees. @path: "/sheet?spreadsheet=sheet-1&sheet=Feuille%201".
 * Returns: (transfer full). */
JsonNode *harness_get (Harness *harness, const char *path);
void harness_post (Harness *harness, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);
void harness_delete (Harness *harness, const char *path);

/* The recorded requests, oldest first; nullable @service and @method choose. (transfer full) (element-type JsonObject) */
GPtrArray *harness_requests (Harness *harness, const char *service, const char *method);

/* What a tab holds: {"values": [[…]], "formats": [[…]], "rows": 1000, "columns": 26}. (transfer full) */
JsonObject *harness_sheet (Harness *harness, const char *sheet);

typedef struct {
  int status; /* exit status; -1: it was killed by a signal */
  char *out;  /* (owned) standard output */
  char *err;  /* (owned) standard error */
} HarnessResult;

void harness_result_clear (HarnessResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarnessResult, harness_result_clear)

/* Runs the program with NULL-terminated arguments and @input (nullable) as its standard input, to its end. */
void harness_run (Harness *harness, HarnessResult *result, const char *input, ...) G_GNUC_NULL_TERMINATED;

/* The same, and aborts unless the exit status is @status. */
void harness_expect (Harness *harness, int status, HarnessResult *result, const char *input,
                     ...) G_GNUC_NULL_TERMINATED;

/* Starts the program and leaves it running, its output readable from its pipes; for cancelling and killing it.
 * (transfer full) */
GSubprocess *harness_spawn (Harness *harness, const char *const *arguments);

/* Parses @text, which must be JSON. (transfer full) */
JsonNode *harness_parse (const char *text);
