/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * `gerbang top`: while somebody asks, and not a packet longer, packets are sampled at random for two seconds;
 * the answer is the JSON of MESSAGE_WATCH_TALKERS. A first look says how many packets there are, and so which
 * share of them is taken: at most about TALK_PACKETS a second. Who asks while a look is on shares its answer.
 */
#include <systemd/sd-event.h>
#include "owners.h"
#include "settings.h"

#define TALK_PACKETS 3000u
#define TALK_ROWS 200u
#define TALK_WAITING 16u

struct talk;

int talk_open(struct talk **out); /* needs CAP_NET_RAW; sees nothing yet. 0 or -errno */
int talk_start(struct talk *talk, sd_event *event,
	       void (*answer)(void *userdata, uint64_t id, const char *json), void *userdata);
/* From now on these; both stay the caller's until the next call. With other settings a look
 * that is on ends.
 */
void talk_set(struct talk *talk, const struct settings *settings, const struct owners *owners);
/* The question of that number; `office` "": everybody. Too many wait: it is not answered. */
void talk_ask(struct talk *talk, uint64_t id, const char *office);
struct talk *talk_free(struct talk *talk);
