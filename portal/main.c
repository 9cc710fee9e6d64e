// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gerbang-portal: HTTP towards guests. It holds no capability, no configuration and no secret; what it tells
 * a guest is what the daemon told it. This file is its table of contents: start-up in order, the drop of
 * privilege, teardown in reverse.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "http.h"
#include "request.h"

struct program {
	const char *run_directory;
	struct portal portal;
};

static void print_help(void)
{
	puts("Usage: gerbang-portal [-r RUN_DIR]\n"
	     "\n"
	     "Serves the captive portal's pages. It asks gerbangd for everything else.\n"
	     "\n"
	     "  -r, --run RUN_DIR  where the programs' sockets are (default /run/gerbang)\n"
	     "      --help         this text\n"
	     "      --version      the version");
}

/* 0: go on; 1: done; -EINVAL: usage */
static int read_options(int argc, char **argv, struct program *program)
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
			program->run_directory = optarg;
			break;
		case 'h':
			print_help();
			return 1;
		case 'V':
			puts("gerbang-portal " GERBANG_VERSION);
			return 1;
		default:
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "gerbang-portal: it takes no argument \"%s\"\n", argv[optind]);
		return -EINVAL;
	}
	return 0;
}

/* As root, before the drop: a descriptor for each connection that http.h allows. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_cur >= HTTP_DESCRIPTORS)
		return;
	limit.rlim_cur = HTTP_DESCRIPTORS;
	limit.rlim_max = MAX(limit.rlim_max, limit.rlim_cur);
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning("fewer than %d connections are possible: the limit of open files is too low",
			    HTTP_CONNECTIONS);
}

static void on_settings(void *userdata, const struct message_portal_settings *settings)
{
	struct program *program = userdata;

	if (settings->port == 0) {
		log_error("the daemon names port 0");
		return;
	}
	if (settings->port != program->portal.settings.port)
		daemon_abandon(program->portal.daemon); /* nothing may be suspended when a port is left */
	program->portal.settings = *settings;
	http_listen(program->portal.http, settings->port);
}

static int add_signals(sd_event *event)
{
	static const int numbers[] = {SIGTERM, SIGINT};
	sigset_t set;
	int r;

	sigemptyset(&set);
	for (size_t i = 0; i < ELEMENTS(numbers); i++)
		sigaddset(&set, numbers[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	for (size_t i = 0; i < ELEMENTS(numbers); i++) {
		r = sd_event_add_signal(event, NULL, numbers[i], NULL, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

static int serve(struct program *program)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(http_freep) struct http *http = NULL;
	_cleanup_(daemon_freep) struct daemon *daemon =
	    NULL; /* goes first: its open questions are suspended connections */
	int r;

	r = sd_event_default(&event);
	if (r < 0)
		return r;
	r = add_signals(event);
	if (r < 0)
		return r;
	r = http_new(event, request_handle, request_completed, &program->portal, &http);
	if (r < 0)
		return r;
	r = daemon_new(event, program->run_directory, on_settings, program, &daemon);
	if (r < 0)
		return r;
	program->portal.http = http;
	program->portal.daemon = daemon;
	return sd_event_loop(event);
}

int main(int argc, char **argv)
{
	struct program program = {.run_directory = "/run/gerbang"};
	int r = read_options(argc, argv, &program);

	if (r != 0)
		return r < 0 ? 2 : 0;
	log_open("gerbang-portal");
	raise_descriptors();
	r = privilege_drop(USER_PORTAL, 0);
	if (r < 0)
		return 1;
	r = serve(&program);
	if (r < 0) {
		log_error("cannot go on: %s", strerror(-r));
		return 1;
	}
	return 0;
}
