/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qdiscs that leaves are made of, parameter by parameter: how each is wanted, written, read back.
 * Whatever is written is compared, so that an altered queue is seen. It knows no class's place and no handle.
 */
#include "tc.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>

#define SPLITTER_BYTES_PER_SECOND UINT64_C(12500000000) /* 100 Gbit/s */
#define SPLITTER_SLACK 500u				/* beside the uplink's MTU: link headers */
#define SPLITTER_LIMIT 65536u /* of its own FIFO, for the moment until fq_codel takes its place */
#define TICK_NSEC 64u
#define CODEL_TARGETS_IN_RTT 20u /* as tc-cake(8), and RFC 8289, 4.3: 5 to 10 % */

/* ---- CAKE and fq_codel: one attribute a parameter ---- */

struct attribute {
	uint16_t type;
	uint8_t size;
	bool once; /* only a new qdisc takes it */
	bool codel_time;
};
enum { RTT, TARGET };
enum { CAKE_DIFFSERV = 2, CAKE_HOSTS, CAKE_BEHIND_NAT, CAKE_SPLIT };
enum { FQ_LIMIT = 2, FQ_MEMORY, FQ_ECN, FQ_FLOWS };

static const struct attribute cake_attributes[LEAF_VALUES] = {
    [RTT] = {TCA_CAKE_RTT, 4},
    [TARGET] = {TCA_CAKE_TARGET, 4},
    [CAKE_DIFFSERV] = {TCA_CAKE_DIFFSERV_MODE, 4},
    [CAKE_HOSTS] = {TCA_CAKE_FLOW_MODE, 4},
    [CAKE_BEHIND_NAT] = {TCA_CAKE_NAT, 4},
    [CAKE_SPLIT] = {TCA_CAKE_SPLIT_GSO, 4},
    /* 0: HTB has the rate; nobody's marks are washed off, nobody's acknowledgements thinned */
    {TCA_CAKE_BASE_RATE64, 8},
    {TCA_CAKE_WASH, 4},
    {TCA_CAKE_ACK_FILTER, 4},
};
static const struct attribute fq_codel_attributes[LEAF_VALUES] = {
    [RTT] = {TCA_FQ_CODEL_INTERVAL, 4, .codel_time = true},
    [TARGET] = {TCA_FQ_CODEL_TARGET, 4, .codel_time = true},
    [FQ_LIMIT] = {TCA_FQ_CODEL_LIMIT, 4},
    [FQ_MEMORY] = {TCA_FQ_CODEL_MEMORY_LIMIT, 4},
    [FQ_ECN] = {TCA_FQ_CODEL_ECN, 4},
    [FQ_FLOWS] = {TCA_FQ_CODEL_FLOWS, 4, .once = true},
};

/* Fair between the hosts of an office as well as between flows: an uploader is told by its address before
 * NAT. */
static void want_cake(const struct leaves *leaves, const struct plan_class *class, uint64_t *values)
{
	values[RTT] = class->rtt_usec;
	values[TARGET] = MAX(class->rtt_usec / CODEL_TARGETS_IN_RTT, 1u);
	values[CAKE_DIFFSERV] = CAKE_DIFFSERV_BESTEFFORT;
	values[CAKE_HOSTS] = class->tree == PLAN_UP ? CAKE_FLOW_DUAL_SRC : CAKE_FLOW_DUAL_DST;
	values[CAKE_BEHIND_NAT] = class->tree == PLAN_UP && leaves->nat;
	values[CAKE_SPLIT] = class->leaf != PLAN_LEAF_WIDE;
}

/* Many share an office's queue; a guest is one device (kernel-facts.md 25: its flows take 4 KiB instead of
 * 86). What CoDel does not hold back, floods, is bounded by memory. */
static void want_fq_codel(_unused_ const struct leaves *leaves, const struct plan_class *class,
			  uint64_t *values)
{
	const bool guest = class->leaf == PLAN_LEAF_GUEST;

	values[RTT] = leaf_codel_usec(class->rtt_usec);
	values[TARGET] = leaf_codel_usec(MAX(class->rtt_usec / CODEL_TARGETS_IN_RTT, 2u));
	values[FQ_LIMIT] = guest ? 1000 : 10240;
	values[FQ_MEMORY] = guest ? 1u << 20 : 8u << 20;
	values[FQ_ECN] = 1;
	values[FQ_FLOWS] = guest ? 16 : 1024;
}

/* CoDel's clock ticks in 1024 ns, and rounds down on both ways: 100000 goes in, 99999 comes out. */
static uint32_t codel_ticks_to_usec(uint64_t ticks)
{
	return (uint32_t)((ticks * 1024 + 999) / 1000);
}

uint32_t leaf_codel_usec(uint32_t usec)
{
	return codel_ticks_to_usec((uint64_t)usec * 1000 / 1024);
}

static uint32_t codel_usec_read(uint32_t usec)
{
	return codel_ticks_to_usec(((uint64_t)usec * 1000 + 1023) / 1024);
}

static void read_attributes(const struct attribute *attributes, const struct nlattr *options,
			    uint64_t *values)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, options)
	{
		for (size_t i = 0; i < LEAF_VALUES; i++) {
			if (!attributes[i].size || attributes[i].type != mnl_attr_get_type(attr) ||
			    mnl_attr_get_payload_len(attr) < attributes[i].size)
				continue;
			memcpy(&values[i], mnl_attr_get_payload(attr), attributes[i].size);
			if (attributes[i].codel_time)
				values[i] = codel_usec_read((uint32_t)values[i]);
		}
	}
}

static void write_attributes(struct nlmsghdr *message, const struct attribute *attributes,
			     const uint64_t *values, bool fresh)
{
	struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

	for (size_t i = 0; i < LEAF_VALUES; i++)
		if (attributes[i].size && (fresh || !attributes[i].once))
			mnl_attr_put(message, attributes[i].type, attributes[i].size, &values[i]);
	mnl_attr_nest_end(message, options);
}

static void read_cake(const struct nlattr *options, uint64_t *values)
{
	read_attributes(cake_attributes, options, values);
}

static void write_cake(struct nlmsghdr *message, _unused_ const struct leaves *leaves, const uint64_t *values,
		       bool fresh)
{
	write_attributes(message, cake_attributes, values, fresh);
}

static void read_fq_codel(const struct nlattr *options, uint64_t *values)
{
	read_attributes(fq_codel_attributes, options, values);
}

static void write_fq_codel(struct nlmsghdr *message, _unused_ const struct leaves *leaves,
			   const uint64_t *values, bool fresh)
{
	write_attributes(message, fq_codel_attributes, values, fresh);
}

/* ---- the splitter: a TBF ---- */

enum { SPLITTER_BYTES = 0, SPLITTER_RATE, SPLITTER_BURST_TICKS };

static uint32_t splitter_burst(const struct leaves *leaves)
{
	return MAX(leaves->mtu, 1500) + SPLITTER_SLACK;
}

static void want_splitter(const struct leaves *leaves, const struct plan_class *class, uint64_t *values)
{
	values[SPLITTER_BYTES] = class->rtt_usec ? SPLITTER_LIMIT : class->limit_bytes;
	values[SPLITTER_RATE] = SPLITTER_BYTES_PER_SECOND;
	values[SPLITTER_BURST_TICKS] =
	    (uint64_t)splitter_burst(leaves) * 1000000000u / SPLITTER_BYTES_PER_SECOND / TICK_NSEC;
}

static void read_splitter(const struct nlattr *options, uint64_t *values)
{
	static const struct attribute rate[LEAF_VALUES] = {[SPLITTER_RATE] = {TCA_TBF_RATE64, 8}};
	const struct nlattr *attr;
	struct tc_tbf_qopt parameters;

	read_attributes(rate, options, values);
	mnl_attr_for_each_nested(attr, options)
	{
		if (mnl_attr_get_type(attr) != TCA_TBF_PARMS ||
		    mnl_attr_get_payload_len(attr) < sizeof(parameters))
			continue;
		memcpy(&parameters, mnl_attr_get_payload(attr), sizeof(parameters));
		values[SPLITTER_BYTES] = parameters.limit;
		values[SPLITTER_BURST_TICKS] = parameters.buffer;
	}
}

/* The TBF makes its own bfifo of `limit` bytes, and a change of the limit reaches it without loss. */
static void write_splitter(struct nlmsghdr *message, const struct leaves *leaves, const uint64_t *values,
			   _unused_ bool fresh)
{
	const struct tc_tbf_qopt parameters = {
	    .rate = {.linklayer = TC_LINKLAYER_ETHERNET, .rate = UINT32_MAX},
	    .limit = (uint32_t)values[SPLITTER_BYTES],
	};
	struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

	mnl_attr_put(message, TCA_TBF_PARMS, sizeof(parameters), &parameters);
	mnl_attr_put_u64(message, TCA_TBF_RATE64, values[SPLITTER_RATE]);
	mnl_attr_put_u32(message, TCA_TBF_BURST, splitter_burst(leaves));
	mnl_attr_nest_end(message, options);
}

/* ---- a byte FIFO ---- */

static void want_fifo(_unused_ const struct leaves *leaves, const struct plan_class *class, uint64_t *values)
{
	values[0] = class->limit_bytes;
}

static void read_fifo(const struct nlattr *options, uint64_t *values)
{
	struct tc_fifo_qopt parameters;

	if (mnl_attr_get_payload_len(options) < sizeof(parameters))
		return;
	memcpy(&parameters, mnl_attr_get_payload(options), sizeof(parameters));
	values[0] = parameters.limit;
}

static void write_fifo(struct nlmsghdr *message, _unused_ const struct leaves *leaves, const uint64_t *values,
		       _unused_ bool fresh)
{
	const struct tc_fifo_qopt parameters = {.limit = (uint32_t)values[0]};

	mnl_attr_put(message, TCA_OPTIONS, sizeof(parameters), &parameters);
}

/* ---- the table ---- */

static const struct {
	const char *kind;
	void (*want)(const struct leaves *leaves, const struct plan_class *class, uint64_t *values);
	void (*read)(const struct nlattr *options, uint64_t *values);
	void (*write)(struct nlmsghdr *message, const struct leaves *leaves, const uint64_t *values,
		      bool fresh);
} parts[LEAF_PARTS] = {
    [PART_CAKE] = {"cake", want_cake, read_cake, write_cake},
    [PART_FQ_CODEL] = {"fq_codel", want_fq_codel, read_fq_codel, write_fq_codel},
    [PART_SPLITTER] = {"tbf", want_splitter, read_splitter, write_splitter},
    [PART_FIFO] = {"bfifo", want_fifo, read_fifo, write_fifo},
};

void leaf_read(const char *kind, const struct nlattr *options, struct leaf_values *out)
{
	*out = (struct leaf_values){};
	for (uint8_t part = PART_CAKE; options && part < LEAF_PARTS; part++) {
		if (strcmp(parts[part].kind, kind) != 0)
			continue;
		out->part = part;
		parts[part].read(options, out->values);
	}
}

void leaf_want(enum leaf_part part, const struct leaves *leaves, const struct plan_class *class,
	       struct leaf_values *out)
{
	*out = (struct leaf_values){.part = (uint8_t)part};
	parts[part].want(leaves, class, out->values);
}

void leaf_write(struct nlmsghdr *message, const struct leaves *leaves, const struct leaf_values *values,
		bool fresh)
{
	mnl_attr_put_strz(message, TCA_KIND, parts[values->part].kind);
	parts[values->part].write(message, leaves, values->values, fresh);
}

/* The kernel rounds the splitter's burst through its own clock: a tick is 800 bytes, and half a packet more
 * or less splits as well. */
static bool same_value(const struct leaf_values *have, const struct leaf_values *want, size_t i)
{
	const uint64_t a = have->values[i], b = want->values[i];

	if (want->part == PART_SPLITTER && i == SPLITTER_BURST_TICKS)
		return a <= b + 1 && b <= a + 1;
	return a == b;
}

bool leaf_same(const struct leaf_values *have, const struct leaf_values *want)
{
	if (have->part != want->part)
		return false;
	for (size_t i = 0; i < LEAF_VALUES; i++)
		if (!same_value(have, want, i))
			return false;
	return true;
}
