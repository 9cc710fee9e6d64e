/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month is paid by what was agreed in it. A configuration is edited and forgets; the ledger does not.
 */
#include "terms.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "../ledger/terms.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "../policy/terms.h"

struct terms {
	struct daemon *daemon;
	bool failed;
	sd_event_source *timer;
};

/* ---- one pass over the policy ---- */

struct pass {
	struct ledger *ledger;
	const struct policy *policy;
	int64_t wall_usec;
	unsigned written;
};

/* Takes the document. */
static int put(struct pass *pass, enum ledger_terms_kind kind, const char *of, char *document)
{
	_cleanup_(freep) char *owned = document;
	struct ledger_terms terms = {.wall_usec = pass->wall_usec, .kind = kind, .document = document};
	int r;

	if (!document)
		return -ENOMEM;
	snprintf(terms.of, sizeof(terms.of), "%s", of);
	r = ledger_terms_put(pass->ledger, &terms);
	pass->written += r == 0;
	return r < 0 ? r : 0;
}

static int put_policy(struct pass *pass)
{
	const struct policy *policy = pass->policy;
	int r = put(pass, LEDGER_TERMS_SITE, "", terms_of_site(policy));

	if (r == 0)
		r = put(pass, LEDGER_TERMS_UPLINK, "", terms_of_uplink(policy));
	if (r == 0)
		r = put(pass, LEDGER_TERMS_CONTRACT, "",
			policy->contract.provider ? terms_of_contract(&policy->contract) : strdup(""));
	for (size_t i = 0; r == 0 && i < policy->n_offices; i++)
		r = put(pass, LEDGER_TERMS_OFFICE, policy->offices[i].id,
			terms_of_office(&policy->offices[i]));
	for (size_t i = 0; r == 0 && i < policy->n_zones; i++)
		r = put(pass, LEDGER_TERMS_ZONE, policy->zones[i].id, terms_of_zone(&policy->zones[i]));
	return r;
}

/* ---- what is no longer configured ---- */

struct gone {
	const struct policy *policy;
	struct ledger_terms *rows;
	size_t n;
};

static int see_last(const struct ledger_terms *terms, void *userdata)
{
	struct gone *gone = userdata;
	struct ledger_terms *grown;

	if (terms->kind == LEDGER_TERMS_OFFICE ? policy_office(gone->policy, terms->of) != NULL
	    : terms->kind == LEDGER_TERMS_ZONE ? policy_zone(gone->policy, terms->of) != NULL
					       : true)
		return 0;
	grown = realloc(gone->rows, (gone->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	gone->rows = grown;
	gone->rows[gone->n++] = *terms;
	return 0;
}

static int end_gone(struct pass *pass)
{
	struct gone gone = {.policy = pass->policy};
	int r = ledger_terms_last(pass->ledger, see_last, &gone);

	for (size_t i = 0; r == 0 && i < gone.n; i++)
		r = put(pass, gone.rows[i].kind, gone.rows[i].of, strdup(""));
	free(gone.rows);
	return r;
}

/* All of it or nothing: a month is not judged by half a configuration. */
static int record(struct pass *pass)
{
	int r = ledger_begin(pass->ledger);

	if (r < 0)
		return r;
	r = put_policy(pass);
	if (r == 0)
		r = end_gone(pass);
	if (r == 0)
		return ledger_commit(pass->ledger, true);
	ledger_rollback(pass->ledger);
	return r;
}

/* ---- when ---- */

static void try_now(struct terms *terms)
{
	struct pass pass = {.ledger = terms->daemon->ledger,
			    .policy = engine_policy(terms->daemon->engine),
			    .wall_usec = clock_now().wall_usec};
	int r = pass.ledger ? record(&pass) : -ENODEV;

	if (r < 0) {
		if (!terms->failed)
			log_error("what is configured cannot be recorded in the ledger now (%s): tried again "
				  "each minute",
				  pass.ledger ? ledger_error(pass.ledger) : "it could not be opened");
		terms->failed = true;
		sd_event_source_set_time_relative(terms->timer, USEC_PER_MINUTE);
		sd_event_source_set_enabled(terms->timer, SD_EVENT_ONESHOT);
		return;
	}
	if (pass.written)
		log_info("%u terms of what is configured are recorded in the ledger%s", pass.written,
			 terms->failed ? ", later than they were in force" : "");
	terms->failed = false;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	try_now(userdata);
	return 0;
}

void terms_policy(struct terms *terms)
{
	if (terms)
		try_now(terms);
}

int terms_new(struct daemon *daemon, struct terms **out)
{
	struct terms *terms = calloc(1, sizeof(*terms));
	int r;

	if (!terms)
		return -ENOMEM;
	terms->daemon = daemon;
	r = sd_event_add_time_relative(daemon->event, &terms->timer, CLOCK_MONOTONIC, 0, 0, on_timer, terms);
	if (r < 0) {
		terms_free(terms);
		return r;
	}
	*out = terms;
	return 0;
}

struct terms *terms_free(struct terms *terms)
{
	if (!terms)
		return NULL;
	sd_event_source_disable_unref(terms->timer);
	free(terms);
	return NULL;
}
