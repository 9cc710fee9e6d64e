// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang ledger correct`: the one way a figure is ever changed, by a row of its own that the daemon writes,
 * with who and why. What was counted stays as it was counted.
 */
#include <string.h>
#include "../lib/units.h"
#include "arguments.h"
#include "ask.h"
#include "render.h"
#include "who.h"

#define CORRECTION_MAX UINT64_C(1000000000000000)

/* "+1.5 GB", "-300 MB", "12345". */
static int read_correction(const char *typed, json_t **out)
{
	bool negative = *typed == '-';
	const char *amount = typed + (*typed == '-' || *typed == '+');
	char bytes[32];
	uint64_t value = 0;
	int r;

	if (amount[strspn(amount, "0123456789")] == '\0' && strlen(amount) < sizeof(bytes) - 1) {
		snprintf(bytes, sizeof(bytes), "%sB", amount);
		r = units_volume(bytes, &value);
	} else {
		r = units_volume(amount, &value);
	}
	if (r < 0 || value == 0 || value > CORRECTION_MAX) {
		complain(WORD_BAD_CORRECTION, typed);
		return CONTROL_USAGE;
	}
	*out = json_integer(negative ? -(json_int_t)value : (json_int_t)value);
	return 0;
}

static int add_volumes(const struct invocation *invocation, json_t *request)
{
	static const struct {
		enum option option;
		const char *key;
	} ways[] = {{OPTION_DOWN, "down_bytes"}, {OPTION_UP, "up_bytes"}};

	if (!invocation->values[OPTION_DOWN] && !invocation->values[OPTION_UP]) {
		complain(WORD_NEEDS_OPTION, invocation->command->name, "--down VOLUME | --up VOLUME");
		return CONTROL_USAGE;
	}
	for (size_t i = 0; i < ELEMENTS(ways); i++) {
		json_t *value = json_integer(0);

		if (invocation->values[ways[i].option]) {
			int r;

			json_decref(value);
			r = read_correction(invocation->values[ways[i].option], &value);
			if (r != 0)
				return r;
		}
		json_object_set_new(request, ways[i].key, value);
	}
	return 0;
}

static int add_correction(const struct invocation *invocation, json_t *request)
{
	static const struct argument arguments[] = {
	    {OPTION_DAY, ARGUMENT_TEXT, "day", 0, 0, "--day YYYY-MM-DD"},
	    {OPTION_REASON, ARGUMENT_TEXT, "reason", 0, 0, "--reason TEXT"},
	};
	const char *const *values = invocation->values;
	int r;

	if (!values[OPTION_OFFICE] == !values[OPTION_ZONE]) {
		complain(WORD_NEEDS_OPTION, invocation->command->name, "--office ID | --zone ID");
		return CONTROL_USAGE;
	}
	json_object_set_new(request, "kind", json_string(values[OPTION_OFFICE] ? "office" : "zone"));
	json_object_set_new(request, "id",
			    json_string(values[OPTION_OFFICE] ? values[OPTION_OFFICE] : values[OPTION_ZONE]));
	r = arguments_add(invocation, arguments, ELEMENTS(arguments), request);
	if (r == 0)
		r = add_volumes(invocation, request);
	return r == 0 ? who_add(invocation, request) : r;
}

int command_ledger_correct(const struct invocation *invocation)
{
	json_t *request = json_pack("{ss}", "command", "ledger-correct");
	int r = request ? add_correction(invocation, request) : ask_no_memory();

	if (r == 0)
		return ask(invocation, request, render_done);
	json_decref(request);
	return r;
}
