/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Why the shaper will not do what the daemon asks for: one sentence with the rule and the value, for the
 * answer.
 */
#include <stdarg.h>
#include <stdio.h>
#include <errno.h>
#include "../lib/cleanup.h"

struct refusal {
	char *text;
	size_t size;
};

static inline int _printf_(2, 3) refuse(const struct refusal *refusal, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(refusal->text, refusal->size, format, arguments);
	va_end(arguments);
	return -EPERM;
}
