/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that talks to a netlink socket. libmnl gives messages and attributes; what it leaves to the
 * caller is here: buffers large enough for 10,000 classes, extended acknowledgements, batches whose errors
 * are told apart by sequence number. It knows no subsystem and must never decide what to do about an error.
 */
#include "netlink.h"
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#define RECEIVE_BUFFER (1024 * 1024)
#define SEND_BUFFER (64 * 1024 * 1024) /* a limit: an nft transaction is one message to the socket */
#define READ_SIZE (256 * 1024)	       /* kernels up to now fill at most 32 KiB a read */
#define CHUNK (128 * 1024)	       /* of an rtnetlink batch: its errors must fit the receive buffer */
#define ECHOES 128		       /* and so must its echoes */

struct netlink {
	int fd, bus;
	uint32_t sequence;
	unsigned operations;
	bool interrupted; /* the dump in pieces */
	netlink_message_fn echoed;
	void *echo_data;
	netlink_rehearse_fn rehearsed;
	void *rehearse_data;
	char buffer[READ_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static void set_buffer(int fd, int forced, int modest, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof(bytes)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, modest, &bytes, sizeof(bytes));
}

static int set_options(int fd)
{
	const struct timeval patience = {.tv_sec = 10};
	const int on = 1;

	set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_BUFFER);
	set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
		return -errno;
	return 0;
}

int netlink_open(int bus, unsigned groups, struct netlink **out)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	_cleanup_(netlink_closep) struct netlink *netlink = calloc(1, sizeof(*netlink));
	int r;

	if (!netlink)
		return -ENOMEM;
	netlink->bus = bus;
	netlink->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus);
	if (netlink->fd < 0)
		return -errno;
	r = set_options(netlink->fd);
	if (r < 0)
		return r;
	if (bind(netlink->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	*out = netlink;
	netlink = NULL;
	return 0;
}

struct netlink *netlink_close(struct netlink *netlink)
{
	if (netlink && netlink->fd >= 0)
		close(netlink->fd);
	free(netlink);
	return NULL;
}

int netlink_fd(const struct netlink *netlink)
{
	return netlink->fd;
}

int netlink_membership(struct netlink *netlink, int group, bool join)
{
	const int option = join ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;

	return setsockopt(netlink->fd, SOL_NETLINK, option, &group, sizeof(group)) < 0 ? -errno : 0;
}

unsigned netlink_operations(const struct netlink *netlink)
{
	return netlink->operations;
}

/* Bytes read, 0 where nothing waits (only with MSG_DONTWAIT), or -errno. Messages not from the kernel are
 * dropped. */
static ssize_t receive(struct netlink *netlink, int flags)
{
	for (;;) {
		struct sockaddr_nl from = {};
		struct iovec vector = {netlink->buffer, sizeof(netlink->buffer)};
		struct msghdr header = {
		    .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &vector, .msg_iovlen = 1};
		ssize_t n = recvmsg(netlink->fd, &header, flags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return flags & MSG_DONTWAIT ? 0 : -ETIMEDOUT;
		if (n < 0)
			return -errno;
		if (header.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		if (n > 0 && from.nl_pid == 0)
			return n;
	}
}

static ssize_t transmit(struct netlink *netlink, const void *bytes, size_t length)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t n;

	do
		n = sendto(netlink->fd, bytes, length, 0, (const struct sockaddr *)&kernel, sizeof(kernel));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* ---- errors ---- */

static const char *extended_ack(const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);
	size_t offset = sizeof(*error);
	const struct nlattr *attr;

	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(message->nlmsg_flags & NLM_F_CAPPED))
		offset += MNL_ALIGN(error->msg.nlmsg_len) - sizeof(error->msg);
	if (mnl_nlmsg_get_payload_len(message) <= offset)
		return NULL;
	mnl_attr_for_each(attr, message, offset) if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
						     mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) ==
							 0) return mnl_attr_get_str(attr);
	return NULL;
}

/* The error of an NLMSG_ERROR message, 0 for an acknowledgement. */
static int message_error(const struct nlmsghdr *message, char *text, size_t size)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);
	const char *more;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*error))
		return -EBADMSG;
	if (error->error == 0)
		return 0;
	more = extended_ack(message);
	if (text && size > 0)
		snprintf(text, size, "%s%s%s", strerror(-error->error), more ? ": " : "", more ? more : "");
	return error->error;
}

/* ---- one request ---- */

static int send_request(struct netlink *netlink, struct nlmsghdr *message, uint16_t flags)
{
	ssize_t n;

	message->nlmsg_flags |= NLM_F_REQUEST | flags;
	message->nlmsg_seq = ++netlink->sequence;
	n = transmit(netlink, message, message->nlmsg_len);
	return n < 0 ? (int)n : 0;
}

int netlink_request(struct netlink *netlink, struct nlmsghdr *message, char *text, size_t size)
{
	int r;

	if (netlink->rehearsed) {
		netlink->rehearsed(message, netlink->rehearse_data);
		return 0;
	}
	r = send_request(netlink, message, NLM_F_ACK);
	if (r < 0)
		return r;
	netlink->operations++;
	for (;;) {
		const struct nlmsghdr *answer = (const void *)netlink->buffer;
		ssize_t n = receive(netlink, 0);
		int left = (int)n;

		if (n < 0)
			return (int)n;
		for (; mnl_nlmsg_ok(answer, left); answer = mnl_nlmsg_next(answer, &left))
			if (answer->nlmsg_seq == netlink->sequence && answer->nlmsg_type == NLMSG_ERROR)
				return message_error(answer, text, size);
	}
}

/* One read's worth of an answer. 1: the answer is over, 0: more will come. */
static int deliver(const struct netlink *netlink, ssize_t n, bool many, bool *interrupted,
		   netlink_message_fn seen, void *data)
{
	const struct nlmsghdr *message = (const void *)netlink->buffer;
	int left = (int)n;

	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
		int r = 0;

		if (message->nlmsg_seq != netlink->sequence)
			continue;
		*interrupted = *interrupted || message->nlmsg_flags & NLM_F_DUMP_INTR;
		if (message->nlmsg_type == NLMSG_ERROR) {
			r = message_error(message, NULL, 0);
			return r < 0 ? r : 1;
		}
		if (message->nlmsg_type == NLMSG_DONE) {
			if (mnl_nlmsg_get_payload_len(message) >= sizeof(int))
				r = *(const int *)mnl_nlmsg_get_payload(message);
			return r < 0 ? r : 1;
		}
		if (message->nlmsg_type >= NLMSG_MIN_TYPE)
			r = seen(message, data);
		if (r < 0)
			return r;
		if (!many)
			return 1;
	}
	return 0;
}

static void drain(struct netlink *netlink)
{
	while (receive(netlink, MSG_DONTWAIT) > 0)
		;
}

static int collect(struct netlink *netlink, bool many, netlink_message_fn seen, void *data)
{
	bool interrupted = false;
	int r = 0;

	while (r == 0) {
		ssize_t n = receive(netlink, 0);

		r = n < 0 ? (int)n : deliver(netlink, n, many, &interrupted, seen, data);
	}
	if (r < 0)
		drain(netlink); /* a dump left half read would answer EBUSY to the next one */
	return r < 0 ? r : interrupted ? -EINTR : 0;
}

int netlink_get(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data)
{
	int r = send_request(netlink, message, 0);

	return r < 0 ? r : collect(netlink, false, seen, data);
}

int netlink_dump(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data)
{
	int r = send_request(netlink, message, NLM_F_DUMP);

	return r < 0 ? r : collect(netlink, true, seen, data);
}

int netlink_dump_begin(struct netlink *netlink, struct nlmsghdr *message)
{
	netlink->interrupted = false;
	return send_request(netlink, message, NLM_F_DUMP);
}

int netlink_dump_piece(struct netlink *netlink, netlink_message_fn seen, void *data)
{
	ssize_t n = receive(netlink, MSG_DONTWAIT);
	int r;

	if (n <= 0)
		return (int)n;
	r = deliver(netlink, n, true, &netlink->interrupted, seen, data);
	return r == 1 && netlink->interrupted ? -EINTR : r;
}

int netlink_events(struct netlink *netlink, netlink_message_fn seen, void *data)
{
	for (;;) {
		const struct nlmsghdr *message = (const void *)netlink->buffer;
		ssize_t n = receive(netlink, MSG_DONTWAIT);
		int left = (int)n, r;

		if (n <= 0)
			return (int)n;
		for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
			r = message->nlmsg_type >= NLMSG_MIN_TYPE ? seen(message, data) : 0;
			if (r < 0)
				return r;
		}
	}
}

/* ---- batches ---- */

static bool is_envelope(const struct netlink *netlink, const struct nlmsghdr *message)
{
	return netlink->bus == NETLINK_NETFILTER &&
	       (message->nlmsg_type == NFNL_MSG_BATCH_BEGIN || message->nlmsg_type == NFNL_MSG_BATCH_END);
}

/* Numbers the messages of one chunk and asks for an acknowledgement of the last; *next is where the following
 * starts. */
static unsigned number(struct netlink *netlink, struct netlink_batch *batch, size_t from, size_t *next)
{
	const size_t limit = netlink->bus == NETLINK_NETFILTER ? SIZE_MAX : CHUNK;
	struct nlmsghdr *last = NULL;
	unsigned changes = 0, echoes = 0;
	size_t at = from;

	while (at < batch->length && echoes < ECHOES && (at == from || at - from < limit)) {
		struct nlmsghdr *message = (void *)(batch->bytes + at);

		echoes += (message->nlmsg_flags & NLM_F_ECHO) != 0;
		message->nlmsg_seq = ++netlink->sequence;
		message->nlmsg_flags = (message->nlmsg_flags & ~NLM_F_ACK) | NLM_F_REQUEST;
		if (!is_envelope(netlink, message)) {
			last = message;
			changes++;
		}
		at += MNL_ALIGN(message->nlmsg_len);
	}
	if (last)
		last->nlmsg_flags |= NLM_F_ACK;
	*next = at;
	return changes;
}

struct verdict {
	uint32_t first; /* sequence number of the batch's first message */
	unsigned failed;
	unsigned answers;
	int error;
	char *text;
	size_t size;
};

static void judge(const struct nlmsghdr *message, struct verdict *verdict)
{
	int r;

	if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_seq - verdict->first > INT32_MAX)
		return;
	verdict->answers++;
	if (verdict->error < 0)
		return;
	r = message_error(message, verdict->text, verdict->size);
	if (r == 0)
		return;
	verdict->error = r;
	verdict->failed = message->nlmsg_seq - verdict->first;
}

void netlink_on_echo(struct netlink *netlink, netlink_message_fn seen, void *data)
{
	netlink->echoed = seen;
	netlink->echo_data = data;
}

/* The kernel has answered by the time sendmsg() returns: what is not there now will not come. */
static int read_verdict(struct netlink *netlink, struct verdict *verdict)
{
	ssize_t n;

	while ((n = receive(netlink, MSG_DONTWAIT)) > 0) {
		const struct nlmsghdr *message = (const void *)netlink->buffer;
		int left = (int)n;

		for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
			judge(message, verdict);
			if (message->nlmsg_type >= NLMSG_MIN_TYPE && netlink->echoed)
				(void)netlink->echoed(message, netlink->echo_data);
		}
	}
	return (int)n;
}

static int send_chunk(struct netlink *netlink, struct netlink_batch *batch, size_t *at,
		      struct verdict *verdict)
{
	size_t next;
	unsigned changes = number(netlink, batch, *at, &next);
	unsigned answered = verdict->answers;
	ssize_t n = transmit(netlink, batch->bytes + *at, next - *at);
	int r;

	if (n < 0)
		return (int)n;
	netlink->operations += changes;
	*at = next;
	r = read_verdict(netlink, verdict);
	if (r < 0)
		return r;
	return changes > 0 && verdict->answers == answered ? -EIO : 0;
}

void netlink_rehearse(struct netlink *netlink, netlink_rehearse_fn seen, void *data)
{
	netlink->rehearsed = seen;
	netlink->rehearse_data = data;
}

uint32_t netlink_port(const struct netlink *netlink)
{
	struct sockaddr_nl address = {};
	socklen_t length = sizeof(address);

	return getsockname(netlink->fd, (struct sockaddr *)&address, &length) < 0 ? 0 : address.nl_pid;
}

static int rehearse(const struct netlink *netlink, const struct netlink_batch *batch)
{
	for (size_t at = 0; at < batch->length;) {
		const struct nlmsghdr *message = (const void *)(batch->bytes + at);

		netlink->rehearsed(message, netlink->rehearse_data);
		at += MNL_ALIGN(message->nlmsg_len);
	}
	return 0;
}

int netlink_batch_send(struct netlink *netlink, struct netlink_batch *batch, char *text, size_t size)
{
	struct verdict verdict = {.first = netlink->sequence + 1, .text = text, .size = size};
	size_t at = 0;
	int r = 0;

	if (netlink->rehearsed)
		return rehearse(netlink, batch);
	while (at < batch->length && r == 0)
		r = send_chunk(netlink, batch, &at, &verdict);
	if (verdict.error < 0) {
		batch->failed = verdict.failed;
		return verdict.error;
	}
	if (r < 0 && text && size > 0)
		snprintf(text, size, "netlink: %s", strerror(-r));
	return r;
}
