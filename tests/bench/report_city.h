/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A city with a story, for reports: who was configured when, at which hours each is busy, when the line was down, what was not measured, what was
 * corrected, who came to the parks. All of it follows from configurations and a seed: the same ones give the same ledger.
 */
#include "ledger_city.h"
#include "../../policy/policy.h"

struct stage { int64_t wall_usec; struct policy *policy; }; /* from when on it was configured; the first one: from ever */
struct span { int64_t from_sec, until_sec; unsigned cause; bool lost; };
#define TALE_STAGES 16
#define TALE_SPANS 512
struct tale {
	struct ledger_city city;
	struct stage stages[TALE_STAGES];
	size_t n_stages;
	bool calm;	 /* a month as one would wish it, else as many troubles as a test needs */
	bool unrecorded; /* months have no record */
	struct ledger_city_subject *subjects;
	struct trait { int64_t from_sec, until_sec; const struct policy_schedule *open, *not_during; } *traits; /* as many */
	struct span outages[TALE_SPANS], gaps[TALE_SPANS];
	size_t n_outages, n_gaps;
};
static inline const struct tale *tale_of(const struct ledger_city *city) { return city->userdata; }

/* A number for each pair, always the same. */
uint64_t tale_dice(const struct tale *tale, uint64_t a, uint64_t b);
bool tale_inside(const struct tale *tale, const struct policy_schedule *schedule, int64_t sec);
const struct span *tale_span(const struct span *spans, size_t n, int64_t sec); /* in which it lies, or NULL */

/* report_city_spans.c: when the line was down and when nobody measured. */
void tale_spans(struct tale *tale);
int tale_watch(struct ledger *ledger, const struct tale *tale, int32_t day); /* availability, outages, gaps, tests, openings of the day */

/* report_city_events.c: what happened to offices and zones on a day. */
int tale_happen(struct ledger *ledger, const struct tale *tale, int32_t day);

/* report_city_terms.c: what was agreed. Those stages that begin on that day. */
int tale_terms(struct ledger *ledger, const struct tale *tale, int32_t day);
/* The record of the month before, on the first day of another. */
int tale_record(struct ledger *ledger, const struct tale *tale, int32_t day);
