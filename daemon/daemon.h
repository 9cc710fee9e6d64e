/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The rooms of gerbangd and how they reach each other: main.c makes them in this order and frees them in
 * reverse. Every room holds a pointer to this and asks another one only through that one's header.
 */
#include <systemd/sd-event.h>

struct daemon {
	sd_event *event;
	const char *config_path;
	struct sessions *sessions;   /* session.h: who is in */
	struct pool *pool;	     /* pool.h: guest classes that are free */
	struct meter *meter;	     /* meter.h: counters of classes */
	struct booking *booking;     /* booking.h: what of them is in the ledger's account, and what has yet to be */
	struct hosts *hosts;	     /* hosts.h: who inside an office, where the configuration asks for it */
	struct quota *quota;	     /* quota.h: offices and their month */
	struct evidence *evidence;   /* evidence.h: that the uplink was up */
	struct notify *notify;	     /* notify.h: what people have to hear of */
	struct linetest *linetest;   /* linetest.h: what the line gives, where it is tested */
	struct closing *closing;     /* closing.h: days that are over, and rows that are past their time */
	struct terms *terms;	     /* terms.h: what is agreed, into the ledger */
	struct monthly *monthly;     /* monthly.h: the record of a month that is over */
	struct opening *opening;     /* opening.h: when zones were open */
	struct courier *courier;     /* courier.h: gerbang-courier's socket */
	struct shaper *shaper;	     /* shaper.h: the connection to the kernel's only writer */
	struct history *history;     /* history.h: what was applied, to go back to */
	struct reload *reload;	     /* reload.h: what is applied now, and waits to be confirmed */
	struct engine *engine;	     /* engine.h: policy, overrides, when to plan */
	struct life *life;	     /* life.h: sessions come and go */
	struct neighbour *neighbour; /* neighbour.h: whose address is it */
	struct guests *guests;	     /* guest.h: the portal's socket */
	struct control *control;     /* control.h: the command line's socket */
	struct ledger *ledger;	     /* ../ledger/ledger.h: what outlives this process; NULL: could not be opened, all goes on without */
	struct persons *persons;     /* person.h: who is behind a session, and what is left to them */
	struct records *records;     /* record.h: what of it is in the ledger, and what has yet to be */
	struct usage *usage;	     /* usage.h: charging them, and the limits that end a session */
	struct restore *restore;     /* restore.h: sessions that a reboot has taken out of the kernel */
	struct credentials *credentials; /* credential.h: the ways in */
	struct delegated *delegated; /* delegated.h: IPv6 prefixes that offices' devices have now */
	struct uplink *uplink;	     /* uplink.h: what the line gives, and what it is planned with */
	struct watch *watch;	     /* watch.h: gerbang-watch's socket */
	struct latency *latency;     /* latency.h: the round trips that it measured */
	struct top *top;	     /* top.h: who waits for its answer to "who talks?" */
};
