/* test-record-item.c: the words in which lists show a record that is planned, delivered or rejected, and a run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "record-item.h"

#define NOON (G_GINT64_CONSTANT (1583409600000)) /* 2020-03-05 12:00 UTC */
#define DEFINITION                                                                                           \
  "{ \"name\": \"Clients\", \"enabled\": true,"                                                              \
  "  \"source\": { \"connector\": \"csv\", \"object\": \"rows\", \"options\": { \"path\": \"a.csv\" } },"    \
  "  \"destination\": { \"connector\": \"csv\", \"object\": \"rows\", \"options\": { \"path\": "             \
  "\"b.csv\" } },"                                                                                           \
  "  \"write\": { \"mode\": \"upsert\", \"key\": \"ID\" },"                                                  \
  "  \"mapping\": [ { \"from\": \"id\", \"to\": \"ID\" }, { \"from\": \"price\", \"to\": \"Price\" },"       \
  "                 { \"from\": \"day\", \"to\": \"Day\" } ] }"

static HubIntegration *make_integration (void) {
  g_autoptr (GError) error = NULL;
  HubIntegration *integration = hub_integration_parse (DEFINITION, strlen (DEFINITION), "test", &error);

  g_assert_no_error (error);
  return integration;
}

static void assert_description (HubRecordItem *item, const char *expected) {
  g_autofree char *text = hub_record_item_describe (item);

  g_assert_cmpstr (text, ==, expected);
}

/* A delivery of key c1 that sets a price and clears a day, where 9.90 and a date stand. */
static HubDelivery *make_delivery (HubAction action) {
  HubDelivery *delivery = hub_delivery_new (3);

  delivery->action = action;
  delivery->source_key = g_strdup ("row 1");
  delivery->key = g_strdup ("c1");
  hub_value_take (&delivery->values[0], HUB_TYPE_TEXT, g_strdup ("c1"));
  hub_value_take (&delivery->values[1], HUB_TYPE_DECIMAL, g_strdup ("12.50"));
  delivery->change[1] = delivery->change[2] = TRUE;
  if (action == HUB_ACTION_UPDATE) {
    delivery->before = g_new0 (HubValue, 3);
    hub_value_take (&delivery->before[1], HUB_TYPE_DECIMAL, g_strdup ("9.90"));
    hub_value_take (&delivery->before[2], HUB_TYPE_DATE, g_strdup ("2020-03-05"));
  }
  return delivery;
}

static void test_says_what_is_planned (void) {
  static const struct {
    HubAction action;
    const char *subtitle, *icon;
    gboolean sendable;
    guint n_changes;
  } rows[] = {
    { HUB_ACTION_CREATE, "New", "list-add-symbolic", TRUE, 2 },
    { HUB_ACTION_UPDATE, "Changed", "document-edit-symbolic", TRUE, 2 },
    { HUB_ACTION_UNCHANGED, "Unchanged", "object-select-symbolic", FALSE, 0 },
    { HUB_ACTION_FILTERED, "Filtered out", "action-unavailable-symbolic", FALSE, 0 },
    { HUB_ACTION_REJECT, "Rejected: not an amount (Price)", "dialog-warning-symbolic", FALSE, 0 },
  };
  g_autoptr (HubIntegration) integration = make_integration ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HubDelivery) delivery = make_delivery (rows[i].action);
    if (rows[i].action == HUB_ACTION_REJECT) {
      delivery->problem = g_strdup ("not an amount");
      delivery->problem_field = g_strdup ("Price");
    }
    g_autoptr (HubRecordItem) item = hub_record_item_new_planned (delivery, integration);
    g_assert_cmpstr (item->title, ==, "c1");
    g_assert_cmpstr (item->subtitle, ==, rows[i].subtitle);
    g_assert_cmpstr (item->icon, ==, rows[i].icon);
    g_assert_cmpint (hub_record_item_is_sendable (item), ==, rows[i].sendable);
    g_assert_cmpint (item->selected, ==, rows[i].sendable);
    g_assert_cmpuint (item->changes->len, ==, rows[i].n_changes);
    g_assert_cmpstr (item->source_key, ==, "row 1");
    g_assert_null (item->trace);
  }
}

static void test_shows_old_and_new (void) {
  g_autoptr (HubIntegration) integration = make_integration ();
  g_autoptr (HubDelivery) update = make_delivery (HUB_ACTION_UPDATE);
  g_autoptr (HubRecordItem) item = hub_record_item_new_planned (update, integration);
  const HubChange *price = g_ptr_array_index (item->changes, 0);
  const HubChange *day = g_ptr_array_index (item->changes, 1);

  g_assert_cmpstr (price->field, ==, "Price");
  g_assert_cmpstr (price->before.text, ==, "9.90");
  g_assert_cmpstr (price->after.text, ==, "12.50");
  g_assert_cmpstr (day->before.text, ==, "2020-03-05");
  g_assert_null (day->after.text);
  assert_description (item, "c1, Changed; Price: 12.50 instead of 9.90; Day: empty instead of 2020-03-05");
}

static HubTrace *make_trace (const char *operation, const char *state, const char *error, const char *field) {
  HubTrace *trace = g_new0 (HubTrace, 1);

  trace->id = 7;
  trace->run = 3;
  trace->time = NOON;
  trace->integration = g_strdup ("Clients");
  trace->operation = g_strdup (operation);
  trace->state = g_strdup (state);
  trace->key = g_strdup ("c1");
  trace->error = g_strdup (error);
  trace->field = g_strdup (field);
  trace->changes = g_ptr_array_new ();
  trace->record = g_ptr_array_new ();
  return trace;
}

/* Amounts are shown as the locale has them; what the record is known by stays as it is. */
static void test_values_are_the_users_and_keys_are_not (void) {
  HubTrace *trace = make_trace ("create", "confirmed", NULL, NULL);
  g_autoptr (HubRecordItem) item = hub_record_item_new_past ();
  const char *const texts[] = { "1284.50", "12.50" };

  if (!setlocale (LC_ALL, "fr_FR.UTF-8")) {
    hub_trace_free (trace);
    g_test_skip ("fr_FR.UTF-8");
    return;
  }
  g_free (trace->key);
  trace->key = g_strdup (texts[0]);
  g_ptr_array_set_free_func (trace->changes, (GDestroyNotify) hub_change_free);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    HubChange *change = g_new0 (HubChange, 1);
    change->field = g_strdup (i == 0 ? "No" : "Price");
    hub_value_take (&change->after, HUB_TYPE_DECIMAL, g_strdup (texts[i]));
    g_ptr_array_add (trace->changes, change);
  }
  hub_record_item_set_trace (item, trace);
  g_autofree char *words = hub_record_item_describe (item);
  g_assert_true (g_str_has_suffix (words, "; No: 1284.50; Price: 12,50"));
  setlocale (LC_ALL, "C.UTF-8");
}

static void test_a_record_without_keys_has_a_name_and_stays (void) {
  g_autoptr (HubIntegration) integration = make_integration ();
  g_autoptr (HubDelivery) delivery = make_delivery (HUB_ACTION_CREATE);
  g_clear_pointer (&delivery->key, g_free);
  g_autoptr (HubRecordItem) by_source = hub_record_item_new_planned (delivery, integration);
  g_assert_cmpstr (by_source->title, ==, "row 1");
  g_clear_pointer (&delivery->source_key, g_free);
  g_autoptr (HubRecordItem) item = hub_record_item_new_planned (delivery, integration);

  g_assert_cmpstr (item->title, ==, "Record Without a Key");
  g_assert_false (hub_record_item_is_sendable (item));
}

static void test_says_what_became_of_it (void) {
  static const struct {
    const char *operation, *state, *error, *field, *subtitle, *icon;
    gboolean standing;
  } rows[] = {
    { "create", "confirmed", NULL, NULL, "Created", "list-add-symbolic", TRUE },
    { "update", "confirmed", NULL, NULL, "Updated", "document-edit-symbolic", TRUE },
    { "reject", "rejected", "not an amount", "Price", "Rejected: not an amount (Price)",
      "dialog-warning-symbolic", FALSE },
    { "create", "rejected", "refused", NULL, "Rejected: refused", "dialog-warning-symbolic", FALSE },
    { "reject", "retried", "refused", NULL, "Was rejected, and tried again since: refused",
      "view-refresh-symbolic", FALSE },
    { "reject", "dismissed", "refused", NULL, "Was rejected, and dismissed: refused",
      "action-unavailable-symbolic", FALSE },
    { "update", "undone", NULL, NULL, "Taken back", "edit-undo-symbolic", FALSE },
    { "update", "undo-conflict", "somebody changed the record since", NULL,
      "Not taken back: somebody changed the record since", "dialog-warning-symbolic", FALSE },
    { "create", "sent", NULL, NULL, "Sent; its arrival is checked by the next run",
      "dialog-question-symbolic", FALSE },
    { "create", "unknown", NULL, NULL, "Sent without an answer; a later run saw to it",
      "dialog-question-symbolic", FALSE },
    { "create", "from a later version", NULL, NULL, "It cannot be shown", "dialog-error-symbolic", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HubRecordItem) item = hub_record_item_new_past ();
    hub_record_item_set_trace (item,
                               make_trace (rows[i].operation, rows[i].state, rows[i].error, rows[i].field));
    g_assert_cmpstr (item->subtitle, ==, rows[i].subtitle);
    g_assert_cmpstr (item->icon, ==, rows[i].icon);
    g_assert_cmpstr (item->detail, ==, "On March 5, 2020 at 12:00 · Clients");
    g_assert_cmpint (hub_record_item_is_standing (item), ==, rows[i].standing);
    g_assert_false (hub_record_item_is_sendable (item));
    g_assert_cmpint (item->run, ==, 3);
  }
}

static void count (guint *notified) {
  ++*notified;
}

static void test_what_is_still_to_be_read_is_filled_later (void) {
  g_autoptr (HubRecordItem) item = hub_record_item_new_past ();
  guint notified = 0;

  g_signal_connect_swapped (item, "changed", G_CALLBACK (count), &notified);
  g_assert_cmpstr (item->title, ==, "…");
  assert_description (item, "…");
  g_assert_null (item->trace);
  g_assert_false (hub_record_item_is_sendable (item));
  hub_record_item_set_trace (item, make_trace ("create", "confirmed", NULL, NULL));
  hub_record_item_set_trace (item, make_trace ("create", "undone", NULL, NULL));
  assert_description (item, "c1, Taken back, On March 5, 2020 at 12:00 · Clients");
  g_assert_cmpuint (notified, ==, 2);
}

static void test_selecting_is_told_once (void) {
  g_autoptr (HubIntegration) integration = make_integration ();
  g_autoptr (HubDelivery) delivery = make_delivery (HUB_ACTION_CREATE);
  g_autoptr (HubRecordItem) item = hub_record_item_new_planned (delivery, integration);
  guint notified = 0;

  g_signal_connect_swapped (item, "notify::selected", G_CALLBACK (count), &notified);
  hub_record_item_select (item, FALSE);
  hub_record_item_select (item, FALSE);
  g_assert_false (item->selected);
  g_assert_cmpuint (notified, ==, 1);
}

static void test_says_what_a_run_was (void) {
  static const struct {
    HubRunKind kind;
    const char *title;
  } rows[] = {
    { HUB_KIND_RUN, "100 %s" },
    { HUB_KIND_RETRY, "100 %s · rejects tried again" },
    { HUB_KIND_UNDO, "100 %s · taken back" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HubRun) run = hub_run_new ("100 %s", rows[i].kind);
    run->id = 5;
    run->status = HUB_RUN_FAILED;
    run->finished = NOON;
    run->message = g_strdup ("no network");
    g_autoptr (HubRecordItem) item = hub_record_item_new_run (run);
    g_assert_cmpstr (item->title, ==, rows[i].title);
    g_assert_cmpstr (item->subtitle, ==, "On March 5, 2020 at 12:00: failed");
    g_assert_cmpstr (item->detail, ==, "no network");
    g_assert_cmpstr (item->icon, ==, "dialog-error-symbolic");
    g_assert_cmpint (item->run, ==, 5);
    g_assert_null (item->trace);
    g_assert_false (hub_record_item_is_sendable (item));
  }
}

int main (int argc, char **argv) {
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-item/says-what-is-planned", test_says_what_is_planned);
  g_test_add_func ("/record-item/shows-old-and-new", test_shows_old_and_new);
  g_test_add_func ("/record-item/values-are-the-users-and-keys-are-not",
                   test_values_are_the_users_and_keys_are_not);
  g_test_add_func ("/record-item/a-record-without-keys-has-a-name-and-stays",
                   test_a_record_without_keys_has_a_name_and_stays);
  g_test_add_func ("/record-item/says-what-became-of-it", test_says_what_became_of_it);
  g_test_add_func ("/record-item/what-is-still-to-be-read-is-filled-later",
                   test_what_is_still_to_be_read_is_filled_later);
  g_test_add_func ("/record-item/selecting-is-told-once", test_selecting_is_told_once);
  g_test_add_func ("/record-item/says-what-a-run-was", test_says_what_a_run_was);
  return g_test_run ();
}
