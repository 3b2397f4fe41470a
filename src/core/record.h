/* record.h: a record is the values of the fields that an integration needs, picked out of what a service sent.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "json-reader.h"
#include "value.h"

/* What a connector tells of one field of an object. */
typedef struct {
  char *name;  /* (owned) path in the record: "billing_details.email" */
  char *label; /* (owned) what a person reads */
  HubType type;
  gboolean required;
  gboolean read_only;
  gboolean unique;
  char *example; /* (owned) (nullable) a value seen in a sample */
} HubField;

HubField *hub_field_new (const char *name, const char *label, HubType type);
void hub_field_free (HubField *field);

/* Learns from one of the field's texts: gives it an example, and the first type that all texts so far look like. For display
 * only: values stay text. @misses is the caller's memory of the field, 0 at first. */
void hub_field_learn (HubField *field, const char *text, guint *misses);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubField, hub_field_free)

/* The values that one record has at the paths asked for, in their order. */
typedef struct {
  char *key; /* (owned) (nullable) the source's own stable id of the record */
  guint n_values;
  HubValue values[];
} HubRecord;

HubRecord *hub_record_new (guint n_values);
void hub_record_free (HubRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubRecord, hub_record_free)

/* The record's values as one JSON object {path: value}, kept with a reject. Returns: (transfer full). */
char *hub_record_to_json (const HubRecord *record, const char *const *paths);

/* A set of paths ("billing_details.address.city", "items.data.0.id") compiled for reading records; immutable. */
typedef struct _HubSelector HubSelector;

HubSelector *hub_selector_new (const char *const *paths);
void hub_selector_free (HubSelector *selector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubSelector, hub_selector_free)

/* Reads one whole JSON value (the reader's next token starts it) and puts what stands at path i into values[i]: strings as text,
 * numbers as integer or decimal, objects and arrays as their JSON, null and absent as blank.
 * FALSE with HUB_ERROR_INVALID when the JSON is broken. A number too long to write out becomes text. Of duplicate names
 * the last wins. A name may itself hold dots: "metadata.a.b" also finds the member "a.b" of metadata. */
gboolean hub_selector_read (const HubSelector *selector, HubJsonReader *reader, HubValue *values,
                            GError **error);
