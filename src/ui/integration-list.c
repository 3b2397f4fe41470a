/* integration-list.c: see integration-list.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "integration-list.h"
