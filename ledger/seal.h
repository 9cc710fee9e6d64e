/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The form in which things are hashed: an integer is 8 bytes, little-endian, two's complement; a text is its
 * length in bytes as an integer, then the bytes. No separators, no padding. docs/ledger.md describes it for
 * others: what is here is never changed, only followed by another form with another name.
 */
#include <sodium.h>
#include "chain.h"
#include "usage.h"

struct seal {
	crypto_generichash_state state;
};
void seal_begin(struct seal *seal);
void seal_integer(struct seal *seal, int64_t value);
void seal_text(struct seal *seal, const void *text, size_t length);
/* A row of five minutes: when, kind, id, figures. */
void seal_usage(struct seal *seal, int64_t at, const struct subject *subject, const struct usage *usage);
void seal_end(struct seal *seal, uint8_t out[static LEDGER_DIGEST]);

/* Every row of five minutes of a day, by time and number. `row` returns non-zero to stop. */
int seal_walk(struct ledger *ledger, int32_t day,
	      int (*row)(int64_t key, int64_t hour, const struct usage *usage, void *userdata),
	      void *userdata);
int seal_rows(struct ledger *ledger, int32_t day, uint8_t out[static LEDGER_DIGEST]);
/* Of a day's totals and of all that is marked as sealed with it. */
int seal_totals(struct ledger *ledger, int32_t day, uint8_t out[static LEDGER_DIGEST]);
void seal_link(const uint8_t before[static LEDGER_DIGEST], int32_t day,
	       const uint8_t rows[static LEDGER_DIGEST], const uint8_t totals[static LEDGER_DIGEST],
	       uint8_t out[static LEDGER_DIGEST]);
/* Closes one day; `rows` NULL: as they are. The caller's transaction. */
int seal_day(struct ledger *ledger, int32_t day, int64_t wall_usec, const uint8_t *rows);
