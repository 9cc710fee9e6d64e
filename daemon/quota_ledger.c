/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: stages and exemptions outlive the daemon, and a disk that is full or slow must neither throttle nor
 * free anybody: what is known stays in the rows, and the ledger follows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "quota_room.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define RETRY_USEC (10 * USEC_PER_SEC)
#define EXEMPTIONS_BACK_USEC (40 * USEC_PER_DAY) /* a clock that goes back within a month finds them */

int quota_keep_exemption(const struct ledger_exemption *exemption, void *userdata)
{
	struct quota *quota = userdata;
	struct quota_exemption *grown;

	if (exemption->revoked_wall_usec)
		return 0;
	grown = reallocarray(quota->exemptions, quota->n_exemptions + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	quota->exemptions = grown;
	grown += quota->n_exemptions++;
	*grown = (struct quota_exemption){.id = exemption->id,
					  .from_wall_usec = exemption->from_wall_usec,
					  .until_wall_usec = exemption->until_wall_usec};
	memcpy(grown->office, exemption->office, sizeof(grown->office));
	return 0;
}

static int read_exemptions(struct quota *quota, int64_t wall_usec)
{
	quota->n_exemptions = 0;
	return ledger_exemptions(quota->daemon->ledger, NULL, wall_usec - EXEMPTIONS_BACK_USEC,
				 quota_keep_exemption, quota);
}

/* Higher than what was found without it, or than what was found. */
static int read_stage(struct quota *quota, struct quota_row *row)
{
	enum ledger_quota_stage stage = LEDGER_QUOTA_NONE;
	int r = ledger_quota_stage(quota->daemon->ledger, row->id, quota->month, &stage);

	if (r < 0)
		return r;
	row->stage = MAX(row->stage, stage);
	row->known = true;
	return 0;
}

static int write_stage(struct quota *quota, struct quota_row *row)
{
	int r = ledger_quota_stage_set(quota->daemon->ledger, row->id, quota->month, row->stage);

	row->dirty = r < 0;
	return r;
}

static bool may_try(const struct quota *quota)
{
	return quota->daemon->ledger && clock_now().mono_usec >= quota->retry_mono_usec;
}

static void failed(struct quota *quota, int error)
{
	log_debug("quotas: the ledger refuses: %s", strerror(-error)); /* booking.c says so once, loudly */
	quota->retry_mono_usec = clock_now().mono_usec + RETRY_USEC;
}

void quota_read(struct quota *quota)
{
	int r = 0;

	if (!may_try(quota))
		return;
	if (!quota->exemptions_known) {
		r = read_exemptions(quota, clock_now().wall_usec);
		quota->exemptions_known = r >= 0;
	}
	for (size_t i = 0; i < quota->n_rows && r >= 0; i++)
		if (!quota->rows[i].known && quota->rows[i].limit_bytes)
			r = read_stage(quota, &quota->rows[i]);
	if (r < 0)
		failed(quota, r);
}

void quota_write(struct quota *quota)
{
	int r = 0;

	for (size_t i = 0; i < quota->n_rows && r >= 0; i++)
		if (quota->rows[i].dirty && may_try(quota))
			r = write_stage(quota, &quota->rows[i]);
	if (r < 0)
		failed(quota, r);
}
