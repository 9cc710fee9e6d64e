// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang verify`: recomputes the ledger, and says the one line that an auditor takes home: the hash of the
 * last closed day. The exit status alone says whether everything closes. It writes nothing.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "../policy/calendar.h"
#include "ask.h"
#include "dates.h"
#include "ledger_render.h"
#include "render.h"
#include "usage.h"

#define HEX (2 * LEDGER_DIGEST + 1)
#define FINDINGS_MAX 1000 /* of what does not close at all nobody reads more */

/* ---- so that nobody thinks it hangs ---- */

static volatile sig_atomic_t seconds;
static char progress[64];

/* Only what a handler may: no stdio. */
static void on_tick(int number _unused_)
{
	char text[sizeof(progress) + 16];
	size_t n = strlen(progress), digits = 0;
	int left = ++seconds, saved = errno;
	char reversed[12];

	memcpy(text, progress, n);
	do
		reversed[digits++] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	while (digits > 0)
		text[n++] = reversed[--digits];
	memcpy(text + n, " s", 2);
	if (write(STDERR_FILENO, text, n + 2) < 0)
		seconds = 0; /* a terminal that went away is no reason to stop */
	errno = saved;
}

static void start_progress(void)
{
	const struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
	const struct itimerval every = {{1, 0}, {1, 0}};

	if (!isatty(STDERR_FILENO))
		return;
	snprintf(progress, sizeof(progress), "\r%s ... ", word(WORD_VERIFYING));
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void end_progress(void)
{
	const struct itimerval never = {0};

	setitimer(ITIMER_REAL, &never, NULL);
	if (seconds > 0)
		fputs("\r\033[K", stderr);
}

/* ---- the document ---- */

static const char *hex_of(const uint8_t digest[static LEDGER_DIGEST], char out[static HEX])
{
	for (size_t i = 0; i < LEDGER_DIGEST; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}

static json_t *day_json(const struct ledger_day *day)
{
	char text[DATE_TEXT], rows[HEX], totals[HEX], hash[HEX];

	return json_pack("{ss,so,ss,ss,ss}", "day", date_of_day(day->day, text), "closed",
			 usage_time(day->closed_wall_usec / USEC_PER_SEC), "rows", hex_of(day->rows, rows),
			 "totals", hex_of(day->totals, totals), "hash", hex_of(day->hash, hash));
}

static int on_finding(const struct ledger_finding *finding, void *userdata)
{
	static const char *const kinds[] = {[LEDGER_FOUND_FILE] = "file",
					    [LEDGER_FOUND_SUM] = "sum",
					    [LEDGER_FOUND_CHAIN] = "chain",
					    [LEDGER_FOUND_UPLINK] = "uplink",
					    [LEDGER_FOUND_ROW] = "row"};
	bool known = finding->kind > 0 && (size_t)finding->kind < ELEMENTS(kinds);
	char text[DATE_TEXT];

	if (json_array_size(userdata) >= FINDINGS_MAX)
		return 0;
	return json_array_append_new(userdata,
				     json_pack("{ss,ss?,ss}", "kind", known ? kinds[finding->kind] : "other",
					       "day", finding->day ? date_of_day(finding->day, text) : NULL,
					       "text", finding->text));
}

static json_t *verified_json(const struct ledger_verified *verified, json_t *findings)
{
	return json_pack("{sb,sI,sI,sI,sI,so,so,so}", "closes", verified->findings == 0, "days",
			 (json_int_t)verified->days, "days_pruned", (json_int_t)verified->days_pruned, "rows",
			 (json_int_t)verified->rows, "findings_count", (json_int_t)verified->findings,
			 "uplink_percent", json_real((double)verified->uplink_permyriad / 100), "last",
			 verified->days ? day_json(&verified->last) : json_null(), "findings", findings);
}

/* ---- one day's hash ---- */

static int on_day(const struct ledger_day *day, void *userdata)
{
	*(json_t **)userdata = day_json(day);
	return 1;
}

static int read_day(const char *typed, int32_t *day)
{
	char text[32];
	int64_t wall_usec;

	if (strlen(typed) != 10 || snprintf(text, sizeof(text), "%s 12:00", typed) < 0 ||
	    clock_parse(text, &wall_usec) < 0) {
		complain(WORD_BAD_DAY, typed);
		return CONTROL_USAGE;
	}
	*day = calendar_day_of(wall_usec);
	return 0;
}

static int show_day(const struct invocation *invocation, const struct site *site)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	const char *typed = invocation->values[OPTION_DAY];
	int32_t day;
	int r = read_day(typed, &day);

	if (r == 0)
		r = site_judge(site, ledger_days(site->ledger, day, day + 1, on_day, &document));
	if (r != 0)
		return r;
	if (document)
		return ask_show(invocation, document, render_closed_day);
	complain(WORD_NOT_CLOSED, typed);
	return CONTROL_REFUSED;
}

/* ---- all of it ---- */

static int verify(const struct invocation *invocation, const struct site *site)
{
	struct ledger_verified verified = {0};
	_cleanup_(json_decrefp) json_t *findings = json_array(), *document = NULL;
	int r;

	start_progress();
	r = ledger_verify(site->ledger, on_finding, findings, &verified);
	end_progress();
	r = site_judge(site, r);
	if (r != 0)
		return r;
	document = verified_json(&verified, json_incref(findings));
	r = ask_show(invocation, document, render_verified);
	return r == CONTROL_DONE && verified.findings > 0 ? CONTROL_REFUSED : r;
}

int command_verify(const struct invocation *invocation)
{
	struct site site;
	int r = site_open(invocation, &site);

	if (r == 0)
		r = invocation->values[OPTION_DAY] ? show_day(invocation, &site) : verify(invocation, &site);
	site_close(&site);
	return r;
}
