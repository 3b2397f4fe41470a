/* test-integration-item.c: the words in which the window shows an integration and its last run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "integration-item.h"
#include "manifest.h"
#include "words.h"
#include <locale.h>

#define NOON (G_GINT64_CONSTANT (1583409600000)) /* 2020-03-05 12:00 UTC */

static HubIntegration *make_integration (const char *name) {
  g_autofree char *definition = g_strdup_printf (
      "{ \"name\": \"%s\", \"enabled\": true,"
      "  \"source\": { \"connector\": \"stripe\", \"account\": \"Boutique\", \"object\": \"customers\" },"
      "  \"destination\": { \"connector\": \"csv\", \"object\": \"rows\", \"options\": { \"path\": "
      "\"/tmp/a/b.csv\" } },"
      "  \"write\": { \"mode\": \"append\", \"key\": \"ID\" },"
      "  \"mapping\": [ { \"from\": \"id\", \"to\": \"ID\" } ] }",
      name);
  g_autoptr (GError) error = NULL;
  HubIntegration *integration = hub_integration_parse (definition, strlen (definition), "test", &error);

  g_assert_no_error (error);
  return integration;
}

static HubIntegration *make_scheduled (HubScheduleKind kind, gboolean enabled) {
  HubIntegration *integration = make_integration ("Clients");

  integration->schedule = (HubSchedule){ .kind = kind, .minutes = 15, .hour = 7, .minute = 30 };
  integration->enabled = enabled;
  return integration;
}

static void assert_text (HubIntegrationItem *item, const char *property, const char *expected) {
  g_autofree char *text = NULL;

  g_object_get (item, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static HubIntegrationItem *make_item (const HubRun *run) {
  g_autoptr (HubIntegration) integration = make_integration ("Clients");

  return hub_integration_item_new (integration, run);
}

static void test_says_what_it_joins (void) {
  g_autoptr (HubIntegrationItem) item = make_item (NULL);

  assert_text (item, "name", "Clients");
  assert_text (item, "source", "Stripe · Boutique");
  const HubManifest *csv = hub_manifest_get ("csv", NULL);
  g_autofree char *destination = g_strdup_printf ("%s · b.csv", csv->name);
  assert_text (item, "destination", destination);
  assert_text (item, "source-icon", "auth-smartcard-symbolic");
  assert_text (item, "destination-icon", "text-x-generic-symbolic");
  assert_text (item, "summary", "Never run");
  assert_text (item, "state-icon", "content-loading-symbolic");
  assert_text (item, "state-class", "dim-label");
  assert_text (item, "plan", "Only when you run it");
  assert_text (item, "problem", NULL);
  g_assert_false (hub_integration_item_is_running (item));
  g_assert_true (hub_integration_item_get_facts (item)->enabled);
  g_assert_cmpint (hub_integration_item_get_next (item), ==, 0);
  g_assert_cmpint (hub_integration_item_get_facts (item)->last_run, ==, 0);
}

static void test_says_how_the_last_run_went (void) {
  static const struct {
    HubRunStatus status;
    HubCounters counters;
    const char *message, *summary, *icon, *problem;
  } rows[] = {
    { HUB_RUN_SUCCESS,
      { .read = 1207, .created = 1204, .updated = 3 },
      NULL,
      "1204 created, 3 updated",
      "object-select-symbolic",
      NULL },
    { HUB_RUN_SUCCESS,
      { .read = 9, .unchanged = 7, .filtered = 2 },
      NULL,
      "7 unchanged, 2 filtered out",
      "object-select-symbolic",
      NULL },
    { HUB_RUN_SUCCESS, { 0 }, NULL, "nothing to do", "object-select-symbolic", NULL },
    { HUB_RUN_PARTIAL,
      { .read = 3, .created = 2, .rejected = 1 },
      "one refused",
      "2 created, 1 rejected",
      "dialog-warning-symbolic",
      "one refused" },
    { HUB_RUN_FAILED,
      { .read = 3, .created = 2 },
      "no network",
      "failed, 2 created",
      "dialog-error-symbolic",
      "no network" },
    { HUB_RUN_CANCELLED, { .read = 3 }, "cancelled", "cancelled", "process-stop-symbolic", NULL },
    { HUB_RUN_NEEDS_ATTENTION, { 0 }, "refused key", "needs you", "dialog-password-symbolic", "refused key" },
    { HUB_RUN_RUNNING, { 0 }, NULL, "running in another window or command", "view-refresh-symbolic", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HubRun) run = hub_run_new ("Clients", HUB_KIND_RUN);
    run->status = rows[i].status;
    run->counters = rows[i].counters;
    run->started = NOON - 1000;
    run->finished = rows[i].status == HUB_RUN_RUNNING ? 0 : NOON + 60000;
    run->message = g_strdup (rows[i].message);
    g_autoptr (HubIntegrationItem) item = make_item (run);
    g_autofree char *summary =
        g_strdup_printf ("On March 5, 2020 at %s: %s", run->finished ? "12:01" : "11:59", rows[i].summary);
    assert_text (item, "summary", summary);
    assert_text (item, "state-icon", rows[i].icon);
    assert_text (item, "problem", rows[i].problem);
  }
}

static void assert_remedy (HubIntegrationItem *item, const char *action) {
  const HubRemedy *remedy = hub_integration_item_get_remedy (item);

  g_assert_cmpstr (remedy ? remedy->action : NULL, ==, action);
}

/* Each cause leads to where it is mended, also after the store was read again. */
static void test_leads_to_what_helps (void) {
  static const struct {
    HubRunStatus status;
    int cause;
    const char *message, *action;
  } rows[] = {
    { HUB_RUN_NEEDS_ATTENTION, HUB_ERROR_FIELD, "no column", "win.edit-integration" },
    { HUB_RUN_NEEDS_ATTENTION, HUB_ERROR_CREDENTIALS, "refused key", "win.show-tab" },
    { HUB_RUN_NEEDS_ATTENTION, HUB_ERROR_PERMISSION, "may not", "win.show-tab" },
    { HUB_RUN_NEEDS_ATTENTION, HUB_ERROR_KEYRING, "locked", NULL },
    { HUB_RUN_FAILED, HUB_ERROR_NETWORK, "no network", NULL },
    { HUB_RUN_SUCCESS, 0, NULL, NULL },
  };
  g_autoptr (HubIntegrationItem) shown = make_item (NULL);

  assert_remedy (shown, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HubRun) run = hub_run_new ("Clients", HUB_KIND_RUN);
    run->status = rows[i].status;
    run->cause = rows[i].cause;
    run->message = g_strdup (rows[i].message);
    g_autoptr (HubIntegrationItem) item = make_item (run);
    assert_remedy (item, rows[i].action);
    hub_integration_item_update (shown, item);
    assert_remedy (shown, rows[i].action);
  }
}

/* What a moment so many @days from now is called; the day may change while this runs, so either side's word will do. */
static void assert_day (int days, const char *format) {
  g_autoptr (GDateTime) before = g_date_time_new_now_local ();
  g_autoptr (GDateTime) time = g_date_time_add_days (before, days);
  g_autofree char *words = hub_words_time (g_date_time_to_unix (time) * 1000);
  g_autoptr (GDateTime) after = g_date_time_new_now_local ();
  g_autofree char *expected = g_date_time_format (time, format);

  if (g_date_time_get_day_of_year (before) == g_date_time_get_day_of_year (after))
    g_assert_cmpstr (words, ==, expected);
}

static void test_an_undo_is_told_apart (void) {
  g_autoptr (HubRun) run = hub_run_new ("Clients", HUB_KIND_UNDO);
  run->status = HUB_RUN_PARTIAL;
  run->counters = (HubCounters){ .read = 3, .updated = 2, .rejected = 1 };
  run->finished = NOON;
  g_autoptr (HubIntegrationItem) item = make_item (run);

  assert_text (item, "summary",
               "On March 5, 2020 at 12:00: 2 taken back, 1 left because it has changed since");
}

static void test_names_the_day_as_people_do (void) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  assert_day (0, "Today at %H:%M");
  assert_day (-1, "Yesterday at %H:%M");
  assert_day (1, "Tomorrow at %H:%M");
  if (g_date_time_get_day_of_year (now) > 2)
    assert_day (-2, "On %B %-d at %H:%M");
  assert_day (-400, "On %B %-d, %Y at %H:%M");
}

static void test_a_run_that_goes_on_is_counted (void) {
  g_autofree char *none = hub_words_running (&(HubCounters){ 0 });
  g_autofree char *some = hub_words_running (&(HubCounters){ .read = 1300, .created = 1204, .rejected = 1 });

  g_assert_cmpstr (none, ==, "Running…");
  g_assert_cmpstr (some, ==, "1300 read · 1204 created · 1 rejected");
}

/* One that ran long ago is due at once, one that never ran waits: nothing is sent unseen. */
static void test_knows_when_it_is_due (void) {
  gint64 now = g_get_real_time () / 1000;
  g_autoptr (HubRun) old = hub_run_new ("Clients", HUB_KIND_RUN),
                     recent = hub_run_new ("Clients", HUB_KIND_RUN);
  old->status = recent->status = HUB_RUN_SUCCESS;
  old->started = now - 24 * 3600 * 1000;
  recent->started = now;
  const struct {
    HubScheduleKind kind;
    gboolean enabled;
    const HubRun *run;
    gint64 earliest, latest; /* from now, in milliseconds; 0: never */
  } rows[] = {
    { HUB_SCHEDULE_NONE, TRUE, old, 0, 0 },
    { HUB_SCHEDULE_EVERY, FALSE, old, 0, 0 },
    { HUB_SCHEDULE_EVERY, TRUE, old, 0, 60000 },
    { HUB_SCHEDULE_EVERY, TRUE, recent, 15 * 60000, 16 * 60000 },
    { HUB_SCHEDULE_EVERY, TRUE, NULL, 15 * 60000, 16 * 60000 },
    { HUB_SCHEDULE_EVENT, TRUE, NULL, 60000, 2 * 60000 },
    { HUB_SCHEDULE_DAILY, TRUE, NULL, 0, 25 * 3600 * 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (HubIntegration) integration = make_scheduled (rows[i].kind, rows[i].enabled);
    g_autoptr (HubIntegrationItem) item = hub_integration_item_new (integration, rows[i].run);
    gint64 next = hub_integration_item_get_next (item);
    g_assert_cmpint (next, >=, rows[i].latest > 0 ? now + rows[i].earliest : 0);
    g_assert_cmpint (next, <=, rows[i].latest > 0 ? now + rows[i].latest : 0);
  }
}

static void test_a_paused_one_says_so (void) {
  g_autoptr (HubIntegration) integration = make_integration ("Clients");
  integration->enabled = FALSE;
  g_autoptr (HubIntegrationItem) item = hub_integration_item_new (integration, NULL);

  assert_text (item, "summary", "Paused. Never run");
  assert_text (item, "state-icon", "media-playback-pause-symbolic");
}

static void test_an_update_takes_over_everything (void) {
  g_autoptr (HubIntegrationItem) item = make_item (NULL);
  g_autoptr (HubRun) run = hub_run_new ("Clients", HUB_KIND_RUN);
  run->status = HUB_RUN_FAILED;
  run->finished = NOON;
  run->message = g_strdup ("no network");
  g_autoptr (HubIntegrationItem) fresh = make_item (run);

  hub_integration_item_update (item, fresh);
  assert_text (item, "summary", "On March 5, 2020 at 12:00: failed");
  assert_text (item, "problem", "no network");
  g_assert_cmpstr (hub_integration_item_get_name (item), ==, "Clients");
}

static void test_cancel_without_a_run_does_nothing (void) {
  HubIntegrationItem *item = make_item (NULL);

  hub_integration_item_cancel (item);
  assert_text (item, "summary", "Never run");
  g_assert_finalize_object (item);
}

int main (int argc, char **argv) {
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/integration-item/says-what-it-joins", test_says_what_it_joins);
  g_test_add_func ("/integration-item/says-how-the-last-run-went", test_says_how_the_last_run_went);
  g_test_add_func ("/integration-item/leads-to-what-helps", test_leads_to_what_helps);
  g_test_add_func ("/integration-item/an-undo-is-told-apart", test_an_undo_is_told_apart);
  g_test_add_func ("/integration-item/names-the-day-as-people-do", test_names_the_day_as_people_do);
  g_test_add_func ("/integration-item/a-run-that-goes-on-is-counted", test_a_run_that_goes_on_is_counted);
  g_test_add_func ("/integration-item/knows-when-it-is-due", test_knows_when_it_is_due);
  g_test_add_func ("/integration-item/a-paused-one-says-so", test_a_paused_one_says_so);
  g_test_add_func ("/integration-item/an-update-takes-over-everything", test_an_update_takes_over_everything);
  g_test_add_func ("/integration-item/cancel-without-a-run-does-nothing",
                   test_cancel_without_a_run_does_nothing);
  return g_test_run ();
}
