/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: before an edit is applied, a person has to see all of it, in the words of the file. Every value of the
 * policy stands in a table here: what is missing could be changed without anybody seeing it. Reads and
 * compares; decides nothing.
 */
#include "review.h"
#include "review_values.h"
#include "../lib/cleanup.h"
#include <stdio.h>
#include <string.h>

#define AT(type, field) offsetof(type, field)

struct setting {
	const char *key;
	review_value value;
	size_t offset;
};

static const struct setting site_settings[] = {
    {"site.name", review_text, AT(struct policy, site_name)},
    {"site.timezone", review_text, AT(struct policy, timezone)},
    {"site.language", review_text, AT(struct policy, language)},
    {"site.schedule", review_schedule, AT(struct policy, site_schedule)},
    {"paths.state", review_text, AT(struct policy, state_directory)},
    {"paths.run", review_text, AT(struct policy, run_directory)},
    {"uplink.device", review_device, AT(struct policy, uplink)},
    {"uplink.rate", review_rate, AT(struct policy, uplink_rate)},
    {"uplink.headroom", review_unsigned, AT(struct policy, headroom_percent)},
    {"uplink.nat", review_flag, AT(struct policy, nat)},
    {"uplink.nat66", review_flag, AT(struct policy, nat66)},
    {"uplink.own", review_rate, AT(struct policy, own)},
    {"uplink.unattributed", review_rate, AT(struct policy, unattributed)},
    {"uplink.probes", review_probes, 0},
    {"uplink.loss", review_unsigned, AT(struct policy, loss_percent)},
    {"uplink.link.overhead", review_byte, AT(struct policy, overhead_bytes)},
    {"uplink.link.mpu", review_byte, AT(struct policy, mpu_bytes)},
    {"uplink.queue", review_queue, AT(struct policy, queue)},
    {"uplink.rtt", review_duration, AT(struct policy, rtt_usec)},
    {"uplink.dscp", review_dscp_clear, AT(struct policy, dscp_clear)},
    {"uplink.ifb", review_ifb, AT(struct policy, ifb_always)},
    {"uplink.adjust.minimum", review_rate, AT(struct policy, adjust.minimum)},
    {"uplink.adjust.latency", review_duration, AT(struct policy, adjust.latency_usec)},
    {"uplink.test.server", review_text, AT(struct policy, test.server)},
    {"uplink.test.at", review_minute, AT(struct policy, test.minute)},
    {"uplink.test.days", review_weekdays, AT(struct policy, test.weekdays)},
    {"uplink.test.seconds", review_unsigned, AT(struct policy, test.seconds)},
    {"dns", review_dns, 0},
    {"between_offices", review_flag, AT(struct policy, between_offices)},
    {"portal.hostname", review_text, AT(struct policy, portal.hostname)},
    {"portal.certificate", review_text, AT(struct policy, portal.certificate)},
    {"portal.key", review_text, AT(struct policy, portal.key)},
    {"portal.venue", review_text, AT(struct policy, portal.venue)},
    {"portal.port", review_port, AT(struct policy, portal.port)},
    {"portal.tls_port", review_port, AT(struct policy, portal.tls_port)},
    {"portal.theme", review_text, AT(struct policy, portal.theme_directory)},
    {"theme.name", review_text, AT(struct policy, theme.name)},
    {"theme.accent", review_device, AT(struct policy, theme.accent)},
    {"theme.background", review_device, AT(struct policy, theme.background)},
    {"theme.logo", review_logo, 0},
    {"theme.terms", review_terms, 0},
    {"theme.links", review_links, 0},
    {"contract.provider", review_text, AT(struct policy, contract.provider)},
    {"contract.number", review_text, AT(struct policy, contract.number)},
    {"contract.monthly", review_signed, AT(struct policy, contract.monthly_rupiah)},
    {"contract.from", review_day, AT(struct policy, contract.from_day)},
    {"contract.to", review_day, AT(struct policy, contract.to_day)},
    {"contract.sla", review_unsigned, AT(struct policy, contract.sla_permille)},
    {"contract.split", review_split, 0},
    {"contract.refunds", review_refunds, 0},
    {"contract.budget", review_signed, AT(struct policy, contract.budget_rupiah)},
    {"signatory.office", review_text, AT(struct policy, signatory.office)},
    {"signatory.name", review_text, AT(struct policy, signatory.name)},
    {"signatory.nip", review_text, AT(struct policy, signatory.nip)},
    {"signatory.place", review_text, AT(struct policy, signatory.place)},
    {"report.letterhead", review_letterhead, 0},
    {"report.logo", review_text, AT(struct policy, report.logo)},
    {"report.baseline", review_signed, AT(struct policy, report.baseline_rupiah)},
    {"report.verify", review_text, AT(struct policy, report.verify)},
    {"report.mail", review_flag, AT(struct policy, report.mail)},
    {"report.formats", review_formats, AT(struct policy, report.formats)},
    {"report.language", review_english, AT(struct policy, report.english)},
    {"mail.server", review_text, AT(struct policy, mail.server)},
    {"mail.from", review_text, AT(struct policy, mail.from)},
    {"mail.to", review_mail_to, 0},
    {"mail.user", review_text, AT(struct policy, mail.user)},
    {"mail.password_file", review_text, AT(struct policy, mail.password_file)},
    {"webhook.url", review_text, AT(struct policy, webhook.url)},
    {"webhook.key_file", review_text, AT(struct policy, webhook.key_file)},
    {"notify", review_notify, AT(struct policy, notify)},
    {"ledger.rows", review_duration, AT(struct policy, ledger.rows_usec)},
    {"ledger.sessions", review_duration, AT(struct policy, ledger.sessions_usec)},
    {"privacy.hosts", review_flag, AT(struct policy, privacy.hosts)},
    {"privacy.keep", review_duration, AT(struct policy, privacy.hosts_usec)},
};

static const struct setting schedule_settings[] = {
    {"windows", review_windows, 0},
    {"holidays", review_flag, AT(struct policy_schedule, holidays)},
    {"periods", review_periods, 0},
};

static const struct setting holiday_settings[] = {
    {"name", review_text, AT(struct policy_holiday, name)},
};

static const struct setting office_settings[] = {
    {"name", review_text, AT(struct policy_office, name)},
    {"schedule", review_schedule, AT(struct policy_office, schedule)},
    {"devices", review_devices, 0},
    {"prefixes", review_prefixes, 0},
    {"inside.guaranteed", review_rate, AT(struct policy_office, inside.guaranteed)},
    {"inside.ceiling", review_rate, AT(struct policy_office, inside.ceiling)},
    {"outside.guaranteed", review_rate, AT(struct policy_office, outside.guaranteed)},
    {"outside.ceiling", review_rate, AT(struct policy_office, outside.ceiling)},
    {"quota.monthly", review_volume, AT(struct policy_office, quota_bytes)},
    {"quota.notice", review_quota_notice, 0},
    {"quota.over", review_quota_over, 0},
    {"quota.throttle", review_rate, AT(struct policy_office, quota_throttle)},
    {"budget_code", review_text, AT(struct policy_office, budget_code)},
    {"budget", review_signed, AT(struct policy_office, budget_rupiah)},
};

static const struct setting service_settings[] = {
    {"priority", review_priority, AT(struct policy_service, priority)},
    {"rate", review_service_rate, 0},
    {"ports", review_ports, 0},
    {"prefixes", review_service_prefixes, 0},
    {"dscp", review_dscp, 0},
    {"mark", review_int, AT(struct policy_service, mark)},
};

static const struct setting zone_settings[] = {
    {"name", review_text, AT(struct policy_zone, name)},
    {"devices", review_device, AT(struct policy_zone, device)},
    {"address", review_prefix, AT(struct policy_zone, address4)},
    {"address6", review_prefix, AT(struct policy_zone, address6)},
    {"open", review_schedule, AT(struct policy_zone, open)},
    {"not_during", review_schedule, AT(struct policy_zone, not_during)},
    {"guaranteed", review_rate, AT(struct policy_zone, share.guaranteed)},
    {"ceiling", review_rate, AT(struct policy_zone, share.ceiling)},
    {"client.rate", review_rate, AT(struct policy_zone, client)},
    {"client.session", review_duration, AT(struct policy_zone, session_usec)},
    {"client.idle", review_duration, AT(struct policy_zone, idle_usec)},
    {"client.daily", review_volume, AT(struct policy_zone, daily_bytes)},
    {"client.data", review_volume, AT(struct policy_zone, session_bytes)},
    {"client.devices", review_unsigned, AT(struct policy_zone, client_devices)},
    {"login", review_logins, AT(struct policy_zone, logins)},
    {"roam", review_flag, AT(struct policy_zone, roam)},
    {"dhcp.first", review_address, AT(struct policy_zone, dhcp.first)},
    {"dhcp.last", review_address, AT(struct policy_zone, dhcp.last)},
    {"dhcp.lease", review_duration, AT(struct policy_zone, dhcp.lease_usec)},
    {"garden", review_garden, 0},
};

/* ---- one subject ---- */

/* Of whom: its table, and its names. */
struct kind {
	const char *what;
	const struct setting *settings;
	size_t n;
};

static const struct kind kinds[] = {
    {"site", site_settings, ELEMENTS(site_settings)},
    {"schedule", schedule_settings, ELEMENTS(schedule_settings)},
    {"holiday", holiday_settings, ELEMENTS(holiday_settings)},
    {"office", office_settings, ELEMENTS(office_settings)},
    {"service", service_settings, ELEMENTS(service_settings)},
    {"zone", zone_settings, ELEMENTS(zone_settings)},
};
enum { KIND_SITE, KIND_SCHEDULE, KIND_HOLIDAY, KIND_OFFICE, KIND_SERVICE, KIND_ZONE };

/* A subject in both configurations; NULL where it is not there. */
struct pair {
	const struct kind *kind;
	const char *id, *name;
	const void *from, *to;
};

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* Steals `from` and `to`. */
static int add(json_t *rows, const struct pair *pair, const char *key, json_t *from, json_t *to)
{
	return json_array_append_new(rows, json_pack("{ss,so,so,ss,so,so}", "what", pair->kind->what, "id",
						     text_or_null(pair->id), "name", text_or_null(pair->name),
						     "key", key, "from", from, "to", to));
}

static int compare_setting(json_t *rows, const struct pair *pair, const struct setting *setting)
{
	json_t *from = pair->from ? setting->value(pair->from, setting->offset) : json_null();
	json_t *to = setting->value(pair->to, setting->offset);

	if (from && to && !json_equal(from, to))
		return add(rows, pair, setting->key, from, to);
	json_decref(from);
	json_decref(to);
	return from && to ? 0 : -1;
}

static int compare(json_t *rows, const struct pair *pair)
{
	int r = 0;

	if (!pair->to)
		return add(rows, pair, "removed", json_true(), json_null());
	if (!pair->from)
		r = add(rows, pair, "added", json_null(), json_true());
	for (size_t i = 0; i < pair->kind->n && r == 0; i++)
		r = compare_setting(rows, pair, &pair->kind->settings[i]);
	return r;
}

/* ---- all of a kind ---- */

static const struct policy_service *find_service(const struct policy_office *office, const char *id)
{
	for (size_t i = 0; office && i < office->n_services; i++)
		if (!strcmp(office->services[i].id, id))
			return &office->services[i];
	return NULL;
}

static int compare_service(json_t *rows, const struct policy_office *from, const struct policy_office *to,
			   const char *id)
{
	char path[80];
	struct pair pair = {&kinds[KIND_SERVICE], path, (to ? to : from)->name, find_service(from, id),
			    find_service(to, id)};

	snprintf(path, sizeof(path), "%s/%s", (to ? to : from)->id, id);
	return compare(rows, &pair);
}

static int compare_services(json_t *rows, const struct policy_office *from, const struct policy_office *to)
{
	int r = 0;

	for (size_t i = 0; to && i < to->n_services && r == 0; i++)
		r = compare_service(rows, from, to, to->services[i].id);
	for (size_t i = 0; from && to && i < from->n_services && r == 0; i++)
		if (!find_service(to, from->services[i].id))
			r = compare_service(rows, from, to, from->services[i].id);
	return r;
}

static int compare_office(json_t *rows, const struct policy_office *from, const struct policy_office *to)
{
	const struct policy_office *any = to ? to : from;
	struct pair pair = {&kinds[KIND_OFFICE], any->id, any->name, from, to};
	int r = compare(rows, &pair);

	return r == 0 ? compare_services(rows, from, to) : r;
}

static int compare_offices(json_t *rows, const struct policy *from, const struct policy *to)
{
	int r = 0;

	for (size_t i = 0; i < to->n_offices && r == 0; i++)
		r = compare_office(rows, policy_office(from, to->offices[i].id), &to->offices[i]);
	for (size_t i = 0; i < from->n_offices && r == 0; i++)
		if (!policy_office(to, from->offices[i].id))
			r = compare_office(rows, &from->offices[i], NULL);
	return r;
}

static int compare_zone(json_t *rows, const struct policy_zone *from, const struct policy_zone *to)
{
	const struct policy_zone *any = to ? to : from;
	struct pair pair = {&kinds[KIND_ZONE], any->id, any->name, from, to};

	return compare(rows, &pair);
}

static int compare_zones(json_t *rows, const struct policy *from, const struct policy *to)
{
	int r = 0;

	for (size_t i = 0; i < to->n_zones && r == 0; i++)
		r = compare_zone(rows, policy_zone(from, to->zones[i].id), &to->zones[i]);
	for (size_t i = 0; i < from->n_zones && r == 0; i++)
		if (!policy_zone(to, from->zones[i].id))
			r = compare_zone(rows, &from->zones[i], NULL);
	return r;
}

static int compare_schedules(json_t *rows, const struct policy *from, const struct policy *to)
{
	int r = 0;

	for (size_t i = 0; i < to->n_schedules && r == 0; i++) {
		const struct policy_schedule *row = &to->schedules[i];

		r = compare(rows, &(struct pair){&kinds[KIND_SCHEDULE], row->id, NULL,
						 policy_schedule(from, row->id), row});
	}
	for (size_t i = 0; i < from->n_schedules && r == 0; i++) {
		const struct policy_schedule *row = &from->schedules[i];

		if (!policy_schedule(to, row->id))
			r = compare(rows, &(struct pair){&kinds[KIND_SCHEDULE], row->id, NULL, row, NULL});
	}
	return r;
}

static int compare_holiday(json_t *rows, const struct policy_holiday *from, const struct policy_holiday *to)
{
	const struct policy_holiday *any = to ? to : from;
	char date[REVIEW_DATE];
	struct pair pair = {&kinds[KIND_HOLIDAY], review_date(any->day, date), any->name, from, to};

	return compare(rows, &pair);
}

static int compare_holidays(json_t *rows, const struct policy *from, const struct policy *to)
{
	int r = 0;

	for (size_t i = 0; i < to->n_holidays && r == 0; i++)
		r = compare_holiday(rows, policy_holiday(from, to->holidays[i].day), &to->holidays[i]);
	for (size_t i = 0; i < from->n_holidays && r == 0; i++)
		if (!policy_holiday(to, from->holidays[i].day))
			r = compare_holiday(rows, &from->holidays[i], NULL);
	return r;
}

json_t *review_settings(const struct policy *from, const struct policy *to)
{
	static int (*const parts[])(json_t *, const struct policy *, const struct policy *) = {
	    compare_schedules, compare_holidays, compare_offices, compare_zones};
	struct pair site = {&kinds[KIND_SITE], NULL, to->site_name, from, to};
	json_t *rows = json_array();
	int r = rows ? compare(rows, &site) : -1;

	for (size_t i = 0; i < ELEMENTS(parts) && r == 0; i++)
		r = parts[i](rows, from, to);
	if (r == 0)
		return rows;
	json_decref(rows);
	return NULL;
}
