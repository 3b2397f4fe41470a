/* files.c: takes integrations from a portable file, and puts them into one; makes the example (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "draft.h"
#include "error.h"
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

/* In a worker thread. @data (s s): the address of the file, and which integration ("": all). */
static gpointer export_work (HubDatabase *database, gpointer data, GCancellable *cancellable,
                             GError **error) {
  const char *address, *name;

  g_variant_get (data, "(&s&s)", &address, &name);
  g_autoptr (GFile) file = g_file_new_for_uri (address);
  g_autoptr (GPtrArray) integrations = hub_store_list_integrations (database, error);
  if (!integrations)
    return NULL;
  for (guint i = integrations->len; *name && i-- > 0;) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    if (!g_str_equal (integration->name, name))
      g_ptr_array_remove_index (integrations, i);
  }
  g_autofree char *text = hub_portable_write (integrations);
  return g_file_replace_contents (file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_NONE, NULL,
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

static void on_import_chosen (GtkFileChooser *chooser, int response, GtkWidget *window) {
  if (response == GTK_RESPONSE_ACCEPT)
    hub_work_start (window, import_work, gtk_file_chooser_get_file (chooser), g_object_unref, on_imported,
                    (GDestroyNotify) g_ptr_array_unref, NULL);
}

void hub_files_import (GtkWidget *window, const char *action, GVariant *parameter) {
  hub_choose_file (window, _ ("Import Integrations"), _ ("_Import"), NULL, G_CALLBACK (on_import_chosen),
                   window, NULL);
}

static void on_export_chosen (GtkFileChooser *chooser, int response, const char *name) {
  if (response != GTK_RESPONSE_ACCEPT)
    return;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
  g_autofree char *address = g_file_get_uri (file);
  hub_work_start (gtk_native_dialog_get_transient_for (GTK_NATIVE_DIALOG (chooser)), export_work,
                  g_variant_ref_sink (g_variant_new ("(ss)", address, name)),
                  (GDestroyNotify) g_variant_unref, on_exported, NULL, NULL);
}

void hub_files_export (GtkWidget *window, const char *action, GVariant *parameter) {
  const char *name = g_variant_get_string (parameter, NULL);
  g_autofree char *file_name = g_strdup_printf ("%s.json", *name ? name : _ ("Integrations"));

  g_strdelimit (file_name, "/", '-');
  hub_choose_file (window, _ ("Export Integrations"), _ ("_Export"), file_name, G_CALLBACK (on_export_chosen),
                   g_strdup (name), HUB_FREE);
}

/* The example. */

#define RESOURCES "/fr/integrationhub/IntegrationHub/example/"

/* The user's documents; in a sandbox, which has none, what it may keep. */
static const char *documents_folder (void) {
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  if (hub_is_sandboxed ())
    return g_get_user_data_dir ();
  return documents ? documents : g_get_home_dir ();
}

/* A folder that was not there before, so that nothing of the user's is overwritten. (transfer full) */
static char *make_folder (GError **error) {
  const char *parent = documents_folder ();

  for (guint i = 1;; i++) {
    g_autofree char *name =
        i > 1 ? g_strdup_printf ("%s %u", _ ("Integration Hub"), i) : g_strdup (_ ("Integration Hub"));
    g_autofree char *path = g_build_filename (parent, name, NULL);
    if (g_mkdir_with_parents (parent, 0755) == 0 && g_mkdir (path, 0755) == 0)
      return g_steal_pointer (&path);
    if (errno == EEXIST)
      continue;
    g_set_error (error, HUB_ERROR, HUB_ERROR_STORE,
                 _ ("cannot make the folder %s: %s; make its parent folder writable for you"), path,
                 g_strerror (errno));
    return NULL;
  }
}

static HubIntegration *make_integration (const char *source, const char *destination, GError **error) {
  g_autoptr (GBytes) bytes = g_resources_lookup_data (RESOURCES "integration.json", 0, error);
  g_autoptr (HubDraft) draft = bytes ? hub_draft_new_from_text (g_bytes_get_data (bytes, NULL), error) : NULL;
  if (!draft)
    return NULL;
  hub_draft_set_name (draft, _ ("Example: Clients to Newsletter"));
  hub_draft_set_option (draft, HUB_SIDE_SOURCE, "path", source);
  hub_draft_set_option (draft, HUB_SIDE_DESTINATION, "path", destination);
  return hub_draft_build (draft, error);
}

static gboolean make_example (HubDatabase *database, GError **error) {
  g_autoptr (GBytes) records = g_resources_lookup_data (RESOURCES "clients.csv", 0, error);
  g_autofree char *folder = records ? make_folder (error) : NULL;
  if (!folder)
    return FALSE;
  g_autofree char *source = g_build_filename (folder, "clients.csv", NULL);
  g_autofree char *destination = g_build_filename (folder, "newsletter.csv", NULL);
  g_autoptr (HubIntegration) integration = make_integration (source, destination, error);
  gsize length;
  const char *text = g_bytes_get_data (records, &length);
  return integration && g_file_set_contents (source, text, length, error)
         && hub_store_save_integration (database, integration, NULL, error);
}

/* In a worker thread. Makes the example unless there is one already. */
static gpointer example_work (HubDatabase *database, gpointer data, GCancellable *cancellable,
                              GError **error) {
  g_autoptr (GError) missing = NULL;
  g_autoptr (HubIntegration) there =
      hub_store_get_integration (database, _ ("Example: Clients to Newsletter"), &missing);

  if (there || (g_error_matches (missing, HUB_ERROR, HUB_ERROR_NOT_FOUND) && make_example (database, error)))
    return HUB_WORK_DONE;
  if (error && !*error)
    g_propagate_error (error, g_steal_pointer (&missing));
  return NULL;
}

static void on_example (gpointer window, gpointer result, const GError *error) {
  if (error) {
    hub_problem_show (window, _ ("The Example Was Not Made"), error);
    return;
  }
  hub_news_emit ();
  gtk_widget_activate_action (window, "win.preview", "s", _ ("Example: Clients to Newsletter"));
}

void hub_example_start (GtkWidget *window, const char *action, GVariant *parameter) {
  hub_work_start (window, example_work, NULL, NULL, on_example, NULL, NULL);
}
