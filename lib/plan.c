/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan's rows: memory, order and search, for all kinds of row by one table. It knows nothing of what a
 * row does in the kernel, and must never look at anything but its arguments.
 */
#include "plan_rows.h"
#include "cleanup.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

/* Rows are compared, hashed and sent as bytes: no hidden padding. */
static_assert(sizeof(struct prefix) == 18, "padding");
static_assert(sizeof(struct plan_class) == 48, "padding");
static_assert(sizeof(struct plan_device) == 20, "padding");
static_assert(sizeof(struct plan_prefix) == 36, "padding");
static_assert(sizeof(struct plan_match) == 28, "padding");
static_assert(sizeof(struct plan_mark) == 4, "padding");
static_assert(sizeof(struct plan_address) == 34, "padding");
static_assert(sizeof(struct plan_gate) == 24, "padding");
static_assert(sizeof(struct plan_session) == 88, "padding");
static_assert(sizeof(struct plan_chain) == 64, "padding");

/* Keys */

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int class_compare(const void *a, const void *b)
{
	const struct plan_class *x = a, *y = b;
	int r = order(x->tree, y->tree);

	return r ? r : order(x->minor, y->minor);
}

static int device_compare(const void *a, const void *b)
{
	const struct plan_device *x = a, *y = b;

	return strncmp(x->name, y->name, sizeof(x->name));
}

static int prefix_row_compare(const void *a, const void *b)
{
	const struct plan_prefix *x = a, *y = b;
	int r = strncmp(x->device, y->device, sizeof(x->device));

	return r ? r : memcmp(&x->prefix, &y->prefix, sizeof(x->prefix));
}

/* All but minor: what is matched, not whose it is. */
static int match_compare(const void *a, const void *b)
{
	const struct plan_match *x = a, *y = b;
	int r = order(x->office, y->office);

	if (r == 0)
		r = memcmp(&x->prefix, &y->prefix, sizeof(x->prefix));
	if (r == 0)
		r = order(x->protocol, y->protocol);
	if (r == 0)
		r = order(x->first_port, y->first_port);
	if (r == 0)
		r = order(x->last_port, y->last_port);
	return r ? r : order(x->dscp, y->dscp);
}

static int mark_compare(const void *a, const void *b)
{
	const struct plan_mark *x = a, *y = b;

	return order(x->minor, y->minor);
}

static int address_compare(const void *a, const void *b)
{
	const struct plan_address *x = a, *y = b;
	int r = strncmp(x->device, y->device, sizeof(x->device));

	return r ? r : memcmp(&x->prefix, &y->prefix, sizeof(x->prefix));
}

static int gate_compare(const void *a, const void *b)
{
	const struct plan_gate *x = a, *y = b;

	return strncmp(x->device, y->device, sizeof(x->device));
}

static int session_compare(const void *a, const void *b)
{
	const struct plan_session *x = a, *y = b;
	int r = strncmp(x->device, y->device, sizeof(x->device));

	return r ? r : memcmp(&x->mac, &y->mac, sizeof(x->mac));
}

static int chain_compare(const void *a, const void *b)
{
	const struct plan_chain *x = a, *y = b;
	int r = order(x->family, y->family);

	return r ? r : strncmp(x->name, y->name, sizeof(x->name));
}

/* Equality, the key being equal */

/* Unsigned, so that no pair of times overflows. */
static bool same_time(int64_t a, int64_t b)
{
	uint64_t apart = a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;

	return apart <= PLAN_TIME_SLACK_USEC;
}

#define DEFINE_BYTES_EQUAL(name, type)                                                                       \
	static bool name##_equal(const void *have, const void *want)                                         \
	{                                                                                                    \
		return memcmp(have, want, sizeof(type)) == 0;                                                \
	}
DEFINE_BYTES_EQUAL(class, struct plan_class)
DEFINE_BYTES_EQUAL(device, struct plan_device)
DEFINE_BYTES_EQUAL(prefix_row, struct plan_prefix)
DEFINE_BYTES_EQUAL(match, struct plan_match)
DEFINE_BYTES_EQUAL(mark, struct plan_mark)
DEFINE_BYTES_EQUAL(address, struct plan_address)
DEFINE_BYTES_EQUAL(chain, struct plan_chain)

static bool gate_equal(const void *have, const void *want)
{
	const struct plan_gate *x = have, *y = want;

	/* 0 is "no end in sight", not a time near the boot. */
	if (!x->closes_mono_usec || !y->closes_mono_usec)
		return x->closes_mono_usec == y->closes_mono_usec;
	return same_time(x->closes_mono_usec, y->closes_mono_usec);
}

static bool session_equal(const void *have, const void *want)
{
	struct plan_session x = *(const struct plan_session *)have;
	const struct plan_session *y = want;

	if (!same_time(x.ends_mono_usec, y->ends_mono_usec) ||
	    !same_time(x.started_mono_usec, y->started_mono_usec))
		return false;
	x.ends_mono_usec = y->ends_mono_usec;
	x.started_mono_usec = y->started_mono_usec;
	return memcmp(&x, y, sizeof(x)) == 0;
}

/* The table */

#define NAME(type, field) offsetof(struct type, field)
#define NAME_SIZE(type, field) sizeof(((struct type *)0)->field)
#define ROW(type, array, module, name1, size1, name2, size2)                                                 \
	{                                                                                                    \
		.size = sizeof(struct type), .rows_offset = offsetof(struct plan, array),                    \
		.n_offset = offsetof(struct plan, n_##array), .names = {name1, name2},                       \
		.name_sizes = {size1, size2}, .compare = module##_compare, .equal = module##_equal           \
	}
#define ROW_0(type, array, module) ROW(type, array, module, PLAN_NO_NAME, 0, PLAN_NO_NAME, 0)
#define ROW_1(type, array, module, name)                                                                     \
	ROW(type, array, module, NAME(type, name), NAME_SIZE(type, name), PLAN_NO_NAME, 0)
#define ROW_2(type, array, module, name, name2)                                                              \
	ROW(type, array, module, NAME(type, name), NAME_SIZE(type, name), NAME(type, name2),                 \
	    NAME_SIZE(type, name2))

const struct plan_row_kind plan_row_kinds[PLAN_KINDS] = {
    [PLAN_CLASSES] = ROW_0(plan_class, classes, class),
    [PLAN_DEVICES] = ROW_1(plan_device, devices, device, name),
    [PLAN_PREFIXES] = ROW_1(plan_prefix, prefixes, prefix_row, device),
    [PLAN_MATCHES] = ROW_0(plan_match, matches, match),
    [PLAN_MARKS] = ROW_0(plan_mark, marks, mark),
    [PLAN_ADDRESSES] = ROW_1(plan_address, addresses, address, device),
    [PLAN_GATES] = ROW_1(plan_gate, gates, gate, device),
    [PLAN_SESSIONS] = ROW_1(plan_session, sessions, session, device),
    [PLAN_CHAINS] = ROW_2(plan_chain, chains, chain, name, device),
};

/* Rows of any kind. Pointers of different types may not be read through void **, hence memcpy(). */

static size_t rows_n(const struct plan *plan, enum plan_kind kind)
{
	size_t n;

	memcpy(&n, (const char *)plan + plan_row_kinds[kind].n_offset, sizeof(n));
	return n;
}

static char *rows_get(const struct plan *plan, enum plan_kind kind)
{
	char *rows;

	memcpy(&rows, (const char *)plan + plan_row_kinds[kind].rows_offset, sizeof(rows));
	return rows;
}

static void rows_put(struct plan *plan, enum plan_kind kind, void *rows, size_t n)
{
	memcpy((char *)plan + plan_row_kinds[kind].rows_offset, &rows, sizeof(rows));
	memcpy((char *)plan + plan_row_kinds[kind].n_offset, &n, sizeof(n));
}

const void *plan_rows(const struct plan *plan, enum plan_kind kind, size_t *n)
{
	*n = rows_n(plan, kind);
	return rows_get(plan, kind);
}

const void *plan_row(const struct plan *plan, enum plan_kind kind, size_t i)
{
	return rows_get(plan, kind) + i * plan_row_kinds[kind].size;
}

void plan_clear(struct plan *plan)
{
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++)
		free(rows_get(plan, kind));
	memset(plan, 0, sizeof(*plan));
}

/* Room for n rows is the next power of two, so that the count alone tells when to grow. */
static size_t room(size_t n)
{
	size_t size = 1;

	while (size < n)
		size *= 2;
	return size;
}

int plan_rows_set(struct plan *plan, enum plan_kind kind, const void *rows, size_t n)
{
	size_t size = plan_row_kinds[kind].size;
	void *copy = NULL;

	if (n) {
		copy = reallocarray(NULL, room(n), size);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, rows, n * size);
	}
	free(rows_get(plan, kind));
	rows_put(plan, kind, copy, n);
	return 0;
}

/* What follows a name's end is not part of the name, but is part of the bytes. */
static void names_pad(const struct plan_row_kind *kind, char *row)
{
	for (size_t i = 0; i < ELEMENTS(kind->names) && kind->names[i] != PLAN_NO_NAME; i++) {
		char *name = row + kind->names[i];
		size_t length = strnlen(name, kind->name_sizes[i] - 1);

		memset(name + length, 0, kind->name_sizes[i] - length);
	}
}

static int plan_add(struct plan *plan, enum plan_kind kind, const void *row)
{
	const struct plan_row_kind *k = &plan_row_kinds[kind];
	size_t n = rows_n(plan, kind);
	char *rows = rows_get(plan, kind);

	if (room(n) == n || n == 0) {
		rows = reallocarray(rows, room(n + 1), k->size);
		if (!rows)
			return -ENOMEM;
	}
	memcpy(rows + n * k->size, row, k->size);
	names_pad(k, rows + n * k->size);
	rows_put(plan, kind, rows, n + 1);
	return 0;
}

int plan_add_class(struct plan *plan, const struct plan_class *row)
{
	return plan_add(plan, PLAN_CLASSES, row);
}

int plan_add_device(struct plan *plan, const struct plan_device *row)
{
	return plan_add(plan, PLAN_DEVICES, row);
}

int plan_add_prefix(struct plan *plan, const struct plan_prefix *row)
{
	return plan_add(plan, PLAN_PREFIXES, row);
}

int plan_add_match(struct plan *plan, const struct plan_match *row)
{
	return plan_add(plan, PLAN_MATCHES, row);
}

int plan_add_mark(struct plan *plan, const struct plan_mark *row)
{
	return plan_add(plan, PLAN_MARKS, row);
}

int plan_add_address(struct plan *plan, const struct plan_address *row)
{
	return plan_add(plan, PLAN_ADDRESSES, row);
}

int plan_add_gate(struct plan *plan, const struct plan_gate *row)
{
	return plan_add(plan, PLAN_GATES, row);
}

int plan_add_session(struct plan *plan, const struct plan_session *row)
{
	return plan_add(plan, PLAN_SESSIONS, row);
}

int plan_add_chain(struct plan *plan, const struct plan_chain *row)
{
	return plan_add(plan, PLAN_CHAINS, row);
}

int plan_copy(struct plan *to, const struct plan *from)
{
	struct plan copy = *from;
	int r = 0;

	for (unsigned kind = 0; kind < PLAN_KINDS; kind++)
		rows_put(&copy, kind, NULL, 0);
	for (unsigned kind = 0; kind < PLAN_KINDS && r == 0; kind++)
		r = plan_rows_set(&copy, kind, rows_get(from, kind), rows_n(from, kind));
	if (r < 0) {
		plan_clear(&copy);
		return r;
	}
	*to = copy;
	return 0;
}

void plan_sort(struct plan *plan)
{
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++)
		if (rows_n(plan, kind))
			qsort(rows_get(plan, kind), rows_n(plan, kind), plan_row_kinds[kind].size,
			      plan_row_kinds[kind].compare);
}

static const void *plan_find(const struct plan *plan, enum plan_kind kind, const void *key)
{
	if (!rows_n(plan, kind))
		return NULL;
	return bsearch(key, rows_get(plan, kind), rows_n(plan, kind), plan_row_kinds[kind].size,
		       plan_row_kinds[kind].compare);
}

/* A longer name is no device's, and cut short it could be another's. */
static bool name_fill(char to[static IFNAMSIZ], const char *name)
{
	size_t length = strnlen(name, IFNAMSIZ);

	if (length == IFNAMSIZ)
		return false;
	memcpy(to, name, length);
	return true;
}

const struct plan_class *plan_find_class(const struct plan *plan, enum plan_tree tree, uint16_t minor)
{
	const struct plan_class key = {.tree = tree, .minor = minor};

	return plan_find(plan, PLAN_CLASSES, &key);
}

const struct plan_device *plan_find_device(const struct plan *plan, const char *name)
{
	struct plan_device key = {0};

	return name_fill(key.name, name) ? plan_find(plan, PLAN_DEVICES, &key) : NULL;
}

const struct plan_session *plan_find_session(const struct plan *plan, const char *device,
					     const struct mac *mac)
{
	struct plan_session key = {.mac = *mac};

	return name_fill(key.device, device) ? plan_find(plan, PLAN_SESSIONS, &key) : NULL;
}
