/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: accounts are few and made by hand. A password is read once, becomes argon2id text, and is wiped; it is
 * in no log, no answer and no file. Whoever's account is removed is no longer online.
 */
#include "credentials_commands.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "daemon.h"
#include "limit.h"
#include "person.h"
#include "verify.h"
#include "../ledger/ledger.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define PASSWORD_LEAST 8
#define PASSWORD_MOST (GUEST_SECRET - 1)

_Static_assert(LEDGER_PASSWORD == crypto_pwhash_STRBYTES, "the column holds what libsodium writes");

/* ---- add ---- */

static bool is_printable(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0)) /* C0, DEL, C1 */
			return false;
	return true;
}

/* What people type again on another day: no space that nobody sees. The JSON was valid UTF-8. */
static bool name_argument(const struct ticket *ticket, const json_t *request, const char **out)
{
	const char *name;
	size_t length;

	if (!control_text(ticket, request, "name", &name))
		return false;
	length = strlen(name);
	if (length < GUEST_NAME && is_printable(name) && name[0] != ' ' && name[length - 1] != ' ') {
		*out = name;
		return true;
	}
	control_refuse(ticket, TEXT_NOT_NAME, name);
	return false;
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* The refusal never quotes it. */
static bool password_argument(const struct ticket *ticket, const json_t *request, const char **out)
{
	const char *password = json_string_value(json_object_get(request, "password"));

	if (password && characters(password) >= PASSWORD_LEAST && strlen(password) <= PASSWORD_MOST &&
	    strlen(password) == json_string_length(json_object_get(request, "password"))) {
		*out = password;
		return true;
	}
	control_refuse(ticket, TEXT_NOT_PASSWORD);
	return false;
}

static bool limits_argument(const struct ticket *ticket, const json_t *request, struct ledger_account *out)
{
	int64_t devices, daily;

	if (!credentials_number(ticket, request, "devices", CREDENTIALS_DEVICES_MAX, &devices) ||
	    !credentials_usec(ticket, request, "session_usec", "session", &out->session_usec) ||
	    !credentials_bytes(ticket, request, "daily_bytes", "daily", &daily))
		return false;
	out->devices = (unsigned)devices;
	out->daily_bytes = (uint64_t)daily;
	return true;
}

static void add_account(const struct ticket *ticket, struct ledger_account *account,
			const struct policy_zone *zone)
{
	int r = ledger_account_add(ticket->daemon->ledger, account);
	json_t *document;

	if (r == -EEXIST) {
		control_refuse(ticket, TEXT_ACCOUNT_TAKEN, account->name);
		return;
	}
	if (r < 0) {
		credentials_not_written(ticket, r);
		return;
	}
	log_notice("an account was added"); /* its name is a person's */
	document = json_pack("{s:s, s:o}", "name", account->name, "text",
			     control_sentence(ticket, TEXT_ACCOUNT_MADE, account->name));
	credentials_warn(ticket, zone, POLICY_LOGIN_ACCOUNT, document);
	control_json(ticket, CONTROL_DONE, document);
}

static void hash_and_add(const struct ticket *ticket, const char *password, struct ledger_account *account,
			 const struct policy_zone *zone)
{
	if (crypto_pwhash_str(account->password, password, strlen(password), VERIFY_OPERATIONS,
			      VERIFY_MEMORY) < 0)
		control_refuse(ticket, TEXT_NO_MEMORY);
	else
		add_account(ticket, account, zone);
	sodium_memzero(account->password, sizeof(account->password));
}

/* The request's own copy as well: nobody reads it again. */
static void wipe_password(const json_t *request)
{
	json_t *password = json_object_get(request, "password");

	if (json_is_string(password))
		sodium_memzero((void *)(uintptr_t)json_string_value(password), json_string_length(password));
}

void command_account_add(const struct ticket *ticket, const json_t *request)
{
	struct ledger_account account = {.created_wall_usec = clock_now().wall_usec};
	const struct policy_zone *zone;
	const char *name, *password;

	if (credentials_ledger(ticket) && name_argument(ticket, request, &name) &&
	    password_argument(ticket, request, &password) && credentials_zone(ticket, request, &zone) &&
	    limits_argument(ticket, request, &account)) {
		snprintf(account.name, sizeof(account.name), "%s", name);
		snprintf(account.zone, sizeof(account.zone), "%s", zone ? zone->id : "");
		hash_and_add(ticket, password, &account, zone);
	}
	wipe_password(request);
}

/* ---- list ---- */

struct list {
	struct ledger *ledger;
	json_t *accounts;
	int32_t today;
};

static int add_row(const struct ledger_account *account, void *userdata)
{
	struct list *list = userdata;
	uint64_t today = 0;
	int r = ledger_day(list->ledger, LEDGER_ACCOUNT, account->id, list->today, &today);

	if (r < 0)
		return r;
	return json_array_append_new(
		   list->accounts,
		   json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:o}", "name", account->name, "zone",
			     credentials_name(account->zone), "devices", credentials_limit(account->devices),
			     "session_seconds", credentials_limit(account->session_usec / USEC_PER_SEC),
			     "daily_bytes", credentials_limit((int64_t)account->daily_bytes), "today_bytes",
			     (json_int_t)today, "created", credentials_time(account->created_wall_usec))) < 0
		   ? -ENOMEM
		   : 0;
}

void command_account_list(const struct ticket *ticket, const json_t *request _unused_)
{
	struct list list = {.ledger = credentials_ledger(ticket), .today = limit_day(clock_now().wall_usec)};
	int r;

	if (!list.ledger)
		return;
	list.accounts = json_array();
	r = ledger_accounts(list.ledger, add_row, &list);
	if (r < 0) {
		json_decref(list.accounts);
		credentials_not_written(ticket, r);
		return;
	}
	control_json(ticket, CONTROL_DONE, json_pack("{s:o}", "accounts", list.accounts));
}

/* ---- remove ---- */

static void answer_removed(const struct ticket *ticket, const char *name, size_t ended)
{
	_cleanup_(freep) char *n = text_count(ticket->language, TEXT_SESSION, (int64_t)ended);

	log_notice("an account was removed");
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:s, s:I, s:o}", "name", name, "ended", (json_int_t)ended, "text",
			       control_sentence(ticket, TEXT_ACCOUNT_REMOVED, name, n)));
}

void command_account_remove(const struct ticket *ticket, const json_t *request)
{
	struct ledger *ledger = credentials_ledger(ticket);
	struct ledger_account account;
	const char *name;
	int r;

	if (!ledger || !control_text(ticket, request, "name", &name))
		return;
	r = ledger_account_by_name(ledger, name, &account);
	sodium_memzero(account.password, sizeof(account.password));
	if (r == 0)
		r = ledger_account_remove(ledger, name);
	if (r == -ENOENT)
		control_refuse(ticket, TEXT_NO_ACCOUNT, name);
	else if (r < 0)
		credentials_not_written(ticket, r);
	else
		answer_removed(ticket, account.name, persons_end(ticket->daemon, LEDGER_ACCOUNT, account.id));
}
