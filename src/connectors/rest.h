/* rest.h: the connector of every service that its manifest describes in full.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "http.h"

#define HUB_TYPE_REST (hub_rest_get_type ())
G_DECLARE_FINAL_TYPE (HubRest, hub_rest, HUB, REST, HubConnector)

/* Reads the whole JSON of an answer into @data; called anew for each answer. */
typedef gboolean (*HubRestRead) (HubRest *self, HubJsonReader *reader, gpointer data, GError **error);

/* GETs @path (with its query) under the account's base address and has @read read the answer. One that is no JSON, or not
 * that of this service, is asked for again, and then is HUB_ERROR_SERVICE. */
gboolean hub_rest_get (HubRest *self, const char *path, HubRestRead read, gpointer data,
                       GCancellable *cancellable, GError **error);

/* The class's verify and list_fields, see rest-discover.c. */
gboolean hub_rest_verify (HubConnector *connector, char **label, GCancellable *cancellable, GError **error);
GPtrArray *hub_rest_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error);
