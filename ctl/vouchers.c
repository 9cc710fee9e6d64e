// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands on vouchers. The daemon makes and judges them; this reads what was typed, shows, and prints.
 */
#include <errno.h>
#include <string.h>
#include "arguments.h"
#include "ask.h"
#include "local.h"
#include "people.h"
#include "render.h"
#include "sheet.h"

#define COUNT_MAX 10000

/* ---- create and revoke ---- */

static const struct argument create[] = {
    {OPTION_ZONE, ARGUMENT_TEXT, "zone", 0, 0, NULL},
    {OPTION_ALL_ZONES, ARGUMENT_FLAG, "all_zones", 0, 0, NULL},
    {OPTION_COUNT, ARGUMENT_COUNT, "count", 1, COUNT_MAX, "--count N"},
    {OPTION_VALID, ARGUMENT_DURATION, "valid_usec", USEC_PER_MINUTE, ARGUMENTS_USEC_MAX, "--valid DURATION"},
    {OPTION_TIME, ARGUMENT_DURATION, "time_usec", USEC_PER_SEC, ARGUMENTS_USEC_MAX, NULL},
    {OPTION_DATA, ARGUMENT_VOLUME, "data_bytes", 1, ARGUMENTS_BYTES_MAX, NULL},
    {OPTION_DEVICES, ARGUMENT_COUNT, "devices", 1, ARGUMENTS_DEVICES_MAX, NULL},
};

/* Steals `request`, whose arguments these are. */
static int ask_with(const struct invocation *invocation, json_t *request, const struct argument *arguments,
		    size_t n, ask_renderer render)
{
	int r = request ? arguments_add(invocation, arguments, n, request) : ask_no_memory();

	if (r == 0)
		return ask(invocation, request, render);
	json_decref(request);
	return r;
}

int command_voucher_create(const struct invocation *invocation)
{
	if (!invocation->values[OPTION_ZONE] == !invocation->values[OPTION_ALL_ZONES]) {
		complain(WORD_NEEDS_OPTION, invocation->command->name, "--zone ID | --all-zones");
		return CONTROL_USAGE;
	}
	return ask_with(invocation, json_pack("{ss}", "command", "voucher-create"), create, ELEMENTS(create),
			render_created);
}

int command_voucher_revoke(const struct invocation *invocation)
{
	return ask_about(invocation, "voucher-revoke", "code", render_done);
}

/* ---- list ---- */

static const struct argument list[] = {
    {OPTION_ZONE, ARGUMENT_TEXT, "zone", 0, 0, NULL},
    {OPTION_BATCH, ARGUMENT_COUNT, "batch", 1, INT64_MAX, NULL},
};

/* One page more in `whole`, which begins as NULL. 1: there are more. 0: all are there. -1: said; *status is
 * the exit status. */
static int add_page(const struct invocation *invocation, const char *run_directory, const json_t *request,
		    json_t **whole, int *status)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	json_t *page = json_copy((json_t *)(uintptr_t)request);
	size_t n = json_array_size(json_object_get(*whole, "vouchers"));
	int r;

	json_object_set_new(page, "skip", json_integer((json_int_t)n));
	r = client_call(run_directory, page, &answer);
	if (r < 0 || answer.status != CONTROL_DONE || !json_is_object(answer.json)) {
		*status = r < 0 ? ask_unreachable(run_directory, r)
				: ask_show_answer(invocation, &answer, render_done);
		return -1;
	}
	if (*whole)
		json_array_extend(json_object_get(*whole, "vouchers"),
				  json_object_get(answer.json, "vouchers"));
	else
		*whole = json_incref(answer.json);
	return json_is_true(json_object_get(answer.json, "more")) &&
	       json_array_size(json_object_get(*whole, "vouchers")) > n;
}

static int fetch_below(const struct invocation *invocation, const char *run_directory, const json_t *request,
		       json_t **out)
{
	_cleanup_(json_decrefp) json_t *whole = NULL;
	int r, status = CONTROL_DONE;

	do
		r = add_page(invocation, run_directory, request, &whole, &status);
	while (r > 0);
	if (r < 0)
		return status;
	json_object_del(whole, "more");
	*out = json_incref(whole);
	return CONTROL_DONE;
}

/* All vouchers that the options choose, however many answers it takes. */
static int fetch(const struct invocation *invocation, json_t **out)
{
	_cleanup_(json_decrefp) json_t *request = json_pack("{ss}", "command", "voucher-list");
	_cleanup_(freep) char *run_directory = NULL;
	int r = request ? arguments_add(invocation, list, ELEMENTS(list), request) : ask_no_memory();

	if (r != 0)
		return r;
	run_directory = local_run_directory(ask_config(invocation));
	return run_directory ? fetch_below(invocation, run_directory, request, out) : ask_no_memory();
}

int command_voucher_list(const struct invocation *invocation)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	int r = fetch(invocation, &document);

	return r == CONTROL_DONE ? ask_show(invocation, document, render_vouchers) : r;
}

/* ---- sheet ---- */

/* Those that nobody has: what is used is in somebody's hand already. */
static json_t *unused_of(const json_t *vouchers)
{
	json_t *unused = json_array(), *voucher;
	size_t i;

	json_array_foreach(vouchers, i, voucher)
	{
		const char *state = json_string_value(json_object_get(voucher, "state"));

		if (state && strcmp(state, "unused") == 0)
			json_array_append(unused, voucher);
	}
	return unused;
}

static int write_sheet(const struct invocation *invocation, const json_t *document, const json_t *vouchers)
{
	const char *path = invocation->values[OPTION_OUTPUT];
	_cleanup_(json_decrefp) json_t *done = NULL;
	unsigned pages = 0;
	int r;

	if (json_array_size(vouchers) == 0) {
		complain(WORD_NOTHING_TO_PRINT);
		return CONTROL_REFUSED;
	}
	r = sheet_write(path, json_string_value(json_object_get(document, "site")),
			json_string_value(json_object_get(document, "language")), vouchers, &pages);
	if (r < 0) {
		complain(WORD_NOT_PRINTED, path, strerror(-r));
		return CONTROL_REFUSED;
	}
	done = json_pack("{ss,sI,si}", "file", path, "vouchers", (json_int_t)json_array_size(vouchers),
			 "pages", pages);
	return ask_show(invocation, done, render_sheet);
}

int command_voucher_sheet(const struct invocation *invocation)
{
	_cleanup_(json_decrefp) json_t *document = NULL, *vouchers = NULL;
	int r;

	if (!invocation->values[OPTION_OUTPUT] || !*invocation->values[OPTION_OUTPUT]) {
		complain(WORD_NEEDS_OPTION, invocation->command->name, "--output FILE.pdf");
		return CONTROL_USAGE;
	}
	r = fetch(invocation, &document);
	if (r != CONTROL_DONE)
		return r;
	vouchers = unused_of(json_object_get(document, "vouchers"));
	return write_sheet(invocation, document, vouchers);
}
