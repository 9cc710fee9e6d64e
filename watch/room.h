/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * All that belongs to one zone: its captures, what they show, its router advertisements, its garden's names.
 */
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "advertise.h"
#include "capture.h"
#include "refresh.h"
#include "settings.h"
#include "sight.h"

/* What the rooms share; the owner's. */
struct room_house {
	sd_event *event;
	const struct settings *settings; /* in force */
	struct advertise *advertise;	 /* NULL: none can be sent */
	void (*tell)(void *userdata, const struct message_watch_event *event);
	void (*failed)(void *userdata); /* a capture has ended: room_look() */
	void *userdata;
};

struct room {
	const struct room_house *house;
	const struct settings_zone *zone; /* of house->settings */
	unsigned ifindex;		  /* as captured; 0: not */
	unsigned refused;		  /* this one could not be captured */
	bool failed, refreshing;
	struct sight sight;
	struct capture *captures[2];
	struct advertiser *advertiser;
	struct refresh *refresh;
};

int room_init(struct room *room, const struct room_house *house,
	      const struct settings_zone *zone); /* 0, -ENOMEM */
void room_clear(struct room *room);
void room_open(struct room *room); /* needs CAP_NET_RAW; a device that is not there yet is no fault */
int room_start(struct room *room);
/* Other settings for the same device: gardens at once, an advertisement at once where it says something else.
 */
int room_adopt(struct room *room, const struct settings_zone *zone);
/* Closes what is gone. True: there is something to be opened. */
bool room_look(struct room *room);
