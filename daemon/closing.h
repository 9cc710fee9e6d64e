/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Days that are over are closed (../ledger/chain.h) an hour after the local midnight, counted on the monotonic clock, so that a clock
 * that is wrong for a moment closes nothing; and once a day what is past its time is forgotten. A little a turn of the loop: a login
 * never waits for it. In a rehearsal the rehearsed clock alone decides.
 */
struct closing;
struct daemon;

int closing_new(struct daemon *daemon, struct closing **out); /* 0 or -errno */
struct closing *closing_free(struct closing *closing);
