/* record.h: a record is the values of the fields that an integration needs, picked out of what a service sent; a delivery is what mapping made
 * of it, what stands at the destination, what is to be done about it, and how that went.
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

/* Sets @value to the JSON value that was just read, with every digit: it began at @start and the reader stands on its last token. */
void hub_value_take_json (HubValue *value, const HubJsonReader *reader, gsize start);

/* The @values of the fields called @names as one JSON object {name: value}, as it is kept; @only (nullable) tells which. Returns: (transfer
 * full). */
char *hub_values_to_json (const HubValue *values, const char *const *names, guint n_values,
                          const gboolean *only);

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

typedef enum {
  HUB_ACTION_CREATE,
  HUB_ACTION_UPDATE,
  HUB_ACTION_UNCHANGED,
  HUB_ACTION_FILTERED,
  HUB_ACTION_REJECT,
} HubAction;

/* What a rule says about writing its field. */
typedef enum {
  HUB_WRITE_SKIP,      /* blank at the source: leave what stands there */
  HUB_WRITE_ALWAYS,    /* set it; a blank value clears */
  HUB_WRITE_IF_EMPTY,  /* set it only where the destination has nothing */
  HUB_WRITE_ON_CREATE, /* set it only in a new record */
} HubWrite;

/* values, write, before and change are parallel to the mapping's targets (hub_mapping_get_targets()). */
typedef struct {
  HubRecord *source; /* (owned) the source record; kept until the delivery is done, for rejects and lineage */
  char *source_key;  /* (owned) (nullable) stable identity of the source record */
  char *key;         /* (owned) (nullable) the destination key's value, normalised */
  char *
      look_up_key; /* (owned) (nullable) look_up finds the record by this instead of key: the key changed at the source */
  guint n_fields;
  HubValue *values; /* (owned) what mapping made */
  HubWrite *write;  /* (owned) */
  char *found;      /* (owned) (nullable) the destination's id (a row, an id) of the record found by key */
  HubValue *before; /* (owned) (nullable) what stands there, typed like values; NULL when nothing was found */
  gboolean *change; /* (owned) which fields the write sets */
  HubAction action;
  char *problem;       /* (owned) (nullable) why it is a reject, in the user's words */
  char *problem_field; /* (owned) (nullable) the destination field at fault */
  guint http_status;   /* of the write's answer; 0 when there was none */
  gint64 id;           /* of its row in the journal; 0 before */
} HubDelivery;

HubDelivery *hub_delivery_new (guint n_fields);
void hub_delivery_free (HubDelivery *delivery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubDelivery, hub_delivery_free)

/* Forgets what was found at the destination, before it is looked up again. */
void hub_delivery_forget (HubDelivery *delivery);

/* Makes @delivery a reject for the reason @problem, at destination field @field (nullable). */
void hub_delivery_reject (HubDelivery *delivery, const char *field, const char *problem);

/* Those of @batch whose action is one of @actions (bits 1 << HUB_ACTION_…); borrowed from it. (transfer container) */
GPtrArray *hub_delivery_select (GPtrArray *batch, guint actions);

/* The contract's word for @action in preview --json: "create", "update", "unchanged", "filtered", "reject". */
const char *hub_action_name (HubAction action);

/* The form in which two keys are compared: Unicode NFC, without white space around; an e-mail address in lower case.
 * Returns: (transfer full) (nullable): NULL when nothing is left. */
char *hub_key_normalize (const char *key);
