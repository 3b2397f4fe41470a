/* history.h: deliveries of the past, for taking them back and for telling where a value comes from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "database.h"

/* A delivery as it was kept. */
typedef struct {
  gint64 id;
  gboolean created;    /* it created the record; else it updated one */
  char *key;           /* (owned) (nullable) */
  char *before, *sent; /* (owned) (nullable) JSON objects; NULL once they were thinned out */
} HubPast;

void hub_past_free (HubPast *past);

/* Deliveries of @run that it confirmed and that stand (or that conflicted when they were to be taken back), newest first, with ids
 * below @below, at most @limit; @only: just that delivery (0: all). (transfer full) (element-type HubPast) */
GPtrArray *hub_history_list_standing (HubDatabase *database, gint64 run, gint64 only, gint64 below,
                                      guint limit, GError **error);

/* The destination fields that @run wrote. (transfer full) */
GStrv hub_history_list_fields (HubDatabase *database, gint64 run, GError **error);

/* Every delivery that read from, or wrote to, the record @key of @connector's @object, oldest first: delivery, run, time,
 * integration, version (of the mapping), operation, state, source and destination {connector, object, key}, changes [field,
 * before, after, from: the rule's source], error. (transfer full) */
JsonArray *hub_history_of_record (HubDatabase *database, const char *connector, const char *object,
                                  const char *key, GError **error);

/* Notes that delivery @id was taken back ("undone") or could not be ("undo-conflict", with @problem). What was created and is
 * undone is forgotten as delivered, so that a later run may deliver it again. */
gboolean hub_history_mark (HubDatabase *database, gint64 id, const char *state, const char *problem,
                           GError **error);

/* Drops the images of deliveries older than the setting retention_days (180 by default), at most once a day, and gives free
 * pages back to the disk. Identities and open rejects stay. */
gboolean hub_history_thin (HubDatabase *database, GError **error);
