/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who inside an office uses how much, where privacy.hosts asks for it: an estimate, and stored as one. Once a minute gerbang-watch
 * looks for two seconds who talks (WATCH_TALK); what the office really moved since the look before is shared out in that ratio. A host
 * that talks only while nobody looks is not seen, and its bytes are on the others; over a day of a thousand looks that evens out.
 * All functions accept NULL.
 */
#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct hosts;

int hosts_new(struct daemon *daemon, struct hosts **out);
struct hosts *hosts_free(struct hosts *hosts);
bool hosts_asked(uint64_t id); /* whether a question of that number is of here */
/* As top_answered(). */
int hosts_answered(struct hosts *hosts, uint64_t id, int blob);
