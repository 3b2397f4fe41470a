/* google-sheets.c: reads and writes the rows of one tab of a Google spreadsheet, in the thread that opened it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "google-sheets.h"

#include <glib/gi18n-lib.h>

#include "error.h"
#include "google-book.h"

#define PAGE_ROWS 2000
#define SAMPLE_ROWS 20
#define MAX_GAP 20
#define MAX_RANGES 60
#define MAX_AGE (60 * G_TIME_SPAN_SECOND)
#define MAX_LOOK_UPS 3

struct _HubGoogleSheets {
  HubConnector parent;
  HubBook *book; /* (owned) (nullable) made by the first request, in the thread that uses it */
  GStrv names;   /* (owned) (nullable) the columns asked for: targets, or source paths */
  int key;       /* index of the key in names, or -1: a record is known by all its fields */
  /* what stands in the spreadsheet, forgotten together when it may have changed */
  HubTab *tab;      /* (owned) (nullable) */
  GHashTable *rows; /* (owned) (nullable) key → number of its row */
  gint64 read_at;   /* monotonic time of reading rows */

  GPtrArray *records; /* (borrowed) (nullable) of the page being read */
};

G_DEFINE_FINAL_TYPE (HubGoogleSheets, hub_google_sheets, HUB_TYPE_CONNECTOR)

static void forget_sheet (HubGoogleSheets *self) {
  g_clear_pointer (&self->tab, hub_tab_free);
  g_clear_pointer (&self->rows, g_hash_table_unref);
}

static void hub_google_sheets_finalize (GObject *object) {
  HubGoogleSheets *self = HUB_GOOGLE_SHEETS (object);
  forget_sheet (self);
  g_clear_pointer (&self->book, hub_book_free);
  g_strfreev (self->names);
  G_OBJECT_CLASS (hub_google_sheets_parent_class)->finalize (object);
}

static HubBook *get_book (HubGoogleSheets *self, GError **error) {
  if (self->book == NULL)
    self->book = hub_book_new (HUB_CONNECTOR (self), error);
  return self->book;
}

/* Finds out what the tab is like, unless that is known. */
static gboolean open_tab (HubGoogleSheets *self, GCancellable *cancellable, GError **error) {
  const char *title = hub_connector_get_option (HUB_CONNECTOR (self), "sheet");
  if (self->tab == NULL && get_book (self, error))
    self->tab = hub_book_open_tab (self->book, title, cancellable, error);
  return self->tab != NULL;
}

/* Opens the tab and finds the columns that were asked for in it. */
static gboolean open_columns (HubGoogleSheets *self, GCancellable *cancellable, GError **error) {
  return open_tab (self, cancellable, error)
         && hub_tab_bind (self->tab, (const char *const *) self->names, error);
}

static void set_names (HubGoogleSheets *self, const char *const *names, int key) {
  g_strfreev (self->names);
  self->names = g_strdupv ((char **) names);
  self->key = key;
}

static gboolean hub_google_sheets_verify (HubConnector *connector, char **label, GCancellable *cancellable,
                                          GError **error) {
  HubBook *book = get_book (HUB_GOOGLE_SHEETS (connector), error);
  return book && hub_book_verify (book, label, cancellable, error);
}

static void on_sample_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  GPtrArray *fields = user_data; /* by column */
  for (guint i = 0; i < fields->len; i++) {
    HubField *field = fields->pdata[i];
    HubType type = cells[i].type == HUB_TYPE_INTEGER ? HUB_TYPE_DECIMAL : cells[i].type;
    if (hub_value_is_blank (&cells[i]))
      continue;
    field->type = field->example == NULL || field->type == type ? type : HUB_TYPE_TEXT;
    if (field->example == NULL)
      field->example = g_steal_pointer (&cells[i].text);
  }
}

static GPtrArray *hub_google_sheets_list_fields (HubConnector *connector, GCancellable *cancellable,
                                                 GError **error) {
  HubGoogleSheets *self = HUB_GOOGLE_SHEETS (connector);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  if (!open_tab (self, cancellable, error))
    return NULL;
  for (guint i = 0; i < self->tab->header->len; i++) {
    const char *name = self->tab->header->pdata[i] ? self->tab->header->pdata[i] : "";
    g_ptr_array_add (fields, hub_field_new (name, name, HUB_TYPE_TEXT));
  }
  guint last_row = MIN (self->tab->n_rows, 1 + SAMPLE_ROWS);
  if (self->tab->headed && last_row > 1
      && !hub_book_read_range (self->book, self->tab, 2, 0, last_row, fields->len - 1, on_sample_row, fields,
                               cancellable, error))
    return NULL;
  for (guint i = fields->len; i > 0; i--)
    if (*((HubField *) fields->pdata[i - 1])->name == '\0')
      g_ptr_array_remove_index (fields, i - 1);
  return g_steal_pointer (&fields);
}

static void on_page_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubGoogleSheets *self = user_data;
  HubRecord *record = hub_record_new (self->tab->n_fields);
  for (guint i = 0; i < record->n_values; i++)
    hub_value_copy (&record->values[i], &cells[self->tab->columns[i]]);
  g_ptr_array_add (self->records, record);
}

/* A position is the number of the page's first row. Empty rows end nothing: only the end of the grid does. */
static HubPage *hub_google_sheets_read_page (HubConnector *connector, const char *position,
                                             GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = HUB_GOOGLE_SHEETS (connector);
  if (position == NULL || self->names == NULL)
    set_names (self, hub_connector_get_paths (connector), -1);
  if (!open_tab (self, cancellable, error))
    return NULL;
  HubTab *tab = self->tab;
  if (!tab->headed) {
    g_set_error (error, HUB_ERROR, tab->exists ? HUB_ERROR_INVALID : HUB_ERROR_NOT_FOUND,
                 tab->exists
                     ? _ ("the first row of the sheet “%s” is empty; write the names of its columns there")
                     : _ ("the spreadsheet has no sheet “%s”; check its name"),
                 tab->title);
    return NULL;
  }
  guint first = position ? g_ascii_strtoull (position, NULL, 10) : 2;
  guint last = MIN (first + PAGE_ROWS - 1, tab->n_rows);
  g_autoptr (HubPage) page = hub_page_new ();
  self->records = page->records;
  if (!open_columns (self, cancellable, error)
      || (first <= last
          && !hub_book_read_range (self->book, tab, first, 0, last, tab->n_columns - 1, on_page_row, self,
                                   cancellable, error)))
    return NULL;
  if (last < tab->n_rows)
    page->next = g_strdup_printf ("%u", last + 1);
  return g_steal_pointer (&page);
}

static gboolean hub_google_sheets_prepare (HubConnector *connector, const char *const *targets, int key,
                                           GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = HUB_GOOGLE_SHEETS (connector);
  forget_sheet (self);
  set_names (self, targets, key);
  return open_columns (self, cancellable, error);
}

/* What a record is known by: the text of its key, or a digest of all its fields. @columns (nullable) tells which of @values each
 * field is. (transfer full) (nullable) */
static char *make_key (HubGoogleSheets *self, const HubValue *values, const guint *columns,
                       guint first_column) {
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < (int) self->tab->n_fields; i++) {
    if (self->key >= 0 && self->key != i)
      continue;
    g_autofree char *cell =
        hub_cells_text (&values[columns ? columns[i] - first_column : (guint) i], self->tab->zone);
    g_string_append (text, cell);
    g_string_append_c (text, '\x1f');
  }
  if (self->key < 0)
    return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, text->len);
  g_string_truncate (text, text->len - 1);
  return hub_key_normalize (text->str);
}

/* The first row with a key keeps it. @key is taken (nullable). */
static void remember_row (HubGoogleSheets *self, char *key, guint row) {
  self->tab->last_row = MAX (self->tab->last_row, row);
  if (key == NULL || g_hash_table_contains (self->rows, key))
    g_free (key);
  else
    g_hash_table_insert (self->rows, key, GUINT_TO_POINTER (row));
}

/* The leftmost column of what records are known by. */
static guint get_key_column (HubGoogleSheets *self) {
  return self->tab->columns[self->key >= 0 ? (guint) self->key : self->tab->order[0]];
}

static void on_key_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubGoogleSheets *self = user_data;
  remember_row (self, make_key (self, cells, self->tab->columns, get_key_column (self)), 2 + row);
}

static void on_tail_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  guint *n_rows = user_data;
  *n_rows = row + 1;
}

/* Reads which row has which key and which is the last that holds anything, unless that is known. */
static gboolean read_rows (HubGoogleSheets *self, GCancellable *cancellable, GError **error) {
  guint n_tail = 0;
  if (self->rows)
    return TRUE;
  if (!open_columns (self, cancellable, error))
    return FALSE;
  HubTab *tab = self->tab;
  guint first = get_key_column (self);
  guint last = self->key >= 0 ? first : tab->columns[tab->order[tab->n_fields - 1]];
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->read_at = g_get_monotonic_time ();
  if ((tab->headed && tab->n_rows > 1
       && !hub_book_read_range (self->book, tab, 2, first, 0, last, on_key_row, self, cancellable, error))
      || (tab->last_row < tab->n_rows
          && !hub_book_read_range (self->book, tab, tab->last_row + 1, 0, 0, tab->n_columns - 1, on_tail_row,
                                   &n_tail, cancellable, error))) {
    forget_sheet (self);
    return FALSE;
  }
  tab->last_row += n_tail;
  return TRUE;
}

static guint get_row (const HubDelivery *delivery) {
  return g_ascii_strtoull (delivery->found, NULL, 10);
}

static int compare_rows (gconstpointer a, gconstpointer b) {
  return (int) get_row (*(HubDelivery *const *) a) - (int) get_row (*(HubDelivery *const *) b);
}

/* The deliveries whose records are known, by row. (transfer full) (element-type HubDelivery) */
static GPtrArray *find_known (HubGoogleSheets *self, GPtrArray *deliveries) {
  GPtrArray *known = g_ptr_array_new ();
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    hub_delivery_forget (delivery);
    if (delivery->action == HUB_ACTION_REJECT)
      continue;
    g_autofree char *key =
        delivery->look_up_key ? g_strdup (delivery->look_up_key) : make_key (self, delivery->values, NULL, 0);
    guint row = key ? GPOINTER_TO_UINT (g_hash_table_lookup (self->rows, key)) : 0;
    if (row == 0)
      continue;
    delivery->found = g_strdup_printf ("%u", row);
    delivery->before = g_new0 (HubValue, delivery->n_fields);
    g_ptr_array_add (known, delivery);
  }
  g_ptr_array_sort (known, compare_rows);
  return known;
}

/* The rows of known records being read. */
typedef struct {
  HubGoogleSheets *self;
  guint first_column;
  GArray *ranges;    /* (borrowed) (element-type HubRowRange) */
  GPtrArray *known;  /* (borrowed) (element-type HubDelivery) by row */
  guint next;        /* the first of known that is not above the row being read */
  guint n_confirmed; /* deliveries whose key stands where it was */
  gboolean grown;    /* somebody added rows below the last one that we know */
} KnownReader;

static void on_known_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  KnownReader *reader = user_data;
  const HubTab *tab = reader->self->tab;
  reader->grown |= range >= reader->ranges->len;
  if (reader->grown)
    return;
  row += g_array_index (reader->ranges, HubRowRange, range).first;
  g_autofree char *key = make_key (reader->self, cells, tab->columns, reader->first_column);
  gboolean confirmed = key && GPOINTER_TO_UINT (g_hash_table_lookup (reader->self->rows, key)) == row;
  for (; reader->next < reader->known->len; reader->next++) {
    HubDelivery *delivery = reader->known->pdata[reader->next];
    if (get_row (delivery) > row)
      return;
    gboolean here = confirmed && get_row (delivery) == row;
    reader->n_confirmed += here;
    for (guint j = 0; here && j < tab->n_fields; j++)
      hub_cells_interpret (&delivery->before[j], &cells[tab->columns[j] - reader->first_column],
                           &delivery->values[j], tab->zone);
  }
}

/* Reads the rows of the @known with one request. *moved: some are no longer where they were, or others were added. */
static gboolean read_known (HubGoogleSheets *self, GPtrArray *known, gboolean *moved,
                            GCancellable *cancellable, GError **error) {
  const HubTab *tab = self->tab;
  guint first = tab->columns[tab->order[0]], last = tab->columns[tab->order[tab->n_fields - 1]];
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < known->len; i++) {
    guint row = get_row (known->pdata[i]);
    g_array_append_val (rows, row);
  }
  g_autoptr (GArray) ranges = hub_cells_cover_rows (rows, MAX_GAP, MAX_RANGES);
  g_autoptr (GString) path = g_string_new ("/values:batchGet?" HUB_BOOK_RENDERING);
  for (guint i = 0; i < ranges->len; i++) {
    const HubRowRange *range = &g_array_index (ranges, HubRowRange, i);
    g_autofree char *text = hub_tab_range (tab, range->first, first, range->last, last);
    g_string_append_printf (path, "&ranges=%s", text);
  }
  if (tab->last_row < tab->n_rows) {
    g_autofree char *tail = hub_tab_range (tab, tab->last_row + 1, 0, 0, tab->n_columns - 1);
    g_string_append_printf (path, "&ranges=%s", tail);
  }
  KnownReader reader = { self, first, ranges, known, 0, 0, FALSE };
  gboolean read =
      hub_book_read (self->book, path->str, last - first + 1, on_known_row, &reader, cancellable, error);
  *moved = reader.grown || reader.n_confirmed < known->len;
  return read;
}

static gboolean hub_google_sheets_look_up (HubConnector *connector, GPtrArray *deliveries,
                                           GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = HUB_GOOGLE_SHEETS (connector);
  if (self->rows && g_get_monotonic_time () - self->read_at > MAX_AGE)
    forget_sheet (self);
  for (guint try = 0; try < MAX_LOOK_UPS; try++) {
    gboolean moved = FALSE;
    if (!read_rows (self, cancellable, error))
      return FALSE;
    g_autoptr (GPtrArray) known = find_known (self, deliveries);
    if (known->len > 0 && !read_known (self, known, &moved, cancellable, error))
      return FALSE;
    if (!moved)
      return TRUE;
    forget_sheet (self);
  }
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE,
                       _ ("the rows of the sheet keep moving; try again when nobody is editing it"));
  return FALSE;
}

static void reject_too_long (HubGoogleSheets *self, GPtrArray *deliveries) {
  g_autoptr (GError) problem =
      g_error_new_literal (HUB_ERROR, HUB_ERROR_RECORD,
                           _ ("a cell of Google Sheets takes at most 50,000 characters; shorten the text"));
  for (guint i = 0; i < deliveries->len; i++) {
    int field = hub_cells_find_too_long (deliveries->pdata[i]);
    if (field >= 0)
      hub_delivery_reject (deliveries->pdata[i], self->names[field], problem);
  }
}

static gboolean hub_google_sheets_write (HubConnector *connector, GPtrArray *deliveries,
                                         GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = HUB_GOOGLE_SHEETS (connector);
  if (!read_rows (self, cancellable, error))
    return FALSE;
  reject_too_long (self, deliveries);
  g_autoptr (GBytes) body = hub_cells_write (self->tab, (const char *const *) self->names, deliveries);
  if (body && !hub_book_write (self->book, body, cancellable, error)) {
    forget_sheet (self);
    return FALSE;
  }
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    if (delivery->action == HUB_ACTION_CREATE) {
      remember_row (self, make_key (self, delivery->values, NULL, 0), self->tab->last_row + 1);
      g_free (delivery->found);
      delivery->found = g_strdup_printf ("%u", self->tab->last_row);
    }
    delivery->http_status = delivery->action == HUB_ACTION_REJECT ? 0 : 200;
  }
  return TRUE;
}

static void hub_google_sheets_class_init (HubGoogleSheetsClass *class) {
  HubConnectorClass *connector_class = HUB_CONNECTOR_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = hub_google_sheets_finalize;
  connector_class->verify = hub_google_sheets_verify;
  connector_class->list_fields = hub_google_sheets_list_fields;
  connector_class->read_page = hub_google_sheets_read_page;
  connector_class->prepare = hub_google_sheets_prepare;
  connector_class->look_up = hub_google_sheets_look_up;
  connector_class->write = hub_google_sheets_write;
  connector_class->batch_size = 1000;
}

static void hub_google_sheets_init (HubGoogleSheets *self) {
}
