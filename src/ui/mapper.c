/* mapper.c: see mapper.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapper.h"
#include "mapper-links.h"
#include "rule-editor.h"
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define MINIMUM_WIDTH 300
#define COLUMNS_WIDTH 560 /* from here on both columns are shown */
#define EDITOR_WIDTH 920  /* from here on the editor stands beside them */

struct _HubMapper {
  GtkWidget parent_instance;
  HubDraft *draft;                   /* (owned) (nullable) */
  GPtrArray *sources, *destinations; /* (owned) (nullable) */
  gboolean open_ended;
  GHashTable *items[2]; /* (owned) of each HubSide: name → HubFieldItem, owned */
  GArray *links;        /* (owned) HubLink */
  HubFieldItem *blank;  /* (owned) (nullable) the row that takes a new column */
  HubFieldItem *picked; /* (owned) (nullable) carried by the keyboard */
  gboolean selecting;   /* by the program */
  guint resized;        /* (nullable) the idle source that follows the width */

  /* of the template */
  HubFieldColumn *source_column, *destination_column;                   /* (borrowed) */
  HubMapperLinks *gutter;                                               /* (borrowed) */
  HubRuleEditor *editor;                                                /* (borrowed) */
  GtkWidget *leaflet, *body, *edit_button, *editor_page, *summary_icon; /* (borrowed) */
  GtkLabel *summary, *announcement;                                     /* (borrowed) */
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
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->announcement), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

/* Adds a field to its column; the row that takes a new column stays the last. */
static HubFieldItem *add_item (HubMapper *self, HubSide side, const HubField *field, gboolean extra) {
  g_autoptr (HubFieldItem) item = hub_field_item_new (side, field);
  GListStore *store = hub_field_column_get_items (get_column (self, side));
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (store));

  item->extra = extra;
  g_list_store_insert (store, n_items - (extra && side == HUB_SIDE_DESTINATION && self->open_ended), item);
  g_hash_table_insert (self->items[side], item->field->name, g_object_ref (item));
  return item;
}

/* The field of that name, made when only a rule knows it. */
static HubFieldItem *need_item (HubMapper *self, HubSide side, const char *name) {
  HubFieldItem *item = g_hash_table_lookup (self->items[side], name);

  return item ? item
              : add_item (self, side, &(HubField){ .name = (char *) name, .label = (char *) name }, TRUE);
}

static void add_partner (HubFieldItem *item, const char *words) {
  g_autofree char *before = g_steal_pointer (&item->partner);

  item->partner = before ? g_strdup_printf ("%s, %s", before, words) : g_strdup (words);
}

/* Tells the fields of a rule that they are linked. */
static void link_rule (HubMapper *self, guint rule) {
  HubRuleCheck check;
  HubFieldItem *to = need_item (self, HUB_SIDE_DESTINATION, hub_draft_get_rule_target (self->draft, rule));
  g_autoptr (GPtrArray) names = hub_rule_dup_sources (self->draft, rule);
  g_autofree char *words =
      hub_rule_check (self->draft, rule, self->sources, self->destinations, self->open_ended, &check);

  to->rule = (int) rule;
  to->state = check.state;
  for (guint i = 0; i < names->len; i++) {
    HubFieldItem *from = need_item (self, HUB_SIDE_SOURCE, names->pdata[i]);
    HubLink link = { from, to, check.state == HUB_RULE_BROKEN };

    add_partner (from, to->field->label);
    if (from->extra)
      from->state = HUB_RULE_BROKEN;
    add_partner (to, from->field->label);
    g_array_append_val (self->links, link);
  }
  if (names->len == 0)
    add_partner (to, _ ("a fixed value"));
}

/* Forgets what was said of the fields, or afterwards those that only a rule knew that is gone. */
static void sweep (HubMapper *self, HubSide side, gboolean afterwards) {
  GListStore *store = hub_field_column_get_items (get_column (self, side));
  GHashTableIter iter;
  HubFieldItem *item;

  g_hash_table_iter_init (&iter, self->items[side]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item)) {
    guint position;

    if (!afterwards) {
      g_clear_pointer (&item->partner, g_free);
      item->state = HUB_RULE_FINE;
      item->rule = -1;
    } else if (item->extra && !item->partner && g_list_store_find (store, item, &position)) {
      g_list_store_remove (store, position);
      g_hash_table_iter_remove (&iter);
    }
  }
}

static void summarize (HubMapper *self) {
  guint filled = 0, fields = 0, missing = 0, broken = 0;
  GHashTableIter iter;
  HubFieldItem *item;

  g_hash_table_iter_init (&iter, self->items[HUB_SIDE_DESTINATION]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item)) {
    fields++;
    filled += item->rule >= 0;
    missing += item->rule < 0 && item->field->required;
    broken += item->state == HUB_RULE_BROKEN;
  }
  g_autofree char *words = hub_rules_summary (filled, fields, missing, broken);
  gtk_label_set_label (self->summary, words);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->summary_icon),
                                missing || broken ? "dialog-warning-symbolic" : "object-select-symbolic");
}

static void select_item (HubMapper *self, HubSide side, HubFieldItem *item, gboolean focus) {
  gboolean before = self->selecting;

  self->selecting = TRUE;
  hub_field_column_select (get_column (self, side), item, focus);
  self->selecting = before;
}

/* The link of @item that goes to what is selected on the other side, or else its first one; or NULL. */
static const HubLink *find_link (HubMapper *self, HubFieldItem *item) {
  HubFieldItem *other = hub_field_column_get_selected (get_column (self, !item->side));
  const HubLink *found = NULL;

  for (guint i = 0; i < self->links->len; i++) {
    const HubLink *link = &g_array_index (self->links, HubLink, i);
    HubFieldItem *near = item->side == HUB_SIDE_SOURCE ? link->from : link->to;
    HubFieldItem *far = item->side == HUB_SIDE_SOURCE ? link->to : link->from;

    if (near == item && (!found || far == other))
      found = link;
  }
  return found;
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
  const HubLink *link = item ? find_link (self, item) : NULL;

  if (self->selecting || self->picked)
    return;
  select_item (self, other, !link ? NULL : other == HUB_SIDE_SOURCE ? link->from : link->to, FALSE);
  show_selected (self);
}

static void on_link_picked (HubMapper *self, HubFieldItem *item) {
  hub_field_column_select (self->destination_column, item, TRUE);
}

static void on_changed (HubMapper *self) {
  g_autoptr (GArray) before = g_steal_pointer (&self->links);
  const char *target = hub_rule_editor_get_target (self->editor);

  self->selecting = TRUE;
  self->links = g_array_new (FALSE, FALSE, sizeof (HubLink));
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++)
    sweep (self, side, FALSE);
  for (guint rule = 0; rule < hub_draft_get_n_rules (self->draft); rule++)
    link_rule (self, rule);
  hub_mapper_links_set (self->gutter, g_array_ref (self->links));
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++) {
    sweep (self, side, TRUE);
    hub_field_column_refresh (get_column (self, side));
  }
  summarize (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.undo", hub_draft_can_undo (self->draft));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapper.redo", hub_draft_can_redo (self->draft));
  HubFieldItem *to = target ? g_hash_table_lookup (self->items[HUB_SIDE_DESTINATION], target) : NULL;
  if (to)
    hub_field_column_select (self->destination_column, to, FALSE);
  self->selecting = FALSE;
  show_selected (self);
}

/* A name that no column has yet. (transfer full) */
static char *name_column (HubMapper *self, const char *name) {
  g_autofree char *unused = g_strdup (name);

  for (guint i = 2; g_hash_table_contains (self->items[HUB_SIDE_DESTINATION], unused); i++) {
    g_free (unused);
    unused = g_strdup_printf ("%s %u", name, i);
  }
  return g_steal_pointer (&unused);
}

/* Fills the destination field @target ("": a new column) from the source field @from. */
static void link_fields (HubMapper *self, const char *from, const char *target) {
  HubFieldItem *source = g_hash_table_lookup (self->items[HUB_SIDE_SOURCE], from);
  g_autofree char *to = *target ? g_strdup (target) : name_column (self, source->field->label);

  hub_draft_set_rule (self->draft, to, HUB_RULE_FROM, from);
  HubFieldItem *item = g_hash_table_lookup (self->items[HUB_SIDE_DESTINATION], to);
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

/* The first field on that side that is not linked yet, or else a new column, or else the first. */
static HubFieldItem *find_free (HubMapper *self, HubSide side) {
  GHashTableIter iter;
  HubFieldItem *item, *found = NULL;

  g_hash_table_iter_init (&iter, self->items[side]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    if (!found || (item->partner != NULL) - (found->partner != NULL) < 0
        || (!item->partner == !found->partner && item->position < found->position))
      found = item;
  return self->blank && side == HUB_SIDE_DESTINATION && (!found || found->partner) ? self->blank : found;
}

/* Takes the keyboard to the other column. */
static void cross (HubMapper *self, HubSide side) {
  HubFieldItem *item = hub_field_column_get_selected (get_column (self, side));

  hub_field_column_select (get_column (self, side), item ? item : find_free (self, side), TRUE);
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
    g_autofree char *name = name_column (self, _ ("New Column"));
    hub_draft_set_rule (self->draft, name, HUB_RULE_VALUE, "");
    hub_field_column_select (self->destination_column,
                             g_hash_table_lookup (self->items[HUB_SIDE_DESTINATION], name), FALSE);
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
  HubFieldItem *item = *name ? g_hash_table_lookup (self->items[side], name) : self->blank;
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
  hub_mapper_links_set_band (HUB_MAPPER (widget)->gutter, NULL, 0, 0);
  set_picked (HUB_MAPPER (widget), NULL);
  link_fields (HUB_MAPPER (widget), from, to);
}

static void on_remove (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  g_autoptr (HubFieldItem) item = g_object_ref (hub_field_column_get_selected (self->destination_column));

  hub_draft_remove_rule (self->draft, item->field->name);
  announce (self, _ ("Nothing fills “%s” any more."), item->field->label);
}

static void on_undo (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_draft_undo (HUB_MAPPER (widget)->draft);
  announce (HUB_MAPPER (widget), "%s", _ ("Undone."));
}

static void on_redo (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_draft_redo (HUB_MAPPER (widget)->draft);
  announce (HUB_MAPPER (widget), "%s", _ ("Redone."));
}

static void on_match (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubMapper *self = HUB_MAPPER (widget);
  guint n_links = hub_draft_match (self->draft, self->sources, self->destinations);
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
  g_autofree char *result = hub_draft_try_rule (self->draft, item->rule, self->sources, &error);
  if (!result)
    return g_strdup (error->message);
  return g_strdup_printf (*result ? "%s ← %s" : "%s← %s", result, item->partner);
}

/* The line from what is dragged to the pointer. */
static void on_drag (GtkDropControllerMotion *motion, double x, double y, HubMapper *self) {
  g_autoptr (HubFieldItem) item = hub_field_dragged (gtk_drop_controller_motion_get_drop (motion));
  graphene_point_t point;

  if (item
      && gtk_widget_compute_point (self->body, GTK_WIDGET (self->gutter), &GRAPHENE_POINT_INIT (x, y),
                                   &point))
    hub_mapper_links_set_band (self->gutter, item, point.x, point.y);
}

static void on_drag_leave (HubMapper *self) {
  hub_mapper_links_set_band (self->gutter, NULL, 0, 0);
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
  if (self->draft)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->draft);
  g_clear_object (&self->blank);
  g_clear_object (&self->picked);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->destinations, g_ptr_array_unref);
}

void hub_mapper_set (HubMapper *self, HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                     gboolean open_ended) {
  forget (self);
  self->draft = g_object_ref (draft);
  self->sources = g_ptr_array_ref (sources);
  self->destinations = g_ptr_array_ref (destinations);
  self->open_ended = open_ended;
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++) {
    GPtrArray *fields = side == HUB_SIDE_SOURCE ? sources : destinations;

    g_list_store_remove_all (hub_field_column_get_items (get_column (self, side)));
    g_hash_table_remove_all (self->items[side]);
    for (guint i = 0; i < fields->len; i++)
      if (side == HUB_SIDE_SOURCE || !((HubField *) fields->pdata[i])->read_only)
        add_item (self, side, fields->pdata[i], FALSE);
  }
  if (open_ended) {
    HubField field = { .name = (char *) "", .label = (char *) _ ("New Column…") };
    self->blank = hub_field_item_new (HUB_SIDE_DESTINATION, &field);
    self->blank->blank = TRUE;
    g_list_store_append (hub_field_column_get_items (self->destination_column), self->blank);
  }
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

static void hub_mapper_finalize (GObject *object) {
  HubMapper *self = HUB_MAPPER (object);

  g_hash_table_unref (self->items[HUB_SIDE_SOURCE]);
  g_hash_table_unref (self->items[HUB_SIDE_DESTINATION]);
  g_array_unref (self->links);
  G_OBJECT_CLASS (hub_mapper_parent_class)->finalize (object);
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
  G_OBJECT_CLASS (class)->finalize = hub_mapper_finalize;
  widget_class->measure = hub_mapper_measure;
  widget_class->size_allocate = hub_mapper_size_allocate;
  g_type_ensure (HUB_TYPE_FIELD_COLUMN);
  g_type_ensure (HUB_TYPE_MAPPER_LINKS);
  g_type_ensure (HUB_TYPE_RULE_EDITOR);
  install_actions (widget_class);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/fr/integrationhub/IntegrationHub/ui/mapper.ui");
  gtk_widget_class_bind_template_child (widget_class, HubMapper, leaflet);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, source_column);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, destination_column);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, gutter);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, editor);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, body);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, edit_button);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, editor_page);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, summary_icon);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, summary);
  gtk_widget_class_bind_template_child (widget_class, HubMapper, announcement);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_link_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_drag);
  gtk_widget_class_bind_template_callback (widget_class, on_drag_leave);
}

static void hub_mapper_init (HubMapper *self) {
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++)
    self->items[side] = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->links = g_array_new (FALSE, FALSE, sizeof (HubLink));
  gtk_widget_init_template (GTK_WIDGET (self));
  hub_field_column_setup (self->source_column, describe, self);
  hub_field_column_setup (self->destination_column, describe, self);
  hub_mapper_links_set_columns (self->gutter, self->source_column, self->destination_column);
}

GtkWidget *hub_mapper_new (void) {
  return g_object_new (HUB_TYPE_MAPPER, NULL);
}
