/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the portal knows an address, a session is a MAC. The kernel answers such a question within the call,
 * so this waits for nothing; it must never change the table.
 */
#include "neighbour.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"

#define REPLY_BYTES 65536
#define VALID_STATES (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

struct neighbour {
	struct mnl_socket *socket;
	uint32_t sequence;
	uint8_t reply[REPLY_BYTES];
};

struct entry {
	unsigned ifindex;
	struct addr address;
	struct mac mac;
	bool valid;		  /* the kernel would send to it */
	uint32_t confirmed_ticks; /* ago */
};

int neighbour_new(struct neighbour **out)
{
	struct neighbour *neighbour = calloc(1, sizeof(*neighbour));
	const struct timeval patience = {.tv_sec = 1};
	int strict = 1, r;

	if (!neighbour)
		return -ENOMEM;
	neighbour->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!neighbour->socket || mnl_socket_bind(neighbour->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		r = -errno;
		neighbour_free(neighbour);
		return r;
	}
	mnl_socket_setsockopt(neighbour->socket, NETLINK_GET_STRICT_CHK, &strict, sizeof(strict));
	setsockopt(mnl_socket_get_fd(neighbour->socket), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	*out = neighbour;
	return 0;
}

unsigned neighbour_device(const struct neighbour *neighbour, const char *device)
{
	struct ifreq request = {0};

	memcpy(request.ifr_name, device, strnlen(device, sizeof(request.ifr_name) - 1));
	if (ioctl(mnl_socket_get_fd(neighbour->socket), SIOCGIFINDEX, &request) < 0)
		return 0;
	return (unsigned)request.ifr_ifindex;
}

struct neighbour *neighbour_free(struct neighbour *neighbour)
{
	if (!neighbour)
		return NULL;
	if (neighbour->socket)
		mnl_socket_close(neighbour->socket);
	free(neighbour);
	return NULL;
}

/* ---- one entry ---- */

static int parse_attribute(const struct nlattr *attribute, void *data)
{
	struct entry *entry = data;
	const void *payload = mnl_attr_get_payload(attribute);
	uint16_t length = mnl_attr_get_payload_len(attribute);

	switch (mnl_attr_get_type(attribute)) {
	case NDA_DST:
		if (length == addr_bits(&entry->address) / 8)
			memcpy(entry->address.octets, payload, length);
		break;
	case NDA_LLADDR:
		if (length == sizeof(entry->mac))
			memcpy(entry->mac.octets, payload, length);
		break;
	case NDA_CACHEINFO:
		if (length >= sizeof(struct nda_cacheinfo))
			entry->confirmed_ticks = ((const struct nda_cacheinfo *)payload)->ndm_confirmed;
		break;
	}
	return MNL_CB_OK;
}

static int parse_entry(const struct nlmsghdr *message, struct entry *out)
{
	const struct ndmsg *neighbour = mnl_nlmsg_get_payload(message);
	struct entry entry = {0};

	if (message->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(message) < sizeof(*neighbour) ||
	    (neighbour->ndm_family != AF_INET && neighbour->ndm_family != AF_INET6))
		return -EBADMSG;
	entry.ifindex = (unsigned)neighbour->ndm_ifindex;
	entry.address.family = neighbour->ndm_family;
	mnl_attr_parse(message, sizeof(*neighbour), parse_attribute, &entry);
	entry.valid = (neighbour->ndm_state & VALID_STATES) && mac_is_unicast(&entry.mac);
	*out = entry;
	return 0;
}

/* ---- asking ---- */

static struct nlmsghdr *request(struct neighbour *neighbour, void *buffer, uint8_t family, uint16_t flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ndmsg *header;

	message->nlmsg_type = RTM_GETNEIGH;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = ++neighbour->sequence;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ndm_family = family;
	return message;
}

/* Sends, and runs `callback` over the answer. 0 or -errno; the kernel's own error among them. */
static int transact(struct neighbour *neighbour, const struct nlmsghdr *message, mnl_cb_t callback,
		    void *data)
{
	unsigned port = mnl_socket_get_portid(neighbour->socket);
	bool dump = message->nlmsg_flags & NLM_F_DUMP;
	ssize_t n;
	int r;

	if (mnl_socket_sendto(neighbour->socket, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(neighbour->socket, neighbour->reply, sizeof(neighbour->reply));
		if (n < 0)
			return -errno;
		r = mnl_cb_run(neighbour->reply, (size_t)n, neighbour->sequence, port, callback, data);
		if (r < 0 && (errno == ESRCH || errno == EPROTO)) { /* what is left of an earlier question */
			r = MNL_CB_OK;
			continue;
		}
	} while (r > MNL_CB_STOP && dump);
	return r < 0 ? -errno : 0;
}

static int on_entry(const struct nlmsghdr *message, void *data)
{
	parse_entry(message, data);
	return MNL_CB_OK;
}

int neighbour_mac(struct neighbour *neighbour, unsigned ifindex, const struct addr *address, struct mac *out)
{
	uint8_t buffer[256] = {0};
	struct entry entry = {0};
	struct nlmsghdr *message;
	int r;

	message = request(neighbour, buffer, address->family, 0);
	((struct ndmsg *)mnl_nlmsg_get_payload(message))->ndm_ifindex = (int)ifindex;
	mnl_attr_put(message, NDA_DST, addr_bits(address) / 8, address->octets);
	r = transact(neighbour, message, on_entry, &entry);
	if (r < 0)
		return r;
	if (!entry.valid || entry.ifindex != ifindex || !addr_equal(&entry.address, address))
		return -ENOENT;
	*out = entry.mac;
	return 0;
}

struct search {
	unsigned ifindex;
	const struct mac *mac;
	const struct prefix *network;
	struct entry best;
};

static int on_candidate(const struct nlmsghdr *message, void *data)
{
	struct search *search = data;
	struct entry entry;

	if (parse_entry(message, &entry) < 0 || !entry.valid || entry.ifindex != search->ifindex ||
	    memcmp(&entry.mac, search->mac, sizeof(entry.mac)) ||
	    !prefix_contains(search->network, &entry.address))
		return MNL_CB_OK;
	if (!search->best.valid || entry.confirmed_ticks < search->best.confirmed_ticks)
		search->best = entry;
	return MNL_CB_OK;
}

int neighbour_address4(struct neighbour *neighbour, unsigned ifindex, const struct mac *mac,
		       const struct prefix *network, struct addr *out)
{
	struct search search = {.ifindex = ifindex, .mac = mac, .network = network};
	uint8_t buffer[256] = {0};
	struct nlmsghdr *message;
	int r;

	message = request(neighbour, buffer, AF_INET, NLM_F_DUMP);
	mnl_attr_put_u32(message, NDA_IFINDEX, ifindex);
	r = transact(neighbour, message, on_candidate, &search);
	if (r < 0)
		return r;
	if (!search.best.valid)
		return -ENOENT;
	*out = search.best.address;
	return 0;
}

/* ---- all of them ---- */

struct rows {
	struct neighbour_row *rows;
	size_t n, room;
};

static int on_row(const struct nlmsghdr *message, void *data)
{
	struct rows *rows = data;
	struct neighbour_row *more;
	struct entry entry;

	if (parse_entry(message, &entry) < 0 || !entry.valid || addr_is_link_local(&entry.address))
		return MNL_CB_OK;
	if (rows->n == rows->room) {
		more = reallocarray(rows->rows, rows->room * 2 + 64, sizeof(*more));
		if (!more) {
			errno = ENOMEM;
			return MNL_CB_ERROR;
		}
		rows->rows = more;
		rows->room = rows->room * 2 + 64;
	}
	rows->rows[rows->n++] = (struct neighbour_row){entry.ifindex, entry.mac, entry.address};
	return MNL_CB_OK;
}

static int compare_rows(const void *one, const void *other)
{
	const struct neighbour_row *a = one, *b = other;
	int r;

	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	r = memcmp(&a->mac, &b->mac, sizeof(a->mac));
	return r ? r : memcmp(&a->address, &b->address, sizeof(a->address));
}

ssize_t neighbour_all(struct neighbour *neighbour, struct neighbour_row **out)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	struct rows rows = {0};
	uint8_t buffer[256];
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(families) && r >= 0; i++) {
		memset(buffer, 0, sizeof(buffer));
		r = transact(neighbour, request(neighbour, buffer, families[i], NLM_F_DUMP), on_row, &rows);
	}
	if (r < 0) {
		free(rows.rows);
		return r;
	}
	if (rows.n)
		qsort(rows.rows, rows.n, sizeof(*rows.rows), compare_rows);
	*out = rows.rows;
	return (ssize_t)rows.n;
}
