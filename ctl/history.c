// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang history`, `gerbang confirm`: what was applied when and by whom, and what is on trial. Both only
 * ask the daemon.
 */
#include "history.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "history_render.h"
#include "render.h"

#define NUMBER_MAX 1000000000L

/* ---- asking ---- */

int history_ask(const struct invocation *invocation, const char *run_directory, json_t *request,
		struct answer *out)
{
	int r = client_call(run_directory, request, out);

	if (r < 0)
		return ask_unreachable(run_directory, r);
	if ((out->status == CONTROL_DONE || out->status == CONTROL_CHANGES) && out->json)
		return 0;
	return ask_show_answer(invocation, out, render_done);
}

int history_files(const struct invocation *invocation, const char *run_directory, json_int_t number,
		  struct answer *out)
{
	return history_ask(invocation, run_directory,
			   json_pack("{ss,sI}", "command", "history-files", "number", number), out);
}

int history_number(const char *typed, json_int_t *out)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(typed, &end, 10);
	if (errno || *typed < '0' || *typed > '9' || *end || number < 1 || number > NUMBER_MAX) {
		complain(WORD_BAD_NUMBER, typed);
		return CONTROL_USAGE;
	}
	*out = number;
	return 0;
}

int command_history(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss}", "command", "history"), render_history);
}

int command_confirm(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss}", "command", "confirm"), render_done);
}
