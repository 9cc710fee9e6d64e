/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/commands: what a person types becomes the request that the daemon knows, or is refused before
 * anybody is asked; the daemon's answer becomes the exit status. Daemon, policy library and rendering are
 * stood in for: the requests are noted, the answers are made up.
 */
#include "../../ctl/client.h"
#include "../../ctl/command.h"
#include "../../ctl/local.h"
#include "../../ctl/render.h"
#include "../../ctl/review.h"
#include "../../lib/clock.h"
#include "capture.h"
#include <errno.h>

/* ---- stand-ins ---- */

static char *asked; /* the last request that was no question for the day */
static unsigned n_asked;
static int reachable; /* what client_call() returns */
static enum control_status status;
static const char *document; /* its JSON, or NULL */
static const char *day = "2026-11-23T15:59:50+07:00";
static bool loads; /* the configuration has no fault */
static int64_t planned_usec;
static int scheduled_days;

static void note(json_t *request)
{
	free(asked);
	asked = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
	n_asked++;
	json_decref(request);
}

int client_call(const char *run_directory, json_t *request, struct answer *out)
{
	const char *command = json_string_value(json_object_get(request, "command"));

	ck_assert_str_eq(run_directory, "/run/test");
	if (command && strcmp(command, "status") == 0) { /* what day is it? */
		json_decref(request);
		if (reachable == 0)
			out->json = json_pack("{s:s}", "time", day);
		return reachable;
	}
	note(request);
	if (reachable < 0)
		return reachable;
	*out = (struct answer){.status = status, .json = document ? json_loads(document, 0, NULL) : NULL};
	out->text = document ? NULL : strdup("no, because\nof that");
	return 0;
}

void answer_clear(struct answer *answer)
{
	json_decref(answer->json);
	free(answer->text);
}

char *local_run_directory(const char *path _unused_)
{
	return strdup("/run/test");
}

struct policy *local_policy(const char *path _unused_, bool warn _unused_, size_t *n_warnings)
{
	if (n_warnings)
		*n_warnings = 2;
	return loads ? calloc(1, sizeof(struct policy)) : NULL;
}

json_t *local_check(const char *path _unused_, bool *valid)
{
	*valid = loads;
	return json_object();
}

json_t *local_plan(const struct policy *policy _unused_, int64_t wall_usec)
{
	planned_usec = wall_usec;
	return json_object();
}

json_t *local_schedule(const struct policy *policy _unused_, int64_t wall_usec _unused_, int days)
{
	scheduled_days = days;
	return json_array();
}

static const char *rendered;

#define STAND_IN(function)                                                                                   \
	void function(const json_t *json _unused_)                                                           \
	{                                                                                                    \
		rendered = #function;                                                                        \
	}

STAND_IN(render_json)
STAND_IN(render_status)
STAND_IN(render_sessions)
STAND_IN(render_plan)
STAND_IN(render_changes)
STAND_IN(render_schedule)
STAND_IN(render_done)
STAND_IN(render_apply)
STAND_IN(render_review)

static void start(void)
{
	speak("en");
	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	reachable = 0;
	status = CONTROL_DONE;
	document = "{}";
	loads = true;
	freep(&asked);
	asked = NULL;
	n_asked = 0;
	rendered = NULL;
}

static void end(void)
{
	freep(&asked);
	asked = NULL;
}

/* ---- requests ---- */

struct typed {
	int (*run)(const struct invocation *);
	const char *word;
	enum option option; /* with `value`, where it is not NULL */
	const char *value;
};

static int run(const struct typed *typed)
{
	struct invocation invocation = {.words = {typed->word}, .n_words = typed->word ? 1 : 0};

	if (typed->value)
		invocation.values[typed->option] = typed->value;
	return typed->run(&invocation);
}

static const struct {
	struct typed typed;
	const char *request, *rendered;
} requests[] = {
    {{command_apply}, "{\"command\":\"apply\"}", "render_apply"},
    {{command_apply, NULL, OPTION_JSON, ""}, "{\"command\":\"apply\"}", "render_json"},
    {{command_sessions}, "{\"command\":\"sessions\"}", "render_sessions"},
    {{command_sessions, NULL, OPTION_ZONE, "taman"},
     "{\"command\":\"sessions\",\"zone\":\"taman\"}",
     "render_sessions"},
    {{command_kick, "10.200.0.5"}, "{\"command\":\"kick\",\"guest\":\"10.200.0.5\"}", "render_done"},
    {{command_zone_open, "taman"}, "{\"command\":\"zone-open\",\"id\":\"taman\"}", "render_done"},
    {{command_zone_open, "taman", OPTION_FOR, "2 h"},
     "{\"command\":\"zone-open\",\"id\":\"taman\",\"usec\":7200000000}",
     "render_done"},
    {{command_zone_close, "taman", OPTION_FOR, "90s"},
     "{\"command\":\"zone-close\",\"id\":\"taman\",\"usec\":90000000}",
     "render_done"},
    {{command_zone_auto, "taman"}, "{\"command\":\"zone-auto\",\"id\":\"taman\"}", "render_done"},
    {{command_office_auto, "dinkes"}, "{\"command\":\"office-auto\",\"id\":\"dinkes\"}", "render_done"},
    {{command_office_inside, "dinkes", OPTION_UNTIL, "20:00"},
     "{\"command\":\"office-inside\",\"id\":\"dinkes\",\"until\":\"2026-11-23 20:00\"}",
     "render_done"},
    {{command_office_inside, "dinkes", OPTION_UNTIL, "2026-11-24 06:30:15"},
     "{\"command\":\"office-inside\",\"id\":\"dinkes\",\"until\":\"2026-11-24 06:30:15\"}",
     "render_done"},
    {{command_rehearse, "16:00:05"},
     "{\"command\":\"rehearse\",\"to\":\"2026-11-23 16:00:05\"}",
     "render_done"},
    {{command_plan}, "{\"command\":\"plan\"}", "render_review"},
    {{command_plan, NULL, OPTION_OPS, ""}, "{\"command\":\"plan\",\"ops\":true}", "render_review"},
    {{command_apply, NULL, OPTION_CONFIRM, "5min"},
     "{\"command\":\"apply\",\"confirm_usec\":300000000}",
     "render_apply"},
    {{command_plan, NULL, OPTION_AT, "16:00"},
     "{\"at\":\"2026-11-23 16:00\",\"command\":\"plan\"}",
     "render_plan"},
    {{command_schedule}, "{\"command\":\"schedule\",\"days\":14}", "render_schedule"},
    {{command_schedule, NULL, OPTION_DAYS, "366"},
     "{\"command\":\"schedule\",\"days\":366}",
     "render_schedule"},
};

START_TEST(what_is_typed_is_asked)
{
	ck_assert_int_eq(run(&requests[_i].typed), CONTROL_DONE);
	ck_assert_pstr_eq(asked, requests[_i].request);
	ck_assert_pstr_eq(rendered, requests[_i].rendered);
}
END_TEST

#define BAD_TIME "a time is \"YYYY-MM-DD HH:MM[:SS]\" or \"HH:MM[:SS]\" and exists, got "
#define BAD_DURATION "a duration is a positive number and s, min, h or d, got "
#define FOR_OUTSIDE "--for is a duration from 1 s to 400 d, got "
#define BAD_DAYS "--days is a whole number from 1 to 366, got "

static const struct {
	struct typed typed;
	const char *said;
} refusals[] = {
    {{command_office_inside, "dinkes"}, "\"office inside\" needs --until TIME"},
    {{command_office_inside, "dinkes", OPTION_UNTIL, "24:30"}, BAD_TIME "\"24:30\""},
    {{command_office_inside, "dinkes", OPTION_UNTIL, "8"}, BAD_TIME "\"8\""},
    {{command_office_inside, "dinkes", OPTION_UNTIL, ""}, BAD_TIME "\"\""},
    {{command_office_inside, "dinkes", OPTION_UNTIL, ":"}, BAD_TIME "\":\""},
    {{command_office_inside, "dinkes", OPTION_UNTIL, "20.00"}, BAD_TIME "\"20.00\""},
    {{command_office_inside, "dinkes", OPTION_UNTIL, "20:00 "}, BAD_TIME "\"20:00 \""},
    {{command_rehearse, "2026-02-30 10:00"}, BAD_TIME "\"2026-02-30 10:00\""},
    {{command_rehearse, "tomorrow"}, BAD_TIME "\"tomorrow\""},
    {{command_rehearse, "2026-11-23"}, BAD_TIME "\"2026-11-23\""},
    {{command_plan, NULL, OPTION_AT, "2026-11-23 16:00 and more, much more than a time"},
     BAD_TIME "\"2026-11-23 16:00 and more, much more than a time\""},
    {{command_zone_open, "taman", OPTION_FOR, "2"}, BAD_DURATION "\"2\""},
    {{command_zone_open, "taman", OPTION_FOR, "0 s"}, BAD_DURATION "\"0 s\""},
    {{command_zone_open, "taman", OPTION_FOR, "-2h"}, BAD_DURATION "\"-2h\""},
    {{command_zone_open, "taman", OPTION_FOR, "2 weeks"}, BAD_DURATION "\"2 weeks\""},
    {{command_zone_close, "taman", OPTION_FOR, "99999999999999 d"}, FOR_OUTSIDE "\"99999999999999 d\""},
    {{command_zone_open, "taman", OPTION_FOR, "401 d"}, FOR_OUTSIDE "\"401 d\""},
    {{command_schedule, NULL, OPTION_DAYS, "0"}, BAD_DAYS "\"0\""},
    {{command_schedule, NULL, OPTION_DAYS, "367"}, BAD_DAYS "\"367\""},
    {{command_schedule, NULL, OPTION_DAYS, "+3"}, BAD_DAYS "\"+3\""},
    {{command_schedule, NULL, OPTION_DAYS, "3d"}, BAD_DAYS "\"3d\""},
    {{command_schedule, NULL, OPTION_DAYS, "99999999999999999999"}, BAD_DAYS "\"99999999999999999999\""},
};

START_TEST(what_makes_no_sense_is_asked_of_nobody)
{
	struct capture capture = capture_start(STDERR_FILENO);
	_cleanup_(freep) char *text = NULL;
	char expected[256];
	int r = run(&refusals[_i].typed);

	text = capture_end(&capture);
	snprintf(expected, sizeof(expected), "gerbang: %s\n", refusals[_i].said);
	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(r, CONTROL_USAGE);
	ck_assert_uint_eq(n_asked, 0);
}
END_TEST

START_TEST(today_is_the_machines_day_without_a_daemon)
{
	struct typed typed = {command_plan, NULL, OPTION_AT, "16:00"};
	char today[CLOCK_TEXT], time[40];
	int64_t expected;

	reachable = -ENOENT;
	clock_text(clock_now().wall_usec, today);
	snprintf(time, sizeof(time), "%.10s 16:00", today);
	ck_assert_int_eq(clock_parse(time, &expected), 0);
	ck_assert_int_eq(run(&typed), CONTROL_DONE);
	ck_assert(planned_usec == expected);
}
END_TEST

/* ---- exit statuses ---- */

static const struct {
	int reachable;
	enum control_status answered;
	const char *document;
	int expected;
	const char *said;
} statuses[] = {
    {0, CONTROL_DONE, "{}", 0, ""},
    {0, CONTROL_DONE, NULL, 0, ""},
    {0, CONTROL_REFUSED, NULL, 1, "gerbang: no, because\ngerbang: of that\n"},
    {0, CONTROL_USAGE, NULL, 2, "gerbang: no, because\ngerbang: of that\n"},
    {0, CONTROL_UNREACHABLE, NULL, 3, "gerbang: no, because\ngerbang: of that\n"},
    {0, (enum control_status)99, NULL, 1, "gerbang: no, because\ngerbang: of that\n"},
    {-ENOENT, 0, NULL, 3,
     "gerbang: the daemon cannot be reached below /run/test: No such file or directory\n"},
    {-ETIMEDOUT, 0, NULL, 3, "gerbang: the daemon cannot be reached below /run/test: it does not answer\n"},
    {-EACCES, 0, NULL, 3,
     "gerbang: no permission to talk to the daemon below /run/test: be root, or a member of the group "
     "gerbang-admin, gerbang-operator or gerbang-viewer\n"},
    {-EBADMSG, 0, NULL, 3, "gerbang: the daemon's answer cannot be read\n"},
};

START_TEST(the_answer_is_the_exit_status)
{
	struct typed typed = {command_zone_auto, "taman"};
	struct capture capture = capture_start(STDERR_FILENO);
	_cleanup_(freep) char *text = NULL;
	int r;

	reachable = statuses[_i].reachable;
	status = statuses[_i].answered;
	document = statuses[_i].document;
	r = run(&typed);
	text = capture_end(&capture);
	ck_assert_str_eq(text, statuses[_i].said);
	ck_assert_int_eq(r, statuses[_i].expected);
}
END_TEST

START_TEST(a_plan_with_changes_ends_with_4)
{
	struct typed typed = {command_plan};

	document = "{\"plan\":{},\"changes\":[{\"what\":\"office\"}]}";
	ck_assert_int_eq(run(&typed), CONTROL_CHANGES);
	status = CONTROL_CHANGES;
	ck_assert_int_eq(run(&typed), CONTROL_CHANGES);
	status = CONTROL_DONE;
	document = "{\"plan\":{},\"changes\":[]}";
	ck_assert_int_eq(run(&typed), CONTROL_DONE);
}
END_TEST

START_TEST(without_a_daemon_the_file_is_asked)
{
	struct typed plan = {command_plan}, schedule = {command_schedule, NULL, OPTION_DAYS, "7"};

	reachable = -ECONNREFUSED;
	ck_assert_int_eq(run(&plan), CONTROL_DONE);
	ck_assert_pstr_eq(rendered, "render_plan");
	ck_assert_int_eq(run(&schedule), CONTROL_DONE);
	ck_assert_pstr_eq(rendered, "render_schedule");
	ck_assert_int_eq(scheduled_days, 7);
	loads = false;
	ck_assert_int_eq(run(&plan), CONTROL_REFUSED);
	ck_assert_int_eq(run(&schedule), CONTROL_REFUSED);
}
END_TEST

START_TEST(a_check_needs_nobody)
{
	struct typed check = {command_check}, json = {command_check, NULL, OPTION_JSON, ""};
	struct capture capture = capture_start(STDOUT_FILENO);
	_cleanup_(freep) char *text = NULL;
	int r[4];

	reachable = -ENOENT;
	r[0] = run(&check);
	r[1] = run(&json);
	loads = false;
	r[2] = run(&check);
	r[3] = run(&json);
	text = capture_end(&capture);
	ck_assert_str_eq(text, "OK: 0 offices, 0 zones, 0 schedules, 0 holidays; 2 warnings\n");
	ck_assert_int_eq(r[0], CONTROL_DONE);
	ck_assert_int_eq(r[1], CONTROL_DONE);
	ck_assert_int_eq(r[2], CONTROL_REFUSED);
	ck_assert_int_eq(r[3], CONTROL_REFUSED);
	ck_assert_uint_eq(n_asked, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("commands");
	TCase *tests = tcase_create("commands");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, start, end);
	tcase_add_loop_test(tests, what_is_typed_is_asked, 0, ELEMENTS(requests));
	tcase_add_loop_test(tests, what_makes_no_sense_is_asked_of_nobody, 0, ELEMENTS(refusals));
	tcase_add_test(tests, today_is_the_machines_day_without_a_daemon);
	tcase_add_loop_test(tests, the_answer_is_the_exit_status, 0, ELEMENTS(statuses));
	tcase_add_test(tests, a_plan_with_changes_ends_with_4);
	tcase_add_test(tests, without_a_daemon_the_file_is_asked);
	tcase_add_test(tests, a_check_needs_nobody);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
