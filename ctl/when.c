// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: "until 20:00" means the daemon's today, and its clock may be a rehearsal's. Nothing is guessed: a time
 * that does not exist is refused.
 */
#include "when.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "client.h"
#include "words.h"

/* What day it is for the daemon, whose clock may be a rehearsal's; without one, for this machine.
 * "YYYY-MM-DD" */
static void today_text(const char *run_directory, char out[static CLOCK_TEXT])
{
	_cleanup_(answer_clear) struct answer answer = {0};
	const char *time = NULL;

	if (client_call(run_directory, json_pack("{ss}", "command", "status"), &answer) == 0)
		time = json_string_value(json_object_get(answer.json, "time"));
	if (time && strlen(time) < CLOCK_TEXT)
		memcpy(out, time, strlen(time) + 1);
	else
		clock_text(clock_now().wall_usec, out);
	out[10] = '\0';
}

int when_read(const char *run_directory, const char *typed, char out[static WHEN_TEXT])
{
	char today[CLOCK_TEXT];
	int64_t wall_usec;

	if (strlen(typed) <= 8 && strchr(typed, ':')) {
		today_text(run_directory, today);
		snprintf(out, WHEN_TEXT, "%s %s", today, typed);
	} else {
		snprintf(out, WHEN_TEXT, "%s", typed);
	}
	if (clock_parse(out, &wall_usec) == 0)
		return 0;
	complain(WORD_BAD_TIME, typed);
	return -EINVAL;
}
