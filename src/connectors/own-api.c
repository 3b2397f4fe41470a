/* own-api.c: the user's own connectors: manifests that are tried, installed in the data folder, and removed again (any thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-api.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "error.h"

#define MAX_SIZE (1 << 20)

void hub_own_api_free (HubOwnApi *own) {
  g_free (own->id);
  g_free (own->file);
  g_clear_error (&own->problem);
  g_free (own);
}

GPtrArray *hub_own_api_list (GError **error) {
  g_auto (GStrv) ids = hub_manifest_list_ids (error);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_own_api_free);
  for (guint i = 0; ids && ids[i]; i++) {
    if (hub_manifest_is_built_in (ids[i]))
      continue;
    HubOwnApi *own = g_new0 (HubOwnApi, 1);
    own->id = g_strdup (ids[i]);
    own->file = hub_manifest_own_file (ids[i], NULL); /* the ids come from the same folder */
    own->manifest = hub_manifest_get (ids[i], &own->problem);
    g_ptr_array_add (list, own);
  }
  if (ids == NULL)
    g_clear_pointer (&list, g_ptr_array_unref);
  return list;
}

gboolean hub_own_api_is_file (const char *name) {
  return strchr (name, '/') || g_str_has_suffix (name, ".json");
}

static gboolean fail_file (const char *file, const char *message, GError **error) {
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("%s: %s"), file, message);
  return FALSE;
}

/* The text of @file, which may be as long as a manifest ever is. */
static gboolean load (const char *file, char **text, gsize *length, GError **error) {
  g_autoptr (GError) problem = NULL;
  GStatBuf status;
  if (g_stat (file, &status) == 0 && (!S_ISREG (status.st_mode) || status.st_size > MAX_SIZE))
    return fail_file (file, _ ("this is no description of a service; choose a .json file"), error);
  return g_file_get_contents (file, text, length, &problem) || fail_file (file, problem->message, error);
}

HubManifest *hub_own_api_open (const char *file, GError **error) {
  g_autofree char *text = NULL;
  gsize length;
  return load (file, &text, &length, error) ? hub_manifest_parse (text, length, file, error) : NULL;
}

gboolean hub_own_api_install (const char *file, char **id, GError **error) {
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  gsize length;
  g_autoptr (HubManifest) manifest =
      load (file, &text, &length, error) ? hub_manifest_parse (text, length, file, error) : NULL;
  if (manifest == NULL)
    return FALSE;
  if (hub_manifest_is_built_in (manifest->id)) {
    g_autofree char *place = hub_json_place (file, text, length, "", "id");
    return hub_json_fail (error, place, _ ("“id” is “%s”, which the program has already; choose another"),
                          manifest->id);
  }
  g_autofree char *target = hub_manifest_own_file (manifest->id, error);
  g_autofree char *folder = target ? g_path_get_dirname (target) : NULL;
  if (folder == NULL)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail_file (folder, g_strerror (errno), error);
  if (!g_file_set_contents_full (target, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &problem))
    return fail_file (target, problem->message, error);
  *id = g_strdup (manifest->id);
  return TRUE;
}

static gboolean fail_used (const char *id, const char *user, GError **error) {
  g_set_error (error, HUB_ERROR, HUB_ERROR_USAGE, _ ("“%s” uses the connector “%s”; remove that first"), user,
               id);
  return FALSE;
}

/* Whether nothing goes by connector @id. */
static gboolean check_unused (HubDatabase *database, const char *id, GError **error) {
  g_autoptr (GPtrArray) accounts = hub_store_list_accounts (database, error);
  g_autoptr (GPtrArray) integrations = accounts ? hub_store_list_integrations (database, error) : NULL;
  for (guint i = 0; integrations && i < accounts->len; i++) {
    const HubAccount *account = accounts->pdata[i];
    if (g_str_equal (account->connector, id))
      return fail_used (id, account->name, error);
  }
  for (guint i = 0; integrations && i < integrations->len; i++) {
    const HubIntegration *integration = integrations->pdata[i];
    if (g_str_equal (integration->source->connector, id)
        || g_str_equal (integration->destination->connector, id))
      return fail_used (id, integration->name, error);
  }
  return integrations != NULL;
}

gboolean hub_own_api_remove (HubDatabase *database, const char *id, GError **error) {
  g_autofree char *file = hub_manifest_own_file (id, error);
  return file && check_unused (database, id, error)
         && (g_remove (file) == 0 || fail_file (file, g_strerror (errno), error));
}
