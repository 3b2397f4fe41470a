/* google-auth.h: access tokens for Google: a service account's signed JWT (RS256) exchanged for one, or a person's sign-in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
#pragma once
#include <json-glib/json-glib.h>

#include "http.h"

typedef struct _HubGoogleAuth HubGoogleAuth;

/* Reads an account's secret: that of a sign-in (see google-oauth.h), or a service-account key file's JSON (type, client_email,
 * private_key, token_uri). HUB_ERROR_INVALID says what is wrong with
 * it ("this is an OAuth client file, not a service-account key"). When @origin (the account's base_url origin) is not Google's
 * own and the file's token_uri is, the token is asked at @origin + "/token", so that an account pointed at another server never
 * contacts Google. (transfer full) */
HubGoogleAuth *hub_google_auth_new (const char *secret, const char *origin, GError **error);
void hub_google_auth_free (HubGoogleAuth *auth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubGoogleAuth, hub_google_auth_free)

/* Makes sure that @http carries an Authorization header good for at least another minute; asks for a new token when needed
 * or when @renew: one that all who use the same key or sign-in then have. HUB_ERROR_CREDENTIALS when Google refuses the key or the sign-in. */
gboolean hub_google_auth_apply (HubGoogleAuth *auth, HubHttp *http, gboolean renew, GCancellable *cancellable,
                                GError **error);

/* The service account's address, to share a spreadsheet with; NULL for a person. Borrowed. */
const char *hub_google_auth_get_email (HubGoogleAuth *auth);

/* The signed JWT for a token request at @now (unix seconds), for tests. (transfer full) */
char *hub_google_auth_sign (HubGoogleAuth *auth, gint64 now, GError **error);

/* For signing in (google-oauth.c): what is asked of Google's token server. */

#define HUB_GOOGLE_SCOPE "https://www.googleapis.com/auth/spreadsheets"
#define HUB_GOOGLE_TOKEN "https://oauth2.googleapis.com/token"

/* Advice for "invalid_client". */
#define HUB_GOOGLE_NO_CLIENT                                                                                 \
  N_ ("Google does not know this client; copy its ID and secret from the Google Cloud console again")

/* @address of Google, or the same path where @origin (nullable), which is not Google's, stands in for it. (transfer full) */
char *hub_google_address (const char *origin, const char *address);

/* A client that may only send to the server of @url. (transfer full) */
HubHttp *hub_google_connect (const char *url, GError **error);

/* Names and values, NULL at the end, as a form or query. Free with hub_secret_free(). */
char *hub_google_write_form (const char *name, ...) G_GNUC_NULL_TERMINATED;

HubHttpAnswer *hub_google_post (HubHttp *http, const char *url, const char *form, gboolean safe,
                                GCancellable *cancellable, GError **error);

/* Asks for a token. @advice: pairs of one of OAuth's error codes and what to do about it (untranslated), NULL at the end; these are
 * HUB_ERROR_CREDENTIALS. *authorization: "Bearer …"; *expires: unix seconds. Returns: (transfer full): the whole answer. */
JsonObject *hub_google_ask_token (HubHttp *http, const char *url, const char *form, gboolean safe,
                                  const char *const *advice, char **authorization, gint64 *expires,
                                  GCancellable *cancellable, GError **error);

/* Base64 in the URL's alphabet, without padding. (transfer full) */
char *hub_google_encode (const void *data, gsize size);
