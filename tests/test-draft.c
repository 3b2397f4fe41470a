/* test-draft.c: whatever somebody does to a draft can be undone, kept, tried and built; unfinished ones say what they lack.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "draft.h"
#include "error.h"
#include "transform.h"

#include <string.h>

#define DEFINITION                                                                                           \
  "{\"name\":\"Ventes\",\"enabled\":false,\"source\":{\"connector\":\"stripe\",\"account\":\"Boutique\","    \
  "\"object\":\"charges\",\"options\":{\"limit\":7}},\"destination\":{\"connector\":\"csv\","                \
  "\"object\":\"rows\",\"options\":{\"path\":\"/tmp/a.csv\"}},\"write\":{\"mode\":\"update\","               \
  "\"key\":\"ID\"},\"filter\":[{\"field\":\"amount\",\"op\":\"greater\",\"value\":5},"                       \
  "{\"field\":\"status\",\"op\":\"in\",\"value\":[\"paid\",\"due\",3]}],"                                    \
  "\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"},{\"value\":19.9,\"to\":\"Prix\"},"                           \
  "{\"template\":\"{a} {b}\",\"to\":\"Nom\",\"steps\":[{\"op\":\"slice\",\"start\":-3},"                     \
  "{\"op\":\"lookup\",\"table\":{\"a\":\"b\",\"c\":\"d=e\"}}],\"when\":\"if-empty\"}],"                      \
  "\"schedule\":{\"every\":\"15m\"}}"

static HubDraft *draft_of (const char *text) {
  g_autoptr (GError) error = NULL;
  HubDraft *draft = hub_draft_new_from_text (text, &error);
  g_assert_no_error (error);
  return draft;
}

/* A draft that could be built. */
static HubDraft *finished_draft (void) {
  HubDraft *draft = hub_draft_new ();
  hub_draft_set_endpoint (draft, HUB_SIDE_SOURCE, "csv", NULL, "rows");
  hub_draft_set_endpoint (draft, HUB_SIDE_DESTINATION, "csv", NULL, "rows");
  hub_draft_set_rule (draft, "ID", HUB_RULE_FROM, "id");
  hub_draft_set_write (draft, HUB_MODE_UPSERT, "ID");
  hub_draft_set_name (draft, "Ventes");
  return draft;
}

static void count (HubDraft *draft, guint *changes) {
  ++*changes;
}

static void test_a_definition_reads_and_builds_back (void) {
  g_autoptr (HubDraft) draft = draft_of (DEFINITION);
  g_autofree char *text = hub_draft_to_text (draft);
  g_assert_cmpstr (text, ==, DEFINITION);
  g_assert_cmpstr (hub_draft_get_name (draft), ==, "Ventes");
  g_assert_cmpstr (hub_draft_get_connector (draft, HUB_SIDE_SOURCE), ==, "stripe");
  g_assert_cmpstr (hub_draft_get_account (draft, HUB_SIDE_SOURCE), ==, "Boutique");
  g_assert_cmpstr (hub_draft_get_object (draft, HUB_SIDE_DESTINATION), ==, "rows");
  g_assert_null (hub_draft_get_account (draft, HUB_SIDE_DESTINATION));
  g_assert_cmpstr (hub_draft_get_option (draft, HUB_SIDE_SOURCE, "limit"), ==, "7");
  g_assert_null (hub_draft_get_option (draft, HUB_SIDE_SOURCE, "path"));
  g_assert_cmpint (hub_draft_get_mode (draft), ==, HUB_MODE_UPDATE);
  g_assert_cmpstr (hub_draft_get_key (draft), ==, "ID");
  HubSchedule schedule;
  hub_draft_get_schedule (draft, &schedule);
  g_assert_cmpuint (schedule.minutes, ==, 15);
  g_assert_cmpuint (hub_draft_get_n_conditions (draft), ==, 2);
  g_assert_cmpstr (hub_draft_get_condition (draft, 0, "value"), ==, "5");
  g_assert_cmpstr (hub_draft_get_condition (draft, 1, "value"), ==, "paid, due, 3");
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 3);
  g_assert_cmpint (hub_draft_find_rule (draft, "Nom"), ==, 2);
  g_assert_cmpint (hub_draft_find_rule (draft, "nom"), ==, -1);
  g_assert_cmpstr (hub_draft_get_rule_member (draft, 2, "when"), ==, "if-empty");
  HubRuleKind kind;
  const char *sources[] = { "id", "19.9", "{a} {b}" };
  const HubRuleKind kinds[] = { HUB_RULE_FROM, HUB_RULE_VALUE, HUB_RULE_TEMPLATE };
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    g_autofree char *source = hub_draft_dup_rule_source (draft, i, &kind);
    g_assert_cmpstr (source, ==, sources[i]);
    g_assert_cmpint (kind, ==, kinds[i]);
  }
  hub_draft_set_rule (draft, "Prix", HUB_RULE_VALUE, "19.9"); /* reads the same: it stays a number */
  hub_draft_set_step_param (draft, 2, 0, "start", "-3");
  hub_draft_set_option (draft, HUB_SIDE_SOURCE, "limit", "7");
  hub_draft_set_endpoint (draft, HUB_SIDE_DESTINATION, "csv", NULL, "rows");
  g_assert_false (hub_draft_can_undo (draft));
  g_autofree char *start = hub_draft_dup_step_param (draft, 2, 0, "start");
  g_autofree char *length = hub_draft_dup_step_param (draft, 2, 0, "length");
  g_autofree char *table = hub_draft_dup_step_param (draft, 2, 1, "table");
  g_assert_cmpstr (start, ==, "-3");
  g_assert_null (length);
  g_assert_cmpstr (table, ==, "a=b\nc=d=e\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (HubIntegration) integration = hub_draft_build (draft, &error);
  g_assert_no_error (error);
  g_assert_false (integration->enabled);
  g_assert_cmpstr (integration->definition, ==, DEFINITION);
}

static void test_what_is_missing_is_said_in_order (void) {
  g_autoptr (HubDraft) draft = hub_draft_new ();
  const char *hints[] = { "source", "destination", "link", "key", "name" };
  for (guint i = 0; i < G_N_ELEMENTS (hints); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_draft_build (draft, &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, hints[i]));
    if (i == 0)
      hub_draft_set_endpoint (draft, HUB_SIDE_SOURCE, "csv", NULL, "rows");
    else if (i == 1)
      hub_draft_set_endpoint (draft, HUB_SIDE_DESTINATION, "csv", NULL, "rows");
    else if (i == 2)
      hub_draft_set_rule (draft, "ID", HUB_RULE_FROM, "id");
    else if (i == 3)
      hub_draft_set_write (draft, HUB_MODE_UPSERT, "ID");
    else
      hub_draft_set_name (draft, "Ventes");
  }
  g_autoptr (HubIntegration) integration = hub_draft_build (draft, NULL);
  g_assert_nonnull (integration);
  g_assert_cmpstr (integration->key, ==, "ID");
}

static void test_errors_name_the_field_and_the_step (void) {
  const struct {
    const char *op, *param, *text, *message;
  } cases[] = {
    { "replace", "with", "x", "“Nom”, step 2: “Find” is missing" },
    { "multiply", "by", "", "“Nom”, step 2: “By” is missing" },
    { "multiply", "by", "zero", "“Nom”, step 2: “By” must be a number" },
    { "date", "zone", "Mars", "“Nom”, step 2: unknown zone “Mars”" },
    { "slice", "start", "1.5", "“Nom”, step 2: “First character, from 0” must be a whole number" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubDraft) draft = finished_draft ();
    g_autoptr (GPtrArray) none = g_ptr_array_new ();
    hub_draft_set_rule (draft, "Nom", HUB_RULE_FROM, "name");
    hub_draft_add_step (draft, 1, "trim");
    hub_draft_add_step (draft, 1, cases[i].op);
    hub_draft_set_step_param (draft, 1, 1, cases[i].param, cases[i].text);
    g_autoptr (GError) built = NULL, tried = NULL;
    g_assert_null (hub_draft_build (draft, &built));
    g_assert_null (hub_draft_try_rule (draft, 1, none, &tried));
    g_assert_cmpstr (built->message, ==, tried->message);
    g_test_message ("%s", tried->message);
    g_assert_true (g_str_has_prefix (tried->message, cases[i].message));
  }
}

static void test_every_change_is_one_step_back (void) {
  g_autoptr (HubDraft) draft = draft_of (DEFINITION);
  HubSchedule schedule = { HUB_SCHEDULE_DAILY, .hour = 7 };
  guint changes = 0;
  g_signal_connect (draft, "changed", G_CALLBACK (count), &changes);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0;; i++) {
    g_ptr_array_add (texts, hub_draft_to_text (draft));
    g_assert_cmpuint (changes, ==, i);
    switch (i) {
    case 0: hub_draft_set_name (draft, "A"); break;
    case 1: hub_draft_set_endpoint (draft, HUB_SIDE_SOURCE, "stripe", "Autre", "charges"); break;
    case 2: hub_draft_set_option (draft, HUB_SIDE_SOURCE, "sheet", "Feuille"); break;
    case 3: hub_draft_set_write (draft, HUB_MODE_APPEND, NULL); break;
    case 4: hub_draft_set_schedule (draft, &schedule); break;
    case 5: hub_draft_set_rule (draft, "ID", HUB_RULE_TEMPLATE, "{id}"); break;
    case 6: hub_draft_move_rule (draft, "Nom", "Prix"); break;
    case 7: hub_draft_set_rule_member (draft, 0, "blank", "clear"); break;
    case 8: hub_draft_add_step (draft, 0, "replace"); break;
    case 9: hub_draft_set_step_param (draft, 0, 0, "find", "a"); break;
    case 10: hub_draft_remove_step (draft, 0, 0); break;
    case 11: hub_draft_remove_rule (draft, "ID"); break;
    case 12: hub_draft_set_condition (draft, hub_draft_get_n_conditions (draft), "a", "empty", NULL); break;
    case 13: hub_draft_set_condition (draft, 2, "a", "equals", "b"); break;
    case 14: hub_draft_remove_condition (draft, 0); break;
    default: break;
    }
    if (i > 14)
      break;
  }
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 1);
  for (int step = -1, i = (int) texts->len - 1; i >= 0 && i < (int) texts->len; i += step) {
    g_autofree char *text = hub_draft_to_text (draft);
    g_assert_cmpstr (text, ==, texts->pdata[i]);
    g_assert_true (hub_draft_can_undo (draft) == (i > 0));
    g_assert_true (hub_draft_can_redo (draft) == (i < (int) texts->len - 1));
    if (step < 0 && i == 0)
      step = 1;
    (step < 0 ? hub_draft_undo : hub_draft_redo) (draft);
  }
  hub_draft_undo (draft);
  hub_draft_set_name (draft, "Z");
  g_assert_false (hub_draft_can_redo (draft));
}

static void test_typing_is_one_step_and_nothing_new_is_none (void) {
  g_autoptr (HubDraft) draft = hub_draft_new ();
  guint changes = 0;
  g_signal_connect (draft, "changed", G_CALLBACK (count), &changes);
  hub_draft_set_name (draft, "V");
  hub_draft_set_name (draft, "Ve");
  hub_draft_set_name (draft, "Ven");
  hub_draft_set_name (draft, "Ven");
  hub_draft_remove_rule (draft, "nowhere");
  hub_draft_move_rule (draft, "nowhere", "ID");
  hub_draft_undo (draft);
  g_assert_cmpuint (changes, ==, 4);
  g_assert_cmpstr (hub_draft_get_name (draft), ==, "");
  g_assert_false (hub_draft_can_undo (draft));
  hub_draft_redo (draft);
  g_assert_cmpstr (hub_draft_get_name (draft), ==, "Ven");
  hub_draft_set_name (draft, "Vent"); /* after an undo, typing begins anew */
  hub_draft_undo (draft);
  g_assert_cmpstr (hub_draft_get_name (draft), ==, "Ven");
  hub_draft_undo (draft);
  hub_draft_undo (draft);
  hub_draft_set_rule (draft, "A", HUB_RULE_FROM, "a");
  hub_draft_set_rule (draft, "A", HUB_RULE_FROM, "b"); /* a choice, not typing */
  hub_draft_undo (draft);
  HubRuleKind kind;
  g_autofree char *source = hub_draft_dup_rule_source (draft, 0, &kind);
  g_assert_cmpstr (source, ==, "a");
}

static void test_a_hundred_steps_are_kept (void) {
  g_autoptr (HubDraft) draft = hub_draft_new ();
  guint back = 0;
  for (guint i = 0; i < 150; i++) {
    g_autofree char *target = g_strdup_printf ("T%u", i);
    hub_draft_set_rule (draft, target, HUB_RULE_FROM, "a");
  }
  for (; hub_draft_can_undo (draft); back++)
    hub_draft_undo (draft);
  g_assert_cmpuint (back, ==, 100);
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 50);
}

static HubField *make_field (const char *name, HubType type, const char *example) {
  HubField *field = hub_field_new (name, name, type);
  g_free (field->example);
  field->example = g_strdup (example);
  return field;
}

static void test_five_hundred_rules_stay_quick (void) {
  g_autoptr (HubDraft) draft = hub_draft_new ();
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  for (guint i = 0; i < 500; i++) {
    g_autofree char *name = g_strdup_printf ("custom_field_%u", i);
    g_ptr_array_add (fields, make_field (name, HUB_TYPE_TEXT, NULL));
  }
  g_test_timer_start ();
  g_assert_cmpuint (hub_draft_match (draft, fields, fields), ==, 500);
  g_test_message ("match: %.1f ms", g_test_timer_elapsed () * 1000);
  g_test_timer_start ();
  for (guint i = 0; i < fields->len; i++)
    g_assert_cmpint (hub_draft_find_rule (draft, ((HubField *) fields->pdata[i])->name), ==, i);
  g_test_message ("find each: %.1f ms", g_test_timer_elapsed () * 1000);
  g_test_timer_start ();
  hub_draft_remove_rule (draft, "custom_field_0");
  hub_draft_undo (draft);
  g_test_message ("change and undo: %.1f ms", g_test_timer_elapsed () * 1000);
  g_assert_cmpfloat (g_test_timer_last (), <, 1.0); /* 5 ms on a quiet machine */
}

static void test_another_object_drops_the_options (void) {
  g_autoptr (HubDraft) draft = draft_of (DEFINITION);
  g_autoptr (HubEndpoint) endpoint = hub_draft_dup_endpoint (draft, HUB_SIDE_DESTINATION);
  g_assert_cmpstr (json_object_get_string_member (endpoint->options, "path"), ==, "/tmp/a.csv");
  hub_draft_set_endpoint (draft, HUB_SIDE_SOURCE, "stripe", "Autre", "charges");
  g_assert_cmpstr (hub_draft_get_option (draft, HUB_SIDE_SOURCE, "limit"), ==, "7");
  hub_draft_set_endpoint (draft, HUB_SIDE_SOURCE, hub_draft_get_connector (draft, HUB_SIDE_SOURCE),
                          hub_draft_get_account (draft, HUB_SIDE_SOURCE), "customers");
  g_assert_cmpstr (hub_draft_get_account (draft, HUB_SIDE_SOURCE), ==, "Autre");
  g_assert_null (hub_draft_get_option (draft, HUB_SIDE_SOURCE, "limit"));
  hub_draft_set_option (draft, HUB_SIDE_DESTINATION, "path", "");
  g_assert_null (hub_draft_get_option (draft, HUB_SIDE_DESTINATION, "path"));
  hub_draft_set_endpoint (draft, HUB_SIDE_SOURCE, "stripe", "Autre", NULL);
  g_assert_null (hub_draft_dup_endpoint (draft, HUB_SIDE_SOURCE));
}

static void test_rules_keep_their_steps_and_the_key_follows (void) {
  g_autoptr (HubDraft) draft = finished_draft ();
  hub_draft_add_step (draft, 0, "trim");
  hub_draft_set_rule (draft, "ID", HUB_RULE_VALUE, "007");
  g_assert_cmpuint (hub_draft_get_n_steps (draft, 0), ==, 1);
  hub_draft_set_rule (draft, "Autre", HUB_RULE_FROM, "a");
  hub_draft_move_rule (draft, hub_draft_get_rule_target (draft, 0), "Autre");
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 1);
  g_assert_cmpstr (hub_draft_get_key (draft), ==, "Autre");
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *shown = hub_draft_try_rule (draft, 0, none, NULL);
  g_assert_cmpstr (shown, ==, "007");
}

static void test_blank_and_default_go_together (void) {
  g_autoptr (HubDraft) draft = finished_draft ();
  const struct {
    const char *member, *text, *blank, *fallback;
  } cases[] = {
    { "blank", "default", "default", "" }, { "default", "x", "default", "x" },
    { "default", "", "default", "" },      { "blank", "clear", "clear", NULL },
    { "default", NULL, "clear", NULL },    { "default", "y", "default", "y" },
    { "blank", NULL, NULL, NULL },         { "default", "z", "default", "z" },
    { "default", NULL, NULL, NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    hub_draft_set_rule_member (draft, 0, cases[i].member, cases[i].text);
    g_assert_cmpstr (hub_draft_get_rule_member (draft, 0, "blank"), ==, cases[i].blank);
    g_assert_cmpstr (hub_draft_get_rule_member (draft, 0, "default"), ==, cases[i].fallback);
    g_autoptr (HubIntegration) integration = hub_draft_build (draft, NULL);
    g_assert_nonnull (integration);
  }
}

static void test_conditions_change_with_their_own_texts (void) {
  g_autoptr (HubDraft) draft = finished_draft ();
  hub_draft_set_condition (draft, hub_draft_get_n_conditions (draft), "status", "in", "paid, due,, ");
  g_assert_cmpstr (hub_draft_get_condition (draft, 0, "value"), ==, "paid, due");
  hub_draft_set_condition (draft, 0, hub_draft_get_condition (draft, 0, "field"), "equals",
                           hub_draft_get_condition (draft, 0, "value"));
  hub_draft_set_condition (draft, 0, hub_draft_get_condition (draft, 0, "field"), "contains",
                           hub_draft_get_condition (draft, 0, "value"));
  g_assert_cmpstr (hub_draft_get_condition (draft, 0, "field"), ==, "status");
  g_assert_cmpstr (hub_draft_get_condition (draft, 0, "op"), ==, "contains");
  g_assert_cmpstr (hub_draft_get_condition (draft, 0, "value"), ==, "paid, due");
  hub_draft_set_condition (draft, 0, "status", "not-empty", "x");
  g_assert_null (hub_draft_get_condition (draft, 0, "value"));
  g_autoptr (HubIntegration) integration = hub_draft_build (draft, NULL);
  g_assert_nonnull (integration);
  hub_draft_remove_condition (draft, 0);
  g_autofree char *text = hub_draft_to_text (draft);
  g_assert_null (strstr (text, "filter"));
}

static void test_every_kind_of_step_can_be_made (void) {
  g_autoptr (HubDraft) draft = finished_draft ();
  guint step = 0;
  for (const HubStepKind *kind = hub_step_kinds (); kind->op; kind++, step++) {
    hub_draft_add_step (draft, 0, kind->op);
    g_assert_cmpstr (hub_draft_get_step_op (draft, 0, step), ==, kind->op);
    g_assert_cmpint (strlen (kind->label), >, 0);
    for (const HubStepParam *param = kind->params; param->name; param++) {
      const char *text = param->kind == HUB_PARAM_NUMBER        ? "2"
                         : param->kind == HUB_PARAM_TABLE       ? "a=b\n"
                         : g_str_equal (param->name, "decimal") ? ","
                         : g_str_equal (param->name, "country") ? "FR"
                         : g_str_equal (param->name, "zone")    ? "Europe/Paris"
                                                                : "x";
      g_autofree char *initial = hub_draft_dup_step_param (draft, 0, step, param->name);
      g_assert_cmpstr (initial, ==, param->initial);
      hub_draft_set_step_param (draft, 0, step, param->name, text);
      g_autofree char *now = hub_draft_dup_step_param (draft, 0, step, param->name);
      g_assert_cmpstr (now, ==, text);
    }
  }
  g_assert_cmpuint (step, ==, 18); /* the contract's */
  g_autoptr (GError) error = NULL;
  g_autoptr (HubIntegration) integration = hub_draft_build (draft, &error);
  g_assert_no_error (error);
  g_assert_nonnull (integration);
  hub_draft_set_step_param (draft, 0, 6, "length", NULL);
  g_autofree char *length = hub_draft_dup_step_param (draft, 0, 6, "length");
  g_assert_null (length);
}

static GPtrArray *make_sources (void) {
  GPtrArray *sources = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  g_ptr_array_add (sources, make_field ("first_name", HUB_TYPE_TEXT, "marie"));
  g_ptr_array_add (sources, make_field ("last_name", HUB_TYPE_TEXT, "Curie"));
  g_ptr_array_add (sources, make_field ("created", HUB_TYPE_DATETIME, "2026-11-22T23:30:00Z"));
  g_ptr_array_add (sources, make_field ("price", HUB_TYPE_DECIMAL, "1 234,56"));
  g_ptr_array_add (sources, make_field ("nothing", HUB_TYPE_TEXT, NULL));
  g_ptr_array_add (sources, make_field ("id", HUB_TYPE_INTEGER, "7"));
  return sources;
}

static void test_a_rule_is_tried_on_the_examples (void) {
  const struct {
    HubRuleKind kind;
    const char *source, *op, *param, *text, *shown; /* NULL: an error */
  } cases[] = {
    { HUB_RULE_FROM, "first_name", NULL, NULL, NULL, "marie" },
    { HUB_RULE_FROM, "first_name", "title", NULL, NULL, "Marie" },
    { HUB_RULE_TEMPLATE, "{last_name} {first_name}", "upper", NULL, NULL, "CURIE MARIE" },
    { HUB_RULE_VALUE, "x", NULL, NULL, NULL, "x" },
    { HUB_RULE_FROM, "created", "date", "zone", "Europe/Paris", "23/11/2026" },
    { HUB_RULE_FROM, "price", "number", NULL, NULL, "1234.56" },
    { HUB_RULE_FROM, "price", "multiply", "by", "0,1", "123.456" },
    { HUB_RULE_FROM, "first_name", "lookup", "table", "marie = M\npaul=P\nnonsense", "M" },
    { HUB_RULE_FROM, "first_name", "number", NULL, NULL, NULL },
    { HUB_RULE_FROM, "nothing", "upper", NULL, NULL, "" },
    { HUB_RULE_FROM, "unknown", NULL, NULL, NULL, "" },
    { HUB_RULE_TEMPLATE, "{first_name", NULL, NULL, NULL, NULL },
  };
  g_autoptr (GPtrArray) sources = make_sources ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubDraft) draft = hub_draft_new ();
    g_autoptr (GError) error = NULL;
    hub_draft_set_rule (draft, "Cible", cases[i].kind, cases[i].source);
    if (cases[i].op)
      hub_draft_add_step (draft, 0, cases[i].op);
    if (cases[i].param)
      hub_draft_set_step_param (draft, 0, 0, cases[i].param, cases[i].text);
    g_autofree char *shown = hub_draft_try_rule (draft, 0, sources, &error);
    g_test_message ("%s: %s", cases[i].source, error ? error->message : shown);
    g_assert_cmpstr (shown, ==, cases[i].shown);
    g_assert_true ((error != NULL) == (cases[i].shown == NULL));
  }
}

static void test_matching_is_one_step_and_touches_nothing_else (void) {
  g_autoptr (HubDraft) draft = hub_draft_new ();
  g_autoptr (GPtrArray) sources = make_sources ();
  g_autoptr (GPtrArray) destinations = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  const char *names[] = { "ID", "Nom", "Prénom", "Créé", "Zut" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (destinations, make_field (names[i], HUB_TYPE_TEXT, NULL));
  ((HubField *) destinations->pdata[3])->read_only = TRUE;
  hub_draft_set_rule (draft, "Nom", HUB_RULE_VALUE, "x");
  hub_draft_set_rule (draft, "Code", HUB_RULE_FROM, "id"); /* taken: not linked to ID again */
  guint changes = 0;
  g_signal_connect (draft, "changed", G_CALLBACK (count), &changes);
  g_assert_cmpuint (hub_draft_match (draft, sources, destinations), ==, 1);
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 3);
  HubRuleKind kind;
  g_autofree char *kept = hub_draft_dup_rule_source (draft, hub_draft_find_rule (draft, "Nom"), &kind);
  g_autofree char *linked = hub_draft_dup_rule_source (draft, hub_draft_find_rule (draft, "Prénom"), &kind);
  g_assert_cmpstr (kept, ==, "x");
  g_assert_cmpstr (linked, ==, "first_name");
  g_assert_cmpuint (hub_draft_match (draft, sources, destinations), ==, 0);
  g_assert_cmpuint (changes, ==, 1);
  hub_draft_undo (draft);
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 2);
}

static void test_what_is_no_draft_is_an_error (void) {
  const char *texts[] = { "", "[]", "{", "7" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_draft_new_from_text (texts[i], &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  }
}

static void test_an_empty_destination_takes_all_fields (void) {
  g_autoptr (HubDraft) draft = hub_draft_new ();
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  g_ptr_array_add (sources, hub_field_new ("id", "ID", HUB_TYPE_TEXT));
  g_ptr_array_add (sources, hub_field_new ("name", "Name", HUB_TYPE_TEXT));
  g_ptr_array_add (sources, hub_field_new ("billing.name", "Name", HUB_TYPE_TEXT)); /* the same label */
  g_assert_cmpuint (hub_draft_take_all (draft, sources), ==, 3);
  g_assert_cmpstr (hub_draft_get_rule_target (draft, 0), ==, "ID");
  g_assert_cmpstr (hub_draft_get_rule_target (draft, 1), ==, "Name");
  g_assert_cmpstr (hub_draft_get_rule_target (draft, 2), ==, "billing.name");
  hub_draft_undo (draft);
  g_assert_cmpuint (hub_draft_get_n_rules (draft), ==, 0);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft/definition", test_a_definition_reads_and_builds_back);
  g_test_add_func ("/draft/missing", test_what_is_missing_is_said_in_order);
  g_test_add_func ("/draft/errors", test_errors_name_the_field_and_the_step);
  g_test_add_func ("/draft/undo", test_every_change_is_one_step_back);
  g_test_add_func ("/draft/typing", test_typing_is_one_step_and_nothing_new_is_none);
  g_test_add_func ("/draft/hundred", test_a_hundred_steps_are_kept);
  g_test_add_func ("/draft/quick", test_five_hundred_rules_stay_quick);
  g_test_add_func ("/draft/endpoint", test_another_object_drops_the_options);
  g_test_add_func ("/draft/rules", test_rules_keep_their_steps_and_the_key_follows);
  g_test_add_func ("/draft/blank", test_blank_and_default_go_together);
  g_test_add_func ("/draft/conditions", test_conditions_change_with_their_own_texts);
  g_test_add_func ("/draft/steps", test_every_kind_of_step_can_be_made);
  g_test_add_func ("/draft/try", test_a_rule_is_tried_on_the_examples);
  g_test_add_func ("/draft/match", test_matching_is_one_step_and_touches_nothing_else);
  g_test_add_func ("/draft/refused", test_what_is_no_draft_is_an_error);
  g_test_add_func ("/draft/an-empty-destination-takes-all-fields",
                   test_an_empty_destination_takes_all_fields);
  return g_test_run ();
}
