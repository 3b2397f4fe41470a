/* store.h: the accounts and integrations that the user made, in the database.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "database.h"
#include "integration.h"

/* One connection to a service. Its secret is in the keyring only, under its id. */
typedef struct {
  char *id;            /* (owned) UUID */
  char *connector;     /* (owned) */
  char *name;          /* (owned) unique */
  JsonObject *options; /* (owned) never NULL; base_url and the connector's own */
  char *label;         /* (owned) (nullable) what the service calls it */
  gint64 created;      /* unix milliseconds */
} HubAccount;

HubAccount *hub_account_new (const char *connector, const char *name);
void hub_account_free (HubAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubAccount, hub_account_free)

/* The data folder ($XDG_DATA_HOME/integration-hub), made if needed, private to the user. (transfer full) */
char *hub_store_folder (GError **error);

/* The store's database in the data folder. Returns: (transfer full). */
HubDatabase *hub_store_open (GError **error);

gboolean hub_store_add_account (HubDatabase *database, const HubAccount *account, GError **error);
gboolean hub_store_remove_account (HubDatabase *database, const char *name, GError **error);
/* HUB_ERROR_NOT_FOUND names the accounts there are. (transfer full) */
HubAccount *hub_store_get_account (HubDatabase *database, const char *name, GError **error);
/* (transfer full) (element-type HubAccount) */
GPtrArray *hub_store_list_accounts (HubDatabase *database, GError **error);
/* The name of an integration that uses account @name, or NULL. (transfer full) (nullable) */
char *hub_store_account_user (HubDatabase *database, const char *name, GError **error);

/* Creates or replaces @integrations (element-type HubIntegration) by name, all or none. */
gboolean hub_store_put_integrations (HubDatabase *database, GPtrArray *integrations, GError **error);
/* Keeps @integration in place of the one called @old_name (nullable: a new one). HUB_ERROR_INVALID when another has its name. */
gboolean hub_store_save_integration (HubDatabase *database, const HubIntegration *integration,
                                     const char *old_name, GError **error);
/* Its history and cursor go with it. */
gboolean hub_store_delete_integration (HubDatabase *database, const char *name, GError **error);
/* Whether it runs by itself. The mapping's version stays. */
gboolean hub_store_enable_integration (HubDatabase *database, const char *name, gboolean enabled,
                                       GError **error);
/* Keeps a copy of integration @name under a name that is free, not enabled. Returns: that name (transfer full). */
char *hub_store_duplicate_integration (HubDatabase *database, const char *name, GError **error);

/* Settings: "retention_days", "notifications"..., and "draft": the unfinished integration that a crash must not lose. NULL: unset.
 * (transfer full) (nullable) */
gboolean hub_store_get_setting (HubDatabase *database, const char *name, char **value, GError **error);
gboolean hub_store_set_setting (HubDatabase *database, const char *name, const char *value, GError **error);

/* (transfer full) */
HubIntegration *hub_store_get_integration (HubDatabase *database, const char *name, GError **error);
/* (transfer full) (element-type HubIntegration), by name */
GPtrArray *hub_store_list_integrations (HubDatabase *database, GError **error);
