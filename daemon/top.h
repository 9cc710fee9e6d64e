/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * `gerbang top`: who talks, asked of gerbang-watch and handed on. Nothing of an answer is kept.
 */
#include <stdint.h>

struct daemon;
struct top;

struct top *top_new(struct daemon *daemon); /* NULL: no memory */
struct top *top_free(struct top *top);	    /* whoever still waits gets no answer */
/* What gerbang-watch says to the question of that number (MESSAGE_WATCH_TALKERS). `blob` stays the caller's. 0, or -errno of a
 * document that cannot be read: whoever asked has been told. */
int top_answered(struct top *top, uint64_t id, int blob);
void top_watch_gone(struct top *top); /* nobody will answer any more */
