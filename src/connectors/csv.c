/* csv.c: a CSV file as source and destination; its columns are the fields, its rows the records (one worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As a destination nothing of the file changes before commit(), which writes it anew as a whole. Until then new and changed rows are
 * in a temporary file beside it, so that memory holds only where each row of the file is, and the keys. */
#include "connector.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "csv-file.h"
#include "decimal.h"
#include "error.h"

#define PAGE_ROWS 500
#define SAMPLE_ROWS 100
#define CHANGED N_ ("another program changed this file meanwhile; run the synchronisation again")

/* Where a row is: at an offset of the file, or with STAGED at one of the temporary file, or nowhere: LEFT_OUT. */
typedef struct {
  guint64 offset;
  gsize twin; /* number of another row that has the same key, if it is not the last of them: 0 */
} Place;

#define STAGED (G_GUINT64_CONSTANT (1) << 63)
#define LEFT_OUT G_MAXUINT64

typedef struct {
  HubConnector parent;
  char *path; /* (owned) (nullable) absolute */
  HubCsvDialect dialect;
  HubCsvReader *reader; /* (owned) (nullable) NULL: there is no file */
  GPtrArray *header;    /* (owned) (nullable) (element-type char*) the columns */
  guint *columns;       /* (owned) (nullable) the column of each path or target */
  guint n_columns;      /* how many of them */
  /* as a destination */
  int key;     /* among the columns, or -1 */
  char *stamp; /* (owned) (nullable) of the file when it was opened; NULL for a source */
  GHashTable
      *keys; /* (owned) key → number of the row that is found by it; 1 is the first behind the header */
  GArray *places;       /* (owned) (element-type Place) of each row; number 0 is unused */
  HubCsvWriter *staged; /* (owned) (nullable) the temporary file: rows written since prepare() */
} HubCsv;
typedef HubConnectorClass HubCsvClass;

G_DEFINE_TYPE (HubCsv, hub_csv, HUB_TYPE_CONNECTOR)

/* Says what is wrong with the file; always FALSE. */
static gboolean fail (HubCsv *self, GError **error, const char *sentence) {
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("“%s”: %s"), self->path, sentence);
  return FALSE;
}

static gboolean is_auto (const char *option) {
  return option == NULL || g_str_equal (option, "auto");
}

static void read_options (HubCsv *self) {
  HubConnector *connector = &self->parent;
  const char *path = hub_connector_get_option (connector, "path");
  const char *delimiter = hub_connector_get_option (connector, "delimiter");
  const char *encoding = hub_connector_get_option (connector, "encoding");
  const char *decimal = hub_connector_get_option (connector, "decimal");
  g_free (self->path);
  self->path = g_str_has_prefix (path, "~/") ? g_build_filename (g_get_home_dir (), path + 2, NULL)
                                             : g_canonicalize_filename (path, NULL);
  self->dialect = (HubCsvDialect){
    .delimiter = is_auto (delimiter)              ? 0
                 : g_str_equal (delimiter, "tab") ? '\t'
                                                  : *delimiter,
    .encoding = is_auto (encoding)                ? NULL
                : g_str_equal (encoding, "UTF-8") ? "UTF-8"
                                                  : "WINDOWS-1252",
    .decimal = is_auto (decimal) ? 0 : *decimal,
  };
}

/* Opens the file and reads its header. Only a destination may be without: header then stays NULL. */
static gboolean open_file (HubCsv *self, GError **error) {
  guint first;
  g_clear_pointer (&self->reader, hub_csv_reader_free);
  read_options (self);
  self->reader = hub_csv_reader_open (self->path, &self->dialect, error);
  if (self->reader == NULL || !hub_csv_reader_next (self->reader, &self->header, NULL, error))
    return FALSE;
  if (self->header == NULL)
    return self->stamp != NULL
           || fail (self, error, _ ("this file is empty; its first row must hold the names of the columns"));
  for (guint i = 0; i < self->header->len; i++) {
    const char *name = self->header->pdata[i];
    g_ptr_array_find_with_equal_func (self->header, name, g_str_equal, &first);
    if (first == i && strspn (name, " \t") < strlen (name))
      continue;
    g_set_error (error, HUB_ERROR, HUB_ERROR_FILE,
                 _ ("“%1$s”: column %2$u is called “%3$s”; give it a name of its own"), self->path, i + 1,
                 name);
    return FALSE;
  }
  return TRUE;
}

/* Finds the columns called @names. */
static gboolean find_columns (HubCsv *self, const char *const *names, GError **error) {
  self->n_columns = g_strv_length ((char **) names);
  g_free (self->columns);
  self->columns = g_new0 (guint, self->n_columns + 1);
  for (guint i = 0; i < self->n_columns; i++) {
    if (g_ptr_array_find_with_equal_func (self->header, names[i], g_str_equal, &self->columns[i]))
      continue;
    g_autofree char *where = g_strdup_printf (_ ("“%s” has no column"), self->path);
    return hub_connector_fail_missing (&self->parent, where, names[i], NULL, error);
  }
  return TRUE;
}

/* The next row, made as long as the header; NULL at the end. It may be shorter, but a cell beyond the header belongs to no field: most
 * often a delimiter in a cell without quotes has shifted the others, and reading on would put values into wrong fields. */
static gboolean next_row (HubCsv *self, HubCsvReader *reader, GPtrArray **row, GError **error) {
  guint length = self->header->len;
  guint64 line;
  if (!hub_csv_reader_next (reader, row, NULL, error))
    return FALSE;
  if (*row == NULL)
    return TRUE;
  while ((*row)->len < length)
    g_ptr_array_add (*row, g_strdup (""));
  while ((*row)->len > length && *(const char *) (*row)->pdata[(*row)->len - 1] == '\0')
    g_ptr_array_set_size (*row, (int) (*row)->len - 1);
  if ((*row)->len == length)
    return TRUE;
  hub_csv_reader_tell (reader, &line);
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE,
               _ ("“%1$s”, line %2$lu: %3$u cells, but the first row has %4$u; put a cell that holds “%5$c” "
                  "in quotes"),
               self->path, (gulong) line, (*row)->len, length, self->dialect.delimiter);
  return FALSE;
}

/* Reads on from where the page before ended: @position tells only whether there was one. */
static HubPage *hub_csv_read_page (HubConnector *connector, const char *position, GCancellable *cancellable,
                                   GError **error) {
  HubCsv *self = (HubCsv *) connector;
  g_autoptr (HubPage) page = hub_page_new ();
  g_autoptr (GPtrArray) row = NULL;
  if (position == NULL && (!open_file (self, error) || !find_columns (self, connector->paths, error)))
    return NULL;
  while (page->records->len < PAGE_ROWS) {
    if (!next_row (self, self->reader, &row, error))
      return NULL;
    if (row == NULL)
      return g_steal_pointer (&page);
    HubRecord *record = hub_record_new (self->n_columns);
    for (guint i = 0; i < self->n_columns; i++)
      hub_value_take (&record->values[i], HUB_TYPE_TEXT, g_strdup (row->pdata[self->columns[i]]));
    g_ptr_array_add (page->records, record);
  }
  page->next = g_strdup ("next");
  return g_steal_pointer (&page);
}

static GPtrArray *hub_csv_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error) {
  HubCsv *self = (HubCsv *) connector;
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  g_autoptr (GPtrArray) row = NULL;
  if (!open_file (self, error))
    return NULL;
  g_autofree guint *misses = g_new0 (guint, self->header->len);
  for (guint i = 0; i < self->header->len; i++)
    g_ptr_array_add (fields, hub_field_new (self->header->pdata[i], self->header->pdata[i], HUB_TYPE_TEXT));
  for (guint n = 0; n < SAMPLE_ROWS; n++) {
    if (!next_row (self, self->reader, &row, error))
      return NULL;
    for (guint i = 0; row != NULL && i < row->len; i++)
      hub_field_learn (fields->pdata[i], row->pdata[i], &misses[i]);
  }
  return g_steal_pointer (&fields);
}

/* Tells one version of the file from another; empty where there is none. */
static char *make_stamp (const char *path) {
  struct stat status;
  if (stat (path, &status) != 0)
    return g_strdup ("");
  return g_strdup_printf ("%lu %lu %ld.%09ld", (gulong) status.st_ino, (gulong) status.st_size,
                          (long) status.st_mtim.tv_sec, (long) status.st_mtim.tv_nsec);
}

/* By what a row with @cells is found: its key, or without one all mapped cells, as a digest to keep the map narrow. */
static char *make_key (HubCsv *self, const GPtrArray *cells) {
  g_autoptr (GString) all = g_string_new (NULL);
  if (self->key >= 0)
    return hub_key_normalize (cells->pdata[self->columns[self->key]]);
  for (guint i = 0; i < self->n_columns; i++)
    g_string_append_printf (all, "%s\x1f", (char *) cells->pdata[self->columns[i]]);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all->str, (gssize) all->len);
}

static Place *get_place (HubCsv *self, gsize number) {
  return &g_array_index (self->places, Place, number);
}

/* Row @number, or the first of its twins that is not left out; 0: none is there. */
static gsize find_twin (HubCsv *self, gsize number) {
  while (number != 0 && get_place (self, number)->offset == LEFT_OUT)
    number = get_place (self, number)->twin;
  return number;
}

/* Learns where each row is, and its key; the first row that has a key is found by it, of equal rows without a key the last, for new ones
 * are below. Rows that a run creates are not learnt: two equal records are two rows, and the second is not to be taken for the first. */
static gboolean learn_rows (HubCsv *self, GError **error) {
  g_autoptr (GPtrArray) row = NULL;
  guint64 line;
  while (next_row (self, self->reader, &row, error)) {
    if (row == NULL)
      return TRUE;
    gsize number = self->places->len, first = 0;
    g_autofree char *key = make_key (self, row);
    if (key != NULL)
      first = GPOINTER_TO_SIZE (g_hash_table_lookup (self->keys, key));
    g_array_set_size (self->places, (guint) number + 1);
    get_place (self, number)->offset = hub_csv_reader_tell (self->reader, &line);
    if (first != 0 && self->key >= 0) {
      get_place (self, number)->twin = get_place (self, first)->twin;
      get_place (self, first)->twin = number;
    } else if (key != NULL) {
      get_place (self, number)->twin = first;
      g_hash_table_insert (self->keys, g_steal_pointer (&key), GSIZE_TO_POINTER (number));
    }
  }
  return FALSE;
}

static gboolean hub_csv_prepare (HubConnector *connector, const char *const *targets, int key,
                                 GCancellable *cancellable, GError **error) {
  HubCsv *self = (HubCsv *) connector;
  read_options (self);
  if (!hub_csv_check_writable (self->path, error))
    return FALSE;
  self->key = key;
  self->stamp = make_stamp (self->path);
  if (*self->stamp != '\0' && !open_file (self, error))
    return FALSE;
  hub_csv_dialect_settle (&self->dialect);
  if (self->header == NULL) {
    self->header = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; targets[i] != NULL; i++)
      g_ptr_array_add (self->header, g_strdup (targets[i]));
  }
  return find_columns (self, targets, error) && (self->reader == NULL || learn_rows (self, error));
}

/* How @value is written in this file. */
static char *make_cell (HubCsv *self, const HubValue *value) {
  char *text = hub_value_display (value);
  if (hub_type_is_number (value->type) && self->dialect.decimal == ',')
    g_strdelimit (text, ".", ',');
  return text;
}

/* Puts into @row what @delivery's values are in this file: those in @change, or all. */
static void set_cells (HubCsv *self, const HubDelivery *delivery, const gboolean *change, GPtrArray *row) {
  for (guint i = 0; i < delivery->n_fields; i++) {
    if (change != NULL && !change[i])
      continue;
    g_free (row->pdata[self->columns[i]]);
    row->pdata[self->columns[i]] = make_cell (self, &delivery->values[i]);
  }
}

/* What @cell says: @wanted, if it is the @text that this file has for that, or the same number; else the text as it stands, so that an undo
 * can put just that back. But “1.234” is no 1.234 where the decimal mark is a comma. */
static void read_cell (HubCsv *self, const char *cell, const char *text, const HubValue *wanted,
                       HubValue *value) {
  gboolean same = g_str_equal (cell, text), parse = !same && hub_type_is_number (wanted->type);
  g_autofree char *number = parse ? hub_decimal_parse (cell, self->dialect.decimal, NULL) : NULL;
  HubValue parsed = { HUB_TYPE_DECIMAL, number, NULL, NULL };
  if (same || (number != NULL && hub_value_same (&parsed, wanted)))
    hub_value_copy (value, wanted);
  else if (number != NULL && g_strcmp0 (cell, wanted->text) == 0)
    hub_value_copy (value, &parsed);
  else
    hub_value_take (value, HUB_TYPE_TEXT, g_strdup (cell));
}

static GPtrArray *new_row (HubCsv *self) {
  GPtrArray *row = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_size (row, (int) self->header->len);
  return row;
}

/* Row @number, as it was written last. */
static gboolean read_row (HubCsv *self, gsize number, GPtrArray **row, GError **error) {
  guint64 offset = get_place (self, number)->offset;
  HubCsvReader *reader = offset & STAGED ? hub_csv_writer_get_reader (self->staged) : self->reader;
  hub_csv_reader_seek (reader, offset & ~STAGED, 1);
  return next_row (self, reader, row, error) && (*row != NULL || fail (self, error, _ (CHANGED)));
}

static gboolean hub_csv_look_up (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                                 GError **error) {
  HubCsv *self = (HubCsv *) connector;
  g_autoptr (GPtrArray) row = NULL;
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    g_autoptr (GPtrArray) wanted = new_row (self);
    set_cells (self, delivery, NULL, wanted);
    g_autofree char *key = delivery->look_up_key ? g_strdup (delivery->look_up_key) : make_key (self, wanted);
    gpointer first = key != NULL ? g_hash_table_lookup (self->keys, key) : NULL;
    gsize number = find_twin (self, GPOINTER_TO_SIZE (first));
    if (number == 0 || delivery->action == HUB_ACTION_REJECT)
      continue;
    if (!read_row (self, number, &row, error))
      return FALSE;
    hub_delivery_forget (delivery);
    delivery->found = g_strdup_printf ("%zu", number);
    delivery->before = g_new0 (HubValue, delivery->n_fields);
    for (guint j = 0; j < delivery->n_fields; j++) {
      guint column = self->columns[j];
      read_cell (self, row->pdata[column], wanted->pdata[column], &delivery->values[j], &delivery->before[j]);
    }
  }
  return TRUE;
}

/* Whether the file's encoding has all texts of @delivery in @row; makes it a reject if not. */
static gboolean check_texts (HubCsv *self, HubDelivery *delivery, const GPtrArray *row) {
  g_autoptr (GError) problem = NULL;
  for (guint i = 0; i < delivery->n_fields; i++) {
    const char *cell = row->pdata[self->columns[i]];
    g_autofree char *bytes = hub_csv_encode (&self->dialect, cell != NULL ? cell : "", &problem);
    if (bytes != NULL)
      continue;
    hub_delivery_reject (delivery, self->header->pdata[self->columns[i]], problem->message);
    return FALSE;
  }
  return TRUE;
}

static gboolean add_row (HubCsvWriter *writer, const GPtrArray *row, GError **error) {
  return hub_csv_writer_add (writer, (const char *const *) row->pdata, row->len, error);
}

/* Keeps @row as row @number, which may be a new one, until the commit; NULL leaves the row out. */
static gboolean stage_row (HubCsv *self, gsize number, const GPtrArray *row, GError **error) {
  if (self->staged == NULL)
    self->staged = hub_csv_writer_open (self->path, &self->dialect, TRUE, error);
  if (self->staged == NULL)
    return FALSE;
  g_array_set_size (self->places, MAX (self->places->len, (guint) number + 1));
  get_place (self, number)->offset = row != NULL ? STAGED | hub_csv_writer_tell (self->staged) : LEFT_OUT;
  return row == NULL || add_row (self->staged, row, error);
}

static gboolean hub_csv_write (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                               GError **error) {
  HubCsv *self = (HubCsv *) connector;
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    gboolean update = delivery->action == HUB_ACTION_UPDATE;
    gsize number = update ? g_ascii_strtoull (delivery->found, NULL, 10) : self->places->len;
    g_autoptr (GPtrArray) row = new_row (self);
    if (update && !read_row (self, number, &row, error))
      return FALSE;
    set_cells (self, delivery, update ? delivery->change : NULL, row);
    if (!check_texts (self, delivery, row))
      continue;
    if (!stage_row (self, number, row, error))
      return FALSE;
    g_free (delivery->found);
    delivery->found = g_strdup_printf ("%zu", number);
  }
  return TRUE;
}

/* Whether @row has nothing but in our columns, which are emptied. */
static gboolean is_ours (HubCsv *self, GPtrArray *row) {
  for (guint i = 0; i < self->n_columns; i++)
    *(char *) row->pdata[self->columns[i]] = '\0';
  g_ptr_array_add (row, NULL);
  g_autofree char *rest = g_strjoinv (NULL, (char **) row->pdata);
  return *rest == '\0';
}

/* Without a key, equal records have equal rows: each takes one of them. A file that a run made stays, with its header alone: that
 * it was not there before is nowhere noted. */
static gboolean hub_csv_remove (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable,
                                GError **error) {
  HubCsv *self = (HubCsv *) connector;
  g_autoptr (GPtrArray) row = NULL;
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    gsize found = g_ascii_strtoull (delivery->found, NULL, 10);
    gsize number = find_twin (self, found);
    gboolean ours = number == found || (number != 0 && self->key < 0);
    if (ours && !read_row (self, number, &row, error))
      return FALSE;
    if (!ours || !is_ours (self, row))
      hub_delivery_reject (delivery, NULL, _ ("the row holds more than was delivered"));
    else if (!stage_row (self, number, NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean hub_csv_commit (HubConnector *connector, GCancellable *cancellable, GError **error) {
  HubCsv *self = (HubCsv *) connector;
  g_autoptr (GPtrArray) row = NULL;
  if (self->staged == NULL)
    return TRUE;
  g_autoptr (HubCsvWriter) writer = hub_csv_writer_open (self->path, &self->dialect, FALSE, error);
  gboolean ok = writer != NULL && add_row (writer, self->header, error);
  for (gsize number = 1; ok && number < self->places->len; number++)
    ok = !g_cancellable_set_error_if_cancelled (cancellable, error)
         && (get_place (self, number)->offset == LEFT_OUT
             || (read_row (self, number, &row, error) && add_row (writer, row, error)));
  g_autofree char *stamp = make_stamp (self->path);
  if (ok && !g_str_equal (stamp, self->stamp))
    return fail (self, error, _ (CHANGED));
  return ok && hub_csv_writer_commit (writer, error);
}

static void hub_csv_finalize (GObject *object) {
  HubCsv *self = (HubCsv *) object;
  g_clear_pointer (&self->reader, hub_csv_reader_free);
  g_clear_pointer (&self->header, g_ptr_array_unref);
  g_clear_pointer (&self->staged, hub_csv_writer_free);
  g_hash_table_unref (self->keys);
  g_array_unref (self->places);
  g_free (self->columns);
  g_free (self->stamp);
  g_free (self->path);
  G_OBJECT_CLASS (hub_csv_parent_class)->finalize (object);
}

static void hub_csv_class_init (HubCsvClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_csv_finalize;
  class->list_fields = hub_csv_list_fields;
  class->read_page = hub_csv_read_page;
  class->prepare = hub_csv_prepare;
  class->look_up = hub_csv_look_up;
  class->write = hub_csv_write;
  class->remove = hub_csv_remove;
  class->commit = hub_csv_commit;
}

static void hub_csv_init (HubCsv *self) {
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->places = g_array_set_size (g_array_new (FALSE, TRUE, sizeof (Place)), 1);
}
