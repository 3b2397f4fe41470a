/* endpoint-page.c: the wizard's first and second step: a service, an account, an object and its options (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "endpoint-page.h"
#include "account-dialog.h"
#include "accounts.h"
#include "option-group.h"
#include "problem.h"
#include "widgets.h"
#include "words.h"
#include "work.h"
#include <glib/gi18n-lib.h>

struct _HubEndpointPage {
  AdwBin parent_instance;
  HubDraft *draft; /* (owned) */
  HubSide side;
  GPtrArray *accounts; /* (owned) (nullable) (element-type HubAccount): as they were last read */
  GPtrArray
      *objects; /* (owned) (element-type HubManifestObject): those of the service that serve this side */
  GPtrArray *options; /* (owned) (element-type HubOptionGroup): borrowed from the page */

  /* of the template, borrowed */
  AdwPreferencesPage *page;
  AdwPreferencesGroup *services, *more_group;
  GtkWidget *account_group, *object_group;
  GtkWidget *service_row, *add_row, *more_button;
  GtkImage *service_icon;
  AdwComboRow *account_row, *object_row;
};

G_DEFINE_FINAL_TYPE (HubEndpointPage, hub_endpoint_page, ADW_TYPE_BIN)

/* The objects of @manifest that serve @side. (transfer container) */
static GPtrArray *list_objects (const HubManifest *manifest, HubSide side) {
  GPtrArray *objects = g_ptr_array_new ();

  for (guint i = 0; i < manifest->objects->len; i++) {
    HubManifestObject *object = g_ptr_array_index (manifest->objects, i);
    if (side == HUB_SIDE_SOURCE ? object->readable : object->writable)
      g_ptr_array_add (objects, object);
  }
  return objects;
}

/* "Payments, Customers, Invoices" */
static char *objects_words (GPtrArray *objects) {
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < objects->len; i++)
    g_strv_builder_add (builder, _ (((HubManifestObject *) objects->pdata[i])->label));
  g_auto (GStrv) labels = g_strv_builder_end (builder);
  return g_strjoinv (_ (", "), labels);
}

char *hub_endpoint_page_missing (HubDraft *draft, HubSide side) {
  const HubManifest *manifest = hub_draft_manifest (draft, side);
  const HubManifestObject *object = hub_draft_object (draft, side);

  if (!manifest || !object)
    return g_strdup (_ ("Choose a service to go on."));
  if (!g_str_equal (manifest->auth, "none") && !hub_draft_get_account (draft, side))
    return g_strdup_printf (_ ("Connect an account of %s to go on."), _ (manifest->name));
  for (guint i = 0; i < object->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (object->options, i);
    const char *value = hub_draft_get_option (draft, side, option->id);
    if (option->required && !(value && *value))
      return g_strdup_printf (_ ("Fill in “%s” to go on."), _ (option->label));
  }
  return NULL;
}

/* What is needed stands open; what is a matter of taste, behind a button. */
static void show_options (HubEndpointPage *self, const HubManifestObject *object) {
  gboolean more = FALSE;

  for (guint i = 0; i < self->options->len; i++)
    adw_preferences_page_remove (self->page, self->options->pdata[i]);
  g_ptr_array_set_size (self->options, 0);
  for (guint i = 0; object && i < object->options->len; i++) {
    const HubManifestOption *option = g_ptr_array_index (object->options, i);
    GtkWidget *group = hub_option_group_new (self->draft, self->side, option);
    adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
    g_ptr_array_add (self->options, group);
    if (option->required || option->kind)
      continue;
    g_object_bind_property (self->more_button, "active", group, "visible", G_BINDING_SYNC_CREATE);
    more = TRUE;
  }
  g_object_ref (self->more_group); /* it comes after them */
  adw_preferences_page_remove (self->page, self->more_group);
  adw_preferences_page_add (self->page, self->more_group);
  g_object_unref (self->more_group);
  gtk_widget_set_visible (GTK_WIDGET (self->more_group), more);
}

/* The account and the object. */

static void set_account (HubEndpointPage *self, const char *name) {
  if (g_strcmp0 (name, hub_draft_get_account (self->draft, self->side)) != 0)
    hub_draft_set_endpoint (self->draft, self->side, hub_draft_get_connector (self->draft, self->side), name,
                            hub_draft_get_object (self->draft, self->side));
}

static void show_accounts (HubEndpointPage *self, const HubManifest *manifest) {
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  const char *account = hub_draft_get_account (self->draft, self->side);
  gboolean needed = !g_str_equal (manifest->auth, "none");
  guint selected = 0, n_names = 0;

  for (guint i = 0; self->accounts && i < self->accounts->len; i++) {
    const HubAccount *known = g_ptr_array_index (self->accounts, i);
    if (!g_str_equal (known->connector, manifest->id))
      continue;
    if (g_strcmp0 (known->name, account) == 0)
      selected = n_names;
    gtk_string_list_append (names, known->name);
    n_names++;
  }
  g_autofree char *title = g_strdup_printf (_ ("Connect %s…"), _ (manifest->name));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->add_row),
                                 n_names > 0 ? _ ("Add an Account…") : title);
  gtk_widget_set_visible (self->account_group, needed && self->accounts);
  gtk_widget_set_visible (GTK_WIDGET (self->account_row), n_names > 0);
  hub_combo_fill (self->account_row, names, selected);
  if (needed && self->accounts)
    set_account (self, n_names > 0 ? gtk_string_list_get_string (names, selected) : NULL);
}

static void show_objects (HubEndpointPage *self) {
  const HubManifestObject *object = hub_draft_object (self->draft, self->side);
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < self->objects->len; i++) {
    const HubManifestObject *known = g_ptr_array_index (self->objects, i);
    gtk_string_list_append (labels, _ (known->label));
    if (known == object)
      selected = i;
  }
  hub_combo_fill (self->object_row, labels, selected);
  gtk_widget_set_visible (self->object_group, self->objects->len > 1);
}

/* Shows what the draft holds, or while @choosing, the services. */
static void show (HubEndpointPage *self, gboolean choosing) {
  const HubManifest *manifest = choosing ? NULL : hub_draft_manifest (self->draft, self->side);

  gtk_widget_set_visible (GTK_WIDGET (self->services), manifest == NULL);
  gtk_widget_set_visible (self->account_group, FALSE);
  gtk_widget_set_visible (self->object_group, FALSE);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  if (manifest) {
    self->objects = list_objects (manifest, self->side);
    g_autofree char *words = objects_words (self->objects);
    gtk_image_set_from_icon_name (self->service_icon, hub_words_connector_icon (manifest->id));
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->service_row), _ (manifest->name));
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->service_row), words);
    show_accounts (self, manifest);
    show_objects (self);
  }
  show_options (self, manifest ? hub_draft_object (self->draft, self->side) : NULL);
}

static void on_account (HubEndpointPage *self) {
  GtkStringObject *name = adw_combo_row_get_selected_item (self->account_row);

  if (name)
    set_account (self, gtk_string_object_get_string (name));
}

static void on_object (HubEndpointPage *self) {
  guint selected = adw_combo_row_get_selected (self->object_row);

  const HubManifestObject *object =
      self->objects && selected < self->objects->len ? self->objects->pdata[selected] : NULL;
  if (!object || object == hub_draft_object (self->draft, self->side))
    return;
  hub_draft_set_endpoint (self->draft, self->side, hub_draft_get_connector (self->draft, self->side),
                          hub_draft_get_account (self->draft, self->side), object->id);
  show_options (self, object);
}

static void on_service (HubEndpointPage *self, GtkWidget *row) {
  g_autoptr (GError) error = NULL;
  const HubManifest *manifest = hub_manifest_get (gtk_widget_get_name (row), &error);
  g_autoptr (GPtrArray) objects = manifest ? list_objects (manifest, self->side) : NULL;

  if (!manifest)
    hub_problem_show (row, NULL, error);
  if (!objects || objects->len == 0)
    return;
  const HubManifestObject *object = g_ptr_array_index (objects, 0);
  if (g_strcmp0 (manifest->id, hub_draft_get_connector (self->draft, self->side)) != 0)
    hub_draft_set_endpoint (self->draft, self->side, manifest->id, NULL, object->id);
  show (self, FALSE);
  gtk_widget_child_focus (GTK_WIDGET (self->page), GTK_DIR_TAB_FORWARD);
}

static void on_change_service (HubEndpointPage *self) {
  show (self, TRUE);
  gtk_widget_child_focus (GTK_WIDGET (self->services), GTK_DIR_TAB_FORWARD);
}

static gpointer read_accounts (HubDatabase *database, gpointer data, GCancellable *cancellable,
                               GError **error) {
  return hub_store_list_accounts (database, error);
}

static void on_accounts (gpointer owner, gpointer result, const GError *error) {
  HubEndpointPage *self = owner;
  const HubManifest *manifest = hub_draft_manifest (self->draft, self->side);

  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  self->accounts = result ? g_ptr_array_ref (result) : g_ptr_array_new ();
  if (manifest && !gtk_widget_get_visible (GTK_WIDGET (self->services)))
    show_accounts (self, manifest);
}

static void reload_accounts (gpointer self) {
  hub_work_start (self, read_accounts, NULL, NULL, on_accounts, (GDestroyNotify) g_ptr_array_unref, NULL);
}

/* The news of the new account bring its row. */
static void on_account_added (GtkWidget *page, const char *name) {
  set_account (HUB_ENDPOINT_PAGE (page), name);
  reload_accounts (page);
}

static void on_add_account (HubEndpointPage *self) {
  hub_account_dialog_open (GTK_WIDGET (self), hub_draft_get_connector (self->draft, self->side), NULL,
                           on_account_added);
}

/* One of those that can be chosen. Where its manifest has a mistake, that is told when it is. */
static void add_service (HubEndpointPage *self, const char *id) {
  g_autoptr (GError) error = NULL;
  const HubManifest *manifest = hub_manifest_get (id, &error);
  g_autoptr (GPtrArray) objects = manifest ? list_objects (manifest, self->side) : NULL;
  g_autofree char *words = objects ? objects_words (objects) : NULL;

  if (objects && objects->len == 0)
    return;
  GtkWidget *row =
      g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "name", id, "activatable", TRUE, NULL);
  GtkWidget *icon =
      gtk_image_new_from_icon_name (manifest ? hub_words_connector_icon (id) : "dialog-warning-symbolic");
  gtk_image_set_icon_size (GTK_IMAGE (icon), GTK_ICON_SIZE_LARGE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), manifest ? _ (manifest->name) : id);
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row),
      manifest ? words : _ ("Its description has a mistake, so it cannot be used: see the details."));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_signal_connect_swapped (row, "activated", G_CALLBACK (on_service), self);
  adw_preferences_group_add (self->services, row);
}

static void add_services (HubEndpointPage *self) {
  g_auto (GStrv) ids = hub_manifest_list_ids (NULL);

  for (guint i = 0; ids && ids[i]; i++)
    add_service (self, ids[i]);
}

/* The draft may have changed by undo since it was last shown. */
static void hub_endpoint_page_map (GtkWidget *widget) {
  show (HUB_ENDPOINT_PAGE (widget), FALSE);
  GTK_WIDGET_CLASS (hub_endpoint_page_parent_class)->map (widget);
}

static void hub_endpoint_page_finalize (GObject *object) {
  HubEndpointPage *self = HUB_ENDPOINT_PAGE (object);

  g_clear_object (&self->draft);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_pointer (&self->options, g_ptr_array_unref);
  G_OBJECT_CLASS (hub_endpoint_page_parent_class)->finalize (object);
}

static void hub_endpoint_page_class_init (HubEndpointPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_endpoint_page_finalize;
  widget_class->map = hub_endpoint_page_map;
  HUB_TEMPLATE (widget_class, "endpoint-page.ui", HubEndpointPage, page, services, service_row, service_icon,
                account_group, account_row, add_row, object_group, object_row, more_group, more_button);
  HUB_HANDLERS (widget_class, on_change_service, on_account, on_add_account, on_object);
}

static void hub_endpoint_page_init (HubEndpointPage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->options = g_ptr_array_new ();
}

GtkWidget *hub_endpoint_page_new (HubDraft *draft, HubSide side) {
  HubEndpointPage *self = g_object_new (HUB_TYPE_ENDPOINT_PAGE, NULL);
  gboolean source = side == HUB_SIDE_SOURCE;

  self->draft = g_object_ref (draft);
  self->side = side;
  adw_preferences_group_set_title (self->services, source ? _ ("Where Do the Records Come From?")
                                                          : _ ("Where Do the Records Go?"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->object_row),
                                 source ? _ ("What to Read") : _ ("What to Write"));
  add_services (self);
  hub_news_connect (self, reload_accounts);
  reload_accounts (self);
  return GTK_WIDGET (self);
}
