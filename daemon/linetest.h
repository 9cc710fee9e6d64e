/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the line gives, measured with traffic of its own where uplink.test asks for it: by the courier, at that time of the day, only while no
 * office is inside its windows and the line carries little; put off by ten minutes otherwise, for at most two hours. The result goes into
 * the ledger and the journal, compared with what was bought. All functions accept NULL.
 */
#include <jansson.h>

struct daemon;
struct linetest;

/* After engine, notify and courier are there. 0 or -errno. */
int linetest_new(struct daemon *daemon, struct linetest **out);
struct linetest *linetest_free(struct linetest *linetest); /* before the courier is freed */
json_t *linetest_last(const struct linetest *linetest); /* null, or {"time", "server", "down_bps", "up_bps", "error"} */
