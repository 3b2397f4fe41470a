/* test-plan.c: what is done about a record follows from what stands at the destination.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

/* A delivery of one field; @before NULL: nothing was found. */
static HubDelivery *delivery (const char *value, HubWrite write, const char *before) {
  HubDelivery *made = hub_delivery_new (1);
  made->source = hub_record_new (0);
  hub_value_take (&made->values[0], HUB_TYPE_TEXT, g_strdup (value));
  made->write[0] = write;
  if (before) {
    made->found = g_strdup ("2");
    made->before = g_new0 (HubValue, 1);
    hub_value_take (&made->before[0], HUB_TYPE_TEXT, g_strdup (before));
  }
  return made;
}

static void test_decides_by_mode_write_and_what_is_there (void) {
  const struct {
    HubMode mode;
    const char *value;
    HubWrite write;
    const char *before;
    HubAction action;
    gboolean change;
  } cases[] = {
    { HUB_MODE_UPSERT, "a", HUB_WRITE_ALWAYS, NULL, HUB_ACTION_CREATE, TRUE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_ON_CREATE, NULL, HUB_ACTION_CREATE, TRUE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_IF_EMPTY, NULL, HUB_ACTION_CREATE, TRUE },
    { HUB_MODE_UPSERT, NULL, HUB_WRITE_SKIP, NULL, HUB_ACTION_CREATE, FALSE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_ALWAYS, "a", HUB_ACTION_UNCHANGED, FALSE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_ALWAYS, "b", HUB_ACTION_UPDATE, TRUE },
    { HUB_MODE_UPSERT, NULL, HUB_WRITE_ALWAYS, "b", HUB_ACTION_UPDATE, TRUE },
    { HUB_MODE_UPSERT, NULL, HUB_WRITE_SKIP, "b", HUB_ACTION_UNCHANGED, FALSE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_ON_CREATE, "b", HUB_ACTION_UNCHANGED, FALSE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_IF_EMPTY, "b", HUB_ACTION_UNCHANGED, FALSE },
    { HUB_MODE_UPSERT, "a", HUB_WRITE_IF_EMPTY, "", HUB_ACTION_UPDATE, TRUE },
    { HUB_MODE_UPDATE, "a", HUB_WRITE_ALWAYS, NULL, HUB_ACTION_FILTERED, TRUE },
    { HUB_MODE_UPDATE, "a", HUB_WRITE_ALWAYS, "b", HUB_ACTION_UPDATE, TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubPlan) plan = hub_plan_new (cases[i].mode);
    g_autoptr (HubDelivery) made = delivery (cases[i].value, cases[i].write, cases[i].before);
    hub_plan_decide (plan, made);
    g_test_message ("case %u", i);
    g_assert_cmpint (made->action, ==, cases[i].action);
    g_assert_cmpint (made->change[0], ==, cases[i].change);
  }
}

static HubAction check_key (HubPlan *plan, const char *source, const char *key) {
  g_autoptr (HubDelivery) made = delivery ("x", HUB_WRITE_ALWAYS, NULL);
  made->source->key = g_strdup (source);
  made->source_key = g_strdup (source);
  made->key = g_strdup (key);
  hub_plan_check_key (plan, made);
  if (made->action == HUB_ACTION_REJECT)
    g_assert_nonnull (strstr (made->problem, key));
  return made->action;
}

static void test_a_second_record_with_a_key_is_rejected (void) {
  g_autoptr (HubPlan) plan = hub_plan_new (HUB_MODE_UPSERT);
  g_assert_cmpint (check_key (plan, "pi_1", "a"), ==, HUB_ACTION_CREATE);
  g_assert_cmpint (check_key (plan, "pi_2", "b"), ==, HUB_ACTION_CREATE);
  g_assert_cmpint (check_key (plan, "pi_3", "a"), ==, HUB_ACTION_REJECT);
  g_assert_cmpint (check_key (plan, "pi_1", "a"), ==, HUB_ACTION_UNCHANGED); /* the same record, read twice */
}

static void test_rows_without_an_id_are_never_taken_for_one_record (void) {
  g_autoptr (HubPlan) plan = hub_plan_new (HUB_MODE_UPSERT);
  g_assert_cmpint (check_key (plan, NULL, "a"), ==, HUB_ACTION_CREATE);
  g_assert_cmpint (check_key (plan, NULL, "a"), ==, HUB_ACTION_REJECT);
}

static void test_append_takes_every_record_once (void) {
  g_autoptr (HubPlan) plan = hub_plan_new (HUB_MODE_APPEND);
  g_assert_cmpint (check_key (plan, "pi_1", "a"), ==, HUB_ACTION_CREATE);
  g_assert_cmpint (check_key (plan, "pi_2", "a"), ==, HUB_ACTION_CREATE);
  g_assert_cmpint (check_key (plan, "pi_1", "a"), ==, HUB_ACTION_UNCHANGED); /* read twice */
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/decide", test_decides_by_mode_write_and_what_is_there);
  g_test_add_func ("/plan/second-key", test_a_second_record_with_a_key_is_rejected);
  g_test_add_func ("/plan/no-id", test_rows_without_an_id_are_never_taken_for_one_record);
  g_test_add_func ("/plan/append", test_append_takes_every_record_once);
  return g_test_run ();
}
