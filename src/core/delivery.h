/* delivery.h: one destination record on its way: what mapping made of a source record, what stands at the destination,
 * what is to be done about it, and how that went.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record.h"

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

/* Makes @delivery a reject for the reason in @error, at destination field @field (nullable). */
void hub_delivery_reject (HubDelivery *delivery, const char *field, const GError *error);

/* The contract's word for @action in preview --json: "create", "update", "unchanged", "filtered", "reject". */
const char *hub_action_name (HubAction action);

/* The form in which two keys are compared: Unicode NFC, without white space around; an e-mail address in lower case.
 * Returns: (transfer full) (nullable): NULL when nothing is left. */
char *hub_key_normalize (const char *key);
