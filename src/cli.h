/* cli.h: the command line: options, commands and what they print.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <json-glib/json-glib.h>

#include "store.h"

/* Exit statuses of the contract. */
enum { HUB_EXIT_DONE, HUB_EXIT_FAILED, HUB_EXIT_USAGE, HUB_EXIT_REJECTS, HUB_EXIT_USER };

/* What was given behind the command's name. */
typedef struct {
  GStrv arguments; /* (owned) */
  guint n_arguments;
  char *name, *account; /* (owned) (nullable) */
  GStrv set;            /* (owned) (nullable) KEY=VALUE */
  gboolean json, no_check, full;
  gint64 first, delivery;
} HubArguments;

/* Carries out a command in the main thread. Returns an exit status, or -1 with @error. */
typedef int (*HubCommandFunc) (const HubArguments *arguments, GError **error);

int hub_cli_account_add (const HubArguments *arguments, GError **error);
int hub_cli_account_list (const HubArguments *arguments, GError **error);
int hub_cli_account_check (const HubArguments *arguments, GError **error);
int hub_cli_account_remove (const HubArguments *arguments, GError **error);
int hub_cli_objects (const HubArguments *arguments, GError **error);
int hub_cli_fields (const HubArguments *arguments, GError **error);
int hub_cli_import (const HubArguments *arguments, GError **error);
int hub_cli_export (const HubArguments *arguments, GError **error);
int hub_cli_list (const HubArguments *arguments, GError **error);
int hub_cli_preview (const HubArguments *arguments, GError **error);
int hub_cli_run (const HubArguments *arguments, GError **error);
int hub_cli_runs (const HubArguments *arguments, GError **error);
int hub_cli_rejects (const HubArguments *arguments, GError **error);
int hub_cli_retry (const HubArguments *arguments, GError **error);
int hub_cli_undo (const HubArguments *arguments, GError **error);
int hub_cli_why (const HubArguments *arguments, GError **error);

/* Runs the command line. Returns the exit status. */
int hub_cli_main (int argc, char **argv);

/* Prints @rows (objects; taken): as JSON, or the NULL-terminated @columns of each, a line a row. */
int hub_cli_print_rows (JsonArray *rows, gboolean json, const char *const *columns);

/* Prints @text on one line and without what could drive a terminal: control characters as spaces. */
void hub_cli_print_text (const char *text);

/* Prints a sentence, which ends in a line break, the same way. */
void hub_cli_print_line (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Prints @object as JSON. */
void hub_cli_print_object (JsonObject *object);
