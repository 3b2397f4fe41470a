/* google-oauth.c: a person who signs in: the page where one agrees, codes, and the tokens that they buy (RFC 6749, RFC 7636).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google.h"
#include <string.h>

#define CLIENT "100000000001-sandbox.apps.googleusercontent.com"
#define SECRET "GOCSPX-sandbox-secret"
#define SCOPE "https://www.googleapis.com/auth/spreadsheets"

/* What Google knows about a code. */
typedef struct {
  char *redirect, *challenge;
} Code;

struct _Signers {
  Tokens *tokens;      /* (borrowed) */
  GHashTable *codes;   /* (owned) text → Code; a code that was used is not there */
  GHashTable *refresh; /* (owned) set of refresh tokens */
  char *mood;          /* (owned) how the person answers */
  guint serial;
};

static void code_free (gpointer data) {
  Code *code = data;

  g_free (code->redirect);
  g_free (code->challenge);
  g_free (code);
}

Signers *signers_new (Tokens *tokens) {
  Signers *signers = g_new0 (Signers, 1);

  signers->tokens = tokens;
  signers->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, code_free);
  signers->refresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  signers->mood = g_strdup ("agree");
  return signers;
}

void signers_free (Signers *signers) {
  g_hash_table_unref (signers->codes);
  g_hash_table_unref (signers->refresh);
  g_free (signers->mood);
  g_free (signers);
}

void signers_revoke (Signers *signers) {
  g_hash_table_remove_all (signers->refresh);
}

const char *signers_set_mood (Signers *signers, const char *mood) {
  static const char *const moods[] = { "agree",     "deny",     "blocked",          "wrong-state", "no-code",
                                       "used-code", "no-scope", "no-refresh-token", NULL };

  if (!g_strv_contains (moods, mood))
    return "unknown answer; known: agree deny blocked wrong-state no-code used-code no-scope "
           "no-refresh-token";
  g_free (signers->mood);
  signers->mood = g_strdup (mood);
  return NULL;
}

static gboolean is_in_mood (const Signers *signers, const char *mood) {
  return g_str_equal (signers->mood, mood);
}

static char *make_text (Signers *signers, const char *prefix) {
  return g_strdup_printf ("%s%08x%08x_%u", prefix, g_random_int (), g_random_int (), ++signers->serial);
}

/* The page. */

/* What is wrong with the query, or NULL. */
static const char *check_query (GPtrArray *query) {
  static const char *const known[] = { "client_id",
                                       "redirect_uri",
                                       "response_type",
                                       "scope",
                                       "code_challenge",
                                       "code_challenge_method",
                                       "state",
                                       "access_type",
                                       "prompt",
                                       "login_hint",
                                       "include_granted_scopes",
                                       NULL };
  static const struct {
    const char *name, *pattern, *problem;
  } wanted[] = {
    { "client_id", "^" CLIENT "$", "Error 401: invalid_client" },
    { "redirect_uri", "^http://127[.]0[.]0[.]1:[0-9]+$", "Error 400: redirect_uri_mismatch" },
    { "response_type", "^code$", "Error 400: invalid_request" },
    { "scope", "^" SCOPE "$", "Error 400: invalid_scope" },
    { "code_challenge", "^[A-Za-z0-9_-]{43}$", "Error 400: invalid_request" },
    { "code_challenge_method", "^S256$", "Error 400: invalid_request" },
    { "state", "^.+$", "Error 400: invalid_request" },
    { "access_type", "^offline$", "Error 400: invalid_request" },
    { "prompt", "^consent$", "Error 400: invalid_request" },
  };

  for (guint i = 0; i < query->len; i++) {
    const char *name = ((Parameter *) g_ptr_array_index (query, i))->name;
    if (!g_strv_contains (known, name))
      return "Error 400: invalid_request: unknown parameter";
    if (parameters_get (query, name) != ((Parameter *) g_ptr_array_index (query, i))->value)
      return "Error 400: invalid_request: a parameter stands twice";
  }
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    const char *value = parameters_get (query, wanted[i].name);
    if (!value || !g_regex_match_simple (wanted[i].pattern, value, G_REGEX_DOLLAR_ENDONLY, 0))
      return wanted[i].problem;
  }
  return NULL;
}

static char *make_code (Signers *signers, GPtrArray *query) {
  char *text = make_text (signers, "4/0Sandbox-");

  if (!is_in_mood (signers, "used-code")) {
    Code *code = g_new (Code, 1);
    code->redirect = g_strdup (parameters_get (query, "redirect_uri"));
    code->challenge = g_strdup (parameters_get (query, "code_challenge"));
    g_hash_table_replace (signers->codes, g_strdup (text), code);
  }
  return text;
}

/* As if the person had answered at once. */
static void answer_page (Signers *signers, const Request *request, Answer *answer) {
  g_autoptr (GPtrArray) query = parameters_parse (request->query, -1);
  const char *problem = query ? check_query (query) : "Error 400: invalid_request";

  if (problem) {
    answer_printf (answer, 400, "<!DOCTYPE html>\n<html><title>%s</title></html>\n", problem);
    answer->content_type = "text/html; charset=UTF-8";
    return;
  }
  g_autofree char *code = make_code (signers, query);
  g_autofree char *code_text = g_uri_escape_string (code, NULL, FALSE);
  g_autofree char *state = g_uri_escape_string (parameters_get (query, "state"), NULL, FALSE);
  g_autoptr (GString) location = g_string_new (parameters_get (query, "redirect_uri"));
  g_string_append_printf (location, "?state=%s", is_in_mood (signers, "wrong-state") ? "another" : state);
  if (is_in_mood (signers, "deny"))
    g_string_append (location, "&error=access_denied");
  else if (is_in_mood (signers, "blocked"))
    g_string_append (location, "&error=admin_policy%3Cb%3E_enforced");
  else if (!is_in_mood (signers, "no-code"))
    g_string_append_printf (location, "&code=%s&scope=" SCOPE, code_text);
  answer_set (answer, 302, "");
  soup_message_headers_replace (answer->headers, "Location", location->str);
}

/* Tokens. */

static void answer_error (Answer *answer, guint status, const char *error, const char *description) {
  answer_printf (answer, status, "{\n  \"error\": \"%s\",\n  \"error_description\": \"%s\"\n}\n", error,
                 description);
}

static gboolean check_client (GPtrArray *form, Answer *answer) {
  if (g_strcmp0 (parameters_get (form, "client_id"), CLIENT) != 0) {
    answer_error (answer, 401, "invalid_client", "The OAuth client was not found.");
    return FALSE;
  }
  if (g_strcmp0 (parameters_get (form, "client_secret"), SECRET) != 0) {
    answer_error (answer, 401, "invalid_client", "Unauthorized");
    return FALSE;
  }
  return TRUE;
}

static gboolean verifier_is_good (const char *verifier, const char *challenge) {
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  if (!verifier || !g_regex_match_simple ("^[A-Za-z0-9._~-]{43,128}$", verifier, G_REGEX_DOLLAR_ENDONLY, 0))
    return FALSE;
  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &size);
  g_autofree char *text = g_base64_encode (digest, size);
  for (char *at = text; *at; at++)
    *at = *at == '+' ? '-' : *at == '/' ? '_' : *at == '=' ? '\0' : *at;
  return g_str_equal (text, challenge);
}

/* A code is good for one try. */
static void answer_code (Signers *signers, GPtrArray *form, Answer *answer) {
  const char *text = parameters_get (form, "code");
  gpointer name = NULL, value = NULL;

  if (!text || !g_hash_table_steal_extended (signers->codes, text, &name, &value)) {
    answer_error (answer, 400, "invalid_grant", "Malformed auth code.");
    return;
  }
  Code *code = value;
  if (g_strcmp0 (parameters_get (form, "redirect_uri"), code->redirect) != 0)
    answer_error (answer, 400, "redirect_uri_mismatch", "Bad Request");
  else if (!verifier_is_good (parameters_get (form, "code_verifier"), code->challenge))
    answer_error (answer, 400, "invalid_grant", "Invalid code verifier.");
  else {
    char *refresh = make_text (signers, "1//Sandbox-");
    g_autofree char *member = is_in_mood (signers, "no-refresh-token")
                                  ? g_strdup ("")
                                  : g_strdup_printf ("\n  \"refresh_token\": \"%s\",", refresh);
    const char *token = tokens_add (signers->tokens, TRUE);
    answer_printf (answer, 200,
                   "{\n  \"access_token\": \"%s\",\n  \"expires_in\": 3599,%s\n  \"scope\": \"%s\",\n"
                   "  \"token_type\": \"Bearer\"\n}\n",
                   token, member, is_in_mood (signers, "no-scope") ? SCOPE ".readonly" : SCOPE);
    g_hash_table_add (signers->refresh, refresh);
  }
  g_free (name);
  code_free (code);
}

static void answer_refresh (Signers *signers, GPtrArray *form, Answer *answer) {
  const char *refresh = parameters_get (form, "refresh_token");

  if (!refresh || !g_hash_table_contains (signers->refresh, refresh))
    answer_error (answer, 400, "invalid_grant", "Token has been expired or revoked.");
  else
    answer_printf (answer, 200,
                   "{\n  \"access_token\": \"%s\",\n  \"expires_in\": 3599,\n  \"scope\": \"" SCOPE "\",\n"
                   "  \"token_type\": \"Bearer\"\n}\n",
                   tokens_add (signers->tokens, TRUE));
}

static void answer_revocation (Signers *signers, const Request *request, Answer *answer) {
  g_autoptr (GPtrArray) form = parameters_parse (request->body, request->length);
  const char *token = form ? parameters_get (form, "token") : NULL;

  if (token && form->len == 1 && g_hash_table_remove (signers->refresh, token))
    answer_set (answer, 200, "{}\n");
  else
    answer_error (answer, 400, "invalid_token", "Token expired or revoked");
}

static gboolean members_are (GPtrArray *form, const char *words) {
  g_auto (GStrv) known = g_strsplit (words, " ", -1);

  for (guint i = 0; i < form->len; i++)
    if (!g_strv_contains ((const char *const *) known, ((Parameter *) g_ptr_array_index (form, i))->name))
      return FALSE;
  return form->len == g_strv_length (known);
}

gboolean signers_answer (Signers *signers, const Request *request, Answer *answer) {
  gboolean post = g_str_equal (request->method, "POST");

  if (g_str_equal (request->path, "/o/oauth2/v2/auth") && g_str_equal (request->method, "GET")) {
    answer_page (signers, request, answer);
    return TRUE;
  }
  if (g_str_equal (request->path, "/revoke") && post) {
    answer_revocation (signers, request, answer);
    return TRUE;
  }
  g_autoptr (GPtrArray) form = parameters_parse (request->body, request->length);
  const char *grant = form ? parameters_get (form, "grant_type") : NULL;
  gboolean code = g_strcmp0 (grant, "authorization_code") == 0,
           again = g_strcmp0 (grant, "refresh_token") == 0;
  if (!g_str_equal (request->path, "/token") || !post || (!code && !again))
    return FALSE;
  if (!members_are (form, code ? "grant_type code client_id client_secret redirect_uri code_verifier"
                               : "grant_type refresh_token client_id client_secret"))
    answer_error (answer, 400, "invalid_request", "Bad Request");
  else if (check_client (form, answer) && code)
    answer_code (signers, form, answer);
  else if (again && answer->status == 0)
    answer_refresh (signers, form, answer);
  return TRUE;
}
