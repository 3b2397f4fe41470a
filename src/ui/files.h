/* files.h: takes integrations from a portable file, and puts them into one; makes the example (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* What the window's actions do. */

/* Asks for a file and imports it. */
void hub_files_import (GtkWidget *window, const char *action, GVariant *parameter);

/* Asks for a place and writes the integration that @parameter names ("": all) there. */
void hub_files_export (GtkWidget *window, const char *action, GVariant *parameter);

/* Makes what is missing of the example (two CSV files in the documents folder, an integration between them), then previews it. Files
 * of the user are never overwritten. */
void hub_example_start (GtkWidget *window, const char *action, GVariant *parameter);
