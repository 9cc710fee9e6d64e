/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A login from the question to the answer: who it is (credential.h), whether that is possible (admit.h), a
 * session in the kernel (life.h). Each of the three may take its time; whatever a guest asks meanwhile, it
 * gets one session.
 */
#include "question.h"

struct daemon;
struct logins;

int logins_new(struct daemon *daemon, struct logins **out);
struct logins *logins_free(struct logins *logins);

/* Answers, now or later. Name and secret are those of the message. */
void login_ask(struct logins *logins, const struct question *question, const char *name, const char *secret);
/* Answers once the session is in, or gone. False: too many wait, nothing was done. */
bool login_wait(struct logins *logins, const struct question *question, struct session *session);
/* The same, of a session that is asked to leave. */
bool login_leave(struct logins *logins, const struct question *question, struct session *session);
