// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judges what was typed: the command, its words, its options, in this order, and runs it. Whatever is wrong
 * is said by naming the word; nothing is guessed and carried out.
 */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "dispatch.h"
#include "help.h"
#include "options.h"

static int unknown_command(const struct options *options)
{
	size_t n;
	const struct command *commands = command_table(&n);
	char typed[80], suggestion[SUGGESTION];
	const char *like = command_suggest(commands, n, options, suggestion);

	snprintf(typed, sizeof(typed), "%.32s%s%.32s", options->words[0], options->n_words > 1 ? " " : "",
		 options->n_words > 1 ? options->words[1] : "");
	fputs("gerbang: ", stderr);
	fprintf(stderr, word(WORD_UNKNOWN_COMMAND), typed);
	if (like)
		fprintf(stderr, word(WORD_DID_YOU_MEAN), like);
	fputc('\n', stderr);
	return CONTROL_USAGE;
}

/* 0, or the exit status of what is wrong with the options. */
static int judge_options(const struct command *command, const struct options *options)
{
	if (options->unknown) {
		complain(WORD_UNKNOWN_OPTION, options->unknown);
		return CONTROL_USAGE;
	}
	if (options->valueless) {
		complain(WORD_NEEDS_VALUE, options->valueless);
		return CONTROL_USAGE;
	}
	for (enum option option = 0; option < OPTIONS; option++) {
		if (options->values[option] && option != OPTION_CONFIG && !(command->options & BIT(option))) {
			complain(WORD_NOT_FOR, option_name(option), command->name);
			return CONTROL_USAGE;
		}
	}
	return 0;
}

static int judge_words(const struct command *command, const struct options *options, size_t used)
{
	size_t n = options->n_words - used;

	if (n < command->n_words && !command->words_optional) {
		complain(WORD_MISSING, command->name, command->missing);
		return CONTROL_USAGE;
	}
	if (n > command->n_words || options->extra) {
		complain(WORD_TOO_MANY, command->name,
			 n > command->n_words ? options->words[used + command->n_words] : options->extra);
		return CONTROL_USAGE;
	}
	return 0;
}

static int run(const struct command *command, const struct options *options, size_t used)
{
	struct invocation invocation = {.command = command, .n_words = options->n_words - used};
	int r;

	if (options->values[OPTION_HELP]) {
		help_command(command);
		return 0;
	}
	r = judge_options(command, options);
	if (r == 0)
		r = judge_words(command, options, used);
	if (r != 0)
		return r;
	memcpy(invocation.words, options->words + used, invocation.n_words * sizeof(invocation.words[0]));
	memcpy(invocation.values, options->values, sizeof(invocation.values));
	return command->run(&invocation);
}

/* `gerbang help zone open` is `gerbang zone open --help`; `gerbang help zone` lists what begins with it. */
static bool help_words(struct options *options)
{
	if (options->n_words == 0 || strcmp(options->words[0], "help") != 0)
		return false;
	memmove(options->words, options->words + 1, --options->n_words * sizeof(options->words[0]));
	options->values[OPTION_HELP] = "";
	return true;
}

/* A command line without a word. */
static int dispatch_nothing(const struct options *options)
{
	if (options->unknown) {
		complain(WORD_UNKNOWN_OPTION, options->unknown);
		return CONTROL_USAGE;
	}
	if (options->values[OPTION_VERSION]) {
		puts("gerbang " GERBANG_VERSION);
		return CONTROL_DONE;
	}
	if (options->values[OPTION_HELP]) {
		help_overview(stdout);
		return CONTROL_DONE;
	}
	if (options->valueless) {
		complain(WORD_NEEDS_VALUE, options->valueless);
		return CONTROL_USAGE;
	}
	complain(WORD_NEEDS_COMMAND);
	help_overview(stderr);
	return CONTROL_USAGE;
}

static int dispatch_words(struct options *options)
{
	bool help = options->values[OPTION_HELP];
	size_t n, used;
	const struct command *commands = command_table(&n);
	const struct command *command = command_find(commands, n, options, &used);

	if (command)
		return run(command, options, used);
	if (options->n_words == 1 && help_group(options->words[0], help ? stdout : stderr))
		return help ? CONTROL_DONE : CONTROL_USAGE;
	return unknown_command(options);
}

int dispatch(int argc, char **argv)
{
	struct options options;

	options_read(argc, argv, &options);
	help_words(&options);
	return options.n_words ? dispatch_words(&options) : dispatch_nothing(&options);
}
