/* http.h: the one place that sends requests: allowed hosts, credentials, limits, retries and the request log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocking; a client belongs to the one worker thread that made it. Logged at debug level: method, host, path, status,
 * milliseconds; never a query, a header or a body. */
#pragma once
#include "budget.h"

typedef struct _HubHttp HubHttp;

/* A client that may only contact @origin ("https://api.stripe.com": https, or http to a loopback address; anything else is
 * HUB_ERROR_INVALID). @service is the name that errors show ("Stripe"). */
HubHttp *hub_http_new (const char *service, const char *origin, GError **error);
void hub_http_free (HubHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubHttp, hub_http_free)

/* A header sent with every request from now on ("Authorization", "Stripe-Version"); NULL value removes it. */
void hub_http_set_header (HubHttp *http, const char *name, const char *value);

typedef struct {
  guint status;
  GBytes *body;       /* (owned) never NULL; at most 32 MiB */
  char *content_type; /* (owned) (nullable) */
  char *request_id;   /* (owned) (nullable) Request-Id header, for support */
  char *link;         /* (owned) (nullable) Link header */
  gint64 date;        /* unix seconds by the service's clock, or by ours where it does not tell */
} HubHttpAnswer;

void hub_http_answer_free (HubHttpAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubHttpAnswer, hub_http_answer_free)

/* What a service's manifest says about its limits. Borrowed; @budget is nullable, and taken.
 * Answers for which @manifest->errors say "retry" are treated like 429. */
void hub_http_set_limits (HubHttp *http, const HubManifest *manifest, HubBudget *budget, gsize base_length);

/* Keeps @secret out of error messages, wherever the service echoes it. */
void hub_http_hide (HubHttp *http, const char *secret);

/* Sends one request and waits for its whole answer. @body NULL: none, else of @content_type. @url must be on the origin.
 *
 * @safe: sending it twice does no harm (reads; writes with an idempotency key): network failures, answers cut short, 408, 429
 * and 5xx are then tried again, up to 6 times in all, after Retry-After (seconds or HTTP date; at most 120 s, more is an error)
 * or else an exponential pause with jitter (0.5 s, doubling), each pause ended at once by @cancellable. A request
 * that is not safe is tried again only when it surely was not accepted: no connection, or 429; a network failure after it
 * was sent, and 5xx, are HUB_ERROR_LOST.
 *
 * Redirects are followed only within the same origin, for GET, at most 5; another origin is an error that names it, so that no
 * credential ever leaves. Any other answer, 4xx and (for safe requests, after the last try) 429 and 5xx too, is returned as it is: the caller
 * knows what the service's errors look like. NULL with HUB_ERROR_NETWORK, HUB_ERROR_LOST, HUB_ERROR_SERVICE (too large, redirect)
 * or G_IO_ERROR_CANCELLED. Returns: (transfer full). */
HubHttpAnswer *hub_http_send (HubHttp *http, const char *method, const char *url, const char *content_type,
                              GBytes *body, gboolean safe, GCancellable *cancellable, GError **error);

/* Sets the first pause (500 ms), for tests that must not wait. */
void hub_http_set_backoff (HubHttp *http, guint first_ms);

/* How many requests this client has sent, retries included. */
guint hub_http_get_n_requests (HubHttp *http);

/* Sets @error from an answer that is not a success: 401 → CREDENTIALS, 403 → PERMISSION, 404 → NOT_FOUND, 429 and 5xx → NETWORK,
 * all else → SERVICE; @detail (nullable) is the service's own sentence. Always returns FALSE. */
gboolean hub_http_fail (HubHttp *http, const HubHttpAnswer *answer, const char *detail, GError **error);

/* The origin ("scheme://host[:port]") of @url, checked: https, or http to a loopback host. (transfer full), or NULL with HUB_ERROR_INVALID. */
char *hub_http_origin (const char *url, GError **error);
