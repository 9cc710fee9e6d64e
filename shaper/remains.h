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

#define REMAINS_FINALS_MAX MESSAGE_COUNTERS_MAX

/* By its number: the root, and PLAN_INNER() of a slot. HTB counts no drops there, and no backlog. */
bool remains_is_inner(uint16_t minor);

struct remains;
int remains_new(struct remains **out);
struct remains *remains_free(struct remains *remains);
DEFINE_CLEANUP(struct remains *, remains_free)

void remains_leaf(struct remains *remains, enum plan_tree tree, uint16_t minor, uint64_t dropped_packets);
/* Of a leaf: its own drops, where they are more than the class's. Of an inner class: those of leaves that went. */
uint64_t remains_dropped(const struct remains *remains, enum plan_tree tree, uint16_t minor);

/* One class is gone. A class that goes twice between two COUNTs has two finals, in their order. */
void remains_gone(struct remains *remains, const struct tc_class_seen *class);
/* A whole tree is, with all of these; in any order. */
void remains_tree_gone(struct remains *remains, const struct tc_class_seen *classes, size_t n);
/* As remains_gone(), of what is no class. */
void remains_final(struct remains *remains, const struct message_counter *row);

/* Until the next call of the above. remains_told(): the first n have been sent, and are nobody's from now on. */
const struct message_counter *remains_finals(const struct remains *remains, size_t *n);
void remains_told(struct remains *remains, size_t n);
