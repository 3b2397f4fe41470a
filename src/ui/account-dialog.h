/* account-dialog.h: makes an account in place: what the key is, where to find it, a check before it is kept (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* Asks over @parent's window for an account of @connector, or (@account not NULL) for a new key of that account. @done gets the account's name
 * and @parent once it is kept; never when the user gave up, or when @parent is gone. */
void hub_account_dialog_open (GtkWidget *parent, const char *connector, const char *account,
                              void (*done) (GtkWidget *parent, const char *name));
