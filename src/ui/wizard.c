/* wizard.c: the wizard that makes or changes an integration, in five steps; a page with its own header bar (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "wizard.h"
#include "accounts.h"
#include "endpoint-page.h"
#include "error.h"
#include "kept-draft.h"
#include "mapper.h"
#include "option-group.h"
#include "preview.h"
#include "problem.h"
#include "widgets.h"
#include "when-page.h"
#include <glib/gi18n-lib.h>

#define PAUSE_MS 1000 /* after a change, before it is kept */
#define FIRST_RECORDS 10

/* The first two are the draft's sides. */
typedef enum { STEP_SOURCE, STEP_DESTINATION, STEP_MAPPING, STEP_WHEN, STEP_PREVIEW, N_STEPS } Step;

static const struct {
  const char *page, *title;
} steps[N_STEPS] = {
  { "source", N_ ("Source") },     { "destination", N_ ("Destination") }, { "mapping", N_ ("Fields") },
  { "when", N_ ("When and How") }, { "preview", N_ ("Preview") },
};

struct _HubWizard {
  AdwBin parent_instance;
  HubDraft *draft;           /* (owned) (nullable) until the store was read */
  char *name;                /* (owned) (nullable) of the integration that is changed */
  GVariant *kept;            /* (owned) (nullable) a draft of earlier, and what was asked for */
  Step step;                 /* where the user is, or is going */
  GPtrArray *fields[2];      /* (owned) (nullable) (element-type HubField): of each side */
  char *asked[2];            /* (owned) (nullable) of which endpoint these fields are */
  int asking;                /* the side whose fields are asked for, or could not be had; -1: none */
  gboolean matched;          /* what belongs together was linked once */
  GCancellable *cancellable; /* (owned) (nullable) of the question */
  gboolean dirty;            /* something would be lost */
  guint pause;               /* the source that keeps the draft */
  const char *finish;        /* (interned) (nullable) what follows once it is kept: "run", "first" */
  void (*leave) (gpointer data);
  gpointer leave_data;

  /* of the template, borrowed */
  AdwWindowTitle *title;
  GtkWidget *next, *create;
  GtkLevelBar *level;
  GtkLabel *reason;
  GtkStack *stack;
  AdwBin *source, *destination, *when;
  HubMapper *mapper;
  HubPreview *preview;
  AdwStatusPage *asking_page, *problem_page;
};

G_DEFINE_FINAL_TYPE (HubWizard, hub_wizard, ADW_TYPE_BIN)

static void go (HubWizard *self, Step step);

static void on_kept (gpointer owner, gpointer result, const GError *error) {
  if (error)
    g_warning ("The draft was not kept: %s", error->message);
}

static void on_pause (gpointer data) {
  HubWizard *self = data;

  self->pause = 0;
  hub_kept_draft_write (self, self->draft, NULL, self->name, on_kept);
}

/* What is missing to go on from here. (transfer full) (nullable) */
static char *find_missing (HubWizard *self) {
  if (self->step <= STEP_DESTINATION)
    return hub_endpoint_page_missing (self->draft, (HubSide) self->step);
  if (self->step >= STEP_WHEN)
    return hub_when_page_missing (self->draft);
  if (hub_draft_get_n_rules (self->draft) == 0)
    return g_strdup (_ ("Link at least one field to go on."));
  for (guint i = 0; i < self->fields[HUB_SIDE_DESTINATION]->len; i++) {
    const HubField *field = g_ptr_array_index (self->fields[HUB_SIDE_DESTINATION], i);
    if (field->required && !field->read_only && hub_draft_get_mode (self->draft) != HUB_MODE_UPDATE
        && hub_draft_find_rule (self->draft, field->name) < 0)
      return g_strdup_printf (_ ("“%s” needs a value: link a field to it to go on."), field->label);
  }
  return NULL;
}

static void update (HubWizard *self) {
  g_autofree char *missing = self->draft && self->asking < 0 ? find_missing (self) : NULL;
  gboolean ready = self->draft && self->asking < 0 && !missing;

  gtk_label_set_label (self->reason, missing ? missing : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), missing != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "wizard.next", ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "wizard.create", ready);
}

static void on_changed (HubWizard *self) {
  self->dirty = TRUE;
  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause = g_timeout_add_once (PAUSE_MS, on_pause, self);
  update (self);
}

/* The fields of an endpoint. */

/* New files and sheets take whatever columns they are given. */
static gboolean is_open_ended (HubWizard *self) {
  const HubManifest *manifest = hub_draft_manifest (self->draft, HUB_SIDE_DESTINATION);

  return manifest && !g_str_equal (manifest->build, "rest");
}

static void show_problem (HubWizard *self, const GError *error) {
  hub_problem_fill (self->problem_page, error);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

/* In a worker thread. */
static gpointer ask_fields (HubDatabase *database, gpointer endpoint, GCancellable *cancellable,
                            GError **error) {
  return hub_account_list_fields (database, endpoint, cancellable, error);
}

/* A file that is still to be made has no fields. */
static void on_fields (gpointer owner, gpointer result, const GError *error) {
  HubWizard *self = owner;
  gboolean new_file = g_error_matches (error, HUB_ERROR, HUB_ERROR_FILE)
                      && self->asking == HUB_SIDE_DESTINATION && is_open_ended (self);

  if (error && !new_file) {
    show_problem (self, error);
    return;
  }
  g_clear_pointer (&self->fields[self->asking], g_ptr_array_unref);
  self->fields[self->asking] = result ? g_ptr_array_ref (result) : g_ptr_array_new ();
  self->asking = -1;
  go (self, self->step);
}

static void ask (HubWizard *self, HubSide side) {
  const HubManifest *manifest = hub_draft_manifest (self->draft, side);
  g_autofree char *title = g_strdup_printf (_ ("Asking %s for Its Fields…"), _ (manifest->name));

  self->asking = side;
  adw_status_page_set_title (self->asking_page, title);
  gtk_stack_set_visible_child_name (self->stack, "asking");
  update (self);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  hub_work_start (self, ask_fields, hub_draft_dup_endpoint (self->draft, side),
                  (GDestroyNotify) hub_endpoint_free, on_fields, (GDestroyNotify) g_ptr_array_unref,
                  self->cancellable);
}

/* Whether @side's fields are those of its endpoint as it is now. */
static gboolean has_fields (HubWizard *self, HubSide side) {
  g_autofree char *words = hub_option_group_describe (self->draft, side, NULL);

  if (self->fields[side] && g_strcmp0 (words, self->asked[side]) == 0)
    return TRUE;
  g_clear_pointer (&self->fields[side], g_ptr_array_unref);
  g_free (self->asked[side]);
  self->asked[side] = g_steal_pointer (&words);
  return FALSE;
}

/* The steps. */

static void enter_mapping (HubWizard *self) {
  GPtrArray *sources = self->fields[HUB_SIDE_SOURCE], *destinations = self->fields[HUB_SIDE_DESTINATION];

  hub_draft_forget_undo (self->draft); /* the mapper's undo must not reach the other steps */
  /* a file or sheet that has columns takes these and no others */
  hub_mapper_set (self->mapper, self->draft, sources, destinations,
                  is_open_ended (self) && destinations->len == 0);
  if (self->matched || hub_draft_get_n_rules (self->draft) > 0)
    return;
  self->matched = TRUE;
  guint n = hub_draft_match (self->draft, sources, destinations);
  g_autofree char *words =
      g_strdup_printf (ngettext ("%u field linked: check it", "%u fields linked: check them", n), n);
  if (n > 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

static void show_step (HubWizard *self) {
  g_autofree char *place = g_strdup_printf (_ ("Step %d of %d"), self->step + 1, N_STEPS);

  adw_window_title_set_title (self->title, _ (steps[self->step].title));
  adw_window_title_set_subtitle (self->title, place);
  gtk_level_bar_set_value (self->level, self->step + 1);
  gtk_widget_set_visible (self->next, self->step < STEP_PREVIEW);
  gtk_widget_set_visible (self->create, self->step == STEP_PREVIEW);
}

/* Brings the keyboard focus into @page. */
static void focus_page (GtkWidget *page) {
  GtkRoot *root = gtk_widget_get_root (page);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (!focus || !gtk_widget_is_ancestor (focus, page))
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

/* Goes to @step once the fields that it needs are there. */
static void go (HubWizard *self, Step step) {
  self->step = step;
  self->asking = -1;
  show_step (self);
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION && (int) side < (int) step; side++) {
    if (!has_fields (self, side)) {
      ask (self, side);
      return;
    }
  }
  if (step == STEP_MAPPING)
    enter_mapping (self);
  if (step == STEP_WHEN)
    hub_when_page_set (HUB_WHEN_PAGE (adw_bin_get_child (self->when)), self->fields[HUB_SIDE_SOURCE],
                       self->fields[HUB_SIDE_DESTINATION]);
  if (step == STEP_PREVIEW) /* which is reached once the draft can be built */
    hub_preview_start (self->preview, hub_draft_build (self->draft, NULL));
  gtk_stack_set_visible_child_name (self->stack, steps[step].page);
  update (self);
  focus_page (gtk_stack_get_visible_child (self->stack));
}

static void on_next (GtkWidget *widget, const char *action, GVariant *parameter) {
  go (HUB_WIZARD (widget), HUB_WIZARD (widget)->step + 1);
}

static void on_retry (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubWizard *self = HUB_WIZARD (widget);

  if (self->draft)
    go (self, self->step);
}

/* One step back; from a question to the step whose endpoint was asked; from the first step, out. */
static void on_back (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubWizard *self = HUB_WIZARD (widget);

  g_cancellable_cancel (self->cancellable);
  if (self->asking >= 0)
    go (self, (Step) self->asking);
  else if (self->draft && self->step > STEP_SOURCE)
    go (self, self->step - 1);
  else
    gtk_widget_activate_action (widget, "win.back", NULL);
}

/* Creating it, and running it then. */

static void on_created (gpointer owner, gpointer result, const GError *error) {
  HubWizard *self = owner;
  HubRunOptions start = { .first = g_str_equal (self->finish, "first") ? FIRST_RECORDS : 0 };
  const char *name = hub_draft_get_name (self->draft);
  g_autofree char *words = g_strdup_printf (self->name ? _ ("“%s” was saved") : _ ("“%s” was created"), name);

  if (error) {
    update (self);
    hub_problem_show (GTK_WIDGET (self), NULL, error);
    return;
  }
  if (g_str_equal (self->finish, "run"))
    start.only = hub_preview_dup_selection (self->preview);
  if (*self->finish)
    hub_kept_draft_start (name, &start);
  self->dirty = FALSE;
  hub_news_emit ();
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void on_create (GtkWidget *widget, const char *action, GVariant *parameter) {
  HubWizard *self = HUB_WIZARD (widget);
  g_autoptr (GError) error = NULL;
  HubIntegration *integration = hub_draft_build (self->draft, &error);

  if (!integration) {
    hub_problem_show (widget, NULL, error);
    return;
  }
  g_clear_handle_id (&self->pause, g_source_remove);
  self->finish = g_intern_string (g_variant_get_string (parameter, NULL));
  gtk_widget_action_set_enabled (widget, "wizard.create", FALSE);
  hub_kept_draft_write (self, NULL, integration, self->name, on_created);
}

/* Leaving. */

static void on_left (gpointer owner, gpointer result, const GError *error) {
  HubWizard *self = owner;

  if (error) {
    hub_problem_show (GTK_WIDGET (self), NULL, error);
    return;
  }
  self->dirty = FALSE;
  self->leave (self->leave_data);
}

static void on_leave_response (HubWizard *self, const char *response) {
  if (g_str_equal (response, "cancel"))
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  hub_kept_draft_write (self, g_str_equal (response, "keep") ? self->draft : NULL, NULL, self->name, on_left);
}

void hub_wizard_leave (HubWizard *self, void (*leave) (gpointer data), gpointer data) {
  const char *const answers[] = { "cancel", _ ("_Cancel"),        "discard", _ ("_Discard"),
                                  "keep",   _ ("_Keep as Draft"), NULL };

  self->leave = leave;
  self->leave_data = data;
  if (self->dirty)
    hub_ask (self, _ ("Keep What You Have Begun?"),
             _ ("A draft waits for you: it is offered when you make an integration again."), answers,
             G_CALLBACK (on_leave_response));
  else
    leave (data);
}

/* Beginning. */

static void fill_menu (HubWizard *self) {
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, self->name ? _ ("Save and _Run") : _ ("Create and _Run"), "wizard.create::run");
  g_menu_append (menu, self->name ? _ ("Save and Send the _First 10") : _ ("Create and Send the _First 10"),
                 "wizard.create::first");
  adw_split_button_set_label (ADW_SPLIT_BUTTON (self->create), self->name ? _ ("_Save") : _ ("_Create"));
  hub_widget_name (gtk_widget_get_last_child (self->create), _ ("More Ways to Finish"));
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (self->create), G_MENU_MODEL (menu));
}

/* Opens the first step that lacks something, the mapping at the latest. */
static void begin (HubWizard *self, const char *text) {
  g_autoptr (GError) error = NULL;
  HubDraft *draft = text ? hub_draft_new_from_text (text, &error) : hub_draft_new ();

  if (!draft) {
    show_problem (self, error);
    return;
  }
  self->draft = draft;
  adw_bin_set_child (self->source, hub_endpoint_page_new (draft, HUB_SIDE_SOURCE));
  adw_bin_set_child (self->destination, hub_endpoint_page_new (draft, HUB_SIDE_DESTINATION));
  adw_bin_set_child (self->when, hub_when_page_new (draft));
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  fill_menu (self);
  for (self->step = STEP_SOURCE; self->step < STEP_MAPPING; self->step++) {
    g_autofree char *missing = find_missing (self);
    if (missing)
      break;
  }
  go (self, self->step);
}

/* Goes on with the kept draft, or begins with what was asked for. */
static void on_offer_response (HubWizard *self, const char *response) {
  const char *draft, *name, *asked;

  g_variant_get (self->kept, HUB_KEPT_DRAFT, &draft, &name, &asked);
  if (g_str_equal (response, "continue")) {
    g_free (self->name);
    self->name = g_strdup (name);
    self->dirty = TRUE;
    begin (self, draft);
  } else if (g_str_equal (response, "again")) {
    hub_kept_draft_write (self, NULL, NULL, NULL, on_kept);
    begin (self, asked);
  } else {
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
  }
}

static void on_read (gpointer owner, gpointer result, const GError *error) {
  HubWizard *self = owner;
  const char *const answers[] = { "cancel",   _ ("_Cancel"),   "again", _ ("_Start Again"),
                                  "continue", _ ("C_ontinue"), NULL };
  const char *draft, *name, *asked;

  if (error) {
    show_problem (self, error);
    return;
  }
  self->kept = g_variant_ref (result);
  g_variant_get (self->kept, HUB_KEPT_DRAFT, &draft, &name, &asked);
  if (draft)
    hub_ask (self, _ ("Continue the Integration You Had Begun?"),
             _ ("It was not finished. If you start again, what you had entered there is lost."), answers,
             G_CALLBACK (on_offer_response));
  else
    begin (self, asked);
}

/* What was changed within the last moment is kept even so. */
static void hub_wizard_dispose (GObject *object) {
  HubWizard *self = HUB_WIZARD (object);

  if (self->pause)
    hub_kept_draft_write (g_application_get_default (), self->draft, NULL, self->name, on_kept);
  g_clear_handle_id (&self->pause, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  for (HubSide side = HUB_SIDE_SOURCE; side <= HUB_SIDE_DESTINATION; side++) {
    g_clear_pointer (&self->fields[side], g_ptr_array_unref);
    g_clear_pointer (&self->asked[side], g_free);
  }
  g_clear_object (&self->draft);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->kept, g_variant_unref);
  G_OBJECT_CLASS (hub_wizard_parent_class)->dispose (object);
}

static void hub_wizard_class_init (HubWizardClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (HUB_TYPE_MAPPER);
  g_type_ensure (HUB_TYPE_PREVIEW);
  G_OBJECT_CLASS (class)->dispose = hub_wizard_dispose;
  HUB_TEMPLATE (widget_class, "wizard.ui", HubWizard, title, next, create, level, reason, stack, source,
                destination, when, mapper, preview, asking_page, problem_page);
  gtk_widget_class_install_action (widget_class, "wizard.back", NULL, on_back);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "wizard.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "wizard.back", NULL);
  gtk_widget_class_install_action (widget_class, "wizard.next", NULL, on_next);
  gtk_widget_class_install_action (widget_class, "wizard.retry", NULL, on_retry);
  gtk_widget_class_install_action (widget_class, "wizard.create", "s", on_create);
}

static void hub_wizard_init (HubWizard *self) {
  self->asking = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_stack_set_visible_child_name (self->stack, "asking");
  show_step (self);
  update (self);
}

GtkWidget *hub_wizard_new (const char *name, const char *template) {
  HubWizard *self = g_object_new (HUB_TYPE_WIZARD, NULL);

  self->name = g_strdup (name);
  hub_kept_draft_read (self, name, template, on_read);
  return GTK_WIDGET (self);
}
