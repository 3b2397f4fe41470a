/* work.h: takes work to a worker thread and its result back, and passes on the news that the store has changed (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "database.h"

/* Runs in a worker thread with a connection of its own. Returns the result, or NULL with @error. @data is what hub_work_start() got. */
typedef gpointer (*HubWork) (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error);

/* Runs on the main thread, unless @owner is gone or the work was cancelled. @result is borrowed: g_object_ref() or steal what is kept; NULL
 * with @error. */
typedef void (*HubWorkDone) (gpointer owner, gpointer result, const GError *error);

/* Starts @work with @data (taken; freed with @free_data). Its result is freed with @free_result after @done (nullable). @owner is a GObject; the
 * work is cancelled with @cancellable (nullable). */
void hub_work_start (gpointer owner, HubWork work, gpointer data, GDestroyNotify free_data, HubWorkDone done,
                     GDestroyNotify free_result, GCancellable *cancellable);

/* A result for work that has none of its own. */
#define HUB_WORK_DONE GINT_TO_POINTER (1)

/* Something in the store has changed: accounts, integrations, runs, deliveries. */
void hub_news_emit (void);

/* Calls @reload with @owner (a GObject) from now on whenever something has changed, as long as @owner lives; not at once. */
void hub_news_connect (gpointer owner, void (*reload) (gpointer owner));
