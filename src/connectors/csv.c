/* csv.c: a CSV file as source and destination; its columns are the fields, its rows the records (one worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As a destination nothing of the file changes before commit(), which writes it anew as a whole. Until then new rows are in a
 * temporary file, and memory holds the keys, where each row begins, and the cells that updates set. */
#include "csv.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "csv-file.h"
#include "error.h"

#define PAGE_ROWS 500
#define SAMPLE_ROWS 100
#define CHANGED N_ ("another program changed this file meanwhile; run the synchronisation again")
#define NO_ROOM                                                                                              \
  N_ ("no room for its new rows in the folder for temporary files; free some space and run again")

struct _HubCsv {
  HubConnector parent_instance;
  char *path; /* (owned) (nullable) absolute */
  HubCsvDialect dialect;
  HubCsvReader *reader;               /* (owned) (nullable) NULL: there is no file */
  GPtrArray *header;                  /* (owned) (nullable) (element-type char*) the columns */
  guint64 header_offset, header_line; /* in the file */
  guint *columns;                     /* (owned) (nullable) the column of each path or target */
  guint n_columns;                    /* how many of them */
  guint next_row;                     /* source: the row that the next page begins with; 1 is the first */
  GStrv targets;                      /* (owned) (nullable) */
  int key;                            /* among the targets, or -1 */
  char *stamp;                        /* (owned) (nullable) of the file when it was opened */
  gboolean loaded;                    /* keys and offsets are known */
  GHashTable *keys;                   /* (owned) key → number of the first row that has it */
  GArray *offsets; /* (owned) (element-type guint64) where in the file each row begins; row 0 is the header */
  GHashTable *updates; /* (owned) number of a row → GPtrArray of its new cells, NULL where nothing changes */
  FILE *created;       /* (owned) (nullable) the cells of new rows, each ended by a NUL */
  guint n_created;
};

G_DEFINE_FINAL_TYPE (HubCsv, hub_csv, HUB_TYPE_CONNECTOR)

/* What a column may hold, for display only: the first that all its cells match. */
static const struct {
  HubType type;
  const char *pattern;
} guesses[] = {
  { HUB_TYPE_DATE, "^(\\d{4}[-/]\\d\\d[-/]\\d\\d|\\d\\d[-/.]\\d\\d[-/.]\\d{4})([ T]\\d\\d:\\d\\d.*)?$" },
  { HUB_TYPE_BOOLEAN, "(?i)^(true|false|vrai|faux|oui|non|yes|no)$" },
  { HUB_TYPE_EMAIL, "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$" },
  { HUB_TYPE_INTEGER, "^-?(0|[1-9]\\d*)$" },
  { HUB_TYPE_DECIMAL, "^-?(0|[1-9]\\d*|[1-9]\\d{0,2}([ .,\\x{A0}\\x{202F}]\\d{3})+)([.,]\\d+)?( ?[€$£])?$" },
  { HUB_TYPE_TEXT, "" },
};

/* Says what is wrong with the file; always FALSE. */
static gboolean
fail (HubCsv *self, GError **error, const char *sentence)
{
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE, _ ("“%s”: %s"), self->path, sentence);
  return FALSE;
}

/* The option @name, "auto" when it is not given; NULL with @error when it does not match @pattern. */
static const char *
read_choice (HubCsv *self, const char *name, const char *pattern, GError **error)
{
  const char *text = hub_connector_get_option (HUB_CONNECTOR (self), name) ?: "auto";

  if (g_regex_match_simple (pattern, text, 0, 0))
    return text;
  g_set_error (error, HUB_ERROR, HUB_ERROR_INVALID,
               _ ("the CSV file's option “%s” cannot be “%s”; leave it out or use auto"), name, text);
  return NULL;
}

static gboolean
read_options (HubCsv *self, GError **error)
{
  const char *path = hub_connector_get_option (HUB_CONNECTOR (self), "path");
  const char *delimiter = read_choice (self, "delimiter", "^(auto|tab|[ -!#-~])$", error);
  const char *encoding =
      delimiter ? read_choice (self, "encoding", "^(auto|UTF-8|Windows-1252)$", error) : NULL;
  const char *decimal = encoding ? read_choice (self, "decimal", "^(auto|[.,])$", error) : NULL;

  if (decimal == NULL)
    return FALSE;
  self->dialect.delimiter = delimiter[1] == '\0' ? delimiter[0] : delimiter[0] == 't' ? '\t' : 0;
  self->dialect.encoding = encoding[0] == 'a' ? NULL : encoding[0] == 'U' ? "UTF-8" : "WINDOWS-1252";
  self->dialect.decimal = decimal[0] == 'a' ? 0 : decimal[0];
  g_free (self->path);
  self->path = g_str_has_prefix (path, "~/") ? g_build_filename (g_get_home_dir (), path + 2, NULL)
                                             : g_canonicalize_filename (path, NULL);
  return TRUE;
}

/* Opens the file and reads its header. Only a destination may be without: header then stays NULL. */
static gboolean
open_file (HubCsv *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_clear_pointer (&self->reader, hub_csv_reader_free);
  self->reader = hub_csv_reader_open (self->path, &self->dialect, error);
  if (self->reader == NULL || !hub_csv_reader_next (self->reader, &self->header, cancellable, error))
    return FALSE;
  self->header_offset = hub_csv_reader_tell (self->reader, &self->header_line);
  if (self->header == NULL)
    return self->targets != NULL
           || fail (self, error, _ ("this file is empty; its first row must hold the names of the columns"));
  for (guint i = 0; i < self->header->len; i++) {
    const char *name = self->header->pdata[i];
    if (strspn (name, " \t") < strlen (name) && g_hash_table_add (seen, (gpointer) name))
      continue;
    g_set_error (
        error, HUB_ERROR, HUB_ERROR_FILE,
        _ ("“%1$s”: column %2$u is called “%3$s”; in the first row give each column a name of its own"),
        self->path, i + 1, name);
    return FALSE;
  }
  return TRUE;
}

/* Finds the columns called @names. */
static gboolean
find_columns (HubCsv *self, const char *const *names, GError **error)
{
  self->n_columns = g_strv_length ((char **) names);
  g_free (self->columns);
  self->columns = g_new0 (guint, self->n_columns + 1);
  for (guint i = 0; i < self->n_columns; i++) {
    if (g_ptr_array_find_with_equal_func (self->header, names[i], g_str_equal, &self->columns[i]))
      continue;
    g_ptr_array_add (self->header, NULL);
    g_autofree char *known = g_strjoinv (", ", (char **) self->header->pdata);
    g_set_error (error, HUB_ERROR, HUB_ERROR_NOT_FOUND, _ ("“%1$s” has no column “%2$s”; it has: %3$s"),
                 self->path, names[i], known);
    return FALSE;
  }
  return TRUE;
}

/* The next row, made as long as the header; NULL at the end. It may be shorter, but a cell beyond the header belongs to no field: most
 * often a delimiter in a cell without quotes has shifted the others, and reading on would put values into wrong fields. */
static gboolean
next_row (HubCsv *self, GPtrArray **row, GCancellable *cancellable, GError **error)
{
  guint length = self->header != NULL ? self->header->len : 0;
  guint64 line;

  if (!hub_csv_reader_next (self->reader, row, cancellable, error))
    return FALSE;
  if (*row == NULL)
    return TRUE;
  while ((*row)->len < length)
    g_ptr_array_add (*row, g_strdup (""));
  while ((*row)->len > length && *(const char *) (*row)->pdata[(*row)->len - 1] == '\0')
    g_ptr_array_set_size (*row, (int) (*row)->len - 1);
  if ((*row)->len == length)
    return TRUE;
  hub_csv_reader_tell (self->reader, &line);
  g_set_error (error, HUB_ERROR, HUB_ERROR_FILE,
               _ ("“%1$s”, line %2$lu: %3$u cells, but the first row has %4$u; put a cell that holds “%5$c” "
                  "in quotes"),
               self->path, (gulong) line, (*row)->len, length, self->dialect.delimiter);
  return FALSE;
}

/* Reads on from where the page before ended; @position, the number of the next row, is a check only. */
static HubPage *
hub_csv_read_page (HubConnector *connector, const char *position, GCancellable *cancellable, GError **error)
{
  HubCsv *self = HUB_CSV (connector);
  g_autoptr (HubPage) page = hub_page_new ();
  g_autoptr (GPtrArray) row = NULL;

  if (position == NULL) {
    self->next_row = 1;
    if (!read_options (self, error) || !open_file (self, cancellable, error)
        || !find_columns (self, hub_connector_get_paths (connector), error))
      return NULL;
  }
  g_assert (position == NULL || g_ascii_strtoull (position, NULL, 10) == self->next_row);
  while (page->records->len < PAGE_ROWS) {
    if (!next_row (self, &row, cancellable, error))
      return NULL;
    if (row == NULL)
      return g_steal_pointer (&page);
    HubRecord *record = hub_record_new (self->n_columns);
    for (guint i = 0; i < self->n_columns; i++)
      hub_value_take (&record->values[i], HUB_TYPE_TEXT, g_strdup (row->pdata[self->columns[i]]));
    g_ptr_array_add (page->records, record);
  }
  self->next_row += PAGE_ROWS;
  page->next = g_strdup_printf ("%u", self->next_row);
  return g_steal_pointer (&page);
}

/* Gives @field an example, and the first guess that all its cells so far match; @misses holds those that one did not. */
static void
learn_cell (HubField *field, const char *cell, guint *misses)
{
  guint guess = 0;

  if (*cell == '\0')
    return;
  if (field->example == NULL)
    field->example = g_strdup (cell);
  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    *misses |= g_regex_match_simple (guesses[i].pattern, cell, 0, 0) ? 0 : 1u << i;
  while (*misses & 1u << guess)
    guess++;
  field->type = guesses[guess].type;
}

static GPtrArray *
hub_csv_list_fields (HubConnector *connector, GCancellable *cancellable, GError **error)
{
  HubCsv *self = HUB_CSV (connector);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  g_autoptr (GPtrArray) row = NULL;

  if (!read_options (self, error) || !open_file (self, cancellable, error))
    return NULL;
  g_autofree guint *misses = g_new0 (guint, self->header->len);
  for (guint i = 0; i < self->header->len; i++)
    g_ptr_array_add (fields, hub_field_new (self->header->pdata[i], self->header->pdata[i], HUB_TYPE_TEXT));
  for (guint n = 0; n == 0 || (row != NULL && n < SAMPLE_ROWS); n++) {
    if (!next_row (self, &row, cancellable, error))
      return NULL;
    for (guint i = 0; row != NULL && i < row->len; i++)
      learn_cell (fields->pdata[i], row->pdata[i], &misses[i]);
  }
  return g_steal_pointer (&fields);
}

/* The file's identity, size and time; empty where there is none. */
static char *
make_stamp (const char *path)
{
  struct stat status;

  if (stat (path, &status) != 0)
    return g_strdup ("");
  return g_strdup_printf ("%lu:%lu %lu %ld.%09ld", (gulong) status.st_dev, (gulong) status.st_ino,
                          (gulong) status.st_size, (long) status.st_mtim.tv_sec,
                          (long) status.st_mtim.tv_nsec);
}

static gboolean
hub_csv_prepare (HubConnector *connector, const char *const *targets, int key, GCancellable *cancellable,
                 GError **error)
{
  HubCsv *self = HUB_CSV (connector);

  if (!read_options (self, error) || !hub_csv_check_writable (self->path, error))
    return FALSE;
  self->targets = g_strdupv ((char **) targets);
  self->key = key;
  self->stamp = make_stamp (self->path);
  if (*self->stamp != '\0' && !open_file (self, cancellable, error))
    return FALSE;
  hub_csv_dialect_settle (&self->dialect);
  if (self->header == NULL) {
    self->header = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; targets[i] != NULL; i++)
      g_ptr_array_add (self->header, g_strdup (targets[i]));
  }
  return find_columns (self, targets, error);
}

/* The cells that mapping's values make, parallel to the targets. */
static GStrv
dup_texts (HubCsv *self, const HubDelivery *delivery)
{
  GStrv texts = g_new0 (char *, delivery->n_fields + 1);

  for (guint i = 0; i < delivery->n_fields; i++) {
    texts[i] = hub_value_display (&delivery->values[i]);
    if (hub_type_is_number (delivery->values[i].type) && self->dialect.decimal == ',')
      g_strdelimit (texts[i], ".", ',');
  }
  return texts;
}

/* By what a row with @texts for the targets is found: its key, or without one all of them, as a digest to keep the map narrow. */
static char *
make_key (HubCsv *self, char **texts)
{
  if (self->key >= 0)
    return hub_key_normalize (texts[self->key]);
  g_autofree char *joined = g_strjoinv ("\x1f", texts);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, joined, -1);
}

/* Keeps where the row read last is, and its key unless an earlier row has it. */
static void
learn_row (HubCsv *self, GPtrArray *row)
{
  g_autofree char **texts = g_new0 (char *, self->n_columns + 1);
  guint64 line, offset = hub_csv_reader_tell (self->reader, &line);

  for (guint i = 0; i < self->n_columns; i++)
    texts[i] = row->pdata[self->columns[i]];
  g_autofree char *key = self->offsets->len > 0 ? make_key (self, texts) : NULL;
  if (key != NULL && !g_hash_table_contains (self->keys, key))
    g_hash_table_insert (self->keys, g_steal_pointer (&key), GUINT_TO_POINTER (self->offsets->len));
  g_array_append_val (self->offsets, offset);
}

/* Learns the file's rows, once. Rows that this run creates get no key: two equal records of one run are two rows, and neither is to be
 * found instead of the other. */
static gboolean
load_rows (HubCsv *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) row = NULL;

  if (self->loaded || self->reader == NULL)
    return TRUE;
  g_hash_table_remove_all (self->keys);
  g_array_set_size (self->offsets, 0);
  hub_csv_reader_seek (self->reader, self->header_offset, self->header_line);
  do {
    if (!next_row (self, &row, cancellable, error))
      return FALSE;
    if (row != NULL)
      learn_row (self, row);
  } while (row != NULL);
  return self->loaded = TRUE;
}

/* The file's row @number as it was when it was opened. */
static gboolean
read_row (HubCsv *self, guint number, GPtrArray **row, GCancellable *cancellable, GError **error)
{
  hub_csv_reader_seek (self->reader, g_array_index (self->offsets, guint64, number), 1);
  return next_row (self, row, cancellable, error) && (*row != NULL || fail (self, error, _ (CHANGED)));
}

static gboolean
look_up_one (HubCsv *self, HubDelivery *delivery, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) texts = dup_texts (self, delivery);
  g_autofree char *key = make_key (self, texts);
  guint number = key != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->keys, key)) : 0;
  g_autoptr (GPtrArray) row = NULL;

  if (number == 0 || delivery->action == HUB_ACTION_REJECT)
    return TRUE;
  if (!read_row (self, number, &row, cancellable, error))
    return FALSE;
  hub_delivery_forget (delivery);
  delivery->found = g_strdup_printf ("%u", number);
  delivery->before = g_new0 (HubValue, delivery->n_fields);
  for (guint i = 0; i < delivery->n_fields; i++) {
    const char *cell = row->pdata[self->columns[i]];
    if (g_str_equal (cell, texts[i])) /* then it is what is wanted, whatever its type */
      hub_value_copy (&delivery->before[i], &delivery->values[i]);
    else
      hub_value_take (&delivery->before[i], HUB_TYPE_TEXT, g_strdup (cell));
  }
  return TRUE;
}

static gboolean
hub_csv_look_up (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable, GError **error)
{
  gboolean ok = load_rows (HUB_CSV (connector), cancellable, error);

  for (guint i = 0; ok && i < deliveries->len; i++)
    ok = look_up_one (HUB_CSV (connector), deliveries->pdata[i], cancellable, error);
  return ok;
}

/* Keeps a new row until the commit. */
static gboolean
add_created (HubCsv *self, GPtrArray *cells, GError **error)
{
  if (self->created == NULL)
    self->created = tmpfile ();
  for (guint i = 0; i < cells->len; i++) {
    const char *cell = cells->pdata[i] != NULL ? cells->pdata[i] : "";
    if (self->created == NULL || fwrite (cell, strlen (cell) + 1, 1, self->created) != 1)
      return fail (self, error, _ (NO_ROOM));
  }
  self->n_created++;
  return TRUE;
}

/* A text that the file's encoding lacks makes @delivery a reject. */
static gboolean
write_one (HubCsv *self, HubDelivery *delivery, GError **error)
{
  gboolean create = delivery->action == HUB_ACTION_CREATE;
  g_auto (GStrv) texts = dup_texts (self, delivery);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_set_size (cells, (int) self->header->len);
  for (guint i = 0; i < delivery->n_fields; i++) {
    g_autoptr (GError) problem = NULL;
    g_autofree char *bytes = hub_csv_encode (&self->dialect, texts[i], &problem);
    if (!create && !delivery->change[i])
      continue;
    if (bytes == NULL) {
      hub_delivery_reject (delivery, self->targets[i], problem);
      return TRUE;
    }
    cells->pdata[self->columns[i]] = g_strdup (texts[i]);
  }
  if (!create) {
    guint64 number = g_ascii_strtoull (delivery->found, NULL, 10);
    g_hash_table_replace (self->updates, GUINT_TO_POINTER ((guint) number), g_steal_pointer (&cells));
    return TRUE;
  }
  if (!add_created (self, cells, error))
    return FALSE;
  g_free (delivery->found);
  delivery->found = g_strdup_printf ("%u", MAX (self->offsets->len, 1) + self->n_created - 1);
  return TRUE;
}

static gboolean
hub_csv_write (HubConnector *connector, GPtrArray *deliveries, GCancellable *cancellable, GError **error)
{
  gboolean ok = load_rows (HUB_CSV (connector), cancellable, error);

  for (guint i = 0; ok && i < deliveries->len; i++)
    ok = write_one (HUB_CSV (connector), deliveries->pdata[i], error);
  return ok;
}

/* Writes the header and the file's rows with their updates. */
static gboolean
copy_rows (HubCsv *self, HubCsvWriter *writer, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) row = g_ptr_array_ref (self->header);

  for (guint i = 0; i < MAX (self->offsets->len, 1); i++) {
    if (i > 0 && !read_row (self, i, &row, cancellable, error))
      return FALSE;
    GPtrArray *update = g_hash_table_lookup (self->updates, GUINT_TO_POINTER (i));
    for (guint column = 0; update != NULL && column < row->len; column++)
      if (update->pdata[column] != NULL) {
        g_free (row->pdata[column]);
        row->pdata[column] = g_strdup (update->pdata[column]);
      }
    if (!hub_csv_writer_add (writer, (const char *const *) row->pdata, row->len, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
append_created (HubCsv *self, HubCsvWriter *writer, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) cells = g_new0 (char *, self->header->len + 1);
  g_autofree gsize *sizes = g_new0 (gsize, self->header->len);

  if (self->created != NULL && fseek (self->created, 0, SEEK_SET) != 0)
    return fail (self, error, _ (NO_ROOM));
  for (guint n = 0; n < self->n_created; n++) {
    for (guint i = 0; i < self->header->len; i++)
      if (getdelim (&cells[i], &sizes[i], '\0', self->created) < 0)
        return fail (self, error, _ (NO_ROOM));
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !hub_csv_writer_add (writer, (const char *const *) cells, self->header->len, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
hub_csv_commit (HubConnector *connector, GCancellable *cancellable, GError **error)
{
  HubCsv *self = HUB_CSV (connector);
  if (self->n_created == 0 && g_hash_table_size (self->updates) == 0)
    return TRUE;
  g_autoptr (HubCsvWriter) writer = hub_csv_writer_open (self->path, &self->dialect, error);

  if (writer == NULL || !copy_rows (self, writer, cancellable, error)
      || !append_created (self, writer, cancellable, error))
    return FALSE;
  g_autofree char *stamp = make_stamp (self->path);
  if (!g_str_equal (stamp, self->stamp))
    return fail (self, error, _ (CHANGED));
  return hub_csv_writer_commit (writer, error);
}

static void
hub_csv_finalize (GObject *object)
{
  HubCsv *self = HUB_CSV (object);

  g_clear_pointer (&self->reader, hub_csv_reader_free);
  g_clear_pointer (&self->header, g_ptr_array_unref);
  g_clear_pointer (&self->created, fclose);
  g_hash_table_unref (self->keys);
  g_hash_table_unref (self->updates);
  g_array_unref (self->offsets);
  g_strfreev (self->targets);
  g_free (self->columns);
  g_free (self->stamp);
  g_free (self->path);
  G_OBJECT_CLASS (hub_csv_parent_class)->finalize (object);
}

static void
hub_csv_class_init (HubCsvClass *class)
{
  HubConnectorClass *connector = HUB_CONNECTOR_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_csv_finalize;
  connector->list_fields = hub_csv_list_fields;
  connector->read_page = hub_csv_read_page;
  connector->prepare = hub_csv_prepare;
  connector->look_up = hub_csv_look_up;
  connector->write = hub_csv_write;
  connector->commit = hub_csv_commit;
}

static void
hub_csv_init (HubCsv *self)
{
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->updates = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
}
