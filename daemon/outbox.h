/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Notices that have to reach somebody, one errand a way at a time. What counts is the ledger's outbox, so a restart forgets none; while the
 * ledger cannot be written they are kept here and delivered all the same. The message's id is made of the notice's time and stays the same however often it is
 * tried: who gets it twice (the courier was killed between the server's answer and its own) can tell.
 */
#include <jansson.h>
#include "../ledger/evidence.h"
#include "../lib/units.h"

#define OUTBOX_MOST 512 /* at a time in memory; the rest waits in the ledger */
#define OUTBOX_AGE_USEC (3 * USEC_PER_DAY)

struct daemon;
struct outbox;

struct outbox_figures {
	unsigned waiting, given_up, delivered; /* of this process's life, but for waiting */
	int64_t delivered_wall_usec;	       /* 0: none yet */
	char error[160];		       /* why the youngest that was tried and waits does; "": none does */
};

int outbox_new(struct daemon *daemon, struct outbox **out);
struct outbox *outbox_free(struct outbox *outbox);
/* Copied; id and tries are filled here, the time is made one that no other notice has. */
void outbox_put(struct outbox *outbox, const struct ledger_notice *notice);
/* The same, but into the ledger before anything else: 0, or -errno and nothing waits (-ENOBUFS: too much does; -ENOTCONN: no ledger). */
int outbox_put_kept(struct outbox *outbox, const struct ledger_notice *notice);
/* Whether the report of a month ("2026-11") is on its way. */
bool outbox_has_report(const struct outbox *outbox, const char *month);
void outbox_turn(struct outbox *outbox); /* every few seconds: tries what is due */
void outbox_now(struct outbox *outbox);	 /* all of it is due */
struct outbox_figures outbox_figures(const struct outbox *outbox);

/* How long after so many tries the next one is due. */
static inline int64_t outbox_delay(unsigned tries)
{
	static const int64_t minutes[] = {1, 5, 15, 60};

	return (tries == 0 ? 0 : minutes[tries > 4 ? 3 : tries - 1]) * USEC_PER_MINUTE;
}
