/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the shaper refuses of a plan, by the configuration that it reads itself: the planner's own plan is
 * taken, and each thing that a daemon in a stranger's hands might change in it is not.
 */
#include "../../policy/config.h"
#include "../../policy/planner.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../shaper/bounds.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64], text[240];
static struct bounds *bounds;
static struct plan plan;

/* Two offices have services, each others' refusal; the third takes what is delegated. */
static const struct {
	const char *from, *to;
} changes[] = {
    {"id = \"dinkes\"; ", "id = \"dinkes\"; services = ( \"voip\", { id = \"pusat\"; prefixes = ( "
			  "\"203.0.113.7/32\" ); rate = \"1 Mbit\"; } ); "},
    {"id = \"rsud\"; ", "id = \"rsud\"; services = ( \"attendance\" ); "},
    {"devices = ( \"lan1\" ); prefixes = ( \"10.10.9.0/24\"",
     "devices = ( \"lan2\" ); prefixes = ( \"10.10.9.0/24\", \"delegated\""},
};

static void write_line(FILE *to, const char *line)
{
	for (size_t i = 0; i < ELEMENTS(changes); i++) {
		const char *found = strstr(line, changes[i].from);

		if (!found)
			continue;
		fprintf(to, "%.*s%s", (int)(found - line), line, changes[i].to);
		line = found + strlen(changes[i].from);
	}
	fprintf(to, "%s\n", line);
}

/* A copy of the golden tests' regency, root's alone, with a portal of this form. */
static void write_config(const char *portal)
{
	static char bytes[65536];
	FILE *from = fopen("tests/golden/regency.conf", "re"), *to;
	size_t n;

	ck_assert_ptr_nonnull(from);
	n = fread(bytes, 1, sizeof(bytes) - 1, from);
	bytes[n] = '\0';
	fclose(from);
	snprintf(path, sizeof(path), "/tmp/gerbang-unit-%d.conf", (int)getpid());
	(void)unlink(path);
	to = fopen(path, "wxe");
	ck_assert_ptr_nonnull(to);
	for (char *line = strtok(bytes, "\n"); line; line = strtok(NULL, "\n"))
		if (strncmp(line, "portal", 6) != 0)
			write_line(to, line);
	fprintf(to, "portal = { hostname = \"wifi.example\"; %s };\n", portal);
	fclose(to);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static void open_with(const char *portal)
{
	struct slots slots = {};
	struct guest_blocks blocks = {};
	struct planner_input in = {.slots = &slots, .blocks = &blocks, .now = clock_now()};

	write_config(portal);
	ck_assert_int_eq(bounds_open(path, NULL, &bounds), 0);
	in.policy = bounds_policy(bounds);
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	ck_assert_int_eq(planner_plan(&in, &plan), 0);
	plan_sort(&plan);
	slots_clear(&slots);
	ck_assert_msg(bounds_plan(bounds, &plan, text, sizeof(text)) == 0, "%s", text);
}

static void set_up(void)
{
	open_with("");
}

static void tear_down(void)
{
	plan_clear(&plan);
	bounds = bounds_close(bounds);
	(void)unlink(path);
}

static void refused(const char *rule)
{
	text[0] = '\0';
	ck_assert_int_eq(bounds_plan(bounds, &plan, text, sizeof(text)), -EPERM);
	ck_assert_msg(strstr(text, rule) != NULL, "wanted \"%s\", got \"%s\"", rule, text);
}

START_TEST(ports_are_the_configurations)
{
	plan.portal_port++;
	refused("portal.port");
	plan.portal_port--;
	ck_assert_uint_eq(plan.tls_port, 0);
	plan.tls_port = 8443;
	refused("portal.tls_port");
}
END_TEST

START_TEST(a_certificate_opens_the_tls_port)
{
	tear_down();
	open_with("tls_port = 9443; certificate = \"/nowhere/cert.pem\"; key = \"/nowhere/key.pem\";");
	ck_assert_uint_eq(plan.tls_port, 9443);
	plan.tls_port = 8443;
	refused("must be 9443");
	plan.tls_port = 22;
	refused("portal.tls_port");
	plan.tls_port = 0;
	refused("portal.tls_port");
}
END_TEST

START_TEST(the_uplink_and_nat_are_the_configurations)
{
	plan.nat = !plan.nat;
	refused("uplink.nat");
	plan.nat = !plan.nat;
	plan.between_offices = !plan.between_offices;
	refused("between_offices");
	plan.between_offices = !plan.between_offices;
	strcpy(plan.uplink, "eth9");
	refused("uplink: must be");
}
END_TEST

START_TEST(rates_stay_within_the_uplink_and_their_parents)
{
	struct plan_class *root = &plan.classes[0];

	ck_assert_uint_eq(root->minor, PLAN_ROOT);
	root->ceiling_bps *= 2;
	refused("must stay within the uplink");
	root->ceiling_bps /= 2;
	for (size_t i = 1; i < plan.n_classes; i++) {
		const uint64_t rate = plan.classes[i].rate_bps;

		if (plan.classes[i].parent != PLAN_ROOT || plan.classes[i].tree != PLAN_UP)
			continue;
		plan.classes[i].rate_bps = plan.classes[i].ceiling_bps = root->rate_bps;
		refused("guarantees must fit");
		plan.classes[i].rate_bps = rate;
		return;
	}
	ck_abort_msg("no class below the root");
}
END_TEST

START_TEST(prefixes_and_devices_are_the_configurations)
{
	plan.prefixes[0].prefix.addr.octets[1] ^= 1;
	refused("no office has it there");
	plan.prefixes[0].prefix.addr.octets[1] ^= 1;
	plan.devices[0].role = plan.devices[0].role == PLAN_OFFICE ? PLAN_ZONE : PLAN_OFFICE;
	refused("not in this role");
}
END_TEST

static struct plan_match *match_of(uint8_t dscp, uint16_t first_port)
{
	for (size_t i = 0; i < plan.n_matches; i++)
		if (plan.matches[i].dscp == dscp &&
		    (dscp != PLAN_DSCP_NONE || plan.matches[i].first_port == first_port))
			return &plan.matches[i];
	ck_abort_msg("no match of dscp %u, port %u", dscp, first_port);
	return NULL;
}

START_TEST(a_match_is_what_a_service_of_its_office_says)
{
	struct plan_match *ef = match_of(46, 0), *sip = match_of(PLAN_DSCP_NONE, 5060);
	struct plan_match *clock = match_of(PLAN_DSCP_NONE, 4370), was = *ef;

	ef->dscp = 34;
	refused("no service of its office");
	*ef = was;
	was = *sip;
	sip->last_port = 6000;
	refused("no service of its office");
	*sip = was;
	sip->protocol = IPPROTO_SCTP;
	refused("no service of its office");
	*sip = was;
	sip->first_port = 5061; /* cut around something: still inside */
	ck_assert_int_eq(bounds_plan(bounds, &plan, text, sizeof(text)), 0);
	*sip = was;
	sip->minor = clock->minor; /* another office's class */
	refused("not inside the office");
	*sip = was;
	sip->office = clock->office;
	sip->minor = clock->minor; /* another office's service */
	refused("no service of its office");
	*sip = was;
	sip->minor = PLAN_OWN;
	refused("not inside the office");
	*sip = was;
	sip->office = PLAN_INNER(0);
	refused("not inside the office");
}
END_TEST

START_TEST(one_class_is_one_service)
{
	const uint16_t voip = match_of(46, 0)->minor;

	for (size_t i = 0; i < plan.n_matches; i++) {
		if (!plan.matches[i].prefix.addr.family)
			continue;
		plan.matches[i].minor = voip;
		refused("no service of its office");
		plan.matches[i].prefix.addr.octets[3]++;
		refused("no service of its office");
		return;
	}
	ck_abort_msg("no match by prefix");
}
END_TEST

START_TEST(marks_are_the_configurations)
{
	ck_assert_uint_eq(plan.n_marks, 1);
	plan.marks[0].dscp = 48;
	refused("mark 48");
	plan.marks[0].dscp = 46;
	plan.marks[0].minor = match_of(PLAN_DSCP_NONE, 4370)->minor;
	refused("mark 46");
	plan.marks[0].minor = match_of(46, 0)->office;
	refused("mark 46");
	plan.marks[0].minor = match_of(46, 0)->minor;
	plan.dscp_clear = !plan.dscp_clear;
	refused("uplink.dscp");
	plan.dscp_clear = !plan.dscp_clear;
	plan.ifb_always = !plan.ifb_always;
	refused("uplink.ifb");
}
END_TEST

START_TEST(what_a_frame_costs_is_the_configurations)
{
	plan.classes[3].overhead_bytes = 200;
	refused("uplink.link");
	plan.classes[3].overhead_bytes = 0;
	plan.classes[3].mpu_bytes = 1;
	refused("uplink.link");
}
END_TEST

START_TEST(who_is_served_first_has_no_more_than_its_rate)
{
	const uint16_t voip = match_of(46, 0)->minor;

	for (size_t i = 0; i < plan.n_classes; i++) {
		struct plan_class *row = &plan.classes[i];

		if (row->tree != PLAN_UP || row->minor != voip)
			continue;
		row->ceiling_bps += 8;
		refused("served first");
		row->ceiling_bps -= 8;
		row->rate_bps *= 20;
		row->ceiling_bps *= 20;
		refused("guarantees must fit");
	}
}
END_TEST

static struct plan_prefix *siaga(void)
{
	for (size_t i = 0; i < plan.n_prefixes; i++)
		if (strcmp(plan.prefixes[i].device, "lan2") == 0 &&
		    plan.prefixes[i].prefix.addr.octets[2] == 9)
			return &plan.prefixes[i];
	ck_abort_msg("no prefix of siaga's");
	return NULL;
}

/* Nothing here has such a device with such an address: packet tests show what is taken. */
START_TEST(a_delegated_prefix_is_the_kernels_not_the_daemons)
{
	struct plan_prefix *row = siaga(), was = *row;

	ck_assert_int_eq(prefix_parse("2001:db8:77::/64", &row->prefix), 0);
	refused("has no address in it");
	ck_assert_int_eq(prefix_parse("2001:db8:2:0:8000::/65", &row->prefix), 0);
	refused("that the configuration names");
	ck_assert_int_eq(prefix_parse("ff0e::/64", &row->prefix), 0);
	refused("must be global");
	ck_assert_int_eq(prefix_parse("2000::/3", &row->prefix), 0);
	refused("must be global");
	ck_assert_int_eq(prefix_parse("10.99.0.0/24", &row->prefix), 0);
	refused("no office has it there");
	*row = was;
	row->minor = match_of(46, 0)->office;
	refused("another office's prefixes");
}
END_TEST

START_TEST(a_garden_is_judged_by_the_same_file)
{
	struct message_garden garden = {.lifetime_seconds = 300};

	for (size_t i = 0; i < plan.n_devices; i++)
		if (plan.devices[i].role == PLAN_ZONE)
			memcpy(garden.device, plan.devices[i].name, sizeof(garden.device));
	ck_assert_int_eq(addr_parse("203.0.113.7", &garden.address), 0);
	ck_assert_int_eq(bounds_garden(bounds, &garden, text, sizeof(text)), 0);
	ck_assert_int_eq(addr_parse("10.10.1.1", &garden.address), 0);
	ck_assert_int_eq(bounds_garden(bounds, &garden, text, sizeof(text)), -EPERM);
}
END_TEST

START_TEST(a_file_that_others_may_write_is_refused)
{
	struct bounds *other = NULL;

	if (getuid() != 0)
		return;
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_eq(bounds_open(path, NULL, &other), -EPERM);
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(chown(path, 65534, 0), 0);
	ck_assert_int_eq(bounds_open(path, NULL, &other), -EPERM);
	ck_assert_ptr_null(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bounds");
	TCase *tests = tcase_create("bounds");

	if (getuid() != 0)
		return 77; /* the configuration must be root's, so only root can show that it is taken */
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, ports_are_the_configurations);
	tcase_add_test(tests, a_certificate_opens_the_tls_port);
	tcase_add_test(tests, the_uplink_and_nat_are_the_configurations);
	tcase_add_test(tests, rates_stay_within_the_uplink_and_their_parents);
	tcase_add_test(tests, prefixes_and_devices_are_the_configurations);
	tcase_add_test(tests, a_match_is_what_a_service_of_its_office_says);
	tcase_add_test(tests, one_class_is_one_service);
	tcase_add_test(tests, marks_are_the_configurations);
	tcase_add_test(tests, what_a_frame_costs_is_the_configurations);
	tcase_add_test(tests, who_is_served_first_has_no_more_than_its_rate);
	tcase_add_test(tests, a_delegated_prefix_is_the_kernels_not_the_daemons);
	tcase_add_test(tests, a_garden_is_judged_by_the_same_file);
	tcase_add_test(tests, a_file_that_others_may_write_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
