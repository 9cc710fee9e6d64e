/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Where a row of five minutes lies: its local hour and day, as they were when it was begun. Neither another
 * time zone nor another clock changes that later, so that the four tables stay equal.
 */
#include "metering.h"
#include "store.h"

struct slice {
	int64_t at, hour;
	int32_t day;
};
#define SLICE_NONE INT32_MIN

/* The day that was closed last, or SLICE_NONE. */
int slice_closed(struct ledger *ledger, int32_t *day);
/* In which row to book what belongs to `wanted`: the same, or, where its day is closed, the first that is
 * open. */
int slice_open(struct ledger *ledger, const struct slice *wanted, struct slice *out);
