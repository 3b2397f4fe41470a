/* stripe-events.c: which of Stripe's objects have changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cursor is {"created": time of the newest event, "taken": when, "seen": ids of the events of the OVERLAP seconds up to
 * it}. Events are read newest first until OVERLAP seconds before the newest one seen: an event that came late, or with
 * the same second as others, is there and not among those seen. */
#include "stripe-events.h"

#include "error.h"

#define OVERLAP 300              /* seconds */
#define MAX_AGE (29 * 24 * 3600) /* seconds; Stripe keeps events for 30 days */
#define MAX_CHANGED 1000         /* beyond that, reading the list costs fewer requests */

enum { ID, CREATED, OBJECT, OBJECT_ID };
static const char *const paths[] = { "id", "created", "data.object.object", "data.object.id", NULL };

typedef struct {
  gint64 created, taken; /* unix seconds */
  GHashTable *seen;      /* (owned) event ids */
} Cursor;

static void cursor_clear (Cursor *cursor) {
  g_clear_pointer (&cursor->seen, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cursor, cursor_clear)

/* Reads a cursor that write_cursor() wrote. FALSE when it is too old to go on from, or there is none. */
static gboolean read_cursor (const char *text, Cursor *cursor) {
  g_autoptr (JsonObject) object = text ? hub_json_parse_object (text, strlen (text), "cursor", NULL) : NULL;
  JsonArray *seen = NULL;
  if (object == NULL /* everything is read, whatever the cursor was */
      || !hub_json_get_array (object, "cursor", "seen", TRUE, &seen, NULL)
      || !hub_json_get_integer (object, "cursor", "created", 0, G_MAXINT64, &cursor->created, NULL)
      || !hub_json_get_integer (object, "cursor", "taken", 0, G_MAXINT64, &cursor->taken, NULL))
    return FALSE;
  cursor->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < json_array_get_length (seen); i++)
    g_hash_table_add (cursor->seen, g_strdup (json_array_get_string_element (seen, i)));
  return g_get_real_time () / G_USEC_PER_SEC - cursor->taken < MAX_AGE;
}

static gint64 created (const HubRecord *event) {
  return event->values[CREATED].text ? g_ascii_strtoll (event->values[CREATED].text, NULL, 10) : 0;
}

/* What has been read of the events so far. */
typedef struct {
  const Cursor *cursor; /* (nullable) NULL: nothing is known of what has changed */
  const char *object;   /* what the events call our kind of object */
  gint64 newest;        /* when the newest event was created */
  GPtrArray *recent;    /* (owned) ids of the events of the OVERLAP seconds up to that */
  GHashTable *objects;  /* (owned) ids in changed */
  GPtrArray *changed;   /* (owned) */
} Search;

/* The cursor for the next time. */
static char *write_cursor (const Search *search) {
  GString *text = g_string_new (NULL);
  g_string_printf (text, "{\"created\":%" G_GINT64_FORMAT ",\"taken\":%" G_GINT64_FORMAT ",\"seen\":[",
                   search->newest, g_get_real_time () / G_USEC_PER_SEC);
  for (guint i = 0; i < search->recent->len; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    hub_json_append_text (text, g_ptr_array_index (search->recent, i));
  }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

/* Takes an event in. FALSE when it and those that follow are known. */
static gboolean take_event (Search *search, const HubRecord *event) {
  const Cursor *cursor = search->cursor;
  const char *id = event->values[OBJECT_ID].text;
  gboolean recent = created (event) >= search->newest - OVERLAP;
  if (!recent && (cursor == NULL || created (event) < cursor->created - OVERLAP))
    return FALSE;
  if (event->key == NULL)
    return TRUE;
  if (recent)
    g_ptr_array_add (search->recent, g_strdup (event->key));
  if (cursor && !g_hash_table_contains (cursor->seen, event->key) && id
      && g_strcmp0 (event->values[OBJECT].text, search->object) == 0
      && g_hash_table_add (search->objects, g_strdup (id)))
    g_ptr_array_add (search->changed, g_strdup (id));
  return TRUE;
}

/* More than are worth reading one by one, or than can be told apart from those seen. */
static gboolean are_too_many (const Search *search) {
  return search->changed->len > MAX_CHANGED || search->recent->len > MAX_CHANGED;
}

/* Reads on from @page, the newest events. */
static gboolean search_changes (HubConnector *events, const HubPage *page, Search *search,
                                GCancellable *cancellable, GError **error) {
  g_autoptr (HubPage) next = NULL;
  for (;;) {
    for (guint i = 0; i < page->records->len; i++)
      if (!take_event (search, g_ptr_array_index (page->records, i)))
        return TRUE;
    if (page->next == NULL || are_too_many (search))
      return TRUE;
    HubPage *further = hub_connector_read_page (events, page->next, cancellable, error);
    if (further == NULL)
      return FALSE;
    g_clear_pointer (&next, hub_page_free);
    page = next = further;
  }
}

/* The connector of the account's events. (transfer full) */
static HubConnector *open_events (HubConnector *source, GError **error) {
  const HubEndpoint *endpoint = hub_connector_get_endpoint (source);
  g_autoptr (HubEndpoint) other = hub_endpoint_new (endpoint->connector, endpoint->account, "events");
  json_object_set_string_member (other->options, "type", hub_connector_get_object (source)->read.events);
  HubConnector *events = hub_connector_open_beside (source, other, error);
  if (events)
    hub_connector_set_source (events, paths);
  return events;
}

gboolean hub_stripe_events_begin (HubConnector *source, const char *since, GPtrArray **changed, char **next,
                                  GCancellable *cancellable, GError **error) {
  g_auto (Cursor) cursor = { 0 };
  g_autoptr (GError) problem = NULL;
  g_autoptr (HubConnector) events = open_events (source, error);
  if (events == NULL)
    return FALSE;
  g_autoptr (HubPage) newest = hub_connector_read_page (events, NULL, cancellable, &problem);
  if (newest == NULL) {
    /* A restricted key need not see events: then every run compares everything. */
    if (g_error_matches (problem, HUB_ERROR, HUB_ERROR_PERMISSION)
        || g_error_matches (problem, HUB_ERROR, HUB_ERROR_NOT_FOUND)
        || g_error_matches (problem, HUB_ERROR, HUB_ERROR_SERVICE)) {
      g_debug ("events cannot be read, so everything is: %s", problem->message);
      return TRUE;
    }
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (newest->records->len == 0) /* what has no events cannot be relied on to tell */
    return TRUE;
  g_autoptr (GPtrArray) recent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Search search = { read_cursor (since, &cursor) ? &cursor : NULL,
                    hub_connector_get_object (source)->read.event_object,
                    created (g_ptr_array_index (newest->records, 0)),
                    recent,
                    objects,
                    ids };
  if (!search_changes (events, newest, &search, cancellable, error))
    return FALSE;
  *next = write_cursor (&search);
  if (search.cursor && !are_too_many (&search))
    *changed = g_steal_pointer (&ids);
  return TRUE;
}
