/* import.c: takes a portable file into the store.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "import.h"

#include <glib/gi18n-lib.h>

#include "connector.h"
#include "error.h"

/* Whether the endpoint's connector, object, options and account exist and go together. */
static gboolean check_endpoint (HubDatabase *database, const HubEndpoint *endpoint, gboolean write,
                                guint index, GError **error) {
  g_autofree char *place = g_strdup_printf ("integrations[%u].%s", index, write ? "destination" : "source");
  if (!hub_connector_check (endpoint, write, place, error))
    return FALSE;
  if (endpoint->account == NULL)
    return TRUE;
  g_autoptr (HubAccount) account = hub_store_get_account (database, endpoint->account, error);
  if (account == NULL) {
    g_prefix_error (error, _ ("%s.account: "), place);
    return FALSE;
  }
  return g_str_equal (account->connector, endpoint->connector)
         || hub_json_fail (error, place, _ ("the account “%s” is one of %s, not of %s"), account->name,
                           account->connector, endpoint->connector);
}

GPtrArray *hub_import (HubDatabase *database, const char *text, gsize length, GError **error) {
  g_autoptr (GPtrArray) integrations = hub_portable_parse (text, length, error);
  if (integrations == NULL)
    return NULL;
  for (guint i = 0; i < integrations->len; i++) {
    const HubIntegration *integration = g_ptr_array_index (integrations, i);
    if (!check_endpoint (database, integration->source, FALSE, i, error)
        || !check_endpoint (database, integration->destination, TRUE, i, error))
      return NULL;
  }
  return hub_store_put_integrations (database, integrations, error) ? g_steal_pointer (&integrations) : NULL;
}
