/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/options: words and options in any order, what is wrong with them kept and not guessed at, and a
 * suggestion only where something is near.
 */
#include "../../ctl/options.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS 16

/* "zone open --for=2h" as a command line; without an argument that has a blank. */
static struct options read_line(const char *line)
{
	static char text[512];
	char *argv[ARGUMENTS] = {(char *)"gerbang"}, *rest = text, *word;
	struct options options;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	while ((word = strsep(&rest, " ")) && argc < ARGUMENTS)
		if (*word)
			argv[argc++] = word;
	options_read(argc, argv, &options);
	return options;
}

START_TEST(words_and_options_in_any_order)
{
	static const char *const lines[] = {
	    "zone open taman --for 2h --json",	  "--json zone open --for=2h taman",
	    "--for 2h --json zone open taman",	  "zone --json open taman --for 2h",
	    "--json --for 2h -- zone open taman",
	};
	struct options options = read_line(lines[_i]);

	ck_assert_uint_eq(options.n_words, 3);
	ck_assert_str_eq(options.words[0], "zone");
	ck_assert_str_eq(options.words[1], "open");
	ck_assert_str_eq(options.words[2], "taman");
	ck_assert_str_eq(options.values[OPTION_FOR], "2h");
	ck_assert_ptr_nonnull(options.values[OPTION_JSON]);
	ck_assert_ptr_null(options.values[OPTION_AT]);
	ck_assert(!options.unknown && !options.valueless && !options.extra);
}
END_TEST

START_TEST(letters)
{
	struct options options = read_line("-c /a -h");

	ck_assert_str_eq(options.values[OPTION_CONFIG], "/a");
	ck_assert_ptr_nonnull(options.values[OPTION_HELP]);
}
END_TEST

START_TEST(what_is_wrong_is_kept)
{
	ck_assert_str_eq(read_line("status --jsn --more").unknown, "--jsn");
	ck_assert_str_eq(read_line("status --json=yes").unknown, "--json=yes");
	ck_assert_str_eq(read_line("status -x").unknown, "-x");
	ck_assert_str_eq(read_line("status --j").unknown, "--j");
	ck_assert_str_eq(read_line("plan --at").valueless, "--at");
	ck_assert_str_eq(read_line("plan -c").valueless, "--config");
	ck_assert_str_eq(read_line("1 2 3 4 5 6 7 8 9 10").extra, "9");
}
END_TEST

START_TEST(a_dash_and_what_follows_two_are_words)
{
	struct options options = read_line("kick - -- --json");

	ck_assert_uint_eq(options.n_words, 3);
	ck_assert_str_eq(options.words[1], "-");
	ck_assert_str_eq(options.words[2], "--json");
	ck_assert_ptr_null(options.values[OPTION_JSON]);
}
END_TEST

/* A number behind --hosts is its own; anything else is not. */
START_TEST(an_option_may_have_a_number)
{
	ck_assert_str_eq(read_line("usage --hosts").values[OPTION_HOSTS], "");
	ck_assert_str_eq(read_line("usage --hosts 5").values[OPTION_HOSTS], "5");
	ck_assert_str_eq(read_line("usage --hosts=7").values[OPTION_HOSTS], "7");
	ck_assert_str_eq(read_line("usage --hosts --json").values[OPTION_HOSTS], "");
	ck_assert_str_eq(read_line("usage --hosts --json").values[OPTION_JSON], "");
	ck_assert_uint_eq(read_line("usage --hosts 5").n_words, 1);
	ck_assert_uint_eq(read_line("--hosts usage").n_words, 1);
	ck_assert_ptr_null(read_line("usage --hosts").valueless);
	ck_assert_str_eq(read_line("ledger correct --down -300").values[OPTION_DOWN], "-300");
}
END_TEST

START_TEST(every_option_has_its_name)
{
	for (enum option option = 0; option < OPTIONS; option++)
		ck_assert_int_eq(strncmp(option_name(option), "--", 2), 0);
}
END_TEST

static const struct command commands[] = {
    {.name = "check"},	  {.name = "plan"},	    {.name = "zone open"},     {.name = "zone close"},
    {.name = "sessions"}, {.name = "voucher list"}, {.name = "voucher sheet"},
};
#define N (sizeof(commands) / sizeof(commands[0]))

static const struct {
	const char *line, *found;
	size_t used;
} finds[] = {
    {"check", "check", 1},
    {"check more", "check", 1},
    {"zone open taman", "zone open", 2},
    {"zone", NULL, 0},
    {"zone opened", NULL, 0},
    {"zon open", NULL, 0},
    {"checks", NULL, 0},
    {"chec", NULL, 0},
    {"open zone", NULL, 0},
    {"zone close", "zone close", 2},
};

START_TEST(a_command_is_found_by_its_whole_name)
{
	struct options options = read_line(finds[_i].line);
	size_t used = 77;
	const struct command *command = command_find(commands, N, &options, &used);

	if (!finds[_i].found) {
		ck_assert_ptr_null(command);
		return;
	}
	ck_assert_ptr_nonnull(command);
	ck_assert_str_eq(command->name, finds[_i].found);
	ck_assert_uint_eq(used, finds[_i].used);
}
END_TEST

static const struct {
	const char *line, *like;
} suggestions[] = {
    {"chek", "check"},
    {"chcek", "check"},
    {"plna", "plan"},
    {"zone opne", "zone open"},
    {"zone clos", "zone close"},
    {"zone-open", "zone open"},
    {"session", "sessions"},
    {"znoe", "zone"},
    {"zoen open taman", "zone open"},
    {"vouchre", "voucher"},
    {"vouchr", "voucher"},
    {"vouchre sheet", "voucher sheet"},
    {"sheet", "voucher sheet"},
    {"shete --output x", "voucher sheet"},
    {"sheet x.pdf", "voucher sheet"},
    {"oepn", "zone open"},
    {"shoe", NULL},
    {"xylophone", NULL},
    {"reboot the machine", NULL},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     NULL},
};

START_TEST(a_suggestion_where_something_is_near)
{
	struct options options = read_line(suggestions[_i].line);
	char suggestion[SUGGESTION];
	const char *like = command_suggest(commands, N, &options, suggestion);

	if (suggestions[_i].like)
		ck_assert_pstr_eq(like, suggestions[_i].like);
	else
		ck_assert_ptr_null(like);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tests = tcase_create("options");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, words_and_options_in_any_order, 0, 5);
	tcase_add_test(tests, letters);
	tcase_add_test(tests, what_is_wrong_is_kept);
	tcase_add_test(tests, a_dash_and_what_follows_two_are_words);
	tcase_add_test(tests, an_option_may_have_a_number);
	tcase_add_test(tests, every_option_has_its_name);
	tcase_add_loop_test(tests, a_command_is_found_by_its_whole_name, 0, sizeof(finds) / sizeof(finds[0]));
	tcase_add_loop_test(tests, a_suggestion_where_something_is_near, 0,
			    sizeof(suggestions) / sizeof(suggestions[0]));
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
