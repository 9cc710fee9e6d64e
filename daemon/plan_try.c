/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an admin may want to see every operation of the kernel before it is made. The plan is the one that an
 * apply would send now; it must never touch what the engine remembers of the last one.
 */
#include "plan_try.h"
#include <errno.h>
#include <string.h>
#include "blocks.h"
#include "daemon.h"
#include "engine.h"
#include "session.h"
#include "shaper.h"

struct asked {
	struct ticket *ticket;
	json_t *document;
	enum control_status status;
};

/* ---- the plan ---- */

static int sessions_rows(const struct sessions *sessions, struct plan_session **out, size_t *n)
{
	struct plan_session *rows = calloc(sessions_total(sessions) + 1, sizeof(*rows));
	size_t count = 0;

	if (!rows)
		return -ENOMEM;
	for (const struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s))
		if (s->state != SESSION_LEAVING)
			rows[count++] = s->row;
	*out = rows;
	*n = count;
	return 0;
}

/* As an apply would: blocks of zones that stay, and those that a zone which is open has yet to get. */
static struct blocks *blocks_then(const struct daemon *daemon, const struct planner_input *in)
{
	struct blocks *blocks = malloc(sizeof(*blocks));

	if (!blocks)
		return NULL;
	*blocks = *engine_blocks(daemon->engine);
	for (size_t i = 0; i < in->policy->n_zones; i++) {
		const struct policy_zone *zone = &in->policy->zones[i];
		int slot = slots_find(in->slots, "zone", zone->id);

		if (slot >= 0 && planner_zone_open(in, zone))
			blocks_grow(blocks, zone, (unsigned)slot,
				    sessions_count(daemon->sessions, zone->device));
	}
	return blocks;
}

static int make_plan(const struct daemon *daemon, struct planner_input in, struct plan *out)
{
	_cleanup_(freep) struct plan_session *sessions = NULL;
	_cleanup_(freep) struct blocks *blocks = blocks_then(daemon, &in);
	struct guest_blocks map;
	int r = blocks ? sessions_rows(daemon->sessions, &sessions, &in.n_sessions) : -ENOMEM;

	if (r < 0)
		return r;
	map = blocks_ask(blocks, in.policy, in.slots);
	in.blocks = &map;
	in.sessions = sessions;
	return planner_plan(&in, out);
}

static int make_blob(const struct daemon *daemon, const struct planner_input *in)
{
	_cleanup_(plan_clear) struct plan plan = {0};
	_cleanup_(freep) void *bytes = NULL;
	size_t length;
	int r = make_plan(daemon, *in, &plan);

	if (r >= 0)
		r = plan_encode(&plan, &bytes, &length);
	return r < 0 ? r : wire_blob(bytes, length);
}

/* ---- the answer ---- */

static json_t *lines_json(const char *text)
{
	json_t *array = json_array();

	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		if (length)
			json_array_append_new(array, json_stringn(line, length));
		line += length + (line[length] == '\n');
	}
	return array;
}

static void put_error(json_t *document, int error, const char *text)
{
	json_object_set_new(document, "operations_error",
			    json_string(text && *text ? text : strerror(-error)));
}

static void on_tried(void *userdata, uint64_t tag _unused_, const struct shaper_answer *answer)
{
	struct asked *asked = userdata;

	if (answer->error == 0 && answer->text)
		json_object_set_new(asked->document, "operations", lines_json(answer->text));
	else
		put_error(asked->document, answer->error ? answer->error : -EBADMSG,
			  answer->result ? answer->result->text : NULL);
	control_json(asked->ticket, asked->status, asked->document);
	ticket_free(asked->ticket);
	free(asked);
}

static struct asked *asked_make(const struct ticket *ticket, enum control_status status, json_t *document)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	if (!asked)
		return NULL;
	*asked = (struct asked){ticket_keep(ticket), document, status};
	if (asked->ticket)
		return asked;
	free(asked);
	return NULL;
}

void plan_try(const struct ticket *ticket, const struct planner_input *in, enum control_status status,
	      json_t *document)
{
	struct daemon *daemon = ticket->daemon;
	int r = make_blob(daemon, in);
	struct asked *asked = r < 0 ? NULL : asked_make(ticket, status, document);

	if (r >= 0 && !asked) {
		closep(&r);
		r = -ENOMEM;
	}
	if (r >= 0)
		r = shaper_request(daemon->shaper, MESSAGE_TRY, NULL, r, on_tried, asked, 0);
	if (r >= 0)
		return;
	if (asked)
		ticket_free(asked->ticket);
	free(asked);
	put_error(document, r, r == -ENOTCONN ? text_of(ticket->language, TEXT_SHAPER_AWAY) : NULL);
	control_json(ticket, status, document);
}
