/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plays the daemon at a running gerbang-shaper, for tests and measurements of the shaper alone: no gerbangd
 * may run. A line on standard input is a command, a line of JSON on standard output its answer. It judges
 * nothing.
 *
 * usage: play-daemon CONFIG
 *   apply YYYY-MM-DDTHH:MM BLOCKS       the plan of that time, with so many blocks of guest classes in the
 * first zone session NUMBER MAC ADDRESS SECONDS  lets a guest in, in the class of that number of the first
 * zone's forget                              all guests: the next plan has none count N [quiet] N COUNTs at
 * once: the answers, with rows [tree, final, minor, backlog, bytes, packets, drops] during YYYY-MM-DDTHH:MM
 * BLOCKS      a COUNT, and that apply right behind it storm SECONDS                       one COUNT after the
 * other, and a login each millisecond: both times in msec calm SECONDS                        the logins
 * alone
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/message.h"
#include "lib/units.h"
#include "policy/config.h"
#include "policy/planner.h"

#define WORDS 8
#define LOGINS 100000

static struct player {
	int fd;
	const char *config;
	struct slots slots;
	struct plan_session *sessions;
	size_t n_sessions;
	uint64_t next_id;
	union message message; /* the last that came, and its payload */
	void *bytes;
	size_t length;
} player;

static void die(const char *what)
{
	fprintf(stderr, "play-daemon: %s\n", what);
	exit(1);
}

static double msec_since(int64_t mono_usec)
{
	return (double)(clock_now().mono_usec - mono_usec) / 1000;
}

/* ---- messages ---- */

static void take(int timeout_msec)
{
	struct pollfd p = {.fd = player.fd, .events = POLLIN};
	_cleanup_(closep) int passed = -1;
	int r;

	player.message.header.type = 0;
	if (poll(&p, 1, timeout_msec) <= 0) {
		if (timeout_msec >= 1000)
			die("no answer");
		return;
	}
	r = message_receive(player.fd, &player.message, &passed);
	if (r != 1)
		die("the shaper hung up");
	free(player.bytes);
	player.bytes = NULL;
	if (passed >= 0 && wire_blob_read(passed, PLAN_BYTES_MAX, &player.bytes, &player.length) < 0)
		die("a payload that cannot be read");
}

static bool is_answer(uint64_t id)
{
	return player.message.header.type && player.message.header.id == id &&
	       player.message.header.type != MESSAGE_DRIFT && player.message.header.type != MESSAGE_STATE;
}

static void wait_for(uint64_t id)
{
	do
		take(600000); /* tens of thousands of classes take minutes to make */
	while (!is_answer(id));
}

static uint64_t ask(enum message_type type, union message *message, int blob)
{
	message->header.id = ++player.next_id;
	if (message_send(player.fd, type, message, blob) < 0)
		die("cannot send");
	return message->header.id;
}

/* ---- commands ---- */

static struct policy *load(void)
{
	struct config_report report = {0};
	struct policy *policy;

	if (config_load(player.config, &policy, &report) != 0)
		die(report.n_faults ? report.faults[0] : "cannot load the configuration");
	if (slots_assign(&player.slots, policy) < 0)
		die("no slots");
	return policy;
}

static uint64_t send_plan(char *const words[])
{
	struct policy *policy = load();
	struct guest_blocks blocks = {0};
	struct planner_input in = {.policy = policy,
				   .slots = &player.slots,
				   .blocks = &blocks,
				   .sessions = player.sessions,
				   .n_sessions = player.n_sessions,
				   .now = clock_now()};
	_cleanup_(plan_clear) struct plan plan = {0};
	_cleanup_(freep) void *bytes = NULL;
	_cleanup_(closep) int blob = -1;
	union message message = {0};
	char *t = strchr(words[1], 'T');
	size_t length;
	int slot = policy->n_zones ? slots_find(&player.slots, "zone", policy->zones[0].id) : 0;

	if (t)
		*t = ' ';
	for (int i = 0; i < atoi(words[2]) && i < PLAN_GUEST_BLOCKS; i++)
		blocks.slot_plus_1[i] = (uint16_t)(slot + 1);
	if (clock_parse(words[1], &in.now.wall_usec) < 0)
		die("times are YYYY-MM-DDTHH:MM");
	if (planner_plan(&in, &plan) < 0 || plan_encode(&plan, &bytes, &length) < 0)
		die("planner failed");
	policy_free(policy);
	blob = wire_blob(bytes, length);
	return ask(MESSAGE_APPLY, &message, blob);
}

static void print_result(void)
{
	const struct message_result *result = &player.message.result;

	printf("{\"error\": %d, \"operations\": %u, \"text\": \"%s\", \"leaf\": \"%s\", \"download\": "
	       "\"%s\", \"slots\": {",
	       result->error, result->operations, result->text, result->leaf, result->download);
	for (size_t i = 0; i < player.slots.n; i++)
		printf("%s\"%s\": %zu", i ? ", " : "", player.slots.ids[i], i);
	printf("}}");
}

static void command_apply(char *const words[])
{
	wait_for(send_plan(words));
	print_result();
}

static void command_session(char *const words[])
{
	struct policy *policy = load();
	union message message = {0};
	struct plan_session *session = &message.session.session;
	const int64_t now = clock_now().mono_usec;
	uint64_t id;

	*session = (struct plan_session){.id = player.next_id + 1,
					 .started_mono_usec = now,
					 .ends_mono_usec = now + atoll(words[4]) * USEC_PER_SEC,
					 .minor = (uint16_t)(PLAN_FIRST_GUEST + atoi(words[1])),
					 .login = POLICY_LOGIN_CLICK};
	memcpy(session->device, policy->zones[0].device, sizeof(session->device));
	if (mac_parse(words[2], &session->mac) < 0 || addr_parse(words[3], &session->address4) < 0)
		die("session NUMBER MAC ADDRESS SECONDS");
	policy_free(policy);
	player.sessions = reallocarray(player.sessions, player.n_sessions + 1, sizeof(*player.sessions));
	player.sessions[player.n_sessions++] = *session;
	id = ask(MESSAGE_SESSION_ADD, &message, -1);
	wait_for(id);
	print_result();
}

static void command_forget(_unused_ char *const words[])
{
	player.n_sessions = 0;
	printf("{}");
}

static void print_rows(const struct message_counter *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%s[%u, %u, %u, %u, %" PRIu64 ", %" PRIu64 ", %" PRIu64 "]", i ? ", " : "",
		       rows[i].tree, rows[i].final, rows[i].minor, rows[i].backlog_bytes,
		       rows[i].delivered_bytes, rows[i].delivered_packets, rows[i].dropped_packets);
}

static void print_counters(int64_t began, bool quiet)
{
	const size_t n = player.length / sizeof(struct message_counter);
	const struct message_counter *rows = player.bytes;
	size_t finals = 0;

	if (player.message.header.type != MESSAGE_COUNTERS) {
		print_result();
		return;
	}
	while (finals < n && rows[finals].final)
		finals++;
	printf("{\"msec\": %.3f, \"n\": %zu, \"finals\": %zu, \"rows\": [", msec_since(began), n, finals);
	if (!quiet)
		print_rows(rows, n);
	printf("]}");
}

static void command_count(char *const words[])
{
	const unsigned n = (unsigned)atoi(words[1]);
	const int64_t began = clock_now().mono_usec;
	const uint64_t first = player.next_id + 1;

	for (unsigned i = 0; i < n; i++) {
		union message message = {0};

		ask(MESSAGE_COUNT, &message, -1);
	}
	printf("[");
	for (unsigned i = 0; i < n; i++) {
		do
			take(60000);
		while (player.message.header.id < first || player.message.header.id >= first + n);
		printf("%s", i ? ", " : "");
		print_counters(began, words[2] != NULL);
	}
	printf("]");
}

/* In the order in which they are answered. */
static void command_during(char *const words[])
{
	const int64_t began = clock_now().mono_usec;
	union message message = {0};
	const uint64_t count = ask(MESSAGE_COUNT, &message, -1);
	const uint64_t apply = send_plan(words);

	printf("[");
	for (unsigned i = 0; i < 2;) {
		take(60000);
		if (!is_answer(count) && !is_answer(apply))
			continue;
		printf("%s", i++ ? ", " : "");
		print_counters(began, false);
	}
	printf("]");
}

/* ---- logins beside a collection ---- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_times(const char *name, double *times, size_t n, const char *end)
{
	qsort(times, n, sizeof(*times), compare);
	printf("\"%s\": {\"n\": %zu, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f}%s", name, n,
	       n ? times[n / 2] : 0, n ? times[n * 99 / 100] : 0, n ? times[n - 1] : 0, end);
}

static struct storm {
	double logins[LOGINS], counts[LOGINS];
	size_t n_logins, n_counts;
	uint64_t count, login;
	int64_t counted_usec, asked_usec, due_usec;
	uint32_t guest;
	const char *device;
	struct addr base;
} storm;

static void storm_login(void)
{
	union message message = {0};
	struct plan_session *session = &message.session.session;
	const uint32_t guest = storm.guest++ % 1024;

	*session = (struct plan_session){.id = player.next_id + 1,
					 .started_mono_usec = clock_now().mono_usec,
					 .ends_mono_usec = clock_now().mono_usec + 600 * USEC_PER_SEC,
					 .minor = (uint16_t)(PLAN_FIRST_GUEST + guest % 64),
					 .mac = {{2, 0x77, 0, 0, (uint8_t)(guest >> 8), (uint8_t)guest}},
					 .address4 = storm.base,
					 .login = POLICY_LOGIN_CLICK};
	session->address4.octets[2] = (uint8_t)(session->address4.octets[2] + 1 + (guest >> 8));
	session->address4.octets[3] = (uint8_t)guest;
	snprintf(session->device, sizeof(session->device), "%s", storm.device);
	storm.asked_usec = clock_now().mono_usec;
	storm.login = ask(MESSAGE_SESSION_ADD, &message, -1);
}

static void storm_take(void)
{
	take(1);
	if (is_answer(storm.count) && storm.n_counts < LOGINS) {
		if (player.message.header.type != MESSAGE_COUNTERS)
			die(player.message.result.text);
		storm.counts[storm.n_counts++] = msec_since(storm.counted_usec);
		storm.count = 0;
	} else if (is_answer(storm.login) && storm.n_logins < LOGINS) {
		if (player.message.result.error < 0)
			die(player.message.result.text);
		storm.logins[storm.n_logins++] = msec_since(storm.asked_usec);
		storm.login = 0;
		storm.due_usec = clock_now().mono_usec + 1000;
	}
}

static void storm_run(char *const words[], bool count)
{
	struct policy *policy = load();
	const int64_t end = clock_now().mono_usec + atoll(words[1]) * USEC_PER_SEC;

	storm = (struct storm){.device = policy->zones[0].device, .base = policy->zones[0].address4.addr};
	while (clock_now().mono_usec < end) {
		if (count && !storm.count) {
			union message message = {0};

			storm.counted_usec = clock_now().mono_usec;
			storm.count = ask(MESSAGE_COUNT, &message, -1);
		}
		if (!storm.login && clock_now().mono_usec >= storm.due_usec)
			storm_login();
		storm_take();
	}
	while (storm.count || storm.login)
		storm_take();
	printf("{");
	print_times("login", storm.logins, storm.n_logins, ", ");
	print_times("count", storm.counts, storm.n_counts, "}");
	policy_free(policy);
}

static void command_storm(char *const words[])
{
	storm_run(words, true);
}

static void command_calm(char *const words[])
{
	storm_run(words, false);
}

static const struct {
	const char *name;
	int words;
	void (*run)(char *const words[]);
} commands[] = {{"apply", 3, command_apply}, {"session", 5, command_session}, {"forget", 1, command_forget},
		{"count", 2, command_count}, {"during", 3, command_during},   {"storm", 2, command_storm},
		{"calm", 2, command_calm}};

static void run(char *line)
{
	char *words[WORDS + 1] = {0}, *save = NULL;
	int n = 0;

	for (char *word = strtok_r(line, " \n", &save); word && n < WORDS;
	     word = strtok_r(NULL, " \n", &save))
		words[n++] = word;
	for (size_t i = 0; i < ELEMENTS(commands); i++) {
		if (!words[0] || strcmp(words[0], commands[i].name) != 0 || n < commands[i].words)
			continue;
		commands[i].run(words);
		printf("\n");
		fflush(stdout);
		return;
	}
	die("unknown command");
}

int main(int argc, char **argv)
{
	struct policy *policy;
	char path[512], line[512];

	if (argc != 2)
		die("usage: play-daemon CONFIG");
	player.config = argv[1];
	policy = load();
	snprintf(path, sizeof(path), "%s/%s", policy->run_directory, MESSAGE_SOCKET_SHAPER);
	policy_free(policy);
	player.fd = wire_connect(path);
	if (player.fd < 0)
		die("the shaper does not listen");
	while (fgets(line, sizeof(line), stdin))
		run(line);
	return 0;
}
