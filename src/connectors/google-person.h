/* google-person.h: the access tokens of one who has signed in to Google. Blocking; any worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* One who has signed in. The tokens are shared by all runs of this process that use the same sign-in. */
typedef struct _HubGooglePerson HubGooglePerson;

/* @place begins the errors. (transfer full) */
HubGooglePerson *hub_google_person_new (JsonObject *secret, const char *place, const char *origin,
                                        GError **error);
void hub_google_person_free (HubGooglePerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubGooglePerson, hub_google_person_free)

/* "Bearer …", good for another minute and other than @refused (nullable). However many threads ask, Google is asked once, and all
 * get its answer. HUB_ERROR_CREDENTIALS when it wants the person to sign in again. Free with hub_secret_free(). */
char *hub_google_person_authorize (HubGooglePerson *person, const char *refused, GCancellable *cancellable,
                                   GError **error);
