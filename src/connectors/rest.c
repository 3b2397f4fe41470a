/* rest.c: reads any service whose manifest says how: records, their values, and what has changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "date.h"
#include "decimal.h"
#include "error.h"
#include "rest-private.h"

#define CHANGED_PER_PAGE 100

typedef struct {
  const HubManifestField *field; /* (borrowed) (nullable) what the manifest knows of it */
  guint currency;                /* where its currency is in paths, for money */
} AskedPath;

G_DEFINE_FINAL_TYPE (HubRest, hub_rest, HUB_TYPE_CONNECTOR)

static void hub_rest_finalize (GObject *object) {
  HubRest *self = HUB_REST (object);
  g_clear_pointer (&self->http, hub_http_free);
  g_free (self->base_url);
  g_free (self->link);
  g_clear_pointer (&self->writer, hub_rest_writer_free);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->hidden, g_hash_table_unref);
  g_clear_pointer (&self->defaults, g_hash_table_unref);
  g_clear_pointer (&self->since, g_free);
  g_clear_pointer (&self->first, hub_page_free);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->selector, hub_selector_free);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->mark, g_free);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_array_unref);
  G_OBJECT_CLASS (hub_rest_parent_class)->finalize (object);
}

HubRest *hub_rest_open_beside (HubRest *self, const HubEndpoint *endpoint, const char *const *paths,
                               GError **error) {
  HubConnector *beside = hub_connector_open_beside (HUB_CONNECTOR (self), endpoint, error);
  if (beside == NULL)
    return NULL;
  hub_connector_set_source (beside, paths);
  HubRest *other = HUB_REST (beside);
  if (self->fields && beside->object == self->parent.object) {
    other->fields = g_ptr_array_ref (self->fields);
    other->hidden = g_hash_table_ref (self->hidden);
  }
  return other;
}

gboolean hub_rest_read_all (HubRest *self, void (*take) (HubRecord *record, gpointer data), gpointer data,
                            GCancellable *cancellable, GError **error) {
  g_autofree char *position = NULL;
  do {
    g_autoptr (HubPage) page = hub_connector_read_page (HUB_CONNECTOR (self), position, cancellable, error);
    if (page == NULL)
      return FALSE;
    for (guint i = 0; i < page->records->len; i++)
      take (g_steal_pointer (&page->records->pdata[i]), data);
    g_free (position);
    position = g_steal_pointer (&page->next);
  } while (position);
  return TRUE;
}

static int optional_index (HubRest *self, const char *path) {
  return path ? (int) hub_path_index (self->paths, path) : -1;
}

/* What has to be read for the asked paths: they themselves, the key, and the currencies of amounts. */
gboolean hub_rest_compile (HubRest *self, GCancellable *cancellable, GError **error) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifestObject *object = connector->object;
  const char *const *asked = connector->paths;
  g_autoptr (GError) problem = NULL;
  if (self->selector)
    return TRUE;
  if (!hub_rest_discover (self, cancellable, &problem)
      && !g_error_matches (problem, HUB_ERROR, HUB_ERROR_PERMISSION)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (!hub_rest_check_fields (self, asked, cancellable, error))
    return FALSE;
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->asked = g_array_new (FALSE, FALSE, sizeof (AskedPath));
  for (guint i = 0; asked[i]; i++)
    g_ptr_array_add (self->paths, g_strdup (asked[i]));
  for (guint i = 0; asked[i]; i++) {
    AskedPath path = { hub_rest_field (self, asked[i]), 0 };
    if (path.field && path.field->currency)
      path.currency = hub_path_index (self->paths, path.field->currency);
    g_array_append_val (self->asked, path);
  }
  self->key_index = object->key ? hub_path_index (self->paths, object->key) : 0;
  self->deleted_index = optional_index (self, object->read.deleted);
  self->changed_index = optional_index (self, object->read.changed);
  g_ptr_array_add (self->paths, NULL);
  self->selector = hub_selector_new ((const char *const *) self->paths->pdata);
  return TRUE;
}

/* An integer of minor units as money of @currency: the service's own number of decimals, or ISO 4217's. */
static void convert_money (const HubManifest *manifest, HubValue *value, const char *currency) {
  g_autofree char *code = g_ascii_strup (currency ? currency : "", -1);
  int own = GPOINTER_TO_INT (g_hash_table_lookup (manifest->minor_units, code));
  guint decimals = own ? (guint) own - 1 : hub_currency_exponent (code);
  hub_value_take (value, HUB_TYPE_MONEY, hub_decimal_shift (value->text, decimals));
  value->format = g_intern_string (code);
}

/* Seconds since 1970 as a datetime, if they are of the years 1 to 9999. */
static void convert_time (HubValue *value) {
  HubValue time = { 0 };
  hub_date_from_unix_ms (&time, g_ascii_strtoll (value->text, NULL, 10) * 1000);
  if (time.type == HUB_TYPE_DATETIME)
    hub_value_take (value, HUB_TYPE_DATETIME, g_steal_pointer (&time.text));
  hub_value_clear (&time);
}

void hub_rest_convert (const HubManifest *manifest, const HubManifestField *field, HubValue *value,
                       const char *currency) {
  gboolean integer = value->type == HUB_TYPE_INTEGER;
  gboolean text = value->type == HUB_TYPE_TEXT;
  HubType wanted = field->field.type;
  if (hub_value_is_blank (value))
    return;
  if (field->format == HUB_FORMAT_MINOR_UNITS && integer)
    convert_money (manifest, value, currency);
  else if (field->format == HUB_FORMAT_UNIX_SECONDS && integer && strlen (value->text) <= 12)
    convert_time (value);
  else if (field->format != HUB_FORMAT_PLAIN)
    return;
  else if (wanted == HUB_TYPE_TEXT || wanted == HUB_TYPE_EMAIL || wanted == HUB_TYPE_URL)
    value->type = integer || text ? wanted : value->type;
  else if (wanted == HUB_TYPE_BOOLEAN)
    value->type =
        g_str_equal (value->text, "true") || g_str_equal (value->text, "false") ? wanted : value->type;
  else if (hub_type_is_number (wanted) && (!text || hub_decimal_is_canonical (value->text))
           && (wanted != HUB_TYPE_INTEGER || strchr (value->text, '.') == NULL))
    value->type = wanted;
  else if ((wanted == HUB_TYPE_DATE || wanted == HUB_TYPE_DATETIME) && text)
    hub_date_parse (value, value->text, "UTC", NULL); /* not a date: it stays text */
}

/* The instant that @text (nullable) tells in unix milliseconds, or 0. */
static gint64 read_time (const char *text) {
  HubValue time = { 0 };
  gint64 instant = text && hub_date_parse (&time, text, "UTC", NULL) ? hub_date_to_unix_ms (&time) : 0;
  hub_value_clear (&time);
  return instant;
}

/* Reads one record; *record is NULL when all that is left of it is that it was deleted. */
static gboolean read_record (HubRest *self, HubJsonReader *reader, HubValue *values, HubRecord **record,
                             GError **error) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifest *manifest = connector->manifest;
  const HubManifestObject *object = connector->object;
  guint n_asked = self->asked->len, n_paths = self->paths->len - 1;
  gboolean read = hub_selector_read (self->selector, reader, values, error);
  gboolean deleted = self->deleted_index >= 0 && g_strcmp0 (values[self->deleted_index].text, "true") == 0;
  *record = read && !deleted ? hub_record_new (n_asked) : NULL;
  if (*record && object->key)
    (*record)->key = g_strdup (values[self->key_index].text);
  if (*record && self->changed_index >= 0)
    self->last_changed = read_time (values[self->changed_index].text);
  for (guint i = 0; *record && i < n_asked; i++) {
    const AskedPath *path = &g_array_index (self->asked, AskedPath, i);
    hub_value_copy (&(*record)->values[i], &values[i]);
    if (path->field)
      hub_rest_convert (manifest, path->field, &(*record)->values[i], values[path->currency].text);
  }
  for (guint i = 0; i < n_paths; i++)
    hub_value_clear (&values[i]);
  return read;
}

static gboolean fail_without_list (HubRest *self, HubJsonReader *reader, GError **error) {
  const HubManifestRead *read = &self->parent.object->read;
  if (reader->token == HUB_JSON_ERROR)
    return hub_json_reader_get_error (reader, error);
  return hub_json_fail (error, read->path, _ ("the answer has no list “%s”"), read->records);
}

/* Takes the reader to where the value at @path comes next; "" is the document itself. */
static gboolean enter (HubJsonReader *reader, const char *path) {
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  for (guint i = 0; names[i]; i++) {
    gboolean found = FALSE;
    if (hub_json_reader_next (reader) != HUB_JSON_OBJECT)
      return FALSE;
    while (!found && hub_json_reader_next (reader) == HUB_JSON_NAME) {
      found = hub_json_reader_is (reader, names[i]);
      if (!found && !hub_json_reader_skip (reader, NULL, NULL))
        return FALSE;
    }
    if (!found)
      return FALSE;
  }
  return TRUE;
}

gboolean hub_rest_read_records (HubRest *self, HubJsonReader *reader, const char *path, GPtrArray *records,
                                GError **error) {
  g_autofree HubValue *values = g_new0 (HubValue, self->paths->len);
  if (!enter (reader, path) || hub_json_reader_next (reader) != HUB_JSON_ARRAY)
    return fail_without_list (self, reader, error);
  for (;;) {
    HubJsonReader ahead = *reader;
    HubJsonToken token = hub_json_reader_next (&ahead);
    if (token == HUB_JSON_ERROR)
      return hub_json_reader_get_error (&ahead, error);
    if (token == HUB_JSON_ARRAY_END)
      return TRUE;
    HubRecord *record;
    if (!read_record (self, reader, values, &record, error))
      return FALSE;
    if (record)
      g_ptr_array_add (records, record);
  }
}

gboolean hub_rest_read_result (HubRest *self, HubJsonReader *reader, gpointer records, GError **error) {
  HubJsonReader again = *reader;
  const char *path = self->parent.object->read.records;
  g_ptr_array_set_size (records, 0);
  if (!hub_json_reader_skip (reader, NULL, NULL))
    return hub_json_reader_get_error (reader, error);
  return hub_rest_read_records (self, &again, path, records, error);
}

/* A page of the records that have changed, each read by its key; @position counts those done. */
static HubPage *read_changed_page (HubRest *self, const char *position, GCancellable *cancellable,
                                   GError **error) {
  guint first = position ? g_ascii_strtoull (position, NULL, 10) : 0;
  guint end = MIN (first + CHANGED_PER_PAGE, self->changed->len);
  g_autoptr (HubPage) page = hub_page_new ();
  for (guint i = first; i < end; i++) {
    g_autoptr (GError) problem = NULL;
    HubRecord *record = hub_connector_read_record (HUB_CONNECTOR (self), g_ptr_array_index (self->changed, i),
                                                   cancellable, &problem);
    if (problem) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    if (record) /* what was deleted since is passed over: deletions are never passed on */
      g_ptr_array_add (page->records, record);
  }
  if (end < self->changed->len)
    page->next = g_strdup_printf ("%u", end);
  return g_steal_pointer (&page);
}

/* The path of one record. (transfer full) */
static char *record_path (HubRest *self, const char *key) {
  HubRestScope scope = { self, self->parent.paths, .key = key };
  g_autofree char *path = hub_rest_expand (&scope, self->parent.object->read.one, TRUE);
  char *query = strrchr (path, '?'), *further = strrchr (path, '&');
  if (query && g_str_has_suffix (path, "=")) /* nothing is asked for: no parameter stands without a value */
    *(further > query ? further : query) = '\0';
  return g_strconcat ("GET ", path, NULL);
}

static gboolean read_one (HubRest *self, HubJsonReader *reader, gpointer record, GError **error) {
  g_autofree HubValue *values = g_new0 (HubValue, self->paths->len);
  g_clear_pointer ((HubRecord **) record, hub_record_free);
  return read_record (self, reader, values, record, error);
}

static HubRecord *hub_rest_read_record (HubConnector *connector, const char *key, GCancellable *cancellable,
                                        GError **error) {
  HubRest *self = HUB_REST (connector);
  g_autoptr (HubRecord) record = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *request = record_path (self, key);
  if (hub_rest_compile (self, cancellable, &problem)
      && hub_rest_ask (self, request, NULL, read_one, &record, cancellable, &problem))
    return g_steal_pointer (&record);
  if (!g_error_matches (problem, HUB_ERROR, HUB_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* The strategies: how an object's changes are found, and how they are read. */
static const struct {
  const char *name;
  gboolean (*begin) (HubRest *self, const char *since, char **next, GCancellable *cancellable,
                     GError **error);
  HubPage *(*read_page) (HubRest *self, const char *position, GCancellable *cancellable, GError **error);
} strategies[] = {
  { "since", hub_rest_begin_since, hub_rest_read_list },
  { "stripe_events", hub_stripe_events_begin, read_changed_page },
  { "hubspot_search_window", hub_rest_begin_since, hub_hubspot_search },
};

static guint find_strategy (HubRest *self) {
  const char *name = self->parent.object->read.strategy;
  guint i = 0;
  while (i < G_N_ELEMENTS (strategies) && g_strcmp0 (strategies[i].name, name) != 0)
    i++;
  return i;
}

static gboolean hub_rest_begin (HubConnector *connector, const char *since, gboolean *changes_only,
                                char **next, GCancellable *cancellable, GError **error) {
  HubRest *self = HUB_REST (connector);
  guint strategy = find_strategy (self);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  g_clear_pointer (&self->since, g_free);
  g_clear_pointer (&self->first, hub_page_free);
  if (strategy < G_N_ELEMENTS (strategies)
      && !strategies[strategy].begin (self, since, next, cancellable, error))
    return FALSE;
  *changes_only = self->changed || self->since;
  return TRUE;
}

static HubPage *hub_rest_read_page (HubConnector *connector, const char *position, GCancellable *cancellable,
                                    GError **error) {
  HubRest *self = HUB_REST (connector);
  if (position == NULL && self->first)
    return g_steal_pointer (&self->first);
  if (!hub_rest_compile (self, cancellable, error))
    return NULL;
  if (self->changed || self->since)
    return strategies[find_strategy (self)].read_page (self, position, cancellable, error);
  return hub_rest_read_list (self, position, cancellable, error);
}

static void hub_rest_class_init (HubRestClass *class) {
  HubConnectorClass *connector_class = HUB_CONNECTOR_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = hub_rest_finalize;
  connector_class->verify = hub_rest_verify;
  connector_class->list_fields = hub_rest_list_fields;
  connector_class->list_choices = hub_rest_list_choices;
  connector_class->begin = hub_rest_begin;
  connector_class->read_record = hub_rest_read_record;
  connector_class->read_page = hub_rest_read_page;
  connector_class->prepare = hub_rest_prepare;
  connector_class->look_up = hub_rest_look_up;
  connector_class->write = hub_rest_write;
  connector_class->remove = hub_rest_remove;
  connector_class->batch_size = 100;
}

static void hub_rest_init (HubRest *self) {
}
