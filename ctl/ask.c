// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A question to the daemon and what becomes of its answer: shown, or said on standard error, and the exit
 * status either way.
 */
#include "ask.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "local.h"
#include "render.h"
#include "values.h"

const char *ask_config(const struct invocation *invocation)
{
	return invocation->values[OPTION_CONFIG] ? invocation->values[OPTION_CONFIG] : CONFIG_PATH;
}

int ask_no_memory(void)
{
	complain(WORD_MEMORY);
	return CONTROL_REFUSED;
}

int ask_show(const struct invocation *invocation, const json_t *document, ask_renderer render)
{
	_cleanup_(json_decrefp) json_t *tame = document ? value_tame(document) : NULL;

	if (!tame)
		return ask_no_memory();
	if (invocation->values[OPTION_JSON])
		render_json(document);
	else
		render(tame);
	return CONTROL_DONE;
}

int ask_unreachable(const char *run_directory, int error)
{
	if (error == -EACCES || error == -EPERM)
		complain(WORD_NO_PERMISSION, run_directory);
	else if (error == -EBADMSG || error == -EFBIG)
		complain(WORD_STRANGE_ANSWER);
	else
		complain(WORD_UNREACHABLE, run_directory,
			 error == -ETIMEDOUT ? word(WORD_NO_ANSWER) : strerror(-error));
	return CONTROL_UNREACHABLE;
}

/* A refusal may be many lines, a fault of the configuration each: every one says whose it is. */
static void print_refusal(const char *text)
{
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		fputs("gerbang: ", stderr);
		for (size_t i = 0; i < length; i++)
			fputc((unsigned char)line[i] < ' ' || line[i] == 0x7f ? '?' : line[i], stderr);
		fputc('\n', stderr);
		line += length + (line[length] == '\n');
	}
}

/* An answer that is there: shows it, or what the daemon says against it. */
int ask_show_answer(const struct invocation *invocation, const struct answer *answer, ask_renderer render)
{
	int status = answer->status;

	if (status != CONTROL_DONE && status != CONTROL_CHANGES) {
		print_refusal(answer->text && *answer->text ? answer->text : "-");
		return status == CONTROL_USAGE || status == CONTROL_UNREACHABLE ? status : CONTROL_REFUSED;
	}
	if (answer->json) {
		ask_show(invocation, answer->json, render);
		return status;
	}
	return invocation->values[OPTION_JSON] ? (puts("{}"), status) : (render_done(NULL), status);
}

int ask_below(const struct invocation *invocation, const char *run_directory, json_t *request,
	      ask_renderer render)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	int r = client_call(run_directory, request, &answer);

	return r < 0 ? ask_unreachable(run_directory, r) : ask_show_answer(invocation, &answer, render);
}

/* Steals `request`. */
int ask(const struct invocation *invocation, json_t *request, ask_renderer render)
{
	_cleanup_(freep) char *run_directory = local_run_directory(ask_config(invocation));

	if (!run_directory) {
		json_decref(request);
		return ask_no_memory();
	}
	return ask_below(invocation, run_directory, request, render);
}

int ask_about(const struct invocation *invocation, const char *command, const char *key, ask_renderer render)
{
	json_t *request = json_pack("{ss,ss}", "command", command, key, invocation->words[0]);

	if (request)
		return ask(invocation, request, render);
	complain(WORD_BAD_TEXT, invocation->command->missing); /* the one way it fails, but for memory */
	return CONTROL_USAGE;
}
