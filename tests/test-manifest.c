/* test-manifest.c: the built-in manifests load; a wrong one is refused with its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "error.h"
#include "manifest.h"

/* They pass the schema that the users' own are checked by: there is no other way in. */
static void test_built_in_connectors_load (void) {
  static const char *const ids[] = { "stripe", "google-sheets", "mailchimp", "hubspot", "brevo", "csv" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = hub_manifest_list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpstr (((HubManifest *) all->pdata[i])->id, ==, ids[i]);
}

static void test_stripe_has_the_objects_promised (void) {
  const char *objects[] = { "payment_intents",  "charges", "customers", "invoices",
                            "subscriptions",    "payouts", "refunds",   "balance_transactions",
                            "checkout_sessions" };
  g_autoptr (GError) error = NULL;
  const HubManifest *stripe = hub_manifest_get ("stripe", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
    const HubManifestObject *object = hub_manifest_object (stripe, objects[i], &error);
    g_assert_no_error (error);
    g_assert_true (object->readable);
    g_assert_cmpstr (object->key, ==, "id");
  }
  const HubManifestObject *payments = hub_manifest_object (stripe, "payment_intents", NULL);
  const HubManifestField *amount = hub_manifest_field (payments, "amount");
  g_assert_cmpint (amount->field.type, ==, HUB_TYPE_MONEY);
  g_assert_cmpint (amount->format, ==, HUB_FORMAT_MINOR_UNITS);
  g_assert_null (hub_manifest_field (payments, "nonsense"));
}

static void test_unknown_names_tell_what_there_is (void) {
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_manifest_get ("strip", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "stripe"));
  g_clear_error (&error);
  g_assert_null (hub_manifest_object (hub_manifest_get ("stripe", NULL), "payments", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "payment_intents"));
}

#define HEAD "\"id\":\"x\",\"name\":\"X\",\"base_url\":\"https://x.example\",\"auth\":{\"kind\":\"none\"}"
#define OBJECT(members) "{" HEAD ",\"objects\":[{\"id\":\"o\",\"label\":\"O\"," members "}]}"

#define AUTH(members)                                                                                        \
  "{\"id\":\"x\",\"name\":\"X\",\"base_url\":\"https://x.example\",\"auth\":{" members "},\"objects\":[]}"
#define KEY "\"fields\":[{\"id\":\"k\",\"label\":\"K\"}]"
#define READ(members) OBJECT ("\"read\":{" members "}")
#define LIST "\"path\":\"/o\",\"records\":\"data\""

static void test_mistakes_are_refused_with_their_place (void) {
  const struct {
    const char *text, *hint;
  } cases[] = {
    { "", "x.json" },
    { "[]", "x.json" },
    { "{}", "id" },
    { "{" HEAD "}", "objects" },
    { "{" HEAD ",\"objcts\":[],\"objects\":[]}", "objects" },
    { "{\"id\":\"x\",\"name\":\"X\",\"auth\":{\"kind\":\"none\"},\"objects\":[]}", "base_url" },
    { "{\"id\":\"x\",\"name\":\"X\",\"base_url\":\"https://"
      "x.example\",\"auth\":{\"kind\":\"magic\"},\"objects\":[]}",
      "bearer" },
    { "{" HEAD ",\"build\":\"perl\",\"objects\":[]}", "google-sheets" },
    { "{" HEAD ",\"headers\":{\"A\":1},\"objects\":[]}", "headers" },
    { "{" HEAD ",\"minor_units\":{\"ISK\":\"2\"},\"objects\":[]}", "minor_units" },
    { "{" HEAD ",\"verify\":{\"path\":[]},\"objects\":[]}", "paths" },
    { "{" HEAD ",\"verify\":{\"paths\":[1]},\"objects\":[]}", "paths" },
    { "{" HEAD ",\"objects\":[1]}", "objects[0]" },
    { OBJECT ("\"reed\":{}"), "read" },
    { OBJECT ("\"read\":{\"pth\":\"/o\"}"), "path" },
    { OBJECT ("\"fields\":[{\"path\":\"a\"}]"), "label" },
    { OBJECT ("\"fields\":[{\"path\":\"a\",\"label\":\"A\",\"type\":\"number\"}]"), "number" },
    { OBJECT ("\"fields\":[{\"path\":\"a\",\"label\":\"A\",\"format\":\"minor_units\"}]"), "currency" },
    { OBJECT ("\"fields\":[{\"path\":\"a\",\"label\":\"A\",\"unique\":1}]"), "unique" },
    { OBJECT ("\"options\":[{\"id\":\"a\",\"label\":\"A\",\"requird\":true}]"), "required" },
    { AUTH ("\"kind\":\"bearer\""), "auth: “fields” is missing" },
    { AUTH ("\"kind\":\"header\"," KEY), "auth: “header” is missing" },
    { AUTH ("\"kind\":\"google\"," KEY), "google-sheets" },
    { AUTH ("\"kind\":\"basic\",\"fields\":[{\"id\":\"k\",\"label\":\"K\",\"derive\":{\"dc\":\"(\"}}]"),
      "“dc” is no regular expression" },
    { READ (""), "objects[0].read: “path” is missing" },
    { READ ("\"path\":\"/o\""), "objects[0].read: “records” is missing" },
    { READ (LIST ",\"page_param\":\"after\""), "objects[0].read: “more” is missing" },
    { READ (LIST ",\"page\":\"token\",\"page_param\":\"after\""), "objects[0].read: “next” is missing" },
    { READ (LIST ",\"page\":\"number\""), "objects[0].read: “page_param” is missing" },
    { READ (LIST ",\"page\":\"pages\""), "last_id, token, offset, number, link" },
    { READ (LIST ",\"one\":\"{path}/{kay}\""), "did you mean “key”?" },
    { READ (LIST ",\"query\":{\"q\":\"{find}\"}"), "objects[0].read.query: “q” has the placeholder {find}" },
    { READ ("\"path\":\"/{path}\",\"records\":\"\""), "{path}" },
    { READ (LIST ",\"changes\":{\"strategy\":\"since\"}"), "objects[0].read.changes: “param” is missing" },
    { READ (LIST "},\"write\":{\"create\":\"POST /o\",\"update\":\"PUT /o/{id}\""),
      "objects[0]: “key” is missing" },
    { READ (LIST "},\"key\":\"id\",\"write\":{\"create\":\"POST /o\""),
      "objects[0].write: “update” is missing" },
    { READ (LIST "},\"key\":\"id\",\"write\":{\"create\":\"/o\""), "must look like “POST" },
    { READ (LIST
            "},\"key\":\"id\",\"write\":{\"find\":\"{id}\",\"create\":\"POST /o\",\"update\":\"PUT /o\""),
      "{id}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (hub_manifest_parse (cases[i].text, strlen (cases[i].text), "x.json", &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, "x.json"));
    g_assert_nonnull (strstr (error->message, cases[i].hint));
  }
}

static void test_a_file_in_the_data_folder_is_a_connector (void) {
  const char *text = OBJECT ("\"key\":\"id\",\"read\":{\"path\":\"/o\",\"records\":\"data\"}");
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "integration-hub", "connectors", NULL);
  g_autofree char *file = g_build_filename (folder, "x.json", NULL);
  g_autofree char *other = g_build_filename (folder, "y.json", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_assert_true (g_file_set_contents (other, text, -1, NULL));
  const HubManifest *manifest = hub_manifest_get ("x", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (manifest->name, ==, "X");
  g_assert_null (hub_manifest_get ("y", &error)); /* its id says x */
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "y.json"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (other,
                                      "{\"id\":\"y\",\"name\":\"Y\",\"base_url\":\"http://"
                                      "y.example\",\"auth\":{\"kind\":\"none\"},\"objects\":[]}",
                                      -1, NULL));
  g_assert_null (hub_manifest_get ("y", &error)); /* no key goes there */
  g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "y.json, line 1: “base_url”: "));
  g_clear_error (&error);
  g_remove (other);
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_null (hub_manifest_get ("y", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
  g_remove (file);
  g_remove (other);
}

/* No connector can be called so, and no sentence can name it. */
static void test_a_file_whose_name_is_no_text_is_none (void) {
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "integration-hub", "connectors", NULL);
  g_autofree char *file = g_build_filename (folder, "caf\xe9.json", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "{}", -1, NULL));
  g_auto (GStrv) ids = hub_manifest_list_ids (NULL);
  g_remove (file);
  for (guint i = 0; ids[i]; i++)
    g_assert_true (g_utf8_validate (ids[i], -1, NULL));
}

int main (int argc, char **argv) {
  g_autofree char *folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/built-in", test_built_in_connectors_load);
  g_test_add_func ("/manifest/stripe", test_stripe_has_the_objects_promised);
  g_test_add_func ("/manifest/unknown", test_unknown_names_tell_what_there_is);
  g_test_add_func ("/manifest/refused", test_mistakes_are_refused_with_their_place);
  g_test_add_func ("/manifest/own", test_a_file_in_the_data_folder_is_a_connector);
  g_test_add_func ("/manifest/no-text", test_a_file_whose_name_is_no_text_is_none);
  int status = g_test_run ();
  const char *folders[] = { "integration-hub/connectors", "integration-hub", "" };
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (folder, folders[i], NULL);
    g_rmdir (path);
  }
  return status;
}
