/* problem.h: what went wrong, in plain words: one table from an error to a title, a sentence and what to do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

/* A short title for @error ("The Keyring Is Locked"); borrowed, translated. */
const char *hub_problem_title (const GError *error);

/* Its sentence for people: never a raw library message. (transfer full) */
char *hub_problem_sentence (const GError *error);

/* Says both on @page. */
void hub_problem_fill (AdwStatusPage *page, const GError *error);

/* A dialog over @parent's window: title, sentence, Details with Copy. @title (nullable) replaces the table's. */
void hub_problem_show (GtkWidget *parent, const char *title, const GError *error);
