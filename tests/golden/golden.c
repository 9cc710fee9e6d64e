/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One golden case: a configuration, a local time, perhaps overrides and sessions -> the plan as text, or what
 * would change on the way to a second time. Prints what the planner says and judges nothing: golden.py
 * compares.
 *
 * usage: golden CONFIG TIME [to=TIME] [open=ZONE[@TIME]] [close=ZONE[@TIME]] [overtime=OFFICE[@TIME]]
 *        [guests=ZONE] [session=ZONE:SECONDS] [uplink=DOWN/UP] [delegated=DEVICE/PREFIX] [dnsmasq=LEASE_FILE]
 *        [throttled=OFFICE]
 * ... With `dnsmasq` it prints dnsmasq's configuration instead. A `guests` adds one block of classes; a
 * `session` sits in the next class of the zone's first block.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/units.h"
#include "policy/config.h"
#include "policy/dnsmasq.h"
#include "policy/planner.h"

#define MONO 0 /* what prints times relative to nothing is relative to TIME then */
#define MANY 16

static struct override overrides[MANY];
static struct plan_session sessions[MANY];
static struct planner_delegated delegated[MANY];
static bool throttled[PLAN_SLOTS];
static struct guest_blocks blocks;
static struct slots slots;
static struct planner_input in = {.slots = &slots,
				  .blocks = &blocks,
				  .overrides = overrides,
				  .sessions = sessions,
				  .delegated = delegated,
				  .throttled = throttled,
				  .now.mono_usec = MONO};
static int64_t to_usec;

static void die(const char *what, const char *value)
{
	fprintf(stderr, "golden: %s: %s\n", what, value);
	exit(2);
}

static int64_t time_of(const char *text)
{
	int64_t wall;

	if (clock_parse(text, &wall) < 0)
		die("not a time", text);
	return wall;
}

static void add_override(enum override_kind kind, const char *value)
{
	struct override *o = &overrides[in.n_overrides++];
	const char *until = strchr(value, '@');

	o->kind = kind;
	snprintf(o->id, sizeof(o->id), "%.*s", (int)strcspn(value, "@"), value);
	o->until_wall_usec = until ? time_of(until + 1) : 0;
}

static int slot_of(const char *zone)
{
	int slot = slots_find(&slots, "zone", zone);

	if (slot < 0)
		die("no such zone", zone);
	return slot;
}

static void arg_to(const char *value)
{
	to_usec = time_of(value);
}

static void arg_open(const char *value)
{
	add_override(OVERRIDE_ZONE_OPEN, value);
}

static void arg_close(const char *value)
{
	add_override(OVERRIDE_ZONE_CLOSED, value);
}

static void arg_overtime(const char *value)
{
	add_override(OVERRIDE_OFFICE_INSIDE, value);
}

static void arg_guests(const char *value)
{
	for (int i = 0; i < PLAN_GUEST_BLOCKS; i++)
		if (!blocks.slot_plus_1[i]) {
			blocks.slot_plus_1[i] = (uint16_t)(slot_of(value) + 1);
			return;
		}
}

static void arg_session(const char *value)
{
	struct plan_session *s = &sessions[in.n_sessions];
	char zone[33];
	int block = 0;

	snprintf(zone, sizeof(zone), "%.*s", (int)strcspn(value, ":"), value);
	while (blocks.slot_plus_1[block] != slot_of(zone) + 1)
		if (++block == PLAN_GUEST_BLOCKS)
			die("no block of guests", zone);
	s->id = ++in.n_sessions;
	s->minor = PLAN_GUEST(block, in.n_sessions - 1);
	s->mac.octets[0] = 2;
	s->mac.octets[5] = (uint8_t)s->id;
	s->login = POLICY_LOGIN_CLICK;
	s->started_mono_usec = MONO - 60 * USEC_PER_SEC;
	s->ends_mono_usec = MONO + atoi(value + strcspn(value, ":") + 1) * USEC_PER_SEC;
	snprintf(s->device, sizeof(s->device), "%s", policy_zone(in.policy, zone)->device);
}

/* What the uplink gives now, in "50Mbit/20Mbit". */
static void arg_uplink(const char *value)
{
	char down[32];

	snprintf(down, sizeof(down), "%.*s", (int)strcspn(value, "/"), value);
	if (units_rate(down, &in.uplink.down_bps) < 0 ||
	    units_rate(value + strlen(down) + 1, &in.uplink.up_bps) < 0)
		die("not two rates", value);
}

static void arg_delegated(const char *value)
{
	struct planner_delegated *d = &delegated[in.n_delegated++];
	size_t device = strcspn(value, "/");

	snprintf(d->device, sizeof(d->device), "%.*s", (int)device, value);
	if (prefix_parse(value + device + 1, &d->prefix) < 0)
		die("not a prefix", value);
}

static void arg_throttled(const char *value)
{
	int slot = slots_find(&slots, "office", value);

	if (slot < 0)
		die("no such office", value);
	throttled[slot] = true;
}

static void arg_dnsmasq(const char *value)
{
	exit(dnsmasq_write(stdout, in.policy, value) < 0);
}

static const struct {
	const char *name;
	void (*handle)(const char *value);
} arguments[] = {{"to=", arg_to},
		 {"open=", arg_open},
		 {"close=", arg_close},
		 {"overtime=", arg_overtime},
		 {"guests=", arg_guests},
		 {"session=", arg_session},
		 {"dnsmasq=", arg_dnsmasq},
		 {"uplink=", arg_uplink},
		 {"delegated=", arg_delegated},
		 {"throttled=", arg_throttled}};

static void take(const char *argument)
{
	for (size_t i = 0; i < ELEMENTS(arguments); i++) {
		size_t n = strlen(arguments[i].name);

		if (strncmp(argument, arguments[i].name, n) == 0) {
			if (in.n_overrides == MANY || in.n_sessions == MANY || in.n_delegated == MANY)
				die("too many", argument);
			arguments[i].handle(argument + n);
			return;
		}
	}
	die("not an argument", argument);
}

static struct policy *load(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;

	if (config_load(path, &policy, &report) != 0)
		die("refused", report.n_faults ? report.faults[0] : path);
	config_report_clear(&report);
	return policy;
}

static void print_changes(const struct plan *have)
{
	_cleanup_(plan_clear) struct plan want = {0};
	_cleanup_(plan_changes_clear) struct plan_changes changes = {0};
	struct planner_input then = in;

	then.now = (struct instant){to_usec, MONO + (to_usec - in.now.wall_usec)};
	if (planner_plan(&then, &want) < 0 || plan_diff(have, &want, &changes) < 0)
		die("no memory", "");
	plan_changes_print(stdout, have, &want, &changes);
}

int main(int argc, char **argv)
{
	_cleanup_(plan_clear) struct plan plan = {0};
	struct policy *policy;

	if (argc < 3)
		die("usage", "golden CONFIG TIME [ARGUMENT...]");
	policy = load(argv[1]);
	in.policy = policy;
	in.now.wall_usec = time_of(argv[2]);
	if (slots_assign(&slots, policy) < 0)
		die("no slots", argv[1]);
	for (int i = 3; i < argc; i++)
		take(argv[i]);
	if (planner_plan(&in, &plan) < 0)
		die("no plan", argv[1]);
	if (to_usec)
		print_changes(&plan);
	else
		plan_print(stdout, &plan, MONO);
	slots_clear(&slots);
	policy_free(policy);
	return 0;
}
