/* template.h: what a widget's class says of its template: the file, the children, the handlers (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* @macro (@class, @type, name) for each of the names, of which there may be 40. */
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
  gtk_widget_class_set_template_from_resource (class, "/fr/integrationhub/IntegrationHub/ui/" file);         \
  HUB_EXPAND (HUB_EACH (HUB_CHILD, class, type, __VA_ARGS__))

/* The functions that the template calls. */
#define HUB_HANDLERS(class, ...) HUB_EXPAND (HUB_EACH (HUB_HANDLER, class, GtkWidget, __VA_ARGS__))
