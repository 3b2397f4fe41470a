/* files.c: takes integrations from a portable file, and puts them into one, by the file chooser (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "import.h"
#include "problem.h"
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
  g_clear_object (&export->file);
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

static void open_chooser (GtkFileChooserNative *chooser, gpointer on_response, gpointer data) {
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_response), data);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void on_import_chosen (GtkNativeDialog *chooser, int response) {
  if (response == GTK_RESPONSE_ACCEPT)
    hub_work_start (gtk_native_dialog_get_transient_for (chooser), import_work,
                    gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)), g_object_unref, on_imported,
                    (GDestroyNotify) g_ptr_array_unref, NULL);
  g_object_unref (chooser);
}

void hub_files_import (GtkWindow *window) {
  open_chooser (gtk_file_chooser_native_new (_ ("Import Integrations"), window, GTK_FILE_CHOOSER_ACTION_OPEN,
                                             _ ("_Import"), NULL),
                on_import_chosen, NULL);
}

static void on_export_chosen (GtkNativeDialog *chooser, int response, Export *export) {
  if (response == GTK_RESPONSE_ACCEPT) {
    export->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    hub_work_start (gtk_native_dialog_get_transient_for (chooser), export_work, export, export_free,
                    on_exported, NULL, NULL);
  } else {
    export_free (export);
  }
  g_object_unref (chooser);
}

void hub_files_export (GtkWindow *window, const char *name) {
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Export Integrations"), window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), NULL);
  g_autofree char *file_name = g_strdup_printf ("%s.json", name ? name : _ ("Integrations"));
  Export *export = g_new0 (Export, 1);

  export->name = g_strdup (name);
  g_strdelimit (file_name, "/", '-');
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), file_name);
  open_chooser (chooser, on_export_chosen, export);
}
