/* filter.h: which source records an integration takes; pure functions, any thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "json.h"
#include "record.h"

/* A compiled, immutable list of conditions, all of which must hold. */
typedef struct _HubFilter HubFilter;

/* Compiles the contract's `filter` ([{field, op, value}]), which has passed the schema's definition "filter"; greater and
 * less compare numbers, before and after dates. @array NULL takes everything. Each field's path is looked up in @paths
 * (GPtrArray of owned char*) and added where missing; its index there is its index in a record.
 * Returns: (transfer full): or NULL with HUB_ERROR_INVALID and the place of a value that is no number or no date. */
HubFilter *hub_filter_new (JsonArray *array, GPtrArray *paths, const char *place, GError **error);
void hub_filter_free (HubFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubFilter, hub_filter_free)

/* Whether @record passes. Text compares exactly (case and spaces count); a number condition on a value that is no
 * number, or a date condition on one that is no date, does not hold; neither does any comparison with a blank. */
gboolean hub_filter_match (const HubFilter *filter, const HubRecord *record);

/* The index of @path in @paths, added at the end when it is not there. */
guint hub_path_index (GPtrArray *paths, const char *path);
