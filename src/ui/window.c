/* window.c: the main window: the integrations, or how to begin (main thread; the store is read on worker threads).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "window.h"
#include "import.h"
#include "integration-card.h"
#include "lease.h"
#include "store.h"
#include <glib/gi18n-lib.h>

struct _HubWindow {
  AdwApplicationWindow parent_instance;
  GListStore *items;         /* (owned) (element-type HubIntegrationItem) */
  GCancellable *cancellable; /* (owned) cancelled when the window goes */
  gpointer latest;           /* (borrowed) the task that was started last: older ones bring an old list */

  /* of the template, borrowed */
  AdwToastOverlay *toasts;
  GtkStack *pages;
  GtkListBox *list;
  AdwStatusPage *error_page;
};

G_DEFINE_FINAL_TYPE (HubWindow, hub_window, ADW_TYPE_APPLICATION_WINDOW)

/* In a worker thread. Returns: (transfer full) (element-type HubIntegrationItem) */
static GPtrArray *load_items (HubDatabase *database, GError **error) {
  g_autoptr (GPtrArray) integrations = hub_store_list_integrations (database, error);
  if (!integrations)
    return NULL;

  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    g_autoptr (GPtrArray) runs = hub_run_list (database, integration->name, 1, error);
    if (!runs)
      return NULL;
    HubRun *last = runs->len > 0 ? g_ptr_array_index (runs, 0) : NULL;
    gboolean running = last && last->status == HUB_RUN_RUNNING;
    g_autoptr (HubLease) lease = running ? hub_lease_take (integration->id, integration->name, NULL) : NULL;
    if (lease) { /* nobody runs it any more */
      last->status = HUB_RUN_FAILED;
      last->message = g_strdup (_ ("The run was interrupted; run it again and it goes on from there."));
    }
    g_ptr_array_add (items, hub_integration_item_new (integration, last));
  }
  return g_steal_pointer (&items);
}

static gboolean import_file (HubDatabase *database, GFile *file, GCancellable *cancellable, GError **error) {
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_load_contents (file, cancellable, &text, &length, NULL, error))
    return FALSE;
  g_autoptr (GPtrArray) imported = hub_import (database, text, length, error);
  return imported != NULL;
}

/* In a worker thread: imports @file (nullable), then reads what there is. */
static void store_thread (GTask *task, gpointer window, gpointer file, GCancellable *cancellable) {
  GError *error = NULL;
  GPtrArray *items = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (&error);

  if (database && (!file || import_file (database, file, cancellable, &error)))
    items = load_items (database, &error);
  if (items)
    g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static HubIntegrationItem *find_item (HubWindow *self, const char *name) {
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    if (g_str_equal (hub_integration_item_get_name (item), name))
      return g_steal_pointer (&item);
  }
  return NULL;
}

/* Brings the list up to @fresh; cards of integrations that stay are kept, and so are focus and running runs. */
static void merge_items (HubWindow *self, GPtrArray *fresh) {
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  gboolean changed = n_old != fresh->len;

  for (guint i = 0; i < fresh->len; i++) {
    HubIntegrationItem *item = g_ptr_array_index (fresh, i);
    HubIntegrationItem *known = find_item (self, hub_integration_item_get_name (item));
    g_autoptr (HubIntegrationItem) here = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    if (known) {
      hub_integration_item_update (known, item);
      fresh->pdata[i] = known;
      g_object_unref (item);
    }
    changed |= here != fresh->pdata[i];
  }
  if (changed)
    g_list_store_splice (self->items, 0, n_old, fresh->pdata, fresh->len);
  gtk_stack_set_visible_child_name (self->pages, fresh->len > 0 ? "list" : "empty");
}

static void show_error (HubWindow *self, const GError *error, gboolean importing) {
  g_autofree char *description = g_markup_escape_text (error->message, -1);

  if (importing) {
    GtkWidget *dialog =
        adw_message_dialog_new (GTK_WINDOW (self), _ ("Nothing Was Imported"), error->message);
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
    gtk_window_present (GTK_WINDOW (dialog));
    return;
  }
  adw_status_page_set_description (self->error_page, description);
  gtk_stack_set_visible_child_name (self->pages, "error");
}

static void on_stored (GObject *object, GAsyncResult *result, gpointer data) {
  HubWindow *self = HUB_WINDOW (object);
  gboolean imported = g_task_get_task_data (G_TASK (result)) != NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) fresh = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!fresh)
    show_error (self, error, imported);
  else if (imported)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("The file was imported")));
  if (fresh && self->latest == result)
    merge_items (self, fresh);
}

/* Imports @file (taken, nullable) and shows what the store then has. */
static void load (HubWindow *self, GFile *file) {
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_stored, NULL);

  g_task_set_task_data (task, file, file ? g_object_unref : NULL);
  self->latest = task;
  g_task_run_in_thread (task, store_thread);
}

static void on_reload (GtkWidget *widget, const char *action, GVariant *parameter) {
  load (HUB_WINDOW (widget), NULL);
}

/* The command line may have changed things meanwhile. */
static void on_active (HubWindow *self) {
  if (gtk_window_is_active (GTK_WINDOW (self)))
    load (self, NULL);
}

static void on_file_chosen (GtkNativeDialog *chooser, int response, gpointer window) {
  if (response == GTK_RESPONSE_ACCEPT)
    load (window, gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)));
  g_object_unref (chooser);
}

static void on_import (GtkWidget *widget, const char *action, GVariant *parameter) {
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Import Integrations"), GTK_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_file_chosen), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
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

/* The window stays until the cancelled runs have left everything in order. */
static void on_close_response (HubWindow *self, const char *response) {
  if (!g_str_equal (response, "stop"))
    return;
  g_signal_connect_object (g_application_get_default (), "notify::is-busy", G_CALLBACK (gtk_window_close),
                           self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    hub_integration_item_cancel (item);
  }
}

static gboolean hub_window_close_request (GtkWindow *window) {
  if (!g_application_get_is_busy (g_application_get_default ())) {
    save_size (window);
    return GTK_WINDOW_CLASS (hub_window_parent_class)->close_request (window);
  }
  GtkWidget *dialog =
      adw_message_dialog_new (window, _ ("Stop the Running Integrations?"),
                              _ ("What was sent so far stays sent; the next run goes on from there."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("_Keep Running"), "stop",
                                    _ ("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), window, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return GDK_EVENT_STOP;
}

static GtkWidget *make_card (gpointer item, gpointer data) {
  return hub_integration_card_new (item);
}

static void hub_window_dispose (GObject *object) {
  HubWindow *self = HUB_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (hub_window_parent_class)->dispose (object);
}

static void hub_window_class_init (HubWindowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = hub_window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/fr/integrationhub/IntegrationHub/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, HubWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, HubWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, HubWindow, list);
  gtk_widget_class_bind_template_child (widget_class, HubWindow, error_page);
  gtk_widget_class_install_action (widget_class, "win.import", NULL, on_import);
  gtk_widget_class_install_action (widget_class, "win.reload", NULL, on_reload);
}

static void hub_window_init (HubWindow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (HUB_TYPE_INTEGRATION_ITEM);
  self->cancellable = g_cancellable_new ();
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->items), make_card, NULL, NULL);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active), NULL);
  restore_size (GTK_WINDOW (self));
  load (self, NULL);
}

GtkWindow *hub_window_new (GtkApplication *application) {
  return g_object_new (HUB_TYPE_WINDOW, "application", application, NULL);
}
