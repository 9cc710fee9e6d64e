/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gerbang-watch(8): everything that is read off strangers' frames, and the zones' router advertisements. This
 * file is its table of contents: options, the drop to CAP_NET_RAW, the parent that keeps it and reads
 * nothing, the child that gives it up and reads.
 */
#include <linux/capability.h>
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
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

int main(int argc, char **argv)
{
	const char *run_directory = "/run/gerbang";
	int r = program_run_options(argc, argv, "gerbang-watch", help, &run_directory);

	if (r != 0)
		return r < 0 ? 2 : 0;
	log_open("gerbang-watch");
	r = privilege_drop(USER_WATCH, UINT64_C(1) << CAP_NET_RAW);
	if (r < 0)
		return 1;
	return parent_run(child_run, run_directory);
}
