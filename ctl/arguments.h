/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Options into a request: a row says which option becomes which key, and how its value is read.
 */
#include <jansson.h>
#include "../lib/units.h"
#include "command.h"

enum argument_type { ARGUMENT_TEXT, ARGUMENT_COUNT, ARGUMENT_DURATION, ARGUMENT_VOLUME, ARGUMENT_FLAG };

struct argument {
	enum option option;
	enum argument_type type;
	const char *key;
	int64_t min, max;     /* of a duration (microseconds) or volume (bytes); a count is from 1 */
	const char *required; /* what to ask for where it is missing: "--count N" */
};

/* The daemon's bounds, so that what is outside is said in the words that were typed. */
#define ARGUMENTS_DEVICES_MAX 1000
#define ARGUMENTS_USEC_MAX (3660 * USEC_PER_DAY)
#define ARGUMENTS_BYTES_MAX INT64_C(1000000000000000)

/* A duration or a volume. 0, or CONTROL_USAGE: said. */
int arguments_measure(const struct argument *argument, const char *typed, json_t **out);
/* 0, or CONTROL_USAGE: said. A duration becomes microseconds, a volume bytes; none may be 0. */
int arguments_add(const struct invocation *invocation, const struct argument *arguments, size_t n,
		  json_t *request);
