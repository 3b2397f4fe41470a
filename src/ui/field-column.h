/* field-column.h: one of the mapper's two columns: fields in a list that is searched (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals: "selected" when another field or none is selected, "moved" when rows may stand elsewhere. */
#pragma once
#include "field-row.h"

#define HUB_TYPE_FIELD_COLUMN (hub_field_column_get_type ())
G_DECLARE_FINAL_TYPE (HubFieldColumn, hub_field_column, HUB, FIELD_COLUMN, GtkWidget)

/* What stands under a field's name; NULL: its example. (transfer full) (nullable) */
typedef char *(*HubFieldDetail) (HubFieldItem *item, gpointer data);

/* @title: what the list and its search are called. */
void hub_field_column_setup (HubFieldColumn *self, const char *title, HubFieldDetail detail, gpointer data);

/* All its fields, found by the search or not; element-type HubFieldItem. Borrowed. */
GListStore *hub_field_column_get_items (HubFieldColumn *self);

HubFieldItem *hub_field_column_get_selected (HubFieldColumn *self); /* borrowed; (nullable) */
HubFieldItem *hub_field_column_get_focused (HubFieldColumn *self);  /* borrowed; (nullable) */
/* The field whose row is at a point of @widget, which the column is in; borrowed; (nullable) */
HubFieldItem *hub_field_column_get_item_at (HubFieldColumn *self, GtkWidget *widget, double x, double y);
/* Selects @item (nullable: none); @focus also brings it into sight and gives it the keyboard. */
void hub_field_column_select (HubFieldColumn *self, HubFieldItem *item, gboolean focus);

/* Shows the rows that are in sight anew. */
void hub_field_column_refresh (HubFieldColumn *self);

/* The list scrolls by itself while something is dragged along its edge. GTK does not tell it of a drop that another widget takes. */
void hub_field_column_stop_scrolling (HubFieldColumn *self);

/* Where in @widget the list begins and ends. */
void hub_field_column_get_span (HubFieldColumn *self, GtkWidget *widget, double *top, double *bottom);
/* Where in @widget the middle of the field's row is, in sight or not; FALSE when the search left it out. @top: where the list begins. */
gboolean hub_field_column_get_middle (HubFieldColumn *self, HubFieldItem *item, GtkWidget *widget, double top,
                                      double *y);
