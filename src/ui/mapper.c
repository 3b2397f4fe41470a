/* mapper.c: see mapper.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapper.h"
#include "mapper-links.h"
#include "rule-editor.h"
#include "widgets.h"
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define MINIMUM_WIDTH 300
#define COLUMNS_WIDTH 560  /* from here on both columns are shown */
#define EDITOR_WIDTH 920   /* from here on the editor stands beside them */
#define EDITOR_NATURAL 300 /* whatever is in it, so that the columns keep still */

struct _HubMapper {
  GtkWidget parent_instance;
  HubFieldMap *map;     /* (owned) (nullable) */
  HubFieldItem *picked; /* (owned) (nullable) carried by the keyboard */
  gboolean selecting;   /* by the program */
  guint resized;        /* (nullable) the idle source that follows the width */

  /* of the template */
  HubFieldColumn *source_column, *destination_column;            /* (borrowed) */
  HubMapperLinks *gutter;                                        /* (borrowed) */
  HubRuleEditor *editor;                                         /* (borrowed) */
  GtkWidget *leaflet, *edit_button, *editor_page, *summary_icon; /* (borrowed) */
  GtkLabel *summary, *announcement;                              /* (borrowed) */
};

G_DEFINE_FINAL_TYPE (HubMapper, hub_mapper, GTK_TYPE_WIDGET)

static HubFieldColumn *get_column (HubMapper *self, HubSide side) {
  return side == HUB_SIDE_SOURCE ? self->source_column : self->destination_column;
}

/* Shown below the columns, where a screen reader reads changes aloud. */
G_GNUC_PRINTF (2, 3)
static void announce (HubMapper *self, const char *format, ...) {
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  gtk_label_set_label (self->announcement, words);
  hub_widget_name (self->announcement, words);
}

static void select_item (HubMapper *self, HubSide side, HubFieldItem *item) {
  gboolean before = self->selecting;

  self->selecting = TRUE;
  hub_field_column_select (get_column (self, side), item, FALSE);
  self->selecting = before;
}

/* What the editor and the buttons are for: the selected destination field. */
static void show_selected (HubMapper *self) {
  HubFieldItem *to = hub_field_column_get_selected (self->destination_column);
  gboolean shown = to && !to->blank;

  hub_rule_editor_set_target (self->editor, shown ? to->field->name : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.remove", shown && to->rule >= 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.edit", to != NULL);
}

/* Selects the other end of the link whose one end was selected. */
static void on_selected (HubMapper *self, HubFieldColumn *column) {
  HubFieldItem *item = hub_field_column_get_selected (column);
  HubSide other = column == self->source_column ? HUB_SIDE_DESTINATION : HUB_SIDE_SOURCE;
  HubFieldItem *before = hub_field_column_get_selected (get_column (self, other));

  if (self->selecting || self->picked || !self->map)
    return;
  select_item (self, other, item ? hub_field_map_find_partner (self->map, item, before) : NULL);
  show_selected (self);
}

static void on_link_picked (HubMapper *self, HubFieldItem *item) {
  hub_field_column_select (self->destination_column, item, TRUE);
}

static void on_changed (HubMapper *self) {
  const char *target = hub_rule_editor_get_target (self->editor);
  gboolean fine;

  self->selecting = TRUE;
  hub_field_map_update (self->map);
  hub_mapper_links_set (self->gutter, self->map->links);
  hub_field_column_refresh (self->source_column);
  hub_field_column_refresh (self->destination_column);
  g_autofree char *words = hub_field_map_summarize (self->map, &fine);
  gtk_label_set_label (self->summary, words);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->summary_icon),
                                fine ? "object-select-symbolic" : "dialog-warning-symbolic");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.undo", hub_draft_can_undo (self->map->draft));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.redo", hub_draft_can_redo (self->map->draft));
  HubFieldItem *to = target ? hub_field_map_find (self->map, HUB_SIDE_DESTINATION, target) : NULL;
  if (to)
    hub_field_column_select (self->destination_column, to, FALSE);
  self->selecting = FALSE;
  show_selected (self);
  /* a button that was just pressed may be insensitive now, and the keys of this page would go nowhere */
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (root && gtk_widget_get_mapped (GTK_WIDGET (self)) && !gtk_root_get_focus (root))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

/* Fills the destination field @target ("": a new column) from the source field @from. */
static void link_fields (HubMapper *self, const char *from, const char *target) {
  HubFieldItem *source = hub_field_map_find (self->map, HUB_SIDE_SOURCE, from);
  g_autofree char *to =
      *target ? g_strdup (target) : hub_field_map_name_column (self->map, source->field->label);

  hub_draft_set_rule (self->map->draft, to, HUB_RULE_FROM, from);
  HubFieldItem *item = hub_field_map_find (self->map, HUB_SIDE_DESTINATION, to);
  hub_field_column_select (self->destination_column, item, FALSE);
  announce (self, _ ("“%s” now fills “%s”."), source->field->label, item->field->label);
}

static void set_picked (HubMapper *self, HubFieldItem *item) {
  if (self->picked)
    self->picked->picked = FALSE;
  g_set_object (&self->picked, item);
  if (item)
    item->picked = TRUE;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.cancel", item != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.carry", item != NULL);
  hub_field_column_refresh (self->source_column);
  hub_field_column_refresh (self->destination_column);
}

/* Takes the keyboard to the other column. */
static void cross (HubMapper *self, HubSide side) {
  HubFieldItem *item = hub_field_column_get_selected (get_column (self, side));

  hub_field_column_select (get_column (self, side), item ? item : hub_field_map_find_free (self->map, side),
                           TRUE);
}

static void pick_up (HubMapper *self, HubFieldItem *item) {
  set_picked (self, item);
  cross (self, !item->side);
  announce (
      self,
      _ ("“%s” is picked up. Choose a field with the arrow keys, press Enter to link, or Escape to cancel."),
      item->field->label);
}

static void drop (HubMapper *self, HubFieldItem *item) {
  g_autoptr (HubFieldItem) picked = g_object_ref (self->picked);
  HubFieldItem *from = picked->side == HUB_SIDE_SOURCE ? picked : item;
  HubFieldItem *to = picked->side == HUB_SIDE_SOURCE ? item : picked;

  set_picked (self, NULL);
  link_fields (self, from->field->name, to->field->name);
  hub_field_column_select (get_column (self, picked->side), picked, TRUE);
}

static gboolean is_narrow (HubMapper *self) {
  return !gtk_widget_get_visible (GTK_WIDGET (self->source_column));
}

static void edit (HubMapper *self) {
  HubFieldItem *to = hub_field_column_get_selected (self->destination_column);

  if (!to)
    return;
  if (to->blank) {
    g_autofree char *name = hub_field_map_name_column (self->map, _ ("New Column"));
    hub_draft_set_rule (self->map->draft, name, HUB_RULE_VALUE, "");
    hub_field_column_select (self->destination_column,
                             hub_field_map_find (self->map, HUB_SIDE_DESTINATION, name), FALSE);
  }
  adw_leaflet_set_visible_child (ADW_LEAFLET (self->leaflet), self->editor_page);
  gtk_widget_child_focus (GTK_WIDGET (self->editor), GTK_DIR_TAB_FORWARD);
}

static void on_edit (GtkWidget *widget, const char *action, GVariant *parameter) {
  edit (HUB_MAPPER (widget));
}

static void on_back (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);

  adw_leaflet_navigate (ADW_LEAFLET (self->leaflet), ADW_NAVIGATION_DIRECTION_BACK);
  cross (self, HUB_SIDE_DESTINATION);
}

/* Enter or Space on a field. */
static void on_activate (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  HubFieldItem *item = hub_field_column_get_focused (self->source_column);

  if (!item)
    item = hub_field_column_get_focused (self->destination_column);
  if (!item)
    return;
  if (self->picked && self->picked->side != item->side) {
    drop (self, item);
  } else if (is_narrow (self) || item->blank) {
    hub_field_column_select (self->destination_column, item, FALSE);
    edit (self);
  } else {
    pick_up (self, item);
  }
}

/* A click links what is picked up; where only one column is shown, it edits. */
static void on_tap (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  const char *name;
  HubSide side;

  g_variant_get (parameter, "(i&s)", &side, &name);
  HubFieldItem *item = hub_field_map_find (self->map, side, name);
  if (self->picked && self->picked->side != side) {
    drop (self, item);
  } else if (self->picked) {
    set_picked (self, NULL);
  } else if (is_narrow (self)) {
    hub_field_column_select (self->destination_column, item, FALSE);
    edit (self);
  }
}

static void on_cancel (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  g_autoptr (HubFieldItem) picked = g_object_ref (self->picked);

  set_picked (self, NULL);
  hub_field_column_select (get_column (self, picked->side), picked, TRUE);
  on_selected (self, get_column (self, picked->side));
  announce (self, _ ("“%s” was put back."), picked->field->label);
}

static void on_cross (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);

  if (!is_narrow (self))
    cross (self, hub_field_column_get_focused (self->source_column) ? HUB_SIDE_DESTINATION : HUB_SIDE_SOURCE);
}

static void on_link (GtkWidget *widget, const char *action, GVariant *parameter) {
  const char *from, *to;

  g_variant_get (parameter, "(&s&s)", &from, &to);
  set_picked (HUB_MAPPER (widget), NULL);
  link_fields (HUB_MAPPER (widget), from, to);
}

static void on_remove (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  g_autoptr (HubFieldItem) item = g_object_ref (hub_field_column_get_selected (self->destination_column));

  hub_draft_remove_rule (self->map->draft, item->field->name);
  announce (self, _ ("Nothing fills “%s” any more."), item->field->label);
}

static void on_undo (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_draft_undo (HUB_MAPPER (widget)->map->draft);
  announce (HUB_MAPPER (widget), "%s", _ ("Undone."));
}

static void on_redo (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_draft_redo (HUB_MAPPER (widget)->map->draft);
  announce (HUB_MAPPER (widget), "%s", _ ("Redone."));
}

static void on_match (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  GPtrArray *sources = self->map->fields[HUB_SIDE_SOURCE];
  gboolean is_empty = self->map->open_ended && self->map->fields[HUB_SIDE_DESTINATION]->len == 0
                      && hub_draft_get_n_rules (self->map->draft) == 0;
  guint n_links = is_empty
                      ? hub_draft_take_all (self->map->draft, sources)
                      : hub_draft_match (self->map->draft, sources, self->map->fields[HUB_SIDE_DESTINATION]);
  g_autofree char *words =
      n_links ? g_strdup_printf (ngettext ("%u field was linked", "%u fields were linked", n_links), n_links)
              : g_strdup (_ ("Found nothing more to link"));

  announce (self, "%s", words);
  gtk_widget_activate_action (widget, "win.toast", "s", words);
}

/* What a destination field gets, tried on the examples. */
static char *describe (HubFieldItem *item, gpointer data) {
  HubMapper *self = data;
  g_autoptr (GError) error = NULL;

  if (item->blank)
    return g_strdup (is_narrow (self) ? "" : _ ("Drop a field here"));
  if (item->rule < 0)
    return NULL;
  g_autofree char *result =
      hub_draft_try_rule (self->map->draft, item->rule, self->map->fields[HUB_SIDE_SOURCE], &error);
  if (!result) {
    item->state = MAX (item->state, HUB_RULE_ADVICE);
    return g_strdup (error->message);
  }
  return g_strdup_printf (*result ? "%s ← %s" : "%s← %s", result, item->partner);
}

static void on_resized (gpointer data) {
  HubMapper *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean columns = width >= COLUMNS_WIDTH, editor = width >= EDITOR_WIDTH;

  self->resized = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->source_column), columns);
  gtk_widget_set_visible (GTK_WIDGET (self->gutter), columns);
  gtk_widget_set_visible (self->edit_button, columns && !editor);
  adw_leaflet_set_can_unfold (ADW_LEAFLET (self->leaflet), editor);
  adw_clamp_set_maximum_size (ADW_CLAMP (self->editor_page), editor ? EDITOR_NATURAL : EDITOR_WIDTH);
  announce (self, "%s",
            columns ? _ ("Drag a field onto another, or press Enter to pick one up.")
                    : _ ("Choose a field to see and change what fills it."));
}

static void hub_mapper_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  HubMapper *self = HUB_MAPPER (widget);
  int minimum;

  gtk_widget_measure (self->leaflet, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_allocate (self->leaflet, MAX (width, minimum), height, baseline, NULL);
  if (!self->resized
      && (is_narrow (self) != (width < COLUMNS_WIDTH)
          || adw_leaflet_get_can_unfold (ADW_LEAFLET (self->leaflet)) != (width >= EDITOR_WIDTH)))
    self->resized = g_idle_add_once (on_resized, self);
}

static void hub_mapper_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                int *natural, int *minimum_baseline, int *natural_baseline) {
  gtk_widget_measure (HUB_MAPPER (widget)->leaflet, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, MINIMUM_WIDTH);
}

static void forget (HubMapper *self) {
  if (self->map)
    g_signal_handlers_disconnect_by_data (self->map->draft, self);
  g_clear_object (&self->picked);
  g_clear_pointer (&self->map, hub_field_map_free);
}

void hub_mapper_set (HubMapper *self, HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                     gboolean open_ended) {
  forget (self);
  self->map = hub_field_map_new (draft, sources, destinations, open_ended,
                                 hub_field_column_get_items (self->source_column),
                                 hub_field_column_get_items (self->destination_column));
  hub_rule_editor_set (self->editor, draft, sources, destinations, open_ended);
  g_signal_connect_swapped (draft, "changed", G_CALLBACK (on_changed), self);
  set_picked (self, NULL);
  on_changed (self);
}

static void hub_mapper_dispose (GObject *object) {
  HubMapper *self = HUB_MAPPER (object);

  g_clear_handle_id (&self->resized, g_source_remove);
  forget (self);
  g_clear_pointer (&self->leaflet, gtk_widget_unparent);
  G_OBJECT_CLASS (hub_mapper_parent_class)->dispose (object);
}

static void install_actions (GtkWidgetClass *class) {
  gtk_widget_class_install_action (class, "mapper.undo", NULL, on_undo);
  gtk_widget_class_install_action (class, "mapper.redo", NULL, on_redo);
  gtk_widget_class_install_action (class, "mapper.match", NULL, on_match);
  gtk_widget_class_install_action (class, "mapper.remove", NULL, on_remove);
  gtk_widget_class_install_action (class, "mapper.edit", NULL, on_edit);
  gtk_widget_class_install_action (class, "mapper.back", NULL, on_back);
  gtk_widget_class_install_action (class, "mapper.activate", NULL, on_activate);
  gtk_widget_class_install_action (class, "mapper.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (class, "mapper.carry", NULL, on_cross);
  gtk_widget_class_install_action (class, "mapper.cross", NULL, on_cross);
  gtk_widget_class_install_action (class, "mapper.link", "(ss)", on_link);
  gtk_widget_class_install_action (class, "mapper.tap", "(is)", on_tap);
  gtk_widget_class_add_binding_action (class, GDK_KEY_z, GDK_CONTROL_MASK, "mapper.undo", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "mapper.redo",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Escape, 0, "mapper.cancel", NULL);
}

static void hub_mapper_class_init (HubMapperClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_mapper_dispose;
  widget_class->measure = hub_mapper_measure;
  widget_class->size_allocate = hub_mapper_size_allocate;
  g_type_ensure (HUB_TYPE_FIELD_COLUMN);
  g_type_ensure (HUB_TYPE_MAPPER_LINKS);
  g_type_ensure (HUB_TYPE_RULE_EDITOR);
  install_actions (widget_class);
  HUB_TEMPLATE (widget_class, "mapper.ui", HubMapper, leaflet, source_column, destination_column, gutter,
                editor, edit_button, editor_page, summary_icon, summary, announcement);
  HUB_HANDLERS (widget_class, on_selected, on_link_picked);
}

static void hub_mapper_init (HubMapper *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  hub_field_column_setup (self->source_column, _ ("Source Fields"), describe, self);
  hub_field_column_setup (self->destination_column, _ ("Destination Fields"), describe, self);
  hub_mapper_links_set_columns (self->gutter, self->source_column, self->destination_column);
}
