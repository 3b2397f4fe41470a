/* templates.c: see templates.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "templates.h"
