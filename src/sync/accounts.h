/* accounts.h: makes, checks and removes accounts, and asks their services what they offer. Blocking; any worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "connector.h"

/* The secret of an account of @manifest as its JSON text, from @values (NULL-terminated, parallel to manifest->secrets). For Google, the
 * one value may be the whole key file. Free with hub_secret_free(). */
char *hub_account_write_secret (const HubManifest *manifest, const char *const *values);

/* Whether @secret has the members that @manifest wants, and *warning (transfer full) (nullable) what to say about it. Nothing is sent. */
gboolean hub_account_check_secret (const HubManifest *manifest, const char *secret, char **warning,
                                   GError **error);

/* Whether @name is one, and free; HUB_ERROR_USAGE. */
gboolean hub_account_check_name (HubDatabase *database, const char *name, GError **error);

/* Asks the service whether it accepts @secret (nullable) unless @check is FALSE, sets account->label, and keeps both account and secret,
 * or neither. */
gboolean hub_account_create (HubDatabase *database, HubAccount *account, const char *secret, gboolean check,
                             GCancellable *cancellable, GError **error);

/* A new secret for account @name, checked before it replaces the old one. */
gboolean hub_account_replace_secret (HubDatabase *database, const char *name, const char *secret,
                                     GCancellable *cancellable, GError **error);

/* Asks the service whether it still accepts the key; *label (transfer full) (nullable). */
gboolean hub_account_check (HubDatabase *database, const char *name, char **label, GCancellable *cancellable,
                            GError **error);

/* The account and its secret go, and a sign-in is ended; *user (transfer full) (nullable) is an integration that can no longer run,
 * *warning (transfer full) (nullable) says what could not be ended. @cancellable ends only the wait for the service. */
gboolean hub_account_remove (HubDatabase *database, const char *name, char **user, char **warning,
                             GCancellable *cancellable, GError **error);

/* Asks the service for @endpoint's fields, with examples. Without an account, @database is not needed. (transfer full) (element-type
 * HubField) */
GPtrArray *hub_account_list_fields (HubDatabase *database, const HubEndpoint *endpoint,
                                    GCancellable *cancellable, GError **error);

/* What @endpoint's option may be; other options may still be missing. (transfer full) (element-type HubField) */
GPtrArray *hub_account_list_choices (HubDatabase *database, const HubEndpoint *endpoint, const char *option,
                                     GCancellable *cancellable, GError **error);
