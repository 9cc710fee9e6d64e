/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: `gerbang apply`. An edited configuration takes the place of the running one whole, or not at all: with
 * a fault, when it cannot be written ahead, or when the shaper refuses what it leads to, everything stays as
 * it was. What is not confirmed in time goes as it came.
 */
#include "reload.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "guest.h"
#include "history.h"
#include "notify.h"
#include "settings.h"
#include "shaper.h"
#include "terms.h"
#include "watch.h"
#include "../lib/clock.h"
#include "../lib/log.h"

DEFINE_CLEANUP(struct policy *, policy_free)

#define CUT_OFF_MOST 3

enum reload_state {
	RELOAD_IDLE,
	RELOAD_APPLYING, /* on its way to the kernel */
	RELOAD_AWAY,	 /* in place here; the shaper is away, so nobody knows whether it holds */
	RELOAD_PENDING	 /* the kernel holds it; it waits to be confirmed */
};

struct reload {
	struct daemon *daemon;
	enum reload_state state;
	struct policy *before; /* the one that is good, while another is in place */
	bool recorded; /* what is applied has an entry of its own; not, where it is the current one once more
			*/
	uint64_t number;
	int64_t confirm_usec, until_mono_usec;
	sd_event_source *timer;
	bool told;	  /* the shaper knows that what it holds is good */
	unsigned cut_off; /* times in a row that it hung up on being told */
	/* whoever asked */
	struct ticket *ticket;
	json_t *document;
};

/* ---- the shaper hears that it is good ---- */

static void on_told(void *userdata, uint64_t tag _unused_, const struct shaper_answer *answer)
{
	struct reload *reload = userdata;

	if (answer->error == -ECONNRESET) {
		reload->told = false;
		reload->cut_off++;
		return;
	}
	reload->cut_off = 0;
	if (answer->error)
		log_warning("the shaper cannot keep the bounds of the good configuration: %s",
			    answer->result && *answer->result->text ? answer->result->text
								    : strerror(-answer->error));
}

/* Not for ever, where it ends each time: what the kernel holds matters more than what the shaper remembers.
 */
static void tell(struct reload *reload)
{
	if (reload->state != RELOAD_IDLE || reload->told || reload->cut_off >= CUT_OFF_MOST)
		return;
	reload->told =
	    shaper_request(reload->daemon->shaper, MESSAGE_SETTLED, NULL, -1, on_told, reload, 0) >= 0;
}

/* ---- in place, and back ---- */

/* What is tried for a time is not agreed yet: the ledger's terms come with what is good. */
static void publish(const struct daemon *daemon)
{
	guests_settings(daemon->guests);
	watch_settings(daemon->watch);
	settings_dnsmasq(engine_policy(daemon->engine));
}

static void end_wait(struct reload *reload)
{
	reload->timer = sd_event_source_disable_unref(reload->timer);
	reload->state = RELOAD_IDLE;
	reload->before = (policy_free(reload->before), NULL);
	reload->told = false;
}

/* Whoever asked has been answered, or nobody will be. */
static void asker_gone(struct reload *reload)
{
	if (reload->ticket)
		ticket_free(reload->ticket);
	reload->ticket = NULL;
	reload->document = NULL;
}

static void answer(struct reload *reload)
{
	control_json(reload->ticket, CONTROL_DONE, reload->document);
	asker_gone(reload);
}

static void answer_not(struct reload *reload, enum text text, const char *why)
{
	if (reload->ticket)
		control_refuse(reload->ticket, text, why);
	json_decref(reload->document);
	asker_gone(reload);
}

/* The former configuration is in force again; the kernel follows, by as many tries as it needs. */
static void go_back(struct reload *reload, enum history_state state, const char *why)
{
	struct daemon *daemon = reload->daemon;
	_cleanup_(policy_freep) struct policy *refused = NULL;
	const bool shown = reload->state != RELOAD_APPLYING;

	history_drop(daemon->history, state, why);
	if (engine_swap(daemon->engine, reload->before, &refused) < 0) {
		log_error("no memory to go back to the former configuration");
		end_wait(reload);
		answer_not(reload, TEXT_NOT_APPLIED_LOST, why);
		return;
	}
	reload->before = NULL;
	end_wait(reload);
	log_warning("back to the former configuration (history %" PRIu64 "): %s",
		    history_current(daemon->history), why);
	engine_update(daemon->engine, "back to the former configuration");
	if (shown)
		publish(daemon);
	answer_not(reload, TEXT_NOT_APPLIED_STAYS, why);
}

/* It is the last good one from now on. 0, or -errno: as it was. */
static int make_good(struct reload *reload)
{
	int r = reload->recorded ? history_good(reload->daemon->history) : 0;

	if (r < 0)
		return r;
	end_wait(reload);
	reload->cut_off = 0;
	tell(reload);
	terms_policy(reload->daemon->terms);
	return 0;
}

static void cannot_record(struct reload *reload, int error)
{
	_cleanup_(freep) char *why = NULL;
	const char *where = history_error(reload->daemon->history);

	if (asprintf(&why, "it cannot be recorded (%s)", where ? where : strerror(-error)) < 0)
		why = NULL;
	go_back(reload, HISTORY_REFUSED, why ? why : "it cannot be recorded");
}

/* ---- waiting to be confirmed ---- */

static int on_expired(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct reload *reload = userdata;
	char time[UNITS_TEXT], text[160];

	snprintf(text, sizeof(text), "not confirmed within %s",
		 units_duration_human((uint64_t)reload->confirm_usec, time));
	notify_event(reload->daemon->notify, 0, "configuration.expired", "", "",
		     "history %" PRIu64 " was not confirmed within %s: back to history %" PRIu64,
		     reload->number, time, history_current(reload->daemon->history));
	go_back(reload, HISTORY_EXPIRED, text);
	return 0;
}

static void wait_for_word(struct reload *reload)
{
	struct instant now = clock_now();
	char text[CLOCK_TEXT], time[CONTROL_TIME_TEXT], entry[24];
	int64_t until = now.wall_usec + reload->confirm_usec;
	int r;

	reload->until_mono_usec = now.mono_usec + reload->confirm_usec;
	r = sd_event_add_time(reload->daemon->event, &reload->timer, CLOCK_MONOTONIC,
			      (uint64_t)reload->until_mono_usec, USEC_PER_MSEC, on_expired, reload);
	if (r < 0) {
		go_back(reload, HISTORY_REFUSED, "no timer for the way back");
		return;
	}
	reload->state = RELOAD_PENDING;
	snprintf(entry, sizeof(entry), "%" PRIu64, reload->number);
	log_notice("history %" PRIu64 " is in force until %s unless `gerbang confirm` comes", reload->number,
		   control_time_text(until, time));
	json_object_set_new(reload->document, "confirm_until", json_string(clock_text(until, text)));
	json_object_set_new(reload->document, "text",
			    control_sentence(reload->ticket, TEXT_APPLIED_UNTIL, entry, time));
	publish(reload->daemon);
	answer(reload);
}

int64_t reload_left_usec(const struct reload *reload)
{
	if (reload->state != RELOAD_PENDING)
		return -1;
	return MAX(reload->until_mono_usec - clock_now().mono_usec, (int64_t)0);
}

int reload_confirm(struct reload *reload)
{
	if (reload->state != RELOAD_PENDING)
		return -ENOENT;
	return make_good(reload);
}

/* ---- what the kernel says ---- */

static void on_good(struct reload *reload)
{
	struct daemon *daemon = reload->daemon;
	int r;

	if (reload->confirm_usec && reload->recorded) {
		wait_for_word(reload);
		return;
	}
	r = make_good(reload);
	if (r < 0) {
		cannot_record(reload, r);
		return;
	}
	log_notice("the configuration was loaded again (history %" PRIu64 ")", reload->number);
	publish(daemon);
	answer(reload);
}

/* Nothing can be verified now: it is in force here, and becomes good when the shaper has it. */
static void on_away(struct reload *reload)
{
	if (reload->confirm_usec) {
		go_back(reload, HISTORY_REFUSED, "the shaper is away: there is nothing to confirm yet");
		return;
	}
	reload->state = RELOAD_AWAY;
	json_object_set_new(reload->document, "warning", control_sentence(reload->ticket, TEXT_SHAPER_AWAY));
	log_notice("the configuration was loaded again (history %" PRIu64
		   "); it counts as good once the shaper has it",
		   reload->number);
	publish(reload->daemon);
	answer(reload);
}

/* What waits in the history expires with the next start. */
static void shut_down(struct reload *reload)
{
	json_decref(reload->document);
	asker_gone(reload);
}

static void on_applied(void *userdata, int error, const char *text)
{
	struct reload *reload = userdata;

	if (error == 0)
		on_good(reload);
	else if (error == -ENOTCONN)
		on_away(reload);
	else if (error == -ESHUTDOWN)
		shut_down(reload);
	else
		go_back(reload, HISTORY_REFUSED, text && *text ? text : strerror(-error));
}

static void on_back(void *userdata, int error, const char *text)
{
	struct reload *reload = userdata;
	int r;

	if (reload->state != RELOAD_AWAY || error == -ENOTCONN || error == -ECONNRESET || error == -ESHUTDOWN)
		return;
	if (error < 0) {
		go_back(reload, HISTORY_REFUSED, text && *text ? text : strerror(-error));
		return;
	}
	r = make_good(reload);
	if (r < 0)
		cannot_record(reload, r);
}

void reload_settled(struct reload *reload)
{
	if (reload->state == RELOAD_AWAY)
		on_back(reload, 0, NULL);
	tell(reload);
}

void reload_connected(struct reload *reload)
{
	reload->told = false;
	if (reload->state == RELOAD_AWAY)
		engine_wait(reload->daemon->engine, on_back, reload);
}

/* ---- from the command ---- */

int reload_make_way(struct reload *reload, int64_t *left_usec)
{
	*left_usec = reload_left_usec(reload);
	if (reload->state == RELOAD_APPLYING)
		return -EINPROGRESS;
	if (reload->state == RELOAD_PENDING)
		return -EBUSY;
	if (reload->state == RELOAD_AWAY)
		go_back(reload, HISTORY_EXPIRED, "another one was applied before the shaper came back");
	return 0;
}

/* Another policy is in place from here on; the answer comes with the kernel's. */
int reload_put(struct reload *reload, const struct ticket *ticket, const struct reload_about *about,
	       struct policy *policy, json_t *document)
{
	struct engine *engine = reload->daemon->engine;
	int r;

	reload->ticket = ticket_keep(ticket);
	r = reload->ticket ? engine_swap(engine, policy, &reload->before) : -ENOMEM;
	if (r < 0) {
		if (reload->ticket)
			ticket_free(reload->ticket);
		reload->ticket = NULL;
		return r;
	}
	reload->document = document;
	reload->number = about->number;
	reload->recorded = about->recorded;
	reload->confirm_usec = about->confirm_usec;
	reload->state = RELOAD_APPLYING;
	engine_update(engine, "the configuration was loaded again");
	engine_wait(engine, on_applied, reload);
	return 0;
}

/* ---- life ---- */

int reload_new(struct daemon *daemon, struct reload **out)
{
	struct reload *reload = calloc(1, sizeof(*reload));

	if (!reload)
		return -ENOMEM;
	reload->daemon = daemon;
	*out = reload;
	return 0;
}

struct reload *reload_free(struct reload *reload)
{
	if (!reload)
		return NULL;
	sd_event_source_disable_unref(reload->timer);
	policy_free(reload->before);
	free(reload);
	return NULL;
}
