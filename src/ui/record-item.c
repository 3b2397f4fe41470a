/* record-item.c: see record-item.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-item.h"
