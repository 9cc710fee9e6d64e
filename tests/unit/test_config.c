// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Configuration: the shipped example loads, every refusal is as tests/golden/config says (NAME.conf,
 * NAME.expected), and what is accepted arrives in the policy. Run in the source's root. With
 * GERBANG_GOLDEN=write the expected files are written anew, to be read by a person before they are committed.
 */
#include <check.h>
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"
#include "../../policy/calendar.h"
#include "../../policy/config.h"
#include "../../policy/holidays.h"

#define GOLDEN "tests/golden/config"
#define MBIT 1000000ull

static char root[PATH_MAX];

static void setup(void)
{
	ck_assert_int_eq(chdir(root), 0);
}

/* What a person would read, one line each. */
static char *report_text(const struct config_report *report)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < report->n_faults; i++)
		fprintf(out, "%s\n", report->faults[i]);
	for (size_t i = 0; i < report->n_warnings; i++)
		fprintf(out, "warning: %s\n", report->warnings[i]);
	fclose(out);
	return text;
}

static char *file_text(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (file)
		text[fread(text, 1, 65535, file)] = '\0';
	return text;
}

static void check_golden(const char *config)
{
	_cleanup_(freep) char *expected_path = NULL;
	_cleanup_(freep) char *expected = NULL;
	_cleanup_(freep) char *text = NULL;
	struct config_report report;
	struct policy *policy = NULL;
	int result = config_load(config, &policy, &report);

	ck_assert_int_ge(asprintf(&expected_path, "%.*s.expected", (int)strlen(config) - 5, config), 0);
	text = report_text(&report);
	if (getenv("GERBANG_GOLDEN")) {
		_cleanup_(fclosep) FILE *out = fopen(expected_path, "w");

		fputs(text, out);
	} else {
		expected = file_text(expected_path);
		ck_assert_msg(!strcmp(expected, text), "%s: expected\n%sgot\n%s", config, expected, text);
	}
	ck_assert_msg(result == (report.n_faults ? 1 : 0), "%s: %d", config, result);
	ck_assert_msg((policy != NULL) == (result == 0), "%s", config);
	ck_assert_msg(access(expected_path, R_OK) == 0, "%s is missing", expected_path);
	config_report_clear(&report);
	policy_free(policy);
}

START_TEST(every_refusal_is_as_the_golden_file_says)
{
	struct dirent **names;
	int n = scandir(GOLDEN, &names, NULL, alphasort);
	unsigned tried = 0;

	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(chdir(GOLDEN), 0);
	for (int i = 0; i < n; i++) {
		size_t length = strlen(names[i]->d_name);

		if (length > 5 && !strcmp(names[i]->d_name + length - 5, ".conf")) {
			check_golden(names[i]->d_name);
			tried++;
		}
		free(names[i]);
	}
	free(names);
	ck_assert_uint_ge(tried, 40);
}
END_TEST

static struct policy *load(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;
	int result = config_load(path, &policy, &report);

	ck_assert_msg(result == 0, "%s: %s", path, report.n_faults ? report.faults[0] : "?");
	config_report_clear(&report);
	return policy;
}

static size_t holidays_in(const struct policy *policy, int year)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_holidays; i++)
		n += policy->holidays[i].day >= calendar_day(year, 1, 1) &&
		     policy->holidays[i].day <= calendar_day(year, 12, 31);
	return n;
}

START_TEST(the_shipped_example_loads)
{
	struct policy *policy = load("etc/gerbang/gerbang.conf");
	const struct policy_office *dinkes = policy_office(policy, "dinkes");
	struct policy_rate budget = policy_budget(policy);

	ck_assert_uint_eq(policy->n_offices, 36);
	ck_assert_uint_eq(policy->n_zones, 5);
	ck_assert_uint_eq(holidays_in(policy, 2026), 25);
	ck_assert_uint_eq(holidays_in(policy, 2027), 5);
	ck_assert_uint_eq(holidays_in(policy, 2045), 5);
	ck_assert_uint_eq(holidays_in(policy, 2046), 0);
	ck_assert_str_eq(policy_holiday(policy, calendar_day(2027, 8, 17))->name, "Proklamasi Kemerdekaan");
	ck_assert_ptr_null(policy_holiday(policy, calendar_day(2027, 8, 18)));
	ck_assert_uint_eq(budget.down_bps, 475 * MBIT);
	ck_assert_uint_eq(dinkes->inside.guaranteed.down_bps, 40 * MBIT);
	ck_assert_ptr_eq(dinkes->schedule, policy_schedule(policy, "kantor"));
	ck_assert_ptr_eq(policy_office(policy, "bpbd")->schedule, policy_schedule(policy, "24-jam"));
	ck_assert_uint_eq(policy_zone(policy, "taman-kota")->client.up_bps, 3 * MBIT);
	ck_assert_ptr_null(policy_office(policy, "taman-kota"));
	policy_free(policy);
}
END_TEST

START_TEST(defaults_are_those_of_the_interface)
{
	struct policy *policy = load(GOLDEN "/accepted.conf");
	const struct policy_office *office = &policy->offices[0];

	ck_assert_str_eq(policy->state_directory, "/var/lib/gerbang");
	ck_assert_str_eq(policy->run_directory, "/run/gerbang");
	ck_assert_str_eq(policy->language, "id");
	ck_assert_uint_eq(policy->headroom_percent, 5);
	ck_assert(policy->nat && !policy->nat66 && policy->between_offices);
	ck_assert_uint_eq(policy->own.up_bps, 2 * MBIT);
	ck_assert_uint_eq(policy->unattributed.down_bps, 1 * MBIT);
	ck_assert_uint_eq(policy->portal.port, 8080);
	ck_assert_uint_eq(policy->zones[0].logins, POLICY_LOGIN_CLICK);
	ck_assert_mem_eq(&office->inside, &office->outside, sizeof(office->inside)); /* outside: as inside */
	ck_assert_uint_eq(office->quota_bytes, 0);
	policy_free(policy);
}
END_TEST

START_TEST(what_guests_get_arrives)
{
	struct policy *policy = load(GOLDEN "/accepted-guests.conf");
	const struct policy_zone *a = policy_zone(policy, "a"), *c = policy_zone(policy, "c");
	char text[2][ADDR_TEXT];

	ck_assert_uint_eq(a->logins, POLICY_LOGIN_VOUCHER);
	ck_assert(a->roam && !c->roam);
	ck_assert_str_eq(addr_text(&a->dhcp.first, text[0]), "10.201.0.20");
	ck_assert_str_eq(addr_text(&a->dhcp.last, text[1]), "10.201.0.250");
	ck_assert_uint_eq(a->dhcp.lease_usec, 2 * USEC_PER_MINUTE);
	ck_assert_uint_eq(policy_zone(policy, "b")->logins, POLICY_LOGIN_VOUCHER | POLICY_LOGIN_ACCOUNT);
	ck_assert_uint_eq(policy_zone(policy, "b")->dhcp.lease_usec, USEC_PER_HOUR);
	ck_assert_uint_eq(c->dhcp.first.family, 0);
	ck_assert_uint_eq(policy->portal.tls_port, 8444);
	ck_assert_str_eq(policy->portal.venue, "https://kotimkab.go.id:8443/taman?a=1&b=2");
	ck_assert_uint_eq(policy->theme.n_links, 2);
	ck_assert_uint_eq(policy->theme.n_terms[0], 2);
	ck_assert_str_eq(policy->theme.terms[0][0], "Pakailah dengan sopan. Satu paragraf dua baris.");
	ck_assert_str_eq(policy->theme.logo_type, "image/png");
	policy_free(policy);
	policy = load(GOLDEN "/accepted-everything.conf");
	ck_assert_uint_eq(policy->zones[0].session_bytes, 300000000);
	policy_free(policy);
}
END_TEST

/* A path is the portal's to open, from another folder. */
START_TEST(the_certificates_path_is_whole)
{
	struct policy *policy = load(GOLDEN "/accepted-guests.conf");

	ck_assert_int_eq(*policy->portal.certificate, '/');
	ck_assert_int_eq(access(policy->portal.certificate, R_OK), 0);
	ck_assert_int_eq(*policy->portal.key, '/');
	policy_free(policy);
}
END_TEST

static const struct policy_window *window_at(const struct policy_schedule *schedule, unsigned weekday,
					     unsigned start)
{
	for (size_t i = 0; i < schedule->n_windows; i++)
		if (schedule->windows[i].weekday == weekday && schedule->windows[i].start_minute == start)
			return &schedule->windows[i];
	return NULL;
}

START_TEST(every_form_arrives)
{
	struct policy *policy = load(GOLDEN "/accepted-everything.conf");
	const struct policy_schedule *night = policy_schedule(policy, "malam");
	const struct policy_schedule *weekend = policy_schedule(policy, "akhir-pekan");

	ck_assert_uint_eq(window_at(night, 5, 22 * 60)->end_minute, 1560); /* fri 22:00-02:00 */
	ck_assert_uint_eq(window_at(night, 6, 22 * 60)->end_minute, 1440); /* to 00:00 is to 24:00 */
	ck_assert_uint_eq(window_at(night, 0, 23 * 60)->end_minute, 1500);
	ck_assert_uint_eq(night->n_windows, 5);
	ck_assert_uint_eq(weekend->n_windows, 3); /* sat-mon: over the week's end */
	ck_assert_ptr_nonnull(window_at(weekend, 1, 0));
	ck_assert_ptr_null(window_at(weekend, 2, 0));
	ck_assert_uint_eq(weekend->n_periods, 1);
	ck_assert_uint_eq(weekend->periods[0].n_windows, 0);
	ck_assert_str_eq(policy_holiday(policy, calendar_day(2026, 12, 25))->name, "Natal menurut daftar");
	ck_assert_uint_eq(policy->n_holidays, 2);
	ck_assert_uint_eq(policy->own.up_bps, 500000);
	ck_assert_int_eq(policy->contract.monthly_rupiah, 5000000000); /* more than 32 bits */
	ck_assert_uint_eq(policy->contract.sla_permille, 995);
	ck_assert_uint_eq(policy->offices[0].n_devices, 2);
	ck_assert_uint_eq(policy->offices[0].quota_bytes, 2000000000000);
	ck_assert_int_eq(policy->offices[0].quota_over, POLICY_OVER_THROTTLE);
	ck_assert_uint_eq(policy->zones[0].logins, POLICY_LOGIN_CLICK | POLICY_LOGIN_VOUCHER);
	ck_assert_uint_eq(policy->zones[0].session_usec, USEC_PER_SEC);
	ck_assert_uint_eq(policy->zones[0].address6.length, 64);
	policy_free(policy);
}
END_TEST

START_TEST(the_budget_is_a_multiple_of_8)
{
	struct policy policy = {.uplink_rate = {1000, 99999992}, .headroom_percent = 5};
	struct policy_rate budget = policy_budget(&policy);

	ck_assert_uint_eq(budget.down_bps, 944); /* 950 */
	ck_assert_uint_eq(budget.up_bps, 94999992);
}
END_TEST

START_TEST(an_unreadable_file_is_a_fault)
{
	struct config_report report;
	struct policy *policy = NULL;

	ck_assert_int_eq(config_load("/nowhere/gerbang.conf", &policy, &report), 1);
	ck_assert_uint_eq(report.n_faults, 1);
	ck_assert_ptr_nonnull(strstr(report.faults[0], "/nowhere/gerbang.conf:1: "));
	config_report_clear(&report);
	ck_assert_int_eq(config_load(GOLDEN, &policy, &report), 1); /* a directory */
	config_report_clear(&report);
	ck_assert_int_eq(config_load("/dev/zero", &policy, &report), 1);
	config_report_clear(&report);
	ck_assert_ptr_null(policy);
}
END_TEST

START_TEST(a_byte_order_mark_is_passed_over)
{
	struct policy *policy = load(GOLDEN "/byte-order-mark.conf");

	ck_assert_ptr_nonnull(policy);
	policy_free(policy);
}
END_TEST

START_TEST(a_refused_file_leaves_the_time_zone_alone)
{
	struct config_report report;
	struct policy *policy = NULL;
	int64_t noon;

	ck_assert_int_eq(clock_zone_set("Asia/Jayapura"), 0);
	noon = clock_from_local(2026, 11, 23, 12, 0, 0);
	ck_assert_int_eq(config_load(GOLDEN "/dns.conf", &policy, &report), 1);
	config_report_clear(&report);
	ck_assert_int_eq(clock_from_local(2026, 11, 23, 12, 0, 0), noon);
	policy = load(GOLDEN "/accepted.conf");
	ck_assert_int_eq(clock_from_local(2026, 11, 23, 12, 0, 0), noon + 2 * USEC_PER_HOUR);
	policy_free(policy);
}
END_TEST

START_TEST(every_file_that_was_read_is_named)
{
	struct config_report report;
	struct policy *policy = NULL;

	ck_assert_int_eq(config_load("etc/gerbang/gerbang.conf", &policy, &report), 0);
	ck_assert_uint_eq(report.n_files, 8);
	ck_assert_str_eq(report.files[0], "etc/gerbang/gerbang.conf");
	ck_assert_str_eq(report.files[1], "etc/gerbang/offices.conf");
	ck_assert_str_eq(report.files[2], "etc/gerbang/zones.conf");
	ck_assert_str_eq(report.files[3], "etc/gerbang/holidays.ics");
	ck_assert_str_eq(report.files[4], "etc/gerbang/theme/theme.conf");
	config_report_clear(&report);
	policy_free(policy);
}
END_TEST

/* More rows than there are classes for. */
START_TEST(offices_and_zones_are_bounded_together)
{
	char path[] = "/tmp/test_config.XXXXXX";
	int fd = mkstemp(path);
	FILE *out = fdopen(fd, "w");
	struct config_report report;
	struct policy *policy = NULL;

	ck_assert_ptr_nonnull(out);
	fputs("schedules = ({ id = \"s\"; windows = (\"mon 00:00-24:00\"); }); offices = (", out);
	for (int i = 0; i < 2000; i++)
		fprintf(out, "%s{ id = \"o%d\"; }", i ? "," : "", i);
	fputs("); zones = (", out);
	for (int i = 0; i < 100; i++)
		fprintf(out, "%s{ id = \"z%d\"; }", i ? "," : "", i);
	fputs(");\n", out);
	fclose(out);
	ck_assert_int_eq(config_load(path, &policy, &report), 1);
	unlink(path);
	ck_assert_uint_ge(report.n_faults, 100); /* and no more than a person can bear */
	ck_assert_uint_le(report.n_faults, 1001);
	ck_assert_ptr_nonnull(strstr(report.faults[report.n_faults - 1], "more faults"));
	config_report_clear(&report);
}
END_TEST

static unsigned holiday_faults;

static void count_fault(void *context _unused_, unsigned line, const char *rule, const char *value)
{
	ck_assert(line > 0 && *rule && value);
	holiday_faults++;
}

static size_t parse_event(const char *event, struct policy_holiday **days)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;

	holiday_faults = 0;
	ck_assert_int_ge(asprintf(&text,
				  "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n%s\r\nEND:VEVENT\r\n"
				  "END:VCALENDAR\r\n",
				  event),
			 0);
	ck_assert_int_eq(holidays_parse(text, days, &n, count_fault, NULL), 0);
	return n;
}

static const struct {
	const char *event;
	size_t n;
	int year, month, day; /* of the last */
	const char *name;     /* NULL: any */
	unsigned faults;
} events[] = {
    /* DTEND is the day after */
    {"DTSTART;VALUE=DATE:20260321\r\nDTEND;VALUE=DATE:20260323\r\nSUMMARY:Idulfitri", 2, 2026, 3, 22,
     "Idulfitri", 0},
    {"DTSTART;VALUE=DATE:20260321\r\nSUMMARY:Satu hari", 1, 2026, 3, 21, "Satu hari", 0},
    {"DTSTART;VALUE=DATE:20260321\r\nDURATION:P3D", 3, 2026, 3, 23, "Hari libur", 0},
    {"DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102", 2, 2027, 1, 1, NULL, 0},
    /* every year from the first on, to the bound */
    {"DTSTART;VALUE=DATE:20100817\r\nRRULE:FREQ=YEARLY", 26, 2045, 8, 17, NULL, 0},
    {"DTSTART;VALUE=DATE:20260817\r\nRRULE:FREQ=YEARLY;COUNT=3", 3, 2028, 8, 17, NULL, 0},
    {"DTSTART;VALUE=DATE:20260817\r\nRRULE:FREQ=YEARLY;UNTIL=20270817", 2, 2027, 8, 17, NULL, 0},
    {"DTSTART;VALUE=DATE:20260817\r\nRRULE:FREQ=YEARLY;INTERVAL=10", 2, 2036, 8, 17, NULL, 0},
    {"DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261226\r\nRRULE:FREQ=YEARLY;COUNT=2", 4, 2027, 12, 25,
     NULL, 0},
    {"DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY;COUNT=2", 2, 2028, 2, 29, NULL, 0},
    {"DTSTART;VALUE=DATE:20260525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2", 2, 2027, 5, 31, NULL,
     0},
    {"DTSTART;VALUE=DATE:20260101\r\nSTATUS:CANCELLED", 0, 0, 0, 0, NULL, 0},
    {"DTSTART;VALUE=DATE:20260101\r\nSUMMARY:Tahun\\nBaru", 1, 2026, 1, 1, "Tahun Baru", 0},
    {"DTSTART:20260101T000000Z", 0, 0, 0, 0, NULL, 1},
    {"DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY", 0, 0, 0, 0, NULL, 1},
    {"DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYSETPOS=1", 0, 0, 0, 0, NULL, 1},
};

START_TEST(holidays_are_read_as_rfc_5545_says)
{
	struct policy_holiday *days;
	size_t n = parse_event(events[_i].event, &days);

	ck_assert_msg(n == events[_i].n && holiday_faults == events[_i].faults, "%s: %zu days, %u faults",
		      events[_i].event, n, holiday_faults);
	if (n) {
		ck_assert_int_eq(days[n - 1].day,
				 calendar_day(events[_i].year, events[_i].month, events[_i].day));
		if (events[_i].name)
			ck_assert_str_eq(days[n - 1].name, events[_i].name);
	}
	for (size_t i = 0; i < n; i++)
		free(days[i].name);
	free(days);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("config");
	TCase *cases = tcase_create("config");

	tcase_add_checked_fixture(cases, setup, NULL);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, every_refusal_is_as_the_golden_file_says);
	tcase_add_test(cases, the_shipped_example_loads);
	tcase_add_test(cases, defaults_are_those_of_the_interface);
	tcase_add_test(cases, every_form_arrives);
	tcase_add_test(cases, what_guests_get_arrives);
	tcase_add_test(cases, the_certificates_path_is_whole);
	tcase_add_test(cases, the_budget_is_a_multiple_of_8);
	tcase_add_test(cases, an_unreadable_file_is_a_fault);
	tcase_add_test(cases, a_byte_order_mark_is_passed_over);
	tcase_add_test(cases, a_refused_file_leaves_the_time_zone_alone);
	tcase_add_test(cases, every_file_that_was_read_is_named);
	tcase_add_test(cases, offices_and_zones_are_bounded_together);
	tcase_add_loop_test(cases, holidays_are_read_as_rfc_5545_says, 0, ELEMENTS(events));
	suite_add_tcase(suite, cases);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	if (!getcwd(root, sizeof(root)))
		return 1;
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
