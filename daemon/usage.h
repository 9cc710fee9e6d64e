/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What sessions use is charged to their persons, with each answer of the meter; whoever has used up what he
 * may, or has sent nothing for the zone's idle time, leaves. The last bytes of a session come with the first
 * answer after its end, before its class is another's: nobody escapes a limit by leaving and coming again.
 */
#include "session.h"

struct daemon;
struct usage;

int usage_new(struct daemon *daemon, struct usage **out);
struct usage *usage_free(struct usage *usage); /* charges what is known */

/* From meter.c: there are fresh counters. When they are wanted again at the latest, in microseconds from now.
 */
int64_t usage_turn(struct usage *usage);
/* A session is in the table, with its person: its limits may be near. */
void usage_begin(struct usage *usage, struct session *session);
/* Charges what is known of those that are over, now: nothing of them is kept here any more. */
void usage_settle(struct usage *usage);
/* A session is about to leave the table, for the reason in session->end. */
void usage_end(struct usage *usage, struct session *session);
