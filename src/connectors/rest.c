/* rest.c: reads any service whose manifest says how: requests, pages, fields.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest.h"

#include <glib/gi18n-lib.h>

#include "date.h"
#include "decimal.h"
#include "error.h"
#include "http.h"

#define BROKEN_ANSWER_TRIES 3

typedef struct {
  const HubManifestField *field; /* (borrowed) (nullable) what the manifest knows of it */
  guint currency;                /* where its currency is in paths, for money */
} AskedPath;

struct _HubRest {
  HubConnector parent;
  HubHttp *http;         /* (owned) (nullable) made by the first request, in the thread that uses it */
  char *base_url;        /* (owned) (nullable) */
  HubSelector *selector; /* (owned) (nullable) the asked paths, then the extra ones below */
  GPtrArray *paths;      /* (owned) (nullable) what selector reads */
  guint key_index;       /* of the record's key in paths */
  GArray *asked;         /* (owned) (nullable) (element-type AskedPath) the first of paths */
};

G_DEFINE_FINAL_TYPE (HubRest, hub_rest, HUB_TYPE_CONNECTOR)

static void
hub_rest_finalize (GObject *object)
{
  HubRest *self = HUB_REST (object);
  g_clear_pointer (&self->http, hub_http_free);
  g_clear_pointer (&self->selector, hub_selector_free);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_array_unref);
  g_free (self->base_url);
  G_OBJECT_CLASS (hub_rest_parent_class)->finalize (object);
}

/* Makes the HTTP client with the manifest's headers and the account's key. */
static gboolean
connect_service (HubRest *self, GError **error)
{
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  if (self->http)
    return TRUE;
  self->base_url = hub_connector_dup_base_url (connector, error);
  g_autofree char *origin = self->base_url ? hub_http_origin (self->base_url, error) : NULL;
  g_autoptr (HubHttp) http = origin ? hub_http_new (manifest->name, origin, error) : NULL;
  if (http == NULL)
    return FALSE;
  for (guint i = 0; manifest->headers[i]; i += 2)
    hub_http_set_header (http, manifest->headers[i], manifest->headers[i + 1]);
  if (g_str_equal (manifest->auth, "bearer")) {
    const HubManifestOption *field = g_ptr_array_index (manifest->secrets, 0);
    const char *key = hub_connector_get_secret (connector, field->id);
    g_autofree char *bearer = g_strconcat ("Bearer ", key ? key : "", NULL);
    hub_http_set_header (http, "Authorization", bearer);
    memset (bearer, 0, strlen (bearer));
  }
  self->http = g_steal_pointer (&http);
  return TRUE;
}

/* Sets @error from an answer that is not a success, with the service's own sentence. */
static gboolean
fail_with_answer (HubRest *self, const HubHttpAnswer *answer, GError **error)
{
  const HubManifest *manifest = hub_connector_get_manifest (HUB_CONNECTOR (self));
  HubValue message = { 0 };
  if (manifest->error_message) {
    const char *const paths[] = { manifest->error_message, NULL };
    g_autoptr (HubSelector) selector = hub_selector_new (paths);
    gsize length;
    const char *data = g_bytes_get_data (answer->body, &length);
    HubJsonReader reader;
    hub_json_reader_init (&reader, data, length);
    if (!hub_selector_read (selector, &reader, &message, NULL)) /* not JSON: the status alone must do */
      hub_value_clear (&message);
  }
  hub_http_fail (self->http, answer, message.text, error);
  hub_value_clear (&message);
  return FALSE;
}

/* GETs @path (with its query) under the base address. Returns: (transfer full): a successful answer. */
static HubHttpAnswer *
get (HubRest *self, const char *path, GCancellable *cancellable, GError **error)
{
  if (!connect_service (self, error))
    return NULL;
  g_autofree char *url = g_strconcat (self->base_url, path, NULL);
  g_autoptr (HubHttpAnswer) answer =
      hub_http_send (self->http, "GET", url, NULL, NULL, TRUE, cancellable, error);
  if (answer == NULL)
    return NULL;
  if (answer->status / 100 == 2)
    return g_steal_pointer (&answer);
  fail_with_answer (self, answer, error);
  return NULL;
}

/* The first of the manifest's label paths that holds something in @answer. (transfer full) (nullable) */
static char *
find_label (const HubManifest *manifest, const HubHttpAnswer *answer)
{
  guint n_paths = g_strv_length (manifest->verify_labels);
  g_autofree HubValue *values = g_new0 (HubValue, n_paths);
  g_autoptr (HubSelector) selector = hub_selector_new ((const char *const *) manifest->verify_labels);
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  char *label = NULL;
  gboolean read =
      hub_selector_read (selector, &reader, values, NULL); /* no label: the account has its name */
  for (guint i = 0; i < n_paths; i++) {
    if (read && label == NULL && !hub_value_is_blank (&values[i]))
      label = g_steal_pointer (&values[i].text);
    hub_value_clear (&values[i]);
  }
  return label;
}

/* A restricted key may be forbidden to see any of the paths, and is good all the same: only a refusal is a failure. */
static gboolean
hub_rest_verify (HubConnector *connector, char **label, GCancellable *cancellable, GError **error)
{
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  for (guint i = 0; manifest->verify && manifest->verify[i]; i++) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (HubHttpAnswer) answer = get (HUB_REST (connector), manifest->verify[i], cancellable, &problem);
    if (answer) {
      *label = find_label (manifest, answer);
      return TRUE;
    }
    if (!g_error_matches (problem, HUB_ERROR, HUB_ERROR_PERMISSION)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  return TRUE;
}

/* Compiles what has to be read for the asked paths: they themselves, the key, and the currencies of amounts. */
static void
compile_paths (HubRest *self)
{
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
  g_ptr_array_add (self->paths, NULL);
  self->selector = hub_selector_new ((const char *const *) self->paths->pdata);
}

/* An integer of minor units as money of @currency: the service's own number of decimals, or ISO 4217's. */
static void
convert_money (const HubManifest *manifest, HubValue *value, const char *currency)
{
  g_autofree char *code = g_ascii_strup (currency ? currency : "", -1);
  int own = GPOINTER_TO_INT (g_hash_table_lookup (manifest->minor_units, code));
  guint decimals = own ? (guint) own - 1 : hub_currency_exponent (code);
  hub_value_take (value, HUB_TYPE_MONEY, hub_decimal_shift (value->text, decimals));
  value->format = g_intern_string (code);
}

/* Gives a value that JSON typed the type that the manifest knows; what doesn't fit stays as it came. */
static void
convert (const HubManifest *manifest, const HubManifestField *field, HubValue *value, const char *currency)
{
  gboolean integer = value->type == HUB_TYPE_INTEGER;
  gboolean text = value->type == HUB_TYPE_TEXT;
  HubType wanted = field->field.type;
  if (hub_value_is_blank (value))
    return;
  if (field->format == HUB_FORMAT_MINOR_UNITS && integer)
    convert_money (manifest, value, currency);
  else if (field->format == HUB_FORMAT_UNIX_SECONDS && integer && strlen (value->text) <= 12)
    hub_date_from_unix_ms (value, g_ascii_strtoll (value->text, NULL, 10) * 1000);
  else if (field->format != HUB_FORMAT_PLAIN)
    return;
  else if (wanted == HUB_TYPE_TEXT || wanted == HUB_TYPE_EMAIL || wanted == HUB_TYPE_URL)
    value->type = integer || text ? wanted : value->type;
  else if (hub_type_is_number (wanted) && (integer || (text && hub_decimal_is_canonical (value->text))))
    value->type = wanted;
  else if ((wanted == HUB_TYPE_DATE || wanted == HUB_TYPE_DATETIME) && text)
    hub_date_parse (value, value->text, "UTC", NULL); /* not a date: it stays text */
}

/* Reads the next element of the records' array. */
static HubRecord *
read_record (HubRest *self, HubJsonReader *reader, HubValue *values, GError **error)
{
  HubConnector *connector = HUB_CONNECTOR (self);
  const HubManifest *manifest = hub_connector_get_manifest (connector);
  const HubManifestObject *object = hub_connector_get_object (connector);
  guint n_asked = self->asked->len, n_paths = self->paths->len - 1;
  if (!hub_selector_read (self->selector, reader, values, error))
    return NULL;
  HubRecord *record = hub_record_new (n_asked);
  if (object->key)
    record->key = g_strdup (values[self->key_index].text);
  for (guint i = 0; i < n_asked; i++) {
    const AskedPath *path = &g_array_index (self->asked, AskedPath, i);
    hub_value_copy (&record->values[i], &values[i]);
    if (path->field)
      convert (manifest, path->field, &record->values[i], values[path->currency].text);
  }
  for (guint i = 0; i < n_paths; i++)
    hub_value_clear (&values[i]);
  return record;
}

/* Reads the array of records that the reader's next token starts. */
static gboolean
read_records (HubRest *self, HubJsonReader *reader, HubPage *page, GError **error)
{
  g_autofree HubValue *values = g_new0 (HubValue, self->paths->len);
  if (hub_json_reader_next (reader) != HUB_JSON_ARRAY)
    return reader->token != HUB_JSON_ERROR || hub_json_reader_get_error (reader, error);
  for (;;) {
    HubJsonReader ahead = *reader;
    HubJsonToken token = hub_json_reader_next (&ahead);
    if (token == HUB_JSON_ERROR)
      return hub_json_reader_get_error (&ahead, error);
    if (token == HUB_JSON_ARRAY_END) {
      *reader = ahead;
      return TRUE;
    }
    HubRecord *record = read_record (self, reader, values, error);
    if (record == NULL)
      return FALSE;
    g_ptr_array_add (page->records, record);
  }
}

/* Reads a page's JSON; *more tells whether another follows. An answer without the records' array is refused: it is no
 * empty page. */
static gboolean
read_answer (HubRest *self, GBytes *body, HubPage *page, gboolean *more, GError **error)
{
  const HubManifestRead *read = &hub_connector_get_object (HUB_CONNECTOR (self))->read;
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  gboolean found = FALSE;
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  if (hub_json_reader_next (&reader) == HUB_JSON_OBJECT)
    while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
      gboolean is_records = hub_json_reader_is (&reader, read->records);
      gboolean is_more = read->more && hub_json_reader_is (&reader, read->more);
      found |= is_records;
      if (is_records ? !read_records (self, &reader, page, error)
                     : !hub_json_reader_skip (&reader, NULL, NULL))
        break;
      if (is_more)
        *more = reader.token == HUB_JSON_TRUE;
    }
  if (error && *error)
    return FALSE;
  if (reader.token != HUB_JSON_ERROR && hub_json_reader_next (&reader) == HUB_JSON_END && found)
    return TRUE;
  if (reader.token == HUB_JSON_ERROR)
    return hub_json_reader_get_error (&reader, error);
  return hub_json_fail (error, read->path, _ ("the answer has no list “%s”"), read->records);
}

static char *
page_path (const HubManifestRead *read, const char *position)
{
  GString *path = g_string_new (read->path);
  char mark = strchr (read->path, '?') ? '&' : '?';
  for (guint i = 0; read->query && read->query[i]; i += 2, mark = '&') {
    g_string_append_c (path, mark);
    g_string_append_uri_escaped (path, read->query[i], NULL, FALSE);
    g_string_append_c (path, '=');
    g_string_append_uri_escaped (path, read->query[i + 1], NULL, FALSE);
  }
  if (position) {
    g_string_append_printf (path, "%c%s=", mark, read->page_param);
    g_string_append_uri_escaped (path, position, NULL, FALSE);
  }
  return g_string_free (path, FALSE);
}

/* Sets the position of the next page: the last record's key. */
static gboolean
set_next (const HubManifestRead *read, HubPage *page, const char *position, GError **error)
{
  HubRecord *last = page->records->len ? g_ptr_array_index (page->records, page->records->len - 1) : NULL;
  if (read->page_param == NULL)
    return TRUE;
  if (last == NULL || last->key == NULL || g_strcmp0 (last->key, position) == 0) {
    g_set_error (
        error, HUB_ERROR, HUB_ERROR_SERVICE,
        _ ("%s: the service says that more records follow, but not after which one; try again later"),
        read->path);
    return FALSE;
  }
  page->next = g_strdup (last->key);
  return TRUE;
}

static HubPage *
hub_rest_read_page (HubConnector *connector, const char *position, GCancellable *cancellable, GError **error)
{
  HubRest *self = HUB_REST (connector);
  const HubManifestRead *read = &hub_connector_get_object (connector)->read;
  g_autofree char *path = page_path (read, position);
  g_autoptr (GError) problem = NULL;
  if (self->selector == NULL)
    compile_paths (self);
  for (guint try = 0; try < BROKEN_ANSWER_TRIES; try++) {
    g_autoptr (HubHttpAnswer) answer = get (self, path, cancellable, error);
    if (answer == NULL)
      return NULL;
    gboolean more = FALSE;
    g_autoptr (HubPage) page = hub_page_new ();
    g_clear_error (&problem);
    if (read_answer (self, answer->body, page, &more, &problem))
      return !more || set_next (read, page, position, error) ? g_steal_pointer (&page) : NULL;
  }
  g_set_error (error, HUB_ERROR, HUB_ERROR_SERVICE, _ ("%s sent an answer that cannot be read: %s"),
               hub_connector_get_manifest (connector)->name, problem->message);
  return NULL;
}

/* Adds a field for every member of the object at @json, such as the keys of metadata. */
static void
add_sampled_fields (GPtrArray *fields, const char *prefix, const char *json)
{
  HubJsonReader reader;
  hub_json_reader_init (&reader, json, strlen (json));
  if (hub_json_reader_next (&reader) != HUB_JSON_OBJECT)
    return;
  while (hub_json_reader_next (&reader) == HUB_JSON_NAME) {
    g_autofree char *name = hub_json_reader_dup_text (&reader);
    g_autofree char *path = g_strdup_printf ("%s.%s", prefix, name);
    gboolean known = FALSE;
    for (guint i = 0; i < fields->len && !known; i++)
      known = g_str_equal (((HubField *) g_ptr_array_index (fields, i))->name, path);
    HubJsonToken token = hub_json_reader_next (&reader);
    if (!known) {
      HubField *field = hub_field_new (path, name, HUB_TYPE_TEXT);
      field->example = token == HUB_JSON_STRING ? hub_json_reader_dup_text (&reader) : NULL;
      g_ptr_array_add (fields, field);
    }
    if (token == HUB_JSON_OBJECT || token == HUB_JSON_ARRAY)
      return;
  }
}

/* Fills in examples from a sample page, and the fields that only records show. */
static gboolean
sample_fields (HubConnector *connector, GPtrArray *fields, GCancellable *cancellable, GError **error)
{
  const HubManifestObject *object = hub_connector_get_object (connector);
  guint n_fields = fields->len;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; i < n_fields; i++)
    g_ptr_array_add (paths, ((HubField *) g_ptr_array_index (fields, i))->name);
  if (object->sample)
    g_ptr_array_add (paths, object->sample);
  g_ptr_array_add (paths, NULL);
  hub_connector_set_source (connector, (const char *const *) paths->pdata);
  g_autoptr (HubPage) page = hub_rest_read_page (connector, NULL, cancellable, error);
  for (guint r = 0; page && r < page->records->len; r++) {
    HubRecord *record = g_ptr_array_index (page->records, r);
    for (guint i = 0; i < n_fields; i++) {
      HubField *field = g_ptr_array_index (fields, i);
      if (field->example == NULL && !hub_value_is_blank (&record->values[i]))
        field->example = hub_value_display (&record->values[i]);
    }
    if (object->sample && record->values[n_fields].type == HUB_TYPE_JSON)
      add_sampled_fields (fields, object->sample, record->values[n_fields].text);
  }
  return page != NULL;
}

static GPtrArray *
hub_rest_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error)
{
  const HubManifestObject *object = hub_connector_get_object (connector);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  for (guint i = 0; i < object->fields->len; i++) {
    const HubField *known = &((HubManifestField *) g_ptr_array_index (object->fields, i))->field;
    HubField *field = hub_field_new (known->name, known->label, known->type);
    field->required = known->required;
    field->read_only = known->read_only;
    field->unique = known->unique;
    field->example = g_strdup (known->example);
    g_ptr_array_add (fields, field);
  }
  if (hub_connector_get_secret_text (connector) && !sample_fields (connector, fields, cancellable, error))
    return NULL;
  return g_steal_pointer (&fields);
}

static void
hub_rest_class_init (HubRestClass *class)
{
  HubConnectorClass *connector_class = HUB_CONNECTOR_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = hub_rest_finalize;
  connector_class->verify = hub_rest_verify;
  connector_class->list_fields = hub_rest_list_fields;
  connector_class->read_page = hub_rest_read_page;
}

static void
hub_rest_init (HubRest *self)
{
}
