/* work.c: takes work to a worker thread and its result back, and passes on the news that the store has changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include "store.h"

typedef struct {
  HubWork work;
  HubWorkDone done; /* (nullable) */
  gpointer data;    /* (owned) */
  GDestroyNotify free_data, free_result;
  GWeakRef owner;
} Job;

static void job_free (gpointer data) {
  Job *job = data;
  if (job->free_data)
    job->free_data (job->data);
  g_weak_ref_clear (&job->owner);
  g_free (job);
}

static void work_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Job *job = data;
  GError *error = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (&error);
  gpointer result = database ? job->work (database, job->data, cancellable, &error) : NULL;
  if (result)
    g_task_return_pointer (task, result, job->free_result);
  else
    g_task_return_error (task, error);
}

static void on_worked (GObject *source, GAsyncResult *async_result, gpointer user_data) {
  Job *job = g_task_get_task_data (G_TASK (async_result));
  g_autoptr (GObject) owner = g_weak_ref_get (&job->owner);
  g_autoptr (GError) error = NULL;
  gpointer result = g_task_propagate_pointer (G_TASK (async_result), &error);

  if (owner && job->done && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    job->done (owner, result, error);
  if (result && job->free_result)
    job->free_result (result);
  if (g_application_get_default ())
    g_application_release (g_application_get_default ());
}

void hub_work_start (gpointer owner, HubWork work, gpointer data, GDestroyNotify free_data, HubWorkDone done,
                     GDestroyNotify free_result, GCancellable *cancellable) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_worked, NULL);
  Job *job = g_new0 (Job, 1);
  job->work = work;
  job->done = done;
  job->data = data;
  job->free_data = free_data;
  job->free_result = free_result;
  g_weak_ref_init (&job->owner, owner);
  g_task_set_task_data (task, job, job_free);
  if (g_application_get_default ()) /* the program does not end under its threads */
    g_application_hold (g_application_get_default ());
  g_task_run_in_thread (task, work_thread);
}

static GHookList readers;

/* A reader's hook goes with its owner. */
static void forget (gpointer hook_id, GObject *owner) {
  g_hook_destroy (&readers, GPOINTER_TO_SIZE (hook_id));
}

void hub_news_connect (gpointer owner, void (*reload) (gpointer owner)) {
  if (!readers.is_setup)
    g_hook_list_init (&readers, sizeof (GHook));
  GHook *hook = g_hook_alloc (&readers);
  hook->func = reload;
  hook->data = owner;
  g_hook_append (&readers, hook);
  g_object_weak_ref (owner, forget, GSIZE_TO_POINTER (hook->hook_id));
}

void hub_news_emit (void) {
  if (readers.is_setup)
    g_hook_list_invoke (&readers, FALSE);
}
