// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads what options say with the same units as the configuration. What makes no sense is asked of nobody.
 */
#include "arguments.h"
#include <errno.h>
#include <stdlib.h>
#include "options.h"
#include "../lib/units.h"

static int read_count(const struct argument *argument, const char *typed, json_t **out)
{
	char most[24], *end;
	long long value;

	errno = 0;
	value = strtoll(typed, &end, 10);
	if (errno == 0 && *typed >= '0' && *typed <= '9' && !*end && value >= 1 && value <= argument->max) {
		*out = json_integer(value);
		return 0;
	}
	snprintf(most, sizeof(most), "%jd", (intmax_t)argument->max);
	complain(WORD_BAD_COUNT, option_name(argument->option), most, typed);
	return CONTROL_USAGE;
}

static int read_duration(const char *typed, json_t **out)
{
	uint64_t usec;

	if (units_duration(typed, &usec) == 0 && usec > 0) {
		*out = json_integer((json_int_t)usec);
		return 0;
	}
	complain(WORD_BAD_DURATION, typed);
	return CONTROL_USAGE;
}

static int read_volume(const char *typed, json_t **out)
{
	uint64_t bytes;

	if (units_volume(typed, &bytes) == 0 && bytes > 0 && bytes <= INT64_MAX) {
		*out = json_integer((json_int_t)bytes);
		return 0;
	}
	complain(WORD_BAD_VOLUME, typed);
	return CONTROL_USAGE;
}

static int read_value(const struct argument *argument, const char *typed, json_t **out)
{
	switch (argument->type) {
	case ARGUMENT_TEXT:
		*out = json_string(typed);
		if (*out)
			return 0;
		complain(WORD_BAD_TEXT, option_name(argument->option));
		return CONTROL_USAGE;
	case ARGUMENT_COUNT:
		return read_count(argument, typed, out);
	case ARGUMENT_DURATION:
		return read_duration(typed, out);
	case ARGUMENT_VOLUME:
		return read_volume(typed, out);
	case ARGUMENT_FLAG:
		*out = json_true();
		return 0;
	}
	return CONTROL_USAGE;
}

int arguments_add(const struct invocation *invocation, const struct argument *arguments, size_t n,
		  json_t *request)
{
	for (size_t i = 0; i < n; i++) {
		const char *typed = invocation->values[arguments[i].option];
		json_t *value = NULL;
		int r;

		if (!typed && arguments[i].required) {
			complain(WORD_NEEDS_OPTION, invocation->command->name, arguments[i].required);
			return CONTROL_USAGE;
		}
		if (!typed)
			continue;
		r = read_value(&arguments[i], typed, &value);
		if (r != 0)
			return r;
		json_object_set_new(request, arguments[i].key, value);
	}
	return 0;
}
