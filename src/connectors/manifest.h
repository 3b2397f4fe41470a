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

/* Members mean what the schema says of them, and stand in the order in which manifest.c fills them; texts and objects that a manifest
 * need not have are NULL. */
typedef struct {
  HubField field; /* its texts are borrowed too */
  HubFormat format;
  char *currency, *pattern;
  gboolean lower;
  gint64 longest; /* 0: any number */
} HubManifestField;

typedef struct {
  char *id, *label, *help, *example, *pattern;
  char *kind;                                  /* NULL: a text */
  char *fallback;                              /* default */
  JsonObject *choices, *default_from, *derive; /* (borrowed) */
  gboolean required;
} HubManifestOption;

typedef enum {
  HUB_PAGE_LAST_ID,
  HUB_PAGE_TOKEN,
  HUB_PAGE_OFFSET,
  HUB_PAGE_NUMBER,
  HUB_PAGE_LINK,
} HubPaging;

/* How a manifest-driven connector reads an object. */
typedef struct {
  char *path, *one, *records, *deleted, *more, *next, *total;
  char *page_param; /* without it and HUB_PAGE_LINK, there is one page */
  GStrv query;      /* (owned) name, value... */
  HubPaging paging;
  /* changes: */
  char *strategy, *since_param, *since_format, *changed, *search, *events, *event_object;
  gint64 overlap;
} HubManifestRead;

/* How a manifest-driven connector writes an object. Empty for connectors built in C. */
typedef struct {
  char *key; /* NULL: any field */
  char *look_up, *find, *blank, *create, *update, *remove, *idempotency_header, *refused;
  char *body;                                                             /* "json" or "form" */
  JsonObject *many, *batch, *on_create, *on_update, *update_as, *keep_if; /* (borrowed) */
  gboolean look_up_absent, texts;
} HubManifestWrite;

typedef struct {
  char *id, *label, *key, *sample;
  JsonObject *discover; /* (borrowed) */
  gboolean readable, writable;
  HubManifestRead read; /* empty for connectors built in C */
  HubManifestWrite write;
  GPtrArray *fields;  /* (owned) (element-type HubManifestField) */
  GPtrArray *options; /* (owned) (element-type HubManifestOption) of an endpoint */
} HubManifestObject;

typedef struct {
  JsonNode *source; /* (owned) what all texts are borrowed from */
  char *id, *name, *help_url, *base_url, *error_message, *throttle_header;
  char *build;                 /* "rest", "google-sheets" or "csv" */
  char *auth, *auth_header;    /* auth.kind, auth.header */
  GStrv steps, warnings;       /* (owned) auth.steps; auth.warnings: beginning, sentence... */
  GStrv verify, verify_labels; /* (owned) verify.paths, verify.labels */
  GStrv headers;               /* (owned) name, value... */
  JsonArray *errors, *budgets; /* (borrowed) */
  GPtrArray *secrets;          /* (owned) (element-type HubManifestOption) auth.fields */
  GHashTable *minor_units;     /* (owned) currency → decimals + 1 */
  GPtrArray *objects;          /* (owned) (element-type HubManifestObject) */
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

/* Object member @name of @object (nullable); NULL when it is absent. Borrowed. */
JsonObject *hub_manifest_part (JsonObject *object, const char *name);

/* Text member @name of @object (nullable), which its schema has checked; NULL when it is absent. Borrowed. */
const char *hub_manifest_text (JsonObject *object, const char *name);

/* What an answer of @status means by the manifest's errors: "retry", "fail"..., or NULL. Borrowed. */
const char *hub_manifest_meaning (const HubManifest *manifest, guint status, const char *content_type,
                                  GBytes *body);

/* What the field at @path is, or NULL when the manifest does not name it. Borrowed. */
const HubManifestField *hub_manifest_field (const HubManifestObject *object, const char *path);

/* manifest-check.c: whether @manifest, read from @text of the file called @file, has all that requests by it need, which its schema
 * cannot say; else HUB_ERROR_INVALID with the line. */
gboolean hub_manifest_check (const HubManifest *manifest, const char *file, const char *text, gsize length,
                             GError **error);
