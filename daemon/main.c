/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gerbangd(8): decides. This file is the table of contents: start-up in order, the drop of privilege in the
 * middle, the loop, and teardown in reverse. The daemon holds no capability, and leaves the kernel as it is
 * when it ends.
 */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "booking.h"
#include "closing.h"
#include "control.h"
#include "courier.h"
#include "credential.h"
#include "daemon.h"
#include "delegated.h"
#include "engine.h"
#include "evidence.h"
#include "guest.h"
#include "history.h"
#include "hosts.h"
#include "latency.h"
#include "life.h"
#include "linetest.h"
#include "meter.h"
#include "monthly.h"
#include "neighbour.h"
#include "notify.h"
#include "opening.h"
#include "person.h"
#include "pool.h"
#include "quota.h"
#include "record.h"
#include "reload.h"
#include "restore.h"
#include "session.h"
#include "shaper.h"
#include "start.h"
#include "terms.h"
#include "top.h"
#include "uplink.h"
#include "usage.h"
#include "watch.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/message.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
#include "../lib/sandbox.h"
#include "../policy/config.h"

struct options {
	const char *config_path;
	const char *rehearse; /* NULL: the machine's own clock */
};

static const char help[] =
    "Usage: gerbangd [-c FILE] [--rehearse \"YYYY-MM-DD HH:MM:SS\"]\n"
    "Decides what the gateway does: schedules, sessions, metering. Runs in the foreground.\n"
    "\n"
    "  -c, --config FILE   configuration (default " CONFIG_PATH ")\n"
    "      --rehearse TIME start the clock at this local time, and run on from it\n"
    "      --help          this text\n"
    "      --version       the version\n";

/* 0: run; 1: said all that was asked; -EINVAL: said what is wrong. */
static int parse_options(int argc, char **argv, struct options *out)
{
	static const struct option table[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"rehearse", required_argument, NULL, 'r'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {0},
	};
	struct options options = {.config_path = CONFIG_PATH};
	int option;

	while ((option = getopt_long(argc, argv, "c:", table, NULL)) != -1) {
		switch (option) {
		case 'c':
			options.config_path = optarg;
			break;
		case 'r':
			options.rehearse = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 1;
		case 'v':
			puts("gerbangd " GERBANG_VERSION);
			return 1;
		default:
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "gerbangd: takes no arguments, got \"%s\"\n", argv[optind]);
		return -EINVAL;
	}
	*out = options;
	return 0;
}

static int start_rehearsal(const char *text, bool say)
{
	int64_t wall_usec;

	if (clock_parse(text, &wall_usec) < 0) {
		log_error("--rehearse: must be a local time \"YYYY-MM-DD HH:MM:SS\" that exists, got \"%s\"",
			  text);
		return -EINVAL;
	}
	clock_rehearse(wall_usec);
	if (say)
		log_notice("rehearsal: the clock starts at %s; overrides are not kept", text);
	return 0;
}

/* A disk that is full, or read-only after an error, keeps no town offline: the ledger and the state file say
 * what is not written, and are tried again. */
static bool is_of_the_disk(int error)
{
	return error == -EROFS || error == -ENOSPC || error == -EDQUOT || error == -EIO;
}

/* Directories as root, then never root again. */
static int drop_privilege(const struct paths *paths)
{
	_cleanup_(freep) char *run = NULL;
	int r;

	if (asprintf(&run, "%s/daemon", paths->run) < 0) {
		run = NULL;
		return -ENOMEM;
	}
	r = privilege_directory(run, USER_DAEMON);
	if (r < 0)
		return r;
	r = privilege_directory(paths->state, USER_DAEMON);
	return r >= 0 || is_of_the_disk(r) ? privilege_drop(USER_DAEMON, 0) : r;
}

/* As root: where the folders are. Then as nobody in particular: what the configuration is. A rehearsal's
 * clock is the site's, which is known for certain only at the end. */
static int start(struct daemon *daemon, const struct options *options, struct policy **out)
{
	_cleanup_(paths_clear) struct paths paths = {0};
	int r = start_folders(options->config_path, options->rehearse != NULL, &paths);

	if (r >= 0 && options->rehearse)
		r = start_rehearsal(options->rehearse, false);
	if (r >= 0)
		r = drop_privilege(&paths);
	if (r >= 0)
		r = start_policy(daemon, &paths, out);
	if (r >= 0 && options->rehearse)
		r = start_rehearsal(options->rehearse, true);
	return r;
}

static int path_in(const struct policy *policy, const char *name, char **out)
{
	if (asprintf(out, "%s/%s", policy->run_directory, name) >= 0)
		return 0;
	*out = NULL;
	return -ENOMEM;
}

/* A rehearsal has a ledger of its own: nothing of it may be taken for what happened. */
static int open_records(struct daemon *daemon, const struct policy *policy)
{
	_cleanup_(freep) char *rehearsal = NULL;

	if (!clock_is_rehearsal())
		return records_new(daemon, policy->state_directory, &daemon->records);
	if (asprintf(&rehearsal, "%s/rehearsal", policy->state_directory) < 0) {
		rehearsal = NULL;
		return -ENOMEM;
	}
	if (mkdir(rehearsal, 0700) < 0 && errno != EEXIST)
		log_warning("%s: cannot be made: %s", rehearsal, strerror(errno));
	return records_new(daemon, rehearsal, &daemon->records);
}

static int make_people(struct daemon *daemon, const struct policy *policy)
{
	int r = persons_new(daemon, &daemon->persons);

	if (r >= 0)
		r = open_records(daemon, policy);
	if (r >= 0)
		r = usage_new(daemon, &daemon->usage);
	if (r >= 0)
		r = restore_new(daemon, &daemon->restore);
	if (r >= 0)
		r = credentials_new(daemon, &daemon->credentials);
	return r;
}

/* What needs no socket of ours. Takes the policy. */
static int make_rooms(struct daemon *daemon, struct policy *policy)
{
	int r;

	daemon->sessions = sessions_new();
	daemon->pool = pool_new();
	r = daemon->sessions && daemon->pool ? 0 : -ENOMEM;
	if (r >= 0)
		r = neighbour_new(&daemon->neighbour);
	if (r >= 0)
		r = make_people(daemon, policy);
	if (r >= 0)
		r = meter_new(daemon, &daemon->meter);
	if (r >= 0)
		r = life_new(daemon, &daemon->life);
	if (r >= 0)
		r = uplink_new(daemon, &daemon->uplink);
	if (r >= 0)
		r = delegated_new(daemon, &daemon->delegated);
	if (r >= 0)
		r = reload_new(daemon, &daemon->reload);
	if (r >= 0)
		return engine_new(daemon, policy, &daemon->engine);
	policy_free(policy);
	return r;
}

/* Who counts, who judges what was counted, and who says so. */
static int make_books(struct daemon *daemon)
{
	int r = notify_new(daemon, &daemon->notify);

	if (r >= 0)
		r = booking_new(daemon, &daemon->booking);
	if (r >= 0)
		r = closing_new(daemon, &daemon->closing);
	if (r >= 0)
		r = terms_new(daemon, &daemon->terms);
	if (r >= 0)
		r = monthly_new(daemon, &daemon->monthly);
	if (r >= 0)
		r = opening_new(daemon, &daemon->opening);
	if (r >= 0)
		r = quota_new(daemon, &daemon->quota);
	if (r >= 0)
		r = evidence_new(daemon, &daemon->evidence);
	if (r >= 0)
		r = courier_new(daemon, &daemon->courier);
	if (r >= 0)
		r = linetest_new(daemon, &daemon->linetest);
	return r < 0 ? r : hosts_new(daemon, &daemon->hosts);
}

static int open_sockets(struct daemon *daemon)
{
	static const struct shaper_events events = {.state = engine_on_state, .drift = engine_on_drift, .alarm = engine_on_alarm};
	const struct policy *policy = engine_policy(daemon->engine);
	_cleanup_(freep) char *shaper = NULL, *portal = NULL, *watch = NULL, *control = NULL;
	int r;

	r = path_in(policy, MESSAGE_SOCKET_SHAPER, &shaper);
	if (r >= 0)
		r = path_in(policy, MESSAGE_SOCKET_PORTAL, &portal);
	if (r >= 0)
		r = path_in(policy, MESSAGE_SOCKET_WATCH, &watch);
	if (r >= 0)
		r = path_in(policy, MESSAGE_SOCKET_CONTROL, &control);
	if (r >= 0)
		r = shaper_new(daemon->event, shaper, &events, daemon->engine, &daemon->shaper);
	if (r >= 0)
		r = guests_new(daemon, portal, &daemon->guests);
	daemon->latency = latency_new();
	daemon->top = top_new(daemon);
	if (r >= 0 && (!daemon->latency || !daemon->top))
		r = -ENOMEM;
	if (r >= 0)
		r = watch_new(daemon, watch, &daemon->watch);
	if (r >= 0)
		r = control_new(daemon, control, &daemon->control);
	return r;
}

/* The ledger and state.json to write, the configuration to read when it is applied, sockets, one thread for
 * passwords. */
static int confine(const struct daemon *daemon)
{
	static const char *const calls[] = {
	    "accept4",	"access",	"bind",	      "chmod",		 "clone",     "connect",
	    "eventfd2", "fallocate",	"fchmod",     "fchown",		 "fdatasync", "fstatfs",
	    "fsync",	"ftruncate",	"getdents64", "getpeername",	 "ioctl",     "linkat",
	    "listen",	"memfd_create", "mkdir",      "openat",		 "pread64",   "pwrite64",
	    "readlink", "readlinkat",	"rename",     "set_tid_address", "shutdown",  "statfs",
	    "sysinfo",	"uname",	"unlink",     "unlinkat",	 NULL};
	static const int families[] = {AF_UNIX, AF_NETLINK, AF_INET, 0};
	const struct policy *policy = engine_policy(daemon->engine);
	_cleanup_(freep) char *directory = strdup(daemon->config_path);
	const struct sandbox_place places[] = {{directory ? dirname(directory) : "/", SANDBOX_READ},
					       {"/etc", SANDBOX_READ},
					       {"/proc", SANDBOX_READ},
					       {"/sys", SANDBOX_READ},
					       {"/usr/share", SANDBOX_READ},
					       {"/run", SANDBOX_READ},
					       {"/dev", SANDBOX_READ},
					       {policy->run_directory, SANDBOX_WRITE},
					       {policy->state_directory, SANDBOX_WRITE}};
	int r = directory ? sandbox_places(places, ELEMENTS(places)) : -ENOMEM;

	return r < 0 ? r : sandbox_calls(calls, families);
}

static int run(struct daemon *daemon)
{
	int r = confine(daemon);

	if (r >= 0)
		r = engine_start(daemon->engine);

	if (r < 0)
		return r;
	log_info("ready");
	return program_serve(daemon->event);
}

/* In reverse: whoever waits for the kernel is told that nobody will answer, while the sockets are still
 * there. */
static void teardown(struct daemon *daemon)
{
	daemon->shaper = shaper_free(daemon->shaper);
	daemon->usage = usage_free(daemon->usage);
	daemon->life = life_free(daemon->life);
	daemon->credentials = credentials_free(daemon->credentials);
	daemon->top = top_free(daemon->top);
	daemon->watch = watch_free(daemon->watch);
	daemon->latency = latency_free(daemon->latency);
	daemon->guests = guests_free(daemon->guests);
	daemon->hosts = hosts_free(daemon->hosts);
	daemon->linetest = linetest_free(daemon->linetest);
	daemon->courier = courier_free(daemon->courier);
	daemon->evidence = evidence_free(daemon->evidence);
	daemon->quota = quota_free(daemon->quota);
	daemon->opening = opening_free(daemon->opening);
	daemon->monthly = monthly_free(daemon->monthly);
	daemon->terms = terms_free(daemon->terms);
	daemon->closing = closing_free(daemon->closing);
	daemon->booking = booking_free(daemon->booking);
	daemon->notify = notify_free(daemon->notify);
	daemon->restore = restore_free(daemon->restore);
	daemon->records = records_free(daemon->records);
	daemon->meter = meter_free(daemon->meter);
	daemon->delegated = delegated_free(daemon->delegated);
	daemon->uplink = uplink_free(daemon->uplink);
	daemon->engine = engine_free(daemon->engine);
	daemon->reload = reload_free(daemon->reload);
	daemon->control = control_free(daemon->control); /* those who waited for the engine held tickets */
	daemon->history = history_free(daemon->history);
	daemon->persons = persons_free(daemon->persons);
	daemon->neighbour = neighbour_free(daemon->neighbour);
	daemon->pool = pool_free(daemon->pool);
	daemon->sessions = sessions_free(daemon->sessions);
	daemon->event = sd_event_unref(daemon->event);
}

static int start_and_run(struct daemon *daemon, struct policy *policy)
{
	int r = program_loop(&daemon->event);

	if (r < 0) {
		policy_free(policy);
		return r;
	}
	r = make_rooms(daemon, policy);
	if (r >= 0)
		r = make_books(daemon);
	if (r >= 0)
		r = open_sockets(daemon);
	return r < 0 ? r : run(daemon);
}

int main(int argc, char **argv)
{
	struct daemon daemon = {0};
	struct policy *policy = NULL;
	struct options options;
	int r;

	log_open("gerbangd");
	r = parse_options(argc, argv, &options);
	if (r)
		return r < 0 ? 2 : 0;
	daemon.config_path = options.config_path;
	r = start(&daemon, &options, &policy);
	if (r < 0) {
		history_free(daemon.history);
		return 1;
	}
	r = start_and_run(&daemon, policy);
	if (r < 0)
		log_error("ended: %s", strerror(-r));
	teardown(&daemon);
	return r < 0 ? 1 : 0;
}
