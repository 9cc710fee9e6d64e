// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One nftables transaction: messages gathered between BATCH_BEGIN and BATCH_END and sent in one sendmsg(),
 * which the kernel takes whole or not at all. It knows no plan. An error sticks, so that what fills it need
 * not check each line.
 */
#include "nft_private.h"
#include <endian.h>
#include <errno.h>
#include <libnftnl/object.h>
#include <libnftnl/table.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* An element list is an attribute, whose length has 16 bits (kernel-facts.md 15). */
#define LIST_MAX (60u * 1024)

static void envelope(struct transaction *transaction, uint16_t type)
{
	struct nfgenmsg *header;
	struct nlmsghdr *message = netlink_batch_room(&transaction->batch);

	if (!message) {
		transaction->error = -ENOMEM;
		return;
	}
	message = mnl_nlmsg_put_header(message);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = AF_UNSPEC;
	header->version = NFNETLINK_V0;
	header->res_id = htobe16(NFNL_SUBSYS_NFTABLES);
	netlink_batch_add(&transaction->batch);
}

void transaction_begin(struct transaction *transaction)
{
	*transaction = (struct transaction){};
	envelope(transaction, NFNL_MSG_BATCH_BEGIN);
}

void transaction_clear(struct transaction *transaction)
{
	netlink_batch_clear(&transaction->batch);
	transaction->open = NULL;
}

static void close_elements(struct transaction *transaction)
{
	if (!transaction->open)
		return;
	mnl_attr_nest_end(transaction->open, transaction->list);
	transaction->open = NULL;
	transaction_add(transaction);
}

struct nlmsghdr *transaction_message(struct transaction *transaction, uint16_t type, uint8_t family,
				     uint16_t flags)
{
	void *room;

	if (transaction->error)
		return NULL;
	close_elements(transaction);
	room = netlink_batch_room(&transaction->batch);
	if (!room) {
		transaction->error = -ENOMEM;
		return NULL;
	}
	return nftnl_nlmsg_build_hdr(room, type, family, flags, 0);
}

void transaction_add(struct transaction *transaction)
{
	if (!transaction->error)
		netlink_batch_add(&transaction->batch);
}

/* ---- errors that name what was refused ---- */

static const struct {
	const char *name;
	uint16_t named_by; /* attribute that holds the object's name, 0: none */
} kinds[NFT_MSG_MAX] = {
    [NFT_MSG_NEWTABLE] = {"add table", NFTA_TABLE_NAME},
    [NFT_MSG_DELTABLE] = {"delete table", NFTA_TABLE_NAME},
    [NFT_MSG_NEWCHAIN] = {"add chain", NFTA_CHAIN_NAME},
    [NFT_MSG_DELCHAIN] = {"delete chain", NFTA_CHAIN_NAME},
    [NFT_MSG_NEWRULE] = {"add rule to chain", NFTA_RULE_CHAIN},
    [NFT_MSG_DELRULE] = {"flush chain", NFTA_RULE_CHAIN},
    [NFT_MSG_NEWSET] = {"add set", NFTA_SET_NAME},
    [NFT_MSG_DELSET] = {"delete set", NFTA_SET_NAME},
    [NFT_MSG_NEWSETELEM] = {"add elements to set", NFTA_SET_ELEM_LIST_SET},
    [NFT_MSG_DELSETELEM] = {"delete elements of set", NFTA_SET_ELEM_LIST_SET},
    [NFT_MSG_NEWOBJ] = {"add counter", NFTA_OBJ_NAME},
};

static const char *object_name(const struct nlmsghdr *message, uint16_t named_by)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) if (mnl_attr_get_type(attr) ==
								      named_by) return mnl_attr_get_str(attr);
	return "";
}

static void explain(const struct netlink_batch *batch, char *text, size_t size)
{
	const struct nlmsghdr *message = (const void *)batch->bytes;
	unsigned kind;
	char reason[200];

	for (unsigned i = 0; i < batch->failed && i + 1 < batch->messages; i++)
		message = (const void *)((const char *)message + MNL_ALIGN(message->nlmsg_len));
	kind = message->nlmsg_type & 0xff;
	if (!text || size == 0 || message->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES ||
	    kind >= ELEMENTS(kinds) || !kinds[kind].name)
		return;
	snprintf(reason, sizeof(reason), "%s", text);
	snprintf(text, size, "nftables: %s %s: %s", kinds[kind].name,
		 object_name(message, kinds[kind].named_by), reason);
}

int transaction_commit(struct transaction *transaction, struct nft *nft, unsigned *operations, char *text,
		       size_t size)
{
	unsigned before = netlink_operations(nft->netlink);
	int r;

	if (text && size > 0)
		text[0] = '\0';
	if (!transaction->error)
		close_elements(transaction);
	if (!transaction->error && transaction->batch.messages == 1)
		return 0;
	if (!transaction->error)
		envelope(transaction, NFNL_MSG_BATCH_END);
	if (transaction->error)
		return transaction->error;
	r = netlink_batch_send(nft->netlink, &transaction->batch, text, size);
	if (r < 0)
		explain(&transaction->batch, text, size);
	else if (operations)
		*operations += netlink_operations(nft->netlink) - before;
	return r;
}

/* ---- messages ---- */

void put_table(struct transaction *transaction, uint16_t type, uint8_t family, const char *table)
{
	uint16_t flags = type == NFT_MSG_NEWTABLE ? NLM_F_CREATE | NLM_F_EXCL : 0;
	struct nlmsghdr *message = transaction_message(transaction, type, family, flags);

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_TABLE_NAME, table);
	transaction_add(transaction);
}

void put_set_delete(struct transaction *transaction, enum set_id id, const char *device)
{
	struct nlmsghdr *message = transaction_message(transaction, NFT_MSG_DELSET, set_types[id].family, 0);
	char name[SET_NAME];

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_SET_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_NAME, set_name(id, device, name));
	transaction_add(transaction);
}

/* A deletion that names no element empties the set. */
void put_set_flush(struct transaction *transaction, enum set_id id)
{
	struct nlmsghdr *message =
	    transaction_message(transaction, NFT_MSG_DELSETELEM, set_types[id].family, 0);

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set_types[id].name);
	transaction_add(transaction);
}

void put_counter(struct transaction *transaction, const char *table)
{
	struct nlmsghdr *message =
	    transaction_message(transaction, NFT_MSG_NEWOBJ, NFPROTO_INET, NLM_F_CREATE | NLM_F_EXCL);

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_OBJ_TABLE, table);
	mnl_attr_put_strz(message, NFTA_OBJ_NAME, "own_down");
	mnl_attr_put_u32(message, NFTA_OBJ_TYPE, htobe32(NFT_OBJECT_COUNTER));
	mnl_attr_nest_end(message, mnl_attr_nest_start(message, NFTA_OBJ_DATA));
	transaction_add(transaction);
}

/* ---- elements ---- */

static void put_value(struct nlmsghdr *message, uint16_t type, const void *bytes, size_t length)
{
	struct nlattr *nest = mnl_attr_nest_start(message, type);

	mnl_attr_put(message, NFTA_DATA_VALUE, length, bytes);
	mnl_attr_nest_end(message, nest);
}

/* nft's comment TLV: type 0, length with the terminator, text. */
static void put_comment(struct nlmsghdr *message, const char *comment)
{
	uint8_t tlv[2 + ELEMENT_COMMENT] = {0, (uint8_t)(strlen(comment) + 1)};

	memcpy(tlv + 2, comment, tlv[1]);
	mnl_attr_put(message, NFTA_SET_ELEM_USERDATA, 2u + tlv[1], tlv);
}

static void fill_element(struct nlmsghdr *message, const struct element *element, bool add)
{
	struct nlattr *nest = mnl_attr_nest_start(message, NFTA_LIST_ELEM);

	put_value(message, NFTA_SET_ELEM_KEY, element->key, element->length);
	if (element->range)
		put_value(message, NFTA_SET_ELEM_KEY_END, element->end, element->length);
	if (add && element->valued)
		put_value(message, NFTA_SET_ELEM_DATA, &element->value, sizeof(element->value));
	if (add && element->timeout_msec)
		mnl_attr_put_u64(message, NFTA_SET_ELEM_TIMEOUT, htobe64(element->timeout_msec));
	if (add && element->comment[0])
		put_comment(message, element->comment);
	mnl_attr_nest_end(message, nest);
}

static void open_elements(struct transaction *transaction, uint16_t type, uint16_t flags, uint8_t family,
			  const char *set)
{
	struct nlmsghdr *message = transaction_message(transaction, type, family, flags);

	if (!message)
		return;
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
	transaction->list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	transaction->open = message;
	transaction->open_type = type;
	transaction->open_flags = flags;
	snprintf(transaction->open_set, sizeof(transaction->open_set), "%s", set);
}

void put_element(struct transaction *transaction, uint16_t type, uint16_t flags, enum set_id id,
		 const char *device, const struct element *element)
{
	char set[SET_NAME];

	if (transaction->error)
		return;
	set_name(id, device, set);
	if (!transaction->open || transaction->open->nlmsg_len > LIST_MAX || transaction->open_type != type ||
	    transaction->open_flags != flags || strcmp(transaction->open_set, set) != 0)
		open_elements(transaction, type, flags, set_types[id].family, set);
	if (transaction->open)
		fill_element(transaction->open, element, type == NFT_MSG_NEWSETELEM);
}
