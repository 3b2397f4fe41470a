/* mapping.h: the rules that make a destination record out of a source record; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "record.h"
#include "json.h"

/* A compiled, immutable list of rules. */
typedef struct _HubMapping HubMapping;

/* Compiles the contract's `mapping`, which has passed the schema's definition "mapping". The source paths that it reads are
 * looked up in @paths and added where missing (see hub_path_index()). @key (nullable) is the destination key, which must
 * be one of the targets. Returns: (transfer full): or NULL with HUB_ERROR_INVALID and the place. */
HubMapping *hub_mapping_new (JsonArray *rules, const char *key, GPtrArray *paths, const char *place,
                             GError **error);
void hub_mapping_free (HubMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubMapping, hub_mapping_free)

/* The destination fields in the order of the rules, NULL-terminated; borrowed. */
const char *const *hub_mapping_get_targets (const HubMapping *mapping);
guint hub_mapping_get_n_targets (const HubMapping *mapping);

/* The index of the key among the targets, or -1 without a key. */
int hub_mapping_get_key_index (const HubMapping *mapping);

/* Fills @delivery's values, write and key from its source record, by the rules' blank and when members. A value that a
 * step cannot use, or a blank key, makes it a reject with the field and the reason. */
void hub_mapping_apply (const HubMapping *mapping, HubDelivery *delivery);
