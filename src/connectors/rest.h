/* rest.h: the connector of every service that its manifest describes in full.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "rest-client.h"

#define HUB_TYPE_REST (hub_rest_get_type ())
G_DECLARE_FINAL_TYPE (HubRest, hub_rest, HUB, REST, HubConnector)

/* The client of the account's service, made when it is first asked for. Borrowed. */
HubRestClient *hub_rest_get_client (HubRest *self, GError **error);

/* What writing needs to remember, see rest-write.h: borrowed; set takes it. */
typedef struct _HubRestWriter HubRestWriter;
HubRestWriter *hub_rest_get_writer (HubRest *self);
void hub_rest_set_writer (HubRest *self, HubRestWriter *writer);

/* The class's verify and list_fields, see rest-discover.c. */
gboolean hub_rest_verify (HubConnector *connector, char **label, GCancellable *cancellable, GError **error);
GPtrArray *hub_rest_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error);
