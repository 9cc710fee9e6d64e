/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: telephones ask twice, portals ask again, and the kernel, the classes and the passwords answer when
 * they can. A login that waits is kept here; when its turn comes, all that may have changed is looked at
 * anew. Nobody is told "online" before the kernel says so, and no guest gets a second session.
 */
#include "login.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "admit.h"
#include "credential.h"
#include "daemon.h"
#include "life.h"
#include "meter.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define WAITING_MAX 4096u
#define PATIENCE_USEC (2 * USEC_PER_SEC) /* for classes that are being built, for a COUNT */
#define PATIENCE_SECONDS 3 /* of somebody who came in too often: the next coming is given by then */
#define RETRY_USEC (50 * USEC_PER_MSEC)
#define SAY_EVERY_USEC (10 * USEC_PER_SEC)

struct attempt {
	struct session_waiter waiter;
	TAILQ_ENTRY(attempt) link; /* parked */
	struct logins *logins;
	struct question question;
	struct person *person; /* held; NULL: not known yet */
	uint8_t login;	       /* enum policy_login */
	bool counted;	       /* among its person's comings */
	bool looked;
	struct addr address4; /* once looked for */
	uint64_t count;	      /* the COUNT that says who is silent; 0: not asked for yet */
	int64_t
	    patience_mono_usec; /* that it waits for a class or a COUNT: until then; 0: does not wait yet */
};
TAILQ_HEAD(attempt_list, attempt);

struct logins {
	struct daemon *daemon;
	unsigned n;
	int64_t said_usec;
	struct attempt_list parked;
	sd_event_source *retry;
};

/* ---- one attempt ---- */

static struct attempt *attempt_make(struct logins *logins, const struct question *question)
{
	struct attempt *attempt = logins->n < WAITING_MAX ? calloc(1, sizeof(*attempt)) : NULL;

	if (!attempt)
		return NULL;
	attempt->logins = logins;
	attempt->question = *question;
	logins->n++;
	return attempt;
}

static void attempt_free(struct attempt *attempt)
{
	attempt->logins->n--;
	if (attempt->person)
		attempt->person->held--;
	free(attempt);
}

static void finish(struct attempt *attempt, const struct answer_note *note)
{
	question_answer(&attempt->question, note);
	attempt_free(attempt);
}

static void finish_busy(struct attempt *attempt)
{
	finish(attempt, &(struct answer_note){.busy = true});
}

/* ---- waiting for the kernel ---- */

static void on_kernel(struct session_waiter *waiter, int error)
{
	struct attempt *attempt = (struct attempt *)waiter; /* its first member */

	if (error == -ESHUTDOWN) /* this daemon ends: nobody to ask or tell */
		attempt_free(attempt);
	else
		finish(attempt, &(struct answer_note){.busy = error < 0});
}

static struct session_waiter *attempt_waiter(struct attempt *attempt)
{
	attempt->waiter.done = on_kernel;
	return &attempt->waiter;
}

bool login_wait(struct logins *logins, const struct question *question, struct session *session)
{
	struct attempt *attempt = attempt_make(logins, question);

	if (attempt)
		session_wait(session, attempt_waiter(attempt));
	return attempt;
}

bool login_leave(struct logins *logins, const struct question *question, struct session *session)
{
	struct attempt *attempt = attempt_make(logins, question);

	if (!attempt)
		return false;
	if (life_leave(logins->daemon->life, session, LEDGER_END_LOGOUT, attempt_waiter(attempt)) >= 0)
		return true;
	attempt_free(attempt);
	return false;
}

/* ---- waiting for a class, or for a COUNT ---- */

/* What it waits for is on its way: tries again soon, for a while. False: not this time. */
static bool park(struct attempt *attempt)
{
	struct logins *logins = attempt->logins;
	int64_t now = clock_now().mono_usec;

	if (!attempt->patience_mono_usec)
		attempt->patience_mono_usec = now + PATIENCE_USEC;
	else if (now >= attempt->patience_mono_usec)
		return false;
	if (TAILQ_EMPTY(&logins->parked)) {
		sd_event_source_set_time_relative(logins->retry, RETRY_USEC);
		sd_event_source_set_enabled(logins->retry, SD_EVENT_ONESHOT);
	}
	TAILQ_INSERT_TAIL(&logins->parked, attempt, link);
	return true;
}

/* Now and then: a crowd at a full zone must not fill the journal. */
static void log_busy(struct logins *logins, const char *zone, int error)
{
	int64_t now = clock_now().mono_usec;

	if (error != -ENOENT || now < logins->said_usec + SAY_EVERY_USEC) {
		log_debug("zone %s: a guest has to wait: %s", zone, strerror(-error));
		return;
	}
	logins->said_usec = now;
	log_warning("zone %s: full, no class is free for another guest", zone);
}

/* ---- coming in ---- */

/* Looked for once: over IPv6 that is a walk over the neighbour table. */
static struct addr address4_of(struct attempt *attempt)
{
	if (!attempt->looked)
		attempt->address4 = question_address4(&attempt->question);
	attempt->looked = true;
	return attempt->address4;
}

static void join(struct attempt *attempt, const struct admission *admission)
{
	struct daemon *daemon = attempt->logins->daemon;
	const struct question *question = &attempt->question;
	const struct life_guest guest = {
	    .zone = question->zone->zone,
	    .slot = (unsigned)question->zone->slot,
	    .mac = question->mac,
	    .address4 = address4_of(attempt),
	    .login = attempt->login,
	    .person = attempt->person,
	    .ends_mono_usec = clock_now().mono_usec + admission->lasts_usec,
	};
	int r = life_join(daemon->life, &guest, attempt_waiter(attempt));

	if (r >= 0) {
		admit_moved(daemon, question_session(question));
		return;
	}
	if (r == -EAGAIN && park(attempt))
		return;
	log_busy(attempt->logins, question->zone->zone->id, r);
	finish_busy(attempt);
}

/* ---- taking the place of a session ---- */

static void come_in(struct attempt *attempt);

/* Its place is free: if nobody was quicker. */
static void on_replaced(struct session_waiter *waiter, int error)
{
	struct attempt *attempt = (struct attempt *)waiter;

	attempt->patience_mono_usec = 0;
	if (error < 0)
		on_kernel(waiter, error);
	else
		come_in(attempt);
}

/* What the last COUNT says may be seconds old: whoever has sent something since then stays. */
static bool is_sure(struct attempt *attempt)
{
	struct meter *meter = attempt->logins->daemon->meter;

	if (!attempt->count) {
		attempt->count = meter_asked(meter) + 1;
		meter_ask(meter);
	}
	return meter_answered(meter) >= attempt->count;
}

/* The old one has left the kernel before the new one is asked for: never more than may be, not for a moment.
 */
static void replace(struct attempt *attempt, const struct admission *admission)
{
	if (admission->by_silence && !is_sure(attempt)) {
		if (!park(attempt))
			finish_busy(attempt);
		return;
	}
	attempt->waiter.done = on_replaced;
	if (life_leave(attempt->logins->daemon->life, admission->instead, LEDGER_END_MOVED,
		       &attempt->waiter) < 0)
		finish_busy(attempt);
}

/* ---- the person is known ---- */

/* A session is there already: that is the one. */
static bool is_there(const struct question *question, struct logins *logins)
{
	struct session *session = question_session(question);

	if (!session)
		return false;
	if (session->state == SESSION_ONLINE)
		question_online(question, session);
	else if (session->state != SESSION_JOINING || !login_wait(logins, question, session))
		question_answer(question, &(struct answer_note){.busy = true});
	return true;
}

static bool may_login(const struct question *question)
{
	if (question->zone->open && question->zone->slot >= 0)
		return true;
	question_answer(question, &(struct answer_note){0});
	return false;
}

/* The person is known; what else there is may be another than when it was asked. */
static void come_in(struct attempt *attempt)
{
	struct logins *logins = attempt->logins;
	struct question *question = &attempt->question;
	struct admission admission;

	if (!question_zone(question) || !may_login(question) || is_there(question, logins)) {
		attempt_free(attempt);
		return;
	}
	if (!attempt->counted && !rate_take(&attempt->person->comings, clock_now().mono_usec)) {
		finish(attempt, &(struct answer_note){.refusal = GUEST_REFUSED_PATIENCE,
						      .retry_seconds = PATIENCE_SECONDS});
		return;
	}
	attempt->counted = true;
	admission =
	    admit(logins->daemon, question->zone->zone, attempt->person, &question->mac, question->cookie);
	if (admission.refusal || admission.used_up)
		finish(attempt, &(struct answer_note){.refusal = admission.refusal,
						      .used_up = admission.used_up,
						      .again_wall_usec = admission.again_wall_usec});
	else if (admission.instead)
		replace(attempt, &admission);
	else
		join(attempt, &admission);
}

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct logins *logins = userdata;
	struct attempt_list parked = TAILQ_HEAD_INITIALIZER(parked);
	struct attempt *first;

	TAILQ_CONCAT(&parked, &logins->parked, link);
	while ((first = TAILQ_FIRST(&parked))) {
		TAILQ_REMOVE(&parked, first, link);
		come_in(first);
	}
	return 0;
}

static void on_credential(void *userdata, const struct credential *credential)
{
	struct attempt *attempt = userdata;

	if (credential->error == -ESHUTDOWN) {
		attempt_free(attempt);
	} else if (credential->person) {
		attempt->person = credential->person;
		attempt->person->held++;
		attempt->login = credential->login;
		come_in(attempt);
	} else if (!question_zone(&attempt->question)) {
		attempt_free(attempt);
	} else {
		finish(attempt, &(struct answer_note){.busy = credential->error,
						      .refusal = credential->refusal,
						      .retry_seconds = credential->retry_seconds});
	}
}

void login_ask(struct logins *logins, const struct question *question, const char *name, const char *secret)
{
	const struct credential_claim claim = {
	    .way = question->request,
	    .zone = question->zone->zone,
	    .mac = question->mac,
	    .name = name,
	    .secret = secret,
	    .cookie = question->cookie,
	};
	struct attempt *attempt;

	if (!may_login(question) || is_there(question, logins))
		return;
	attempt = attempt_make(logins, question);
	if (attempt)
		credential_check(logins->daemon->credentials, &claim, on_credential, attempt);
	else
		question_answer(question, &(struct answer_note){.busy = true});
}

/* ---- the whole ---- */

int logins_new(struct daemon *daemon, struct logins **out)
{
	struct logins *logins = calloc(1, sizeof(*logins));
	int r;

	if (!logins)
		return -ENOMEM;
	logins->daemon = daemon;
	TAILQ_INIT(&logins->parked);
	r = sd_event_add_time(daemon->event, &logins->retry, CLOCK_MONOTONIC, 0, 0, on_retry, logins);
	if (r >= 0)
		r = sd_event_source_set_enabled(logins->retry, SD_EVENT_OFF);
	if (r < 0) {
		logins_free(logins);
		return r;
	}
	*out = logins;
	return 0;
}

struct logins *logins_free(struct logins *logins)
{
	struct attempt *attempt;

	if (!logins)
		return NULL;
	while ((attempt = TAILQ_FIRST(&logins->parked))) {
		TAILQ_REMOVE(&logins->parked, attempt, link);
		attempt_free(attempt);
	}
	sd_event_source_disable_unref(logins->retry);
	free(logins);
	return NULL;
}
