/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a function prints, for tests of programs that speak to people: standard output or standard error into
 * a file in memory, and back.
 */
#include "../../lib/cleanup.h"
#include <check.h>
#include <string.h>
#include <sys/mman.h>

struct capture {
	int fd, shown, saved;
};

/* `shown` is STDOUT_FILENO or STDERR_FILENO. */
static inline struct capture capture_start(int shown)
{
	struct capture capture = {.fd = memfd_create("capture", MFD_CLOEXEC), .shown = shown};

	fflush(NULL);
	capture.saved = dup(shown);
	ck_assert_int_ge(capture.fd, 0);
	ck_assert_int_ge(capture.saved, 0);
	ck_assert_int_ge(dup2(capture.fd, shown), 0);
	return capture;
}

/* What was printed since; malloc'd. */
static inline char *capture_end(struct capture *capture)
{
	char *text;
	off_t length;

	fflush(NULL);
	dup2(capture->saved, capture->shown);
	close(capture->saved);
	length = lseek(capture->fd, 0, SEEK_END);
	text = calloc(1, (size_t)length + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(pread(capture->fd, text, (size_t)length, 0), length);
	close(capture->fd);
	return text;
}

/* Sets the language of the terminal as a person does, for what ctl/words says. */
#define speak(locale)                                                                                        \
	do {                                                                                                 \
		setenv("LC_ALL", locale, 1);                                                                 \
		words_open();                                                                                \
	} while (0)
