/* control.c: the port from which tests look into the sandbox and set it up; JSON both ways, and never recorded.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   GET /requests /stats /faults      POST /faults      DELETE /faults /requests /tokens /grants      POST /reset
 *   POST /consent {answer}: how the next person signs in to Google: agree (at first), deny, blocked, wrong-state, no-code,
 *                           used-code, no-scope, no-refresh-token
 *   GET /sheet?spreadsheet=&sheet=    POST /sheet {spreadsheet, sheet, values, rows, columns}
 *   POST /stripe {object, record, event}    DELETE /stripe?object=&id=    POST /stripe/count {object, count}
 *   POST /quota {limit, seconds}      POST /latency {ms}
 *   GET, DELETE /undocumented: what the vendors do not document of the requests so far; if there is any, the sandbox ends with
 *                              status 1
 *   GET /records?service=&shelf=      POST /records {service, shelf, record}    DELETE /records?service=&shelf=&id=
 *   POST /records/count {service, shelf, count, same_time}    POST /limit {service, index, requests, ms}    POST /lag {service, ms}
 *
 * A fault: {"fault", "service", "path", "method", "skip", "times", "ms", "status", "location"}; all but the first may be
 * left out. Of the requests that match service, method and a part of the path, the first `skip` pass and the next `times`
 * (1) get it:
 *   reset            not carried out; the connection is reset        lost      carried out; the connection is reset
 *   reset-mid-body   carried out; reset after half of the answer     slow      answered after `ms` (2000)
 *   close-mid-body   the same, but the connection is closed          truncate  half of the JSON, as if it were all
 *   html, deep       a page of HTML, 200,000 [, with `status` (200)  bignumber an amount of 400 digits
 *   scramble         values of any type in the place of some, by the seed `ms`
 *   401 403 404 429 429-retry-after 500 503                          redirect  302 to `location`, or elsewhere */
#include "control.h"
#include <string.h>

struct _Control {
  Sandbox *sandbox; /* (borrowed) as are the next two */
  Stripe *stripe;
  Google *google;
  Crm **crms; /* (borrowed) three */
  SoupServer *server;
  char *origin;
};

typedef struct {
  Control *control;
  const Tree *body;  /* (nullable) */
  GHashTable *query; /* (nullable) */
  GString *out;
} Command;

static const char *get_query (const Command *command, const char *name, const char *fallback) {
  const char *value = command->query ? g_hash_table_lookup (command->query, name) : NULL;

  return value ? value : fallback;
}

/* Each returns what is wrong, or NULL. */

static const char *get_requests (Command *command) {
  sandbox_write_requests (command->control->sandbox, command->out);
  return NULL;
}

static const char *delete_requests (Command *command) {
  sandbox_clear_requests (command->control->sandbox);
  return NULL;
}

static const char *get_undocumented (Command *command) {
  GPtrArray *noted = sandbox_get_undocumented (command->control->sandbox);

  g_string_append_c (command->out, '[');
  for (guint i = 0; i < noted->len; i++) {
    g_string_append (command->out, i > 0 ? ",\n" : "");
    tree_append_text (command->out, noted->pdata[i], -1);
  }
  g_string_append (command->out, "]\n");
  return NULL;
}

static const char *delete_undocumented (Command *command) {
  g_ptr_array_set_size (sandbox_get_undocumented (command->control->sandbox), 0);
  return NULL;
}

static const char *get_stats (Command *command) {
  sandbox_write_stats (command->control->sandbox, command->out);
  return NULL;
}

static const char *get_faults (Command *command) {
  sandbox_write_faults (command->control->sandbox, command->out);
  return NULL;
}

static const char *post_faults (Command *command) {
  return sandbox_add_fault (command->control->sandbox, command->body);
}

static const char *delete_faults (Command *command) {
  sandbox_clear_faults (command->control->sandbox);
  return NULL;
}

static const char *delete_tokens (Command *command) {
  google_revoke (command->control->google);
  return NULL;
}

static const char *delete_grants (Command *command) {
  google_end_grants (command->control->google);
  return NULL;
}

static const char *post_consent (Command *command) {
  return google_set_mood (command->control->google, tree_get_text (command->body, "answer", ""));
}

static const char *post_reset (Command *command) {
  sandbox_clear_faults (command->control->sandbox);
  sandbox_clear_requests (command->control->sandbox);
  stripe_reset (command->control->stripe);
  google_reset (command->control->google);
  for (guint i = 0; command->control->crms[i]; i++) {
    command->control->crms[i]->lag = 0;
    command->control->crms[i]->reset (command->control->crms[i]);
  }
  return NULL;
}

static const char *post_quota (Command *command) {
  google_set_quota (command->control->google, tree_get_integer (command->body, "limit", 60),
                    tree_get_integer (command->body, "seconds", 60));
  return NULL;
}

static const char *post_latency (Command *command) {
  sandbox_set_latency (command->control->sandbox, tree_get_integer (command->body, "ms", 0));
  return NULL;
}

/* Sheets. */

static void append_typed (GString *out, const Cell *cell) {
  switch ((CellKind) cell->kind) {
  case CELL_EMPTY: g_string_append (out, "null"); break;
  case CELL_NUMBER: tree_append_number (out, cell->number); break;
  case CELL_TEXT: tree_append_text (out, cell->text, -1); break;
  case CELL_BOOLEAN: g_string_append (out, cell->boolean ? "true" : "false"); break;
  case CELL_FORMULA:
    g_string_append (out, "{\"formula\": ");
    tree_append_text (out, cell->text, -1);
    g_string_append_c (out, '}');
    break;
  }
}

static void append_format (GString *out, const Cell *cell) {
  if (cell->format == 0) {
    g_string_append (out, "null");
    return;
  }
  const char *pattern = number_format_pattern (cell->format);
  g_autofree char *text = g_strconcat (number_format_type (cell->format), *pattern ? " " : "", pattern, NULL);
  tree_append_text (out, text, -1);
}

static void append_cells (GString *out, const Tab *tab, void (*append) (GString *, const Cell *)) {
  guint used = tab_count_used (tab);

  g_string_append_c (out, '[');
  for (guint row = 0; row < used; row++) {
    guint columns = tab->columns;
    while (columns > 0 && tab_get (tab, row, columns - 1)->kind == CELL_EMPTY)
      columns--;
    g_string_append (out, row > 0 ? ",\n[" : "\n[");
    for (guint column = 0; column < columns; column++) {
      g_string_append (out, column > 0 ? ", " : "");
      append (out, tab_get (tab, row, column));
    }
    g_string_append_c (out, ']');
  }
  g_string_append_c (out, ']');
}

static const char *get_sheet (Command *command) {
  Spreadsheet *spreadsheet =
      google_find (command->control->google, get_query (command, "spreadsheet", "sheet-1"));
  const char *title = get_query (command, "sheet", NULL);

  if (!spreadsheet)
    return "no such spreadsheet";
  const Tab *tab =
      title ? spreadsheet_find_title (spreadsheet, title) : g_ptr_array_index (spreadsheet->tabs, 0);
  if (!tab)
    return "no such tab";
  g_string_append_printf (command->out,
                          "{\"sheetId\": %d, \"rows\": %u, \"columns\": %u, \"title\": ", tab->id, tab->rows,
                          tab->columns);
  tree_append_text (command->out, tab->title, -1);
  g_string_append (command->out, ", \"values\": ");
  append_cells (command->out, tab, append_typed);
  g_string_append (command->out, ", \"formats\": ");
  append_cells (command->out, tab, append_format);
  g_string_append (command->out, "}\n");
  return NULL;
}

/* null, a number, a text, a boolean, or {"formula": "=…"}. */
static Cell read_typed (const Tree *value) {
  switch (value->kind) {
  case TREE_NUMBER: return (Cell){ .kind = CELL_NUMBER, .number = tree_number (value) };
  case TREE_STRING:
    return (Cell){ .kind = value->length > 0 ? CELL_TEXT : CELL_EMPTY, .text = (char *) value->text };
  case TREE_TRUE:
  case TREE_FALSE: return (Cell){ .kind = CELL_BOOLEAN, .boolean = value->kind == TREE_TRUE };
  case TREE_OBJECT:
    return (Cell){ .kind = CELL_FORMULA, .text = (char *) tree_get_text (value, "formula", "=") };
  default: return (Cell){ .kind = CELL_EMPTY };
  }
}

static const char *post_sheet (Command *command) {
  const char *title = tree_get_text (command->body, "sheet", "Feuille 1");
  const Tree *values = tree_member (command->body, "values");
  Spreadsheet *spreadsheet =
      google_find_or_add (command->control->google, tree_get_text (command->body, "spreadsheet", "sheet-1"));
  Tab *tab = spreadsheet_find_title (spreadsheet, title);
  guint row = 0;

  if (!values || values->kind != TREE_ARRAY)
    return "“values” must be an array of arrays";
  if (!tab)
    tab = spreadsheet_add_tab (spreadsheet, 2000 + spreadsheet->tabs->len, title, 1000, 26);
  tab_clear (tab);
  tab->rows = MAX (tree_get_integer (command->body, "rows", tab->rows), values->length);
  tab->columns = tree_get_integer (command->body, "columns", tab->columns);
  for (const Tree *line = values->child; line; line = line->next, row++) {
    guint column = 0;
    if (line->kind != TREE_ARRAY)
      return "“values” must be an array of arrays";
    tab->columns = MAX (tab->columns, line->length);
    for (const Tree *value = line->child; value; value = value->next, column++) {
      Cell cell = read_typed (value);
      tab_put (tab, row, column, &cell, PUT_ALL);
    }
  }
  return NULL;
}

/* Stripe's objects. */

static const char *post_stripe (Command *command) {
  return stripe_upsert (command->control->stripe, tree_get_text (command->body, "object", NULL),
                        tree_member (command->body, "record"), tree_get_text (command->body, "event", NULL),
                        command->out);
}

static const char *delete_stripe (Command *command) {
  return stripe_delete (command->control->stripe, get_query (command, "object", NULL),
                        get_query (command, "id", NULL));
}

static const char *post_stripe_count (Command *command) {
  return stripe_set_count (command->control->stripe, tree_get_text (command->body, "object", NULL),
                           tree_get_integer (command->body, "count", 0));
}

/* Mailchimp, HubSpot and Brevo. */

static Crm *find_crm (const Command *command, const char *service) {
  for (guint i = 0; service && command->control->crms[i]; i++)
    if (g_str_equal (command->control->crms[i]->service, service))
      return command->control->crms[i];
  return NULL;
}

static const char *get_records (Command *command) {
  Crm *crm = find_crm (command, get_query (command, "service", NULL));

  return crm ? crm_write (crm, get_query (command, "shelf", NULL), command->out) : "no such service";
}

static const char *post_records (Command *command) {
  Crm *crm = find_crm (command, tree_get_text (command->body, "service", NULL));
  const char *shelf = tree_get_text (command->body, "shelf", NULL);

  return crm ? crm_put (crm, shelf, tree_member (command->body, "record")) : "no such service";
}

static const char *delete_records (Command *command) {
  Crm *crm = find_crm (command, get_query (command, "service", NULL));
  const char *shelf = get_query (command, "shelf", NULL);

  return crm ? crm_delete (crm, shelf, get_query (command, "id", NULL)) : "no such service";
}

static const char *post_records_count (Command *command) {
  Crm *crm = find_crm (command, tree_get_text (command->body, "service", NULL));
  const char *shelf = tree_get_text (command->body, "shelf", NULL);

  return crm ? crm_set_count (crm, shelf, tree_get_integer (command->body, "count", 0),
                              tree_get_boolean (command->body, "same_time", FALSE))
             : "no such service";
}

static const char *post_limit (Command *command) {
  Crm *crm = find_crm (command, tree_get_text (command->body, "service", NULL));

  if (!crm)
    return "no such service";
  crm_set_limit (crm, tree_get_integer (command->body, "index", 0),
                 tree_get_integer (command->body, "requests", 0),
                 tree_get_integer (command->body, "ms", 1000));
  return NULL;
}

static const char *post_lag (Command *command) {
  Crm *crm = find_crm (command, tree_get_text (command->body, "service", NULL));

  if (!crm)
    return "no such service";
  crm->lag = tree_get_integer (command->body, "ms", 0);
  return NULL;
}

static const struct {
  const char *method, *path;
  const char *(*carry_out) (Command *command);
} commands[] = {
  { "GET", "/requests", get_requests },
  { "DELETE", "/requests", delete_requests },
  { "GET", "/undocumented", get_undocumented },
  { "DELETE", "/undocumented", delete_undocumented },
  { "GET", "/stats", get_stats },
  { "GET", "/faults", get_faults },
  { "POST", "/faults", post_faults },
  { "DELETE", "/faults", delete_faults },
  { "DELETE", "/tokens", delete_tokens },
  { "DELETE", "/grants", delete_grants },
  { "POST", "/consent", post_consent },
  { "POST", "/reset", post_reset },
  { "POST", "/quota", post_quota },
  { "POST", "/latency", post_latency },
  { "GET", "/sheet", get_sheet },
  { "POST", "/sheet", post_sheet },
  { "POST", "/stripe", post_stripe },
  { "DELETE", "/stripe", delete_stripe },
  { "POST", "/stripe/count", post_stripe_count },
  { "GET", "/records", get_records },
  { "POST", "/records", post_records },
  { "DELETE", "/records", delete_records },
  { "POST", "/records/count", post_records_count },
  { "POST", "/limit", post_limit },
  { "POST", "/lag", post_lag },
};

static const char *run_command (Command *command, const char *method, const char *path) {
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].method, method) && g_str_equal (commands[i].path, path))
      return commands[i].carry_out (command);
  return "no such command; see control.c";
}

static void on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
                        gpointer data) {
  const char *method = soup_server_message_get_method (message);
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  GString *out = g_string_new (NULL);
  const char *problem = NULL;
  g_autoptr (TreeDocument) document = NULL;

  if (g_bytes_get_size (body) > 0)
    document = tree_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &problem);
  Command command = { data, document ? document->root : NULL, query, out };
  if (!problem && g_str_equal (method, "POST") && !g_str_equal (path, "/reset")
      && (!document || document->root->kind != TREE_OBJECT))
    problem = "the body must be an object";
  if (!problem)
    problem = run_command (&command, method, path);
  if (problem) {
    g_string_assign (out, "{\"error\": ");
    tree_append_text (out, problem, -1);
    g_string_append (out, "}\n");
  } else if (out->len == 0) {
    g_string_assign (out, "{}\n");
  }
  gsize length = out->len;
  soup_server_message_set_status (message, problem ? 400 : 200, NULL);
  soup_server_message_set_response (message, "application/json; charset=UTF-8", SOUP_MEMORY_TAKE,
                                    g_string_free (out, FALSE), length);
}

Control *control_new (Sandbox *sandbox, Stripe *stripe, Google *google, Crm **crms) {
  Control *control = g_new0 (Control, 1);

  control->sandbox = sandbox;
  control->stripe = stripe;
  control->google = google;
  control->crms = crms;
  control->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (control->server, NULL, on_request, control, NULL);
  return control;
}

void control_free (Control *control) {
  g_object_unref (control->server);
  g_free (control->origin);
  g_free (control);
}

const char *control_listen (Control *control, GError **error) {
  control->origin = sandbox_listen (control->server, error);
  return control->origin;
}
