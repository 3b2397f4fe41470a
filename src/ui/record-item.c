/* record-item.c: one record as lists show it: planned, delivered or rejected; or one run (main thread; may be made on any).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-item.h"

#include <glib/gi18n-lib.h>

#include "words.h"

static GParamSpec *selected_property;
static guint changed_signal;

G_DEFINE_FINAL_TYPE (HubRecordItem, hub_record_item, G_TYPE_OBJECT)

static const struct {
  const char *icon, *words;
} plans[] = {
  [HUB_ACTION_CREATE] = { "list-add-symbolic", NC_ ("record", "New") },
  [HUB_ACTION_UPDATE] = { "document-edit-symbolic", NC_ ("record", "Changed") },
  [HUB_ACTION_UNCHANGED] = { "object-select-symbolic", NC_ ("record", "Unchanged") },
  [HUB_ACTION_FILTERED] = { "action-unavailable-symbolic", NC_ ("record", "Filtered out") },
  [HUB_ACTION_REJECT] = { "dialog-warning-symbolic", NC_ ("record", "Rejected") },
};

/* What became of a delivery: the first row whose words in the journal are its own; NULL fits all. */
static const struct {
  const char *state, *operation, *icon, *words;
} outcomes[] = {
  { "confirmed", "create", "list-add-symbolic", NC_ ("record", "Created") },
  { "confirmed", "update", "document-edit-symbolic", NC_ ("record", "Updated") },
  { "rejected", NULL, "dialog-warning-symbolic", NC_ ("record", "Rejected") },
  { "retried", NULL, "view-refresh-symbolic", NC_ ("record", "Was rejected, and tried again since") },
  { "dismissed", NULL, "action-unavailable-symbolic", NC_ ("record", "Was rejected, and dismissed") },
  { "undone", NULL, "edit-undo-symbolic", NC_ ("record", "Taken back") },
  { "undo-conflict", NULL, "dialog-warning-symbolic", NC_ ("record", "Not taken back") },
  { "sent", NULL, "dialog-question-symbolic",
    NC_ ("record", "Sent; its arrival is checked by the next run") },
  { "unknown", NULL, "dialog-question-symbolic",
    NC_ ("record", "Sent without an answer; a later run saw to it") },
  { NULL, NULL, "dialog-error-symbolic", NC_ ("record", "It cannot be shown") },
};

/* Apart from the same words said of something else: "Created" is a field's name too. */
static const char *words_of (const char *words) {
  return g_dpgettext2 (GETTEXT_PACKAGE, "record", words);
}

/* Shows that from now on; what is (owned) is taken. */
static void say (HubRecordItem *self, const char *icon, char *title, char *subtitle, char *detail) {
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->detail);
  self->icon = icon;
  self->title = title;
  self->subtitle = subtitle;
  self->detail = detail;
}

/* "Rejected: not an amount (Price)". (transfer full) */
static char *outcome_words (const char *what, const char *reason, const char *field) {
  if (reason == NULL)
    return g_strdup (what);
  if (field == NULL)
    return g_strdup_printf (_ ("%s: %s"), what, reason);
  /* Translators: what happened, why, and the field at fault: "Rejected: not an amount (Price)" */
  return g_strdup_printf (_ ("%1$s: %2$s (%3$s)"), what, reason, field);
}

static char *title_of (const char *key, const char *source_key) {
  if (key && *key)
    return g_strdup (key);
  return g_strdup (source_key && *source_key ? source_key : _ ("Record Without a Key"));
}

/* Makes what stands for the record itself a text, which is shown as it is. */
static void keep_key (HubValue *value, const char *key) {
  if (g_strcmp0 (value->text, key) == 0)
    value->type = HUB_TYPE_TEXT;
}

/* What a run would write, field by field. (transfer full) */
static GPtrArray *planned_changes (const HubDelivery *delivery, const HubIntegration *integration) {
  const char *const *targets = hub_mapping_get_targets (integration->mapping);
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_change_free);
  gboolean writes = delivery->action == HUB_ACTION_CREATE || delivery->action == HUB_ACTION_UPDATE;

  for (guint i = 0; writes && i < delivery->n_fields; i++) {
    if (!delivery->change[i])
      continue;
    HubChange *change = g_new0 (HubChange, 1);
    change->field = g_strdup (targets[i]);
    if (delivery->before)
      hub_value_copy (&change->before, &delivery->before[i]);
    hub_value_copy (&change->after, &delivery->values[i]);
    keep_key (&change->after, delivery->key);
    g_ptr_array_add (changes, change);
  }
  return changes;
}

static void hub_record_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  g_value_set_boolean (value, HUB_RECORD_ITEM (object)->selected);
}

static void hub_record_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec) {
  hub_record_item_select (HUB_RECORD_ITEM (object), g_value_get_boolean (value));
}

static void hub_record_item_finalize (GObject *object) {
  HubRecordItem *self = HUB_RECORD_ITEM (object);

  say (self, NULL, NULL, NULL, NULL);
  g_free (self->source_key);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->trace, hub_trace_free);
  G_OBJECT_CLASS (hub_record_item_parent_class)->finalize (object);
}

static void hub_record_item_class_init (HubRecordItemClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = hub_record_item_get_property;
  object_class->set_property = hub_record_item_set_property;
  object_class->finalize = hub_record_item_finalize;
  selected_property = g_param_spec_boolean (
      "selected", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_property (object_class, 1, selected_property);
  changed_signal =
      g_signal_new ("changed", HUB_TYPE_RECORD_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void hub_record_item_init (HubRecordItem *self) {
}

void hub_record_item_select (HubRecordItem *self, gboolean selected) {
  if (selected == self->selected)
    return;
  self->selected = selected;
  g_object_notify_by_pspec (G_OBJECT (self), selected_property);
}

HubRecordItem *hub_record_item_new_planned (const HubDelivery *delivery, const HubIntegration *integration) {
  HubRecordItem *self = g_object_new (HUB_TYPE_RECORD_ITEM, NULL);

  self->action = delivery->action;
  self->source_key = g_strdup (delivery->source_key);
  self->selected = hub_record_item_is_sendable (self);
  say (self, plans[delivery->action].icon, title_of (delivery->key, delivery->source_key),
       outcome_words (words_of (plans[delivery->action].words), delivery->problem, delivery->problem_field),
       NULL);
  self->changes = planned_changes (delivery, integration);
  return self;
}

HubRecordItem *hub_record_item_new_past (void) {
  HubRecordItem *self = g_object_new (HUB_TYPE_RECORD_ITEM, NULL);

  say (self, "content-loading-symbolic", g_strdup ("…"), NULL, NULL);
  return self;
}

void hub_record_item_set_trace (HubRecordItem *self, HubTrace *trace) {
  g_autofree char *time = hub_words_time (trace->time);
  guint i = 0;

  while (outcomes[i].state
         && (!g_str_equal (outcomes[i].state, trace->state)
             || (outcomes[i].operation && !g_str_equal (outcomes[i].operation, trace->operation))))
    i++;
  g_clear_pointer (&self->trace, hub_trace_free);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  self->trace = trace;
  self->run = trace->run;
  self->changes = g_ptr_array_ref (trace->changes);
  for (guint j = 0; j < self->changes->len; j++)
    keep_key (&((HubChange *) self->changes->pdata[j])->after, trace->key);
  say (self, outcomes[i].icon, title_of (trace->key, trace->source_key),
       outcome_words (words_of (outcomes[i].words), trace->error, trace->field),
       g_strdup_printf ("%s · %s", time, trace->integration));
  g_signal_emit (self, changed_signal, 0);
}

HubRecordItem *hub_record_item_new_run (const HubRun *run) {
  static const char *const kinds[] = { [HUB_KIND_RUN] = "%s",
                                       [HUB_KIND_RETRY] = N_ ("%s · rejects tried again"),
                                       [HUB_KIND_UNDO] = N_ ("%s · taken back") };
  HubRecordItem *self = g_object_new (HUB_TYPE_RECORD_ITEM, NULL);
  const char *kind = _ (kinds[run->kind]);
  g_autoptr (GString) title = g_string_new (kind);

  g_string_replace (title, "%s", run->integration, 1);
  self->run = run->id;
  say (self, hub_words_status_icon (run->status), g_string_free (g_steal_pointer (&title), FALSE),
       hub_words_result (run), g_strdup (run->message));
  return self;
}

gboolean hub_record_item_is_sendable (HubRecordItem *self) {
  return self->trace == NULL && self->source_key
         && (self->action == HUB_ACTION_CREATE || self->action == HUB_ACTION_UPDATE);
}

gboolean hub_record_item_is_standing (HubRecordItem *self) {
  return self->trace && g_str_equal (self->trace->state, "confirmed");
}

char *hub_record_item_describe (HubRecordItem *self) {
  g_autoptr (GString) words = g_string_new (self->title);

  if (self->subtitle)
    g_string_append_printf (words, ", %s", self->subtitle);
  if (self->detail)
    g_string_append_printf (words, ", %s", self->detail);
  for (guint i = 0; self->changes && i < self->changes->len; i++) {
    const HubChange *change = g_ptr_array_index (self->changes, i);
    g_autofree char *before = hub_words_value (&change->before, &change->after);
    g_autofree char *value = hub_words_value (&change->after, &change->before);
    const char *after = *value ? value : _ ("empty");
    g_string_append (words, "; ");
    if (*before)
      /* Translators: a field, its new value, its old one, as a screen reader says them */
      g_string_append_printf (words, _ ("%1$s: %2$s instead of %3$s"), change->field, after, before);
    else
      g_string_append_printf (words, _ ("%s: %s"), change->field, after);
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}
