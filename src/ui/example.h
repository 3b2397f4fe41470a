/* example.h: an example to try: two CSV files in the documents folder and an integration between them (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* Makes what is missing of it, then previews it through @widget's actions. Files of the user are never overwritten. */
void hub_example_start (GtkWidget *widget);
