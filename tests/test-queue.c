/* test-queue.c: the queue between two threads keeps order, bounds and errors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reader.h"

static int freed;

static void free_counted (gpointer item) {
  g_atomic_int_inc (&freed);
  g_free (item);
}

static gpointer push_thousand (gpointer data) {
  for (guint i = 0; i < 1000; i++)
    if (!hub_queue_push (data, g_memdup2 (&i, sizeof i)))
      return GUINT_TO_POINTER (i);
  hub_queue_finish (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "at the end"));
  return GUINT_TO_POINTER (1000);
}

static void test_keeps_order_and_gives_the_error_last (void) {
  g_autoptr (HubQueue) queue = hub_queue_new (3, g_free);
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("push", push_thousand, queue);
  for (guint i = 0; i < 1000; i++) {
    g_autofree guint *item = hub_queue_pop (queue, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (*item, ==, i);
  }
  g_assert_null (hub_queue_pop (queue, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 1000);
}

static void test_stop_wakes_a_waiting_push_and_frees_what_is_left (void) {
  freed = 0;
  HubQueue *queue = hub_queue_new (3, free_counted);
  GThread *thread = g_thread_new ("push", push_thousand, queue);
  g_autoptr (GError) error = NULL;
  g_free (hub_queue_pop (queue, &error));
  hub_queue_stop (queue);
  guint refused = GPOINTER_TO_UINT (g_thread_join (thread));
  g_assert_cmpuint (refused, <=, 4);
  hub_queue_free (queue);
  g_assert_cmpint (freed, ==,
                   (int) refused); /* all pushed but the one that was popped, and the refused one */
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/order", test_keeps_order_and_gives_the_error_last);
  g_test_add_func ("/queue/stop", test_stop_wakes_a_waiting_push_and_frees_what_is_left);
  return g_test_run ();
}
