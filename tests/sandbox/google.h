/* google.h: the sandbox's Google: the token endpoint and the Sheets API, version 4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "grid.h"
#include "sandbox.h"

/* google.c */

Google *google_new (gboolean quota);
void google_free (Google *google);
/* ServiceHandler. */
void google_handle (gpointer google, const Request *request, Answer *answer);
/* Back to one spreadsheet, "sheet-1", with one empty tab. Tokens stay good. */
void google_reset (Google *google);
/* Makes a service account's key and writes its file. @origin is where this service is served. */
gboolean google_write_key_file (Google *google, const char *origin, const char *path, GError **error);
/* Makes all tokens that were given out bad. */
void google_revoke (Google *google);
/* Ends all that people granted, and says how the next one answers. */
void google_end_grants (Google *google);
const char *google_set_mood (Google *google, const char *mood);
/* Allows @limit reads and writes each in @seconds; 0: any number. */
void google_set_quota (Google *google, guint limit, guint seconds);
/* Borrowed, or NULL. */
Spreadsheet *google_find (Google *google, const char *id);
Spreadsheet *google_find_or_add (Google *google, const char *id);
/* An error as Google says it: INVALID_ARGUMENT for 400 and so on. */
void google_error (Answer *answer, guint code, const char *format, ...) G_GNUC_PRINTF (3, 4);
void google_append_tab_properties (GString *out, Spreadsheet *spreadsheet, const Tab *tab, int indent);

/* google-token.c: the service account and its tokens. */

typedef struct _Tokens Tokens;

Tokens *tokens_new (void);
void tokens_free (Tokens *tokens);
void tokens_revoke (Tokens *tokens);
gboolean tokens_write_key_file (Tokens *tokens, const char *origin, const char *path, GError **error);
void tokens_answer (Tokens *tokens, const Request *request, Answer *answer);
/* Whether @token is good now; *may_write says for what. */
gboolean tokens_check (Tokens *tokens, const char *token, gboolean *may_write);

/* Makes a token, and its text, which is borrowed. */
const char *tokens_add (Tokens *tokens, gboolean may_write);

/* google-oauth.c: people who sign in. */

typedef struct _Signers Signers;

Signers *signers_new (Tokens *tokens);
void signers_free (Signers *signers);
/* Ends all that was granted. */
void signers_revoke (Signers *signers);
/* How the next person answers. What is wrong with @mood, or NULL. */
const char *signers_set_mood (Signers *signers, const char *mood);
/* FALSE: the request is none of these. */
gboolean signers_answer (Signers *signers, const Request *request, Answer *answer);

/* google-schema.c: what members the bodies may have. */

typedef enum {
  BODY_VALUE_RANGE,
  BODY_BATCH_VALUES,
  BODY_CLEAR,
  BODY_BATCH_CLEAR,
  BODY_BATCH_UPDATE
} BodyKind;

/* Parses the body and checks every name and type in it. (transfer full), or NULL and @answer. */
TreeDocument *schema_parse (BodyKind kind, const Request *request, Answer *answer);

/* google-values.c: spreadsheets.values.*. @parameters are the query's; each answers. */

void values_get (Spreadsheet *spreadsheet, const char *range, GPtrArray *parameters, Answer *answer);
void values_batch_get (Spreadsheet *spreadsheet, GPtrArray *parameters, Answer *answer);
void values_update (Spreadsheet *spreadsheet, const char *range, GPtrArray *parameters,
                    const Request *request, Answer *answer);
void values_append (Spreadsheet *spreadsheet, const char *range, GPtrArray *parameters,
                    const Request *request, Answer *answer);
void values_clear (Spreadsheet *spreadsheet, const char *range, const Request *request, Answer *answer);
void values_batch_update (Spreadsheet *spreadsheet, const Request *request, Answer *answer);
void values_batch_clear (Spreadsheet *spreadsheet, const Request *request, Answer *answer);

/* google-batch.c: spreadsheets.batchUpdate, all or nothing. */

void batch_update (Spreadsheet *spreadsheet, const Request *request, Answer *answer);
