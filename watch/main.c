/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gerbang-watch(8): everything that is read off strangers' frames, and the zones' router advertisements. This
 * file is its table of contents: options, the drop to CAP_NET_RAW, the parent that keeps it and reads
 * nothing, the child that gives it up and reads.
 */
#include <linux/capability.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
#include "../lib/sandbox.h"
#include "child.h"
#include "parent.h"

static const char help[] =
    "Usage: gerbang-watch [-r RUN_DIR]\n"
    "\n"
    "Watches the zones' devices: gardens' addresses, neighbours, conflicts, the uplink; sends\n"
    "router advertisements.\n"
    "\n"
    "  -r, --run RUN_DIR  where the programs' sockets are (default /run/gerbang)\n"
    "      --help         this text\n"
    "      --version      the version\n";

/* Of both processes: captures, netlink, one socket to the daemon; a process each in place of one that a
 * stranger brought down. */
static int confine(void)
{
	static const char *const calls[] = {
	    "access",  "bind",	   "clone",	 "connect",	    "eventfd2",
	    "getppid", "ioctl",	   "kill",	 "memfd_create",    "openat",
	    "pread64", "readlink", "readlinkat", "rt_sigtimedwait", "set_tid_address",
	    "uname",   "wait4",	   "capget",	 "capset",	    "setuid",
	    NULL};
	static const int families[] = {AF_UNIX, AF_NETLINK, AF_PACKET, AF_INET, AF_INET6, 0};
	static const struct sandbox_place places[] = {{"/etc", SANDBOX_READ},
						      {"/usr/share", SANDBOX_READ},
						      {"/dev", SANDBOX_READ},
						      {"/proc", SANDBOX_READ},
						      {"/sys", SANDBOX_READ}};
	int r = sandbox_places(places, ELEMENTS(places));

	return r < 0 ? r : sandbox_calls(calls, families);
}

int main(int argc, char **argv)
{
	const char *run_directory = "/run/gerbang";
	int r = program_run_options(argc, argv, "gerbang-watch", help, &run_directory);

	if (r != 0)
		return r < 0 ? 2 : 0;
	log_open("gerbang-watch");
	r = privilege_drop(USER_WATCH, UINT64_C(1) << CAP_NET_RAW);
	if (r >= 0)
		r = confine();
	if (r < 0)
		return 1;
	return parent_run(child_run, run_directory);
}
