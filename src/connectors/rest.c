/* rest.c: reads any service whose manifest says how: requests, pages, fields.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest.h"

#include <glib/gi18n-lib.h>

#include "date.h"
#include "decimal.h"
#include "error.h"
#include "rest-write.h"
#include "stripe-events.h"

#define CHANGED_PER_PAGE 100

typedef struct {
  const HubManifestField *field; /* (borrowed) (nullable) what the manifest knows of it */
  guint currency;                /* where its currency is in paths, for money */
} AskedPath;

struct _HubRest {
  HubConnector parent;
  HubRestClient *client; /* (owned) (nullable) made by the first request, in the thread that uses it */
  HubRestWriter *writer; /* (owned) (nullable) what writing needs to remember */
  HubSelector *selector; /* (owned) (nullable) the asked paths, then the extra ones below */
  GPtrArray *paths;      /* (owned) (nullable) what selector reads */
  guint key_index;       /* of the record's key in paths */
  int deleted_index;     /* of the mark of a deleted record, or -1 */
  guint n_pages;         /* of the list, read so far */
  char *mark;            /* (owned) (nullable) the position after one of them, to notice when they go round */
  GPtrArray *changed;    /* (owned) (nullable) keys of the records to read, when only changes are read */
  GArray *asked;         /* (owned) (nullable) (element-type AskedPath) the first of paths */
};

G_DEFINE_FINAL_TYPE (HubRest, hub_rest, HUB_TYPE_CONNECTOR)

static void hub_rest_finalize (GObject *object) {
  HubRest *self = HUB_REST (object);
  g_clear_pointer (&self->client, hub_rest_client_free);
  g_clear_pointer (&self->writer, hub_rest_writer_free);
  g_clear_pointer (&self->selector, hub_selector_free);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->mark, g_free);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_array_unref);
  G_OBJECT_CLASS (hub_rest_parent_class)->finalize (object);
}

HubRestClient *hub_rest_get_client (HubRest *self, GError **error) {
  if (self->client == NULL)
    self->client = hub_rest_client_new (HUB_CONNECTOR (self), error);
  return self->client;
}

HubRestWriter *hub_rest_get_writer (HubRest *self) {
  return self->writer;
}

void hub_rest_set_writer (HubRest *self, HubRestWriter *writer) {
  g_clear_pointer (&self->writer, hub_rest_writer_free);
  self->writer = writer;
}

/* GETs @path and has @read read the answer. */
static gboolean get (HubRest *self, const char *path, HubRestRead read, gpointer data,
                     GCancellable *cancellable, GError **error) {
  HubRestClient *client = hub_rest_get_client (self, error);
  return client && hub_rest_client_get (client, path, read, data, cancellable, error);
}

/* Compiles what has to be read for the asked paths: they themselves, the key, and the currencies of amounts. */
static void compile_paths (HubRest *self) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifestObject *object = hub_connector_get_object (connector);
  const char *const *asked = hub_connector_get_paths (connector);
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->asked = g_array_new (FALSE, FALSE, sizeof (AskedPath));
  for (guint i = 0; asked[i]; i++)
    g_ptr_array_add (self->paths, g_strdup (asked[i]));
  for (guint i = 0; asked[i]; i++) {
    AskedPath path = { hub_manifest_field (object, asked[i]), 0 };
    if (path.field && path.field->currency)
      path.currency = hub_path_index (self->paths, path.field->currency);
    g_array_append_val (self->asked, path);
  }
  self->key_index = object->key ? hub_path_index (self->paths, object->key) : 0;
  self->deleted_index = object->read.deleted ? (int) hub_path_index (self->paths, object->read.deleted) : -1;
  g_ptr_array_add (self->paths, NULL);
  self->selector = hub_selector_new ((const char *const *) self->paths->pdata);
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

/* Gives a value that JSON typed the type that the manifest knows; what doesn't fit stays as it came. */
static void convert (const HubManifest *manifest, const HubManifestField *field, HubValue *value,
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
  else if (hub_type_is_number (wanted) && (!text || hub_decimal_is_canonical (value->text))
           && (wanted != HUB_TYPE_INTEGER || strchr (value->text, '.') == NULL))
    value->type = wanted;
  else if ((wanted == HUB_TYPE_DATE || wanted == HUB_TYPE_DATETIME) && text)
    hub_date_parse (value, value->text, "UTC", NULL); /* not a date: it stays text */
}

/* Reads one record; *record is NULL when all that is left of it is that it was deleted. */
static gboolean read_record (HubRest *self, HubJsonReader *reader, HubValue *values, HubRecord **record,
                             GError **error) {
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  const HubManifestObject *object = hub_connector_get_object (connector);
  guint n_asked = self->asked->len, n_paths = self->paths->len - 1;
  gboolean read = hub_selector_read (self->selector, reader, values, error);
  gboolean deleted = self->deleted_index >= 0 && g_strcmp0 (values[self->deleted_index].text, "true") == 0;
  *record = read && !deleted ? hub_record_new (n_asked) : NULL;
  if (*record && object->key)
    (*record)->key = g_strdup (values[self->key_index].text);
  for (guint i = 0; *record && i < n_asked; i++) {
    const AskedPath *path = &g_array_index (self->asked, AskedPath, i);
    hub_value_copy (&(*record)->values[i], &values[i]);
    if (path->field)
      convert (manifest, path->field, &(*record)->values[i], values[path->currency].text);
  }
  for (guint i = 0; i < n_paths; i++)
    hub_value_clear (&values[i]);
  return read;
}

static gboolean fail_without_list (HubRest *self, HubJsonReader *reader, GError **error) {
  const HubManifestRead *read = &hub_connector_get_object (HUB_CONNECTOR (self))->read;
  if (reader->token == HUB_JSON_ERROR)
    return hub_json_reader_get_error (reader, error);
  return hub_json_fail (error, read->path, _ ("the answer has no list “%s”"), read->records);
}

/* Reads the array of records that the reader's next token starts. */
static gboolean read_records (HubRest *self, HubJsonReader *reader, HubPage *page, GError **error) {
  g_autofree HubValue *values = g_new0 (HubValue, self->paths->len);
  if (hub_json_reader_next (reader) != HUB_JSON_ARRAY)
    return fail_without_list (self, reader, error);
  for (;;) {
    HubJsonReader ahead = *reader;
    HubJsonToken token = hub_json_reader_next (&ahead);
    if (token == HUB_JSON_ERROR)
      return hub_json_reader_get_error (&ahead, error);
    if (token == HUB_JSON_ARRAY_END) {
      *reader = ahead;
      return TRUE;
    }
    HubRecord *record;
    if (!read_record (self, reader, values, &record, error))
      return FALSE;
    if (record)
      g_ptr_array_add (page->records, record);
  }
}

typedef struct {
  HubPage *page; /* (borrowed) */
  gboolean more; /* another page follows */
} List;

/* Reads a page's JSON into the List @data. An answer without the records' array is refused: it is no empty page. */
static gboolean read_list (HubConnector *connector, HubJsonReader *reader, gpointer data, GError **error) {
  HubRest *self = HUB_REST (connector);
  const HubManifestRead *read = &hub_connector_get_object (connector)->read;
  List *list = data;
  gboolean found = FALSE;
  list->more = FALSE;
  g_ptr_array_set_size (list->page->records, 0);
  if (hub_json_reader_next (reader) == HUB_JSON_OBJECT)
    while (hub_json_reader_next (reader) == HUB_JSON_NAME) {
      gboolean is_records = hub_json_reader_is (reader, read->records);
      gboolean is_more = read->more && hub_json_reader_is (reader, read->more);
      found |= is_records;
      if (is_records && !read_records (self, reader, list->page, error))
        return FALSE;
      if (!is_records && !hub_json_reader_skip (reader, NULL, NULL))
        return hub_json_reader_get_error (reader, error);
      if (is_more)
        list->more = reader->token == HUB_JSON_TRUE;
    }
  return (found && reader->token == HUB_JSON_OBJECT_END) || fail_without_list (self, reader, error);
}

static void append_parameter (GString *path, const char *name, const char *value) {
  g_string_append_c (path, strchr (path->str, '?') ? '&' : '?');
  g_string_append_uri_escaped (path, name, NULL, FALSE);
  g_string_append_c (path, '=');
  g_string_append_uri_escaped (path, value, NULL, FALSE);
}

/* The path of the page at @position; a query value "{option}" is that option of the endpoint, and is left out without one. */
static char *page_path (HubConnector *connector, const HubManifestRead *read, const char *position) {
  GString *path = g_string_new (read->path);
  for (guint i = 0; read->query && read->query[i]; i += 2) {
    const char *value = read->query[i + 1];
    g_autofree char *option = *value == '{' ? g_strndup (value + 1, strcspn (value + 1, "}")) : NULL;
    if (option)
      value = hub_connector_get_option (connector, option);
    if (value)
      append_parameter (path, read->query[i], value);
  }
  if (position)
    append_parameter (path, read->page_param, position);
  return g_string_free (path, FALSE);
}

/* Sets the position of the next page: the last record's key. Pages that go round, however many, are noticed by comparing
 * with the position after the last page whose number is a power of two. */
static gboolean set_next (HubRest *self, const HubManifestRead *read, HubPage *page, const char *position,
                          GError **error) {
  HubRecord *last = page->records->len ? g_ptr_array_index (page->records, page->records->len - 1) : NULL;
  if (read->page_param == NULL)
    return TRUE;
  self->n_pages = position ? self->n_pages + 1 : 1;
  if (last == NULL || last->key == NULL || g_strcmp0 (last->key, position) == 0
      || (position && g_strcmp0 (last->key, self->mark) == 0)) {
    g_set_error (
        error, HUB_ERROR, HUB_ERROR_SERVICE,
        _ ("%s: the service says that more records follow, but not after which one; try again later"),
        read->path);
    return FALSE;
  }
  if ((self->n_pages & (self->n_pages - 1)) == 0) {
    g_free (self->mark);
    self->mark = g_strdup (last->key);
  }
  page->next = g_strdup (last->key);
  return TRUE;
}

/* A page of the whole list. */
static HubPage *read_list_page (HubRest *self, const char *position, GCancellable *cancellable,
                                GError **error) {
  const HubManifestRead *read = &hub_connector_get_object (HUB_CONNECTOR (self))->read;
  g_autofree char *path = page_path (HUB_CONNECTOR (self), read, position);
  g_autoptr (HubPage) page = hub_page_new ();
  List list = { page, FALSE };
  if (!get (self, path, read_list, &list, cancellable, error)
      || (list.more && !set_next (self, read, page, position, error)))
    return NULL;
  return g_steal_pointer (&page);
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

static HubPage *hub_rest_read_page (HubConnector *connector, const char *position, GCancellable *cancellable,
                                    GError **error) {
  HubRest *self = HUB_REST (connector);
  if (self->selector == NULL)
    compile_paths (self);
  return self->changed ? read_changed_page (self, position, cancellable, error)
                       : read_list_page (self, position, cancellable, error);
}

/* The path of one record: `one` with its {path} and {key}. (transfer full) */
static char *record_path (const HubManifestRead *read, const char *key) {
  g_autofree char *escaped = g_uri_escape_string (key, NULL, FALSE);
  g_autoptr (GString) path = g_string_new (read->one);
  g_string_replace (path, "{path}", read->path, 1);
  g_string_replace (path, "{key}", escaped, 1);
  return g_string_free (g_steal_pointer (&path), FALSE);
}

static gboolean read_one (HubConnector *connector, HubJsonReader *reader, gpointer record, GError **error) {
  HubRest *self = HUB_REST (connector);
  g_autofree HubValue *values = g_new0 (HubValue, self->paths->len);
  g_clear_pointer ((HubRecord **) record, hub_record_free);
  return read_record (self, reader, values, record, error);
}

static HubRecord *hub_rest_read_record (HubConnector *connector, const char *key, GCancellable *cancellable,
                                        GError **error) {
  HubRest *self = HUB_REST (connector);
  g_autofree char *path = record_path (&hub_connector_get_object (connector)->read, key);
  g_autoptr (HubRecord) record = NULL;
  g_autoptr (GError) problem = NULL;
  if (self->selector == NULL)
    compile_paths (self);
  if (get (self, path, read_one, &record, cancellable, &problem))
    return g_steal_pointer (&record);
  if (!g_error_matches (problem, HUB_ERROR, HUB_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean hub_rest_begin (HubConnector *connector, const char *since, gboolean *changes_only,
                                char **next, GCancellable *cancellable, GError **error) {
  HubRest *self = HUB_REST (connector);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  if (hub_connector_get_object (connector)->read.events == NULL)
    return TRUE;
  if (!hub_stripe_events_begin (connector, since, &self->changed, next, cancellable, error))
    return FALSE;
  *changes_only = self->changed != NULL;
  return TRUE;
}

static void hub_rest_class_init (HubRestClass *class) {
  HubConnectorClass *connector_class = HUB_CONNECTOR_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = hub_rest_finalize;
  connector_class->verify = hub_rest_verify;
  connector_class->list_fields = hub_rest_list_fields;
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
