// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: a report is worth what it says of a month in which something happened. `report-city DIRECTORY FROM
 * UNTIL ROWS-FROM SEED [calm] [unrecorded] [unclosed] TIME=CONFIGURATION...` makes DIRECTORY/ledger.db: the
 * days [FROM, UNTIL) (YYYY-MM-DD, local), with rows of five minutes from ROWS-FROM on, as if each
 * CONFIGURATION had been loaded at its TIME ("YYYY-MM-DD HH:MM"). It takes a configuration as the product
 * does and writes the ledger by the ledger's own code; it must never write what the ledger would refuse.
 */
#include "report_city.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../ledger/civil.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"
#include "../../policy/calendar.h"
#include "../../policy/config.h"

#define SEC_NEVER INT64_MAX

uint64_t tale_dice(const struct tale *tale, uint64_t a, uint64_t b)
{
	uint64_t x = tale->city.seed * UINT64_C(0x9e3779b97f4a7c15) + a * UINT64_C(0xbf58476d1ce4e5b9) +
		     b * UINT64_C(0x94d049bb133111eb);

	for (int i = 0; i < 2; i++) {
		x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	}
	return x ^ (x >> 31);
}

/* Asked for hundreds of subjects at the same instants: what a schedule said last is kept. */
bool tale_inside(const struct tale *tale, const struct policy_schedule *schedule, int64_t sec)
{
	static struct {
		const struct policy_schedule *schedule;
		int64_t sec;
		bool inside;
	} kept[16];
	size_t at = ((uintptr_t)schedule / sizeof(*schedule)) % ELEMENTS(kept);

	if (kept[at].schedule != schedule || kept[at].sec != sec) {
		kept[at].inside =
		    calendar_inside(tale->stages[tale->n_stages - 1].policy, schedule, sec * USEC_PER_SEC);
		kept[at].schedule = schedule;
		kept[at].sec = sec;
	}
	return kept[at].inside;
}

const struct span *tale_span(const struct span *spans, size_t n, int64_t sec)
{
	for (size_t i = 0; i < n; i++)
		if (sec >= spans[i].from_sec && sec < spans[i].until_sec)
			return &spans[i];
	return NULL;
}

/* ---- how busy ---- */

static double load(const struct ledger_city *city, size_t i, int64_t at)
{
	const struct tale *tale = tale_of(city);
	const struct trait *trait = &tale->traits[i];
	const bool zone = i >= city->offices;
	bool open;

	if (at < trait->from_sec || at >= trait->until_sec)
		return -1;
	if (tale_span(tale->outages, tale->n_outages, at))
		return 0;
	if (zone && at < civil_midnight_usec(city->rows_from) / USEC_PER_SEC)
		return 0.6;
	open = tale_inside(tale, trait->open, at);
	if (zone)
		return open && !(trait->not_during && tale_inside(tale, trait->not_during, at)) ? 1.0 : 0.0;
	return open ? 1.0 : 0.12;
}

/* What of a row's five minutes is not in a gap. */
static double measured(const struct ledger_city *city, int64_t at)
{
	const struct tale *tale = tale_of(city);
	int64_t seconds = LEDGER_ROW_SEC;

	for (size_t i = 0; i < tale->n_gaps; i++) {
		int64_t from = MAX(tale->gaps[i].from_sec, at),
			until = MIN(tale->gaps[i].until_sec, at + LEDGER_ROW_SEC);

		seconds -= until > from ? until - from : 0;
	}
	return (double)MAX(seconds, 0);
}

/* ---- who there is ---- */

static size_t find(const struct tale *tale, const char *id, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		if (strcmp(tale->subjects[i].id, id) == 0)
			return i;
	return SIZE_MAX;
}

static void add(struct tale *tale, const char *id, unsigned *count, size_t first, uint64_t rate_bps)
{
	static const double use[] = {0.1, 0.15, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.7, 0.95},
			    hunger[] = {1, 1, 1, 0.5, 12};
	size_t i = first + (*count)++;
	uint64_t luck = tale_dice(tale, 1, i);

	tale->subjects[i].mean_bps = (double)rate_bps * use[luck % ELEMENTS(use)];
	tale->subjects[i].hunger = hunger[luck / 64 % ELEMENTS(hunger)];
	snprintf(tale->subjects[i].id, sizeof(tale->subjects[i].id), "%s", id);
	tale->traits[i] = (struct trait){.from_sec = SEC_NEVER, .until_sec = SEC_NEVER};
}

/* From the stage on in which it first is; until the one in which it is no more. */
static void there(const struct tale *tale, size_t stage, size_t i, const struct policy_schedule *open,
		  const struct policy_schedule *not_during)
{
	const struct policy *last = tale->stages[tale->n_stages - 1].policy;
	struct trait *trait = &tale->traits[i];

	if (trait->from_sec == SEC_NEVER)
		trait->from_sec = stage ? tale->stages[stage].wall_usec / USEC_PER_SEC : INT64_MIN;
	trait->open = policy_schedule(last, open->id);
	trait->not_during = not_during ? policy_schedule(last, not_during->id) : NULL;
}

static void offices(struct tale *tale, size_t stage)
{
	const struct policy *policy = tale->stages[stage].policy;

	for (size_t i = 0; i < policy->n_offices; i++) {
		const struct policy_office *office = &policy->offices[i];

		if (find(tale, office->id, 0, tale->city.offices) == SIZE_MAX)
			add(tale, office->id, &tale->city.offices, 0, office->inside.guaranteed.down_bps);
		there(tale, stage, find(tale, office->id, 0, tale->city.offices), office->schedule, NULL);
	}
}

static void zones(struct tale *tale, size_t stage)
{
	const struct policy *policy = tale->stages[stage].policy;
	size_t first = tale->city.offices;

	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		if (find(tale, zone->id, first, first + tale->city.zones) == SIZE_MAX)
			add(tale, zone->id, &tale->city.zones, first, zone->share.guaranteed.down_bps * 2);
		there(tale, stage, find(tale, zone->id, first, first + tale->city.zones), zone->open,
		      zone->not_during);
	}
}

static bool knows(const struct policy *policy, const struct tale *tale, size_t i)
{
	return i < tale->city.offices ? policy_office(policy, tale->subjects[i].id) != NULL
				      : policy_zone(policy, tale->subjects[i].id) != NULL;
}

static int populate(struct tale *tale)
{
	size_t most = 1;

	for (size_t i = 0; i < tale->n_stages; i++)
		most += tale->stages[i].policy->n_offices + tale->stages[i].policy->n_zones;
	tale->subjects = calloc(most, sizeof(*tale->subjects));
	tale->traits = calloc(most, sizeof(*tale->traits));
	if (!tale->subjects || !tale->traits)
		return -ENOMEM;
	for (size_t i = 0; i < tale->n_stages; i++)
		offices(tale, i);
	for (size_t i = 0; i < tale->n_stages; i++)
		zones(tale, i);
	for (size_t stage = 1; stage < tale->n_stages; stage++)
		for (size_t i = 0; i < tale->city.offices + tale->city.zones; i++)
			if (!knows(tale->stages[stage].policy, tale, i) &&
			    tale->traits[i].from_sec < tale->stages[stage].wall_usec / USEC_PER_SEC)
				tale->traits[i].until_sec = MIN(tale->traits[i].until_sec,
								tale->stages[stage].wall_usec / USEC_PER_SEC);
	tale->city.named = tale->subjects;
	return 0;
}

/* ---- a day ---- */

static int morning(struct ledger *ledger, const struct ledger_city *city, int32_t day)
{
	return tale_record(ledger, tale_of(city), day);
}

static int evening(struct ledger *ledger, const struct ledger_city *city, int32_t day)
{
	const struct tale *tale = tale_of(city);
	int r = tale_terms(ledger, tale, day);

	if (r == 0)
		r = tale_watch(ledger, tale, day);
	return r == 0 ? tale_happen(ledger, tale, day) : r;
}

/* ---- what was typed ---- */

static int read_stage(struct tale *tale, char *word)
{
	char *path = strchr(word, '=');
	struct stage *stage = &tale->stages[tale->n_stages];
	struct config_report report = {0};
	int r = -EINVAL;

	if (!path || tale->n_stages == TALE_STAGES)
		return -EINVAL;
	*path++ = '\0';
	r = config_load(path, &stage->policy, &report); /* also sets the time zone */
	for (size_t i = 0; i < report.n_faults; i++)
		fprintf(stderr, "%s\n", report.faults[i]);
	config_report_clear(&report);
	if (r == 0)
		r = clock_parse(word, &stage->wall_usec);
	tale->n_stages += r == 0;
	return r > 0 ? -EINVAL : r;
}

static int read_day(const char *word, int32_t *day)
{
	char text[32];
	int64_t wall_usec;

	snprintf(text, sizeof(text), "%s 12:00", word);
	if (clock_parse(text, &wall_usec) < 0)
		return -EINVAL;
	*day = calendar_day_of(wall_usec);
	return 0;
}

static int read_all(struct tale *tale, int argc, char **argv)
{
	int r = argc < 7 ? -EINVAL : 0;

	for (int i = 6; r == 0 && i < argc; i++) {
		if (strcmp(argv[i], "calm") == 0)
			tale->calm = true;
		else if (strcmp(argv[i], "unrecorded") == 0)
			tale->unrecorded = true;
		else if (strcmp(argv[i], "unclosed") == 0)
			tale->city.close = false;
		else
			r = read_stage(tale, argv[i]);
	}
	if (r == 0 && tale->n_stages == 0)
		r = -EINVAL;
	if (r == 0)
		r = read_day(argv[2], &tale->city.from_day);
	if (r == 0)
		r = read_day(argv[3], &tale->city.until_day);
	if (r == 0)
		r = read_day(argv[4], &tale->city.rows_from);
	if (r == 0)
		tale->city.seed = strtoull(argv[5], NULL, 10);
	return r;
}

static struct tale tale = {.city = {.close = true,
				    .load = load,
				    .measured = measured,
				    .morning = morning,
				    .evening = evening,
				    .userdata = &tale}};

int main(int argc, char **argv)
{
	struct ledger *ledger = NULL;
	int r = read_all(&tale, argc, argv);

	if (r < 0) {
		fprintf(stderr,
			"report-city DIRECTORY FROM UNTIL ROWS-FROM SEED [calm] [unrecorded] [unclosed] "
			"TIME=CONFIGURATION...\n");
		return 2;
	}
	r = populate(&tale);
	tale_spans(&tale);
	if (r == 0)
		r = ledger_open(argv[1], &ledger);
	if (r == 0)
		r = ledger_city_make(ledger, &tale.city);
	if (r < 0)
		fprintf(stderr, "report-city: %s: %s\n", strerror(-r),
			ledger ? ledger_error(ledger) : argv[1]);
	ledger_close(ledger);
	for (size_t i = 0; i < tale.n_stages; i++)
		policy_free(tale.stages[i].policy);
	free(tale.subjects);
	free(tale.traits);
	return r < 0;
}
