// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a difference of plans to one nftables transaction. Changed chains are filled anew, changed rows are
 * deleted and added (kernel-facts.md 20), everything else stays as it is: counters, sessions, connections.
 * Where our table is not in this version's form it is deleted and built from the whole plan, in one
 * transaction too.
 */
#include "nft_private.h"
#include "../lib/clock.h"
#include <errno.h>
#include <string.h>

struct work {
	struct nft *nft;
	const struct plan *have, *want;
	const struct plan_changes *changes;
	struct layout layout;
	struct transaction *transaction;
	int64_t mono_usec;
};

/* ---- rows ---- */

static void put_row(struct work *work, size_t member, const struct plan *plan, uint32_t i, uint16_t type)
{
	struct element element = {};
	const char *device;
	const void *row = member_row(plan, members[member].kind, i, &device);

	if (members[member].element(row, members[member].id, work->mono_usec, &element))
		put_element(work->transaction, type,
			    type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE | NLM_F_EXCL : 0, members[member].id,
			    device, &element);
}

static void put_members(struct work *work, size_t member)
{
	const struct plan_change *end = work->changes->rows + work->changes->n;

	for (const struct plan_change *c = work->changes->rows; c < end; c++)
		if (c->kind == members[member].kind && c->op != PLAN_ADD && !members[member].expires)
			put_row(work, member, work->have, c->have, NFT_MSG_DELSETELEM);
	for (const struct plan_change *c = work->changes->rows; c < end; c++)
		if (c->kind == members[member].kind && c->op != PLAN_REMOVE)
			put_row(work, member, work->want, c->want, NFT_MSG_NEWSETELEM);
}

/* ---- rows that the kernel lets expire: gone already, perhaps ---- */

static void put_gates_delete(struct work *work)
{
	static const uint16_t types[] = {NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM};

	for (size_t t = 0; t < ELEMENTS(types); t++) {
		for (size_t i = 0; i < work->changes->n; i++) {
			const struct plan_change *change = &work->changes->rows[i];
			struct element element = {};

			if (change->kind != PLAN_GATES || change->op == PLAN_ADD)
				continue;
			element_device(&element, work->have->gates[change->have].device);
			put_element(work->transaction, types[t],
				    types[t] == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0, SET_OPEN_ZONES, "",
				    &element);
		}
	}
}

static int compare_session(const void *key, const void *row)
{
	const struct guest *guest = key;
	const struct plan_session *const *session = row;
	int r = strncmp(guest->device, (*session)->device, sizeof(guest->device));

	return r ? r : memcmp(&guest->mac, &(*session)->mac, sizeof(guest->mac));
}

struct leaving {
	const struct plan_session **rows; /* in the plan's order */
	size_t n;
};

static bool is_leaving(const struct guest *guest, void *data)
{
	const struct leaving *leaving = data;

	return bsearch(guest, leaving->rows, leaving->n, sizeof(*leaving->rows), compare_session) != NULL;
}

/* The elements that the kernel really has of changed sessions, whatever became of them. */
static int put_sessions_delete(struct work *work)
{
	_cleanup_(freep) const struct plan_session **rows = calloc(work->changes->n + 1, sizeof(*rows));
	_cleanup_(guests_clear) struct guests guests = {};
	struct leaving leaving = {rows, 0};
	int r;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < work->changes->n; i++)
		if (work->changes->rows[i].kind == PLAN_SESSIONS && work->changes->rows[i].op != PLAN_ADD)
			rows[leaving.n++] = &work->have->sessions[work->changes->rows[i].have];
	if (leaving.n == 0)
		return 0;
	r = guests_dump(work->nft, &work->layout, is_leaving, &leaving, &guests);
	if (r == 0)
		put_guests_delete(work->transaction, &guests);
	return r;
}

/* ---- elements that follow from the plan ---- */

struct derive {
	struct transaction *transaction;
	enum set_id id;
};

static int put_derived_element(const struct element *element, void *data)
{
	const struct derive *derive = data;

	put_element(derive->transaction, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, derive->id, "",
		    element);
	return 0;
}

static int put_derived(struct work *work, const char *chain)
{
	int r = 0;

	for (unsigned id = 0; id < SETS && r == 0; id++) {
		struct derive derive = {work->transaction, id};

		if (!derived_chain(id) || strcmp(derived_chain(id), chain) != 0)
			continue;
		if (layout_set(&work->layout, id, ""))
			put_set_flush(work->transaction, id);
		r = derived_each(work->want, id, put_derived_element, &derive);
	}
	return r;
}

/* ---- chains ---- */

static const struct plan_change *change_of(const struct work *work, const struct chain *chain)
{
	for (size_t i = 0; i < work->changes->n; i++) {
		const struct plan_change *change = &work->changes->rows[i];
		const struct plan_chain *row;

		if (change->kind != PLAN_CHAINS || change->op == PLAN_REMOVE)
			continue;
		row = &work->want->chains[change->want];
		if (row->family == chain->family && strcmp(row->name, chain->name) == 0)
			return change;
	}
	return NULL;
}

static void put_chain_flush(struct work *work, uint8_t family, const char *name)
{
	struct nlmsghdr *message = transaction_message(work->transaction, NFT_MSG_DELRULE, family, 0);

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_RULE_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, name);
	transaction_add(work->transaction);
}

static void put_chain_delete(struct work *work, uint8_t family, const char *name)
{
	struct nlmsghdr *message = transaction_message(work->transaction, NFT_MSG_DELCHAIN, family, 0);

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, name);
	transaction_add(work->transaction);
}

/* All chains are emptied before any is filled: then none refers to another. */
static int empty_chain(const struct chain *chain, void *data)
{
	struct work *work = data;
	const struct layout_chain *there = layout_chain(&work->layout, chain->family, chain->name);

	if (there && change_of(work, chain))
		put_chain_flush(work, chain->family, chain->name);
	return 0;
}

static int make_chain(const struct chain *chain, void *data)
{
	struct work *work = data;
	const struct layout_chain *there = layout_chain(&work->layout, chain->family, chain->name);
	const uint64_t hook =
	    digest_hook(chain->type, chain->hook, chain->priority, NF_ACCEPT, chain->device);

	if (!change_of(work, chain))
		return 0;
	if (there && there->hook == hook)
		return 0;
	if (there)
		put_chain_delete(work, chain->family, chain->name);
	put_chain(work->transaction, NFT_TABLE, chain);
	return 0;
}

static int fill_chain(const struct chain *chain, void *data)
{
	struct work *work = data;
	int r;

	if (!change_of(work, chain))
		return 0;
	r = chain_rules(chain, work->want, put_rule, work->transaction);
	return r == 0 && chain->family == NFPROTO_INET ? put_derived(work, chain->name) : r;
}

/* first: rules; then, when nothing refers to them any more, the chains themselves. */
static void put_removed_chains(struct work *work,
			       void (*put)(struct work *, uint8_t family, const char *name))
{
	for (size_t i = 0; i < work->changes->n; i++) {
		const struct plan_change *change = &work->changes->rows[i];
		const struct plan_chain *row;

		if (change->kind != PLAN_CHAINS || change->op != PLAN_REMOVE)
			continue;
		row = &work->have->chains[change->have];
		/* A netdev chain goes with its device. */
		if (layout_chain(&work->layout, row->family, row->name))
			put(work, row->family, row->name);
	}
}

/* ---- tables and sets ---- */

static void make_sets(struct work *work)
{
	for (unsigned id = 0; id < SET_DOWN; id++)
		if (!layout_set(&work->layout, id, ""))
			put_set(work->transaction, NFT_TABLE, id, "");
	for (size_t i = 0; i < work->want->n_devices; i++) {
		const struct plan_device *device = &work->want->devices[i];

		if (device->role == PLAN_ZONE && !layout_set(&work->layout, SET_DOWN, device->name))
			put_set(work->transaction, NFT_TABLE, SET_DOWN, device->name);
	}
}

static void delete_stale_sets(struct work *work)
{
	for (size_t i = 0; i < work->layout.n_sets; i++) {
		const struct layout_set *set = &work->layout.sets[i];
		const struct plan_device *device = plan_find_device(work->want, set->device);

		if (set->id == SET_DOWN && (!device || device->role != PLAN_ZONE))
			put_set_delete(work->transaction, SET_DOWN, set->device);
	}
}

static void make_tables(struct work *work)
{
	if (!work->layout.inet)
		put_table(work->transaction, NFT_MSG_NEWTABLE, NFPROTO_INET, NFT_TABLE);
	if (!work->layout.netdev)
		put_table(work->transaction, NFT_MSG_NEWTABLE, NFPROTO_NETDEV, NFT_TABLE);
	if (!work->layout.counter)
		put_counter(work->transaction, NFT_TABLE);
}

static void delete_tables(struct work *work)
{
	if (work->layout.inet)
		put_table(work->transaction, NFT_MSG_DELTABLE, NFPROTO_INET, NFT_TABLE);
	if (work->layout.netdev)
		put_table(work->transaction, NFT_MSG_DELTABLE, NFPROTO_NETDEV, NFT_TABLE);
	layout_clear(&work->layout);
}

static int fill(struct work *work)
{
	int r;

	make_tables(work);
	make_sets(work);
	chains_each(work->want, empty_chain, work);
	put_removed_chains(work, put_chain_flush);
	chains_each(work->want, make_chain, work);
	r = chains_each(work->want, fill_chain, work);
	put_removed_chains(work, put_chain_delete);
	put_gates_delete(work);
	if (r == 0)
		r = put_sessions_delete(work);
	for (size_t i = 0; i < n_members; i++)
		put_members(work, i);
	delete_stale_sets(work);
	return r;
}

static bool concerns_us(const struct plan_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		if (changes->rows[i].kind != PLAN_CLASSES && changes->rows[i].kind != PLAN_ADDRESSES)
			return true;
	return false;
}

static bool must_be_built_anew(const struct work *work)
{
	for (size_t i = 0; i < work->have->n_chains; i++)
		if (work->have->chains[i].digest == 0)
			return true;
	return !work->layout.inet || !work->layout.netdev;
}

static int run(struct work *work, unsigned *operations, char *text, size_t size)
{
	_cleanup_(transaction_clear) struct transaction transaction = {};
	_cleanup_(plan_changes_clear) struct plan_changes all = {};
	const struct plan nothing = {};
	int r;

	transaction_begin(&transaction);
	work->transaction = &transaction;
	if (must_be_built_anew(work)) {
		delete_tables(work);
		r = plan_diff(&nothing, work->want, &all);
		if (r < 0)
			return r;
		work->have = &nothing;
		work->changes = &all;
	}
	r = fill(work);
	return r < 0 ? r : transaction_commit(&transaction, work->nft, operations, text, size);
}

int nft_apply(struct nft *nft, const struct plan *have, const struct plan *want,
	      const struct plan_changes *changes, unsigned *operations, char *text, size_t size)
{
	struct work work = {
	    .nft = nft, .have = have, .want = want, .changes = changes, .mono_usec = clock_now().mono_usec};
	int r;

	if (text && size > 0)
		text[0] = '\0';
	if (!concerns_us(changes))
		return 0;
	r = layout_read(nft, &work.layout);
	if (r == 0)
		r = run(&work, operations, text, size);
	layout_clear(&work.layout);
	if (r == -EINTR)
		r = -EAGAIN;
	if (r < 0 && text && size > 0 && !text[0])
		snprintf(text, size, "nftables: %s", strerror(-r));
	return r;
}
