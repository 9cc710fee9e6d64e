/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gerbang-courier(8): all of Gerbang that talks to the world outside. It holds no capability, no
 * configuration and no right to anything but the secrets that it is sent to use; each errand is run by a
 * process of its own. This file is its table of contents.
 */
#include <string.h>
#include <sys/socket.h>
#include <curl/curl.h>
#include <sodium.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
#include "../lib/sandbox.h"
#include "daemon.h"
#include "desk.h"

static const char help[] = "Usage: gerbang-courier [-r RUN_DIR]\n"
			   "\n"
			   "Delivers gerbangd's notices by mail and webhook, and tests the line.\n"
			   "\n"
			   "  -r, --run RUN_DIR  where the programs' sockets are (default /run/gerbang)\n"
			   "      --help         this text\n"
			   "      --version      the version\n";

/* Each errand is a process of its own, which resolves names, reads a secret, and talks to one server. */
static int confine(void)
{
	static const char *const calls[] = {
	    "access",	    "bind",	   "clone",	 "close_range", "connect",
	    "dup2",	    "dup3",	   "eventfd2",	 "fdatasync",	"ftruncate",
	    "getdents64",   "getpeername", "getppid",	 "ioctl",	"kill",
	    "memfd_create", "openat",	   "pipe2",	 "pread64",	"pselect6",
	    "readlink",	    "readlinkat",  "select",	 "sendmmsg",	"set_tid_address",
	    "setpgid",	    "shutdown",	   "socketpair", "sysinfo",	"uname",
	    "unlink",	    "wait4",	   "waitid",	 NULL};
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, 0};
	static const struct sandbox_place places[] = {{"/", SANDBOX_READ}, {"/tmp", SANDBOX_WRITE}};
	int r = sandbox_places(places, ELEMENTS(places));

	return r < 0 ? r : sandbox_calls(calls, families);
}

static int serve(const char *run_directory)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(desk_freep) struct desk *desk = NULL;
	_cleanup_(daemon_freep) struct daemon *daemon = NULL;
	int r = program_loop(&event);

	if (r >= 0)
		r = desk_new(event, &desk);
	if (r >= 0)
		r = daemon_new(event, run_directory, desk, &daemon);
	if (r >= 0)
		r = confine();
	return r < 0 ? r : program_serve(event);
}

int main(int argc, char **argv)
{
	const char *run_directory = "/run/gerbang";
	int r = program_run_options(argc, argv, "gerbang-courier", help, &run_directory);

	if (r != 0)
		return r < 0 ? 2 : 0;
	log_open("gerbang-courier");
	r = privilege_drop(USER_COURIER, 0);
	if (r < 0)
		return 1;
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_error("libsodium or libcurl cannot be used here");
		return 1;
	}
	r = serve(run_directory);
	curl_global_cleanup();
	if (r < 0) {
		log_error("cannot go on: %s", strerror(-r));
		return 1;
	}
	return 0;
}
