/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a mail server that is away for a weekend must cost no notice, and a notice must cost nobody a login.
 * Nothing waits here: an errand is asked, and its answer is an event.
 */
#include "outbox.h"
#include <errno.h>
#include <string.h>
#include <sys/queue.h>
#include "courier.h"
#include "daemon.h"
#include "engine.h"
#include "report_mail.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"

struct entry {
	TAILQ_ENTRY(entry) link;
	struct outbox *outbox;
	struct ledger_notice notice; /* id 0: not in the ledger yet */
	bool asked;		     /* the courier is on its way */
	bool over, given_up;	     /* done, and only the ledger has to hear of it */
};
TAILQ_HEAD(entries, entry);

struct outbox {
	struct daemon *daemon;
	sd_event_source *next;	/* one has been answered: the next, from the loop */
	struct entries entries; /* oldest first */
	unsigned n;
	bool loaded, more; /* the ledger's have been read; there were more than fit */
	int64_t last_created;
	struct outbox_figures figures;
};

/* ---- the rows ---- */

static void entry_drop(struct entry *entry)
{
	TAILQ_REMOVE(&entry->outbox->entries, entry, link);
	entry->outbox->n--;
	courier_forget(entry->outbox->daemon->courier, entry);
	free(entry);
}

static struct entry *entry_add(struct outbox *outbox, const struct ledger_notice *notice)
{
	struct entry *entry = outbox->n < OUTBOX_MOST ? calloc(1, sizeof(*entry)) : NULL;

	if (!entry)
		return NULL;
	entry->outbox = outbox;
	entry->notice = *notice;
	TAILQ_INSERT_TAIL(&outbox->entries, entry, link);
	outbox->n++;
	return entry;
}

static struct entry *entry_by_id(struct outbox *outbox, int64_t id)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, &outbox->entries, link)
	if (entry->notice.id == id)
		return entry;
	return NULL;
}

static int on_notice(const struct ledger_notice *notice, void *userdata)
{
	struct outbox *outbox = userdata;

	outbox->last_created = MAX(outbox->last_created, notice->created_wall_usec);
	if (entry_by_id(outbox, notice->id))
		return 0;
	outbox->more = !entry_add(outbox, notice);
	return outbox->more;
}

static void load(struct outbox *outbox)
{
	if (!outbox->daemon->ledger || (outbox->loaded && (!outbox->more || outbox->n > OUTBOX_MOST / 2)))
		return;
	outbox->more = false;
	outbox->loaded = ledger_notices(outbox->daemon->ledger, on_notice, outbox) >= 0;
}

/* What the ledger has not heard yet. True: the row is over and out of the world. */
static bool entry_save(struct entry *entry)
{
	struct ledger *ledger = entry->outbox->daemon->ledger;
	struct ledger_notice *notice = &entry->notice;
	int r;

	if (entry->over && !notice->id)
		return true;
	if (!ledger)
		return false;
	if (!notice->id)
		return (void)ledger_notice_put(ledger, notice), false;
	if (!entry->over)
		return false;
	r = ledger_notice_done(ledger, notice->id, clock_now().wall_usec, entry->given_up);
	return r >= 0 || r == -ENOENT;
}

static void save_all(struct outbox *outbox)
{
	struct entry *entry, *next;

	for (entry = TAILQ_FIRST(&outbox->entries); entry; entry = next) {
		next = TAILQ_NEXT(entry, link);
		if (!entry->asked && entry_save(entry))
			entry_drop(entry);
	}
}

/* ---- errands ---- */

static const char *text_of_setting(const char *text)
{
	return text ? text : "";
}

/* Of the sender's address. */
static const char *domain_of(const char *from)
{
	const char *at = strrchr(from, '@');

	return at && at[1] ? at + 1 : "gerbang.invalid";
}

static json_t *mail_errand(const struct policy *policy, const struct ledger_notice *notice)
{
	json_t *to = json_array(), *errand;

	for (size_t i = 0; i < policy->mail.n_to; i++)
		json_array_append_new(to, json_string(policy->mail.to[i]));
	errand =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:I, s:o}", "kind", "mail", "server",
		      policy->mail.server, "user", text_of_setting(policy->mail.user), "password_file",
		      text_of_setting(policy->mail.password_file), "from", text_of_setting(policy->mail.from),
		      "to", to, "subject", notice->subject, "text", notice->text, "time",
		      (json_int_t)(notice->created_wall_usec / USEC_PER_SEC), "message_id",
		      json_sprintf("gerbang.%lld@%s", (long long)notice->created_wall_usec,
				   domain_of(text_of_setting(policy->mail.from))));
	if (errand && notice->month[0])
		report_mail_attach(policy, notice, errand);
	return errand;
}

static json_t *webhook_errand(const struct policy *policy, const struct ledger_notice *notice)
{
	char time[CLOCK_TEXT];

	return json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s}}", "kind", "webhook", "url",
			 policy->webhook.url, "key_file", text_of_setting(policy->webhook.key_file), "body",
			 "kind", notice->kind, "subject", notice->subject, "text", notice->text, "time",
			 clock_text(notice->created_wall_usec, time), "site",
			 text_of_setting(policy->site_name));
}

static json_t *errand_of(const struct entry *entry)
{
	const struct policy *policy = engine_policy(entry->outbox->daemon->engine);

	switch (entry->notice.way) {
	case LEDGER_NOTICE_MAIL:
		return policy->mail.server && policy->mail.n_to ? mail_errand(policy, &entry->notice) : NULL;
	case LEDGER_NOTICE_WEBHOOK:
		return policy->webhook.url ? webhook_errand(policy, &entry->notice) : NULL;
	}
	return NULL;
}

static const char *way_name(enum ledger_notice_way way)
{
	return way == LEDGER_NOTICE_MAIL ? "mail" : "webhook";
}

static void give_up(struct entry *entry, const char *why)
{
	struct outbox *outbox = entry->outbox;
	struct ledger_event event = {.wall_usec = clock_now().wall_usec, .kind = "notice.lost"};

	entry->over = entry->given_up = true;
	outbox->figures.given_up++;
	log_error("a notice (%s, \"%s\") is given up after %u tries by %s: %s", entry->notice.kind,
		  entry->notice.subject, entry->notice.tries, way_name(entry->notice.way), why);
	snprintf(event.text, sizeof(event.text), "a notice (%s) was given up after %u tries by %s: %s",
		 entry->notice.kind, entry->notice.tries, way_name(entry->notice.way), why);
	if (outbox->daemon->ledger)
		ledger_event_put(outbox->daemon->ledger, &event);
}

static void put_off(struct entry *entry, const char *why)
{
	struct outbox *outbox = entry->outbox;
	struct ledger_notice *notice = &entry->notice;
	const int64_t now = clock_now().wall_usec;

	notice->tries++;
	notice->next_wall_usec = now + outbox_delay(notice->tries);
	snprintf(notice->error, sizeof(notice->error), "%s", why);
	log_warning("a notice (%s) could not be delivered by %s, try %u: %s", notice->kind,
		    way_name(notice->way), notice->tries, why);
	if (notice->id && outbox->daemon->ledger)
		ledger_notice_tried(outbox->daemon->ledger, notice->id, notice->next_wall_usec, why);
}

static void delivered(struct entry *entry)
{
	struct outbox *outbox = entry->outbox;

	entry->over = true;
	outbox->figures.delivered++;
	outbox->figures.delivered_wall_usec = clock_now().wall_usec;
	log_info("a notice (%s) was delivered by %s", entry->notice.kind, way_name(entry->notice.way));
}

static int on_next(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	outbox_turn(userdata);
	return 0;
}

static void on_answer(void *userdata, const json_t *answer)
{
	struct entry *entry = userdata;
	struct outbox *outbox = entry->outbox;
	const char *error = json_string_value(json_object_get(answer, "error"));

	entry->asked = false;
	if (!answer)
		error = "the courier went away or took too long";
	else if (!error)
		error = "the courier's answer cannot be understood";
	if (!*error)
		delivered(entry);
	else
		put_off(entry, error);
	if (*error && answer && json_is_false(json_object_get(answer, "retry")))
		give_up(entry, error);
	if (entry_save(entry))
		entry_drop(entry);
	sd_event_source_set_time_relative(outbox->next, 0);
	sd_event_source_set_enabled(outbox->next, SD_EVENT_ONESHOT);
}

/* A clock that was set back makes nothing wait longer than it would have. */
static bool is_due(const struct ledger_notice *notice, int64_t now)
{
	return notice->next_wall_usec <= now || notice->next_wall_usec - now > outbox_delay(notice->tries);
}

static bool is_old(const struct ledger_notice *notice, int64_t now)
{
	return now - notice->created_wall_usec >= OUTBOX_AGE_USEC;
}

static void try_one(struct entry *entry, int64_t now)
{
	json_t *errand;

	if (entry->notice.tries && is_old(&entry->notice, now)) {
		give_up(entry, entry->notice.error);
		return;
	}
	errand = errand_of(entry);
	if (!errand) {
		give_up(entry, "nothing is configured any more to send it by");
		return;
	}
	entry->asked = courier_ask(entry->outbox->daemon->courier, errand, on_answer, entry) >= 0;
}

static bool is_on_its_way(const struct outbox *outbox, enum ledger_notice_way way)
{
	const struct entry *entry;

	TAILQ_FOREACH(entry, &outbox->entries, link)
	if (entry->asked && entry->notice.way == way)
		return true;
	return false;
}

static void try_way(struct outbox *outbox, enum ledger_notice_way way)
{
	const int64_t now = clock_now().wall_usec;
	const bool there = courier_there(outbox->daemon->courier);
	struct entry *entry;

	if (is_on_its_way(outbox, way))
		return;
	TAILQ_FOREACH(entry, &outbox->entries, link)
	{
		if (entry->notice.way != way || entry->over || !is_due(&entry->notice, now))
			continue;
		if (!there && is_old(&entry->notice, now))
			give_up(entry, "the courier has been away all the time");
		else if (there)
			try_one(entry, now);
		if (entry->asked)
			return;
	}
}

void outbox_turn(struct outbox *outbox)
{
	if (!outbox)
		return;
	load(outbox);
	save_all(outbox);
	try_way(outbox, LEDGER_NOTICE_MAIL);
	try_way(outbox, LEDGER_NOTICE_WEBHOOK);
}

void outbox_now(struct outbox *outbox)
{
	struct entry *entry;

	if (!outbox)
		return;
	TAILQ_FOREACH(entry, &outbox->entries, link)
	entry->notice.next_wall_usec = 0;
	outbox_turn(outbox);
}

/* ---- in and out ---- */

static struct entry *entry_new(struct outbox *outbox, const struct ledger_notice *notice)
{
	struct entry *entry = entry_add(outbox, notice);

	if (!entry)
		return NULL;
	entry->notice.id = 0;
	entry->notice.tries = 0;
	entry->notice.next_wall_usec = entry->notice.created_wall_usec;
	/* A clock that went back gives no time a second time. */
	if (entry->notice.created_wall_usec <= outbox->last_created &&
	    outbox->last_created - entry->notice.created_wall_usec < USEC_PER_SEC)
		entry->notice.created_wall_usec = outbox->last_created + 1;
	outbox->last_created = entry->notice.created_wall_usec;
	return entry;
}

void outbox_put(struct outbox *outbox, const struct ledger_notice *notice)
{
	if (!outbox)
		return;
	if (!entry_new(outbox, notice)) {
		outbox->figures.given_up++;
		log_error("a notice (%s) is lost: %u are waiting already", notice->kind, outbox->n);
		return;
	}
	outbox_turn(outbox);
}

int outbox_put_kept(struct outbox *outbox, const struct ledger_notice *notice)
{
	struct entry *entry;
	int r;

	if (!outbox || !outbox->daemon->ledger)
		return -ENOTCONN;
	entry = entry_new(outbox, notice);
	if (!entry)
		return -ENOBUFS;
	r = ledger_notice_put(outbox->daemon->ledger, &entry->notice);
	if (r < 0) {
		entry_drop(entry);
		return r;
	}
	outbox_turn(outbox);
	return 0;
}

bool outbox_has_report(const struct outbox *outbox, const char *month)
{
	const struct entry *entry;

	if (!outbox)
		return false;
	TAILQ_FOREACH(entry, &outbox->entries, link)
	if (!entry->over && strcmp(entry->notice.month, month) == 0)
		return true;
	return false;
}

struct outbox_figures outbox_figures(const struct outbox *outbox)
{
	struct outbox_figures figures = outbox->figures;
	const struct entry *entry;

	TAILQ_FOREACH(entry, &outbox->entries, link)
	{
		if (entry->over)
			continue;
		figures.waiting++;
		if (entry->notice.tries)
			snprintf(figures.error, sizeof(figures.error), "%s", entry->notice.error);
	}
	return figures;
}

int outbox_new(struct daemon *daemon, struct outbox **out)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	int r;

	if (!outbox)
		return -ENOMEM;
	outbox->daemon = daemon;
	TAILQ_INIT(&outbox->entries);
	r = sd_event_add_time(daemon->event, &outbox->next, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_next,
			      outbox);
	if (r < 0)
		return free(outbox), r;
	*out = outbox;
	return 0;
}

struct outbox *outbox_free(struct outbox *outbox)
{
	struct entry *entry;

	if (!outbox)
		return NULL;
	save_all(outbox);
	while ((entry = TAILQ_FIRST(&outbox->entries)))
		entry_drop(entry);
	sd_event_source_disable_unref(outbox->next);
	free(outbox);
	return NULL;
}
