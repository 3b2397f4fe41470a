/* loopback.c: the port on 127.0.0.1 to which a browser comes back once from signing in (any worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loopback.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"

#define MAX_HEAD 16384 /* bytes of a request */
#define PATIENCE 1     /* seconds for a visitor to go on: browsers make connections that they never use */
#define START "GET /?" /* of the request that is waited for */

#define HEAD                                                                                                 \
  "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n"    \
  "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"           \
  "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n%s"
#define PAGE                                                                                                 \
  "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"                                        \
  "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"                                 \
  "<style>:root{color-scheme:light dark}body{font:1.2em sans-serif;max-width:32em;margin:4em auto;"          \
  "padding:0 1em;text-align:center}</style></head><body><main><h1>%s</h1><p>%s</p></main></body></html>\n"

struct _HubLoopback {
  GSocket *listener; /* (owned) (nullable) until the one request has come */
  GSocket *guest;    /* (owned) (nullable) whose request it was */
  char *host;        /* (owned) "127.0.0.1:1234" */
};

void hub_loopback_free (HubLoopback *loopback) {
  g_clear_object (&loopback->listener);
  g_clear_object (&loopback->guest);
  g_free (loopback->host);
  g_free (loopback);
}

static gboolean start (HubLoopback *loopback, GError **error) {
  g_autoptr (GInetAddress) inet = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (inet, 0), address = NULL;

  loopback->listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (loopback->listener == NULL)
    return FALSE;
  if (!g_socket_bind (loopback->listener, any, FALSE, error) || !g_socket_listen (loopback->listener, error)
      || (address = g_socket_get_local_address (loopback->listener, error)) == NULL)
    return FALSE;
  loopback->host = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  return TRUE;
}

HubLoopback *hub_loopback_new (GError **error) {
  g_autoptr (HubLoopback) loopback = g_new0 (HubLoopback, 1);

  if (start (loopback, error))
    return g_steal_pointer (&loopback);
  g_prefix_error (error, _ ("cannot wait for the browser: "));
  return NULL;
}

char *hub_loopback_get_address (HubLoopback *loopback) {
  return g_strconcat ("http://", loopback->host, NULL);
}

/* A visitor who has left misses nothing. */
static void answer (GSocket *visitor, const char *status, const char *body) {
  g_autofree char *text = g_strdup_printf (HEAD, status, strlen (body), body);

  g_socket_send (visitor, text, strlen (text), NULL, NULL); /* the buffer is empty and takes it whole */
  g_socket_shutdown (visitor, FALSE, TRUE, NULL);
}

/* Waits for a connection, until @end. (transfer full) */
static GSocket *accept_visitor (HubLoopback *loopback, gint64 end, GCancellable *cancellable,
                                GError **error) {
  gint64 left = end - g_get_monotonic_time ();
  g_autoptr (GError) problem = NULL;
  GSocket *visitor = NULL;

  if (left > 0) {
    g_socket_set_timeout (loopback->listener, (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
    visitor = g_socket_accept (loopback->listener, cancellable, &problem);
  }
  if (visitor)
    g_socket_set_timeout (visitor, PATIENCE);
  else if (problem == NULL || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error_literal (
        error, HUB_ERROR, HUB_ERROR_PERMISSION,
        _ ("nobody came back from the browser in time; try again, and sign in within five minutes"));
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return visitor;
}

/* Reads a request's head, or as much as comes of it. (transfer full) */
static char *read_head (GSocket *visitor, gint64 end, GCancellable *cancellable) {
  GString *head = g_string_sized_new (MAX_HEAD);
  char bytes[1024];
  gssize n = 1;

  while (n > 0 && head->len < MAX_HEAD && !strstr (head->str, "\r\n\r\n") && g_get_monotonic_time () < end) {
    n = g_socket_receive (visitor, bytes, sizeof bytes, cancellable, NULL); /* what is missing gets 404 */
    if (n > 0)
      g_string_append_len (head, bytes, n);
  }
  return g_string_free (head, FALSE);
}

/* A page elsewhere that sends a browser here knows another host name. */
static gboolean is_return (HubLoopback *loopback, const char *head) {
  g_autofree char *host = g_strdup_printf ("\r\nHost: %s\r\n", loopback->host);

  return g_str_has_prefix (head, START) && strstr (head, "\r\n\r\n") && strcasestr (head, host)
         && g_regex_match_simple ("^[!-~]+ HTTP/1[.][01]\r\n", head + strlen (START), G_REGEX_RAW, 0);
}

char *hub_loopback_wait (HubLoopback *loopback, guint seconds, GCancellable *cancellable, GError **error) {
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  for (;;) {
    g_autoptr (GSocket) visitor = accept_visitor (loopback, end, cancellable, error);
    if (visitor == NULL)
      return NULL;
    g_autofree char *head = read_head (visitor, end, cancellable);
    if (is_return (loopback, head)) {
      const char *query = head + strlen (START);
      g_clear_object (&loopback->listener);
      loopback->guest = g_steal_pointer (&visitor);
      return g_strndup (query, strcspn (query, " "));
    }
    answer (visitor, "404 Not Found", "");
  }
}

void hub_loopback_answer (HubLoopback *loopback, const char *title, const char *text) {
  /* Translators: the code of your language, as HTML has it: "fr". */
  g_autofree char *page = g_markup_printf_escaped (PAGE, _ ("en"), title, title, text);

  answer (loopback->guest, "200 OK", page);
  g_clear_object (&loopback->guest);
}
