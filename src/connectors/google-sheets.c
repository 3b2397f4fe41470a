/* google-sheets.c: reads and writes the rows of one tab of a Google spreadsheet, in the thread that opened it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector.h"

#include <glib/gi18n-lib.h>

#include "error.h"
#include "google-book.h"

#define PAGE_ROWS 2000
#define SAMPLE_ROWS 20
#define MAX_GAP 20
#define MAX_RANGES 60
#define MAX_AGE (60 * G_TIME_SPAN_SECOND)
#define MAX_LOOK_UPS 3

typedef struct {
  HubConnector parent;
  HubBook *book; /* (owned) (nullable) made by the first request, in the thread that uses it */
  GStrv targets; /* (owned) (nullable) the columns to write */
  int key;       /* index of the key in targets, or -1: a record is known by all its fields */
  /* what stands in the spreadsheet, forgotten together when it may have changed */
  HubTab *tab;       /* (owned) (nullable) */
  GHashTable *rows;  /* (owned) (nullable) key → number of its row; of equal ones without a key, the last */
  GHashTable *twins; /* (owned) (nullable) row → the one above that is equal */
  gint64 read_at;    /* monotonic time of reading rows */
  gboolean checked;  /* rows was found to be true, and nothing written since */

  GHashTable *lost; /* (owned) (nullable) key → number of rows that had it before a write that may be lost */
  GPtrArray *list;  /* (borrowed) (nullable) of the fields or records being read */
} HubGoogleSheets;
typedef HubConnectorClass HubGoogleSheetsClass;

G_DEFINE_TYPE (HubGoogleSheets, hub_google_sheets, HUB_TYPE_CONNECTOR)

static void forget_sheet (HubGoogleSheets *self) {
  g_clear_pointer (&self->tab, hub_tab_free);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->twins, g_hash_table_unref);
  self->checked = FALSE;
}

static void hub_google_sheets_finalize (GObject *object) {
  HubGoogleSheets *self = (HubGoogleSheets *) object;
  forget_sheet (self);
  g_clear_pointer (&self->book, hub_book_free);
  g_clear_pointer (&self->lost, g_hash_table_unref);
  g_strfreev (self->targets);
  G_OBJECT_CLASS (hub_google_sheets_parent_class)->finalize (object);
}

static HubBook *get_book (HubGoogleSheets *self, GError **error) {
  if (self->book == NULL)
    self->book = hub_book_new (&self->parent, error);
  return self->book;
}

/* Finds out what the tab is like, unless that is known. */
static gboolean open_tab (HubGoogleSheets *self, GCancellable *cancellable, GError **error) {
  const char *title = hub_connector_get_option (&self->parent, "sheet");
  if (self->tab == NULL && get_book (self, error))
    self->tab = hub_book_open_tab (self->book, title, cancellable, error);
  return self->tab != NULL;
}

/* Reads rows @first to @last, as far as there are such. */
static gboolean read_whole_rows (HubGoogleSheets *self, guint first, guint last, HubRowFunc func,
                                 GCancellable *cancellable, GError **error) {
  HubRange range = { first, MIN (last, self->tab->n_rows), 0, self->tab->n_columns - 1 };
  return hub_book_read (self->book, self->tab, &range, 1, func, self, cancellable, error);
}

static gboolean hub_google_sheets_verify (HubConnector *connector, char **label, GCancellable *cancellable,
                                          GError **error) {
  HubBook *book = get_book ((HubGoogleSheets *) connector, error);
  return book && hub_book_verify (book, label, cancellable, error);
}

static void on_sample_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubGoogleSheets *self = user_data;
  for (guint i = 0, n = 0; row > 1 && n < self->list->len; i++) {
    if (self->tab->header->pdata[i] == NULL)
      continue;
    HubField *field = self->list->pdata[n++];
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
  HubGoogleSheets *self = (HubGoogleSheets *) connector;
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  if (!open_tab (self, cancellable, error))
    return NULL;
  GPtrArray *header = self->tab->header;
  for (guint i = 0; i < header->len; i++)
    if (header->pdata[i])
      g_ptr_array_add (fields, hub_field_new (header->pdata[i], header->pdata[i], HUB_TYPE_TEXT));
  self->list = fields;
  if (fields->len > 0 && !read_whole_rows (self, 1, SAMPLE_ROWS + 1, on_sample_row, cancellable, error))
    return NULL;
  return g_steal_pointer (&fields);
}

/* Only the spreadsheet's tabs can be listed: the key may see no list of spreadsheets. */
static GPtrArray *hub_google_sheets_list_choices (HubConnector *connector, const char *option,
                                                  GCancellable *cancellable, GError **error) {
  const char *spreadsheet = hub_connector_get_option (connector, "spreadsheet");
  if (!g_str_equal (option, "sheet") || spreadsheet == NULL || *spreadsheet == '\0')
    return g_ptr_array_new_with_free_func ((GDestroyNotify) hub_field_free);
  HubBook *book = get_book ((HubGoogleSheets *) connector, error);
  return book ? hub_book_list_tabs (book, cancellable, error) : NULL;
}

/* Finds the columns called @names. */
static gboolean bind (HubGoogleSheets *self, const char *const *names, GCancellable *cancellable,
                      GError **error) {
  const char *missing;
  if (hub_tab_bind (self->tab, names, &missing, error))
    return TRUE;
  g_autofree char *where = g_strdup_printf (_ ("the sheet “%s” has no column"), self->tab->title);
  return missing && hub_connector_fail_missing (&self->parent, where, missing, cancellable, error);
}

static void on_page_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubGoogleSheets *self = user_data;
  if (row == 1)
    return;
  HubRecord *record = hub_record_new (self->tab->n_fields);
  for (guint i = 0; i < record->n_values; i++)
    hub_value_copy (&record->values[i], &cells[self->tab->columns[i]]);
  g_ptr_array_add (self->list, record);
}

/* A position is the number of the page's first row. Empty rows end nothing: only the end of the grid does. */
static HubPage *hub_google_sheets_read_page (HubConnector *connector, const char *position,
                                             GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = (HubGoogleSheets *) connector;
  if (!open_tab (self, cancellable, error))
    return NULL;
  HubTab *tab = self->tab;
  if (tab->header->len == 0) {
    g_set_error (
        error, HUB_ERROR, HUB_ERROR_NOT_FOUND,
        _ ("the spreadsheet has no sheet “%s” with the names of columns in its first row; check both"),
        tab->title);
    return NULL;
  }
  guint first = position ? g_ascii_strtoull (position, NULL, 10) : 1, end = first + PAGE_ROWS;
  g_autoptr (HubPage) page = hub_page_new ();
  if (!bind (self, connector->paths, cancellable, error))
    return NULL;
  self->list = page->records;
  if (!read_whole_rows (self, first, end - 1, on_page_row, cancellable, error))
    return NULL;
  page->next = end <= tab->n_rows ? g_strdup_printf ("%u", end) : NULL;
  return g_steal_pointer (&page);
}

/* Opens the tab and finds the columns to write in it. */
static gboolean open_targets (HubGoogleSheets *self, GCancellable *cancellable, GError **error) {
  return open_tab (self, cancellable, error)
         && bind (self, (const char *const *) self->targets, cancellable, error);
}

static gboolean hub_google_sheets_prepare (HubConnector *connector, const char *const *targets, int key,
                                           GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = (HubGoogleSheets *) connector;
  forget_sheet (self);
  g_strfreev (self->targets);
  self->targets = g_strdupv ((char **) targets);
  self->key = key;
  return open_targets (self, cancellable, error);
}

/* What a record is known by: the text of its key, or a digest of all its fields. @columns (nullable) tells which of @values each
 * field is. (transfer full) (nullable) */
static char *make_key (HubGoogleSheets *self, const HubValue *values, const guint *columns) {
  gboolean whole = self->key < 0;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = whole ? 0 : self->key; i < (whole ? self->tab->n_fields : (guint) self->key + 1); i++) {
    g_autofree char *cell = hub_cells_text (&values[columns ? columns[i] : i], self->tab->zone);
    g_string_append (text, cell);
    g_string_append (text, whole ? "\x1f" : "");
  }
  return whole ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, text->len)
               : hub_key_normalize (text->str);
}

/* What @delivery is looked for by. (transfer full) (nullable) */
static char *key_of (HubGoogleSheets *self, const HubDelivery *delivery) {
  return delivery->look_up_key ? g_strdup (delivery->look_up_key) : make_key (self, delivery->values, NULL);
}

/* The first row with a key keeps it; without a key, equal rows are counted from below, where the new ones are. @key is taken (nullable). */
static void remember_row (HubGoogleSheets *self, char *key, guint row) {
  gpointer other = key ? g_hash_table_lookup (self->rows, key) : NULL;
  self->tab->last_row = MAX (self->tab->last_row, row);
  if (other && self->key < 0)
    g_hash_table_insert (self->twins, GUINT_TO_POINTER (row), other);
  if (key && (other == NULL || self->key < 0))
    g_hash_table_insert (self->rows, g_steal_pointer (&key), GUINT_TO_POINTER (row));
  g_free (key);
}

/* The row that @n others with @key are below; 0: there is none. */
static guint find_row (HubGoogleSheets *self, const char *key, guint n) {
  gpointer row = g_hash_table_lookup (self->rows, key);
  for (; row && n > 0; n--)
    row = g_hash_table_lookup (self->twins, row);
  return GPOINTER_TO_UINT (row);
}

static void on_key_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  HubGoogleSheets *self = user_data;
  if (row > 1)
    remember_row (self, make_key (self, cells, self->tab->columns), row);
}

/* Reads which row has which key. */
static gboolean read_keys (HubGoogleSheets *self, GCancellable *cancellable, GError **error) {
  if (!open_targets (self, cancellable, error))
    return FALSE;
  HubTab *tab = self->tab;
  HubRange all = { 1, 0, 0, tab->n_columns - 1 };
  if (self->key >= 0)
    all.first_column = all.last_column = tab->columns[self->key];
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->twins = g_hash_table_new (NULL, NULL);
  self->read_at = g_get_monotonic_time ();
  return tab->header->len == 0
         || hub_book_read (self->book, tab, &all, 1, on_key_row, self, cancellable, error);
}

static int compare_rows (gconstpointer a, gconstpointer b) {
  return (int) hub_cells_get_row (*(HubDelivery *const *) a)
         - (int) hub_cells_get_row (*(HubDelivery *const *) b);
}

/* Those of @deliveries whose row is known, down the sheet. (transfer full) (element-type HubDelivery) */
static GPtrArray *list_found (GPtrArray *deliveries) {
  GPtrArray *found = g_ptr_array_new ();
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    if (delivery->found && delivery->action != HUB_ACTION_REJECT)
      g_ptr_array_add (found, delivery);
  }
  g_ptr_array_sort (found, compare_rows);
  return found;
}

/* Tells @delivery the row that its key had when the keys were read. Without a key, each of equal deliveries has a row of its own (@taken: how
 * many have one already), and after a write that was lost only rows that were not there before it count. */
static void guess_row (HubGoogleSheets *self, HubDelivery *delivery, GHashTable *taken) {
  hub_delivery_forget (delivery);
  g_autofree char *key = key_of (self, delivery);
  if (key == NULL || delivery->action == HUB_ACTION_REJECT)
    return;
  guint n_before = self->lost ? GPOINTER_TO_UINT (g_hash_table_lookup (self->lost, key)) : 0;
  guint n_taken = GPOINTER_TO_UINT (g_hash_table_lookup (taken, key));
  guint row = find_row (self, key, n_taken + n_before) ? find_row (self, key, n_taken) : 0;
  if (row == 0)
    return;
  if (self->key < 0)
    g_hash_table_insert (taken, g_steal_pointer (&key), GUINT_TO_POINTER (n_taken + 1));
  delivery->found = g_strdup_printf ("%u", row);
  delivery->before = g_new0 (HubValue, delivery->n_fields);
}

/* The rows of known records being read, and after them those below the last row that we know. */
typedef struct {
  HubGoogleSheets *self;
  gboolean removing; /* a row that holds more than our fields makes a reject */
  GPtrArray *known;  /* (borrowed) (element-type HubDelivery) by row */
  guint next;        /* the first of known that is not above the row being read */
  guint n_lost;      /* of known, whose key no longer stands where it was */
  guint last_row;    /* that holds anything */
} KnownReader;

static void on_known_row (guint range, guint row, HubValue *cells, gpointer user_data) {
  KnownReader *reader = user_data;
  const HubTab *tab = reader->self->tab;
  if (row > tab->last_row) {
    reader->last_row = row;
    return;
  }
  g_autofree char *key = make_key (reader->self, cells, tab->columns);
  for (; reader->next < reader->known->len; reader->next++) {
    HubDelivery *delivery = reader->known->pdata[reader->next];
    if (hub_cells_get_row (delivery) > row)
      return;
    g_autofree char *wanted = key_of (reader->self, delivery);
    if (hub_cells_get_row (delivery) < row || g_strcmp0 (key, wanted) != 0)
      continue;
    reader->n_lost--;
    guint n_foreign = 0;
    for (guint i = 0; i < tab->n_columns; i++)
      n_foreign += !hub_value_is_blank (&cells[i]);
    for (guint i = 0; i < tab->n_fields; i++) {
      n_foreign -= !hub_value_is_blank (&cells[tab->columns[i]]);
      hub_cells_interpret (&delivery->before[i], &cells[tab->columns[i]], &delivery->values[i], tab->zone);
    }
    if (reader->removing && n_foreign > 0)
      hub_delivery_reject (delivery, NULL, _ ("the row holds more than was delivered"));
  }
}

/* Reads the rows where @deliveries should be, with one request. */
static gboolean read_known (KnownReader *reader, GPtrArray *deliveries, GCancellable *cancellable,
                            GError **error) {
  HubGoogleSheets *self = reader->self;
  HubTab *tab = self->tab;
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < deliveries->len; i++)
    guess_row (self, deliveries->pdata[i], taken);
  g_autoptr (GPtrArray) known = list_found (deliveries);
  g_autoptr (GArray) ranges = hub_cells_cover (tab, known, MAX_GAP, MAX_RANGES);
  HubRange below = { tab->last_row, 0, 0,
                     tab->n_columns - 1 }; /* a row that surely is in the grid, and more */
  g_array_append_val (ranges, below);
  reader->known = known;
  reader->n_lost = known->len;
  reader->last_row = tab->last_row;
  return tab->n_rows == 0
         || hub_book_read (self->book, tab, (HubRange *) ranges->data, ranges->len, on_known_row, reader,
                           cancellable, error);
}

/* Finds @deliveries; those to be removed whose row holds more than our fields become rejects. */
static gboolean find (HubGoogleSheets *self, GPtrArray *deliveries, gboolean removing,
                      GCancellable *cancellable, GError **error) {
  if (self->rows && g_get_monotonic_time () - self->read_at > MAX_AGE)
    forget_sheet (self);
  for (guint try = 0; try < MAX_LOOK_UPS; try++) {
    KnownReader reader = { self, removing };
    gboolean fresh = self->rows == NULL;
    gboolean read = (!fresh || read_keys (self, cancellable, error))
                    && read_known (&reader, deliveries, cancellable, error);
    self->checked = read && reader.n_lost == 0 && (fresh || reader.last_row == self->tab->last_row);
    if (self->checked)
      self->tab->last_row = reader.last_row;
    else
      forget_sheet (self);
    if (self->checked || !read)
      return read;
  }
  g_set_error_literal (error, HUB_ERROR, HUB_ERROR_SERVICE,
                       _ ("the rows of the sheet keep moving; try again when nobody is editing it"));
  return FALSE;
}

static gboolean hub_google_sheets_look_up (HubConnector *connector, GPtrArray *deliveries,
                                           GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = (HubGoogleSheets *) connector;
  gboolean found = find (self, deliveries, FALSE, cancellable, error);
  g_clear_pointer (&self->lost, g_hash_table_unref);
  return found;
}

/* Notes how many rows there are like each of @deliveries, which are being written: each of them adds one more, if it arrives. */
static void note_lost (HubGoogleSheets *self, GPtrArray *deliveries) {
  g_clear_pointer (&self->lost, g_hash_table_unref);
  self->lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; self->key < 0 && i < deliveries->len; i++) {
    char *key = key_of (self, deliveries->pdata[i]);
    guint n = 0;
    while (find_row (self, key, n))
      n++;
    g_hash_table_insert (self->lost, key, GUINT_TO_POINTER (n));
  }
}

static gboolean hub_google_sheets_write (HubConnector *connector, GPtrArray *deliveries,
                                         GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = (HubGoogleSheets *) connector;
  const char *const *targets = (const char *const *) self->targets;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GString) requests = g_string_new (NULL);
  if (!self->checked && !find (self, none, FALSE, cancellable, error))
    return FALSE;
  self->checked = FALSE;
  gboolean bare = self->tab->header->len == 0;
  hub_cells_reject_too_long (deliveries, targets);
  hub_cells_write (requests, self->tab, targets, deliveries);
  if (!hub_book_write (self->book, requests, cancellable, error)) {
    note_lost (self, deliveries);
    forget_sheet (self);
    return FALSE;
  }
  if (bare && self->tab->header->len > 0)
    connector->fresh = TRUE;
  for (guint i = 0; i < deliveries->len; i++) {
    HubDelivery *delivery = deliveries->pdata[i];
    delivery->http_status = delivery->action == HUB_ACTION_REJECT ? 0 : 200;
    if (delivery->action != HUB_ACTION_CREATE)
      continue;
    remember_row (self, make_key (self, delivery->values, NULL), self->tab->last_row + 1);
    g_free (delivery->found);
    delivery->found = g_strdup_printf ("%u", self->tab->last_row);
  }
  return TRUE;
}

/* A header that the run itself made goes with the last row; the tab stays. */
static gboolean hub_google_sheets_remove (HubConnector *connector, GPtrArray *deliveries,
                                          GCancellable *cancellable, GError **error) {
  HubGoogleSheets *self = (HubGoogleSheets *) connector;
  g_autoptr (GString) requests = g_string_new (NULL);
  if (!find (self, deliveries, TRUE, cancellable, error))
    return FALSE;
  g_autoptr (GPtrArray) removed = list_found (deliveries);
  hub_cells_remove (requests, self->tab, removed, connector->fresh);
  gboolean done = hub_book_write (self->book, requests, cancellable, error);
  forget_sheet (self);
  return done;
}

static void hub_google_sheets_class_init (HubGoogleSheetsClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_google_sheets_finalize;
  class->verify = hub_google_sheets_verify;
  class->list_fields = hub_google_sheets_list_fields;
  class->list_choices = hub_google_sheets_list_choices;
  class->read_page = hub_google_sheets_read_page;
  class->prepare = hub_google_sheets_prepare;
  class->look_up = hub_google_sheets_look_up;
  class->write = hub_google_sheets_write;
  class->remove = hub_google_sheets_remove;
  class->batch_size =
      1500; /* 10,000 rows are compared with fewer than ten requests, and written with seven */
}

static void hub_google_sheets_init (HubGoogleSheets *self) {
}
