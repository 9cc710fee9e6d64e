/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: who has something to say says it once and goes on. Log, journal and outbox each do what they can; none
 * of them is waited for, and a line that flaps all night fills nobody's mailbox.
 */
#include "notify.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "courier.h"
#include "daemon.h"
#include "engine.h"
#include "notify_words.h"
#include "outbox.h"
#include "../ledger/evidence.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define TURN_USEC (2 * USEC_PER_SEC)
#define NOTIFY_ALWAYS ((enum policy_notify)(1u << 30)) /* what no configuration can ask not to have */
#define UNWRITTEN 64 /* events that are kept for a ledger that cannot be written */

struct notify {
	struct daemon *daemon;
	sd_event_source *timer;
	struct outbox *outbox;
	struct ledger_event unwritten[UNWRITTEN];
	unsigned n_unwritten;
	int64_t hour_wall; /* when the hour began in which so many were sent */
	unsigned sent, more;
};

/* ---- the journal ---- */

static void write_events(struct notify *notify)
{
	struct ledger *ledger = notify->daemon->ledger;

	while (ledger && notify->n_unwritten && ledger_event_put(ledger, notify->unwritten) >= 0) {
		notify->n_unwritten--;
		memmove(notify->unwritten, notify->unwritten + 1,
			notify->n_unwritten * sizeof(*notify->unwritten));
	}
}

static void journal(struct notify *notify, const struct ledger_event *event)
{
	if (notify->n_unwritten == UNWRITTEN) {
		notify->n_unwritten--;
		memmove(notify->unwritten, notify->unwritten + 1,
			notify->n_unwritten * sizeof(*notify->unwritten));
	}
	notify->unwritten[notify->n_unwritten++] = *event;
	write_events(notify);
}

/* ---- what is sent ---- */

static enum language language_of(const struct policy *policy)
{
	return language_find(policy->language, LANGUAGE_ID);
}

/* "Dinas Kesehatan (dinkes)", and whether it is an office or a zone; false: neither. */
static bool subject_name(const struct policy *policy, const char *id, enum notify_label *label,
			 const char **name)
{
	const struct policy_office *office = policy_office(policy, id);
	const struct policy_zone *zone = office ? NULL : policy_zone(policy, id);

	if (!office && !zone)
		return false;
	*label = office ? NOTIFY_OFFICE : NOTIFY_ZONE;
	*name = office ? office->name : zone->name;
	*name = *name ? *name : id;
	return true;
}

static void local_time(int64_t wall_usec, char *out, size_t size)
{
	const struct tm tm = clock_local(wall_usec);

	if (!strftime(out, size, "%Y-%m-%d %H:%M:%S %Z", &tm))
		out[0] = '\0';
}

/* A text that was cut short ends with a whole character. */
static void whole_characters(char *text)
{
	size_t length = strlen(text), back = 0;

	while (back < length && back < 4 && ((unsigned char)text[length - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back < length && back && ((unsigned char)text[length - 1 - back] & 0x80)) {
		const unsigned char lead = (unsigned char)text[length - 1 - back];
		const size_t want = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;

		if (back < want)
			text[length - 1 - back] = '\0';
	} else if (length && (unsigned char)text[length - 1] >= 0xc0) {
		text[length - 1] = '\0';
	}
}

static void write_text(const struct policy *policy, const struct ledger_event *event, const char *sentence,
		       struct ledger_notice *out)
{
	const enum language language = language_of(policy);
	enum notify_label label = NOTIFY_OFFICE;
	const char *name = NULL;
	char time[64];
	FILE *text = fmemopen(out->text, sizeof(out->text), "w");

	if (!text)
		return;
	local_time(event->wall_usec, time, sizeof(time));
	fprintf(text, "%s\n\n%s: %s\n", sentence, notify_label(language, NOTIFY_TIME), time);
	if (subject_name(policy, event->subject, &label, &name))
		fprintf(text, "%s: %s (%s)\n", notify_label(language, label), name, event->subject);
	if (event->who[0])
		fprintf(text, "%s: %s\n", notify_label(language, NOTIFY_WHO), event->who);
	fprintf(text, "\n-- \n%s\n%s\n", policy->site_name, notify_label(language, NOTIFY_FOOT));
	fclose(text);
	out->text[sizeof(out->text) - 1] = '\0';
	whole_characters(out->text);
	snprintf(out->subject, sizeof(out->subject), "[%s] %s%s%s", policy->site_name,
		 notify_subject(language, event->kind), name ? ": " : "", name ? name : "");
	whole_characters(out->subject);
}

static void put(struct notify *notify, const struct ledger_event *event, const char *sentence)
{
	const struct policy *policy = engine_policy(notify->daemon->engine);
	struct ledger_notice notice = {.created_wall_usec = event->wall_usec};

	snprintf(notice.kind, sizeof(notice.kind), "%s", event->kind);
	write_text(policy, event, sentence, &notice);
	if (policy->mail.server && policy->mail.n_to) {
		notice.way = LEDGER_NOTICE_MAIL;
		outbox_put(notify->outbox, &notice);
	}
	if (policy->webhook.url) {
		notice.way = LEDGER_NOTICE_WEBHOOK;
		outbox_put(notify->outbox, &notice);
	}
}

/* The hour is over, or the clock was set: what was not sent is told in one. */
static void next_hour(struct notify *notify, int64_t wall_usec)
{
	const int64_t passed = wall_usec - notify->hour_wall;
	const unsigned more = notify->more;

	if (passed >= 0 && passed < USEC_PER_HOUR)
		return;
	notify->hour_wall = wall_usec;
	notify->sent = notify->more = 0;
	if (more)
		notify_event(notify, NOTIFY_ALWAYS, "notice.more", "", "",
			     "and %u more notices within the hour: `gerbang log` has them all", more);
}

static bool may_send(struct notify *notify, enum policy_notify kind)
{
	const struct policy *policy = notify->daemon->engine ? engine_policy(notify->daemon->engine) : NULL;

	if (!kind || !policy || (kind != NOTIFY_ALWAYS && !(policy->notify & kind)))
		return false;
	if (!(policy->mail.server && policy->mail.n_to) && !policy->webhook.url)
		return false;
	if (notify->sent >= NOTIFY_MOST) {
		notify->more++;
		return false;
	}
	notify->sent++;
	return true;
}

static void send_notice(struct notify *notify, const struct ledger_event *event, const char *format,
			va_list values)
{
	const enum language language = language_of(engine_policy(notify->daemon->engine));
	char sentence[1024];

	vsnprintf(sentence, sizeof(sentence), notify_sentence(language, format), values);
	put(notify, event, sentence);
}

void notify_event(struct notify *notify, enum policy_notify kind, const char *event_kind, const char *subject,
		  const char *who, const char *format, ...)
{
	const struct instant now = clock_now();
	struct ledger_event event = {.wall_usec = now.wall_usec};
	va_list values;

	va_start(values, format);
	vsnprintf(event.text, sizeof(event.text), format, values);
	va_end(values);
	whole_characters(event.text);
	log_notice("%s", event.text);
	if (!notify)
		return;
	snprintf(event.kind, sizeof(event.kind), "%s", event_kind);
	snprintf(event.subject, sizeof(event.subject), "%s", subject ? subject : "");
	snprintf(event.who, sizeof(event.who), "%s", who ? who : "");
	journal(notify, &event);
	next_hour(notify, now.wall_usec);
	if (!may_send(notify, kind))
		return;
	va_start(values, format);
	send_notice(notify, &event, format, values);
	va_end(values);
}

/* ---- time passes ---- */

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct notify *notify = userdata;

	write_events(notify);
	next_hour(notify, clock_now().wall_usec);
	outbox_turn(notify->outbox);
	sd_event_source_set_time_relative(source, TURN_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void notify_courier(struct notify *notify)
{
	if (notify)
		outbox_turn(notify->outbox);
}

void notify_policy(struct notify *notify)
{
	if (notify)
		outbox_now(notify->outbox);
}

struct outbox *notify_outbox(const struct notify *notify)
{
	return notify ? notify->outbox : NULL;
}

void notify_describe(const struct notify *notify, json_t *status)
{
	const struct policy *policy;
	struct outbox_figures figures;
	char time[CLOCK_TEXT];
	json_t *ways;

	if (!notify || !status)
		return;
	policy = engine_policy(notify->daemon->engine);
	figures = outbox_figures(notify->outbox);
	ways = json_array();
	if (policy->mail.server && policy->mail.n_to)
		json_array_append_new(ways, json_string("mail"));
	if (policy->webhook.url)
		json_array_append_new(ways, json_string("webhook"));
	json_object_set_new(
	    status, "notices",
	    json_pack("{s:o, s:b, s:i, s:i, s:s?, s:s?}", "ways", ways, "courier",
		      courier_there(notify->daemon->courier), "waiting", (int)figures.waiting, "given_up",
		      (int)figures.given_up, "last",
		      figures.delivered_wall_usec ? clock_text(figures.delivered_wall_usec, time) : NULL,
		      "error", figures.error[0] ? figures.error : NULL));
}

int notify_new(struct daemon *daemon, struct notify **out)
{
	struct notify *notify = calloc(1, sizeof(*notify));
	int r;

	if (!notify)
		return -ENOMEM;
	notify->daemon = daemon;
	r = outbox_new(daemon, &notify->outbox);
	if (r >= 0)
		r = sd_event_add_time_relative(daemon->event, &notify->timer, CLOCK_MONOTONIC, 0,
					       100 * USEC_PER_MSEC, on_timer, notify);
	if (r < 0) {
		notify_free(notify);
		return r;
	}
	*out = notify;
	return 0;
}

struct notify *notify_free(struct notify *notify)
{
	if (!notify)
		return NULL;
	sd_event_source_disable_unref(notify->timer);
	write_events(notify);
	outbox_free(notify->outbox);
	free(notify);
	return NULL;
}
