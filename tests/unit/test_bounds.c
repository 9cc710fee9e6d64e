/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the shaper refuses of a plan, by the configuration that it reads itself: the planner's own plan is
 * taken, and each thing that a daemon in a stranger's hands might change in it is not.
 */
#include "../../policy/config.h"
#include "../../policy/planner.h"
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
			fprintf(to, "%s\n", line);
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
	ck_assert_int_eq(bounds_open(path, &bounds), 0);
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
	ck_assert_int_eq(bounds_open(path, &other), -EPERM);
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(chown(path, 65534, 0), 0);
	ck_assert_int_eq(bounds_open(path, &other), -EPERM);
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
	tcase_add_test(tests, a_garden_is_judged_by_the_same_file);
	tcase_add_test(tests, a_file_that_others_may_write_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
