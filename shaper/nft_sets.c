// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every set and map of ours in one table: name, key, flags. What nft_apply() creates and what it recognises
 * in the kernel come from the same row, so that an older version's layout is told apart. Never holds an
 * element.
 */
#include "nft_private.h"
#include <errno.h>
#include <libnftnl/udata.h>
#include <string.h>

static const struct datatype {
	uint8_t length;
	uint8_t byte_order; /* as nft's enum byteorder: 1 host, 2 network */
} datatypes[] = {
    [TYPE_IP4] = {4, 2},     [TYPE_IP6] = {16, 2},     [TYPE_MAC] = {6, 2},  [TYPE_CLASSID] = {4, 1},
    [TYPE_DEVICE] = {16, 1}, [TYPE_PROTOCOL] = {1, 2}, [TYPE_PORT] = {2, 2}, [TYPE_DSCP] = {1, 2},
};

#define KEY(...) .key = {__VA_ARGS__}
#define RANGES .flags = NFT_SET_INTERVAL
#define TIMED .flags = NFT_SET_TIMEOUT
#define DYNAMIC .flags = NFT_SET_EVAL, .size = 65536
/* In so long every budget is full again (nft_services.c): who invents MACs to fill a set has to go on. */
#define BUDGET .flags = NFT_SET_EVAL | NFT_SET_TIMEOUT, .size = 65536, .timeout_msec = 15000
#define INET .family = NFPROTO_INET
#define MAP .map = true
#define FAR(address) KEY(TYPE_CLASSID, address, TYPE_PROTOCOL, TYPE_PORT), MAP, RANGES
#define PORTS KEY(TYPE_CLASSID, TYPE_PROTOCOL, TYPE_PORT), MAP, RANGES

/* Ranges are keyed by address before device: the kernel's lookup goes field by field and carries all
 * candidates of one field to the next, and behind one device there may be hundreds of prefixes. Those of
 * services are keyed by the office's class first, for hundreds of offices may have the same ports; and they
 * are halved by direction. */
const struct set_type set_types[SETS] = {
    [SET_UPLINK_DEVICE] = {"uplink_device", INET, KEY(TYPE_DEVICE), .role = PLAN_UPLINK},
    [SET_OFFICE_DEVICES] = {"office_devices", INET, KEY(TYPE_DEVICE), .role = PLAN_OFFICE},
    [SET_ZONE_DEVICES] = {"zone_devices", INET, KEY(TYPE_DEVICE), .role = PLAN_ZONE},
    [SET_ZONE_REST] = {"zone_rest", INET, KEY(TYPE_DEVICE), MAP, .role = PLAN_ZONE},
    [SET_ZONE_REST_UP] = {"zone_rest_up", INET, KEY(TYPE_DEVICE), MAP, .role = PLAN_ZONE},
    [SET_OPEN_ZONES] = {"open_zones", INET, KEY(TYPE_DEVICE), TIMED},
    [SET_OFFICE_UP4] = {"office_up4", INET, KEY(TYPE_IP4, TYPE_DEVICE), MAP, RANGES},
    [SET_OFFICE_UP6] = {"office_up6", INET, KEY(TYPE_IP6, TYPE_DEVICE), MAP, RANGES},
    [SET_OFFICE_DOWN4] = {"office_down4", INET, KEY(TYPE_IP4, TYPE_DEVICE), MAP, RANGES},
    [SET_OFFICE_DOWN6] = {"office_down6", INET, KEY(TYPE_IP6, TYPE_DEVICE), MAP, RANGES},
    [SET_SAME_OFFICE4] = {"same_office4", INET, KEY(TYPE_IP4, TYPE_IP4), RANGES},
    [SET_SAME_OFFICE6] = {"same_office6", INET, KEY(TYPE_IP6, TYPE_IP6), RANGES},
    [SET_ZONE_ADDRESSES6] = {"zone_addresses6", INET, KEY(TYPE_IP6, TYPE_DEVICE), RANGES},
    [SET_GUEST_UP4] = {"guest_up4", INET, KEY(TYPE_DEVICE, TYPE_MAC, TYPE_IP4), MAP, TIMED},
    [SET_GUEST_UP6] = {"guest_up6", INET, KEY(TYPE_DEVICE, TYPE_MAC), MAP, TIMED},
    [SET_GARDEN4] = {"garden4", INET, KEY(TYPE_DEVICE, TYPE_IP4), TIMED},
    [SET_GARDEN6] = {"garden6", INET, KEY(TYPE_DEVICE, TYPE_IP6), TIMED},
    [SET_SERVICE_OFFICES] = {"service_offices", INET, KEY(TYPE_CLASSID)},
    [SET_SERVICE_FAR_UP4] = {"service_far_up4", INET, FAR(TYPE_IP4)},
    [SET_SERVICE_FAR_UP6] = {"service_far_up6", INET, FAR(TYPE_IP6)},
    [SET_SERVICE_FAR_DOWN4] = {"service_far_down4", INET, FAR(TYPE_IP4)},
    [SET_SERVICE_FAR_DOWN6] = {"service_far_down6", INET, FAR(TYPE_IP6)},
    [SET_SERVICE_PORTS_UP] = {"service_ports_up", INET, PORTS},
    [SET_SERVICE_PORTS_DOWN] = {"service_ports_down", INET, PORTS},
    [SET_SERVICE_DSCP_UP] = {"service_dscp_up", INET, KEY(TYPE_CLASSID, TYPE_DSCP), MAP},
    [SET_SERVICE_DSCP_DOWN] = {"service_dscp_down", INET, KEY(TYPE_CLASSID, TYPE_DSCP), MAP},
    [SET_MARKS] = {"marks", INET, KEY(TYPE_CLASSID, TYPE_DSCP)},
    [SET_DHCP_BUDGET] = {"dhcp_budget", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_NEIGHBOUR_BUDGET] = {"neighbour_budget", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_REFUSED_BUDGET] = {"refused_budget", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_DNS_BUDGET] = {"dns_budget", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_DNS_BUDGET_IN] = {"dns_budget_in", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_NEW_BUDGET] = {"new_budget", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_NEW_BUDGET_IN] = {"new_budget_in", INET, KEY(TYPE_DEVICE, TYPE_MAC), BUDGET},
    [SET_CONNECTIONS] = {"connections", INET, KEY(TYPE_DEVICE, TYPE_MAC), DYNAMIC},
    [SET_CONNECTIONS_IN] = {"connections_in", INET, KEY(TYPE_DEVICE, TYPE_MAC), DYNAMIC},
    [SET_ZONE_CONNECTIONS] = {"zone_connections", INET, KEY(TYPE_DEVICE, TYPE_MAC), DYNAMIC},
    [SET_ZONE_CONNECTIONS_IN] = {"zone_connections_in", INET, KEY(TYPE_DEVICE, TYPE_MAC), DYNAMIC},
    [SET_DOWN] = {"down_", .family = NFPROTO_NETDEV, KEY(TYPE_MAC), MAP, TIMED},
};

const char *set_name(enum set_id id, const char *device, char name[static SET_NAME])
{
	snprintf(name, SET_NAME, "%s%.*s", set_types[id].name, IFNAMSIZ - 1, id == SET_DOWN ? device : "");
	return name;
}

enum set_id set_find(uint8_t family, const char *name, const char **device)
{
	const size_t down = strlen(set_types[SET_DOWN].name);

	*device = "";
	if (family == NFPROTO_NETDEV && strncmp(name, set_types[SET_DOWN].name, down) == 0 &&
	    strlen(name + down) < IFNAMSIZ) {
		*device = name + down;
		return SET_DOWN;
	}
	for (unsigned id = 0; id < SET_DOWN; id++)
		if (family == set_types[id].family && strcmp(name, set_types[id].name) == 0)
			return id;
	return SETS;
}

struct set_shape {
	uint32_t flags, key_type, key_length, data_type, data_length, size;
	uint64_t timeout_msec;
	uint8_t fields[ELEMENTS(set_types->key)];
	uint8_t n_fields, byte_order;
};

static struct set_shape shape(enum set_id id)
{
	const struct set_type *type = &set_types[id];
	struct set_shape s = {.flags = type->flags | (type->map ? NFT_SET_MAP : 0),
			      .size = type->size,
			      .timeout_msec = type->timeout_msec};

	for (unsigned i = 0; i < ELEMENTS(type->key) && type->key[i]; i++) {
		s.key_type = s.key_type << TYPE_BITS | type->key[i];
		s.fields[s.n_fields++] = datatypes[type->key[i]].length;
		s.key_length += MNL_ALIGN(datatypes[type->key[i]].length);
	}
	if (s.n_fields == 1)
		s.key_length = s.fields[0];
	/* nft writes no byte order for a concatenation. */
	s.byte_order = s.n_fields == 1 ? datatypes[type->key[0]].byte_order : 0;
	if (type->map) {
		s.data_type = TYPE_CLASSID;
		s.data_length = datatypes[TYPE_CLASSID].length;
	}
	/* Only the interval backend wants to know the fields. */
	if (!(type->flags & NFT_SET_INTERVAL))
		s.n_fields = 0;
	else
		s.flags |= NFT_SET_CONCAT;
	return s;
}

size_t set_key_length(enum set_id id)
{
	return shape(id).key_length;
}

/* Only `nft list` reads this: the byte order to print keys and values in. */
static int describe(struct nftnl_set *set, const struct set_shape *s)
{
	struct nftnl_udata_buf *data = nftnl_udata_buf_alloc(64);
	int r = -ENOMEM;

	if (!data)
		return -ENOMEM;
	if (nftnl_udata_put_u32(data, NFTNL_UDATA_SET_KEYBYTEORDER, s->byte_order) &&
	    (!s->data_length || nftnl_udata_put_u32(data, NFTNL_UDATA_SET_DATABYTEORDER, 1)))
		r = nftnl_set_set_data(set, NFTNL_SET_USERDATA, nftnl_udata_buf_data(data),
				       nftnl_udata_buf_len(data));
	nftnl_udata_buf_free(data);
	return r < 0 ? -ENOMEM : 0;
}

static int fill(struct nftnl_set *set, const struct set_shape *s)
{
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, s->flags);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, s->key_type);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, s->key_length);
	if (s->data_length) {
		nftnl_set_set_u32(set, NFTNL_SET_DATA_TYPE, s->data_type);
		nftnl_set_set_u32(set, NFTNL_SET_DATA_LEN, s->data_length);
	}
	if (s->size)
		nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, s->size);
	if (s->timeout_msec)
		nftnl_set_set_u64(set, NFTNL_SET_TIMEOUT, s->timeout_msec);
	if (s->n_fields && nftnl_set_set_data(set, NFTNL_SET_DESC_CONCAT, s->fields, s->n_fields) < 0)
		return -ENOMEM;
	return describe(set, s);
}

void put_set(struct transaction *transaction, const char *table, enum set_id id, const char *device)
{
	const struct set_shape s = shape(id);
	char name[SET_NAME];
	struct nftnl_set *set;
	struct nlmsghdr *message =
	    transaction_message(transaction, NFT_MSG_NEWSET, set_types[id].family, NLM_F_CREATE | NLM_F_EXCL);

	if (!message)
		return;
	set = nftnl_set_alloc();
	if (!set || nftnl_set_set_str(set, NFTNL_SET_TABLE, table) < 0 ||
	    nftnl_set_set_str(set, NFTNL_SET_NAME, set_name(id, device, name)) < 0 || fill(set, &s) < 0) {
		transaction->error = -ENOMEM;
	} else {
		nftnl_set_set_u32(set, NFTNL_SET_ID, ++transaction->set_id);
		nftnl_set_nlmsg_build_payload(message, set);
		transaction_add(transaction);
	}
	if (set)
		nftnl_set_free(set);
}

bool set_matches(enum set_id id, const struct nftnl_set *set)
{
	const struct set_shape s = shape(id);
	const uint32_t ours = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | NFT_SET_INTERVAL | NFT_SET_MAP |
			      NFT_SET_TIMEOUT | NFT_SET_EVAL | NFT_SET_OBJECT | NFT_SET_CONCAT;
	uint32_t n_fields = 0;
	const void *fields = nftnl_set_get_data(set, NFTNL_SET_DESC_CONCAT, &n_fields);

	if (!nftnl_set_is_set(set, NFTNL_SET_DESC_CONCAT))
		n_fields = 0;
	return (nftnl_set_get_u32(set, NFTNL_SET_FLAGS) & ours) == s.flags &&
	       nftnl_set_get_u32(set, NFTNL_SET_KEY_TYPE) == s.key_type &&
	       nftnl_set_get_u32(set, NFTNL_SET_KEY_LEN) == s.key_length &&
	       nftnl_set_get_u32(set, NFTNL_SET_DATA_TYPE) == s.data_type &&
	       nftnl_set_get_u32(set, NFTNL_SET_DATA_LEN) == s.data_length &&
	       nftnl_set_get_u32(set, NFTNL_SET_DESC_SIZE) == s.size &&
	       nftnl_set_get_u64(set, NFTNL_SET_TIMEOUT) == s.timeout_msec && n_fields == s.n_fields &&
	       (n_fields == 0 || memcmp(fields, s.fields, n_fields) == 0);
}
