/* scheduler.c: see scheduler.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler.h"

void hub_scheduler_start (gpointer owner, GListModel *items) {
}
