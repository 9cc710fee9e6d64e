// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang top`: asks who talks, shows it, and asks again until somebody has seen enough. The terminal is
 * only touched where there is one, and is given back as it was however this ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include "ask.h"
#include "local.h"
#include "render.h"
#include "table.h"
#include "values.h"

#define PAUSE_MSEC 1000 /* the answer itself takes two seconds */
#define LINES_DEFAULT 24
#define LINES_AROUND 5 /* heading, empty lines, the cursor's */
#define ROWS_ONCE 200

DEFINE_CLEANUP(struct table *, table_free)

/* ---- one table ---- */

static void rate_cell(struct table *table, const json_t *row, const char *key)
{
	char text[UNITS_TEXT];

	table_cell(table, COLOUR_NONE, value_rate(json_object_get(row, key), text));
}

static void talker_row(struct table *table, const json_t *row)
{
	table_cell(table, COLOUR_NONE, value_text(row, json_object_get(row, "office") ? "office" : "zone"));
	table_cell(table, COLOUR_NONE, value_text(row, "address"));
	rate_cell(table, row, "down_bps");
	rate_cell(table, row, "up_bps");
}

static void print_heading(const json_t *document)
{
	time_t now = time(NULL);
	struct tm local;
	char text[16], sentence[160];

	strftime(text, sizeof(text), "%H:%M:%S", localtime_r(&now, &local));
	snprintf(sentence, sizeof(sentence), word(WORD_TALKERS), text,
		 json_array_size(json_object_get(document, "rows")),
		 json_number_value(json_object_get(document, "seconds")),
		 100 * json_number_value(json_object_get(document, "fraction")));
	printf("%s\n\n", word_decimal(sentence));
}

static void print_talkers(const json_t *document, size_t max)
{
	static const enum word words[] = {WORD_WHOSE, WORD_ADDRESS, WORD_RECEIVED, WORD_SENT};
	const json_t *rows = json_object_get(document, "rows"), *row;
	_cleanup_(table_freep) struct table *table = table_new("llrr");
	size_t i;

	print_heading(document);
	if (json_array_size(rows) == 0) {
		printf("%s\n", word(WORD_NOBODY_TALKS));
		return;
	}
	for (i = 0; i < ELEMENTS(words); i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
	json_array_foreach(rows, i, row)
	{
		if (i < max)
			talker_row(table, row);
	}
	table_print(table);
}

static void render_once(const json_t *document)
{
	print_talkers(document, ROWS_ONCE);
}

/* ---- again and again ---- */

static struct termios before;
static volatile sig_atomic_t ended;

static void on_signal(int number _unused_)
{
	ended = 1;
}

static void give_back(const int *raw)
{
	if (*raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

/* Keys come one by one and unseen. 0: there is no keyboard. */
static int take_keyboard(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) < 0)
		return 0;
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

static void catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	const struct sigaction action = {.sa_handler = on_signal};

	for (size_t i = 0; i < ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

/* False: somebody has seen enough. */
static bool pause_for_key(bool keyboard)
{
	struct pollfd key = {.fd = keyboard ? STDIN_FILENO : -1, .events = POLLIN};
	char typed;

	if (ended || poll(&key, 1, PAUSE_MSEC) < 0)
		return false;
	if (!(key.revents & (POLLIN | POLLHUP)))
		return true;
	return read(STDIN_FILENO, &typed, 1) == 1 && typed != 'q' && typed != 'Q';
}

static size_t rows_of_terminal(void)
{
	struct winsize size = {0};
	size_t lines = LINES_DEFAULT;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row)
		lines = size.ws_row;
	return lines > LINES_AROUND ? lines - LINES_AROUND : 1;
}

static void show(const json_t *document)
{
	const bool terminal = isatty(STDOUT_FILENO);

	if (terminal)
		fputs("\033[H\033[J", stdout); /* home, clear what follows */
	print_talkers(document, terminal ? rows_of_terminal() : ROWS_ONCE);
	if (terminal)
		printf("\n%s", word(WORD_QUIT));
	else
		putchar('\n');
	fflush(stdout);
}

static json_t *question(const struct invocation *invocation)
{
	json_t *request = json_pack("{ss}", "command", "top");

	if (invocation->values[OPTION_OFFICE])
		json_object_set_new(request, "office", json_string(invocation->values[OPTION_OFFICE]));
	return request;
}

/* One answer on the screen; -1: go on. */
static int show_next(const struct invocation *invocation, const char *run_directory)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	int r = client_call(run_directory, question(invocation), &answer);

	if (ended)
		return CONTROL_DONE;
	if (r < 0)
		return ask_unreachable(run_directory, r);
	if (!answer.json)
		return ask_show_answer(invocation, &answer, render_once);
	show(answer.json);
	return ferror(stdout) ? CONTROL_DONE : -1;
}

static int show_until_enough(const struct invocation *invocation, const char *run_directory)
{
	_cleanup_(give_back) int keyboard = 0;
	int r;

	catch_signals();
	keyboard = take_keyboard();
	do {
		r = show_next(invocation, run_directory);
	} while (r < 0 && pause_for_key(keyboard));
	if (isatty(STDOUT_FILENO))
		putchar('\n');
	return r < 0 ? CONTROL_DONE : r;
}

int command_top(const struct invocation *invocation)
{
	_cleanup_(freep) char *run_directory = NULL;

	if (invocation->values[OPTION_ONCE] || invocation->values[OPTION_JSON])
		return ask(invocation, question(invocation), render_once);
	run_directory = local_run_directory(ask_config(invocation));
	return run_directory ? show_until_enough(invocation, run_directory) : ask_no_memory();
}
