/* problem.c: see problem.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "problem.h"

const char *hub_problem_title (const GError *error) {
  return "";
}

char *hub_problem_sentence (const GError *error) {
  return g_strdup (error->message);
}

void hub_problem_show (GtkWidget *parent, const char *title, const GError *error) {
}
