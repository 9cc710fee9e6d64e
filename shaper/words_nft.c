// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What nfnetlink says, as nft(8) would: elements one a line with their keys spelled out, since offices and
 * guests are elements; the rules of a chain as their number, since a chain is always filled whole. It trusts
 * no length of a message.
 */
#include "nft_private.h"
#include "words.h"
#include <endian.h>
#include <string.h>

#define NAME 64

static const char *text_of(const struct nlmsghdr *message, uint16_t type, char text[static NAME])
{
	const struct nlattr *attr;

	text[0] = '\0';
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == type)
			snprintf(text, NAME, "%.*s", (int)mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
	}
	return text;
}

static const struct nlattr *find(const struct nlmsghdr *message, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message,
			  sizeof(struct nfgenmsg)) if (mnl_attr_get_type(attr) == type) return attr;
	return NULL;
}

static const struct nlattr *inside(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (!nest)
		return NULL;
	mnl_attr_for_each_nested(attr, nest) if (mnl_attr_get_type(attr) == type) return attr;
	return NULL;
}

static const char *family_of(const struct nlmsghdr *message)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);

	return header->nfgen_family == NFPROTO_NETDEV ? "netdev"
	       : header->nfgen_family == NFPROTO_INET ? "inet"
	       : header->nfgen_family == NFPROTO_IPV4 ? "ip"
	       : header->nfgen_family == NFPROTO_IPV6 ? "ip6"
						      : "family ?";
}

/* ---- elements ---- */

struct field {
	const uint8_t *first, *last; /* the same where it is no range */
};

static void put_device(FILE *out, struct field field)
{
	fprintf(out, "\"%.*s\"", IFNAMSIZ, (const char *)field.first);
}

static void put_mac(FILE *out, struct field field)
{
	for (int i = 0; i < 6; i++)
		fprintf(out, "%s%02x", i ? ":" : "", field.first[i]);
}

static void put_class(FILE *out, struct field field)
{
	uint32_t classid;

	memcpy(&classid, field.first, sizeof(classid));
	fprintf(out, "%x:%x", CLASS_MAJOR(classid), CLASS_MINOR(classid));
}

/* In ranges, which are compared byte by byte. */
static void put_ordered_class(FILE *out, struct field field)
{
	uint32_t classid;

	memcpy(&classid, field.first, sizeof(classid));
	classid = be32toh(classid);
	fprintf(out, "%x:%x", CLASS_MAJOR(classid), CLASS_MINOR(classid));
}

static void put_number(FILE *out, struct field field)
{
	fprintf(out, "%u", field.first[0]);
	if (field.last[0] != field.first[0])
		fprintf(out, "-%u", field.last[0]);
}

static void put_port(FILE *out, struct field field)
{
	fprintf(out, "%d", field.first[0] << 8 | field.first[1]);
	if (memcmp(field.first, field.last, 2) != 0)
		fprintf(out, "-%d", field.last[0] << 8 | field.last[1]);
}

static void put_addresses(FILE *out, struct field field, size_t length)
{
	struct element element = {};
	struct prefix prefix;
	char text[PREFIX_TEXT], more[INET6_ADDRSTRLEN] = "";

	memcpy(element.key, field.first, length);
	memcpy(element.end, field.last, length);
	if (memcmp(field.first, field.last, length) != 0 &&
	    element_get_prefix(&element, 0, length, &prefix)) {
		fputs(prefix_text(&prefix, text), out);
		return;
	}
	inet_ntop(length == 4 ? AF_INET : AF_INET6, field.first, more, sizeof(more));
	fputs(more, out);
	if (memcmp(field.first, field.last, length) == 0)
		return;
	inet_ntop(length == 4 ? AF_INET : AF_INET6, field.last, more, sizeof(more));
	fprintf(out, "-%s", more);
}

static void put_ip4(FILE *out, struct field field)
{
	put_addresses(out, field, 4);
}

static void put_ip6(FILE *out, struct field field)
{
	put_addresses(out, field, 16);
}

static const struct {
	size_t length;
	void (*put)(FILE *out, struct field field);
} types[] = {
    [TYPE_IP4] = {4, put_ip4},	       [TYPE_IP6] = {16, put_ip6},	 [TYPE_MAC] = {6, put_mac},
    [TYPE_PROTOCOL] = {1, put_number}, [TYPE_PORT] = {2, put_port},	 [TYPE_CLASSID] = {4, put_class},
    [TYPE_DSCP] = {1, put_number},     [TYPE_DEVICE] = {16, put_device},
};

static void put_key(FILE *out, const struct set_type *type, const struct nlattr *key,
		    const struct nlattr *end)
{
	const struct nlattr *value = inside(key, NFTA_DATA_VALUE), *last = inside(end, NFTA_DATA_VALUE);
	size_t at = 0;

	for (size_t i = 0; i < ELEMENTS(type->key) && type->key[i] && value; i++) {
		struct field field;

		if (mnl_attr_get_payload_len(value) < at + types[type->key[i]].length ||
		    (last && mnl_attr_get_payload_len(last) < at + types[type->key[i]].length))
			return;
		field.first = (const uint8_t *)mnl_attr_get_payload(value) + at;
		field.last = last ? (const uint8_t *)mnl_attr_get_payload(last) + at : field.first;
		fputs(i ? " . " : "", out);
		if (type->key[i] == TYPE_CLASSID && type->flags & NFT_SET_INTERVAL)
			put_ordered_class(out, field);
		else
			types[type->key[i]].put(out, field);
		at += MNL_ALIGN(types[type->key[i]].length);
	}
}

static void put_element_text(FILE *out, enum set_id id, const struct nlattr *element)
{
	const struct nlattr *value = inside(inside(element, NFTA_SET_ELEM_DATA), NFTA_DATA_VALUE);
	const struct nlattr *timeout = inside(element, NFTA_SET_ELEM_TIMEOUT);
	uint64_t msec;

	put_key(out, &set_types[id], inside(element, NFTA_SET_ELEM_KEY),
		inside(element, NFTA_SET_ELEM_KEY_END));
	if (timeout && mnl_attr_get_payload_len(timeout) == sizeof(msec)) {
		memcpy(&msec, mnl_attr_get_payload(timeout), sizeof(msec));
		fprintf(out, " timeout %llus", (unsigned long long)(be64toh(msec) / 1000));
	}
	if (value && mnl_attr_get_payload_len(value) == sizeof(uint32_t)) {
		fputs(" : ", out);
		put_class(out, (struct field){mnl_attr_get_payload(value), mnl_attr_get_payload(value)});
	}
}

static void put_elements(struct words *words, const struct nlmsghdr *message, const char *verb)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *list = find(message, NFTA_SET_ELEM_LIST_ELEMENTS), *element;
	char set[NAME], table[NAME];
	const char *device;
	enum set_id id;

	text_of(message, NFTA_SET_ELEM_LIST_SET, set);
	text_of(message, NFTA_SET_ELEM_LIST_TABLE, table);
	id = set_find(header->nfgen_family, set, &device);
	if (!list) {
		fprintf(words->out, "nft flush set %s %s %s\n", family_of(message), table, set);
		return;
	}
	mnl_attr_for_each_nested(element, list)
	{
		fprintf(words->out, "nft %s element %s %s %s { ", verb, family_of(message), table, set);
		if (id != SETS)
			put_element_text(words->out, id, element);
		fputs(" }\n", words->out);
	}
}

/* ---- what is named ---- */

void words_end(struct words *words)
{
	if (words->rules)
		fprintf(words->out, "nft add rule %s (%u rules)\n", words->chain, words->rules);
	words->rules = 0;
}

static void count_rule(struct words *words, const struct nlmsghdr *message)
{
	char table[NAME], chain[NAME], all[sizeof(words->chain)];

	text_of(message, NFTA_RULE_TABLE, table);
	text_of(message, NFTA_RULE_CHAIN, chain);
	snprintf(all, sizeof(all), "%s %.16s %.36s", family_of(message), table, chain);
	if (strcmp(all, words->chain) != 0)
		words_end(words);
	memcpy(words->chain, all, sizeof(all));
	words->rules++;
}

/* Emptied; or one rule of it, where a handle says which. */
static void put_rules_gone(struct words *words, const struct nlmsghdr *message)
{
	char table[NAME], chain[NAME];
	const bool one = find(message, NFTA_RULE_HANDLE) != NULL;

	fprintf(words->out, "nft %s %s %s %s\n", one ? "delete a rule of chain" : "flush chain",
		family_of(message), text_of(message, NFTA_RULE_TABLE, table),
		text_of(message, NFTA_RULE_CHAIN, chain));
}

static const struct {
	uint16_t type;
	const char *text;
	uint16_t table, name; /* attributes; 0: none */
} named[] = {
    {NFT_MSG_NEWTABLE, "add table", NFTA_TABLE_NAME, 0},
    {NFT_MSG_DELTABLE, "delete table", NFTA_TABLE_NAME, 0},
    {NFT_MSG_NEWCHAIN, "add chain", NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME},
    {NFT_MSG_DELCHAIN, "delete chain", NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME},
    {NFT_MSG_NEWSET, "add set", NFTA_SET_TABLE, NFTA_SET_NAME},
    {NFT_MSG_DELSET, "delete set", NFTA_SET_TABLE, NFTA_SET_NAME},
    {NFT_MSG_NEWOBJ, "add counter", NFTA_OBJ_TABLE, NFTA_OBJ_NAME},
    {NFT_MSG_DELOBJ, "delete counter", NFTA_OBJ_TABLE, NFTA_OBJ_NAME},
    {NFT_MSG_NEWFLOWTABLE, "add flowtable", NFTA_FLOWTABLE_TABLE, NFTA_FLOWTABLE_NAME},
    {NFT_MSG_DELFLOWTABLE, "delete flowtable", NFTA_FLOWTABLE_TABLE, NFTA_FLOWTABLE_NAME},
};

static void put_named(struct words *words, const struct nlmsghdr *message, uint16_t type)
{
	char table[NAME], name[NAME] = "";

	for (size_t i = 0; i < ELEMENTS(named); i++) {
		if (named[i].type != type)
			continue;
		if (named[i].name)
			text_of(message, named[i].name, name);
		fprintf(words->out, "nft %s %s %s%s%s\n", named[i].text, family_of(message),
			text_of(message, named[i].table, table), name[0] ? " " : "", name);
	}
}

void words_nft(struct words *words, const struct nlmsghdr *message)
{
	const uint16_t type = NFNL_MSG_TYPE(message->nlmsg_type);

	if (NFNL_SUBSYS_ID(message->nlmsg_type) != NFNL_SUBSYS_NFTABLES)
		return;
	if (type == NFT_MSG_NEWRULE) {
		count_rule(words, message);
		return;
	}
	words_end(words);
	words->chain[0] = '\0';
	if (type == NFT_MSG_NEWSETELEM)
		put_elements(words, message, "add");
	else if (type == NFT_MSG_DELSETELEM)
		put_elements(words, message, "delete");
	else if (type == NFT_MSG_DELRULE)
		put_rules_gone(words, message);
	else
		put_named(words, message, type);
}
