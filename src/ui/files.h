/* files.h: takes integrations from a portable file, and puts them into one; makes the example (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* Asks for a file over @window and imports it. */
void hub_files_import (GtkWindow *window);

/* Asks for a place over @window and writes integration @name (NULL: all) there. */
void hub_files_export (GtkWindow *window, const char *name);

/* Makes what is missing of the example (two CSV files in the documents folder, an integration between them), then previews it through
 * @widget’s actions. Files of the user are never overwritten. */
void hub_example_start (GtkWidget *widget);
