/* kept-draft.c: the draft that survives a crash: kept, read again, given up for the integration and its first run (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "kept-draft.h"
#include "import.h"
#include "integration-list.h"
#include "store.h"
#include <string.h>

/* What is written: each in a thread of its own, so the number says which is the latest. */
typedef struct {
  guint number;
  char *text;                  /* (owned) (nullable): nothing is to be kept any more */
  HubIntegration *integration; /* (owned) (nullable) what has become of it */
  char *name;                  /* (owned) (nullable) */
} Writing;

/* What is asked for: the definition of integration @name, or of @template, or none. */
static gboolean find_asked (HubDatabase *database, const char *name, const char *template, char **asked,
                            GError **error) {
  g_autoptr (HubIntegration) integration = name ? hub_store_get_integration (database, name, error) : NULL;

  *asked = integration ? g_strdup (integration->definition) : NULL;
  if (template)
    *asked = hub_template_text (template, error);
  return *asked || (!name && !template);
}

/* In a worker thread. The name stands in the first line. @data (msms): the name of an integration, a template. */
static gpointer read_draft (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  g_autofree char *asked = NULL, *text = NULL;
  const char *name, *template;

  g_variant_get (data, "(m&sm&s)", &name, &template);
  if (!find_asked (database, name, template, &asked, error)
      || !hub_store_get_setting (database, "draft", &text, error))
    return NULL;
  char *end = text ? strchr (text, '\n') : NULL;
  g_autofree char *changed = end > text ? g_strndup (text, end - text) : NULL;
  return g_variant_ref_sink (g_variant_new ("(msmsms)", end ? end + 1 : NULL, changed, asked));
}

void hub_kept_draft_read (gpointer owner, const char *name, const char *template, HubWorkDone done) {
  hub_work_start (owner, read_draft, g_variant_ref_sink (g_variant_new ("(msms)", name, template)),
                  (GDestroyNotify) g_variant_unref, done, (GDestroyNotify) g_variant_unref, NULL);
}

static void writing_free (gpointer data) {
  Writing *writing = data;

  g_free (writing->text);
  g_free (writing->name);
  g_clear_pointer (&writing->integration, hub_integration_free);
  g_free (writing);
}

/* In a worker thread. */
static gpointer write_draft (HubDatabase *database, gpointer data, GCancellable *cancellable,
                             GError **error) {
  static GMutex lock;
  static guint latest;
  Writing *writing = data;

  if (writing->integration
      && !hub_store_save_integration (database, writing->integration, writing->name, error))
    return NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  if (writing->number < latest)
    return HUB_WORK_DONE;
  latest = writing->number;
  return hub_store_set_setting (database, "draft", writing->text, error) ? HUB_WORK_DONE : NULL;
}

void hub_kept_draft_write (gpointer owner, HubDraft *draft, HubIntegration *finished, const char *name,
                           HubWorkDone done) {
  static guint number;
  Writing *writing = g_new0 (Writing, 1);
  g_autofree char *text = draft ? hub_draft_to_text (draft) : NULL;

  writing->number = ++number;
  writing->text = draft ? g_strdup_printf ("%s\n%s", name ? name : "", text) : NULL;
  writing->integration = finished;
  writing->name = g_strdup (name);
  hub_work_start (owner, write_draft, writing, writing_free, done, NULL, NULL);
}

/* Its first run. */

typedef struct {
  char *name; /* (owned) */
  HubRunOptions start;
} Pending;

/* The list is read anew by now; one that is not in it yet comes with a later change. */
static void on_listed (GListModel *list, guint position, guint removed, guint added, Pending *pending) {
  HubIntegrationItem *item = hub_integration_list_find (pending->name);

  if (!item)
    return;
  hub_integration_item_start (item, &pending->start);
  g_signal_handlers_disconnect_by_func (list, on_listed, pending);
}

static void pending_free (gpointer data, GClosure *closure) {
  g_free (((Pending *) data)->name);
  g_free (data);
}

void hub_kept_draft_start (const char *name, const HubRunOptions *start) {
  Pending *pending = g_new0 (Pending, 1);

  pending->name = g_strdup (name);
  pending->start = *start;
  g_signal_connect_data (hub_integration_list_get (), "items-changed", G_CALLBACK (on_listed), pending,
                         pending_free, 0);
}
