/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * An address in a column: its 4 or 16 octets.
 */
#include <sys/socket.h>
#include "store.h"

static inline size_t address_length(const struct addr *address)
{
	return address->family == AF_INET ? 4 : address->family == AF_INET6 ? 16 : 0;
}
#define ADDRESS(address) BLOB((address)->octets, address_length(address))

static inline void address_read(sqlite3_stmt *row, int column, struct addr *out)
{
	*out = (struct addr){0};
	if (store_blob(row, column, out->octets, 4))
		out->family = AF_INET;
	else if (store_blob(row, column, out->octets, 16))
		out->family = AF_INET6;
}
