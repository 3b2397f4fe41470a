/* match.c: see match.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "match.h"
