/* stripe-events.c: which of Stripe's objects have changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cursor is {"created": time of the newest event, "taken": when, "seen": ids of the newest page of events}. Events are read
 * newest first until a page's worth beyond the newest one seen, or OVERLAP seconds before it: an event that came late, or
 * with the same second as others, is there and not among those seen. */
#include "stripe-events.h"

#include "error.h"

#define PAGE_SIZE 100
#define OVERLAP 300              /* seconds */
#define MAX_AGE (29 * 24 * 3600) /* seconds; Stripe keeps events for 30 days */
#define MAX_CHANGED 1000         /* beyond that, reading the list costs fewer requests */

enum { ID, CREATED, OBJECT, OBJECT_ID };
static const char *const paths[] = { "id", "created", "data.object.object", "data.object.id", NULL };

typedef struct {
  gint64 created, taken; /* unix seconds */
  GHashTable *seen;      /* (owned) event ids */
} Cursor;

static void
cursor_clear (Cursor *cursor)
{
  g_clear_pointer (&cursor->seen, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cursor, cursor_clear)

/* Reads a cursor that write_cursor() wrote. FALSE when it is too old to go on from, or there is none. */
static gboolean
read_cursor (const char *text, Cursor *cursor)
{
  g_autoptr (JsonObject) object = text ? hub_json_parse_object (text, strlen (text), "cursor", NULL) : NULL;
  if (object == NULL) /* everything is read, whatever the cursor was */
    return FALSE;
  JsonArray *seen = json_object_get_array_member (object, "seen");
  cursor->created = json_object_get_int_member (object, "created");
  cursor->taken = json_object_get_int_member (object, "taken");
  cursor->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < json_array_get_length (seen); i++)
    g_hash_table_add (cursor->seen, g_strdup (json_array_get_string_element (seen, i)));
  return g_get_real_time () / G_USEC_PER_SEC - cursor->taken < MAX_AGE;
}

static gint64
created (const HubRecord *event)
{
  return event->values[CREATED].text ? g_ascii_strtoll (event->values[CREATED].text, NULL, 10) : 0;
}

/* The cursor after the newest page of events; NULL when there is none: what has no events cannot be relied on to tell. */
static char *
write_cursor (const HubPage *newest)
{
  if (newest->records->len == 0)
    return NULL;
  GString *text = g_string_new (NULL);
  g_string_printf (text, "{\"created\":%" G_GINT64_FORMAT ",\"taken\":%" G_GINT64_FORMAT ",\"seen\":[",
                   created (g_ptr_array_index (newest->records, 0)), g_get_real_time () / G_USEC_PER_SEC);
  for (guint i = 0; i < newest->records->len; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    hub_json_append_text (text, ((HubRecord *) g_ptr_array_index (newest->records, i))->key);
  }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

/* What has been read of the events so far. */
typedef struct {
  const Cursor *cursor;
  const char *object;  /* what the events call our kind of object */
  GHashTable *objects; /* (owned) ids in changed */
  GPtrArray *changed;  /* (owned) */
  guint n_beyond;      /* events since the newest one that was seen */
  gboolean met;
} Search;

/* Takes an event in. FALSE when those that follow are known. */
static gboolean
take_event (Search *search, const HubRecord *event)
{
  const char *id = event->values[OBJECT_ID].text;
  gboolean seen = g_hash_table_contains (search->cursor->seen, event->key);
  search->met |= seen;
  search->n_beyond += search->met;
  if (!seen && id && g_strcmp0 (event->values[OBJECT].text, search->object) == 0
      && g_hash_table_add (search->objects, g_strdup (id)))
    g_ptr_array_add (search->changed, g_strdup (id));
  return search->n_beyond < PAGE_SIZE && created (event) >= search->cursor->created - OVERLAP;
}

/* Reads on from @page, the newest events. *changed stays NULL when there are too many to read one by one. */
static gboolean
search_changes (HubConnector *events, HubPage *page, Search *search, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (HubPage) next = NULL;
  for (;;) {
    for (guint i = 0; i < page->records->len; i++)
      if (!take_event (search, g_ptr_array_index (page->records, i)))
        return TRUE;
    if (page->next == NULL || search->changed->len > MAX_CHANGED)
      return TRUE;
    HubPage *further = hub_connector_read_page (events, page->next, cancellable, error);
    if (further == NULL)
      return FALSE;
    g_clear_pointer (&next, hub_page_free);
    page = next = further;
  }
}

/* The connector of the account's events. (transfer full) */
static HubConnector *
open_events (HubConnector *source, GError **error)
{
  const HubEndpoint *endpoint = hub_connector_get_endpoint (source);
  g_autoptr (HubEndpoint) other = hub_endpoint_new (endpoint->connector, endpoint->account, "events");
  json_object_set_string_member (other->options, "type", hub_connector_get_object (source)->read.events);
  HubConnector *events = hub_connector_open_beside (source, other, error);
  if (events)
    hub_connector_set_source (events, paths);
  return events;
}

gboolean
hub_stripe_events_begin (HubConnector *source, const char *since, GPtrArray **changed, char **next,
                         GCancellable *cancellable, GError **error)
{
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
        || g_error_matches (problem, HUB_ERROR, HUB_ERROR_SERVICE))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  *next = write_cursor (newest);
  if (!read_cursor (since, &cursor) || *next == NULL)
    return TRUE;
  g_autoptr (GHashTable) objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Search search = { &cursor, hub_connector_get_object (source)->read.event_object, objects, ids, 0, FALSE };
  if (!search_changes (events, newest, &search, cancellable, error))
    return FALSE;
  if (ids->len <= MAX_CHANGED)
    *changed = g_steal_pointer (&ids);
  return TRUE;
}
