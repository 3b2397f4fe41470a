/* connector.h: the face that all connectors have: one account's one object, opened by one worker thread.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every method blocks and takes a cancellable; an instance is used by the thread that opened it and no other. */
#pragma once
#include "record.h"
#include "integration.h"
#include "manifest.h"
#include "store.h"

#define HUB_TYPE_CONNECTOR (hub_connector_get_type ())
#define HUB_CONNECTOR(object) (G_TYPE_CHECK_INSTANCE_CAST ((object), HUB_TYPE_CONNECTOR, HubConnector))
#define HUB_CONNECTOR_CLASS(class) (G_TYPE_CHECK_CLASS_CAST ((class), HUB_TYPE_CONNECTOR, HubConnectorClass))
#define HUB_CONNECTOR_GET_CLASS(object)                                                                      \
  (G_TYPE_INSTANCE_GET_CLASS ((object), HUB_TYPE_CONNECTOR, HubConnectorClass))

/* What it was opened with is there to be read. */
typedef struct {
  GObject parent;
  const HubManifest *manifest;     /* (borrowed) */
  const HubManifestObject *object; /* (borrowed) (nullable): opened for verify alone */
  HubEndpoint *endpoint;           /* (owned) */
  char *base_url;                  /* (owned) (nullable) the account's own */
  char *secret;                    /* (owned) (nullable) the JSON text from the keyring */
  JsonObject *secrets;             /* (owned) (nullable) the same, read */
  const char *const *paths;        /* (owned) (nullable) set by set_source */
  /* (owned) (nullable) values that fields once had, by name: so a renamed one is known again */
  GHashTable *examples;
  /* what stands at the destination was begun by us: write() has made its header, and remove() of the last record takes it back */
  gboolean fresh;
} HubConnector;

typedef struct _HubConnectorClass HubConnectorClass;
GType hub_connector_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubConnector, g_object_unref)

/* A page of records as the source gave them. */
typedef struct {
  GPtrArray *records; /* (owned) (element-type HubRecord) values parallel to the paths asked for */
  char *next;         /* (owned) (nullable) the position of the next page; NULL: this was the last */
} HubPage;

HubPage *hub_page_new (void);
void hub_page_free (HubPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubPage, hub_page_free)

struct _HubConnectorClass {
  GObjectClass parent_class;

  /* Asks the service whether the secret is good. @label: what the service calls the account (transfer full) (nullable). */
  gboolean (*verify) (HubConnector *self, char **label, GCancellable *cancellable, GError **error);

  /* The object's fields, discovered live where the service allows. (transfer full) (element-type HubField) */
  GPtrArray *(*list_fields) (HubConnector *self, GCancellable *cancellable, GError **error);

  /* What the endpoint's option @option may be: name (the value) and label. A connector without it knows none.
   * (transfer full) (element-type HubField) */
  GPtrArray *(*list_choices) (HubConnector *self, const char *option, GCancellable *cancellable,
                              GError **error);

  /* Begins a reading. @since (nullable) is what an earlier one gave as @next: where the source can tell what has changed since then,
   * *changes_only is set and read_page() gives only that. @next (transfer full, nullable) is where a later reading may go on;
   * it covers everything that read_page() gives from now on. A connector without begin always reads everything. */
  gboolean (*begin) (HubConnector *self, const char *since, gboolean *changes_only, char **next,
                     GCancellable *cancellable, GError **error);

  /* Reads the record that the source calls @key anew. NULL without @error: it is no longer there. (transfer full) Only
   * sources whose records have keys can. */
  HubRecord *(*read_record) (HubConnector *self, const char *key, GCancellable *cancellable, GError **error);

  /* Reads the page at @position (NULL: the first) of the paths given to set_source. (transfer full) */
  HubPage *(*read_page) (HubConnector *self, const char *position, GCancellable *cancellable, GError **error);

  /* Checks that the destination can take @targets (NULL-terminated destination fields; @key is the index of the key among them,
   * or -1) without writing anything. Comes before look_up. */
  gboolean (*prepare) (HubConnector *self, const char *const *targets, int key, GCancellable *cancellable,
                       GError **error);

  /* Finds each delivery's record at the destination by its key and sets found and before (typed like values). Deliveries whose
   * action is reject are passed over. */
  gboolean (*look_up) (HubConnector *self, GPtrArray *deliveries, GCancellable *cancellable, GError **error);

  /* Writes deliveries (element-type HubDelivery; all of action create or update; update sets the fields in change). Sets each
   * one's found and http_status; one that the service refused becomes a reject. TRUE when the service answered for all of
   * them; FALSE with HUB_ERROR_LOST when it is unknown what was accepted. */
  gboolean (*write) (HubConnector *self, GPtrArray *deliveries, GCancellable *cancellable, GError **error);

  /* Takes back deliveries that created records, found by look_up. One whose record holds more than was delivered becomes a
   * reject. As sure or unsure as write. */
  gboolean (*remove) (HubConnector *self, GPtrArray *deliveries, GCancellable *cancellable, GError **error);

  /* Makes all that was written lasting; a connector whose write already is has no commit. */
  gboolean (*commit) (HubConnector *self, GCancellable *cancellable, GError **error);

  /* How many deliveries one write may carry. */
  guint batch_size;
};

/* Whether @endpoint names a connector, an object of it that can be read (or written: @write) and options that this object has;
 * HUB_ERROR_INVALID or HUB_ERROR_NOT_FOUND begins with @place. Nothing is sent. */
gboolean hub_connector_check (const HubEndpoint *endpoint, gboolean write, const char *place, GError **error);

/* Opens @endpoint. @account (nullable for csv) and @secret (nullable) are copied. Nothing is sent. HUB_ERROR_NOT_FOUND names
 * the objects that the connector has; wrong options are HUB_ERROR_INVALID. (transfer full) */
HubConnector *hub_connector_open (const HubEndpoint *endpoint, const HubAccount *account, const char *secret,
                                  GError **error);

/* Opens another endpoint of @self's account. (transfer full) */
HubConnector *hub_connector_open_beside (HubConnector *self, const HubEndpoint *endpoint, GError **error);

/* Member @field of the secret, or NULL. */
const char *hub_connector_get_secret (HubConnector *self, const char *field);

/* The text option @name of the endpoint, or NULL. */
const char *hub_connector_get_option (HubConnector *self, const char *name);

/* The base address: the account's base_url option, or the manifest's; an override without a path keeps the manifest's path. (transfer full) */
char *hub_connector_dup_base_url (HubConnector *self, GError **error);

void hub_connector_set_examples (HubConnector *self, GHashTable *examples); /* nullable */

/* Fails with HUB_ERROR_FIELD because the object lacks the field @name, which the mapping needs: asks for those there are, so as to
 * propose its successor. @where: "the sheet “Clients” has no column". Always FALSE. */
gboolean hub_connector_fail_missing (HubConnector *self, const char *where, const char *name,
                                     GCancellable *cancellable, GError **error);

/* Which paths read_page() shall fill; copied. */
void hub_connector_set_source (HubConnector *self, const char *const *paths);

gboolean hub_connector_verify (HubConnector *self, char **label, GCancellable *cancellable, GError **error);
GPtrArray *hub_connector_list_choices (HubConnector *self, const char *option, GCancellable *cancellable,
                                       GError **error);
gboolean hub_connector_begin (HubConnector *self, const char *since, gboolean *changes_only, char **next,
                              GCancellable *cancellable, GError **error);
gboolean hub_connector_can_remove (HubConnector *self);
gboolean hub_connector_commit (HubConnector *self, GCancellable *cancellable, GError **error);
/* Whether what write() accepted lasts only after commit(). */
gboolean hub_connector_needs_commit (HubConnector *self);

/* The class's methods. */

static inline GPtrArray *hub_connector_list_fields (HubConnector *self, GCancellable *cancellable,
                                                    GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->list_fields (self, cancellable, error);
}

static inline HubRecord *hub_connector_read_record (HubConnector *self, const char *key,
                                                    GCancellable *cancellable, GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->read_record (self, key, cancellable, error);
}

static inline HubPage *hub_connector_read_page (HubConnector *self, const char *position,
                                                GCancellable *cancellable, GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->read_page (self, position, cancellable, error);
}

static inline gboolean hub_connector_prepare (HubConnector *self, const char *const *targets, int key,
                                              GCancellable *cancellable, GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->prepare (self, targets, key, cancellable, error);
}

static inline gboolean hub_connector_look_up (HubConnector *self, GPtrArray *deliveries,
                                              GCancellable *cancellable, GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->look_up (self, deliveries, cancellable, error);
}

static inline gboolean hub_connector_write (HubConnector *self, GPtrArray *deliveries,
                                            GCancellable *cancellable, GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->write (self, deliveries, cancellable, error);
}

static inline gboolean hub_connector_remove (HubConnector *self, GPtrArray *deliveries,
                                             GCancellable *cancellable, GError **error) {
  return HUB_CONNECTOR_GET_CLASS (self)->remove (self, deliveries, cancellable, error);
}

/* The builds: of services that a manifest describes in full (rest.c), and the two that it cannot (csv.c, google-sheets.c). */
GType hub_rest_get_type (void);
GType hub_csv_get_type (void);
GType hub_google_sheets_get_type (void);
