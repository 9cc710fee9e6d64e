/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Options into a request: a row says which option becomes which key, and how its value is read.
 */
#include <jansson.h>
#include "command.h"

enum argument_type { ARGUMENT_TEXT, ARGUMENT_COUNT, ARGUMENT_DURATION, ARGUMENT_VOLUME, ARGUMENT_FLAG };

struct argument {
	enum option option;
	enum argument_type type;
	const char *key;
	int64_t max;	      /* of a count, from 1 */
	const char *required; /* what to ask for where it is missing: "--count N" */
};

/* 0, or CONTROL_USAGE: said. A duration becomes microseconds, a volume bytes; none may be 0. */
int arguments_add(const struct invocation *invocation, const struct argument *arguments, size_t n,
		  json_t *request);
