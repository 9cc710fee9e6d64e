/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever asked at the command line keeps the right to one answer while the kernel is asked. Nothing
 * here decides.
 */
#include "later.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"

void later_free(struct later *later)
{
	json_decref(later->document);
	if (later->ticket)
		ticket_free(later->ticket);
	free(later);
}

struct later *later_make(const struct ticket *ticket, json_t *document)
{
	struct later *later = calloc(1, sizeof(*later));

	if (later) {
		later->ticket = ticket_keep(ticket);
		later->document = document;
	} else {
		json_decref(document);
	}
	if (later && later->ticket && later->document)
		return later;
	if (later)
		later_free(later);
	control_refuse(ticket, TEXT_TOO_MANY);
	return NULL;
}

void later_answer(struct later *later)
{
	json_t *document = later->document;

	later->document = NULL;
	control_json(later->ticket, CONTROL_DONE, document);
}

static void on_planned(void *userdata, int error, const char *text)
{
	struct later *later = userdata;
	const char *why = text && *text ? text : strerror(-error);

	if (error == -ENOTCONN || error == -ECONNRESET)
		json_object_set_new(later->document, "warning",
				    control_sentence(later->ticket, TEXT_SHAPER_AWAY));
	else if (error && error != -ESHUTDOWN)
		json_object_set_new(later->document, "warning",
				    control_sentence(later->ticket, TEXT_TRIED_AGAIN, why));
	if (error != -ESHUTDOWN)
		later_answer(later);
	later_free(later);
}

void later_planned(const struct ticket *ticket, json_t *document)
{
	struct later *later;

	if (document && clock_is_rehearsal())
		json_object_set_new(document, "rehearsal", json_true());
	later = later_make(ticket, document);
	if (later)
		engine_wait(ticket->daemon->engine, on_planned, later);
}
