/* rest-client.h: requests to a manifest-driven service with one account's key, and what its answers say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "http.h"

typedef struct _HubRestClient HubRestClient;

/* The client of @connector's account (borrowed, must outlive it); used by the thread that made it. (transfer full) */
HubRestClient *hub_rest_client_new (HubConnector *connector, GError **error);
void hub_rest_client_free (HubRestClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubRestClient, hub_rest_client_free)

/* Reads the whole JSON of an answer into @data; called anew for each answer. */
typedef gboolean (*HubRestRead) (HubConnector *connector, HubJsonReader *reader, gpointer data,
                                 GError **error);

/* Asks @request ("GET /path" under the account's base address, or "GET https://…" on its origin; "POST /search" with JSON as
 * @body), which changes nothing, and has @read read the answer. One that is no JSON, or not
 * that of this service, is asked for again, and then is HUB_ERROR_SERVICE. */
gboolean hub_rest_client_ask (HubRestClient *client, const char *request, const char *body, HubRestRead read,
                              gpointer data, GCancellable *cancellable, GError **error);

/* Of the last answer: its time in unix seconds; its Link header, borrowed and nullable. */
gint64 hub_rest_client_get_date (HubRestClient *client);
const char *hub_rest_client_get_link (HubRestClient *client);

/* The whole address of @address, which may be relative to that of @path. (transfer full) */
char *hub_rest_client_resolve (HubRestClient *client, const char *path, const char *address);

/* Sends @request ("POST /customers") with @body (nullable), a form or JSON as the manifest says. With @idempotency (nullable), where the service
 * takes such a key, and unless it is a POST, a lost answer is asked for again; else it is HUB_ERROR_LOST. Returns: (transfer full): any answer. */
HubHttpAnswer *hub_rest_client_send (HubRestClient *client, const char *request, const char *body,
                                     const char *idempotency, GCancellable *cancellable, GError **error);

/* Whether @answer, which is not a success, is about the records that were sent rather than the account or the service. */
gboolean hub_rest_client_blames_record (HubRestClient *client, const HubHttpAnswer *answer);

/* Sets @error from an answer that is not a success, with the service's own sentence. Always returns FALSE. */
gboolean hub_rest_client_fail (HubRestClient *client, const HubHttpAnswer *answer, GError **error);
