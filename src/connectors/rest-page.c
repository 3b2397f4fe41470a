/* rest-page.c: reads lists page by page, in each of the ways in which services turn pages.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "date.h"
#include "error.h"
#include "rest-private.h"

enum { MORE, NEXT, TOTAL, N_SIGNS };

typedef struct {
  GPtrArray *records;      /* (owned) (element-type HubRecord) */
  HubValue signs[N_SIGNS]; /* what tells of further pages */
} List;

static void list_clear (List *list) {
  g_clear_pointer (&list->records, g_ptr_array_unref);
  for (guint i = 0; i < N_SIGNS; i++)
    hub_value_clear (&list->signs[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (List, list_clear)

static const HubManifestRead *get_read (HubRest *self) {
  return &self->parent.object->read;
}

/* Reads a page's JSON into the List @data. An answer without the records' array is refused: it is no empty page. */
static gboolean read_list (HubRest *self, HubJsonReader *reader, gpointer data, GError **error) {
  const HubManifestRead *read = get_read (self);
  const char *const known[] = { read->more, read->next, read->total };
  const char *paths[N_SIGNS + 1] = { NULL };
  guint signs[N_SIGNS], n_signs = 0;
  HubValue values[N_SIGNS] = { 0 };
  HubJsonReader again = *reader;
  List *list = data;
  for (guint i = 0; i < N_SIGNS; i++)
    if (known[i]) {
      signs[n_signs] = i;
      paths[n_signs++] = known[i];
    }
  g_autoptr (HubSelector) selector = hub_selector_new (paths);
  gboolean whole = hub_selector_read (selector, reader, values, error);
  for (guint i = 0; i < n_signs; i++) {
    hub_value_clear (&list->signs[signs[i]]);
    list->signs[signs[i]] = values[i];
  }
  g_ptr_array_set_size (list->records, 0);
  if (whole && g_strcmp0 (list->signs[TOTAL].text, "0") == 0)
    return TRUE; /* some leave an empty list out */
  return whole && hub_rest_read_records (self, &again, read->records, list->records, error);
}

static void append_parameter (GString *path, const char *name, const char *value) {
  g_string_append_c (path, strchr (path->str, '?') ? '&' : '?');
  g_string_append_uri_escaped (path, name, NULL, FALSE);
  g_string_append_c (path, '=');
  g_string_append_uri_escaped (path, value, NULL, FALSE);
}

/* The time since which changes are read, as the service writes it. (transfer full) */
static char *format_since (HubRest *self, const char *format) {
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (self->since, NULL);
  g_autoptr (GDateTime) utc = time ? g_date_time_to_utc (time) : NULL;
  return g_date_time_format (utc, format ? format : "%Y-%m-%dT%H:%M:%SZ");
}

/* The request for the page at @position; parameters that stand for nothing are left out. (transfer full) */
static char *page_request (HubRest *self, const char *position) {
  const HubManifestRead *read = get_read (self);
  HubRestScope scope = { self, self->parent.paths };
  g_autofree char *path = hub_rest_expand (&scope, read->path, TRUE);
  if (position && read->paging == HUB_PAGE_LINK) {
    g_autofree char *url = hub_rest_resolve (self, path, position);
    return g_strconcat ("GET ", url, NULL);
  }
  GString *request = g_string_new ("GET ");
  g_string_append (request, path);
  for (guint i = 0; read->query && read->query[i]; i += 2) {
    g_autofree char *value = hub_rest_expand (&scope, read->query[i + 1], FALSE);
    if (value)
      append_parameter (request, read->query[i], value);
  }
  if (self->since && read->since_param) {
    g_autofree char *since = format_since (self, read->since_format);
    append_parameter (request, read->since_param, since);
  }
  if (position)
    append_parameter (request, read->page_param, position);
  return g_string_free (request, FALSE);
}

static gboolean fetch (HubRest *self, const char *position, List *list, GCancellable *cancellable,
                       GError **error) {
  g_autofree char *request = hub_rest_connect (self, error) ? page_request (self, position) : NULL;
  if (request == NULL)
    return FALSE;
  if (list->records == NULL)
    list->records = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_record_free);
  return hub_rest_ask (self, request, NULL, read_list, list, cancellable, error);
}

static gboolean fail_position (HubRest *self, GError **error) {
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE,
               _ ("%s: the service says that more records follow, but not after which one; try again later"),
               get_read (self)->path);
  return FALSE;
}

/* Pages that go round, however many, are noticed by comparing with the position after the last page whose number is a power of two. */
gboolean hub_rest_check_position (HubRest *self, const char *position, const char *next, GError **error) {
  self->n_pages = position ? self->n_pages + 1 : 1;
  if (next == NULL || g_strcmp0 (next, position) == 0 || (position && g_strcmp0 (next, self->mark) == 0))
    return fail_position (self, error);
  if ((self->n_pages & (self->n_pages - 1)) == 0) {
    g_free (self->mark);
    self->mark = g_strdup (next);
  }
  return TRUE;
}

/* The address in a Link header whose relation is "next", or NULL. (transfer full) */
static char *find_link (const char *header) {
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GRegex) pattern = g_regex_new ("<([^>]*)>[^,<]*;\\s*rel=\"?next\"?", G_REGEX_CASELESS, 0, NULL);
  return header && g_regex_match (pattern, header, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

/* What the answer says is next, or NULL at the end. (transfer full) */
static char *next_position (HubRest *self, const List *list) {
  const HubManifestRead *read = get_read (self);
  const char *next = list->signs[NEXT].text;
  guint n = list->records->len;
  if (read->paging == HUB_PAGE_LINK && next == NULL)
    return find_link (self->link);
  if (read->paging != HUB_PAGE_LAST_ID)
    return next && *next ? g_strdup (next) : NULL;
  const HubRecord *last = n ? g_ptr_array_index (list->records, n - 1) : NULL;
  return g_strdup (last ? last->key : NULL);
}

guint hub_rest_drop_known (HubRest *self, GPtrArray *records, gboolean first) {
  g_autoptr (GHashTable) before = first ? NULL : g_steal_pointer (&self->known);
  guint n_dropped = 0;
  g_clear_pointer (&self->known, g_hash_table_unref);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < records->len;) {
    const HubRecord *record = g_ptr_array_index (records, i);
    if (record->key)
      g_hash_table_add (self->known, g_strdup (record->key));
    gboolean drop = before && record->key && g_hash_table_contains (before, record->key);
    n_dropped += drop;
    if (drop)
      g_ptr_array_remove_index (records, i);
    else
      i++;
  }
  return n_dropped;
}

static gboolean overlaps (HubRest *self, const GPtrArray *records) {
  for (guint i = 0; i < records->len; i++) {
    const HubRecord *record = g_ptr_array_index (records, i);
    if (record->key && g_hash_table_contains (self->known, record->key))
      return TRUE;
  }
  return FALSE;
}

/* Each page begins with the record that ended the one before. If it does not, records before it have gone or moved meanwhile,
 * and those behind them have moved up: half a page is read again. */
static gboolean turn_offset (HubRest *self, const char *position, List *list, char **next,
                             GCancellable *cancellable, GError **error) {
  guint64 offset = position ? g_ascii_strtoull (position, NULL, 10) : 0;
  guint n_before = position && self->known ? g_hash_table_size (self->known) : 0;
  gboolean back = n_before > 1 && !overlaps (self, list->records);
  if (back) {
    offset -= MIN (offset, (n_before + 1) / 2);
    g_autofree char *earlier = g_strdup_printf ("%" G_GUINT64_FORMAT, offset);
    if (!fetch (self, earlier, list, cancellable, error))
      return FALSE;
  }
  const char *total = list->signs[TOTAL].text;
  guint n = list->records->len;
  guint n_new = n - hub_rest_drop_known (self, list->records, position == NULL);
  guint64 end = offset + n;
  if (n == 0 || (total && end >= g_ascii_strtoull (total, NULL, 10)))
    return TRUE;
  if (n_new == 0) /* a whole page of known records: the service does not take the offset */
    return back || n < n_before || total == NULL || fail_position (self, error);
  *next = g_strdup_printf ("%" G_GUINT64_FORMAT, end - (g_hash_table_size (self->known) > 1));
  return TRUE;
}

/* Numbered pages end with the total, with `more`, or with one that holds nothing new. */
static gboolean turn_number (HubRest *self, const char *position, List *list, char **next, GError **error) {
  guint64 number = position ? g_ascii_strtoull (position, NULL, 10) : 1;
  const char *total = list->signs[TOTAL].text, *more = list->signs[MORE].text;
  self->n_seen = (position ? self->n_seen : 0) + list->records->len;
  hub_rest_drop_known (self, list->records, position == NULL);
  if (list->records->len == 0 || (total && self->n_seen >= g_ascii_strtoull (total, NULL, 10))
      || (more && !g_str_equal (more, "true")))
    return TRUE;
  *next = g_strdup_printf ("%" G_GUINT64_FORMAT, number + 1);
  return TRUE;
}

static gboolean turn (HubRest *self, const char *position, List *list, char **next, GCancellable *cancellable,
                      GError **error) {
  const HubManifestRead *read = get_read (self);
  if (read->page_param == NULL && read->paging != HUB_PAGE_LINK)
    return TRUE;
  if (read->paging == HUB_PAGE_OFFSET)
    return turn_offset (self, position, list, next, cancellable, error);
  if (read->paging == HUB_PAGE_NUMBER)
    return turn_number (self, position, list, next, error);
  gboolean last_id = read->paging == HUB_PAGE_LAST_ID;
  if (last_id && g_strcmp0 (list->signs[MORE].text, "true") != 0)
    return TRUE;
  *next = next_position (self, list);
  return (*next == NULL && !last_id) || hub_rest_check_position (self, position, *next, error);
}

HubPage *hub_rest_read_list (HubRest *self, const char *position, GCancellable *cancellable, GError **error) {
  g_auto (List) list = { 0 };
  g_autoptr (HubPage) page = hub_page_new ();
  if (!fetch (self, position, &list, cancellable, error)
      || !turn (self, position, &list, &page->next, cancellable, error))
    return NULL;
  g_ptr_array_extend_and_steal (page->records, g_steal_pointer (&list.records));
  return g_steal_pointer (&page);
}
