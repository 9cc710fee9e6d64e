// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * iCalendar to a list of days, through libical. Its walker over occurrences makes an all-day span a day too
 * long, so only starts come from it; the length is DTEND less DTSTART. What is not understood is refused,
 * never guessed: a holiday decides who gets which bandwidth. Nothing here may run longer than the bounds in
 * holidays.h allow.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <libical/ical.h>
#include "../lib/cleanup.h"
#include "calendar.h"
#include "config_reader.h"
#include "holidays.h"

enum { NAME_MOST = 127, SPAN_MOST = 366, STEPS_MOST = 4096 };

struct reading {
	struct policy_holiday *days;
	size_t n;
	unsigned line; /* of the event at hand */
	bool full;
	holidays_fault *fault;
	void *context;
};

static void refuse(const struct reading *in, const char *rule, const char *value)
{
	in->fault(in->context, in->line, rule, value ? value : "");
}

/* A name for people: one line of sound text. */
static char *name_of(icalcomponent *event)
{
	const char *summary = icalcomponent_get_summary(event);
	char *name = strndup(summary && *summary ? summary : "Hari libur", NAME_MOST);

	if (!name)
		return NULL;
	for (char *c = name; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	for (size_t n = strlen(name); n > 0 && !config_is_text(name); n--) /* a character cut in two */
		if (strlen(name) == NAME_MOST && n > NAME_MOST - 3)
			name[n - 1] = '\0';
		else
			break;
	for (char *c = name; !config_is_text(name) && *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return name;
}

static int add_day(struct reading *in, int32_t day, const char *name)
{
	if (in->n >= HOLIDAYS_DAYS_MOST) {
		if (!in->full)
			refuse(in, "holidays: a file must have at most 4096 days", name);
		in->full = true;
		return 0;
	}
	in->days[in->n] = (struct policy_holiday){.day = day, .name = strdup(name)};
	return in->days[in->n++].name ? 0 : -ENOMEM;
}

static int add_span(struct reading *in, int32_t start, int span, const char *name)
{
	int error = 0;

	for (int i = 0; i < span && error == 0 && !in->full; i++)
		error = add_day(in, start + i, name);
	return error;
}

static bool day_of(struct icaltimetype time, int32_t *day)
{
	if (!time.is_date || time.year < 2000 || time.year > 2199 || time.month < 1 || time.day < 1 ||
	    !calendar_date_valid(time.year, time.month, time.day))
		return false;
	*day = calendar_day(time.year, time.month, time.day);
	return true;
}

/* DTSTART and the number of days; 0 where it is no all-day event of a sensible length. */
static int span_of(const struct reading *in, icalcomponent *event, int32_t *start)
{
	icalproperty *end = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	icalproperty *length = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	icalproperty *begin = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
	struct icaldurationtype duration;
	int32_t stop;

	if (!begin || !day_of(icalproperty_get_dtstart(begin), start)) {
		refuse(in, "DTSTART: must be a date without a time (an all-day event), 2000 to 2199",
		       begin ? icalproperty_get_value_as_string(begin) : "");
		return 0;
	}
	stop = *start + 1;
	if (end && !day_of(icalproperty_get_dtend(end), &stop))
		stop = *start;
	if (!end && length) {
		duration = icalproperty_get_duration(length);
		stop = *start;
		if (!duration.is_neg && !duration.hours && !duration.minutes && !duration.seconds &&
		    duration.weeks <= 52 && duration.days <= SPAN_MOST)
			stop += (int)(7 * duration.weeks + duration.days);
	}
	if (stop > *start && stop - *start <= SPAN_MOST)
		return stop - *start;
	refuse(in, "DTEND: must be a date after DTSTART, at most 366 days, without a time",
	       end	? icalproperty_get_value_as_string(end)
	       : length ? icalproperty_get_value_as_string(length)
			: "");
	return 0;
}

/* libical's iterator is only trusted for FREQ=YEARLY, by month and day at most. */
static bool rule_understood(const char *rule)
{
	static const char *const parts[] = {
	    "FREQ=YEARLY", "COUNT=", "UNTIL=", "INTERVAL=", "BYMONTH=", "BYMONTHDAY=", "BYDAY=", "WKST="};
	size_t length;

	if (!strcasestr(rule, "FREQ=YEARLY"))
		return false;
	for (; *rule; rule += length + (rule[length] == ';')) {
		size_t i = 0;

		length = strcspn(rule, ";");
		while (i < ELEMENTS(parts) && strncasecmp(rule, parts[i], strlen(parts[i])))
			i++;
		if (i == ELEMENTS(parts))
			return false;
	}
	return true;
}

static int add_yearly(struct reading *in, icalproperty *property, int32_t start, int span, const char *name)
{
	const char *text = icalproperty_get_value_as_string(property);
	struct icalrecurrencetype rule = icalproperty_get_rrule(property);
	struct icaltimetype first = {.is_date = 1}; /* icaltime_null_date() has an hour of -1 */
	icalrecur_iterator *steps;
	int error = 0;

	if (!text || !rule_understood(text)) {
		refuse(in, "RRULE: must be FREQ=YEARLY, by month, day or weekday at most", text);
		return 0;
	}
	calendar_civil(start, &first.year, &first.month, &first.day);
	steps = icalrecur_iterator_new(rule, first);
	if (!steps) {
		refuse(in, "RRULE: must be a rule as in RFC 5545", text);
		return 0;
	}
	for (int i = 0; i < STEPS_MOST && error == 0 && !in->full; i++) {
		struct icaltimetype next = icalrecur_iterator_next(steps);
		int32_t day;

		if (icaltime_is_null_time(next) || next.year > HOLIDAYS_YEAR_LAST)
			break;
		next.is_date = 1;
		if (next.year >= HOLIDAYS_YEAR_FIRST && day_of(next, &day))
			error = add_span(in, day, span, name);
	}
	icalrecur_iterator_free(steps);
	return error;
}

/* What would change the days, but is not understood here. */
static bool has_exceptions(const struct reading *in, icalcomponent *event)
{
	static const struct {
		icalproperty_kind kind;
		const char *rule;
	} kinds[] = {
	    {ICAL_RDATE_PROPERTY, "RDATE: must be events of their own"},
	    {ICAL_EXDATE_PROPERTY, "EXDATE: must not be there: exceptions are not understood"},
	    {ICAL_EXRULE_PROPERTY, "EXRULE: must not be there: exceptions are not understood"},
	    {ICAL_RECURRENCEID_PROPERTY, "RECURRENCE-ID: must not be there: exceptions are not understood"},
	};

	for (size_t i = 0; i < ELEMENTS(kinds); i++) {
		icalproperty *property = icalcomponent_get_first_property(event, kinds[i].kind);

		if (property) {
			refuse(in, kinds[i].rule, icalproperty_get_value_as_string(property));
			return true;
		}
	}
	return false;
}

static int add_event(struct reading *in, icalcomponent *event)
{
	_cleanup_(freep) char *name = name_of(event);
	icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
	int32_t start;
	int span;

	if (!name)
		return -ENOMEM;
	if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED || has_exceptions(in, event))
		return 0;
	span = span_of(in, event, &start);
	if (span == 0)
		return 0;
	return rule ? add_yearly(in, rule, start, span, name) : add_span(in, start, span, name);
}

/* libical does not say where an event stood: the n-th is the n-th BEGIN:VEVENT of the text. */
static const char *next_event(const char *text, unsigned *line)
{
	for (const char *end; text && *text; text = end) {
		bool found = !strncasecmp(text, "BEGIN:VEVENT", 12);

		end = strchr(text, '\n');
		end = end ? end + 1 : text + strlen(text);
		if (found)
			return end; /* *line: of the BEGIN */
		++*line;
	}
	return NULL;
}

static int add_events(struct reading *in, icalcomponent *calendar, const char *text)
{
	int error = 0;

	for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	     event && error == 0 && !in->full;
	     event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
		text = text ? next_event(text, &in->line) : NULL;
		error = add_event(in, event);
		in->line +=
		    text !=
		    NULL; /* libical takes more for an event than we do: then the last line is named */
	}
	return error;
}

static int add_calendar(struct reading *in, const char *text)
{
	icalcomponent *calendar = icalparser_parse_string(text);
	char first[64];
	int error = 0;

	if (calendar && icalcomponent_isa(calendar) == ICAL_VCALENDAR_COMPONENT) {
		error = add_events(in, calendar, text);
	} else {
		snprintf(first, sizeof(first), "%.*s", (int)MIN(strcspn(text, "\r\n"), sizeof(first) - 1),
			 text);
		refuse(in, "calendar: must be one VCALENDAR (RFC 5545)", first);
	}
	if (calendar)
		icalcomponent_free(calendar);
	icalmemory_free_ring();
	return error;
}

int holidays_parse(const char *text, struct policy_holiday **days, size_t *n, holidays_fault *fault,
		   void *context)
{
	struct reading in = {.line = 1, .fault = fault, .context = context};
	int error;

	in.days = calloc(HOLIDAYS_DAYS_MOST, sizeof(*in.days));
	if (!in.days)
		return -ENOMEM;
	error = add_calendar(&in, text);
	if (error) {
		for (size_t i = 0; i < in.n; i++)
			free(in.days[i].name);
		free(in.days);
		return error;
	}
	*days = in.days;
	*n = in.n;
	return 0;
}
