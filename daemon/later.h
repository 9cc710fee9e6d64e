/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * An answer that waits for the kernel: a command is never answered "done" before it is.
 */
#include "control.h"
#include "session.h"

struct later {
	struct session_waiter waiter; /* its first member: for a session that has to go */
	struct ticket *ticket;
	json_t *document;
};

/* Steals `document` (NULL: no memory). NULL: the ticket has been refused. */
struct later *later_make(const struct ticket *ticket, json_t *document);
void later_answer(struct later *later); /* done, with the document; later_free() is still to come */
void later_free(struct later *later);
/* Answers with `document` (stolen) once the kernel has what the engine plans now; with a warning in it where that has to be tried again. */
void later_planned(const struct ticket *ticket, json_t *document);
