/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One netlink socket with large buffers (kernel-facts.md 13, 17), for rtnetlink and nfnetlink alike: a
 * request with its acknowledgement, a dump, and batches of many messages in one sendmsg(). The kernel answers
 * inside sendmsg(), so nothing here waits for long. Every message given to netlink_batch_send() or
 * netlink_request() counts as one operation that changes the kernel, NFNL_MSG_BATCH_BEGIN and _END excepted;
 * dumps and netlink_get() do not count. `text` (may be NULL) receives "strerror: extended ack" of the first
 * error, at most `size` bytes.
 */
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/cleanup.h"

struct netlink;
#define NETLINK_MESSAGE_MAX (80u * 1024) /* room behind netlink_batch_room(); attributes end at 64 KiB */

/* bus: NETLINK_ROUTE, NETLINK_NETFILTER; groups: a mask as in sockaddr_nl (an event socket), else 0. 0 or
 * -errno. */
int netlink_open(int bus, unsigned groups, struct netlink **out);
struct netlink *netlink_close(struct netlink *netlink);
DEFINE_CLEANUP(struct netlink *, netlink_close)
int netlink_fd(const struct netlink *netlink);
int netlink_membership(struct netlink *netlink, int group, bool join); /* of an event socket. 0 or -errno */
unsigned netlink_operations(const struct netlink *netlink);	       /* sent so far on this socket */

/* The callback sees each data message; it returns 0, or -errno which ends the matter and is returned. */
typedef int (*netlink_message_fn)(const struct nlmsghdr *message, void *data);

/* Sends one changing message with NLM_F_ACK. 0 or -errno. */
int netlink_request(struct netlink *netlink, struct nlmsghdr *message, char *text, size_t size);
/* NLM_F_REQUEST alone: the answer (e.g. RTM_GETLINK of one device) goes to the callback. */
int netlink_get(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data);
/* Adds NLM_F_DUMP. -EINTR: the kernel changed under the dump: start over with a clean slate. */
int netlink_dump(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data);
/* A dump in pieces, on a socket that does nothing else meanwhile: whoever gives up closes it. Begin; then, whenever the
 * socket is readable, one piece: 1 it was the last, 0 more will come (at once: reading one makes the kernel fill the
 * next), -EINTR as above. */
int netlink_dump_begin(struct netlink *netlink, struct nlmsghdr *message);
int netlink_dump_piece(struct netlink *netlink, netlink_message_fn seen, void *data);
/* Reads what waits on an event socket. -ENOBUFS: events were lost: dump and compare instead. */
int netlink_events(struct netlink *netlink, netlink_message_fn seen, void *data);

/* An attribute's value; what is too short, or does not end, is 0 or "": others may have made what the kernel tells of. */
static inline uint32_t netlink_number(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U32) < 0 ? 0 : mnl_attr_get_u32(attr);
}
static inline const char *netlink_text(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0 ? "" : mnl_attr_get_str(attr);
}

/* Many messages, one buffer. Zero-initialise. Build a message at netlink_batch_room() (NETLINK_MESSAGE_MAX
 * bytes; NULL: no memory), then netlink_batch_add(); the pointer dies with the next room. Sequence numbers
 * are set when sent. */
struct netlink_batch {
	char *bytes;
	size_t length, size;
	unsigned messages;
	unsigned failed; /* after an error: the index of the first message that failed */
};
void *netlink_batch_room(struct netlink_batch *batch);
void netlink_batch_add(struct netlink_batch *batch); /* the message at the room, by its nlmsg_len */
void netlink_batch_clear(struct netlink_batch *batch);
/* rtnetlink: every message stands for itself and all are tried; nfnetlink: between BATCH_BEGIN and _END all
 * or nothing. One sendmsg() for nfnetlink, chunks for rtnetlink. Acknowledgements are asked for only where
 * needed. 0 (also for an empty batch, which sends nothing) or -errno of the first error. */
int netlink_batch_send(struct netlink *netlink, struct netlink_batch *batch, char *text, size_t size);
/* From now on nothing is written: netlink_batch_send() and netlink_request() give each message to this one instead of the kernel, and
 * answer 0 (NULL: they write again). */
typedef void (*netlink_rehearse_fn)(const struct nlmsghdr *message, void *data);
void netlink_rehearse(struct netlink *netlink, netlink_rehearse_fn seen, void *data);
/* The number that the kernel knows this socket by: events that it caused carry it. 0: unknown. */
uint32_t netlink_port(const struct netlink *netlink);
/* From now on netlink_batch_send() gives what the kernel tells of a message with NLM_F_ECHO to this one (NULL: to none). */
void netlink_on_echo(struct netlink *netlink, netlink_message_fn seen, void *data);
