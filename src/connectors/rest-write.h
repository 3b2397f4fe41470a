/* rest-write.h: a manifest-driven service as destination: records found by key, created and updated one by one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "rest.h"

void hub_rest_writer_free (HubRestWriter *writer);

/* The class's methods of a destination. */
gboolean hub_rest_prepare (HubConnector *connector, const char *const *targets, int key,
                           GCancellable *cancellable, GError **error);
gboolean hub_rest_look_up (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                           GError **error);
gboolean hub_rest_write (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                         GError **error);
gboolean hub_rest_remove (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                          GError **error);
