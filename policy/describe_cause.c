/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Causes in words, in the two languages. What the cause is was decided elsewhere; a language is a column of
 * each table.
 */
#include "describe.h"
#include "../lib/cleanup.h"
#include <stdio.h>
#include <string.h>

enum { INDONESIAN, ENGLISH, LANGUAGES };

static const char *const hours_words[LANGUAGES][2] = {
    /* [opening] */
    [INDONESIAN] = {"jam kerja", "jam buka"},
    [ENGLISH] = {"office hours", "opening hours"},
};
static const char *const edge_words[LANGUAGES][2] = {
    /* [inside] */
    [INDONESIAN] = {"berakhir", "dimulai"},
    [ENGLISH] = {"end", "begin"},
};
static const char *const outside_words[LANGUAGES] = {"di luar jam kerja", "outside office hours"};
static const struct override_words {
	const char *before, *after;
} override_words[LANGUAGES][2] = {
    /* [overtime] */
    [INDONESIAN] = {{"pengaturan manual zona", "berakhir"}, {"lembur kantor", "berakhir"}},
    [ENGLISH] = {{"override of zone", "ends"}, {"overtime of office", "ends"}},
};
static const char *const nothing_words[LANGUAGES] = {"tidak ada perubahan", "no change"};

/* "office hours (kantor, Ramadan 1447) end", with the day's holiday behind it where there is one. */
static char *format_hours(const struct planner_change *c, int language)
{
	const char *name = c->name ? c->name : "", *holiday = c->holiday ? c->holiday : "";
	char *text;

	if (asprintf(&text, "%s (%s%s%s) %s%s%s%s", hours_words[language][c->opening], c->schedule->id,
		     *name ? ", " : "", name, edge_words[language][c->inside], *holiday ? " (" : "", holiday,
		     *holiday ? ")" : "") < 0)
		return NULL;
	return text;
}

static char *format_override(const struct planner_change *c, int language)
{
	bool overtime = c->override && c->override->kind == OVERRIDE_OFFICE_INSIDE;
	const struct override_words *words = &override_words[language][overtime];
	char *text;

	if (asprintf(&text, "%s %s %s", words->before, c->override ? c->override->id : "?", words->after) < 0)
		return NULL;
	return text;
}

static int language_of(const char *name)
{
	return name && strcmp(name, "en") == 0 ? ENGLISH : INDONESIAN;
}

char *describe_cause(const struct planner_change *change, const char *language)
{
	int l = language_of(language);

	if (!change->wall_usec)
		return strdup(nothing_words[l]);
	switch (change->cause) {
	case CALENDAR_WINDOW:
	case CALENDAR_PERIOD:
		return format_hours(change, l);
	case CALENDAR_HOLIDAY:
		return strdup(change->name);
	case CALENDAR_OVERRIDE:
		break;
	}
	return format_override(change, l);
}

char *describe_phase_cause(const struct planner_input *in, const char *language)
{
	const struct policy_schedule *schedule = in->policy->site_schedule;
	struct calendar_change state = calendar_state(in->policy, schedule, in->now.wall_usec);
	int l = language_of(language);
	const char *words = state.inside ? hours_words[l][false] : outside_words[l];
	const char *name = state.name ? state.name : "";
	char *text;

	if (state.cause == CALENDAR_HOLIDAY)
		return strdup(name);
	if (asprintf(&text, "%s (%s%s%s)", words, schedule->id, *name ? ", " : "", name) < 0)
		return NULL;
	return text;
}
