/* google-auth.h: access tokens for Google: a service account's signed JWT (RS256) exchanged for one, or a person's sign-in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
#pragma once
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
 * or when @renew. HUB_ERROR_CREDENTIALS when Google refuses the key or the sign-in. */
gboolean hub_google_auth_apply (HubGoogleAuth *auth, HubHttp *http, gboolean renew, GCancellable *cancellable,
                                GError **error);

/* The service account's address, to share a spreadsheet with; NULL for a person. Borrowed. */
const char *hub_google_auth_get_email (HubGoogleAuth *auth);

/* The signed JWT for a token request at @now (unix seconds), for tests. (transfer full) */
char *hub_google_auth_sign (HubGoogleAuth *auth, gint64 now, GError **error);
