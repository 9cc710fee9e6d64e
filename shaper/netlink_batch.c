/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buffer that many messages are built in, one behind the other. It knows neither a socket nor what a message means; room that is given
 * out is zero, so that no padding carries what was there before.
 */
#include "netlink.h"
#include <string.h>

void *netlink_batch_room(struct netlink_batch *batch)
{
	if (batch->size - batch->length < NETLINK_MESSAGE_MAX) {
		size_t size = MAX(batch->size * 2, batch->length + 2 * NETLINK_MESSAGE_MAX);
		char *bytes = realloc(batch->bytes, size);

		if (!bytes)
			return NULL;
		memset(bytes + batch->size, 0,
		       size - batch->size); /* libmnl 1.0.4 leaves its padding as it finds it */
		batch->bytes = bytes;
		batch->size = size;
	}
	return batch->bytes + batch->length;
}

void netlink_batch_add(struct netlink_batch *batch)
{
	const struct nlmsghdr *message = (const void *)(batch->bytes + batch->length);

	batch->length += MNL_ALIGN(message->nlmsg_len);
	batch->messages++;
}

void netlink_batch_clear(struct netlink_batch *batch)
{
	free(batch->bytes);
	*batch = (struct netlink_batch){};
}
