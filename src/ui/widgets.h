/* widgets.h: what the pages and dialogs share: their templates, questions, the file chooser (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_UI "/fr/integrationhub/IntegrationHub/ui/"

#ifndef __cppcheck__ /* of ./dev lint: it does not know __VA_OPT__ */
/* @macro (@class, @type, name) for each of the names, of which there may be 27. */
#define HUB_EACH(macro, class, type, name, ...)                                                              \
  macro (class, type, name) __VA_OPT__ (HUB_EACH_AGAIN HUB_EACH_LATER (macro, class, type, __VA_ARGS__))
#define HUB_EACH_AGAIN() HUB_EACH
#define HUB_EACH_LATER ()
#define HUB_EXPAND(...) HUB_EXPAND_3 (HUB_EXPAND_3 (HUB_EXPAND_3 (__VA_ARGS__)))
#define HUB_EXPAND_3(...) HUB_EXPAND_2 (HUB_EXPAND_2 (HUB_EXPAND_2 (__VA_ARGS__)))
#define HUB_EXPAND_2(...) HUB_EXPAND_1 (HUB_EXPAND_1 (HUB_EXPAND_1 (__VA_ARGS__)))
#define HUB_EXPAND_1(...) __VA_ARGS__

#define HUB_CHILD(class, type, name) gtk_widget_class_bind_template_child (class, type, name);
#define HUB_HANDLER(class, type, name) gtk_widget_class_bind_template_callback (class, name);

/* The template of @type is resources/ui/@file; its children of these names are kept in the members of the same names. */
#define HUB_TEMPLATE(class, file, type, ...)                                                                 \
  gtk_widget_class_set_template_from_resource (class, HUB_UI file);                                          \
  HUB_EXPAND (HUB_EACH (HUB_CHILD, class, type, __VA_ARGS__))

/* The functions that the template calls. */
#define HUB_HANDLERS(class, ...) HUB_EXPAND (HUB_EACH (HUB_HANDLER, class, GtkWidget, __VA_ARGS__))
#endif

/* Frees a text with the signal handler whose data it is. */
#define HUB_FREE ((GClosureNotify) G_CALLBACK (g_free))

/* What a screen reader calls @widget. */
void hub_widget_name (gpointer widget, const char *words);

/* Makes @button say @label, in as many lines as it needs, and do @action with @target. */
void hub_button_lead (GtkWidget *button, const char *label, const char *action, const char *target);

/* Drops all its children, when it is disposed of. */
void hub_widget_empty (gpointer widget);

/* Gives @row these choices, and tells of a change at most once. */
void hub_combo_fill (AdwComboRow *row, GtkStringList *choices, guint selected);

/* Asks over @parent's window. @answers: of each its id and its label; the first cancels, the second is marked as destructive, a third
 * (nullable) is proposed. @response is called with @parent and the id, unless @parent is gone. */
void hub_ask (gpointer parent, const char *heading, const char *body, const char *const *answers,
              GCallback response);

/* Asks over @owner's window for a file to open, or to save as @name (nullable). @chosen is called with the GtkFileChooser, its response
 * and @data, which is freed with @free_data (nullable), unless @owner is gone. Borrowed. */
GtkFileChooser *hub_choose_file (gpointer owner, const char *title, const char *accept, const char *name,
                                 GCallback chosen, gpointer data, GClosureNotify free_data);
