// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: an auditor asks on any day, also while the daemon is stopped or somebody is in the middle of an edit.
 * So a configuration that is refused costs the names and no more, and a daemon that does not answer at once
 * is not waited for.
 */
#include "site.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/clock.h"
#include "../policy/config.h"
#include "ask.h"
#include "client.h"
#include "local.h"

#define STATE_DIRECTORY "/var/lib/gerbang"
#define DAEMON_MSEC 3000

/* ---- the configuration ---- */

static char *copy_of(const char *text)
{
	return text ? strdup(text) : NULL;
}

static int read_refused(const char *path, struct site *site)
{
	_cleanup_(freep) char *zone = local_setting(path, "site.timezone");

	if (!zone || clock_zone_set(zone) < 0) { /* then nobody knows when a day begins */
		complain(WORD_REFUSED, path);
		return CONTROL_REFUSED;
	}
	complain(WORD_NO_NAMES, path);
	site->state_directory = local_setting(path, "paths.state");
	site->run_directory = local_setting(path, "paths.run");
	if (!site->state_directory)
		site->state_directory = strdup(STATE_DIRECTORY);
	if (!site->run_directory)
		site->run_directory = local_run_directory(path);
	return 0;
}

static int read_site(const char *path, struct site *site)
{
	_cleanup_(config_report_clear) struct config_report report = {0};

	if (config_load(path, &site->policy, &report) == 0) {
		site->state_directory = copy_of(site->policy->state_directory);
		site->run_directory = copy_of(site->policy->run_directory);
	} else {
		int r;

		site->policy = NULL;
		r = read_refused(path, site);
		if (r != 0)
			return r;
	}
	return site->state_directory && site->run_directory ? 0 : ask_no_memory();
}

/* ---- whose clock, whose ledger ---- */

static bool exists(const char *directory, const char *below)
{
	char path[PATH_MAX];
	struct stat status;
	int r = snprintf(path, sizeof(path), "%s%s/ledger.db", directory, below);

	return r > 0 && (size_t)r < sizeof(path) && stat(path, &status) == 0;
}

/* A site that was never rehearsed is asked nothing. */
static void ask_daemon(struct site *site)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	const char *time;
	char text[CLOCK_TEXT];

	if (client_call_within(site->run_directory, json_pack("{ss}", "command", "status"), DAEMON_MSEC,
			       &answer) < 0 ||
	    !json_is_true(json_object_get(answer.json, "rehearsal")))
		return;
	site->rehearsal = true;
	time = json_string_value(json_object_get(answer.json, "time"));
	snprintf(text, sizeof(text), "%.19s", time ? time : "");
	clock_parse(text, &site->now_wall_usec);
}

static int choose(const struct invocation *invocation, struct site *site)
{
	site->now_wall_usec = clock_now().wall_usec;
	if (exists(site->state_directory, "/rehearsal"))
		ask_daemon(site);
	if (invocation->values[OPTION_REHEARSAL])
		site->rehearsal = true;
	if (asprintf(&site->ledger_directory, "%s%s", site->state_directory,
		     site->rehearsal ? "/rehearsal" : "") < 0) {
		site->ledger_directory = NULL;
		return ask_no_memory();
	}
	return 0;
}

/* ---- the ledger ---- */

static const struct {
	int error;
	enum word word; /* directory */
} reasons[] = {
    {-ENOENT, WORD_LEDGER_NONE},     {-ENOTDIR, WORD_LEDGER_NONE}, {-EACCES, WORD_LEDGER_FORBIDDEN},
    {-EPERM, WORD_LEDGER_FORBIDDEN}, {-EPROTO, WORD_LEDGER_OLDER}, {-EPROTONOSUPPORT, WORD_LEDGER_NEWER},
};

static int cannot_open(const struct site *site, int error)
{
	for (size_t i = 0; i < ELEMENTS(reasons); i++) {
		if (reasons[i].error == error) {
			complain(reasons[i].word, site->ledger_directory);
			return CONTROL_REFUSED;
		}
	}
	complain(WORD_LEDGER_UNREADABLE, site->ledger_directory, strerror(-error));
	return CONTROL_REFUSED;
}

/* SQLite says of a file that may not be read only that it cannot be opened. */
static int look(const char *directory)
{
	char path[PATH_MAX];
	int r = snprintf(path, sizeof(path), "%s/ledger.db", directory);

	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	return access(path, R_OK) < 0 ? -errno : 0;
}

int site_open(const struct invocation *invocation, struct site *out)
{
	int r;

	*out = (struct site){0};
	r = read_site(ask_config(invocation), out);
	if (r == 0)
		r = choose(invocation, out);
	if (r != 0)
		return r;
	r = look(out->ledger_directory);
	if (r == 0)
		r = ledger_open_read(out->ledger_directory, &out->ledger);
	return r < 0 ? cannot_open(out, r) : 0;
}

void site_close(struct site *site)
{
	ledger_close(site->ledger);
	policy_free(site->policy);
	free(site->state_directory);
	free(site->run_directory);
	free(site->ledger_directory);
	*site = (struct site){0};
}

int site_judge(const struct site *site, int r)
{
	const char *why = r < 0 ? ledger_error(site->ledger) : NULL;

	if (r >= 0)
		return 0;
	complain(WORD_LEDGER_UNREADABLE, site->ledger_directory,
		 r == -ENOMEM ? word(WORD_MEMORY) : (why && *why ? why : strerror(-r)));
	return CONTROL_REFUSED;
}

/* ---- names ---- */

const char *site_name(const struct site *site, enum ledger_subject kind, const char *id)
{
	const struct policy_office *office =
	    site->policy && kind == LEDGER_OFFICE ? policy_office(site->policy, id) : NULL;
	const struct policy_zone *zone =
	    site->policy && kind == LEDGER_ZONE ? policy_zone(site->policy, id) : NULL;

	return office ? office->name : zone ? zone->name : NULL;
}

bool site_knows(const struct site *site, enum ledger_subject kind, const char *id)
{
	return site->policy &&
	       (kind == LEDGER_OFFICE ? policy_office(site->policy, id) != NULL
				      : kind == LEDGER_ZONE && policy_zone(site->policy, id) != NULL);
}

const char *whose_kind(enum ledger_subject kind)
{
	static const char *const names[LEDGER_SUBJECTS] = {
	    [LEDGER_OFFICE] = "office", [LEDGER_ZONE] = "zone",
	    [LEDGER_OWN] = "own",	[LEDGER_UNATTRIBUTED] = "unattributed",
	    [LEDGER_UPLINK] = "uplink",
	};

	return kind > 0 && kind < LEDGER_SUBJECTS && names[kind] ? names[kind] : "other";
}
