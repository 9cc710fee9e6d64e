// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang report`: a month of the ledger as the files that finance pays by. What is typed is judged before
 * anything is read; nothing is asked of the daemon, and the ledger is only read.
 */
#include "report.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../report/month.h"
#include "ask.h"
#include "dates.h"
#include "options.h"

#define FORMATS_ALL (POLICY_FORMAT_HTML | POLICY_FORMAT_PDF | POLICY_FORMAT_XLSX | POLICY_FORMAT_CSV)

/* ---- what was typed ---- */

static int read_month(const char *typed, int32_t *out)
{
	const bool form = strlen(typed) == 7 && strspn(typed, "0123456789") == 4 && typed[4] == '-' &&
			  strspn(typed + 5, "0123456789") == 2;
	const int year = form ? atoi(typed) : 0, month = form ? atoi(typed + 5) : 0;

	if (year < 2000 || month < 1 || month > 12) {
		complain(WORD_BAD_MONTH, typed);
		return CONTROL_USAGE;
	}
	*out = year * 12 + month - 1;
	return 0;
}

static const struct {
	const char *name;
	unsigned format;
} formats[] = {{"html", POLICY_FORMAT_HTML},
	       {"pdf", POLICY_FORMAT_PDF},
	       {"xlsx", POLICY_FORMAT_XLSX},
	       {"csv", POLICY_FORMAT_CSV},
	       {"none", 0}};

/* One name of the list; false: there is no such format. */
static bool add_format(const char *name, size_t length, unsigned *out)
{
	for (size_t i = 0; i < ELEMENTS(formats); i++) {
		if (strlen(formats[i].name) == length && strncmp(formats[i].name, name, length) == 0) {
			*out |= formats[i].format;
			return true;
		}
	}
	return false;
}

static int read_formats(const char *typed, bool open, unsigned *out)
{
	const char *at = typed;
	bool known = true;

	*out = typed ? 0 : FORMATS_ALL;
	while (at && known) {
		const size_t length = strcspn(at, ",");

		known = add_format(at, length, out);
		at = at[length] ? at + length + 1 : NULL;
	}
	if (known && (*out || open))
		return 0;
	complain(WORD_BAD_FORMAT, typed);
	return CONTROL_USAGE;
}

static int read_language(const char *typed, const struct policy *policy, bool *english)
{
	*english = typed ? strcmp(typed, "en") == 0 : policy && policy->report.english;
	if (!typed || *english || strcmp(typed, "id") == 0)
		return 0;
	complain(WORD_BAD_LANGUAGE, typed);
	return CONTROL_USAGE;
}

static int read_request(const struct invocation *invocation, struct report_request *out)
{
	const char *const *values = invocation->values;
	int r = read_month(invocation->words[0], &out->month);

	out->open = values[OPTION_OPEN];
	out->directory = values[OPTION_OUTPUT] ? values[OPTION_OUTPUT] : ".";
	if (r == 0)
		r = read_formats(values[OPTION_FORMAT], out->open, &out->formats);
	return r == 0 ? read_language(values[OPTION_LANGUAGE], NULL, &out->english) : r;
}

/* ---- the month into files ---- */

static enum report_outcome cannot(int32_t month, const struct site *site, int error)
{
	const char *why = site->ledger ? ledger_error(site->ledger) : NULL;
	char text[DATE_TEXT];

	complain(WORD_REPORT_NOT_MADE, date_of_month(month, text),
		 error == -ENOMEM ? word(WORD_MEMORY) : (why && *why ? why : strerror(-error)));
	return REPORT_FAILED;
}

/* The month itself is not needed any more when the files are written: what they say is the document's. */
static enum report_outcome make_document(const struct report_request *request, bool *provisional,
					 struct report_document **out)
{
	const struct site *site = request->site;
	const struct report_settings settings = {
	    .policy = site->policy, .rehearsal = site->rehearsal, .now_wall_usec = site->now_wall_usec};
	_cleanup_(report_month_freep) struct report_month *month = NULL;
	int r = report_month_make(site->ledger, request->month, &settings, &month);

	if (r == -ENODATA)
		return REPORT_NOTHING;
	if (r < 0)
		return cannot(request->month, site, r);
	*provisional = month->provisional;
	if (month->provisional && request->closed)
		return REPORT_NOT_CLOSED;
	r = report_document_make(month, &settings, request->english, out);
	return r < 0 ? cannot(request->month, site, r) : REPORT_WRITTEN;
}

enum report_outcome report_write(const struct report_request *request, struct report_made *out)
{
	_cleanup_(report_document_freep) struct report_document *document = NULL;
	enum report_outcome outcome;

	*out = (struct report_made){0};
	outcome = make_document(request, &out->provisional, &document);
	if (outcome != REPORT_WRITTEN)
		return outcome;
	if (report_files_write(document, request->directory, request->formats, request->open, &out->files) <
	    0) {
		complain(WORD_REPORT_NOT_WRITTEN, request->directory, out->files.failed);
		return REPORT_FAILED;
	}
	return REPORT_WRITTEN;
}

/* ---- what is said of it ---- */

static json_t *names_json(const struct report_files *files)
{
	json_t *names = json_array();

	for (size_t i = 0; i < files->n; i++)
		json_array_append_new(names, json_string(files->names[i]));
	return names;
}

static json_t *made_json(const struct report_request *request, const struct report_made *made)
{
	char month[DATE_TEXT];

	return json_pack("{ss,ss,so,sb,sb,ss}", "month", date_of_month(request->month, month), "directory",
			 request->directory, "files", names_json(&made->files), "provisional",
			 made->provisional, "rehearsal", request->site->rehearsal, "language",
			 request->english ? "en" : "id");
}

static void render_made(const json_t *document)
{
	const char *directory = json_string_value(json_object_get(document, "directory"));
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(document, "files"), i, name)
	    printf("%s/%s\n", directory, json_string_value(name));
	if (json_is_true(json_object_get(document, "provisional")))
		puts(word(WORD_REPORT_PROVISIONAL));
	if (json_is_true(json_object_get(document, "rehearsal")))
		puts(word(WORD_REPORT_REHEARSAL));
}

static int write_and_say(const struct invocation *invocation, const struct report_request *request)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	struct report_made made;
	char month[DATE_TEXT];
	int r = CONTROL_REFUSED;

	switch (report_write(request, &made)) {
	case REPORT_WRITTEN:
		document = made_json(request, &made);
		r = ask_show(invocation, document, render_made);
		break;
	case REPORT_NOTHING:
		complain(WORD_NO_REPORT_OF, date_of_month(request->month, month));
		break;
	case REPORT_NOT_CLOSED:
	case REPORT_FAILED:
		break;
	}
	report_files_clear(&made.files);
	return r;
}

/* ---- the command ---- */

static int judge_due(const struct invocation *invocation)
{
	static const enum option none[] = {OPTION_FORMAT, OPTION_OUTPUT, OPTION_LANGUAGE, OPTION_OPEN,
					   OPTION_JSON};

	if (invocation->n_words) {
		complain(WORD_TOO_MANY, "report --due", invocation->words[0]);
		return CONTROL_USAGE;
	}
	for (size_t i = 0; i < ELEMENTS(none); i++) {
		if (invocation->values[none[i]]) {
			complain(WORD_NOT_TOGETHER, option_name(none[i]), option_name(OPTION_DUE));
			return CONTROL_USAGE;
		}
	}
	return 0;
}

static int judge(const struct invocation *invocation, struct report_request *request)
{
	if (invocation->values[OPTION_DUE])
		return judge_due(invocation);
	if (invocation->n_words)
		return read_request(invocation, request);
	complain(WORD_MISSING, invocation->command->name, invocation->command->missing);
	return CONTROL_USAGE;
}

static int report(const struct invocation *invocation, const struct site *site,
		  struct report_request *request)
{
	if (!site->policy) {
		complain(WORD_REPORT_NEEDS_CONFIG, ask_config(invocation));
		return CONTROL_REFUSED;
	}
	if (invocation->values[OPTION_DUE])
		return report_due(invocation, site);
	request->site = site;
	read_language(invocation->values[OPTION_LANGUAGE], site->policy, &request->english);
	return write_and_say(invocation, request);
}

int command_report(const struct invocation *invocation)
{
	struct report_request request = {0};
	struct site site = {0};
	int r = judge(invocation, &request);

	if (r != 0)
		return r;
	r = site_open(invocation, &site);
	if (r == 0)
		r = report(invocation, &site, &request);
	site_close(&site);
	return r;
}
