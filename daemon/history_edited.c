/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an edit that nobody applied, or that would not even load, is found by whoever looks at the status and
 * not at the next power cut. Looking often must cost a few stat() calls, so the answer is remembered until a
 * file changes.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "history_room.h"
#include "../lib/cleanup.h"

DEFINE_CLEANUP(struct policy *, policy_free)

const char *history_edited_name(enum history_edited edited)
{
	static const char *const names[] = {"same", "differs", "broken"};

	return names[edited];
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		sum = (sum ^ (value & 0xff)) * UINT64_C(0x100000001b3);
	return sum;
}

/* FNV-1a over what an edit changes. */
static uint64_t sign(const struct history *history)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < history->look.n_files; i++) {
		struct stat st = {0};

		if (stat(history->look.files[i], &st) < 0)
			st = (struct stat){0};
		sum = mix(mix(sum, (uint64_t)st.st_ino), (uint64_t)st.st_size);
		sum = mix(mix(sum, (uint64_t)st.st_mtim.tv_sec), (uint64_t)st.st_mtim.tv_nsec);
		sum = mix(mix(sum, (uint64_t)st.st_ctim.tv_sec), (uint64_t)st.st_ctim.tv_nsec);
	}
	return sum;
}

/* Takes the report's names. */
static void keep_files(struct history *history, struct config_report *report)
{
	for (size_t i = 0; i < history->look.n_files; i++)
		free(history->look.files[i]);
	free(history->look.files);
	history->look.files = report->files;
	history->look.n_files = report->n_files;
	report->files = NULL;
	report->n_files = 0;
}

/* "offices.conf, theme/theme.conf": new, changed or gone; cut short. */
static void name_changes(const json_t *before, const json_t *now, char text[static HISTORY_FAULT])
{
	static const char *const parts[] = {"files", "outside"};
	size_t length = 0;
	const char *name;
	json_t *sum;

	text[0] = '\0';
	for (size_t i = 0; i < ELEMENTS(parts); i++) {
		json_t *old = json_object_get(before, parts[i]), *new = json_object_get(now, parts[i]);

		json_object_foreach(new, name, sum) if (!json_equal(json_object_get(old, name), sum) &&
							length < HISTORY_FAULT) length +=
		    (size_t)snprintf(text + length, HISTORY_FAULT - length, "%s%s", length ? ", " : "", name);
		json_object_foreach(old, name, sum) if (!json_object_get(new, name) && length < HISTORY_FAULT)
		    length +=
		    (size_t)snprintf(text + length, HISTORY_FAULT - length, "%s%s", length ? ", " : "", name);
	}
}

static enum history_edited judge(struct history *history, char text[static HISTORY_FAULT])
{
	_cleanup_(bundle_clear) struct bundle bundle = {0};
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_(json_decrefp) json_t *sums = json_object();
	struct config_report report = {0};
	int r = history_load(history, HISTORY_EDITED, &policy, &report);

	if (r)
		snprintf(text, HISTORY_FAULT, "%s",
			 report.n_faults ? report.faults[0] : strerror(r < 0 ? -r : EINVAL));
	else if ((r = history_gather(history, &report, &bundle)) < 0)
		snprintf(text, HISTORY_FAULT, "%s", strerror(-r));
	keep_files(history, &report);
	config_report_clear(&report);
	if (r)
		return HISTORY_BROKEN;
	bundle_sums(&bundle, sums);
	name_changes(history->sums, sums, text);
	return *text ? HISTORY_DIFFERS : HISTORY_SAME;
}

enum history_edited history_edited(struct history *history, char text[static HISTORY_FAULT])
{
	uint64_t signature = sign(history);

	if (!history->look.known || signature != history->look.signature) {
		history->look.edited = judge(history, history->look.text);
		history->look.signature = sign(history);
		/* a file that is missing may come at any time */
		history->look.known = history->look.edited != HISTORY_BROKEN;
	}
	memcpy(text, history->look.text, HISTORY_FAULT);
	return history->look.edited;
}
