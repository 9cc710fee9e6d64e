/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the kernel chooses, this program is told. The filter is the kernel's own (a hash and chance are beyond
 * pcap's language), set on pcap's socket; a capture at rest listens to a protocol that nobody speaks, so that
 * the kernel does not even hand it packets to be judged.
 */
#include "sample.h"
#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "segment.h"

#define BUFFER_BYTES (1 << 20)
#define HEAP_MSEC 100
#define BATCH 256 /* packets a turn */
#define BATCHES_DRAINED 64
#define AFTER_ALL_ELSE 100
#define PROTOCOL_NOBODY 0x88b5 /* IEEE: local experiments */

struct sample {
	pcap_t *pcap;
	sd_event_source *io;
	bool awake;
	struct sample_events events;
	void *userdata;
};

DEFINE_CLEANUP(struct sample *, sample_free)

static int set_up(pcap_t *pcap, bool prompt)
{
	int r = pcap_set_snaplen(pcap, SLL2_HDR_LEN + (int)SEGMENT_MAX);

	if (r == 0)
		r = pcap_set_timeout(pcap, HEAP_MSEC);
	if (r == 0)
		r = pcap_set_immediate_mode(pcap, prompt);
	if (r == 0)
		r = pcap_set_buffer_size(pcap, BUFFER_BYTES);
	if (r == 0)
		r = pcap_activate(pcap);
	return r < 0 ? r : pcap_set_datalink(pcap, DLT_LINUX_SLL2);
}

static int attach(struct sample *sample, const struct filter *filter)
{
	const struct sock_fprog program = {.len = filter->length,
					   .filter = (struct sock_filter *)filter->code};

	return setsockopt(pcap_fileno(sample->pcap), SOL_SOCKET, SO_ATTACH_FILTER, &program,
			  sizeof(program)) < 0
		   ? -errno
		   : 0;
}

static int listen_to(struct sample *sample, uint16_t protocol)
{
	const struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol)};

	return bind(pcap_fileno(sample->pcap), (const void *)&all, sizeof(all)) < 0 ? -errno : 0;
}

static void ignore(unsigned char *userdata _unused_, const struct pcap_pkthdr *header _unused_,
		   const unsigned char *bytes _unused_)
{
}

int sample_rest(struct sample *sample)
{
	struct filter nothing;
	int r;

	filter_nothing(&nothing);
	r = attach(sample, &nothing);
	sample->awake = false;
	return r < 0 ? r : listen_to(sample, PROTOCOL_NOBODY);
}

int sample_filter(struct sample *sample, const struct filter *filter)
{
	int r = attach(sample, filter);

	if (r >= 0 && !sample->awake)
		r = listen_to(sample, ETH_P_ALL);
	sample->awake = r >= 0;
	return r;
}

int sample_open(bool prompt, struct sample **out)
{
	_cleanup_(sample_freep) struct sample *sample = calloc(1, sizeof(*sample));
	char text[PCAP_ERRBUF_SIZE] = "";
	int r;

	if (!sample)
		return -ENOMEM;
	sample->pcap = pcap_create("any", text);
	if (!sample->pcap)
		return -EIO;
	r = set_up(sample->pcap, prompt);
	if (r < 0) {
		log_warning("packets that pass cannot be sampled: %s %s", pcap_statustostr(r),
			    pcap_geterr(sample->pcap));
		return r == PCAP_ERROR_PERM_DENIED ? -EPERM : -EIO;
	}
	if (pcap_setnonblock(sample->pcap, 1, text) < 0)
		return -EIO;
	r = sample_rest(sample);
	if (r < 0)
		return r;
	/* What came before the filter was there. */
	for (int i = 0; i < BATCHES_DRAINED && pcap_dispatch(sample->pcap, BATCH, ignore, NULL) > 0; i++)
		;
	*out = sample;
	sample = NULL;
	return 0;
}

static void on_packet(unsigned char *userdata, const struct pcap_pkthdr *header, const unsigned char *bytes)
{
	struct sample *sample = (void *)userdata;
	struct sll2_header head;
	struct sample_packet packet;

	if (header->caplen < sizeof(head) || header->len < sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	packet = (struct sample_packet){.ifindex = ntohl(head.sll2_if_index),
					.leaves = head.sll2_pkttype == LINUX_SLL_OUTGOING,
					.bytes = bytes + sizeof(head),
					.length = header->caplen - sizeof(head),
					.whole = header->len - (uint32_t)sizeof(head),
					.wall_usec = header->ts.tv_sec * USEC_PER_SEC + header->ts.tv_usec};
	sample->events.packet(sample->userdata, &packet);
}

static int read_batch(struct sample *sample)
{
	const int n = pcap_dispatch(sample->pcap, BATCH, on_packet, (void *)sample);

	if (n >= 0)
		return n;
	sample->io = sd_event_source_disable_unref(sample->io);
	sample->events.failed(sample->userdata, pcap_geterr(sample->pcap));
	return n;
}

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_, void *userdata)
{
	struct sample *sample = userdata;

	if (sample->events.turn)
		sample->events.turn(sample->userdata);
	(void)read_batch(sample);
	return 0;
}

void sample_drain(struct sample *sample)
{
	for (int i = 0; i < BATCHES_DRAINED && read_batch(sample) > 0; i++)
		;
}

int sample_start(struct sample *sample, sd_event *event, const struct sample_events *events, void *userdata)
{
	int fd = pcap_get_selectable_fd(sample->pcap), r;

	sample->events = *events;
	sample->userdata = userdata;
	if (fd < 0)
		return -EBADF;
	r = sd_event_add_io(event, &sample->io, fd, EPOLLIN, on_io, sample);
	return r < 0 ? r : sd_event_source_set_priority(sample->io, AFTER_ALL_ELSE);
}

void sample_counts(const struct sample *sample, uint64_t *chosen, uint64_t *lost)
{
	struct pcap_stat counts = {0};

	(void)pcap_stats(sample->pcap, &counts);
	*chosen = counts.ps_recv;
	*lost = counts.ps_drop;
}

struct sample *sample_free(struct sample *sample)
{
	if (!sample)
		return NULL;
	sd_event_source_disable_unref(sample->io);
	if (sample->pcap)
		pcap_close(sample->pcap);
	free(sample);
	return NULL;
}
