/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: rows of five minutes and the hashes of visitors are forgotten, a report is not. The thread reads the
 * file and writes nothing; this loop looks once a minute, and never waits for it.
 */
#include "monthly.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include "daemon.h"
#include "engine.h"
#include "figures.h"
#include "record.h"
#include "../ledger/month.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define LOOK_USEC USEC_PER_MINUTE
#define LOOK_REHEARSED_USEC (2 * USEC_PER_SEC)
#define AGAIN_USEC USEC_PER_HOUR /* after a month that could not be computed */

struct job {
	const char *directory;
	int32_t month;
	int64_t from_sec, until_sec, wall_usec;
	struct ledger_month_record *record;
	int result;
};

struct monthly {
	struct daemon *daemon;
	pthread_t thread;
	bool runs; /* and `job` is the thread's */
	struct job job;
	int fd;
	int64_t again_mono_usec;
	sd_event_source *timer, *io;
};

/* ---- the thread ---- */

static int compute(struct job *job)
{
	struct ledger *ledger = NULL;
	int r = ledger_open_read(job->directory, &ledger);

	if (r == 0)
		r = ledger_month_compute(ledger, job->month, job->from_sec, job->until_sec, job->wall_usec,
					 &job->record);
	ledger_close(ledger);
	return r;
}

static void *run(void *userdata)
{
	struct monthly *monthly = userdata;

	monthly->job.result = compute(&monthly->job);
	eventfd_write(monthly->fd, 1);
	return NULL;
}

/* ---- the loop ---- */

static void say(const struct job *job, int r)
{
	if (r < 0)
		log_warning("the record of month %d-%02d cannot be made now (%s): tried again in an hour",
			    job->month / 12, job->month % 12 + 1, strerror(-r));
	else
		log_info("the record of month %d-%02d is written: percentiles and visitors", job->month / 12,
			 job->month % 12 + 1);
}

static void finish(struct monthly *monthly)
{
	struct job *job = &monthly->job;
	struct ledger *ledger = monthly->daemon->ledger;
	int r = job->result;

	pthread_join(monthly->thread, NULL);
	monthly->runs = false;
	if (r == 0)
		r = ledger ? ledger_month_put(ledger, job->record) : -ENODEV;
	if (r < 0)
		monthly->again_mono_usec = clock_now().mono_usec + AGAIN_USEC;
	say(job, r);
	job->record = ledger_month_free(job->record);
}

static int on_done(sd_event_source *source _unused_, int fd, uint32_t events _unused_, void *userdata)
{
	struct monthly *monthly = userdata;
	eventfd_t n;

	eventfd_read(fd, &n);
	if (monthly->runs)
		finish(monthly);
	return 0;
}

static int64_t month_begin(int32_t month)
{
	return clock_from_local(month / 12, month % 12 + 1, 1, 0, 0, 0) / USEC_PER_SEC;
}

static void look(struct monthly *monthly)
{
	const struct instant now = clock_now();
	struct ledger *ledger = monthly->daemon->ledger;
	int32_t month;

	if (!ledger || monthly->runs || now.mono_usec < monthly->again_mono_usec ||
	    ledger_month_due(ledger, figures_time(now.wall_usec).day, &month) != 0)
		return;
	monthly->job = (struct job){.directory = records_directory(monthly->daemon->records),
				    .month = month,
				    .from_sec = month_begin(month),
				    .until_sec = month_begin(month + 1),
				    .wall_usec = now.wall_usec};
	monthly->runs = pthread_create(&monthly->thread, NULL, run, monthly) == 0;
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	look(userdata);
	sd_event_source_set_time_relative(source,
					  (uint64_t)(clock_is_rehearsal() ? LOOK_REHEARSED_USEC : LOOK_USEC));
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int monthly_new(struct daemon *daemon, struct monthly **out)
{
	struct monthly *monthly = calloc(1, sizeof(*monthly));
	int r;

	if (!monthly)
		return -ENOMEM;
	monthly->daemon = daemon;
	monthly->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = monthly->fd < 0 ? -errno : 0;
	if (r >= 0)
		r = sd_event_add_io(daemon->event, &monthly->io, monthly->fd, EPOLLIN, on_done, monthly);
	if (r >= 0)
		r = sd_event_add_time_relative(daemon->event, &monthly->timer, CLOCK_MONOTONIC,
					       LOOK_REHEARSED_USEC, USEC_PER_SEC, on_timer, monthly);
	if (r < 0) {
		monthly_free(monthly);
		return r;
	}
	*out = monthly;
	return 0;
}

struct monthly *monthly_free(struct monthly *monthly)
{
	if (!monthly)
		return NULL;
	if (monthly->runs)
		pthread_join(monthly->thread, NULL);
	ledger_month_free(monthly->job.record);
	sd_event_source_disable_unref(monthly->timer);
	sd_event_source_disable_unref(monthly->io);
	if (monthly->fd >= 0)
		close(monthly->fd);
	free(monthly);
	return NULL;
}
