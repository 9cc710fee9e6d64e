/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/latency: figures of the last minute and no longer, the newest first; a document that lies
 * changes nothing, and none makes it grow.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../daemon/latency.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"

#define SEC INT64_C(1000000)

static struct latency *latency;
static int64_t now;

static void setup(void)
{
	latency = latency_new();
	now = clock_now().mono_usec;
}

static void teardown(void)
{
	latency = latency_free(latency);
}

static int take(const char *json, int64_t ago_usec)
{
	return latency_take(latency, json, strlen(json), now - ago_usec);
}

static void expect(json_t *is, const char *wanted)
{
	_cleanup_(freep) char *text = json_dumps(is, JSON_COMPACT | JSON_ENCODE_ANY);

	ck_assert_str_eq(text, wanted);
	json_decref(is);
}

/* A number in a figure. */
static int64_t number(json_t *is, const char *key)
{
	const int64_t value = json_integer_value(json_object_get(is, key));

	json_decref(is);
	return value;
}

#define OFFICE(n, p50)                                                                                       \
	"{\"uplink\":{\"samples\":50,\"p50_usec\":40000,\"p95_usec\":60000},\"offices\":[{\"id\":"           \
	"\"dinkes\","                                                                                        \
	"\"uplink\":{\"samples\":" #n ",\"p50_usec\":" #p50 ",\"p95_usec\":90000},"                          \
	"\"office\":{\"samples\":5,\"p50_usec\":3000,\"p95_usec\":9000}}]}"

START_TEST(nothing_is_known_at_first)
{
	expect(latency_uplink(latency), "null");
	expect(latency_office(latency, "dinkes"), "null");
	expect(latency_uplink(NULL), "null");
	expect(latency_office(NULL, "dinkes"), "null");
}
END_TEST

START_TEST(a_figure_and_our_part_of_it)
{
	ck_assert_int_eq(take(OFFICE(30, 55000), SEC), 0);
	expect(latency_uplink(latency), "{\"samples\":50,\"p50_usec\":40000,\"p95_usec\":60000}");
	expect(latency_office(latency, "dinkes"),
	       "{\"uplink\":{\"samples\":30,\"p50_usec\":55000,\"p95_usec\":90000},"
	       "\"office\":{\"samples\":5,\"p50_usec\":3000,\"p95_usec\":9000},\"queue_usec\":15000}");
	expect(latency_office(latency, "bkad"), "null");
	ck_assert_int_eq(take(OFFICE(30, 20000), 0), 0); /* faster than the provider: no queue */
	ck_assert_int_eq(number(latency_office(latency, "dinkes"), "queue_usec"), 0);
}
END_TEST

START_TEST(few_samples_are_added_up)
{
	json_t *office;

	ck_assert_int_eq(take(OFFICE(30, 1000), 30 * SEC), 0);
	ck_assert_int_eq(take(OFFICE(5, 50000), 20 * SEC), 0);
	ck_assert_int_eq(take(OFFICE(15, 70000), 10 * SEC), 0);
	office = latency_office(latency, "dinkes"); /* 20 are enough: the oldest does not count */
	expect(json_incref(json_object_get(office, "uplink")),
	       "{\"samples\":20,\"p50_usec\":65000,\"p95_usec\":90000}");
	json_decref(office);
}
END_TEST

START_TEST(it_ages_out)
{
	ck_assert_int_eq(take(OFFICE(30, 55000), 61 * SEC), 0);
	expect(latency_uplink(latency), "null");
	expect(latency_office(latency, "dinkes"), "null");
	ck_assert_int_eq(take("{\"offices\":[]}", 0), 0);
	expect(latency_office(latency, "dinkes"), "null");
}
END_TEST

static const char *const lies[] = {
    "",
    "[]",
    "1",
    "{\"offices\":{}}",
    "{\"offices\":1}",
    "{\"offices\":[]",
    "{\"offices\":[],\"offices\":[]}",
};

START_TEST(what_is_no_such_document_is_refused)
{
	ck_assert_int_eq(take(OFFICE(30, 55000), SEC), 0);
	ck_assert_int_eq(take(lies[_i], 0), -EBADMSG);
	ck_assert_int_eq(number(latency_uplink(latency), "samples"), 50);
}
END_TEST

static const char *const oddities[] = {
    "{\"offices\":[1,null,\"x\",{},{\"id\":1},{\"id\":\"\"}]}",
    "{\"uplink\":7,\"offices\":[{\"id\":\"dinkes\",\"uplink\":[],\"office\":\"x\"}]}",
    "{\"uplink\":{\"samples\":0,\"p50_usec\":1,\"p95_usec\":1}}",
    "{\"uplink\":{\"samples\":1,\"p50_usec\":-5,\"p95_usec\":1}}",
    "{\"uplink\":{\"samples\":1,\"p50_usec\":1,\"p95_usec\":99000000}}",
    "{\"uplink\":{\"samples\":1e9,\"p50_usec\":1,\"p95_usec\":1}}",
    "{\"uplink\":{\"samples\":9223372036854775807,\"p50_usec\":1,\"p95_usec\":1}}",
    "{\"offices\":[{\"id\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}]}",
};

START_TEST(rows_that_make_no_sense_are_left_out)
{
	ck_assert_int_eq(take(oddities[_i], 0), 0);
	expect(latency_uplink(latency), "null");
	expect(latency_office(latency, "dinkes"), "null");
}
END_TEST

START_TEST(it_does_not_grow)
{
	json_t *document = json_object(), *offices = json_array();
	char id[16], *text;

	for (unsigned i = 0; i < LATENCY_OFFICES + 10; i++) {
		snprintf(id, sizeof(id), "o%u", i);
		json_array_append_new(offices, json_pack("{s:s, s:{s:i, s:i, s:i}}", "id", id, "uplink",
							 "samples", 1, "p50_usec", 5, "p95_usec", 5));
	}
	json_object_set_new(document, "offices", offices);
	text = json_dumps(document, 0);
	ck_assert_int_eq(take(text, 0), 0);
	expect(latency_office(latency, "o4096"), "null");
	offices = latency_office(latency, "o4095");
	ck_assert(json_is_object(offices));
	json_decref(offices);
	free(text);
	json_decref(document);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("latency");
	TCase *tcase = tcase_create("latency");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_is_known_at_first);
	tcase_add_test(tcase, a_figure_and_our_part_of_it);
	tcase_add_test(tcase, few_samples_are_added_up);
	tcase_add_test(tcase, it_ages_out);
	tcase_add_loop_test(tcase, what_is_no_such_document_is_refused, 0, ELEMENTS(lies));
	tcase_add_loop_test(tcase, rows_that_make_no_sense_are_left_out, 0, ELEMENTS(oddities));
	tcase_add_test(tcase, it_does_not_grow);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
