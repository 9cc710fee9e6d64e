/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a full disk during an outage must not cost the proof of it. Bounded: what is oldest and over goes
 * first.
 */
#include "evidence_rows.h"
#include <errno.h>
#include <string.h>
#include "../lib/cleanup.h"

/* ---- outages ---- */

static void outage_drop(struct evidence_rows *rows, unsigned i)
{
	rows->n_outages--;
	memmove(&rows->outages[i], &rows->outages[i + 1], (rows->n_outages - i) * sizeof(*rows->outages));
}

void evidence_rows_adopt(struct evidence_rows *rows, const struct ledger_outage *outage)
{
	if (rows->n_outages == EVIDENCE_OUTAGES)
		outage_drop(rows, 0);
	rows->outages[rows->n_outages++] = *outage;
}

void evidence_rows_began(struct evidence_rows *rows, enum ledger_outage_cause cause, int64_t wall_usec)
{
	const struct ledger_outage outage = {.began_wall_usec = wall_usec, .cause = cause};

	evidence_rows_adopt(rows, &outage);
}

/* A clock that was set back meanwhile makes no outage of negative length. */
void evidence_rows_ended(struct evidence_rows *rows, int64_t wall_usec)
{
	struct ledger_outage *last = rows->n_outages ? &rows->outages[rows->n_outages - 1] : NULL;

	if (last && !last->ended_wall_usec)
		last->ended_wall_usec = MAX(wall_usec, last->began_wall_usec);
}

static int save_outage(struct ledger_outage *outage, struct ledger *ledger)
{
	struct ledger_outage fresh = {.began_wall_usec = outage->began_wall_usec, .cause = outage->cause};
	int r = 0;

	if (!outage->id) {
		r = ledger_outage_begin(ledger, &fresh);
		outage->id = r < 0 ? 0 : fresh.id;
	}
	if (r >= 0 && outage->ended_wall_usec)
		r = ledger_outage_end(ledger, outage->id, outage->ended_wall_usec);
	return r == -ENOENT ? 0 : r;
}

static int save_outages(struct evidence_rows *rows, struct ledger *ledger)
{
	for (unsigned i = 0; i < rows->n_outages;) {
		struct ledger_outage *outage = &rows->outages[i];
		int r = outage->id && !outage->ended_wall_usec ? 0 : save_outage(outage, ledger);

		if (r < 0)
			return r;
		if (outage->ended_wall_usec)
			outage_drop(rows, i);
		else
			i++;
	}
	return 0;
}

/* ---- minutes ---- */

static struct evidence_day *day_of(struct evidence_rows *rows, int32_t day)
{
	for (unsigned i = 0; i < rows->n_days; i++)
		if (rows->days[i].sum.day == day)
			return &rows->days[i];
	if (rows->n_days == EVIDENCE_DAYS) {
		rows->n_days--;
		memmove(rows->days, rows->days + 1, rows->n_days * sizeof(*rows->days));
	}
	rows->days[rows->n_days] = (struct evidence_day){.sum.day = day};
	return &rows->days[rows->n_days++];
}

static void add_target(struct evidence_day *day, const struct addr *address, uint32_t sent, uint32_t answered)
{
	unsigned i = 0;

	while (i < day->n_targets && !addr_equal(&day->targets[i].address, address))
		i++;
	if (i == OUTAGE_TARGETS)
		return;
	if (i == day->n_targets)
		day->targets[day->n_targets++] =
		    (struct ledger_target){.day = day->sum.day, .address = *address};
	day->targets[i].sent += sent;
	day->targets[i].answered += answered;
}

void evidence_rows_minute(struct evidence_rows *rows, const struct ledger_availability *minute,
			  const struct minute *raw, const struct addr *targets, size_t n_targets)
{
	struct evidence_day *day;

	if (!minute->measured_min && !minute->sent)
		return;
	day = day_of(rows, minute->day);
	day->sum.measured_min += minute->measured_min;
	day->sum.down_min += minute->down_min;
	day->sum.carrier_min += minute->carrier_min;
	day->sum.silent_min += minute->silent_min;
	day->sum.loss_min += minute->loss_min;
	day->sum.sent += minute->sent;
	day->sum.answered += minute->answered;
	for (unsigned i = 0; i < n_targets && i < OUTAGE_TARGETS; i++)
		if (raw->sent[i])
			add_target(day, &targets[i], raw->sent[i], raw->answered[i]);
}

static int add_day(struct evidence_day *day, struct ledger *ledger)
{
	int r = ledger_availability_add(ledger, &day->sum);

	for (unsigned i = 0; i < day->n_targets && r >= 0; i++)
		r = ledger_target_add(ledger, &day->targets[i]);
	return r;
}

/* All of it or nothing. */
static int save_day(struct evidence_day *day, struct ledger *ledger)
{
	int r = ledger_begin(ledger);

	if (r < 0)
		return r;
	r = add_day(day, ledger);
	if (r >= 0)
		return ledger_commit(ledger, false);
	ledger_rollback(ledger);
	return r;
}

int evidence_rows_save(struct evidence_rows *rows, struct ledger *ledger)
{
	int r = save_outages(rows, ledger);

	while (r >= 0 && rows->n_days) {
		r = save_day(&rows->days[0], ledger);
		if (r < 0)
			break;
		rows->n_days--;
		memmove(rows->days, rows->days + 1, rows->n_days * sizeof(*rows->days));
	}
	return r < 0 ? r : 0;
}
