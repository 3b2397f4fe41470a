/* account-dialog.c: see account-dialog.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "account-dialog.h"

void hub_account_dialog_open (GtkWidget *parent, const char *connector, const char *account,
                              void (*done) (gpointer data, const char *name), gpointer data) {
}
