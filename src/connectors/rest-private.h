/* rest-private.h: what the files of the manifest-driven connector share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"
#include "http.h"

#define HUB_TYPE_REST (hub_rest_get_type ())
G_DECLARE_FINAL_TYPE (HubRest, hub_rest, HUB, REST, HubConnector)

/* What writing needs to remember. */
typedef struct {
  GStrv targets; /* (owned) then the path of the service's id, and those that tell whether a record is kept */
  int key;
  HubRest *reader;     /* (owned) reads targets */
  GHashTable *records; /* (owned) (nullable) key → HubRecord of targets: all that the service lists */
  GHashTable *kept;    /* (owned) ids of records that are never removed */
} HubRestWriter;

struct _HubRest {
  HubConnector parent;
  HubHttp *http;         /* (owned) (nullable) made by the first request, in the thread that uses it */
  char *base_url;        /* (owned) (nullable) made with it */
  gint64 date;           /* of the last answer: the service's time in unix seconds */
  char *link;            /* (owned) (nullable) its Link header */
  HubRestWriter *writer; /* (owned) (nullable) */
  GPtrArray *fields;     /* (owned) (nullable) (element-type HubManifestField) once discovered */
  GHashTable *hidden;   /* (owned) (nullable) names of fields that were discovered, and are not to be shown */
  GHashTable *defaults; /* (owned) (nullable) option → what it is without being given, once asked for */
  HubSelector *selector; /* (owned) (nullable) the asked paths, then the extra ones below */
  GPtrArray *paths;      /* (owned) (nullable) what selector reads */
  GArray *asked;         /* (owned) (nullable) (element-type AskedPath) the first of paths */
  guint key_index;       /* of the record's key in paths */
  int deleted_index;     /* of the mark of a deleted record, or -1 */
  int changed_index;     /* of the time of a record's last change, or -1 */
  gint64 last_changed;   /* when the last record that was read was changed, in unix milliseconds */
  char *since;           /* (owned) (nullable) only what was changed since then is read: an ISO 8601 time */
  HubPage *first;        /* (owned) (nullable) the first page, read already */
  GPtrArray *changed;    /* (owned) (nullable) keys of the records to read, when only those are read */
  guint n_pages;         /* of the list, read so far */
  char *mark;            /* (owned) (nullable) the position after one of them, to notice when they go round */
  GHashTable *known;     /* (owned) (nullable) keys of the last page's records, if pages overlap */
  guint n_seen;          /* records on numbered pages so far */
};

/* rest-request.c: makes what requests go through, unless it is there. */
gboolean hub_rest_connect (HubRest *self, GError **error);

/* Reads the whole JSON of an answer into @data; called anew for each answer. */
typedef gboolean (*HubRestRead) (HubRest *self, HubJsonReader *reader, gpointer data, GError **error);

/* Asks @request ("GET /path" under the account's base address, or "GET https://…" on its origin; "POST /search" with JSON as
 * @body), which changes nothing, and has @read read the answer. One that is no JSON, or not
 * that of this service, is asked for again, and then is HUB_ERROR_SERVICE. */
gboolean hub_rest_ask (HubRest *self, const char *request, const char *body, HubRestRead read, gpointer data,
                       GCancellable *cancellable, GError **error);

/* The whole address of @address, which may be relative to that of @path. (transfer full) */
char *hub_rest_resolve (HubRest *self, const char *path, const char *address);

/* Sends @request ("POST /customers") with @body (nullable), a form or JSON as the manifest says. With @idempotency (nullable), where the service
 * takes such a key, and unless it is a POST, a lost answer is asked for again; else it is HUB_ERROR_LOST. Returns: (transfer full): any answer. */
HubHttpAnswer *hub_rest_send (HubRest *self, const char *request, const char *body, const char *idempotency,
                              GCancellable *cancellable, GError **error);

/* Whether @answer, which is not a success, is about the records that were sent rather than the account or the service. */
gboolean hub_rest_blames_record (HubRest *self, const HubHttpAnswer *answer);

/* Sets @error from an answer that is not a success, with the service's own sentence. Always returns FALSE. */
gboolean hub_rest_fail (HubRest *self, const HubHttpAnswer *answer, GError **error);

void hub_rest_init_reader (HubJsonReader *reader, const HubHttpAnswer *answer);

/* Puts what the first of @paths that holds something has into *@text (transfer full), or NULL. */
gboolean hub_rest_pick (const char *const *paths, HubJsonReader *reader, char **text, GError **error);

/* Another connector for @endpoint of the same account, which reads @paths and knows what self has discovered. (transfer full) */
HubRest *hub_rest_open_beside (HubRest *self, const HubEndpoint *endpoint, const char *const *paths,
                               GError **error);

/* Reads all the pages' records, each given to @take, which owns it. */
gboolean hub_rest_read_all (HubRest *self, void (*take) (HubRecord *record, gpointer data), gpointer data,
                            GCancellable *cancellable, GError **error);

/* Prepares reading; a key that may not see which fields there are is no failure. */
gboolean hub_rest_compile (HubRest *self, GCancellable *cancellable, GError **error);

/* Adds the records of the list at @path in the document to @records. */
gboolean hub_rest_read_records (HubRest *self, HubJsonReader *reader, const char *path, GPtrArray *records,
                                GError **error);

/* Reads an answer that has such a list into the GPtrArray @records. */
gboolean hub_rest_read_result (HubRest *self, HubJsonReader *reader, gpointer records, GError **error);

/* rest-page.c: a page of the list. Pages that go round end in an error. */
HubPage *hub_rest_read_list (HubRest *self, const char *position, GCancellable *cancellable, GError **error);
/* Drops the records that the page before had too, and remembers those of this one. Returns how many were dropped. */
guint hub_rest_drop_known (HubRest *self, GPtrArray *records, gboolean first);
/* Fails unless @next, the position after @position, is a new one. */
gboolean hub_rest_check_position (HubRest *self, const char *position, const char *next, GError **error);

/* rest-request.c: what {placeholders} stand for. */
typedef struct {
  HubRest *self;
  const char *const *paths; /* (nullable) for {x.*}: those that begin with "x.", without that */
  const char *key_path;     /* (nullable) */
  const char *key, *id;     /* (nullable) */
  guint index;
} HubRestScope;

/* @template with its {placeholders} filled in, in a URL (@url) percent-encoded. NULL when one of them stands for nothing and
 * @template is no more than that. (transfer full) */
char *hub_rest_expand (const HubRestScope *scope, const char *template, gboolean url);
/* A copy of @template, whose texts are expanded; members that stand for nothing are left out. (transfer full) */
JsonObject *hub_rest_expand_object (const HubRestScope *scope, JsonObject *template);

/* rest-discover.c */
gboolean hub_rest_discover (HubRest *self, GCancellable *cancellable, GError **error);
/* Whether the service has the fields @paths, as far as it tells all that it has: HUB_ERROR_FIELD. */
gboolean hub_rest_check_fields (HubRest *self, const char *const *paths, GCancellable *cancellable,
                                GError **error);
/* Asks for the defaults that only the service knows. */
gboolean hub_rest_ask_defaults (HubRest *self, GCancellable *cancellable, GError **error);
/* What is known of the field at @path, or NULL. Borrowed. */
const HubManifestField *hub_rest_field (HubRest *self, const char *path);
gboolean hub_rest_verify (HubConnector *connector, char **label, GCancellable *cancellable, GError **error);
GPtrArray *hub_rest_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error);
GPtrArray *hub_rest_list_choices (HubConnector *connector, const char *option, GCancellable *cancellable,
                                  GError **error);

/* Gives a value that JSON typed the type that the manifest knows; what doesn't fit stays as it came. */
void hub_rest_convert (const HubManifest *manifest, const HubManifestField *field, HubValue *value,
                       const char *currency);

void hub_rest_writer_free (HubRestWriter *writer);

/* rest-write.c: the class's methods of a destination. */
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

/* rest-changes.c: begins a reading of what was changed since the time @since. *next: the service's time when it answered with the
 * first page, less the overlap. */
gboolean hub_rest_begin_since (HubRest *self, const char *since, char **next, GCancellable *cancellable,
                               GError **error);

/* A page of the records changed since self->since. */
HubPage *hub_hubspot_search (HubRest *self, const char *position, GCancellable *cancellable, GError **error);

/* Finds what has changed since the cursor @since: self->changed is NULL when everything has to be read: without
 * @since, after more than 30 days, after very many changes, or when the key may not read events. *next: the cursor for the next
 * time, or NULL when events cannot be relied on. */
gboolean hub_stripe_events_begin (HubRest *self, const char *since, char **next, GCancellable *cancellable,
                                  GError **error);
