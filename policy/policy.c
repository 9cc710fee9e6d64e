// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The policy's own few functions: find, budget, free. It holds no rule of the configuration; those are in
 * config_*.c. A policy that was only half read (a refused file) is freed here as well: every pointer may be
 * NULL.
 */
#include <stdlib.h>
#include <string.h>
#include "policy.h"

static void free_texts(char **texts, size_t n)
{
	for (size_t i = 0; texts && i < n; i++)
		free(texts[i]);
	free(texts);
}

static void free_schedules(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_schedules; i++) {
		struct policy_schedule *schedule = &policy->schedules[i];

		for (size_t j = 0; j < schedule->n_periods; j++) {
			free(schedule->periods[j].name);
			free(schedule->periods[j].windows);
		}
		free(schedule->periods);
		free(schedule->windows);
		free(schedule->id);
	}
	free(policy->schedules);
}

static void free_services(struct policy_office *office)
{
	for (size_t i = 0; i < office->n_services; i++) {
		free(office->services[i].id);
		free(office->services[i].ports);
		free(office->services[i].prefixes);
		free(office->services[i].dscp);
	}
	free(office->services);
}

static void free_offices(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_offices; i++) {
		struct policy_office *office = &policy->offices[i];

		free(office->id);
		free(office->name);
		free(office->budget_code);
		free(office->devices);
		free(office->prefixes);
		free_services(office);
	}
	free(policy->offices);
}

static void free_zones(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_zones; i++) {
		struct policy_zone *zone = &policy->zones[i];

		free(zone->id);
		free(zone->name);
		free_texts(zone->garden, zone->n_garden);
	}
	free(policy->zones);
}

static void free_holidays(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_holidays; i++)
		free(policy->holidays[i].name);
	free(policy->holidays);
}

static void free_theme(struct policy_theme *theme)
{
	for (size_t i = 0; theme->links && i < theme->n_links; i++) {
		free(theme->links[i].url);
		free(theme->links[i].text[0]);
		free(theme->links[i].text[1]);
	}
	free(theme->links);
	free_texts(theme->terms[0], theme->n_terms[0]);
	free_texts(theme->terms[1], theme->n_terms[1]);
	free(theme->logo);
	free(theme->name);
}

static void free_records(struct policy *policy)
{
	free(policy->portal.hostname);
	free(policy->portal.certificate);
	free(policy->portal.key);
	free(policy->portal.venue);
	free(policy->portal.theme_directory);
	free(policy->contract.provider);
	free(policy->contract.number);
	free(policy->contract.refunds);
	free_texts(policy->report.letterhead, policy->report.n_letterhead);
	free(policy->report.logo);
	free(policy->report.verify);
	free(policy->signatory.office);
	free(policy->signatory.name);
	free(policy->signatory.nip);
	free(policy->signatory.place);
	free(policy->mail.server);
	free(policy->mail.from);
	free(policy->mail.user);
	free(policy->mail.password_file);
	free_texts(policy->mail.to, policy->mail.n_to);
	free(policy->webhook.url);
	free(policy->webhook.key_file);
	free(policy->test.server);
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	free_schedules(policy);
	free_holidays(policy);
	free_offices(policy);
	free_zones(policy);
	free_records(policy);
	free_theme(&policy->theme);
	free(policy->site_name);
	free(policy->timezone);
	free(policy->language);
	free(policy->state_directory);
	free(policy->run_directory);
	free(policy->probes);
	free(policy->dns);
	free(policy);
}

const struct policy_office *policy_office(const struct policy *policy, const char *id)
{
	for (size_t i = 0; i < policy->n_offices; i++)
		if (!strcmp(policy->offices[i].id, id))
			return &policy->offices[i];
	return NULL;
}

const struct policy_zone *policy_zone(const struct policy *policy, const char *id)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (!strcmp(policy->zones[i].id, id))
			return &policy->zones[i];
	return NULL;
}

const struct policy_schedule *policy_schedule(const struct policy *policy, const char *id)
{
	for (size_t i = 0; i < policy->n_schedules; i++)
		if (!strcmp(policy->schedules[i].id, id))
			return &policy->schedules[i];
	return NULL;
}

const struct policy_holiday *policy_holiday(const struct policy *policy, int32_t day)
{
	size_t low = 0, high = policy->n_holidays;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (policy->holidays[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < policy->n_holidays && policy->holidays[low].day == day ? &policy->holidays[low] : NULL;
}

static uint64_t less_headroom(uint64_t bps, unsigned headroom_percent)
{
	return bps * (100 - headroom_percent) / 100 / 8 * 8;
}

struct policy_rate policy_budget(const struct policy *policy)
{
	return (struct policy_rate){
	    .down_bps = less_headroom(policy->uplink_rate.down_bps, policy->headroom_percent),
	    .up_bps = less_headroom(policy->uplink_rate.up_bps, policy->headroom_percent),
	};
}
