/* rest-write.h: a manifest-driven service as destination: records found by key, created and updated one by one or in batches.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "rest-private.h"

struct _HubRestWriter {
  GStrv targets; /* (owned) then the path of the service's id, and those that tell whether a record is kept */
  int key;
  HubRest *reader;     /* (owned) reads targets */
  GHashTable *records; /* (owned) (nullable) key → HubRecord of targets: all that the service lists */
  GHashTable *kept;    /* (owned) ids of records that are never removed */
};

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

/* The key by which @delivery is looked up. */
const char *hub_rest_look_up_key (const HubDelivery *delivery);

/* What the service has for @delivery becomes its found and before. */
void hub_rest_take_record (HubRest *self, HubDelivery *delivery, const HubRecord *record);

/* The JSON that stands for @delivery, the item number @index of a batch. (transfer full) */
JsonObject *hub_rest_make_item (HubRest *self, const HubDelivery *delivery, guint index);
char *hub_rest_print (JsonObject *object); /* takes @object (transfer full) */

/* rest-batch.c: the same for many records in one request each. */
gboolean hub_rest_look_up_many (HubRest *self, GPtrArray *deliveries, GCancellable *cancellable,
                                GError **error);
gboolean hub_rest_write_many (HubRest *self, GPtrArray *deliveries, GCancellable *cancellable,
                              GError **error);
