/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: many offices pay one bill, and a rupiah that nobody pays, or two pay, makes the whole account
 * doubtful. So money is divided by whole numbers and the largest remainders, here and nowhere else. It never
 * computes with a fraction that a machine would round for itself.
 */
#include "split.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"

typedef unsigned __int128 wide;

struct remainder {
	uint64_t rest;
	size_t at;
};

static int by_rest(const void *a, const void *b)
{
	const struct remainder *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest < y->rest ? 1 : -1;
	return (x->at > y->at) - (x->at < y->at);
}

static int sum_of(const uint64_t *weights, size_t n, uint64_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(*sum, weights[i], sum))
			return -EOVERFLOW;
	return 0;
}

/* Everybody's part rounded down, and what that leaves of each; returns how much of the amount is left. */
static int64_t round_down(int64_t amount, const uint64_t *weights, size_t n, uint64_t sum, int64_t *out,
			  struct remainder *rests)
{
	int64_t left = amount;

	for (size_t i = 0; i < n; i++) {
		uint64_t weight = sum > 0 ? weights[i] : 1;
		wide product = (wide)(uint64_t)amount * weight, whole = sum > 0 ? sum : n;

		out[i] = (int64_t)(product / whole);
		rests[i] = (struct remainder){(uint64_t)(product % whole), i};
		left -= out[i];
	}
	return left;
}

int split_amount(int64_t amount, const uint64_t *weights, size_t n, int64_t *out)
{
	_cleanup_(freep) struct remainder *rests = NULL;
	int64_t left;
	uint64_t sum;
	int r;

	if (amount < 0 || (n == 0 && amount != 0))
		return -EINVAL;
	if (n == 0)
		return 0;
	r = sum_of(weights, n, &sum);
	if (r < 0)
		return r;
	rests = calloc(n, sizeof(*rests));
	if (!rests)
		return -ENOMEM;
	left = round_down(amount, weights, n, sum, out, rests);
	qsort(rests, n, sizeof(*rests), by_rest);
	for (size_t i = 0; left > 0; i++, left--) /* fewer than n are left */
		out[rests[i].at]++;
	return 0;
}

static int add_key(int64_t amount, enum policy_split key, const struct split_weights *offices, size_t n,
		   int64_t *out)
{
	_cleanup_(freep) uint64_t *weights = calloc(n + 1, sizeof(*weights));
	_cleanup_(freep) int64_t *parts = calloc(n + 1, sizeof(*parts));
	int r;

	if (!weights || !parts)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		weights[i] = offices[i].by[key];
	r = split_amount(amount, weights, n, parts);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		out[i] += parts[i];
	return 0;
}

int split_contract(int64_t amount, const unsigned percent[static POLICY_SPLITS],
		   const struct split_weights *offices, size_t n, int64_t *out)
{
	_cleanup_(freep) int64_t *shares = calloc(n + 1, sizeof(*shares));
	uint64_t keys[POLICY_SPLITS];
	int64_t amounts[POLICY_SPLITS];
	bool any = false;
	int r;

	if (!shares)
		return -ENOMEM;
	for (size_t key = 0; key < POLICY_SPLITS; key++) {
		keys[key] = percent[key];
		any |= percent[key] > 0;
	}
	if (!any)
		keys[POLICY_SPLIT_EQUAL] = 1;
	r = split_amount(amount, keys, POLICY_SPLITS, amounts);
	for (size_t key = 0; r == 0 && key < POLICY_SPLITS; key++)
		if (amounts[key] > 0)
			r = add_key(amounts[key], (enum policy_split)key, offices, n, shares);
	if (r == 0 && n > 0)
		memcpy(out, shares, n * sizeof(*out));
	return r;
}

/* Of a product of two 63-bit numbers twice the numerator still fits into 128 bits. */
static wide divide_half_up(wide numerator, wide denominator)
{
	return (2 * numerator + denominator) / (2 * denominator);
}

int64_t split_part(int64_t amount, int64_t numerator, int64_t denominator)
{
	wide part;

	if (amount <= 0 || numerator <= 0 || denominator <= 0)
		return 0;
	part = divide_half_up((wide)amount * (wide)numerator, (wide)denominator);
	return (int64_t)MIN(part, (wide)INT64_MAX);
}

uint32_t split_permyriad(uint64_t part, uint64_t whole)
{
	wide permyriad = whole > 0 ? divide_half_up((wide)part * 10000u, whole) : 0;

	return (uint32_t)MIN(permyriad, (wide)UINT32_MAX);
}
