/* application.h: the program as the desktop sees it: one instance, its actions and its window.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Shows the window, or raises that of the instance that already runs; returns the exit status once all is closed. */
int hub_application_run (int argc, char **argv);
