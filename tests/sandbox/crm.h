/* crm.h: what the sandbox's services that keep people share: records as JSON, limits, and how tests reach them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <json-glib/json-glib.h>
#include "sandbox.h"

/* So many requests in a time of that length. */
typedef struct {
  guint requests;
  gint64 milliseconds;
  GQueue times; /* of gint64 * */
} Limit;

/* Records of one kind, in the order in which they came; each has a text or number "id". */
typedef struct {
  const char *name;   /* on the control port */
  GPtrArray *records; /* (owned) of JsonObject */
  GHashTable *by_id;  /* (owned) id → JsonObject */
} Shelf;

typedef struct _Crm Crm;
struct _Crm {
  const char *service; /* "mailchimp" */
  const char *prefix;  /* of all paths */
  GPtrArray *shelves;  /* (owned) */
  gint64 serial;       /* of new ids */
  gint64 lag;          /* milliseconds until a search sees a change */
  gboolean seeding;    /* what is added was changed at `last` */
  gint64 last;         /* when something was last changed */
  Limit limits[3];
  /* Whether the key is good. */
  gboolean (*check_key) (const Request *request);
  /* Answers; @parts is the path below prefix. */
  void (*handle) (Crm *crm, const Request *request, char **parts, GPtrArray *query, Answer *answer);
  /* Gives a record that a test puts there what the service itself gives: ids, times. */
  void (*complete) (Crm *crm, Shelf *shelf, JsonObject *record);
  /* The record number @index of a kind, made for a test that only wants many. (transfer full) */
  JsonObject *(*make) (Crm *crm, Shelf *shelf, guint index);
  /* Says @status as the service does. */
  void (*fail) (Answer *answer, guint status, const char *message);
  void (*reset) (Crm *crm);
};

Crm *mailchimp_new (void);
Crm *hubspot_new (void);
Crm *brevo_new (void);
void crm_free (Crm *crm);
void crm_handle (gpointer crm, const Request *request, Answer *answer); /* ServiceHandler */

/* The control port: what is wrong, or NULL. */
const char *crm_put (Crm *crm, const char *shelf, const Tree *record);
const char *crm_set_count (Crm *crm, const char *shelf, guint count, gboolean same_time);
const char *crm_delete (Crm *crm, const char *shelf, const char *id);
const char *crm_write (Crm *crm, const char *shelf, GString *out);
void crm_set_limit (Crm *crm, guint index, guint requests, gint64 milliseconds);

/* For the services. */
Crm *crm_new (const char *service, const char *prefix);
Shelf *crm_add_shelf (Crm *crm, const char *name);
Shelf *crm_shelf (Crm *crm, const char *name);     /* or NULL */
void shelf_add (Shelf *shelf, JsonObject *record); /* takes */
void shelf_clear (Shelf *shelf);
void shelf_remove (Shelf *shelf, JsonObject *record);
void shelf_rename (Shelf *shelf, JsonObject *record, const char *id); /* before its id changes to @id */
JsonObject *shelf_get (Shelf *shelf, const char *id);
/* The time of a change now, always later than the one before, in unix milliseconds. */
gint64 crm_tick (Crm *crm);
char *crm_time (gint64 milliseconds, const char *format); /* UTC; %3 is the milliseconds */
gint64 crm_parse_time (const char *text);                 /* unix milliseconds; -1: it is none */
/* Whether a request may still pass. */
gboolean crm_take (Crm *crm, guint limit);
JsonObject *crm_body (const Request *request, Answer *answer,
                      Crm *crm); /* (transfer full) or NULL and an answer */
/* The first member of @object, or parameter of @query, that @known does not name; NULL: all are known. */
const char *crm_unknown_member (JsonObject *object, const char *known);
const char *crm_unknown_parameter (GPtrArray *query, const char *known);
gint64 crm_number (GPtrArray *query, const char *name, gint64 fallback);
void crm_answer (Answer *answer, guint status, JsonObject *object); /* takes */
void crm_append (GString *out, JsonObject *object);
JsonObject *crm_parse (const char *text);
const char *crm_text (JsonObject *object, const char *name); /* "" if it is none */
