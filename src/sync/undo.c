/* undo.c: takes a run back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "context.h"
#include "error.h"
#include "history.h"

/* An undo under way; lives in the run's thread. */
typedef struct {
  HubContext context;
  HubRun *run;                  /* (borrowed) the undo itself */
  HubRun *undone;               /* (borrowed) the run that it takes back */
  const HubRunOptions *options; /* (borrowed) */
  GStrv fields;                 /* (owned) destination fields that the run wrote, the key first */
  int key_index;                /* 0, or -1: there is no key */
} Undo;

static void undo_clear (Undo *undo) {
  hub_context_clear (&undo->context);
  g_strfreev (undo->fields);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Undo, undo_clear)

/* Puts an image's values in their places among fields; *present (nullable) tells which it has. */
static gboolean read_image (const Undo *undo, const char *image, HubValue *values, gboolean *present,
                            GError **error) {
  g_autoptr (JsonObject) object =
      hub_json_parse_object (image ? image : "{}", image ? strlen (image) : 2, "deliveries", error);
  for (guint i = 0; object && undo->fields[i]; i++) {
    JsonNode *node = json_object_get_member (object, undo->fields[i]);
    if (node)
      hub_value_from_json (&values[i], node);
    if (present)
      present[i] = node != NULL;
  }
  return object != NULL;
}

/* The delivery that @past was, ready to be looked up. */
static HubDelivery *restore_delivery (const Undo *undo, const HubPast *past, GError **error) {
  g_autoptr (HubDelivery) delivery = hub_delivery_new (g_strv_length (undo->fields));
  if (!read_image (undo, past->sent, delivery->values, delivery->change, error))
    return NULL;
  for (guint i = 0; i < delivery->n_fields; i++)
    delivery->write[i] = delivery->change[i] ? HUB_WRITE_ALWAYS : HUB_WRITE_SKIP;
  delivery->key = g_strdup (past->key);
  if (undo->key_index >= 0 && !delivery->change[undo->key_index])
    hub_value_take (&delivery->values[undo->key_index], HUB_TYPE_TEXT, g_strdup (past->key));
  delivery->action = past->created ? HUB_ACTION_CREATE : HUB_ACTION_UPDATE;
  delivery->id = past->id;
  return g_steal_pointer (&delivery);
}

/* Whether the destination holds @values in all fields that the delivery wrote. */
static gboolean holds (const HubDelivery *delivery, const HubValue *values) {
  for (guint i = 0; i < delivery->n_fields; i++)
    if (delivery->change[i] && !hub_value_same (&values[i], &delivery->before[i]))
      return FALSE;
  return TRUE;
}

/* What is to be done about an update: give the fields back what they held, nothing where they do already, or a conflict. */
static gboolean plan_update (const Undo *undo, const HubPast *past, HubDelivery *delivery, GError **error) {
  g_autofree HubValue *earlier = g_new0 (HubValue, delivery->n_fields);
  if (!read_image (undo, past->before, earlier, NULL, error))
    return FALSE;
  if (delivery->found == NULL)
    hub_delivery_reject (delivery, NULL, _ ("the record is gone from the destination"));
  else if (past->sent == NULL)
    hub_delivery_reject (delivery, NULL, _ ("what it held before is no longer kept"));
  else if (holds (delivery, earlier))
    delivery->action = HUB_ACTION_UNCHANGED;
  else if (!holds (delivery, delivery->values))
    hub_delivery_reject (delivery, NULL, _ ("somebody changed the record since"));
  for (guint i = 0; i < delivery->n_fields; i++) {
    hub_value_copy (&delivery->values[i], &earlier[i]);
    hub_value_clear (&earlier[i]);
  }
  return TRUE;
}

static void plan_create (HubConnector *destination, const HubPast *past, HubDelivery *delivery) {
  if (delivery->found == NULL)
    delivery->action = HUB_ACTION_UNCHANGED; /* it is gone already */
  else if (past->sent == NULL)
    hub_delivery_reject (delivery, NULL, _ ("what was sent is no longer kept"));
  else if (!hub_connector_can_remove (destination))
    hub_delivery_reject (delivery, NULL, _ ("this service keeps what was created; remove it there"));
  else if (!holds (delivery, delivery->values))
    hub_delivery_reject (delivery, NULL, _ ("somebody changed the record since"));
}

static gboolean take_back (Undo *undo, GPtrArray *batch, GCancellable *cancellable, GError **error) {
  HubConnector *destination = undo->context.destination;
  g_autoptr (GPtrArray) updates = hub_delivery_select (batch, 1 << HUB_ACTION_UPDATE);
  g_autoptr (GPtrArray) creates = hub_delivery_select (batch, 1 << HUB_ACTION_CREATE);
  return (updates->len == 0 || hub_connector_write (destination, updates, cancellable, error))
         && (creates->len == 0 || hub_connector_remove (destination, creates, cancellable, error));
}

/* Notes what became of @delivery. A record that has its old key again is known by that from now on. */
static gboolean note (const Undo *undo, const HubDelivery *delivery, GError **error) {
  HubDatabase *database = undo->context.database;
  gboolean rejected = delivery->action == HUB_ACTION_REJECT;
  gboolean renamed = !rejected && delivery->action != HUB_ACTION_CREATE && undo->key_index >= 0
                     && delivery->change[undo->key_index];
  g_autofree char *shown = renamed ? hub_value_display (&delivery->values[undo->key_index]) : NULL;
  g_autofree char *key = shown ? hub_key_normalize (shown) : NULL;
  return hub_history_mark (database, delivery->id, rejected ? "undo-conflict" : "undone", delivery->problem,
                           error)
         && (key == NULL || hub_database_run (database, error, "rename-undone", "it", delivery->id, key));
}

/* Notes and counts what became of @batch. */
static gboolean mark (Undo *undo, GPtrArray *batch, GError **error) {
  HubDatabase *database = undo->context.database;
  HubCounters *counters = &undo->run->counters;
  gboolean ok = hub_database_begin (database, error);
  for (guint i = 0; ok && i < batch->len; i++) {
    const HubDelivery *delivery = g_ptr_array_index (batch, i);
    gboolean rejected = delivery->action == HUB_ACTION_REJECT;
    ok = note (undo, delivery, error);
    counters->rejected += rejected;
    counters->unchanged += delivery->action == HUB_ACTION_UNCHANGED;
    counters->updated += !rejected && delivery->action != HUB_ACTION_UNCHANGED;
    if (undo->options->on_delivery)
      undo->options->on_delivery (delivery, undo->context.integration, undo->options->user_data);
  }
  counters->read += batch->len;
  if (undo->options->on_progress)
    undo->options->on_progress (counters, undo->options->user_data);
  return hub_database_end (database, ok, error);
}

/* Looks up what @pasts wrote and decides about each. (transfer full) (element-type HubDelivery) */
static GPtrArray *plan_batch (Undo *undo, GPtrArray *pasts, GCancellable *cancellable, GError **error) {
  HubConnector *destination = undo->context.destination;
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (guint i = 0; i < pasts->len; i++) {
    HubDelivery *delivery = restore_delivery (undo, g_ptr_array_index (pasts, i), error);
    if (delivery == NULL)
      return NULL;
    g_ptr_array_add (batch, delivery);
  }
  if (!hub_connector_look_up (destination, batch, cancellable, error))
    return NULL;
  for (guint i = 0; i < pasts->len; i++) {
    HubDelivery *delivery = g_ptr_array_index (batch, i);
    if (delivery->action == HUB_ACTION_CREATE)
      plan_create (destination, g_ptr_array_index (pasts, i), delivery);
    else if (!plan_update (undo, g_ptr_array_index (pasts, i), delivery, error))
      return NULL;
  }
  return g_steal_pointer (&batch);
}

/* Walks the run's deliveries backwards. Where the destination commits at the end, they are marked after that. */
static gboolean walk (Undo *undo, GCancellable *cancellable, GError **error) {
  HubConnector *destination = undo->context.destination;
  gboolean late = hub_connector_needs_commit (destination);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_delivery_free);
  for (gint64 below = G_MAXINT64;;) {
    g_autoptr (GPtrArray) pasts =
        hub_history_list_standing (undo->context.database, undo->undone->id, undo->options->delivery, below,
                                   HUB_CONNECTOR_GET_CLASS (destination)->batch_size, error);
    if (pasts == NULL)
      return FALSE;
    if (pasts->len == 0)
      break;
    g_autoptr (GPtrArray) batch = plan_batch (undo, pasts, cancellable, error);
    if (batch == NULL || !take_back (undo, batch, cancellable, error)
        || (!late && !mark (undo, batch, error)))
      return FALSE;
    below = ((HubDelivery *) g_ptr_array_index (batch, batch->len - 1))->id;
    if (late)
      g_ptr_array_extend_and_steal (all, g_steal_pointer (&batch));
  }
  return !late || (hub_connector_commit (destination, cancellable, error) && mark (undo, all, error));
}

/* The fields that the run wrote, the key by which they are looked up before them. */
static gboolean find_fields (Undo *undo, GError **error) {
  const char *key = undo->context.integration->key;
  g_auto (GStrv) written = hub_history_list_fields (undo->context.database, undo->undone->id, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  if (written == NULL)
    return FALSE;
  if (key && written[0])
    g_strv_builder_add (builder, key);
  for (guint i = 0; written[i]; i++)
    if (g_strcmp0 (written[i], key) != 0)
      g_strv_builder_add (builder, written[i]);
  undo->fields = g_strv_builder_end (builder);
  undo->key_index = key ? 0 : -1;
  return TRUE;
}

static gboolean carry_out (HubContext *context, HubRun *run, gpointer data, GCancellable *cancellable,
                           GError **error) {
  Undo *undo = data;
  undo->run = run;
  if (!find_fields (undo, error))
    return FALSE;
  if (undo->fields[0] == NULL)
    return TRUE;
  /* What is taken back now has to be compared again by the next run. */
  if (!hub_run_set_cursor (context->database, context->integration, NULL, error))
    return FALSE;
  context->destination =
      hub_context_open_endpoint (context->database, context->integration->destination, cancellable, error);
  if (context->destination == NULL)
    return FALSE;
  context->destination->fresh = undo->undone->fresh;
  return hub_connector_prepare (context->destination, (const char *const *) undo->fields, undo->key_index,
                                cancellable, error)
         && walk (undo, cancellable, error);
}

char *hub_undo_limits (const HubEndpoint *destination) {
  const HubManifest *manifest =
      hub_manifest_get (destination->connector, NULL); /* unknown: nothing to tell */
  const HubManifestObject *object =
      manifest ? hub_manifest_object (manifest, destination->object, NULL) : NULL;
  if (object == NULL || object->write.create == NULL || object->write.remove)
    return NULL;
  return g_strdup_printf (_ ("%s keeps what is created there: an undo gives changed records their old values"
                             " back, but new ones have to be removed there"),
                          _ (manifest->name));
}

/* The run to take back, which must be one that wrote something. (transfer full) */
static HubRun *find_run (gint64 id, GError **error) {
  g_autoptr (HubDatabase) database = hub_store_open (error);
  g_autoptr (HubRun) run = database ? hub_run_get (database, id, error) : NULL;
  if (run && run->kind == HUB_KIND_UNDO) {
    g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
                 _ ("run %" PRId64 " is itself an undo; to have its records again, run the integration"), id);
    return NULL;
  }
  return g_steal_pointer (&run);
}

HubRun *hub_undo (gint64 id, const HubRunOptions *options, GCancellable *cancellable, GError **error) {
  g_auto (Undo) undo = { .options = options };
  g_autoptr (HubRun) undone = find_run (id, error);
  undo.undone = undone;
  if (undone == NULL || !hub_context_init (&undo.context, undone->integration, NULL, error))
    return NULL;
  return hub_context_run (&undo.context, HUB_KIND_UNDO, TRUE, carry_out, &undo, cancellable, error);
}
