/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/review and ctl/review_lines: equal changes of many are one line, what differs is shown as it was
 * and as it will be, coming states that differ alike are said once, and no answer of the daemon, however odd,
 * is more than odd text.
 */
#include "../../ctl/review.h"
#include "../../ctl/review_lines.h"
#include "../../ctl/words.h"
#include "capture.h"

static char *reviewed(const char *text)
{
	json_t *document = json_loads(text, 0, NULL);
	struct capture capture;
	char *shown;

	ck_assert_msg(document != NULL, "%s", text);
	capture = capture_start(STDOUT_FILENO);
	render_review(document);
	shown = capture_end(&capture);
	json_decref(document);
	return shown;
}

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "\"%s\" in\n%s", part, text);
}

#define RATE(n) "{\"down_bps\":" #n "000000,\"up_bps\":" #n "000000}"
#define ROW(id, key, from, to)                                                                               \
	"{\"what\":\"office\",\"id\":\"" id "\",\"name\":\"x\",\"key\":\"" key "\",\"from\":" from           \
	",\"to\":" to "}"

START_TEST(equal_changes_are_one_line)
{
	_cleanup_(freep) char *text = reviewed("{\"from\":3,\"to\":0,\"changes\":[],\"settings\":[" ROW(
	    "a", "inside.ceiling", RATE(10),
	    RATE(
		12)) "," ROW("b", "inside.ceiling", RATE(10),
			     RATE(
				 12)) "," ROW("c", "inside.ceiling", RATE(10),
					      RATE(
						  13)) "," ROW("d", "inside.ceiling", RATE(10),
							       RATE(
								   12)) "," ROW("e", "inside.ceiling",
										RATE(10),
										RATE(
										    12)) "," ROW("f",
												 "inside."
												 "ceiling",
												 RATE(10),
												 RATE(
												     12)) "]"
													  "}");

	has(text, "history 3 -> the edited files\n");
	has(text, "a, b, d and 2 more offices  inside.ceiling  10M -> 12M\n");
	has(text, "c                           inside.ceiling  10M -> 13M\n");
	has(text, "Sessions: none ends.\nConnections: none is touched.\n");
}
END_TEST

START_TEST(values_as_they_stand_in_the_file)
{
	_cleanup_(freep) char *text = reviewed(
	    "{\"changes\":[],\"settings\":[" ROW("a", "quota.monthly", "null", "{\"bytes\":2000000000000}") "," ROW("a", "prefixes", "[\"10.1.0.0/24\",\"10.2.0.0/24\"]", "[\"10.2.0.0/24\",\"10.3.0.0/24\"]") "," ROW(
		"a", "client.session", "{\"usec\":7200000000}",
		"{\"usec\":3600000000}") "," ROW("a", "budget", "5",
						 "6") "," ROW("a", "nat", "true",
							      "false") "," ROW("b", "added", "null",
									       "true") "," ROW("b",
											       "inside."
											       "guaranteed",
											       "null",
											       RATE(
												   4)) "," ROW("c",
													       "removed",
													       "true",
													       "null") "]}");

	has(text, "quota.monthly   - -> 2T\n");
	has(text, "prefixes        +10.3.0.0/24, -10.1.0.0/24\n");
	has(text, "client.session  2 h -> 1 h\n");
	has(text, "budget          5 -> 6\n");
	has(text, "true -> false\n");
	has(text, "  added           inside.guaranteed 4M\n");
	has(text, "  removed");
}
END_TEST

#define STATE(time, fits, changes)                                                                           \
	"{\"time\":\"" time "\",\"cause\":\"because\",\"guaranteed\":" RATE(40) ",\"budget\":" RATE(         \
	    95) ",\"fits\":" fits ",\"changes\":[" changes "]}"
#define DOWN ROW("a", "down.guaranteed_bps", "1000000", "2000000")
#define UP ROW("a", "up.guaranteed_bps", "1000000", "2000000")

START_TEST(coming_states_that_differ_alike_are_said_once)
{
	_cleanup_(freep) char *text = reviewed("{\"changes\":[],\"settings\":[" ROW(
	    "a", "outside.guaranteed", RATE(1),
	    RATE(2)) "],\"states\":[" STATE("2026-11-23T12:00:00+07:00", "true",
					    "") "," STATE("2026-11-23T16:00:00+07:00", "true",
							  DOWN
							  "," UP) "," STATE("2026-11-24T07:30:00+07:00",
									    "true",
									    "") "," STATE("2026-11-24T16:00:"
											  "00+07:00",
											  "true",
											  DOWN "," UP) "]}");

	has(text, "Nothing changes now");
	has(text, "2026-11-23 16:00  because\n    also 2026-11-24 16:00\n    a  guarantee  1M -> 2M\n");
	has_not(text, "\n2026-11-24");
	has(text, "Guarantees fit in each of the 4 states until 2026-11-24 16:00: at most 40M of 95M.\n");
}
END_TEST

START_TEST(a_state_that_does_not_fit_is_said)
{
	_cleanup_(freep) char *text = reviewed("{\"changes\":[],\"settings\":[" ROW(
	    "a", "outside.guaranteed", RATE(1),
	    RATE(2)) "],\"states\":[" STATE("2026-11-23T12:00:00+07:00", "true",
					    "") "," STATE("2026-11-23T16:00:00+07:00", "false", "") "]}");

	has(text, "GUARANTEES DO NOT FIT: 40M of 95M");
	has_not(text, "Guarantees fit in each");
}
END_TEST

START_TEST(one_direction_is_named)
{
	_cleanup_(freep) char *text = reviewed("{\"changes\":[" UP "],\"settings\":[],\"states\":[" STATE(
	    "2026-11-23T12:00:00+07:00", "true", UP) "]}");

	has(text, "guarantee (upload)  1M -> 2M\n");
}
END_TEST

START_TEST(whom_it_touches)
{
	_cleanup_(freep) char *text = reviewed("{\"changes\":[],\"settings\":[" ROW(
	    "a", "prefixes", "[]",
	    "[\"10.1.0.0/24\"]") "],\"touched\":{\"sessions\":["
				 "{\"zone\":\"taman\",\"sessions\":12,\"why\":\"closed\"}],\"flows\":["
				 "{\"what\":\"office\",\"id\":\"a\",\"why\":\"prefixes\"}]},\"operations\":["
				 "\"tc x\"],\"restart\":[\"paths.run\"]}");

	has(text, "Sessions: zone taman, 12 live: they end, the zone closes now\n");
	has(text, "Connections: a: addresses that came or went change their class\n");
	has(text, "now: 1\n  tc x\n");
	has(text, "Only a restart of gerbangd takes up: paths.run\n");
}
END_TEST

static const char *const odd[] = {
    "{}",
    "{\"settings\":5,\"states\":{},\"touched\":[],\"changes\":\"x\"}",
    "{\"settings\":[5,null,{}],\"changes\":[{}]}",
    "{\"settings\":[{\"what\":1,\"id\":2,\"key\":3,\"from\":[[[]]],\"to\":{\"usec\":-1}}],\"states\":[1,{}]}",
    "{\"settings\":[{\"key\":\"down.\"},{\"key\":\"up.\"},{\"key\":\"added\"}],\"states\":[{\"changes\":[{"
    "\"key\":\"up.x\"}]}]}",
    "{\"settings\":[],\"changes\":[],\"operations\":[1,{}],\"restart\":[1],\"touched\":{\"sessions\":[1],"
    "\"flows\":[2]}}",
};

START_TEST(odd_answers_are_odd_text)
{
	_cleanup_(freep) char *text = reviewed(odd[_i]);

	ck_assert_ptr_nonnull(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("review_lines");
	TCase *tcase = tcase_create("review_lines");
	SRunner *runner = srunner_create(suite);
	int failed;

	setenv("LC_ALL", "C", 1);
	words_open();
	tcase_add_test(tcase, equal_changes_are_one_line);
	tcase_add_test(tcase, values_as_they_stand_in_the_file);
	tcase_add_test(tcase, coming_states_that_differ_alike_are_said_once);
	tcase_add_test(tcase, a_state_that_does_not_fit_is_said);
	tcase_add_test(tcase, one_direction_is_named);
	tcase_add_test(tcase, whom_it_touches);
	tcase_add_loop_test(tcase, odd_answers_are_odd_text, 0, ELEMENTS(odd));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
