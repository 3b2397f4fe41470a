/* cli.c: the command line: finds the command, reads its options, prints errors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

typedef struct {
  const char *name, *subcommand; /* subcommand is NULL for most */
  HubCommandFunc func;
  guint min, max;    /* how many arguments it takes */
  const char *usage; /* which also tells its options */
} Command;

#define MANY G_MAXUINT

static const Command commands[] = {
  { "account", "add", hub_cli_account_add, 1, 1,
    "account add CONNECTOR --name NAME [--set KEY=VALUE]… [--no-check]" },
  { "account", "list", hub_cli_account_list, 0, 0, "account list [--json]" },
  { "account", "check", hub_cli_account_check, 1, 1, "account check NAME" },
  { "account", "remove", hub_cli_account_remove, 1, 1, "account remove NAME" },
  { "objects", NULL, hub_cli_objects, 0, 1, "objects [CONNECTOR|FILE] [--json]" },
  { "fields", NULL, hub_cli_fields, 2, 2,
    "fields CONNECTOR|FILE OBJECT [--account NAME] [--set KEY=VALUE]… [--json]" },
  { "import", NULL, hub_cli_import, 1, 1, "import FILE" },
  { "export", NULL, hub_cli_export, 0, MANY, "export [NAME]…" },
  { "list", NULL, hub_cli_list, 0, 0, "list [--json]" },
  { "preview", NULL, hub_cli_preview, 1, 1, "preview NAME [--json]" },
  { "run", NULL, hub_cli_run, 1, 1, "run NAME [--json] [--full] [--first N]" },
  { "runs", NULL, hub_cli_runs, 0, 1, "runs [NAME] [--json]" },
  { "rejects", NULL, hub_cli_rejects, 1, 1, "rejects NAME [--json]" },
  { "retry", NULL, hub_cli_retry, 1, 1, "retry NAME [--json]" },
  { "undo", NULL, hub_cli_undo, 1, 1, "undo RUN [--delivery N] [--json]" },
  { "why", NULL, hub_cli_why, 3, 3, "why CONNECTOR OBJECT KEY [--json]" },
};

/* A run's seconds come as a text, for json-glib would print 0.049 as 0.049000000000000002; they are a number all the same. What is called so
 * in a record stands further in. */
static void print_node (JsonNode *node) {
  g_autofree char *text = json_to_string (node, TRUE);
  g_autoptr (GRegex) quoted =
      g_regex_new ("^( {2,4}\"seconds\" : )\"([0-9.]+)\"", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *numbers = g_regex_replace (quoted, text, -1, 0, "\\1\\2", 0, NULL);
  puts (numbers);
}

/* Prints @text without its control characters: none of them reaches a terminal. */
static void print_plain (FILE *out, const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  for (const char *c = valid; *c; c = g_utf8_next_char (c)) {
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      fputc (' ', out);
    else
      fwrite (c, 1, g_utf8_next_char (c) - c, out);
  }
}

void hub_cli_print_text (const char *text) {
  print_plain (stdout, text);
}

void hub_cli_print_line (const char *format, ...) {
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  print_plain (stdout, g_strchomp (line));
  putchar ('\n');
}

/* A cell of a line: nothing for null. */
static void print_cell (JsonNode *node) {
  gboolean is_text = node && json_node_get_value_type (node) == G_TYPE_STRING;
  g_autofree char *text = is_text ? json_node_dup_string (node) : NULL;
  if (!is_text && node && !JSON_NODE_HOLDS_NULL (node))
    text = json_to_string (node, FALSE);
  hub_cli_print_text (text ? text : "");
}

int hub_cli_print_rows (JsonArray *rows, gboolean json, const char *const *columns) {
  g_autoptr (JsonNode) root = json_node_init_array (json_node_alloc (), rows);
  json_array_unref (rows);
  if (json)
    print_node (root);
  for (guint i = 0; !json && i < json_array_get_length (rows); i++)
    for (guint c = 0; columns[c]; c++) {
      print_cell (json_object_get_member (json_array_get_object_element (rows, i), columns[c]));
      putchar (columns[c + 1] ? '\t' : '\n');
    }
  return HUB_EXIT_DONE;
}

void hub_cli_print_object (JsonObject *object) {
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  print_node (root);
}

static void print_usage (FILE *out) {
  fputs (_ ("Usage:\n  integration-hub                    opens the window\n"), out);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  integration-hub %s\n", commands[i].usage);
}

static int exit_status (const GError *error) {
  if (hub_error_needs_user (error))
    return HUB_EXIT_USER;
  if (g_error_matches (error, HUB_ERROR, HUB_ERROR_USAGE)
      || g_error_matches (error, HUB_ERROR, HUB_ERROR_INVALID)
      || g_error_matches (error, HUB_ERROR, HUB_ERROR_NOT_FOUND)
      || g_error_matches (error, HUB_ERROR, HUB_ERROR_FILE))
    return HUB_EXIT_USAGE;
  return HUB_EXIT_FAILED;
}

/* Prints the one line on standard error that the contract promises. */
static void print_problem (const char *problem) {
  fputs ("integration-hub: ", stderr);
  print_plain (stderr, problem);
  fputc ('\n', stderr);
}

static int usage_error (const char *problem) {
  print_problem (problem);
  return HUB_EXIT_USAGE;
}

static const Command *find_command (int argc, char **argv) {
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (argc > 1 && g_str_equal (argv[1], commands[i].name)
        && (commands[i].subcommand == NULL || (argc > 2 && g_str_equal (argv[2], commands[i].subcommand))))
      return &commands[i];
  return NULL;
}

static void arguments_clear (HubArguments *arguments) {
  g_strfreev (arguments->arguments);
  g_free (arguments->name);
  g_free (arguments->account);
  g_strfreev (arguments->set);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HubArguments, arguments_clear)

/* Reads the options that @command takes; what is left are its arguments. */
static gboolean parse (const Command *command, int argc, char **argv, HubArguments *arguments,
                       GError **error) {
  const GOptionEntry all[] = {
    /* FILENAME keeps the bytes as they are, whatever the locale. */
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &arguments->name, NULL, NULL },
    { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->set, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments->json, NULL, NULL },
    { "no-check", 0, 0, G_OPTION_ARG_NONE, &arguments->no_check, NULL, NULL },
    { "account", 0, 0, G_OPTION_ARG_FILENAME, &arguments->account, NULL, NULL },
    { "full", 0, 0, G_OPTION_ARG_NONE, &arguments->full, NULL, NULL },
    { "first", 0, 0, G_OPTION_ARG_INT64, &arguments->first, NULL, NULL },
    { "delivery", 0, 0, G_OPTION_ARG_INT64, &arguments->delivery, NULL, NULL },
  };
  GOptionEntry taken[G_N_ELEMENTS (all) + 1] = { 0 };
  for (guint i = 0, n = 0; i < G_N_ELEMENTS (all); i++) {
    g_autofree char *flag = g_strconcat ("--", all[i].long_name, NULL);
    if (strstr (command->usage, flag))
      taken[n++] = all[i];
  }
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, taken, NULL);
  int skipped = command->subcommand ? 2 : 1;
  g_auto (GStrv) rest = g_strdupv (argv + skipped);
  if (!g_option_context_parse_strv (context, &rest, error))
    return FALSE;
  gboolean separator = rest[0] && rest[1] && g_str_equal (rest[1], "--");
  arguments->arguments = g_strdupv (rest + (separator ? 2 : 1));
  arguments->n_arguments = g_strv_length (arguments->arguments);
  return TRUE;
}

static int run_command (const Command *command, int argc, char **argv) {
  g_autoptr (GError) error = NULL;
  g_auto (HubArguments) arguments = { 0 };
  if (!parse (command, argc, argv, &arguments, &error) || arguments.n_arguments < command->min
      || arguments.n_arguments > command->max || arguments.first < 0 || arguments.delivery < 0) {
    g_autofree char *problem = g_strdup_printf (
        _ ("%s; usage: integration-hub %s"), error ? error->message : _ ("wrong arguments"), command->usage);
    return usage_error (problem);
  }
  int status = command->func (&arguments, &error);
  if (error) {
    print_problem (error->message);
    status = status < 0 ? exit_status (error) : status;
  }
  if (fflush (stdout) != 0 && status == HUB_EXIT_DONE) {
    perror ("integration-hub");
    return HUB_EXIT_FAILED;
  }
  return status;
}

int hub_cli_main (int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      return usage_error (_ ("an argument is not UTF-8 text; use a UTF-8 terminal"));
  const Command *command = find_command (argc, argv);
  if (command)
    return run_command (command, argc, argv);
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help")) {
    print_usage (stdout);
    return HUB_EXIT_DONE;
  }
  if (g_str_equal (argv[1], "--version")) {
    puts ("integration-hub " HUB_VERSION);
    return HUB_EXIT_DONE;
  }
  g_autofree char *problem =
      g_strdup_printf (_ ("there is no command “%s”; “integration-hub --help” lists them"), argv[1]);
  return usage_error (problem);
}
