/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/dispatch, ctl/command and ctl/help: a command line runs the one command that it names, or none
 * and says what is wrong with which exit status, in both languages; the help knows every command and option.
 * The commands themselves are stood in for: they note that they were called.
 */
#include "../../ctl/command.h"
#include "../../ctl/dispatch.h"
#include "../../ctl/help.h"
#include "capture.h"

static const char *called;
static struct invocation with;

#define STAND_IN(function)                                                                                   \
	int function(const struct invocation *invocation)                                                    \
	{                                                                                                    \
		called = #function;                                                                          \
		with = *invocation;                                                                          \
		return CONTROL_CHANGES;                                                                      \
	}

STAND_IN(command_check)
STAND_IN(command_plan)
STAND_IN(command_schedule)
STAND_IN(command_apply)
STAND_IN(command_status)
STAND_IN(command_zone_open)
STAND_IN(command_zone_close)
STAND_IN(command_zone_auto)
STAND_IN(command_office_inside)
STAND_IN(command_office_auto)
STAND_IN(command_rehearse)
STAND_IN(command_sessions)
STAND_IN(command_kick)
STAND_IN(command_top)
STAND_IN(command_voucher_create)
STAND_IN(command_voucher_list)
STAND_IN(command_voucher_revoke)
STAND_IN(command_voucher_sheet)
STAND_IN(command_account_add)
STAND_IN(command_account_list)
STAND_IN(command_account_remove)
STAND_IN(command_forget)
STAND_IN(command_usage)
STAND_IN(command_uplink)
STAND_IN(command_verify)
STAND_IN(command_ledger)
STAND_IN(command_ledger_correct)
STAND_IN(command_quota)
STAND_IN(command_quota_exempt)
STAND_IN(command_quota_revoke)
STAND_IN(command_log)
STAND_IN(command_report)
STAND_IN(command_history)
STAND_IN(command_diff)
STAND_IN(command_confirm)
STAND_IN(command_rollback)

#define ARGUMENTS 20

static int dispatch_line(const char *line)
{
	static char text[512];
	char *argv[ARGUMENTS] = {(char *)"gerbang"}, *rest = text, *word_;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	while ((word_ = strsep(&rest, " ")) && argc < ARGUMENTS)
		if (*word_)
			argv[argc++] = word_;
	called = NULL;
	return dispatch(argc, argv);
}

static const struct {
	const char *line, *called, *word;
} runs[] = {
    {"check", "command_check", NULL},
    {"check --json", "command_check", NULL},
    {"plan --at 16:00", "command_plan", NULL},
    {"schedule --days=3", "command_schedule", NULL},
    {"apply", "command_apply", NULL},
    {"-c /x status", "command_status", NULL},
    {"zone open taman --for 2h", "command_zone_open", "taman"},
    {"zone close taman", "command_zone_close", "taman"},
    {"zone auto taman", "command_zone_auto", "taman"},
    {"office inside dinkes --until 20:00", "command_office_inside", "dinkes"},
    {"office auto dinkes", "command_office_auto", "dinkes"},
    {"rehearse to 16:00", "command_rehearse", "16:00"},
    {"sessions --zone taman", "command_sessions", NULL},
    {"kick 10.200.0.5", "command_kick", "10.200.0.5"},
    {"top --office dinkes --once", "command_top", NULL},
    {"voucher create --all-zones --count 5 --valid 7d --time 2h --data 1GB --devices 2",
     "command_voucher_create", NULL},
    {"voucher list --zone taman --batch 3", "command_voucher_list", NULL},
    {"voucher revoke ABCDE-FGHJK", "command_voucher_revoke", "ABCDE-FGHJK"},
    {"voucher sheet --batch 3 --output sheet.pdf", "command_voucher_sheet", NULL},
    {"account add budi --zone taman --devices 3 --session 4h --daily 2GB", "command_account_add", "budi"},
    {"account list --json", "command_account_list", NULL},
    {"account remove budi", "command_account_remove", "budi"},
    {"forget 02:00:00:00:00:01", "command_forget", "02:00:00:00:00:01"},
    {"usage --month 2026-11 --office dinkes --csv", "command_usage", NULL},
    {"usage --hosts 5 --since 2026-11-01 --until 2026-11-30", "command_usage", NULL},
    {"usage --hosts --json", "command_usage", NULL},
    {"usage --lending --rehearsal", "command_usage", NULL},
    {"uplink --month 2026-11", "command_uplink", NULL},
    {"verify --day 2026-11-30", "command_verify", NULL},
    {"ledger", "command_ledger", NULL},
    {"ledger correct --office dinkes --day 2026-11-03 --down -300 --reason x", "command_ledger_correct",
     NULL},
    {"quota --json", "command_quota", NULL},
    {"quota exempt dinkes --for 2d --reason x --by kadis", "command_quota_exempt", "dinkes"},
    {"quota revoke 3", "command_quota_revoke", "3"},
    {"log --kind quota --office dinkes", "command_log", NULL},
    {"report 2026-11 --format pdf,xlsx --output /tmp --language en --open", "command_report", "2026-11"},
    {"report --due", "command_report", NULL},
    {"plan --ops --json", "command_plan", NULL},
    {"apply --confirm 5min", "command_apply", NULL},
    {"confirm", "command_confirm", NULL},
    {"history --json", "command_history", NULL},
    {"diff", "command_diff", NULL},
    {"diff 3", "command_diff", "3"},
    {"diff 3 5", "command_diff", "3"},
    {"rollback", "command_rollback", NULL},
    {"rollback 3 --confirm 5min", "command_rollback", "3"},
};

START_TEST(the_named_command_runs_and_its_status_is_ours)
{
	ck_assert_int_eq(dispatch_line(runs[_i].line), CONTROL_CHANGES);
	ck_assert_pstr_eq(called, runs[_i].called);
	ck_assert_pstr_eq(with.words[0], runs[_i].word);
}
END_TEST

static const struct {
	const char *line;
	int status;
	const char *en, *id;
} wrongs[] = {
    {"chek", 2, "there is no command \"chek\"; did you mean \"check\"?",
     "tidak ada perintah \"chek\"; maksudnya \"check\"?"},
    {"zone opne taman", 2, "there is no command \"zone opne\"; did you mean \"zone open\"?",
     "tidak ada perintah \"zone opne\"; maksudnya \"zone open\"?"},
    {"vouchre", 2, "there is no command \"vouchre\"; did you mean \"voucher\"?",
     "tidak ada perintah \"vouchre\"; maksudnya \"voucher\"?"},
    {"sheet", 2, "there is no command \"sheet\"; did you mean \"voucher sheet\"?",
     "tidak ada perintah \"sheet\"; maksudnya \"voucher sheet\"?"},
    {"xylophone", 2, "there is no command \"xylophone\"", "tidak ada perintah \"xylophone\""},
    {"status --jsn", 2, "there is no option \"--jsn\"", "tidak ada opsi \"--jsn\""},
    {"--jsn", 2, "there is no option \"--jsn\"", "tidak ada opsi \"--jsn\""},
    {"status --at 16:00", 2, "\"--at\" is not an option of \"status\"",
     "\"--at\" bukan opsi dari \"status\""},
    {"status --version", 2, "\"--version\" is not an option of \"status\"",
     "\"--version\" bukan opsi dari \"status\""},
    {"plan --at", 2, "\"--at\" needs a value", "\"--at\" memerlukan nilai"},
    {"-c", 2, "\"--config\" needs a value", "\"--config\" memerlukan nilai"},
    {"zone open", 2, "\"zone open\" needs ID", "\"zone open\" memerlukan ID"},
    {"kick", 2, "\"kick\" needs IP | MAC", "\"kick\" memerlukan IP | MAC"},
    {"kick 10.0.0.1 10.0.0.2", 2, "\"kick\" does not take \"10.0.0.2\"",
     "\"kick\" tidak menerima \"10.0.0.2\""},
    {"status now", 2, "\"status\" does not take \"now\"", "\"status\" tidak menerima \"now\""},
    {"status 2 3 4 5 6 7 8 9", 2, "\"status\" does not take \"2\"", "\"status\" tidak menerima \"2\""},
    {"confirm 5", 2, "\"confirm\" does not take \"5\"", "\"confirm\" tidak menerima \"5\""},
    {"rollback 5 6", 2, "\"rollback\" does not take \"6\"", "\"rollback\" tidak menerima \"6\""},
    {"diff 1 2 3", 2, "\"diff\" does not take \"3\"", "\"diff\" tidak menerima \"3\""},
    {"voucher revoke", 2, "\"voucher revoke\" needs CODE", "\"voucher revoke\" memerlukan CODE"},
    {"account add budi --password rahasia", 2, "there is no option \"--password\"",
     "tidak ada opsi \"--password\""},
    {"account add budi rahasia", 2, "\"account add\" does not take \"rahasia\"",
     "\"account add\" tidak menerima \"rahasia\""},
    {"quota exempt", 2, "\"quota exempt\" needs ID", "\"quota exempt\" memerlukan ID"},
    {"quota revok 3", 2, "\"quota\" does not take \"revok\"", "\"quota\" tidak menerima \"revok\""},
    {"verify --csv", 2, "\"--csv\" is not an option of \"verify\"", "\"--csv\" bukan opsi dari \"verify\""},
    {"uplink --hosts", 2, "\"--hosts\" is not an option of \"uplink\"",
     "\"--hosts\" bukan opsi dari \"uplink\""},
    {"forget", 2, "\"forget\" needs MAC", "\"forget\" memerlukan MAC"},
    {"report 2026-11 2026-12", 2, "\"report\" does not take \"2026-12\"",
     "\"report\" tidak menerima \"2026-12\""},
    {"report 2026-11 --csv", 2, "\"--csv\" is not an option of \"report\"",
     "\"--csv\" bukan opsi dari \"report\""},
    {"apply --confirm", 2, "\"--confirm\" needs a value", "\"--confirm\" memerlukan nilai"},
    {"plan --confirm 5min", 2, "\"--confirm\" is not an option of \"plan\"",
     "\"--confirm\" bukan opsi dari \"plan\""},
};

static void check_wrong(const char *line, int status, const char *expected)
{
	struct capture capture = capture_start(STDERR_FILENO);
	_cleanup_(freep) char *text = NULL;
	char whole[256];
	int r = dispatch_line(line);

	text = capture_end(&capture);
	snprintf(whole, sizeof(whole), "gerbang: %s\n", expected);
	ck_assert_str_eq(text, whole);
	ck_assert_int_eq(r, status);
	ck_assert_ptr_null(called);
}

START_TEST(what_is_wrong_is_named_and_nothing_runs)
{
	speak("en");
	check_wrong(wrongs[_i].line, wrongs[_i].status, wrongs[_i].en);
	speak("id");
	check_wrong(wrongs[_i].line, wrongs[_i].status, wrongs[_i].id);
}
END_TEST

START_TEST(nothing_at_all_is_usage)
{
	struct capture capture = capture_start(STDERR_FILENO);
	_cleanup_(freep) char *text = NULL;
	int status;

	speak("en");
	status = dispatch_line("");
	text = capture_end(&capture);
	ck_assert_int_eq(status, CONTROL_USAGE);
	ck_assert_int_eq(strncmp(text, "gerbang: a command is missing\n", 30), 0);
	ck_assert_ptr_nonnull(strstr(text, "  zone open ID"));
}
END_TEST

/* ---- help ---- */

static char *help(const char *line, int expected)
{
	struct capture capture = capture_start(STDOUT_FILENO);
	int status = dispatch_line(line);
	char *text = capture_end(&capture);

	ck_assert_int_eq(status, expected);
	ck_assert_ptr_null(called);
	return text;
}

START_TEST(help_on_the_whole_names_every_command)
{
	size_t n;
	const struct command *commands = command_table(&n);
	_cleanup_(freep) char *text = NULL;

	speak(_i ? "id" : "en");
	text = help(_i ? "help" : "--help", 0);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(strstr(text, commands[i].name) != NULL, "%s is not in the help",
			      commands[i].name);
}
END_TEST

START_TEST(every_command_is_explained_in_both_languages)
{
	size_t n;
	const struct command *commands = command_table(&n);

	for (size_t i = 0; i < n; i++) {
		const struct command *command = &commands[i];

		for (enum words_language l = 0; l < WORDS_LANGUAGES; l++) {
			ck_assert_msg(command->help[l] && *command->help[l], "%s: no help", command->name);
			ck_assert_msg(command->detail[l] && *command->detail[l], "%s: no detail",
				      command->name);
		}
		ck_assert_msg(command->run && command->arguments, "%s", command->name);
		ck_assert_msg(!command->n_words == !command->missing, "%s", command->name);
	}
}
END_TEST

START_TEST(help_on_a_command_says_what_it_takes)
{
	_cleanup_(freep) char *text = NULL, *same = NULL;

	speak(_i ? "id" : "en");
	text = help("help zone open", 0);
	same = help("zone open --help", 0);
	ck_assert_str_eq(text, same);
	ck_assert_ptr_nonnull(strstr(text, "gerbang [-c FILE] zone open ID [--for DURATION]\n"));
	ck_assert_ptr_nonnull(
	    strstr(text, _i ? "\nMembuka zona di luar jadwal.\n" : "\nOpens a zone against the calendar.\n"));
	ck_assert_ptr_nonnull(strstr(text, "--for DURATION  "));
	ck_assert_ptr_null(strstr(text, "--at"));
}
END_TEST

START_TEST(help_fits_the_terminal)
{
	static const char *const lines[] = {"help",	    "help status",	   "help zone",
					    "help voucher", "help voucher create", "help account add",
					    "help usage",   "help uplink",	   "help verify",
					    "help ledger",  "help ledger correct", "help quota exempt",
					    "help log",	    "help report",	   "help plan",
					    "help apply",   "help confirm",	   "help history",
					    "help diff",    "help rollback"};

	for (size_t i = 0; i < 2 * ELEMENTS(lines); i++) {
		_cleanup_(freep) char *text = NULL;

		speak(i % 2 ? "id" : "en");
		text = help(lines[i / 2], 0);
		for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
			ck_assert_msg(strlen(line) <= 110, "%s", line);
	}
}
END_TEST

/* A command that others begin with names them too. */
START_TEST(help_on_a_command_names_those_below_it)
{
	_cleanup_(freep) char *text = NULL, *alone = NULL;

	speak("en");
	text = help("help quota", 0);
	ck_assert_ptr_nonnull(strstr(text, "\nUsage: gerbang quota exempt ID "));
	ck_assert_ptr_nonnull(strstr(text, "\nUsage: gerbang quota revoke N\n"));
	alone = help("help usage", 0);
	ck_assert_ptr_null(strstr(strchr(alone, '\n'), "Usage: gerbang"));
}
END_TEST

START_TEST(a_group_lists_its_commands)
{
	_cleanup_(freep) char *text = NULL;
	struct capture capture;
	int status;

	speak("en");
	text = help("help office", 0);
	ck_assert_str_eq(text,
			 "Usage: gerbang office inside ID --until TIME\nUsage: gerbang office auto ID\n");
	freep(&text);
	capture = capture_start(STDERR_FILENO);
	status = dispatch_line("office");
	text = capture_end(&capture);
	ck_assert_int_eq(status, CONTROL_USAGE);
	ck_assert_ptr_nonnull(strstr(text, "gerbang office inside"));
}
END_TEST

START_TEST(the_version)
{
	_cleanup_(freep) char *text = help("--version", 0);

	ck_assert_str_eq(text, "gerbang " GERBANG_VERSION "\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dispatch");
	TCase *tests = tcase_create("dispatch");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, the_named_command_runs_and_its_status_is_ours, 0, ELEMENTS(runs));
	tcase_add_loop_test(tests, what_is_wrong_is_named_and_nothing_runs, 0, ELEMENTS(wrongs));
	tcase_add_test(tests, nothing_at_all_is_usage);
	tcase_add_loop_test(tests, help_on_the_whole_names_every_command, 0, 2);
	tcase_add_test(tests, every_command_is_explained_in_both_languages);
	tcase_add_loop_test(tests, help_on_a_command_says_what_it_takes, 0, 2);
	tcase_add_test(tests, help_fits_the_terminal);
	tcase_add_test(tests, help_on_a_command_names_those_below_it);
	tcase_add_test(tests, a_group_lists_its_commands);
	tcase_add_test(tests, the_version);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
