/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/vouchers, ctl/accounts, ctl/arguments and ctl/password: what a person types becomes the request
 * that the daemon knows, or is refused before anybody is asked; a list comes whole however many answers it
 * takes; only unused vouchers are printed; a password comes from standard input, a terminal does not show it,
 * and it is nowhere else. The daemon, rendering and the PDF are stood in for.
 */
#include "../../ctl/client.h"
#include "../../ctl/command.h"
#include "../../ctl/local.h"
#include "../../ctl/password.h"
#include "../../ctl/people.h"
#include "../../ctl/render.h"
#include "../../ctl/sheet.h"
#include "capture.h"
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>

/* ---- stand-ins ---- */

static char *asked; /* the last request */
static unsigned n_asked;
static enum control_status status;
static unsigned n_vouchers, page; /* what the daemon has, and how many it answers at once */
static const char *state;
static size_t n_shown;

static json_t *vouchers_from(json_int_t skip)
{
	json_t *vouchers = json_array();

	for (json_int_t i = skip; i < n_vouchers && i < skip + page; i++)
		json_array_append_new(vouchers,
				      json_pack("{s:I, s:s}", "batch", i, "state", i % 2 ? "unused" : state));
	return json_pack("{s:s, s:s, s:b, s:o}", "site", "Diskominfo", "language", "id", "more",
			 skip + page < n_vouchers, "vouchers", vouchers);
}

int client_call(const char *run_directory, json_t *request, struct answer *out)
{
	ck_assert_str_eq(run_directory, "/run/test");
	free(asked);
	asked = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
	n_asked++;
	*out = (struct answer){.status = status};
	if (status == CONTROL_DONE)
		out->json = vouchers_from(json_integer_value(json_object_get(request, "skip")));
	else
		out->text = strdup("no");
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

static const char *rendered;

#define STAND_IN(function)                                                                                   \
	void function(const json_t *json)                                                                    \
	{                                                                                                    \
		rendered = #function;                                                                        \
		n_shown = json_array_size(json_object_get(json, "vouchers"));                                \
		ck_assert_ptr_null(json_object_get(json, "more"));                                           \
	}

STAND_IN(render_json)
STAND_IN(render_vouchers)
STAND_IN(render_accounts)

void render_done(const json_t *json _unused_)
{
	rendered = "render_done";
}

void render_created(const json_t *json _unused_)
{
	rendered = "render_created";
}

void render_sheet(const json_t *json _unused_)
{
	rendered = "render_sheet";
}

static size_t n_printed;
static int printing;

int sheet_write(const char *path, const char *site, const char *language, const json_t *vouchers,
		unsigned *pages)
{
	ck_assert_str_eq(path, "sheet.pdf");
	ck_assert_str_eq(site, "Diskominfo");
	ck_assert_str_eq(language, "id");
	n_printed = json_array_size(vouchers);
	*pages = 1;
	return printing;
}

static void start(void)
{
	speak("en");
	status = CONTROL_DONE;
	n_vouchers = 0;
	page = 100;
	state = "unused";
	asked = NULL;
	n_asked = 0;
	rendered = NULL;
	printing = 0;
	n_printed = 0;
}

static void end(void)
{
	freep(&asked);
	asked = NULL;
}

/* ---- requests ---- */

struct option_value {
	enum option option;
	const char *value;
};

struct typed {
	int (*run)(const struct invocation *);
	const char *word;
	struct option_value options[8]; /* up to the first without a value */
};

static int run(const struct typed *typed)
{
	static const struct command command = {.name = "voucher or account", .missing = "WORD"};
	struct invocation invocation = {
	    .command = &command, .words = {typed->word}, .n_words = typed->word ? 1 : 0};

	for (size_t i = 0; i < ELEMENTS(typed->options) && typed->options[i].value; i++)
		invocation.values[typed->options[i].option] = typed->options[i].value;
	return typed->run(&invocation);
}

static const struct {
	struct typed typed;
	const char *request, *rendered;
} requests[] = {
    {{command_voucher_create, NULL, {{OPTION_ZONE, "taman"}, {OPTION_COUNT, "50"}, {OPTION_VALID, "30 d"}}},
     "{\"command\":\"voucher-create\",\"count\":50,\"valid_usec\":2592000000000,\"zone\":\"taman\"}",
     "render_created"},
    {{command_voucher_create,
      NULL,
      {{OPTION_ALL_ZONES, ""},
       {OPTION_COUNT, "1"},
       {OPTION_VALID, "7d"},
       {OPTION_TIME, "90min"},
       {OPTION_DATA, "1.5 GB"},
       {OPTION_DEVICES, "2"}}},
     "{\"all_zones\":true,\"command\":\"voucher-create\",\"count\":1,\"data_bytes\":1500000000,\"devices\":2,"
     "\"time_usec\":5400000000,\"valid_usec\":604800000000}",
     "render_created"},
    {{command_voucher_revoke, "abcde fghjk"},
     "{\"code\":\"abcde fghjk\",\"command\":\"voucher-revoke\"}",
     "render_done"},
    {{command_voucher_list}, "{\"command\":\"voucher-list\",\"skip\":0}", "render_vouchers"},
    {{command_voucher_list, NULL, {{OPTION_ZONE, "taman"}, {OPTION_BATCH, "3"}}},
     "{\"batch\":3,\"command\":\"voucher-list\",\"skip\":0,\"zone\":\"taman\"}",
     "render_vouchers"},
    {{command_account_remove, "budi"}, "{\"command\":\"account-remove\",\"name\":\"budi\"}", "render_done"},
    {{command_forget, "02:00:00:00:00:01"},
     "{\"command\":\"forget\",\"mac\":\"02:00:00:00:00:01\"}",
     "render_done"},
};

START_TEST(what_is_typed_is_asked)
{
	ck_assert_int_eq(run(&requests[_i].typed), CONTROL_DONE);
	ck_assert_pstr_eq(asked, requests[_i].request);
	ck_assert_pstr_eq(rendered, requests[_i].rendered);
}
END_TEST

#define BAD_COUNT(option, most, value) option " is a whole number from 1 to " most ", got \"" value "\""
#define BAD_DURATION(value) "a duration is a positive number and s, min, h or d, got \"" value "\""
#define BAD_VOLUME(value) "a volume is a positive number and B, kB, MB, GB or TB, got \"" value "\""
#define DURATION_OUTSIDE(option, least, value)                                                               \
	option " is a duration from " least " to 3660 d, got \"" value "\""
#define VOLUME_OUTSIDE(option, value) option " is a volume from 1 B to 1000 TB, got \"" value "\""
#define NEEDS(option) "\"voucher or account\" needs " option

static const struct {
	struct typed typed;
	const char *said;
} refusals[] = {
    {{command_voucher_create, NULL, {{OPTION_COUNT, "5"}, {OPTION_VALID, "7d"}}},
     NEEDS("--zone ID | --all-zones")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_ALL_ZONES, ""}}},
     NEEDS("--zone ID | --all-zones")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_VALID, "7d"}}}, NEEDS("--count N")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}}}, NEEDS("--valid DURATION")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "0"}}},
     BAD_COUNT("--count", "10000", "0")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "10001"}}},
     BAD_COUNT("--count", "10000", "10001")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "-1"}}},
     BAD_COUNT("--count", "10000", "-1")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5x"}}},
     BAD_COUNT("--count", "10000", "5x")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, ""}}},
     BAD_COUNT("--count", "10000", "")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "7"}}},
     BAD_DURATION("7")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "0 d"}}},
     BAD_DURATION("0 d")},
    {{command_voucher_create,
      NULL,
      {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "7d"}, {OPTION_DATA, "2 GiB"}}},
     BAD_VOLUME("2 GiB")},
    {{command_voucher_create,
      NULL,
      {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "7d"}, {OPTION_DATA, "0 B"}}},
     BAD_VOLUME("0 B")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "1 s"}}},
     DURATION_OUTSIDE("--valid", "1 min", "1 s")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "3661 d"}}},
     DURATION_OUTSIDE("--valid", "1 min", "3661 d")},
    {{command_voucher_create,
      NULL,
      {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "7d"}, {OPTION_TIME, "4000 d"}}},
     DURATION_OUTSIDE("--time", "1 s", "4000 d")},
    {{command_voucher_create,
      NULL,
      {{OPTION_ZONE, "a"}, {OPTION_COUNT, "5"}, {OPTION_VALID, "7d"}, {OPTION_DATA, "2000 TB"}}},
     VOLUME_OUTSIDE("--data", "2000 TB")},
    {{command_account_add, "budi", {{OPTION_SESSION, "99999999999999 d"}}},
     DURATION_OUTSIDE("--session", "1 s", "99999999999999 d")},
    {{command_account_add, "budi", {{OPTION_DAILY, "1000.1 TB"}}}, VOLUME_OUTSIDE("--daily", "1000.1 TB")},
    {{command_voucher_create, NULL, {{OPTION_ZONE, "\xff"}, {OPTION_COUNT, "5"}}}, "--zone must be UTF-8"},
    {{command_voucher_list, NULL, {{OPTION_BATCH, "three"}}},
     BAD_COUNT("--batch", "9223372036854775807", "three")},
    {{command_voucher_sheet}, NEEDS("--output FILE.pdf")},
    {{command_voucher_sheet, NULL, {{OPTION_OUTPUT, ""}}}, NEEDS("--output FILE.pdf")},
    {{command_account_add, "budi", {{OPTION_DEVICES, "1001"}}}, BAD_COUNT("--devices", "1000", "1001")},
    {{command_account_add, "bu\xc3\x28"}, "NAME must be UTF-8"},
};

static char *said(const struct typed *typed, int expected)
{
	struct capture capture = capture_start(STDERR_FILENO);
	int r = run(typed);
	char *text = capture_end(&capture);

	ck_assert_msg(r == expected, "%d: %s", r, text);
	return text;
}

START_TEST(what_makes_no_sense_is_asked_of_nobody)
{
	_cleanup_(freep) char *text = said(&refusals[_i].typed, CONTROL_USAGE);
	char expected[256];

	snprintf(expected, sizeof(expected), "gerbang: %s\n", refusals[_i].said);
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(n_asked, 0);
}
END_TEST

START_TEST(what_is_not_utf8_is_no_request)
{
	static const struct typed typed[] = {
	    {command_voucher_revoke, "\xff"}, {command_account_remove, "\xff"}, {command_forget, "\xff"}};

	for (size_t i = 0; i < ELEMENTS(typed); i++) {
		_cleanup_(freep) char *text = said(&typed[i], CONTROL_USAGE);

		ck_assert_uint_eq(n_asked, 0);
		ck_assert_ptr_nonnull(strstr(text, "UTF-8"));
	}
}
END_TEST

/* ---- lists ---- */

START_TEST(a_list_comes_in_pages)
{
	struct typed typed = {command_voucher_list};

	n_vouchers = 25;
	page = 10;
	ck_assert_int_eq(run(&typed), CONTROL_DONE);
	ck_assert_uint_eq(n_shown, 25);
	ck_assert_uint_eq(n_asked, 3);
	ck_assert_pstr_eq(asked, "{\"command\":\"voucher-list\",\"skip\":20}");
}
END_TEST

/* A daemon that promises more and has none is not asked for ever. */
START_TEST(a_page_without_rows_is_the_last)
{
	struct typed typed = {command_voucher_list};

	n_vouchers = 25;
	page = 0;
	ck_assert_int_eq(run(&typed), CONTROL_DONE);
	ck_assert_uint_eq(n_asked, 1);
}
END_TEST

START_TEST(a_refusal_is_said)
{
	struct typed list = {command_voucher_list},
		     sheet = {command_voucher_sheet, NULL, {{OPTION_OUTPUT, "sheet.pdf"}}};

	status = CONTROL_REFUSED;
	freep(&(char *){said(&list, CONTROL_REFUSED)});
	freep(&(char *){said(&sheet, CONTROL_REFUSED)});
	ck_assert_uint_eq(n_printed, 0);
}
END_TEST

START_TEST(only_unused_vouchers_are_printed)
{
	static const char *const others[] = {"in use", "spent", "expired", "revoked"};
	struct typed sheet = {command_voucher_sheet, NULL, {{OPTION_OUTPUT, "sheet.pdf"}}};

	n_vouchers = 20;
	for (size_t i = 0; i < ELEMENTS(others); i++) {
		state = others[i];
		ck_assert_int_eq(run(&sheet), CONTROL_DONE);
		ck_assert_uint_eq(n_printed, 10);
		ck_assert_pstr_eq(rendered, "render_sheet");
	}
}
END_TEST

START_TEST(nothing_to_print_and_no_room_to)
{
	struct typed sheet = {command_voucher_sheet, NULL, {{OPTION_OUTPUT, "sheet.pdf"}}};
	_cleanup_(freep) char *nothing = said(&sheet, CONTROL_REFUSED), *full = NULL;

	ck_assert_str_eq(nothing, "gerbang: there is no unused voucher to print\n");
	n_vouchers = 2;
	printing = -ENOSPC;
	full = said(&sheet, CONTROL_REFUSED);
	ck_assert_str_eq(full, "gerbang: sheet.pdf cannot be written: No space left on device\n");
}
END_TEST

/* ---- passwords ---- */

/* Standard input holds this. */
static void give(const char *text)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
}

static const struct {
	const char *given, *password;
} good[] = {
    {"rahasia-besar\n", "rahasia-besar"},
    {"rahasia-besar", "rahasia-besar"},
    {"rahasia-besar\r\n", "rahasia-besar"},
    {"  dengan spasi  \nline two\n", "  dengan spasi  "},
    {"s\xc3\xa9same-\xe4\xb8\xad\n", "s\xc3\xa9same-\xe4\xb8\xad"},
};

START_TEST(a_password_is_the_first_line)
{
	struct typed add = {command_account_add, "budi", {{OPTION_ZONE, "taman"}, {OPTION_DAILY, "2 GB"}}};
	_cleanup_(json_decrefp) json_t *request = NULL;

	give(good[_i].given);
	ck_assert_int_eq(run(&add), CONTROL_DONE);
	request = json_loads(asked, 0, NULL);
	ck_assert_pstr_eq(json_string_value(json_object_get(request, "command")), "account-add");
	ck_assert_pstr_eq(json_string_value(json_object_get(request, "name")), "budi");
	ck_assert_pstr_eq(json_string_value(json_object_get(request, "password")), good[_i].password);
	ck_assert_pstr_eq(json_string_value(json_object_get(request, "zone")), "taman");
	ck_assert_int_eq(json_integer_value(json_object_get(request, "daily_bytes")), 2000000000);
}
END_TEST

START_TEST(no_password_is_no_account)
{
	struct typed add = {command_account_add, "budi"};
	_cleanup_(freep) char *none = NULL, *late = NULL, *strange = NULL;
	char endless[400];

	give("");
	none = said(&add, CONTROL_USAGE);
	ck_assert_str_eq(none, "gerbang: the password must come on standard input\n");
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	give(endless);
	late = said(&add, CONTROL_USAGE);
	ck_assert_str_eq(late, "gerbang: a password has at most 128 bytes\n");
	give("rahasia\xff\xff\n");
	strange = said(&add, CONTROL_USAGE);
	ck_assert_str_eq(strange, "gerbang: password must be UTF-8\n");
	ck_assert_uint_eq(n_asked, 0);
}
END_TEST

/* What a terminal shows while somebody types `keys`; *r is what password_read() returned, and the password is
 * `expected`. */
static char *typed_at_terminal(const char *keys, const char *expected, int *r)
{
	char shown[1024] = "", password[PASSWORD_TEXT];
	struct termios after;
	size_t n = 0;
	int master, child;
	pid_t pid = forkpty(&master, NULL, NULL, NULL);

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int got = password_read(password);

		tcgetattr(STDIN_FILENO, &after);
		if (got == 0 && strcmp(password, expected) != 0)
			got = -EBADMSG;
		_exit((after.c_lflag & (ECHO | ISIG)) == (ECHO | ISIG) ? -got : 255);
	}
	for (const char *line = keys; *line;) { /* each line once it is asked for */
		size_t length = strcspn(line, "\n\x03") + 1;
		size_t before = n;

		while (n == before || shown[n - 1] != ' ') {
			ssize_t more = read(master, shown + n, sizeof(shown) - n - 1);

			ck_assert_int_gt(more, 0);
			n += (size_t)more;
		}
		ck_assert_int_eq(write(master, line, length), (ssize_t)length);
		line += length;
	}
	ck_assert_int_eq(waitpid(pid, &child, 0), pid);
	for (ssize_t more; (more = read(master, shown + n, sizeof(shown) - n - 1)) > 0;)
		n += (size_t)more;
	close(master);
	ck_assert(WIFEXITED(child));
	*r = -WEXITSTATUS(child);
	return strdup(shown);
}

START_TEST(a_terminal_does_not_show_it)
{
	_cleanup_(freep) char *same = NULL, *differ = NULL, *gave_up = NULL;
	int r;

	same = typed_at_terminal("rahasia-besar\nrahasia-besar\n", "rahasia-besar", &r);
	ck_assert_int_eq(r, 0);
	ck_assert_ptr_null(strstr(same, "rahasia"));
	ck_assert_ptr_nonnull(strstr(same, "Password: "));
	ck_assert_ptr_nonnull(strstr(same, "Once more: "));
	differ = typed_at_terminal("rahasia-besar\nrahasia-kecil\n", "", &r);
	ck_assert_int_eq(r, -EINVAL);
	ck_assert_ptr_null(strstr(differ, "rahasia"));
	gave_up = typed_at_terminal("raha\x03", "", &r);
	ck_assert_int_eq(r, -EINTR);
	ck_assert_ptr_null(strstr(gave_up, "raha"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("credentials");
	TCase *tests = tcase_create("credentials");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tests);
	tcase_add_checked_fixture(tests, start, end);
	tcase_add_loop_test(tests, what_is_typed_is_asked, 0, ELEMENTS(requests));
	tcase_add_loop_test(tests, what_makes_no_sense_is_asked_of_nobody, 0, ELEMENTS(refusals));
	tcase_add_test(tests, what_is_not_utf8_is_no_request);
	tcase_add_test(tests, a_list_comes_in_pages);
	tcase_add_test(tests, a_page_without_rows_is_the_last);
	tcase_add_test(tests, a_refusal_is_said);
	tcase_add_test(tests, only_unused_vouchers_are_printed);
	tcase_add_test(tests, nothing_to_print_and_no_room_to);
	tcase_add_loop_test(tests, a_password_is_the_first_line, 0, ELEMENTS(good));
	tcase_add_test(tests, no_password_is_no_account);
	tcase_add_test(tests, a_terminal_does_not_show_it);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
