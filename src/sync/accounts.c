/* accounts.c: see accounts.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts.h"
