/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/filter by pcap's own machine: what the kernel's filter keeps and leaves, that both directions
 * and both ends of a pair have the same fate, and that each level halves what passes.
 */
#include <check.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include "../../watch/filter.h"
#include "segment_maker.h"

static const uint32_t salt[2] = {0x9e3779b9, 0x85ebca6b};

/* The same layout; pcap's has other names. */
static bool keeps(const struct filter *filter, const struct made *made)
{
	uint8_t bytes[120];
	size_t length = make_segment(made, bytes);

	return bpf_filter((const struct bpf_insn *)filter->code, bytes, (unsigned)length, (unsigned)length);
}

static struct filter at_level(unsigned level)
{
	struct filter filter;

	filter_flows(level, salt, NULL, 0, &filter);
	ck_assert(filter.length <= FILTER_MAX &&
		  bpf_validate((const struct bpf_insn *)filter.code, filter.length));
	return filter;
}

static const struct made stamped = {.stamped = true,
				    .host_port = 40000,
				    .server_port = 443,
				    .flags = ACK,
				    .stamp = 1,
				    .echo = 2,
				    .data = 900};

START_TEST(all_that_can_matter_at_first)
{
	const struct filter filter = at_level(0);
	struct made made = stamped;

	made.v6 = _i;
	ck_assert(keeps(&filter, &made));
	made.data = 0;
	ck_assert(keeps(&filter, &made));
	made.flags = SYN;
	ck_assert(keeps(&filter, &made));
	made.stamped = false;
	ck_assert(keeps(&filter, &made));
	made.flags = ACK; /* bare: it may end a handshake */
	ck_assert(keeps(&filter, &made));
	made.data = 1; /* with data and without timestamps it says nothing */
	ck_assert(!keeps(&filter, &made));
	made = stamped;
	made.v6 = _i;
	made.flags = RST | ACK;
	ck_assert(!keeps(&filter, &made));
}
END_TEST

START_TEST(others_are_left)
{
	const struct filter filter = at_level(0);
	uint8_t bytes[120], wrong[120];
	const unsigned length = (unsigned)make_segment(&stamped, bytes);
	static const struct {
		unsigned at;
		uint8_t value;
	} changes[] = {{0, 0x55}, {9, 17}, {6, 0x20}, {7, 9}, {43, 1}};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		memcpy(wrong, bytes, sizeof(wrong));
		wrong[changes[i].at] = changes[i].value;
		ck_assert(!bpf_filter((const struct bpf_insn *)filter.code, wrong, length, length));
	}
	for (unsigned n = 0; n < length; n++) /* cut short: no byte behind the end is read */
		ck_assert(n >= 48 || !bpf_filter((const struct bpf_insn *)filter.code, bytes, n, n));
}
END_TEST

START_TEST(each_level_halves)
{
	const struct filter filter = at_level((unsigned)_i);
	struct made made = stamped;
	unsigned n = 0;
	const unsigned tries = 1u << 17;

	for (unsigned i = 0; i < tries; i++) {
		made.host_port = (uint16_t)(1024 + i % 60000);
		made.stamp = i * 7;
		made.echo = made.stamp; /* as one: either would do */
		n += keeps(&filter, &made);
	}
	ck_assert_msg(n * (1u << _i) > tries * 7 / 10 && n * (1u << _i) < tries * 14 / 10,
		      "level %d: %u of %u", _i, n, tries);
}
END_TEST

START_TEST(a_pair_has_one_fate)
{
	const struct filter filter = at_level((unsigned)_i);
	struct made first = stamped, echo;
	unsigned kept = 0;

	for (unsigned i = 0; i < 60000; i++) {
		first.host_port = (uint16_t)(1024 + i);
		first.stamp = 12345 + i;
		first.echo = first.stamp; /* so that it is chosen by this value alone */
		echo = first;
		echo.to_host = true;
		ck_assert(keeps(&filter, &first) == keeps(&filter, &echo));
		kept += keeps(&filter, &first);
	}
	ck_assert_uint_gt(kept, 0);
}
END_TEST

START_TEST(a_handshake_has_one_fate)
{
	const struct filter filter = at_level(FILTER_STAMP_LEVELS);
	struct made answer = {.host_port = 40000, .server_port = 443, .flags = SYN | ACK, .to_host = true};
	struct made last = {.host_port = 40000, .server_port = 443, .flags = ACK};
	unsigned kept = 0;

	for (unsigned i = 0; i < 10000; i++) {
		answer.sequence = i * 2654435761u;
		answer.acknowledged = i + 1;
		ck_assert(keeps(&filter, &answer));
		last.sequence = answer.acknowledged;
		last.acknowledged = answer.sequence + 1;
		kept += keeps(&filter, &last);
	}
	ck_assert_uint_gt(kept, 10000 / 32 / 2);
	ck_assert_uint_lt(kept, 10000 / 32 * 2);
}
END_TEST

START_TEST(with_devices_it_still_is_a_program)
{
	unsigned devices[FILTER_DEVICES + 1];
	struct filter with, without;

	for (unsigned i = 0; i <= FILTER_DEVICES; i++)
		devices[i] = i + 1;
	filter_flows(FILTER_LEVELS, salt, devices, FILTER_DEVICES, &with);
	ck_assert_uint_le(with.length, FILTER_MAX);
	filter_flows(FILTER_LEVELS, salt, NULL, 0, &without);
	ck_assert_uint_eq(with.length, without.length + 1 + FILTER_DEVICES);
	filter_flows(FILTER_LEVELS, salt, devices, FILTER_DEVICES + 1, &with);
	ck_assert_uint_eq(with.length, without.length);
	filter_random(1000, devices, FILTER_DEVICES, &with);
	ck_assert_uint_le(with.length, FILTER_MAX);
	filter_nothing(&with);
	ck_assert(!keeps(&with, &stamped));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter");
	TCase *tcase = tcase_create("filter");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, all_that_can_matter_at_first, 0, 2);
	tcase_add_test(tcase, others_are_left);
	tcase_add_loop_test(tcase, each_level_halves, 0, 10);
	tcase_add_loop_test(tcase, a_pair_has_one_fate, 0, 8);
	tcase_add_test(tcase, a_handshake_has_one_fate);
	tcase_add_test(tcase, with_devices_it_still_is_a_program);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
