/* google-person.c: the access tokens of one who has signed in to Google, shared by all threads (any worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-person.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "google-token.h"
#include "json.h"
#include "keyring.h"

#define MARGIN 60 /* seconds that a token must still be good for */
#define LOOK 100  /* milliseconds between two looks at whether a wait was cancelled */

/* A sign-in that is in use, and its token. */
typedef struct {
  char *id; /* (owned) a digest of what it is known by */
  guint n_users, n_flights;
  gboolean in_flight;  /* someone asks for a token */
  char *authorization; /* (owned) (nullable) "Bearer …" */
  gint64 expires;      /* unix seconds */
  GError *problem;     /* (owned) (nullable) how the last flight ended */
} Grant;

struct _HubGooglePerson {
  char *form;  /* (owned) of the refresh */
  char *token; /* (owned) to keep out of errors: the refresh token */
  char *url;   /* (owned) of the token server */
  Grant *grant;
};

static GMutex lock; /* of the grants */
static GCond landed;
static GHashTable *grants; /* (element-type utf8 Grant) */

/* The grant called @id, which all who use the same sign-in have in common. */
static Grant *join (const char *id) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  if (grants == NULL)
    grants = g_hash_table_new (g_str_hash, g_str_equal);
  Grant *grant = g_hash_table_lookup (grants, id);
  if (grant == NULL) {
    grant = g_new0 (Grant, 1);
    grant->id = g_strdup (id);
    g_hash_table_insert (grants, grant->id, grant);
  }
  grant->n_users++;
  return grant;
}

static void leave (Grant *grant) {
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  if (--grant->n_users > 0)
    return;
  g_hash_table_remove (grants, grant->id);
  g_clear_pointer (&grant->authorization, hub_secret_free);
  g_clear_error (&grant->problem);
  g_free (grant->id);
  g_free (grant);
}

HubGooglePerson *hub_google_person_new (JsonObject *secret, const char *place, const char *origin,
                                        GError **error) {
  const char *client_id = NULL, *client_secret = NULL, *token = NULL;
  if (!hub_json_get_text (secret, place, "client_id", TRUE, &client_id, error)
      || !hub_json_get_text (secret, place, "client_secret", TRUE, &client_secret, error)
      || !hub_json_get_text (secret, place, "refresh_token", TRUE, &token, error))
    return NULL;
  HubGooglePerson *person = g_new0 (HubGooglePerson, 1);
  person->url = hub_google_address (origin, HUB_GOOGLE_TOKEN);
  person->token = g_strdup (token);
  person->form = hub_google_write_form ("grant_type", "refresh_token", "refresh_token", token, "client_id",
                                        client_id, "client_secret", client_secret, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, person->form, -1);
  g_autofree char *id = g_strconcat (digest, " ", person->url, NULL);
  person->grant = join (id);
  explicit_bzero ((char *) token, strlen (token)); /* the parsed copy; the secret's text is the caller's */
  return person;
}

void hub_google_person_free (HubGooglePerson *person) {
  leave (person->grant);
  hub_secret_free (person->form);
  hub_secret_free (person->token);
  g_free (person->url);
  g_free (person);
}

static char *refresh (HubGooglePerson *person, gint64 *expires, GCancellable *cancellable, GError **error) {
  static const char *const advice[] = {
    "invalid_grant",
    N_ ("sign in again: this sign-in was ended, or is older than the 7 days that Google gives to an app in "
        "“Testing”; a service account has no such end"),
    "invalid_client",
    HUB_GOOGLE_NO_CLIENT,
    "unauthorized_client",
    HUB_GOOGLE_NO_CLIENT,
    NULL
  };
  g_autoptr (HubHttp) http = hub_google_connect (person->url, error);
  char *authorization = NULL;
  if (http == NULL)
    return NULL;
  hub_http_hide (http, person->token);
  g_autoptr (JsonObject) answer = hub_google_ask_token (http, person->url, person->form, TRUE, advice,
                                                        &authorization, expires, cancellable, error);
  return authorization;
}

/* Asks Google on behalf of all; the lock is held before and after, not meanwhile. */
static void fly (HubGooglePerson *person, GCancellable *cancellable) {
  Grant *grant = person->grant;
  GError *problem = NULL;
  gint64 expires = 0;
  grant->in_flight = TRUE;
  g_mutex_unlock (&lock);
  char *authorization = refresh (person, &expires, cancellable, &problem);
  g_mutex_lock (&lock);
  g_clear_pointer (&grant->authorization, hub_secret_free);
  g_clear_error (&grant->problem);
  grant->authorization = authorization;
  grant->expires = expires;
  grant->problem = problem;
  grant->n_flights++;
  grant->in_flight = FALSE;
  g_cond_broadcast (&landed);
}

static gboolean is_good (const Grant *grant, const char *refused) {
  return grant->authorization && g_strcmp0 (grant->authorization, refused) != 0
         && grant->expires >= g_get_real_time () / G_USEC_PER_SEC + MARGIN;
}

/* Another's cancellation is not ours: then we ask ourselves. */
static gboolean needs_flight (const Grant *grant, const char *refused, gboolean waited) {
  gboolean failed = grant->problem && !g_error_matches (grant->problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  return !is_good (grant, refused) && !(waited && failed);
}

char *hub_google_person_authorize (HubGooglePerson *person, const char *refused, GCancellable *cancellable,
                                   GError **error) {
  Grant *grant = person->grant;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  guint n_flights = grant->n_flights;
  while (grant->in_flight) {
    g_cond_wait_until (&landed, &lock, g_get_monotonic_time () + LOOK * 1000);
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
  }
  if (needs_flight (grant, refused, grant->n_flights != n_flights))
    fly (person, cancellable);
  if (grant->authorization)
    return g_strdup (grant->authorization);
  g_propagate_error (error, g_error_copy (grant->problem));
  return NULL;
}
