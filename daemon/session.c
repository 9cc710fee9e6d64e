/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a guest's login, its next question and its end are each one look into this table. It must never be
 * walked for a login, and it must never hold two sessions of one guest: the kernel keeps one element for
 * each.
 */
#include "session.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"

#undef HASH_NONFATAL_OOM
#define HASH_NONFATAL_OOM 1

#define NOT_IN_HEAP SIZE_MAX

struct device_count {
	char device[IFNAMSIZ];
	size_t n;
	UT_hash_handle hh;
};

struct sessions {
	struct session *by_guest, *by_id;
	struct session **heap; /* min-heap by end */
	size_t n_heap, heap_size;
	struct device_count *counts;
	uint64_t next_id;
};

/* ---- order of ends ---- */

static int64_t heap_end(const struct sessions *sessions, size_t i)
{
	return sessions->heap[i]->row.ends_mono_usec;
}

static void heap_put(struct sessions *sessions, size_t i, struct session *session)
{
	sessions->heap[i] = session;
	session->heap_index = i;
}

static void heap_swap(struct sessions *sessions, size_t a, size_t b)
{
	struct session *session = sessions->heap[a];

	heap_put(sessions, a, sessions->heap[b]);
	heap_put(sessions, b, session);
}

static void heap_up(struct sessions *sessions, size_t i)
{
	while (i && heap_end(sessions, i) < heap_end(sessions, (i - 1) / 2)) {
		heap_swap(sessions, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static void heap_down(struct sessions *sessions, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < sessions->n_heap; child++)
			if (heap_end(sessions, child) < heap_end(sessions, least))
				least = child;
		if (least == i)
			return;
		heap_swap(sessions, i, least);
		i = least;
	}
}

static int heap_reserve(struct sessions *sessions)
{
	struct session **heap;
	size_t size = sessions->heap_size ? 2 * sessions->heap_size : 64;

	if (sessions->n_heap < sessions->heap_size)
		return 0;
	heap = reallocarray(sessions->heap, size, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	sessions->heap = heap;
	sessions->heap_size = size;
	return 0;
}

static void heap_remove(struct sessions *sessions, struct session *session)
{
	size_t i = session->heap_index;

	if (i == NOT_IN_HEAP)
		return;
	session->heap_index = NOT_IN_HEAP;
	sessions->n_heap--;
	if (i == sessions->n_heap)
		return;
	heap_put(sessions, i, sessions->heap[sessions->n_heap]);
	heap_up(sessions, i);
	heap_down(sessions, i);
}

/* ---- how many on a device ---- */

static struct device_count *count_find(const struct sessions *sessions, const char device[static IFNAMSIZ])
{
	struct device_count *count;

	HASH_FIND(hh, sessions->counts, device, IFNAMSIZ, count);
	return count;
}

static int count_up(struct sessions *sessions, const char device[static IFNAMSIZ])
{
	struct device_count *count = count_find(sessions, device);

	if (!count) {
		count = calloc(1, sizeof(*count));
		if (!count)
			return -ENOMEM;
		memcpy(count->device, device, IFNAMSIZ);
		HASH_ADD(hh, sessions->counts, device, IFNAMSIZ, count);
		if (!count->hh.tbl) {
			free(count);
			return -ENOMEM;
		}
	}
	count->n++;
	return 0;
}

static void count_down(struct sessions *sessions, const char device[static IFNAMSIZ])
{
	struct device_count *count = count_find(sessions, device);

	if (!count || --count->n)
		return;
	HASH_DEL(sessions->counts, count);
	free(count);
}

/* ---- the table ---- */

static struct session_key key_of(const char *device, const struct mac *mac)
{
	struct session_key key = {.mac = *mac};

	memcpy(key.device, device, strnlen(device, IFNAMSIZ - 1));
	return key;
}

struct sessions *sessions_new(void)
{
	struct sessions *sessions = calloc(1, sizeof(*sessions));

	if (sessions)
		sessions->next_id = 1;
	return sessions;
}

struct sessions *sessions_free(struct sessions *sessions)
{
	struct session *session;

	if (!sessions)
		return NULL;
	while ((session = sessions_next(sessions, NULL)))
		sessions_remove(sessions, session);
	free(sessions->heap);
	free(sessions);
	return NULL;
}

static void unlink_session(struct sessions *sessions, struct session *session)
{
	if (session->by_guest.tbl)
		HASH_DELETE(by_guest, sessions->by_guest, session);
	if (session->by_id.tbl)
		HASH_DELETE(by_id, sessions->by_id, session);
	heap_remove(sessions, session);
}

static int link_session(struct sessions *sessions, struct session *session)
{
	HASH_ADD(by_guest, sessions->by_guest, key, sizeof(session->key), session);
	HASH_ADD(by_id, sessions->by_id, row.id, sizeof(session->row.id), session);
	if (session->by_guest.tbl && session->by_id.tbl && count_up(sessions, session->key.device) >= 0)
		return 0;
	unlink_session(sessions, session);
	return -ENOMEM;
}

int sessions_add(struct sessions *sessions, const struct plan_session *row, enum session_state state,
		 struct session **out)
{
	_cleanup_(freep) struct session *session = NULL;
	int r;

	if (sessions_find(sessions, row->device, &row->mac) ||
	    (row->id && sessions_find_id(sessions, row->id)))
		return -EEXIST;
	session = calloc(1, sizeof(*session));
	if (!session || heap_reserve(sessions) < 0)
		return -ENOMEM;
	session->row = *row;
	session->key = key_of(row->device, &row->mac);
	session->state = state;
	session->heap_index = NOT_IN_HEAP;
	if (!session->row.id)
		session->row.id = sessions->next_id;
	r = link_session(sessions, session);
	if (r < 0)
		return r;
	sessions->next_id = MAX(sessions->next_id, session->row.id + 1);
	heap_put(sessions, sessions->n_heap++, session);
	heap_up(sessions, session->heap_index);
	*out = session;
	session = NULL;
	return 0;
}

void sessions_remove(struct sessions *sessions, struct session *session)
{
	count_down(sessions, session->key.device);
	unlink_session(sessions, session);
	free(session);
}

struct session *sessions_find(const struct sessions *sessions, const char *device, const struct mac *mac)
{
	struct session_key key = key_of(device, mac);
	struct session *session;

	HASH_FIND(by_guest, sessions->by_guest, &key, sizeof(key), session);
	return session;
}

struct session *sessions_find_id(const struct sessions *sessions, uint64_t id)
{
	struct session *session;

	HASH_FIND(by_id, sessions->by_id, &id, sizeof(id), session);
	return session;
}

struct session *sessions_first_to_end(const struct sessions *sessions)
{
	return sessions->n_heap ? sessions->heap[0] : NULL;
}

void sessions_leaving(struct sessions *sessions, struct session *session)
{
	session->state = SESSION_LEAVING;
	heap_remove(sessions, session);
}

void sessions_ids_after(struct sessions *sessions, uint64_t last)
{
	sessions->next_id = MAX(sessions->next_id, last + 1);
}

size_t sessions_total(const struct sessions *sessions)
{
	return HASH_CNT(by_guest, sessions->by_guest);
}

size_t sessions_count(const struct sessions *sessions, const char *device)
{
	struct session_key key = key_of(device, &(struct mac){0});
	const struct device_count *count = count_find(sessions, key.device);

	return count ? count->n : 0;
}

struct session *sessions_next(const struct sessions *sessions, const struct session *after)
{
	return after ? after->by_guest.next : sessions->by_guest;
}

void session_wait(struct session *session, struct session_waiter *waiter)
{
	waiter->next = session->waiters;
	session->waiters = waiter;
}

void session_wake(struct session_waiter *waiters, int error)
{
	while (waiters) {
		struct session_waiter *next = waiters->next;

		waiters->done(waiters, error);
		waiters = next;
	}
}
