/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: who is told "slow" must know whom to call. It compares figures with what is usual for each, and says
 * nothing where it knows nothing.
 */
#include "slow.h"
#include <stddef.h>
#include "../lib/cleanup.h"

static uint64_t beyond(uint64_t usec, uint64_t usual_usec)
{
	return usec > usual_usec ? usec * 1000 / usual_usec : 0;
}

const char *slow_where(const struct slow_figures *figures)
{
	const struct {
		const char *name;
		uint64_t beyond;
	} rows[] = {
	    {"provider", MAX(beyond(figures->provider_usec, SLOW_PROVIDER_USEC),
			     beyond(figures->late_usec, SLOW_LATE_USEC))},
	    {"queue", beyond(figures->queue_usec, SLOW_QUEUE_USEC)},
	    {"office", beyond(figures->office_usec, SLOW_OFFICE_USEC)},
	};
	const char *where = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (rows[i].beyond <= most)
			continue;
		most = rows[i].beyond;
		where = rows[i].name;
	}
	return where;
}
