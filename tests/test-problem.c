/* test-problem.c: every error has a title and a plain sentence; what a library says stays out of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "problem.h"
#include "error.h"
#include <locale.h>

#define RAW "Could not frobnicate gtlsconnection.c:123"

static void assert_plain (GQuark domain, int code, const char *title, const char *part) {
  g_autoptr (GError) error = g_error_new_literal (domain, code, RAW);
  g_autofree char *sentence = hub_problem_sentence (error);

  g_assert_cmpstr (hub_problem_title (error), ==, title);
  g_assert_nonnull (strstr (sentence, part));
  g_assert_null (strstr (sentence, "frobnicate"));
  g_assert_true (g_str_has_suffix (sentence, "."));
}

static void test_library_errors_are_said_in_plain_words (void) {
  assert_plain (G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "There Is No Network", "not connected");
  assert_plain (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No Answer Came in Time", "took too long");
  assert_plain (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled", "stopped");
  assert_plain (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The Disk Is Full", "Free some space");
  assert_plain (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "The File Is Not Yours to Use", "permissions");
  assert_plain (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "The Server Cannot Be Reached", "refused");
  assert_plain (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The File Is Not There", "Choose it again");
  assert_plain (G_FILE_ERROR, G_FILE_ERROR_NOENT, "The File Is Not There", "Choose it again");
  assert_plain (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "The Disk Is Full", "Free some space");
  assert_plain (G_FILE_ERROR, G_FILE_ERROR_IO, "The File Cannot Be Used", "choose another");
  assert_plain (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "The Connection Is Not Safe", "clock");
  assert_plain (G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "The Server Was Not Found", "network");
  assert_plain (G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE, "The Text Cannot Be Read", "UTF-8");
}

static void test_an_unknown_error_keeps_its_text_for_the_details (void) {
  assert_plain (G_MARKUP_ERROR, 0, "Something Went Wrong", "details");
  assert_plain (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Something Went Wrong", "details");
}

static void test_every_error_of_ours_has_a_title (void) {
  g_autoptr (GHashTable) titles = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code <= HUB_ERROR_BUSY; code++) {
    g_autoptr (GError) error = g_error_new_literal (HUB_ERROR, code, "why");
    g_assert_cmpstr (hub_problem_title (error), !=, "Something Went Wrong");
    g_assert_true (g_hash_table_add (titles, (gpointer) hub_problem_title (error)));
  }
}

static void test_our_own_messages_are_kept_as_sentences (void) {
  static const struct {
    const char *message, *sentence;
  } rows[] = {
    { "the keyring is locked; unlock it", "The keyring is locked; unlock it." },
    { "Stripe refused the key (401).", "Stripe refused the key (401)." },
    { "écrivez https://…", "Écrivez https://…" },
    { "“Boutique” is gone", "“Boutique” is gone." },
    { "", "." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = g_error_new_literal (HUB_ERROR, HUB_ERROR_INVALID, rows[i].message);
    g_autofree char *sentence = hub_problem_sentence (error);
    g_assert_cmpstr (sentence, ==, rows[i].sentence);
  }
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_add_func ("/problem/library-errors", test_library_errors_are_said_in_plain_words);
  g_test_add_func ("/problem/unknown", test_an_unknown_error_keeps_its_text_for_the_details);
  g_test_add_func ("/problem/titles", test_every_error_of_ours_has_a_title);
  g_test_add_func ("/problem/own-messages", test_our_own_messages_are_kept_as_sentences);
  return g_test_run ();
}
