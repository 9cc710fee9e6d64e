/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan as flat bytes: a head with the options and the counts, then the rows of each kind as they lie in
 * memory (one machine, one build). The reader is the process with the privilege and the writer is not:
 * decoding must accept nothing that encoding would have refused, and must never read outside the bytes it was
 * given.
 */
#include "plan_rows.h"
#include "cleanup.h"
#include <errno.h>
#include <string.h>

/* What the types allow, the kernel's odd states included: whether a plan makes sense is its receiver's to
 * judge. */

static bool all_zero(const void *bytes, size_t n)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < n; i++)
		if (b[i])
			return false;
	return true;
}

static bool addr_valid(const struct addr *addr)
{
	size_t used = addr_bits(addr) / 8;

	return used && all_zero(addr->octets + used, sizeof(addr->octets) - used);
}

static bool prefix_valid(const struct prefix *prefix)
{
	return addr_valid(&prefix->addr) && prefix->length <= addr_bits(&prefix->addr);
}

static bool class_valid(const void *row)
{
	const struct plan_class *c = row;

	return c->tree < PLAN_TREES && c->leaf <= PLAN_LEAF_GUEST && c->minor && c->minor != c->parent &&
	       c->prio <= 7 && all_zero(c->zero, sizeof(c->zero));
}

static bool device_valid(const void *row)
{
	const struct plan_device *d = row;

	return d->role >= PLAN_UPLINK && d->role <= PLAN_ZONE && !d->zero[0];
}

static bool prefix_row_valid(const void *row)
{
	const struct plan_prefix *p = row;

	return prefix_valid(&p->prefix) && !prefix_has_host_bits(&p->prefix) && p->minor;
}

/* Exactly one of the three forms. The protocol is any number: the kernel may hold a stranger's. */
static bool match_valid(const void *row)
{
	const struct plan_match *m = row;
	bool far = m->prefix.addr.family;

	if (!m->office || !m->minor || m->first_port > m->last_port)
		return false;
	if (far ? !prefix_valid(&m->prefix) || prefix_has_host_bits(&m->prefix)
		: !all_zero(&m->prefix, sizeof(m->prefix)))
		return false;
	if (m->dscp != PLAN_DSCP_NONE)
		return m->dscp <= 63 && !far && !m->protocol && !m->last_port;
	if (m->protocol)
		return true;
	return far && m->first_port == 0 && m->last_port == UINT16_MAX;
}

static bool mark_valid(const void *row)
{
	const struct plan_mark *m = row;

	return m->minor && m->dscp <= 63 && !m->zero[0];
}

static bool address_valid(const void *row)
{
	const struct plan_address *a = row;

	return prefix_valid(&a->prefix);
}

static bool gate_valid(const void *row)
{
	const struct plan_gate *g = row;

	return g->closes_mono_usec >= 0;
}

static bool session_valid(const void *row)
{
	const struct plan_session *s = row;
	bool address_ok = s->address4.family == AF_INET ? addr_valid(&s->address4)
							: all_zero(&s->address4, sizeof(s->address4));

	return address_ok && s->ends_mono_usec >= 0 && s->started_mono_usec >= 0 && s->minor &&
	       all_zero(s->zero, sizeof(s->zero));
}

static bool chain_valid(const void *row)
{
	const struct plan_chain *c = row;

	return c->family && all_zero(c->zero, sizeof(c->zero));
}

static bool (*const validators[PLAN_KINDS])(const void *row) = {
    [PLAN_CLASSES] = class_valid, [PLAN_DEVICES] = device_valid,   [PLAN_PREFIXES] = prefix_row_valid,
    [PLAN_MATCHES] = match_valid, [PLAN_MARKS] = mark_valid,	   [PLAN_ADDRESSES] = address_valid,
    [PLAN_GATES] = gate_valid,	  [PLAN_SESSIONS] = session_valid, [PLAN_CHAINS] = chain_valid,
};

/* Ends, and nothing hides behind the end. */
static bool text_valid(const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	return length < size && all_zero(text + length, size - length);
}

/* As the kernel has it (dev_valid_name()): such a name is safe to be part of a path below /proc/sys. */
static bool device_name_valid(const char name[static IFNAMSIZ])
{
	if (!text_valid(name, IFNAMSIZ) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || *name == '/' || *name == ':' || *name == 0x7f)
			return false;
	return true;
}

/* The first is the key's and may not be empty. */
static bool names_valid(const struct plan_row_kind *kind, const char *row)
{
	for (size_t i = 0; i < ELEMENTS(kind->names) && kind->names[i] != PLAN_NO_NAME; i++) {
		const char *name = row + kind->names[i];
		bool valid = kind->name_sizes[i] == IFNAMSIZ ? device_name_valid(name)
							     : text_valid(name, kind->name_sizes[i]);

		if (!valid || (i == 0 && !name[0]))
			return false;
	}
	return true;
}

/* Each valid, keys strictly ascending: what plan_sort() makes where there is no duplicate. */
static bool rows_valid(const void *rows, size_t n, enum plan_kind kind)
{
	const struct plan_row_kind *k = &plan_row_kinds[kind];
	const char *row = rows;

	for (size_t i = 0; i < n; i++, row += k->size) {
		if (!names_valid(k, row) || !validators[kind](row))
			return false;
		if (i && k->compare(row - k->size, row) >= 0)
			return false;
	}
	return true;
}

bool plan_session_valid(const struct plan_session *session)
{
	return rows_valid(session, 1, PLAN_SESSIONS);
}

#define PLAN_MAGIC 0x336e616c70627267ull /* "grbplan3" */

struct plan_head {
	uint64_t magic;
	uint64_t length; /* of everything */
	uint32_t counts[PLAN_KINDS];
	uint16_t portal_port, tls_port;
	uint8_t nat, nat66, between_offices, dscp_clear, ifb_always;
	char uplink[IFNAMSIZ];
	uint8_t zero[3];
};
_Static_assert(sizeof(struct plan_head) == 80, "padding");

/* The length that these counts make; more than PLAN_BYTES_MAX where it is no use to go on. */
static uint64_t length_of(const uint32_t counts[static PLAN_KINDS])
{
	uint64_t length = sizeof(struct plan_head);

	for (unsigned kind = 0; kind < PLAN_KINDS; kind++)
		length += (uint64_t)counts[kind] * plan_row_kinds[kind].size;
	return length;
}

static int head_fill(const struct plan *plan, struct plan_head *out)
{
	struct plan_head head = {
	    .magic = PLAN_MAGIC,
	    .portal_port = plan->portal_port,
	    .tls_port = plan->tls_port,
	    .nat = plan->nat,
	    .nat66 = plan->nat66,
	    .between_offices = plan->between_offices,
	    .dscp_clear = plan->dscp_clear,
	    .ifb_always = plan->ifb_always,
	};

	memcpy(head.uplink, plan->uplink, strnlen(plan->uplink, IFNAMSIZ));
	if (!device_name_valid(head.uplink))
		return -EINVAL;
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++) {
		size_t n;
		const void *rows = plan_rows(plan, kind, &n);

		if (n > PLAN_BYTES_MAX)
			return -EFBIG;
		if (!rows_valid(rows, n, kind))
			return -EINVAL;
		head.counts[kind] = (uint32_t)n;
	}
	head.length = length_of(head.counts);
	if (head.length > PLAN_BYTES_MAX)
		return -EFBIG;
	*out = head;
	return 0;
}

int plan_encode(const struct plan *plan, void **bytes, size_t *length)
{
	struct plan_head head;
	char *buffer, *at;
	int r = head_fill(plan, &head);

	if (r < 0)
		return r;
	buffer = malloc(head.length);
	if (!buffer)
		return -ENOMEM;
	memcpy(buffer, &head, sizeof(head));
	at = buffer + sizeof(head);
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++) {
		size_t n, size;
		const void *rows = plan_rows(plan, kind, &n);

		size = n * plan_row_kinds[kind].size;
		if (size)
			memcpy(at, rows, size);
		at += size;
	}
	*bytes = buffer;
	*length = head.length;
	return 0;
}

/* No uplink is fine: the kernel does not know which device it is before the first plan. */
static bool head_valid(const struct plan_head *head, size_t length)
{
	static const uint8_t zero[sizeof(head->zero)];

	return head->magic == PLAN_MAGIC && head->length == length && length_of(head->counts) == length &&
	       head->nat <= 1 && head->nat66 <= 1 && head->between_offices <= 1 && head->dscp_clear <= 1 &&
	       head->ifb_always <= 1 && device_name_valid(head->uplink) &&
	       memcmp(head->zero, zero, sizeof(zero)) == 0;
}

/* Copies first and checks the copy: the bytes may lie at any alignment. */
static int rows_decode(const char *bytes, const struct plan_head *head, struct plan *plan)
{
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++) {
		size_t n = head->counts[kind];
		int r = plan_rows_set(plan, kind, bytes, n);

		if (r < 0)
			return r;
		if (!rows_valid(plan_rows(plan, kind, &n), n, kind))
			return -EBADMSG;
		bytes += n * plan_row_kinds[kind].size;
	}
	return 0;
}

int plan_decode(const void *bytes, size_t length, struct plan *out)
{
	struct plan_head head;
	struct plan plan = {0};
	int r;

	if (length < sizeof(head) || length > PLAN_BYTES_MAX)
		return -EBADMSG;
	memcpy(&head, bytes, sizeof(head));
	if (!head_valid(&head, length))
		return -EBADMSG;
	plan.nat = head.nat;
	plan.nat66 = head.nat66;
	plan.between_offices = head.between_offices;
	plan.dscp_clear = head.dscp_clear;
	plan.ifb_always = head.ifb_always;
	plan.portal_port = head.portal_port;
	plan.tls_port = head.tls_port;
	memcpy(plan.uplink, head.uplink, sizeof(plan.uplink));
	r = rows_decode((const char *)bytes + sizeof(head), &head, &plan);
	if (r < 0) {
		plan_clear(&plan);
		return r;
	}
	*out = plan;
	return 0;
}
