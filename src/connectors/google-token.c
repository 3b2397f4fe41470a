/* google-token.c: what is asked of Google's token server, and how it refuses (any worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-token.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "keyring.h"

#define FORM "application/x-www-form-urlencoded"
#define FORM_SIZE 4096 /* enough, so that no piece of a secret stays behind where a form grew */
#define LIFETIME 3600  /* seconds, where Google doesn't say */

gboolean hub_google_is_origin (const char *origin) {
  return g_str_has_suffix (origin, ".googleapis.com") || g_str_has_suffix (origin, ".google.com");
}

char *hub_google_address (const char *origin, const char *address) {
  if (origin == NULL || hub_google_is_origin (origin))
    return g_strdup (address);
  return g_strconcat (origin, strchr (address + strlen ("https://"), '/'), NULL);
}

HubHttp *hub_google_connect (const char *url, GError **error) {
  g_autofree char *origin = hub_http_origin (url, error);
  return origin ? hub_http_new ("Google", origin, error) : NULL;
}

char *hub_google_write_form (const char *name, ...) {
  GString *form = g_string_sized_new (FORM_SIZE);
  va_list arguments;
  va_start (arguments, name);
  for (; name; name = va_arg (arguments, const char *)) {
    char *value = g_uri_escape_string (va_arg (arguments, const char *), NULL, FALSE);
    g_string_append_printf (form, "%s%s=%s", form->len ? "&" : "", name, value);
    hub_secret_free (value);
  }
  va_end (arguments);
  return g_string_free (form, FALSE);
}

HubHttpAnswer *hub_google_post (HubHttp *http, const char *url, const char *form, gboolean safe,
                                GCancellable *cancellable, GError **error) {
  g_autoptr (GBytes) bytes = g_bytes_new_static (form, strlen (form));
  return hub_http_send (http, "POST", url, FORM, bytes, safe, cancellable, error);
}

/* {"error": "invalid_grant", "error_description": "Token has been expired or revoked."} */
static void fail_with_answer (HubHttp *http, const HubHttpAnswer *answer, JsonObject *body,
                              const char *const *advice, GError **error) {
  g_autoptr (GError) cause = NULL;
  const char *code = "", *description = NULL;
  if (body != NULL && hub_json_get_text (body, "", "error", FALSE, &code, NULL) && code == NULL)
    code = "";
  if (body != NULL)
    hub_json_get_text (body, "", "error_description", FALSE, &description, NULL);
  hub_http_fail (http, answer, description ? description : code, &cause);
  while (advice[0] && !g_str_equal (code, advice[0]))
    advice += 2;
  if (advice[0] == NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (cause->code
           == HUB_ERROR_CREDENTIALS) /* 401 says by itself that a key was refused: there is none */
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_CREDENTIALS, _ (advice[1]));
  else
    g_set_error (error, HUB_ERROR, HUB_ERROR_CREDENTIALS, _ ("%s; %s"), cause->message, _ (advice[1]));
}

JsonObject *hub_google_ask_token (HubHttp *http, const char *url, const char *form, gboolean safe,
                                  const char *const *advice, char **authorization, gint64 *expires,
                                  GCancellable *cancellable, GError **error) {
  const char *place = _ ("Google's answer with the access token"), *token = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, lifetime = LIFETIME;
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubHttpAnswer) answer = hub_google_post (http, url, form, safe, cancellable, error);
  if (answer == NULL)
    return NULL;
  g_autoptr (JsonObject) body = hub_json_parse_object (g_bytes_get_data (answer->body, NULL),
                                                       g_bytes_get_size (answer->body), place, &problem);
  if (answer->status != 200) {
    fail_with_answer (http, answer, body, advice, error);
    return NULL;
  }
  if (body == NULL || !hub_json_get_text (body, place, "access_token", TRUE, &token, &problem)
      || !hub_json_get_integer (body, place, "expires_in", 1, G_MAXINT, &lifetime, &problem)) {
    g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE, problem->message);
    return NULL;
  }
  *authorization = g_strconcat ("Bearer ", token, NULL);
  *expires = now + lifetime;
  return g_steal_pointer (&body);
}

char *hub_google_encode (const void *data, gsize size) {
  char *text = g_base64_encode (data, size);
  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}
