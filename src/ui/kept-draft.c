/* kept-draft.c: the draft that survives a crash: kept, read again, given up for the integration, and what is asked about it (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "kept-draft.h"
#include "integration-list.h"
#include "store.h"
#include "widgets.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* What is written: each in a thread of its own, so the number says which is the latest. */
typedef struct {
  guint number;
  char *text;                  /* (owned) (nullable): nothing is to be kept any more */
  HubIntegration *integration; /* (owned) (nullable) what has become of it */
  char *name;                  /* (owned) (nullable) */
} Writing;

void hub_kept_draft_free (HubKeptDraft *kept) {
  g_free (kept->draft);
  g_free (kept->name);
  g_free (kept->asked);
  g_free (kept);
}

/* In a worker thread. The name stands in the first line. */
static gpointer read_draft (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  g_autoptr (HubIntegration) integration = data ? hub_store_get_integration (database, data, error) : NULL;
  g_autofree char *text = NULL;

  if ((data && !integration) || !hub_store_get_draft (database, &text, error))
    return NULL;
  HubKeptDraft *kept = g_new0 (HubKeptDraft, 1);
  char *end = text ? strchr (text, '\n') : NULL;
  kept->asked = integration ? g_strdup (integration->definition) : NULL;
  kept->draft = end ? g_strdup (end + 1) : NULL;
  kept->name = end > text ? g_strndup (text, end - text) : NULL;
  return kept;
}

void hub_kept_draft_read (gpointer owner, const char *name, HubWorkDone done) {
  hub_work_start (owner, read_draft, g_strdup (name), g_free, done, (GDestroyNotify) hub_kept_draft_free,
                  NULL);
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
  return hub_store_set_draft (database, writing->text, error) ? HUB_WORK_DONE : NULL;
}

static Writing *writing_new (void) {
  static guint number;
  Writing *writing = g_new0 (Writing, 1);

  writing->number = ++number;
  return writing;
}

void hub_kept_draft_write (gpointer owner, HubDraft *draft, const char *name, HubWorkDone done) {
  Writing *writing = writing_new ();
  g_autofree char *text = draft ? hub_draft_to_text (draft) : NULL;

  if (draft)
    writing->text = g_strdup_printf ("%s\n%s", name ? name : "", text);
  hub_work_start (owner, write_draft, writing, writing_free, done, NULL, NULL);
}

void hub_kept_draft_finish (gpointer owner, HubIntegration *integration, const char *name, HubWorkDone done) {
  Writing *writing = writing_new ();

  writing->integration = integration;
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

void hub_kept_draft_offer (GtkWidget *parent, GCallback response) {
  const char *const answers[] = { "cancel",   _ ("_Cancel"),   "again", _ ("_Start Again"),
                                  "continue", _ ("C_ontinue"), NULL };

  hub_ask (parent, _ ("Continue the Integration You Had Begun?"),
           _ ("It was not finished. If you start again, what you had entered there is lost."), answers,
           response);
}

void hub_kept_draft_ask (GtkWidget *parent, GCallback response) {
  const char *const answers[] = { "cancel", _ ("_Cancel"),        "discard", _ ("_Discard"),
                                  "keep",   _ ("_Keep as Draft"), NULL };

  hub_ask (parent, _ ("Keep What You Have Begun?"),
           _ ("A draft waits for you: it is offered when you make an integration again."), answers, response);
}
