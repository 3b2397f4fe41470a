/* record-item.c: one record as lists show it: planned, delivered or rejected; or one run (main thread; may be made on any).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-item.h"

#include <glib/gi18n-lib.h>

#include "words.h"

enum {
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  PROP_DETAIL,
  PROP_ICON_NAME,
  PROP_SELECTED,
  PROP_CHANGES,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

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

static void take_text (HubRecordItem *self, guint property, char *text) {
  g_free (self->texts[property]);
  self->texts[property] = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void take_changes (HubRecordItem *self, GPtrArray *changes) {
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  self->changes = changes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHANGES]);
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

static char *display (const HubValue *value) {
  return hub_value_is_blank (value) ? NULL : hub_value_display (value);
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
    change->before = delivery->before ? display (&delivery->before[i]) : NULL;
    change->after = display (&delivery->values[i]);
    g_ptr_array_add (changes, change);
  }
  return changes;
}

static void hub_record_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  HubRecordItem *self = HUB_RECORD_ITEM (object);

  if (id == PROP_SELECTED)
    g_value_set_boolean (value, self->selected);
  else if (id == PROP_CHANGES)
    g_value_set_boxed (value, self->changes);
  else
    g_value_set_string (value, self->texts[id]);
}

static void hub_record_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec) {
  HubRecordItem *self = HUB_RECORD_ITEM (object);
  gboolean selected = g_value_get_boolean (value);

  if (selected == self->selected)
    return;
  self->selected = selected;
  g_object_notify_by_pspec (object, pspec);
}

static void hub_record_item_finalize (GObject *object) {
  HubRecordItem *self = HUB_RECORD_ITEM (object);

  for (guint i = 0; i < HUB_RECORD_TEXTS; i++)
    g_free (self->texts[i]);
  g_free (self->source_key);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->trace, hub_trace_free);
  G_OBJECT_CLASS (hub_record_item_parent_class)->finalize (object);
}

static void hub_record_item_class_init (HubRecordItemClass *class) {
  static const char *const names[HUB_RECORD_TEXTS] = { NULL, "title", "subtitle", "detail", "icon-name" };
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = hub_record_item_get_property;
  object_class->set_property = hub_record_item_set_property;
  object_class->finalize = hub_record_item_finalize;
  for (guint i = 1; i < HUB_RECORD_TEXTS; i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, NULL, readable);
  properties[PROP_SELECTED] = g_param_spec_boolean (
      "selected", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_CHANGES] = g_param_spec_boxed ("changes", NULL, NULL, G_TYPE_PTR_ARRAY, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void hub_record_item_init (HubRecordItem *self) {
}

HubRecordItem *hub_record_item_new_planned (const HubDelivery *delivery, const HubIntegration *integration) {
  HubRecordItem *self = g_object_new (HUB_TYPE_RECORD_ITEM, NULL);

  self->action = delivery->action;
  self->source_key = g_strdup (delivery->source_key);
  self->selected = hub_record_item_is_sendable (self);
  take_text (self, PROP_TITLE, title_of (delivery->key, delivery->source_key));
  take_text (self, PROP_ICON_NAME, g_strdup (plans[delivery->action].icon));
  take_text (
      self, PROP_SUBTITLE,
      outcome_words (words_of (plans[delivery->action].words), delivery->problem, delivery->problem_field));
  take_changes (self, planned_changes (delivery, integration));
  return self;
}

HubRecordItem *hub_record_item_new_past (void) {
  HubRecordItem *self = g_object_new (HUB_TYPE_RECORD_ITEM, NULL);

  take_text (self, PROP_TITLE, g_strdup ("…"));
  take_text (self, PROP_ICON_NAME, g_strdup ("content-loading-symbolic"));
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
  g_free (self->source_key);
  self->trace = trace;
  self->run = trace->run;
  self->source_key = g_strdup (trace->source_key);
  take_text (self, PROP_TITLE, title_of (trace->key, trace->source_key));
  take_text (self, PROP_ICON_NAME, g_strdup (outcomes[i].icon));
  take_text (self, PROP_SUBTITLE, outcome_words (words_of (outcomes[i].words), trace->error, trace->field));
  take_text (self, PROP_DETAIL, g_strdup_printf ("%s · %s", time, trace->integration));
  take_changes (self, g_ptr_array_ref (trace->changes));
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
  take_text (self, PROP_TITLE, g_strdup (title->str));
  take_text (self, PROP_ICON_NAME, g_strdup (hub_words_status_icon (run->status)));
  take_text (self, PROP_SUBTITLE, hub_words_result (run));
  take_text (self, PROP_DETAIL, g_strdup (run->message));
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
  g_autoptr (GString) words = g_string_new (self->texts[PROP_TITLE]);

  for (guint i = PROP_SUBTITLE; i <= PROP_DETAIL; i++)
    if (self->texts[i])
      g_string_append_printf (words, ", %s", self->texts[i]);
  for (guint i = 0; self->changes && i < self->changes->len; i++) {
    const HubChange *change = g_ptr_array_index (self->changes, i);
    const char *after = change->after ? change->after : _ ("empty");
    g_string_append (words, "; ");
    if (change->before)
      /* Translators: a field, its new value, its old one, as a screen reader says them */
      g_string_append_printf (words, _ ("%1$s: %2$s instead of %3$s"), change->field, after, change->before);
    else
      g_string_append_printf (words, _ ("%s: %s"), change->field, after);
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}
