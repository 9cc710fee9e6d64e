/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the meter reads, booked: sums by subject until ten seconds of the wall clock are full, then one durable transaction of the
 * ledger. What the kernel counted while nobody read is booked late and its gap is named; a ledger that cannot be written is said
 * once, and summing goes on in memory. Nothing here ever waits for the disk on anybody else's behalf, or stops traffic.
 * All functions accept NULL.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/message.h"

struct booking;
struct daemon;

int booking_new(struct daemon *daemon, struct booking **out); /* after the records and the engine. 0 or -errno */
struct booking *booking_free(struct booking *booking);	      /* books what is known */

/* From meter.c: fresh counters, final rows first. */
void booking_take(struct booking *booking, const struct message_counter *rows, size_t n);
/* The interval ends here: before the clock is moved, and at exit. */
void booking_flush(struct booking *booking);
/* From engine.c: another policy is in place; the plan number `plan` goes to the shaper, and the kernel holds it. */
void booking_policy(struct booking *booking);
void booking_plan(struct booking *booking, uint64_t number, const struct plan *plan);
void booking_settled(struct booking *booking, uint64_t number);

/* An office's down plus up in the local month: what is written, corrections, and what is yet unwritten. 0 where nothing is known. */
uint64_t booking_month(const struct booking *booking, unsigned slot);
/* Down plus up between the last two readings, of an office: for who looks ahead. bit/s */
uint64_t booking_rate(const struct booking *booking, unsigned slot);
/* What an office has moved since this daemon began, as booked: never falls. */
uint64_t booking_bytes(const struct booking *booking, unsigned slot, enum plan_tree tree);
/* The ledger has been changed by another hand (a correction): the month is read anew. */
void booking_corrected(struct booking *booking);

/* "ledger" of the status: {"ok", "error", "written", "gap_seconds_today", ...} */
json_t *booking_json(const struct booking *booking);
/* "lending" of an office's or zone's row, and of the whole. */
void booking_describe(const struct booking *booking, unsigned slot, json_t *object);
json_t *booking_lending(const struct booking *booking);
