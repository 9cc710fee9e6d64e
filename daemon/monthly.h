/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The record of a month that is over (../ledger/month.h): percentiles and visitors, computed once after its last day is closed. Walking
 * three million rows takes a second and more, so a thread does it, on a connection of its own, and the loop only writes what came out.
 */
struct daemon;
struct monthly;

int monthly_new(struct daemon *daemon, struct monthly **out); /* 0 or -errno */
struct monthly *monthly_free(struct monthly *monthly);	      /* waits for the thread */
