/* history.h: deliveries of the past, for taking them back and for telling where a value comes from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "runs.h"

/* A delivery as it was kept. */
typedef struct {
  gint64 id;
  gboolean created;    /* it created the record; else it updated one */
  char *key;           /* (owned) (nullable) */
  char *before, *sent; /* (owned) (nullable) JSON objects; NULL once they were thinned out */
} HubPast;

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

/* One field of a delivery: what was written over what. */
typedef struct {
  char *field;            /* (owned) */
  HubValue before, after; /* (owned) */
} HubChange;

void hub_change_free (HubChange *change);

/* The one of @changes that is about @field. Borrowed (nullable). */
HubChange *hub_history_find_change (GPtrArray *changes, const char *field);

/* A delivery of the past as people read it. */
typedef struct {
  gint64 id, run;
  gint64 time;       /* unix milliseconds */
  char *integration; /* (owned) name */
  char *operation,
      *state; /* (owned) "create", "update", "reject"; "confirmed", "rejected", "undone", "undo-conflict"... */
  char *key, *source_key; /* (owned) (nullable) */
  char *field, *error;    /* (owned) (nullable) at fault, and why */
  GPtrArray *changes;     /* (owned) (element-type HubChange) what was written over what */
  GPtrArray
      *record; /* (owned) (element-type HubChange) of a reject: the source record, path and value (after);
                  where that is a correction, the source's own value is before, and never NULL */
} HubTrace;

void hub_trace_free (HubTrace *trace);

/* Which deliveries hub_history_list_ids() finds; 0 and NULL leave out a condition. */
typedef struct {
  gint64 run;
  const char *integration;
  gboolean open_rejects;
  const char *text; /* in the key or the source key */
} HubQuery;

/* The ids of the deliveries that @query asks for, newest first; quick for 100,000. (transfer full) (element-type gint64) */
GArray *hub_history_list_ids (HubDatabase *database, const HubQuery *query, GError **error);

/* The deliveries with @ids, in their order; one that is gone is left out. (transfer full) (element-type HubTrace) */
GPtrArray *hub_history_list_traces (HubDatabase *database, const gint64 *ids, guint n_ids, GError **error);

/* What can still be done about @run: how many of the records that it created and updated can be taken back, and how many of its rejects
 * are open. */
gboolean hub_history_count_left (HubDatabase *database, gint64 run, HubCounters *left, GError **error);

/* What happened on one day in the user's time zone. */
typedef struct {
  gint64 day; /* unix milliseconds of its first instant */
  guint64 delivered, rejected;
} HubDay;

/* The last @n_days days, today last; days without a run too. (transfer full) (element-type HubDay) */
GArray *hub_history_list_days (HubDatabase *database, guint n_days, GError **error);

/* How an integration does. */
typedef struct {
  char *integration;       /* (owned) name */
  guint64 runs, successes; /* of the last 30 days, without undos; with rejects is a success too */
  gint64 last_success;     /* unix milliseconds; 0: never */
  guint64 open_rejects;
} HubHealth;

void hub_health_free (HubHealth *health);

/* Of all integrations, by name. (transfer full) (element-type HubHealth) */
GPtrArray *hub_history_list_health (HubDatabase *database, GError **error);

/* Notes that delivery @id was taken back ("undone") or could not be ("undo-conflict", with @problem). What was created and is
 * undone is forgotten as delivered, so that a later run may deliver it again. */
gboolean hub_history_mark (HubDatabase *database, gint64 id, const char *state, const char *problem,
                           GError **error);

/* Drops the images of deliveries older than the setting retention_days (180 by default), at most once a day, and gives free
 * pages back to the disk. Identities and open rejects stay. */
gboolean hub_history_thin (HubDatabase *database, GError **error);
