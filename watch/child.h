/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The part that reads frames: asks the daemon what to watch, opens that, gives CAP_NET_RAW up, and only then
 * reads the first frame. What needs the capability again (a device has come) needs a new child.
 */
#define CHILD_AGAIN 75 /* exit status: there is something to open */

/* 0 at SIGTERM or SIGINT, CHILD_AGAIN, or 1: said in the log. */
int child_run(const char *run_directory);
