/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stretch of simulated time: walks from change to change as the daemon does and prints what each brings.
 * Reads no clock.
 *
 * usage: simulate CONFIG FROM TO [full]
 * One line a change: time, phase, offices by schedule (+ inside, - outside, how many), zones (+ open, -
 * closed), cause. With `full` one line an office, zone and phase that changes, without causes: what
 * calendar_oracle.py recomputes.
 */
#include <stdlib.h>
#include <string.h>
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "policy/config.h"
#include "policy/describe.h"

static void die(const char *what, const char *value)
{
	fprintf(stderr, "simulate: %s: %s\n", what, value);
	exit(2);
}

static bool inside(const struct planner_input *in, const struct policy_office *office)
{
	return planner_office_state(in, office) == OFFICE_INSIDE;
}

/* `before` NULL: everything is news. */
static bool phase_is_news(const struct planner_input *before, const struct planner_input *now)
{
	return !before || planner_public_phase(before) != planner_public_phase(now);
}

static bool office_is_news(const struct planner_input *before, const struct planner_input *now,
			   const struct policy_office *office)
{
	return !before || inside(before, office) != inside(now, office);
}

static bool zone_is_news(const struct planner_input *before, const struct planner_input *now,
			 const struct policy_zone *zone)
{
	return !before || planner_zone_open(before, zone) != planner_zone_open(now, zone);
}

static void print_full(const struct planner_input *before, const struct planner_input *now)
{
	const struct policy *p = now->policy;
	char time[CLOCK_TEXT];

	clock_text(now->now.wall_usec, time);
	if (phase_is_news(before, now))
		printf("%s phase - %s\n", time, planner_public_phase(now) ? "public" : "office");
	for (size_t i = 0; i < p->n_offices; i++)
		if (office_is_news(before, now, &p->offices[i]))
			printf("%s office %s %s\n", time, p->offices[i].id,
			       inside(now, &p->offices[i]) ? "inside" : "outside");
	for (size_t i = 0; i < p->n_zones; i++)
		if (zone_is_news(before, now, &p->zones[i]))
			printf("%s zone %s %s\n", time, p->zones[i].id,
			       planner_zone_open(now, &p->zones[i]) ? "open" : "closed");
}

static void print_schedule(const struct planner_input *before, const struct planner_input *now,
			   const struct policy_schedule *schedule)
{
	const struct policy *p = now->policy;
	bool state = false;
	unsigned n = 0;

	for (size_t i = 0; i < p->n_offices; i++)
		if (p->offices[i].schedule == schedule && office_is_news(before, now, &p->offices[i])) {
			state = inside(now, &p->offices[i]);
			n++;
		}
	if (n)
		printf("  %c%s*%u", state ? '+' : '-', schedule->id, n);
}

/* As one where all do the same. */
static void print_zones(const struct planner_input *before, const struct planner_input *now)
{
	const struct policy *p = now->policy;
	size_t opened = 0, closed = 0;

	for (size_t i = 0; i < p->n_zones; i++)
		if (zone_is_news(before, now, &p->zones[i]))
			++*(planner_zone_open(now, &p->zones[i]) ? &opened : &closed);
	if (p->n_zones && (opened == p->n_zones || closed == p->n_zones)) {
		printf("  %czones*%zu", opened ? '+' : '-', p->n_zones);
		return;
	}
	for (size_t i = 0; i < p->n_zones; i++)
		if (zone_is_news(before, now, &p->zones[i]))
			printf("  %c%s", planner_zone_open(now, &p->zones[i]) ? '+' : '-', p->zones[i].id);
}

static void print_line(const struct planner_input *before, const struct planner_input *now, const char *cause)
{
	const struct policy *p = now->policy;
	struct tm tm = clock_local(now->now.wall_usec);
	char time[32];

	strftime(time, sizeof(time), "%a %Y-%m-%d %H:%M", &tm);
	printf("%s", time);
	if (phase_is_news(before, now))
		printf("  %s", planner_public_phase(now) ? "public" : "office");
	for (size_t i = 0; i < p->n_schedules; i++)
		print_schedule(before, now, &p->schedules[i]);
	print_zones(before, now);
	printf("  [%s]\n", cause);
}

static void walk(struct planner_input in, int64_t end, bool full)
{
	struct planner_input before = in;

	if (full)
		print_full(NULL, &in);
	else
		print_line(NULL, &in, "-");
	for (;;) {
		struct planner_change change = planner_next(&before);
		_cleanup_(freep) char *cause = describe_cause(&change, in.policy->language);

		if (!change.wall_usec || change.wall_usec >= end)
			return;
		in.now.wall_usec = change.wall_usec;
		if (full)
			print_full(&before, &in);
		else
			print_line(&before, &in, cause);
		before = in;
	}
}

int main(int argc, char **argv)
{
	struct config_report report;
	struct policy *policy = NULL;
	struct planner_input in = {0};
	int64_t end;

	if (argc < 4)
		die("usage", "simulate CONFIG FROM TO [full]");
	if (config_load(argv[1], &policy, &report) != 0)
		die("refused", report.n_faults ? report.faults[0] : argv[1]);
	config_report_clear(&report);
	in.policy = policy;
	if (clock_parse(argv[2], &in.now.wall_usec) < 0 || clock_parse(argv[3], &end) < 0)
		die("not a time", argv[2]);
	walk(in, end, argc > 4 && strcmp(argv[4], "full") == 0);
	policy_free(policy);
	return 0;
}
