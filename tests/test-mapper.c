/* test-mapper.c: the mapper's links, words and proposals, without a display.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapper-links.h"

static void test_cut (void) {
  static const struct {
    double from, to;
    gboolean shown, faded;
    double cut_from, cut_to;
  } cases[] = {
    { 20, 80, TRUE, FALSE, 20, 80 },    { 10, 100, TRUE, FALSE, 10, 100 }, { -500, 50, TRUE, TRUE, 10, 50 },
    { 50, 9000, TRUE, TRUE, 50, 100 },  { -500, -400, FALSE, TRUE, 0, 0 }, { 300, 400, FALSE, TRUE, 0, 0 },
    { -5000, 5000, FALSE, TRUE, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    double from = cases[i].from, to = cases[i].to;
    gboolean faded, shown = hub_link_cut (&from, &to, 10, 100, &faded);

    g_test_message ("case %u", i);
    g_assert_cmpint (shown, ==, cases[i].shown);
    g_assert_cmpint (faded, ==, cases[i].faded);
    if (shown) {
      g_assert_cmpfloat (from, ==, cases[i].cut_from);
      g_assert_cmpfloat (to, ==, cases[i].cut_to);
    }
  }
}

static void test_distance (void) {
  g_assert_cmpfloat_with_epsilon (hub_link_distance (20, 80, 100, 0, 20), 0, 0.001);
  g_assert_cmpfloat_with_epsilon (hub_link_distance (20, 80, 100, 100, 80), 0, 0.001);
  g_assert_cmpfloat_with_epsilon (hub_link_distance (20, 80, 100, 50, 50), 0, 0.001);
  g_assert_cmpfloat_with_epsilon (hub_link_distance (20, 20, 100, 50, 27), 7, 0.1);
  /* level at its ends: a straight line would be 15 away here */
  g_assert_cmpfloat (hub_link_distance (0, 200, 100, 10, 2), <, 3);
  g_assert_cmpfloat (hub_link_distance (0, 200, 100, 90, 10), >, 30);
}

static HubField *add_field (GPtrArray *fields, const char *name, HubType type) {
  HubField *field = hub_field_new (name, name, type);

  g_ptr_array_add (fields, field);
  return field;
}

static GPtrArray *new_fields (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
}

static void test_summary (void) {
  static const struct {
    guint filled, fields, missing, broken;
    const char *words;
  } cases[] = {
    { 0, 0, 0, 0, "0 of 0 fields filled" },
    { 1, 1, 0, 0, "1 of 1 field filled" },
    { 7, 12, 1, 0, "7 of 12 fields filled · 1 required field is empty" },
    { 7, 12, 2, 1, "7 of 12 fields filled · 2 required fields are empty · 1 broken link" },
    { 7, 12, 0, 3, "7 of 12 fields filled · 3 broken links" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words =
        hub_rules_summary (cases[i].filled, cases[i].fields, cases[i].missing, cases[i].broken);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void test_template_fields (void) {
  static const struct {
    const char *template, *names;
  } cases[] = {
    { "", "" },   { "plain", "" }, { "{a} {b.c}", "a|b.c" }, { "{{a}} {b}", "b" }, { "{{{a}}}", "a" },
    { "{a", "" }, { "a}", "" },    { "{a}{a}", "a|a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubDraft) draft = hub_draft_new ();
    hub_draft_set_rule (draft, "T", HUB_RULE_TEMPLATE, cases[i].template);
    g_autoptr (GPtrArray) names = hub_rule_dup_sources (draft, 0);
    g_ptr_array_add (names, NULL);
    g_autofree char *joined = g_strjoinv ("|", (char **) names->pdata);
    g_assert_cmpstr (joined, ==, cases[i].names);
  }
}

static void test_broken_source (void) {
  g_autoptr (GPtrArray) sources = new_fields (), destinations = new_fields ();
  g_autoptr (HubDraft) draft = hub_draft_new ();
  HubRuleCheck check;
  HubRuleKind kind;

  add_field (sources, "customer_email", HUB_TYPE_EMAIL);
  add_field (sources, "amount", HUB_TYPE_INTEGER);
  add_field (destinations, "Total", HUB_TYPE_INTEGER);
  hub_draft_set_rule (draft, "Total", HUB_RULE_TEMPLATE, "{amout} {customer_email} {amout}");
  g_autofree char *words = hub_rule_check (draft, 0, sources, destinations, FALSE, &check);
  g_assert_cmpint (check.state, ==, HUB_RULE_BROKEN);
  g_assert_cmpstr (words, ==, "The source has no field “amout” any more.");
  const HubField *successor = hub_rule_successor (&check, sources, destinations);
  g_assert_nonnull (successor);
  g_assert_cmpstr (successor->name, ==, "amount");
  hub_rule_mend (draft, 0, &check, successor);
  g_autofree char *source = hub_draft_dup_rule_source (draft, 0, &kind);
  g_assert_cmpstr (source, ==, "{amount} {customer_email} {amount}");
  g_assert_cmpint (kind, ==, HUB_RULE_TEMPLATE);
  g_assert_null (hub_rule_check (draft, 0, sources, destinations, FALSE, &check));
  g_assert_cmpint (check.state, ==, HUB_RULE_FINE);
}

/* A column that a destination doesn't have is new where it may be, and broken elsewhere. */
static void test_broken_destination (void) {
  g_autoptr (GPtrArray) sources = new_fields (), destinations = new_fields ();
  g_autoptr (HubDraft) draft = hub_draft_new ();
  HubRuleCheck check;

  add_field (sources, "amount", HUB_TYPE_INTEGER);
  add_field (destinations, "Montant total", HUB_TYPE_INTEGER);
  hub_draft_set_rule (draft, "Montant", HUB_RULE_FROM, "amount");
  g_assert_null (hub_rule_check (draft, 0, sources, destinations, TRUE, &check));
  g_assert_cmpint (check.state, ==, HUB_RULE_FINE);
  g_autofree char *words = hub_rule_check (draft, 0, sources, destinations, FALSE, &check);
  g_assert_cmpint (check.state, ==, HUB_RULE_BROKEN);
  g_assert_true (check.destination);
  hub_rule_mend (draft, 0, &check, hub_rule_successor (&check, sources, destinations));
  g_assert_cmpstr (hub_draft_get_rule_target (draft, 0), ==, "Montant total");
}

static void test_advice (void) {
  g_autoptr (GPtrArray) sources = new_fields (), destinations = new_fields ();
  g_autoptr (HubDraft) draft = hub_draft_new ();
  HubRuleCheck check;

  add_field (sources, "created", HUB_TYPE_DATETIME)->example = g_strdup ("2026-11-22T09:30:00Z");
  add_field (destinations, "Day", HUB_TYPE_DATE);
  hub_draft_set_rule (draft, "Day", HUB_RULE_FROM, "created");
  g_autofree char *words = hub_rule_check (draft, 0, sources, destinations, FALSE, &check);
  g_assert_cmpint (check.state, ==, HUB_RULE_ADVICE);
  g_assert_cmpstr (check.op, ==, "date");
  hub_rule_mend (draft, 0, &check, NULL);
  g_assert_cmpuint (hub_draft_get_n_steps (draft, 0), ==, 1);
  g_assert_null (hub_rule_check (draft, 0, sources, destinations, FALSE, &check));
}

/* What a cell holds says little about what it takes: only a step that would help is worth a word. */
static void test_advice_for_cells (void) {
  static const struct {
    HubType from, to;
    const char *example, *op;
  } cases[] = {
    { HUB_TYPE_TEXT, HUB_TYPE_DECIMAL, "19.5", "number" },
    { HUB_TYPE_DATE, HUB_TYPE_TEXT, "le 2 mai", "date" },
    { HUB_TYPE_DATE, HUB_TYPE_TEXT, NULL, NULL },
    { HUB_TYPE_DATE, HUB_TYPE_DECIMAL, "45932", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) sources = new_fields (), destinations = new_fields ();
    g_autoptr (HubDraft) draft = hub_draft_new ();
    HubRuleCheck check;

    add_field (sources, "a", cases[i].from);
    add_field (destinations, "A", cases[i].to)->example = g_strdup (cases[i].example);
    hub_draft_set_rule (draft, "A", HUB_RULE_FROM, "a");
    g_autofree char *words = hub_rule_check (draft, 0, sources, destinations, TRUE, &check);
    g_assert_cmpint (check.state, ==, cases[i].op ? HUB_RULE_ADVICE : HUB_RULE_FINE);
    g_assert_cmpstr (check.op, ==, cases[i].op);
  }
}

static void test_item (void) {
  g_autoptr (HubField) field = hub_field_new ("billing.amount_paid", "Montant payé", HUB_TYPE_MONEY);
  field->example = g_strdup ("19.99");
  field->required = TRUE;
  g_autoptr (HubFieldItem) source = hub_field_item_new (HUB_SIDE_SOURCE, field);
  g_autoptr (HubFieldItem) destination = hub_field_item_new (HUB_SIDE_DESTINATION, field);
  static const char *const found[] = { "", "mon", "paye", "billing", "AMOUNT", "money", "montant pay" };
  static const char *const not_found[] = { "date", "montant date" };

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    g_assert_true (hub_field_item_matches (source, found[i]));
  for (guint i = 0; i < G_N_ELEMENTS (not_found); i++)
    g_assert_false (hub_field_item_matches (source, not_found[i]));
  g_autofree char *alone = hub_field_item_describe (source);
  g_assert_cmpstr (alone, ==, "Montant payé, money, example 19.99, not linked");
  g_autofree char *missing = hub_field_item_describe (destination);
  g_assert_cmpstr (missing, ==, "Montant payé, money, example 19.99, not filled, Required");
  source->partner = g_strdup ("Total");
  source->picked = TRUE;
  g_autofree char *linked = hub_field_item_describe (source);
  g_assert_cmpstr (linked, ==, "Montant payé, money, example 19.99, linked to Total, Picked up");
  destination->partner = g_strdup ("Amount");
  destination->state = HUB_RULE_BROKEN;
  g_autofree char *broken = hub_field_item_describe (destination);
  g_assert_cmpstr (broken, ==, "Montant payé, money, example 19.99, filled from Amount, Broken");
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mapper/links/cut", test_cut);
  g_test_add_func ("/mapper/links/distance", test_distance);
  g_test_add_func ("/mapper/summary", test_summary);
  g_test_add_func ("/mapper/template-fields", test_template_fields);
  g_test_add_func ("/mapper/broken-source", test_broken_source);
  g_test_add_func ("/mapper/broken-destination", test_broken_destination);
  g_test_add_func ("/mapper/advice", test_advice);
  g_test_add_func ("/mapper/advice-for-cells", test_advice_for_cells);
  g_test_add_func ("/mapper/item", test_item);
  return g_test_run ();
}
