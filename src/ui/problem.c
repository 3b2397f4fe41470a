/* problem.c: what went wrong, in plain words: one table from an error to a title, a sentence and what to do (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "problem.h"
#include "error.h"
#include <glib/gi18n-lib.h>

#define ANY (-1)

/* What an error is called, and what its sentence is; NULL: the error's own message, which is written for people. The first row that
 * fits counts. */
static const struct {
  GQuark (*domain) (void);
  int code;
  const char *title, *sentence;
} problems[] = {
  { hub_error_quark, HUB_ERROR_USAGE, N_ ("This Cannot Be Done"), NULL },
  { hub_error_quark, HUB_ERROR_INVALID, N_ ("Something Is Missing or Wrong"), NULL },
  { hub_error_quark, HUB_ERROR_NOT_FOUND, N_ ("It Is Not There"), NULL },
  { hub_error_quark, HUB_ERROR_CREDENTIALS, N_ ("The Key Was Refused"), NULL },
  { hub_error_quark, HUB_ERROR_KEYRING, N_ ("The Keyring Cannot Be Used"), NULL },
  { hub_error_quark, HUB_ERROR_PERMISSION, N_ ("A Permission Is Missing"), NULL },
  { hub_error_quark, HUB_ERROR_NETWORK, N_ ("The Service Cannot Be Reached"), NULL },
  { hub_error_quark, HUB_ERROR_LOST, N_ ("The Answer Got Lost"), NULL },
  { hub_error_quark, HUB_ERROR_SERVICE, N_ ("The Service Gave an Unexpected Answer"), NULL },
  { hub_error_quark, HUB_ERROR_RECORD, N_ ("A Record Cannot Be Delivered"), NULL },
  { hub_error_quark, HUB_ERROR_STORE, N_ ("The Program’s Data Cannot Be Used"), NULL },
  { hub_error_quark, HUB_ERROR_FILE, N_ ("The File Cannot Be Used"), NULL },
  { hub_error_quark, HUB_ERROR_BUSY, N_ ("It Is Running Already"), NULL },
  { hub_error_quark, HUB_ERROR_FIELD, N_ ("A Field Is Missing"), NULL },
  { g_io_error_quark, G_IO_ERROR_CANCELLED, N_ ("Cancelled"), N_ ("This was stopped before it was done.") },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, N_ ("No Answer Came in Time"),
    N_ ("The other side took too long to answer. Check the network and try again later.") },
  { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, N_ ("There Is No Network"),
    N_ ("This computer is not connected to the network. Connect it and try again.") },
  { g_io_error_quark, G_IO_ERROR_HOST_NOT_FOUND, N_ ("The Server Was Not Found"),
    N_ ("The server’s address is not known. Check the network and how the address is written.") },
  { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, N_ ("The Server Cannot Be Reached"),
    N_ ("The server cannot be reached from here. Check the network and try again.") },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, N_ ("The Server Cannot Be Reached"),
    N_ ("The server refused the connection. Check the address, or try again later.") },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, N_ ("The Connection Broke"),
    N_ ("The connection ended before everything was said. Try again.") },
  { g_io_error_quark, G_IO_ERROR_NO_SPACE, N_ ("The Disk Is Full"),
    N_ ("There is no space left to write to. Free some space and try again.") },
  { g_io_error_quark, G_IO_ERROR_PERMISSION_DENIED, N_ ("The File Is Not Yours to Use"),
    N_ ("You may not read or write this file or folder. Choose another one, or change its permissions.") },
  { g_io_error_quark, G_IO_ERROR_READ_ONLY, N_ ("The File Cannot Be Written"),
    N_ ("This file or folder can only be read. Choose another one to write to.") },
  { g_io_error_quark, G_IO_ERROR_NOT_FOUND, N_ ("The File Is Not There"),
    N_ ("The file or folder was moved, renamed or deleted. Choose it again.") },
  { g_io_error_quark, G_IO_ERROR_IS_DIRECTORY, N_ ("This Is a Folder"),
    N_ ("A file is needed here, and this is a folder. Choose a file in it.") },
  { g_io_error_quark, G_IO_ERROR_EXISTS, N_ ("The File Exists Already"),
    N_ ("There is a file of this name already. Choose another name.") },
  { g_file_error_quark, ANY, N_ ("The File Cannot Be Used"),
    N_ ("The file cannot be read or written. Check it, or choose another one.") },
  { g_tls_error_quark, ANY, N_ ("The Connection Is Not Safe"),
    N_ ("The server could not prove who it is, so nothing was sent to it. Check this computer’s clock and "
        "the "
        "address; on a public network, sign in to it first.") },
  { g_resolver_error_quark, ANY, N_ ("The Server Was Not Found"),
    N_ ("The server’s address is not known. Check the network and how the address is written.") },
  { g_convert_error_quark, ANY, N_ ("The Text Cannot Be Read"),
    N_ ("The file is not text in an encoding that is known. Save it as UTF-8 and try again.") },
};

/* Whether row @i speaks of @error; an error of GLib's files is looked up as GIO's of the same meaning too. */
static gboolean fits (gsize i, const GError *error) {
  if (error->domain == problems[i].domain ())
    return problems[i].code == ANY || problems[i].code == error->code;
  return error->domain == G_FILE_ERROR && problems[i].domain () == G_IO_ERROR
         && problems[i].code == (int) g_io_error_from_file_error (error->code);
}

/* The row of @error; the number of rows where no row fits. */
static gsize find (const GError *error) {
  gsize i = 0;

  while (i < G_N_ELEMENTS (problems) && !fits (i, error))
    i++;
  return i;
}

const char *hub_problem_title (const GError *error) {
  gsize i = find (error);

  return i < G_N_ELEMENTS (problems) ? _ (problems[i].title) : _ ("Something Went Wrong");
}

/* As a sentence: "the keyring is locked" → "The keyring is locked." */
static char *as_sentence (const char *message) {
  g_autofree char *first = g_utf8_substring (message, 0, 1);
  g_autofree char *capital = g_utf8_strup (first, -1);
  gboolean ended =
      g_str_has_suffix (message, ".") || g_str_has_suffix (message, "…") || g_str_has_suffix (message, "?");

  return g_strconcat (capital, message + strlen (first), ended ? "" : ".", NULL);
}

char *hub_problem_sentence (const GError *error) {
  gsize i = find (error);

  if (i == G_N_ELEMENTS (problems))
    return g_strdup (_ ("This did not work, for a reason that the program does not know. Try again; if it "
                        "happens again, copy the details and ask for help."));
  return problems[i].sentence ? g_strdup (_ (problems[i].sentence)) : as_sentence (error->message);
}

void hub_problem_fill (AdwStatusPage *page, const GError *error) {
  g_autofree char *sentence = hub_problem_sentence (error);
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_title (page, hub_problem_title (error));
  adw_status_page_set_description (page, markup);
}

static void on_copy (GtkButton *button, GtkLabel *details) {
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), gtk_label_get_label (details));
  gtk_button_set_label (button, _ ("Copied"));
}

void hub_problem_show (GtkWidget *parent, const char *title, const GError *error) {
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/fr/integrationhub/IntegrationHub/ui/problem.ui");
  GtkWindow *dialog = GTK_WINDOW (gtk_builder_get_object (builder, "dialog"));
  GtkLabel *details = GTK_LABEL (gtk_builder_get_object (builder, "details"));
  GtkRoot *root = gtk_widget_get_root (parent);
  g_autofree char *sentence = hub_problem_sentence (error);
  /* Not for translation: it is for whoever helps. */
  g_autofree char *raw =
      g_strdup_printf ("%s %d: %s", g_quark_to_string (error->domain), error->code, error->message);

  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), title ? title : hub_problem_title (error));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), sentence);
  gtk_label_set_label (details, raw);
  g_signal_connect_object (gtk_builder_get_object (builder, "copy"), "clicked", G_CALLBACK (on_copy), details,
                           0);
  gtk_window_set_transient_for (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  gtk_window_present (dialog);
}
