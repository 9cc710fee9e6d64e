// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang report --due`: what the timer asks every morning. What was done is a file beside the report, so a
 * morning that was missed is made up for on the next one, and none is done twice: "written" when all files
 * are whole, "sent" when the daemon has the mail. It must never write a month that can still change.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include "../policy/calendar.h"
#include "../report/due.h"
#include "ask.h"
#include "client.h"
#include "dates.h"
#include "report.h"

#define MARK_WRITTEN "written"
#define MARK_SENT "sent"
#define MARK_SENDING                                                                                         \
	".sending" /* becomes "sent" by a name alone: that works on a disk that has become full */

struct due {
	const struct site *site;
	int32_t month;
	char name[DATE_TEXT]; /* of the month: "2026-10" */
	char directory[PATH_MAX - 32];
};

/* ---- marks ---- */

static bool has(const struct due *due, const char *mark)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", due->directory, mark);
	return stat(path, &status) == 0;
}

static int cannot_write(const struct due *due, const char *what, int error)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(-error));
	complain(WORD_REPORT_NOT_WRITTEN, due->directory, text);
	return CONTROL_REFUSED;
}

static int make_mark(const struct due *due, const char *mark)
{
	char path[PATH_MAX];
	_cleanup_(closep) int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", due->directory, mark);
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd < 0 || fsync(fd) < 0 ? cannot_write(due, mark, -errno) : 0;
}

static int rename_mark(const struct due *due, const char *from, const char *to)
{
	char before[PATH_MAX], after[PATH_MAX];

	snprintf(before, sizeof(before), "%s/%s", due->directory, from);
	snprintf(after, sizeof(after), "%s/%s", due->directory, to);
	return rename(before, after) < 0 ? cannot_write(due, to, -errno) : 0;
}

/* ---- when ---- */

/* True: its day has not come. */
static bool is_early(const struct due *due)
{
	const int32_t today = calendar_day_of(due->site->now_wall_usec);
	const int32_t day = due_day(due->site->policy, due->month + 1);
	char text[DATE_TEXT];

	if (today >= day)
		return false;
	printf(word(WORD_REPORT_DUE), due->name, date_of_day(day, text));
	putchar('\n');
	return true;
}

static void say(enum word format, const struct due *due)
{
	printf(word(format), due->name, due->directory);
	putchar('\n');
}

static bool wants_mail(const struct policy *policy)
{
	return policy->report.mail && policy->mail.server && policy->mail.n_to;
}

/* ---- what ---- */

static int begin(const struct site *site, struct due *out)
{
	int n;

	*out = (struct due){.site = site, .month = date_month_of(calendar_day_of(site->now_wall_usec)) - 1};
	date_of_month(out->month, out->name);
	n = snprintf(out->directory, sizeof(out->directory), "%s/reports", site->ledger_directory);
	if (n < 0 || (size_t)n + 16 >= sizeof(out->directory))
		return cannot_write(out, out->name, -ENAMETOOLONG);
	if (mkdir(out->directory, 0755) < 0 && errno != EEXIST)
		return cannot_write(out, out->name, -errno);
	snprintf(out->directory + n, sizeof(out->directory) - (size_t)n, "/%s", out->name);
	return 0;
}

/* 0: it lies there whole; else the exit status; *nothing: there is none to be done, and that has been said.
 */
static int write_report(const struct due *due, bool *nothing)
{
	const struct policy *policy = due->site->policy;
	const struct report_request request = {.site = due->site,
					       .month = due->month,
					       .formats = policy->report.formats,
					       .english = policy->report.english,
					       .closed = true,
					       .directory = due->directory};
	struct report_made made;
	enum report_outcome outcome = report_write(&request, &made);

	report_files_clear(&made.files);
	if (outcome == REPORT_FAILED)
		return CONTROL_REFUSED;
	*nothing = outcome != REPORT_WRITTEN;
	if (outcome == REPORT_NOTHING || outcome == REPORT_NOT_CLOSED) {
		say(outcome == REPORT_NOTHING ? WORD_REPORT_NOTHING : WORD_REPORT_NOT_CLOSED, due);
		return 0;
	}
	say(WORD_REPORT_IS_WRITTEN, due);
	return make_mark(due, MARK_WRITTEN);
}

static void render_text(const json_t *answer)
{
	const char *text = json_string_value(json_object_get(answer, "text"));

	if (text)
		puts(text);
}

/* The mark is there before anybody is asked: on a full disk no mail goes out that nobody could remember. */
static int send_report(const struct invocation *invocation, const struct due *due)
{
	int r = make_mark(due, MARK_SENDING);

	if (r == 0)
		r = ask_below(invocation, due->site->run_directory,
			      json_pack("{ss,ss}", "command", "report-mail", "month", due->name),
			      render_text);
	return r == 0 ? rename_mark(due, MARK_SENDING, MARK_SENT) : r;
}

int report_due(const struct invocation *invocation, const struct site *site)
{
	struct due due;
	bool nothing = false;
	int r = begin(site, &due);

	if (r != 0 || is_early(&due))
		return r;
	if (has(&due, MARK_SENT) || (has(&due, MARK_WRITTEN) && !wants_mail(site->policy))) {
		say(WORD_REPORT_DONE, &due);
		return 0;
	}
	if (!has(&due, MARK_WRITTEN))
		r = write_report(&due, &nothing);
	if (r != 0 || nothing || !wants_mail(site->policy))
		return r;
	return send_report(invocation, &due);
}
