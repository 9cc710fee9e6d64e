/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves policy/review: no setting can be changed without a row that names its key, what is the same says
 * nothing, each coming state is decided by both configurations, and whose connections feel an edit.
 */
#include "../../policy/review.h"
#include "planner_fixture.h"

static struct policy changed;
static struct policy_office offices[3];
static struct policy_zone zones[3];
static struct policy_schedule schedules[SCHEDULES];

static const struct policy_schedule *mine(const struct policy_schedule *schedule)
{
	return schedule ? &schedules[schedule - the_schedules] : NULL;
}

/* A second regency, to be changed. */
static const struct policy *second(void)
{
	changed = *regency();
	memcpy(offices, the_offices, sizeof(the_offices));
	memcpy(zones, the_zones, sizeof(the_zones));
	memcpy(schedules, the_schedules, sizeof(the_schedules));
	changed.offices = offices;
	changed.zones = zones;
	changed.schedules = schedules;
	changed.site_schedule = mine(changed.site_schedule);
	for (size_t i = 0; i < ELEMENTS(the_offices); i++)
		offices[i].schedule = mine(offices[i].schedule);
	for (size_t i = 0; i < ELEMENTS(the_zones); i++) {
		zones[i].open = mine(zones[i].open);
		zones[i].not_during = mine(zones[i].not_during);
	}
	return &changed;
}

static const json_t *find(const json_t *rows, const char *id, const char *key)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *of = json_string_value(json_object_get(row, "id"));

		if (!strcmp(of ? of : "", id) && !strcmp(json_string_value(json_object_get(row, "key")), key))
			return row;
	}
	return NULL;
}

START_TEST(the_same_says_nothing)
{
	_cleanup_(json_decrefp) json_t *rows = review_settings(regency(), second());

	ck_assert_uint_eq(json_array_size(rows), 0);
}
END_TEST

/* ---- every setting ---- */

static char other[] = "another", *others[] = {other};
static struct addr other_address = {AF_INET, {192, 0, 2, 1}};
static struct policy_refund other_refund = {995, 5};
static struct policy_link other_link = {other, {other, other}};
static struct policy_service other_service = {.id = other, .percent = 10};

#define SITE(name, statement)                                                                                \
	static void site_##name(void)                                                                        \
	{                                                                                                    \
		changed.statement;                                                                           \
	}
#define OFFICE(name, statement)                                                                              \
	static void office_##name(void)                                                                      \
	{                                                                                                    \
		offices[DINKES].statement;                                                                   \
	}
#define ZONE(name, statement)                                                                                \
	static void zone_##name(void)                                                                        \
	{                                                                                                    \
		zones[TAMAN_KOTA].statement;                                                                 \
	}

SITE(name, site_name = other)
SITE(timezone, timezone = other)
SITE(language, language = other)
SITE(schedule, site_schedule = &schedules[ALL_DAY])
SITE(device, uplink[0]++)
SITE(rate, uplink_rate.up_bps += 8)
SITE(headroom, headroom_percent++)
SITE(nat, nat ^= true)
SITE(nat66, nat66 ^= true)
SITE(overhead, overhead_bytes++)
SITE(mpu, mpu_bytes++)
SITE(queue, queue = POLICY_QUEUE_FIFO)
SITE(rtt, rtt_usec += 1000)
SITE(dscp, dscp_clear ^= true)
SITE(ifb, ifb_always ^= true)
SITE(minimum, adjust.minimum.down_bps += 8)
SITE(latency, adjust.latency_usec += 1000)
SITE(own, own.down_bps += 8)
SITE(unattributed, unattributed.up_bps += 8)
SITE(loss, loss_percent++)
SITE(server, test.server = other)
SITE(at, test.minute++)
SITE(days, test.weekdays ^= 1)
SITE(seconds, test.seconds++)
SITE(between, between_offices ^= true)
SITE(hostname, portal.hostname = other)
SITE(certificate, portal.certificate = other)
SITE(key, portal.key = other)
SITE(venue, portal.venue = other)
SITE(port, portal.port++)
SITE(tls_port, portal.tls_port++)
SITE(theme, portal.theme_directory = other)
SITE(accent, theme.accent[0] = 'x')
SITE(background, theme.background[0] = 'x')
SITE(theme_name, theme.name = other)
SITE(provider, contract.provider = other)
SITE(number, contract.number = other)
SITE(monthly, contract.monthly_rupiah++)
SITE(from, contract.from_day++)
SITE(to, contract.to_day++)
SITE(sla, contract.sla_permille++)
SITE(split, contract.split_percent[POLICY_SPLIT_P95]++)
SITE(contract_budget, contract.budget_rupiah++)
SITE(signatory, signatory.office = other)
SITE(signatory_name, signatory.name = other)
SITE(nip, signatory.nip = other)
SITE(place, signatory.place = other)
SITE(logo, report.logo = other)
SITE(baseline, report.baseline_rupiah++)
SITE(verify, report.verify = other)
SITE(mail, report.mail ^= true)
SITE(formats, report.formats ^= POLICY_FORMAT_PDF)
SITE(english, report.english ^= true)
SITE(mail_server, mail.server = other)
SITE(mail_from, mail.from = other)
SITE(user, mail.user = other)
SITE(password, mail.password_file = other)
SITE(url, webhook.url = other)
SITE(key_file, webhook.key_file = other)
SITE(notify, notify ^= POLICY_NOTIFY_QUOTA)
SITE(rows, ledger.rows_usec++)
SITE(sessions, ledger.sessions_usec++)
SITE(hosts, privacy.hosts ^= true)
SITE(keep, privacy.hosts_usec++)

static void site_lists(void)
{
	changed.probes = changed.dns = &other_address;
	changed.n_probes = changed.n_dns = 1;
	changed.contract.refunds = &other_refund;
	changed.contract.n_refunds = 1;
	changed.theme.links = &other_link;
	changed.theme.n_links = 1;
	changed.theme.terms[1] = changed.report.letterhead = changed.mail.to = others;
	changed.theme.n_terms[1] = changed.report.n_letterhead = changed.mail.n_to = 1;
	changed.theme.logo = other;
	changed.theme.logo_size = 2;
}

OFFICE(name, name = other)
OFFICE(schedule, schedule = &schedules[NIGHT])
OFFICE(devices, n_devices--)
OFFICE(prefixes, n_prefixes--)
OFFICE(delegated, delegated = true)
OFFICE(inside, inside.guaranteed.down_bps += 8)
OFFICE(inside_ceiling, inside.ceiling.up_bps += 8)
OFFICE(outside, outside.guaranteed.up_bps += 8)
OFFICE(outside_ceiling, outside.ceiling.down_bps += 8)
OFFICE(quota, quota_bytes += 8)
OFFICE(throttle, quota_throttle.up_bps += 8)
OFFICE(budget_code, budget_code = other)
OFFICE(budget, budget_rupiah++)

ZONE(name, name = other)
ZONE(device, device[0]++)
ZONE(address, address4.length--)
ZONE(address6, address6.length--)
ZONE(open, open = &schedules[NIGHT])
ZONE(not_during, not_during = NULL)
ZONE(guaranteed, share.guaranteed.up_bps += 8)
ZONE(ceiling, share.ceiling.down_bps += 8)
ZONE(rate, client.up_bps += 8)
ZONE(session, session_usec++)
ZONE(idle, idle_usec++)
ZONE(daily, daily_bytes++)
ZONE(data, session_bytes++)
ZONE(client_devices, client_devices++)
ZONE(login, logins |= POLICY_LOGIN_VOUCHER)
ZONE(roam, roam = true)
ZONE(dhcp_first, dhcp.first = other_address)
ZONE(dhcp_last, dhcp.last = other_address)
ZONE(lease, dhcp.lease_usec++)

static void zone_garden(void)
{
	zones[TAMAN_KOTA].garden = others;
	zones[TAMAN_KOTA].n_garden = 1;
}

static const struct {
	void (*change)(void);
	const char *id, *key;
} edits[] = {
    {site_name, "", "site.name"},
    {site_timezone, "", "site.timezone"},
    {site_language, "", "site.language"},
    {site_schedule, "", "site.schedule"},
    {site_device, "", "uplink.device"},
    {site_rate, "", "uplink.rate"},
    {site_headroom, "", "uplink.headroom"},
    {site_nat, "", "uplink.nat"},
    {site_nat66, "", "uplink.nat66"},
    {site_overhead, "", "uplink.link.overhead"},
    {site_mpu, "", "uplink.link.mpu"},
    {site_queue, "", "uplink.queue"},
    {site_rtt, "", "uplink.rtt"},
    {site_dscp, "", "uplink.dscp"},
    {site_ifb, "", "uplink.ifb"},
    {site_minimum, "", "uplink.adjust.minimum"},
    {site_latency, "", "uplink.adjust.latency"},
    {site_own, "", "uplink.own"},
    {site_unattributed, "", "uplink.unattributed"},
    {site_loss, "", "uplink.loss"},
    {site_server, "", "uplink.test.server"},
    {site_at, "", "uplink.test.at"},
    {site_days, "", "uplink.test.days"},
    {site_seconds, "", "uplink.test.seconds"},
    {site_between, "", "between_offices"},
    {site_hostname, "", "portal.hostname"},
    {site_certificate, "", "portal.certificate"},
    {site_key, "", "portal.key"},
    {site_venue, "", "portal.venue"},
    {site_port, "", "portal.port"},
    {site_tls_port, "", "portal.tls_port"},
    {site_theme, "", "portal.theme"},
    {site_accent, "", "theme.accent"},
    {site_background, "", "theme.background"},
    {site_theme_name, "", "theme.name"},
    {site_provider, "", "contract.provider"},
    {site_number, "", "contract.number"},
    {site_monthly, "", "contract.monthly"},
    {site_from, "", "contract.from"},
    {site_to, "", "contract.to"},
    {site_sla, "", "contract.sla"},
    {site_split, "", "contract.split"},
    {site_contract_budget, "", "contract.budget"},
    {site_signatory, "", "signatory.office"},
    {site_signatory_name, "", "signatory.name"},
    {site_nip, "", "signatory.nip"},
    {site_place, "", "signatory.place"},
    {site_logo, "", "report.logo"},
    {site_baseline, "", "report.baseline"},
    {site_verify, "", "report.verify"},
    {site_mail, "", "report.mail"},
    {site_formats, "", "report.formats"},
    {site_english, "", "report.language"},
    {site_mail_server, "", "mail.server"},
    {site_mail_from, "", "mail.from"},
    {site_user, "", "mail.user"},
    {site_password, "", "mail.password_file"},
    {site_url, "", "webhook.url"},
    {site_key_file, "", "webhook.key_file"},
    {site_notify, "", "notify"},
    {site_rows, "", "ledger.rows"},
    {site_sessions, "", "ledger.sessions"},
    {site_hosts, "", "privacy.hosts"},
    {site_keep, "", "privacy.keep"},
    {site_lists, "", "uplink.probes"},
    {site_lists, "", "dns"},
    {site_lists, "", "contract.refunds"},
    {site_lists, "", "theme.links"},
    {site_lists, "", "theme.terms"},
    {site_lists, "", "theme.logo"},
    {site_lists, "", "report.letterhead"},
    {site_lists, "", "mail.to"},
    {office_name, "dinkes", "name"},
    {office_schedule, "dinkes", "schedule"},
    {office_devices, "dinkes", "devices"},
    {office_prefixes, "dinkes", "prefixes"},
    {office_delegated, "dinkes", "prefixes"},
    {office_inside, "dinkes", "inside.guaranteed"},
    {office_inside_ceiling, "dinkes", "inside.ceiling"},
    {office_outside, "dinkes", "outside.guaranteed"},
    {office_outside_ceiling, "dinkes", "outside.ceiling"},
    {office_quota, "dinkes", "quota.monthly"},
    {office_throttle, "dinkes", "quota.throttle"},
    {office_budget_code, "dinkes", "budget_code"},
    {office_budget, "dinkes", "budget"},
    {zone_name, "taman-kota", "name"},
    {zone_device, "taman-kota", "devices"},
    {zone_address, "taman-kota", "address"},
    {zone_address6, "taman-kota", "address6"},
    {zone_open, "taman-kota", "open"},
    {zone_not_during, "taman-kota", "not_during"},
    {zone_guaranteed, "taman-kota", "guaranteed"},
    {zone_ceiling, "taman-kota", "ceiling"},
    {zone_rate, "taman-kota", "client.rate"},
    {zone_session, "taman-kota", "client.session"},
    {zone_idle, "taman-kota", "client.idle"},
    {zone_daily, "taman-kota", "client.daily"},
    {zone_data, "taman-kota", "client.data"},
    {zone_client_devices, "taman-kota", "client.devices"},
    {zone_login, "taman-kota", "login"},
    {zone_roam, "taman-kota", "roam"},
    {zone_dhcp_first, "taman-kota", "dhcp.first"},
    {zone_dhcp_last, "taman-kota", "dhcp.last"},
    {zone_lease, "taman-kota", "dhcp.lease"},
    {zone_garden, "taman-kota", "garden"},
};

START_TEST(no_setting_changes_unseen)
{
	_cleanup_(json_decrefp) json_t *rows = NULL;
	const json_t *row;

	second();
	edits[_i].change();
	rows = review_settings(&the_policy, &changed);
	row = find(rows, edits[_i].id, edits[_i].key);
	ck_assert_msg(row != NULL, "%s %s is not said", edits[_i].id, edits[_i].key);
	ck_assert(!json_equal(json_object_get(row, "from"), json_object_get(row, "to")));
	if (edits[_i].change != site_lists && edits[_i].change != office_quota)
		ck_assert_uint_eq(json_array_size(rows), 1);
}
END_TEST

/* ---- what comes and goes ---- */

START_TEST(an_office_comes_and_another_goes)
{
	_cleanup_(json_decrefp) json_t *rows = NULL, *flows = NULL;

	second();
	offices[RSUD] = offices[DINKES];
	offices[RSUD].id = "baru";
	offices[DINKES].services = &other_service;
	offices[DINKES].n_services = 1;
	rows = review_settings(&the_policy, &changed);
	ck_assert_ptr_nonnull(find(rows, "baru", "added"));
	ck_assert(json_is_null(json_object_get(find(rows, "baru", "inside.guaranteed"), "from")));
	ck_assert_ptr_nonnull(find(rows, "rsud", "removed"));
	ck_assert_ptr_nonnull(find(rows, "dinkes/another", "added"));
	flows = review_flows(rows);
	ck_assert_uint_eq(json_array_size(flows), 3);
}
END_TEST

START_TEST(hours_are_grouped_by_day)
{
	_cleanup_(json_decrefp) json_t *rows = NULL;
	const json_t *windows;

	second();
	schedules[KANTOR].windows = six_windows;
	schedules[KANTOR].n_windows = ELEMENTS(six_windows);
	rows = review_settings(&the_policy, &changed);
	windows = json_object_get(find(rows, "kantor", "windows"), "to");
	ck_assert_uint_eq(json_array_size(windows), 1);
	ck_assert_str_eq(json_string_value(json_array_get(windows, 0)), "mon-sat 07:30-14:00");
}
END_TEST

START_TEST(a_holiday_comes)
{
	struct policy_holiday holidays[ELEMENTS(the_holidays) + 1];
	_cleanup_(json_decrefp) json_t *rows = NULL;

	second();
	memcpy(holidays, the_holidays, sizeof(the_holidays));
	holidays[ELEMENTS(the_holidays)] = (struct policy_holiday){calendar_day(2026, 12, 31), other};
	changed.holidays = holidays;
	changed.n_holidays++;
	rows = review_settings(&the_policy, &changed);
	ck_assert_uint_eq(json_array_size(rows), 2);
	ck_assert_ptr_nonnull(find(rows, "2026-12-31", "added"));
}
END_TEST

/* ---- coming states ---- */

static const json_t *state_at(const json_t *states, const char *time)
{
	const json_t *state;
	size_t i;

	json_array_foreach(states, i, state)
	{
		if (strncmp(json_string_value(json_object_get(state, "time")), time, strlen(time)) == 0)
			return state;
	}
	return NULL;
}

START_TEST(both_decide_each_coming_state)
{
	_cleanup_(json_decrefp) json_t *states = NULL;
	struct planner_input from = input("2026-11-23 12:00"), to = from;
	const json_t *state;

	second();
	from.policy = &the_policy;
	offices[DINKES].outside.guaranteed = (struct policy_rate)BOTH(6 * MBIT);
	to.policy = &changed;
	states = review_states(&from, &to, 7, "en");
	ck_assert_uint_eq(json_array_size(json_object_get(json_array_get(states, 0), "changes")), 0);
	state = state_at(states, "2026-11-23T16:00:00");
	ck_assert_ptr_nonnull(state);
	ck_assert_uint_eq(json_array_size(json_object_get(state, "changes")), 2);
	ck_assert(json_is_true(json_object_get(state, "fits")));
	/* own 2, unattributed 1, dinkes 6, rsud 20, the park 20, the square 5 */
	ck_assert_int_eq(
	    json_integer_value(json_object_get(json_object_get(state, "guaranteed"), "down_bps")),
	    54 * (json_int_t)MBIT);
	ck_assert_ptr_null(state_at(states, "2026-12-01"));
	clear();
}
END_TEST

/* Where only the second one changes its hours, the time at which only the first one would change is a state,
 * too. */
START_TEST(times_of_both_are_looked_at)
{
	_cleanup_(json_decrefp) json_t *states = NULL;
	struct planner_input from = input("2026-11-23 12:00"), to = from;

	second();
	from.policy = &the_policy;
	schedules[KANTOR].windows = six_windows;
	schedules[KANTOR].n_windows = ELEMENTS(six_windows);
	to.policy = &changed;
	states = review_states(&from, &to, 1, "en");
	ck_assert_uint_gt(
	    json_array_size(json_object_get(state_at(states, "2026-11-23T14:00:00"), "changes")), 0);
	ck_assert_ptr_nonnull(state_at(states, "2026-11-23T16:00:00"));
	ck_assert_uint_eq(
	    json_array_size(json_object_get(state_at(states, "2026-11-23T16:00:00"), "changes")), 0);
	clear();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("review");
	TCase *tcase = tcase_create("review");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, the_same_says_nothing);
	tcase_add_loop_test(tcase, no_setting_changes_unseen, 0, ELEMENTS(edits));
	tcase_add_test(tcase, an_office_comes_and_another_goes);
	tcase_add_test(tcase, hours_are_grouped_by_day);
	tcase_add_test(tcase, a_holiday_comes);
	tcase_add_test(tcase, both_decide_each_coming_state);
	tcase_add_test(tcase, times_of_both_are_looked_at);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
