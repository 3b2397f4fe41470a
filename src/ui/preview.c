/* preview.c: the plan of a run, record by record, before anything is sent (main thread; the plan is made on the run's).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "engine.h"
#include "integration-list.h"
#include "problem.h"
#include "record-row.h"
#include "store.h"
#include "widgets.h"
#include "words.h"
#include "work.h"

#define TICK_MS 150
#define MOST 10000     /* records that are listed, */
#define MOST_IDLE 1000 /* and those that nothing happens to */

typedef enum { SHOW_WRITES, SHOW_NEW, SHOW_CHANGED, SHOW_REJECTED, SHOW_IDLE } Show;

/* A plan while it is made; shared by the preview and the run's thread. */
typedef struct {
  char *name;                  /* (owned) (nullable) of the integration to take from the store, */
  char *definition;            /* (owned) (nullable) or what to take for one */
  HubIntegration *integration; /* (owned) (thread: run, until the end) (nullable) */
  char *note;                  /* (owned) (nullable) what the run had to say; set at the end */
  guint64 n_kept[2];           /* (thread: run) records that were listed, and idle ones */
  GPtrArray *rest;      /* (owned) (thread: run, until the end) source keys to send that are not listed */
  GAsyncQueue *fresh;   /* (owned) (element-type HubRecordItem) not in the list yet */
  HubCounters counters; /* of what was decided so far; under the lock of fresh */
} Plan;

struct _HubPreview {
  AdwBin parent_instance;
  Plan *plan;                /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable) of the making of the plan */
  gboolean made;             /* the plan is whole */
  guint tick;
  GListStore *items;     /* (owned) */
  GtkFilter *filter;     /* (borrowed) of the model of the list */
  gboolean counting_all; /* the tick boxes are being set from the count */

  /* of the template */
  GtkStack *stack;                              /* (borrowed) */
  GtkProgressBar *progress;                     /* (borrowed) */
  GtkLabel *making_words, *counts, *limits;     /* (borrowed) */
  GtkWidget *limits_box, *rest_tick, *all_tick; /* (borrowed) */
  AdwStatusPage *empty_page, *problem_page;     /* (borrowed) */
  GtkDropDown *kinds;                           /* (borrowed) */
  GtkListView *list;                            /* (borrowed) */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (HubPreview, hub_preview, ADW_TYPE_BIN)

static void plan_clear (gpointer data) {
  Plan *plan = data;

  g_free (plan->name);
  g_free (plan->note);
  g_free (plan->definition);
  g_clear_pointer (&plan->integration, hub_integration_free);
  g_ptr_array_unref (plan->rest);
  g_async_queue_unref (plan->fresh);
}

static void plan_release (gpointer plan) {
  g_atomic_rc_box_release_full (plan, plan_clear);
}

/* In the run's thread, for each record. */
static void on_delivery (const HubDelivery *delivery, const HubIntegration *integration, gpointer data) {
  Plan *plan = data;
  gboolean idle = delivery->action == HUB_ACTION_UNCHANGED || delivery->action == HUB_ACTION_FILTERED;

  if (plan->n_kept[idle] == (idle ? MOST_IDLE : MOST)) {
    if (!idle && delivery->action != HUB_ACTION_REJECT && delivery->source_key)
      g_ptr_array_add (plan->rest, g_strdup (delivery->source_key));
    return;
  }
  plan->n_kept[idle]++;
  g_async_queue_push (plan->fresh, hub_record_item_new_planned (delivery, integration));
}

/* In the run's thread, after each batch. */
static void on_progress (const HubCounters *counters, gpointer data) {
  Plan *plan = data;

  g_async_queue_lock (plan->fresh);
  plan->counters = *counters;
  g_async_queue_unlock (plan->fresh);
}

static gpointer make_plan (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  Plan *plan = data;
  g_autoptr (GError) problem = NULL;

  plan->integration =
      plan->name ? hub_store_get_integration (database, plan->name, error)
                 : hub_integration_parse (plan->definition, strlen (plan->definition), "draft", error);
  if (plan->integration == NULL)
    return NULL;
  HubRunOptions options = { .preview = TRUE,
                            .draft = plan->integration,
                            .on_delivery = on_delivery,
                            .on_progress = on_progress,
                            .user_data = plan };
  g_autoptr (HubRun) run = hub_engine_run (plan->integration->name, &options, cancellable, &problem);
  if (problem) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  plan->note = g_strdup (run->message);
  return HUB_WORK_DONE;
}

/* How many records of the plan would be sent: all, or those that are ticked. */
static guint64 count_records (HubPreview *self, gboolean ticked) {
  gboolean rest = !ticked || gtk_check_button_get_active (GTK_CHECK_BUTTON (self->rest_tick));
  guint64 count = self->made && rest ? self->plan->rest->len : 0;

  for (guint i = 0; self->made && i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    count += ticked ? item->selected : hub_record_item_is_sendable (item);
  }
  return count;
}

/* Shows how many records are ticked, unless the tick boxes are being set. */
static void on_ticked (HubPreview *self) {
  GtkCheckButton *tick = GTK_CHECK_BUTTON (self->all_tick);

  if (self->counting_all)
    return;
  guint64 ticked = count_records (self, TRUE), all = count_records (self, FALSE);
  g_autofree char *words = g_strdup_printf (_ ("%1$'lu of %2$'lu selected"), (gulong) ticked, (gulong) all);
  self->counting_all = TRUE;
  gtk_check_button_set_label (tick, words);
  gtk_check_button_set_active (tick, ticked > 0 && ticked == all);
  gtk_check_button_set_inconsistent (tick, ticked > 0 && ticked < all);
  gtk_widget_set_sensitive (self->all_tick, all > 0);
  self->counting_all = FALSE;
  g_signal_emit (self, changed_signal, 0);
}

static void on_all_ticked (HubPreview *self) {
  gboolean all = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->all_tick));

  if (self->counting_all)
    return;
  self->counting_all = TRUE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->rest_tick), all);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    if (hub_record_item_is_sendable (item))
      hub_record_item_select (item, all);
  }
  self->counting_all = FALSE;
  on_ticked (self);
}

static void on_activated (HubPreview *self, guint position) {
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (self->list));
  g_autoptr (HubRecordItem) item = g_list_model_get_item (model, position);

  if (hub_record_item_is_sendable (item))
    hub_record_item_select (item, !item->selected);
}

static gboolean is_shown (gpointer item, gpointer data) {
  HubPreview *self = data;
  HubAction action = ((HubRecordItem *) item)->action;

  switch ((Show) gtk_drop_down_get_selected (self->kinds)) {
  case SHOW_NEW: return action == HUB_ACTION_CREATE;
  case SHOW_CHANGED: return action == HUB_ACTION_UPDATE;
  case SHOW_REJECTED: return action == HUB_ACTION_REJECT;
  case SHOW_IDLE: return action == HUB_ACTION_UNCHANGED || action == HUB_ACTION_FILTERED;
  default: return action != HUB_ACTION_UNCHANGED && action != HUB_ACTION_FILTERED;
  }
}

static void on_kind (HubPreview *self) {
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

/* Lists what the run's thread has decided meanwhile. Returns the counters so far. */
static HubCounters take_fresh (HubPreview *self) {
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
  HubRecordItem *item;

  g_async_queue_lock (self->plan->fresh);
  HubCounters counters = self->plan->counters;
  while ((item = g_async_queue_try_pop_unlocked (self->plan->fresh)))
    g_ptr_array_add (fresh, item);
  g_async_queue_unlock (self->plan->fresh);
  for (guint i = 0; i < fresh->len; i++)
    g_signal_connect_swapped (fresh->pdata[i], "notify::selected", G_CALLBACK (on_ticked), self);
  g_list_store_splice (self->items, g_list_model_get_n_items (G_LIST_MODEL (self->items)), 0, fresh->pdata,
                       fresh->len);
  return counters;
}

static gboolean on_tick (gpointer data) {
  HubPreview *self = data;
  HubCounters counters = take_fresh (self);
  g_autofree char *words = hub_words_planned (&counters);

  gtk_progress_bar_pulse (self->progress);
  if (*words)
    gtk_label_set_label (self->making_words, words);
  return G_SOURCE_CONTINUE;
}

/* Ends what goes on, and forgets it. */
static void abandon (HubPreview *self) {
  g_clear_handle_id (&self->tick, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->plan, plan_release);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    g_signal_handlers_disconnect_by_data (item, self);
  }
  g_list_store_remove_all (self->items);
  self->made = FALSE;
}

static void set_status (AdwStatusPage *page, const char *title, const char *sentence) {
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_title (page, title);
  adw_status_page_set_description (page, markup);
}

static void show_plan (HubPreview *self) {
  HubCounters c = take_fresh (self);
  guint64 more = c.created + c.updated + c.rejected - self->plan->n_kept[FALSE];
  g_autofree char *counts = hub_words_planned (&c);
  g_autofree char *limits = hub_undo_limits (self->plan->integration->destination);
  g_autofree char *rest =
      g_strdup_printf (ngettext ("… and %'lu more", "… and %'lu more", (gulong) more), (gulong) more);

  gtk_label_set_label (self->counts, counts);
  gtk_label_set_label (self->limits, limits ? limits : "");
  gtk_widget_set_visible (self->limits_box, limits != NULL);
  gtk_check_button_set_label (GTK_CHECK_BUTTON (self->rest_tick), rest);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->rest_tick), TRUE);
  gtk_widget_set_visible (self->rest_tick, more > 0);
  set_status (self->empty_page, _ ("Nothing to Send"), self->plan->note ? self->plan->note : counts);
  gtk_stack_set_visible_child_name (self->stack, c.created + c.updated + c.rejected > 0 ? "plan" : "empty");
}

static void on_made (gpointer owner, gpointer result, const GError *error) {
  HubPreview *self = owner;

  g_clear_handle_id (&self->tick, g_source_remove);
  self->made = error == NULL;
  if (error) {
    hub_problem_fill (self->problem_page, error);
    gtk_stack_set_visible_child_name (self->stack, "problem");
  } else {
    show_plan (self);
  }
  on_ticked (self);
}

/* Makes the plan of the integration called @name, or of what @definition says; both are taken and nullable. */
static void begin (HubPreview *self, char *name, char *definition) {
  abandon (self);
  self->plan = g_atomic_rc_box_new0 (Plan);
  self->plan->name = name;
  self->plan->definition = definition;
  self->plan->rest = g_ptr_array_new_with_free_func (g_free);
  self->plan->fresh = g_async_queue_new_full (g_object_unref);
  self->cancellable = g_cancellable_new ();
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  gtk_label_set_label (self->making_words, "");
  gtk_drop_down_set_selected (self->kinds, SHOW_WRITES);
  gtk_stack_set_visible_child_name (self->stack, "making");
  on_ticked (self);
  hub_work_start (self, make_plan, g_atomic_rc_box_acquire (self->plan), plan_release, on_made, NULL,
                  self->cancellable);
}

static void on_again (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubPreview *self = HUB_PREVIEW (widget);

  if (self->plan)
    begin (self, g_strdup (self->plan->name), g_strdup (self->plan->definition));
}

/* The plan stays, to be made again. */
static void on_cancel (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubPreview *self = HUB_PREVIEW (widget);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  set_status (self->problem_page, _ ("Preview Stopped"), _ ("Nothing was sent."));
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

static void hub_preview_dispose (GObject *object) {
  HubPreview *self = HUB_PREVIEW (object);

  if (self->items)
    abandon (self);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (hub_preview_parent_class)->dispose (object);
}

static void hub_preview_class_init (HubPreviewClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_preview_dispose;
  changed_signal =
      g_signal_new ("changed", HUB_TYPE_PREVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  HUB_TEMPLATE (widget_class, "preview.ui", HubPreview, stack, progress, making_words, counts, limits,
                limits_box, rest_tick, all_tick, empty_page, problem_page, kinds, list);
  HUB_HANDLERS (widget_class, on_activated, on_all_ticked, on_ticked, on_kind);
  gtk_widget_class_install_action (widget_class, "preview.again", NULL, on_again);
  gtk_widget_class_install_action (widget_class, "preview.cancel", NULL, on_cancel);
}

static void hub_preview_init (HubPreview *self) {
  self->items = g_list_store_new (HUB_TYPE_RECORD_ITEM);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_autoptr (GtkFilterListModel) shown =
      gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), self->filter);
  hub_record_row_fill (self->list, G_LIST_MODEL (shown), HUB_ROW_TICK);
}

void hub_preview_start (HubPreview *self, HubIntegration *integration) {
  begin (self, NULL, g_strdup (integration->definition));
  hub_integration_free (integration);
}

void hub_preview_start_kept (HubPreview *self, const char *name) {
  begin (self, g_strdup (name), NULL);
}

GHashTable *hub_preview_dup_selection (HubPreview *self) {
  if (count_records (self, TRUE) == count_records (self, FALSE))
    return NULL;
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
    g_autoptr (HubRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    if (item->selected)
      g_hash_table_add (keys, g_strdup (item->source_key));
  }
  if (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->rest_tick)))
    for (guint i = 0; i < self->plan->rest->len; i++)
      g_hash_table_add (keys, g_strdup (g_ptr_array_index (self->plan->rest, i)));
  return keys;
}

/* The page. */

#define FIRST 10 /* records that are sent to see how it goes */

typedef struct {
  AdwBin parent_instance;

  /* of the template */
  AdwWindowTitle *title;                 /* (borrowed) */
  HubPreview *preview;                   /* (borrowed) */
  GtkWidget *send_button, *first_button; /* (borrowed) */
} HubPreviewPage;

typedef AdwBinClass HubPreviewPageClass;

static GType hub_preview_page_get_type (void);

G_DEFINE_FINAL_TYPE (HubPreviewPage, hub_preview_page, ADW_TYPE_BIN)

static void send_records (gpointer page, const HubRunOptions *start) {
  const char *name = ((HubPreviewPage *) page)->preview->plan->name;
  g_autofree char *words = g_strdup_printf (_ ("“%s” is being sent"), name);

  if (hub_start (page, name, start, words))
    gtk_widget_activate_action (page, "win.back", NULL);
}

static void on_send (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubPreviewPage *self = (HubPreviewPage *) widget;

  send_records (widget, &(HubRunOptions){ .only = hub_preview_dup_selection (self->preview) });
}

static void on_send_first (GtkWidget *widget, const char *action, GVariant *parameter) {
  send_records (widget, &(HubRunOptions){ .first = FIRST });
}

static void on_changed (HubPreviewPage *self) {
  guint64 ticked = count_records (self->preview, TRUE), all = count_records (self->preview, FALSE);
  g_autofree char *words = ticked == all ? g_strdup (_ ("_Send All"))
                                         : g_strdup_printf (_ ("_Send the Selected (%'lu)"), (gulong) ticked);

  gtk_button_set_label (GTK_BUTTON (self->send_button), words);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.send", ticked > 0);
  gtk_widget_set_visible (self->first_button, all > FIRST);
}

static void hub_preview_page_class_init (HubPreviewPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (HUB_TYPE_PREVIEW);
  HUB_TEMPLATE (widget_class, "preview-page.ui", HubPreviewPage, title, preview, send_button, first_button);
  HUB_HANDLERS (widget_class, on_changed);
  gtk_widget_class_install_action (widget_class, "page.send", NULL, on_send);
  gtk_widget_class_install_action (widget_class, "page.send-first", NULL, on_send_first);
}

static void hub_preview_page_init (HubPreviewPage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *hub_preview_page_new (const char *name) {
  HubPreviewPage *self = g_object_new (hub_preview_page_get_type (), NULL);

  adw_window_title_set_subtitle (self->title, name);
  hub_preview_start_kept (self->preview, name);
  return GTK_WIDGET (self);
}
