/* field-map.h: the fields of both sides of a draft as lists, and the links that its rules make between them (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "field-row.h"

/* One link. */
typedef struct {
  HubFieldItem *from, *to; /* (borrowed) */
  gboolean broken;
} HubLink;

typedef struct {
  HubDraft *draft;      /* (owned) */
  GPtrArray *fields[2]; /* (owned) of each HubSide: what the service has, element-type HubField */
  gboolean open_ended;
  GListStore *lists[2]; /* (owned) of each HubSide: what is to be shown, element-type HubFieldItem */
  GHashTable *items[2]; /* (owned) of each HubSide: name → HubFieldItem */
  HubFieldItem *blank;  /* (owned) (nullable) the row that takes a new column */
  GArray *links;        /* (owned) HubLink */
} HubFieldMap;

/* The parameters are hub_mapper_set()'s; @lists are filled. Nothing is linked before hub_field_map_update(). */
HubFieldMap *hub_field_map_new (HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                                gboolean open_ended, GListStore *source_list, GListStore *destination_list);
void hub_field_map_free (HubFieldMap *self);

/* Makes the links anew; fields that only a rule knows come and go with it. */
void hub_field_map_update (HubFieldMap *self);

/* The field of that name, "" being the one that takes a new column; or NULL. Borrowed. */
HubFieldItem *hub_field_map_find (HubFieldMap *self, HubSide side, const char *name);

/* The first field on that side that is not linked yet, or else a new column, or else the first. Borrowed, (nullable). */
HubFieldItem *hub_field_map_find_free (HubFieldMap *self, HubSide side);

/* What @item is linked with: preferably @other (nullable), or else the first; or NULL. Borrowed. */
HubFieldItem *hub_field_map_find_partner (HubFieldMap *self, HubFieldItem *item, HubFieldItem *other);

/* @name, or what makes it one that no column has. (transfer full) */
char *hub_field_map_name_column (HubFieldMap *self, const char *name);

/* See hub_rules_summary(). @fine: nothing is missing or broken. (transfer full) */
char *hub_field_map_summarize (HubFieldMap *self, gboolean *fine);
