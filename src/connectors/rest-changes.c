/* rest-changes.c: what has changed at a service, by a query parameter, HubSpot's search or Stripe's events: its lists cannot tell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 * Source: https://docs.stripe.com/api/events/list ("going back up to 30 days") */
#include <inttypes.h>
#include <string.h>

#include "date.h"
#include "error.h"
#include "rest-private.h"

/* HubSpot: a search gives at most 10,000 results, and what changes meanwhile moves to its end. So no search is turned to a second page:
 * the next one asks for what was changed from the time of the last record on. When a whole page has one and the same time, the
 * records of that time are read by their ids. A position is "T" (milliseconds), or "T/I" for those of time T with ids above I. */

#define PAGE 200
#define LONGEST_BODY 2900 /* characters; HubSpot takes 3,000 */

typedef struct {
  gint64 time, id; /* id: -1 unless the records of one time are read */
} Position;

static void append_filter (GString *body, const char *property, const char *operator, gint64 value) {
  g_string_append (body, "{\"propertyName\":");
  hub_json_append_text (body, property);
  g_string_append_printf (body, ",\"operator\":\"%s\",\"value\":\"%" PRId64 "\"}", operator, value);
}

/* The request's body. (transfer full) */
static char *write_body (HubRest *self, const Position *position) {
  const char *const *paths = self->parent.paths;
  const HubManifestRead *read = &self->parent.object->read;
  const char *property = strchr (read->changed, '.') + 1;
  gboolean by_id = position->id >= 0;
  GString *body = g_string_new ("{\"filterGroups\":[{\"filters\":[");
  append_filter (body, property, by_id ? "EQ" : "GTE", position->time);
  if (by_id) {
    g_string_append_c (body, ',');
    append_filter (body, "hs_object_id", "GT", position->id);
  }
  g_string_append (body, "]}],\"sorts\":["); /* ascending */
  hub_json_append_text (body, by_id ? "hs_object_id" : property);
  /* Its description asks for “after”, which is 0 for the first page. */
  g_string_append_printf (body, "],\"after\":\"0\",\"limit\":%d,\"properties\":[", PAGE);
  hub_json_append_text (body, property);
  for (guint i = 0; paths[i]; i++)
    if (g_str_has_prefix (paths[i], "properties.")) {
      g_string_append_c (body, ',');
      hub_json_append_text (body, paths[i] + strlen ("properties."));
    }
  g_string_append (body, "]}");
  return g_string_free (body, FALSE);
}

static gboolean search_fits (HubRest *self) {
  const Position longest = { G_MAXINT64, G_MAXINT64 };
  g_autofree char *body = write_body (self, &longest);
  return strlen (body) <= LONGEST_BODY;
}

/* Where a reading that begins with @since, or goes on at @text, stands. */
static Position parse_position (const char *since, const char *text) {
  HubValue time = { 0 };
  if (text) {
    const char *id = strchr (text, '/');
    return (Position){ g_ascii_strtoll (text, NULL, 10), id ? g_ascii_strtoll (id + 1, NULL, 10) : -1 };
  }
  hub_date_parse (&time, since, "UTC", NULL); /* begin() has checked it */
  Position position = { hub_date_to_unix_ms (&time), -1 };
  hub_value_clear (&time);
  return position;
}

/* Where to go on after a page of @n records whose last one is @last; NULL at the end. (transfer full) */
static char *next_position (HubRest *self, const Position *position, guint n, const HubRecord *last) {
  if (position->id >= 0 && n == PAGE)
    return g_strdup_printf ("%" PRId64 "/%s", position->time, last->key);
  if (position->id >= 0)
    return g_strdup_printf ("%" PRId64, position->time + 1);
  if (n < PAGE)
    return NULL;
  if (self->last_changed <= position->time)
    return g_strdup_printf ("%" PRId64 "/0", position->time);
  return g_strdup_printf ("%" PRId64, self->last_changed);
}

HubPage *hub_hubspot_search (HubRest *self, const char *position, GCancellable *cancellable, GError **error) {
  const HubManifestRead *read = &self->parent.object->read;
  const Position from = parse_position (self->since, position);
  g_autofree char *body = write_body (self, &from);
  g_autofree char *request = g_strconcat ("POST ", read->search, NULL);
  g_autoptr (HubPage) page = hub_page_new ();
  if (!hub_rest_ask (self, request, body, hub_rest_read_result, page->records, cancellable, error))
    return NULL;
  guint n = page->records->len;
  page->next = next_position (self, &from, n, n ? g_ptr_array_index (page->records, n - 1) : NULL);
  if (page->next && !hub_rest_check_position (self, position, page->next, error))
    return NULL;
  hub_rest_drop_known (self, page->records, position == NULL);
  return g_steal_pointer (&page);
}

/* The cursor is the service's time when it answered with the first page, less the overlap. */
gboolean hub_rest_begin_since (HubRest *self, const char *since, char **next, GCancellable *cancellable,
                               GError **error) {
  const HubManifestRead *read = &self->parent.object->read;
  HubValue time = { 0 };
  if (since && hub_date_parse (&time, since, "UTC", NULL) && (read->search == NULL || search_fits (self)))
    self->since = g_strdup (since);
  hub_value_clear (&time);
  self->first = hub_connector_read_page (HUB_CONNECTOR (self), NULL, cancellable, error);
  if (self->first == NULL)
    return FALSE;
  hub_date_from_unix_ms (&time, (self->date - read->overlap) * 1000);
  *next = time.text;
  return TRUE;
}

/* Stripe: a cursor is {"created": time of the newest event, "taken": when, "seen": ids of the events of the OVERLAP seconds up to
 * it}. Events are read newest first until OVERLAP seconds before the newest one seen: an event that came late, or with
 * the same second as others, is there and not among those seen. */

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
  const HubEndpoint *endpoint = source->endpoint;
  g_autoptr (HubEndpoint) other = hub_endpoint_new (endpoint->connector, endpoint->account, "events");
  json_object_set_string_member (other->options, "type", source->object->read.events);
  HubConnector *events = hub_connector_open_beside (source, other, error);
  if (events)
    hub_connector_set_source (events, paths);
  return events;
}

gboolean hub_stripe_events_begin (HubRest *self, const char *since, char **next, GCancellable *cancellable,
                                  GError **error) {
  HubConnector *source = HUB_CONNECTOR (self);
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
                    source->object->read.event_object,
                    created (g_ptr_array_index (newest->records, 0)),
                    recent,
                    objects,
                    ids };
  if (!search_changes (events, newest, &search, cancellable, error))
    return FALSE;
  *next = write_cursor (&search);
  if (search.cursor && !are_too_many (&search))
    self->changed = g_steal_pointer (&ids);
  return TRUE;
}
