/* manifest.h: what a service is like, as data: resources/connectors/*.json and the user's own, read and checked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Manifests are immutable once loaded and live as long as the program; any thread may read them. */
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
  HubField field;
  HubFormat format;
  char *currency; /* (owned) (nullable) path of the currency of a money field */
} HubManifestField;

typedef struct {
  char *id, *label, *pattern, *example, *help; /* (owned) (nullable but id, label) */
  gboolean secret;
} HubManifestOption;

typedef struct {
  char *id, *label; /* (owned) */
  char *key;        /* (owned) (nullable) path of the stable id of a record */
  gboolean readable, writable;
  GPtrArray *fields;   /* (owned) (element-type HubManifestField) */
  GPtrArray *options;  /* (owned) (element-type HubManifestOption) of an endpoint */
  char *sample_prefix; /* (owned) (nullable) member whose keys are collected from a sample: "metadata" */
  /* how to read it (manifest-driven connectors) */
  char *path;       /* (owned) (nullable) "/payment_intents" */
  GPtrArray *query; /* (owned) (element-type char*) name, value, name, value... */
  char *records;    /* (owned) (nullable) path of the array in the answer */
  char *more;       /* (owned) (nullable) path of the boolean that tells whether there is a next page */
  char *page_param; /* (owned) (nullable) query parameter that takes the last record's key */
} HubManifestObject;

typedef struct {
  char *id, *name, *help_url; /* (owned) */
  char *build;                /* (owned) which C build reads it: "rest", "google-sheets" or "csv" */
  char *base_url;             /* (owned) (nullable for csv) */
  GPtrArray *headers;         /* (owned) (element-type char*) name, value... */
  char *auth;                 /* (owned) "none", "bearer", "google" */
  GPtrArray *auth_fields;     /* (owned) (element-type HubManifestOption) the secret's members */
  GPtrArray *verify; /* (owned) (element-type char*) paths tried in turn until one is not forbidden */
  GPtrArray *
      verify_labels; /* (owned) (element-type char*) paths in the answer, the first that is there names the account */
  GPtrArray *warnings;     /* (owned) (element-type char*) secret prefix, sentence... */
  GHashTable *minor_units; /* (owned) currency → decimals where the service departs from ISO 4217 */
  char *error_message, *error_code; /* (owned) (nullable) paths in an error answer */
  GPtrArray *objects;               /* (owned) (element-type HubManifestObject) */
} HubManifest;

/* Reads one manifest. @file begins every error; an unknown key is an error with its place and a suggestion. (transfer full) */
HubManifest *hub_manifest_parse (const char *text, gsize length, const char *file, GError **error);
void hub_manifest_free (HubManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubManifest, hub_manifest_free)

/* The connector called @id: a built-in one, or a file of the data folder's connectors/. HUB_ERROR_NOT_FOUND names those
 * there are. Borrowed. */
const HubManifest *hub_manifest_get (const char *id, GError **error);

/* All connectors that load, built-in ones first. (transfer container) (element-type HubManifest) */
GPtrArray *hub_manifest_list (GError **error);

/* The object @id of @manifest; HUB_ERROR_NOT_FOUND names those there are. Borrowed. */
const HubManifestObject *hub_manifest_object (const HubManifest *manifest, const char *id, GError **error);

/* What the field at @path is, or NULL when the manifest does not name it. Borrowed. */
const HubManifestField *hub_manifest_field (const HubManifestObject *object, const char *path);
