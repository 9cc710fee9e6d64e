/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a visitor may have all that is kept of a device erased (UU 27/2022, article 8). The device's session
 * and those of its pass end first, then memory lets go of it, then the ledger: in another order something
 * would be written again.
 */
#include "credentials_commands.h"
#include <errno.h>
#include <string.h>
#include "daemon.h"
#include "life.h"
#include "person.h"
#include "record.h"
#include "shaper.h"
#include "usage.h"
#include "../ledger/ledger.h"
#include "../lib/log.h"

struct forget {
	struct session_waiter waiter; /* its first member */
	struct ticket *ticket;
	struct mac mac;
	size_t ended;
};

static struct person *pass_of(const struct daemon *daemon, const struct mac *mac)
{
	return persons_known(daemon->persons, mac, "");
}

static bool is_meant(const struct session *session, const struct mac *mac, const struct person *pass)
{
	return !memcmp(&session->row.mac, mac, sizeof(*mac)) || (pass && session->person == pass);
}

static void forget_in_memory(struct daemon *daemon, const struct mac *mac)
{
	struct person *pass;

	usage_settle(daemon->usage); /* a session that has just ended is written with its device's hash */
	records_flush(daemon->records);
	pass = pass_of(daemon, mac);
	if (pass)
		persons_forget(daemon->persons, pass);
}

static json_t *answer_of(const struct ticket *ticket, const struct mac *mac, size_t ended,
			 const struct ledger_forgotten *forgotten)
{
	bool any = ended || forgotten->devices || forgotten->passes || forgotten->sessions;
	char text[MAC_TEXT];

	mac_text(mac, text);
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "mac", text, "ended", (json_int_t)ended, "devices",
			 (json_int_t)forgotten->devices, "passes", (json_int_t)forgotten->passes, "sessions",
			 (json_int_t)forgotten->sessions, "text",
			 control_sentence(ticket, any ? TEXT_FORGOTTEN : TEXT_FORGOT_NOTHING, text));
}

static void forget_now(const struct ticket *ticket, const struct mac *mac, size_t ended)
{
	struct daemon *daemon = ticket->daemon;
	struct ledger_forgotten forgotten = {0};
	uint8_t hash[LEDGER_HASH];
	int r;

	if (!credentials_ledger(ticket))
		return;
	forget_in_memory(daemon, mac);
	ledger_hash(daemon->ledger, mac, hash);
	r = ledger_forget(daemon->ledger, hash, &forgotten);
	if (r < 0) {
		credentials_not_written(ticket, r);
		return;
	}
	log_notice("a device was forgotten at a person's order");
	control_json(ticket, CONTROL_DONE, answer_of(ticket, mac, ended, &forgotten));
}

static void forget_free(struct forget *forget)
{
	ticket_free(forget->ticket);
	free(forget);
}

static size_t count_meant(const struct daemon *daemon, const struct mac *mac, const struct person *pass)
{
	size_t n = 0;

	for (struct session *s = sessions_next(daemon->sessions, NULL); s;
	     s = sessions_next(daemon->sessions, s))
		n += is_meant(s, mac, pass);
	return n;
}

static void on_gone(struct session_waiter *waiter, int error);

/* All leave; the last one's end goes on. */
static void end_all(struct forget *forget, const struct person *pass, size_t n)
{
	struct daemon *daemon = forget->ticket->daemon;
	struct session *next;

	for (struct session *s = sessions_next(daemon->sessions, NULL); s && n; s = next) {
		next = sessions_next(daemon->sessions, s);
		if (!is_meant(s, &forget->mac, pass))
			continue;
		forget->ended += s->state != SESSION_LEAVING;
		if (life_leave(daemon->life, s, LEDGER_END_KICK, --n ? NULL : &forget->waiter) < 0 && !n)
			on_gone(&forget->waiter, -ENOTCONN);
	}
}

/* Whoever came in again while the others were leaving has to leave as well. */
static void end_then_forget(struct forget *forget)
{
	struct daemon *daemon = forget->ticket->daemon;
	const struct person *pass = pass_of(daemon, &forget->mac);
	size_t n = count_meant(daemon, &forget->mac, pass);

	if (n) {
		end_all(forget, pass, n);
		return;
	}
	forget_now(forget->ticket, &forget->mac, forget->ended);
	forget_free(forget);
}

static void on_gone(struct session_waiter *waiter, int error)
{
	struct forget *forget = (struct forget *)waiter;

	if (!error) {
		end_then_forget(forget);
		return;
	}
	if (error != -ESHUTDOWN)
		control_refuse(forget->ticket, TEXT_NOT_KICKED, strerror(-error));
	forget_free(forget);
}

static struct forget *forget_new(const struct ticket *ticket, const struct mac *mac)
{
	struct forget *forget = calloc(1, sizeof(*forget));

	if (!forget)
		return NULL;
	forget->ticket = ticket_keep(ticket);
	if (!forget->ticket) {
		free(forget);
		return NULL;
	}
	forget->waiter.done = on_gone;
	forget->mac = *mac;
	return forget;
}

static bool mac_argument(const struct ticket *ticket, const json_t *request, struct mac *out)
{
	const char *typed;

	if (!control_text(ticket, request, "mac", &typed))
		return false;
	if (mac_parse(typed, out) >= 0)
		return true;
	control_refuse(ticket, TEXT_NOT_MAC, typed);
	return false;
}

void command_forget(const struct ticket *ticket, const json_t *request)
{
	const struct daemon *daemon = ticket->daemon;
	struct forget *forget;
	struct mac mac;

	if (!credentials_ledger(ticket) || !mac_argument(ticket, request, &mac))
		return;
	if (!count_meant(daemon, &mac, pass_of(daemon, &mac))) {
		forget_now(ticket, &mac, 0);
		return;
	}
	if (!shaper_ready(daemon->shaper)) {
		control_refuse(ticket, TEXT_NO_KICKING);
		return;
	}
	forget = forget_new(ticket, &mac);
	if (!forget)
		control_refuse(ticket, TEXT_TOO_MANY);
	else
		end_then_forget(forget);
}
