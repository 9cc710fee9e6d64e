/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * run/daemon/control: the command line's socket. A request is a JSON object {"command": NAME, ...}; the
 * answer a JSON document, or the text of a refusal. A handler answers its ticket exactly once, now or later.
 * "language" ("id" or "en") in a request is that of the sentences and causes in its answer; without it, or
 * for any other, they are in the site's language. Keys, names and states are the same in both.
 */
#include <jansson.h>
#include "../lib/cleanup.h"
#include "../lib/message.h"
#include "../lib/units.h"
#include "texts.h"

struct daemon;
struct control;

#define CONTROL_PEERS 64u
#define CONTROL_REQUEST_MAX 65536u

int control_new(struct daemon *daemon, const char *path, struct control **out);
struct control *control_free(struct control *control); /* nobody may hold a ticket any more */

/* The right to one answer. */
struct ticket {
	struct daemon *daemon;
	struct control *control;
	uint64_t peer, id;
	enum language language;
	uid_t uid; /* whoever asks */
	unsigned command; /* its row in control.c */
	char what[160];	  /* audit.h: its arguments, as far as they may be kept */
};
struct ticket *
ticket_keep(const struct ticket *ticket); /* for later; NULL: refuse now, too much waits already */
void ticket_free(struct ticket *ticket);
DEFINE_CLEANUP(struct ticket *, ticket_free)

void control_json(const struct ticket *ticket, enum control_status status,
		  json_t *document); /* steals; NULL: no memory */
/* control_refuse(ticket, TEXT_NOT_ZONE, "id", id): each "{}" of the text takes one value. */
#define control_refuse(ticket, text, ...) control_refuse_with(ticket, text, TEXT_VALUES(__VA_ARGS__))
void control_refuse_with(const struct ticket *ticket, enum text text, const char *const values[]);
void control_refuse_as_is(const struct ticket *ticket, const char *text); /* somebody else's words */
/* control_sentence(ticket, TEXT_KICKED, guest): for an answer's "text". A new reference; NULL: memory. */
#define control_sentence(ticket, text, ...) text_json((ticket)->language, text, TEXT_VALUES(__VA_ARGS__))

/* Arguments of a request. False: it has been refused, with the rule and the value. */
bool control_text(const struct ticket *ticket, const json_t *request, const char *key, const char **out);
bool control_time(const struct ticket *ticket, const json_t *request, const char *key, int64_t *wall_usec);
bool control_number(const struct ticket *ticket, const json_t *request, const char *key, int64_t min,
		    int64_t max, int64_t *out);
/* A duration or volume, refused in the words of the command line: "valid: must be from 1 min to 3660 d". */
struct control_bounds {
	const char *name; /* as a person knows it */
	int64_t min, max;
	const char *(*human)(uint64_t value, char text[static UNITS_TEXT]);
};
bool control_amount(const struct ticket *ticket, const json_t *request, const char *key,
		    const struct control_bounds *bounds, int64_t *out);

/* Who asks: the user's name, "uid 1000" where it has none, "" where it is gone. For whoever has to answer for it in the ledger. Valid
 * until the next event. */
const char *control_who(const struct ticket *ticket);

/* "2026-11-23 16:00:05", local: as people type it. */
#define CONTROL_TIME_TEXT 24
const char *control_time_text(int64_t wall_usec, char text[static CONTROL_TIME_TEXT]);
