/* lazy-list.c: a list of deliveries of the past that reads those that are looked at, page by page (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "lazy-list.h"

#include "work.h"

#define PAGE 100   /* deliveries that are read at once */
#define N_PAGES 30 /* that are kept */

typedef struct {
  guint number;
  gboolean asked;   /* it was read, or is about to be */
  GPtrArray *items; /* (owned) (element-type HubRecordItem) */
} Page;

struct _HubLazyList {
  GObject parent_instance;
  GArray *ids;               /* (owned) */
  GQueue pages;              /* (owned) of Page, that looked at last first */
  GHashTable *known;         /* (owned) id → item, of the pages there were before the ids changed */
  Page *reading;             /* (borrowed) (nullable) of pages, being read now */
  GCancellable *cancellable; /* (owned) of all reading of these ids */
};

static void fetch (HubLazyList *self);

static void page_free (gpointer data) {
  Page *page = data;

  g_ptr_array_unref (page->items);
  g_free (page);
}

static gpointer read_traces (HubDatabase *database, gpointer data, GCancellable *cancellable,
                             GError **error) {
  GArray *ids = data;

  return hub_history_list_traces (database, (const gint64 *) (gpointer) ids->data, ids->len, error);
}

static const gint64 *id_at (HubLazyList *self, guint position) {
  return &g_array_index (self->ids, gint64, position);
}

/* Each trace goes to the item of its id; both are in the same order, and a delivery that is gone has none. */
static void take_traces (HubLazyList *self, Page *page, GPtrArray *traces) {
  gsize n_traces = 0;
  g_autofree gpointer *taken = g_ptr_array_steal (traces, &n_traces);

  for (gsize i = 0, next = 0; i < page->items->len && next < n_traces; i++)
    if (((HubTrace *) taken[next])->id == *id_at (self, page->number * PAGE + i))
      hub_record_item_set_trace (g_ptr_array_index (page->items, i), taken[next++]);
}

/* Says of each delivery of @page why it cannot be shown. */
static void take_error (Page *page, const GError *error) {
  for (guint i = 0; i < page->items->len; i++) {
    HubTrace *trace = g_new0 (HubTrace, 1);
    trace->state = g_strdup ("unread");
    trace->integration = g_strdup ("");
    trace->error = g_strdup (error->message);
    trace->changes = g_ptr_array_new ();
    trace->record = g_ptr_array_new ();
    hub_record_item_set_trace (g_ptr_array_index (page->items, i), trace);
  }
}

static void on_read (gpointer owner, gpointer traces, const GError *error) {
  HubLazyList *self = owner;
  Page *page = g_steal_pointer (&self->reading);

  if (traces)
    take_traces (self, page, traces);
  else
    take_error (page, error);
  fetch (self);
}

/* Reads the page that was looked at last among those that were not read, one at a time. */
static void fetch (HubLazyList *self) {
  GList *link = self->pages.head;

  while (link && ((Page *) link->data)->asked)
    link = link->next;
  if (self->reading || link == NULL)
    return;
  self->reading = link->data;
  self->reading->asked = TRUE;
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), PAGE);
  g_array_append_vals (ids, id_at (self, self->reading->number * PAGE), self->reading->items->len);
  hub_work_start (self, read_traces, ids, (GDestroyNotify) g_array_unref, on_read,
                  (GDestroyNotify) g_ptr_array_unref, self->cancellable);
}

/* The one not looked at for longest makes room for a new one, unless it is being read. */
static void drop_oldest (HubLazyList *self) {
  GList *link = self->pages.tail;

  if (link->data == self->reading)
    link = link->prev;
  page_free (link->data);
  g_queue_delete_link (&self->pages, link);
}

static Page *make_page (HubLazyList *self, guint number) {
  Page *page = g_new0 (Page, 1);

  page->number = number;
  page->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = number * PAGE; i < MIN ((number + 1) * PAGE, self->ids->len); i++) {
    HubRecordItem *known = g_hash_table_lookup (self->known, id_at (self, i));
    g_ptr_array_add (page->items, known ? g_object_ref (known) : hub_record_item_new_past ());
  }
  return page;
}

/* The page with @position, which is from now on the one looked at last. */
static Page *get_page (HubLazyList *self, guint position) {
  GList *link = self->pages.head;

  while (link && ((Page *) link->data)->number != position / PAGE)
    link = link->next;
  if (link) {
    g_queue_unlink (&self->pages, link);
    g_queue_push_head_link (&self->pages, link);
  } else {
    g_queue_push_head (&self->pages, make_page (self, position / PAGE));
    if (self->pages.length > N_PAGES)
      drop_oldest (self);
  }
  return self->pages.head->data;
}

static GType hub_lazy_list_get_item_type (GListModel *model) {
  return HUB_TYPE_RECORD_ITEM;
}

static guint hub_lazy_list_get_n_items (GListModel *model) {
  return HUB_LAZY_LIST (model)->ids->len;
}

static gpointer hub_lazy_list_get_item (GListModel *model, guint position) {
  HubLazyList *self = HUB_LAZY_LIST (model);

  if (position >= self->ids->len)
    return NULL;
  Page *page = get_page (self, position);
  fetch (self);
  return g_object_ref (g_ptr_array_index (page->items, position % PAGE));
}

static void hub_lazy_list_model_init (GListModelInterface *interface) {
  interface->get_item_type = hub_lazy_list_get_item_type;
  interface->get_n_items = hub_lazy_list_get_n_items;
  interface->get_item = hub_lazy_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HubLazyList, hub_lazy_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, hub_lazy_list_model_init))

static void hub_lazy_list_finalize (GObject *object) {
  HubLazyList *self = HUB_LAZY_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_queue_clear_full (&self->pages, page_free);
  g_hash_table_unref (self->known);
  g_array_unref (self->ids);
  G_OBJECT_CLASS (hub_lazy_list_parent_class)->finalize (object);
}

static void hub_lazy_list_class_init (HubLazyListClass *class) {
  G_OBJECT_CLASS (class)->finalize = hub_lazy_list_finalize;
}

static void hub_lazy_list_init (HubLazyList *self) {
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->cancellable = g_cancellable_new ();
}

HubLazyList *hub_lazy_list_new (void) {
  return g_object_new (HUB_TYPE_LAZY_LIST, NULL);
}

/* Remembers the items of all pages by their ids, and where the pages begin. Drops the pages. (transfer full) */
static GArray *forget_pages (HubLazyList *self) {
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (guint));
  Page *page;

  g_hash_table_remove_all (self->known);
  while ((page = g_queue_pop_tail (&self->pages))) {
    guint start = page->number * PAGE;
    for (guint i = 0; i < page->items->len; i++)
      g_hash_table_insert (self->known, g_memdup2 (id_at (self, start + i), sizeof (gint64)),
                           g_object_ref (g_ptr_array_index (page->items, i)));
    g_array_append_val (starts, start);
    page_free (page);
  }
  return starts;
}

void hub_lazy_list_set_ids (HubLazyList *self, GArray *ids) {
  g_autoptr (GArray) starts = forget_pages (self);
  g_autoptr (GArray) old = g_steal_pointer (&self->ids);
  guint shorter = MIN (old->len, ids->len), head = 0, tail = 0;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->reading = NULL;
  self->ids = ids;
  while (head < shorter && g_array_index (old, gint64, head) == g_array_index (ids, gint64, head))
    head++;
  while (tail < shorter - head
         && g_array_index (old, gint64, old->len - 1 - tail)
                == g_array_index (ids, gint64, ids->len - 1 - tail))
    tail++;
  if (head + tail < MAX (old->len, ids->len))
    g_list_model_items_changed (G_LIST_MODEL (self), head, old->len - head - tail, ids->len - head - tail);
  /* What was looked at is read again: it may have become something else. */
  for (guint i = 0; i < starts->len; i++) {
    guint start = g_array_index (starts, guint, i);
    guint moved = start < head ? start : start + ids->len - old->len;
    if (moved < ids->len)
      get_page (self, moved);
  }
  fetch (self);
}
