/* hubspot-search.c: what has changed at HubSpot.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A search gives at most 10,000 results, and what changes meanwhile moves to its end. So no search is turned to a second page:
 * the next one asks for what was changed from the time of the last record on. When a whole page has one and the same time, the
 * records of that time are read by their ids. A position is "T" (milliseconds), or "T/I" for those of time T with ids above I. */
#include "hubspot-search.h"

#include <inttypes.h>
#include <string.h>

#include "date.h"

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
  const char *const *paths = hub_connector_get_paths (HUB_CONNECTOR (self));
  const HubManifestRead *read = &hub_connector_get_object (HUB_CONNECTOR (self))->read;
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
  g_string_append_printf (body, "],\"limit\":%d,\"properties\":[", PAGE);
  hub_json_append_text (body, property);
  for (guint i = 0; paths[i]; i++)
    if (g_str_has_prefix (paths[i], "properties.")) {
      g_string_append_c (body, ',');
      hub_json_append_text (body, paths[i] + strlen ("properties."));
    }
  g_string_append (body, "]}");
  return g_string_free (body, FALSE);
}

gboolean hub_hubspot_search_fits (HubRest *self) {
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
  const HubManifestRead *read = &hub_connector_get_object (HUB_CONNECTOR (self))->read;
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
