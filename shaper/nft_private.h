/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the nft_*.c files share: the list of our sets and chains, one transaction, set elements as plain data,
 * and rules built expression by expression. Nobody else includes this.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include "netlink.h"
#include "nft.h"

struct nft {
	struct netlink *netlink;
};

/* Class ids as skb->priority and HTB know them: major 1 is PLAN_UP's tree, 2 PLAN_DOWN's. */
#define CLASS_UP(minor) (1u << 16 | (minor))
#define CLASS_DOWN(minor) (2u << 16 | (minor))
#define CLASS_MAJOR(classid) ((classid) >> 16)
#define CLASS_MINOR(classid) ((uint16_t)((classid)&0xffff))

/* ---- sets and maps (nft_sets.c) ---- */

enum set_id {
	SET_UPLINK_DEVICE,
	SET_OFFICE_DEVICES,
	SET_ZONE_DEVICES,
	SET_ZONE_REST,
	SET_ZONE_REST_UP,
	SET_OPEN_ZONES,
	SET_OFFICE_UP4,
	SET_OFFICE_UP6,
	SET_OFFICE_DOWN4,
	SET_OFFICE_DOWN6,
	SET_SAME_OFFICE4,
	SET_SAME_OFFICE6,
	SET_ZONE_ADDRESSES6,
	SET_GUEST_UP4,
	SET_GUEST_UP6,
	SET_GARDEN4,
	SET_GARDEN6,
	SET_SERVICE_OFFICES,
	SET_SERVICE_FAR_UP4,
	SET_SERVICE_FAR_UP6,
	SET_SERVICE_FAR_DOWN4,
	SET_SERVICE_FAR_DOWN6,
	SET_SERVICE_PORTS_UP,
	SET_SERVICE_PORTS_DOWN,
	SET_SERVICE_DSCP_UP,
	SET_SERVICE_DSCP_DOWN,
	SET_MARKS,
	/* Filled by the packet path itself, never read: who has how much of what everybody shares. `_IN`:
	 * guests who are in; the others are captive. */
	SET_DHCP_BUDGET,
	SET_NEIGHBOUR_BUDGET,
	SET_REFUSED_BUDGET,
	SET_DNS_BUDGET,
	SET_DNS_BUDGET_IN,
	SET_NEW_BUDGET,
	SET_NEW_BUDGET_IN,
	SET_CONNECTIONS,
	SET_CONNECTIONS_IN,
	SET_ZONE_CONNECTIONS,
	SET_ZONE_CONNECTIONS_IN,
	SET_DOWN, /* one a zone device, named down_DEVICE */
	SETS
};

#define SET_NAME (IFNAMSIZ + 8)

/* nft's datatypes (include/datatype.h): a concatenation's type is theirs in 6 bits each. Concatenated fields
 * are padded to 4 bytes, since each begins in a new 32-bit register. */
enum {
	TYPE_IP4 = 7,
	TYPE_IP6 = 8,
	TYPE_MAC = 9,
	TYPE_PROTOCOL = 12,
	TYPE_PORT = 13,
	TYPE_CLASSID = 23,
	TYPE_DSCP = 36,
	TYPE_DEVICE = 41,
	TYPE_BITS = 6
};

/* Key types are nft's numbers (its `nft describe`), so that `nft list` prints our sets as people know them.
 */
struct set_type {
	const char *name;
	uint8_t family;
	bool map;	/* to a class id */
	uint32_t flags; /* NFT_SET_INTERVAL, NFT_SET_TIMEOUT, NFT_SET_EVAL */
	uint8_t key[4];
	uint8_t role;	       /* of the devices that lie in it, 0: others */
	uint32_t size;	       /* most elements, 0: no bound of the kernel's */
	uint64_t timeout_msec; /* of an element that says nothing itself, 0: none */
};
extern const struct set_type set_types[SETS];

const char *set_name(enum set_id id, const char *device, char name[static SET_NAME]);
/* The id of a set of this family and name, and the device of a down_DEVICE; SETS: not one of ours. */
enum set_id set_find(uint8_t family, const char *name, const char **device);
size_t set_key_length(enum set_id id);
bool set_matches(enum set_id id, const struct nftnl_set *set);

/* ---- what is there, without elements and rules (nft_layout.c) ---- */

struct layout_set {
	enum set_id id; /* SETS: unknown */
	bool matches;
	char device[IFNAMSIZ];
};
struct layout_chain {
	uint8_t family;
	bool base;
	char name[sizeof(((struct plan_chain *)NULL)->name)];
	char device[IFNAMSIZ];
	uint64_t hook; /* digest */
};
struct layout {
	bool inet, netdev, counter;
	struct layout_set *sets;
	size_t n_sets;
	struct layout_chain *chains;
	size_t n_chains;
};
int layout_read(struct nft *nft, struct layout *out); /* -EINTR: start over */
void layout_clear(struct layout *layout);
const struct layout_set *layout_set(const struct layout *layout, enum set_id id, const char *device);
const struct layout_chain *layout_chain(const struct layout *layout, uint8_t family, const char *name);

/* ---- elements (nft_elements.c) ---- */

#define ELEMENT_KEY 32
#define ELEMENT_COMMENT 200

struct element {
	uint8_t key[ELEMENT_KEY], end[ELEMENT_KEY]; /* `end` where `range` */
	uint8_t length;
	bool range;
	bool valued;
	uint32_t value;
	uint64_t timeout_msec, expires_msec; /* 0: none */
	char comment[ELEMENT_COMMENT];
};

void element_device(struct element *element, const char *device);
void element_mac(struct element *element, const struct mac *mac);
void element_address(struct element *element, const struct addr *addr);
void element_prefix(struct element *element, const struct prefix *prefix);
/* A range of numbers as they lie in the key: `length` bytes at each end, one field. */
void element_range(struct element *element, const void *first, const void *last, size_t length);
/* The prefix at `offset` of a range's key; false where it is not one. */
bool element_get_prefix(const struct element *element, size_t offset, size_t length, struct prefix *prefix);

typedef int (*element_fn)(const struct element *element, void *data);
/* -ENOENT: no such set; -EINTR: start over. */
int elements_dump(struct nft *nft, enum set_id id, const char *device, element_fn seen, void *data);
/* 0: found; 1: not there; the key is element's. */
int element_get(struct nft *nft, enum set_id id, const char *device, struct element *element);

/* ---- one transaction (nft_transaction.c) ---- */

struct transaction {
	struct netlink_batch batch;
	int error;	       /* the first; later calls do nothing */
	struct nlmsghdr *open; /* the element message being filled */
	struct nlattr *list;
	uint16_t open_type, open_flags;
	char open_set[SET_NAME];
	uint32_t set_id;
};
void transaction_begin(struct transaction *transaction);
/* Sends it where it has a message; adds to *operations on success. */
int transaction_commit(struct transaction *transaction, struct nft *nft, unsigned *operations, char *text,
		       size_t size);
void transaction_clear(struct transaction *transaction);
/* A message to be filled and then given to transaction_add(); NULL after an error. */
struct nlmsghdr *transaction_message(struct transaction *transaction, uint16_t type, uint8_t family,
				     uint16_t flags);
void transaction_add(struct transaction *transaction);

void put_table(struct transaction *transaction, uint16_t type, uint8_t family, const char *table);
void put_set(struct transaction *transaction, const char *table, enum set_id id, const char *device);
void put_set_delete(struct transaction *transaction, enum set_id id, const char *device);
void put_set_flush(struct transaction *transaction, enum set_id id);
void put_counter(struct transaction *transaction, const char *table);
/* type: NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM. Elements of one set in a row share messages below 64 KiB. */
void put_element(struct transaction *transaction, uint16_t type, uint16_t flags, enum set_id id,
		 const char *device, const struct element *element);

/* ---- rules (nft_expressions.c) ---- */

struct rules {
	const char *table;
	uint8_t family;
	const char *chain;
	struct nftnl_rule *rule; /* begun, not ended */
	int (*sink)(struct nftnl_rule *rule, void *data);
	void *data;
	int error;
};

/* What nft_dynamic.c builds with. Integer attributes of one expression end with 0, which none that is used
 * is. */
struct attribute {
	uint16_t type;
	uint32_t value;
};
struct nftnl_expr *rule_expression(struct rules *rules, const char *name, const struct attribute *attributes);
#define EXPRESSION(rules, name, ...)                                                                         \
	rule_expression(rules, name, (const struct attribute[]){__VA_ARGS__, {0}})
#define REGISTER_1 NFT_REG_1
#define REGISTER_2 NFT_REG_2
void rule_text(struct rules *rules, struct nftnl_expr *expr, uint16_t type, const char *text);
void rule_mask(struct rules *rules, uint32_t reg, const void *mask, uint32_t length);
void load_station(
    struct rules *rules); /* the device that it came by, and its source MAC: registers 1 and 2 */

void match_device(struct rules *rules, uint32_t key, uint32_t op, const char *device);
void match_device_set(struct rules *rules, uint32_t key, enum set_id set, bool inverted);
void match_family(struct rules *rules, uint8_t nfproto);
void match_protocol(struct rules *rules, uint8_t protocol);
void match_port(struct rules *rules, uint8_t protocol, uint32_t op, uint16_t port);
void match_source_port(struct rules *rules, uint8_t protocol, uint16_t port);
void match_icmp(struct rules *rules, uint8_t nfproto, uint8_t type);
void match_known_connection(struct rules *rules,
			    uint32_t op); /* NFT_CMP_NEQ: established or related; EQ: neither */
void match_invalid_connection(struct rules *rules);
void match_unconfirmed_connection(
    struct rules *rules); /* this packet would make an entry of the connection table */
void match_mark(struct rules *rules, uint32_t mark);
void match_local_destination(struct rules *rules);
void match_priority(struct rules *rules, uint32_t classid);
enum side { SOURCE, DESTINATION };
void match_device_address(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side,
			  enum set_id set);
void match_address_pair(struct rules *rules, uint8_t nfproto, enum set_id set);
void match_ethertype(struct rules *rules, uint16_t type);
void match_source_network(struct rules *rules, const struct prefix *network);
void match_destination_network(struct rules *rules, const struct prefix *network);
void match_arp_source_network(struct rules *rules, const struct prefix *network);
void match_source_behind(struct rules *rules, enum set_id devices);
/* `meta priority set KEY map @MAP`: where the map has no such key the rule ends. */
void map_device(struct rules *rules, uint32_t key, enum set_id map);
void map_device_address(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side, enum set_id map);
void map_guest4(struct rules *rules);
void map_guest6(struct rules *rules);
void map_guest_down(struct rules *rules, const char *device);
void set_priority(struct rules *rules, uint32_t classid);
void set_mark(struct rules *rules, uint32_t mark); /* ends the rule */
void do_not_track(struct rules *rules);		   /* ends the rule */
/* In an address set whose device comes first. */
void match_garden(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side);
/* Counted by station in a set that the packets themselves fill (nft_dynamic.c). A full set matches nobody
 * new. */
void match_within_rate(struct rules *rules, enum set_id set, uint32_t per_second, uint32_t burst);
void match_beyond_rate(struct rules *rules, enum set_id set, uint32_t per_second, uint32_t burst);
/* All that comes to this rule together. */
void match_beyond_bytes(struct rules *rules, uint32_t per_second, uint32_t burst);
void match_beyond_count(struct rules *rules, enum set_id set, uint32_t count);
void match_beyond_count_of_many(struct rules *rules, enum set_id set, uint32_t count);
void count_own(struct rules *rules);
/* These end the rule. */
void end_rule(struct rules *rules);
void verdict(struct rules *rules, int verdict, const char *chain);
void reject(struct rules *rules, uint32_t type, uint8_t code);
void redirect(struct rules *rules, uint16_t port);
void masquerade(struct rules *rules);

/* ---- our chains (nft_rules.c) ---- */

struct chain {
	uint8_t family;
	const char *name;
	const char *type; /* NULL: not a base chain */
	uint32_t hook;
	int32_t priority;
	const char *device;
	void (*write)(struct rules *rules, const struct plan *plan, const struct plan_device *device);
	const struct plan_device *zone;
	bool (*needed)(const struct plan *plan); /* NULL: always */
};

int chains_each(const struct plan *want, int (*seen)(const struct chain *chain, void *data), void *data);
int chain_rules(const struct chain *chain, const struct plan *want, int (*sink)(struct nftnl_rule *, void *),
		void *data);
void put_chain(struct transaction *transaction, const char *table, const struct chain *chain);
int put_rule(struct nftnl_rule *rule, void *transaction); /* a sink */

/* Elements that follow from the plan but are not rows of it. */
int derived_each(const struct plan *want, enum set_id id, element_fn seen, void *data);
/* The chain whose digest carries these elements, or NULL. */
const char *derived_chain(enum set_id id);

/* FNV-1a, 64 bit; never 0 after digest_end(). Elements are summed, so that their order does not matter. */
#define DIGEST_START 0xcbf29ce484222325u
uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t length);
uint64_t digest_text(uint64_t digest, const char *text);
uint64_t digest_hook(const char *type, uint32_t hook, int32_t priority, uint32_t policy, const char *device);
uint64_t digest_rule(uint64_t digest, const struct nftnl_rule *rule);
uint64_t digest_element(const struct element *element);
uint64_t digest_end(uint64_t hook, uint64_t rules, uint64_t elements);

/* ---- which rows lie in which sets (nft_members.c) ---- */

struct member {
	enum plan_kind kind;
	enum set_id id;
	bool expires; /* gone already, perhaps: its deletion needs more than the row */
	/* False: this row has no element in this set. */
	bool (*element)(const void *row, enum set_id id, int64_t mono_usec, struct element *out);
};
extern const struct member members[];
extern const size_t n_members;
/* The row, and the device that names its set where its set is a device's. */
const void *member_row(const struct plan *plan, enum plan_kind kind, uint32_t i, const char **device);

/* ---- services of offices, marks (nft_matches.c) ---- */

/* Whether this row lies in this set, and as what. */
bool match_element(const struct plan_match *row, enum set_id id, struct element *out);
bool mark_element(const struct plan_mark *row, struct element *out);
/* The row that an element of set `id` is, and which tree's; false: none that we would write. */
bool match_of_element(const struct element *element, enum set_id id, bool *down, struct plan_match *row);
bool mark_of_element(const struct element *element, struct plan_mark *row);
/* Elements of SET_SERVICE_OFFICES: the classes whose packets are looked at once more. */
int service_offices_each(const struct plan *want, element_fn seen, void *data);

/* ---- guests (nft_guests.c) ---- */

/* One element of the three that make a session. */
struct guest {
	char device[IFNAMSIZ];
	struct mac mac;
	uint8_t address4[4]; /* GUEST_UP4 */
	uint8_t set;	     /* enum set_id */
	uint32_t value;
	uint64_t timeout_msec, expires_msec;
	struct plan_session noted; /* GUEST_UP6: what the comment says */
};
struct guests {
	struct guest *rows;
	size_t n, size;
};
typedef bool (*guest_wanted_fn)(const struct guest *guest, void *data); /* NULL: all */
int guests_dump(struct nft *nft, const struct layout *layout, guest_wanted_fn wanted, void *data,
		struct guests *out);
void guests_clear(struct guests *guests);
/* Sorts, and appends one session for each guest. */
int guests_sessions(struct guests *guests, int64_t mono_usec, struct plan *out);
void put_guests_delete(struct transaction *transaction, const struct guests *guests);
/* Which of the three. 0: nothing to write (no IPv4 address; its end has passed). */
bool session_element(const struct plan_session *session, enum set_id id, int64_t mono_usec,
		     struct element *out);
uint64_t remaining_msec(int64_t ends_mono_usec, int64_t mono_usec); /* 0: over */
