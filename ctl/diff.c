// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang diff`: one configuration beside another, as a review and line by line. The lines are compared
 * here, by libgit2, of what the daemon hands out; files of this machine are not opened.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "history.h"
#include "local.h"
#include "patch.h"
#include "render.h"
#include "review.h"

/* The numbers on the command line: from 0 stands for what runs, to 0 for the edited files. */
struct asked {
	json_int_t from, to;
};

/* What runs as a number: that on trial, else the last good one; 0: none is recorded. */
static int number_that_runs(const struct invocation *invocation, const char *run_directory, json_int_t *out)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	int r = history_ask(invocation, run_directory, json_pack("{ss}", "command", "history"), &answer);

	if (r != 0)
		return r;
	*out = json_integer_value(json_object_get(answer.json, "pending"));
	if (!*out)
		*out = json_integer_value(json_object_get(answer.json, "current"));
	return 0;
}

/* No number: what runs -> edited. One: that -> what runs. Two: the first -> the second. */
static int read_numbers(const struct invocation *invocation, const char *run_directory, struct asked *out)
{
	int r = 0;

	*out = (struct asked){0};
	if (invocation->n_words > 0)
		r = history_number(invocation->words[0], &out->from);
	if (r == 0 && invocation->n_words > 1)
		return history_number(invocation->words[1], &out->to);
	if (r == 0)
		r = number_that_runs(invocation, run_directory, invocation->n_words ? &out->to : &out->from);
	return r;
}

/* The answer of "history-files"; NULL where this caller may not have it: then `why` says so. */
static json_t *files_of(const char *run_directory, json_int_t number, char **why)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	int r = client_call(run_directory, json_pack("{ss,sI}", "command", "history-files", "number", number),
			    &answer);
	json_t *files = r < 0 ? NULL : json_object_get(answer.json, "files");

	if (!files && !*why)
		*why = strdup(r < 0 ? strerror(-r) : answer.text ? answer.text : "-");
	return json_incref(files);
}

/* [{"file", "patch"}]; "files_error" where they are not to be had. */
static int add_patches(const char *run_directory, const struct asked *asked, json_t *document)
{
	_cleanup_(freep) char *why = NULL;
	_cleanup_(json_decrefp) json_t *from = files_of(run_directory, asked->from, &why);
	_cleanup_(json_decrefp) json_t *to = files_of(run_directory, asked->to, &why);
	json_t *patches = from && to ? patch_files(from, to) : NULL;

	if (patches)
		return json_object_set_new(document, "files", patches);
	return json_object_set_new(document, "files_error", json_string(why ? why : strerror(ENOMEM)));
}

static void render_diff(const json_t *document)
{
	const json_t *files = json_object_get(document, "files"), *file;
	const char *error = json_string_value(json_object_get(document, "files_error"));
	size_t i;

	render_review(document);
	putchar('\n');
	if (error) {
		printf(word(WORD_FILES_ARE_ADMINS), error);
		putchar('\n');
	} else if (json_array_size(files) == 0) {
		printf("%s\n", word(WORD_FILES_SAME));
	}
	json_array_foreach(files, i, file) patch_print(file);
}

static int diff(const struct invocation *invocation, const char *run_directory)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	struct asked asked;
	json_t *request;
	int r = read_numbers(invocation, run_directory, &asked);

	if (r != 0)
		return r;
	request = json_pack("{ss,sI}", "command", "plan", "to", asked.to);
	if (asked.from)
		json_object_set_new(request, "from", json_integer(asked.from));
	r = history_ask(invocation, run_directory, request, &answer);
	if (r != 0)
		return r;
	if (add_patches(run_directory, &asked, answer.json) < 0)
		return ask_no_memory();
	r = ask_show(invocation, answer.json, render_diff);
	return r == CONTROL_DONE && json_array_size(json_object_get(answer.json, "files")) > 0
		   ? CONTROL_CHANGES
		   : answer.status;
}

int command_diff(const struct invocation *invocation)
{
	_cleanup_(freep) char *run_directory = local_run_directory(ask_config(invocation));

	return run_directory ? diff(invocation, run_directory) : ask_no_memory();
}
