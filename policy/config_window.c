// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Windows of a week: "mon-thu 07:30-16:00", "sat,sun 08:00-12:00", "fri 22:00-02:00" (into Saturday),
 * "sat-mon 00:00-24:00". Stored as one row a weekday on which the window starts, sorted. Windows of one list
 * never overlap, over the week's end neither.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "config_reader.h"

enum { DAY = 24 * 60, WEEK = 7 * DAY };

struct window {
	bool days[7];
	unsigned start, end; /* minutes of the day of its start */
};

static int weekday(const char **text)
{
	static const char *const names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

	for (int i = 0; i < 7; i++) {
		if (!strncasecmp(*text, names[i], 3)) {
			*text += 3;
			return i;
		}
	}
	return -EINVAL;
}

/* "mon" or "mon-thu"; a day named twice is refused. */
static int day_range(const char **text, bool days[static 7])
{
	int from = weekday(text), to = from;

	if (from >= 0 && **text == '-') {
		++*text;
		to = weekday(text);
	}
	if (from < 0 || to < 0)
		return -EINVAL;
	for (int day = from;; day = (day + 1) % 7) {
		if (days[day])
			return -EINVAL;
		days[day] = true;
		if (day == to)
			return 0;
	}
}

int config_days(const char **text, bool out[static 7])
{
	int r = day_range(text, out);

	while (r == 0 && **text == ',') {
		++*text;
		r = day_range(text, out);
	}
	return r;
}

int config_minute(const char **text)
{
	const char *t = *text;
	int minutes;

	for (int i = 0; i < 5; i++)
		if (i == 2 ? t[i] != ':' : !isdigit((unsigned char)t[i]))
			return -EINVAL;
	if (t[3] > '5')
		return -EINVAL;
	minutes = ((t[0] - '0') * 10 + t[1] - '0') * 60 + (t[3] - '0') * 10 + t[4] - '0';
	*text += 5;
	return minutes <= DAY ? minutes : -EINVAL;
}

static int window_parse(const char *text, struct window *window)
{
	int start, end;

	if (config_days(&text, window->days) < 0 || *text != ' ')
		return -EINVAL;
	while (*text == ' ')
		text++;
	start = config_minute(&text);
	if (start < 0 || *text++ != '-')
		return -EINVAL;
	end = config_minute(&text);
	if (end < 0 || *text || start == end || start == DAY)
		return -EINVAL;
	window->start = (unsigned)start;
	window->end = (unsigned)(end > start ? end : end + DAY);
	return 0;
}

/* A stretch of the week and the element of the list that it came from. */
struct stretch {
	unsigned start, end, element;
};

static int by_start(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static size_t stretches_of(const struct window *windows, unsigned n, struct stretch *out)
{
	size_t count = 0;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned day = 0; day < 7; day++) {
			unsigned start = day * DAY + windows[i].start, end = day * DAY + windows[i].end;

			if (!windows[i].days[day])
				continue;
			out[count++] = (struct stretch){start, MIN(end, (unsigned)WEEK), i};
			if (end > WEEK)
				out[count++] = (struct stretch){0, end - WEEK, i};
		}
	}
	qsort(out, count, sizeof(*out), by_start);
	return count;
}

static void check_overlap(struct config_reader *r, config_setting_t *list, const struct window *windows,
			  unsigned n)
{
	_cleanup_(freep) struct stretch *rows = config_alloc(r, 8 * (size_t)n, sizeof(*rows));
	_cleanup_(freep) bool *said = config_alloc(r, n, sizeof(*said));
	size_t count = rows && said ? stretches_of(windows, n, rows) : 0;

	for (size_t i = 1, last = 0; i < count; i++) {
		unsigned one = MIN(rows[i].element, rows[last].element),
			 two = MAX(rows[i].element, rows[last].element);

		if (rows[i].start < rows[last].end && one != two && !said[two]) {
			said[two] = true;
			config_fault(r, config_setting_get_elem(list, two), "must not overlap with \"%s\"",
				     config_setting_get_string_elem(list, (int)one));
		}
		if (rows[i].end > rows[last].end)
			last = i;
	}
}

static int by_day(const void *a, const void *b)
{
	const struct policy_window *x = a, *y = b;

	return x->weekday != y->weekday ? x->weekday - y->weekday : x->start_minute - y->start_minute;
}

static void store(const struct window *windows, unsigned n, struct policy_window *out, size_t *count)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned day = 0; day < 7; day++)
			if (windows[i].days[day])
				out[(*count)++] =
				    (struct policy_window){.weekday = (uint8_t)day,
							   .start_minute = (uint16_t)windows[i].start,
							   .end_minute = (uint16_t)windows[i].end};
	qsort(out, *count, sizeof(*out), by_day);
}

static bool window_read(struct config_reader *r, config_setting_t *setting, struct window *window)
{
	if (config_setting_type(setting) == CONFIG_TYPE_STRING &&
	    window_parse(config_setting_get_string(setting), window) == 0)
		return true;
	config_fault(r, setting,
		     "must be days and times such as \"mon-thu 07:30-16:00\", \"sat,sun 08:00-24:00\" or "
		     "\"fri 22:00-02:00\"");
	*window = (struct window){0};
	return false;
}

static int read_windows(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			void *base)
{
	unsigned n = (unsigned)config_setting_length(setting);
	_cleanup_(freep) struct window *windows = NULL;
	struct policy_window *out;
	bool sound = true;

	if (config_list_length(r, setting, key->least, key->most))
		return 1;
	windows = config_alloc(r, n, sizeof(*windows));
	out = config_alloc(r, 7 * (size_t)n, sizeof(*out));
	*(struct policy_window **)((char *)base + key->to) = out;
	if (!windows || !out)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		sound &= window_read(r, config_setting_get_elem(setting, i), &windows[i]);
	if (sound)
		check_overlap(r, setting, windows, n);
	store(windows, n, out, (size_t *)((char *)base + key->count_to));
	return 1;
}

const struct config_kind config_windows = {
    CONFIG_TYPE_LIST, "must be a list of windows, ( \"mon-fri 07:30-16:00\" )", read_windows};
