/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The command line into words and options, and what may be wrong with it. Options may stand before, between
 * and behind the words.
 */
#include "command.h"

struct options {
	const char *words[WORDS_MAX];
	size_t n_words;
	const char *values[OPTIONS];
	const char *names[OPTIONS]; /* as they were written */
	const char *extra;	    /* the first word too many */
	const char *unknown;	    /* the first option that is none */
	const char *valueless;	    /* the first option whose value is missing */
};

void options_read(int argc, char **argv, struct options *out);
const char *option_name(enum option option); /* "--until" */

/* The command that the words begin with; *used is 1 or 2. NULL: none. */
const struct command *command_find(const struct command *commands, size_t n, const struct options *options,
				   size_t *used);
#define SUGGESTION 64
/* The name most like what was typed ("voucher" stands for all that begin with it), or NULL where nothing is
 * near. */
const char *command_suggest(const struct command *commands, size_t n, const struct options *options,
			    char out[static SUGGESTION]);
