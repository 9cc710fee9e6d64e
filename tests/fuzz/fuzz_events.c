/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what the kernel tells the shaper unasked: devices and addresses that come and go, queues and
 * tables that others have changed, switches. The first byte chooses the socket; then come messages, each
 * behind its length (2 bytes), a byte that chooses its type and one that says whether another process caused
 * it. Each lies in memory of exactly its size. Nothing outside of it is read, what is remembered of devices
 * stays whole, and what is said of others is so many lines and no more.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_events.c \
 *	shaper/devices.c shaper/flowtables.c shaper/foreign.c shaper/link.c shaper/netlink_batch.c \
 *	shaper/nft.c shaper/nft_*.c shaper/placement.c shaper/remains.c shaper/tc.c shaper/tc_*.c \
 *	shaper/words_*.c lib/addr.c lib/clock.c lib/plan.c lib/plan_codec.c lib/plan_diff.c \
 *	lib/units.c -lmnl -lnftnl -lsystemd -o fuzz_events
 *   ./fuzz_events -max_total_time=60 -max_len=4096 tests/fuzz/corpus/events
 *
 * The corpus is made by recorded.py, of a running gateway's events and of somebody's meddling with it.
 */
#include "../../shaper/drift.c"
#include "../../shaper/nft_private.h"
#include "strict.h"
#include <stdarg.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define NFT(type) (NFNL_SUBSYS_NFTABLES << 8 | (type))
#define HEAD_MIN 20u /* the kernel never leaves out the fixed part: tcmsg is the longest */

static const uint16_t types[] = {RTM_NEWLINK,
				 RTM_DELLINK,
				 RTM_NEWADDR,
				 RTM_DELADDR,
				 RTM_NEWQDISC,
				 RTM_DELQDISC,
				 RTM_NEWTCLASS,
				 RTM_DELTCLASS,
				 RTM_NEWTFILTER,
				 RTM_DELTFILTER,
				 RTM_NEWNETCONF,
				 NFT(NFT_MSG_NEWTABLE),
				 NFT(NFT_MSG_DELTABLE),
				 NFT(NFT_MSG_NEWCHAIN),
				 NFT(NFT_MSG_DELCHAIN),
				 NFT(NFT_MSG_NEWRULE),
				 NFT(NFT_MSG_DELRULE),
				 NFT(NFT_MSG_NEWSET),
				 NFT(NFT_MSG_DELSET),
				 NFT(NFT_MSG_NEWSETELEM),
				 NFT(NFT_MSG_DELSETELEM),
				 NFT(NFT_MSG_NEWGEN),
				 NFT(NFT_MSG_NEWFLOWTABLE),
				 NFT(NFT_MSG_DELFLOWTABLE)};

static const struct nlmsghdr *at_hand;

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* ---- in the place of shaper/netlink.c: a dump has what was told just now ---- */

int netlink_dump(struct netlink *netlink _unused_, struct nlmsghdr *message _unused_, netlink_message_fn seen,
		 void *data)
{
	return at_hand ? seen(at_hand, data) : 0;
}

int netlink_get(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data)
{
	return netlink_dump(netlink, message, seen, data);
}

int netlink_open(int bus _unused_, unsigned groups _unused_, struct netlink **out)
{
	*out = NULL;
	return 0;
}

struct netlink *netlink_close(struct netlink *netlink _unused_)
{
	return NULL;
}

int netlink_fd(const struct netlink *netlink _unused_)
{
	return -1;
}

int netlink_events(struct netlink *netlink _unused_, netlink_message_fn seen _unused_, void *data _unused_)
{
	return 0;
}

int netlink_request(struct netlink *netlink _unused_, struct nlmsghdr *message _unused_, char *text _unused_,
		    size_t size _unused_)
{
	return -EIO;
}

unsigned netlink_operations(const struct netlink *netlink _unused_)
{
	return 0;
}

uint32_t netlink_port(const struct netlink *netlink _unused_)
{
	return 1;
}

void netlink_rehearse(struct netlink *netlink _unused_, netlink_rehearse_fn seen _unused_,
		      void *data _unused_)
{
}

int netlink_membership(struct netlink *netlink _unused_, int group _unused_, bool join _unused_)
{
	return 0;
}

int netlink_batch_send(struct netlink *netlink _unused_, struct netlink_batch *batch _unused_,
		       char *text _unused_, size_t size _unused_)
{
	return -EIO;
}

/* ---- in the place of what knows the configuration, and of the switches ---- */

bool bounds_has_device(const struct bounds *bounds _unused_, const char *name)
{
	static const char *const ours[] = {"wan0", "lan0", "lan1", "zone0", "zone1", "probe0"};

	for (size_t i = 0; i < ELEMENTS(ours); i++)
		if (!strcmp(ours[i], name))
			return true;
	return false;
}

int sysctl_forwarding_words(const char *uplink _unused_, FILE *out)
{
	fputs("net.ipv4.ip_forward=1\n", out);
	return 0;
}

static void on_alarm(void *data _unused_, const char *text)
{
	check(strlen(text) < sizeof(((struct drift *)0)->alarm));
}

/* What would be logged goes nowhere. */
void log_line(int priority _unused_, const char *format, ...)
{
	char line[4096];
	va_list arguments;

	va_start(arguments, format);
	check(vsnprintf(line, sizeof(line), format, arguments) >= 0);
	va_end(arguments);
}

/* ---- events ---- */

static void one(struct drift *drift, uint16_t type, bool foreign, const uint8_t *body, size_t length)
{
	const size_t head = type >> 8 ? sizeof(struct nfgenmsg) : HEAD_MIN;
	const size_t size = MNL_ALIGN(MNL_NLMSG_HDRLEN + MAX(length, head));
	struct nlmsghdr *message = calloc(1, size);

	if (!message)
		return;
	message->nlmsg_len = (uint32_t)size;
	message->nlmsg_type = type;
	message->nlmsg_pid = foreign ? 7 : 0;
	memcpy(mnl_nlmsg_get_payload(message), body, length);
	at_hand = message;
	check((type >> 8 ? see_tables : see_route)(message, drift) == 0);
	at_hand = NULL;
	free(message);
}

static void check_drift(const struct drift *drift)
{
	for (size_t i = 0; i < drift->devices.n; i++)
		check(name_is_ours(drift, drift->devices.rows[i].name));
	for (size_t i = 0; i < drift->foreign.n; i++)
		check(drift->foreign.lines[i][0] && !strchr(drift->foreign.lines[i], '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static int bases[] = {2, 3};
	_cleanup_(remains_freep) struct remains *remains = NULL;
	struct nft nft = {0};
	struct kernel kernel = {.nft = &nft,
				.uplink = "lo", /* its index is known everywhere */
				.remembered = true,
				.placement = {.device = "lo", .bases = bases, .n_bases = ELEMENTS(bases)}};
	struct drift drift = {.kernel = &kernel, .events = {.alarm = on_alarm}, .waiting = true};
	const uint8_t *end = bytes + length;
	bool tables;

	if (length == 0 || remains_new(&remains) < 0)
		return 0;
	kernel.remains = remains;
	for (tables = *bytes++ & 1; end - bytes > 4;) {
		const size_t size = MIN((size_t)(bytes[0] | bytes[1] << 8), (size_t)(end - bytes) - 4);
		const uint16_t type = types[bytes[2] % ELEMENTS(types)];

		if (!(type >> 8) == !tables)
			one(&drift, type, bytes[3] & 1, bytes + 4, size);
		bytes += 4 + size;
	}
	check_drift(&drift);
	foreign_say(&drift.foreign);
	foreign_clear(&drift.foreign);
	devices_clear(&drift.devices);
	return 0;
}
