/* google-oauth.h: signing in to Google as a person: OAuth 2 for a desktop program, with PKCE. Blocking; any worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://developers.google.com/identity/protocols/oauth2/native-app; RFC 7636
 *
 * Such an account's secret is {"client_id": "…", "client_secret": "…", "refresh_token": "…"}. Where an account's base_url is not
 * Google's, its origin stands in for Google's addresses too. */
#pragma once
#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* Shows @address in the system's browser; called in the thread that signs in. */
typedef void (*HubOpenBrowser) (const char *address, gpointer data);

/* Whether the program was built with a client of its own. */
gboolean hub_google_has_client (void);

/* Whether @secret names a client (of the build, when it is {}) but nobody has signed in with it yet. */
gboolean hub_google_wants_sign_in (JsonObject *secret);

/* Has the person sign in in the browser, for at most five minutes. @client_id and @client_secret NULL: those of the build; @base_url is nullable.
 * HUB_ERROR_PERMISSION when nothing was granted. Returns: the secret's JSON text; free with hub_secret_free(). */
char *hub_google_sign_in (const char *base_url, const char *client_id, const char *client_secret,
                          HubOpenBrowser open, gpointer data, GCancellable *cancellable, GError **error);

/* Has Google forget the sign-in in @secret; TRUE also when it is none, or forgotten already. */
gboolean hub_google_sign_out (const char *base_url, const char *secret, GCancellable *cancellable,
                              GError **error);

/* For tests: 43 random characters; and the S256 challenge of a verifier (transfer full). */
char *hub_google_make_verifier (GError **error);
char *hub_google_challenge (const char *verifier);

/* The port on 127.0.0.1 to which a browser comes back once from signing in. (RFC 8252, section 7.3) */
typedef struct _HubLoopback HubLoopback;

/* Listens on a port of the system's choice. (transfer full) */
HubLoopback *hub_loopback_new (GError **error);
void hub_loopback_free (HubLoopback *loopback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubLoopback, hub_loopback_free)

/* "http://127.0.0.1:1234". (transfer full) */
char *hub_loopback_get_address (HubLoopback *loopback);

/* Waits for GET /?…, and from then on the port is closed. Whatever else comes gets 404. HUB_ERROR_PERMISSION after @seconds.
 * Returns: (transfer full): the query, as it was sent. */
char *hub_loopback_wait (HubLoopback *loopback, guint seconds, GCancellable *cancellable, GError **error);

/* Answers the request that hub_loopback_wait() got with a page. */
void hub_loopback_answer (HubLoopback *loopback, const char *title, const char *text);
