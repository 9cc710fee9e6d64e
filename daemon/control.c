/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: one table says what a person may ask of a running gateway. A client may be slow, rude or gone: it gets
 * its answer as one message that never blocks, or none. Nobody gets in without a
 * role (role.h), nobody gets what is above it, and each change is journaled with whoever asked for it.
 */
#include "control.h"
#include <errno.h>
#include <malloc.h>
#include <pwd.h>
#include <string.h>
#include "audit.h"
#include "commands.h"
#include "credentials_commands.h"
#include "daemon.h"
#include "engine.h"
#include "quota_commands.h"
#include "report_command.h"
#include "role.h"
#include "server.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/privilege.h"

#define TICKETS_MAX 256u
#define WHO_ROWS 16u
#define WHO_TEXT 65

struct control {
	struct daemon *daemon;
	struct server *server;
	unsigned n_tickets;
	struct {
		uid_t uid;
		char name[WHO_TEXT]; /* "": free */
	} who[WHO_ROWS];
	unsigned next_who;
	struct audit audit;
};

/* `changes`: journaled, with who asked. A rehearsal's clock is no change of anything that is kept; lists of
 * vouchers and accounts open doors. */
static const struct {
	const char *name;
	command_handler *handler;
	enum role least;
	bool changes;
} commands[] = {
    {"status", command_status, ROLE_VIEWER, false},
    {"sessions", command_sessions, ROLE_VIEWER, false},
    {"kick", command_kick, ROLE_OPERATOR, true},
    {"plan", command_plan, ROLE_VIEWER, false},
    {"schedule", command_schedule, ROLE_VIEWER, false},
    {"history", command_history, ROLE_VIEWER, false},
    {"history-files", command_history_files, ROLE_ADMIN, false},
    {"apply", command_apply, ROLE_ADMIN, true},
    {"confirm", command_confirm, ROLE_ADMIN, true},
    {"zone-open", command_zone_open, ROLE_OPERATOR, true},
    {"zone-close", command_zone_close, ROLE_OPERATOR, true},
    {"zone-auto", command_zone_auto, ROLE_OPERATOR, true},
    {"office-inside", command_office_inside, ROLE_OPERATOR, true},
    {"office-auto", command_office_auto, ROLE_OPERATOR, true},
    {"rehearse", command_rehearse, ROLE_ADMIN, false},
    {"voucher-create", command_voucher_create, ROLE_OPERATOR, true},
    {"voucher-list", command_voucher_list, ROLE_OPERATOR, false},
    {"voucher-revoke", command_voucher_revoke, ROLE_OPERATOR, true},
    {"account-add", command_account_add, ROLE_OPERATOR, true},
    {"account-list", command_account_list, ROLE_OPERATOR, false},
    {"account-remove", command_account_remove, ROLE_OPERATOR, true},
    {"forget", command_forget, ROLE_ADMIN, true},
    {"top", command_top, ROLE_VIEWER, false},
    {"quota-exempt", command_quota_exempt, ROLE_ADMIN, true},
    {"quota-list", command_quota_list, ROLE_VIEWER, false},
    {"quota-revoke", command_quota_revoke, ROLE_ADMIN, true},
    {"ledger-correct", command_ledger_correct, ROLE_ADMIN, true},
    {"report-mail", command_report_mail, ROLE_ADMIN, true},
};

/* ---- answers ---- */

static void keep_account(const struct ticket *ticket, enum control_status status, uint64_t number)
{
	if (ticket->command < ELEMENTS(commands) && commands[ticket->command].changes)
		audit_command(ticket->daemon, commands[ticket->command].name, control_who(ticket),
			      ticket->what, status == CONTROL_DONE, number);
}

static void send_answer(const struct ticket *ticket, enum control_status status, const char *text)
{
	_cleanup_(closep) int blob = wire_blob(text, strlen(text));
	union message message = {.control_result = {.header.id = ticket->id, .status = (int32_t)status}};

	if (blob < 0)
		log_warning("cannot answer a command: %s", strerror(-blob));
	else
		server_send(ticket->control->server, ticket->peer, MESSAGE_CONTROL_RESULT, &message, blob);
}

void control_json(const struct ticket *ticket, enum control_status status, json_t *document)
{
	_cleanup_(freep) char *text = document ? json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	if (text) {
		keep_account(ticket, status,
			     (uint64_t)json_integer_value(json_object_get(document, "number")));
		send_answer(ticket, status, text);
	} else {
		control_refuse(ticket, TEXT_NO_MEMORY);
	}
	json_decref(document);
}

void control_refuse_as_is(const struct ticket *ticket, const char *text)
{
	keep_account(ticket, CONTROL_REFUSED, 0);
	send_answer(ticket, CONTROL_REFUSED, text);
}

void control_refuse_with(const struct ticket *ticket, enum text key, const char *const values[])
{
	_cleanup_(freep) char *text = text_fill(ticket->language, key, values);

	control_refuse_as_is(ticket, text ? text : text_of(ticket->language, TEXT_NO_MEMORY));
}

struct ticket *ticket_keep(const struct ticket *ticket)
{
	struct ticket *kept;

	if (ticket->control->n_tickets >= TICKETS_MAX)
		return NULL;
	kept = malloc(sizeof(*kept));
	if (!kept)
		return NULL;
	*kept = *ticket;
	ticket->control->n_tickets++;
	return kept;
}

void ticket_free(struct ticket *ticket)
{
	ticket->control->n_tickets--;
	free(ticket);
}

/* ---- arguments ---- */

/* What was given, for the refusal: as JSON, cut short. */
static const char *given(const json_t *value, char text[static 80])
{
	_cleanup_(freep) char *dump = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	snprintf(text, 80, "%s", dump ? dump : "null");
	return text;
}

bool control_text(const struct ticket *ticket, const json_t *request, const char *key, const char **out)
{
	const json_t *value = json_object_get(request, key);
	const char *text = json_string_value(value);
	char shown[80];

	if (!text || !*text) {
		control_refuse(ticket, TEXT_NOT_TEXT, key, given(value, shown));
		return false;
	}
	*out = text;
	return true;
}

bool control_time(const struct ticket *ticket, const json_t *request, const char *key, int64_t *wall_usec)
{
	const char *text;

	if (!control_text(ticket, request, key, &text))
		return false;
	if (clock_parse(text, wall_usec) < 0) {
		control_refuse(ticket, TEXT_NOT_TIME, key, text);
		return false;
	}
	return true;
}

bool control_number(const struct ticket *ticket, const json_t *request, const char *key, int64_t min,
		    int64_t max, int64_t *out)
{
	const json_t *value = json_object_get(request, key);
	char shown[80], least[24], most[24];

	if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max) {
		snprintf(least, sizeof(least), "%jd", (intmax_t)min);
		snprintf(most, sizeof(most), "%jd", (intmax_t)max);
		control_refuse(ticket, TEXT_NOT_NUMBER, key, least, most, given(value, shown));
		return false;
	}
	*out = json_integer_value(value);
	return true;
}

bool control_amount(const struct ticket *ticket, const json_t *request, const char *key,
		    const struct control_bounds *bounds, int64_t *out)
{
	const json_t *value = json_object_get(request, key);
	const json_int_t amount = json_integer_value(value);
	char shown[80], least[UNITS_TEXT], most[UNITS_TEXT], human[UNITS_TEXT];

	if (!json_is_integer(value) || amount < bounds->min || amount > bounds->max) {
		control_refuse(ticket, TEXT_NOT_WITHIN, bounds->name,
			       bounds->human((uint64_t)bounds->min, least),
			       bounds->human((uint64_t)bounds->max, most),
			       amount > 0 ? bounds->human((uint64_t)amount, human) : given(value, shown));
		return false;
	}
	*out = amount;
	return true;
}

const char *control_time_text(int64_t wall_usec, char text[static CONTROL_TIME_TEXT])
{
	struct tm local = clock_local(wall_usec);

	strftime(text, CONTROL_TIME_TEXT, local.tm_sec ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", &local);
	return text;
}

/* ---- who asks ---- */

/* The first question for a user may go to a directory service: its answer is kept. */
static const char *name_of(struct control *control, uid_t uid)
{
	const struct passwd *user;
	char *name;

	for (unsigned i = 0; i < WHO_ROWS; i++)
		if (control->who[i].name[0] && control->who[i].uid == uid)
			return control->who[i].name;
	control->who[control->next_who].uid = uid;
	name = control->who[control->next_who].name;
	control->next_who = (control->next_who + 1) % WHO_ROWS;
	user = getpwuid(uid);
	if (user && *user->pw_name)
		snprintf(name, WHO_TEXT, "%s", user->pw_name);
	else
		snprintf(name, WHO_TEXT, "uid %ju", (uintmax_t)uid);
	return name;
}

const char *control_who(const struct ticket *ticket)
{
	return name_of(ticket->control, ticket->uid);
}

/* ---- requests ---- */

static bool may(struct ticket *ticket, size_t command)
{
	struct control *control = ticket->control;
	const enum role least = commands[command].least;

	if (server_rank(control->server, ticket->peer) >= (unsigned)least)
		return true;
	audit_denied(ticket->daemon, &control->audit, commands[command].name, control_who(ticket),
		     role_group(least));
	control_refuse(ticket, TEXT_NOT_ROLE, commands[command].name, role_group(least));
	return false;
}

static void dispatch(struct ticket *ticket, const json_t *request)
{
	const char *name;

	if (!control_text(ticket, request, "command", &name))
		return;
	for (size_t i = 0; i < ELEMENTS(commands); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		if (may(ticket, i)) {
			ticket->command = (unsigned)i;
			audit_what(request, ticket->what);
			commands[i].handler(ticket, request);
		}
		return;
	}
	control_refuse(ticket, TEXT_NOT_COMMAND, name);
}

static enum language language_of(const struct control *control, const json_t *request)
{
	enum language site = language_find(engine_policy(control->daemon->engine)->language, LANGUAGE_ID);

	return language_find(json_string_value(json_object_get(request, "language")), site);
}

static int on_message(void *userdata, uint64_t peer, const union message *message, int blob)
{
	struct control *control = userdata;
	struct ticket ticket = {.daemon = control->daemon,
				.control = control,
				.peer = peer,
				.id = message->header.id,
				.command = ELEMENTS(commands)};
	_cleanup_(freep) void *text = NULL;
	json_error_t error;
	json_t *request;
	size_t length;
	int r;

	if (message->header.type != MESSAGE_CONTROL)
		return -EBADMSG;
	r = wire_blob_read(blob, CONTROL_REQUEST_MAX, &text, &length);
	if (r < 0)
		return r;
	request = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	explicit_bzero(text, length); /* there may be a password in it */
	ticket.language = language_of(control, request);
	server_peer(control->server, peer, &ticket.uid);
	if (json_is_object(request))
		dispatch(&ticket, request);
	else
		control_refuse(&ticket, TEXT_NOT_OBJECT);
	json_decref(request);
	return 0;
}

/* ---- the socket ---- */

static unsigned rank(int fd, uid_t uid, gid_t gid)
{
	return (unsigned)role_of_peer(fd, uid, gid);
}

/* A request may hold a password, and jansson copies what it reads. */
static void free_wiped(void *memory)
{
	if (memory)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

int control_new(struct daemon *daemon, const char *path, struct control **out)
{
	static const struct server_events events = {.rank = rank, .message = on_message};
	struct control *control = calloc(1, sizeof(*control));
	int r;

	if (!control)
		return -ENOMEM;
	control->daemon = daemon;
	json_set_alloc_funcs(malloc, free_wiped);
	/* Anybody may knock: three groups cannot own one socket. rank() lets in. */
	r = server_new(daemon->event, path, 0666, CONTROL_PEERS, &events, control, &control->server);
	if (r < 0) {
		free(control);
		return r;
	}
	*out = control;
	return 0;
}

struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	server_free(control->server);
	free(control);
	return NULL;
}
