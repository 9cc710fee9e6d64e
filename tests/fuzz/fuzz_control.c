/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a command at the daemon's control socket: through daemon/control.c as it is, with its table,
 * its roles, its readers of arguments and its account of who did what. The handlers are stood in for by one
 * that asks for an argument of each kind, as they do; the first byte says which role the caller has. Each
 * request is answered exactly once; nobody does what is above him; what is kept of it is printable, and holds
 * no secret.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_control.c \
 *	daemon/audit.c daemon/texts.c lib/wire.c lib/clock.c lib/units.c lib/log.c lib/message.c \
 *	-ljansson -o fuzz_control
 *   ./fuzz_control -max_total_time=60 -max_len=2000 tests/fuzz/corpus/control
 */
#include "../../daemon/control.c"
#include <stdarg.h>
#include "../../daemon/notify.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct policy policy;
static unsigned answers, handled;
static unsigned asker;

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* ---- in the place of the rest of the daemon ---- */

const struct policy *engine_policy(const struct engine *engine)
{
	(void)engine;
	return &policy;
}

int server_new(sd_event *event, const char *path, mode_t mode, unsigned max_peers,
	       const struct server_events *events, void *userdata, struct server **out)
{
	(void)event, (void)path, (void)mode, (void)max_peers, (void)events, (void)userdata, (void)out;
	return -EIO;
}

struct server *server_free(struct server *server)
{
	(void)server;
	return NULL;
}

bool server_peer(const struct server *server, uint64_t serial, uid_t *uid)
{
	(void)server, (void)serial;
	*uid = 65534;
	return true;
}

unsigned server_rank(const struct server *server, uint64_t serial)
{
	(void)server, (void)serial;
	return asker;
}

/* Its text can be read, and is JSON where it is more than a refusal. */
void server_send(struct server *server, uint64_t peer, enum message_type type, union message *message,
		 int blob)
{
	_cleanup_(freep) void *text = NULL;
	size_t length;
	json_t *document;

	(void)server;
	check(peer == 1 && message->header.id == 7);
	check(type == MESSAGE_CONTROL_RESULT && wire_blob_read(blob, 1 << 20, &text, &length) == 0 &&
	      length > 0);
	document = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	check(message->control_result.status != CONTROL_DONE || json_is_object(document));
	json_decref(document);
	answers++;
}

enum role role_of_peer(int fd, uid_t uid, gid_t gid)
{
	(void)fd, (void)uid, (void)gid;
	return (enum role)asker;
}

const char *role_group(enum role role)
{
	(void)role;
	return "gerbang-admin";
}

void notify_event(struct notify *notify, enum policy_notify kind, const char *event_kind, const char *subject,
		  const char *who, const char *format, ...)
{
	char text[4096];
	va_list arguments;

	(void)notify, (void)kind, (void)who;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	check(!strncmp(event_kind, "audit.", 6) && strlen(event_kind) < 64 && strlen(subject) < 64);
	check(!strstr(text, "\"password\":") && !strstr(text, "\"code\":"));
}

/* Who may what, said again apart from the table: what is new is an admin's. */
static unsigned least_of(const char *name)
{
	static const struct {
		const char *name;
		enum role least;
	} open[] = {{"status", ROLE_VIEWER},
		    {"sessions", ROLE_VIEWER},
		    {"plan", ROLE_VIEWER},
		    {"schedule", ROLE_VIEWER},
		    {"history", ROLE_VIEWER},
		    {"top", ROLE_VIEWER},
		    {"quota-list", ROLE_VIEWER},
		    {"kick", ROLE_OPERATOR},
		    {"zone-open", ROLE_OPERATOR},
		    {"zone-close", ROLE_OPERATOR},
		    {"zone-auto", ROLE_OPERATOR},
		    {"office-inside", ROLE_OPERATOR},
		    {"office-auto", ROLE_OPERATOR},
		    {"voucher-create", ROLE_OPERATOR},
		    {"voucher-list", ROLE_OPERATOR},
		    {"voucher-revoke", ROLE_OPERATOR},
		    {"account-add", ROLE_OPERATOR},
		    {"account-list", ROLE_OPERATOR},
		    {"account-remove", ROLE_OPERATOR}};

	for (size_t i = 0; i < ELEMENTS(open); i++)
		if (!strcmp(open[i].name, name))
			return open[i].least;
	return ROLE_ADMIN;
}

static void answer(const struct ticket *ticket, const json_t *request)
{
	static const struct control_bounds bounds = {"valid", 60000000, INT64_MAX / 2, units_duration_human};
	const char *id, *who = control_who(ticket);
	int64_t value;

	handled++;
	check(*who && least_of(commands[ticket->command].name) <= asker);
	for (const char *c = ticket->what; *c; c++)
		check((unsigned char)*c >= ' ' && !(*c & 0x80));
	if (!control_text(ticket, request, "id", &id))
		return;
	if (json_object_get(request, "until") && !control_time(ticket, request, "until", &value))
		return;
	if (json_object_get(request, "count") && !control_number(ticket, request, "count", 1, 500, &value))
		return;
	if (json_object_get(request, "usec") && !control_amount(ticket, request, "usec", &bounds, &value))
		return;
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:o}", "text", control_sentence(ticket, TEXT_KICKED, id)));
}

#define STAND_IN(name)                                                                                       \
	void name(const struct ticket *ticket, const json_t *request)                                        \
	{                                                                                                    \
		answer(ticket, request);                                                                     \
	}
STAND_IN(command_status)
STAND_IN(command_sessions)
STAND_IN(command_schedule)
STAND_IN(command_plan)
STAND_IN(command_zone_open)
STAND_IN(command_zone_close)
STAND_IN(command_zone_auto)
STAND_IN(command_office_inside)
STAND_IN(command_office_auto)
STAND_IN(command_rehearse)
STAND_IN(command_kick)
STAND_IN(command_top)
STAND_IN(command_apply)
STAND_IN(command_confirm)
STAND_IN(command_history)
STAND_IN(command_history_files)
STAND_IN(command_voucher_create)
STAND_IN(command_voucher_list)
STAND_IN(command_voucher_revoke)
STAND_IN(command_account_add)
STAND_IN(command_account_list)
STAND_IN(command_account_remove)
STAND_IN(command_forget)
STAND_IN(command_quota_exempt)
STAND_IN(command_quota_list)
STAND_IN(command_quota_revoke)
STAND_IN(command_ledger_correct)
STAND_IN(command_report_mail)

/* ---- the input ---- */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static char language[] = "id";
	static struct daemon daemon;
	struct control control = {.daemon = &daemon};
	union message message = {.header = {.type = MESSAGE_CONTROL, .id = 7}};
	int blob;

	if (length == 0)
		return 0;
	policy.language = language;
	asker = bytes[0] % ROLES;
	answers = handled = 0;
	blob = wire_blob(bytes + 1, length - 1);
	if (blob < 0)
		return 0;
	check(on_message(&control, 1, &message, blob) == 0);
	check(answers == 1 && handled <= 1 && control.n_tickets == 0);
	close(blob);
	return 0;
}
