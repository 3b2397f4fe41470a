/* test-templates.c: every template is an integration that only lacks its accounts and the places it reads and writes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "connector.h"
#include "draft.h"
#include "error.h"
#include "import.h"

/* Fills in what @end lacks and must have, and nothing else. */
static void complete (JsonObject *integration, const char *end, gboolean write) {
  g_autoptr (GError) error = NULL;
  JsonObject *object = json_object_get_object_member (integration, end);
  const HubManifest *manifest =
      hub_manifest_get (json_object_get_string_member (object, "connector"), &error);
  g_assert_no_error (error);
  const HubManifestObject *kind =
      hub_manifest_object (manifest, json_object_get_string_member (object, "object"), &error);
  g_assert_no_error (error);
  g_assert_false (json_object_has_member (object, "account"));
  if (!g_str_equal (manifest->auth, "none"))
    json_object_set_string_member (object, "account", "Shop");
  if (!json_object_has_member (object, "options"))
    json_object_set_object_member (object, "options", json_object_new ());
  JsonObject *options = json_object_get_object_member (object, "options");
  for (guint i = 0; i < kind->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (kind->options, i);
    g_assert_false (option->required && json_object_has_member (options, option->id));
    if (option->required)
      json_object_set_string_member (options, option->id, "x");
  }
}

static void test_each_lacks_only_accounts_and_places (void) {
  g_autoptr (GPtrArray) templates = hub_template_list ();
  g_assert_cmpuint (templates->len, ==, 18);
  for (guint i = 0; i < templates->len; i++) {
    const HubTemplate *template = g_ptr_array_index (templates, i);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = hub_template_text (template->id, &error);
    g_assert_no_error (error);
    g_autoptr (JsonObject) object = hub_json_parse_object (text, strlen (text), template->id, &error);
    g_assert_no_error (error);
    complete (object, "source", FALSE);
    complete (object, "destination", TRUE);
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
    g_autofree char *whole = json_to_string (node, FALSE);
    g_autoptr (HubIntegration) integration =
        hub_integration_parse (whole, strlen (whole), template->id, &error);
    g_assert_no_error (error);
    g_assert_true (hub_connector_check (integration->source, FALSE, template->id, &error));
    g_assert_true (hub_connector_check (integration->destination, TRUE, template->id, &error));
    g_assert_cmpstr (integration->name, ==, template->name);
    g_assert_cmpstr (integration->source->connector, ==, template->source);
    g_assert_cmpstr (integration->destination->connector, ==, template->destination);
    g_assert_cmpuint (strlen (template->description), >, 0);
  }
}

/* Where a service names its fields, a template reads and writes none that it doesn't have. */
static void test_each_field_exists (void) {
  g_autoptr (GPtrArray) templates = hub_template_list ();
  for (guint i = 0; i < templates->len; i++) {
    const HubTemplate *template = g_ptr_array_index (templates, i);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = hub_template_text (template->id, &error);
    g_autoptr (HubIntegration) integration =
        hub_integration_parse (text, strlen (text), template->id, &error);
    g_assert_no_error (error);
    const HubManifest *manifest = hub_manifest_get (template->source, &error);
    const HubManifestObject *source = hub_manifest_object (manifest, integration->source->object, &error);
    g_assert_no_error (error);
    const char *told =
        hub_manifest_text (source->discover, "prefix"); /* by the service: see test-deliveries.c */
    for (guint j = 0; source->fields->len > 0 && integration->paths->pdata[j]; j++) {
      const char *path = integration->paths->pdata[j];
      if (hub_manifest_field (source, path) == NULL && (told == NULL || !g_str_has_prefix (path, told)))
        g_error ("%s: no field %s", template->id, path);
    }
  }
}

/* The window takes it as it is, and asks for what is missing. */
static void test_each_is_a_draft (void) {
  g_autoptr (GPtrArray) templates = hub_template_list ();
  for (guint i = 0; i < templates->len; i++) {
    const HubTemplate *template = g_ptr_array_index (templates, i);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = hub_template_text (template->id, &error);
    g_autoptr (HubDraft) draft = hub_draft_new_from_text (text, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (hub_draft_get_name (draft), ==, template->name);
    g_assert_cmpuint (hub_draft_get_n_rules (draft), >, 0);
    g_assert_null (hub_draft_get_account (draft, HUB_SIDE_SOURCE));
  }
}

static void test_an_unknown_one_is_an_error (void) {
  g_autoptr (GError) error = NULL;
  g_assert_null (hub_template_text ("none", &error));
  g_assert_nonnull (error);
}

int main (int argc, char **argv) {
  g_autofree char *folder = g_dir_make_tmp ("hub-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "integration-hub", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/templates/complete", test_each_lacks_only_accounts_and_places);
  g_test_add_func ("/templates/fields", test_each_field_exists);
  g_test_add_func ("/templates/draft", test_each_is_a_draft);
  g_test_add_func ("/templates/unknown", test_an_unknown_one_is_an_error);
  int status = g_test_run ();
  g_rmdir (inner);
  g_rmdir (folder);
  return status;
}
