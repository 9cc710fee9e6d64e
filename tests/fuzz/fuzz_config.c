// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the configuration, and as a holiday file. Whatever comes in, config_load() returns: faults, or
 *a policy that holds what policy.h promises (references, order, room). A file that begins with BEGIN: is a
 *calendar.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_config.c \
 *	policy/config*.c policy/holidays.c policy/policy.c policy/calendar*.c policy/decision.c policy/next.c
 *\
 *	policy/overcommit.c policy/planner.c policy/slots.c lib/addr.c lib/clock.c lib/plan.c lib/units.c \
 *	-lconfig -lical -o fuzz_config
 *   ./fuzz_config -max_total_time=60 -max_len=8192 CORPUS    (begin with a copy of tests/golden/config)
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include "../../lib/cleanup.h"
#include "../../policy/config.h"
#include "../../policy/holidays.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets the string at hand when it meets a syntax error. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_schedule(const struct policy_schedule *schedule)
{
	check(schedule->id && schedule->n_windows > 0);
	for (size_t i = 0; i < schedule->n_windows; i++) {
		const struct policy_window *window = &schedule->windows[i];

		check(window->weekday < 7 && window->start_minute < window->end_minute &&
		      window->end_minute <= 2880);
	}
}

static void check_policy(const struct policy *policy)
{
	check(policy->site_name && policy->timezone && policy->site_schedule && *policy->uplink);
	check(policy->uplink_rate.down_bps && policy->uplink_rate.up_bps && policy->headroom_percent <= 50);
	for (size_t i = 0; i < policy->n_schedules; i++)
		check_schedule(&policy->schedules[i]);
	for (size_t i = 1; i < policy->n_holidays; i++)
		check(policy->holidays[i - 1].day < policy->holidays[i].day && policy->holidays[i].name);
	for (size_t i = 0; i < policy->n_offices; i++) {
		const struct policy_office *office = &policy->offices[i];

		check(office->id && office->name && office->schedule && office->n_devices &&
		      office->n_prefixes);
		check(office->inside.guaranteed.down_bps && office->outside.ceiling.up_bps);
		check(policy_office(policy, office->id) == office);
	}
	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		check(zone->id && zone->name && *zone->device && zone->open && zone->logins &&
		      zone->session_usec);
		check(zone->address4.addr.family || zone->address6.addr.family);
	}
}

static void ignore(_unused_ void *context, unsigned line, const char *rule, const char *value)
{
	check(line > 0 && *rule && value);
}

static void one_calendar(const uint8_t *bytes, size_t length)
{
	_cleanup_(freep) char *text = strndup((const char *)bytes, length);
	struct policy_holiday *days;
	size_t n;

	check(text && holidays_parse(text, &days, &n, ignore, NULL) == 0);
	for (size_t i = 0; i < n; i++) {
		check(days[i].name != NULL);
		free(days[i].name);
	}
	free(days);
}

static void one_configuration(const uint8_t *bytes, size_t length)
{
	_cleanup_(closep) int fd = memfd_create("configuration", MFD_CLOEXEC);
	struct config_report report;
	struct policy *policy = NULL;
	char path[64];
	int result;

	check(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	result = config_load(path, &policy, &report);
	check(result == 0 || result == 1);
	check((result == 0) == (policy != NULL) && (result == 1) == (report.n_faults > 0));
	if (policy)
		check_policy(policy);
	config_report_clear(&report);
	policy_free(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length > 6 && !memcmp(bytes, "BEGIN:", 6))
		one_calendar(bytes, length);
	else
		one_configuration(bytes, length);
	return 0;
}
