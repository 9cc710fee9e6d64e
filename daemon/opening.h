/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The minutes in which each zone was open to guests, by local day: what the public was given, as evidence and not as a schedule. A zone that was
 * open when a minute of the wall clock was last looked at was open in it; a minute without a look, or a clock that is set, counts for at most one.
 * What cannot be written is kept: OPENING_ROWS rows, the oldest go first.
 */
#include "../ledger/month.h"

#define OPENING_ROWS 256

struct daemon;
struct opening;

int opening_new(struct daemon *daemon, struct opening **out); /* 0 or -errno */
struct opening *opening_free(struct opening *opening);	      /* writes what is left */
