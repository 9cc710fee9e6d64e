// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the configuration says of services and of the uplink's queue arrives in the policy: names with their
 * defaults, groups that override them field by field, and the bounds of all together. Refusals are
 * tests/golden/config's.
 */
#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include "../../lib/cleanup.h"
#include "../../policy/config.h"

#define GOLDEN "tests/golden/config"

static struct policy *load(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;
	int result = config_load(path, &policy, &report);

	ck_assert_msg(result == 0, "%s: %s", path, report.n_faults ? report.faults[0] : "?");
	config_report_clear(&report);
	return policy;
}

static const struct policy_service *service(const struct policy *policy, const char *office, const char *id)
{
	const struct policy_office *o = policy_office(policy, office);

	for (size_t i = 0; i < o->n_services; i++)
		if (!strcmp(o->services[i].id, id))
			return &o->services[i];
	ck_abort_msg("%s has no service %s", office, id);
	return NULL;
}

START_TEST(a_name_brings_its_defaults)
{
	struct policy *policy = load(GOLDEN "/accepted-services.conf");
	const struct policy_service *voip = service(policy, "dinkes", "voip");
	const struct policy_service *cctv = service(policy, "dinkes", "cctv");

	ck_assert_uint_eq(policy_office(policy, "dinkes")->n_services, 6);
	ck_assert(voip->percent == 10 && !voip->rate.down_bps && voip->mark == 46);
	ck_assert(voip->priority == POLICY_PRIORITY_HIGH && voip->n_ports == 4 && voip->n_dscp == 1);
	ck_assert(voip->ports[0].protocol == IPPROTO_TCP && voip->ports[0].last == 5061);
	ck_assert(cctv->priority == POLICY_PRIORITY_LOW && cctv->mark == -1 && !cctv->n_dscp);
	ck_assert_int_eq(service(policy, "dinkes", "conference")->priority, POLICY_PRIORITY_NORMAL);
	policy_free(policy);
}
END_TEST

START_TEST(a_group_overrides_field_by_field)
{
	struct policy *policy = load(GOLDEN "/accepted-services.conf");
	const struct policy_service *voip = service(policy, "kecil", "voip");

	ck_assert(voip->percent == 12 && voip->n_ports == 1 && voip->ports[0].first == 5060);
	ck_assert(voip->ports[0].protocol == IPPROTO_UDP && voip->ports[0].last == 5060);
	ck_assert(voip->n_dscp == 1 && voip->dscp[0] == 46 && voip->mark == 46); /* as its name has it */
	policy_free(policy);
}
END_TEST

START_TEST(a_service_of_one_s_own_arrives)
{
	struct policy *policy = load(GOLDEN "/accepted-services.conf");
	const struct policy_service *own = service(policy, "dinkes", "absensi");
	const struct policy_service *centre = service(policy, "dinkes", "pusat");

	ck_assert(own->n_ports == 2 && own->ports[1].first == 4000 && own->ports[1].last == 4010);
	ck_assert(own->n_prefixes == 2 && own->prefixes[0].length == 32 && own->prefixes[1].length == 48);
	ck_assert(own->n_dscp == 2 && own->dscp[0] == 24 && own->dscp[1] == 1 && own->mark == 8);
	ck_assert(own->rate.down_bps == 1000000 && own->rate.up_bps == 500000 && !own->percent);
	ck_assert_int_eq(own->priority, POLICY_PRIORITY_LOW);
	ck_assert(centre->dscp[0] == 26 && centre->dscp[1] == 44 && centre->percent == 10);
	ck_assert(centre->priority == POLICY_PRIORITY_NORMAL && centre->mark == 0 && !centre->n_ports);
	ck_assert_uint_eq(policy_office(policy, "tanpa")->n_services, 0);
	policy_free(policy);
}
END_TEST

START_TEST(delegated_is_no_prefix)
{
	struct policy *policy = load(GOLDEN "/accepted-services.conf");
	const struct policy_office *dinkes = policy_office(policy, "dinkes");

	ck_assert(dinkes->delegated && dinkes->n_prefixes == 2);
	ck_assert_int_eq(dinkes->prefixes[1].addr.family, AF_INET6);
	ck_assert(policy_office(policy, "kecil")->delegated && !policy_office(policy, "kecil")->n_prefixes);
	ck_assert(!policy_office(policy, "tanpa")->delegated);
	policy_free(policy);
}
END_TEST

START_TEST(an_uplink_that_says_nothing_has_defaults)
{
	struct policy *policy = load(GOLDEN "/accepted.conf");

	ck_assert(!policy->overhead_bytes && !policy->mpu_bytes);
	ck_assert_int_eq(policy->queue, POLICY_QUEUE_AUTO);
	ck_assert_uint_eq(policy->rtt_usec, 100000);
	ck_assert(!policy->dscp_clear && !policy->ifb_always);
	ck_assert(!policy->adjust.minimum.down_bps && !policy->adjust.minimum.up_bps);
	policy_free(policy);
}
END_TEST

START_TEST(an_uplink_s_queue_arrives)
{
	struct policy *policy = load(GOLDEN "/accepted-uplink.conf");

	ck_assert(policy->overhead_bytes == 36 && policy->mpu_bytes == 88);
	ck_assert_int_eq(policy->queue, POLICY_QUEUE_FQ_CODEL);
	ck_assert_uint_eq(policy->rtt_usec, 30000);
	ck_assert(policy->dscp_clear && policy->ifb_always);
	ck_assert_uint_eq(policy->adjust.minimum.down_bps, 4000000000);
	ck_assert_uint_eq(policy->adjust.minimum.up_bps, 10000000000);
	ck_assert_uint_eq(policy->adjust.latency_usec, 20000);
	ck_assert_uint_eq(policy->offices[0].inside.ceiling.up_bps, 10000000000); /* all that there is */
	policy_free(policy);
}
END_TEST

static struct policy *load_text(const char *text, int *result, struct config_report *report)
{
	char path[] = "/tmp/test_config.XXXXXX";
	FILE *out = fdopen(mkstemp(path), "w");
	struct policy *policy = NULL;

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	*result = config_load(path, &policy, report);
	unlink(path);
	return policy;
}

#define SITE                                                                                                 \
	"site = { name = \"K\"; timezone = \"Asia/Pontianak\"; schedule = \"s\"; };"                         \
	"schedules = ( { id = \"s\"; windows = ( \"mon-sun 00:00-24:00\" ); } );"

/* Sources: man/gerbang.conf.5. */
START_TEST(a_link_has_its_bytes)
{
	static const struct {
		const char *link;
		unsigned overhead, mpu;
	} links[] = {{"\"layer2\"", 0, 0},
		     {"\"ethernet\"", 24, 84},
		     {"\"vlan\"", 28, 88},
		     {"\"pppoe\"", 32, 84},
		     {"\"pppoe-vlan\"", 36, 88},
		     {"\"gpon\"", 9, 69},
		     {"{ overhead = 128; mpu = 255; }", 128, 255},
		     {"{ overhead = 13; }", 13, 0}};

	for (size_t i = 0; i < ELEMENTS(links); i++) {
		char text[1024];
		struct config_report report;
		struct policy *policy;
		int result;

		snprintf(
		    text, sizeof(text),
		    SITE
		    "uplink = { device = \"w\"; download = \"9 Mbit\"; upload = \"9 Mbit\"; link = %s; };",
		    links[i].link);
		policy = load_text(text, &result, &report);
		ck_assert_msg(result == 0, "%s", links[i].link);
		ck_assert_uint_eq(policy->overhead_bytes, links[i].overhead);
		ck_assert_uint_eq(policy->mpu_bytes, links[i].mpu);
		config_report_clear(&report);
		policy_free(policy);
	}
}
END_TEST

/* Each takes a class, as offices and zones do. */
START_TEST(services_are_bounded_with_offices)
{
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct config_report report;
	int result;

	fputs(SITE "uplink = { device = \"w\"; download = \"9 Gbit\"; upload = \"9 Gbit\"; }; offices = (",
	      out);
	for (int i = 0; i < 410; i++)
		fprintf(out,
			"%s{ id = \"o%d\"; name = \"O\"; schedule = \"s\"; devices = ( \"lan0\" );"
			"prefixes = ( \"10.%d.%d.0/24\" ); inside = { guaranteed = \"1 Mbit\"; ceiling = \"1 "
			"Gbit\"; };"
			"services = ( \"voip\", \"conference\", \"cctv\", \"attendance\" ); }",
			i ? "," : "", i, i / 256, i % 256);
	fputs(" );", out);
	fclose(out);
	ck_assert_ptr_null(load_text(text, &result, &report));
	ck_assert_int_eq(result, 1);
	ck_assert_uint_eq(report.n_faults, 1);
	ck_assert_ptr_nonnull(
	    strstr(report.faults[0],
		   "offices, their services and zones must be at most 2048 together, got \"2050\""));
	config_report_clear(&report);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("configuration: services");
	TCase *tests = tcase_create("services");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_name_brings_its_defaults);
	tcase_add_test(tests, a_group_overrides_field_by_field);
	tcase_add_test(tests, a_service_of_one_s_own_arrives);
	tcase_add_test(tests, delegated_is_no_prefix);
	tcase_add_test(tests, an_uplink_that_says_nothing_has_defaults);
	tcase_add_test(tests, an_uplink_s_queue_arrives);
	tcase_add_test(tests, a_link_has_its_bytes);
	tcase_add_test(tests, services_are_bounded_with_offices);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
