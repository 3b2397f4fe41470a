/* run-page.c: one run: its counters, its deliveries before and after, and Undo; a page with its own header bar (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "run-page.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "integration-list.h"
#include "lazy-list.h"
#include "problem.h"
#include "record-row.h"
#include "widgets.h"
#include "work.h"
#include "words.h"

struct _HubRunPage {
  AdwBin parent_instance;
  gint64 id;
  HubRun *run;               /* (owned) (nullable) once it was read */
  HubCounters left;          /* what can still be taken back and mended */
  HubIntegrationItem *item;  /* (owned) (nullable) what takes it back */
  HubLazyList *deliveries;   /* (owned) */
  GCancellable *cancellable; /* (owned) of the reading that goes on */

  /* of the template */
  GtkStack *pages, *list_stack;                       /* (borrowed) */
  GtkImage *icon;                                     /* (borrowed) */
  GtkLabel *result, *facts, *message, *undo_words;    /* (borrowed) */
  GtkWidget *message_box, *undo_box, *rejects_button; /* (borrowed) */
  GtkWidget *undo_cancel;                             /* (borrowed) */
  GtkProgressBar *undo_progress;                      /* (borrowed) */
  GtkDropDown *filter;                                /* (borrowed) */
  GtkListView *list;                                  /* (borrowed) */
  AdwWindowTitle *title;                              /* (borrowed) */
  AdwStatusPage *problem_page;                        /* (borrowed) */
};

G_DEFINE_FINAL_TYPE (HubRunPage, hub_run_page, ADW_TYPE_BIN)

typedef struct {
  HubRun *run; /* (owned) */
  HubCounters left;
  GArray *ids; /* (owned) */
} Past;

static void past_free (gpointer data) {
  Past *past = data;

  g_clear_pointer (&past->run, hub_run_free);
  g_clear_pointer (&past->ids, g_array_unref);
  g_free (past);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Past, past_free)

static gpointer read_past (HubDatabase *database, gpointer query, GCancellable *cancellable, GError **error) {
  g_autoptr (Past) past = g_new0 (Past, 1);

  gint64 run = ((HubQuery *) query)->run;

  if (!(past->run = hub_run_get (database, run, error))
      || !hub_history_count_left (database, run, &past->left, error)
      || !(past->ids = hub_history_list_ids (database, query, error)))
    return NULL;
  return g_steal_pointer (&past);
}

static char *seconds_words (gint64 milliseconds) {
  gint64 seconds = milliseconds / 1000, minutes = seconds / 60;

  if (seconds < 1)
    return g_strdup (_ ("took less than a second"));
  if (minutes < 1)
    return g_strdup_printf (ngettext ("took %u second", "took %u seconds", seconds), (guint) seconds);
  return g_strdup_printf (ngettext ("took %u minute", "took %u minutes", minutes), (guint) minutes);
}

/* "Clients · started Today at 18:30 · took 3 seconds". (transfer full) */
static char *facts_words (const HubRun *run) {
  static const char *const kinds[] = { [HUB_KIND_RUN] = NC_ ("kind of run", "Run"),
                                       [HUB_KIND_RETRY] = NC_ ("kind of run", "Rejects tried again"),
                                       [HUB_KIND_UNDO] = NC_ ("kind of run", "Run taken back") };
  g_autofree char *started = hub_words_time (run->started);
  g_autofree char *took =
      run->finished ? seconds_words (run->finished - run->started) : g_strdup (_ ("running"));

  /* Translators: the kind of run, its number, when it started, how long it took */
  return g_strdup_printf (_ ("%1$s %2$" PRId64 " · %3$s · %4$s"),
                          g_dpgettext2 (GETTEXT_PACKAGE, "kind of run", kinds[run->kind]), run->id, started,
                          took);
}

static gboolean is_undoable (HubRunPage *self) {
  return self->run && self->run->kind != HUB_KIND_UNDO && self->run->status != HUB_RUN_RUNNING
         && self->left.created + self->left.updated > 0
         && !(self->item && hub_integration_item_is_running (self->item));
}

/* What the integration does, while it takes the run back or after that. */
static void on_progress (HubRunPage *self) {
  g_autofree char *summary = NULL;
  gboolean running = hub_integration_item_is_running (self->item);

  g_object_get (self->item, "summary", &summary, NULL);
  gtk_label_set_label (self->undo_words, summary);
  gtk_progress_bar_pulse (self->undo_progress);
  gtk_widget_set_visible (GTK_WIDGET (self->undo_progress), running);
  gtk_widget_set_visible (self->undo_cancel, running);
  gtk_widget_set_visible (self->undo_box, TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.undo", is_undoable (self));
}

static void on_confirmed (HubRunPage *self, const char *response) {
  if (!g_str_equal (response, "undo")
      || !hub_start (GTK_WIDGET (self), self->run->integration, &(HubRunOptions){ .undone = self->id }, NULL))
    return;
  if (self->item == NULL) {
    self->item = g_object_ref (hub_integration_list_find (self->run->integration));
    g_signal_connect_object (self->item, "notify::summary", G_CALLBACK (on_progress), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->item, "notify::running", G_CALLBACK (on_progress), self,
                             G_CONNECT_SWAPPED);
  }
  on_progress (self);
}

/* What an undo would do. (transfer full) */
static char *undo_sentences (HubRunPage *self) {
  HubIntegrationItem *item = hub_integration_list_find (self->run->integration);
  gulong created = self->left.created, updated = self->left.updated;
  g_autoptr (GString) text = g_string_new (NULL);

  if (created > 0)
    g_string_append_printf (text,
                            ngettext ("%'lu record that it created is removed. ",
                                      "%'lu records that it created are removed. ", created),
                            created);
  if (updated > 0)
    g_string_append_printf (text,
                            ngettext ("%'lu record that it updated gets back what it held. ",
                                      "%'lu records that it updated get back what they held. ", updated),
                            updated);
  g_string_append (text, _ ("What has changed since stays as it is, and is shown here."));
  if (item && hub_integration_item_get_next (item) > 0)
    g_string_append (text, _ (" The next scheduled run sends the records again; pause the integration to "
                              "keep them away."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void on_undo (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubRunPage *self = HUB_RUN_PAGE (widget);
  g_autofree char *sentences = undo_sentences (self);
  const char *const answers[] = { "keep", _ ("_Cancel"), "undo", _ ("_Take Back"), NULL };

  hub_ask (self, _ ("Take This Run Back?"), sentences, answers, G_CALLBACK (on_confirmed));
}

static void show_run (HubRunPage *self) {
  const HubRun *run = self->run;
  g_autofree char *result = hub_words_result (run);
  g_autofree char *facts = facts_words (run);

  adw_window_title_set_subtitle (self->title, run->integration);
  gtk_image_set_from_icon_name (self->icon, hub_words_status_icon (run->status));
  gtk_label_set_label (self->result, result);
  gtk_label_set_label (self->facts, facts);
  gtk_label_set_label (self->message, run->message ? run->message : "");
  gtk_widget_set_visible (self->message_box, run->message != NULL);
  gtk_widget_set_visible (self->rejects_button, self->left.rejected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.undo", is_undoable (self));
}

static void on_past (gpointer owner, gpointer result, const GError *error) {
  HubRunPage *self = owner;
  Past *past = result;

  if (error) {
    hub_problem_fill (self->problem_page, error);
    gtk_stack_set_visible_child_name (self->pages, "problem");
    return;
  }
  g_clear_pointer (&self->run, hub_run_free);
  self->run = g_steal_pointer (&past->run);
  self->left = past->left;
  show_run (self);
  gtk_stack_set_visible_child_name (self->list_stack, past->ids->len > 0 ? "list" : "empty");
  gtk_stack_set_visible_child_name (self->pages, "run");
  hub_lazy_list_set_ids (self->deliveries, g_steal_pointer (&past->ids));
}

static void reload (gpointer page) {
  HubRunPage *self = page;
  const HubQuery query = { .run = self->id, .open_rejects = gtk_drop_down_get_selected (self->filter) == 1 };

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  hub_work_start (self, read_past, g_memdup2 (&query, sizeof query), g_free, on_past, past_free,
                  self->cancellable);
}

static void on_copy (GtkWidget *widget, const char *action, GVariant *parameter) {
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), HUB_RUN_PAGE (widget)->run->message);
}

static void on_cancel (GtkWidget *widget, const char *action, GVariant *parameter) {
  hub_integration_item_cancel (HUB_RUN_PAGE (widget)->item);
}

static void on_rejects (GtkWidget *widget, const char *action, GVariant *parameter) {
  gtk_widget_activate_action (widget, "win.show-rejects", "s", HUB_RUN_PAGE (widget)->run->integration);
}

static void hub_run_page_dispose (GObject *object) {
  HubRunPage *self = HUB_RUN_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->item);
  g_clear_object (&self->deliveries);
  g_clear_pointer (&self->run, hub_run_free);
  G_OBJECT_CLASS (hub_run_page_parent_class)->dispose (object);
}

static void hub_run_page_class_init (HubRunPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_run_page_dispose;
  HUB_TEMPLATE (widget_class, "run-page.ui", HubRunPage, pages, list_stack, icon, result, facts, message,
                message_box, undo_words, undo_box, undo_cancel, undo_progress, rejects_button, filter, list,
                title, problem_page);
  HUB_HANDLERS (widget_class, reload);
  gtk_widget_class_install_action (widget_class, "run.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "run.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "run.copy", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "run.rejects", NULL, on_rejects);
}

static void hub_run_page_init (HubRunPage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->deliveries = hub_lazy_list_new ();
  hub_record_row_fill (self->list, G_LIST_MODEL (self->deliveries), 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.undo", FALSE);
  hub_news_connect (self, reload);
}

GtkWidget *hub_run_page_new (gint64 run) {
  HubRunPage *self = g_object_new (HUB_TYPE_RUN_PAGE, NULL);

  self->id = run;
  reload (self);
  return GTK_WIDGET (self);
}
