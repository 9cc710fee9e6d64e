/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The only module that reads clocks. Everything else receives an instant as an argument.
 *
 * An instant has two faces: the wall clock, which the calendar reads and which may jump, and the
 * monotonic clock (CLOCK_MONOTONIC), which session lengths and kernel timeouts are counted in.
 * In rehearsal the wall clock runs on from any chosen local time; the monotonic one is always the machine's.
 *
 * The site's time zone is the process's (TZ): a process serves one site.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct instant {
	int64_t wall_usec; /* since 1970-01-01 00:00 UTC */
	int64_t mono_usec; /* CLOCK_MONOTONIC */
};

struct instant clock_now(void);
void clock_rehearse(int64_t wall_usec); /* from now on the wall clock reads this and runs on */
bool clock_is_rehearsal(void);

/* Sets the process's time zone to a name of the tz database. 0, or -ENOENT where there is no such zone. */
int clock_zone_set(const char *name);

/* Local civil time <-> wall. A time that does not exist (DST gap) moves forward. */
int64_t clock_from_local(int year, int month, int day, int hour, int minute, int second);
struct tm clock_local(int64_t wall_usec);
/* "2026-11-23T15:59:50+07:00" (RFC 3339) */
#define CLOCK_TEXT 32
const char *clock_text(int64_t wall_usec, char text[static CLOCK_TEXT]);
/* "YYYY-MM-DD HH:MM[:SS]" or "YYYY-MM-DDTHH:MM[:SS]" local, a real date; 0 or -EINVAL */
int clock_parse(const char *text, int64_t *wall_usec);

/* A timerfd that becomes readable (read fails with ECANCELED) when the machine's wall clock is set: sd-event
 * does not report a backward step. -errno on failure. Call clock_step_rearm() after each report. */
int clock_step_fd(void);
int clock_step_rearm(int fd);
