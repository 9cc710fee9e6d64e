// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What nft_apply() would write, in a number a chain, comparable with what is read back: over the chain's
 * hook, its rules as libnftnl prints them, and those elements that follow from the plan without being rows of
 * it. Handles and positions are the kernel's and stay out. It never talks to the kernel.
 */
#include "nft_private.h"
#include <errno.h>
#include <string.h>

#define DIGEST_PRIME 0x100000001b3u /* FNV-1a, 64 bit */

uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	while (length--)
		digest = (digest ^ *at++) * DIGEST_PRIME;
	return digest;
}

uint64_t digest_text(uint64_t digest, const char *text)
{
	return digest_bytes(digest, text, strlen(text) + 1);
}

uint64_t digest_hook(const char *type, uint32_t hook, int32_t priority, uint32_t policy, const char *device)
{
	uint64_t digest = digest_text(DIGEST_START, type ? type : "");

	if (!type)
		return digest;
	digest = digest_bytes(digest, &hook, sizeof(hook));
	digest = digest_bytes(digest, &priority, sizeof(priority));
	digest = digest_bytes(digest, &policy, sizeof(policy));
	return digest_text(digest, device ? device : "");
}

/* The kernel answers with what was left out. */
static void leave_out(char *text, const char *phrase)
{
	char *at = strstr(text, phrase);

	if (at)
		memmove(at, at + strlen(phrase), strlen(at + strlen(phrase)) + 1);
}

static int add_expression(struct nftnl_expr *expr, void *data)
{
	uint64_t *digest = data;
	char text[512] = "";

	*digest = digest_text(*digest, nftnl_expr_get_str(expr, NFTNL_EXPR_NAME));
	nftnl_expr_snprintf(text, sizeof(text), expr, NFTNL_OUTPUT_DEFAULT, 0);
	leave_out(text, " timeout 0ms");
	*digest = digest_text(*digest, text);
	return 0;
}

uint64_t digest_rule(uint64_t digest, const struct nftnl_rule *rule)
{
	nftnl_expr_foreach((struct nftnl_rule *)rule, add_expression, &digest);
	return digest_text(digest, "\n");
}

uint64_t digest_element(const struct element *element)
{
	uint64_t digest = digest_bytes(DIGEST_START, element->key, element->length);

	return digest_bytes(digest, element->end, element->length);
}

uint64_t digest_end(uint64_t hook, uint64_t rules, uint64_t elements)
{
	uint64_t digest = digest_bytes(DIGEST_START, &hook, sizeof(hook));

	digest = digest_bytes(digest, &rules, sizeof(rules));
	digest = digest_bytes(digest, &elements, sizeof(elements));
	return digest ? digest : 1;
}

/* ---- elements that follow from the plan ---- */

const char *derived_chain(enum set_id id)
{
	static const char *const chains[SETS] = {[SET_ZONE_ADDRESSES6] = "from_zone",
						 [SET_SAME_OFFICE4] = "office_to_office",
						 [SET_SAME_OFFICE6] = "office_to_office",
						 [SET_SERVICE_OFFICES] = "office_to_uplink"};

	return chains[id];
}

/* Not plan_find_device(): nft_expect() takes a plan that is not sorted yet. */
static bool is_zone(const struct plan *want, const char *device)
{
	for (size_t i = 0; i < want->n_devices; i++)
		if (strncmp(want->devices[i].name, device, sizeof(want->devices[i].name)) == 0)
			return want->devices[i].role == PLAN_ZONE;
	return false;
}

static int zone_addresses(const struct plan *want, element_fn seen, void *data)
{
	int r = 0;

	for (size_t i = 0; i < want->n_addresses && r == 0; i++) {
		const struct plan_address *row = &want->addresses[i];
		const struct prefix network = prefix_network(&row->prefix);
		struct element element = {};

		if (network.addr.family != AF_INET6 || !is_zone(want, row->device))
			continue;
		element_prefix(&element, &network);
		element_device(&element, row->device);
		r = seen(&element, data);
	}
	return r;
}

/* A prefix may stand behind several devices; its first row speaks for it. */
static bool repeated(const struct plan *want, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (memcmp(&want->prefixes[i].prefix, &want->prefixes[j].prefix, sizeof(struct prefix)) == 0)
			return true;
	return false;
}

struct pairs {
	const struct plan_prefix **rows;
	size_t n;
};

static int pairs_of_one(const struct pairs *pairs, size_t i, element_fn seen, void *data)
{
	int r = 0;

	for (size_t j = 0; j < pairs->n && r == 0; j++) {
		struct element element = {};

		if (pairs->rows[i]->minor != pairs->rows[j]->minor)
			continue;
		element_prefix(&element, &pairs->rows[i]->prefix);
		element_prefix(&element, &pairs->rows[j]->prefix);
		r = seen(&element, data);
	}
	return r;
}

/* Every prefix of an office may reach every other of the same office. */
static int same_office(const struct plan *want, uint8_t family, element_fn seen, void *data)
{
	_cleanup_(freep) const struct plan_prefix **rows = calloc(want->n_prefixes + 1, sizeof(*rows));
	struct pairs pairs = {rows, 0};
	int r = 0;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < want->n_prefixes; i++)
		if (want->prefixes[i].prefix.addr.family == family && !repeated(want, i))
			rows[pairs.n++] = &want->prefixes[i];
	for (size_t i = 0; i < pairs.n && r == 0; i++)
		r = pairs_of_one(&pairs, i, seen, data);
	return r;
}

int derived_each(const struct plan *want, enum set_id id, element_fn seen, void *data)
{
	if (id == SET_ZONE_ADDRESSES6)
		return zone_addresses(want, seen, data);
	if (id == SET_SERVICE_OFFICES)
		return service_offices_each(want, seen, data);
	if (want->between_offices)
		return 0;
	return same_office(want, id == SET_SAME_OFFICE4 ? AF_INET : AF_INET6, seen, data);
}

/* ---- the plan's chains ---- */

static int add_rule(struct nftnl_rule *rule, void *data)
{
	uint64_t *digest = data;

	*digest = digest_rule(*digest, rule);
	return 0;
}

static int add_element(const struct element *element, void *data)
{
	*(uint64_t *)data += digest_element(element);
	return 0;
}

static int digest_derived(const struct chain *chain, const struct plan *want, uint64_t *digest)
{
	int r = 0;

	for (unsigned id = 0; id < SETS && r == 0; id++)
		if (chain->family == NFPROTO_INET && derived_chain(id) &&
		    strcmp(derived_chain(id), chain->name) == 0)
			r = derived_each(want, id, add_element, digest);
	return r;
}

static int expect_chain(const struct chain *chain, void *data)
{
	struct plan *want = data;
	const uint64_t hook =
	    digest_hook(chain->type, chain->hook, chain->priority, NF_ACCEPT, chain->device);
	struct plan_chain row = {.family = chain->family};
	uint64_t rules = DIGEST_START, elements = 0;
	int r = chain_rules(chain, want, add_rule, &rules);

	if (r == 0)
		r = digest_derived(chain, want, &elements);
	if (r < 0)
		return r;
	snprintf(row.name, sizeof(row.name), "%s", chain->name);
	snprintf(row.device, sizeof(row.device), "%s", chain->device ? chain->device : "");
	row.digest = digest_end(hook, rules, elements);
	return plan_add_chain(want, &row);
}

int nft_expect(_unused_ struct nft *nft, struct plan *want)
{
	want->n_chains = 0;
	return chains_each(want, expect_chain, want);
}
