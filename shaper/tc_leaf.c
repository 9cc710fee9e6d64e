/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue below a leaf class: which kinds there are, how each is written and recognised. CAKE where the
 * kernel has it, else fq_codel, else a TBF so fast that it never delays and only splits GSO packets, over a
 * byte FIFO sized in time (kernel-facts.md 8, 9), which is also small enough for every guest (25). It never
 * touches a class.
 */
#include "tc.h"
#include <errno.h>
#include <string.h>

#define SPLITTER_BYTES_PER_SECOND UINT64_C(12500000000) /* 100 Gbit/s */
#define SPLITTER_SLACK 500u				/* beside the uplink's MTU: link headers */

static uint32_t leaf_handle(uint16_t minor)
{
	/* A major of its own for every class, none of them 1:, 2: or ffff: (clsact). */
	uint32_t major = minor < PLAN_FIRST_INNER ? 0x0f00u + minor : minor == 0xffff ? 0x0fffu : minor;

	return major << 16;
}

/* Fair between the hosts of an office as well as between flows: an uploader is told by its address before
 * NAT. */
static void put_cake(struct nlmsghdr *message, _unused_ const struct leaves *leaves,
		     const struct plan_class *class)
{
	struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

	mnl_attr_put_u64(message, TCA_CAKE_BASE_RATE64, 0);
	mnl_attr_put_u32(message, TCA_CAKE_DIFFSERV_MODE, CAKE_DIFFSERV_BESTEFFORT);
	mnl_attr_put_u32(message, TCA_CAKE_FLOW_MODE,
			 class->tree == PLAN_UP ? CAKE_FLOW_DUAL_SRC : CAKE_FLOW_DUAL_DST);
	mnl_attr_put_u32(message, TCA_CAKE_NAT, class->tree == PLAN_UP);
	mnl_attr_put_u32(message, TCA_CAKE_SPLIT_GSO, 1);
	mnl_attr_nest_end(message, options);
}

static void put_fq_codel(struct nlmsghdr *message, _unused_ const struct leaves *leaves,
			 _unused_ const struct plan_class *class)
{
	struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

	mnl_attr_put_u32(message, TCA_FQ_CODEL_ECN, 1);
	mnl_attr_nest_end(message, options);
}

/* The TBF makes its own bfifo of `limit` bytes, and a change of the limit reaches it without loss. */
static void put_tbf(struct nlmsghdr *message, const struct leaves *leaves, const struct plan_class *class)
{
	const struct tc_tbf_qopt parameters = {
	    .rate = {.linklayer = TC_LINKLAYER_ETHERNET, .rate = UINT32_MAX},
	    .limit = class->limit_bytes,
	};
	struct nlattr *options = mnl_attr_nest_start(message, TCA_OPTIONS);

	mnl_attr_put(message, TCA_TBF_PARMS, sizeof(parameters), &parameters);
	mnl_attr_put_u64(message, TCA_TBF_RATE64, SPLITTER_BYTES_PER_SECOND);
	mnl_attr_put_u32(message, TCA_TBF_BURST, MAX(leaves->mtu, 1500) + SPLITTER_SLACK);
	mnl_attr_nest_end(message, options);
}

static void put_bfifo(struct nlmsghdr *message, _unused_ const struct leaves *leaves,
		      const struct plan_class *class)
{
	const struct tc_fifo_qopt parameters = {.limit = class->limit_bytes};

	mnl_attr_put(message, TCA_OPTIONS, sizeof(parameters), &parameters);
}

/* ---- recognising ---- */

static const void *nested(const struct nlattr *options, uint16_t type, size_t size)
{
	const struct nlattr *attr;

	if (!options)
		return NULL;
	mnl_attr_for_each_nested(attr, options) if (mnl_attr_get_type(attr) == type &&
						    mnl_attr_get_payload_len(attr) >=
							size) return mnl_attr_get_payload(attr);
	return NULL;
}

static bool judge_cake(const struct nlattr *options, _unused_ uint32_t *limit)
{
	const uint32_t *mode = nested(options, TCA_CAKE_DIFFSERV_MODE, sizeof(*mode));

	return mode && *mode == CAKE_DIFFSERV_BESTEFFORT;
}

static bool judge_fq_codel(_unused_ const struct nlattr *options, _unused_ uint32_t *limit)
{
	return true;
}

static bool judge_tbf(const struct nlattr *options, uint32_t *limit)
{
	const struct tc_tbf_qopt *parameters = nested(options, TCA_TBF_PARMS, sizeof(*parameters));
	const uint64_t *rate = nested(options, TCA_TBF_RATE64, sizeof(*rate));
	uint64_t rate64;

	if (!parameters || !rate)
		return false;
	memcpy(&rate64, rate, sizeof(rate64)); /* attributes are aligned to 4 */
	*limit = parameters->limit;
	return rate64 == SPLITTER_BYTES_PER_SECOND;
}

static bool judge_bfifo(const struct nlattr *options, uint32_t *limit)
{
	const struct tc_fifo_qopt *parameters;

	if (!options || mnl_attr_get_payload_len(options) < sizeof(*parameters))
		return false;
	parameters = mnl_attr_get_payload(options);
	*limit = parameters->limit;
	return true;
}

/* ---- the table ---- */

static const struct qdisc_kind {
	const char *name, *option, *kind;
	void (*put)(struct nlmsghdr *message, const struct leaves *leaves, const struct plan_class *class);
	bool (*judge)(const struct nlattr *options, uint32_t *limit);
} kinds[LEAF_KINDS] =
    {
	[LEAF_CAKE] = {"cake", "cake", "cake", put_cake, judge_cake},
	[LEAF_FQ_CODEL] = {"fq_codel", "fq_codel", "fq_codel", put_fq_codel, judge_fq_codel},
	[LEAF_FIFO] = {"tbf+bfifo", "fifo", "tbf", put_tbf, judge_tbf},
},
  whole = {.kind = "bfifo", .put = put_bfifo, .judge = judge_bfifo};

static const struct qdisc_kind *kind_of(const struct leaves *leaves, enum plan_leaf leaf)
{
	if (leaf == PLAN_LEAF_WIDE)
		return &whole;
	return &kinds[leaf == PLAN_LEAF_GUEST ? LEAF_FIFO : leaves->shared];
}

const char *leaf_name(enum leaf_kind kind)
{
	return kinds[kind].name;
}

int leaf_parse(const char *text, enum leaf_kind *out)
{
	for (size_t i = 0; i < ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].option, text) != 0)
			continue;
		*out = i;
		return 0;
	}
	return -EINVAL;
}

bool leaf_is_fifo(const struct leaves *leaves, uint8_t leaf)
{
	return leaf == PLAN_LEAF_WIDE || leaf == PLAN_LEAF_GUEST ||
	       (leaf == PLAN_LEAF_SHARED && leaves->shared == LEAF_FIFO);
}

int leaf_put(struct netlink_batch *batch, const struct leaves *leaves, int ifindex,
	     const struct plan_class *class)
{
	const struct qdisc_kind *kind = kind_of(leaves, class->leaf);
	struct nlmsghdr *message = tc_message(batch, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, ifindex,
					      TC_CLASS(class->tree, class->minor), leaf_handle(class->minor));

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, TCA_KIND, kind->kind);
	kind->put(message, leaves, class);
	netlink_batch_add(batch);
	return 0;
}

int leaf_delete(struct netlink_batch *batch, int ifindex, const struct plan_class *class)
{
	if (!tc_message(batch, RTM_DELQDISC, 0, ifindex, TC_CLASS(class->tree, class->minor), 0))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}

enum plan_leaf leaf_judge(const struct leaves *leaves, uint16_t minor, const char *kind,
			  const struct nlattr *options, uint32_t *limit)
{
	enum plan_leaf first = minor < PLAN_FIRST_GUEST ? PLAN_LEAF_SHARED : PLAN_LEAF_GUEST;
	enum plan_leaf last = minor < PLAN_FIRST_GUEST ? PLAN_LEAF_WIDE : PLAN_LEAF_GUEST;

	for (enum plan_leaf leaf = first; leaf <= last; leaf++) {
		const struct qdisc_kind *ours = kind_of(leaves, leaf);

		*limit = 0;
		if (strcmp(ours->kind, kind) == 0 && ours->judge(options, limit))
			return leaf;
	}
	*limit = 0;
	return PLAN_LEAF_NONE;
}
