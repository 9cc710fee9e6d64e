/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The services that a name alone stands for, and DSCPs by name. Numbers come from who assigned or documents
 * them, named beside each; a service here must never overlap with another, so that any of them can be had
 * together.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "services.h"

#define TCP(from, to)                                                                                        \
	{                                                                                                    \
		IPPROTO_TCP, from, to                                                                        \
	}
#define UDP(from, to)                                                                                        \
	{                                                                                                    \
		IPPROTO_UDP, from, to                                                                        \
	}

enum { DSCP_EF = 46, DSCP_AF41 = 34 };

/* SIP: RFC 3261, 19.1.2. RTP: what Asterisk's rtp.conf ships with (10000-20000) and most telephones follow,
 * without the eight ports of Google Meet in it. EF: RFC 4594, 4.1. */
static struct policy_ports voip_ports[] = {TCP(5060, 5061), UDP(5060, 5061), UDP(10000, 19301),
					   UDP(19310, 20000)};
static uint8_t voip_dscp[] = {DSCP_EF};

/* Zoom: support.zoom.com KB0060548 (UDP 8801-8810, 3478, 3479). Teams: "Office 365 URLs and IP address
 * ranges", id 11 (UDP 3478-3481). Meet: support.google.com/a/answer/1279090 (UDP 3478, 19302-19309). AF41:
 * RFC 4594, 4.3. */
static struct policy_ports conference_ports[] = {UDP(3478, 3481), UDP(8801, 8810), UDP(19302, 19309)};
static uint8_t conference_dscp[] = {DSCP_AF41};

/* RTSP: RFC 7826, 5.1 (554) and IANA's rtsp-alt (8554). Hikvision's 8000 and Dahua's 37777 and 37778: their
 * manuals. */
static struct policy_ports cctv_ports[] = {TCP(554, 554),    UDP(554, 554),   TCP(8000, 8000),
					   TCP(8554, 8554),  UDP(8554, 8554), TCP(37777, 37777),
					   UDP(37778, 37778)};

/* ZKTeco's terminals: their communication protocol's manual. */
static struct policy_ports attendance_ports[] = {TCP(4370, 4370), UDP(4370, 4370)};

#define PORTS(array) .ports = array, .n_ports = ELEMENTS(array)
#define DSCP(array) .dscp = array, .n_dscp = ELEMENTS(array)

static const struct policy_service known[] = {
    {.id = (char *)"voip",
     PORTS(voip_ports),
     DSCP(voip_dscp),
     .percent = 10,
     .priority = POLICY_PRIORITY_HIGH,
     .mark = DSCP_EF},
    {.id = (char *)"conference",
     PORTS(conference_ports),
     DSCP(conference_dscp),
     .percent = 40,
     .priority = POLICY_PRIORITY_NORMAL,
     .mark = -1},
    {.id = (char *)"cctv", PORTS(cctv_ports), .percent = 20, .priority = POLICY_PRIORITY_LOW, .mark = -1},
    {.id = (char *)"attendance",
     PORTS(attendance_ports),
     .percent = 5,
     .priority = POLICY_PRIORITY_NORMAL,
     .mark = -1},
};

const struct policy_service *service_known(const char *id)
{
	for (size_t i = 0; i < ELEMENTS(known); i++)
		if (!strcmp(known[i].id, id))
			return &known[i];
	return NULL;
}

const char *service_known_names(void)
{
	return "\"voip\", \"conference\", \"cctv\", \"attendance\"";
}

/* RFC 2474, 4.2.2 (class selectors); RFC 2597, 6 (assured forwarding); RFC 5865 (VOICE-ADMIT); RFC 3246 (EF);
 * RFC 8622 (lower effort). */
static const struct {
	const char *name;
	int dscp;
} dscp_names[] = {
    {"cs0", 0},	  {"le", 1},	{"cs1", 8},   {"af11", 10}, {"af12", 12}, {"af13", 14},
    {"cs2", 16},  {"af21", 18}, {"af22", 20}, {"af23", 22}, {"cs3", 24},  {"af31", 26},
    {"af32", 28}, {"af33", 30}, {"cs4", 32},  {"af41", 34}, {"af42", 36}, {"af43", 38},
    {"cs5", 40},  {"va", 44},	{"ef", 46},   {"cs6", 48},  {"cs7", 56},
};

int service_dscp(const char *name)
{
	for (size_t i = 0; i < ELEMENTS(dscp_names); i++)
		if (!strcmp(dscp_names[i].name, name))
			return dscp_names[i].dscp;
	return -EINVAL;
}

const char *service_priority_text(enum policy_priority priority)
{
	switch (priority) {
	case POLICY_PRIORITY_HIGH:
		return "high";
	case POLICY_PRIORITY_NORMAL:
		return "normal";
	case POLICY_PRIORITY_LOW:
		break;
	}
	return "low";
}

static uint64_t part(uint64_t bps, unsigned percent)
{
	return bps * percent / 100 / 8 * 8; /* at most 100 Gbit/s: no overflow */
}

struct policy_rate service_rate(const struct policy_service *service, struct policy_rate guaranteed)
{
	if (service->rate.down_bps)
		return service->rate;
	return (struct policy_rate){part(guaranteed.down_bps, service->percent),
				    part(guaranteed.up_bps, service->percent)};
}
