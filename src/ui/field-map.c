/* field-map.c: see field-map.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-map.h"
#include <glib/gi18n-lib.h>

/* Adds a field to its list; the row that takes a new column stays the last. */
static HubFieldItem *add_item (HubFieldMap *self, HubSide side, const HubField *field, gboolean extra) {
  g_autoptr (HubFieldItem) item = hub_field_item_new (side, field);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->lists[side]));

  item->extra = extra;
  g_list_store_insert (self->lists[side], n_items - (self->blank && side == HUB_SIDE_DESTINATION), item);
  g_hash_table_insert (self->items[side], item->field->name, g_object_ref (item));
  return item;
}

HubFieldMap *hub_field_map_new (HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                                gboolean open_ended, GListStore *source_list, GListStore *destination_list) {
  HubFieldMap *self = g_new0 (HubFieldMap, 1);

  *self = (HubFieldMap){ .draft = g_object_ref (draft),
                         .fields = { g_ptr_array_ref (sources), g_ptr_array_ref (destinations) },
                         .open_ended = open_ended,
                         .lists = { g_object_ref (source_list), g_object_ref (destination_list) },
                         .links = g_array_new (FALSE, FALSE, sizeof (HubLink)) };
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++) {
    self->items[side] = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
    g_list_store_remove_all (self->lists[side]);
    for (guint i = 0; i < self->fields[side]->len; i++) {
      const HubField *field = self->fields[side]->pdata[i];

      if (side == HUB_SIDE_SOURCE || !field->read_only)
        add_item (self, side, field, FALSE);
    }
  }
  if (open_ended) {
    HubField field = { .name = (char *) "", .label = (char *) _ ("New Column…") };
    self->blank = hub_field_item_new (HUB_SIDE_DESTINATION, &field);
    self->blank->blank = TRUE;
    g_list_store_append (destination_list, self->blank);
  }
  return self;
}

void hub_field_map_free (HubFieldMap *self) {
  g_object_unref (self->draft);
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++) {
    g_ptr_array_unref (self->fields[side]);
    g_object_unref (self->lists[side]);
    g_hash_table_unref (self->items[side]);
  }
  g_clear_object (&self->blank);
  g_array_unref (self->links);
  g_free (self);
}

HubFieldItem *hub_field_map_find (HubFieldMap *self, HubSide side, const char *name) {
  return *name ? g_hash_table_lookup (self->items[side], name) : self->blank;
}

/* The field of that name, made when only a rule knows it. */
static HubFieldItem *need_item (HubFieldMap *self, HubSide side, const char *name) {
  HubFieldItem *item = g_hash_table_lookup (self->items[side], name);
  HubField field = { .name = (char *) name, .label = (char *) name };

  return item ? item : add_item (self, side, &field, TRUE);
}

static void add_partner (HubFieldItem *item, const char *words) {
  g_autofree char *before = g_steal_pointer (&item->partner);

  item->partner = before ? g_strdup_printf ("%s, %s", before, words) : g_strdup (words);
}

/* Tells the fields of a rule that they are linked. */
static void link_rule (HubFieldMap *self, guint rule) {
  HubRuleCheck check;
  HubFieldItem *to = need_item (self, HUB_SIDE_DESTINATION, hub_draft_get_rule_target (self->draft, rule));
  g_autoptr (GPtrArray) names = hub_rule_dup_sources (self->draft, rule);

  g_free (hub_rule_check (self->draft, rule, self->fields[HUB_SIDE_SOURCE],
                          self->fields[HUB_SIDE_DESTINATION], self->open_ended, &check));
  to->rule = (int) rule;
  to->state = check.state;
  for (guint i = 0; i < names->len; i++) {
    HubFieldItem *from = need_item (self, HUB_SIDE_SOURCE, names->pdata[i]);
    HubLink link = { from, to, check.state == HUB_RULE_BROKEN };

    add_partner (from, to->field->label);
    add_partner (to, from->field->label);
    if (from->extra)
      from->state = HUB_RULE_BROKEN;
    g_array_append_val (self->links, link);
  }
  if (names->len == 0)
    add_partner (to, _ ("a fixed value"));
}

/* Forgets what was said of the fields, or afterwards those that only a rule knew that is gone. */
static void sweep (HubFieldMap *self, HubSide side, gboolean afterwards) {
  GHashTableIter iter;
  HubFieldItem *item;
  guint position;

  g_hash_table_iter_init (&iter, self->items[side]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item)) {
    if (!afterwards) {
      g_clear_pointer (&item->partner, g_free);
      item->state = HUB_RULE_FINE;
      item->rule = -1;
    } else if (item->extra && !item->partner && g_list_store_find (self->lists[side], item, &position)) {
      g_list_store_remove (self->lists[side], position);
      g_hash_table_iter_remove (&iter);
    }
  }
}

void hub_field_map_update (HubFieldMap *self) {
  g_array_unref (self->links);
  self->links = g_array_new (FALSE, FALSE, sizeof (HubLink));
  sweep (self, HUB_SIDE_SOURCE, FALSE);
  sweep (self, HUB_SIDE_DESTINATION, FALSE);
  for (guint rule = 0; rule < hub_draft_get_n_rules (self->draft); rule++)
    link_rule (self, rule);
  sweep (self, HUB_SIDE_SOURCE, TRUE);
  sweep (self, HUB_SIDE_DESTINATION, TRUE);
}

HubFieldItem *hub_field_map_find_free (HubFieldMap *self, HubSide side) {
  GHashTableIter iter;
  HubFieldItem *item, *found = NULL;

  g_hash_table_iter_init (&iter, self->items[side]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    if (!found || (!item->partner && found->partner)
        || (!item->partner == !found->partner && item->position < found->position))
      found = item;
  return self->blank && side == HUB_SIDE_DESTINATION && (!found || found->partner) ? self->blank : found;
}

HubFieldItem *hub_field_map_find_partner (HubFieldMap *self, HubFieldItem *item, HubFieldItem *other) {
  HubFieldItem *found = NULL;

  for (guint i = 0; i < self->links->len; i++) {
    const HubLink *link = &g_array_index (self->links, HubLink, i);
    HubFieldItem *far = link->from == item ? link->to : link->to == item ? link->from : NULL;

    if (far && (!found || far == other))
      found = far;
  }
  return found;
}

char *hub_field_map_name_column (HubFieldMap *self, const char *name) {
  g_autofree char *unused = g_strdup (name);

  for (guint i = 2; g_hash_table_contains (self->items[HUB_SIDE_DESTINATION], unused); i++) {
    g_free (unused);
    unused = g_strdup_printf ("%s %u", name, i);
  }
  return g_steal_pointer (&unused);
}

char *hub_field_map_summarize (HubFieldMap *self, gboolean *fine) {
  guint filled = 0, missing = 0, broken = 0;
  GHashTableIter iter;
  HubFieldItem *item;

  g_hash_table_iter_init (&iter, self->items[HUB_SIDE_DESTINATION]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item)) {
    filled += item->rule >= 0;
    missing += item->rule < 0 && item->field->required;
    broken += item->state == HUB_RULE_BROKEN;
  }
  *fine = missing + broken == 0;
  return hub_rules_summary (filled, g_hash_table_size (self->items[HUB_SIDE_DESTINATION]), missing, broken);
}
