/* own-api-group.c: the user's own connectors: a row each, and a way to open another one's description (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-api-group.h"
#include "own-api.h"
#include "problem.h"
#include "widgets.h"
#include "work.h"
#include <glib/gi18n-lib.h>

struct _HubOwnApiGroup {
  AdwPreferencesGroup parent_instance;
  GPtrArray *rows; /* (owned) (element-type GtkWidget): borrowed from the group */
};

G_DEFINE_FINAL_TYPE (HubOwnApiGroup, hub_own_api_group, ADW_TYPE_PREFERENCES_GROUP)

/* In a worker thread. Returns: (transfer full): the connector's id. */
static gpointer install_work (HubDatabase *database, gpointer file, GCancellable *cancellable,
                              GError **error) {
  g_autofree char *path = g_file_get_path (file);
  char *id = NULL;

  return hub_own_api_install (path ? path : "", &id, error) ? id : NULL;
}

static void on_installed (gpointer group, gpointer id, const GError *error) {
  if (error) {
    hub_problem_show (group, _ ("The Description Was Not Installed"), error);
    return;
  }
  const HubManifest *manifest = hub_manifest_get (id, NULL); /* it was just checked */
  g_autofree char *words =
      g_strdup_printf (_ ("“%s” is a connector now"), manifest ? manifest->name : (const char *) id);
  gtk_widget_activate_action (group, "win.toast", "s", words);
  hub_news_emit ();
}

static void install (HubOwnApiGroup *self, GFile *file) {
  hub_work_start (self, install_work, g_object_ref (file), g_object_unref, on_installed, g_free, NULL);
}

static void on_chosen (GtkFileChooser *chooser, int response, HubOwnApiGroup *self) {
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (chooser) : NULL;

  if (file)
    install (self, file);
}

void hub_own_api_group_open (HubOwnApiGroup *self) {
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_set_name (filter, _ ("Descriptions of services"));
  gtk_file_chooser_add_filter (
      hub_choose_file (self, _ ("Open a Description"), NULL, NULL, G_CALLBACK (on_chosen), self, NULL),
      filter);
}

static void on_open (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_own_api_group_open (HUB_OWN_API_GROUP (widget));
}

static gboolean on_drop (HubOwnApiGroup *self, const GValue *value) {
  install (self, g_value_get_object (value));
  return TRUE;
}

/* The removal. */

/* In a worker thread. */
static gpointer remove_work (HubDatabase *database, gpointer id, GCancellable *cancellable, GError **error) {
  return hub_own_api_remove (database, id, error) ? HUB_WORK_DONE : NULL;
}

static void on_removed (gpointer group, gpointer result, const GError *error) {
  if (error)
    hub_problem_show (group, _ ("The Description Was Not Removed"), error);
  else
    hub_news_emit ();
}

static void on_answer (GtkWidget *row, const char *response) {
  if (g_str_equal (response, "remove"))
    hub_work_start (gtk_widget_get_ancestor (row, HUB_TYPE_OWN_API_GROUP), remove_work,
                    g_strdup (gtk_widget_get_name (row)), g_free, on_removed, NULL, NULL);
}

static void on_remove (GtkWidget *button) {
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  const char *const answers[] = { "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL };
  g_autofree char *heading =
      g_strdup_printf (_ ("Remove “%s”?"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));

  hub_ask (row, heading, _ ("Its description is deleted from the data folder."), answers,
           G_CALLBACK (on_answer));
}

/* The rows. */

static void add_button (GtkWidget *row, GtkWidget *button, const char *tooltip, char *name) {
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, tooltip);
  hub_widget_name (button, name);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_free (name);
}

/* A row is called by the connector's id. */
static GtkWidget *make_row (const HubOwnApi *own) {
  const char *title = own->manifest ? own->manifest->name : own->id;
  g_autofree char *problem = own->problem ? hub_problem_sentence (own->problem) : NULL;
  g_autofree char *file = g_path_get_basename (own->file);
  GtkWidget *row =
      g_object_new (ADW_TYPE_ACTION_ROW, "name", own->id, "use-markup", FALSE, "subtitle-lines", 0, NULL);
  GtkWidget *icon =
      gtk_image_new_from_icon_name (problem ? "dialog-warning-symbolic" : "text-x-generic-symbolic");
  GtkWidget *bin = gtk_button_new_from_icon_name ("user-trash-symbolic");

  g_object_set (row, "title", title, "subtitle", problem ? problem : file, NULL); /* once markup is off */
  gtk_widget_add_css_class (icon, problem ? "warning" : "dim-label");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  if (own->manifest && !g_str_equal (own->manifest->auth, "none")) {
    GtkWidget *connect = gtk_button_new_with_mnemonic (_ ("Co_nnect"));
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (connect), "accounts.add");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (connect), "s", own->id);
    add_button (row, connect, _ ("Add an Account"), g_strdup_printf (_ ("Connect “%s”"), title));
  }
  gtk_widget_add_css_class (bin, "flat");
  g_signal_connect (bin, "clicked", G_CALLBACK (on_remove), NULL);
  add_button (row, bin, _ ("Remove"), g_strdup_printf (_ ("Remove “%s”"), title));
  return row;
}

void hub_own_api_group_fill (HubOwnApiGroup *self, GPtrArray *own) {
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < own->len; i++) {
    GtkWidget *row = make_row (own->pdata[i]);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
    g_ptr_array_add (self->rows, row);
  }
}

static void hub_own_api_group_finalize (GObject *object) {
  g_ptr_array_unref (HUB_OWN_API_GROUP (object)->rows);
  G_OBJECT_CLASS (hub_own_api_group_parent_class)->finalize (object);
}

static void hub_own_api_group_class_init (HubOwnApiGroupClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_own_api_group_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/fr/integrationhub/IntegrationHub/ui/own-api-group.ui");
  gtk_widget_class_install_action (widget_class, "own-api.open", NULL, on_open);
}

static void hub_own_api_group_init (HubOwnApiGroup *self) {
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
