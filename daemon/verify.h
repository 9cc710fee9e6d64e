/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Passwords are checked beside the loop: argon2id takes tens of milliseconds and tens of megabytes on
 * purpose. One thread, one after another, and no more than VERIFY_QUEUE waiting.
 */
#include <systemd/sd-event.h>

struct verify;

#define VERIFY_QUEUE 32u

/* What a hash is made with. OWASP's second choice for argon2id (m = 19 MiB, t = 2, p = 1): about 30 ms here.
 */
#define VERIFY_OPERATIONS 2u
#define VERIFY_MEMORY (19u << 20)

/* Called from the loop, once. 1: right; 0: wrong; -ESHUTDOWN: this daemon ends. */
typedef void (*verify_done)(void *userdata, int right);

int verify_new(sd_event *event, struct verify **out);
struct verify *verify_free(struct verify *verify);

/* 0: on its way; -EBUSY: too many wait; -ENOMEM. `hash` as libsodium writes it, or NULL where there is no
 * such account: that takes as long as a wrong password, and is wrong. Both are copied, and wiped after use.
 */
int verify_ask(struct verify *verify, const char *hash, const char *secret, verify_done done, void *userdata);
