/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The packet path: what tables `inet gerbang` and `netdev gerbang` hold. It decides nothing: the plan says
 * which devices, prefixes, gates and sessions there are; this module says in which chains, sets and maps they
 * lie, reads them back into the same rows, and writes differences in one transaction. It never touches
 * another table.
 *
 * All functions return 0 or -errno; an out-parameter is written on success alone. Not thread-safe.
 */
#include <stddef.h>
#include <stdint.h>
#include "../lib/cleanup.h"
#include "../lib/plan.h"
#include "netlink.h"

#define NFT_TABLE "gerbang"

struct nft;
int nft_open(struct nft **out);
struct nft *nft_close(struct nft *nft);
DEFINE_CLEANUP(struct nft *, nft_close)

/* Fills want->chains from want's other rows: digests of the rules that nft_apply() would write. Sort
 * afterwards. */
int nft_expect(struct nft *nft, struct plan *want);

/* Appends to `have` what the kernel holds of ours: devices, prefixes, gates, sessions and chains. Sort
 * afterwards. Where there is no table of ours: 0 and nothing appended. A session whose three elements
 * disagree has minor 0. A table that is not as this version lays it out shows as chain `forward` with digest
 * 0: nft_apply() builds it anew. */
int nft_read(struct nft *nft, struct plan *have);

/* Makes `have` into `want` (both sorted, want with nft_expect()'s chains; changes: plan_diff() of the two) in
 * one transaction: all of it or nothing. Where nothing of these kinds differs it sends nothing. Netlink
 * messages that change something are added to *operations. On error `text` names what the kernel refused. A
 * device of role zone must exist. */
int nft_apply(struct nft *nft, const struct plan *have, const struct plan *want,
	      const struct plan_changes *changes, unsigned *operations, char *text, size_t size);

/* One guest, one transaction; the cost does not depend on how many there are. Adding replaces what the kernel
 * has of the same device and MAC. -ENOENT: no such zone device in the kernel; -ETIME: its end has passed,
 * nothing is left of it. Removing needs device and MAC alone; removing nothing is 0. */
int nft_session_add(struct nft *nft, const struct plan_session *session, unsigned *operations);
int nft_session_remove(struct nft *nft, const struct plan_session *session, unsigned *operations);

/* An address that guests who are not in may reach from this zone device, for so long from now. -ENOENT: no
 * table; -ENOSPC: the zone has NFT_GARDEN_MAX others. */
#define NFT_GARDEN_MAX 1024
int nft_garden_add(struct nft *nft, const char *device, const struct addr *address, uint32_t lifetime_seconds,
		   unsigned *operations);

/* What the uplink brought to the gateway itself, in bytes as nftables counts them (IP length). -ENOENT: no
 * table. */
int nft_own_down(struct nft *nft, uint64_t *bytes, uint64_t *packets);

/* From now on nft_apply() and nft_flush() write nothing (netlink_rehearse()). */
void nft_rehearse(struct nft *nft, netlink_rehearse_fn seen, void *data);
/* The numbers that events of our own writing carry. */
uint32_t nft_port(const struct nft *nft);

/* Deletes our two tables. */
int nft_flush(struct nft *nft, unsigned *operations);

/* Tries what the packet path needs in a table that exists only within its transaction. 0, or -EOPNOTSUPP with
 * the name of the first kernel feature that is lacking in `missing`; other errors (e.g. -EPERM) as they are.
 */
int nft_probe(char *missing, size_t size);
