/* window.c: the program as the desktop sees it, and its window: four tabs, and the pages that lie on top of them (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "window.h"
#include "accounts-page.h"
#include "dashboard.h"
#include "files.h"
#include "history-page.h"
#include "integration-list.h"
#include "integrations-page.h"
#include "preferences.h"
#include "preview.h"
#include "run-page.h"
#include "widgets.h"
#include "wizard.h"
#include "work.h"
#include "ui-resources.h"
#include <glib/gi18n-lib.h>

#define HUB_APPLICATION_ID "fr.integrationhub.IntegrationHub"

struct _HubWindow {
  AdwApplicationWindow parent_instance;
  gboolean was_left; /* another program's window was active meanwhile */

  /* of the template, borrowed */
  AdwToastOverlay *toasts;
  AdwLeaflet *leaflet;
  GtkWidget *root; /* below all pages */
  AdwViewStack *tabs;
  AdwViewSwitcherTitle *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkMenuButton *new_button;
};

G_DEFINE_FINAL_TYPE (HubWindow, hub_window, ADW_TYPE_APPLICATION_WINDOW)

/* Tabs are made when they are first shown: the window is there sooner. */
static const struct {
  const char *name;
  GType (*get_type) (void);
} tab_types[] = {
  { "dashboard", hub_dashboard_get_type },
  { "integrations", hub_integrations_page_get_type },
  { "history", hub_history_page_get_type },
  { "accounts", hub_accounts_page_get_type },
};

static void on_tab_changed (HubWindow *self) {
  const char *name = adw_view_stack_get_visible_child_name (self->tabs);
  AdwBin *tab = ADW_BIN (adw_view_stack_get_visible_child (self->tabs));

  for (guint i = 0; i < G_N_ELEMENTS (tab_types); i++)
    if (adw_bin_get_child (tab) == NULL && g_str_equal (tab_types[i].name, name))
      adw_bin_set_child (tab, g_object_new (tab_types[i].get_type (), NULL));
}

static gboolean reveal_bar (gpointer window) {
  HubWindow *self = window;

  adw_view_switcher_bar_set_reveal (self->switcher_bar,
                                    adw_view_switcher_title_get_title_visible (self->switcher));
  return G_SOURCE_REMOVE;
}

/* That the tabs do not fit is found while sizes are given out, which is too late for a bar to ask for its own. */
static void on_title_visible (HubWindow *self) {
  g_idle_add_full (G_PRIORITY_DEFAULT, reveal_bar, g_object_ref (self), g_object_unref);
}

static HubWizard *top_wizard (HubWindow *self) {
  GtkWidget *top = adw_leaflet_get_visible_child (self->leaflet);
  return HUB_IS_WIZARD (top) ? HUB_WIZARD (top) : NULL;
}

/* Pages that were left are dropped once nothing of them is to be seen any more. */
static gboolean drop_left_pages (gpointer window) {
  HubWindow *self = window;
  GtkWidget *left = NULL;

  if (!adw_leaflet_get_child_transition_running (self->leaflet))
    while ((left = adw_leaflet_get_adjacent_child (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD)))
      adw_leaflet_remove (self->leaflet, left);
  return G_SOURCE_REMOVE;
}

static void on_page_changed (HubWindow *self) {
  gboolean wizard = top_wizard (self) != NULL;

  /* a wizard is asked before it is left, which a swipe would not do */
  adw_leaflet_set_can_navigate_back (self->leaflet, !wizard);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-integration", !wizard);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.edit-integration", !wizard);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back",
                                 adw_leaflet_get_visible_child (self->leaflet) != self->root);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, drop_left_pages, g_object_ref (self), g_object_unref);
}

/* The popover that has the keyboard focus. Borrowed (nullable). */
static GtkWidget *find_popover (HubWindow *self) {
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  return focus ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;
}

/* The leaflet gives the focus back to where it was, which should not be in a menu that is closed by then. */
static void push (HubWindow *self, GtkWidget *page) {
  GtkWidget *menu = find_popover (self);

  if (menu)
    gtk_widget_grab_focus (gtk_widget_get_parent (menu));
  drop_left_pages (self);
  adw_leaflet_append (self->leaflet, page);
  adw_leaflet_set_visible_child (self->leaflet, page);
  gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

static void pop (gpointer window) {
  adw_leaflet_navigate (HUB_WINDOW (window)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void pop_all (gpointer window) {
  adw_leaflet_set_visible_child (HUB_WINDOW (window)->leaflet, HUB_WINDOW (window)->root);
}

static void on_back (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubWizard *wizard = top_wizard (HUB_WINDOW (widget));

  if (wizard)
    hub_wizard_leave (wizard, pop, widget);
  else
    pop (widget);
}

/* Shows a tab, from whatever lies on top of it. Returns: its page; borrowed. */
static GtkWidget *show_tab (HubWindow *self, const char *name) {
  HubWizard *wizard = top_wizard (self);

  adw_view_stack_set_visible_child_name (self->tabs, name);
  GtkWidget *tab = adw_view_stack_get_visible_child (self->tabs);
  if (wizard)
    hub_wizard_leave (wizard, pop_all, self);
  else
    pop_all (self);
  gtk_widget_child_focus (tab, GTK_DIR_TAB_FORWARD);
  return adw_bin_get_child (ADW_BIN (tab));
}

/* One handler for all that shows something; the parameter says which one, "": none. */
static void on_show (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubWindow *self = HUB_WINDOW (widget);
  gboolean string = g_variant_is_of_type (parameter, G_VARIANT_TYPE_STRING);
  const char *text = string ? g_variant_get_string (parameter, NULL) : "";
  const char *name = *text ? text : NULL;
  gboolean rejects = g_str_equal (action, "win.show-rejects");

  if (g_str_equal (action, "win.new-integration"))
    push (self, hub_wizard_new (NULL, name));
  else if (g_str_equal (action, "win.edit-integration"))
    push (self, hub_wizard_new (name, NULL));
  else if (g_str_equal (action, "win.preview"))
    push (self, hub_preview_page_new (name));
  else if (g_str_equal (action, "win.show-run"))
    push (self, hub_run_page_new (g_variant_get_int64 (parameter)));
  else if (g_str_equal (action, "win.show-tab"))
    show_tab (self, name);
  else
    hub_history_page_show (HUB_HISTORY_PAGE (show_tab (self, "history")), name, rejects);
}

static void on_reload (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_news_emit ();
}

/* On X11 a popover that opens or closes takes the activity for a moment too. */
static gboolean look_whether_left (gpointer window) {
  HubWindow *self = window;

  self->was_left = !gtk_window_is_active (GTK_WINDOW (self)) && !find_popover (self);
  return G_SOURCE_REMOVE;
}

/* The command line may have changed things meanwhile. */
static void on_active (HubWindow *self) {
  if (!gtk_window_is_active (GTK_WINDOW (self))) {
    g_idle_add_full (G_PRIORITY_LOW, look_whether_left, g_object_ref (self), g_object_unref);
  } else if (self->was_left) {
    self->was_left = FALSE;
    hub_news_emit ();
  }
}

static void on_toast (GtkWidget *widget, const char *action, GVariant *parameter) {
  g_autofree char *title = g_markup_escape_text (g_variant_get_string (parameter, NULL), -1);
  adw_toast_overlay_add_toast (HUB_WINDOW (widget)->toasts, adw_toast_new (title));
}

static void on_undelete (AdwToast *toast, const char *name) {
  hub_integration_list_hide (name, FALSE);
}

static void on_delete (GtkWidget *widget, const char *action, GVariant *parameter) {
  const char *name = g_variant_get_string (parameter, NULL);
  g_autofree char *words = g_strdup_printf (_ ("Deleted “%s”"), name);
  g_autofree char *title = g_markup_escape_text (words, -1);
  AdwToast *toast = adw_toast_new (title);

  hub_integration_list_hide (name, TRUE);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH); /* at once, not after those that still wait */
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undelete), g_strdup (name), HUB_FREE, 0);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (hub_integration_list_delete_hidden), g_strdup (name),
                         HUB_FREE, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (HUB_WINDOW (widget)->toasts, toast);
}

static char *size_file (void) {
  return g_build_filename (g_get_user_state_dir (), "integration-hub", "window-size", NULL);
}

/* The size that the window had when it was last closed, if it is known. */
static void restore_size (GtkWindow *window) {
  g_autofree char *path = size_file ();
  g_autofree char *text = NULL;
  int width, height, maximized;

  if (!g_file_get_contents (path, &text, NULL, NULL)
      || sscanf (text, "%d %d %d", &width, &height, &maximized) != 3)
    return;
  gtk_window_set_default_size (window, CLAMP (width, 1, G_MAXINT16), CLAMP (height, 1, G_MAXINT16));
  g_object_set (window, "maximized", maximized != 0, NULL);
}

static void save_size (GtkWindow *window) {
  g_autofree char *path = size_file ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_autofree char *text = g_strdup_printf ("%d %d %d\n", width, height, gtk_window_is_maximized (window));
  if (g_mkdir_with_parents (folder, 0700) < 0 || !g_file_set_contents (path, text, -1, &error))
    g_info ("The window's size was not kept: %s", error ? error->message : folder);
}

static gboolean close_later (gpointer window) {
  gtk_window_close (window);
  return G_SOURCE_REMOVE;
}

/* The wizard may answer at once, while the window is still asking. */
static void leave_and_close (gpointer window) {
  pop_all (window);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, close_later, g_object_ref (window), g_object_unref);
}

/* The window stays until the cancelled runs have left everything in order. */
static void on_close_response (HubWindow *self, const char *response) {
  GListModel *items = hub_integration_list_get ();

  if (!g_str_equal (response, "stop"))
    return;
  g_signal_connect_object (g_application_get_default (), "notify::is-busy", G_CALLBACK (gtk_window_close),
                           self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (items, i);
    hub_integration_item_cancel (item);
  }
}

static void ask_to_stop (GtkWindow *window) {
  const char *const answers[] = { "keep", _ ("_Keep Running"), "stop", _ ("_Stop and Close"), NULL };

  hub_ask (window, _ ("Stop the Running Integrations?"),
           _ ("What was sent so far stays sent; the next run goes on from there."), answers,
           G_CALLBACK (on_close_response));
}

static gboolean hub_window_close_request (GtkWindow *window) {
  HubWizard *wizard = top_wizard (HUB_WINDOW (window));

  if (wizard) {
    hub_wizard_leave (wizard, leave_and_close, window);
    return GDK_EVENT_STOP;
  }
  if (g_application_get_is_busy (g_application_get_default ())) {
    ask_to_stop (window);
    return GDK_EVENT_STOP;
  }
  hub_integration_list_delete_hidden (NULL);
  save_size (window);
  return GTK_WINDOW_CLASS (hub_window_parent_class)->close_request (window);
}

static void install_actions (GtkWidgetClass *class) {
  static const struct {
    const char *name, *type;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.back", NULL, on_back },
    { "win.new-integration", "s", on_show },
    { "win.edit-integration", "s", on_show },
    { "win.preview", "s", on_show },
    { "win.show-run", "x", on_show },
    { "win.show-history", "s", on_show },
    { "win.show-rejects", "s", on_show },
    { "win.show-tab", "s", on_show },
    { "win.delete", "s", on_delete },
    { "win.export", "s", hub_files_export },
    { "win.try-example", NULL, hub_example_start },
    { "win.import", NULL, hub_files_import },
    { "win.reload", NULL, on_reload },
    { "win.preferences", NULL, hub_preferences_open },
    { "win.toast", "s", on_toast },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (class, actions[i].name, actions[i].type, actions[i].activate);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
}

static void hub_window_class_init (HubWindowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  GTK_WINDOW_CLASS (class)->close_request = hub_window_close_request;
  HUB_TEMPLATE (widget_class, "window.ui", HubWindow, toasts, leaflet, root, tabs, switcher, switcher_bar,
                new_button);
  HUB_HANDLERS (widget_class, on_page_changed, on_title_visible);
  install_actions (widget_class);
}

static void hub_window_init (HubWindow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->tabs, "notify::visible-child", G_CALLBACK (on_tab_changed), self);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active), NULL);
  gtk_menu_button_set_create_popup_func (self->new_button, hub_integrations_page_make_menu, NULL, NULL);
  restore_size (GTK_WINDOW (self));
  adw_view_stack_set_visible_child_name (self->tabs, "integrations");
  on_page_changed (self);
  hub_integration_list_schedule (self);
}

/* The program. */

static void on_about (GSimpleAction *action, GVariant *parameter, gpointer application) {
  adw_show_about_window (
      gtk_application_get_active_window (application), "application-name", _ ("Integration Hub"),
      "application-icon", HUB_APPLICATION_ID, "version", PACKAGE_VERSION, "license-type", GTK_LICENSE_GPL_3_0,
      "comments",
      _ ("Carries records from one service to another: see before it is sent, never twice, "
         "never lost."),
      NULL);
}

/* Each window may still ask about the runs that go on in it. */
static void on_quit (GSimpleAction *action, GVariant *parameter, gpointer application) {
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (application));
  for (GList *link = windows; link; link = link->next)
    gtk_window_close (link->data);
}

/* From the launcher's menu. */
static void on_new_integration (GSimpleAction *action, GVariant *parameter, gpointer application) {
  g_application_activate (application);
  gtk_widget_activate_action (GTK_WIDGET (gtk_application_get_active_window (application)),
                              "win.new-integration", "s", "");
}

static void on_startup (GtkApplication *application) {
  static const GActionEntry actions[] = { { "about", on_about },
                                          { "new-integration", on_new_integration },
                                          { "quit", on_quit } };
  static const struct {
    const char *action, *keys[3];
  } accels[] = {
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.new-integration::", { "<Control>n" } },
    { "win.import", { "<Control>o" } },
    { "win.reload", { "F5", "<Control>r" } },
    { "win.preferences", { "<Control>comma" } },
    { "win.show-tab::dashboard", { "<Alt>1" } },
    { "win.show-tab::integrations", { "<Alt>2" } },
    { "win.show-tab::history", { "<Alt>3" } },
    { "win.show-tab::accounts", { "<Alt>4" } },
  };

  gtk_window_set_default_icon_name (HUB_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application, accels[i].action, accels[i].keys);
}

static void on_activate (GtkApplication *application) {
  GtkWindow *window = gtk_application_get_active_window (application);

  if (!window)
    window = g_object_new (HUB_TYPE_WINDOW, "application", application, NULL);
  gtk_window_present (window);
}

int hub_application_run (int argc, char **argv) {
  g_resources_register (hub_ui_get_resource ());
  g_set_application_name (_ ("Integration Hub"));
  g_autoptr (AdwApplication) application =
      adw_application_new (HUB_APPLICATION_ID, G_APPLICATION_DEFAULT_FLAGS);
  g_signal_connect (application, "startup", G_CALLBACK (on_startup), NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
