/* manifest.h: what a service is like, as data: those built in and those in the data folder, read and checked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Manifests are immutable once loaded and live as long as the program; any thread may read them. What they may hold is in
 * resources/schemas/manifest.json; what only one place reads is not taken out of its JSON. Texts are borrowed from that. */
#pragma once
#include "json.h"
#include "record.h"

/* How a field's raw JSON value becomes its typed value. */
typedef enum {
  HUB_FORMAT_PLAIN,
  HUB_FORMAT_MINOR_UNITS,  /* an integer in the currency's minor unit */
  HUB_FORMAT_UNIX_SECONDS, /* an integer: seconds since 1970 */
} HubFormat;

typedef struct {
  HubField field; /* its texts are borrowed too */
  HubFormat format;
  char *currency; /* (nullable) path of the currency of a money field */
  char *pattern;  /* (nullable) strftime pattern in which the service wants a date */
  gboolean lower; /* the service keeps it in lower case, whatever it is sent */
} HubManifestField;

typedef struct {
  char *id, *label;
  char *help, *example; /* (nullable) where to find it; what it looks like */
  char *
      kind; /* (nullable) how it is asked for: "file", "choice" (the service lists what it may be), "secret"; NULL: a text */
  gboolean required;
  char *fallback;      /* (nullable) what it is when nothing is given */
  JsonObject *choices; /* (borrowed) (nullable) */
  JsonObject *ask;     /* (borrowed) (nullable) how the service tells what it is when nothing is given */
  JsonObject *
      derive; /* (borrowed) (nullable) of a secret: placeholder in base_url → regular expression whose group gives it */
} HubManifestOption;

typedef enum {
  HUB_PAGE_LAST_ID, /* page_param takes the last record's key */
  HUB_PAGE_TOKEN,   /* it takes what stands at next */
  HUB_PAGE_OFFSET,  /* it takes how many records to pass over */
  HUB_PAGE_NUMBER,  /* it counts pages */
  HUB_PAGE_LINK,    /* the next page's address stands at next, or in the Link header */
} HubPaging;

/* How a manifest-driven connector reads an object. */
typedef struct {
  char *path;    /* under the base address: "/payment_intents" */
  GStrv query;   /* (owned) name, value...; a value "{option}" is that option of the endpoint */
  char *one;     /* (nullable) one record's path: "{path}/{key}" */
  char *records; /* path of the array in the answer */
  char *deleted; /* (nullable) path of a boolean that marks what is left of a deleted record */
  char *more;    /* (nullable) path of the boolean that says whether another page follows */
  HubPaging paging;
  char *
      page_param; /* (nullable) the query parameter that tells the page; without it and HUB_PAGE_LINK, there is one page */
  char *next;  /* (nullable) path in the answer */
  char *total; /* (nullable) path of the number of all records */
  /* how it tells what has changed */
  char *strategy;     /* (nullable) by a query parameter ("since"), or a strategy of rest.c's table */
  char *since_param;  /* (nullable) that parameter */
  char *since_format; /* (nullable) strftime pattern of its value */
  gint64 overlap;     /* seconds that are read again */
  char *changed;      /* (nullable) path of the field that says when a record was last changed */
  char *search;       /* (nullable) path of the search by it */
  char *events;       /* (nullable) the types of its events: "payment_intent.*" */
  char *event_object; /* (nullable) what those events call the object: "payment_intent" */
} HubManifestRead;

/* How a manifest-driven connector writes an object; requests are "POST /customers/{id}". Empty for connectors built in C. */
typedef struct {
  char *key;     /* (nullable) the field by which records are told apart; NULL: any field */
  char *look_up; /* (nullable) the endpoint option that makes the list hold only the records with one key */
  char *find;    /* (nullable) what a key makes of read.one's {key}: "{key|md5}"; a new record's {id} too */
  gboolean look_up_absent; /* the list leaves records out: those that it lacks are asked for one by one */
  JsonObject *many;        /* (borrowed) (nullable) many records found by their keys in one request */
  JsonObject *batch;       /* (borrowed) (nullable) many records written by one request */
  JsonObject *on_create, *on_update; /* (borrowed) (nullable) what the body holds besides the fields */
  JsonObject *update_as;             /* (borrowed) (nullable) a field → what an update calls it */
  JsonObject
      *keep_if;   /* (borrowed) (nullable) a path → values that keep a created record from being removed */
  char *blank;    /* (nullable) the text that clears a field; NULL: null does */
  gboolean texts; /* all values are sent as text */
  char *create, *update;
  char *remove;             /* (nullable) takes a created record back */
  char *body;               /* "json" or "form" */
  char *idempotency_header; /* (nullable) */
  char *
      refused; /* (nullable) path of the sentence with which a successful answer refuses the record all the same */
} HubManifestWrite;

typedef struct {
  char *id, *label;
  char *key; /* (nullable) path of the stable id of a record */
  gboolean readable, writable;
  HubManifestRead read; /* empty for connectors built in C */
  HubManifestWrite write;
  JsonObject *discover; /* (borrowed) (nullable) how the service tells which fields there are */
  GPtrArray *fields;    /* (owned) (element-type HubManifestField) */
  GPtrArray *options;   /* (owned) (element-type HubManifestOption) of an endpoint */
  char *sample;         /* (nullable) an object whose members differ by record: "metadata" */
} HubManifestObject;

typedef struct {
  JsonNode *source; /* (owned) what all texts are borrowed from */
  char *id, *name;
  char *help_url;      /* (nullable) where keys are made */
  char *build;         /* which C build serves it: "rest", "google-sheets" or "csv" */
  char *base_url;      /* (nullable) */
  GStrv headers;       /* (owned) name, value... sent with every request */
  char *auth;          /* "none", "bearer", "basic", "header" or "google" */
  char *auth_header;   /* (nullable) the header that takes the key */
  GStrv steps;         /* (owned) how to get the secret, a sentence each */
  GPtrArray *secrets;  /* (owned) (element-type HubManifestOption) the members of the secret */
  GStrv warnings;      /* (owned) beginning of a secret, sentence to show... */
  GStrv verify;        /* (owned) paths tried in turn until one is not forbidden */
  GStrv verify_labels; /* (owned) paths in the answer; the first that holds something names the account */
  char *
      error_message; /* (nullable) paths of the sentence in an error answer, the best first, spaces between */
  char *throttle_header;   /* (nullable) of an answer 429: seconds to wait, where there is no Retry-After */
  JsonArray *errors;       /* (borrowed) (nullable) what answers mean */
  JsonArray *budgets;      /* (borrowed) (nullable) */
  GHashTable *minor_units; /* (owned) currency → decimals + 1, where the service departs from ISO 4217 */
  GPtrArray *objects;      /* (owned) (element-type HubManifestObject) */
} HubManifest;

/* Reads one manifest. @file begins every error; an unknown key is an error with its place and a suggestion. (transfer full) */
HubManifest *hub_manifest_parse (const char *text, gsize length, const char *file, GError **error);
void hub_manifest_free (HubManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubManifest, hub_manifest_free)

/* The connector called @id: a built-in one, or a file of the data folder's connectors/, as it is now. HUB_ERROR_NOT_FOUND names
 * those there are. Borrowed. */
const HubManifest *hub_manifest_get (const char *id, GError **error);

/* The ids of the connectors there are, right or wrong: the built-in ones, then the user's files by name. (transfer full) */
GStrv hub_manifest_list_ids (GError **error);
gboolean hub_manifest_is_built_in (const char *id);

/* Where the user's own manifest @id is, or would be. (transfer full) */
char *hub_manifest_own_file (const char *id, GError **error);

/* All connectors that load, built-in ones first. (transfer container) (element-type HubManifest) */
GPtrArray *hub_manifest_list (GError **error);

/* The object @id of @manifest; HUB_ERROR_NOT_FOUND names those there are. Borrowed. */
const HubManifestObject *hub_manifest_object (const HubManifest *manifest, const char *id, GError **error);

/* @url without the placeholders that are left, and the dot behind them. (transfer full) */
char *hub_manifest_strip_url (const char *url);

/* Text member @name of @object (nullable), which its schema has checked; NULL when it is absent. Borrowed. */
const char *hub_manifest_text (JsonObject *object, const char *name);

/* What an answer of @status means by the manifest's errors: "retry", "fail"..., or NULL. Borrowed. */
const char *hub_manifest_meaning (const HubManifest *manifest, guint status, const char *content_type,
                                  GBytes *body);

/* What the field at @path is, or NULL when the manifest does not name it. Borrowed. */
const HubManifestField *hub_manifest_field (const HubManifestObject *object, const char *path);
