// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Set elements as plain data: keys laid out as nftables compares them, read from the kernel one by one. Which
 * element means what is not known here. What comes from the kernel was written by someone else, perhaps:
 * lengths are checked, and an element that is not of its set's form shows with length 0.
 */
#include "nft_private.h"
#include <endian.h>
#include <errno.h>
#include <string.h>

static void append(struct element *element, const void *first, const void *last, size_t length)
{
	memcpy(element->key + element->length, first, length);
	memcpy(element->end + element->length, last, length);
	element->length += MNL_ALIGN(length);
}

void element_device(struct element *element, const char *device)
{
	char name[IFNAMSIZ] = {0};

	memcpy(name, device, strnlen(device, IFNAMSIZ - 1));
	append(element, name, name, sizeof(name));
}

/* Alone a MAC is a key of 6 bytes; in a concatenation it fills two registers. */
void element_mac(struct element *element, const struct mac *mac)
{
	bool alone = element->length == 0;

	append(element, mac->octets, mac->octets, sizeof(mac->octets));
	if (alone)
		element->length = sizeof(mac->octets);
}

void element_address(struct element *element, const struct addr *addr)
{
	append(element, addr->octets, addr->octets, addr_bits(addr) / 8);
}

void element_prefix(struct element *element, const struct prefix *prefix)
{
	const struct addr first = prefix_first(prefix), last = prefix_last(prefix);

	append(element, first.octets, last.octets, addr_bits(&first) / 8);
	element->range = true;
}

void element_range(struct element *element, const void *first, const void *last, size_t length)
{
	append(element, first, last, length);
	element->range = true;
}

bool element_get_prefix(const struct element *element, size_t offset, size_t length, struct prefix *out)
{
	struct prefix prefix = {.addr.family = length == 4 ? AF_INET : AF_INET6};
	struct addr last;
	unsigned bits = 0;

	memcpy(prefix.addr.octets, element->key + offset, length);
	while (bits < length * 8) {
		uint8_t differ = element->key[offset + bits / 8] ^ element->end[offset + bits / 8];

		if (differ & 0x80 >> bits % 8)
			break;
		bits++;
	}
	prefix.length = bits;
	last = prefix_last(&prefix);
	if (prefix_has_host_bits(&prefix) || memcmp(last.octets, element->end + offset, length) != 0)
		return false;
	*out = prefix;
	return true;
}

/* ---- from the kernel ---- */

struct parse {
	size_t key_length;
	bool valued;
	element_fn seen;
	void *data;
};

static size_t get_value(const struct nlattr *nest, void *out, size_t size)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		size_t length = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) != NFTA_DATA_VALUE || length > size)
			continue;
		memcpy(out, mnl_attr_get_payload(attr), length);
		return length;
	}
	return 0;
}

static uint64_t get_u64(const struct nlattr *attr)
{
	uint64_t value = 0;

	if (mnl_attr_get_payload_len(attr) == sizeof(value))
		memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
	return be64toh(value);
}

static void get_comment(const struct nlattr *attr, char comment[static ELEMENT_COMMENT])
{
	const uint8_t *tlv = mnl_attr_get_payload(attr);
	size_t length = mnl_attr_get_payload_len(attr);

	if (length < 3 || tlv[0] != 0 || tlv[1] != length - 2 || tlv[1] > ELEMENT_COMMENT ||
	    tlv[length - 1] != 0)
		return;
	memcpy(comment, tlv + 2, tlv[1]);
}

static void parse_attribute(const struct nlattr *attr, struct element *element, size_t *end_length)
{
	switch (mnl_attr_get_type(attr)) {
	case NFTA_SET_ELEM_KEY:
		element->length = get_value(attr, element->key, sizeof(element->key));
		break;
	case NFTA_SET_ELEM_KEY_END:
		*end_length = get_value(attr, element->end, sizeof(element->end));
		element->range = true;
		break;
	case NFTA_SET_ELEM_DATA:
		element->valued =
		    get_value(attr, &element->value, sizeof(element->value)) == sizeof(element->value);
		break;
	case NFTA_SET_ELEM_TIMEOUT:
		element->timeout_msec = get_u64(attr);
		break;
	case NFTA_SET_ELEM_EXPIRATION:
		element->expires_msec = get_u64(attr);
		break;
	case NFTA_SET_ELEM_USERDATA:
		get_comment(attr, element->comment);
		break;
	}
}

static struct element parse_element(const struct nlattr *nest, const struct parse *parse)
{
	struct element element = {};
	const struct nlattr *attr;
	size_t end_length = 0;

	mnl_attr_for_each_nested(attr, nest) parse_attribute(attr, &element, &end_length);
	if (!element.range) {
		memcpy(element.end, element.key, sizeof(element.end));
		end_length = element.length;
	}
	if (element.length != parse->key_length || end_length != parse->key_length ||
	    element.valued != parse->valued)
		element.length = 0;
	return element;
}

static int parse_list(const struct nlattr *list, const struct parse *parse)
{
	const struct nlattr *nest;
	int r = 0;

	mnl_attr_for_each_nested(nest, list)
	{
		const struct element element = parse_element(nest, parse);

		r = parse->seen(&element, parse->data);
		if (r < 0)
			break;
	}
	return r;
}

static int parse_message(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attr;
	int r = 0;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == NFTA_SET_ELEM_LIST_ELEMENTS)
			r = parse_list(attr, data);
		if (r < 0)
			break;
	}
	return r;
}

static struct nlmsghdr *request(void *buffer, enum set_id id, const char *device)
{
	struct nlmsghdr *message =
	    nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETSETELEM, set_types[id].family, 0, 0);
	char name[SET_NAME];

	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set_name(id, device, name));
	return message;
}

int elements_dump(struct nft *nft, enum set_id id, const char *device, element_fn seen, void *data)
{
	struct parse parse = {set_key_length(id), set_types[id].map, seen, data};
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};

	return netlink_dump(nft->netlink, request(buffer, id, device), parse_message, &parse);
}

static int keep(const struct element *element, void *data)
{
	*(struct element *)data = *element;
	return 0;
}

int element_get(struct nft *nft, enum set_id id, const char *device, struct element *element)
{
	struct element found = {};
	struct parse parse = {set_key_length(id), set_types[id].map, keep, &found};
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *message = request(buffer, id, device);
	struct nlattr *list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct nlattr *one = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	struct nlattr *key = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
	int r;

	mnl_attr_put(message, NFTA_DATA_VALUE, element->length, element->key);
	mnl_attr_nest_end(message, key);
	mnl_attr_nest_end(message, one);
	mnl_attr_nest_end(message, list);
	r = netlink_get(nft->netlink, message, parse_message, &parse);
	if (r == -ENOENT || (r == 0 && found.length == 0))
		return 1;
	if (r < 0)
		return r;
	*element = found;
	return 0;
}
