/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only reader of clocks. Local time is computed here from the zone's offsets and not by mktime(), whose
 * answer for a time in a gap or a fold is unspecified. It must never set the machine's clock.
 */
#include "clock.h"
#include "cleanup.h"
#include "units.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#define ZONE_DIRECTORY "/usr/share/zoneinfo/"

static bool rehearsal;
static int64_t rehearsal_offset; /* wall = monotonic + this */

static int64_t read_clock(clockid_t id)
{
	struct timespec ts = {0};

	clock_gettime(id, &ts);
	return ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000;
}

struct instant clock_now(void)
{
	struct instant now = {.mono_usec = read_clock(CLOCK_MONOTONIC)};

	now.wall_usec = rehearsal ? now.mono_usec + rehearsal_offset : read_clock(CLOCK_REALTIME);
	return now;
}

void clock_rehearse(int64_t wall_usec)
{
	rehearsal = true;
	rehearsal_offset = wall_usec - read_clock(CLOCK_MONOTONIC);
}

bool clock_is_rehearsal(void)
{
	return rehearsal;
}

static bool zone_name_sane(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t n = strlen(name);

	return n > 0 && n < 64 && strspn(name, allowed) == n && name[0] != '/' && name[0] != '-';
}

/* The directory holds tables and directories as well as zones (RFC 8536, 3.1: the magic). */
static bool zone_exists(const char *name)
{
	char path[sizeof(ZONE_DIRECTORY) + 64], magic[4];
	_cleanup_(closep) int fd = -1;

	snprintf(path, sizeof(path), ZONE_DIRECTORY "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "TZif", 4) == 0;
}

int clock_zone_set(const char *name)
{
	if (!zone_name_sane(name) || !zone_exists(name))
		return -ENOENT;
	if (setenv("TZ", name, 1) < 0)
		return -errno;
	tzset();
	return 0;
}

static struct tm local_time(time_t seconds)
{
	struct tm tm = {0};

	localtime_r(&seconds, &tm);
	return tm;
}

/* Local time read as if it were UTC, from a real instant. */
static time_t local_as_utc(time_t seconds)
{
	struct tm tm = local_time(seconds);

	return timegm(&tm);
}

int64_t clock_from_local(int year, int month, int day, int hour, int minute, int second)
{
	struct tm tm = {.tm_year = year - 1900,
			.tm_mon = month - 1,
			.tm_mday = day,
			.tm_hour = hour,
			.tm_min = minute,
			.tm_sec = second};
	const time_t wanted = timegm(&tm), a_day = 86400;
	/* By the offset in force the day before, and the day after: one of them is right, and in a gap the
	 * former moves forward by the gap's length (as RFC 5545, 3.3.5). */
	const time_t before = wanted - local_time(wanted - a_day).tm_gmtoff;
	const time_t after = wanted - local_time(wanted + a_day).tm_gmtoff;

	if (local_as_utc(before) != wanted && local_as_utc(after) == wanted)
		return after * USEC_PER_SEC;
	return before * USEC_PER_SEC;
}

struct tm clock_local(int64_t wall_usec)
{
	int64_t seconds = wall_usec / USEC_PER_SEC;

	if (wall_usec % USEC_PER_SEC < 0)
		seconds--;
	return local_time(seconds);
}

const char *clock_text(int64_t wall_usec, char text[static CLOCK_TEXT])
{
	struct tm tm = clock_local(wall_usec);
	long offset = labs(tm.tm_gmtoff) / 60;
	size_t n = strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);

	snprintf(text + n, CLOCK_TEXT - n, "%c%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+', offset / 60 % 100,
		 offset % 60);
	return text;
}

struct field {
	unsigned at, digits;
	int min, max;
};

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };

static const struct field fields[FIELDS] = {
    [YEAR] = {0, 4, 1970, 9999}, [MONTH] = {5, 2, 1, 12},   [DAY] = {8, 2, 1, 31},
    [HOUR] = {11, 2, 0, 23},	 [MINUTE] = {14, 2, 0, 59}, [SECOND] = {17, 2, 0, 59},
};

static int field_parse(const char *text, const struct field *field, int *out)
{
	int value = 0;

	for (unsigned i = 0; i < field->digits; i++) {
		char c = text[field->at + i];

		if (c < '0' || c > '9')
			return -EINVAL;
		value = value * 10 + (c - '0');
	}
	if (value < field->min || value > field->max)
		return -EINVAL;
	*out = value;
	return 0;
}

static bool date_exists(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return day <= days[month - 1] + (month == 2 && leap);
}

int clock_parse(const char *text, int64_t *wall_usec)
{
	static const char marks[] = "....-..-..x..:..:..";
	size_t n = strlen(text);
	int v[FIELDS] = {0};

	if (n != sizeof("YYYY-MM-DD HH:MM") - 1 && n != sizeof("YYYY-MM-DD HH:MM:SS") - 1)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (marks[i] == 'x' && text[i] != ' ' && text[i] != 'T')
			return -EINVAL;
		if ((marks[i] == '-' || marks[i] == ':') && text[i] != marks[i])
			return -EINVAL;
	}
	for (size_t i = 0; i < FIELDS && fields[i].at < n; i++)
		if (field_parse(text, &fields[i], &v[i]) < 0)
			return -EINVAL;
	if (!date_exists(v[YEAR], v[MONTH], v[DAY]))
		return -EINVAL;
	*wall_usec = clock_from_local(v[YEAR], v[MONTH], v[DAY], v[HOUR], v[MINUTE], v[SECOND]);
	return 0;
}

/* Never expires (the kernel cuts it to its largest time): only cancellation makes it readable. */
static int step_arm(int fd)
{
	const struct itimerspec never = {.it_value.tv_sec = INT64_MAX};

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0 &&
	    errno != ECANCELED)
		return -errno;
	return 0; /* ECANCELED: armed, and a step since the last time is hereby reported */
}

int clock_step_fd(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = step_arm(fd);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int clock_step_rearm(int fd)
{
	uint64_t expirations;

	/* Reading takes the report (ECANCELED); without it the descriptor stays readable. */
	if (read(fd, &expirations, sizeof(expirations)) < 0 && errno != ECANCELED && errno != EAGAIN)
		return -errno;
	return step_arm(fd);
}
