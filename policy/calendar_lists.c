/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calendar as lists: every instant at which something may change, and the days that show every state. For
 * whoever has to look at all of them (the check for overcommitment, the list of changes). It must never miss
 * one.
 */
#include "calendar.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include <errno.h>

/* Less than what calendar_next() looks ahead. */
#define HORIZON_USEC (390 * USEC_PER_DAY)

struct list {
	int64_t *rows;
	size_t n, size;
};

static int list_add(struct list *list, int64_t value)
{
	if (list->n == list->size) {
		size_t size = list->size ? 2 * list->size : 64;
		int64_t *rows = reallocarray(list->rows, size, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		list->rows = rows;
		list->size = size;
	}
	list->rows[list->n++] = value;
	return 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void list_sort(struct list *list)
{
	size_t n = 0;

	if (list->n)
		qsort(list->rows, list->n, sizeof(*list->rows), compare);
	for (size_t i = 0; i < list->n; i++)
		if (!n || list->rows[n - 1] != list->rows[i])
			list->rows[n++] = list->rows[i];
	list->n = n;
}

static int add_instants(struct list *list, const struct policy *policy,
			const struct policy_schedule *schedule, int64_t from_usec, int64_t to_usec)
{
	int64_t at = from_usec - 1;

	while (at < to_usec) {
		struct calendar_change change = calendar_next(policy, schedule, at);

		at = change.wall_usec ? change.wall_usec : at + HORIZON_USEC;
		if (change.wall_usec && at < to_usec && list_add(list, at) < 0)
			return -ENOMEM;
	}
	return 0;
}

ssize_t calendar_instants(const struct policy *policy, int64_t from_usec, int64_t to_usec, int64_t **out)
{
	struct list list = {0};

	for (size_t i = 0; i < policy->n_schedules; i++)
		if (add_instants(&list, policy, &policy->schedules[i], from_usec, to_usec) < 0) {
			free(list.rows);
			return -ENOMEM;
		}
	list_sort(&list);
	*out = list.rows;
	return (ssize_t)list.n;
}

static int add_weeks_around(struct list *list, int32_t day)
{
	for (int32_t d = day - 7; d <= day + 7; d++)
		if (list_add(list, d) < 0)
			return -ENOMEM;
	return 0;
}

/* A state depends on the weekday, and on the holiday and the periods of the day and the day before. These are
 * the dates at which the latter change; the eight days from each on, and the week before the first, are all
 * there is. */
static int add_turning_days(struct list *list, const struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < policy->n_holidays && r == 0; i++) {
		r = add_weeks_around(list, policy->holidays[i].day);
		if (r == 0)
			r = add_weeks_around(list, policy->holidays[i].day + 1);
	}
	for (size_t s = 0; s < policy->n_schedules && r == 0; s++) {
		const struct policy_schedule *schedule = &policy->schedules[s];

		for (size_t i = 0; i < schedule->n_periods && r == 0; i++) {
			r = add_weeks_around(list, schedule->periods[i].from_day);
			if (r == 0)
				r = add_weeks_around(list, schedule->periods[i].to_day + 1);
		}
	}
	if (r == 0 && list->n == 0)
		r = add_weeks_around(list, calendar_day(2026, 1, 5)); /* any plain week */
	return r;
}

ssize_t calendar_sample_days(const struct policy *policy, int32_t **out)
{
	struct list list = {0};
	_cleanup_(freep) int32_t *days = NULL;
	int r = add_turning_days(&list, policy);

	if (r == 0) {
		list_sort(&list);
		days = calloc(list.n, sizeof(*days));
	}
	if (!days) {
		free(list.rows);
		return -ENOMEM;
	}
	for (size_t i = 0; i < list.n; i++)
		days[i] = (int32_t)list.rows[i];
	free(list.rows);
	*out = days;
	days = NULL;
	return (ssize_t)list.n;
}
