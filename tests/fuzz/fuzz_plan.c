/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes into plan_decode(), which the privileged program reads from the unprivileged one. What it accepts
 *must encode to exactly the same bytes, print, find its own rows and not differ from itself; all else is
 *-EBADMSG.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_plan.c \
 *	lib/plan.c lib/plan_codec.c lib/plan_diff.c lib/plan_print.c lib/units.c lib/addr.c -o fuzz_plan
 *   ./fuzz_plan -max_total_time=60 -max_len=4096
 */
#include "../../lib/cleanup.h"
#include "../../lib/plan.h"
#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t max);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_plan(const struct plan *plan)
{
	struct plan_changes changes = {0};
	FILE *out = fopen("/dev/null", "w");

	check(out);
	plan_print(out, plan, 0);
	fclose(out);
	check(plan_diff(plan, plan, &changes) == 0 && changes.n == 0);
	plan_changes_clear(&changes);
	for (size_t i = 0; i < plan->n_classes; i++)
		check(plan_find_class(plan, plan->classes[i].tree, plan->classes[i].minor) ==
		      &plan->classes[i]);
	for (size_t i = 0; i < plan->n_sessions; i++)
		check(plan_find_session(plan, plan->sessions[i].device, &plan->sessions[i].mac) ==
		      &plan->sessions[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_(plan_clear) struct plan plan = {0};
	_cleanup_(freep) void *again = NULL;
	size_t again_length;
	int r = plan_decode(bytes, length, &plan);

	if (r < 0) {
		check(r == -EBADMSG);
		return 0;
	}
	check(plan_encode(&plan, &again, &again_length) == 0);
	check(again_length == length && memcmp(again, bytes, length) == 0);
	check_plan(&plan);
	return 0;
}

/*
 * A plan made of the input, row by row, then mutated as bytes: else hardly an input comes as far as the rows.
 * The seed decides whether it is left as it is.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t max, unsigned seed)
{
	_cleanup_(plan_clear) struct plan plan = {.uplink = "wan0"};
	_cleanup_(freep) void *made = NULL;
	size_t made_length;

	if (seed % 4)
		return LLVMFuzzerMutate(bytes, length, max);
	for (size_t i = 0; i < length && i < 16; i++) {
		struct plan_class class = {.tree = bytes[i] & 1, .minor = (uint16_t)(i * 256 + bytes[i] + 1)};
		struct plan_device device = {.role = (uint8_t)(1 + bytes[i] % 3),
					     .name = {'a' + (char)i, 'x'}};
		struct plan_prefix prefix = {
		    .prefix = {{AF_INET, {10, (uint8_t)i}}, 24}, .minor = 1, .device = "lan0"};
		struct plan_match far = {.office = 1,
					 .minor = 2,
					 .last_port = UINT16_MAX,
					 .dscp = PLAN_DSCP_NONE,
					 .prefix = {{AF_INET, {203, (uint8_t)i}}, 24}};
		struct plan_match port = {.office = (uint16_t)(1 + i),
					  .minor = 2,
					  .first_port = bytes[i],
					  .last_port = 300,
					  .dscp = PLAN_DSCP_NONE,
					  .protocol = 6};
		struct plan_match dscp = {.office = (uint16_t)(1 + i), .minor = 2, .dscp = bytes[i] & 63};
		struct plan_mark mark = {.minor = (uint16_t)(1 + i), .dscp = bytes[i] & 63};
		struct plan_address address = {.prefix = {{AF_INET6, {0xfd, (uint8_t)i}}, 64},
					       .device = "zone0"};
		struct plan_gate gate = {.closes_mono_usec = bytes[i], .device = {'a' + (char)i}};
		struct plan_session session = {.minor = 0x4000, .mac = {{2, (uint8_t)i}}, .device = "zone0"};
		struct plan_chain chain = {.family = 1, .name = {'a' + (char)i}};

		plan_add_class(&plan, &class);
		if (bytes[i] & 2)
			plan_add_device(&plan, &device);
		if (bytes[i] & 4)
			plan_add_prefix(&plan, &prefix);
		if (bytes[i] & 1)
			plan_add_match(&plan, &far);
		if (bytes[i] & 2)
			plan_add_match(&plan, &port);
		if (bytes[i] & 4)
			plan_add_match(&plan, &dscp);
		if (bytes[i] & 8)
			plan_add_mark(&plan, &mark);
		if (bytes[i] & 8)
			plan_add_address(&plan, &address);
		if (bytes[i] & 16)
			plan_add_gate(&plan, &gate);
		if (bytes[i] & 32)
			plan_add_session(&plan, &session);
		if (bytes[i] & 64)
			plan_add_chain(&plan, &chain);
	}
	plan_sort(&plan);
	if (plan_encode(&plan, &made, &made_length) < 0 || made_length > max)
		return LLVMFuzzerMutate(bytes, length, max);
	memcpy(bytes, made, made_length);
	return seed % 8 ? LLVMFuzzerMutate(bytes, made_length, made_length) : made_length;
}
