/* field-row.h: one field of the mapper's columns: what is known of it, and the row that shows it (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "rule-check.h"
#include <gtk/gtk.h>

#define HUB_TYPE_FIELD_ITEM (hub_field_item_get_type ())
G_DECLARE_FINAL_TYPE (HubFieldItem, hub_field_item, HUB, FIELD_ITEM, GObject)

/* Set by the mapper, shown by the row at the next hub_field_row_show(). */
struct _HubFieldItem {
  GObject parent_instance;
  HubSide side;
  HubField *field;    /* (owned) */
  gboolean extra;     /* only a rule knows it */
  gboolean blank;     /* the row that takes a new column */
  char *partner;      /* (owned) (nullable) what it is linked with, in words */
  HubRuleState state; /* of its rules */
  int rule;           /* that fills it, or -1 */
  gboolean picked;    /* carried by the keyboard */
  gboolean aimed;     /* what is being dragged would be linked with it */
  guint position;     /* in the column as it is filtered; G_MAXUINT: filtered out */
  GtkWidget *row;     /* (borrowed) (nullable) what shows it now */
};

HubFieldItem *hub_field_item_new (HubSide side, const HubField *field);

/* Whether the search @text finds it; "" finds all. */
gboolean hub_field_item_matches (HubFieldItem *self, const char *text);

/* Sets @aimed, and shows it at once. */
void hub_field_item_set_aimed (HubFieldItem *self, gboolean aimed);

/* What a screen reader says: "Amount, money, example 19.99, linked to Montant". (transfer full) */
char *hub_field_item_describe (HubFieldItem *self);

#define HUB_TYPE_FIELD_ROW (hub_field_row_get_type ())
G_DECLARE_FINAL_TYPE (HubFieldRow, hub_field_row, HUB, FIELD_ROW, GtkWidget)

/* Shows @item (nullable: none) with @detail (nullable: its example) under its name. */
void hub_field_row_show (HubFieldRow *self, HubFieldItem *item, const char *detail);

/* (nullable) */
HubFieldItem *hub_field_row_get_item (HubFieldRow *self);
