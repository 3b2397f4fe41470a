/* test-own-api.c: a user's own manifest is tried, installed, replaced and removed; nothing wrong gets in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "error.h"
#include "own-api.h"

#define MANIFEST(id, name)                                                                                   \
  "{\n\"id\": \"" id "\",\n\"name\": \"" name "\",\n\"base_url\": \"https://shop.example/api\",\n"           \
  "\"auth\": {\"kind\": \"none\"},\n\"objects\": [{\"id\": \"orders\", \"label\": \"Orders\",\n"             \
  "\"read\": {\"path\": \"/orders\", \"records\": \"\"}}]\n}\n"

static char *folder;

/* A file with @text, outside the data folder. (transfer full) */
static char *write_file (const char *name, const char *text) {
  char *file = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  return file;
}

static void install (const char *text) {
  g_autofree char *file = write_file ("new.json", text), *id = NULL;
  g_autoptr (GError) error = NULL;
  hub_own_api_install (file, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, "boutique");
  g_remove (file);
}

static void assert_refused (const char *file, HubError code, const char *hint) {
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_false (hub_own_api_install (file, &id, &error));
  g_assert_null (id);
  g_assert_error (error, HUB_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, hint));
  g_assert_nonnull (strstr (error->message, file));
}

static guint count_own (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) own = hub_own_api_list (&error);
  g_assert_no_error (error);
  return own->len;
}

static void remove_own (const char *id) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (&error);
  hub_own_api_remove (database, id, &error);
  g_assert_no_error (error);
}

static void test_an_installed_one_is_a_connector_like_the_others (void) {
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (count_own (), ==, 0);
  install (MANIFEST ("boutique", "First"));
  const HubManifest *first = hub_manifest_get ("boutique", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->name, ==, "First");
  install (MANIFEST ("boutique", "Second")); /* the running program knows it at once */
  const HubManifest *second = hub_manifest_get ("boutique", &error);
  g_assert_cmpstr (second->name, ==, "Second");
  g_assert_cmpstr (first->name, ==, "First"); /* whoever still uses it may go on */
  g_assert_true (second == hub_manifest_get ("boutique", &error));
  g_assert_cmpuint (count_own (), ==, 1);
  g_autoptr (GPtrArray) all = hub_manifest_list (&error);
  g_assert_cmpstr (((HubManifest *) all->pdata[all->len - 1])->id, ==, "boutique");
  remove_own ("boutique");
  g_assert_cmpuint (count_own (), ==, 0);
  g_assert_null (hub_manifest_get ("boutique", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND);
}

static void test_what_is_wrong_does_not_get_in (void) {
  static const struct {
    const char *text, *hint;
    HubError code;
  } cases[] = {
    { MANIFEST ("stripe", "Mine"), "line 2: “id” is “stripe”, which the program has already",
      HUB_ERROR_INVALID },
    { MANIFEST ("../x", "Mine"), "line 2: “id” is “../x”", HUB_ERROR_INVALID },
    { MANIFEST ("Boutique", "Mine"), "line 2: “id” is “Boutique”", HUB_ERROR_INVALID },
    { MANIFEST ("boutique", ""), "line 3: “name” must not be empty", HUB_ERROR_INVALID },
    { MANIFEST ("boutique", "Mine\",\n\"obejcts\": \""),
      "line 4: unknown member “obejcts”; did you mean “objects”?", HUB_ERROR_INVALID },
    { "", "the document ends too early", HUB_ERROR_INVALID },
  };
  install (MANIFEST ("boutique", "Good"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *file = write_file ("new.json", cases[i].text);
    assert_refused (file, cases[i].code, cases[i].hint);
    g_remove (file);
  }
  g_autofree char *absent = g_build_filename (folder, "absent.json", NULL);
  assert_refused (absent, HUB_ERROR_FILE, "No such file");
  assert_refused (folder, HUB_ERROR_FILE, "choose a .json file");
  assert_refused ("/dev/zero", HUB_ERROR_FILE, "choose a .json file");
  g_autofree char *long_text = g_strnfill (2 << 20, ' ');
  g_autofree char *long_file = write_file ("long.json", long_text);
  assert_refused (long_file, HUB_ERROR_FILE, "choose a .json file");
  g_remove (long_file);
  g_assert_cmpuint (count_own (), ==, 1);
  g_assert_cmpstr (hub_manifest_get ("boutique", NULL)->name, ==, "Good");
  remove_own ("boutique");
}

static void test_a_dropped_file_is_listed_with_what_is_wrong (void) {
  g_autoptr (GError) error = NULL;
  install (MANIFEST ("boutique", "Good"));
  g_autofree char *file = hub_manifest_own_file ("broken", NULL);
  g_assert_true (g_file_set_contents (file, "{\n\"nam\": 1}", -1, NULL));
  g_autoptr (GPtrArray) own = hub_own_api_list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (own->len, ==, 2);
  const HubOwnApi *good = own->pdata[0], *broken = own->pdata[1];
  g_assert_cmpstr (good->id, ==, "boutique");
  g_assert_no_error (good->problem);
  g_assert_cmpstr (good->manifest->name, ==, "Good");
  g_assert_cmpstr (broken->file, ==, file);
  g_assert_null (broken->manifest);
  g_assert_nonnull (
      strstr (broken->problem->message, "broken.json, line 2: unknown member “nam”; did you mean “name”?"));
  g_assert_true (g_file_set_contents (file, MANIFEST ("broken", "Mended"), -1, NULL)); /* in an editor */
  g_assert_cmpstr (hub_manifest_get ("broken", NULL)->name, ==, "Mended");
  remove_own ("broken");
  remove_own ("boutique");
}

static void test_one_in_use_stays (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (HubDatabase) database = hub_store_open (&error);
  g_assert_no_error (error);
  install (MANIFEST ("boutique", "Good"));
  g_autoptr (HubAccount) account = hub_account_new ("boutique", "Shop");
  g_assert_true (hub_store_add_account (database, account, &error));
  g_assert_false (hub_own_api_remove (database, "boutique", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "“Shop”"));
  g_clear_error (&error);
  g_assert_true (hub_store_remove_account (database, "Shop", &error));
  const char *text =
      "{\"name\":\"Copy\",\"source\":{\"connector\":\"boutique\",\"object\":\"orders\"},"
      "\"destination\":{\"connector\":\"csv\",\"object\":\"rows\",\"options\":{\"path\":\"/x\"}},"
      "\"write\":{\"mode\":\"append\"},\"mapping\":[{\"from\":\"id\",\"to\":\"ID\"}]}";
  g_autoptr (HubIntegration) integration = hub_integration_parse (text, strlen (text), "x", &error);
  g_assert_no_error (error);
  g_assert_true (hub_store_save_integration (database, integration, NULL, &error));
  g_assert_false (hub_own_api_remove (database, "boutique", &error));
  g_assert_nonnull (strstr (error->message, "“Copy”"));
  g_clear_error (&error);
  g_assert_true (hub_store_delete_integration (database, "Copy", &error));
  remove_own ("boutique");
  g_assert_false (hub_own_api_remove (database, "boutique", &error));
  g_assert_error (error, HUB_ERROR, HUB_ERROR_FILE);
}

int main (int argc, char **argv) {
  folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-api/installed", test_an_installed_one_is_a_connector_like_the_others);
  g_test_add_func ("/own-api/refused", test_what_is_wrong_does_not_get_in);
  g_test_add_func ("/own-api/listed", test_a_dropped_file_is_listed_with_what_is_wrong);
  g_test_add_func ("/own-api/used", test_one_in_use_stays);
  int status = g_test_run ();
  static const char *const left[] = { "integration-hub/hub.db",
                                      "integration-hub/hub.db-wal",
                                      "integration-hub/hub.db-shm",
                                      "integration-hub/connectors",
                                      "integration-hub",
                                      "" };
  for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
    g_autofree char *path = g_build_filename (folder, left[i], NULL);
    g_remove (path);
  }
  g_free (folder);
  return status;
}
