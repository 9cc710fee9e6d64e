// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The terminal does not show what is typed, and is put back as it was however this ends: signals from the
 * keyboard are off meanwhile, and Ctrl-C is read as a character that gives up. No buffer of stdio sees it.
 */
#include "password.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "words.h"

#define CTRL_C '\x03'

static int read_line(char out[static PASSWORD_TEXT])
{
	for (size_t n = 0;;) {
		ssize_t r = read(STDIN_FILENO, &out[n], 1);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0 || out[n] == '\n') {
			out[n] = '\0';
			return n || r ? 0 : -ENODATA;
		}
		if (out[n] == CTRL_C)
			return -EINTR;
		if (++n == PASSWORD_TEXT)
			return -EMSGSIZE;
	}
}

static int ask_once(enum word prompt, char out[static PASSWORD_TEXT])
{
	int r;

	fprintf(stderr, "%s: ", word(prompt));
	r = read_line(out);
	fputc('\n', stderr);
	return r;
}

static int ask_twice(char out[static PASSWORD_TEXT])
{
	char again[PASSWORD_TEXT];
	int r = ask_once(WORD_PASSWORD, out);

	if (r == 0)
		r = ask_once(WORD_PASSWORD_AGAIN, again);
	if (r == 0 && strcmp(out, again) != 0)
		r = -EINVAL;
	explicit_bzero(again, sizeof(again));
	return r;
}

static int read_terminal(const struct termios *before, char out[static PASSWORD_TEXT])
{
	struct termios silent = *before;
	int r;

	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	silent.c_cc[VEOL] = CTRL_C; /* else it would wait for the line's end */
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) < 0)
		return -errno;
	r = ask_twice(out);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, before);
	return r;
}

int password_read(char out[static PASSWORD_TEXT])
{
	struct termios before;
	int r = tcgetattr(STDIN_FILENO, &before) < 0 ? read_line(out) : read_terminal(&before, out);

	if (r < 0)
		explicit_bzero(out, PASSWORD_TEXT);
	else if (strlen(out) > 0 && out[strlen(out) - 1] == '\r') /* a file from elsewhere */
		out[strlen(out) - 1] = '\0';
	return r;
}
