// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang rollback`: puts the files of a former configuration back where they were edited, and applies them
 * like any others. All files or none: what was there is kept beside, and comes back where one of them, or the
 * apply, fails.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "arguments.h"
#include "history.h"
#include "local.h"
#include "put_back.h"
#include "render.h"
#include "values.h"

/* The newest good one before what runs. */
static json_int_t former_of(const json_t *history)
{
	json_int_t current = json_integer_value(json_object_get(history, "current"));
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(history, "entries"), i, entry)
	{
		json_int_t number = json_integer_value(json_object_get(entry, "number"));

		if (number < current && strcmp(value_text(entry, "state"), "good") == 0)
			return number;
	}
	return 0;
}

/* Which number, and that nothing stands in the way. 0, or the exit status: said. */
static int choose(const struct invocation *invocation, const char *run_directory, json_int_t *number)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	json_int_t pending;
	int r = invocation->n_words ? history_number(invocation->words[0], number) : 0;

	if (r == 0)
		r = history_ask(invocation, run_directory, json_pack("{ss}", "command", "history"), &answer);
	if (r != 0)
		return r;
	pending = json_integer_value(json_object_get(answer.json, "pending"));
	if (!invocation->n_words)
		*number = former_of(answer.json);
	if (pending)
		complain(WORD_TRIAL_WAITS, (long long)pending);
	else if (!*number)
		complain(WORD_NO_FORMER);
	return pending || !*number ? CONTROL_REFUSED : 0;
}

static json_t *apply_request(const struct invocation *invocation, json_int_t number)
{
	static const struct argument confirm = {OPTION_CONFIRM, ARGUMENT_DURATION, "confirm_usec",
						USEC_PER_SEC,	USEC_PER_DAY,	   NULL};
	json_t *request = json_pack("{ss,sI}", "command", "apply", "of", number);

	if (request && arguments_add(invocation, &confirm, 1, request) == 0)
		return request;
	json_decref(request);
	return NULL;
}

/* The files are in place; the apply decides whether they stay. */
static int apply(const struct invocation *invocation, const char *run_directory, json_t *request,
		 struct put_back *put)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	int r = client_call(run_directory, request, &answer);

	if (r < 0) {
		put_back_undo(put);
		return ask_unreachable(run_directory, r);
	}
	if (answer.status != CONTROL_DONE)
		put_back_undo(put);
	else if (!invocation->values[OPTION_JSON])
		put_back_say(put);
	return ask_show_answer(invocation, &answer, render_apply);
}

static int put_and_apply(const struct invocation *invocation, const char *run_directory, json_int_t number)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	_cleanup_(put_back_clear) struct put_back put = {0};
	json_t *request = apply_request(invocation, number);
	int r;

	if (!request)
		return CONTROL_USAGE;
	r = history_files(invocation, run_directory, number, &answer);
	if (r == 0)
		r = put_back(ask_config(invocation), json_object_get(answer.json, "files"), &put) < 0
			? CONTROL_REFUSED
			: 0;
	if (r == 0)
		return apply(invocation, run_directory, request, &put);
	json_decref(request);
	return r;
}

int command_rollback(const struct invocation *invocation)
{
	_cleanup_(freep) char *run_directory = local_run_directory(ask_config(invocation));
	json_int_t number = 0;
	int r = run_directory ? choose(invocation, run_directory, &number) : ask_no_memory();

	if (r != 0)
		return r;
	if (geteuid() != 0) {
		complain(WORD_NOT_ROOT, (long long)number);
		return CONTROL_REFUSED;
	}
	return put_and_apply(invocation, run_directory, number);
}
