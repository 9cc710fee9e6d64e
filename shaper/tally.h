/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the kernel does not keep, from one COUNT to the next: the last figures of classes that are gone (finals),
 * the drops of leaves as they were last read (CoDel drops at its head, unseen by the class), and of each inner
 * class the drops of leaves that are no longer below it, so that its sum never falls while it lives. In memory, and
 * bounded: what does not fit is lost and said.
 */
#include <stddef.h>
#include "tc.h"
#include "../lib/cleanup.h"
#include "../lib/message.h"

#define TALLY_FINALS_MAX MESSAGE_COUNTERS_MAX

/* By its number: the root, and PLAN_INNER() of a slot. HTB counts no drops there, and no backlog. */
bool tally_is_inner(uint16_t minor);

struct tally;
int tally_new(struct tally **out);
struct tally *tally_free(struct tally *tally);
DEFINE_CLEANUP(struct tally *, tally_free)

void tally_leaf(struct tally *tally, enum plan_tree tree, uint16_t minor, uint64_t dropped_packets);
/* Of a leaf: its own drops, where they are more than the class's. Of an inner class: those of leaves that went. */
uint64_t tally_dropped(const struct tally *tally, enum plan_tree tree, uint16_t minor);

/* One class is gone. A class that goes twice between two COUNTs has two finals, in their order. */
void tally_gone(struct tally *tally, const struct tc_class_seen *class);
/* A whole tree is, with all of these; in any order. */
void tally_tree_gone(struct tally *tally, const struct tc_class_seen *classes, size_t n);
/* As tally_gone(), of what is no class. */
void tally_final(struct tally *tally, const struct message_counter *row);

/* Until the next call of the above. tally_told(): the first n have been sent, and are nobody's from now on. */
const struct message_counter *tally_finals(const struct tally *tally, size_t *n);
void tally_told(struct tally *tally, size_t n);
