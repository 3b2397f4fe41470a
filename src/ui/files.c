/* files.c: takes integrations from a portable file, and puts them into one, by the file chooser (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "import.h"
#include "problem.h"
#include "widgets.h"
#include "work.h"

/* In a worker thread. Returns: (transfer full): what was imported. */
static gpointer import_work (HubDatabase *database, gpointer file, GCancellable *cancellable,
                             GError **error) {
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_load_contents (file, cancellable, &text, &length, NULL, error))
    return NULL;
  return hub_import (database, text, length, error);
}

static void on_imported (gpointer window, gpointer imported, const GError *error) {
  if (error) {
    hub_problem_show (window, _ ("Nothing Was Imported"), error);
    return;
  }
  gtk_widget_activate_action (window, "win.toast", "s", _ ("The file was imported"));
  hub_news_emit ();
}

typedef struct {
  GFile *file; /* (owned) */
  char *name;  /* (owned) (nullable) */
} Export;

static void export_free (gpointer data) {
  Export *export = data;
  g_object_unref (export->file);
  g_free (export->name);
  g_free (export);
}

/* In a worker thread. */
static gpointer export_work (HubDatabase *database, gpointer data, GCancellable *cancellable,
                             GError **error) {
  Export *export = data;
  g_autoptr (GPtrArray) integrations = hub_store_list_integrations (database, error);
  if (!integrations)
    return NULL;
  for (guint i = integrations->len; export->name && i-- > 0;) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    if (!g_str_equal (integration->name, export->name))
      g_ptr_array_remove_index (integrations, i);
  }
  g_autofree char *text = hub_portable_write (integrations);
  return g_file_replace_contents (export->file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                  cancellable, error)
             ? HUB_WORK_DONE
             : NULL;
}

static void on_exported (gpointer window, gpointer result, const GError *error) {
  if (error)
    hub_problem_show (window, _ ("The File Was Not Written"), error);
  else
    gtk_widget_activate_action (window, "win.toast", "s", _ ("The file was written"));
}

static void on_import_chosen (GtkFileChooser *chooser, int response, GtkWindow *window) {
  if (response == GTK_RESPONSE_ACCEPT)
    hub_work_start (window, import_work, gtk_file_chooser_get_file (chooser), g_object_unref, on_imported,
                    (GDestroyNotify) g_ptr_array_unref, NULL);
}

void hub_files_import (GtkWindow *window) {
  hub_choose_file (window, _ ("Import Integrations"), _ ("_Import"), NULL, G_CALLBACK (on_import_chosen),
                   window, NULL);
}

static void on_export_chosen (GtkFileChooser *chooser, int response, const char *name) {
  if (response != GTK_RESPONSE_ACCEPT)
    return;
  Export *export = g_new0 (Export, 1);
  export->file = gtk_file_chooser_get_file (chooser);
  export->name = g_strdup (name);
  hub_work_start (gtk_native_dialog_get_transient_for (GTK_NATIVE_DIALOG (chooser)), export_work, export,
                  export_free, on_exported, NULL, NULL);
}

static void free_name (gpointer name, GClosure *closure) {
  g_free (name);
}

void hub_files_export (GtkWindow *window, const char *name) {
  g_autofree char *file_name = g_strdup_printf ("%s.json", name ? name : _ ("Integrations"));

  g_strdelimit (file_name, "/", '-');
  hub_choose_file (window, _ ("Export Integrations"), _ ("_Export"), file_name, G_CALLBACK (on_export_chosen),
                   g_strdup (name), free_name);
}
