/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One question of the portal, with what is known of who asks: between guest.c, which takes and answers it,
 * and login.c, where it may wait.
 */
#include "answer.h"

struct guests;

struct question {
	struct guests *guests;
	uint64_t peer, id;
	enum guest_request request;
	struct addr address;
	char device[IFNAMSIZ];		/* the zone's: it stays while the question waits */
	const struct engine_zone *zone; /* until the next event; question_zone() finds it again */
	unsigned ifindex;
	struct mac mac;
	char cookie[GUEST_CODE];
};

/* As it is now. `note` says what the request came to. */
void question_answer(const struct question *question, const struct answer_note *note);
void question_unknown(const struct question *question);
/* False: it is gone, and that has been answered. */
bool question_zone(struct question *question);
/* The guest is in already: perhaps with another address. Answers. */
void question_online(const struct question *question, struct session *session);
/* The guest's IPv4 address; family 0: not known. */
struct addr question_address4(const struct question *question);
struct session *question_session(const struct question *question); /* or NULL */
struct daemon *question_daemon(const struct question *question);
