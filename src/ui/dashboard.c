/* dashboard.c: the dashboard: what needs me, what runs next, 30 days of deliveries, how each integration does (main thread; the store
 * is read on a worker thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard.h"
#include "chart.h"
#include "history.h"
#include "integration-list.h"
#include "problem.h"
#include "widgets.h"
#include "words.h"
#include "work.h"
#include <glib/gi18n-lib.h>

#define N_DAYS 30
#define N_ROWS 5  /* of each list at first */
#define N_MORE 50 /* further integrations at each wish for more */
#define SILENCE_DAYS 3
#define DAY_MS (24 * G_GINT64_CONSTANT (3600000))

struct _HubDashboard {
  AdwBin parent_instance;
  GHashTable *health;        /* (owned) (nullable: not read yet) name → HubHealth */
  GCancellable *cancellable; /* (owned) (nullable) of the read that goes on */
  guint n_needs, n_shown;
  gboolean stale; /* news came while nobody looked */

  /* of the template, borrowed */
  GtkStack *pages;
  AdwStatusPage *error_page;
  GtkListBox *needs, *next, *integrations;
  GtkWidget *more;
  HubChart *chart;
};

/* What a read brings. */
typedef struct {
  GArray *days;      /* (owned) (element-type HubDay) */
  GPtrArray *health; /* (owned) (element-type HubHealth) */
} Figures;

G_DEFINE_FINAL_TYPE (HubDashboard, hub_dashboard, ADW_TYPE_BIN)

static void figures_free (gpointer data) {
  Figures *figures = data;

  g_clear_pointer (&figures->days, g_array_unref);
  g_clear_pointer (&figures->health, g_ptr_array_unref);
  g_free (figures);
}

/* In a worker thread. */
static gpointer read_figures (HubDatabase *database, gpointer data, GCancellable *cancellable,
                              GError **error) {
  Figures *figures = g_new0 (Figures, 1);

  figures->days = hub_history_list_days (database, N_DAYS, error);
  figures->health = figures->days ? hub_history_list_health (database, error) : NULL;
  if (!figures->health)
    g_clear_pointer (&figures, figures_free);
  return figures;
}

static GtkWidget *add_row (GtkListBox *list, const char *icon, const char *title, const char *subtitle) {
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "icon-name", icon, NULL);

  /* not above: an object tells of what it was made with in no certain order, and names are no markup */
  g_object_set (row, "title", title, "subtitle", subtitle, NULL);
  gtk_list_box_append (list, row);
  return row;
}

/* Makes the row a way to @action with the integration's @name. */
static void lead_to (GtkWidget *row, const char *action, const char *name) {
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), action);
}

/* Something that needs the user, and the button that helps. */
static void add_need (HubDashboard *self, HubIntegrationItem *item, const char *icon, const char *words,
                      const char *label, const char *action, const char *target) {
  const char *name = hub_integration_item_get_name (item);

  if (++self->n_needs > N_ROWS)
    return;
  GtkWidget *row = add_row (self->needs, icon, name, words);
  GtkWidget *button = gtk_button_new ();
  hub_button_lead (button, label, action, target);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, name, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

/* Whether it should have succeeded by now. */
static gboolean is_silent (HubIntegrationItem *item, const HubHealth *health) {
  gint64 limit = g_get_real_time () / 1000 - SILENCE_DAYS * DAY_MS;

  return hub_integration_item_get_next (item) > 0 && health->runs > 0 && health->last_success < limit;
}

static void add_needs (HubDashboard *self, HubIntegrationItem *item, const HubHealth *health) {
  const char *name = hub_integration_item_get_name (item);
  const HubFacts *facts = hub_integration_item_get_facts (item);
  const HubRemedy *remedy = hub_integration_item_get_remedy (item);
  g_autofree char *problem = NULL;
  gulong rejects = health->open_rejects;
  g_autofree char *waiting = g_strdup_printf (
      ngettext ("%'lu record could not be delivered", "%'lu records could not be delivered", rejects),
      rejects);

  g_object_get (item, "problem", &problem, NULL);
  if (hub_integration_item_is_running (item) || facts->last_run == 0)
    return;
  if (facts->status == HUB_RUN_NEEDS_ATTENTION || facts->status == HUB_RUN_FAILED)
    add_need (self, item, hub_words_status_icon (facts->status), problem,
              remedy ? _ (remedy->label) : _ ("Run Again"), remedy ? remedy->action : "dashboard.run",
              remedy && remedy->target ? remedy->target : name);
  else if (is_silent (item, health))
    add_need (self, item, "appointment-missed-symbolic", _ ("No success for 3 days"), _ ("History"),
              "win.show-history", name);
  if (rejects > 0)
    add_need (self, item, "dialog-warning-symbolic", waiting, _ ("Rejects"), "win.show-rejects", name);
}

static void show_needs (HubDashboard *self, GPtrArray *items) {
  self->n_needs = 0;
  for (guint i = 0; i < items->len; i++)
    add_needs (self, items->pdata[i],
               g_hash_table_lookup (self->health, hub_integration_item_get_name (items->pdata[i])));
  if (self->n_needs == 0)
    add_row (self->needs, "object-select-symbolic", _ ("Nothing Needs You"), _ ("All is well."));
  if (self->n_needs <= N_ROWS)
    return;
  guint others = self->n_needs - N_ROWS;
  g_autofree char *title = g_strdup_printf (ngettext ("And %u More", "And %u More", others), others);
  lead_to (add_row (self->needs, NULL, title, NULL), "win.show-history", "");
}

static int compare_next (gconstpointer a, gconstpointer b) {
  gint64 first = hub_integration_item_get_next (*(gpointer *) a);
  gint64 second = hub_integration_item_get_next (*(gpointer *) b);

  return (first > second) - (first < second);
}

static void show_next (HubDashboard *self, GPtrArray *items) {
  guint n_added = 0;

  g_ptr_array_sort (items, compare_next);
  for (guint i = 0; i < items->len && n_added < N_ROWS; i++) {
    gint64 next = hub_integration_item_get_next (items->pdata[i]);
    gboolean due = next <= g_get_real_time () / 1000;
    g_autofree char *when = due ? g_strdup (_ ("Now")) : hub_words_time (next);
    if (next == 0)
      continue;
    add_row (self->next, NULL, hub_integration_item_get_name (items->pdata[i]), when);
    n_added++;
  }
  if (n_added == 0)
    add_row (self->next, NULL, _ ("Nothing Runs by Itself"),
             _ ("Edit an integration to say when it shall run."));
}

/* How many percent of its runs succeeded; one that never ran comes last. */
static guint success_rate (const HubHealth *health) {
  return health->runs > 0 ? health->successes * 100 / health->runs : 101;
}

/* Those that do worst come first, and of them those that have succeeded longest ago. */
static int compare_health (gconstpointer a, gconstpointer b, gpointer table) {
  const HubHealth *first = g_hash_table_lookup (table, hub_integration_item_get_name (*(gpointer *) a));
  const HubHealth *second = g_hash_table_lookup (table, hub_integration_item_get_name (*(gpointer *) b));
  int by_rate = (int) success_rate (first) - (int) success_rate (second);

  return by_rate != 0
             ? by_rate
             : (first->last_success > second->last_success) - (first->last_success < second->last_success);
}

static void add_integration (HubDashboard *self, HubIntegrationItem *item, const HubHealth *health) {
  g_autofree char *icon = NULL;
  g_autofree char *time = health->last_success > 0 ? hub_words_time_within (health->last_success) : NULL;
  /* Translators: a time follows: "Last success: yesterday at 18:30" */
  g_autofree char *fresh = time               ? g_strdup_printf (_ ("Last success: %s"), time)
                           : health->runs > 0 ? g_strdup (_ ("No success yet"))
                                              : g_strdup (_ ("Never run"));

  g_object_get (item, "state-icon", &icon, NULL);
  GtkWidget *row = add_row (self->integrations, icon, hub_integration_item_get_name (item), fresh);
  lead_to (row, "win.show-history", hub_integration_item_get_name (item));
  if (health->runs == 0)
    return;
  /* Translators: a share of all runs, in percent */
  g_autofree char *rate = g_strdup_printf (_ ("%u%%"), success_rate (health));
  g_autofree char *tip =
      g_strdup_printf (ngettext ("%1$'lu of %2$'lu run succeeded in the last 30 days",
                                 "%1$'lu of %2$'lu runs succeeded in the last 30 days", health->runs),
                       (gulong) health->successes, (gulong) health->runs);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             g_object_new (GTK_TYPE_LABEL, "label", rate, "tooltip-text", tip, "css-classes",
                                           (const char *[]){ "numeric", "dim-label", NULL }, NULL));
}

static void show_integrations (HubDashboard *self, GPtrArray *items) {
  g_ptr_array_sort_with_data (items, compare_health, self->health);
  for (guint i = 0; i < MIN (items->len, self->n_shown); i++)
    add_integration (self, items->pdata[i],
                     g_hash_table_lookup (self->health, hub_integration_item_get_name (items->pdata[i])));
  gtk_widget_set_visible (self->more, items->len > self->n_shown);
}

/* Whether the keyboard focus was in it. */
static gboolean clear (GtkListBox *list) {
  gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (list)) != NULL;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))))
    gtk_list_box_remove (list, row);
  return focused;
}

/* The integrations of which the figures tell, too. (transfer full) (element-type HubIntegrationItem) */
static GPtrArray *list_items (HubDashboard *self) {
  GListModel *list = hub_integration_list_get ();
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    HubIntegrationItem *item = g_list_model_get_item (list, i);
    if (g_hash_table_contains (self->health, hub_integration_item_get_name (item)))
      g_ptr_array_add (items, item);
    else
      g_object_unref (item);
  }
  return items;
}

static void show (HubDashboard *self) {
  GtkListBox *lists[] = { self->needs, self->next, self->integrations }, *focused = NULL;

  if (!self->health || !hub_integration_list_is_loaded ())
    return;
  g_autoptr (GPtrArray) items = list_items (self);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (clear (lists[i]))
      focused = lists[i];
  show_needs (self, items);
  show_next (self, items);
  show_integrations (self, items);
  if (focused)
    gtk_widget_child_focus (GTK_WIDGET (focused), GTK_DIR_TAB_FORWARD);
  gtk_stack_set_visible_child_name (self->pages, items->len > 0 ? "figures" : "empty");
}

static void on_read (gpointer owner, gpointer result, const GError *error) {
  HubDashboard *self = owner;
  Figures *figures = result;

  if (!figures) {
    hub_problem_fill (self->error_page, error);
    gtk_stack_set_visible_child_name (self->pages, "error");
    return;
  }
  g_clear_pointer (&self->health, g_hash_table_unref);
  self->health = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) hub_health_free);
  g_ptr_array_set_free_func (figures->health, NULL);
  for (guint i = 0; i < figures->health->len; i++) {
    HubHealth *health = figures->health->pdata[i];
    g_hash_table_insert (self->health, health->integration, health);
  }
  hub_chart_set_days (self->chart, figures->days);
  show (self);
}

/* Reads again, at once or as soon as somebody looks. */
static void reload (gpointer owner) {
  HubDashboard *self = owner;

  self->stale = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->stale)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  hub_work_start (self, read_figures, NULL, NULL, on_read, figures_free, self->cancellable);
}

static void on_run (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubIntegrationItem *item = hub_integration_list_find (g_variant_get_string (parameter, NULL));

  if (item)
    hub_integration_item_start (item, &(HubRunOptions){ 0 });
  show (HUB_DASHBOARD (widget));
}

static void on_more (GtkWidget *widget, const char *action, GVariant *parameter) {
  HUB_DASHBOARD (widget)->n_shown += N_MORE;
  show (HUB_DASHBOARD (widget));
}

static void hub_dashboard_map (GtkWidget *widget) {
  GTK_WIDGET_CLASS (hub_dashboard_parent_class)->map (widget);
  if (HUB_DASHBOARD (widget)->stale)
    reload (widget);
}

static void hub_dashboard_dispose (GObject *object) {
  HubDashboard *self = HUB_DASHBOARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->health, g_hash_table_unref);
  G_OBJECT_CLASS (hub_dashboard_parent_class)->dispose (object);
}

static void hub_dashboard_class_init (HubDashboardClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = hub_dashboard_dispose;
  widget_class->map = hub_dashboard_map;
  g_type_ensure (HUB_TYPE_CHART);
  HUB_TEMPLATE (widget_class, "dashboard.ui", HubDashboard, pages, error_page, needs, next, integrations,
                more, chart);
  gtk_widget_class_install_action (widget_class, "dashboard.run", "s", on_run);
  gtk_widget_class_install_action (widget_class, "dashboard.more", NULL, on_more);
}

static void hub_dashboard_init (HubDashboard *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->n_shown = N_ROWS;
  self->stale = TRUE;
  hub_news_connect (self, reload);
  g_signal_connect_object (hub_integration_list_get (), "items-changed", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
}
