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

/* What is read with a unit, and how its bounds are said in the same. */
static const struct {
	int (*read)(const char *text, uint64_t *out);
	const char *(*human)(uint64_t value, char text[static UNITS_TEXT]);
	enum word unreadable, outside;
} measures[] = {
    [ARGUMENT_DURATION] = {units_duration, units_duration_human, WORD_BAD_DURATION, WORD_DURATION_OUTSIDE},
    [ARGUMENT_VOLUME] = {units_volume, units_volume_human, WORD_BAD_VOLUME, WORD_VOLUME_OUTSIDE},
};

int arguments_measure(const struct argument *argument, const char *typed, json_t **out)
{
	char least[UNITS_TEXT], most[UNITS_TEXT];
	uint64_t value = 0;
	int r = measures[argument->type].read(typed, &value);

	if (r == -EINVAL || (r == 0 && value == 0)) {
		complain(measures[argument->type].unreadable, typed);
		return CONTROL_USAGE;
	}
	if (r == 0 && value >= (uint64_t)argument->min && value <= (uint64_t)argument->max) {
		*out = json_integer((json_int_t)value);
		return 0;
	}
	complain(measures[argument->type].outside, option_name(argument->option),
		 measures[argument->type].human((uint64_t)argument->min, least),
		 measures[argument->type].human((uint64_t)argument->max, most), typed);
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
	case ARGUMENT_VOLUME:
		return arguments_measure(argument, typed, out);
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
