/* draft.c: see draft.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "draft.h"
