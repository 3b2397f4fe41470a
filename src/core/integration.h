/* integration.h: one integration as the portable file describes it, read and checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "filter.h"
#include "mapping.h"
#include "schedule.h"

/* One end of an integration: whose account, which kind of record, with which options. */
typedef struct {
  char *connector;     /* (owned) */
  char *account;       /* (owned) (nullable) the account's name; csv needs none */
  char *object;        /* (owned) */
  JsonObject *options; /* (owned) never NULL */
} HubEndpoint;

HubEndpoint *hub_endpoint_new (const char *connector, const char *account, const char *object);
void hub_endpoint_free (HubEndpoint *endpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubEndpoint, hub_endpoint_free)

typedef enum { HUB_MODE_UPSERT, HUB_MODE_APPEND, HUB_MODE_UPDATE } HubMode;

typedef struct {
  gint64 id;  /* in the store; 0 before it is kept */
  char *name; /* (owned) */
  gboolean enabled;
  gint64 version; /* of the mapping; grows with every change of what a run reads or writes */
  HubEndpoint *source, *destination; /* (owned) */
  HubMode mode;
  char *key;           /* (owned) (nullable) destination field */
  GPtrArray *paths;    /* (owned) NULL-terminated source paths that the filter and the mapping read */
  HubFilter *filter;   /* (owned) */
  HubMapping *mapping; /* (owned) */
  HubSchedule schedule;
  char *definition; /* (owned) its own JSON text, as it was imported */
} HubIntegration;

void hub_integration_free (HubIntegration *integration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubIntegration, hub_integration_free)

/* Reads one integration's JSON text. @place begins every error ("integrations[0]").
 * Returns: (transfer full): or NULL with HUB_ERROR_INVALID. Whether connector, account and object exist is not known here. */
HubIntegration *hub_integration_parse (const char *definition, gsize length, const char *place,
                                       GError **error);

/* Reads a portable file. Returns: (transfer full) (element-type HubIntegration): or NULL with HUB_ERROR_INVALID. */
GPtrArray *hub_portable_parse (const char *text, gsize length, GError **error);

/* The portable file of @integrations (element-type HubIntegration). Returns: (transfer full): the JSON text. */
char *hub_portable_write (GPtrArray *integrations);
