/* test-match.c: fields find each other by name, by value and by type, in French and in English.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "match.h"

static HubField *make_field (const char *name, const char *label, const char *type, const char *example) {
  HubType parsed = HUB_TYPE_TEXT;
  g_assert_true (hub_type_from_name (type, &parsed));
  HubField *field = hub_field_new (name, label, parsed);
  g_free (field->example);
  field->example = g_strdup (example);
  return field;
}

static GPtrArray *fields_new (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
}

/* Fields out of their names, with commas between; "name=example" gives an example. */
static GPtrArray *make_fields (const char *names) {
  GPtrArray *fields = fields_new ();
  g_auto (GStrv) list = g_strsplit (names, ",", -1);
  for (guint i = 0; list[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (list[i], "=", 2);
    g_ptr_array_add (fields, make_field (parts[0], parts[0], "text", parts[1]));
  }
  return fields;
}

static void test_names_find_each_other (void) {
  const struct {
    const char *sources, *destinations, *links; /* for each destination a source's name, or - */
  } cases[] = {
    { "id,amount,created", "ID,Montant,Date", "id,amount,created" },
    { "email", "Courriel", "email" },
    { "e-mail", "EMAIL", "e-mail" },
    { "mail", "Adresse e-mail", "mail" },
    { "first_name,last_name", "Nom,Prénom", "last_name,first_name" },
    { "firstName,lastName", "NOM,PRENOM", "lastName,firstName" },
    { "FNAME,LNAME,PHONE", "Téléphone,Nom,Prénom", "PHONE,LNAME,FNAME" },
    { "name", "Nom complet", "name" },
    { "address.line1,address.postal_code,address.city,address.country", "Pays,Ville,Code postal,Adresse",
      "address.country,address.city,address.postal_code,address.line1" },
    { "billing_details.name,billing_details.email", "Courriel,Nom",
      "billing_details.email,billing_details.name" },
    { "société,statut,devise,montant", "Currency,Status,Company,Total", "devise,statut,société,montant" },
    { "createdAt", "Créé", "createdAt" },
    { "receipt_email", "E-mail", "receipt_email" },
    { "Référence", "id", "Référence" },
    { "payment_amount", "Montant paiement", "payment_amount" },
    { "emails", "email", "emails" },
    /* the nearer one wins, wherever it stands */
    { "customer.email,email", "Email", "email" },
    { "total,amount", "Amount", "amount" },
    { "customer_id,id", "Id", "id" },
    /* each source once */
    { "email", "Email,Courriel", "email,-" },
    /* what only looks alike stays apart */
    { "address_line_1", "address_line_2", "-" },
    { "billing_city", "billing_country", "-" },
    { "customer_id", "invoice_id", "-" },
    { "date_de_naissance", "Date de création", "-" },
    { "customer_phone", "customer_email", "-" },
    { "id", "Customer id", "-" },
    { "name", "Company name", "-" },
    { "", "Nom", "-" },
    { "...", "???", "-" },
    { "prénom", "nom", "-" },
    /* then by what they hold */
    { "a=Dupont,b=marie@exemple.fr", "c=marie@exemple.fr,d=DUPONT ", "b,a" },
    { "a=ok", "b=ok", "-" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) sources = make_fields (cases[i].sources);
    g_autoptr (GPtrArray) destinations = make_fields (cases[i].destinations);
    g_autoptr (GArray) match = hub_match_fields (sources, destinations);
    g_autoptr (GString) links = g_string_new (NULL);
    g_assert_cmpuint (match->len, ==, destinations->len);
    for (guint j = 0; j < match->len; j++) {
      int source = g_array_index (match, int, j);
      g_assert_cmpint (source, <, (int) sources->len);
      g_string_append_printf (links, "%s%s", j ? "," : "",
                              source < 0 ? "-" : ((HubField *) sources->pdata[source])->name);
    }
    g_test_message ("%s → %s", cases[i].sources, cases[i].destinations);
    g_assert_cmpstr (links->str, ==, cases[i].links);
  }
}

static void test_labels_count_as_names (void) {
  g_autoptr (GPtrArray) sources = fields_new (), destinations = fields_new ();
  g_ptr_array_add (sources, make_field ("cf_1", "Numéro de TVA", "text", NULL));
  g_ptr_array_add (sources, make_field ("cf_2", "Langue", "text", NULL));
  g_ptr_array_add (destinations, make_field ("lang", "Language", "text", NULL));
  g_ptr_array_add (destinations, make_field ("x", "TVA numéro", "text", NULL));
  g_autoptr (GArray) match = hub_match_fields (sources, destinations);
  g_assert_cmpint (g_array_index (match, int, 0), ==, 1);
  g_assert_cmpint (g_array_index (match, int, 1), ==, 0);
}

static void test_type_and_example_settle_a_draw (void) {
  g_autoptr (GPtrArray) sources = fields_new (), destinations = fields_new ();
  g_ptr_array_add (sources, make_field ("x.date", "x.date", "text", NULL));
  g_ptr_array_add (sources, make_field ("y.date", "y.date", "date", NULL));
  g_ptr_array_add (sources, make_field ("x.city", "x.city", "text", "Lyon"));
  g_ptr_array_add (sources, make_field ("y.city", "y.city", "text", "Paris"));
  g_ptr_array_add (sources, make_field ("contact", "contact", "email", NULL));
  g_ptr_array_add (destinations, make_field ("Date", "Date", "date", NULL));
  g_ptr_array_add (destinations, make_field ("Ville", "Ville", "text", "Paris"));
  g_ptr_array_add (destinations, make_field ("À", "À", "email", NULL));
  g_autoptr (GArray) match = hub_match_fields (sources, destinations);
  g_assert_cmpint (g_array_index (match, int, 0), ==, 1);
  g_assert_cmpint (g_array_index (match, int, 1), ==, 3);
  g_assert_cmpint (g_array_index (match, int, 2), ==, 4);
}

static void test_five_hundred_fields_are_quick (void) {
  const char *const patterns[] = { "custom_field_%u", "billing_details.address.line%u",
                                   "email customer %u of" };
  for (guint p = 0; p < G_N_ELEMENTS (patterns); p++) {
    g_autoptr (GPtrArray) sources = fields_new (), destinations = fields_new ();
    for (guint i = 0; i < 500; i++) {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autoptr (GString) name = g_string_new (patterns[p]);
      g_string_replace (name, "%u", number, 0);
      g_ptr_array_add (sources, make_field (name->str, name->str, "text", number));
      g_ptr_array_insert (destinations, 0, make_field (name->str, name->str, "text", number));
    }
    g_test_timer_start ();
    g_autoptr (GArray) match = hub_match_fields (sources, destinations);
    g_test_message ("%s: %.1f ms", patterns[p], g_test_timer_elapsed () * 1000);
    g_assert_cmpfloat (g_test_timer_last (), <, 1.0); /* 50 ms on a quiet machine */
    for (guint i = 0; i < 500; i++)
      g_assert_cmpint (g_array_index (match, int, i), ==, 499 - (int) i);
  }
}

static void test_a_renamed_field_is_found_again (void) {
  const struct {
    const char *name, *example, *fields, *successor;
  } cases[] = {
    { "Mail", NULL, "Nom,Courriel,Ville", "Courriel" },
    { "Client", NULL, "Ville,Nom du client", "Nom du client" },
    { "Montnat", NULL, "Nom,Montant", "Montant" },
    { "Colonne A", "marie@exemple.fr", "Ville,Colonne B=marie@exemple.fr", "Colonne B" },
    { "Colonne A", "marie@exemple.fr", "Email=paul@exemple.fr,Contact=Marie@exemple.fr", "Contact" },
    { "Zut", NULL, "Nom,Montant", NULL },
    { "Montant", NULL, "", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) fields = make_fields (cases[i].fields);
    const HubField *successor = hub_match_successor (cases[i].name, cases[i].example, fields);
    g_assert_cmpstr (successor ? successor->name : NULL, ==, cases[i].successor);
  }
}

static void test_types_that_differ_are_explained (void) {
  const struct {
    const char *from, *example, *to, *name;
    gboolean fits;
    const char *op;
  } cases[] = {
    { "text", NULL, "text", "Nom", TRUE, NULL },
    { "text", NULL, "email", "E-mail", TRUE, NULL },
    { "integer", NULL, "text", "Nom", TRUE, NULL },
    { "money", "12.50", "text", "Montant", TRUE, NULL },
    { "boolean", NULL, "text", "Actif", TRUE, NULL },
    { "integer", NULL, "decimal", "Prix", TRUE, NULL },
    { "date", NULL, "datetime", "Date", TRUE, NULL },
    { "date", "2026-11-22", "text", "Date", FALSE, "date" },
    { "datetime", "2026-11-22T09:30:00Z", "text", "Date", FALSE, "date" },
    { "datetime", NULL, "date", "Date", FALSE, "date" },
    { "date", "22/11/2026", "date", "Date", FALSE, "date" }, /* a text that looks like a date */
    { "date", "22/11/2026", "text", "Date", TRUE, NULL },
    { "text", NULL, "date", "Date", FALSE, "date" },
    { "integer", "1700000000", "datetime", "Date", FALSE, "date" },
    { "text", NULL, "decimal", "Prix", FALSE, "number" },
    { "decimal", "1 234,56", "decimal", "Prix", FALSE, "number" },
    { "decimal", "1234.56", "integer", "Prix", FALSE, "round" },
    { "text", NULL, "boolean", "Actif", FALSE, "boolean" },
    { "list", NULL, "text", "Étiquettes", FALSE, "join" },
    { "text", NULL, "list", "Étiquettes", FALSE, "split" },
    { "boolean", NULL, "date", "Date", FALSE, NULL },
    { "text", "06 12 34 56 78", "text", "Téléphone", FALSE, "phone" },
    { "text", "+33612345678", "text", "Téléphone", TRUE, NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HubField) source = make_field ("source", "source", cases[i].from, cases[i].example);
    g_autoptr (HubField) destination = make_field (cases[i].name, cases[i].name, cases[i].to, NULL);
    const char *op = "unset";
    g_autofree char *sentence = hub_match_advice (source, destination, &op);
    g_test_message ("%s → %s: %s", cases[i].from, cases[i].to, sentence);
    g_assert_true ((sentence == NULL) == cases[i].fits);
    g_assert_cmpstr (op, ==, cases[i].op);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/names", test_names_find_each_other);
  g_test_add_func ("/match/labels", test_labels_count_as_names);
  g_test_add_func ("/match/draw", test_type_and_example_settle_a_draw);
  g_test_add_func ("/match/quick", test_five_hundred_fields_are_quick);
  g_test_add_func ("/match/renamed", test_a_renamed_field_is_found_again);
  g_test_add_func ("/match/advice", test_types_that_differ_are_explained);
  return g_test_run ();
}
