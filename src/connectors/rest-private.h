/* rest-private.h: what the files of the manifest-driven connector share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "rest-client.h"
#include "rest.h"

typedef struct _HubRestWriter HubRestWriter;

struct _HubRest {
  HubConnector parent;
  HubRestClient *client; /* (owned) (nullable) made by the first request, in the thread that uses it */
  HubRestWriter *writer; /* (owned) (nullable) what writing needs to remember */
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

/* The client of the account's service, made when it is first asked for. Borrowed. */
HubRestClient *hub_rest_get_client (HubRest *self, GError **error);

/* Asks @request ("GET /path", or "POST /search" with @body) and has @read read the answer. */
gboolean hub_rest_ask (HubRest *self, const char *request, const char *body, HubRestRead read, gpointer data,
                       GCancellable *cancellable, GError **error);

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
gboolean hub_rest_read_result (HubConnector *connector, HubJsonReader *reader, gpointer records,
                               GError **error);

/* rest-page.c: a page of the list. Pages that go round end in an error. */
HubPage *hub_rest_read_list (HubRest *self, const char *position, GCancellable *cancellable, GError **error);
/* Drops the records that the page before had too, and remembers those of this one. Returns how many were dropped. */
guint hub_rest_drop_known (HubRest *self, GPtrArray *records, gboolean first);
/* Fails unless @next, the position after @position, is a new one. */
gboolean hub_rest_check_position (HubRest *self, const char *position, const char *next, GError **error);

/* rest-expand.c: what {placeholders} stand for. */
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
/* A copy of @template, whose texts are expanded; members that stand for nothing are left out. (transfer full) (nullable) */
JsonNode *hub_rest_expand_json (const HubRestScope *scope, JsonNode *template);
JsonObject *hub_rest_expand_object (const HubRestScope *scope, JsonObject *template); /* (transfer full) */

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
