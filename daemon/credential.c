/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a guest's word becomes a person here and nowhere else. It never says whether it was the name or the
 * password that was wrong, takes the same time for both, and lets nobody guess without end. It neither knows
 * nor decides what is left to whom.
 */
#include "credential.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "throttle.h"
#include "verify.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/code.h"

#define BUSY_SECONDS 2 /* until a queue of passwords has become shorter */

struct credentials {
	struct daemon *daemon;
	struct throttle *throttle;
	struct verify *verify;
};

/* A claim that is being judged. */
struct check {
	struct credentials *credentials;
	char device[IFNAMSIZ];
	struct mac mac;
	bool throttled;
	int64_t account; /* 0: there is none of that name */
	credential_done done;
	void *userdata;
};

/* ---- answers ---- */

static void answer(struct check *check, const struct credential *credential)
{
	struct throttle *throttle = check->credentials->throttle;
	const int64_t now = clock_now().mono_usec;
	bool wrong =
	    credential->refusal == GUEST_REFUSED_CODE || credential->refusal == GUEST_REFUSED_PASSWORD;

	if (check->throttled && wrong)
		throttle_failed(throttle, check->device, &check->mac, now);
	else if (check->throttled)
		throttle_passed(throttle, check->device, &check->mac, now);
	check->done(check->userdata, credential);
	free(check);
}

static void refuse(struct check *check, enum guest_refusal refusal)
{
	answer(check, &(struct credential){.refusal = (uint8_t)refusal});
}

static void fail(struct check *check, int error)
{
	answer(check, &(struct credential){.error = error});
}

static void accept_person(struct check *check, struct person *person, enum policy_login login)
{
	if (person)
		answer(check, &(struct credential){.person = person, .login = (uint8_t)login});
	else
		fail(check, -ENOMEM);
}

/* ---- click ---- */

static void check_click(struct check *check, const struct credential_claim *claim)
{
	struct persons *persons = check->credentials->daemon->persons;
	char code[CODE_TEXT];
	struct person *person;

	code_read(claim->cookie, code);
	person = persons_known(persons, &claim->mac, code);
	if (person)
		persons_device(persons, &claim->mac, person);
	else
		person = persons_new_pass(persons, &claim->mac);
	accept_person(check, person, POLICY_LOGIN_CLICK);
}

/* ---- codes ---- */

static bool is_over(const struct ledger_voucher *voucher, int64_t wall_usec)
{
	return voucher->revoked_wall_usec ||
	       (voucher->valid_until_wall_usec && voucher->valid_until_wall_usec <= wall_usec);
}

static void judge_voucher(struct check *check, const struct credential_claim *claim, const char *code)
{
	struct daemon *daemon = check->credentials->daemon;
	struct ledger_voucher row;
	int r = daemon->ledger ? ledger_voucher_by_code(daemon->ledger, code, &row) : -EIO;

	if (r == -ENOENT || (r >= 0 && row.zone[0] && strcmp(row.zone, claim->zone->id) != 0))
		refuse(check, GUEST_REFUSED_CODE);
	else if (r < 0)
		fail(check, r);
	else if (is_over(&row, clock_now().wall_usec))
		refuse(check, GUEST_REFUSED_EXPIRED);
	else
		accept_person(check, persons_voucher(daemon->persons, &row), POLICY_LOGIN_VOUCHER);
}

static void check_voucher(struct check *check, const struct credential_claim *claim)
{
	char code[CODE_TEXT];

	if (code_read(claim->secret, code))
		judge_voucher(check, claim, code);
	else
		refuse(check, GUEST_REFUSED_CODE);
}

/* The code of a visit; a voucher's own code resumes it as well. */
static void check_resume(struct check *check, const struct credential_claim *claim)
{
	struct daemon *daemon = check->credentials->daemon;
	struct ledger_pass row;
	struct person *person;
	char code[CODE_TEXT];
	int r = -ENOENT;

	if (!code_read(claim->secret, code)) {
		refuse(check, GUEST_REFUSED_CODE);
		return;
	}
	if (claim->zone->logins & POLICY_LOGIN_CLICK)
		r = daemon->ledger ? ledger_pass_by_code(daemon->ledger, code, &row) : -EIO;
	if (r >= 0) {
		person = persons_pass(daemon->persons, &row);
		if (person)
			persons_device(daemon->persons, &claim->mac, person);
		accept_person(check, person, POLICY_LOGIN_CLICK);
	} else if (r != -ENOENT) {
		fail(check, r);
	} else if (claim->zone->logins & POLICY_LOGIN_VOUCHER) {
		judge_voucher(check, claim, code);
	} else {
		refuse(check, GUEST_REFUSED_CODE);
	}
}

/* ---- accounts ---- */

static void on_verified(void *userdata, int right)
{
	struct check *check = userdata;
	struct persons *persons = check->credentials->daemon->persons;

	if (right < 0)
		fail(check, right);
	else if (!right || !check->account)
		refuse(check, GUEST_REFUSED_PASSWORD);
	else
		accept_person(check, persons_get(persons, LEDGER_ACCOUNT, check->account),
			      POLICY_LOGIN_ACCOUNT);
}

static void check_account(struct check *check, const struct credential_claim *claim)
{
	struct daemon *daemon = check->credentials->daemon;
	struct ledger_account row = {0};
	int r = daemon->ledger ? ledger_account_by_name(daemon->ledger, claim->name, &row) : -EIO;
	bool known = r >= 0 && (!row.zone[0] || !strcmp(row.zone, claim->zone->id));

	if (r >= 0 || r == -ENOENT) {
		check->account = known ? row.id : 0;
		r = verify_ask(check->credentials->verify, known ? row.password : NULL, claim->secret,
			       on_verified, check);
	}
	explicit_bzero(row.password, sizeof(row.password));
	if (r == -EBUSY)
		answer(check, &(struct credential){.refusal = GUEST_REFUSED_PATIENCE,
						   .retry_seconds = BUSY_SECONDS});
	else if (r < 0)
		fail(check, r);
}

/* ---- all of them ---- */

static const struct way {
	unsigned logins; /* enum policy_login, or-ed: the zone must have one of them */
	bool secret;	 /* it can be guessed */
	void (*check)(struct check *check, const struct credential_claim *claim);
} ways[] = {
    [GUEST_LOGIN_CLICK] = {POLICY_LOGIN_CLICK, false, check_click},
    [GUEST_LOGIN_VOUCHER] = {POLICY_LOGIN_VOUCHER, true, check_voucher},
    [GUEST_LOGIN_ACCOUNT] = {POLICY_LOGIN_ACCOUNT, true, check_account},
    [GUEST_RESUME] = {POLICY_LOGIN_CLICK | POLICY_LOGIN_VOUCHER, true, check_resume},
};

static const struct way *way_of(const struct credential_claim *claim)
{
	const struct way *way = (size_t)claim->way < ELEMENTS(ways) ? &ways[claim->way] : NULL;

	return way && way->check && (claim->zone->logins & way->logins) ? way : NULL;
}

static struct check *check_make(struct credentials *credentials, const struct credential_claim *claim,
				credential_done done, void *userdata)
{
	struct check *check = calloc(1, sizeof(*check));

	if (!check)
		return NULL;
	check->credentials = credentials;
	memcpy(check->device, claim->zone->device, sizeof(check->device));
	check->mac = claim->mac;
	check->done = done;
	check->userdata = userdata;
	return check;
}

void credential_check(struct credentials *credentials, const struct credential_claim *claim,
		      credential_done done, void *userdata)
{
	const struct way *way = way_of(claim);
	struct check *check = way ? check_make(credentials, claim, done, userdata) : NULL;
	int64_t wait = 0;

	if (!check) {
		done(userdata, &(struct credential){.refusal = way ? 0 : GUEST_REFUSED_WAY,
						    .error = way ? -ENOMEM : 0});
		return;
	}
	if (way->secret)
		wait = throttle_try(credentials->throttle, check->device, &check->mac, clock_now().mono_usec);
	if (wait) {
		answer(check, &(struct credential){.refusal = GUEST_REFUSED_PATIENCE,
						   .retry_seconds = wait > 0 ? wait : BUSY_SECONDS});
		return;
	}
	check->throttled = way->secret;
	way->check(check, claim);
}

int credentials_new(struct daemon *daemon, struct credentials **out)
{
	struct credentials *credentials = calloc(1, sizeof(*credentials));
	int r;

	if (!credentials)
		return -ENOMEM;
	credentials->daemon = daemon;
	credentials->throttle = throttle_new();
	r = credentials->throttle ? verify_new(daemon->event, &credentials->verify) : -ENOMEM;
	if (r < 0) {
		credentials_free(credentials);
		return r;
	}
	*out = credentials;
	return 0;
}

struct credentials *credentials_free(struct credentials *credentials)
{
	if (!credentials)
		return NULL;
	verify_free(credentials->verify);
	throttle_free(credentials->throttle);
	free(credentials);
	return NULL;
}
