/* connector.c: opens connectors and passes calls on to the build that serves the manifest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector.h"

#include <glib/gi18n-lib.h>

#include "error.h"
#include "http.h"
#include "keyring.h"
#include "match.h"

G_DEFINE_ABSTRACT_TYPE (HubConnector, hub_connector, G_TYPE_OBJECT)

/* Records that were taken out of a page have left a NULL. */
static void free_record (HubRecord *record) {
  g_clear_pointer (&record, hub_record_free);
}

HubPage *hub_page_new (void) {
  HubPage *page = g_new0 (HubPage, 1);
  page->records = g_ptr_array_new_with_free_func ((GDestroyNotify) free_record);
  return page;
}

void hub_page_free (HubPage *page) {
  g_ptr_array_unref (page->records);
  g_free (page->next);
  g_free (page);
}

static void hub_connector_finalize (GObject *object) {
  HubConnector *self = HUB_CONNECTOR (object);
  g_clear_pointer (&self->endpoint, hub_endpoint_free);
  g_free (self->base_url);
  g_clear_pointer (&self->secret, hub_secret_free);
  g_clear_pointer (&self->secrets, json_object_unref);
  g_strfreev ((char **) self->paths);
  g_clear_pointer (&self->examples, g_hash_table_unref);
  G_OBJECT_CLASS (hub_connector_parent_class)->finalize (object);
}

static void hub_connector_class_init (HubConnectorClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_connector_finalize;
  class->batch_size = 1000;
}

static void hub_connector_init (HubConnector *self) {
}

static GType build_type (const HubManifest *manifest) {
  if (g_str_equal (manifest->build, "google-sheets"))
    return hub_google_sheets_get_type ();
  return g_str_equal (manifest->build, "csv") ? hub_csv_get_type () : hub_rest_get_type ();
}

/* Whether the endpoint's options are those that its object knows, texts that they may be, none that is required missing. */
static gboolean check_options (const HubManifestObject *object, const HubEndpoint *endpoint,
                               const char *place, GError **error) {
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < object->options->len; i++)
    g_strv_builder_add (builder, ((HubManifestOption *) g_ptr_array_index (object->options, i))->id);
  g_auto (GStrv) known = g_strv_builder_end (builder);
  g_autofree char *inner = g_strdup_printf ("%s.options", place);
  if (!hub_json_check_members (endpoint->options, inner, (const char *const *) known, error))
    return FALSE;
  for (guint i = 0; i < object->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (object->options, i);
    const char *value = NULL;
    if (!hub_json_get_text (endpoint->options, inner, option->id, option->required, &value, error))
      return FALSE;
    if (value && option->pattern && !g_regex_match_simple (option->pattern, value, G_REGEX_DOLLAR_ENDONLY, 0))
      return hub_json_fail (error, inner, _ ("“%1$s” cannot be “%2$s”: %3$s"), option->id, value,
                            _ (option->help ? option->help : option->pattern));
  }
  return TRUE;
}

gboolean hub_connector_check (const HubEndpoint *endpoint, gboolean write, const char *place,
                              GError **error) {
  const HubManifest *manifest = hub_manifest_get (endpoint->connector, error);
  if (manifest == NULL) {
    g_prefix_error (error, _ ("%s.connector: "), place);
    return FALSE;
  }
  const HubManifestObject *object = hub_manifest_object (manifest, endpoint->object, error);
  if (object == NULL) {
    g_prefix_error (error, _ ("%s.object: "), place);
    return FALSE;
  }
  if (write ? !object->writable : !object->readable)
    return hub_json_fail (error, place,
                          write ? _ ("%s cannot write “%s”; choose another destination")
                                : _ ("%s cannot read “%s”; choose another source"),
                          _ (manifest->name), object->id);
  if (endpoint->account == NULL && !g_str_equal (manifest->auth, "none"))
    return hub_json_fail (error, place, _ ("“account” is missing; name the %s account to use"),
                          _ (manifest->name));
  return check_options (object, endpoint, place, error);
}

static HubConnector *open_endpoint (const HubEndpoint *endpoint, const char *base_url, const char *secret,
                                    GError **error) {
  const HubManifest *manifest = hub_manifest_get (endpoint->connector, error);
  if (manifest == NULL)
    return NULL;
  const HubManifestObject *object = NULL;
  if (endpoint->object) {
    object = hub_manifest_object (manifest, endpoint->object, error);
    if (object == NULL || !check_options (object, endpoint, endpoint->connector, error))
      return NULL;
  }
  g_autoptr (HubConnector) self = g_object_new (build_type (manifest), NULL);
  self->manifest = manifest;
  self->object = object;
  self->endpoint = hub_endpoint_new (endpoint->connector, endpoint->account, endpoint->object);
  json_object_unref (self->endpoint->options);
  self->endpoint->options = json_object_ref (endpoint->options);
  self->base_url = g_strdup (base_url);
  self->secret = g_strdup (secret);
  if (secret)
    self->secrets = hub_json_parse_object (secret, strlen (secret), _ ("the secret"), error);
  return secret == NULL || self->secrets ? g_steal_pointer (&self) : NULL;
}

HubConnector *hub_connector_open (const HubEndpoint *endpoint, const HubAccount *account, const char *secret,
                                  GError **error) {
  if (account
      && !g_str_equal (account->connector, endpoint->connector)) { /* whose key is for another service */
    hub_json_fail (error, endpoint->connector, _ ("the account “%s” is one of %s, not of %s"), account->name,
                   account->connector, endpoint->connector);
    return NULL;
  }
  const char *base_url =
      account ? json_object_get_string_member_with_default (account->options, "base_url", NULL) : NULL;
  return open_endpoint (endpoint, base_url, secret, error);
}

HubConnector *hub_connector_open_beside (HubConnector *self, const HubEndpoint *endpoint, GError **error) {
  return open_endpoint (endpoint, self->base_url, self->secret, error);
}

const char *hub_connector_get_secret (HubConnector *self, const char *field) {
  JsonObject *secrets = self->secrets;
  return secrets ? json_object_get_string_member_with_default (secrets, field, NULL) : NULL;
}

const char *hub_connector_get_option (HubConnector *self, const char *name) {
  return json_object_get_string_member_with_default (self->endpoint->options, name, NULL);
}

char *hub_connector_dup_base_url (HubConnector *self, GError **error) {
  const char *own = self->base_url;
  if (own == NULL)
    return g_strdup (self->manifest->base_url);
  g_autofree char *origin = hub_http_origin (own, error);
  if (origin == NULL)
    return NULL;
  g_autoptr (GUri) chosen = g_uri_parse (own, G_URI_FLAGS_ENCODED, error);
  g_autoptr (GUri) usual = chosen ? g_uri_parse (self->manifest->base_url, G_URI_FLAGS_ENCODED, error) : NULL;
  if (usual == NULL)
    return NULL;
  gboolean bare = g_str_equal (g_uri_get_path (chosen), "") || g_str_equal (g_uri_get_path (chosen), "/");
  char *url = g_strconcat (origin, g_uri_get_path (bare ? usual : chosen), NULL);
  if (g_str_has_suffix (url, "/"))
    url[strlen (url) - 1] = '\0';
  return url;
}

void hub_connector_set_source (HubConnector *self, const char *const *paths) {
  g_strfreev ((char **) self->paths);
  self->paths = (const char *const *) g_strdupv ((char **) paths);
}

void hub_connector_set_examples (HubConnector *self, GHashTable *examples) {
  g_clear_pointer (&self->examples, g_hash_table_unref);
  self->examples = examples ? g_hash_table_ref (examples) : NULL;
}

gboolean hub_connector_fail_missing (HubConnector *self, const char *where, const char *name,
                                     GCancellable *cancellable, GError **error) {
  const char *example = self->examples ? g_hash_table_lookup (self->examples, name) : NULL;
  g_autoptr (GPtrArray) fields = hub_connector_list_fields (self, cancellable, NULL); /* or without advice */
  return hub_match_fail_missing (where, name, example, fields, error);
}

gboolean hub_connector_verify (HubConnector *self, char **label, GCancellable *cancellable, GError **error) {
  HubConnectorClass *class = HUB_CONNECTOR_GET_CLASS (self);
  *label = NULL;
  return class->verify == NULL || class->verify (self, label, cancellable, error);
}

GPtrArray *hub_connector_list_choices (HubConnector *self, const char *option, GCancellable *cancellable,
                                       GError **error) {
  HubConnectorClass *class = HUB_CONNECTOR_GET_CLASS (self);
  return class->list_choices ? class->list_choices (self, option, cancellable, error)
                             : g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
}

gboolean hub_connector_begin (HubConnector *self, const char *since, gboolean *changes_only, char **next,
                              GCancellable *cancellable, GError **error) {
  HubConnectorClass *class = HUB_CONNECTOR_GET_CLASS (self);
  *changes_only = FALSE;
  *next = NULL;
  return class->begin == NULL || class->begin (self, since, changes_only, next, cancellable, error);
}

gboolean hub_connector_can_remove (HubConnector *self) {
  const HubManifestWrite *write = &self->object->write;
  return HUB_CONNECTOR_GET_CLASS (self)->remove && (write->create == NULL || write->remove);
}

gboolean hub_connector_commit (HubConnector *self, GCancellable *cancellable, GError **error) {
  return !hub_connector_needs_commit (self)
         || HUB_CONNECTOR_GET_CLASS (self)->commit (self, cancellable, error);
}

gboolean hub_connector_needs_commit (HubConnector *self) {
  return HUB_CONNECTOR_GET_CLASS (self)->commit != NULL;
}
