/* example.c: an example to try: two CSV files in the documents folder and an integration between them (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "example.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "draft.h"
#include "error.h"
#include "problem.h"
#include "store.h"
#include "work.h"

#define RESOURCES "/fr/integrationhub/IntegrationHub/example/"

/* The user's documents; in a sandbox, which has none, what it may keep. */
static const char *documents_folder (void) {
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
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

static void on_example (gpointer widget, gpointer result, const GError *error) {
  if (error) {
    hub_problem_show (widget, _ ("The Example Was Not Made"), error);
    return;
  }
  hub_news_emit ();
  gtk_widget_activate_action (widget, "win.preview", "s", _ ("Example: Clients to Newsletter"));
}

void hub_example_start (GtkWidget *widget) {
  hub_work_start (widget, example_work, NULL, NULL, on_example, NULL, NULL);
}
