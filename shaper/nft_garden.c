// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses of the garden: elements of two sets that live as long as the DNS answers that named them, and
 * then go by themselves. They are no rows of a plan: a plan neither brings nor removes them, and whoever
 * looks for drift does not miss them. It must never let one zone's names fill the kernel's memory.
 */
#include "nft_private.h"
#include <errno.h>
#include <string.h>

#define TRIES 5

struct tally {
	const char *device;
	unsigned n;
};

static int count_one(const struct element *element, void *data)
{
	struct tally *tally = data;

	tally->n += strncmp((const char *)element->key, tally->device, IFNAMSIZ) == 0;
	return 0;
}

/* Both families together. */
static int count_garden(struct nft *nft, const char *device, unsigned *n)
{
	struct tally tally = {.device = device};
	int r = elements_dump(nft, SET_GARDEN4, "", count_one, &tally);

	if (r == 0)
		r = elements_dump(nft, SET_GARDEN6, "", count_one, &tally);
	*n = tally.n;
	return r == -EINTR ? -EAGAIN : r;
}

/* Looks only where there will be one more: a name that is asked again costs no walk through the set. */
static int make_room(struct nft *nft, const char *device, enum set_id id, const struct element *element)
{
	struct element there = *element;
	unsigned n;
	int r = element_get(nft, id, "", &there);

	if (r <= 0)
		return r;
	r = count_garden(nft, device, &n);
	if (r < 0)
		return r;
	return n < NFT_GARDEN_MAX ? 0 : -ENOSPC;
}

/* An element that is there keeps its old end on some kernels (kernel-facts.md 20), and one that has just
 * expired cannot be deleted: so it is added, deleted and added. */
static int replace(struct nft *nft, enum set_id id, const struct element *element, unsigned *operations)
{
	_cleanup_(transaction_clear) struct transaction transaction = {};

	transaction_begin(&transaction);
	put_element(&transaction, NFT_MSG_NEWSETELEM, NLM_F_CREATE, id, "", element);
	put_element(&transaction, NFT_MSG_DELSETELEM, 0, id, "", element);
	put_element(&transaction, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, id, "", element);
	return transaction_commit(&transaction, nft, operations, NULL, 0);
}

int nft_garden_add(struct nft *nft, const char *device, const struct addr *address, uint32_t lifetime_seconds,
		   unsigned *operations)
{
	const enum set_id id = address->family == AF_INET ? SET_GARDEN4 : SET_GARDEN6;
	struct element element = {.timeout_msec = (uint64_t)lifetime_seconds * 1000};
	int r;

	element_device(&element, device);
	element_address(&element, address);
	r = make_room(nft, device, id, &element);
	for (unsigned tries = 0; tries < TRIES && (r == 0 || r == -EEXIST || r == -EAGAIN); tries++) {
		r = replace(nft, id, &element, operations);
		if (r != -EEXIST && r != -EAGAIN)
			return r;
	}
	return r;
}
