/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The part that holds CAP_NET_RAW and reads nothing: it makes a child, and another one when that ends.
 */
/* Runs until SIGTERM or SIGINT. In the child: its own exit status, to be returned from main(). 0 or 1. */
int parent_run(int (*child)(const char *argument), const char *argument);
