/* integration-card.c: the card of one integration: what it joins, how its last run went, and all that can be done with it (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration-card.h"

#include <glib/gi18n-lib.h>

#include "problem.h"
#include "store.h"
#include "widgets.h"
#include "work.h"

enum { PROP_ITEM = 1, N_PROPERTIES };

struct _HubIntegrationCard {
  GtkWidget parent_instance;
  HubIntegrationItem *item; /* (owned) (nullable) */
  GSignalGroup *signals;    /* (owned) of the item */

  /* of the template, borrowed */
  GtkWidget *content, *run_button, *cancel_button, *progress_box, *remedy_button, *name;
  GtkMenuButton *menu_button;
  GtkProgressBar *progress;
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (HubIntegrationCard, hub_integration_card, GTK_TYPE_WIDGET)

static gboolean has_text (GObject *object, const char *text) {
  return text && *text;
}

/* Which of the buttons called Run this one is. */
static char *run_words (GObject *object, const char *name) {
  return g_strdup_printf (_ ("Run “%s”"), name);
}

static GStrv make_classes (GObject *object, const char *class) {
  return g_strdupv ((GStrv) (const char *[]){ class, NULL });
}

static const char *get_name (HubIntegrationCard *self) {
  return hub_integration_item_get_name (self->item);
}

/* Run and Cancel hand each other the keyboard focus. */
static void on_running (HubIntegrationCard *self) {
  gboolean running = hub_integration_item_is_running (self->item);
  gboolean focused = gtk_widget_is_focus (running ? self->run_button : self->cancel_button);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "card.run", !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "card.run-all", !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "card.delete", !running);
  gtk_widget_set_visible (self->progress_box, running);
  if (focused)
    gtk_widget_grab_focus (running ? self->cancel_button : self->run_button);
}

/* What helps against it is offered beside what is wrong. */
static void on_problem (HubIntegrationCard *self) {
  const HubRemedy *remedy = hub_integration_item_get_remedy (self->item);

  gtk_widget_set_visible (self->remedy_button, remedy != NULL);
  if (remedy)
    hub_button_lead (self->remedy_button, _ (remedy->label), remedy->action,
                     remedy->target ? remedy->target : get_name (self));
}

static void on_run (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubRunOptions start = { .full = g_str_equal (action, "card.run-all") };
  hub_integration_item_start (HUB_INTEGRATION_CARD (widget)->item, &start);
}

static void on_cancel (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_integration_item_cancel (HUB_INTEGRATION_CARD (widget)->item);
}

static void on_copy (GtkWidget *widget, const char *action, GVariant *parameter) {
  g_autofree char *problem = NULL;

  g_object_get (HUB_INTEGRATION_CARD (widget)->item, "problem", &problem, NULL);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), problem);
}

static void on_menu (GtkWidget *widget, const char *action, GVariant *parameter) {
  gtk_menu_button_popup (HUB_INTEGRATION_CARD (widget)->menu_button);
}

/* A menu for each card would cost the most of it. */
static void make_menu (GtkMenuButton *button, gpointer data) {
  if (gtk_menu_button_get_menu_model (button))
    return;
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (HUB_UI "integration-menu.ui");
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (gtk_builder_get_object (builder, "menu")));
}

/* What the window does with an integration, by the same name. */
static void on_window_verb (GtkWidget *widget, const char *action, GVariant *parameter) {
  g_autofree char *verb = g_strconcat ("win", strchr (action, '.'), NULL);

  gtk_widget_activate_action (widget, verb, "s", get_name (HUB_INTEGRATION_CARD (widget)));
}

/* In worker threads. */
static gpointer duplicate_work (HubDatabase *database, gpointer name, GCancellable *cancellable,
                                GError **error) {
  return hub_store_duplicate_integration (database, name, error);
}

static gpointer enable_work (HubDatabase *database, gpointer name, GCancellable *cancellable,
                             GError **error) {
  return hub_store_enable_integration (database, name, TRUE, error) ? HUB_WORK_DONE : NULL;
}

static gpointer pause_work (HubDatabase *database, gpointer name, GCancellable *cancellable, GError **error) {
  return hub_store_enable_integration (database, name, FALSE, error) ? HUB_WORK_DONE : NULL;
}

static void on_duplicated (gpointer card, gpointer copy, const GError *error) {
  if (error) {
    hub_problem_show (card, NULL, error);
    return;
  }
  g_autofree char *words = g_strdup_printf (_ ("Made the copy “%s”"), (const char *) copy);
  gtk_widget_activate_action (card, "win.toast", "s", words);
  gtk_widget_activate_action (card, "page.show", "s", copy);
  hub_news_emit ();
}

static void on_duplicate (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_work_start (widget, duplicate_work, g_strdup (get_name (HUB_INTEGRATION_CARD (widget))), g_free,
                  on_duplicated, g_free, NULL);
}

static void on_enabled (gpointer card, gpointer result, const GError *error) {
  if (error)
    hub_problem_show (card, NULL, error);
  hub_news_emit (); /* shows how it is now */
}

static gboolean on_switch (HubIntegrationCard *self, gboolean state) {
  if (self->item && state != hub_integration_item_get_facts (self->item)->enabled)
    hub_work_start (self, state ? enable_work : pause_work, g_strdup (get_name (self)), g_free, on_enabled,
                    NULL, NULL);
  return FALSE;
}

/* The card itself can be focused, and then what is in it. */
static gboolean hub_integration_card_focus (GtkWidget *widget, GtkDirectionType direction) {
  GtkWidget *content = HUB_INTEGRATION_CARD (widget)->content;
  gboolean inside = gtk_widget_get_focus_child (widget) != NULL;
  gboolean here = gtk_widget_is_focus (widget);

  if (direction == GTK_DIR_TAB_BACKWARD)
    return !here && (gtk_widget_child_focus (content, direction) || gtk_widget_grab_focus (widget));
  if (!inside && !here)
    return gtk_widget_grab_focus (widget);
  return gtk_widget_child_focus (content, direction);
}

/* The list's row is named after the card, which takes the focus in its place. */
static void name_row (HubIntegrationCard *self) {
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  if (!row)
    return;
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->name, NULL,
                                  -1);
}

static void hub_integration_card_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  g_value_set_object (value, HUB_INTEGRATION_CARD (object)->item);
}

static void hub_integration_card_set_property (GObject *object, guint id, const GValue *value,
                                               GParamSpec *pspec) {
  HubIntegrationCard *self = HUB_INTEGRATION_CARD (object);

  if (!g_set_object (&self->item, g_value_get_object (value)))
    return;
  g_signal_group_set_target (self->signals, self->item);
  g_object_notify_by_pspec (object, pspec);
  if (!self->item)
    return;
  on_running (self);
  on_problem (self);
}

static void hub_integration_card_dispose (GObject *object) {
  HubIntegrationCard *self = HUB_INTEGRATION_CARD (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->item);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (hub_integration_card_parent_class)->dispose (object);
}

static void install_actions (GtkWidgetClass *class) {
  static const struct {
    const char *name;
    GtkWidgetActionActivateFunc activate;
    guint key;
    GdkModifierType modifiers;
  } actions[] = {
    { "card.run", on_run, GDK_KEY_Return, GDK_CONTROL_MASK },
    { "card.run-all", on_run },
    { "card.cancel", on_cancel },
    { "card.copy", on_copy },
    { "card.menu", on_menu, GDK_KEY_F10, GDK_SHIFT_MASK },
    { "card.preview", on_window_verb },
    { "card.edit-integration", on_window_verb, GDK_KEY_F2 },
    { "card.show-history", on_window_verb },
    { "card.show-rejects", on_window_verb },
    { "card.export", on_window_verb },
    { "card.delete", on_window_verb, GDK_KEY_Delete },
    { "card.duplicate", on_duplicate },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_class_install_action (class, actions[i].name, NULL, actions[i].activate);
    if (actions[i].key)
      gtk_widget_class_add_binding_action (class, actions[i].key, actions[i].modifiers, actions[i].name,
                                           NULL);
  }
  gtk_widget_class_add_binding_action (class, GDK_KEY_e, GDK_CONTROL_MASK, "card.edit-integration", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "card.menu", NULL);
}

static void hub_integration_card_class_init (HubIntegrationCardClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = hub_integration_card_get_property;
  object_class->set_property = hub_integration_card_set_property;
  object_class->dispose = hub_integration_card_dispose;
  widget_class->focus = hub_integration_card_focus;
  properties[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, HUB_TYPE_INTEGRATION_ITEM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  HUB_TEMPLATE (widget_class, "integration-card.ui", HubIntegrationCard, content, run_button, cancel_button,
                progress, progress_box, remedy_button, name, menu_button);
  HUB_HANDLERS (widget_class, has_text, run_words, make_classes, on_switch);
  install_actions (widget_class);
}

static void hub_integration_card_init (HubIntegrationCard *self) {
  self->signals = g_signal_group_new (HUB_TYPE_INTEGRATION_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_group_connect_swapped (self->signals, "notify::running", G_CALLBACK (on_running), self);
  g_signal_group_connect_swapped (self->signals, "notify::problem", G_CALLBACK (on_problem), self);
  g_signal_group_connect_swapped (self->signals, "notify::summary", G_CALLBACK (gtk_progress_bar_pulse),
                                  self->progress);
  g_signal_connect (self, "notify::parent", G_CALLBACK (name_row), NULL);
  gtk_menu_button_set_create_popup_func (self->menu_button, make_menu, NULL, NULL);
}
