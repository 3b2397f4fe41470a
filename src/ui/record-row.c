/* record-row.c: see record-row.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-row.h"
