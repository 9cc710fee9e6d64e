// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the configuration, as a holiday file, or as a theme. Whatever comes in, config_load() returns
 * faults, or a policy that holds what policy.h promises (references, order, room), of which dnsmasq's
 * configuration can be made with no line that is not ours, and a plan that its codec takes. A file that
 * begins with BEGIN: is a calendar, one that begins with #theme a theme.conf.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_config.c \
 *	policy/*.c lib/addr.c lib/clock.c lib/plan.c lib/plan_codec.c lib/plan_diff.c lib/units.c \
 *	-lconfig -lical -ljansson -lm -o fuzz_config
 *   ./fuzz_config -max_total_time=60 -max_len=8192 CORPUS    (begin with a copy of tests/golden/config)
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "../../lib/cleanup.h"
#include "../../policy/config.h"
#include "../../policy/dnsmasq.h"
#include "../../policy/holidays.h"
#include "../../policy/planner.h"

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

static void check_range(const struct policy_zone *zone)
{
	struct prefix network = prefix_network(&zone->address4);
	struct addr first, last;

	check(zone->dhcp.lease_usec >= 120 * UINT64_C(1000000));
	policy_dhcp_range(zone, &first, &last);
	check(first.family == zone->address4.addr.family && last.family == first.family);
	if (first.family)
		check(prefix_contains(&network, &first) && prefix_contains(&network, &last) &&
		      memcmp(&first, &last, sizeof(first)) <= 0);
}

static void check_theme(const struct policy_theme *theme)
{
	check(theme->name && strlen(theme->accent) == 7 && strlen(theme->background) == 7);
	check(!theme->logo == !theme->logo_size && theme->logo_size <= POLICY_LOGO_MAX);
	for (size_t language = 0; language < 2; language++)
		for (size_t i = 0; i < theme->n_terms[language]; i++)
			check(*theme->terms[language][i] != '\0');
	for (size_t i = 0; i < theme->n_links; i++)
		check(!strncmp(theme->links[i].url, "http", 4) && theme->links[i].text[0] &&
		      theme->links[i].text[1]);
}

/* Every line is a comment or begins with a word of ours. */
static void check_dnsmasq(const struct policy *policy)
{
	_cleanup_(freep) char *text = NULL;
	size_t size, lines = 1;
	FILE *out = open_memstream(&text, &size);

	check(out && dnsmasq_write(out, policy, "/leases") == 0);
	fclose(out);
	for (const char *line = text; (line = strchr(line, '\n')); line++)
		lines++;
	check(strlen(text) == size && lines <= 50 + policy->n_dns + 12 * policy->n_zones);
}

static void check_services(const struct policy_office *office)
{
	check(office->n_services <= 16);
	for (size_t i = 0; i < office->n_services; i++) {
		const struct policy_service *s = &office->services[i];

		check(s->id && (s->n_ports || s->n_prefixes || s->n_dscp) && s->mark >= -1 && s->mark <= 63);
		check(s->percent ? s->percent <= 100 && !s->rate.down_bps
				 : s->rate.down_bps && s->rate.up_bps);
		for (size_t j = 0; j < s->n_ports; j++)
			check(s->ports[j].protocol && s->ports[j].first &&
			      s->ports[j].first <= s->ports[j].last);
		for (size_t j = 0; j < s->n_dscp; j++)
			check(s->dscp[j] <= 63);
	}
}

/* By the same form, for the kernel's maps would refuse it. */
static bool overlap(const struct plan_match *a, const struct plan_match *b)
{
	if (a->office != b->office || (a->dscp == PLAN_DSCP_NONE) != (b->dscp == PLAN_DSCP_NONE) ||
	    !a->prefix.addr.family != !b->prefix.addr.family)
		return false;
	if (a->dscp != PLAN_DSCP_NONE)
		return a->dscp == b->dscp;
	if (a->prefix.addr.family && !prefix_overlaps(&a->prefix, &b->prefix))
		return false;
	return (!a->protocol || !b->protocol || a->protocol == b->protocol) &&
	       a->first_port <= b->last_port && b->first_port <= a->last_port;
}

static void check_matches(const struct plan *plan)
{
	for (size_t i = 0; i < MIN(plan->n_matches, (size_t)500); i++)
		for (size_t j = 0; j < i; j++)
			check(!overlap(&plan->matches[i], &plan->matches[j]));
}

static void check_plan(const struct policy *policy)
{
	_cleanup_(slots_clear) struct slots slots = {0};
	_cleanup_(plan_clear) struct plan plan = {0};
	_cleanup_(freep) void *bytes = NULL;
	struct planner_input in = {
	    .policy = policy, .slots = &slots, .now = {.wall_usec = INT64_C(1795400000000000)}};
	size_t length;

	check(slots_assign(&slots, policy) == 0 && planner_plan(&in, &plan) == 0);
	check(plan_encode(&plan, &bytes, &length) == 0);
	check_matches(&plan);
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
		      (office->n_prefixes || office->delegated));
		check_services(office);
		check(office->inside.guaranteed.down_bps && office->outside.ceiling.up_bps);
		check(policy_office(policy, office->id) == office);
	}
	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		check(zone->id && zone->name && *zone->device && zone->open && zone->logins &&
		      zone->session_usec);
		check(zone->address4.addr.family || zone->address6.addr.family);
		check_range(zone);
	}
	check(policy->portal.port && policy->portal.tls_port &&
	      policy->portal.port != policy->portal.tls_port);
	check(!policy->portal.certificate == !policy->portal.key);
	check(!policy->portal.certificate || policy->portal.hostname);
	check_theme(&policy->theme);
	check_dnsmasq(policy);
	check_plan(policy);
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

static void one_file(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;
	int result = config_load(path, &policy, &report);

	check(result == 0 || result == 1);
	check((result == 0) == (policy != NULL) && (result == 1) == (report.n_faults > 0));
	if (policy)
		check_policy(policy);
	config_report_clear(&report);
	policy_free(policy);
}

static void one_configuration(const uint8_t *bytes, size_t length)
{
	_cleanup_(closep) int fd = memfd_create("configuration", MFD_CLOEXEC);
	char path[64];

	check(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	one_file(path);
}

static void put_file(const char *path, const void *bytes, size_t length)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "w");

	check(file && fwrite(bytes, 1, length, file) == length);
}

/* In a folder of its own, with files that it may name: its own bytes as the terms. */
static void one_theme(const uint8_t *bytes, size_t length)
{
	static const char whole[] =
	    "site = { name = \"S\"; timezone = \"UTC\"; schedule = \"s\"; };"
	    "uplink = { device = \"w\"; download = \"10 Mbit\"; upload = \"10 Mbit\"; };"
	    "schedules = ( { id = \"s\"; windows = ( \"mon 00:00-24:00\" ); } ); portal = { theme = \"t\"; "
	    "};";
	static char folder[] = "/tmp/fuzz_config.XXXXXX";
	char path[64];

	if (strstr(folder, "XXXXXX"))
		check(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/t", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/t/theme.conf", folder);
	put_file(path, bytes, length);
	snprintf(path, sizeof(path), "%s/t/t.txt", folder);
	put_file(path, bytes, length);
	snprintf(path, sizeof(path), "%s/gerbang.conf", folder);
	put_file(path, whole, sizeof(whole) - 1);
	one_file(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length > 6 && !memcmp(bytes, "BEGIN:", 6))
		one_calendar(bytes, length);
	else if (length > 6 && !memcmp(bytes, "#theme", 6))
		one_theme(bytes, length);
	else
		one_configuration(bytes, length);
	return 0;
}
