/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: every program of ours ends on the same signals and reads the same options, and a difference between
 * them would be a surprise. It knows nothing of what a program does.
 */
#include "program.h"
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "cleanup.h"

int program_loop(sd_event **out)
{
	static const int ends[] = {SIGTERM, SIGINT};
	sd_event *event = NULL;
	sigset_t set;
	int r;

	sigemptyset(&set);
	for (size_t i = 0; i < ELEMENTS(ends); i++)
		sigaddset(&set, ends[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	r = sd_event_default(&event);
	for (size_t i = 0; r >= 0 && i < ELEMENTS(ends); i++)
		r = sd_event_add_signal(event, NULL, ends[i], NULL, NULL); /* ends the loop */
	if (r >= 0)
		r = sd_event_set_watchdog(event, true);
	if (r < 0) {
		sd_event_unref(event);
		return r;
	}
	*out = event;
	return 0;
}

int program_watch_child(sd_event *event)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (getenv("WATCHDOG_USEC") && setenv("WATCHDOG_PID", pid, 1) < 0)
		return -errno;
	return sd_event_set_watchdog(event, true);
}

int program_serve(sd_event *event)
{
	int r;

	sd_notify(0, "READY=1");
	r = sd_event_loop(event);
	sd_notify(0, "STOPPING=1");
	return r;
}

int program_run_options(int argc, char **argv, const char *program, const char *help,
			const char **run_directory)
{
	static const struct option options[] = {
	    {"run", required_argument, NULL, 'r'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "r:h", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			*run_directory = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 1;
		case 'V':
			printf("%s " GERBANG_VERSION "\n", program);
			return 1;
		default:
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: it takes no argument \"%s\"\n", program, argv[optind]);
		return -EINVAL;
	}
	return 0;
}
