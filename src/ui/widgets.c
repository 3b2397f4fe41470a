/* widgets.c: what the pages and dialogs share: questions, the file chooser (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets.h"

void hub_widget_name (gpointer widget, const char *words) {
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  /* newer GTK names a button by its own label first */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

void hub_button_lead (GtkWidget *button, const char *label, const char *action, const char *target) {
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), TRUE);
  gtk_label_set_justify (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), GTK_JUSTIFY_CENTER);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
}

void hub_widget_empty (gpointer widget) {
  for (GtkWidget *child; (child = gtk_widget_get_first_child (widget));)
    gtk_widget_unparent (child);
}

void hub_combo_fill (AdwComboRow *row, GtkStringList *choices, guint selected) {
  g_object_freeze_notify (G_OBJECT (row));
  adw_combo_row_set_model (row, G_LIST_MODEL (choices));
  adw_combo_row_set_selected (row, selected);
  g_object_thaw_notify (G_OBJECT (row));
}

void hub_ask (gpointer parent, const char *heading, const char *body, const char *const *answers,
              GCallback response) {
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, heading, body));

  for (guint i = 0; answers[i]; i += 2)
    adw_message_dialog_add_response (dialog, answers[i], answers[i + 1]);
  adw_message_dialog_set_close_response (dialog, answers[0]);
  adw_message_dialog_set_response_appearance (dialog, answers[2], ADW_RESPONSE_DESTRUCTIVE);
  if (answers[4]) {
    adw_message_dialog_set_response_appearance (dialog, answers[4], ADW_RESPONSE_SUGGESTED);
    adw_message_dialog_set_default_response (dialog, answers[4]);
  }
  g_signal_connect_object (dialog, "response", response, parent, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

GtkFileChooser *hub_choose_file (gpointer owner, const char *title, const char *accept, const char *name,
                                 GCallback chosen, gpointer data, GClosureNotify free_data) {
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (gtk_widget_get_root (owner)),
      name ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, accept, NULL);

  if (name)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_data (chooser, "response", chosen, data, free_data, 0);
  g_object_set_data_full (owner, "hub-file-chooser", chooser, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
  return GTK_FILE_CHOOSER (chooser);
}
