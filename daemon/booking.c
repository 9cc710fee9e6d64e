/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the bill. Here counters, clock and plan meet: what was read goes into the tally, and every ten seconds
 * of the wall clock the tally's flows go towards the ledger (booking_write.c). It neither reads the kernel's
 * classes itself nor decides anything.
 */
#include "booking_room.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "meter.h"
#include "notify.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"

#define INTERVAL_USEC (10 * USEC_PER_SEC)
#define GAP_USEC (15 * USEC_PER_SEC) /* from a reading to the next: more than this was nobody there */
#define STEP_USEC (2 * USEC_PER_SEC) /* less is a clock that is being disciplined */

/* ---- who has which row ---- */

struct owner {
	enum ledger_subject kind; /* 0: no subject has this slot */
	char id[LEDGER_ID];
};

static struct owner owner_of(const struct slots *slots, unsigned slot)
{
	static const struct {
		const char *stem;
		enum ledger_subject kind;
	} stems[] = {{"office/", LEDGER_OFFICE}, {"zone/", LEDGER_ZONE}};
	struct owner owner = {0};

	for (size_t i = 0; i < ELEMENTS(stems) && slot < slots->n; i++) {
		const size_t length = strlen(stems[i].stem);

		if (strncmp(slots->ids[slot], stems[i].stem, length) != 0)
			continue;
		owner.kind = stems[i].kind;
		snprintf(owner.id, sizeof(owner.id), "%.*s", LEDGER_ID - 1, slots->ids[slot] + length);
	}
	return owner;
}

static bool is_configured(const struct policy *policy, const struct tally_row *row)
{
	if (row->kind == LEDGER_OFFICE)
		return policy_office(policy, row->id);
	return row->kind == LEDGER_ZONE && policy_zone(policy, row->id);
}

/* True: a row is another's than it should be; `force`: it has become its own. */
static bool own_rows(struct booking *booking, bool force)
{
	const struct slots *slots = engine_slots(booking->daemon->engine);
	const struct policy *policy = engine_policy(booking->daemon->engine);
	bool differs = false;

	for (unsigned i = 0; i < PLAN_SLOTS; i++) {
		struct tally_row *row = &booking->tally->rows[i];
		const struct owner owner = owner_of(slots, i);

		if (owner.kind && (!row->kind || force) &&
		    (row->kind != owner.kind || strcmp(row->id, owner.id) != 0))
			tally_owner(booking->tally, i, owner.kind, owner.id);
		differs |= owner.kind && (row->kind != owner.kind || strcmp(row->id, owner.id) != 0);
		row->configured = is_configured(policy, row);
	}
	return differs;
}

/* "service/OFFICE/ID" -> the office's slot + 1 */
static uint16_t office_of_service(const struct slots *slots, unsigned slot)
{
	static const char stem[] = "service/";
	const char *text = slots->ids[slot], *end;
	char office[LEDGER_ID];
	int found;

	if (strncmp(text, stem, sizeof(stem) - 1) != 0)
		return 0;
	text += sizeof(stem) - 1;
	end = strchr(text, '/');
	if (!end || end - text >= (ptrdiff_t)sizeof(office))
		return 0;
	snprintf(office, sizeof(office), "%.*s", (int)(end - text), text);
	found = slots_find(slots, "office", office);
	return found >= 0 ? (uint16_t)(found + 1) : 0;
}

static void map_leaves(struct booking *booking)
{
	const struct slots *slots = engine_slots(booking->daemon->engine);

	for (unsigned i = 0; i < PLAN_SLOTS; i++)
		booking->tally->services[i] = i < slots->n ? office_of_service(slots, i) : 0;
}

void booking_policy(struct booking *booking)
{
	const struct policy *policy;

	if (!booking)
		return;
	policy = engine_policy(booking->daemon->engine);
	booking->switching = own_rows(booking, false);
	booking->switch_after = UINT64_MAX;
	map_leaves(booking);
	if (strncmp(booking->device, policy->uplink, IFNAMSIZ) == 0)
		return;
	if (booking->device[0]) /* another device's counters say nothing of this one's */
		booking->tally->rows[TALLY_UPLINK].anew = true;
	memset(booking->device, 0, sizeof(booking->device));
	memcpy(booking->device, policy->uplink, strnlen(policy->uplink, IFNAMSIZ - 1));
}

/* ---- the plan ---- */

void booking_plan(struct booking *booking, uint64_t number, const struct plan *plan)
{
	struct plan_class *classes;

	if (!booking)
		return;
	classes = reallocarray(booking->next_plan.classes, MAX(plan->n_classes, (size_t)1), sizeof(*classes));
	if (!classes)
		return; /* the one before stays */
	memcpy(classes, plan->classes, plan->n_classes * sizeof(*classes));
	booking->next_plan.classes = classes;
	booking->next_plan.n_classes = plan->n_classes;
	booking->next_number = number;
}

static void pass_until(struct booking *booking, int64_t mono_usec)
{
	if (booking->passed_mono_usec)
		tally_pass(booking->tally, mono_usec - booking->passed_mono_usec);
	booking->passed_mono_usec = mono_usec;
}

void booking_settled(struct booking *booking, uint64_t number)
{
	if (!booking || number != booking->next_number)
		return;
	pass_until(booking, clock_now().mono_usec);
	tally_plan(booking->tally, &booking->next_plan);
	if (booking->switching) {
		booking->switch_after = meter_asked(booking->daemon->meter);
		meter_ask(booking->daemon->meter);
	}
}

/* ---- a reading ---- */

/* Whether a zone is entitled to anything now. */
static void see_zones(struct booking *booking)
{
	const struct policy *policy = engine_policy(booking->daemon->engine);
	const struct blocks *blocks = engine_blocks(booking->daemon->engine);
	struct tally_row *rows = booking->tally->rows;

	for (unsigned i = 0; i < PLAN_SLOTS; i++)
		rows[i].judged = rows[i].configured && rows[i].kind == LEDGER_OFFICE;
	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct engine_zone *zone =
		    engine_zone_by_device(booking->daemon->engine, policy->zones[i].device);

		if (zone && zone->slot >= 0)
			rows[zone->slot].judged = zone->open && rows[zone->slot].configured;
	}
	for (unsigned i = 0; i < PLAN_GUEST_BLOCKS; i++)
		if (blocks->map.slot_plus_1[i])
			booking->tally->blocks[i] = blocks->map.slot_plus_1[i];
}

static void read_device(struct booking *booking)
{
	struct traffic_bytes bytes;

	if (!booking->device[0] || traffic_read(booking->traffic, booking->device, &bytes) < 0)
		return;
	tally_device(booking->tally, PLAN_DOWN,
		     &(struct tally_count){bytes.received, bytes.received_packets, 0});
	tally_device(booking->tally, PLAN_UP, &(struct tally_count){bytes.sent, bytes.sent_packets, 0});
}

static void put_gap(struct booking *booking, int64_t from, int64_t to, enum ledger_gap_cause cause, bool lost)
{
	const struct ledger_gap gap = {
	    .from_wall_usec = MIN(from, to), .to_wall_usec = MAX(from, to), .cause = cause, .lost = lost};

	slips_gap(&booking->slips, &gap);
}

static void name_gaps(struct booking *booking, const struct reading *reading)
{
	const int64_t from = booking->last.mono_usec ? booking->last.wall_usec : booking->kept_wall_usec;

	if (!booking->last.mono_usec && booking->kept_wall_usec)
		put_gap(booking, from, reading->now.wall_usec,
			booking->kept_of_boot ? LEDGER_GAP_DAEMON : LEDGER_GAP_POWER, !booking->kept_of_boot);
	else if (reading->late && booking->last.mono_usec)
		put_gap(booking, from, reading->now.wall_usec, LEDGER_GAP_SHAPER, false);
	if (booking->tally->fell && from) {
		log_warning("counters of the kernel began anew: what passed since the last reading is lost");
		put_gap(booking, from, reading->now.wall_usec, LEDGER_GAP_COUNTERS, true);
	}
}

/* The interval before ends on the clock as it was. */
static void see_step(struct booking *booking, struct instant now)
{
	const int64_t passed = now.mono_usec - booking->last.mono_usec;
	const int64_t step = now.wall_usec - booking->last.wall_usec - passed;
	char from[CLOCK_TEXT], to[CLOCK_TEXT];

	if (!booking->last.mono_usec || (step > -STEP_USEC && step < STEP_USEC))
		return;
	booking_close(booking);
	put_gap(booking, booking->last.wall_usec + passed, now.wall_usec, LEDGER_GAP_CLOCK, false);
	notify_event(booking->daemon->notify, 0, "clock", "", "", "the clock was set from %s to %s",
		     clock_text(booking->last.wall_usec + passed, from), clock_text(now.wall_usec, to));
	booking->due_wall_usec = 0;
}

static void read_all(struct booking *booking, const struct message_counter *rows, size_t n,
		     const struct reading *reading)
{
	const struct policy *policy = engine_policy(booking->daemon->engine);
	const struct tally_span span = {.usec = reading->usec,
					.late = reading->late,
					.overhead_bytes = policy->overhead_bytes,
					.mpu_bytes = policy->mpu_bytes};

	see_zones(booking);
	if (reading->late)
		booking->passed_mono_usec = reading->now.mono_usec;
	else
		pass_until(booking, reading->now.mono_usec);
	tally_begin(booking->tally);
	for (size_t i = 0; i < n; i++)
		tally_take(booking->tally, &rows[i]);
	read_device(booking);
	tally_end(booking->tally, &span);
}

static int64_t next_due(int64_t wall_usec)
{
	return wall_usec - wall_usec % INTERVAL_USEC + INTERVAL_USEC;
}

/* What the former owners had is booked to them; from here on it is the next ones'. */
static void switch_owners(struct booking *booking)
{
	if (!booking->switching || meter_answered(booking->daemon->meter) <= booking->switch_after)
		return;
	booking_close(booking);
	own_rows(booking, true);
	booking->switching = false;
}

void booking_take(struct booking *booking, const struct message_counter *rows, size_t n)
{
	struct reading reading = {.now = clock_now()};

	if (!booking)
		return;
	see_step(booking, reading.now);
	reading.usec = booking->last.mono_usec ? reading.now.mono_usec - booking->last.mono_usec : 0;
	reading.late = !booking->last.mono_usec || reading.usec > GAP_USEC;
	read_all(booking, rows, n, &reading);
	name_gaps(booking, &reading);
	booking->measured_usec += reading.late ? 0 : reading.usec;
	booking->last = reading.now;
	if (!booking->first_wall_usec) /* what passed meanwhile is booked at once: whatever comes next, it is
					  known */
		booking->first_wall_usec = booking->due_wall_usec = reading.now.wall_usec;
	if (!booking->due_wall_usec)
		booking->due_wall_usec = next_due(reading.now.wall_usec);
	if (reading.now.wall_usec >= booking->due_wall_usec) {
		booking_close(booking);
		booking->due_wall_usec = next_due(reading.now.wall_usec);
	}
	switch_owners(booking);
}

void booking_flush(struct booking *booking)
{
	if (booking)
		booking_close(booking);
}

/* ---- what others ask ---- */

uint64_t booking_month(const struct booking *booking, unsigned slot)
{
	const struct tally_row *row;
	int64_t bytes;

	if (!booking || slot >= PLAN_SLOTS || !booking->tally->rows[slot].kind)
		return 0;
	row = &booking->tally->rows[slot];
	bytes = booking->figures.rows[slot].month_bytes;
	bytes += (int64_t)slips_month(&booking->slips, booking->figures.month, row->kind, row->id);
	bytes += (int64_t)(row->ways[PLAN_DOWN].flow.bytes + row->ways[PLAN_UP].flow.bytes);
	return (uint64_t)MAX(bytes, (int64_t)0);
}

uint64_t booking_rate(const struct booking *booking, unsigned slot)
{
	const struct tally_row *row = booking && slot < PLAN_SLOTS ? &booking->tally->rows[slot] : NULL;

	return row ? row->ways[PLAN_DOWN].rate_bps + row->ways[PLAN_UP].rate_bps : 0;
}

uint64_t booking_bytes(const struct booking *booking, unsigned slot, enum plan_tree tree)
{
	return booking && slot < PLAN_SLOTS ? booking->tally->rows[slot].ways[tree].total : 0;
}

/* ---- life ---- */

static int read_boot(char boot[static LEDGER_BOOT])
{
	_cleanup_(fclosep) FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file || !fgets(boot, LEDGER_BOOT, file))
		return -EIO;
	boot[strcspn(boot, "\n")] = '\0';
	return 0;
}

static int make(struct booking *booking)
{
	int r = booking->tally ? traffic_new(&booking->traffic) : -ENOMEM;

	if (r >= 0)
		r = figures_new(&booking->figures);
	if (r >= 0)
		r = read_boot(booking->boot);
	if (r < 0)
		return r;
	booking->tally->begin_here = true; /* until the ledger says more */
	tally_owner(booking->tally, TALLY_OWN, LEDGER_OWN, "");
	tally_owner(booking->tally, TALLY_UNATTRIBUTED, LEDGER_UNATTRIBUTED, "");
	tally_owner(booking->tally, TALLY_UPLINK, LEDGER_UPLINK, "");
	for (unsigned i = TALLY_OWN; i < TALLY_ROWS; i++)
		booking->tally->rows[i].configured = true;
	booking_resolve(booking);
	return 0;
}

int booking_new(struct daemon *daemon, struct booking **out)
{
	struct booking *booking = calloc(1, sizeof(*booking));
	int r;

	if (!booking)
		return -ENOMEM;
	booking->daemon = daemon;
	slips_init(&booking->slips);
	booking->tally = tally_new();
	r = make(booking);
	if (r < 0) {
		booking_free(booking);
		return r;
	}
	booking_policy(booking);
	booking->switch_after = 0; /* the plan of the start settles it */
	booking_figures(booking);
	*out = booking;
	return 0;
}

struct booking *booking_free(struct booking *booking)
{
	if (!booking)
		return NULL;
	if (booking->tally)
		booking_close(booking);
	slips_clear(&booking->slips);
	figures_clear(&booking->figures);
	tally_free(booking->tally);
	traffic_free(booking->traffic);
	free(booking->next_plan.classes);
	free(booking);
	return NULL;
}
