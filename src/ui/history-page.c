/* history-page.c: the runs, the rejects inbox, and the search for any record (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "history-page.h"

#include <glib/gi18n-lib.h>

#include "integration-list.h"
#include "lazy-list.h"
#include "problem.h"
#include "record-row.h"
#include "reject-dialog.h"
#include "runs.h"
#include "widgets.h"
#include "work.h"

#define MOST_RUNS 1000

struct _HubHistoryPage {
  AdwBin parent_instance;
  char *integration;         /* (owned) (nullable) what is shown; NULL: everything */
  GStrv rejecting;           /* (owned) (nullable) integrations with open rejects among it */
  GListStore *runs;          /* (owned) */
  HubLazyList *rejects;      /* (owned) */
  HubLazyList *found;        /* (owned) */
  GCancellable *cancellable; /* (owned) of the reading that goes on */
  gboolean filling;          /* the names are being replaced */

  /* of the template */
  GtkStack *pages, *parts, *runs_stack, *rejects_stack, *found_stack; /* (borrowed) */
  GtkStackPage *rejects_page;                                         /* (borrowed) */
  GtkStringList *names;                                               /* (borrowed) */
  GtkDropDown *filter;                                                /* (borrowed) */
  GtkListView *runs_list, *rejects_list, *found_list;                 /* (borrowed) */
  GtkEditable *search;                                                /* (borrowed) */
  AdwStatusPage *found_page, *problem_page;                           /* (borrowed) */
};

G_DEFINE_FINAL_TYPE (HubHistoryPage, hub_history_page, ADW_TYPE_BIN)

typedef struct {
  GPtrArray *runs;         /* (owned) (element-type HubRecordItem) */
  GArray *rejects, *found; /* (owned) ids */
  GStrv rejecting;         /* (owned) */
} Past;

static void past_free (gpointer data) {
  Past *past = data;

  g_clear_pointer (&past->runs, g_ptr_array_unref);
  g_clear_pointer (&past->rejects, g_array_unref);
  g_clear_pointer (&past->found, g_array_unref);
  g_strfreev (past->rejecting);
  g_free (past);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Past, past_free)

static GPtrArray *read_runs (HubDatabase *database, const char *integration, GError **error) {
  g_autoptr (GPtrArray) runs = hub_run_list (database, integration, MOST_RUNS, error);
  GPtrArray *items = runs ? g_ptr_array_new_with_free_func (g_object_unref) : NULL;

  for (guint i = 0; items && i < runs->len; i++)
    g_ptr_array_add (items, hub_record_item_new_run (g_ptr_array_index (runs, i)));
  return items;
}

/* The integrations with open rejects, of those asked for. */
static GStrv read_rejecting (HubDatabase *database, const char *integration, GError **error) {
  g_autoptr (GPtrArray) all = hub_history_list_health (database, error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; all && i < all->len; i++) {
    const HubHealth *health = g_ptr_array_index (all, i);
    if (health->open_rejects > 0 && (integration == NULL || g_str_equal (integration, health->integration)))
      g_strv_builder_add (names, health->integration);
  }
  return all ? g_strv_builder_end (names) : NULL;
}

/* In a worker thread. @data (ms ms): of which integration, and which text to find. */
static gpointer read_past (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  HubQuery rejects = { .open_rejects = TRUE }, found = { 0 };
  g_autoptr (Past) past = g_new0 (Past, 1);

  g_variant_get (data, "(m&sm&s)", &found.integration, &found.text);
  rejects.integration = found.integration;
  if (!(past->runs = read_runs (database, found.integration, error))
      || !(past->rejects = hub_history_list_ids (database, &rejects, error))
      || !(past->rejecting = read_rejecting (database, found.integration, error)))
    return NULL;
  past->found = found.text ? hub_history_list_ids (database, &found, error)
                           : g_array_new (FALSE, FALSE, sizeof (gint64));
  return past->found ? g_steal_pointer (&past) : NULL;
}

/* Whether both speak of the same run in the same words. */
static gboolean is_same (HubRecordItem *one, HubRecordItem *other) {
  return one->run == other->run && g_strcmp0 (one->subtitle, other->subtitle) == 0
         && g_strcmp0 (one->title, other->title) == 0;
}

static HubRecordItem *get_run (HubHistoryPage *self, guint i) {
  g_autoptr (HubRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);

  return item;
}

/* Shows @fresh, newest first. The older ones that say what they said before stay, and with them the selection and the place in the list. */
static void take_runs (HubHistoryPage *self, GPtrArray *fresh) {
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->runs)), n_new = fresh->len;

  while (n_old > 0 && n_new > 0
         && get_run (self, n_old - 1)->run < ((HubRecordItem *) fresh->pdata[n_new - 1])->run)
    g_list_store_remove (self->runs, --n_old);
  while (n_old > 0 && n_new > 0 && is_same (get_run (self, n_old - 1), fresh->pdata[n_new - 1])) {
    n_old--;
    n_new--;
  }
  if (n_old + n_new > 0)
    g_list_store_splice (self->runs, 0, n_old, fresh->pdata, n_new);
}

static void on_past (gpointer owner, gpointer result, const GError *error) {
  HubHistoryPage *self = owner;
  Past *past = result;
  const char *text = gtk_editable_get_text (self->search);

  if (error) {
    hub_problem_fill (self->problem_page, error);
    gtk_stack_set_visible_child_name (self->pages, "problem");
    return;
  }
  g_autofree char *title = past->rejects->len > 0 ? g_strdup_printf (_ ("Rejects (%'u)"), past->rejects->len)
                                                  : g_strdup (_ ("Rejects"));
  gtk_stack_page_set_title (self->rejects_page, title);
  gtk_stack_set_visible_child_name (self->pages, "parts");
  gtk_stack_set_visible_child_name (self->runs_stack, past->runs->len > 0 ? "list" : "empty");
  gtk_stack_set_visible_child_name (self->rejects_stack, past->rejects->len > 0 ? "list" : "empty");
  gtk_stack_set_visible_child_name (self->found_stack, past->found->len > 0 ? "list" : "empty");
  adw_status_page_set_title (self->found_page, *text ? _ ("No Record Found") : _ ("Find Any Record"));
  take_runs (self, past->runs);
  hub_lazy_list_set_ids (self->rejects, g_steal_pointer (&past->rejects));
  hub_lazy_list_set_ids (self->found, g_steal_pointer (&past->found));
  g_strfreev (self->rejecting);
  self->rejecting = g_steal_pointer (&past->rejecting);
}

static void reload (HubHistoryPage *self) {
  const char *text = gtk_editable_get_text (self->search);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  hub_work_start (self, read_past,
                  g_variant_ref_sink (g_variant_new ("(msms)", self->integration, *text ? text : NULL)),
                  (GDestroyNotify) g_variant_unref, on_past, past_free, self->cancellable);
}

/* What is out of sight is read when it comes into sight. */
static void on_news (gpointer page) {
  if (gtk_widget_get_mapped (page))
    reload (page);
}

static void hub_history_page_map (GtkWidget *widget) {
  GTK_WIDGET_CLASS (hub_history_page_parent_class)->map (widget);
  reload (HUB_HISTORY_PAGE (widget));
}

/* Offers the integrations there are, and chooses the one that is shown. */
static void fill_names (HubHistoryPage *self) {
  GListModel *items = hub_integration_list_get ();
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  guint chosen = 0;

  g_strv_builder_add (names, _ ("All Integrations"));
  for (guint i = 0; i < g_list_model_get_n_items (items); i++) {
    g_autoptr (HubIntegrationItem) item = g_list_model_get_item (items, i);
    g_strv_builder_add (names, hub_integration_item_get_name (item));
    if (g_strcmp0 (hub_integration_item_get_name (item), self->integration) == 0)
      chosen = i + 1;
  }
  g_auto (GStrv) texts = g_strv_builder_end (names);
  self->filling = TRUE;
  gtk_string_list_splice (self->names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->names)),
                          (const char *const *) texts);
  gtk_drop_down_set_selected (self->filter, chosen);
  self->filling = FALSE;
}

static void on_filter (HubHistoryPage *self) {
  guint chosen = gtk_drop_down_get_selected (self->filter);

  if (self->filling)
    return;
  g_free (self->integration);
  self->integration = chosen > 0 ? g_strdup (gtk_string_list_get_string (self->names, chosen)) : NULL;
  reload (self);
}

static void on_run_activated (HubHistoryPage *self, guint position, GtkListView *list) {
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (list));
  g_autoptr (HubRecordItem) item = g_list_model_get_item (model, position);

  if (item->run)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-run", "x", item->run);
}

static void on_reject_activated (HubHistoryPage *self, guint position) {
  g_autoptr (HubRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->rejects), position);

  if (item->trace)
    hub_reject_dialog_open (GTK_WIDGET (self), item);
}

static void on_retry_all (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubHistoryPage *self = HUB_HISTORY_PAGE (widget);

  for (guint i = 0; self->rejecting && self->rejecting[i]; i++)
    hub_start (widget, self->rejecting[i], &(HubRunOptions){ .retry = TRUE },
               _ ("The rejects are being tried again"));
}

static void hub_history_page_dispose (GObject *object) {
  HubHistoryPage *self = HUB_HISTORY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->runs);
  g_clear_object (&self->rejects);
  g_clear_object (&self->found);
  g_clear_pointer (&self->integration, g_free);
  g_clear_pointer (&self->rejecting, g_strfreev);
  G_OBJECT_CLASS (hub_history_page_parent_class)->dispose (object);
}

static void hub_history_page_class_init (HubHistoryPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_history_page_dispose;
  widget_class->map = hub_history_page_map;
  HUB_TEMPLATE (widget_class, "history-page.ui", HubHistoryPage, pages, parts, runs_stack, rejects_stack,
                found_stack, rejects_page, names, filter, runs_list, rejects_list, found_list, search,
                found_page, problem_page);
  HUB_HANDLERS (widget_class, on_filter, on_run_activated, on_reject_activated, reload);
  gtk_widget_class_install_action (widget_class, "history.retry-all", NULL, on_retry_all);
}

static void hub_history_page_init (HubHistoryPage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  self->runs = g_list_store_new (HUB_TYPE_RECORD_ITEM);
  self->rejects = hub_lazy_list_new ();
  self->found = hub_lazy_list_new ();
  hub_record_row_fill (self->runs_list, G_LIST_MODEL (self->runs), HUB_ROW_WHEN);
  hub_record_row_fill (self->rejects_list, G_LIST_MODEL (self->rejects), HUB_ROW_WHEN);
  hub_record_row_fill (self->found_list, G_LIST_MODEL (self->found), HUB_ROW_WHEN);
  g_signal_connect_object (hub_integration_list_get (), "items-changed", G_CALLBACK (fill_names), self,
                           G_CONNECT_SWAPPED);
  fill_names (self);
  hub_news_connect (self, on_news);
}

void hub_history_page_show (HubHistoryPage *self, const char *integration, gboolean rejects) {
  g_free (self->integration);
  self->integration = g_strdup (integration);
  fill_names (self);
  gtk_stack_set_visible_child_name (self->parts, rejects ? "rejects" : "runs");
  reload (self);
}
