/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an admin asks who talks just now, and gerbang-watch looks for two seconds. Nothing is looked at while
 * nobody asks, and nothing of the answer stays here: it names people's machines, and goes to who asked alone.
 * A watch that is away, slow or strange becomes a refusal, never a command that hangs.
 */
#include "top.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include "commands.h"
#include "daemon.h"
#include "engine.h"
#include "watch.h"

#define ASKING_MAX 8u /* questions on their way; the watch answers them together */
#define PATIENCE_USEC (8 * USEC_PER_SEC)

struct asking {
	uint64_t id;
	struct ticket *ticket; /* NULL: free */
	sd_event_source *timer;
	struct top *top;
};

struct top {
	struct daemon *daemon;
	uint64_t next_id;
	struct asking asking[ASKING_MAX];
};

struct top *top_new(struct daemon *daemon)
{
	struct top *top = calloc(1, sizeof(*top));

	if (!top)
		return NULL;
	top->daemon = daemon;
	top->next_id = 1;
	for (size_t i = 0; i < ASKING_MAX; i++)
		top->asking[i].top = top;
	return top;
}

static void done(struct asking *asking)
{
	asking->timer = sd_event_source_disable_unref(asking->timer);
	ticket_free(asking->ticket);
	asking->ticket = NULL;
}

struct top *top_free(struct top *top)
{
	for (size_t i = 0; top && i < ASKING_MAX; i++)
		if (top->asking[i].ticket)
			done(&top->asking[i]);
	free(top);
	return NULL;
}

static void refuse(struct asking *asking)
{
	control_refuse(asking->ticket, TEXT_WATCH_AWAY);
	done(asking);
}

static int on_impatience(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	refuse(userdata);
	return 0;
}

void top_watch_gone(struct top *top)
{
	for (size_t i = 0; top && i < ASKING_MAX; i++)
		if (top->asking[i].ticket)
			refuse(&top->asking[i]);
}

/* ---- the answer ---- */

static json_t *read_document(int blob)
{
	_cleanup_(freep) void *text = NULL;
	json_t *document;
	size_t length;

	if (wire_blob_read(blob, MESSAGE_JSON_MAX, &text, &length) < 0)
		return NULL;
	document = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(document) && json_is_array(json_object_get(document, "rows")))
		return document;
	json_decref(document);
	return NULL;
}

int top_answered(struct top *top, uint64_t id, int blob)
{
	for (size_t i = 0; i < ASKING_MAX; i++) {
		struct asking *asking = &top->asking[i];
		json_t *document;

		if (!asking->ticket || asking->id != id)
			continue;
		document = read_document(blob);
		if (!document) {
			refuse(asking);
			return -EBADMSG;
		}
		control_json(asking->ticket, CONTROL_DONE, document);
		done(asking);
		return 0;
	}
	return 0; /* nobody waits any more */
}

/* ---- the question ---- */

static struct asking *free_place(struct top *top)
{
	for (size_t i = 0; i < ASKING_MAX; i++)
		if (!top->asking[i].ticket)
			return &top->asking[i];
	return NULL;
}

static bool office_argument(const struct ticket *ticket, const json_t *request, const char **out)
{
	*out = "";
	if (!json_object_get(request, "office"))
		return true;
	if (!control_text(ticket, request, "office", out))
		return false;
	if (policy_office(engine_policy(ticket->daemon->engine), *out))
		return true;
	control_refuse(ticket, TEXT_NOT_OFFICE, "office", *out);
	return false;
}

static int wait_for_answer(struct top *top, struct asking *asking, const struct ticket *ticket)
{
	int r;

	asking->ticket = ticket_keep(ticket);
	if (!asking->ticket)
		return -EBUSY;
	asking->id = top->next_id++;
	r = sd_event_add_time_relative(top->daemon->event, &asking->timer, CLOCK_MONOTONIC,
				       (uint64_t)PATIENCE_USEC, 0, on_impatience, asking);
	if (r < 0)
		done(asking);
	return r;
}

void command_top(const struct ticket *ticket, const json_t *request)
{
	struct top *top = ticket->daemon->top;
	struct asking *asking = free_place(top);
	const char *office;
	uint64_t id;

	if (!office_argument(ticket, request, &office))
		return;
	if (!asking || wait_for_answer(top, asking, ticket) < 0) {
		control_refuse(ticket, TEXT_TOO_MANY);
		return;
	}
	id = asking->id;
	if (!watch_talk(ticket->daemon->watch, id, office) && asking->ticket && asking->id == id)
		refuse(asking); /* it has not been, already, by the watch's going */
}
