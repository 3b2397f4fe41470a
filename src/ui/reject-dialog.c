/* reject-dialog.c: one reject: why, and the source record's fields to mend before it is tried again (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reject-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "draft.h"
#include "journal.h"
#include "problem.h"
#include "integration-list.h"
#include "store.h"
#include "widgets.h"
#include "words.h"
#include "work.h"

typedef struct {
  AdwWindow parent_instance;
  HubRecordItem *item; /* (owned) */
  GPtrArray *fields;   /* (owned) (element-type HubChange) of the source record */
  GPtrArray *rows;     /* (owned) of borrowed AdwEntryRow, parallel to fields */

  /* of the template */
  AdwWindowTitle *title;                /* (borrowed) */
  AdwPreferencesGroup *reason, *record; /* (borrowed) */
} HubRejectDialog;

typedef AdwWindowClass HubRejectDialogClass;

static GType hub_reject_dialog_get_type (void);

G_DEFINE_FINAL_TYPE (HubRejectDialog, hub_reject_dialog, ADW_TYPE_WINDOW)

/* In a worker thread. @data (x a{ss}): the reject, and what somebody typed at which path. */
static gpointer correct (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  g_autoptr (GVariantIter) typed = NULL;
  const char *path, *value;
  gint64 reject;

  g_variant_get (data, "(xa{ss})", &reject, &typed);
  while (g_variant_iter_next (typed, "{&s&s}", &path, &value))
    if (!hub_journal_correct (database, reject, path, value, error))
      return NULL;
  return HUB_WORK_DONE;
}

static gpointer dismiss (HubDatabase *database, gpointer data, GCancellable *cancellable, GError **error) {
  return hub_journal_dismiss (database, *(gint64 *) data, error) ? HUB_WORK_DONE : NULL;
}

/* The integration's own text, as a draft reads it. */
static gpointer read_definition (HubDatabase *database, gpointer name, GCancellable *cancellable,
                                 GError **error) {
  g_autoptr (HubIntegration) integration = hub_store_get_integration (database, name, error);

  return integration ? g_strdup (integration->definition) : NULL;
}

static const HubChange *get_field (HubRejectDialog *self, guint i) {
  return g_ptr_array_index (self->fields, i);
}

/* Whether something else was typed over field @i. */
static gboolean is_changed (HubRejectDialog *self, guint i) {
  g_autofree char *original = hub_value_display (&get_field (self, i)->after);

  return !g_str_equal (gtk_editable_get_text (g_ptr_array_index (self->rows, i)), original);
}

static void retry (HubRejectDialog *self) {
  const HubTrace *trace = self->item->trace;
  HubRunOptions start = { .retry = TRUE, .only = hub_start_only (trace->source_key) };
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *words = g_strdup_printf (_ ("“%s” is being tried again"), self->item->title);

  if (hub_start (GTK_WIDGET (parent), trace->integration, &start, words))
    gtk_window_close (GTK_WINDOW (self));
}

static void on_corrected (gpointer owner, gpointer result, const GError *error) {
  if (error)
    hub_problem_show (owner, NULL, error);
  else
    retry (owner);
}

static void on_save (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubRejectDialog *self = (HubRejectDialog *) widget;
  g_auto (GVariantBuilder) typed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  for (guint i = 0; i < self->rows->len; i++)
    if (is_changed (self, i))
      g_variant_builder_add (&typed, "{ss}", get_field (self, i)->field,
                             gtk_editable_get_text (g_ptr_array_index (self->rows, i)));
  hub_work_start (self, correct,
                  g_variant_ref_sink (g_variant_new ("(xa{ss})", self->item->trace->id, &typed)),
                  (GDestroyNotify) g_variant_unref, on_corrected, NULL, NULL);
}

static void on_retry (GtkWidget *widget, const char *action, GVariant *parameter) {
  retry ((HubRejectDialog *) widget);
}

static void on_dismissed (gpointer owner, gpointer result, const GError *error) {
  HubRejectDialog *self = owner;

  if (error) {
    hub_problem_show (owner, NULL, error);
    return;
  }
  gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (owner)), "win.toast", "s",
                              _ ("The reject was dismissed"));
  gtk_window_close (GTK_WINDOW (self));
  hub_news_emit ();
}

static void on_dismiss (GtkWidget *widget, const char *action, GVariant *parameter) {
  gint64 id = ((HubRejectDialog *) widget)->item->trace->id;

  hub_work_start (widget, dismiss, g_memdup2 (&id, sizeof id), g_free, on_dismissed, NULL, NULL);
}

/* Saving needs something that was changed. */
static void on_typed (HubRejectDialog *self) {
  gboolean changed = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    changed |= is_changed (self, i);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "reject.save", changed);
}

/* Whether the rule of the destination field at fault reads the source field @path. */
static gboolean is_at_fault (HubDraft *draft, const char *target, const char *path) {
  int rule = target ? hub_draft_find_rule (draft, target) : -1;
  HubRuleKind kind;

  if (rule < 0)
    return FALSE;
  g_autofree char *source = hub_draft_dup_rule_source (draft, rule, &kind);
  g_autofree char *place = g_strdup_printf ("{%s}", path);
  return kind == HUB_RULE_FROM ? g_str_equal (source, path)
                               : kind == HUB_RULE_TEMPLATE && strstr (source, place) != NULL;
}

static GtkWidget *make_row (HubRejectDialog *self, guint i, gboolean at_fault) {
  const HubChange *field = get_field (self, i);
  GtkWidget *row = adw_entry_row_new ();
  g_autofree char *exact = hub_value_display (&field->after);
  g_autofree char *words = hub_words_value (&field->after, NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), field->field);
  gtk_editable_set_text (GTK_EDITABLE (row), exact);
  gtk_widget_set_tooltip_text (row, g_str_equal (words, exact) ? NULL : words);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (on_typed), self);
  if (at_fault) {
    GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
    gtk_widget_set_tooltip_text (icon, _ ("This field is at fault"));
    adw_entry_row_add_prefix (ADW_ENTRY_ROW (row), icon);
  }
  return row;
}

static void on_definition (gpointer owner, gpointer definition, const GError *error) {
  HubRejectDialog *self = owner;
  const char *target = self->item->trace->field;
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubDraft) draft = definition ? hub_draft_new_from_text (definition, &problem) : NULL;

  if (draft == NULL)
    hub_problem_show (owner, NULL, error ? error : problem);
  g_ptr_array_set_size (self->rows, self->fields->len);
  for (int fault = TRUE; fault >= FALSE; fault--) /* those at fault come first */
    for (guint i = 0; i < self->fields->len; i++) {
      if (fault != (draft && is_at_fault (draft, target, get_field (self, i)->field)))
        continue;
      self->rows->pdata[i] = make_row (self, i, fault);
      adw_preferences_group_add (self->record, self->rows->pdata[i]);
    }
  gtk_widget_child_focus (GTK_WIDGET (self->record), GTK_DIR_TAB_FORWARD);
  on_typed (self);
}

static void hub_reject_dialog_dispose (GObject *object) {
  HubRejectDialog *self = (HubRejectDialog *) object;

  g_clear_object (&self->item);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (hub_reject_dialog_parent_class)->dispose (object);
}

static void hub_reject_dialog_class_init (HubRejectDialogClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_reject_dialog_dispose;
  HUB_TEMPLATE (widget_class, "reject-dialog.ui", HubRejectDialog, title, reason, record);
  gtk_widget_class_install_action (widget_class, "reject.save", NULL, on_save);
  gtk_widget_class_install_action (widget_class, "reject.retry", NULL, on_retry);
  gtk_widget_class_install_action (widget_class, "reject.dismiss", NULL, on_dismiss);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void hub_reject_dialog_init (HubRejectDialog *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}

void hub_reject_dialog_open (GtkWidget *parent, HubRecordItem *item) {
  HubRejectDialog *self =
      g_object_new (hub_reject_dialog_get_type (), "transient-for", gtk_widget_get_root (parent), NULL);
  const HubTrace *trace = item->trace;
  g_autofree char *reason = g_markup_escape_text (trace->error ? trace->error : "", -1);
  g_autofree char *title =
      trace->field ? g_markup_printf_escaped (_ ("Rejected Because of “%s”"), trace->field) : NULL;

  self->item = g_object_ref (item);
  self->fields = g_ptr_array_ref (trace->record);
  adw_window_title_set_title (self->title, item->title);
  adw_window_title_set_subtitle (self->title, trace->integration);
  if (title)
    adw_preferences_group_set_title (self->reason, title);
  adw_preferences_group_set_description (self->reason, reason);
  gtk_window_set_default_size (GTK_WINDOW (self), MIN (480, gtk_widget_get_width (parent)), 520);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "reject.save", FALSE);
  hub_work_start (self, read_definition, g_strdup (trace->integration), g_free, on_definition, g_free, NULL);
  gtk_window_present (GTK_WINDOW (self));
}
