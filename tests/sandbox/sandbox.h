/* sandbox.h: what the services of the sandbox share: a request, its answer, and the server that carries them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One process, one main loop, one thread. */
#pragma once
#include <libsoup/soup.h>
#include "tree.h"

typedef struct {
  const char *method;
  const char *path;  /* as it was sent, percent-encoded */
  const char *query; /* (nullable) as it was sent */
  SoupMessageHeaders *headers;
  const char *body;
  gsize length;
  guint in_flight; /* requests of the service that are not answered yet, this one among them */
} Request;

typedef struct {
  guint status;
  const char *content_type; /* (static) */
  GString *body;            /* (owned) */
  SoupMessageHeaders *headers;
} Answer;

typedef void (*ServiceHandler) (gpointer service, const Request *request, Answer *answer);

/* Replaces what @answer held. */
void answer_set (Answer *answer, guint status, const char *body);
void answer_printf (Answer *answer, guint status, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* A name and a value of a query or form, decoded. */
typedef struct {
  char *name;
  char *value;
} Parameter;

/* The parameters of @form in order (nullable: none). (transfer full), or NULL when they are not properly encoded. */
GPtrArray *parameters_parse (const char *form, gssize length);
const char *parameters_get (GPtrArray *parameters, const char *name);

/* The token of "Authorization: Bearer <token>", or NULL; borrowed. */
const char *request_get_bearer (const Request *request);

typedef struct _Sandbox Sandbox;
typedef struct _Stripe Stripe;
typedef struct _Google Google;

Sandbox *sandbox_new (guint latency);
void sandbox_free (Sandbox *sandbox);
void sandbox_set_latency (Sandbox *sandbox, guint milliseconds);

/* How a service says an error that a fault makes. */
typedef void (*ServiceFail) (Answer *answer, guint status, const char *message);
void sandbox_set_fail (Sandbox *sandbox, const char *service, ServiceFail fail);

/* Serves @handler on a port of its own, with faults and recording. The origin, borrowed, or NULL with @error. */
const char *sandbox_add_service (Sandbox *sandbox, const char *name, ServiceHandler handler, gpointer service,
                                 GError **error);

/* For control.c: the recorded requests and counters as JSON, faults. */
void sandbox_write_requests (Sandbox *sandbox, GString *out);
void sandbox_write_stats (Sandbox *sandbox, GString *out);
void sandbox_write_faults (Sandbox *sandbox, GString *out);
const char *sandbox_add_fault (Sandbox *sandbox, const Tree *fault); /* what is wrong with it, or NULL */
void sandbox_clear_faults (Sandbox *sandbox);
void sandbox_clear_requests (Sandbox *sandbox);
GPtrArray *sandbox_get_undocumented (Sandbox *sandbox); /* (element-type utf8) borrowed; see documented.h */

/* Listens on a loopback port of the system's choice. The origin, "http://127.0.0.1:1234" (transfer full). */
char *sandbox_listen (SoupServer *server, GError **error);
