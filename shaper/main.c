/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gerbang-shaper: the only program that changes the kernel, and so the one that decides nothing. This file is
 * its table of contents: options, the root-owned configuration, the drop of privilege to CAP_NET_ADMIN, a
 * closed gate where there is no plan yet, the socket, the loop; teardown in reverse.
 */
#include "actual.h"
#include "apply.h"
#include "bounds.h"
#include "server.h"
#include "../lib/log.h"
#include "../lib/message.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
#include "../lib/sandbox.h"
#include "../policy/config.h"
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/socket.h>

#define STATE_PATH "/var/lib/gerbang-shaper"

struct options {
	const char *config, *leaf, *state;
	bool flush;
};

static const char usage[] =
    "gerbang-shaper [-c FILE] [-s DIRECTORY] [--flush] [--leaf cake|fq_codel|fifo]\n"
    "\n"
    "Makes the kernel hold the plan that gerbangd sends.\n"
    "\n"
    "  -c, --config FILE  the configuration (default " CONFIG_PATH ")\n"
    "  -s, --state DIRECTORY  where the last settled configuration is kept (default " STATE_PATH ")\n"
    "      --flush        at the end remove everything of ours from the kernel\n"
    "      --leaf KIND    use only this kind of queue\n"
    "      --help         this text\n"
    "      --version      the version\n";

/* 0: go on; 1: done; -EINVAL: usage */
static int read_options(int argc, char **argv, struct options *options)
{
	static const struct option table[] = {{"config", required_argument, NULL, 'c'},
					      {"state", required_argument, NULL, 's'},
					      {"flush", no_argument, NULL, 'f'},
					      {"leaf", required_argument, NULL, 'l'},
					      {"help", no_argument, NULL, 'h'},
					      {"version", no_argument, NULL, 'V'},
					      {}};
	enum leaf_kind kind;
	int option;

	while ((option = getopt_long(argc, argv, "c:s:h", table, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case 's':
			options->state = optarg;
			break;
		case 'f':
			options->flush = true;
			break;
		case 'l':
			options->leaf = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		case 'V':
			puts("gerbang-shaper " GERBANG_VERSION);
			return 1;
		default:
			return -EINVAL;
		}
	}
	if (optind < argc)
		fprintf(stderr, "gerbang-shaper: it takes no argument \"%s\"\n", argv[optind]);
	else if (options->leaf && leaf_parse(options->leaf, &kind) < 0)
		fprintf(stderr, "gerbang-shaper: --leaf: must be cake, fq_codel or fifo, got \"%s\"\n",
			options->leaf);
	else
		return 0;
	return -EINVAL;
}

/* The way to the socket, and its directory, made while we still may. */
static int make_place(const struct policy *policy, char path[static PATH_MAX])
{
	char *end;
	int r;

	if (snprintf(path, PATH_MAX, "%s/" MESSAGE_SOCKET_SHAPER, policy->run_directory) >= PATH_MAX)
		return -ENAMETOOLONG;
	end = strrchr(path, '/');
	*end = '\0';
	r = privilege_directory(path, USER_SHAPER);
	*end = '/';
	return r;
}

/* ---- the kernel ---- */

static void kernel_clear(struct kernel *kernel)
{
	remains_free(kernel->remains);
	nft_close(kernel->nft);
	netlink_close(kernel->route);
	free(kernel->absent);
	placement_clear(&kernel->placement);
	plan_clear(&kernel->applied);
}

static int kernel_lacks(const char *missing)
{
	log_error("this kernel lacks what the gateway needs: %s", missing);
	return -EOPNOTSUPP;
}

static int kernel_open(struct kernel *kernel)
{
	char missing[128] = "";
	int r = netlink_open(NETLINK_ROUTE, 0, &kernel->route);

	if (r == 0)
		r = nft_open(&kernel->nft);
	if (r == 0)
		r = remains_new(&kernel->remains);
	if (r == 0)
		r = nft_probe(missing, sizeof(missing));
	if (r == -EOPNOTSUPP)
		return kernel_lacks(missing);
	if (r == 0)
		r = probe_kernel(kernel, missing, sizeof(missing));
	if (r == 1)
		return kernel_lacks(missing);
	if (r < 0) {
		log_error("the kernel cannot be asked: %s", strerror(-r));
		return r;
	}
	return 0;
}

static int choose_queues(struct kernel *kernel, const struct policy *policy)
{
	return choose_leaves(kernel, policy->queue) < 0 ? kernel_lacks(kernel->leaf_option) : 0;
}

/* Nothing of ours in the kernel: this is the boot, and nothing passes before there is a plan. */
static int close_at_boot(struct kernel *kernel, const struct policy *policy)
{
	_cleanup_(actual_clear) struct actual actual = {};
	unsigned operations = 0;
	int r;

	memcpy(kernel->uplink, policy->uplink, sizeof(kernel->uplink));
	r = actual_read(kernel, policy->uplink, NULL, NULL, &actual);
	if (r < 0) {
		log_error("reading the kernel's state: %s", strerror(-r));
		return r;
	}
	if (actual_is_gated(&actual.plan)) {
		log_notice("the kernel still holds a plan: it stays until the daemon has another");
		return 0;
	}
	return sysctl_forwarding_off(&operations);
}

/* ---- the loop ---- */

/* Netlink, files below /proc/sys, one listening socket, the configuration when it has changed. */
static int confine(const struct policy *policy, const char *config, const char *state)
{
	static const char *const calls[] = {"accept4", "chmod",	     "fchmod",	   "access", "bind",
					    "connect", "getdents64", "ioctl",	   "listen", "memfd_create",
					    "openat",  "pread64",    "readlinkat", "unlink", "unlinkat",
					    "mkdirat", "renameat",   "fsync",	   NULL};
	static const int families[] = {AF_UNIX, AF_NETLINK, AF_INET, AF_INET6, 0};
	_cleanup_(freep) char *directory = strdup(config);
	const struct sandbox_place places[] = {{directory ? dirname(directory) : "/", SANDBOX_READ},
					       {"/etc", SANDBOX_READ},
					       {"/proc", SANDBOX_READ},
					       {"/proc/sys/net", SANDBOX_WRITE},
					       {"/sys", SANDBOX_READ},
					       {"/usr/share", SANDBOX_READ},
					       {"/dev", SANDBOX_READ},
					       {state, SANDBOX_WRITE},
					       {policy->run_directory, SANDBOX_WRITE}};
	int r = directory ? sandbox_places(places, ELEMENTS(places)) : -ENOMEM;

	return r < 0 ? r : sandbox_calls(calls, families);
}

static int serve(const char *path, struct kernel *kernel, struct bounds *bounds)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(server_closep) struct server *server = NULL;
	int r = program_loop(&event);

	if (r >= 0)
		r = server_open(event, path, kernel, bounds, &server);
	if (r < 0) {
		log_error("%s: cannot listen: %s", path, strerror(-r));
		return r;
	}
	log_info("ready at %s", path);
	return program_serve(event);
}

static int run(const struct options *options)
{
	_cleanup_(bounds_closep) struct bounds *bounds = NULL;
	_cleanup_(kernel_clear) struct kernel kernel = {.leaf_option = options->leaf};
	char path[PATH_MAX];
	/* Without a place of its own it serves all the same, by the edited file alone. */
	const char *state = privilege_directory(options->state, USER_SHAPER) == 0 ? options->state : NULL;
	int r = bounds_open(options->config, state, &bounds);

	if (r == 0)
		r = make_place(bounds_policy(bounds), path);
	if (r == 0)
		r = privilege_drop(USER_SHAPER, UINT64_C(1) << CAP_NET_ADMIN);
	if (r == 0)
		r = kernel_open(&kernel);
	if (r == 0)
		r = choose_queues(&kernel, bounds_policy(bounds));
	if (r == 0)
		r = confine(bounds_policy(bounds), options->config, options->state);
	if (r == 0)
		r = close_at_boot(&kernel, bounds_policy(bounds));
	if (r != 0)
		return r;
	r = serve(path, &kernel, bounds);
	if (options->flush && apply_flush(&kernel) < 0)
		r = -EIO;
	return r;
}

int main(int argc, char **argv)
{
	struct options options = {.config = CONFIG_PATH, .state = STATE_PATH};
	int r;

	log_open("gerbang-shaper");
	r = read_options(argc, argv, &options);
	if (r != 0)
		return r < 0 ? 2 : 0;
	return run(&options) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
