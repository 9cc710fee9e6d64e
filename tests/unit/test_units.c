/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/units: every accepted form is exact, everything else is refused and says why, and texts come
 * back as they went.
 */
#include "../../lib/units.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <errno.h>
#include <inttypes.h>

typedef int parser(const char *text, uint64_t *out);

struct good {
	parser *parse;
	const char *text;
	uint64_t value;
};

static const struct good good[] = {
    {units_rate, "8 bit", 8},
    {units_rate, "500 kbit", 500000},
    {units_rate, "40Mbit", 40000000},
    {units_rate, "1 Gbit", 1000000000},
    {units_rate, "1.5 Gbit", 1500000000},
    {units_rate, "1.50000000000000000000000000000000 Gbit", 1500000000},
    {units_rate, "0.008 kbit", 8},
    {units_rate, "0.000000008 Gbit", 8},
    {units_rate, "007 kbit", 7000},
    {units_rate, "18446744073709551608 bit", UINT64_C(18446744073709551608)},
    {units_volume, "0 B", 0},
    {units_volume, "1 B", 1},
    {units_volume, "2 TB", UINT64_C(2000000000000)},
    {units_volume, "500MB", 500000000},
    {units_volume, "1.234 kB", 1234},
    {units_volume, "18446744073709551615 B", UINT64_MAX},
    {units_volume, "18446744.073709551615 TB", UINT64_MAX},
    {units_duration, "90 s", 90000000},
    {units_duration, "15 min", UINT64_C(900000000)},
    {units_duration, "100 ms", 100000},
    {units_duration, "0.5ms", 500},
    {units_duration, "2 h", UINT64_C(7200000000)},
    {units_duration, "1.5h", UINT64_C(5400000000)},
    {units_duration, "30 d", UINT64_C(2592000000000)},
    {units_duration, "0.000001 s", 1},
    {units_duration, "9223372036854.775807 s", INT64_MAX},
};

START_TEST(accepted)
{
	const struct good *c = &good[_i];
	uint64_t value = 77;

	ck_assert_msg(c->parse(c->text, &value) == 0, "%s", c->text);
	ck_assert_msg(value == c->value, "%s: %" PRIu64, c->text, value);
}
END_TEST

static const struct {
	parser *parse;
	const char *text;
	int error;
} bad[] = {
    {units_rate, "", -EINVAL},
    {units_rate, "Mbit", -EINVAL},
    {units_rate, "40", -EINVAL},
    {units_rate, "40 ", -EINVAL},
    {units_rate, " 40 Mbit", -EINVAL},
    {units_rate, "40  Mbit", -EINVAL},
    {units_rate, "40 Mbit ", -EINVAL},
    {units_rate, "40\tMbit", -EINVAL},
    {units_rate, "40 mbit", -EINVAL},
    {units_rate, "40 MBit", -EINVAL},
    {units_rate, "40 Mbit/s", -EINVAL},
    {units_rate, "40 MB", -EINVAL},
    {units_rate, "-40 Mbit", -EINVAL},
    {units_rate, "+40 Mbit", -EINVAL},
    {units_rate, "0x28 Mbit", -EINVAL},
    {units_rate, "4e1 Mbit", -EINVAL},
    {units_rate, ".5 Mbit", -EINVAL},
    {units_rate, "5. Mbit", -EINVAL},
    {units_rate, "1.2.3 Mbit", -EINVAL},
    {units_rate, "1,5 Gbit", -EINVAL},
    {units_rate, "0 bit", -EINVAL},
    {units_rate, "0.0 Gbit", -EINVAL},
    {units_rate, "7 bit", -EINVAL},
    {units_rate, "1001 bit", -EINVAL},
    {units_rate, "1.001 kbit", -EINVAL},
    {units_rate, "0.0001 kbit", -EINVAL},
    {units_rate, "0.0000000000000000000000000000000000001 Gbit", -EINVAL},
    {units_rate, "18446744073709551616 bit", -ERANGE},
    {units_rate, "18446744074 Gbit", -ERANGE},
    {units_rate, "99999999999999999999999999999999999999999999 bit", -ERANGE},
    {units_volume, "2 T", -EINVAL},
    {units_volume, "2 TiB", -EINVAL},
    {units_volume, "0.5 B", -EINVAL},
    {units_volume, "18446744073709551616 B", -ERANGE},
    {units_duration, "1 m", -EINVAL},
    {units_duration, "1 day", -EINVAL},
    {units_duration, "1 h 30 min", -EINVAL},
    {units_duration, "0.0000001 s", -EINVAL},
    {units_duration, "9223372036854.775808 s", -ERANGE},
    {units_duration, "106751992 d", -ERANGE},
};

START_TEST(refused)
{
	uint64_t value = 77;
	int r = bad[_i].parse(bad[_i].text, &value);

	ck_assert_msg(r == bad[_i].error, "%s: %d", bad[_i].text, r);
	ck_assert_uint_eq(value, 77);
}
END_TEST

static const struct {
	uint64_t bps;
	const char *text;
} rates[] = {
    {0, "0 bit"},
    {8, "8 bit"},
    {504, "504 bit"},
    {64000, "64 kbit"},
    {40000000, "40 Mbit"},
    {500000000, "500 Mbit"},
    {1000000000, "1 Gbit"},
    {1500000000, "1.5 Gbit"},
    {1050000000, "1.05 Gbit"},
    {475000000, "475 Mbit"},
    {12345678, "12345678 bit"},
    {UINT64_C(18446744073709551608), "18446744073709551608 bit"},
};

START_TEST(a_rate_text_is_exact)
{
	char text[UNITS_TEXT];
	uint64_t back;

	ck_assert_str_eq(units_rate_text(rates[_i].bps, text), rates[_i].text);
	if (rates[_i].bps && rates[_i].bps % 8 == 0) {
		ck_assert_int_eq(units_rate(text, &back), 0);
		ck_assert(back == rates[_i].bps);
	}
}
END_TEST

static const struct {
	const char *(*write)(uint64_t value, char text[static UNITS_TEXT]);
	uint64_t value;
	const char *text;
} human[] = {
    {units_rate_human, 0, "0 bit/s"},
    {units_rate_human, 999, "999 bit/s"},
    {units_rate_human, 1000, "1.00 kbit/s"},
    {units_rate_human, 9994, "9.99 kbit/s"},
    {units_rate_human, 9995, "10.0 kbit/s"},
    {units_rate_human, 99949, "99.9 kbit/s"},
    {units_rate_human, 99950, "100 kbit/s"},
    {units_rate_human, 999499, "999 kbit/s"},
    {units_rate_human, 999500, "1.00 Mbit/s"},
    {units_rate_human, 39812345, "39.8 Mbit/s"},
    {units_rate_human, UINT64_C(12345000000000), "12345 Gbit/s"},
    {units_volume_human, 1239999999, "1.24 GB"},
    {units_volume_human, UINT64_C(2000000000000), "2.00 TB"},
    {units_volume_human, 12, "12 B"},
    {units_volume_human, UINT64_MAX, "18446744 TB"},
    {units_duration_human, 0, "0 s"},
    {units_duration_human, 999999, "0 s"},
    {units_duration_human, 59999999, "59 s"},
    {units_duration_human, UINT64_C(90000000), "1 min 30 s"},
    {units_duration_human, UINT64_C(7199999999), "1 h 59 min"},
    {units_duration_human, UINT64_C(7200000000), "2 h"},
    {units_duration_human, UINT64_C(90000000000), "1 d 1 h"},
    {units_duration_human, UINT64_C(2592000000000), "30 d"},
};

START_TEST(texts_for_people_have_three_digits)
{
	char text[UNITS_TEXT];

	ck_assert_str_eq(human[_i].write(human[_i].value, text), human[_i].text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("units");
	TCase *tests = tcase_create("units");

	tcase_add_loop_test(tests, accepted, 0, ELEMENTS(good));
	tcase_add_loop_test(tests, refused, 0, ELEMENTS(bad));
	tcase_add_loop_test(tests, a_rate_text_is_exact, 0, ELEMENTS(rates));
	tcase_add_loop_test(tests, texts_for_people_have_three_digits, 0, ELEMENTS(human));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
