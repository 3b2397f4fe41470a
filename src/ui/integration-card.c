/* integration-card.c: the card of one integration: what it joins, how its last run went, Run and Cancel (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration-card.h"
#include <glib/gi18n-lib.h>

enum { PROP_ITEM = 1, N_PROPERTIES };

struct _HubIntegrationCard {
  GtkListBoxRow parent_instance;
  HubIntegrationItem *item; /* (owned) */

  /* of the template */
  GtkWidget *run_button, *cancel_button, *progress_box; /* (borrowed) */
  GtkProgressBar *progress;                             /* (borrowed) */
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (HubIntegrationCard, hub_integration_card, GTK_TYPE_LIST_BOX_ROW)

static gboolean has_text (GObject *object, const char *text) {
  return text && *text;
}

/* Which of the buttons called Run this one is. */
static char *run_words (GObject *object, const char *name) {
  return g_strdup_printf (_ ("Run “%s”"), name);
}

/* Run and Cancel hand each other the keyboard focus. */
static void on_running (HubIntegrationCard *self) {
  gboolean running = hub_integration_item_is_running (self->item);
  gboolean focused = gtk_widget_is_focus (running ? self->run_button : self->cancel_button);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "card.run", !running);
  gtk_widget_set_visible (self->progress_box, running);
  if (focused)
    gtk_widget_grab_focus (running ? self->cancel_button : self->run_button);
}

static void on_run (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_integration_item_start (HUB_INTEGRATION_CARD (widget)->item, &(HubStart){ 0 });
}

static void on_cancel (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_integration_item_cancel (HUB_INTEGRATION_CARD (widget)->item);
}

static void on_copy (GtkWidget *widget, const char *action, GVariant *parameter) {
  g_autofree char *problem = NULL;

  g_object_get (HUB_INTEGRATION_CARD (widget)->item, "problem", &problem, NULL);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), problem);
}

static void hub_integration_card_constructed (GObject *object) {
  HubIntegrationCard *self = HUB_INTEGRATION_CARD (object);

  G_OBJECT_CLASS (hub_integration_card_parent_class)->constructed (object);
  g_signal_connect_object (self->item, "notify::running", G_CALLBACK (on_running), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::summary", G_CALLBACK (gtk_progress_bar_pulse), self->progress,
                           G_CONNECT_SWAPPED);
  on_running (self);
}

static void hub_integration_card_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  g_value_set_object (value, HUB_INTEGRATION_CARD (object)->item);
}

static void hub_integration_card_set_property (GObject *object, guint id, const GValue *value,
                                               GParamSpec *pspec) {
  HUB_INTEGRATION_CARD (object)->item = g_value_dup_object (value);
}

static void hub_integration_card_finalize (GObject *object) {
  g_clear_object (&HUB_INTEGRATION_CARD (object)->item);
  G_OBJECT_CLASS (hub_integration_card_parent_class)->finalize (object);
}

static void hub_integration_card_class_init (HubIntegrationCardClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->constructed = hub_integration_card_constructed;
  object_class->get_property = hub_integration_card_get_property;
  object_class->set_property = hub_integration_card_set_property;
  object_class->finalize = hub_integration_card_finalize;
  properties[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, HUB_TYPE_INTEGRATION_ITEM,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/fr/integrationhub/IntegrationHub/ui/integration-card.ui");
  gtk_widget_class_bind_template_child (widget_class, HubIntegrationCard, run_button);
  gtk_widget_class_bind_template_child (widget_class, HubIntegrationCard, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, HubIntegrationCard, progress);
  gtk_widget_class_bind_template_child (widget_class, HubIntegrationCard, progress_box);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, run_words);
  gtk_widget_class_install_action (widget_class, "card.run", NULL, on_run);
  gtk_widget_class_install_action (widget_class, "card.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "card.copy", NULL, on_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "card.run", NULL);
}

static void hub_integration_card_init (HubIntegrationCard *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *hub_integration_card_new (HubIntegrationItem *item) {
  return g_object_new (HUB_TYPE_INTEGRATION_CARD, "item", item, NULL);
}
