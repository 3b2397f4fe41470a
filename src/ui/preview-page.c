/* preview-page.c: the preview of an integration as a page of its own, from which it is sent (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "integration-list.h"
#include "widgets.h"

#define FIRST 10 /* records that are sent to see how it goes */

typedef struct {
  AdwBin parent_instance;
  char *name; /* (owned) */

  /* of the template */
  AdwWindowTitle *title;   /* (borrowed) */
  HubPreview *preview;     /* (borrowed) */
  GtkWidget *first_button; /* (borrowed) */
} HubPreviewPage;

typedef AdwBinClass HubPreviewPageClass;

static GType hub_preview_page_get_type (void);

G_DEFINE_FINAL_TYPE (HubPreviewPage, hub_preview_page, ADW_TYPE_BIN)

static void send_records (gpointer page, const HubRunOptions *start) {
  HubPreviewPage *self = page;
  g_autofree char *words = g_strdup_printf (_ ("“%s” is being sent"), self->name);

  if (hub_start (page, self->name, start, words))
    gtk_widget_activate_action (page, "win.back", NULL);
}

static void on_send (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubPreviewPage *self = (HubPreviewPage *) widget;

  send_records (widget, &(HubRunOptions){ .only = hub_preview_dup_selection (self->preview) });
}

static void on_send_first (GtkWidget *widget, const char *action, GVariant *parameter) {
  send_records (widget, &(HubRunOptions){ .first = FIRST });
}

static void on_ready (HubPreviewPage *self) {
  gboolean ready = FALSE;

  g_object_get (self->preview, "ready", &ready, NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.send", ready);
  gtk_widget_set_visible (self->first_button, hub_preview_get_n_records (self->preview) > FIRST);
}

static void hub_preview_page_finalize (GObject *object) {
  g_free (((HubPreviewPage *) object)->name);
  G_OBJECT_CLASS (hub_preview_page_parent_class)->finalize (object);
}

static void hub_preview_page_class_init (HubPreviewPageClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = hub_preview_page_finalize;
  g_type_ensure (HUB_TYPE_PREVIEW);
  HUB_TEMPLATE (widget_class, "preview-page.ui", HubPreviewPage, title, preview, first_button);
  HUB_HANDLERS (widget_class, on_ready);
  gtk_widget_class_install_action (widget_class, "page.send", NULL, on_send);
  gtk_widget_class_install_action (widget_class, "page.send-first", NULL, on_send_first);
}

static void hub_preview_page_init (HubPreviewPage *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  on_ready (self);
}

GtkWidget *hub_preview_page_new (const char *name) {
  HubPreviewPage *self = g_object_new (hub_preview_page_get_type (), NULL);

  self->name = g_strdup (name);
  adw_window_title_set_subtitle (self->title, name);
  hub_preview_start_kept (self->preview, name);
  return GTK_WIDGET (self);
}
