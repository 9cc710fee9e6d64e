// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values as people write them in their language: durations, rates, volumes, moments. Patterns and words come
 * from the catalogues;
 * "~" in a pattern keeps a number on the line of what it counts. No locale of the system is used: there is
 * none to rely on.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "texts.h"

#define NO_BREAK "\xc2\xa0"

static const char *const weekdays[7] = {
    N_("Sunday"), N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
};
static const char *const months[12] = {
    N_("January"), N_("February"), N_("March"),	    N_("April"),   N_("May"),	   N_("June"),
    N_("July"),	   N_("August"),   N_("September"), N_("October"), N_("November"), N_("December"),
};

/* The pattern with its values, as far as it fits. */
static void fill(char out[static TEXT_VALUE], const char *pattern, const char *const values[])
{
	size_t length = 0;

	for (; *pattern && length < TEXT_VALUE - 1; length = strlen(out)) {
		if (pattern[0] == '{' && pattern[1] == '}') {
			snprintf(out + length, TEXT_VALUE - length, "%s", *values ? *values++ : "");
			pattern += 2;
			continue;
		}
		snprintf(out + length, TEXT_VALUE - length, *pattern == '~' ? NO_BREAK : "%.1s", pattern);
		pattern++;
	}
}

#define FILL(out, pattern, ...) (*(out) = '\0', fill(out, pattern, (const char *const[]){__VA_ARGS__, NULL}))

/* Only Indonesia's languages and English are expected: one form, or one for 1 and one for all else. */
static void count(enum language language, int64_t n, const char *one, const char *many,
		  char out[static TEXT_VALUE])
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)n);
	FILL(out, text_of(language, n == 1 ? one : many), number);
}

const char *text_duration(enum language language, int64_t seconds, char out[static TEXT_VALUE])
{
	char hours[24], minutes[24];

	seconds = CLAMP(seconds, 0, (int64_t)9999 * 3600);
	if (seconds < 60) {
		count(language, seconds, N_("{}~second"), N_("{}~seconds"), out);
		return out;
	}
	if (seconds < 3600) {
		count(language, seconds / 60, N_("{}~minute"), N_("{}~minutes"), out);
		return out;
	}
	if (seconds / 60 % 60 == 0) {
		count(language, seconds / 3600, N_("{}~hour"), N_("{}~hours"), out);
		return out;
	}
	snprintf(hours, sizeof(hours), "%d", (int)(seconds / 3600));
	snprintf(minutes, sizeof(minutes), "%d", (int)(seconds / 60 % 60));
	/* TRANSLATORS: hours and minutes. "~" is a space that keeps both on one line. */
	FILL(out, text_of(language, N_("{}~h {}~min")), hours, minutes);
	return out;
}

/* "10.0 Mbit/s" -> "10 Mbit/s"; "1.24 GB" -> "1,24 GB" in Indonesian. */
static const char *localise(enum language language, const char *human, char out[static TEXT_VALUE])
{
	size_t number = strcspn(human, " "), digits = number;
	/* TRANSLATORS: how you write one and a half; its second character is taken as the decimal sign. */
	const char *sign = text_of(language, N_("1.5"));

	if (memchr(human, '.', number)) {
		while (human[digits - 1] == '0')
			digits--;
		if (human[digits - 1] == '.')
			digits--;
	}
	snprintf(out, TEXT_VALUE, "%.*s" NO_BREAK "%s", (int)digits, human,
		 human + number + (human[number] == ' '));
	for (size_t i = 0; i < digits; i++) {
		if (out[i] == '.' && strlen(sign) == 3)
			out[i] = sign[1];
	}
	return out;
}

const char *text_rate(enum language language, uint64_t bps, char out[static TEXT_VALUE])
{
	char human[UNITS_TEXT];

	return localise(language, units_rate_human(bps, human), out);
}

const char *text_volume(enum language language, uint64_t bytes, char out[static TEXT_VALUE])
{
	char human[UNITS_TEXT];

	return localise(language, units_volume_human(bytes, human), out);
}

/* "2026-11-24 16:00", a time that exists. */
static bool read_moment(const char *local, struct tm *out)
{
	struct tm tm = {0}, whole;

	if (sscanf(local, "%4d-%2d-%2d%*1[ T]%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		   &tm.tm_min) != 5)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	whole = tm;
	if (timegm(&whole) == -1 || whole.tm_mon != tm.tm_mon || whole.tm_mday != tm.tm_mday ||
	    whole.tm_hour != tm.tm_hour || whole.tm_min != tm.tm_min)
		return false;
	*out = whole;
	return true;
}

static int64_t floor_day(int64_t usec)
{
	int64_t day = usec / USEC_PER_DAY;

	return usec % USEC_PER_DAY < 0 ? day - 1 : day;
}

/* The portal knows no time zone: the daemon's pair of wall time and local text tells the offset. */
static int64_t days_ahead(const struct tm *local, int64_t wall_usec, int64_t now_usec)
{
	struct tm tm = *local;
	int64_t local_usec = (int64_t)timegm(&tm) * USEC_PER_SEC;
	int64_t offset = local_usec - (wall_usec - wall_usec % USEC_PER_MINUTE);

	if (now_usec == 0 || wall_usec == 0 || llabs(offset) > USEC_PER_DAY)
		return -1;
	return floor_day(local_usec) - floor_day(now_usec + offset);
}

/* Patterns for today, tomorrow (NULL: none) and any other day. */
static const char *moment(enum language language, int64_t ahead, const struct tm *tm,
			  const char *const patterns[3], char out[static TEXT_VALUE])
{
	char hour[12], minute[12], day[12], time[TEXT_VALUE];

	snprintf(hour, sizeof(hour), "%02d", tm->tm_hour);
	snprintf(minute, sizeof(minute), "%02d", tm->tm_min);
	snprintf(day, sizeof(day), "%d", tm->tm_mday);
	/* TRANSLATORS: hours and minutes of a time of day. */
	FILL(time, text_of(language, N_("{}:{}")), hour, minute);
	if ((ahead == 0 || ahead == 1) && patterns[ahead])
		FILL(out, text_of(language, patterns[ahead]), time);
	else
		FILL(out, text_of(language, patterns[2]), text_of(language, weekdays[tm->tm_wday]), day,
		     text_of(language, months[tm->tm_mon]), time);
	return out;
}

/* TRANSLATORS: weekday, day, month, time of day, in this order. "~" is a space that does not break. */
#define DATED N_("{} {}~{} at~{}")

const char *text_moment(enum language language, const char *local, int64_t wall_usec, int64_t now_usec,
			char out[static TEXT_VALUE])
{
	/* TRANSLATORS: {} is a time of day. */
	static const char *const patterns[3] = {N_("{}~today"), N_("{}~tomorrow"), DATED};
	struct tm tm;

	out[0] = '\0';
	if (!read_moment(local, &tm))
		return out;
	return moment(language, days_ahead(&tm, wall_usec, now_usec), &tm, patterns, out);
}

const char *text_since(enum language language, const char *local, int64_t wall_usec, int64_t now_usec,
		       char out[static TEXT_VALUE])
{
	/* TRANSLATORS: {} is the time of day when something began: "since 14:05". */
	static const char *const patterns[3] = {N_("since~{}"), NULL, N_("since {} {}~{} at~{}")};
	struct tm tm;

	out[0] = '\0';
	if (!read_moment(local, &tm))
		return out;
	return moment(language, days_ahead(&tm, wall_usec, now_usec), &tm, patterns, out);
}
