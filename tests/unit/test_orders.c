/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/quota, ctl/correct and ctl/who: an exemption and a correction as they are typed become the
 * request that the daemon knows, exact to the byte and the second, in the site's zone, or are refused before
 * anybody is asked. The daemon and rendering are stood in for.
 */
#include "../../ctl/client.h"
#include "../../ctl/command.h"
#include "../../ctl/ledger_render.h"
#include "../../ctl/local.h"
#include "../../ctl/render.h"
#include "capture.h"

/* ---- stand-ins ---- */

static char *asked;
static unsigned n_asked;
static const char *zone;

int client_call(const char *run_directory, json_t *request, struct answer *out)
{
	const char *command = json_string_value(json_object_get(request, "command"));

	ck_assert_str_eq(run_directory, "/run/test");
	*out = (struct answer){.status = CONTROL_DONE};
	if (strcmp(command, "status") == 0) { /* what day is it? */
		out->json = json_pack("{s:s}", "time", "2026-11-23T15:59:50+07:00");
	} else {
		free(asked);
		asked = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
		n_asked++;
		out->json = json_object();
	}
	json_decref(request);
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

char *local_setting(const char *path _unused_, const char *key)
{
	ck_assert_str_eq(key, "site.timezone");
	return zone ? strdup(zone) : NULL;
}

static const char *rendered;

#define STAND_IN(function)                                                                                   \
	void function(const json_t *json _unused_)                                                           \
	{                                                                                                    \
		rendered = #function;                                                                        \
	}

STAND_IN(render_json)
STAND_IN(render_done)
STAND_IN(render_quota)

static void start(void)
{
	speak("en");
	unsetenv("SUDO_USER");
	asked = NULL;
	n_asked = 0;
	zone = "Asia/Pontianak";
}

static void end(void)
{
	freep(&asked);
}

/* ---- lines ---- */

struct typed {
	int (*run)(const struct invocation *);
	const char *word, *values[OPTIONS];
};

static int run(const struct typed *typed)
{
	static const struct command command = {.name = "it", .missing = "ID"};
	struct invocation invocation = {
	    .command = &command, .words = {typed->word}, .n_words = typed->word ? 1 : 0};

	memcpy(invocation.values, typed->values, sizeof(invocation.values));
	return typed->run(&invocation);
}

#define DAY_REASON [OPTION_DAY] = "2026-11-03", [OPTION_REASON] = "double count"
#define CORRECT "\"command\":\"ledger-correct\",\"day\":\"2026-11-03\""

static const struct {
	struct typed typed;
	const char *sudo, *request, *rendered;
} requests[] = {
    {{command_quota, NULL, {NULL}}, NULL, "{\"command\":\"quota-list\"}", "render_quota"},
    {{command_quota, NULL, {[OPTION_JSON] = ""}}, NULL, "{\"command\":\"quota-list\"}", "render_json"},
    {{command_quota_revoke, "3", {NULL}}, NULL, "{\"command\":\"quota-revoke\",\"id\":3}", "render_done"},
    {{command_quota_exempt,
      "dinkes",
      {[OPTION_FOR] = "36 h", [OPTION_REASON] = "pekan vaksinasi", [OPTION_BY] = "kadis"}},
     NULL,
     "{\"by\":\"kadis\",\"command\":\"quota-exempt\",\"office\":\"dinkes\",\"reason\":\"pekan "
     "vaksinasi\",\"seconds\":129600}",
     "render_done"},
    {{command_quota_exempt, "dinkes", {[OPTION_UNTIL] = "2026-11-30 23:59", [OPTION_REASON] = "x"}},
     NULL,
     "{\"command\":\"quota-exempt\",\"office\":\"dinkes\",\"reason\":\"x\",\"until_wall_usec\":"
     "1796057940000000}",
     "render_done"},
    {{command_quota_exempt,
      "dinkes",
      {[OPTION_UNTIL] = "20:00", [OPTION_REASON] = "x"}}, /* the daemon's today */
     NULL,
     "{\"command\":\"quota-exempt\",\"office\":\"dinkes\",\"reason\":\"x\",\"until_wall_usec\":"
     "1795438800000000}",
     "render_done"},
    {{command_ledger_correct, NULL, {[OPTION_OFFICE] = "dinkes", [OPTION_DOWN] = "+1.5 GB", DAY_REASON}},
     NULL,
     "{" CORRECT ",\"down_bytes\":1500000000,\"id\":\"dinkes\",\"kind\":\"office\",\"reason\":\"double "
		 "count\",\"up_bytes\":0}",
     "render_done"},
    {{command_ledger_correct,
      NULL,
      {[OPTION_ZONE] = "taman", [OPTION_DOWN] = "-300 MB", [OPTION_UP] = "12345", DAY_REASON}},
     NULL,
     "{" CORRECT ",\"down_bytes\":-300000000,\"id\":\"taman\",\"kind\":\"zone\",\"reason\":\"double "
		 "count\",\"up_bytes\":12345}",
     "render_done"},
    {{command_ledger_correct, NULL, {[OPTION_ZONE] = "taman", [OPTION_UP] = "-1", DAY_REASON}},
     NULL,
     "{" CORRECT
     ",\"down_bytes\":0,\"id\":\"taman\",\"kind\":\"zone\",\"reason\":\"double count\",\"up_bytes\":-1}",
     "render_done"},
};

START_TEST(what_is_typed_is_asked)
{
	ck_assert_int_eq(run(&requests[_i].typed), CONTROL_DONE);
	ck_assert_pstr_eq(asked, requests[_i].request);
	ck_assert_pstr_eq(rendered, requests[_i].rendered);
}
END_TEST

/* Only where sudo can have said so: of another user's environment nothing is believed. */
START_TEST(behind_sudo_stands_somebody)
{
	const struct typed typed = {
	    command_quota_exempt, "dinkes", {[OPTION_FOR] = "1 h", [OPTION_REASON] = "x"}};
	bool root = geteuid() == 0;

	setenv("SUDO_USER", "budi", 1);
	ck_assert_int_eq(run(&typed), CONTROL_DONE);
	ck_assert_int_eq(strstr(asked, "\"by\":\"budi\"") != NULL, root);
}
END_TEST

#define BAD_CORRECTION                                                                                       \
	"a correction is like \"+1.5 GB\", \"-300 MB\" or a number of bytes, up to 1000 TB and not 0, got "
#define CORRECT_BY(text)                                                                                     \
	{                                                                                                    \
		command_ledger_correct, NULL,                                                                \
		{                                                                                            \
			[OPTION_OFFICE] = "dinkes", [OPTION_DOWN] = text, DAY_REASON                         \
		}                                                                                            \
	}

static const struct {
	struct typed typed;
	const char *zone, *said;
	int status;
} refusals[] = {
    {{command_quota_revoke, "three", {NULL}},
     "UTC",
     "N is a whole number from 1 to 9223372036854775807, got \"three\"",
     2},
    {{command_quota_revoke, "0", {NULL}},
     "UTC",
     "N is a whole number from 1 to 9223372036854775807, got \"0\"",
     2},
    {{command_quota_revoke, "-1", {NULL}},
     "UTC",
     "N is a whole number from 1 to 9223372036854775807, got \"-1\"",
     2},
    {{command_quota_exempt, "dinkes", {[OPTION_REASON] = "x"}},
     "UTC",
     "\"it\" needs --for DURATION | --until TIME",
     2},
    {{command_quota_exempt,
      "dinkes",
      {[OPTION_REASON] = "x", [OPTION_FOR] = "1 h", [OPTION_UNTIL] = "20:00"}},
     "UTC",
     "\"it\" needs --for DURATION | --until TIME",
     2},
    {{command_quota_exempt, "dinkes", {[OPTION_FOR] = "1 h"}}, "UTC", "\"it\" needs --reason TEXT", 2},
    {{command_quota_exempt, "dinkes", {[OPTION_FOR] = "367 d", [OPTION_REASON] = "x"}},
     "UTC",
     "--for is a duration from 1 s to 366 d, got \"367 d\"",
     2},
    {{command_quota_exempt, "dinkes", {[OPTION_UNTIL] = "tomorrow", [OPTION_REASON] = "x"}},
     "UTC",
     "a time is \"YYYY-MM-DD HH:MM[:SS]\" or \"HH:MM[:SS]\" and exists, got \"tomorrow\"",
     2},
    {{command_quota_exempt, "dinkes", {[OPTION_UNTIL] = "2026-11-30 23:59", [OPTION_REASON] = "x"}},
     NULL,
     "/etc/gerbang/gerbang.conf is refused",
     1},
    {{command_quota_exempt, "dinkes", {[OPTION_UNTIL] = "2026-11-30 23:59", [OPTION_REASON] = "x"}},
     "Moon/Base",
     "/etc/gerbang/gerbang.conf is refused",
     1},
    {{command_quota_exempt, "dinkes", {[OPTION_FOR] = "1 h", [OPTION_REASON] = "\xff"}},
     "UTC",
     "--reason must be UTF-8",
     2},
    {{command_quota_exempt, "dinkes", {[OPTION_FOR] = "1 h", [OPTION_REASON] = "x", [OPTION_BY] = "\xff"}},
     "UTC",
     "--by must be UTF-8",
     2},
    {{command_ledger_correct, NULL, {[OPTION_DOWN] = "1", DAY_REASON}},
     "UTC",
     "\"it\" needs --office ID | --zone ID",
     2},
    {{command_ledger_correct,
      NULL,
      {[OPTION_OFFICE] = "a", [OPTION_ZONE] = "b", [OPTION_DOWN] = "1", DAY_REASON}},
     "UTC",
     "\"it\" needs --office ID | --zone ID",
     2},
    {{command_ledger_correct, NULL, {[OPTION_OFFICE] = "a", DAY_REASON}},
     "UTC",
     "\"it\" needs --down VOLUME | --up VOLUME",
     2},
    {{command_ledger_correct, NULL, {[OPTION_OFFICE] = "a", [OPTION_DOWN] = "1", [OPTION_REASON] = "x"}},
     "UTC",
     "\"it\" needs --day YYYY-MM-DD",
     2},
    {{command_ledger_correct,
      NULL,
      {[OPTION_OFFICE] = "a", [OPTION_DOWN] = "1", [OPTION_DAY] = "2026-11-03"}},
     "UTC",
     "\"it\" needs --reason TEXT",
     2},
    {CORRECT_BY("0"), "UTC", BAD_CORRECTION "\"0\"", 2},
    {CORRECT_BY(""), "UTC", BAD_CORRECTION "\"\"", 2},
    {CORRECT_BY("-"), "UTC", BAD_CORRECTION "\"-\"", 2},
    {CORRECT_BY("--5"), "UTC", BAD_CORRECTION "\"--5\"", 2},
    {CORRECT_BY("1,5 GB"), "UTC", BAD_CORRECTION "\"1,5 GB\"", 2},
    {CORRECT_BY("1.5"), "UTC", BAD_CORRECTION "\"1.5\"", 2},
    {CORRECT_BY("1001 TB"), "UTC", BAD_CORRECTION "\"1001 TB\"", 2},
    {CORRECT_BY("99999999999999999999999999999999999999999999"), "UTC",
     BAD_CORRECTION "\"99999999999999999999999999999999999999999999\"", 2},
    {CORRECT_BY("0.0000001 kB"), "UTC", BAD_CORRECTION "\"0.0000001 kB\"", 2},
};

START_TEST(what_makes_no_sense_is_asked_of_nobody)
{
	_cleanup_(freep) char *text = NULL;
	struct capture capture;
	char expected[256];
	int r;

	zone = refusals[_i].zone;
	capture = capture_start(STDERR_FILENO);
	r = run(&refusals[_i].typed);
	text = capture_end(&capture);
	snprintf(expected, sizeof(expected), "gerbang: %s\n", refusals[_i].said);
	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(r, refusals[_i].status);
	ck_assert_uint_eq(n_asked, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("orders");
	TCase *tests = tcase_create("orders");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, start, end);
	tcase_add_loop_test(tests, what_is_typed_is_asked, 0, ELEMENTS(requests));
	tcase_add_test(tests, behind_sudo_stands_somebody);
	tcase_add_loop_test(tests, what_makes_no_sense_is_asked_of_nobody, 0, ELEMENTS(refusals));
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
