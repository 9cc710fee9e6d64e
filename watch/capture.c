/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: libpcap is asked for few frames, few bytes of each, and a bounded buffer; the filter runs in the
 * kernel, and says the direction, too. A flood costs a bounded time a turn: everything else in this program
 * goes first.
 */
#include "capture.h"
#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "frames.h"

#define BUFFER_BYTES (1 << 20)
#define BATCH 64 /* frames a turn */
#define AFTER_ALL_ELSE 100

static const struct {
	pcap_direction_t direction;
	const char *filter;
} kinds[] = {
    [CAPTURE_IN] = {PCAP_D_IN, "inbound and (arp or (icmp6 and ip6[40] >= 133 and ip6[40] <= 137) or "
			       "(udp src port 67 and udp dst port 68))"},
    [CAPTURE_OUT] = {PCAP_D_OUT, "outbound and (udp src port 53 or tcp src port 53 or "
				 "(udp src port 67 and udp dst port 68))"},
};

struct capture {
	pcap_t *pcap;
	enum capture_direction direction;
	sd_event_source *io;
	struct capture_events events;
	void *userdata;
};

DEFINE_CLEANUP(struct capture *, capture_free)

static int set_up(pcap_t *pcap)
{
	int r = pcap_set_snaplen(pcap, FRAME_MAX);

	if (r == 0)
		r = pcap_set_promisc(pcap, 0);
	if (r == 0)
		r = pcap_set_immediate_mode(pcap, 1);
	if (r == 0)
		r = pcap_set_buffer_size(pcap, BUFFER_BYTES);
	return r == 0 ? pcap_activate(pcap) : r;
}

static int set_filter(pcap_t *pcap, enum capture_direction direction)
{
	struct bpf_program program;
	int r = pcap_compile(pcap, &program, kinds[direction].filter, 1, PCAP_NETMASK_UNKNOWN);

	if (r < 0)
		return r;
	r = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	return r;
}

/* Guests solicit each other by multicast, which a card would keep from us. What it cannot do is not needed.
 */
static void hear_multicast(pcap_t *pcap, const char *device)
{
	const struct packet_mreq all = {.mr_ifindex = (int)if_nametoindex(device),
					.mr_type = PACKET_MR_ALLMULTI};

	(void)setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all));
}

static int capture_errno(int status)
{
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return -ENODEV;
	case PCAP_ERROR_IFACE_NOT_UP:
		return -ENETDOWN;
	case PCAP_ERROR_PERM_DENIED:
		return -EPERM;
	default:
		return -EIO;
	}
}

static int activate(struct capture *capture, const char *device)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int r = set_up(capture->pcap);

	if (r < 0) {
		log_warning("%s: cannot be watched: %s (%s)", device, pcap_statustostr(r),
			    pcap_geterr(capture->pcap));
		return capture_errno(r);
	}
	if (pcap_datalink(capture->pcap) != DLT_EN10MB) {
		log_warning("%s: cannot be watched: it must be an Ethernet device", device);
		return -EPROTOTYPE;
	}
	if (pcap_setdirection(capture->pcap, kinds[capture->direction].direction) < 0 ||
	    set_filter(capture->pcap, capture->direction) < 0 ||
	    pcap_setnonblock(capture->pcap, 1, text) < 0) {
		log_warning("%s: cannot be watched: %s %s", device, pcap_geterr(capture->pcap), text);
		return -EIO;
	}
	if (capture->direction == CAPTURE_IN)
		hear_multicast(capture->pcap, device);
	return 0;
}

int capture_open(const char *device, enum capture_direction direction, struct capture **out)
{
	_cleanup_(capture_freep) struct capture *capture = calloc(1, sizeof(*capture));
	char text[PCAP_ERRBUF_SIZE] = "";
	int r;

	if (!capture)
		return -ENOMEM;
	capture->direction = direction;
	capture->pcap = pcap_create(device, text);
	if (!capture->pcap) {
		log_warning("%s: cannot be watched: %s", device, text);
		return -EIO;
	}
	r = activate(capture, device);
	if (r < 0)
		return r;
	*out = capture;
	capture = NULL;
	return 0;
}

static void on_frame(unsigned char *userdata, const struct pcap_pkthdr *header, const unsigned char *bytes)
{
	const struct capture *capture = (const void *)userdata;

	capture->events.frame(capture->userdata, capture->direction, bytes, header->caplen);
}

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_, void *userdata)
{
	struct capture *capture = userdata;

	if (pcap_dispatch(capture->pcap, BATCH, on_frame, userdata) >= 0)
		return 0;
	capture->io = sd_event_source_disable_unref(capture->io);
	capture->events.failed(capture->userdata);
	return 0;
}

int capture_start(struct capture *capture, sd_event *event, const struct capture_events *events,
		  void *userdata)
{
	int fd = pcap_get_selectable_fd(capture->pcap), r;

	capture->events = *events;
	capture->userdata = userdata;
	if (fd < 0)
		return -EBADF;
	r = sd_event_add_io(event, &capture->io, fd, EPOLLIN, on_io, capture);
	return r < 0 ? r : sd_event_source_set_priority(capture->io, AFTER_ALL_ELSE);
}

struct capture *capture_free(struct capture *capture)
{
	if (!capture)
		return NULL;
	sd_event_source_disable_unref(capture->io);
	if (capture->pcap)
		pcap_close(capture->pcap);
	free(capture);
	return NULL;
}
