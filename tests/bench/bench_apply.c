/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times plan + diff + apply against a running gerbang-shaper: from nothing, unchanged, and with every office's rates
 * changed by the schedule. Plays the daemon: no gerbangd may run. Prints one JSON object.
 *
 * usage: bench-apply CONFIG "YYYY-MM-DD HH:MM" "YYYY-MM-DD HH:MM"   (an instant inside office hours, one outside)
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/message.h"
#include "policy/config.h"
#include "policy/planner.h"

static void die(const char *what)
{
	fprintf(stderr, "bench-apply: %s\n", what);
	exit(1);
}

static void wait_for(int fd, enum message_type type, union message *message)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int passed = -1, r;

		if (poll(&p, 1, 30000) <= 0)
			die("no answer in 30 s");
		r = message_receive(fd, message, &passed);
		if (passed >= 0)
			close(passed);
		if (r == 0 || (r < 0 && r != -EAGAIN))
			die("the shaper hung up");
		if (r == 1 && message->header.type == type)
			return;
	}
}

struct run {
	double plan_msec, apply_msec;
	unsigned operations;
};

static struct run run_at(int fd, const struct policy *policy, const struct slots *slots,
			 const struct guest_blocks *blocks, int64_t wall_usec)
{
	struct instant start = clock_now();
	struct planner_input in = {.policy = policy, .slots = slots, .blocks = blocks,
				   .now = {wall_usec, start.mono_usec}};
	struct plan plan = {0};
	union message message = {.header.id = 1};
	_cleanup_(freep) void *bytes = NULL;
	size_t length;
	int blob;
	struct run run;

	if (planner_plan(&in, &plan) < 0 || plan_encode(&plan, &bytes, &length) < 0)
		die("planner failed");
	run.plan_msec = (double)(clock_now().mono_usec - start.mono_usec) / 1000;
	start = clock_now();
	blob = wire_blob(bytes, length);
	if (blob < 0 || message_send(fd, MESSAGE_APPLY, &message, blob) < 0)
		die("cannot send the plan");
	wait_for(fd, MESSAGE_RESULT, &message);
	run.apply_msec = (double)(clock_now().mono_usec - start.mono_usec) / 1000;
	run.operations = message.result.operations;
	if (message.result.error)
		die(message.result.text);
	close(blob);
	plan_clear(&plan);
	return run;
}

static void print_run(const char *name, struct run run, const char *end)
{
	printf("\"%s\": {\"plan_msec\": %.2f, \"apply_msec\": %.2f, \"operations\": %u}%s", name, run.plan_msec,
	       run.apply_msec, run.operations, end);
}

int main(int argc, char **argv)
{
	struct config_report report = {0};
	struct policy *policy;
	struct slots slots = {0};
	struct guest_blocks blocks = {0};
	char path[512];
	int64_t inside, outside;
	union message message;
	int fd;

	if (argc != 4)
		die("usage: bench-apply CONFIG INSIDE OUTSIDE");
	if (config_load(argv[1], &policy, &report) != 0)
		die(report.n_faults ? report.faults[0] : "cannot load the configuration");
	if (clock_parse(argv[2], &inside) < 0 || clock_parse(argv[3], &outside) < 0)
		die("times are YYYY-MM-DD HH:MM");
	if (slots_assign(&slots, policy) < 0)
		die("no slots");
	snprintf(path, sizeof(path), "%s/%s", policy->run_directory, MESSAGE_SOCKET_SHAPER);
	fd = wire_connect(path);
	if (fd < 0)
		die("the shaper does not listen");
	wait_for(fd, MESSAGE_STATE, &message);

	printf("{");
	print_run("from_nothing", run_at(fd, policy, &slots, &blocks, inside), ", ");
	print_run("unchanged", run_at(fd, policy, &slots, &blocks, inside), ", ");
	print_run("schedule_change", run_at(fd, policy, &slots, &blocks, outside), "}\n");
	return 0;
}
