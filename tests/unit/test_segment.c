/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/segment: heads of TCP segments of both families are read as they are meant, and none is read
 * past its end or believed where its lengths contradict each other.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include "../../watch/segment.h"
#include "segment_maker.h"

static const struct made full = {.stamped = true,
				 .host_port = 40000,
				 .server_port = 443,
				 .flags = ACK | PSH,
				 .sequence = 0x01020304,
				 .acknowledged = 0xfffffffe,
				 .stamp = 0xdeadbeef,
				 .echo = 7,
				 .data = 1000};

START_TEST(a_segment_is_read)
{
	struct made made = full;
	struct segment segment;
	uint8_t bytes[120];
	size_t length;

	made.v6 = _i;
	length = make_segment(&made, bytes);
	ck_assert_int_eq(segment_read(bytes, length, &segment), 0);
	ck_assert_int_eq(segment.from.family, _i ? AF_INET6 : AF_INET);
	ck_assert_int_eq(segment.from.octets[0], _i ? 0x20 : 10);
	ck_assert_int_eq(segment.to.octets[0], _i ? 0x20 : 192);
	ck_assert_int_eq(segment.source_port, 40000);
	ck_assert_int_eq(segment.destination_port, 443);
	ck_assert_uint_eq(segment.sequence, 0x01020304);
	ck_assert_uint_eq(segment.acknowledged, 0xfffffffe);
	ck_assert(segment.stamped);
	ck_assert_uint_eq(segment.stamp, 0xdeadbeef);
	ck_assert_uint_eq(segment.echo, 7);
	ck_assert_uint_eq(segment.data, 1000);
	ck_assert_int_eq(segment.flags, ACK | PSH);
}
END_TEST

START_TEST(options_come_in_any_order)
{
	struct made made = full;
	struct segment segment;
	uint8_t bytes[120], *options = bytes + 40;

	made.flags = SYN;
	ck_assert_int_eq(segment_read(bytes, make_segment(&made, bytes), &segment), 0);
	ck_assert(segment.stamped && segment.stamp == 0xdeadbeef);
	/* end of options before the timestamps: there are none */
	options[0] = 0;
	ck_assert_int_eq(segment_read(bytes, 56, &segment), 0);
	ck_assert(!segment.stamped);
}
END_TEST

START_TEST(what_is_cut_short_is_refused)
{
	struct segment segment;
	uint8_t bytes[120];
	size_t length = make_segment(&full, bytes);

	for (size_t n = 0; n < length; n++) {
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, bytes, n);
		ck_assert_int_eq(segment_read(exact, n, &segment), -EBADMSG);
		free(exact);
	}
}
END_TEST

/* Place, value: each makes a lie of a good segment. */
static const struct {
	unsigned at;
	uint8_t value;
} lies[] = {
    {0, 0x55},	{0, 0x44},  {0, 0x4f}, {9, 17}, {6, 0x20}, {7, 1},
    {32, 0x40}, {32, 0xf0}, {2, 0},    {43, 9}, {43, 0},   {43, 40},
};

START_TEST(lies_are_refused)
{
	struct segment segment;
	uint8_t bytes[120];
	size_t length = make_segment(&full, bytes);

	if (lies[_i].at == 2)
		bytes[3] = 30; /* shorter than its own headers */
	bytes[lies[_i].at] = lies[_i].value;
	ck_assert_int_eq(segment_read(bytes, length, &segment), -EBADMSG);
}
END_TEST

START_TEST(ends_of_any_packet)
{
	struct made made = full;
	struct addr from, to;
	uint8_t bytes[120];

	make_segment(&made, bytes);
	bytes[9] = 17;
	ck_assert_int_eq(segment_ends(bytes, 20, &from, &to), 0);
	ck_assert(from.octets[0] == 10 && to.octets[0] == 192);
	ck_assert_int_eq(segment_ends(bytes, 19, &from, &to), -EBADMSG);
	ck_assert_int_eq(segment_ends(bytes, 0, &from, &to), -EBADMSG);
	made.v6 = true;
	make_segment(&made, bytes);
	ck_assert_int_eq(segment_ends(bytes, 40, &from, &to), 0);
	ck_assert_int_eq(segment_ends(bytes, 39, &from, &to), -EBADMSG);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("segment");
	TCase *tcase = tcase_create("segment");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, a_segment_is_read, 0, 2);
	tcase_add_test(tcase, options_come_in_any_order);
	tcase_add_test(tcase, what_is_cut_short_is_refused);
	tcase_add_loop_test(tcase, lies_are_refused, 0, sizeof(lies) / sizeof(lies[0]));
	tcase_add_test(tcase, ends_of_any_packet);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
