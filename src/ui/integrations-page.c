/* integrations-page.c: the integrations, a card each, or how to begin (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integrations-page.h"

#include <glib/gi18n-lib.h>

#include "integration-card.h"
#include "integration-list.h"
#include "problem.h"
#include "widgets.h"
#include "import.h"

#define PAGE 10 /* cards are made when they are scrolled to: a list view would make 200 of them at once */
#define MANY 5  /* more than these, and there is something to search */

struct _HubIntegrationsPage {
  AdwBin parent_instance;
  char *wanted; /* (owned) (nullable) the integration to show as soon as it is there */

  /* of the template, borrowed */
  GtkStack *states;
  AdwStatusPage *error_page;
  GtkMenuButton *template_button;
  GtkWidget *search_bar, *search, *nothing_found, *list;
  GtkFilterListModel *found;
  GtkSortListModel *sorted;
  GtkSliceListModel *first;
};

G_DEFINE_FINAL_TYPE (HubIntegrationsPage, hub_integrations_page, ADW_TYPE_BIN)

void hub_integrations_page_make_menu (GtkMenuButton *button, gpointer data) {
  if (gtk_menu_button_get_menu_model (button))
    return;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) nothing = g_menu_new ();
  g_autoptr (GMenu) ready = g_menu_new ();
  g_autoptr (GPtrArray) templates = hub_template_list ();
  g_menu_append (nothing, _ ("_New Integration"), "win.new-integration::");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (nothing));
  for (guint i = 0; i < templates->len; i++) {
    const HubTemplate *template = g_ptr_array_index (templates, i);
    g_autoptr (GMenuItem) item = g_menu_item_new (template->name, NULL);
    g_menu_item_set_action_and_target (item, "win.new-integration", "s", template->id);
    g_menu_append_item (ready, item);
  }
  g_menu_append_section (menu, _ ("From a Template"), G_MENU_MODEL (ready));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void show_more (HubIntegrationsPage *self, guint n_items) {
  gtk_slice_list_model_set_size (self->first, MAX (n_items, gtk_slice_list_model_get_size (self->first)));
}

static void on_scrolled (HubIntegrationsPage *self, GtkAdjustment *scroll) {
  double page = gtk_adjustment_get_page_size (scroll);
  double below = gtk_adjustment_get_upper (scroll) - gtk_adjustment_get_value (scroll) - page;
  guint n_first = g_list_model_get_n_items (G_LIST_MODEL (self->first));

  if (below < page / 2 && n_first < g_list_model_get_n_items (G_LIST_MODEL (self->found)))
    show_more (self, n_first + PAGE);
}

/* Goes to the integration that somebody asked to see, once it is there. */
static void show_wanted (HubIntegrationsPage *self) {
  GListModel *items = G_LIST_MODEL (self->found);

  for (guint i = 0; self->wanted && i < g_list_model_get_n_items (items); i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (items, i);
    if (!g_str_equal (hub_integration_item_get_name (item), self->wanted))
      continue;
    g_clear_pointer (&self->wanted, g_free);
    show_more (self, i + PAGE);
    gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", i);
  }
}

static void on_changed (HubIntegrationsPage *self) {
  const GError *error = hub_integration_list_get_error ();
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->found));

  if (n_all > 0) {
    gtk_widget_set_visible (self->search_bar, n_all > MANY || n_found < n_all);
    gtk_widget_set_visible (self->nothing_found, n_found == 0);
    gtk_stack_set_visible_child_name (self->states, "list");
    show_wanted (self);
  } else if (error) {
    hub_problem_fill (self->error_page, error);
    gtk_stack_set_visible_child_name (self->states, "error");
  } else {
    gtk_stack_set_visible_child_name (self->states, hub_integration_list_is_loaded () ? "empty" : "loading");
  }
}

static void on_search (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubIntegrationsPage *self = HUB_INTEGRATIONS_PAGE (widget);

  if (gtk_widget_get_mapped (self->search))
    gtk_widget_grab_focus (self->search);
}

static void on_stop_search (GtkSearchEntry *search) {
  gtk_editable_set_text (GTK_EDITABLE (search), "");
}

static void on_show (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubIntegrationsPage *self = HUB_INTEGRATIONS_PAGE (widget);

  g_free (self->wanted);
  self->wanted = g_variant_dup_string (parameter, NULL);
  on_stop_search (GTK_SEARCH_ENTRY (self->search));
}

static void hub_integrations_page_finalize (GObject *object) {
  g_free (HUB_INTEGRATIONS_PAGE (object)->wanted);
  G_OBJECT_CLASS (hub_integrations_page_parent_class)->finalize (object);
}

static void hub_integrations_page_class_init (HubIntegrationsPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_integrations_page_finalize;
  g_type_ensure (HUB_TYPE_INTEGRATION_CARD);
  HUB_TEMPLATE (widget_class, "integrations-page.ui", HubIntegrationsPage, states, error_page,
                template_button, search_bar, search, nothing_found, list, found, sorted, first);
  HUB_HANDLERS (widget_class, on_scrolled, on_stop_search);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "page.show", "s", on_show);
}

static void hub_integrations_page_init (HubIntegrationsPage *self) {
  GListModel *items = hub_integration_list_get ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->template_button, hub_integrations_page_make_menu, NULL, NULL);
  gtk_sort_list_model_set_model (self->sorted, items);
  g_signal_connect_object (items, "items-changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
}
