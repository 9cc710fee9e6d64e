/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whole rupiah among offices, to the last one. Method of the largest remainder (Hamilton): each gets amount x weight / sum rounded down; what is
 * left goes, one rupiah each, to the largest remainders, among equal ones to the first in the caller's order (by id). No floating point;
 * 128-bit products. A mix first divides the amount among its keys by the same method, then each part by its key's weights.
 */
#include <stddef.h>
#include <stdint.h>
#include "../policy/policy.h"

/* out[i] add up to `amount` exactly; a negative one: -EINVAL. All weights 0: equal ones. n 0: -EINVAL where amount is not 0. -EOVERFLOW: weights add up to more than 64 bits. */
int split_amount(int64_t amount, const uint64_t *weights, size_t n, int64_t *out);

/* What an office weighs by each key. equal: days present. guaranteed: the sum, over its days, of the inside guarantee of that day, down + up, in kbit/s (each day rounded down).
 * delivered: bytes down + up (a negative sum is 0). p95: the greater of its percentiles down and up. */
struct split_weights { uint64_t by[POLICY_SPLITS]; };
/* No percent at all: equal. */
int split_contract(int64_t amount, const unsigned percent[static POLICY_SPLITS], const struct split_weights *offices, size_t n, int64_t *out);

/* Money with a fraction: amount x numerator / denominator, half up; all >= 0, denominator > 0. */
int64_t split_part(int64_t amount, int64_t numerator, int64_t denominator);
/* part / whole in hundredths of a percent, half up; whole 0: 0. UINT32_MAX where it does not fit. */
uint32_t split_permyriad(uint64_t part, uint64_t whole);
