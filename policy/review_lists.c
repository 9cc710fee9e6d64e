/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: lists of the policy for the review, one text an item in the words of the configuration, so that a
 * reader sees which items came and went. Never shows what is in a file that the configuration only names, but
 * for the theme's words: of the logo only that it is another one.
 */
#include "review_values.h"
#include "../lib/cleanup.h"
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static json_t *addresses_json(const struct addr *rows, size_t n)
{
	json_t *array = json_array();
	char text[ADDR_TEXT];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(addr_text(&rows[i], text)));
	return array;
}

static json_t *prefixes_json(const struct prefix *rows, size_t n)
{
	json_t *array = json_array();
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(prefix_text(&rows[i], text)));
	return array;
}

static json_t *texts_json(char *const *rows, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(rows[i]));
	return array;
}

/* ---- of a policy ---- */

json_t *review_probes(const void *object, size_t offset _unused_)
{
	const struct policy *policy = object;

	return addresses_json(policy->probes, policy->n_probes);
}

json_t *review_dns(const void *object, size_t offset _unused_)
{
	const struct policy *policy = object;

	return addresses_json(policy->dns, policy->n_dns);
}

/* FNV-1a: to see that it is another one, nothing more. */
json_t *review_logo(const void *object, size_t offset _unused_)
{
	const struct policy_theme *theme = &((const struct policy *)object)->theme;
	const unsigned char *bytes = theme->logo;
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	if (!bytes)
		return json_null();
	for (size_t i = 0; i < theme->logo_size; i++)
		digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3);
	return json_sprintf("%zu B, %016jx", theme->logo_size, (uintmax_t)digest);
}

json_t *review_terms(const void *object, size_t offset _unused_)
{
	const struct policy_theme *theme = &((const struct policy *)object)->theme;
	json_t *array = json_array();

	for (size_t language = 0; language < 2; language++)
		for (size_t i = 0; i < theme->n_terms[language]; i++)
			json_array_append_new(
			    array, json_sprintf("%s: %s", language ? "en" : "id", theme->terms[language][i]));
	return array;
}

json_t *review_links(const void *object, size_t offset _unused_)
{
	const struct policy_theme *theme = &((const struct policy *)object)->theme;
	json_t *array = json_array();

	for (size_t i = 0; i < theme->n_links; i++) {
		const struct policy_link *link = &theme->links[i];

		json_array_append_new(array, json_sprintf("%s (%s, %s)", link->url,
							  link->text[0] ? link->text[0] : "",
							  link->text[1] ? link->text[1] : ""));
	}
	return array;
}

json_t *review_split(const void *object, size_t offset _unused_)
{
	static const char *const names[] = {[POLICY_SPLIT_EQUAL] = "equal",
					    [POLICY_SPLIT_GUARANTEED] = "guaranteed",
					    [POLICY_SPLIT_DELIVERED] = "delivered",
					    [POLICY_SPLIT_P95] = "p95"};
	const struct policy_contract *contract = &((const struct policy *)object)->contract;
	json_t *array = json_array();

	for (size_t i = 0; i < POLICY_SPLITS; i++)
		if (contract->split_percent[i])
			json_array_append_new(array,
					      json_sprintf("%s %u%%", names[i], contract->split_percent[i]));
	return array;
}

json_t *review_refunds(const void *object, size_t offset _unused_)
{
	const struct policy_contract *contract = &((const struct policy *)object)->contract;
	json_t *array = json_array();

	for (size_t i = 0; i < contract->n_refunds; i++)
		json_array_append_new(array, json_sprintf("< %u.%u%%: %u%%",
							  contract->refunds[i].below_permille / 10,
							  contract->refunds[i].below_permille % 10,
							  contract->refunds[i].percent));
	return array;
}

json_t *review_letterhead(const void *object, size_t offset _unused_)
{
	const struct policy *policy = object;

	return texts_json(policy->report.letterhead, policy->report.n_letterhead);
}

json_t *review_mail_to(const void *object, size_t offset _unused_)
{
	const struct policy *policy = object;

	return texts_json(policy->mail.to, policy->mail.n_to);
}

/* ---- of a schedule ---- */

static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* "mon-thu,sat": `days` has bit 0 for Monday. */
static void days_text(unsigned days, char text[static 32])
{
	size_t length = 0;

	for (unsigned day = 0, last; day < 7; day = last + 1) {
		last = day;
		if (!(days & 1u << day))
			continue;
		while (last < 6 && days & 1u << (last + 1))
			last++;
		length +=
		    (size_t)snprintf(text + length, 32 - length, "%s%s%s%s", length ? "," : "", weekdays[day],
				     last > day ? "-" : "", last > day ? weekdays[last] : "");
	}
}

/* "mon-thu 07:30-16:00"; past midnight "fri 22:00-02:00". */
static json_t *window_json(const struct policy_window *window, unsigned days)
{
	unsigned end = window->end_minute > 1440 ? window->end_minute - 1440u : window->end_minute;
	char text[32] = "";

	days_text(days, text);
	return json_sprintf("%s %02u:%02u-%02u:%02u", text, window->start_minute / 60u,
			    window->start_minute % 60u, end / 60, end % 60);
}

static bool same_hours(const struct policy_window *a, const struct policy_window *b)
{
	return a->start_minute == b->start_minute && a->end_minute == b->end_minute;
}

/* The days of the same hours in one item, at the place of the first. */
static json_t *windows_json(const struct policy_window *windows, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		unsigned days = 0;
		bool said = false;

		for (size_t k = 0; k < n; k++) {
			if (!same_hours(&windows[i], &windows[k]))
				continue;
			said = said || k < i;
			days |= 1u << (windows[k].weekday + 6) % 7;
		}
		if (!said)
			json_array_append_new(array, window_json(&windows[i], days));
	}
	return array;
}

json_t *review_windows(const void *object, size_t offset _unused_)
{
	const struct policy_schedule *schedule = object;

	return windows_json(schedule->windows, schedule->n_windows);
}

json_t *review_periods(const void *object, size_t offset _unused_)
{
	const struct policy_schedule *schedule = object;
	json_t *array = json_array();

	for (size_t i = 0; i < schedule->n_periods; i++) {
		const struct policy_period *period = &schedule->periods[i];
		char from[REVIEW_DATE], to[REVIEW_DATE];

		json_array_append_new(array, json_pack("{ss,ss,ss,so}", "name", period->name, "from",
						       review_date(period->from_day, from), "to",
						       review_date(period->to_day, to), "windows",
						       windows_json(period->windows, period->n_windows)));
	}
	return array;
}

/* ---- of an office, a service, a zone ---- */

json_t *review_devices(const void *object, size_t offset _unused_)
{
	const struct policy_office *office = object;
	json_t *array = json_array();

	for (size_t i = 0; i < office->n_devices; i++)
		json_array_append_new(array, json_string(office->devices[i]));
	return array;
}

json_t *review_prefixes(const void *object, size_t offset _unused_)
{
	const struct policy_office *office = object;
	json_t *array = prefixes_json(office->prefixes, office->n_prefixes);

	if (office->delegated)
		json_array_append_new(array, json_string("delegated"));
	return array;
}

/* Without a quota its further keys mean nothing. */
json_t *review_quota_notice(const void *object, size_t offset _unused_)
{
	const struct policy_office *office = object;

	return office->quota_bytes ? json_integer(office->quota_notice_percent) : json_null();
}

json_t *review_quota_over(const void *object, size_t offset _unused_)
{
	const struct policy_office *office = object;

	if (!office->quota_bytes)
		return json_null();
	return json_string(office->quota_over == POLICY_OVER_THROTTLE ? "throttle" : "notice");
}

json_t *review_service_rate(const void *object, size_t offset _unused_)
{
	const struct policy_service *service = object;

	if (!service->rate.down_bps && !service->rate.up_bps)
		return json_sprintf("%u%%", service->percent);
	return review_rate(service, offsetof(struct policy_service, rate));
}

json_t *review_ports(const void *object, size_t offset _unused_)
{
	const struct policy_service *service = object;
	json_t *array = json_array();

	for (size_t i = 0; i < service->n_ports; i++) {
		const struct policy_ports *ports = &service->ports[i];
		const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";

		json_array_append_new(array,
				      ports->first == ports->last
					  ? json_sprintf("%s %u", protocol, ports->first)
					  : json_sprintf("%s %u-%u", protocol, ports->first, ports->last));
	}
	return array;
}

json_t *review_service_prefixes(const void *object, size_t offset _unused_)
{
	const struct policy_service *service = object;

	return prefixes_json(service->prefixes, service->n_prefixes);
}

json_t *review_dscp(const void *object, size_t offset _unused_)
{
	const struct policy_service *service = object;
	json_t *array = json_array();

	for (size_t i = 0; i < service->n_dscp; i++)
		json_array_append_new(array, json_sprintf("%u", service->dscp[i]));
	return array;
}

json_t *review_garden(const void *object, size_t offset _unused_)
{
	const struct policy_zone *zone = object;

	return texts_json(zone->garden, zone->n_garden);
}
