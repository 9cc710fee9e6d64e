/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gerbangd of few words, for the tests: makes a plan of a configuration, perhaps with something in it that
 * no planner would write, and hands it to the shaper. What a daemon that was taken over might send is said by
 * its arguments. It judges no answer.
 *
 * usage: sender SOCKET apply|try CONFIG TIME [guests=ZONE] [as=USER] [device=NAME] [rate=BPS] [uplink=NAME]
 * [address=DEVICE/PREFIX] [chain=NAME] [office=PREFIX] sender SOCKET settled [as=USER] Prints
 * the operations of `try`, or "ERROR OPERATIONS" and the text of a result. Exit status 0; 1 refused; 2 no
 * answer.
 */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/message.h"
#include "policy/config.h"
#include "policy/planner.h"

static struct guest_blocks blocks;
static struct slots slots;
static struct plan plan;
static struct planner_input in = {.slots = &slots, .blocks = &blocks};

static void die(const char *what, const char *value)
{
	fprintf(stderr, "sender: %s: %s\n", what, value);
	exit(2);
}

/* ---- what is wrong with the plan ---- */

static void put_device(const char *value)
{
	struct plan_device row = {.role = PLAN_OFFICE};

	snprintf(row.name, sizeof(row.name), "%s", value);
	plan_add_device(&plan, &row);
}

static void put_rate(const char *value)
{
	for (size_t i = 0; i < plan.n_classes; i++)
		if (plan.classes[i].minor == PLAN_ROOT)
			plan.classes[i].rate_bps = plan.classes[i].ceiling_bps = strtoull(value, NULL, 10);
}

static void put_uplink(const char *value)
{
	memset(plan.uplink, 0, sizeof(plan.uplink));
	snprintf(plan.uplink, sizeof(plan.uplink), "%s", value);
}

static void put_address(const char *value)
{
	struct plan_address row = {};
	const size_t device = strcspn(value, "/");

	snprintf(row.device, sizeof(row.device), "%.*s", (int)device, value);
	if (prefix_parse(value + device + 1, &row.prefix) < 0)
		die("not a prefix", value);
	plan_add_address(&plan, &row);
}

static void put_chain(const char *value)
{
	struct plan_chain row = {.family = NFPROTO_INET, .digest = 1};

	snprintf(row.name, sizeof(row.name), "%s", value);
	plan_add_chain(&plan, &row);
}

/* Another's addresses behind the first office's device. */
static void put_office(const char *value)
{
	struct plan_prefix row = plan.prefixes[0];

	memset(&row.prefix, 0, sizeof(row.prefix));
	if (prefix_parse(value, &row.prefix) < 0)
		die("not a prefix", value);
	plan_add_prefix(&plan, &row);
}

static void put_guests(const char *value)
{
	const int slot = slots_find(&slots, "zone", value);

	if (slot < 0)
		die("no such zone", value);
	blocks.slot_plus_1[0] = (uint16_t)(slot + 1);
}

static void become(const char *value)
{
	const struct passwd *user = getpwnam(value);

	if (!user || setgroups(0, NULL) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
		die("cannot be", value);
}

static const struct {
	const char *name;
	void (*before)(const char *value); /* it is planned */
	void (*after)(const char *value);
} arguments[] = {
    {"guests=", put_guests, NULL}, {"device=", NULL, put_device},   {"rate=", NULL, put_rate},
    {"uplink=", NULL, put_uplink}, {"address=", NULL, put_address}, {"chain=", NULL, put_chain},
    {"office=", NULL, put_office}, {"as=", NULL, become},
};

static void take(char *const *words, bool after)
{
	for (; *words; words++) {
		for (size_t i = 0; i < ELEMENTS(arguments); i++) {
			const size_t n = strlen(arguments[i].name);
			void (*handle)(const char *value) = after ? arguments[i].after : arguments[i].before;

			if (strncmp(*words, arguments[i].name, n) == 0 && handle)
				handle(*words + n);
		}
	}
}

/* ---- the plan ---- */

static void make_plan(char *const *words)
{
	struct config_report report;
	struct policy *policy = NULL;

	if (config_load(words[0], &policy, &report) != 0)
		die("refused", report.n_faults ? report.faults[0] : words[0]);
	config_report_clear(&report);
	in.policy = policy;
	in.now = clock_now();
	if (clock_parse(words[1], &in.now.wall_usec) < 0 || slots_assign(&slots, policy) < 0)
		die("not a time", words[1]);
	take(words + 2, false);
	if (planner_plan(&in, &plan) < 0)
		die("no plan", words[0]);
	take(words + 2, true);
	plan_sort(&plan);
	slots_clear(&slots);
	policy_free(policy);
}

static int blob_of_plan(void)
{
	void *bytes;
	size_t length;
	int blob;

	if (plan_encode(&plan, &bytes, &length) < 0)
		die("cannot be encoded", "plan");
	blob = wire_blob(bytes, length);
	free(bytes);
	return blob;
}

/* ---- the answer ---- */

static int print_result(const struct message_result *result)
{
	printf("%d %u\n%s\n", result->error, result->operations, result->text);
	return result->error < 0;
}

static int print_tried(int blob)
{
	void *bytes;
	size_t length;

	if (wire_blob_read(blob, 16u << 20, &bytes, &length) < 0)
		die("cannot be read", "answer");
	fwrite(bytes, 1, length, stdout);
	free(bytes);
	return 0;
}

static int wait_for_answer(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	union message message;
	int blob = -1, r;

	while (poll(&ready, 1, 30000) == 1) {
		r = message_receive(fd, &message, &blob);
		if (r == -EAGAIN)
			continue;
		if (r <= 0)
			die("the shaper hung up", strerror(-r));
		if (message.header.type == MESSAGE_RESULT && message.header.id == 7)
			return print_result(&message.result);
		if (message.header.type == MESSAGE_TRIED)
			return print_tried(blob);
		closep(&blob);
	}
	die("no answer", "in 30 s");
	return 2;
}

int main(int argc, char **argv)
{
	union message message = {.header.id = 7};
	enum message_type type = MESSAGE_SETTLED;
	int fd, blob = -1;

	if (argc < 3)
		die("usage", "sender SOCKET apply|try|settled ...");
	if (strcmp(argv[2], "settled") != 0) {
		if (argc < 5)
			die("usage", "sender SOCKET apply|try CONFIG TIME");
		type = strcmp(argv[2], "try") == 0 ? MESSAGE_TRY : MESSAGE_APPLY;
		make_plan(argv + 3);
		blob = blob_of_plan();
	} else {
		take(argv + 3, true);
	}
	fd = wire_connect(argv[1]);
	if (fd < 0 || message_send(fd, type, &message, blob) < 0)
		die("cannot be reached", argv[1]);
	return wait_for_answer(fd);
}
