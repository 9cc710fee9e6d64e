/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an interval is in the ledger whole, once, and with the marks of its own end; and when it cannot be,
 * that is said once and nothing else happens. Minutes are judged here too, for they end with an interval.
 */
#include "booking_room.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "notify.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"

#define INSIDE_USEC (5 * USEC_PER_SEC) /* an interval that ends at a full minute lies before it */
#define MINUTE_SEC 60

static int64_t began(const struct booking *booking)
{
	return booking->last.wall_usec - booking->measured_usec;
}

/* ---- what was kept ---- */

static void resolve_late(struct booking *booking, const struct ledger_mark *marks, size_t n)
{
	const struct ledger_gap gap = {.from_wall_usec =
					   MIN(booking->kept_wall_usec, booking->first_wall_usec),
				       .to_wall_usec = MAX(booking->kept_wall_usec, booking->first_wall_usec),
				       .cause = booking->kept_of_boot ? LEDGER_GAP_DAEMON : LEDGER_GAP_POWER,
				       .lost = !booking->kept_of_boot};

	tally_before(booking->tally, marks, n);
	slips_gap(&booking->slips, &gap);
}

bool booking_resolve(struct booking *booking)
{
	_cleanup_(freep) struct ledger_mark *marks = NULL;
	size_t n = 0;
	int r;

	if (booking->resolved || !booking->daemon->ledger)
		return booking->resolved;
	r = ledger_marks(booking->daemon->ledger, booking->boot, &marks, &n, &booking->kept_wall_usec);
	if (r < 0 && r != -ENOENT) {
		log_error("the ledger's marks cannot be read: %s", strerror(-r));
		return false;
	}
	booking->resolved = true;
	if (r == -ENOENT) {
		booking->kept_wall_usec = 0;
		return true;
	}
	booking->kept_of_boot = n > 0;
	if (booking->tally->readings) {
		resolve_late(booking, marks, n);
	} else {
		booking->tally->begin_here = false;
		tally_restore(booking->tally, marks, n);
	}
	return true;
}

void booking_figures(struct booking *booking)
{
	int r =
	    figures_read(&booking->figures, booking->daemon->ledger, booking->tally, clock_now().wall_usec);

	if (r < 0 && r != -ENODEV)
		log_debug("the ledger's sums cannot be read: %s", strerror(-r));
}

void booking_corrected(struct booking *booking)
{
	if (booking)
		booking_figures(booking);
}

/* ---- a ledger that fails ---- */

static void say_failed(struct booking *booking, int error)
{
	const bool first = !booking->error[0];

	snprintf(booking->error, sizeof(booking->error), "%s", strerror(-error));
	if (first)
		notify_event(booking->daemon->notify, POLICY_NOTIFY_LEDGER, "alarm.ledger", "", "",
			     "no interval can be written to the ledger (%s): traffic, logins and limits go "
			     "on, sums are kept in memory",
			     booking->error);
}

static void say_well(struct booking *booking)
{
	char since[CLOCK_TEXT];

	if (booking->error[0])
		notify_event(booking->daemon->notify, POLICY_NOTIFY_LEDGER, "alarm.ledger.end", "", "",
			     "intervals are written to the ledger again: what passed since %s is booked late",
			     clock_text(booking->failed_wall_usec, since));
	booking->error[0] = '\0';
	booking->written_wall_usec = booking->last.wall_usec;
}

static void write_slips(struct booking *booking)
{
	int r = -ENODEV;

	if (booking->daemon->ledger)
		r = slips_write(&booking->slips, booking->daemon->ledger);
	else
		slips_hold(&booking->slips);
	if (booking->slips.held_from_wall_usec)
		booking->failed_wall_usec = booking->slips.held_from_wall_usec;
	if (r < 0) {
		say_failed(booking, r);
		return;
	}
	say_well(booking);
	booking_figures(booking);
}

/* ---- minutes ---- */

static void say_short(struct booking *booking, const struct ledger_shortfall *row, enum entitlement_news news)
{
	struct notify *notify = booking->daemon->notify;
	char got[UNITS_TEXT], entitled[UNITS_TEXT];

	units_rate_human(row->achieved_bps, got);
	units_rate_human(row->entitled_bps, entitled);
	if (news == ENTITLEMENT_RAISED && row->up)
		notify_event(notify, POLICY_NOTIFY_ENTITLEMENT, "alarm.entitlement", row->id, "",
			     "%s gets %s of the %s that it is entitled to, up", row->id, got, entitled);
	else if (news == ENTITLEMENT_RAISED)
		notify_event(notify, POLICY_NOTIFY_ENTITLEMENT, "alarm.entitlement", row->id, "",
			     "%s gets %s of the %s that it is entitled to, down", row->id, got, entitled);
	else if (news == ENTITLEMENT_OVER && row->up)
		notify_event(notify, POLICY_NOTIFY_ENTITLEMENT, "alarm.entitlement.end", row->id, "",
			     "%s gets what it is entitled to again, up", row->id);
	else if (news == ENTITLEMENT_OVER)
		notify_event(notify, POLICY_NOTIFY_ENTITLEMENT, "alarm.entitlement.end", row->id, "",
			     "%s gets what it is entitled to again, down", row->id);
}

static void judge_way(struct booking *booking, unsigned slot, enum plan_tree tree, int64_t minute_sec)
{
	struct tally_row *row = &booking->tally->rows[slot];
	const struct entitlement_minute minute = entitlement_end(&row->ways[tree].minute);
	struct ledger_shortfall shortfall = {.minute_sec = minute_sec,
					     .kind = row->kind,
					     .up = tree == PLAN_UP,
					     .achieved_bps = minute.achieved_bps,
					     .entitled_bps = minute.entitled_bps};

	memcpy(shortfall.id, row->id, sizeof(shortfall.id));
	if (minute.is_short) {
		row->ways[tree].flow.short_sec += MINUTE_SEC;
		slips_shortfall(&booking->slips, &shortfall);
	}
	say_short(booking, &shortfall, entitlement_alarm(&booking->alarms[slot][tree], minute.is_short));
}

/* `at` lies in the interval that ends now. */
static void judge_minute(struct booking *booking, int64_t at_wall_usec)
{
	const int64_t minute = at_wall_usec / USEC_PER_MINUTE;

	if ((booking->last.wall_usec + USEC_PER_SEC) / USEC_PER_MINUTE == minute)
		return;
	for (unsigned slot = 0; slot < PLAN_SLOTS; slot++)
		for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && booking->tally->rows[slot].kind;
		     tree++)
			judge_way(booking, slot, tree, minute * MINUTE_SEC);
}

/* ---- the end of an interval ---- */

static struct ledger_interval head_of(const struct booking *booking, int64_t at_wall_usec)
{
	const struct figures_time time = figures_time(at_wall_usec);

	return (struct ledger_interval){.end_wall_usec = booking->last.wall_usec,
					.seconds_usec = MAX(booking->measured_usec, (int64_t)1),
					.row_sec = time.row_sec,
					.hour_sec = time.hour_sec,
					.day = time.day,
					.month = time.month,
					.boot = booking->boot};
}

static int make_slip(struct booking *booking, int64_t at_wall_usec)
{
	const struct ledger_interval head = head_of(booking, at_wall_usec);
	struct ledger_part *parts = NULL;
	struct ledger_mark *marks = NULL;
	ssize_t n_marks = tally_marks(booking->tally, &marks), n_parts;

	if (n_marks < 0)
		return (int)n_marks;
	n_parts = tally_parts(booking->tally, &parts);
	if (n_parts < 0) {
		free(marks);
		return (int)n_parts;
	}
	return slips_add(&booking->slips, &head, parts, (size_t)n_parts, marks, (size_t)n_marks);
}

/* Nobody knows yet what was booked before this process began: flows wait for that. */
static void wait_for_marks(struct booking *booking)
{
	tally_hold(booking->tally);
	if (!booking->slips.held_from_wall_usec)
		booking->slips.held_from_wall_usec = began(booking);
	booking->failed_wall_usec = booking->slips.held_from_wall_usec;
	say_failed(booking, -ENODEV);
}

void booking_close(struct booking *booking)
{
	const int64_t at = booking->last.wall_usec - MIN(booking->measured_usec / 2, (int64_t)INSIDE_USEC);
	int r = 0;

	if (!booking->last.mono_usec || booking->last.mono_usec == booking->closed_mono_usec)
		return;
	booking->closed_mono_usec = booking->last.mono_usec;
	tally_close(booking->tally);
	judge_minute(booking, at);
	if (booking_resolve(booking))
		r = make_slip(booking, at);
	else
		wait_for_marks(booking);
	booking->measured_usec = 0;
	if (r < 0)
		say_failed(booking, r);
	else if (booking->resolved)
		write_slips(booking);
}
