/* google-token.h: what is asked of Google's token server, and how it refuses. Blocking; any worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <json-glib/json-glib.h>

#include "http.h"

#define HUB_GOOGLE_SCOPE "https://www.googleapis.com/auth/spreadsheets"
#define HUB_GOOGLE_TOKEN "https://oauth2.googleapis.com/token"

/* Advice for "invalid_client". */
#define HUB_GOOGLE_NO_CLIENT                                                                                 \
  N_ ("Google does not know this client; copy its ID and secret from the Google Cloud console again")

/* Whether @origin is one of Google's. */
gboolean hub_google_is_origin (const char *origin);

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
