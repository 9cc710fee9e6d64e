/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a configuration to rows of what it allows, with the files kept in memory as they were read: so that
 * they can be written down when the plan under them has proved good, whatever became of the originals.
 * Nothing is judged here, and no file of others is believed.
 */
#include "allowance.h"
#include "../lib/log.h"
#include "../policy/config.h"
#include "../policy/config_source.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what is allowed ---- */

static int allow_device(struct plan *allowed, const char *name, enum plan_role role, size_t index)
{
	struct plan_device row = {.role = role, .minor = (uint16_t)index};

	snprintf(row.name, sizeof(row.name), "%s", name);
	return plan_add_device(allowed, &row);
}

static int allow_prefix(struct plan *allowed, const char *device, const struct prefix *prefix, size_t office)
{
	struct plan_prefix row = {.prefix = prefix_network(prefix), .minor = (uint16_t)office};

	snprintf(row.device, sizeof(row.device), "%s", device);
	return plan_add_prefix(allowed, &row);
}

static int allow_address(struct plan *allowed, const char *device, const struct prefix *prefix)
{
	struct plan_address row = {.prefix = *prefix};

	if (!prefix->addr.family)
		return 0;
	snprintf(row.device, sizeof(row.device), "%s", device);
	return plan_add_address(allowed, &row);
}

static int allow_office(struct plan *allowed, const struct policy_office *office, size_t index)
{
	int r = 0;

	for (size_t i = 0; i < office->n_devices && r == 0; i++) {
		r = allow_device(allowed, office->devices[i], PLAN_OFFICE, 0);
		for (size_t k = 0; k < office->n_prefixes && r == 0; k++)
			r = allow_prefix(allowed, office->devices[i], &office->prefixes[k], index);
	}
	return r;
}

static int allow_all(const struct policy *policy, struct plan *allowed)
{
	int r = allow_device(allowed, policy->uplink, PLAN_UPLINK, 0);

	for (size_t i = 0; i < policy->n_offices && r == 0; i++)
		r = allow_office(allowed, &policy->offices[i], i);
	for (size_t i = 0; i < policy->n_zones && r == 0; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		r = allow_device(allowed, zone->device, PLAN_ZONE, i);
		if (r == 0)
			r = allow_address(allowed, zone->device, &zone->address4);
		if (r == 0)
			r = allow_address(allowed, zone->device, &zone->address6);
	}
	plan_sort(allowed);
	return r;
}

/* ---- files ---- */

int allowance_check_owner(const char *path, unsigned owner)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return 0; /* whoever reads it says it better */
	if ((status.st_uid == 0 || status.st_uid == owner) && !(status.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	log_error("%s: must belong to root and be writable by root alone, got owner %u, mode %04o", path,
		  (unsigned)status.st_uid, (unsigned)status.st_mode & 07777);
	return -EPERM;
}

/* Where it is read from: malloc'd. */
static char *place_of(const char *copy, const char *below, const char *file)
{
	char *path;

	if (!copy || !below)
		return strdup(file);
	return asprintf(&path, "%s/%s", copy, below) < 0 ? NULL : path;
}

static int keep_file(struct allowance *limits, const char *below, const char *path, size_t *room)
{
	struct allowance_file *row = &limits->files[limits->n_files];
	int r = config_file_read(path, *room, &row->bytes, &row->length);

	if (r < 0)
		return r;
	row->name = strdup(below);
	if (!row->name) {
		free(row->bytes);
		return -ENOMEM;
	}
	limits->n_files++;
	*room -= row->length;
	return 0;
}

static int take_file(struct allowance *limits, const char *path, const char *copy, const char *file,
		     unsigned owner, size_t *room)
{
	const char *below = config_below(path, file);
	_cleanup_(freep) char *place = place_of(copy, below, file);
	int r = place ? allowance_check_owner(place, owner) : -ENOMEM;

	if (r == 0 && below)
		r = keep_file(limits, below, place, room);
	if (r < 0 && r != -EPERM)
		log_error("%s: %s", file, strerror(-r));
	return r;
}

static int take_files(struct allowance *limits, const char *path, const char *copy, unsigned owner,
		      const struct config_report *report)
{
	size_t room = ALLOWANCE_BYTES_MAX;
	int r = 0;

	limits->files = calloc(report->n_files + 1, sizeof(*limits->files));
	if (!limits->files)
		return -ENOMEM;
	for (size_t i = 0; i < report->n_files && r == 0; i++)
		r = take_file(limits, path, copy, report->files[i], owner, &room);
	return r;
}

/* ---- the whole ---- */

static int load(struct allowance *limits, const char *path, const char *copy, unsigned owner)
{
	struct config_report report = {};
	int r = copy ? 0 : allowance_check_owner(path, owner);

	if (r == 0)
		r = config_load_copy(path, copy, &limits->policy, &report);
	for (size_t i = 0; i < report.n_faults; i++)
		log_error("%s", report.faults[i]);
	if (r != 0)
		limits->policy = NULL;
	if (r == 0)
		r = take_files(limits, path, copy, owner, &report);
	if (r == 0)
		r = allow_all(limits->policy, &limits->allowed);
	config_report_clear(&report);
	return r;
}

int allowance_load(const char *path, const char *copy, unsigned owner, struct allowance **out)
{
	_cleanup_(allowance_freep) struct allowance *limits = calloc(1, sizeof(*limits));
	int r;

	if (!limits)
		return -ENOMEM;
	limits->users = 1;
	r = load(limits, path, copy, owner);
	if (r != 0)
		return r;
	*out = limits;
	limits = NULL;
	return 0;
}

struct allowance *allowance_use(struct allowance *limits)
{
	if (limits)
		limits->users++;
	return limits;
}

struct allowance *allowance_free(struct allowance *limits)
{
	if (!limits || --limits->users > 0)
		return NULL;
	policy_free(limits->policy);
	plan_clear(&limits->allowed);
	for (size_t i = 0; i < limits->n_files; i++) {
		free(limits->files[i].name);
		free(limits->files[i].bytes);
	}
	free(limits->files);
	free(limits);
	return NULL;
}

bool allowance_same_files(const struct allowance *a, const struct allowance *b)
{
	if (a->n_files != b->n_files)
		return false;
	for (size_t i = 0; i < a->n_files; i++)
		if (strcmp(a->files[i].name, b->files[i].name) != 0 ||
		    a->files[i].length != b->files[i].length ||
		    memcmp(a->files[i].bytes, b->files[i].bytes, a->files[i].length) != 0)
			return false;
	return true;
}
