/* google-token.c: a service account's key and the tokens that its signed assertions buy (RFC 7523).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google.h"
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

#define EMAIL "integration-hub@sandbox-project.iam.gserviceaccount.com"
#define SCOPE "https://www.googleapis.com/auth/spreadsheets"
#define LIFE 3599

struct _Tokens {
  gnutls_x509_privkey_t key; /* (nullable) until a key file is asked for */
  gnutls_pubkey_t public_key;
  char *audience;
  GHashTable *tokens; /* (owned) text → expiry; a token that may only read begins with "ya29.read" */
  guint serial;
};

Tokens *tokens_new (void) {
  Tokens *tokens = g_new0 (Tokens, 1);

  tokens->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return tokens;
}

void tokens_free (Tokens *tokens) {
  if (tokens->public_key)
    gnutls_pubkey_deinit (tokens->public_key);
  if (tokens->key)
    gnutls_x509_privkey_deinit (tokens->key);
  g_hash_table_unref (tokens->tokens);
  g_free (tokens->audience);
  g_free (tokens);
}

void tokens_revoke (Tokens *tokens) {
  g_hash_table_remove_all (tokens->tokens);
}

static gint64 now (void) {
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean make_key (Tokens *tokens) {
  gnutls_privkey_t key;
  gboolean done;

  if (gnutls_x509_privkey_init (&tokens->key) < 0
      || gnutls_x509_privkey_generate (tokens->key, GNUTLS_PK_RSA, 2048, 0) < 0
      || gnutls_pubkey_init (&tokens->public_key) < 0 || gnutls_privkey_init (&key) < 0)
    return FALSE;
  done = gnutls_privkey_import_x509 (key, tokens->key, 0) >= 0
         && gnutls_pubkey_import_privkey (tokens->public_key, key, 0, 0) >= 0;
  gnutls_privkey_deinit (key);
  return done;
}

gboolean tokens_write_key_file (Tokens *tokens, const char *origin, const char *path, GError **error) {
  g_autoptr (GString) out =
      g_string_new ("{\n  \"type\": \"service_account\",\n  \"project_id\": \"sandbox-project\",\n"
                    "  \"private_key_id\": \"0000000000000000000000000000000000000001\",\n"
                    "  \"private_key\": ");
  gnutls_datum_t pem = { NULL, 0 };

  if (!make_key (tokens)
      || gnutls_x509_privkey_export2_pkcs8 (tokens->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem)
             < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no RSA key could be made");
    return FALSE;
  }
  tokens->audience = g_strconcat (origin, "/token", NULL);
  tree_append_text (out, (const char *) pem.data, pem.size);
  g_string_append_printf (out,
                          ",\n  \"client_email\": \"" EMAIL
                          "\",\n  \"client_id\": \"100000000000000000001\",\n"
                          "  \"auth_uri\": \"%s/o/oauth2/auth\",\n  \"token_uri\": \"%s\",\n"
                          "  \"universe_domain\": \"googleapis.com\"\n}\n",
                          origin, tokens->audience);
  gnutls_free (pem.data);
  return g_file_set_contents_full (path, out->str, out->len, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

/* Base64 with the URL's alphabet, without padding. (transfer full), or NULL. */
static guchar *decode_base64_url (const char *text, gsize length, gsize *decoded) {
  g_autoptr (GString) padded = g_string_new_len (text, length);

  for (char *at = padded->str; *at; at++) {
    if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
      return NULL;
    *at = *at == '-' ? '+' : *at == '_' ? '/' : *at;
  }
  while (padded->len % 4 != 0)
    g_string_append_c (padded, '=');
  return g_base64_decode (padded->str, decoded);
}

static TreeDocument *decode_part (const char *text, gsize length) {
  const char *problem;
  gsize decoded = 0;
  g_autofree guchar *json = decode_base64_url (text, length, &decoded);

  return json ? tree_parse ((const char *) json, decoded, &problem) : NULL;
}

static gboolean signature_is_good (Tokens *tokens, const char *assertion, gsize signed_length,
                                   const char *signature) {
  gsize length = 0;
  g_autofree guchar *decoded = decode_base64_url (signature, strlen (signature), &length);
  const gnutls_datum_t data = { (guchar *) assertion, signed_length }, mark = { decoded, length };

  return decoded && tokens->public_key
         && gnutls_pubkey_verify_data2 (tokens->public_key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &mark) >= 0;
}

/* What is wrong with the claims, or NULL. */
static const char *check_claims (Tokens *tokens, const Tree *claims) {
  const char *audience = tree_get_text (claims, "aud", "");
  gint64 issued = tree_get_integer (claims, "iat", 0), expires = tree_get_integer (claims, "exp", 0);
  const char *scope = tree_get_text (claims, "scope", "");

  if (!g_str_equal (tree_get_text (claims, "iss", ""), EMAIL))
    return "Invalid issuer: account not found.";
  if (!g_str_equal (audience, tokens->audience)
      && !g_str_equal (audience, "https://oauth2.googleapis.com/token"))
    return "Invalid JWT: Failed audience check.";
  if (!strstr (scope, SCOPE))
    return "Invalid OAuth scope or ID token audience provided.";
  if (issued > now () + 300 || expires <= now () || expires > issued + 3600)
    return "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check "
           "your iat "
           "and exp values in the JWT claim.";
  return NULL;
}

static const char *check_assertion (Tokens *tokens, const char *assertion, gboolean *may_write) {
  g_auto (GStrv) parts = g_strsplit (assertion, ".", -1);
  const char *problem;

  if (g_strv_length (parts) != 3)
    return "Bad Request";
  g_autoptr (TreeDocument) header = decode_part (parts[0], strlen (parts[0]));
  g_autoptr (TreeDocument) claims = decode_part (parts[1], strlen (parts[1]));
  if (!header || !claims || !g_str_equal (tree_get_text (header->root, "alg", ""), "RS256"))
    return "Bad Request";
  if (!signature_is_good (tokens, assertion, strlen (parts[0]) + 1 + strlen (parts[1]), parts[2]))
    return "Invalid JWT Signature.";
  problem = check_claims (tokens, claims->root);
  g_auto (GStrv) scopes = g_strsplit (tree_get_text (claims->root, "scope", ""), " ", -1);
  *may_write = g_strv_contains ((const char *const *) scopes, SCOPE);
  return problem;
}

const char *tokens_add (Tokens *tokens, gboolean may_write) {
  char *token = g_strdup_printf ("ya29.%s-%08x%08x-%u", may_write ? "write" : "read", g_random_int (),
                                 g_random_int (), ++tokens->serial);
  gint64 *expiry = g_new (gint64, 1);

  *expiry = now () + LIFE;
  g_hash_table_replace (tokens->tokens, token, expiry);
  return token;
}

void tokens_answer (Tokens *tokens, const Request *request, Answer *answer) {
  g_autoptr (GPtrArray) form = parameters_parse (request->body, request->length);
  const char *grant = form ? parameters_get (form, "grant_type") : NULL;
  const char *assertion = form ? parameters_get (form, "assertion") : NULL;
  gboolean may_write = FALSE;

  if (!g_str_equal (request->method, "POST") || !assertion
      || g_strcmp0 (grant, "urn:ietf:params:oauth:grant-type:jwt-bearer") != 0) {
    answer_set (
        answer, 400,
        "{\n  \"error\": \"unsupported_grant_type\",\n  \"error_description\": \"Invalid grant_type\"\n}\n");
    return;
  }
  const char *problem = check_assertion (tokens, assertion, &may_write);
  if (problem) {
    answer_printf (answer, 400, "{\n  \"error\": \"invalid_grant\",\n  \"error_description\": \"%s\"\n}\n",
                   problem);
    return;
  }
  answer_printf (answer, 200,
                 "{\n  \"access_token\": \"%s\",\n  \"expires_in\": %d,\n  \"token_type\": \"Bearer\"\n}\n",
                 tokens_add (tokens, may_write), LIFE);
}

gboolean tokens_check (Tokens *tokens, const char *token, gboolean *may_write) {
  const gint64 *expiry = g_hash_table_lookup (tokens->tokens, token);

  *may_write = !g_str_has_prefix (token, "ya29.read");
  return g_str_equal (token, "ya29.sandbox") || (expiry && *expiry > now ());
}
