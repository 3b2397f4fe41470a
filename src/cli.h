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
  gint64 first;
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

/* Runs the command line. Returns the exit status. */
int hub_cli_main (int argc, char **argv);

/* Prints what @builder has built, as JSON on standard output. */
void hub_cli_print_json (JsonBuilder *builder);

/* Adds member @name to the object that @builder is in: @text or null; @milliseconds as ISO 8601 UTC, 0 as null. */
void hub_cli_add_text (JsonBuilder *builder, const char *name, const char *text);
void hub_cli_add_integer (JsonBuilder *builder, const char *name, gint64 integer);
void hub_cli_add_boolean (JsonBuilder *builder, const char *name, gboolean boolean);
void hub_cli_add_time (JsonBuilder *builder, const char *name, gint64 milliseconds);

/* A time as a person reads it, in the local zone: "2026-11-22 18:30". (transfer full) */
char *hub_cli_time (gint64 milliseconds);
